/**
 * Regular expressions as PCRE2 writes them → a tree of sets of characters, so that each engine that runs them is
 * told exactly the same. What no engine runs in linear time (lookaround, backreferences, atomic groups, recursion)
 * is refused by name.
 */

/** Characters by their codes: first and last of each range in turn, in ascending order, none touching the next. */
export type CodeSet = readonly number[];

export type Place =
  | "start"
  | "end"
  | "last-line-end"
  | "line-start"
  | "line-end"
  | "word-edge"
  | "no-word-edge";

export type PatternNode =
  | { readonly kind: "set"; readonly set: CodeSet }
  | { readonly kind: "place"; readonly place: Place }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly PatternNode[] }
  /** `most`: Infinity for as often as may be. */
  | { readonly kind: "repeat"; readonly body: PatternNode; readonly least: number; readonly most: number };

/** What is wrong with a pattern; `start` and `end` are UTF-16 indexes into it. */
export class PatternError extends Error {
  readonly start: number;
  readonly end: number;

  constructor(message: string, start: number, end: number) {
    super(message);
    this.name = "PatternError";
    this.start = start;
    this.end = end;
  }
}

/** A pattern's characters, or bytes, and where each of them stands in its text. */
export interface PatternSource {
  readonly codes: readonly number[];
  readonly places: readonly number[];
  /** UTF-16 length of the text. */
  readonly length: number;
  /** Largest code a subject can hold. */
  readonly largest: number;
}

const REPEAT_LIMIT = 1000;
const DEPTH_LIMIT = 100;

const DIGIT: CodeSet = [48, 57];
const WORD: CodeSet = [48, 57, 65, 90, 95, 95, 97, 122];
const SPACE: CodeSet = [9, 13, 32, 32];
const BLANK: CodeSet = [9, 9, 32, 32];
const ACROSS: CodeSet = [9, 9, 32, 32, 0xa0, 0xa0];
const DOWN: CodeSet = [10, 13, 0x85, 0x85];

const POSIX: Readonly<Record<string, CodeSet>> = {
  alnum: [48, 57, 65, 90, 97, 122],
  alpha: [65, 90, 97, 122],
  ascii: [0, 127],
  blank: BLANK,
  cntrl: [0, 31, 127, 127],
  digit: DIGIT,
  graph: [33, 126],
  lower: [97, 122],
  print: [32, 126],
  punct: [33, 47, 58, 64, 91, 96, 123, 126],
  space: SPACE,
  upper: [65, 90],
  word: WORD,
  xdigit: [48, 57, 65, 70, 97, 102],
};

const CONTROLS: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };
const CLASSES: Readonly<Record<string, CodeSet>> = { d: DIGIT, w: WORD, s: SPACE, h: ACROSS, v: DOWN };

/** What may follow `(?` and cannot be run in linear time, or means nothing to a test that says yes or no. */
const REFUSED_GROUPS: readonly (readonly [begin: RegExp, name: string])[] = [
  [/^\?=/, "lookahead"],
  [/^\?!/, "negative lookahead"],
  [/^\?<=/, "lookbehind"],
  [/^\?<!/, "negative lookbehind"],
  [/^\?>/, "an atomic group"],
  [/^\?\(/, "a conditional group"],
  [/^\?(?:R|[+-]?\d|&|P>)/, "recursion"],
  [/^\?P=/, "a backreference"],
  [/^\?C/, "a callout"],
  [/^\*/, "a verb"],
];

interface Flags {
  readonly i: boolean;
  readonly s: boolean;
  readonly m: boolean;
  readonly x: boolean;
}

/**
 * Reads a pattern.
 * @param fold true when capitals do not count, as long as no (?-i) says otherwise
 * @throws PatternError, and nothing else
 */
export function parsePattern(source: PatternSource, fold: boolean): PatternNode {
  return new PatternParser(source).parse({ i: fold, s: false, m: false, x: false });
}

class PatternParser {
  readonly #codes: readonly number[];
  readonly #source: PatternSource;
  /** The pattern, one UTF-16 unit a code: letters of its syntax are looked up here. */
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #groups = 0;

  constructor(source: PatternSource) {
    this.#source = source;
    this.#codes = source.codes;
    this.#text = source.codes.map((code) => (code > 0xffff ? "\uffff" : String.fromCharCode(code))).join("");
  }

  parse(flags: Flags): PatternNode {
    const node = this.#choice(flags);
    if (this.#at < this.#text.length) throw this.#error('")" closes no bracket', this.#at, this.#at + 1);
    return node;
  }

  #error(message: string, from: number, to: number): PatternError {
    const { places, length } = this.#source;
    return new PatternError(message, places[from] ?? length, places[to] ?? length);
  }

  #linear(name: string, from: number, to: number): PatternError {
    return this.#error(
      `${name}, ${JSON.stringify(this.#text.slice(from, to))}, cannot be run in linear time`,
      from,
      to,
    );
  }

  // ------------------------------------------------------------------ structure

  /** Up to `)` or the end. Flags that are set on the way hold for the alternatives that follow, too. */
  #choice(flags: Flags): PatternNode {
    const parts: PatternNode[] = [];
    let sequence: PatternNode[] = [];
    let now = flags;
    while (this.#at < this.#text.length && this.#text[this.#at] !== ")") {
      if (this.#text[this.#at] === "|") {
        this.#at++;
        parts.push({ kind: "sequence", parts: sequence });
        sequence = [];
        continue;
      }
      const made = this.#item(now);
      if ("i" in made) now = made;
      else sequence.push(...made);
    }
    const last: PatternNode = { kind: "sequence", parts: sequence };
    return parts.length === 0 ? last : { kind: "choice", parts: [...parts, last] };
  }

  /** One atom with its repetition, several for quoted text, none for comments; or the flags from here on. */
  #item(flags: Flags): PatternNode[] | Flags {
    const text = this.#text;
    const from = this.#at;
    if (flags.x && /\s/.test(text[from])) {
      this.#at++;
      return [];
    }
    if (flags.x && text[from] === "#") {
      const end = text.indexOf("\n", from);
      this.#at = end === -1 ? text.length : end + 1;
      return [];
    }
    if (text.startsWith("(?#", from)) {
      const end = text.indexOf(")", from);
      if (end === -1) throw this.#error("the comment is not closed", from, text.length);
      this.#at = end + 1;
      return [];
    }
    if (text.startsWith("\\Q", from)) {
      const end = text.indexOf("\\E", from + 2);
      const codes = this.#codes.slice(from + 2, end === -1 ? text.length : end);
      this.#at = end === -1 ? text.length : end + 2;
      const nodes = codes.map((code) => this.#literal(code, flags));
      const last = nodes.pop();
      return last === undefined ? [] : [...nodes, this.#repeated(last, from)];
    }
    if (text.startsWith("\\E", from)) {
      this.#at += 2;
      return [];
    }
    if (text[from] === "(") {
      const flagsAlone = this.#flags(flags);
      if (flagsAlone !== null) return flagsAlone;
    }
    return [this.#repeated(this.#atom(flags), from)];
  }

  #atom(flags: Flags): PatternNode {
    const from = this.#at;
    const char = this.#text[from];
    switch (char) {
      case "(":
        return this.#group(flags);
      case "[":
        return this.#class(flags);
      case "\\":
        return this.#escape(flags);
      case ".":
        this.#at++;
        return this.#set(flags.s ? [0, this.#source.largest] : this.#not([10, 10]));
      case "^":
        this.#at++;
        return { kind: "place", place: flags.m ? "line-start" : "start" };
      case "$":
        this.#at++;
        return { kind: "place", place: flags.m ? "line-end" : "last-line-end" };
      case "*":
      case "+":
      case "?":
        throw this.#error(`there is nothing that "${char}" could repeat`, from, from + 1);
      default:
        this.#at++;
        return this.#literal(this.#codes[from], flags);
    }
  }

  #repeated(body: PatternNode, from: number): PatternNode {
    const text = this.#text;
    const start = this.#at;
    const counted = /^\{(\d{1,6})(,(\d{1,6})?)?\}/.exec(text.slice(start, start + 16));
    let least = 1;
    let most = 1;
    if (counted) {
      least = Number(counted[1]);
      most = counted[2] === undefined ? least : counted[3] === undefined ? Infinity : Number(counted[3]);
      this.#at += counted[0].length;
      if (most < least) throw this.#error("the numbers in braces are out of order", start, this.#at);
      if (least > REPEAT_LIMIT || (most > REPEAT_LIMIT && most !== Infinity)) {
        throw this.#error(`more than ${REPEAT_LIMIT} repetitions are not counted`, start, this.#at);
      }
    } else if (text[start] === "*" || text[start] === "+" || text[start] === "?") {
      least = text[start] === "+" ? 1 : 0;
      most = text[start] === "?" ? 1 : Infinity;
      this.#at++;
    } else return body;
    if (text[this.#at] === "+") throw this.#linear("a possessive repetition", start, this.#at + 1);
    if (text[this.#at] === "?") this.#at++;
    if (/^[*+?]/.test(text.slice(this.#at, this.#at + 1))) {
      throw this.#error(`there is nothing that "${text[this.#at]}" could repeat`, this.#at, this.#at + 1);
    }
    if (body.kind === "place") return least === 0 ? { kind: "sequence", parts: [] } : body;
    if (from === start) throw this.#error("there is nothing to repeat", start, this.#at);
    return { kind: "repeat", body, least, most };
  }

  /** `(?i)`, `(?s-i)`, `(?^)`: the flags from here on; null for everything else. */
  #flags(flags: Flags): Flags | null {
    const match = /^\(\?(\^?)([imsxnJU]*)(?:-([imsxnJU]*))?\)/.exec(
      this.#text.slice(this.#at, this.#at + 40),
    );
    if (!match) return null;
    this.#at += match[0].length;
    return changed(flags, match[1], match[2], match[3]);
  }

  #group(flags: Flags): PatternNode {
    const text = this.#text;
    const from = this.#at;
    const rest = text.slice(from + 1, from + 100);
    const refused = REFUSED_GROUPS.find(([begin]) => begin.test(rest));
    if (refused) {
      const [begin, name] = refused;
      throw this.#linear(name, from, from + 1 + (begin.exec(rest)?.[0].length ?? 0));
    }
    let inner = flags;
    const named = /^\?(?:P?<\w+>|'\w+'|\|)/.exec(rest);
    const flagged = /^\?(\^?)([imsxnJU]*)(?:-([imsxnJU]*))?:/.exec(rest);
    if (named) this.#at += 1 + named[0].length;
    else if (flagged) {
      this.#at += 1 + flagged[0].length;
      inner = changed(flags, flagged[1], flagged[2], flagged[3]);
    } else if (rest.startsWith("?"))
      throw this.#error(`"(${rest.slice(0, 2)}" begins no group`, from, from + 3);
    else this.#at++;
    if (flagged === null) this.#groups++;
    if (++this.#depth > DEPTH_LIMIT) throw this.#error("groups are nested too deep", from, from + 1);
    const node = this.#choice(inner);
    this.#depth--;
    if (text[this.#at] !== ")") throw this.#error('the bracket "(" is not closed', from, from + 1);
    this.#at++;
    return node;
  }

  // ------------------------------------------------------------------ escapes

  #escape(flags: Flags): PatternNode {
    const text = this.#text;
    const from = this.#at;
    const letter = text[from + 1];
    if (letter === undefined) throw this.#error("a backslash stands at the end", from, from + 1);
    const places: Readonly<Record<string, Place>> = {
      A: "start",
      G: "start",
      z: "end",
      Z: "last-line-end",
      b: "word-edge",
      B: "no-word-edge",
    };
    const place = Object.hasOwn(places, letter) ? places[letter] : undefined;
    if (place !== undefined) {
      this.#at += 2;
      return { kind: "place", place };
    }
    switch (letter) {
      case "K":
        this.#at += 2;
        return { kind: "sequence", parts: [] };
      case "N":
        this.#at += 2;
        return this.#set(this.#not([10, 10]));
      case "R": {
        this.#at += 2;
        const pair: PatternNode = { kind: "sequence", parts: [this.#set([13, 13]), this.#set([10, 10])] };
        return { kind: "choice", parts: [pair, this.#set(DOWN)] };
      }
      case "C":
        this.#at += 2;
        return this.#set([0, this.#source.largest]);
      case "X":
        throw this.#error('"\\X" is not known here: "." stands for any character', from, from + 2);
      case "g":
      case "k":
        throw this.#linear("a backreference", from, from + 2);
      default:
        break;
    }
    const number = /^\\([1-9]\d{0,2})/.exec(text.slice(from, from + 4));
    if (number && (number[1].length === 1 || Number(number[1]) <= this.#groups)) {
      throw this.#linear("a backreference", from, from + number[0].length);
    }
    const set = this.#shorthand();
    if (set !== null) return this.#set(set);
    return this.#literal(this.#code(), flags);
  }

  /** `\d`, `\W`, `\pL`, `\p{Greek}`; null for other escapes. */
  #shorthand(): CodeSet | null {
    const from = this.#at;
    const letter = this.#text[from + 1];
    const lower = letter.toLowerCase();
    if (Object.hasOwn(CLASSES, lower)) {
      this.#at += 2;
      const set = within(CLASSES[lower], this.#source.largest);
      return letter === lower ? set : this.#not(set);
    }
    if (lower !== "p") return null;
    const property = /^\\[pP](?:([A-Z])|\{\s*(\^?)\s*([\w&= -]+?)\s*\})/.exec(
      this.#text.slice(from, from + 60),
    );
    if (!property) throw this.#error("the name of a property must follow in braces", from, from + 2);
    this.#at += property[0].length;
    const name = property[1] ?? property[3];
    const set = propertySet(name, this.#source.largest);
    if (set === null) throw this.#error(`there is no property "${name}"`, from, this.#at);
    return (letter === "P") !== (property[2] === "^") ? this.#not(set) : set;
  }

  /** An escape that stands for one character. */
  #code(): number {
    const from = this.#at;
    const rest = this.#text.slice(from, from + 20);
    const coded = /^\\x\{\s*([0-9A-Fa-f]{1,8})\s*\}/.exec(rest) ?? /^\\x(?!\{)([0-9A-Fa-f]{0,2})/.exec(rest);
    const octal = /^\\o\{([0-7]{1,11})\}/.exec(rest) ?? /^\\([0-7]{1,3})/.exec(rest);
    const control = /^\\c([ -~])/.exec(rest);
    const letter = rest[1];
    if (coded || octal || control) {
      const match = (coded ?? octal ?? control)!;
      this.#at += match[0].length;
      const code = coded
        ? Number.parseInt(coded[1] || "0", 16)
        : octal
          ? Number.parseInt(octal[1], 8)
          : match[1].toUpperCase().charCodeAt(0) ^ 64;
      if (code > this.#source.largest) {
        throw this.#error(
          `${match[0]} is no ${this.#source.largest > 255 ? "character" : "byte"}`,
          from,
          this.#at,
        );
      }
      return code;
    }
    if (Object.hasOwn(CONTROLS, letter)) {
      this.#at += 2;
      return CONTROLS[letter];
    }
    if (/[A-Za-z0-9]/.test(letter)) throw this.#error(`"\\${letter}" has no meaning`, from, from + 2);
    this.#at += 2;
    return this.#codes[from + 1];
  }

  // ------------------------------------------------------------------ sets

  #class(flags: Flags): PatternNode {
    const text = this.#text;
    const open = this.#at++;
    const inverted = text[this.#at] === "^";
    if (inverted) this.#at++;
    const ranges: number[] = [];
    let first = true;
    let quoted = false;
    for (;;) {
      const from = this.#at;
      if (from >= text.length) throw this.#error('the bracket "[" is not closed', open, open + 1);
      if (quoted ? text.startsWith("\\E", from) : /^\\[QE]/.test(text.slice(from, from + 2))) {
        quoted = !quoted && text[from + 1] === "Q";
        this.#at += 2;
        continue;
      }
      if (text[from] === "]" && !first && !quoted) break;
      first = false;
      const low = quoted ? this.#codes[this.#at++] : this.#member();
      const dash =
        !quoted && text[this.#at] === "-" && text[this.#at + 1] !== "]" && this.#at + 1 < text.length;
      if (typeof low !== "number") {
        if (dash) throw this.#error("a class of characters begins no range", from, this.#at + 1);
        ranges.push(...low);
        continue;
      }
      if (!dash) {
        ranges.push(low, low);
        continue;
      }
      this.#at++;
      const high = this.#member();
      if (typeof high !== "number") throw this.#error("a class of characters ends no range", from, this.#at);
      if (high < low) throw this.#error("the range ends before it begins", from, this.#at);
      ranges.push(low, high);
    }
    this.#at++;
    const set = this.#folded(joined(ranges), flags);
    return this.#set(inverted ? this.#not(set) : set);
  }

  /** One character of a class, or a class in it. */
  #member(): number | CodeSet {
    const from = this.#at;
    const text = this.#text;
    if (text[from] === "[" && /[:.=]/.test(text[from + 1] ?? "")) {
      const posix = /^\[([:.=])(\^?)(\w*)\1\]/.exec(text.slice(from, from + 20));
      if (posix) {
        this.#at += posix[0].length;
        const set = posix[1] === ":" && Object.hasOwn(POSIX, posix[3]) ? POSIX[posix[3]] : undefined;
        if (set === undefined) throw this.#error(`there is no class ${posix[0]}`, from, this.#at);
        return posix[2] === "^" ? this.#not(set) : set;
      }
    }
    if (text[from] !== "\\") {
      this.#at++;
      return this.#codes[from];
    }
    const letter = text[from + 1];
    if (letter === undefined) throw this.#error("a backslash stands at the end", from, from + 1);
    if (letter === "b") {
      this.#at += 2;
      return 8;
    }
    return this.#shorthand() ?? this.#code();
  }

  #literal(code: number, flags: Flags): PatternNode {
    return this.#set(this.#folded([code, code], flags));
  }

  #set(set: CodeSet): PatternNode {
    return { kind: "set", set };
  }

  #not(set: CodeSet): CodeSet {
    const made: number[] = [];
    let next = 0;
    for (let i = 0; i < set.length; i += 2) {
      if (set[i] > next) made.push(next, set[i] - 1);
      next = set[i + 1] + 1;
    }
    if (next <= this.#source.largest) made.push(next, this.#source.largest);
    return made;
  }

  /** With small and capital letters alike: of ASCII among bytes, of all writing among characters. */
  #folded(set: CodeSet, flags: Flags): CodeSet {
    if (!flags.i) return set;
    const ranges = [...set];
    const text = this.#source.largest > 255;
    for (let i = 0; i < set.length; i += 2) {
      const last = Math.min(set[i + 1], text ? set[i] + FOLD_LIMIT : 127);
      for (let code = set[i]; code <= last; code++) {
        const char = String.fromCodePoint(code);
        for (const other of [char.toLowerCase(), char.toUpperCase()]) {
          const folded = other.codePointAt(0)!;
          if (folded !== code && other.length === (folded > 0xffff ? 2 : 1) && (text || folded < 128)) {
            ranges.push(folded, folded);
          }
        }
      }
    }
    return ranges.length === set.length ? set : joined(ranges);
  }
}

/** Most characters of one range whose capitals are looked up. */
const FOLD_LIMIT = 2048;

function changed(flags: Flags, reset: string, on: string, off = ""): Flags {
  const base = reset === "^" ? { i: false, s: false, m: false, x: false } : flags;
  const flag = (name: keyof Flags): boolean => !off.includes(name) && (on.includes(name) || base[name]);
  return { i: flag("i"), s: flag("s"), m: flag("m"), x: flag("x") };
}

/** Ranges in any order, as a set. */
function joined(ranges: readonly number[]): CodeSet {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i], ranges[i + 1]]);
  pairs.sort((a, b) => a[0] - b[0]);
  const made: number[] = [];
  for (const [low, high] of pairs) {
    const last = made.length - 1;
    if (last > 0 && low <= made[last] + 1) made[last] = Math.max(made[last], high);
    else made.push(low, high);
  }
  return made;
}

function within(set: CodeSet, largest: number): CodeSet {
  return set.filter((code) => code <= largest);
}

const properties = new Map<string, CodeSet | null>();

/** The characters of a Unicode property; null when there is none of the name. */
function propertySet(name: string, largest: number): CodeSet | null {
  const key = `${name}/${largest}`;
  let made = properties.get(key);
  if (made !== undefined) return made;
  made = null;
  const spelled = name === "L&" ? "LC" : name;
  for (const source of [`\\p{${spelled}}`, `\\p{Script=${spelled}}`]) {
    try {
      made = codesOf(new RegExp(source, "u"), largest);
      break;
    } catch {
      // Not a property of this kind.
    }
  }
  properties.set(key, made);
  return made;
}

function codesOf(expression: RegExp, largest: number): CodeSet {
  const made: number[] = [];
  for (let code = 0; code <= largest; code++) {
    if (!expression.test(String.fromCodePoint(code))) continue;
    if (made[made.length - 1] === code - 1) made[made.length - 1] = code;
    else made.push(code, code);
  }
  return made;
}
