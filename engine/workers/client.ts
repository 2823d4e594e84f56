/** A session's end of its decode worker: calls become messages, a dead worker becomes errors and a fresh one. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { ApiError, type ThreadHealth } from "../api.ts";
import type { DecoderState } from "../decode/decoder.ts";
import { installationFolder } from "../installation.ts";
import { pause } from "../turns.ts";
import type {
  DecoderMethod,
  DecoderMethods,
  DecoderReading,
  DecoderResult,
  FromWorker,
  ThreadData,
  ToWorker,
} from "./messages.ts";
import { LoadMeter } from "./meters.ts";

interface Waiting {
  readonly method: DecoderMethod;
  /** When it was asked. */
  readonly since: number;
  readonly resolve: (result: never) => void;
  readonly reject: (error: ApiError) => void;
}

/** The built worker of this installation, whether the caller is bundled or runs from source. */
const workerPath = (): string => join(installationFolder(), "dist", "engine", "worker.js");

/** Milliseconds a thread has to say how it does: somewhat more than its longest turn. */
const TIME_TO_SAY = 250;

/** How the thread does; null while there is none. */
export interface WorkerHealth {
  readonly thread: ThreadHealth;
  /** What it said last; null before it did. */
  readonly reading: DecoderReading | null;
}

/** Megabytes of short-lived objects the thread may have before it tidies up. */
const YOUNG_MEGABYTES = 16;

export class DecodeWorker {
  readonly #onState: (capture: number, state: DecoderState) => void;
  readonly #onDeath: (reason: string) => string;
  readonly #data: () => ThreadData;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #load: LoadMeter | null = null;
  /** The question how it does, while it is not answered, and what was answered last. */
  #asking: Promise<void> | null = null;
  #reading: DecoderReading | null = null;
  #lastId = 0;
  #capture: number;

  /**
   * @param onState called with the number of the capture and how it stands
   * @param onDeath called with the reason when the worker died on its own; answers what those are told that wait
   *   for an answer. The next call starts a new worker.
   * @param data what a worker is started with
   * @param capture number of the last capture before those opened here
   */
  constructor(
    onState: (capture: number, state: DecoderState) => void,
    onDeath: (reason: string) => string,
    data: () => ThreadData,
    capture = 0,
  ) {
    this.#capture = capture;
    this.#onState = onState;
    this.#onDeath = onDeath;
    this.#data = data;
  }

  /** Number of the capture opened last. */
  get capture(): number {
    return this.#capture;
  }

  /** Starts the thread, so that the first capture need not wait for it. */
  prepare(): void {
    this.#running();
  }

  /**
   * Calls a method of the decoder.
   * @throws ApiError whatever the decoder answers, or INTERNAL when it died meanwhile
   */
  call<M extends DecoderMethod>(
    method: M,
    ...args: Parameters<DecoderMethods[M]>
  ): Promise<DecoderResult<M>> {
    if (method === "open") this.#capture++;
    return this.#send(method, args);
  }

  /** Opens the same capture again in a worker that does not have it: its number stays. */
  reopen(path: string, live: boolean, ours: boolean): Promise<DecoderResult<"open">> {
    return this.#send("open", [path, live, ours]);
  }

  #send<M extends DecoderMethod>(method: M, args: Parameters<DecoderMethods[M]>): Promise<DecoderResult<M>> {
    const worker = this.#running();
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { method, since: performance.now(), resolve, reject });
      const message: ToWorker = { id, capture: this.#capture, method, args };
      worker.postMessage(message);
    });
  }

  /** How the thread does. One that is too busy to say so is told of as far as it can be seen from outside. */
  async health(): Promise<WorkerHealth | null> {
    const worker = this.#worker;
    if (worker === null) return null;
    const asked = performance.now();
    // Opening a capture that grows lasts as long as it does; the question itself is none of what waits.
    const waiting = [...this.#waiting.values()].filter(
      ({ method }) => method !== "open" && method !== "health",
    );
    const pending = waiting.length;
    const oldest = pending > 0 ? asked - Math.min(...waiting.map(({ since }) => since)) : 0;
    const asking = this.#asking ?? this.#ask();
    this.#asking = asking;
    let timer: NodeJS.Timeout | undefined;
    const answered = await Promise.race([
      asking.then(() => true),
      new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), TIME_TO_SAY);
      }),
    ]);
    clearTimeout(timer);
    if (this.#worker !== worker || this.#load === null) return null;
    const { delay = null, heap = null } = this.#reading ?? {};
    return {
      thread: { name: "decoder", load: this.#load.read(), delay, heap, pending, oldest, answered },
      reading: this.#reading,
    };
  }

  #ask(): Promise<void> {
    return this.call("health").then(
      (reading) => {
        this.#reading = reading;
        this.#asking = null;
      },
      // It ended: the next one is asked.
      () => {
        this.#asking = null;
      },
    );
  }

  /** Ends a thread that does not answer any more, as if it had died. */
  kill(reason: string): void {
    const worker = this.#worker;
    if (worker === null) return;
    void worker.terminate();
    this.#died(worker, reason);
  }

  /** Ends the thread; pending calls are rejected as CANCELLED. The next call starts a new one. */
  async terminate(reason = "The capture was closed."): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#rejectAll(new ApiError("CANCELLED", reason));
    await worker?.terminate();
  }

  /** Closes the capture and ends the thread once what was asked is answered, at the latest after `milliseconds`. */
  async retire(milliseconds: number): Promise<void> {
    this.#send("close", []).catch(() => {});
    const end = performance.now() + milliseconds;
    while (this.#waiting.size > 0 && performance.now() < end) await pause(10);
    await this.terminate();
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(workerPath(), {
      workerData: this.#data(),
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    worker.on("message", (message: FromWorker) => {
      if (this.#worker === worker) this.#onMessage(message);
    });
    worker.on("error", (error: Error) => this.#died(worker, reasonOf(error)));
    worker.on("messageerror", (error: Error) => this.#died(worker, reasonOf(error)));
    worker.on("exit", (code) => this.#died(worker, `it ended with code ${code}`));
    this.#worker = worker;
    this.#load = new LoadMeter(() => worker.performance.eventLoopUtilization());
    this.#reading = null;
    return worker;
  }

  #onMessage(message: FromWorker): void {
    if (message.type === "state") {
      this.#onState(message.capture, message.state);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === "result") waiting?.resolve(message.result as never);
    else waiting?.reject(new ApiError(message.error.code, message.error.message, message.error));
  }

  #died(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    const error = new ApiError("INTERNAL", this.#onDeath(reason));
    for (const { reject } of waiting) reject(error);
  }

  #rejectAll(error: ApiError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}

function reasonOf(error: Error): string {
  if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY") return "it ran out of memory";
  return String(error.message).replace(/\.$/, "");
}
