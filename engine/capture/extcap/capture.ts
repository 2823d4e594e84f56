/** Captures with an extcap program: it writes into a FIFO, whose records are copied into the spool. */
import { execFile } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { type Started, startChild, startError } from "../child.ts";
import type { CaptureError, CaptureSource } from "../driver.ts";
import { fifoStream } from "../pipe/pipe.ts";
import { SourceError, type StreamSource } from "../pipe/streams.ts";
import type { ExtcapCatalog, ExtcapInterface } from "./catalog.ts";
import { extcapProgram, sourceError } from "./program.ts";
import { valueArguments } from "./values.ts";

/** Milliseconds that a program has to end by itself, and after it was asked to. */
const END_MS = 3000;

/** What is known of a program that ended. */
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** An interface of a program as a source: the program is started when it is opened. */
export function extcapSource(
  catalog: ExtcapCatalog,
  iface: ExtcapInterface,
  { filter = "", extcap: values = {} }: CaptureSource,
): StreamSource {
  const program = basename(iface.program);
  const run = new Run(program);

  /** The program's arguments. */
  const prepare = async (): Promise<string[]> => {
    const args = ["--capture", "--extcap-interface", iface.name, "--fifo", run.fifo];
    if (filter !== "") args.push("--extcap-capture-filter", filter);
    const config = await catalog.config(iface);
    if (!config.ok) {
      if (Object.keys(values).length === 0) return args;
      throw new SourceError(config.error);
    }
    const given = valueArguments(config.value, values);
    if (given.ok) return [...args, ...given.args];
    throw new SourceError({ code: "usage", message: given.message, interface: iface.name });
  };

  return {
    name: iface.name,
    title: `What ${program} captured`,
    caveat: `Packets are captured by the program ${program}; it alone knows what it lost.`,
    async open() {
      try {
        const args = await Promise.race([prepare(), run.stopped]);
        return args === null ? null : await run.start(iface.program, args);
      } catch (error) {
        if (error instanceof SourceError) throw error;
        const message = `The program ${program} could not be started: ${(error as Error).message}`;
        throw new SourceError({ code: "source", message });
      }
    },
    stop: () => run.stop(),
    kill: () => run.kill(),
    async finish(ask) {
      const failure = await run.finish(ask);
      run.remove();
      return failure;
    },
  };
}

/** One run of a program. */
class Run {
  /** Resolves when it is to end. */
  readonly stopped: Promise<null>;
  #tellStopped: (nothing: null) => void = () => {};
  readonly #program: string;
  #folder: string | null = null;
  #started: Started | null = null;
  #exit: Exit | null = null;
  #exited: Promise<void> = Promise.resolve();
  #startError: CaptureError | null = null;
  /** Our own write end, which keeps the FIFO from ending before the program has opened it; -1 when closed. */
  #holder = -1;
  #stopping = false;

  constructor(program: string) {
    this.#program = program;
    this.stopped = new Promise((resolve) => {
      this.#tellStopped = resolve;
    });
  }

  /** Path of the FIFO, in a folder that only this user can look into. */
  get fifo(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), "tapline-extcap-"));
    return join(this.#folder, "fifo");
  }

  /** Makes the FIFO and starts the program; null when a stop came first. */
  async start(path: string, args: readonly string[]): Promise<Readable | null> {
    await promisify(execFile)("mkfifo", ["-m", "600", this.fifo]);
    if (this.#stopping) return null;
    const stream = fifoStream(this.fifo);
    this.#holder = openSync(this.fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    stream.once("readable", () => this.#letGo());
    const program = extcapProgram(path);
    const started = startChild(program, args);
    if (!started.ok) throw new SourceError(sourceError(started.error));
    const { child } = started.value;
    this.#started = started.value;
    child.stdin.end();
    // What programs print while they capture is for nobody.
    child.stdout.resume();
    this.#exited = new Promise((resolve) => {
      child.on("error", (error) => {
        if (child.pid === undefined) this.#startError = sourceError(startError(program, error));
        this.#letGo();
        resolve();
      });
      child.on("exit", (code, signal) => {
        this.#exit = { code, signal };
        this.#letGo();
        // Its last words may still be on their way; something it started may hold the way open.
        setTimeout(resolve, 1000);
        child.once("close", () => resolve());
      });
    });
    return stream;
  }

  /** Asks the program to end. Returns whether it runs, and may have something to say yet. */
  stop(): boolean {
    this.#giveUp();
    if (this.#started === null || this.#exit !== null) return false;
    this.#started.signal("SIGTERM");
    return true;
  }

  kill(): void {
    this.#giveUp();
    this.#started?.signal("SIGKILL");
  }

  #giveUp(): void {
    this.#stopping = true;
    this.#tellStopped(null);
  }

  /**
   * Waits for the program's end after the last packet.
   * @param ask true to ask it to end; else it is expected to end by itself, and asked after a while
   * @returns why it failed; null when it did not
   */
  async finish(ask: boolean): Promise<CaptureError | null> {
    const started = this.#started;
    if (started === null) return null;
    if (!ask && !this.#stopping) await this.#ended(END_MS);
    const byItself = this.#exit !== null || this.#startError !== null;
    if (!byItself) started.signal("SIGTERM");
    await this.#ended(END_MS);
    // Also what it may have left behind.
    started.signal("SIGKILL");
    await this.#ended(END_MS);
    return byItself && !this.#stopping ? this.#failure() : null;
  }

  /** Removes the FIFO. */
  remove(): void {
    this.#letGo();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ended(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.#exited, late]);
    clearTimeout(timer);
  }

  #failure(): CaptureError | null {
    if (this.#startError !== null) return this.#startError;
    const { code, signal } = this.#exit ?? { code: null, signal: null };
    if (code === 0) return null;
    const how = signal === null ? `ended with status ${code}` : `was killed by ${signal}`;
    const complaint = this.#started?.complaint() ?? "";
    const why = complaint === "" ? "." : `: ${complaint}`;
    return { code: "source", message: `The program ${this.#program} ${how}${why}` };
  }

  #letGo(): void {
    if (this.#holder >= 0) closeSync(this.#holder);
    this.#holder = -1;
  }
}
