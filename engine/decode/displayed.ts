/** The displayed list: which frames the packet list shows, and in what order. */
import { Bitmap, popcount } from "../index/bitmap.ts";
import type { FrameIndex } from "../index/frame-index.ts";
import { grown } from "../index/grown.ts";

/** Frames of a block whose matches are counted. */
const BLOCK_BITS = 10;
const BLOCK_WORDS = 1 << (BLOCK_BITS - 5);

/**
 * Ascending frame numbers, as a bit for each frame and the number of matches before each block of frames: a list
 * that only grows at its end.
 */
export class FrameList {
  readonly #bits = new Bitmap();
  /** Matches before each block, as far as blocks were begun. */
  #before = new Uint32Array(256);
  #blocks = 0;
  length = 0;

  /** Adds the frames of a word: bit 0 stands for the 0-based frame index `first`, a multiple of 32. */
  appendWord(first: number, bits: number): void {
    if (bits === 0) return;
    const block = first >>> BLOCK_BITS;
    while (this.#blocks <= block) this.#beginBlock();
    this.#bits.chunk(first)[(first & 0xffff) >>> 5] |= bits;
    this.length += popcount(bits);
  }

  #beginBlock(): void {
    if (this.#blocks === this.#before.length) {
      this.#before = grown(this.#before, this.#blocks * 2);
    }
    this.#before[this.#blocks++] = this.length;
  }

  /** The frame number in a row; the row must exist. */
  at(row: number): number {
    let low = 0;
    let high = this.#blocks - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#before[middle] <= row) low = middle;
      else high = middle - 1;
    }
    let rest = row - this.#before[low];
    const first = low << BLOCK_BITS;
    const words = this.#bits.chunk(first);
    let word = (first & 0xffff) >>> 5;
    for (let count = popcount(words[word]); count <= rest; count = popcount(words[word])) {
      rest -= count;
      word++;
    }
    let bits = words[word];
    for (; rest > 0; rest--) bits &= bits - 1;
    return (first & ~0xffff) + (word << 5) + 32 - Math.clz32(bits & -bits);
  }

  /** Row of the first frame that is not less than `frame`; `length` when there is none. */
  lowerBound(frame: number): number {
    const index = Math.max(0, frame - 1);
    const block = index >>> BLOCK_BITS;
    if (block >= this.#blocks) return this.length;
    let row = this.#before[block];
    const words = this.#bits.chunk(index);
    const last = (index & 0xffff) >>> 5;
    for (let word = last & -BLOCK_WORDS; word < last; word++) row += popcount(words[word]);
    return row + popcount(words[last] & ((1 << (index & 31)) - 1));
  }

  has(frame: number): boolean {
    return frame >= 1 && this.#bits.get(frame - 1);
  }

  /** All of them. */
  toArray(): Uint32Array {
    const list = new Uint32Array(this.length);
    let row = 0;
    for (let first = 0; row < list.length; first += 32) {
      for (let bits = this.#bits.chunk(first)[(first & 0xffff) >>> 5]; bits !== 0; bits &= bits - 1) {
        list[row++] = first + 32 - Math.clz32(bits & -bits);
      }
    }
    return list;
  }
}

/** The displayed list in another order than the capture's. */
export interface SortedOrder {
  /** Frame number by row, for the rows that were there when it was sorted. */
  readonly frames: Uint32Array;
  /** Row by frame number, plus 1; 0 for frames that were not in the list. */
  readonly rows: Uint32Array;
}

export class Displayed {
  readonly #index: FrameIndex;
  /** Frames the display filter let through; null without a filter. */
  matches: FrameList | null = null;
  /** Null while the list stands in capture order. */
  order: SortedOrder | null = null;
  /** The last frame that may be in the list: all, but in step mode. */
  #limit = Number.POSITIVE_INFINITY;

  constructor(index: FrameIndex) {
    this.#index = index;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Ends the list at a frame: those behind it are not in it, whatever the display filter says. */
  endAt(limit: number): void {
    const isBack = limit < this.#limit;
    this.#limit = limit;
    if (this.order === null || !isBack) return;
    const frames = this.order.frames.filter((frame) => frame <= limit);
    const rows = new Uint32Array(this.order.rows.length);
    for (const [row, frame] of frames.entries()) rows[frame] = row + 1;
    this.order = { frames, rows };
  }

  /** The last frame that is in the list or filtered out. */
  get last(): number {
    return Math.min(this.#index.count, this.#limit);
  }

  /** Frames behind the end of the list. */
  get behind(): number {
    return this.#index.count - this.last;
  }

  get length(): number {
    if (this.matches === null) return this.last;
    return this.#limit === Number.POSITIVE_INFINITY
      ? this.matches.length
      : this.matches.lowerBound(this.#limit + 1);
  }

  /** Frame number of a row of the list, 0 when there is no such row. */
  frameAt(row: number): number {
    if (row < 0 || row >= this.length) return 0;
    if (this.order !== null && row < this.order.frames.length) return this.order.frames[row];
    return this.#unsorted(row);
  }

  #unsorted(row: number): number {
    return this.matches === null ? row + 1 : this.matches.at(row);
  }

  /** The displayed frames in capture order, as they are now. */
  frames(): Uint32Array {
    if (this.matches !== null) return this.matches.toArray().subarray(0, this.length);
    return Uint32Array.from({ length: this.last }, (_, row) => row + 1);
  }

  /** True when the frame passes the display filter. */
  has(frame: number): boolean {
    if (frame > this.last) return false;
    return this.matches === null ? frame >= 1 : this.matches.has(frame);
  }

  /** The displayed frame before `frame` in capture order, 0 for none. */
  before(frame: number): number {
    if (this.matches === null) return frame - 1;
    const row = this.matches.lowerBound(frame);
    return row === 0 ? 0 : this.matches.at(row - 1);
  }

  /** Where a frame stands; when it is filtered out, the displayed frame nearest to it. Null for an empty list. */
  locate(frame: number): { row: number; number: number; exact: boolean } | null {
    const { length } = this;
    if (length === 0) return null;
    let nearest = Math.min(frame, this.last);
    if (this.matches !== null) {
      const row = Math.min(length, this.matches.lowerBound(frame));
      const after = row < length ? this.matches.at(row) : 0;
      const before = row > 0 ? this.matches.at(row - 1) : 0;
      if (after === 0) nearest = before;
      else if (before === 0) nearest = after;
      else nearest = after - frame <= frame - before ? after : before;
    }
    return { row: this.#rowOf(nearest), number: nearest, exact: nearest === frame };
  }

  #rowOf(frame: number): number {
    const sorted = this.order?.rows[frame] ?? 0;
    if (sorted !== 0) return sorted - 1;
    return this.matches === null ? frame - 1 : this.matches.lowerBound(frame);
  }
}
