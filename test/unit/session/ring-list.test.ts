/** When a ring's list begins anew, with which files, and what it takes along: with a decoder that does as it is told. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type SpoolKeeper, spoolPath } from "../../../engine/capture/index.ts";
import { SpoolKeeper as Keeper } from "../../../engine/capture/keeper.ts";
import type { DecoderState } from "../../../engine/decode/decoder.ts";
import { SHOWN_LIMIT } from "../../../engine/session/ring.ts";
import { type ListKeeper, type NewList, RingList } from "../../../engine/session/ring-list.ts";
import type { DecodeWorker } from "../../../engine/workers/client.ts";

const MEGABYTE = 1_000_000;

let folder: string;
let spools: SpoolKeeper;
let list: RingList;
let taken: NewList[];
let arranged: { arrangement: string; shift: number }[];
let keeper: {
  -readonly [K in keyof ListKeeper]: ListKeeper[K];
};
/** Paths that decoders were asked to open, and those that ended. */
let opened: string[];
let ended: number;
/** Milliseconds a decoder takes for all that is there. */
let reading: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  folder = mkdtempSync(join(tmpdir(), "tapline-list-"));
  mkdirSync(join(folder, "spools"));
  spools = new Keeper(join(folder, "spools"));
  taken = [];
  arranged = [];
  opened = [];
  ended = 0;
  reading = 100;
  keeper = {
    capturing: true,
    isHeld: false,
    isBusy: false,
    arrangement: "none",
    versions: { protocols: 1, dissection: 1 },
    frames: 0,
    makeWorker: () => decoder(),
    arrange: (_worker, shift) => {
      arranged.push({ arrangement: keeper.arrangement, shift });
      return Promise.resolve();
    },
    take: (shown) => {
      taken.push(shown);
      keeper.frames = 0;
    },
    tell: (_severity, error) => {
      throw error;
    },
  };
  list = new RingList(spools, () => spoolPath(spools.folder, ["test0"]), keeper);
});
afterEach(async () => {
  await list.stop();
  list.end();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** A decoder that has read all there is a while after it was asked to. */
function decoder(): DecodeWorker {
  let capture = 0;
  const made = {
    call: (method: string, path: string) => {
      if (method !== "open") return Promise.resolve();
      opened.push(path);
      const number = ++capture;
      const state = { position: Number.POSITIVE_INFINITY } as DecoderState;
      // What is told of a capture that was let go of is not passed on.
      const tell = (): void => {
        if (number === capture) list.onState(worker, state);
      };
      setTimeout(tell, reading);
      return new Promise(() => {});
    },
    terminate: () => Promise.resolve(ended++),
  };
  const worker = made as unknown as DecodeWorker;
  return worker;
}

const file = (number: number): string => join(folder, `cap_${number}.pcapng`);

/** Writes files one after another, each for a while; all but the newest go. */
async function write(from: number, to: number, { keep = 10, packets = 1000, bytes = MEGABYTE, ms = 1000 }) {
  for (let number = from; number <= to; number++) {
    if (number === 1) list.begin(file(1), 5);
    else {
      list.onFile({ path: file(number - 1), packets, bytes, state: "closed" });
      if (number > keep) list.onFile({ path: file(number - keep), packets, bytes, state: "removed" });
      list.onFile({ path: file(number), packets: 0, bytes: 0, state: "begun" });
    }
    await vi.advanceTimersByTimeAsync(ms);
  }
}

it("leaves out no more than what is gone where files come slowly", async () => {
  await write(1, 10, { ms: 60_000 });
  expect(opened).toEqual([]);
  expect(list.status).toEqual({ written: 10, kept: 10, firstShown: 1, before: 0, since: 5 });
  await write(11, 13, { ms: 60_000 });
  expect(taken.map(({ shift }) => shift)).toEqual([1000, 1000, 1000]);
  expect(list.status).toEqual({ written: 13, kept: 10, firstShown: 4, before: 3000, since: 5 });
  expect(ended).toBe(0);
});

it("tells how far a new list is", async () => {
  await write(1, 10, { ms: 60_000 });
  expect(list.progress).toBeNull();
  reading = 100_000;
  await write(11, 11, { ms: 10 });
  const second = list.renewing;
  if (second === null) throw new Error("no list is being made");
  expect(list.progress).toEqual({ read: 0, bytes: 9 * MEGABYTE, frames: 0 });
  list.onState(second, { position: 3 * MEGABYTE, frames: 2500 } as DecoderState);
  expect(list.progress).toEqual({ read: 3 * MEGABYTE, bytes: 9 * MEGABYTE, frames: 2500 });
  expect(taken).toEqual([]);
  await vi.advanceTimersByTimeAsync(200_000);
  expect(taken).toHaveLength(1);
  expect(list.progress).toBeNull();
});

it("leaves out half of the files where they come as fast as they are read", async () => {
  reading = 800;
  await write(1, 12, { bytes: 100 * MEGABYTE, ms: 1000 });
  expect(taken.map(({ shift }) => shift)).toEqual([6000]);
  expect(list.status).toMatchObject({ kept: 10, firstShown: 7, before: 6000 });
  // The next five go from what is listed no more.
  await write(13, 16, { bytes: 100 * MEGABYTE, ms: 1000 });
  expect(taken).toHaveLength(1);
  await write(17, 17, { bytes: 100 * MEGABYTE, ms: 1000 });
  expect(taken.map(({ shift }) => shift)).toEqual([6000, 6000]);
});

it("begins anew when it holds too many packets, with as many files as leave room", async () => {
  const packets = SHOWN_LIMIT / 10;
  await write(1, 9, { keep: 100, packets, ms: 60_000 });
  keeper.frames = SHOWN_LIMIT + 1;
  await write(10, 10, { keep: 100, packets, ms: 1000 });
  expect(taken).toHaveLength(1);
  // Seven whole ones and the one that is being written.
  expect(list.status).toMatchObject({ written: 10, kept: 10, firstShown: 3, before: 2 * packets });
});

it("shows the newest file where files leave before they are read, and more when it is calm", async () => {
  await write(1, 2, { keep: 2, ms: 10 });
  reading = 600;
  await write(3, 40, { keep: 2, ms: 90 });
  expect(taken).toEqual([]);
  reading = 20;
  await write(41, 60, { keep: 2, ms: 90 });
  expect(taken.length).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(list.status).toMatchObject({ written: 60, kept: 2, firstShown: 59 });
});

it("stays as it is while it is held, and while something works on it", async () => {
  keeper.isHeld = true;
  await write(1, 4, { keep: 3 });
  expect(opened).toEqual([]);
  keeper.isHeld = false;
  keeper.isBusy = true;
  void list.renew();
  await vi.advanceTimersByTimeAsync(5000);
  expect(opened).toHaveLength(1);
  expect(taken).toEqual([]);
  // The filter that was being worked on is in force now: the new list is to have it, too.
  keeper.arrangement = "another";
  keeper.isBusy = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect(arranged.map(({ arrangement }) => arrangement)).toEqual(["none", "another"]);
  expect(taken).toHaveLength(1);
});

it("gives up a list that other settings made pointless, and begins it with them", async () => {
  reading = 1000;
  await write(1, 3, { keep: 3 });
  await write(4, 4, { keep: 3, ms: 200 });
  expect(opened).toHaveLength(1);
  keeper.versions = { protocols: 1, dissection: 2 };
  await vi.advanceTimersByTimeAsync(5000);
  expect(ended).toBe(1);
  expect(opened).toHaveLength(2);
  expect(taken.map(({ versions }) => versions.dissection)).toEqual([2]);
});

it("keeps one list of files, of those that are shown", async () => {
  await write(1, 6, { keep: 3, ms: 60_000 });
  const shown = taken.at(-1)?.path ?? "";
  const names = opened.map((path) => path.replace(/^chain:/, ""));
  expect(names.filter((name) => existsSync(name))).toEqual([shown.replace(/^chain:/, "")]);
  const text = readFileSync(shown.replace(/^chain:/, ""), "utf8");
  expect([4, 5, 6].every((number) => text.includes(file(number)))).toBe(true);
  await list.stop();
  list.end();
  expect(names.filter((name) => existsSync(name))).toEqual([]);
});
