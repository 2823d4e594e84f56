/**
 * Stream Control Transmission Protocol, RFC 9260: common header, chunks, user messages put together; partial
 * reliability RFC 3758, authentication RFC 4895, packet drop reports draft-stewart-tsvwg-sctppktdrprep, NR-SACK
 * draft-natarajan-tsvwg-sctp-nrsack, interleaving RFC 8260.
 */
import { CONVERSATION_SCTP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { type Field, nameOf } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ipProtocols, sctpPayloads, sctpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { f, x } from "./sctp-fields.ts";
import { type Message, messageBytes, type SctpFragment, SctpState } from "./sctp-messages.ts";
import { addCauses, addParameters, onQuotedChunk } from "./sctp-parameters.ts";

export const sctp = protocol({
  name: "sctp",
  title: "Stream Control Transmission Protocol",
  short: "SCTP",
  fields: f,
  experts: x,
  on: [[ipProtocols, 132]],
  dissect,
});

const UNVERIFIED = 2;
const makeState = (): SctpState => new SctpState();

function dissect(d: Dissection): void {
  const start = d.pos;
  const srcPort = d.u16(f.srcport);
  if (d.labels) d.relabel(`Source port: ${srcPort}`);
  const dstPort = d.u16(f.dstport);
  if (d.labels) {
    d.relabel(`Destination port: ${dstPort}`);
    d.relabelLayer(`${sctp.title}, Src Port: ${srcPort} (${srcPort}), Dst Port: ${dstPort} (${dstPort})`);
  }
  if (d.columns) d.setInfo("");
  d.srcPort = srcPort;
  d.dstPort = dstPort;
  d.u32(f.verificationTag);
  d.hidden(f.port, start, 2, srcPort);
  d.hidden(f.port, start + 2, 2, dstPort);
  d.generated(f.assocIndex, start, 0, 0xffff);
  if (d.labels) d.relabel("Association index: disabled (enable in preferences)");
  const checksum = d.u32(f.checksum);
  if (d.labels) d.relabel(`Checksum: 0x${checksum.toString(16).padStart(8, "0")} [unverified]`);
  d.generated(f.checksumStatus, d.pos - 4, 0, UNVERIFIED);
  const state = d.quoted ? null : d.converse(CONVERSATION_SCTP, srcPort, dstPort).state(sctp, makeState);
  // The chunks behind user data have a line of the protocol of their own.
  let isBehindData = false;
  while (d.remaining >= 4) {
    if (isBehindData) d.openBeside(sctp);
    isBehindData = dissectChunk(d, state, false);
  }
}

const CHUNK_BITS = [f.chunkBit1, f.chunkBit2] as const;
const DATA = 0;
const INIT = 1;
const INIT_ACK = 2;
const SACK = 3;
const I_DATA = 64;
const DATA_HEADER = 16;
const I_DATA_HEADER = 20;
const HEADER = 4;
/** Bits of the flags that have lines of their own, by chunk. */
const FLAG_BITS: Readonly<Record<number, readonly Field[]>> = {
  0: [f.dataIBit, f.dataUBit, f.dataBBit, f.dataEBit],
  3: [f.sackNounceSum],
  6: [f.abortTBit],
  14: [f.shutdownCompleteTBit],
  16: [f.nrSackNounceSum],
  64: [f.dataIBit, f.dataUBit, f.dataBBit, f.dataEBit],
  129: [f.pckdropMBit, f.pckdropBBit, f.pckdropTBit],
};

/**
 * Dissects the chunk at the cursor, which ends behind its padding.
 * @param isQuoted true for one that an error quotes
 * @returns true when it held user data
 */
function dissectChunk(d: Dissection, state: SctpState | null, isQuoted: boolean): boolean {
  const start = d.pos;
  const type = d.peek8();
  const flags = d.peek8(1);
  const length = d.peek16(2);
  const there = d.wireEnd - start;
  const name = nameOf(f.chunkType.names, type) ?? "RESERVED";
  const isData = type === DATA || type === I_DATA;
  const least = type === DATA ? DATA_HEADER : type === I_DATA ? I_DATA_HEADER : HEADER;
  const { end, wireEnd } = d;
  if (d.columns && !isQuoted) d.addInfo(`${name} `);
  d.needAt(start, Math.min(length, there));
  d.openText(start, length, `${name} chunk`);
  d.bitset(f.chunkType, 1, CHUNK_BITS);
  const bits = FLAG_BITS[type];
  if (bits !== undefined && length >= least) d.bitset(f.chunkFlags, 1, bits);
  else d.u8(f.chunkFlags);
  d.u16(f.chunkLength);
  if (length < least) {
    if (length < HEADER && d.labels) d.append(` (invalid, should be >= ${HEADER})`);
    if (d.labels) d.appendParent(`, bogus chunk length ${length} < ${least})`);
    if (length < HEADER) d.malformed();
    d.pos = start + length;
    if (d.labels) d.close();
    return false;
  }
  if (length > there) {
    d.expert(
      x.chunkLength,
      `Chunk length (${length}) is longer than remaining data (${there}) in the packet.`,
    );
  }
  d.limit(start + length - d.pos);
  let payload: Payload | null = null;
  if (isData) payload = addData(d, state, type, flags, start + length);
  else addBody(d, state, type, start + length);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = start + length;
  d.need(0);
  const padding = Math.min((4 - (length % 4)) % 4, d.remaining);
  if (padding > 0) d.bytes(f.chunkPadding, padding);
  if (d.labels) d.close();
  if (payload !== null) handOn(d, payload);
  return isData;
}

onQuotedChunk((d, end) => {
  const { end: outer, wireEnd } = d;
  d.limit(end - d.pos);
  dissectChunk(d, null, true);
  d.end = outer;
  d.wireEnd = wireEnd;
});

// -------------------------------------------------------------------- user data

/** What a chunk of user data hands on once its own lines are there. */
interface Payload {
  readonly at: number;
  readonly end: number;
  readonly kind: number;
  /** The whole message, when its last missing piece came with the chunk; null for a piece or a message of one. */
  readonly message: Message | null;
}

const SEGMENTS = ["middle segment", "last segment", "first segment", "complete segment"];
const BEGINS = 2;
const ENDS = 1;
const UNORDERED = 4;
/** Payload protocol of the chunks of an interleaved message that are not its first. */
const UNTOLD = -1;

/** RFC 9260 section 3.3.1, RFC 8260 section 2.1. Returns null for a piece that completes nothing. */
function addData(
  d: Dissection,
  state: SctpState | null,
  type: number,
  flags: number,
  chunkEnd: number,
): Payload | null {
  const isInterleaved = type === I_DATA;
  const raw = d.peek32();
  const tsn = relative(d, state, raw, d.direction, true);
  d.add(f.dataTsn, d.pos, 4, tsn);
  const tsnLine = d.last;
  const resent = state === null ? undefined : state.notePacket(d, sctp, raw);
  if (resent !== undefined && d.building) addRetransmission(d, resent);
  d.last = tsnLine;
  d.u32(f.dataTsnRaw);
  const stream = d.u16(f.dataSid);
  let sequence = 0;
  let kind = UNTOLD;
  let place = "";
  if (isInterleaved) {
    d.u16(f.dataReserved);
    sequence = d.u32(f.dataMid);
    if (flags & BEGINS) kind = d.u32(f.dataPayloadProtoId);
    else place = `, FSN: ${d.u32(f.dataFsn)}`;
  } else {
    sequence = d.u16(f.dataSsn);
    kind = d.u32(f.dataPayloadProtoId);
  }
  const size = chunkEnd - d.pos;
  if (d.columns) d.addInfo(`(TSN=${tsn}) `);
  if (d.columns && resent !== undefined) d.addInfo("(retransmission) ");
  if (d.labels) {
    const order = flags & UNORDERED ? "unordered" : "ordered";
    const number = isInterleaved ? `MID: ${sequence}${place}` : `SSN: ${sequence}, PPID: ${kind}`;
    const bytes = `${size} byte${size === 1 ? "" : "s"}`;
    d.appendParent(
      ` (${order}, ${SEGMENTS[flags & 3]}, TSN: ${tsn}, SID: ${stream}, ${number}, payload length: ${bytes})`,
    );
  }
  if (size === 0 || resent !== undefined) return null;
  if ((flags & 3) === 3) return { at: d.pos, end: chunkEnd, kind, message: null };
  if (state === null || d.remaining < size) return null;
  const fragment: SctpFragment = {
    tsn: raw,
    frame: d.frame,
    at: d.offset(d.pos),
    length: size,
    bytes: d.source === 0 ? null : d.buf.slice(d.pos, d.pos + size),
    begins: (flags & BEGINS) !== 0,
    ends: (flags & ENDS) !== 0,
    kind,
  };
  const message = state.message(d, sctp, raw, fragment);
  if (message === undefined || message.completedBy !== raw) {
    if (d.columns && message === undefined) d.addInfo("(Message Fragment) ");
    if (message !== undefined) d.generated(f.reassembledIn, d.pos, 0, message.reassembledIn);
    return null;
  }
  if (d.building) addFragments(d, message);
  return { at: d.pos, end: chunkEnd, kind: message.kind, message };
}

function addRetransmission(d: Dissection, first: { frame: number; sec: number; nsec: number }): void {
  const { last } = d;
  d.openLast();
  d.generated(f.retransmission, d.pos, 4, first.frame);
  d.openLast();
  d.last = d.parent;
  d.expert(x.retransmission);
  const ns = BigInt(d.sec - first.sec) * 1_000_000_000n + BigInt(d.nsec - first.nsec);
  d.generated(f.retransmissionTime, d.pos, 4, ns);
  if (d.labels) {
    d.close();
    d.close();
  }
  d.last = last;
}

/** Wireshark counts the pieces' places from the length of the whole on. */
function addFragments(d: Dissection, message: Message): void {
  const count = message.fragments.length;
  d.open(f.fragments, d.pos, 0, null);
  if (d.labels) d.relabel(`Reassembled SCTP Fragments (${message.length} bytes, ${count} fragments): `);
  let offset = message.length;
  for (const fragment of message.fragments) {
    d.add(f.fragment, d.pos, 0, fragment.frame);
    if (d.labels) {
      const last = offset + fragment.length - 1;
      d.relabel(`Frame: ${fragment.frame}, payload: ${offset}-${last} (${fragment.length} bytes)`);
    }
    offset += fragment.length;
  }
  d.close();
}

function handOn(d: Dissection, payload: Payload): void {
  const { pos, end, wireEnd } = d;
  const next = upperProtocol(d, payload.kind);
  const whole = payload.message === null ? null : messageBytes(d, payload.message);
  d.pos = payload.at;
  d.limit(payload.end - payload.at);
  if (payload.message === null) d.call(next);
  else if (whole !== undefined && whole !== null) {
    d.callOn(next, `Reassembled SCTP (${whole.length} bytes)`, whole);
  }
  d.pos = pos;
  d.end = end;
  d.wireEnd = wireEnd;
}

/** By the payload protocol identifier, then by the higher port and the lower one. */
function upperProtocol(d: Dissection, kind: number): Protocol {
  const byKind = kind > 0 ? sctpPayloads.get(kind) : undefined;
  if (byKind !== undefined) return byKind;
  const high = Math.max(d.srcPort, d.dstPort);
  const low = Math.min(d.srcPort, d.dstPort);
  return sctpPorts.get(high) ?? sctpPorts.get(low) ?? data;
}

/** Against the first TSN of its direction; `learn` where the TSN is one that was sent. */
function relative(
  d: Dissection,
  state: SctpState | null,
  raw: number,
  direction: 0 | 1,
  learn: boolean,
): number {
  if (state === null) return raw;
  if (learn && d.first && state.first[direction] === -1) state.first[direction] = raw;
  const first = state.first[direction];
  return first === -1 ? raw : (raw - first) >>> 0;
}

// -------------------------------------------------------------------- other chunks

function addBody(d: Dissection, state: SctpState | null, type: number, end: number): void {
  const size = end - d.pos;
  switch (type) {
    case INIT:
    case INIT_ACK:
      addInit(d, type, end);
      return;
    case SACK:
      addSack(d, state);
      return;
    case 4:
    case 5:
      if (d.labels) d.appendParent(` (Information: ${size} byte${size === 1 ? "" : "s"})`);
      addParameters(d, end);
      return;
    case 6:
    case 9:
      addCauses(d, end);
      return;
    case 7:
      d.u32(f.shutdownCumulativeTsnAck);
      if (d.labels) d.appendParent(` (Cumulative TSN ack: ${d.last?.value})`);
      return;
    case 10:
      if (d.labels) d.appendParent(` (Cookie length: ${size} bytes)`);
      d.bytes(f.cookie, size);
      return;
    case 8:
    case 11:
    case 14:
      return;
    case 12:
      d.u32(f.ecneLowestTsn);
      return;
    case 13:
      d.u32(f.cwrLowestTsn);
      return;
    case 15:
      d.u16(f.sharedKeyId);
      d.u16(f.hmacId);
      if (d.pos < end) d.bytes(f.hmac, end - d.pos);
      return;
    case 16:
      addNrSack(d);
      return;
    case 128:
      d.u32(f.asconfAckSeqNrNumber);
      addParameters(d, end);
      return;
    case 129:
      d.u32(f.pktdropBandwidth);
      d.u32(f.pktdropQueuesize);
      d.u16(f.pktdropTruncatedLength);
      d.u16(f.pktdropReserved);
      if (d.pos < end) d.bytes(f.pktdropDatafield, end - d.pos);
      return;
    case 130:
      addParameters(d, end);
      return;
    case 132:
      if (size > 0) d.bytes(f.paddingData, size);
      return;
    case 192:
    case 194:
      addForward(d, type, end);
      return;
    case 193:
      d.u32(f.asconfSeqNrNumber);
      addParameters(d, end);
      return;
    default:
      if (d.labels) d.appendParent(` (Type: ${type}, value length: ${size} byte${size === 1 ? "" : "s"})`);
      if (size > 0) d.bytes(f.chunkValue, size);
      return;
  }
}

function addInit(d: Dissection, type: number, end: number): void {
  const isAck = type === INIT_ACK;
  const tag = d.u32(isAck ? f.initackInitiateTag : f.initInitiateTag);
  d.hidden(f.initiateTag, d.pos - 4, 4, tag);
  d.u32(isAck ? f.initackCredit : f.initCredit);
  const out = d.u16(isAck ? f.initackNrOutStreams : f.initNrOutStreams);
  const into = d.u16(isAck ? f.initackNrInStreams : f.initNrInStreams);
  d.u32(isAck ? f.initackInitialTsn : f.initInitialTsn);
  if (d.labels) d.appendParent(` (Outbound streams: ${out}, inbound streams: ${into})`);
  addParameters(d, end);
}

function addForward(d: Dissection, type: number, end: number): void {
  const isInterleaved = type === 194;
  const tsn = d.u32(isInterleaved ? f.iForwardTsnTsn : f.forwardTsnTsn);
  if (d.labels) d.appendParent(`(Cumulative TSN: ${tsn})`);
  while (d.pos < end) {
    d.u16(isInterleaved ? f.iForwardTsnSid : f.forwardTsnSid);
    if (isInterleaved) {
      d.bitset(f.iForwardTsnFlags, 2, [f.iForwardTsnRes, f.iForwardTsnUBit]);
      d.u32(f.forwardTsnMid);
    } else d.u16(f.forwardTsnSsn);
  }
}

/** How many gap blocks' numbers are checked to be ascending. */
const MANY_GAPS = 100;

interface GapFields {
  readonly start: Field;
  readonly startTsn: Field;
  readonly end: Field;
  readonly endTsn: Field;
  readonly total: Field;
}
const GAPS: GapFields = {
  start: f.sackGapBlockStart,
  startTsn: f.sackGapBlockStartTsn,
  end: f.sackGapBlockEnd,
  endTsn: f.sackGapBlockEndTsn,
  total: f.sackNumberOfTsnsGapAcked,
};
const NR_GAPS: GapFields = {
  start: f.nrSackGapBlockStart,
  startTsn: f.nrSackGapBlockStartTsn,
  end: f.nrSackGapBlockEnd,
  endTsn: f.nrSackGapBlockEndTsn,
  total: f.nrSackNumberOfTsnsGapAcked,
};
const NR_NR_GAPS: GapFields = {
  start: f.nrSackNrGapBlockStart,
  startTsn: f.nrSackNrGapBlockStartTsn,
  end: f.nrSackNrGapBlockEnd,
  endTsn: f.nrSackNrGapBlockEndTsn,
  total: f.nrSackNumberOfTsnsNrGapAcked,
};

/** @returns how many TSNs the blocks are */
function addGaps(d: Dissection, fields: GapFields, count: number, ack: number, title: string): number {
  let total = 0;
  let lastEnd = 0;
  for (let i = 0; i < count; i++) {
    const from = d.peek16();
    const to = d.peek16(2);
    const startTsn = (ack + from) >>> 0;
    const endTsn = (ack + to) >>> 0;
    d.openText(d.pos, 4, `${title} for TSN ${startTsn} to ${endTsn}`);
    d.open(fields.start, d.pos, 2, from);
    d.generated(fields.startTsn, d.pos, 2, startTsn);
    d.close();
    d.skip(2);
    d.open(fields.end, d.pos, 2, to);
    d.generated(fields.endTsn, d.pos, 2, endTsn);
    d.close();
    d.skip(2);
    if (from > to) {
      d.last = d.parent;
      d.expert(x.gapMalformed);
    } else if (from <= lastEnd && i > 0) {
      d.last = d.parent;
      d.expert(x.gapOrder);
    }
    lastEnd = to;
    total += Math.max(0, to - from + 1);
    if (d.labels) d.close();
  }
  if (total > 0) {
    d.generated(fields.total, d.pos, 0, total);
    if (total > MANY_GAPS) d.expert(x.manyGaps);
  }
  return total;
}

function addSack(d: Dissection, state: SctpState | null): void {
  const raw = d.peek32();
  const ack = relative(d, state, raw, d.direction === 0 ? 1 : 0, false);
  d.add(f.sackCumulativeTsnAck, d.pos, 4, ack);
  d.u32(f.sackCumulativeTsnAckRaw);
  const credit = d.u32(f.sackARwnd);
  if (credit === 0) d.expert(x.zeroWindow);
  const gaps = d.u16(f.sackNumberOfGapBlocks);
  const duplicates = d.u16(f.sackNumberOfDuplicatedTsns);
  if (d.labels) {
    d.appendParent(
      ` (Cumulative TSN: ${raw}, a_rwnd: ${credit}, gaps: ${gaps}, duplicate TSNs: ${duplicates})`,
    );
  }
  // The columns have the last block's end as Wireshark does.
  const reach = gaps > 0 ? d.peek16((gaps - 1) * 4 + 2) : 0;
  if (d.columns) d.addInfo(`(Ack=${ack}${reach === 0 ? "" : `+${reach}`}, Arwnd=${credit}) `);
  addGaps(d, GAPS, gaps, ack, "Gap Acknowledgement");
  for (let i = 0; i < duplicates; i++) d.u32(f.sackDuplicateTsn);
}

function addNrSack(d: Dissection): void {
  const raw = d.u32(f.nrSackCumulativeTsnAck);
  const credit = d.u32(f.nrSackARwnd);
  const gaps = d.u16(f.nrSackNumberOfGapBlocks);
  const nrGaps = d.u16(f.nrSackNumberOfNrGapBlocks);
  const duplicates = d.u16(f.nrSackNumberOfDuplicatedTsns);
  d.u16(f.nrSackReserved);
  if (d.labels) {
    d.appendParent(
      ` (Cumulative TSN: ${raw}, a_rwnd: ${credit}, gaps: ${gaps}, nr-gaps: ${nrGaps}, duplicate TSNs: ${duplicates})`,
    );
  }
  addGaps(d, NR_GAPS, gaps, raw, "Gap Acknowledgement");
  addGaps(d, NR_NR_GAPS, nrGaps, raw, "NR-Gap Acknowledgement");
  for (let i = 0; i < duplicates; i++) d.u32(f.nrSackDuplicateTsn);
}
