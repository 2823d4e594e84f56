/** Solaris IPNET, the pseudo link layer of its IP observability devices (ipnet(7D)). */
import type { Dissection } from "../dissect/dissection.ts";
import { u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";

const FAMILY_NAMES: Readonly<Record<number, string>> = {
  2: "Solaris AF_INET",
  26: "Solaris AF_INET6",
};
const HTYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Inbound",
  1: "Outbound",
  2: "Local",
};

const f = {
  version: u8("ipnet.version", "Header version"),
  family: u8("ipnet.family", "Address family", { names: FAMILY_NAMES }),
  htype: u16("ipnet.htype", "Hook type", { names: HTYPE_NAMES }),
  pktlen: u32("ipnet.pktlen", "Data length"),
  ifindex: u32("ipnet.ifindex", "Interface index"),
  grifindex: u32("ipnet.grifindex", "Group interface index"),
  zsrc: u32("ipnet.zsrc", "Source Zone ID"),
  zdst: u32("ipnet.zdst", "Destination Zone ID"),
};

export const ipnet = protocol({
  name: "ipnet",
  title: "Solaris IPNET",
  short: "IPNET",
  fields: f,
  on: [[linkTypes, 226]],
  dissect,
});

const AF_INET = 2;
const AF_INET6 = 26;

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("Solaris IPNET");
  d.u8(f.version);
  const family = d.u8(f.family);
  d.u16(f.htype);
  d.u32(f.pktlen);
  d.u32(f.ifindex);
  d.u32(f.grifindex);
  d.u32(f.zsrc);
  d.u32(f.zdst);
  const type = family === AF_INET ? 0x0800 : family === AF_INET6 ? 0x86dd : -1;
  d.call(ethertypes.get(type) ?? data);
}
