import type { TreeNode } from "../../engine/api.ts";

/** A node's place: the index of the child at each level, from the top. */
export type NodePath = readonly number[];

/** One visible line of the layer tree. */
export interface TreeLine {
  node: TreeNode;
  path: NodePath;
  /** The path as text; unique within the tree. */
  id: string;
  /** 1 for protocols. */
  level: number;
  expanded: boolean;
  expandable: boolean;
  /** Place among the visible siblings, counted from 1, and how many there are. */
  position: number;
  siblings: number;
}

export function pathId(path: NodePath): string {
  return path.join(".");
}

export function parsePath(id: string): number[] {
  return id === "" ? [] : id.split(".").map(Number);
}

/** The name by which a node's expansion is remembered; empty when it has none. */
export function expansionName(node: TreeNode): string {
  return node.field;
}

function visibleChildren(nodes: readonly TreeNode[]): { node: TreeNode; index: number }[] {
  const out: { node: TreeNode; index: number }[] = [];
  nodes.forEach((node, index) => {
    if (!node.hidden) out.push({ node, index });
  });
  return out;
}

/** The lines to draw, in order; hidden nodes left out. */
export function flattenTree(
  roots: readonly TreeNode[],
  isExpanded: (node: TreeNode, id: string) => boolean,
): TreeLine[] {
  const lines: TreeLine[] = [];
  const walk = (nodes: readonly TreeNode[], parent: NodePath): void => {
    const children = visibleChildren(nodes);
    children.forEach(({ node, index }, place) => {
      const path = [...parent, index];
      const id = pathId(path);
      const expandable = node.children.some((child) => !child.hidden);
      const expanded = expandable && isExpanded(node, id);
      lines.push({
        node,
        path,
        id,
        level: path.length,
        expanded,
        expandable,
        position: place + 1,
        siblings: children.length,
      });
      if (expanded) walk(node.children, path);
    });
  };
  walk(roots, []);
  return lines;
}

export function nodeAt(roots: readonly TreeNode[], path: NodePath): TreeNode | null {
  let nodes = roots;
  let node: TreeNode | null = null;
  for (const index of path) {
    node = nodes[index] ?? null;
    if (!node) return null;
    nodes = node.children;
  }
  return node;
}

/** Where a node of the tree stands; null when it is of another tree. */
export function pathOf(roots: readonly TreeNode[], wanted: TreeNode): NodePath | null {
  for (let i = 0; i < roots.length; i++) {
    const node = roots[i]!;
    if (node === wanted) return [i];
    const below = pathOf(node.children, wanted);
    if (below) return [i, ...below];
  }
  return null;
}

/**
 * The deepest visible node that covers a byte. Among siblings the one with the fewest bytes wins, because a bit
 * field stands beside the field that holds it. Null when no node covers it.
 */
export function nodeAtByte(roots: readonly TreeNode[], source: number, offset: number): NodePath | null {
  let best: { path: NodePath; length: number; depth: number } | null = null;
  const walk = (nodes: readonly TreeNode[], parent: NodePath): void => {
    nodes.forEach((node, index) => {
      if (node.hidden) return;
      const path = [...parent, index];
      const covers =
        node.source === source &&
        node.length > 0 &&
        offset >= node.offset &&
        offset < node.offset + node.length;
      if (covers) {
        const better =
          best === null ||
          path.length > best.depth ||
          (path.length === best.depth && node.length < best.length);
        if (better) best = { path, length: node.length, depth: path.length };
      }
      // Children may stand in another source than their parent (reassembled bytes).
      walk(node.children, path);
    });
  };
  walk(roots, []);
  return (best as { path: NodePath } | null)?.path ?? null;
}

/** The first node of this field name, depth first. */
export function findField(roots: readonly TreeNode[], field: string): TreeNode | null {
  for (const node of roots) {
    if (node.field === field) return node;
    const below = findField(node.children, field);
    if (below) return below;
  }
  return null;
}

/** The path of the first node of this field name, depth first; null when there is none. */
export function findFieldPath(roots: readonly TreeNode[], field: string): NodePath | null {
  for (let i = 0; i < roots.length; i++) {
    const node = roots[i]!;
    if (node.field === field) return [i];
    const below = findFieldPath(node.children, field);
    if (below) return [i, ...below];
  }
  return null;
}

/** All names below (and of) the nodes, for "expand all". */
export function expandableNames(nodes: readonly TreeNode[], into = new Set<string>()): Set<string> {
  for (const node of nodes) {
    if (node.children.length === 0) continue;
    const name = expansionName(node);
    if (name) into.add(name);
    expandableNames(node.children, into);
  }
  return into;
}

/** The tree as indented text, as "copy all visible items" gives it. */
export function treeText(lines: readonly TreeLine[]): string {
  return lines.map((line) => `${"    ".repeat(line.level - 1)}${line.node.label}`).join("\n");
}
