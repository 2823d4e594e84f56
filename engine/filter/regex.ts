/** The patterns of `matches`: Perl-compatible regular expressions, run by JavaScript's engine. */

import { plainText, textBytes } from "./literals.ts";

export type Pattern = (subject: string) => boolean;

/** What a pattern may be at most, and how much of a subject it is shown. */
export const PATTERN_LIMIT = 1000;
export const SUBJECT_LIMIT = 65_536;

const POSIX: Readonly<Record<string, string>> = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: " \\t",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\s",
  upper: "A-Z",
  word: "\\w",
  xdigit: "0-9A-Fa-f",
};

/**
 * Makes a pattern ready; capitals do not count unless it begins with `(?-i)`.
 * @param text the regular expression
 * @param binary true when it is run over bytes, given as text of one character a byte
 * @returns the pattern, or what is wrong with it
 */
export function compilePattern(text: string, binary: boolean): Pattern | string {
  if (text.length > PATTERN_LIMIT) return `it is longer than ${PATTERN_LIMIT} characters`;
  if (hasNestedRepeat(text)) {
    return "a repeated group that ends in a repetition of the same, as in (a+)+, can take for ever";
  }
  let flags = "i";
  let source = text;
  for (;;) {
    const option = /^\(\?([ims]*)(?:-([ims]*))?\)/.exec(source);
    if (!option) break;
    for (const flag of option[1]) if (!flags.includes(flag)) flags += flag;
    for (const flag of option[2] ?? "") flags = flags.replace(flag, "");
    source = source.slice(option[0].length);
  }
  const spelled = binary ? Buffer.from(textBytes(source)).toString("latin1") : plainText(source);
  const translated = translate(spelled);
  try {
    const pattern = new RegExp(translated, flags);
    return (subject) =>
      pattern.test(subject.length > SUBJECT_LIMIT ? subject.slice(0, SUBJECT_LIMIT) : subject);
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: \/.*\/[a-z]*: /s, "").toLowerCase();
  }
}

/** Spellings that Perl has and JavaScript has not. */
function translate(source: string): string {
  return source.replace(
    /\\Q([\s\S]*?)(?:\\E|$)|\\x\{([0-9A-Fa-f]+)\}|\\([AZzhReGK]|[\s\S])|\[:(\^?)([a-z]+):\]/g,
    (all, quoted: string | undefined, hex: string | undefined, letter: string | undefined, not, name) => {
      if (quoted !== undefined) return quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
      if (hex !== undefined) {
        const code = Number.parseInt(hex, 16);
        return code > 0xffff ? all : `\\u${code.toString(16).padStart(4, "0")}`;
      }
      switch (letter) {
        case "A":
          return "(?<![\\s\\S])";
        case "z":
          return "(?![\\s\\S])";
        case "Z":
          return "(?=\\n?(?![\\s\\S]))";
        case "h":
          return "[ \\t]";
        case "R":
          return "(?:\\r\\n|[\\n\\r\\v\\f])";
        case "e":
          return "\\x1b";
        case "a":
          return "\\x07";
        default:
          return name !== undefined && not === "" ? (POSIX[name] ?? all) : all;
      }
    },
  );
}

/** True for a group repeated without bound whose last part is itself repeated without bound and alone. */
function hasNestedRepeat(text: string): boolean {
  return /\((?:\?:)?(?:\\?[^()\\]|\\.|\[[^\]]*\])[+*]\)(?:[+*]|\{\d*,\d*\})/.test(text);
}

/** Bytes as text, one character a byte. */
export function bytesAsLatin1(bytes: Uint8Array): string {
  const length = Math.min(bytes.length, SUBJECT_LIMIT);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("latin1");
}
