/**
 * Internet Control Message Protocol, RFC 792; router discovery RFC 1256 with Mobile IP's extensions RFC 5944;
 * multi-part messages RFC 4884, MPLS RFC 4950, interface information RFC 5837; extended echo RFC 8335.
 */
import { CONVERSATION_ICMP } from "../dissect/conversation.ts";
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
  ipv6,
  none,
  relTime,
  SET_NOTSET,
  str,
  u8,
  u16,
  u24,
  u32,
} from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols } from "../dissect/tables.ts";
import { checksumStatusText, onesSum, rightChecksum } from "./checksum.ts";
import { data } from "./data.ts";

const PRESENT = ["Present", "Not Present"] as const;

const f = {
  type: u8("icmp.type", "Type"),
  code: u8("icmp.code", "Code"),
  checksum: u16("icmp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("icmp.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  unused: bytes("icmp.unused", "Unused"),
  reserved: bytes("icmp.reserved", "Reserved"),
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
  ext: none("icmp.ext", "ICMP Multi-Part Extensions"),
  extVersion: u8("icmp.ext.version", "Version"),
  extReserved: u16("icmp.ext.res", "Reserved", { base: "HEX", mask: 0x0fff }),
  extChecksum: u16("icmp.ext.checksum", "Checksum", { base: "HEX" }),
  extChecksumStatus: u8("icmp.ext.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    text: checksumStatusText,
  }),
  extLength: u16("icmp.ext.length", "Length"),
  extClass: u8("icmp.ext.class", "Class", {
    names: {
      1: "MPLS Label Stack Class",
      2: "Interface Information Object",
      3: "Interface Identification Object",
    },
  }),
  extCtype: u8("icmp.ext.ctype", "C-Type"),
  extData: bytes("icmp.ext.data", "Data"),
  mplsLabel: u24("icmp.mpls.label", "Label", { mask: 0xfffff0 }),
  mplsExp: u24("icmp.mpls.exp", "Experimental", { mask: 0x00000e }),
  mplsS: bool("icmp.mpls.s", "Stack bit", { mask: 0x000001, bits: 24, tf: SET_NOTSET }),
  mplsTtl: u8("icmp.mpls.ttl", "Time to live"),
  responseIn: frameNum("icmp.resp_in", "Response frame"),
  noResponse: none("icmp.no_resp", "No response seen"),
  responseTo: frameNum("icmp.resp_to", "Request frame"),
  responseTime: double("icmp.resptime", "Response time"),
  dataTime: absTime("icmp.data_time", "Timestamp from icmp data", { base: "LOCAL" }),
  dataTimeRelative: relTime("icmp.data_time_relative", "Timestamp from icmp data (relative)"),
  length: u8("icmp.length", "Length"),
  lengthOriginal: u8("icmp.length.original_datagram", "Length of original datagram"),
  role: u8("icmp.int_info.role", "Interface Role", {
    mask: 0xc0,
    names: {
      0: "IP interface upon which datagram arrived",
      1: "sub-IP component of an IP interface upon which datagram arrived",
      2: "IP interface through which datagram would be forwarded",
      3: "IP next-hop to which datagram would be forwarded",
    },
  }),
  infoReserved: u8("icmp.int_info.reserved", "Reserved", { mask: 0x30 }),
  infoHasIndex: bool("icmp.int_info.ifindex", "ifIndex", { mask: 0x08 }),
  infoHasAddress: bool("icmp.int_info.ipaddr", "IP Address", { mask: 0x04, tf: PRESENT }),
  infoHasName: bool("icmp.int_info.name_present", "Interface Name", { mask: 0x02, tf: PRESENT }),
  infoHasMtu: bool("icmp.int_info.mtu_present", "MTU", { mask: 0x01, tf: PRESENT }),
  infoIndex: u32("icmp.int_info.index", "Interface Index"),
  infoFamily: u16("icmp.int_info.afi", "Address Family Identifier"),
  infoIpv4: ipv4("icmp.int_info.ipv4", "Source"),
  infoIpv6: ipv6("icmp.int_info.ipv6", "Source"),
  infoNameLength: u8("icmp.int_info.name_length", "Name Length"),
  infoName: str("icmp.int_info.name", "Name"),
  infoMtu: u32("icmp.int_info.mtu", "Maximum Transmission Unit"),
  extSeq: u8("icmp.ext.echo.seq", "Sequence Number", { base: "DEC_HEX" }),
  extRequestReserved: u8("icmp.ext.echo.req.res", "Reserved", { base: "HEX", mask: 0xfe }),
  extRequestLocal: bool("icmp.ext.echo.req.local", "Local bit", { mask: 0x01, tf: SET_NOTSET }),
  extState: u8("icmp.ext.echo.rsp.state", "State", {
    mask: 0xe0,
    names: {
      0: "Reserved",
      1: "Incomplete",
      2: "Reachable",
      3: "Stale",
      4: "Delay",
      5: "Probe",
      6: "Failed",
    },
  }),
  extReplyReserved: u8("icmp.ext.echo.rsp.res", "Reserved", { base: "HEX", mask: 0x18 }),
  extActive: bool("icmp.ext.echo.rsp.active", "Active bit", { mask: 0x04, tf: SET_NOTSET }),
  extHasIpv4: bool("icmp.ext.echo.rsp.ipv4", "IPv4 bit", { mask: 0x02, tf: SET_NOTSET }),
  extHasIpv6: bool("icmp.ext.echo.rsp.ipv6", "IPv6 bit", { mask: 0x01, tf: SET_NOTSET }),
  identName: str("icmp.int_ident.name", "Name"),
  identIndex: u32("icmp.int_ident.index", "Interface Index"),
};

const x = {
  noResponse: expert("icmp.resp_not_found", "warning", "Sequence", "No response seen to ICMP request"),
  checksum: expert("icmp.checksum_bad", "warning", "Checksum", "Bad checksum"),
  extChecksum: expert("icmp.ext.checksum_bad", "warning", "Checksum", "Bad checksum"),
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
  9: "Mobile IP Advertisement",
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
  43: {
    0: "No error",
    1: "Malformed Query",
    2: "No Such Interface",
    3: "No Such Table Entry",
    4: "Multiple Interfaces Satisfy Query",
  },
};

const UNKNOWN_TYPE = "Unknown ICMP (obsolete or malformed?)";
/** Types with an identifier and a sequence number behind the checksum. */
const QUERIES: readonly number[] = [0, 8, 13, 14, 15, 16, 17, 18];

function dissect(d: Dissection): void {
  const start = d.pos;
  d.need(4);
  const type = d.peek8();
  const code = d.peek8(1);
  const found = d.peek16(2);
  if (d.building || d.columns) addHeader(d, start, type, code, found);
  d.pos = start + 4;
  if (QUERIES.includes(type)) dissectQuery(d, start, type, found);
  else if (type === EXTENDED_ECHO || type === EXTENDED_REPLY) dissectExtendedEcho(d, type);
  else if (type === ROUTER_ADVERTISEMENT) dissectRouters(d);
  else if (type === UNREACHABLE || type === TIME_EXCEEDED || type === PARAMETER_PROBLEM) {
    dissectError(d, start, type, code);
  } else if (type === SOURCE_QUENCH || type === REDIRECT) {
    if (type === REDIRECT) d.ipv4(f.gateway);
    else d.skip(4);
    callQuoted(d, ethertypes.get(0x0800));
  }
  d.layerEnd(d.end);
}

function addHeader(d: Dissection, start: number, type: number, code: number, found: number): void {
  const name = TYPES[type] ?? UNKNOWN_TYPE;
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
  else {
    const sum = onesSum(d.buf, start, d.end);
    status = sum === 0xffff ? 1 : 0;
    if (status === 1) d.append(" [correct]");
    else {
      const right = `0x${rightChecksum(sum, found).toString(16).padStart(4, "0")}`;
      d.append(` incorrect, should be ${right}`);
      d.expert(x.checksum, `Bad checksum [should be ${right}]`);
    }
  }
  d.generated(f.checksumStatus, start + 2, 0, status);
}

// -------------------------------------------------------------------- echo and the other queries

interface EchoRequest {
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
}
interface EchoAnswer {
  readonly frame: number;
  /** Nanoseconds between request and reply. */
  readonly time: number;
}
type EchoState = Map<number, EchoRequest>;
const makeState = (): EchoState => new Map();

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
    if (!d.quoted) matchEcho(d, start, type, ident, seq, checksum);
    if (d.building) addDataTime(d);
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
function matchEcho(
  d: Dissection,
  start: number,
  type: number,
  ident: number,
  seq: number,
  checksum: number,
): void {
  const conversation = d.converse(CONVERSATION_ICMP, ident, ident);
  if (d.first) {
    const state = conversation.state(icmp, makeState);
    const sum = type === ECHO ? checksum : (checksum - 0x0800 + 0xffff) % 0xffff;
    const key = (sum % 0xffff) * 0x1_0000 + seq;
    if (type === ECHO) state.set(key, { frame: d.frame, sec: d.sec, nsec: d.nsec });
    else {
      const request = state.get(key);
      if (request !== undefined) {
        state.delete(key);
        const time = (d.sec - request.sec) * 1e9 + d.nsec - request.nsec;
        d.remember(icmp, 0, { frame: request.frame, time });
        if (d.keep) conversation.remember(request.frame, icmp, 0, { frame: d.frame, time });
      }
    }
  }
  if (!d.building && !d.columns) return;
  const answer = d.recall<EchoAnswer>(icmp, 0);
  if (type === ECHO_REPLY) {
    if (answer === undefined) return;
    if (d.columns) d.addInfo(` (request in ${answer.frame})`);
    d.generated(f.responseTo, start, 0, answer.frame);
    addResponseTime(d, start, answer.time);
  } else if (answer !== undefined) {
    if (d.columns) d.addInfo(` (reply in ${answer.frame})`);
    d.generated(f.responseIn, start, 0, answer.frame);
  } else if (!d.first) {
    if (d.columns) d.addInfo(" (no response found!)");
    d.generated(f.noResponse, start, 0, null);
    d.expert(x.noResponse);
  }
}

function addResponseTime(d: Dissection, start: number, ns: number): void {
  d.generated(f.responseTime, start, 0, ns / 1e6);
  if (d.labels) d.relabel(`Response time: ${(ns / 1e6).toFixed(3)} ms`);
}

const ONE_DAY = 86_400;

/** Many pings put the time of sending first: seconds and microseconds in the byte order of their host. */
function addDataTime(d: Dissection): void {
  if (d.remaining < 8) return;
  const big = { sec: d.peek32(), usec: d.peek32(4) };
  const little = { sec: d.peek32le(), usec: d.peek32le(4) };
  const near = (time: { sec: number; usec: number }): boolean =>
    time.usec < 1_000_000 && Math.abs(time.sec - d.sec) <= ONE_DAY;
  const time = near(little) ? little : near(big) ? big : undefined;
  if (time === undefined) return;
  const ns = BigInt(time.sec) * 1_000_000_000n + BigInt(time.usec) * 1000n;
  d.add(f.dataTime, d.pos, 8, ns);
  const now = BigInt(d.sec) * 1_000_000_000n + BigInt(d.nsec);
  d.generated(f.dataTimeRelative, d.pos, 8, now - ns);
  d.pos += 8;
}

function addTimestamp(d: Dissection, field: typeof f.originate): void {
  const value = d.u32(field);
  if (d.labels) d.relabel(`${field.title}: ${value} (${durationText(value)} after midnight UTC)`);
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
  if (d.building) {
    if (type === PARAMETER_PROBLEM) d.add(f.pointer, at, 1, d.buf[at]);
    if (length > 0) {
      if (type !== PARAMETER_PROBLEM) d.add(f.unused, at, 1, d.buf.subarray(at, at + 1));
      d.add(f.length, at + 1, 1, length);
      d.generated(f.lengthOriginal, at + 1, 1, length * 4);
      d.pos = at + 2;
    } else if (type === PARAMETER_PROBLEM) d.pos = at + 1;
    const needsMtu = type === UNREACHABLE && code === 4;
    const unused = (needsMtu ? at + 2 : at + 4) - d.pos;
    d.bytes(f.unused, unused);
    if (needsMtu) d.u16(f.mtu);
  }
  d.pos = at + 4;
  const extensions = findExtensions(d, start, length * 4);
  const { end, wireEnd } = d;
  if (extensions > 0) d.limit(extensions - d.pos);
  callQuoted(d, ethertypes.get(0x0800));
  d.end = end;
  d.wireEnd = wireEnd;
  if (extensions > 0) {
    d.pos = extensions;
    if (d.building) addExtensions(d);
  }
}

/** RFC 4884 section 5: where the extensions begin, 0 without any. Old senders do not tell, and pad to 128 bytes. */
function findExtensions(d: Dissection, start: number, length: number): number {
  const at = start + 8 + (length === 0 ? 128 : length);
  if (at + 4 > d.end) return 0;
  return d.buf[at] >> 4 === 2 || length > 0 ? at : 0;
}

function callQuoted(d: Dissection, protocol: Protocol | undefined): void {
  if (d.remaining > 0) d.callQuoted(protocol ?? data);
}

function addExtensions(d: Dissection): void {
  const start = d.pos;
  d.open(f.ext, start, d.remaining);
  d.add(f.extVersion, start, 1, d.peek8() >> 4);
  d.bits(f.extReserved, start, 2);
  d.skip(2);
  const found = d.u16(f.extChecksum);
  const sum = onesSum(d.buf, start, d.end);
  if (found === 0) d.append(" [unverified]");
  else if (sum === 0xffff) d.append(" [correct]");
  else {
    const right = `0x${rightChecksum(sum, found).toString(16).padStart(4, "0")}`;
    d.append(` incorrect, should be ${right}`);
    d.expert(x.extChecksum, `Bad checksum [should be ${right}]`);
  }
  d.generated(f.extChecksumStatus, start + 2, 0, found === 0 ? 3 : sum === 0xffff ? 1 : 0);
  while (d.remaining >= 4) {
    const length = d.peek16();
    if (length < 4 || length > d.remaining) break;
    addObject(d, d.pos + length);
  }
  d.close();
}

function addObject(d: Dissection, end: number): void {
  const at = d.pos;
  const kind = d.peek8(2);
  const ctype = d.peek8(3);
  const title =
    kind === 1 && ctype === 1
      ? "MPLS Stack Entry"
      : kind === 2
        ? "Interface Information Object"
        : kind === 3
          ? "Interface Identification Object"
          : `Unknown object (${kind}/${ctype})`;
  d.openText(at, end - at, title);
  d.u16(f.extLength);
  d.u8(f.extClass);
  if (kind === 2) addInterfaceInformation(d, ctype, end);
  else {
    d.u8(f.extCtype);
    if (kind === 1 && ctype === 1) addLabels(d, end);
    else if (kind === 3) addIdentification(d, ctype, end);
    else if (d.pos < end) d.bytes(f.extData, end - d.pos);
  }
  if (d.labels) d.close();
  d.pos = end;
}

function addLabels(d: Dissection, end: number): void {
  while (d.pos + 4 <= end) {
    const at = d.pos;
    const word = d.peek32();
    d.openText(
      at,
      4,
      `Label: ${word >>> 12}, Exp: ${(word >>> 9) & 7}, S: ${(word >>> 8) & 1}, TTL: ${word & 255}`,
    );
    d.bits(f.mplsLabel, at, 3);
    d.bits(f.mplsExp, at, 3);
    d.bits(f.mplsS, at, 3);
    d.skip(3);
    d.u8(f.mplsTtl);
    if (d.labels) d.close();
  }
}

const INFO_BITS = [
  f.role,
  f.infoReserved,
  f.infoHasIndex,
  f.infoHasAddress,
  f.infoHasName,
  f.infoHasMtu,
] as const;

function addInterfaceInformation(d: Dissection, ctype: number, end: number): void {
  d.bitset(f.extCtype, 1, INFO_BITS);
  if (d.labels) {
    const role = (f.role.names as Readonly<Record<number, string>>)[ctype >> 6];
    const has = ["ifIndex", "IP Address", "Interface Name", "MTU"].filter((_, i) => ctype & (8 >> i));
    d.append([`, Interface Role: ${role}`, ...has].join(", "));
  }
  if (ctype & 8 && d.pos + 4 <= end) d.u32(f.infoIndex);
  if (ctype & 4 && d.pos + 4 <= end) {
    const family = d.peek16();
    const size = family === 1 ? 4 : family === 2 ? 16 : 0;
    d.openText(d.pos, 4 + size, "IP Address Sub-Object");
    d.u16(f.infoFamily);
    d.bytes(f.reserved, 2);
    if (d.pos + size <= end) {
      if (family === 1) d.ipv4(f.infoIpv4);
      else if (family === 2) d.ipv6(f.infoIpv6);
    }
    if (d.labels) d.close();
  }
  if (ctype & 2 && d.pos < end) {
    const length = d.peek8();
    if (length > 0 && d.pos + length <= end) {
      d.openText(d.pos, length, "Interface Name Sub-Object");
      d.u8(f.infoNameLength);
      d.str(f.infoName, length - 1);
      if (d.labels) d.close();
    }
  }
  if (ctype & 1 && d.pos + 4 <= end) d.u32(f.infoMtu);
}

function addIdentification(d: Dissection, ctype: number, end: number): void {
  if (d.labels) {
    const what = ["", "Name", "Index", "Address"][ctype];
    d.append(what ? ` (Identifies Interface By ${what})` : " (Unknown)");
  }
  if (ctype === 1 && d.pos < end) d.str(f.identName, end - d.pos);
  else if (ctype === 2 && d.pos + 4 <= end) d.u32(f.identIndex);
  else if (d.pos < end) d.bytes(f.extData, end - d.pos);
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
  const name = (f.mipType.names as Readonly<Record<number, string>>)[type] ?? "Unknown";
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
    else if (d.pos < end) d.bytes(type === 24 ? f.mipChallenge : f.mipContent, end - d.pos);
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
  if (d.building && d.remaining >= 4) addExtensions(d);
}
