/** Link Layer Discovery Protocol, IEEE 802.1AB-2016 (TLVs of organisations: lldp-organisations.ts). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, type Field, ipv4, ipv6, oid, str, u8, u16, u24, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { decodeText, escapeText, formatEther, formatHex, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { lldpExperts, organisation, organisationFields } from "./lldp-organisations.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import {
  CHASSIS_SUBTYPE_NAMES,
  MGN_INTERFACE_SUBTYPE_NAMES,
  PORT_SUBTYPE_NAMES,
  TLV_TYPE_NAMES,
} from "./names/lldp.ts";

const CAPABLE = ["Capable", "Not capable"] as const;
const CAPABILITIES = [
  ["other", "Other"],
  ["repeater", "Repeater"],
  ["bridge", "Bridge"],
  ["wlan_access_pt", "WLAN access point"],
  ["router", "Router"],
  ["telephone", "Telephone"],
  ["docsis_cable_device", "DOCSIS cable device"],
  ["station_only", "Station only"],
] as const;
const capabilityBits = (prefix: string): Field[] =>
  CAPABILITIES.map(([name, title], bit) =>
    bool(`${prefix}.${name}`, title, { mask: 1 << bit, bits: 16, tf: CAPABLE }),
  );
const supportedBits = capabilityBits("lldp.tlv.system_cap");
const enabledBits = capabilityBits("lldp.tlv.enable_system_cap");

const f = {
  type: u16("lldp.tlv.type", "TLV Type", { mask: 0xfe00, names: TLV_TYPE_NAMES }),
  length: u16("lldp.tlv.len", "TLV Length", { mask: 0x01ff }),
  chassisSubtype: u8("lldp.chassis.subtype", "Chassis Id Subtype", { names: CHASSIS_SUBTYPE_NAMES }),
  chassisId: bytes("lldp.chassis.id", "Chassis Id"),
  chassisMac: ether("lldp.chassis.id.mac", "Chassis Id"),
  chassisIp4: ipv4("lldp.chassis.id.ip4", "Chassis Id"),
  chassisIp6: ipv6("lldp.chassis.id.ip6", "Chassis Id"),
  portSubtype: u8("lldp.port.subtype", "Port Id Subtype", { names: PORT_SUBTYPE_NAMES }),
  portId: str("lldp.port.id", "Port Id"),
  portMac: ether("lldp.port.id.mac", "Port Id"),
  portIp4: ipv4("lldp.port.id.ip4", "Port Id"),
  portIp6: ipv6("lldp.port.id.ip6", "Port Id"),
  family: u8("lldp.network_address.subtype", "Network Address family", {
    names: ADDRESS_FAMILIES,
  }),
  timeToLive: u16("lldp.time_to_live", "Seconds"),
  portDescription: str("lldp.port.desc", "Port Description"),
  systemName: str("lldp.tlv.system.name", "System Name"),
  systemDescription: str("lldp.tlv.system.desc", "System Description"),
  supported: u16("lldp.tlv.system_cap", "Capabilities", { base: "HEX" }),
  enabled: u16("lldp.tlv.enable_system_cap", "Enabled Capabilities", { base: "HEX" }),
  ...Object.fromEntries([...supportedBits, ...enabledBits].map((field) => [field.name, field])),
  addressLength: u8("lldp.mgn.address.len", "Address String Length"),
  addressSubtype: u8("lldp.mgn.address.subtype", "Address Subtype", { names: ADDRESS_FAMILIES }),
  addressIp4: ipv4("lldp.mgn.addr.ip4", "Management Address"),
  addressIp6: ipv6("lldp.mgn.addr.ip6", "Management Address"),
  addressBytes: bytes("lldp.mgn.addr.hex", "Management Address"),
  interfaceSubtype: u8("lldp.mgn.interface.subtype", "Interface Subtype", {
    names: MGN_INTERFACE_SUBTYPE_NAMES,
  }),
  interfaceNumber: u32("lldp.mgn.interface.number", "Interface Number"),
  objectLength: u8("lldp.mgn.obj.len", "OID String Length"),
  object: oid("lldp.mgn.obj.id", "Object Identifier"),
  oui: u24("lldp.orgtlv.oui", "Organization Unique Code", { base: "OUI" }),
  ...organisationFields,
};

export const lldp = protocol({
  name: "lldp",
  title: "Link Layer Discovery Protocol",
  short: "LLDP",
  fields: f,
  experts: lldpExperts,
  on: [[ethertypes, 0x88cc]],
  dissect,
});

const END = 0;
const CHASSIS = 1;
const PORT = 2;
const TIME_TO_LIVE = 3;
const PORT_DESCRIPTION = 4;
const SYSTEM_NAME = 5;
const SYSTEM_DESCRIPTION = 6;
const CAPABILITIES_TLV = 7;
const MANAGEMENT_ADDRESS = 8;
const ORGANISATION = 127;

/** One of the two identifiers that begin every LLDPDU: sections 8.5.2 and 8.5.3. */
interface Identifier {
  readonly type: number;
  readonly title: string;
  readonly subtype: Field;
  readonly names: Readonly<Record<number, string>>;
  readonly short: Readonly<Record<number, string>>;
  readonly mac: number;
  readonly network: number;
  readonly macField: Field;
  readonly ip4: Field;
  readonly ip6: Field;
  readonly other: Field;
}
const CHASSIS_ID: Identifier = {
  type: CHASSIS,
  title: "Chassis",
  subtype: f.chassisSubtype,
  names: CHASSIS_SUBTYPE_NAMES,
  short: { 1: "CC", 2: "IA", 3: "PC", 4: "MA", 5: "NA", 6: "IN", 7: "LA" },
  mac: 4,
  network: 5,
  macField: f.chassisMac,
  ip4: f.chassisIp4,
  ip6: f.chassisIp6,
  other: f.chassisId,
};
const PORT_ID: Identifier = {
  type: PORT,
  title: "Port",
  subtype: f.portSubtype,
  names: PORT_SUBTYPE_NAMES,
  short: { 1: "IA", 2: "PC", 3: "MA", 4: "NA", 5: "IN", 6: "AC", 7: "LA" },
  mac: 3,
  network: 4,
  macField: f.portMac,
  ip4: f.portIp4,
  ip6: f.portIp6,
  other: f.portId,
};

function dissect(d: Dissection): void {
  if (!d.building && !d.columns) return;
  if (d.columns) d.setInfo("");
  if (!addIdentifier(d, CHASSIS_ID) || !addIdentifier(d, PORT_ID) || !addTimeToLive(d)) return;
  while (d.remaining > 0) {
    if (addTlv(d)) continue;
    // Wireshark counts the last TLV as minus one byte: the trailer begins there.
    d.payloadEnd = d.pos - 3;
    return;
  }
}

/** Opens the TLV at the cursor and moves on behind its header; returns its length. */
function openTlv(d: Dissection, label: string): number {
  const at = d.pos;
  const length = d.peek16() & 0x01ff;
  d.openText(at, 2 + length, label);
  d.bits(f.type, at, 2);
  d.bits(f.length, at, 2);
  d.pos += 2;
  return length;
}

function addIdentifier(d: Dissection, id: Identifier): boolean {
  const at = d.pos;
  const type = d.peek16() >> 9;
  if (type !== id.type) {
    const found = type.toString(16).toUpperCase().padStart(2, "0");
    if (d.columns) d.setInfo(`Invalid ${id.title} ID TLV`);
    const text = `Invalid ${id.title} ID (0x${found}), expected (0x0${id.type})`;
    d.text(at, 2, text);
    d.expert(lldpExperts.badType, text);
    d.layerEnd(d.end);
    return false;
  }
  const length = d.peek16() & 0x01ff;
  const subtype = d.peek8(2);
  const name = id.names[subtype] ?? "Reserved";
  const wrong = lengthError(d, id, name, subtype, length);
  openTlv(d, `${id.title} Subtype = ${name}`);
  if (wrong !== "") {
    if (d.columns) d.setInfo(`Invalid ${id.title} ID TLV`);
    d.close();
    d.expert(lldpExperts.incorrectLength, wrong);
    d.openLast();
  }
  d.u8(id.subtype);
  if (wrong !== "") {
    if (subtype === id.network && length >= 2) d.u8(f.family);
    if (d.labels) d.close();
    return false;
  }
  const text = addIdentifierValue(d, id, subtype, length - 1);
  if (d.columns) d.addInfo(`${id.short[subtype] ?? ""}/${text} `);
  if (d.labels) {
    d.appendParent(`, Id: ${text}`);
    d.close();
  }
  return true;
}

/** What is wrong with the length of an identifier, "" for nothing. */
function lengthError(d: Dissection, id: Identifier, name: string, subtype: number, length: number): string {
  const text = (kind: string, expected: number): string =>
    `Invalid ${id.title} ID Length (${length}) for Type (${kind}), expected (${expected})`;
  if (subtype === id.mac && length !== 7) return text(name, 7);
  if (subtype !== id.network) return "";
  const family = d.peek8(3);
  if (family === 1 && length !== 6) return text(`${name}, IPv4`, 6);
  if (family === 2 && length !== 18) return text(`${name}, IPv6`, 18);
  return "";
}

function addIdentifierValue(d: Dissection, id: Identifier, subtype: number, length: number): string {
  if (subtype === id.mac) {
    d.ether(id.macField);
    return formatEther(d.buf.subarray(d.pos - 6, d.pos));
  }
  if (subtype === id.network) {
    const family = d.u8(f.family);
    if (family === 1) return formatIpv4(d.ipv4(id.ip4));
    if (family === 2) {
      d.ipv6(id.ip6);
      return formatIpv6(d.buf.subarray(d.pos - 16, d.pos));
    }
    d.need(length - 1);
    d.skip(length - 1);
    return formatHex(d.buf.subarray(d.pos - length + 1, d.pos));
  }
  d.need(length);
  const text = escapeText(decodeText(d.buf, d.pos, d.pos + length, "ascii"));
  if (id.other.type === "FT_STRING") d.str(id.other, length, "ascii");
  else d.bytes(id.other, length);
  return text;
}

function addTimeToLive(d: Dissection): boolean {
  const type = d.peek16() >> 9;
  const length = d.peek16() & 0x01ff;
  if (type !== TIME_TO_LIVE || length < 2) {
    if (d.columns) d.setInfo("Invalid Time-to-Live TLV");
    return false;
  }
  const seconds = d.peek16(2);
  openTlv(d, `Time To Live = ${seconds} sec`);
  d.u16(f.timeToLive);
  if (d.labels) d.close();
  if (d.columns) d.addInfo(`${seconds} `);
  d.skip(length - 2);
  return true;
}

/** Adds the TLV at the cursor; false when it was the last. */
function addTlv(d: Dissection): boolean {
  const type = d.peek16() >> 9;
  const end = d.pos + 2 + (d.peek16() & 0x01ff);
  d.needAt(d.pos, end - d.pos);
  switch (type) {
    case END:
      openTlv(d, "End of LLDPDU");
      break;
    case PORT_DESCRIPTION:
      addString(d, "Port Description", f.portDescription, "");
      break;
    case SYSTEM_NAME:
      addString(d, "System Name", f.systemName, "SysN");
      break;
    case SYSTEM_DESCRIPTION:
      addString(d, "System Description", f.systemDescription, "SysD");
      break;
    case CAPABILITIES_TLV:
      openTlv(d, "Capabilities");
      d.bitset(f.supported, 2, supportedBits);
      d.bitset(f.enabled, 2, enabledBits);
      break;
    case MANAGEMENT_ADDRESS:
      addManagementAddress(d);
      break;
    case ORGANISATION:
      addOrganisation(d, end);
      break;
    default:
      openTlv(d, "Unknown TLV");
  }
  if (d.labels) d.close(end);
  d.pos = end;
  return type !== END;
}

function addString(d: Dissection, title: string, field: Field, short: string): void {
  const length = openTlv(d, title);
  const text = d.str(field, length);
  if (d.labels) d.appendParent(` = ${escapeText(text)}`);
  if (d.columns && short !== "") d.addInfo(`${short}=${escapeText(text)} `);
}

/** Section 8.5.9. */
function addManagementAddress(d: Dissection): void {
  openTlv(d, "Management Address");
  const length = d.u8(f.addressLength);
  const family = d.u8(f.addressSubtype);
  if (family === 1 && length === 5) d.ipv4(f.addressIp4);
  else if (family === 2 && length === 17) d.ipv6(f.addressIp6);
  else if (length > 1) d.bytes(f.addressBytes, length - 1);
  d.u8(f.interfaceSubtype);
  d.u32(f.interfaceNumber);
  const objectLength = d.u8(f.objectLength);
  if (objectLength > 0) d.bytes(f.object, objectLength);
}

/** Characters of an organisation's name behind its code. */
const SHOWN_NAME = 21;

function addOrganisation(d: Dissection, end: number): void {
  const oui = d.peek24(2);
  const known = organisation(oui);
  const subtype = d.peek8(5);
  openTlv(d, d.labels ? `${known.name} - ${known.names?.[subtype] ?? known.unknown(subtype)}` : "");
  d.u24(f.oui);
  if (d.labels && known.name !== "") {
    const code = formatHex(d.buf.subarray(d.pos - 3, d.pos), ":");
    const cut = known.name.length > SHOWN_NAME - 1;
    d.relabel(
      `Organization Unique Code: ${code} (${cut ? known.name.slice(0, SHOWN_NAME) : `${known.name})`}`,
    );
  }
  d.u8(known.subtype);
  const { end: layerEnd, wireEnd } = d;
  known.add(d, subtype, end);
  d.end = layerEnd;
  d.wireEnd = wireEnd;
}
