/** Dissects bytes written out in a test and gives back what a reader would see. */
import { CaptureMemory, Dissection, type FrameFacts, MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { nodeLabel, showValue } from "../../../engine/dissect/format.ts";
import { HIDDEN, type Node } from "../../../engine/dissect/node.ts";
import { type Protocol, protocols } from "../../../engine/dissect/protocol.ts";
import { dissectFrame } from "../../../engine/protocols/frame.ts";
import "../../../engine/protocols/index.ts";

export interface Dissected {
  /** The tree, two spaces a level, hidden lines left out. */
  text: string;
  info: string;
  protocol: string;
  /** "eth:ip:udp" */
  chain: string;
  /** Values by field name, as shown. */
  fields: Map<string, string[]>;
}

/**
 * Dissects one packet.
 * @param hex digits, blanks allowed
 * @param options.snap captured bytes, when fewer than the packet had
 * @param options.protocol called on the bytes instead of the link layer's
 */
export function dissect(
  hex: string,
  options: { linkType?: number; snap?: number; protocol?: Protocol } = {},
): Dissected {
  const all = Uint8Array.from(Buffer.from(hex.replace(/\s+/g, ""), "hex"));
  const bytes = all.subarray(0, options.snap ?? all.length);
  const d = new Dissection(new CaptureMemory(), (frame) => (frame === 1 ? bytes : undefined));
  d.setMode(MODE_TREE, true);
  const facts: FrameFacts = {
    number: 1,
    len: all.length,
    capLen: bytes.length,
    sec: 1_700_000_000,
    nsec: 0,
    iface: 0,
    linkType: options.linkType ?? 1,
  };
  d.begin(bytes, 0, facts);
  if (options.protocol === undefined) dissectFrame(d);
  else d.call(options.protocol);
  const lines: string[] = [];
  const fields = new Map<string, string[]>();
  const walk = (node: Node, depth: number): void => {
    if ((node.flags & HIDDEN) === 0) lines.push(`${"  ".repeat(depth)}${nodeLabel(node)}`);
    if (node.field.name !== "") {
      const shown = showValue(node.field, node.value);
      const same = fields.get(node.field.name);
      if (same) same.push(shown);
      else fields.set(node.field.name, [shown]);
    }
    for (const child of node.children ?? []) walk(child, depth + 1);
  };
  for (const root of d.roots) walk(root, 0);
  const chain: string[] = [];
  for (let i = 0; i < d.chainLength; i++) chain.push(protocols[d.chain[i]].name);
  return { text: lines.join("\n"), info: d.info, protocol: d.protocolColumn, chain: chain.join(":"), fields };
}
