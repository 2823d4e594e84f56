/** Cisco's Hot Standby Router Protocol, RFC 2281 (version 1), and its version 2. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ether, expert, type Field, ipv4, ipv6, nameOf, str, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { HSRP2_STATE, STATE } from "./names/hsrp.ts";

const f = {
  version: u8("hsrp.version", "Version"),
  opcode: u8("hsrp.opcode", "Op Code", { names: { 0: "Hello", 1: "Coup", 2: "Resign", 3: "Advertise" } }),
  state: u8("hsrp.state", "State", { names: STATE }),
  hellotime: u8("hsrp.hellotime", "Hellotime"),
  holdtime: u8("hsrp.holdtime", "Holdtime"),
  priority: u8("hsrp.priority", "Priority"),
  group: u8("hsrp.group", "Group"),
  reserved: u8("hsrp.reserved", "Reserved"),
  authData: str("hsrp.auth_data", "Authentication Data"),
  virtIp: ipv4("hsrp.virt_ip", "Virtual IP Address"),
  advTlvtype: u16("hsrp.adv.tlvtype", "Adv type", {
    names: { 1: "HSRP interface state", 2: "IP redundancy" },
  }),
  advTlvlength: u16("hsrp.adv.tlvlength", "Adv length"),
  advState: u8("hsrp.adv.state", "Adv state", { names: { 1: "Dormant", 2: "Passive", 3: "Active" } }),
  advReserved1: u8("hsrp.adv.reserved1", "Adv reserved1"),
  advActivegrp: u16("hsrp.adv.activegrp", "Adv active groups"),
  advPassivegrp: u16("hsrp.adv.passivegrp", "Adv passive groups"),
  advReserved2: u32("hsrp.adv.reserved2", "Adv reserved2"),
  hsrp2Version: u8("hsrp2.version", "Version"),
  hsrp2Opcode: u8("hsrp2.opcode", "Op Code", { names: { 0: "Hello", 1: "Coup", 2: "Resign" } }),
  hsrp2State: u8("hsrp2.state", "State", { names: HSRP2_STATE }),
  hsrp2GroupStateTlv: u8("hsrp2.group_state_tlv", "Group State TLV"),
  hsrp2InterfaceStateTlv: u8("hsrp2.interface_state_tlv", "Interface State TLV"),
  hsrp2TextAuthTlv: u8("hsrp2.text_auth_tlv", "Text Authentication TLV"),
  hsrp2Md5AuthTlv: u8("hsrp2.md5_auth_tlv", "MD5 Authentication TLV"),
  hsrp2Ipversion: u8("hsrp2.ipversion", "IP Ver.", { names: { 4: "IPv4", 6: "IPv6" } }),
  hsrp2Group: u16("hsrp2.group", "Group"),
  hsrp2Identifier: ether("hsrp2.identifier", "Identifier"),
  hsrp2Hellotime: u32("hsrp2.hellotime", "Hellotime"),
  hsrp2Holdtime: u32("hsrp2.holdtime", "Holdtime"),
  hsrp2Priority: u32("hsrp2.priority", "Priority"),
  hsrp2AuthData: str("hsrp2.auth_data", "Authentication Data"),
  hsrp2VirtIp: ipv4("hsrp2.virt_ip", "Virtual IP Address"),
  hsrp2VirtIpV6: ipv6("hsrp2.virt_ip_v6", "Virtual IPv6 Address"),
  hsrp2ActiveGroups: u16("hsrp2.active_groups", "Active Groups"),
  hsrp2PassiveGroups: u16("hsrp2.passive_groups", "Passive Groups"),
  hsrp2Md5Algorithm: u8("hsrp2.md5_algorithm", "MD5 Algorithm", { names: { 1: "MD5" } }),
  hsrp2Md5Padding: u8("hsrp2.md5_padding", "Padding", { base: "HEX" }),
  hsrp2Md5Flags: u16("hsrp2.md5_flags", "MD5 Flags"),
  md5IpAddress: ipv4("hsrp.md5_ip_address", "Sender's IP Address"),
  hsrp2Md5KeyId: u32("hsrp2.md5_key_id", "MD5 Key ID"),
  hsrp2Md5AuthData: bytes("hsrp2.md5_auth_data", "MD5 Authentication Data"),
};

const x = {
  unknownTlv: expert("hsrp.unknown_tlv", "warning", "Undecoded", "Unknown TLV sequence (HSRPv1)"),
};

export const hsrp = protocol({
  name: "hsrp",
  title: "Cisco Hot Standby Router Protocol",
  short: "HSRP",
  fields: f,
  experts: x,
  on: [[udpPorts, 1985, 2029]],
  dissect,
});

const ADVERTISE = 3;
const GROUP_STATE = 1;
const INTERFACE_STATE = 2;
const TEXT_AUTHENTICATION = 3;
const MD5_AUTHENTICATION = 4;
const IPV6 = 6;

function dissect(d: Dissection): void {
  // Version 1 begins with its version, 0; version 2 with the type of its first TLV.
  if (d.peek8() === 0) dissectOne(d);
  else dissectTwo(d);
}

function dissectOne(d: Dissection): void {
  d.u8(f.version);
  const opcode = d.u8(f.opcode);
  const operation = nameOf(f.opcode.names, opcode) ?? "Unknown";
  if (opcode === ADVERTISE) {
    d.u16(f.advTlvtype);
    d.u16(f.advTlvlength);
    const state = d.u8(f.advState);
    if (d.columns) d.setInfo(`${operation} (state ${nameOf(f.advState.names, state) ?? "Unknown"})`);
    d.u8(f.advReserved1);
    d.u16(f.advActivegrp);
    d.u16(f.advPassivegrp);
    d.u32(f.advReserved2);
    return;
  }
  const state = d.u8(f.state);
  if (d.columns) d.setInfo(`${operation} (state ${nameOf(f.state.names, state) ?? "Unknown"})`);
  addDefault(d, f.hellotime, 1, 3);
  addDefault(d, f.holdtime, 1, 10);
  d.u8(f.priority);
  d.u8(f.group);
  d.u8(f.reserved);
  addPassword(d, f.authData);
  d.ipv4(f.virtIp);
  if (d.remaining < 2) return;
  if (d.peek8() === MD5_AUTHENTICATION && d.peek8(1) === 28) addMd5(d);
  else {
    d.expert(x.unknownTlv);
    d.skip(d.remaining);
  }
}

function dissectTwo(d: Dissection): void {
  if (d.columns) {
    d.setProtocol("HSRPv2");
    d.setInfo("");
  }
  while (d.remaining > 2) {
    const type = d.peek8();
    const length = d.peek8(1);
    const end = d.pos + 2 + length;
    if (type === GROUP_STATE && length === 40) addGroupState(d);
    else if (type === INTERFACE_STATE && length === 4) addInterfaceState(d, length);
    else if (type === INTERFACE_STATE && length === 6) addInterfaceState(d, length);
    else if (type === TEXT_AUTHENTICATION && length === 8) {
      openTlv(d, f.hsrp2TextAuthTlv, length);
      addPassword(d, f.hsrp2AuthData);
      d.close();
    } else if (type === MD5_AUTHENTICATION && length === 28) addMd5(d);
    else if (d.labels) d.text(d.pos, 2 + length, `Unknown TLV: Type=${type} Len=${length}`);
    if (d.columns && (type === 0 || type > MD5_AUTHENTICATION)) d.addInfo("Unknown TLV", ", ");
    d.need(end - d.pos);
    d.pos = end;
  }
}

function openTlv(d: Dissection, field: Field, length: number): void {
  d.open(field, d.pos, 2 + length, d.peek8());
  if (d.labels) d.relabelParent(`${field.title}: Type=${d.peek8()} Len=${length}`);
  d.skip(2);
}

function addGroupState(d: Dissection): void {
  openTlv(d, f.hsrp2GroupStateTlv, 40);
  d.u8(f.hsrp2Version);
  const opcode = d.u8(f.hsrp2Opcode);
  const state = d.u8(f.hsrp2State);
  if (d.columns) {
    const operation = nameOf(f.hsrp2Opcode.names, opcode) ?? "Unknown";
    d.addInfo(`${operation} (state ${nameOf(f.hsrp2State.names, state) ?? "Unknown"})`);
  }
  const version = d.u8(f.hsrp2Ipversion);
  d.u16(f.hsrp2Group);
  d.ether(f.hsrp2Identifier);
  d.u32(f.hsrp2Priority);
  addDefault(d, f.hsrp2Hellotime, 4, 3000);
  addDefault(d, f.hsrp2Holdtime, 4, 10000);
  if (version === IPV6) d.ipv6(f.hsrp2VirtIpV6);
  else d.ipv4(f.hsrp2VirtIp);
  d.close();
}

function addInterfaceState(d: Dissection, length: number): void {
  openTlv(d, f.hsrp2InterfaceStateTlv, length + 2);
  const active = d.u16(f.hsrp2ActiveGroups);
  const passive = d.u16(f.hsrp2PassiveGroups);
  if (d.columns) d.addInfo(`Interface State TLV (Act=${active} Pass=${passive})`, ", ");
  d.close();
}

function addMd5(d: Dissection): void {
  openTlv(d, f.hsrp2Md5AuthTlv, 28);
  d.u8(f.hsrp2Md5Algorithm);
  d.u8(f.hsrp2Md5Padding);
  d.u16(f.hsrp2Md5Flags);
  d.ipv4(f.md5IpAddress);
  d.u32(f.hsrp2Md5KeyId);
  d.bytes(f.hsrp2Md5AuthData, 16);
  d.close();
}

function addDefault(d: Dissection, field: Field, n: number, usual: number): void {
  const value = d.uint(field, n);
  if (d.labels) d.relabel(`${field.title}: ${value === usual ? "Default" : "Non-Default"} (${value})`);
}

function addPassword(d: Dissection, field: Field): void {
  const password = d.str(field, 8);
  if (d.labels)
    d.relabel(`${field.title}: ${password === "cisco" ? "Default" : "Non-Default"} (${password})`);
}
