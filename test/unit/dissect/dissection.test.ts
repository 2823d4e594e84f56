import { describe, expect, test } from "vitest";
import { ConversationTable, IndexedConversations, refNumber } from "../../../engine/dissect/conversation.ts";
import {
  CaptureMemory,
  Dissection,
  MODE_FIELDS,
  MODE_INDEX,
  MODE_TREE,
  type Mode,
} from "../../../engine/dissect/dissection.ts";
import { bool, expert, strz, u8, u16 } from "../../../engine/dissect/field.ts";
import { nodeLabel } from "../../../engine/dissect/format.ts";
import type { Node } from "../../../engine/dissect/node.ts";
import { fields, type Protocol, protocol } from "../../../engine/dissect/protocol.ts";

const f = {
  kind: u8("toy.kind", "Kind", { names: { 1: "Hello" } }),
  length: u16("toy.length", "Length", { unit: " bytes" }),
  flags: u8("toy.flags", "Flags", { base: "HEX" }),
  high: bool("toy.flags.high", "High", { mask: 0x80 }),
  low: u8("toy.flags.low", "Low", { mask: 0x0f }),
  name: strz("toy.name", "Name"),
};
const x = { odd: expert("toy.odd", "warning", "Protocol", "Odd kind") };

/** Kind, flags, length, then `length` bytes that are toys again, then a name. */
const toy: Protocol = protocol({
  name: "toy",
  title: "Toy Protocol",
  short: "TOY",
  fields: f,
  experts: x,
  dissect(d) {
    const kind = d.u8(f.kind);
    if (kind % 2 === 1 && kind !== 1) d.expert(x.odd);
    d.bitset(f.flags, 1, [f.high, f.low]);
    const length = d.u16(f.length);
    if (d.columns) d.setInfo(`kind ${kind}`);
    if (length > 0) {
      const end = d.pos + length;
      d.limit(length);
      d.call(toy);
      d.pos = Math.min(end, d.end);
      return;
    }
    d.strz(f.name);
  },
});

const broken = protocol({
  name: "toybroken",
  title: "Broken",
  short: "BROKEN",
  dissect() {
    throw new TypeError("a mistake");
  },
});

function dissect(
  bytes: readonly number[],
  mode: Mode,
  options: { len?: number; top?: Protocol; wanted?: string[] } = {},
) {
  const d = new Dissection(new CaptureMemory(), () => undefined);
  const wanted = new Uint8Array(fields.length);
  for (const field of fields) if (options.wanted?.includes(field.name)) wanted[field.id] = 1;
  d.setMode(mode, true, wanted);
  const facts = { number: 1, sec: 0, nsec: 0, iface: 0, linkType: 1 };
  d.begin(Uint8Array.from(bytes), 0, { ...facts, capLen: bytes.length, len: options.len ?? bytes.length });
  d.call(options.top ?? toy);
  return d;
}

function lines(nodes: readonly Node[], depth = 0): string[] {
  return nodes.flatMap((node) => [
    "  ".repeat(depth) + nodeLabel(node),
    ...lines(node.children ?? [], depth + 1),
  ]);
}

const HELLO = [1, 0x85, 0, 0, 0x61, 0x62, 0];

describe("a dissection in TREE mode", () => {
  test("shows every field under its layer", () => {
    expect(lines(dissect(HELLO, MODE_TREE).roots)).toEqual([
      "Toy Protocol",
      "  Kind: Hello (1)",
      "  Flags: 0x85",
      "    1... .... = High: True",
      "    .... 0101 = Low: 5",
      "  Length: 0 bytes",
      "  Name: ab",
    ]);
  });

  test("knows where every field lies", () => {
    const [root] = dissect(HELLO, MODE_TREE).roots;
    expect(root.children?.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 1],
      [1, 1],
      [2, 2],
      [4, 3],
    ]);
    expect([root.offset, root.length]).toEqual([0, 7]);
  });

  test("puts layers beside each other, each as long as its own header", () => {
    const d = dissect([2, 0, 0, 7, ...HELLO], MODE_TREE);
    expect(d.roots.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 4],
      [4, 7],
    ]);
    expect(d.info).toBe("kind 1");
  });

  test("hangs expert information below the field it is about", () => {
    expect(lines(dissect([3, 0, 0, 0, 0], MODE_TREE).roots).slice(1, 4)).toEqual([
      "  Kind: Unknown (3)",
      "    [Expert Info (Warning/Protocol): Odd kind]",
      "      [Odd kind]",
    ]);
  });
});

describe("running out of bytes", () => {
  test("ends the layer as malformed and keeps what was dissected", () => {
    const d = dissect([1, 0, 0], MODE_TREE);
    expect(
      lines(d.roots)
        .filter((line) => !line.includes("="))
        .slice(0, 4),
    ).toEqual(["Toy Protocol", "  Kind: Hello (1)", "  Flags: 0x00", "[Malformed Packet: TOY]"]);
    expect(d.info).toContain("[Malformed Packet]");
    expect(d.worst).toBe("error");
  });

  test("is the snapshot length's doing where the wire had more", () => {
    const d = dissect([1, 0, 0], MODE_TREE, { len: 60 });
    expect(lines(d.roots)).toContain("[Packet size limited during capture: TOY truncated]");
  });

  test("in an inner layer leaves the outer one whole", () => {
    const d = dissect([2, 0, 0, 2, 9, 9, 0xff], MODE_TREE);
    expect(d.roots.map((root) => root.field.name)).toEqual(["toy", "toy", "_ws.malformed"]);
  });

  test("of a text without its NUL ends the layer", () => {
    expect(lines(dissect([1, 0, 0, 0, 0x61], MODE_TREE).roots)).toContain("[Malformed Packet: TOY]");
  });

  test("never happens twice: truncation at every byte throws nothing", () => {
    for (let n = 0; n < HELLO.length; n++) {
      for (const mode of [MODE_INDEX, MODE_FIELDS, MODE_TREE] as const) {
        expect(() => dissect(HELLO.slice(0, n), mode)).not.toThrow();
      }
    }
  });
});

test("a mistake in a dissector costs its layer, not the packet", () => {
  const d = dissect([1, 2, 3], MODE_TREE, { top: broken });
  expect(lines(d.roots)[1]).toBe("[Dissector bug, protocol BROKEN: TypeError: a mistake]");
});

test("layers that nest without end are given up", () => {
  const endless = Array.from({ length: 1000 }, () => [2, 0, 0xff, 0xff]).flat();
  const d = dissect(endless, MODE_TREE);
  expect(d.chainLength).toBe(128);
});

test("FIELDS mode keeps what is wanted and nothing else", () => {
  const d = dissect([2, 0x80, 0, 7, ...HELLO], MODE_FIELDS, { wanted: ["toy.flags.low", "toy.name"] });
  expect(d.found.map((node) => [node.field.name, node.value])).toEqual([
    ["toy.flags.low", 0],
    ["toy.flags.low", 5],
    ["toy.name", "ab"],
  ]);
});

test("INDEX mode keeps the protocol chain only", () => {
  const d = dissect([2, 0, 0, 7, ...HELLO], MODE_INDEX);
  expect(Array.from(d.chain.subarray(0, d.chainLength))).toEqual([toy.id, toy.id]);
  expect(d.roots).toEqual([]);
  expect(d.found).toEqual([]);
});

describe("conversations", () => {
  const KIND = 2;
  test("are the same in both directions and numbered as they appear", () => {
    const table = new ConversationTable();
    const a = table.find(KIND, 1, 0, 1, 1000, 2, 53);
    const b = table.find(KIND, 2, 0, 3, 1000, 2, 53);
    expect(table.find(KIND, 3, 0, 2, 53, 1, 1000)).toBe(a);
    expect([refNumber(a.ref), refNumber(b.ref)]).toEqual([0, 1]);
  });

  test("of ports used again are new ones", () => {
    const table = new ConversationTable();
    const old = table.find(KIND, 1, 0, 1, 1000, 2, 80);
    const renewed = table.renew(old, 9, 0, 1, 1000, 2, 80);
    expect(renewed.ref).not.toBe(old.ref);
    expect(table.find(KIND, 10, 0, 2, 80, 1, 1000)).toBe(renewed);
  });

  test("survive the growth of the table", () => {
    const table = new ConversationTable();
    const made = Array.from({ length: 10_000 }, (_, i) => table.find(KIND, i + 1, 0, 1, i, 2, 53));
    made.forEach((c, i) => {
      expect(table.find(KIND, 20_000, 0, 2, 53, 1, i)).toBe(c);
    });
  });

  test("are found by the index's numbers afterwards", () => {
    const table = new ConversationTable();
    const first = table.find(KIND, 1, 0, 1, 1000, 2, 53);
    const indexed = new IndexedConversations();
    indexed.refs = [first.ref];
    const again = indexed.find(KIND, 7, 0, 2, 53, 1, 1000);
    expect(again.ref).toBe(first.ref);
    expect(indexed.find(KIND, 8, 0, 1, 1000, 2, 53)).toBe(again);
  });
});
