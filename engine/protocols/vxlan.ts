/** Virtual eXtensible Local Area Network, RFC 7348, with the group policy extension. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, u8, u16, u24 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { ethernet } from "./ethernet.ts";

const f = {
  flags: u16("vxlan.flags", "Flags", { base: "HEX" }),
  flagsReserved: u16("vxlan.flags_reserved", "Reserved(R)", { base: "HEX", mask: 0x77b7 }),
  flagG: bool("vxlan.flag_g", "GBP Extension", { mask: 0x8000, bits: 16, tf: ["Defined", "Not defined"] }),
  flagI: bool("vxlan.flag_i", "VXLAN Network ID (VNI)", { mask: 0x800, bits: 16 }),
  flagD: bool("vxlan.flag_d", "Don't Learn", { mask: 0x40, bits: 16 }),
  flagA: bool("vxlan.flag_a", "Policy Applied", { mask: 0x8, bits: 16 }),
  gbp: u16("vxlan.gbp", "Group Policy ID"),
  vni: u24("vxlan.vni", "VXLAN Network Identifier (VNI)"),
  reserved8: u8("vxlan.reserved8", "Reserved"),
};

export const vxlan = protocol({
  name: "vxlan",
  title: "Virtual eXtensible Local Area Network",
  short: "VxLAN",
  fields: f,
  on: [[udpPorts, 4789, 8472]],
  dissect,
});

const FLAGS = [f.flagG, f.flagI, f.flagD, f.flagA, f.flagsReserved];

function dissect(d: Dissection): void {
  addFlags(d, f.flags, 2, FLAGS);
  d.u16(f.gbp);
  d.u24(f.vni);
  d.u8(f.reserved8);
  if (d.remaining > 0) d.call(ethernet);
}
