import { appendFileSync, closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { PcapReader } from "../../../engine/formats/pcap.ts";
import { PcapngReader } from "../../../engine/formats/pcapng.ts";
import { FileSource, RandomReader } from "../../../engine/formats/source.ts";
import { epb, file, idb, join8, path, payload, pcapHeader, pcapRecord, readAll, shb } from "./build.ts";

const BEYOND = 5 * 1024 ** 3;

/** A file of 5 GB that takes no space, with the given bytes at its end. */
function sparse(bytes: Uint8Array): string {
  const name = path();
  const fd = openSync(name, "w");
  ftruncateSync(fd, BEYOND);
  writeSync(fd, bytes, 0, bytes.length, BEYOND);
  closeSync(fd);
  return name;
}

describe("FileSource", () => {
  test.each([64, 100, 1000, 5000])("gives every byte once through a window of %i bytes", (window) => {
    const bytes = payload(1, 4321);
    const source = new FileSource(file(bytes), window);
    const seen: number[] = [];
    for (let n = 1; source.ensure(n % 90 || 1); n++) {
      const take = n % 90 || 1;
      expect(source.base + source.pos).toBe(seen.length);
      seen.push(...source.buf.subarray(source.pos, source.pos + take));
      source.pos += take;
    }
    expect(Uint8Array.from(seen)).toEqual(bytes.slice(0, seen.length));
    expect(bytes.length - seen.length).toBeLessThan(90);
    source.close();
  });

  test("an amount beyond the file is refused, without moving or allocating", () => {
    const source = new FileSource(file(payload(1, 100)), 64);
    source.pos += 0;
    expect(source.ensure(4_000_000_000)).toBe(false);
    expect(source.buf.length).toBe(64);
    expect(source.base + source.pos).toBe(0);
    expect(source.ensure(100)).toBe(true);
    expect(source.buf.subarray(source.pos, source.pos + 100)).toEqual(payload(1, 100));
    source.close();
  });

  test("skips beyond the window and beyond 4 GB without reading", () => {
    const source = new FileSource(sparse(payload(3, 50)));
    expect(source.ensure(10)).toBe(true);
    source.skip(BEYOND);
    expect(source.ensure(50)).toBe(true);
    expect(source.base + source.pos).toBe(BEYOND);
    expect(source.buf.slice(source.pos, source.pos + 50)).toEqual(payload(3, 50));
    expect(source.ensure(51)).toBe(false);
    expect(source.size()).toBe(BEYOND + 50);
    source.close();
  });

  test("sees bytes that are written later", () => {
    const name = file(payload(1, 10));
    const source = new FileSource(name);
    expect(source.ensure(11)).toBe(false);
    appendFileSync(name, payload(2, 10));
    expect(source.ensure(20)).toBe(true);
    expect(source.buf.slice(source.pos, source.pos + 20)).toEqual(join8(payload(1, 10), payload(2, 10)));
    source.close();
  });

  test("a read error ends the data and is kept", () => {
    const fd = openSync(path(), "w");
    writeSync(fd, payload(1, 100));
    const source = new FileSource(fd);
    const reader = new PcapngReader(source);
    expect(reader.next()).toBe(false);
    expect(source.error).toContain("EBADF");
    reader.finish();
    expect(reader.notices[0]!.message).toContain("EBADF");
    closeSync(fd);
  });
});

describe("RandomReader", () => {
  const bytes = payload(1, 10_000);

  test.each([
    [0, 10],
    [60, 10],
    [64, 64],
    [1, 9999],
    [100, 5000],
    [9990, 100],
    [10_000, 5],
    [20_000, 5],
  ])("reads %i + %i", (offset, length) => {
    const random = new RandomReader(file(bytes), 64, 4);
    for (let again = 0; again < 2; again++) {
      expect(Uint8Array.from(random.read(offset, length))).toEqual(bytes.slice(offset, offset + length));
    }
    random.close();
  });

  test("a result stays as it was when its block has gone from the cache", () => {
    const random = new RandomReader(file(bytes), 64, 2);
    const first = random.read(3, 20);
    for (let i = 0; i < 100; i++) random.read(i * 64, 10);
    expect(Uint8Array.from(first)).toEqual(bytes.slice(3, 23));
    random.close();
  });

  test("the memory of dropped blocks is used again where that was asked for", () => {
    const random = new RandomReader(file(bytes), 64, 2, true);
    const buffers = new Set<ArrayBufferLike>();
    for (let i = 0; i < 100; i++) {
      const offset = (i * 7919) % (bytes.length - 20);
      const found = random.read(offset, 20);
      expect(Uint8Array.from(found)).toEqual(bytes.slice(offset, offset + 20));
      if (Math.floor(offset / 64) === Math.floor((offset + 19) / 64)) buffers.add(found.buffer);
    }
    expect(buffers.size).toBe(2);
    random.close();
  });

  test("a block that was short is read again when the file has grown", () => {
    const name = file(bytes.slice(0, 100));
    const random = new RandomReader(name, 64, 4);
    expect(random.read(90, 20).length).toBe(10);
    appendFileSync(name, bytes.slice(100, 200));
    expect(Uint8Array.from(random.read(90, 20))).toEqual(bytes.slice(90, 110));
    random.close();
  });

  test("an absurd length allocates nothing", () => {
    const random = new RandomReader(file(bytes));
    expect(random.read(5000, 2 ** 40).length).toBe(5000);
    random.close();
  });

  test("reaches beyond 4 GB", () => {
    const random = new RandomReader(sparse(payload(9, 70)));
    expect(Uint8Array.from(random.read(BEYOND + 10, 60))).toEqual(payload(9, 70).slice(10));
    random.close();
  });
});

const growing = [
  {
    format: "pcap",
    start: pcapHeader(),
    records: [1, 2, 3, 4].map((n) => pcapRecord(true, n, n, payload(n, 7 * n))),
    reader: (s: FileSource) => new PcapReader(s),
  },
  {
    format: "pcapng",
    start: join8(shb(true), idb(true)),
    records: [1, 2, 3, 4].map((n) => epb(true, payload(n, 7 * n), { options: n === 2 ? [[1, "c"]] : [] })),
    reader: (s: FileSource) => new PcapngReader(s),
  },
];

describe.each(growing)("a $format file that grows", ({ start, records, reader: makeReader }) => {
  const whole = join8(start, ...records);
  const ends = records.map((_, i) => join8(start, ...records.slice(0, i + 1)).length);

  test.each([1, 3, 7, 16, 50])("in pieces of %i bytes gives each packet as soon as it is whole", (size) => {
    const name = path();
    writeFileSync(name, "");
    const source = new FileSource(name, 64);
    const reader = makeReader(source);
    const seen: Uint8Array[] = [];
    for (let p = 0; p < whole.length; p += size) {
      appendFileSync(name, whole.slice(p, p + size));
      seen.push(...readAll(reader).map((s) => s.data));
      expect(seen.length).toBe(ends.filter((end) => end <= p + size).length);
    }
    expect(seen).toEqual([1, 2, 3, 4].map((n) => payload(n, 7 * n)));
    reader.finish();
    expect(reader.notices).toEqual([]);
    source.close();
  });
});

test("a record is found again by its offsets", () => {
  const name = file(
    pcapHeader(),
    pcapRecord(true, 1, 1, payload(1, 33)),
    pcapRecord(true, 2, 2, payload(2, 44)),
  );
  const { reader, close } = openCaptureSync(name);
  const random = new RandomReader(name);
  for (const n of [1, 2]) {
    expect(reader.next()).toBe(true);
    expect(Uint8Array.from(random.read(reader.dataOffset, reader.capLen))).toEqual(payload(n, 22 + 11 * n));
    expect(reader.recordLength).toBe(16 + reader.capLen);
    expect(reader.dataOffset).toBe(reader.recordOffset + 16);
  }
  random.close();
  close();
});
