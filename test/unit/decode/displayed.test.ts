import { describe, expect, test } from "vitest";
import { Displayed, FrameList } from "../../../engine/decode/displayed.ts";
import { FrameIndex } from "../../../engine/index/frame-index.ts";

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

describe("a list that ends early", () => {
  const listed = (): Displayed => {
    const index = new FrameIndex();
    for (let frame = 1; frame <= 100; frame++) index.add(0, 0, 0, 0, 0, 0, 0, 0);
    index.publish(100);
    return new Displayed(index);
  };
  const rows = (displayed: Displayed): number[] =>
    Array.from({ length: displayed.length }, (_, row) => displayed.frameAt(row));

  test("has the frames up to its end, whatever else there is", () => {
    const displayed = listed();
    displayed.endAt(3);
    expect(rows(displayed)).toEqual([1, 2, 3]);
    expect([...displayed.frames()]).toEqual([1, 2, 3]);
    expect([displayed.last, displayed.behind]).toEqual([3, 97]);
    expect([displayed.has(3), displayed.has(4), displayed.frameAt(3)]).toEqual([true, false, 0]);
    expect(displayed.locate(50)).toEqual({ row: 2, number: 3, exact: false });
    displayed.endAt(Number.POSITIVE_INFINITY);
    expect(displayed.length).toBe(100);
    expect([displayed.last, displayed.behind]).toEqual([100, 0]);
  });

  test("has those of them that the filter lets through", () => {
    const displayed = listed();
    displayed.matches = made([2, 5, 40, 41, 90]);
    displayed.endAt(40);
    expect(rows(displayed)).toEqual([2, 5, 40]);
    expect([...displayed.frames()]).toEqual([2, 5, 40]);
    expect([displayed.has(40), displayed.has(41)]).toEqual([true, false]);
    expect(displayed.locate(90)).toEqual({ row: 2, number: 40, exact: false });
    expect(displayed.locate(4)).toEqual({ row: 1, number: 5, exact: false });
    displayed.endAt(1);
    expect([displayed.length, displayed.locate(5)]).toEqual([0, null]);
  });

  test("keeps its order when it ends earlier, and gets new frames behind it", () => {
    const displayed = listed();
    displayed.endAt(4);
    const rowsOf = new Uint32Array(101);
    for (const [row, frame] of [4, 2, 3, 1].entries()) rowsOf[frame] = row + 1;
    displayed.order = { frames: Uint32Array.of(4, 2, 3, 1), rows: rowsOf };
    displayed.endAt(3);
    expect(rows(displayed)).toEqual([2, 3, 1]);
    expect(displayed.locate(1)).toEqual({ row: 2, number: 1, exact: true });
    displayed.endAt(5);
    expect(rows(displayed)).toEqual([2, 3, 1, 4, 5]);
    expect(displayed.locate(4)).toEqual({ row: 3, number: 4, exact: true });
  });
});
