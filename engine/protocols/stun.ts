/** Session Traversal Utilities for NAT, RFC 8489, with TURN (RFC 8656) and ICE (RFC 8445). */
import { CONVERSATION_UDP } from "../dissect/conversation.ts";
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
  SET_NOTSET,
  str,
  u8,
  u16,
  u32,
} from "../dissect/field.ts";
import { bitPattern } from "../dissect/format.ts";
import { protocol } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { tcpHeuristics, tcpPorts, udpHeuristics, udpPorts } from "../dissect/tables.ts";
import { formatHex, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { checksumStatusText, crc32 } from "./checksum.ts";
import { data } from "./data.ts";
import { ATT_GOOGLE_NETWORK_COST } from "./names/stun.ts";
import { dissectPdus } from "./tcp-stream.ts";

/** [MS-TURN] section 2.2.2.17. */
const MS_VERSIONS = {
  1: "ICE",
  2: "MS-ICE2",
  3: "MS-ICE2 with SHA256",
  4: "MS-ICE2 with SHA256 and IPv6",
  5: "MULTIPLEXED TURN over UDP only",
  6: "MULTIPLEXED TURN over UDP and TCP",
};

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
  responseIn: frameNum("stun.response-in", "Response In"),
  attPassword: bytes("stun.att.password", "Password"),
  attUnknown: u16("stun.att.unknown", "Unknown Attribute", { base: "HEX" }),
  changeIp: bool("stun.att.change-ip", "Change IP", { mask: 0x4, bits: 16, tf: SET_NOTSET }),
  changePort: bool("stun.att.change-port", "Change Port", { mask: 0x2, bits: 16, tf: SET_NOTSET }),
  attReserveNext: u8("stun.att.even-port.reserve-next", "Reserve next", {
    mask: 0x80,
    names: { 0: "No reservation", 1: "Reserve next port number" },
  }),
  attIcmpType: u8("stun.att.icmp.type", "ICMP type"),
  attIcmpCode: u8("stun.att.icmp.code", "ICMP code"),
  attCacheTimeout: u32("stun.att.cache-timeout", "Cache timeout"),
  attMagicCookie: u32("stun.att.magic_cookie", "Magic Cookie", { base: "HEX" }),
  bandwidth: u32("stun.port.bandwidth", "Bandwidth"),
  attMsVersion: u32("stun.att.ms.version", "MS Version", { names: MS_VERSIONS }),
  attMsConnectionId: bytes("stun.att.ms.connection_id", "Connection ID"),
  attMsSequenceNumber: u32("stun.att.ms.sequence_number", "Sequence Number"),
  attMsStreamType: u16("stun.att.ms.stream_type", "Stream Type", {
    names: { 1: "Audio", 2: "Video", 3: "Supplemental Video", 4: "Data" },
  }),
  attMsServiceQuality: u16("stun.att.ms.service_quality", "Service Quality", {
    names: { 0: "Best effort delivery", 1: "Reliable delivery" },
  }),
  attMsFoundation: str("stun.att.ms.foundation", "Foundation"),
  networkVersion: u8("stun.network_version", "STUN Network Version", {
    names: { 1: "MS-TURN", 2: "RFC-3489 and earlier", 3: "RFC-5389/8489" },
  }),
  attCrc32Status: u8("stun.att.crc32.status", "CRC-32 Status", { base: "CUSTOM", text: checksumStatusText }),
};

const x = {
  crc: expert("stun.att.crc32.bad", "warning", "Checksum", "Bad Fingerprint"),
  messageLength: expert(
    "stun.wrong_msglen",
    "error",
    "Malformed",
    "Packet length is not multiple of 4 bytes",
  ),
  unknownAttribute: expert("stun.unknown_attribute", "warning", "Undecoded", "Attribute unknown"),
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
const COOKIE = 0x2112a442;

function isMessage(d: Dissection): boolean {
  const length = d.peek16(2);
  return (
    (d.peek8() & 0xc0) === 0 &&
    length % 4 === 0 &&
    d.peek32(4) === COOKIE &&
    methodOf(d.peek16()) <= LAST_METHOD &&
    d.wireRemaining >= HEADER + length
  );
}

function dissect(d: Dissection): void {
  if (d.remaining >= 4 && (d.peek8() & 0xc0) === 0x40) {
    dissectChannel(d);
    return;
  }
  if (
    d.remaining < 8 ||
    d.peek32(4) !== COOKIE ||
    (d.peek8() & 0xc0) !== 0 ||
    methodOf(d.peek16()) > LAST_METHOD
  ) {
    d.withdraw(data);
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
  return d.remaining >= 8 && d.peek8() < 0x40 && d.peek32(4) !== COOKIE;
}

const wholeLength = (d: Dissection): number => HEADER + d.peek16(2);

/** RFC 8656 section 12.4. */
function dissectChannel(d: Dissection): void {
  if (d.columns) d.setInfo("ChannelData TURN Message");
  if (d.labels) d.appendLayer(", TURN ChannelData Message");
  d.u16(f.channel);
  const length = d.u16(f.length);
  d.limit(length);
  if (d.remaining > 0) d.call(data);
}

/** Methods above belong to nobody. */
const LAST_METHOD = 0xff;
const methodOf = (type: number): number => ((type & 0x3e00) >> 2) | ((type & 0xe0) >> 1) | (type & 0xf);

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
  const method = methodOf(type);
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
  d.generated(f.networkVersion, start, 0, 3);
  d.limit(length);
  if (length % 4 !== 0 && d.building) {
    d.openText(start + 2, 2, x.messageLength.message);
    d.last = d.parent;
    d.expert(x.messageLength);
  }
  d.open(f.attributes, d.pos, length);
  while (d.remaining > 0) addAttribute(d, start);
  d.close();
  if (length % 4 !== 0 && d.labels) d.close();
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

/** A request, as its responses and its repetitions find it. */
class Request {
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  responseFrame = 0;
  constructor(frame: number, sec: number, nsec: number) {
    this.frame = frame;
    this.sec = sec;
    this.nsec = nsec;
  }
}
stateClass(() => new Request(0, 0, 0));
const makeRequests = (): Map<string, Request> => new Map();
const KEY_REQUEST = 0;
const REQUEST = 0;
const INDICATION = 1;
/** Requests a conversation remembers at most. */
const REQUEST_LIMIT = 10_000;

/** Responses to requests by their transaction id; messages that were sent before. The cursor is at the id. */
function matchMessages(d: Dissection, start: number, kind: number): void {
  if (kind === INDICATION || d.conversation === null) return;
  let found: Request | undefined;
  if (d.first) {
    const requests = d.conversation.state(stun, makeRequests);
    const id = formatHex(d.peekBytes(12));
    found = requests.get(id);
    if (found === undefined && kind === REQUEST) {
      if (requests.size >= REQUEST_LIMIT) requests.clear();
      found = new Request(d.frame, d.sec, d.nsec);
      requests.set(id, found);
    }
    if (found !== undefined) {
      if (kind !== REQUEST && found.responseFrame === 0) found.responseFrame = d.frame;
      d.remember(stun, KEY_REQUEST, found);
    }
  } else found = d.recall<Request>(stun, KEY_REQUEST);
  if (found === undefined || !d.building) return;
  const original = kind === REQUEST ? found.frame : found.responseFrame;
  if (original !== d.frame && original !== 0) d.generated(f.reqduplicate, start, 0, original);
  if (kind === REQUEST) {
    if (found.responseFrame !== 0) d.generated(f.responseIn, start, 0, found.responseFrame);
    return;
  }
  d.generated(f.responseTo, start, 0, found.frame);
  d.generated(f.time, start, 0, BigInt(d.sec - found.sec) * 1_000_000_000n + BigInt(d.nsec - found.nsec));
}

const ATTRIBUTES: Readonly<Record<number, string>> = {
  1: "MAPPED-ADDRESS",
  2: "RESPONSE_ADDRESS",
  3: "CHANGE_REQUEST",
  4: "SOURCE_ADDRESS",
  5: "CHANGED_ADDRESS",
  6: "USERNAME",
  7: "PASSWORD",
  8: "MESSAGE-INTEGRITY",
  9: "ERROR-CODE",
  10: "UNKNOWN-ATTRIBUTES",
  11: "REFLECTED-FROM",
  12: "CHANNEL-NUMBER",
  13: "LIFETIME",
  14: "MS-ALTERNATE-SERVER",
  15: "MAGIC-COOKIE",
  16: "BANDWIDTH",
  17: "DESTINATION-ADDRESS",
  18: "XOR-PEER-ADDRESS",
  19: "DATA",
  20: "REALM",
  21: "NONCE",
  22: "XOR-RELAYED-ADDRESS",
  23: "REQUESTED-ADDRESS-FAMILY",
  24: "EVEN-PORT",
  25: "REQUESTED-TRANSPORT",
  26: "DONT-FRAGMENT",
  27: "ACCESS-TOKEN",
  28: "MESSAGE-INTEGRITY-SHA256",
  29: "PASSWORD-ALGORITHM",
  30: "USERHASH",
  32: "XOR-MAPPED-ADDRESS",
  34: "RESERVATION-TOKEN",
  36: "PRIORITY",
  37: "USE-CANDIDATE",
  38: "PADDING",
  39: "XOR-RESPONSE-TARGET",
  40: "XOR-REFELECTED-FROM",
  42: "CONNECTION-ID",
  48: "LEGACY-ICMP",
  32768: "ADDITIONAL-ADDRESS-FAMILY",
  32769: "ADDRESS-ERROR-CODE",
  32770: "PASSWORD-ALGORITHMS",
  32771: "ALTERNATE-DOMAIN",
  32772: "ICMP",
  32774: "MS-TURN UNKNOWN 8006",
  32776: "MS-VERSION",
  32800: "XOR-MAPPED-ADDRESS",
  32802: "SOFTWARE",
  32803: "ALTERNATE-SERVER",
  32805: "TRANSACTION-TRANSMIT-COUNTER",
  32807: "CACHE-TIMEOUT",
  32808: "FINGERPRINT",
  32809: "ICE-CONTROLLED",
  32810: "ICE-CONTROLLING",
  32811: "RESPONSE-ORIGIN",
  32812: "OTHER-ADDRESS",
  32813: "ECN-CHECK-STUN",
  32814: "THIRD-PARTY-AUTHORIZATION",
  32816: "MOBILITY-TICKET",
  32818: "MS-ALTERNATE-HOST-NAME",
  32823: "MS-APP-ID",
  32825: "MS-SECURE-TAG",
  32848: "MS-SEQUENCE-NUMBER",
  32852: "MS-CANDIDATE-IDENTIFIER",
  32853: "MS-SERVICE-QUALITY",
  32854: "Bandwidth Admission Control Message",
  32855: "Bandwidth Reservation Identifier",
  32856: "Bandwidth Reservation Amount",
  32857: "Remote Site Address",
  32858: "Remote Relay Site Address",
  32859: "Local Site Address",
  32860: "Local Relay Site Address",
  32861: "Remote Site Address Response",
  32862: "Remote Relay Site Address Response",
  32863: "Local Site Address Response",
  32864: "Local Relay Site Address Response",
  32865: "SIP Dialog Identifier",
  32866: "SIP Call Identifier",
  32872: "Location Profile",
  32880: "MS-IMPLEMENTATION-VERSION",
  32912: "MS-ALT-MAPPED-ADDRESS",
  32917: "MS-MULTIPLEXED-TURN-SESSION-ID",
  49152: "CISCO-STUN-FLOWDATA",
  49153: "ENF-FLOW-DESCRIPTION",
  49154: "ENF-NETWORK-STATUS",
  49239: "GOOG-NETWORK-INFO",
  49240: "GOOG-LAST-ICE-CHECK-RECEIVED",
  49241: "GOOG-MISC-INFO",
  49242: "GOOG-OBSOLETE-1",
  65284: "GOOG-MULTI-MAPPING",
};

function addAttribute(d: Dissection, message: number): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  const name = ATTRIBUTES[type];
  const padding = (4 - (length % 4)) % 4;
  const known = name !== undefined;
  if (known) {
    d.open(f.attribute, start, 4 + length + padding, type);
    if (d.labels) d.relabelParent(name);
    d.open(f.attType, start, 2, type);
    if (d.labels) d.relabelParent(`Attribute Type: ${name}`);
    d.bits(f.attTypeComprehension, start, 2);
    d.bits(f.attTypeAssignment, start, 2);
    d.close();
  } else if (d.building) {
    const message = `Unknown attribute 0x${type.toString(16).padStart(4, "0")}`;
    d.openText(start, 2, message);
    d.last = d.parent;
    d.expert(x.unknownAttribute, message);
  }
  d.skip(2);
  d.u16(f.attLength);
  d.need(length);
  const end = d.pos + length;
  if (length > 0) {
    const text = addValue(d, type, length, message, name ?? "");
    if (d.labels && text !== "") d.appendParent(`: ${text}`);
  }
  d.pos = end;
  if (padding > 0 && d.remaining >= padding) {
    d.add(f.attPadding, end, padding, padding);
    d.skip(padding);
  }
  d.close();
}

/** Adds the value; returns what the attribute's own line says of it. */
function addValue(d: Dissection, type: number, length: number, message: number, name: string): string {
  switch (type) {
    case 0x0001:
    case 0x0002:
    case 0x0004:
    case 0x0005:
    case 0x000b:
    case 0x000e:
    case 0x0011:
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
    case 0x0006: {
      const user = d.str(f.attUsername, length);
      if (d.columns) d.addInfo(` user: ${user}`);
      return user;
    }
    case 0x0008:
      d.bytes(f.attHmac, length);
      return "";
    case 0x0009:
      return length >= 4 ? addError(d, length) : "";
    case 0x000c: {
      if (length < 4) return "";
      const channel = d.u16(f.attChannelnum);
      d.bytes(f.attReserved, 2);
      const text = `0x${channel.toString(16)}`;
      if (d.columns) d.addInfo(` ChannelNumber=${text}`);
      return text;
    }
    case 0x000d: {
      if (length < 4) return "";
      const seconds = d.u32(f.attLifetime);
      if (d.columns) d.addInfo(` lifetime: ${seconds}`);
      return String(seconds);
    }
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
      if (length < 4) return "";
      d.u8(f.attFamily);
      d.bytes(f.attReserved, 3);
      return "";
    case 0x0019: {
      if (length < 4) return "";
      const transport = nameOf(f.attTransp.names, d.u8(f.attTransp)) ?? "Unknown";
      if (d.columns) d.addInfo(` ${transport}`);
      d.bytes(f.attReserved, 3);
      return transport;
    }
    case 0x0024:
      if (length >= 4) d.u32(f.attPriority);
      return "";
    case 0x0022:
      d.bytes(f.attToken, Math.min(length, 8));
      return "";
    case 0x8022:
      return d.str(f.attSoftware, length);
    case 0x8054:
      d.str(f.attMsFoundation, length);
      return "";
    case 0x8050:
      if (length < 24) break;
      d.bytes(f.attMsConnectionId, 20);
      d.u32(f.attMsSequenceNumber);
      return "";
    case 0x8008: {
      if (length < 4) break;
      const version = d.u32(f.attMsVersion);
      return nameOf(f.attMsVersion.names, version) ?? "Unknown";
    }
    case 0x8055:
      if (length < 4) break;
      d.u16(f.attMsStreamType);
      d.u16(f.attMsServiceQuality);
      return "";
    case 0x0013: {
      const { end, wireEnd } = d;
      d.layerEnd(end);
      d.end = d.pos + length;
      d.wireEnd = d.end;
      d.call(data);
      d.end = end;
      d.wireEnd = wireEnd;
      return "";
    }
    case 0x8004:
      if (length < 4) break;
      d.u8(f.attIcmpType);
      d.u8(f.attIcmpCode);
      return "";
    case 0x000f:
      if (length >= 4) d.u32(f.attMagicCookie);
      return "";
    case 0x0010:
      if (length < 4) break;
      d.appendParent(` ${d.u32(f.bandwidth)}`);
      return "";
    case 0x0007:
      d.bytes(f.attPassword, length);
      return "";
    case 0x0003:
      if (length < 4) break;
      d.bits(f.changeIp, d.pos + 2, 2);
      d.bits(f.changePort, d.pos + 2, 2);
      return "";
    case 0x000a:
      for (let n = 0; n + 2 <= length; n += 2) d.u16(f.attUnknown);
      return "";
    case 0x0018:
      d.bits(f.attReserveNext, d.pos, 1);
      return "";
    case 0x8027:
      if (length >= 4) d.u32(f.attCacheTimeout);
      return "";
    case 0x8028:
      if (length >= 4) addFingerprint(d, message);
      return "";
    case 0x8029:
    case 0x802a:
      d.bytes(f.attTieBreaker, Math.min(length, 8));
      return "";
    case 0x8070: {
      if (length < 4) return "";
      const version = d.u32(f.attMsVersionIce);
      const text =
        version <= 1 ? "Supports only RFC3489bis-02 message formats" : "Supports RFC5389 message formats";
      if (d.labels) d.relabel(`${f.attMsVersionIce.title}: ${text} (${version})`);
      return text;
    }
    case 0xc057:
      if (length < 4) return "";
      d.u16(f.attGoogleNetworkId);
      d.u16(f.attGoogleNetworkCost);
      return "";
  }
  d.bytes(f.value, length);
  return "";
}

const IPV4 = 1;
const IPV6 = 2;

/** RFC 8489 section 14.1 and 14.2. `message` is where the message begins when the address is turned over, or -1. */
function addAddress(d: Dissection, length: number, message: number, name: string): string {
  d.bytes(f.attReserved, 1);
  const family = d.u8(f.attFamily);
  const size = family === IPV4 ? 4 : family === IPV6 ? 16 : 0;
  if (size === 0 || length < 4 + size) return "";
  let port = d.peek16();
  if (message >= 0) {
    d.bytes(f.attPortXord, 2);
    port ^= COOKIE >>> 16;
    d.generated(f.attPort, d.pos - 2, 2, port);
  } else d.u16(f.attPort);
  const address = d.peekBytes(size);
  const plain = message < 0 ? address : address.map((byte, i) => byte ^ d.buf[message + 4 + i]);
  const number = ((plain[0] << 24) | (plain[1] << 16) | (plain[2] << 8) | plain[3]) >>> 0;
  const value = size === 4 ? number : plain;
  const field = size === 4 ? f.attIpv4 : f.attIpv6;
  if (message >= 0) {
    d.bytes(size === 4 ? f.attIpv4Xord : f.attIpv6Xord, size);
    d.generated(field, d.pos - size, size, value);
  } else d.add(field, d.pos, size, value);
  if (!d.columns && !d.labels) return "";
  const host = size === 4 ? formatIpv4(number) : formatIpv6(plain);
  const text = `${host}:${port}`;
  d.addInfo(` ${name}: ${text}`);
  return text;
}

function addError(d: Dissection, length: number): string {
  d.bytes(f.attReserved, 2);
  const group = d.bits(f.attErrorClass, d.pos, 1);
  d.skip(1);
  const code = group * 100 + d.u8(f.attError);
  const reason = length > 4 ? d.str(f.attErrorReason, length - 4) : "";
  const text = `${code} (${ERRORS[code] ?? "Unknown error code"})`;
  if (d.columns) d.addInfo(` error-code: ${text}${reason === "" ? "" : ` ${reason}`}`);
  if (d.labels) d.relabelParent(`ERROR-CODE ${text}${reason === "" ? "" : `: ${reason}`}`);
  return "";
}

const ERRORS: Readonly<Record<number, string>> = {
  300: "Try Alternate",
  400: "Bad Request",
  401: "Unauthenticated",
  403: "Forbidden",
  405: "Mobility Forbidden",
  420: "Unknown Attribute",
  437: "Allocation Mismatch",
  438: "Stale Nonce",
  440: "Address Family not Supported",
  441: "Wrong Credentials",
  442: "Unsupported Transport Protocol",
  443: "Peer Address Family Mismatch",
  446: "Connection Already Exists",
  447: "Connection Timeout or Failure",
  486: "Allocation Quota Reached",
  487: "Role Conflict",
  500: "Server Error",
  508: "Insufficient Capacity",
};

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
