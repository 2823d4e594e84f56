import { create } from "zustand";
import type { Row, Settings } from "../../engine/api.ts";
import { RowsCache } from "../lib/rows-cache.ts";
import { errorInfo } from "../transport/types.ts";
import { call, status, tellError } from "./session.ts";
import { settings } from "./settings.ts";

interface RowsState {
  /** Rises when a row on the screen may read differently. */
  version: number;
}

export const useRows = create<RowsState>()(() => ({ version: 0 }));

const cache = new RowsCache();
const MAX_IN_FLIGHT = 3;
const OVERSCAN_ROWS = 60;
let inFlight = 0;
let visible = { first: 0, last: -1 };

function lookOf(all: Settings): string {
  const columns = all.columns.map((entry) => entry.column).join(",");
  return `${columns}|${all.timeFormat}|${all.timePrecision}`;
}

function changed(): void {
  useRows.setState((state) => ({ version: state.version + 1 }));
}

/** Binds the cache to the present capture, view and look; to be called when any of them may have changed. */
export function syncRows(): void {
  const { capture, view } = status();
  if (cache.setKey({ capture, view, look: lookOf(settings()) })) changed();
  pump();
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
  const total = status().displayed;
  const wanted = cache.want(visible.first - OVERSCAN_ROWS, visible.last + OVERSCAN_ROWS, total);
  for (const { page, start, count } of wanted) {
    if (inFlight >= MAX_IN_FLIGHT) {
      // Asked for again when an answer has come and it is still on the screen.
      cache.failed(page);
      continue;
    }
    fetchPage(page, start, count, total);
  }
}

function fetchPage(page: number, start: number, count: number, total: number): void {
  const { columns, timeFormat, timePrecision } = settings();
  const key = cache.currentKey();
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
      if (cache.put(page, key, total, result)) changed();
      pump();
    },
    (error) => {
      inFlight--;
      cache.failed(page);
      const { code } = errorInfo(error);
      if (code !== "NO_CAPTURE" && code !== "CANCELLED") tellError(error);
    },
  );
}

/** The row at `index`, fetched by itself when it is not cached; null when the list has no such row. */
export async function loadRow(index: number): Promise<Row | null> {
  const have = cache.get(index);
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
