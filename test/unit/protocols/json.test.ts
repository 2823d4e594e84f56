import { describe, expect, test } from "vitest";
import { protocolNamed } from "../../../engine/dissect/protocol.ts";
import { dissect } from "./harness.ts";

const json = protocolNamed("json")!;
const shown = (text: string): string[] =>
  dissect(Buffer.from(text).toString("hex"), { protocol: json })
    .text.split("\n")
    .map((line) => line.trimEnd());

describe("JSON", () => {
  test("shows members with their paths", () => {
    expect(shown('{"a": [1, {"b": "x\\u0041"}], "c": null}')).toEqual([
      "JavaScript Object Notation",
      "  Object",
      "    Member: a",
      "      Array",
      "        [Path with value: /a/[]:1]",
      "        [Member with value: []:1]",
      "        Number value: 1",
      "        Object",
      "          Member: b",
      "            [Path with value: /a/[]/b:xA]",
      "            [Member with value: b:xA]",
      "            String value: xA",
      "            Key: b",
      "            [Path: /a/[]/b]",
      "      Key: a",
      "      [Path: /a]",
      "    Member: c",
      "      [Path with value: /c:null]",
      "      [Member with value: c:null]",
      "      Null value",
      "      Key: c",
      "      [Path: /c]",
    ]);
  });

  test.each(['{"a":1,, x', '{"a"', "[1 2]", "{", '["\\', "truth", "-"])("leaves %s as text", (text) => {
    expect(shown(text).join("\n")).toContain("Line-based text data");
  });

  test("gives up what nests without end", () => {
    expect(shown("[".repeat(5000)).join("\n")).toContain("Line-based text data");
  });
});
