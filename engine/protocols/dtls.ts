/**
 * Datagram Transport Layer Security: 1.0 (RFC 4347), 1.2 (RFC 6347), the hellos of 1.3 (RFC 9147), connection ids
 * (RFC 9146). Handshake messages, put together from their fragments, are TLS's.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  frameNum,
  joined,
  none,
  str,
  u8,
  u16,
  u24,
  u32,
  u64,
} from "../dissect/field.ts";
import { MARK_LINKED } from "../dissect/frame-marks.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpHeuristics, udpPorts } from "../dissect/tables.ts";
import { ALERTS, CONTENT_TYPES, VERSIONS } from "./names/tls.ts";
import {
  datagramFields,
  dtlsExperts,
  enter,
  HANDSHAKE_TYPES,
  handshakeFields,
  idLengthOf,
  learning,
  messageBody,
  messageTitle,
  newSession,
  overStream,
  TLS12,
  TLS13,
  work,
} from "./tls-handshake.ts";

const LEVELS: Readonly<Record<number, string>> = { 1: "Warning", 2: "Fatal" };
const HEARTBEAT_TYPES: Readonly<Record<number, string>> = { 1: "Request", 2: "Response" };

const dtlsFields = handshakeFields("dtls");

const f = {
  record: none("dtls.record", "Record Layer"),
  contentType: u8("dtls.record.content_type", "Content Type", { names: CONTENT_TYPES }),
  specialType: u8("dtls.record.special_type", "Special Type", { names: CONTENT_TYPES }),
  recordVersion: u16("dtls.record.version", "Version", { base: "HEX", names: VERSIONS }),
  epoch: u16("dtls.record.epoch", "Epoch"),
  sequence: u64("dtls.record.sequence_number", "Sequence Number"),
  recordId: bytes("dtls.record.connection_id", "Connection ID"),
  recordLength: u16("dtls.record.length", "Length"),
  encrypted: bytes("dtls.enc_content", "Encrypted Record Content"),
  appData: bytes("dtls.app_data", "Encrypted Application Data"),
  appDataProtocol: str("dtls.app_data_proto", "Application Data Protocol"),
  changeCipherSpec: none("dtls.change_cipher_spec", "Change Cipher Spec Message"),
  alert: none("dtls.alert_message", "Alert Message"),
  alertLevel: u8("dtls.alert_message.level", "Level", { names: LEVELS }),
  alertDescription: u8("dtls.alert_message.desc", "Description", { names: ALERTS }),
  heartbeat: none("dtls.heartbeat_message", "Heartbeat Message"),
  heartbeatType: u8("dtls.heartbeat_message.type", "Type", { names: HEARTBEAT_TYPES }),
  heartbeatLength: u16("dtls.heartbeat_message.payload_length", "Payload Length"),
  heartbeatPayload: bytes("dtls.heartbeat_message.payload", "Payload Length"),
  heartbeatPadding: bytes("dtls.heartbeat_message.padding", "Payload Length"),
  messageSequence: u16("dtls.handshake.message_seq", "Message Sequence"),
  fragmentOffset: u24("dtls.handshake.fragment_offset", "Fragment Offset"),
  fragmentLength: u24("dtls.handshake.fragment_length", "Fragment Length"),
  fragments: none("dtls.fragments", "Message fragments"),
  fragment: frameNum("dtls.fragment", "Message fragment"),
  fragmentOverlap: bool("dtls.fragment.overlap", "Message fragment overlap", { bits: 0 }),
  fragmentCount: u32("dtls.fragment.count", "Message fragment count"),
  reassembledLength: u32("dtls.reassembled.length", "Reassembled DTLS length"),
};

const x = {
  resumed: expert(
    "dtls.resumed",
    "note",
    "Sequence",
    "This session reuses previously negotiated keys (Session resumption)",
  ),
  tooLong: expert(
    "dtls.handshake.fragment_length.too_long",
    "error",
    "Protocol",
    "Fragment length is larger than message length",
  ),
  pastEnd: expert(
    "dtls.handshake.fragment_past_end_msg",
    "error",
    "Protocol",
    "Fragment runs past the end of the message",
  ),
  heartbeatLength: expert(
    "dtls.heartbeat_message.payload_length.invalid",
    "error",
    "Malformed",
    "Invalid heartbeat payload length",
  ),
};

export const dtls = protocol({
  name: "dtls",
  title: "Datagram Transport Layer Security",
  short: "DTLS",
  fields: joined(f, datagramFields, dtlsFields),
  experts: { ...x, ...dtlsExperts },
  on: [[udpPorts, 853, 2221, 5684, 5868]],
  heuristicOn: [udpHeuristics],
  packetwise: true,
  test: looksLikeDtls,
  dissect,
});

/** What a port says about the protocol inside. */
const APPLICATIONS: Readonly<Record<number, string>> = {
  853: "Domain Name System",
  2221: "Common Industrial Protocol, I/O",
  5684: "Constrained Application Protocol",
  5868: "Diameter Protocol",
};

const OPENSSL = 0x0100;
const HEADER = 13;
/** Of a handshake message. */
const MESSAGE_HEADER = 12;

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const HEARTBEAT = 24;
const CONNECTION_ID = 25;
const CLIENT_HELLO = 1;

const isVersion = (version: number): boolean =>
  version === 0xfeff || version === 0xfefd || version === OPENSSL;

function isRecord(d: Dissection, ahead: number): boolean {
  return CONTENT_TYPES[d.peek8(ahead)] !== undefined && isVersion(d.peek16(ahead + 1));
}

/** Records of known versions that fill the datagram. */
function looksLikeDtls(d: Dissection): boolean {
  let ahead = 0;
  const all = d.wireRemaining;
  while (ahead < all) {
    if (d.remaining < ahead + HEADER) return ahead > 0 && d.remaining < all;
    if (!isRecord(d, ahead)) return false;
    ahead += HEADER + d.peek16(ahead + 11);
    if (ahead > all) return false;
  }
  return ahead > 0;
}

/** Name of a version, given as that of TLS it is like, in the Protocol column. */
function shortVersion(version: number): string {
  switch (version) {
    case OPENSSL:
      return "DTLS 1.0 (OpenSSL pre 0.9.8f)";
    case 0x0302:
      return "DTLSv1.0";
    case TLS12:
      return "DTLSv1.2";
    case TLS13:
      return "DTLSv1.3";
    default:
      return "DTLS";
  }
}

// ------------------------------------------------------------------ fragments

interface Piece {
  readonly frame: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A message of which fragments came. */
interface Pending {
  readonly length: number;
  readonly pieces: Piece[];
}

/** What a fragment completed, or null. */
interface Whole {
  readonly bytes: Uint8Array;
  readonly pieces: readonly { readonly frame: number; readonly offset: number; readonly length: number }[];
}

class DtlsState {
  session = newSession();
  /** Messages in fragments, by direction and message sequence. */
  pending = new Map<number, Pending>();
}
const newState = (): DtlsState => new DtlsState();
const MAX_PENDING = 64;
const MAX_PIECES = 1024;
/** Longest message that is put together. */
const MAX_MESSAGE = 1 << 18;
const KEY_FRAGMENT = 16;

// The datagram at work.
let fragmentsSeen = 0;

/** Takes the fragment at the cursor in; what it completes, if anything. */
function takeFragment(
  d: Dissection,
  sequence: number,
  offset: number,
  size: number,
  total: number,
): Whole | null {
  const key = KEY_FRAGMENT + fragmentsSeen++;
  const { conversation } = d;
  if (conversation === null || d.quoted) return null;
  if (!d.first) return d.recall<Whole>(dtls, key) ?? null;
  if (d.remaining < size || total > MAX_MESSAGE) return null;
  const { pending } = conversation.state(dtls, newState);
  const id = sequence * 2 + d.direction;
  let message = pending.get(id);
  if (message === undefined || message.length !== total) {
    if (pending.size >= MAX_PENDING) pending.clear();
    message = { length: total, pieces: [] };
    pending.set(id, message);
  }
  if (message.pieces.length >= MAX_PIECES) return null;
  const bytesOf = new Uint8Array(d.buf.subarray(d.pos, d.pos + size));
  message.pieces.push({ frame: d.frame, offset, bytes: bytesOf });
  const whole = complete(message);
  if (whole === null) return null;
  pending.delete(id);
  d.remember(dtls, key, whole);
  return whole;
}

function complete({ length, pieces }: Pending): Whole | null {
  const sorted = [...pieces].sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const piece of sorted) {
    if (piece.offset > end) return null;
    end = Math.max(end, piece.offset + piece.bytes.length);
  }
  if (end < length) return null;
  const whole = new Uint8Array(length);
  for (const piece of sorted) whole.set(piece.bytes, piece.offset);
  return {
    bytes: whole,
    pieces: sorted.map(({ frame, offset, bytes: { length: size } }) => ({ frame, offset, length: size })),
  };
}

// ------------------------------------------------------------------ records

function dissect(d: Dissection): void {
  const { conversation } = d;
  const session = conversation !== null && !d.quoted ? conversation.state(dtls, newState).session : null;
  enter(d, dtlsFields, session, shortVersion, datagramFields);
  d.marks |= MARK_LINKED;
  fragmentsSeen = 0;
  if (d.columns) {
    d.setInfo("");
    d.setProtocol(shortVersion(work.knowledge.version));
  }
  while (d.pos < d.end) {
    if (!isRecord(d, 0)) {
      if (d.columns) {
        d.addInfo("Continuation Data", ", ");
        d.setProtocol("DTLS");
      }
      d.pos = d.end;
      return;
    }
    record(d);
  }
}

function record(d: Dissection): void {
  const start = d.pos;
  const type = d.peek8();
  const version = d.peek16(1);
  const idLength = type === CONNECTION_ID ? idLengthOf(work.knowledge.idLengths, d.direction) : 0;
  const length = d.peek16(11 + idLength);
  if (work.knowledge.version === 0) learnFromRecord(d, type, version);
  const name = shortVersion(work.knowledge.version);
  if (d.columns) d.setProtocol(name);
  d.open(f.record, start, Math.min(HEADER + idLength + length, d.end - start));
  d.u8(type === CONNECTION_ID ? f.specialType : f.contentType);
  d.u16(f.recordVersion);
  d.u16(f.epoch);
  if (d.building) d.add(f.sequence, d.pos, 6, BigInt(d.peekUint(6)));
  d.skip(6);
  if (type === CONNECTION_ID) d.bytes(f.recordId, idLength);
  d.u16(f.recordLength);
  const { end, wireEnd } = d;
  const next = d.pos + length;
  d.end = Math.min(end, next);
  d.wireEnd = Math.min(wireEnd, next);
  const line = d.parent;
  if (line !== null && type === CONNECTION_ID) line.label = `${name} Record Layer: Connection ID`;
  const what = contents(d, type, length);
  if (line !== null && what !== "") line.label = `${name} Record Layer: ${what}`;
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = Math.min(end, next);
  d.close();
}

/** All but the Client Hello, and what is no message at all, carry the version of the session. */
function learnFromRecord(d: Dissection, type: number, version: number): void {
  if (type === HANDSHAKE) {
    const first = d.remaining > HEADER ? d.peek8(HEADER) : CLIENT_HELLO;
    if (first === CLIENT_HELLO || HANDSHAKE_TYPES[first] === undefined) return;
  }
  learning(d).version = overStream(version);
}

/** Returns what the record's line says of it; nothing when it is encrypted. */
function contents(d: Dissection, type: number, length: number): string {
  switch (type) {
    case CHANGE_CIPHER_SPEC:
      if (d.columns) d.addInfo("Change Cipher Spec", ", ");
      d.add(f.changeCipherSpec, d.pos, d.remaining, null);
      if (d.building && work.knowledge.abbreviated && work.knowledge.server === d.direction) {
        d.expert(x.resumed);
      }
      return "Change Cipher Spec Protocol: Change Cipher Spec";
    case ALERT:
      return alert(d, length);
    case HANDSHAKE:
      return handshakes(d);
    case APPLICATION_DATA:
      return applicationData(d, length);
    case HEARTBEAT:
      return heartbeat(d, length);
    default:
      if (d.columns) d.addInfo("Connection ID", ", ");
      d.bytes(f.encrypted, length);
      return "Connection ID";
  }
}

function alert(d: Dissection, length: number): string {
  const level = length === 2 ? LEVELS[d.peek8()] : undefined;
  const description = length === 2 ? ALERTS[d.peek8(1)] : undefined;
  const known = level !== undefined && description !== undefined;
  const text = known ? `Alert (Level: ${level}, Description: ${description})` : "Encrypted Alert";
  if (d.columns) d.addInfo(text, ", ");
  d.open(f.alert, d.pos, d.remaining);
  if (known) {
    d.u8(f.alertLevel);
    d.u8(f.alertDescription);
  } else if (d.labels) d.relabelParent("Alert Message: Encrypted Alert");
  d.close();
  return text;
}

function applicationData(d: Dissection, length: number): string {
  if (d.columns) d.addInfo("Application Data", ", ");
  const at = d.pos;
  d.bytes(f.appData, length);
  if (!d.building) return "";
  const title = work.knowledge.application ?? APPLICATIONS[d.srcPort] ?? APPLICATIONS[d.dstPort];
  if (title !== undefined) d.generated(f.appDataProtocol, at, 0, title);
  return `Application Data Protocol: ${title ?? "Application Data"}`;
}

/** RFC 6520. */
function heartbeat(d: Dissection, length: number): string {
  const type = length >= 19 ? HEARTBEAT_TYPES[d.peek8()] : undefined;
  if (type === undefined) {
    if (d.columns) d.addInfo("Encrypted Heartbeat", ", ");
    d.add(f.heartbeat, d.pos, d.remaining, null);
    if (d.labels) d.relabel("Encrypted Heartbeat Message");
    return "Encrypted Heartbeat";
  }
  if (d.columns) d.addInfo(`Heartbeat ${type}`, ", ");
  d.open(f.heartbeat, d.pos, d.remaining);
  d.u8(f.heartbeatType);
  const payload = d.u16(f.heartbeatLength);
  if (payload > length - 19) d.expert(x.heartbeatLength);
  const there = Math.min(payload, d.remaining);
  d.bytes(f.heartbeatPayload, there);
  if (d.labels) d.relabel(`Payload (${there} byte${there === 1 ? "" : "s"})`);
  const rest = d.remaining;
  if (rest > 0) {
    d.bytes(f.heartbeatPadding, rest);
    if (d.labels) d.relabel(`Padding and HMAC (${rest} byte${rest === 1 ? "" : "s"})`);
  }
  d.close();
  return `Heartbeat ${type}`;
}

// ------------------------------------------------------------------ handshake messages

/** The messages, or fragments of messages, in a record. Returns what the record's line says of them. */
function handshakes(d: Dissection): string {
  let what = "";
  let reassembled = false;
  let count = 0;
  do {
    d.need(1);
    const start = d.pos;
    const type = d.peek8();
    const first = count++ === 0;
    if (first || HANDSHAKE_TYPES[type] !== undefined) d.open(dtlsFields.handshake, start, d.remaining);
    d.need(MESSAGE_HEADER);
    const size = d.peek24(9);
    const fits = size <= d.wireRemaining - MESSAGE_HEADER;
    if (first && (!fits || HANDSHAKE_TYPES[type] === undefined)) {
      if (d.columns) d.addInfo("Encrypted Handshake Message", ", ");
      d.close();
      d.pos = d.end;
      return "";
    }
    if (HANDSHAKE_TYPES[type] === undefined) {
      d.pos = d.end;
      break;
    }
    const { end, wireEnd } = d;
    d.end = Math.min(end, start + MESSAGE_HEADER + size);
    d.wireEnd = Math.min(wireEnd, start + MESSAGE_HEADER + size);
    const found = messageAt(d, type, start);
    what = found.text;
    reassembled ||= found.whole !== null;
    d.end = end;
    d.wireEnd = wireEnd;
    d.close(Math.min(end, start + MESSAGE_HEADER + size));
    d.pos = Math.min(end, start + MESSAGE_HEADER + size);
    if (found.whole !== null && d.building) addPieces(d, found.whole);
  } while (d.pos < d.end);
  if (count === 1) return `Handshake Protocol: ${what}`;
  return `Handshake Protocol: Multiple Handshake Messages${reassembled ? " (Reassembled)" : ""}`;
}

const BODY = { text: "", whole: null } as { text: string; whole: Whole | null };

/** One message, or a fragment of one. */
function messageAt(d: Dissection, type: number, start: number): typeof BODY {
  const total = d.peek24(1);
  const sequence = d.peek16(4);
  const offset = d.peek24(6);
  const size = d.peek24(9);
  const line = d.parent;
  d.u8(dtlsFields.handshakeType);
  d.uint(dtlsFields.handshakeLength, 3);
  d.u16(f.messageSequence);
  d.uint(f.fragmentOffset, 3);
  d.uint(f.fragmentLength, 3);
  const within = offset + size <= total;
  if (!within) d.expert(size > total ? x.tooLong : x.pastEnd);
  const isFragment = within && size !== total;
  const whole = isFragment && size > 0 ? takeFragment(d, sequence, offset, size, total) : null;
  let text = HANDSHAKE_TYPES[type];
  if (isFragment) text += whole === null ? " (Fragment)" : " (Reassembled)";
  else text = messageTitle(d, type, start + MESSAGE_HEADER);
  if (d.columns) d.addInfo(text, ", ");
  if (line !== null) line.label = `Handshake Protocol: ${text}`;
  if (whole !== null) {
    d.within(`Reassembled DTLS (${whole.bytes.length} bytes)`, whole.bytes, () => messageBody(d, type));
  } else if (!isFragment && within) messageBody(d, type);
  return { text, whole };
}

function addPieces(d: Dissection, { bytes: { length: total }, pieces }: Whole): void {
  d.open(f.fragments, d.pos, 0, null, GENERATED);
  if (d.labels) {
    const list = pieces.map(({ frame, length }) => `#${frame}(${length})`).join(", ");
    d.relabelParent(`${pieces.length} Message fragments (${total} bytes): ${list}`);
  }
  let end = 0;
  for (const { frame, offset, length } of pieces) {
    const unit = length === 1 ? "byte" : "bytes";
    d.open(f.fragment, d.pos, 0, frame, GENERATED);
    if (d.labels) {
      d.relabelParent(`Frame: ${frame}, payload: ${offset}-${offset + length - 1} (${length} ${unit})`);
    }
    if (offset < end) d.generated(f.fragmentOverlap, d.pos, 0, 1);
    d.close();
    end = Math.max(end, offset + length);
  }
  d.generated(f.fragmentCount, d.pos, 0, pieces.length);
  d.generated(f.reassembledLength, d.pos, 0, total);
  d.close();
}
