/**
 * Colouring rules: the first rule whose display filter matches gives a row its colours.
 * The default rules are the ones Wireshark's users know, their light colours included.
 */
import type { ColorRule } from "../api.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { fields } from "../dissect/protocol.ts";
import { type CompiledFilter, compileFilter } from "../filter/compile.ts";
import { FilterError } from "../filter/error.ts";

const rule = (
  name: string,
  filter: string,
  light: readonly [background: string, text: string],
  dark: readonly [background: string, text: string],
  problem = false,
): ColorRule => ({
  name,
  filter,
  light: { background: light[0], text: light[1] },
  dark: { background: dark[0], text: dark[1] },
  problem,
});

export const DEFAULT_RULES: readonly ColorRule[] = [
  rule(
    "Bad TCP",
    "tcp.analysis.flags && !tcp.analysis.window_update && !tcp.analysis.keep_alive && !tcp.analysis.keep_alive_ack",
    ["#12272e", "#f78787"],
    ["#3a1518", "#ff9d9d"],
    true,
  ),
  rule(
    "HSRP State Change",
    "hsrp.state != 8 && hsrp.state != 16",
    ["#12272e", "#fff69b"],
    ["#332d10", "#fff69b"],
    true,
  ),
  rule(
    "Spanning Tree Topology Change",
    "stp.type == 0x80",
    ["#12272e", "#fff69b"],
    ["#332d10", "#fff69b"],
    true,
  ),
  rule("OSPF State Change", "ospf.msg != 1", ["#12272e", "#fff69b"], ["#332d10", "#fff69b"], true),
  rule(
    "ICMP errors",
    "icmp.type in { 3..5, 11 } || icmpv6.type in { 1..4 }",
    ["#12272e", "#b7f774"],
    ["#1d2c12", "#b7f774"],
    true,
  ),
  rule("ARP", "arp", ["#faf0d7", "#12272e"], ["#2d2716", "#f0dfb4"]),
  rule("ICMP", "icmp || icmpv6", ["#fce0ff", "#12272e"], ["#2f1d33", "#f0c9f5"]),
  rule("TCP RST", "tcp.flags.reset == 1", ["#a40000", "#fffc9c"], ["#5c0d0d", "#fffc9c"], true),
  rule("SCTP ABORT", "sctp.chunk_type == 6", ["#a40000", "#fffc9c"], ["#5c0d0d", "#fffc9c"], true),
  rule(
    "Checksum Errors",
    'eth.fcs.status == "Bad" || ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" || udp.checksum.status == "Bad" || icmp.checksum.status == "Bad" || icmpv6.checksum.status == "Bad"',
    ["#12272e", "#f78787"],
    ["#3a1518", "#ff9d9d"],
    true,
  ),
  rule("SMB", "smb || nbss || nbns || netbios", ["#feffd0", "#12272e"], ["#2b2c14", "#ecedb4"]),
  rule("HTTP", "http || tcp.port == 80 || http2", ["#e4ffc7", "#12272e"], ["#1b2b14", "#cdebb0"]),
  rule("DCERPC", "dcerpc", ["#c797ff", "#12272e"], ["#2a1b3d", "#d9bcff"]),
  rule(
    "Routing",
    "hsrp || eigrp || ospf || bgp || cdp || vrrp || carp || gvrp || igmp || ismp",
    ["#fff3d6", "#12272e"],
    ["#2e2614", "#f1e0b8"],
  ),
  rule(
    "TCP SYN/FIN",
    "tcp.flags.syn == 1 || tcp.flags.fin == 1",
    ["#a0a0a0", "#12272e"],
    ["#3a3d40", "#dfe3e6"],
  ),
  rule("TCP", "tcp", ["#e7e6ff", "#12272e"], ["#1c1e33", "#cfd0f2"]),
  rule("UDP", "udp", ["#daeeff", "#12272e"], ["#14263a", "#bcdcf7"]),
  rule("Broadcast", "eth[0] & 1", ["#ffffff", "#babdb6"], ["#17191c", "#8b9096"]),
];

interface CompiledRule {
  readonly index: number;
  readonly filter: CompiledFilter;
}

/** Rules compiled for use on rows. A rule that names protocols this build does not know is passed over. */
export class Coloring {
  readonly #rules: CompiledRule[] = [];
  /** By field id: what the rules need of a dissection in FIELDS mode. */
  readonly wanted = new Uint8Array(fields.length);

  constructor(rules: readonly ColorRule[] = DEFAULT_RULES) {
    rules.forEach((colorRule, index) => {
      const filter = compileKnown(colorRule.filter);
      if (filter === null) return;
      this.#rules.push({ index, filter });
      filter.wanted.forEach((needed, id) => {
        if (needed) this.wanted[id] = 1;
      });
    });
  }

  /** Index of the first rule that matches the dissected frame, -1 for none. */
  of(d: Dissection): number {
    for (const { index, filter } of this.#rules) if (filter.evaluate(d)) return index;
    return -1;
  }
}

/** Compiles a rule; parts joined by `||` that name unknown protocols are left out. Null when nothing is left. */
function compileKnown(text: string): CompiledFilter | null {
  try {
    return compileFilter(text);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
  }
  const known = text.split(" || ").filter((part) => {
    try {
      compileFilter(part);
      return true;
    } catch {
      return false;
    }
  });
  return known.length === 0 ? null : compileFilter(known.join(" || "));
}
