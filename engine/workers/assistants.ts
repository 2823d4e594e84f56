/** The decode worker's assistants: threads that are started when a capture is long enough, and kept for the next. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ThreadHealth } from "../api.ts";
import type { ScanHelpers } from "../decode/filter-run.ts";
import type { ShardHelpers } from "../decode/indexer.ts";
import type { FromScanHelper, ToScanHelper } from "../decode/scan-messages.ts";
import type { ShardBatch, ShardOpening, ShardReply } from "../decode/shard-messages.ts";
import { installationFolder } from "../installation.ts";
import type { FromAssistant, ToAssistant } from "./assistant-messages.ts";
import type { ThreadData } from "./messages.ts";
import { LoadMeter, type ThreadReading } from "./meters.ts";
import { NO_THREAD_DATA } from "./prepare.ts";

/** More threads than this would wait for the one that reads. */
const MOST = 3;
/** Megabytes of short-lived objects a thread may have before it tidies up. */
const YOUNG_MEGABYTES = 8;

/** Starts an assistant's thread. */
function startThread(data: ThreadData): Worker {
  return new Worker(join(installationFolder(), "dist", "engine", "assistant.js"), {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
}

/** What is known of how a thread does. */
interface Known {
  readonly load: LoadMeter;
  /** What it said last of itself; null before it did. */
  reading: ThreadReading | null;
  /** When it was asked and has not answered yet; null while nothing was asked. */
  asked: number | null;
  /** When each batch or scan was sent that it has not answered yet. */
  readonly sent: number[];
}

export class Assistants implements ShardHelpers, ScanHelpers {
  readonly count: number;
  #threads: (Worker | null)[] = [];
  readonly #known = new WeakMap<Worker, Known>();
  #capture = 0;
  #onReply: ((helper: number, reply: ShardReply) => void) | null = null;
  #onLost: ((helper: number) => void) | null = null;
  /** Called with what a thread says of a scan, null when it was lost. */
  onScan: ((helper: number, message: FromScanHelper | null) => void) | null = null;
  readonly #start: () => Worker;

  /**
   * @param count how many threads; as many as there are processors besides the decode worker's by default
   * @param data what the decode worker was started with
   */
  constructor(
    count: number = Math.min(MOST, availableParallelism() - 1),
    start: (data: ThreadData) => Worker = startThread,
    data: ThreadData = NO_THREAD_DATA,
  ) {
    this.count = count;
    this.#start = () => start(data);
  }

  /** True once the threads have their code compiled, so that sharing pays for captures of middling length. */
  get warm(): boolean {
    return this.#warm;
  }
  #warm = false;

  scan(helper: number, message: ToScanHelper): void {
    this.#warm = true;
    this.#send(helper, message);
  }

  /** Starts the threads that are not running. */
  prepare(): void {
    for (let i = 0; i < this.count; i++) this.#thread(i);
  }

  open(
    openings: readonly ShardOpening[],
    onReply: (helper: number, reply: ShardReply) => void,
    onLost: (helper: number) => void,
  ): void {
    this.#capture++;
    this.#onReply = onReply;
    this.#onLost = onLost;
    for (const [i, opening] of openings.entries()) this.#send(i, { kind: "shard-open", opening });
  }

  post(helper: number, batch: ShardBatch): void {
    this.#warm = true;
    this.#send(helper, { kind: "shard-batch", capture: this.#capture, batch });
  }

  close(): void {
    this.#onReply = null;
    this.#onLost = null;
    this.#capture++;
    for (const thread of this.#threads) thread?.postMessage({ kind: "shard-close" } satisfies ToAssistant);
  }

  /**
   * How the threads do that were started. A thread at work answers later: what it says is known the next time.
   */
  health(): ThreadHealth[] {
    const now = performance.now();
    return this.#threads.flatMap((thread, i) => {
      const known = thread === null ? undefined : this.#known.get(thread);
      if (thread === null || known === undefined) return [];
      const answered = known.asked === null;
      if (answered) {
        known.asked = now;
        thread.postMessage({ kind: "health" } satisfies ToAssistant);
      }
      return {
        name: `assistant ${i + 1}`,
        load: known.load.read(),
        delay: known.reading?.delay ?? null,
        heap: known.reading?.heap ?? null,
        pending: known.sent.length,
        oldest: known.sent.length > 0 ? now - known.sent[0] : 0,
        answered,
      };
    });
  }

  /** Ends the threads. */
  async terminate(): Promise<void> {
    const threads = this.#threads;
    this.#threads = [];
    await Promise.all(threads.map((thread) => thread?.terminate()));
  }

  #send(helper: number, message: ToAssistant): void {
    const thread = this.#thread(helper);
    thread.postMessage(message);
    if (message.kind === "shard-batch" || message.kind === "scan-job")
      this.#known.get(thread)?.sent.push(performance.now());
  }

  #thread(helper: number): Worker {
    const running = this.#threads[helper];
    if (running) return running;
    const thread = this.#start();
    const lost = (): void => {
      if (this.#threads[helper] !== thread) return;
      this.#threads[helper] = null;
      this.#onLost?.(helper);
      this.onScan?.(helper, null);
    };
    const known: Known = {
      load: new LoadMeter(() => thread.performance.eventLoopUtilization()),
      reading: null,
      asked: null,
      sent: [],
    };
    this.#known.set(thread, known);
    thread.on("message", (message: FromAssistant) => {
      if (message.kind === "health") {
        known.reading = message.reading;
        known.asked = null;
        return;
      }
      known.sent.shift();
      if (message.kind === "scan-ended") this.onScan?.(helper, message);
      else if (message.capture === this.#capture) this.#onReply?.(helper, message.reply);
    });
    thread.on("error", lost);
    thread.on("exit", lost);
    this.#threads[helper] = thread;
    return thread;
  }
}
