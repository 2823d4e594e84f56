import { beforeEach, expect, test } from "vitest";
import type { Health, LiveStatus } from "../../../engine/api.ts";
import { healthGroups, healthReport, snapshotTime } from "../../../renderer/lib/health.ts";
import { HEALTH_SAMPLES, takeHealth, useHealth } from "../../../renderer/state/health.ts";
import { RATE_SAMPLES, takeRates, useRates } from "../../../renderer/state/rates.ts";
import { EMPTY_STATUS } from "../../../renderer/state/session.ts";

const GOOD: Health = {
  time: "2026-03-01T12:00:00.000Z",
  process: { pid: 77, uptime: 3700, processors: 0.25, rss: 200_000_000 },
  threads: [
    {
      name: "main",
      load: 0.1,
      delay: { mean: 0.5, p99: 2, max: 8 },
      heap: { used: 40_000_000, total: 60_000_000, limit: 4_000_000_000 },
      pending: 0,
      oldest: 0,
      answered: true,
    },
    { name: "decoder", load: 0, delay: null, heap: null, pending: 0, oldest: 0, answered: true },
  ],
  queues: [
    { id: "decoder-requests", length: 0, limit: null, unit: "requests" },
    { id: "scanning-threads", length: 3, limit: 3, unit: "threads" },
    { id: "window-bytes", length: 10, limit: 64_000_000, unit: "bytes" },
  ],
  index: { frames: 1000, bytes: 59_000, answers: 0 },
  spool: { folder: "/spool", bytes: 0, free: 50e9, disk: 100e9 },
  capture: null,
  renewal: null,
  snapshot: null,
  snapshots: { large: 1e9, least: 4e6, most: 2e7 },
};

const CAPTURE: Health["capture"] = {
  driver: "helper",
  pid: 99,
  rss: 3_000_000,
  buffers: [{ interface: "eth0", kib: 16_384 }],
  written: 5000,
  indexed: 4000,
  received: 5010,
  droppedByKernel: 10,
  droppedByInterface: null,
  messages: 12,
  quiet: 5000,
};

const lineOf = (health: Health, id: string) =>
  healthGroups(health)
    .flatMap(({ lines }) => lines)
    .find((line) => line.id === id);
const warning = (health: Health): string[] =>
  healthGroups(health)
    .flatMap(({ lines }) => lines)
    .filter(({ warns }) => warns)
    .map(({ id }) => id);

test("every measurement has its line, and what is not known says so", () => {
  const ids = healthGroups(GOOD).flatMap(({ lines }) => lines.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(healthGroups(GOOD).map(({ title }) => title)).not.toContain("Capture");
  expect(lineOf(GOOD, "heap decoder")).toMatchObject({ value: "not known yet", series: null });
  expect(lineOf(GOOD, "delay main")).toMatchObject({
    value: "2.0 ms",
    detail: "mean 0.5 ms, longest 8.0 ms",
  });
  expect(lineOf(GOOD, "index")?.detail).toBe("1,000 frames, 59 bytes each");
  expect(warning(GOOD)).toEqual([]);
});

test("a list that begins anew has a line, and its decoder those of a thread", () => {
  const [, decoder] = GOOD.threads as [Health["threads"][0], Health["threads"][0]];
  const renewing: Health = {
    ...GOOD,
    threads: [...GOOD.threads, { ...decoder, name: "second decoder", load: 0.5 }],
    renewal: { read: 30_000_000, bytes: 120_000_000, frames: 1200 },
  };
  expect(lineOf(GOOD, "renewal")).toBeUndefined();
  expect(lineOf(renewing, "renewal")).toMatchObject({
    title: "New list",
    value: "25.0 % read",
    detail: "1,200 packets, 30 MB of 120 MB; shown when it has caught up",
    series: { value: 0.25, top: 1 },
  });
  expect(lineOf(renewing, "load second decoder")?.title).toBe("Second decoder thread");
  expect(lineOf({ ...renewing, renewal: { read: 9, bytes: 0, frames: 1 } }, "renewal")?.series?.value).toBe(
    0,
  );
  expect(lineOf({ ...renewing, renewal: { read: 9, bytes: 3, frames: 1 } }, "renewal")?.series?.value).toBe(
    1,
  );
});

test("a heap snapshot says how long it takes", () => {
  expect(snapshotTime(60e6, GOOD.snapshots)).toBe("3 to 15 seconds");
  expect(snapshotTime(1e6, GOOD.snapshots)).toBe("about a second");
});

test("two windows of one session have lines of their own", () => {
  const queue = GOOD.queues[2]!;
  const ids = healthGroups({ ...GOOD, queues: [queue, queue] })
    .find(({ title }) => title === "Queues")
    ?.lines.map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
});

test("what is worth a look is marked", () => {
  const [main, decoder] = GOOD.threads as [Health["threads"][0], Health["threads"][0]];
  const bad: Health = {
    ...GOOD,
    threads: [
      { ...main, delay: { mean: 20, p99: 300, max: 500 }, heap: { used: 90, total: 95, limit: 100 } },
      { ...decoder, load: 1, answered: false, pending: 3 },
    ],
    queues: [{ id: "window-bytes", length: 60_000_000, limit: 64_000_000, unit: "bytes" }],
    spool: { ...GOOD.spool, free: 1000 },
    capture: CAPTURE,
  };
  expect(warning(bad)).toEqual([
    "load decoder",
    "delay main",
    "heap main",
    "queue window-bytes",
    "dropped kernel",
    "quiet",
    "free",
  ]);
  expect(lineOf(bad, "load decoder")?.detail).toContain("3 requests waiting");
  expect(lineOf(bad, "lag")?.value).toBe("1,000 packets");
  expect(lineOf(bad, "dropped interface")?.value).toBe("not counted");
});

test("the report has the same lines as text", () => {
  const report = healthReport({ ...GOOD, capture: CAPTURE }, ["Tapline 1.0"]);
  expect(report).toMatch(/^Tapline 1\.0\n2026-03-01T12:00:00\.000Z, running for 1 h 1 min\n\nLoad\n/);
  expect(report).toMatch(/^! Kernel drops +10$/m);
  expect(report).toMatch(/^ {2}Index +59 kB \(1,000 frames, 59 bytes each\)$/m);
  for (const { lines } of healthGroups({ ...GOOD, capture: CAPTURE }))
    for (const { title, value } of lines)
      expect(report).toMatch(new RegExp(`${title} +${value.replace(".", "\\.")}`));
});

beforeEach(() => {
  useHealth.setState({ history: {}, at: 0, now: null });
  useRates.setState({ history: [], elapsed: 0 });
});

test("values are kept for three minutes, of lines that are there, without gaps", () => {
  for (let i = 0; i < HEALTH_SAMPLES + 5; i++) takeHealth(GOOD, 1000 * i);
  expect(useHealth.getState().history["load main"]).toHaveLength(HEALTH_SAMPLES);
  const then = 1000 * (HEALTH_SAMPLES + 5);
  takeHealth({ ...GOOD, index: null }, then);
  expect(useHealth.getState().history.index).toBeUndefined();
  takeHealth(GOOD, then + 60_000);
  expect(useHealth.getState().history["load main"]).toHaveLength(1);
});

test("a rate is taken once for each count, and anew with another capture", () => {
  const live = (elapsed: number, ...rates: number[]): LiveStatus => ({
    ...EMPTY_STATUS.live,
    elapsed,
    rates: rates.map((packetsPerSecond, i) => ({
      name: `eth${i}`,
      packets: 0,
      packetsPerSecond,
      bytesPerSecond: 0,
      dropped: null,
    })),
  });
  takeRates(live(500, 1, 10));
  takeRates(live(500, 1, 10));
  takeRates(live(1000, 2, 20));
  expect(useRates.getState().history).toEqual([
    [1, 2],
    [10, 20],
  ]);
  for (let i = 0; i < RATE_SAMPLES; i++) takeRates(live(1500 + i, 3, 30));
  expect(useRates.getState().history.map(({ length }) => length)).toEqual([RATE_SAMPLES, RATE_SAMPLES]);
  takeRates(live(400, 7));
  expect(useRates.getState().history).toEqual([[7]]);
});
