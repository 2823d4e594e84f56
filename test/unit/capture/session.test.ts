/** The life cycle with a scripted driver: every order of events, and nothing may wedge it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type CaptureCallbacks,
  type CaptureDriver,
  type CaptureEnd,
  CaptureSession,
  type CaptureStats,
  NO_STATS,
  type SessionEvent,
  type StartOptions,
} from "../../../engine/capture/index.ts";
import { sleep, temporaryFolder } from "./support.ts";

/** What a scripted capture does; delays in milliseconds, null for never. */
interface Script {
  readonly start?: number | null;
  readonly stop?: number | null;
  readonly kill?: number | null;
  readonly failStart?: CaptureEnd["error"];
}

class FakeDriver implements CaptureDriver {
  readonly name = "helper";
  readonly caveats = [];
  readonly runs: {
    options: StartOptions;
    callbacks: CaptureCallbacks;
    stops: number;
    kills: number;
    over: boolean;
  }[] = [];
  script: () => Script;

  constructor(script: () => Script = () => ({})) {
    this.script = script;
  }
  available() {
    return Promise.resolve({ ok: true as const, value: { version: "scripted" } });
  }
  listInterfaces() {
    return Promise.resolve({ ok: true as const, value: [] });
  }
  checkFilter() {
    return Promise.resolve({ state: "ok" as const, instructions: null, dump: null });
  }
  close() {}

  start(options: StartOptions, callbacks: CaptureCallbacks) {
    const { start = 0, stop = 0, kill = 0, failStart } = this.script();
    const run = { options, callbacks, stops: 0, kills: 0, over: false };
    this.runs.push(run);
    let started = false;
    const end = (reason: CaptureEnd["reason"], error: CaptureEnd["error"] = null) => {
      if (run.over) return;
      run.over = true;
      callbacks.onEnd({ reason, error, stats: { ...NO_STATS, packets: 3 }, started });
    };
    if (start !== null) {
      setTimeout(() => {
        if (run.over) return;
        if (failStart) return end("error", failStart);
        started = true;
        writeFileSync(options.file, "");
        callbacks.onStarted({ file: options.file, interfaces: [], caveats: [] });
      }, start);
    }
    return {
      pid: undefined,
      stop() {
        run.stops++;
        if (stop !== null) setTimeout(() => end("stopped"), stop);
      },
      kill() {
        run.kills++;
        if (kill !== null)
          setTimeout(() => end("killed", { code: "helper-killed", message: "killed" }), kill);
      },
    };
  }
}

const OPTIONS = { sources: [{ name: "eth0" }] };

describe("capture session", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const make = (driver: CaptureDriver, more = {}) => {
    const session = new CaptureSession({ driver, spoolDir: folder.path, ...more });
    const states: string[] = [];
    session.on((event) => {
      if (event.type === "state") states.push(`${event.previous}>${event.snapshot.state}`);
    });
    return { session, states };
  };

  test("goes idle, starting, capturing, stopping, idle and reports each step", async () => {
    const driver = new FakeDriver();
    const { session, states } = make(driver);
    expect(session.snapshot()).toMatchObject({ state: "idle", file: null, error: null, reason: null });
    const outcome = await session.start(OPTIONS);
    expect(outcome).toEqual({ state: "capturing", file: driver.runs[0]?.options.file });
    expect(driver.runs[0]?.options).toMatchObject({ exclusive: true, sources: OPTIONS.sources });
    await session.stop();
    expect(states).toEqual(["idle>starting", "starting>capturing", "capturing>stopping", "stopping>idle"]);
    expect(session.snapshot()).toMatchObject({ reason: "stopped", error: null, stats: { packets: 3 } });
    expect(session.snapshot().file).toBe(driver.runs[0]?.options.file);
  });

  test("a stop that arrives while starting wins, even if the start still succeeds", async () => {
    const driver = new FakeDriver(() => ({ start: 10, stop: 40 }));
    const { session, states } = make(driver);
    const start = session.start(OPTIONS);
    await session.stop();
    expect(await start).toEqual({ state: "stopped" });
    expect(states).toEqual(["idle>starting", "starting>stopping", "stopping>idle"]);
  });

  test("a capture that never began leaves no file", async () => {
    const error = { code: "permission", message: "no" } as const;
    const driver = new FakeDriver(() => ({ failStart: error }));
    const { session, states } = make(driver);
    expect(await session.start(OPTIONS)).toEqual({ state: "failed", error });
    expect(states).toEqual(["idle>starting", "starting>idle"]);
    expect(session.snapshot()).toMatchObject({ file: null, error, reason: "error" });
    expect(existsSync(driver.runs[0]?.options.file ?? "")).toBe(false);
  });

  test("a second start is refused while one is under way", async () => {
    const { session } = make(new FakeDriver());
    const first = session.start(OPTIONS);
    expect(await session.start(OPTIONS)).toMatchObject({ state: "failed", error: { code: "busy" } });
    await first;
    expect(await session.start(OPTIONS)).toMatchObject({ state: "failed", error: { code: "busy" } });
    await session.stop();
  });

  test("a start while stopping waits for the old capture; a newer one replaces it; a stop cancels it", async () => {
    const driver = new FakeDriver(() => ({ stop: 20 }));
    const { session } = make(driver);
    await session.start(OPTIONS);
    const stopped = session.stop();
    const second = session.start({ sources: [{ name: "second" }] });
    const third = session.start({ sources: [{ name: "third" }] });
    expect(await second).toEqual({ state: "stopped" });
    await stopped;
    expect(await third).toMatchObject({ state: "capturing" });
    expect(driver.runs.map((run) => run.options.sources[0]?.name)).toEqual(["eth0", "third"]);

    const again = session.restart();
    await session.stop();
    expect(await again).toEqual({ state: "stopped" });
    expect(driver.runs).toHaveLength(2);
    expect(session.snapshot().state).toBe("idle");
  });

  test("restart uses the last options and a new file; without any it says so", async () => {
    const driver = new FakeDriver();
    const { session } = make(driver);
    expect(await session.restart()).toMatchObject({ state: "failed", error: { code: "usage" } });
    await session.start(OPTIONS);
    expect(await session.restart()).toMatchObject({ state: "capturing" });
    expect(driver.runs[1]?.options.sources).toEqual(OPTIONS.sources);
    expect(driver.runs[1]?.options.file).not.toBe(driver.runs[0]?.options.file);
    await session.stop();
    expect(await session.restart()).toMatchObject({ state: "capturing" });
    await session.stop();
    expect(driver.runs).toHaveLength(3);
  });

  test("an end that nobody asked for goes to idle with its error and keeps the file", async () => {
    const driver = new FakeDriver();
    const { session, states } = make(driver);
    await session.start(OPTIONS);
    const run = driver.runs[0];
    const error = { code: "interface-gone", message: "gone" } as const;
    run?.callbacks.onEnd({ reason: "error", error, stats: NO_STATS, started: true });
    expect(states.at(-1)).toBe("capturing>idle");
    expect(session.snapshot()).toMatchObject({ state: "idle", error, file: run?.options.file });
    expect(existsSync(run?.options.file ?? "")).toBe(true);
    expect(await session.start(OPTIONS)).toMatchObject({ state: "capturing" });
    expect(session.snapshot().error).toBeNull();
    await session.stop();
  });

  test("passes on data, counters and notices, and nothing of a capture that is over", async () => {
    const driver = new FakeDriver();
    const { session } = make(driver);
    const events: SessionEvent[] = [];
    session.on((event) => events.push(event));
    await session.start(OPTIONS);
    const old = driver.runs[0];
    const stats: CaptureStats = { ...NO_STATS, packets: 9, kernelDropped: 2 };
    old?.callbacks.onStats(stats);
    old?.callbacks.onData({ fileBytes: 400, filePackets: 4 });
    old?.callbacks.onNotice({ code: "interface-down", message: "down" });
    const file = old?.options.file;
    expect(events.filter((event) => event.type !== "state")).toEqual([
      { type: "stats", stats },
      { type: "data", file, fileBytes: 400, filePackets: 4 },
      { type: "notice", notice: { code: "interface-down", message: "down" } },
    ]);
    expect(session.snapshot().stats).toMatchObject({ packets: 9, filePackets: 4 });
    await session.restart();
    const count = events.length;
    old?.callbacks.onStats(stats);
    old?.callbacks.onData({ fileBytes: 800, filePackets: 8 });
    old?.callbacks.onNotice({ code: "late", message: "late" });
    old?.callbacks.onEnd({ reason: "stopped", error: null, stats, started: true });
    expect(events).toHaveLength(count);
    expect(session.snapshot().state).toBe("capturing");
    await session.stop();
  });

  test("a driver that never starts, never stops or ignores even the kill does not hold it", async () => {
    const limits = { startTimeoutMs: 30, stopTimeoutMs: 30, killTimeoutMs: 30 };
    const mute = new FakeDriver(() => ({ start: null }));
    const first = make(mute, limits);
    expect(await first.session.start(OPTIONS)).toMatchObject({
      state: "failed",
      error: { code: "helper-killed" },
    });
    expect(mute.runs[0]?.kills).toBe(1);

    const stubborn = new FakeDriver(() => ({ stop: null, kill: null }));
    const second = make(stubborn, limits);
    await second.session.start(OPTIONS);
    await second.session.stop();
    expect(second.session.snapshot()).toMatchObject({ state: "idle", error: { code: "helper-failed" } });
    expect(stubborn.runs[0]?.kills).toBe(1);
    expect(await second.session.start(OPTIONS)).toMatchObject({ state: "capturing" });
    await second.session.stop();
  });

  test("a spool folder that cannot be made is an error, not a crash", async () => {
    const path = join(folder.path, "file");
    writeFileSync(path, "");
    const session = new CaptureSession({ driver: new FakeDriver(), spoolDir: join(path, "spool") });
    expect(await session.start(OPTIONS)).toMatchObject({ state: "failed", error: { code: "output" } });
    expect(session.snapshot().state).toBe("idle");
  });

  test("a given file is used as it is and never removed", async () => {
    const file = join(folder.path, "mine.pcapng");
    writeFileSync(file, "precious");
    const driver = new FakeDriver(() => ({ failStart: { code: "filter", message: "no" } }));
    const { session } = make(driver);
    await session.start({ ...OPTIONS, file });
    expect(driver.runs[0]?.options).toMatchObject({ file, exclusive: false });
    expect(readFileSync(file, "utf8")).toBe("precious");
  });

  test("listeners may stop, start and throw from inside an event", async () => {
    const errors: unknown[] = [];
    const handler = (error: unknown) => errors.push(error);
    const previous = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", handler);
    try {
      const { session, states } = make(new FakeDriver());
      const off = session.on((event) => {
        if (event.type !== "state") return;
        if (event.snapshot.state === "starting") void session.stop();
        throw new Error("listener");
      });
      expect(await session.start(OPTIONS)).toEqual({ state: "stopped" });
      expect(states).toEqual(["idle>starting", "starting>stopping", "stopping>idle"]);
      off();
      await sleep(5);
      expect(errors).toHaveLength(3);
      expect(await session.start(OPTIONS)).toMatchObject({ state: "capturing" });
      await session.stop();
    } finally {
      process.removeListener("uncaughtException", handler);
      for (const listener of previous) process.on("uncaughtException", listener);
    }
  });

  test("200 times a random order of start, stop, restart and accidents: never wedged", async () => {
    let seed = 20_260_101;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      for (let round = 0; round < 200; round++) {
        const delay = () => (random(8) === 0 ? null : random(30));
        const driver = new FakeDriver(() => ({
          start: delay(),
          stop: delay(),
          kill: delay(),
          ...(random(5) === 0 ? { failStart: { code: "not-up", message: "down" } as const } : {}),
        }));
        const { session, states } = make(driver, {
          startTimeoutMs: 60,
          stopTimeoutMs: 60,
          killTimeoutMs: 60,
        });
        const answers: Promise<unknown>[] = [];
        for (let step = 0; step < 12; step++) {
          const action = random(6);
          if (action <= 1) answers.push(session.start(OPTIONS));
          else if (action === 2) answers.push(session.stop());
          else if (action === 3) answers.push(session.restart());
          else if (action === 4) {
            const run = driver.runs.at(-1);
            if (run && !run.over && random(3) === 0) {
              run.over = true;
              const error = { code: "helper-killed", message: "killed" } as const;
              run.callbacks.onEnd({ reason: "killed", error, stats: NO_STATS, started: true });
            }
          }
          await vi.advanceTimersByTimeAsync(random(40));
        }
        answers.push(session.stop());
        await vi.advanceTimersByTimeAsync(1_000);
        await Promise.all(answers);
        expect(session.snapshot().state).toBe("idle");
        states.forEach((step, index) => {
          expect(step.split(">")[0]).toBe(index === 0 ? "idle" : states[index - 1]?.split(">")[1]);
        });
        const begun = states.filter((step) => step === "idle>starting").length;
        expect(states.filter((step) => step.endsWith(">idle"))).toHaveLength(begun);
        driver.script = () => ({ start: 1, stop: 1 });
        const last = session.start(OPTIONS);
        await vi.advanceTimersByTimeAsync(5);
        expect((await last).state).toBe("capturing");
      }
    } finally {
      vi.useRealTimers();
    }
  });
});
