/** Captures beyond 4 GB and beyond 100 million packets; neither takes that much space or memory here. */
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Decoder } from "../../../engine/decode/decoder.ts";
import { Displayed, FrameList } from "../../../engine/decode/displayed.ts";
import { makeRef } from "../../../engine/dissect/conversation.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { saveCapture } from "../../../engine/formats/save.ts";
import { Bitmap } from "../../../engine/index/bitmap.ts";
import { FrameIndex, SEGMENT_FRAMES, Segment } from "../../../engine/index/frame-index.ts";
import { Bytes, epb, idb, readAll, shb } from "../formats/build.ts";

const folder = mkdtempSync(join(tmpdir(), "tapline-big-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GIB = 1024 ** 3;

/** UDP from port 1000 + n, its payload the text "packet n". */
function udp(n: number): Uint8Array {
  const text = new TextEncoder().encode(`packet ${n}`);
  return new Bytes(false)
    .raw([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0])
    .raw([0x45, 0])
    .u16(28 + text.length)
    .raw([0, n, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2])
    .u16(1000 + n)
    .u16(9)
    .u16(8 + text.length)
    .u16(0)
    .raw(text)
    .done();
}

/**
 * A pcapng of six packets with blocks of almost 1 GiB between them, which no reader knows and all must skip. They are
 * holes in the file, which takes a few kilobytes of the disk.
 */
function sparse(): string {
  const path = join(folder, "sparse.pcapng");
  const fd = openSync(path, "w");
  let at = 0;
  const put = (bytes: Uint8Array): void => {
    writeSync(fd, bytes, 0, bytes.length, at);
    at += bytes.length;
  };
  const hole = GIB - 4096;
  put(shb(true));
  put(idb(true, 1, 0));
  for (let n = 1; n <= 6; n++) {
    put(epb(true, udp(n), { ticks: BigInt(n) * 1_000_000n }));
    if (n === 6) break;
    put(new Bytes(true).u32(0x0b00_0bad).u32(hole).done());
    ftruncateSync(fd, at + hole - 12);
    at += hole - 12;
    put(new Bytes(true).u32(hole).done());
  }
  closeSync(fd);
  return path;
}

const path = sparse();

describe("a capture of more than 4 GB", () => {
  test("takes no space here", () => {
    expect(statSync(path).size).toBeGreaterThan(4.9 * GIB);
    expect(statSync(path).blocks * 512).toBeLessThan(1024 ** 2);
  });

  test("is indexed, listed, dissected and searched to its end", async () => {
    const decoder = new Decoder(() => {});
    expect(await decoder.open(path, false)).toMatchObject({ frames: 6, cancelled: false });
    const { rows } = await decoder.rows({
      start: 0,
      count: 10,
      columns: ["number", "time", "info"],
      timeFormat: "relative",
      timePrecision: 0,
    });
    expect(rows.map(({ cells }) => cells)).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => [String(n), String(n - 1), expect.stringContaining(`${1000 + n} →`)]),
    );
    const [source] = (await decoder.frame(6)).sources;
    expect(Uint8Array.from(Buffer.from(source!.bytes, "base64"))).toEqual(udp(6));
    expect(await decoder.filter('frame contains "packet 5"')).toMatchObject({ count: 1, frames: 6 });
    expect(await decoder.filter("udp.srcport == 1006 && frame.len > 10")).toMatchObject({ count: 1 });
    decoder.close();
  });

  test("is saved with the bytes of its last packets", async () => {
    const output = join(folder, "saved.pcap");
    await saveCapture({ source: path, output, format: "pcap", frames: [5, 6] });
    const capture = openCaptureSync(output);
    expect(readAll(capture.reader)).toHaveLength(2);
    capture.close();
    const saved = readFileSync(output);
    expect([4, 5, 6].map((n) => saved.includes(Buffer.from(udp(n))))).toEqual([false, true, true]);
  });
});

describe("more than 100 million packets", () => {
  const MANY = 1600 * SEGMENT_FRAMES;

  /** An index of which only the first and the last segment exist; one stands for all those between. */
  function many(): FrameIndex {
    const index = new FrameIndex();
    index.add(24, 16, 60, 60, 1, 0, 0, 0);
    const between = new Segment();
    while (index.segments.length < MANY / SEGMENT_FRAMES) index.segments.push(between);
    index.added = MANY;
    for (let i = 1; i <= 3; i++) index.add(2 ** 43 + i, 16, 60, 60, 2 ** 31 + i, i, 0, 0);
    index.publish(index.added);
    return index;
  }

  test("have numbers, places and conversations of their own", () => {
    const index = many();
    expect(index.count).toBe(104_857_603);
    for (let i = 1; i <= 3; i++) {
      const s = index.segment(MANY + i);
      expect(s.offset[index.slot(MANY + i)]).toBe(2 ** 43 + i);
      expect(s.sec[index.slot(MANY + i)]).toBe(2 ** 31 + i);
    }
    const ref = makeRef(1, 0);
    index.link(1, ref);
    index.link(MANY + 2, ref);
    expect(index.segment(1).next[0]).toBe(MANY + 2);
    expect(index.lastOf(ref)).toBe(MANY + 2);
  });

  test("are listed by row, with a filter and without", () => {
    const index = many();
    const displayed = new Displayed(index);
    expect(displayed.length).toBe(MANY + 3);
    expect(displayed.frameAt(MANY + 2)).toBe(MANY + 3);
    const matches = new FrameList();
    for (const frame of [1, MANY, MANY + 3]) {
      const at = frame - 1;
      matches.appendWord(at - (at % 32), 1 << (at % 32));
    }
    displayed.matches = matches;
    expect(displayed.frameAt(2)).toBe(MANY + 3);
    expect(displayed.has(MANY)).toBe(true);
    expect(displayed.has(MANY + 1)).toBe(false);
    expect(displayed.before(MANY + 3)).toBe(MANY);
  });

  test("have a bit each in a bitmap", () => {
    const bits = new Bitmap();
    for (const frame of [0, MANY, MANY + 31]) bits.set(frame);
    expect([0, 1, MANY - 1, MANY, MANY + 1, MANY + 31].map((frame) => bits.get(frame))).toEqual([
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
    expect(bits.bytes).toBeLessThan(14 * 1024 ** 2);
  });
});
