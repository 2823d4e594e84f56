/**
 * `npm run conformance:order -- DIR|FILE … [--max-bytes N] [--match TEXT]`
 *
 * Dissects the frames of captures front to back and then in a scattered order, and prints the frames that do not look
 * the same both times (tree, columns), those whose protocol chain is not the index's, and those at which a dissector
 * failed. Ends with 1 when there are any.
 */
import { Indexer } from "../../engine/decode/indexer.ts";
import { Viewer } from "../../engine/decode/viewer.ts";
import { MODE_TREE } from "../../engine/dissect/dissection.ts";
import { nodeLabel } from "../../engine/dissect/format.ts";
import type { Node } from "../../engine/dissect/node.ts";
import { protocols } from "../../engine/dissect/protocol.ts";
import { openCaptureSync } from "../../engine/formats/open.ts";
import { arguments_, captures } from "./captures.ts";

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
}

function looks(viewer: Viewer, frame: number): Looks {
  const d = viewer.dissect(frame, MODE_TREE, true);
  return {
    text: [d.protocolColumn, d.info, ...lines(d.roots)].join("\n"),
    chain: names(d.chain.subarray(0, d.chainLength)),
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

const options = arguments_(process.argv.slice(2), "npm run conformance:order");
const totals = { captures: 0, refused: 0, frames: 0, order: 0, chain: 0, failed: 0 };
for (const path of captures(options)) {
  let indexer: Indexer;
  try {
    indexer = new Indexer(openCaptureSync(path));
    while (indexer.run(1000));
  } catch {
    totals.refused++;
    continue;
  }
  totals.captures++;
  const { index } = indexer;
  totals.frames += index.count;
  const inOrder = new Viewer(indexer);
  const expected: string[] = [];
  for (let frame = 1; frame <= index.count; frame++) {
    const { text, chain } = looks(inOrder, frame);
    expected.push(text);
    const indexed = names(index.chains.chains[index.segment(frame).chain[index.slot(frame)]]);
    if (chain !== indexed) {
      totals.chain++;
      console.log(`${path}#${frame}: chain "${chain}", in the index "${indexed}"`);
    }
    if (text.includes("Dissector bug")) {
      totals.failed++;
      console.log(`${path}#${frame}: ${text.slice(text.indexOf("[Dissector bug")).split("\n", 1)[0]}`);
    }
  }
  const viewer = new Viewer(indexer);
  for (const frame of scattered(index.count)) {
    const { text } = looks(viewer, frame);
    if (text === expected[frame - 1]) continue;
    totals.order++;
    console.log(`${path}#${frame}: ${difference(expected[frame - 1], text)}`);
  }
}
console.log(
  `${totals.captures} captures (${totals.refused} refused), ${totals.frames} frames: ${totals.order} look different in ` +
    `another order, ${totals.chain} have another chain than in the index, ${totals.failed} failed in a dissector`,
);
process.exitCode = totals.order + totals.chain + totals.failed === 0 ? 0 : 1;
