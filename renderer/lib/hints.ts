import type { FilterVerdict } from "../../engine/api.ts";

/** A correction that a click can make. */
export interface Fix {
  label: string;
  /** The whole filter with the correction made. */
  text: string;
}

/** One word, or a text in quotes. */
const TERM = /^(?:[\w.:/@-]+|"[^"]*"|'[^']*'|[!=<>~&|]+)$/;

/**
 * What a verdict's hints offer to put in place of the marked text, and what they say besides.
 * @param text the filter that was judged
 */
export function fixesOf(verdict: FilterVerdict, text: string): { fixes: Fix[]; advice: string[] } {
  const fixes: Fix[] = [];
  const advice: string[] = [];
  const { start, end } = verdict;
  const replace = (label: string, by: string): void => {
    fixes.push({ label, text: text.slice(0, start) + by + text.slice(end) });
  };
  for (const hint of verdict.hints) {
    const function_ = /^([a-z_0-9]+)\(\)$/.exec(hint)?.[1];
    const written = /^Write (.+?)(?: without quotes)?\.$/.exec(hint)?.[1];
    const closing = /^Add ([)\]}]) /.exec(hint)?.[1];
    if (function_ !== undefined) replace(hint, function_);
    else if (TERM.test(hint) || /^[\w.]+ == [\w.]+$/.test(hint)) replace(hint, hint);
    else if (written !== undefined && TERM.test(written) && end > start) replace(written, written);
    else if (closing !== undefined) {
      fixes.push({ label: `add ${closing}`, text: text.trimEnd() + closing });
    } else advice.push(hint);
  }
  return { fixes, advice };
}
