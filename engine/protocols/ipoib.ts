/** IP over InfiniBand, RFC 4391, with the global route header in front. */
import type { Dissection } from "../dissect/dissection.ts";
import { ipv6, none, u8, u16, u24, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const f = {
  dgid: ipv6("ipoib.dgid", "Destination GID"),
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
  d.open(f.grh, at, 40);
  d.bits(f.grhIpver, at, 1);
  d.bits(f.grhTclass, at, 2);
  d.bits(f.grhFlowlabel, at, 4);
  d.pos = at + 5;
  d.u24(f.grhSqpn);
  d.bytes(f.grhSgid, 16);
  d.bytes(f.dgid, 16);
  d.close();
  d.pos = at + 40;
  const type = d.u16(f.type);
  d.u16(f.reserved);
  d.call(ethertypes.get(type) ?? data);
}
