import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BlockedGzip, compressBlocked } from "../../../engine/formats/blocked-gzip.ts";
import { chainLine, chainPath, openData } from "../../../engine/formats/data-file.ts";
import { openCapture } from "../../../engine/formats/open.ts";
import { RandomReader } from "../../../engine/formats/source.ts";
import { writeMany } from "../../tools/packets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapline-chain-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** All that can be read from `offset` on, in reads of `length` bytes. */
function read(file: ReturnType<typeof openData>, offset: number, length: number): string {
  let text = "";
  const into = new Uint8Array(length);
  for (;;) {
    const got = file.read(into, 0, length, offset + text.length);
    if (got === 0) return text;
    text += Buffer.from(into.subarray(0, got)).toString("latin1");
  }
}

it("reads files that follow each other as one, and what is added to the last and behind it", () => {
  writeFileSync(at("a"), "0123456789");
  writeFileSync(at("zwei ü\n\u{1f980}"), "abc");
  writeFileSync(at("list"), `{"owner":1}\n${chainLine(0, at("a"))}${chainLine(10, at("zwei ü\n\u{1f980}"))}`);
  const chain = openData(chainPath(at("list")));
  expect(chain.size()).toBe(13);
  for (const length of [1, 3, 4, 100]) expect(read(chain, 0, length)).toBe("0123456789abc");
  expect(read(chain, 9, 5)).toBe("9abc");
  expect(read(chain, 13, 5)).toBe("");

  appendFileSync(at("zwei ü\n\u{1f980}"), "de");
  expect(chain.size()).toBe(15);
  expect(read(chain, 12, 5)).toBe("cde");

  // A line counts once it is whole.
  writeFileSync(at("c"), "XYZ");
  const line = chainLine(15, at("c"));
  appendFileSync(at("list"), line.slice(0, 5));
  expect(chain.size()).toBe(15);
  appendFileSync(at("list"), line.slice(5));
  expect(read(chain, 0, 7)).toBe("0123456789abcdeXYZ");
  expect(chain.size()).toBe(18);
  chain.close();
});

it("has few of many files open, and reads them in any order", () => {
  const texts = Array.from({ length: 40 }, (_, i) => `file ${i};`.repeat((i % 3) + 1));
  let offset = 0;
  const lines = texts.map((text, i) => {
    writeFileSync(at(`f${i}`), text);
    const line = chainLine(offset, at(`f${i}`));
    offset += text.length;
    return line;
  });
  writeFileSync(at("list"), lines.join(""));
  const whole = texts.join("");
  const random = new RandomReader(chainPath(at("list")), 16, 3);
  for (let i = 0; i < 500; i++) {
    const from = (i * 7919) % whole.length;
    const length = 1 + ((i * 31) % 60);
    expect(Buffer.from(random.read(from, length)).toString()).toBe(whole.slice(from, from + length));
  }
  random.close();
});

it("fails as the file system does on a part that is gone, and reads the others", () => {
  writeFileSync(at("b"), "world");
  writeFileSync(at("list"), chainLine(0, at("a")) + chainLine(6, at("b")));
  const chain = openData(chainPath(at("list")));
  expect(() => read(chain, 0, 4)).toThrow("ENOENT");
  expect(read(chain, 6, 4)).toBe("world");
  chain.close();
  expect(() => openData(chainPath(at("none")))).toThrow("ENOENT");
});

it("makes one capture of several pcapng files", async () => {
  const sizes: number[] = [];
  for (const [i, frames] of [300, 1, 500].entries()) {
    writeMany(at(`${i}.pcapng`), frames, { format: "pcapng" });
    sizes.push((await import("node:fs")).statSync(at(`${i}.pcapng`)).size);
  }
  const offsets = [0, sizes[0] ?? 0, (sizes[0] ?? 0) + (sizes[1] ?? 0)];
  writeFileSync(at("list"), chainLine(0, at("0.pcapng")));
  const capture = await openCapture(chainPath(at("list")));
  let frames = 0;
  while (capture.reader.next()) frames++;
  expect(frames).toBe(300);
  // Files that come later are read on.
  appendFileSync(
    at("list"),
    chainLine(offsets[1] ?? 0, at("1.pcapng")) + chainLine(offsets[2] ?? 0, at("2.pcapng")),
  );
  while (capture.reader.next()) frames++;
  expect(frames).toBe(801);
  expect(capture.info().sections).toHaveLength(3);
  expect(capture.notices()).toEqual([]);
  capture.close();
});

const never = new AbortController().signal;
/** Text that says everywhere where one is. */
const long = (length: number): string =>
  Array.from({ length: Math.ceil(length / 8) }, (_, i) => String(i).padStart(8, "."))
    .join("")
    .slice(0, length);

/** Puts NAME.gz in the place of NAME. */
async function compress(name: string): Promise<void> {
  await compressBlocked(at(name), at(`${name}.gz`), never);
  rmSync(at(name));
}

it.each([0, 1, 65_279, 65_280, 65_281, 130_560, 16 * 65_280, 16 * 65_280 + 1])(
  "compresses %d bytes so that they are gzip, and can be read at any place",
  async (length) => {
    const text = long(length);
    writeFileSync(at("a"), text);
    const bytes = await compressBlocked(at("a"), at("a.gz"), never);
    const written = readFileSync(at("a.gz"));
    expect(written.length).toBe(bytes);
    expect(gunzipSync(written).toString("latin1")).toBe(text);
    const file = new BlockedGzip(at("a.gz"));
    expect(file.size()).toBe(length);
    expect(read(file, 0, 50_000)).toBe(text);
    for (const offset of [0, 1, 65_279, 65_280, 65_281, 130_559, length - 1, length, length + 5]) {
      if (offset < 0) continue;
      const into = new Uint8Array(70_000);
      const got = file.read(into, 3, 66_000, offset);
      expect(Buffer.from(into.subarray(3, 3 + got)).toString("latin1")).toBe(
        text.slice(offset, offset + 66_000),
      );
    }
    file.close();
  },
);

it("goes on when files are compressed under it", async () => {
  const texts = { a: long(200_000), b: long(100_000), c: long(70_000) };
  for (const [name, text] of Object.entries(texts)) writeFileSync(at(name), text);
  const all = texts.a + texts.b + texts.c;
  writeFileSync(
    at("list"),
    chainLine(0, at("a")) + chainLine(200_000, at("b")) + chainLine(300_000, at("c")),
  );
  const before = openData(chainPath(at("list")));
  expect(read(before, 199_990, 20)).toBe(all.slice(199_990));
  for (const name of ["a", "b", "c"]) {
    await compress(name);
    // One that had it open, and one that comes later.
    const after = openData(chainPath(at("list")));
    for (const chain of [before, after]) {
      expect(chain.size()).toBe(370_000);
      for (const length of [1000, 65_280, 500_000]) expect(read(chain, 0, length)).toBe(all);
      expect(read(chain, 299_999, 7)).toBe(all.slice(299_999));
    }
    after.close();
  }
  before.close();
  // What is gone altogether is missed by its own name.
  rmSync(at("b.gz"));
  const gone = openData(chainPath(at("list")));
  expect(() => gone.read(new Uint8Array(10), 0, 10, 200_000)).toThrow(
    `ENOENT: no such file or directory, open '${at("b")}'`,
  );
  gone.close();
});

it("says so when what was compressed is damaged", async () => {
  writeFileSync(at("a"), long(150_000));
  writeFileSync(at("list"), chainLine(0, at("a")));
  await compress("a");
  const whole = readFileSync(at("a.gz"));
  const reading = (change: (bytes: Buffer) => Buffer) => () => {
    writeFileSync(at("a.gz"), change(Buffer.from(whole)));
    const chain = openData(chainPath(at("list")));
    try {
      return read(chain, 0, 1000);
    } finally {
      chain.close();
    }
  };
  const flipped = (place: number) => (bytes: Buffer) => {
    bytes[place] = (bytes[place] ?? 0) ^ 0xff;
    return bytes;
  };
  expect(reading((bytes) => bytes)()).toBe(long(150_000));
  expect(reading(flipped(40))).toThrow(/a\.gz" is damaged, or was not compressed by Tapline \(block 1\)/);
  for (const change of [
    flipped(0),
    flipped(16),
    flipped(whole.length - 1),
    (b: Buffer) => b.subarray(0, -28),
  ])
    expect(reading(change)).toThrow("is damaged");
  expect(reading((bytes) => bytes.subarray(0, 1000))).toThrow("is damaged");
});

it("stops compressing when it is told to", async () => {
  writeFileSync(at("a"), long(3_000_000));
  const control = new AbortController();
  const work = compressBlocked(at("a"), at("a.gz"), control.signal);
  control.abort(new Error("enough"));
  await expect(work).rejects.toThrow("enough");
});
