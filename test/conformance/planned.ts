/**
 * `npm run conformance:planned [-- FILE|DIR …] [--seconds N] [--seed N]`
 *
 * Applies random display filters to captures twice, as the application plans them and by a plain walk that dissects
 * every frame, and prints each filter that does not find the same frames. Without files, the project's own captures
 * are taken. Ends with 1 when some filter differs.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Filtering } from "../../engine/decode/filter-run.ts";
import { Indexer } from "../../engine/decode/indexer.ts";
import { Viewer } from "../../engine/decode/viewer.ts";
import { type CompiledFilter, compileFilter } from "../../engine/filter/compile.ts";
import { FilterError } from "../../engine/filter/error.ts";
import { openCaptureSync } from "../../engine/formats/open.ts";
import { random } from "../tools/random.ts";
import { fieldsOf, looksAhead, plainly, randomFilter } from "./random-filters.ts";

export interface PlannedDifference {
  readonly path: string;
  readonly filter: string;
  readonly planned: readonly number[];
  readonly plain: readonly number[];
}

export interface PlannedCount {
  filters: number;
  /** Those that find some frames and not all. */
  telling: number;
  readonly differences: PlannedDifference[];
}

/** The captures the project has recorded. */
export const OWN_CAPTURES = join(import.meta.dirname, "../captures");

export function capturesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => join(path, name));
}

/** Compares `rounds` random filters over a capture. */
export async function comparePlanned(
  path: string,
  rounds: number,
  seed: number,
  count: PlannedCount,
): Promise<void> {
  const next = random(seed);
  const found = await fieldsOf(path);
  if (found.length === 0) return;
  const filters: CompiledFilter[] = [];
  for (let round = 0; round < rounds; round++) {
    try {
      const filter = compileFilter(randomFilter(found, next, Math.floor(next() * 3)));
      // What was displayed before is another question for every filter.
      if (!/time_delta_displayed/.test(filter.text)) filters.push(filter);
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
    }
  }
  const [once, twice] = [await plainly(path, filters, false), await plainly(path, filters, true)];
  const indexer = new Indexer(openCaptureSync(path));
  while (indexer.run(1000));
  const filtering = new Filtering(indexer, new Viewer(indexer));
  for (const [i, filter] of filters.entries()) {
    const run = filtering.run(filter);
    while (run.run(1000));
    const planned = Array.from({ length: run.matches.length }, (_, row) => run.matches.at(row));
    const plain = (looksAhead(filter) ? twice : once)[i];
    count.filters++;
    if (plain.length > 0 && plain.length < indexer.index.count) count.telling++;
    if (planned.join() !== plain.join())
      count.differences.push({ path, filter: filter.text, planned, plain });
  }
  filtering.close();
}

function without(frames: readonly number[], others: readonly number[]): string {
  const there = new Set(others);
  const left = frames.filter((frame) => !there.has(frame));
  return left.length === 0 ? "none" : `${left.slice(0, 10)}${left.length > 10 ? " …" : ""}`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: "string", default: "30" }, seed: { type: "string", default: "1" } },
  });
  const paths = (positionals.length > 0 ? positionals : [OWN_CAPTURES]).flatMap(capturesIn);
  const stop = performance.now() + Number(values.seconds) * 1000;
  const count: PlannedCount = { filters: 0, telling: 0, differences: [] };
  for (let seed = Number(values.seed); performance.now() < stop; seed++) {
    for (const path of paths) {
      if (performance.now() >= stop) break;
      const before = count.differences.length;
      await comparePlanned(path, 60, seed, count);
      for (const { filter, planned, plain } of count.differences.slice(before)) {
        console.log(
          `${path} (seed ${seed}): ${filter}\n  planned only ${without(planned, plain)}; plainly only ${without(plain, planned)}`,
        );
      }
    }
  }
  console.log(`${count.filters} filters, ${count.telling} telling, ${count.differences.length} differ`);
  if (count.differences.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
