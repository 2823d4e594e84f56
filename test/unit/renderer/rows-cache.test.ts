import { describe, expect, it } from "vitest";
import type { RowsResult } from "../../../engine/api.ts";
import { RowsCache } from "../../../renderer/lib/rows-cache.ts";

const key = { capture: 1, view: 2, look: "number|relative" };

function answer(start: number, count: number, capture = 1, view = 2): RowsResult {
  return {
    capture,
    view,
    start,
    rows: Array.from({ length: count }, (_, i) => ({ number: start + i + 1, cells: [], color: -1 })),
  };
}

describe("RowsCache", () => {
  it("asks for the pages of what is visible, once", () => {
    const cache = new RowsCache(100, 10);
    cache.setKey(key);
    expect(cache.want(150, 310, 1000)).toEqual([
      { page: 1, start: 100, count: 100 },
      { page: 2, start: 200, count: 100 },
      { page: 3, start: 300, count: 100 },
    ]);
    expect(cache.want(150, 310, 1000)).toEqual([]);
    expect(cache.put(1, key, 1000, answer(100, 100))).toBe(true);
    expect(cache.get(150)?.number).toBe(151);
    expect(cache.get(250)).toBeUndefined();
  });

  it("asks again after a failure", () => {
    const cache = new RowsCache(100, 10);
    cache.setKey(key);
    cache.want(0, 10, 1000);
    cache.failed(0);
    expect(cache.want(0, 10, 1000)).toHaveLength(1);
  });

  it("asks for the last page again when the list grew", () => {
    const cache = new RowsCache(100, 10);
    cache.setKey(key);
    cache.want(0, 50, 40);
    cache.put(0, key, 40, answer(0, 40));
    expect(cache.want(0, 50, 40)).toEqual([]);
    expect(cache.want(0, 60, 70)).toEqual([{ page: 0, start: 0, count: 70 }]);
    expect(cache.get(39)?.number).toBe(40);
  });

  it("drops answers of another capture, view or look", () => {
    const cache = new RowsCache(100, 10);
    cache.setKey(key);
    cache.want(0, 10, 1000);
    expect(cache.put(0, key, 1000, answer(0, 100, 1, 1))).toBe(false);
    expect(cache.get(0)).toBeUndefined();
    expect(cache.setKey({ ...key, view: 3 })).toBe(true);
    expect(cache.put(0, key, 1000, answer(0, 100))).toBe(false);
    expect(cache.get(0)).toBeUndefined();
    expect(cache.setKey({ ...key, view: 3 })).toBe(false);
  });

  it("asks anew after an answer that was out of date", () => {
    const cache = new RowsCache(100, 10);
    cache.setKey(key);
    cache.want(0, 10, 1000);
    cache.put(0, key, 1000, answer(0, 100, 9, 9));
    expect(cache.want(0, 10, 1000)).toHaveLength(1);
  });

  it("keeps the pages used last", () => {
    const cache = new RowsCache(10, 3);
    cache.setKey(key);
    for (const page of [0, 1, 2]) cache.put(page, key, 1000, answer(page * 10, 10));
    cache.get(0);
    cache.put(3, key, 1000, answer(30, 10));
    expect(cache.size).toBe(3);
    expect(cache.get(5)).toBeDefined();
    expect(cache.get(15)).toBeUndefined();
    expect(cache.get(35)).toBeDefined();
  });

  it("wants nothing of an empty list", () => {
    const cache = new RowsCache();
    cache.setKey(key);
    expect(cache.want(0, 50, 0)).toEqual([]);
  });
});
