import { describe, expect, it } from "vitest";
import { CHUNK, SourceBytes } from "../../../renderer/lib/source-bytes.ts";

const whole = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff);

/** A source of bytes, and the ranges that were asked for; answers come when `answer` is called, or at once. */
function made(length: number, { first = CHUNK, held = false } = {}) {
  const bytes = whole(length);
  const asked: [number, number][] = [];
  const waiting: (() => void)[] = [];
  const source = new SourceBytes(length, bytes.subarray(0, first), async (offset, wanted) => {
    asked.push([offset, wanted]);
    if (held) await new Promise<void>((resolve) => waiting.push(resolve));
    return bytes.slice(offset, offset + wanted);
  });
  return { bytes, source, asked, answer: () => waiting.shift()?.() };
}

describe("the bytes of a source", () => {
  it("that is short are all there", async () => {
    const { bytes, source, asked } = made(1000);
    expect(source.has(0, 5000)).toBe(true);
    expect(source.chunkAt(999)).toEqual(bytes);
    expect(await source.range(0, 1000)).toEqual(bytes);
    expect(await source.range(990, 2000)).toEqual(bytes.subarray(990));
    expect(await source.range(1000, 2000)).toHaveLength(0);
    expect(asked).toEqual([]);
  });

  it("are none of a source without bytes", async () => {
    const { source } = made(0);
    expect(source.has(0, 1)).toBe(true);
    expect(await source.range(0, 10)).toHaveLength(0);
  });

  it("are fetched where they are missing, the last chunk as short as it is", async () => {
    const { bytes, source, asked } = made(4 * CHUNK + 10);
    expect([source.has(0, CHUNK), source.has(CHUNK - 1, CHUNK + 1)]).toEqual([true, false]);
    expect(source.chunkAt(3 * CHUNK)).toBeUndefined();
    await source.need(3 * CHUNK + 5, 5 * CHUNK);
    expect(asked).toEqual([[3 * CHUNK, CHUNK + 10]]);
    expect(source.chunkAt(3 * CHUNK)).toEqual(bytes.subarray(3 * CHUNK, 4 * CHUNK));
    expect(source.chunkAt(4 * CHUNK + 9)).toEqual(bytes.subarray(4 * CHUNK));
    expect(await source.range(100, 4 * CHUNK + 10)).toEqual(bytes.subarray(100));
    expect(asked.slice(1)).toEqual([[CHUNK, 2 * CHUNK]]);
  });

  it("are asked for in ranges that a request may have", async () => {
    const { bytes, source, asked } = made(40 * CHUNK);
    expect(await source.range(0, bytes.length)).toEqual(bytes);
    expect(asked).toEqual([
      [CHUNK, 16 * CHUNK],
      [17 * CHUNK, 16 * CHUNK],
      [33 * CHUNK, 7 * CHUNK],
    ]);
  });

  it("are asked for once, whoever needs them while they are on their way", async () => {
    const { bytes, source, asked, answer } = made(3 * CHUNK, { held: true });
    const seen = source.need(CHUNK, 2 * CHUNK);
    const copied = source.range(0, 3 * CHUNK);
    expect(asked).toEqual([[CHUNK, CHUNK]]);
    answer();
    await seen;
    await expect
      .poll(() => asked)
      .toEqual([
        [CHUNK, CHUNK],
        [2 * CHUNK, CHUNK],
      ]);
    answer();
    expect(await copied).toEqual(bytes);
  });

  it("keep no piece of a chunk that came with the frame", () => {
    const { source } = made(2 * CHUNK, { first: CHUNK + 100 });
    expect(source.has(0, CHUNK)).toBe(true);
    expect(source.chunkAt(CHUNK)).toBeUndefined();
  });

  it("can be asked for again after a refusal", async () => {
    const bytes = whole(2 * CHUNK);
    let refused = 0;
    const source = new SourceBytes(bytes.length, bytes.subarray(0, CHUNK), async (offset, wanted) => {
      if (refused++ === 0) throw new Error("not now");
      return bytes.slice(offset, offset + wanted);
    });
    await expect(source.range(0, bytes.length)).rejects.toThrow("not now");
    expect(await source.range(0, bytes.length)).toEqual(bytes);
  });
});
