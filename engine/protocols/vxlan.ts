/**
 * Virtual eXtensible Local Area Network, RFC 7348, with the group policy extension; the Generic Protocol Extension,
 * draft-ietf-nvo3-vxlan-gpe.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, u8, u16, u24 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
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
  gpeFlags: u8("vxlan.flags", "Flags", { base: "HEX" }),
  version: u8("vxlan.ver", "Version", { mask: 0x30 }),
  instance: u8("vxlan.i_bit", "Instance", { mask: 0x08 }),
  nextProtocolBit: u8("vxlan.p_bit", "Next Protocol Bit", { mask: 0x04 }),
  oam: u8("vxlan.o_bit", "OAM bit", { mask: 0x01 }),
  gpeReserved: u8("vxlan.flags_reserved", "Reserved(R)", { mask: 0xc2 }),
  reserved16: u16("vxlan.reserved_16", "Reserved"),
  nextProtocol: u8("vxlan.next_proto", "Next Protocol", {
    names: { 1: "IPv4", 2: "IPv6", 3: "Ethernet", 4: "Network Service Header", 5: "MPLS" },
  }),
};

const GPE_PORT = 4790;

export const vxlan = protocol({
  name: "vxlan",
  title: "Virtual eXtensible Local Area Network",
  short: "VxLAN",
  fields: f,
  on: [[udpPorts, 4789, 8472, GPE_PORT]],
  dissect,
});

const FLAGS = [f.flagG, f.flagI, f.flagD, f.flagA, f.flagsReserved];

function dissect(d: Dissection): void {
  if (d.srcPort === GPE_PORT || d.dstPort === GPE_PORT) {
    dissectGpe(d);
    return;
  }
  addFlags(d, f.flags, 2, FLAGS);
  d.u16(f.gbp);
  d.u24(f.vni);
  d.u8(f.reserved8);
  if (d.remaining > 0) d.call(ethernet);
}

const GPE_FLAGS = [f.version, f.instance, f.nextProtocolBit, f.oam, f.gpeReserved];
/** Ethertypes of the protocols a GPE header can name. */
const GPE_ETHERTYPES: Readonly<Record<number, number>> = { 1: 0x0800, 2: 0x86dd, 4: 0x894f, 5: 0x8847 };
const GPE_ETHERNET = 3;

function dissectGpe(d: Dissection): void {
  d.bitset(f.gpeFlags, 1, GPE_FLAGS);
  d.u16(f.reserved16);
  const next = d.u8(f.nextProtocol);
  d.u24(f.vni);
  d.u8(f.reserved8);
  if (d.remaining === 0) return;
  if (next === GPE_ETHERNET) d.call(ethernet);
  else d.call(ethertypes.get(GPE_ETHERTYPES[next]) ?? data);
}
