import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ParamsIn, RowsResult, Status } from "../../../engine/api.ts";
import {
  nextList,
  numberBefore,
  type Place,
  rowAt,
  showRows,
  syncRows,
  topNumber,
  useRows,
} from "../../../renderer/state/rows.ts";
import { EMPTY_STATUS, setTransport, useSession } from "../../../renderer/state/session.ts";
import type { Transport } from "../../../renderer/transport/types.ts";

interface Asked {
  start: number;
  count: number;
  answer: () => Promise<void>;
}

let asked: Asked[] = [];
let capture = 100;

/** An engine that answers requests for rows when a test says so; row i is packet i + 1 + 1000 for each view. */
const engine = {
  call: (_: string, { start, count }: ParamsIn<"rows">) =>
    new Promise<RowsResult>((resolve) => {
      const { capture, view } = useSession.getState().status;
      const rows = Array.from({ length: count }, (_, i) => ({
        number: start + i + 1 + view * 1000,
        cells: [],
        color: -1,
      }));
      asked.push({
        start,
        count,
        answer: async () => {
          resolve({ capture, view, start, rows });
          await Promise.resolve();
          await Promise.resolve();
        },
      });
    }),
} as unknown as Transport;

function tell(change: Partial<Status>): void {
  useSession.setState({ status: { ...useSession.getState().status, ...change } });
}

async function answerAll(): Promise<void> {
  while (asked.length > 0) await asked.shift()!.answer();
}

beforeEach(() => {
  vi.useFakeTimers();
  setTransport(engine);
  asked = [];
  useSession.setState({ status: { ...EMPTY_STATUS, capture: ++capture } });
  syncRows();
  showRows(0, 30);
  tell({ frames: 100_000, displayed: 100_000 });
  syncRows();
});

afterEach(async () => {
  await answerAll();
  vi.useRealTimers();
});

describe("the rows on the screen", () => {
  it("are asked for first, and a screen around them afterwards", async () => {
    expect(asked.map(({ start }) => start)).toEqual([0]);
    showRows(180, 210);
    expect(asked.map(({ start }) => start)).toEqual([0, 128]);
    await answerAll();
    expect(rowAt(180)?.number).toBe(181);
    expect(rowAt(240)?.number).toBe(241);
  });

  it("are those of the newest place: places passed by on the way are never asked for", async () => {
    for (let first = 1000; first <= 90_000; first += 1000) showRows(first, first + 30);
    expect(asked.length).toBeLessThanOrEqual(2);
    const [first] = asked.splice(0, 1);
    await first!.answer();
    expect(asked.at(-1)!.start).toBe(Math.floor(90_000 / 64) * 64);
  });

  it("never need an answer of more rows than a page", async () => {
    showRows(0, 400);
    const sizes: number[] = [];
    while (asked.length > 0) {
      sizes.push(...asked.map(({ count }) => count));
      await asked.shift()!.answer();
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64);
  });
});

describe("another view of the capture", () => {
  it("is shown when its first rows are there, and the list before until then", async () => {
    await answerAll();
    const shown = vi.fn();
    tell({ view: 1, displayed: 50_000 });
    nextList(Promise.resolve({ row: 0 }), shown);
    syncRows();
    expect(numberBefore(5)).toBe(6);
    expect(useRows.getState().list).toMatchObject({ view: 0, total: 100_000 });
    expect(rowAt(5)?.number).toBe(6);
    await Promise.resolve();
    await answerAll();
    expect(shown).toHaveBeenCalledOnce();
    expect(useRows.getState().list).toMatchObject({ view: 1, total: 50_000 });
    expect(rowAt(5)?.number).toBe(1006);
    expect(numberBefore(5)).toBeUndefined();
  });

  it("is shown without them when they take too long", async () => {
    await answerAll();
    const shown = vi.fn();
    tell({ view: 1, displayed: 50_000 });
    nextList(new Promise(() => {}), shown);
    vi.advanceTimersByTime(1000);
    expect(shown).toHaveBeenCalledOnce();
    expect(useRows.getState().list).toMatchObject({ view: 1 });
    expect(rowAt(5)).toBeUndefined();
  });

  it("is shown at once when nothing matches", async () => {
    await answerAll();
    const shown = vi.fn();
    tell({ view: 1, displayed: 0, progress: [] });
    nextList(Promise.resolve({ row: 0 }), shown);
    await Promise.resolve();
    await Promise.resolve();
    expect(shown).toHaveBeenCalledOnce();
    expect(useRows.getState().list).toMatchObject({ view: 1, total: 0 });
  });

  it("gives way to a newer one that comes meanwhile", async () => {
    await answerAll();
    const [old, newer] = [vi.fn(), vi.fn()];
    tell({ view: 1, displayed: 50_000 });
    nextList(Promise.resolve({ row: 0 }), old);
    tell({ view: 2, displayed: 10 });
    nextList(Promise.resolve({ row: 0 }), newer);
    await Promise.resolve();
    await answerAll();
    vi.advanceTimersByTime(1000);
    expect(old).not.toHaveBeenCalled();
    expect(newer).toHaveBeenCalledOnce();
    expect(useRows.getState().list).toMatchObject({ view: 2, total: 10 });
  });
});

describe("the newer part of a capture whose oldest packets went", () => {
  it("begins at its place, and packets are known by their new numbers until then", async () => {
    showRows(700, 730);
    await answerAll();
    expect(topNumber()).toBe(701);
    let found: (place: Place) => void = () => {};
    const place = new Promise<Place>((resolve) => {
      found = resolve;
    });
    tell({ capture: ++capture, frames: 99_400, displayed: 99_400 });
    nextList(place, () => {}, 600);
    syncRows();
    // Still the rows of the list before.
    expect(useRows.getState().list).toMatchObject({ capture: capture - 1 });
    expect(rowAt(700)?.number).toBe(701);
    expect(numberBefore(700)).toBe(101);
    expect(topNumber()).toBe(101);
    vi.advanceTimersByTime(1000);
    expect(useRows.getState().list).toMatchObject({ capture: capture - 1 });
    found({ row: 100, at: 100 });
    await Promise.resolve();
    await Promise.resolve();
    await answerAll();
    expect(useRows.getState().list).toEqual({ capture, view: 0, total: 99_400, at: 100 });
    expect(rowAt(100)?.number).toBe(101);
    // It grows from there on.
    tell({ frames: 100_000, displayed: 100_000 });
    syncRows();
    expect(useRows.getState().list).toEqual({ capture, view: 0, total: 100_000, at: 100 });
  });
});
