/** Control of audio and video devices over Bluetooth: AVCTP 1.4 and the Audio/Video Remote Control Profile 1.6. */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, nameOf, none, str, u8, u16, u24, u32, u64 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { l2capPsms } from "./btl2cap.ts";
import { data } from "./data.ts";
import { UUIDS } from "./names/bluetooth.ts";
import {
  ATTRIBUTES,
  CAPABILITIES,
  CTYPES,
  EVENTS,
  OPCODES,
  OPERATIONS,
  PDUS,
  PLAY_STATUS,
  STATUS,
  SUBUNITS,
} from "./names/btavrcp.ts";

const PACKETS: Readonly<Record<number, string>> = { 0: "Single", 1: "Start", 2: "Continue", 3: "End" };

const c = {
  transaction: u8("btavctp.transaction", "Transaction", { base: "HEX", mask: 0xf0 }),
  packetType: u8("btavctp.packet_type", "Packet Type", { base: "HEX", mask: 0x0c, names: PACKETS }),
  response: u8("btavctp.cr", "C/R", { base: "HEX", mask: 0x02, names: { 0: "Command", 1: "Response" } }),
  invalid: u8("btavctp.ipid", "IPID", {
    base: "HEX",
    mask: 0x01,
    names: { 0: "Profile OK", 1: "Invalid profile" },
  }),
  reserved: u8("btavctp.rfa", "RFA", { base: "HEX", mask: 0x01 }),
  packets: u8("btavctp.nop", "Number of packets"),
  profile: u16("btavctp.pid", "Profile Identifier", { base: "HEX", names: UUIDS }),
};

const invalidProfile = expert("btavctp.invalid_profile", "note", "Protocol", "Invalid Profile");

export const btavctp = protocol({
  name: "btavctp",
  title: "Bluetooth AVCTP Protocol",
  short: "AVCTP",
  fields: c,
  experts: { invalidProfile },
  on: [[l2capPsms, 23, 27]],
  dissect: dissectTransport,
});

const f = {
  reserved: u8("btavrcp.reserved", "Reserved", { base: "HEX", mask: 0xf0 }),
  ctype: u8("btavrcp.ctype", "Ctype", { base: "HEX", mask: 0x0f, names: CTYPES }),
  subunit: u8("btavrcp.subunit_type", "Subunit Type", { base: "HEX", mask: 0xf8, names: SUBUNITS }),
  subunitId: u8("btavrcp.subunit_id", "Subunit ID", { base: "HEX", mask: 0x07 }),
  opcode: u8("btavrcp.opcode", "Opcode", { base: "HEX", names: OPCODES }),
  state: u8("btavrcp.passthrough.state", "State", {
    base: "HEX",
    mask: 0x80,
    names: { 0: "Pushed", 1: "Released" },
  }),
  operation: u8("btavrcp.passthrough.operation", "Operation ID", {
    base: "HEX",
    mask: 0x7f,
    names: OPERATIONS,
  }),
  operationLength: u8("btavrcp.passthrough.length", "Data Length", { base: "HEX" }),
  company: u24("btavrcp.company_id", "Company ID", { base: "OUI" }),
  pdu: u8("btavrcp.pdu_id", "PDU ID", { base: "HEX", names: PDUS }),
  rfa: u8("btavrcp.rfa", "RFA", { base: "HEX", mask: 0xfc }),
  packetType: u8("btavrcp.packet_type", "Packet Type", { base: "HEX", mask: 0x03, names: PACKETS }),
  length: u16("btavrcp.length", "Parameter Length"),
  capability: u8("btavrcp.capability", "Capability", { base: "HEX", names: CAPABILITIES }),
  capabilityCount: u8("btavrcp.capability.count", "Capability Count", { base: "HEX" }),
  event: u8("btavrcp.notification.event_id", "Event ID", { base: "HEX", names: EVENTS }),
  interval: u32("btavrcp.notification.interval", "Interval"),
  playStatus: u8("btavrcp.play_status", "Play Status", { base: "HEX", names: PLAY_STATUS }),
  songLength: u32("btavrcp.song_length", "Song Length"),
  songPosition: u32("btavrcp.song_position", "Song Position"),
  volume: u8("btavrcp.volume", "Volume", { base: "HEX", mask: 0x7f }),
  status: u8("btavrcp.status", "Status", { base: "HEX", names: STATUS }),
  identifier: u64("btavrcp.identifier", "Identifier", { base: "HEX" }),
  attributeCount: u8("btavrcp.number_of_attributes", "Number of Attributes"),
  attributeList: none("btavrcp.attribute_list", "Attribute List"),
  attributeEntries: none("btavrcp.attribute_entries", "Attribute Entries"),
  attributeItem: none("btavrcp.attribute_item", "Attribute"),
  attribute: u32("btavrcp.attribute", "Attribute ID", { base: "HEX", names: ATTRIBUTES }),
  characterSet: u16("btavrcp.character_set", "Character Set", { names: { 3: "US-ASCII", 106: "UTF-8" } }),
  valueLength: u16("btavrcp.setting_value.length", "Value Length"),
  value: str("btavrcp.setting_value", "Value"),
  data: none("btavrcp.data", "Data"),
};

export const btavrcp = protocol({
  name: "btavrcp",
  title: "Bluetooth AVRCP Profile",
  short: "AVRCP",
  fields: f,
  dissect: dissectRemote,
});

const START = 1;
const REMOTE_CONTROL = 0x110e;
/** True while the frame at work answers a command. */
const frame = { response: false };

function dissectTransport(d: Dissection): void {
  const at = d.pos;
  const transaction = d.bits(c.transaction, at, 1);
  const packet = d.bits(c.packetType, at, 1);
  const response = d.bits(c.response, at, 1);
  const isFirst = packet <= START;
  const invalid = d.bits(isFirst ? c.invalid : c.reserved, at, 1);
  if (invalid === 1 && isFirst) d.expert(invalidProfile);
  d.skip(1);
  if (packet === START) d.u8(c.packets);
  const profile = isFirst ? d.u16(c.profile) : 0;
  frame.response = response === 1;
  if (d.columns) {
    const kind = `${response === 1 ? "Response" : "Command"} - Transaction: ${transaction}`;
    const end = invalid === 1 && isFirst ? ", Invalid profile" : "";
    if (d.remaining === 0 || packet !== 0) d.addInfo(`${kind}, PacketType: ${PACKETS[packet]}${end}`);
  }
  if (d.remaining === 0) return;
  d.call(packet === 0 && profile === REMOTE_CONTROL ? btavrcp : data);
}

const VENDOR_DEPENDENT = 0x00;
const UNIT_INFO = 0x30;
const SUBUNIT_INFO = 0x31;
const PASS_THROUGH = 0x7c;
const SIG = 0x001958;

function dissectRemote(d: Dissection): void {
  d.bits(f.reserved, d.pos, 1);
  const ctype = d.bits(f.ctype, d.pos, 1);
  d.skip(1);
  d.bits(f.subunit, d.pos, 1);
  d.bits(f.subunitId, d.pos, 1);
  d.skip(1);
  const opcode = d.u8(f.opcode);
  if (d.columns)
    d.addInfo(`${nameOf(OPCODES, opcode) ?? "Unknown opcode"}: ${nameOf(CTYPES, ctype) ?? "Unknown"}`);
  if (opcode === PASS_THROUGH) dissectPassThrough(d);
  else if (opcode === VENDOR_DEPENDENT) dissectVendor(d, ctype);
  else if (opcode === UNIT_INFO || opcode === SUBUNIT_INFO) d.skip(d.remaining);
  if (d.remaining > 0) {
    d.add(f.data, d.pos, d.remaining, null);
    d.skip(d.remaining);
  }
}

function dissectPassThrough(d: Dissection): void {
  const state = d.bits(f.state, d.pos, 1);
  const operation = d.bits(f.operation, d.pos, 1);
  d.skip(1);
  d.u8(f.operationLength);
  const name = nameOf(OPERATIONS, operation) ?? "Unknown";
  if (d.columns) d.addInfo(` - ${name} (${state === 0 ? "Pushed" : "Released"})`);
}

const REJECTED = 0x0a;

/** Commands of the Bluetooth SIG, chapter 6. */
function dissectVendor(d: Dissection, ctype: number): void {
  const company = d.u24(f.company);
  if (company !== SIG) return;
  const pdu = d.u8(f.pdu);
  d.bits(f.rfa, d.pos, 1);
  d.bits(f.packetType, d.pos, 1);
  d.skip(1);
  const length = d.u16(f.length);
  if (d.columns) d.addInfo(` - ${nameOf(PDUS, pdu) ?? "Unknown PDU ID"}`);
  const { end, wireEnd } = d;
  d.limit(length);
  if (ctype === REJECTED && d.remaining > 0) d.u8(f.status);
  else if (d.remaining > 0) dissectPdu(d, pdu);
  d.end = end;
  d.wireEnd = wireEnd;
}

const EVENTS_SUPPORTED = 3;
const COMPANIES_SUPPORTED = 2;

function dissectPdu(d: Dissection, pdu: number): void {
  switch (pdu) {
    case 0x10:
      dissectCapabilities(d);
      break;
    case 0x20:
      if (frame.response) addAttributes(d);
      else addAttributeList(d);
      break;
    case 0x30:
      if (!frame.response) break;
      d.u32(f.songLength);
      d.u32(f.songPosition);
      d.u8(f.playStatus);
      break;
    case 0x31:
      dissectNotification(d);
      break;
    case 0x40:
      d.u8(f.pdu);
      break;
    case 0x50: {
      const volume = d.bits(f.volume, d.pos, 1);
      if (d.labels) d.append(` (${Math.floor((volume * 100) / 127)}%)`);
      d.skip(1);
      break;
    }
  }
}

function dissectCapabilities(d: Dissection): void {
  const kind = d.u8(f.capability);
  if (d.columns) d.addInfo(`(${nameOf(CAPABILITIES, kind) ?? "Unknown"})`);
  if (!frame.response) return;
  const count = d.u8(f.capabilityCount);
  if (d.columns) d.addInfo(` - Count: ${count}`);
  for (let i = 0; i < count && d.remaining > 0; i++) {
    if (kind === EVENTS_SUPPORTED) d.u8(f.event);
    else if (kind === COMPANIES_SUPPORTED) d.u24(f.company);
    else break;
  }
}

function dissectNotification(d: Dissection): void {
  const event = d.u8(f.event);
  if (d.columns) d.addInfo(` - ${nameOf(EVENTS, event) ?? "Unknown"}`);
  if (!frame.response) {
    d.u32(f.interval);
    return;
  }
  if (event === 1) {
    const status = d.u8(f.playStatus);
    if (d.columns) d.addInfo(` - PlayStatus: ${nameOf(PLAY_STATUS, status) ?? "Unknown"}`);
  } else if (event === 2) d.u64(f.identifier);
  else if (event === 5) d.u32(f.songPosition);
  else if (event === 13) {
    d.bits(f.volume, d.pos, 1);
    d.skip(1);
  }
}

const hex64 = (value: bigint): string => `0x${value.toString(16).padStart(16, "0")}`;

function addAttributeList(d: Dissection): void {
  const identifier = d.u64(f.identifier);
  if (d.columns) d.addInfo(` - ${hex64(identifier)}${identifier === 0n ? " (PLAYING)" : ""}`);
  const count = d.u8(f.attributeCount);
  if (count === 0) return;
  d.open(f.attributeList, d.pos, 4 * count);
  for (let i = 0; i < count && d.remaining >= 4; i++) d.u32(f.attribute);
  d.close();
}

function addAttributes(d: Dissection): void {
  const count = d.u8(f.attributeCount);
  if (count === 0) return;
  d.open(f.attributeEntries, d.pos, d.remaining);
  for (let i = 0; i < count && d.remaining >= 8; i++) {
    const length = d.peek16(6);
    d.open(f.attributeItem, d.pos, 8 + length);
    const node = d.parent;
    const name = nameOf(ATTRIBUTES, d.u32(f.attribute)) ?? "Unknown";
    d.u16(f.characterSet);
    d.u16(f.valueLength);
    const value = length > 0 ? d.str(f.value, length) : "";
    d.close();
    if (d.labels && node !== null) node.label = `Attribute [${name.padStart(21)}]: ${value}`;
    if (d.columns) d.addInfo(`${i === 0 ? " - " : ", "}${name}: "${value}"`);
  }
  d.close();
}
