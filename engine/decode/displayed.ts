/** The displayed list: which frames the packet list shows, and in what order. */
import type { FrameIndex } from "../index/frame-index.ts";

/** A list of frame numbers that only grows. */
export class FrameList {
  #chunks: Uint32Array[] = [];
  length = 0;
  static readonly CHUNK = 1 << 16;

  push(frame: number): void {
    const slot = this.length & (FrameList.CHUNK - 1);
    if (slot === 0) this.#chunks.push(new Uint32Array(FrameList.CHUNK));
    this.#chunks[this.length >>> 16][slot] = frame;
    this.length++;
  }

  at(row: number): number {
    return this.#chunks[row >>> 16][row & (FrameList.CHUNK - 1)];
  }

  /** Row of the first frame that is not less than `frame`; `length` when there is none. */
  lowerBound(frame: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) < frame) low = middle + 1;
      else high = middle;
    }
    return low;
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

  constructor(index: FrameIndex) {
    this.#index = index;
  }

  get length(): number {
    return this.matches === null ? this.#index.count : this.matches.length;
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
    const list = new Uint32Array(this.length);
    for (let row = 0; row < list.length; row++) list[row] = this.#unsorted(row);
    return list;
  }

  /** True when the frame passes the display filter. */
  has(frame: number): boolean {
    if (this.matches === null) return frame >= 1 && frame <= this.#index.count;
    const row = this.matches.lowerBound(frame);
    return row < this.matches.length && this.matches.at(row) === frame;
  }

  /** The displayed frame before `frame` in capture order, 0 for none. */
  before(frame: number): number {
    if (this.matches === null) return frame - 1;
    const row = this.matches.lowerBound(frame);
    return row === 0 ? 0 : this.matches.at(row - 1);
  }

  /** Where a frame stands; when it is filtered out, the displayed frame nearest to it. Null for an empty list. */
  locate(frame: number): { row: number; number: number; exact: boolean } | null {
    if (this.length === 0) return null;
    let nearest = Math.min(frame, this.#index.count);
    if (this.matches !== null) {
      const row = this.matches.lowerBound(frame);
      const after = row < this.matches.length ? this.matches.at(row) : 0;
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
