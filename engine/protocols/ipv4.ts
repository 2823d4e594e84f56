/** Internet Protocol version 4, RFC 791; differentiated services RFC 2474; ECN RFC 3168. */
import { ADDRESS_IPV4 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, expert, ipv4, SET_NOTSET, str, u8, u16 } from "../dissect/field.ts";
import { HIDDEN } from "../dissect/node.ts";
import { validated } from "../dissect/preferences.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols, linkTypes } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";
import { CHECKSUM_STATUS_NAMES, checksumStatusText, hex16, onesSum, rightChecksum } from "./checksum.ts";
import { data } from "./data.ts";
import { addOptions, finalDestination, ipOptionExperts, ipOptionFields } from "./ipv4-options.ts";
import { DSCP_NAMES, ECN_NAMES, IP_PROTOCOL_NAMES } from "./names/ip.ts";
import { callReassembled, fragmentFields, pieceHere } from "./reassembly.ts";

const headerText = (words: number): string => `${words * 4} bytes (${words})`;

const f = {
  version: u8("ip.version", "Version", { mask: 0xf0 }),
  headerLength: u8("ip.hdr_len", "Header Length"),
  services: u8("ip.dsfield", "Differentiated Services Field", { base: "HEX" }),
  dscp: u8("ip.dsfield.dscp", "Differentiated Services Codepoint", { mask: 0xfc, names: DSCP_NAMES }),
  ecn: u8("ip.dsfield.ecn", "Explicit Congestion Notification", { mask: 0x03, names: ECN_NAMES }),
  length: u16("ip.len", "Total Length"),
  id: u16("ip.id", "Identification", { base: "HEX_DEC" }),
  flags: u8("ip.flags", "Flags", { base: "HEX", mask: 0xe0 }),
  reserved: bool("ip.flags.rb", "Reserved bit", { mask: 0x80, tf: SET_NOTSET }),
  dontFragment: bool("ip.flags.df", "Don't fragment", { mask: 0x40, tf: SET_NOTSET }),
  moreFragments: bool("ip.flags.mf", "More fragments", { mask: 0x20, tf: SET_NOTSET }),
  offset: u16("ip.frag_offset", "Fragment Offset", { mask: 0x1fff }),
  ttl: u8("ip.ttl", "Time to Live"),
  proto: u8("ip.proto", "Protocol", { names: IP_PROTOCOL_NAMES }),
  checksum: u16("ip.checksum", "Header Checksum", { base: "HEX" }),
  checksumStatus: u8("ip.checksum.status", "Header checksum status", {
    base: "CUSTOM",
    names: CHECKSUM_STATUS_NAMES,
    text: checksumStatusText,
  }),
  checksumCalculated: u16("ip.checksum_calculated", "Calculated Checksum", { base: "HEX" }),
  src: ipv4("ip.src", "Source Address"),
  srcHost: str("ip.src_host", "Source Host"),
  dst: ipv4("ip.dst", "Destination Address"),
  dstHost: str("ip.dst_host", "Destination Host"),
  current: ipv4("ip.cur_rt", "Current Route"),
  currentHost: str("ip.cur_rt_host", "Current Route Host"),
  addr: ipv4("ip.addr", "Source or Destination Address"),
  host: str("ip.host", "Source or Destination Host"),
  ...ipOptionFields,
  ...fragmentFields("ip", "IPv4"),
};

const x = {
  version: expert("ip.bogus_ip_version", "error", "Protocol", "Bogus IPv4 version"),
  headerLength: expert("ip.bogus_header_length", "error", "Protocol", "Bogus IP header length"),
  length: expert("ip.bogus_ip_length", "error", "Protocol", "Bogus IP length"),
  checksum: expert("ip.checksum_bad.expert", "error", "Checksum", "Bad checksum"),
  controlBlock: expert("ip.ttl.lncb", "note", "Sequence", "Time To Live"),
  ttlTooSmall: expert("ip.ttl.too_small", "note", "Sequence", "Time To Live"),
  ...ipOptionExperts,
};

export const ip = protocol({
  name: "ip",
  title: "Internet Protocol Version 4",
  short: "IPv4",
  fields: f,
  experts: x,
  on: [
    [ethertypes, 0x0800],
    [linkTypes, 228],
    [ipProtocols, 4],
  ],
  dissect,
});

const SHORTEST_HEADER = 20;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;
const IPV6 = 0x86dd;
/** Protocols that are sent with a small time to live on purpose. */
const OSPF = 89;
const PIM = 103;

export const DSCP_SHORT: Readonly<Record<number, string>> = {
  0: "CS0",
  1: "LE",
  8: "CS1",
  10: "AF11",
  12: "AF12",
  14: "AF13",
  16: "CS2",
  18: "AF21",
  20: "AF22",
  22: "AF23",
  24: "CS3",
  26: "AF31",
  28: "AF32",
  30: "AF33",
  32: "CS4",
  34: "AF41",
  36: "AF42",
  38: "AF43",
  40: "CS5",
  44: "VOICE-ADMIT",
  46: "EF PHB",
  48: "CS6",
  56: "CS7",
};
export const ECN_SHORT = ["Not-ECT", "ECT(1)", "ECT(0)", "CE"] as const;

/** Set for one packet that may be of either version. */
let ofAnyVersion = false;

/** Hands over where nothing but the packet itself tells its version, so that IPv6 is nothing remarkable. */
export function callIp(d: Dissection): void {
  ofAnyVersion = true;
  d.call(ip);
  ofAnyVersion = false;
}

function dissect(d: Dissection): void {
  const start = d.pos;
  const anyVersion = ofAnyVersion;
  ofAnyVersion = false;
  if (d.columns) d.setInfo("");
  if (anyVersion && d.peek8() >> 4 === 6) {
    d.unlist();
    d.call(ethertypes.get(IPV6)!);
    return;
  }
  const version = d.bits(f.version, start, 1);
  if (version !== 4) {
    dissectOtherVersion(d, start, version);
    return;
  }
  const headerLength = (d.peek8() & 0x0f) * 4;
  d.add(f.headerLength, start, 1, headerLength);
  if (d.labels) {
    const words = headerLength / 4;
    d.relabel(`.... ${words.toString(2).padStart(4, "0")} = Header Length: ${headerText(words)}`);
  }
  if (headerLength < SHORTEST_HEADER) {
    const text = `Bogus IP header length (${headerLength}, must be at least 20)`;
    d.expert(x.headerLength, text);
    if (d.columns) d.setInfo(text);
    d.layerEnd(Math.min(d.end, start + headerLength));
    return;
  }
  d.skip(1);
  d.layerEnd(Math.min(d.end, start + headerLength));
  if (d.building) addServices(d);
  else d.skip(1);
  const length = addLength(d, start, headerLength);
  if (length < headerLength) return;

  const id = d.u16(f.id);
  const flagsAndOffset = d.peek16();
  const offset = (flagsAndOffset & OFFSET_MASK) * 8;
  const more = (flagsAndOffset & MORE_FRAGMENTS) !== 0;
  if (d.building) addFlags(d, flagsAndOffset, offset);
  d.skip(2);
  const ttl = d.u8(f.ttl);
  const ttlLine = d.last;
  const proto = d.u8(f.proto);
  const sound = dissectChecksum(d, start, headerLength);

  d.need(8);
  const options = start + SHORTEST_HEADER;
  const optionsEnd = start + headerLength;
  let dst = start + 16;
  if (headerLength > SHORTEST_HEADER && optionsEnd <= d.end)
    dst = finalDestination(d, options, optionsEnd) ?? dst;
  d.setSource(ADDRESS_IPV4, d.buf, start + 12, 4);
  d.setDestination(ADDRESS_IPV4, d.buf, dst, 4);
  if (d.building) addAddresses(d, dst);
  else d.skip(8);
  if (d.building) checkTtl(d, ttl, proto, dst, ttlLine);
  d.need(headerLength - SHORTEST_HEADER);
  if (headerLength > SHORTEST_HEADER && d.building)
    addOptions(d, options, optionsEnd, f.dst, f.dstHost, f.addr, f.host);
  d.pos = optionsEnd;
  d.limit(length - headerLength);
  const end = d.wireEnd;
  dissectPayload(d, start, proto, id, offset, more, length - headerLength, sound);
  // What was called may have packets of its own inside.
  d.payloadEnd = end;
}

/** A header that says it is of another version: IPv6 under the wrong type is common enough to be shown as such. */
function dissectOtherVersion(d: Dissection, start: number, version: number): void {
  d.expert(x.version);
  if (d.columns) d.setInfo(`Bogus IPv4 version (${version}, must be 4)`);
  d.layerEnd(Math.min(d.end, start + SHORTEST_HEADER));
  const other = version === 6 ? ethertypes.get(IPV6) : undefined;
  if (other !== undefined) d.call(other);
}

/** The checksum; false when it was validated and is wrong. */
function dissectChecksum(d: Dissection, start: number, headerLength: number): boolean {
  const at = d.pos;
  const checksum = d.u16(f.checksum);
  if (!validated.ip) {
    if (d.labels) d.append(" [validation disabled]");
    d.generated(f.checksumStatus, d.pos, 0, UNVERIFIED);
    return true;
  }
  if (start + headerLength > d.end) {
    if (d.labels) d.append(" [not all data available]");
    d.generated(f.checksumStatus, at, 0, UNVERIFIED);
    return true;
  }
  const sum = onesSum(d.buf, start, start + headerLength);
  const good = sum === 0xffff;
  if (!d.building) return good;
  const right = rightChecksum(sum, checksum);
  if (d.labels) {
    d.append(
      good ? " [correct]" : ` incorrect, should be ${hex16(right)}(may be caused by "IP checksum offload"?)`,
    );
  }
  if (!good) d.expert(x.checksum, `Bad checksum [should be ${hex16(right)}]`);
  d.generated(f.checksumStatus, at, 0, good ? GOOD : BAD);
  d.generated(f.checksumCalculated, at, 2, right);
  return good;
}
const BAD = 0;
const GOOD = 1;
const UNVERIFIED = 2;

function addServices(d: Dissection): void {
  const services = d.bitset(f.services, 1, SERVICES);
  if (d.labels) {
    d.append(` (DSCP: ${DSCP_SHORT[services >> 2] ?? "Unknown"}, ECN: ${ECN_SHORT[services & 3]})`);
  }
}
const SERVICES = [f.dscp, f.ecn] as const;

/** The total length; 0 (left to the network card to fill in) stands for all that is there. */
function addLength(d: Dissection, start: number, headerLength: number): number {
  const length = d.peek16();
  const there = d.wireEnd - start;
  const at = d.pos;
  d.skip(2);
  if (length === 0) {
    d.add(f.length, at, 2, there);
    if (d.labels) {
      d.relabel(
        `Total Length: ${there} bytes (reported as 0, presumed to be because of "TCP segmentation offload" (TSO))`,
      );
    }
    return there;
  }
  d.add(f.length, at, 2, length);
  if (length < headerLength) {
    if (d.labels) d.relabel(`Total Length: ${length} bytes (bogus, less than header length ${headerLength})`);
    d.expert(x.length);
    if (d.columns) d.setInfo(`Bogus IP length (${length}, less than header length ${headerLength})`);
  } else if (length > there && !d.quoted) {
    d.expert(x.length, `IPv4 total length exceeds packet length (${there} bytes)`);
  }
  return length;
}

function addFlags(d: Dissection, flagsAndOffset: number, offset: number): void {
  const at = d.pos;
  const flags = flagsAndOffset >> 13;
  d.open(f.flags, at, 1, flags);
  if (d.labels) {
    if (flags & 4) d.appendParent(", Reserved bit");
    if (flags & 2) d.appendParent(", Don't fragment");
    if (flags & 1) d.appendParent(", More fragments");
  }
  d.bits(f.reserved, at, 1);
  d.bits(f.dontFragment, at, 1);
  d.bits(f.moreFragments, at, 1);
  d.close();
  d.add(f.offset, at, 2, flagsAndOffset & OFFSET_MASK);
  if (d.labels) {
    const bits = (flagsAndOffset & OFFSET_MASK).toString(2).padStart(13, "0");
    d.relabel(
      `...${bits[0]} ${bits.slice(1, 5)} ${bits.slice(5, 9)} ${bits.slice(9)} = Fragment Offset: ${offset}`,
    );
  }
}

/** @param dst where the final destination stands: the header, or the source route option */
function addAddresses(d: Dissection, dst: number): void {
  const src = d.ipv4(f.src);
  const srcText = d.building ? formatIpv4(src) : "";
  d.add(f.addr, d.pos - 4, 4, src, HIDDEN);
  d.add(f.srcHost, d.pos - 4, 4, srcText, HIDDEN);
  d.add(f.host, d.pos - 4, 4, srcText, HIDDEN);
  const routed = dst !== d.pos;
  const header = d.ipv4(routed ? f.current : f.dst);
  const headerDst = formatIpv4(header);
  if (routed) d.add(f.currentHost, d.pos - 4, 4, headerDst, HIDDEN);
  else {
    d.add(f.addr, d.pos - 4, 4, header, HIDDEN);
    d.add(f.dstHost, d.pos - 4, 4, headerDst, HIDDEN);
    d.add(f.host, d.pos - 4, 4, headerDst, HIDDEN);
  }
  if (d.labels) {
    const via = routed ? `, Via: ${headerDst}` : "";
    d.appendLayer(`, Src: ${srcText}, Dst: ${formatIpv4(addressAt(d, dst))}${via}`);
  }
}

function addressAt(d: Dissection, at: number): number {
  const b = d.buf;
  return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
}

/** Addresses of the local network control block (224.0.0.0/24) whose protocols want another TTL than 1. */
const CONTROL_TTL: Readonly<Record<number, number>> = { 18: 255, 102: 255, 251: 255 };
const LLMNR = 252;

function checkTtl(d: Dissection, ttl: number, proto: number, dst: number, line: typeof d.last): void {
  const address = addressAt(d, dst);
  if (address >>> 8 === 0xe00000) {
    const wanted = CONTROL_TTL[address & 255] ?? 1;
    if ((address & 255) === LLMNR || ttl === wanted) return;
    expertAt(
      d,
      line,
      x.controlBlock,
      `"Time To Live" != ${wanted} for a packet sent to the Local Network Control Block (see RFC 3171)`,
    );
  } else if (ttl < 5 && address >>> 28 !== 0xe && proto !== OSPF && proto !== PIM) {
    expertAt(d, line, x.ttlTooSmall, `"Time To Live" only ${ttl}`);
  }
}

function expertAt(d: Dissection, line: typeof d.last, what: typeof x.length, message: string): void {
  const { last } = d;
  d.last = line;
  d.expert(what, message);
  d.last = last;
}

function dissectPayload(
  d: Dissection,
  start: number,
  proto: number,
  id: number,
  offset: number,
  more: boolean,
  length: number,
  sound: boolean,
): void {
  const next = ipProtocols.get(proto);
  if (!more && offset === 0) {
    if (d.wireRemaining > 0) callNext(d, proto, next);
    return;
  }
  // A piece that is not all there, or whose header is wrong, can not be put together: its start is shown for what it is.
  const whole = sound && d.remaining >= length && length > 0;
  if (!whole || d.quoted) {
    if (!whole && offset === 0 && length > 0) {
      d.fragment = true;
      callNext(d, proto, next);
    } else dissectFragment(d, proto, id, offset, 0);
    return;
  }
  const key = `4,${d.srcId},${d.dstId},${proto},${id}`;
  const datagram = d.datagram(key);
  if (datagram === undefined) {
    dissectFragment(d, proto, id, offset, 0);
    return;
  }
  if (d.memory.indexing) d.memory.fragments.add(key, datagram, pieceHere(d, offset, length, more));
  if (datagram.reassembledIn === d.frame && callReassembled(d, f, "IPv4", datagram, next ?? data)) return;
  if (datagram.reassembledIn !== 0) d.generated(f.reassembledIn, start, 0, datagram.reassembledIn);
  dissectFragment(d, proto, id, offset, datagram.reassembledIn);
}

function callNext(d: Dissection, proto: number, next: Protocol | undefined): void {
  if (next === undefined && d.columns) d.setInfo(`${IP_PROTOCOL_NAMES[proto] ?? "Unknown"} (${proto})`);
  d.call(next ?? data);
}

function dissectFragment(
  d: Dissection,
  proto: number,
  id: number,
  offset: number,
  reassembledIn: number,
): void {
  if (d.columns) {
    const name = IP_PROTOCOL_NAMES[proto] ?? "Unknown";
    const where = reassembledIn === 0 ? "" : ` [Reassembled in #${reassembledIn}]`;
    d.setInfo(
      `Fragmented IP protocol (proto=${name} ${proto}, off=${offset}, ID=${id.toString(16).padStart(4, "0")})${where}`,
    );
  }
  if (d.remaining > 0) d.call(data);
}
