/** Captures that come through pipes: every format and byte order, in pieces of every size, and what is no capture. */
import { execFileSync, spawnSync } from "node:child_process";
import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inspectSpool, type StartOptions, trimToWholeBlocks } from "../../../engine/capture/index.ts";
import { CaptureFeed } from "../../../engine/capture/pipe/feed.ts";
import { startPipe } from "../../../engine/capture/pipe/pipe.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { Recorder, readCapture, temporaryFolder, until } from "./support.ts";

interface Packet {
  readonly sec: number;
  readonly fraction: number;
  readonly bytes: Buffer;
  readonly len: number;
}

const PACKETS: readonly Packet[] = Array.from({ length: 5 }, (_, i) => ({
  sec: 1_700_000_000 + i,
  fraction: 100_000 + i,
  bytes: Buffer.alloc(14 + 7 * i, i + 1),
  len: 100 + i,
}));

interface Layout {
  readonly le: boolean;
  readonly magic: number;
  readonly recordHeader?: number;
}

function words(le: boolean, ...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    if (le) out.writeUInt32LE(value, i * 4);
    else out.writeUInt32BE(value, i * 4);
  });
  return out;
}

const halves = (le: boolean, a: number, b: number): Buffer => words(le, le ? b * 65536 + a : a * 65536 + b);

function pcap({ le, magic, recordHeader = 16 }: Layout, packets = PACKETS, linkType = 1): Buffer {
  const parts = [words(le, magic), halves(le, 2, 4), words(le, 0, 0, 262_144, linkType)];
  for (const { sec, fraction, bytes, len } of packets) {
    parts.push(words(le, sec, fraction, bytes.length, len), Buffer.alloc(recordHeader - 16), bytes);
  }
  return Buffer.concat(parts);
}

function block(le: boolean, type: number, ...body: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(body);
  const padding = Buffer.alloc((4 - (bytes.length % 4)) % 4);
  const total = 12 + bytes.length + padding.length;
  return Buffer.concat([words(le, type, total), bytes, padding, words(le, total)]);
}

/** A section with one interface of nanoseconds, and these packets. */
function section(le: boolean, packets = PACKETS): Buffer {
  const name = Buffer.concat([
    halves(le, 2, 4),
    Buffer.from("far0"),
    halves(le, 9, 1),
    Buffer.from([9, 0, 0, 0]),
  ]);
  const parts = [
    block(le, 0x0a0d0d0a, words(le, 0x1a2b3c4d), halves(le, 1, 0), words(le, 0xffffffff, 0xffffffff)),
    block(le, 1, halves(le, 1, 0), words(le, 65_535), name, halves(le, 0, 0)),
  ];
  for (const { sec, fraction, bytes, len } of packets) {
    const ticks = BigInt(sec) * 1_000_000_000n + BigInt(fraction);
    const [high, low] = [Number(ticks >> 32n), Number(ticks & 0xffffffffn)];
    parts.push(block(le, 6, words(le, 0, high, low, bytes.length, len), bytes));
  }
  return Buffer.concat(parts);
}

/** What Tapline reads from a file. */
function readBack(path: string) {
  const { reader } = openCaptureSync(path);
  const packets: Packet[] = [];
  while (reader.next()) {
    const bytes = Buffer.from(reader.source.buf.subarray(reader.dataPos, reader.dataPos + reader.capLen));
    packets.push({ sec: reader.sec, fraction: reader.nsec, bytes, len: reader.len });
  }
  const [first] = reader.interfaces;
  reader.source.close();
  return { packets, linkType: first?.linkType, name: first?.name };
}

const inNano = (packets: readonly Packet[]) =>
  packets.map((packet) => ({ ...packet, fraction: packet.fraction * 1000 }));

describe("pipes", { timeout: 120_000 }, () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const file = () => join(folder.path, "spool.pcapng");
  const feedAll = (bytes: Buffer, piece: number, limits = {}): CaptureFeed => {
    const feed = new CaptureFeed("pipe", "The pipe", limits);
    const out: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += piece) out.push(...feed.push(bytes.subarray(at, at + piece)));
    writeFileSync(file(), Buffer.concat(out));
    return feed;
  };

  for (const [title, layout, expected] of [
    ["microseconds, little-endian", { le: true, magic: 0xa1b2c3d4 }, inNano(PACKETS)],
    ["microseconds, big-endian", { le: false, magic: 0xa1b2c3d4 }, inNano(PACKETS)],
    ["nanoseconds, little-endian", { le: true, magic: 0xa1b23c4d }, PACKETS],
    ["nanoseconds, big-endian", { le: false, magic: 0xa1b23c4d }, PACKETS],
    ["Kuznetzov's", { le: true, magic: 0xa1b2cd34, recordHeader: 24 }, inNano(PACKETS)],
  ] as const) {
    test(`pcap becomes a pcapng spool: ${title}`, () => {
      const bytes = pcap(layout, PACKETS, 101);
      for (const piece of [1, 7, 64, bytes.length]) {
        const feed = feedAll(bytes, piece);
        expect(readBack(file())).toEqual({ packets: expected, linkType: 101, name: "pipe" });
        expect(feed).toMatchObject({ packets: 5, left: 0, received: bytes.length });
        expect(readCapture(file()).torn).toBe(0);
      }
    });
  }

  for (const le of [true, false]) {
    test(`pcapng stays as it is: ${le ? "little" : "big"}-endian, and its spool can be recovered`, async () => {
      const bytes = Buffer.concat([section(le), section(!le), section(le)]);
      for (const piece of [1, 13, bytes.length]) {
        const feed = feedAll(bytes, piece);
        expect(readFileSync(file()).equals(bytes)).toBe(true);
        expect(feed.interfaces.map(({ name, packets, precision }) => [name, packets, precision])).toEqual([
          ["far0", 5, "ns"],
          ["far0", 5, "ns"],
          ["far0", 5, "ns"],
        ]);
      }
      expect(readBack(file()).packets).toEqual([...PACKETS, ...PACKETS, ...PACKETS]);
      writeFileSync(file(), Buffer.concat([bytes, block(!le, 6, Buffer.alloc(40)).subarray(0, 30)]));
      expect(await inspectSpool(file())).toEqual({
        bytes: bytes.length,
        packets: 15,
        torn: 30,
        first: 1_700_000_000_000,
        last: 1_700_000_004_000,
        interfaces: ["far0", "far0", "far0"],
      });
      const half = section(le).length;
      expect(trimToWholeBlocks(file(), half)).toEqual({ bytes: bytes.length, packets: 10, cut: 30 });
    });
  }

  test("limits end it with the very packet, and everything behind is passed over", () => {
    const feed = feedAll(pcap({ le: true, magic: 0xa1b2c3d4 }), 1000, { packets: 3 });
    expect([feed.full, feed.packets, readBack(file()).packets.length]).toEqual(["packets", 3, 3]);
    expect(feedAll(section(true), 1000, { packets: 2 }).full).toBe("packets");
    expect(readBack(file()).packets.length).toBe(2);
    const { written } = feedAll(section(true), 1000, { packets: 2 });
    expect(feedAll(section(true), 1000, { bytes: written - 1 })).toMatchObject({
      full: "filesize",
      packets: 2,
    });
  });

  test("a block that is too long is passed over as it comes, and told", () => {
    const long = block(true, 0x0bad, Buffer.alloc(600_000, 7));
    const feed = feedAll(Buffer.concat([section(true), long, section(true)]), 65_536);
    expect([...feed.skipped.values()]).toEqual([1]);
    expect(readBack(file()).packets.length).toBe(10);
    expect(feed.left).toBe(0);
  });

  for (const [title, bytes, message] of [
    ["a text", Buffer.from("Hello, world"), /The pipe is a text file, not a capture/],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0]), /compressed with gzip: unpack it.*zcat/],
    ["another version of pcap", words(true, 0xa1b2c3d4, 7, 0, 0, 0, 1), /pcap of version 7\.0/],
    [
      "a packet that is too long",
      Buffer.concat([pcap({ le: true, magic: 0xa1b2c3d4 }, []), words(true, 1, 1, 0x7fffffff, 1)]),
      /damaged: the record at offset 24 claims a packet of 2,147,483,647 bytes/,
    ],
    [
      "a block with another length at its end",
      Buffer.concat([section(true), words(true, 6, 36, 0, 0, 0, 0, 0, 0, 40)]),
      /ends with another length.*The packets before are kept/,
    ],
    [
      "a block of an impossible length",
      Buffer.concat([section(true), words(true, 6, 13, 0)]),
      /claims a length of 13 bytes/,
    ],
    [
      "a packet of an interface that is not there",
      Buffer.concat([section(true), block(true, 6, words(true, 5, 0, 0, 0, 0))]),
      /names interface 5/,
    ],
    [
      "a packet longer than its block",
      Buffer.concat([section(true), block(true, 6, words(true, 0, 0, 0, 100, 100))]),
      /which it cannot hold/,
    ],
    ["a section without byte order", block(true, 0x0a0d0d0a, Buffer.alloc(16)), /without a byte-order magic/],
  ] as const) {
    test(`is refused with a reason: ${title}`, () => {
      expect(() => feedAll(bytes, 100_000)).toThrow(message);
    });
  }

  test("no sequence of damaged bytes does more than be refused", () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const whole = [section(true), section(false), pcap({ le: false, magic: 0xa1b2c3d4 })];
    for (let round = 0; round < 600; round++) {
      const bytes = Buffer.from(whole[round % 3] as Buffer);
      for (let i = 0; i < 3; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const feed = new CaptureFeed("pipe", "The pipe");
      const out: Uint8Array[] = [];
      try {
        for (let at = 0; at < bytes.length; at += 50) out.push(...feed.push(bytes.subarray(at, at + 50)));
      } catch (error) {
        expect((error as Error).name).toBe("FeedError");
        out.push(...feed.salvaged());
      }
      writeFileSync(file(), Buffer.concat(out));
      // Whatever was taken is whole blocks.
      if (out.length > 0) expect(trimToWholeBlocks(file()).cut).toBe(0);
    }
  });

  // ---------------------------------------------------------------- as a driver

  const begin = (more: Partial<StartOptions> & { name?: string }, input?: Readable) => {
    const recorder = new Recorder();
    const { name = "-", ...rest } = more;
    const handle = startPipe(
      { sources: [{ name }], file: file(), exclusive: true, ...rest },
      recorder,
      () => input ?? Readable.from([]),
    );
    return { recorder, handle };
  };

  test("packets are in the spool while the writer goes on, and a stop keeps them", async () => {
    const input = new PassThrough();
    const { recorder, handle } = begin({}, input);
    const bytes = pcap({ le: true, magic: 0xa1b2c3d4 });
    input.write(bytes.subarray(0, 24 + 30 + 37));
    const started = await recorder.started;
    expect(started.interfaces).toMatchObject([{ name: "-", linkType: 1, precision: "us", snapLen: 262_144 }]);
    await recorder.holds(2);
    expect(readBack(file()).packets.length).toBe(2);
    input.write(bytes.subarray(24 + 30 + 37));
    await recorder.holds(5);
    await until(() => recorder.stats.length > 0, 20_000);
    expect(recorder.stats.at(-1)).toMatchObject({
      packets: 5,
      kernelDropped: null,
      interfaces: [{ packets: 5 }],
    });
    handle.stop();
    const end = await recorder.ended;
    expect(end).toMatchObject({ reason: "stopped", error: null, started: true, stats: { filePackets: 5 } });
    expect(readBack(file()).packets.length).toBe(5);
  });

  test("the end of the input, in the middle of a packet, is told", async () => {
    const bytes = pcap({ le: true, magic: 0xa1b2c3d4 });
    const { recorder } = begin({}, Readable.from([bytes.subarray(0, bytes.length - 5)]));
    expect(await recorder.ended).toMatchObject({
      reason: "source-ended",
      error: null,
      stats: { packets: 4 },
    });
    expect(recorder.notices.map(({ message }) => message)).toEqual([
      "Standard input ended in the middle of a packet: its last 53 bytes are left out.",
    ]);
    expect(readCapture(file())).toMatchObject({ torn: 0 });
  });

  test("damage ends it with a reason, and what came before is kept", async () => {
    const bytes = Buffer.concat([pcap({ le: true, magic: 0xa1b2c3d4 }), words(true, 1, 1, 0x7fffffff, 1)]);
    const { recorder } = begin({}, Readable.from([bytes]));
    const end = await recorder.ended;
    expect(end).toMatchObject({ reason: "error", error: { code: "source" }, started: true });
    expect(readBack(file()).packets.length).toBe(5);
  });

  test("nothing at all, or too little, is no capture", async () => {
    for (const [bytes, message] of [
      [Buffer.alloc(0), /^Standard input ended before anything came/],
      [pcap({ le: true, magic: 0xa1b2c3d4 }).subarray(0, 20), /ended after 20 bytes, within the header/],
      [Buffer.from("Hi"), /is a text file/],
    ] as const) {
      const { recorder } = begin({}, Readable.from(bytes.length > 0 ? [bytes] : []));
      const end = await recorder.ended;
      expect(end).toMatchObject({ reason: "error", started: false, error: { code: "source" } });
      expect(end.error?.message).toMatch(message);
    }
  });

  test("a condition ends it, though the writer would go on", async () => {
    const input = new PassThrough();
    const { recorder } = begin({ stopAfter: { packets: 3 } }, input);
    input.write(pcap({ le: true, magic: 0xa1b2c3d4 }));
    expect(await recorder.ended).toMatchObject({ reason: "packets", stats: { packets: 3, filePackets: 3 } });
    const other = new PassThrough();
    const { recorder: second } = begin({ stopAfter: { seconds: 0.05 }, exclusive: false }, other);
    other.write(section(true));
    expect(await second.ended).toMatchObject({ reason: "duration", error: null });
  });

  test("what a pipe cannot do is refused", async () => {
    for (const [more, message] of [
      [{ sources: [{ name: "-" }, { name: "eth0" }] }, /cannot be captured together/],
      [{ sources: [{ name: "-", filter: "tcp" }] }, /use a display filter/],
      [{ several: { packets: 3 } }, /several files/],
      [{ name: join(folder.path, "nothing") }, /There is no pipe.*mkfifo/],
      [{ name: folder.path }, /is not a pipe/],
      [{ name: import.meta.filename }, /is a file, not a pipe: open it/],
    ] as const) {
      const { recorder } = begin(more);
      const end = await recorder.ended;
      expect(end).toMatchObject({ reason: "error", started: false });
      expect(end.error?.message).toMatch(message);
    }
  });

  const noFifo = process.platform === "win32" || spawnSync("mkfifo", ["--version"]).error !== undefined;
  describe.skipIf(noFifo)("FIFOs", () => {
    const fifo = (): string => {
      const path = join(folder.path, "fifo");
      execFileSync("mkfifo", [path]);
      return path;
    };

    test("are read when somebody writes, and end with the writer", async () => {
      const name = fifo();
      const { recorder, handle } = begin({ name });
      expect(handle.waits).toBe(true);
      const writer = createWriteStream(name);
      writer.write(section(false));
      await recorder.started;
      await recorder.holds(5);
      writer.end();
      expect(await recorder.ended).toMatchObject({
        reason: "source-ended",
        error: null,
        stats: { packets: 5 },
      });
      expect(readFileSync(file()).equals(section(false))).toBe(true);
    });

    test("can be given up before anybody writes", async () => {
      const { recorder, handle } = begin({ name: fifo() });
      handle.stop();
      expect(await recorder.ended).toMatchObject({ reason: "stopped", error: null, started: false });
    });

    test("hold a fast writer back: it has no more under way than a pipe's worth", async () => {
      const name = fifo();
      const count = 40_000;
      const { recorder } = begin({ name });
      const packet = { sec: 1, fraction: 2, bytes: Buffer.alloc(1000, 1), len: 1000 };
      const writer = createWriteStream(name);
      const header = pcap({ le: true, magic: 0xa1b2c3d4 }, []);
      const hundred = pcap({ le: true, magic: 0xa1b2c3d4 }, Array(100).fill(packet)).subarray(24);
      writer.write(header);
      for (let sent = 0; sent < count; sent += 100) {
        if (!writer.write(hundred))
          await new Promise<void>((resolve) => writer.once("drain", () => resolve()));
      }
      writer.end();
      expect(await recorder.ended).toMatchObject({ stats: { packets: count, bytes: count * 1000 } });
      expect((await inspectSpool(file())).packets).toBe(count);
    });
  });
});
