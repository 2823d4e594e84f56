/**
 * Display filter macros: text put in place of `${name}`, `${name:args}` and `$name(args)` before a filter is read, as
 * Wireshark does it. What is wrong in an expansion is told at the macro's use in the typed text.
 */
import type { FilterMacro } from "../api.ts";
import { FilterError, type FilterWarning } from "./error.ts";
import { nearest } from "./names.ts";

/** Longest text that macros may expand to, in characters, and most uses that one expansion may hold. */
const TEXT_LIMIT = 100_000;
const USE_LIMIT = 10_000;
/** Deepest nesting of macros, in one another's texts and arguments. */
const DEPTH_LIMIT = 50;
/** Characters read in search of the ends of macros in one expansion. */
const READ_LIMIT = 5_000_000;

export const MACRO_NAME = /^[A-Za-z0-9_]+$/;

/** Where a macro stands in the typed text. */
interface Use {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A piece of the expanded text. */
interface Piece {
  readonly text: string;
  /** Where it begins in the typed text; -1 for what a macro's own text says. */
  readonly typed: number;
  /** The outermost use it came from; null outside of macros. */
  readonly use: Use | null;
  /** The macro whose text it is; null for what was typed. */
  readonly macro: string | null;
}

interface Source {
  readonly text: string;
  /** Where `text` begins in the typed text; -1 for a macro's own. */
  readonly base: number;
  /** What `$1`, `$2` … stand for; null where they stand for nothing. */
  readonly args: readonly (readonly Piece[])[] | null;
  readonly use: Use | null;
  /** The macros whose texts are being expanded, the outermost first. */
  readonly stack: readonly string[];
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** A use as it is written: where it ends, and where its arguments stand. */
interface Written extends Place {
  readonly name: string;
  readonly args: readonly Place[];
}

/** A filter's text with the macros expanded; knows where each part of it was typed. */
export class Expansion {
  /** What is to be read as a filter. */
  readonly text: string;
  readonly #pieces: readonly (Piece & { readonly at: number })[];

  constructor(pieces: readonly Piece[]) {
    let at = 0;
    this.#pieces = pieces.map((piece) => {
      const placed = { ...piece, at };
      at += piece.text.length;
      return placed;
    });
    this.text = pieces.map((piece) => piece.text).join("");
  }

  /** The place in the typed text that a place of the expanded text belongs to: itself, or the macro's use. */
  placeOf(start: number, end: number): Place {
    return this.#found(start, end);
  }

  /** The error as it is told about the typed text: at the macro's use, naming the macro. */
  explain(error: FilterError): FilterError {
    const { message, start, end, hints } = this.#told(error);
    return new FilterError(message, start, end, hints);
  }

  /** The same for a warning. */
  explainWarning(warning: FilterWarning): FilterWarning {
    return this.#told(warning);
  }

  #told(about: FilterWarning): FilterWarning {
    const { start, end, piece } = this.#found(about.start, about.end);
    if (piece === null) return { message: about.message, start, end, hints: about.hints };
    const { macro, use } = piece;
    const inside = use !== null && use.name !== macro ? `, which "${use.name}" uses` : "";
    // Names are put in place of what is marked, which here is the macro's use: they become advice.
    const names = about.hints.filter((hint) => !hint.endsWith("."));
    const advice = about.hints.filter((hint) => hint.endsWith("."));
    if (names.length > 0) advice.unshift(`Change the macro's text: ${names.join(", ")}.`);
    return { message: `In the macro "${macro}"${inside}: ${about.message}`, start, end, hints: advice };
  }

  /** `piece`: the macro text that the place lies in; null when it was typed. */
  #found(start: number, end: number): Place & { piece: Piece | null } {
    const pieces = this.#pieces;
    // What is missing is missing behind the text before it.
    const last = pieces.findLast(({ at }) => at < Math.max(end, 1));
    const first = start >= end ? last : pieces.findLast(({ at }) => at <= start);
    if (first === undefined || last === undefined) return { start, end, piece: null };
    const from = first.typed >= 0 ? first.typed + (start - first.at) : (first.use?.start ?? 0);
    const to = last.typed >= 0 ? last.typed + (end - last.at) : (last.use?.end ?? 0);
    const piece = first.macro !== null ? first : last.macro !== null ? last : null;
    // An argument may stand behind the place in the macro's text where it is used.
    const use = first.use ?? last.use;
    if (use !== null && from > to) return { start: use.start, end: use.end, piece };
    return { start: from, end: to, piece };
  }
}

/**
 * Expands the macros of a filter.
 * @throws FilterError for a macro that does not exist, that uses itself, or that is given the wrong number of arguments
 */
export function expandMacros(text: string, macros: readonly FilterMacro[]): Expansion {
  return new Expansion(new Expander(macros).expand(plain(text), 0, text.length, false));
}

const plain = (text: string): Source => ({ text, base: 0, args: null, use: null, stack: [] });

/** The number of arguments that a macro's text asks for: the largest N of its `$N`. */
export function argumentsOf(expression: string): number {
  let most = 0;
  for (const [, digits] of expression.matchAll(/\$(\d{1,3})/g)) most = Math.max(most, Number(digits));
  return most;
}

/**
 * A macro's own text with its macros expanded and 1 for each argument, to be checked on its own.
 * @throws FilterError with places in the macro's text
 */
export function expandOwnText({ name, expression }: FilterMacro, macros: readonly FilterMacro[]): Expansion {
  const pieces = new Expander(macros).expand(
    { text: expression, base: 0, args: [], use: null, stack: [name] },
    0,
    expression.length,
    false,
  );
  return new Expansion(pieces);
}

class Expander {
  readonly #macros = new Map<string, FilterMacro>();
  #uses = 0;
  #length = 0;
  #depth = 0;
  #read = 0;

  constructor(macros: readonly FilterMacro[]) {
    // The first of a name counts.
    for (const macro of macros) if (!this.#macros.has(macro.name)) this.#macros.set(macro.name, macro);
  }

  /** @param quoted true when the text begins inside quotes */
  expand(source: Source, from: number, to: number, quoted: boolean): Piece[] {
    const { text } = source;
    const pieces: Piece[] = [];
    let done = from;
    const flush = (end: number): void => {
      if (end > done) pieces.push(this.#piece(source, done, end));
    };
    for (let at = from; at < to; ) {
      const char = text[at];
      if (char === "\\" && quoted) at += 2;
      else if (char === "'" && !quoted && text.startsWith("'\"'", at)) at += 3;
      else if (char === '"') {
        quoted = !quoted;
        at++;
      } else if (char !== "$") at++;
      else {
        const made = this.#dollar(source, at, to, quoted);
        if (made === null) at++;
        else {
          flush(at);
          pieces.push(...made.pieces);
          at = made.end;
          done = at;
        }
      }
    }
    flush(to);
    return pieces;
  }

  #piece({ text, base, use, stack }: Source, from: number, to: number): Piece {
    this.#grow(to - from, use ?? { start: from, end: to });
    const typed = base < 0 ? -1 : base + from;
    return { text: text.slice(from, to), typed, use, macro: base < 0 ? (stack.at(-1) ?? null) : null };
  }

  #grow(length: number, { start, end }: Place): void {
    this.#length += length;
    // Of what is typed without macros, the reader says that it is too long.
    if (this.#length <= TEXT_LIMIT || this.#uses === 0) return;
    throw new FilterError(`The macros expand to more than ${TEXT_LIMIT} characters`, start, end);
  }

  /** What stands for the `$` at `at` and what belongs to it; null when it is not about macros. */
  #dollar(source: Source, at: number, to: number, quoted: boolean): { pieces: Piece[]; end: number } | null {
    const { text, args } = source;
    const number = args === null ? null : /^\$(\d{1,3})/.exec(text.slice(at, at + 4));
    if (number !== null && args !== null) {
      const end = at + number[0].length;
      const given = args[Number(number[1]) - 1];
      if (given !== undefined) {
        for (const piece of given) this.#grow(piece.text.length, source.use ?? { start: at, end });
        return { pieces: [...given], end };
      }
      const use = source.use ?? { name: number[0], start: at, end };
      return { pieces: [{ text: "1", typed: -1, use, macro: null }], end };
    }
    const written = this.#written(source, at, to, quoted);
    if (written === null) return null;
    const macro = this.#macros.get(written.name);
    if (macro === undefined) return this.#unknown(source, written, quoted);
    return { pieces: this.#used(source, written, macro, quoted), end: written.end };
  }

  /** Reads a macro's use; null for field references and whatever else begins with `$`. */
  #written(source: Source, at: number, to: number, quoted: boolean): Written | null {
    const text = source.text.slice(0, to);
    const braces = /^\$\{\s*([A-Za-z0-9_]+)\s*([}:;])/.exec(text.slice(at, at + 300));
    // Inside quotes, only the form in braces is a macro's: "$" means something in regular expressions.
    const call = braces || quoted ? null : /^\$([A-Za-z_][A-Za-z0-9_]*)\(/.exec(text.slice(at, at + 300));
    const head = braces ?? call;
    if (head === null) return null;
    const name = head[1];
    const begin = at + head[0].length;
    if (braces !== null && braces[2] === "}") {
      return this.#macros.has(name) ? { name, args: [], start: at, end: begin } : null;
    }
    // Inside quotes, what is not closed is text: there may be any number of it.
    if (quoted && this.#read > READ_LIMIT) return null;
    const list = argumentList(text, begin, braces === null ? ")" : "}", quoted);
    this.#read += (list?.end ?? text.length) - begin;
    if (list === null) {
      if (quoted) return null;
      const place = this.#place(source, { start: at, end: begin });
      const close = braces === null ? ")" : "}";
      throw new FilterError(`The macro "${name}" is not closed`, place.start, place.end, [
        `Add ${close} behind its last argument.`,
      ]);
    }
    const { args, end } = list;
    // Nothing between the brackets is no argument, not an empty one.
    const none = args.length === 1 && text.slice(args[0].start, args[0].end).trim() === "";
    const macro = this.#macros.get(name);
    const wanted = macro === undefined ? -1 : argumentsOf(macro.expression);
    return { name, args: none && wanted !== 1 ? [] : args, start: at, end };
  }

  #unknown(source: Source, written: Written, quoted: boolean): null {
    if (quoted) return null;
    const place = this.#place(source, written);
    const near = nearest(written.name, [...this.#macros.keys()], 3);
    const advice =
      this.#macros.size === 0
        ? ["No macros are defined yet: see Analyze, Display filter macros."]
        : near.length > 0
          ? [`The nearest: ${near.join(", ")}.`]
          : [`There are ${[...this.#macros.keys()].slice(0, 8).join(", ")}.`];
    throw this.#inside(
      source,
      new FilterError(`There is no macro named "${written.name}"`, place.start, place.end, advice),
    );
  }

  #used(source: Source, written: Written, macro: FilterMacro, quoted: boolean): Piece[] {
    const { name, args } = written;
    const place = this.#place(source, written);
    const fail = (message: string, ...hints: string[]): FilterError =>
      this.#inside(source, new FilterError(message, place.start, place.end, hints));
    if (source.stack.includes(name)) {
      const ring = [...source.stack.slice(source.stack.indexOf(name)), name].join(" → ");
      throw fail(`The macro "${name}" uses itself: ${ring}`, "Take the macro out of its own text.");
    }
    if (++this.#uses > USE_LIMIT || this.#depth >= DEPTH_LIMIT || this.#read > READ_LIMIT) {
      throw fail("The macros are nested too deep or used too often");
    }
    const wanted = argumentsOf(macro.expression);
    if (args.length !== wanted) {
      const counted = wanted === 1 ? "1 argument" : `${wanted} arguments`;
      throw fail(`The macro "${name}" takes ${counted}, not ${args.length}`, usageOf(macro));
    }
    this.#depth++;
    const given = args.map(({ start, end }) => this.expand(source, start, end, quoted));
    const use = source.use ?? { name, start: place.start, end: place.end };
    // Arguments count where they are used.
    for (const piece of given.flat()) this.#length -= piece.text.length;
    const own = given.map((pieces) => pieces.map((piece) => ({ ...piece, use: piece.use ?? use })));
    const body: Source = {
      text: macro.expression,
      base: -1,
      args: own,
      use,
      stack: [...source.stack, name],
    };
    const pieces = this.expand(body, 0, macro.expression.length, quoted);
    this.#depth--;
    return pieces;
  }

  /** The place in the typed text. */
  #place({ base, use }: Source, { start, end }: Place): Place {
    if (base >= 0) return { start: base + start, end: base + end };
    return use ?? { start, end };
  }

  /** Names the macro in whose text something is wrong. */
  #inside({ stack, base }: Source, error: FilterError): FilterError {
    if (base >= 0 || stack.length === 0) return error;
    return new FilterError(
      `In the macro "${stack[stack.length - 1]}": ${error.message}`,
      error.start,
      error.end,
      error.hints,
    );
  }
}

/** How a macro is written: "Write ${name:1;2}." */
function usageOf({ name, expression }: FilterMacro): string {
  const count = argumentsOf(expression);
  if (count === 0) return `Write \${${name}}.`;
  const args = Array.from({ length: count }, (_, i) => `…${i + 1}`).join(";");
  return `Write \${${name}:${args}}.`;
}

const OPEN = "([{";
const CLOSE = ")]}";

/**
 * The arguments between `begin` and the bracket that closes the use; null when it is not closed. In braces they are
 * parted by `;`, in round brackets by `,` or `;`. What is in quotes or in brackets of its own is not parted.
 */
function argumentList(
  text: string,
  begin: number,
  close: ")" | "}",
  quoted: boolean,
): { args: Place[]; end: number } | null {
  const args: Place[] = [];
  let start = begin;
  let depth = 0;
  let inQuotes = false;
  for (let at = begin; at < text.length; at++) {
    const char = text[at];
    if (inQuotes) {
      if (char === "\\") at++;
      else if (char === '"') inQuotes = false;
    } else if (char === '"') {
      if (quoted) return null;
      inQuotes = true;
    } else if (depth === 0 && char === close) {
      args.push({ start, end: at });
      return { args, end: at + 1 };
    } else if (OPEN.includes(char)) depth++;
    else if (CLOSE.includes(char)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && (char === ";" || (char === "," && close === ")"))) {
      args.push({ start, end: at });
      start = at + 1;
    }
  }
  return null;
}
