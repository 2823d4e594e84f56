import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaptureWriter } from "../../../engine/formats/writer.ts";
import type { Session } from "../../../engine/session/session.ts";
import { udpFrame, writeMany } from "../../tools/packets.ts";
import { type Bench, makeBench } from "./support.ts";

/** Records and blocks that claim gigabytes, or really hold them. */
const GB = 2 ** 30;
const FRAMES = 100;

let bench: Bench;
let made = 0;
beforeAll(() => {
  bench = makeBench();
});
afterAll(() => bench.end());

/** A capture of 100 frames, with more bytes behind them. */
function capture(format: "pcap" | "pcapng", more: Uint8Array): { path: string; end: number } {
  const path = bench.path(`huge${++made}.${format}`);
  writeMany(path, FRAMES, { format });
  const whole = readFileSync(path);
  writeFileSync(path, Buffer.concat([whole, more]));
  return { path, end: whole.length };
}

/** Opens it and answers what it says; fails when it took gigabytes or for ever. */
async function opened(path: string): Promise<{ session: Session; frames: number; messages: string[] }> {
  const session = bench.session();
  const before = process.memoryUsage.rss();
  const started = performance.now();
  const { frames, notices } = await session.call("open", { path });
  expect(performance.now() - started).toBeLessThan(5000);
  // The reader's window and the worker's own memory; a record taken at its word would be gigabytes.
  expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 2 ** 20);
  return { session, frames, messages: notices.map(({ message }) => message) };
}

async function stillUsable(session: Session): Promise<void> {
  expect((await session.call("rows", { start: 99, count: 10 })).rows.map(({ number }) => number)).toEqual([
    100,
  ]);
  expect((await session.call("frame", { number: 100 })).tree.length).toBeGreaterThan(3);
  expect((await session.call("filter", { expression: "udp" })).count).toBe(FRAMES);
}

const number = (n: number): string => n.toLocaleString("en-US");

describe("a pcap record that claims gigabytes", () => {
  for (const claimed of [0xffffffff, 0x7fffffff, 0x80000000]) {
    for (const really of [false, true]) {
      it(`${claimed.toString(16)}${really ? ", and as many bytes follow" : ""}: is named with its place`, async () => {
        const head = Buffer.alloc(16);
        head.writeUInt32LE(claimed, 8);
        head.writeUInt32LE(claimed, 12);
        const { path, end } = capture("pcap", head);
        if (really) {
          const fd = openSync(path, "r+");
          ftruncateSync(fd, end + 16 + claimed + 1000);
          closeSync(fd);
        }
        const { session, frames, messages } = await opened(path);
        expect(frames).toBe(FRAMES);
        expect(messages).toEqual([
          `The record at offset ${number(end)} claims ${number(claimed)} bytes, more than the 262,144 bytes a packet ` +
            "can have: the file is damaged from here on, the packets before are kept. The last frame read is 100.",
        ]);
        await stillUsable(session);
      });
    }
  }

  it("as the very first: nothing is shown, and it says why", async () => {
    const path = bench.path("first.pcap");
    const head = Buffer.alloc(40);
    head.writeUInt32LE(0xa1b2c3d4, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(1, 20);
    head.writeUInt32LE(0xffffffff, 32);
    writeFileSync(path, head);
    const { frames, messages } = await opened(path);
    expect(frames).toBe(0);
    expect(messages.join()).toMatch(
      /^The record at offset 24 claims 4,294,967,295 bytes.* No frame could be read\.$/,
    );
  });
});

describe("a pcapng block that claims gigabytes", () => {
  const block = (type: number, total: number): Buffer => {
    const head = Buffer.alloc(32);
    head.writeUInt32LE(type, 0);
    head.writeUInt32LE(total, 4);
    return head;
  };

  it("as a packet: is named with its place", async () => {
    const head = block(6, 0xfffffffc);
    head.writeUInt32LE(0xffffff00, 20);
    const { path, end } = capture("pcapng", head);
    const { session, frames, messages } = await opened(path);
    expect(frames).toBe(FRAMES);
    expect(messages).toEqual([
      `The packet at offset ${number(end)} claims 4,294,967,040 bytes in a block of 4,294,967,292 bytes, more than ` +
        "the 262,144 bytes a packet can have: the file is damaged from here on, the packets before are kept. " +
        "The last frame read is 100.",
    ]);
    await stillUsable(session);
  });

  it.each([
    ["a small packet in it", 6],
    ["a simple packet", 3],
    ["an interface", 1],
    ["names", 4],
    ["secrets", 10],
  ])("as %s: is named with its place", async (_, type) => {
    const { path, end } = capture("pcapng", block(type, 0xfffffffc));
    const { session, frames, messages } = await opened(path);
    expect(frames).toBe(FRAMES);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(`offset ${number(end)}`);
    expect(messages[0]).toContain("4,294,967,292 bytes");
    expect(messages[0]).toMatch(/The last frame read is 100\.$/);
    await stillUsable(session);
  });

  it("as something else, cut off: what was before is shown", async () => {
    const { path, end } = capture("pcapng", block(0x99, 0xfffffffc));
    const { session, messages } = await opened(path);
    expect(messages).toEqual([
      `The file is cut short in the middle of a block: 32 bytes at offset ${number(end)} are not a whole block. ` +
        "The packets before are complete. The last frame read is 100.",
    ]);
    await stillUsable(session);
  });

  it("that is really there is passed over, and the packets behind it are read at offsets beyond 4 GB", async () => {
    const { path, end } = capture("pcapng", block(0x99, 0xfffffffc));
    const last = Buffer.alloc(4);
    last.writeUInt32LE(0xfffffffc, 0);
    const parts: Uint8Array[] = [];
    const writer = new CaptureWriter((chunk) => parts.push(chunk.slice()), { format: "pcapng" });
    writer.addInterface({ linkType: 1, snapLen: 262_144, tsresol: 6 });
    writer.writePacket(udpFrame({ payload: Buffer.from("beyond four gigabytes") }), 1_700_000_100, 0, 63);
    writer.close();
    const fd = openSync(path, "r+");
    writeSync(fd, last, 0, 4, end + 0xfffffffc - 4);
    writeSync(fd, Buffer.concat(parts), 0, undefined, end + 0xfffffffc);
    closeSync(fd);
    const { session, frames, messages } = await opened(path);
    expect(frames).toBe(FRAMES + 1);
    expect(messages).toEqual([
      `The file holds blocks of the unknown type 0x00000099, the first at offset ${number(end)}; ` +
        "they are no packets and are not shown.",
    ]);
    const { sources } = await session.call("frame", { number: 101 });
    expect(Buffer.from(sources[0]?.bytes ?? "", "base64").toString("latin1")).toContain(
      "beyond four gigabytes",
    );
    expect((await session.call("status", {})).file?.bytes).toBeGreaterThan(4 * GB - 1);
    const out = bench.path("beyond.pcapng");
    expect((await session.call("save", { path: out, format: "pcap", which: { range: "100-" } })).frames).toBe(
      2,
    );
  });
});
