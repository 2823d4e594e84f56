/** ARCNET (ANSI ATA 878.1): packets with the hardware's offset bytes, of RFC 1201 and RFC 1051 framing. */

import { ADDRESS_TEXT } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, u8, u16 } from "../dissect/field.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";

const PROT_I_D_NAMES: Readonly<Record<number, string>> = {
  240: "RFC 1051 IP",
  241: "RFC 1051 ARP",
  212: "RFC 1201 IP",
  213: "RFC 1201 ARP",
  214: "RFC 1201 RARP",
  250: "IPX",
  236: "Novell of some sort",
  196: "IPv6",
  232: "Encapsulated Ethernet",
  0: "Datapoint boot",
  1: "Datapoint mount",
  8: "PowerLAN beacon",
  243: "PowerLAN beacon2",
  221: "Appletalk",
  247: "Banyan VINES",
  128: "Diagnose",
  205: "BACnet",
};

const f = {
  src: u8("arcnet.src", "Source", { base: "HEX" }),
  dst: u8("arcnet.dst", "Dest", { base: "HEX" }),
  offset: bytes("arcnet.offset", "Offset"),
  protID: u8("arcnet.protID", "Protocol ID", { base: "HEX", names: PROT_I_D_NAMES }),
  splitFlag: u8("arcnet.split_flag", "Split Flag"),
  exceptionFlag: u8("arcnet.exception_flag", "Exception Flag", { base: "HEX" }),
  sequence: u16("arcnet.sequence", "Sequence"),
  padding: u16("arcnet.padding", "Padding", { base: "HEX" }),
};

export const arcnet = protocol({
  name: "arcnet",
  title: "ARCNET",
  short: "ARCNET",
  fields: f,
  on: [[linkTypes, 7, 129]],
  dissect,
});

const LINKTYPE_ARCNET_LINUX = 129;
/** Protocols of RFC 1051 framing, which has neither flag nor sequence number. */
const OLD_FRAMING: readonly number[] = [0xf0, 0xf1];
const EXCEPTION = 0xff;
const encoder = new TextEncoder();

function dissect(d: Dissection): void {
  const src = d.peek8();
  const dst = d.peek8(1);
  if (d.columns) {
    d.setInfo("ARCNET");
    const from = encoder.encode(`0x${src.toString(16).padStart(2, "0")}`);
    const to = encoder.encode(`0x${dst.toString(16).padStart(2, "0")}`);
    d.setSource(ADDRESS_TEXT, from, 0, from.length);
    d.setDestination(ADDRESS_TEXT, to, 0, to.length);
  }
  d.u8(f.src);
  d.u8(f.dst);
  if (d.linkType === LINKTYPE_ARCNET_LINUX) d.bytes(f.offset, 2);
  const id = d.u8(f.protID);
  if (!OLD_FRAMING.includes(id)) {
    if (d.peek8() === EXCEPTION) {
      d.u8(f.exceptionFlag);
      d.u16(f.padding);
      d.u8(f.protID);
    }
    d.u8(f.splitFlag);
    d.u16(f.sequence);
  }
  const inside = carried(id);
  if (inside === undefined && d.columns) d.setProtocol(`0x${id.toString(16).padStart(4, "0")}`);
  d.call(inside ?? data);
}

function carried(id: number): Protocol | undefined {
  switch (id) {
    case 0xd4:
    case 0xf0:
      return ethertypes.get(0x0800);
    case 0xd5:
    case 0xd6:
    case 0xf1:
      return ethertypes.get(0x0806);
    case 0xc4:
      return ethertypes.get(0x86dd);
    case 0xcd:
      return protocolNamed("llc");
    case 0xdd:
      return protocolNamed("ddp");
    case 0xec:
    case 0xfa:
      return protocolNamed("ipx");
    case 0xf7:
      return protocolNamed("vines_ip");
    default:
      return undefined;
  }
}
