/** One bit a frame, in chunks that never move. */
const CHUNK_FRAMES = 1 << 16;
const CHUNK_WORDS = CHUNK_FRAMES / 32;

export class Bitmap {
  readonly #chunks: Uint32Array[] = [];

  /** The chunk that holds a 0-based frame index; made when it is not there yet. */
  chunk(frame: number): Uint32Array {
    const at = frame >>> 16;
    while (this.#chunks.length <= at) this.#chunks.push(new Uint32Array(CHUNK_WORDS));
    return this.#chunks[at];
  }

  get(frame: number): boolean {
    const chunk = this.#chunks[frame >>> 16];
    return chunk !== undefined && (chunk[(frame & 0xffff) >>> 5] & (1 << (frame & 31))) !== 0;
  }

  set(frame: number): void {
    this.chunk(frame)[(frame & 0xffff) >>> 5] |= 1 << (frame & 31);
  }

  /** Bytes it holds. */
  get bytes(): number {
    return this.#chunks.length * CHUNK_WORDS * 4;
  }
}
