/** Find packet: by display filter, bytes, text or pattern. */
import type { Params } from "../api.ts";
import { ApiError } from "../api.ts";
import { MODE_FIELDS, MODE_INDEX, MODE_TREE, type Mode } from "../dissect/dissection.ts";
import { nodeLabel } from "../dissect/format.ts";
import { HIDDEN, type Node } from "../dissect/node.ts";
import type { CompiledFilter } from "../filter/compile.ts";
import { PatternError } from "../filter/pattern-syntax.ts";
import { compilePattern } from "../filter/regex.ts";
import type { Displayed } from "./displayed.ts";
import type { Indexer } from "./indexer.ts";
import type { Viewer } from "./viewer.ts";

/** A test for single frames. */
export interface Finder {
  /** How it dissects, for the viewer to be ready before `matches` is asked; null when it looks at bytes alone. */
  readonly mode: Mode | null;
  /** The fields it looks at, where it looks at fields. */
  readonly wanted?: Uint8Array;
  readonly matches: (frame: number) => boolean;
}

/**
 * The test a search asks for.
 * @param filter what is searched for when it is a display filter
 * @throws ApiError BAD_FILTER for a byte string or pattern that is wrong
 */
export function finder(
  indexer: Indexer,
  viewer: Viewer,
  params: Params<"find">,
  filter: CompiledFilter | null,
): Finder {
  const { kind, text } = params;
  if (filter !== null) {
    return {
      mode: MODE_FIELDS,
      wanted: filter.wanted,
      matches: (frame) =>
        filter.evaluate(viewer.dissect(frame, MODE_FIELDS, filter.needsColumns, filter.wanted)),
    };
  }
  if (kind === "hex") {
    const needle = Buffer.from(hexBytes(text));
    const matches = (frame: number): boolean => {
      const bytes = indexer.bytes(frame);
      return (
        bytes !== undefined && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(needle)
      );
    };
    return { mode: null, matches };
  }
  const test = textTest(params);
  switch (params.where) {
    case "list":
      return { mode: MODE_INDEX, matches: (frame) => test(viewer.dissect(frame, MODE_INDEX, true).info) };
    case "tree":
      return {
        mode: MODE_TREE,
        matches: (frame) => viewer.dissect(frame, MODE_TREE, true).roots.some((root) => anyLabel(root, test)),
      };
    default:
      return {
        mode: null,
        matches: (frame) => test(Buffer.from(indexer.bytes(frame) ?? []).toString("latin1")),
      };
  }
}

function anyLabel(node: Node, test: (text: string) => boolean): boolean {
  if (node.flags & HIDDEN) return false;
  return test(nodeLabel(node)) || (node.children?.some((child) => anyLabel(child, test)) ?? false);
}

function textTest({ kind, text, caseSensitive, where }: Params<"find">): (haystack: string) => boolean {
  if (kind === "regex") {
    try {
      return compilePattern(text, { binary: where === "bytes", caseSensitive }).matches;
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      const { message, start, end } = error;
      throw new ApiError("BAD_FILTER", `The regular expression cannot be used: ${message}.`, { start, end });
    }
  }
  // Bytes are compared as latin1 text, so the text's UTF-8 bytes are what is looked for.
  const plain = where === "bytes" ? Buffer.from(text, "utf8").toString("latin1") : text;
  if (caseSensitive) return (haystack) => haystack.includes(plain);
  const folded = plain.toLowerCase();
  return (haystack) => haystack.toLowerCase().includes(folded);
}

/** Bytes of a hex string with or without separators. */
function hexBytes(text: string): Uint8Array {
  const digits = text.replace(/0x|[\s:.-]/gi, "");
  if (digits.length === 0 || digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) {
    throw new ApiError("BAD_FILTER", `"${text}" is not a string of whole bytes in hex, like "de ad be ef".`, {
      start: 0,
      end: text.length,
    });
  }
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Walks the list from behind row `from`, around its end, until a frame matches; yields how far it is. */
export function* search(
  viewer: Viewer,
  displayed: Displayed,
  { mode, wanted, matches }: Finder,
  from: number,
  step: 1 | -1,
): Generator<number, { row: number; number: number } | null> {
  const total = displayed.length;
  const start = step === 1 ? from : from < 0 ? total : from;
  for (let i = 1; i <= total; i++) {
    const row = (((start + step * i) % total) + total) % total;
    const frame = displayed.frameAt(row);
    while (mode !== null && !viewer.ready(frame, mode, wanted)) yield i / total;
    if (matches(frame)) return { row, number: frame };
    yield i / total;
  }
  return null;
}
