/** What judging frames needs of a capture that is indexed, as far as it is. */
import type { IndexedConversations } from "../dissect/conversation.ts";
import type { CaptureMemory } from "../dissect/dissection.ts";
import type { Indexer } from "./indexer.ts";

export interface ScannedCapture extends Pick<Indexer, "index" | "capture" | "random" | "bytes"> {
  readonly memory: CaptureMemory;
  /** The capture's conversations for one walk: the same numbers, nothing learnt yet. */
  conversations(): IndexedConversations;
}
