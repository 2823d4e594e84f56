/** Full disks, slow and failing ones, and where a capture begins, with the real helper on real traffic. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CaptureFileEvent,
  type CaptureSource,
  createHelperDriver,
  type SeveralFiles,
} from "../../../engine/capture/index.ts";
import { describeLive } from "./live.ts";
import { Recorder, readCapture, until } from "./support.ts";

const HEADERS = 14 + 20 + 8;
const GENEROUS = 30_000;

class FileRecorder extends Recorder {
  readonly files: CaptureFileEvent[] = [];
  onFile = (file: CaptureFileEvent): void => {
    this.files.push(file);
  };
}

const numbersIn = (path: string): number[] => {
  const { packets, torn } = readCapture(path);
  expect(torn).toBe(0);
  return packets.map(({ bytes }) => bytes.readUInt32BE(HEADERS));
};

describeLive("the disk", (live) => {
  const library = join(live.folder, "interpose.so");
  const mounts: string[] = [];
  beforeAll(() => {
    const source = join(import.meta.dirname, "interpose.c");
    execFileSync("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"]);
  });
  afterAll(() => {
    for (const path of mounts) spawnSync("umount", ["-l", path]);
  });

  /** A folder with so little room; null where none can be made. */
  const small = (options: string): string | null => {
    const path = join(live.folder, `small-${mounts.length}`);
    mkdirSync(path);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", `mode=700,${options}`, "tmpfs", path]).status !== 0)
      return null;
    mounts.push(path);
    return path;
  };

  /** Starts a capture through the library above, told by `environment` what to do. */
  const begin = async (
    file: string,
    environment: readonly string[] = [],
    several?: SeveralFiles,
    more: Partial<CaptureSource> = {},
  ) => {
    const preload = environment.length > 0 ? ["env", `LD_PRELOAD=${library}`, ...environment] : [];
    const driver = createHelperDriver({ via: [...live.wire.via, ...preload] });
    const recorder = new FileRecorder();
    const source = { name: live.wire.device, filter: "udp", ...more };
    const handle = driver.start({ sources: [source], file, several }, recorder);
    await Promise.race([recorder.started, recorder.ended]);
    return { recorder, handle };
  };

  describe("full", () => {
    const written = async (directory: string, several: SeveralFiles) => {
      const { recorder } = await begin(join(directory, "ring.pcapng"), [], several);
      await live.wire.send(400, 700);
      const end = await recorder.ended;
      const paths = readdirSync(directory)
        .sort()
        .map((name) => join(directory, name));
      const closed = recorder.files.filter(({ state }) => state === "closed");
      return { recorder, end, paths, closed };
    };

    test.for([
      ["in the middle of a file", "size=100k", { bytes: 60_000 }],
      ["in the middle of a ring", "size=160k", { bytes: 50_000, keep: 50 }],
      ["while files are switched", "size=64k", { packets: 2 }],
      ["while files are switched, another", "size=72k", { packets: 3 }],
      ["with no room for another file's name", "size=10m,nr_inodes=5", { packets: 20 }],
    ] as const)("%s: what was told is there", { timeout: 60_000 }, async ([, options, several], context) => {
      const directory = small(options);
      context.skip(directory === null, "a tmpfs cannot be mounted");
      const { end, paths, closed } = await written(directory!, several);
      expect(end).toMatchObject({ reason: "error", started: true, error: { code: "disk-full" } });
      expect(end.error?.message).toContain(directory);
      expect(end.error?.message).toContain("No space left");
      // Each file there is whole and was told of; none is empty; no packet is missing in or between them.
      expect(closed.map(({ path }) => path)).toEqual(paths);
      expect(closed.map(({ bytes }) => bytes)).toEqual(paths.map((path) => statSync(path).size));
      const numbers = paths.map(numbersIn);
      expect(closed.map(({ packets }) => packets)).toEqual(numbers.map(({ length }) => length));
      const all = numbers.flat();
      expect(all).toEqual(all.map((_, n) => n));
      expect(all.length).toBeGreaterThan(0);
      const lost = Number(/\((\d+) packets could not be written\)/.exec(end.error?.message ?? "")?.[1] ?? 0);
      expect(all.length + lost).toBe(end.stats.packets);
    });

    test("a ring that removes its oldest file in time is not full", { timeout: 60_000 }, async (context) => {
      const directory = small("size=200k");
      context.skip(directory === null, "a tmpfs cannot be mounted");
      const { recorder, handle } = await begin(join(directory!, "ring.pcapng"), [], {
        bytes: 40_000,
        keep: 3,
      });
      await live.wire.send(1000, 700);
      const all = until(() => (recorder.stats.at(-1)?.packets ?? 0) >= 1000, GENEROUS);
      await Promise.race([all, recorder.ended]);
      handle.stop();
      expect(await recorder.ended).toMatchObject({ reason: "stopped", error: null });
      expect(readdirSync(directory!)).toHaveLength(3);
    });
  });

  test("what is written goes to the disk again and again, and once more at the end", async () => {
    const log = join(live.folder, "sync.log");
    const times = () => (existsSync(log) ? readFileSync(log).length : 0);
    const { recorder, handle } = await begin(join(live.folder, "synced.pcapng"), [`SYNC_LOG=${log}`]);
    for (let round = 1; round <= 2; round++) {
      const before = times();
      await live.wire.send(5, 100);
      await recorder.holds(5 * round);
      await until(() => times() > before, GENEROUS);
    }
    const before = times();
    handle.stop();
    await recorder.ended;
    expect(times()).toBeGreaterThan(before);
  }, 60_000);

  test("a disk that takes minutes does not hold up the capture, or its end", async () => {
    const { recorder, handle } = await begin(join(live.folder, "slow.pcapng"), ["SYNC_DELAY=600000"]);
    for (let round = 1; round <= 3; round++) {
      await live.wire.send(50, 100);
      await until(() => recorder.data.at(-1)?.filePackets === 50 * round, GENEROUS);
    }
    handle.stop();
    expect(await recorder.ended).toMatchObject({ reason: "stopped", error: null, stats: { packets: 150 } });
  }, 120_000);

  test("a disk that fails ends the capture with the reason, and what it took is kept", async () => {
    const file = join(live.folder, "failing.pcapng");
    const { recorder } = await begin(file, ["SYNC_ERRNO=5"]);
    await live.wire.send(20, 100);
    const end = await recorder.ended;
    expect(end).toMatchObject({ reason: "error", error: { code: "output" } });
    expect(end.error?.message).toBe(`${file}: Input/output error`);
    expect(numbersIn(file)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  }, 60_000);

  test("with a filter a capture begins behind it: no packet is missing between the first ones", async () => {
    const script = `
      const s = require("dgram").createSocket("udp4");
      let i = 0;
      s.bind(4444, "10.77.0.1", () => setInterval(() => {
        const b = Buffer.alloc(100);
        b.writeUInt32BE(i++, 0);
        s.send(b, 9999, "10.77.0.2");
        if (i === 10) process.stdout.write("sending");
      }, 5));`;
    const sender = spawn("ip", ["netns", "exec", live.wire.near, process.execPath, "-e", script]);
    try {
      await once(sender.stdout, "data");
      const file = join(live.folder, "filtered.pcapng");
      // Traffic before, between the steps and behind the filter.
      const { recorder, handle } = await begin(file, ["FILTER_DELAY=100"]);
      await recorder.holds(30);
      handle.stop();
      await recorder.ended;
      const numbers = numbersIn(file);
      expect(numbers.length).toBeGreaterThanOrEqual(30);
      expect(numbers).toEqual(numbers.map((_, n) => (numbers[0] ?? 0) + n));
    } finally {
      sender.kill("SIGKILL");
    }
  }, 60_000);

  test("what the kernel holds of an interface that goes is captured", async () => {
    const file = join(live.folder, "gone.pcapng");
    // The kernel would hand them over only long after the interface is gone.
    const { recorder } = await begin(file, [], undefined, { readTimeoutMs: 2000 });
    await live.wire.send(50, 100);
    live.wire.cut();
    try {
      expect(await recorder.ended).toMatchObject({ reason: "error", error: { code: "interface-gone" } });
      expect(numbersIn(file)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    } finally {
      live.wire.connect();
    }
  }, 60_000);
});
