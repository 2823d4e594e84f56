import { expect, test } from "vitest";
import { capturesAt } from "./choose.ts";
import { compareOrders } from "./orders.ts";

const ALL = { places: [], maxBytes: Number.POSITIVE_INFINITY, match: "", values: {} };

test("the project's own captures look the same in any order", () => {
  let frames = 0;
  const lines: string[] = [];
  for (const path of capturesAt("test/captures", ALL)) {
    const found = compareOrders(path);
    frames += found.frames;
    lines.push(...found.lines);
  }
  expect(lines).toEqual([]);
  expect(frames).toBeGreaterThan(3000);
}, 120_000);
