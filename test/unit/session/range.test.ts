import { describe, expect, it } from "vitest";
import { ApiError } from "../../../engine/api.ts";
import { frameRange } from "../../../engine/session/range.ts";

const frames = (text: string, last = 10): number[] =>
  Array.from({ length: last }, (_, i) => i + 1).filter(frameRange(text, last));

describe("a range of frames", () => {
  it("is numbers and ranges, open at either end", () => {
    expect(frames("3")).toEqual([3]);
    expect(frames("1-3,5")).toEqual([1, 2, 3, 5]);
    expect(frames(" 2 - 3 , 9- ")).toEqual([2, 3, 9, 10]);
    expect(frames("-2")).toEqual([1, 2]);
    expect(frames("4-4")).toEqual([4]);
    expect(frames("3,3,2-4")).toEqual([2, 3, 4]);
    expect(frames("1-5,")).toEqual([1, 2, 3, 4, 5]);
  });

  it("may reach beyond the capture", () => {
    expect(frames("8-99")).toEqual([8, 9, 10]);
    expect(frames("50")).toEqual([]);
    expect(frames("50-")).toEqual([]);
  });

  it("is refused with the part that is wrong", () => {
    for (const [text, part] of [
      ["", "No frames are named"],
      [",,", "No frames are named"],
      ["x", '"x"'],
      ["1,2-x", '"2-x"'],
      ["5-2", '"5-2" ends before it begins'],
      ["1 2", '"1 2"'],
      ["--", '"--"'],
      ["1.5", '"1.5"'],
      ["-", '"-"'],
    ] as const) {
      expect(() => frameRange(text, 10), text).toThrow(ApiError);
      expect(() => frameRange(text, 10), text).toThrow(part);
    }
  });
});
