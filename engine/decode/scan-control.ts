/** How far the threads are that judge frames together, in memory they share. */
import { CHUNK_FRAMES } from "../index/bitmap.ts";

const CALLED_OFF = 0;
const DONE = 1;
const FIRST_PROGRESS = 2;

export class ScanControl {
  readonly buffer: SharedArrayBuffer;
  /** Segments of the index there are to look through. */
  readonly segments: number;
  readonly #words: Int32Array;
  /** Index in `#words` of the segments' owners: 0 for nobody, 1 + share, or -1 when it is done. */
  readonly #owners: number;

  /** @param buffer that of another thread, to work with it */
  constructor(shares: number, count: number, buffer?: SharedArrayBuffer) {
    this.segments = Math.ceil(count / CHUNK_FRAMES);
    this.#owners = FIRST_PROGRESS + shares;
    this.buffer = buffer ?? new SharedArrayBuffer((this.#owners + this.segments) * 4);
    this.#words = new Int32Array(this.buffer);
  }

  /** Ends the work of all threads, as soon as they look here. */
  callOff(): void {
    Atomics.store(this.#words, CALLED_OFF, 1);
    Atomics.notify(this.#words, DONE);
  }
  get calledOff(): boolean {
    return Atomics.load(this.#words, CALLED_OFF) !== 0;
  }

  /** Takes a segment nobody has for a share; -1 when there is none. */
  claim(share: number): number {
    for (let i = 0; i < this.segments; i++) {
      if (Atomics.compareExchange(this.#words, this.#owners + i, 0, share + 1) === 0) return i;
    }
    return -1;
  }

  /** A claimed segment is looked through. */
  finish(segment: number): void {
    Atomics.store(this.#words, this.#owners + segment, -1);
    Atomics.add(this.#words, DONE, 1);
    Atomics.notify(this.#words, DONE);
  }

  /** Gives what a share has claimed and not finished back, for others to claim. */
  release(share: number): void {
    for (let i = 0; i < this.segments; i++) {
      Atomics.compareExchange(this.#words, this.#owners + i, share + 1, 0);
    }
  }

  get allFinished(): boolean {
    return Atomics.load(this.#words, DONE) === this.segments;
  }

  /** Segments that are finished from the first on without a gap. */
  finishedAhead(): number {
    let i = 0;
    while (i < this.segments && Atomics.load(this.#words, this.#owners + i) === -1) i++;
    return i;
  }

  /** Blocks the thread until another segment is finished, the work is called off, or `milliseconds` are over. */
  wait(milliseconds: number): void {
    const done = Atomics.load(this.#words, DONE);
    if (done < this.segments && !this.calledOff) Atomics.wait(this.#words, DONE, done, milliseconds);
  }

  /** A share has walked its conversations up to frame index `walked`. */
  setWalked(share: number, walked: number): void {
    Atomics.store(this.#words, FIRST_PROGRESS + share, walked);
  }

  /** How far all shares are. */
  get walked(): number {
    let least = Number.MAX_SAFE_INTEGER;
    for (let i = FIRST_PROGRESS; i < this.#owners; i++) least = Math.min(least, Atomics.load(this.#words, i));
    return least;
  }
}
