/** The browser face in this process, and the plainest of clients for it. */
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { makeHost } from "../../../engine/session/host.ts";
import { type RunningServer, serve } from "../../../server/serve.ts";

export interface TestServer extends RunningServer {
  readonly token: string;
  readonly cookie: string;
  readonly origin: string;
  /** A folder of its own for captures. */
  readonly folder: string;
  end(): Promise<void>;
}

export async function startServer(): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "tapline-server-"));
  process.env.TAPLINE_HOME = join(folder, "state");
  const running = await serve({ host: makeHost("browser"), port: 0, file: null });
  const token = new URL(running.url).searchParams.get("token") ?? "";
  return {
    ...running,
    token,
    cookie: `tapline-${running.port}=${token}`,
    origin: `http://127.0.0.1:${running.port}`,
    folder,
    async end() {
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Sends a request exactly as given; `path` is not tidied up on the way, as fetch would do. */
export function send(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body } = options;
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends bytes as they are and answers everything that comes back until the other side closes. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
    socket.setTimeout(3000, () => socket.destroy());
  });
}

/** A window's connection: requests by number, events collected. */
export class Client {
  readonly socket: WebSocket;
  readonly events: { event: string; data: unknown }[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #waiting = new Map<number, (answer: Reply) => void>();
  #lastId = 0;

  constructor(server: TestServer, session: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws?session=${session}`, {
      headers: { Cookie: server.cookie, Origin: server.origin, ...headers },
    });
    this.socket.on("message", (text) => {
      const message = JSON.parse(String(text));
      if ("event" in message) this.events.push(message);
      else this.#waiting.get(message.id)?.(message);
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.socket.on("error", () => {});
  }

  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once("open", resolve);
      this.socket.once("error", reject);
    });
  }

  call(method: string, params: unknown = {}): Promise<Reply> {
    const id = ++this.#lastId;
    const answer = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    return answer;
  }
}

export type Reply = {
  id: number;
  result?: Record<string, unknown>;
  error?: { code: string; message: string };
};
