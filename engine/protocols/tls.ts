/**
 * Transport Layer Security: SSL 2.0 compatible hellos and SSL 3.0 (RFC 6101), TLS 1.0 (RFC 2246), 1.1 (RFC 4346),
 * 1.2 (RFC 5246), 1.3 (RFC 8446), extensions (RFC 6066 and others), heartbeats (RFC 6520).
 *
 * Nothing is decrypted. What a record shows depends on the conversation: the version is the Server Hello's, what
 * follows a Change Cipher Spec is encrypted, key exchange messages read as the cipher suite says.
 */
import { type Dissection, ONE_MORE_SEGMENT } from "../dissect/dissection.ts";
import { bytes, expert, frameNum, joined, none, str, u8, u16, u24, u32 } from "../dissect/field.ts";
import { MARK_HANDSHAKE, MARK_HELLO, MARK_LINKED } from "../dissect/frame-marks.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpHeuristics, tcpPorts } from "../dissect/tables.ts";
import { decodeText } from "../dissect/text.ts";
import { ALERTS, CONTENT_TYPES, SSL2_CIPHER_SPECS, VERSIONS } from "./names/tls.ts";
import {
  dependsOnEarlier,
  enter,
  HANDSHAKE_TYPES,
  isDraft,
  learning,
  message,
  messageName,
  NOTHING_KNOWN,
  newSession,
  type Spanning,
  SSL2,
  SSL3,
  shortVersion,
  TLS12,
  TLS13,
  tlsExperts,
  tlsFields,
  type Unfinished,
  validVersion,
  work,
} from "./tls-handshake.ts";

const SSL2_TYPES = {
  0: "Error",
  1: "Client Hello",
  2: "Client Master Key",
  3: "Client Finished",
  4: "Server Hello",
  5: "Server Verify",
  6: "Server Finished",
  7: "Request Certificate",
  8: "Client Certificate",
};
const LEVELS: Readonly<Record<number, string>> = { 1: "Warning", 2: "Fatal" };
const HEARTBEAT_TYPES: Readonly<Record<number, string>> = { 1: "Request", 2: "Response" };

const f = {
  record: none("tls.record", "Record Layer"),
  contentType: u8("tls.record.content_type", "Content Type", { names: CONTENT_TYPES }),
  opaqueType: u8("tls.record.opaque_type", "Opaque Type", { names: CONTENT_TYPES }),
  recordVersion: u16("tls.record.version", "Version", { base: "HEX", names: VERSIONS }),
  recordLength: u16("tls.record.length", "Length"),
  appData: bytes("tls.app_data", "Encrypted Application Data"),
  appDataProtocol: str("tls.app_data_proto", "Application Data Protocol"),
  changeCipherSpec: none("tls.change_cipher_spec", "Change Cipher Spec Message"),
  alert: none("tls.alert_message", "Alert Message"),
  alertLevel: u8("tls.alert_message.level", "Level", { names: LEVELS }),
  alertDescription: u8("tls.alert_message.desc", "Description", { names: ALERTS }),
  heartbeat: none("tls.heartbeat_message", "Heartbeat Message"),
  heartbeatType: u8("tls.heartbeat_message.type", "Type", { names: HEARTBEAT_TYPES }),
  heartbeatLength: u16("tls.heartbeat_message.payload_length", "Payload Length"),
  heartbeatPayload: bytes("tls.heartbeat_message.payload", "Payload Length"),
  heartbeatPadding: bytes("tls.heartbeat_message.padding", "Payload Length"),
  fragments: none("tls.handshake.fragments", "Reassembled Handshake Fragments"),
  fragment: frameNum("tls.handshake.fragment", "Handshake Fragment"),
  fragmentCount: u32("tls.handshake.fragment.count", "Handshake Fragment count"),

  // SSL 2.0 Client Hello
  ssl2Type: u8("tls.handshake.type", "Handshake Message Type", { names: SSL2_TYPES }),
  cipherSpecLength: u16("tls.handshake.cipher_spec_len", "Cipher Spec Length"),
  sessionIdLength2: u16("tls.handshake.session_id_length", "Session ID Length"),
  challengeLength: u16("tls.handshake.challenge_length", "Challenge Length"),
  cipherSpecs: none("tls.handshake.ciphersuites", "Cipher Specs"),
  cipherSpec: u24("tls.handshake.cipherspec", "Cipher Spec", { base: "HEX", names: SSL2_CIPHER_SPECS }),
  challenge: none("tls.handshake.challenge", "Challenge"),
};

const x = {
  ignored: expert("tls.ignored_unknown_record", "warning", "Protocol", "Ignored Unknown Record"),
  resumed: expert(
    "tls.resumed",
    "note",
    "Sequence",
    "This session reuses previously negotiated keys (Session resumption)",
  ),
  recordLengthInvalid: expert(
    "tls.record.length.invalid",
    "error",
    "Protocol",
    "Record fragment length is too small or too large",
  ),
  heartbeatLengthInvalid: expert(
    "tls.heartbeat_message.payload_length.invalid",
    "error",
    "Malformed",
    "Invalid heartbeat payload length",
  ),
};

const PORTS = [
  324, 443, 465, 636, 802, 853, 993, 995, 1300, 2443, 3249, 3250, 3251, 3252, 3496, 5061, 5671, 5684, 5868,
  8883, 11207, 19999, 27017,
];

const ALL = Object.values({ ...f, ...tlsFields });

export const tls = protocol({
  name: "tls",
  title: "Transport Layer Security",
  short: "TLS",
  early: true,
  fields: joined(f, tlsFields),
  experts: { ...x, ...tlsExperts },
  on: [[tcpPorts, ...PORTS]],
  heuristicOn: [tcpHeuristics],
  test: looksLikeTls,
  refuses: isPlainHttp,
  marks: [
    [MARK_HANDSHAKE, ALL.filter(({ name }) => name.startsWith("tls.handshake."))],
    [MARK_HELLO, ALL.filter(({ name }) => name.startsWith("tls.handshake.extension"))],
  ],
  linked: ALL.filter(({ name }) => !name.startsWith("tls.handshake.")),
  dissect,
});

/** What a port says about the protocol inside. */
const APPLICATIONS: Readonly<Record<number, string>> = {
  443: "Hypertext Transfer Protocol",
  465: "Simple Mail Transfer Protocol",
  636: "Lightweight Directory Access Protocol",
  802: "Modbus/TCP",
  853: "Domain Name System",
  993: "Internet Message Access Protocol",
  995: "Post Office Protocol",
  1300: "Q.931",
  2443: "Skinny Client Control Protocol",
  3389: "TPKT - ISO on TCP - RFC1006",
  5061: "Session Initiation Protocol",
  5671: "Advanced Message Queuing Protocol",
  5684: "Constrained Application Protocol",
  5868: "Diameter Protocol",
  8883: "MQ Telemetry Transport Protocol",
  19999: "Distributed Network Protocol 3.0",
  27017: "Mongo Wire Protocol",
};

const MAX_RECORD = 16384 + 2048;
/** Longest handshake message that is put together over records; longer ones are taken for encrypted ones. */
const MAX_MESSAGE = 1 << 18;

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const HEARTBEAT = 24;
/**
 * Tells that the present conversation speaks TLS from the next packet on (STARTTLS).
 * @param application title of the protocol inside, or null where the port tells
 */
export function startTls(d: Dissection, application: string | null): void {
  const { conversation } = d;
  if (conversation === null || !d.first) return;
  conversation.app = tls;
  const own = conversation.state(tls, newSession);
  const known = own.before(Number.POSITIVE_INFINITY).clone();
  known.application = application;
  own.changes.push({ moment: d.frame * 256 + 255, knowledge: known });
}

function fromServer(d: Dissection): boolean {
  const { server } = work.knowledge;
  if (server !== -1) return d.direction === server;
  const source = tcpPorts.get(d.srcPort) === tls;
  const destination = tcpPorts.get(d.dstPort) === tls;
  return source === destination ? d.srcPort < d.dstPort : source;
}

// ------------------------------------------------------------------ records

/** The heuristic for other ports: a handshake or data record of a known version and sane length, or an SSL 2 hello. */
function looksLikeTls(d: Dissection): boolean {
  if (d.remaining < 5) return false;
  if (isSsl2ClientHello(d)) return true;
  const type = d.peek8();
  const version = d.peek16(1);
  const length = d.peek16(3);
  if (type !== HANDSHAKE && type !== APPLICATION_DATA) return false;
  return version >= SSL3 && version <= TLS12 && length > 0 && length < MAX_RECORD;
}

/** RFC 5246 appendix E.2: a Client Hello in SSL 2.0 form. */
function isSsl2ClientHello(d: Dissection): boolean {
  if (d.remaining < 5 || (d.peek8() & 0x80) === 0 || d.peek8(2) !== 1) return false;
  const version = d.peek16(3);
  return version === SSL2 || (version >= SSL3 && version <= TLS12);
}

/** True for a call with a piece of a QUIC connection's handshake in place of records. */
let inQuic = false;

/**
 * Hands over a piece of the handshake of the present conversation, a QUIC connection (RFC 9001 section 4), whose lines
 * go below the node opened last. The columns stay as they are.
 */
export function callTlsInQuic(d: Dissection): void {
  const { info, protocolColumn } = d;
  inQuic = true;
  d.callHere(tls);
  d.info = info;
  d.protocolColumn = protocolColumn;
}

/** Lets the present conversation begin a new session: another connection of QUIC between the same ports. */
export function forgetTls(d: Dissection): void {
  if (d.conversation === null) return;
  const session = d.conversation.state(tls, newSession);
  session.unfinished.fill(null);
  session.changes.push({
    moment: d.frame * 256 + Math.min(d.chainLength, 255),
    knowledge: NOTHING_KNOWN,
  });
}

/** True when a Server Hello before this place told the cipher suite of the present conversation. */
export function hasCipher(d: Dissection): boolean {
  if (d.conversation === null) return false;
  const moment = d.frame * 256 + Math.min(d.chainLength, 255);
  return d.conversation.state(tls, newSession).before(moment + 1).cipher !== -1;
}

function dissect(d: Dissection): void {
  const session = d.conversation !== null && !d.quoted ? d.conversation.state(tls, newSession) : null;
  enter(d, tlsFields, session, shortVersion);
  if (inQuic) {
    inQuic = false;
    if (session !== null) session.records++;
    if (work.knowledge.version === 0) learning(d).version = TLS13;
    const what = handshakes(d, d.remaining, d.end);
    if (d.labels) d.relabelLayer(`TLSv1.3 Record Layer: ${what}`);
    return;
  }
  if (d.columns) {
    d.setInfo("");
    d.setProtocol(shortVersion(work.knowledge.version));
  }
  // A message may end with a record of an inner length: nothing above TLS asks the stream for more.
  while (d.pos < d.end) {
    if (isSsl2ClientHello(d)) {
      if (!ssl2Hello(d)) return;
    } else {
      const usual = looksLikeRecord(d);
      if (!usual) dependsOnEarlier(d);
      if (!usual && work.knowledge.version === 0) {
        if (d.columns) d.addInfo("Continuation Data", ", ");
        d.pos = d.end;
      } else if (!record(d)) return;
    }
  }
}

const HTTP = /^(HTTP\/1\.|[A-Z-]{3,16} \S+ +HTTP\/1\.)/;
const LONGEST_LINE = 4096;

/** HTTP that is spoken on a port of TLS. */
function isPlainHttp(d: Dissection): boolean {
  if (d.remaining < 12 || d.buf[d.pos] < 0x41 || d.buf[d.pos] > 0x5a) return false;
  if (d.conversation !== null && d.conversation.state(tls, newSession).records > 0) return false;
  return HTTP.test(decodeText(d.buf, d.pos, Math.min(d.end, d.pos + LONGEST_LINE), "latin1"));
}

function looksLikeRecord(d: Dissection): boolean {
  if (d.remaining < 3) return d.canDesegment && CONTENT_TYPES[d.peek8()] !== undefined;
  return CONTENT_TYPES[d.peek8()] !== undefined && validVersion(d.peek16(1));
}

/** One record at the cursor. False when the stream has to give more bytes first. */
function record(d: Dissection): boolean {
  const start = d.pos;
  if (d.wireRemaining < 5 && d.canDesegment) {
    d.wantMore(start, ONE_MORE_SEGMENT);
    return false;
  }
  const type = d.peek8();
  const length = d.peek16(3);
  if (CONTENT_TYPES[type] === undefined) {
    if (d.columns) {
      d.addInfo("Ignored Unknown Record", ", ");
      d.setProtocol(shortVersion(work.knowledge.version));
    }
    if (d.building) {
      d.text(start, d.end - start, "Ignored Unknown Record");
      d.expert(x.ignored);
    }
    d.pos = d.end;
    return true;
  }
  if (d.wireRemaining < 5 + length && d.canDesegment) {
    d.wantMore(start, 5 + length - d.wireRemaining);
    return false;
  }
  let version = d.peek16(1);
  if (work.knowledge.version === 0) learnFromRecord(d, type, version);
  if (work.knowledge.version !== 0) version = work.knowledge.version;
  if (d.columns) d.setProtocol(shortVersion(version));

  const shown = Math.min(5 + length, d.end - start);
  d.open(f.record, start, shown);
  d.u8(version === TLS13 && type === APPLICATION_DATA ? f.opaqueType : f.contentType);
  d.u16(f.recordVersion);
  d.u16(f.recordLength);
  if (d.building && (length >= MAX_RECORD || (length === 0 && type !== APPLICATION_DATA))) {
    d.expert(x.recordLengthInvalid);
  }
  const { end, wireEnd } = d;
  const next = d.pos + length;
  d.end = Math.min(end, next);
  d.wireEnd = Math.min(wireEnd, next);
  if (work.session !== null) work.session.records++;
  const what = recordContents(d, type, length, next);
  if (d.labels) d.relabelParent(`${shortVersion(version)} Record Layer: ${what}`);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = Math.min(end, next);
  d.close();
  return true;
}

/** Messages that carry the version of the work.session: all handshakes but the Client Hello, Change Cipher Spec. */
function learnFromRecord(d: Dissection, type: number, version: number): void {
  if (d.remaining < 6 || !validVersion(version)) return;
  const first = d.peek8(5);
  const telling =
    (type === HANDSHAKE && first !== 1 && HANDSHAKE_TYPES[first] !== undefined) ||
    (type === CHANGE_CIPHER_SPEC && first === 1);
  if (telling) learning(d).version = isDraft(version) ? TLS13 : version;
}

/** Returns what the record's line says of it. */
function recordContents(d: Dissection, type: number, length: number, end: number): string {
  switch (type) {
    case CHANGE_CIPHER_SPEC:
      return changeCipherSpec(d);
    case ALERT:
      return alert(d, length);
    case HANDSHAKE:
      return handshakes(d, length, end);
    case APPLICATION_DATA:
      return applicationData(d, length);
    case HEARTBEAT:
      return heartbeat(d, length);
    default:
      return "Connection ID";
  }
}

function changeCipherSpec(d: Dissection): string {
  const { direction } = d;
  if (d.columns) d.addInfo("Change Cipher Spec", ", ");
  d.add(f.changeCipherSpec, d.pos, d.remaining, null);
  dependsOnEarlier(d);
  if (work.knowledge.version !== TLS13) {
    if ((work.knowledge.encrypted & (1 << direction)) === 0) learning(d).encrypted |= 1 << direction;
    if (d.building && work.knowledge.abbreviated && fromServer(d)) d.expert(x.resumed);
  }
  return "Change Cipher Spec Protocol: Change Cipher Spec";
}

/** RFC 8446 section 6. */
function alert(d: Dissection, length: number): string {
  if (length !== 2) {
    if (d.columns) d.addInfo("Encrypted Alert", ", ");
    d.add(f.alert, d.pos, d.remaining, null);
    if (d.labels) d.relabel("Alert Message: Encrypted Alert");
    return "Encrypted Alert";
  }
  const start = d.pos;
  const level = d.peek8();
  const description = d.peek8(1);
  const known = LEVELS[level] !== undefined && ALERTS[description] !== undefined;
  const text = known
    ? `Alert (Level: ${LEVELS[level]}, Description: ${ALERTS[description]})`
    : "Encrypted Alert";
  if (d.columns) d.addInfo(text, ", ");
  d.open(f.alert, start, 2);
  if (known) {
    d.u8(f.alertLevel);
    d.u8(f.alertDescription);
  } else if (d.labels) d.relabelParent("Alert Message: Encrypted Alert");
  d.close();
  return text;
}

function applicationData(d: Dissection, length: number): string {
  if (d.columns) d.addInfo("Application Data", ", ");
  if (!d.building) return "";
  const at = d.pos;
  d.bytes(f.appData, Math.min(length, d.remaining));
  const server = fromServer(d);
  const title =
    work.knowledge.application ??
    APPLICATIONS[server ? d.srcPort : d.dstPort] ??
    APPLICATIONS[server ? d.dstPort : d.srcPort];
  if (title === undefined) return "Application Data Protocol: Application Data";
  d.generated(f.appDataProtocol, at, 0, title);
  return `Application Data Protocol: ${title}`;
}

/** RFC 6520. */
function heartbeat(d: Dissection, length: number): string {
  const start = d.pos;
  const type = d.remaining >= 3 ? (HEARTBEAT_TYPES[d.peek8()] ?? null) : null;
  const payload = type === null ? 0 : d.peek16(1);
  if (type === null || length < 19) {
    if (d.columns) d.addInfo("Encrypted Heartbeat", ", ");
    d.add(f.heartbeat, start, d.remaining, null);
    if (d.labels) d.relabel("Encrypted Heartbeat Message");
    return "Encrypted Heartbeat";
  }
  if (d.columns) d.addInfo(`Heartbeat ${type}`, ", ");
  d.open(f.heartbeat, start, length);
  d.u8(f.heartbeatType);
  d.u16(f.heartbeatLength);
  if (d.building) {
    if (payload > length - 19) d.expert(x.heartbeatLengthInvalid);
    const there = Math.min(payload, d.remaining);
    d.bytes(f.heartbeatPayload, there);
    if (d.labels) d.relabel(`Payload (${there} bytes)`);
    if (d.remaining > 0) {
      const rest = d.remaining;
      d.bytes(f.heartbeatPadding, rest);
      if (d.labels) d.relabel(`Padding and HMAC (${rest} bytes)`);
    }
  }
  d.close();
  return `Heartbeat ${type}`;
}

/** A Client Hello in SSL 2.0 form. False when the stream has to give more bytes first. */
function ssl2Hello(d: Dissection): boolean {
  const start = d.pos;
  const length = d.peek16() & 0x7fff;
  if (d.wireRemaining < 2 + length && d.canDesegment) {
    d.wantMore(start, 2 + length - d.wireRemaining);
    return false;
  }
  if (work.knowledge.server === -1 || work.knowledge.server === d.direction)
    learning(d).server = 1 - d.direction;
  const version = work.knowledge.version === 0 ? SSL2 : work.knowledge.version;
  if (d.columns) {
    d.setProtocol(shortVersion(SSL2));
    d.addInfo("Client Hello", ", ");
  }
  d.marks |= MARK_HANDSHAKE;
  const { end, wireEnd } = d;
  const next = start + 2 + length;
  d.end = Math.min(end, next);
  d.wireEnd = Math.min(wireEnd, next);
  if (d.building) {
    d.open(f.record, start, d.end - start);
    if (d.labels) d.relabelParent(`${shortVersion(SSL2)} Record Layer: Client Hello`);
    d.add(f.recordVersion, start, 2, version === SSL2 ? SSL2 : version);
    d.add(f.recordLength, start, 2, length);
    d.pos += 2;
    d.u8(f.ssl2Type);
    d.u16(tlsFields.version);
    const specs = d.u16(f.cipherSpecLength);
    const id = d.u16(f.sessionIdLength2);
    const challenge = d.u16(f.challengeLength);
    d.need(specs);
    const count = Math.floor(specs / 3);
    d.open(f.cipherSpecs, d.pos, specs);
    if (d.labels) d.relabelParent(`Cipher Specs (${count} spec${count === 1 ? "" : "s"})`);
    for (let i = 0; i < count; i++) d.uint(f.cipherSpec, 3);
    d.close();
    if (id > 0) d.bytes(tlsFields.sessionId, id);
    if (challenge > 0) {
      d.add(f.challenge, d.pos, Math.min(challenge, d.remaining), null);
      d.skip(challenge);
    }
    d.close();
  }
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = Math.min(end, next);
  return true;
}

// ------------------------------------------------------------------ handshake messages

const KEY_SPANNING = 16;

/** The messages in a handshake record, which may begin or end inside one. Returns the record's description. */
function handshakes(d: Dissection, length: number, end: number): string {
  const { direction } = d;
  const key = KEY_SPANNING + (work.session === null ? 0 : work.session.records);
  const pending = work.session === null || !d.first ? null : work.session.unfinished[direction];
  if (pending !== null) d.marks |= MARK_LINKED;
  const spanning = d.first
    ? pending === null
      ? undefined
      : continueMessage(d, pending, key)
    : d.recall<Spanning>(tls, key);
  if (spanning === undefined && looksEncrypted(d, length)) {
    if (d.columns) d.addInfo("Encrypted Handshake Message", ", ");
    d.add(tlsFields.handshake, d.pos, d.remaining, null);
    if (d.labels) d.relabel("Handshake Protocol: Encrypted Handshake Message");
    return "Handshake Protocol: Encrypted Handshake Message";
  }
  let description = "";
  let count = 0;
  if (spanning !== undefined) {
    const name = messageName(spanning.type);
    const last = spanning.complete !== null;
    description = `${name} (${last ? "last " : ""}fragment)`;
    d.add(tlsFields.handshake, d.pos, spanning.head, null);
    if (d.labels) d.relabel(`Handshake Protocol: ${description}`);
    d.pos += spanning.head;
    count++;
    if (spanning.complete === null) {
      return "Handshake Protocol: Multiple Handshake Messages";
    }
    description = wholeMessage(d, spanning.complete.bytes, spanning.complete.pieces);
  }
  while (d.pos < d.end) {
    const start = d.pos;
    const whole = d.remaining >= 4 ? 4 + d.peek24(1) : 5;
    count++;
    if (start + whole > end) {
      description = `${messageName(d.peek8())} (fragment)`;
      beginMessage(d, end);
      if (d.columns) d.addInfo(`[${messageName(d.peek8())} Fragment]`, ", ");
      d.add(tlsFields.handshake, start, d.remaining, null);
      if (d.labels) d.relabel(`Handshake Protocol: ${description}`);
      d.pos = d.end;
      break;
    }
    const outer = d.end;
    const outerWire = d.wireEnd;
    d.end = Math.min(outer, start + whole);
    d.wireEnd = Math.min(outerWire, start + whole);
    description = message(d);
    d.end = outer;
    d.wireEnd = outerWire;
    d.pos = Math.min(outer, start + whole);
  }
  if (count === 0) return "Handshake Protocol";
  return `Handshake Protocol: ${count > 1 ? "Multiple Handshake Messages" : description}`;
}

/**
 * True for records that cannot be read: those behind a Change Cipher Spec and those whose first message is none.
 */
function looksEncrypted(d: Dissection, length: number): boolean {
  // Every cipher adds 16 bytes at least; less is in the clear.
  if (length < 16) return false;
  if (d.remaining < 4) return true;
  if (work.knowledge.encrypted & (1 << d.direction)) {
    dependsOnEarlier(d);
    return true;
  }
  const type = d.peek8();
  const size = d.peek24(1);
  if (HANDSHAKE_TYPES[type] === undefined || size > MAX_MESSAGE) return true;
  // An explicit nonce of zeros looks like a Hello Request.
  return type === 0 && size === 0 && d.remaining > 4 && d.peek8(4) === 0;
}

/** Keeps the beginning of a message that the next record goes on with. */
function beginMessage(d: Dissection, end: number): void {
  if (work.session === null || !d.first || d.end < end) return;
  work.session.unfinished[d.direction] = {
    length: d.remaining < 4 ? -1 : 4 + d.peek24(1),
    pieces: [{ frame: d.frame, bytes: d.buf.slice(d.pos, d.end) }],
    have: d.remaining,
  };
}

/** Takes the record's beginning into the unfinished message. */
function continueMessage(d: Dissection, pending: Unfinished, key: number): Spanning {
  if (pending.length === -1) learnLength(d, pending);
  const missing = pending.length === -1 ? d.remaining : pending.length - pending.have;
  const head = Math.min(d.remaining, missing);
  pending.pieces.push({ frame: d.frame, bytes: d.buf.slice(d.pos, d.pos + head) });
  pending.have += head;
  const type = pending.pieces[0].bytes[0];
  let spanning: Spanning = { head, complete: null, type };
  if (pending.have === pending.length) {
    const bytes = new Uint8Array(pending.length);
    let at = 0;
    for (const piece of pending.pieces) {
      bytes.set(piece.bytes, at);
      at += piece.bytes.length;
    }
    const pieces = pending.pieces.map((piece) => ({ frame: piece.frame, length: piece.bytes.length }));
    spanning = { head, complete: { bytes, pieces }, type };
    work.session!.unfinished[d.direction] = null;
  }
  d.remember(tls, key, spanning);
  return spanning;
}

/** The length of a message of which not even the header was whole, now that more of it is at the cursor. */
function learnLength(d: Dissection, pending: Unfinished): void {
  if (pending.have + d.remaining < 4) return;
  const header = [...pending.pieces.flatMap(({ bytes }) => [...bytes]), ...d.peekBytes(4 - pending.have)];
  pending.length = 4 + ((header[1] << 16) | (header[2] << 8) | header[3]);
}

function wholeMessage(
  d: Dissection,
  bytes: Uint8Array,
  pieces: readonly { frame: number; length: number }[],
): string {
  let description = "";
  d.within(`Reassembled TLS Handshake (${bytes.length} bytes)`, bytes, () => {
    if (d.building) {
      d.open(f.fragments, 0, bytes.length);
      if (d.labels) {
        const list = pieces.map((piece) => `#${piece.frame}(${piece.length})`).join(", ");
        d.relabelParent(`${pieces.length} Reassembled Handshake Fragments (${bytes.length} bytes): ${list}`);
      }
      let at = 0;
      for (const piece of pieces) {
        d.add(f.fragment, at, piece.length, piece.frame);
        if (d.labels) {
          d.relabel(
            `Frame: ${piece.frame}, payload: ${at}-${at + piece.length - 1} (${piece.length} byte${piece.length === 1 ? "" : "s"})`,
          );
        }
        at += piece.length;
      }
      d.generated(f.fragmentCount, 0, 0, pieces.length);
      d.close();
    }
    description = message(d);
  });
  return description;
}
