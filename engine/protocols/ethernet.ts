/** Ethernet: DIX Ethernet II and IEEE 802.3 (section 3.2). */
import { ADDRESS_ETHER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ether, expert, type Field, u16 } from "../dissect/field.ts";
import { HIDDEN } from "../dissect/node.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { linkTypes, snapPids } from "../dissect/tables.ts";
import { formatEther } from "../dissect/text.ts";
import { cfp, isFabricPath } from "./cfp.ts";
import { data } from "./data.ts";
import { addTrailer, callEthertype, ETHERTYPE_NAMES, paddingBad, trailerFields } from "./ethertype.ts";
import { dissect as callIsl, isIsl } from "./isl.ts";
import { llc } from "./llc.ts";

const LOCAL_GLOBAL = [
  "Locally administered address (this is NOT the factory default)",
  "Globally unique address (factory default)",
] as const;
const GROUP_INDIVIDUAL = ["Group address (multicast/broadcast)", "Individual address (unicast)"] as const;

const f = {
  dst: ether("eth.dst", "Destination"),
  src: ether("eth.src", "Source"),
  addr: ether("eth.addr", "Address"),
  type: u16("eth.type", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  len: u16("eth.len", "Length"),
  invalid: u16("eth.invalid_lentype", "Invalid length/type", { base: "HEX_DEC" }),
  dstLg: bool("eth.dst.lg", "LG bit", { mask: 0x020000, bits: 24, tf: LOCAL_GLOBAL }),
  dstIg: bool("eth.dst.ig", "IG bit", { mask: 0x010000, bits: 24, tf: GROUP_INDIVIDUAL }),
  srcLg: bool("eth.src.lg", "LG bit", { mask: 0x020000, bits: 24, tf: LOCAL_GLOBAL }),
  srcIg: bool("eth.src.ig", "IG bit", { mask: 0x010000, bits: 24, tf: GROUP_INDIVIDUAL }),
  lg: bool("eth.lg", "LG bit", { mask: 0x020000, bits: 24, tf: LOCAL_GLOBAL }),
  ig: bool("eth.ig", "IG bit", { mask: 0x010000, bits: 24, tf: GROUP_INDIVIDUAL }),
  ...trailerFields,
};

const x = {
  paddingBad,
  invalid: expert("eth.invalid_lentype.expert", "warning", "Protocol", "Invalid length/type"),
  srcGroup: expert(
    "eth.src_not_group",
    "warning",
    "Protocol",
    "Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)",
  ),
  pastEnd: expert(
    "eth.len.past_end",
    "error",
    "Malformed",
    "Length field value goes past the end of the payload",
  ),
};

export const ethernet = protocol({
  name: "eth",
  title: "Ethernet",
  short: "Ethernet",
  fields: f,
  experts: x,
  on: [
    [linkTypes, 1],
    [snapPids, 0x80c2_0001, 0x80c2_0007],
  ],
  dissect,
});

const HEADER = 14;
/** Type/length values: up to this a length, from the other on an Ethertype (IEEE 802.3 section 3.2.6). */
const LONGEST = 1500;
const FIRST_ETHERTYPE = 1536;

/** Set for one frame that is known to have no frame check sequence. */
let withoutFcs = false;

/** Hands over a frame inside a tunnel that takes the frame check sequence off. */
export function callWithoutFcs(d: Dissection): void {
  withoutFcs = true;
  d.call(ethernet);
  withoutFcs = false;
}

function dissect(d: Dissection): void {
  const start = d.pos;
  d.need(HEADER);
  if (isIsl(d)) {
    d.unlist();
    callIsl(d);
    return;
  }
  if (isFabricPath(d)) {
    d.unlist();
    d.call(cfp);
    return;
  }
  const fcs = withoutFcs ? 0 : fcsLength(d);
  withoutFcs = false;
  const type = d.peek16(12);
  d.setAddresses(ADDRESS_ETHER, start + 6, start, 6);
  // A length of zero is taken for an Ethertype nobody has.
  if (type >= FIRST_ETHERTYPE || type === 0) dissectEthernet2(d, fcs);
  else if (type > LONGEST) dissectInvalid(d, type);
  else dissect8023(d, type, fcs);
}

function dissectEthernet2(d: Dissection, fcs: number): void {
  if (d.columns) d.setInfo("Ethernet II");
  if (d.labels) d.relabelLayer(`Ethernet II, ${addressText(d)}`);
  addAddresses(d);
  callEthertype(d, d.u16(f.type));
  addTrailer(d, d.payloadEnd, f.trailer, fcs);
}

function dissectInvalid(d: Dissection, type: number): void {
  const text = `Invalid length/type: 0x${type.toString(16).padStart(4, "0")} (${type})`;
  if (d.columns) d.setInfo(`Ethernet Unknown: ${text}`);
  if (d.labels) d.relabelLayer(`Ethernet Unknown, ${addressText(d)}`);
  addAddresses(d);
  d.u16(f.invalid);
  d.expert(x.invalid, text);
  d.call(data);
}

function dissect8023(d: Dissection, length: number, fcs: number): void {
  // NetWare's "raw" frames have no LLC header: an IPX packet without checksum begins there.
  const raw = d.remaining >= HEADER + 2 && d.peek16(HEADER) === 0xffff;
  if (d.columns) d.setInfo(`IEEE 802.3 Ethernet ${raw ? "Raw " : ""}`);
  if (d.labels) d.relabelLayer(`IEEE 802.3 Ethernet ${raw ? "Raw " : ""}`);
  addAddresses(d);
  d.u16(f.len);
  if (length > d.wireRemaining) d.expert(x.pastEnd);
  const { end, wireEnd } = d;
  const payloadEnd = Math.min(d.pos + length, wireEnd);
  d.limit(length);
  d.call(raw ? (protocolNamed("ipx") ?? data) : llc);
  d.end = end;
  d.wireEnd = wireEnd;
  addTrailer(d, payloadEnd, f.trailer, fcs);
}

/** What the capture file says of the frame check sequence; without a word, it is there when it looks so. */
function fcsLength(d: Dissection): number {
  return d.building ? (d.context.fcsLength ?? -1) : 0;
}

function addressText(d: Dissection): string {
  return `Src: ${formatEther(d.peekBytes(6, 6))}, Dst: ${formatEther(d.peekBytes(6))}`;
}

function addAddresses(d: Dissection): void {
  if (!d.building) {
    d.pos += 12;
    return;
  }
  addAddress(d, f.dst, f.dstLg, f.dstIg);
  addAddress(d, f.src, f.srcLg, f.srcIg);
  if (d.buf[d.pos - 6] & 1) d.expert(x.srcGroup);
}

function addAddress(d: Dissection, address: Field, lg: Field, ig: Field): void {
  const at = d.pos;
  const value = d.peekBytes(6);
  d.open(address, at, 6, value);
  d.pos += 6;
  d.add(f.addr, at, 6, value);
  const local = value[0] & 2 ? 1 : 0;
  const group = value[0] & 1;
  d.add(lg, at, 3, local);
  d.add(f.lg, at, 3, local, HIDDEN);
  d.add(ig, at, 3, group);
  d.add(f.ig, at, 3, group, HIDDEN);
  d.close();
}
