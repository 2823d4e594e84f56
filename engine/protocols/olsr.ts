/** Optimized Link State Routing, RFC 3626, with the link qualities and names of olsr.org. */

import { ADDRESS_IPV6 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, double, expert, type Field, ipv4, ipv6, nameOf, str, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { LINK_TYPE, MESSAGE_TYPE } from "./names/olsr.ts";

const f = {
  packetLen: u16("olsr.packet_len", "Packet Length"),
  packetSeqNum: u16("olsr.packet_seq_num", "Packet Sequence Number"),
  message: bytes("olsr.message", "Message"),
  messageType: u8("olsr.message_type", "Message Type", { names: MESSAGE_TYPE }),
  messageSize: u16("olsr.message_size", "Message"),
  messageSeqNum: u16("olsr.message_seq_num", "Message Sequence Number"),
  vtime: double("olsr.vtime", "Validity Time"),
  ansn: u16("olsr.ansn", "Advertised Neighbor Sequence Number (ANSN)"),
  htime: double("olsr.htime", "Hello Emission Interval"),
  willingness: u8("olsr.willingness", "Willingness to forward messages", {
    names: { 0: "never", 7: "always" },
  }),
  ttl: u8("olsr.ttl", "TTL"),
  linkType: u8("olsr.link_type", "Link Type", { names: LINK_TYPE }),
  linkMessageSize: u16("olsr.link_message_size", "Link Message Size"),
  hopCount: u8("olsr.hop_count", "Hop Count"),
  neighbor: bytes("olsr.neighbor", "Neighbor Address"),
  originAddr: ipv4("olsr.origin_addr", "Originator Address"),
  neighborAddr: ipv4("olsr.neighbor_addr", "Neighbor Address"),
  networkAddr: ipv4("olsr.network_addr", "Network Address"),
  interfaceAddr: ipv4("olsr.interface_addr", "Interface Address"),
  netmask: ipv4("olsr.netmask", "Netmask"),
  origin6Addr: ipv6("olsr.origin6_addr", "Originator Address"),
  neighbor6Addr: ipv6("olsr.neighbor6_addr", "Neighbor Address"),
  network6Addr: ipv6("olsr.network6_addr", "Network Address"),
  interface6Addr: ipv6("olsr.interface6_addr", "Interface Address"),
  netmask6: ipv6("olsr.netmask6", "Netmask"),
  data: bytes("olsr.data", "Data"),
  lq: u8("olsr.lq", "LQ"),
  nlq: u8("olsr.nlq", "NLQ"),
  ns: bytes("olsr.ns", "Nameservice"),
  nsVersion: u16("olsr.ns.version", "Version"),
  nsCount: u16("olsr.ns.count", "Count"),
  nsType: u16("olsr.ns.type", "Message Type", {
    names: { 0: "HOST", 1: "FORWARDER", 2: "SERVICE", 3: "LATLON" },
  }),
  nsLength: u16("olsr.ns.length", "Length"),
  nsIp: ipv4("olsr.ns.ip", "Address"),
  nsIp6: ipv6("olsr.ns.ip6", "Address"),
  nsContent: str("olsr.ns.content", "Content"),
  nrlMinmax: u8("olsr.nrl.minmax", "NRL MINMAX"),
  nrlSpf: u8("olsr.nrl.spf", "NRL SPF"),
};

const x = {
  short: expert("olsr.not_enough_bytes", "warning", "Protocol", "Not enough bytes for field"),
  version: expert("olsr.ns.version.unknown", "warning", "Protocol", "Unknown nameservice protocol version"),
  aligned: expert("olsr.data.misaligned", "warning", "Protocol", "Must be aligned on 32 bits"),
};

export const olsr = protocol({
  name: "olsr",
  title: "Optimized Link State Routing Protocol",
  short: "OLSR v1",
  fields: f,
  experts: x,
  on: [[udpPorts, 698]],
  refuses: isOther,
  dissect,
});

const HELLO = 1;
const TOPOLOGY = 2;
const INTERFACES = 3;
const NETWORKS = 4;
const NAMES = 130;
const QUALITY_HELLO = 201;
const QUALITY_TOPOLOGY = 202;

/** RFC 3626 section 3.4: a packet without room for a message is discarded, as is one that is longer than it is. */
function isOther(d: Dissection): boolean {
  return d.remaining < 2 || d.peek16() < SHORTEST || d.peek16() > d.wireRemaining;
}

const SHORTEST = 16;

function dissect(d: Dissection): void {
  const length = d.peek16();
  const v6 = d.memory.addresses.kind(d.srcId) === ADDRESS_IPV6;
  if (d.columns) d.setInfo(`OLSR (IPv${v6 ? 6 : 4}) Packet,  Length: ${length} Bytes`);
  d.u16(f.packetLen);
  d.u16(f.packetSeqNum);
  while (d.remaining > 0) addMessage(d, v6);
}

/** RFC 3626 section 18.3: sixteenths of a second, times a power of two. */
function addTime(d: Dissection, field: Field): void {
  const value = d.peek8();
  const seconds = (1 / 16) * (1 + (value >> 4) / 16) * 2 ** (value & 15);
  d.add(field, d.pos, 1, seconds);
  if (d.labels) d.relabel(`${field.title}: ${seconds.toFixed(3)} (in seconds)`);
  d.skip(1);
}

function addAddress(d: Dissection, v6: boolean, field: Field, field6: Field): void {
  if (v6) d.ipv6(field6);
  else d.ipv4(field);
}

/** RFC 3626 section 3.3. */
function addMessage(d: Dissection, v6: boolean): void {
  const at = d.pos;
  const type = d.peek8();
  const size = d.peek16(2);
  const header = v6 ? 24 : 12;
  if (size < header) d.malformed();
  const end = at + size;
  const name = nameOf(MESSAGE_TYPE, type) ?? "Unknown";
  d.need(size);
  d.open(f.message, at, size, d.buf.subarray(at, end));
  if (d.labels) d.relabelParent(`Message: ${name} (${type})`);
  d.u8(f.messageType);
  addTime(d, f.vtime);
  d.u16(f.messageSize);
  addAddress(d, v6, f.originAddr, f.origin6Addr);
  d.u8(f.ttl);
  d.u8(f.hopCount);
  d.u16(f.messageSeqNum);
  switch (type) {
    case HELLO:
    case QUALITY_HELLO:
      addHello(d, v6, end, type === QUALITY_HELLO);
      break;
    case TOPOLOGY:
    case QUALITY_TOPOLOGY:
      d.u16(f.ansn);
      d.skip(2);
      addNeighbours(d, v6, end, type === QUALITY_TOPOLOGY);
      break;
    case INTERFACES:
      while (d.pos < end) addAddress(d, v6, f.interfaceAddr, f.interface6Addr);
      break;
    case NETWORKS:
      while (d.pos < end) {
        addAddress(d, v6, f.networkAddr, f.network6Addr);
        addAddress(d, v6, f.netmask, f.netmask6);
      }
      break;
    case NAMES:
      addNames(d, v6, end);
      break;
    default:
      if (d.pos < end) d.bytes(f.data, end - d.pos);
  }
  d.close();
  d.pos = end;
}

/** RFC 3626 section 6.1. */
function addHello(d: Dissection, v6: boolean, end: number, quality: boolean): void {
  d.skip(2);
  addTime(d, f.htime);
  d.u8(f.willingness);
  while (d.pos < end) {
    const at = d.pos;
    d.u8(f.linkType);
    d.openLast();
    d.skip(1);
    const size = d.u16(f.linkMessageSize);
    if (size < 4) d.malformed();
    addNeighbours(d, v6, Math.min(end, at + size), quality);
    if (d.labels) d.close();
  }
}

function addNeighbours(d: Dissection, v6: boolean, end: number, quality: boolean): void {
  const size = v6 ? 16 : 4;
  while (d.pos < end) {
    if (d.pos + size > end) {
      d.bytes(f.data, end - d.pos);
      return;
    }
    if (!quality) {
      addAddress(d, v6, f.neighborAddr, f.neighbor6Addr);
      continue;
    }
    const at = d.pos;
    d.need(size + 4);
    d.open(f.neighbor, at, size + 4, d.buf.subarray(at, at + size + 4));
    const lq = d.peek8(size);
    const nlq = d.peek8(size + 1);
    if (d.labels) {
      const address = v6 ? formatIpv6(d.peekBytes(16)) : formatIpv4(d.peek32());
      d.relabelParent(`Neighbor Address: ${address} (${lq}/${nlq})`);
    }
    addAddress(d, v6, f.neighborAddr, f.neighbor6Addr);
    d.u8(f.lq);
    d.u8(f.nlq);
    d.close();
    d.skip(2);
  }
}

/** The plugin for names of olsrd. */
function addNames(d: Dissection, v6: boolean, end: number): void {
  const version = d.u16(f.nsVersion);
  const count = d.u16(f.nsCount);
  if (version !== 0 && version !== 1) d.expert(x.version);
  for (let i = 0; i < count && d.pos < end; i++) {
    const at = d.pos;
    const length = d.peek16(2);
    const size = 4 + 16 + length + (-length & 3);
    d.need(Math.min(size, end - at));
    d.open(f.ns, at, Math.min(size, end - at), d.buf.subarray(at, Math.min(at + size, end)));
    const type = d.u16(f.nsType);
    d.u16(f.nsLength);
    if (v6) d.ipv6(f.nsIp6);
    else {
      d.ipv4(f.nsIp);
      d.skip(12);
    }
    const content = d.str(f.nsContent, length);
    if (d.labels) d.relabelParent(`${nameOf(f.nsType.names, type) ?? "Unknown"} (${type}): ${content}`);
    d.close();
    d.pos = Math.min(at + size, end);
  }
}
