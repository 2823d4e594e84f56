/** A dissected frame as the contract shows it. */
import type { FrameDetail, TreeNode } from "../api.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { nodeLabel, nodeValue } from "../dissect/format.ts";
import { GENERATED, HIDDEN, type Node } from "../dissect/node.ts";
import { fieldFilterText } from "../filter/field-filter.ts";

/** The layer tree and the bytes of a frame dissected in TREE mode. */
export function frameDetail(d: Dissection): FrameDetail {
  return {
    number: d.frame,
    tree: d.roots.map(treeNode),
    sources: d.sources.map(({ name, bytes }) => ({
      name,
      bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"),
    })),
  };
}

/** What stands in place of a frame's tree when its bytes cannot be shown. */
export function lostDetail(number: number, reason: string): FrameDetail {
  const line: TreeNode = {
    label: reason,
    field: "",
    title: "",
    value: "",
    filter: "",
    source: 0,
    offset: 0,
    length: 0,
    generated: true,
    hidden: false,
    severity: "error",
    link: null,
    children: [],
  };
  return { number, tree: [line], sources: [{ name: "Frame (0 bytes)", bytes: "" }] };
}

function treeNode(node: Node): TreeNode {
  const { field } = node;
  return {
    label: nodeLabel(node),
    field: field.name,
    title: field.title,
    value: nodeValue(node),
    filter: fieldFilterText(node),
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
