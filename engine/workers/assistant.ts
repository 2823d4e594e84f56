/** A thread that helps the decode worker: it dissects a share of a capture's frames in pass one. */
import { parentPort } from "node:worker_threads";
import { ShardHelper } from "../decode/shard-helper.ts";
import type { FromAssistant, ToAssistant } from "./assistant-messages.ts";

const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");

let shard: ShardHelper | null = null;

port.on("message", (message: ToAssistant) => {
  if (message.kind === "shard-open") {
    shard?.close();
    shard = new ShardHelper(message.opening);
  } else if (message.kind === "shard-close") {
    shard?.close();
    shard = null;
  } else if (shard !== null) {
    const reply: FromAssistant = {
      kind: "shard-reply",
      capture: message.capture,
      reply: shard.batch(message.batch),
    };
    port.postMessage(reply);
  }
});
