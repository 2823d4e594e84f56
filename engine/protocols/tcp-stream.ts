/**
 * The byte stream above TCP: segments are handed to the protocol above as they come, and PDUs that span segments
 * are put together when that protocol asks for more bytes.
 *
 * Where a PDU's pieces lie is kept as (frame, offset, length), never their bytes; only pieces that are not in
 * the frame as they are (decrypted or put together below TCP) are copied. In each direction the last
 * `MAX_PDUS` PDUs are remembered, to know repetitions of their segments; a PDU holds at most `MAX_PIECES` pieces
 * (16 bytes each), `MAX_PDU_BYTES` bytes and `MAX_COPIED_BYTES` copied bytes, and is given up beyond.
 */

import { type Dissection, MODE_INDEX, ONE_MORE_SEGMENT, UNTIL_END } from "../dissect/dissection.ts";
import { bool, bytes, frameNum, none, u32 } from "../dissect/field.ts";
import { MARK_BEGINS } from "../dissect/frame-marks.ts";
import type { Protocol } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { grown } from "../index/grown.ts";
import { PDU_SEGMENT } from "./tcp-findings.ts";
import { compareSeq } from "./tcp-sequence.ts";

const MAX_PDUS = 64;
const MAX_PIECES = 1 << 18;
const MAX_PDU_BYTES = 1 << 28;
const MAX_COPIED_BYTES = 1 << 22;
/** A PDU of which more than this came in its first segment is not put together. */
const MAX_FIRST_PIECE = 1 << 20;
/** Longest PDU put together in the buffer that is used again. */
const MAX_SCRATCH = 1 << 22;
/** A PDU whose length is in doubt is shown anew with every segment up to here, then whenever it has doubled. */
const DOUBT_BYTES = 1 << 12;
/** Rounds through one segment: a bound on what a dissector that makes no progress can cost. */
const MAX_ROUNDS = 4096;

export const streamFields = {
  segments: none("tcp.segments", "Reassembled TCP Segments"),
  segment: frameNum("tcp.segment", "TCP Segment"),
  segmentOverlap: bool("tcp.segment.overlap", "Segment overlap"),
  segmentCount: u32("tcp.segment.count", "Segment count"),
  reassembledIn: frameNum("tcp.reassembled_in", "Reassembled PDU in frame"),
  reassembledLength: u32("tcp.reassembled.length", "Reassembled TCP length"),
  reassembledData: bytes("tcp.reassembled.data", "Reassembled TCP Data"),
  segmentData: bytes("tcp.segment_data", "TCP segment data"),
  finRetransmission: frameNum("tcp.fin_retransmission", "Retransmission of FIN from frame"),
  pduSize: u32("tcp.pdu.size", "PDU Size"),
};
const f = streamFields;

/** Pieces of an unfinished PDU that are saved with the state of its stream. */
const MAX_SAVED_PIECES = 48;
const NO_PIECES = new Uint32Array(0);

/** A PDU that spans segments. */
export class SpanningPdu {
  /** Sequence number of its first byte, and of the one behind its last as far as known. */
  readonly seq: number;
  next: number;
  readonly firstFrame: number;
  /** The next segment belongs to the PDU as a whole, however long it is. */
  wholeSegment = false;
  untilEnd = false;
  /** Frame that completed it; 0 while it is not complete. */
  reassembledIn = 0;
  /** Bytes from the beginning without a gap. */
  covered = 0;
  /** Bytes at which the protocol above is shown what has come of it, before it is complete; 0 for none. */
  wake = 0;
  /** True when it grew beyond the bounds: its segments are passed over. */
  givenUp = false;
  /** True when pieces are missing here that came: the PDU cannot be put together, only gone on with. */
  hollow = false;
  /** Pieces: frame, offset in the frame, offset in the PDU, length. */
  private list = new Uint32Array(8);
  private count = 0;
  private copies: Map<number, Uint8Array> | null = null;
  private copied = 0;

  /** The same without its pieces when there are many: good enough to go on, but not to put it together. */
  static light(pdu: SpanningPdu): SpanningPdu {
    const copy = new SpanningPdu(pdu.seq, pdu.next, pdu.firstFrame);
    copy.wholeSegment = pdu.wholeSegment;
    copy.untilEnd = pdu.untilEnd;
    copy.reassembledIn = pdu.reassembledIn;
    copy.covered = pdu.covered;
    copy.wake = pdu.wake;
    copy.givenUp = pdu.givenUp;
    copy.copied = pdu.copied;
    if (pdu.reassembledIn !== 0) return copy;
    copy.hollow = pdu.hollow || pdu.count > MAX_SAVED_PIECES;
    if (copy.hollow) return copy;
    copy.list = pdu.list.slice(0, 4 * pdu.count);
    copy.count = pdu.count;
    copy.copies = pdu.copies;
    return copy;
  }

  constructor(seq: number, next: number, firstFrame: number) {
    this.seq = seq;
    this.next = next;
    this.firstFrame = firstFrame;
  }

  get length(): number {
    return (this.next - this.seq) >>> 0;
  }

  /** Takes in `length` bytes at `d.buf[at]` that stand at `offset` in the PDU; true when it is complete now. */
  add(d: Dissection, at: number, offset: number, length: number): boolean {
    if (this.givenUp) return false;
    let skip = 0;
    if (offset < this.covered) skip = Math.min(length, this.covered - offset);
    if (length > skip) {
      if (this.count === MAX_PIECES || offset + length > MAX_PDU_BYTES) {
        this.#giveUp();
        return false;
      }
      this.#push(d, at + skip, offset + skip, length - skip);
      if (offset + skip === this.covered) this.#cover(offset + length);
    }
    return !this.givenUp && this.covered >= this.length;
  }

  #push(d: Dissection, at: number, offset: number, length: number): void {
    const i = this.count * 4;
    if (i === this.list.length) {
      this.list = grown(this.list, Math.max(8, i * 2));
    }
    if (d.source !== 0) {
      this.copied += length;
      if (this.copied > MAX_COPIED_BYTES) {
        this.#giveUp();
        return;
      }
      this.copies ??= new Map();
      this.copies.set(this.count, d.buf.slice(at, at + length));
    }
    this.list[i] = d.frame;
    this.list[i + 1] = at - d.base;
    this.list[i + 2] = offset;
    this.list[i + 3] = length;
    this.count++;
  }

  /** Takes over the bytes from `from` to `to` of another PDU, which turned out to hold the beginning of this one. */
  takeOver(other: SpanningPdu, from: number, to: number): void {
    for (let n = 0; n < other.count; n++) {
      const i = n * 4;
      const offset = other.list[i + 2];
      const begin = Math.max(offset, from);
      const end = Math.min(offset + other.list[i + 3], to);
      if (end <= begin) continue;
      const at = this.count * 4;
      if (at === this.list.length) this.list = grown(this.list, Math.max(8, at * 2));
      this.list.set([other.list[i], other.list[i + 1] + begin - offset, begin - from, end - begin], at);
      const copy = other.copies?.get(n);
      if (copy !== undefined) {
        this.copies ??= new Map();
        this.copies.set(this.count, copy.subarray(begin - offset, end - offset));
        this.copied += end - begin;
      }
      this.count++;
    }
    this.covered = to - from;
  }

  /** The bytes up to `end` are there; with them perhaps pieces that came early. */
  #cover(end: number): void {
    this.covered = end;
    let grew = true;
    while (grew) {
      grew = false;
      for (let i = 0; i < this.count * 4; i += 4) {
        const offset = this.list[i + 2];
        const pieceEnd = offset + this.list[i + 3];
        if (offset <= this.covered && pieceEnd > this.covered) {
          this.covered = pieceEnd;
          grew = true;
        }
      }
      if (this.covered === end) return;
    }
  }

  /** True when the protocol above is to be shown the bytes so far, which end at `end`. */
  isAwake(end: number): boolean {
    if (this.wake === 0 || this.covered < this.wake || this.covered !== end) return false;
    for (let i = 0; i < this.count * 4; i += 4) if (this.list[i + 2] + this.list[i + 3] > end) return false;
    return true;
  }

  /** From how many bytes on it is shown next. */
  sleep(early: boolean): void {
    this.wake = !early ? 0 : this.covered < DOUBT_BYTES ? this.covered + 1 : 2 * this.covered;
  }

  #giveUp(): void {
    this.givenUp = true;
    this.forgetPieces();
  }

  /** Lets go of the pieces, once nobody will ask for the bytes again. */
  forgetPieces(): void {
    this.list = NO_PIECES;
    this.count = 0;
    this.copies = null;
  }

  /**
   * The first `size` bytes, or null when a frame they lie in cannot be read.
   * @param out where they go
   */
  bytes(d: Dissection, out: Uint8Array, base: number): Uint8Array | null {
    if (this.hollow) {
      if (d.conversation !== null) d.conversation.lacking = true;
      return null;
    }
    const size = out.length;
    for (let n = 0; n < this.count; n++) {
      const i = n * 4;
      const offset = this.list[i + 2];
      if (offset >= size) continue;
      const length = Math.min(this.list[i + 3], size - offset);
      const copy = this.copies?.get(n);
      if (copy !== undefined) {
        out.set(length < copy.length ? copy.subarray(0, length) : copy, offset);
        continue;
      }
      const frame = this.list[i];
      const at = this.list[i + 1];
      if (frame === d.frame) {
        out.set(d.buf.subarray(base + at, base + at + length), offset);
        continue;
      }
      const bytes = d.frameBytes(frame);
      if (bytes === undefined || bytes.length < at + length) return null;
      out.set(bytes.subarray(at, at + length), offset);
    }
    return out;
  }

  /** The pieces of the first `size` bytes in their order: frame, offset in the PDU, length. */
  pieces(size: number): { frame: number; offset: number; length: number }[] {
    const list: { frame: number; offset: number; length: number }[] = [];
    for (let i = 0; i < this.count * 4; i += 4) {
      const offset = this.list[i + 2];
      if (offset >= size) continue;
      list.push({ frame: this.list[i], offset, length: Math.min(this.list[i + 3], size - offset) });
    }
    list.sort((a, b) => a.offset - b.offset);
    // What one segment brought in steps, as the PDU turned out to be longer, is one piece.
    const whole: typeof list = [];
    for (const piece of list) {
      const before = whole[whole.length - 1];
      const continues = before?.frame === piece.frame && before.offset + before.length === piece.offset;
      if (continues) before.length += piece.length;
      else whole.push(piece);
    }
    return whole;
  }
}

/** Integers of a packed PDU. */
const PACKED = 5;
const NO_PDUS: SpanningPdu[] = [];

/** One direction's PDUs. */
export class StreamFlow {
  /** By sequence number, the last ones. */
  private pdus: SpanningPdu[] = NO_PDUS;
  /** True when a PDU lasts until the sender closes. */
  untilEnd = false;
  /** In a saved state: the complete PDUs, `PACKED` integers each. */
  private pack: Int32Array | null = null;

  /** The same with the complete PDUs packed: they are only there to know repetitions. */
  static packed(flow: StreamFlow): StreamFlow {
    const complete = flow.pdus.filter((pdu) => pdu.reassembledIn !== 0 && !pdu.wholeSegment && !pdu.untilEnd);
    if (complete.length === 0) return flow;
    const copy = new StreamFlow();
    copy.untilEnd = flow.untilEnd;
    copy.pdus = flow.pdus.filter((pdu) => !complete.includes(pdu));
    copy.pack = new Int32Array(complete.length * PACKED);
    for (const [i, pdu] of complete.entries()) {
      copy.pack.set([pdu.seq, pdu.next, pdu.firstFrame, pdu.reassembledIn, pdu.covered], i * PACKED);
    }
    return copy;
  }

  static unpack(flow: StreamFlow): void {
    const { pack } = flow;
    if (pack === null) return;
    flow.pack = null;
    for (let i = 0; i < pack.length; i += PACKED) {
      const pdu = new SpanningPdu(pack[i] >>> 0, pack[i + 1] >>> 0, pack[i + 2]);
      pdu.reassembledIn = pack[i + 3];
      pdu.covered = pack[i + 4];
      flow.add(pdu);
    }
  }

  /** The PDU that begins at `seq`. */
  beginningAt(seq: number): SpanningPdu | null {
    for (let i = this.pdus.length - 1; i >= 0; i--) {
      const order = compareSeq(this.pdus[i].seq, seq);
      if (order === 0) return this.pdus[i];
      if (order < 0) return null;
    }
    return null;
  }

  /** The last PDU that begins before `seq`. */
  before(seq: number): SpanningPdu | null {
    for (let i = this.pdus.length - 1; i >= 0; i--) {
      if (compareSeq(this.pdus[i].seq, seq) < 0) return this.pdus[i];
    }
    return null;
  }

  add(pdu: SpanningPdu): void {
    if (this.pdus === NO_PDUS) this.pdus = [];
    let i = this.pdus.length;
    while (i > 0 && compareSeq(this.pdus[i - 1].seq, pdu.seq) > 0) i--;
    if (i > 0 && this.pdus[i - 1].seq === pdu.seq) this.pdus[i - 1] = pdu;
    else if (i === this.pdus.length) this.pdus.push(pdu);
    else this.pdus.splice(i, 0, pdu);
    if (this.pdus.length > MAX_PDUS) this.pdus.shift();
  }
}

stateClass(() => new SpanningPdu(0, 0, 0), SpanningPdu.light);
stateClass(() => new StreamFlow(), StreamFlow.packed, StreamFlow.unpack);

/** What becomes of bytes of a segment: */
/** they go to the protocol above as they are, */
const FRESH = 0;
/** they were there before, */
const REPEATED = 1;
/** they are a piece of a PDU that stays incomplete, */
const PIECE = 2;
/** the piece that makes a PDU complete; */
const COMPLETE = 3;
/** It is made complete by the end of the stream. */
const FINAL = 4;

/** One step through a segment, as it is kept for later dissections of the frame. */
interface Step {
  readonly kind: number;
  /** Offset in the payload, and how many bytes belong to the step's PDU. */
  readonly offset: number;
  readonly length: number;
  /** COMPLETE, FINAL: the PDU's length at this time. */
  readonly size: number;
  /** The PDU the step belongs to; for FRESH null. */
  readonly pdu: SpanningPdu | null;
  /** The PDU that begins in what the step left over. */
  begun: SpanningPdu | null;
}

/** What is recalled of a segment that is known to be a piece of a PDU, and nothing else. */
export function pieceOnly(): { readonly key: number; readonly value: unknown } {
  const pdu = new SpanningPdu(0, 0, 0);
  const step: Step = { kind: PIECE, offset: 0, length: 0, size: 0, pdu, begun: null };
  return { key: KEY_STEPS, value: [step] };
}

/** The segment being delivered. */
export interface StreamSegment {
  /** Of the first payload byte and of the one behind the last. */
  seq: number;
  next: number;
  fin: boolean;
}

/** Chooses the protocol above for the bytes at the cursor, or null when they are not to be dissected. */
export type ChooseApp = (d: Dissection) => Protocol | null;

const KEY_STEPS = 1;

/** Delivers segments of one transport: TCP. One instance serves all streams. */
export class StreamDelivery {
  readonly #tcp: () => Protocol;
  readonly #choose: ChooseApp;
  // The segment at work.
  #start = 0;
  #end = 0;
  #next = 0;
  #wanted = -1;
  #more = 0;
  #early = false;
  #locked = false;
  /** Deliveries that are going on, one inside the other. */
  #depth = 0;
  #scratch = new Uint8Array(0);

  /**
   * @param tcp the transport, for what is remembered of frames
   * @param choose the protocol above
   */
  constructor(tcp: () => Protocol, choose: ChooseApp) {
    this.#tcp = tcp;
    this.#choose = choose;
  }

  /**
   * Delivers the payload `d.buf[d.pos .. d.end)`, whole as it was on the wire. Called with an empty payload for
   * a FIN only. The cursor is at the payload's beginning afterwards.
   */
  deliver(d: Dissection, flow: StreamFlow, s: StreamSegment): void {
    // What the stream carries may hold packets with streams of their own.
    const start = this.#start;
    const end = this.#end;
    const next = this.#next;
    const locked = this.#locked;
    this.#start = d.pos;
    this.#end = d.end;
    this.#next = s.next;
    this.#locked = false;
    this.#depth++;
    const ends = d.streamEnds;
    d.streamEnds = s.fin;
    if (d.first) this.#learn(d, flow, s.seq, s.fin);
    else this.#replay(d);
    this.#depth--;
    d.streamEnds = ends;
    d.pos = this.#start;
    this.#start = start;
    this.#end = end;
    this.#next = next;
    this.#locked = locked;
  }

  #replay(d: Dissection): void {
    const steps = d.recall<Step[]>(this.#tcp(), KEY_STEPS);
    if (steps === undefined) {
      if (this.#start < this.#end) this.#fresh(d, 0, null);
      return;
    }
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      const last = i === steps.length - 1;
      if (i > 0) this.#fence(d);
      if (step.kind === FRESH) this.#fresh(d, step.offset, step.begun);
      else if (step.kind === REPEATED) this.#repeated(d, step.offset, step.pdu!);
      else if (step.kind === PIECE) this.#piece(d, step.offset, step.pdu!, last);
      else
        this.#complete(
          d,
          step.offset,
          step.length,
          step.pdu!,
          step.size,
          last,
          step.begun,
          step.kind === COMPLETE,
        );
    }
  }

  #learn(d: Dissection, flow: StreamFlow, from: number, fin: boolean): void {
    const steps: Step[] | null = d.keep ? [] : null;
    if (fin && flow.untilEnd) {
      flow.untilEnd = false;
      if (this.#finish(d, flow, from, steps)) {
        this.#rememberSteps(d, steps);
        return;
      }
    }
    let offset = 0;
    let seq = from;
    const length = this.#end - this.#start;
    for (let round = 0; offset < length && round < MAX_ROUNDS; round++) {
      if (offset > 0) this.#fence(d);
      const known = flow.beginningAt(seq);
      if (known !== null && compareSeq(this.#next, known.next) <= 0) {
        steps?.push({ kind: REPEATED, offset, length: length - offset, size: 0, pdu: known, begun: null });
        this.#repeated(d, offset, known);
        break;
      }
      const pdu = known ?? flow.before(seq);
      if (pdu === null || compareSeq(pdu.next, seq) <= 0 || compareSeq(pdu.seq, seq) > 0) {
        if (offset === 0) d.marks |= MARK_BEGINS;
        this.#fresh(d, offset, null);
        const begun = this.#begin(d, flow, seq, offset);
        if (steps !== null && (offset > 0 || begun !== null)) {
          steps.push({ kind: FRESH, offset, length: length - offset, size: 0, pdu: null, begun });
        }
        break;
      }
      const rest = length - offset;
      let taken = rest;
      if (pdu.wholeSegment) {
        pdu.wholeSegment = false;
        pdu.next = this.#next;
      } else taken = Math.min(rest, (pdu.next - seq) >>> 0);
      const complete =
        pdu.reassembledIn === 0 && pdu.add(d, this.#start + offset, (seq - pdu.seq) >>> 0, taken);
      const doubted = !complete && pdu.reassembledIn === 0 && pdu.isAwake((seq + taken - pdu.seq) >>> 0);
      if (doubted) pdu.next = (seq + taken) >>> 0;
      if (!complete && !doubted) {
        if (offset === 0 && taken === rest) d.analysis |= PDU_SEGMENT;
        steps?.push({ kind: PIECE, offset, length: taken, size: 0, pdu, begun: null });
        this.#piece(d, offset, pdu, taken === rest);
      } else {
        const size = pdu.length;
        const step: Step = { kind: COMPLETE, offset, length: taken, size, pdu, begun: null };
        pdu.reassembledIn = d.frame;
        const extended = this.#complete(d, offset, taken, pdu, size, taken === rest, null);
        if (extended) {
          pdu.reassembledIn = 0;
          this.#extend(pdu, flow);
          if (doubted) {
            if (offset === 0 && taken === rest) d.analysis |= PDU_SEGMENT;
            steps?.push({ kind: PIECE, offset, length: taken, size: 0, pdu, begun: null });
          }
        } else {
          if (this.#wanted >= 0) {
            const left = size - this.#wanted;
            if (left > taken) step.begun = this.#beginWithin(d, flow, pdu, this.#wanted, size);
            else {
              // Leftovers at the end of the put-together bytes lie at the end of this segment's part, too.
              const end = this.#start + offset + taken;
              step.begun = this.#beginAt(d, flow, seq, offset, end - left, end);
            }
          }
          if (!d.keep) pdu.forgetPieces();
        }
        if (!extended || !doubted) steps?.push(step);
      }
      offset += taken;
      seq = (seq + taken) >>> 0;
    }
    this.#rememberSteps(d, steps);
  }

  #rememberSteps(d: Dissection, steps: Step[] | null): void {
    if (steps !== null && steps.length > 0) d.remember(this.#tcp(), KEY_STEPS, steps);
  }

  /** The sender closed: what a PDU without a known end has got is all of it. */
  #finish(d: Dissection, flow: StreamFlow, seq: number, steps: Step[] | null): boolean {
    const pdu = flow.beginningAt(seq) ?? flow.before(seq);
    if (pdu === null || !pdu.untilEnd || pdu.reassembledIn !== 0) return false;
    const length = this.#end - this.#start;
    pdu.next = this.#next;
    if (!pdu.add(d, this.#start, (seq - pdu.seq) >>> 0, length)) return false;
    pdu.reassembledIn = d.frame;
    const size = pdu.length;
    steps?.push({ kind: FINAL, offset: 0, length, size, pdu, begun: null });
    this.#complete(d, 0, length, pdu, size, true, null, false);
    if (!d.keep) pdu.forgetPieces();
    return true;
  }

  /** The present PDU turned out to be longer. */
  #extend(pdu: SpanningPdu, flow: StreamFlow): void {
    pdu.sleep(this.#early);
    if (this.#more === ONE_MORE_SEGMENT) {
      pdu.next = (this.#next + 1) >>> 0;
      pdu.wholeSegment = true;
    } else if (this.#more === UNTIL_END) {
      pdu.next = (this.#next + UNTIL_END) >>> 0;
      pdu.untilEnd = true;
      flow.untilEnd = true;
    } else pdu.next = (pdu.next + this.#more) >>> 0;
  }

  /** A PDU begins in the part of the segment that a FRESH step left over. */
  #begin(d: Dissection, flow: StreamFlow, seq: number, offset: number): SpanningPdu | null {
    if (this.#wanted < 0) return null;
    return this.#beginAt(
      d,
      flow,
      seq,
      offset,
      this.#wanted,
      this.#start + offset + ((this.#next - seq) >>> 0),
    );
  }

  #beginAt(
    d: Dissection,
    flow: StreamFlow,
    seq: number,
    offset: number,
    at: number,
    end: number,
  ): SpanningPdu | null {
    const from = this.#start + offset;
    if (at < from || at > end || end - at > MAX_FIRST_PIECE) return null;
    const first = (seq + (at - from)) >>> 0;
    const next = (seq + (end - from)) >>> 0;
    const more = this.#more === ONE_MORE_SEGMENT ? 1 : this.#more;
    const pdu = new SpanningPdu(first, (next + more) >>> 0, d.frame);
    pdu.wholeSegment = this.#more === ONE_MORE_SEGMENT;
    if (this.#more === UNTIL_END) {
      pdu.untilEnd = true;
      flow.untilEnd = true;
    }
    pdu.add(d, at, 0, end - at);
    pdu.sleep(this.#early);
    flow.add(pdu);
    return pdu;
  }

  /** A PDU begins in the bytes from `from` on of one that was `size` bytes long, before the present segment. */
  #beginWithin(d: Dissection, flow: StreamFlow, whole: SpanningPdu, from: number, size: number): SpanningPdu {
    const seq = (whole.seq + from) >>> 0;
    const pdu = new SpanningPdu(seq, (whole.seq + size) >>> 0, d.frame);
    pdu.takeOver(whole, from, size);
    this.#extend(pdu, flow);
    flow.add(pdu);
    return pdu;
  }

  /** Hands the rest of the segment to the protocol above. */
  #fresh(d: Dissection, offset: number, begun: SpanningPdu | null): void {
    const at = this.#start + offset;
    this.#wanted = -1;
    d.pos = at;
    const app = this.#choose(d);
    if (app === null) {
      this.#addSegmentData(d, at, this.#end, "Retransmitted ");
      return;
    }
    this.#call(d, app, null, "");
    if (this.#wanted < 0) {
      if (d.tookBack) this.#addSegmentData(d, at, this.#end, "");
      return;
    }
    if (begun !== null) this.#addReassembledIn(d, begun);
    if (this.#wanted === at && !(this.#locked && app.early)) this.#markSegment(d);
    this.#addSegmentData(d, this.#wanted, this.#end, "");
  }

  #call(d: Dissection, app: Protocol, bytes: Uint8Array | null, name: string, offer = true): void {
    const column = d.protocolColumn;
    d.callSegment(app, bytes, name, offer);
    this.#wanted = d.desegmentAt;
    this.#more = d.desegmentMore;
    this.#early = d.desegmentEarly;
    d.desegmentAt = -1;
    if (this.#locked) d.protocolColumn = column;
  }

  #repeated(d: Dissection, offset: number, pdu: SpanningPdu): void {
    if (pdu.firstFrame === d.frame) {
      this.#markSegment(d);
      this.#addReassembledIn(d, pdu);
      this.#addSegmentData(d, this.#start + offset, this.#end, "");
    } else this.#addSegmentData(d, this.#start + offset, this.#end, "Retransmitted ");
  }

  /** @param last whether nothing of the segment follows the piece */
  #piece(d: Dissection, offset: number, pdu: SpanningPdu, last: boolean): void {
    this.#addReassembledIn(d, pdu);
    if (last) this.#markSegment(d);
    this.#addSegmentData(d, this.#start + offset, this.#end, "");
  }

  /** Dissects a complete PDU; `offer` tells whether it may turn out to be longer. True when the protocol above found that it is not complete after all. */
  #complete(
    d: Dissection,
    offset: number,
    length: number,
    pdu: SpanningPdu,
    size: number,
    last: boolean,
    begun: SpanningPdu | null,
    offer = true,
  ): boolean {
    const at = this.#start + offset;
    // When nothing is kept, the bytes are not looked at again once the PDU is dissected.
    const scratch = d.mode === MODE_INDEX && !d.keep && this.#depth === 1 ? this.#room(size) : null;
    const bytes = pdu.bytes(d, scratch ?? new Uint8Array(size), d.base);
    this.#wanted = -1;
    if (bytes === null) {
      this.#piece(d, offset, pdu, last);
      return false;
    }
    const app = this.#chooseFor(d, bytes);
    const source = d.building ? d.sources.length : 0;
    if (app !== null) this.#call(d, app, bytes, `Reassembled TCP (${size} bytes)`, offer);
    if (this.#wanted === 0) {
      this.#markSegment(d);
      this.#addSegmentData(d, at, this.#end, "");
      return true;
    }
    if (length > 0) this.#addSegmentData(d, at, last ? this.#end : at + length, "");
    if (app !== null && d.building) this.#addSegments(d, pdu, bytes, source, length === 0);
    if (this.#wanted >= 0) {
      this.#addReassembledIn(d, begun ?? pdu);
      this.#addSegmentData(d, at + Math.max(0, length - (size - this.#wanted)), at + length, "");
    }
    return false;
  }

  /** Bytes that are used again for each PDU. */
  #room(size: number): Uint8Array {
    if (size > MAX_SCRATCH) return new Uint8Array(size);
    if (this.#scratch.length < size)
      this.#scratch = new Uint8Array(Math.max(2 * this.#scratch.length, size, 1 << 15));
    return this.#scratch.subarray(0, size);
  }

  #chooseFor(d: Dissection, bytes: Uint8Array): Protocol | null {
    const { buf, pos, end, wireEnd, base } = d;
    d.buf = bytes;
    d.base = 0;
    d.pos = 0;
    d.end = bytes.length;
    d.wireEnd = bytes.length;
    const app = this.#choose(d);
    d.buf = buf;
    d.pos = pos;
    d.end = end;
    d.wireEnd = wireEnd;
    d.base = base;
    return app;
  }

  /** Another PDU follows in the same segment: what the columns say of the ones before stays. */
  #fence(d: Dissection): void {
    d.fenceInfo();
    this.#locked = true;
  }

  /** None of the segment was dissected: the columns are TCP's. */
  #markSegment(d: Dissection): void {
    if (!d.columns) return;
    if (!this.#locked) d.setProtocol("TCP");
    d.addInfo("[TCP segment of a reassembled PDU]", " ");
  }

  #addReassembledIn(d: Dissection, pdu: SpanningPdu): void {
    if (pdu.reassembledIn !== 0) d.generated(f.reassembledIn, this.#start, 0, pdu.reassembledIn);
  }

  #addSegmentData(d: Dissection, at: number, end: number, kind: string): void {
    if (!d.building) return;
    const n = end - at;
    d.add(f.segmentData, at, n, d.buf.subarray(at, end));
    if (d.labels) d.relabel(`${kind}TCP segment data (${n} byte${n === 1 ? "" : "s"})`);
  }

  /** @param closed true when the present segment only closes the stream */
  #addSegments(d: Dissection, pdu: SpanningPdu, bytes: Uint8Array, source: number, closed: boolean): void {
    const size = bytes.length;
    const pieces = pdu.pieces(size);
    if (closed) pieces.push({ frame: d.frame, offset: size, length: 0 });
    const list = pieces.map(({ frame, length }) => `#${frame}(${length})`).join(", ");
    const label = `${pieces.length} Reassembled TCP Segments (${size} bytes): ${list}`;
    d.addBeside(f.segments, source, size, null, label, () => {
      for (const { frame, offset, length } of pieces) {
        d.generated(f.segment, offset, length, frame);
        d.relabel(
          length === 0
            ? `Frame: ${frame} (no data)`
            : `Frame: ${frame}, payload: ${offset}-${offset + length - 1} (${length} byte${length === 1 ? "" : "s"})`,
        );
      }
      d.generated(f.segmentCount, 0, 0, pieces.length);
      d.generated(f.reassembledLength, 0, 0, size);
      d.generated(f.reassembledData, 0, size, bytes);
    });
  }
}

/**
 * Dissects the PDUs of a protocol that tells their length in a header, all that begin in the present layer, and
 * asks the stream for the bytes that are missing.
 * @param headerLength bytes from which `lengthOf` can tell the length
 * @param lengthOf length of the PDU that begins at the cursor, header included; 0 when more than `headerLength`
 *   bytes are needed to tell. Adds nothing and leaves the cursor.
 * @param pdu dissects one from `d.pos` to `d.end`; every one but the first has a line of its own beside the layer's
 * @param sized false for a protocol whose PDUs Wireshark shows without `tcp.pdu.size`
 */
export function dissectPdus(
  d: Dissection,
  headerLength: number,
  lengthOf: (d: Dissection) => number,
  pdu: (d: Dissection) => void,
  sized = true,
): void {
  const { pos: first, end, wireEnd, canDesegment, cutPdu } = d;
  d.canDesegment = false;
  while (d.pos < end) {
    const start = d.pos;
    const there = wireEnd - start;
    if (canDesegment && there < headerLength) {
      d.wantMore(start, ONE_MORE_SEGMENT);
      break;
    }
    const length = lengthOf(d);
    d.pos = start;
    if (length === 0) {
      if (canDesegment) d.wantMore(start, ONE_MORE_SEGMENT);
      break;
    }
    if (length < headerLength) {
      d.unlist();
      d.malformed();
    }
    if (canDesegment && there < length) {
      d.wantMore(start, length - there);
      break;
    }
    if (sized && d.building) d.addToStream(f.pduSize, start, Math.min(length, end - start), length);
    // Without the offer a PDU that goes on in the next segment is a fragment: no fault of the packet.
    d.cutPdu = cutPdu || there < length;
    d.sizedPdu(length, pdu, start > first);
  }
  d.cutPdu = cutPdu;
  d.canDesegment = canDesegment;
}
