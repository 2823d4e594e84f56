/** Find packet: by display filter, bytes, text or pattern. */
import type { Params } from "../api.ts";
import { ApiError } from "../api.ts";
import { MODE_FIELDS, MODE_INDEX, MODE_TREE } from "../dissect/dissection.ts";
import { nodeLabel } from "../dissect/format.ts";
import { HIDDEN, type Node } from "../dissect/node.ts";
import type { CompiledFilter } from "../filter/compile.ts";
import type { Indexer } from "./indexer.ts";
import type { Viewer } from "./viewer.ts";

/**
 * A test for single frames.
 * @throws ApiError BAD_FILTER for a filter, byte string or pattern that is wrong
 */
export function finder(
  indexer: Indexer,
  viewer: Viewer,
  params: Params<"find">,
  compile: (text: string) => CompiledFilter,
): (frame: number) => boolean {
  const { kind, text } = params;
  if (kind === "filter") {
    const filter = compile(text);
    return (frame) => filter.evaluate(viewer.dissect(frame, MODE_FIELDS, filter.needsColumns, filter.wanted));
  }
  if (kind === "hex") {
    const needle = Buffer.from(hexBytes(text));
    return (frame) => {
      const bytes = indexer.bytes(frame);
      return (
        bytes !== undefined && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(needle)
      );
    };
  }
  const test = textTest(params);
  switch (params.where) {
    case "list":
      return (frame) => {
        const d = viewer.dissect(frame, MODE_INDEX, true);
        return test(d.info);
      };
    case "tree":
      return (frame) => viewer.dissect(frame, MODE_TREE, true).roots.some((root) => anyLabel(root, test));
    default:
      return (frame) => test(Buffer.from(indexer.bytes(frame) ?? []).toString("latin1"));
  }
}

function anyLabel(node: Node, test: (text: string) => boolean): boolean {
  if (node.flags & HIDDEN) return false;
  return test(nodeLabel(node)) || (node.children?.some((child) => anyLabel(child, test)) ?? false);
}

function textTest({ kind, text, caseSensitive, where }: Params<"find">): (haystack: string) => boolean {
  if (kind === "regex") {
    try {
      const pattern = new RegExp(text, caseSensitive ? "" : "i");
      return (haystack) => pattern.test(haystack);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError("BAD_FILTER", `Not a regular expression: ${reason}.`, {
        start: 0,
        end: text.length,
      });
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
