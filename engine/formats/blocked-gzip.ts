/**
 * Files compressed so that any part of them can be read without the parts before it: BGZF (SAM/BAM format
 * specification, 4.1), a gzip file (RFC 1952) of members that hold 65,280 bytes each, the last one fewer, and say in an
 * extra field how long they are. Whatever reads gzip reads them.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, crc32, deflateRaw, gunzipSync } from "node:zlib";

/** Bytes of data in each member but the last. */
const BLOCK = 65_280;
/** Bytes before a member's deflated data, and behind it. */
const HEAD = 18;
const TAIL = 8;
/** Longest member: its length stands in 16 bits, less one. */
const LONGEST = 65_536;
/** gzip, deflate, an extra field, no time, unknown system; 6 bytes of it: "BC", 2 bytes. */
const MAGIC = Buffer.from("1f8b08040000000000ff060042430200", "hex");
/** The empty member that every such file ends with. */
const END = Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex");
/** Members compressed between two writes. */
const AT_ONCE = 16;
/** Inflated members that a reader keeps. */
const KEPT = 16;

const deflate = promisify(deflateRaw);

/**
 * Compresses a file, on the thread pool and with the fastest level; the result is on the disk when this resolves.
 * @param target created with mode 0600; a part of it is left when this fails
 * @param signal ends the work
 * @returns bytes written
 * @throws the file system's errors, and the signal's reason
 */
export async function compressBlocked(source: string, target: string, signal: AbortSignal): Promise<number> {
  const from = await open(source, "r");
  try {
    const to = await open(target, "w", 0o600);
    try {
      const data = Buffer.alloc(AT_ONCE * BLOCK);
      let written = 0;
      for (let offset = 0; ; ) {
        signal.throwIfAborted();
        const length = await fill(from, data, offset);
        const members: Buffer[] = [];
        for (let at = 0; at < length; at += BLOCK)
          members.push(...(await member(data.subarray(at, Math.min(at + BLOCK, length)))));
        offset += length;
        if (length < data.length) members.push(END);
        const { bytesWritten } = await to.writev(members);
        const wanted = members.reduce((sum, each) => sum + each.length, 0);
        if (bytesWritten !== wanted)
          throw new Error(`only ${bytesWritten} of ${wanted} bytes could be written`);
        written += bytesWritten;
        if (length < data.length) break;
      }
      await to.sync();
      return written;
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** Reads until the buffer is full or the file ends. */
async function fill(file: Awaited<ReturnType<typeof open>>, into: Buffer, offset: number): Promise<number> {
  let length = 0;
  while (length < into.length) {
    const { bytesRead } = await file.read(into, length, into.length - length, offset + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

async function member(data: Uint8Array): Promise<[Buffer, Buffer, Buffer]> {
  const deflated = await deflate(data, { level: constants.Z_BEST_SPEED });
  const head = Buffer.alloc(HEAD);
  MAGIC.copy(head);
  head.writeUInt16LE(HEAD + deflated.length + TAIL - 1, HEAD - 2);
  const tail = Buffer.alloc(TAIL);
  tail.writeUInt32LE(crc32(data), 0);
  tail.writeUInt32LE(data.length, 4);
  return [head, deflated, tail];
}

/** Where the members of a file begin, and where the last one ends; how many bytes of data they hold. */
export interface BlockIndex {
  readonly starts: readonly number[];
  readonly size: number;
}

/** What such a file holds, read at any place. */
export class BlockedGzip {
  readonly index: BlockIndex;
  readonly #path: string;
  #fd: number;
  /** Data of members by their numbers, least recently used first. */
  readonly #kept = new Map<number, Uint8Array>();
  readonly #member = Buffer.alloc(LONGEST);

  /**
   * @param known the index of this very file, when it was read before
   * @throws the file system's error, or an error that names the file when it is not one of these
   */
  constructor(path: string, known?: BlockIndex) {
    this.#path = path;
    this.#fd = openSync(path, "r");
    try {
      this.index = known ?? this.#look();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Reads up to `length` bytes at `offset` into `into[start ..]`; 0 at the end. */
  read(into: Uint8Array, start: number, length: number, offset: number): number {
    let got = 0;
    while (got < length && offset + got < this.index.size) {
      const at = offset + got;
      const number = Math.floor(at / BLOCK);
      const data = this.#data(number);
      const part = data.subarray(at - number * BLOCK, at - number * BLOCK + length - got);
      if (part.length === 0) throw this.#bad(number);
      into.set(part, start + got);
      got += part.length;
    }
    return got;
  }

  size(): number {
    return this.index.size;
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
    this.#kept.clear();
  }

  #data(number: number): Uint8Array {
    const known = this.#kept.get(number);
    this.#kept.delete(number);
    const data = known ?? this.#inflate(number);
    this.#kept.set(number, data);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value as number);
    return data;
  }

  #inflate(number: number): Uint8Array {
    const { starts } = this.index;
    const start = starts[number] ?? 0;
    const length = (starts[number + 1] ?? 0) - start;
    if (readSync(this.#fd, this.#member, 0, length, start) !== length) throw this.#bad(number);
    try {
      return gunzipSync(this.#member.subarray(0, length), { maxOutputLength: BLOCK });
    } catch {
      throw this.#bad(number);
    }
  }

  /** Goes from member to member: each tells where the next one begins. */
  #look(): BlockIndex {
    const { size: end } = fstatSync(this.#fd);
    const starts = [0];
    let size = 0;
    let last = BLOCK;
    // The end of a member, and the beginning of the next.
    const bytes = Buffer.alloc(4 + HEAD);
    readSync(this.#fd, bytes, 4, HEAD, 0);
    for (let at = 0; at < end; ) {
      const next = at + bytes.readUInt16LE(4 + HEAD - 2) + 1;
      const isMember = bytes.subarray(4, 4 + MAGIC.length).equals(MAGIC) && next - at >= END.length;
      if (!isMember || next > end) throw this.#bad(starts.length - 1);
      bytes.fill(0);
      readSync(this.#fd, bytes, 0, bytes.length, next - 4);
      const length = bytes.readUInt32LE(0);
      // Only the last one that holds anything may hold less than the others.
      if (length > BLOCK || (length > 0 && last < BLOCK)) throw this.#bad(starts.length - 1);
      last = length;
      size += length;
      starts.push(next);
      at = next;
    }
    if (last !== 0) throw this.#bad(starts.length - 1);
    return { starts, size };
  }

  #bad(number: number): Error {
    return new Error(`"${this.#path}" is damaged, or was not compressed by Tapline (block ${number + 1})`);
  }
}
