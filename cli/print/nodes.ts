/** What output formats ask of the nodes of a dissection. */
import type { Dissection } from "../../engine/dissect/dissection.ts";
import { bareLabel, showValue } from "../../engine/dissect/format.ts";
import { TEXT } from "../../engine/dissect/marks.ts";
import type { Node } from "../../engine/dissect/node.ts";
import { plainHex } from "./hex.ts";

/** The name of expert information lines, which stand for themselves, not for a value. */
const EXPERT = "_ws.expert";
/** The protocol of bytes nobody claims: its value is those bytes. */
const DATA = "data";

export const isText = (node: Node): boolean => node.field === TEXT;
export const isProtocol = (node: Node): boolean => node.field.type === "FT_PROTOCOL";
export const isExpert = (node: Node): boolean => node.field.name === EXPERT;
export const isData = (node: Node): boolean => node.field.name === DATA && isProtocol(node);

/** True for nodes that carry a value of their own. */
export const hasValue = (node: Node): boolean =>
  node.field.type !== "FT_NONE" && node.field.type !== "FT_PROTOCOL";

/** The bytes a node stands on. */
export function nodeBytes(d: Dissection, node: Node): Uint8Array {
  return d.sources[node.source].bytes.subarray(node.offset, node.offset + node.length);
}

/** True when the text of a field's values needs the labels of the tree. */
export const needsLabels = (type: string, name: string): boolean => type === "FT_PROTOCOL" || name === EXPERT;

/** A node's value as `-e` prints it. */
export function fieldText(d: Dissection, node: Node): string {
  if (isData(node)) return plainHex(nodeBytes(d, node));
  if (isProtocol(node) || isExpert(node)) return bareLabel(node);
  return node.field.type === "FT_NONE" ? "1" : showValue(node.field, node.value);
}

/** Adds the nodes of a tree whose fields are wanted to `found`, in the order of the packet. */
export function gather(nodes: readonly Node[], wanted: Uint8Array, found: Node[]): void {
  for (const node of nodes) {
    if (wanted[node.field.id] === 1) found.push(node);
    if (node.children !== null) gather(node.children, wanted, found);
  }
}
