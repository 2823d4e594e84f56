/** Random text must end in a filter or a FilterError, soon; random filters must mean what a plain evaluator says. */
import { describe, expect, it } from "vitest";
import type { Dissection } from "../../../engine/dissect/dissection.ts";
import type { Value } from "../../../engine/dissect/field.ts";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { completeFilter, describeFilter } from "../../../engine/filter/complete.ts";
import { FilterError } from "../../../engine/filter/error.ts";
import { explainFilter } from "../../../engine/filter/explain.ts";
import { checkFilter } from "../../../engine/filter/verdict.ts";
import { random } from "../../tools/random.ts";
import { dissectToy, PACKET, toyFields } from "./toy.ts";

const PIECES =
  'toy toy.u8 toy.text toy.ip toy.port toy.time frame len max upper string ( ) { } [ ] [0] [0:2] [-1:] # #1 @ $ $toy.u8 == != === !== ~= > < >= <= && || ! and or not xor any all in contains matches ~ & + - * / % , .. . : 1 53 0x 0x0f 08 1.5 1e5 10.0.0.0/8 ::1 00:11:22 "a" "x r"\\d" \'a\' "(a+" \\ é \u{1f600} \0 " "'
    .split(" ")
    .concat(["$" + "{toy.u8}", "$" + "{"]);

describe("random text", () => {
  it("gives a filter or a FilterError whose place is in the text", () => {
    const next = random(1);
    const stop = performance.now() + 5000;
    for (let round = 0; round < 20_000 && performance.now() < stop; round++) {
      let text = "";
      for (let n = 1 + Math.floor(next() * 12); n > 0; n--) {
        text += PIECES[Math.floor(next() * PIECES.length)] + (next() < 0.6 ? " " : "");
      }
      try {
        compileFilter(text);
      } catch (error) {
        if (!(error instanceof FilterError)) throw new Error(`${text}: ${error}`);
        expect(error.start).toBeGreaterThanOrEqual(0);
        expect(error.end).toBeGreaterThanOrEqual(error.start);
        expect(error.end).toBeLessThanOrEqual(text.length);
      }
      checkFilter(text);
      const at = Math.floor(next() * (text.length + 1));
      completeFilter(text, at, { history: [text], saved: [] });
      describeFilter(text, at);
    }
    expect(performance.now()).toBeLessThan(stop + 2000);
  });

  it("is done soon with very long text", () => {
    const started = performance.now();
    for (const piece of [
      "a",
      "(",
      ")",
      "-",
      "[",
      '"',
      "1..",
      "{1,",
      "toy.u8 + ",
      "toy or ",
      "!",
      "a-",
      "\\",
      "::",
      "0 ",
    ]) {
      expect(["error", "ok"]).toContain(checkFilter(piece.repeat(99_999 / piece.length)).verdict);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

// ---------------------------------------------------------------------------------------------------------------
// A second evaluator, by recursion over a tree made together with the text, on plain lists of values.

type Judge = (d: Dissection) => boolean;
interface Made {
  readonly text: string;
  readonly judge: Judge;
}

const valuesOf = (d: Dissection, name: string): Value[] =>
  d.found.filter((node) => node.field.name === name).map((node) => node.value);

function makeRandomFilter(next: () => number, depth: number): Made {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)];
  if (depth > 0 && next() < 0.7) {
    const kind = pick(["and", "or", "not", "&&", "||", "xor"]);
    const left = makeRandomFilter(next, depth - 1);
    if (kind === "not") return { text: `not (${left.text})`, judge: (d) => !left.judge(d) };
    const right = makeRandomFilter(next, depth - 1);
    const text = `(${left.text}) ${kind} (${right.text})`;
    if (kind === "xor") return { text, judge: (d) => left.judge(d) !== right.judge(d) };
    if (kind === "and" || kind === "&&") return { text, judge: (d) => left.judge(d) && right.judge(d) };
    return { text, judge: (d) => left.judge(d) || right.judge(d) };
  }
  const name = pick(["toy.u8", "toy.port", "toy.i8", "toy.u32", "toy.absent"]);
  const number = Math.floor(next() * 8) - (name === "toy.i8" ? 4 : 0);
  const form = pick([
    "exists",
    "compare",
    "quantified",
    "set",
    "arithmetic",
    "count",
    "text",
    "field",
  ] as const);
  const relations: Readonly<Record<string, (a: number, b: number) => boolean>> = {
    "==": (a, b) => a === b,
    "!=": (a, b) => a !== b,
    ">": (a, b) => a > b,
    "<": (a, b) => a < b,
    ">=": (a, b) => a >= b,
    "<=": (a, b) => a <= b,
  };
  const operator = pick(Object.keys(relations));
  const holds = relations[operator];
  const numbers = (d: Dissection, of = name): number[] => valuesOf(d, of).map(Number);
  switch (form) {
    case "exists":
      return { text: name, judge: (d) => numbers(d).length > 0 };
    case "compare":
      return {
        text: `${name} ${operator} ${number}`,
        judge: (d) => {
          const all = numbers(d);
          if (all.length === 0) return false;
          return operator === "!="
            ? all.every((value) => holds(value, number))
            : all.some((value) => holds(value, number));
        },
      };
    case "quantified": {
      const quantifier = pick(["any", "all"]);
      return {
        text: `${quantifier} ${name} ${operator} ${number}`,
        judge: (d) => {
          const all = numbers(d);
          if (all.length === 0) return false;
          return quantifier === "all"
            ? !all.some((value) => !holds(value, number))
            : all.some((value) => holds(value, number));
        },
      };
    }
    case "set": {
      const low = Math.floor(next() * 5);
      return {
        text: `${name} in {${number}, ${low}..${low + 2}}`,
        judge: (d) => numbers(d).some((value) => value === number || (value >= low && value <= low + 2)),
      };
    }
    case "arithmetic":
      return {
        text: `${name} * 2 + 1 ${operator} ${Math.abs(number)}`,
        judge: (d) => {
          const all = numbers(d).map((value) => value * 2 + 1);
          if (all.length === 0) return false;
          const right = Math.abs(number);
          return operator === "!="
            ? all.every((value) => holds(value, right))
            : all.some((value) => holds(value, right));
        },
      };
    case "count":
      return {
        text: `count(${name}) ${operator} ${Math.abs(number)}`,
        judge: (d) => numbers(d).length > 0 && holds(numbers(d).length, Math.abs(number)),
      };
    case "text": {
      const part = pick(["a", "b", "ab", "ba"]);
      return {
        text: `toy.text contains "${part}"`,
        judge: (d) => valuesOf(d, "toy.text").some((value) => String(value).indexOf(part) >= 0),
      };
    }
    case "field": {
      const other = pick(["toy.u8", "toy.port", "toy.u32"]);
      return {
        text: `${name} ${operator} ${other}`,
        judge: (d) => {
          const pairs = numbers(d).flatMap((a) => numbers(d, other).map((b) => holds(a, b)));
          if (pairs.length === 0) return false;
          return operator === "!=" ? !pairs.includes(false) : pairs.includes(true);
        },
      };
    }
  }
}

describe("random filters", () => {
  it("find what a plain evaluator finds", () => {
    const next = random(7);
    let found = 0;
    let asked = 0;
    for (let round = 0; round < 1500; round++) {
      const { text, judge } = makeRandomFilter(next, 3);
      const filter = compileFilter(text);
      for (let packet = 0; packet < 4; packet++) {
        const several = <T>(make: () => T): T[] => Array.from({ length: Math.floor(next() * 3) }, make);
        const d = dissectToy(PACKET, [
          ...several(() => [toyFields.port, Math.floor(next() * 8)] as const),
          ...several(() => [toyFields.i8, Math.floor(next() * 8) - 4] as const),
          ...several(() => [toyFields.u32, Math.floor(next() * 8)] as const),
          ...several(() => [toyFields.text, next() < 0.5 ? "ab" : "ba"] as const),
        ]);
        const expected = judge(d);
        asked++;
        if (expected) found++;
        expect(filter.evaluate(d), text).toBe(expected);
        const nodes = [...d.found];
        expect(explainFilter(filter, d).verdict, text).toBe(expected);
        expect(d.found).toEqual(nodes);
        const verdict = filter.judgeChain(d.chain.subarray(0, d.chainLength));
        if (verdict !== null) expect(verdict, text).toBe(expected);
      }
    }
    expect(found).toBeGreaterThan(asked / 10);
    expect(found).toBeLessThan((asked * 9) / 10);
  });
});
