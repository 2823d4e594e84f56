/** Reading what the rules judge from a recorded file system, and watching a capture. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { examine, gather, LiveWatch } from "../../../../engine/capture/doctor/index.ts";
import { isDeviceName } from "../../../../engine/capture/doctor/watch.ts";
import { NO_STATS } from "../../../../engine/capture/index.ts";
import { temporaryFolder } from "../support.ts";
import { device } from "./support.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder.path, path)), { recursive: true });
  writeFileSync(join(folder.path, path), text);
};

write(
  "/proc/net/route",
  "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n",
);
write("/sys/class/net/eth0/mtu", "9000\n");
write("/sys/class/net/eth0/statistics/rx_missed_errors", "3\n");
write("/sys/class/net/eth0/queues/rx-0/rps_cpus", "0\n");
write("/sys/class/net/br0/lower_eth0/x", "");
write("/etc/passwd", "secret\n");

const request = {
  list: {
    interfaces: [device("eth0"), device("br0", { kind: "bridge" as const }), device("../../../../etc")],
    driver: "helper" as const,
    caveats: [],
    problem: null,
  },
  interfaces: [],
  host: "",
  options: { bufferMiB: 16, snapLen: 128 },
  folder: { path: folder.path, chosen: false },
  live: null,
  root: folder.path,
  platform: "linux" as const,
};

test("without interfaces the one of the default route is looked at", async () => {
  const inputs = await gather(request);
  expect(inputs.chosen).toEqual(["eth0"]);
  expect(inputs.files.get("/sys/class/net/eth0/mtu")).toBe("9000\n");
  expect(inputs.folders.get("/sys/class/net/br0")).toEqual(["lower_eth0"]);
  expect(inputs.spool?.free).toBeGreaterThan(0);
  const ids = examine(inputs, new Date()).findings.map(({ id }) => id);
  expect(ids).toContain("drops.rx_missed_errors");
  expect(ids).toContain("snapshot.short");
  expect(ids).toContain("duplicates.bridge-port");
});

test("names are never paths", async () => {
  const inputs = await gather({ ...request, interfaces: ["../../../../etc", "eth0", "eth0", "nosuch"] });
  expect(inputs.chosen).toEqual(["../../../../etc", "eth0"]);
  expect(inputs.absent).toEqual(["nosuch"]);
  expect([...inputs.files.keys()].filter((path) => path.includes(".."))).toEqual([]);
  for (const name of [".", "..", "a/b", "", "x".repeat(16), "a b"]) expect(isDeviceName(name)).toBe(false);
});

test("a host is an address, or a name, or nothing of both", async () => {
  const of = async (host: string) => {
    const { addresses, hostProblem } = await gather({ ...request, host });
    return addresses[0] ?? hostProblem;
  };
  expect(await of(" 8.8.8.8 ")).toBe("8.8.8.8");
  expect(await of("[2001:db8::1]")).toBe("2001:db8::1");
  expect(await of("fe80::1%eth0")).toBe("fe80::1");
  expect(await of("--help; rm")).toMatch(/neither an IP address nor a host name/);
  expect(await of("localhost")).toMatch(/^(127\.0\.0\.1|::1)$/);
});

test("a watch keeps the highest rate, jumps of the clock, and what waits to be written", () => {
  let steady = 0;
  let wall = 1_000_000;
  const pass = (ms: number, jump = 0) => {
    steady += ms;
    wall += ms + jump;
  };
  const watch = new LiveWatch([], "/", () => ({ wall, steady }));
  const report = (elapsedMs: number, packets: number, filePackets: number, kernelDropped: number) =>
    watch.report({
      ...NO_STATS,
      elapsedMs,
      packets,
      filePackets,
      bytes: packets * 100,
      kernelDropped,
    });
  pass(500);
  report(500, 1000, 1000, 0);
  pass(500, 4000);
  report(1000, 5000, 3000, 1000);
  pass(500, -40);
  report(1500, 5100, 5100, 1000);
  const readings = watch.readings(null);
  expect(readings.running).toBe(true);
  expect(readings.peak).toEqual({ packetsPerSecond: 10_000, bytesPerSecond: 1_000_000 });
  expect(readings.clockJumps).toEqual([{ at: 1000, by: 4000 }]);
  expect(readings.behind).toEqual({ now: 0, most: 200_000 });
  watch.ended({ ...NO_STATS, packets: 5100 });
  expect(watch.readings(null).running).toBe(false);
});
