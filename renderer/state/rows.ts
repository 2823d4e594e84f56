import { create } from "zustand";
import type { Row, Settings } from "../../engine/api.ts";
import { RowsCache } from "../lib/rows-cache.ts";
import { errorInfo } from "../transport/types.ts";
import { call, status, tellError } from "./session.ts";
import { settings } from "./settings.ts";

/** The list on the screen. While another view comes it is the one before: see `nextList`. */
export interface ShownList {
  readonly capture: number;
  readonly view: number;
  readonly total: number;
  /** The row that it begins at when it comes to the screen. */
  readonly at: number;
}

interface RowsState {
  list: ShownList;
  /** Rises when a row on the screen may read differently. */
  version: number;
}

export const useRows = create<RowsState>()(() => ({
  list: { capture: 0, view: 0, total: 0, at: 0 },
  version: 0,
}));

/** Rows of one request: a screen shows them on one page or two. */
const PAGE = 64;
const KEPT_PAGES = 250;
/** Requests under way at once. More would be answers nobody waits for any more. */
const MAX_IN_FLIGHT = 2;
/** Milliseconds the list before stays while the first rows of a new one are fetched. */
const PATIENCE = 200;
/** The same where most rows of both are the same: the place in it is worth waiting for. */
const RING_PATIENCE = 2000;

/** Where a list that comes is to be looked at first. */
export interface Place {
  /** Row that will be on its first screen. */
  readonly row: number;
  /** Row at the top of that; the list's first when left out. */
  readonly at?: number;
}

interface Coming {
  readonly capture: number;
  readonly cache: RowsCache;
  /** Packet n of the list before is packet n − shift of this one. */
  readonly shift: number;
  /** Null while that is being found out. */
  place: Place | null;
  readonly show: () => void;
}

let cache = new RowsCache(PAGE, KEPT_PAGES);
let visible = { first: 0, last: 60 };
let inFlight = 0;
/** Rises when rows are coloured by other rules. */
let colors = 0;
/** A list whose first rows are being fetched, while the one before is on the screen. */
let coming: Coming | null = null;

function lookOf(all: Settings): string {
  const columns = all.columns.map((entry) => entry.column).join(",");
  return `${columns}|${all.timeFormat}|${all.timePrecision}|${colors}`;
}

function changed(): void {
  useRows.setState((state) => ({ version: state.version + 1 }));
}

/**
 * Binds the rows to the present capture, view and look; to be called when any of them may have changed.
 * @param at the row that another list begins at
 */
export function syncRows(at = 0): void {
  const { capture, view, displayed } = status();
  const { list } = useRows.getState();
  if (coming !== null && capture === coming.capture)
    coming.cache.setKey({ capture, view, look: lookOf(settings()) });
  else {
    coming = null;
    if (cache.setKey({ capture, view, look: lookOf(settings()) })) changed();
    const same = capture === list.capture && view === list.view;
    if (!same) useRows.setState({ list: { capture, view, total: displayed, at } });
    else if (displayed !== list.total) useRows.setState({ list: { ...list, total: displayed } });
  }
  pump();
}

/**
 * Takes another view of the same capture, or the newer part of one whose oldest packets went. Until its first rows are
 * there, or took too long, the list before stays on the screen, so that nothing flashes.
 * @param shown called in the moment in which the list changes
 * @param shift packet n of the list before is packet n − shift of the next one
 */
export function nextList(place: Promise<Place>, shown: () => void, shift = 0): void {
  const patience = setTimeout(() => next.show(), shift > 0 ? RING_PATIENCE : PATIENCE);
  const next: Coming = {
    capture: status().capture,
    cache: new RowsCache(PAGE, KEPT_PAGES),
    shift: shift + (coming?.shift ?? 0),
    place: null,
    show: () => {
      clearTimeout(patience);
      if (coming !== next) return;
      coming = null;
      cache = next.cache;
      syncRows(next.place?.at);
      changed();
      shown();
    },
  };
  coming = next;
  syncRows();
  place.then(
    (found) => {
      next.place = found;
      pump();
    },
    () => next.show(),
  );
}

/**
 * Fetches the rows on the screen anew, since they are coloured by other rules; those before stay until they are there.
 * @param shown called in the moment in which they change
 */
export function recolorRows(shown: () => void): void {
  colors++;
  if (coming === null) nextList(Promise.resolve({ row: visible.first }), shown);
  else {
    // A list that is coming is asked for again, in its new colours.
    syncRows();
    shown();
  }
}

/**
 * The number that the packet at a row of the screen has in the present list, where the rows are still those of the list
 * before; undefined where they are the present ones.
 */
export function numberBefore(index: number): number | undefined {
  const row = coming === null ? undefined : cache.get(index);
  return row && Math.max(1, row.number - (coming?.shift ?? 0));
}

/** Number of the first packet on the screen; null while that is not known. May be less than 1 for one that is gone. */
export function topNumber(): number | null {
  const top = cache.get(visible.first);
  return top === undefined ? null : top.number - (coming?.shift ?? 0);
}

/** Tells which rows are on the screen; what is missing of them is fetched. */
export function showRows(first: number, last: number): void {
  visible = { first, last };
  pump();
}

export function rowAt(index: number): Row | undefined {
  return cache.get(index);
}

function pump(): void {
  const { displayed, progress } = status();
  const screen = visible.last - visible.first + 1;
  if (coming !== null) {
    if (coming.place === null) return;
    const { row } = coming.place;
    const [first, last] = [Math.max(0, row - screen), row + screen];
    if (fetchRows(coming.cache, first, last, displayed)) return;
    if (displayed > 0 || !progress.some(({ what }) => what === "filter")) coming.show();
    return;
  }
  // A screen ahead and behind, once what is on the screen is there.
  if (!fetchRows(cache, visible.first, visible.last, displayed))
    fetchRows(cache, visible.first - screen, visible.last + screen, displayed);
}

/** Asks for what is missing of some rows; returns true when there is anything that has not come yet. */
function fetchRows(into: RowsCache, first: number, last: number, total: number): boolean {
  for (const { page, start, count } of into.want(first, last, total)) {
    // Asked for again when an answer has come and it is still on the screen.
    if (inFlight >= MAX_IN_FLIGHT) into.failed(page);
    else fetchPage(into, page, start, count, total);
  }
  return into.lacks(first, last, total);
}

function fetchPage(into: RowsCache, page: number, start: number, count: number, total: number): void {
  const { columns, timeFormat, timePrecision } = settings();
  const key = into.currentKey();
  inFlight++;
  call("rows", {
    start,
    count,
    columns: columns.map((entry) => entry.column),
    timeFormat,
    timePrecision,
  }).then(
    (result) => {
      inFlight--;
      if (into.put(page, key, total, result) && into === cache) changed();
      pump();
    },
    (error) => {
      inFlight--;
      into.failed(page);
      const { code } = errorInfo(error);
      if (code !== "NO_CAPTURE" && code !== "CANCELLED") tellError(error);
    },
  );
}

/** The row at `index`, fetched by itself when it is not cached; null when the list has no such row. */
export async function loadRow(index: number): Promise<Row | null> {
  const have = coming === null ? cache.get(index) : undefined;
  if (have) return have;
  const { columns, timeFormat, timePrecision } = settings();
  const result = await call("rows", {
    start: index,
    count: 1,
    columns: columns.map((entry) => entry.column),
    timeFormat,
    timePrecision,
  });
  return result.rows[0] ?? null;
}
