import { create } from "zustand";
import type { TreeNode } from "../../engine/api.ts";
import { expandableNames, expansionName, flattenTree, type TreeLine } from "../lib/tree.ts";
import { selectedNode, useSelection } from "./selection.ts";
import { changeSettings, settings, useSettings } from "./settings.ts";

const LIMIT = 5000;

interface ExpansionState {
  /** Open lines without a field name, which cannot be remembered beyond the packet; frame and path. */
  unnamed: ReadonlySet<string>;
}

export const useExpansion = create<ExpansionState>()(() => ({ unnamed: new Set() }));

function unnamedKey(id: string): string {
  return `${useSelection.getState().frame?.number ?? 0}:${id}`;
}

/** Names of the open subtrees, as a set that is made only when the settings changed. */
let openNames: { from: readonly string[]; names: ReadonlySet<string> } = { from: [], names: new Set() };

export function expandedNames(from: readonly string[] = settings().expanded): ReadonlySet<string> {
  if (openNames.from !== from) openNames = { from, names: new Set(from) };
  return openNames.names;
}

export function isExpanded(node: TreeNode, id: string): boolean {
  const name = expansionName(node);
  return name ? expandedNames().has(name) : useExpansion.getState().unnamed.has(unnamedKey(id));
}

export function setExpanded(node: TreeNode, id: string, open: boolean): void {
  const name = expansionName(node);
  if (name) {
    changeNames((names) => {
      if (open) names.add(name);
      else names.delete(name);
    });
    return;
  }
  const unnamed = new Set(useExpansion.getState().unnamed);
  if (open) unnamed.add(unnamedKey(id));
  else unnamed.delete(unnamedKey(id));
  useExpansion.setState({ unnamed });
}

function changeNames(change: (names: Set<string>) => void): void {
  const names = new Set(settings().expanded);
  change(names);
  changeSettings({ expanded: [...names].slice(-LIMIT) });
}

/** Opens or closes a node and everything below it. */
export function setExpandedBelow(open: boolean, node: TreeNode | null = selectedNode()): void {
  if (!node) return;
  const below = expandableNames([node]);
  changeNames((names) => {
    for (const name of below) {
      if (open) names.add(name);
      else names.delete(name);
    }
  });
  changeUnnamed(open, [node]);
}

function changeUnnamed(open: boolean, within: readonly TreeNode[]): void {
  const { frame } = useSelection.getState();
  if (!frame) return;
  const unnamed = new Set(useExpansion.getState().unnamed);
  const walk = (nodes: readonly TreeNode[], parent: string, inside: boolean): void => {
    nodes.forEach((node, index) => {
      const id = parent === "" ? String(index) : `${parent}.${index}`;
      const here = inside || within.includes(node);
      if (here && node.children.length > 0 && !expansionName(node)) {
        if (open) unnamed.add(unnamedKey(id));
        else unnamed.delete(unnamedKey(id));
      }
      walk(node.children, id, here);
    });
  };
  walk(frame.tree, "", false);
  useExpansion.setState({ unnamed });
}

/** Opens everything of the shown packet. */
export function expandAll(): void {
  const { frame } = useSelection.getState();
  if (!frame) return;
  const all = expandableNames(frame.tree);
  changeNames((names) => {
    for (const name of all) names.add(name);
  });
  changeUnnamed(true, frame.tree);
}

/** Closes everything of the shown packet. */
export function collapseAll(): void {
  const { frame } = useSelection.getState();
  if (!frame) return;
  const all = expandableNames(frame.tree);
  changeNames((names) => {
    for (const name of all) names.delete(name);
  });
  changeUnnamed(false, frame.tree);
}

/** Opens every ancestor of a node, so that it can be seen. */
export function revealNode(path: readonly number[]): void {
  const { frame } = useSelection.getState();
  if (!frame) return;
  let nodes: readonly TreeNode[] = frame.tree;
  for (let depth = 0; depth < path.length - 1; depth++) {
    const node = nodes[path[depth]!];
    if (!node) return;
    const id = path.slice(0, depth + 1).join(".");
    if (!isExpanded(node, id)) setExpanded(node, id, true);
    nodes = node.children;
  }
}

/** The lines of the shown packet's tree. */
export function treeLines(): TreeLine[] {
  const { frame } = useSelection.getState();
  return frame ? flattenTree(frame.tree, isExpanded) : [];
}

/** Draws a component again when a subtree was opened or closed. */
export function useExpansionVersion(): { names: readonly string[]; unnamed: ReadonlySet<string> } {
  const names = useSettings((state) => state.expanded);
  const unnamed = useExpansion((state) => state.unnamed);
  return { names, unnamed };
}
