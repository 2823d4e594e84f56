import { describe, expect, it } from "vitest";
import type { FrameDetail, TreeNode } from "../../../engine/api.ts";
import { cellFilter, conversationFilters } from "../../../renderer/lib/cell-filter.ts";
import {
  findFieldPath,
  flattenTree,
  nodeAt,
  nodeAtByte,
  pathOf,
  treeText,
} from "../../../renderer/lib/tree.ts";

function node(field: string, offset: number, length: number, more: Partial<TreeNode> = {}): TreeNode {
  return {
    label: field,
    field,
    title: field,
    value: "",
    filter: field,
    cut: false,
    source: 0,
    offset,
    length,
    generated: false,
    hidden: false,
    severity: null,
    link: null,
    children: [],
    ...more,
  };
}

const tree: TreeNode[] = [
  node("frame", 0, 60, { children: [node("frame.len", 0, 0, { value: "60", filter: "frame.len == 60" })] }),
  node("ip", 14, 20, {
    children: [
      node("ip.version", 14, 1),
      node("ip.flags", 20, 2, { children: [node("ip.flags.df", 20, 1)] }),
      node("ip.frag_offset", 20, 2),
      node("ip.addr", 26, 4, { hidden: true, value: "10.0.0.1" }),
      node("ip.src", 26, 4, { value: "10.0.0.1", filter: "ip.src == 10.0.0.1" }),
      node("ip.dst", 30, 4, { value: "10.0.0.2", filter: "ip.dst == 10.0.0.2" }),
    ],
  }),
  node("tcp", 34, 20, {
    children: [
      node("tcp.stream", 0, 0, { value: "3", filter: "tcp.stream == 3", generated: true }),
      node("tcp.reassembled", 0, 8, { source: 1, children: [node("http.host", 4, 4, { source: 1 })] }),
    ],
  }),
];

const field = (path: readonly number[] | null) => (path ? nodeAt(tree, path)?.field : null);

describe("the node of a byte", () => {
  it("is the deepest one that covers it", () => {
    expect(field(nodeAtByte(tree, 0, 14))).toBe("ip.version");
    expect(field(nodeAtByte(tree, 0, 20))).toBe("ip.flags.df");
    expect(field(nodeAtByte(tree, 0, 15))).toBe("ip");
    expect(field(nodeAtByte(tree, 0, 5))).toBe("frame");
  });
  it("is never a hidden one", () => {
    expect(field(nodeAtByte(tree, 0, 27))).toBe("ip.src");
  });
  it("is looked for in its own source only", () => {
    expect(field(nodeAtByte(tree, 1, 5))).toBe("http.host");
    expect(field(nodeAtByte(tree, 1, 1))).toBe("tcp.reassembled");
  });
  it("is none behind the end", () => {
    expect(nodeAtByte(tree, 0, 60)).toBeNull();
  });
});

describe("the lines of a tree", () => {
  it("are the visible nodes of open subtrees", () => {
    const lines = flattenTree(tree, (entry) => entry.field === "ip");
    expect(lines.map((line) => line.node.field)).toEqual([
      "frame",
      "ip",
      "ip.version",
      "ip.flags",
      "ip.frag_offset",
      "ip.src",
      "ip.dst",
      "tcp",
    ]);
    const source = lines[5]!;
    expect(source).toMatchObject({ id: "1.4", level: 2, position: 4, siblings: 5, expandable: false });
    expect(lines[0]).toMatchObject({ expandable: true, expanded: false });
  });
  it("are copied with their indentation", () => {
    const lines = flattenTree(tree, (entry) => entry.field === "frame").slice(0, 2);
    expect(treeText(lines)).toBe("frame\n    frame.len");
  });
});

it("finds a field's path", () => {
  expect(findFieldPath(tree, "ip.flags.df")).toEqual([1, 1, 0]);
  expect(findFieldPath(tree, "udp")).toBeNull();
});

it("finds where a node of the tree stands", () => {
  for (const path of [[0], [1, 1, 0], [2, 1, 0]]) expect(pathOf(tree, nodeAt(tree, path)!)).toEqual(path);
  expect(pathOf(tree, node("frame", 0, 60))).toBeNull();
});

describe("filters from the packet list", () => {
  const frame: FrameDetail = { number: 7, tree, sources: [] };
  it("come from the field a cell shows", () => {
    expect(cellFilter("source", "10.0.0.1", frame).filter).toBe("ip.src == 10.0.0.1");
    expect(cellFilter("destination", "10.0.0.2", frame).filter).toBe("ip.dst == 10.0.0.2");
    expect(cellFilter("length", "60", frame).filter).toBe("frame.len == 60");
    expect(cellFilter("number", "7", frame).filter).toBe("frame.number == 7");
    expect(cellFilter("protocol", "TCP", frame).filter).toBe("tcp");
    expect(cellFilter("field:tcp.stream", "3", frame).filter).toBe("tcp.stream == 3");
  });
  it("may be the beginning of a field's filter, which the field's node knows", () => {
    const long = node("http.file_data", 54, 4000, { filter: 'http.file_data == "aaaa', cut: true });
    expect(cellFilter("field:http.file_data", "aaaa", { ...frame, tree: [...tree, long] })).toBe(long);
    expect(cellFilter("source", "10.0.0.1", frame).cut).toBe(false);
  });
  it("are none without the frame, but for a field's own column", () => {
    expect(cellFilter("source", "10.0.0.1", null).filter).toBe("");
    expect(cellFilter("field:http.host", "a.example", null).filter).toBe('http.host == "a.example"');
  });
  it("name the conversations, the innermost first", () => {
    expect(conversationFilters(frame)).toEqual([
      { name: "TCP", filter: "tcp.stream == 3" },
      { name: "IPv4", filter: "ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2" },
    ]);
  });
});
