import { describe, expect, test } from "vitest";
import { complaint, contract, rules, unexplained } from "./rules.ts";
import { cycles, importsOf, modulesBelow, read, target } from "./scan.ts";

const folders = Object.keys(rules);

describe("the arrows between the folders", () => {
  test.each(folders)("%s/ imports only what it may", (folder) => {
    const modules = modulesBelow(folder);
    expect(modules, `${folder}/ holds no module`).not.toEqual([]);
    const complaints = modules.flatMap((file) =>
      importsOf(read(file)).flatMap((found) => complaint(file, found) ?? []),
    );
    expect(complaints).toEqual([]);
  });

  test("the engine's modules import one another without a cycle", () => {
    const graph = new Map<string, string[]>();
    for (const file of modulesBelow("engine")) {
      const values = importsOf(read(file)).filter(({ typeOnly }) => !typeOnly);
      graph.set(
        file,
        values.flatMap(({ specifier }) => target(file, specifier) ?? []),
      );
    }
    expect(cycles(graph).map((files) => files.join(" <-> "))).toEqual([]);
  });

  test("every import leads to a module that is there", () => {
    const lost: string[] = [];
    for (const folder of folders) {
      const modules = new Set([...folders.flatMap(modulesBelow), "package.json"]);
      for (const file of modulesBelow(folder)) {
        for (const { specifier, line } of importsOf(read(file))) {
          const local = target(file, specifier);
          if (local === undefined || /\.(css|svg|png)(\?.*)?$/.test(local)) continue;
          if (!modules.has(local)) lost.push(`${file}:${line} imports ${specifier}`);
        }
      }
    }
    expect(lost).toEqual([]);
  });

  test("every protocol is listed in engine/protocols/index.ts", () => {
    const index = "engine/protocols/index.ts";
    const modules = modulesBelow("engine/protocols").filter((file) => file !== index);
    if (modules.length === 0) return;
    const listed = new Set<string>();
    const follow = (file: string) => {
      for (const { specifier, typeOnly } of importsOf(read(file))) {
        const next = target(file, specifier);
        if (typeOnly || !next?.startsWith("engine/protocols/") || listed.has(next)) continue;
        listed.add(next);
        follow(next);
      }
    };
    follow(index);
    expect(modules.filter((file) => !listed.has(file))).toEqual([]);
  });

  test("no check is switched off without a reason", () => {
    // this folder's own tests show what is forbidden
    const files = [...folders, "test", "native"]
      .flatMap(modulesBelow)
      .filter((file) => !file.startsWith("test/unit/architecture/"));
    expect(files.flatMap((file) => unexplained(file, read(file)))).toEqual([]);
  });

  test("package-lock.json names no registry, so that any mirror serves", () => {
    const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, { resolved?: string }> };
    const addresses = Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.includes("://"));
    expect(Object.keys(lock.packages).length).toBeGreaterThan(10);
    expect(addresses).toEqual([]);
  });
});

describe("the scanner sees", () => {
  const specifiers = (source: string) => importsOf(source).map(({ specifier }) => specifier);

  test("every form of import", () => {
    const source = [
      'import "./side.ts";',
      'import whole, { part } from "./value.ts";',
      'import {\n  one,\n  two,\n} from "./lines.ts";',
      'export * from "./all.ts";',
      'export { x } from "./some.ts";',
      'const later = await import("./later.ts");',
      'const native = require("cap");',
      "const quick = import(`./template.ts`);",
    ].join("\n");
    expect(specifiers(source)).toEqual([
      "./side.ts",
      "./value.ts",
      "./lines.ts",
      "./all.ts",
      "./some.ts",
      "./later.ts",
      "cap",
      "./template.ts",
    ]);
    expect(importsOf(source).map(({ line }) => line)).toEqual([1, 2, 3, 7, 8, 9, 10, 11]);
  });

  test("which imports are erased", () => {
    const source = [
      'import type { A } from "a";',
      'export type { B } from "b";',
      'import { type C } from "c";',
      'import type from "d";',
      'import type * as E from "e";',
    ].join("\n");
    expect(importsOf(source).map(({ typeOnly }) => typeOnly)).toEqual([true, true, false, false, true]);
  });

  test("no import in comments, strings and templates", () => {
    const source = [
      '// import a from "a";',
      '/*\nimport b from "b";\n*/',
      'const text = `\nimport c from "c";\n`;',
      'export const from = "d";',
      "export const say = () => 'import e from \"e\"';",
      'const address = "http://example.com"; import("real");',
    ].join("\n");
    expect(specifiers(source)).toEqual(["real"]);
  });

  test("import cycles", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["b", "d"]],
      ["d", []],
      ["e", ["e"]],
    ]);
    expect(cycles(graph)).toEqual([["b", "c"], ["e"]]);
  });
});

describe("the rules forbid", () => {
  const value = (specifier: string) => ({ specifier, typeOnly: false, line: 1 });
  const type = (specifier: string) => ({ specifier, typeOnly: true, line: 1 });

  test.each([
    ["engine/a.ts", "electron"],
    ["engine/a.ts", "react"],
    ["engine/a.ts", "cap"],
    ["engine/a.ts", "../server/main.ts"],
    ["engine/index/a.ts", "../../renderer/app.tsx"],
    ["electron/main.ts", "ws"],
    ["electron/main.ts", "../server/main.ts"],
    ["server/main.ts", "electron"],
    ["cli/tapline.ts", "../server/main.ts"],
    ["renderer/app.tsx", "node:fs"],
    ["renderer/app.tsx", "electron"],
    ["renderer/app.tsx", "../engine/api.ts"],
    ["build/start.mjs", "../engine/api.ts"],
  ])("%s importing %s", (file, specifier) => {
    expect(complaint(file, value(specifier))).toContain(`${file}:1 imports ${specifier}`);
  });

  test("the renderer any other module of the engine, even for types", () => {
    expect(complaint("renderer/app.tsx", type("../engine/index/columns.ts"))).toContain(contract);
  });

  test("nothing of what the table allows", () => {
    const allowed = [
      complaint("engine/formats/a.ts", value("node:fs")),
      complaint("engine/formats/a.ts", value("../index/b.ts")),
      complaint("engine/capture/driver.ts", value("cap")),
      complaint("electron/main.ts", value("electron")),
      complaint("server/main.ts", value("ws")),
      complaint("cli/tapline.ts", value("commander")),
      complaint("renderer/app.tsx", type("../engine/api.ts")),
      complaint("renderer/app.tsx", value("react-dom/client")),
      complaint("build/build.mjs", value("rolldown")),
    ];
    expect(allowed).toEqual(allowed.map(() => undefined));
  });

  test("checks switched off without a reason", () => {
    const source = [
      "// biome-ignore lint/style/useConst: the loop below assigns it",
      "// biome-ignore lint/style/useConst: <explanation>",
      "// biome-ignore lint/style/useConst:",
      "// biome-ignore lint/suspicious/noExplicitAny: the library says any",
      "// @ts-ignore",
      "// @ts-expect-error the argument is wrong on purpose",
    ].join("\n");
    expect(unexplained("a.ts", source)).toEqual([
      "a.ts:2: biome-ignore without a reason",
      "a.ts:3: biome-ignore without a reason",
      "a.ts:4: any is not let in",
      "a.ts:5: @ts-ignore without a reason",
    ]);
  });
});
