/**
 * `npm run bench [-- --sizes 100k,1m | --file PATH] [--runs N] [--quick] [--alone]`
 *
 * Measures Tapline beside sharkd on the same captures and prints tables; with generated captures and without
 * `--quick` or `--alone` they become docs/performance.md. Ends with 1 when a filter's count differs from sharkd's.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { freemem } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { installationFolder } from "../../engine/installation.ts";
import { filters } from "./filters.ts";
import { generated, parseSize, sizeName } from "./generate.ts";
import { limitOf } from "./limit.ts";
import { type Difference, differences, type Measurement, measure, measureStart } from "./measure.ts";
import { type Base, document, growth, machine, type Result, tables, windowPart } from "./report.ts";
import { Sharkd, sharkdVersion } from "./sharkd.ts";
import type { Subject } from "./subject.ts";
import { Tapline } from "./tapline.ts";

/** Packets up to which sharkd is asked every filter; it looks at each packet again for each. */
const SHARKD_FILTERS = 2_000_000;
/** What it is asked beyond: one filter of each kind. */
const SHARKD_ASKED = ["tcp.port == 443", "ip.ttl < 64"];
/** Packets from which everything of sharkd's is measured once: its runs differ by far less than the ratios. */
const SHARKD_ONCE = 1_000_000;
/** Packets from which Tapline, too, is measured once. */
const ONCE = 5_000_000;
/** Bytes of memory sharkd takes for a packet, with room to spare. */
const SHARKD_PACKET = 1500;

interface Choice {
  readonly sizes: readonly number[];
  readonly file: string | undefined;
  readonly runs: number;
  readonly runsGiven: boolean;
  readonly alone: boolean;
  readonly write: boolean;
}

function choose(): Choice {
  const { values } = parseArgs({
    options: {
      sizes: { type: "string" },
      file: { type: "string" },
      runs: { type: "string" },
      quick: { type: "boolean", default: false },
      alone: { type: "boolean", default: false },
    },
  });
  const { quick, alone, file } = values;
  const sizes = (values.sizes ?? (quick ? "100k" : "100k,1m,10m")).split(",").map(parseSize);
  const runs = Number(values.runs ?? (quick ? 1 : 3));
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs wants a number of runs, not ${values.runs}.`);
  const write = !quick && !alone && file === undefined;
  return { sizes, file, runs, runsGiven: values.runs !== undefined, alone, write };
}

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function bench(choice: Choice): Promise<number> {
  const root = installationFolder();
  const built = spawnSync(process.execPath, [join(root, "build", "build.mjs")], { stdio: ["ignore", 2, 2] });
  if (built.status !== 0) throw new Error("Tapline could not be built; see above.");
  const tshark = choice.alone ? null : sharkdVersion();
  if (tshark === null) {
    say(
      choice.alone ? "sharkd is left out." : "sharkd is not installed (it comes with tshark): Tapline alone.",
    );
  }
  const about = machine(tshark);
  const captures =
    choice.file === undefined
      ? choice.sizes.map((size) => ({ title: `${sizeName(size)} mixed`, path: () => generated(size) }))
      : [{ title: basename(choice.file), path: () => choice.file! }];
  const parts: string[] = [];
  const results: Result[] = [];
  for (const { title, path } of captures) {
    say(`${title}: making or finding the capture …`);
    const result = await measureCapture(title, path(), choice, tshark !== null);
    results.push(result);
    const lines = tables(result);
    console.log(lines.join("\n"));
    parts.push(...lines);
  }
  if (results.length > 1) {
    const lines = growth(results, await baseOf(tshark !== null));
    console.log(lines.join("\n"));
    parts.push(...lines);
  }
  console.log(about.join("\n"));
  if (choice.write) {
    const page = join(root, "docs", "performance.md");
    mkdirSync(dirname(page), { recursive: true });
    const once = choice.runsGiven
      ? ""
      : `; sharkd once from ${sizeName(SHARKD_ONCE)} packets on, Tapline from ${sizeName(ONCE)} on`;
    const before = existsSync(page) ? readFileSync(page, "utf8") : "";
    writeFileSync(
      page,
      document(
        windowPart(before),
        about,
        parts,
        `${choice.runs === 1 ? "one run" : `medians of ${choice.runs} runs`}${once}`,
      ),
    );
    say(`wrote ${page}`);
  }
  const different = results.flatMap((result) => result.differences);
  if (different.length === 0) return 0;
  say(`\nFAILED: ${different.length} answers differ from sharkd's:`);
  for (const { expression, words } of different) say(`  ${expression}: ${words}`);
  return 1;
}

async function measureCapture(
  title: string,
  path: string,
  choice: Choice,
  compare: boolean,
): Promise<Result> {
  const limit = limitOf(path);
  const { frames } = limit;
  const asked = filters((await addressIn(path)) ?? "10.1.0.1");
  const expressions = asked.map(({ expression }) => expression);
  const everything = frames <= SHARKD_FILTERS;
  let left = "";
  if (!compare) left = "sharkd was not asked.";
  else if (freemem() < frames * SHARKD_PACKET)
    left = "sharkd was not asked: there is not enough free memory.";
  else if (!everything)
    left = `sharkd was asked ${SHARKD_ASKED.length} filters only: each takes it about as long as opening.`;
  const askTheirs = compare && !left.startsWith("sharkd was not");
  const runs = frames >= ONCE && !choice.runsGiven ? 1 : choice.runs;
  // Large captures take minutes: what is done is told.
  const step = frames >= ONCE ? (words: string) => say(`  ${words}`) : () => {};
  const ours: Measurement[] = [];
  const theirs: Measurement[] = [];
  const found = new Map<string, Difference>();
  for (let run = 1; run <= runs; run++) {
    const once = run > 1 && !choice.runsGiven && frames >= SHARKD_ONCE;
    const sharkd = askTheirs && !once ? new Sharkd() : null;
    let tapline: Tapline | null = null;
    try {
      let their: Measurement | null = null;
      if (sharkd !== null) {
        say(`${title}, run ${run} of ${runs}: sharkd …`);
        their = await measure(sharkd, null, path, everything ? expressions : SHARKD_ASKED, everything, step);
        theirs.push(their);
      }
      say(`${title}, run ${run} of ${runs}: Tapline …`);
      tapline = new Tapline();
      const start = await measureStart(tapline, path);
      await tapline.end();
      tapline = new Tapline();
      await tapline.rest();
      const our = await measure(tapline, start, path, expressions, true, step);
      ours.push(our);
      if (sharkd === null || their === null) continue;
      for (const difference of await differences(tapline, sharkd, our, their)) {
        found.set(`${difference.expression} ${difference.words}`, difference);
      }
    } finally {
      await tapline?.end();
      await sharkd?.end();
    }
  }
  const { size: bytes } = statSync(path);
  return { title, bytes, limit, asked, ours, theirs, left, differences: [...found.values()] };
}

/** An IPv4 address to ask for. */
async function addressIn(path: string): Promise<string | null> {
  const tapline = new Tapline();
  try {
    return await tapline.address(path);
  } finally {
    await tapline.end();
  }
}

/** Memory of both programs when the capture takes hardly any. */
async function baseOf(compare: boolean): Promise<Base> {
  const path = generated(1000);
  const memory = async (subject: Subject): Promise<number | null> => {
    try {
      return (await measureStart(subject, path)).memory;
    } finally {
      await subject.end();
    }
  };
  return { ours: await memory(new Tapline()), theirs: compare ? await memory(new Sharkd()) : null };
}

try {
  process.exitCode = await bench(choose());
} catch (error) {
  say(`bench: ${(error as Error).message}`);
  process.exitCode = 2;
}
