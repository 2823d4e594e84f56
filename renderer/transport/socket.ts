import type {
  EventMessage,
  EventName,
  Events,
  Method,
  ParamsIn,
  ResponseMessage,
  Results,
} from "../../engine/api.ts";
import { type Connection, RequestError, type Transport } from "./types.ts";

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

/** The wait before the n-th attempt (from 0) to reach the engine again, in milliseconds. */
export function retryDelay(attempt: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

/** What a WebSocket must offer here; the browser's does. */
export interface SocketLike {
  readyState: number;
  send(text: string): void;
  close(): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: never) => void) | null;
}

const OPEN = 1;

/**
 * The engine behind a WebSocket. Requests made while it is away are refused; the connection comes back by
 * itself, each attempt waiting longer than the one before.
 */
export class SocketTransport implements Transport {
  private socket: SocketLike | null = null;
  private readonly connectSocket: () => SocketLike;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Map<string, Set<(data: never) => void>>();
  private readonly connectionListeners = new Set<(state: Connection) => void>();
  private nextId = 1;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private state: Connection = "connecting";

  constructor(connectSocket: () => SocketLike) {
    this.connectSocket = connectSocket;
    this.open();
  }

  call<M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M]> {
    const socket = this.socket;
    if (!socket || socket.readyState !== OPEN) {
      return Promise.reject(
        new RequestError({
          code: "CANCELLED",
          message: "The engine cannot be reached at the moment. The capture is safe; reconnecting.",
        }),
      );
    }
    const id = this.nextId++;
    return new Promise<Results[M]>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });
  }

  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  onConnection(listener: (state: Connection) => void): () => void {
    this.connectionListeners.add(listener);
    listener(this.state);
    return () => this.connectionListeners.delete(listener);
  }

  private setState(state: Connection): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.connectionListeners) listener(state);
  }

  private open(): void {
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    const socket = this.connectSocket();
    this.socket = socket;
    socket.onopen = () => {
      this.attempt = 0;
      this.setState("open");
    };
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.setState("lost");
      const lost = new RequestError({
        code: "CANCELLED",
        message: "The connection to the engine broke before it answered. Reconnecting.",
      });
      for (const waiting of this.waiting.values()) waiting.reject(lost);
      this.waiting.clear();
      this.retry = setTimeout(() => this.open(), retryDelay(this.attempt++));
    };
  }

  private receive(text: string): void {
    const message = JSON.parse(text) as ResponseMessage | EventMessage;
    if ("event" in message) {
      for (const listener of this.listeners.get(message.event) ?? []) listener(message.data as never);
      return;
    }
    const waiting = this.waiting.get(message.id);
    if (!waiting) return;
    this.waiting.delete(message.id);
    if ("error" in message) waiting.reject(new RequestError(message.error));
    else waiting.resolve(message.result);
  }
}
