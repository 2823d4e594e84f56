import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Health, QueueHealth } from "../../../engine/api.ts";
import { createHelperDriver } from "../../../engine/capture/index.ts";
import type { CaptureDesk } from "../../../engine/session/capture-desk.ts";
import { HealthMeter } from "../../../engine/session/health.ts";
import { heapSnapshotPath, refuseLarge, SNAPSHOTS } from "../../../engine/session/heap-snapshots.ts";
import { NO_LIVE } from "../../../engine/session/live-status.ts";
import { Session } from "../../../engine/session/session.ts";
import type { WorkerHealth } from "../../../engine/workers/client.ts";
import { writeMany } from "../../tools/packets.ts";
import { noHelper, noLive, Wire } from "../capture/support.ts";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

const PATIENT = { timeout: 20_000, interval: 100 };
const FRAMES = 70_000;

let bench: Bench;
beforeAll(() => {
  bench = makeBench();
  writeMany(bench.path("many.pcap"), FRAMES, { format: "pcap" });
}, 60_000);
afterAll(() => bench.end());

const health = (session: Session): Promise<Health> => session.call("health", {});
const thread = ({ threads }: Health, name: string) => threads.find((each) => each.name === name);

describe("health", () => {
  it("tells of the process, its threads, the index and the disk", async () => {
    const session = bench.session();
    await session.call("open", { path: bench.path("many.pcap") });
    const first = await health(session);
    expect(first.process).toMatchObject({ pid: process.pid });
    expect(first.process.rss).toBeGreaterThan(10_000_000);
    expect(first.process.uptime).toBeGreaterThan(0);
    expect(first.threads.map(({ name }) => name).slice(0, 2)).toEqual(["main", "decoder"]);
    expect(thread(first, "main")?.heap?.used).toBeGreaterThan(1_000_000);
    expect(first.capture).toBeNull();
    expect(first.snapshot).toBeNull();
    expect(first.spool).toMatchObject({ folder: bench.host.spools.folder, bytes: 0 });
    expect(first.spool.free).toBeGreaterThan(0);
    expect(first.spool.disk).toBeGreaterThanOrEqual(first.spool.free ?? Number.NaN);
    // Two segments of 65,536 frames, 59 bytes a frame.
    await expect.poll(async () => (await health(session)).index, PATIENT).toMatchObject({ frames: FRAMES });
    expect((await health(session)).index?.bytes).toBeGreaterThan(FRAMES * 59);
    await session.call("filter", { expression: "udp.port == 53" });
    await expect.poll(async () => (await health(session)).index?.answers, PATIENT).toBeGreaterThan(0);
  });

  it("measures the delay of event loops once it is asked about them", async () => {
    const session = bench.session();
    await session.call("open", { path: bench.path("many.pcap") });
    for (const name of ["main", "decoder"]) {
      await expect
        .poll(async () => thread(await health(session), name)?.delay, PATIENT)
        .toMatchObject({ max: expect.any(Number) });
    }
    const asked = await health(session);
    for (const { delay, load } of asked.threads.slice(0, 2)) {
      expect(load).toBeGreaterThanOrEqual(0);
      expect(load).toBeLessThanOrEqual(1);
      if (delay !== null) expect(delay.max).toBeGreaterThanOrEqual(delay.mean);
    }
  });

  it("tells what it can of a decoder that does not answer", async () => {
    const session = bench.session();
    await session.call("open", { path: bench.path("many.pcap") });
    let before = await health(session);
    const isAnswered = async (): Promise<boolean | undefined> => {
      before = await health(session);
      return thread(before, "decoder")?.answered;
    };
    await expect.poll(isAnswered, PATIENT).toBe(true);
    expect(thread(before, "decoder")?.pending).toBe(0);
    // From here on nothing reaches it.
    const post = vi.spyOn(Worker.prototype, "postMessage").mockImplementation(() => undefined);
    const waiting = session.call("rows", { start: 0, count: 1 }).catch(() => null);
    const during = await health(session);
    post.mockRestore();
    expect(thread(during, "decoder")).toMatchObject({ answered: false, pending: 1 });
    expect(thread(during, "decoder")?.heap).toEqual(thread(before, "decoder")?.heap);
    expect(during.queues).toContainEqual({
      id: "decoder-requests",
      length: 1,
      limit: null,
      unit: "requests",
    });
    await session.end(false);
    await waiting;
  });

  it("tells of the decoder of a list that begins anew beside the one that is shown", async () => {
    const reading = (pending: number): WorkerHealth => ({
      thread: { name: "decoder", load: 0.5, delay: null, heap: null, pending, oldest: 0, answered: true },
      reading: null,
    });
    const renewal = { read: 1, bytes: 3, frames: 7 };
    const meter = new HealthMeter();
    const told = await meter.read({
      worker: reading(1),
      second: reading(2),
      renewal,
      capture: null,
      live: NO_LIVE,
      frames: 0,
      spoolFolder: bench.folder,
      spool: null,
      compressing: 3,
      windows: [],
      snapshot: null,
    });
    meter.end();
    expect(told.threads.map(({ name, pending }) => [name, pending])).toEqual([
      ["main", 0],
      ["decoder", 1],
      ["second decoder", 2],
    ]);
    expect(told.renewal).toEqual(renewal);
    expect(told.queues).toContainEqual({ id: "files-to-compress", length: 3, limit: null, unit: "files" });
  });

  it("tells of the queues of windows as long as they are there", async () => {
    const session = bench.session();
    const queue: QueueHealth = { id: "window-bytes", length: 7, limit: 10, unit: "bytes" };
    const gone = session.addWindow(() => [queue]);
    expect((await health(session)).queues).toContainEqual(queue);
    gone();
    expect((await health(session)).queues).not.toContainEqual(queue);
  });

  const noTest = noLive ?? noHelper;
  it.skipIf(noTest !== null)(
    `tells of a running capture${noTest ? ` (skipped: ${noTest})` : ""}`,
    async () => {
      const wire = new Wire();
      const desk = {
        driver: async () => createHelperDriver({ via: wire.via }),
        close: async () => {},
      } as unknown as CaptureDesk;
      const session = new Session({ ...bench.host, desk });
      try {
        await session.call("startCapture", { options: { interfaces: [wire.device], bufferMiB: 4 } });
        await wire.send(200, 100);
        await statusWhen(session, ({ frames }) => frames >= 200);
        const isTold = ({ capture, spool }: Health): boolean =>
          capture !== null && capture.written >= 200 && capture.messages > 0 && spool.bytes > 0;
        await expect.poll(async () => isTold(await health(session)), PATIENT).toBe(true);
        const { capture, queues } = await health(session);
        expect(capture).toMatchObject({
          driver: "helper",
          buffers: [{ interface: wire.device, kib: 4096 }],
        });
        expect(capture?.pid).toBeGreaterThan(0);
        expect(capture?.rss).toBeGreaterThan(0);
        expect(capture?.quiet).toBeGreaterThanOrEqual(0);
        expect(capture?.indexed).toBeLessThanOrEqual(capture?.written ?? 0);
        expect(queues.some(({ id }) => id === "capture-messages")).toBe(true);
        await session.call("stopCapture", {});
        expect((await health(session)).capture).toBeNull();
      } finally {
        await session.end(false);
        wire.remove();
      }
    },
    60_000,
  );
});

describe("heap snapshots", () => {
  it("are written of the decoder, readable by their owner alone", async () => {
    const session = bench.session();
    await session.call("open", { path: bench.path("many.pcap") });
    const written = await session.call("heapSnapshot", { of: "decoder" });
    expect(written.path.startsWith(bench.host.heaps)).toBe(true);
    expect(written.path).toMatch(/tapline-decoder-[\dT-]+\.heapsnapshot$/);
    const { size, mode } = statSync(written.path);
    expect(written.bytes).toBe(size);
    if (process.platform !== "win32") expect(mode & 0o077).toBe(0);
    const { snapshot, nodes } = JSON.parse(readFileSync(written.path, "utf8"));
    expect(snapshot.node_count).toBeGreaterThan(1000);
    expect(nodes.length).toBeGreaterThan(snapshot.node_count);
    expect((await health(session)).snapshot).toBeNull();
    // The decoder goes on.
    expect((await session.call("rows", { start: 0, count: 1 })).rows).toHaveLength(1);
  }, 120_000);

  it("go where the user says, the process's too", async () => {
    const session = bench.session();
    mkdirSync(bench.path("chosen"));
    const { path } = await session.call("heapSnapshot", { of: "process", folder: bench.path("chosen") });
    expect(readdirSync(bench.path("chosen"))).toEqual([path.split("/").pop()]);
    expect(path).toContain("tapline-process-");
  }, 120_000);

  it("are refused for a folder that is none, and leave nothing", async () => {
    const session = bench.session();
    const gone = await refusal(session.call("heapSnapshot", { of: "decoder", folder: bench.path("gone") }));
    expect(gone.code).toBe("NOT_FOUND");
    expect(gone.message).toContain(bench.path("gone"));
    expect(existsSync(bench.path("gone"))).toBe(false);
    const file = await refusal(
      session.call("heapSnapshot", { of: "decoder", folder: bench.path("many.pcap") }),
    );
    expect(file.code).toBe("UNREADABLE");
  });

  it("are refused for a heap that takes long, unless that is wanted", () => {
    expect(() => refuseLarge(SNAPSHOTS.large)).not.toThrow();
    expect(() => refuseLarge(SNAPSHOTS.large + 1e6)).toThrow(
      "The heap holds 257 MB: a snapshot keeps its thread busy for 13 to 64 seconds, and cannot be stopped.",
    );
  });

  it("are refused where they cannot fit", async () => {
    const refused = heapSnapshotPath("decoder", bench.folder, bench.folder, Number.MAX_SAFE_INTEGER);
    expect((await refusal(refused)).code).toBe("NO_SPACE");
  });

  it("do not take the place of another of the same second", async () => {
    const now = new Date(0);
    const first = await heapSnapshotPath("decoder", bench.folder, bench.folder, 0, now);
    writeFileSync(first, "");
    expect(await heapSnapshotPath("decoder", bench.folder, bench.folder, 0, now)).not.toBe(first);
  });
});
