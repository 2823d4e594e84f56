import { describe, expect, it } from "vitest";
import { completeFilter, describeFilter } from "../../../engine/filter/complete.ts";
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
      type: "unsigned integer, 2 bytes",
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
      type: "",
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
    expect(texts("toy.text |")).not.toContain("&");
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

  it("offers fields again where an operand is due: behind not, brackets, quantifiers, @ and logic", () => {
    for (const before of [
      "not ",
      "!",
      "(",
      "toy && ",
      "toy or !(",
      "@",
      "any ",
      "1 < ",
      "toy.u8 == 1 xor ",
    ]) {
      expect(texts(`${before}toy.u1|`)[0], before).toBe("toy.u16");
    }
    expect(texts("any toy.port |")).toContain("==");
    expect(texts("any toy.port |")).not.toContain("&&");
    expect(texts("(toy) |")).toEqual(["&&", "||", "xor"]);
    expect(texts("!(toy.u8 == 1 or toy) a|")).toEqual(["&&"]);
    expect(texts("not toy.u8 |")).toContain("==");
    expect(texts("an|")[0]).toBe("any");
  });

  it("offers what a set, a range and its end need", () => {
    expect(texts("toy.u8 in |")).toEqual(["{"]);
    expect(texts("toy.u8 not |")).toEqual(["in"]);
    expect(texts("toy.u8 |")).toContain("not in");
    expect(texts("toy.u8 in {1 |")).toEqual([",", "}"]);
    expect(texts("toy.u8 in {1..|").slice(0, 2)).toEqual(['"One"', '"Two"']);
    expect(texts('toy.u8 in {"T|').slice(0, 2)).toEqual(['"Two"', '"TCP"']);
    expect(texts("toy.u8 in {1} |")).toEqual(["&&", "||", "xor"]);
  });

  it("offers fields of the type that is compared with", () => {
    expect(texts("toy.ip == toy.|")).toEqual(["toy.ip"]);
    expect(texts("toy.u8 == toy.i|")).not.toContain("toy.ip");
    expect(texts("toy.u8 == toy.u|")).toContain("toy.u16");
    expect(texts("toy.text == low|")).toEqual(["lower("]);
    expect(texts("toy.u8 == low|")).toEqual([]);
  });

  it("offers what arithmetic goes on with", () => {
    expect(texts("toy.u8 + toy.|")).toContain("toy.u16");
    expect(texts("toy.u8 + toy.|")).not.toContain("toy.text");
    expect(texts("toy.u8 + 1 |")).toContain("==");
    expect(texts("{toy.u8 * toy.u1|")[0]).toBe("toy.u16");
    expect(texts("toy.u8 == {1 + toy.u1|")[0]).toBe("toy.u16");
    expect(texts("toy.u16 & 0x1 |")).toContain("&&");
  });

  it("offers arguments that a function takes, and what follows it", () => {
    expect(texts("lower(toy.|")).toEqual(["toy.text"]);
    expect(texts("len(toy.t|")).toContain("toy.text");
    expect(texts("count(toy.lab|")).toEqual(["toy.label"]);
    expect(texts("lower(upp|")).toEqual(["upper("]);
    expect(texts("max(toy.u8 |")).toEqual([",", ")"]);
    expect(texts("lower(toy.text |")).toEqual([")"]);
    // A function alone is a test, but more often compared.
    const behind = texts("lower(toy.text) |");
    expect(behind).toEqual(expect.arrayContaining(["contains", "&&"]));
    expect(behind.indexOf("contains")).toBeLessThan(behind.indexOf("&&"));
    expect(texts("count(toy.u8) |")).toContain(">");
    expect(at("le|").candidates.find(({ kind }) => kind === "function")).toMatchObject({
      text: "len(",
      type: "len(field)",
    });
  });

  it("offers layers, and operators behind them and behind slices", () => {
    expect(texts("toy.u8#|")).toEqual(["1", "2", "-1", "[1-2]"]);
    expect(texts("toy.u8#2 |")).toContain("==");
    expect(texts("toy.u8#-1 |")).toContain("==");
    expect(texts("toy.bytes[0:2] |")).toContain("contains");
    expect(texts("toy.bytes[0:2] == 00:01 |")).toEqual(["&&", "||", "xor"]);
    expect(texts("toy.u8#2 == |").slice(0, 1)).toEqual(['"One"']);
  });

  it("offers no values where a pattern or text is due", () => {
    expect(texts('toy.text matches "T|')).toEqual([]);
    expect(texts("toy.text matches |")).toEqual([]);
    expect(texts('toy contains "T|')).toEqual([]);
  });

  it("offers macros, and fields of the selected packet", () => {
    const sources = {
      ...NONE,
      macros: [
        { name: "quiet", expression: "!(arp || mdns)" },
        { name: "between", expression: "toy.u8 > $1 && toy.u8 < $2" },
      ],
    };
    const offered = (text: string): string[] => at(text, sources).candidates.map((each) => each.text);
    expect(offered("toy && $|")).toEqual(["$quiet", "$between("]);
    expect(at("toy && $qu|", sources).candidates[0]).toEqual({
      text: "$quiet",
      title: "!(arp || mdns)",
      kind: "macro",
      type: "macro",
    });
    expect(offered("${bet|")).toEqual(["${between:"]);
    expect(offered(`toy.u8 == $${"{toy.u1"}|`)[0]).toBe(`$${"{toy.u16}"}`);
    expect(at(`toy.u8 == $${"{toy.u1|}"}`)).toMatchObject({ start: 10, end: 19 });
    expect(offered("$between(1, 2) |")).toContain("&&");
    expect(offered("1 |")).not.toContain("&&");
    expect(offered("toy.u8 == $1|")).toEqual([]);
  });

  it("is silent where the text before is no filter, and never offers more than 50", () => {
    expect(texts("toy.u8 = |")).toEqual([]);
    expect(at("|").candidates.length).toBeLessThanOrEqual(50);
    expect(at("|").candidates.length).toBeGreaterThan(10);
  });
});

describe("what stands at a place", () => {
  const part = (marked: string) => describeFilter(marked.replace("|", ""), marked.indexOf("|"));

  it("is a field with its title and type", () => {
    expect(part("toy && toy.u|16 == 1")).toEqual({
      start: 7,
      end: 14,
      kind: "field",
      name: "toy.u16",
      title: "Port",
      type: "unsigned integer, 2 bytes",
    });
    expect(part("to|y")).toMatchObject({ kind: "protocol", title: "Toy Protocol", type: "protocol" });
    expect(part("toy.u8| == 1")).toMatchObject({ name: "toy.u8" });
  });

  it("is a function or an operator", () => {
    expect(part("low|er(toy.text) == 1")).toMatchObject({ kind: "function", type: "lower(field)" });
    expect(part("toy.u8 =|== 1")).toMatchObject({ kind: "operator", title: "all values are equal" });
    expect(part("toy.u8 all_|ne 1")).toMatchObject({ kind: "operator", title: "no value is equal" });
  });

  it("is nothing in quotes, in numbers, and where nothing is", () => {
    expect(part('toy.text == "to|y"')).toBeNull();
    expect(part("toy.u8 == 12|")).toBeNull();
    expect(part("toy  |  ")).toBeNull();
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
