import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { writeFew } from "../../tools/packets.ts";
import { type Bench, makeBench, refusal } from "./support.ts";

let bench: Bench;
beforeAll(() => {
  bench = makeBench();
  writeFew(bench.path("few.pcapng"));
});
afterAll(() => bench.end());

describe("a decode worker that dies", () => {
  it("fails what was asked with a reason, and a fresh one goes on", async () => {
    const made: Worker[] = [];
    const post = vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (
      this: Worker,
      ...args: Parameters<Worker["postMessage"]>
    ) {
      if (!made.includes(this)) made.push(this);
      original.apply(this, args);
    });
    const session = bench.session();
    const notices: string[] = [];
    session.on("notice", ({ message }) => notices.push(message));
    await session.call("open", { path: bench.path("few.pcapng") });
    expect(made).toHaveLength(1);

    const pending = refusal(session.call("frame", { number: 2 }));
    await made[0]!.terminate();
    const answer = await pending;
    expect(answer.code).toBe("INTERNAL");
    expect(answer.message).toMatch(
      /^The decode worker stopped: .*The capture file is safe; reload it to go on\.$/,
    );
    expect(notices).toEqual([answer.message]);

    expect((await session.call("reload", {})).frames).toBe(6);
    expect((await session.call("frame", { number: 2 })).number).toBe(2);
    expect(made).toHaveLength(2);
    post.mockRestore();
  });
});

const original = Worker.prototype.postMessage;
