/** What travels between the decode thread and the assistants that judge frames with it. */
import type { Facts } from "../dissect/expectations.ts";
import type { Piece } from "../dissect/fragments.ts";
import type { MultipathEvent } from "../dissect/multipath.ts";
import type { ReferenceValues } from "../filter/references.ts";
import type { CaptureInterface, Format } from "../formats/types.ts";
import type { FrameRefs } from "./shard.ts";

/** An indexed capture, for a thread that looks at the same memory. */
export interface CaptureSnapshot {
  readonly path: string;
  readonly format: Format;
  readonly interfaces: readonly CaptureInterface[];
  /** Frames that are indexed. */
  readonly count: number;
  readonly segments: readonly SharedArrayBuffer[];
  /** Protocol chains by number; the ids in them are places in `protocols`, which names them. */
  readonly chains: readonly Uint16Array[];
  readonly protocols: readonly string[];
  readonly streams: readonly Int32Array[];
  readonly moreRefs: readonly FrameRefs[];
  readonly renewed: ReadonlySet<number>;
  /** Addresses by id, from 1 on. */
  readonly addresses: readonly { readonly kind: number; readonly bytes: Uint8Array }[];
  /** What endpoints were announced to carry; the protocols are places in `protocols`. */
  readonly announced: readonly {
    readonly kind: number;
    readonly address: number;
    readonly port: number;
    readonly app: number;
    readonly frame: number;
    readonly facts: Facts | null;
  }[];
  /** What was learnt of Multipath TCP. */
  readonly multipath: readonly MultipathEvent[];
  /** The pieces of each datagram by number. */
  readonly datagrams: readonly (readonly Piece[])[];
}

/** A filter to be applied to all frames of the snapshot, together with others. */
export interface ScanJob {
  readonly number: number;
  /** The filter with its macros expanded, and the selected packet's values that it refers to. */
  readonly filter: string;
  readonly references: ReferenceValues;
  /** By test of the filter: the chunks of its bitmaps. */
  readonly answers: readonly {
    readonly known: readonly SharedArrayBuffer[];
    readonly truth: readonly SharedArrayBuffer[];
  }[];
  /** See `ScanControl`. */
  readonly control: SharedArrayBuffer;
  /** Which of the shares is meant, and how many there are. */
  readonly share: number;
  readonly shares: number;
}

export type ToScanHelper =
  | { readonly kind: "scan-capture"; readonly snapshot: CaptureSnapshot }
  | { readonly kind: "scan-job"; readonly job: ScanJob }
  | { readonly kind: "scan-close" };

/** The helper has stopped working on a job: it is done, or was called off. */
export interface FromScanHelper {
  readonly kind: "scan-ended";
  readonly number: number;
}
