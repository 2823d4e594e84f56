/** Reads out the nodes of a dissection. */
import { nodeValue } from "../../engine/dissect/format.ts";
import type { Node } from "../../engine/dissect/node.ts";

/** The nodes and all that are below them. */
export function withAll(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...withAll(node.children ?? [])]);
}

/** Names and values of fields, in the order of the alphabet: filters and trees keep them in different orders. */
export function fieldTexts(nodes: readonly Node[]): string[] {
  return nodes
    .filter(({ field }) => field.name !== "")
    .map((node) => `${node.field.name} ${nodeValue(node)}`)
    .sort();
}
