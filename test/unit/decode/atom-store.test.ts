import { expect, test } from "vitest";
import { AtomStore, LIMIT } from "../../../engine/decode/atom-store.ts";

const FRAMES = 10_000_000;

test("answers are kept within the limit, those used last", () => {
  const store = new AtomStore();
  for (let i = 0; i < 60; i++) {
    const answers = store.get(`test ${i}`);
    answers.known.set(FRAMES);
    answers.truth.set(FRAMES);
    // One that is asked for again and again stays.
    store.get("test 0");
    store.trim();
    expect(store.bytes).toBeLessThanOrEqual(LIMIT);
  }
  expect(store.bytes).toBeGreaterThan(LIMIT / 2);
  expect(store.get("test 0").known.get(FRAMES)).toBe(true);
  expect(store.get("test 59").known.get(FRAMES)).toBe(true);
  expect(store.get("test 1").known.get(FRAMES)).toBe(false);
});
