/** Captures into files of their own: one, or several of which the oldest go, with a driver that does as it is told. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ParamsIn, Status } from "../../../engine/api.ts";
import {
  type CaptureCallbacks,
  type CaptureDriver,
  NO_STATS,
  type StartOptions,
} from "../../../engine/capture/index.ts";
import type { CaptureDesk } from "../../../engine/session/capture-desk.ts";
import { Session } from "../../../engine/session/session.ts";
import { writeMany } from "../../tools/packets.ts";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

const PATIENT = { timeout: 15_000 };
/** Workers are started on the way. */
const LONG = 60_000;
const FRAMES = 1000;

let bench: Bench;
let session: Session;
/** What the driver was started with last. */
let told: StartOptions;
let callbacks: CaptureCallbacks;
let begun = 0;
let kept: { path: string; packets: number; bytes: number }[] = [];
const notices: string[] = [];

const driver: CaptureDriver = {
  name: "helper",
  available: () => Promise.resolve({ ok: true, value: { version: "scripted" } }),
  listInterfaces: () => Promise.resolve({ ok: true, value: [] }),
  checkFilter: () => Promise.resolve({ state: "ok", instructions: null, dump: null }),
  close: () => undefined,
  caveats: [],
  start(options, given) {
    told = options;
    callbacks = given;
    begun = 0;
    kept = [];
    setTimeout(() => {
      if (options.several === undefined) writeMany(options.file, FRAMES, { format: "pcapng" });
      const file = options.several === undefined ? options.file : nextFile();
      callbacks.onStarted({ file, interfaces: [], caveats: [] });
      if (options.several !== undefined)
        callbacks.onFile?.({ path: file, packets: 0, bytes: 0, state: "begun" });
    });
    const end = (): void => {
      callbacks.onEnd({ reason: "stopped", error: null, stats: NO_STATS, started: true });
    };
    return { pid: undefined, stop: () => setTimeout(end), kill: () => setTimeout(end) };
  },
};

/** Writes the next file whole; of the ones before it tells how large they became. */
function nextFile(): string {
  begun++;
  const path = bench.path(`ring/cap_${String(begun).padStart(5, "0")}.pcapng`);
  writeMany(path, FRAMES, { format: "pcapng" });
  kept.push({ path, packets: FRAMES, bytes: statSync(path).size });
  return path;
}

/** One file ends, the next one is begun, and the oldest of more than `keep` goes. */
function turn(keep: number): void {
  const last = kept.at(-1);
  if (last !== undefined) callbacks.onFile?.({ ...last, state: "closed" });
  if (kept.length === keep) {
    const oldest = kept.shift();
    if (oldest === undefined) throw new Error("nothing to remove");
    rmSync(oldest.path, { force: true });
    callbacks.onFile?.({ ...oldest, state: "removed" });
  }
  const path = nextFile();
  callbacks.onFile?.({ path, packets: 0, bytes: 0, state: "begun" });
}

const options = (output: ParamsIn<"startCapture">["options"]["output"]) => ({
  interfaces: ["test0"],
  output,
});
const ring = (keep: number) =>
  options({ file: bench.path("ring/cap.pcapng"), several: { packets: FRAMES, keep } });
const lists = (): string[] => readdirSync(bench.host.spools.folder).filter((name) => name.endsWith(".list"));
const status = () => session.call("status", {});

/** True when the list holds whole files to the newest one, which are all there. */
function listsNewest({ frames, live: { files } }: Status): boolean {
  if (files === null) return false;
  const { written, kept, firstShown, before } = files;
  const listed = written - firstShown + 1;
  return listed <= kept && before === (firstShown - 1) * FRAMES && frames === listed * FRAMES;
}

beforeAll(() => {
  bench = makeBench();
  const desk = { driver: () => Promise.resolve(driver) } as unknown as CaptureDesk;
  session = new Session({ ...bench.host, desk });
  session.on("notice", ({ message }) => notices.push(message));
});
afterAll(async () => {
  await session.end(false);
  await bench.end();
});
beforeEach(async () => {
  await session.call("close", { discard: true });
  rmSync(bench.path("ring"), { recursive: true, force: true });
  mkdirSync(bench.path("ring"));
  notices.length = 0;
});

describe("a capture into several files", () => {
  it(
    "shows those that are there, and begins the list anew when the oldest go",
    async () => {
      await session.call("startCapture", { options: ring(4) });
      expect(told).toMatchObject({
        file: bench.path("ring/cap.pcapng"),
        several: { packets: FRAMES, keep: 4 },
      });
      await statusWhen(session, ({ frames }) => frames === FRAMES);
      await session.call("filter", { expression: "ip.ttl == 7" });
      const first = await status();
      expect(first).toMatchObject({
        displayed: FRAMES / 200,
        file: { name: "cap.pcapng", temporary: false },
        unsaved: false,
        live: { files: { written: 1, kept: 1, firstShown: 1, before: 0, since: first.capture } },
      });
      for (let i = 0; i < 3; i++) turn(4);
      await statusWhen(
        session,
        ({ frames, displayed }) => frames === 4 * FRAMES && displayed === FRAMES / 50,
      );
      expect((await status()).capture).toBe(first.capture);
      expect((await session.call("frame", { number: 2 * FRAMES + 6 })).number).toBe(2 * FRAMES + 6);

      // The first file goes: the newest two at least stay in the list.
      turn(4);
      const anew = await statusWhen(session, ({ capture }) => capture > first.capture);
      expect(anew.live.files).toMatchObject({ written: 5, kept: 4, since: first.capture });
      const { firstShown = 0, before = 0 } = anew.live.files ?? {};
      expect([2, 3, 4]).toContain(firstShown);
      expect(before).toBe((firstShown - 1) * FRAMES);
      const listed = 6 - firstShown;
      const present = await statusWhen(
        session,
        ({ frames, displayed }) => frames === listed * FRAMES && displayed === (listed * FRAMES) / 200,
      );
      expect(present).toMatchObject({ filter: "ip.ttl == 7", live: { phase: "capturing" } });
      const { rows } = await session.call("rows", { start: 5, count: 2 });
      expect(rows.map(({ number }) => number)).toEqual([FRAMES + 6, FRAMES + 206]);
      expect(lists()).toHaveLength(1);

      expect(notices).toEqual([]);
      await session.call("filter", { expression: "ip.ttl == 7 && frame.number > 0 && !tcp.stream" });

      // And again and again.
      for (let i = 0; i < 6; i++) {
        turn(4);
        await statusWhen(session, ({ live }) => live.files?.written === begun);
      }
      const last = await statusWhen(
        session,
        ({ live, frames }) =>
          live.files !== null && live.files.firstShown >= 8 && live.files.before + frames === begun * FRAMES,
      );
      expect(last.live.files).toMatchObject({ written: 11, kept: 4 });

      await session.call("stopCapture", {});
      await statusWhen(session, ({ file, live }) => file?.complete === true && live.phase === "idle");
      const out = bench.path("saved.pcapng");
      const { frames } = await session.call("save", { path: out, overwrite: true });
      // Of files that came fast only some were listed; once they rest it may be all again.
      expect([1, 2, 3, 4]).toContain(frames / FRAMES);
      await session.call("open", { path: out });
      expect(await status()).toMatchObject({ frames, live: { files: null } });
      expect(lists()).toEqual([]);
      expect(readdirSync(bench.path("ring"))).toHaveLength(4);
      // Told once, however often the list begins anew.
      expect(notices).toHaveLength(1);
      expect(notices[0]).toMatch(
        /began anew .*(frame\.number, tcp\.stream|tcp\.stream, frame\.number) with it/,
      );
    },
    LONG,
  );

  it("leaves a paused list as it is, and begins it anew when it goes on", async () => {
    await session.call("startCapture", { options: ring(2) });
    const { capture } = await statusWhen(session, ({ frames }) => frames === FRAMES);
    await session.call("pauseView", { on: true });
    for (let i = 0; i < 5; i++) turn(2);
    await session.call("rows", { start: 0, count: 10 });
    expect(await status()).toMatchObject({ capture, frames: FRAMES });
    await session.call("pauseView", { on: false });
    const anew = await statusWhen(session, (now) => now.capture > capture && listsNewest(now));
    expect(anew.live.files).toMatchObject({ written: 6, kept: 2 });
    await session.call("stopCapture", {});
    await session.call("close", {});
    expect(lists()).toEqual([]);
    expect(readdirSync(bench.path("ring"))).toHaveLength(2);
  });

  it("leaves a list that is stepped through as it is, and begins it anew when step mode is left", async () => {
    await session.call("startCapture", { options: ring(2) });
    const { capture } = await statusWhen(session, ({ frames }) => frames === FRAMES);
    await session.call("replay", { action: "begin", at: 7 });
    for (let i = 0; i < 5; i++) turn(2);
    await session.call("replay", { action: "step", by: 1 });
    const shown = await statusWhen(session, ({ replay }) => replay?.position === 8);
    expect(shown).toMatchObject({ capture, displayed: 8 });
    await session.call("replay", { action: "leave" });
    const anew = await statusWhen(session, (now) => now.capture > capture && listsNewest(now));
    expect(anew).toMatchObject({ replay: null, displayed: anew.frames, live: { files: { written: 6 } } });
    const { spool } = await session.call("health", {});
    expect(spool.folder).toBe(bench.path("ring"));
    expect(spool.bytes).toBeGreaterThan(FRAMES);
    await session.call("stopCapture", {});
    await session.call("close", {});
    expect(lists()).toEqual([]);
  });

  it("ends with what there is when it is stopped while the list begins anew", async () => {
    await session.call("startCapture", { options: ring(3) });
    const { capture } = await statusWhen(session, ({ frames }) => frames === FRAMES);
    for (let i = 0; i < 3; i++) turn(3);
    await session.call("stopCapture", {});
    const anew = await statusWhen(session, (now) => now.capture > capture && now.file?.complete === true);
    expect(listsNewest(anew)).toBe(true);
    expect((await session.call("frame", { number: anew.frames })).tree.length).toBeGreaterThan(3);
    await session.call("close", {});
    expect(lists()).toEqual([]);
  });

  it.each([
    [{ several: {} }, "parameter options.output.several of startCapture: say when the next file is begun"],
    [{ several: { packets: 0 } }, "parameter options.output.several.packets of startCapture"],
    [{ several: { packets: 5, keep: 100_001 } }, "parameter options.output.several.keep of startCapture"],
    [{ file: "" }, "parameter options.output.file of startCapture"],
  ])("refuses %j", async (change, message) => {
    const output = { file: bench.path("ring/cap.pcapng"), ...change };
    const refused = await refusal(session.call("startCapture", { options: options(output) }));
    expect(refused.code).toBe("BAD_REQUEST");
    expect(refused.message).toContain(message);
  });

  it("refuses limits that do not go together", async () => {
    const both = { ...ring(2), stopAfter: { kilobytes: 5 } };
    expect((await refusal(session.call("startCapture", { options: both }))).message).toContain(
      "the size is that of each",
    );
    const none = { ...options(null), stopAfter: { files: 5 } };
    expect((await refusal(session.call("startCapture", { options: none }))).message).toContain(
      "several files only",
    );
  });
});

describe("complete files that are compressed", () => {
  const compressed = (keep: number) =>
    options({ file: bench.path("ring/cap.pcapng.gz"), several: { packets: FRAMES, keep, compress: "gzip" } });
  const names = (): string[] => readdirSync(bench.path("ring")).sort();
  const gz = (...numbers: number[]) =>
    numbers.map((number) => `cap_${String(number).padStart(5, "0")}.pcapng.gz`);

  it(
    "stay in the list, are counted, filtered and saved as before, and go with the ring",
    async () => {
      await session.call("startCapture", { options: compressed(3) });
      // The ending of compressed files comes by itself.
      expect(told).toMatchObject({
        file: bench.path("ring/cap.pcapng"),
        several: { packets: FRAMES, keep: 3 },
      });
      expect(told.several).not.toHaveProperty("compress");
      turn(3);
      turn(3);
      await statusWhen(session, ({ frames }) => frames === 3 * FRAMES);
      await expect.poll(names, PATIENT).toEqual([...gz(1, 2), "cap_00003.pcapng"]);
      const { capture } = await status();
      const found = await session.call("filter", { expression: "ip.ttl == 7" });
      expect(found.count).toBe((3 * FRAMES) / 200);
      expect((await session.call("frame", { number: 2 })).tree.length).toBeGreaterThan(3);
      expect((await session.call("frame", { number: FRAMES + 2 })).tree.length).toBeGreaterThan(3);

      // A list that begins anew reads them, too.
      turn(3);
      const anew = await statusWhen(session, (now) => now.capture > capture && listsNewest(now));
      expect(anew.live.files).toMatchObject({ written: 4, kept: 3 });
      await expect.poll(names, PATIENT).toEqual([...gz(2, 3), "cap_00004.pcapng"]);

      callbacks.onFile?.({ ...(kept.at(-1) as (typeof kept)[number]), state: "closed" });
      await session.call("stopCapture", {});
      await expect.poll(names, PATIENT).toEqual(gz(2, 3, 4));
      await statusWhen(session, ({ progress, file }) => progress.length === 0 && file?.complete === true);
      const { spool } = await session.call("health", {});
      expect(spool.bytes).toBe(
        names().reduce((sum, name) => sum + statSync(bench.path(`ring/${name}`)).size, 0),
      );
      const last = await statusWhen(session, listsNewest);
      const out = bench.path("saved.pcapng");
      expect(await session.call("save", { path: out, overwrite: true })).toMatchObject({
        frames: last.frames,
      });
      await session.call("open", { path: out });
      expect(await status()).toMatchObject({ frames: last.frames });
      // And each by itself is a capture.
      await session.call("open", { path: bench.path(`ring/${gz(3)[0]}`) });
      expect(await status()).toMatchObject({ frames: FRAMES });
      expect(notices).toEqual([]);
    },
    LONG,
  );

  it("are told of when they cannot be compressed, and stay as they are", async () => {
    await session.call("startCapture", { options: compressed(3) });
    await statusWhen(session, ({ frames }) => frames === FRAMES);
    // Where the compressed file is to be written there is a folder.
    mkdirSync(bench.path("ring/cap_00001.pcapng.gz.part"));
    turn(3);
    await expect.poll(() => notices, PATIENT).toEqual([expect.stringContaining("stays as it is")]);
    expect(names()).toContain("cap_00001.pcapng");
    await statusWhen(session, ({ frames }) => frames === 2 * FRAMES);
    expect((await session.call("frame", { number: 2 })).tree.length).toBeGreaterThan(3);
    await session.call("stopCapture", {});
  });
});

describe("a capture into a file of its own", () => {
  it("is the user's: it stays when the capture is closed, and is not overwritten unasked", async () => {
    const file = bench.path("ring/one.pcapng");
    await session.call("startCapture", { options: options({ file }) });
    expect(told).toMatchObject({ file });
    expect(told.several).toBeUndefined();
    await statusWhen(session, ({ frames }) => frames === FRAMES);
    expect(await status()).toMatchObject({ unsaved: false, file: { name: "one.pcapng", path: file } });
    await session.call("stopCapture", {});
    await session.call("close", {});
    expect(existsSync(file)).toBe(true);
    expect((await session.call("recent", {}))[0]).toMatchObject({ path: file });

    const again = await refusal(session.call("startCapture", { options: options({ file }) }));
    expect(again).toMatchObject({ code: "EXISTS", message: expect.stringContaining(file) });
    writeFileSync(file, "something else");
    await session.call("startCapture", { options: options({ file, overwrite: true }) });
    await statusWhen(session, ({ frames }) => frames === FRAMES);
    await expect.poll(async () => (await status()).live.phase, PATIENT).toBe("capturing");
    await session.call("stopCapture", {});
  });
});
