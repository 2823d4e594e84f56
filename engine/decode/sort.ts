/** Sorting the displayed list by a column. */
import type { Column } from "../api.ts";
import { MODE_FIELDS, MODE_INDEX } from "../dissect/dissection.ts";
import type { Value } from "../dissect/field.ts";
import { fields, fieldsNamed } from "../dissect/protocol.ts";
import type { Displayed, SortedOrder } from "./displayed.ts";
import type { Indexer } from "./indexer.ts";
import { fieldText } from "./rows.ts";
import type { Viewer } from "./viewer.ts";

/** Steps of cheap work between two yields: well under a millisecond. */
const STEPS = 8192;
/** Length of the runs that are sorted by insertion before they are merged. */
const RUN = 16;

/** Stands for a text's number where there is no text. */
const NO_TEXT = 0xffff_ffff;
/** Keys of values that are not there, and of the first text. */
const ABSENT = -Number.MAX_VALUE;
const TEXTS = 2 ** 52;

/**
 * The displayed frames in the order of a column, frames of equal value in capture order.
 * A generator that yields its progress between 0 and 1, so that it can be run in slices.
 */
export function* sortedOrder(
  indexer: Indexer,
  viewer: Viewer,
  displayed: Displayed,
  column: Column,
  descending: boolean,
): Generator<number, SortedOrder> {
  const { index } = indexer;
  const last = index.count;
  const frames = new Uint32Array(displayed.length);
  let count = 0;
  for (let frame = 1; frame <= last && count < frames.length; frame++) {
    if (displayed.has(frame)) frames[count++] = frame;
    if (frame % STEPS === 0) yield 0;
  }
  const keys = new Keys(count);
  yield* keys.collect(indexer, viewer, frames, column);
  yield* keys.rankTexts();
  const { numbers } = keys;
  const sign = descending ? -1 : 1;
  const places = yield* mergeSorted(count, (a, b) => sign * (numbers[a] - numbers[b]), 0.8, 0.98);
  const rows = new Uint32Array(count === 0 ? 0 : frames[count - 1] + 1);
  const sorted = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    const frame = frames[places[row]];
    sorted[row] = frame;
    rows[frame] = row + 1;
    if (row % STEPS === 0) yield 0.98;
  }
  return { frames: sorted, rows };
}

/** Numbers that order frames as a column's values do. Texts are kept once each. */
class Keys {
  readonly numbers: Float64Array;
  /** Number of each frame's text; NO_TEXT where the value is a number itself. */
  readonly #textOf: Uint32Array;
  readonly #texts: string[] = [];
  readonly #known = new Map<string, number>();

  constructor(length: number) {
    this.numbers = new Float64Array(length);
    this.#textOf = new Uint32Array(length).fill(NO_TEXT);
  }

  /** Reads the column of every frame. */
  *collect(indexer: Indexer, viewer: Viewer, frames: Uint32Array, column: Column): Generator<number, void> {
    const { index, memory } = indexer;
    const { numbers } = this;
    const total = numbers.length;
    const addresses: number[] = [];
    const origin = index.count === 0 ? 0 : index.segments[0].sec[0];
    const wanted = wantedBy(column);
    const mode = wanted === undefined ? MODE_INDEX : MODE_FIELDS;
    const key = keyOf(column, wanted);
    for (let i = 0; i < total; i++) {
      const frame = frames[i];
      const s = index.segment(frame);
      const slot = index.slot(frame);
      if (column === "number") numbers[i] = frame;
      else if (column === "time") numbers[i] = (s.sec[slot] - origin) * 1e9 + s.nsec[slot];
      else if (column === "length") numbers[i] = s.len[slot];
      else if (column === "source" || column === "destination") {
        const id = column === "source" ? s.src[slot] : s.dst[slot];
        addresses[id] ??= this.#intern(addressKey(memory.addresses.bytes(id)));
        this.#textOf[i] = addresses[id];
      } else {
        while (!viewer.ready(frame, mode, wanted)) yield (0.7 * i) / total;
        const value = key(viewer, frame);
        if (typeof value === "number") numbers[i] = Number.isNaN(value) ? ABSENT : value;
        else this.#textOf[i] = this.#intern(value);
        yield (0.7 * i) / total;
      }
      if (i % STEPS === 0) yield (0.7 * i) / total;
    }
  }

  /** Gives frames with a text the rank of their text: absent values come first, then numbers, then texts. */
  *rankTexts(): Generator<number, void> {
    const texts = this.#texts;
    if (texts.length === 0) return;
    const compare = (a: number, b: number): number =>
      texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : 0;
    const order = yield* mergeSorted(texts.length, compare, 0.7, 0.79);
    const rank = new Float64Array(texts.length);
    for (let i = 0; i < order.length; i++) {
      rank[order[i]] = i;
      if (i % STEPS === 0) yield 0.79;
    }
    for (let i = 0; i < this.#textOf.length; i++) {
      const text = this.#textOf[i];
      if (text !== NO_TEXT) this.numbers[i] = texts[text] === "" ? ABSENT : TEXTS + rank[text];
      if (i % STEPS === 0) yield 0.8;
    }
  }

  #intern(text: string): number {
    let number = this.#known.get(text);
    if (number === undefined) {
      number = this.#texts.length;
      this.#texts.push(text);
      this.#known.set(text, number);
    }
    return number;
  }
}

/**
 * The numbers 0 to `length - 1` in the order of `compare`, equal ones by number.
 * Yields its progress between `from` and `to`.
 */
function* mergeSorted(
  length: number,
  compare: (a: number, b: number) => number,
  from: number,
  to: number,
): Generator<number, Uint32Array> {
  let source = new Uint32Array(length);
  let target = new Uint32Array(length);
  for (let start = 0; start < length; start += RUN) {
    const end = Math.min(length, start + RUN);
    for (let i = start; i < end; i++) {
      let place = i;
      for (; place > start && compare(source[place - 1], i) > 0; place--) source[place] = source[place - 1];
      source[place] = i;
    }
    if (start % STEPS === 0) yield from;
  }
  const passes = Math.max(1, Math.ceil(Math.log2(length / RUN)));
  let pass = 0;
  for (let width = RUN; width < length; width *= 2) {
    const done = from + ((to - from) * pass++) / passes;
    let steps = 0;
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(length, start + width);
      const end = Math.min(length, start + 2 * width);
      let left = start;
      let right = middle;
      for (let i = start; i < end; i++) {
        const takesLeft = left < middle && (right >= end || compare(source[left], source[right]) <= 0);
        target[i] = takesLeft ? source[left++] : source[right++];
        if (++steps % STEPS === 0) yield done;
      }
    }
    const sorted = target;
    target = source;
    source = sorted;
  }
  return source;
}

/** A text that orders addresses as numbers: shorter kinds first. */
function addressKey(bytes: Uint8Array): string {
  return String.fromCharCode(bytes.length, ...bytes);
}

/** The fields a column needs; undefined for the built-in ones. */
function wantedBy(column: Column): Uint8Array | undefined {
  if (!column.startsWith(FIELD)) return undefined;
  const wanted = new Uint8Array(fields.length);
  for (const field of fieldsNamed(column.slice(FIELD.length))) wanted[field.id] = 1;
  return wanted;
}

const FIELD = "field:";

function keyOf(
  column: Column,
  wanted: Uint8Array | undefined,
): (viewer: Viewer, frame: number) => number | string {
  if (column === "protocol") return (viewer, frame) => viewer.dissect(frame, MODE_INDEX, true).protocolColumn;
  if (column === "info") return (viewer, frame) => viewer.dissect(frame, MODE_INDEX, true).info;
  const name = column.slice(FIELD.length);
  return (viewer, frame) => {
    const d = viewer.dissect(frame, MODE_FIELDS, false, wanted);
    const value: Value = d.found[0]?.value ?? null;
    if (typeof value === "number") return value;
    if (typeof value === "bigint") return Number(value);
    return fieldText(d, name);
  };
}
