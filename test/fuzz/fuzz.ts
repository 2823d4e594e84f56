/** Has mutants opened by child processes, within a time each, and collects what should not have happened. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processorTime } from "../tools/process.ts";
import { LIMIT, MEMORY_BOUND, WALL_LIMIT } from "./bounds.ts";
import type { Task, Told } from "./child.ts";
import { makeMutant } from "./mutate.ts";

const START_LIMIT = 60_000;

export interface FuzzOptions {
  readonly paths: readonly string[];
  /** Null: the captures are checked as they are. */
  readonly seed: number | null;
  /** Numbers of the first mutant and of the one behind the last. */
  readonly from: number;
  readonly end: number;
  /** No further mutant is begun after so many seconds. */
  readonly seconds: number;
  /** Processes at once. */
  readonly jobs: number;
  readonly onFinding?: (finding: Finding) => void;
  readonly onDone?: (done: number) => void;
}

export interface Finding {
  readonly number: number;
  readonly lines: readonly string[];
}

export interface FuzzResult {
  readonly done: number;
  readonly findings: readonly Finding[];
  /** Milliseconds of the step that took longest, and the number of its mutant. */
  readonly slowest: { readonly ms: number; readonly number: number };
  /** Most resident memory that a child had after a mutant, in bytes. */
  readonly memory: number;
}

/** Runs until all mutants were opened or the time is over. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  // The time begins when the first process is up.
  let until = Number.POSITIVE_INFINITY;
  const findings: Finding[] = [];
  let next = options.from;
  let done = 0;
  let slowest = { ms: 0, number: options.from };
  let memory = 0;
  const work = async (): Promise<void> => {
    let child: Opener | null = null;
    while (next < options.end && performance.now() < until) {
      const number = next++;
      child ??= await Opener.start();
      until = Math.min(until, performance.now() + options.seconds * 1000);
      const outcome = await child.open({ paths: options.paths, seed: options.seed, number });
      done++;
      if (outcome.ms > slowest.ms) slowest = { ms: outcome.ms, number };
      memory = Math.max(memory, outcome.rss);
      if (outcome.lines.length > 0) {
        const finding = { number, lines: outcome.lines };
        findings.push(finding);
        options.onFinding?.(finding);
      }
      options.onDone?.(done);
      // A process that has grown too large says nothing of the next mutant.
      if (child.gone || outcome.rss > MEMORY_BOUND) {
        await child.end();
        child = null;
      }
    }
    await child?.end();
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  findings.sort((a, b) => a.number - b.number);
  return { done, findings, slowest, memory };
}

/** Writes a mutant with findings, what was done to it, and the command that repeats it. @returns its path */
export function keepMutant(
  folder: string,
  paths: readonly string[],
  seed: number,
  { number, lines }: Finding,
  command: string,
): string {
  const { bytes, format, from, steps } = makeMutant(paths, seed, number);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `mutant-${seed}-${number}.${format}`);
  writeFileSync(path, bytes);
  const account = [`from ${from}`, ...steps, "", ...lines, "", command, ""];
  writeFileSync(`${path}.txt`, account.join("\n"));
  return path;
}

interface Outcome {
  readonly lines: readonly string[];
  readonly ms: number;
  readonly rss: number;
}

class Opener {
  readonly #child: ChildProcess;
  readonly #temporary: string;
  #gone: string | null = null;
  #complaints = "";
  readonly #unheard: Told[] = [];
  #onTold: ((told: Told | null) => void) | null = null;

  private constructor() {
    this.#temporary = mkdtempSync(join(tmpdir(), "tapline-fuzz-"));
    this.#child = fork(join(import.meta.dirname, "child.ts"), {
      execArgv: ["--expose-gc", "--import", import.meta.resolve("tsx")],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, TAPLINE_PRACTICE: "no", TMPDIR: this.#temporary },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (text: Buffer) => {
        this.#complaints = (this.#complaints + text.toString("utf8")).slice(-2000);
      });
    }
    this.#child.on("message", (told: Told) => {
      if (this.#onTold === null) this.#unheard.push(told);
      else this.#onTold(told);
    });
    const gone = (reason: string): void => {
      this.#gone ??= reason;
      this.#onTold?.(null);
    };
    this.#child.on("error", (error) => gone(error.message));
    this.#child.on("exit", (code, signal) => gone(`the process ended with ${signal ?? code}`));
  }

  /** @throws Error when the process does not come up */
  static async start(): Promise<Opener> {
    const opener = new Opener();
    const told = await opener.#told(() => false, START_LIMIT);
    if (told?.type !== "ready") {
      await opener.end();
      throw new Error(`the process that opens mutants did not start: ${opener.#gone} ${opener.#complaints}`);
    }
    return opener;
  }

  get gone(): boolean {
    return this.#gone !== null;
  }

  async open(task: Task): Promise<Outcome> {
    this.#child.send(task);
    const spent = (): number => processorTime(this.#child.pid) ?? Number.POSITIVE_INFINITY;
    const slow: string[] = [];
    let slowest = 0;
    let step = "making the mutant";
    let times = WALL_LIMIT / LIMIT;
    for (;;) {
      const started = performance.now();
      const before = processorTime(this.#child.pid) ?? 0;
      const isLate = (): boolean =>
        performance.now() - started > times * LIMIT && spent() - before > times * LIMIT;
      const told = await this.#told(isLate, WALL_LIMIT);
      const ms = performance.now() - started;
      slowest = Math.max(slowest, ms / times);
      if (told === null || told.type === "ready") {
        const reason = this.#gone ?? `no end after ${Math.round(ms)} ms`;
        await this.end();
        return {
          lines: [...slow, `${step}: crash or hang: ${reason}`, ...this.#said()],
          ms: slowest,
          rss: 0,
        };
      }
      if (isLate()) slow.push(`${step}: took ${Math.round(ms)} ms`);
      if (told.type === "end") {
        return { lines: [...told.findings, ...slow, ...this.#said()], ms: slowest, rss: told.rss };
      }
      ({ name: step, times } = told);
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined) {
      const gone = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.kill("SIGKILL");
      await gone;
    }
    rmSync(this.#temporary, { recursive: true, force: true });
  }

  /** What the process printed: it has nothing to say. */
  #said(): string[] {
    const text = this.#complaints.trim();
    this.#complaints = "";
    return text === "" ? [] : [`printed: ${text}`];
  }

  /** The next message; null when the process is gone, `late` says so, or the time is over. */
  #told(late: () => boolean, ms: number): Promise<Told | null> {
    const unheard = this.#unheard.shift();
    if (unheard !== undefined) return Promise.resolve(unheard);
    if (this.#gone !== null) return Promise.resolve(null);
    return new Promise((resolve) => {
      const finish = (told: Told | null): void => {
        clearTimeout(end);
        clearInterval(watch);
        this.#onTold = null;
        resolve(told);
      };
      const end = setTimeout(() => finish(null), ms);
      const watch = setInterval(() => {
        if (late()) finish(null);
      }, 200);
      this.#onTold = finish;
    });
  }
}
