import {
  appendFileSync,
  copyFileSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Status } from "../../../engine/api.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import type { Session } from "../../../engine/session/session.ts";
import { udpFrame, writeFrames, writeMany } from "../../tools/packets.ts";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

/** `writeMany` makes frames of 60 bytes, in pcap 76 with their header. */
const RECORD = 76;
const HEADER = 24;

let bench: Bench;
let made = 0;
beforeAll(() => {
  bench = makeBench();
});
afterAll(() => bench.end());

/** A path for a capture of 1,000 frames. */
function capture(format: "pcap" | "pcapng" = "pcap"): string {
  const path = bench.path(`changing${++made}.${format}`);
  writeMany(path, 1000, { format });
  return path;
}

async function opened(path: string): Promise<{ session: Session; told: string[] }> {
  const session = bench.session();
  const told: string[] = [];
  session.on("notice", ({ message }) => told.push(message));
  await session.call("open", { path });
  return { session, told };
}

/** Writes over a file where it is, as an editor or `cp` does. */
function overwrite(path: string, make: (path: string) => void): void {
  make(`${path}.new`);
  const fd = openSync(path, "r+");
  writeSync(fd, readFileSync(`${path}.new`), 0);
}

/** The status once its notices say something. */
async function noticed(session: Session, what: RegExp): Promise<Status> {
  await expect
    .poll(async () => (await session.call("status", {})).notices.map(({ message }) => message).join("\n"), {
      timeout: 5000,
    })
    .toMatch(what);
  return session.call("status", {});
}

const framesOf = (path: string): number => {
  const capture = openCaptureSync(path);
  let frames = 0;
  while (capture.reader.next()) frames++;
  capture.close();
  return frames;
};

describe("a capture that becomes shorter while it is open", () => {
  for (const format of ["pcap", "pcapng"] as const) {
    it(`is named, and the frames that are left stay usable (${format})`, async () => {
      const path = capture(format);
      const { session, told } = await opened(path);
      const whole = await session.call("frame", { number: 600 });
      const size = readFileSync(path).length;
      truncateSync(path, Math.floor((size * 600.5) / 1000));
      const status = await noticed(session, /has become shorter/);
      const message =
        `"${path.slice(bench.folder.length + 1)}" has become shorter since it was opened: ` +
        "600 of 1,000 frames can still be read. Reload it.";
      expect(status.notices).toEqual([{ severity: "error", message }]);
      expect(told).toEqual([message]);
      expect(status).toMatchObject({ frames: 1000, displayed: 1000 });
      expect(await session.call("frame", { number: 600 })).toEqual(whole);
      expect((await session.call("reload", {})).frames).toBe(600);
      expect((await session.call("status", {})).notices.map(({ message }) => message).join()).not.toContain(
        "since it was opened",
      );
    });
  }

  it("marks the rows and trees of frames that are gone, at once", async () => {
    const path = capture();
    const { session } = await opened(path);
    truncateSync(path, HEADER + 600 * RECORD);
    // No look in between: the request itself finds out.
    const first = await session.call("rows", { start: 598, count: 4 });
    const gone = (number: number): string =>
      `[The bytes of frame ${number} are no longer in "${path.slice(bench.folder.length + 1)}", ` +
      "which has changed since it was opened.]";
    await noticed(session, /600 of 1,000/);
    const { rows } = await session.call("rows", { start: 598, count: 4 });
    expect(rows.map(({ number }) => number)).toEqual([599, 600, 601, 602]);
    expect(rows[1]?.cells.at(-1)).toBe("10600 → 20000 Len=18");
    expect(rows[2]?.cells.slice(0, 6)).toEqual(["601", "0.600000", "192.0.2.1", "192.0.2.2", "UDP", "60"]);
    expect(rows.map(({ cells }) => cells.at(-1)).slice(2)).toEqual([gone(601), gone(602)]);
    for (const { cells } of first.rows.slice(2)) expect(cells.at(-1)).toMatch(/no longer|being checked/);
    const frame = await session.call("frame", { number: 601 });
    expect(frame.tree).toHaveLength(1);
    expect(frame.tree[0]).toMatchObject({ label: gone(601).slice(1, -1), severity: "error" });
    expect(frame.sources.map(({ bytes }) => bytes)).toEqual([""]);
  });

  it("is filtered, sorted, searched and summed up without an exception", async () => {
    const path = capture();
    const { session } = await opened(path);
    truncateSync(path, HEADER + 600 * RECORD);
    await noticed(session, /600 of 1,000/);
    // What the index knows holds for all frames, what needs bytes for those that are there.
    expect((await session.call("filter", { expression: "frame.number > 500" })).count).toBe(500);
    expect((await session.call("filter", { expression: "ip.ttl >= 0" })).count).toBe(600);
    expect((await session.call("filter", { expression: "" })).count).toBe(1000);
    await session.call("sort", { column: "info" });
    await session.call("sort", { column: "length", descending: true });
    expect((await session.call("rows", { start: 999, count: 1 })).rows[0]?.number).toBe(1000);
    await session.call("sort", { column: null });
    const find = (where: "list" | "tree" | "bytes") =>
      session.call("find", { kind: "string", text: "nowhere at all", where, from: -1 });
    expect([await find("list"), await find("tree"), await find("bytes")]).toEqual([null, null, null]);
    expect((await session.call("overview", { buckets: 100 })).rows).toBe(1000);
    expect((await session.call("timeline", { buckets: 10 })).groups[0]?.counts).toHaveLength(10);
    expect((await session.call("captureInfo", {})).frames).toBe(1000);
  });

  it("is saved as far as frames can be read, and names the first that cannot", async () => {
    const path = capture();
    const { session } = await opened(path);
    await session.call("filter", { expression: "frame.number > 598 && frame.number < 604" });
    truncateSync(path, HEADER + 600 * RECORD);
    const out = bench.path("saved-short.pcap");
    const refused = (number: number) => ({
      code: "UNREADABLE",
      message:
        `Frame ${number} cannot be saved: from frame 601 on, "${path.slice(bench.folder.length + 1)}" no longer holds ` +
        "what it held when it was opened. Save the range 1-600, or reload the file. Nothing was written.",
    });
    const save = (which: "all" | "displayed" | { range: string } | { frames: number[] }) =>
      session.call("save", { path: out, format: "pcap", which, overwrite: true });
    expect(await refusal(save("all"))).toEqual(refused(601));
    expect(await refusal(save("displayed"))).toEqual(refused(601));
    expect(await refusal(save({ frames: [3, 777] }))).toEqual(refused(777));
    expect(await refusal(save({ range: "590-" }))).toEqual(refused(601));
    expect(await save({ range: "1-600" })).toMatchObject({ frames: 600 });
    expect(framesOf(out)).toBe(600);
    expect((await session.call("status", {})).progress).toEqual([]);
  });

  it("before it is indexed: what was read stays, the rest is marked", async () => {
    const path = bench.path("long.pcap");
    writeMany(path, 400_000, { format: "pcap" });
    const session = bench.session();
    const opening = session.call("open", { path });
    await statusWhen(session, ({ frames }) => frames > 2000);
    truncateSync(path, HEADER + 1000 * RECORD);
    const { frames, notices } = await opening;
    expect(frames).toBeGreaterThan(2000);
    expect(frames).toBeLessThan(400_000);
    expect(notices.map(({ message }) => message).join()).toContain(
      `has become shorter since it was opened: 1,000 of ${frames.toLocaleString("en-US")} frames can still be read.`,
    );
    const status = await session.call("status", {});
    expect(status).toMatchObject({ frames, progress: [], file: { complete: true } });
    // A new size and a new time of change may be seen one after the other; each is looked into.
    const info = async (row: number): Promise<string> => {
      for (;;) {
        const { rows } = await session.call("rows", { start: row, count: 1 });
        const text = rows[0]?.cells.at(-1) ?? "";
        if (!text.includes("is being checked")) return text;
      }
    };
    expect(await info(999)).toBe("10000 → 20000 Len=18");
    expect(await info(1000)).toContain("no longer in");
  });
});

describe("a capture that is overwritten while it is open", () => {
  const other = (path: string): void =>
    writeFrames(
      path,
      Array.from({ length: 1200 }, (_, i) =>
        udpFrame({ source: "203.0.113.9", payload: Buffer.alloc(30 + (i % 7), "WRONG ") }),
      ),
      { format: "pcap" },
    );

  it("shows no byte of the other file", async () => {
    const path = capture();
    const { session, told } = await opened(path);
    await session.call("rows", { start: 0, count: 40 });
    overwrite(path, other);
    const message =
      `"${path.slice(bench.folder.length + 1)}" was overwritten since it was opened: ` +
      "0 of 1,000 frames can still be read. Reload it.";
    const sources: string[] = [];
    for (const number of [1, 2, 500, 1000]) {
      const { sources: given } = await session.call("frame", { number });
      sources.push(...given.map(({ bytes }) => Buffer.from(bytes, "base64").toString("latin1")));
    }
    expect(sources.join()).not.toContain("WRONG");
    await noticed(session, /was overwritten/);
    expect((await session.call("status", {})).notices).toEqual([{ severity: "error", message }]);
    expect(told).toEqual([message]);
    const { rows } = await session.call("rows", { start: 0, count: 1000 });
    expect(rows.every(({ cells }) => cells.at(-1)?.includes("no longer in"))).toBe(true);
    expect((await session.call("filter", { expression: 'frame contains "WRONG"' })).count).toBe(0);
    expect(await session.call("find", { kind: "string", text: "WRONG", from: -1 })).toBeNull();
    const saved = await refusal(session.call("save", { path: bench.path("x.pcap"), which: "all" }));
    expect(saved.message).toMatch(/^Frame 1 cannot be saved: .* Reload the file\. Nothing was written\.$/);
    expect((await session.call("reload", {})).frames).toBe(1200);
    expect((await session.call("filter", { expression: 'frame contains "WRONG"' })).count).toBe(1200);
  });

  it("keeps the frames that are still there", async () => {
    const path = capture();
    const { session } = await opened(path);
    const bytes = readFileSync(path);
    // Frames 301 to 400 get other times.
    for (let frame = 301; frame <= 400; frame++) bytes.writeUInt32LE(1, HEADER + (frame - 1) * RECORD);
    writeFileSync(path, bytes);
    await noticed(session, /was overwritten since it was opened: 900 of 1,000/);
    const saved = await refusal(session.call("save", { path: bench.path("y.pcap"), which: "all" }));
    expect(saved.message).toContain("Frame 301 cannot be saved");
    expect(saved.message).toContain("Save the range 1-300");
    const save = (range: string) =>
      session.call("save", { path: bench.path("y.pcap"), format: "pcap", which: { range } });
    expect((await refusal(save("200-250,401-"))).message).toContain(
      "Frame 401 cannot be saved: from frame 301 on",
    );
    expect((await save("200-300")).frames).toBe(101);
    const { rows } = await session.call("rows", { start: 299, count: 102 });
    const gone = rows.filter(({ cells }) => cells.at(-1)?.includes("no longer in"));
    expect([gone.length, gone[0]?.number, gone.at(-1)?.number]).toEqual([100, 301, 400]);
  });

  it("says so when only bytes within frames can have changed", async () => {
    const path = capture();
    const { session, told } = await opened(path);
    utimesSync(path, new Date(), new Date(Date.now() + 5000));
    const { notices } = await noticed(session, /was written to/);
    expect(notices).toEqual([
      {
        severity: "warning",
        message:
          `"${path.slice(bench.folder.length + 1)}" was written to since it was opened: its 1,000 frames are where ` +
          "they were, but may hold other bytes. Reload it.",
      },
    ]);
    expect(told).toEqual([]);
    expect((await session.call("frame", { number: 1000 })).tree.length).toBeGreaterThan(3);
  });

  it("before it is indexed: reading ends, and nothing of the other file is shown as the first one's", async () => {
    const path = bench.path("long2.pcap");
    writeMany(path, 400_000, { format: "pcap" });
    const session = bench.session();
    const opening = session.call("open", { path });
    await statusWhen(session, ({ frames }) => frames > 2000);
    overwrite(path, other);
    const { frames, notices } = await opening;
    expect(frames).toBeLessThan(400_000);
    expect(notices.map(({ message }) => message).join()).toMatch(/was overwritten since it was opened: /);
    const { rows } = await session.call("rows", { start: 0, count: 3 });
    for (const { cells } of rows) expect(cells.at(-1)).toContain("no longer in");
  });
});

describe("a capture that another program appends to", () => {
  it("says how much there is to see, and stays as it is", async () => {
    const path = capture();
    const more = capture();
    const { session, told } = await opened(path);
    appendFileSync(path, readFileSync(more).subarray(HEADER));
    const { notices, frames } = await noticed(session, /has grown/);
    expect(notices).toEqual([
      {
        severity: "note",
        message:
          `"${path.slice(bench.folder.length + 1)}" has grown by 76,000 bytes since it was read. ` +
          "Reload it to see what was added.",
      },
    ]);
    expect([frames, told]).toEqual([1000, []]);
    expect((await session.call("frame", { number: 1000 })).tree.length).toBeGreaterThan(3);
    expect((await session.call("reload", {})).frames).toBe(2000);
  });
});

describe("a capture whose path leads elsewhere", () => {
  it("replaced: the old packets stay, and it is they that are saved", async () => {
    const path = capture();
    const { session } = await opened(path);
    const old = readFileSync(path);
    writeMany(`${path}.new`, 5, { format: "pcap" });
    renameSync(`${path}.new`, path);
    const { notices } = await noticed(session, /was replaced by another file/);
    expect(notices).toHaveLength(1);
    expect((await session.call("frame", { number: 900 })).tree.length).toBeGreaterThan(3);
    expect((await session.call("filter", { expression: "ip.ttl >= 0" })).count).toBe(1000);
    const out = bench.path("rescued.pcap");
    const saved = await session.call("save", { path: out, format: "pcap", which: "all" });
    expect(saved.frames).toBe(1000);
    expect(readFileSync(out).equals(old)).toBe(true);
  });

  it("replaced, and long enough for threads that help: they judge the old packets, too", async () => {
    const path = bench.path("helped.pcap");
    writeMany(path, 100_000, { format: "pcap" });
    const { session } = await opened(path);
    writeMany(`${path}.new`, 5, { format: "pcap" });
    renameSync(`${path}.new`, path);
    // The destination port 20000, in every frame.
    expect((await session.call("filter", { expression: "frame contains 4e:20" })).count).toBe(100_000);
    expect(
      (await session.call("filter", { expression: "udp.length == 26 && udp contains 00:01:86:a0" })).count,
    ).toBe(1);
  });

  it("deleted: the packets can still be looked at and saved, in part and in another format", async () => {
    const path = capture();
    const { session, told } = await opened(path);
    rmSync(path);
    await noticed(session, /was deleted or moved/);
    expect(told).toEqual([]);
    const out = bench.path("rescued.pcapng");
    expect((await session.call("save", { path: out, which: { range: "11-20" } })).frames).toBe(10);
    expect(framesOf(out)).toBe(10);
    expect((await refusal(session.call("reload", {}))).code).toBe("NOT_FOUND");
    expect((await session.call("frame", { number: 900 })).tree.length).toBeGreaterThan(3);
  });

  it("compressed: what was unpacked is what is saved, whatever became of the file", async () => {
    const plain = capture();
    const path = `${plain}.gz`;
    writeFileSync(path, gzipSync(readFileSync(plain)));
    const { session } = await opened(path);
    copyFileSync(capture("pcapng"), path);
    const out = bench.path("unpacked.pcap");
    await session.call("save", { path: out, format: "pcap", which: "all" });
    expect(readFileSync(out).equals(readFileSync(plain))).toBe(true);
  });
});
