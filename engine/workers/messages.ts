/** What travels between a session and its decode worker. Both ends are ours, so nothing is checked here. */
import type { ColorRuleSetting, ErrorInfo, FilterMacro } from "../api.ts";
import type { Description } from "../custom/schema.ts";
import type { Decoder, DecoderState } from "../decode/decoder.ts";
import type { DecodeAsEntry } from "../dissect/decode-tables.ts";
import type { Preferences } from "../dissect/preferences.ts";

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

/** The decoder's methods that can be called from outside its thread. */
export type DecoderMethods = Pick<
  Decoder,
  | "open"
  | "finishLive"
  | "pause"
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
