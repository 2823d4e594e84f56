import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { readRecordOptions } from "../../../engine/formats/options.ts";
import { SaveError, type SaveOptions, saveCapture } from "../../../engine/formats/save.ts";
import { CaptureWriter, WriterError } from "../../../engine/formats/writer.ts";
import {
  block,
  epb,
  file,
  idb,
  join8,
  path,
  payload,
  pcapHeader,
  pcapRecord,
  read,
  readAll,
  shb,
  spb,
} from "./build.ts";

const bytesOf = (name: string) => Uint8Array.from(readFileSync(name));

async function saved(source: Uint8Array, options: Omit<SaveOptions, "source" | "output">) {
  const output = path("out");
  const result = await saveCapture({ source: file(source), output, ...options });
  const bytes = bytesOf(output);
  expect(result.bytes).toBe(bytes.length);
  return { result, bytes };
}

async function refusal(options: SaveOptions): Promise<SaveError> {
  const e = await saveCapture(options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(e).toBeInstanceOf(SaveError);
  return e as SaveError;
}

/** No save leaves a temporary file behind. */
afterEach(() => {
  expect(readdirSync(dirname(path())).filter((name) => name.endsWith(".part"))).toEqual([]);
});

const mixed = [
  shb(true, [[4, "first"]], 4242n),
  block(true, 10, payload(1, 12).fill(0, 4)),
  idb(true, 1, 0, [[9, Uint8Array.of(9)]]),
  epb(true, payload(1, 60), { ticks: 1_000_000_001n, options: [[1, "one"]] }),
  block(true, 4, new Uint8Array(4)),
  epb(true, payload(2, 61), { ticks: 2_000_000_002n }),
  block(true, 0xbad, payload(9, 8)),
  shb(false),
  idb(false, 1),
  spb(false, payload(3, 62)),
  epb(false, payload(4, 63), { ticks: 4_000_000n }),
  block(false, 5, new Uint8Array(12)),
] as const;
const pcapng = join8(...mixed);
const pcap = join8(
  pcapHeader({ network: 113, snapLen: 96 }),
  ...[1, 2, 3, 4].map((n) => pcapRecord(true, n, 100_000 + n, payload(n, 10 * n), { len: 1000 + n })),
);

describe("all frames in the same format give the very same file", () => {
  test.each([
    { what: "pcapng of two sections", format: "pcapng" as const, bytes: pcapng },
    {
      what: "pcapng, big-endian",
      format: "pcapng" as const,
      bytes: join8(shb(false), idb(false), epb(false, payload(1, 9))),
    },
    { what: "pcapng that is cut short", format: "pcapng" as const, bytes: pcapng.slice(0, -70) },
    { what: "pcap", format: "pcap" as const, bytes: pcap },
    {
      what: "pcap, big-endian",
      format: "pcap" as const,
      bytes: join8(pcapHeader({ le: false }), pcapRecord(false, 1, 2, payload(1, 9))),
    },
    {
      what: "pcap, nanosecond",
      format: "pcap" as const,
      bytes: join8(pcapHeader({ magic: 0xa1b23c4d }), pcapRecord(true, 1, 2, payload(1, 9))),
    },
    { what: "pcap without packets", format: "pcap" as const, bytes: pcapHeader() },
  ])("$what", async ({ format, bytes }) => {
    expect((await saved(bytes, { format })).bytes).toEqual(bytes);
    const every = await saved(bytes, { format, frames: "all" });
    expect(every.bytes).toEqual(bytes);
    expect(every.result.frames).toBe(read(bytes).seen.length);
  });
});

describe("some frames", () => {
  test("pcapng keeps every block that is no packet, and no stated section length", async () => {
    const { bytes, result } = await saved(pcapng, { format: "pcapng", frames: [4, 2, 99] });
    const kept = mixed.filter((_, i) => i !== 3 && i !== 9);
    expect(bytes).toEqual(join8(shb(true, [[4, "first"]], -1n), ...kept.slice(1)));
    expect(result.frames).toBe(2);
  });

  test("pcap", async () => {
    const { bytes } = await saved(pcap, { format: "pcap", frames: (n) => n % 2 === 0 });
    expect(read(bytes).seen).toEqual(read(pcap).seen.filter((_, i) => i % 2 === 1));
  });

  test("none", async () => {
    expect((await saved(pcap, { format: "pcap", frames: [] })).bytes).toEqual(pcap.slice(0, 24));
    expect(read((await saved(pcapng, { format: "pcap", frames: [] })).bytes).seen).toEqual([]);
  });

  test("thousands, with a hole after every second", async () => {
    const n = 5000;
    const many = join8(
      pcapHeader(),
      ...Array.from({ length: n }, (_, i) => pcapRecord(true, i, 0, payload(i, 90))),
    );
    const { bytes, result } = await saved(many, { format: "pcap", frames: (frame) => frame % 3 !== 0 });
    const times = read(bytes).seen.map((s) => s.time);
    expect(times).toEqual(
      read(many)
        .seen.map((s) => s.time)
        .filter((_, i) => (i + 1) % 3 !== 0),
    );
    expect(result.frames).toBe(times.length);
  });
});

describe("from one format to the other", () => {
  test("pcap to pcapng keeps time, lengths, link type and snapshot length", async () => {
    const { bytes } = await saved(pcap, { format: "pcapng" });
    const after = read(bytes);
    expect(after.seen).toEqual(read(pcap).seen);
    expect(after.info.interfaces).toMatchObject([{ linkType: 113, snapLen: 96, tsresol: 6 }]);
    expect(after.info.sections).toMatchObject([{ application: "Tapline" }]);
  });

  test("and back again", async () => {
    const there = await saved(pcap, { format: "pcapng" });
    expect((await saved(there.bytes, { format: "pcap" })).bytes).toEqual(pcap);
  });

  test.each([
    { tsresol: 6, magic: 0xa1b2c3d4 },
    { tsresol: 9, magic: 0xa1b23c4d },
    { tsresol: 0x80 | 6, magic: 0xa1b2c3d4 },
    { tsresol: 0x80 | 8, magic: 0xa1b23c4d },
    { tsresol: 0x80 | 30, magic: 0xa1b23c4d },
  ])("pcapng of resolution $tsresol becomes pcap of magic $magic", async ({ tsresol, magic }) => {
    const source = join8(
      shb(true),
      idb(true, 1, 0, [[9, Uint8Array.of(tsresol)]]),
      epb(true, payload(1, 9), { ticks: 999n }),
    );
    const { bytes } = await saved(source, { format: "pcap" });
    expect(new DataView(bytes.buffer).getUint32(0, true)).toBe(magic);
  });

  test("the digits of the second can be chosen", async () => {
    const nano = await saved(pcap, { format: "pcap", precision: 9 });
    expect(read(nano.bytes).seen).toEqual(read(pcap).seen);
    expect(read(nano.bytes).info.description).toContain("nanosecond");
    expect((await saved(nano.bytes, { format: "pcap", precision: 6 })).bytes).toEqual(pcap);
  });

  test("comments that pcap cannot hold are told", async () => {
    const { result } = await saved(pcapng, { format: "pcap" });
    expect(result.notes).toEqual([expect.stringContaining("no comments")]);
  });

  test("frames of different link types are refused, those of one are not", async () => {
    const source = file(
      shb(true),
      idb(true, 1),
      idb(true, 101),
      epb(true, payload(1, 60)),
      epb(true, payload(2, 60), { iface: 1 }),
    );
    const output = path("out");
    const e = await refusal({ source, output, format: "pcap" });
    expect(e.code).toBe("not-representable");
    expect(e.message).toContain("2 link types (1, 101)");
    expect(existsSync(output)).toBe(false);
    await saveCapture({ source, output, format: "pcap", frames: [2] });
    expect(read(bytesOf(output)).info.interfaces[0]!.linkType).toBe(101);
  });

  test("a time that pcap cannot hold is refused", async () => {
    const source = file(shb(true), idb(true), epb(true, payload(1, 60), { ticks: 5_000_000_000_000_000n }));
    const e = await refusal({ source, output: path(), format: "pcap" });
    expect(e).toMatchObject({ code: "not-representable", message: expect.stringContaining("1970 to 2106") });
  });

  test("the frame check sequence goes with it", async () => {
    const source = join8(pcapHeader({ network: 0x24000001 }), pcapRecord(true, 1, 1, payload(1, 64)));
    const there = await saved(source, { format: "pcapng" });
    expect(read(there.bytes).info.interfaces[0]!.fcsLen).toBe(4);
    expect(read((await saved(there.bytes, { format: "pcap" })).bytes).info.interfaces[0]!.fcsLen).toBe(4);
  });
});

describe("compression", () => {
  test("the saved file can be gzip, and be read again", async () => {
    const { bytes } = await saved(pcapng, { format: "pcapng", compress: "gzip" });
    expect(Uint8Array.from(gunzipSync(bytes))).toEqual(pcapng);
    expect((await saved(bytes, { format: "pcapng" })).bytes).toEqual(pcapng);
  });

  test("a compressed source", async () => {
    const { bytes } = await saved(gzipSync(pcap), { format: "pcap", frames: [1] });
    expect(read(bytes).seen).toEqual(read(pcap).seen.slice(0, 1));
  });
});

describe("the target", () => {
  test("may be the open file itself, which goes on reading its old bytes", async () => {
    const name = file(pcapng);
    const open = openCaptureSync(name);
    await saveCapture({ source: name, output: name, format: "pcapng", frames: [1] });
    expect(readAll(open.reader).length).toBe(4);
    open.close();
    expect(read(bytesOf(name)).seen.length).toBe(1);
  });

  test("keeps its permissions, and a link stays a link", async () => {
    const target = path("target");
    const link = path("link");
    writeFileSync(target, "old", { mode: 0o640 });
    symlinkSync(basename(target), link);
    await saveCapture({ source: file(pcap), output: link, format: "pcap" });
    expect(bytesOf(target)).toEqual(pcap);
    expect(statSync(target).mode & 0o777).toBe(0o640);
  });

  test.each([
    { what: "none", compress: "none" as const },
    { what: "gzip", compress: "gzip" as const },
  ])("a full disk (compression: $what) is told with the bytes needed", async ({ compress }) => {
    const e = await refusal({ source: file(pcap), output: "/dev/full", format: "pcap", compress });
    expect(e.code).toBe("no-space");
    expect(e.message).toContain(`${pcap.length} bytes`);
    expect(e.message).toContain("Free some space");
  });

  test.each([
    {
      what: "a folder that does not exist",
      output: () => join(path(), "x.pcap"),
      says: "folder does not exist",
    },
    { what: "a directory", output: () => dirname(path()), says: "is a directory" },
  ])("$what is told", async ({ output, says }) => {
    const e = await refusal({ source: file(pcap), output: output(), format: "pcap" });
    expect(e).toMatchObject({ code: "target", message: expect.stringContaining(says) });
  });

  test("a source that is no capture is told", async () => {
    const e = await refusal({
      source: file(new TextEncoder().encode("text")),
      output: path(),
      format: "pcap",
    });
    expect(e).toMatchObject({ code: "source", message: expect.stringContaining("text file") });
  });

  const large = join8(
    pcapHeader(),
    ...new Array<Uint8Array>(30_000).fill(pcapRecord(true, 1, 0, payload(1, 200))),
  );
  test.each([
    { what: "copied", format: "pcap" as const, compress: "none" as const },
    { what: "converted", format: "pcapng" as const, compress: "none" as const },
    { what: "compressed", format: "pcapng" as const, compress: "gzip" as const },
  ])("is untouched when saving is cancelled while it is $what", async ({ format, compress }) => {
    const output = path("out");
    writeFileSync(output, "what was there");
    const controller = new AbortController();
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      expect(done).toBeLessThanOrEqual(total);
      if (done > total * 0.6) controller.abort();
    };
    const source = file(large);
    const e = await refusal({ source, output, format, compress, signal: controller.signal, onProgress });
    expect(e.code).toBe("cancelled");
    expect(readFileSync(output, "utf8")).toBe("what was there");
  });

  test("is untouched when saving was cancelled before it began", async () => {
    const output = path("out");
    const e = await refusal({ source: file(pcap), output, format: "pcap", signal: AbortSignal.abort() });
    expect(e.code).toBe("cancelled");
    expect(existsSync(output)).toBe(false);
  });
});

describe("CaptureWriter", () => {
  const times = [
    [0, 0],
    [1, 999_999_999],
    [1_700_000_000, 123_456_789],
    [4_294_967_295, 999_999_999],
  ] as const;

  test.each([
    { format: "pcap" as const, tsresol: 6 as const },
    { format: "pcap" as const, tsresol: 9 as const },
    { format: "pcapng" as const, tsresol: 6 as const },
    { format: "pcapng" as const, tsresol: 9 as const },
  ])("$format, 10^-$tsresol seconds: what is written is read", ({ format, tsresol }) => {
    const name = path();
    const writer = new CaptureWriter(name, { format });
    writer.addInterface({ linkType: 1, tsresol });
    times.forEach(([sec, nsec], i) => void writer.writePacket(payload(i, 50 + i), sec, nsec, 1500 + i));
    writer.close();
    expect(writer).toMatchObject({ packets: 4, bytes: statSync(name).size });
    const cut = (nsec: number) => (tsresol === 6 ? nsec - (nsec % 1000) : nsec);
    expect(read(bytesOf(name)).seen).toEqual(
      times.map(([sec, nsec], i) => ({
        time: `${sec}.${String(cut(nsec)).padStart(9, "0")}`,
        len: 1500 + i,
        iface: 0,
        data: payload(i, 50 + i),
      })),
    );
  });

  test("pcapng holds interfaces, texts, comments and flags", () => {
    const name = path();
    const writer = new CaptureWriter(name, {
      format: "pcapng",
      application: "test",
      os: "os",
      comments: ["file"],
    });
    const first = writer.addInterface({
      linkType: 1,
      name: "eth0",
      filter: "tcp",
      snapLen: 96,
      comments: ["if"],
    });
    const second = writer.addInterface({ linkType: 101, tsresol: 6, description: "tunnel", fcsLen: 4 });
    writer.writePacket(payload(1, 5), 10_000_000_000, 1, 5, first, { comments: ["a", "ü"], flags: 2 });
    writer.writePacket(payload(2, 6), 2, 2000, 6, second);
    writer.close();
    const { seen, info } = read(bytesOf(name));
    expect(seen.map((s) => [s.iface, s.time])).toEqual([
      [0, "10000000000.000000001"],
      [1, "2.000002000"],
    ]);
    expect(info.sections).toMatchObject([{ application: "test", os: "os", comments: ["file"] }]);
    expect(info.interfaces).toMatchObject([
      { linkType: 1, name: "eth0", filter: "tcp", snapLen: 96, tsresol: 9, comments: ["if"] },
      { linkType: 101, tsresol: 6, description: "tunnel", fcsLen: 4 },
    ]);
    const { reader, close } = openCaptureSync(name);
    reader.next();
    expect(readRecordOptions(name, reader.recordOffset, "pcapng")).toMatchObject({
      comments: ["a", "ü"],
      flags: 2,
    });
    close();
  });

  test("a comment of more than 65,535 bytes is cut between characters", () => {
    const name = path();
    const writer = new CaptureWriter(name, { format: "pcapng" });
    writer.addInterface({ linkType: 1 });
    writer.writePacket(payload(1, 5), 1, 1, 5, 0, { comments: ["€".repeat(30_000)] });
    writer.close();
    const { reader, close } = openCaptureSync(name);
    reader.next();
    expect(readRecordOptions(name, reader.recordOffset, "pcapng").comments).toEqual(["€".repeat(21_845)]);
    close();
  });

  test("a packet larger than the buffer, and a sight of the file after each flush", () => {
    const name = path();
    const writer = new CaptureWriter(name, { format: "pcap" });
    writer.addInterface({ linkType: 231 });
    writer.writePacket(payload(1, 3_000_000), 1, 1, 3_000_000);
    writer.writePacket(payload(2, 30), 2, 2, 30);
    writer.flush();
    expect(read(bytesOf(name)).seen.map((s) => s.data.length)).toEqual([3_000_000, 30]);
    writer.close();
    writer.close();
  });

  test("pcap refuses a second link type, and times before 1970", () => {
    const writer = new CaptureWriter(() => {}, { format: "pcap" });
    writer.addInterface({ linkType: 1 });
    expect(() => writer.addInterface({ linkType: 101 })).toThrow(WriterError);
    expect(() => writer.addInterface({ linkType: 1, tsresol: 6 })).toThrow(WriterError);
    expect(() => writer.writePacket(payload(1, 5), -1, 0, 5)).toThrow("1970 to 2106");
  });

  test("a full disk is thrown as the system says it", () => {
    const writer = new CaptureWriter("/dev/full", { format: "pcap" });
    writer.addInterface({ linkType: 1 });
    expect(() => writer.close()).toThrow("ENOSPC");
  });
});
