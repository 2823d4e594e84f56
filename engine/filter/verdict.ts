/** The colour of the filter bar: what a filter is worth while it is typed. */
import type { FilterVerdict } from "../api.ts";
import { compileFilter } from "./compile.ts";
import { FilterError } from "./error.ts";

/**
 * Judges a filter without applying it. Never throws for anything typed.
 * @returns empty, ok, warning (legal, but likely not what is meant) or error, with the place in the text
 */
export function checkFilter(text: string): FilterVerdict {
  if (text.trim() === "") return { verdict: "empty", message: "", start: 0, end: 0, hints: [] };
  try {
    const [warning] = compileFilter(text).warnings;
    if (warning === undefined) return { verdict: "ok", message: "", start: 0, end: text.length, hints: [] };
    const { message, start, end, hints } = warning;
    return { verdict: "warning", message, start, end, hints: [...hints] };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, start, end, hints } = error;
    return { verdict: "error", message, start, end, hints: [...hints] };
  }
}
