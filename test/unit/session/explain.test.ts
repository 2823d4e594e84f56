import { copyFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Session } from "../../../engine/session/session.ts";
import { type Bench, makeBench, refusal } from "./support.ts";

let bench: Bench;
let session: Session;

beforeAll(async () => {
  bench = makeBench();
  session = bench.session();
  copyFileSync("build/samples/sample.pcapng", bench.path("sample.pcapng"));
});
afterAll(() => bench.end());

it("a filter is explained and counted over the contract, once a capture is open", async () => {
  expect(await session.call("countMatches", { expression: "tcp" })).toBeNull();
  expect(await refusal(session.call("explainFilter", { expression: "tcp", number: 1 }))).toMatchObject({
    code: "NO_CAPTURE",
  });
  const { frames } = await session.call("open", { path: bench.path("sample.pcapng") });
  const explained = await session.call("explainFilter", {
    expression: "frame.number == 3 || tcp",
    number: 3,
  });
  expect(explained).toMatchObject({ number: 3, matches: true, clause: { kind: "or", verdict: true } });
  expect(explained.protocols[0]).toBe("eth");
  let told = null;
  // A busy machine may need more than one go.
  for (let tries = 0; told === null && tries < 50; tries++) {
    told = await session.call("countMatches", { expression: "frame.number < 4" });
  }
  expect(told).toEqual({ count: 3, frames });
  expect(await session.call("countMatches", { expression: "frame.number <" })).toBeNull();
  expect(await refusal(session.call("explainFilter", { expression: "", number: 1 }))).toMatchObject({
    code: "BAD_FILTER",
  });
  expect(await session.call("status", {})).toMatchObject({ filter: "", displayed: frames });
});

it("what stands at a place of a filter is told", async () => {
  const expression = "ip.ttl == 64";
  expect(await session.call("describeFilter", { expression, position: 3 })).toEqual({
    start: 0,
    end: 6,
    kind: "field",
    name: "ip.ttl",
    title: "Time to Live",
    type: "unsigned integer, 1 byte",
  });
  expect(await session.call("describeFilter", { expression, position: 12 })).toBeNull();
});
