/** Cisco's HDLC framing (link type 104) and SLARP, its keepalive and address resolution. */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, ipv4, u8, u16, u32 } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, linkTypes, llcSaps, snapPids } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";
import { data } from "./data.ts";

export const UNICAST = 0x0f;
export const MULTICAST = 0x8f;
const ADDRESSES: Readonly<Record<number, string>> = { 15: "Unicast", 143: "Multicast" };
export const CHDLC_PROTOCOLS: Readonly<Record<number, string>> = {
  2048: "IP",
  8192: "Cisco Discovery Protocol",
  16962: "Spanning Tree BPDU",
  25944: "Transparent Ethernet bridging",
  32821: "SLARP",
  32824: "DEC LanBridge",
  32923: "Appletalk",
  33011: "AARP",
  33079: "Netware IPX/SPX",
  34525: "IPv6",
  34887: "MPLS unicast",
  34888: "MPLS multicast",
  65278: "OSI",
};
const PACKET_TYPES: Readonly<Record<number, string>> = { 0: "Request", 1: "Reply", 2: "Line keepalive" };

const f = {
  address: u8("chdlc.address", "Address", { base: "HEX", names: ADDRESSES }),
  control: u8("chdlc.control", "Control", { base: "HEX" }),
  protocol: u16("chdlc.protocol", "Protocol", { base: "HEX", names: CHDLC_PROTOCOLS }),
  padding: u8("chdlc.clns_padding", "CLNS Padding", { base: "HEX" }),
};

export const chdlc = protocol({
  name: "chdlc",
  title: "Cisco HDLC",
  short: "CHDLC",
  fields: f,
  on: [[linkTypes, 104]],
  dissect,
});

const SLARP = 0x8035;
const CDP = 0x2000;
const BPDU = 0x4242;
const CISCO = 0x0c;
const OSI = 0xfefe;
const BPDU_SAP = 0x42;

function dissect(d: Dissection): void {
  const address = d.u8(f.address);
  d.u8(f.control);
  if (d.columns) d.setInfo(ADDRESSES[address] ?? "Unknown");
  const type = d.u16(f.protocol);
  if (type === SLARP) d.call(slarp);
  else if (type === CDP) d.call(snapPids.get(CISCO * 0x1_0000 + CDP) ?? data);
  else if (type === BPDU) d.call(llcSaps.get(BPDU_SAP) ?? data);
  else if (type === OSI) {
    d.u8(f.padding);
    d.call(protocolNamed("osi") ?? data);
  } else d.call(ethertypes.get(type) ?? data);
}

const s = {
  type: u32("slarp.ptype", "Packet type", { names: PACKET_TYPES }),
  address: ipv4("slarp.address", "Address"),
  mask: ipv4("slarp.netmask", "Netmask"),
  mine: u32("slarp.mysequence", "Outgoing sequence number"),
  yours: u32("slarp.yoursequence", "Returned sequence number"),
  reliability: u16("slarp.reliability", "Reliability", { base: "HEX" }),
};
const x = {
  reliability: expert("slarp.reliability.invalid", "error", "Malformed", "Reliability must be 0xFFFF"),
};

export const slarp = protocol({
  name: "slarp",
  title: "Cisco SLARP",
  short: "SLARP",
  fields: s,
  experts: x,
  dissect: dissectSlarp,
});

const REQUEST = 0;
const REPLY = 1;
const KEEPALIVE = 2;
const RELIABLE = 0xffff;

function dissectSlarp(d: Dissection): void {
  const type = d.u32(s.type);
  if (type === REQUEST || type === REPLY) {
    const address = d.ipv4(s.address);
    const mask = d.ipv4(s.mask);
    if (d.columns) {
      d.setInfo(`${PACKET_TYPES[type]}, from ${formatIpv4(address)}, mask ${formatIpv4(mask)}`);
    }
  } else if (type === KEEPALIVE) {
    const mine = d.u32(s.mine);
    const yours = d.u32(s.yours);
    if (d.columns) {
      d.setInfo(`Line keepalive, outgoing sequence ${mine}, returned sequence ${yours}`);
    }
    if (d.u16(s.reliability) !== RELIABLE) d.expert(x.reliability);
  } else {
    if (d.columns) d.setInfo(`Unknown packet type 0x${type.toString(16).padStart(8, "0")}`);
    d.call(data);
  }
}
