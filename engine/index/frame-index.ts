/**
 * The columnar index: what pass one learns of every frame, in typed arrays over SharedArrayBuffers.
 *
 * Columns come in segments of 65,536 frames, so that nothing is ever regrown or copied, and another thread can
 * scan what is filled while more is being written. 59 bytes a frame.
 */

import { Checkpoints } from "./checkpoints.ts";
import { grown } from "./grown.ts";
import { TcpStreams } from "./tcp-streams.ts";

export const SEGMENT_BITS = 16;
export const SEGMENT_FRAMES = 1 << SEGMENT_BITS;
const LOW = SEGMENT_FRAMES - 1;

/**
 * Bits of the `flags` column: the reader's RECORD_ bits, then the gravest expert severity (0 none … 5 error), the two
 * flags of this module and lost.ts, and what dissectors note (frame-marks.ts).
 */
export const SEVERITY_SHIFT = 4;
/** More than one conversation: the full list is in `FrameIndex.refs`. */
export const FLAG_MORE_REFS = 1 << 8;

/** The columns of up to 65,536 frames. */
export class Segment {
  readonly buffer: SharedArrayBuffer;
  /** File offset of the frame's first byte. */
  readonly offset: Float64Array;
  /** Seconds since 1970, integer. */
  readonly sec: Float64Array;
  readonly nsec: Uint32Array;
  readonly capLen: Uint32Array;
  readonly len: Uint32Array;
  /** Address ids of the innermost source and destination. */
  readonly src: Uint32Array;
  readonly dst: Uint32Array;
  /** Innermost conversation (kind and number), 0 for none. */
  readonly ref: Uint32Array;
  /** Number of the next frame with the same `ref`, 0 while there is none. */
  readonly next: Uint32Array;
  readonly srcPort: Uint16Array;
  readonly dstPort: Uint16Array;
  readonly iface: Uint16Array;
  readonly chain: Uint16Array;
  readonly flags: Uint16Array;
  /** Flags of the innermost TCP header, and the findings of the sequence analysis (bits of tcp-analysis.ts). */
  readonly tcpFlags: Uint16Array;
  readonly analysis: Uint16Array;
  /** Bytes from the start of the record to the frame's first byte. */
  readonly header: Uint8Array;

  /** @param buffer that of a segment of another thread, to look at the same frames */
  constructor(buffer?: SharedArrayBuffer) {
    const n = SEGMENT_FRAMES;
    this.buffer = buffer ?? new SharedArrayBuffer(n * (2 * 8 + 7 * 4 + 7 * 2 + 1));
    let at = 0;
    const take = (bytes: number): number => {
      const from = at;
      at += bytes * n;
      return from;
    };
    this.offset = new Float64Array(this.buffer, take(8), n);
    this.sec = new Float64Array(this.buffer, take(8), n);
    this.nsec = new Uint32Array(this.buffer, take(4), n);
    this.capLen = new Uint32Array(this.buffer, take(4), n);
    this.len = new Uint32Array(this.buffer, take(4), n);
    this.src = new Uint32Array(this.buffer, take(4), n);
    this.dst = new Uint32Array(this.buffer, take(4), n);
    this.ref = new Uint32Array(this.buffer, take(4), n);
    this.next = new Uint32Array(this.buffer, take(4), n);
    this.srcPort = new Uint16Array(this.buffer, take(2), n);
    this.dstPort = new Uint16Array(this.buffer, take(2), n);
    this.iface = new Uint16Array(this.buffer, take(2), n);
    this.chain = new Uint16Array(this.buffer, take(2), n);
    this.flags = new Uint16Array(this.buffer, take(2), n);
    this.tcpFlags = new Uint16Array(this.buffer, take(2), n);
    this.analysis = new Uint16Array(this.buffer, take(2), n);
    this.header = new Uint8Array(this.buffer, take(1), n);
  }
}

/** Protocol chains by number: most captures have a few dozen different ones. */
export class ChainTable {
  /** Protocol ids of each chain, outermost first. Chain 0 is the empty one, and stands for those beyond 65,535. */
  readonly chains: Uint16Array[] = [new Uint16Array(0)];
  readonly #byHash = new Map<number, number[]>();

  /** The number of the chain `ids[0 .. length)`. */
  intern(ids: Uint16Array, length: number): number {
    let hash = length;
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + ids[i]) | 0;
    const candidates = this.#byHash.get(hash);
    if (candidates !== undefined) {
      for (const id of candidates) if (this.#is(id, ids, length)) return id;
    }
    if (this.chains.length > 0xffff) return 0;
    const id = this.chains.length;
    this.chains.push(ids.slice(0, length));
    if (candidates === undefined) this.#byHash.set(hash, [id]);
    else candidates.push(id);
    return id;
  }

  #is(id: number, ids: Uint16Array, length: number): boolean {
    const chain = this.chains[id];
    if (chain.length !== length) return false;
    for (let i = 0; i < length; i++) if (chain[i] !== ids[i]) return false;
    return true;
  }
}

/** First and last frame of every stream. */
class StreamEnds {
  first = new Uint32Array(256);
  last = new Uint32Array(256);
  ensure(number: number): void {
    if (number < this.first.length) return;
    const size = Math.max(number + 1, this.first.length * 2);
    this.first = grown(this.first, size);
    this.last = grown(this.last, size);
  }
}

/** Frames are numbered from 1, as users see them. */
export class FrameIndex {
  readonly segments: Segment[] = [];
  readonly chains = new ChainTable();
  readonly tcpStreams = new TcpStreams();
  readonly checkpoints = new Checkpoints();
  /** Frames with several conversations → all of them, in the order the dissection asks for them. */
  readonly #refs = new Map<number, Uint32Array>();
  /** Conversations around others (tunnels) → the frames in which they are that. */
  readonly #outer = new Map<number, number[]>();
  readonly #ends: StreamEnds[] = Array.from({ length: 16 }, () => new StreamEnds());
  /** Frames that are there with all their columns. */
  count = 0;
  /** Frames that were added; those beyond `count` are still being dissected. */
  added = 0;
  wireBytes = 0;
  capturedBytes = 0;

  /** Bytes of its typed arrays; objects around them are the heap's. */
  get bytes(): number {
    let bytes = this.tcpStreams.bytes + this.checkpoints.bytes;
    for (const { buffer } of this.segments) bytes += buffer.byteLength;
    for (const { first, last } of this.#ends) bytes += first.byteLength + last.byteLength;
    return bytes;
  }

  segment(frame: number): Segment {
    return this.segments[(frame - 1) >>> SEGMENT_BITS];
  }

  /** Index of a frame within its segment. */
  slot(frame: number): number {
    return (frame - 1) & LOW;
  }

  /** Adds a frame with what the capture file says of it; returns its number. It counts once it is published. */
  add(
    offset: number,
    header: number,
    capLen: number,
    len: number,
    sec: number,
    nsec: number,
    iface: number,
    flags: number,
  ): number {
    const slot = this.added & LOW;
    if (slot === 0) this.segments.push(new Segment());
    const s = this.segments[this.added >>> SEGMENT_BITS];
    s.offset[slot] = offset;
    s.header[slot] = header;
    s.capLen[slot] = capLen;
    s.len[slot] = len;
    s.sec[slot] = sec;
    s.nsec[slot] = nsec;
    s.iface[slot] = iface;
    s.flags[slot] = flags;
    this.wireBytes += len;
    this.capturedBytes += capLen;
    return ++this.added;
  }

  /** The frames up to this one are there with all their columns. */
  publish(frame: number): void {
    this.count = frame;
  }

  /** Puts a frame behind the frames of its innermost conversation so far. */
  link(frame: number, ref: number): void {
    const s = this.segment(frame);
    s.ref[this.slot(frame)] = ref;
    const ends = this.#ends[ref >>> 28];
    const number = ref & 0x0fff_ffff;
    ends.ensure(number);
    const last = ends.last[number];
    if (last === 0) ends.first[number] = frame;
    else this.segment(last).next[this.slot(last)] = frame;
    ends.last[number] = frame;
  }

  /** Keeps all conversations of a frame that has several; its `FLAG_MORE_REFS` and its own one are set. */
  setRefs(frame: number, refs: Uint32Array): void {
    const known = this.#refs.has(frame);
    this.#refs.set(frame, refs);
    if (known) return;
    const own = this.segment(frame).ref[this.slot(frame)];
    for (const ref of refs) {
      if (ref === own) continue;
      const frames = this.#outer.get(ref);
      if (frames === undefined) this.#outer.set(ref, [frame]);
      else if (frames[frames.length - 1] !== frame) frames.push(frame);
    }
  }

  /** The first frame of a conversation, whether it is the frame's innermost or one around it; 0 for none. */
  firstWith(ref: number): number {
    const outer = this.#outer.get(ref)?.[0] ?? 0;
    const inner = this.firstOf(ref);
    return outer === 0 || inner === 0 ? outer + inner : Math.min(outer, inner);
  }

  /** The last frame before `frame` that belongs to a conversation in any layer, 0 for none. */
  previousWith(ref: number, frame: number): number {
    const before = this.#lastBefore(ref, frame);
    const outer = this.#outer.get(ref);
    if (outer === undefined) return before;
    let low = 0;
    let high = outer.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (outer[middle] < frame) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? before : Math.max(before, outer[low - 1]);
  }

  /** Forgets which frames the conversations of a kind have, for a pass that links them again. */
  unlinkAll(kind: number): void {
    this.#ends[kind] = new StreamEnds();
  }

  /** All conversations of a frame, in the order its dissection asks for them. */
  refs(frame: number): readonly number[] {
    const s = this.segment(frame);
    const slot = this.slot(frame);
    if (s.flags[slot] & FLAG_MORE_REFS) return Array.from(this.#refs.get(frame) ?? []);
    return s.ref[slot] === 0 ? [] : [s.ref[slot]];
  }

  /** First and last frame of a conversation so far; 0 when it has none. */
  firstOf(ref: number): number {
    return this.#ends[ref >>> 28].first[ref & 0x0fff_ffff] ?? 0;
  }
  lastOf(ref: number): number {
    return this.#ends[ref >>> 28].last[ref & 0x0fff_ffff] ?? 0;
  }

  /** Looks back along the column: frames are chained forward only, and a busy conversation's last one is near. */
  #lastBefore(ref: number, frame: number): number {
    const first = this.firstOf(ref);
    if (first === 0) return 0;
    for (let at = frame - 1; at >= first; ) {
      const refs = this.segment(at).ref;
      const bottom = Math.max(0, this.slot(at) - (at - first));
      for (let slot = this.slot(at); slot >= bottom; slot--, at--) if (refs[slot] === ref) return at;
    }
    return 0;
  }
}
