import { describe, expect, it } from "vitest";
import { share } from "../../../renderer/lib/share.ts";

describe("share", () => {
  it("keeps the parts that did not change, and the whole when none did", () => {
    const before = { frames: 1, file: { name: "a", notices: [{ message: "x" }] }, sort: null };
    const grown = share(before, { frames: 2, file: { name: "a", notices: [{ message: "x" }] }, sort: null });
    expect(grown).toEqual({ frames: 2, file: { name: "a", notices: [{ message: "x" }] }, sort: null });
    expect(grown.file).toBe(before.file);
    expect(share(before, structuredClone(before))).toBe(before);
  });

  it("takes what came, went or became something else", () => {
    expect(share({ a: [1, 2] }, { a: [1] })).toEqual({ a: [1] });
    expect(share({ a: [1] }, { a: [1, 2] })).toEqual({ a: [1, 2] });
    expect(share({ a: 1, b: 2 } as object, { a: 1 })).toEqual({ a: 1 });
    expect(share({ file: null }, { file: { name: "a" } })).toEqual({ file: { name: "a" } });
    expect(share({ file: { name: "a" } }, { file: null })).toEqual({ file: null });
    expect(share([], {})).toEqual({});
  });
});
