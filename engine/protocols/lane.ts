/** LAN emulation over ATM: control frames and emulated LAN frames (ATM Forum af-lane-0021 and af-lane-0084). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, type Field, nameOf, u8, u16, u32, YES_NO } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { data } from "./data.ts";
import { callWithoutFcs } from "./ethernet.ts";
import {
  DESTINATION_NAMES,
  LAN_TYPE_NAMES,
  LE_OPCODE_NAMES,
  LE_STATUS_NAMES,
  LE_TLV_NAMES,
  MAX_FRAME_SIZE_NAMES,
} from "./names/atm.ts";

const flag = (name: string, title: string, mask: number, tf: readonly [string, string] = YES_NO): Field =>
  bool(`atm.le_control.flag.${name}`, title, { mask, bits: 16, tf });

const f = {
  client: u16("atm.le_client.client", "LE Client", { base: "HEX" }),
  marker: u16("atm.le_control.marker", "Marker", { base: "HEX" }),
  protocol: u8("atm.le_control.protocol", "Protocol", { base: "HEX" }),
  version: u8("atm.le_control.version", "Version", { base: "HEX" }),
  opcode: u16("atm.le_control.opcode", "Opcode", { base: "HEX", names: LE_OPCODE_NAMES }),
  status: u16("atm.le_control.status", "Status", { base: "HEX", names: LE_STATUS_NAMES }),
  transaction: u32("atm.le_control.transaction_id", "Transaction ID", { base: "HEX" }),
  requester: u16("atm.le_control.requester_lecid", "Requester LECID", { base: "HEX" }),
  flags: u16("atm.le_control.flag", "Flags", { base: "HEX" }),
  address: flag("address", "Address", 0x0001),
  v2Capable: flag("v2_capable", "V2 capable", 0x0002),
  selective: flag("selective_multicast", "Selective multicast", 0x0004),
  v2Required: flag("v2_required", "V2 required", 0x0008),
  proxy: flag("flag_proxy", "Proxy", 0x0080),
  topology: flag("topology_change", "Topology change", 0x0100, ["Remote", "Local"]),
  explorer: flag("exclude_explorer_frames", "Exclude explorer frames", 0x0200),
  tag: u16("atm.lan_destination.tag", "Tag", { base: "HEX", names: DESTINATION_NAMES }),
  mac: ether("atm.lan_destination.mac", "MAC address"),
  route: u16("atm.lan_destination.route_desc", "Route descriptor", { base: "HEX" }),
  lanId: u16("atm.lan_destination.lan_id", "LAN ID", { mask: 0xfff0 }),
  bridge: u16("atm.lan_destination.bridge_num", "Bridge number", { mask: 0x000f }),
  source: bytes("atm.source_atm", "Source ATM address"),
  target: bytes("atm.target_atm", "Target ATM address"),
  reserved: bytes("atm.reserved", "Reserved"),
  lanType: u8("atm.le_configure_join_frame.lan_type", "LAN type", { base: "HEX", names: LAN_TYPE_NAMES }),
  maxSize: u8("atm.le_configure_join_frame.max_frame_size", "Maximum frame size", {
    base: "HEX",
    names: MAX_FRAME_SIZE_NAMES,
  }),
  joinTlvs: u8("atm.le_configure_join_frame.num_tlvs", "Number of TLVs"),
  nameSize: u8("atm.le_configure_join_frame.elan_name_size", "ELAN name size"),
  name: bytes("atm.le_configure_join_frame.elan_name", "ELAN name"),
  registrationTlvs: u8("atm.le_registration_frame.num_tlvs", "Number of TLVs"),
  arpTlvs: u8("atm.le_arp_frame.num_tlvs", "Number of TLVs"),
  verifyTlvs: u8("atm.le_verify_frame.num_tlvs", "Number of TLVs"),
  tlvType: u32("atm.le_control.tlv_type", "TLV Type", { base: "HEX", names: LE_TLV_NAMES }),
  tlvLength: u8("atm.le_control.tlv_length", "TLV Length"),
};

export const lane = protocol({
  name: "lane",
  title: "ATM LAN Emulation",
  short: "ATM LANE",
  fields: f,
  contained: true,
  dissect,
});

const TRAFFIC_UNKNOWN = 0;
const TRAFFIC_CONTROL = 1;
const TRAFFIC_ETHERNET = 2;
/** What control frames begin with, where others have the number of the sending client. */
const CONTROL_MARKER = 0xff00;

/** What the bytes from the cursor on are: nothing tells emulated Ethernet from emulated token ring. */
export function laneTraffic(d: Dissection): number {
  if (d.remaining < 2) return TRAFFIC_UNKNOWN;
  return d.peek16() === CONTROL_MARKER ? TRAFFIC_CONTROL : TRAFFIC_ETHERNET;
}

function dissect(d: Dissection): void {
  if (d.labels) d.relabelLayer("ATM LANE");
  const traffic = laneTraffic(d);
  if (traffic === TRAFFIC_CONTROL) dissectControl(d);
  else if (traffic === TRAFFIC_ETHERNET) {
    if (d.columns) d.setInfo("LE Client - Ethernet/802.3");
    d.u16(f.client);
    callWithoutFcs(d);
  } else {
    if (d.columns) d.setInfo("Unknown LANE traffic type");
    d.unlist();
    if (d.wireRemaining > 0) d.call(data);
  }
}

const REQUEST = 0x0000;
const RESPONSE = 0x0100;
const CONFIGURE = 1;
const JOIN = 2;
const READY = 3;
const REGISTER = 4;
const UNREGISTER = 5;
const ARP = 6;
const FLUSH = 7;
const NARP = 8;
const TOPOLOGY = 9;
const VERIFY = 10;

const FLAGS: Readonly<Record<number, readonly Field[]>> = {
  [REQUEST | CONFIGURE]: [f.v2Capable],
  [RESPONSE | CONFIGURE]: [f.v2Capable],
  [REQUEST | JOIN]: [f.v2Capable, f.selective, f.proxy, f.explorer],
  [RESPONSE | JOIN]: [f.v2Capable, f.v2Required, f.proxy, f.explorer],
  [REQUEST | ARP]: [f.address],
  [RESPONSE | ARP]: [f.address],
  [REQUEST | TOPOLOGY]: [f.topology],
};

function dissectControl(d: Dissection): void {
  d.u16(f.marker);
  d.u8(f.protocol);
  d.u8(f.version);
  const opcode = d.u16(f.opcode);
  if (d.columns) {
    const unknown = `Unknown opcode (0x${opcode.toString(16).toUpperCase().padStart(4, "0")})`;
    d.setInfo(`LE Control: ${LE_OPCODE_NAMES[opcode] ?? unknown}`);
  }
  const kind = opcode & 0xff;
  if (kind === READY && LE_OPCODE_NAMES[opcode] !== undefined) return;
  if ((opcode & RESPONSE) !== 0) d.u16(f.status);
  else d.skip(2);
  d.u32(f.transaction);
  d.u16(f.requester);
  d.bitset(f.flags, 2, FLAGS[opcode] ?? []);
  if (LE_OPCODE_NAMES[opcode] === undefined) return;
  switch (kind) {
    case CONFIGURE:
    case JOIN:
      addConfigureOrJoin(d);
      break;
    case REGISTER:
    case UNREGISTER: {
      addDestinations(d);
      d.bytes(f.source, 20);
      d.bytes(f.reserved, 2);
      const count = d.u8(f.registrationTlvs);
      d.bytes(f.reserved, 53);
      addTlvs(d, count);
      break;
    }
    case ARP:
    case NARP: {
      addDestinations(d);
      d.bytes(f.source, 20);
      d.bytes(f.reserved, 2);
      addTargetAndTlvs(d, f.arpTlvs);
      break;
    }
    case FLUSH:
      addDestinations(d);
      d.bytes(f.source, 20);
      d.bytes(f.reserved, 4);
      d.bytes(f.target, 20);
      d.bytes(f.reserved, 32);
      break;
    case TOPOLOGY:
      d.openLast();
      d.bytes(f.reserved, 92);
      d.close();
      break;
    case VERIFY:
      d.bytes(f.reserved, 38);
      addTargetAndTlvs(d, f.verifyTlvs);
      break;
  }
}

function addConfigureOrJoin(d: Dissection): void {
  addDestinations(d);
  d.bytes(f.source, 20);
  d.u8(f.lanType);
  d.u8(f.maxSize);
  const count = d.u8(f.joinTlvs);
  const nameSize = d.u8(f.nameSize);
  d.bytes(f.target, 20);
  const size = Math.min(nameSize, 32);
  if (size > 0) d.bytes(f.name, size);
  d.skip(32 - size);
  addTlvs(d, count);
}

function addTargetAndTlvs(d: Dissection, number: Field): void {
  const count = d.u8(number);
  d.bytes(f.reserved, 1);
  d.bytes(f.target, 20);
  d.bytes(f.reserved, 32);
  addTlvs(d, count);
}

function addDestinations(d: Dissection): void {
  addDestination(d, "Source LAN destination");
  addDestination(d, "Target LAN destination");
}

const MAC = 1;
const ROUTE = 2;

function addDestination(d: Dissection, title: string): void {
  const at = d.pos;
  d.openText(at, 8, title);
  const tag = d.u16(f.tag);
  if (tag === MAC) d.ether(f.mac);
  else if (tag === ROUTE) {
    d.skip(4);
    d.bitsetLe(f.route, 2, [f.lanId, f.bridge]);
  }
  d.needAt(at, 8);
  d.pos = at + 8;
  d.close();
}

function addTlvs(d: Dissection, count: number): void {
  for (let i = 0; i < count; i++) {
    const at = d.pos;
    const type = d.peek32();
    const length = d.peek8(4);
    d.need(5 + length);
    if (d.labels) d.openText(at, 5 + length, `TLV type: ${nameOf(LE_TLV_NAMES, type) ?? unknownTlv(type)}`);
    d.u32(f.tlvType);
    d.u8(f.tlvLength);
    d.close();
    d.skip(length);
  }
}

const unknownTlv = (type: number): string => `Unknown (0x${type.toString(16).padStart(8, "0")})`;
