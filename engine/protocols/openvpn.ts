/** OpenVPN: its control channel (doc/doxygen of OpenVPN, "Network protocol"), the data channel as it is. */
import { CONVERSATION_TCP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { absTime, bool, bytes, frameNum, nameOf, none, u8, u16, u24, u32, u64 } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { tcpPorts, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { callReassembled, type FragmentFieldsWithoutData, pieceHere } from "./reassembly.ts";
import { dissectPdus } from "./tcp-stream.ts";

const OPCODES: Readonly<Record<number, string>> = {
  1: "P_CONTROL_HARD_RESET_CLIENT_V1",
  2: "P_CONTROL_HARD_RESET_SERVER_V1",
  3: "P_CONTROL_SOFT_RESET_V1",
  4: "P_CONTROL_V1",
  5: "P_ACK_V1",
  6: "P_DATA_V1",
  7: "P_CONTROL_HARD_RESET_CLIENT_V2",
  8: "P_CONTROL_HARD_RESET_SERVER_V2",
  9: "P_DATA_V2",
  10: "P_CONTROL_HARD_RESET_CLIENT_V3",
  11: "P_CONTROL_WKC_V1",
};
const CONTROL = 4;
const ACK = 5;
const DATA_1 = 6;
const DATA_2 = 9;
const RESET_CLIENT_3 = 10;
const CONTROL_WRAPPED_KEY = 11;

const f = {
  packetLength: u16("openvpn.plen", "Packet Length"),
  type: u8("openvpn.type", "Type", { base: "HEX" }),
  opcode: u8("openvpn.opcode", "Opcode", { base: "HEX", mask: 0xf8, names: OPCODES }),
  keyId: u8("openvpn.keyid", "Key ID", { mask: 0x07 }),
  peerId: u24("openvpn.peerid", "Peer ID"),
  session: u64("openvpn.sessionid", "Session ID"),
  hmac: bytes("openvpn.hmac", "HMAC"),
  replayId: u32("openvpn.pid", "Replay-Packet-ID"),
  netTime: absTime("openvpn.net_time", "Net Time"),
  remoteSession: u64("openvpn.rsessionid", "Remote Session ID"),
  messageId: u32("openvpn.mpid", "Message Packet-ID"),
  ackCount: u8("openvpn.mpidarraylength", "Message Packet-ID Array Length"),
  ack: u32("openvpn.mpidarrayelement", "Message Packet-ID Array Element"),
  data: bytes("openvpn.data", "Data"),
  wrappedKey: bytes("openvpn.wkc", "Wrapped client key"),
  wrappedKeyLength: u16("openvpn.wkc_len", "Wrapped client key length"),
  fragmentBytes: bytes("openvpn.fragment_bytes", "Fragment bytes"),
  fragments: none("openvpn.fragments", "Message fragments"),
  fragment: frameNum("openvpn.fragment", "Message fragment"),
  overlap: bool("openvpn.fragment.overlap", "Message fragment overlap"),
  conflict: bool("openvpn.fragment.overlap.conflicts", "Message fragment overlapping with conflicting data"),
  multipleTails: bool("openvpn.fragment.multiple_tails", "Message has multiple tail fragments"),
  tooLong: bool("openvpn.fragment.too_long_fragment", "Message fragment too long"),
  error: frameNum("openvpn.fragment.error", "Message defragmentation error"),
  count: u32("openvpn.fragment.count", "Message fragment count"),
  reassembledIn: frameNum("openvpn.reassembled.in", "Reassembled message in frame"),
  reassembledLength: u32("openvpn.reassembled.length", "Reassembled message length"),
};
const fragmentFields: FragmentFieldsWithoutData = f;

export const openvpn = protocol({
  name: "openvpn",
  title: "OpenVPN Protocol",
  short: "OpenVPN",
  fields: f,
  on: [
    [udpPorts, 1194],
    [tcpPorts, 1194],
  ],
  contained: true,
  dissect,
});

const LENGTH_PREFIX = 2;

function dissect(d: Dissection): void {
  if (d.conversation?.kind !== CONVERSATION_TCP) {
    dissectPacket(d);
    return;
  }
  dissectPdus(d, LENGTH_PREFIX, (pdu) => LENGTH_PREFIX + pdu.peek16(), dissectSizedPacket);
}

function dissectSizedPacket(d: Dissection): void {
  d.u16(f.packetLength);
  dissectPacket(d);
}

function dissectPacket(d: Dissection): void {
  const at = d.pos;
  const opcode = d.peek8() >> 3;
  if (d.columns) d.setInfo(`MessageType: ${nameOf(OPCODES, opcode) ?? "Unknown Messagetype"}`);
  d.open(f.type, at, 1, d.peek8());
  if (d.labels) d.appendParent(" [opcode/key_id]");
  d.bits(f.opcode, at, 1);
  d.bits(f.keyId, at, 1);
  d.close();
  d.skip(1);
  switch (opcode) {
    case DATA_2:
      d.u24(f.peerId);
      addData(d, d.remaining);
      return;
    case DATA_1:
      addData(d, d.remaining);
      return;
    case RESET_CLIENT_3:
    case CONTROL_WRAPPED_KEY:
      dissectWrapped(d);
      return;
  }
  const session = d.u64(f.session);
  if (isAuthenticated(d)) dissectAuthentication(d);
  if (d.remaining > 0) dissectAcks(d);
  if (opcode === ACK || d.remaining === 0) return;
  d.u32(f.messageId);
  if (d.remaining === 0) return;
  if (opcode === CONTROL) dissectMessage(d, session);
  else addData(d, d.remaining);
}

/** Text and bytes of what is encrypted, or not understood. */
function addData(d: Dissection, length: number): void {
  d.openText(d.pos, length, d.labels ? `Data (${length} bytes)` : "");
  d.bytes(f.data, length);
  d.close();
}

const HMAC_BYTES = 20;
const REPLAY_BYTES = 8;

/**
 * Nothing says whether a peer authenticates its control channel. Without, the number of acknowledgments follows and
 * then a message's number, which is small.
 */
function isAuthenticated(d: Dissection): boolean {
  return d.remaining >= 3 && d.peek16(1) !== 0 && d.remaining >= HMAC_BYTES;
}

function dissectAuthentication(d: Dissection): void {
  d.bytes(f.hmac, HMAC_BYTES);
  if (d.remaining >= REPLAY_BYTES) dissectReplay(d);
}

function dissectReplay(d: Dissection): void {
  d.u32(f.replayId);
  d.add(f.netTime, d.pos, 4, BigInt(d.peek32()) * 1_000_000_000n);
  d.skip(4);
}

function dissectAcks(d: Dissection): void {
  const count = d.u8(f.ackCount);
  if (count === 0) return;
  d.openText(d.pos, 4 * count, "Packet-ID Array");
  for (let i = 0; i < count; i++) d.u32(f.ack);
  d.close();
  if (d.remaining > 0) d.u64(f.remoteSession);
}

const CRYPT_HMAC_BYTES = 32;

/** tls-crypt-v2: what is encrypted, and the client's key, itself encrypted, behind it. */
function dissectWrapped(d: Dissection): void {
  d.u64(f.session);
  dissectReplay(d);
  d.bytes(f.hmac, CRYPT_HMAC_BYTES);
  const length = d.remaining >= 2 ? (d.buf[d.end - 2] << 8) | d.buf[d.end - 1] : 2;
  if (length < 2 || length > d.remaining) d.malformed();
  addData(d, d.remaining - length);
  d.openText(d.pos, length, d.labels ? `Wrapped client key (${length} bytes)` : "");
  d.bytes(f.wrappedKey, length);
  d.add(f.wrappedKeyLength, d.pos - 2, 2, length);
  d.close();
}

/** Messages are cut into pieces of this many bytes; a shorter one is the last. */
const PIECE_BYTES = 100;

/** Messages on their way, by direction. */
class Messages {
  /** Pieces so far of the message that is not whole. */
  pieces = [0, 0];
  /** Messages so far. */
  serial = [0, 0];
  /** First frame with TLS. */
  tlsSince = Number.MAX_SAFE_INTEGER;
}
const newMessages = (): Messages => new Messages();
stateClass(newMessages);

/** More than a frame or a stream's packet has. */
const MAX_BYTES = 0x100_0000;

/** Where a piece of a message belongs: which message, and at which of its bytes. */
interface Place {
  readonly serial: number;
  readonly index: number;
}

function dissectMessage(d: Dissection, session: bigint): void {
  const length = d.remaining;
  const place = placeOf(d, length);
  const isLast = length !== PIECE_BYTES;
  if (place === undefined || (isLast && place.index === 0)) {
    callInner(d);
    return;
  }
  d.openText(d.pos, length, d.labels ? `Message fragment (${length} bytes)` : "");
  d.add(f.fragmentBytes, d.pos, length, d.buf.subarray(d.pos, d.end));
  d.close();
  const key = `openvpn,${d.srcId},${d.srcPort},${d.dstId},${d.dstPort},${session},${place.serial}`;
  const datagram = d.datagram(key);
  if (datagram !== undefined) {
    const piece = pieceHere(d, PIECE_BYTES * place.index, length, !isLast);
    if (d.memory.indexing) d.memory.fragments.add(key, datagram, piece);
    if (isLast && datagram.reassembledIn === d.frame) {
      if (d.columns) d.addInfo(" (Message Reassembled)");
      if (callReassembled(d, fragmentFields, "OpenVPN", datagram, callInner)) {
        d.pos = d.end;
        return;
      }
    }
  }
  d.pos = d.end;
}

function placeOf(d: Dissection, length: number): Place | undefined {
  if (d.conversation === null) return undefined;
  // A frame may hold several packets, in bytes put together from several frames too.
  const key = d.source * MAX_BYTES + d.pos;
  if (!d.first) return d.recall<Place>(openvpn, key);
  const messages = d.conversation.state(openvpn, newMessages);
  const { direction } = d;
  const place = { serial: messages.serial[direction], index: messages.pieces[direction] };
  if (length === PIECE_BYTES) messages.pieces[direction]++;
  else {
    messages.pieces[direction] = 0;
    messages.serial[direction]++;
  }
  if (d.keep) d.remember(openvpn, key, place);
  return place;
}

/** TLS, once it was recognised; a record that ends in a later message is left out. */
function callInner(d: Dissection): void {
  const tls = protocolNamed("tls");
  const messages = d.conversation?.state(openvpn, newMessages);
  const isTls =
    tls !== undefined && (d.probe(tls) || (messages !== undefined && d.frame > messages.tlsSince));
  if (!isTls) {
    d.call(data);
    return;
  }
  if (d.first && messages !== undefined) messages.tlsSince = Math.min(messages.tlsSince, d.frame);
  const { canDesegment, desegmentAt, desegmentMore, desegmentEarly } = d;
  d.canDesegment = true;
  d.callThrough(tls);
  d.canDesegment = canDesegment;
  d.wantMore(desegmentAt, desegmentMore, desegmentEarly);
}
