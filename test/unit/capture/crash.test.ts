/** Three crashes of each kind; `npm run crash` does as many as are wished. */
import { describe, expect, test } from "vitest";
import { CRASH_TITLES, CRASHES, crash, judge, noCrash } from "../../crash/crash.ts";
import { randomDelays } from "../../crash/delays.ts";

describe("every packet that was reported is there after", () => {
  test.for(CRASHES)("%s", { timeout: 150_000 }, async (kind, context) => {
    if (noCrash !== null) context.skip(noCrash);
    let found = 0;
    for (const delay of [...randomDelays(2, 7), 2500]) {
      const result = await crash(kind, delay);
      expect(result.problem, `${CRASH_TITLES[kind]} after ${delay} ms`).toBe("");
      found += result.found;
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe("numbers that are missing", () => {
  const allowed = { unsent: new Set<number>(), byInterface: 0, byKernel: 0 };

  test("none, though the first is not 0", () => {
    expect(judge([7, 8, 9], allowed)).toEqual({
      missing: { unsent: 0, byInterface: 0, byKernel: 0, unexplained: 0 },
      problem: "",
    });
    expect(judge([], allowed).problem).toBe("");
  });

  test("are allowed as far as they were not sent or are counted as dropped", () => {
    const numbers = [0, 1, 4, 5, 9, 12];
    const all = { unsent: new Set([2, 3, 7, 50]), byInterface: 1, byKernel: 3 };
    expect(judge(numbers, all)).toEqual({
      missing: { unsent: 3, byInterface: 1, byKernel: 3, unexplained: 0 },
      problem: "",
    });
  });

  test("are a problem otherwise, and it is said where", () => {
    const { missing, problem } = judge([0, 1, 4, 5], { ...allowed, byKernel: 1 });
    expect(missing).toEqual({ unsent: 0, byInterface: 0, byKernel: 1, unexplained: 1 });
    expect(problem).toBe(
      "numbers are missing, of which 1 are counted as dropped: 2 to 3 (behind packet 2 of 4)",
    );
  });

  test("a packet that is there twice or too late is one too", () => {
    expect(judge([0, 1, 1], allowed).problem).toBe("packet 3 is not behind the one before it");
    expect(judge([0, 2, 1], { ...allowed, byKernel: 5 }).problem).toContain("packet 3");
  });
});
