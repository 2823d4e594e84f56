/** Frames of Google's QUIC, also in the Initial packets of the versions that have those of the IETF's QUIC. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, none, str, u8, u16, u32, u64 } from "../dissect/field.ts";
import { dissectMessage, messageName } from "./gquic-tags.ts";
import { CONNECTION_ERRORS, GQUIC_FRAMES, RESET_ERRORS } from "./names/gquic.ts";
import type { CryptoSink } from "./quic-frames.ts";
import { varint } from "./varint.ts";

const LENGTHS_1246 = { 0: "1 Byte", 1: "2 Bytes", 2: "4 Bytes", 3: "6 Bytes" };
const SIZES_1246 = [1, 2, 4, 6] as const;

export const gquicFrameFields = {
  frame: none("gquic.frame", "Frame"),
  frameType: u8("gquic.frame_type", "Frame Type", { base: "HEX", names: GQUIC_FRAMES }),
  paddingLength: u32("gquic.frame_type.padding.length", "Padding Length"),
  paddingBytes: bytes("gquic.frame_type.padding", "Padding"),
  resetStream: u32("gquic.frame_type.rsts.stream_id", "Stream ID"),
  resetOffset: u64("gquic.frame_type.rsts.byte_offset", "Byte offset"),
  resetError: u32("gquic.frame_type.rsts.error_code", "Error code", { names: RESET_ERRORS }),
  closeError: u32("gquic.frame_type.cc.error_code", "Error code", { names: CONNECTION_ERRORS }),
  closeReasonLength: u16("gquic.frame_type.cc.reason_phrase.length", "Reason phrase Length"),
  closeReason: str("gquic.frame_type.cc.reason_phrase", "Reason phrase"),
  awayError: u32("gquic.frame_type.goaway.error_code", "Error code", { names: CONNECTION_ERRORS }),
  awayStream: u32("gquic.frame_type.goaway.last_good_stream_id", "Last Good Stream ID"),
  awayReasonLength: u16("gquic.frame_type.goaway.reason_phrase.length", "Reason phrase Length"),
  awayReason: str("gquic.frame_type.goaway.reason_phrase", "Reason phrase"),
  windowStream: u32("gquic.frame_type.wu.stream_id", "Stream ID"),
  windowOffset: u64("gquic.frame_type.wu.byte_offset", "Byte offset"),
  blockedStream: u32("gquic.frame_type.blocked.stream_id", "Stream ID"),
  sendEntropy: u8("gquic.frame_type.sw.send_entropy", "Send Entropy"),
  leastUnacked: u64("gquic.frame_type.sw.least_unacked_delta", "Least unacked delta"),
  cryptoOffset: u64("gquic.crypto.offset", "Offset"),
  cryptoLength: u64("gquic.crypto.length", "Length"),
  cryptoData: none("gquic.crypto.crypto_data", "Crypto Data"),
  stream: bool("gquic.frame_type.stream", "Stream", { mask: 0x80, bits: 8 }),
  streamFin: bool("gquic.frame_type.stream.f", "FIN", { mask: 0x40, bits: 8 }),
  streamLength: bool("gquic.frame_type.stream.d", "Data Length", {
    mask: 0x20,
    bits: 8,
    tf: ["2 Bytes", "0 Byte"],
  }),
  streamOffset: u8("gquic.frame_type.stream.ooo", "Offset Length", {
    mask: 0x1c,
    names: {
      0: "0 Byte",
      1: "2 Bytes",
      2: "3 Bytes",
      3: "4 Bytes",
      4: "5 Bytes",
      5: "6 Bytes",
      6: "7 Bytes",
      7: "8 Bytes",
    },
  }),
  streamId: u8("gquic.frame_type.stream.ss", "Stream Length", {
    mask: 0x03,
    names: { 0: "1 Byte", 1: "2 Bytes", 2: "3 Bytes", 3: "4 Bytes" },
  }),
  ack: bool("gquic.frame_type.ack", "ACK", { mask: 0x40, bits: 8 }),
  nack: bool("gquic.frame_type.ack.n", "NACK", { mask: 0x20, bits: 8 }),
  ackUnused: bool("gquic.frame_type.ack.u", "Unused", { mask: 0x10, bits: 8 }),
  ackTruncated: bool("gquic.frame_type.ack.t", "Truncated", { mask: 0x10, bits: 8 }),
  ackLargestLength: u8("gquic.frame_type.ack.ll", "Largest Observed Length", {
    mask: 0x0c,
    names: LENGTHS_1246,
  }),
  ackMissingLength: u8("gquic.frame_type.ack.mm", "Missing Packet Length", {
    mask: 0x03,
    names: LENGTHS_1246,
  }),
  receivedEntropy: u8("gquic.frame_type.ack.received_entropy", "Received Entropy"),
  largestObserved: u64("gquic.frame_type.ack.largest_observed", "Largest Observed"),
  ackDelay: u16("gquic.frame_type.ack.ack_delay_time", "Ack Delay time"),
  timestamps: u8("gquic.frame_type.ack.num_timestamp", "Num Timestamp"),
  deltaObserved: u8("gquic.frame_type.ack.delta_largest_observed", "Delta Largest Observed"),
  firstTimestamp: u32("gquic.frame_type.ack.first_timestamp", "First Timestamp"),
  sincePrevious: u16("gquic.frame_type.ack.time_since_previous_timestamp", "Time since Previous timestamp"),
  ranges: u8("gquic.frame_type.ack.num_ranges", "Num Ranges"),
  missingDelta: u64("gquic.frame_type.ack.missing_packet", "Missing Packet Number Delta"),
  rangeLength: u8("gquic.frame_type.ack.range_length", "Range Length"),
  revivedCount: u8("gquic.frame_type.ack.num_revived", "Num Revived"),
  revived: u64("gquic.frame_type.ack.revived_packet", "Revived Packet Number"),
  largestAcked: u64("gquic.frame_type.ack.largest_acked", "Largest Acked"),
  largestAckedDelta: u16("gquic.frame_type.ack.largest_acked_delta_time", "Largest Acked Delta Time"),
  blocks: u8("gquic.frame_type.ack.num_blocks", "Num blocks"),
  firstBlock: u64("gquic.frame_type.ack.first_ack_block_length", "First Ack block length"),
  blockGap: u8("gquic.frame_type.ack.gap_to_next_block", "Gap to next block"),
  block: u64("gquic.frame_type.ack.ack_block_length", "Ack block length"),
  deltaAcked: u8("gquic.frame_type.ack.delta_largest_acked", "Delta Largest Observed"),
  sinceAcked: u32("gquic.frame_type.ack.time_since_largest_acked", "Time Since Largest Acked"),
  id: u32("gquic.stream_id", "Stream ID"),
  offset: u64("gquic.offset", "Offset"),
  dataLength: u32("gquic.data_len", "Data Length"),
  streamData: bytes("gquic.stream_data", "Stream Data"),
};
const f = gquicFrameFields;

/** From this version on numbers are big-endian. */
const BIG_ENDIAN = 39;
/** From this version on there is no entropy, and acknowledgements have blocks. */
const BLOCKS = 34;

/** A number of up to 8 bytes in the byte order of the version. */
export function number(d: Dissection, field: Field, size: number, version: number): number {
  d.need(size);
  if (!d.building && size <= 6) {
    const value = version >= BIG_ENDIAN ? d.peekUint(size) : d.peekUintLe(size);
    d.pos += size;
    return value;
  }
  let exact = 0n;
  for (let i = 0; i < size; i++) {
    const byte = d.buf[version >= BIG_ENDIAN ? d.pos + i : d.pos + size - 1 - i];
    exact = (exact << 8n) | BigInt(byte);
  }
  if (d.building) d.add(field, d.pos, size, field.bits > 32 ? exact : Number(exact));
  d.pos += size;
  return Number(exact);
}

/**
 * The frames from the cursor to the layer's end.
 * @param version of Google's QUIC, 39 for Q039
 * @param crypto takes the data of CRYPTO frames; null for data that is a message of Google's handshake
 */
export function dissectGquicFrames(d: Dissection, version: number, crypto: CryptoSink | null): void {
  while (d.pos < d.end) {
    const start = d.pos;
    const type = d.peek8();
    d.open(f.frame, start, d.remaining);
    if (d.labels) d.relabelParent(GQUIC_FRAMES.find(type) ?? "Unknown");
    if (type & 0x80) streamFrame(d, type, version);
    else if (type & 0x40) ackFrame(d, type, version);
    else frame(d, type, version, crypto);
    d.close(d.pos);
  }
}

function frame(d: Dissection, type: number, version: number, crypto: CryptoSink | null): void {
  const at = d.pos;
  if (type === 0x08 || type >= 0x20) {
    d.open(f.frameType, at, 1, type);
    d.bits(f.stream, at, 1);
    d.close();
    d.pos++;
  } else d.u8(f.frameType);
  switch (type) {
    case 0x00: {
      const length = d.remaining;
      d.generated(f.paddingLength, d.pos, 0, length);
      if (d.labels) d.appendParent(` Length: ${length}`);
      if (length > 0) d.bytes(f.paddingBytes, length);
      break;
    }
    case 0x01: {
      const id = number(d, f.resetStream, 4, version);
      number(d, f.resetOffset, 8, version);
      const error = number(d, f.resetError, 4, version);
      if (d.columns) d.setInfo("RST STREAM");
      if (d.labels) d.appendParent(` Stream ID: ${id}, Error code: ${RESET_ERRORS[error] ?? "Unknown"}`);
      break;
    }
    case 0x02: {
      const error = number(d, f.closeError, 4, version);
      d.str(f.closeReason, number(d, f.closeReasonLength, 2, version), "ascii");
      if (d.columns) d.setInfo("Connection Close");
      if (d.labels) d.appendParent(` Error code: ${CONNECTION_ERRORS[error] ?? "Unknown"}`);
      break;
    }
    case 0x03: {
      const error = number(d, f.awayError, 4, version);
      const id = number(d, f.awayStream, 4, version);
      d.str(f.awayReason, number(d, f.awayReasonLength, 2, version), "ascii");
      if (d.columns) d.setInfo("GOAWAY");
      if (d.labels) {
        d.appendParent(` Stream ID: ${id}, Error code: ${CONNECTION_ERRORS[error] ?? "Unknown"}`);
      }
      break;
    }
    case 0x04: {
      const id = number(d, f.windowStream, 4, version);
      number(d, f.windowOffset, 8, version);
      if (d.labels) d.appendParent(` Stream ID: ${id}`);
      break;
    }
    case 0x05: {
      const id = number(d, f.blockedStream, 4, version);
      if (d.labels) d.appendParent(` Stream ID: ${id}`);
      break;
    }
    case 0x06:
      if (version < BLOCKS) {
        const entropy = d.u8(f.sendEntropy);
        if (d.labels) d.appendParent(` Send Entropy: ${entropy}`);
      }
      number(d, f.leastUnacked, 1, version);
      break;
    case 0x08:
      cryptoFrame(d, crypto);
      break;
  }
}

function cryptoFrame(d: Dissection, crypto: CryptoSink | null): void {
  const offset = varint(d, f.cryptoOffset);
  const length = varint(d, f.cryptoLength);
  d.need(length);
  d.add(f.cryptoData, d.pos, length, null);
  const next = d.pos + length;
  if (crypto !== null) crypto(d, offset, length);
  else {
    const { end, wireEnd } = d;
    d.limit(length);
    dissectMessage(d);
    d.end = end;
    d.wireEnd = wireEnd;
  }
  d.pos = next;
}

function streamFrame(d: Dissection, type: number, version: number): void {
  const at = d.pos;
  d.open(f.frameType, at, 1, type);
  for (const field of [f.stream, f.streamFin, f.streamLength, f.streamOffset, f.streamId])
    d.bits(field, at, 1);
  d.close();
  d.pos++;
  const id = number(d, f.id, (type & 3) + 1, version);
  if (d.labels) {
    if (id === 1) d.append(" (Reserved for (G)QUIC handshake, crypto, config updates...)");
    else if (id === 3) d.append(" (Reserved for headers)");
    d.appendParent(` Stream ID: ${id}`);
  }
  const offsetSize = (type >> 2) & 7;
  if (offsetSize > 0) number(d, f.offset, offsetSize + 1, version);
  const whole = type & 0x20 ? number(d, f.dataLength, 2, version) : d.remaining;
  const length = Math.min(whole, d.remaining);
  if (id !== 1) {
    if (d.columns) d.setInfo("DATA");
    d.bytes(f.streamData, whole);
    return;
  }
  const { end, wireEnd } = d;
  const next = d.pos + length;
  d.end = next;
  if (d.labels) {
    const { tag, name } = messageName(d);
    d.appendParent(`, Type: ${tag} (${name})`);
  }
  dissectMessage(d);
  d.end = end;
  d.wireEnd = wireEnd;
}

function ackFrame(d: Dissection, type: number, version: number): void {
  const at = d.pos;
  d.open(f.frameType, at, 1, type);
  const third = version < BLOCKS ? f.ackTruncated : f.ackUnused;
  for (const field of [f.stream, f.ack, f.nack, third, f.ackLargestLength, f.ackMissingLength]) {
    d.bits(field, at, 1);
  }
  d.close();
  d.pos++;
  const largest = SIZES_1246[(type >> 2) & 3];
  const missing = SIZES_1246[type & 3];
  if (version < BLOCKS) oldAck(d, (type & 0x20) !== 0, largest, missing, version);
  else {
    number(d, f.largestAcked, largest, version);
    number(d, f.largestAckedDelta, 2, version);
    const blocks = type & 0x20 ? d.u8(f.blocks) : 0;
    number(d, f.firstBlock, missing, version);
    for (let i = 0; i < blocks; i++) {
      d.u8(f.blockGap);
      number(d, f.block, missing, version);
    }
    timestamps(d, f.deltaAcked, f.sinceAcked, version);
  }
}

function oldAck(d: Dissection, nack: boolean, largest: number, missing: number, version: number): void {
  d.u8(f.receivedEntropy);
  number(d, f.largestObserved, largest, version);
  number(d, f.ackDelay, 2, version);
  timestamps(d, f.deltaObserved, f.firstTimestamp, version);
  if (!nack) return;
  const ranges = d.u8(f.ranges);
  for (let i = 0; i < ranges; i++) {
    number(d, f.missingDelta, missing, version);
    d.u8(f.rangeLength);
  }
  const revived = d.u8(f.revivedCount);
  for (let i = 0; i < revived; i++) number(d, f.revived, largest, version);
}

function timestamps(d: Dissection, delta: Field, first: Field, version: number): void {
  const count = d.u8(f.timestamps);
  for (let i = 0; i < count; i++) {
    d.u8(delta);
    if (i === 0) number(d, first, 4, version);
    else number(d, f.sincePrevious, 2, version);
  }
}
