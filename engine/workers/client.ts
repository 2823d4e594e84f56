/** A session's end of its decode worker: calls become messages, a dead worker becomes errors and a fresh one. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { ApiError } from "../api.ts";
import type { DecoderState } from "../decode/decoder.ts";
import { installationFolder } from "../installation.ts";
import type { DecoderMethod, DecoderMethods, DecoderResult, FromWorker, ToWorker } from "./messages.ts";

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: ApiError) => void;
}

/** The built worker of this installation, whether the caller is bundled or runs from source. */
const workerPath = (): string => join(installationFolder(), "dist", "engine", "worker.js");

export class DecodeWorker {
  readonly #onState: (capture: number, state: DecoderState) => void;
  readonly #onDeath: (message: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #lastId = 0;
  #capture = 0;

  /**
   * @param onState called with the number of the capture and how it stands
   * @param onDeath called when the worker died on its own; the next call starts a new one
   */
  constructor(onState: (capture: number, state: DecoderState) => void, onDeath: (message: string) => void) {
    this.#onState = onState;
    this.#onDeath = onDeath;
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
    const worker = this.#running();
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      const message: ToWorker = { id, capture: this.#capture, method, args };
      worker.postMessage(message);
    });
  }

  /** Ends the thread; pending calls are rejected as CANCELLED. */
  async terminate(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#rejectAll(new ApiError("CANCELLED", "The capture was closed."));
    await worker?.terminate();
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(workerPath());
    worker.on("message", (message: FromWorker) => this.#onMessage(message));
    worker.on("error", (error: Error) => this.#died(worker, error.message));
    worker.on("exit", () => this.#died(worker, "it ended"));
    this.#worker = worker;
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
    const message = `The decode worker stopped: ${reason}. The capture file is safe; reload it to go on.`;
    this.#rejectAll(new ApiError("INTERNAL", message));
    this.#onDeath(message);
  }

  #rejectAll(error: ApiError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
