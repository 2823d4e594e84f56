import type { Column, FrameDetail, TreeNode } from "../../engine/api.ts";
import { findField } from "./tree.ts";

/** A display filter; of a line of the tree perhaps only its beginning. */
export type FilterText = TreeNode | { readonly filter: string; readonly cut: false };

const SOURCE_FIELDS = ["ip.src", "ipv6.src", "arp.src.proto_ipv4", "eth.src", "sll.src.eth", "wlan.sa"];
const DESTINATION_FIELDS = ["ip.dst", "ipv6.dst", "arp.dst.proto_ipv4", "eth.dst", "wlan.da"];

/** The filter of the innermost of these fields: the last occurrence is the one the list shows. */
function innermost(tree: readonly TreeNode[], fields: readonly string[], text: string): string {
  let fallback = "";
  for (const field of fields) {
    const nodes = allOf(tree, field);
    for (const node of nodes.reverse()) {
      if (node.filter === "") continue;
      if (node.value === text || node.label.includes(text)) return node.filter;
      fallback ||= node.filter;
    }
  }
  return fallback;
}

function allOf(nodes: readonly TreeNode[], field: string, into: TreeNode[] = []): TreeNode[] {
  for (const node of nodes) {
    if (node.field === field) into.push(node);
    allOf(node.children, field, into);
  }
  return into;
}

/** The protocol the packet list names: the last one of the tree that is not plain data. */
function lastProtocol(tree: readonly TreeNode[]): string {
  for (const node of [...tree].reverse()) {
    if (/^[a-z][a-z0-9_.-]*$/i.test(node.field) && node.field !== "data" && !node.generated)
      return node.field;
  }
  return "";
}

/**
 * A display filter for a cell of the packet list; empty when there is none.
 * @param frame the row's frame, when it is loaded
 */
export function cellFilter(column: Column, text: string, frame: FrameDetail | null): FilterText {
  const whole = (filter: string): FilterText => ({ filter, cut: false });
  if (!column.startsWith("field:")) return whole(frame ? builtInFilter(column, text, frame) : "");
  const field = column.slice("field:".length);
  const node = frame ? findField(frame.tree, field) : null;
  if (node?.filter) return node;
  if (text === "") return whole(field);
  return whole(`${field} == ${/^[\d.:x-]+$/i.test(text) ? text : JSON.stringify(text)}`);
}

function builtInFilter(column: Column, text: string, frame: FrameDetail): string {
  switch (column) {
    case "number":
      return `frame.number == ${frame.number}`;
    case "length": {
      return findField(frame.tree, "frame.len")?.filter || `frame.len == ${text}`;
    }
    case "time":
      return findField(frame.tree, "frame.time_relative")?.filter ?? "";
    case "source":
      return innermost(frame.tree, SOURCE_FIELDS, text);
    case "destination":
      return innermost(frame.tree, DESTINATION_FIELDS, text);
    case "protocol":
    case "info":
      return lastProtocol(frame.tree);
    default:
      return "";
  }
}

/** Filters for the conversations a frame belongs to, the innermost first. */
export function conversationFilters(frame: FrameDetail | null): { name: string; filter: string }[] {
  if (!frame) return [];
  const found: { name: string; filter: string }[] = [];
  for (const [name, field] of [
    ["TCP", "tcp.stream"],
    ["UDP", "udp.stream"],
  ] as const) {
    const node = findField(frame.tree, field);
    if (node) found.push({ name, filter: node.filter || `${field} == ${node.value}` });
  }
  for (const [name, source, destination, either] of [
    ["IPv4", "ip.src", "ip.dst", "ip.addr"],
    ["IPv6", "ipv6.src", "ipv6.dst", "ipv6.addr"],
    ["Ethernet", "eth.src", "eth.dst", "eth.addr"],
  ] as const) {
    const from = findField(frame.tree, source)?.value;
    const to = findField(frame.tree, destination)?.value;
    if (from && to) found.push({ name, filter: `${either} == ${from} && ${either} == ${to}` });
  }
  return found;
}
