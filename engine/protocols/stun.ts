/** Session Traversal Utilities for NAT, RFC 8489, with TURN (RFC 8656) and ICE (RFC 8445). */
import { CONVERSATION_TCP, CONVERSATION_UDP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  frameNum,
  ipv4,
  ipv6,
  nameOf,
  none,
  relTime,
  str,
  u8,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import { bitPattern } from "../dissect/format.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { tcpHeuristics, tcpPorts, udpHeuristics, udpPorts } from "../dissect/tables.ts";
import { formatHex, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { checksumStatusText, crc32 } from "./checksum.ts";
import { data } from "./data.ts";
import {
  ATT_GOOGLE_NETWORK_COST,
  ATTRIBUTES,
  ERRORS,
  FEDERATIONS,
  LOCATIONS,
  MS_VERSIONS,
  PASSWORD_ALGORITHMS,
  RESERVATIONS,
  SERVICE_QUALITIES,
  STREAM_TYPES,
} from "./names/stun.ts";
import { dissectPdus } from "./tcp-stream.ts";

const SET = ["Set", "Not set"] as const;
const YES = ["Yes", "No"] as const;

const f = {
  channel: u16("stun.channel", "Channel Number", { base: "HEX" }),
  attMsVersionIce: u32("stun.att.ms.version.ice", "MS ICE Version"),
  type: u16("stun.type", "Message Type", { base: "HEX" }),
  typeClass: u16("stun.type.class", "Message Class", { base: "HEX", mask: 0x110 }),
  typeMethod: u16("stun.type.method", "Message Method", { base: "HEX", mask: 0x3eef }),
  typeMethodAssignment: u16("stun.type.method-assignment", "Message Method Assignment", {
    base: "HEX",
    mask: 0x2000,
    names: { 0: "IETF Review", 1: "Designated Expert" },
  }),
  length: u16("stun.length", "Message Length"),
  cookie: bytes("stun.cookie", "Message Cookie"),
  id: bytes("stun.id", "Message Transaction ID"),
  attributes: none("stun.attributes", "Attributes"),
  attribute: u16("stun.attribute", "Attribute Type", { base: "HEX" }),
  responseIn: frameNum("stun.response-in", "Response In"),
  responseTo: frameNum("stun.response-to", "Request In"),
  time: relTime("stun.time", "Time"),
  reqduplicate: frameNum("stun.reqduplicate", "Duplicated original message in"),
  attType: u16("stun.att.type", "Attribute Type", { base: "HEX" }),
  attTypeComprehension: u16("stun.att.type.comprehension", "Attribute Type Comprehension", {
    base: "HEX",
    mask: 0x8000,
    names: { 0: "Required", 1: "Optional" },
  }),
  attTypeAssignment: u16("stun.att.type.assignment", "Attribute Type Assignment", {
    base: "HEX",
    mask: 0x4000,
    names: { 0: "IETF Review", 1: "Designated Expert" },
  }),
  attLength: u16("stun.att.length", "Attribute Length"),
  attFamily: u8("stun.att.family", "Protocol Family", { base: "HEX", names: { 1: "IPv4", 2: "IPv6" } }),
  attIpv4: ipv4("stun.att.ipv4", "IP"),
  attIpv6: ipv6("stun.att.ipv6", "IP"),
  attPort: u16("stun.att.port", "Port"),
  attUsername: str("stun.att.username", "Username"),
  attPadding: u16("stun.att.padding", "Padding"),
  attHmac: bytes("stun.att.hmac", "HMAC-SHA1"),
  attCrc32: u32("stun.att.crc32", "CRC-32", { base: "HEX" }),
  attErrorClass: u8("stun.att.error.class", "Error Class", { mask: 0x7 }),
  attError: u8("stun.att.error", "Error Code"),
  attErrorReason: str("stun.att.error.reason", "Error Reason Phrase"),
  attRealm: str("stun.att.realm", "Realm"),
  attNonce: str("stun.att.nonce", "Nonce"),
  attIpv4Xord: bytes("stun.att.ipv4-xord", "IP (XOR-d)"),
  attIpv6Xord: bytes("stun.att.ipv6-xord", "IP (XOR-d)"),
  attPortXord: bytes("stun.att.port-xord", "Port (XOR-d)"),
  attSoftware: str("stun.att.software", "Software"),
  attPriority: u32("stun.att.priority", "Priority"),
  attTieBreaker: bytes("stun.att.tie-breaker", "Tie breaker"),
  attLifetime: u32("stun.att.lifetime", "Lifetime"),
  attToken: bytes("stun.att.token", "Token"),
  value: bytes("stun.value", "Value"),
  attReserved: bytes("stun.att.reserved", "Reserved"),
  attTransp: u8("stun.att.transp", "Transport", { base: "HEX", names: { 17: "UDP", 6: "TCP" } }),
  attChannelnum: u16("stun.att.channelnum", "Channel-Number", { base: "HEX" }),
  attGoogleNetworkId: u16("stun.att.google.network_id", "Google Network ID"),
  attGoogleNetworkCost: u16("stun.att.google.network_cost", "Google Network Cost", {
    names: ATT_GOOGLE_NETWORK_COST,
  }),
  networkVersion: u8("stun.network_version", "STUN Network Version", {
    names: { 1: "MS-TURN", 2: "RFC-3489 and earlier", 3: "RFC-5389/8489" },
  }),
  attPassword: bytes("stun.att.password", "Password"),
  attUnknown: u16("stun.att.unknown", "Unknown Attribute", { base: "HEX" }),
  attIcmpType: u8("stun.att.icmp.type", "ICMP type"),
  attIcmpCode: u8("stun.att.icmp.code", "ICMP code"),
  attUnknown8006: bytes("stun.att.unknown8006", "Unknown8006"),
  attChangeIp: bool("stun.att.change-ip", "Change IP", { mask: 0x4, bits: 16, tf: SET }),
  attChangePort: bool("stun.att.change-port", "Change Port", { mask: 0x2, bits: 16, tf: SET }),
  attPasswordAlgorithm: u16("stun.att.pw_alg", "Password Algorithm", { names: PASSWORD_ALGORITHMS }),
  attPasswordAlgorithmLength: u16("stun.att.pw_alg_len", "Password Algorithm Length"),
  attPasswordAlgorithmData: bytes("stun.att.pw_alg_data", "Password Algorithm Data"),
  attReserveNext: u8("stun.att.even-port.reserve-next", "Reserve next", {
    mask: 0x80,
    names: { 0: "No reservation", 1: "Reserve next port number" },
  }),
  attCacheTimeout: u32("stun.att.cache-timeout", "Cache timeout"),
  attMagicCookie: u32("stun.att.magic_cookie", "Magic Cookie", { base: "HEX" }),
  bandwidth: u32("stun.port.bandwidth", "Bandwidth"),
  attMsVersion: u32("stun.att.ms.version", "MS Version", { names: MS_VERSIONS }),
  attMsConnectionId: bytes("stun.att.ms.connection_id", "Connection ID"),
  attMsSequenceNumber: u32("stun.att.ms.sequence_number", "Sequence Number"),
  attMsStreamType: u16("stun.att.ms.stream_type", "Stream Type", { names: STREAM_TYPES }),
  attMsServiceQuality: u16("stun.att.ms.service_quality", "Service Quality", { names: SERVICE_QUALITIES }),
  attMsFoundation: str("stun.att.ms.foundation", "Foundation"),
  attMsSessionId: u64("stun.att.ms.multiplexed_turn_session_id", "MS Multiplexed TURN Session Id", {
    base: "HEX",
  }),
  attReservation: u16("stun.att.bandwidth_acm.type", "Message Type", { names: RESERVATIONS }),
  attReservationId: bytes("stun.att.bandwidth_rsv_id", "Reservation ID"),
  attReservationMinSend: u32("stun.att.bandwidth_rsv_amount.misb", "Minimum Send Bandwidth"),
  attReservationMaxSend: u32("stun.att.bandwidth_rsv_amount.masb", "Maximum Send Bandwidth"),
  attReservationMinReceive: u32("stun.att.bandwidth_rsv_amount.mirb", "Minimum Receive Bandwidth"),
  attReservationMaxReceive: u32("stun.att.bandwidth_rsv_amount.marb", "Maximum Receive Bandwidth"),
  attSiteValid: bool("stun.att.address_rp.valid", "Valid", {
    mask: 0x80000000,
    bits: 32,
    tf: YES,
  }),
  attSitePstn: bool("stun.att.address_rp.pstn", "PSTN", {
    mask: 0x40000000,
    bits: 32,
    tf: YES,
  }),
  attSiteReserved: u32("stun.att.address_rp.reserved", "Reserved", { base: "HEX", mask: 0x3fffffff }),
  attRelaySiteReserved: u32("stun.att.address_rp.reserved", "Reserved", { base: "HEX", mask: 0x7fffffff }),
  attSiteMaxSend: u32("stun.att.address_rp.masb", "Maximum Send Bandwidth"),
  attSiteMaxReceive: u32("stun.att.address_rp.marb", "Maximum Receive Bandwidth"),
  attSipDialogId: bytes("stun.att.sip_dialog_id", "SIP Dialog ID"),
  attSipCallId: bytes("stun.att.sip_call_id", "SIP Call ID"),
  attPeerLocation: u8("stun.att.lp.peer_location", "Peer Location", { names: LOCATIONS }),
  attSelfLocation: u8("stun.att.lp.seft_location", "Self Location", { names: LOCATIONS }),
  attFederation: u8("stun.att.lp.federation", "Federation", { names: FEDERATIONS }),
  attCrc32Status: u8("stun.att.crc32.status", "CRC-32 Status", { base: "CUSTOM", text: checksumStatusText }),
};

const x = {
  crc: expert("stun.att.crc32.bad", "warning", "Checksum", "Bad Fingerprint"),
  short: expert("stun.short_packet", "error", "Malformed", "Packet is too short"),
  length: expert("stun.wrong_msglen", "error", "Malformed", "Packet length is not multiple of 4 bytes"),
  unknown: expert("stun.unknown_attribute", "warning", "Undecoded", "Attribute unknown"),
};

export const stun = protocol({
  name: "stun",
  title: "Session Traversal Utilities for NAT",
  short: "STUN",
  fields: f,
  experts: x,
  on: [
    [udpPorts, 3478],
    [tcpPorts, 3478],
  ],
  heuristicOn: [udpHeuristics, tcpHeuristics],
  test: isMessage,
  refuses: isOther,
  dissect,
});

const HEADER = 20;
const CHANNEL_HEADER = 4;
const COOKIE = 0x2112a442;

/** RFC 7983: what begins with 0 to 3 is a message, of a method below 256 then; a datagram holds nothing else. */
function isMessage(d: Dissection): boolean {
  return d.peek16() < 0x400 && d.peek32(4) === COOKIE && hasLength(d, HEADER + d.peek16(2));
}

const isStream = (d: Dissection): boolean => d.conversation?.kind === CONVERSATION_TCP;

const hasLength = (d: Dissection, length: number): boolean =>
  isStream(d) ? d.wireRemaining >= length : d.wireRemaining === length;

function dissect(d: Dissection): void {
  if (isOther(d)) {
    d.unlist();
    d.call(data);
    return;
  }
  if ((d.peek8() & 0xc0) === 0x40) {
    dissectChannel(d);
    return;
  }
  if (!d.canDesegment) {
    dissectMessage(d);
    return;
  }
  dissectPdus(d, HEADER, wholeLength, dissectMessage);
}

/** RFC 7983: neither a message nor TURN's channel data, but what shares a port with them. */
function isOther(d: Dissection): boolean {
  if (d.remaining < 4) return true;
  if (isStream(d)) return d.peek8() >= 0x80 || (d.remaining >= 8 && d.peek8() < 4 && d.peek32(4) !== COOKIE);
  if ((d.peek8() & 0xc0) !== 0x40) return d.remaining < HEADER || !isMessage(d);
  const length = CHANNEL_HEADER + d.peek16(2);
  return !hasLength(d, length) && !hasLength(d, (length + 3) & ~3);
}

const wholeLength = (d: Dissection): number => HEADER + d.peek16(2);

/** RFC 8656 section 12.4. */
function dissectChannel(d: Dissection): void {
  if (d.columns) d.setInfo("ChannelData TURN Message");
  if (d.labels) d.appendLayer(", TURN ChannelData Message");
  d.u16(f.channel);
  const length = d.u16(f.length);
  d.limit(length);
  if (d.remaining > 0) dissectInner(d);
}

/** What peers send each other through the relay. */
function dissectInner(d: Dissection): void {
  for (const name of ["rtcp", "sip"]) {
    const inner = protocolNamed(name);
    if (inner?.test !== undefined && d.probe(inner)) {
      d.call(inner);
      return;
    }
  }
  d.call(data);
}

const CLASSES = ["Request", "Indication", "Success Response", "Error Response"] as const;
const CHANNEL_BIND = 9;
const METHODS: Readonly<Record<number, string>> = {
  1: "Binding",
  2: "SharedSecret",
  3: "Allocate",
  4: "Refresh",
  6: "Send",
  7: "Data",
  8: "CreatePermission",
  9: "Channel-Bind",
  10: "Connect",
  11: "ConnectionBind",
  12: "ConnectionAttempt",
  128: "GooglePing",
};

function dissectMessage(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const kind = ((type & 0x100) >> 7) | ((type & 0x10) >> 4);
  const method = ((type & 0x3e00) >> 2) | ((type & 0xe0) >> 1) | (type & 0xf);
  // STUN shares its port with what it set up (RFC 7983), so each datagram is looked at anew; not where TURN has
  // channels, whose data nothing else tells from that.
  if (
    d.first &&
    d.conversation?.kind === CONVERSATION_UDP &&
    d.conversation.app === stun &&
    method !== CHANNEL_BIND
  ) {
    d.conversation.app = null;
  }
  if (d.first && method === CHANNEL_BIND && d.conversation !== null) d.conversation.app = stun;
  const name = `${METHODS[method] ?? "Unknown"} ${CLASSES[kind]}`;
  if (d.columns) d.setInfo(name);
  addType(d, type, kind, method, name);
  const length = d.u16(f.length);
  d.bytes(f.cookie, 4);
  matchMessages(d, start, kind);
  d.bytes(f.id, 12);
  if (length === 0) return;
  d.generated(f.networkVersion, d.pos, 0, 3);
  if (length % 4 !== 0) {
    d.openText(start + 2, 2, x.length.message);
    d.last = d.parent;
    d.expert(x.length);
    d.close();
  }
  d.limit(length);
  d.open(f.attributes, d.pos, length);
  while (d.remaining > 0) addAttribute(d, start);
  d.close();
}

function addType(d: Dissection, type: number, kind: number, method: number, name: string): void {
  const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;
  d.open(f.type, d.pos, 2, type);
  if (d.labels) d.relabelParent(`Message Type: ${hex(type, 4)} (${name})`);
  const shiftedClass = d.bits(f.typeClass, d.pos, 2);
  if (d.labels) {
    d.relabel(
      `${bitPattern(f.typeClass, shiftedClass)} = Message Class: ${hex(shiftedClass, 2)} ${CLASSES[kind]} (${kind})`,
    );
  }
  const bits = d.bits(f.typeMethod, d.pos, 2);
  if (d.labels) {
    const title = METHODS[method] ?? "Unknown";
    d.relabel(
      `${bitPattern(f.typeMethod, bits)} = Message Method: ${hex(bits, 4)} ${title} (${hex(method, 3)})`,
    );
  }
  d.bits(f.typeMethodAssignment, d.pos, 2);
  d.close();
  d.skip(2);
}

/** A request and the response to it; either may be missing from the capture. */
class Transaction {
  request = 0;
  response = 0;
  sec = 0;
  nsec = 0;
}
const makeTransactions = (): Map<string, Transaction> => new Map();
stateClass(() => new Transaction());
const KEY_TRANSACTION = 0;
const REQUEST = 0;
const INDICATION = 1;
/** Transactions a conversation remembers at most. */
const TRANSACTION_LIMIT = 10_000;

/** Responses to requests by their transaction id; messages that were sent before. The cursor is at the id. */
function matchMessages(d: Dissection, start: number, kind: number): void {
  if (kind === INDICATION || d.conversation === null) return;
  const found = d.first ? learn(d, kind) : d.recall<Transaction>(stun, KEY_TRANSACTION);
  if (found === undefined || !d.building) return;
  const { request, response } = found;
  const own = kind === REQUEST ? request : response;
  if (own !== d.frame) d.generated(f.reqduplicate, start, 0, own);
  if (kind === REQUEST) {
    if (response !== 0) d.generated(f.responseIn, start, 0, response);
  } else if (request !== 0) {
    d.generated(f.responseTo, start, 0, request);
    const nanoseconds = BigInt(d.nsec - found.nsec);
    d.generated(f.time, start, 0, BigInt(d.sec - found.sec) * 1_000_000_000n + nanoseconds);
  }
}

function learn(d: Dissection, kind: number): Transaction {
  const transactions = d.conversation!.state(stun, makeTransactions);
  const id = formatHex(d.peekBytes(12));
  let transaction = transactions.get(id);
  if (transaction === undefined) {
    if (transactions.size >= TRANSACTION_LIMIT) transactions.clear();
    transaction = new Transaction();
    transactions.set(id, transaction);
  }
  if (kind !== REQUEST) {
    if (transaction.response === 0) transaction.response = d.frame;
  } else if (transaction.request === 0) {
    transaction.request = d.frame;
    transaction.sec = d.sec;
    transaction.nsec = d.nsec;
  }
  d.remember(stun, KEY_TRANSACTION, transaction);
  return transaction;
}

function addAttribute(d: Dissection, message: number): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  const name = ATTRIBUTES[type];
  const padding = (4 - (length % 4)) % 4;
  if (name === undefined) {
    const text = `Unknown attribute 0x${type.toString(16).padStart(4, "0")}`;
    d.openText(start, 2, text);
    d.last = d.parent;
    d.expert(x.unknown, text);
  } else {
    d.open(f.attribute, start, 4 + length + padding, type);
    if (d.labels) d.relabelParent(name);
    d.open(f.attType, start, 2, type);
    if (d.labels) d.relabelParent(`Attribute Type: ${name}`);
    d.bits(f.attTypeComprehension, start, 2);
    d.bits(f.attTypeAssignment, start, 2);
    d.close();
  }
  d.skip(2);
  d.u16(f.attLength);
  d.need(length);
  const end = d.pos + length;
  const text = addValue(d, type, length, message, name ?? "");
  if (d.labels && text !== null) d.appendParent(`: ${text}`);
  d.pos = end;
  if (padding > 0 && d.remaining >= padding) {
    d.add(f.attPadding, end, padding, padding);
    d.skip(padding);
  }
  d.close();
}

/** Adds the value; returns what the attribute's own line says of it, null for nothing. */
function addValue(d: Dissection, type: number, length: number, message: number, name: string): string | null {
  switch (type) {
    case 0x0002:
    case 0x0004:
    case 0x0005:
    case 0x000b:
    case 0x0011:
      return addDeprecatedAddress(d, length);
    case 0x0001:
    case 0x000e:
    case 0x8023:
    case 0x802b:
    case 0x802c:
    case 0x8090:
      return addAddress(d, length, -1, name);
    case 0x0012:
    case 0x0016:
    case 0x0020:
    case 0x0027:
    case 0x0028:
    case 0x8020:
    case 0x8059:
    case 0x805a:
    case 0x805b:
    case 0x805c:
      return addAddress(d, length, message, name);
    case 0x0003:
      if (length < 4) return null;
      d.bits(f.attChangeIp, d.pos + 2, 2);
      d.bits(f.attChangePort, d.pos + 2, 2);
      return null;
    case 0x0006: {
      const user = d.str(f.attUsername, length);
      if (d.columns) d.addInfo(` user: ${user}`);
      return user;
    }
    case 0x0007:
      d.bytes(f.attPassword, length);
      return null;
    case 0x0008:
      if (length >= 20) d.bytes(f.attHmac, length);
      return null;
    case 0x0009:
      return addError(d, length);
    case 0x000a:
      for (const end = d.pos + length; d.pos < end; ) d.u16(f.attUnknown);
      return null;
    case 0x000c: {
      if (length < 4) return null;
      const channel = d.u16(f.attChannelnum);
      d.bytes(f.attReserved, 2);
      const text = `0x${channel.toString(16)}`;
      if (d.columns) d.addInfo(` ChannelNumber=${text}`);
      return text;
    }
    case 0x000d:
      if (length < 4) return null;
      noteNumber(d, "lifetime", d.u32(f.attLifetime));
      return null;
    case 0x000f:
      if (length >= 4) d.u32(f.attMagicCookie);
      return null;
    case 0x0010:
      if (length < 4) return null;
      noteNumber(d, "bandwidth", d.u32(f.bandwidth));
      return null;
    case 0x0013:
      if (length > 0) addData(d, length);
      return null;
    case 0x0014: {
      const realm = d.str(f.attRealm, length);
      if (d.columns) d.addInfo(` realm: ${realm}`);
      return realm;
    }
    case 0x0015: {
      const nonce = d.str(f.attNonce, length);
      if (d.columns) d.addInfo(" with nonce");
      return nonce;
    }
    case 0x0017:
      if (length >= 1) d.u8(f.attFamily);
      if (length >= 4) d.bytes(f.attReserved, 3);
      return null;
    case 0x0018:
      if (length >= 1) d.bits(f.attReserveNext, d.pos, 1);
      return null;
    case 0x0019:
      return addTransport(d, length);
    case 0x001d:
    case 0x8002:
      addPasswordAlgorithms(d, length);
      return null;
    case 0x0024:
      if (length >= 4) d.u32(f.attPriority);
      return null;
    case 0x0022:
      if (length >= 8) d.bytes(f.attToken, 8);
      return null;
    case 0x0026:
      d.add(f.attPadding, d.pos, length, length);
      return null;
    case 0x0030:
    case 0x8004:
      if (length < 4) return null;
      d.u8(f.attIcmpType);
      d.u8(f.attIcmpCode);
      return null;
    case 0x8022:
      return d.str(f.attSoftware, length) || null;
    case 0x8027:
      if (length >= 4) d.u32(f.attCacheTimeout);
      return null;
    case 0x8028:
      if (length >= 4) addFingerprint(d, message);
      return null;
    case 0x8029:
    case 0x802a:
      if (length >= 8) d.bytes(f.attTieBreaker, 8);
      return null;
    case 0xc057:
      d.u16(f.attGoogleNetworkId);
      d.u16(f.attGoogleNetworkCost);
      return null;
    default:
      return addVendorValue(d, type, length);
  }
}

/** [MS-TURN] section 2.2.2 and [MS-TURNBWM] section 2.2; anything else as its bytes. */
function addVendorValue(d: Dissection, type: number, length: number): string | null {
  switch (type) {
    case 0x8006:
      d.bytes(f.attUnknown8006, length);
      return null;
    case 0x8008: {
      const version = d.u32(f.attMsVersion);
      return MS_VERSIONS[version] ?? `Unknown (0x${version})`;
    }
    case 0x8050:
      d.bytes(f.attMsConnectionId, 20);
      d.u32(f.attMsSequenceNumber);
      return null;
    case 0x8054:
      d.str(f.attMsFoundation, 4);
      return null;
    case 0x8055:
      d.u16(f.attMsStreamType);
      d.u16(f.attMsServiceQuality);
      return null;
    case 0x8056:
      d.bytes(f.attReserved, 2);
      d.u16(f.attReservation);
      return null;
    case 0x8057:
      d.bytes(f.attReservationId, 16);
      return null;
    case 0x8058:
      d.u32(f.attReservationMaxSend);
      d.u32(f.attReservationMinSend);
      d.u32(f.attReservationMaxReceive);
      d.u32(f.attReservationMinReceive);
      return null;
    case 0x805d:
    case 0x805f:
      d.bits(f.attSiteValid, d.pos, 4);
      d.bits(f.attSitePstn, d.pos, 4);
      d.bits(f.attSiteReserved, d.pos, 4);
      d.skip(4);
      d.u32(f.attSiteMaxSend);
      d.u32(f.attSiteMaxReceive);
      return null;
    case 0x805e:
    case 0x8060:
      d.bits(f.attSiteValid, d.pos, 4);
      d.bits(f.attRelaySiteReserved, d.pos, 4);
      d.skip(4);
      d.u32(f.attSiteMaxSend);
      d.u32(f.attSiteMaxReceive);
      return null;
    case 0x8061:
      d.bytes(f.attSipDialogId, length);
      return null;
    case 0x8062:
      d.bytes(f.attSipCallId, length);
      return null;
    case 0x8068:
      d.u8(f.attPeerLocation);
      d.u8(f.attSelfLocation);
      d.u8(f.attFederation);
      d.bytes(f.attReserved, 1);
      return null;
    case 0x8070: {
      const version = d.u32(f.attMsVersionIce);
      const text =
        version <= 2 ? "Supports only RFC3489bis-02 message formats" : "Supports RFC5389 message formats";
      if (d.labels) d.relabel(`${f.attMsVersionIce.title}: ${text} (${version})`);
      return text;
    }
    case 0x8095:
      d.u64(f.attMsSessionId);
      return null;
    default:
      if (length > 0) d.bytes(f.value, length);
      return null;
  }
}

/** What a number says in the info column, by its name, and in the attribute's line. */
function noteNumber(d: Dissection, name: string, value: number): void {
  if (d.columns) d.addInfo(` ${name}: ${value}`);
  if (d.labels) d.appendParent(` ${value}`);
}

function addTransport(d: Dissection, length: number): string | null {
  if (length < 1) return null;
  const transport = d.u8(f.attTransp);
  if (length < 4) return null;
  d.bytes(f.attReserved, 3);
  const text = nameOf(f.attTransp.names, transport) ?? `Unknown (0x${transport.toString(16).padStart(8)})`;
  if (d.columns) d.addInfo(` ${text}`);
  return text;
}

/** RFC 8656 section 18.3: what a peer sent or is to be sent. */
function addData(d: Dissection, length: number): void {
  d.bytes(f.value, length);
  const { end, wireEnd } = d;
  d.end = d.pos;
  d.wireEnd = d.pos;
  d.pos -= length;
  dissectInner(d);
  d.end = end;
  d.wireEnd = wireEnd;
}

/** RFC 8489 section 14.11 and 14.12. */
function addPasswordAlgorithms(d: Dissection, length: number): void {
  const end = d.pos + length;
  while (d.pos < end) {
    const left = end - d.pos;
    if (left < 4) {
      d.text(d.pos, left, `Too few bytes left for TLV header (${left} < 4)`);
      d.expert(x.short, `Too few bytes left for TLV header (${left} < 4)`);
      return;
    }
    d.u16(f.attPasswordAlgorithm);
    const size = d.u16(f.attPasswordAlgorithmLength);
    if (size === 0) continue;
    d.bytes(f.attPasswordAlgorithmData, size);
    d.skip(Math.min((4 - (size % 4)) % 4, Math.max(0, end - d.pos)));
  }
}

const IPV4 = 1;
const IPV6 = 2;

/** Addresses that RFC 3489 had and later ones have not. */
function addDeprecatedAddress(d: Dissection, length: number): string | null {
  const at = d.pos;
  const text = addAddress(d, length, -1, "");
  if (text === null || d.buf[at + 1] === IPV6) return null;
  if (d.labels) d.appendParent(" (Deprecated)");
  return text;
}

/**
 * RFC 8489 section 14.1 and 14.2.
 * @param message where the message begins when the address is turned over, or -1
 * @param name of the attribute, for the info column
 */
function addAddress(d: Dissection, length: number, message: number, name: string): string | null {
  if (length >= 1) d.bytes(f.attReserved, 1);
  const family = length >= 2 ? d.u8(f.attFamily) : 0;
  if (length < 4) return null;
  const size = family === IPV4 ? 4 : family === IPV6 ? 16 : 0;
  let port = d.peek16();
  if (message >= 0) {
    d.bytes(f.attPortXord, 2);
    port ^= COOKIE >>> 16;
    d.generated(f.attPort, d.pos - 2, 2, port);
  } else d.u16(f.attPort);
  if (size === 0 || length < 4 + size) return null;
  const address = d.peekBytes(size);
  const plain = message < 0 ? address : address.map((byte, i) => byte ^ d.buf[message + 4 + i]);
  const number = ((plain[0] << 24) | (plain[1] << 16) | (plain[2] << 8) | plain[3]) >>> 0;
  const value = size === 4 ? number : plain;
  const field = size === 4 ? f.attIpv4 : f.attIpv6;
  if (message >= 0) {
    d.bytes(size === 4 ? f.attIpv4Xord : f.attIpv6Xord, size);
    d.generated(field, d.pos - size, size, value);
  } else {
    d.add(field, d.pos, size, value);
    d.skip(size);
  }
  if (!d.columns && !d.labels) return null;
  const text = `${size === 4 ? formatIpv4(number) : formatIpv6(plain)}:${port}`;
  if (name !== "") d.addInfo(` ${name}: ${text}`);
  return text;
}

/** RFC 8489 section 14.8. */
function addError(d: Dissection, length: number): string | null {
  if (length < 2) return null;
  d.bytes(f.attReserved, 2);
  if (length < 3) return null;
  const group = d.bits(f.attErrorClass, d.pos, 1);
  d.skip(1);
  if (length < 4) return null;
  const code = group * 100 + d.u8(f.attError);
  const text = `${code} (${ERRORS[code] ?? "*Unknown error code*"})`;
  if (d.columns) d.addInfo(` error-code: ${text}`);
  if (d.labels) d.appendParent(` ${text}`);
  if (length < 5) return null;
  const reason = d.str(f.attErrorReason, length - 4);
  if (d.columns) d.addInfo(` ${reason}`);
  return reason;
}

/** RFC 8489 section 14.7: the CRC-32 of the message up to here, turned over with "STUN". */
const FINGERPRINT_XOR = 0x5354554e;

function addFingerprint(d: Dissection, message: number): void {
  const at = d.pos;
  const found = d.u32(f.attCrc32);
  if (!d.building) return;
  const right = (crc32(d.buf, message, at - 4) ^ FINGERPRINT_XOR) >>> 0;
  const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;
  if (d.labels)
    d.relabel(
      `CRC-32: ${hex(found)} ${right === found ? "[correct]" : `incorrect, should be ${hex(right)}`}`,
    );
  if (right !== found) d.expert(x.crc, `Bad Fingerprint [should be ${hex(right)}]`);
  d.generated(f.attCrc32Status, at, 0, right === found ? 1 : 0);
}
