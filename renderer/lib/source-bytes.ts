/** Bytes that are fetched together: whole rows of the hex pane, more than a screen of them. */
export const CHUNK = 4096;
/** Most chunks of one request. */
const CHUNKS_AT_ONCE = 16;

/** Asks for a range of a source's bytes; answers all of it or throws. */
export type LoadBytes = (offset: number, length: number) => Promise<Uint8Array>;

/** The bytes of one source of a frame, as far as they have been fetched; no chunk is asked for twice. */
export class SourceBytes {
  /** Bytes of the source in all. */
  readonly length: number;
  private readonly load: LoadBytes;
  private readonly chunks: (Uint8Array | undefined)[];
  private readonly coming = new Map<number, Promise<void>>();

  /** @param first what the source begins with, however much of it */
  constructor(length: number, first: Uint8Array, load: LoadBytes) {
    this.length = length;
    this.load = load;
    this.chunks = new Array(Math.ceil(length / CHUNK));
    this.put(0, first);
  }

  /** The chunk with these bytes, undefined while it is not here; the same object as long as the source is shown. */
  chunkAt(offset: number): Uint8Array | undefined {
    return this.chunks[Math.floor(offset / CHUNK)];
  }

  /** True when all bytes from `start` to before `end` are here, as far as there are any. */
  has(start: number, end: number): boolean {
    const [from, to] = this.chunksOf(start, end);
    for (let at = from; at < to; at++) if (this.chunks[at] === undefined) return false;
    return true;
  }

  /**
   * Fetches what is missing of the bytes from `start` to before `end`.
   * @throws what a request threw; what came before it stays
   */
  async need(start: number, end: number): Promise<void> {
    const [from, to] = this.chunksOf(start, end);
    for (let at = from; at < to; ) {
      const coming = this.coming.get(at);
      if (this.chunks[at] !== undefined) at++;
      else if (coming !== undefined) await coming;
      else {
        let behind = at + 1;
        while (behind < Math.min(to, at + CHUNKS_AT_ONCE) && this.isMissing(behind)) behind++;
        await this.fetch(at, behind);
      }
    }
  }

  /** The bytes from `start` to before `end`, fetched where they are not here; fewer where the source ends. */
  async range(start: number, end: number): Promise<Uint8Array> {
    await this.need(start, end);
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.length) - start));
    const [from, to] = this.chunksOf(start, end);
    for (let at = from; at < to; at++) {
      const chunk = this.chunks[at]!;
      const skip = Math.max(0, start - at * CHUNK);
      bytes.set(chunk.subarray(skip, end - at * CHUNK), at * CHUNK + skip - start);
    }
    return bytes;
  }

  private chunksOf(start: number, end: number): [number, number] {
    const last = Math.min(end, this.length);
    return start < last ? [Math.floor(start / CHUNK), Math.ceil(last / CHUNK)] : [0, 0];
  }

  private isMissing(chunk: number): boolean {
    return this.chunks[chunk] === undefined && !this.coming.has(chunk);
  }

  private fetch(from: number, to: number): Promise<void> {
    const offset = from * CHUNK;
    const fetched = this.load(offset, Math.min(to * CHUNK, this.length) - offset)
      .then((bytes) => this.put(from, bytes))
      .finally(() => {
        for (let at = from; at < to; at++) this.coming.delete(at);
      });
    for (let at = from; at < to; at++) this.coming.set(at, fetched);
    return fetched;
  }

  /** Takes the whole chunks of bytes that begin with the chunk `first`. */
  private put(first: number, bytes: Uint8Array): void {
    for (let at = first; at < this.chunks.length; at++) {
      const size = Math.min(CHUNK, this.length - at * CHUNK);
      const begin = (at - first) * CHUNK;
      if (begin + size > bytes.length) return;
      this.chunks[at] = bytes.slice(begin, begin + size);
    }
  }
}
