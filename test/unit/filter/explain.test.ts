import { describe, expect, it } from "vitest";
import type { FilterClause, FilterOperand } from "../../../engine/api.ts";
import { type CompileOptions, compileFilter } from "../../../engine/filter/compile.ts";
import { explainFilter } from "../../../engine/filter/explain.ts";
import "../../../engine/protocols/index.ts";
import { dissectToy, PACKET, VALUES } from "./toy.ts";

function explain(text: string, options: CompileOptions = {}): FilterClause {
  const filter = compileFilter(text, options);
  const d = dissectToy(PACKET, VALUES, filter.wanted);
  const clause = explainFilter(filter, d);
  // What is explained is what the filter answers, and explaining it leaves the dissection as it was.
  expect(clause.verdict, text).toBe(filter.evaluate(d));
  return clause;
}

const leaves = (clause: FilterClause): FilterClause[] =>
  clause.kind === "test" ? [clause] : clause.clauses.flatMap(leaves);
const values = (operand: FilterOperand): string[] => operand.values.map(({ text }) => text);
const judged = (operand: FilterOperand): (readonly [string, boolean | null])[] =>
  operand.values.map(({ text, verdict }) => [text, verdict] as const);

describe("clauses", () => {
  it("have their verdicts, whether these decide or not", () => {
    const root = explain("toy.absent == 1 && toy.port == 53 && !(toy.u8 == 9 || toy.u8 == 2)");
    expect(root).toMatchObject({ kind: "and", verdict: false });
    expect(root.clauses.map(({ text, verdict, counts }) => [text, verdict, counts])).toEqual([
      ["toy.absent == 1", false, true],
      ["toy.port == 53", true, false],
      ["!(toy.u8 == 9 || toy.u8 == 2)", false, true],
    ]);
    const [or] = root.clauses[2].clauses;
    expect(or).toMatchObject({ kind: "or", verdict: true, text: "(toy.u8 == 9 || toy.u8 == 2)" });
    expect(or.clauses.map(({ verdict, counts }) => [verdict, counts])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it("know their places in the text", () => {
    const text = "  toy.port==53   or toy.u8 in {1}";
    for (const leaf of leaves(explain(text))) {
      expect(text.slice(leaf.start, leaf.end)).toBe(leaf.text);
      for (const { start, end, text: own } of leaf.operands) expect(text.slice(start, end)).toBe(own);
    }
  });

  it("count what is true where they are exclusive", () => {
    const root = explain("toy.u8 == 1 xor toy.u8 == 2 xor toy.u8 == 3");
    expect(root).toMatchObject({ kind: "xor", verdict: false, note: "2 of 3 are true" });
    expect(root.clauses.every(({ counts }) => counts)).toBe(true);
  });

  it("are those of a chain of comparisons", () => {
    const root = explain("1 < toy.ranged <= 9");
    expect(leaves(root).map(({ verdict }) => verdict)).toEqual([true, false]);
  });
});

describe("values", () => {
  it("are shown as the tree shows them, each with its own verdict and layer", () => {
    const [field, wanted] = explain("toy.port == 53").operands;
    expect(field).toMatchObject({
      kind: "field",
      field: "toy.port",
      title: "Either port",
      count: 4,
      missing: "",
    });
    expect(field.type).toBe("unsigned integer, 2 bytes");
    expect(judged(field)).toEqual([
      ["53", true],
      ["40000", false],
      ["53", true],
      ["40000", false],
    ]);
    expect(field.values.map(({ layer, layers }) => [layer, layers])).toEqual([
      [1, 2],
      [1, 2],
      [2, 2],
      [2, 2],
    ]);
    expect(wanted).toMatchObject({ kind: "constant", text: "53", values: [] });
  });

  it("of a layer are those of this layer", () => {
    const { operands, verdict } = explain("toy.u8#2 == 1");
    expect(verdict).toBe(false);
    expect(judged(operands[0])).toEqual([["Two (2)", false]]);
    expect(explain("toy.u8#3 == 1").operands[0].missing).toBe("not in this layer; it is in another");
  });

  it("are told apart where all must fit", () => {
    expect(explain("toy.port != 53").note).toBe("2 of 4 values fit; all must");
    expect(explain("all toy.port > 40").note).toBe("4 of 4 values fit; all must");
    expect(explain("any toy.port > 40000").note).toBe("0 of 4 values fit; one would do");
    expect(explain("toy.u8 == 1").note).toBe("1 of 2 values fits");
    expect(explain("toy.u32 == 1 or toy.ranged == 10").clauses[1].operands[0].count).toBe(2);
  });

  it("wanted by name are shown by number", () => {
    expect(values(explain('toy.u8 == "TCP"').operands[1])).toEqual(["6"]);
    expect(values(explain("toy.flag == True").operands[1])).toEqual(["1"]);
    expect(judged(explain("toy.flag == True").operands[0])[0]).toEqual(["1 (Set)", true]);
  });

  it("on the right of a literal are found all the same", () => {
    const { operands, verdict } = explain("50 < toy.port");
    expect(verdict).toBe(true);
    expect(operands.map(({ kind, text }) => [kind, text])).toEqual([
      ["constant", "50"],
      ["field", "toy.port"],
    ]);
    expect(judged(operands[1]).slice(0, 2)).toEqual([
      ["53", true],
      ["40000", true],
    ]);
  });

  it("of two fields are shown on both sides", () => {
    const { operands } = explain("toy.u8 < toy.ranged");
    expect(judged(operands[0])).toEqual([
      ["One (1)", true],
      ["Two (2)", true],
    ]);
    expect(judged(operands[1])[0]).toEqual(["Ten (10)", null]);
  });

  it("of a field on both sides are not judged one by one", () => {
    const [left] = explain("toy.port == toy.port").operands;
    expect(left.values.every(({ verdict }) => verdict === null)).toBe(true);
  });

  it("are cut when they are long", () => {
    const [field] = explain('frame contains "hello"').operands;
    expect(field.values[0].text).toMatch(/^Frame.*, 21 bytes$/);
    expect(field.values[0].raw).toMatch(/^54:01:/);
  });
});

describe("what is missing", () => {
  it("is said, with the protocol it would come with", () => {
    expect(explain("tcp.port == 443").operands[0].missing).toBe(
      "not in this packet: it has no Transmission Control Protocol",
    );
    expect(explain("toy.absent").operands[0].missing).toBe("not in this packet, although it has TOY");
    expect(explain("tcp").operands[0].missing).toBe("not in this packet");
    expect(explain("toy").operands[0].missing).toBe("");
  });

  it("makes every relation false, the unequal one too", () => {
    for (const test of ["!=", "!==", "==", "<"]) {
      const clause = explain(`toy.absent ${test} 1`);
      expect([clause.verdict, clause.note]).toEqual([false, ""]);
      expect(clause.operands[0].missing).not.toBe("");
    }
  });

  it("is a value that cannot be worked out", () => {
    expect(explain("toy.bytes[100] == 1").operands[0].missing).toBe("no value reaches that far");
    expect(explain("toy.u8 / 0 == 1").operands[0].missing).toBe(
      "nothing can be worked out from these values",
    );
    expect(explain("toy.port == $" + "{toy.port}").operands[1]).toMatchObject({
      kind: "reference",
      field: "toy.port",
      missing: "no packet that has it was selected when the filter was applied",
    });
  });
});

describe("what stands for something else", () => {
  const port = "$" + "{toy.port}";

  it("is a reference with the values of the selected packet", () => {
    const one = explain(`toy.port == ${port}`, { references: new Map([[port, [53]]]) });
    expect(one.verdict).toBe(true);
    expect(one.operands[1]).toMatchObject({ kind: "reference", text: port, field: "toy.port", missing: "" });
    expect(values(one.operands[1])).toEqual(["53"]);
    expect(one.operands[0].values[0].verdict).toBe(true);

    const more = explain(`${port} == toy.port`, { references: new Map([[port, [7, 40000]]]) });
    const both = explain(`toy.port == ${port}`, { references: new Map([[port, [7, 40000]]]) });
    expect(both.verdict).toBe(true);
    expect(values(both.operands[1])).toEqual(["7", "40000"]);
    expect(more.operands.map(({ text }) => text)).toEqual([port, "toy.port"]);
  });

  it("is a macro: its clauses have the place that it has in the text", () => {
    const macros = [{ name: "small", expression: "toy.u8 < $1 && toy" }];
    const text = "toy.port == 80 || $small(3)";
    const root = explain(text, { macros });
    expect(leaves(root).map(({ text: own, verdict }) => [own, verdict])).toEqual([
      ["toy.port == 80", false],
      ["toy.u8 < 3", true],
      ["toy", true],
    ]);
    for (const { start, end } of leaves(root).slice(1)) {
      expect(text.slice(start, end).startsWith("$small") || text.slice(start, end) === "3").toBe(true);
    }
    expect(text.slice(root.start, root.end)).toBe(text);
  });
});

describe("kinds of tests", () => {
  it("presence, and what it does not ask", () => {
    expect(explain("toy.label")).toMatchObject({ verdict: true, note: "" });
    expect(explain("toy.flag").note).toBe("Asks whether the field is there, not whether it is set");
  });

  it("sets, with every member", () => {
    const { operands, verdict } = explain('toy.u8 in {"TCP", 5..9, 2}');
    expect(verdict).toBe(true);
    expect(operands.map(({ text }) => text)).toEqual(["toy.u8", '"TCP"', "5..9", "2"]);
    expect(judged(operands[0])).toEqual([
      ["One (1)", false],
      ["Two (2)", true],
    ]);
    expect(explain("toy.u8 not in {1, 2}")).toMatchObject({ kind: "not", verdict: false });
    expect(explain("toy.ranged in {toy.u8 .. toy.port}").operands.map(({ text }) => text)).toEqual([
      "toy.ranged",
      "toy.u8",
      "toy.port",
    ]);
  });

  it("contains and matches", () => {
    const matches = explain('toy.text matches "^get"');
    expect(judged(matches.operands[0])[0]).toEqual(['"GET /index \\"x\\" é"', true]);
    expect(matches.operands[1]).toMatchObject({ kind: "constant", text: '"^get"', values: [] });
    expect(explain("toy.bytes contains fe:ff").operands[0].values[0].verdict).toBe(true);
    expect(explain('all toy.text contains "POST"').verdict).toBe(false);
  });

  it("slices, raw bytes and arithmetic, with what they are made of", () => {
    const slice = explain("toy.bytes[3:2] == fe:ff").operands[0];
    expect(slice).toMatchObject({ kind: "computed", text: "toy.bytes[3:2]", count: 2 });
    expect(values(slice)[0]).toBe("fe:ff");
    expect(slice.parts.map(({ field }) => field)).toEqual(["toy.bytes"]);
    expect(slice.parts[0].values[0].verdict).toBe(true);

    const raw = explain("@toy.u8 == 02").operands[0];
    expect(judged(raw)).toEqual([
      ["01", false],
      ["02", true],
    ]);

    const sum = explain("toy.u8 + 1 == 3").operands[0];
    expect(values(sum)).toEqual(["2", "3"]);
    expect(sum.parts[0].values.map(({ verdict }) => verdict)).toEqual([false, true]);

    const mask = explain("toy.u16 & 0x0800");
    expect(mask).toMatchObject({ verdict: true });
    expect(mask.operands[0].values[0].text).toBe("0x0800");
    expect(values(explain("-toy.i8 == 5").operands[0])[0]).toBe("5");
  });

  it("functions: of single values and of all together", () => {
    const upper = explain('lower(toy.text) contains "get"').operands[0];
    expect(upper.values[0].text).toContain("get /index");
    expect(upper.parts[0].values[0].verdict).toBe(true);

    const count = explain("count(toy.port) > 3").operands[0];
    expect(values(count)).toEqual(["4"]);
    expect(count.parts[0].values.map(({ verdict }) => verdict)).toEqual([null, null, null, null]);
    expect(values(explain("max(toy.port) == 40000").operands[0])).toEqual(["40000"]);
    expect(explain("ip_rfc1918(toy.ip)")).toMatchObject({ verdict: true });
  });

  it("times, addresses and text", () => {
    expect(values(explain("toy.span > 1").operands[0])[0]).toContain("1.5");
    expect(values(explain("toy.ip == 10.1.0.0/16").operands[0])[0]).toBe("10.1.2.3");
    expect(explain("toy.ip == 10.1.0.0/16").operands[1].values).toEqual([]);
    expect(values(explain("toy.ip6 == 2001:db8::/32").operands[0])[0]).toBe("2001:db8::1");
  });
});
