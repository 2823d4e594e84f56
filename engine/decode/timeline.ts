/** Packets over time, by group of protocols: the strip above the packet list. */
import type { Timeline } from "../api.ts";
import { protocols } from "../dissect/protocol.ts";
import type { Indexer } from "./indexer.ts";
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

/** Counts per group and bucket over the time of the whole capture. */
export function timeline(indexer: Indexer, buckets: number): Timeline {
  const { index } = indexer;
  const first = timeOf(indexer, 1);
  if (first === null) return { start: 0, end: 0, groups: [] };
  const origin = first.sec + first.nsec / 1e9;
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  let left = index.count;
  for (const s of index.segments) {
    const n = Math.min(left, s.sec.length);
    for (let i = 0; i < n; i++) {
      const time = s.sec[i] - origin + s.nsec[i] / 1e9;
      if (time < start) start = time;
      if (time > end) end = time;
    }
    left -= n;
  }
  const span = Math.max(end - start, 1e-9);
  const groupOf = index.chains.chains.map((chain) => {
    const names = new Set(Array.from(chain, (id) => protocols[id].name));
    const group = GROUPS.findIndex(([, members]) => members.some((member) => names.has(member)));
    return group === -1 ? OTHER : group;
  });
  const counts = Array.from({ length: GROUPS.length + 1 }, () => new Array<number>(buckets).fill(0));
  left = index.count;
  for (const s of index.segments) {
    const n = Math.min(left, s.sec.length);
    for (let i = 0; i < n; i++) {
      const time = s.sec[i] - origin + s.nsec[i] / 1e9;
      const bucket = Math.min(buckets - 1, Math.floor(((time - start) / span) * buckets));
      counts[groupOf[s.chain[i]]][bucket]++;
    }
    left -= n;
  }
  const names = [...GROUPS.map(([name]) => name), "Other"];
  const groups = names.map((name, i) => ({ name, counts: counts[i] }));
  return { start, end, groups: groups.filter((group) => group.counts.some((count) => count > 0)) };
}
