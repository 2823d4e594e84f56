/** Why a frame matches a display filter, with the lines of its tree that show the values. */
import type { FilterExplanation } from "../api.ts";
import { MODE_FIELDS, MODE_TREE } from "../dissect/dissection.ts";
import { HIDDEN, type Node } from "../dissect/node.ts";
import type { CompiledFilter } from "../filter/compile.ts";
import { explainFilter, protocolsOf } from "../filter/explain.ts";
import type { Viewer } from "./viewer.ts";

/**
 * Explains a filter's verdict on a frame.
 * @param viewer ready to dissect the frame in TREE mode
 * @param previousDisplayed the frame before it in the displayed list, 0 for none
 */
export function explainFrame(
  viewer: Viewer,
  filter: CompiledFilter,
  number: number,
  previousDisplayed: number,
): FilterExplanation {
  const { roots } = viewer.dissect(number, MODE_TREE, true, undefined, previousDisplayed);
  const places = new TreePlaces(roots);
  const d = viewer.dissect(number, MODE_FIELDS, filter.needsColumns, filter.wanted, previousDisplayed);
  const clause = explainFilter(filter, d, { pathOf: (node) => places.pathOf(node) });
  return { number, matches: clause.verdict, protocols: protocolsOf(d), clause };
}

/** Where fields stand in a layer tree; those that are not shown, where their bytes are. */
class TreePlaces {
  /** By field and bytes, in the tree's order; hidden lines have the path of a line that shows the same bytes. */
  readonly #byNode = new Map<string, { path: number[]; hidden: boolean }[]>();
  readonly #byBytes = new Map<string, number[]>();
  /** Nodes that were asked for, so that equal ones get one place each. */
  readonly #given = new Map<Node, number[] | null>();
  readonly #next = new Map<string, number>();

  constructor(roots: readonly Node[]) {
    this.#walk(roots, [], false);
  }

  #walk(nodes: readonly Node[], above: readonly number[], within: boolean): void {
    nodes.forEach((node, i) => {
      const path = [...above, i];
      const hidden = within || (node.flags & HIDDEN) !== 0;
      const key = nodeKey(node);
      const same = this.#byNode.get(key) ?? [];
      this.#byNode.set(key, same);
      same.push({ path, hidden });
      const bytes = bytesKey(node);
      if (!hidden && node.length > 0 && !this.#byBytes.has(bytes)) this.#byBytes.set(bytes, path);
      if (node.children !== null) this.#walk(node.children, path, hidden);
    });
  }

  pathOf(node: Node): number[] | null {
    const given = this.#given.get(node);
    if (given !== undefined) return given;
    const key = nodeKey(node);
    const at = this.#next.get(key) ?? 0;
    this.#next.set(key, at + 1);
    const found = this.#byNode.get(key)?.[at];
    const path =
      found === undefined || found.hidden ? (this.#byBytes.get(bytesKey(node)) ?? null) : found.path;
    this.#given.set(node, path);
    return path;
  }
}

const bytesKey = ({ source, offset, length }: Node): string => `${source}/${offset}/${length}`;
const nodeKey = (node: Node): string => `${node.field.id}/${bytesKey(node)}`;
