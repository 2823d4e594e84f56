/** The bytes of frames for scans in file order: read ahead while they follow each other, in small pieces where not. */
import { type DataFile, openData } from "../formats/data-file.ts";

/** Bytes read at once while frames lie close together. */
const WINDOW = 2 * 1024 * 1024;
/** Bytes read at once while they lie apart. */
const SMALL = 4 * 1024;
/** Bytes between two frames, as a rule, from which on a read for each costs less than reading all between them. */
const APART = 8 * 1024;
/** Larger gaps count as this many bytes; how many frames' gaps the rule is made of, as a power of two. */
const LARGEST_GAP = 256 * 1024;
const MEMORY = 3;

export class FrameWindow {
  readonly #path: string;
  /** Null before the first look. */
  #file: DataFile | null = null;
  #bytes = Buffer.alloc(0);
  /** File offset of the first byte, and how many bytes are valid. */
  #start = 0;
  #length = 0;
  /** End of the last frame, and the mean gap between frames lately. */
  #last = 0;
  #gap = APART;
  /** The valid bytes; another object whenever they were read anew. */
  view: Buffer = this.#bytes.subarray(0, 0);
  /** Index in `view` of the frame that `seek` was asked for. */
  at = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Makes `length` bytes at file offset `offset` available at `view[at ..]`.
   * @returns how many there are; fewer when the file ends before or cannot be read
   */
  seek(offset: number, length: number): number {
    const gap = Math.min(Math.abs(offset - this.#last), LARGEST_GAP);
    this.#gap += (gap - this.#gap) >> MEMORY;
    this.#last = offset + length;
    const from = offset - this.#start;
    if (from >= 0 && from + length <= this.#length) {
      this.at = from;
      return length;
    }
    this.#read(offset, length, this.#gap < APART ? WINDOW : SMALL);
    this.at = 0;
    return Math.min(length, this.#length);
  }

  /** The bytes at `offset` where they are at hand, good until the next `seek`; undefined where they are not. */
  held(offset: number, length: number): Uint8Array | undefined {
    const from = offset - this.#start;
    return from >= 0 && from + length <= this.#length ? this.view.subarray(from, from + length) : undefined;
  }

  #read(offset: number, length: number, wish: number): void {
    if (length > this.#bytes.length) this.#bytes = Buffer.alloc(Math.max(length, WINDOW));
    const wanted = Math.max(length, wish);
    this.#start = offset;
    this.#length = 0;
    try {
      this.#file ??= openData(this.#path);
      while (this.#length < length) {
        const room = Math.min(wanted, this.#bytes.length) - this.#length;
        const got = this.#file.read(this.#bytes, this.#length, room, offset + this.#length);
        if (got === 0) break;
        this.#length += got;
      }
    } catch {
      // What could be read is what there is.
    }
    this.view = this.#bytes.subarray(0, this.#length);
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }
}
