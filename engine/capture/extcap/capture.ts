/** Captures with an extcap program: it writes into a FIFO, whose records are copied into the spool. */
import type { ChildProcess } from "node:child_process";
import { execFile } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import type { CaptureCallbacks, CaptureError, CaptureHandle, StartOptions } from "../driver.ts";
import { SpoolCopy } from "../pipe/copy.ts";
import { fifoStream, unsuitable } from "../pipe/pipe.ts";
import type { ExtcapCatalog, ExtcapInterface } from "./catalog.ts";
import { signalGroup, startError, startProgram } from "./program.ts";
import { valueArguments } from "./values.ts";

/** Milliseconds that a program has to end by itself, and after it was asked to. */
const END_MS = 3000;

/** What is known of a program that ended. */
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Begins a capture of `options.sources[0]` on an interface of a program.
 */
export function startExtcap(
  catalog: ExtcapCatalog,
  iface: ExtcapInterface,
  options: StartOptions,
  callbacks: CaptureCallbacks,
): CaptureHandle {
  const source = options.sources[0];
  const filter = source?.filter ?? "";
  const program = basename(iface.program);
  const copy = new SpoolCopy({
    options,
    callbacks,
    name: iface.name,
    title: `What ${program} captured`,
    filter,
    caveats: [`Packets are captured by the program ${program}; it alone knows what it lost.`],
  });
  const run = new Run(copy, program);

  /** The program's arguments, or why it cannot be started. */
  const prepare = async (): Promise<string[] | CaptureError> => {
    const refused = unsuitable(options, `the program ${program}`);
    if (refused !== null) return refused;
    const args = ["--capture", "--extcap-interface", iface.name, "--fifo", run.fifo];
    if (filter !== "") args.push("--extcap-capture-filter", filter);
    const values = source?.extcap ?? {};
    const config = await catalog.config(iface);
    if (!config.ok) return Object.keys(values).length === 0 ? args : config.error;
    const given = valueArguments(config.value, values);
    if (given.ok) return [...args, ...given.args];
    return { code: "usage", message: given.message, interface: iface.name };
  };

  const work = async (): Promise<void> => {
    // Nothing is told before this function's caller has the handle.
    await null;
    let stream: Readable | null = null;
    try {
      const args = await Promise.race([prepare(), run.stopped]);
      if (!Array.isArray(args)) {
        if (args !== null) copy.end("error", args);
      } else stream = await run.start(iface.program, args);
    } catch (error) {
      const message = `The program ${program} could not be started: ${(error as Error).message}`;
      copy.end("error", { code: "source", message });
    }
    const { empty, ...end } = await copy.run(stream);
    const failure = await run.finish(end.reason !== "source-ended" && !empty);
    run.remove();
    if (run.stopping && (end.error === null || end.error.code === "source"))
      callbacks.onEnd({ ...end, reason: "stopped", error: null });
    else if (
      failure !== null &&
      (end.error === null || end.error.code === "source") &&
      !isCondition(end.reason)
    )
      callbacks.onEnd({ ...end, reason: "error", error: failure });
    else callbacks.onEnd(end);
  };
  void work();
  return { pid: undefined, waits: true, stop: () => run.stop(), kill: () => run.kill() };
}

const isCondition = (reason: string): boolean => /^(duration|packets|filesize|stopped)$/.test(reason);

/** One run of a program. */
class Run {
  stopping = false;
  /** Resolves when it is to end. */
  readonly stopped: Promise<null>;
  #tellStopped: (nothing: null) => void = () => {};
  readonly #copy: SpoolCopy;
  readonly #program: string;
  #folder: string | null = null;
  #child: ChildProcess | null = null;
  #complaint: () => string = () => "";
  #exit: Exit | null = null;
  #exited: Promise<void> = Promise.resolve();
  #startError: CaptureError | null = null;
  /** Our own write end, which keeps the FIFO from ending before the program has opened it; -1 when closed. */
  #holder = -1;
  #timer: NodeJS.Timeout | null = null;

  constructor(copy: SpoolCopy, program: string) {
    this.#copy = copy;
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
    if (this.stopping) return null;
    const stream = fifoStream(this.fifo);
    this.#holder = openSync(this.fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    stream.once("readable", () => this.#letGo());
    const { child, complaint } = startProgram(path, args);
    this.#child = child;
    this.#complaint = complaint;
    // What programs print while they capture is for nobody.
    child.stdout?.resume();
    this.#exited = new Promise((resolve) => {
      child.on("error", (error) => {
        if (child.pid === undefined) this.#startError = startError(path, error);
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

  /** Asks the program to end; what it still writes is taken. */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.#tellStopped(null);
    if (this.#child === null || this.#exit !== null) this.#copy.end("stopped");
    else {
      signalGroup(this.#child, "SIGTERM");
      this.#timer = setTimeout(() => this.kill(), END_MS);
    }
  }

  kill(): void {
    this.stopping = true;
    this.#tellStopped(null);
    this.#copy.end("stopped");
    if (this.#child !== null) signalGroup(this.#child, "SIGKILL");
  }

  /**
   * Waits for the program's end after the last packet.
   * @param ask true to ask it to end; else it is expected to end by itself, and asked after a while
   * @returns why it failed; null when it did not
   */
  async finish(ask: boolean): Promise<CaptureError | null> {
    const child = this.#child;
    if (child === null) return null;
    if (!ask && !this.stopping) await this.#ended(END_MS);
    const byItself = this.#exit !== null || this.#startError !== null;
    if (!byItself) signalGroup(child, "SIGTERM");
    await this.#ended(END_MS);
    // Also what it may have left behind.
    signalGroup(child, "SIGKILL");
    await this.#ended(END_MS);
    if (this.#timer !== null) clearTimeout(this.#timer);
    return byItself ? this.#failure() : null;
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
    const complaint = this.#complaint();
    const why = complaint === "" ? "." : `: ${complaint}`;
    return { code: "source", message: `The program ${this.#program} ${how}${why}` };
  }

  #letGo(): void {
    if (this.#holder >= 0) closeSync(this.#holder);
    this.#holder = -1;
  }
}
