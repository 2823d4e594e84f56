/** Cisco's encapsulated remote SPAN, types I to III: draft-foschiano-erspan-03. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, expert, type Field, u16, u32, u64 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { callWithoutFcs } from "./ethernet.ts";

const VERSION_NAMES: Readonly<Record<number, string>> = {
  1: "Type II",
  2: "Type III",
};
const ENCAP_NAMES: Readonly<Record<number, string>> = {
  0: "Originally without VLAN tag",
  1: "Originally ISL encapsulated",
  2: "Originally 802.1Q encapsulated",
  3: "VLAN tag preserved in frame",
};
const BSO_NAMES: Readonly<Record<number, string>> = {
  0: "Good or unknown integrity",
  1: "Short frame",
  2: "Oversized frame",
  3: "CRC or alignment error",
};
const TRUNCATED_NAMES: Readonly<Record<number, string>> = {
  0: "Not truncated",
  1: "Truncated",
};
const FT_NAMES: Readonly<Record<number, string>> = {
  0: "Ethernet",
  2: "IP",
};
const GRA_NAMES: Readonly<Record<number, string>> = {
  0: "100 microseconds",
  1: "100 nanoseconds",
  2: "IEEE 1588",
  3: "Custom granularity",
};

const f = {
  version: u16("erspan.version", "Version", { mask: 0xf000, names: VERSION_NAMES }),
  vlan: u16("erspan.vlan", "Vlan", { mask: 0xfff }),
  cos: u16("erspan.cos", "COS", { mask: 0xe000 }),
  encap: u16("erspan.encap", "Encap", { mask: 0x1800, names: ENCAP_NAMES }),
  bso: u16("erspan.bso", "Bad/Short/Oversized", { mask: 0x1800, names: BSO_NAMES }),
  truncated: u16("erspan.truncated", "Truncated", { mask: 0x400, names: TRUNCATED_NAMES }),
  spanid: u16("erspan.spanid", "SpanID", { mask: 0x3ff }),
  reserved: u32("erspan.reserved", "Reserved", { mask: 0xfff00000 }),
  index: u32("erspan.index", "Index", { mask: 0xfffff }),
  timestamp: u32("erspan.timestamp", "Timestamp", { mask: 0xffffffff }),
  sgt: u16("erspan.sgt", "Security Group Tag", { mask: 0xffff }),
  p: u16("erspan.p", "Has Ethernet PDU", { mask: 0x8000 }),
  ft: u16("erspan.ft", "Frame Type", { mask: 0x7c00, names: FT_NAMES }),
  hw: u16("erspan.hw", "Hardware ID", { mask: 0x3f0 }),
  gra: u16("erspan.gra", "Timestamp granularity", { mask: 0x6, names: GRA_NAMES }),
  direction: bool("erspan.direction", "Direction", { mask: 0x8, bits: 16, tf: ["Egress", "Ingress"] }),
  o: u16("erspan.o", "Optional Sub headers", { mask: 0x1 }),
  platid: u32("erspan.platid", "Platform ID", { mask: 0xfc000000 }),
  pid1Rsvd1: u32("erspan.pid1.rsvd1", "Reserved", { mask: 0x3fff000 }),
  pid1Vsmid: u32("erspan.pid1.vsmid", "VSM Domain ID", { mask: 0xfff }),
  pid1PortIndex: u32("erspan.pid1.port_index", "Port ID/Index", { mask: 0xffffffff }),
  pid3Rsvd1: u32("erspan.pid3.rsvd1", "Reserved", { mask: 0x3ffc000 }),
  pid3PortIndex: u32("erspan.pid3.port_index", "Port ID/Index", { mask: 0x3fff }),
  pid3Timestamp: u32("erspan.pid3.timestamp", "Upper 32-bit Timestamp", { mask: 0xffffffff }),
  pid4Rsvd1: u32("erspan.pid4.rsvd1", "Reserved", { mask: 0x3ffc000 }),
  pid4Rsvd2: u32("erspan.pid4.rsvd2", "Reserved", { mask: 0x3fff }),
  pid4Rsvd3: u32("erspan.pid4.rsvd3", "Reserved", { mask: 0xffffffff }),
  pid5Switchid: u32("erspan.pid5.switchid", "Switch ID", { mask: 0x3ff0000 }),
  pid5PortIndex: u32("erspan.pid5.port_index", "Port ID/Index", { mask: 0xffff }),
  pid5Timestamp: u32("erspan.pid5.timestamp", "Timestamp (seconds)", { mask: 0xffffffff }),
  pid7Rsvd1: u32("erspan.pid7.rsvd1", "Reserved", { mask: 0x3f00000 }),
  pid7SourceIndex: u32("erspan.pid7.source_index", "Source Index", { mask: 0xfffff }),
  pid7Timestamp: u32("erspan.pid7.timestamp", "Upper 32-bit Timestamp", { mask: 0xffffffff }),
  pidRsvd: u64("erspan.pid.rsvd", "Reserved", { mask: 0x3ffffff }),
};

const x = {
  version: expert(
    "erspan.version.unknown",
    "warning",
    "Undecoded",
    "Unknown version, please report or test to use fake ERSPAN preference",
  ),
};

const TYPE_2 = 1;
const TYPE_3 = 2;

/** Set by GRE: type I is what comes without a sequence number. */
let sequenced = false;

export const erspan = protocol({
  name: "erspan",
  title: "Encapsulated Remote Switch Packet ANalysis",
  short: "ERSPAN",
  fields: f,
  experts: x,
  dissect,
});

/** Hands the rest of a GRE packet over. */
export function callErspan(d: Dissection, hasSequence: boolean): void {
  sequenced = hasSequence;
  d.call(erspan);
}

function dissect(d: Dissection): void {
  if (!sequenced) {
    if (d.labels) d.relabelLayer("Encapsulated Remote Switch Packet ANalysis Type I");
    callWithoutFcs(d);
    return;
  }
  if (d.columns) d.setInfo("ERSPAN:");
  const version = d.peek8() >> 4;
  if (version === TYPE_2) dissectType2(d);
  else if (version === TYPE_3) dissectType3(d);
  else {
    if (d.labels) d.relabelLayer("Encapsulated Remote Switch Packet ANalysis Unknown");
    d.bits(f.version, d.pos, 2);
    d.expert(x.version);
  }
}

function addSession(d: Dissection, second: Field): void {
  d.bits(f.version, d.pos, 2);
  d.bits(f.vlan, d.pos, 2);
  d.skip(2);
  d.bits(f.cos, d.pos, 2);
  d.bits(second, d.pos, 2);
  d.bits(f.truncated, d.pos, 2);
  d.bits(f.spanid, d.pos, 2);
  d.skip(2);
}

function dissectType2(d: Dissection): void {
  if (d.labels) d.relabelLayer("Encapsulated Remote Switch Packet ANalysis Type II");
  addSession(d, f.encap);
  d.bits(f.reserved, d.pos, 4);
  d.bits(f.index, d.pos, 4);
  d.skip(4);
  callWithoutFcs(d);
}

const FRAME_ETHERNET = 0;

function dissectType3(d: Dissection): void {
  if (d.labels) d.relabelLayer("Encapsulated Remote Switch Packet ANalysis Type III");
  addSession(d, f.bso);
  d.bits(f.timestamp, d.pos, 4);
  d.skip(4);
  d.bits(f.sgt, d.pos, 2);
  d.skip(2);
  const flags = d.peek16();
  const at = d.pos;
  d.bits(f.p, at, 2);
  const frameType = d.bits(f.ft, at, 2);
  d.bits(f.hw, at, 2);
  d.bits(f.direction, at, 2);
  d.bits(f.gra, at, 2);
  d.bits(f.o, at, 2);
  d.skip(2);
  if (flags & 1) addPlatform(d);
  if (frameType === FRAME_ETHERNET) callWithoutFcs(d);
}

/** The platform specific subheader of eight bytes. */
function addPlatform(d: Dissection): void {
  const at = d.pos;
  const id = d.bits(f.platid, at, 4);
  const layout = PLATFORMS[id];
  if (layout === undefined) {
    const value = BigInt(d.peek32(4) & 0x03ff_ffff);
    d.add(f.pidRsvd, at, 8, value);
    d.skip(8);
    return;
  }
  for (const field of layout[0]) d.bits(field, at, 4);
  d.skip(4);
  d.u32(layout[1]);
}

/** Platform id → the bit fields of the first word, the second word. */
const PLATFORMS: Readonly<Record<number, readonly [first: readonly Field[], second: Field]>> = {
  1: [[f.pid1Rsvd1, f.pid1Vsmid], f.pid1PortIndex],
  3: [[f.pid3Rsvd1, f.pid3PortIndex], f.pid3Timestamp],
  4: [[f.pid4Rsvd1, f.pid4Rsvd2], f.pid4Rsvd3],
  5: [[f.pid5Switchid, f.pid5PortIndex], f.pid5Timestamp],
  7: [[f.pid7Rsvd1, f.pid7SourceIndex], f.pid7Timestamp],
};
