/** Dissects a packet written as hex. */
import { expect } from "vitest";
import {
  CaptureMemory,
  Dissection,
  MODE_FIELDS,
  MODE_INDEX,
  MODE_TREE,
  type Mode,
} from "../../../engine/dissect/dissection.ts";
import { nodeLabel, nodeValue } from "../../../engine/dissect/format.ts";
import { HIDDEN, type Node } from "../../../engine/dissect/node.ts";
import { fields, type Protocol } from "../../../engine/dissect/protocol.ts";
import { chainText, dissectFrame } from "../../../engine/protocols/frame.ts";
import { fieldTexts, withAll } from "../../tools/nodes.ts";
import "../../../engine/protocols/index.ts";

export interface Dissected {
  /** The tree's lines, indented by two blanks a level, without hidden ones. */
  text: string;
  info: string;
  protocol: string;
  chain: string;
  /** Shown values by field name, hidden fields among them. */
  fields: Map<string, string[]>;
}

/** Bytes of hex digits; blanks, line ends and colons do not count. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/[\s:]/g, ""), "hex"));
}

/** What the tree and the columns of a finished dissection say. */
export function readOut(d: Dissection): Dissected {
  const lines: string[] = [];
  const fields = new Map<string, string[]>();
  const walk = (node: Node, depth: number): void => {
    if ((node.flags & HIDDEN) === 0) lines.push("  ".repeat(depth) + nodeLabel(node));
    if (node.field.name !== "") {
      const values = fields.get(node.field.name);
      if (values === undefined) fields.set(node.field.name, [nodeValue(node)]);
      else values.push(nodeValue(node));
    }
    for (const child of node.children ?? []) walk(child, depth + 1);
  };
  for (const root of d.roots) walk(root, 0);
  return {
    text: lines.join("\n"),
    info: d.info,
    protocol: d.protocolColumn,
    chain: chainText(d),
    fields,
  };
}

/**
 * Dissects one frame in full, and makes sure that the index would say the same of its protocol chain, and a
 * filter of its fields.
 * @param options linkType: LINKTYPE_ value, Ethernet if not given; snap: bytes that were captured; protocol: called
 *   in place of the link layer
 */
export function dissect(
  hex: string,
  options: { linkType?: number; snap?: number; protocol?: Protocol } = {},
): Dissected {
  const bytes = fromHex(hex);
  const indexed = run(bytes, MODE_INDEX, options);
  const d = run(bytes, MODE_TREE, options);
  expect(chainText(indexed)).toBe(chainText(d));
  expect(fieldTexts(run(bytes, MODE_FIELDS, options).found)).toEqual(fieldTexts(withAll(d.roots)));
  return readOut(d);
}

function run(
  bytes: Uint8Array,
  mode: Mode,
  options: { linkType?: number; snap?: number; protocol?: Protocol },
): Dissection {
  const capLen = Math.min(bytes.length, options.snap ?? bytes.length);
  const d = new Dissection(new CaptureMemory(), () => bytes);
  d.setMode(mode, mode === MODE_TREE, new Uint8Array(fields.length).fill(1));
  d.begin(bytes.subarray(0, capLen), 0, {
    number: 1,
    len: bytes.length,
    capLen,
    sec: 0,
    nsec: 0,
    iface: 0,
    linkType: options.linkType ?? 1,
  });
  if (options.protocol) d.call(options.protocol);
  else dissectFrame(d);
  return d;
}
