/** Building blocks of messages: byte strings put together, and payloads too long to be built as a whole. */

const encoder = new TextEncoder();
export const ascii = (text: string): Uint8Array => encoder.encode(text);
export const u8 = (...values: number[]): Uint8Array => Uint8Array.from(values);
export const u16 = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
export const u24 = (value: number): Uint8Array => u8(value >> 16, (value >> 8) & 255, value & 255);
export const u32 = (value: number): Uint8Array =>
  u8(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** What a sender sends, of any length: bytes are made when their segment is. */
export interface Payload {
  readonly length: number;
  /** Writes bytes `offset` to `offset + n` of the payload to `target` at `at`. */
  fill(target: Uint8Array, at: number, offset: number, n: number): void;
}

export function whole(bytes: Uint8Array): Payload {
  return {
    length: bytes.length,
    fill: (target, at, offset, n) => target.set(bytes.subarray(offset, offset + n), at),
  };
}

/** `head`, then `length` bytes of `pattern` repeated, beginning at `from`. */
export function stream(head: Uint8Array, pattern: Uint8Array, from: number, length: number): Payload {
  return {
    length: head.length + length,
    fill(target, at, offset, n) {
      let done = 0;
      if (offset < head.length) {
        done = Math.min(n, head.length - offset);
        target.set(head.subarray(offset, offset + done), at);
      }
      while (done < n) {
        const place = (from + offset + done - head.length) % pattern.length;
        const piece = Math.min(n - done, pattern.length - place);
        target.set(pattern.subarray(place, place + piece), at + done);
        done += piece;
      }
    },
  };
}
