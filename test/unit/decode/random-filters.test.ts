import { join } from "node:path";
import { expect, test } from "vitest";
import { capturesIn, comparePlanned, OWN_CAPTURES, type PlannedCount } from "../../conformance/planned.ts";

/** As many as a run of the tests has time for; `npm run conformance:planned` takes as long as it is told. */
const ROUNDS = 25;

test("random filters find the same frames planned and by a plain walk", async () => {
  const count: PlannedCount = { filters: 0, telling: 0, differences: [] };
  const stop = performance.now() + 6000;
  // Every fourth capture; those at the end of the list only where there is time.
  const paths = capturesIn(OWN_CAPTURES).filter((_, i) => i % 4 === 0);
  for (const [i, path] of paths.entries()) {
    await comparePlanned(path, ROUNDS, 100 + i, count);
    if (performance.now() > stop) break;
  }
  await comparePlanned(join(OWN_CAPTURES, "tcp-snapped.pcap"), 60, 3, count);
  expect(count.differences).toEqual([]);
  expect(count.telling).toBeGreaterThan(count.filters / 10);
}, 60_000);
