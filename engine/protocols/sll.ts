/**
 * Linux cooked captures, https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html
 */
import { ADDRESS_ETHER, ADDRESS_IPV4 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ether, ipv4, u16, u32 } from "../dissect/field.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { addTrailer, callEthertype, ETHERTYPE_NAMES } from "./ethertype.ts";
import { llc } from "./llc.ts";
import { HARDWARE_NAMES } from "./names/arphrd.ts";

const PACKET_TYPES: Readonly<Record<number, string>> = {
  0: "Unicast to us",
  1: "Broadcast",
  2: "Multicast",
  3: "Unicast to another host",
  4: "Sent by us",
};

const LINUX_TYPES: Readonly<Record<number, string>> = {
  1: "Raw 802.3",
  3: "Ethernet",
  4: "802.2 LLC",
  7: "PPP (HDLC)",
  12: "CAN",
  13: "CAN FD",
  23: "IrDA LAP",
  245: "ISI",
  246: "IEEE 802.15.4",
};

/** Protocols inside GRE, which the kernel names in place of an Ethertype on GRE devices. */
const GRE_TYPES: Readonly<Record<number, string>> = {
  ...ETHERTYPE_NAMES,
  0: "Possible GRE keepalive packet",
  2048: "IP",
  34827: "PPP",
};

const f = {
  packetType: u16("sll.pkttype", "Packet type", { names: PACKET_TYPES }),
  hardware: u16("sll.hatype", "Link-layer address type", { names: HARDWARE_NAMES }),
  addressLength: u16("sll.halen", "Link-layer address length"),
  srcEther: ether("sll.src.eth", "Source"),
  srcIpv4: ipv4("sll.src.ipv4", "Source"),
  srcOther: bytes("sll.src.other", "Source"),
  unused: bytes("sll.unused", "Unused"),
  linuxType: u16("sll.ltype", "Protocol", { base: "HEX", names: LINUX_TYPES }),
  greType: u16("sll.gretype", "Protocol", { base: "HEX", names: GRE_TYPES }),
  ethertype: u16("sll.etype", "Protocol", { base: "HEX", names: ETHERTYPE_NAMES }),
  trailer: bytes("sll.trailer", "Trailer"),
  interfaceIndex: u32("sll.ifindex", "Interface index"),
};

export const sll = protocol({
  name: "sll",
  title: "Linux cooked-mode capture",
  short: "SLL",
  fields: f,
  on: [[linkTypes, 113, 276]],
  dissect,
});

const ARPHRD_NETLINK = 824;
const GRE_DEVICES: readonly number[] = [778, 823];

function dissect(d: Dissection): void {
  if (d.linkType === 276) dissectV2(d);
  else dissectV1(d);
}

function dissectV1(d: Dissection): void {
  const packetType = d.peek16();
  const hardware = d.peek16(2);
  if (d.columns) d.setInfo(PACKET_TYPES[packetType] ?? "Unknown");
  if (hardware === ARPHRD_NETLINK) {
    d.call(protocolNamed("netlink") ?? data);
    return;
  }
  if (d.labels) d.relabelLayer("Linux cooked capture v1");
  d.u16(f.packetType);
  d.u16(f.hardware);
  addAddress(d, d.u16(f.addressLength));
  dispatch(d, d.peek16(), hardware, d.pos, d.pos + 2);
}

function dissectV2(d: Dissection): void {
  const type = d.peek16();
  const hardware = d.peek16(8);
  const packetType = d.peek8(10);
  if (d.columns) d.setInfo(PACKET_TYPES[packetType] ?? "Unknown");
  if (hardware === ARPHRD_NETLINK) {
    d.call(protocolNamed("netlink") ?? data);
    return;
  }
  if (d.labels) d.relabelLayer("Linux cooked capture v2");
  const start = d.pos;
  addType(d, type, hardware, start);
  d.skip(4);
  d.u32(f.interfaceIndex);
  d.u16(f.hardware);
  d.uint(f.packetType, 1);
  addAddress(d, d.uint(f.addressLength, 1));
  dispatch(d, type, hardware, -1, d.pos);
}

/** The link-layer address in its eight bytes, of which `length` are used. */
function addAddress(d: Dissection, length: number): void {
  const at = d.pos;
  d.need(8);
  if (length === 6) {
    d.setSource(ADDRESS_ETHER, d.buf, at, 6);
    d.ether(f.srcEther);
  } else if (length === 4) {
    d.setSource(ADDRESS_IPV4, d.buf, at, 4);
    d.ipv4(f.srcIpv4);
  } else if (length > 0) d.bytes(f.srcOther, Math.min(length, 8));
  const unused = at + 8 - d.pos;
  if (unused > 0) d.bytes(f.unused, unused);
}

/** True when the protocol field holds one of Linux's own numbers instead of an Ethertype. */
const isLinuxType = (type: number): boolean => type <= 1536;

function addType(d: Dissection, type: number, hardware: number, at: number): void {
  const field = isLinuxType(type) ? f.linuxType : GRE_DEVICES.includes(hardware) ? f.greType : f.ethertype;
  d.add(field, at, 2, type);
}

/** @param typeAt where the protocol field is still to be added, -1 for nowhere */
function dispatch(d: Dissection, type: number, hardware: number, typeAt: number, payload: number): void {
  if (typeAt >= 0) addType(d, type, hardware, typeAt);
  d.pos = payload;
  if (isLinuxType(type)) d.call(linuxProtocol(type) ?? data);
  else if (GRE_DEVICES.includes(hardware)) d.call(ethertypes.get(type) ?? data);
  else {
    callEthertype(d, type);
    addTrailer(d, d.payloadEnd, f.trailer, 0);
    d.payloadEnd = -1;
  }
}

function linuxProtocol(type: number): Protocol | undefined {
  switch (type) {
    case 3:
      return linkTypes.get(1);
    case 4:
      return llc;
    case 7:
      return linkTypes.get(50);
    case 12:
      return protocolNamed("can");
    case 13:
      return protocolNamed("canfd");
    case 246:
      return protocolNamed("wpan");
    default:
      return undefined;
  }
}
