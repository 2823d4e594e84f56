/**
 * `npm run bench:plan [-- --packets 100k | --file PATH] [--filters LIST] [--worst N]`
 *
 * Applies every filter of a list to a generated capture as the application plans it, nothing kept from the filters
 * before, and prints those that take longest, beside what dissecting every frame for them would take (measured over
 * the first frames). A filter that takes about as long as that has no fast path.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Filtering } from "../../engine/decode/filter-run.ts";
import { Indexer } from "../../engine/decode/indexer.ts";
import { Viewer } from "../../engine/decode/viewer.ts";
import { MODE_FIELDS } from "../../engine/dissect/dissection.ts";
import { type CompiledFilter, compileFilter } from "../../engine/filter/compile.ts";
import { FilterError } from "../../engine/filter/error.ts";
import { openCaptureSync } from "../../engine/formats/open.ts";
import { dissectInOrder } from "../../engine/sequential.ts";
import "../../engine/protocols/index.ts";
import { readFilterList } from "../conformance/filter-list.ts";
import { generated, parseSize } from "./generate.ts";

const { values } = parseArgs({
  options: {
    packets: { type: "string", default: "100k" },
    file: { type: "string" },
    filters: { type: "string", default: join(import.meta.dirname, "../conformance/filters.txt") },
    worst: { type: "string", default: "40" },
  },
});
/** Frames that the plain walk is measured over. */
const SAMPLE = 2000;

const path = values.file ?? generated(parseSize(values.packets));
const indexer = new Indexer(openCaptureSync(path));
while (indexer.run(1000));
const { count } = indexer.index;
const viewer = new Viewer(indexer);

function compiled(text: string): CompiledFilter | null {
  try {
    return compileFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return null;
    throw error;
  }
}

function plannedTime(text: string): { ms: number; found: number } {
  const filtering = new Filtering(indexer, viewer);
  const started = performance.now();
  const run = filtering.run(compileFilter(text));
  while (run.run(1000));
  const ms = performance.now() - started;
  filtering.close();
  return { ms, found: run.matches.length };
}

async function plainTime({ wanted, needsColumns, evaluate }: CompiledFilter): Promise<number> {
  const started = performance.now();
  const frames = Math.min(SAMPLE, count);
  const capture = await dissectInOrder(path, { mode: MODE_FIELDS, columns: needsColumns, wanted }, (d) => {
    evaluate(d);
    return d.frame < frames;
  });
  capture.close();
  return ((performance.now() - started) * count) / frames;
}

const filters = readFilterList(values.filters).flatMap(({ text }) => compiled(text) ?? []);
// Once for the machine's compiler.
for (const { text } of filters.slice(0, 100)) plannedTime(text);
const rows: { text: string; planned: number; plain: number; found: number }[] = [];
for (const filter of filters) {
  const { ms, found } = plannedTime(filter.text);
  rows.push({ text: filter.text, planned: ms, plain: await plainTime(filter), found });
}
rows.sort((a, b) => b.planned - a.planned);
const total = rows.reduce((sum, { planned }) => sum + planned, 0);
const slow = rows.filter(({ planned, plain }) => planned > plain / 2).length;
console.log(
  `${rows.length} filters over ${count} packets: ${(total / rows.length).toFixed(1)} ms on average`,
);
for (const share of [0.5, 0.9, 0.99]) {
  console.log(`${share * 100} % within ${rows[Math.floor(rows.length * (1 - share))].planned.toFixed(1)} ms`);
}
console.log(`${slow} take more than half as long as dissecting every frame\n`);
console.log(" planned    plain    found  filter");
const number = (value: number): string => value.toFixed(1).padStart(8);
for (const { text, planned, plain, found } of rows.slice(0, Number(values.worst))) {
  console.log(`${number(planned)} ${number(plain)} ${String(found).padStart(8)}  ${text}`);
}
