/** The bench measures valid traffic, and sees when two programs do not count the same. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { generate, parseSize, sizeName } from "../../bench/generate.ts";
import { differences, type Measurement, measure } from "../../bench/measure.ts";
import { document, median, tables, windowPart, windowSection } from "../../bench/report.ts";
import type { Subject } from "../../bench/subject.ts";

const folder = mkdtempSync(join(tmpdir(), "tapline-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PACKETS = 5000;
const capture = join(folder, "mixed.pcap");
generate(capture, PACKETS, "pcap");

const hasTshark = spawnSync("tshark", ["--version"]).error === undefined;
const withTshark = hasTshark ? test : test.skip;
const unless = hasTshark ? "" : " (skipped: tshark is not installed)";

/** Frames of the capture for which tshark says yes. */
function frames(filter: string): number {
  const checks = ["tcp", "udp", "ip"].flatMap((name) => ["-o", `${name}.check_checksum:TRUE`]);
  const args = ["-r", capture, "-Y", filter, "-T", "fields", "-e", "frame.number", ...checks];
  const { status, stdout, stderr } = spawnSync("tshark", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.split("\n").filter((line) => line !== "").length;
}

function records(path: string): number {
  const opened = openCaptureSync(path);
  let count = 0;
  while (opened.reader.next()) count++;
  opened.reader.finish();
  expect(opened.notices()).toEqual([]);
  opened.close();
  return count;
}

describe("generated traffic", () => {
  test("holds the number of packets asked for, in pcap and pcapng", () => {
    const other = join(folder, "mixed.pcapng");
    generate(other, PACKETS, "pcapng");
    expect(records(capture)).toBe(PACKETS);
    expect(records(other)).toBe(PACKETS);
  });

  test("is the same every time, and a small capture is the beginning of a large one", () => {
    const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
    const small = join(folder, "small.pcap");
    generate(small, 2000, "pcap");
    const beginning = readFileSync(small);
    expect(digest(readFileSync(capture).subarray(0, beginning.length))).toBe(digest(beginning));
  });

  withTshark(`is dissected by tshark without a malformed packet or a bad checksum${unless}`, () => {
    expect(frames("frame")).toBe(PACKETS);
    const bad = ["ip", "tcp", "udp", "icmp", "icmpv6"].map((name) => `${name}.checksum.status == "Bad"`);
    expect(frames(["_ws.malformed", "_ws.short", ...bad].join(" || "))).toBe(0);
  });

  withTshark(`holds what it is said to hold${unless}`, () => {
    const kinds = [
      "http.request.method",
      "http.chunk_size",
      "dns.resp.type",
      "tls.handshake.extensions_server_name",
      "tls.handshake.certificate",
      "tls.handshake.extensions.supported_version",
      "tls.app_data",
      "tcp.segment",
      "tcp.analysis.retransmission",
      "tcp.analysis.duplicate_ack",
      "tcp.analysis.out_of_order",
      "tcp.analysis.lost_segment",
      "tcp.options.sack.count",
      "tcp.options.wscale",
      "tcp.options.timestamp.tsval",
      "ip.reassembled.length",
      "ipv6.src",
      "arp.opcode",
      "icmp.seq",
      "icmpv6.nd.ns.target_address",
      "ntp.stratum",
    ];
    const args = ["-r", capture, "-T", "fields", ...kinds.flatMap((field) => ["-e", field])];
    const { stdout } = spawnSync("tshark", args, { encoding: "utf8", maxBuffer: 1 << 28 });
    const seen = new Set(
      stdout.split("\n").flatMap((line) => line.split("\t").flatMap((cell, i) => (cell === "" ? [] : i))),
    );
    expect(kinds.filter((_, i) => !seen.has(i))).toEqual([]);
  });
});

/** A program of the given answers. */
function program(name: string, frames: number, answers: Record<string, readonly number[]>): Subject {
  const matching = (expression: string): Promise<number[]> => {
    const found = answers[expression];
    return found ? Promise.resolve([...found]) : Promise.reject(new Error(`no field in ${expression}`));
  };
  return {
    name,
    open: () => Promise.resolve({ ms: 1, frames, firstRows: 1 }),
    filter: async (expression) => {
      if (expression.includes("&&")) return { ms: 1, count: 0 };
      return { ms: 1, count: (await matching(expression)).length };
    },
    matching,
    middleRows: () => Promise.resolve(1),
    frame: () => Promise.resolve(1),
    peakMemory: () => null,
    processorTime: () => null,
    end: () => Promise.resolve(),
  };
}

async function compared(ours: Subject, theirs: Subject, asked: readonly string[]) {
  const [our, their] = [await measure(ours, null, "x", asked), await measure(theirs, null, "x", asked)];
  return { our, their, found: await differences(ours, theirs, our, their) };
}

describe("the comparison of counts", () => {
  const theirs = program("sharkd", 9, { tcp: [1, 2, 5], udp: [3, 4] });

  test("finds nothing where both count the same", async () => {
    const same = program("Tapline", 9, { tcp: [1, 2, 5], udp: [3, 4] });
    expect((await compared(same, theirs, ["tcp", "udp"])).found).toEqual([]);
  });

  test("names the filter and the frames where they do not", async () => {
    const other = program("Tapline", 9, { tcp: [1, 2], udp: [3, 4] });
    const { found } = await compared(other, theirs, ["tcp", "udp"]);
    expect(found).toEqual([{ expression: "tcp", words: "Tapline finds 2, sharkd 3; only sharkd: 5" }]);
  });

  test("fails for a filter that only one understands, and for different numbers of frames", async () => {
    const other = program("Tapline", 8, { tcp: [1, 2, 5] });
    const { found } = await compared(other, theirs, ["tcp", "udp"]);
    expect(found.map(({ words }) => words)).toEqual([
      "Tapline counts 8 frames, sharkd 9",
      "Tapline does not answer: no field in udp",
    ]);
  });

  test("is told loudly in the tables", async () => {
    const other = program("Tapline", 9, { tcp: [1, 2] });
    const { our, their, found } = await compared(other, theirs, ["tcp"]);
    const lines = tables(result(our, their, found)).join("\n");
    expect(lines).toContain("2 ≠ 3");
    expect(lines).toContain("**DIFFERENT** `tcp`");
  });
});

function result(our: Measurement, their: Measurement, found: Awaited<ReturnType<typeof differences>>) {
  return {
    title: "test",
    bytes: 1,
    limit: { read: 1, walk: 1, frames: 10 },
    asked: [{ expression: "tcp", kind: "column" as const }],
    ours: [our],
    theirs: [their],
    left: "",
    differences: found,
  };
}

test("medians leave out what was not measured", () => {
  expect(median([5, null, 1, 3])).toBe(3);
  expect(median([4, 2])).toBe(3);
  expect(median([null, Number.NaN])).toBeNull();
});

test("sizes are read as they are written", () => {
  expect(["100k", "1m", "5000", "10M"].map(parseSize)).toEqual([100_000, 1_000_000, 5000, 10_000_000]);
  expect([100_000, 1_000_000, 5050].map(sizeName)).toEqual(["100k", "1m", "5050"]);
  expect(() => parseSize("many")).toThrow(/number of packets/);
});

describe("the page's section about the window", () => {
  const page = document("", ["- a machine"], ["### 1m", ""], "one run");
  const about = ["- Chromium 1"];

  test("stands before how to repeat, one part for each capture", () => {
    const first = windowSection(page, about, ["### The window with 1m", "", "old", ""]);
    const second = windowSection(first, about, ["### The window with 10m", "", "ten", ""]);
    const third = windowSection(second, about, ["### The window with 1m", "", "new", ""]);
    expect(third).toContain("new");
    expect(third).toContain("ten");
    expect(third).not.toContain("old");
    expect(third.match(/## The window$/gm)).toHaveLength(1);
    expect(third.indexOf("ten")).toBeLessThan(third.indexOf("## How to repeat"));
    expect(third.startsWith(page.slice(0, page.indexOf("## How to repeat")))).toBe(true);
    expect(third.endsWith(page.slice(page.indexOf("## How to repeat")))).toBe(true);
  });

  test("outlives another run of the bench", () => {
    const told = windowSection(page, about, ["### The window with 1m", "", "kept", ""]);
    expect(document(windowPart(told), ["- a machine"], ["### 1m", ""], "one run")).toBe(told);
    expect(windowPart(page)).toBe("");
  });

  test("is not written into any other text", () => {
    expect(() => windowSection("# Something", about, ["### x"])).toThrow("run npm run bench first");
  });
});
