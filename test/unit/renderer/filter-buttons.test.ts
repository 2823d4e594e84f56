import { describe, expect, it } from "vitest";
import { contrast } from "../../../renderer/lib/contrast.ts";
import { type ButtonEntry, groupButtons } from "../../../renderer/lib/filter-buttons.ts";

const button = (label: string, enabled = true) => ({ label, expression: label, comment: "", enabled });

/** Labels, those of a menu in a list behind its name. */
const shape = (entries: readonly ButtonEntry[]): unknown[] =>
  entries.map((entry) => (entry.kind === "group" ? [entry.label, ...shape(entry.entries)] : entry.label));

describe("filter buttons", () => {
  it("stand in menus named by what // parts their labels into", () => {
    const buttons = ["a", "Web//GET", "b", "Web// 4xx ", "Web//Deep//c", "//d", "e//", "Web//GET"].map(
      (label) => button(label),
    );
    expect(shape(groupButtons(buttons))).toEqual([
      "a",
      ["Web", "GET", "4xx", ["Deep", "c"], "GET"],
      "b",
      "d",
      "e",
    ]);
  });
  it("are left out when switched off, and keep their place in the settings", () => {
    const entries = groupButtons([button("off", false), button("Gone//x", false), button("on")]);
    expect(entries).toMatchObject([{ kind: "button", index: 2, label: "on" }]);
  });
});

describe("contrast", () => {
  it("is as WCAG counts it", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrast("#ffffff", "#767676")).toBeCloseTo(4.54, 2);
    expect(contrast("#123456", "#123456")).toBe(1);
  });
});
