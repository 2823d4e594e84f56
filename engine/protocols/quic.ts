/**
 * QUIC: version 1 (RFC 8999, 9000, 9001), version 2 (RFC 9369), their drafts, and Google's versions with the same
 * packets (Q050, T050, T051).
 *
 * Initial packets are decrypted with the keys that follow from the connection id of the client's first packet; all
 * others stay as they are. A connection is told by the connection ids of its packets, and belongs to the UDP
 * conversation in which it began.
 */
import { CONVERSATION_QUIC, refKind } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, none, u8, u32, u64 } from "../dissect/field.ts";
import { MARK_LINKED } from "../dissect/frame-marks.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpHeuristics } from "../dissect/tables.ts";
import { dissectGquicFrames } from "./gquic-frames.ts";
import "./gquic.ts";
import { PACKET_TYPES, PACKET_TYPES_2, QUIC_VERSIONS } from "./names/quic.ts";
import {
  draftOf,
  headerMask,
  initialKeys,
  isGoogle,
  isReserved,
  openPayload,
  type PacketKeys,
  Q050,
  retryTag,
  VERSION_2,
} from "./quic-crypto.ts";
import { CryptoStream, type Delivery, type Whole } from "./quic-crypto-stream.ts";
import { dissectFrames, frameExperts, frameFields } from "./quic-frames.ts";
import { callTlsInQuic, forgetTls, hasCipher } from "./tls.ts";
import { peekVarint, varint } from "./varint.ts";

const f = {
  connection: u32("quic.connection.number", "Connection Number"),
  packetLength: u32("quic.packet_length", "Packet Length"),
  headerForm: u8("quic.header_form", "Header Form", {
    mask: 0x80,
    names: { 0: "Short Header", 1: "Long Header" },
  }),
  fixedBit: bool("quic.fixed_bit", "Fixed Bit", { mask: 0x40, bits: 8 }),
  packetType: u8("quic.long.packet_type", "Packet Type", { mask: 0x30, names: PACKET_TYPES }),
  packetType2: u8("quic.long.packet_type_v2", "Packet Type", { mask: 0x30, names: PACKET_TYPES_2 }),
  reserved: u8("quic.long.reserved", "Reserved", { mask: 0x0c }),
  numberLength: u8("quic.packet_number_length", "Packet Number Length", {
    mask: 0x03,
    names: { 0: "1 bytes", 1: "2 bytes", 2: "3 bytes", 3: "4 bytes" },
  }),
  version: u32("quic.version", "Version", { base: "HEX", names: QUIC_VERSIONS }),
  supportedVersion: u32("quic.supported_version", "Supported Version", { base: "HEX", names: QUIC_VERSIONS }),
  unused: u8("quic.vn.unused", "Unused", { base: "HEX", mask: 0x7f }),
  dcil: u8("quic.dcil", "Destination Connection ID Length"),
  dcid: bytes("quic.dcid", "Destination Connection ID"),
  scil: u8("quic.scil", "Source Connection ID Length"),
  scid: bytes("quic.scid", "Source Connection ID"),
  tokenLength: u64("quic.token_length", "Token Length"),
  token: bytes("quic.token", "Token"),
  length: u64("quic.length", "Length"),
  number: u64("quic.packet_number", "Packet Number"),
  payload: bytes("quic.payload", "Payload"),
  remaining: bytes("quic.remaining_payload", "Remaining Payload"),
  odcil: u8("quic.odcil", "Original Destination Connection ID Length"),
  odcid: bytes("quic.odcid", "Original Destination Connection ID"),
  retryToken: bytes("quic.retry_token", "Retry Token"),
  retryTag: bytes("quic.retry_integrity_tag", "Retry Integrity Tag"),
  short: none("quic.short", "QUIC Short Header"),
  spinBit: bool("quic.spin_bit", "Spin Bit", { mask: 0x20, bits: 8 }),
  ...frameFields,
};

const x = {
  unknownConnection: expert(
    "quic.connection.unknown",
    "note",
    "Protocol",
    "Unknown QUIC connection. Missing Initial Packet or migrated connection?",
  ),
  undecrypted: expert(
    "quic.decryption_failed",
    "warning",
    "Decryption",
    "Failed to create decryption context",
  ),
  badRetry: expert("quic.bad_retry", "warning", "Protocol", "Retry Integrity Tag verification failure"),
  padding: expert(
    "quic.coalesced_padding_data",
    "note",
    "Protocol",
    "(Random) padding data appended to the datagram",
  ),
  ...frameExperts,
};

export const quic = protocol({
  name: "quic",
  title: "QUIC IETF",
  short: "QUIC",
  fields: f,
  experts: x,
  heuristicOn: [udpHeuristics],
  test: looksLikeQuic,
  dissect,
});

const MAX_ID = 20;
/** A first byte, the shortest version and ids, and something behind them. */
const MIN_LONG = 13;
/** A short header is looked at with the longest connection id. */
const MIN_SHORT = 1 + MAX_ID;
/** Bytes behind a packet number's place where the sample for the header's protection begins, and its length. */
const SAMPLE_AT = 4;
const SAMPLE = 16;
const DRAFT_25 = 25;
/** The version of Google's QUIC whose frames are in Initial packets of Google's later versions. */
const GOOGLE = 50;

/** Packet types as version 1 numbers them. */
const INITIAL = 0;
const ZERO_RTT = 1;
const HANDSHAKE = 2;
const RETRY = 3;
const NEGOTIATION = 4;
const SHORT = 5;

/** A long header of a version that is known, with connection ids of a length that may be. */
function looksLikeQuic(d: Dissection): boolean {
  if (d.remaining < MIN_LONG || (d.peek8() & 0x80) === 0) return false;
  if (draftOf(d.peek32(1)) < 11) return false;
  const destination = d.peek8(5);
  return destination <= MAX_ID && d.peek8(6 + destination) <= MAX_ID;
}

// ------------------------------------------------------------------ connections

/** One side of a connection. */
class Side {
  /** Ids under which the side receives. */
  ids: Uint8Array[] = [];
  /** Highest number of its Initial packets so far. */
  highest = -1;
  /** What it sent in CRYPTO frames of Initial packets. */
  crypto = new CryptoStream();
}

class Connection {
  number = 0;
  /** Direction of the client's packets in the UDP conversation. */
  clientDirection = 0;
  /** Connection ids of the client's first packets, from which keys were made; the last counts. */
  first: Uint8Array[] = [];
  /** A Retry asks for other keys: the next Initial packet of the client brings them. */
  renew = false;
  client = new Side();
  server = new Side();
  keys: readonly [PacketKeys, PacketKeys] | null = null;
  keysVersion = 0;
  /** It was said that there are no keys for packets with short headers. */
  said = false;
}

/** Connections of a UDP conversation, the latest last. */
class Connections {
  list: Connection[] = [];
}
const newConnections = (): Connections => new Connections();
/** Connections kept of one UDP conversation. */
const MAX_CONNECTIONS = 16;
/** Connection ids kept of one side of a connection. */
const MAX_IDS = 32;

/** What was learnt of a datagram when it was met first. */
interface Learnt {
  connection: Connection | null;
  fromServer: boolean;
  /** Made by this datagram. */
  isNew: boolean;
  /** Destination id from which the keys of its Initial packets follow. */
  origin: Uint8Array | null;
  /** Length of the connection id in the short header it begins with. */
  idLength: number;
  /** That nothing can be decrypted was said before. */
  said: boolean;
  /** Packet numbers of its Initial packets. */
  numbers: number[];
  /** What became of its CRYPTO frames. */
  deliveries: Delivery[];
}
const KEY_LEARNT = 0;

// The datagram at work.
let learnt: Learnt | null = null;
/** Where it begins. */
let datagram = 0;
let packets = 0;
let deliveries = 0;

const equal = (a: Uint8Array, buf: Uint8Array, at: number): boolean => {
  for (let i = 0; i < a.length; i++) if (a[i] !== buf[at + i]) return false;
  return true;
};

/** True when the list holds the id `buf[at .. at + length)`. */
function holds(list: readonly Uint8Array[], buf: Uint8Array, at: number, length: number): boolean {
  for (const id of list) if (id.length === length && equal(id, buf, at)) return true;
  return false;
}

function keep(list: Uint8Array[], buf: Uint8Array, at: number, length: number): void {
  if (length === 0 || list.length >= MAX_IDS || holds(list, buf, at, length)) return;
  list.push(buf.slice(at, at + length));
}

/** The type of the long-header packet at `at`, as version 1 numbers them. */
function longType(buf: Uint8Array, at: number, version: number): number {
  if (version === 0) return NEGOTIATION;
  const bits = (buf[at] >> 4) & 3;
  return version === VERSION_2 ? (bits + 3) & 3 : bits;
}

const blank = (): Learnt => ({
  connection: null,
  fromServer: false,
  isNew: false,
  origin: null,
  idLength: 0,
  said: false,
  numbers: [],
  deliveries: [],
});

/** For passes that keep nothing. */
const scratch = blank();

function cleared(): Learnt {
  scratch.connection = null;
  scratch.fromServer = false;
  scratch.isNew = false;
  scratch.origin = null;
  scratch.idLength = 0;
  scratch.said = false;
  if (scratch.numbers.length > 0) scratch.numbers = [];
  if (scratch.deliveries.length > 0) scratch.deliveries = [];
  return scratch;
}

/** Finds the connection of the datagram at the cursor by its first packet, and takes in what that packet tells. */
function learn(d: Dissection): Learnt {
  const { buf, pos } = d;
  const found = d.keep || d.building || d.columns ? blank() : cleared();
  const { conversation } = d;
  if ((buf[pos] & 0x80) === 0) {
    d.need(MIN_SHORT);
    if (conversation === null) return found;
    const { list } = conversation.state(quic, newConnections);
    for (let i = list.length - 1; i >= 0 && found.connection === null; i--) {
      const fromServer = list[i].clientDirection !== d.direction;
      const { ids } = fromServer ? list[i].client : list[i].server;
      found.idLength = ids.length === 0 ? 0 : (ids.find((id) => equal(id, buf, pos + 1))?.length ?? -1);
      if (found.idLength === -1) continue;
      found.connection = list[i];
      found.fromServer = fromServer;
    }
    quiet(found);
    return found;
  }
  const version = d.peek32(1);
  const type = longType(buf, pos, version);
  const destination = pos + 6;
  const dcil = d.peek8(5);
  d.needAt(destination, dcil + 1);
  const source = destination + dcil + 1;
  const scil = buf[source - 1];
  d.needAt(source, scil);
  if (conversation === null) {
    found.origin = buf.slice(destination, source - 1);
    return found;
  }
  const { list } = conversation.state(quic, newConnections);
  find(d, list, type, destination, dcil, found);
  if (type === INITIAL && !found.fromServer) fromClient(d, list, destination, dcil, source, scil, found);
  quiet(found);
  const { connection } = found;
  if (connection === null) return found;
  if (found.fromServer && (type === INITIAL || type === HANDSHAKE || type === RETRY)) {
    keep(connection.server.ids, buf, source, scil);
    if (type === RETRY) connection.renew = true;
  }
  found.origin = connection.first[connection.first.length - 1] ?? null;
  return found;
}

/** Notes whether an earlier datagram said already that there are no keys. */
function quiet(found: Learnt): void {
  found.said = found.connection?.said ?? false;
}

function find(
  d: Dissection,
  list: readonly Connection[],
  type: number,
  at: number,
  length: number,
  found: Learnt,
): void {
  const { buf } = d;
  if (length === 0) {
    if (list.length === 0 || type === ZERO_RTT) return;
    found.connection = list[list.length - 1];
    found.fromServer = found.connection.clientDirection !== d.direction;
    return;
  }
  for (let i = list.length - 1; i >= 0; i--) {
    const one = list[i];
    const known = type !== ZERO_RTT;
    if (known && holds(one.client.ids, buf, at, length)) found.fromServer = true;
    else if (known && holds(one.server.ids, buf, at, length)) found.fromServer = false;
    else if ((type !== INITIAL && type !== ZERO_RTT) || !holds(one.first, buf, at, length)) continue;
    found.connection = one;
    return;
  }
}

/** A client's Initial packet begins a connection, or goes on with one, perhaps with new keys. */
function fromClient(
  d: Dissection,
  list: Connection[],
  destination: number,
  dcil: number,
  source: number,
  scil: number,
  found: Learnt,
): void {
  let { connection } = found;
  if (connection === null) {
    connection = new Connection();
    connection.clientDirection = d.direction;
    connection.renew = true;
    if (list.length >= MAX_CONNECTIONS) list.shift();
    list.push(connection);
    found.connection = connection;
    found.isNew = true;
  }
  if (connection.renew) {
    connection.renew = false;
    if (connection.first.length < MAX_IDS)
      connection.first.push(d.buf.slice(destination, destination + dcil));
    connection.keys = null;
  }
  keep(connection.client.ids, d.buf, source, scil);
}

/**
 * Numbers a connection that begins, in the order in which all of the capture begin: as conversations of a kind of
 * their own, which only their first datagram is part of.
 */
function numberConnection(d: Dissection, found: Learnt): void {
  const { conversation, memory } = d;
  const { connection } = found;
  if (connection === null || !found.isNew || conversation === null) return;
  if (!memory.indexing && refKind(memory.conversations.ref(d.refCount)) !== CONVERSATION_QUIC) return;
  const entered = d.converse(CONVERSATION_QUIC, d.srcPort, d.dstPort);
  if (entered.firstFrame !== d.frame) d.renewConversation(d.srcPort, d.dstPort);
  connection.number = d.streamNumber;
  d.converse(conversation.kind, d.srcPort, d.dstPort);
  if (entered.firstFrame !== d.frame && d.first) forgetTls(d);
}

// ------------------------------------------------------------------ datagrams

/** One datagram: packets behind each other (RFC 9000 section 12.2). */
function dissect(d: Dissection): void {
  const first = d.pos;
  d.need(1);
  d.marks |= MARK_LINKED;
  learnt = (d.first ? undefined : d.recall<Learnt>(quic, KEY_LEARNT)) ?? learn(d);
  if (d.first) d.remember(quic, KEY_LEARNT, learnt);
  datagram = first;
  packets = 0;
  deliveries = 0;
  numberConnection(d, learnt);
  const { end, wireEnd } = d;
  for (;;) {
    const start = d.pos;
    if (start > first) d.openBeside(quic);
    if (start > first && !goesOn(d, first)) {
      d.pos = end;
      d.last = d.parent;
      d.expert(x.padding);
      return;
    }
    if (start === first) addConnection(d, start, learnt.connection);
    d.end = Math.min(end, start + packetLength(d));
    d.wireEnd = d.end;
    d.generated(f.packetLength, start, 0, d.end - start);
    if (d.buf[start] & 0x80) longPacket(d);
    else shortPacket(d);
    d.pos = d.end;
    d.end = end;
    d.wireEnd = wireEnd;
    if (start > first) d.close(d.pos);
    if (d.pos >= end) return;
  }
}

function addConnection(d: Dissection, start: number, connection: Connection | null): void {
  d.openText(start, 0, "QUIC Connection information");
  if (connection !== null) d.generated(f.connection, start, 0, connection.number);
  else d.expert(x.unknownConnection);
  d.close();
}

/** True when the packet at the cursor is for the same connection id as the datagram's first, at `first`. */
function goesOn(d: Dissection, first: number): boolean {
  const { buf } = d;
  let at: number;
  let length: number;
  if (d.peek8() & 0x80) {
    length = d.peek8(5);
    if (length > MAX_ID) length = 0;
    at = d.pos + 6;
  } else {
    const connection = learnt!.connection;
    if (connection === null) return true;
    length = ownId(connection, learnt!.fromServer);
    at = d.pos + 1;
  }
  d.needAt(at, length);
  if ((buf[first] & 0x80) === 0) return false;
  if (buf[first + 5] !== length) return false;
  for (let i = 0; i < length; i++) if (buf[at + i] !== buf[first + 6 + i]) return false;
  return true;
}

/** Length of the connection ids under which the receiver of a packet is known. */
function ownId(connection: Connection, fromServer: boolean): number {
  const { ids } = fromServer ? connection.client : connection.server;
  return ids.length === 0 ? 0 : ids[0].length;
}

/** Length of the packet at the cursor: what its header says, or all that is left. */
function packetLength(d: Dissection): number {
  const { buf, pos } = d;
  if ((buf[pos] & 0x80) === 0) return d.remaining;
  const version = d.peek32(1);
  const type = longType(buf, pos, version);
  if (type === NEGOTIATION || type === RETRY) return d.remaining;
  let ahead = 6 + d.peek8(5);
  ahead += 1 + d.peek8(ahead);
  if (type === INITIAL) {
    const token = peekVarint(d, ahead);
    ahead += (1 << (d.peek8(ahead) >> 6)) + token;
  }
  const length = peekVarint(d, ahead);
  ahead += 1 << (d.peek8(ahead) >> 6);
  return Math.min(d.remaining, ahead + length);
}

// ------------------------------------------------------------------ packets

const named = (names: Readonly<Record<number, string>>, type: number): string => names[type];

function longPacket(d: Dissection): void {
  const start = d.pos;
  d.bits(f.headerForm, start, 1);
  const version = d.peek32(1);
  const type = longType(d.buf, start, version);
  const opened = type === INITIAL ? removeProtection(d, version) : null;
  d.pos = start + 1;
  if (type === NEGOTIATION) d.bits(f.unused, start, 1);
  else {
    if (type !== RETRY) d.bits(f.fixedBit, start, 1);
    d.bits(version === VERSION_2 ? f.packetType2 : f.packetType, start, 1);
    if (opened !== null && d.building) {
      d.add(f.reserved, start, 1, (opened.firstByte >> 2) & 3);
      d.add(f.numberLength, start, 1, opened.firstByte & 3);
    }
  }
  d.u32(f.version);
  if (d.labels) labelVersion(d, version, "Forcing Version Negotiation");
  ids(d, type);
  if (type === NEGOTIATION) {
    while (d.remaining > 0) {
      const supported = d.u32(f.supportedVersion);
      if (d.labels) labelVersion(d, supported, "GREASE");
    }
    return;
  }
  if (type === RETRY) {
    retry(d, start, version);
    return;
  }
  if (type === INITIAL) {
    const length = varint(d, f.tokenLength);
    if (length > 0) d.bytes(f.token, length);
  }
  varint(d, f.length);
  if (opened !== null) initial(d, start, version, opened);
  else undecrypted(d, type);
}

function labelVersion(d: Dissection, version: number, reserved: string): void {
  if (isReserved(version)) d.append(` (${reserved})`);
}

/** The connection ids of a long header, and what the columns say of the packet. */
function ids(d: Dissection, type: number): void {
  const dcil = d.u8(f.dcil);
  const destination = d.pos;
  if (dcil > 0) d.bytes(f.dcid, dcil);
  const scil = d.u8(f.scil);
  const source = d.pos;
  if (scil > 0) d.bytes(f.scid, scil);
  if (!d.columns) return;
  let text = type === NEGOTIATION ? "Version Negotiation" : named(PACKET_TYPES, type);
  if (dcil > 0) text += `, DCID=${plainHex(d, destination, dcil)}`;
  if (scil > 0) text += `, SCID=${plainHex(d, source, scil)}`;
  d.setInfo(text);
}

const plainHex = (d: Dissection, at: number, length: number): string =>
  Buffer.from(d.buf.subarray(at, at + length)).toString("hex");

/** A header without its protection. */
interface OpenedHeader {
  readonly firstByte: number;
  readonly numberLength: number;
  /** Truncated packet number. */
  readonly number: number;
  readonly keys: PacketKeys;
}

/** Takes the protection off the header of the Initial packet at the cursor (RFC 9001 section 5.4). */
function removeProtection(d: Dissection, version: number): OpenedHeader {
  const { buf, pos } = d;
  let ahead = 6 + d.peek8(5);
  ahead += 1 + d.peek8(ahead);
  const token = peekVarint(d, ahead);
  ahead += (1 << (d.peek8(ahead) >> 6)) + token;
  ahead += 1 << (d.peek8(ahead) >> 6);
  const sample = pos + ahead + SAMPLE_AT;
  d.needAt(sample, SAMPLE);
  const keys = keysOf(version)[learnt!.fromServer ? 1 : 0];
  const mask = headerMask(keys, buf.subarray(sample, sample + SAMPLE));
  const firstByte = buf[pos] ^ (mask[0] & 0x0f);
  const numberLength = (firstByte & 3) + 1;
  let number = 0;
  for (let i = 0; i < numberLength; i++) number = number * 256 + (buf[pos + ahead + i] ^ mask[1 + i]);
  return { firstByte, numberLength, number, keys };
}

const NO_ID = new Uint8Array(0);

function keysOf(version: number): readonly [PacketKeys, PacketKeys] {
  const { connection, origin } = learnt!;
  if (connection === null) return initialKeys(version, origin ?? NO_ID);
  // An earlier datagram shown again may be older than a Retry.
  const latest = connection.first[connection.first.length - 1] ?? null;
  if (origin !== latest) return initialKeys(version, origin ?? NO_ID);
  if (connection.keys === null || connection.keysVersion !== version) {
    connection.keys = initialKeys(version, latest ?? NO_ID);
    connection.keysVersion = version;
  }
  return connection.keys;
}

/** The whole of a truncated packet number (RFC 9000 appendix A.3). */
function wholeNumber(highest: number, truncated: number, length: number): number {
  const expected = highest + 1;
  const window = 2 ** (8 * length);
  const candidate = Math.floor(expected / window) * window + truncated;
  if (candidate <= expected - window / 2 && candidate < 2 ** 53 - window) return candidate + window;
  return candidate > expected + window / 2 && candidate >= window ? candidate - window : candidate;
}

/** An Initial packet from its number on. */
function initial(d: Dissection, start: number, version: number, opened: OpenedHeader): void {
  const { firstByte, numberLength, keys } = opened;
  const found = learnt!;
  const side =
    found.connection === null ? null : found.fromServer ? found.connection.server : found.connection.client;
  const at = d.pos;
  let number = found.numbers[packets];
  if (number === undefined) {
    number = wholeNumber(side?.highest ?? -1, opened.number, numberLength);
    found.numbers.push(number);
  }
  packets++;
  if (d.columns) d.addInfo(`, PKN: ${number}`);
  if (d.building) d.add(f.number, at, numberLength, BigInt(number));
  d.skip(numberLength);
  const payload = d.buf.subarray(d.pos, d.end);
  d.add(f.payload, d.pos, payload.length, payload);
  const header = new Uint8Array(d.buf.subarray(start, d.pos));
  header[0] = firstByte;
  for (let i = 0, rest = opened.number; i < numberLength; i++, rest = Math.floor(rest / 256)) {
    header[header.length - 1 - i] = rest % 256;
  }
  const plain = openPayload(keys, number, header, payload);
  if (plain === null) {
    d.expert(x.undecrypted, "Decryption failed: Decryption (checktag) failed: Checksum error");
    return;
  }
  if (side !== null && number > side.highest) side.highest = number;
  const sink = (inner: Dissection, offset: number, length: number): void =>
    crypto(inner, side, offset, length);
  d.within(`Decrypted QUIC (${plain.length} bytes)`, plain, () => {
    if (isGoogle(version)) dissectGquicFrames(d, GOOGLE, version === Q050 ? null : sink);
    else dissectFrames(d, sink);
  });
}

/** A packet whose keys nobody told. */
function undecrypted(d: Dissection, type: number): void {
  d.last = d.parent;
  d.expert(x.undecrypted, reason(d, type));
  if (d.remaining > 0) d.bytes(f.remaining, d.remaining);
}

function reason(d: Dissection, type: number): string {
  if (learnt!.connection === null) return "Failed to decrypt packet number";
  if (type === ZERO_RTT || hasCipher(d))
    return "Failed to create decryption context: Secrets are not available";
  return type === SHORT
    ? "Failed to create decryption context: Missing TLS handshake, unsupported ciphers or padding"
    : "Failed to create decryption context: Unable to retrieve cipher information";
}

/** RFC 9000 section 17.2.5. */
function retry(d: Dissection, start: number, version: number): void {
  const draft = draftOf(version);
  if (draft > 0 && draft < DRAFT_25) {
    d.bytes(f.odcid, d.u8(f.odcil));
    d.bytes(f.retryToken, d.remaining);
    return;
  }
  const token = d.remaining - 16;
  if (token > 0) d.bytes(f.retryToken, token);
  const tag = d.pos;
  d.bytes(f.retryTag, 16);
  const { connection, fromServer, origin } = learnt!;
  if (connection === null || !fromServer || origin === null) {
    d.expert(x.badRetry, "Cannot verify Retry Packet due to unknown ODCID");
    return;
  }
  if (equal(retryTag(version, origin, d.buf.subarray(start, tag)), d.buf, tag)) d.append(" [verified]");
  else d.expert(x.badRetry);
}

/** RFC 9000 section 17.3. */
function shortPacket(d: Dissection): void {
  const start = d.pos;
  const { connection, fromServer } = learnt!;
  const alone = (d.buf[datagram] & 0x80) === 0;
  const length = connection === null ? 0 : alone ? learnt!.idLength : ownId(connection, fromServer);
  d.needAt(start + 1, length);
  if (d.columns || d.labels) {
    const id = length === 0 ? "" : plainHex(d, start + 1, length);
    if (d.columns) d.setInfo(`Protected Payload (KP0)${id === "" ? "" : `, DCID=${id}`}`);
    d.open(f.short, start, d.remaining);
    if (d.labels && id !== "") d.relabelParent(`QUIC Short Header DCID=${id}`);
  } else d.open(f.short, start, d.remaining);
  d.bits(f.headerForm, start, 1);
  d.bits(f.fixedBit, start, 1);
  d.bits(f.spinBit, start, 1);
  d.pos++;
  if (length > 0) d.bytes(f.dcid, length);
  d.close();
  if (connection !== null && !learnt!.said) {
    undecrypted(d, SHORT);
    if (d.first && hasCipher(d)) connection.said = true;
  } else if (d.remaining > 0) d.bytes(f.remaining, d.remaining);
}

// ------------------------------------------------------------------ the handshake

/** The bytes of a CRYPTO frame, at the cursor: what of the stream is in order goes to TLS. */
function crypto(d: Dissection, side: Side | null, offset: number, length: number): void {
  const found = learnt!;
  if (side === null) return;
  let delivery = found.deliveries[deliveries];
  if (delivery === undefined) {
    delivery = side.crypto.take(d.frame, offset, d.buf.subarray(d.pos, d.pos + length));
    found.deliveries.push(delivery);
  }
  deliveries++;
  const { end, wireEnd } = d;
  d.end = d.pos + length;
  d.wireEnd = d.end;
  switch (delivery.kind) {
    case "again":
      if (d.labels) d.text(d.pos, length, x.again.message);
      d.expert(x.again);
      break;
    case "overlap":
      if (d.labels) d.text(d.pos, length, x.overlap.message);
      d.expert(x.overlap);
      d.pos += delivery.skip;
      callTlsInQuic(d);
      break;
    case "whole":
      callTlsInQuic(d);
      break;
    case "complete": {
      const { bytes: whole, pieces } = delivery;
      d.within(`Reassembled QUIC CRYPTO (${whole.length} bytes)`, whole, () => {
        if (d.building) addPieces(d, whole.length, pieces);
        callTlsInQuic(d);
      });
      break;
    }
    case "kept":
      if (delivery.completedIn !== 0 && delivery.completedIn !== d.frame) {
        d.generated(f.cryptoReassembledIn, d.pos, 0, delivery.completedIn);
      }
  }
  d.end = end;
  d.wireEnd = wireEnd;
}

function addPieces(d: Dissection, total: number, pieces: Whole["pieces"]): void {
  d.open(f.cryptoFragments, 0, total, null, GENERATED);
  if (d.labels) {
    const list = pieces.map(({ frame, length }) => `#${frame}(${length})`).join(", ");
    d.relabelParent(`${pieces.length} Reassembled QUIC CRYPTO Data Fragments (${total} bytes): ${list}`);
  }
  let end = 0;
  for (const { frame, offset, length } of pieces) {
    const unit = length === 1 ? "byte" : "bytes";
    d.open(f.cryptoFragment, offset, length, frame, GENERATED);
    if (d.labels) {
      d.relabelParent(`Frame: ${frame}, payload: ${offset}-${offset + length - 1} (${length} ${unit})`);
    }
    if (offset < end) d.generated(f.fragmentOverlap, offset, 0, 1);
    d.close();
    end = Math.max(end, offset + length);
  }
  d.generated(f.cryptoFragmentCount, 0, 0, pieces.length);
  d.close();
}
