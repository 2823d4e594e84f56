import { describe, expect, it } from "vitest";
import type { FilterClause, FilterOperand, FilterVerdict } from "../../../engine/api.ts";
import { historyKey, searchHistory } from "../../../renderer/components/FilterHistory.tsx";
import { bracketsAt, oneLine } from "../../../renderer/lib/brackets.ts";
import { clauseLines, summaryOf, testsOf, toldOperands } from "../../../renderer/lib/clauses.ts";
import { fixesOf } from "../../../renderer/lib/hints.ts";

describe("brackets", () => {
  const at = (marked: string) => bracketsAt(marked.replace("|", ""), marked.indexOf("|"));

  it("beside the caret are found with those they belong to", () => {
    expect(at("(a{b}|)")).toEqual({ open: 2, close: 4 });
    expect(at("(a{b})|")).toEqual({ open: 0, close: 5 });
    expect(at("|(a)")).toEqual({ open: 0, close: 2 });
    expect(at("a[0|:2]")).toBeNull();
  });

  it("in quotes are text, and those without another are told", () => {
    expect(at('("(|")')).toBeNull();
    expect(at('(a == "\\")|")')).toBeNull();
    expect(at("(|a == 1")).toEqual({ open: 0, close: -1 });
    expect(at("a == 1)|")).toEqual({ open: -1, close: 6 });
    expect(at("(a}|")).toEqual({ open: -1, close: 2 });
  });
});

describe("pasted text", () => {
  it("becomes one line", () => {
    expect(oneLine("tcp\n  && udp\r\n|| arp\n")).toBe("tcp && udp || arp");
    expect(oneLine("\n\ntcp")).toBe("tcp");
    expect(oneLine(' "a  b" ')).toBe(' "a  b" ');
  });
});

describe("corrections", () => {
  const verdict = (start: number, end: number, ...hints: string[]): FilterVerdict => ({
    verdict: "error",
    message: "",
    start,
    end,
    hints,
  });

  it("take the place of what is marked", () => {
    const { fixes, advice } = fixesOf(verdict(0, 6, "ip.ttl", '"TCP"', "lower()"), "ip.tll == 1");
    expect(fixes).toEqual([
      { label: "ip.ttl", text: "ip.ttl == 1" },
      { label: '"TCP"', text: '"TCP" == 1' },
      { label: "lower()", text: "lower == 1" },
    ]);
    expect(advice).toEqual([]);
  });

  it("are read from sentences that say what to write", () => {
    expect(fixesOf(verdict(5, 8, 'Write "abc".'), "a == abc").fixes[0]?.text).toBe('a == "abc"');
    expect(fixesOf(verdict(5, 9, "Write 443 without quotes."), 'a == "443"').fixes[0]?.label).toBe("443");
    expect(fixesOf(verdict(0, 1, "a == 1"), "a").fixes[0]?.text).toBe("a == 1");
    expect(fixesOf(verdict(0, 1, "Add ) where the group ends."), "(a ").fixes[0]).toEqual({
      label: "add )",
      text: "(a)",
    });
  });

  it("are not made of advice", () => {
    const hints = ["Write in {80, 443}.", "The largest value is 255.", "Add a field, a protocol or a value."];
    expect(fixesOf(verdict(0, 1, ...hints), "a")).toEqual({ fixes: [], advice: hints });
  });
});

describe("the history", () => {
  const history = ["tcp.port == 443", "udp", "tcp"];

  it("is narrowed down by what is typed, capitals or not", () => {
    expect(searchHistory(history, " TCP ", false)).toEqual(["tcp.port == 443", "tcp"]);
    expect(searchHistory(history, "port", false)).toEqual(["tcp.port == 443"]);
    expect(searchHistory(history, "", false)).toEqual(history);
  });

  it("is gone back through from what is typed", () => {
    expect(searchHistory(history, "tcp", true)).toEqual(["tcp.port == 443"]);
    expect(searchHistory(history, "port", true)).toEqual([]);
  });

  it("is walked with keys, around its ends", () => {
    expect(historyKey("ArrowDown", 2, 3)).toEqual({ at: 0 });
    expect(historyKey("Ctrl-r", 0, 3)).toEqual({ at: 1 });
    expect(historyKey("ArrowUp", 0, 3)).toEqual({ at: 2 });
    expect(historyKey("PageDown", 0, 3)).toEqual({ at: 2 });
    expect(historyKey("PageUp", 2, 0)).toEqual({ at: 0 });
    expect(historyKey("Tab", 0, 1)).toBe("take");
  });
});

describe("the lines of an explained filter", () => {
  const operand = (over: Partial<FilterOperand>): FilterOperand => ({
    kind: "field",
    start: 0,
    end: 1,
    text: "a",
    field: "a",
    title: "",
    type: "",
    missing: "",
    values: [],
    count: 0,
    parts: [],
    ...over,
  });
  const clause = (over: Partial<FilterClause>): FilterClause => ({
    kind: "test",
    start: 0,
    end: 1,
    text: "a",
    verdict: true,
    counts: true,
    note: "",
    clauses: [],
    operands: [],
    ...over,
  });
  const inner = clause({ text: "b", verdict: false });
  const or = clause({ kind: "or", counts: false, clauses: [clause({ text: "a" }), inner] });
  const root = clause({ kind: "and", verdict: false, clauses: [or, clause({ text: "c", verdict: false })] });

  it("stand one below the other, those that do not count with all below them", () => {
    expect(
      clauseLines(root).map(({ clause: { text, kind }, level, position, siblings, idle }) => [
        kind === "test" ? text : kind,
        level,
        position,
        siblings,
        idle,
      ]),
    ).toEqual([
      ["and", 1, 1, 1, false],
      ["or", 2, 1, 2, true],
      ["a", 3, 1, 2, true],
      ["b", 3, 2, 2, true],
      ["c", 2, 2, 2, false],
    ]);
    expect(testsOf(root).map(({ text }) => text)).toEqual(["a", "b", "c"]);
    expect(summaryOf(root)).toBe("1 of 2 true, all must be");
  });

  it("say once what is missing, and nothing of plain constants", () => {
    const missing = "not in this packet";
    const part = operand({ missing });
    const told = toldOperands(
      clause({
        operands: [operand({ kind: "computed", missing, parts: [part] }), operand({ kind: "constant" })],
      }),
    );
    expect(told).toEqual([part]);
  });
});
