/**
 * IP over InfiniBand, RFC 4391: behind the global route header of a packet received, or behind the address to which
 * one was sent, which Linux puts into its room.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { ipv6, none, u8, u16, u24, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const f = {
  dgid: ipv6("ipoib.dgid", "Destination GID"),
  daddr: none("ipoib.daddr", "Destination address"),
  daddrQpn: u24("ipoib.daddr.qpn", "Destination QPN", { base: "HEX" }),
  grh: none("ipoib.grh", "Global Route Header"),
  grhIpver: u8("ipoib.grh.ipver", "IP Version", { mask: 0xf0 }),
  grhTclass: u16("ipoib.grh.tclass", "Traffic Class", { mask: 0xff0 }),
  grhFlowlabel: u32("ipoib.grh.flowlabel", "Flow Label", { mask: 0xfffff }),
  grhSqpn: u24("ipoib.grh.sqpn", "Source QPN", { base: "HEX" }),
  grhSgid: ipv6("ipoib.grh.sgid", "Source GID"),
  type: u16("ipoib.type", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  reserved: u16("ipoib.reserved", "Reserved", { base: "HEX" }),
};

export const ipoib = protocol({
  name: "ipoib",
  title: "IP over Infiniband",
  short: "IPoIB",
  fields: f,
  on: [[linkTypes, 242]],
  dissect,
});

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("");
  const at = d.pos;
  d.need(44);
  // A global route header begins with its version, which is 6.
  if (d.peek16() === 0) addDestination(d, at + ADDRESS_AT);
  else addRouteHeader(d, at);
  d.pos = at + 40;
  const type = d.u16(f.type);
  d.u16(f.reserved);
  d.call(ethertypes.get(type) ?? data);
}

/** Where the 20 bytes of address are; the room before them is zero. */
const ADDRESS_AT = 20;

function addDestination(d: Dissection, at: number): void {
  d.open(f.daddr, at, 20);
  d.pos = at + 1;
  d.u24(f.daddrQpn);
  d.ipv6(f.dgid);
  d.close();
}

/** The global route header, InfiniBand architecture volume 1 section 8.3, with the queue pair in it. */
function addRouteHeader(d: Dissection, at: number): void {
  d.open(f.grh, at, 40);
  d.bits(f.grhIpver, at, 1);
  d.bits(f.grhTclass, at, 2);
  d.bits(f.grhFlowlabel, at, 4);
  d.pos = at + 5;
  d.u24(f.grhSqpn);
  d.ipv6(f.grhSgid);
  d.ipv6(f.dgid);
  d.close();
}
