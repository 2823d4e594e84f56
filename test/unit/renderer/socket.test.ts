import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { retryDelay, type SocketLike, SocketTransport } from "../../../renderer/transport/socket.ts";
import { errorInfo } from "../../../renderer/transport/types.ts";

class TestSocket implements SocketLike {
  readyState = 0;
  sent: string[] = [];
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.drop();
  }
  accept(): void {
    this.readyState = 1;
    this.onopen?.(undefined as never);
  }
  drop(): void {
    this.readyState = 3;
    this.onclose?.(undefined as never);
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

describe("SocketTransport", () => {
  const sockets: TestSocket[] = [];
  const make = () =>
    new SocketTransport(() => {
      const socket = new TestSocket();
      sockets.push(socket);
      return socket;
    });

  beforeEach(() => {
    vi.useFakeTimers();
    sockets.length = 0;
  });
  afterEach(() => vi.useRealTimers());

  it("pairs answers with their requests, in any order", async () => {
    const transport = make();
    sockets[0]!.accept();
    const first = transport.call("stopCapture", {});
    const second = transport.call("frame", { number: 3 });
    const ids = sockets[0]!.sent.map((text) => (JSON.parse(text) as { id: number }).id);
    sockets[0]!.say({ id: ids[1], error: { code: "NOT_FOUND", message: "No frame 3." } });
    sockets[0]!.say({ id: ids[0], result: null });
    await expect(first).resolves.toBeNull();
    const refused = await second.catch(errorInfo);
    expect(refused).toMatchObject({ code: "NOT_FOUND", message: "No frame 3." });
  });

  it("hands events to those who listen, until they stop", () => {
    const transport = make();
    sockets[0]!.accept();
    const seen: string[] = [];
    const stop = transport.on("notice", (notice) => seen.push(notice.message));
    sockets[0]!.say({ event: "notice", data: { severity: "note", message: "one" } });
    stop();
    sockets[0]!.say({ event: "notice", data: { severity: "note", message: "two" } });
    expect(seen).toEqual(["one"]);
  });

  it("refuses what waits when the connection breaks, says so, and comes back by itself", async () => {
    const transport = make();
    const states: string[] = [];
    transport.onConnection((state) => states.push(state));
    sockets[0]!.accept();
    const waiting = transport.call("status", {}).catch(errorInfo);
    sockets[0]!.drop();
    expect(await waiting).toMatchObject({ code: "CANCELLED" });
    expect(await transport.call("status", {}).catch(errorInfo)).toMatchObject({ code: "CANCELLED" });
    vi.advanceTimersByTime(retryDelay(0));
    expect(sockets).toHaveLength(2);
    sockets[1]!.accept();
    expect(states).toEqual(["connecting", "open", "lost", "open"]);
  });

  it("waits longer after each failure, up to a limit", () => {
    const waits = [0, 1, 2, 3, 20, 1000].map(retryDelay);
    expect(waits.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
    expect(waits[4]).toBe(5000);
    expect(waits[5]).toBe(5000);
  });
});
