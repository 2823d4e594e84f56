/** The colour of the filter bar: what a filter is worth while it is typed. */
import type { FilterMacro, FilterVerdict, MacroVerdict } from "../api.ts";
import { type CompiledFilter, compileFilter } from "./compile.ts";
import { FilterError } from "./error.ts";
import { argumentsOf, expandOwnText, MACRO_NAME } from "./macros.ts";
import { NOTHING_SELECTED, referenceError, SELECT_FIRST } from "./references.ts";

export interface CheckOptions {
  readonly macros?: readonly FilterMacro[];
  /** False where a filter may not refer to the selected packet, because there is none. */
  readonly selected?: boolean;
}

const EMPTY: FilterVerdict = { verdict: "empty", message: "", start: 0, end: 0, hints: [] };

/**
 * Judges a filter without applying it. Never throws for anything typed.
 * @returns empty, ok, warning (legal, but likely not what is meant) or error, with the place in the text
 */
export function checkFilter(
  text: string,
  { macros = [], selected = true }: CheckOptions = {},
): FilterVerdict {
  if (text.trim() === "") return EMPTY;
  return judged(text, () => {
    const filter = compileFilter(text, { macros });
    const refused = selected ? null : referenceError(filter, NOTHING_SELECTED, SELECT_FIRST);
    if (refused !== null) throw refused;
    return filter;
  });
}

function judged(text: string, compile: () => CompiledFilter): FilterVerdict {
  try {
    const [warning] = compile().warnings;
    if (warning === undefined) return { verdict: "ok", message: "", start: 0, end: text.length, hints: [] };
    const { message, start, end, hints } = warning;
    return { verdict: "warning", message, start, end, hints: [...hints] };
  } catch (error) {
    return errorVerdict(error);
  }
}

/** @throws what is no FilterError */
function errorVerdict(error: unknown): FilterVerdict {
  if (!(error instanceof FilterError)) throw error;
  const { message, start, end, hints } = error;
  return { verdict: "error", message, start, end, hints: [...hints] };
}

/**
 * Judges macros, each with the others. Its text need not be a filter on its own: that is a warning, and only for
 * macros without arguments, since others mean nothing before they are given.
 */
export function checkMacros(macros: readonly FilterMacro[]): MacroVerdict[] {
  const seen = new Set<string>();
  return macros.map((macro) => {
    const wrong = (message: string, ...hints: string[]): MacroVerdict => {
      return { verdict: "error", message, start: 0, end: 0, hints, about: "name" };
    };
    const { name, expression } = macro;
    if (name === "") return wrong("The macro has no name", "Letters, digits and underscores.");
    if (!MACRO_NAME.test(name)) {
      return wrong(`"${name}" cannot be a macro's name`, "Use letters, digits and underscores only.");
    }
    if (seen.has(name)) return wrong(`There is another macro named "${name}"`, "The first one is used.");
    seen.add(name);
    return {
      ...checkOwnText(macro, macros),
      about: "expression",
      ...(expression === "" ? noText(name) : {}),
    };
  });
}

const noText = (name: string): FilterVerdict => {
  const message = `The macro "${name}" has no text`;
  return { verdict: "error", message, start: 0, end: 0, hints: ["$1, $2 … stand for its arguments."] };
};

function checkOwnText(macro: FilterMacro, macros: readonly FilterMacro[]): FilterVerdict {
  const { expression } = macro;
  try {
    expandOwnText(macro, macros);
  } catch (error) {
    return errorVerdict(error);
  }
  if (argumentsOf(expression) > 0 || expression.trim() === "") {
    return { verdict: "ok", message: "", start: 0, end: expression.length, hints: [] };
  }
  const alone = checkFilter(expression, { macros });
  if (alone.verdict !== "error") return alone;
  return { ...alone, verdict: "warning", message: `On its own this is no filter: ${alone.message}` };
}
