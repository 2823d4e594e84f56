import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Worker as RealWorker, WorkerOptions } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Status } from "../../../engine/api.ts";
import { type CaptureDriver, NO_STATS } from "../../../engine/capture/index.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { installationFolder } from "../../../engine/installation.ts";
import type { CaptureDesk } from "../../../engine/session/capture-desk.ts";
import { Session } from "../../../engine/session/session.ts";
import { writeFew, writeMany } from "../../tools/packets.ts";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

/** Decode workers in the order they were made: the built ones, with a way to make them die in their own thread. */
const workers: RealWorker[] = [];
const how = vi.hoisted(() => ({ script: "", options: {} as WorkerOptions }));
vi.mock("node:worker_threads", async (original) => {
  const real = await original<typeof import("node:worker_threads")>();
  class Worker extends real.Worker {
    constructor(_path: string, options?: WorkerOptions) {
      super(how.script, { ...options, ...how.options });
      workers.push(this);
    }
  }
  return { ...real, Worker };
});

/** Runs in the worker: dies when told, after the message that came with it was taken. */
const SABOTAGE = `
import { BroadcastChannel, threadId } from "node:worker_threads";
const orders = new BroadcastChannel("sabotage");
orders.unref();
orders.onmessage = ({ data }) => {
  if (data.thread !== threadId) return;
  setTimeout(() => {
    if (data.what === "throw") throw new Error("made to fail");
    if (data.what === "memory") for (const held = []; ; ) held.push(new Array(100_000).fill(held.length + 0.5));
    if (data.what === "hang") for (;;);
  });
};
`;

const orders = new BroadcastChannel("sabotage");
function make(worker: RealWorker | undefined, what: "throw" | "memory" | "hang"): void {
  orders.postMessage({ thread: worker?.threadId, what });
}

const PATIENT = { timeout: 30_000 };

let bench: Bench;
beforeAll(() => {
  bench = makeBench();
  how.script = bench.path("worker.mjs");
  const built = pathToFileURL(join(installationFolder(), "dist", "engine", "worker.js")).href;
  writeFileSync(how.script, `${SABOTAGE}\nawait import(${JSON.stringify(built)});\n`);
  writeFew(bench.path("few.pcapng"));
  writeMany(bench.path("many.pcap"), 30_000, { format: "pcap" });
  writeMany(bench.path("long.pcap"), 400_000, { format: "pcap" });
});
afterEach(() => {
  how.options = {};
});
afterAll(async () => {
  orders.close();
  await bench.end();
});

/** A session with a capture open, the worker it has, and what it tells. */
async function opened(
  name: string,
): Promise<{ session: Session; worker: RealWorker | undefined; notices: string[] }> {
  const session = bench.session();
  const worker = workers.at(-1);
  const notices: string[] = [];
  session.on("notice", ({ message }) => notices.push(message));
  await session.call("open", { path: bench.path(name) });
  return { session, worker, notices };
}

const again = (reason: string, name: string): string =>
  `The decode worker stopped: ${reason}. "${name}" is being read again; filter, order and selection stay.`;

describe("a decode worker that dies", () => {
  it("fails what was asked with a reason, and the same capture comes back with its filter and order", async () => {
    const { session, worker, notices } = await opened("long.pcap");
    await session.call("filter", { expression: "ip.ttl >= 7" });
    await session.call("sort", { column: "number", descending: true });
    const before = await session.call("status", {});
    const shown = await session.call("rows", { start: 0, count: 5 });

    make(worker, "throw");
    const pending = [
      refusal(session.call("sort", { column: "info" })),
      refusal(session.call("find", { kind: "string", text: "nowhere", where: "tree", from: -1 })),
    ];
    for (const answer of await Promise.all(pending)) {
      expect(answer).toEqual({ code: "INTERNAL", message: again("made to fail", "long.pcap") });
    }
    expect(notices).toEqual([again("made to fail", "long.pcap")]);

    // The next requests wait for the capture, and see it as it was.
    const rows = await session.call("rows", { start: 0, count: 5 });
    expect(rows.rows).toEqual(shown.rows);
    const { view, ...status } = await session.call("status", {});
    expect(view).toBeGreaterThan(before.view);
    expect(rows.view).toBe(view);
    expect({ ...status, view: before.view }).toEqual(before);
    expect((await session.call("frame", { number: 29_000 })).number).toBe(29_000);
    expect(workers.at(-1)).not.toBe(worker);
    expect(notices).toHaveLength(1);
  });

  it("shows what was there, and its progress, while it is read again", async () => {
    const { session, worker } = await opened("long.pcap");
    const seen: Status[] = [];
    session.on("status", (status) => seen.push(status));
    make(worker, "throw");
    await refusal(session.call("sort", { column: "info" }));
    expect((await session.call("rows", { start: 399_999, count: 1 })).rows[0]?.number).toBe(400_000);
    expect(seen.every(({ frames }) => frames === 400_000)).toBe(true);
    const labels = seen.flatMap(({ progress }) => progress.map(({ label }) => label));
    expect(labels).toContain("Reading long.pcap again");
    expect((await session.call("status", {})).progress).toEqual([]);
  });

  it("is named when it ran out of memory", async () => {
    how.options = { resourceLimits: { maxOldGenerationSizeMb: 64 } };
    const { session, worker, notices } = await opened("few.pcapng");
    make(worker, "memory");
    await expect.poll(() => notices, PATIENT).toEqual([again("it ran out of memory", "few.pcapng")]);
    expect((await session.call("frame", { number: 2 })).number).toBe(2);
  });

  it("while a file is opened: the opening fails, nothing hangs, and another can be opened", async () => {
    const session = bench.session();
    const worker = workers.at(-1);
    const notices: string[] = [];
    session.on("notice", ({ message }) => notices.push(message));
    const opening = refusal(session.call("open", { path: bench.path("long.pcap") }));
    await statusWhen(session, ({ frames }) => frames > 0);
    make(worker, "throw");
    expect(await opening).toEqual({
      code: "INTERNAL",
      message:
        'The decode worker stopped: made to fail. "long.pcap" could not be read to its end and was closed. ' +
        "Open it again, or split it and open a part.",
    });
    expect(await session.call("status", {})).toMatchObject({ file: null, frames: 0, progress: [] });
    expect(notices).toEqual([]);
    expect((await session.call("open", { path: bench.path("few.pcapng") })).frames).toBe(6);
  });

  it("while a filter runs", async () => {
    const { session, worker } = await opened("long.pcap");
    const filtering = refusal(session.call("filter", { expression: "@ip.ttl == 07" }));
    await statusWhen(session, ({ progress }) => progress.some(({ what }) => what === "filter"));
    await worker?.terminate();
    expect((await filtering).message).toBe(again("it ended with code 1", "long.pcap"));
    expect((await session.call("filter", { expression: "ip.ttl == 7" })).count).toBe(2000);
  });

  it("again and again: one action is left, and it works", async () => {
    const { session, worker, notices } = await opened("few.pcapng");
    make(worker, "throw");
    await expect.poll(() => notices.length, PATIENT).toBe(1);
    await session.call("frame", { number: 2 });
    make(workers.at(-1), "throw");
    await expect.poll(() => notices.length, PATIENT).toBe(2);
    const gone =
      'The decode worker stopped: made to fail. "few.pcapng" is no longer in memory. Reload it to go on; ' +
      "the file itself is safe.";
    expect(notices[1]).toBe(gone);
    for (const request of [
      session.call("rows", { start: 0, count: 5 }),
      session.call("frame", { number: 2 }),
      session.call("filter", { expression: "udp" }),
    ]) {
      expect(await refusal(request)).toEqual({ code: "INTERNAL", message: gone });
    }
    expect((await session.call("reload", {})).frames).toBe(6);
    expect((await session.call("frame", { number: 2 })).number).toBe(2);
  });

  it("without a capture: a new one takes its place", async () => {
    const session = bench.session();
    const notices: string[] = [];
    session.on("notice", ({ message }) => notices.push(message));
    const worker = workers.at(-1);
    await new Promise((resolve) => worker?.once("online", resolve));
    await worker?.terminate();
    await expect
      .poll(() => notices, PATIENT)
      .toEqual([
        "The decode worker stopped: it ended with code 1. A new one has taken its place; ask again.",
      ]);
    expect((await session.call("open", { path: bench.path("few.pcapng") })).frames).toBe(6);
  });

  it("when the file has gone since, says so and keeps answering", async () => {
    writeFew(bench.path("fleeting.pcapng"));
    const { session, worker, notices } = await opened("fleeting.pcapng");
    const { rm } = await import("node:fs/promises");
    await rm(bench.path("fleeting.pcapng"));
    make(worker, "throw");
    await expect.poll(() => notices.length, PATIENT).toBe(2);
    expect(notices[1]).toContain("does not exist: it may have been moved, renamed or deleted");
    expect((await refusal(session.call("frame", { number: 2 }))).message).toBe(notices[1]);
  });
});

describe("a decode worker that dies during a capture", () => {
  it("loses no packet: the spool is read again and followed further, with the filter", async () => {
    writeMany(bench.path("source.pcapng"), 3000, { format: "pcapng" });
    const all = readFileSync(bench.path("source.pcapng"));
    const { reader, close } = openCaptureSync(bench.path("source.pcapng"));
    for (let frame = 1; frame <= 1501; frame++) reader.next();
    const half = reader.recordOffset;
    close();
    let spool = "";
    let end = (): void => undefined;
    const driver: CaptureDriver = {
      name: "helper",
      caveats: [],
      available: () => Promise.resolve({ ok: true, value: { version: "scripted" } }),
      listInterfaces: () => Promise.resolve({ ok: true, value: [] }),
      checkFilter: () => Promise.resolve({ state: "ok", instructions: null, dump: null }),
      close: () => undefined,
      start(options, callbacks) {
        spool = options.file;
        writeFileSync(spool, all.subarray(0, half));
        setTimeout(() => callbacks.onStarted({ file: spool, interfaces: [], caveats: [] }));
        end = () => callbacks.onEnd({ reason: "stopped", error: null, stats: NO_STATS, started: true });
        return { pid: undefined, stop: () => setTimeout(end), kill: () => setTimeout(end) };
      },
    };
    const desk = { driver: () => Promise.resolve(driver) } as unknown as CaptureDesk;
    const session = new Session({ ...bench.host, desk });
    const worker = workers.at(-1);
    const notices: string[] = [];
    session.on("notice", ({ message }) => notices.push(message));
    await session.call("startCapture", { options: { interfaces: ["test0"] } });
    await statusWhen(session, ({ frames }) => frames === 1500);
    await session.call("filter", { expression: "ip.ttl == 7" });
    expect((await session.call("status", {})).displayed).toBe(8);

    make(worker, "throw");
    await expect.poll(() => notices, PATIENT).toEqual([again("made to fail", "test0")]);
    appendFileSync(spool, all.subarray(half));
    expect((await session.call("rows", { start: 0, count: 1 })).rows[0]?.number).toBe(6);
    await expect.poll(async () => (await session.call("status", {})).displayed, PATIENT).toBe(15);
    expect(await session.call("status", {})).toMatchObject({
      frames: 3000,
      filter: "ip.ttl == 7",
      unsaved: true,
      live: { phase: "capturing" },
    });
    await session.call("stopCapture", {});
    await statusWhen(session, ({ file }) => file?.complete === true);
    const out = bench.path("captured.pcapng");
    expect((await session.call("save", { path: out })).frames).toBe(3000);
    expect(readFileSync(out).equals(all)).toBe(true);
    expect(notices).toHaveLength(1);
    await session.end(false);
  });
});

describe("a decode worker that hangs", () => {
  it("has its cancelled work answered for at once, is ended, and a fresh one goes on", async () => {
    const { session, worker, notices } = await opened("many.pcap");
    make(worker, "hang");
    await new Promise((resolve) => setTimeout(resolve, 100));
    const finding = session.call("find", { kind: "string", text: "nowhere", from: -1 });
    const row = refusal(session.call("frame", { number: 1 }));
    const started = performance.now();
    const cancelling = session.call("cancel", { what: "find" });
    expect(await finding).toBeNull();
    expect(performance.now() - started).toBeLessThan(1000);
    await cancelling;
    const message = again("it did not answer for 3 seconds and was ended", "many.pcap");
    expect(await row).toEqual({ code: "INTERNAL", message });
    expect(notices).toEqual([message]);
    expect((await session.call("frame", { number: 1 })).number).toBe(1);
  });
});
