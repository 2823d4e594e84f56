/** Realtek's protocols between switches: remote control, echo, loop detection (RTL8316 and RTL8324 data sheets). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, u8, u16, u32 } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";

const OPCODE_NAMES: Readonly<Record<number, string>> = { 0: "Hello", 1: "Get", 2: "Set" };

const f = {
  packet: bytes("realtek.packet", "Unknown packet"),
};

export const realtek = protocol({
  name: "realtek",
  title: "Realtek Layer 2 Protocols",
  short: "Realtek",
  fields: f,
  contained: true,
  on: [[ethertypes, 0x8899]],
  dissect(d) {
    if (d.columns) d.setInfo("");
    const above = d.remaining === 0 ? undefined : protocolOf(d.buf[d.pos]);
    if (above !== undefined) d.call(above);
    else d.bytes(f.packet, d.remaining);
  },
});

const r = {
  protocol: u8("rrcp.protocol", "Protocol", { base: "HEX" }),
  reply: bool("rrcp.reply", "Reply", { mask: 0x80 }),
  opcode: u8("rrcp.opcode", "Opcode", { base: "HEX", mask: 0x7f, names: OPCODE_NAMES }),
  key: u16("rrcp.authkey", "Authentication key", { base: "HEX" }),
  address: u16("rrcp.regaddr", "Register address", { base: "HEX" }),
  data: u16("rrcp.regdata", "Register data", { base: "HEX" }),
  downlink: u8("rrcp.hello_reply.downlink_port", "Downlink port number"),
  uplink: u8("rrcp.hello_reply.uplink_port", "Uplink port number"),
  mac: ether("rrcp.hello_reply.uplink_mac", "Uplink MAC address"),
  chip: u16("rrcp.hello_reply.chip_id", "Chip ID", { base: "HEX" }),
  vendor: u32("rrcp.hello_reply.vendor_id", "Vendor ID", { base: "HEX" }),
};

export const rrcp = protocol({
  name: "rrcp",
  title: "Realtek Remote Control Protocol",
  short: "RRCP",
  fields: r,
  contained: true,
  dissect: dissectControl,
});

const REPLY = 0x80;
const HELLO = 0;
const GET = 1;
const SET = 2;

function dissectControl(d: Dissection): void {
  d.u8(r.protocol);
  const at = d.pos;
  const second = d.peek8();
  d.skip(1);
  const opcode = second & 0x7f;
  const isReply = (second & REPLY) !== 0;
  if (d.columns) {
    d.setInfo(`${OPCODE_NAMES[opcode] ?? `Unknown (${opcode})`} ${isReply ? "Reply" : "Request"}`);
  }
  d.bits(r.reply, at, 1);
  d.bits(r.opcode, at, 1);
  d.u16(r.key);
  if (opcode === HELLO && isReply) {
    d.u8(r.downlink);
    d.u8(r.uplink);
    d.ether(r.mac);
    d.u16(r.chip);
    d.u32(r.vendor);
  } else if (opcode === GET || opcode === SET) {
    d.u16(r.address);
    d.u16(r.data);
  }
}

const e = { protocol: u8("rep.protocol", "Protocol", { base: "HEX" }) };

export const rep = protocol({
  name: "rep",
  title: "Realtek Echo Protocol",
  short: "REP",
  fields: e,
  contained: true,
  dissect(d) {
    if (d.columns) d.setInfo("Echo Request");
    d.u8(e.protocol);
  },
});

const l = { protocol: u8("rldp.protocol", "Protocol", { base: "HEX" }) };

export const rldp = protocol({
  name: "rldp",
  title: "Realtek Loop Detection Protocol",
  short: "RLDP",
  fields: l,
  contained: true,
  dissect(d) {
    if (d.columns) d.setInfo("Network Loop Detection");
    d.u8(l.protocol);
  },
});

function protocolOf(first: number): Protocol | undefined {
  switch (first) {
    case 0x01:
      return rrcp;
    case 0x02:
      return rep;
    case 0x03:
    case 0x23:
      return rldp;
    default:
      return undefined;
  }
}
