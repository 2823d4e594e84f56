/** What may follow while a display filter is typed, and what stands where the caret is. */
import type { Completion, CompletionItem, FilterPart } from "../api.ts";
import type { Field } from "../dissect/field.ts";
import { nameOf, RangeNames } from "../dissect/field.ts";
import { fieldsNamed, protocolNamed } from "../dissect/protocol.ts";
import { COMPARING, type Due, dueBehind } from "./context.ts";
import { FilterError } from "./error.ts";
import { quoted } from "./field-filter.ts";
import { FUNCTIONS } from "./functions.ts";
import { type Token, tokenize } from "./lexer.ts";
import { findFields, presentName } from "./names.ts";
import {
  canCompute,
  canContain,
  canMask,
  canMatch,
  type Group,
  groupOf,
  type OperandType,
  typeOf,
  typeTitle,
} from "./types.ts";

export { searchFields } from "./names.ts";

/** Filters the user has typed before and keeps. */
export interface CompletionSources {
  /** Newest first. */
  readonly history: readonly string[];
  readonly saved: readonly { readonly name: string; readonly expression: string }[];
  /** Macros that `$name` stands for. */
  readonly macros?: readonly { readonly name: string; readonly expression: string }[];
}

const LIMIT = 50;
/** At most so many of the user's own filters stand before the fields. */
const OWN_LIMIT = 8;
/** Fields looked through for those that fit what they are compared with. */
const LOOKED_THROUGH = 400;

/** Offered before anything is typed. */
const USUAL = "tcp udp ip ipv6 dns http tls arp icmp eth frame".split(" ");

const TITLES: Readonly<Record<string, string>> = {
  "==": "one value is equal",
  "!=": "no value is equal",
  "===": "all values are equal",
  "!==": "one value is not equal",
  ">": "greater than",
  "<": "less than",
  ">=": "greater than or equal to",
  "<=": "less than or equal to",
  in: "is one of a set: {80, 443, 8000..8080}",
  "not in": "is none of a set",
  contains: "holds this text or these bytes",
  matches: "fits a regular expression",
  "&": "the bits of a mask",
  "&&": "both tests",
  "||": "one of the tests, or both",
  xor: "one of the tests, not both",
  not: "the test is false",
  any: "one value must fit",
  all: "every value must fit",
};
const SAME: Readonly<Record<string, string>> = {
  eq: "==",
  any_eq: "==",
  ne: "!=",
  all_ne: "!=",
  all_eq: "===",
  any_ne: "!==",
  "~=": "!==",
  gt: ">",
  lt: "<",
  ge: ">=",
  le: "<=",
  "~": "matches",
  bitand: "&",
  bitwise_and: "&",
  and: "&&",
  or: "||",
  "^^": "xor",
  "!": "not",
};
const OPERATORS = ["==", "!=", "in", ">", "<", ">=", "<=", "===", "!==", "not in"];
const LOGICAL = ["&&", "||", "xor"];

/**
 * Candidates for the text before `position`, best first, 50 at most: fields, protocols and functions where an
 * operand is due, value names behind a comparison, operators behind an operand; the user's own filters while the
 * whole text is one word or less.
 * @param position UTF-16 index into the text
 */
export function completeFilter(text: string, position: number, sources: CompletionSources): Completion {
  const before = text.slice(0, Math.max(0, Math.min(position, text.length)));
  const quote = openQuote(before);
  if (quote !== -1) return insideQuotes(text, before, quote);
  const dollar = /\$\{?\s*[\w.-]*$/.exec(before);
  if (dollar !== null) return behindDollar(text, before, dollar[0], sources);
  // Two dots begin the other end of a range.
  const word = /[A-Za-z0-9_.:-]*$/.exec(before)?.[0].replace(/^.*\.\./, "") ?? "";
  const start = before.length - word.length;
  const end = start + word.length + (/^[A-Za-z0-9_.:-]*/.exec(text.slice(before.length))?.[0].length ?? 0);
  const tokens = tokensOf(text.slice(0, start));
  if (tokens === null) return { start, end, candidates: [] };
  // Behind an operand a word only begins where a blank parts them.
  const spaced = tokens.length === 0 || start > tokens[tokens.length - 1].end;
  const candidates = candidatesFor(dueBehind(tokens), word, spaced);
  const alone = text.slice(end).trim() === "" && tokens.length === 0;
  if (!alone) return { start, end, candidates: candidates.slice(0, LIMIT) };
  // The user's own filters replace all there is, since they are whole filters.
  const own = ownFilters(text.trim(), sources);
  return { start, end, candidates: [...own, ...candidates].slice(0, LIMIT) };
}

/**
 * The field, function or operator at a place of a filter, for a line that says what it is; null where there is none.
 * @param position UTF-16 index into the text
 */
export function describeFilter(text: string, position: number): FilterPart | null {
  const at = Math.max(0, Math.min(position, text.length));
  if (openQuote(text.slice(0, at)) !== -1) return null;
  for (const pattern of [/[A-Za-z0-9_.-]+/g, /[=!<>~&|^]+/g]) {
    for (const { 0: word, index } of text.matchAll(pattern)) {
      if (index > at || index + word.length < at) continue;
      const part = partOf(word, text[index + word.length] === "(");
      if (part !== null) return { ...part, start: index, end: index + word.length };
    }
  }
  return null;
}

function partOf(word: string, called: boolean): Omit<FilterPart, "start" | "end"> | null {
  const made = called ? FUNCTIONS.get(word) : undefined;
  if (made !== undefined) return { kind: "function", name: word, title: made.title, type: made.usage };
  const sign = Object.hasOwn(SAME, word) ? SAME[word] : word;
  if (Object.hasOwn(TITLES, sign)) return { kind: "operator", name: word, title: TITLES[sign], type: "" };
  const [field] = fieldsNamed(presentName(word.replace(/^\./, "")));
  if (field === undefined) return null;
  const kind = field.type === "FT_PROTOCOL" ? "protocol" : "field";
  return { kind, name: field.name, title: field.title, type: typeTitle(field.type) };
}

/** Where the text literal begins that is not closed before the end; -1 for none. */
function openQuote(text: string): number {
  let open = -1;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\" && open !== -1) i++;
    else if (text[i] === '"') open = open === -1 ? i : -1;
  }
  return open;
}

function tokensOf(text: string): readonly Token[] | null {
  // What a macro stands for is not known here; it may be anything.
  const plain = text.replace(/\$(?:\{[\w-]+[;:][^}]*\}|[A-Za-z_]\w*\([^)]*\))/g, (macro) =>
    "x".repeat(macro.length),
  );
  try {
    return tokenize(plain).slice(0, -1);
  } catch (error) {
    if (error instanceof FilterError) return null;
    throw error;
  }
}

function insideQuotes(text: string, before: string, quote: number): Completion {
  const typed = before.slice(quote + 1);
  const rest = /^[^"]*"?/.exec(text.slice(before.length))?.[0] ?? "";
  const due = dueBehind(tokensOf(text.slice(0, quote)) ?? []);
  const named = due.kind === "value" && due.left !== null && isCompared(due.operator) ? due.left.fields : [];
  return {
    start: quote,
    end: before.length + (rest.endsWith('"') ? rest.length : 0),
    candidates: values(named, typed).slice(0, LIMIT),
  };
}

/** True for operators whose right side is a value of the left side's type. */
function isCompared(operator: string): boolean {
  return operator !== "contains" && operator !== "matches" && operator !== "~";
}

/** Macros, and fields of the selected packet: `$private_only`, `${tcp.srcport}`. */
function behindDollar(
  text: string,
  before: string,
  typed: string,
  { macros = [] }: CompletionSources,
): Completion {
  const word = typed.replace(/^\$\{?\s*/, "");
  const braces = typed.startsWith("${");
  const start = before.length - typed.length;
  const rest = /^[\w.-]*\}?/.exec(text.slice(before.length))?.[0] ?? "";
  const own = macros
    .filter(({ name }) => name.toLowerCase().includes(word.toLowerCase()))
    .map(({ name, expression }): CompletionItem => {
      const given = /\$\d/.test(expression);
      const whole = braces ? `\${${name}${given ? ":" : ""}` : `$${name}${given ? "(" : ""}`;
      return {
        text: braces && !given ? `${whole}}` : whole,
        title: expression,
        kind: "macro",
        type: "macro",
      };
    });
  // "$1" is what a macro is given, within its text.
  const fields = (word === "" && !braces) || /^\d/.test(word) ? [] : findFields(word, LIMIT);
  const references = fields
    .filter((field) => field.type !== "FT_PROTOCOL" && field.type !== "FT_NONE")
    .map((field): CompletionItem => ({ ...fieldItem(field), text: `\${${field.name}}` }));
  return { start, end: before.length + rest.length, candidates: [...own, ...references].slice(0, LIMIT) };
}

// -------------------------------------------------------------------- by context

function candidatesFor(due: Due, word: string, spaced: boolean): CompletionItem[] {
  const plain = word.replace(/^\./, "");
  switch (due.kind) {
    case "left":
      if (plain === "") return due.tests ? usual() : [];
      return [
        // More than one letter of such a word is hardly a field's.
        ...(due.tests && word.length > 1 ? signs(["not", "any", "all"], word) : []),
        ...calls(plain, () => true),
        ...findFields(plain, LIMIT).map(fieldItem),
      ];
    case "term":
      return [
        ...calls(plain, ({ group }) => due.type === null || group === due.type.group),
        ...fitting(plain, (type) => computes(type, due.operator) && sameGroup(type, due.type)),
      ];
    case "value":
      return valueCandidates(due, plain);
    case "argument":
      return [
        ...(due.function.fieldsOnly ? [] : calls(plain, due.function.accepts)),
        ...fitting(plain, due.function.accepts),
      ];
    case "raw":
      return fitting(plain, () => true);
    case "layer":
      if (word !== "") return [];
      return [
        layerItem("1", "the outermost"),
        layerItem("2", "the second"),
        layerItem("-1", "the innermost"),
        layerItem("[1-2]", "the outer two"),
      ];
    case "operator":
      return spaced ? operators(due, word) : [];
    case "logical":
      return spaced ? signs(LOGICAL, word) : [];
    case "in":
      return signs(["in"], word);
    case "brace":
      return word === "" ? [{ text: "{", title: TITLES.in, kind: "operator", type: "" }] : [];
    case "member-end":
      return word === "" ? [punctuation(",", "one more value"), punctuation("}", "the set ends")] : [];
    case "argument-end":
      if (word !== "") return [];
      return [
        ...(due.more ? [punctuation(",", "one more argument")] : []),
        punctuation(")", "the call ends"),
      ];
    case "nothing":
      return [];
  }
}

function valueCandidates(
  { left, operator }: Extract<Due, { kind: "value" }>,
  word: string,
): CompletionItem[] {
  if (operator === "matches" || operator === "~") return [];
  const contained = operator === "contains";
  const named = left === null || contained ? [] : values(left.fields, word);
  if (word === "") return named;
  const group = contained && left?.group === "protocol" ? "bytes" : left?.group;
  const fits = (type: OperandType): boolean => group === undefined || type.group === group;
  return [...named, ...calls(word, fits), ...fitting(word, fits)];
}

function usual(): CompletionItem[] {
  const protocols = USUAL.flatMap((name) => protocolNamed(name)?.field ?? []).map(fieldItem);
  return [...protocols, ...signs(["not", "any", "all"], ""), ...calls("", () => true)];
}

function fieldItem(field: Field): CompletionItem {
  return {
    text: field.name,
    title: field.title,
    kind: field.type === "FT_PROTOCOL" ? "protocol" : "field",
    type: typeTitle(field.type),
  };
}

const layerItem = (text: string, title: string): CompletionItem => ({
  text,
  title,
  kind: "value",
  type: "layer",
});
const punctuation = (text: string, title: string): CompletionItem => ({
  text,
  title,
  kind: "operator",
  type: "",
});

/** Functions that begin with the word and whose result serves. */
function calls(word: string, serves: (type: OperandType) => boolean): CompletionItem[] {
  const found = [...FUNCTIONS.values()].filter(
    ({ name, result }) =>
      name.startsWith(word.toLowerCase()) && (serves(result(ANY_NUMBER)) || serves(result(ANY_TEXT))),
  );
  return found.map(({ name, title, usage }) => ({ text: `${name}(`, title, kind: "function", type: usage }));
}
const ANY_NUMBER = typeOf("FT_UINT32");
const ANY_TEXT = typeOf("FT_STRING");

/** Fields that begin with the word and whose type serves. */
function fitting(word: string, serves: (type: OperandType) => boolean): CompletionItem[] {
  if (word === "") return [];
  return findFields(word, LOOKED_THROUGH)
    .filter((field) => serves(typeOf(field.type, [field])))
    .map(fieldItem);
}

function computes(type: OperandType, operator: string): boolean {
  if (operator === "&" || operator.startsWith("bit")) return canMask(type);
  return canCompute(type, operator as "+");
}

function sameGroup(type: OperandType, other: OperandType | null): boolean {
  return other === null || groupOf(type.type) === (other.group satisfies Group);
}

function operators(
  { type, quantified, literal, computed }: Extract<Due, { kind: "operator" }>,
  word: string,
): CompletionItem[] {
  const known = type ?? ANY_NUMBER;
  const offered: string[] = [];
  if (literal)
    return signs(
      OPERATORS.filter((each) => COMPARING.has(each)),
      word,
    );
  if (known.group !== "none") offered.push(...OPERATORS);
  if (canContain(known)) offered.push("contains");
  if (canMatch(known)) offered.push("matches");
  if (canMask(known)) offered.push("&");
  const logical = quantified || (computed && !offered.includes("&")) ? [] : LOGICAL;
  // A protocol stands mostly for itself.
  const first = known.group === "protocol" || known.group === "none";
  return signs(first ? [...logical, ...offered] : [...offered, ...logical], word);
}

function signs(texts: readonly string[], word: string): CompletionItem[] {
  const spelled = Object.keys(SAME).filter((key) => word !== "" && key.startsWith(word));
  return texts
    .filter((text) => word === "" || text.startsWith(word) || spelled.some((key) => SAME[key] === text))
    .map((text) => ({ text, title: TITLES[text], kind: "operator", type: "" }));
}

// -------------------------------------------------------------------- values

function values(fields: readonly Field[], typed: string): CompletionItem[] {
  const wanted = typed.toLowerCase();
  const first: CompletionItem[] = [];
  const later: CompletionItem[] = [];
  for (const field of fields) {
    for (const [name, value] of namesOf(field)) {
      const at = name.toLowerCase().indexOf(wanted);
      const byNumber = wanted !== "" && value.startsWith(wanted);
      if (at === -1 && !byNumber) continue;
      const item: CompletionItem = {
        text: field.type === "FT_BOOLEAN" ? value : quoted(name),
        title: field.type === "FT_BOOLEAN" ? name : value,
        kind: "value",
        type: "",
      };
      (at === 0 || byNumber ? first : later).push(item);
    }
  }
  return [...first, ...later];
}

function namesOf(field: Field): (readonly [name: string, value: string])[] {
  if (field.type === "FT_BOOLEAN") {
    return [
      [field.tf[0], "1"],
      [field.tf[1], "0"],
    ];
  }
  const { names } = field;
  if (names === undefined) return [];
  if (names instanceof RangeNames) {
    return names.ranges.filter(([a, b]) => a === b).map(([a, , name]) => [name, String(a)] as const);
  }
  return Object.keys(names).map((key) => [nameOf(names, Number(key)) ?? "", key] as const);
}

function ownFilters(typed: string, { history, saved }: CompletionSources): CompletionItem[] {
  const wanted = typed.toLowerCase();
  const found: CompletionItem[] = [];
  for (const { name, expression } of saved) {
    if (!`${name}\n${expression}`.toLowerCase().includes(wanted)) continue;
    found.push({ text: expression, title: name, kind: "saved", type: "" });
  }
  for (const expression of history) {
    if (found.some((each) => each.text === expression) || expression.trim() === typed) continue;
    if (expression.toLowerCase().includes(wanted)) {
      found.push({ text: expression, title: "", kind: "history", type: "" });
    }
  }
  return found.slice(0, OWN_LIMIT);
}
