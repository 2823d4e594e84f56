/** Variable-length integers of QUIC (RFC 9000 section 16), also in TLS's transport parameters. */
import type { Dissection } from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";

/** Bytes of the integer at the cursor plus `ahead`. */
export const varintLength = (d: Dissection, ahead = 0): number => 1 << (d.peek8(ahead) >> 6);

/** The integer at the cursor plus `ahead`; beyond 2^53 not exact. */
export function peekVarint(d: Dissection, ahead = 0): number {
  const length = varintLength(d, ahead);
  const at = d.pos + ahead;
  d.needAt(at, length);
  let value = d.buf[at] & 0x3f;
  for (let i = 1; i < length; i++) value = value * 256 + d.buf[at + i];
  return value;
}

/** The integer at `at`, an index into `d.buf`, exact. */
export function exactVarint(d: Dissection, at: number): bigint {
  d.needAt(at, 1);
  const length = 1 << (d.buf[at] >> 6);
  d.needAt(at, length);
  let value = BigInt(d.buf[at] & 0x3f);
  for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(d.buf[at + i]);
  return value;
}

/** Reads an integer, adds it as `field` (64 bits wide) and moves on. */
export function varint(d: Dissection, field: Field): number {
  const value = peekVarint(d);
  const length = varintLength(d);
  if (d.building) d.add(field, d.pos, length, exactVarint(d, d.pos));
  d.pos += length;
  return value;
}

/** The same, with what follows below it until `close`. */
export function openVarint(d: Dissection, field: Field): number {
  const value = peekVarint(d);
  const length = varintLength(d);
  if (d.building) d.open(field, d.pos, length, exactVarint(d, d.pos));
  d.pos += length;
  return value;
}
