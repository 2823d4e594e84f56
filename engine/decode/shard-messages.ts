/** What travels between the thread that reads a capture in pass one and the threads that help it dissect. */
import type { AddedPiece } from "../dissect/fragments.ts";
import type { FrameRefs, Milestone } from "./shard.ts";

/** A capture begins. */
export interface ShardOpening {
  /** The file whose records are dissected. */
  readonly path: string;
  /** The helper's name in the table of buckets. */
  readonly owner: number;
  /** Names of the protocols by their ids, which the threads must agree on. */
  readonly protocols: readonly string[];
  /** Table of bucket owners, a byte each, written by the thread that reads. */
  readonly buckets: SharedArrayBuffer;
}

/** Frames to dissect. Their rows of the index hold what the file says of them. */
export interface ShardBatch {
  readonly number: number;
  /** Frame numbers, ascending. */
  readonly frames: Uint32Array;
  /** Segments of the index that the helper has not seen yet, in order. */
  readonly segments: readonly SharedArrayBuffer[];
  /** Link types of the interfaces so far. */
  readonly linkTypes: readonly number[];
}

/** The frames of a batch are dissected; their rows are filled, with numbers that are the helper's own. */
export interface ShardReply {
  readonly number: number;
  /** Addresses met for the first time, in the order of their numbers. */
  readonly addresses: readonly { readonly kind: number; readonly bytes: Uint8Array }[];
  /** Protocol chains met for the first time, in the order of their numbers. */
  readonly chains: readonly Uint16Array[];
  /** Conversations that took the place of others. */
  readonly renewed: readonly number[];
  readonly moreRefs: readonly FrameRefs[];
  readonly pieces: readonly AddedPiece[];
  readonly milestones: readonly Milestone[];
  /** As `StreamNotes.take` gives them. */
  readonly notes: Int32Array;
  /** True when a packet touched what belongs to another thread: the shares cannot be told apart. */
  readonly crossed: boolean;
}
