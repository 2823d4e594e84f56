/** What is due at the end of an unfinished display filter. */
import type { Field } from "../dissect/field.ts";
import { fieldsNamed } from "../dissect/protocol.ts";
import { type FilterFunction, FUNCTIONS } from "./functions.ts";
import type { Token } from "./lexer.ts";
import { presentName } from "./names.ts";
import { WORD_OPERATORS } from "./parser.ts";
import { type OperandType, typeOf } from "./types.ts";

export type Due =
  /** What a test begins with; `tests` when it may also be "not", a quantifier or a bracket. */
  | { readonly kind: "left"; readonly tests: boolean }
  /** What arithmetic goes on with; `type` of what stands before the operator. */
  | { readonly kind: "term"; readonly type: OperandType | null; readonly operator: string }
  /** What follows a comparison, or a member of a set. */
  | { readonly kind: "value"; readonly left: OperandType | null; readonly operator: string }
  | { readonly kind: "argument"; readonly function: FilterFunction }
  /** Behind what a test begins with; `quantified` when only a comparison can follow. */
  | {
      readonly kind: "operator";
      readonly type: OperandType | null;
      readonly quantified: boolean;
      /** A constant stands there. */
      readonly literal: boolean;
      /** What stands there is a function's value, no test by itself. */
      readonly computed: boolean;
    }
  /** Behind a whole test. */
  | { readonly kind: "logical" }
  | { readonly kind: "in" }
  | { readonly kind: "brace" }
  | { readonly kind: "member-end" }
  | { readonly kind: "argument-end"; readonly more: boolean }
  | { readonly kind: "raw" }
  | { readonly kind: "layer" }
  | { readonly kind: "nothing" };

export const COMPARING: ReadonlySet<string> = new Set(
  "== != === !== > < >= <= ~= ~ eq ne gt lt ge le any_eq all_eq any_ne all_ne contains matches".split(" "),
);
const LOGICAL = new Set("&& || ^^ and or xor".split(" "));
const COMPUTING = new Set("+ - * / % & bitand bitwise_and".split(" "));

type Phase = "left" | "term" | "value" | "behind-left" | "behind-value" | "behind-test" | "in" | "brace";

/** One pair of brackets that is open, or the whole filter. */
interface Level {
  readonly kind: "filter" | "group" | "call" | "set" | "braces";
  readonly called: FilterFunction | null;
  phase: Phase;
  /** What the test at hand begins with; null for literals and what is not known. */
  left: OperandType | null;
  operator: string;
  quantified: boolean;
  computed: boolean;
  literal: boolean;
  /** The last operand, and the operator of arithmetic behind it. */
  term: OperandType | null;
  sign: string;
  /** Where the term belongs that arithmetic goes on with. */
  side: "left" | "value";
}

const level = (
  kind: Level["kind"],
  left: OperandType | null = null,
  called: FilterFunction | null = null,
): Level => ({
  kind,
  called,
  phase: kind === "set" ? "value" : "left",
  left,
  operator: kind === "set" ? "in" : "",
  quantified: false,
  computed: false,
  literal: false,
  term: null,
  sign: "",
  side: kind === "set" ? "value" : "left",
});

/** @param tokens what stands before the place; nothing of the word that is being typed */
export function dueBehind(tokens: readonly Token[]): Due {
  const levels: Level[] = [level("filter")];
  for (let i = 0; i < tokens.length; i++) {
    const top = levels[levels.length - 1];
    const { kind, text } = tokens[i];
    const next = tokens[i + 1];
    if (kind === "string" || kind === "char") operand(top, null, true);
    else if (kind === "reference") operand(top, typeNamed(text.replace(/#.*/, "")));
    else if (kind === "ranges") {
      top.term = typeOf("FT_BYTES");
      if (top.side === "left") {
        top.left = top.term;
        top.computed = false;
      }
    } else if (kind === "word" && !WORD_OPERATORS.has(text)) {
      if (next?.kind === "operator" && next.text === "(" && !next.spaced) {
        levels.push(level("call", null, FUNCTIONS.get(text) ?? null));
        i++;
      } else operand(top, typeNamed(text), /^[\d:]/.test(text));
    } else if (text === "#") {
      if (next === undefined) return { kind: "layer" };
      const sign = next.text === "-" && next.kind === "operator";
      if (sign && tokens[i + 2] === undefined) return { kind: "layer" };
      i += sign ? 2 : 1;
    } else if (text === "@") {
      if (next === undefined) return { kind: "raw" };
      i++;
      operand(top, typeOf("FT_BYTES"));
    } else if (!sign(levels, text)) return { kind: "nothing" };
  }
  return dueAt(levels[levels.length - 1]);
}

function typeNamed(word: string): OperandType | null {
  const fields = fieldsNamed(presentName(word.replace(/^\./, "")));
  return fields.length === 0 ? null : typeOf(fields[0].type, fields as readonly Field[]);
}

function operand(top: Level, type: OperandType | null, literal = false): void {
  // Arithmetic is of the type of its first operand that has one.
  const goesOn = top.phase === "term" && top.term !== null;
  if (!goesOn) top.term = type;
  top.literal = literal && top.phase !== "term";
  if (top.side === "left") {
    if (!goesOn) top.left = type;
    top.phase = "behind-left";
  } else top.phase = "behind-value";
}

/** Takes an operator or bracket in; false when it cannot stand there. */
function sign(levels: Level[], text: string): boolean {
  const top = levels[levels.length - 1];
  const due = top.phase === "left" || top.phase === "term" || top.phase === "value";
  if (text === "(") {
    if (top.phase !== "left" || top.kind === "call") return false;
    levels.push(level("group"));
  } else if (text === "{") {
    if (top.phase === "brace") levels.push(level("set", top.left));
    else if (due) levels.push(level("braces"));
    else return false;
  } else if (text === ")" || text === "}") {
    if (levels.length === 1) return false;
    levels.pop();
    closed(levels[levels.length - 1], top);
  } else if (text === "," || text === "..") {
    if (top.kind !== "set" && top.kind !== "call") return false;
    top.phase = top.kind === "set" ? "value" : "left";
  } else if (LOGICAL.has(text)) Object.assign(top, level("filter"), { kind: top.kind });
  else if (text === "not" || text === "!") {
    if (top.phase === "behind-left" && text === "not") top.phase = "in";
    else if (top.phase !== "left") return false;
  } else if (text === "any" || text === "all") top.quantified = true;
  else if (text === "in") top.phase = "brace";
  else if (COMPARING.has(text)) {
    top.phase = "value";
    top.side = "value";
    top.operator = text;
    // In a chain of comparisons the next begins with what the last ended with.
    if (top.left === null) top.left = top.term;
  } else if (COMPUTING.has(text)) {
    if (due) return text === "-" || text === "+";
    top.sign = text;
    top.phase = "term";
    if (top.side === "left") top.computed = false;
  } else return false;
  return true;
}

/** Goes on behind a pair of brackets. */
function closed(top: Level, inner: Level): void {
  if (inner.kind === "group" || inner.kind === "set") top.phase = "behind-test";
  else if (inner.kind === "braces") {
    operand(top, inner.term);
  } else {
    const { called } = inner;
    operand(top, called === null || inner.term === null ? null : called.result(inner.term));
    if (top.side === "left") top.computed = false;
  }
}

function dueAt(top: Level): Due {
  switch (top.phase) {
    case "left":
      if (top.kind === "call") {
        return top.called === null
          ? { kind: "left", tests: false }
          : { kind: "argument", function: top.called };
      }
      return { kind: "left", tests: top.kind !== "braces" && !top.quantified };
    case "term":
      return { kind: "term", type: top.term, operator: top.sign };
    case "value":
      return { kind: "value", left: top.left, operator: top.operator };
    case "in":
      return { kind: "in" };
    case "brace":
      return { kind: "brace" };
    case "behind-test":
      return { kind: "logical" };
    case "behind-value":
      return { kind: top.kind === "set" ? "member-end" : "logical" };
    case "behind-left":
      if (top.kind === "call") return { kind: "argument-end", more: (top.called?.maximum ?? 2) > 1 };
      if (top.kind === "braces") return { kind: "nothing" };
      return {
        kind: "operator",
        type: top.left,
        quantified: top.quantified,
        literal: top.literal && top.left === null,
        computed: top.computed,
      };
  }
}
