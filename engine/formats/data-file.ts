/**
 * The bytes of an open capture: those of one file, or of files that follow each other, as those of a capture that
 * writes several do. Every offset of the index counts from the first byte of the first file.
 *
 * A chain of files is described by a list, a text file that grows line by line while its owner finds further files:
 * `[offset, "path"]` in JSON; lines that are no such pair say who owns the list. Behind the files of pcapng that are
 * complete in themselves stands nothing but the next section, so that a chain of them is a pcapng file again
 * (draft-ietf-opsawg-pcapng, 4.1).
 *
 * A file of a chain may be compressed while it is read: once it is not there any more, NAME.gz is read in its place.
 * Its bytes keep their offsets, because it is compressed so that it can be read at any place (blocked-gzip.ts). Whoever
 * has it open goes on reading what was there.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { BlockedGzip, type BlockIndex } from "./blocked-gzip.ts";

/** What readers of a capture need; every method throws the file system's errors. */
export interface DataFile {
  /** Reads up to `length` bytes at `offset` into `into[start ..]`; 0 at the present end. */
  read(into: Uint8Array, start: number, length: number, offset: number): number;
  /** Bytes there are now. */
  size(): number;
  close(): void;
}

const PREFIX = "chain:";
/** Files of a chain that one reader has open. */
const OPEN_AT_ONCE = 4;
/** Longest line of a list: a path of the longest kind, escaped. */
const LONGEST_LINE = 64 * 1024;

/** What a chain is opened by; paths that users name are absolute and never look like this. */
export const chainPath = (list: string): string => PREFIX + list;
export const isChain = (path: string): boolean => path.startsWith(PREFIX);
/** The list of a chain. */
export const listOfChain = (path: string): string => path.slice(PREFIX.length);
/** A line of a chain's list: a file, and where its first byte stands. Lists hold nothing but ASCII. */
export function chainLine(offset: number, path: string): string {
  const escaped = (text: string): string => `\\u${text.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify([offset, path]).replace(/[^ -~]/g, escaped)}\n`;
}

/**
 * Opens a file, a chain, or what a descriptor stands for (which stays the caller's).
 * @throws the file system's error
 */
export function openData(file: string | number): DataFile {
  if (typeof file === "string" && isChain(file)) return new Chain(listOfChain(file));
  return new Plain(file);
}

class Plain implements DataFile {
  #fd: number;
  readonly #owned: boolean;

  constructor(file: string | number) {
    this.#owned = typeof file === "string";
    this.#fd = typeof file === "string" ? openSync(file, "r") : file;
  }

  read(into: Uint8Array, start: number, length: number, offset: number): number {
    return readSync(this.#fd, into, start, length, offset);
  }

  size(): number {
    return fstatSync(this.#fd).size;
  }

  close(): void {
    if (this.#fd >= 0 && this.#owned) closeSync(this.#fd);
    this.#fd = -1;
  }
}

interface Part {
  readonly offset: number;
  readonly path: string;
  /** Where the blocks of the compressed file are, once that is known. */
  blocks?: BlockIndex;
}

/** Opens a file of a chain, or what was compressed of it. */
function openPart(part: Part): DataFile {
  try {
    return new Plain(part.path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    try {
      const compressed = new BlockedGzip(`${part.path}.gz`, part.blocks);
      part.blocks = compressed.index;
      return compressed;
    } catch (second) {
      throw (second as NodeJS.ErrnoException).code === "ENOENT" ? error : second;
    }
  }
}

class Chain implements DataFile {
  readonly #list: number;
  /** Bytes of the list that were read, and the beginning of a line whose end is not there yet. */
  #read = 0;
  #rest = "";
  readonly #parts: Part[] = [];
  /** The parts that were read last, by their numbers; least recently used first. */
  readonly #open = new Map<number, DataFile>();
  /** Number of the part that was read last. */
  #last = 0;

  constructor(list: string) {
    this.#list = openSync(list, "r");
    this.#refresh();
  }

  read(into: Uint8Array, start: number, length: number, offset: number): number {
    for (;;) {
      const at = this.#find(offset);
      const part = this.#parts[at];
      if (part === undefined) return 0;
      const next = this.#parts[at + 1];
      const room = next === undefined ? length : Math.min(length, next.offset - offset);
      const got = this.#file(at, part).read(into, start, room, offset - part.offset);
      if (got > 0 || next !== undefined || !this.#refresh()) return got;
    }
  }

  size(): number {
    this.#refresh();
    const last = this.#parts.at(-1);
    if (last === undefined) return 0;
    return last.offset + this.#file(this.#parts.length - 1, last).size();
  }

  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
    this.#parts.length = 0;
    closeSync(this.#list);
  }

  /** Number of the part that holds `offset`. */
  #find(offset: number): number {
    const parts = this.#parts;
    let at = this.#last;
    while (at > 0 && (parts[at]?.offset ?? 0) > offset) at--;
    while (at + 1 < parts.length && (parts[at + 1]?.offset ?? 0) <= offset) at++;
    this.#last = at;
    return at;
  }

  #file(at: number, part: Part): DataFile {
    const known = this.#open.get(at);
    this.#open.delete(at);
    const file = known ?? openPart(part);
    this.#open.set(at, file);
    if (this.#open.size > OPEN_AT_ONCE) {
      const [oldest, unused] = this.#open.entries().next().value as [number, DataFile];
      this.#open.delete(oldest);
      unused.close();
    }
    return file;
  }

  /** Reads what was added to the list; true when there are further parts. */
  #refresh(): boolean {
    const before = this.#parts.length;
    const chunk = new Uint8Array(4096);
    for (;;) {
      const got = readSync(this.#list, chunk, 0, chunk.length, this.#read);
      if (got === 0) break;
      this.#read += got;
      this.#rest += String.fromCharCode(...chunk.subarray(0, got));
      const lines = this.#rest.split("\n");
      this.#rest = lines.pop() ?? "";
      if (this.#rest.length > LONGEST_LINE) throw new Error("a line of the list of files is too long");
      for (const line of lines) {
        const pair = JSON.parse(line) as [number, string] | object;
        if (Array.isArray(pair)) this.#parts.push({ offset: pair[0], path: pair[1] });
      }
    }
    return this.#parts.length > before;
  }
}
