import { expect, test } from "vitest";
import { FrameList } from "../../../engine/decode/displayed.ts";

/** Frame numbers with gaps of all sizes, as a list and as words of 32 frames. */
function made(frames: readonly number[]): FrameList {
  const list = new FrameList();
  const words = new Map<number, number>();
  for (const frame of frames) {
    const first = (frame - 1) & ~31;
    words.set(first, (words.get(first) ?? 0) | (1 << ((frame - 1) & 31)));
  }
  for (const [first, bits] of words) list.appendWord(first, bits);
  return list;
}

test.each([
  ["all of the first frames", Array.from({ length: 3000 }, (_, i) => i + 1)],
  ["some, far apart", [1, 2, 32, 33, 64, 1024, 1025, 65_536, 65_537, 65_600, 200_001, 900_000]],
  ["squares", Array.from({ length: 1200 }, (_, i) => (i + 1) ** 2)],
  ["one late frame", [777_777]],
])("rows and frames of a list: %s", (_name, frames) => {
  const list = made(frames);
  expect(list.length).toBe(frames.length);
  expect(Array.from(list.toArray())).toEqual(frames);
  expect(frames.map((_, row) => list.at(row))).toEqual(frames);
  for (const [row, frame] of frames.entries()) {
    expect(list.lowerBound(frame)).toBe(row);
    expect(list.has(frame)).toBe(true);
    if (frames[row + 1] === frame + 1) continue;
    expect(list.lowerBound(frame + 1)).toBe(row + 1);
    expect(list.has(frame + 1)).toBe(false);
  }
  expect(list.lowerBound(0)).toBe(0);
  expect(list.lowerBound(5_000_000)).toBe(frames.length);
});

test("a list that grows within a word", () => {
  const list = new FrameList();
  list.appendWord(64, 0b101);
  list.appendWord(64, 0b1000);
  list.appendWord(96, -1);
  expect(Array.from(list.toArray()).slice(0, 5)).toEqual([65, 67, 68, 97, 98]);
  expect(list.length).toBe(35);
});
