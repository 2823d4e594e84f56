import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/** One import, re-export or dynamic import. */
export interface Import {
  /** As written: `./ipv4.ts`, `node:fs`, `zod`. */
  specifier: string;
  /** Erased by the compiler: `import type …`, `export type … from`. */
  typeOnly: boolean;
  line: number;
}

/**
 * Lists what a TypeScript or JavaScript module imports: `import`, `export … from`, `import()`, `require()`,
 * `import.meta.resolve()` and types written as `import("…")`.
 *
 * @param source the module's text
 * @returns the imports with a literal specifier, in order
 */
export function importsOf(source: string): Import[] {
  const text = withoutComments(source);
  const found: (Import & { at: number })[] = [];
  const add = (at: number, specifier: string, typeOnly: boolean) => {
    found.push({ at, specifier, typeOnly, line: text.slice(0, at).split("\n").length });
  };

  const statement =
    /^[ \t]*(import|export)\b(\s+type\b(?!\s*(?:,|from\b)))?\s*([^;"'`()=]*?\bfrom\s*)?["']([^"'\n]+)["']/gm;
  for (const match of text.matchAll(statement)) {
    if (match[1] === "export" && match[3] === undefined) continue;
    add(match.index + match[0].search(/\S/), match[4]!, match[2] !== undefined);
  }
  const call = /\b(?:import|require|import\.meta\.resolve)\s*\(\s*["'`]([^"'`\n]+)["'`]/g;
  for (const match of text.matchAll(call)) add(match.index, match[1]!, false);

  return found
    .sort((a, b) => a.at - b.at)
    .map(({ specifier, typeOnly, line }) => ({ specifier, typeOnly, line }));
}

/** Blanks comments, and the text of templates, so that what they show is not taken for code. Keeps the lines. */
function withoutComments(source: string): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;
  return source.replace(token, (match) => {
    const oneLine = match.startsWith("`") && !/[\n$\s]/.test(match);
    if (match.startsWith('"') || match.startsWith("'") || oneLine) return match;
    return match.replace(/[^\n]/g, " ");
  });
}

/**
 * The TypeScript and JavaScript files below a folder.
 *
 * @param folder relative to the root
 * @returns paths relative to the root with forward slashes, sorted; empty when there is no such folder
 */
export function modulesBelow(folder: string): string[] {
  const start = path.join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|cts|js|mjs|cjs)$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .sort();
}

/** Reads a file of the repository. */
export function read(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

/**
 * Where a relative import leads.
 *
 * @returns a path relative to the root, or undefined for a package or a Node built-in
 */
export function target(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
}

/** The package a bare specifier names: `@codemirror/view/x` → `@codemirror/view`. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/**
 * Finds the import cycles of a graph (Tarjan's strongly connected components).
 *
 * @param graph for each node the nodes it leads to
 * @returns the components of more than one node, and nodes that lead to themselves
 */
export function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];

  const visit = (node: string) => {
    order.set(node, order.size);
    low.set(node, order.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node)!, low.get(next)!));
      } else if (stack.includes(next)) {
        low.set(node, Math.min(low.get(node)!, order.get(next)!));
      }
    }
    if (low.get(node) !== order.get(node)) return;
    const component = stack.splice(stack.indexOf(node)).sort();
    if (component.length > 1 || graph.get(node)?.includes(node)) found.push(component);
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}
