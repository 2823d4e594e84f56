import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { PatternError } from "../../../engine/filter/pattern-syntax.ts";
import { compilePattern } from "../../../engine/filter/regex.ts";

const latin = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
const inText = (pattern: string, subject: string): boolean =>
  compilePattern(pattern, { binary: false }).matches(subject);
const inBytes = (pattern: string, subject: string): boolean =>
  compilePattern(pattern, { binary: true }).matches(subject);

/** The payload asked about, and what tshark answers for `data matches r"…"`. */
const PAYLOAD = "abc\xc3\xa9\xe9\x0b\x00xyz\n";
const ANSWERS: readonly (readonly [pattern: string, found: boolean])[] = [
  ["xyz$", true],
  ["xyz\\z", false],
  ["xyz\\Z", true],
  ["xyz\n$", true],
  ["c..\\xe9", true],
  ["c.\\xe9", false],
  ["cé", true],
  ["cÉ", false],
  ["\\x{e9}\\s", true],
  ["\\xe9\\v", true],
  ["\\xe9\\h", false],
  ["\\w\\w\\wx", false],
  ["\\W\\W\\W\\W\\W", true],
  ["[[:alpha:]]{3}\\xc3", true],
  ["[\\w-]{3}", true],
  ["(?i:ABC)", true],
  ["(?x) a b c # comment", true],
  ["a(?#hello)bc", true],
  ["\\Qabc\\E", true],
  ["\\N\\N", true],
  ["\\R", true],
  ["\\p{L}", true],
  ["\\C", true],
  ["\\o{141}bc", true],
  ["\\141bc", true],
  ["\\cA", false],
  ["(?P<n>a)b", true],
  ["(?<n>a)b", true],
  ["(?'n'a)b", true],
  ["(?|a|b)c", true],
  ["a{,2}b", false],
  ["a{1", false],
  ["]", false],
  ["[]a]bc", true],
  ["[^]a]", true],
  ["()", true],
  ["", true],
  ["\\Ba", false],
  ["\\G", true],
  ["a\\Kb", true],
  ["\\e", false],
  ["\\_", false],
  ["(?s)y.*\\z", true],
  ["z.\\z", false],
  ["z\\s\\z", true],
  ["(?m)xyz$", true],
  ["(?i-s)abc", true],
  ["(?^)ABC", false],
  ["(?U)a+", true],
  ["(?J)a", true],
  ["(?-i)ABC", false],
  ["a(?-i)BC", false],
  ["(a(?-i)B|C)", false],
  ["\\d{0}abc", true],
  ["abc\\x00", false],
  ["xyz|", true],
];

describe("patterns over bytes", () => {
  it.each(ANSWERS)("%s", (pattern, found) => {
    expect(inBytes(pattern, PAYLOAD)).toBe(found);
  });

  it("see all of a long subject", () => {
    expect(inBytes("^.*end$", `${"x".repeat(300_000)}end`)).toBe(true);
    expect(inBytes("a.*b.*end", `a${"x".repeat(300_000)}bend`)).toBe(true);
    expect(inBytes("(?s)a.*b.*end", `a${"\n".repeat(300_000)}bend`)).toBe(true);
  });
});

describe("patterns over text", () => {
  it.each([
    ["grün", "GRÜN", true],
    ["^.$", "é", true],
    ["^.$", "😀", true],
    ["[^a]😀", "b😀", true],
    ["[α-ω]+", "ΑΒΓ", true],
    ["\\p{Greek}{3}", "αβγ", true],
    ["\\P{Greek}", "αβγ", false],
    ["\\x{1f600}", "😀", true],
    // Single bytes above 0x7f are those of the text's UTF-8.
    ["\\xc3\\xa9", "é", true],
    ["\udcc3\udca9", "é", true],
    ["caf.\\xa9", "café", true],
    // One newline at the end does not count.
    ["a$", "a\n", true],
    ["a$", "a\n\n", false],
    ["(?m)^b$", "a\nb\nc", true],
    ["^b", "a\nb", false],
    ["a.c", "a\rc", true],
    ["a.c", "a\nc", false],
    ["\\bfoo\\b", "a foo b", true],
    ["\\bfoo\\b", "afoo", false],
    ["(?-i)Foo", "foo", false],
  ])("%s finds in %j: %j", (pattern, subject, found) => {
    expect(inText(pattern, subject)).toBe(found);
  });

  it("counts capitals when it is told to", () => {
    expect(compilePattern("abc", { binary: false, caseSensitive: true }).matches("ABC")).toBe(false);
    expect(compilePattern("(?i)abc", { binary: false, caseSensitive: true }).matches("ABC")).toBe(true);
  });
});

const REFUSED: readonly (readonly [pattern: string, place: string, says: RegExp])[] = [
  ["a(?=b)", " ^^^", /^lookahead, "\(\?="/],
  ["a(?!b)", " ^^^", /negative lookahead/],
  ["(?<=a)b", "^^^^", /lookbehind/],
  ["(?<!a)b", "^^^^", /negative lookbehind/],
  ["(a)\\1", "   ^^", /backreference/],
  ["(?<n>a)\\k<n>", "       ^^", /backreference/],
  ["(?P<n>a)(?P=n)", "        ^^^^", /backreference/],
  ["a++b", " ^^", /possessive/],
  ["a{2,3}+b", " ^^^^^^", /possessive/],
  ["(?>a)", "^^^", /atomic/],
  ["a(?R)?", " ^^^", /recursion/],
  ["(?(1)a)", "^^^", /conditional/],
  ["(*UTF8)a", "^^", /verb/],
  ["a(b", " ^", /not closed/],
  ["ab)", "  ^", /closes no bracket/],
  ["a[b", " ^", /not closed/],
  ["[a-\\d]", " ^^^^", /ends no range/],
  ["[z-a]", " ^^^", /ends before/],
  ["[[:foo:]]", " ^^^^^^^", /no class/],
  ["[[.a.]]", " ^^^^^", /no class/],
  ["a{2,1}", " ^^^^^", /out of order/],
  ["a{2000}", " ^^^^^^", /1000 repetitions/],
  ["a**", "  ^", /nothing/],
  ["*a", "^", /nothing/],
  ["é\\y", " ^^", /no meaning/],
  ["\\X", "^^", /"\."/],
  ["\\p{Foo}", "^^^^^^^", /no property/],
  ["a\\", " ^", /backslash/],
  ["a(?#b", " ^^^^", /comment/],
];

describe("patterns that are refused", () => {
  it.each(REFUSED)("%s", (pattern, place, says) => {
    for (const binary of [false, true]) {
      try {
        compilePattern(pattern, { binary });
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        expect(error.message).toMatch(says);
        expect(error.start).toBe(place.length - place.trimStart().length);
        expect(error.end).toBe(place.length);
        continue;
      }
      throw new Error("not refused");
    }
  });

  it("are those too long, nested too deep, repeated too often", () => {
    for (const pattern of [
      "a".repeat(1001),
      `${"(".repeat(200)}${")".repeat(200)}`,
      "((a{100}b*){100}c*){100}d",
    ]) {
      expect(() => compilePattern(pattern, { binary: false })).toThrow(PatternError);
    }
    expect(() => compilePattern("^a.*.*$\\n", { binary: false })).toThrow(/"\$" must stand at the end/);
    expect(() => compilePattern("\\x{110000}", { binary: false })).toThrow(/no character/);
    expect(() => compilePattern("\\x{100}", { binary: true })).toThrow(/no byte/);
  });
});

describe("time", () => {
  it("grows with the subject, not with the pattern's choices", () => {
    const started = performance.now();
    const many = "a".repeat(50_000);
    for (const pattern of [
      "(a+)+b",
      "(a|aa)+b",
      "(a|a)*b",
      "(a*)*b",
      "a*a*a*a*a*a*b",
      "^a*a*a*a*b",
      "(?:a?){30}a{30}b",
      "a.*a.*a.*a.*b",
      "(.*)(.*)(.*)(.*)b",
      "\\s*a\\s*.*b",
      "^a.*a*b$",
      "^[ab]*a[^b]*b\\z",
      "([a-z]+)*[0-9]",
      "x?.*(a|b|ab)*c",
    ]) {
      expect(inBytes(pattern, many), pattern).toBe(false);
      expect(inText(pattern, many), pattern).toBe(false);
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("random patterns", () => {
  it("find what RE2 finds, whichever engine runs them", () => {
    let state = 5;
    const next = (n: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % n;
    };
    const pick = <T>(list: readonly T[]): T => list[next(list.length)];
    const make = (depth: number): string => {
      if (depth === 0) return pick(["a", "b", "c", ".", "[ab]", "[^a]", "\\d", "(?s:.)", "ab", "bc"]);
      switch (next(6)) {
        case 0:
          return `(${make(depth - 1)}|${make(depth - 1)})`;
        case 1:
          return `(?:${make(depth - 1)})${pick(["*", "+", "?", "{2}", "{1,2}", "{0,}"])}`;
        case 2:
          return `${pick(["a", "[ab]", ".", "(?s:.)"])}${pick(["*", "+", "?"])}`;
        default:
          return `${make(depth - 1)}${make(depth - 1)}`;
      }
    };
    let found = 0;
    let asked = 0;
    for (let round = 0; round < 1500; round++) {
      const pattern = pick(["", "", "^", "\\b"]) + make(1 + next(3)) + pick(["", "", "\\z"]);
      const mine = compilePattern(pattern, { binary: false });
      const reference = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
      for (let n = 0; n < 6; n++) {
        const subject = Array.from({ length: next(12) }, () =>
          pick(["a", "b", "B", "c", "1", "\n", " "]),
        ).join("");
        const expected = reference.test(subject);
        asked++;
        if (expected) found++;
        expect(mine.matches(subject), `${pattern} over ${JSON.stringify(subject)}`).toBe(expected);
        // What every match holds must be there.
        if (expected && mine.part !== null) {
          mine.part.lastIndex = 0;
          expect(mine.part.test(subject), pattern).toBe(true);
        }
      }
    }
    expect(found).toBeGreaterThan(asked / 10);
    expect(found).toBeLessThan((asked * 9) / 10);
  });
});

it("text as bytes is one character a byte", () => {
  expect(latin("é")).toBe("\xc3\xa9");
});
