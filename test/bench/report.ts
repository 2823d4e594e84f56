/** The bench's tables: the same lines go to the terminal and into docs/performance.md. */
import { cpus, loadavg, release, type as system, totalmem } from "node:os";
import type { Asked } from "./filters.ts";
import type { Limit } from "./limit.ts";
import type { Answer, Difference, Measurement } from "./measure.ts";
import type { Frames, Traced } from "./trace.ts";
import type { Messages, Filtered as Repainted } from "./window.ts";

/** Everything measured on one capture: one measurement a run. */
export interface Result {
  readonly title: string;
  readonly bytes: number;
  readonly limit: Limit;
  readonly asked: readonly Asked[];
  readonly ours: readonly Measurement[];
  /** Empty when sharkd was not asked. */
  readonly theirs: readonly Measurement[];
  /** Why sharkd was not asked, or not everything; empty when it was. */
  readonly left: string;
  readonly differences: readonly Difference[];
}

/** Memory of either program with a capture of hardly any packets, in bytes. */
export interface Base {
  readonly ours: number | null;
  readonly theirs: number | null;
}

/** The middle of the numbers that are there; null when none is. */
export function median(values: readonly (number | null | undefined)[]): number | null {
  const sorted = values
    .filter((value): value is number => value !== null && value !== undefined && !Number.isNaN(value))
    .sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export function machine(tshark: string | null): string[] {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return [
    `- ${model}, ${cpus().length} cores, ${memory} GiB of memory; ${system()} ${release()}`,
    `- Node.js ${process.version}; ${tshark ?? "sharkd is not installed: nothing to compare with"}`,
    `- load average before the run: ${loadavg()[0]!.toFixed(1)} (1.0 is one core busy with something else)`,
  ];
}

export function time(ms: number | null): string {
  if (ms === null) return "–";
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 100 ? `${ms.toFixed(0)} ms` : ms >= 10 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(2)} ms`;
}

const mebibytes = (bytes: number | null): string =>
  bytes === null ? "–" : `${(bytes / 2 ** 20).toFixed(0)} MiB`;

function ratio(theirs: number | null, ours: number | null): string {
  if (theirs === null || ours === null) return "–";
  const value = theirs / ours;
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)}x`;
}

/** A Markdown table whose columns are aligned for readers of the source. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]!.length), 3));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(header), `| ${rule.join(" | ")} |`, ...rows.map(line)];
}

type Reading = (measurement: Measurement) => number | null;

/** Both tables of one capture. */
export function tables(result: Result): string[] {
  const { ours, theirs, limit } = result;
  const frames = ours[0]!.frames;
  const both = (name: string, get: Reading, show: (value: number | null) => string): string[] => {
    const [their, our] = [median(theirs.map(get)), median(ours.map(get))];
    return [name, show(their), show(our), ratio(their, our)];
  };
  const lines = [
    `### ${result.title}: ${frames} packets, ${(result.bytes / 1e6).toFixed(0)} MB`,
    "",
    ...table(
      ["what", "sharkd", "Tapline", "ratio"],
      [
        both("open: everything indexed", (m) => m.open, time),
        both("open: right after the program's start", (m) => m.start.open, time),
        both("open: once more, at the end", (m) => m.openAgain, time),
        both("open after the start: processor time", (m) => m.start.processor, time),
        both("all filters below: processor time", (m) => m.filtersProcessor, time),
        both("first 50 rows", (m) => m.firstRows, time),
        both("first 50 rows, right after the start", (m) => m.start.firstRows, time),
        both("peak memory, opened after the start", (m) => m.start.memory, mebibytes),
        both("peak memory, opened after practice", (m) => m.memory, mebibytes),
        both("peak memory, after all filters", (m) => m.memoryAtEnd, mebibytes),
        both("60 rows from the middle", (m) => m.middleRows, time),
        both("one frame's tree, first look", (m) => m.frame, time),
        both("one frame's tree, again", (m) => m.frameAgain, time),
        both("a filter with one clause changed", (m) => m.changedClause, time),
        ["limit: the file read alone", "", time(limit.read), ""],
        ["limit: a bare loop over its records", "", time(limit.walk), ""],
      ],
    ),
    "",
  ];
  if (result.left !== "") lines.push(`${result.left}`, "");
  if (result.asked.length === 0) return lines;
  const filters = result.asked.map(({ expression, kind }) => {
    const of = (list: readonly Measurement[]): Answer[] =>
      list.flatMap(({ answers }) => answers.get(expression) ?? []);
    const [their, our] = [of(theirs), of(ours)];
    const [theirTime, ourTime] = [median(their.map(taken)), median(our.map(taken))];
    return [
      `\`${expression.replaceAll("|", "\\|")}\``,
      kind,
      counts(our, their),
      time(theirTime),
      time(ourTime),
      ratio(theirTime, ourTime),
      time(median(our.map((answer) => ("again" in answer ? answer.again : null)))),
    ];
  });
  const header = [
    "display filter",
    "answered from",
    "matches",
    "sharkd",
    "Tapline",
    "ratio",
    "Tapline again",
  ];
  lines.push(...table(header, filters), "");
  if (theirs.length > 0) {
    if (result.differences.length === 0) lines.push("Both count the same matches for every filter.", "");
    for (const { expression, words } of result.differences) {
      lines.push(`- **DIFFERENT** \`${expression}\`: ${words}`);
    }
    if (result.differences.length > 0) lines.push("");
  }
  return lines;
}

const taken = (answer: Answer): number | null => ("ms" in answer ? answer.ms : null);

/** The number both found, or "ours ≠ theirs". */
function counts(ours: readonly Answer[], theirs: readonly Answer[]): string {
  const all = [ours, theirs].flatMap((list) => {
    const last = list.at(-1);
    return last === undefined ? [] : ["count" in last ? String(last.count) : "refused"];
  });
  return all.length === 2 && all[0] !== all[1] ? `${all[0]} ≠ ${all[1]}` : (all[0] ?? "–");
}

/** How time and memory grow with the number of packets. */
export function growth(results: readonly Result[], base: Base): string[] {
  const rows = results.map(({ ours, theirs, title }) => {
    const { frames } = ours[0]!;
    const each = (value: number | null, less: number, unit: string): string =>
      value === null ? "–" : `${((value - less) / frames).toFixed(unit === "B" ? 0 : 2)} ${unit}`;
    const micro = (list: readonly Measurement[]): number | null => {
      const ms = median(list.map((m) => m.open));
      return ms === null ? null : ms * 1000;
    };
    const memory = (list: readonly Measurement[]): number | null => median(list.map((m) => m.start.memory));
    return [
      title,
      each(micro(theirs), 0, "µs"),
      each(micro(ours), 0, "µs"),
      time(median(ours.map((m) => m.firstRows))),
      time(median(ours.map((m) => m.middleRows))),
      each(memory(theirs), base.theirs ?? 0, "B"),
      each(memory(ours), base.ours ?? 0, "B"),
    ];
  });
  return [
    "### Growth",
    "",
    ...table(
      [
        "capture",
        "sharkd: open a packet",
        "Tapline: open a packet",
        "Tapline: first rows",
        "Tapline: middle rows",
        "sharkd: memory a packet",
        "Tapline: memory a packet",
      ],
      rows,
    ),
    "",
    `Memory a packet is counted beyond what the program takes with a capture of 1000 packets: sharkd ${mebibytes(base.theirs)}, Tapline ${mebibytes(base.ours)}.`,
    "",
  ];
}

/**
 * docs/performance.md.
 * @param window the section about the window that the page has, empty for none
 */
export function document(
  window: string,
  about: readonly string[],
  parts: readonly string[],
  runs: string,
): string {
  return [
    "# Performance",
    "",
    "Measured with `npm run bench`, which wrote this page. Tapline runs as `tapline rpc`, Wireshark's engine as",
    "`sharkd`, each in a process of its own, asked the same questions one after the other, from the same file in",
    "the system's cache. Times are taken by the asking program, its pipes included.",
    "",
    "## Machine",
    "",
    ...about,
    `- ${runs}`,
    "",
    "## Results",
    "",
    ...parts,
    `${window}## How to repeat`,
    "",
    "```",
    "npm run bench                          100k, 1m and 10m packets; writes this page",
    "npm run bench -- --quick               100k, one run; only prints",
    "npm run bench -- --sizes 100k,1m       other sizes; writes this page",
    "npm run bench -- --file capture.pcap   any capture; only prints",
    "npm run bench -- --runs 5              more runs",
    "npm run bench -- --alone               Tapline only",
    "npm run bench:renderer                 the window on 1m packets; only prints",
    "npm run bench:renderer -- --size 10m   … on 10m; --file capture.pcap for any other",
    "npm run bench:renderer -- --write      writes its section of this page",
    "```",
    "",
    "The captures are generated, the same bytes everywhere, and kept below `.cache/bench`: web, DNS, TLS 1.2 and",
    "1.3, bulk TCP with losses, small UDP, IPv4 fragments, ICMP and ARP, one in seven connections over IPv6.",
    "sharkd comes with tshark (Debian: `apt install tshark`). A filter whose matches differ fails the bench.",
    "",
    "- *Everything indexed* is the first capture of a program that was left alone for six seconds: Tapline practises",
    "  meanwhile on a small capture of its own, so that its code is compiled (sharkd is asked at once, it has nothing",
    "  to compile). *Right after the start* is without that; *once more* is the same capture opened by the same",
    "  program, after everything else.",
    "- *First time* is what the filter table shows; *again* is the same text a second time.",
    "- sharkd's time for a filter ends with its first matching row; Tapline's when every frame is judged.",
    "- Processor time is that of all threads; other programs on the machine change it little.",
    "- Peak memory is the resident memory's high-water mark of the process (`VmHWM`).",
    "",
  ].join("\n");
}

/** What the window did, and how its frames came meanwhile. */
export interface WindowPhase {
  readonly name: string;
  readonly traced: Traced;
}

export interface WindowResult {
  readonly title: string;
  readonly phases: readonly WindowPhase[];
  readonly filtered: readonly Repainted[];
  readonly messages: readonly Messages[];
  /** Milliseconds from Enter in the dialog to the first row, and to the end of reading. */
  readonly firstRow: number;
  readonly opened: number;
}

/** Messages that are shown: the largest ones. */
const SHOWN_MESSAGES = 8;

/** The tables of one capture in the window. */
export function windowTables(result: WindowResult): string[] {
  const gaps = ({ p50, p95, p99, max }: Frames): string =>
    [p50, p95, p99, max].map((value) => value.toFixed(0)).join(" / ");
  const each = (ms: number, { count }: Frames): string => (ms / Math.max(1, count)).toFixed(1);
  return [
    `### The window with ${result.title}`,
    "",
    `First row ${time(result.firstRow)} after Enter, everything read after ${time(result.opened)}.`,
    "",
    "Milliseconds between frames (p50 / p95 / p99 / longest), those of the page and those drawn to the screen:",
    "",
    ...table(
      ["while", "frames", "page", "over 33 ms", "screen", "over 33 ms", "longest task"],
      result.phases.map(({ name, traced: { page, screen, work } }) => [
        name,
        String(page.count),
        gaps(page),
        String(page.late),
        gaps(screen),
        String(screen.late),
        time(work.longestTask),
      ]),
    ),
    "",
    "Milliseconds of processor time a frame: the page's main thread, then the browser's own threads:",
    "",
    ...table(
      ["while", "scripts", "style", "layout", "paint", "other", "raster", "compositor", "display"],
      result.phases.map(({ name, traced: { work, page } }) => [
        name,
        ...[work.scripting, work.style, work.layout, work.paint, work.other].map((ms) => each(ms, page)),
        ...[work.raster, work.compositor, work.display].map((ms) => each(ms, page)),
      ]),
    ),
    "",
    ...table(
      ["display filter", "matches", "answered", "repainted"],
      result.filtered.map(({ expression, rows, answered, painted }) => [
        `\`${expression.replaceAll("|", "\\|")}\``,
        String(rows),
        time(answered),
        time(painted),
      ]),
    ),
    "",
    "The largest messages between window and engine, in characters of JSON:",
    "",
    ...table(
      ["message", "seen", "largest"],
      result.messages
        .slice(0, SHOWN_MESSAGES)
        .map(({ kind, count, largest }) => [kind, String(count), String(largest)]),
    ),
    "",
  ];
}

const WINDOW = "## The window";
const AFTER_WINDOW = "## How to repeat";

/** The section about the window in docs/performance.md, with its heading; empty when there is none. */
export function windowPart(page: string): string {
  const start = page.indexOf(`${WINDOW}\n`);
  return start < 0 ? "" : page.slice(start, page.indexOf(AFTER_WINDOW, start));
}

/**
 * docs/performance.md with another section about the window.
 * @param lines of one capture; those of other captures stay
 * @throws Error when it is no such page
 */
export function windowSection(page: string, about: readonly string[], lines: readonly string[]): string {
  const end = page.indexOf(AFTER_WINDOW);
  if (end < 0) throw new Error("docs/performance.md is not there or is another: run npm run bench first.");
  const old = windowPart(page);
  const [, ...captures] = old.split(/^(?=### )/m);
  const others = captures.filter((part) => !part.startsWith(`${lines[0]}\n`));
  const text = [WINDOW, "", ...WINDOW_TEXT, ...about, "", ...lines].join("\n");
  return `${page.slice(0, end - old.length)}${text}\n${others.join("")}${page.slice(end)}`;
}

const WINDOW_TEXT = [
  "`npm run bench:renderer` drives the built program in Chromium with mouse and keys, and records Chromium's own",
  "trace. A dot of one pixel moves in every frame, so that a late frame shows as a gap even when nothing else",
  "changes. Chromium draws on the processor here, beside the engine; a graphics card takes its part (raster,",
  "compositor, display) elsewhere. *Answered* is the engine's answer to a filter, when every packet is judged;",
  "*repainted* is the first frame that shows the new list. Both count from the press of Enter.",
  "",
];
