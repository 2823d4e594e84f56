/** A program that answers JSON-RPC on its standard output, and what it costs. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { processorTime, residentMemory } from "../tools/process.ts";

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Child {
  readonly #name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  #parts: Buffer[] = [];
  #complaints = "";
  #lastId = 0;
  /** Called with what the program tells without being asked. */
  onEvent: (name: string, data: unknown) => void = () => {};

  /** Starts the program; one that cannot be started rejects the first call. */
  constructor(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.#name = [command, ...args].join(" ");
    this.#process = spawn(command, args, { env: { ...process.env, ...environment } });
    this.#process.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#process.stderr.on("data", (chunk: Buffer) => {
      this.#complaints = (this.#complaints + chunk.toString("utf8")).slice(-2000);
    });
    this.#process.stdin.on("error", () => {});
    this.#process.on("error", (error) => this.#fail(error.message));
    this.#process.on("exit", (code, signal) => this.#fail(`it ended with ${signal ?? code}`));
  }

  /**
   * Calls a method.
   * @returns its result
   * @throws Error what the program answers instead, or that it is gone
   */
  call(method: string, params: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#process.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      if (this.#process.exitCode !== null) this.#fail("it has ended");
    });
  }

  /** Largest resident memory so far in bytes; null where the system does not tell. */
  peakMemory(): number | null {
    return residentMemory(this.#process.pid, "peak");
  }

  /** Processor time of all its threads so far, in milliseconds; null where the system does not tell. */
  processorTime(): number | null {
    return processorTime(this.#process.pid);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Ends the program and waits for its end. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await gone;
  }

  #read(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.#parts.push(chunk.subarray(from, at));
      from = at + 1;
      const line = Buffer.concat(this.#parts).toString("utf8");
      this.#parts = [];
      this.#line(line);
    }
    if (from < chunk.length) this.#parts.push(chunk.subarray(from));
  }

  /** Answers begin with a brace; whatever else the program says there is for people. Events have no id. */
  #line(line: string): void {
    if (!line.startsWith("{")) return;
    let message: {
      id?: unknown;
      method?: unknown;
      params?: unknown;
      result?: unknown;
      error?: { message?: unknown };
    };
    try {
      message = JSON.parse(line);
    } catch (error) {
      this.#fail(`it answered what is no JSON: ${(error as Error).message}`);
      return;
    }
    if (typeof message.method === "string") this.onEvent(message.method, message.params);
    if (typeof message.id !== "number") return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(new Error(String(message.error.message)));
  }

  #fail(reason: string): void {
    const error = new Error(`${this.#name}: ${reason}. ${this.#complaints.trim()}`.trim());
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}

/** A result and the milliseconds it took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work();
  return { result, ms: performance.now() - started };
}
