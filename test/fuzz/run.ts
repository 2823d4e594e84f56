/**
 * `npm run fuzz [-- DIR|FILE …] [--mutants 10000] [--seed N] [--seconds S] [--only NUMBER] [--jobs N] [--as-is]`
 *
 * Damages captures in many ways and opens each as a user would: index, rows, trees, filters, order, save. Reports
 * crashes, errors that are no answer, text that shows the program's inside, mistakes of dissectors, frames on which
 * index, tree and filter disagree, memory beyond a bound, and every step that takes longer than 2 s. The same seed makes the
 * same mutants of the same captures. Those with findings are written to `test-results/fuzz`. Without places, the
 * project's own captures are taken; `--as-is` opens them undamaged. Ends with 1 when there are findings.
 */
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { capturesAt } from "../conformance/choose.ts";
import { type Finding, fuzz, keepMutant } from "./fuzz.ts";

const USAGE =
  "usage: npm run fuzz [-- DIR|FILE …] [--mutants N] [--seed N] [--seconds N] [--only NUMBER] [--jobs N] [--as-is]";
const root = join(import.meta.dirname, "../..");
const ALL = { places: [], maxBytes: Number.POSITIVE_INFINITY, match: "", values: {} };

const options = readArguments();
const { paths, seed, from, end, places } = options;
const kept = join(root, "test-results", "fuzz");
const started = performance.now();
let told = started;

const result = await fuzz({
  ...options,
  onFinding: (finding) => report(finding),
  onDone: (done) => {
    if (performance.now() - told < 10_000) return;
    told = performance.now();
    console.log(`${done} of ${end - from} after ${((told - started) / 1000).toFixed(0)} s`);
  },
});
const { ms, number } = result.slowest;
console.log(
  `${result.done} ${seed === null ? "captures" : `mutants of ${paths.length} captures, seed ${seed}`} in ` +
    `${((performance.now() - started) / 1000).toFixed(0)} s: ${result.findings.length} with findings; the slowest step took ` +
    `${Math.round(ms)} ms (number ${number}), at most ${Math.round(result.memory / 2 ** 20)} MiB were resident`,
);
process.exitCode = result.findings.length === 0 && result.done > 0 ? 0 : 1;

function report(finding: Finding): void {
  const given = places.length === 0 ? "" : `${places.join(" ")} `;
  let what = paths[finding.number]!;
  if (seed !== null) {
    const command = `npm run fuzz -- ${given}--seed ${seed} --only ${finding.number}`;
    what = `${relative(process.cwd(), keepMutant(kept, paths, seed, finding, command))}: ${command}`;
  }
  console.log([what, ...finding.lines.map((line) => `  ${line}`)].join("\n"));
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        mutants: { type: "string", default: "10000" },
        seed: { type: "string", default: "1" },
        seconds: { type: "string", default: "86400" },
        only: { type: "string" },
        jobs: { type: "string", default: String(Math.min(4, availableParallelism())) },
        "as-is": { type: "boolean", default: false },
      },
    });
    const whole = (name: string, text: string, least: number): number => {
      const value = Number(text);
      if (!Number.isSafeInteger(value) || value < least)
        throw new Error(`--${name} takes a whole number from ${least} on, not "${text}".`);
      return value;
    };
    const searched = positionals.length > 0 ? positionals : [join(root, "test/captures")];
    const found = searched
      .flatMap((place) => [...capturesAt(place, ALL)])
      .filter((path) => !/\.(gz|zst)$/.test(path));
    if (found.length === 0) throw new Error("there are no captures there.");
    const asIs = values["as-is"];
    const first = values.only === undefined ? 0 : whole("only", values.only, 0);
    const count = asIs ? found.length : whole("mutants", values.mutants, 1);
    return {
      places: positionals,
      paths: found,
      seed: asIs ? null : whole("seed", values.seed, 0),
      from: first,
      end: values.only === undefined ? count : first + 1,
      seconds: whole("seconds", values.seconds, 1),
      jobs: values.only === undefined ? whole("jobs", values.jobs, 1) : 1,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}
