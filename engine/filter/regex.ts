/**
 * The patterns of `matches` and of searches, run in time proportional to the subject, whatever the pattern.
 *
 * A pattern that cannot make a backtracking engine go back far is given to JavaScript's, which is many times
 * faster; all others to RE2's automata, and only for subjects that hold the pattern's fixed parts in their order.
 */
import { RE2JS } from "re2js";
import { BYTE_ESCAPE, plainText, textBytes } from "./literals.ts";
import {
  type CodeSet,
  PatternError,
  type PatternNode,
  type PatternSource,
  parsePattern,
} from "./pattern-syntax.ts";

/** What a pattern may be at most. */
export const PATTERN_LIMIT = 1000;

export interface Pattern {
  /** @param subject text, or bytes given as text of one character a byte */
  readonly matches: (subject: string) => boolean;
  /**
   * A global expression of something that every match holds, for searches through many subjects at once: a subject
   * without it does not match. Null when there is nothing of the kind.
   */
  readonly part: RegExp | null;
  /** Characters from a subject's beginning beyond which nothing counts; Infinity for most patterns. */
  readonly reach: number;
}

export interface PatternOptions {
  /** True when it is run over bytes, given as text of one character a byte. */
  readonly binary: boolean;
  /** True when capitals count unless the pattern says otherwise; they do not by default. */
  readonly caseSensitive?: boolean;
}

/**
 * Makes a pattern ready.
 * @param text the regular expression as PCRE2 writes it; bytes of string escapes as the lexer leaves them
 * @throws PatternError with the place in `text`, and nothing else
 */
export function compilePattern(text: string, { binary, caseSensitive = false }: PatternOptions): Pattern {
  if (text.length > PATTERN_LIMIT) {
    throw new PatternError(`it is longer than ${PATTERN_LIMIT} characters`, PATTERN_LIMIT, text.length);
  }
  // A pattern with single bytes above 0x7f asks for the bytes of a text.
  const encoded =
    !binary && (/[\udc80-\udcff]/.test(text) || /\\x(?:[89A-Fa-f]|\{0*[89A-Fa-f][0-9A-Fa-f]\})/.test(text));
  const bytes = binary || encoded;
  const node = trimmed(parsePattern(bytes ? bytesOf(text) : charactersOf(text), !caseSensitive));
  const made = engineFor(node, !bytes, text);
  if (!encoded) return made;
  return {
    matches: (subject) => made.matches(Buffer.from(subject, "utf8").toString("latin1")),
    part: null,
    reach: Infinity,
  };
}

function charactersOf(text: string): PatternSource {
  const codes: number[] = [];
  const places: number[] = [];
  let at = 0;
  for (const char of plainText(text)) {
    codes.push(char.codePointAt(0)!);
    places.push(at);
    at += char.length;
  }
  return { codes, places, length: text.length, largest: 0x10ffff };
}

function bytesOf(text: string): PatternSource {
  const codes: number[] = [];
  const places: number[] = [];
  let at = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    const bytes = code >= BYTE_ESCAPE && code <= 0xdcff ? [code - BYTE_ESCAPE] : textBytes(char);
    for (const byte of bytes) {
      codes.push(byte);
      places.push(at);
    }
    at += char.length;
  }
  return { codes, places, length: text.length, largest: 255 };
}

/** Bytes as text, one character a byte. */
export function bytesAsLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

// -------------------------------------------------------------------- choice of the engine

/** Steps a backtracking engine may take for each character of the subject. */
const STEP_LIMIT = 2000;

function engineFor(node: PatternNode, unicode: boolean, text: string): Pattern {
  const flags = unicode ? "u" : "";
  const { segments, exact } = segmentsOf(node);
  const telling = tellingOf(node);
  const part = telling === null ? null : new RegExp(spell(telling, JAVASCRIPT), `g${flags}`);
  const reach = reachOf(node);
  if (isSafe(node)) {
    const expression = new RegExp(spell(node, JAVASCRIPT), flags);
    return { matches: (subject) => expression.test(subject), part, reach };
  }
  const steps = segments.map((each) => ({
    expression: new RegExp(spell(each, JAVASCRIPT), `g${flags}`),
    length: leastLength(each),
  }));
  const inOrder = (subject: string): boolean => {
    let from = 0;
    for (const { expression, length } of steps) {
      expression.lastIndex = from;
      const found = expression.exec(subject);
      if (found === null) return false;
      from = found.index + length;
    }
    return true;
  };
  if (exact) return { matches: inOrder, part, reach };
  const automaton = automatonOf(node, text);
  return { matches: (subject) => inOrder(subject) && automaton.test(subject), part, reach };
}

function automatonOf(node: PatternNode, text: string): RE2JS {
  const odd = findOddEnd(node);
  if (odd) {
    throw new PatternError(
      '"$" must stand at the end where a pattern is as complicated as this',
      0,
      text.length,
    );
  }
  try {
    return RE2JS.compile(spell(node, RE2));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PatternError(
      /repeat|large/i.test(reason)
        ? "its counted repetitions within each other are too many"
        : `it is too complicated (${reason})`,
      0,
      text.length,
    );
  }
}

const EMPTY: PatternNode = { kind: "sequence", parts: [] };

/**
 * Without what makes no difference to whether there is a match: repetitions at either end need no more than their
 * least, as a match may begin and end anywhere.
 */
function trimmed(node: PatternNode): PatternNode {
  return edgeTrimmed(edgeTrimmed(flat(node), false), true);
}

/** Sequences in sequences made one. */
function flat(node: PatternNode): PatternNode {
  if (node.kind === "repeat") return { ...node, body: flat(node.body) };
  if (node.kind === "choice") return { ...node, parts: node.parts.map(flat) };
  if (node.kind !== "sequence") return node;
  const parts = node.parts.map(flat).flatMap((part) => (part.kind === "sequence" ? part.parts : [part]));
  return parts.length === 1 ? parts[0] : { kind: "sequence", parts };
}

function edgeTrimmed(node: PatternNode, first: boolean): PatternNode {
  switch (node.kind) {
    case "choice":
      return { ...node, parts: node.parts.map((part) => edgeTrimmed(part, first)) };
    case "repeat": {
      const { least, body } = node;
      if (least === 0) return EMPTY;
      if (least === 1) return edgeTrimmed(body, first);
      return { ...node, most: least };
    }
    case "sequence": {
      const parts = [...node.parts];
      while (parts.length > 0) {
        const edge = first ? parts.shift()! : parts.pop()!;
        const rest = edgeTrimmed(edge, first);
        if (rest === EMPTY) continue;
        if (first) parts.unshift(rest);
        else parts.push(rest);
        return flat({ kind: "sequence", parts });
      }
      return EMPTY;
    }
    default:
      return node;
  }
}

// -------------------------------------------------------------------- what backtracking costs

/** In how many ways a node can match at one place, at most; Infinity without a bound. */
function waysOf(node: PatternNode): number {
  switch (node.kind) {
    case "set":
    case "place":
      return 1;
    case "sequence":
      return node.parts.reduce((ways, part) => ways * waysOf(part), 1);
    case "choice":
      return node.parts.reduce((ways, part) => ways + waysOf(part), 0);
    case "repeat": {
      if (node.most === Infinity) return Infinity;
      const once = waysOf(node.body);
      let ways = 0;
      for (let times = node.least; times <= node.most && ways <= STEP_LIMIT; times++) ways += once ** times;
      return ways;
    }
  }
}

function leastLength(node: PatternNode): number {
  switch (node.kind) {
    case "set":
      return 1;
    case "place":
      return 0;
    case "sequence":
      return node.parts.reduce((length, part) => length + leastLength(part), 0);
    case "choice":
      return Math.min(...node.parts.map(leastLength));
    case "repeat":
      return node.least * leastLength(node.body);
  }
}

function mostLength(node: PatternNode): number {
  switch (node.kind) {
    case "set":
      return 1;
    case "place":
      return 0;
    case "sequence":
      return node.parts.reduce((length, part) => length + mostLength(part), 0);
    case "choice":
      return Math.max(...node.parts.map(mostLength));
    case "repeat": {
      const length = mostLength(node.body);
      return length === 0 ? 0 : node.most * length;
    }
  }
}

/**
 * True when a backtracking engine takes few steps for each character of any subject.
 *
 * Parts without bound must be repetitions of one set of characters in the pattern's outermost sequence. What
 * follows such a one must not be able to begin inside it, so that giving characters back fails at once; and no
 * match may begin inside it, so that no stretch is walked from many beginnings. At the start of the subject there
 * is one beginning only, and one repetition may be walked back through.
 */
function isSafe(node: PatternNode): boolean {
  const parts = node.kind === "sequence" ? node.parts : [node];
  const anchored = isPlace(parts[0], "start");
  const begin = anchored ? [] : firstOf(parts, 0);
  let ways = 1;
  let length = 1;
  let walked = 0;
  for (const [i, part] of parts.entries()) {
    if (part.kind === "repeat" && part.most === Infinity) {
      // Behind one that is walked back through, this one would be walked from each of its ends.
      if (part.body.kind !== "set" || walked > 0) return false;
      const { set } = part.body;
      if (!anchored && (begin === null || meet(begin, set))) return false;
      const next = parts[i + 1];
      const follow = next !== undefined && isEnd(next) ? [] : firstOf(parts, i + 1);
      if (follow === null || meet(follow, set)) walked++;
      continue;
    }
    ways *= waysOf(part);
    length += mostLength(part);
  }
  return ways * length <= STEP_LIMIT && walked <= (anchored ? 1 : 0);
}

function isPlace(node: PatternNode | undefined, place: string): boolean {
  return node?.kind === "place" && node.place === place;
}

function isEnd(node: PatternNode): boolean {
  return isPlace(node, "end") || isPlace(node, "last-line-end");
}

/** The characters that what stands at `parts[from]` and behind can begin with; null when it can be empty. */
function firstOf(parts: readonly PatternNode[], from: number): CodeSet | null {
  const all: number[] = [];
  for (let i = from; i < parts.length; i++) {
    const { set, empty } = beginOf(parts[i]);
    all.push(...set);
    if (!empty) return all;
  }
  return null;
}

function beginOf(node: PatternNode): { set: CodeSet; empty: boolean } {
  switch (node.kind) {
    case "set":
      return { set: node.set, empty: false };
    case "place":
      return { set: [], empty: true };
    case "repeat": {
      const { set, empty } = beginOf(node.body);
      return { set, empty: empty || node.least === 0 };
    }
    case "choice": {
      const each = node.parts.map(beginOf);
      return { set: each.flatMap(({ set }) => set), empty: each.some(({ empty }) => empty) };
    }
    case "sequence": {
      const set: number[] = [];
      for (const part of node.parts) {
        const begin = beginOf(part);
        set.push(...begin.set);
        if (!begin.empty) return { set, empty: false };
      }
      return { set, empty: true };
    }
  }
}

/** True when two lists of ranges have a character in common. */
function meet(a: CodeSet, b: CodeSet): boolean {
  for (let i = 0; i < a.length; i += 2) {
    for (let j = 0; j < b.length; j += 2) if (a[i] <= b[j + 1] && b[j] <= a[i + 1]) return true;
  }
  return false;
}

/**
 * The parts of bounded length that every match holds one behind the other.
 * @returns `exact` when a subject that holds them so does match: they have a length each, and anything may stand
 *   between them
 */
function segmentsOf(node: PatternNode): { segments: PatternNode[]; exact: boolean } {
  const segments: PatternNode[] = [];
  let exact = true;
  let run: PatternNode[] = [];
  const close = (): void => {
    const segment: PatternNode = { kind: "sequence", parts: run };
    if (run.length > 0) segments.push(segment);
    if (leastLength(segment) !== mostLength(segment)) exact = false;
    run = [];
  };
  const small = (parts: PatternNode[]): boolean => {
    const all: PatternNode = { kind: "sequence", parts };
    return waysOf(all) * (mostLength(all) + 1) <= STEP_LIMIT;
  };
  for (const part of node.kind === "sequence" ? node.parts : [node]) {
    const gap = part.kind === "repeat" && part.least === 0 && part.most === Infinity && isAnything(part.body);
    if (!gap && leastLength(part) > 0 && !holdsPlace(part) && small([part])) {
      if (!small([...run, part])) {
        close();
        exact = false;
      }
      run.push(part);
      continue;
    }
    close();
    if (!gap) exact = false;
  }
  close();
  return { segments, exact };
}

/** Sets of more characters than this are found nearly anywhere. */
const NARROW = 16;

/** The longest run of parts of few characters each that every match holds; null for none of two or more. */
function tellingOf(node: PatternNode): PatternNode | null {
  let best: PatternNode | null = null;
  let run: PatternNode[] = [];
  for (const part of node.kind === "sequence" ? node.parts : [node]) {
    const all: PatternNode = { kind: "sequence", parts: [...run, part] };
    if (isNarrow(part) && waysOf(all) * (mostLength(all) + 1) <= STEP_LIMIT) {
      run.push(part);
      if (leastLength(all) > (best === null ? 1 : leastLength(best))) best = all;
    } else run = [];
  }
  return best;
}

function isNarrow(node: PatternNode): boolean {
  switch (node.kind) {
    case "set": {
      let codes = 0;
      for (let i = 0; i < node.set.length; i += 2) codes += node.set[i + 1] - node.set[i] + 1;
      return codes <= NARROW;
    }
    case "place":
      return false;
    case "repeat":
      return node.least > 0 && node.most !== Infinity && isNarrow(node.body);
    default:
      return node.parts.length > 0 && node.parts.every(isNarrow);
  }
}

/** For a pattern of bounded length that begins at the subject's beginning and does not ask where it ends. */
function reachOf(node: PatternNode): number {
  const parts = node.kind === "sequence" ? node.parts : [node];
  if (!isPlace(parts[0], "start") || parts.slice(1).some(holdsPlace)) return Infinity;
  return mostLength(node);
}

function isAnything(node: PatternNode): boolean {
  return node.kind === "set" && node.set.length === 2 && node.set[0] === 0 && node.set[1] >= 255;
}

function holdsPlace(node: PatternNode): boolean {
  if (node.kind === "place") return true;
  if (node.kind === "repeat") return holdsPlace(node.body);
  return node.kind !== "set" && node.parts.some(holdsPlace);
}

/** True when something that cannot be empty follows a `$`: RE2 has no way to look at a last line's end. */
function findOddEnd(node: PatternNode): boolean {
  if (node.kind === "repeat") return findOddEnd(node.body);
  if (node.kind === "choice") return node.parts.some(findOddEnd);
  if (node.kind !== "sequence") return false;
  const at = node.parts.findIndex((part) => isPlace(part, "last-line-end"));
  if (at !== -1 && node.parts.slice(at).some((part) => leastLength(part) > 0)) return true;
  return node.parts.some(findOddEnd);
}

// -------------------------------------------------------------------- spelling

interface Spelling {
  readonly places: Readonly<Record<string, string>>;
  readonly code: (code: number) => string;
  readonly anything: string;
  readonly nothing: string;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

const JAVASCRIPT: Spelling = {
  places: {
    start: "^",
    end: "$",
    "last-line-end": "(?=\\n?$)",
    // Behind the last newline of a subject no line begins.
    "line-start": "(?:^|(?<=\\n)(?!$))",
    "line-end": "(?=\\n|$)",
    "word-edge": "\\b",
    "no-word-edge": "\\B",
  },
  code: (code) =>
    code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`,
  anything: "[^]",
  nothing: "[]",
};

const RE2: Spelling = {
  places: {
    start: "\\A",
    end: "\\z",
    "last-line-end": "\\n?\\z",
    "line-start": "(?m:^)",
    "line-end": "(?m:$)",
    "word-edge": "\\b",
    "no-word-edge": "\\B",
  },
  code: (code) => `\\x{${hex(code, 1)}}`,
  anything: "(?s:.)",
  nothing: "[^\\x{0}-\\x{10ffff}]",
};

function spell(node: PatternNode, spelling: Spelling): string {
  switch (node.kind) {
    case "set":
      return spellSet(node.set, spelling);
    case "place":
      return spelling.places[node.place];
    case "sequence":
      return node.parts
        .map((part) => (part.kind === "choice" ? `(?:${spell(part, spelling)})` : spell(part, spelling)))
        .join("");
    case "choice":
      return node.parts.map((part) => spell(part, spelling)).join("|");
    case "repeat": {
      const { body, least, most } = node;
      const inner = spell(body, spelling);
      const atom = body.kind === "set" ? inner : `(?:${inner})`;
      if (most === Infinity) return `${atom}${least < 2 ? "*+"[least] : `{${least},}`}`;
      return least === 0 && most === 1 ? `${atom}?` : `${atom}{${least},${most}}`;
    }
  }
}

function spellSet(set: CodeSet, { code, anything, nothing }: Spelling): string {
  if (set.length === 0) return nothing;
  if (set.length === 2) {
    if (set[0] === set[1]) return code(set[0]);
    if (set[0] === 0 && set[1] >= 255) return anything;
  }
  let ranges = "";
  for (let i = 0; i < set.length; i += 2) {
    ranges += set[i] === set[i + 1] ? code(set[i]) : `${code(set[i])}-${code(set[i + 1])}`;
  }
  return `[${ranges}]`;
}
