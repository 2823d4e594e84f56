/** Display filter text → tokens. */
import type { Range } from "./ast.ts";
import { FilterError } from "./error.ts";
import { BYTE_ESCAPE } from "./literals.ts";

export type TokenKind = "word" | "string" | "char" | "operator" | "ranges" | "reference" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** Operators: the symbol. Words: the letters. Strings, characters, references: what they stand for. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Contents of `[…]`; of references, the layers. */
  readonly ranges: readonly Range[];
  /** True when a blank stands before the token. */
  readonly spaced: boolean;
}

/** Longest first, so that `===` is not read as `==`. */
const OPERATORS = [
  "===",
  "!==",
  "==",
  "!=",
  ">=",
  "<=",
  "~=",
  "&&",
  "||",
  "^^",
  "..",
  ">",
  "<",
  "~",
  "!",
  "&",
  "(",
  ")",
  "{",
  "}",
  ",",
  "+",
  "-",
  "*",
  "/",
  "%",
  "#",
  "@",
];

/** What people type for an operator of this language. */
const SLIPS: readonly (readonly [typed: string, hint: string])[] = [
  ["=>", "Write >= for greater than or equal to."],
  ["=<", "Write <= for less than or equal to."],
  ["<>", "Write != for not equal."],
  ["=", "Write == to compare."],
  ["|", "Write || or or between two tests."],
  ["^", "Write ^^ or xor for one of two tests but not both."],
  [";", "Write && or and between two tests."],
  ["]", "A slice begins with [ directly behind a field."],
  ["?", "Wildcards are written with matches and a regular expression."],
  ["\\", "Put text with a backslash in double quotes."],
  ["‘", "Use straight quotes: '."],
  ["’", "Use straight quotes: '."],
  ["“", 'Use straight quotes: ".'],
  ["”", 'Use straight quotes: ".'],
];

const NO_RANGES: readonly Range[] = [];
const WORD_START = /[A-Za-z0-9_.:]/;
const WORD_PART = /[A-Za-z0-9_.:-]/;
/** Addresses that may be followed by a prefix length: dotted IPv4, and IPv6 with `::` or all eight groups. */
const IPV4_WORD = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const IPV6_WORD = /^(?=.*::)[0-9A-Fa-f:.]+$|^([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}$/;

/**
 * Splits a filter into tokens; the last one is always of kind "end".
 * @throws FilterError for what cannot be part of a filter: open quotes and brackets, unknown signs
 */
export function tokenize(text: string): Token[] {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #spaced = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Token[] {
    const text = this.#text;
    while (this.#at < text.length) {
      const char = text[this.#at];
      if (/\s/.test(char)) {
        this.#at++;
        this.#spaced = true;
        continue;
      }
      this.#token(char);
      this.#spaced = false;
    }
    this.#push("end", "", text.length);
    return this.#tokens;
  }

  #push(kind: TokenKind, text: string, end: number, ranges: readonly Range[] = NO_RANGES): void {
    this.#tokens.push({ kind, text, start: this.#at, end, ranges, spaced: this.#spaced });
    this.#at = end;
  }

  #token(char: string): void {
    const text = this.#text;
    const at = this.#at;
    const next = text[at + 1] ?? "";
    if (char === '"') this.#string(at, false);
    else if ((char === "r" || char === "R") && next === '"') this.#string(at + 1, true);
    else if (char === "'") this.#char();
    else if (char === "[") this.#brackets();
    else if (char === "$") this.#dollar();
    else if (WORD_START.test(char) && !text.startsWith("..", at)) this.#word();
    else this.#operator();
  }

  #operator(): void {
    const text = this.#text;
    const at = this.#at;
    const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at)) ?? "";
    const slip = SLIPS.find(([typed]) => typed.length > operator.length && text.startsWith(typed, at));
    if (slip !== undefined) {
      const [typed, hint] = slip;
      throw new FilterError(`"${typed}" is not an operator of display filters`, at, at + typed.length, [
        hint,
      ]);
    }
    if (operator === "") {
      const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
      throw new FilterError(`"${sign}" cannot stand here`, at, at + sign.length, [
        "Put text with other signs than letters, digits, dots, dashes and colons in double quotes.",
      ]);
    }
    this.#push("operator", operator, at + operator.length);
  }

  #word(): void {
    const text = this.#text;
    let end = this.#at;
    while (end < text.length && WORD_PART.test(text[end]) && !text.startsWith("..", end)) end++;
    // `ip.ttl- 1` and `{a-}`: the dash is an operator, not the end of a name.
    while (end > this.#at + 1 && text[end - 1] === "-") end--;
    let word = text.slice(this.#at, end);
    // The sign of an exponent: 1e+5. (1e-5 is all word already.)
    if (/^\d+(\.\d+)?[eE]$/.test(word)) end += /^\+\d+/.exec(text.slice(end))?.[0].length ?? 0;
    if (IPV4_WORD.test(word) || IPV6_WORD.test(word)) {
      end += /^\/\d+/.exec(text.slice(end, end + 8))?.[0].length ?? 0;
    }
    word = text.slice(this.#at, end);
    this.#push("word", word, end);
  }

  /** `quote`: index of the opening quote. */
  #string(quote: number, raw: boolean): void {
    const text = this.#text;
    let at = quote + 1;
    let value = "";
    while (at < text.length && text[at] !== '"') {
      if (text[at] !== "\\") value += text[at++];
      else if (raw) {
        value += text[at] + (text[at + 1] ?? "");
        at += 2;
      } else {
        const escaped = this.#escape(at);
        value += escaped.value;
        at = escaped.end;
      }
    }
    if (at >= text.length) {
      throw new FilterError("The text has no closing quote", quote, text.length, [
        'Add " where the text ends.',
      ]);
    }
    this.#push("string", value, at + 1);
  }

  #char(): void {
    const text = this.#text;
    const start = this.#at;
    const close = text.indexOf("'", start + 1) === start + 1 ? start + 1 : -1;
    if (close !== -1) {
      throw new FilterError("The character constant is empty", start, close + 1, [
        "Write one character: 'a', or '\\x00'.",
      ]);
    }
    if (start + 1 >= text.length) {
      throw new FilterError("The character constant has no closing quote", start, text.length, ["Add '."]);
    }
    const one =
      text[start + 1] === "\\" ? this.#escape(start + 1) : { value: text[start + 1], end: start + 2 };
    if (text[one.end] !== "'") {
      const end = text.indexOf("'", one.end);
      if (end === -1) {
        throw new FilterError("The character constant has no closing quote", start, text.length, ["Add '."]);
      }
      throw new FilterError("A character constant holds one character only", start, end + 1, [
        "Write text in double quotes.",
      ]);
    }
    if (one.value.length !== 1 || (one.value > "\x7f" && one.value < "\udc80")) {
      throw new FilterError("A character constant holds one byte: up to '\\xff'", start, one.end + 1, [
        "Write other characters as text in double quotes.",
      ]);
    }
    this.#push("char", one.value, one.end + 1);
  }

  /** The escape sequence whose backslash is at `at`. */
  #escape(at: number): { value: string; end: number } {
    const text = this.#text;
    const next = text[at + 1] ?? "";
    const simple = SIMPLE_ESCAPES[next];
    if (simple !== undefined) return { value: simple, end: at + 2 };
    const numeric = /^\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3}))/.exec(
      text.slice(at, at + 10),
    );
    if (numeric) {
      const [all, hex, short, long, octal] = numeric;
      const code =
        octal === undefined ? Number.parseInt(hex ?? short ?? long, 16) : Number.parseInt(octal, 8);
      if (code <= 0x10ffff && (octal === undefined || code <= 255) && !(code >= 0xd800 && code <= 0xdfff)) {
        const byte = (hex ?? octal) !== undefined && code > 0x7f;
        return { value: String.fromCodePoint(byte ? BYTE_ESCAPE + code : code), end: at + all.length };
      }
    }
    throw new FilterError(`"\\${next}" is no escape sequence`, at, Math.min(at + 2, text.length), [
      "Write \\\\ for a backslash.",
      'A raw string r"…" keeps its backslashes.',
    ]);
  }

  /** `[1,2-3,4:5]`, read as a whole because `0:2` and `-1` mean something else outside. */
  #brackets(): void {
    const text = this.#text;
    const close = text.indexOf("]", this.#at);
    if (close === -1) {
      throw new FilterError("The bracket is not closed", this.#at, text.length, ["Add ] behind the slice."]);
    }
    this.#push("ranges", "[", close + 1, readRanges(text.slice(this.#at + 1, close), this.#at + 1, close));
  }

  #dollar(): void {
    const text = this.#text;
    const reference = /^\$\{\s*(@?[A-Za-z0-9_.-]+)(?:#(-?\d{1,9}|\[[^\]]*\]))?\s*\}/.exec(
      text.slice(this.#at),
    );
    if (reference) {
      const [all, name, layers] = reference;
      const end = this.#at + all.length;
      const at = layers === undefined ? 0 : this.#at + all.lastIndexOf("#") + 1;
      const ranges =
        layers === undefined
          ? NO_RANGES
          : layers.startsWith("[")
            ? readRanges(layers.slice(1, -1), at + 1, at + layers.length - 1)
            : [readRange(layers, at, at + layers.length)];
      this.#push("reference", name, end, ranges);
      return;
    }
    const macro = /^\$\{?\s*([A-Za-z_][\w-]*)\s*[;:(]/.exec(text.slice(this.#at));
    if (macro) {
      throw new FilterError(`There is no macro named "${macro[1]}"`, this.#at, this.#at + macro[0].length);
    }
    throw new FilterError("A field's name in braces must follow $", this.#at, this.#at + 1, [
      "$" + "{tcp.srcport} stands for the value in the selected packet.",
    ]);
  }
}

/**
 * Where a character of a quoted text stands in the filter.
 * @param source the filter
 * @param text the text with the place of its quotes and letters in the filter
 * @param index UTF-16 index into `text.value`; its length for the closing quote
 */
export function placeInText(
  source: string,
  text: { readonly value: string; readonly start: number; readonly end: number },
  index: number,
): number {
  const raw = source[text.start] !== '"';
  let at = text.start + (raw ? 2 : 1);
  if (raw) return Math.min(at + index, text.end);
  for (let i = 0; i < index && at < text.end - 1; ) {
    const sequence = /^\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{1,3}|[\s\S])/.exec(
      source.slice(at, at + 10),
    );
    // A code point above U+FFFF is two units of the value, however it was written.
    const units = sequence && /^\\U/.test(sequence[0]) && (text.value.codePointAt(i) ?? 0) > 0xffff ? 2 : 1;
    at += sequence?.[0].length ?? 1;
    i += units;
  }
  return at;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  "\\": "\\",
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const NUMBER = "(-?(?:0[xX][0-9A-Fa-f]+|\\d+))";
const FORMS: readonly (readonly [RegExp, (a: number, b: number) => readonly [number, number] | string])[] = [
  [new RegExp(`^${NUMBER}$`), (a) => [a, 1]],
  [new RegExp(`^${NUMBER}\\s*:$`), (a) => [a, -1]],
  [/^:$/, () => [0, -1]],
  [new RegExp(`^:\\s*${NUMBER}$`), (b) => (b > 0 ? [0, b] : "The length must be 1 or more")],
  [
    new RegExp(`^${NUMBER}\\s*:\\s*${NUMBER}$`),
    (a, b) => (b > 0 ? [a, b] : "The length behind the colon must be 1 or more"),
  ],
  [
    new RegExp(`^${NUMBER}\\s*-\\s*${NUMBER}$`),
    (a, b) => {
      if (a < 0 !== b < 0) return "Both ends must be counted from the same side";
      return b < a ? "The second offset lies before the first" : [a, b - a + 1];
    },
  ],
];

/** Largest offset and length of a slice. */
const RANGE_LIMIT = 0x7fff_ffff;

/** The ranges between brackets; `start` is where their text begins, `close` where the bracket ends. */
function readRanges(text: string, start: number, close: number): Range[] {
  let at = start;
  return text.split(",").map((part) => {
    const range = readRange(part, at, close);
    at += part.length + 1;
    return range;
  });
}

/** One range of a slice; `start` is where its text begins, `close` where the bracket ends. */
function readRange(part: string, start: number, close: number): Range {
  const lead = part.length - part.trimStart().length;
  const text = part.trim();
  const from = start + lead;
  if (text === "") {
    throw new FilterError(
      "A range is missing in the brackets",
      start,
      Math.max(start, Math.min(start + part.length, close)),
      ["Write [offset], [offset:length] or [first-last]."],
    );
  }
  for (const [form, make] of FORMS) {
    const match = form.exec(text);
    if (!match) continue;
    const made = make(rangeNumber(match[1]), rangeNumber(match[2]));
    if (typeof made === "string") {
      throw new FilterError(made, from, from + text.length, [
        "Write [offset:length] or [first-last]; offsets below zero count from the end.",
      ]);
    }
    if (Math.abs(made[0]) > RANGE_LIMIT || made[1] > RANGE_LIMIT) {
      throw new FilterError("The offset is larger than any packet", from, from + text.length, [
        "Offsets count bytes, from 0.",
      ]);
    }
    return { offset: made[0], length: made[1], start: from, end: from + text.length };
  }
  throw new FilterError(`"${text}" is no range`, from, from + text.length, [
    "Write [offset], [offset:length], [first-last], [:length] or [offset:].",
  ]);
}

/** A number of a range, whose sign may stand before a hexadecimal prefix. */
function rangeNumber(text: string | undefined): number {
  if (text === undefined) return 0;
  return text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
}
