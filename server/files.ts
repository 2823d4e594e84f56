/** The built window, read once at start: a request can only name what is in this table. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { installationFolder } from "../engine/installation.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".map": "application/json",
  ".json": "application/json",
};

/**
 * URL path → contents of `dist/renderer`.
 * @throws Error when the window has not been built
 */
export function rendererFiles(): ReadonlyMap<string, { readonly type: string; readonly body: Buffer }> {
  const root = join(installationFolder(), "dist", "renderer");
  const files = new Map<string, { type: string; body: Buffer }>();
  for (const name of listing(root)) {
    const path = join(root, name);
    if (!statSync(path).isFile()) continue;
    const url = `/${name.split(sep).join("/")}`;
    files.set(url, { type: TYPES[extname(path)] ?? "application/octet-stream", body: readFileSync(path) });
  }
  return files;
}

function listing(root: string): string[] {
  try {
    return readdirSync(root, { recursive: true, encoding: "utf8" });
  } catch {
    throw new Error("the window is not built; run `npm run build`.");
  }
}
