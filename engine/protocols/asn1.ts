/**
 * Basic Encoding Rules of ASN.1, ITU-T X.690: elements read one by one, within bounds.
 *
 * Every function looks at `d.buf` below an end that its caller has checked. Lengths that reach beyond their
 * container are answered with null, so that a dissector can stop there.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, oid, u8, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { data } from "./data.ts";

const f = {
  padding: u8("ber.bitstring.padding", "Padding"),
  unknownPrimitive: bytes("ber.unknown.octetstring", "OCTETSTRING"),
  unknownOid: oid("ber.unknown.oid", "OID"),
  unknownInteger: u32("ber.unknown.integer", "INTEGER"),
};

const x = {
  badLength: expert(
    "ber.error.length",
    "error",
    "Malformed",
    "BER Error: length of item exceeds its container",
  ),
};

export const ber = protocol({
  name: "ber",
  title: "Basic Encoding Rules (ASN.1 X.690)",
  short: "BER",
  fields: f,
  experts: x,
  dissect: (d) => d.call(data),
});

export const berFields = f;
export const berExperts = x;

/** Universal tags, X.680 section 8.6. */
export const TAG_BOOLEAN = 0x01;
export const TAG_INTEGER = 0x02;
export const TAG_BIT_STRING = 0x03;
export const TAG_OCTET_STRING = 0x04;
export const TAG_NULL = 0x05;
export const TAG_OID = 0x06;
export const TAG_ENUMERATED = 0x0a;
export const TAG_UTF8 = 0x0c;
export const TAG_PRINTABLE = 0x13;
export const TAG_TELETEX = 0x14;
export const TAG_IA5 = 0x16;
export const TAG_UTC_TIME = 0x17;
export const TAG_GENERALIZED_TIME = 0x18;
export const TAG_VISIBLE = 0x1a;
export const TAG_UNIVERSAL_STRING = 0x1c;
export const TAG_BMP = 0x1e;
export const TAG_SEQUENCE = 0x30;
export const TAG_SET = 0x31;

/** One element: identifier octet and places in the buffer. */
export interface Element {
  /** First identifier octet: class, constructed bit and, below 31, number. */
  readonly tag: number;
  /** Index of the identifier octet. */
  readonly at: number;
  /** Index of the first content octet. */
  readonly start: number;
  /** Index behind the last content octet. */
  readonly end: number;
  /** Index behind the whole element: beyond `end` by the end-of-contents octets of the indefinite form. */
  readonly next: number;
}

/** Elements inside an element of indefinite length before it is given up. */
const MAX_INDEFINITE = 1000;

/**
 * The element at `at`, or null when none fits below `end`. Definite and indefinite lengths (X.690 section 8.1.3),
 * tag numbers up to four octets.
 */
export function elementAt(buf: Uint8Array, at: number, end: number, depth = 0): Element | null {
  let pos = at;
  if (pos + 2 > end) return null;
  const tag = buf[pos++];
  if ((tag & 0x1f) === 0x1f) {
    for (let i = 0; ; i++) {
      if (i === 4 || pos >= end) return null;
      if ((buf[pos++] & 0x80) === 0) break;
    }
  }
  if (pos >= end) return null;
  const first = buf[pos++];
  if (first < 0x80)
    return pos + first > end ? null : { tag, at, start: pos, end: pos + first, next: pos + first };
  if (first === 0x80) return (tag & 0x20) === 0 ? null : indefinite(buf, tag, at, pos, end, depth);
  const octets = first & 0x7f;
  if (octets > 4 || pos + octets > end) return null;
  let length = 0;
  for (let i = 0; i < octets; i++) length = length * 256 + buf[pos++];
  return pos + length > end ? null : { tag, at, start: pos, end: pos + length, next: pos + length };
}

function indefinite(
  buf: Uint8Array,
  tag: number,
  at: number,
  start: number,
  end: number,
  depth: number,
): Element | null {
  if (depth > 16) return null;
  let pos = start;
  for (let i = 0; i < MAX_INDEFINITE; i++) {
    if (pos + 2 > end) return null;
    if (buf[pos] === 0 && buf[pos + 1] === 0) return { tag, at, start, end: pos, next: pos + 2 };
    const inner = elementAt(buf, pos, end, depth + 1);
    if (inner === null) return null;
    pos = inner.next;
  }
  return null;
}

/** Most elements `elementsOf` returns. */
const MAX_ELEMENTS = 20_000;

/** The elements inside `buf[start .. end)`, up to the first that does not fit. */
export function elementsOf(buf: Uint8Array, start: number, end: number): Element[] {
  const list: Element[] = [];
  let at = start;
  while (at < end && list.length < MAX_ELEMENTS) {
    const element = elementAt(buf, at, end);
    if (element === null) break;
    list.push(element);
    at = element.next;
  }
  return list;
}

/** The contents of an INTEGER as a number; exact up to 48 bits, two's complement (X.690 section 8.3). */
export function integerOf(buf: Uint8Array, element: Element): number {
  const length = element.end - element.start;
  if (length === 0) return 0;
  let value = buf[element.start] >= 0x80 ? -1 : 0;
  for (let i = element.start; i < element.end; i++) value = value * 256 + buf[i];
  return value;
}

/**
 * Adds the padding line of a BIT STRING (X.690 section 8.6).
 * @returns index of its first data octet
 */
export function bitStringStart(d: Dissection, element: Element): number {
  if (element.start >= element.end) return element.end;
  d.add(f.padding, element.start, 1, d.buf[element.start]);
  return element.start + 1;
}
