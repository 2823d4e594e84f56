/** The window's own address: `tapline://window/`, served from the built renderer, never from `file:`. */
import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { protocol } from "electron";
import { installationFolder } from "../engine/installation.ts";

export const SCHEME = "tapline";
export const ORIGIN = `${SCHEME}://window`;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true } }]);
}

/** Serves the window's files; anything else is answered 404. */
export function serveScheme(): void {
  const root = join(installationFolder(), "dist", "renderer");
  protocol.handle(SCHEME, async (request) => {
    try {
      const { host, pathname } = new URL(request.url);
      const path = normalize(join(root, pathname === "/" ? "index.html" : decodeURIComponent(pathname)));
      const type = TYPES[extname(path)];
      if (host !== "window" || !path.startsWith(root + sep) || type === undefined) {
        return new Response("There is no such page.", { status: 404 });
      }
      const body = new Uint8Array(await readFile(path));
      const headers = {
        "Content-Type": type,
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
      };
      return new Response(body, { headers });
    } catch {
      return new Response("There is no such page.", { status: 404 });
    }
  });
}
