import { truncateSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FrameDetail, TreeNode } from "../../../engine/api.ts";
import type { Session } from "../../../engine/session/session.ts";
import { udpFrame, writeFrames } from "../../tools/packets.ts";
import { handshake, type TcpSegment, tcpFrame } from "../protocols/builder.ts";
import { type Bench, makeBench, refusal } from "./support.ts";

/** Most UTF-16 units of a value or filter that come with the frame. */
const WHOLE_TEXT = 1024;
const BODY = 1_000_000;
const HEAD = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${BODY}\r\n\r\n`;

const payload = Buffer.from(Uint8Array.from({ length: 60_000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff));
const body = Buffer.alloc(BODY, "The quick brown fox jumps over the lazy dog. ");
const AGENT = `é😀"\\${"x".repeat(5000)}`;

/** Frame 1 of 60 kB; frame 5 with a long header line; then an HTTP reply of a megabyte, whole with its last frame. */
function frames(): Uint8Array[] {
  const request = `GET / HTTP/1.1\r\nHost: a.example\r\nUser-Agent: ${AGENT}\r\n\r\n`;
  const ports = { portA: 40_000, portB: 80 };
  const segments: TcpSegment[] = [{ from: "a", flags: "PA", seq: 1, ack: 1, data: request }];
  const reply = Buffer.concat([Buffer.from(HEAD), body]);
  const ack = 1 + Buffer.byteLength(request);
  for (let at = 0; at < reply.length; at += 60_000) {
    segments.push({ from: "b", flags: "PA", seq: 1 + at, ack, data: reply.subarray(at, at + 60_000) });
  }
  return [
    udpFrame({ payload }),
    ...[...handshake(0, 0), ...segments].map((s) => tcpFrame({ ...s, ...ports })),
  ];
}

let bench: Bench;
let session: Session;
let last = 0;
beforeAll(async () => {
  bench = makeBench();
  writeFrames(bench.path("long.pcap"), frames(), { format: "pcap" });
  session = bench.session();
  last = (await session.call("open", { path: bench.path("long.pcap") })).frames;
});
afterAll(() => bench.end());

const decoded = (text: string): Buffer => Buffer.from(text, "base64");

/** Every node of a tree with its path. */
function* walk(nodes: readonly TreeNode[], parent: number[] = []): Generator<[TreeNode, number[]]> {
  for (const [index, node] of nodes.entries()) {
    yield [node, [...parent, index]];
    yield* walk(node.children, [...parent, index]);
  }
}

/** The first node of a field that has a value, and its path. */
function nodeOf(frame: FrameDetail, field: string): [TreeNode, number[]] {
  for (const found of walk(frame.tree)) if (found[0].field === field && found[0].value !== "") return found;
  throw new Error(`frame ${frame.number} has no ${field}`);
}

describe("the answer about a frame", () => {
  it.each([
    ["with 60,000 bytes of data", () => 1],
    ["that ends a PDU of a megabyte", () => last],
  ])("%s is small", async (_, number) => {
    const frame = await session.call("frame", { number: number() });
    expect(JSON.stringify(frame).length).toBeLessThan(65_536);
    for (const { length, bytes } of frame.sources) {
      expect(decoded(bytes)).toHaveLength(Math.min(length, 4096));
    }
    for (const [{ label, value, filter }] of walk(frame.tree)) {
      expect(Math.max(value.length, filter.length)).toBeLessThanOrEqual(WHOLE_TEXT);
      expect(Buffer.byteLength(label)).toBeLessThan(260);
    }
  });

  it("tells how long each source is", async () => {
    const { sources } = await session.call("frame", { number: last });
    expect(sources.map(({ length }) => length)).toEqual([
      54 + ((HEAD.length + BODY) % 60_000),
      HEAD.length + BODY,
    ]);
    expect(decoded(sources[1]!.bytes).toString("latin1").slice(0, HEAD.length)).toBe(HEAD);
  });
});

describe("a range of a frame's bytes", () => {
  const range = (number: number, source: number, offset: number, length: number) =>
    session.call("frameBytes", { number, source, offset, length });

  it("is what stands there", async () => {
    const { bytes, length } = await range(1, 0, 42 + 30_000, 4096);
    expect(decoded(bytes).equals(payload.subarray(30_000, 34_096))).toBe(true);
    expect(length).toBe(60_042);
    const inside = decoded((await range(last, 1, HEAD.length + 500_000, 65_536)).bytes);
    expect(inside.equals(body.subarray(500_000, 565_536))).toBe(true);
  });

  it("is shorter at the end, and nothing behind it", async () => {
    const end = await range(1, 0, 60_000, 4096);
    expect(decoded(end.bytes).equals(payload.subarray(60_000 - 42))).toBe(true);
    expect(await range(1, 0, 60_042, 1)).toEqual({ bytes: "", length: 60_042 });
    expect(await range(1, 0, 2 ** 40, 1)).toEqual({ bytes: "", length: 60_042 });
  });

  it("of a frame or source that is not there is refused", async () => {
    expect(await refusal(range(last + 1, 0, 0, 1))).toEqual({
      code: "NOT_FOUND",
      message: `There is no frame ${last + 1}; the capture has ${last}.`,
    });
    expect(await refusal(range(1, 1, 0, 1))).toEqual({
      code: "NOT_FOUND",
      message: "Frame 1 has no source of bytes 1; it has only source 0.",
    });
    expect((await refusal(range(last, 2, 0, 1))).message).toBe(
      `Frame ${last} has no source of bytes 2; it has the sources 0 to 1.`,
    );
  });
});

describe("the texts of a field", () => {
  const texts = (number: number, path: number[]) => session.call("fieldTexts", { number, path });

  it("are whole where the frame has their beginnings", async () => {
    const frame = await session.call("frame", { number: 1 });
    const [node, path] = nodeOf(frame, "data.data");
    expect(node.cut).toBe(true);
    const { value, filter } = await texts(1, path);
    expect(value).toBe(payload.toString("hex"));
    expect(filter).toBe(`data.data == ${payload.toString("hex").replace(/..(?!$)/g, "$&:")}`);
    expect(value.startsWith(node.value) && node.value.length > 0).toBe(true);
    expect(filter.startsWith(node.filter) && node.filter.length > 0).toBe(true);
  });

  it("are whole for long text, whatever its characters", async () => {
    const frame = await session.call("frame", { number: 5 });
    const [node, path] = nodeOf(frame, "http.user_agent");
    expect(node.cut).toBe(true);
    const whole = await texts(5, path);
    expect(whole.value).toHaveLength(AGENT.length);
    expect(whole.value).toContain("x".repeat(5000));
    expect(whole.value.startsWith(node.value)).toBe(true);
    expect(whole.filter.startsWith(node.filter)).toBe(true);
    expect((await session.call("filter", { expression: whole.filter })).count).toBe(1);
    await session.call("filter", { expression: "" });
  });

  it("are those of the frame for every node, and cut only where they are long", async () => {
    for (const number of [1, 5, last]) {
      const frame = await session.call("frame", { number });
      let long = 0;
      for (const [node, path] of walk(frame.tree)) {
        const whole = await texts(number, path);
        const isLong = whole.value.length > WHOLE_TEXT || whole.filter.length > WHOLE_TEXT;
        expect(node.cut, `${node.field} of frame ${number}`).toBe(isLong);
        if (isLong) {
          long++;
          expect(whole.value.startsWith(node.value) && whole.filter.startsWith(node.filter)).toBe(true);
        } else expect(whole).toEqual({ value: node.value, filter: node.filter });
      }
      expect(long).toBeGreaterThan(0);
    }
  });

  it("of a node that is not there are refused", async () => {
    for (const path of [[99], [0, 0, 0, 7]]) {
      expect(await refusal(texts(1, path))).toEqual({
        code: "NOT_FOUND",
        message: `The tree of frame 1 has no node at ${path.join(".")}; ask for the frame again.`,
      });
    }
  });
});

it("of a frame whose bytes are gone, nothing is made up", async () => {
  const path = bench.path("shrinks.pcap");
  writeFrames(path, [udpFrame({ payload }), udpFrame({ payload })], { format: "pcap" });
  const other = bench.session();
  await other.call("open", { path });
  truncateSync(path, 24 + 16 + 60_042 + 16 + 30_000);
  for (const asked of [
    other.call("frameBytes", { number: 2, source: 0, offset: 0, length: 100 }),
    other.call("fieldTexts", { number: 2, path: [0] }),
  ]) {
    expect(await refusal(asked)).toMatchObject({
      code: "UNREADABLE",
      message: expect.stringMatching(/^The bytes of frame 2 are no longer in "shrinks\.pcap"|being checked/),
    });
  }
  const kept = await other.call("frameBytes", { number: 1, source: 0, offset: 50_042, length: 10_000 });
  expect(decoded(kept.bytes).equals(payload.subarray(50_000))).toBe(true);
  const lost = await other.call("frame", { number: 2 });
  expect(lost.sources).toEqual([{ name: "Frame (0 bytes)", length: 0, bytes: "" }]);
});
