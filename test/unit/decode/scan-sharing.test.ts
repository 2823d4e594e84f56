import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Filtering } from "../../../engine/decode/filter-run.ts";
import { Indexer } from "../../../engine/decode/indexer.ts";
import { Viewer } from "../../../engine/decode/viewer.ts";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { Assistants } from "../../../engine/workers/assistants.ts";
import { generate } from "../../bench/generate.ts";
import { writeMany } from "../../tools/packets.ts";

const FILTERS = [
  "tcp",
  "ip.ttl < 64",
  "ip.addr == 10.1.0.1 && ip.ttl > 60",
  "ipv6.hlim == 64 || ip.id > 40000",
  "tcp.options.timestamp.tsval > 0",
  "tcp.options.sack.count > 0 && ip.ttl > 64 && tcp.srcport != 443",
  "tcp.window_size < 1000",
  "tcp.seq == 1 && tcp.len > 0",
  "tcp.flags.ece == 1",
  "tcp.stream < 20 && tcp.ack > 1000",
  "tcp.analysis.retransmission",
  "tcp.analysis.bytes_in_flight > 5000",
  "tcp.analysis.ack_rtt > 0.01",
  "tcp.analysis.initial_rtt < 0.05",
  "tcp.analysis.rto > 0.1",
  "tcp.completeness == 31",
  "tcp.time_delta > 0.05",
  "tcp.reassembled.length > 1000",
  "tcp.pdu.size > 100",
  'frame contains "GET"',
  'tcp contains "host"',
  'frame matches "user-agent: [a-m]"',
  "frame[12:2] == 08:00",
  "http",
  'http.request.method == "GET"',
  'http.host matches "^w"',
  "http.response.code == 404",
  'http.request && ip.addr == 10.1.0.0/16 || http.content_type contains "json"',
  'tls.handshake.extensions_server_name contains "a"',
  "tls.record.content_type == 23 && frame.len > 300",
  "tls.handshake.type == 2",
  'dns.qry.name contains "example"',
  "dns.flags.rcode == 3",
  "dns.time > 0.001",
  "icmp.type == 8 || dns.flags.rcode == 3",
  "icmp.resptime > 0",
  "arp.opcode == 1",
  "udp.time_delta > 0.01",
  "ip.fragment.count > 1",
  "ip.reassembled.length > 100",
  'ip.flags.mf == 1 or (udp.length < 60 and not frame contains "a")',
  "eth.padding",
  '_ws.expert.message contains "retransmission"',
  "frame.time_delta > 0.001 xor tcp.flags.push == 1",
];

/** Filters for which each of many small datagrams is looked into. */
const DATAGRAM_FILTERS = [
  "ip.ttl < 64",
  "frame contains 00:01:00",
  "ip.id == 0 && udp.length > 20",
  "udp.srcport == 10007",
];

let folder = "";
/** Mixed traffic, and more small datagrams than two segments of the index hold. */
let indexer: Indexer;
let datagrams: Indexer;
const pools: Assistants[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tapline-sharing-"));
  generate(join(folder, "mixed.pcap"), 12_000, "pcap");
  indexer = indexed("mixed.pcap");
  writeMany(join(folder, "datagrams.pcap"), 150_000, { format: "pcap" });
  datagrams = indexed("datagrams.pcap");
}, 60_000);

function indexed(name: string): Indexer {
  const made = new Indexer(openCaptureSync(join(folder, name)));
  while (made.run(1000));
  return made;
}

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.terminate()));
  indexer.close();
  datagrams.close();
  rmSync(folder, { recursive: true });
});

/** Threads of the built program, unless they are started in another way. */
function pool(count: number, start?: () => Worker): Assistants {
  const made = new Assistants(count, start);
  pools.push(made);
  return made;
}

function filteringWith(helpers: Assistants | null, of = indexer): Filtering {
  const filtering = new Filtering(of, new Viewer(of), helpers, { worthSharing: 1 });
  filtering.complete = true;
  return filtering;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function found(filtering: Filtering, text: string): Promise<number[]> {
  const run = filtering.run(compileFilter(text));
  while (run.run(8)) await pause(run.idle ? 1 : 0);
  return Array.from(run.matches.toArray());
}

test("any number of threads finds the same frames", async () => {
  const one = pool(1);
  const three = pool(3);
  let matches = 0;
  for (const [of, texts] of [[indexer, FILTERS] as const, [datagrams, DATAGRAM_FILTERS] as const]) {
    const filterings = [filteringWith(null, of), filteringWith(one, of), filteringWith(three, of)];
    for (const text of texts) {
      const [alone, ...helped] = filterings;
      const expected = await found(alone, text);
      matches += expected.length;
      for (const [i, filtering] of helped.entries()) {
        expect((await found(filtering, text)).join(), `${2 * i + 1} helpers: ${text}`).toBe(expected.join());
      }
    }
    for (const filtering of filterings) filtering.close();
  }
  expect(matches).toBeGreaterThan(100_000);
}, 120_000);

test("work that shows late is shared all the same, however short the turns are", async () => {
  const text = "frame.number > 70000 && ip.ttl < 64";
  const alone = filteringWith(null, datagrams);
  const helpers = pool(1);
  const scan = vi.spyOn(helpers, "scan");
  const filtering = filteringWith(helpers, datagrams);
  const run = filtering.run(compileFilter(text));
  while (run.run(1)) await pause(run.idle ? 1 : 0);
  expect(scan.mock.calls.map(([, { kind }]) => kind)).toContain("scan-job");
  expect(Array.from(run.matches.toArray()).join()).toBe((await found(alone, text)).join());
  filtering.close();
  alone.close();
}, 60_000);

/** A thread that takes a segment for its own when it gets work, and dies. */
const dying = (): Worker =>
  new Worker(
    `const { parentPort } = require("node:worker_threads");
     parentPort.on("message", ({ kind, job }) => {
       if (kind !== "scan-job") return;
       const words = new Int32Array(job.control);
       Atomics.compareExchange(words, 2 + job.shares, 0, job.share + 1);
       process.exit(1);
     });`,
    { eval: true },
  );

test("the share of a thread that dies is done by the decode thread", async () => {
  const text = 'http.request.method == "GET" || ip.ttl < 64';
  const alone = filteringWith(null);
  const helped = filteringWith(pool(1, dying));
  const expected = await found(alone, text);
  expect(expected.length).toBeGreaterThan(100);
  expect((await found(helped, text)).join()).toBe(expected.join());
  // The next filter starts another thread, which dies as well.
  expect((await found(helped, "tcp.len > 100 && http")).join()).toBe(
    (await found(alone, "tcp.len > 100 && http")).join(),
  );
  alone.close();
  helped.close();
}, 60_000);

test("a filter in the place of another need not wait for it", async () => {
  const helped = filteringWith(pool(1), datagrams);
  const alone = filteringWith(null, datagrams);
  await found(helped, "ip.ttl == 1");
  const long = 'ip.host contains "7" && frame matches "x[^a]*y"';
  const first = helped.run(compileFilter(long));
  for (let i = 0; i < 3; i++) {
    first.run(2);
    await pause(0);
  }
  expect(first.judged).toBeLessThan(datagrams.index.count);
  first.callOff();
  const begun = performance.now();
  const next = "udp.length > 30 && ip.ttl > 3";
  const second = helped.run(compileFilter(next));
  while (second.run(8) && second.idle) await pause(1);
  expect(performance.now() - begun).toBeLessThan(400);
  while (second.run(8)) await pause(second.idle ? 1 : 0);
  expect(Array.from(second.matches.toArray()).join()).toBe((await found(alone, next)).join());
  // The first can go on where it was left.
  while (first.run(8)) await pause(0);
  expect(Array.from(first.matches.toArray()).join()).toBe((await found(alone, long)).join());
  helped.close();
  alone.close();
}, 60_000);
