/** A dissected frame as the contract shows it. */
import { ApiError, type ByteRange, type FieldTexts, type FrameDetail, type TreeNode } from "../api.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { nodeLabel, nodeValue } from "../dissect/format.ts";
import { GENERATED, HIDDEN, type Node } from "../dissect/node.ts";
import { fieldFilterText } from "../filter/field-filter.ts";

/** Bytes of each source that come with the frame: more than a screen shows. */
const FIRST_BYTES = 4096;
/** Longest value and longest filter that come whole with the frame, and what comes of longer ones: UTF-16 units. */
const WHOLE_TEXT = 1024;
const FIRST_TEXT = 128;

/** The layer tree of a frame dissected in TREE mode, and what its bytes begin with. */
export function frameDetail(d: Dissection): FrameDetail {
  return {
    number: d.frame,
    tree: d.roots.map(treeNode),
    sources: d.sources.map(({ name, bytes }) => ({
      name,
      length: bytes.length,
      bytes: base64(bytes, 0, FIRST_BYTES),
    })),
  };
}

/**
 * A range of the bytes of a dissected frame.
 * @param source index into the dissection's sources
 * @throws ApiError NOT_FOUND when the frame has no such source
 */
export function byteRange(d: Dissection, source: number, offset: number, length: number): ByteRange {
  const found = d.sources[source];
  if (found === undefined) {
    const range = d.sources.length === 1 ? "only source 0" : `the sources 0 to ${d.sources.length - 1}`;
    throw new ApiError("NOT_FOUND", `Frame ${d.frame} has no source of bytes ${source}; it has ${range}.`);
  }
  return { bytes: base64(found.bytes, offset, length), length: found.bytes.length };
}

/**
 * Value and filter of a node, whole.
 * @param path index of the child at each level, from the top
 * @throws ApiError NOT_FOUND when there is no such node
 */
export function fieldTexts(d: Dissection, path: readonly number[]): FieldTexts {
  let nodes: readonly Node[] | null = d.roots;
  let node: Node | undefined;
  for (const index of path) {
    node = nodes?.[index];
    if (node === undefined) break;
    nodes = node.children;
  }
  if (node === undefined) {
    throw new ApiError(
      "NOT_FOUND",
      `The tree of frame ${d.frame} has no node at ${path.join(".")}; ask for the frame again.`,
    );
  }
  return { value: nodeValue(node), filter: fieldFilterText(node) };
}

function base64(bytes: Uint8Array, offset: number, length: number): string {
  const range = bytes.subarray(offset, offset + length);
  return Buffer.from(range.buffer, range.byteOffset, range.length).toString("base64");
}

/** A node's value and filter, or what they begin with. */
function firstTexts(node: Node): FieldTexts & { cut: boolean } {
  const first = firstOf(node);
  const value = nodeValue(first ?? node);
  const filter = fieldFilterText(first ?? node);
  const cut = first !== null || value.length > WHOLE_TEXT || filter.length > WHOLE_TEXT;
  return cut ? { value: beginning(value), filter: beginning(filter), cut } : { value, filter, cut };
}

/**
 * The node with the beginning of its value, whose texts begin as the node's own do; null when they may be short.
 * A value of a megabyte would make texts of several, to be thrown away.
 */
function firstOf(node: Node): Node | null {
  const { field, value } = node;
  if (typeof value === "string")
    return value.length > WHOLE_TEXT ? { ...node, value: value.slice(0, FIRST_TEXT + 1) } : null;
  if (!(value instanceof Uint8Array) || value.length <= WHOLE_TEXT) return null;
  // The end of an object identifier decides how it is written.
  if (field.type === "FT_OID" || field.type === "FT_REL_OID") return null;
  return { ...node, value: value.subarray(0, FIRST_TEXT) };
}

/** What a text begins with, no half of a character. */
function beginning(text: string): string {
  if (text.length <= FIRST_TEXT) return text;
  const last = text.charCodeAt(FIRST_TEXT - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? FIRST_TEXT - 1 : FIRST_TEXT);
}

/** What stands in place of a frame's tree when its bytes cannot be shown. */
export function lostDetail(number: number, reason: string): FrameDetail {
  const line: TreeNode = {
    label: reason,
    field: "",
    title: "",
    value: "",
    filter: "",
    cut: false,
    source: 0,
    offset: 0,
    length: 0,
    generated: true,
    hidden: false,
    severity: "error",
    link: null,
    children: [],
  };
  return { number, tree: [line], sources: [{ name: "Frame (0 bytes)", length: 0, bytes: "" }] };
}

function treeNode(node: Node): TreeNode {
  const { field } = node;
  return {
    label: nodeLabel(node),
    field: field.name,
    title: field.title,
    ...firstTexts(node),
    source: node.source,
    offset: node.offset,
    length: node.length,
    generated: (node.flags & GENERATED) !== 0,
    hidden: (node.flags & HIDDEN) !== 0,
    severity: node.expert?.severity ?? null,
    link: field.type === "FT_FRAMENUM" ? Number(node.value) : null,
    children: node.children === null ? [] : node.children.map(treeNode),
  };
}
