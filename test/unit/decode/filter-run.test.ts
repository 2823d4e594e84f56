import { describe, expect, test } from "vitest";
import { Filtering } from "../../../engine/decode/filter-run.ts";
import { Indexer } from "../../../engine/decode/indexer.ts";
import { Viewer } from "../../../engine/decode/viewer.ts";
import { MODE_FIELDS } from "../../../engine/dissect/dissection.ts";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { dissectInOrder } from "../../../engine/sequential.ts";

const SAMPLE = "build/samples/sample.pcapng";

function indexed(): Indexer {
  const indexer = new Indexer(openCaptureSync(SAMPLE));
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
