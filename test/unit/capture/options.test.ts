/** What can be asked of an interface, each on real traffic. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CaptureError,
  type CaptureSource,
  type CaptureStarted,
  createHelperDriver,
} from "../../../engine/capture/index.ts";
import {
  noHelper,
  noLive,
  type ReadCapture,
  Recorder,
  readCapture,
  sleep,
  temporaryFolder,
  Wire,
} from "./support.ts";

type Captured = Partial<ReadCapture> & { started?: CaptureStarted; error?: CaptureError | null };

const reason = noHelper ?? noLive;

describe.skipIf(reason !== null)(`options${reason ? ` (skipped: ${reason})` : ""}`, () => {
  const folder = temporaryFolder();
  let wire: Wire;
  let driver: ReturnType<typeof createHelperDriver>;
  let serial = 0;
  beforeAll(() => {
    wire = new Wire();
    driver = createHelperDriver({ via: wire.via });
  });
  afterAll(() => {
    driver.close();
    wire.remove();
    folder.remove();
  });

  /** Captures while five datagrams come in; what was captured, and how it ended. */
  const capture = async (options: Partial<CaptureSource>): Promise<Captured> => {
    const file = join(folder.path, `${serial++}.pcapng`);
    const recorder = new Recorder();
    const handle = driver.start({ sources: [{ name: wire.device, ...options }], file }, recorder);
    const outcome = await Promise.race([recorder.started, recorder.ended]);
    if (!("interfaces" in outcome)) return { error: outcome.error };
    await wire.send(5, 100);
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

  test("monitor mode is refused where there is none, promiscuous mode is told as asked", async () => {
    expect((await capture({ monitor: true })).error).toMatchObject({ code: "monitor-unsupported" });
    const { started } = await capture({ promiscuous: false, bufferKiB: 2048, snapLen: 60 });
    expect(started?.interfaces[0]).toMatchObject({ promiscuous: false, bufferKiB: 2048, snapLen: 60 });
  }, 30_000);
});
