/** What can be asked of an interface, each on real traffic. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CaptureError, CaptureSource, CaptureStarted } from "../../../engine/capture/index.ts";
import { describeLive } from "./live.ts";
import { type ReadCapture, Recorder, readCapture, sleep } from "./support.ts";

type Captured = Partial<ReadCapture> & { started?: CaptureStarted; error?: CaptureError | null };

describeLive("options", (live) => {
  let serial = 0;

  /** Captures while five datagrams come in; what was captured, and how it ended. */
  const capture = async (options: Partial<CaptureSource>): Promise<Captured> => {
    const file = join(live.folder, `${serial++}.pcapng`);
    const recorder = new Recorder();
    const handle = live.driver.start({ sources: [{ name: live.wire.device, ...options }], file }, recorder);
    const outcome = await Promise.race([recorder.started, recorder.ended]);
    if (!("interfaces" in outcome)) return { error: outcome.error };
    await live.wire.send(5, 100);
    await sleep(150);
    handle.stop();
    await recorder.ended;
    return { ...readCapture(file), started: outcome };
  };

  test("direction: what comes in, what goes out, both", async () => {
    expect((await capture({ direction: "in" })).packets).toHaveLength(5);
    expect((await capture({ direction: "out" })).packets).toHaveLength(0);
    expect((await capture({ direction: "inout" })).packets).toHaveLength(5);
  }, 30_000);

  test("link type: another that the interface has, and one it has not", async () => {
    const docsis = await capture({ linkType: "DOCSIS" });
    expect(docsis.interfaces?.map(({ linkType }) => linkType)).toEqual([143]);
    expect(docsis.packets).toHaveLength(5);
    expect((await capture({ linkType: "IEEE802_11" })).error).toMatchObject({ code: "link-type" });
    expect((await capture({ linkType: "NOTHING" })).error).toMatchObject({ code: "link-type" });
  }, 30_000);

  test("time stamps: the host's clock, in nanoseconds; no clock that the interface has not", async () => {
    const before = Date.now() / 1000;
    const host = await capture({ timestampType: "host" });
    expect(host.packets).toHaveLength(5);
    expect(host.interfaces?.[0]?.options.get(9)).toEqual(Buffer.from([9]));
    for (const { time } of host.packets ?? []) {
      expect(time).toBeGreaterThan(before - 0.01);
      expect(time).toBeLessThan(Date.now() / 1000);
    }
    expect((await capture({ timestampType: "sundial" })).error).toMatchObject({ code: "timestamp-type" });
  }, 30_000);

  test("time stamps count nanoseconds or microseconds, as asked", async () => {
    for (const [precision, digits, unit] of [
      ["ns", 9, "ns"],
      ["us", 6, "us"],
    ] as const) {
      const { packets, interfaces, started } = await capture({ precision });
      expect(packets).toHaveLength(5);
      expect(interfaces?.[0]?.options.get(9)).toEqual(Buffer.from([digits]));
      expect(started?.interfaces[0]?.precision).toBe(unit);
      for (const { time } of packets ?? []) expect(Math.abs(time - Date.now() / 1000)).toBeLessThan(60);
    }
    expect((await capture({ precision: "ps" as "us" })).error).toMatchObject({ code: "usage" });
  }, 30_000);

  test("read timeout: packets wait so long in the kernel, unless each is to be handed over as it comes", async () => {
    /** Milliseconds from the time stamps of packets, sent one after the other, to when they were told of. */
    const delays = async (options: Partial<CaptureSource>): Promise<number[]> => {
      const file = join(live.folder, `${serial++}.pcapng`);
      const recorder = new Recorder();
      const handle = live.driver.start({ sources: [{ name: live.wire.device, ...options }], file }, recorder);
      await recorder.started;
      const seen: number[] = [];
      for (let n = 1; n <= 3; n++) {
        await live.wire.send(1, 100);
        await recorder.holds(n);
        seen.push(Date.now());
      }
      handle.stop();
      await recorder.ended;
      const { packets } = readCapture(file);
      return seen.map((time, n) => time - (packets[n]?.time ?? 0) * 1000);
    };
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const waits = await delays({ readTimeoutMs: 2000 });
    const immediate = await delays({ readTimeoutMs: 2000, immediate: true });
    expect(sum(waits)).toBeGreaterThan(500);
    expect(sum(immediate)).toBeLessThan(sum(waits));
    for (const readTimeoutMs of [0, 2001, 1.5])
      expect((await capture({ readTimeoutMs })).error).toMatchObject({ code: "usage" });
  }, 90_000);

  test("monitor mode is refused where there is none, promiscuous mode is told as asked", async () => {
    const { error } = await capture({ monitor: true });
    expect(error).toMatchObject({ code: "monitor-unsupported", interface: live.wire.device });
    expect(error?.message).toMatch(/monitor mode/i);
    const { started: capturing } = await capture({ monitor: false });
    expect(capturing?.interfaces[0]).toMatchObject({ monitor: false });
    const { started } = await capture({ promiscuous: false, bufferKiB: 2048, snapLen: 60 });
    expect(started?.interfaces[0]).toMatchObject({ promiscuous: false, bufferKiB: 2048, snapLen: 60 });
  }, 30_000);
});
