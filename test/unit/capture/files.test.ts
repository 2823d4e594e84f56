/** Several files and the ring of them, on real traffic; what a kill in the middle leaves; compression of files. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import {
  type CaptureFileEvent,
  CaptureSession,
  FileCompressor,
  helperPath,
  type SeveralFiles,
  type StopConditions,
  trimToWholeBlocks,
} from "../../../engine/capture/index.ts";
import { describeLive } from "./live.ts";
import { hasTool, noHelper, Recorder, readCapture, sleep, temporaryFolder, until } from "./support.ts";

const NAME = /^ring_(\d{5})_(\d{14})\.pcapng$/;
const HEADERS = 14 + 20 + 8;

class FileRecorder extends Recorder {
  readonly files: CaptureFileEvent[] = [];
  onFile = (file: CaptureFileEvent): void => {
    this.files.push(file);
  };
  paths(state: CaptureFileEvent["state"]): string[] {
    return this.files.filter((file) => file.state === state).map(({ path }) => path);
  }
}

describeLive("several files", (live) => {
  let serial = 0;

  const begin = async (several: SeveralFiles, stopAfter: StopConditions = {}) => {
    const directory = join(live.folder, String(serial++));
    mkdirSync(directory);
    const recorder = new FileRecorder();
    const handle = live.driver.start(
      { sources: [{ name: live.wire.device }], file: join(directory, "ring.pcapng"), several, stopAfter },
      recorder,
    );
    await Promise.race([recorder.started, recorder.ended]);
    return {
      directory,
      recorder,
      handle,
      paths: () =>
        readdirSync(directory)
          .sort()
          .map((name) => join(directory, name)),
    };
  };

  /** Every file is a whole pcapng of its own; the numbers of the datagrams in them, in the order of the files. */
  const numbersIn = (paths: readonly string[]): number[] =>
    paths.flatMap((path) => {
      const { packets, interfaces, statistics, torn } = readCapture(path);
      expect(torn).toBe(0);
      expect(interfaces).toHaveLength(1);
      expect(statistics).toHaveLength(1);
      // What the block counts is what is in this file.
      expect(statistics[0]?.get(8)?.readBigUInt64LE()).toBe(BigInt(packets.length));
      return packets.map(({ bytes }) => bytes.readUInt32BE(HEADERS));
    });
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
  const ascending = (numbers: number[]) => [...numbers].sort((a, b) => a - b);

  test("by packets: full files, each datagram in one of them, all told", async () => {
    const { recorder, handle, paths } = await begin({ packets: 100 });
    await live.wire.send(450, 200);
    await recorder.holds(50);
    handle.stop();
    expect(await recorder.ended).toMatchObject({ reason: "stopped", error: null, stats: { packets: 450 } });
    const found = paths();
    expect(found.map((path) => NAME.exec(basename(path))?.[1])).toEqual([
      "00001",
      "00002",
      "00003",
      "00004",
      "00005",
    ]);
    expect(found.map((path) => readCapture(path).packets.length)).toEqual([100, 100, 100, 100, 50]);
    expect(ascending(numbersIn(found))).toEqual(upTo(450));
    expect(recorder.paths("begun")).toEqual(found);
    expect(recorder.paths("closed")).toEqual(found);
    const closed = recorder.files.filter(({ state }) => state === "closed");
    expect(closed.map(({ packets }) => packets)).toEqual([100, 100, 100, 100, 50]);
    expect(closed.map(({ bytes }) => bytes)).toEqual(found.map((path) => statSync(path).size));
    expect(found.every((path) => (statSync(path).mode & 0o777) === 0o600)).toBe(true);
    if (hasTool("capinfos")) {
      const run = spawnSync("capinfos", ["-c", "-M", "-T", "-r", ...found], { encoding: "utf8" });
      expect([run.status, run.stderr]).toEqual([0, expect.not.stringContaining("capinfos:")]);
      const counts = run.stdout
        .trim()
        .split("\n")
        .map((line) => Number(line.split("\t")[1]));
      expect(counts).toEqual([100, 100, 100, 100, 50]);
    }
  }, 20_000);

  test("by size: no file is larger, the ring keeps so many, and what it removed is told", async () => {
    const { recorder, handle, paths } = await begin({ bytes: 20_000, keep: 3 });
    await live.wire.send(500, 400);
    await sleep(150);
    expect(paths().length).toBeLessThanOrEqual(3);
    handle.stop();
    const end = await recorder.ended;
    expect(end).toMatchObject({ reason: "stopped", stats: { packets: 500 } });
    const found = paths();
    expect(found).toHaveLength(3);
    for (const path of found) expect(statSync(path).size).toBeLessThanOrEqual(20_000);
    const begun = recorder.paths("begun");
    expect(begun.slice(-3)).toEqual(found);
    expect(recorder.paths("removed")).toEqual(begun.slice(0, -3));
    const last = recorder.files.filter(({ state, path }) => state === "closed" && found.includes(path));
    const kept = numbersIn(found);
    expect(last.reduce((sum, { packets }) => sum + packets, 0)).toBe(kept.length);
    const all = recorder.files.filter(({ state }) => state === "closed");
    expect(all.reduce((sum, { packets }) => sum + packets, 0)).toBe(500);
  }, 20_000);

  test("by duration and by the clock, with no packet at all too", async () => {
    const { recorder, paths } = await begin({ seconds: 0.2 }, { seconds: 0.9 });
    expect(await recorder.ended).toMatchObject({ reason: "duration", stats: { packets: 0 } });
    expect(paths()).toHaveLength(5);
    expect(numbersIn(paths())).toEqual([]);

    const clock = await begin({ intervalSeconds: 1 }, { files: 3 });
    expect(await clock.recorder.ended).toMatchObject({ reason: "files" });
    // The clock of file times may be a tick behind.
    const times = clock.paths().map((path) => (statSync(path).mtimeMs + 15) % 1000);
    expect(times).toHaveLength(3);
    for (const past of times) expect(past).toBeLessThan(315);
  }, 20_000);

  test("stops when so many files are full, and by packets in the middle of one", async () => {
    const files = await begin({ packets: 10 }, { files: 3 });
    await live.wire.send(40, 100);
    expect(await files.recorder.ended).toMatchObject({ reason: "files", stats: { packets: 30 } });
    expect(ascending(numbersIn(files.paths()))).toHaveLength(30);

    const packets = await begin({ packets: 10 }, { packets: 25 });
    await live.wire.send(40, 100);
    expect(await packets.recorder.ended).toMatchObject({ reason: "packets", stats: { packets: 25 } });
    expect(packets.paths().map((path) => readCapture(path).packets.length)).toEqual([10, 10, 5]);
  }, 20_000);

  test("killed in the middle, it leaves every packet of closed files, and whole blocks of the last", async () => {
    for (const wait of [10, 40, 90, 160]) {
      const { recorder, handle, paths } = await begin({ packets: 300 });
      const sending = live.wire.send(3000, 300);
      await until(() => recorder.paths("closed").length > 0);
      await sleep(wait);
      handle.kill();
      expect(await recorder.ended).toMatchObject({ reason: "killed" });
      await sending;
      const found = paths();
      const last = found.pop() ?? "";
      // A kill between closing a file and beginning the next leaves a complete one last.
      expect(trimToWholeBlocks(last).cut).toBeLessThan(400);
      expect(readCapture(last).torn).toBe(0);
      expect(numbersIn(found).length).toBe(300 * found.length);
      expect(recorder.paths("closed").every((path) => found.includes(path) || path === last)).toBe(true);
    }
  }, 40_000);

  test("a session follows the newest file and tells of each", async () => {
    const session = new CaptureSession({ driver: live.driver, spoolDir: join(live.folder, "spool") });
    const told: CaptureFileEvent[] = [];
    session.on((event) => event.type === "file" && told.push(event.file));
    const file = join(live.folder, "session.pcapng");
    await session.start({ sources: [{ name: live.wire.device }], file, several: { packets: 20 } });
    await live.wire.send(50, 100);
    await until(() => session.snapshot().stats.filePackets === 10);
    const snapshot = session.snapshot();
    expect(basename(snapshot.file ?? "")).toMatch(/^session_00003_\d{14}\.pcapng$/);
    await session.stop();
    expect(told.map(({ state }) => state)).toEqual(["begun", "closed", "begun", "closed", "begun", "closed"]);
    expect(told.at(-1)).toMatchObject({ path: snapshot.file, packets: 10 });
  }, 20_000);

  test("packets are told of soon, not only when the buffer is full", async () => {
    const { recorder, handle } = await begin({ packets: 1_000_000 });
    const lags: number[] = [];
    for (let n = 1; n <= 8; n++) {
      const seen = recorder.data.length;
      void live.wire.send(1, 100);
      await until(() => recorder.data.length > seen && recorder.data.at(-1)?.filePackets === n, 20_000);
      lags.push(Date.now());
      await sleep(20);
    }
    handle.stop();
    await recorder.ended;
    const times = readCapture(recorder.paths("closed")[0] ?? "").packets.map(({ time }) => time * 1000);
    // Within 80 ms where the machine is idle; on a busy one at least the quickest is.
    const delays = lags.map((at, n) => at - (times[n] ?? 0));
    expect(Math.min(...delays)).toBeLessThan(1000);
  }, 60_000);

  test("while it captures, the kernel refuses it new programs and sockets", async (context) => {
    context.skip(!["x64", "arm64"].includes(process.arch), "the seccomp filter is for x86-64 and arm64");
    const { recorder, handle } = await begin({ seconds: 60 });
    const inside = spawnSync("pgrep", ["-P", String(handle.pid)], { encoding: "utf8" }).stdout.trim();
    const status = readFileSync(`/proc/${inside || handle.pid}/status`, "utf8");
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    handle.stop();
    await recorder.ended;
  });
});

describe.skipIf(noHelper !== null)("combinations that cannot be", () => {
  test.each([
    [
      ["-b", "files:3"],
      "-b files needs when to begin the next file: filesize, duration, interval or packets",
    ],
    [
      ["-b", "packets:3", "-a", "filesize:3"],
      "-a filesize ends at the first file: -b filesize is for several",
    ],
    [["-a", "files:3"], "-a files needs several files: -b"],
    [["-b", "packets:0"], "Not a possible value of the option: -b"],
    [["-b", "files:100001"], "Not a possible value of the option: -b"],
    [["-b", "duration:"], "Not a possible value of the option: -b"],
    [["-b", "weight:3"], "Not a possible value of the option: -b"],
    [["-b", "packets"], "Not a possible value of the option: -b"],
  ])("%j", (args, message) => {
    const run = spawnSync(helperPath() ?? "", ["capture", "-i", "lo", "-w", "x", ...args], {
      encoding: "utf8",
    });
    expect(run.status).toBe(1);
    expect(JSON.parse(run.stdout.trim().split("\n")[1] ?? "")).toMatchObject({ code: "usage", message });
  });
});

describe("compressing finished files", () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  const make = (name: string) => {
    const path = join(folder.path, name);
    writeFileSync(path, Buffer.alloc(300_000, name));
    return path;
  };

  test("makes NAME.gz of NAME, in order, and tells it", async () => {
    const told: string[] = [];
    const problems: string[] = [];
    const compressor = new FileCompressor(
      ({ path }) => told.push(path),
      (message) => problems.push(message),
    );
    const paths = ["a", "b"].map(make);
    for (const path of paths) compressor.add(path);
    compressor.add(join(folder.path, "missing"));
    await compressor.settled();
    expect(told).toEqual(paths.map((path) => `${path}.gz`));
    for (const path of paths) {
      expect(existsSync(path)).toBe(false);
      expect(gunzipSync(readFileSync(`${path}.gz`))).toEqual(Buffer.alloc(300_000, basename(path)));
      expect(statSync(`${path}.gz`).mode & 0o777).toBe(0o600);
    }
    expect(problems).toEqual([expect.stringContaining("missing could not be compressed")]);
    compressor.remove(paths[0] ?? "");
    expect(existsSync(`${paths[0]}.gz`)).toBe(false);
    expect(readdirSync(folder.path)).toEqual(["b.gz"]);
  });

  test("leaves what is not compressed yet as it is when it is cancelled", async () => {
    const problems: string[] = [];
    const compressor = new FileCompressor(
      ({ path }) => problems.push(path),
      (message) => problems.push(message),
    );
    const paths = ["x", "y", "z"].map(make);
    for (const path of paths) compressor.add(path);
    expect(compressor.pending).toBe(3);
    compressor.cancel();
    await compressor.settled();
    expect(compressor.pending).toBe(0);
    for (const path of paths) expect(readFileSync(path)).toHaveLength(300_000);
    expect(readdirSync(folder.path).filter((name) => /^[xyz]\./.test(name))).toEqual([]);
    expect(problems).toEqual([]);
    // It takes files again.
    compressor.add(paths[0] ?? "");
    await compressor.settled();
    expect(problems).toEqual([`${paths[0]}.gz`]);
    for (const path of paths) compressor.remove(path);
  });

  test("has a limit to how long it may take at the end, and lets go of it when all is done", async () => {
    const limits = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const compressor = new FileCompressor(
      () => {},
      () => {},
    );
    const before = limits();
    await compressor.finish(3_600_000);
    expect(limits()).toBe(before);
    const path = make("last");
    compressor.add(path);
    await compressor.finish(3_600_000);
    expect(existsSync(`${path}.gz`)).toBe(true);
    compressor.remove(path);
  });

  test("leaves nothing of a file that the ring removed meanwhile", async () => {
    const problems: string[] = [];
    const compressor = new FileCompressor(
      () => problems.push("told"),
      (message) => problems.push(message),
    );
    const path = make("gone");
    compressor.add(path);
    compressor.remove(path);
    await compressor.settled();
    expect(problems).toEqual([]);
    expect(existsSync(`${path}.gz`)).toBe(false);
  });
});
