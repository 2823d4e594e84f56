import { expect, test } from "vitest";
import { practise, warmUp } from "../../../engine/decode/warm-up.ts";

const SAMPLE = "build/samples/sample.pcapng";

test("practice ends by itself and when it is told to", async () => {
  let ended = false;
  let asked = 0;
  await practise(warmUp(SAMPLE), 1, () => {
    asked++;
    ended = asked === 3;
    return ended;
  });
  expect(ended).toBe(true);
  let steps = 0;
  for (const _ of warmUp(SAMPLE)) steps++;
  expect(steps).toBeGreaterThan(500);
});
