/** Putting display filters together, as Wireshark's "Apply as filter" does. */

export const COMBINATIONS = ["selected", "not", "and", "or", "and-not", "or-not"] as const;
export type Combination = (typeof COMBINATIONS)[number];

export const COMBINATION_TITLES: Record<Combination, string> = {
  selected: "Selected",
  not: "Not selected",
  and: "… and selected",
  or: "… or selected",
  "and-not": "… and not selected",
  "or-not": "… or not selected",
};

/** True when the text is one term that needs no parentheses. */
function simple(expression: string): boolean {
  return !/(\s(and|or|xor)\s|&&|\|\||\^\^|^\s*(not\s|!))/i.test(` ${expression} `.trimStart());
}

function wrapped(expression: string): string {
  const text = expression.trim();
  return simple(text) ? text : `(${text})`;
}

/**
 * Combines the filter in force with a new one.
 * @param current the filter in the bar; may be empty
 */
export function combineFilter(current: string, added: string, how: Combination): string {
  const before = current.trim();
  const after = added.trim();
  const negated = `!(${after})`;
  switch (how) {
    case "selected":
      return after;
    case "not":
      return negated;
    case "and":
      return before === "" ? after : `${wrapped(before)} && ${wrapped(after)}`;
    case "or":
      return before === "" ? after : `${wrapped(before)} || ${wrapped(after)}`;
    case "and-not":
      return before === "" ? negated : `${wrapped(before)} && ${negated}`;
    case "or-not":
      return before === "" ? negated : `${wrapped(before)} || ${negated}`;
  }
}

/** The clauses of an expression joined by "and" at its top level; one clause when there is no such "and". */
export function andClauses(expression: string): string[] {
  const clauses: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let i = 0; i < expression.length; i++) {
    const ch = expression[i]!;
    if (quote) {
      if (ch === "\\") i++;
      else if (ch === quote) quote = "";
      continue;
    }
    if (ch === '"' || ch === "'") quote = ch;
    else if (ch === "(" || ch === "{" || ch === "[") depth++;
    else if (ch === ")" || ch === "}" || ch === "]") depth--;
    else if (depth === 0) {
      const rest = expression.slice(i);
      const joint = /^(&&|and\b)/i.exec(rest);
      const standsAlone = ch === "&" || i === 0 || /[\s)\]}"']/.test(expression[i - 1]!);
      if (joint && standsAlone) {
        clauses.push(expression.slice(start, i).trim());
        i += joint[0].length - 1;
        start = i + 1;
      } else if (/^(\|\||or\b)/i.test(rest) && (ch === "|" || i === 0 || /[\s)]/.test(expression[i - 1]!))) {
        return [expression.trim()];
      }
    }
  }
  clauses.push(expression.slice(start).trim());
  return clauses.filter((clause) => clause !== "");
}

/** A filter for a stretch of time, in seconds since the first packet. */
export function timeRangeFilter(from: number, to: number): string {
  return `frame.time_relative >= ${seconds(from)} && frame.time_relative <= ${seconds(to)}`;
}

function seconds(value: number): string {
  return Math.max(0, value)
    .toFixed(6)
    .replace(/\.?0+$/, "");
}

/** A history with `entry` at its front, each entry once, at most `limit` long. */
export function withHistory(history: readonly string[], entry: string, limit: number): string[] {
  const text = entry.trim();
  if (text === "") return [...history];
  return [text, ...history.filter((old) => old !== text)].slice(0, limit);
}
