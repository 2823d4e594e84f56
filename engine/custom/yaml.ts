/** YAML 1.2 with the places of its nodes, so that whatever is wrong in a document can be found in it. */
import { CORE_SCHEMA, load, type ParserState, YAMLException } from "js-yaml";

/** Where in a document something is: keys of mappings and indexes of sequences, from the outside. */
export type Path = readonly PropertyKey[];

/** A mistake in a document. */
export class DocumentError extends Error {
  /** Counted from 1. */
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** Levels of nesting, and nodes, with what aliases repeat, of the largest document. */
const MOST_DEPTH = 60;
const MOST_NODES = 100_000;

interface Node {
  readonly line: number;
  readonly children: Node[];
  value: unknown;
}

/** A document: its contents, and the lines they stand in. */
export class YamlDocument {
  readonly value: unknown;
  readonly #root: Node;

  /** @throws DocumentError when the text is no YAML, or repeats itself without end */
  constructor(text: string) {
    const root: Node = { line: 0, children: [], value: undefined };
    const open: Node[] = [root];
    const listener = (event: "open" | "close", { line, result }: ParserState): void => {
      if (event === "open") open.push({ line, children: [], value: undefined });
      else {
        const node = open.pop()!;
        node.value = result;
        open[open.length - 1].children.push(node);
      }
    };
    try {
      this.value = load(text, { schema: CORE_SCHEMA, maxDepth: MOST_DEPTH, listener });
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      throw new DocumentError(`This is not YAML: ${error.reason}`, (error.mark?.line ?? 0) + 1);
    }
    refuseEndless(this.value);
    this.#root = root.children.findLast(({ value }) => value === this.value) ?? root;
  }

  /** The line of what is at `path`, or of what is around it as far as there is anything. Counted from 1. */
  lineOf(path: Path): number {
    let node = this.#root;
    let { line } = node;
    for (const key of path) {
      const found = childAt(node, key);
      if (found === null) break;
      node = found.node;
      line = found.line;
    }
    return line + 1;
  }
}

/** Mappings have their keys and values for children, in turn; what the parser tried in vain stands between. */
function childAt({ value, children }: Node, key: PropertyKey): { node: Node; line: number } | null {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
  const wanted = (value as Record<PropertyKey, unknown>)[key];
  if (Array.isArray(value)) {
    let index = 0;
    for (const node of children) {
      if (index >= value.length || !Object.is(node.value, value[index])) continue;
      if (index === key) return { node, line: firstLine(node) };
      index++;
    }
    return null;
  }
  for (let i = 0; i < children.length; i++) {
    if (String(children[i].value) !== key) continue;
    const next = children.at(i + 1);
    const node = next !== undefined && Object.is(next.value, wanted) ? next : children[i];
    return { node, line: children[i].line };
  }
  return null;
}

/** An item of a sequence may begin in a line below its dash. */
const firstLine = (node: Node): number => node.children[0]?.line ?? node.line;

function refuseEndless(value: unknown): void {
  const open = [value];
  for (let count = 0; open.length > 0; count++) {
    if (count === MOST_NODES) {
      throw new DocumentError("The document is too large: its aliases repeat too much, or themselves", 1);
    }
    const one = open.pop();
    if (typeof one === "object" && one !== null) open.push(...Object.values(one).slice(0, MOST_NODES));
  }
}
