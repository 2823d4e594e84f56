import { create } from "zustand";
import type { Settings } from "../../engine/api.ts";
import { call, tellError } from "./session.ts";

/** What a window shows until the engine has told the user's own settings. */
export const DEFAULT_SETTINGS: Settings = {
  theme: "system",
  timeFormat: "relative",
  timePrecision: "auto",
  columns: [
    { column: "number", title: "No.", width: 72 },
    { column: "time", title: "Time", width: 104 },
    { column: "source", title: "Source", width: 152 },
    { column: "destination", title: "Destination", width: 152 },
    { column: "protocol", title: "Protocol", width: 80 },
    { column: "length", title: "Length", width: 64 },
    { column: "info", title: "Info", width: 640 },
  ],
  colorize: true,
  autoScroll: true,
  filterHistory: [],
  savedFilters: [],
  filterButtons: [],
  filterMacros: [],
  colorRules: null,
  captureFilterHistory: [],
  savedCaptureFilters: [],
  capture: {},
  expanded: [],
  layout: {},
  decodeAs: [],
  preferences: {},
};

export const useSettings = create<Settings>()(() => DEFAULT_SETTINGS);

export const settings = (): Settings => useSettings.getState();

let queued: Partial<Settings> = {};
let timer: ReturnType<typeof setTimeout> | null = null;
let inFlight = 0;
const QUEUE_MS = 150;

/** Changes settings: shown at once, told to the engine a moment later in one request. */
export function changeSettings(change: Partial<Settings>): void {
  useSettings.setState(change);
  queued = { ...queued, ...change };
  if (timer) clearTimeout(timer);
  timer = setTimeout(sendSettings, QUEUE_MS);
}

/** Tells the engine what is queued, at once; a page that is left would forget it. */
export function sendSettings(): void {
  if (timer === null) return;
  clearTimeout(timer);
  timer = null;
  const sent = queued;
  queued = {};
  inFlight++;
  call("changeSettings", { change: sent }).then(
    (all) => {
      inFlight--;
      takeSettings(all);
    },
    (error) => {
      inFlight--;
      tellError(error);
    },
  );
}

/** Takes settings the engine sent; what the user changed meanwhile stays. */
export function takeSettings(all: Settings): void {
  if (inFlight > 0) return;
  useSettings.setState({ ...all, ...queued });
}

// The sizes of panes are kept under these names; numbers only, as the contract has it.
const PANES = "panes";
const ARRANGEMENT = "arrangement";

export interface Panes {
  timeline: boolean;
  tree: boolean;
  bytes: boolean;
  overview: boolean;
}

export function panesOf(layout: Settings["layout"]): Panes {
  const kept = layout[PANES] ?? [];
  return {
    timeline: kept[0] !== 0,
    tree: kept[1] !== 0,
    bytes: kept[2] !== 0,
    overview: kept[3] !== 0,
  };
}

export function togglePane(name: keyof Panes): void {
  const panes = panesOf(settings().layout);
  panes[name] = !panes[name];
  const kept = [panes.timeline, panes.tree, panes.bytes, panes.overview].map(Number);
  changeSettings({ layout: { ...settings().layout, [PANES]: kept } });
}

export const ARRANGEMENTS = ["below", "stacked", "beside"] as const;
/** Where tree and bytes stand: next to each other below the list, all stacked, or beside the list. */
export type Arrangement = (typeof ARRANGEMENTS)[number];

export function arrangementOf(layout: Settings["layout"]): Arrangement {
  return ARRANGEMENTS[layout[ARRANGEMENT]?.[0] ?? 0] ?? "below";
}

export function setArrangement(arrangement: Arrangement): void {
  changeSettings({
    layout: { ...settings().layout, [ARRANGEMENT]: [ARRANGEMENTS.indexOf(arrangement)] },
  });
}
