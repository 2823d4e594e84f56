/** Three crashes of each kind; `npm run crash` does as many as are wished. */
import { describe, expect, test } from "vitest";
import { CRASH_TITLES, CRASHES, crash, noCrash } from "../../crash/crash.ts";
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
