/** How packets are taken from interfaces, as a form with a column for all of them and one for each, and as the engine takes it. */
import type { CaptureOptions, InterfaceInfo, InterfaceOptions } from "../../engine/api.ts";
import { numberIn } from "./numbers.ts";

/** What stands in a column; numbers as they were typed. Empty for the default, or for "as all interfaces". */
export interface ReadingForm {
  promiscuous: "" | "on" | "off";
  monitor: "" | "on";
  immediate: "" | "on" | "off";
  direction: "" | "in" | "out" | "inout";
  precision: "" | "ns" | "us";
  snapLen: string;
  bufferMiB: string;
  readTimeoutMs: string;
  linkType: string;
  timestampType: string;
  filter: string;
}

export type ReadingNumber = "snapLen" | "bufferMiB" | "readTimeoutMs";

export const READING_NUMBERS: Record<
  ReadingNumber,
  { title: string; unit: string; min: number; max: number; usual: string; short: string; range: string }
> = {
  snapLen: {
    title: "Snapshot length",
    unit: "bytes",
    min: 0,
    max: 262_144,
    usual: "whole packet",
    short: "whole",
    range: "0 to 262,144",
  },
  bufferMiB: {
    title: "Kernel buffer",
    unit: "MiB",
    min: 1,
    max: 2047,
    usual: "16",
    short: "16 MiB",
    range: "1 to 2,047",
  },
  readTimeoutMs: {
    title: "Read timeout",
    unit: "ms",
    min: 1,
    max: 2000,
    usual: "40",
    short: "40 ms",
    range: "1 to 2,000",
  },
};
const NUMBERS = Object.keys(READING_NUMBERS) as ReadingNumber[];
const DEFAULT_BUFFER_MIB = 16;

const switched = (value: boolean | undefined): "" | "on" | "off" =>
  value === undefined ? "" : value ? "on" : "off";
const typed = (value: number | undefined): string => (value === undefined ? "" : String(value));

/** The column of an interface for the options that it has for itself. */
export function ownForm(own: InterfaceOptions): ReadingForm {
  return {
    promiscuous: switched(own.promiscuous),
    monitor: own.monitor ? "on" : "",
    immediate: switched(own.immediate),
    direction: own.direction ?? "",
    precision: own.precision ?? "",
    snapLen: typed(own.snapLen),
    bufferMiB: typed(own.bufferMiB),
    readTimeoutMs: typed(own.readTimeoutMs),
    linkType: own.linkType ?? "",
    timestampType: own.timestampType ?? "",
    filter: own.filter ?? "",
  };
}

/** The column of all interfaces; what has its usual value stands as such. */
export function allForm(options: Partial<CaptureOptions>): ReadingForm {
  return {
    ...ownForm({}),
    promiscuous: switched(options.promiscuous ?? true),
    immediate: switched(options.immediate ?? false),
    direction: options.direction === "inout" ? "" : (options.direction ?? ""),
    precision: options.precision === "ns" ? "" : (options.precision ?? ""),
    snapLen: options.snapLen ? String(options.snapLen) : "",
    bufferMiB: String(options.bufferMiB ?? DEFAULT_BUFFER_MIB),
    readTimeoutMs: typed(options.readTimeoutMs),
  };
}

/** A number of the form: undefined when it is left out, null when it is none or out of bounds. */
export function numberOf(form: ReadingForm, key: ReadingNumber): number | undefined | null {
  const { min, max } = READING_NUMBERS[key];
  return numberIn(form[key], min, max, true);
}

/** What is wrong with the numbers of a column, for the user; null when nothing is. */
export function numberProblem(form: ReadingForm): string | null {
  const bad = NUMBERS.find((key) => numberOf(form, key) === null);
  if (bad === undefined) return null;
  const { title, range, unit } = READING_NUMBERS[bad];
  return `${title}: ${range} ${unit}`;
}

type Reading = Pick<
  CaptureOptions,
  "promiscuous" | "snapLen" | "bufferMiB" | "readTimeoutMs" | "precision" | "immediate" | "direction"
>;

/** The options for all interfaces; numbers that are none count as left out. */
export function readingOf(form: ReadingForm): Reading {
  const readTimeoutMs = numberOf(form, "readTimeoutMs") ?? undefined;
  return {
    promiscuous: form.promiscuous !== "off",
    snapLen: numberOf(form, "snapLen") ?? 0,
    bufferMiB: numberOf(form, "bufferMiB") ?? DEFAULT_BUFFER_MIB,
    ...(readTimeoutMs === undefined ? {} : { readTimeoutMs }),
    ...(form.precision === "" ? {} : { precision: form.precision }),
    ...(form.immediate === "on" ? { immediate: true } : {}),
    ...(form.direction === "" ? {} : { direction: form.direction }),
  };
}

/** What an interface has for itself: only what is said, and what it can. */
export function ownOf(form: ReadingForm, iface: Pick<InterfaceInfo, "noMonitor">): InterfaceOptions {
  const monitor = form.monitor === "on" && iface.noMonitor === "";
  const own: InterfaceOptions = {};
  for (const key of NUMBERS) {
    const value = numberOf(form, key);
    if (typeof value === "number") own[key] = value;
  }
  if (form.promiscuous !== "") own.promiscuous = form.promiscuous === "on";
  if (form.immediate !== "") own.immediate = form.immediate === "on";
  if (monitor) own.monitor = true;
  if (form.direction !== "") own.direction = form.direction;
  if (form.precision !== "") own.precision = form.precision;
  // The link types that are known are those outside of monitor mode.
  if (form.linkType !== "" && !monitor) own.linkType = form.linkType;
  if (form.timestampType !== "") own.timestampType = form.timestampType;
  if (form.filter.trim() !== "") own.filter = form.filter.trim();
  return own;
}

/** libpcap's clocks in words (pcap-tstamp, section 7 of its manual). */
const CLOCKS: Record<string, string> = {
  host: "the system's, as it likes",
  host_lowprec: "the system's, cheap and coarse",
  host_hiprec: "the system's, fine",
  host_hiprec_unsynced: "the system's, fine, not set by others",
  adapter: "the adapter's, set by the system's",
  adapter_unsynced: "the adapter's own",
};
export const clockTitle = (name: string): string => {
  const words = CLOCKS[name];
  return words === undefined ? name : `${name} (${words})`;
};

/** Of what single interfaces have for themselves, that of those a capture is on. */
export function ownOfThese(
  perInterface: Readonly<Record<string, InterfaceOptions>> | undefined,
  interfaces: readonly string[],
): Record<string, InterfaceOptions> {
  return Object.fromEntries(Object.entries(perInterface ?? {}).filter(([name]) => interfaces.includes(name)));
}

/** Options in which a change that is to hold for all interfaces is not undone by what single ones have. */
export function withChange(
  options: Partial<CaptureOptions>,
  change: Partial<Pick<CaptureOptions, "bufferMiB" | "snapLen" | "interfaces">>,
): Partial<CaptureOptions> {
  const perInterface: Record<string, InterfaceOptions> = {};
  for (const [name, own] of Object.entries(options.perInterface ?? {})) {
    const rest = Object.entries(own).filter(([key]) => !(key in change));
    if (rest.length > 0) perInterface[name] = Object.fromEntries(rest);
  }
  return { ...options, ...change, ...(options.perInterface ? { perInterface } : {}) };
}
