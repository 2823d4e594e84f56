import { describe, expect, test } from "vitest";
import { Indexer } from "../../../engine/decode/indexer.ts";
import { Viewer } from "../../../engine/decode/viewer.ts";
import { MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { nodeLabel } from "../../../engine/dissect/format.ts";
import type { Node } from "../../../engine/dissect/node.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";

const SAMPLE = "build/samples/sample.pcapng";

function indexed(): Indexer {
  const indexer = new Indexer(openCaptureSync(SAMPLE));
  while (indexer.run(1000));
  return indexer;
}

function lines(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => [nodeLabel(node), ...lines(node.children ?? [])]);
}

function shown(viewer: Viewer, frame: number): string {
  const d = viewer.dissect(frame, MODE_TREE, true);
  return [d.protocolColumn, d.info, ...lines(d.roots)].join("\n");
}

/** A shuffle that is the same every time. */
function shuffled(count: number, seed: number): number[] {
  const list = Array.from({ length: count }, (_, i) => i + 1);
  let state = seed;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const j = state % (i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

describe("frames of the sample capture", () => {
  const indexer = indexed();
  const { count } = indexer.index;
  const inOrder = new Viewer(indexer);
  const expected = Array.from({ length: count }, (_, i) => shown(inOrder, i + 1));

  test("are all there and none is a dissector's mistake", () => {
    expect(count).toBeGreaterThan(100);
    expect(expected.join("\n")).not.toContain("Dissector bug");
  });

  test("have the protocols that the index says", () => {
    const { index } = indexer;
    for (let frame = 1; frame <= count; frame++) {
      const d = inOrder.dissect(frame, MODE_TREE, true);
      const chain = index.chains.chains[index.segment(frame).chain[index.slot(frame)]];
      expect(Array.from(d.chain.subarray(0, d.chainLength))).toEqual(Array.from(chain));
    }
  });

  test.each([1, 2, 3])("look the same in any order (%i)", (seed) => {
    const viewer = new Viewer(indexer);
    for (const frame of shuffled(count, seed)) expect(shown(viewer, frame)).toBe(expected[frame - 1]);
  });

  test("look the same to a viewer that has seen nothing else", () => {
    for (const frame of shuffled(count, 4).slice(0, 40)) {
      expect(shown(new Viewer(indexer), frame)).toBe(expected[frame - 1]);
    }
  });
});
