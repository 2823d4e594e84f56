/**
 * `npm run bench:capture [-- --seconds 2] [--sizes 60,512,1514] [--rates 20000,50000,…]`
 *
 * Captures on a veth pair between two network namespaces with Tapline, its live list open, and with dumpcap, both at
 * once, while frames are sent at rising rates. Prints for each size and rate what either lost, the highest rate at
 * which either lost nothing, the processor time of either's capture program, how long a packet takes until its row is
 * there, and how the helper's write buffer matters. The processor time is then measured once more, of either by itself,
 * in turns, and by another of the system's clocks. Says why when it cannot be run.
 */
import { type ChildProcess, spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { helperPath } from "../../engine/capture/helper.ts";
import { fineProcessorTime, processorTimes } from "../tools/process.ts";
import { MeasuredWire, notHere, rest, type TaplineThere } from "./wire.ts";

const USAGE = "usage: npm run bench:capture [-- --seconds N] [--sizes BYTES,…] [--rates PACKETS,…]";
/** As large as Tapline's. */
const KERNEL_BUFFER_MIB = 16;
const DELAY_RATE = 50_000;
const DELAY_SECONDS = 5;
/** Both are told it, so that neither keeps more of a packet. */
const SNAP_LEN = 262_144;
const ALONE_RATE = 100_000;
const ALONE_ROUNDS = 3;
const WRITE_BUFFERS_KIB = [64, 256, 1024, 8192];

interface Side {
  readonly captured: number;
  /** Milliseconds of the processor; null when not known. */
  readonly cpu: number | null;
}

class Dumpcap {
  readonly #process: ChildProcess;
  #text = "";

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.stderr?.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString("utf8");
    });
  }

  static async start(wire: MeasuredWire): Promise<Dumpcap> {
    const file = join(wire.folder, "dumpcap.pcapng");
    const args = ["-i", wire.wire.device, "-w", file, "-q"];
    args.push("-B", String(KERNEL_BUFFER_MIB), "-s", String(SNAP_LEN));
    const dumpcap = new Dumpcap(wire.spawn("dumpcap", args));
    for (let i = 0; i < 100 && !dumpcap.#text.includes("File: "); i++) await rest(50);
    if (!dumpcap.#text.includes("File: ")) throw new Error(`dumpcap did not start: ${dumpcap.#text.trim()}`);
    return dumpcap;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  time(): number | null {
    return fineProcessorTime(this.pid);
  }

  /** Ends it; @returns how many packets it says that it wrote */
  async end(): Promise<number> {
    const gone = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.kill("SIGINT");
    await gone;
    const told = /Packets captured: (\d+)/.exec(this.#text);
    if (told === null) throw new Error(`dumpcap did not say what it captured: ${this.#text.trim()}`);
    return Number(told[1]);
  }
}

async function main(): Promise<void> {
  const wire = new MeasuredWire();
  const tapline = wire.tapline();
  try {
    await tapline.call("hello", {});
    await losses(wire, tapline);
    await alone(wire);
    await delay(wire, tapline);
    await writeBuffers(wire);
  } finally {
    await tapline.end();
    wire.remove();
  }
}

async function losses(wire: MeasuredWire, tapline: TaplineThere): Promise<void> {
  // What is compiled on first use is no rate's fault.
  await both(wire, tapline, 20_000, 20_000, 512);
  console.log(
    "bytes  packets/s  reached     sent   Tapline lost  dumpcap lost  CPU s/million: Tapline  dumpcap",
  );
  for (const size of options.sizes) {
    const best = { tapline: 0, dumpcap: 0 };
    for (const rate of options.rates) {
      const { sent, ours, theirs } = await both(
        wire,
        tapline,
        Math.round(rate * options.seconds),
        rate,
        size,
      );
      const reached = Math.round(sent.sent / sent.seconds);
      const lost = [sent.arrived - ours.captured, sent.arrived - theirs.captured] as const;
      if (lost[0] === 0) best.tapline = Math.max(best.tapline, reached);
      if (lost[1] === 0) best.dumpcap = Math.max(best.dumpcap, reached);
      const columns = [
        pad(size, 5),
        pad(rate, 9),
        pad(reached, 7),
        pad(sent.sent, 7),
        pad(lost[0], 13),
        pad(lost[1], 12),
        pad(perMillion(ours), 22),
        pad(perMillion(theirs), 7),
      ];
      const elsewhere = sent.sent - sent.arrived;
      console.log(
        columns.join("  ") + (elsewhere > 0 ? `  (${elsewhere} more did not reach the interface)` : ""),
      );
      if ((lost[0] > 0 && lost[1] > 0) || reached < rate * 0.8) break;
    }
    console.log(
      `${size} bytes: nothing lost up to ${best.tapline} packets/s by Tapline, ${best.dumpcap} by dumpcap\n`,
    );
  }
}

/** Both capture the same packets at the same time. */
async function both(wire: MeasuredWire, tapline: TaplineThere, count: number, rate: number, size: number) {
  const dumpcap = await Dumpcap.start(wire);
  await tapline.start(wire.wire.device);
  const before = [tapline.helperTime(), dumpcap.time()] as const;
  const sent = await wire.send(count, rate, size);
  const { live } = await tapline.settled();
  const after = [tapline.helperTime(), dumpcap.time()] as const;
  await tapline.call("stopCapture", {});
  const theirs = await dumpcap.end();
  return {
    sent,
    ours: { captured: live.packets, cpu: difference(before[0], after[0]) },
    theirs: { captured: theirs, cpu: difference(before[1], after[1]) },
  };
}

/** From the packet's time stamp to the answer that holds its row, or a later one. */
async function delay(wire: MeasuredWire, tapline: TaplineThere): Promise<void> {
  await tapline.start(wire.wire.device);
  await wire.send(DELAY_RATE * DELAY_SECONDS, DELAY_RATE, 200);
  const { frames } = await tapline.settled();
  await tapline.call("stopCapture", {});
  const seen = [...tapline.seen];
  const delays: number[] = [];
  for (let start = 0; start < frames; start += 1000) {
    const params = { start, count: 1000, columns: ["time" as const], timeFormat: "epoch" as const };
    const { rows } = await tapline.call("rows", params);
    for (const { number, cells } of rows) {
      const shown = seen.find(({ frames }) => frames >= number);
      if (shown !== undefined) delays.push((shown.time - Number(cells[0])) * 1000);
    }
  }
  delays.sort((a, b) => a - b);
  const at = (part: number): string =>
    `${Math.round(delays[Math.floor((delays.length - 1) * part)] ?? Number.NaN)} ms`;
  console.log(
    `packet to row at ${DELAY_RATE} packets/s: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} ` +
      `(${delays.length} of ${frames} packets)\n`,
  );
}

/** The helper by itself. */
class Helper {
  readonly #process: ChildProcess;
  #text = "";

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.stdout?.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString("utf8");
    });
  }

  static async start(wire: MeasuredWire, ...more: string[]): Promise<Helper> {
    const path = helperPath();
    if (path === null) throw new Error("the capture helper is not built.");
    const args = ["capture", "-B", String(KERNEL_BUFFER_MIB * 1024), "-s", String(SNAP_LEN)];
    args.push("-i", wire.wire.device, "-w", join(wire.folder, "helper.pcapng"), ...more);
    const helper = new Helper(wire.spawn(path, args));
    for (let i = 0; i < 100 && !helper.#text.includes('"started"'); i++) await rest(50);
    return helper;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Ends it; @returns how many packets it says that it wrote */
  async end(): Promise<number> {
    const gone = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.stdin?.write("stop\n");
    await gone;
    const end = this.#text.split("\n").find((line) => line.includes('"end"'));
    return Number((JSON.parse(end ?? "{}") as { packets?: number }).packets ?? Number.NaN);
  }
}

/** Either by itself, in turns, by two clocks: the scheduler's, and the ticks of user and system time. */
async function alone(wire: MeasuredWire): Promise<void> {
  console.log(
    `CPU s/million of either by itself at ${ALONE_RATE} packets/s, ${ALONE_ROUNDS} rounds in turns, kernel buffer ` +
      `${KERNEL_BUFFER_MIB} MiB, snapshot length ${SNAP_LEN}`,
  );
  console.log("bytes  program  scheduler: each round, mean       ticks: user  system");
  const programs = { helper: Helper, dumpcap: Dumpcap };
  const names = ["helper", "dumpcap"] as const;
  for (const size of new Set([Math.min(...options.sizes), Math.max(...options.sizes)])) {
    const results = { helper: [] as number[][], dumpcap: [] as number[][] };
    for (let round = 0; round < ALONE_ROUNDS; round++) {
      for (const name of round % 2 === 0 ? names : names.toReversed()) {
        const program = await programs[name].start(wire);
        const before = timesOf(program.pid);
        await wire.send(ALONE_RATE * options.seconds, ALONE_RATE, size);
        await rest(500);
        const after = timesOf(program.pid);
        const captured = await program.end();
        results[name].push(after.map((value, i) => ((value - before[i]!) / captured) * 1000));
      }
    }
    for (const name of names) {
      const rounds = results[name];
      const mean = (i: number): string =>
        (rounds.reduce((sum, each) => sum + each[i]!, 0) / rounds.length).toFixed(2);
      const each = rounds.map(([time]) => time!.toFixed(2)).join(" ");
      console.log(
        [
          pad(size, 5),
          name.padEnd(7),
          `${each}, ${mean(0)}`.padStart(30),
          pad(mean(1), 16),
          pad(mean(2), 6),
        ].join("  "),
      );
    }
  }
  console.log(
    "dumpcap asks the system once for each packet (select, then one packet), the helper once for up to 8,192: that is\n" +
      "the system time that it saves. `strace -c -p PID` of either counts the calls.\n",
  );
}

/** Milliseconds by the scheduler's clock, and those of user and system time. */
function timesOf(pid: number | undefined): number[] {
  const ticks = processorTimes(pid);
  return [fineProcessorTime(pid) ?? Number.NaN, ticks?.user ?? Number.NaN, ticks?.system ?? Number.NaN];
}

/** The helper by itself at a rate that both should bear. */
async function writeBuffers(wire: MeasuredWire): Promise<void> {
  const rate = 100_000;
  console.log("write buffer  lost  CPU s/million");
  for (const kib of WRITE_BUFFERS_KIB) {
    const helper = await Helper.start(wire, "--write-buffer", String(kib));
    const before = fineProcessorTime(helper.pid);
    const sent = await wire.send(rate * 2, rate, 512);
    await rest(500);
    const cpu = difference(before, fineProcessorTime(helper.pid));
    const captured = await helper.end();
    const columns = [
      pad(`${kib} KiB`, 12),
      pad(sent.arrived - captured, 4),
      pad(perMillion({ captured, cpu }), 13),
    ];
    console.log(columns.join("  "));
  }
}

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : after - before;
}

function perMillion({ captured, cpu }: Side): string {
  return cpu === null || captured === 0 ? "not known" : ((cpu / captured) * 1000).toFixed(2);
}

function pad(value: number | string, width: number): string {
  return String(value).padStart(width);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: "string", default: "2" },
        sizes: { type: "string", default: "60,512,1514" },
        rates: { type: "string", default: "20000,50000,100000,200000,300000,400000,600000,800000" },
      },
    });
    const numbers = (name: string, text: string, least: number, most: number): number[] =>
      text.split(",").map((part) => {
        const value = Number(part);
        if (!(value >= least && value <= most))
          throw new Error(`--${name} takes numbers from ${least} to ${most}, not "${part}".`);
        return value;
      });
    return {
      seconds: numbers("seconds", values.seconds, 0.1, 60)[0]!,
      sizes: numbers("sizes", values.sizes, 60, 1514),
      rates: numbers("rates", values.rates, 100, 5_000_000),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}

const options = readArguments();
const reason = notHere() ?? (spawnSync("dumpcap", ["--version"]).status === 0 ? null : "there is no dumpcap");
if (reason === null) await main();
else console.log(`skipped: ${reason}`);
