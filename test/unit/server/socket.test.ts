import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFew, writeMany } from "../../tools/packets.ts";
import { Client, raw, startServer, type TestServer } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.end());

let sessions = 0;
const fresh = () => `session-${sessions++}`;

async function open(session = fresh()): Promise<Client> {
  const client = new Client(server, session);
  await client.opened();
  return client;
}

describe("connecting", () => {
  it("is refused without cookie, with a foreign origin or none, and with an odd session id", async () => {
    const refused: readonly [session: string, headers: Record<string, string>][] = [
      ["session-x", { Cookie: "" }],
      ["session-x", { Cookie: `tapline-${server.port}=${"0".repeat(64)}` }],
      ["session-x", { Origin: "http://evil.example" }],
      ["session-x", { Origin: "null" }],
      ["session-x", { Host: "evil.example" }],
      ["", {}],
      ["short", {}],
      ["../../../etc", {}],
      ["x".repeat(65), {}],
    ];
    for (const [session, headers] of refused) {
      const client = new Client(server, encodeURIComponent(session), headers);
      await expect(client.opened(), JSON.stringify([session, headers])).rejects.toThrow("403");
    }
    const answer = await raw(
      server.port,
      `GET /ws?session=session-x HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nCookie: ${server.cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });

  it("gives each session id its own session, and the same id the same", async () => {
    const path = join(server.folder, "few.pcapng");
    writeFew(path);
    const session = fresh();
    const first = await open(session);
    expect((await first.call("open", { path })).result?.frames).toBe(6);
    const again = await open(session);
    expect((await again.call("status")).result?.frames).toBe(6);
    const other = await open();
    expect((await other.call("status")).result?.file).toBeNull();
    first.socket.close();
    await first.closed;
    const later = await open(session);
    expect((await later.call("status")).result?.frames).toBe(6);
  });
});

describe("messages", () => {
  it("that are no JSON, no object or binary end the connection with a reason", async () => {
    for (const message of ["{", "hello", "", "[1", '{"id":1'] as const) {
      const client = await open();
      client.socket.send(message);
      expect(await client.closed).toEqual({ code: 1003, reason: "Messages are JSON text." });
    }
    const binary = await open();
    binary.socket.send(Buffer.from('{"id":1,"method":"status"}'));
    expect((await binary.closed).code).toBe(1003);
    for (const message of [
      "null",
      "[]",
      "5",
      '"x"',
      '{"method":"status"}',
      '{"id":"1"}',
      '{"id":1.5}',
      '{"id":1e999}',
    ]) {
      const client = await open();
      client.socket.send(message);
      expect(await client.closed, message).toEqual({
        code: 1003,
        reason: "Every request has a number as its id.",
      });
    }
  });

  it("that name no request or wrong parameters are answered with what is wrong", async () => {
    const client = await open();
    for (const method of ["nothing", "__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const { error } = await client.call(method);
      expect(error).toEqual({ code: "BAD_REQUEST", message: `There is no request "${method}".` });
    }
    client.socket.send('{"id":900,"method":{"a":1}}');
    const wrong: readonly [method: string, params: unknown, place: string][] = [
      ["open", {}, "parameter path of open"],
      ["open", { path: 7 }, "parameter path of open"],
      ["open", { path: "x".repeat(5000) }, "parameter path of open"],
      ["open", [], "open"],
      ["frame", { number: 0 }, "parameter number of frame"],
      ["frame", { number: 1.5 }, "parameter number of frame"],
      ["frameBytes", { number: 1, source: 0, offset: 0, length: 65_537 }, "parameter length of frameBytes"],
      ["frameBytes", { number: 1, source: -1, offset: 0, length: 1 }, "parameter source of frameBytes"],
      ["fieldTexts", { number: 1, path: [] }, "parameter path of fieldTexts"],
      ["rows", { start: -1, count: 1 }, "parameter start of rows"],
      ["rows", { start: 0, count: 100_000 }, "parameter count of rows"],
      ["rows", { start: 0, count: 1, columns: ["field:../x"] }, "parameter columns.0 of rows"],
      ["startCapture", { options: { interfaces: [] } }, "parameter options.interfaces of startCapture"],
      ["save", { path: "/tmp/x", which: { range: 5 } }, "parameter which"],
      ["changeSettings", { change: { theme: "pink" } }, "parameter change.theme of changeSettings"],
    ];
    for (const [method, params, place] of wrong) {
      const { error } = await client.call(method, params);
      expect(error?.code, method).toBe("BAD_REQUEST");
      expect(error?.message).toContain(place);
    }
    // The connection goes on.
    expect((await client.call("status")).result?.frames).toBe(0);
  });

  it("that ask for what is not there are answered", async () => {
    const client = await open();
    expect((await client.call("frame", { number: 1 })).error?.code).toBe("NO_CAPTURE");
    expect((await client.call("filter", { expression: "ip" })).error?.code).toBe("NO_CAPTURE");
    expect((await client.call("save", { path: "/tmp/x" })).error?.code).toBe("NO_CAPTURE");
    expect((await client.call("reload")).error?.code).toBe("NO_CAPTURE");
    expect((await client.call("open", { path: join(server.folder, "nowhere") })).error?.code).toBe(
      "NOT_FOUND",
    );
    expect((await client.call("browse", { folder: join(server.folder, "nowhere") })).error?.code).toBe(
      "NOT_FOUND",
    );
  });

  it("are counted, as long as they are under way, with what waits for the window", async () => {
    const client = await open();
    const queues = (await client.call("health")).result?.queues;
    expect(queues).toContainEqual({ id: "window-requests", length: 1, limit: 256, unit: "requests" });
    expect(queues).toContainEqual(
      expect.objectContaining({ id: "window-bytes", length: expect.any(Number), unit: "bytes" }),
    );
  });

  it("larger than the limit end the connection, not the server", async () => {
    const client = await open();
    client.socket.send(
      JSON.stringify({ id: 1, method: "filter", params: { expression: "x".repeat(17 << 20) } }),
    );
    expect((await client.closed).code).toBe(1009);
    expect((await (await open()).call("status")).result?.frames).toBe(0);
  });

  it("nested without end are refused as any other wrong parameter", async () => {
    const client = await open();
    const nested = `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`;
    const answer = new Promise<string>((resolve) => {
      client.socket.on("message", (text) => {
        if (String(text).startsWith('{"id":77')) resolve(String(text));
      });
    });
    client.socket.send(`{"id":77,"method":"open","params":{"path":${nested}}}`);
    const outcome = await Promise.race([answer, client.closed.then(({ code }) => `closed ${code}`)]);
    expect(outcome).toMatch(/"BAD_REQUEST"|^closed 1003$/);
    expect((await (await open()).call("status")).result?.frames).toBe(0);
  });

  it("in too great a number at once are refused one by one", async () => {
    const path = join(server.folder, "many.pcapng");
    writeMany(path, 2000);
    const client = await open();
    await client.call("open", { path });
    const answers = await Promise.all(
      Array.from({ length: 600 }, (_, i) => client.call("frame", { number: 1 + i })),
    );
    const refused = answers.filter(({ error }) => error?.message === "Too many requests are under way.");
    const answered = answers.filter(({ result }) => result !== undefined);
    expect(refused.length).toBeGreaterThan(0);
    expect(answered.length).toBeGreaterThanOrEqual(256);
    expect(refused.length + answered.length).toBe(600);
    expect((await client.call("frame", { number: 7 })).result?.number).toBe(7);
  });
});

/** Bytes in use once what nobody refers to is collected: the process's own size would count garbage. */
function held(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe("a window that does not read", () => {
  it("is dropped before it takes the server's memory, and the session goes on", async () => {
    const path = join(server.folder, "wide.pcapng");
    writeMany(path, 5000);
    const session = fresh();
    const slow = await open(session);
    await slow.call("open", { path });
    const before = held();
    // It asks for rows with many columns, two megabytes each time, and takes no answer.
    slow.socket.pause();
    const columns = Array.from({ length: 100 }, () => "info");
    for (let id = 1000; id < 1080; id++) {
      slow.socket.send(JSON.stringify({ id, method: "rows", params: { start: 0, count: 1000, columns } }));
    }
    const other = await open(session);
    // Answers come in order: when this one is there, those for the slow window have been made and bounded.
    expect((await other.call("frame", { number: 5000 })).result?.number).toBe(5000);
    expect(held() - before).toBeLessThan(100 << 20);
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1006);
    expect((await other.call("status")).result?.frames).toBe(5000);
  }, 60_000);
});
