import { Decompress } from "fzstd";
import { u32 } from "./bytes.ts";

/** Largest window that is unpacked, as the zstd tool has it without --long=31. */
const MAX_WINDOW = 128 * 1024 * 1024;
const MAGIC = 0xfd2fb528;

/**
 * Unpacks zstd (RFC 8878) block by block. It walks frames and blocks itself, so that each step yields at
 * most one block (128 KiB), windows are checked before they are allocated, and concatenated and skippable
 * frames are understood. Content checksums are not verified.
 */
export class ZstdStream {
  private readonly emit: (chunk: Uint8Array) => void;
  private pending: Uint8Array = new Uint8Array(0);
  private frame: Decompress | undefined;
  private frameBytes = 0;
  private hasChecksum = false;
  /** Bytes to pass over: checksums and skippable frames. */
  private skip = 0;

  /** @param emit receives uncompressed bytes, valid during the call only */
  constructor(emit: (chunk: Uint8Array) => void) {
    this.emit = emit;
  }

  /** Appends compressed bytes. */
  add(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.pending.length + chunk.length);
    joined.set(this.pending);
    joined.set(chunk, this.pending.length);
    this.pending = joined;
  }

  /** Whether everything added has been used up and no frame is open. */
  atEnd(): boolean {
    return this.frame === undefined && this.pending.length === 0 && this.skip === 0;
  }

  /**
   * Unpacks the next block. Returns false when more input is needed.
   * @throws Error when the data is not valid zstd
   */
  step(): boolean {
    if (this.skip > 0) {
      const n = Math.min(this.skip, this.pending.length);
      this.take(n);
      this.skip -= n;
      return n > 0;
    }
    return this.frame ? this.stepBlock(this.frame) : this.stepFrame();
  }

  private stepFrame(): boolean {
    const b = this.pending;
    if (b.length < 8) return false;
    const magic = u32(b, 0, true);
    if (magic >>> 4 === 0x184d2a5) {
      this.skip = 8 + u32(b, 4, true);
      return true;
    }
    if (magic !== MAGIC) throw new Error("not a zstd frame");
    const descriptor = b[4]!;
    const single = (descriptor & 0x20) !== 0;
    const dictionary = [0, 1, 2, 4][descriptor & 3]!;
    const sizeFlag = descriptor >> 6;
    const sizeBytes = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag;
    const header = 5 + (single ? 0 : 1) + dictionary + sizeBytes;
    if (b.length < header) return false;
    if (dictionary > 0) throw new Error("a dictionary is needed");
    let window = 0;
    if (single) {
      for (let i = sizeBytes - 1; i >= 0; i--) window = window * 256 + b[header - sizeBytes + i]!;
    } else {
      const base = 2 ** (10 + (b[5]! >> 3));
      window = base + (base / 8) * (b[5]! & 7);
    }
    if (window > MAX_WINDOW) throw new Error(`its window of ${window} bytes is too large`);
    this.hasChecksum = (descriptor & 4) !== 0;
    this.frame = new Decompress((chunk) => {
      if (chunk.length > 0) this.emit(chunk);
    });
    this.feed(this.frame, header);
    return true;
  }

  private stepBlock(frame: Decompress): boolean {
    const b = this.pending;
    if (b.length < 3) return false;
    const head = b[0]! | (b[1]! << 8) | (b[2]! << 16);
    const type = (head >> 1) & 3;
    const length = 3 + (type === 1 ? 1 : head >> 3);
    if (type === 3 || head >> 3 > 131_072) throw new Error("not a zstd block");
    if (b.length < length) return false;
    const last = (head & 1) !== 0;
    this.feed(frame, length);
    if (last) {
      // fzstd waits for 18 bytes before it looks at a frame.
      if (this.frameBytes < 18) frame.push(new Uint8Array(18 - this.frameBytes));
      this.frame = undefined;
      this.frameBytes = 0;
      this.skip = this.hasChecksum ? 4 : 0;
    }
    return true;
  }

  private feed(frame: Decompress, length: number): void {
    frame.push(this.pending.slice(0, length));
    this.frameBytes += length;
    this.take(length);
  }

  private take(length: number): void {
    this.pending = this.pending.subarray(length);
  }
}
