/** RIPng for IPv6, RFC 2080. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ipv6, nameOf, none, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatIpv6 } from "../dissect/text.ts";

const f = {
  cmd: u8("ripng.cmd", "Command", { names: { 1: "Request", 2: "Response" } }),
  version: u8("ripng.version", "Version"),
  reserved: bytes("ripng.reserved", "Reserved"),
  rte: none("ripng.rte", "Route Table Entry"),
  rteIpv6Prefix: ipv6("ripng.rte.ipv6_prefix", "IPv6 Prefix"),
  rteRouteTag: u16("ripng.rte.route_tag", "Route Tag", { base: "HEX" }),
  rtePrefixLength: u8("ripng.rte.prefix_length", "Prefix Length"),
  rteMetric: u8("ripng.rte.metric", "Metric"),
};

export const ripng = protocol({
  name: "ripng",
  title: "RIPng",
  short: "RIPng",
  fields: f,
  on: [[udpPorts, 521]],
  dissect,
});

function dissect(d: Dissection): void {
  const command = d.u8(f.cmd);
  const version = d.u8(f.version);
  if (d.columns) {
    d.setInfo(` Command ${nameOf(f.cmd.names, command) ?? `Unknown (${command})`}, Version ${version}`);
  }
  d.bytes(f.reserved, 2);
  while (d.remaining > 0) {
    d.open(f.rte, d.pos, 20);
    d.ipv6(f.rteIpv6Prefix);
    if (d.labels) d.appendParent(`: IPv6 Prefix: ${formatIpv6(d.buf.subarray(d.pos - 16, d.pos))}`);
    d.u16(f.rteRouteTag);
    const length = d.u8(f.rtePrefixLength);
    const metric = d.u8(f.rteMetric);
    if (d.labels) d.appendParent(`/${length} Metric: ${metric}`);
    d.close();
  }
}
