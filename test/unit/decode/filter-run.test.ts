import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { Filtering } from "../../../engine/decode/filter-run.ts";
import { Indexer } from "../../../engine/decode/indexer.ts";
import { LoneFrames } from "../../../engine/decode/lone-frames.ts";
import { Viewer } from "../../../engine/decode/viewer.ts";
import { Dissection, MODE_FIELDS } from "../../../engine/dissect/dissection.ts";
import { fields, fieldsNamed } from "../../../engine/dissect/protocol.ts";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { dissectInOrder } from "../../../engine/sequential.ts";
import { generate } from "../../bench/generate.ts";

const SAMPLE = "build/samples/sample.pcapng";

function indexed(path = SAMPLE): Indexer {
  const indexer = new Indexer(openCaptureSync(path));
  while (indexer.run(1000));
  return indexer;
}

function planned(indexer: Indexer, text: string, filtering = filteringOf(indexer)): number[] {
  const run = filtering.run(compileFilter(text));
  while (run.run(1000));
  return Array.from({ length: run.matches.length }, (_, row) => run.matches.at(row));
}

function filteringOf(indexer: Indexer): Filtering {
  return new Filtering(indexer, new Viewer(indexer));
}

/** Every frame dissected, every test evaluated: slow and plain. */
async function naive(text: string): Promise<number[]> {
  const filter = compileFilter(text);
  const frames: number[] = [];
  const options = { mode: MODE_FIELDS, columns: filter.needsColumns, wanted: filter.wanted } as const;
  const capture = await dissectInOrder(SAMPLE, options, (d) => {
    if (!filter.evaluate(d)) return true;
    frames.push(d.frame);
    return "displayed";
  });
  capture.close();
  return frames;
}

test.each(["ping", "gtp-u"])("requests of %s that found no response are among the expert infos", (name) => {
  const indexer = indexed(`test/captures/${name}.pcap`);
  const unanswered = planned(indexer, "icmp.resp_not_found || icmpv6.resp_not_found");
  expect(unanswered.length).toBeGreaterThan(4);
  expect(planned(indexer, '_ws.expert.message contains "No response seen"')).toEqual(unanswered);
  expect(planned(indexer, "_ws.expert")).toEqual(expect.arrayContaining(unanswered));
});

const FILTERS = [
  // by the protocol chain
  "tcp",
  "dns || arp",
  "!(ip || ipv6)",
  "tcp && !tls",
  // by columns
  "frame.number > 20 && frame.number <= 60",
  "frame.len == 66",
  "frame.len in {60..80, 342}",
  "frame.cap_len < 70",
  "frame.time_relative < 5.5",
  "frame.time_relative >= 5.55 && frame.time_relative < 6",
  "ip.addr == 192.0.2.1",
  "ip.src == 192.0.2.0/24",
  "ip.dst != 192.0.2.1",
  "ip.addr != 192.0.2.1",
  "!(ip.addr == 192.0.2.1)",
  "ipv6.addr == 2001:db8::/32",
  "ipv6.dst == ff02::16",
  "tcp.port == 80",
  "tcp.dstport in {80, 443}",
  "udp.port != 53",
  "udp.srcport",
  "tcp.stream == 2",
  "udp.stream >= 1",
  "tcp.flags.syn == 1",
  "tcp.flags.syn == 1 && tcp.flags.ack == 0",
  "tcp.flags == 0x012",
  "tcp.flags.fin",
  "tcp.analysis.flags",
  "tcp.analysis.retransmission || tcp.analysis.window_update",
  // by dissection of single frames
  "ip.ttl < 64",
  "eth.dst == ff:ff:ff:ff:ff:ff",
  "eth.addr[0:3] == 02:00:00",
  "ip.flags.mf == 1 || ip.frag_offset > 0",
  "tcp.window_size_value > 500",
  "tcp.options.mss_val == 1460",
  "frame contains 47:45:54",
  // by conversations
  "tcp.seq == 1 && tcp.len > 0",
  "tcp.time_delta > 0.001",
  "dns.flags.response == 1",
  'dns.qry.name contains "example"',
  "tcp.window_size > 60000",
  "tls.handshake.type == 1",
  "icmp.type == 8",
  "arp.opcode == 1",
  "dhcp.option.dhcp == 1",
  "tcp.port == 53 && dns",
  "tcp.len > 0 xor frame.len > 500",
  "frame.time_delta_displayed > 0.01",
];

describe("a planned filter finds the frames that a plain walk finds", () => {
  const indexer = indexed();
  test.each(FILTERS)("%s", async (text) => {
    expect(planned(indexer, text)).toEqual(await naive(text));
  });
});

describe("answers kept from one filter to the next", () => {
  const indexer = indexed();
  test("change nothing", async () => {
    const filtering = filteringOf(indexer);
    for (const text of [...FILTERS, ...[...FILTERS].reverse()]) {
      expect(planned(indexer, text, filtering)).toEqual(await naive(text));
    }
  });
});

test("a filter goes on where the capture grew", async () => {
  const text = 'dns.qry.name contains "example" || tcp.seq == 1 || tcp.flags.fin == 1';
  const indexer = new Indexer(openCaptureSync(SAMPLE));
  // A time of 0 stops after the first batch of records; what follows comes in later.
  indexer.run(0);
  const run = filteringOf(indexer).run(compileFilter(text));
  while (run.run(1000));
  while (indexer.run(0)) while (run.run(1000));
  while (run.run(1000));
  expect(Array.from({ length: run.matches.length }, (_, row) => run.matches.at(row))).toEqual(
    await naive(text),
  );
});

/** Tests of every kind that random filters are made of. */
const CLAUSES = [
  "tcp",
  "udp",
  "dns",
  "http",
  "ipv6",
  "arp",
  "icmp",
  "frame.len > 200",
  "frame.len in {60, 66, 100..400}",
  "frame.number % 3 == 1",
  "frame.number < 700",
  "frame.time_relative > 0.5",
  "frame.time_delta > 0.001",
  'frame.protocols contains "tls"',
  "ip.addr == 10.0.0.0/8",
  "ip.src == 10.1.0.0/16",
  "ip.dst != 10.1.0.1",
  "ipv6.src == 2001:db8::/32",
  "tcp.port == 443",
  "all tcp.port > 1000",
  "udp.port in {53, 123, 5000..6000}",
  "tcp.stream in {1, 3..9}",
  "tcp.flags.ack == 0",
  "tcp.flags.ece == 1",
  "tcp.flags == 0x18",
  "tcp.analysis.flags",
  "tcp.analysis.retransmission",
  "ip.ttl < 64",
  "ip.flags.mf == 1",
  "ip.frag_offset > 0",
  "ip.id > 30000",
  "ip.len == 52",
  "ipv6.hlim == 64",
  "ip.version == 6",
  "eth.addr[0:3] == 02:00:00",
  "eth.dst.ig == 1",
  "udp.length < 60",
  "udp.length != ip.len",
  "tcp.len > 100",
  "tcp.hdr_len > 20",
  "tcp.options.timestamp.tsval > 0",
  "tcp.options.sack.count > 0",
  "tcp.options.sack_le > 100",
  "tcp.options.mss_val",
  "count(tcp.option_kind) > 2",
  "tcp.seq == 1",
  "tcp.ack > 1000",
  "tcp.nxtseq > 5000",
  "tcp.window_size < 5000",
  "tcp.window_size_scalefactor == 128",
  'frame contains "GET"',
  "frame contains 00:00",
  'frame matches "host: w"',
  'tcp contains "a"',
  "frame[12:2] == 08:00",
  "ip[8:1] == 40",
  "tcp[13] & 2",
  "len(tcp) > 30",
  'http.request.method == "GET"',
  'http.host matches "^w"',
  "http.response.code == 200",
  'tls.handshake.extensions_server_name contains "a"',
  "tls.record.content_type == 23",
  'dns.qry.name contains "example"',
  "dns.flags.rcode == 3",
  "icmp.type == 8",
  "arp.opcode == 1",
  "tcp.time_delta > 0.01",
  "tcp.completeness == 31",
  "udp.time_relative > 0.1",
  "eth.padding",
  "_ws.malformed",
];

/** Filters of one to four of the tests, joined at random but the same in every run. */
function randomFilters(count: number): string[] {
  let state = 4711;
  const random = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const expression = (clauses: number): string => {
    if (clauses === 1) {
      const clause = CLAUSES[random(CLAUSES.length)];
      return random(4) === 0 ? `!(${clause})` : clause;
    }
    const left = 1 + random(clauses - 1);
    const joint = ["&&", "&&", "||", "||", "xor"][random(5)];
    return `(${expression(left)}) ${joint} (${expression(clauses - left)})`;
  };
  return Array.from({ length: count }, () => expression(1 + random(4)));
}

describe("random filters over mixed traffic", () => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-filters-"));
  const path = join(folder, "mixed.pcap");
  afterAll(() => rmSync(folder, { recursive: true }));
  const texts = [...CLAUSES, ...randomFilters(150)];

  test("find what a plain walk finds, from a fresh start and from kept answers", async () => {
    generate(path, 3000, "pcap");
    const filters = texts.map((text) => compileFilter(text));
    const wanted = new Uint8Array(fields.length);
    for (const filter of filters) for (const [id, one] of filter.wanted.entries()) wanted[id] ||= one;
    const expected: number[][] = filters.map(() => []);
    const options = { mode: MODE_FIELDS, columns: false, wanted } as const;
    const capture = await dissectInOrder(path, options, (d) => {
      for (const [i, filter] of filters.entries()) if (filter.evaluate(d)) expected[i].push(d.frame);
      return true;
    });
    capture.close();
    const indexer = new Indexer(openCaptureSync(path));
    while (indexer.run(1000));
    const kept = filteringOf(indexer);
    for (const [i, text] of texts.entries()) {
      const filtering = i % 3 === 0 ? filteringOf(indexer) : kept;
      const found = planned(indexer, text, filtering);
      expect({ text, found }).toEqual({ text, found: expected[i] });
      if (filtering !== kept) filtering.close();
    }
    kept.close();
    indexer.close();
  });
});

describe("fields that follow from their own PDU", () => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-own-"));
  const path = join(folder, "mixed.pcap");
  afterAll(() => rmSync(folder, { recursive: true }));
  const names = [...new Set(fields.filter(({ own }) => own).map(({ name }) => name))];

  test("are found where a plain walk finds them, mostly without a walk", async () => {
    generate(path, 4000, "pcap");
    expect(names.length).toBeGreaterThan(150);
    for (const capturePath of [path, SAMPLE]) {
      const wanted = new Uint8Array(fields.length);
      for (const name of names) for (const field of fieldsNamed(name)) wanted[field.id] = 1;
      const expected = new Map(names.map((name) => [name, [] as number[]]));
      const options = { mode: MODE_FIELDS, columns: false, wanted } as const;
      const capture = await dissectInOrder(capturePath, options, (d) => {
        const present = new Set(d.found.map(({ field }) => field.name));
        for (const name of present) expected.get(name)?.push(d.frame);
        return true;
      });
      capture.close();
      const indexer = new Indexer(openCaptureSync(capturePath));
      while (indexer.run(1000));
      const judge = vi.spyOn(LoneFrames.prototype, "judge");
      let found = 0;
      for (const [name, frames] of expected) {
        const filtering = filteringOf(indexer);
        expect({ name, frames: planned(indexer, name, filtering) }).toEqual({ name, frames });
        filtering.close();
        found += frames.length;
      }
      expect(found).toBeGreaterThan(100);
      expect(judge.mock.calls.length).toBeGreaterThan(found / 2);
      judge.mockRestore();
      indexer.close();
    }
  });
});

describe("a filter being applied", () => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-progress-"));
  const path = join(folder, "mixed.pcap");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("shows its first matches before all frames are judged", () => {
    generate(path, 20_000, "pcap");
    const indexer = new Indexer(openCaptureSync(path));
    while (indexer.run(1000));
    for (const text of ["ip.ttl < 64", "http.request", "tcp.completeness > 0"]) {
      const filtering = filteringOf(indexer);
      const run = filtering.run(compileFilter(text));
      let early = 0;
      while (run.run(0)) if (run.judged < indexer.index.count) early = Math.max(early, run.matches.length);
      expect(early, text).toBeGreaterThan(0);
      expect(early, text).toBeLessThan(run.matches.length);
      filtering.close();
    }
    indexer.close();
  });

  test("looks at new frames only when the capture grows", () => {
    const indexer = new Indexer(openCaptureSync(path));
    while (indexer.index.count < 5000) indexer.run(0);
    const filtering = filteringOf(indexer);
    const begin = vi.spyOn(Dissection.prototype, "begin");
    const run = filtering.run(compileFilter('ip.host contains "10.1" || ip.ttl == 3'));
    while (run.run(1000));
    const before = indexer.index.count;
    expect(run.judged).toBe(before);
    begin.mockClear();
    while (indexer.run(1000));
    begin.mockClear();
    while (run.run(1000));
    const dissected = begin.mock.calls.map(([, , facts]) => facts.number);
    expect(run.judged).toBe(indexer.index.count);
    expect(dissected.length).toBeGreaterThan(0);
    expect(dissected.length).toBeLessThanOrEqual(indexer.index.count - before);
    begin.mockRestore();
    filtering.close();
    indexer.close();
  });
});
