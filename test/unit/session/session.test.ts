import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Notice, Status } from "../../../engine/api.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import type { Session } from "../../../engine/session/session.ts";
import { writeFew, writeMany } from "../../tools/packets.ts";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

let bench: Bench;
beforeAll(() => {
  bench = makeBench();
  writeFew(bench.path("few.pcapng"));
  writeMany(bench.path("many.pcap"), 30_000, { format: "pcap" });
});
afterAll(() => bench.end());

async function opened(name: string): Promise<Session> {
  const session = bench.session();
  await session.call("open", { path: bench.path(name) });
  return session;
}

const numbers = async (session: Session): Promise<number[]> =>
  (await session.call("rows", { start: 0, count: 100, columns: ["number"] })).rows.map(
    ({ number }) => number,
  );

describe("opening", () => {
  it("answers when all is indexed, and names the format", async () => {
    const session = bench.session();
    const result = await session.call("open", { path: bench.path("few.pcapng") });
    expect(result).toMatchObject({
      frames: 6,
      path: bench.path("few.pcapng"),
      cancelled: false,
      notices: [],
    });
    expect(result.format).toContain("pcapng");
    const status = await session.call("status", {});
    expect(status).toMatchObject({
      frames: 6,
      displayed: 6,
      filter: "",
      unsaved: false,
      file: {
        name: "few.pcapng",
        temporary: false,
        complete: true,
        firstTime: { sec: 1_700_000_000, nsec: 0 },
      },
    });
    expect((await session.call("recent", {}))[0]?.path).toBe(bench.path("few.pcapng"));
  });

  it("tells its progress, and rows are there before the end", async () => {
    writeMany(bench.path("long.pcap"), 400_000, { format: "pcap" });
    const session = bench.session();
    const seen: Status[] = [];
    session.on("status", (status) => seen.push(status));
    const opening = session.call("open", { path: bench.path("long.pcap") });
    await statusWhen(session, ({ frames, file }) => frames > 0 && file?.complete === false);
    expect(await numbers(session)).toHaveLength(100);
    expect((await opening).frames).toBe(400_000);
    const last = await session.call("status", {});
    expect(last).toMatchObject({ frames: 400_000, progress: [] });
    const progress = seen.flatMap(({ progress }) => progress).filter(({ what }) => what === "open");
    expect(progress.length).toBeGreaterThan(1);
    expect(progress[0]?.label).toBe("Reading long.pcap");
    for (const { done } of progress) {
      expect(done).toBeGreaterThanOrEqual(0);
      expect(done).toBeLessThanOrEqual(1);
    }
  });

  it("stops when cancelled and keeps what is there", async () => {
    const session = bench.session();
    const opening = session.call("open", { path: bench.path("long.pcap") });
    await statusWhen(session, ({ frames }) => frames > 0);
    await session.call("cancel", { what: "open" });
    const result = await opening;
    expect(result.cancelled).toBe(true);
    expect(result.frames).toBeLessThan(400_000);
    expect((await session.call("frame", { number: 1 })).number).toBe(1);
  });

  it("gives way to the next capture, whose numbers are its own", async () => {
    const session = bench.session();
    const first = session.call("open", { path: bench.path("long.pcap") }).catch((error: unknown) => error);
    await statusWhen(session, ({ frames }) => frames > 0);
    const before = (await session.call("status", {})).capture;
    expect((await session.call("open", { path: bench.path("few.pcapng") })).frames).toBe(6);
    await first;
    const status = await session.call("status", {});
    expect(status).toMatchObject({ frames: 6, file: { name: "few.pcapng" }, progress: [] });
    expect(status.capture).toBeGreaterThan(before);
  });

  it("refuses in words what is no capture, and keeps the one that is open", async () => {
    mkdirSync(bench.path("folder"));
    writeFileSync(bench.path("text"), "plain words\n");
    writeFileSync(bench.path("empty"), "");
    const session = await opened("few.pcapng");
    expect(await refusal(session.call("open", { path: bench.path("nowhere") }))).toEqual({
      code: "NOT_FOUND",
      message: `There is no file "${bench.path("nowhere")}".`,
    });
    expect((await refusal(session.call("open", { path: bench.path("folder") }))).code).toBe("NOT_A_CAPTURE");
    expect(await numbers(session)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await refusal(session.call("open", { path: bench.path("text") }))).message).toContain(
      "is a text file",
    );
    expect((await refusal(session.call("open", { path: bench.path("empty") }))).code).toBe("NOT_A_CAPTURE");
    expect((await session.call("status", {})).file).toBeNull();
    expect((await session.call("open", { path: bench.path("few.pcapng") })).frames).toBe(6);
  });

  it("tells what goes wrong at the start as a notice", async () => {
    const session = bench.session();
    const notices: Notice[] = [];
    session.on("notice", (notice) => notices.push(notice));
    await session.openAtStart(bench.path("nowhere"));
    expect(notices).toEqual([{ severity: "error", message: `There is no file "${bench.path("nowhere")}".` }]);
  });
});

describe("looking", () => {
  it("makes rows of the columns asked for, up to the list's end", async () => {
    const session = await opened("few.pcapng");
    const { rows, start } = await session.call("rows", {
      start: 4,
      count: 50,
      columns: ["number", "source", "protocol", "field:ip.ttl", "length"],
      timeFormat: "epoch",
    });
    expect(start).toBe(4);
    expect(rows.map(({ cells }) => cells)).toEqual([
      ["5", "192.0.2.1", "UDP", "64", "80"],
      ["6", "192.0.2.1", "UDP", "33", "60"],
    ]);
    expect((await session.call("rows", { start: 6, count: 10 })).rows).toEqual([]);
    const rules = await session.call("colorRules", {});
    const [arp, udp] = (await session.call("rows", { start: 0, count: 2 })).rows;
    expect(rules[arp!.color]?.name).toBe("ARP");
    expect(rules[udp!.color]?.name).toBe("UDP");
  });

  it("dissects one frame into layers and bytes", async () => {
    const session = await opened("few.pcapng");
    const { tree, sources } = await session.call("frame", { number: 4 });
    expect(tree.map(({ field }) => field)).toEqual(["frame", "eth", "ip", "udp", "data"]);
    const ttl = tree[2]?.children.find(({ field }) => field === "ip.ttl");
    expect(ttl).toMatchObject({
      label: "Time to Live: 1",
      value: "1",
      filter: "ip.ttl == 1",
      offset: 22,
      length: 1,
    });
    expect(sources[0]?.name).toBe("Frame (60 bytes)");
    expect(Buffer.from(sources[0]?.bytes ?? "", "base64")).toHaveLength(60);
    expect(await refusal(session.call("frame", { number: 7 }))).toEqual({
      code: "NOT_FOUND",
      message: "There is no frame 7; the capture has 6.",
    });
  });

  it("locates frames in the list, or the nearest one", async () => {
    const session = await opened("few.pcapng");
    expect(await session.call("locate", { number: 5 })).toEqual({ row: 4, number: 5, exact: true });
    await session.call("filter", { expression: "ip.ttl == 64" });
    expect(await session.call("locate", { number: 5 })).toEqual({ row: 2, number: 5, exact: true });
    expect(await session.call("locate", { number: 4 })).toMatchObject({ exact: false });
    await session.call("filter", { expression: "ip.ttl == 200" });
    expect(await session.call("locate", { number: 4 })).toBeNull();
  });

  it("walks along a conversation", async () => {
    const session = await opened("few.pcapng");
    expect(await session.call("neighbour", { number: 2, direction: "next" })).toEqual({ row: 2, number: 3 });
    expect(await session.call("neighbour", { number: 3, direction: "previous" })).toEqual({
      row: 1,
      number: 2,
    });
    expect(await session.call("neighbour", { number: 6, direction: "next" })).toBeNull();
  });

  it("sums up the capture: properties, timeline, overview", async () => {
    const session = await opened("many.pcap");
    const info = await session.call("captureInfo", {});
    expect(info).toMatchObject({
      frames: 30_000,
      compression: "none",
      capturedBytes: 1_800_000,
      wireBytes: 1_800_000,
    });
    expect(info.duration).toBeCloseTo(29.999, 6);
    expect(info.interfaces[0]).toMatchObject({ packets: 30_000, linkType: 1 });
    const { groups } = await session.call("timeline", { buckets: 10 });
    expect(groups.map(({ name }) => name)).toEqual(["UDP"]);
    expect(groups[0]?.counts).toHaveLength(10);
    expect(groups[0]?.counts.reduce((sum, count) => sum + count, 0)).toBe(30_000);
    const overview = await session.call("overview", { buckets: 20 });
    expect(overview.rows).toBe(30_000);
    expect(overview.colors).toHaveLength(20);
  });
});

describe("the displayed list", () => {
  it("is filtered, counted and cleared", async () => {
    const session = await opened("many.pcap");
    const { view } = await session.call("status", {});
    const result = await session.call("filter", { expression: "ip.ttl == 7" });
    expect(result).toMatchObject({ count: 150, frames: 30_000, cancelled: false });
    const status = await session.call("status", {});
    expect(status).toMatchObject({ displayed: 150, frames: 30_000, filter: "ip.ttl == 7" });
    expect(status.view).toBeGreaterThan(view);
    expect((await numbers(session)).slice(0, 3)).toEqual([6, 206, 406]);
    expect((await session.call("filter", { expression: "  " })).count).toBe(30_000);
    expect((await session.call("status", {})).filter).toBe("");
  });

  it("stays as it is when the filter is wrong, which says where", async () => {
    const session = await opened("few.pcapng");
    await session.call("filter", { expression: "udp" });
    const wrong = await refusal(session.call("filter", { expression: "udp && ip.tll == 1" }));
    expect(wrong).toMatchObject({ code: "BAD_FILTER", start: 7, end: 13 });
    expect(wrong.hints).toContain("ip.ttl");
    expect(await numbers(session)).toEqual([2, 3, 4, 5, 6]);
    expect((await session.call("status", {})).filter).toBe("udp");
  });

  it("keeps the old result when a filter is cancelled, and the newest when one follows another", async () => {
    const session = await opened("long.pcap");
    await session.call("filter", { expression: "ip.ttl == 7" });
    const slow = session.call("filter", {
      expression: "udp contains 00:00:00:ff && frame.time_relative > 1",
    });
    await session.call("cancel", { what: "filter" });
    expect((await slow).cancelled).toBe(true);
    expect(await session.call("status", {})).toMatchObject({ filter: "ip.ttl == 7", displayed: 2000 });
    const overtaken = session.call("filter", { expression: "udp contains 00:00:00:fe" });
    const newest = session.call("filter", { expression: "ip.ttl == 8" });
    await overtaken;
    expect((await newest).count).toBe(2000);
    expect(await session.call("status", {})).toMatchObject({
      filter: "ip.ttl == 8",
      displayed: 2000,
      progress: [],
    });
  });

  it("is sorted and restored", async () => {
    const session = await opened("few.pcapng");
    await session.call("sort", { column: "length", descending: true });
    expect(await numbers(session)).toEqual([5, 1, 2, 3, 4, 6]);
    expect((await session.call("status", {})).sort).toEqual({ column: "length", descending: true });
    await session.call("sort", { column: "field:ip.ttl" });
    expect((await numbers(session)).filter((number) => number !== 1)).toEqual([4, 6, 2, 3, 5]);
    await session.call("sort", { column: null });
    expect(await numbers(session)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("is searched by filter, bytes, text and pattern, round its ends", async () => {
    const session = await opened("few.pcapng");
    const find = (kind: "filter" | "hex" | "string" | "regex", text: string, from = -1, more = {}) =>
      session.call("find", { kind, text, from, ...more });
    expect(await find("filter", "ip.ttl == 33")).toEqual({ row: 5, number: 6 });
    expect(await find("hex", "6e 65 65 64")).toEqual({ row: 4, number: 5 });
    expect(await find("string", "NEEDLE")).toEqual({ row: 4, number: 5 });
    expect(await find("string", "NEEDLE", -1, { caseSensitive: true })).toBeNull();
    expect(await find("regex", "n[e]{2}dle", 4)).toEqual({ row: 4, number: 5 });
    expect(await find("string", "who has", 3, { where: "list" })).toEqual({ row: 0, number: 1 });
    expect(await find("string", "time to live: 1", -1, { where: "tree" })).toEqual({ row: 3, number: 4 });
    expect(await find("filter", "udp", 2, { direction: "previous" })).toEqual({ row: 1, number: 2 });
    expect((await refusal(find("regex", "("))).code).toBe("BAD_FILTER");
    expect((await refusal(find("hex", "xyz"))).code).toBe("BAD_FILTER");
    expect((await refusal(find("filter", "ip.tll"))).code).toBe("BAD_FILTER");
  });
});

describe("expert infos", () => {
  it("are counted by kind, of all frames or of those displayed", async () => {
    const session = await opened("few.pcapng");
    const lowTtl = {
      severity: "note",
      group: "Sequence",
      protocol: "IPv4",
      message: '"Time To Live" only 1',
      field: "ip.ttl.too_small",
      count: 1,
      frames: 1,
      first: 4,
    };
    expect(await session.call("experts", {})).toEqual([lowTtl]);
    await session.call("filter", { expression: "frame.number < 4" });
    expect(await session.call("experts", { displayed: true })).toEqual([]);
    expect(await session.call("experts", {})).toEqual([lowTtl]);
  });
});

describe("saving", () => {
  const lengths = (path: string): number[] => {
    const capture = openCaptureSync(path);
    const found: number[] = [];
    while (capture.reader.next()) found.push(capture.reader.capLen);
    capture.close();
    return found;
  };

  it("writes all, the displayed, a range or named frames", async () => {
    const session = await opened("few.pcapng");
    await session.call("filter", { expression: "frame.len > 60 || arp" });
    const save = (path: string, which: "all" | "displayed" | { range: string } | { frames: number[] }) =>
      session.call("save", { path: bench.path(path), which });
    expect(await save("displayed.pcapng", "displayed")).toMatchObject({ frames: 2 });
    expect(lengths(bench.path("displayed.pcapng"))).toEqual([60, 80]);
    expect(await save("range.pcapng", { range: "5-" })).toMatchObject({ frames: 2 });
    expect(lengths(bench.path("range.pcapng"))).toEqual([80, 60]);
    expect(await save("frames.pcapng", { frames: [5, 1] })).toMatchObject({ frames: 2 });
    expect(lengths(bench.path("frames.pcapng"))).toEqual([60, 80]);
    expect(await save("all.pcapng", "all")).toMatchObject({ frames: 6 });
    expect(readFileSync(bench.path("all.pcapng")).equals(readFileSync(bench.path("few.pcapng")))).toBe(true);
    expect((await session.call("status", {})).file?.name).toBe("all.pcapng");
  });

  it("works while the capture is still being read", async () => {
    const session = bench.session();
    const opening = session.call("open", { path: bench.path("long.pcap") });
    await statusWhen(session, ({ frames, file }) => frames > 1000 && file?.complete === false);
    const result = await session.call("save", {
      path: bench.path("early.pcapng"),
      which: { range: "11-20" },
    });
    expect(result.frames).toBe(10);
    await session.call("filter", { expression: "ip.ttl == 7" });
    expect(
      (await session.call("save", { path: bench.path("early2.pcapng"), which: "displayed" })).frames,
    ).toBeGreaterThan(0);
    expect((await opening).frames).toBe(400_000);
  });

  it("asks before a file is replaced, and names what cannot be written", async () => {
    const session = await opened("few.pcapng");
    writeFileSync(bench.path("there"), "precious");
    const exists = await refusal(session.call("save", { path: bench.path("there") }));
    expect(exists.code).toBe("EXISTS");
    expect(readFileSync(bench.path("there"), "utf8")).toBe("precious");
    const missing = await refusal(session.call("save", { path: bench.path("no/such/folder.pcap") }));
    expect(missing.message).toContain("its folder does not exist");
    const range = await refusal(session.call("save", { path: bench.path("x"), which: { range: "9-3" } }));
    expect(range.code).toBe("BAD_REQUEST");
    expect((await session.call("status", {})).progress).toEqual([]);
    await session.call("save", { path: bench.path("there"), overwrite: true });
    expect(lengths(bench.path("there"))).toHaveLength(6);
  });
});

describe("a session", () => {
  it("closes its capture and can open another", async () => {
    const session = await opened("few.pcapng");
    await session.call("close", {});
    expect(await session.call("status", {})).toMatchObject({ file: null, frames: 0, displayed: 0 });
    expect((await session.call("rows", { start: 0, count: 10 })).rows).toEqual([]);
    expect((await refusal(session.call("reload", {}))).code).toBe("NO_CAPTURE");
    expect((await session.call("open", { path: bench.path("few.pcapng") })).frames).toBe(6);
  });

  it("reads a capture that changed anew", async () => {
    writeMany(bench.path("grows.pcapng"), 3);
    const session = await opened("grows.pcapng");
    writeMany(bench.path("grows.pcapng"), 9);
    expect((await session.call("reload", {})).frames).toBe(9);
  });

  it("sends status not more than 20 times a second, and the last one always", async () => {
    const session = bench.session();
    const times: number[] = [];
    let last: Status | null = null;
    session.on("status", (status) => {
      times.push(performance.now());
      last = status;
    });
    await session.call("open", { path: bench.path("long.pcap") });
    await expect.poll(() => last?.frames).toBe(400_000);
    await expect.poll(() => last?.progress.length).toBe(0);
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThan(35);
  });

  it("answers nothing after its end, but says so", async () => {
    const session = await opened("few.pcapng");
    const pending = refusal(session.call("frame", { number: 1 }));
    await session.end(false);
    expect((await pending).code).toBe("CANCELLED");
    expect(await refusal(session.call("status", {}))).toEqual({
      code: "CANCELLED",
      message: "The session has ended.",
    });
  });

  it("knows who it is", async () => {
    const session = bench.session();
    const hello = await session.call("hello", {});
    expect(hello).toMatchObject({ face: "rpc", platform: process.platform, version: bench.host.version });
    expect(hello.status.file).toBeNull();
  });

  it("tells every window of changed settings", async () => {
    const session = bench.session();
    const told: string[] = [];
    session.on("settings", ({ theme }) => told.push(theme));
    await session.call("changeSettings", { change: { theme: "dark" } });
    expect(told).toEqual(["dark"]);
    expect((await session.call("settings", {})).theme).toBe("dark");
    expect(
      (await refusal(session.call("changeSettings", { change: { theme: "pink" as "dark" } }))).code,
    ).toBe("BAD_REQUEST");
  });
});
