import { bridgeTransport } from "./bridge.ts";
import { type SocketLike, SocketTransport } from "./socket.ts";
import type { Transport } from "./types.ts";

const SESSION_KEY = "tapline.session";

/** The id by which a reload of the page finds its session again; kept as long as the tab lives. */
function sessionId(): string {
  const kept = sessionStorage.getItem(SESSION_KEY);
  if (kept) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem(SESSION_KEY, id);
  return id;
}

/** The engine this window belongs to: the desktop's bridge where there is one, else the server's WebSocket. */
export async function connect(): Promise<Transport> {
  if (window.tapline) return bridgeTransport(window.tapline);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const url = `${scheme}//${location.host}/ws?session=${sessionId()}`;
  const transport = new SocketTransport(() => new WebSocket(url) as SocketLike);
  await new Promise<void>((resolve) => {
    const stop = transport.onConnection((state) => {
      if (state !== "open") return;
      // The listener may run before `stop` is there.
      queueMicrotask(() => stop());
      resolve();
    });
  });
  return transport;
}
