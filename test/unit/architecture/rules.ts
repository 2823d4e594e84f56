import { builtinModules } from "node:module";
import { type Import, packageOf, target } from "./scan.ts";

/** What the modules of one folder may import. */
export interface Rule {
  /** Folders of this repository. */
  folders: string[];
  /** Node's built-in modules. */
  builtins: boolean;
  packages: string[];
}

/** The arrows between the folders: the table of the design. */
export const rules: Record<string, Rule> = {
  engine: { folders: ["engine"], builtins: true, packages: ["zod", "fzstd", "js-yaml", "re2js"] },
  electron: { folders: ["electron", "engine"], builtins: true, packages: ["electron", "zod"] },
  server: { folders: ["server", "engine"], builtins: true, packages: ["ws"] },
  cli: { folders: ["cli", "engine"], builtins: true, packages: ["commander"] },
  renderer: {
    folders: ["renderer"],
    builtins: false,
    packages: [
      "@base-ui/react",
      "@codemirror/autocomplete",
      "@codemirror/commands",
      "@codemirror/lint",
      "@codemirror/state",
      "@codemirror/view",
      "cmdk",
      "lucide-react",
      "react",
      "react-dom",
      "react-resizable-panels",
      "react-window",
      "uplot",
      "zustand",
    ],
  },
  build: {
    folders: ["build"],
    builtins: true,
    packages: ["@vitejs/plugin-react", "playwright", "rolldown", "vite"],
  },
};

/** The one package that a part of a folder may import beside its folder's: the in-process capture driver. */
const exceptions: { below: string; packages: string[] }[] = [{ below: "engine/capture/", packages: ["cap"] }];

/** The only module that the renderer may know of the engine, and only for its types. */
export const contract = "engine/api.ts";

/**
 * Says whether one import breaks the rules.
 *
 * @param file the importing module, relative to the root
 * @returns the complaint with its place, or undefined
 */
export function complaint(file: string, { specifier, typeOnly, line }: Import): string | undefined {
  const folder = file.split("/")[0]!;
  const rule = rules[folder]!;
  const place = `${file}:${line} imports ${specifier}`;

  const local = target(file, specifier);
  if (local !== undefined) {
    if (folder === "renderer" && local.startsWith("engine/")) {
      if (local !== contract) return `${place}: of the engine, the renderer knows ${contract} alone`;
      return typeOnly ? undefined : `${place}: the renderer takes types only, write \`import type\``;
    }
    if (rule.folders.includes(local.split("/")[0]!)) return undefined;
    if (local === "package.json") return undefined;
    return `${place}: ${folder}/ may import from ${rule.folders.join("/, ")}/ only`;
  }

  const name = packageOf(specifier);
  if (specifier.startsWith("node:") || builtinModules.includes(name)) {
    return rule.builtins ? undefined : `${place}: ${folder}/ runs without Node`;
  }
  const allowed = [
    ...rule.packages,
    ...exceptions.filter(({ below }) => file.startsWith(below)).flatMap(({ packages }) => packages),
  ];
  return allowed.includes(name) ? undefined : `${place}: ${folder}/ may import ${allowed.join(", ")} only`;
}

/**
 * Finds comments that switch a check off without a reason, or that let `any` in.
 *
 * @returns one line for each
 */
export function unexplained(file: string, source: string): string[] {
  const wrong: string[] = [];
  source.split("\n").forEach((text, index) => {
    const comment =
      /(?:\/\/|\/\*|\{\/\*)\s*(biome-ignore(?:-all|-start)?|@ts-(?:ignore|nocheck|expect-error))\b(.*)/.exec(
        text,
      );
    if (comment === null) return;
    const [, kind, rest] = comment;
    const place = `${file}:${index + 1}`;
    if (rest!.includes("noExplicitAny")) wrong.push(`${place}: any is not let in`);
    const reason = kind!.startsWith("biome") ? /^[^:]*:(.*)/.exec(rest!)?.[1] : rest;
    if ((reason ?? "").replace(/\*\/.*|<explanation>/, "").trim().length < 8) {
      wrong.push(`${place}: ${kind} without a reason`);
    }
  });
  return wrong;
}
