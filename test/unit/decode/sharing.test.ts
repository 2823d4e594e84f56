import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Indexer, type IndexerOptions, type ShardHelpers } from "../../../engine/decode/indexer.ts";
import { ShardHelper } from "../../../engine/decode/shard-helper.ts";
import type { ShardBatch, ShardOpening, ShardReply } from "../../../engine/decode/shard-messages.ts";
import {
  CONVERSATION_FRAGMENTS,
  CONVERSATION_TCP,
  refKind,
  refNumber,
} from "../../../engine/dissect/conversation.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { CaptureWriter } from "../../../engine/formats/writer.ts";
import type { TcpStreamFacts } from "../../../engine/index/tcp-streams.ts";
import { writeTraffic } from "../../bench/traffic/office.ts";

const folder = mkdtempSync(join(tmpdir(), "tapline-sharing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Helpers in this thread, which answer late and in another order than they were asked. */
class LateHelpers implements ShardHelpers {
  readonly count: number;
  readonly warm = true;
  /** Helpers that say they are gone at their n-th batch. */
  readonly lostAt: number;
  /** Batches that were asked for, and how often sharing ended. */
  posted = 0;
  closed = 0;
  #helpers: ShardHelper[] = [];
  #asked: ShardBatch[][] = [];
  #capture = 0;
  #batches = 0;
  #onReply: (helper: number, reply: ShardReply) => void = () => {};
  #onLost: (helper: number) => void = () => {};

  constructor(count: number, lostAt = Number.POSITIVE_INFINITY) {
    this.count = count;
    this.lostAt = lostAt;
  }

  open(
    openings: readonly ShardOpening[],
    onReply: (helper: number, reply: ShardReply) => void,
    onLost: (helper: number) => void,
  ): void {
    this.#helpers = openings.map((opening) => new ShardHelper(opening));
    this.#asked = openings.map(() => []);
    this.#onReply = onReply;
    this.#onLost = onLost;
  }

  post(helper: number, batch: ShardBatch): void {
    const capture = this.#capture;
    this.posted++;
    this.#asked[helper].push(batch);
    setTimeout(
      () => {
        if (capture !== this.#capture) return;
        if (++this.#batches === this.lostAt) this.#onLost(helper);
        else this.#onReply(helper, this.#helpers[helper].batch(this.#asked[helper].shift()!));
      },
      (batch.number * 7 + helper * 3) % 4,
    );
  }

  close(): void {
    this.#capture++;
    this.closed++;
    for (const helper of this.#helpers) helper.close();
    this.#helpers = [];
  }
}

async function indexed(
  path: string,
  helpers: ShardHelpers | null,
  options?: IndexerOptions,
): Promise<Indexer> {
  const indexer = new Indexer(openCaptureSync(path), helpers, options);
  while (indexer.run(0)) await (indexer.waiting ?? new Promise((resolve) => setImmediate(resolve)));
  return indexer;
}

/** All that the index says of a frame, free of numbers that mean nothing outside. */
function described(indexer: Indexer, frame: number): string {
  const { index, memory } = indexer;
  const s = index.segment(frame);
  const slot = index.slot(frame);
  const refs = index.refs(frame).map((ref) => {
    if (refKind(ref) !== CONVERSATION_FRAGMENTS) return `${refKind(ref)}.${refNumber(ref)}`;
    const pieces = memory.fragments
      .get(refNumber(ref))
      ?.pieces.map((piece) => `${piece.frame}@${piece.offset}`);
    return `datagram ${pieces?.join("+")}`;
  });
  const facts = { addressA: 0, portA: 0, baseA: 0, baseB: 0, scaleA: 0, scaleB: 0, settled: false };
  const streams = index
    .refs(frame)
    .filter((ref) => refKind(ref) === CONVERSATION_TCP)
    .map((ref) => {
      const known: TcpStreamFacts = facts;
      if (!index.tcpStreams.get(refNumber(ref), known)) return "unknown";
      return JSON.stringify({ ...known, addressA: memory.addresses.text(known.addressA) });
    });
  return [
    memory.addresses.text(s.src[slot]),
    memory.addresses.text(s.dst[slot]),
    s.srcPort[slot],
    s.dstPort[slot],
    index.chains.chains[s.chain[slot]].join("."),
    s.next[slot],
    s.flags[slot],
    s.tcpFlags[slot],
    s.analysis[slot],
    s.offset[slot],
    refs.join(" "),
    streams.join(" "),
  ].join(", ");
}

const all = (indexer: Indexer): string[] =>
  Array.from({ length: indexer.index.count }, (_, i) => described(indexer, i + 1));

const SHARED: IndexerOptions = { shareBehind: 300, shareFrom: 1, batchFrames: 64 };

function capture(name: string, write: (writer: CaptureWriter) => void): string {
  const path = join(folder, name);
  const writer = new CaptureWriter(path, { format: "pcap", application: "test" });
  writer.addInterface({ linkType: 1, snapLen: 262_144, tsresol: 6, name: "test0" });
  write(writer);
  writer.close();
  return path;
}

const be = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) & 255);

function ipv4(protocol: number, src: readonly number[], dst: readonly number[], payload: readonly number[]) {
  return [
    0x45,
    0,
    ...be(20 + payload.length, 2),
    0,
    1,
    0x40,
    0,
    64,
    protocol,
    0,
    0,
    ...src,
    ...dst,
    ...payload,
  ];
}

/** An ACK of `client` to its server, or back. */
function segment(client: number, toServer: boolean, seq: number, options: readonly number[] = []): number[] {
  const a = [10, 0, 0, client];
  const b = [10, 0, 1, client];
  const ports = toServer ? [...be(40_000, 2), ...be(443, 2)] : [...be(443, 2), ...be(40_000, 2)];
  const tcp = [...ports, ...be(seq, 4), ...be(77, 4), (5 + options.length / 4) << 4, 0x10];
  tcp.push(1, 0, 0, 0, 0, 0, ...options, 1, 2, 3, 4);
  return toServer ? ipv4(6, a, b, tcp) : ipv4(6, b, a, tcp);
}

const ethernet = (packet: readonly number[]): Uint8Array =>
  Uint8Array.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, ...packet]);

describe("pass one on several threads", () => {
  const mixed = capture("mixed.pcap", (writer) => writeTraffic(writer, 6000));

  test("gives what one thread gives, whatever their number", async () => {
    const alone = await indexed(mixed, null);
    const expected = all(alone);
    expect(expected.length).toBe(6000);
    for (const count of [1, 2, 4]) {
      const helpers = new LateHelpers(count);
      const shared = await indexed(mixed, helpers, SHARED);
      expect(helpers.posted).toBeGreaterThan(40);
      expect(helpers.closed).toBe(0);
      expect(all(shared)).toEqual(expected);
      expect([...shared.conversations().renewed].sort()).toEqual([...alone.conversations().renewed].sort());
      shared.close();
    }
    alone.close();
  });

  test("gives what dissecting every frame in full gives", async () => {
    const short = await indexed(mixed, null);
    const full = await indexed(mixed, null, { shortWay: false });
    expect(all(short)).toEqual(all(full));
    short.close();
    full.close();
  });

  test("goes on alone when a tunnel joins what was shared out", async () => {
    const path = capture("tunnel.pcap", (writer) => {
      for (let n = 0; n < 1500; n++) {
        // Most clients are met after sharing began.
        const inner = segment(n < 600 ? n % 60 : 60 + (n % 120), n % 2 === 0, n * 4);
        // From the middle on some packets come through a tunnel between routers, too.
        const packet = n > 900 && n % 7 === 0 ? ipv4(4, [192, 0, 2, 1], [192, 0, 2, 2], inner) : inner;
        const bytes = ethernet(packet);
        writer.writePacket(bytes, 1_700_000_000 + n, 0, bytes.length);
      }
    });
    const alone = await indexed(path, null);
    const helpers = new LateHelpers(3);
    const shared = await indexed(path, helpers, SHARED);
    expect(helpers.closed).toBe(1);
    expect(shared.index.count).toBe(1500);
    expect(all(shared)).toEqual(all(alone));
    alone.close();
    shared.close();
  });

  test("goes on alone when subflows of Multipath TCP are met", async () => {
    const keys = [30, 20, 1, 1, ...be(0x01020304, 4), ...be(5, 4), ...be(0x11121314, 4), ...be(6, 4)];
    for (const client of [7, 8]) {
      const path = capture(`multipath-${client}.pcap`, (writer) => {
        for (let n = 0; n < 1500; n++) {
          const bytes = ethernet(
            segment(n % 60, n % 2 === 0, n * 4, n > 900 && n % 60 === client ? keys : []),
          );
          writer.writePacket(bytes, 1_700_000_000 + n, 0, bytes.length);
        }
      });
      const alone = await indexed(path, null);
      const helpers = new LateHelpers(3);
      const shared = await indexed(path, helpers, SHARED);
      expect(helpers.closed).toBe(1);
      expect(all(shared)).toEqual(all(alone));
      const { list } = alone.memory.multipath;
      expect(list.length).toBeGreaterThan(1);
      expect(shared.memory.multipath.list).toEqual(list);
      alone.close();
      shared.close();
    }
  });

  test("goes on alone when a helper is lost", async () => {
    const expected = all(await indexed(mixed, null));
    const helpers = new LateHelpers(2, 9);
    const shared = await indexed(mixed, helpers, SHARED);
    expect(helpers.closed).toBe(1);
    expect(all(shared)).toEqual(expected);
  });

  test("shows a frame only once all before it are dissected", async () => {
    const indexer = new Indexer(openCaptureSync(mixed), new LateHelpers(2), SHARED);
    let last = 0;
    while (indexer.run(0)) {
      const { count } = indexer.index;
      expect(count).toBeGreaterThanOrEqual(last);
      for (let frame = last + 1; frame <= count; frame++) {
        expect(indexer.index.segment(frame).chain[indexer.index.slot(frame)]).toBeGreaterThan(0);
      }
      last = count;
      await (indexer.waiting ?? new Promise((resolve) => setImmediate(resolve)));
    }
    expect(indexer.index.count).toBe(6000);
    indexer.close();
  });
});
