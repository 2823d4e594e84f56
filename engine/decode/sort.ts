/** Sorting the displayed list by a column. */
import type { Column } from "../api.ts";
import { MODE_FIELDS, MODE_INDEX } from "../dissect/dissection.ts";
import type { Value } from "../dissect/field.ts";
import { fields, fieldsNamed } from "../dissect/protocol.ts";
import type { Indexer } from "./indexer.ts";
import { fieldText } from "./rows.ts";
import type { Viewer } from "./viewer.ts";

/**
 * The frames in the order of a column, frames of equal value in capture order.
 * A generator that yields its progress between 0 and 1 while it collects the keys.
 */
export function* sortedOrder(
  indexer: Indexer,
  viewer: Viewer,
  frames: Uint32Array,
  column: Column,
  descending: boolean,
): Generator<number, Uint32Array> {
  const { index, memory } = indexer;
  const numbers = new Float64Array(frames.length);
  let texts: string[] | null = null;
  const key = keyOf(column);
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i];
    const s = index.segment(frame);
    const slot = index.slot(frame);
    switch (column) {
      case "number":
        numbers[i] = frame;
        break;
      case "time":
        numbers[i] = s.sec[slot] * 1e9 + s.nsec[slot];
        break;
      case "length":
        numbers[i] = s.len[slot];
        break;
      case "source":
      case "destination":
        texts ??= [];
        texts.push(addressKey(memory.addresses.bytes(column === "source" ? s.src[slot] : s.dst[slot])));
        break;
      default: {
        const value = key(viewer, frame);
        if (typeof value === "number") numbers[i] = value;
        else {
          texts ??= [];
          texts[i] = value;
        }
      }
    }
    yield (0.9 * i) / frames.length;
  }
  const order = Uint32Array.from(frames, (_, i) => i);
  const sign = descending ? -1 : 1;
  const keys = texts;
  if (keys === null) order.sort((a, b) => sign * (numbers[a] - numbers[b]) || a - b);
  else {
    const text = (i: number): string => keys[i] ?? "";
    order.sort((a, b) =>
      text(a) === text(b) ? numbers[a] - numbers[b] || a - b : text(a) < text(b) ? -sign : sign,
    );
  }
  return order.map((i) => frames[i]);
}

/** A text that orders addresses as numbers: shorter kinds first. */
function addressKey(bytes: Uint8Array): string {
  return String.fromCharCode(bytes.length, ...bytes);
}

function keyOf(column: Column): (viewer: Viewer, frame: number) => number | string {
  if (column === "protocol") return (viewer, frame) => viewer.dissect(frame, MODE_INDEX, true).protocolColumn;
  if (column === "info") return (viewer, frame) => viewer.dissect(frame, MODE_INDEX, true).info;
  const name = column.slice("field:".length);
  const wanted = new Uint8Array(fields.length);
  for (const field of fieldsNamed(name)) wanted[field.id] = 1;
  return (viewer, frame) => {
    const d = viewer.dissect(frame, MODE_FIELDS, false, wanted);
    const value: Value = d.found[0]?.value ?? null;
    if (typeof value === "number") return value;
    if (typeof value === "bigint") return Number(value);
    return fieldText(d, name);
  };
}
