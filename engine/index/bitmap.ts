/** One bit a frame, in chunks that never move and that other threads can share. */

/** Frames of a chunk, as many as a segment of the index has. */
export const CHUNK_FRAMES = 1 << 16;
export const CHUNK_WORDS = CHUNK_FRAMES / 32;
const CHUNK_BYTES = CHUNK_WORDS * 4;

export class Bitmap {
  readonly #chunks: Int32Array[] = [];

  /** The words of the chunk that holds a 0-based frame index; made when it is not there yet. */
  chunk(frame: number): Int32Array {
    const at = frame >>> 16;
    while (this.#chunks.length <= at) {
      this.#chunks.push(new Int32Array(new SharedArrayBuffer(CHUNK_BYTES)));
    }
    return this.#chunks[at];
  }

  /**
   * Takes chunks of a bitmap of another thread over, in place of its own.
   * @param buffers one for each chunk, from the first on
   */
  adopt(buffers: readonly SharedArrayBuffer[]): void {
    for (let i = this.#chunks.length; i < buffers.length; i++) this.#chunks.push(new Int32Array(buffers[i]));
  }

  /** The memory of the chunks for frames below `count`, for another thread to adopt. */
  buffers(count: number): SharedArrayBuffer[] {
    if (count > 0) this.chunk(count - 1);
    return this.#chunks.map((chunk) => chunk.buffer as SharedArrayBuffer);
  }

  get(frame: number): boolean {
    const chunk = this.#chunks[frame >>> 16];
    return chunk !== undefined && (chunk[(frame & 0xffff) >>> 5] & (1 << (frame & 31))) !== 0;
  }

  set(frame: number): void {
    this.chunk(frame)[(frame & 0xffff) >>> 5] |= 1 << (frame & 31);
  }

  /** Sets a bit where another thread may set others of the same word. */
  setShared(frame: number): void {
    Atomics.or(this.chunk(frame), (frame & 0xffff) >>> 5, 1 << (frame & 31));
  }

  /** Bytes it holds. */
  get bytes(): number {
    return this.#chunks.length * CHUNK_BYTES;
  }
}

/** Bits set in a word. */
export function popcount(word: number): number {
  let n = word - ((word >>> 1) & 0x5555_5555);
  n = (n & 0x3333_3333) + ((n >>> 2) & 0x3333_3333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
