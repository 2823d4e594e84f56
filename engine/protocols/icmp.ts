/**
 * Internet Control Message Protocol, RFC 792; router discovery RFC 1256 with Mobile IP's extensions RFC 5944;
 * multi-part messages RFC 4884, MPLS RFC 4950, interface information RFC 5837; extended echo RFC 8335.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  double,
  expert,
  frameNum,
  i32,
  ipv4,
  none,
  relTime,
  SET_NOTSET,
  u8,
  u16,
  u32,
} from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols } from "../dissect/tables.ts";
import { addSumVerdict, CHECKSUM_STATUS_NAMES, checksumStatusText, onesSum } from "./checksum.ts";
import { data } from "./data.ts";
import { matchEcho } from "./icmp-echo.ts";
import { addExtensions, extensionExperts, extensionFields } from "./icmp-extensions.ts";
import { EXTENDED_REPLY_CODES, INTERFACE_STATES } from "./names/icmp.ts";

const f = {
  type: u8("icmp.type", "Type"),
  code: u8("icmp.code", "Code"),
  checksum: u16("icmp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("icmp.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    names: CHECKSUM_STATUS_NAMES,
    text: checksumStatusText,
  }),
  unused: bytes("icmp.unused", "Unused"),
  ident: u16("icmp.ident", "Identifier (BE)", { base: "DEC_HEX" }),
  identLe: u16("icmp.ident_le", "Identifier (LE)", { base: "DEC_HEX" }),
  seq: u16("icmp.seq", "Sequence Number (BE)", { base: "DEC_HEX" }),
  seqLe: u16("icmp.seq_le", "Sequence Number (LE)", { base: "DEC_HEX" }),
  mtu: u16("icmp.mtu", "MTU of next hop"),
  addresses: u8("icmp.num_addrs", "Number of addresses"),
  entrySize: u8("icmp.addr_entry_size", "Address entry size"),
  lifetime: u16("icmp.lifetime", "Lifetime"),
  pointer: u32("icmp.pointer", "Pointer"),
  router: ipv4("icmp.router_address", "Router address"),
  preference: i32("icmp.pref_level", "Preference level"),
  originate: u32("icmp.originate_timestamp", "Originate Timestamp"),
  receive: u32("icmp.receive_timestamp", "Receive Timestamp"),
  transmit: u32("icmp.transmit_timestamp", "Transmit Timestamp"),
  mask: ipv4("icmp.address_mask", "Address Mask"),
  gateway: ipv4("icmp.redir_gw", "Gateway Address"),
  mipType: u8("icmp.mip.type", "Extension Type", {
    names: {
      0: "One byte padding extension",
      16: "Mobility Agent Advertisement Extension",
      19: "Prefix Lengths Extension",
      24: "Challenge Extension",
    },
  }),
  mipLength: u8("icmp.mip.length", "Length"),
  mipPrefix: u8("icmp.mip.prefixlength", "Prefix Length"),
  mipSeq: u16("icmp.mip.seq", "Sequence Number"),
  mipLife: u16("icmp.mip.life", "Registration Lifetime"),
  mipFlags: u16("icmp.mip.flags", "Flags", { base: "HEX" }),
  mipR: bool("icmp.mip.r", "Registration Required", { mask: 0x8000, bits: 16 }),
  mipB: bool("icmp.mip.b", "Busy", { mask: 0x4000, bits: 16 }),
  mipH: bool("icmp.mip.h", "Home Agent", { mask: 0x2000, bits: 16 }),
  mipF: bool("icmp.mip.f", "Foreign Agent", { mask: 0x1000, bits: 16 }),
  mipM: bool("icmp.mip.m", "Minimal Encapsulation", { mask: 0x0800, bits: 16 }),
  mipG: bool("icmp.mip.g", "GRE", { mask: 0x0400, bits: 16 }),
  mipV: bool("icmp.mip.v", "VJ Comp", { mask: 0x0200, bits: 16 }),
  mipRt: bool("icmp.mip.rt", "Reverse tunneling", { mask: 0x0100, bits: 16 }),
  mipU: bool("icmp.mip.u", "UDP tunneling", { mask: 0x0080, bits: 16 }),
  mipX: bool("icmp.mip.x", "Revocation support", { mask: 0x0040, bits: 16 }),
  mipReserved: u16("icmp.mip.reserved", "Reserved", { base: "HEX", mask: 0x003f }),
  mipCareOf: ipv4("icmp.mip.coa", "Care-Of-Address"),
  mipChallenge: bytes("icmp.mip.challenge", "Challenge"),
  mipContent: bytes("icmp.mip.content", "Content"),
  responseIn: frameNum("icmp.resp_in", "Response frame"),
  noResponse: none("icmp.no_resp", "No response seen"),
  responseTo: frameNum("icmp.resp_to", "Request frame"),
  responseTime: double("icmp.resptime", "Response time"),
  dataTime: absTime("icmp.data_time", "Timestamp from icmp data", { base: "LOCAL" }),
  dataTimeRelative: relTime("icmp.data_time_relative", "Timestamp from icmp data (relative)"),
  length: u8("icmp.length", "Length"),
  lengthOriginal: u8("icmp.length.original_datagram", "Length of original datagram"),
  extSeq: u8("icmp.ext.echo.seq", "Sequence Number", { base: "DEC_HEX" }),
  extRequestReserved: u8("icmp.ext.echo.req.res", "Reserved", { base: "HEX", mask: 0xfe }),
  extRequestLocal: bool("icmp.ext.echo.req.local", "Local bit", { mask: 0x01, tf: SET_NOTSET }),
  extState: u8("icmp.ext.echo.rsp.state", "State", {
    mask: 0xe0,
    names: INTERFACE_STATES,
  }),
  extReplyReserved: u8("icmp.ext.echo.rsp.res", "Reserved", { base: "HEX", mask: 0x18 }),
  extActive: bool("icmp.ext.echo.rsp.active", "Active bit", { mask: 0x04, tf: SET_NOTSET }),
  extHasIpv4: bool("icmp.ext.echo.rsp.ipv4", "IPv4 bit", { mask: 0x02, tf: SET_NOTSET }),
  extHasIpv6: bool("icmp.ext.echo.rsp.ipv6", "IPv6 bit", { mask: 0x01, tf: SET_NOTSET }),
  ...extensionFields,
};

const x = {
  ...extensionExperts,
  noResponse: expert("icmp.resp_not_found", "warning", "Sequence", "No response seen to ICMP request"),
  badChecksum: expert("icmp.checksum_bad", "warning", "Checksum", "Bad checksum"),
};

export const icmp = protocol({
  name: "icmp",
  title: "Internet Control Message Protocol",
  short: "ICMP",
  fields: f,
  experts: x,
  on: [[ipProtocols, 1]],
  dissect,
});

const ECHO_REPLY = 0;
const UNREACHABLE = 3;
const SOURCE_QUENCH = 4;
const REDIRECT = 5;
const ECHO = 8;
const ROUTER_ADVERTISEMENT = 9;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;
const EXTENDED_ECHO = 42;
const EXTENDED_REPLY = 43;

const TYPES: Readonly<Record<number, string>> = {
  0: "Echo (ping) reply",
  1: "Reserved",
  2: "Reserved",
  3: "Destination unreachable",
  4: "Source quench (flow control)",
  5: "Redirect",
  6: "Alternate host address",
  8: "Echo (ping) request",
  9: "Router advertisement",
  10: "Router solicitation",
  11: "Time-to-live exceeded",
  12: "Parameter problem",
  13: "Timestamp request",
  14: "Timestamp reply",
  15: "Information request",
  16: "Information reply",
  17: "Address mask request",
  18: "Address mask reply",
  19: "Reserved (for security)",
  30: "Traceroute",
  31: "Datagram Conversion Error",
  32: "Mobile Host Redirect",
  33: "IPv6 Where-Are-You",
  34: "IPv6 I-Am-Here",
  35: "Mobile Registration Request",
  36: "Mobile Registration Reply",
  37: "Domain Name Request",
  38: "Domain Name Reply",
  39: "SKIP",
  40: "Photuris",
  41: "Experimental mobility protocols",
  42: "Extended Echo request",
  43: "Extended Echo reply",
};

const CODES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  3: {
    0: "Network unreachable",
    1: "Host unreachable",
    2: "Protocol unreachable",
    3: "Port unreachable",
    4: "Fragmentation needed",
    5: "Source route failed",
    6: "Destination network unknown",
    7: "Destination host unknown",
    8: "Source host isolated",
    9: "Network administratively prohibited",
    10: "Host administratively prohibited",
    11: "Network unreachable for TOS",
    12: "Host unreachable for TOS",
    13: "Communication administratively filtered",
    14: "Host precedence violation",
    15: "Precedence cutoff in effect",
  },
  5: {
    0: "Redirect for network",
    1: "Redirect for host",
    2: "Redirect for TOS and network",
    3: "Redirect for TOS and host",
  },
  6: { 0: "Alternate address for host" },
  9: { 0: "Normal router advertisement", 16: "Does not route common traffic" },
  11: { 0: "Time to live exceeded in transit", 1: "Fragment reassembly time exceeded" },
  12: { 0: "Pointer indicates the error", 1: "Required option missing", 2: "Bad length" },
  40: {
    0: "Bad SPI",
    1: "Authentication Failed",
    2: "Decompression Failed",
    3: "Decryption Failed",
    4: "Need Authentication",
    5: "Need Authorization",
  },
  42: { 0: "No error" },
  43: EXTENDED_REPLY_CODES,
};

const UNKNOWN_TYPE = "Unknown ICMP (obsolete or malformed?)";
const ERRORS: readonly number[] = [UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM];
/** Code of an unreachable destination. */
const FRAGMENTATION_NEEDED = 4;
/** Types with an identifier and a sequence number behind the checksum. */
const QUERIES: readonly number[] = [0, 8, 13, 14, 15, 16, 17, 18];

function dissect(d: Dissection): void {
  const start = d.pos;
  d.need(6);
  const type = d.peek8();
  const code = d.peek8(1);
  const found = d.peek16(2);
  if (d.building || d.columns) addHeader(d, start, type, code, found);
  d.pos = start + 4;
  if (QUERIES.includes(type)) dissectQuery(d, start, type, found);
  else if (type === EXTENDED_ECHO || type === EXTENDED_REPLY) dissectExtendedEcho(d, type);
  else if (type === ROUTER_ADVERTISEMENT) dissectRouters(d);
  else if (ERRORS.includes(type)) dissectError(d, start, type, code);
  d.layerEnd(d.end);
}

function addHeader(d: Dissection, start: number, type: number, code: number, found: number): void {
  const isMobile = type === ROUTER_ADVERTISEMENT && CODES[type][code] !== undefined;
  const name = isMobile ? "Mobile IP Advertisement" : (TYPES[type] ?? UNKNOWN_TYPE);
  const codes = CODES[type];
  const codeText = codes === undefined ? "" : ` (${codes[code] ?? `Unknown code: ${code}`})`;
  if (d.columns) d.setInfo(`${name.padEnd(20)}${codeText}`);
  if (!d.building) return;
  d.u8(f.type);
  if (d.labels) d.append(` (${name})`);
  d.u8(f.code);
  if (d.labels) d.append(codeText);
  d.u16(f.checksum);
  let status = 2;
  if (d.quoted) d.append(" [unverified] [in ICMP error packet]");
  else if (d.fragment || d.end < d.wireEnd) d.append(" [unverified] [fragmented datagram]");
  else status = addSumVerdict(d, x.badChecksum, onesSum(d.buf, start, d.end), found);
  d.generated(f.checksumStatus, start + 2, 0, status);
}

// -------------------------------------------------------------------- echo and the other queries

const ECHO_FIELDS = { ...f, missing: x.noResponse };

function dissectQuery(d: Dissection, start: number, type: number, checksum: number): void {
  const ident = d.peek16();
  const seq = d.peek16(2);
  if (d.building) {
    const at = d.pos;
    d.add(f.ident, at, 2, ident);
    d.add(f.identLe, at, 2, swap(ident));
    d.add(f.seq, at + 2, 2, seq);
    d.add(f.seqLe, at + 2, 2, swap(seq));
  }
  d.skip(4);
  const isEcho = type === ECHO || type === ECHO_REPLY;
  if (d.columns) {
    d.addInfo(` id=0x${ident.toString(16).padStart(4, "0")}, seq=${seq}/${swap(seq)}`);
    const ttl = ttlOf(d, start);
    if (ttl >= 0) d.addInfo(`, ttl=${ttl}`);
  }
  if (isEcho) {
    if (!d.quoted) {
      matchEcho(d, icmp, ECHO_FIELDS, start, type === ECHO_REPLY, ident, echoKey(type, seq, checksum));
    }
    addDataTime(d);
    if (d.remaining > 0) d.callBelow(data);
  } else if (type === 13 || type === 14) {
    addTimestamp(d, f.originate);
    addTimestamp(d, f.receive);
    addTimestamp(d, f.transmit);
  } else if (type === 17 || type === 18) d.ipv4(f.mask);
}

const swap = (value: number): number => ((value & 255) << 8) | (value >> 8);

/** Time to live of the IPv4 header that ends where this message begins; -1 where it does not. */
function ttlOf(d: Dissection, start: number): number {
  for (let words = 5; words <= 15; words++) {
    const at = start - words * 4;
    if (at < d.base) break;
    if (d.buf[at] === (0x40 | words) && d.buf[at + 9] === 1) return d.buf[at + 8];
  }
  return -1;
}

/** A reply has the data of its request, so its checksum differs by the types alone. */
function echoKey(type: number, seq: number, checksum: number): number {
  const sum = type === ECHO ? checksum : (checksum - 0x0800 + 0xffff) % 0xffff;
  return (sum % 0xffff) * 0x1_0000 + seq;
}

const ONE_DAY = 86_400;

/** Many pings put the time of sending first: seconds and microseconds in the byte order of their host. */
function addDataTime(d: Dissection): void {
  if (d.remaining < 8) return;
  let sec = d.peek32le();
  let usec = d.peek32le(4);
  if (!isNear(d, sec, usec)) {
    sec = d.peek32();
    usec = d.peek32(4);
    if (!isNear(d, sec, usec)) return;
  }
  if (d.building) {
    const ns = BigInt(sec) * 1_000_000_000n + BigInt(usec) * 1000n;
    d.add(f.dataTime, d.pos, 8, ns);
    const now = BigInt(d.sec) * 1_000_000_000n + BigInt(d.nsec);
    d.generated(f.dataTimeRelative, d.pos, 8, now - ns);
  }
  d.pos += 8;
}

function isNear(d: Dissection, sec: number, usec: number): boolean {
  return usec < 1_000_000 && Math.abs(sec - d.sec) <= ONE_DAY;
}

function addTimestamp(d: Dissection, field: typeof f.originate): void {
  const little = d.peek32le();
  const value = d.u32(field);
  if (!d.labels) return;
  const time = nearerTime(value, little, (d.sec % ONE_DAY) * 1000 + Math.floor(d.nsec / 1e6));
  d.relabel(`${field.title}: ${value} (${durationText(time)} after midnight UTC)`);
}

const DAY_MS = ONE_DAY * 1000;

/** Some hosts send it with the last byte first: the time of day that lies nearer to the frame's is meant. */
function nearerTime(big: number, little: number, now: number): number {
  // The highest bit says that the time is no standard one.
  if (little >= DAY_MS) return big >= DAY_MS ? big & 0x7fff_ffff : big;
  if (big >= DAY_MS) return little;
  const distance = (time: number): number => {
    const away = Math.abs(time - now);
    return Math.min(away, DAY_MS - away);
  };
  return distance(little) < distance(big) ? little : big;
}

/** `2 hours, 17 minutes, 2.500 seconds` of milliseconds; whole seconds without a fraction. */
function durationText(ms: number): string {
  const parts: string[] = [];
  const part = (n: number, unit: string): void => {
    if (n > 0) parts.push(`${n} ${unit}${n === 1 ? "" : "s"}`);
  };
  const seconds = Math.floor(ms / 1000);
  part(Math.floor(seconds / 86_400), "day");
  part(Math.floor(seconds / 3600) % 24, "hour");
  part(Math.floor(seconds / 60) % 60, "minute");
  const rest = seconds % 60;
  if (ms % 1000 !== 0) {
    parts.push(`${rest}.${String(ms % 1000).padStart(3, "0")} second${rest === 1 ? "" : "s"}`);
  } else part(rest, "second");
  return parts.length === 0 ? "0 seconds" : parts.join(", ");
}

// -------------------------------------------------------------------- errors

function dissectError(d: Dissection, start: number, type: number, code: number): void {
  const at = d.pos;
  d.need(4);
  const length = d.buf[at + 1];
  if (type === REDIRECT) d.ipv4(f.gateway);
  else if (type !== SOURCE_QUENCH && d.building) addErrorHeader(d, at, type, code, length);
  d.pos = at + 4;
  const extensions = findExtensions(d, start, length * 4);
  const { end, wireEnd } = d;
  if (extensions > 0) d.limit(extensions - d.pos);
  callQuoted(d, ethertypes.get(0x0800));
  d.end = end;
  d.wireEnd = wireEnd;
  if (extensions > 0) {
    d.pos = extensions;
    addExtensions(d);
  }
}

function addErrorHeader(d: Dissection, at: number, type: number, code: number, length: number): void {
  if (type === PARAMETER_PROBLEM) d.add(f.pointer, at, 1, d.buf[at]);
  if (length > 0) {
    if (type !== PARAMETER_PROBLEM) d.add(f.unused, at, 1, d.buf.subarray(at, at + 1));
    d.add(f.length, at + 1, 1, length);
    d.generated(f.lengthOriginal, at + 1, 1, length * 4);
    d.pos = at + 2;
  } else if (type === PARAMETER_PROBLEM) d.pos = at + 1;
  const needsMtu = type === UNREACHABLE && code === FRAGMENTATION_NEEDED;
  const unused = (needsMtu ? at + 2 : at + 4) - d.pos;
  if (unused > 0) d.bytes(f.unused, unused);
  if (needsMtu) d.u16(f.mtu);
}

/** Bytes of the quoted datagram that the extensions stand behind at least, and when nothing tells how many. */
const QUOTED = 128;

/**
 * RFC 4884 section 5: where the extensions begin, 0 without any. Old senders do not tell, and pad to 128 bytes; a
 * longer datagram may be quoted without extensions.
 */
function findExtensions(d: Dissection, start: number, length: number): number {
  const quoted = start + 8;
  if (d.wireEnd <= quoted + QUOTED || quoted + 4 > d.end) return 0;
  if (((d.buf[quoted + 2] << 8) | d.buf[quoted + 3]) > QUOTED) return 0;
  const at = quoted + (length === 0 ? QUOTED : length);
  return at < d.end ? at : 0;
}

function callQuoted(d: Dissection, protocol: Protocol | undefined): void {
  if (d.remaining > 0) d.callQuoted(protocol ?? data);
}

// -------------------------------------------------------------------- router discovery, extended echo

const LONGEST_LIST = 255;
const MIP_BITS = [
  f.mipR,
  f.mipB,
  f.mipH,
  f.mipF,
  f.mipM,
  f.mipG,
  f.mipV,
  f.mipRt,
  f.mipU,
  f.mipX,
  f.mipReserved,
] as const;

function dissectRouters(d: Dissection): void {
  const number = d.u8(f.addresses);
  const size = d.u8(f.entrySize);
  const lifetime = d.u16(f.lifetime);
  if (d.labels) d.append(` (${durationText(lifetime * 1000)})`);
  if (size < 2) return;
  for (let i = 0; i < Math.min(number, LONGEST_LIST); i++) {
    d.ipv4(f.router);
    d.int(f.preference, 4);
    d.skip((size - 2) * 4);
  }
  if (d.building) while (d.remaining > 0) addMobileExtension(d);
}

function addMobileExtension(d: Dissection): void {
  const at = d.pos;
  const type = d.peek8();
  const name = (f.mipType.names as Readonly<Record<number, string>>)[type] ?? `Unknown ext ${type}`;
  const length = type === 0 ? 1 : 2 + d.peek8(1);
  d.openText(at, length, `Ext: ${name}`);
  d.u8(f.mipType);
  const end = at + length;
  if (type !== 0) {
    d.u8(f.mipLength);
    d.needAt(at, length);
    if (type === 16 && length >= 8) {
      d.u16(f.mipSeq);
      d.u16(f.mipLife);
      const flags = d.bitset(f.mipFlags, 2, MIP_BITS);
      if (d.labels) {
        const set = MIP_BITS.filter((bit) => bit !== f.mipReserved && flags & bit.mask);
        d.append(set.map((bit) => `, ${bit.title}`).join(""));
      }
      while (d.pos + 4 <= end) d.ipv4(f.mipCareOf);
    } else if (type === 19) while (d.pos < end) d.u8(f.mipPrefix);
    else if (type === 24) d.bytes(f.mipChallenge, end - d.pos);
    else d.malformed();
  }
  d.pos = end;
  if (d.labels) d.close();
}

function dissectExtendedEcho(d: Dissection, type: number): void {
  const ident = d.peek16();
  d.add(f.ident, d.pos, 2, ident);
  d.add(f.identLe, d.pos, 2, swap(ident));
  d.skip(2);
  d.u8(f.extSeq);
  const at = d.pos;
  const bits =
    type === EXTENDED_ECHO
      ? [f.extRequestReserved, f.extRequestLocal]
      : [f.extState, f.extReplyReserved, f.extActive, f.extHasIpv4, f.extHasIpv6];
  for (const bit of bits) d.bits(bit, at, 1);
  d.skip(1);
  if (type === EXTENDED_ECHO && d.remaining > 0) addExtensions(d);
}
