import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decompressToFile } from "../../../engine/formats/compression.ts";
import { type OpenCapture, openCapture, openCaptureSync } from "../../../engine/formats/open.ts";
import { CaptureFileError } from "../../../engine/formats/types.ts";
import { epb, file, idb, join8, path, payload, pcapHeader, pcapRecord, readAll, shb } from "./build.ts";

const text = (s: string) => new TextEncoder().encode(s);

describe("what is no capture is named", () => {
  test.each([
    {
      what: "a text file",
      bytes: text("Dear reader,\nthis is no capture.\n"),
      says: "is a text file, not a capture",
    },
    { what: "an ELF program", bytes: text("\x7fELF\x02\x01\x01\0"), says: "is an ELF program" },
    { what: "a PDF", bytes: text("%PDF-1.7"), says: "(first bytes 25 50 44 46 2d 31 2e 37)" },
    { what: "a zip archive", bytes: text("PK\x03\x04zzzz"), says: "is a zip archive, not a capture" },
    { what: "a snoop capture", bytes: text("snoop\0\0\0"), says: "convert it with `editcap" },
    { what: "random bytes", bytes: Uint8Array.of(1, 2, 3, 4), says: "(first bytes 01 02 03 04)" },
    { what: "one byte", bytes: Uint8Array.of(0), says: "(first bytes 00)" },
    { what: "an empty file", bytes: new Uint8Array(0), says: "is empty" },
    { what: "half a pcap header", bytes: pcapHeader().slice(0, 23), says: "cut short within its header" },
    { what: "half a section header", bytes: shb(true).slice(0, 27), says: "cut short within its header" },
    {
      what: "a broken section header",
      bytes: join8(shb(true).slice(0, 8), payload(1, 40)),
      says: "byte-order magic",
    },
    {
      what: "compressed text",
      bytes: gzipSync("hello hello"),
      says: "gzip-compressed, and what it holds is a text",
    },
    { what: "compressed nothing", bytes: gzipSync(""), says: "cannot be unpacked" },
    { what: "a damaged gzip file", bytes: Uint8Array.of(0x1f, 0x8b, 9, 9, 9, 9), says: "cannot be unpacked" },
  ])("$what", async ({ bytes, says }) => {
    const name = file(bytes);
    const e = await openCapture(name).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(e).toBeInstanceOf(CaptureFileError);
    expect((e as CaptureFileError).message).toContain(says);
    expect((e as CaptureFileError).message).toContain(name);
    expect((e as CaptureFileError).path).toBe(name);
  });

  test("a directory", () => expect(() => openCaptureSync(dirname(path()))).toThrow("is a directory"));
  test("a file that is gone", () => expect(() => openCaptureSync(path())).toThrow("does not exist"));
  test("a path through a file", () => {
    expect(() => openCaptureSync(`${file(pcapHeader())}/x`)).toThrow("does not exist");
  });
  test("a device", () => expect(() => openCaptureSync("/dev/null")).toThrow("is a device"));
  test("a named pipe does not block", () => {
    const name = path("pipe");
    execFileSync("mkfifo", [name]);
    expect(() => openCaptureSync(name)).toThrow("is a named pipe");
  });
  test("a file this user may not read", (context) => {
    context.skip(process.getuid?.() === 0, "root may read everything");
    const name = file(pcapHeader());
    chmodSync(name, 0);
    expect(() => openCaptureSync(name)).toThrow("may not be read by this user");
  });
  test("a compressed file, where one that is not is wanted", () => {
    expect(() => openCaptureSync(file(gzipSync(pcapHeader())))).toThrow("must be unpacked");
  });
});

/** A zstd file (RFC 8878) of raw and run-length blocks, which hold what they stand for as it is. */
function zstdRaw(bytes: Uint8Array, blockSize: number, checksum = false): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, checksum ? 4 : 0, 0x38)];
  for (let p = 0; p < bytes.length || p === 0; p += blockSize) {
    const part = bytes.slice(p, p + blockSize);
    const last = p + blockSize >= bytes.length ? 1 : 0;
    const same = part.length > 1 && part.every((b) => b === part[0]);
    const head = (part.length << 3) | (same ? 2 : 0) | last;
    parts.push(Uint8Array.of(head, head >> 8, head >> 16), same ? part.slice(0, 1) : part);
  }
  if (checksum) parts.push(Uint8Array.of(1, 2, 3, 4));
  return join8(...parts);
}

const skippable = join8(Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0), payload(1, 5));

/** 400 packets of 10 bytes, and the same as the zstd tool compresses it (level 19). */
const packed = pcapHeaderAndPackets(400);
const PACKED_ZSTD = [
  "KLUv/QRoTSkACoTEEzIQYHtpDSiKoiiKoiiKoiiKkbQVQRAz/itGBAAAAAAAAAAAAAAAmGhpHQFAiJaWljaRKTEBHgEsAcN58zdu",
  "7qbN27A5mzVfo+Zq0jwNmqM58zNmbqbMy5A5mTEfI+ZiwjwMmIP58i9e7qXLu3A5ly3fouVasjwLlmO58itWbqXKq1A5lSmfIuVS",
  "ojwKlEN58idO7qTJmzA5kyVfouRKkjwJkiM58iNGbqTIixA5kSEfIuRCgjzI29/c7tb2NrazrX1N7WpADuTHf/i4jx7vweM8dnyH",
  "juvI8Rw4juPGb9i4jRqvQeM0ZnyGjMuI8RgwDuPFX7i4ixZvkfY0tKOd/czsZsB++erFa5euXLhulb2sFq1ZsmLBeuWqFSuyk4UC",
  "9clTJ06bNGXCNPYxQYEA/fHTh88ePXnELjZGTBgwX7x04bJFS9jDiAwREuTNrY1tTe1+aGdmZWRjYmH3aU/7/x0s2P+xYbJsAXsh",
  "u3RdV67nwnVct37Lg3vQwTvg4Bxs8A00uAYZPAMMjoGt27rgF1hwCyp4BRScggk+gQSXIIJHAMEheOAPOHAHGngDDJyBBb5Ardei",
  "dVqzPkvWZcV6LFiH9eqvXN1Vq7didVYKXIEEngACR+CAH2DADSjgBRBwAgb4AAJcgAAeAAAHYNVXqbqqVE+F6qhO/ZSpmyr1UqRO",
  "atRHibqoUA8F6qA+/ZOne+r0TpzOadM3abqmTM+E6Zgu/ZKlW6r0SpROadInSbqkSI8E6ZAe/ZGjO2r0RozOaNEXKbqiRE+E6IgO",
  "/ZChGyr0QoROaNAHCbqgQA8E6ID+/I+f++nzPnzOZ8/36LmePM+D53ju/I6d26nzOnROZ87nyLmcOI8DZyckyBfk7Xtz+9zavja2",
  "j23tW1P71IB8QH58P3x8Pnp8PXh8PHZ8O3R8OnJ8OXB8OG58N2x8Nmp8NWh8NGZ8M2R8MmJ8MWB8MF58L1x8Llp8LdK+NLQP7ew7",
  "M/vMruwrO7KP7Ma+sRP7xC7sC7v77n6DPVgWzwKLY3HFr7DiVlTxKqg4FVN8CikuRRSPAopD8cSfcOJONPEmmDgTS3wJJa5EEk8C",
  "iSNxxI8w4kYU8SKIOBFDfAghLkQQDwKIA/HDf/DhPvTwHng4Dzt8Bx2uQw7PAYfjcMNvsOE21PAaaDgNM3wGGS5DDI8BhsPwwl9w",
  "4S608BZYOAsrfAUVrkIKTwGFo3DCTzDhJpTwEkg4CSN8BBEuQggPAYSD8ME/AHZgv/7L1331ei9e57XrAau+Vao+Vam+VKg+VKe+",
  "U6Y+U6W+UqQ+UqO+UaI+UaG+UKA+UJ++T54+T52+Tpw+Tpu+TZo+TZm+TJg+TJe+S5Y+S5W+SpQ+SpO+SZI+SZG+SJA+SI++R44+",
  "R42+Row+Rou+RYo+RYm+RIg+RIe+Q4Y+Q4W+QoQ+QoO+QYI+QYG+QIA+QH++P34+P32+Pnw+Pnu+PXo+PXm+PHg+PHe+O3Y+O3W+",
  "OnQ+OnO+OXI+OXG+OHA+OG++N24+N22+Nmw+Nmu+NWo+NWm+NGg+NGe+M2Y+M2W+MmQ+MmO+MWI+MWG+MGA+MF++L14+L12+Llw+",
  "Llu+LVo+LVm+LFg+LFe+K1Y+K1W+KlQ+KlO+KVI+KVG+KFA+KE++J04+J02+Jkw+Jku+JUo+JUm+JEg+JEe+I0Y+I0W+IkQ+IkO+",
  "IUIOgY+oEZzPPvsG8UtrEXxC8Ak/JBKiaNd//dd//dd//feIREISASsHq4AKqIAKqCSgXgNqFS0h7vc=",
].join("");

function pcapHeaderAndPackets(n: number): Uint8Array {
  return join8(
    pcapHeader(),
    ...Array.from({ length: n }, (_, i) => pcapRecord(true, i, i, payload(i % 7, 10))),
  );
}

/** A pcapng of `n` packets, of which every fiftieth is the same. */
function packets(length: number, n: number): Uint8Array {
  const some = Array.from({ length: Math.min(n, 50) }, (_, i) => epb(true, payload(i * i, length)));
  return join8(shb(true), idb(true), ...Array.from({ length: n }, (_, i) => some[i % 50]!));
}

async function drain(capture: OpenCapture): Promise<number> {
  let n = 0;
  do n += readAll(capture.reader).length;
  while (await capture.more());
  capture.reader.finish();
  return n;
}

describe("compressed captures", () => {
  const pcapng = packets(100, 300);
  const halves = [pcapng.slice(0, 20_000), pcapng.slice(20_000)];
  test.each([
    { what: "gzip", bytes: gzipSync(pcapng), compression: "gzip" },
    { what: "gzip of two members", bytes: join8(...halves.map((h) => gzipSync(h))), compression: "gzip" },
    { what: "zstd, raw blocks", bytes: zstdRaw(pcapng, 1000), compression: "zstd" },
    { what: "zstd with a checksum", bytes: zstdRaw(pcapng, 131_072, true), compression: "zstd" },
    { what: "zstd of tiny blocks", bytes: zstdRaw(pcapng, 1), compression: "zstd" },
    {
      what: "zstd of two frames",
      bytes: join8(...halves.map((h) => zstdRaw(h, 777, true))),
      compression: "zstd",
    },
    {
      what: "zstd of tiny and skippable frames",
      bytes: join8(
        skippable,
        zstdRaw(pcapng.slice(0, 3), 10),
        zstdRaw(pcapng.slice(3, 5), 10, true),
        skippable,
        zstdRaw(pcapng.slice(5), 999),
      ),
      compression: "zstd",
    },
  ])("$what", async ({ bytes, compression }) => {
    const capture = await openCapture(file(bytes));
    expect(capture.format).toBe("pcapng");
    expect(await drain(capture)).toBe(300);
    expect(capture.notices()).toEqual([]);
    expect(capture.unpacked).toBe(true);
    expect(capture.info().compression).toBe(compression);
    expect(statSync(capture.dataPath).mode & 0o777).toBe(0o600);
    expect(statSync(capture.dataPath).size).toBe(pcapng.length);
    capture.close();
    expect(existsSync(capture.dataPath)).toBe(false);
    expect(existsSync(dirname(capture.dataPath))).toBe(false);
    capture.close();
  });

  test("zstd as its own tool writes it", async () => {
    const capture = await openCapture(file(Buffer.from(PACKED_ZSTD, "base64")));
    const seen: Uint8Array[] = [];
    do seen.push(...readAll(capture.reader).map((s) => s.data));
    while (await capture.more());
    expect(capture.format).toBe("pcap");
    expect(statSync(capture.dataPath).size).toBe(packed.length);
    expect(seen).toEqual(Array.from({ length: 400 }, (_, i) => payload(i % 7, 10)));
    capture.close();
  });

  const random = Uint8Array.from({ length: 200 }, (_, i) => (i * 7919) ^ (i << 3));
  const incompressible = join8(
    shb(true),
    idb(true),
    ...Array.from({ length: 2000 }, (_, i) =>
      epb(
        true,
        random.map((b) => (b * (i + 1) + i * i) & 0xff),
      ),
    ),
  );

  test.each([
    { what: "gzip cut short", bytes: gzipSync(incompressible).slice(0, -9000), says: "ends too early" },
    {
      what: "gzip without its last bytes",
      bytes: gzipSync(incompressible).slice(0, -3),
      says: "ends too early",
    },
    { what: "zstd cut short", bytes: zstdRaw(incompressible, 1000).slice(0, -9000), says: "ends too early" },
    {
      what: "gzip with a wrong checksum",
      bytes: Uint8Array.from(gzipSync(incompressible)).fill(0x55, -8, -4),
      says: "is damaged",
    },
    {
      what: "zstd damaged in the middle",
      bytes: join8(zstdRaw(incompressible, 1000).slice(0, 100_306), payload(6, 100).fill(0xff)),
      says: "is damaged",
    },
    {
      what: "zstd with a window of a terabyte",
      bytes: join8(zstdRaw(incompressible, 1000), Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0xf0, 0, 0, 0, 0)),
      says: "window",
    },
  ])("$what: what could be unpacked stays", async ({ bytes, says }) => {
    const capture = await openCapture(file(bytes));
    expect(await drain(capture)).toBeGreaterThan(300);
    expect(capture.notices()[0]).toMatchObject({ severity: "error", message: expect.stringContaining(says) });
    capture.close();
  });

  test("the first packets come before the last are unpacked", async () => {
    const name = file(gzipSync(packets(1000, 40_000), { level: 1 }));
    const capture = await openCapture(name);
    expect(capture.unpacked).toBe(false);
    const first = readAll(capture.reader).length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(40_000);
    expect(first + (await drain(capture))).toBe(40_000);
    expect(capture.unpacked).toBe(true);
    capture.close();
  });

  test("closing early stops unpacking and removes the file", async () => {
    const capture = await openCapture(file(gzipSync(packets(1000, 40_000), { level: 1 })));
    const waiting = capture.more();
    capture.close();
    expect(await waiting).toBe(false);
    expect(existsSync(dirname(capture.dataPath))).toBe(false);
  });

  test.each(["gzip", "zstd"])(
    "%s: an abort stops it, and other work gets its turn meanwhile",
    async (kind) => {
      const plain = packets(1000, 20_000);
      const name = file(kind === "gzip" ? gzipSync(plain, { level: 1 }) : zstdRaw(plain, 5000));
      const controller = new AbortController();
      const unpacking = decompressToFile(name, {
        signal: controller.signal,
        onProgress: ({ read, total, written }) => {
          expect(read).toBeLessThanOrEqual(total);
          if (written > 1_000_000) setImmediate(() => controller.abort());
        },
      });
      await unpacking.done;
      expect(unpacking.written).toBeLessThan(plain.length);
      expect(existsSync(dirname(unpacking.path))).toBe(false);
      expect(unpacking.notices).toEqual([]);
    },
  );

  test("an abort before the start is told", async () => {
    const opening = openCapture(file(gzipSync(packets(10, 10))), { signal: AbortSignal.abort() });
    await expect(opening).rejects.toThrow("was cancelled");
  });

  test("a temporary folder that cannot be written to is told", async () => {
    const name = file(gzipSync(packets(10, 10)));
    const before = process.env.TMPDIR;
    const missing = path("missing");
    process.env.TMPDIR = missing;
    try {
      await expect(openCapture(name)).rejects.toThrow(`${missing} cannot be written to`);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});

test("a file that vanishes after it was opened is read to its end", () => {
  const name = path();
  mkdirSync(dirname(name), { recursive: true });
  writeFileSync(name, packets(10, 5));
  const capture = openCaptureSync(name);
  rmSync(name);
  expect(readAll(capture.reader).length).toBe(5);
  capture.close();
});

describe("a file that becomes shorter while it is read", () => {
  test.each([
    {
      what: "pcap",
      bytes: join8(pcapHeader(), ...[1, 2, 3].map((n) => pcapRecord(true, n, 0, payload(n, 60)))),
    },
    {
      what: "pcapng",
      bytes: join8(shb(true), idb(true), ...[1, 2, 3].map((n) => epb(true, payload(n, 60)))),
    },
  ])("$what: what was read stays, and the reader says where it ends", ({ bytes }) => {
    const name = file(bytes);
    const capture = openCaptureSync(name);
    expect(capture.reader.next()).toBe(true);
    truncateSync(name, 50);
    // The rest lies in the window.
    while (capture.reader.next());
    capture.reader.finish();
    expect(capture.notices().map(({ severity, message }) => [severity, message])).toEqual([
      [
        "error",
        `The file became shorter while it was read: it ends ${bytes.length - 50} bytes before offset ` +
          `${bytes.length}, where reading had come to. Read it again.`,
      ],
    ]);
    capture.close();
  });
});
