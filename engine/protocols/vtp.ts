/** Cisco's VLAN Trunking Protocol, as "Understanding VLAN Trunk Protocol" (Cisco document 10558) describes it. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  type Field,
  ipv4,
  nameOf,
  str,
  u8,
  u16,
  u32,
  type ValueNames,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { snapPids } from "../dissect/tables.ts";
import { decodeText } from "../dissect/text.ts";

const CODES: ValueNames = {
  1: "Summary Advertisement",
  2: "Subset Advertisement",
  3: "Advertisement Request",
  4: "Join/Prune Message",
};
const VLAN_TYPES: ValueNames = { 1: "Ethernet", 2: "FDDI", 3: "TrCRF", 4: "FDDI-net", 5: "TrBRF" };
const TLV_TYPES: ValueNames = {
  1: "Source-Routing Ring Number",
  2: "Source-Routing Bridge Number",
  3: "Spanning-Tree Protocol Type",
  4: "Parent VLAN",
  5: "Translationally Bridged VLANs",
  6: "Pruning",
  7: "Bridge Type",
  8: "Max ARE Hop Count",
  9: "Max STE Hop Count",
  10: "Backup CRF Mode",
};

const f = {
  version: u8("vtp.version", "Version", { base: "HEX" }),
  code: u8("vtp.code", "Code", { base: "HEX", names: CODES }),
  followers: u8("vtp.followers", "Followers"),
  sequence: u8("vtp.seq_num", "Sequence Number"),
  reserved: bytes("vtp.reserved", "Reserved"),
  domainLength: u8("vtp.md_len", "Management Domain Length"),
  domain: str("vtp.md", "Management Domain"),
  revision: u32("vtp.conf_rev_num", "Configuration Revision Number"),
  updater: ipv4("vtp.upd_id", "Updater Identity"),
  updated: str("vtp.upd_ts", "Update Timestamp"),
  digest: bytes("vtp.md5_digest", "MD5 Digest"),
  startValue: u16("vtp.start_value", "Start Value", { base: "HEX" }),
  infoLength: u8("vtp.vlan_info.len", "VLAN Information Length"),
  status: u8("vtp.vlan_info.status", "Status", { base: "HEX" }),
  suspended: bool("vtp.vlan_info.status.vlan_susp", "VLAN suspended", { mask: 0x01 }),
  vlanType: u8("vtp.vlan_info.vlan_type", "VLAN Type", { base: "HEX", names: VLAN_TYPES }),
  nameLength: u8("vtp.vlan_info.vlan_name_len", "VLAN Name Length"),
  islId: u16("vtp.vlan_info.isl_vlan_id", "ISL VLAN ID", { base: "HEX" }),
  mtu: u16("vtp.vlan_info.mtu_size", "MTU Size"),
  index: u32("vtp.vlan_info.802_10_index", "802.10 Index", { base: "HEX" }),
  name: str("vtp.vlan_info.vlan_name", "VLAN Name"),
  tlvType: u8("vtp.vlan_info.tlv_type", "Type", { base: "HEX", names: TLV_TYPES }),
  tlvLength: u8("vtp.vlan_info.tlv_len", "Length"),
  ring: u16("vtp.vlan_info.src_route_ring_num", "Source-Routing Ring Number", { base: "HEX" }),
  bridge: u16("vtp.vlan_info.src_route_bridge_num", "Source-Routing Bridge Number", { base: "HEX" }),
  stpType: u16("vtp.vlan_info.stp_type", "Spanning-Tree Protocol Type", {
    base: "HEX",
    names: { 1: "SRT", 2: "SRB", 3: "Auto" },
  }),
  parent: u16("vtp.vlan_info.parent_vlan", "Parent VLAN", { base: "HEX" }),
  translated: u16("vtp.vlan_info.translationally_bridged_vlans", "Translationally Bridged VLANs", {
    base: "HEX",
  }),
  pruning: u16("vtp.vlan_info.pruning", "Pruning", { base: "HEX", names: { 1: "Enabled", 2: "Disabled" } }),
  bridgeType: u16("vtp.vlan_info.bridge_type", "Bridge Type", { base: "HEX", names: { 1: "SRT", 2: "SRB" } }),
  maxAre: u16("vtp.vlan_info.max_are_hop_count", "Max ARE Hop Count"),
  maxSte: u16("vtp.vlan_info.max_ste_hop_count", "Max STE Hop Count"),
  backup: u16("vtp.vlan_info.backup_crf_mode", "Backup CRF Mode", {
    base: "HEX",
    names: { 1: "TrCRF is configured as a backup", 2: "TrCRF is not configured as a backup" },
  }),
  data: bytes("vtp.vlan_info.data", "Data"),
  first: u16("vtp.pruning.first", "First VLAN ID"),
  last: u16("vtp.pruning.last", "Last VLAN ID"),
  active: u16("vtp.pruning.active", "VLAN"),
};

export const vtp = protocol({
  name: "vtp",
  title: "VLAN Trunking Protocol",
  short: "VTP",
  fields: f,
  on: [[snapPids, 0x00_000c_2003]],
  dissect,
});

const DOMAIN_LENGTH = 32;
const SUMMARY = 1;
const SUBSET = 2;
const REQUEST = 3;
const JOIN = 4;

function dissect(d: Dissection): void {
  d.u8(f.version);
  const code = d.u8(f.code);
  if (d.columns) {
    d.setInfo(code === JOIN ? "Join" : (nameOf(CODES, code) ?? "Unrecognized VTP message"));
  }
  switch (code) {
    case SUMMARY:
      d.u8(f.followers);
      addDomain(d);
      addRevision(d, "");
      d.ipv4(f.updater);
      addTimestamp(d);
      d.bytes(f.digest, 16);
      break;
    case SUBSET: {
      const sequence = d.u8(f.sequence);
      addDomain(d);
      addRevision(d, `, Seq: ${sequence}`);
      while (d.remaining > 0 && addVlan(d));
      break;
    }
    case REQUEST:
      d.bytes(f.reserved, 1);
      addDomain(d);
      d.u16(f.startValue);
      break;
    case JOIN:
      d.bytes(f.reserved, 1);
      addDomain(d);
      addPruning(d);
  }
}

/** The domain's name in a place of fixed length. */
function addDomain(d: Dissection): void {
  const length = Math.min(d.u8(f.domainLength), DOMAIN_LENGTH);
  d.need(DOMAIN_LENGTH);
  if (d.building) d.add(f.domain, d.pos, DOMAIN_LENGTH, decodeText(d.buf, d.pos, d.pos + length, "ascii"));
  d.skip(DOMAIN_LENGTH);
}

function addRevision(d: Dissection, suffix: string): void {
  const revision = d.u32(f.revision);
  if (d.columns) d.addInfo(`, Revision: ${revision}${suffix}`);
}

/** Digits of year, month, day, hour, minute and second, two each. */
function addTimestamp(d: Dissection): void {
  const at = d.pos;
  d.skip(12);
  if (!d.building) return;
  const text = decodeText(d.buf, at, d.pos, "ascii");
  d.add(f.updated, at, 12, text);
  if (!d.labels) return;
  const pairs = text.match(/../g) ?? [];
  d.relabel(`Update Timestamp: ${pairs.slice(0, 3).join("-")} ${pairs.slice(3).join(":")}`);
}

/** Adds the VLAN at the cursor; false when its length leads nowhere. */
function addVlan(d: Dissection): boolean {
  const at = d.pos;
  const length = d.peek8();
  const end = Math.min(at + length, d.end);
  d.openText(at, length, "VLAN Information");
  d.u8(f.infoLength);
  if (length < 12) {
    if (d.labels) d.close();
    return false;
  }
  d.needAt(at, length);
  addStatus(d);
  d.u8(f.vlanType);
  const nameLength = d.u8(f.nameLength);
  d.u16(f.islId);
  d.u16(f.mtu);
  d.u32(f.index);
  d.str(f.name, nameLength, "ascii");
  // Names are filled up to whole words.
  d.pos += (4 - (nameLength % 4)) % 4;
  while (d.pos + 2 <= end) addVlanTlv(d, end);
  if (d.labels) d.close(end);
  d.pos = end;
  return true;
}

function addStatus(d: Dissection): void {
  const status = d.bitset(f.status, 1, [f.suspended]);
  if (d.labels && status & 1) d.append(" (VLAN suspended)");
}

const TLVS: Readonly<Record<number, Field>> = {
  1: f.ring,
  2: f.bridge,
  3: f.stpType,
  4: f.parent,
  5: f.translated,
  6: f.pruning,
  7: f.bridgeType,
  8: f.maxAre,
  9: f.maxSte,
  10: f.backup,
};

/** Type, length in words of two bytes, value. */
function addVlanTlv(d: Dissection, end: number): void {
  const type = d.peek8();
  const length = Math.min(d.peek8(1) * 2, end - d.pos - 2);
  d.openText(
    d.pos,
    2 + length,
    nameOf(TLV_TYPES, type) ?? `Unknown TLV type: 0x${type.toString(16).padStart(2, "0")}`,
  );
  d.u8(f.tlvType);
  d.u8(f.tlvLength);
  const field = TLVS[type];
  if (field !== undefined && length === 2) d.u16(field);
  else if (length > 0) d.bytes(f.data, length);
  if (d.labels) d.close();
}

/** A bit for every VLAN from the first on: set when its traffic is wanted. */
function addPruning(d: Dissection): void {
  const first = d.u16(f.first);
  d.u16(f.last);
  if (d.remaining === 0) return;
  d.openText(d.pos, d.remaining, "Advertised active (i.e. not pruned) VLANs");
  for (let at = d.pos; at < d.end; at++) {
    for (let bit = 0; bit < 8; bit++) {
      if (d.buf[at] & (0x80 >> bit)) d.add(f.active, at, 1, first + (at - d.pos) * 8 + bit);
    }
  }
  d.pos = d.end;
  if (d.labels) d.close();
}
