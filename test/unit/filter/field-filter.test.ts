import { describe, expect, it } from "vitest";
import type { Field, Value } from "../../../engine/dissect/field.ts";
import { Node } from "../../../engine/dissect/node.ts";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { fieldFilterText } from "../../../engine/filter/field-filter.ts";
import { dissectToy, PACKET, toyFields, VALUES } from "./toy.ts";

const node = (field: Field, value: Value): Node => new Node(field, 0, 0, 2, value, 0, 0, null);
const text = (field: Field, value: Value): string => fieldFilterText(node(field, value), field);

describe("a field as a filter", () => {
  it.each(
    VALUES.filter(([, value]) => value !== null).map(
      ([field, value]) => [text(field, value), field, value] as const,
    ),
  )("finds its packet and no other: %s", (filter, field, value) => {
    const ask = (values: typeof VALUES): boolean =>
      compileFilter(filter).evaluate(dissectToy(PACKET, values));
    expect(ask([[field, value]])).toBe(true);
    expect(ask([])).toBe(false);
  });

  it.each([
    [toyFields.u8, 64, "toy.u8 == 64"],
    [toyFields.u16, 0x800, "toy.u16 == 0x0800"],
    [toyFields.i32, -7, "toy.i32 == -7"],
    [toyFields.char, 0x27, "toy.char == '\\x27'"],
    [toyFields.text, 'a "b" \\ \n\x01', 'toy.text == "a \\"b\\" \\\\ \\n\\x01"'],
    [toyFields.bytes, Uint8Array.of(10, 255), "toy.bytes == 0a:ff"],
    [toyFields.bytes, new Uint8Array(0), 'toy.bytes == ""'],
    [toyFields.flag, 1, "toy.flag == 1"],
    [toyFields.time, -1n, 'toy.time == "1969-12-31 23:59:59.999999999Z"'],
    [toyFields.span, -500_000_000n, "toy.span == -0.500000000"],
    [toyFields.time, 300_000_000_000_000_000_000n, ""],
    [toyFields.time, 9_000_000_000_000_000_000_000_000n, ""],
    [toyFields.label, null, "toy.label"],
    [toyFields.double, Number.NaN, ""],
  ])("%# is written as Wireshark writes it", (field, value, filter) => {
    expect(text(field, value)).toBe(filter);
  });

  it("takes the name of a protocol, and the bytes of a line without value where they are at hand", () => {
    const found = dissectToy(PACKET, [[toyFields.label, null]]);
    const [protocol] = found.found.filter((each) => each.field.name === "toy");
    expect(fieldFilterText(protocol)).toBe("toy");
    const [label] = found.found.filter((each) => each.field === toyFields.label);
    expect(fieldFilterText(label, label.field, found.sources)).toBe("frame[0:2] == 54:01");
  });
});
