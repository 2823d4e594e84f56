/**
 * `npm run conformance:filters [-- FILE …] [--folder DIR] [--filters LIST] [--verbose]`
 *
 * Applies display filters to captures with Tapline and with the installed sharkd and compares the frames they find.
 * Without files, those of filters-captures.txt are taken from DIR (../shared/captures when none is named). LIST is a
 * text file with one filter a line; `#` and a blank begin a comment line. Filters that sharkd refuses must be
 * refused here too, unless the line begins with `+ ` (later versions of Wireshark know them). Ends with 1 when a
 * chain contradicts the fields, or when a refusal names no place in the filter.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Dissection, MODE_FIELDS } from "../../engine/dissect/dissection.ts";
import { fields } from "../../engine/dissect/protocol.ts";
import { type CompiledFilter, compileFilter } from "../../engine/filter/compile.ts";
import { FilterError } from "../../engine/filter/error.ts";
import { dissectInOrder } from "../../engine/sequential.ts";
import { Sharkd } from "../bench/sharkd.ts";
import { type FilterLine, readFilterList } from "./filter-list.ts";
import "../../engine/protocols/index.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folder: { type: "string", default: "../shared/captures" },
    filters: { type: "string", default: join(import.meta.dirname, "filters.txt") },
    verbose: { type: "boolean", default: false },
  },
});

function capturesByDefault(): string[] {
  const names = readFileSync(join(import.meta.dirname, "filters-captures.txt"), "utf8").split("\n");
  return names
    .filter((name) => name !== "" && !name.startsWith("#"))
    .map((name) => join(values.folder, name));
}

const files = positionals.length > 0 ? positionals : capturesByDefault();
const absent = files.filter((file) => !existsSync(file));
if (absent.length > 0) {
  console.error(`There is no ${absent.join(", ")}: name captures, or their folder with --folder.`);
  process.exit(1);
}
const lines = readFilterList(values.filters);

/** Frame numbers sharkd finds, or its complaint. */
async function theirs(sharkd: Sharkd, filter: string): Promise<number[] | string> {
  try {
    return await sharkd.matching(filter);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const GONE = /it ended with|it has ended/;
let misplaced = 0;
let crashes = 0;
/** What is asked of tshark, which takes a third of a second each time, for all captures together. */
const ASKED_LIMIT = 400;
let asked = 0;

/**
 * What tshark finds, which sees a frame before those that follow it: where it differs from sharkd, which has seen
 * the whole file, what a single pass finds is compared with it.
 */
function oncePassed(file: string, filter: string): string {
  asked++;
  const args = ["-n", "-r", file, "-Y", filter, "-T", "fields", "-e", "frame.number"];
  const { stdout } = spawnSync("tshark", args, { encoding: "utf8", maxBuffer: 1 << 28 });
  return stdout.split("\n").filter(Boolean).join();
}

/** The frames of each filter in one pass; the filters of what was displayed before need a pass of their own. */
async function passed(
  file: string,
  filters: readonly (CompiledFilter | string)[],
  judge: (d: Dissection, i: number, answer: boolean) => void,
  twoPass: boolean,
): Promise<number[][]> {
  const found = filters.map((): number[] => []);
  const wanted = new Uint8Array(fields.length);
  for (const filter of filters) {
    if (typeof filter === "string") continue;
    for (const atom of filter.atoms) for (const id of atom.fields) wanted[id] = 1;
  }
  const options = { mode: MODE_FIELDS, columns: true, wanted, twoPass } as const;
  const capture = await dissectInOrder(file, options, (d) => {
    let any = false;
    for (const [i, filter] of filters.entries()) {
      if (typeof filter === "string") continue;
      const answer = filter.evaluate(d);
      if (answer) found[i].push(d.frame);
      any ||= answer;
      judge(d, i, answer);
    }
    return filters.length > 1 || any ? "displayed" : true;
  });
  capture.close();
  return found;
}

function compiled({ text }: FilterLine): CompiledFilter | string {
  try {
    return compileFilter(text);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, start, end, hints } = error;
    if (!(start >= 0 && start <= end && end <= text.length)) {
      misplaced++;
      console.log(`${text}\n  ${message}: [${start}, ${end}] is no place in the filter`);
    }
    return `${message} [${start}, ${end}] ${hints.join(" ")}`;
  }
}

let pairs = 0;
let same = 0;
let refused = 0;
let chainWrong = 0;
const differing = new Set<string>();
for (const file of files) {
  const filters = lines.map(compiled);
  const ours = await passed(
    file,
    filters,
    (d, i, answer) => {
      const filter = filters[i] as CompiledFilter;
      const early = filter.judgeChain(d.chain.subarray(0, d.chainLength));
      if (early === null || early === answer) return;
      chainWrong++;
      console.log(`${file} #${d.frame}: ${lines[i].text}: the chain says ${early}, the fields ${answer}`);
    },
    true,
  );
  let sharkd = new Sharkd();
  await sharkd.open(file);
  for (const [i, line] of lines.entries()) {
    const expected = await theirs(sharkd, line.text);
    const filter = filters[i];
    if (typeof expected === "string" && GONE.test(expected)) {
      // It has bugs of its own: what it would have said is not known.
      crashes++;
      console.log(`${line.text}\n  ${file}: sharkd crashed`);
      sharkd = new Sharkd();
      await sharkd.open(file);
      continue;
    }
    pairs++;
    if (typeof expected === "string") {
      refused++;
      if (typeof filter === "string" || line.later) same++;
      else if (!differing.has(line.text)) console.log(`${line.text}\n  sharkd refuses: ${expected}`);
    } else if (typeof filter === "string") {
      if (!differing.has(line.text)) console.log(`${line.text}\n  Tapline refuses: ${filter}`);
    } else if (expected.join() === ours[i].join()) {
      same++;
      continue;
    } else if (
      asked < ASKED_LIMIT &&
      (await passed(file, [filter], () => undefined, false))[0].join() === oncePassed(file, line.text)
    ) {
      same++;
      continue;
    } else {
      const mine = new Set(ours[i]);
      const other = new Set(expected);
      const missing = expected.filter((frame) => !mine.has(frame));
      const extra = ours[i].filter((frame) => !other.has(frame));
      console.log(
        `${line.text}\n  ${file}: sharkd ${expected.length}, Tapline ${ours[i].length}; missing ${missing.slice(0, 5)}; extra ${extra.slice(0, 5)}`,
      );
    }
    differing.add(line.text);
    if (values.verbose) {
      console.log(`${line.text}: ${typeof expected === "string" ? "refused" : expected.length}`);
    }
  }
  await sharkd.end();
}
console.log(
  `${lines.length} filters, ${files.length} captures: ${same} of ${pairs} alike ` +
    `(${((100 * same) / pairs).toFixed(2)} %), ${refused} refused by sharkd` +
    (crashes === 0 ? "" : `, ${crashes} that it crashed on left out`),
);
if (chainWrong > 0 || misplaced > 0) process.exitCode = 1;
