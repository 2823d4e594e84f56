/** The decode worker thread: one Decoder, driven by messages. */

// First of all, so that protocols have the same numbers in every thread.
import "../protocols/index.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { ApiError } from "../api.ts";
import { Decoder } from "../decode/decoder.ts";
import { Practice } from "../decode/practice.ts";
import { installationFolder } from "../installation.ts";
import { Assistants } from "./assistants.ts";
import { writeHeap } from "./heap-file.ts";
import type { FromWorker, ThreadData, ThreadMethods, ToWorker } from "./messages.ts";
import { ThreadMeter } from "./meters.ts";
import { NO_THREAD_DATA, prepareThread } from "./prepare.ts";

const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");

const data = (workerData as ThreadData | null) ?? NO_THREAD_DATA;
prepareThread(data);

const send = (message: FromWorker): void => port.postMessage(message);
const assistants = new Assistants(undefined, undefined, data);
/** How rows are coloured, for this capture and those that follow. */
let { colorRules, macros } = data;
let decoder = makeDecoder(0);
let practice: Practice | null = null;
const meter = new ThreadMeter();
const thread: ThreadMethods = {
  health: () => ({ ...meter.read(), assistants: assistants.health(), capture: decoder.health() }),
  heapSnapshot: writeHeap,
};

/** Milliseconds without a capture after which the threads practise for one. */
const IDLE = 400;

const idle = setTimeout(() => {
  const path = join(installationFolder(), "dist", "practice", "traffic.pcap");
  if (process.env.TAPLINE_PRACTICE === "no" || !existsSync(path)) return;
  practice = new Practice(path, assistants);
  // Practice that fails is missing, no more: what is wrong shows where it is asked for.
  practice.run().catch(() => {});
}, IDLE);
idle.unref();

function makeDecoder(capture: number): Decoder {
  return new Decoder((state) => send({ type: "state", capture, state }), assistants, {
    colorRules,
    macros,
  });
}

port.on("message", async (message: ToWorker) => {
  try {
    if (message.method === "open") {
      clearTimeout(idle);
      practice?.end();
      decoder.close();
      decoder = makeDecoder(message.capture);
    }
    if (message.method === "color") [colorRules, macros] = message.args as Parameters<Decoder["color"]>;
    const { method: name } = message;
    const method = (
      name in thread ? thread[name as keyof ThreadMethods] : decoder[name as keyof Decoder]
    ) as (...args: unknown[]) => unknown;
    const result = await method.apply(decoder, [...message.args]);
    send({ type: "result", id: message.id, result });
  } catch (error) {
    const info =
      error instanceof ApiError
        ? error.info
        : { code: "INTERNAL" as const, message: `The decoder failed: ${describe(error)}` };
    send({ type: "error", id: message.id, error: info });
  }
});

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
