/** Reads an unsigned 16-bit number at `p` in the given byte order. */
export function u16(b: Uint8Array, p: number, le: boolean): number {
  return le ? b[p]! | (b[p + 1]! << 8) : (b[p]! << 8) | b[p + 1]!;
}

/** Reads an unsigned 32-bit number at `p` in the given byte order. */
export function u32(b: Uint8Array, p: number, le: boolean): number {
  return le
    ? (b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24)) >>> 0
    : ((b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0;
}

/** Reads an unsigned 64-bit number at `p`; exact up to 2^53, the nearest double above. */
export function u64(b: Uint8Array, p: number, le: boolean): number {
  return le
    ? u32(b, p + 4, true) * 4294967296 + u32(b, p, true)
    : u32(b, p, false) * 4294967296 + u32(b, p + 4, false);
}

/** Reads a signed 64-bit number at `p`; exact up to ±2^53, the nearest double beyond. */
export function i64(b: Uint8Array, p: number, le: boolean): number {
  return le
    ? (u32(b, p + 4, true) | 0) * 4294967296 + u32(b, p, true)
    : (u32(b, p, false) | 0) * 4294967296 + u32(b, p + 4, false);
}

const decoder = new TextDecoder("utf-8");

/** Decodes `b[start .. end)` as UTF-8, without the zero bytes some writers put at the end. */
export function utf8(b: Uint8Array, start: number, end: number): string {
  let e = end;
  while (e > start && b[e - 1] === 0) e--;
  return decoder.decode(b.subarray(start, e));
}

/** `n` rounded up to a multiple of four: how pcapng pads. */
export function padded(n: number): number {
  return n + ((4 - (n % 4)) % 4);
}

/** "1 byte", "12,345 bytes". */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

/** A file offset as messages show it: decimal, for use with every hex viewer. */
export function at(offset: number): string {
  return `offset ${offset.toLocaleString("en-US")}`;
}
