/** Captures that come through pipes: every format and byte order, in pieces of every size, and what is no capture. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createWriteStream, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable, type Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createCapDriver,
  createHelperDriver,
  ExtcapCatalog,
  helperPath,
  inspectSpool,
  type StartOptions,
  trimToWholeBlocks,
} from "../../../engine/capture/index.ts";
import { CaptureFeed } from "../../../engine/capture/pipe/feed.ts";
import { pipeSource } from "../../../engine/capture/pipe/pipe.ts";
import { startStreams } from "../../../engine/capture/pipe/streams.ts";
import { createSourcesDriver } from "../../../engine/capture/sources.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { noHelper, noLive, Recorder, readCapture, temporaryFolder, until, Wire } from "./support.ts";

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

/** Makes copies in which some bytes are others. */
function randomDamage(start: number): (bytes: Buffer) => Buffer {
  let seed = start;
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  return (bytes) => {
    const copy = Buffer.from(bytes);
    for (let i = 0; i < 3; i++) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    return copy;
  };
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
  const feedAll = (bytes: Buffer, piece: number): CaptureFeed => {
    const feed = new CaptureFeed("pipe", "The pipe");
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
        expect(feed.packets).toBe(15);
        expect(feed.interfaces.map(({ name, precision }) => [name, precision])).toEqual(
          Array(3).fill(["far0", "ns"]),
        );
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
    const damage = randomDamage(1);
    const whole = [section(true), section(false), pcap({ le: false, magic: 0xa1b2c3d4 })];
    for (let round = 0; round < 600; round++) {
      const bytes = damage(whole[round % 3] as Buffer);
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

  // ---------------------------------------------------------------- into files

  const nobody = new ExtcapCatalog(() => []);
  const cap = createCapDriver();
  const helper = createHelperDriver();
  const begin = (
    more: Partial<StartOptions> & { name?: string; filter?: string },
    input?: Readable,
    driver = noHelper === null ? helper : cap,
  ) => {
    const recorder = new Recorder();
    const { name = "-", filter, ...rest } = more;
    const options = { sources: [{ name, filter }], file: file(), exclusive: true, ...rest };
    const sources = [pipeSource(name, filter, () => input ?? Readable.from([]))];
    return { recorder, handle: startStreams(driver, options, sources, recorder) };
  };

  describe.each([
    ["the helper", helper, noHelper],
    ["the program of the package cap", cap, null],
  ] as const)("written by %s", (_, driver, missing) => {
    test.skipIf(missing)(
      "packets are in the spool while the writer goes on, and a stop keeps them",
      async () => {
        const input = new PassThrough();
        const { recorder, handle } = begin({}, input, driver);
        const bytes = pcap({ le: true, magic: 0xa1b2c3d4 });
        input.write(bytes.subarray(0, 24 + 30 + 37));
        const started = await recorder.started;
        expect(started.interfaces).toMatchObject([
          { name: "-", linkType: 1, precision: "us", snapLen: 262_144, promiscuous: false },
        ]);
        await recorder.holds(2);
        expect(readBack(file()).packets.length).toBe(2);
        input.write(bytes.subarray(24 + 30 + 37));
        await recorder.holds(5);
        const told = () => recorder.stats.at(-1)?.packets === 5;
        await until(told, 20_000);
        expect(recorder.stats.at(-1)).toMatchObject({ kernelDropped: null, interfaces: [{ packets: 5 }] });
        handle.stop();
        const end = await recorder.ended;
        expect(end).toMatchObject({
          reason: "stopped",
          error: null,
          started: true,
          stats: { filePackets: 5 },
        });
        expect(readBack(file()).packets.length).toBe(5);
      },
    );

    test.skipIf(missing)("a pcapng is the very same, whatever its byte order and sections", async () => {
      const names = block(
        false,
        4,
        halves(false, 1, 8),
        Buffer.from([10, 0, 0, 1]),
        Buffer.from("abc\0"),
        words(false, 0),
      );
      const secrets = block(true, 10, words(true, 0x544c534b, 5), Buffer.from("CLIEN"));
      const odd = block(true, 0x0bad, Buffer.alloc(40, 7));
      const [start, behind] = [section(true, []).subarray(0, 28), section(true).subarray(28)];
      const bytes = Buffer.concat([start, odd, secrets, behind, odd, section(false), names, section(true)]);
      const { recorder } = begin({}, Readable.from([bytes]), driver);
      expect(await recorder.ended).toMatchObject({
        reason: "source-ended",
        error: null,
        stats: { packets: 15, interfaces: [{ packets: 5 }, { packets: 5 }, { packets: 5, name: "far0" }] },
      });
      expect(readFileSync(file()).equals(bytes)).toBe(true);
      expect(recorder.calls.at(-1)).toBe("end");
    });

    test.skipIf(missing)("a condition ends it, though the writer would go on", async () => {
      const input = new PassThrough();
      const { recorder } = begin({ stopAfter: { packets: 3 } }, input, driver);
      input.write(pcap({ le: true, magic: 0xa1b2c3d4 }));
      expect(await recorder.ended).toMatchObject({
        reason: "packets",
        stats: { packets: 3, filePackets: 3 },
      });
      expect(readBack(file()).packets.length).toBe(3);
      const other = new PassThrough();
      const { recorder: second } = begin({ stopAfter: { seconds: 0.05 }, exclusive: false }, other, driver);
      other.write(section(true));
      expect(await second.ended).toMatchObject({ reason: "duration", error: null });
      const long = new PassThrough();
      const { recorder: third } = begin({ stopAfter: { bytes: 1000 }, exclusive: false }, long, driver);
      for (let i = 0; i < 20; i++) long.write(section(i % 2 === 0));
      const { reason, stats } = await third.ended;
      expect([reason, stats.fileBytes >= 1000, stats.fileBytes < 1100]).toEqual(["filesize", true, true]);
      expect(readBack(file()).packets.length).toBe(stats.packets);
    });

    test.skipIf(missing)("damage ends it with a reason, and what came before is kept", async () => {
      const bytes = Buffer.concat([pcap({ le: true, magic: 0xa1b2c3d4 }), words(true, 1, 1, 0x7fffffff, 1)]);
      const { recorder } = begin({}, Readable.from([bytes]), driver);
      const end = await recorder.ended;
      expect(end).toMatchObject({ reason: "error", error: { code: "source" }, started: true });
      expect(end.error?.message).toMatch(/damaged: the record at offset .*The packets before are kept/);
      expect(readBack(file()).packets.length).toBe(5);
    });
  });

  test("several files and several sources need the helper, and it is said", async () => {
    const { recorder } = begin({ several: { packets: 2 } }, Readable.from([section(true)]), cap);
    expect(await recorder.ended).toMatchObject({
      reason: "error",
      started: false,
      error: { code: "usage", message: expect.stringContaining("need the capture helper") },
    });
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

  test("nothing at all, or too little, is no capture", async () => {
    for (const [bytes, message] of [
      [Buffer.alloc(0), /^Standard input ended before anything came/],
      [pcap({ le: true, magic: 0xa1b2c3d4 }).subarray(0, 20), /ended after 20 bytes, within the header/],
      [Buffer.from("Hi"), /is a text file/],
      [Buffer.from("Hello, world"), /is a text file/],
    ] as const) {
      const { recorder } = begin({}, Readable.from(bytes.length > 0 ? [bytes] : []));
      const end = await recorder.ended;
      expect(end).toMatchObject({ reason: "error", started: false, error: { code: "source" } });
      expect(end.error?.message).toMatch(message);
    }
  });

  test("what a pipe cannot do is refused", async () => {
    for (const [more, message] of [
      [{ filter: "tcp" }, /use a display filter/],
      [{ name: join(folder.path, "nothing") }, /There is no pipe.*mkfifo/],
      [{ name: folder.path }, /is not a pipe/],
      [{ name: import.meta.filename }, /is a file, not a pipe: open it/],
    ] as const) {
      const { recorder } = begin(more);
      const end = await recorder.ended;
      expect(end).toMatchObject({ reason: "error", started: false });
      expect(end.error?.message).toMatch(message);
    }
    const recorder = new Recorder();
    const sources = [{ name: "-" }, { name: "-" }];
    createSourcesDriver(cap, nobody).start({ sources, file: file() }, recorder);
    expect((await recorder.ended).error?.message).toMatch(/named twice/);
  });

  describe.skipIf(noHelper !== null)(`several files${noHelper ? ` (skipped: ${noHelper})` : ""}`, () => {
    const written = () =>
      readdirSync(folder.path)
        .filter((name) => /^spool_\d{5}_\d{14}\.pcapng$/.test(name))
        .sort()
        .map((name) => join(folder.path, name));

    test("of a pipe each begin as the capture did, with interfaces, names and secrets", async () => {
      const secrets = block(true, 10, words(true, 0x544c534b, 4), Buffer.from("CLIE"));
      const whole = Buffer.concat([section(true), secrets, section(true).subarray(28 + 40)]);
      const { recorder } = begin({ several: { packets: 3 } }, Readable.from([whole]));
      const end = await recorder.ended;
      expect(end).toMatchObject({ reason: "source-ended", error: null, stats: { packets: 10 } });
      const files = written();
      expect(files.map((path) => readBack(path).packets.length)).toEqual([3, 3, 3, 1]);
      expect(files.flatMap((path) => readBack(path).packets)).toEqual([...PACKETS, ...PACKETS]);
      const hasSecrets = files.map((path) => readFileSync(path).includes(secrets));
      // They come with the second file, and each that follows has them.
      expect(hasSecrets).toEqual([false, true, true, true]);
      for (const path of files)
        expect(readCapture(path)).toMatchObject({ torn: 0, interfaces: { length: 1 } });
    });

    test("of a pipe whose sections are of either byte order are whole, and the last are kept", async () => {
      const bytes = Buffer.concat([section(true), section(false), section(true), section(false)]);
      const { recorder } = begin({ several: { packets: 3, keep: 2 } }, Readable.from([bytes]));
      expect(await recorder.ended).toMatchObject({ error: null, stats: { packets: 20 } });
      const files = written();
      expect(files.flatMap((path) => readBack(path).packets)).toEqual(PACKETS);
    });

    test("are begun at a size, and end the capture when they are enough", async () => {
      const packet = { sec: 1, fraction: 2, bytes: Buffer.alloc(400, 1), len: 400 };
      const bytes = pcap({ le: false, magic: 0xa1b2c3d4 }, Array(100).fill(packet));
      const options = { several: { bytes: 5000 }, stopAfter: { files: 3 } };
      const { recorder } = begin(options, Readable.from([bytes]));
      const { reason, stats } = await recorder.ended;
      expect(reason).toBe("files");
      const files = written();
      expect(files.length).toBe(3);
      const counts = files.map((path) => readBack(path).packets.length);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(stats.packets);
      for (const path of files) expect(statSync(path).size).toBeLessThanOrEqual(5000);
    });
  });

  describe.skipIf(noHelper !== null)(`several sources${noHelper ? ` (skipped: ${noHelper})` : ""}`, () => {
    const startAll = (inputs: readonly Readable[], more: Partial<StartOptions> = {}) => {
      const recorder = new Recorder();
      const sources = inputs.map((_, i) => ({ name: `/pipe/${i}` }));
      const options = { sources, file: file(), exclusive: true, ...more };
      const streams = inputs.map((input, i) => ({
        ...pipeSource("-", undefined, () => input),
        name: `/pipe/${i}`,
        title: `Pipe ${i}`,
      }));
      return { recorder, handle: startStreams(helper, options, streams, recorder) };
    };

    test("go into one section, with their interfaces, comments and other blocks", async () => {
      const comment = Buffer.concat([
        halves(false, 1, 5),
        Buffer.from("hello\0\0\0"),
        halves(false, 2, 4),
        words(false, 1),
        words(false, 0),
      ]);
      const commented = block(false, 6, words(false, 0, 1, 2, 4, 9), Buffer.from([1, 2, 3, 4]), comment);
      const secrets = block(false, 10, words(false, 0x544c534b, 5), Buffer.from("CLIEN"));
      const names = block(
        false,
        4,
        halves(false, 1, 8),
        Buffer.from([10, 0, 0, 1]),
        Buffer.from("abc\0"),
        words(false, 0),
      );
      const statistics = block(
        false,
        5,
        words(false, 0, 1, 2),
        halves(false, 4, 8),
        words(false, 0, 77),
        words(false, 0),
      );
      const simple = block(false, 3, words(false, 60), Buffer.alloc(60, 9));
      const odd = block(false, 0x0bad, Buffer.alloc(8));
      const second = Buffer.concat([
        section(false),
        section(false),
        commented,
        secrets,
        names,
        statistics,
        simple,
        odd,
      ]);
      const { recorder } = startAll([
        Readable.from([pcap({ le: true, magic: 0xa1b2c3d4 })]),
        Readable.from([second.subarray(0, 150), second.subarray(150)]),
      ]);
      const end = await recorder.ended;
      expect(end).toMatchObject({ reason: "source-ended", error: null, stats: { packets: 17 } });
      const told = end.stats.interfaces.map(({ id, name, packets }) => [id, name, packets]);
      expect(told).toEqual([
        [0, "/pipe/0", 5],
        [1, "far0", 5],
        [2, "far0", 7],
      ]);
      const capture = readCapture(file());
      expect([capture.torn, capture.interfaces.length]).toEqual([0, 3]);
      const of = (iface: number) => capture.packets.filter((packet) => packet.iface === iface);
      expect([of(0).length, of(1).length, of(2).length]).toEqual([5, 5, 7]);
      expect(of(1).map(({ bytes }) => bytes)).toEqual(PACKETS.map(({ bytes }) => bytes));
      expect(of(1).map(({ time }) => Math.round(time))).toEqual(PACKETS.map(({ sec }) => sec));
      expect(of(2).at(-1)?.bytes.length).toBe(60);
      expect(capture.statistics.map((options) => options.get(4)?.readBigUInt64LE())).toEqual([77n]);
      const bytes = readFileSync(file());
      expect(bytes.includes(block(true, 10, words(true, 0x544c534b, 5), Buffer.from("CLIEN")))).toBe(true);
      expect(
        bytes.includes(
          block(
            true,
            4,
            halves(true, 1, 8),
            Buffer.from([10, 0, 0, 1]),
            Buffer.from("abc\0"),
            words(true, 0),
          ),
        ),
      ).toBe(true);
      expect(capture.interfaces.map(({ options }) => options.get(9)?.[0])).toEqual([6, 9, 9]);
      expect(bytes.includes("hello")).toBe(true);
      expect(recorder.notices.map(({ message }) => message)).toContain(
        "Left out of what came: 1 blocks of type 2989, of the other byte order.",
      );
    });

    test("that end or are damaged are told, and the others go on", async () => {
      const [first, second] = [new PassThrough(), new PassThrough()];
      const { recorder, handle } = startAll([first, second], { several: { packets: 4 } });
      first.write(section(true));
      second.write(pcap({ le: true, magic: 0xa1b2c3d4 }, []));
      await recorder.started;
      first.write(Buffer.from("nonsense that is no block"));
      await until(() => recorder.notices.length > 0, 20_000);
      expect(recorder.notices[0]?.message).toMatch(/Pipe 0 is damaged.*The packets before are kept/);
      second.write(pcap({ le: true, magic: 0xa1b2c3d4 }).subarray(24));
      await until(() => (recorder.stats.at(-1)?.packets ?? 0) === 10, 20_000);
      handle.stop();
      expect(await recorder.ended).toMatchObject({ reason: "stopped", error: null, stats: { packets: 10 } });
    });

    test("begin when all of them have said what comes; one that cannot ends them all", async () => {
      const silent = new PassThrough();
      const { recorder } = startAll([silent, Readable.from([Buffer.from("Hello, world")])]);
      const { error, started } = await recorder.ended;
      expect([started, error?.message]).toEqual([false, expect.stringContaining("Pipe 1 is a text file")]);
      const { recorder: other, handle } = startAll([new PassThrough(), Readable.from([section(true)])]);
      handle.stop();
      expect(await other.ended).toMatchObject({ reason: "stopped", error: null, started: false });
    });

    test.skipIf(noLive !== null)("with an interface of the system, numbered as they are named", async () => {
      const wire = new Wire();
      try {
        const driver = createHelperDriver({ via: wire.via });
        const input = new PassThrough();
        const recorder = new Recorder();
        const sources = [{ name: "-" }, { name: wire.device, filter: "udp port 9999" }];
        const options = { sources, file: file(), several: { packets: 8 } };
        const handle = startStreams(
          driver,
          options,
          [pipeSource("-", undefined, () => input), null],
          recorder,
        );
        input.write(section(true));
        await recorder.started;
        await wire.send(6, 100);
        await until(() => recorder.stats.at(-1)?.packets === 11, 20_000);
        input.end();
        await until(() => recorder.notices.length > 0, 20_000);
        await wire.send(2, 100);
        await until(() => recorder.stats.at(-1)?.packets === 13, 20_000);
        handle.stop();
        const end = await recorder.ended;
        expect(end).toMatchObject({ reason: "stopped", error: null, stats: { packets: 13 } });
        expect(end.stats.interfaces).toMatchObject([
          { name: "far0", packets: 5, received: null },
          { name: wire.device, packets: 8, received: 8, kernelDropped: 0 },
        ]);
        const files = readdirSync(folder.path).sort();
        const captures = files.map((name) => readCapture(join(folder.path, name)));
        expect(captures.map(({ packets }) => packets.length)).toEqual([8, 5]);
        for (const capture of captures) {
          expect(capture.interfaces.map(({ options }) => options.get(2)?.toString())).toEqual([
            "far0",
            wire.device,
          ]);
          expect([capture.torn, capture.statistics.length]).toEqual([0, 1]);
        }
      } finally {
        wire.remove();
      }
    });
  });

  test.skipIf(noHelper !== null)(
    "no damaged stream does more to the helper than end its capture",
    async () => {
      const whole = [section(true), section(false), Buffer.concat([section(false), section(true)])];
      const damage = randomDamage(7);
      for (let round = 0; round < 60; round++) {
        const bytes = damage(whole[round % 3] as Buffer);
        const path = join(folder.path, `round-${round}`);
        const streamed = ["--streamed", "--stream", "3"];
        const args = [
          "capture",
          "-i",
          "x",
          ...(round % 4 === 0 ? ["--streamed", "-i", "y"] : []),
          ...streamed,
        ];
        const several = round % 2 === 0 ? ["-b", "packets:2"] : [];
        const child = spawn(helperPath() ?? "", [...args, "-w", path, ...several], {
          stdio: ["pipe", "pipe", "ignore", "pipe"],
        });
        const input = child.stdio[3] as Writable;
        input.on("error", () => {});
        input.end(bytes);
        let said = "";
        child.stdout?.setEncoding("utf8").on("data", (text: string) => {
          said += text;
        });
        const [status, signal] = await new Promise<unknown[]>((resolve) =>
          child.on("close", (...how) => resolve(how)),
        );
        expect([round, signal, status === 0 || status === 2]).toEqual([round, null, true]);
        expect(JSON.parse(said.trim().split("\n").at(-1) ?? "")).toMatchObject({
          type: expect.stringMatching(/^(end|error)$/),
        });
      }
      for (const name of readdirSync(folder.path))
        expect(trimToWholeBlocks(join(folder.path, name)).cut).toBe(0);
    },
  );

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
