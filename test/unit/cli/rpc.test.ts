import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { Output } from "../../../cli/output.ts";
import { serveApi } from "../../../cli/rpc.ts";
import { type Api, ApiError } from "../../../engine/api.ts";
import { startProgram } from "./process.ts";
import { folder, makeCapture } from "./support.ts";

interface Message {
  id?: unknown;
  method?: string;
  result?: unknown;
  error?: { code: number; message: string; data?: { code: string } };
}

/** An engine that answers `status` with `null` at once, `frame` after a while, and refuses the rest. */
const engine: Api = {
  call: async (method, params) => {
    if (method === "status") return null as never;
    if (method === "frame") {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { number: (params as { number: number }).number } as never;
    }
    if (method === "rows") throw new ApiError("BAD_REQUEST", "Bad request: parameter start of rows.");
    if (method === "open") throw new Error("broken");
    throw new ApiError("NO_CAPTURE", "No capture is open.");
  },
  on: (event, listener) => {
    if (event === "notice") listener({ severity: "note", message: "hello" } as never);
    return () => undefined;
  },
};

async function exchange(...lines: string[]): Promise<unknown[]> {
  const path = join(folder, "rpc.out");
  const fd = openSync(path, "w");
  const input = new PassThrough();
  input.end(`${lines.join("\n")}\n`);
  await serveApi(engine, input, new Output(fd));
  closeSync(fd);
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const request = (id: unknown, method: string, params?: object): string =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });

describe("JSON-RPC 2.0", () => {
  it("sends events as notifications and answers as the work ends", async () => {
    expect(await exchange(request(1, "frame", { number: 7 }), request("two", "status"))).toEqual([
      { jsonrpc: "2.0", method: "notice", params: { severity: "note", message: "hello" } },
      { jsonrpc: "2.0", id: "two", result: null },
      { jsonrpc: "2.0", id: 1, result: { number: 7 } },
    ]);
  });

  it.each([
    ["a line that is not JSON", "{nonsense", null, -32700],
    ["something else than a request", "17", null, -32600],
    ["a request without version", '{"id":1,"method":"status"}', 1, -32600],
    ["an id that is neither text nor number", '{"jsonrpc":"2.0","id":{},"method":"status"}', null, -32600],
    ["an unknown method", request(1, "explode"), 1, -32601],
    ["a method every object has", request(1, "toString"), 1, -32601],
    ["bad parameters", request(1, "rows", { start: "x" }), 1, -32602],
    ["parameters by position", '{"jsonrpc":"2.0","id":1,"method":"rows","params":[1]}', 1, -32602],
    ["what the engine refuses", request(1, "captureInfo"), 1, -32000],
    ["a mistake in the engine", request(1, "open", { path: "x" }), 1, -32603],
    ["an empty batch", "[]", null, -32600],
  ])("answers %s with an error", async (_, line, id, code) => {
    const [, answer] = (await exchange(line)) as Message[];
    expect(answer.id).toBe(id);
    expect(answer.error?.code).toBe(code);
    expect(answer.error?.message).not.toBe("");
  });

  it("gives the engine's own error as data", async () => {
    const [, answer] = (await exchange(request(1, "captureInfo"))) as Message[];
    expect(answer.error?.data?.code).toBe("NO_CAPTURE");
  });

  it("answers a batch at once, and notifications never", async () => {
    const batch = `[${request(1, "frame", { number: 1 })},${JSON.stringify({ jsonrpc: "2.0", method: "status" })},3]`;
    const [, answers, ...rest] = await exchange(batch, JSON.stringify({ jsonrpc: "2.0", method: "explode" }));
    expect(rest).toEqual([]);
    expect((answers as Message[]).map(({ id, error }) => [id, error?.code])).toEqual([
      [1, undefined],
      [null, -32600],
    ]);
  });
});

describe("tapline rpc", () => {
  it("opens, filters, lists and shows a capture, and ends with its input", async () => {
    const home = join(folder, "home");
    mkdirSync(home, { recursive: true });
    const run = startProgram(["rpc"], 60_000, { ...process.env, TAPLINE_HOME: home });
    const { child } = run;
    const answer = async (id: number, method: string, params: object): Promise<Message> => {
      child.stdin.write(`${request(id, method, params)}\n`);
      for (;;) {
        const lines = run.out.split("\n").slice(0, -1);
        const messages = lines.map((line): Message => JSON.parse(line));
        const found = messages.find((message) => message.id === id);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const opened = await answer(1, "open", { path: makeCapture("rpc.pcapng", "pcapng") });
    expect(opened.result).toMatchObject({ frames: 4 });
    expect((await answer(2, "filter", { expression: "udp" })).result).toMatchObject({ count: 3 });
    const rows = (await answer(3, "rows", { start: 2, count: 5 })).result as { rows: { cells: string[] }[] };
    expect(rows.rows.map(({ cells }) => cells.slice(0, 5))).toEqual([
      ["4", "1.500000", "10.0.0.1", "10.0.0.2", "UDP"],
    ]);
    const frame = (await answer(4, "frame", { number: 2 })).result as {
      tree: unknown[];
      sources: { bytes: string }[];
    };
    expect(Buffer.from(frame.sources[0].bytes, "base64").length).toBe(44);
    expect(frame.tree.length).toBeGreaterThan(3);
    expect((await answer(5, "filter", { expression: "ip.src ==" })).error).toMatchObject({
      code: -32000,
      data: { code: "BAD_FILTER" },
    });
    expect((await answer(6, "filter", { expression: "" })).result).toMatchObject({ count: 4 });
    expect((await answer(7, "close", {})).result).toBe(null);
    child.stdin.end(`${request(8, "open", { path: join(folder, "none") })}\n`);
    expect([await run.status, run.err]).toEqual([0, ""]);
    expect(run.out).toContain('"NOT_FOUND"');
  });
});
