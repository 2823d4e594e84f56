import { type DataFile, openData } from "./data-file.ts";
import type { ByteSource } from "./types.ts";

/** Small enough to stay in the processor's cache while its records are walked. */
const DEFAULT_WINDOW = 512 * 1024;

/**
 * A window over a file, read synchronously in large blocks; made for worker threads.
 *
 * The file may grow while it is read. Offsets are doubles, so files beyond 4 GB are fine.
 * A read error ends the data, as the end of the file does, and is left in `error`.
 */
export class FileSource implements ByteSource {
  buf: Uint8Array;
  pos = 0;
  end = 0;
  base = 0;
  error: string | undefined = undefined;
  /** What is read from; null after `close()`. */
  private file: DataFile | null;
  private known = 0;
  /** The window before the present one: its buffer is the next one's. */
  private before: Uint8Array = new Uint8Array(0);
  private beforeBase = 0;
  private beforeEnd = 0;

  /**
   * @param file a path, which is opened now (fs errors such as ENOENT are thrown) and closed by `close()`,
   *   or an open file descriptor, which stays the caller's
   * @param window bytes read at a time
   */
  constructor(file: string | number, window: number = DEFAULT_WINDOW) {
    this.file = openData(file);
    this.buf = new Uint8Array(new ArrayBuffer(Math.max(window, 64)));
  }

  ensure(n: number): boolean {
    if (this.end - this.pos >= n) return true;
    return this.refill(n);
  }

  skip(n: number): void {
    this.pos += n;
    if (this.pos > this.end) {
      this.base += this.pos;
      this.pos = 0;
      this.end = 0;
    }
  }

  held(offset: number, length: number): Uint8Array | undefined {
    let from = offset - this.base;
    if (from >= 0 && from + length <= this.end) return this.buf.subarray(from, from + length);
    from = offset - this.beforeBase;
    if (from >= 0 && from + length <= this.beforeEnd) return this.before.subarray(from, from + length);
    return undefined;
  }

  size(): number {
    if (this.file === null) return this.known;
    try {
      this.known = this.file.size();
    } catch (e) {
      this.error = (e as Error).message;
    }
    return this.known;
  }

  close(): void {
    this.file?.close();
    this.file = null;
  }

  private refill(n: number): boolean {
    const offset = this.base + this.pos;
    const { file } = this;
    if (file === null) return false;
    if (offset + n > this.known && offset + n > this.size()) return false;
    // n is at most what the file holds, so a lying length cannot make this allocate.
    const size = Math.max(n, this.buf.length);
    const target = this.before.length < size ? new Uint8Array(new ArrayBuffer(size)) : this.before;
    const rest = Math.max(0, this.end - this.pos);
    if (rest > 0) target.set(this.buf.subarray(this.pos, this.end));
    this.before = this.buf;
    this.beforeBase = this.base;
    this.beforeEnd = this.end;
    this.buf = target;
    this.base = offset;
    this.pos = 0;
    this.end = rest;
    while (this.end < n) {
      let got = 0;
      try {
        got = file.read(this.buf, this.end, this.buf.length - this.end, this.base + this.end);
      } catch (e) {
        this.error = (e as Error).message;
      }
      if (got === 0) return false;
      this.end += got;
    }
    return true;
  }
}

/**
 * Small reads anywhere in a file, through a bounded cache of blocks (least recently used goes first).
 * The file may grow. Made for random access to single frames.
 */
export class RandomReader {
  private file: DataFile | null;
  private readonly blockSize: number;
  private readonly maxBlocks: number;
  private readonly blocks = new Map<number, Uint8Array>();
  private readonly reuse: boolean;

  /**
   * @param file a path, opened now (fs errors are thrown) and closed by `close()`, or an open descriptor
   * @param blockSize bytes per cached block
   * @param maxBlocks how many blocks are kept at most
   * @param reuse true to read into the memory of blocks that are not kept any more: for callers that are done with
   *   a result before they ask for the next
   */
  constructor(file: string | number, blockSize: number = 256 * 1024, maxBlocks: number = 64, reuse = false) {
    this.reuse = reuse;
    this.file = openData(file);
    this.blockSize = blockSize;
    this.maxBlocks = maxBlocks;
  }

  /**
   * The `length` bytes at file offset `offset`; fewer when the file ends before or cannot be read.
   * The result stays valid after later calls (with `reuse` until the next), and must not be written to: it may be a
   * view of the cache.
   */
  read(offset: number, length: number): Uint8Array {
    const size = this.blockSize;
    const first = Math.floor(offset / size);
    const start = offset - first * size;
    if (start + length <= size) {
      return this.block(first, start + length).subarray(start, start + length);
    }
    // A lying length must not make this allocate; a few blocks' worth is harmless.
    const available = length <= size * 4 ? length : Math.max(0, Math.min(length, this.size() - offset));
    const out = new Uint8Array(available);
    if (available > size * 4) return out.subarray(0, this.readInto(out, 0, available, offset));
    let done = 0;
    while (done < available) {
      const index = Math.floor((offset + done) / size);
      const from = offset + done - index * size;
      const want = Math.min(available - done, size - from);
      const part = this.block(index, from + want).subarray(from, from + want);
      out.set(part, done);
      done += part.length;
      if (part.length < want) break;
    }
    return done < available ? out.subarray(0, done) : out;
  }

  /** Size of the file in bytes now; 0 when it cannot be told. */
  size(): number {
    try {
      return this.file?.size() ?? 0;
    } catch {
      return 0;
    }
  }

  close(): void {
    this.file?.close();
    this.file = null;
    this.blocks.clear();
  }

  /** Block `index` with at least `need` bytes, if the file holds them. */
  private block(index: number, need: number): Uint8Array {
    let block = this.blocks.get(index);
    if (block) {
      this.blocks.delete(index);
      if (block.length >= need) {
        this.blocks.set(index, block);
        return block;
      }
    }
    let whole: Uint8Array | null = null;
    if (this.blocks.size >= this.maxBlocks) {
      const [oldest, dropped] = this.blocks.entries().next().value!;
      this.blocks.delete(oldest);
      if (this.reuse) whole = new Uint8Array(dropped.buffer as ArrayBuffer);
    }
    whole ??= new Uint8Array(this.blockSize);
    block = whole.subarray(0, this.readInto(whole, 0, this.blockSize, index * this.blockSize));
    this.blocks.set(index, block);
    return block;
  }

  private readInto(into: Uint8Array, start: number, length: number, offset: number): number {
    const { file } = this;
    if (file === null) return 0;
    let done = 0;
    while (done < length) {
      let got = 0;
      try {
        got = file.read(into, start + done, length - done, offset + done);
      } catch {
        return done;
      }
      if (got === 0) break;
      done += got;
    }
    return done;
  }
}

/** Bytes read ahead at once: small enough to stay in the processor's cache. */
const WINDOW = 512 * 1024;

/**
 * Reads mostly forward through one buffer that is used again: for walks over many frames in file order.
 * What it shows is good until the next `seek`.
 */
export class WindowReader {
  readonly #file: DataFile;
  #buf = new Uint8Array(WINDOW);
  /** File offset of the buffer's first byte, and bytes in it. */
  #start = 0;
  #length = 0;
  /** The buffer before. */
  #before = new Uint8Array(0);
  #beforeStart = 0;
  #beforeLength = 0;
  /** Index in `buf` of what `seek` asked for. */
  at = 0;

  /** @throws the file system's error when the file cannot be opened */
  constructor(path: string) {
    this.#file = openData(path);
  }

  get buf(): Uint8Array {
    return this.#buf;
  }

  /**
   * Makes `length` bytes at file offset `offset` available at `buf[at ..]`.
   * @returns how many there are; fewer when the file ends before or cannot be read
   */
  seek(offset: number, length: number): number {
    const from = offset - this.#start;
    if (from >= 0 && from + length <= this.#length) {
      this.at = from;
      return length;
    }
    const size = Math.max(length, this.#buf.length);
    const target = this.#before.length < size ? new Uint8Array(size) : this.#before;
    this.#before = this.#buf;
    this.#beforeStart = this.#start;
    this.#beforeLength = this.#length;
    this.#buf = target;
    this.#start = offset;
    this.#length = 0;
    this.at = 0;
    try {
      while (this.#length < length) {
        const room = this.#buf.length - this.#length;
        const got = this.#file.read(this.#buf, this.#length, room, offset + this.#length);
        if (got === 0) break;
        this.#length += got;
      }
    } catch {
      // What could be read is what there is.
    }
    return Math.min(length, this.#length);
  }

  /** The `length` bytes at `offset` when they were read lately, good until the next `seek`; else undefined. */
  held(offset: number, length: number): Uint8Array | undefined {
    let from = offset - this.#start;
    if (from >= 0 && from + length <= this.#length) return this.#buf.subarray(from, from + length);
    from = offset - this.#beforeStart;
    if (from >= 0 && from + length <= this.#beforeLength) return this.#before.subarray(from, from + length);
    return undefined;
  }

  close(): void {
    this.#file.close();
  }
}
