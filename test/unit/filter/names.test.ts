import { describe, expect, it } from "vitest";
import { completeFilter } from "../../../engine/filter/complete.ts";
import { nearestNames, searchFields } from "../../../engine/filter/names.ts";
import "./toy.ts";

const NONE = { history: [], saved: [] };
/** Candidates at the bar in the text. */
const at = (marked: string, sources: Parameters<typeof completeFilter>[2] = NONE) =>
  completeFilter(marked.replace("|", ""), marked.indexOf("|"), sources);
const texts = (marked: string): string[] => at(marked).candidates.map((each) => each.text);

describe("completion", () => {
  it("offers protocols and fields by the beginning of their name, shortest first", () => {
    expect(texts("to|")[0]).toBe("toy");
    expect(texts("toy.u|").slice(0, 4)).toEqual(["toy.u8", "toy.u16", "toy.u32", "toy.u64"]);
    expect(at("toy.u1|").candidates[0]).toEqual({
      text: "toy.u16",
      title: "Port",
      kind: "field",
      type: "FT_UINT16",
    });
  });

  it("offers fields by a later part of the name, then by title", () => {
    expect(texts("guid|")).toContain("toy.guid");
    expect(texts("hardware|")).toContain("toy.ether");
  });

  it("replaces the whole word around the cursor", () => {
    expect(at("toy and toy.u|32 == 1")).toMatchObject({ start: 8, end: 15 });
  });

  it("offers value names behind a comparison and in a set", () => {
    expect(texts("toy.u8 == |").slice(0, 3)).toEqual(['"One"', '"Two"', '"TCP"']);
    expect(texts("toy.u8 == t|").slice(0, 2)).toEqual(['"Two"', '"TCP"']);
    expect(texts("toy.u8 in {1, |").slice(0, 3)).toEqual(['"One"', '"Two"', '"TCP"']);
    expect(at("toy.u8 == |").candidates[2]).toEqual({
      text: '"TCP"',
      title: "6",
      kind: "value",
      type: "FT_UINT8",
    });
    expect(texts("toy.flag == |").slice(0, 2)).toEqual(["1", "0"]);
  });

  it("completes inside an open quote and takes the quotes along", () => {
    expect(at('toy.u8 == "t|"')).toMatchObject({ start: 10, end: 13 });
    expect(texts('toy.u8 == "t|')).toEqual(['"Two"', '"TCP"']);
  });

  it("offers operators behind a field, those of its type only", () => {
    expect(texts("toy.u8 |")).toContain("==");
    expect(texts("toy.u8 |")).not.toContain("contains");
    expect(texts("toy.text |")).toContain("matches");
    expect(texts("toy.label |")).toEqual(["&&", "||", "xor"]);
    expect(texts("toy.u8 == 1 |")).toEqual(["&&", "||", "xor"]);
    expect(texts("toy |")[0]).toBe("&&");
  });

  it("offers functions", () => {
    expect(at("upp|").candidates[0]).toMatchObject({ text: "upper(", kind: "function" });
  });

  it("offers the user's own filters while there is one word", () => {
    const sources = {
      history: ["toy.port == 53", "frame"],
      saved: [{ name: "Small toys", expression: "toy.u8 < 3" }],
    };
    expect(at("toy|", sources).candidates.slice(0, 2)).toEqual([
      { text: "toy.u8 < 3", title: "Small toys", kind: "saved", type: "" },
      { text: "toy.port == 53", title: "", kind: "history", type: "" },
    ]);
    expect(at("frame and toy|", sources).candidates.every((each) => each.kind !== "history")).toBe(true);
  });

  it("is silent where the text before is no filter, and never offers more than 50", () => {
    expect(texts("toy.u8 = |")).toEqual([]);
    expect(at("|").candidates.length).toBeLessThanOrEqual(50);
    expect(at("|").candidates.length).toBeGreaterThan(10);
  });
});

describe("names", () => {
  it("finds what was meant", () => {
    expect(nearestNames("toy.prot", 3)[0]).toBe("toy.port");
    expect(nearestNames("toy.bytse", 3)[0]).toBe("toy.bytes");
    expect(nearestNames("nothing.like.it", 3)).toEqual([]);
  });

  it("searches by every word, in names and titles", () => {
    expect(searchFields("toy signed large", 5)).toEqual([
      { name: "toy.i64", title: "Large signed number", type: "FT_INT64", protocol: "toy" },
    ]);
    expect(searchFields("toy", 2)).toHaveLength(2);
    expect(searchFields("no such thing", 5)).toEqual([]);
  });
});
