/** What may follow while a display filter is typed. */
import type { Completion, CompletionItem } from "../api.ts";
import type { Field } from "../dissect/field.ts";
import { nameOf, RangeNames } from "../dissect/field.ts";
import { fieldsNamed } from "../dissect/protocol.ts";
import { FilterError } from "./error.ts";
import { quoted } from "./field-filter.ts";
import { FUNCTIONS } from "./functions.ts";
import { type Token, tokenize } from "./lexer.ts";
import { findFields, presentName } from "./names.ts";
import { WORD_OPERATORS } from "./parser.ts";
import { canContain, canMask, canMatch, typeOf } from "./types.ts";

export { searchFields } from "./names.ts";

/** Filters the user has typed before and keeps. */
export interface CompletionSources {
  /** Newest first. */
  readonly history: readonly string[];
  readonly saved: readonly { readonly name: string; readonly expression: string }[];
}

const LIMIT = 50;
/** At most so many of the user's own filters stand before the fields. */
const OWN_LIMIT = 8;

const COMPARING = new Set(
  "== != === !== > < >= <= ~= eq ne gt lt ge le any_eq all_eq any_ne all_ne".split(" "),
);

const OPERATORS: readonly (readonly [text: string, title: string])[] = [
  ["==", "one value is equal"],
  ["!=", "no value is equal"],
  ["in", "is one of a set: {80, 443, 8000..8080}"],
  [">", "greater than"],
  ["<", "less than"],
  [">=", "greater than or equal to"],
  ["<=", "less than or equal to"],
  ["===", "all values are equal"],
  ["!==", "one value is not equal"],
];
const LOGICAL: readonly (readonly [text: string, title: string])[] = [
  ["&&", "both tests"],
  ["||", "one of the tests, or both"],
  ["xor", "one of the tests, not both"],
];

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
  const word = /[A-Za-z0-9_.:-]*$/.exec(before)?.[0] ?? "";
  const start = before.length - word.length;
  const end = start + word.length + (/^[A-Za-z0-9_.:-]*/.exec(text.slice(before.length))?.[0].length ?? 0);
  const tokens = tokensOf(text.slice(0, start));
  const candidates = tokens === null ? [] : candidatesFor(tokens, word, start);
  const alone = text.slice(end).trim() === "" && (tokens?.length ?? 0) === 0;
  if (!alone) return { start, end, candidates: candidates.slice(0, LIMIT) };
  // The user's own filters replace all there is, since they are whole filters.
  const own = ownFilters(text.trim(), sources);
  return { start, end, candidates: [...own, ...candidates].slice(0, LIMIT) };
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
  try {
    return tokenize(text).slice(0, -1);
  } catch (error) {
    if (error instanceof FilterError) return null;
    throw error;
  }
}

function insideQuotes(text: string, before: string, quote: number): Completion {
  const typed = before.slice(quote + 1);
  const rest = /^[^"]*"?/.exec(text.slice(before.length))?.[0] ?? "";
  const tokens = tokensOf(text.slice(0, quote)) ?? [];
  const fields = comparedFields(tokens);
  return {
    start: quote,
    end: before.length + (rest.endsWith('"') ? rest.length : 0),
    candidates: values(fields, typed).slice(0, LIMIT),
  };
}

function candidatesFor(tokens: readonly Token[], word: string, start: number): CompletionItem[] {
  const last = tokens[tokens.length - 1];
  const compared = comparedFields(tokens);
  if (compared.length > 0) return [...values(compared, word), ...operands(word)];
  if (last !== undefined && endsOperand(last)) {
    const spaced = start > last.end;
    return spaced ? operators(tokens, word) : [];
  }
  return operands(word);
}

function endsOperand(token: Token): boolean {
  if (token.kind === "operator") return token.text === ")" || token.text === "}";
  return token.kind !== "word" || !WORD_OPERATORS.has(token.text);
}

/** The fields left of the comparison or set that the end of the tokens stands in; empty when in none. */
function comparedFields(tokens: readonly Token[]): readonly Field[] {
  let at = tokens.length - 1;
  if (at >= 0 && !COMPARING.has(tokens[at].text)) {
    // Inside a set: back over its values to the brace behind "in".
    const last = tokens[at].text;
    if (last !== "{" && last !== "," && last !== "..") return [];
    while (at >= 0 && tokens[at].text !== "{") {
      if (tokens[at].text === "}" || tokens[at].text in { "(": 1, ")": 1 }) return [];
      at--;
    }
    at--;
    if (at < 0 || tokens[at].text !== "in") return [];
  }
  const left = tokens[at - 1];
  if (left?.kind === "word") return fieldsNamed(presentName(left.text.replace(/^\./, "")));
  return [];
}

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
        type: field.type,
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

function operands(word: string): CompletionItem[] {
  const plain = word.replace(/^\./, "");
  const found: CompletionItem[] = [];
  const called = [...FUNCTIONS.values()].filter(
    (each) => plain !== "" && each.name.startsWith(plain.toLowerCase()),
  );
  for (const each of called) {
    found.push({ text: `${each.name}(`, title: each.title, kind: "function", type: each.usage });
  }
  for (const field of findFields(plain, LIMIT)) {
    found.push({
      text: field.name,
      title: field.title,
      kind: field.type === "FT_PROTOCOL" ? "protocol" : "field",
      type: field.type,
    });
  }
  if (plain !== "" && "not".startsWith(plain)) {
    found.push({ text: "not", title: "the test is false", kind: "operator", type: "" });
  }
  return found;
}

function operators(tokens: readonly Token[], word: string): CompletionItem[] {
  const item = ([text, title]: readonly [string, string]): CompletionItem => ({
    text,
    title,
    kind: "operator",
    type: "",
  });
  const offered: CompletionItem[] = [];
  // Behind the right side of a comparison only another test can follow.
  const before = tokens[tokens.length - 2];
  const compared =
    before !== undefined &&
    (COMPARING.has(before.text) || ["contains", "matches", "~"].includes(before.text));
  const last = tokens[tokens.length - 1];
  const field = last.kind === "word" ? fieldsNamed(presentName(last.text.replace(/^\./, "")))[0] : undefined;
  const open = last.kind === "ranges" || last.text === ")" || field !== undefined;
  if (!compared && open) {
    const type = last.kind === "ranges" ? typeOf("FT_BYTES") : typeOf(field?.type ?? "FT_UINT32");
    if (type.group !== "none") offered.push(...OPERATORS.map(item));
    if (canContain(type)) offered.push(item(["contains", "holds this text or these bytes"]));
    if (canMatch(type)) offered.push(item(["matches", "fits a regular expression"]));
    if (canMask(type)) offered.push(item(["&", "the bits of a mask"]));
    if (type.group === "protocol") offered.unshift(...LOGICAL.map(item));
  }
  if (!compared && open && field?.type === "FT_PROTOCOL") return matching(offered, word);
  return matching([...offered, ...LOGICAL.map(item)], word);
}

function matching(items: readonly CompletionItem[], word: string): CompletionItem[] {
  const spelled: Readonly<Record<string, string>> = { and: "&&", or: "||" };
  return items.filter((each) => {
    if (word === "" || each.text.startsWith(word)) return true;
    return Object.keys(spelled).some((key) => key.startsWith(word) && spelled[key] === each.text);
  });
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
