/** Spool files: the pcapng files that running captures grow. Their names, what is in them, mending one after a crash. */
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

/** `tapline_<interface>_<YYYYMMDDhhmmss>_<random>.pcapng`, local time; the extension is part of the pattern. */
export const SPOOL_PATTERN = /^tapline_.+_\d{14}_[0-9a-f]{8}\.pcapng$/;

/** Path of a new spool file in `folder` for these interfaces. */
export function spoolPath(folder: string, interfaces: readonly string[], now = new Date()): string {
  const first = (interfaces[0] ?? "none").replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 40);
  const name = interfaces.length > 1 ? `${interfaces.length}-interfaces` : first || "interface";
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  return join(folder, `tapline_${name}_${date}${time}_${randomBytes(4).toString("hex")}.pcapng`);
}

/** No block of a spool is longer: a packet of at most 262,144 bytes, or texts of at most 65,535 bytes each. */
export const LONGEST_BLOCK = 512 * 1024;
const SECTION_BLOCK = 0x0a0d0d0a;
const INTERFACE_BLOCK = 1;
const PACKET_BLOCK = 6;
/** Packets without a time, and of an obsolete kind: they come through pipes only. */
const SIMPLE_PACKET_BLOCK = 3;
const OLD_PACKET_BLOCK = 2;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

const isPacketBlock = (type: number): boolean =>
  type === PACKET_BLOCK || type === SIMPLE_PACKET_BLOCK || type === OLD_PACKET_BLOCK;

const isLength = (length: number): boolean => length >= 12 && length % 4 === 0 && length <= LONGEST_BLOCK;

export interface Trimmed {
  /** Length of the file now, in bytes. */
  readonly bytes: number;
  /** Whole packets found behind `from`. */
  readonly packets: number;
  /** Bytes cut off the end. */
  readonly cut: number;
}

/** A number of four bytes in the other byte order. */
const swapped = (word: number): number =>
  ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;

/**
 * Cuts a pcapng file back to its last whole block, as is needed when its writer was killed in mid-write. `from` is an
 * offset known to be the end of a whole block; only what follows is looked at. Sections may have either byte order.
 * Throws the system's error when the file cannot be opened, read or cut.
 */
export function trimToWholeBlocks(path: string, from = 0): Trimmed {
  const fd = openSync(path, "r+");
  try {
    const size = fstatSync(fd).size;
    const header = new Uint32Array(2);
    const trailer = new Uint32Array(1);
    let at = Math.min(from, size);
    let packets = 0;
    /** True when the block is whole, its numbers being read by `word`. */
    const isWhole = (word: (raw: number) => number): boolean => {
      const length = word(header[1] ?? 0);
      if (!isLength(length) || at + length > size) return false;
      if (readSync(fd, trailer, 0, 4, at + length - 4) !== 4 || trailer[0] !== header[1]) return false;
      if (isPacketBlock(word(header[0] ?? 0))) packets++;
      at += length;
      return true;
    };
    while (at + 12 <= size) {
      if (readSync(fd, header, 0, 8, at) !== 8) break;
      // A length that fits in both byte orders, with the same at its end, is none that any writer makes.
      if (!isWhole((raw) => raw) && !isWhole(swapped)) break;
    }
    if (at < size) ftruncateSync(fd, at);
    return { bytes: at, packets, cut: size - at };
  } finally {
    closeSync(fd);
  }
}

/** What a spool holds up to its last whole block. */
export interface SpoolContent {
  /** Bytes of whole blocks. */
  readonly bytes: number;
  readonly packets: number;
  /** Bytes behind them: the beginning of a block that was being written, or what a machine's crash left. */
  readonly torn: number;
  /** Times of the first and the last packet, milliseconds since 1970; null without packets. */
  readonly first: number | null;
  readonly last: number | null;
  /** Names of the interfaces as the file gives them. */
  readonly interfaces: readonly string[];
}

/** Bytes read at once; more than the longest block. */
const CHUNK = 4 * 1024 * 1024;

interface SpoolInterface {
  readonly name: string;
  /** Time stamp units in a second. */
  readonly resolution: number;
}

/** Name and resolution of an interface description block's body (pcapng, 4.2): options 2 and 9. */
function readInterface(body: Buffer, swaps: boolean): SpoolInterface {
  const short = (at: number): number => (swaps ? body.readUInt16BE(at) : body.readUInt16LE(at));
  let name = "";
  let resolution = 1e6;
  for (let at = 8; at + 4 <= body.length; ) {
    const code = short(at);
    const length = short(at + 2);
    const value = body.subarray(at + 4, at + 4 + length);
    if (code === 0) break;
    if (code === 2) name = value.toString("utf8");
    const power = value[0];
    if (code === 9 && power !== undefined)
      resolution = power & 0x80 ? 2 ** (power & 0x7f) : 10 ** Math.min(power, 22);
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { name, resolution };
}

/**
 * Reads a spool block by block to the last whole one; changes nothing. Long files are read in turns, so that others are
 * served meanwhile. Rejects with the system's error when the file cannot be read.
 */
export async function inspectSpool(path: string): Promise<SpoolContent> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const chunk = Buffer.from(new ArrayBuffer(CHUNK));
    // Blocks are as long as some whole words, so each begins at one.
    const words = new Uint32Array(chunk.buffer);
    /** True in a section of the other byte order. */
    let swaps = false;
    const word = (at: number): number => (swaps ? swapped(words[at >>> 2] ?? 0) : (words[at >>> 2] ?? 0));
    /** Number in the file of the section's first interface. */
    let firstInterface = 0;
    const interfaces: SpoolInterface[] = [];
    let packets = 0;
    let first: number | null = null;
    let last: number | null = null;
    let start = 0;
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK, start);
      let at = 0;
      let isBroken = false;
      while (at + 12 <= bytesRead) {
        const type = word(at);
        if (type === SECTION_BLOCK) swaps = words[(at + 8) >>> 2] === swapped(BYTE_ORDER_MAGIC);
        const length = word(at + 4);
        const isFirst = start === 0 && at === 0;
        isBroken = !isLength(length) || (isFirst && type !== SECTION_BLOCK);
        if (isBroken || at + length > bytesRead) break;
        isBroken = word(at + length - 4) !== length;
        if (isBroken) break;
        if (type === SECTION_BLOCK) firstInterface = interfaces.length;
        if (type === INTERFACE_BLOCK && length >= 20)
          interfaces.push(readInterface(chunk.subarray(at + 8, at + length - 4), swaps));
        else if (type === SIMPLE_PACKET_BLOCK) packets++;
        else if (isPacketBlock(type) && length >= 32) {
          packets++;
          // The old kind has two short numbers in this place.
          const place = word(at + 8);
          const index = type === PACKET_BLOCK ? place : swaps ? place >>> 16 : place & 0xffff;
          const resolution = interfaces[firstInterface + index]?.resolution ?? 1e6;
          const ticks = word(at + 12) * 2 ** 32 + word(at + 16);
          last = Math.floor((ticks / resolution) * 1000);
          first ??= last;
        }
        at += length;
      }
      start += at;
      if (isBroken || at === 0) break;
    }
    const torn = size - start;
    return { bytes: start, packets, torn, first, last, interfaces: interfaces.map(({ name }) => name) };
  } finally {
    await file.close();
  }
}
