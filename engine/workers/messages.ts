/** What travels between a session and its decode worker. Both ends are ours, so nothing is checked here. */
import type { ColorRuleSetting, ErrorInfo, FilterMacro, ThreadHealth } from "../api.ts";
import type { Description } from "../custom/schema.ts";
import type { Decoder, DecoderHealth, DecoderState } from "../decode/decoder.ts";
import type { DecodeAsEntry } from "../dissect/decode-tables.ts";
import type { Preferences } from "../dissect/preferences.ts";
import type { ThreadReading } from "./meters.ts";

/** What every thread that dissects is started with. */
export interface ThreadData {
  /** The same for all, so that protocols and fields have the same numbers everywhere. */
  readonly protocols: readonly Description[];
  readonly decodeAs: readonly DecodeAsEntry[];
  readonly preferences: Preferences;
  /** Colouring rules, null for the built-in ones, and the macros that they use. */
  readonly colorRules: readonly ColorRuleSetting[] | null;
  readonly macros: readonly FilterMacro[];
}

/** What the decoder's thread says of itself, its assistants and the open capture. */
export interface DecoderReading extends ThreadReading {
  readonly assistants: readonly ThreadHealth[];
  /** Null without a capture. */
  readonly capture: DecoderHealth | null;
}

/** What the thread answers itself. */
export interface ThreadMethods {
  health(): DecoderReading;
  /**
   * Writes the thread's heap to a file that is not there yet; nothing else is answered meanwhile.
   * @throws ApiError NO_SPACE or UNREADABLE when it cannot be written
   */
  heapSnapshot(path: string): void;
}

/** The methods that can be called from outside the decoder's thread. */
export type DecoderMethods = ThreadMethods &
  Pick<
    Decoder,
    | "open"
    | "finishLive"
    | "pause"
    | "replay"
    | "close"
    | "cancel"
    | "color"
    | "filter"
    | "sort"
    | "find"
    | "experts"
    | "locate"
    | "neighbour"
    | "displayedFrames"
    | "saveSource"
    | "rows"
    | "frame"
    | "frameBytes"
    | "fieldTexts"
    | "explain"
    | "countMatches"
    | "timeline"
    | "overview"
    | "properties"
  >;
export type DecoderMethod = keyof DecoderMethods;
export type DecoderResult<M extends DecoderMethod> = Awaited<ReturnType<DecoderMethods[M]>>;

export interface ToWorker {
  readonly id: number;
  /** Number of the capture it is about; an `open` begins a new one. */
  readonly capture: number;
  readonly method: DecoderMethod;
  readonly args: readonly unknown[];
}

export type FromWorker =
  | { readonly type: "result"; readonly id: number; readonly result: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: ErrorInfo }
  | { readonly type: "state"; readonly capture: number; readonly state: DecoderState };
