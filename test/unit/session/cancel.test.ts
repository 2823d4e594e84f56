import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Progress } from "../../../engine/api.ts";
import { ApiError } from "../../../engine/api.ts";
import type { Session } from "../../../engine/session/session.ts";
import { writeMany } from "../../tools/packets.ts";
import { type Bench, makeBench, statusWhen } from "./support.ts";

/** Generous, for machines that have other work to do: what was measured is printed at the end. */
const LIMIT = 5000;
const FRAMES = 500_000;
const PATIENT = { timeout: 30_000 };
/** A filter that no index answers: what it asks depends on which frames before were displayed. */
const SLOW = "frame.time_delta_displayed > 5";

let bench: Bench;
const measured: string[] = [];
beforeAll(() => {
  bench = makeBench();
  writeMany(bench.path("long.pcap"), FRAMES, { format: "pcap" });
  // All of one conversation.
  writeMany(bench.path("one.pcap"), FRAMES, { format: "pcap", ports: 1 });
}, 60_000);
afterAll(async () => {
  console.log(`milliseconds from cancel to answer, and for rows meanwhile: ${measured.join("; ")}`);
  await bench.end();
});

async function opened(name: string): Promise<Session> {
  const session = bench.session();
  await session.call("open", { path: bench.path(name) });
  return session;
}

/** Cancels work once it tells of its progress; answers what it answered. */
async function cancelled<T>(
  session: Session,
  what: Progress["what"],
  work: Promise<T>,
): Promise<T | ApiError> {
  let ended = false;
  const answer = work
    .catch((error: unknown) => {
      if (error instanceof ApiError) return error;
      throw error;
    })
    .finally(() => {
      ended = true;
    });
  await statusWhen(session, ({ progress }) => progress.some((each) => each.what === what));
  const asked = performance.now();
  await session.call("rows", { start: 0, count: 60 });
  const rows = performance.now() - asked;
  expect(ended, "the work ended before it could be cancelled").toBe(false);
  const started = performance.now();
  await session.call("cancel", { what });
  const result = await answer;
  const time = performance.now() - started;
  measured.push(`${what} ${time.toFixed(0)}, ${rows.toFixed(0)}`);
  expect(time).toBeLessThan(LIMIT);
  expect(rows).toBeLessThan(LIMIT);
  await expect.poll(async () => (await session.call("status", {})).progress, PATIENT).toEqual([]);
  return result;
}

describe("cancel is answered at once by", () => {
  it("opening, while a slow filter is on, too", async () => {
    const session = bench.session();
    const opening = session.call("open", { path: bench.path("long.pcap") });
    const result = await cancelled(session, "open", opening);
    expect(result).toMatchObject({ cancelled: true });

    const again = bench.session();
    const open = again.call("open", { path: bench.path("long.pcap") });
    await statusWhen(again, ({ frames }) => frames > 0);
    const filtering = again.call("filter", { expression: SLOW });
    await statusWhen(again, ({ frames }) => frames > 100_000);
    const started = performance.now();
    await again.call("cancel", { what: "open" });
    expect((await open).cancelled).toBe(true);
    const time = performance.now() - started;
    measured.push(`open while filtering ${time.toFixed(0)}`);
    expect(time).toBeLessThan(LIMIT);
    // The filter goes on with what there is.
    expect((await filtering).cancelled).toBe(false);
    await expect.poll(async () => (await again.call("status", {})).progress, PATIENT).toEqual([]);
    expect((await again.call("status", {})).filter).toBe(SLOW);
  });

  it("opening a compressed file; what was unpacked stays usable, and unpacking ends", async () => {
    writeFileSync(bench.path("long.pcap.gz"), gzipSync(readFileSync(bench.path("long.pcap")), { level: 1 }));
    const session = bench.session();
    const opening = session.call("open", { path: bench.path("long.pcap.gz") });
    await statusWhen(session, ({ frames }) => frames > 0);
    const result = await cancelled(session, "open", opening);
    expect(result).toMatchObject({ cancelled: true });
    const { frames } = await session.call("status", {});
    expect(frames).toBeLessThan(FRAMES);
    expect((await session.call("frame", { number: frames })).tree.length).toBeGreaterThan(3);
    expect((await session.call("filter", { expression: "udp" })).count).toBe(frames);
  });

  it("filtering", async () => {
    const session = await opened("long.pcap");
    const work = session.call("filter", { expression: SLOW });
    expect(await cancelled(session, "filter", work)).toMatchObject({ cancelled: true });
    expect(await session.call("status", {})).toMatchObject({ filter: "", displayed: FRAMES });
  });

  it.each(["info", "protocol", "field:ip.ttl"] as const)("sorting by %s", async (column) => {
    const session = await opened("long.pcap");
    await cancelled(session, "sort", session.call("sort", { column }));
    expect((await session.call("status", {})).sort).toBeNull();
  });

  it.each(["list", "tree", "bytes"] as const)("searching the %s", async (where) => {
    const session = await opened("long.pcap");
    const work = session.call("find", { kind: "string", text: "nowhere", where, from: -1 });
    expect(await cancelled(session, "find", work)).toBeNull();
  });

  it("counting expert infos", async () => {
    const session = await opened("long.pcap");
    expect(await cancelled(session, "experts", session.call("experts", {}))).toBeNull();
  });

  it("searching the trees of one long conversation", async () => {
    const session = await opened("one.pcap");
    const work = session.call("find", { kind: "string", text: "nowhere", where: "tree", from: -1 });
    expect(await cancelled(session, "find", work)).toBeNull();
  });

  it.each([
    ["converted", { format: "pcapng" }],
    ["compressed", { format: "pcap", compress: "gzip" }],
    ["a range", { format: "pcapng", which: { range: "5-" } }],
    ["the displayed", { format: "pcapng", which: "displayed" }],
  ] as const)("saving, %s; nothing is left behind", async (_, how) => {
    const session = await opened("long.pcap");
    await session.call("filter", { expression: "frame.number > 4" });
    const path = bench.path("out");
    const before = readdirSync(bench.folder);
    const result = await cancelled(session, "save", session.call("save", { path, ...how }));
    expect(result).toMatchObject({ info: { code: "CANCELLED" } });
    expect(readdirSync(bench.folder)).toEqual(before);
  });
});

describe("work that is not cancelled does not hold up other requests", () => {
  it.each([
    ["the first tree of a long conversation", (s: Session) => s.call("frame", { number: FRAMES - 1 })],
    ["a timeline", (s: Session) => s.call("timeline", { buckets: 2000 })],
    ["an overview", (s: Session) => s.call("overview", { buckets: 4000 })],
    ["the properties", (s: Session) => s.call("captureInfo", {})],
    ["a step along the conversation", (s: Session) => s.call("neighbour", { number: 10, direction: "next" })],
    ["a step back", (s: Session) => s.call("neighbour", { number: FRAMES, direction: "previous" })],
    ["many rows", (s: Session) => s.call("rows", { start: 1000, count: 1000 })],
  ])("%s", async (name, ask) => {
    const session = await opened("one.pcap");
    // Few frames are displayed, so that a step along the conversation is a long one.
    if (name.startsWith("a step"))
      await session.call("filter", { expression: `frame.number in {10, ${FRAMES}}` });
    let ended = false;
    const work = ask(session).finally(() => {
      ended = true;
    });
    const times: number[] = [];
    while (!ended) {
      const started = performance.now();
      await session.call("locate", { number: 77 });
      times.push(performance.now() - started);
    }
    await work;
    measured.push(`${name} ${Math.max(...times).toFixed(0)}`);
    expect(Math.max(...times)).toBeLessThan(LIMIT);
  });
});

describe("a list that becomes another one", () => {
  it("ends the sort and the search of the old one", async () => {
    const session = await opened("long.pcap");
    const sorting = session.call("sort", { column: "info" });
    const finding = session.call("find", { kind: "string", text: "nowhere", where: "tree", from: -1 });
    await statusWhen(session, ({ progress }) => progress.some(({ what }) => what === "sort"));
    await session.call("filter", { expression: "ip.ttl == 7" });
    await Promise.all([sorting, finding]);
    expect(await session.call("status", {})).toMatchObject({ sort: null, displayed: FRAMES / 200 });
    expect((await session.call("rows", { start: 0, count: 2 })).rows.map(({ number }) => number)).toEqual([
      6, 206,
    ]);
  });

  it("goes on with the filter before when a newer one is cancelled", async () => {
    const session = await opened("long.pcap");
    const first = session.call("filter", { expression: "@ip.ttl == 07" });
    await statusWhen(session, ({ progress }) => progress.some(({ what }) => what === "filter"));
    const second = session.call("filter", { expression: "@ip.ttl == 08" });
    await session.call("cancel", { what: "filter" });
    expect((await first).cancelled).toBe(true);
    expect((await second).cancelled).toBe(true);
    await expect.poll(async () => (await session.call("status", {})).progress, PATIENT).toEqual([]);
    const { filter, displayed } = await session.call("status", {});
    expect(filter).toBe("@ip.ttl == 07");
    await session.call("filter", { expression: "" });
    expect((await session.call("filter", { expression: filter })).count).toBe(displayed);
    expect(displayed).toBeGreaterThan(0);
  });
});
