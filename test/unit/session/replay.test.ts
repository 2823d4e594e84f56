import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createHelperDriver } from "../../../engine/capture/index.ts";
import { CaptureWriter } from "../../../engine/formats/writer.ts";
import type { CaptureDesk } from "../../../engine/session/capture-desk.ts";
import { Session } from "../../../engine/session/session.ts";
import { FIRST_SECOND, udpFrame, writeFrames, writeMany } from "../../tools/packets.ts";
import { noHelper, noLive, Wire } from "../capture/support.ts";
import { type Bench, makeBench, refusal, statusWhen } from "./support.ts";

const FRAMES = 3000;

let bench: Bench;
beforeAll(() => {
  bench = makeBench();
  writeMany(bench.path("many.pcap"), FRAMES, { format: "pcap", ports: 10 });
  writeFrames(bench.path("three.pcap"), [udpFrame(), udpFrame(), udpFrame()]);
  // A frame each hour, but for the first two.
  const writer = new CaptureWriter(bench.path("slow.pcapng"), {
    format: "pcapng",
    application: "Tapline tests",
  });
  writer.addInterface({ linkType: 1, snapLen: 262_144, tsresol: 6, name: "test0" });
  for (const seconds of [0, 0.5, 3600, 7200]) {
    const frame = udpFrame();
    writer.writePacket(frame, FIRST_SECOND + Math.floor(seconds), (seconds % 1) * 1e9, frame.length);
  }
  writer.close();
});
/** The sessions of a test: a change of settings makes all that are left start anew. */
const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.end(false);
});
afterAll(() => bench.end());

async function opened(name = "many.pcap"): Promise<Session> {
  const session = bench.session();
  sessions.push(session);
  await session.call("open", { path: bench.path(name) });
  return session;
}

const numbers = async (session: Session, start = 0): Promise<number[]> => {
  const { rows } = await session.call("rows", { start, count: 1000, columns: ["number"] });
  return rows.map(({ number }) => number);
};
/** The present state as the decoder tells it. */
const at = async (session: Session, position: number) =>
  statusWhen(session, ({ replay }) => replay?.position === position);

describe("step mode", () => {
  it("ends the list at a frame and takes it on, and back, frame by frame", async () => {
    const session = await opened();
    expect((await session.call("status", {})).replay).toBeNull();
    await session.call("replay", { action: "begin" });
    expect(await at(session, 1)).toMatchObject({ displayed: 1, frames: FRAMES, replay: { speed: null } });
    await session.call("replay", { action: "step", by: 1 });
    await session.call("replay", { action: "step", by: 1 });
    expect(await numbers(session)).toEqual([1, 2, 3]);
    const { view } = await at(session, 3);
    await session.call("replay", { action: "step", by: -1 });
    expect(await numbers(session)).toEqual([1, 2]);
    const back = await at(session, 2);
    expect(back.displayed).toBe(2);
    // What was shown is another list, for all that hold rows of it.
    expect(back.view).toBeGreaterThan(view);
    await session.call("replay", { action: "step", by: -5 });
    expect((await at(session, 1)).displayed).toBe(1);
    await session.call("replay", { action: "go", to: 4_000_000 });
    expect((await at(session, FRAMES)).displayed).toBe(FRAMES);
    await session.call("replay", { action: "leave" });
    await statusWhen(session, ({ replay, displayed }) => replay === null && displayed === FRAMES);
  });

  it("steps by frames that pass the filter, whichever comes first", async () => {
    const session = await opened();
    await session.call("replay", { action: "begin", at: 10 });
    const result = await session.call("filter", { expression: "udp.srcport == 10003" });
    expect(result).toMatchObject({ count: 1, frames: 10 });
    expect(await numbers(session)).toEqual([3]);
    await session.call("replay", { action: "step", by: 2 });
    expect((await at(session, 23)).displayed).toBe(3);
    expect(await numbers(session)).toEqual([3, 13, 23]);
    await session.call("replay", { action: "step", by: -1 });
    expect(await numbers(session)).toEqual([3, 13]);
    expect(await session.call("countMatches", { expression: "udp.srcport == 10004" })).toEqual({
      count: 1,
      frames: 13,
    });
    // Behind the last one that passes there is the end.
    await session.call("replay", { action: "step", by: 1000 });
    expect((await at(session, FRAMES)).displayed).toBe(FRAMES / 10);
    await session.call("filter", { expression: "" });
    await session.call("replay", { action: "go", to: 7 });
    expect(await numbers(session)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("keeps what is asked about the list to the frames shown", async () => {
    const session = await opened();
    await session.call("replay", { action: "begin", at: 100 });
    const { groups, end } = await session.call("timeline", { buckets: 10 });
    expect(groups.flatMap(({ counts }) => counts).reduce((sum, each) => sum + each, 0)).toBe(100);
    expect(end).toBeCloseTo(0.099, 6);
    expect(await session.call("locate", { number: 500 })).toEqual({ row: 99, number: 100, exact: false });
    expect(await session.call("neighbour", { number: 95, direction: "next" })).toBeNull();
    expect((await session.call("overview", { buckets: 10 })).rows).toBe(100);
    const found = await session.call("find", { kind: "filter", text: "frame.number == 200", from: -1 });
    expect(found).toBeNull();
    const output = bench.path("shown.pcapng");
    expect((await session.call("save", { path: output, which: "displayed" })).frames).toBe(100);
  });

  it("sorts the frames shown; those that come stand behind them", async () => {
    const session = await opened();
    await session.call("replay", { action: "begin", at: 4 });
    await session.call("sort", { column: "number", descending: true });
    expect(await numbers(session)).toEqual([4, 3, 2, 1]);
    await session.call("replay", { action: "step", by: 1 });
    expect(await numbers(session)).toEqual([4, 3, 2, 1, 5]);
    await session.call("replay", { action: "step", by: -2 });
    expect(await numbers(session)).toEqual([3, 2, 1]);
    await session.call("replay", { action: "leave" });
    expect((await numbers(session)).slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    await statusWhen(session, ({ sort }) => sort === null);
  });

  it("plays at the pace of the frames' times, and ends at the end", async () => {
    const session = await opened();
    await session.call("replay", { action: "begin" });
    await session.call("replay", { action: "play", speed: 10_000 });
    const ended = await statusWhen(session, ({ replay }) => replay?.position === FRAMES);
    expect(ended.displayed).toBe(FRAMES);
    await statusWhen(session, ({ replay }) => replay?.speed === null);
  });

  it("says when the next frame is due, and pauses", async () => {
    const session = await opened("slow.pcapng");
    await session.call("replay", { action: "begin" });
    await session.call("replay", { action: "play", speed: 1 });
    const waiting = await statusWhen(session, ({ replay }) => replay?.position === 2);
    expect(waiting.replay).toMatchObject({ speed: 1 });
    expect(waiting.replay?.next).toBeGreaterThan(3000);
    expect(waiting.replay?.next).toBeLessThan(3600);
    await session.call("replay", { action: "pause" });
    await statusWhen(session, ({ replay }) => replay?.speed === null && replay.next === null);
    await session.call("replay", { action: "step", by: 1 });
    await at(session, 3);
    // Played on from there, it is an hour again to the next.
    await session.call("replay", { action: "play", speed: 1 });
    const { replay } = await statusWhen(session, (status) => (status.replay?.next ?? 0) > 0);
    expect(replay).toMatchObject({ position: 3 });
    await session.call("replay", { action: "leave" });
  });

  it("is refused without a capture, and its steps outside of it", async () => {
    const none = bench.session();
    expect((await refusal(none.call("replay", { action: "begin" }))).code).toBe("NO_CAPTURE");
    const session = await opened("three.pcap");
    expect((await refusal(session.call("replay", { action: "step", by: 1 }))).code).toBe("BAD_REQUEST");
    await session.call("replay", { action: "begin", at: 2 });
    await session.call("reload", {});
    await statusWhen(session, ({ replay, displayed }) => replay === null && displayed === 3);
  });

  it("stays where it was when the decoder is started again", async () => {
    const session = await opened();
    await session.call("replay", { action: "begin", at: 42 });
    await at(session, 42);
    await session.call("changeSettings", { change: { preferences: { "udp.check_checksum": true } } });
    // Answered once the capture is there again.
    expect(await numbers(session, 40)).toEqual([41, 42]);
    expect(await session.call("status", {})).toMatchObject({
      displayed: 42,
      replay: { position: 42, speed: null },
    });
  }, 120_000);

  const noTest = noLive ?? noHelper;
  it.skipIf(noTest !== null)(
    `shows what is captured packet by packet${noTest ? ` (skipped: ${noTest})` : ""}`,
    async () => {
      const wire = new Wire();
      const desk = {
        driver: async () => createHelperDriver({ via: wire.via }),
        close: async () => {},
      } as unknown as CaptureDesk;
      const session = new Session({ ...bench.host, desk });
      try {
        await session.call("startCapture", { options: { interfaces: [wire.device], filter: "udp" } });
        await wire.send(5, 100);
        await statusWhen(session, ({ frames }) => frames === 5);
        await session.call("pauseView", { on: true });
        await session.call("replay", { action: "begin" });
        await statusWhen(session, ({ live, replay }) => !live.paused && replay?.position === 5);
        expect((await refusal(session.call("pauseView", { on: true }))).code).toBe("BAD_REQUEST");
        await wire.send(20, 100);
        // The capture and its index go on; the list stays.
        expect(await statusWhen(session, ({ frames }) => frames === 25)).toMatchObject({ displayed: 5 });
        await session.call("replay", { action: "step", by: 1 });
        expect((await at(session, 6)).displayed).toBe(6);
        await session.call("stopCapture", {});
        expect(await statusWhen(session, ({ file }) => file?.complete === true)).toMatchObject({
          displayed: 6,
        });
        await session.call("replay", { action: "leave" });
        await statusWhen(session, ({ displayed }) => displayed === 25);
      } finally {
        await session.end(false);
        wire.remove();
      }
    },
    60_000,
  );
});
