/** Spanning tree BPDUs: IEEE 802.1D-2004 section 9, 802.1Q-2018 section 14 (MSTP), Cisco's PVST+ record. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  double,
  ether,
  expert,
  type Field,
  str,
  u8,
  u16,
  u32,
  type ValueNames,
  YES_NO,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { llcSaps, snapPids } from "../dissect/tables.ts";
import { formatEther } from "../dissect/text.ts";
import { data } from "./data.ts";

const PROTOCOLS: ValueNames = { 0: "Spanning Tree Protocol" };
const VERSIONS: ValueNames = {
  0: "Spanning Tree",
  2: "Rapid Spanning Tree",
  3: "Multiple Spanning Tree",
  4: "Shortest Path Tree",
};
const TYPES: ValueNames = {
  0: "Configuration",
  2: "Rapid/Multiple Spanning Tree",
  128: "Topology Change Notification",
};
const ROLES: ValueNames = { 0: "Unknown", 1: "Alternate or Backup", 2: "Root", 3: "Designated" };

const f = {
  protocol: u16("stp.protocol", "Protocol Identifier", { base: "HEX", names: PROTOCOLS }),
  version: u8("stp.version", "Protocol Version Identifier", { names: VERSIONS }),
  type: u8("stp.type", "BPDU Type", { base: "HEX", names: TYPES }),
  flags: u8("stp.flags", "BPDU flags", { base: "HEX" }),
  acknowledgment: bool("stp.flags.tcack", "Topology Change Acknowledgment", { mask: 0x80, tf: YES_NO }),
  agreement: bool("stp.flags.agreement", "Agreement", { mask: 0x40, tf: YES_NO }),
  forwarding: bool("stp.flags.forwarding", "Forwarding", { mask: 0x20, tf: YES_NO }),
  learning: bool("stp.flags.learning", "Learning", { mask: 0x10, tf: YES_NO }),
  portRole: u8("stp.flags.port_role", "Port Role", { mask: 0x0c, names: ROLES }),
  proposal: bool("stp.flags.proposal", "Proposal", { mask: 0x02, tf: YES_NO }),
  topologyChange: bool("stp.flags.tc", "Topology Change", { mask: 0x01, tf: YES_NO }),
  rootPriority: u16("stp.root.prio", "Root Bridge Priority"),
  rootExtension: u16("stp.root.ext", "Root Bridge System ID Extension"),
  rootAddress: ether("stp.root.hw", "Root Bridge System ID"),
  rootCost: u32("stp.root.cost", "Root Path Cost"),
  bridgePriority: u16("stp.bridge.prio", "Bridge Priority"),
  bridgeExtension: u16("stp.bridge.ext", "Bridge System ID Extension"),
  bridgeAddress: ether("stp.bridge.hw", "Bridge System ID"),
  port: u16("stp.port", "Port identifier", { base: "HEX" }),
  messageAge: double("stp.msg_age", "Message Age"),
  maxAge: double("stp.max_age", "Max Age"),
  hello: double("stp.hello", "Hello Time"),
  forward: double("stp.forward", "Forward Delay"),
  version1Length: u8("stp.version_1_length", "Version 1 Length"),
  recordType: u16("stp.pvst.tlvtype", "Type", { base: "HEX", names: { 0: "Originating VLAN" } }),
  recordLength: u16("stp.pvst.tlvlen", "Length"),
  originatingVlan: u16("stp.pvst.origvlan", "Originating VLAN"),
  recordValue: bytes("stp.pvst.tlvval", "Value"),
  version3Length: u16("mstp.version_3_length", "Version 3 Length"),
  selector: u8("mstp.config_format_selector", "MST Config ID format selector"),
  configName: str("mstp.config_name", "MST Config name"),
  configRevision: u16("mstp.config_revision_level", "MST Config revision"),
  configDigest: bytes("mstp.config_digest", "MST Config digest"),
  cistRootCost: u32("mstp.cist_internal_root_path_cost", "CIST Internal Root Path Cost"),
  cistPriority: u16("mstp.cist_bridge.prio", "CIST Bridge Priority"),
  cistExtension: u16("mstp.cist_bridge.ext", "CIST Bridge Identifier System ID Extension"),
  cistAddress: ether("mstp.cist_bridge.hw", "CIST Bridge Identifier System ID"),
  cistHops: u8("mstp.cist_remaining_hops", "CIST Remaining hops"),
  mstiFlags: u8("mstp.msti.flags", "MSTI flags", { base: "HEX" }),
  mstiPriority: u8("mstp.msti.priority", "Priority", { base: "HEX", mask: 0xf0 }),
  mstiId: u16("mstp.msti.msti_id", "MSTID", { mask: 0x0fff }),
  mstiRoot: ether("mstp.msti.root.hw", "Regional Root"),
  mstiRootCost: u32("mstp.msti.root_cost", "Internal root path cost"),
  mstiBridgePriority: u8("mstp.msti.bridge_priority", "Bridge Identifier Priority"),
  mstiPortPriority: u8("mstp.msti.port_priority", "Port identifier priority"),
  mstiHops: u8("mstp.msti.remaining_hops", "Remaining hops"),
  version4Length: u16("mstp.version_4_length", "Version 4 Length"),
  sptSelector: u8("mstp.config_format_selector", "SPT Config ID format selector"),
  sptName: str("mstp.config_name", "SPT Config name"),
  sptRevision: u16("mstp.config_revision_level", "SPT Config revision"),
  sptDigest: bytes("mstp.config_digest", "SPT Config digest"),
  agreementNumber: u8("mstp.agree_flags.agreement_num", "Agreement Number", { mask: 0x03 }),
  discardedAgreement: u8("mstp.agree_flags.dagreement_num", "Disagreement Number", { mask: 0x0c }),
  agreementValid: bool("mstp.agree_flags.agreement_valid", "Agreement Valid Flag", {
    mask: 0x10,
    tf: YES_NO,
  }),
  restrictedRole: bool("mstp.agree_flags.rest_role", "Restricted Role", { mask: 0x20, tf: YES_NO }),
  digestFormat: u8("bpdu.agreement_digest_format_id", "Agreement Digest Format Id", { mask: 0xf0 }),
  digestCapabilities: u8(
    "bpdu.agreement_digest_format_capabilities",
    "Agreement Digest Format Capabilities",
    {
      mask: 0x0f,
    },
  ),
  convention: u8("bpdu.agreement_digest_convention_id", "Agreement Digest Convention Id", { mask: 0xf0 }),
  conventionCapabilities: u8(
    "bpdu.agreement_digest_convention_capabilities",
    "Agreement Digest Convention Capabilities",
    { mask: 0x0f },
  ),
  edgeCount: u16("bpdu.agreement_digest_edge_count", "Agreement Digest Edge Count"),
  agreementDigest: bytes("mstp.agreement_digest", "Agreement Digest"),
};

const x = {
  recordLength: expert(
    "stp.pvst.tlvlen.invalid",
    "warning",
    "Protocol",
    "Indicated length is not valid for this record type",
  ),
  noVlan: expert(
    "stp.pvst.origvlan.missing",
    "warning",
    "Protocol",
    "Originating (PVID) VLAN TLV is missing or corrupt",
  ),
  recordTruncated: expert(
    "stp.pvst.tlv.truncated",
    "warning",
    "Protocol",
    "TLV record is truncated prematurely",
  ),
  recordUnknown: expert("stp.pvst.tlv.unknown", "note", "Undecoded", "TLV type is unknown"),
};

export const stp = protocol({
  name: "stp",
  title: "Spanning Tree Protocol",
  short: "STP",
  fields: f,
  experts: x,
  on: [
    [llcSaps, 0x42],
    [snapPids, 0x00_000c_010b, 0x80c2_000e],
  ],
  dissect,
});

/** Flags, root, path cost, bridge and port: what the info column tells of. */
const BEFORE_TIMES = 23;
const CONFIGURATION = 0x00;
const RAPID = 0x02;
const TOPOLOGY_CHANGE = 0x80;
const SHORT_NAMES: Readonly<Record<number, string>> = { 2: "RST", 3: "MST", 4: "SPT" };
const CONFIGURATION_FLAGS = [f.acknowledgment, f.topologyChange] as const;
const RAPID_FLAGS = [
  f.acknowledgment,
  f.agreement,
  f.forwarding,
  f.learning,
  f.portRole,
  f.proposal,
  f.topologyChange,
] as const;

function dissect(d: Dissection): void {
  const isPvst = behindSnap(d);
  const start = d.pos;
  const protocolId = d.u16(f.protocol);
  const version = d.u8(f.version);
  if (protocolId !== 0) {
    if (d.columns) d.setInfo(`Unknown (0x${protocolId.toString(16).padStart(4, "0")})`);
    d.pos--;
    d.call(data);
    return;
  }
  const type = d.u8(f.type);
  if (type === TOPOLOGY_CHANGE) {
    if (d.columns) d.setInfo("Topology Change Notification");
    return;
  }
  if (type !== CONFIGURATION && type !== RAPID) {
    if (d.columns) d.setInfo(`Unknown BPDU type (${type})`);
    d.call(data);
    return;
  }
  const name = type === CONFIGURATION ? "Conf" : (SHORT_NAMES[version] ?? "RST");
  const change = d.peek8() & 1 ? "TC + " : "";
  d.need(BEFORE_TIMES);
  if (d.columns) {
    const root = `${d.peek16(1) & 0xf000}/${d.peek16(1) & 0x0fff}/${formatEther(d.peekBytes(6, 3))}`;
    const port = d.peek16(21).toString(16).padStart(4, "0");
    d.setInfo(`${name}. ${change}Root = ${root}  Cost = ${d.peek32(9)}  Port = 0x${port}`);
  }
  if (!d.building) return;
  if (type === CONFIGURATION) addFlags(d, f.flags, 1, CONFIGURATION_FLAGS);
  else addFlags(d, f.flags, 1, RAPID_FLAGS);
  addIdentifier(d, "Root Identifier", f.rootPriority, f.rootExtension, f.rootAddress);
  d.u32(f.rootCost);
  addIdentifier(d, "Bridge Identifier", f.bridgePriority, f.bridgeExtension, f.bridgeAddress);
  d.u16(f.port);
  addTime(d, f.messageAge);
  addTime(d, f.maxAge);
  addTime(d, f.hello);
  addTime(d, f.forward);
  if (type === RAPID) {
    d.u8(f.version1Length);
    if (version >= 3 && d.remaining >= 2 && d.peek16() <= d.wireRemaining - 2) {
      addMultiple(d);
      if (version >= 4 && d.remaining >= 2 && d.peek16() <= d.wireRemaining - 2) addShortestPath(d);
    }
  }
  if (isPvst) {
    d.skip(Math.max(0, start + PVST_RECORDS - d.pos));
    addRecords(d);
  }
}

/** Cisco's PVST+ comes by SNAP, protocol id 0x010b of 00-00-0C, and ends with a record that names the VLAN. */
function behindSnap(d: Dissection): boolean {
  const at = d.pos - 3;
  return at >= d.base && d.buf[at] === 0x0c && d.buf[at + 1] === 0x01 && d.buf[at + 2] === 0x0b;
}

/** A bridge identifier: four bits of priority, twelve of extension, an address (802.1D section 9.2.5). */
function addIdentifier(
  d: Dissection,
  title: string,
  priority: Field,
  extension: Field,
  address: Field,
): void {
  const at = d.pos;
  const first = d.peek16();
  const label = `${title}: ${first & 0xf000} / ${first & 0x0fff} / ${formatEther(d.peekBytes(6, 2))}`;
  d.openText(at, 8, label);
  d.add(priority, at, 1, first & 0xf000);
  d.add(extension, at, 2, first & 0x0fff);
  d.skip(2);
  d.ether(address);
  if (d.labels) d.close();
}

/** Times are in units of 1/256 s. */
function addTime(d: Dissection, field: Field): void {
  const value = d.peek16() / 256;
  d.add(field, d.pos, 2, value);
  d.pos += 2;
}

/** Bytes of the extension before the MSTI records, and of one record. */
const MST_FIXED = 64;
const MSTI_RECORD = 16;

/** The part for multiple spanning trees: 802.1Q section 14.4. */
function addMultiple(d: Dissection): void {
  const at = d.pos;
  const length = d.u16(f.version3Length);
  if (length < MST_FIXED) return;
  const end = d.pos + length;
  d.openText(at, 2 + length, "MST Extension");
  d.u8(f.selector);
  d.str(f.configName, 32);
  d.u16(f.configRevision);
  d.bytes(f.configDigest, 16);
  d.u32(f.cistRootCost);
  addIdentifier(d, "CIST Bridge Identifier", f.cistPriority, f.cistExtension, f.cistAddress);
  d.u8(f.cistHops);
  while (d.pos + MSTI_RECORD <= end) addInstance(d);
  if (d.labels) d.close();
}

/** The configuration identifier of the extension for shortest path trees, and all of its fixed part. */
const SPT_IDENTIFIER = 51;
const SPT_FIXED = SPT_IDENTIFIER + 34;
/** Eight reserved bytes are between the count of edges and the digest. */
const DIGEST_RESERVED = 8;

/** The part for shortest path bridging: 802.1Q section 14.4 and 28.4, agreement protocol digests. */
function addShortestPath(d: Dissection): void {
  const at = d.pos;
  const length = d.u16(f.version4Length);
  if (length < SPT_FIXED) return;
  d.openText(at, 2 + length, "SPT Extension");
  d.openText(d.pos, SPT_IDENTIFIER, "MCID Data");
  d.u8(f.sptSelector);
  d.str(f.sptName, 32);
  d.u16(f.sptRevision);
  d.bytes(f.sptDigest, 16);
  if (d.labels) d.close();
  const flags = d.peek8();
  d.openText(
    d.pos,
    SPT_FIXED - SPT_IDENTIFIER,
    `Agreement Data (AN: ${flags & 3}, DAN: ${(flags >> 2) & 3})`,
  );
  for (const bits of [f.agreementNumber, f.discardedAgreement, f.agreementValid, f.restrictedRole])
    d.bits(bits, d.pos, 1);
  d.skip(2);
  d.bits(f.digestFormat, d.pos, 1);
  d.bits(f.digestCapabilities, d.pos, 1);
  d.skip(1);
  d.bits(f.convention, d.pos, 1);
  d.bits(f.conventionCapabilities, d.pos, 1);
  d.skip(1);
  d.u16(f.edgeCount);
  d.skip(DIGEST_RESERVED);
  d.bytes(f.agreementDigest, 20);
  if (d.labels) d.close();
  if (d.labels) d.close();
}

function addInstance(d: Dissection): void {
  const at = d.pos;
  const root = d.peek16(1);
  const label = `MSTID ${root & 0x0fff}, Regional Root Identifier ${root & 0xf000} / ${formatEther(d.peekBytes(6, 3))}`;
  d.openText(at, MSTI_RECORD, label);
  addFlags(d, f.mstiFlags, 1, RAPID_FLAGS);
  d.bits(f.mstiPriority, d.pos, 1);
  d.bits(f.mstiId, d.pos, 2);
  d.skip(2);
  d.ether(f.mstiRoot);
  d.u32(f.mstiRootCost);
  d.add(f.mstiBridgePriority, d.pos, 1, d.peek8() >> 4);
  d.skip(1);
  d.add(f.mstiPortPriority, d.pos, 1, d.peek8() >> 4);
  d.skip(1);
  d.u8(f.mstiHops);
  if (d.labels) d.close();
}

const ORIGINATING_VLAN = 0;
/** Where the records of PVST+ begin; behind a configuration BPDU one byte is left out. */
const PVST_RECORDS = 36;

/** PVST+: records of type, length and value behind the BPDU. */
function addRecords(d: Dissection): void {
  let found = false;
  while (d.remaining >= 4) {
    const at = d.pos;
    const type = d.peek16();
    const length = d.peek16(2);
    const isVlan = type === ORIGINATING_VLAN;
    const room = Math.min(length, d.remaining - 4);
    // Zeros behind the record are padding, not another one.
    if (isVlan && length === 0) break;
    d.openText(at, 4 + room, isVlan ? "Originating VLAN (PVID)" : `Unknown TLV type: 0x${hex4(type)}`);
    d.u16(f.recordType);
    if (!isVlan) d.expert(x.recordUnknown);
    d.u16(f.recordLength);
    if (room < length) d.expert(x.recordTruncated);
    if (isVlan && length === 2 && room === 2) {
      found = true;
      const vlan = d.u16(f.originatingVlan);
      if (d.labels) d.appendParent(`: ${vlan}`);
    } else {
      if (isVlan) d.expert(x.recordLength);
      if (room > 0) d.bytes(f.recordValue, room);
    }
    if (d.labels) d.close();
  }
  if (!found) {
    d.text(d.pos, 0, "Originating VLAN (PVID): missing");
    d.expert(x.noVlan);
  }
}

const hex4 = (value: number): string => value.toString(16).padStart(4, "0");
