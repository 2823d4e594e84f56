/** One window's connection: messages of the contract as JSON text over a WebSocket. */
import type { WebSocket } from "ws";
import { ApiError, EVENTS, type EventName, type Events, isMethod } from "../engine/api.ts";
import type { Session } from "../engine/session/session.ts";

/** Bytes of the largest request: a filter or a list of frames to save fits many times. */
export const MAX_MESSAGE = 16 * 1024 * 1024;
/** Requests of one window that may be under way at once. */
const MAX_PENDING = 256;
/** Of these, how many are worked on: the answers of more would only lie in memory. */
const MAX_ACTIVE = 16;
/** Bytes waiting for a slow window at which events are left out, and at which it is dropped. */
const SLOW = 4 * 1024 * 1024;
const STUCK = 64 * 1024 * 1024;

/** Binds a connection to a session until it closes. */
export function attach(ws: WebSocket, session: Session): void {
  let pending = 0;
  let active = 0;
  const waiting: (() => void)[] = [];
  const send = (message: object): void => {
    if (ws.readyState !== ws.OPEN) return;
    if (ws.bufferedAmount > STUCK) ws.terminate();
    else ws.send(JSON.stringify(message));
  };
  const endQueues = session.addWindow(() => [
    { id: "window-requests", length: pending, limit: MAX_PENDING, unit: "requests" },
    { id: "window-bytes", length: ws.bufferedAmount, limit: STUCK, unit: "bytes" },
  ]);
  const refuse = (id: number, error: ApiError): void => send({ id, error: error.info });

  const ends = EVENTS.map((event) =>
    session.on(event, (data: Events[EventName]) => {
      // A window that cannot keep up misses traffic samples, never status or notices.
      if (event === "traffic" && ws.bufferedAmount > SLOW) return;
      send({ event, data });
    }),
  );

  ws.on("message", (raw, isBinary) => {
    let request: { id?: unknown; method?: unknown; params?: unknown };
    try {
      if (isBinary) throw new Error("binary");
      request = JSON.parse(String(raw)) ?? {};
    } catch {
      ws.close(1003, "Messages are JSON text.");
      return;
    }
    const { id, method, params } = request;
    if (typeof id !== "number" || !Number.isSafeInteger(id)) {
      ws.close(1003, "Every request has a number as its id.");
      return;
    }
    if (!isMethod(method))
      return refuse(
        id,
        new ApiError("BAD_REQUEST", `There is no request "${String(method).slice(0, 100)}".`),
      );
    if (pending >= MAX_PENDING)
      return refuse(id, new ApiError("BAD_REQUEST", "Too many requests are under way."));
    pending++;
    const answer = (): void => {
      session
        .call(method, (params ?? {}) as never)
        .then((result) => send({ id, result }))
        .catch((error: unknown) => {
          refuse(id, error instanceof ApiError ? error : new ApiError("INTERNAL", String(error)));
        })
        .finally(() => {
          pending--;
          active--;
          if (active < MAX_ACTIVE) waiting.shift()?.();
        });
      active++;
    };
    // A cancel waits for nothing: what it ends may be what the others wait for.
    if (active < MAX_ACTIVE || method === "cancel") answer();
    else waiting.push(answer);
  });

  ws.on("error", () => ws.terminate());
  ws.on("close", () => {
    waiting.length = 0;
    endQueues();
    for (const end of ends) end();
  });
}
