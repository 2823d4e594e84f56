/** What travels between the decode worker and its assistants. Both ends are ours, so nothing is checked here. */
import type { FromScanHelper, ToScanHelper } from "../decode/scan-messages.ts";
import type { ShardBatch, ShardOpening, ShardReply } from "../decode/shard-messages.ts";
import type { ThreadReading } from "./meters.ts";

export type ToAssistant =
  | { readonly kind: "shard-open"; readonly opening: ShardOpening }
  | { readonly kind: "shard-batch"; readonly capture: number; readonly batch: ShardBatch }
  | { readonly kind: "shard-close" }
  | { readonly kind: "health" }
  | ToScanHelper;

export type FromAssistant =
  | {
      readonly kind: "shard-reply";
      /** Number of the opening it belongs to. */
      readonly capture: number;
      readonly reply: ShardReply;
    }
  | { readonly kind: "health"; readonly reading: ThreadReading }
  | FromScanHelper;
