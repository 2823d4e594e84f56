/** Packets over time, by group of protocols: the strip above the packet list. */
import type { Timeline } from "../api.ts";
import { protocols } from "../dissect/protocol.ts";
import type { Indexer } from "./indexer.ts";
import type { CaptureSums } from "./sums.ts";
import { timeOf } from "./viewer.ts";

/** The first group with a protocol of the frame's chain gets the frame. */
const GROUPS: readonly (readonly [name: string, members: readonly string[]])[] = [
  ["TLS", ["tls", "dtls", "quic"]],
  ["HTTP", ["http", "http2", "http3"]],
  ["DNS", ["dns", "mdns", "llmnr"]],
  ["ICMP", ["icmp", "icmpv6", "igmp"]],
  ["TCP", ["tcp"]],
  ["UDP", ["udp"]],
  ["Link", ["arp", "stp", "lldp", "cdp", "eapol"]],
];
const OTHER = GROUPS.length;

/** Frames between two yields. */
const STEPS = 65_536;

/**
 * Counts per group and bucket over the time of the whole capture.
 * A generator that yields after at most a few milliseconds of work, so that it can be run in slices.
 */
export function* timeline(indexer: Indexer, sums: CaptureSums, buckets: number): Generator<number, Timeline> {
  const { index } = indexer;
  const first = timeOf(indexer, 1);
  if (first === null) return { start: 0, end: 0, groups: [] };
  const { count, earliest, latest } = yield* sums.read();
  const start = earliest.sec - first.sec + (earliest.nsec - first.nsec) / 1e9;
  const end = latest.sec - first.sec + (latest.nsec - first.nsec) / 1e9;
  const span = Math.max(end - start, 1e-9);
  const counts = Array.from({ length: GROUPS.length + 1 }, () => new Uint32Array(buckets));
  const groupOf: number[] = [];
  const { chains } = index.chains;
  const origin = first.sec + first.nsec / 1e9;
  const scale = buckets / span;
  for (let done = 0; done < count; ) {
    const s = index.segment(done + 1);
    const from = index.slot(done + 1);
    const n = Math.min(count - done, s.sec.length - from, STEPS);
    for (let chain = groupOf.length; chain < chains.length; chain++)
      groupOf.push(groupOfChain(chains[chain]));
    for (let i = from; i < from + n; i++) {
      const time = s.sec[i] - origin + s.nsec[i] / 1e9;
      const bucket = Math.max(0, Math.min(buckets - 1, Math.floor((time - start) * scale)));
      counts[groupOf[s.chain[i]]][bucket]++;
    }
    done += n;
    yield done / count;
  }
  const names = [...GROUPS.map(([name]) => name), "Other"];
  const groups = names.map((name, i) => ({ name, counts: Array.from(counts[i]) }));
  return { start, end, groups: groups.filter((group) => group.counts.some((count) => count > 0)) };
}

function groupOfChain(chain: ArrayLike<number>): number {
  const names = new Set(Array.from(chain, (id) => protocols[id].name));
  const group = GROUPS.findIndex(([, members]) => members.some((member) => names.has(member)));
  return group === -1 ? OTHER : group;
}
