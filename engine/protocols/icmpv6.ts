/**
 * ICMPv6, RFC 4443; neighbour discovery RFC 4861; multicast listener discovery RFC 2710 and RFC 3810; multicast router
 * discovery RFC 4286; extended echo RFC 8335. The rarer messages are in files of their own.
 */
import { ADDRESS_IPV6 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  double,
  expert,
  type Field,
  frameNum,
  ipv6,
  joined,
  none,
  SET_NOTSET,
  u8,
  u16,
  u32,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols } from "../dissect/tables.ts";
import { formatIpv6 } from "../dissect/text.ts";
import { addSumVerdict, CHECKSUM_STATUS_NAMES, checksumStatusText, onesSum } from "./checksum.ts";
import { data } from "./data.ts";
import { matchEcho } from "./icmp-echo.ts";
import { addExtensions } from "./icmp-extensions.ts";
import {
  dissectCertificationPath,
  dissectDuplicateAddress,
  dissectHandover,
  dissectLocatorUpdate,
  dissectMobile,
  dissectNodeQuery,
  dissectNodeReply,
  dissectRenumbering,
  dissectSeeds,
  handoverCode,
  handoverName,
  messageExperts,
  messageFields,
} from "./icmpv6-messages.ts";
import {
  addInvalidLength,
  addUnknown,
  dissectOptions,
  optionExperts,
  optionFields,
} from "./icmpv6-options.ts";
import { dissectRpl, rplExperts, rplFields } from "./icmpv6-rpl.ts";
import { innermost } from "./ipv6.ts";
import { EXTENDED_REPLY_CODES, INTERFACE_STATES } from "./names/icmp.ts";
import { PREFERENCES, RECORD_TYPES, TYPE_NAMES } from "./names/icmpv6.ts";

const f = {
  type: u8("icmpv6.type", "Type", { names: TYPE_NAMES }),
  code: u8("icmpv6.code", "Code"),
  checksum: u16("icmpv6.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("icmpv6.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    names: CHECKSUM_STATUS_NAMES,
    text: checksumStatusText,
  }),
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
  length: u8("icmpv6.length", "Length of original datagram"),
  mcastRaQueryInterval: u16("icmpv6.mcast_ra.query_interval", "Query Interval"),
  mcastRaRobustnessVariable: u16("icmpv6.mcast_ra.robustness_variable", "Robustness Variable"),
  extState: u8("icmpv6.ext.echo.rsp.state", "State", {
    mask: 0xe0,
    names: INTERFACE_STATES,
  }),
  extReplyReserved: u8("icmpv6.ext.echo.rsp.res", "Reserved", { base: "HEX", mask: 0x18 }),
  extActive: bool("icmpv6.ext.echo.rsp.active", "Active bit", { mask: 0x04, tf: SET_NOTSET }),
  extHasIpv4: bool("icmpv6.ext.echo.rsp.ipv4", "IPv4 bit", { mask: 0x02, tf: SET_NOTSET }),
  extHasIpv6: bool("icmpv6.ext.echo.rsp.ipv6", "IPv6 bit", { mask: 0x01, tf: SET_NOTSET }),
};

const x = {
  checksum: expert("icmpv6.checksum_bad.expert", "warning", "Checksum", "Bad checksum"),
  noResponse: expert("icmpv6.resp_not_found", "warning", "Sequence", "No response seen to ICMPv6 request"),
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
  fields: joined(f, messageFields, optionFields, rplFields),
  experts: { ...x, ...messageExperts, ...optionExperts, ...rplExperts },
  on: [[ipProtocols, 58]],
  dissect,
});

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
  138: { 0: "Command", 1: "Result", 255: "Sequence number reset" },
  139: {
    0: "Query subject = IPv6 addresses",
    1: "Query subject = DNS name or empty",
    2: "Query subject = IPv4 addresses",
  },
  140: {
    0: "Successful",
    1: "Refused",
    2: "Unknown query type",
  },
  155: {
    0: "DODAG Information Solicitation",
    1: "DODAG Information Object",
    2: "Destination Advertisement Object",
    3: "Destination Advertisement Object Acknowledgment",
    4: "P2P Discovery Reply Object",
    5: "P2P Discovery Reply Object Acknowledgement",
    128: "Secure DODAG Information Solicitation",
    129: "Secure DODAG Information Object",
    130: "Secure Destination Advertisement Object",
    131: "Secure Destination Advertisement Object Acknowledgment",
    132: "P2P Secure Discovery Reply Object",
    133: "P2P Secure Discovery Reply Object Acknowledgement",
    138: "Consistency Check",
  },
  160: { 0: "No error" },
  161: EXTENDED_REPLY_CODES,
};

const ECHO = 128;
const ECHO_REPLY = 129;
const MLD_QUERY = 130;
const EXTENDED_ECHO = 160;
/** Fast handovers, also under the number of the experiment. */
const HANDOVERS: readonly number[] = [150, 154];

function dissect(d: Dissection): void {
  const start = d.pos;
  const type = d.peek8();
  const code = d.peek8(1);
  if (d.building || d.columns) addHeader(d, start, type, code);
  else d.need(4);
  d.pos = start + 4;
  d.layerEnd(d.end);
  dissectBody(d, start, type, code);
  d.layerEnd(d.end);
}

function addHeader(d: Dissection, start: number, type: number, code: number): void {
  const codes = CODES[type];
  const name = codes?.[code];
  const isUnreachable = type === 1;
  let codeText = codes === undefined ? "" : ` (${name ?? (isUnreachable ? "Unknown" : `Unknown (${code})`)})`;
  let summary = codeText;
  if (HANDOVERS.includes(type)) {
    const subtype = d.peek8(4);
    codeText = handoverCode(subtype, code);
    summary = ` (${handoverName(subtype)})`;
  }
  if (d.columns) d.setInfo((TYPE_NAMES[type] ?? `Unknown (${type})`) + summary);
  d.u8(f.type);
  d.u8(f.code);
  if (d.labels) d.append(codeText);
  const found = d.u16(f.checksum);
  if (!d.building) return;
  let status = 2;
  if (d.quoted) d.append(" [unverified] [in ICMP error packet]");
  else if (d.end < d.wireEnd) d.append(" [unverified] [fragmented datagram]");
  else if (d.fragment || d.memory.addresses.kind(d.srcId) !== ADDRESS_IPV6) {
    d.append(" [unverified]");
  } else {
    const sum = onesSum(d.buf, start, d.end, pseudoHeader(d, d.end - start));
    status = addSumVerdict(d, x.checksum, sum, found);
  }
  d.generated(f.checksumStatus, start + 2, 0, status);
}

/** RFC 8200 section 8.1. */
function pseudoHeader(d: Dissection, length: number): number {
  const src = d.memory.addresses.bytes(d.srcId);
  const dst = d.memory.addresses.bytes(d.dstId);
  return onesSum(src, 0, 16) + onesSum(dst, 0, 16) + length + 58;
}

function dissectBody(d: Dissection, start: number, type: number, code: number): void {
  switch (type) {
    case 1:
    case 3:
      dissectError(d, start);
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
    case 141:
    case 142:
      d.bytes(messageFields.reserved, 4);
      dissectOptions(d, start, type);
      break;
    case 134:
      dissectAdvertisement(d, start);
      break;
    case 135:
      d.bytes(messageFields.reserved, 4);
      addTarget(d, f.nsTarget, " for ");
      dissectOptions(d, start, type);
      break;
    case 136:
      dissectNeighbour(d, start);
      break;
    case 137:
      d.bytes(messageFields.reserved, 4);
      d.ipv6(f.redirectTarget);
      d.ipv6(f.redirectDestination);
      dissectOptions(d, start, type);
      break;
    case 138:
      if (d.building) dissectRenumbering(d, code);
      break;
    case 139:
      dissectNodeQuery(d, start, code);
      break;
    case 140:
      dissectNodeReply(d, start, code);
      break;
    case 143:
      dissectReport(d);
      break;
    case 144:
    case 145:
    case 146:
    case 147:
      dissectMobile(d, type);
      if (type === 147) dissectOptions(d, start, type);
      break;
    case 148:
    case 149:
      dissectCertificationPath(d, type);
      dissectOptions(d, start, type);
      break;
    case 150:
    case 154:
      dissectHandover(d);
      dissectOptions(d, start, type);
      break;
    case 151:
      d.u16(f.mcastRaQueryInterval);
      d.u16(f.mcastRaRobustnessVariable);
      break;
    case 152:
    case 153:
      break;
    case 155:
      dissectRpl(d, code, RPL_SHARED);
      break;
    case 156:
      dissectLocatorUpdate(d);
      break;
    case 157:
    case 158:
      dissectDuplicateAddress(d);
      break;
    case 159:
      dissectSeeds(d);
      break;
    case EXTENDED_ECHO:
    case 161:
      dissectExtendedEcho(d, type);
      break;
    default:
      d.expert(x.undecodedType);
      d.need(1);
      d.bytes(optionFields.data, d.remaining);
  }
}

const RPL_SHARED = {
  opt: optionFields.opt,
  reserved: messageFields.reserved,
  data: optionFields.data,
  addUnknown,
  invalidLength: addInvalidLength,
};

/** RFC 4884 section 4.2: the quoted packet's length in units of eight bytes, 0 when no extensions follow. */
function dissectError(d: Dissection, start: number): void {
  const length = d.peek8() * 8;
  if (length > 0) {
    d.u8(f.length);
    d.bytes(messageFields.reserved, 3);
  } else d.bytes(messageFields.reserved, 4);
  const at = start + 8 + length;
  const hasExtensions = length > 0 && at < d.wireEnd;
  const { end, wireEnd } = d;
  if (length > 0) d.limit(length);
  callQuoted(d);
  d.end = end;
  d.wireEnd = wireEnd;
  if (!hasExtensions) return;
  d.pos = at;
  addExtensions(d);
}

function callQuoted(d: Dissection): void {
  if (d.wireRemaining === 0) return;
  const isIpv6 = d.peek8() >> 4 === 6;
  d.callQuoted((isIpv6 ? ethertypes.get(0x86dd) : undefined) ?? data);
}

// -------------------------------------------------------------------- echo

const ECHO_FIELDS = { ...f, missing: x.noResponse };

function dissectEcho(d: Dissection, start: number, type: number): void {
  const ident = d.u16(f.ident);
  const sequence = d.u16(f.sequence);
  if (d.columns) {
    d.addInfo(` id=0x${ident.toString(16).padStart(4, "0")}, seq=${sequence}`);
    if (d.memory.addresses.kind(d.srcId) === ADDRESS_IPV6) d.addInfo(`, hop limit=${innermost.hopLimit}`);
  }
  if (!d.quoted) matchEcho(d, icmpv6, ECHO_FIELDS, start, type === ECHO_REPLY, ident, sequence);
  if (d.remaining > 0) d.callBelow(data);
}

const REQUEST_BITS = [f.extRequestReserved, f.extRequestLocal] as const;
const REPLY_BITS = [f.extState, f.extReplyReserved, f.extActive, f.extHasIpv4, f.extHasIpv6] as const;

function dissectExtendedEcho(d: Dissection, type: number): void {
  d.u16(f.ident);
  d.u8(f.extSequence);
  d.need(1);
  for (const bit of type === EXTENDED_ECHO ? REQUEST_BITS : REPLY_BITS) d.bits(bit, d.pos, 1);
  d.skip(1);
  if (type === EXTENDED_ECHO) addExtensions(d);
}

// -------------------------------------------------------------------- neighbour discovery

function addTarget(d: Dissection, field: Field, before: string): void {
  const value = d.peekBytes(16);
  d.ipv6(field);
  if (d.columns) d.addInfo(before + formatIpv6(value));
}

const RA_BITS = [f.raManaged, f.raOther, f.raHomeAgent, f.raPreference, f.raProxy, f.raReserved] as const;

function dissectAdvertisement(d: Dissection, start: number): void {
  d.u8(f.hopLimit);
  addFlags(d, f.raFlags, 1, RA_BITS);
  d.u16(f.routerLifetime);
  d.u32(f.reachable);
  d.u32(f.retransmit);
  dissectOptions(d, start, 134);
}

const NA_BITS = [f.naRouter, f.naSolicited, f.naOverride, f.naReserved] as const;

function dissectNeighbour(d: Dissection, start: number): void {
  const flags = addFlags(d, f.naFlags, 4, NA_BITS);
  addTarget(d, f.naTarget, " ");
  if (d.columns) {
    const set = ["rtr", "sol", "ovr"].filter((_, i) => (flags >>> (31 - i)) & 1);
    d.addInfo(` (${set.length === 0 ? "none" : set.join(", ")})`);
  }
  dissectOptions(d, start, 136);
}

// -------------------------------------------------------------------- multicast listeners

function dissectListener(d: Dissection, type: number): void {
  // Only a query of version 2 goes on behind the address: RFC 3810 section 8.1.
  const isVersion2 = type === MLD_QUERY && d.wireRemaining > 20;
  const delay = d.peek16();
  d.skip(2);
  if (isVersion2) d.add(f.mldCode, d.pos - 2, 2, responseDelay(delay));
  else d.add(f.mldDelay, d.pos - 2, 2, delay);
  d.bytes(messageFields.reserved, 2);
  d.ipv6(f.mldAddress);
  if (!isVersion2) return;
  addFlags(d, f.mldFlags, 1, [f.mldSuppress, f.mldRobustness, f.mldFlagsReserved]);
  d.u8(f.mldInterval);
  const sources = d.u16(f.mldSources);
  for (let i = 0; i < sources && d.remaining > 0; i++) d.ipv6(f.mldSource);
}

/** RFC 3810 section 5.1.3: large delays are floating point. */
function responseDelay(code: number): number {
  return code < 32768 ? code : ((code & 0x0fff) | 0x1000) << (((code >> 12) & 7) + 3);
}

function dissectReport(d: Dissection): void {
  d.bytes(messageFields.reserved, 2);
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
  if (d.labels && d.remaining >= 20) {
    d.appendParent(
      ` ${RECORD_TYPES[type] ?? `Unknown Record Type (${type})`}: ${formatIpv6(d.peekBytes(16, 4))}`,
    );
  }
  d.u8(f.recordType);
  d.u8(f.recordAuxLength);
  d.u16(f.recordSources);
  d.ipv6(f.recordAddress);
  for (let i = 0; i < sources; i++) d.ipv6(f.recordSource);
  if (auxLength > 0) d.bytes(f.recordAux, auxLength);
  d.close();
}
