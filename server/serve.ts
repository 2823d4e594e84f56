/**
 * HTTP and WebSocket binding of the contract, on loopback only.
 *
 * Nothing is served without the token of the start URL: it is exchanged for a cookie, and every request is
 * checked for its cookie, its Host and, where it has one, its Origin.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { SessionHost } from "../engine/session/session.ts";
import { rendererFiles } from "./files.ts";
import { SessionTable } from "./sessions.ts";
import { attach, MAX_MESSAGE } from "./socket.ts";
import { receiveUpload, sweepUploads, UploadFolder } from "./upload.ts";

export interface ServeOptions {
  readonly host: SessionHost;
  /** TCP port; 0 for any free one. */
  readonly port: number;
  /** Capture that the first window opens, null for none. */
  readonly file: string | null;
}

export interface RunningServer {
  /** Address with the access token. */
  readonly url: string;
  readonly port: number;
  /** Stops listening, ends all sessions; answers the spool files that hold unsaved packets. */
  close(): Promise<string[]>;
}

/** Everything the page may load comes from here; styles may be inline because the editor and menus set them. */
const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
} as const;

/**
 * Starts the server on 127.0.0.1.
 * @throws the system's error when the port cannot be had, and Error when the window has not been built
 */
export async function serve({ host, port, file }: ServeOptions): Promise<RunningServer> {
  const token = randomBytes(32).toString("hex");
  const files = rendererFiles();
  sweepUploads();
  const uploads = new UploadFolder();
  const sessions = new SessionTable(host, file);
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE });
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  const cookieName = `tapline-${bound}`;
  const hosts = new Set([`127.0.0.1:${bound}`, `localhost:${bound}`]);

  const hasCookie = (request: IncomingMessage): boolean => {
    for (const part of (request.headers.cookie ?? "").split(";")) {
      const [name, value] = part.trim().split("=", 2);
      if (name === cookieName && same(value ?? "", token)) return true;
    }
    return false;
  };
  const fromHere = (request: IncomingMessage): boolean => {
    const { host: asked, origin } = request.headers;
    if (asked === undefined || !hosts.has(asked)) return false;
    return origin === undefined || origin === `http://${asked}`;
  };

  server.on("request", (request, response) => {
    const url = addressOf(request);
    if (url === null) return answer(response, 400, "This is no address of Tapline.");
    if (!fromHere(request)) return answer(response, 403, "This address serves Tapline on this machine only.");
    const given = url.searchParams.get("token");
    if (given !== null) {
      if (!same(given, token)) return answer(response, 403, NO_TOKEN);
      response.writeHead(303, {
        ...HEADERS,
        Location: "/",
        "Set-Cookie": `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`,
      });
      return response.end();
    }
    if (!hasCookie(request)) return answer(response, 403, NO_TOKEN);
    if (request.method === "PUT" && url.pathname === "/upload") {
      return void receiveUpload(request, url.searchParams.get("name") ?? "", uploads).then(
        ({ status, body }) => answer(response, status, JSON.stringify(body), "application/json"),
      );
    }
    if (request.method !== "GET" && request.method !== "HEAD")
      return answer(response, 405, "Only GET is answered here.");
    const found = files.get(url.pathname === "/" ? "/index.html" : url.pathname);
    if (found === undefined) return answer(response, 404, "There is no such page.");
    answer(response, 200, request.method === "HEAD" ? "" : found.body, found.type);
  });

  server.on("upgrade", (request, socket, head) => {
    // A connection that breaks before it is a WebSocket must not end the program.
    socket.on("error", () => socket.destroy());
    const url = addressOf(request);
    const id = url?.searchParams.get("session") ?? "";
    const allowed =
      fromHere(request) &&
      request.headers.origin !== undefined &&
      hasCookie(request) &&
      url?.pathname === "/ws";
    if (!allowed || !/^[A-Za-z0-9-]{8,64}$/.test(id)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const { session, release } = sessions.enter(id);
      attach(ws, session);
      ws.on("close", release);
    });
  });

  return {
    url: `http://127.0.0.1:${bound}/?token=${token}`,
    port: bound,
    async close() {
      server.close();
      for (const ws of sockets.clients) ws.terminate();
      server.closeAllConnections();
      const kept = await sessions.close();
      await host.desk.close();
      host.protocols.close();
      uploads.remove();
      return kept;
    },
  };
}

const NO_TOKEN = "This page needs the address that Tapline printed when it started, token included.";

/** What is asked for; null when it is no address, as in `GET //`. */
function addressOf(request: IncomingMessage): URL | null {
  try {
    return new URL(request.url ?? "/", "http://localhost");
  } catch {
    return null;
  }
}

function answer(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  type = "text/plain; charset=utf-8",
): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

function same(given: string, token: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}
