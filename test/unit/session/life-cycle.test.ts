/** The life of a capture in a session, with the real helper between two network namespaces: nothing wedges it. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { CaptureSession, createHelperDriver } from "../../../engine/capture/index.ts";
import type { CaptureDesk } from "../../../engine/session/capture-desk.ts";
import { Session } from "../../../engine/session/session.ts";
import { describeLive } from "../capture/live.ts";
import { readCapture, sleep, until } from "../capture/support.ts";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

const PATIENT = { timeout: 30_000 };

describeLive("life of a capture", (live) => {
  let bench: Bench;
  const driver = () => createHelperDriver({ via: live.wire.via });
  /** How long finding a driver takes, in milliseconds. */
  let driverDelay = 0;
  const sessions: Session[] = [];
  beforeAll(() => {
    bench = makeBench();
  });
  // Also after one that failed: what it captures must not be in the way of the next.
  afterEach(async () => {
    for (const session of sessions.splice(0)) await session.end(false);
  });
  afterAll(() => bench.end());

  function make(): Session {
    const desk = {
      driver: async () => {
        await sleep(driverDelay);
        return driver();
      },
    } as unknown as CaptureDesk;
    const session = new Session({ ...bench.host, desk });
    sessions.push(session);
    return session;
  }

  const spoolFolder = (): string => bench.host.spools.folder;
  const spools = (): string[] => readdirSync(spoolFolder()).filter((name) => name.endsWith(".pcapng"));

  /** Processes that write spools of this test. */
  function helpers(): number[] {
    const found: number[] = [];
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        if (words.includes("-w") && words.some((word) => word.startsWith(spoolFolder())))
          found.push(Number(name));
      } catch {}
    }
    return found;
  }

  const options = () => ({ interfaces: [live.wire.device], filter: "udp" });

  test("a stop wins over a start that is still looking for a driver", async () => {
    driverDelay = 2000;
    const session = make();
    const started = refusal(session.call("startCapture", { options: options() }));
    await sleep(20);
    await session.call("stopCapture", {});
    expect((await started).code).toBe("CANCELLED");
    await sleep(200);
    expect((await session.call("status", {})).live.phase).toBe("idle");
    expect(helpers()).toEqual([]);
    driverDelay = 0;
  });

  test("of two starts at once one capture runs, and one process", async () => {
    driverDelay = 50;
    const session = make();
    const first = refusal(session.call("startCapture", { options: options() }));
    const second = session.call("startCapture", { options: options() });
    expect((await first).code).toBe("CANCELLED");
    expect(await second).toBeNull();
    expect((await session.call("status", {})).live.phase).toBe("capturing");
    expect(helpers()).toHaveLength(1);
    await session.call("stopCapture", {});
    await session.call("close", { discard: true });
    await expect.poll(helpers, PATIENT).toEqual([]);
    expect(readdirSync(spoolFolder())).toEqual([]);
    driverDelay = 0;
  });

  test("a session that ends while it starts leaves no process and no file", async () => {
    driverDelay = 50;
    const session = make();
    const started = refusal(session.call("startCapture", { options: options() }));
    await sleep(10);
    expect(await session.end(true)).toBeNull();
    expect((await started).code).toBe("CANCELLED");
    await sleep(100);
    expect(helpers()).toEqual([]);
    expect(readdirSync(spoolFolder())).toEqual([]);
    driverDelay = 0;
  });

  test("a spool that is deleted loses nothing while the capture is open: it is shown and saved", async () => {
    const session = make();
    await session.call("startCapture", { options: options() });
    await live.wire.send(50, 100);
    await statusWhen(session, ({ frames }) => frames === 50);
    for (const name of spools()) rmSync(join(spoolFolder(), name));
    await live.wire.send(50, 100);
    await expect.poll(async () => (await session.call("status", {})).frames, { timeout: 10_000 }).toBe(100);
    await session.call("stopCapture", {});
    expect((await session.call("status", {})).live).toMatchObject({ phase: "idle", error: null });
    const out = bench.path("deleted.pcapng");
    expect((await session.call("save", { path: out })).frames).toBe(100);
    expect(readCapture(out).packets).toHaveLength(100);
    await session.call("close", {});
    expect(readdirSync(spoolFolder())).toEqual([]);
  });

  test("paused, the list stays while packets are captured; what is unsaved counts them all", async () => {
    const session = make();
    expect((await refusal(session.call("pauseView", { on: true }))).code).toBe("BAD_REQUEST");
    await session.call("startCapture", { options: options() });
    // What came while a decoder was started would be listed: it is told to wait once it has opened the file.
    await statusWhen(session, ({ file }) => (file?.bytes ?? 0) > 0);
    await session.call("pauseView", { on: true });
    // After a slice that had begun before.
    await session.call("rows", { start: 0, count: 1 });
    await live.wire.send(40, 100);
    const told = await statusWhen(session, ({ live }) => live.packets === 40);
    expect(told).toMatchObject({ frames: 0, displayed: 0, unsaved: true, live: { paused: true } });
    expect((await refusal(session.call("close", {}))).message).toMatch(/^40 captured packets have not been/);
    await session.call("pauseView", { on: false });
    await expect.poll(async () => (await session.call("status", {})).frames, PATIENT).toBe(40);
    const { rates } = (await session.call("status", {})).live;
    expect(rates).toMatchObject([{ name: live.wire.device, packets: 40, dropped: 0 }]);
    await session.call("pauseView", { on: true });
    await live.wire.send(2, 100);
    await session.call("stopCapture", {});
    const last = await statusWhen(session, ({ file }) => file?.complete === true);
    expect(last).toMatchObject({ frames: 42, live: { paused: false } });
    await session.call("close", { discard: true });
  });

  test("a capture that was left behind is opened, is unsaved, and goes when it is discarded", async () => {
    const first = make();
    await first.call("startCapture", { options: options() });
    await live.wire.send(30, 100);
    await statusWhen(first, ({ frames }) => frames === 30);
    expect((await first.call("recoverable", {})).captures).toEqual([]);
    expect(await first.end(true)).toMatch(/tapline_tlfar_/);
    const second = make();
    const { captures, bytes } = await second.call("recoverable", {});
    expect(captures).toMatchObject([
      { interfaces: [live.wire.device], filter: "udp", packets: 30, torn: 0, saved: null, bytes },
    ]);
    const [left] = captures;
    if (left === undefined) throw new Error("nothing is offered");
    expect(Date.parse(left.lastTime ?? "") - Date.now()).toBeLessThan(1000);
    const opened = await second.call("recover", { action: "open", id: left.id });
    expect(opened?.frames).toBe(30);
    expect(await second.call("status", {})).toMatchObject({ unsaved: true, file: { temporary: true } });
    const third = make();
    expect((await third.call("recoverable", {})).captures).toEqual([]);
    expect((await refusal(third.call("recover", { action: "discard", id: left.id }))).code).toBe(
      "BAD_REQUEST",
    );
    expect((await refusal(second.call("close", {}))).code).toBe("UNSAVED");
    await second.call("close", { discard: true });
    expect(readdirSync(spoolFolder())).toEqual([]);
    expect((await refusal(third.call("recover", { action: "open", id: left.id }))).code).toBe("NOT_FOUND");
    for (const id of ["../settings.json", "/etc/passwd"])
      expect((await refusal(third.call("recover", { action: "discard", id }))).code).toBe("NOT_FOUND");
  });

  test("a helper that does not answer is ended, while capturing and while starting", async () => {
    const limits = { startTimeoutMs: 400, stopTimeoutMs: 300, killTimeoutMs: 500 };
    let pid = 0;
    const real = driver();
    let stopAtOnce = false;
    const session = new CaptureSession({
      driver: {
        ...real,
        start(start, callbacks) {
          const handle = real.start(start, callbacks);
          pid = handle.pid ?? 0;
          if (stopAtOnce) process.kill(pid, "SIGSTOP");
          return handle;
        },
      },
      spoolDir: spoolFolder(),
      keeper: bench.host.spools,
      ...limits,
    });
    const sources = [{ name: live.wire.device, filter: "udp" }];
    expect((await session.start({ sources })).state).toBe("capturing");
    await live.wire.send(20, 100);
    await until(() => session.snapshot().stats.filePackets === 20);
    process.kill(pid, "SIGSTOP");
    const before = performance.now();
    await session.stop();
    expect(performance.now() - before).toBeLessThan(2000);
    const { state, error, file } = session.snapshot();
    expect(state).toBe("idle");
    expect(error?.code).toMatch(/^helper-(killed|failed)$/);
    expect(readCapture(file ?? "")).toMatchObject({ torn: 0, packets: { length: 20 } });
    bench.host.spools.remove(file ?? "");
    stopAtOnce = true;
    expect((await session.start({ sources })).state).toBe("failed");
    stopAtOnce = false;
    expect((await session.start({ sources })).state).toBe("capturing");
    await session.stop();
    bench.host.spools.remove(session.snapshot().file ?? "");
    await expect.poll(helpers, PATIENT).toEqual([]);
    expect(readdirSync(spoolFolder())).toEqual([]);
    real.close();
  });

  test("random starts, stops, restarts, kills and unplugging: idle in the end, spools whole, no process left", async () => {
    let seed = 20_261_122;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return (seed >>> 8) % below;
    };
    const session = make();
    const answers: Promise<unknown>[] = [];
    const done = { start: 0, stop: 0, restart: 0, pause: 0, kill: 0, cut: 0 };
    /** Whatever is refused is refused in words. */
    const ask = (answer: Promise<unknown>): void => {
      answers.push(answer.catch((error: unknown) => expect(error).toHaveProperty("info.message")));
    };
    const sending = live.wire.send(4000, 300).catch(() => {});
    const now = Date.now();
    // On a slow machine until each was done once.
    const rarest = () => Math.min(...Object.values(done).slice(0, 5));
    while (Date.now() < now + 6_000 || (rarest() === 0 && Date.now() < now + 30_000)) {
      const action = random(12);
      if (action < 3) {
        done.start++;
        ask(session.call("startCapture", { options: options(), discard: true }));
      } else if (action < 5) {
        done.stop++;
        ask(session.call("stopCapture", {}));
      } else if (action < 7) {
        done.restart++;
        ask(session.call("restartCapture", { discard: true }));
      } else if (action < 9) {
        done.pause++;
        ask(session.call("pauseView", { on: action === 7 }));
      } else if (action < 11) {
        const [victim] = helpers();
        if (victim !== undefined) {
          done.kill++;
          process.kill(victim, "SIGKILL");
        }
      } else if (random(4) === 0) {
        done.cut++;
        live.wire.cut();
        await sleep(random(40));
        live.wire.connect();
      }
      await sleep(random(150));
      expect(helpers().length).toBeLessThanOrEqual(2);
    }
    await session.call("stopCapture", {});
    await Promise.all(answers);
    await sending;
    expect(rarest(), JSON.stringify(done)).toBeGreaterThan(0);
    expect((await session.call("status", {})).live.phase).toBe("idle");
    await expect.poll(helpers, PATIENT).toEqual([]);
    // One capture at most is open; it is whole.
    expect(spools().length).toBeLessThanOrEqual(1);
    for (const name of spools()) expect(readCapture(join(spoolFolder(), name)).torn).toBe(0);

    // And it still works.
    await session.call("startCapture", { options: options(), discard: true });
    await live.wire.send(25, 100);
    await expect.poll(async () => (await session.call("status", {})).frames, PATIENT).toBe(25);
    await session.call("stopCapture", {});
    await session.call("close", { discard: true });
    expect(existsSync(spoolFolder())).toBe(true);
    expect(readdirSync(spoolFolder())).toEqual([]);
  }, 60_000);
});
