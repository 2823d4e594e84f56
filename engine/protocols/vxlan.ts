/** Virtual eXtensible Local Area Network, RFC 7348, with the group policy extension. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, u8, u16, u24 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ethernet } from "./ethernet.ts";

/** Next protocols of the generic extension, draft-ietf-nvo3-vxlan-gpe section 3.2. */
const NEXT: Readonly<Record<number, string>> = {
  1: "IPv4",
  2: "IPv6",
  3: "Ethernet",
  4: "Network Service Header",
  5: "MPLS",
  6: "Unassigned",
  7: "vBNG",
};

const f = {
  flags: u16("vxlan.flags", "Flags", { base: "HEX" }),
  flagsReserved: u16("vxlan.flags_reserved", "Reserved(R)", { base: "HEX", mask: 0x77b7 }),
  flagG: bool("vxlan.flag_g", "GBP Extension", { mask: 0x8000, bits: 16, tf: ["Defined", "Not defined"] }),
  flagI: bool("vxlan.flag_i", "VXLAN Network ID (VNI)", { mask: 0x800, bits: 16 }),
  flagD: bool("vxlan.flag_d", "Don't Learn", { mask: 0x40, bits: 16 }),
  flagA: bool("vxlan.flag_a", "Policy Applied", { mask: 0x8, bits: 16 }),
  gbp: u16("vxlan.gbp", "Group Policy ID"),
  vni: u24("vxlan.vni", "VXLAN Network Identifier (VNI)"),
  flags8: u8("vxlan.flags", "Flags", { base: "HEX" }),
  version: u8("vxlan.ver", "Version", { mask: 0x30 }),
  instance: u8("vxlan.i_bit", "Instance", { mask: 0x08 }),
  nextBit: u8("vxlan.p_bit", "Next Protocol Bit", { mask: 0x04 }),
  oam: u8("vxlan.o_bit", "OAM bit", { mask: 0x01 }),
  reservedGeneric: u8("vxlan.flags_reserved", "Reserved(R)", { mask: 0xc2 }),
  reserved16: u16("vxlan.reserved_16", "Reserved"),
  next: u8("vxlan.next_proto", "Next Protocol", { names: NEXT }),
  reserved8: u8("vxlan.reserved8", "Reserved"),
};

export const vxlan = protocol({
  name: "vxlan",
  title: "Virtual eXtensible Local Area Network",
  short: "VxLAN",
  fields: f,
  on: [[udpPorts, 4789, 4790]],
  dissect,
});

const NEXT_PROTOCOLS: Readonly<Record<number, string>> = {
  1: "ip",
  2: "ipv6",
  3: "eth",
  4: "nsh",
  5: "mpls",
};
const GENERIC_PORT = 4790;

const FLAGS = [f.flagG, f.flagI, f.flagD, f.flagA, f.flagsReserved];

const GENERIC_FLAGS = [f.version, f.instance, f.nextBit, f.oam, f.reservedGeneric] as const;

function dissectGeneric(d: Dissection): void {
  d.bitset(f.flags8, 1, GENERIC_FLAGS);
  const hasNext = (d.buf[d.pos - 1] & 0x04) !== 0;
  d.uint(f.reserved16, 2);
  const next = d.u8(f.next);
  d.u24(f.vni);
  d.u8(f.reserved8);
  if (d.remaining === 0 || !hasNext) return;
  d.call(protocolNamed(NEXT_PROTOCOLS[next] ?? "data") ?? data);
}

function dissect(d: Dissection): void {
  if (d.srcPort === GENERIC_PORT || d.dstPort === GENERIC_PORT) {
    dissectGeneric(d);
    return;
  }
  addFlags(d, f.flags, 2, FLAGS);
  d.u16(f.gbp);
  d.u24(f.vni);
  d.u8(f.reserved8);
  if (d.remaining > 0) d.call(ethernet);
}
