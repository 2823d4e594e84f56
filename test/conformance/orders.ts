/** Looks at the frames of one capture in order, in a scattered order, and as filters look at them. */
import { Indexer } from "../../engine/decode/indexer.ts";
import { Viewer } from "../../engine/decode/viewer.ts";
import { MODE_FIELDS, MODE_TREE } from "../../engine/dissect/dissection.ts";
import { nodeLabel } from "../../engine/dissect/format.ts";
import type { Node } from "../../engine/dissect/node.ts";
import { fields, protocols } from "../../engine/dissect/protocol.ts";
import { openCaptureSync } from "../../engine/formats/open.ts";
import { fieldTexts, withAll } from "../tools/nodes.ts";

function lines(nodes: readonly Node[], into: string[] = []): string[] {
  for (const node of nodes) {
    into.push(nodeLabel(node));
    if (node.children !== null) lines(node.children, into);
  }
  return into;
}

interface Looks {
  text: string;
  chain: string;
  fields: string;
}

function looks(viewer: Viewer, frame: number): Looks {
  const d = viewer.dissect(frame, MODE_TREE, true);
  return {
    text: [d.protocolColumn, d.info, ...lines(d.roots)].join("\n"),
    chain: names(d.chain.subarray(0, d.chainLength)),
    fields: fieldTexts(withAll(d.roots)).join("\n"),
  };
}

const names = (chain: Uint16Array): string => Array.from(chain, (id) => protocols[id].name).join(":");

/** The first line that differs. */
function difference(a: string, b: string): string {
  const [left, right] = [a.split("\n"), b.split("\n")];
  const at = left.findIndex((line, i) => line !== right[i]);
  return at === -1 ? `"${right[left.length]}" more` : `"${left[at]}" but "${right[at] ?? ""}"`;
}

/** A scattered order that is the same every time: steps of a prime through the frames. */
function* scattered(count: number): Generator<number> {
  const step = 7919 % count === 0 ? 1 : 7919;
  for (let i = 0, at = 0; i < count; i++, at = (at + step) % count) yield count - at;
}

export interface Orders {
  frames: number;
  /**
   * Frames that look different in another order, have another chain than in the index, or other fields for a filter,
   * made a dissector fail.
   */
  order: number;
  chain: number;
  fields: number;
  failed: number;
  /** A line for each of these. */
  lines: string[];
}

/**
 * Dissects all frames front to back, then in a scattered order by another viewer, and compares tree and columns.
 * @throws what opening the capture throws
 */
export function compareOrders(path: string): Orders {
  const indexer = new Indexer(openCaptureSync(path));
  try {
    return compareFrames(path, indexer);
  } finally {
    indexer.close();
  }
}

function compareFrames(path: string, indexer: Indexer): Orders {
  while (indexer.run(1000));
  const { index } = indexer;
  const found: Orders = { frames: index.count, order: 0, chain: 0, fields: 0, failed: 0, lines: [] };
  const inOrder = new Viewer(indexer);
  const expected: string[] = [];
  const asked = new Viewer(indexer);
  const wanted = new Uint8Array(fields.length).fill(1);
  for (let frame = 1; frame <= index.count; frame++) {
    const { text, chain, fields } = looks(inOrder, frame);
    expected.push(text);
    const indexed = names(index.chains.chains[index.segment(frame).chain[index.slot(frame)]]);
    if (chain !== indexed) {
      found.chain++;
      found.lines.push(`${path}#${frame}: chain "${chain}", in the index "${indexed}"`);
    }
    const filtered = fieldTexts(asked.dissect(frame, MODE_FIELDS, false, wanted).found).join("\n");
    if (filtered !== fields) {
      found.fields++;
      found.lines.push(`${path}#${frame}: fields: ${difference(fields, filtered)}`);
    }
    if (text.includes("Dissector bug")) {
      found.failed++;
      const at = text.indexOf("[Dissector bug");
      found.lines.push(`${path}#${frame}: ${text.slice(at).split("\n", 1)[0]}`);
    }
  }
  const viewer = new Viewer(indexer);
  for (const frame of scattered(index.count)) {
    const { text } = looks(viewer, frame);
    if (text === expected[frame - 1]) continue;
    found.order++;
    found.lines.push(`${path}#${frame}: ${difference(expected[frame - 1], text)}`);
  }
  return found;
}
