import { describe, expect, it } from "vitest";
import { MAX_SLOTS, ScrollMap, type ScrollState } from "../../../renderer/lib/scroll-map.ts";

const ROW = 20;
const VIEW = 449;
const MANY = 20_000_000;

/** The rows wholly or partly visible in a state, as the list computes them from its slots. */
function visible(map: ScrollMap, state: ScrollState): { first: number; last: number; lastBottom: number } {
  const firstSlot = Math.floor(state.top / ROW);
  const lastSlot = Math.min(map.slots - 1, Math.ceil((state.top + VIEW) / ROW) - 1);
  return {
    first: firstSlot + state.shift,
    last: lastSlot + state.shift,
    lastBottom: (lastSlot + 1) * ROW - state.top,
  };
}

describe("a list that fits", () => {
  const map = new ScrollMap(1000, ROW, VIEW);
  it("is laid out as it is", () => {
    expect(map.scaled).toBe(false);
    expect(map.slots).toBe(1000);
    expect(map.at(333)).toEqual({ top: 333, shift: 0 });
    expect(map.scrolledTo(5000, { top: 0, shift: 0 })).toEqual({ top: 5000, shift: 0 });
  });
  it("does not scroll past its ends", () => {
    expect(map.at(-50).top).toBe(0);
    expect(map.at(1e9).top).toBe(1000 * ROW - VIEW);
  });
  it("is at rest when it is shorter than the window", () => {
    const short = new ScrollMap(3, ROW, VIEW);
    expect(short.maxOffset).toBe(0);
    expect(short.at(100)).toEqual({ top: 0, shift: 0 });
  });
});

describe("a list of 20,000,000 rows", () => {
  const map = new ScrollMap(MANY, ROW, VIEW);

  it("is no taller than a browser can draw at 200 %", () => {
    expect(map.slots).toBe(MAX_SLOTS);
    expect(map.slots * ROW * 2).toBeLessThan(33_554_428);
  });

  it("reaches exactly the last row, by keys and by the scrollbar", () => {
    for (const state of [map.at(map.maxOffset), map.scrolledTo(map.maxTop, { top: 0, shift: 0 })]) {
      const seen = visible(map, state);
      expect(seen.last).toBe(MANY - 1);
      expect(seen.lastBottom).toBe(VIEW);
    }
  });

  it("comes back to exactly the first row", () => {
    const end = map.at(map.maxOffset);
    expect(map.scrolledTo(0, end)).toEqual({ top: 0, shift: 0 });
    expect(map.at(0)).toEqual({ top: 0, shift: 0 });
  });

  it("moves by exact pixels of the whole list, wherever it is", () => {
    for (const start of [0, 12_345, 1e6 + 7, 123_456_789, 399_999_000]) {
      let state = map.at(start);
      let expected = start;
      for (const delta of [100, -40, 3, 2000, -2043]) {
        state = map.at(map.offset(state) + delta);
        expected = Math.max(0, Math.min(map.maxOffset, expected + delta));
        expect(map.offset(state)).toBe(expected);
        expect(state.top).toBeGreaterThanOrEqual(0);
        expect(state.top).toBeLessThanOrEqual(map.maxTop);
      }
    }
  });

  it("keeps the scrollbar in proportion to the place in the list", () => {
    for (const share of [0.1, 0.25, 0.5, 0.9]) {
      const state = map.at(map.maxOffset * share);
      expect(Math.abs(state.top / map.maxTop - share)).toBeLessThan(0.0001);
    }
  });

  it("follows a dragged scrollbar in proportion and a small touch exactly", () => {
    const far = map.scrolledTo(map.maxTop / 2, { top: 0, shift: 0 });
    expect(Math.abs(map.offset(far) / map.maxOffset - 0.5)).toBeLessThan(0.0001);
    const near = map.scrolledTo(far.top + 30, far);
    expect(map.offset(near) - map.offset(far)).toBe(30);
  });

  it("reveals every row wholly", () => {
    for (const row of [0, 1, 22, 399_999, 400_000, 10_000_000, MANY - 2, MANY - 1]) {
      for (const from of [map.at(0), map.at(map.maxOffset / 3), map.at(map.maxOffset)]) {
        for (const align of ["nearest", "center"] as const) {
          const offset = map.offset(map.reveal(row, from, align));
          expect(row * ROW).toBeGreaterThanOrEqual(offset);
          expect((row + 1) * ROW).toBeLessThanOrEqual(offset + VIEW);
        }
      }
    }
  });

  it("does not move for a row that is visible already", () => {
    const state = map.at(5_000_000);
    const row = map.firstVisible(state) + 3;
    expect(map.reveal(row, state)).toBe(state);
  });
});
