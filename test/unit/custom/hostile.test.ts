import { describe, expect, it } from "vitest";
import { datagram, define, problemsOf, stream, values } from "./support.ts";

const HEAD = "tapline: 1\nprotocol: toy\ntitle: Toy\non: {udp.port: 7000, tcp.port: 7000}\n";

/** Milliseconds that something takes. */
function timed(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

const zeros = (n: number): string => "00".repeat(n);

describe("descriptions that would run for long", () => {
  it("groups of groups that take no bytes", () => {
    let group = "{name: x, type: u8, when: {field: n, is: 1}}";
    for (let i = 0; i < 7; i++) group = `{name: g${i}, type: group, repeat: 1000000, fields: [${group}]}`;
    define(`${HEAD}frame: {size: 40000, max: 65000}\nheader: [{name: n, type: u8}]\npayload:\n  - ${group}\n`);
    expect(timed(() => datagram(zeros(40_000)))).toBeLessThan(2000);
  });

  it("a list of one-byte elements with a thousand conditions each", () => {
    const conditions = Array.from(
      { length: 900 },
      (_, i) => `{name: c${i}, type: u8, when: {field: n, is: 9}}`,
    );
    define(`${HEAD}frame: {size: 60000, max: 65000}\nheader: [{name: n, type: u8}]\npayload:\n  - {name: g, type: group, repeat: rest, fields: [{name: v, type: u8}, ${conditions.join(", ")}]}\n`);
    let found = new Map<string, string[]>();
    expect(
      timed(() => {
        found = datagram(zeros(60_000)).fields;
      }),
    ).toBeLessThan(5000);
    expect(found.get("_ws.expert.message")).toEqual(["There are more fields than are shown of one packet"]);
    expect(found.get("toy.v")?.length).toBeGreaterThan(100);
  });

  it("a search in which every byte may begin a long frame", () => {
    define(`${HEAD}frame: {start: "00", length: {field: n, counts: frame, plus: 30000}, max: 65000, checksum: {field: c, kind: crc-32}}\nheader: [{name: n, type: u8}]\ntrailer: [{name: c, type: u32}]\n`);
    expect(timed(() => datagram(zeros(60_000)))).toBeLessThan(3000);
  });

  it("the same over TCP, byte by byte and segment by segment", () => {
    define(`${HEAD}frame: {start: "00", length: {field: n, counts: frame, plus: 4000}, max: 65000, checksum: {field: c, kind: crc-32}}\nheader: [{name: n, type: u8}]\ntrailer: [{name: c, type: u32}]\n`);
    const bytes = new Uint8Array(60_000);
    for (const step of [100, 1400]) {
      const cuts = Array.from({ length: Math.ceil(bytes.length / step) - 1 }, (_, i) => (i + 1) * step);
      expect(
        timed(() => stream(bytes, cuts).all()),
        `cut every ${step} bytes`,
      ).toBeLessThan(20_000);
    }
  });

  it("frames between markers that never end", () => {
    define(`${HEAD}frame: {start: "00", end: "00 01", max: 60000}\n`);
    expect(timed(() => datagram(zeros(60_000)))).toBeLessThan(3000);
    expect(values([datagram(zeros(100))], "toy.skipped")).toEqual([zeros(100)]);
  });

  it("documents that repeat themselves", () => {
    const layers = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`);
    layers[0] = "a0: &a0 [1]";
    expect(problemsOf(layers.join("\n"))).toEqual([
      "1 : The document is too large: its aliases repeat too much, or themselves.",
    ]);
    expect(problemsOf("tapline: &x [*x]")).toEqual([
      "1 : The document is too large: its aliases repeat too much, or themselves.",
    ]);
    expect(problemsOf(`${"[".repeat(200)}`)[0]).toContain("This is not YAML: nesting exceeded");
    expect(problemsOf("x".repeat((1 << 20) + 1))).toEqual([
      "1 : A protocol file has at most 1048576 characters.",
    ]);
  });

  it("groups nested too deep, and too many fields", () => {
    let group = "{name: x, type: u8}";
    for (let i = 0; i < 9; i++) group = `{name: g${i}, type: group, fields: [${group}]}`;
    expect(problemsOf(`${HEAD}frame: {size: 1}\npayload: [${group}]\n`)[0]).toContain(
      "nest at most 8 levels deep",
    );
    const many = Array.from({ length: 60 }, (_, i) => `{name: f${i}, type: u8}`).join(", ");
    const groups = Array.from({ length: 20 }, (_, i) => `{name: g${i}, type: group, fields: [${many}]}`).join(
      ", ",
    );
    expect(problemsOf(`${HEAD}frame: {size: 1}\npayload: [${groups}]\n`)).toEqual([
      "1 : There are more than 1000 fields.",
    ]);
  });

  it("names that mean something to JavaScript", () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(problemsOf(`${HEAD}frame: {size: 1}\n${name}: {}\n`).join()).toMatch(
        /There is no entry|Nothing/,
      );
    }
    define(`${HEAD}frame: {size: 1}\npayload: [{name: constructor, type: u8, values: {1: __proto__}}]\ninfo: "{constructor}"\n`);
    expect(datagram("01").info).toBe("__proto__");
  });
});
