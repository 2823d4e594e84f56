/**
 * Where the frames of a described protocol begin and end in a run of bytes, and whether they hold: their markers,
 * their length, their checksum.
 */
import { type Checksum, makeChecksum } from "./checksums.ts";
import { fixedSize, type Parts, type Place, partsOf, placeIn, placeOf, stretchOf } from "./frame-layout.ts";
import { bytesOf, type Description } from "./schema.ts";

/** No frame begins here. */
export const NO_FRAME = 0;
/** A frame is here, whole and right. */
export const HOLDS = 1;
/** A frame of `length` bytes is here, whole, but its checksum is wrong. */
export const DAMAGED = 2;
/** A frame of `length` bytes may begin here; not all of it is there. */
export const INCOMPLETE = 3;
/** A frame may begin here; too little is there to tell its length. */
export const UNKNOWN = 4;
export type Found = 0 | 1 | 2 | 3 | 4;

const EMPTY = new Uint8Array(0);
const ZEROS = new Uint8Array(8);

interface LengthField {
  readonly at: number;
  readonly size: number;
  readonly little: boolean;
  readonly times: number;
  /** What is added to get the whole frame: the description's `plus`, and the bytes it does not count. */
  readonly plus: number;
}

interface ChecksumField {
  readonly sum: Checksum;
  readonly place: Place;
  readonly size: number;
  readonly little: boolean;
  readonly zero: boolean;
  readonly covers: readonly (readonly [Place, Place])[];
}

/** What was checked of a frame. */
export interface Verified {
  /** Where the checksum stands, an offset in the frame; -1 without one. */
  readonly at: number;
  readonly size: number;
  readonly found: number;
  readonly right: number;
}

export class Framing {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  readonly parts: Parts;
  readonly max: number;
  /** Bits by which a frame that holds differs from any other bytes: those of its start marker and its checksum. */
  readonly bits: number;
  /** True when frames can be searched for: something tells them from other bytes. */
  readonly searchable: boolean;
  readonly checked: boolean;
  /** True when the end of what carries it is the end of a frame. */
  readonly unbounded: boolean;
  readonly #least: number;
  readonly #size: number;
  readonly #length: LengthField | null;
  readonly #checksum: ChecksumField | null;
  /** Length of the frame that `look` found. */
  length = 0;
  /** Bytes that `look` has gone through since it was set to 0: a bound on what a search may cost. */
  cost = 0;

  constructor(description: Description) {
    const { frame } = description;
    this.start = frame.start === undefined ? EMPTY : bytesOf(frame.start);
    this.end = frame.end === undefined ? EMPTY : bytesOf(frame.end);
    this.parts = partsOf(description);
    this.max = frame.max;
    this.#size = frame.size ?? 0;
    this.#length = lengthField(description, this.parts);
    this.#checksum = checksumField(description);
    this.#least = Math.max(1, this.parts.header + this.parts.trailer + this.parts.end);
    this.unbounded = this.#size === 0 && this.#length === null && this.end.length === 0;
    this.checked = this.#checksum !== null;
    this.bits = 8 * this.start.length + (this.#checksum?.sum.width ?? 0);
    this.searchable = !this.unbounded && (this.start.length > 0 || this.checked);
  }

  /** What begins at `buf[at]`, of bytes that end at `to`. Sets `length` for HOLDS, DAMAGED and INCOMPLETE. */
  look(buf: Uint8Array, at: number, to: number): Found {
    this.cost++;
    const there = to - at;
    const { start } = this;
    for (let i = 0; i < start.length; i++) {
      if (i >= there) return UNKNOWN;
      if (buf[at + i] !== start[i]) return NO_FRAME;
    }
    let length = there;
    if (this.#length !== null) {
      const field = this.#length;
      if (there < field.at + field.size) return UNKNOWN;
      length = readUint(buf, at + field.at, field.size, field.little) * field.times + field.plus;
    } else if (this.#size > 0) length = this.#size;
    else if (!this.unbounded) {
      length = this.#lengthByEnd(buf, at, to);
      if (length === 0) return there >= this.max ? NO_FRAME : UNKNOWN;
    }
    if (length < this.#least || length > this.max) return NO_FRAME;
    this.length = length;
    if (length > there) return INCOMPLETE;
    const { end } = this;
    if (end.length > 0 && !matches(buf, at + length - end.length, end)) return NO_FRAME;
    if (!this.checked) return HOLDS;
    const { found, right } = this.verify(buf, at, length);
    return found === right ? HOLDS : DAMAGED;
  }

  /** Length of the frame whose end marker comes first; 0 when there is none. */
  #lengthByEnd(buf: Uint8Array, at: number, to: number): number {
    const { end, parts } = this;
    const limit = Math.min(to, at + this.max) - end.length;
    let i = at + parts.header + parts.trailer;
    this.cost += Math.max(0, limit - i);
    for (; i <= limit; i++) if (buf[i] === end[0] && matches(buf, i, end)) return i + end.length - at;
    return 0;
  }

  /** The checksum of a whole frame. */
  verify(buf: Uint8Array, at: number, length: number): Verified {
    const field = this.#checksum;
    if (field === null) return { at: -1, size: 0, found: 0, right: 0 };
    const { sum, size, zero } = field;
    const own = placeIn(field.place, length);
    const stretches = field.covers
      .map(
        ([from, to]) => [Math.max(0, placeIn(from, length)), Math.min(length, placeIn(to, length))] as const,
      )
      .toSorted((a, b) => a[0] - b[0]);
    sum.start();
    let done = 0;
    for (const [from, to] of stretches) {
      const begin = Math.max(from, done);
      if (to <= begin) continue;
      done = to;
      this.cost += to - begin;
      sum.add(buf, at + begin, at + Math.max(begin, Math.min(to, own)));
      if (zero && own < to && own + size > begin)
        sum.add(ZEROS, 0, Math.min(to, own + size) - Math.max(begin, own));
      sum.add(buf, at + Math.min(to, Math.max(begin, own + size)), at + to);
    }
    return { at: own, size, found: readUint(buf, at + own, size, field.little), right: sum.finish() };
  }

  /** The next place from `at` on where the start marker stands or may begin; `to` when there is none. */
  nextStart(buf: Uint8Array, at: number, to: number): number {
    const first = this.start.at(0);
    let next = at;
    while (next < to && first !== undefined && buf[next] !== first) next++;
    return next;
  }
}

function lengthField(description: Description, parts: Parts): LengthField | null {
  const { length } = description.frame;
  if (length === undefined) return null;
  const found = placeOf(description, length.field);
  if (found === null) return null;
  // Header, trailer and end marker have fixed sizes: which of their bytes are not counted can be said once.
  const behind = parts.trailer + parts.end;
  const sample = parts.header + behind;
  const counted = new Uint8Array(sample);
  for (const part of length.counts) {
    const [from, to] = stretchOf(description, part);
    counted.fill(1, placeIn(from, sample), Math.max(placeIn(from, sample), placeIn(to, sample)));
  }
  const uncounted = counted.reduce((total, one) => total - one, sample);
  const { field } = found;
  return {
    at: found.place.offset,
    size: fixedSize(field) ?? 0,
    little: orderOf(field, description) === "little",
    times: length.times,
    plus: length.plus + uncounted,
  };
}

function checksumField(description: Description): ChecksumField | null {
  const { checksum } = description.frame;
  if (checksum === undefined) return null;
  const found = placeOf(description, checksum.field);
  if (found === null) return null;
  const { kind, own } = checksum;
  const covers = checksum.covers ?? (found.place.fromEnd ? ["before" as const] : ["frame" as const]);
  return {
    sum: makeChecksum(
      typeof kind === "string"
        ? kind
        : {
            width: kind.crc.width,
            poly: kind.crc.poly,
            init: kind.crc.init,
            reflectIn: kind.crc["reflect-in"],
            reflectOut: kind.crc["reflect-out"],
            xorOut: kind.crc["xor-out"],
          },
    ),
    place: found.place,
    size: fixedSize(found.field) ?? 0,
    little: orderOf(found.field, description) === "little",
    zero: own === "zero",
    covers: Array.isArray(covers)
      ? covers.map((part) => stretchOf(description, part))
      : [
          [
            offsetOf(covers.from),
            covers.to === undefined ? { fromEnd: true, offset: 0 } : offsetOf(covers.to),
          ],
        ],
  };
}

const offsetOf = (offset: number): Place =>
  offset < 0 ? { fromEnd: true, offset: -offset } : { fromEnd: false, offset };

/** The byte order of a field: its own, or the description's. */
export const orderOf = (field: object, description: Description): "big" | "little" =>
  ("order" in field ? (field.order as "big" | "little" | undefined) : undefined) ?? description.order;

/** Unsigned integer of `n` bytes, exact up to 6. */
export function readUint(buf: Uint8Array, at: number, n: number, little: boolean): number {
  let value = 0;
  if (little) for (let i = n - 1; i >= 0; i--) value = value * 256 + buf[at + i];
  else for (let i = 0; i < n; i++) value = value * 256 + buf[at + i];
  return value;
}

function matches(buf: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (buf[at + i] !== bytes[i]) return false;
  return true;
}
