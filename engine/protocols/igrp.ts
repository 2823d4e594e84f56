/** Interior Gateway Routing Protocol, as Cisco published it in "An Introduction to IGRP". */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, type Field, ipv4, u8, u16, u24 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";

const f = {
  update: u8("igrp.update", "Update Release"),
  as: u16("igrp.as", "Autonomous System"),
  version: u8("igrp.version", "IGRP Version", { mask: 0xf0 }),
  command: u8("igrp.command", "Command", { mask: 0xf }),
  interiorRoutes: u16("igrp.interior_routes", "Interior routes"),
  systemRoutes: u16("igrp.system_routes", "System routes"),
  exteriorRoutes: u16("igrp.exterior_routes", "Exterior routes"),
  checksum: u16("igrp.checksum", "Checksum", { base: "HEX" }),
  network: ipv4("igrp.network", "Network"),
  delay: u24("igrp.delay", "Delay"),
  bandwidth: u24("igrp.bandwidth", "Bandwidth"),
  mtu: u16("igrp.mtu", "MTU"),
  reliability: u8("igrp.reliability", "Reliability"),
  load: u8("igrp.load", "Load"),
  hopCount: u8("igrp.hop_count", "Hop count"),
};

const x = {
  version: expert(
    "igrp.version.invalid",
    "warning",
    "Protocol",
    "Unknown Version, The dissection may be inaccurate",
  ),
};

export const igrp = protocol({
  name: "igrp",
  title: "Cisco Interior Gateway Routing Protocol",
  short: "IGRP",
  fields: f,
  experts: x,
  on: [[ipProtocols, 9]],
  dissect,
});

const COMMANDS: Readonly<Record<number, string>> = { 1: "Response", 2: "Request" };

function dissect(d: Dissection): void {
  if (d.labels) d.relabelLayer("Cisco IGRP");
  const command = d.peek8() & 15;
  const name = COMMANDS[command] ?? "Unknown version or opcode";
  if (d.columns) d.setInfo(d.peek8() >> 4 === 1 ? name : "Unknown version or opcode");
  if (d.bits(f.version, d.pos, 1) !== 1) d.expert(x.version);
  d.bits(f.command, d.pos, 1);
  if (d.labels) d.append(` (${name})`);
  d.skip(1);
  d.u8(f.update);
  d.u16(f.as);
  const interior = d.peek16();
  const system = d.peek16(2);
  const exterior = d.peek16(4);
  const counts = d.pos;
  d.pos += 8;
  addEntries(d, f.interiorRoutes, counts, interior, true);
  addEntries(d, f.systemRoutes, counts + 2, system, false);
  addEntries(d, f.exteriorRoutes, counts + 4, exterior, false);
  d.pos = counts + 6;
  d.u16(f.checksum);
  d.pos = d.end;
}

/** Entries of 14 bytes. Those inside the network have its first byte from the packet's own address. */
function addEntries(d: Dissection, field: Field, at: number, count: number, inside: boolean): void {
  d.add(field, at, 2, count);
  d.openLast();
  for (let i = 0; i < count; i++) {
    const start = d.pos;
    const first = inside && d.srcId >= 0 ? d.memory.addresses.bytes(d.srcId)[0] : d.peek8();
    const network = inside ? ((first << 24) | d.peek24()) >>> 0 : (d.peek24() << 8) >>> 0;
    d.openText(start, 14, `Entry for network ${formatIpv4(network)}`);
    d.add(f.network, start, 3, network);
    d.skip(3);
    d.u24(f.delay);
    d.u24(f.bandwidth);
    d.u16(f.mtu);
    if (d.labels) d.append(" bytes");
    d.u8(f.reliability);
    d.u8(f.load);
    d.u8(f.hopCount);
    if (d.labels) d.close();
  }
  if (d.labels) d.close();
}
