/** The display filters that are measured. */

export interface Asked {
  readonly expression: string;
  /** Whether the index's columns hold the answer, or packets must be looked at again. */
  readonly kind: "column" | "field";
}

/**
 * Filters of both kinds. Those made of several clauses share none with another, so that each is asked for the first
 * time.
 * @param address an IPv4 address that the capture holds
 */
export function filters(address: string): Asked[] {
  const column = [
    "tcp",
    `ip.addr == ${address}`,
    "ip.addr == 10.0.0.0/8",
    "tcp.port == 443",
    "frame.len > 1000",
    "tcp.stream == 17",
    "frame.number < 5000",
    "udp && !dns",
    "tcp.flags.syn == 1",
    "frame.time_relative < 1",
    "ipv6 || arp",
    "tcp.dstport in {80, 8080} && frame.len < 200",
  ];
  const field = [
    "ip.ttl < 64",
    'http.request.method == "GET"',
    'dns.qry.name contains "example"',
    'tls.handshake.extensions_server_name contains "a"',
    "tcp.analysis.retransmission",
    "tcp.options.timestamp.tsval > 0",
    'frame contains "GET"',
    'http.host matches "^w"',
    "tcp.window_size < 1000",
    "icmp.type == 8 || dns.flags.rcode == 3",
    'ip.flags.mf == 1 or (udp.length < 60 and not frame contains "a")',
    "tcp.options.sack.count > 0 && ip.ttl > 64 && tcp.srcport != 443",
  ];
  return [
    ...column.map((expression) => ({ expression, kind: "column" as const })),
    ...field.map((expression) => ({ expression, kind: "field" as const })),
  ];
}

/** A filter of two clauses, one of them costly, and the same with the other one changed: it lets more packets pass. */
export const CHANGED_CLAUSE = [
  'frame.len > 200 && http.request.method == "POST"',
  'frame.len > 100 && http.request.method == "POST"',
] as const;
