import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Params } from "../../../engine/api.ts";
import { Decoder } from "../../../engine/decode/decoder.ts";
import { Dissection } from "../../../engine/dissect/dissection.ts";
import { FrameIndex } from "../../../engine/index/frame-index.ts";
import { writeMany } from "../../tools/packets.ts";

const FRAMES = 150_000;
/** Frames of the file when it is opened; the others come while it is looked at. */
const EARLY = 20_000;
/** Of the file header and of each record that `writeMany` makes. */
const HEADER = 24;
const RECORD = 76;

let folder: string;
const decoders: Decoder[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tapline-loading-"));
  writeMany(join(folder, "long.pcap"), FRAMES, { format: "pcap" });
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const decoder of decoders.splice(0)) decoder.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newDecoder(): Decoder {
  const decoder = new Decoder(() => {});
  decoders.push(decoder);
  return decoder;
}

/** Waits until a decoder has indexed some frames. */
async function indexed(decoder: Decoder, frames: number): Promise<number> {
  for (;;) {
    await new Promise(setImmediate);
    try {
      const state = decoder.state();
      if (state.frames >= frames) return state.frames;
    } catch {
      // Nothing is open yet.
    }
  }
}

const ROWS: Omit<Params<"rows">, "start" | "count"> = {
  columns: ["number", "info"],
  timeFormat: "relative",
  timePrecision: "auto",
};
const FIND: Params<"find"> = {
  kind: "filter",
  text: "",
  where: "bytes",
  caseSensitive: false,
  from: -1,
  direction: "next",
};

describe("while a capture loads", () => {
  it("everything works on what is indexed so far, and grows", async () => {
    // A file that is still being written stands for one that is long: it loads as far as the test wants.
    const path = join(folder, "growing.pcap");
    const all = readFileSync(join(folder, "long.pcap"));
    writeFileSync(path, all.subarray(0, HEADER + EARLY * RECORD));
    const decoder = newDecoder();
    const opening = decoder.open(path, true);
    await indexed(decoder, EARLY);

    // List, tree, going to a frame, along a conversation.
    const { rows } = await decoder.rows({ start: 4000, count: 60, ...ROWS });
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, i) => 4001 + i));
    expect((await decoder.frame(4500)).tree.map(({ field }) => field)).toContain("udp");
    expect(decoder.locate(4500)).toEqual({ row: 4499, number: 4500, exact: true });
    expect(await decoder.neighbour(1000, "next")).toEqual({ row: 1999, number: 2000 });
    expect(await decoder.neighbour(3000, "previous")).toEqual({ row: 1999, number: 2000 });

    // Statistics.
    const sum = async (): Promise<number> => {
      const { groups } = await decoder.timeline(50);
      return groups.flatMap(({ counts }) => counts).reduce((a, b) => a + b, 0);
    };
    expect(await sum()).toBe(EARLY);
    expect((await decoder.overview(100)).colors).toHaveLength(100);
    expect((await decoder.properties()).frames).toBe(EARLY);

    // Filter and search.
    const filtered = await decoder.filter("ip.ttl == 7");
    expect(filtered).toMatchObject({ cancelled: false, frames: EARLY, count: EARLY / 200 });
    expect(await decoder.find({ ...FIND, text: "udp.srcport == 10206" })).toEqual({ row: 1, number: 206 });
    const middle = decoder.state();
    expect(middle.complete).toBe(false);

    // Sorted, what comes later stands behind.
    await decoder.sort("number", true);
    const { sort, displayed } = decoder.state();
    expect(sort).toEqual({ column: "number", descending: true });
    const newest = EARLY - 200 + 6;
    expect((await decoder.rows({ start: 0, count: 1, ...ROWS })).rows[0]?.number).toBe(newest);

    appendFileSync(path, all.subarray(HEADER + EARLY * RECORD));
    await indexed(decoder, EARLY + 1);
    // What is asked while the rest comes in is answered in the midst of it.
    expect(decoder.locate(newest)).toMatchObject({ row: 0, exact: true });
    expect((await decoder.frame(EARLY)).number).toBe(EARLY);
    decoder.finishLive();
    const { frames } = await opening;
    expect(frames).toBe(FRAMES);
    expect(await sum()).toBe(FRAMES);
    const last = decoder.state();
    expect(last).toMatchObject({
      frames: FRAMES,
      displayed: FRAMES / 200,
      filter: "ip.ttl == 7",
      complete: true,
    });
    expect(last.displayed).toBeGreaterThan(displayed);
    const end = await decoder.rows({ start: FRAMES / 200 - 1, count: 5, ...ROWS });
    expect(end.rows.map(({ number }) => number)).toEqual([FRAMES - 200 + 6]);
    const bits = await decoder.displayedFrames();
    expect([6, 206, FRAMES - 194].every((frame) => (bits[frame >>> 3]! & (1 << (frame & 7))) !== 0)).toBe(
      true,
    );
    expect(bits.reduce((n, byte) => n + byte.toString(2).replaceAll("0", "").length, 0)).toBe(FRAMES / 200);
  });

  it("a failure in the middle keeps what was read, and says how far", async () => {
    const real = FrameIndex.prototype.add;
    vi.spyOn(FrameIndex.prototype, "add").mockImplementation(function (this: FrameIndex, ...args) {
      if (this.count === 70_000) throw new RangeError("Array buffer allocation failed");
      return real.apply(this, args);
    });
    const decoder = newDecoder();
    const { frames, notices, cancelled } = await decoder.open(join(folder, "long.pcap"), false);
    expect([frames, cancelled]).toEqual([70_000, false]);
    expect(notices).toEqual([
      {
        severity: "error",
        message:
          "Reading stopped behind frame 70000: Array buffer allocation failed. The frames before can be used; close " +
          "other captures and reload this one to try again.",
      },
    ]);
    expect((await decoder.filter("ip.ttl == 7")).count).toBe(350);
    expect((await decoder.frame(70_000)).tree.length).toBeGreaterThan(3);
  });
});

describe("a filter applied while packets are captured", () => {
  const bytes = (): Buffer => readFileSync(join(folder, "long.pcap"));

  it.each([
    ["that needs the packets' fields", "udp contains 00:07 || ip.ttl == 7", 1],
    ["that columns answer", "udp.srcport == 10007", 0],
  ])("%s costs only the new packets", async (_, text, each) => {
    const path = join(folder, "spool.pcap");
    const all = bytes();
    const end = (frame: number): number => HEADER + frame * RECORD;
    writeFileSync(path, all.subarray(0, end(20_000)));
    const begin = vi.spyOn(Dissection.prototype, "begin");
    const decoder = newDecoder();
    const capturing = decoder.open(path, true);
    await indexed(decoder, 20_000);
    const { count } = await decoder.filter(text);
    expect(count).toBeGreaterThan(0);

    const settled = (frames: number) =>
      expect.poll(() => [decoder.state().frames, decoder.state().working]).toEqual([frames, []]);
    await settled(20_000);
    begin.mockClear();
    for (let frames = 20_500; frames <= 23_000; frames += 500) {
      appendFileSync(path, all.subarray(end(frames - 500), end(frames)));
      await indexed(decoder, frames);
    }
    await settled(23_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    // Pass one looks at each new frame once at most, and so does the filter.
    expect(begin.mock.calls.length).toBeLessThanOrEqual(3000 * (1 + each));
    const live = decoder.state();
    expect(live).toMatchObject({ frames: 23_000, complete: false, working: [] });
    // The list is what it would be had the filter been applied at the end.
    decoder.finishLive();
    await capturing;
    await decoder.filter("");
    expect((await decoder.filter(text)).count).toBe(live.displayed);
  });
});
