import type { Column, Settings } from "../../engine/api.ts";
import { tell } from "./session.ts";
import { changeSettings, DEFAULT_SETTINGS, settings } from "./settings.ts";

export type ColumnSetting = Settings["columns"][number];

const MIN_WIDTH = 28;
const FIELD_WIDTH = 140;

/** Adds a column for a field, before the info column; says so when it is there already. */
export function addFieldColumn(field: string, title: string): void {
  const column = `field:${field}` as Column;
  const { columns } = settings();
  if (columns.some((entry) => entry.column === column)) {
    tell("note", `There is a column for ${field} already.`);
    return;
  }
  const at = columns.findIndex((entry) => entry.column === "info");
  const next = [...columns];
  next.splice(at === -1 ? next.length : at, 0, {
    column,
    title: (title || field).slice(0, 100),
    width: FIELD_WIDTH,
  });
  changeSettings({ columns: next });
}

/** Removes a column; the last one stays. */
export function removeColumn(index: number): void {
  const { columns } = settings();
  if (columns.length <= 1) return;
  changeSettings({ columns: columns.filter((_, at) => at !== index) });
}

export function moveColumn(from: number, to: number): void {
  const columns = [...settings().columns];
  const [moved] = columns.splice(from, 1);
  if (!moved) return;
  columns.splice(to, 0, moved);
  changeSettings({ columns });
}

export function resizeColumn(index: number, width: number): void {
  const next = Math.round(Math.min(4000, Math.max(MIN_WIDTH, width)));
  changeSettings({
    columns: settings().columns.map((entry, at) => (at === index ? { ...entry, width: next } : entry)),
  });
}

export function showColumn(column: Column): void {
  const entry = DEFAULT_SETTINGS.columns.find((known) => known.column === column);
  if (!entry || settings().columns.some((shown) => shown.column === column)) return;
  changeSettings({ columns: [...settings().columns, entry] });
}

/** Built-in columns that are not shown. */
export function hiddenColumns(columns: readonly ColumnSetting[]): ColumnSetting[] {
  return DEFAULT_SETTINGS.columns.filter((known) => !columns.some((entry) => entry.column === known.column));
}

export function resetColumns(): void {
  changeSettings({ columns: DEFAULT_SETTINGS.columns });
}
