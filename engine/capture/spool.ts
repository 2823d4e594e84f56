/** Spool files: the pcapng files that running captures grow. Their names, and mending one after a crash. */
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
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
const LONGEST_BLOCK = 512 * 1024;
const PACKET_BLOCK = 6;

export interface Trimmed {
  /** Length of the file now, in bytes. */
  readonly bytes: number;
  /** Whole packets found behind `from`. */
  readonly packets: number;
  /** Bytes cut off the end. */
  readonly cut: number;
}

/**
 * Cuts a pcapng file of this machine's byte order back to its last whole block, as is needed when its writer was
 * killed in mid-write. `from` is an offset known to be the end of a whole block; only what follows is looked at.
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
    while (at + 12 <= size) {
      if (readSync(fd, header, 0, 8, at) !== 8) break;
      const [type, length] = header as unknown as [number, number];
      if (length < 12 || length % 4 !== 0 || length > LONGEST_BLOCK || at + length > size) break;
      if (readSync(fd, trailer, 0, 4, at + length - 4) !== 4 || trailer[0] !== length) break;
      if (type === PACKET_BLOCK) packets++;
      at += length;
    }
    if (at < size) ftruncateSync(fd, at);
    return { bytes: at, packets, cut: size - at };
  } finally {
    closeSync(fd);
  }
}
