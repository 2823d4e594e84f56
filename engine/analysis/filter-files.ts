/**
 * The files that Wireshark keeps in its profile folder: `dfilters` and `cfilters` (saved display and capture filters),
 * `dfilter_buttons` and `dfilter_macros` (tables of quoted values), and `colorfilters`. One entry a line; `#` begins a
 * comment.
 */
import type {
  ColorRuleSetting,
  FilterButton,
  FilterFile,
  FilterFileContent,
  FilterMacro,
  FilterVerdict,
} from "../api.ts";
import { checkFilter, checkMacros } from "../filter/verdict.ts";
import { DEFAULT_RULES, shownRules } from "./coloring.ts";

/** Most entries that are taken of one file. */
const ENTRY_LIMIT = 1000;
/** Longest names and texts, as settings keep them. */
const NAME_LIMIT = 200;
const TEXT_LIMIT = 100_000;
const CAPTURE_FILTER_LIMIT = 10_000;
/** Most problems that are told of one file. */
const PROBLEM_LIMIT = 200;

/** Why a line was not understood. */
class LineError extends Error {}

type Entries<K extends FilterFile["kind"]> = Extract<FilterFile, { kind: K }>["entries"];

/**
 * Reads a file. Lines that cannot be understood are left out; filters that are wrong are taken, to be corrected. Both
 * are told with their line.
 * @param macros those that the filters may use
 */
export function readFilterFile(
  kind: FilterFile["kind"],
  text: string,
  macros: readonly FilterMacro[],
): FilterFileContent {
  switch (kind) {
    case "dfilters": {
      const { entries, told } = readLines(text, savedFilterOf);
      const problems = told(entries.map(({ expression }) => checkFilter(expression, { macros })));
      return { kind, entries, problems };
    }
    case "dfilter_buttons": {
      const { entries, told } = readLines(text, buttonOf);
      const problems = told(entries.map(({ expression }) => checkFilter(expression, { macros })));
      return { kind, entries, problems };
    }
    case "dfilter_macros": {
      const { entries, told } = readLines(text, macroOf);
      // They may use one another, and those there are.
      const names = new Set(entries.map(({ name }) => name));
      const others = macros.filter(({ name }) => !names.has(name));
      return { kind, entries, problems: told(checkMacros([...entries, ...others]).slice(0, entries.length)) };
    }
    case "colorfilters": {
      const { entries, told } = readLines(text, ruleOf);
      return { kind, entries, problems: told(shownRules(entries, macros).map(({ verdict }) => verdict)) };
    }
    case "cfilters": {
      // Whether libpcap takes them is asked where they are shown: it depends on the interface.
      const { entries, told } = readLines(text, captureFilterOf);
      return { kind, entries, problems: told([]) };
    }
  }
}

/** Writes a file that Wireshark reads. */
export function writeFilterFile(file: FilterFile): string {
  switch (file.kind) {
    case "dfilters":
    case "cfilters":
      return lines(
        file.entries.map(
          ({ name, expression }) => `"${oneLine(name).replace(/[\\"]/g, "\\$&")}" ${oneLine(expression)}`,
        ),
      );
    case "dfilter_buttons":
      return table(
        file.entries.map(({ enabled, label, expression, comment }) => [
          enabled ? "TRUE" : "FALSE",
          label,
          expression,
          comment,
        ]),
      );
    case "dfilter_macros":
      return table(file.entries.map(({ name, expression }) => [name, expression]));
    case "colorfilters":
      return lines([
        "# Colouring rules, in the order in which they are tried",
        ...file.entries.map(ruleLine),
      ]);
  }
}

// -------------------------------------------------------------------- reading

/**
 * Reads every line that holds an entry.
 * @returns the entries, and what puts their verdicts and the lines' own problems together
 */
function readLines<T>(text: string, read: (line: string) => T) {
  const entries: T[] = [];
  const places: number[] = [];
  const problems: { line: number; message: string }[] = [];
  for (const [index, whole] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = whole.trim();
    if (line === "" || line.startsWith("#")) continue;
    try {
      if (entries.length === ENTRY_LIMIT) {
        problems.push({
          line: index + 1,
          message: `Only ${ENTRY_LIMIT} entries are taken; the rest is left out.`,
        });
        break;
      }
      entries.push(read(line));
      places.push(index + 1);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      problems.push({ line: index + 1, message: error.message });
    }
  }
  const told = (verdicts: readonly FilterVerdict[]) => {
    verdicts.forEach(({ verdict, message, start }, i) => {
      if (verdict === "empty") problems.push({ line: places[i], message: "The filter is empty." });
      if (verdict === "error")
        problems.push({ line: places[i], message: `At character ${start + 1} of the text: ${message}.` });
    });
    return problems.sort((a, b) => a.line - b.line).slice(0, PROBLEM_LIMIT);
  };
  return { entries, told };
}

function savedFilterOf(line: string): Entries<"dfilters">[number] {
  const match = /^"((?:[^"\\]|\\.)*)"\s*(.*)$/.exec(line);
  if (match === null) {
    throw new LineError(
      line.startsWith('"')
        ? "The name has no closing quote."
        : 'A name in double quotes must come first: "Name" filter.',
    );
  }
  const name = match[1].replace(/\\(.)/g, "$1");
  if (match[2] === "") throw new LineError(`There is no filter behind the name "${name}".`);
  return { name: nameOf(name), expression: textOf(match[2]) };
}

function captureFilterOf(line: string): Entries<"cfilters">[number] {
  const entry = savedFilterOf(line);
  if (entry.expression.length > CAPTURE_FILTER_LIMIT)
    throw new LineError(`The filter is longer than ${CAPTURE_FILTER_LIMIT} characters.`);
  return entry;
}

function buttonOf(line: string): FilterButton {
  const values = valuesOf(line);
  // Before version 3 there were no comments.
  if (values.length !== 4 && values.length !== 3) throw counted(values, '"TRUE","label","filter","comment"');
  const [enabled, label, expression, comment = ""] = values;
  if (!/^(TRUE|FALSE)$/i.test(enabled)) {
    throw new LineError(`The first value must be "TRUE" or "FALSE", not "${enabled.slice(0, 40)}".`);
  }
  return {
    label: nameOf(label),
    expression: textOf(expression),
    comment: comment.slice(0, 1000),
    enabled: enabled.toUpperCase() === "TRUE",
  };
}

function macroOf(line: string): FilterMacro {
  // Newer files are written as saved filters are.
  if (/^"(?:[^"\\]|\\.)*"\s+[^,\s]/.test(line)) return savedFilterOf(line);
  const values = valuesOf(line);
  if (values.length !== 2) throw counted(values, '"name","text"');
  return { name: nameOf(values[0]), expression: textOf(values[1]) };
}

const RULE = /^(!?)@([^@]*)@(.*)@\[(\d+),(\d+),(\d+)\]\[(\d+),(\d+),(\d+)\]$/;

function ruleOf(line: string): ColorRuleSetting {
  const colors = line.lastIndexOf("@[");
  const match = RULE.exec(line.slice(0, colors) + line.slice(colors).replaceAll(" ", ""));
  if (match === null) {
    throw new LineError(
      /^!?@/.test(line)
        ? "The colours are missing or not understood: @name@filter@[red,green,blue][red,green,blue]."
        : "A rule begins with @, or with !@ when it is switched off.",
    );
  }
  const [, off, name, filter, ...parts] = match;
  const values = parts.map(Number);
  const large = values.find((value) => value > 65_535);
  if (large !== undefined) throw new LineError(`A colour's parts go from 0 to 65535; ${large} is too large.`);
  const light = { background: colorOf(values.slice(0, 3)), text: colorOf(values.slice(3)) };
  // Rules that both programs have keep what only Tapline knows of them.
  const own = DEFAULT_RULES.find((rule) => rule.name === name || rule.filter === filter);
  const same = own?.light.background === light.background && own.light.text === light.text;
  return {
    name: nameOf(name),
    filter: textOf(filter),
    enabled: off === "",
    light,
    dark: same ? own.dark : null,
    problem: own?.problem ?? false,
  };
}

function nameOf(name: string): string {
  if (name.trim() === "") throw new LineError("The name is empty.");
  if (name.length > NAME_LIMIT) throw new LineError(`The name is longer than ${NAME_LIMIT} characters.`);
  return name;
}

function textOf(text: string): string {
  if (text.length > TEXT_LIMIT) throw new LineError(`The filter is longer than ${TEXT_LIMIT} characters.`);
  return text;
}

const counted = (values: readonly string[], form: string): LineError =>
  new LineError(
    `There ${values.length === 1 ? "is 1 value" : `are ${values.length} values`}; write ${form}.`,
  );

/** The values of a line of a table: quoted, parted by commas, with `\xHH` for bytes that are not plain. */
function valuesOf(line: string): string[] {
  const values: string[] = [];
  let at = 0;
  for (;;) {
    const match = /^\s*"((?:[^"\\]|\\.)*)"\s*/.exec(line.slice(at));
    if (match === null) {
      throw new LineError(
        /^\s*"/.test(line.slice(at))
          ? `Value ${values.length + 1} has no closing quote.`
          : `Value ${values.length + 1} must stand in double quotes.`,
      );
    }
    values.push(unescaped(match[1]));
    at += match[0].length;
    if (at === line.length) return values;
    if (line[at] !== ",") throw new LineError(`A comma must follow value ${values.length}.`);
    at++;
  }
}

function unescaped(text: string): string {
  const parts = text.split(/(\\x[0-9A-Fa-f]{2}|\\.)/s);
  const bytes = parts.map((part, i) => {
    if (i % 2 === 0) return Buffer.from(part, "utf8");
    return part.length === 4 ? Buffer.from(part.slice(2), "hex") : Buffer.from(part.slice(1), "utf8");
  });
  return Buffer.concat(bytes).toString("utf8");
}

// -------------------------------------------------------------------- writing

const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, " ").trim();

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");

const table = (rows: readonly (readonly string[])[]): string =>
  lines(rows.map((row) => row.map((value) => `"${escaped(oneLine(value))}"`).join(",")));

function escaped(text: string): string {
  return Array.from(Buffer.from(text, "utf8"), (byte) => {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    return plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

function ruleLine({ name, filter, enabled, light }: ColorRuleSetting): string {
  // The sign that parts the values cannot stand in a name.
  const plain = oneLine(name).replaceAll("@", "_");
  return `${enabled ? "" : "!"}@${plain}@${oneLine(filter)}@${partsOf(light.background)}${partsOf(light.text)}`;
}

/** "[65535,0,0]" of "#ff0000": sixteen bits a part. */
function partsOf(color: string): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) * 257);
  return `[${parts.join(",")}]`;
}

function colorOf(parts: readonly number[]): string {
  return `#${parts.map((part) => (part >> 8).toString(16).padStart(2, "0")).join("")}`;
}
