import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Indexer } from "../../../engine/decode/indexer.ts";
import { Viewer } from "../../../engine/decode/viewer.ts";
import { CONVERSATION_TCP, makeRef } from "../../../engine/dissect/conversation.ts";
import { MODE_FIELDS, MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { nodeLabel } from "../../../engine/dissect/format.ts";
import type { Node } from "../../../engine/dissect/node.ts";
import { fields } from "../../../engine/dissect/protocol.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { CaptureWriter } from "../../../engine/formats/writer.ts";
import { handshake, type TcpSegment, tcpFrame } from "../protocols/builder.ts";

const folder = mkdtempSync(join(tmpdir(), "tapline-milestones-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PIECE = 1000;

/**
 * One connection with many requests: responses of two segments, and now and then one of 300 that nothing but its end
 * lets be put together. Some segments come twice, some late.
 */
function download(): TcpSegment[] {
  const list = handshake();
  let asked = 1001;
  let sent = 5001;
  for (let n = 0; n < 120; n++) {
    const request = `GET /${n} HTTP/1.1\r\nHost: www.example.org\r\n\r\n`;
    list.push({ from: "a", seq: asked, ack: sent, flags: "PA", data: request });
    asked += request.length;
    const pieces = n % 40 === 17 ? 300 : 2;
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${pieces * PIECE}\r\n\r\n`;
    const segments: TcpSegment[] = [{ from: "b", seq: sent, ack: asked, flags: "PA", data: head }];
    sent += head.length;
    for (let i = 0; i < pieces; i++) {
      segments.push({ from: "b", seq: sent, ack: asked, flags: "A", data: "x".repeat(PIECE) });
      sent += PIECE;
    }
    if (n % 10 === 3) segments.splice(1, 0, segments[2]);
    if (n % 10 === 7) [segments[1], segments[2]] = [segments[2], segments[1]];
    list.push(...segments);
    list.push({ from: "a", seq: asked, ack: sent, flags: "A" });
  }
  return list;
}

function indexed(): Indexer {
  const path = join(folder, "download.pcap");
  const writer = new CaptureWriter(path, { format: "pcap", application: "test" });
  writer.addInterface({ linkType: 1, snapLen: 262_144, tsresol: 6, name: "test0" });
  for (const [n, segment] of download().entries()) {
    const bytes = tcpFrame(segment);
    writer.writePacket(bytes, 1_700_000_000 + Math.floor(n / 100), (n % 100) * 10_000_000, bytes.length);
  }
  writer.close();
  const indexer = new Indexer(openCaptureSync(path));
  while (indexer.run(1000));
  return indexer;
}

const lines = (nodes: readonly Node[]): string[] =>
  nodes.flatMap((node) => [nodeLabel(node), ...lines(node.children ?? [])]);

function tree(viewer: Viewer, frame: number): string {
  const d = viewer.dissect(frame, MODE_TREE, true);
  return [d.protocolColumn, d.info, ...lines(d.roots)].join("\n");
}

const nothing = new Uint8Array(fields.length);

function row(viewer: Viewer, frame: number): string {
  const d = viewer.dissect(frame, MODE_FIELDS, true, nothing);
  return [d.protocolColumn, d.info].join("\n");
}

describe("a long conversation", () => {
  const indexer = indexed();
  const { count, checkpoints } = indexer.index;
  const ref = makeRef(CONVERSATION_TCP, 0);
  const whole = new Viewer(indexer);
  const expected = Array.from({ length: count }, (_, i) => tree(whole, i + 1));
  const frames = Array.from({ length: 150 }, (_, i) => 1 + ((i * 7919) % count));

  test("has its state saved on the way", () => {
    expect(count).toBeGreaterThan(1200);
    expect(checkpoints.before(ref, 200)).toBeNull();
    const last = checkpoints.before(ref, count)!;
    expect(last.frame).toBeGreaterThan(count / 2);
    expect(last.bytes.length).toBeGreaterThan(100);
    expect(checkpoints.before(ref, last.frame)!.frame).toBeLessThan(last.frame);
    expect(checkpoints.before(ref, count, 1)!.frame).toBe(checkpoints.before(ref, last.frame)!.frame);
  });

  test("shows the same rows from its middle as from its start", () => {
    for (const frame of frames) {
      expect(row(new Viewer(indexer), frame)).toBe(expected[frame - 1].split("\n").slice(0, 2).join("\n"));
    }
  });

  test("shows the same trees from its middle as from its start", () => {
    for (const frame of frames.slice(0, 40))
      expect(tree(new Viewer(indexer), frame)).toBe(expected[frame - 1]);
  });

  test("puts together what began long before a saved state", () => {
    const ends = expected.flatMap((text, i) => (/30\d Reassembled TCP Segments/.test(text) ? [i + 1] : []));
    expect(ends.length).toBe(3);
    for (const frame of ends) {
      expect(tree(new Viewer(indexer), frame)).toBe(expected[frame - 1]);
      expect(row(new Viewer(indexer), frame + 1)).toBe(expected[frame].split("\n").slice(0, 2).join("\n"));
    }
  });

  test("can be looked at there and back with one viewer", () => {
    const viewer = new Viewer(indexer);
    for (const [i, frame] of frames.entries()) {
      if (i % 3 === 0) expect(tree(viewer, frame)).toBe(expected[frame - 1]);
      else expect(row(viewer, frame)).toBe(expected[frame - 1].split("\n").slice(0, 2).join("\n"));
    }
  });
});
