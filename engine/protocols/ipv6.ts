/**
 * Internet Protocol version 6, RFC 8200, with the addresses that hold others: SLAAC RFC 4291 appendix A, ISATAP
 * RFC 5214, 6to4 RFC 3056, Teredo RFC 4380, RFC 6052.
 */
import { ADDRESS_IPV6 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ether, expert, type Field, ipv4, ipv6, str, u8, u16, u24, u32 } from "../dissect/field.ts";
import { HIDDEN } from "../dissect/node.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols, linkTypes } from "../dissect/tables.ts";
import { formatIpv6 } from "../dissect/text.ts";
import { data } from "./data.ts";
import { DSCP_SHORT, ECN_SHORT } from "./ipv4.ts";
import { destinationOptions, fragmentHeader, hopByHop, jumboLength, routingHeader } from "./ipv6-headers.ts";
import { DSCP_NAMES, ECN_NAMES, IP_PROTOCOL_NAMES } from "./names/ip.ts";
import { callReassembled, fragmentFields, pieceHere } from "./reassembly.ts";

const f = {
  version: u8("ipv6.version", "Version", { mask: 0xf0 }),
  ipVersion: u8("ip.version", "Version", { mask: 0xf0 }),
  trafficClass: u32("ipv6.tclass", "Traffic Class", { base: "HEX", mask: 0x0ff00000 }),
  dscp: u32("ipv6.tclass.dscp", "Differentiated Services Codepoint", { mask: 0x0fc00000, names: DSCP_NAMES }),
  ecn: u32("ipv6.tclass.ecn", "Explicit Congestion Notification", { mask: 0x00300000, names: ECN_NAMES }),
  flow: u24("ipv6.flow", "Flow Label", { base: "HEX", mask: 0x0fffff }),
  payloadLength: u16("ipv6.plen", "Payload Length"),
  next: u8("ipv6.nxt", "Next Header", { names: IP_PROTOCOL_NAMES }),
  hopLimit: u8("ipv6.hlim", "Hop Limit"),
  src: ipv6("ipv6.src", "Source Address"),
  srcHost: str("ipv6.src_host", "Source Host"),
  dst: ipv6("ipv6.dst", "Destination Address"),
  dstHost: str("ipv6.dst_host", "Destination Host"),
  addr: ipv6("ipv6.addr", "Source or Destination Address"),
  host: str("ipv6.host", "Source or Destination Host"),
  srcSlaac: ether("ipv6.src_slaac_mac", "Source SLAAC MAC"),
  dstSlaac: ether("ipv6.dst_slaac_mac", "Destination SLAAC MAC"),
  slaac: ether("ipv6.slaac_mac", "SLAAC MAC"),
  srcIsatap: ipv4("ipv6.src_isatap_ipv4", "Source ISATAP IPv4"),
  dstIsatap: ipv4("ipv6.dst_isatap_ipv4", "Destination ISATAP IPv4"),
  isatap: ipv4("ipv6.isatap_ipv4", "ISATAP IPv4"),
  srcGateway: ipv4("ipv6.src_6to4_gw_ipv4", "Source 6to4 Gateway IPv4"),
  dstGateway: ipv4("ipv6.dst_6to4_gw_ipv4", "Destination 6to4 Gateway IPv4"),
  gateway: ipv4("ipv6.6to4_gw_ipv4", "6to4 Gateway IPv4"),
  srcSla: u16("ipv6.src_6to4_sla_id", "Source 6to4 SLA ID"),
  dstSla: u16("ipv6.dst_6to4_sla_id", "Destination 6to4 SLA ID"),
  sla: u16("ipv6.6to4_sla_id", "6to4 SLA ID"),
  srcServer: ipv4("ipv6.src_ts_ipv4", "Source Teredo Server IPv4"),
  dstServer: ipv4("ipv6.dst_ts_ipv4", "Destination Teredo Server IPv4"),
  server: ipv4("ipv6.ts_ipv4", "Teredo Server IPv4"),
  srcTeredoPort: u16("ipv6.src_tc_port", "Source Teredo Port"),
  dstTeredoPort: u16("ipv6.dst_tc_port", "Destination Teredo Port"),
  teredoPort: u16("ipv6.tc_port", "Teredo Port"),
  srcClient: ipv4("ipv6.src_tc_ipv4", "Source Teredo Client IPv4"),
  dstClient: ipv4("ipv6.dst_tc_ipv4", "Destination Teredo Client IPv4"),
  client: ipv4("ipv6.tc_ipv4", "Teredo Client IPv4"),
  embeddedPrefix: bytes("ipv6.embed_ipv4_prefix", "Embedded IPv4 Prefix"),
  srcEmbedded: ipv4("ipv6.src_embed_ipv4", "Source Embedded IPv4"),
  dstEmbedded: ipv4("ipv6.dst_embed_ipv4", "Destination Embedded IPv4"),
  embedded: ipv4("ipv6.embed_ipv4", "Embedded IPv4"),
  ...fragmentFields("ipv6", "IPv6"),
};

const x = {
  version: expert("ipv6.bogus_ipv6_version", "error", "Malformed", "Bogus IPv6 version"),
  header: expert("ipv6.invalid_header", "error", "Malformed", "IPv6 header must be exactly 40 bytes"),
  exceeds: expert(
    "ipv6.plen_exceeds_framing",
    "warning",
    "Protocol",
    "IPv6 payload length does not match expected framing length",
  ),
  zero: expert(
    "ipv6.plen_zero",
    "chat",
    "Protocol",
    'IPv6 payload length equals 0 (maybe because of "TCP segmentation offload" (TSO))',
  ),
};

export const ip6 = protocol({
  name: "ipv6",
  title: "Internet Protocol Version 6",
  short: "IPv6",
  fields: f,
  experts: x,
  on: [
    [ethertypes, 0x86dd],
    [linkTypes, 229],
    [ipProtocols, 41],
  ],
  dissect,
});

/** What a message inside wants to know of the header that was dissected last. */
export const innermost = { hopLimit: 0 };

const HEADER = 40;
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const NO_NEXT = 59;
const DESTINATION = 60;
/** Extension headers of one packet that are followed. */
const MOST_HEADERS = 32;

const HEADERS: Readonly<Record<number, Protocol>> = {
  [HOP_BY_HOP]: hopByHop,
  [ROUTING]: routingHeader,
  [FRAGMENT]: fragmentHeader,
  [DESTINATION]: destinationOptions,
};
/** Mobility headers, which stand below IPv6's line like extension headers but have a protocol of their own. */
const MOBILITY = 135;

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.columns) d.setInfo("");
  const version = d.bits(f.version, start, 1);
  const versionLine = d.last;
  d.add(f.ipVersion, start, 1, version, HIDDEN);
  if (d.labels) d.append(' [This field makes the filter match on "ip.version == 6" possible]');
  if (version !== 6) {
    d.last = versionLine;
    d.expert(x.version);
    if (d.columns) d.setInfo(`Bogus IPv6 version (${version}, must be 6)`);
    d.layerEnd(Math.min(d.end, start + HEADER));
    return;
  }
  d.layerEnd(Math.min(d.end, start + HEADER));
  if (d.wireRemaining < HEADER && d.columns) {
    d.setInfo(`Invalid IPv6 header (${d.wireRemaining} bytes, need exactly 40)`);
  }
  if (d.wireRemaining < HEADER) {
    d.last = d.parent;
    d.expert(x.header);
  }
  if (d.building) addFirstWord(d);
  d.skip(4);
  const length = d.u16(f.payloadLength);
  const lengthLine = d.last;
  const next = d.u8(f.next);
  innermost.hopLimit = d.u8(f.hopLimit);
  if (d.building) addAddress(d, f.src, f.srcHost);
  else d.skip(16);
  if (d.building) addAddress(d, f.dst, f.dstHost);
  else d.skip(16);
  d.setAddresses(ADDRESS_IPV6, start + 8, start + 24, 16);
  if (d.building) addHolders(d, start);
  const there = d.wireRemaining;
  if (length > 0) {
    if (length > there && !d.quoted) {
      expertAt(d, lengthLine, x.exceeds, `IPv6 payload length exceeds framing length (${there} bytes)`);
    }
    d.limit(length);
  } else if (next === HOP_BY_HOP && jumboLength(d) > 0) {
    const jumbo = jumboLength(d);
    if (d.labels && lengthLine !== null) lengthLine.suffix = " (Jumbogram)";
    if (jumbo > there && !d.quoted) {
      expertAt(d, lengthLine, x.exceeds, `IPv6 payload length exceeds framing length (${there} bytes)`);
    }
    d.limit(jumbo);
  } else if (next !== NO_NEXT) {
    expertAt(d, lengthLine, x.zero, x.zero.message);
    d.limit(0);
  }
  const end = d.wireEnd;
  dissectHeaders(d, start, next);
  // What was called may have packets of its own inside.
  d.payloadEnd = end;
}

function addFirstWord(d: Dissection): void {
  const at = d.pos;
  d.needAt(at, 4);
  const traffic = (d.peek16() >> 4) & 0xff;
  d.open(f.trafficClass, at, 4, traffic);
  if (d.labels) {
    d.appendParent(` (DSCP: ${DSCP_SHORT[traffic >> 2] ?? "Unknown"}, ECN: ${ECN_SHORT[traffic & 3]})`);
  }
  d.bits(f.dscp, at, 4);
  d.bits(f.ecn, at, 4);
  d.close();
  d.bits(f.flow, at + 1, 3);
}

function addAddress(d: Dissection, field: Field, hostField: Field): void {
  const at = d.pos;
  const value = d.peekBytes(16);
  const text = formatIpv6(value);
  d.pos += 16;
  d.add(field, at, 16, value);
  d.add(f.addr, at, 16, value, HIDDEN);
  d.add(hostField, at, 16, text, HIDDEN);
  d.add(f.host, at, 16, text, HIDDEN);
}

function expertAt(d: Dissection, line: typeof d.last, what: typeof x.zero, message: string): void {
  const { last } = d;
  d.last = line;
  d.expert(what, message);
  d.last = last;
}

/** Layer label, and what other addresses the two addresses tell of. */
function addHolders(d: Dissection, start: number): void {
  const src = start + 8;
  const dst = start + 24;
  if (d.labels) {
    const text = (at: number): string => formatIpv6(d.buf.subarray(at, at + 16));
    d.appendLayer(`, Src: ${text(src)}, Dst: ${text(dst)}`);
  }
  addHeld(d, src, true);
  addHeld(d, dst, false);
}

function addHeld(d: Dissection, at: number, isSrc: boolean): void {
  const b = d.buf;
  const word = (i: number): number =>
    ((b[at + i] << 24) | (b[at + i + 1] << 16) | (b[at + i + 2] << 8) | b[at + i + 3]) >>> 0;
  const first = word(0);
  if (first >>> 16 === 0x2002) {
    const sla = (b[at + 6] << 8) | b[at + 7];
    d.add(isSrc ? f.srcGateway : f.dstGateway, at + 2, 4, word(2));
    d.add(isSrc ? f.srcSla : f.dstSla, at + 6, 2, sla);
    d.add(f.gateway, at + 2, 4, word(2), HIDDEN);
    d.add(f.sla, at + 6, 2, sla, HIDDEN);
  } else if (first === 0x20010000) {
    const port = ((b[at + 10] << 8) | b[at + 11]) ^ 0xffff;
    const client = ~word(12) >>> 0;
    d.add(isSrc ? f.srcServer : f.dstServer, at + 4, 4, word(4));
    d.add(isSrc ? f.srcTeredoPort : f.dstTeredoPort, at + 10, 2, port);
    d.add(isSrc ? f.srcClient : f.dstClient, at + 12, 4, client);
    d.add(f.server, at + 4, 4, word(4), HIDDEN);
    d.add(f.teredoPort, at + 10, 2, port, HIDDEN);
    d.add(f.client, at + 12, 4, client, HIDDEN);
  } else if (first === 0x0064ff9b && word(4) === 0 && word(8) === 0) {
    d.add(f.embeddedPrefix, at, 12, b.subarray(at, at + 12));
    d.add(isSrc ? f.srcEmbedded : f.dstEmbedded, at + 12, 4, word(12));
    d.add(f.embedded, at + 12, 4, word(12));
    return;
  }
  const isMulticast = b[at] === 0xff;
  if (b[at + 8] & 2 && b[at + 11] === 0xff && b[at + 12] === 0xfe && !isMulticast) {
    const mac = Uint8Array.of(b[at + 8] ^ 2, b[at + 9], b[at + 10], b[at + 13], b[at + 14], b[at + 15]);
    d.generated(isSrc ? f.srcSlaac : f.dstSlaac, at + 8, 8, mac);
    d.add(f.slaac, at + 8, 8, mac, HIDDEN);
  } else if ((word(8) & 0xfdffffff) >>> 0 === 0x00005efe) {
    d.add(isSrc ? f.srcIsatap : f.dstIsatap, at + 12, 4, word(12));
    d.add(f.isatap, at + 12, 4, word(12), HIDDEN);
  }
}

/** RFC 8200 section 4: the chain of extension headers, then what they carry. */
function dissectHeaders(d: Dissection, start: number, first: number): void {
  let next = first;
  for (let i = 0; i < MOST_HEADERS; i++) {
    const header = HEADERS[next];
    if (header === undefined) break;
    const at = d.pos;
    if (d.wireRemaining <= 0) return;
    const length = next === FRAGMENT ? 8 : at + 2 <= d.end ? (d.buf[at + 1] + 1) * 8 : 8;
    if (!d.callBelow(header)) return;
    const isFragment = next === FRAGMENT;
    next = d.buf[at];
    d.pos = at + length;
    if (isFragment && dissectFragment(d, at, next)) return;
    d.layerEnd(Math.min(d.end, d.pos));
  }
  if (next === NO_NEXT) {
    if (d.columns) d.setInfo("IPv6 no next header");
    if (d.remaining > 0) d.call(data);
    return;
  }
  const found = ipProtocols.get(next);
  if (d.wireRemaining <= 0) {
    // Nothing is left for what was announced.
    if (found !== undefined) d.malformed();
    return;
  }
  if (found === undefined && d.columns) {
    d.setInfo(`Unknown IP Protocol: ${IP_PROTOCOL_NAMES[next] ?? "Unknown"} (${next})`);
  }
  d.layerEnd(Math.min(d.end, Math.max(d.pos, start + HEADER)));
  if (next === MOBILITY && found !== undefined) d.callBelow(found);
  else d.call(found ?? data);
}

/**
 * What follows a fragment header at `header`.
 * @returns false when it is the whole datagram ("atomic fragment", RFC 6946), to go on as without the header
 */
function dissectFragment(d: Dissection, header: number, next: number): boolean {
  const b = d.buf;
  const word = (b[header + 2] << 8) | b[header + 3];
  const offset = word & 0xfff8;
  const more = (word & 1) === 1;
  if (offset === 0 && !more) return false;
  const ident = ((b[header + 4] << 24) | (b[header + 5] << 16) | (b[header + 6] << 8) | b[header + 7]) >>> 0;
  const length = d.wireRemaining;
  let reassembledIn = 0;
  if (d.remaining === length && length > 0 && !d.quoted) {
    const key = `6,${d.srcId},${d.dstId},${ident}`;
    const datagram = d.datagram(key);
    if (datagram !== undefined) {
      if (d.memory.indexing) d.memory.fragments.add(key, datagram, pieceHere(d, offset, length, more));
      const carried = ipProtocols.get(next) ?? data;
      d.layerEnd(Math.min(d.end, d.pos));
      if (datagram.reassembledIn === d.frame && callReassembled(d, f, "IPv6", datagram, carried)) return true;
      reassembledIn = datagram.reassembledIn;
    }
  }
  if (reassembledIn !== 0) d.generated(f.reassembledIn, header, 0, reassembledIn);
  if (d.columns) {
    const text = `IPv6 fragment (off=${offset} more=${more ? "y" : "n"} ident=0x${ident.toString(16).padStart(8, "0")} nxt=${next})`;
    d.setInfo(reassembledIn === 0 ? text : `${text} [Reassembled in #${reassembledIn}]`);
  }
  if (d.remaining > 0) d.call(data);
  return true;
}
