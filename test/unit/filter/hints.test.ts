/** Every filter of the conformance list that is refused says where and what to do. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { FilterError } from "../../../engine/filter/error.ts";
import "../../../engine/protocols/index.ts";
import { readFilterList } from "../../conformance/filter-list.ts";

test("refusals carry a place and a hint", () => {
  let refused = 0;
  const bare: string[] = [];
  for (const { text } of readFilterList(join(import.meta.dirname, "../../conformance/filters.txt"))) {
    try {
      compileFilter(text);
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      refused++;
      expect(error.start).toBeGreaterThanOrEqual(0);
      expect(error.end).toBeGreaterThanOrEqual(error.start);
      expect(error.end).toBeLessThanOrEqual(text.length);
      // A macro that is not there has none like it to offer.
      if (error.hints.length === 0 && !text.startsWith("$")) bare.push(text);
    }
  }
  expect(bare).toEqual([]);
  expect(refused).toBeGreaterThan(250);
});
