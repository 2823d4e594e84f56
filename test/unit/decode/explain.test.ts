import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { FilterClause, FilterValue, MatchCount, TreeNode } from "../../../engine/api.ts";
import { Decoder } from "../../../engine/decode/decoder.ts";
import { Filtering } from "../../../engine/decode/filter-run.ts";
import { FrameJudge } from "../../../engine/decode/frame-judge.ts";
import { Indexer } from "../../../engine/decode/indexer.ts";
import { StreamWalk } from "../../../engine/decode/stream-walk.ts";
import { Viewer } from "../../../engine/decode/viewer.ts";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import "../../../engine/protocols/index.ts";

const SAMPLE = "build/samples/sample.pcapng";
const FILTERS = [
  "tcp.port == 443 && ip.ttl < 100",
  "!(dns || arp) && frame.len > 60",
  'http.host contains "example" or tls.handshake.type == 1',
  "tcp.analysis.flags && tcp.len > 0",
  "ip.addr != 10.0.0.1 xor udp.port in {53, 5353}",
  "tcp.flags & 0x12 == 0x12",
  'count(ip.addr) == 2 && upper(dns.qry.name) matches "COM$"',
  "tcp.payload[0:2] == 16:03 || frame.time_delta > 0.1",
];

let decoder: Decoder;
beforeAll(async () => {
  decoder = new Decoder(() => undefined);
  await decoder.open(SAMPLE, false);
});
afterAll(() => decoder.close());

const leaves = (clause: FilterClause): FilterClause[] =>
  clause.kind === "test" ? [clause] : clause.clauses.flatMap(leaves);

function nodeAt(tree: readonly TreeNode[], path: readonly number[]): TreeNode {
  const [first, ...rest] = path;
  return rest.length === 0 ? tree[first] : nodeAt(tree[first].children, rest);
}

describe("the explanation of a frame", () => {
  it.each(FILTERS)("has the verdict that applying gives: %s", async (expression) => {
    await decoder.filter(expression);
    const bits = await decoder.displayedFrames();
    const { frames } = decoder.state();
    for (let number = 1; number <= frames; number += 1 + (number % 5)) {
      const { matches, clause } = await decoder.explain({ expression, number });
      expect(matches, `frame ${number}`).toBe((bits[number >>> 3] & (1 << (number & 7))) !== 0);
      expect(clause.text).toBe(expression);
    }
    await decoder.filter("");
  });

  it("points at the lines of the tree that show the values, hidden fields at those with the same bytes", async () => {
    await decoder.filter("tcp.port == 443");
    const row = (
      await decoder.rows({
        start: 0,
        count: 1,
        columns: ["number"],
        timeFormat: "relative",
        timePrecision: "auto",
      })
    ).rows[0];
    await decoder.filter("");
    const expression = "tcp.port == 443 && ip.ttl > 0 && tcp.srcport && frame.len < 9";
    const { clause } = await decoder.explain({ expression, number: row.number });
    const { tree } = await decoder.frame(row.number);
    const shown = (value: FilterValue): string => nodeAt(tree, value.path ?? []).field;
    const [port, ttl, source, length] = leaves(clause).map(({ operands }) => operands[0].values.map(shown));
    expect(port).toEqual(["tcp.srcport", "tcp.dstport"]);
    expect(ttl).toEqual(["ip.ttl"]);
    expect(source).toEqual(["tcp.srcport"]);
    expect(length).toEqual(["frame.len"]);
    expect(
      leaves(clause)[0]
        .operands[0].values.map(({ verdict }) => verdict)
        .sort(),
    ).toEqual([false, true]);
  });

  it("is refused with the place of what is wrong", async () => {
    const refusal = async (expression: string, number: number): Promise<unknown> =>
      decoder.explain({ expression, number }).then(
        () => null,
        (error) => error.info,
      );
    expect(await refusal("ip.tll == 1", 1)).toMatchObject({ code: "BAD_FILTER", start: 0, end: 6 });
    expect(await refusal("ip", 1_000_000)).toMatchObject({ code: "NOT_FOUND" });
  });
});

/** The count, asked for as often as a busy machine needs. */
async function counted(expression: string): Promise<MatchCount | null> {
  for (let tries = 0; tries < 50; tries++) {
    const told = await decoder.countMatches(expression);
    if (told !== null) return told;
  }
  return null;
}

describe("the count of matches", () => {
  it.each(FILTERS)("is what applying finds: %s", async (expression) => {
    const told = await counted(expression);
    const { count, frames } = await decoder.filter(expression);
    expect(told).toEqual({ count, frames });
    // In force, it needs no work at all.
    expect(await decoder.countMatches(` ${expression} `)).toEqual({ count, frames });
    await decoder.filter("");
  });

  it("leaves the displayed list alone, and what it learnt to the filter that is applied", async () => {
    const expression = "tcp.window_size_value > 1000 && http.request.method";
    const before = decoder.state();
    const told = await counted(expression);
    expect(decoder.state()).toEqual(before);
    const walked = vi.spyOn(StreamWalk.prototype, "walk");
    const looked = vi.spyOn(FrameJudge.prototype, "look");
    const walks = walked.mock.calls.length;
    expect(await decoder.filter(expression)).toMatchObject({ count: told?.count });
    expect(walked.mock.calls.length).toBe(walks);
    looked.mockRestore();
    walked.mockRestore();
    await decoder.filter("");
  });

  it("leaves conversations alone where walking them may take long", () => {
    const indexer = new Indexer(openCaptureSync(SAMPLE));
    while (indexer.run(1000));
    const filtering = new Filtering(indexer, new Viewer(indexer));
    const run = filtering.run(compileFilter("tcp.time_delta > 0"));
    const walked = vi.spyOn(StreamWalk.prototype, "walk");
    expect(run.runAlone(1000, false)).toBe(false);
    expect(run.judged).toBeLessThan(indexer.index.count);
    expect(walked).not.toHaveBeenCalled();
    while (run.runAlone(1000, true));
    expect(run.judged).toBe(indexer.index.count);
    expect(run.matches.length).toBeGreaterThan(0);
    walked.mockRestore();
    indexer.close();
  });

  it("is given up for a newer question, and for a filter that is applied", async () => {
    const first = decoder.countMatches("ip.ttl == 1");
    const second = decoder.countMatches("ip.ttl == 64");
    expect(await first).toBeNull();
    await second;
    expect(await counted("ip.ttl == 64")).not.toBeNull();
    const third = decoder.countMatches("ip.ttl == 128");
    await decoder.filter("ip.ttl == 64");
    expect(await third).toBeNull();
    await decoder.filter("");
  });

  it("ends when its time is over", async () => {
    const clock = vi.spyOn(performance, "now");
    let now = 0;
    clock.mockImplementation(() => {
      now += 20;
      return now;
    });
    const look = vi.spyOn(FrameJudge.prototype, "look");
    // Every slice is over when it has begun, and the second is the last.
    const told = decoder.countMatches('http.request.uri contains "nowhere" || tcp.time_delta > 99');
    expect(await told).toBeNull();
    expect(look.mock.calls.length).toBeLessThanOrEqual(2);
    clock.mockRestore();
    look.mockRestore();
  });
});
