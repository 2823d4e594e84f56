/**
 * Frames of QUIC (RFC 9000 section 19), of its extensions for datagrams (RFC 9221), acknowledgement frequency, time
 * stamps and multiple paths (drafts).
 */
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
  str,
  u8,
  u32,
  u64,
} from "../dissect/field.ts";
import { FRAME_TYPES, TRANSPORT_ERRORS } from "./names/quic.ts";
import { ALERTS } from "./names/tls.ts";
import { openVarint, peekVarint, varint } from "./varint.ts";

export const frameFields = {
  frame: none("quic.frame", "Frame"),
  frameType: u64("quic.frame_type", "Frame Type", { base: "HEX", names: FRAME_TYPES }),
  paddingLength: u32("quic.padding_length", "Padding Length"),
  largest: u64("quic.ack.largest_acknowledged", "Largest Acknowledged"),
  ackDelay: u64("quic.ack.ack_delay", "ACK Delay"),
  rangeCount: u64("quic.ack.ack_range_count", "ACK Range Count"),
  firstRange: u64("quic.ack.first_ack_range", "First ACK Range"),
  gap: u64("quic.ack.gap", "Gap"),
  range: u64("quic.ack.ack_range", "ACK Range"),
  ect0: u64("quic.ack.ect0_count", "ECT(0) Count"),
  ect1: u64("quic.ack.ect1_count", "ECT(1) Count"),
  ecnCe: u64("quic.ack.ecn_ce_count", "ECN-CE Count"),
  resetStream: u64("quic.rsts.stream_id", "Stream ID"),
  resetError: u64("quic.rsts.application_error_code", "Application Error code"),
  resetSize: u64("quic.rsts.final_size", "Final Size"),
  stopStream: u64("quic.ss.stream_id", "Stream ID"),
  stopError: u64("quic.ss.application_error_code", "Application Error code"),
  cryptoOffset: u64("quic.crypto.offset", "Offset"),
  cryptoLength: u64("quic.crypto.length", "Length"),
  cryptoData: none("quic.crypto.crypto_data", "Crypto Data"),
  cryptoFragments: none("quic.crypto.fragments", "Reassembled QUIC CRYPTO Data Fragments"),
  cryptoFragment: frameNum("quic.crypto.fragment", "QUIC CRYPTO Data Fragment"),
  cryptoFragmentCount: u32("quic.crypto.fragment.count", "Fragment count"),
  fragmentOverlap: bool("quic.fragment.overlap", "Fragment overlap", { bits: 0 }),
  cryptoReassembledIn: frameNum("quic.crypto.reassembled_in", "Reassembled PDU in frame"),
  newTokenLength: u64("quic.nt.length", "(Token) Length"),
  newToken: bytes("quic.nt.token", "Token"),
  fin: bool("quic.stream.fin", "Fin", { mask: 0x01, bits: 8 }),
  len: bool("quic.stream.len", "Len(gth)", { mask: 0x02, bits: 8 }),
  off: bool("quic.stream.off", "Off(set)", { mask: 0x04, bits: 8 }),
  stream: u64("quic.stream.stream_id", "Stream ID"),
  initiator: u64("quic.stream.initiator", "Stream initiator", {
    mask: 1,
    names: { 0: "Client-initiated", 1: "Server-initiated" },
  }),
  direction: u64("quic.stream.direction", "Stream direction", {
    mask: 2,
    names: { 0: "Bidirectional", 1: "Unidirectional" },
  }),
  streamOffset: u64("quic.stream.offset", "Offset"),
  streamLength: u64("quic.stream.length", "Length"),
  streamData: bytes("quic.stream_data", "Stream Data"),
  maxData: u64("quic.md.maximum_data", "Maximum Data"),
  maxStreamDataStream: u64("quic.msd.stream_id", "Stream ID"),
  maxStreamData: u64("quic.msd.maximum_stream_data", "Maximum Stream Data"),
  maxStreams: u64("quic.ms.max_streams", "Max Streams"),
  blockedLimit: u64("quic.sb.stream_data_limit", "Stream Data Limit"),
  blockedStream: u64("quic.sdb.stream_id", "Stream ID"),
  streamLimit: u64("quic.sib.stream_limit", "Stream Limit"),
  newIdRetire: u64("quic.nci.retire_prior_to", "Retire Prior To"),
  newIdSequence: u64("quic.nci.sequence", "Sequence"),
  newIdLength: u8("quic.nci.connection_id.length", "Connection ID Length"),
  newId: bytes("quic.nci.connection_id", "Connection ID"),
  newIdReset: bytes("quic.nci.stateless_reset_token", "Stateless Reset Token"),
  retireSequence: u64("quic.rci.sequence", "Sequence"),
  challenge: bytes("quic.path_challenge.data", "Data"),
  response: bytes("quic.path_response.data", "Data"),
  closeError: u64("quic.cc.error_code", "Error code", { names: TRANSPORT_ERRORS }),
  closeApplicationError: u64("quic.cc.error_code.app", "Application Error code"),
  closeAlert: u8("quic.cc.error_code.tls_alert", "TLS Alert Description", { names: ALERTS }),
  closeFrameType: u64("quic.cc.frame_type", "Frame Type"),
  reasonLength: u64("quic.cc.reason_phrase.length", "Reason phrase Length"),
  reason: str("quic.cc.reason_phrase", "Reason phrase"),
  datagramLength: u64("quic.dg.length", "Datagram Length"),
  datagram: bytes("quic.dg", "Datagram"),
  frequencySequence: u64("quic.af.sequence_number", "Sequence Number"),
  threshold: u64("quic.af.ack_eliciting_threshold", "Ack-Eliciting Threshold"),
  requestDelay: u64("quic.af.request_max_ack_delay", "Request Max Ack Delay"),
  lastByte: u8("quic.af.last_byte", "Last Byte", { base: "HEX" }),
  frequencyReserved: u8("quic.af.reserved", "Reserved", { mask: 0xfc }),
  ignoreCe: bool("quic.af.ignore_ce", "Ignore CE", { mask: 0x01, bits: 8 }),
  ignoreOrder: bool("quic.af.ignore_order", "Ignore Order", { mask: 0x02, bits: 8 }),
  timeStamp: u64("quic.ts", "Time Stamp"),
  config: u8("quic.mp_first_byte", "Config", { base: "HEX" }),
  configReserved: u8("quic.mp_reserved_bit", "Reserved", { mask: 0xe0 }),
  portPresence: bool("quic.port_presence_bit", "Port presence", { mask: 0x10, bits: 8 }),
  ipVersion: u8("quic.ip_version", "IP Version", { mask: 0x0f }),
  addressId: u64("quic.mp_address_id", "Address ID"),
  pathSequence: u64("quic.mp_sequence_number", "Sequence Number"),
  interfaceType: u64("quic.mp_interface_type", "Interface Type"),
  address: ipv4("quic.mp_ip_address", "IP Address"),
  address6: ipv6("quic.mp_ip_address_v6", "IP Address"),
  port: u32("quic.mp_port", "Port"),
  uniflow: u64("quic.mp_uniflow_id", "Uniflow ID"),
  receiving: u64("quic.mp_receiving_uniflows", "Receiving uniflows"),
  sending: u64("quic.mp_act_send_uf", "Active sending uniflows"),
  receivingSection: none("quic.mp_receiving_uniflows_section", "Receiving uniflows"),
  sendingSection: none("quic.mp_act_send_uf_section", "Active sending uniflows"),
  uniflowSection: none("quic.mp_uniflow_info_section", "Uniflow Info Section"),
  localAddress: u64("quic.mp_add_local_address_id", "Local address id"),
};
const f = frameFields;

export const frameExperts = {
  unknownFrame: expert("quic.ft.unknown", "note", "Undecoded", "Unknown Frame Type"),
  again: expert(
    "quic.retransmission",
    "note",
    "Sequence",
    "This QUIC frame has a reused stream offset (retransmission?)",
  ),
  overlap: expert(
    "quic.overlap",
    "note",
    "Sequence",
    "This QUIC frame overlaps a previous frame in the stream",
  ),
};

/** Takes the bytes of a CRYPTO frame: from the cursor on, at this offset of the stream. */
export type CryptoSink = (d: Dissection, offset: number, length: number) => void;

/** The frames from the cursor to the layer's end. */
export function dissectFrames(d: Dissection, crypto: CryptoSink): void {
  while (d.pos < d.end) {
    const start = d.pos;
    const type = peekVarint(d);
    d.open(f.frame, start, d.remaining);
    if (d.labels) d.relabelParent(nameOf(FRAME_TYPES, type) ?? "Unknown");
    if (type >= 0x08 && type <= 0x0f) stream(d, type);
    else {
      varint(d, f.frameType);
      frame(d, type, crypto);
    }
    d.close(d.pos);
  }
}

const info = (d: Dissection, text: string): void => {
  if (d.columns) d.addInfo(`, ${text}`);
};

function frame(d: Dissection, type: number, crypto: CryptoSink): void {
  switch (type) {
    case 0x00:
      padding(d);
      break;
    case 0x01:
      info(d, "PING");
      break;
    case 0x02:
    case 0x03:
      info(d, type === 0x02 ? "ACK" : "ACK_ECN");
      acknowledgement(d, type === 0x03);
      break;
    case 0x04: {
      const id = varint(d, f.resetStream);
      const error = varint(d, f.resetError);
      varint(d, f.resetSize);
      info(d, `RS(${id})`);
      if (d.labels) d.appendParent(` id=${id} Error code: 0x${error.toString(16)}`);
      break;
    }
    case 0x05: {
      const id = varint(d, f.stopStream);
      const error = varint(d, f.stopError);
      info(d, `SS(${id})`);
      if (d.labels) d.appendParent(` id=${id} Error code: 0x${error.toString(16)}`);
      break;
    }
    case 0x06: {
      info(d, "CRYPTO");
      const offset = varint(d, f.cryptoOffset);
      const length = varint(d, f.cryptoLength);
      d.need(length);
      d.add(f.cryptoData, d.pos, length, null);
      const next = d.pos + length;
      crypto(d, offset, length);
      d.pos = next;
      break;
    }
    case 0x07:
      info(d, "NT");
      d.bytes(f.newToken, varint(d, f.newTokenLength));
      break;
    case 0x10:
      info(d, "MD");
      varint(d, f.maxData);
      break;
    case 0x11:
      ofStream(d, "MSD", varint(d, f.maxStreamDataStream));
      varint(d, f.maxStreamData);
      break;
    case 0x12:
    case 0x13:
      info(d, "MS");
      varint(d, f.maxStreams);
      break;
    case 0x14:
      info(d, "DB");
      varint(d, f.blockedLimit);
      break;
    case 0x15:
      ofStream(d, "SDB", varint(d, f.blockedStream));
      varint(d, f.blockedLimit);
      break;
    case 0x16:
    case 0x17:
      info(d, "SB");
      varint(d, f.streamLimit);
      break;
    case 0x18:
      info(d, "NCI");
      newConnectionId(d);
      break;
    case 0x19:
      info(d, "RC");
      varint(d, f.retireSequence);
      break;
    case 0x1a:
      info(d, "PC");
      d.bytes(f.challenge, 8);
      break;
    case 0x1b:
      info(d, "PR");
      d.bytes(f.response, 8);
      break;
    case 0x1c:
    case 0x1d:
      info(d, "CC");
      connectionClose(d, type === 0x1d);
      break;
    case 0x1e:
      info(d, "DONE");
      break;
    case 0x30:
    case 0x31:
      info(d, "DG");
      d.bytes(f.datagram, type === 0x31 ? varint(d, f.datagramLength) : d.remaining);
      break;
    case 0x2f5:
      info(d, "TS");
      varint(d, f.timeStamp);
      break;
    case 0xac:
      info(d, "IA");
      break;
    case 0xaf:
      info(d, "AF");
      ackFrequency(d);
      break;
    default:
      multipathFrame(d, type);
  }
}

function ofStream(d: Dissection, name: string, id: number): void {
  info(d, `${name}(${id})`);
  if (d.labels) d.appendParent(` id=${id}`);
}

function padding(d: Dissection): void {
  info(d, "PADDING");
  const at = d.pos;
  while (d.pos < d.end && d.buf[d.pos] === 0) d.pos++;
  if (!d.building) return;
  const length = d.pos - at + 1;
  d.generated(f.paddingLength, at, 0, length);
  if (d.labels) d.appendParent(` Length: ${length}`);
}

/** RFC 9000 section 19.3. */
function acknowledgement(d: Dissection, ecn: boolean): void {
  varint(d, f.largest);
  varint(d, f.ackDelay);
  const count = varint(d, f.rangeCount);
  varint(d, f.firstRange);
  for (let i = 0; i < count; i++) {
    varint(d, f.gap);
    varint(d, f.range);
  }
  if (!ecn) return;
  varint(d, f.ect0);
  varint(d, f.ect1);
  varint(d, f.ecnCe);
}

/** RFC 9000 section 19.8. */
function stream(d: Dissection, type: number): void {
  const at = d.pos;
  openVarint(d, f.frameType);
  d.bits(f.fin, at, 1);
  d.bits(f.len, at, 1);
  d.bits(f.off, at, 1);
  d.close();
  const idAt = d.pos;
  const id = openVarint(d, f.stream);
  if (d.building) {
    d.add(f.initiator, idAt, d.pos - idAt, BigInt(id % 2));
    d.add(f.direction, idAt, d.pos - idAt, BigInt(Math.floor(id / 2) % 2));
  }
  d.close();
  const offset = type & 0x04 ? varint(d, f.streamOffset) : 0;
  const length = type & 0x02 ? varint(d, f.streamLength) : d.remaining;
  if (d.labels) {
    const direction = id & 2 ? "Unidirectional" : "Bidirectional";
    const origin = id & 1 ? "Server-initiated" : "Client-initiated";
    d.appendParent(` id=${id} fin=${type & 1} off=${offset} len=${length} dir=${direction} origin=${origin}`);
  }
  info(d, `STREAM(${id})`);
  d.bytes(f.streamData, length);
}

/** RFC 9000 section 19.15. */
function newConnectionId(d: Dissection): void {
  varint(d, f.newIdSequence);
  varint(d, f.newIdRetire);
  const length = d.u8(f.newIdLength);
  if (length > 0) d.bytes(f.newId, length);
  d.bytes(f.newIdReset, 16);
}

/** RFC 9000 section 19.19. */
function connectionClose(d: Dissection, application: boolean): void {
  if (application) {
    const error = varint(d, f.closeApplicationError);
    if (d.labels) d.appendParent(` Error code: 0x${error.toString(16)}`);
  } else {
    const error = peekVarint(d);
    const at = d.pos;
    varint(d, f.closeError);
    let text = nameOf(TRANSPORT_ERRORS, error) ?? `Unknown (${error})`;
    if (error >= 0x100 && error < 0x200) {
      const alert = ALERTS[error & 0xff];
      if (alert !== undefined) d.add(f.closeAlert, d.pos - 1, 1, error & 0xff);
      if (alert !== undefined) text += ` (${alert})`;
    }
    if (d.labels && d.pos > at) d.appendParent(` Error code: ${text}`);
    varint(d, f.closeFrameType);
  }
  d.str(f.reason, varint(d, f.reasonLength), "ascii");
}

function ackFrequency(d: Dissection): void {
  varint(d, f.frequencySequence);
  varint(d, f.threshold);
  varint(d, f.requestDelay);
  const at = d.pos;
  const flags = d.peek8();
  d.open(f.lastByte, at, 1, flags);
  if (d.labels) d.appendParent(`${flags & 1 ? ", Ignore CE" : ""}${flags & 2 ? ", Ignore Order" : ""}`);
  d.bits(f.frequencyReserved, at, 1);
  d.bits(f.ignoreCe, at, 1);
  d.bits(f.ignoreOrder, at, 1);
  d.close();
  d.pos++;
}

/** draft-deconinck-quic-multipath; all other types are unknown. */
function multipathFrame(d: Dissection, type: number): void {
  switch (type) {
    case 0x40:
      info(d, "MP_NCI");
      varint(d, f.uniflow);
      newConnectionId(d);
      break;
    case 0x41:
      info(d, "MP_RC");
      varint(d, f.uniflow);
      varint(d, f.retireSequence);
      break;
    case 0x42:
    case 0x43:
      info(d, "MP_ACK");
      varint(d, f.uniflow);
      acknowledgement(d, type === 0x43);
      break;
    case 0x44:
      info(d, "ADD_ADDRESS");
      addAddress(d);
      break;
    case 0x45:
      info(d, "REMOVE_ADDRESS");
      varint(d, f.addressId);
      varint(d, f.pathSequence);
      break;
    case 0x46:
      info(d, "UNIFLOWS");
      uniflows(d);
      break;
    default:
      if (d.labels) d.relabel(`Frame Type: Unknown (0x${type.toString(16).padStart(16, "0")})`);
      d.last = d.parent;
      d.expert(frameExperts.unknownFrame, `Unknown Frame Type 0x${type.toString(16)}`);
  }
}

function addAddress(d: Dissection): void {
  const at = d.pos;
  const config = d.peek8();
  d.open(f.config, at, 1, config);
  if (d.labels && config & 0x10) d.appendParent(", Port presence");
  d.bits(f.configReserved, at, 1);
  d.bits(f.portPresence, at, 1);
  d.bits(f.ipVersion, at, 1);
  d.close();
  d.pos++;
  varint(d, f.addressId);
  varint(d, f.pathSequence);
  varint(d, f.interfaceType);
  if ((config & 0x0f) === 4) d.ipv4(f.address);
  else if ((config & 0x0f) === 6) d.ipv6(f.address6);
  if (config & 0x10) d.uint(f.port, 2);
}

function uniflows(d: Dissection): void {
  varint(d, f.pathSequence);
  const receiving = varint(d, f.receiving);
  const sending = varint(d, f.sending);
  d.open(f.receivingSection, d.pos, 0);
  uniflowList(d, receiving);
  d.close(d.pos);
  d.open(f.sendingSection, d.pos, 0);
  uniflowList(d, sending);
  d.close(d.pos);
}

function uniflowList(d: Dissection, count: number): void {
  for (let i = 0; i < count; i++) {
    d.open(f.uniflowSection, d.pos, 0);
    varint(d, f.uniflow);
    varint(d, f.localAddress);
    d.close(d.pos);
  }
}
