/** AppleTalk: LocalTalk links, datagram delivery, address resolution (Inside AppleTalk, second edition). */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ether, expert, type Field, str, u8, u16 } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, linkTypes, pppProtocols, snapPids } from "../dissect/tables.ts";
import { formatEther } from "../dissect/text.ts";
import { callAtp, callRtmp } from "./appletalk-services.ts";
import { data } from "./data.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const TYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Short DDP",
  2: "DDP",
  129: "Enquiry",
  130: "Acknowledgement",
  132: "RTS",
  133: "CTS",
};

const l = {
  dst: u8("llap.dst", "Destination Node"),
  src: u8("llap.src", "Source Node"),
  type: u8("llap.type", "Type", { base: "HEX", names: TYPE_NAMES }),
};
const TYPE_NAMES2: Readonly<Record<number, string>> = {
  1: "AppleTalk Routing Table response or data",
  2: "AppleTalk Name Binding Protocol packet",
  3: "AppleTalk Transaction Protocol packet",
  4: "AppleTalk Echo Protocol packet",
  5: "AppleTalk Routing Table request",
  6: "AppleTalk Zone Information Protocol packet",
  7: "AppleTalk Data Stream Protocol",
  88: "Cisco EIGRP for AppleTalk",
};

const f = {
  hopcount: u16("ddp.hopcount", "Hop count", { mask: 0x3c00 }),
  len: u16("ddp.len", "Datagram length", { mask: 0x3ff }),
  checksum: u16("ddp.checksum", "Checksum"),
  dst: str("ddp.dst", "Destination address"),
  dstNet: u16("ddp.dst.net", "Destination Net"),
  src: str("ddp.src", "Source address"),
  srcNet: u16("ddp.src.net", "Source Net"),
  dstNode: u8("ddp.dst.node", "Destination Node"),
  srcNode: u8("ddp.src.node", "Source Node"),
  dstSocket: u8("ddp.dst_socket", "Destination Socket"),
  srcSocket: u8("ddp.src_socket", "Source Socket"),
  type: u8("ddp.type", "Protocol type", { names: TYPE_NAMES2 }),
};
const HARD_TYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Ethernet",
  2: "Token Ring",
};
const OPCODE_NAMES: Readonly<Record<number, string>> = {
  1: "request",
  2: "reply",
  3: "probe",
  256: "request",
  512: "reply",
  768: "probe",
};

const a = {
  hardType: u16("aarp.hard.type", "Hardware type", { base: "HEX", names: HARD_TYPE_NAMES }),
  protoType: u16("aarp.proto.type", "Protocol type", { base: "HEX", names: ETHERTYPE_NAMES }),
  hardSize: u8("aarp.hard.size", "Hardware size"),
  protoSize: u8("aarp.proto.size", "Protocol size"),
  opcode: u16("aarp.opcode", "Opcode", { names: OPCODE_NAMES }),
  srcHw: bytes("aarp.src.hw", "Sender hardware address"),
  srcHwMac: ether("aarp.src.hw_mac", "Sender MAC address"),
  srcProto: bytes("aarp.src.proto", "Sender protocol address"),
  srcProtoId: bytes("aarp.src.proto_id", "Sender ID"),
  dstHw: bytes("aarp.dst.hw", "Target hardware address"),
  dstHwMac: ether("aarp.dst.hw_mac", "Target MAC address"),
  dstProto: bytes("aarp.dst.proto", "Target protocol address"),
  dstProtoId: bytes("aarp.dst.proto_id", "Target ID"),
};

export const llap = protocol({
  name: "llap",
  title: "LocalTalk Link Access Protocol",
  short: "LLAP",
  fields: l,
  on: [
    [linkTypes, 114],
    [ethertypes, 0x809b],
  ],
  dissect(d) {
    d.u8(l.dst);
    d.u8(l.src);
    const type = d.u8(l.type);
    if (d.columns) d.setInfo(TYPE_NAMES[type] ?? `Unknown LLAP type (${hex2(type)})`);
    if (type === SHORT_DDP) {
      isShort = true;
      d.call(ddp);
      isShort = false;
    } else if (type === LONG_DDP) d.call(ddp);
    else if (d.remaining > 0) d.call(data);
  },
});

const SHORT_DDP = 1;
const LONG_DDP = 2;
const hex2 = (value: number): string => value.toString(16).padStart(2, "0");

/** Set by LocalTalk for the header without networks and nodes. */
let isShort = false;

const x = {
  length: expert(
    "ddp.len_invalid",
    "warning",
    "Protocol",
    "Length field is larger than the remaining packet payload",
  ),
};

export const ddp = protocol({
  name: "ddp",
  title: "Datagram Delivery Protocol",
  short: "DDP",
  fields: f,
  experts: x,
  on: [
    [snapPids, 0x08_0007_809b],
    [pppProtocols, 0x0029],
  ],
  dissect: dissectDdp,
});

const PROTOCOLS: Readonly<Record<number, string>> = {
  2: "nbp",
  4: "aecho",
  6: "zip",
  88: "eigrp",
};
const ROUTES = 1;
const TRANSACTION = 3;
const ROUTES_REQUEST = 5;

function dissectDdp(d: Dissection): void {
  const short = isShort;
  isShort = false;
  if (d.columns) d.setInfo("");
  const at = d.pos;
  // These two are the addresses of the link layer.
  const src = d.building ? d.memory.addresses.text(d.srcId) : "";
  const dst = d.building ? d.memory.addresses.text(d.dstId) : "";
  if (!short) d.need(13);
  else d.need(5);
  if (!short) d.bits(f.hopcount, at, 2);
  const length = d.bits(f.len, at, 2);
  if (length > d.wireRemaining) d.expert(x.length);
  d.skip(2);
  if (!short) {
    d.u16(f.checksum);
    d.u16(f.dstNet);
    d.u16(f.srcNet);
    d.u8(f.dstNode);
    d.u8(f.srcNode);
    d.hidden(f.dst, at + 4, 3, dst);
    d.hidden(f.src, at + 6, 3, src);
    setAddresses(d, at);
  }
  const socket = d.u8(f.dstSocket);
  d.u8(f.srcSocket);
  const type = d.u8(f.type);
  if (d.columns) d.setInfo(TYPE_NAMES2[type] ?? `Unknown DDP protocol (${hex2(type)})`);
  if (type === ROUTES || type === ROUTES_REQUEST) callRtmp(d, type === ROUTES_REQUEST);
  else if (type === TRANSACTION) callAtp(d, socket);
  else d.call(protocolNamed(PROTOCOLS[type] ?? "data") ?? data);
}

/** `000a.05`: network and node, of both ends of a long header at `at`. */
function setAddresses(d: Dissection, at: number): void {
  const encode = (net: number, node: number): Uint8Array =>
    new TextEncoder().encode(
      `${hex2(d.buf[at + net])}${hex2(d.buf[at + net + 1])}.${hex2(d.buf[at + node])}`,
    );
  const dst = encode(4, 8);
  const src = encode(6, 9);
  d.setDestination(ADDRESS_TEXT, dst, 0, dst.length);
  d.setSource(ADDRESS_TEXT, src, 0, src.length);
}

export const aarp = protocol({
  name: "aarp",
  title: "AppleTalk Address Resolution Protocol",
  short: "AARP",
  fields: a,
  on: [[ethertypes, 0x80f3]],
  dissect: dissectAarp,
});

const REQUEST = 1;
const REPLY = 2;
const PROBE = 3;

function dissectAarp(d: Dissection): void {
  if (d.remaining < 8) d.unlist();
  if (d.columns) d.setInfo("");
  const hardware = d.peek16();
  const hardwareSize = d.peek8(4);
  const protocolSize = d.peek8(5);
  const operation = d.peek16(6);
  const total = 8 + 2 * (hardwareSize + protocolSize);
  if (d.remaining < total) {
    d.unlist();
    d.need(total);
  }
  const isMac = hardwareSize === 6 && (hardware === 1 || hardware === 2);
  const isApple = protocolSize === 4;
  const name = OPCODE_NAMES[operation];
  if (d.labels) {
    d.appendLayer(
      name === undefined ? ` (opcode 0x${operation.toString(16).padStart(4, "0")})` : ` (${name})`,
    );
  }
  d.u16(a.hardType);
  d.u16(a.protoType);
  d.u8(a.hardSize);
  d.u8(a.protoSize);
  d.u16(a.opcode);
  const hardwareText = (at: number): string =>
    isMac ? formatEther(d.buf.subarray(at, at + 6)) : hexBytes(d.buf.subarray(at, at + hardwareSize));
  const protocolText = (at: number): string =>
    isApple
      ? `${(d.buf[at + 1] << 8) | d.buf[at + 2]}.${d.buf[at + 3]}`
      : hexBytes(d.buf.subarray(at, at + protocolSize));
  const sender = d.pos;
  const target = sender + hardwareSize + protocolSize;
  if (d.columns) {
    const from = protocolText(sender + hardwareSize);
    const to = protocolText(target + hardwareSize);
    if (operation === REQUEST) d.setInfo(`Who has ${to}?  Tell ${from}`);
    else if (operation === REPLY) d.setInfo(`${from} is at ${hardwareText(sender)}`);
    else if (operation === PROBE) d.setInfo(`Is there a ${to}`);
    else d.setInfo(`Unknown AARP opcode 0x${operation.toString(16).padStart(4, "0")}`);
  }
  const add = (mac: Field, other: Field, id: Field, otherId: Field): void => {
    if (hardwareSize > 0) d.bytes(isMac ? mac : other, hardwareSize);
    if (protocolSize > 0) {
      d.bytes(isApple ? id : otherId, protocolSize);
      if (d.labels && isApple) d.relabel(`${id.title}: ${protocolText(d.pos - protocolSize)}`);
    }
  };
  add(a.srcHwMac, a.srcHw, a.srcProtoId, a.srcProto);
  add(a.dstHwMac, a.dstHw, a.dstProtoId, a.dstProto);
}

const hexBytes = (bytes: Uint8Array): string => [...bytes].map((byte) => hex2(byte)).join("");
