/** The program as a capture tool, on real traffic between two namespaces. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noHelper, noLive, readCapture, temporaryFolder, until, Wire } from "../capture/support.ts";
import { noTshark, tapline, tshark } from "./support.ts";

const entry = fileURLToPath(new URL("../../../cli/tapline.ts", import.meta.url));
const reason = noHelper ?? noLive;

describe.skipIf(reason !== null)(`capturing${reason ? ` (skipped: ${reason})` : ""}`, () => {
  const folder = temporaryFolder();
  let wire: Wire;
  beforeAll(() => {
    wire = new Wire();
    wire.ip("-n", wire.far, "link", "set", "lo", "up");
  });
  afterAll(() => {
    wire.remove();
    folder.remove();
  });
  const files = (prefix: string) =>
    readdirSync(folder.path)
      .filter((name) => name.startsWith(`${prefix}_`))
      .sort()
      .map((name) => join(folder.path, name));

  /** Captures until the program ends by itself; `traffic` is sent once it says that it captures. */
  const run = async (args: readonly string[], traffic: (child: ReturnType<typeof spawn>) => unknown) => {
    const [command = "", ...via] = [...wire.via, process.execPath, "--import", "tsx", entry, ...args];
    // What a killed run leaves behind goes with the folder.
    const env = { ...process.env, TMPDIR: folder.path };
    const child = spawn(command, via, { stdio: ["ignore", "pipe", "pipe"], env });
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    let out = "";
    let err = "";
    let sent = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
      if (sent || !err.includes("File:")) return;
      sent = true;
      traffic(child);
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    clearTimeout(timer);
    return { status, out, err };
  };
  const onWire = ["-i", "tlfar"];

  it("writes a ring, tells the names of finished files, and ends with dumpcap's summary", async () => {
    const file = join(folder.path, "ring.pcapng");
    const names = join(folder.path, "names");
    const args = [
      "-w",
      file,
      "-b",
      "packets:10",
      "-b",
      "files:2",
      "-b",
      `printname:${names}`,
      "-a",
      "packets:45",
    ];
    const { status, out, err } = await run([...onWire, ...args], () => wire.send(60, 100));
    expect([status, out]).toEqual([0, ""]);
    const kept = files("ring");
    expect(kept.map((path) => readCapture(path).packets.length)).toEqual([10, 5]);
    expect(kept.map((path) => basename(path).slice(0, 11))).toEqual(["ring_00004_", "ring_00005_"]);
    const told = readFileSync(names, "utf8").trim().split("\n");
    expect(told).toHaveLength(5);
    expect(told.slice(-2)).toEqual(kept);
    const lines = err.trim().split("\n");
    expect(lines[0]).toBe("Capturing on 'tlfar'");
    expect(lines.slice(1, 6)).toEqual(told.map((path) => `File: ${path}`));
    expect(lines.slice(6)).toEqual([
      "Packets captured: 45",
      "Packets received/dropped on interface 'tlfar': 45/0 (pcap:0/ps_ifdrop:0) (100.0%)",
    ]);
    if (noTshark === null)
      for (const path of kept)
        expect(tshark("-r", path, "-Y", "udp").trim().split("\n").length).toBe(path === kept[0] ? 10 : 5);
  }, 90_000);

  it("compresses finished files, prints the packets of all, and sums up every interface", async () => {
    const file = join(folder.path, "packed.pcapng");
    const several = ["-b", "packets:4", "-b", "files:2", "--compress", "gzip", "-c", "10"];
    const print = ["-P", "-T", "fields", "-e", "udp.dstport", "-e", "frame.number"];
    const { status, out, err } = await run(
      [...onWire, "-f", "udp port 9999", "-i", "lo", "-w", file, ...several, ...print],
      () => wire.send(12, 100),
    );
    expect([status, err]).toEqual([0, expect.stringContaining("Capturing on 'tlfar' and 'lo'\n")]);
    const numbers = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2];
    expect(out).toBe(numbers.map((number) => `9999\t${number}\n`).join(""));
    expect(err).toMatch(/^Packets received\/dropped on interface 'tlfar': 10\/0 \(.*100\.0%\)$/m);
    expect(err).toMatch(/^Packets received\/dropped on interface 'lo': 0\/0 \(.*0\.0%\)$/m);
    const kept = files("packed");
    expect(kept.map((path) => path.replace(/.*_(\d{5})_\d+/, "$1"))).toEqual([
      "00002.pcapng.gz",
      "00003.pcapng.gz",
    ]);
    const bytes = kept.map((path) => gunzipSync(readFileSync(path)));
    expect(bytes.every((each) => each.readUInt32LE(0) === 0x0a0d0d0a)).toBe(true);
    const read = await tapline("-r", kept[0] ?? "", "-T", "fields", "-e", "udp.dstport");
    expect(read.out).toBe("9999\n".repeat(4));
  }, 90_000);

  it("writes what the display filter lets through, and prints it with -P", async () => {
    const file = join(folder.path, "some.pcapng");
    const print = ["-P", "-T", "fields", "-e", "udp.dstport"];
    const args = ["-w", file, "-Y", "udp.dstport == 7001", "-a", "duration:2.5", ...print];
    const [command = "", ...via] = [
      ...wire.via,
      process.execPath,
      "--import",
      "tsx",
      entry,
      ...onWire,
      ...args,
    ];
    const child = spawn(command, via, { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let sent = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.on("data", () => {
      if (sent) return;
      sent = true;
      setTimeout(() => wire.send(3, 60, 7000).then(() => wire.send(2, 60, 7001)), 600);
    });
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(out).toBe("7001\n7001\n");
    const { packets } = readCapture(file);
    expect(packets.map(({ bytes }) => bytes.readUInt16BE(36))).toEqual([7001, 7001]);
  }, 90_000);

  it("writes what a filter chooses as it comes, from several interfaces, until it is killed", async () => {
    const file = join(folder.path, "chosen.pcapng");
    const filter = ["-Y", "udp.dstport == 7002"];
    const written = () => (existsSync(file) ? readCapture(file).packets.length : 0);
    await run([...onWire, "-i", "lo", "-w", file, ...filter, "-q"], async (child) => {
      await wire.send(30, 60, 7001);
      await wire.send(20, 60, 7002);
      try {
        // The capture goes on.
        await until(() => written() === 20, 40_000);
      } finally {
        child.kill("SIGKILL");
      }
    });
    const { packets, interfaces, torn } = readCapture(file);
    expect([packets.length, interfaces.length, torn]).toEqual([20, 2, 0]);
    expect(packets.every(({ bytes }) => bytes.readUInt16BE(36) === 7002)).toBe(true);
  }, 90_000);

  it.skipIf(noTshark !== null)(
    "numbers the interfaces as dumpcap does, each time",
    async () => {
      const [command = "", ...via] = wire.via;
      const names = (program: readonly string[]): string[] => {
        const { stdout } = spawnSync(command, [...via, ...program, "-D"], { encoding: "utf8" });
        return stdout
          .trim()
          .split("\n")
          .map((line) => line.split(" ")[1] ?? "");
      };
      const theirs = names(["dumpcap"]);
      const ours = names([process.execPath, "--import", "tsx", entry]);
      expect(theirs).toContain("tlfar");
      // Programs that capture stand behind them.
      expect(ours.slice(0, theirs.length)).toEqual(theirs);
      const types = [process.execPath, "--import", "tsx", entry, "--list-time-stamp-types"];
      const number = String(theirs.indexOf("tlfar") + 1);
      const { stdout } = spawnSync(command, [...via, ...types, "-i", number], { encoding: "utf8" });
      expect(stdout).toMatch(/^Time stamp types of interface tlfar .*\n {2}host\n/);
    },
    90_000,
  );

  it("killed itself, leaves files that the helper ends in good order", async () => {
    const file = join(folder.path, "killed.pcapng");
    await run([...onWire, "-w", file, "-b", "packets:30"], async (child) => {
      await wire.send(100, 100);
      child.kill("SIGKILL");
    });
    await until(() => readCapture(files("killed").at(-1) ?? "").statistics.length === 1);
    const captures = files("killed").map(readCapture);
    expect(captures.map(({ packets }) => packets.length)).toEqual([30, 30, 30, 10]);
    expect(captures.every(({ torn, statistics }) => torn === 0 && statistics.length === 1)).toBe(true);
  }, 90_000);

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends in good order on %s",
    async (signal) => {
      const file = join(folder.path, `${signal}.pcapng`);
      const { status, err } = await run([...onWire, "-w", file], async (child) => {
        await wire.send(5, 100);
        child.kill(signal);
      });
      expect([status, err]).toEqual([0, expect.stringContaining("Packets captured: 5\n")]);
      const capture = readCapture(file);
      expect([capture.packets.length, capture.statistics.length, capture.torn]).toEqual([5, 1, 0]);
    },
    30_000,
  );
});

it("refuses several files named after something that is no file", async () => {
  const { status, err } = await tapline("-i", "lo", "-w", "/dev/null", "-b", "packets:1");
  expect([status, err]).toEqual([1, expect.stringContaining("no regular file")]);
});
