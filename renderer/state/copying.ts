import type { Row, TreeNode } from "../../engine/api.ts";
import { copyText } from "../lib/clipboard.ts";
import { csvLine } from "../lib/csv.ts";
import { counted } from "../lib/format.ts";
import { type CopyFormat, formatBytes } from "../lib/hex.ts";
import type { SourceBytes } from "../lib/source-bytes.ts";
import { selectedRows, wholeTexts } from "./selection.ts";
import { call, tell, tellError } from "./session.ts";
import { settings } from "./settings.ts";

/** Puts text on the clipboard and says so; text that is still to come, when it is there. */
export function copy(text: string | Promise<string>): void {
  Promise.resolve(text)
    .then(async (whole) => {
      await copyText(whole);
      tell("note", `Copied: ${shortened(whole)}`);
    })
    .catch(tellError);
}

/** Copies the value of a line of the tree, all of it. */
export function copyValue(node: TreeNode): void {
  copy(wholeTexts(node).then(({ value }) => value));
}

/** Copies bytes of the shown packet, all of them, fetched where they are not here. */
export function copyBytes(source: SourceBytes, start: number, end: number, format: CopyFormat): void {
  copy(source.range(start, end).then((bytes) => formatBytes(bytes, format, start)));
}

function shortened(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 60 || line.length < text.length ? `${line.slice(0, 60)}…` : line;
}

const PAGE = 1000;
const LIMIT = 100_000;

/** Rows of the displayed list, from the first to the last. */
export async function readRows(first: number, last: number): Promise<Row[]> {
  const { columns, timeFormat, timePrecision } = settings();
  const rows: Row[] = [];
  for (let start = first; start <= last; start += PAGE) {
    const result = await call("rows", {
      start,
      count: Math.min(PAGE, last - start + 1),
      columns: columns.map((entry) => entry.column),
      timeFormat,
      timePrecision,
    });
    rows.push(...result.rows);
  }
  return rows;
}

/** Copies the selected packets as lines of text or as CSV with a heading. */
export function copySelectedRows(format: "text" | "csv"): void {
  const range = selectedRows();
  if (!range) return;
  if (range.last - range.first >= LIMIT) {
    tell("error", `More than ${counted(LIMIT, "packet")} do not fit on the clipboard. Save them instead.`);
    return;
  }
  readRows(range.first, range.last)
    .then((rows) => {
      const titles = settings().columns.map((entry) => entry.title);
      const text =
        format === "csv"
          ? [titles, ...rows.map((row) => row.cells)].map(csvLine).join("\n")
          : rows.map((row) => row.cells.join("\t")).join("\n");
      return copyText(text).then(() => tell("note", `Copied ${counted(rows.length, "packet")}.`));
    })
    .catch(tellError);
}
