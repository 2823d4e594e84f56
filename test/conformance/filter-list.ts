/** Lists of display filters for tests: one filter a line. */
import { readFileSync } from "node:fs";

export interface FilterLine {
  readonly text: string;
  /** True for forms that are younger than the tshark to compare with. */
  readonly later: boolean;
}

/** Reads a list; empty lines and those that begin with `#` and a blank are left out, `+ ` marks later forms. */
export function readFilterList(path: string): FilterLine[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^#( |$)/.test(line))
    .map((line) =>
      line.startsWith("+ ") ? { text: line.slice(2), later: true } : { text: line, later: false },
    );
}
