/** Cisco Inter-Switch Link: a header of 26 bytes around a whole Ethernet or token ring frame. */
import { ADDRESS_ETHER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ether, u8, u16, u24, YES_NO } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { data } from "./data.ts";

const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Ethernet",
  1: "Token-Ring",
  2: "FDDI",
  3: "ATM",
};
const USER_ETH_NAMES: Readonly<Record<number, string>> = {
  0: "Normal Priority",
  1: "Priority 1",
  2: "Priority 2",
  3: "Highest Priority",
};

const f = {
  dst: ether("isl.dst", "Destination"),
  type: u8("isl.type", "Type", { mask: 0xf0, names: TYPE_NAMES }),
  userEth: u8("isl.user_eth", "User", { mask: 0x3, names: USER_ETH_NAMES }),
  user: u8("isl.user", "User", { base: "HEX", mask: 0xf }),
  src: ether("isl.src", "Source"),
  addr: ether("isl.addr", "Source or Destination Address"),
  len: u16("isl.len", "Length"),
  hsa: u24("isl.hsa", "HSA", { base: "HEX" }),
  dsap: u8("isl.dsap", "DSAP", { base: "HEX" }),
  ssap: u8("isl.ssap", "SSAP", { base: "HEX" }),
  control: u8("isl.control", "Control", { base: "HEX" }),
  vlanId: u16("isl.vlan_id", "VLAN ID", { mask: 0xfffe }),
  bpdu: bool("isl.bpdu", "BPDU/CDP/VTP", { mask: 0x1, bits: 16, tf: YES_NO }),
  index: u16("isl.index", "Index"),
  reserved: u16("isl.reserved", "Reserved", { base: "HEX" }),
  srcVlanId: u16("isl.src_vlan_id", "Source VLAN ID", { mask: 0xfffe }),
  explorer: bool("isl.explorer", "Explorer", { mask: 0x1, bits: 16, tf: ["Explorer frame", "Data frame"] }),
  dstRouteDesc: u16("isl.dst_route_desc", "Destination route descriptor", { base: "HEX" }),
  srcRouteDesc: u16("isl.src_route_desc", "Source-route descriptor", { base: "HEX" }),
  fcsNotIncl: bool("isl.fcs_not_incl", "FCS Not Included", { mask: 0x40, bits: 9 }),
  esize: u8("isl.esize", "Esize", { mask: 0x3f }),
};

const TYPE_ETHERNET = 0;
const TYPE_TOKEN_RING = 1;

export const isl = protocol({
  name: "isl",
  title: "ISL",
  short: "ISL",
  fields: f,
  dissect,
});

/** True when the Ethernet header at the cursor is one of ISL: the multicast addresses 01-00-0C-00-00 and 03-00-0C-00-00. */
export function isIsl(d: Dissection): boolean {
  const { buf, pos } = d;
  return (
    (buf[pos] === 0x01 || buf[pos] === 0x0c) &&
    buf[pos + 1] === 0 &&
    buf[pos + 2] === 0x0c &&
    buf[pos + 3] === 0 &&
    buf[pos + 4] === 0
  );
}

/** Adds the header's fields and hands the frame inside over. */
export function dissect(d: Dissection): void {
  const at = d.pos;
  d.setAddresses(ADDRESS_ETHER, at + 6, at, 6);
  d.setProtocol("ISL");
  d.openBeside(isl);
  d.add(f.dst, at, 6, d.peekBytes(6));
  d.openLast();
  const type = d.bits(f.type, at + 5, 1);
  d.bits(type === TYPE_ETHERNET ? f.userEth : f.user, at + 5, 1);
  d.close();
  d.hidden(f.addr, at, 6, d.peekBytes(6));
  d.skip(6);
  d.hidden(f.addr, at + 6, 6, d.peekBytes(6));
  d.ether(f.src);
  const length = d.u16(f.len);
  d.limit(length);
  d.u8(f.dsap);
  d.u8(f.ssap);
  d.u8(f.control);
  d.u24(f.hsa);
  const vlan = d.bits(f.vlanId, d.pos, 2);
  if (d.columns) d.setInfo(`VLAN ID: ${vlan}`);
  d.bits(f.bpdu, d.pos, 2);
  d.skip(2);
  d.u16(f.index);
  if (type === TYPE_ETHERNET) {
    d.u16(f.reserved);
    d.close(d.pos);
    d.call(protocolNamed("eth") ?? data);
  } else if (type === TYPE_TOKEN_RING) {
    d.bits(f.srcVlanId, d.pos, 2);
    d.bits(f.explorer, d.pos, 2);
    d.skip(2);
    d.u16(f.dstRouteDesc);
    d.u16(f.srcRouteDesc);
    d.bits(f.fcsNotIncl, d.pos, 1);
    d.bits(f.esize, d.pos, 1);
    d.skip(1);
    d.close(d.pos);
    d.call(protocolNamed("tr") ?? data);
  } else {
    d.close(d.pos);
    d.call(data);
  }
}
