/** When a capture ends by itself, as a form with units and as the engine takes it. */
import type { CaptureOptions } from "../../engine/api.ts";
import { numberIn } from "./numbers.ts";

type StopAfter = CaptureOptions["stopAfter"];

export interface Unit {
  name: string;
  /** How many of the engine's unit it is. */
  factor: number;
}
/** Units of time, in seconds; of size, in kilobytes (1000 bytes). The smallest first. */
export const TIME_UNITS: readonly Unit[] = [
  { name: "seconds", factor: 1 },
  { name: "minutes", factor: 60 },
  { name: "hours", factor: 3600 },
  { name: "days", factor: 86_400 },
];
export const SIZE_UNITS: readonly Unit[] = [
  { name: "kB", factor: 1 },
  { name: "MB", factor: 1000 },
  { name: "GB", factor: 1_000_000 },
];

/** A number as it was typed, and its unit's factor. */
export interface Amount {
  text: string;
  factor: number;
}

export interface StopForm {
  time: Amount;
  size: Amount;
  packets: string;
  files: string;
}

/** An amount in the largest unit in which it is whole. */
function amount(value: number | undefined, units: readonly Unit[], usual: number): Amount {
  if (value === undefined) return { text: "", factor: usual };
  const whole = units.findLast(({ factor }) => value % factor === 0);
  const factor = whole?.factor ?? 1;
  return { text: String(value / factor), factor };
}

export function stopForm({ seconds, packets, kilobytes, files }: Partial<StopAfter>): StopForm {
  return {
    time: amount(seconds, TIME_UNITS, 1),
    size: amount(kilobytes, SIZE_UNITS, 1000),
    packets: packets === undefined ? "" : String(packets),
    files: files === undefined ? "" : String(files),
  };
}

function read({ text, factor }: Amount, min: number, whole: boolean): number | undefined | null {
  if (text.trim() === "") return undefined;
  const value = Number(text) * factor;
  const rounded = whole && factor > 1 ? Math.round(value) : value;
  if (!(rounded >= min && rounded <= Number.MAX_SAFE_INTEGER)) return null;
  return whole && !Number.isInteger(rounded) ? null : rounded;
}

export interface StopValues {
  seconds: number | undefined | null;
  kilobytes: number | undefined | null;
  packets: number | undefined | null;
  files: number | undefined | null;
}

/** The numbers of the form in the engine's units: undefined where there is none, null where it cannot be used. */
export function stopValues({ time, size, packets, files }: StopForm): StopValues {
  return {
    seconds: read(time, 0.001, false),
    kilobytes: read(size, 1, true),
    packets: numberIn(packets, 1, Number.MAX_SAFE_INTEGER, true),
    files: numberIn(files, 1, 1e9, true),
  };
}

/**
 * What the engine is told.
 * @param several whether several files are written: then files are counted, and the size is that of each
 */
export function stopOf({ seconds, kilobytes, packets, files }: StopValues, several: boolean): StopAfter {
  return {
    ...(seconds ? { seconds } : {}),
    ...(packets ? { packets } : {}),
    ...(kilobytes && !several ? { kilobytes } : {}),
    ...(files && several ? { files } : {}),
  };
}
