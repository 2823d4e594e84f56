/** Linux netfilter log messages, https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html */
import type { Dissection } from "../dissect/dissection.ts";
import { absTime, bytes, type Field, i32, strz, u8, u16, u32 } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const FAMILY_NAMES: Readonly<Record<number, string>> = {
  0: "Unspecified",
  1: "IPv4/IPv6",
  2: "IPv4",
  3: "ARP",
  5: "Netdev",
  7: "Bridge",
  10: "IPv6",
  12: "DECNET",
};
const TLV_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "NFULA_UNSPEC",
  1: "NFULA_PACKET_HDR",
  2: "NFULA_MARK",
  3: "NFULA_TIMESTAMP",
  4: "NFULA_IFINDEX_INDEV",
  5: "NFULA_IFINDEX_OUTDEV",
  6: "NFULA_IFINDEX_PHYSINDEV",
  7: "NFULA_IFINDEX_PHYSOUTDEV",
  8: "NFULA_HWADDR",
  9: "NFULA_PAYLOAD",
  10: "NFULA_PREFIX",
  11: "NFULA_UID",
  12: "NFULA_SEQ",
  13: "NFULA_SEQ_GLOBAL",
  14: "NFULA_GID",
  15: "NFULA_HWTYPE",
  16: "NFULA_HWHEADER",
  17: "NFULA_HWLEN",
};
const HOOK_NAMES: Readonly<Record<number, string>> = {
  0: "Pre-routing",
  1: "Local in",
  2: "Forward",
  3: "Local out",
  4: "Post-routing",
  5: "Number of hooks",
};

const f = {
  family: u8("nflog.family", "Family", { names: FAMILY_NAMES }),
  version: u8("nflog.version", "Version"),
  resId: u16("nflog.res_id", "Resource id"),
  tlv: bytes("nflog.tlv", "TLV"),
  tlvLength: u16("nflog.tlv_length", "Length"),
  tlvType: u16("nflog.tlv_type", "Type", { mask: 0x7fff, names: TLV_TYPE_NAMES }),
  protocol: u16("nflog.protocol", "HW protocol", { base: "HEX", names: ETHERTYPE_NAMES }),
  hook: u8("nflog.hook", "Netfilter hook", { names: HOOK_NAMES }),
  ifindexIndev: u32("nflog.ifindex_indev", "IFINDEX_INDEV"),
  ifindexOutdev: u32("nflog.ifindex_outdev", "IFINDEX_OUTDEV"),
  ifindexPhysindev: u32("nflog.ifindex_physindev", "IFINDEX_PHYSINDEV"),
  ifindexPhysoutdev: u32("nflog.ifindex_physoutdev", "IFINDEX_PHYSOUTDEV"),
  prefix: strz("nflog.prefix", "Prefix"),
  uid: i32("nflog.uid", "UID"),
  gid: i32("nflog.gid", "GID"),
  timestamp: absTime("nflog.timestamp", "Timestamp", { base: "LOCAL" }),
  tlvValue: bytes("nflog.tlv_value", "Value"),
};

export const nflog = protocol({
  name: "nflog",
  title: "Linux Netfilter NFLOG",
  short: "NFLOG",
  fields: f,
  on: [[linkTypes, 239]],
  dissect,
});

const PACKET_HEADER = 1;
const TIMESTAMP = 3;
const PAYLOAD = 9;
const PREFIX = 10;
const UID = 11;
const GID = 14;
const INTERFACES: Readonly<Record<number, Field>> = {
  4: f.ifindexIndev,
  5: f.ifindexOutdev,
  6: f.ifindexPhysindev,
  7: f.ifindexPhysoutdev,
};

/** Bytes of a record's header: length and type, in the byte order of the host. */
const HEADER = 4;

function dissect(d: Dissection): void {
  const start = d.pos;
  const family = d.u8(f.family);
  if (d.columns) d.setInfo("");
  d.u8(f.version);
  d.u16(f.resId);
  const little = isLittleEndian(d);
  let payload = -1;
  let payloadEnd = -1;
  while (d.remaining >= HEADER) {
    const at = d.pos;
    const length = little ? d.peek16le() : d.peek16();
    const type = (little ? d.peek16le(2) : d.peek16(2)) & 0x7fff;
    if (length < HEADER) break;
    d.needAt(at, length);
    if (d.building) addRecord(d, at, length, type, little);
    if (type === PAYLOAD) {
      payload = at + HEADER;
      payloadEnd = at + length;
    }
    d.pos = Math.min(d.end, at + ((length + 3) & ~3));
  }
  d.layerEnd(d.end);
  if (payload < 0) d.malformed();
  d.pos = payload;
  d.limit(payloadEnd - payload);
  d.call(familyProtocol(family) ?? data);
  d.pos = start;
}

/** The order in which the records add up to the end of the packet. */
function isLittleEndian(d: Dissection): boolean {
  let at = d.pos;
  while (at + HEADER <= d.end) {
    const length = d.buf[at] | (d.buf[at + 1] << 8);
    if (length < HEADER || at + length > d.end) return false;
    at += (length + 3) & ~3;
  }
  return true;
}

function addRecord(d: Dissection, at: number, length: number, type: number, little: boolean): void {
  const name = TLV_TYPE_NAMES[type] ?? "Unknown";
  d.open(f.tlv, at, length, d.buf.subarray(at, at + length));
  if (d.labels) d.relabelParent(`TLV Type: ${name} (${type}), Length: ${length}`);
  if (little) {
    d.u16le(f.tlvLength);
    d.bitsLe(f.tlvType, d.pos, 2);
  } else {
    d.u16(f.tlvLength);
    d.bits(f.tlvType, d.pos, 2);
  }
  d.pos = at + HEADER;
  const rest = length - HEADER;
  const index = INTERFACES[type];
  if (type === PACKET_HEADER && rest >= 3) {
    d.u16(f.protocol);
    d.u8(f.hook);
  } else if (index !== undefined && rest === 4) d.u32(index);
  else if (type === PREFIX) d.str(f.prefix, rest);
  else if (type === UID && rest === 4) d.int(f.uid, 4);
  else if (type === GID && rest === 4) d.int(f.gid, 4);
  else if (type === TIMESTAMP && rest === 16) {
    // Seconds and microseconds, eight bytes each.
    d.add(f.timestamp, d.pos, 16, d.peek64() * 1_000_000_000n + d.peek64(8) * 1_000n);
  } else if (type !== PAYLOAD && rest > 0) d.bytes(f.tlvValue, rest);
  d.close();
}

function familyProtocol(family: number): Protocol | undefined {
  switch (family) {
    case 2:
      return ethertypes.get(0x0800);
    case 10:
      return ethertypes.get(0x86dd);
    default:
      return undefined;
  }
}
