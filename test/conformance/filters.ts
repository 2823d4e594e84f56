/**
 * `tsx test/conformance/filters.ts FILE … [--filters LIST] [--verbose]`
 *
 * Applies display filters to captures with Tapline and with the installed tshark and compares the frames they find.
 * LIST is a text file with one filter a line; `#` begins a comment line. Filters that tshark refuses must be
 * refused here too, unless the line begins with `+ ` (later versions of Wireshark know them).
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { MODE_FIELDS } from "../../engine/dissect/dissection.ts";
import { fields } from "../../engine/dissect/protocol.ts";
import { type CompiledFilter, compileFilter } from "../../engine/filter/compile.ts";
import { FilterError } from "../../engine/filter/error.ts";
import { dissectInOrder } from "../../engine/sequential.ts";
import "../../engine/protocols/index.ts";

const run = promisify(execFile);
const files: string[] = [];
let list = join(import.meta.dirname, "filters.txt");
let verbose = false;
const args = process.argv.slice(2);
while (args.length > 0) {
  const arg = args.shift() ?? "";
  if (arg === "--filters") list = args.shift() ?? "";
  else if (arg === "--verbose") verbose = true;
  else files.push(arg);
}
if (files.length === 0) {
  console.error("usage: tsx test/conformance/filters.ts FILE … [--filters LIST] [--verbose]");
  process.exit(1);
}

interface Line {
  readonly text: string;
  /** True for forms that are younger than the tshark at hand. */
  readonly later: boolean;
}
const lines: Line[] = readFileSync(list, "utf8")
  .split("\n")
  .filter((line) => line.trim() !== "" && !line.startsWith("#"))
  .map((line) =>
    line.startsWith("+ ") ? { text: line.slice(2), later: true } : { text: line, later: false },
  );

/** Frame numbers tshark finds, or its complaint. */
async function theirs(file: string, filter: string): Promise<number[] | string> {
  try {
    const { stdout } = await run(
      "tshark",
      ["-n", "-r", file, "-Y", filter, "-T", "fields", "-e", "frame.number"],
      {
        maxBuffer: 1 << 28,
      },
    );
    return stdout.split("\n").filter(Boolean).map(Number);
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error)
      .split("\n")
      .filter((line) => !line.startsWith("Running as"))
      .join(" | ");
  }
}

function compiled(text: string): CompiledFilter | string {
  try {
    return compileFilter(text);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return `${error.message} [${error.start}, ${error.end}]`;
  }
}

let pairs = 0;
let same = 0;
let refused = 0;
let chainWrong = 0;
for (const file of files) {
  const filters = lines.map((line) => compiled(line.text));
  const wanted = new Uint8Array(fields.length);
  for (const filter of filters) {
    if (typeof filter === "string") continue;
    for (const atom of filter.atoms) for (const id of atom.fields) wanted[id] = 1;
  }
  const ours = filters.map((): number[] => []);
  const capture = await dissectInOrder(file, { mode: MODE_FIELDS, columns: false, wanted }, (d) => {
    const chain = d.chain.subarray(0, d.chainLength);
    filters.forEach((filter, i) => {
      if (typeof filter === "string") return;
      const answer = filter.evaluate(d);
      if (answer) ours[i].push(d.frame);
      const early = filter.judgeChain(chain);
      if (early !== null && early !== answer) {
        chainWrong++;
        console.log(`${file} #${d.frame}: ${lines[i].text}: the chain says ${early}, the fields ${answer}`);
      }
    });
    return "displayed";
  });
  capture.close();
  for (const [i, line] of lines.entries()) {
    const expected = await theirs(file, line.text);
    const filter = filters[i];
    pairs++;
    if (typeof expected === "string") {
      refused++;
      if (typeof filter === "string" || line.later) same++;
      else console.log(`${line.text}\n  tshark refuses: ${expected}`);
    } else if (typeof filter === "string") {
      console.log(`${line.text}\n  Tapline refuses: ${filter}`);
    } else if (expected.join() === ours[i].join()) same++;
    else {
      const mine = new Set(ours[i]);
      const other = new Set(expected);
      const missing = expected.filter((frame) => !mine.has(frame));
      const extra = ours[i].filter((frame) => !other.has(frame));
      console.log(
        `${line.text}\n  ${file}: tshark ${expected.length}, Tapline ${ours[i].length}; missing ${missing.slice(0, 5)}; extra ${extra.slice(0, 5)}`,
      );
    }
    if (verbose) console.log(`${line.text}: ${typeof expected === "string" ? "refused" : expected.length}`);
  }
}
console.log(
  `${same} of ${pairs} alike (${((100 * same) / pairs).toFixed(1)} %), ${refused} refused by tshark`,
);
if (chainWrong > 0) process.exitCode = 1;
