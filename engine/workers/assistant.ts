/** A thread that helps the decode worker: it does a share of pass one, and of applying a filter. */

// First of all, so that protocols have the same numbers in every thread.
import "../protocols/index.ts";
import { parentPort, workerData } from "node:worker_threads";
import { ShardHelper } from "../decode/shard-helper.ts";
import type { FromAssistant, ToAssistant } from "./assistant-messages.ts";
import type { ThreadData } from "./messages.ts";
import { ThreadMeter } from "./meters.ts";
import { NO_THREAD_DATA, prepareThread } from "./prepare.ts";
import { ScanAssistant } from "./scan-assistant.ts";

const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");

prepareThread((workerData as ThreadData | null) ?? NO_THREAD_DATA);

const send = (message: FromAssistant): void => port.postMessage(message);
let shard: ShardHelper | null = null;
const scan = new ScanAssistant();
const meter = new ThreadMeter();

port.on("message", (message: ToAssistant) => {
  switch (message.kind) {
    case "shard-open":
      shard?.close();
      shard = new ShardHelper(message.opening);
      return;
    case "shard-close":
      shard?.close();
      shard = null;
      return;
    case "shard-batch":
      if (shard === null) return;
      send({ kind: "shard-reply", capture: message.capture, reply: shard.batch(message.batch) });
      return;
    case "scan-capture":
      scan.open(message.snapshot);
      return;
    case "scan-job":
      scan.work(message.job);
      send({ kind: "scan-ended", number: message.job.number });
      return;
    case "scan-close":
      scan.close();
      return;
    case "health":
      send({ kind: "health", reading: meter.read() });
      return;
  }
});
