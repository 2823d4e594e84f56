/**
 * `npm run crash [-- --times N] [--seed N] [--only app|helper|disk|interface]`
 *
 * Kills the app, kills the helper, fills the disk and unplugs the interface, N times each (default 50) at random
 * moments, and prints whether every packet was there afterwards that had been reported before, and whether packets are
 * missing in between that were neither left unsent nor counted as dropped. Ends with 1 when not.
 */
import { parseArgs } from "node:util";
import {
  CRASH_TITLES,
  CRASHES,
  type Crash,
  type CrashResult,
  crash,
  NOTHING_MISSING,
  noCrash,
} from "./crash.ts";
import { randomDelays } from "./delays.ts";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string" },
  },
});
const times = Number(values.times);
const seed = Number(values.seed);
const chosen = CRASHES.filter((kind) => values.only === undefined || values.only === kind);
if (!Number.isInteger(times) || times < 1 || !Number.isInteger(seed) || chosen.length === 0) {
  console.error("crash: --times and --seed take a number, --only one of app, helper, disk, interface.");
  process.exit(2);
}
if (noCrash !== null) {
  console.error(`crash: not possible here: ${noCrash}.`);
  process.exit(2);
}

async function attempt(kind: Crash, delay: number): Promise<CrashResult> {
  try {
    return await crash(kind, delay);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { reported: 0, found: 0, missing: NOTHING_MISSING, problem };
  }
}

/** Wipes the line of progress. */
const clear = process.stderr.isTTY ? "\r\u001b[K" : "";
const count = (value: number): string => value.toLocaleString("en-US");
const lines = [
  [
    "crash",
    "times",
    "reported before",
    "there afterwards",
    "not sent",
    "dropped, counted",
    "missing",
    "failed",
  ],
];
let failures = 0;
for (const kind of chosen) {
  const results: CrashResult[] = [];
  for (const delay of randomDelays(times, seed)) {
    const result = await attempt(kind, delay);
    results.push(result);
    if (process.stderr.isTTY) process.stderr.write(`\r${CRASH_TITLES[kind]}: ${results.length} of ${times} `);
    if (result.problem !== "") {
      failures++;
      process.stderr.write(clear);
      console.log(`${CRASH_TITLES[kind]}, ${delay} ms: ${result.problem}`);
    }
  }
  const sum = (of: (result: CrashResult) => number): string =>
    count(results.reduce((total, result) => total + of(result), 0));
  const failed = results.filter(({ problem }) => problem !== "").length;
  lines.push([
    CRASH_TITLES[kind],
    count(times),
    sum(({ reported }) => reported),
    sum(({ found }) => found),
    sum(({ missing }) => missing.unsent),
    sum(({ missing }) => missing.byInterface + missing.byKernel),
    sum(({ missing }) => missing.unexplained),
    count(failed),
  ]);
}
process.stderr.write(clear);
const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
for (const line of lines) {
  const cells = line.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!)));
  console.log(`| ${cells.join(" | ")} |`);
}
console.log(`seed ${seed}`);
process.exit(failures > 0 ? 1 : 0);
