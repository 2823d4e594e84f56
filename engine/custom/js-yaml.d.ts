/** What is used of js-yaml 4, which has no types of its own. */
declare module "js-yaml" {
  /** The parser at a node's beginning or end. */
  export interface ParserState {
    /** Counted from 0. */
    readonly line: number;
    /** Set at the end. */
    readonly kind: "scalar" | "sequence" | "mapping" | null;
    readonly result: unknown;
  }
  export interface LoadOptions {
    readonly filename?: string;
    readonly schema?: unknown;
    readonly maxDepth?: number;
    readonly listener?: (event: "open" | "close", state: ParserState) => void;
  }
  /** @throws YAMLException */
  export function load(text: string, options?: LoadOptions): unknown;
  export const CORE_SCHEMA: unknown;
  export class YAMLException extends Error {
    readonly reason: string;
    readonly mark?: { readonly line: number; readonly column: number };
  }
}
