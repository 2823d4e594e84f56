/**
 * IPv6 over IEEE 802.15.4: RFC 4944 (dispatches, mesh, fragments, HC1), RFC 6282 (IPHC, NHC), RFC 8931 (recoverable
 * fragments), RFC 7668 (over Bluetooth). The rebuilt IPv6 packet is handed on as bytes of its own.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  expert,
  frameNum,
  ipv6,
  nameOf,
  none,
  u8,
  u16,
  u24,
  u32,
  u64,
  YES_NO,
} from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { formatIpv6 } from "../dissect/text.ts";
import { onesSum } from "./checksum.ts";
import { data } from "./data.ts";
import { ip6 } from "./ipv6.ts";
import { IP_PROTOCOL_NAMES } from "./names/ip.ts";
import {
  HC1_NEXTS,
  IPHC_HLIMS,
  IPHC_SAMS,
  IPHC_TFS,
  NHC_EXT_EIDS,
  NHC_PATTERNS,
  NHC_UDP_PORTS,
  PATTERNS,
} from "./names/sixlowpan.ts";
import { callReassembled, type FragmentFieldsWithoutData, pieceHere } from "./reassembly.ts";
import { wpanAddresses, wpanHeuristics } from "./wpan.ts";

const f = {
  pattern: u8("6lowpan.pattern", "Pattern", { base: "HEX", names: PATTERNS }),
  nhcPattern: u8("6lowpan.nhc.pattern", "Pattern", { base: "HEX", names: NHC_PATTERNS }),
  padding: u8("6lowpan.padding", "Padding", { base: "HEX" }),
  hc1Encoding: u8("6lowpan.hc1.encoding", "HC1 Encoding", { base: "HEX" }),
  hc1SrcPrefix: bool("6lowpan.hc1.src_prefix", "Source prefix", { mask: 0x80, tf: ["Compressed", "Inline"] }),
  hc1SrcIfc: bool("6lowpan.hc1.src_ifc", "Source interface", { mask: 0x40, tf: ["Compressed", "Inline"] }),
  hc1DstPrefix: bool("6lowpan.hc1.dst_prefix", "Destination prefix", {
    mask: 0x20,
    tf: ["Compressed", "Inline"],
  }),
  hc1DstIfc: bool("6lowpan.hc1.dst_ifc", "Destination interface", {
    mask: 0x10,
    tf: ["Compressed", "Inline"],
  }),
  hc1Class: bool("6lowpan.hc1.class", "Traffic class and flow label", {
    mask: 0x8,
    tf: ["Compressed", "Inline"],
  }),
  hc1Next: u8("6lowpan.hc1.next", "Next header", { base: "HEX", mask: 0x6, names: HC1_NEXTS }),
  hc1More: bool("6lowpan.hc1.more", "More HC bits", { mask: 0x1 }),
  hc2UdpEncoding: u8("6lowpan.hc2.udp.encoding", "HC_UDP Encoding", { base: "HEX" }),
  hc2UdpSrc: bool("6lowpan.hc2.udp.src", "Source port", { mask: 0x80, tf: ["Compressed", "Inline"] }),
  hc2UdpDst: bool("6lowpan.hc2.udp.dst", "Destination port", { mask: 0x40, tf: ["Compressed", "Inline"] }),
  hc2UdpLength: bool("6lowpan.hc2.udp.length", "Length", { mask: 0x20, tf: ["Compressed", "Inline"] }),
  iphcTf: u16("6lowpan.iphc.tf", "Traffic class and flow label", {
    base: "HEX",
    mask: 0x1800,
    names: IPHC_TFS,
  }),
  iphcNh: bool("6lowpan.iphc.nh", "Next header", { bits: 16, mask: 0x400, tf: ["Compressed", "Inline"] }),
  iphcHlim: u16("6lowpan.iphc.hlim", "Hop limit", { base: "HEX", mask: 0x300, names: IPHC_HLIMS }),
  iphcCid: bool("6lowpan.iphc.cid", "Context identifier extension", { bits: 16, mask: 0x80 }),
  iphcSac: bool("6lowpan.iphc.sac", "Source address compression", {
    bits: 16,
    mask: 0x40,
    tf: ["Stateful", "Stateless"],
  }),
  iphcSam: u16("6lowpan.iphc.sam", "Source address mode", { base: "HEX", mask: 0x30, names: IPHC_SAMS }),
  iphcM: bool("6lowpan.iphc.m", "Multicast address compression", { bits: 16, mask: 0x8 }),
  iphcDac: bool("6lowpan.iphc.dac", "Destination address compression", {
    bits: 16,
    mask: 0x4,
    tf: ["Stateful", "Stateless"],
  }),
  iphcDam: u16("6lowpan.iphc.dam", "Destination address mode", { base: "HEX", mask: 0x3, names: IPHC_SAMS }),
  iphcSci: u8("6lowpan.iphc.sci", "Source context identifier", { base: "HEX", mask: 0xf0 }),
  iphcDci: u8("6lowpan.iphc.dci", "Destination context identifier", { base: "HEX", mask: 0xf }),
  iphcSctxPrefix: ipv6("6lowpan.iphc.sctx.prefix", "Source context"),
  iphcDctxPrefix: ipv6("6lowpan.iphc.dctx.prefix", "Destination context"),
  nhcExtEid: u8("6lowpan.nhc.ext.eid", "Header ID", { base: "HEX", mask: 0xe, names: NHC_EXT_EIDS }),
  nhcExtNh: bool("6lowpan.nhc.ext.nh", "Next header", { mask: 0x1, tf: ["Compressed", "Inline"] }),
  nhcExtNext: u8("6lowpan.nhc.ext.next", "Next header", { base: "HEX" }),
  nhcExtLength: u8("6lowpan.nhc.ext.length", "Header length"),
  nhcExtReserved: u8("6lowpan.nhc.ext.reserved", "Reserved octet", { base: "HEX" }),
  nhcUdpChecksum: bool("6lowpan.nhc.udp.checksum", "Checksum", { mask: 0x4, tf: ["Compressed", "Inline"] }),
  nhcUdpPorts: u8("6lowpan.nhc.udp.ports", "Ports", { mask: 0x3, names: NHC_UDP_PORTS }),
  class: u8("6lowpan.class", "Traffic class", { base: "HEX" }),
  flow: u24("6lowpan.flow", "Flow label", { base: "HEX" }),
  ecn: u8("6lowpan.ecn", "ECN"),
  dscp: u8("6lowpan.dscp", "DSCP"),
  next: u8("6lowpan.next", "Next header", { base: "HEX" }),
  hops: u8("6lowpan.hops", "Hop limit"),
  src: ipv6("6lowpan.src", "Source"),
  dst: ipv6("6lowpan.dst", "Destination"),
  udpSrc: u16("6lowpan.udp.src", "Source port"),
  udpDst: u16("6lowpan.udp.dst", "Destination port"),
  udpLength: u16("6lowpan.udp.length", "UDP length"),
  udpChecksum: u16("6lowpan.udp.checksum", "UDP checksum", { base: "HEX" }),
  bcastSeqnum: u8("6lowpan.bcast.seqnum", "Sequence number"),
  meshV: bool("6lowpan.mesh.v", "V", { mask: 0x20 }),
  meshF: bool("6lowpan.mesh.f", "D", { mask: 0x10 }),
  meshHops: u8("6lowpan.mesh.hops", "Hops left", { mask: 0xf }),
  meshHops8: u8("6lowpan.mesh.hops8", "Deep Hops left (Flags.Hops left == 15)"),
  meshOrig16: u16("6lowpan.mesh.orig16", "Originator", { base: "HEX" }),
  meshOrig64: u64("6lowpan.mesh.orig64", "Originator", { base: "HEX" }),
  meshDest16: u16("6lowpan.mesh.dest16", "Destination", { base: "HEX" }),
  meshDest64: u64("6lowpan.mesh.dest64", "Destination", { base: "HEX" }),
  fragSize: u16("6lowpan.frag.size", "Datagram size"),
  fragTag: u16("6lowpan.frag.tag", "Datagram tag", { base: "HEX" }),
  fragOffset: u8("6lowpan.frag.offset", "Datagram offset"),
  rfragCongestion: bool("6lowpan.rfrag.congestion", "Congestion", { mask: 0x1, tf: YES_NO }),
  rfragAckRequested: bool("6lowpan.rfrag.ack_requested", "Ack requested", {
    bits: 16,
    mask: 0x8000,
    tf: YES_NO,
  }),
  rfragTag: u8("6lowpan.rfrag.tag", "Datagram tag"),
  rfragSequence: u16("6lowpan.rfrag.sequence", "Fragment sequence", { mask: 0x7c00 }),
  rfragSize: u16("6lowpan.rfrag.size", "Fragment size", { mask: 0x3ff }),
  rfragDatagramSize: u16("6lowpan.rfrag.datagram_size", "Datagram size"),
  rfragOffset: u16("6lowpan.rfrag.offset", "Fragment offset"),
  rfragAckBitmask: u32("6lowpan.rfrag.ack_bitmask", "Fragment ACK bitmask", { base: "HEX" }),
  fragments: none("6lowpan.fragments", "Message fragments"),
  fragment: frameNum("6lowpan.fragment", "Message fragment"),
  fragmentOverlap: bool("6lowpan.fragment.overlap", "Message fragment overlap"),
  fragmentOverlapConflicts: bool(
    "6lowpan.fragment.overlap.conflicts",
    "Message fragment overlapping with conflicting data",
  ),
  fragmentMultipleTails: bool("6lowpan.fragment.multiple_tails", "Message has multiple tail fragments"),
  fragmentTooLongFragment: bool("6lowpan.fragment.too_long_fragment", "Message fragment too long"),
  fragmentError: frameNum("6lowpan.fragment.error", "Message defragmentation error"),
  fragmentCount: u32("6lowpan.fragment.count", "Message fragment count"),
  reassembledIn: frameNum("6lowpan.reassembled.in", "Reassembled in"),
  reassembledLength: u32("6lowpan.reassembled.length", "Reassembled 6LoWPAN length"),
};

/** Names of the same mode differ with what it is of. */
const SOURCE_MODES: Readonly<Record<number, string>> = { ...IPHC_SAMS };
const SOURCE_MODES_STATEFUL: Readonly<Record<number, string>> = {
  ...IPHC_SAMS,
  0: "Unspecified address (::)",
};
const MULTICAST_MODES: Readonly<Record<number, string>> = {
  0: "Inline",
  1: "48-bits inline",
  2: "32-bits inline",
  3: "8-bits inline",
};
const MULTICAST_MODES_STATEFUL: Readonly<Record<number, string>> = { 0: "48-bits inline" };

const x = {
  hc1MoreBits: expert(
    "6lowpan.hc1_more_bits",
    "error",
    "Malformed",
    "HC1 more bits expected for illegal next header type.",
  ),
  illegalDestination: expert(
    "6lowpan.illegal_dest_addr_mode",
    "error",
    "Malformed",
    "Illegal destination address mode",
  ),
};

const fragmentFields: FragmentFieldsWithoutData = {
  fragments: f.fragments,
  fragment: f.fragment,
  overlap: f.fragmentOverlap,
  conflict: f.fragmentOverlapConflicts,
  multipleTails: f.fragmentMultipleTails,
  tooLong: f.fragmentTooLongFragment,
  error: f.fragmentError,
  count: f.fragmentCount,
  reassembledIn: f.reassembledIn,
  reassembledLength: f.reassembledLength,
};

export const sixLowpan = protocol({
  name: "6lowpan",
  title: "IPv6 over Low power Wireless Personal Area Networks",
  short: "6LoWPAN",
  fields: f,
  experts: x,
  on: [[ethertypes, 0xa0ed]],
  heuristicOn: [wpanHeuristics],
  test,
  dissect,
});

const IPV6 = 0x41;
const HC1 = 0x42;
const BROADCAST = 0x50;
const IPHC = 3;
const MESH = 2;
const FRAGMENT_1 = 0x18;
const FRAGMENT_N = 0x1c;
const RECOVERABLE = 0x74;
const RECOVERABLE_ACK = 0x75;

/** True when a dispatch that stands for a header is found behind those that stand for steps on the way to it. */
function test(d: Dissection): boolean {
  const start = d.pos;
  let at = start;
  while (at < d.end) {
    const byte = d.buf[at];
    if (byte === IPV6 || byte === HC1 || byte >> 5 === IPHC) return true;
    if (byte >> 1 === RECOVERABLE || byte >> 1 === RECOVERABLE_ACK) return true;
    if (byte >> 3 === FRAGMENT_1 || byte >> 3 === FRAGMENT_N) return true;
    if (byte === BROADCAST) at += 2;
    else if (byte >> 6 === MESH) at += meshLength(d, at);
    else return false;
  }
  return false;
}

const DEEP_HOPS = 15;

function meshLength(d: Dissection, at: number): number {
  const byte = d.buf[at];
  return 1 + ((byte & 15) === DEEP_HOPS ? 1 : 0) + (byte & 0x20 ? 2 : 8) + (byte & 0x10 ? 2 : 8);
}

/** The interface identifiers that elided addresses stand for. */
interface Interfaces {
  src: Uint8Array;
  dst: Uint8Array;
}

const NO_INTERFACE = new Uint8Array(8);
const LINK_LOCAL = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0);

/** RFC 4944 section 6: 0000:00ff:fe00:XXXX of a short address, an EUI-64 with its universal bit turned over. */
function interfaceOf(address: Uint8Array): Uint8Array {
  if (address.length === 2) return Uint8Array.of(0, 0, 0, 0xff, 0xfe, 0, address[0], address[1]);
  if (address.length !== 8) return NO_INTERFACE;
  const id = Uint8Array.from(address);
  id[0] ^= 2;
  return id;
}

/** The fragment at work: 0 for a whole packet. */
interface Fragment {
  size: number;
  tag: number;
  offset: number;
  isFirst: boolean;
}

function dissect(d: Dissection): void {
  const known = wpanAddresses.serial === d.serial;
  const ids: Interfaces = {
    src: known && wpanAddresses.srcMode !== 0 ? interfaceOf(wpanAddresses.src) : NO_INTERFACE,
    dst: known && wpanAddresses.dstMode !== 0 ? interfaceOf(wpanAddresses.dst) : NO_INTERFACE,
  };
  if (d.labels) d.relabelLayer("6LoWPAN");
  const fragment: Fragment = { size: 0, tag: 0, offset: 0, isFirst: true };
  const start = d.pos;
  for (;;) {
    const byte = d.peek8();
    if (byte >> 6 === MESH) dissectMesh(d, ids);
    else if (byte === BROADCAST) dissectBroadcast(d);
    else if (byte >> 3 === FRAGMENT_1) {
      dissectFragmentHeader(d, fragment);
    } else if (byte >> 3 === FRAGMENT_N) {
      dissectFragmentHeader(d, fragment);
      finish(d, start, fragment, null, "");
      return;
    } else if (byte >> 1 === RECOVERABLE) {
      dissectRecoverable(d, ids);
      return;
    } else if (byte >> 1 === RECOVERABLE_ACK) {
      dissectAcknowledgement(d);
      return;
    } else if (byte === IPV6) {
      addPattern(d, byte, 8);
      d.pos++;
      finish(d, start, fragment, null, "");
      return;
    } else if (byte === HC1) {
      const packet = dissectHc1(d, ids, fragment.size);
      if (packet !== null) finish(d, start, fragment, packet, "Decompressed 6LoWPAN HC1");
      return;
    } else if (byte >> 5 === IPHC) {
      const packet = dissectIphc(d, ids, fragment.size);
      if (packet !== null) finish(d, start, fragment, packet, "Decompressed 6LoWPAN IPHC");
      return;
    } else {
      if (d.remaining > 0) d.call(data);
      return;
    }
  }
}

/** `011. .... = Pattern: IP header compression (0x03)`: the first bits of a dispatch. */
function addPattern(d: Dissection, byte: number, bits: number): void {
  if (!d.building) return;
  const value = byte >> (8 - bits);
  d.add(f.pattern, d.pos, 1, value);
  if (d.labels) {
    d.relabel(`${bitText(byte, 0, bits)} = Pattern: ${PATTERNS[value] ?? "Unknown"} (${hex(value, 2)})`);
  }
}

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;

/** The bits from `from` on of a byte, dots for the others. */
function bitText(byte: number, from: number, count: number): string {
  let text = "";
  for (let bit = 0; bit < 8; bit++) {
    if (bit === 4) text += " ";
    text += bit >= from && bit < from + count ? String((byte >> (7 - bit)) & 1) : ".";
  }
  return text;
}

// ------------------------------------------------------------------ headers on the way

function dissectMesh(d: Dissection, ids: Interfaces): void {
  const at = d.pos;
  const byte = d.peek8();
  d.openText(at, meshLength(d, at), "Mesh Header");
  d.openText(at, 1, "Flags");
  addPattern(d, byte, 2);
  d.bits(f.meshV, at, 1);
  d.bits(f.meshF, at, 1);
  d.bits(f.meshHops, at, 1);
  d.close();
  d.pos++;
  if ((byte & 15) === DEEP_HOPS) d.u8(f.meshHops8);
  ids.src = interfaceOf(d.peekBytes(byte & 0x20 ? 2 : 8));
  if (byte & 0x20) d.u16(f.meshOrig16);
  else d.u64(f.meshOrig64);
  ids.dst = interfaceOf(d.peekBytes(byte & 0x10 ? 2 : 8));
  if (byte & 0x10) d.u16(f.meshDest16);
  else d.u64(f.meshDest64);
  d.close();
}

function dissectBroadcast(d: Dissection): void {
  d.openText(d.pos, 2, "Broadcast Header");
  addPattern(d, BROADCAST, 8);
  d.pos++;
  d.u8(f.bcastSeqnum);
  d.close();
}

function dissectFragmentHeader(d: Dissection, fragment: Fragment): void {
  const at = d.pos;
  const byte = d.peek8();
  fragment.isFirst = byte >> 3 === FRAGMENT_1;
  d.openText(at, fragment.isFirst ? 4 : 5, "Fragmentation Header");
  addPattern(d, byte, 5);
  fragment.size = d.peek16() & 0x7ff;
  d.add(f.fragSize, at, 2, fragment.size);
  d.pos = at + 2;
  fragment.tag = d.u16(f.fragTag);
  if (!fragment.isFirst) {
    fragment.offset = d.peek8() * 8;
    d.add(f.fragOffset, d.pos, 1, fragment.offset);
    d.pos++;
  }
  d.close();
}

/** RFC 8931 section 5.1. */
function dissectRecoverable(d: Dissection, ids: Interfaces): void {
  const at = d.pos;
  const byte = d.peek8();
  const sequence = (d.peek16(2) >> 10) & 31;
  d.openText(at, 6, "RFRAG Header");
  addPattern(d, byte, 7);
  d.bits(f.rfragCongestion, at, 1);
  d.pos = at + 1;
  d.u8(f.rfragTag);
  d.bits(f.rfragAckRequested, d.pos, 2);
  d.bits(f.rfragSequence, d.pos, 2);
  d.bits(f.rfragSize, d.pos, 2);
  d.pos += 2;
  const size = d.u16(sequence === 0 ? f.rfragDatagramSize : f.rfragOffset);
  d.close();
  const payload = d.pos;
  if (sequence === 0 && size > 0 && d.peek8() >> 5 === IPHC) {
    dissectIphc(d, ids, size);
  }
  d.layerEnd(payload);
  d.pos = payload;
  if (d.remaining > 0) d.call(data);
}

/** RFC 8931 section 5.2. */
function dissectAcknowledgement(d: Dissection): void {
  const at = d.pos;
  d.openText(at, 6, "RFRAG ACK Header");
  addPattern(d, d.peek8(), 7);
  d.bits(f.rfragCongestion, at, 1);
  d.pos = at + 1;
  d.u8(f.rfragTag);
  const value = d.u32(f.rfragAckBitmask);
  if (d.labels) {
    const bytes = [24, 16, 8, 0].map((shift) => bitText((value >>> shift) & 0xff, 0, 8)).join("  ");
    d.relabel(`${bytes} = Fragment ACK bitmask: ${hex(value, 8)}`);
  }
  d.close();
}

// ------------------------------------------------------------------ handing on

/**
 * Hands on what the headers stand for: `packet`, or the bytes as they are; puts fragments together.
 * @param packet the rebuilt packet, null for the bytes at the cursor
 */
function finish(
  d: Dissection,
  start: number,
  fragment: Fragment,
  packet: Uint8Array | null,
  name: string,
): void {
  if (fragment.size === 0) {
    if (packet !== null) d.callOn(ip6, `${name} (${packet.length} bytes)`, packet);
    else d.call(ip6);
    return;
  }
  const length = packet === null ? d.wireRemaining : packet.length;
  let reassembledIn = 0;
  if (d.remaining === d.wireRemaining && length > 0) {
    const key = `6lowpan,${d.srcId},${d.dstId},${fragment.tag},${fragment.size}`;
    const datagram = d.datagram(key);
    if (datagram !== undefined) {
      const more = fragment.offset + length < fragment.size;
      if (d.memory.indexing) {
        const here = pieceHere(d, fragment.offset, length, more);
        d.memory.fragments.add(key, datagram, packet === null ? here : { ...here, bytes: packet });
      }
      if (datagram.reassembledIn === d.frame) {
        if (callReassembled(d, fragmentFields, "6LoWPAN", datagram, ip6)) return;
      }
      reassembledIn = datagram.reassembledIn;
    }
  }
  if (reassembledIn !== 0) d.generated(f.reassembledIn, start, 0, reassembledIn);
  if (packet !== null) d.callOn(data, `${name} (${packet.length} bytes)`, packet);
  else if (d.remaining > 0) d.call(data);
}

const IPV6_HEADER = 40;
const UDP = 17;
const ICMPV6 = 58;
const TCP = 6;
const NO_NEXT_HEADER = 59;

/** The header of an IPv6 packet, its payload behind it. */
interface Ipv6Header {
  trafficClass: number;
  flow: number;
  next: number;
  hops: number;
  src: Uint8Array;
  dst: Uint8Array;
}

function ipv6Packet(header: Ipv6Header, payload: Uint8Array, size: number): Uint8Array {
  const packet = new Uint8Array(IPV6_HEADER + payload.length);
  const word = 0x6000_0000 + header.trafficClass * 0x10_0000 + header.flow;
  packet.set([word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff]);
  const length = size > 0 ? Math.max(0, size - IPV6_HEADER) : payload.length;
  packet[4] = length >> 8;
  packet[5] = length & 0xff;
  packet[6] = header.next;
  packet[7] = header.hops;
  packet.set(header.src, 8);
  packet.set(header.dst, 24);
  packet.set(payload, IPV6_HEADER);
  return packet;
}

interface UdpHeader {
  src: number;
  dst: number;
  /** 0 for the length of the payload. */
  length: number;
  /** -1 when it was left away. */
  checksum: number;
}

/** A UDP datagram; a checksum that was left away is worked out again where all bytes are there. */
function udpDatagram(
  udp: UdpHeader,
  payload: Uint8Array,
  header: Ipv6Header,
  isWhole: boolean,
  size: number,
): Uint8Array {
  const datagram = new Uint8Array(8 + payload.length);
  const length = udp.length > 0 ? udp.length : size > 0 ? Math.max(8, size - IPV6_HEADER) : datagram.length;
  datagram.set([udp.src >> 8, udp.src & 0xff, udp.dst >> 8, udp.dst & 0xff, length >> 8, length & 0xff]);
  datagram.set(payload, 8);
  let { checksum } = udp;
  if (checksum === -1) {
    checksum = 0;
    if (isWhole && size === 0) {
      const sum = onesSum(header.src, 0, 16, onesSum(header.dst, 0, 16, length + UDP));
      checksum = ~onesSum(datagram, 0, datagram.length, sum) & 0xffff || 0xffff;
    }
  }
  datagram[6] = checksum >> 8;
  datagram[7] = checksum & 0xff;
  return datagram;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** The rest of the layer; the cursor moves behind it. */
function takeRest(d: Dissection): Uint8Array {
  const rest = d.buf.slice(d.pos, d.end);
  return rest;
}

// ------------------------------------------------------------------ HC1, RFC 4944 section 10

const HC1_BITS = [
  f.hc1SrcPrefix,
  f.hc1SrcIfc,
  f.hc1DstPrefix,
  f.hc1DstIfc,
  f.hc1Class,
  f.hc1Next,
  f.hc1More,
] as const;
const HC_UDP_BITS = [f.hc2UdpSrc, f.hc2UdpDst, f.hc2UdpLength] as const;

/** Reads bits in order, whatever their place in the bytes. */
class BitReader {
  readonly d: Dissection;
  bit: number;
  constructor(d: Dissection) {
    this.d = d;
    this.bit = d.pos * 8;
  }
  read(count: number): number {
    this.d.needAt(this.bit >> 3, ((this.bit & 7) + count + 7) >> 3);
    let value = 0;
    for (let i = 0; i < count; i++, this.bit++) {
      value = value * 2 + ((this.d.buf[this.bit >> 3] >> (7 - (this.bit & 7))) & 1);
    }
    return value;
  }
  get at(): number {
    return this.bit >> 3;
  }
}

function dissectHc1(d: Dissection, ids: Interfaces, size: number): Uint8Array | null {
  const at = d.pos;
  d.openText(at, 2, "HC1 Encoding");
  addPattern(d, HC1, 8);
  d.pos++;
  const encoding = d.bitset(f.hc1Encoding, 1, HC1_BITS);
  const next = (encoding >> 1) & 3;
  if (d.labels) {
    for (const bit of HC1_BITS.slice(0, 5)) if (encoding & bit.mask) d.append(`, ${bit.title}`);
    d.append(`, Next header: ${nameOf(HC1_NEXTS, next) ?? "Unknown"}`);
    if (encoding & 1) d.append(", More HC bits");
  }
  d.close();
  let hcUdp = -1;
  if (encoding & 1) {
    if (next !== 1) {
      if (d.building) d.expert(x.hc1MoreBits);
      return null;
    }
    hcUdp = d.bitset(f.hc2UdpEncoding, 1, HC_UDP_BITS);
    if (d.labels) for (const bit of HC_UDP_BITS) if (hcUdp & bit.mask) d.append(`, ${bit.title}`);
  }
  const hops = d.u8(f.hops);
  const src = new Uint8Array(16);
  src.set(encoding & 0x80 ? LINK_LOCAL : takeBytes(d, 8));
  src.set(encoding & 0x40 ? ids.src : takeBytes(d, 8), 8);
  const dst = new Uint8Array(16);
  addAddress(d, f.src, src, 0, false);
  dst.set(encoding & 0x20 ? LINK_LOCAL : takeBytes(d, 8));
  dst.set(encoding & 0x10 ? ids.dst : takeBytes(d, 8), 8);
  addAddress(d, f.dst, dst, 0, false);
  const reader = new BitReader(d);
  const header: Ipv6Header = { trafficClass: 0, flow: 0, next: NO_NEXT_HEADER, hops, src, dst };
  if ((encoding & 8) === 0) {
    header.trafficClass = reader.read(8);
    d.add(f.class, reader.at - 1, 1, header.trafficClass);
    const flowAt = reader.at;
    header.flow = reader.read(20);
    d.add(f.flow, flowAt, 3, header.flow);
  }
  if (next === 0) {
    const nextAt = reader.at;
    header.next = reader.read(8);
    d.add(f.next, nextAt, 1, header.next);
    if (d.labels)
      d.relabel(`Next header: ${IP_PROTOCOL_NAMES[header.next] ?? "Unknown"} (${hex(header.next, 2)})`);
  } else header.next = [NO_NEXT_HEADER, UDP, ICMPV6, TCP][next];
  if (hcUdp === -1) {
    d.pos = (reader.bit + 7) >> 3;
    return ipv6Packet(header, takeRest(d), size);
  }
  const udp: UdpHeader = { src: 0, dst: 0, length: 0, checksum: -1 };
  const srcAt = reader.at;
  udp.src = hcUdp & 0x80 ? 0xf0b0 + reader.read(4) : reader.read(16);
  d.add(f.udpSrc, srcAt, 2, udp.src);
  const dstAt = reader.at;
  udp.dst = hcUdp & 0x40 ? 0xf0b0 + reader.read(4) : reader.read(16);
  d.add(f.udpDst, dstAt, 2, udp.dst);
  if ((hcUdp & 0x20) === 0) {
    const lengthAt = reader.at;
    udp.length = reader.read(16);
    d.add(f.udpLength, lengthAt, 2, udp.length);
  }
  const checksumAt = reader.at;
  udp.checksum = reader.read(16);
  d.add(f.udpChecksum, checksumAt, 2, udp.checksum);
  d.pos = (reader.bit + 7) >> 3;
  const isWhole = d.end === d.wireEnd;
  return ipv6Packet(header, udpDatagram(udp, takeRest(d), header, isWhole, size), size);
}

function takeBytes(d: Dissection, n: number): Uint8Array {
  const taken = d.peekBytes(n);
  d.pos += n;
  return taken;
}

function addAddress(
  d: Dissection,
  field: typeof f.src,
  address: Uint8Array,
  length: number,
  generated: boolean,
): void {
  if (d.building) d.add(field, d.pos - length, length, Uint8Array.from(address), generated ? GENERATED : 0);
}

// ------------------------------------------------------------------ IPHC, RFC 6282 section 3

/** Bits of the address modes. */
const INLINE = 0;
const MULTICAST = 8;
const SAC = 0x40;
const DAC = 4;
const CID = 0x80;

/**
 * The compressed header and those behind it; returns the rebuilt packet, null when it cannot be.
 * @param size length of the datagram the fragment at work belongs to, 0 for none
 */
function dissectIphc(d: Dissection, ids: Interfaces, size: number): Uint8Array | null {
  const at = d.pos;
  const flags = d.peek16();
  d.openText(at, 2, "IPHC Header");
  addPattern(d, flags >> 8, 3);
  d.bits(f.iphcTf, at, 2);
  d.bits(f.iphcNh, at, 2);
  d.bits(f.iphcHlim, at, 2);
  d.bits(f.iphcCid, at, 2);
  d.bits(f.iphcSac, at, 2);
  const sam = d.bits(f.iphcSam, at, 2);
  if (d.labels) relabelMode(d, (flags & SAC ? SOURCE_MODES_STATEFUL : SOURCE_MODES)[sam], sam);
  d.bits(f.iphcM, at, 2);
  d.bits(f.iphcDac, at, 2);
  const dam = d.bits(f.iphcDam, at, 2);
  const modes = destinationModes(flags);
  if (d.labels) relabelMode(d, modes[dam], dam);
  if (modes[dam] === undefined && d.building) d.expert(x.illegalDestination);
  d.pos = at + 2;
  if (flags & CID) {
    d.bits(f.iphcSci, d.pos, 1);
    d.bits(f.iphcDci, d.pos, 1);
    d.need(1);
    d.pos++;
  }
  addContexts(d, at, flags, sam, dam);
  d.close();
  const header: Ipv6Header = {
    trafficClass: 0,
    flow: 0,
    next: NO_NEXT_HEADER,
    hops: 0,
    src: new Uint8Array(16),
    dst: new Uint8Array(16),
  };
  dissectTraffic(d, header, (flags >> 11) & 3);
  const isCompressed = (flags & 0x400) !== 0;
  if (!isCompressed) {
    header.next = d.u8(f.next);
    if (d.labels)
      d.relabel(`Next header: ${IP_PROTOCOL_NAMES[header.next] ?? "Unknown"} (${hex(header.next, 2)})`);
  }
  const limit = (flags >> 8) & 3;
  header.hops = limit === 0 ? d.u8(f.hops) : [0, 1, 64, 255][limit];
  dissectSource(d, header.src, flags & SAC, sam, ids.src);
  if (d.labels) d.appendLayer(`, Src: ${formatIpv6(header.src)}`);
  if (!dissectDestination(d, header.dst, flags, dam, ids.dst)) return null;
  if (d.labels) d.appendLayer(`, Dest: ${formatIpv6(header.dst)}`);
  const parts: Uint8Array[] = [];
  if (isCompressed) header.next = dissectNhc(d, parts, header, ids, size);
  else parts.push(takeRest(d));
  return ipv6Packet(header, joined(parts), size);
}

/** A mode has another name where addresses are stateful or multicast. */
function relabelMode(d: Dissection, name: string | undefined, mode: number): void {
  const node = d.last;
  if (node === null) return;
  const pattern = node.field === f.iphcSam ? ".... .... ..xx ...." : ".... .... .... ..xx";
  const bits = pattern.replace("xx", mode.toString(2).padStart(2, "0"));
  d.relabel(`${bits} = ${node.field.title}: ${name ?? "Reserved"} (${hex(mode, 4)})`);
}

function destinationModes(flags: number): Readonly<Record<number, string>> {
  if (flags & MULTICAST) return flags & DAC ? MULTICAST_MODES_STATEFUL : MULTICAST_MODES;
  if (flags & DAC) return STATEFUL_DESTINATIONS;
  return SOURCE_MODES;
}

const STATEFUL_DESTINATIONS: Readonly<Record<number, string>> = {
  1: SOURCE_MODES[1],
  2: SOURCE_MODES[2],
  3: SOURCE_MODES[3],
};

const LINK_LOCAL_PREFIX = (() => {
  const prefix = new Uint8Array(16);
  prefix.set(LINK_LOCAL);
  return prefix;
})();

/** The prefix that stateless addresses have; contexts of the network itself are not known. */
function addContexts(d: Dissection, at: number, flags: number, sam: number, dam: number): void {
  if (!d.building) return;
  if ((flags & SAC) === 0 && sam !== INLINE) d.generated(f.iphcSctxPrefix, at, 0, LINK_LOCAL_PREFIX);
  if ((flags & DAC) === 0 && (dam !== INLINE || (flags & MULTICAST) !== 0)) {
    d.generated(f.iphcDctxPrefix, at, 0, LINK_LOCAL_PREFIX);
  }
}

/** Section 3.2.1: traffic class and flow label, whose ECN bits stand first. */
function dissectTraffic(d: Dissection, header: Ipv6Header, mode: number): void {
  if (mode === 3) return;
  const at = d.pos;
  const byte = d.peek8();
  const ecn = byte >> 6;
  const dscp = mode === 1 ? 0 : byte & 0x3f;
  header.trafficClass = dscp * 4 + ecn;
  d.add(f.ecn, at, 1, ecn);
  if (d.labels) d.relabel(`${bitText(byte, 0, 2)} = ECN: ${ecn}`);
  if (mode !== 1) {
    d.add(f.dscp, at, 1, dscp);
    if (d.labels) d.relabel(`${bitText(byte, 2, 6)} = DSCP: ${dscp}`);
  }
  d.generated(f.class, at, 1, header.trafficClass);
  d.pos = mode === 1 ? at : at + 1;
  if (mode === 2) return;
  const word = d.peek24();
  header.flow = word & 0xf_ffff;
  const first = word >> 16;
  const padding = mode === 1 ? (first >> 4) & 3 : first >> 4;
  d.add(f.padding, d.pos, 1, padding);
  if (d.labels) {
    d.relabel(`${mode === 1 ? bitText(first, 2, 2) : bitText(first, 0, 4)} = Padding: ${hex(padding, 2)}`);
  }
  d.add(f.flow, d.pos, 3, header.flow);
  if (d.labels) {
    const bits = `${bitText(first, 4, 4)}  ${bitText((word >> 8) & 0xff, 0, 8)}  ${bitText(word & 0xff, 0, 8)}`;
    d.relabel(`${bits} = Flow label: ${hex(header.flow, 6)}`);
  }
  d.pos += 3;
}

/** An address of which these bytes are in the frame, the rest being of the interface. */
function fillAddress(
  d: Dissection,
  address: Uint8Array,
  mode: number,
  id: Uint8Array,
  prefix: boolean,
): number {
  if (mode === INLINE) {
    address.set(takeBytes(d, 16));
    return 16;
  }
  if (prefix) address.set(LINK_LOCAL);
  if (mode === 1) {
    address.set(takeBytes(d, 8), 8);
    return 8;
  }
  if (mode === 2) {
    address.set([0, 0, 0, 0xff, 0xfe, 0], 8);
    address.set(takeBytes(d, 2), 14);
    return 2;
  }
  address.set(id, 8);
  return 0;
}

function dissectSource(
  d: Dissection,
  address: Uint8Array,
  isStateful: number,
  mode: number,
  id: Uint8Array,
): void {
  if (isStateful && mode === INLINE) {
    addAddress(d, f.src, address, 0, true);
    return;
  }
  const length = fillAddress(d, address, mode, id, !isStateful);
  addAddress(d, f.src, address, length, length === 0);
}

/** False when the mode is none of the specification's. */
function dissectDestination(
  d: Dissection,
  address: Uint8Array,
  flags: number,
  mode: number,
  id: Uint8Array,
): boolean {
  const isStateful = (flags & DAC) !== 0;
  if ((flags & MULTICAST) === 0) {
    if (isStateful && mode === INLINE) return false;
    const length = fillAddress(d, address, mode, id, !isStateful);
    addAddress(d, f.dst, address, length, length === 0);
    return true;
  }
  if (isStateful) {
    if (mode !== INLINE) return false;
    address[0] = 0xff;
    address.set(takeBytes(d, 2), 1);
    address.set(takeBytes(d, 4), 12);
    addAddress(d, f.dst, address, 6, false);
    return true;
  }
  if (mode === INLINE) {
    address.set(takeBytes(d, 16));
    addAddress(d, f.dst, address, 16, false);
    return true;
  }
  address[0] = 0xff;
  address[1] = mode === 3 ? 2 : takeBytes(d, 1)[0];
  const rest = [0, 5, 3, 1][mode];
  address.set(takeBytes(d, rest), 16 - rest);
  addAddress(d, f.dst, address, mode === 3 ? 1 : rest + 1, false);
  return true;
}

// ------------------------------------------------------------------ NHC, RFC 6282 section 4

const NHC_EXTENSION = 0xe;
const NHC_UDP = 0x1e;
const EID_PROTOCOLS: Readonly<Record<number, number>> = { 0: 0, 1: 43, 2: 44, 3: 60, 4: 135, 7: 41 };
const EID_FRAGMENT = 2;
const EID_IPV6 = 7;

/** Compressed headers; adds what they stand for to `parts` and returns the first one's protocol number. */
function dissectNhc(
  d: Dissection,
  parts: Uint8Array[],
  header: Ipv6Header,
  ids: Interfaces,
  size: number,
): number {
  const byte = d.peek8();
  if (byte >> 4 === NHC_EXTENSION) return dissectExtension(d, byte, parts, header, ids, size);
  if (byte >> 3 === NHC_UDP) {
    parts.push(dissectNhcUdp(d, byte, header, size));
    return UDP;
  }
  return NO_NEXT_HEADER;
}

function addNhcPattern(d: Dissection, byte: number, bits: number): void {
  if (!d.building) return;
  const value = byte >> (8 - bits);
  d.add(f.nhcPattern, d.pos, 1, value);
  if (d.labels) d.relabel(`${bitText(byte, 0, bits)} = Pattern: ${NHC_PATTERNS[value]} (${hex(value, 2)})`);
}

function dissectExtension(
  d: Dissection,
  byte: number,
  parts: Uint8Array[],
  header: Ipv6Header,
  ids: Interfaces,
  size: number,
): number {
  const at = d.pos;
  const eid = (byte >> 1) & 7;
  d.openText(at, 2, "IPv6 extension header");
  addNhcPattern(d, byte, 4);
  d.bits(f.nhcExtEid, at, 1);
  d.bits(f.nhcExtNh, at, 1);
  d.pos = at + 1;
  const own = EID_PROTOCOLS[eid] ?? NO_NEXT_HEADER;
  if (eid === EID_IPV6) {
    d.close();
    const packet = dissectIphc(d, ids, 0);
    if (packet !== null) parts.push(packet);
    return own;
  }
  const isCompressed = (byte & 1) !== 0;
  let next = 0;
  if (!isCompressed) {
    next = d.u8(f.nhcExtNext);
    if (d.labels) d.relabel(`Next header: ${IP_PROTOCOL_NAMES[next] ?? "Unknown"} (${hex(next, 2)})`);
  }
  const length = eid === EID_FRAGMENT ? 6 : d.peek8();
  const reserved = eid === EID_FRAGMENT ? d.u8(f.nhcExtReserved) : 0;
  if (eid !== EID_FRAGMENT) d.u8(f.nhcExtLength);
  const content = d.peekBytes(length);
  if (length > 0) addContent(d, length);
  d.pos += length;
  d.close(d.pos);
  const units = eid === EID_FRAGMENT ? 0 : Math.ceil((length + 2) / 8) - 1;
  const extension = new Uint8Array((units + 1) * 8);
  extension[1] = eid === EID_FRAGMENT ? reserved : units;
  extension.set(content, 2);
  padOptions(extension, 2 + length, eid);
  parts.push(extension);
  if (isCompressed) next = dissectNhc(d, parts, header, ids, size);
  else parts.push(takeRest(d));
  extension[0] = next;
  return own;
}

/** Options that were left away to fill up eight bytes: Pad1 or PadN. */
function padOptions(extension: Uint8Array, at: number, eid: number): void {
  const missing = extension.length - at;
  if (missing < 2 || (eid !== 0 && eid !== 3)) return;
  extension[at] = 1;
  extension[at + 1] = missing - 2;
}

function addContent(d: Dissection, length: number): void {
  d.include(data);
  if (!d.building) return;
  const [bytesField, lengthField] = data.fields;
  d.open(data.field, d.pos, length);
  if (d.labels) d.relabel(`Data (${length} byte${length === 1 ? "" : "s"})`);
  d.add(bytesField, d.pos, length, d.peekBytes(length));
  d.generated(lengthField, d.pos, 0, length);
  d.close();
}

/** Section 4.3.3. */
function dissectNhcUdp(d: Dissection, byte: number, header: Ipv6Header, size: number): Uint8Array {
  const at = d.pos;
  d.openText(at, 1, "UDP header compression");
  addNhcPattern(d, byte, 5);
  d.bits(f.nhcUdpChecksum, at, 1);
  d.bits(f.nhcUdpPorts, at, 1);
  d.close();
  d.pos = at + 1;
  const ports = byte & 3;
  const udp: UdpHeader = { src: 0, dst: 0, length: 0, checksum: -1 };
  if (ports === 3) {
    const both = d.peek8();
    udp.src = 0xf0b0 + (both >> 4);
    udp.dst = 0xf0b0 + (both & 15);
    d.add(f.udpSrc, d.pos, 1, udp.src);
    d.add(f.udpDst, d.pos, 1, udp.dst);
    d.pos++;
  } else {
    udp.src = addPort(d, f.udpSrc, ports === 2);
    udp.dst = addPort(d, f.udpDst, ports === 1);
  }
  if ((byte & 4) === 0) udp.checksum = d.u16(f.udpChecksum);
  const isWhole = d.end === d.wireEnd;
  return udpDatagram(udp, takeRest(d), header, isWhole, size);
}

function addPort(d: Dissection, field: typeof f.udpSrc, isShort: boolean): number {
  if (!isShort) return d.u16(field);
  const port = 0xf000 + d.peek8();
  d.add(field, d.pos, 1, port);
  d.pos++;
  return port;
}
