import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Decoder } from "../../../engine/decode/decoder.ts";
import { ENOUGH_FRAMES, Practice } from "../../../engine/decode/practice.ts";
import { Assistants } from "../../../engine/workers/assistants.ts";
import { generate } from "../../bench/generate.ts";

const folder = mkdtempSync(join(tmpdir(), "tapline-practice-"));
const path = join(folder, "traffic.pcap");
generate(path, 4000, "pcap");
const pools: Assistants[] = [];

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.terminate()));
  rmSync(folder, { recursive: true, force: true });
});

function helpers(): Assistants {
  const pool = new Assistants(1);
  pools.push(pool);
  return pool;
}

const turn = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("practice ends by itself, with threads at its side and without", async () => {
  const pool = helpers();
  // Seven rounds, looking at the capture in three of them.
  expect(await new Practice(path, pool, 25_000).run()).toBe(28_000);
  expect(pool.warm).toBe(true);
  expect(await new Practice(path, null, 25_000).run()).toBe(28_000);
}, 60_000);

test("practice that is ended leaves threads and all free for a capture, wherever it stood", async () => {
  const filters = ["http", 'http.host matches "^w"', 'tls.handshake.extensions_server_name contains "a"'];
  const counts = async (decoder: Decoder): Promise<number[]> => {
    const all = [(await decoder.open(path, false)).frames];
    for (const text of filters) all.push((await decoder.filter(text)).count);
    decoder.close();
    return all;
  };
  const alone = await counts(new Decoder(() => {}));
  expect(alone[0]).toBe(4000);
  const shared = {
    indexer: { shareBehind: 64, shareFrom: 0, batchFrames: 256 },
    filtering: { worthSharing: 0 },
  };
  const pool = helpers();
  for (const ms of [0, 1, 5, 20, 60, 120, 300, 500]) {
    const practice = new Practice(path, pool);
    const running = practice.run();
    await turn(ms);
    practice.end();
    expect(await counts(new Decoder(() => {}, pool, shared))).toEqual(alone);
    expect(await running).toBeLessThan(ENOUGH_FRAMES);
  }
}, 60_000);

test("practice with a capture that is not there is told of by whoever runs it", async () => {
  await expect(new Practice(join(folder, "none.pcap"), null).run()).rejects.toThrow(/none\.pcap/);
});
