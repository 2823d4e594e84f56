/**
 * ICMPv6, RFC 4443; neighbour discovery RFC 4861 with its options (RFC 4191 routes, RFC 8106 DNS, RFC 6275 Mobile
 * IPv6, RFC 3971 nonce, RFC 5175 flags, RFC 8910 captive portal, RFC 8781 PREF64); multicast listener discovery
 * RFC 2710 and RFC 3810; extended echo RFC 8335.
 */
import { ADDRESS_IPV6 } from "../dissect/address.ts";
import { CONVERSATION_ICMP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  double,
  expert,
  type Field,
  frameNum,
  ipv6,
  none,
  SET_NOTSET,
  str,
  u8,
  u16,
  u32,
} from "../dissect/field.ts";
import { HIDDEN } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols } from "../dissect/tables.ts";
import { decodeText, formatEther, formatHex, formatIpv6 } from "../dissect/text.ts";
import { checksumStatusText, onesSum, rightChecksum } from "./checksum.ts";
import { data } from "./data.ts";
import { innermost } from "./ipv6.ts";
import { OPTION_NAMES, PREFIX_LENGTHS, RECORD_TYPES, TYPE_NAMES } from "./names/icmpv6.ts";

const PREFERENCES: Readonly<Record<number, string>> = { 0: "Medium", 1: "High", 2: "Reserved", 3: "Low" };
const INFINITY: Readonly<Record<number, string>> = { 4294967295: "Infinity" };

const f = {
  type: u8("icmpv6.type", "Type", { names: TYPE_NAMES }),
  code: u8("icmpv6.code", "Code"),
  checksum: u16("icmpv6.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("icmpv6.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    text: checksumStatusText,
  }),
  reserved: bytes("icmpv6.reserved", "Reserved"),
  data: bytes("icmpv6.data", "Data"),
  mtu: u32("icmpv6.mtu", "MTU"),
  pointer: u32("icmpv6.pointer", "Pointer"),
  ident: u16("icmpv6.echo.identifier", "Identifier", { base: "HEX" }),
  sequence: u16("icmpv6.echo.sequence_number", "Sequence"),
  responseIn: frameNum("icmpv6.resp_in", "Response In"),
  noResponse: none("icmpv6.no_resp", "No response seen"),
  responseTo: frameNum("icmpv6.resp_to", "Response To"),
  responseTime: double("icmpv6.resptime", "Response Time"),
  extSequence: u8("icmpv6.ext.echo.seq", "Sequence number", { base: "DEC_HEX" }),
  extRequestReserved: u8("icmpv6.ext.echo.req.res", "Reserved", { base: "HEX", mask: 0xfe }),
  extRequestLocal: bool("icmpv6.ext.echo.req.local", "Local bit", { mask: 0x01, tf: SET_NOTSET }),
  hopLimit: u8("icmpv6.nd.ra.cur_hop_limit", "Cur hop limit"),
  raFlags: u8("icmpv6.nd.ra.flag", "Flags", { base: "HEX" }),
  raManaged: bool("icmpv6.nd.ra.flag.m", "Managed address configuration", { mask: 0x80, tf: SET_NOTSET }),
  raOther: bool("icmpv6.nd.ra.flag.o", "Other configuration", { mask: 0x40, tf: SET_NOTSET }),
  raHomeAgent: bool("icmpv6.nd.ra.flag.h", "Home Agent", { mask: 0x20, tf: SET_NOTSET }),
  raPreference: u8("icmpv6.nd.ra.flag.prf", "Prf (Default Router Preference)", {
    mask: 0x18,
    names: PREFERENCES,
  }),
  raProxy: bool("icmpv6.nd.ra.flag.p", "Proxy", { mask: 0x04, tf: SET_NOTSET }),
  raReserved: u8("icmpv6.nd.ra.flag.rsv", "Reserved", { mask: 0x03 }),
  routerLifetime: u16("icmpv6.nd.ra.router_lifetime", "Router lifetime (s)"),
  reachable: u32("icmpv6.nd.ra.reachable_time", "Reachable time (ms)"),
  retransmit: u32("icmpv6.nd.ra.retrans_timer", "Retrans timer (ms)"),
  nsTarget: ipv6("icmpv6.nd.ns.target_address", "Target Address"),
  naFlags: u32("icmpv6.nd.na.flag", "Flags", { base: "HEX" }),
  naRouter: bool("icmpv6.nd.na.flag.r", "Router", { mask: 0x80000000, bits: 32, tf: SET_NOTSET }),
  naSolicited: bool("icmpv6.nd.na.flag.s", "Solicited", { mask: 0x40000000, bits: 32, tf: SET_NOTSET }),
  naOverride: bool("icmpv6.nd.na.flag.o", "Override", { mask: 0x20000000, bits: 32, tf: SET_NOTSET }),
  naReserved: u32("icmpv6.nd.na.flag.rsv", "Reserved", { mask: 0x1fffffff }),
  naTarget: ipv6("icmpv6.nd.na.target_address", "Target Address"),
  redirectTarget: ipv6("icmpv6.nd.rd.target_address", "Target Address"),
  redirectDestination: ipv6("icmpv6.rd.na.destination_address", "Destination Address"),
  opt: none("icmpv6.opt", "ICMPv6 Option"),
  optType: u8("icmpv6.opt.type", "Type", { names: OPTION_NAMES }),
  optLength: u8("icmpv6.opt.length", "Length"),
  optReserved: none("icmpv6.opt.reserved", "Reserved"),
  optPadding: none("icmpv6.opt.padding", "Padding"),
  linkAddress: bytes("icmpv6.opt.linkaddr", "Link-layer address", { base: "SEP_COLON" }),
  srcLinkAddress: bytes("icmpv6.opt.src_linkaddr", "Source Link-layer address", { base: "SEP_COLON" }),
  targetLinkAddress: bytes("icmpv6.opt.target_linkaddr", "Target Link-layer address", {
    base: "SEP_COLON",
  }),
  prefixLength: u8("icmpv6.opt.prefix.length", "Prefix Length"),
  prefixFlags: u8("icmpv6.opt.prefix.flag", "Flag", { base: "HEX" }),
  prefixOnLink: bool("icmpv6.opt.prefix.flag.l", "On-link flag(L)", { mask: 0x80, tf: SET_NOTSET }),
  prefixAutonomous: bool("icmpv6.opt.prefix.flag.a", "Autonomous address-configuration flag(A)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  prefixRouter: bool("icmpv6.opt.prefix.flag.r", "Router address flag(R)", { mask: 0x20, tf: SET_NOTSET }),
  prefixReserved: u8("icmpv6.opt.prefix.flag.reserved", "Reserved", { mask: 0x1f }),
  validLifetime: u32("icmpv6.opt.prefix.valid_lifetime", "Valid Lifetime", {
    base: "CUSTOM",
    text: lifetime,
  }),
  preferredLifetime: u32("icmpv6.opt.prefix.preferred_lifetime", "Preferred Lifetime", {
    base: "CUSTOM",
    text: lifetime,
  }),
  prefix: ipv6("icmpv6.opt.prefix", "Prefix"),
  redirected: none("icmpv6.opt.redirected_packet", "Redirected Packet"),
  optMtu: u32("icmpv6.opt.mtu", "MTU"),
  interval: u32("icmpv6.opt.advertisement_interval", "Advertisement Interval"),
  agentPreference: u16("icmpv6.opt.home_agent_preference", "Home Agent Preference"),
  agentLifetime: u16("icmpv6.opt.home_agent_lifetime", "Home Agent Preference"),
  optNonce: bytes("icmpv6.opt.nonce", "Nonce"),
  routeFlags: u8("icmpv6.opt.route_info.flag", "Flag", { base: "HEX" }),
  routePreference: u8("icmpv6.opt.route_info.flag.route_preference", "Route Preference", {
    mask: 0x18,
    names: PREFERENCES,
  }),
  routeReserved: u8("icmpv6.opt.route_info.flag.reserved", "Reserved", { mask: 0xe7 }),
  routeLifetime: u32("icmpv6.opt.route_lifetime", "Route Lifetime", { base: "CUSTOM", text: lifetime }),
  rdnssLifetime: u32("icmpv6.opt.rdnss.lifetime", "Lifetime", { base: "CUSTOM", text: lifetime }),
  rdnss: ipv6("icmpv6.opt.rdnss", "Recursive DNS Servers"),
  dnsslLifetime: u32("icmpv6.opt.dnssl.lifetime", "Lifetime", { base: "CUSTOM", text: lifetime }),
  dnssl: str("icmpv6.opt.dnssl", "Domain Names"),
  flagsExtension: u16("icmpv6.opt.efo", "Flags Expansion Option", { base: "HEX" }),
  efoManaged: bool("icmpv6.opt.efo.m", "Managed address configuration", {
    mask: 0x8000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  efoOther: bool("icmpv6.opt.efo.o", "Other configuration", { mask: 0x4000, bits: 16, tf: SET_NOTSET }),
  efoHomeAgent: bool("icmpv6.opt.efo.h", "Home Agent", { mask: 0x2000, bits: 16, tf: SET_NOTSET }),
  efoPreference: u16("icmpv6.opt.efo.prf", "Prf (Default Router Preference)", {
    mask: 0x1800,
    names: PREFERENCES,
  }),
  efoProxy: bool("icmpv6.opt.efo.p", "Proxy", { mask: 0x0400, bits: 16, tf: SET_NOTSET }),
  efoReserved: u16("icmpv6.opt.efo.rsv", "Reserved", { mask: 0x02ff }),
  captivePortal: str("icmpv6.opt.captive_portal", "Captive Portal"),
  pref64Lifetime: u16("icmpv6.opt.pref64.scaled_lifetime", "Scaled Lifetime", { mask: 0xfff8 }),
  pref64Length: u16("icmpv6.opt.pref64.plc", "PLC (Prefix Length Code)", {
    base: "HEX",
    mask: 0x0007,
    names: PREFIX_LENGTHS,
  }),
  pref64: ipv6("icmpv6.opt.pref64.prefix", "Prefix"),
  mldDelay: u16("icmpv6.mld.maximum_response_delay", "Maximum Response Delay [ms]"),
  mldCode: u16("icmpv6.mld.maximum_response_code", "Maximum Response Code"),
  mldAddress: ipv6("icmpv6.mld.multicast_address", "Multicast Address"),
  mldFlags: u8("icmpv6.mld.flag", "Flags", { base: "HEX" }),
  mldSuppress: bool("icmpv6.mld.flag.s", "Suppress Router-Side Processing", { mask: 0x08 }),
  mldRobustness: u8("icmpv6.mld.flag.qrv", "QRV (Querier's Robustness Variable)", { mask: 0x07 }),
  mldFlagsReserved: u8("icmpv6.mld.flag.reserved", "Reserved", { mask: 0xf0 }),
  mldInterval: u8("icmpv6.mld.qqi", "QQIC (Querier's Query Interval Code)"),
  mldSources: u16("icmpv6.mld.nb_sources", "Number of Sources"),
  mldSource: ipv6("icmpv6.mld.source_address", "Source Address"),
  records: u16("icmpv6.mldr.nb_mcast_records", "Number of Multicast Address Records"),
  record: none("icmpv6.mldr.mar", "Multicast Address Record"),
  recordType: u8("icmpv6.mldr.mar.record_type", "Record Type", { names: RECORD_TYPES }),
  recordAuxLength: u8("icmpv6.mldr.mar.aux_data_len", "Aux Data Len"),
  recordSources: u16("icmpv6.mldr.mar.nb_sources", "Number of Sources"),
  recordAddress: ipv6("icmpv6.mldr.mar.multicast_address", "Multicast Address"),
  recordSource: ipv6("icmpv6.mldr.mar.source_address", "Source Address"),
  recordAux: bytes("icmpv6.mldr.mar.auxiliary_data", "Auxiliary Data"),
};

const x = {
  checksum: expert("icmpv6.checksum_bad.expert", "warning", "Checksum", "Bad checksum"),
  noResponse: expert("icmpv6.resp_not_found", "warning", "Sequence", "No response seen to ICMPv6 request"),
  optLength: expert("icmpv6.invalid_option_length", "error", "Malformed", "Invalid option length (Zero)"),
  undecodedOption: expert(
    "icmpv6.undecoded.option",
    "note",
    "Undecoded",
    "The contents of this option are not decoded",
  ),
  undecodedType: expert(
    "icmpv6.undecoded.type",
    "note",
    "Undecoded",
    "The contents of this message are not decoded",
  ),
};

export const icmpv6 = protocol({
  name: "icmpv6",
  title: "Internet Control Message Protocol v6",
  short: "ICMPv6",
  fields: f,
  experts: x,
  on: [[ipProtocols, 58]],
  dissect,
});

function lifetime(value: number): string {
  return INFINITY[value] === undefined ? String(value) : `${INFINITY[value]} (${value})`;
}

const CODES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: {
    0: "no route to destination",
    1: "Administratively prohibited",
    2: "Beyond scope of source address",
    3: "Address unreachable",
    4: "Port unreachable",
    5: "Source address failed ingress/egress policy",
    6: "Reject route to destination",
    7: "Error in Source Routing Header",
  },
  3: { 0: "hop limit exceeded in transit", 1: "fragment reassembly time exceeded" },
  4: {
    0: "erroneous header field encountered",
    1: "unrecognized Next Header type encountered",
    2: "unrecognized IPv6 option encountered",
    3: "IPv6 First Fragment has incomplete IPv6 Header Chain",
  },
  138: { 0: "Command", 1: "Result", 255: "Sequence Number Reset" },
  139: {
    0: "Query subject = IPv6 addresses",
    1: "Query subject = DNS name",
    2: "Query subject = IPv4 addresses",
  },
  140: {
    0: "Successful",
    1: "Responder refuses to supply answer",
    2: "Qtype is unknown to the responder",
  },
  155: {
    0: "DODAG Information Solicitation",
    1: "DODAG Information Object",
    2: "Destination Advertisement Object",
    3: "Destination Advertisement Object Acknowledgment",
  },
  160: { 0: "No error" },
  161: {
    0: "No error",
    1: "Malformed Query",
    2: "No Such Interface",
    3: "No Such Table Entry",
    4: "Multiple Interfaces Satisfy Query",
  },
};

const ECHO = 128;
const ECHO_REPLY = 129;
const MLD_QUERY = 130;

function dissect(d: Dissection): void {
  const start = d.pos;
  const type = d.peek8();
  const code = d.peek8(1);
  if (d.building || d.columns) addHeader(d, start, type, code);
  else d.need(4);
  d.pos = start + 4;
  d.layerEnd(d.end);
  dissectBody(d, start, type);
  d.layerEnd(d.end);
}

function addHeader(d: Dissection, start: number, type: number, code: number): void {
  const codes = CODES[type];
  const name = codes?.[code];
  const isUnreachable = type === 1;
  const codeText =
    codes === undefined ? "" : ` (${name ?? (isUnreachable ? "Unknown" : `Unknown (${code})`)})`;
  if (d.columns) d.setInfo((TYPE_NAMES[type] ?? "Unknown") + codeText);
  d.u8(f.type);
  d.u8(f.code);
  if (d.labels && codes !== undefined) d.append(codeText);
  const found = d.u16(f.checksum);
  if (!d.building) return;
  let status = 2;
  if (d.quoted) d.append(" [unverified] [in ICMP error packet]");
  else if (d.end < d.wireEnd) d.append(" [unverified] [fragmented datagram]");
  else if (d.fragment || d.memory.addresses.kind(d.srcId) !== ADDRESS_IPV6) {
    d.append(" [unverified]");
  } else {
    const sum = onesSum(d.buf, start, d.end, pseudoHeader(d, d.end - start));
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

/** RFC 8200 section 8.1. */
function pseudoHeader(d: Dissection, length: number): number {
  const src = d.memory.addresses.bytes(d.srcId);
  const dst = d.memory.addresses.bytes(d.dstId);
  return onesSum(src, 0, 16) + onesSum(dst, 0, 16) + length + 58;
}

function dissectBody(d: Dissection, start: number, type: number): void {
  switch (type) {
    case 1:
    case 3:
      d.bytes(f.reserved, 4);
      callQuoted(d);
      break;
    case 2:
      d.u32(f.mtu);
      callQuoted(d);
      break;
    case 4:
      d.u32(f.pointer);
      callQuoted(d);
      break;
    case ECHO:
    case ECHO_REPLY:
      dissectEcho(d, start, type);
      break;
    case MLD_QUERY:
    case 131:
    case 132:
      dissectListener(d, type);
      break;
    case 133:
      d.bytes(f.reserved, 4);
      dissectOptions(d, type);
      break;
    case 134:
      dissectAdvertisement(d);
      break;
    case 135:
      d.bytes(f.reserved, 4);
      addTarget(d, f.nsTarget, " for ");
      dissectOptions(d, type);
      break;
    case 136:
      dissectNeighbour(d);
      break;
    case 137:
      d.bytes(f.reserved, 4);
      d.ipv6(f.redirectTarget);
      d.ipv6(f.redirectDestination);
      dissectOptions(d, type);
      break;
    case 143:
      dissectReport(d);
      break;
    case 160:
      d.u16(f.ident);
      d.u8(f.extSequence);
      d.bits(f.extRequestReserved, d.pos, 1);
      d.bits(f.extRequestLocal, d.pos, 1);
      d.skip(1);
      if (d.remaining > 0) d.bytes(f.data, d.remaining);
      break;
    default:
      if (d.remaining === 0) return;
      d.expert(x.undecodedType);
      d.bytes(f.data, d.remaining);
  }
}

function callQuoted(d: Dissection): void {
  if (d.remaining > 0) d.callQuoted(ethertypes.get(0x86dd) ?? data);
}

// -------------------------------------------------------------------- echo

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

function dissectEcho(d: Dissection, start: number, type: number): void {
  const ident = d.u16(f.ident);
  const sequence = d.u16(f.sequence);
  if (d.columns) {
    d.addInfo(` id=0x${ident.toString(16).padStart(4, "0")}, seq=${sequence}`);
    if (d.memory.addresses.kind(d.srcId) === ADDRESS_IPV6) d.addInfo(`, hop limit=${innermost.hopLimit}`);
  }
  if (!d.quoted) matchEcho(d, start, type, ident, sequence);
  if (d.remaining > 0) d.callBelow(data);
}

function matchEcho(d: Dissection, start: number, type: number, ident: number, sequence: number): void {
  const conversation = d.converse(CONVERSATION_ICMP, ident, ident);
  if (d.first) {
    const state = conversation.state(icmpv6, makeState);
    if (type === ECHO) state.set(sequence, { frame: d.frame, sec: d.sec, nsec: d.nsec });
    else {
      const request = state.get(sequence);
      if (request !== undefined) {
        state.delete(sequence);
        const time = (d.sec - request.sec) * 1e9 + d.nsec - request.nsec;
        d.remember(icmpv6, 0, { frame: request.frame, time });
        if (d.keep) conversation.remember(request.frame, icmpv6, 0, { frame: d.frame, time });
      }
    }
  }
  if (!d.building && !d.columns) return;
  const answer = d.recall<EchoAnswer>(icmpv6, 0);
  if (type === ECHO_REPLY) {
    if (answer === undefined) return;
    if (d.columns) d.addInfo(` (request in ${answer.frame})`);
    d.generated(f.responseTo, start, 0, answer.frame);
    d.generated(f.responseTime, start, 0, answer.time / 1e6);
    if (d.labels) d.relabel(`Response Time: ${(answer.time / 1e6).toFixed(3)} ms`);
  } else if (answer !== undefined) {
    if (d.columns) d.addInfo(` (reply in ${answer.frame})`);
    d.generated(f.responseIn, start, 0, answer.frame);
  } else if (!d.first) {
    if (d.columns) d.addInfo(" (no response found!)");
    d.generated(f.noResponse, start, 0, null);
    d.expert(x.noResponse);
  }
}

// -------------------------------------------------------------------- neighbour discovery

function addTarget(d: Dissection, field: Field, before: string): void {
  const value = d.peekBytes(16);
  d.ipv6(field);
  if (d.columns) d.addInfo(before + formatIpv6(value));
}

const RA_BITS = [f.raManaged, f.raOther, f.raHomeAgent, f.raPreference, f.raProxy, f.raReserved] as const;

function dissectAdvertisement(d: Dissection): void {
  d.u8(f.hopLimit);
  const flags = d.bitset(f.raFlags, 1, RA_BITS);
  if (d.labels) {
    for (const bit of [f.raManaged, f.raOther, f.raHomeAgent])
      if (flags & bit.mask) d.append(`, ${bit.title}`);
    d.append(`, ${f.raPreference.title}: ${PREFERENCES[(flags >> 3) & 3]}`);
    if (flags & f.raProxy.mask) d.append(`, ${f.raProxy.title}`);
  }
  d.u16(f.routerLifetime);
  d.u32(f.reachable);
  d.u32(f.retransmit);
  dissectOptions(d, 134);
}

const NA_BITS = [f.naRouter, f.naSolicited, f.naOverride, f.naReserved] as const;

function dissectNeighbour(d: Dissection): void {
  const flags = d.bitset(f.naFlags, 4, NA_BITS);
  if (d.labels) {
    for (const bit of [f.naRouter, f.naSolicited, f.naOverride]) {
      if ((flags & bit.mask) !== 0) d.append(`, ${bit.title}`);
    }
  }
  addTarget(d, f.naTarget, " ");
  if (d.columns) {
    const set = ["rtr", "sol", "ovr"].filter((_, i) => (flags >>> (31 - i)) & 1);
    d.addInfo(` (${set.length === 0 ? "none" : set.join(", ")})`);
  }
  dissectOptions(d, 136);
}

/** RFC 4861 section 4.6: type, length in units of eight bytes. */
function dissectOptions(d: Dissection, message: number): void {
  if (!d.building && !d.columns) {
    d.pos = d.end;
    return;
  }
  while (d.remaining > 0) {
    const at = d.pos;
    const type = d.peek8();
    const units = d.peek8(1);
    const name = OPTION_NAMES[type] ?? `Unknown ${type}`;
    const end = at + units * 8;
    d.open(f.opt, at, units * 8);
    const line = d.last;
    if (d.labels) d.relabel(`ICMPv6 Option (${name})`);
    d.u8(f.optType);
    d.u8(f.optLength);
    if (d.labels) d.append(` (${units * 8} bytes)`);
    if (units === 0) {
      d.expert(x.optLength);
      d.malformed();
    }
    d.needAt(at, Math.min(units * 8, 8));
    const outer = d.end;
    const text = addOption(d, type, end, message);
    if (text !== undefined && d.labels && line !== null) line.label = `ICMPv6 Option (${name}${text})`;
    d.close();
    d.end = outer;
    d.pos = end;
    if (end > outer) d.needAt(at, units * 8);
  }
}

function addOption(d: Dissection, type: number, end: number, message: number): string | undefined {
  const at = d.pos;
  const size = end - at;
  switch (type) {
    case 1:
    case 2:
      return addLinkAddress(d, type, Math.min(size, 6), message);
    case 3:
      return addPrefix(d);
    case 4:
      d.add(f.optReserved, at, 6, null);
      d.skip(6);
      d.open(f.redirected, d.pos, end - d.pos);
      d.end = Math.min(d.end, end);
      if (d.remaining > 0) d.callQuoted(ethertypes.get(0x86dd) ?? data);
      d.close();
      return undefined;
    case 5: {
      d.add(f.optReserved, at, 2, null);
      d.skip(2);
      return ` : ${d.u32(f.optMtu)}`;
    }
    case 7: {
      d.add(f.optReserved, at, 2, null);
      d.skip(2);
      return ` : ${d.u32(f.interval)}`;
    }
    case 8:
      d.add(f.optReserved, at, 2, null);
      d.skip(2);
      d.u16(f.agentPreference);
      d.u16(f.agentLifetime);
      return undefined;
    case 14:
      d.bytes(f.optNonce, size);
      return undefined;
    case 24:
      return addRoute(d, end);
    case 25:
      return addServers(d, end);
    case 26:
      addFlagsExtension(d, end);
      return undefined;
    case 31:
      return addSearchList(d, end);
    case 37:
      d.str(f.captivePortal, size);
      return undefined;
    case 38:
      d.bits(f.pref64Lifetime, at, 2);
      d.bits(f.pref64Length, at, 2);
      d.skip(2);
      addShortAddress(d, f.pref64, Math.min(12, end - d.pos));
      return undefined;
    default:
      d.expert(x.undecodedOption);
      d.bytes(f.data, size);
      return undefined;
  }
}

function addLinkAddress(d: Dissection, type: number, size: number, message: number): string {
  const at = d.pos;
  const value = d.peekBytes(size);
  const text = size === 6 ? formatEther(value) : formatHex(value, ":");
  d.add(f.linkAddress, at, size, value);
  d.add(type === 1 ? f.srcLinkAddress : f.targetLinkAddress, at, size, value, HIDDEN);
  d.pos += size;
  if (d.columns) d.addInfo(`${type === 2 ? " is at " : message === 136 ? " is at " : " from "}${text}`);
  return ` : ${text}`;
}

const PREFIX_BITS = [f.prefixOnLink, f.prefixAutonomous, f.prefixRouter, f.prefixReserved] as const;

function addPrefix(d: Dissection): string {
  const length = d.u8(f.prefixLength);
  const flags = d.bitset(f.prefixFlags, 1, PREFIX_BITS);
  if (d.labels) {
    for (const bit of [f.prefixOnLink, f.prefixAutonomous, f.prefixRouter]) {
      if (flags & bit.mask) d.append(`, ${bit.title}`);
    }
  }
  d.u32(f.validLifetime);
  d.u32(f.preferredLifetime);
  d.add(f.optReserved, d.pos, 4, null);
  d.skip(4);
  const value = d.peekBytes(16);
  d.ipv6(f.prefix);
  return ` : ${formatIpv6(value)}/${length}`;
}

/** An address of which only the first `size` bytes are there. */
function addShortAddress(d: Dissection, field: Field, size: number): Uint8Array {
  const full = new Uint8Array(16);
  full.set(d.peekBytes(size));
  d.add(field, d.pos, size, full);
  d.pos += size;
  return full;
}

function addRoute(d: Dissection, end: number): string {
  const length = d.u8(f.prefixLength);
  const flags = d.bitset(f.routeFlags, 1, [f.routePreference, f.routeReserved]);
  const preference = PREFERENCES[(flags >> 3) & 3];
  if (d.labels) d.append(`, Route Preference: ${preference}`);
  d.u32(f.routeLifetime);
  const size = Math.min(16, end - d.pos);
  const value = size > 0 ? addShortAddress(d, f.prefix, size) : new Uint8Array(16);
  return ` : ${preference} ${formatIpv6(value)}/${length}`;
}

function addServers(d: Dissection, end: number): string {
  d.add(f.optReserved, d.pos, 2, null);
  d.skip(2);
  d.u32(f.rdnssLifetime);
  let text = "";
  while (d.pos + 16 <= end) {
    text += ` ${formatIpv6(d.peekBytes(16))}`;
    d.ipv6(f.rdnss);
  }
  return text;
}

const EFO_BITS = [
  f.efoManaged,
  f.efoOther,
  f.efoHomeAgent,
  f.efoPreference,
  f.efoProxy,
  f.efoReserved,
] as const;

function addFlagsExtension(d: Dissection, end: number): void {
  const flags = d.bitset(f.flagsExtension, 2, EFO_BITS);
  if (d.labels) {
    for (const bit of [f.efoManaged, f.efoOther, f.efoHomeAgent])
      if (flags & bit.mask) d.append(`, ${bit.title}`);
    d.append(`, ${f.efoPreference.title}: ${PREFERENCES[(flags >> 11) & 3]}`);
    if (flags & f.efoProxy.mask) d.append(`, ${f.efoProxy.title}`);
  }
  d.add(f.optReserved, d.pos, end - d.pos, null);
}

/** RFC 8106 section 5.2: names as in DNS, without compression, filled up with zeros. */
function addSearchList(d: Dissection, end: number): string {
  d.add(f.optReserved, d.pos, 2, null);
  d.skip(2);
  d.u32(f.dnsslLifetime);
  d.needAt(d.pos, end - d.pos);
  let text = "";
  while (d.pos < end) {
    if (d.buf[d.pos] === 0) {
      d.add(f.optPadding, d.pos, end - d.pos, null);
      break;
    }
    const at = d.pos;
    const labels: string[] = [];
    while (d.pos < end && d.buf[d.pos] !== 0) {
      const length = d.buf[d.pos];
      const stop = Math.min(end, d.pos + 1 + length);
      labels.push(decodeText(d.buf, d.pos + 1, stop, "utf-8"));
      d.pos = stop;
    }
    d.pos = Math.min(end, d.pos + 1);
    const name = labels.join(".");
    d.add(f.dnssl, at, d.pos - at, name);
    text += ` ${name}`;
  }
  return text;
}

// -------------------------------------------------------------------- multicast listeners

function dissectListener(d: Dissection, type: number): void {
  // Only a query of version 2 goes on behind the address: RFC 3810 section 8.1.
  const isVersion2 = type === MLD_QUERY && d.wireRemaining > 20;
  const delay = d.peek16();
  d.skip(2);
  if (isVersion2) d.add(f.mldCode, d.pos - 2, 2, responseDelay(delay));
  else d.add(f.mldDelay, d.pos - 2, 2, delay);
  d.bytes(f.reserved, 2);
  d.ipv6(f.mldAddress);
  if (!isVersion2) return;
  const flags = d.bitset(f.mldFlags, 1, [f.mldSuppress, f.mldRobustness, f.mldFlagsReserved]);
  if (flags & 8) d.append(`, ${f.mldSuppress.title}`);
  d.u8(f.mldInterval);
  const sources = d.u16(f.mldSources);
  for (let i = 0; i < sources && d.remaining > 0; i++) d.ipv6(f.mldSource);
}

/** RFC 3810 section 5.1.3: large delays are floating point. */
function responseDelay(code: number): number {
  return code < 32768 ? code : ((code & 0x0fff) | 0x1000) << (((code >> 12) & 7) + 3);
}

function dissectReport(d: Dissection): void {
  d.bytes(f.reserved, 2);
  const records = d.u16(f.records);
  if (!d.building) return;
  for (let i = 0; i < records && d.remaining > 0; i++) addRecord(d);
}

function addRecord(d: Dissection): void {
  const at = d.pos;
  const type = d.peek8();
  const auxLength = d.peek8(1) * 4;
  const sources = d.peek16(2);
  d.open(f.record, at, 20 + sources * 16 + auxLength);
  if (d.labels) {
    d.appendParent(` ${RECORD_TYPES[type] ?? "Unknown"}: ${formatIpv6(d.peekBytes(16, 4))}`);
  }
  d.u8(f.recordType);
  d.u8(f.recordAuxLength);
  d.u16(f.recordSources);
  d.ipv6(f.recordAddress);
  for (let i = 0; i < sources; i++) d.ipv6(f.recordSource);
  if (auxLength > 0) d.bytes(f.recordAux, auxLength);
  d.close();
}
