/** WireGuard, https://www.wireguard.com/protocol/: its four messages, without decryption. */
import { CONVERSATION_WIREGUARD, refKind } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, frameNum, none, str, u8, u32, u64 } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { udpHeuristics } from "../dissect/tables.ts";
import { data } from "./data.ts";

const INITIATION = 1;
const RESPONSE = 2;
const COOKIE = 3;
const TRANSPORT = 4;

const TYPES: Readonly<Record<number, string>> = {
  1: "Handshake Initiation",
  2: "Handshake Response",
  3: "Cookie Reply",
  4: "Transport Data",
};

const f = {
  type: u8("wg.type", "Type", { names: TYPES }),
  reserved: bytes("wg.reserved", "Reserved"),
  sender: u32("wg.sender", "Sender", { base: "HEX", blurb: "Identifier as chosen by the sender" }),
  ephemeral: str("wg.ephemeral", "Ephemeral", { blurb: "Ephemeral public key of sender" }),
  knownKey: bool("wg.ephemeral.known_privkey", "Has Private Key"),
  encryptedStatic: none("wg.encrypted_static", "Encrypted Static"),
  encryptedTimestamp: none("wg.encrypted_timestamp", "Encrypted Timestamp"),
  mac1: bytes("wg.mac1", "mac1"),
  mac2: bytes("wg.mac2", "mac2"),
  receiver: u32("wg.receiver", "Receiver", { base: "HEX", blurb: "Identifier as chosen by receiver" }),
  encryptedEmpty: none("wg.encrypted_empty", "Encrypted Empty"),
  nonce: bytes("wg.nonce", "Nonce"),
  encryptedCookie: bytes("wg.encrypted_cookie", "Encrypted Cookie"),
  counter: u64("wg.counter", "Counter"),
  encryptedPacket: none("wg.encrypted_packet", "Encrypted Packet"),
  stream: u32("wg.stream", "Stream index", { blurb: "Identifies a session in this capture file" }),
  responseIn: frameNum("wg.response_in", "Response in Frame"),
  responseTo: frameNum("wg.response_to", "Response to Frame"),
};

const x = {
  badLength: expert("wg.bad_packet_length", "error", "Malformed", "Packet length is too small"),
  keepalive: expert("wg.keepalive", "chat", "Sequence", "This is a Keepalive message"),
};

export const wg: Protocol = protocol({
  name: "wg",
  title: "WireGuard Protocol",
  short: "WireGuard",
  fields: f,
  experts: x,
  heuristicOn: [udpHeuristics],
  test: (d) => isMessage(d) && fits(d.peek8(), d.wireRemaining),
  refuses: (d) => d.remaining < 4 || !isMessage(d),
  dissect,
});

/** What of a message is there besides its payload: header, counter and authentication tag. */
const TRANSPORT_OVERHEAD = 32;
const TAG = 16;
const KEY_ANSWER = 0;

const isMessage = (d: Dissection): boolean => {
  const type = d.peek8();
  return type >= INITIATION && type <= TRANSPORT && d.peek24(1) === 0;
};

function fits(type: number, length: number): boolean {
  if (type === INITIATION) return length === 148;
  if (type === RESPONSE) return length === 92;
  if (type === COOKIE) return length === 64;
  return length >= TRANSPORT_OVERHEAD;
}

/** The session between two endpoints, as its handshake shows it. */
interface Session {
  initiator: number;
  responder: number;
  /** Frame of the initiation that waits for its response, 0 for none. */
  initiation: number;
  known: boolean;
}
const makeSession = (): Session => ({ initiator: 0, responder: 0, initiation: 0, known: false });

function dissect(d: Dissection): void {
  if (!isMessage(d)) {
    d.call(data);
    return;
  }
  const start = d.pos;
  const type = d.u8(f.type);
  const length = d.wireRemaining + 1;
  d.bytes(f.reserved, 3);
  if (d.columns) d.setInfo(TYPES[type]);
  if (!fits(type, length)) {
    d.expert(x.badLength);
    return;
  }
  if (type === INITIATION) dissectInitiation(d);
  else if (type === RESPONSE) dissectResponse(d);
  else if (type === COOKIE) dissectCookie(d);
  else dissectTransport(d);
  addSession(d, start, type);
}

function dissectInitiation(d: Dissection): void {
  const sender = d.u32le(f.sender);
  if (d.columns) d.addInfo(`, sender=${upper(sender)}`);
  addKey(d);
  opaque(d, f.encryptedStatic, 48);
  opaque(d, f.encryptedTimestamp, 28);
  d.bytes(f.mac1, 16);
  d.bytes(f.mac2, 16);
}

function dissectResponse(d: Dissection): void {
  const sender = d.u32le(f.sender);
  const receiver = d.u32le(f.receiver);
  if (d.columns) d.addInfo(`, sender=${upper(sender)}, receiver=${upper(receiver)}`);
  addKey(d);
  opaque(d, f.encryptedEmpty, 16);
  d.bytes(f.mac1, 16);
  d.bytes(f.mac2, 16);
}

function dissectCookie(d: Dissection): void {
  const receiver = d.u32le(f.receiver);
  if (d.columns) d.addInfo(`, receiver=${upper(receiver)}`);
  d.bytes(f.nonce, 24);
  d.bytes(f.encryptedCookie, 32);
}

function dissectTransport(d: Dissection): void {
  const receiver = d.u32le(f.receiver);
  if (d.columns) d.addInfo(`, receiver=${upper(receiver)}`);
  const counter = d.u64le(f.counter);
  const payload = d.wireRemaining - TAG;
  if (d.columns && payload === 0) {
    d.setInfo(`Keepalive, receiver=${upper(receiver)}, counter=${counter}`);
  } else if (d.columns) d.addInfo(`, counter=${counter}, datalen=${payload}`);
  if (payload === 0) d.expert(x.keepalive);
  d.add(f.encryptedPacket, d.pos, d.remaining, null);
  d.pos = d.end;
}

const upper = (id: number): string => `0x${id.toString(16).toUpperCase().padStart(8, "0")}`;

function opaque(d: Dissection, field: Field, length: number): void {
  d.need(length);
  d.add(field, d.pos, length, null);
  d.pos += length;
}

/** A Curve25519 public key, in the base 64 that WireGuard's own tools write. */
function addKey(d: Dissection): void {
  d.need(32);
  if (d.building) {
    d.open(f.ephemeral, d.pos, 32, Buffer.from(d.peekBytes(32)).toString("base64"));
    d.generated(f.knownKey, d.pos, 32, 0);
    d.close();
  }
  d.pos += 32;
}

/**
 * The session the message belongs to. An initiation begins one; the identifiers of the handshake tell which messages
 * are its own. Messages of no session that is known have no number.
 */
function addSession(d: Dissection, start: number, type: number): void {
  const { conversation, memory } = d;
  if (conversation === null || d.quoted) return;
  const session = conversation.state(wg, makeSession);
  if (d.first) learn(d, session, start, type);
  const belongs = memory.indexing
    ? session.known && isOwn(d, session, start, type)
    : refKind(memory.conversations.ref(d.refCount)) === CONVERSATION_WIREGUARD;
  if (!belongs) return;
  const found = d.converse(CONVERSATION_WIREGUARD, d.srcPort, d.dstPort);
  if (type === INITIATION && found.firstFrame !== d.frame) d.renewConversation(d.srcPort, d.dstPort);
  d.generated(f.stream, start, 0, d.streamNumber);
  if (type === INITIATION) {
    const answer = d.recall<number>(wg, KEY_ANSWER);
    if (answer !== undefined) d.generated(f.responseIn, start, 0, answer);
  } else if (type !== TRANSPORT) {
    if (d.first && session.initiation !== 0) {
      d.remember(wg, KEY_ANSWER, session.initiation);
      if (d.keep) d.conversation?.remember(session.initiation, wg, KEY_ANSWER, d.frame);
    }
    const request = d.recall<number>(wg, KEY_ANSWER);
    if (request !== undefined) d.generated(f.responseTo, start, 0, request);
  }
}

function learn(d: Dissection, session: Session, start: number, type: number): void {
  if (type === INITIATION) {
    session.known = true;
    session.initiator = id(d, start);
    session.responder = -1;
    session.initiation = d.frame;
  } else if (type === RESPONSE && session.known && id(d, start + 4) === session.initiator) {
    session.responder = id(d, start);
  }
}

function isOwn(d: Dissection, session: Session, start: number, type: number): boolean {
  if (type === INITIATION) return true;
  const receiver = id(d, type === RESPONSE ? start + 4 : start);
  return receiver === session.initiator || (type !== RESPONSE && receiver === session.responder);
}

/** The identifier behind the message's type and reserved bytes, `start` being the message's first byte. */
function id(d: Dissection, start: number): number {
  const { buf } = d;
  return (buf[start + 4] | (buf[start + 5] << 8) | (buf[start + 6] << 16) | (buf[start + 7] << 24)) >>> 0;
}
