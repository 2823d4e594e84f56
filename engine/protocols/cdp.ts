/** Cisco Discovery Protocol, as Cisco's "Frame Format" notes and common practice describe it. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  expert,
  type Field,
  ipv4,
  ipv6,
  SUPPORTED,
  str,
  strz,
  u8,
  u16,
  u24,
  u32,
  YES_NO,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { snapPids } from "../dissect/tables.ts";
import { escapeText, formatHex, formatIpv4, formatIpv6 } from "../dissect/text.ts";

const TYPES: Readonly<Record<number, string>> = {
  1: "Device ID",
  2: "Addresses",
  3: "Port ID",
  4: "Capabilities",
  5: "Software version",
  6: "Platform",
  7: "IP Prefix/Gateway (used for ODR)",
  8: "Protocol Hello",
  9: "VTP Management Domain",
  10: "Native VLAN",
  11: "Duplex",
  14: "VoIP VLAN Reply",
  15: "VoIP VLAN Query",
  16: "Power consumption",
  17: "MTU",
  18: "Trust Bitmap",
  19: "Untrusted Port CoS",
  20: "System Name",
  21: "System Object ID",
  22: "Management Address",
  23: "Location",
  24: "External Port-ID",
  25: "Power Requested",
  26: "Power Available",
  27: "Port Unidirectional",
  29: "EnergyWise",
  31: "Spare PoE",
  4096: "BSSID",
  4097: "Serial number",
  4098: "SSID",
  4099: "Radio1 channel",
  4102: "SNMP UDP port",
  4103: "Web TCP port",
  4104: "Source MAC address",
  4105: "Radio2 channel",
  4106: "Radio1 Operating mode",
  4107: "Radio2 Operating mode",
  4108: "Radio1 Radio mode",
  4109: "Radio2 Radio mode",
};
const PROTOCOL_IDS: Readonly<Record<number, string>> = { 274: "Cluster Management" };

const capability = (name: string, title: string, mask: number): Field =>
  bool(`cdp.capabilities.${name}`, title, { mask, bits: 32, tf: YES_NO });

const f = {
  version: u8("cdp.version", "Version"),
  ttl: u8("cdp.ttl", "TTL"),
  checksum: u16("cdp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("cdp.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    text: (value) => ["Bad", "Good", "Unverified"][value] ?? "Unknown",
  }),
  type: u16("cdp.tlv.type", "Type", { base: "HEX", names: TYPES }),
  length: u16("cdp.tlv.len", "Length"),
  deviceId: str("cdp.deviceid", "Device ID"),
  platform: str("cdp.platform", "Platform"),
  portId: str("cdp.portid", "Sent through Interface"),
  capabilities: u32("cdp.capabilities", "Capabilities", { base: "HEX" }),
  router: capability("router", "Router", 0x0001),
  transparentBridge: capability("trans_bridge", "Transparent Bridge", 0x0002),
  sourceRouteBridge: capability("src_bridge", "Source Route Bridge", 0x0004),
  switch: capability("switch", "Switch", 0x0008),
  host: capability("host", "Host", 0x0010),
  igmp: capability("igmp_capable", "IGMP capable", 0x0020),
  repeater: capability("repeater", "Repeater", 0x0040),
  phone: capability("voip_phone", "VoIP Phone", 0x0080),
  remote: capability("remote", "Remotely Managed Device", 0x0100),
  camera: capability("cvta", "CVTA/STP Dispute Resolution/Cisco VT Camera", 0x0200),
  relay: capability("mac_relay", "Two Port Mac Relay", 0x0400),
  sparePairs: u8("cdp.spare_poe_tlv", "Spare Pair PoE", { base: "HEX" }),
  spareSupported: bool("cdp.spare_poe_tlv.poe", "PSE Four-Wire PoE", {
    mask: 0x01,
    tf: SUPPORTED,
  }),
  spareShared: bool("cdp.spare_poe_tlv.spare_pair_arch", "PD Spare Pair Architecture", {
    mask: 0x02,
    tf: ["Shared", "Independent"],
  }),
  spareRequest: bool("cdp.spare_poe_tlv.req_spare_pair_poe", "PD Request Spare Pair PoE", {
    mask: 0x04,
    tf: ["On", "Off"],
  }),
  spareOn: bool("cdp.spare_poe_tlv.pse_spare_pair_poe", "PSE Spare Pair PoE", {
    mask: 0x08,
    tf: ["On", "Off"],
  }),
  addresses: u32("cdp.number_of_addresses", "Number of addresses"),
  protocolType: u8("cdp.protocol_type", "Protocol type", { base: "HEX", names: { 1: "NLPID", 2: "802.2" } }),
  protocolLength: u8("cdp.protocol_length", "Protocol length"),
  protocol: bytes("cdp.protocol", "Protocol"),
  addressLength: u16("cdp.address_length", "Address length"),
  address: bytes("cdp.address", "Address"),
  ipAddress: ipv4("cdp.nrgyz.ip_address", "IP Address"),
  ipv6Address: ipv6("cdp.nrgyz.ipv6_address", "IPv6 Address"),
  gateway: ipv4("cdp.odr_default_gateway", "ODR Default gateway"),
  prefix: ipv4("cdp.ip_prefix", "IP Prefix"),
  oui: u24("cdp.oui", "OUI", { base: "OUI" }),
  protocolId: u16("cdp.protocol_id", "Protocol ID", { base: "HEX", names: PROTOCOL_IDS }),
  clusterMaster: ipv4("cdp.cluster.master_ip", "Cluster Master IP"),
  clusterIp: ipv4("cdp.cluster.ip", "IP?"),
  clusterVersion: u8("cdp.cluster.version", "Version?", { base: "HEX" }),
  clusterSubVersion: u8("cdp.cluster.sub_version", "Sub Version?", { base: "HEX" }),
  clusterStatus: u8("cdp.cluster.status", "Status?", { base: "HEX" }),
  clusterUnknown: u8("cdp.cluster.unknown", "UNKNOWN", { base: "HEX" }),
  clusterCommander: ether("cdp.cluster.commander_mac", "Cluster Commander MAC"),
  clusterSwitch: ether("cdp.cluster.switch_mac", "Switch's MAC"),
  clusterVlan: u16("cdp.cluster.management_vlan", "Management VLAN"),
  helloUnknown: bytes("cdp.hello.unknown", "Unknown"),
  domain: str("cdp.vtp_management_domain", "VTP Management Domain"),
  nativeVlan: u16("cdp.native_vlan", "Native VLAN"),
  duplex: bool("cdp.duplex", "Duplex", { tf: ["Full", "Half"] }),
  data: bytes("cdp.data", "Data"),
  voiceVlan: u16("cdp.voice_vlan", "Voice VLAN"),
  consumption: u16("cdp.power_consumption", "Power Consumption", { unit: "mW" }),
  mtu: u32("cdp.mtu", "MTU"),
  trust: u8("cdp.trust_bitmap", "Trust Bitmap", { base: "HEX" }),
  untrusted: u8("cdp.untrusted_port_cos", "Untrusted port CoS", { base: "HEX" }),
  systemName: str("cdp.system_name", "System Name"),
  systemObject: bytes("cdp.system_object_identifier", "System Object Identifier"),
  locationUnknown: u8("cdp.location.unknown", "UNKNOWN", { base: "HEX" }),
  location: str("cdp.location", "Location"),
  requestId: u16("cdp.request_id", "Request-ID"),
  managementId: u16("cdp.management_id", "Management-ID"),
  requested: u32("cdp.power_requested", "Power Requested", { unit: "mW" }),
  available: u32("cdp.power_available", "Power Available", { unit: "mW" }),
  software: strz("cdp.software_version", "Software version"),
};

const x = {
  badChecksum: expert("cdp.bad_checksum", "error", "Checksum", "Bad checksum"),
};

export const cdp = protocol({
  name: "cdp",
  title: "Cisco Discovery Protocol",
  short: "CDP",
  fields: f,
  experts: x,
  on: [[snapPids, 0x00_000c_2000]],
  dissect,
});

const TLV_HEADER = 4;

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("");
  if (!d.building && !d.columns) return;
  const start = d.pos;
  d.u8(f.version);
  d.u8(f.ttl);
  if (d.labels) d.append(" seconds");
  addChecksum(d, start);
  while (d.remaining > 0) {
    const at = d.pos;
    const type = d.peek16();
    const length = d.peek16(2);
    if (length < TLV_HEADER) {
      openTlv(d, 4, `TLV with invalid length ${length} (< 4)`);
      if (d.labels) d.close();
      break;
    }
    d.needAt(at, length);
    const { end, wireEnd } = d;
    d.end = at + length;
    d.wireEnd = at + length;
    addTlv(d, type, length - TLV_HEADER);
    if (d.labels) d.close(at + length);
    d.end = end;
    d.wireEnd = wireEnd;
    d.pos = at + length;
  }
}

/** The Internet checksum, with an odd last byte taken as a signed integer of 16 bits. */
function addChecksum(d: Dissection, start: number): void {
  const at = d.pos;
  const found = d.u16(f.checksum);
  if (!d.building) return;
  if (d.end < d.wireEnd) {
    if (d.labels) d.append(" [unverified]");
    d.generated(f.checksumStatus, at, 0, 2);
    return;
  }
  let sum = 0;
  for (let i = start; i + 1 < d.end; i += 2) if (i !== at) sum += (d.buf[i] << 8) | d.buf[i + 1];
  if ((d.end - start) % 2 === 1) {
    const last = d.buf[d.end - 1];
    sum += last & 0x80 ? 0xff00 | (last - 1) : last;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  const expected = ~sum & 0xffff;
  if (found === expected) {
    if (d.labels) d.append(" [correct]");
  } else {
    const text = `[should be 0x${hex(expected, 4)}]`;
    if (d.labels) d.append(` incorrect, should be 0x${hex(expected, 4)}`);
    d.expert(x.badChecksum, `Bad checksum ${text}`);
  }
  d.generated(f.checksumStatus, at, 0, found === expected ? 1 : 0);
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** Opens the TLV at the cursor and moves on behind its header. */
function openTlv(d: Dissection, length: number, label: string): void {
  d.openText(d.pos, length, label);
  d.u16(f.type);
  d.u16(f.length);
}

function addTlv(d: Dissection, type: number, length: number): void {
  const whole = length + TLV_HEADER;
  switch (type) {
    case 0x01:
      addString(d, whole, "Device ID", f.deviceId, true);
      break;
    case 0x02:
      openTlv(d, whole, "Addresses");
      addAddresses(d);
      break;
    case 0x03:
      addString(d, whole, "Port ID", f.portId, true);
      break;
    case 0x04:
      openTlv(d, whole, "Capabilities");
      d.bitset(f.capabilities, 4, CAPABILITY_BITS);
      break;
    case 0x05:
      openTlv(d, whole, "Software Version");
      addLines(d);
      break;
    case 0x06:
      addString(d, whole, "Platform", f.platform, false);
      break;
    case 0x07:
      addPrefixes(d, length);
      break;
    case 0x08:
      addHello(d, whole);
      break;
    case 0x09:
      addString(d, whole, "VTP Management Domain", f.domain, false);
      break;
    case 0x0a:
      openTlv(d, whole, `Native VLAN: ${d.peek16(TLV_HEADER)}`);
      d.u16(f.nativeVlan);
      break;
    case 0x0b:
      openTlv(d, whole, `Duplex: ${d.peek8(TLV_HEADER) ? "Full" : "Half"}`);
      d.u8(f.duplex);
      break;
    case 0x0e:
    case 0x0f:
      addVoice(d, whole, TYPES[type]);
      break;
    case 0x10:
      openTlv(d, whole, `Power Consumption: ${d.peek16(TLV_HEADER)} mW`);
      d.u16(f.consumption);
      break;
    case 0x11:
      openTlv(d, whole, `MTU: ${d.peek32(TLV_HEADER)}`);
      d.u32(f.mtu);
      break;
    case 0x12:
      openTlv(d, whole, `Trust Bitmap: 0x${hex(d.peek8(TLV_HEADER), 2)}`);
      d.u8(f.trust);
      break;
    case 0x13:
      openTlv(d, whole, `Untrusted port CoS: 0x${hex(d.peek8(TLV_HEADER), 2)}`);
      d.u8(f.untrusted);
      break;
    case 0x14:
      addString(d, whole, "System Name", f.systemName, false);
      break;
    case 0x15:
      openTlv(d, whole, "System Object Identifier");
      if (length > 0) d.bytes(f.systemObject, length);
      break;
    case 0x16:
      openTlv(d, whole, "Management Addresses");
      addAddresses(d);
      break;
    case 0x17:
      openTlv(d, whole, "Location");
      d.u8(f.locationUnknown);
      addText(d, f.location);
      break;
    case 0x19:
      addPower(d, whole, "Power Request", f.requested);
      break;
    case 0x1a:
      addPower(d, whole, "Power Available", f.available);
      break;
    case 0x1f:
      openTlv(d, whole, "Spare Pair PoE");
      d.bitset(f.sparePairs, 1, [f.spareSupported, f.spareShared, f.spareRequest, f.spareOn]);
      break;
    default:
      openTlv(d, whole, `Type: ${TYPES[type] ?? "Unknown"} (0x${hex(type, 4)}), length: ${whole}`);
      if (length > 0) d.bytes(f.data, length);
  }
}

const CAPABILITY_BITS = [
  f.router,
  f.transparentBridge,
  f.sourceRouteBridge,
  f.switch,
  f.host,
  f.igmp,
  f.repeater,
  f.phone,
  f.remote,
  f.camera,
  f.relay,
] as const;

/** Adds the rest of the TLV as text and says it in the TLV's line. */
function addText(d: Dissection, field: Field): string {
  const text = d.str(field, d.remaining, "ascii");
  if (d.labels) d.appendParent(`: ${escapeText(text)}`);
  return text;
}

function addString(d: Dissection, whole: number, title: string, field: Field, inInfo: boolean): void {
  openTlv(d, whole, title);
  const text = addText(d, field);
  if (d.columns && inInfo) d.addInfo(`${title}: ${escapeText(text)}  `);
}

const NEWLINE = 0x0a;

/** The software's description, a field a line. */
function addLines(d: Dissection): void {
  while (d.remaining > 0) {
    const found = d.buf.indexOf(NEWLINE, d.pos);
    const stop = found === -1 || found >= d.end ? d.end : found;
    d.str(f.software, stop - d.pos, "ascii");
    if (d.pos < d.end) d.skip(1);
  }
}

const NLPID = 1;
const NLPID_NAMES: Readonly<Record<number, string>> = { 129: "CLNP", 204: "IP" };
const SNAP_IPV6 = "aaaa0300000086dd";

function addAddresses(d: Dissection): void {
  const count = d.u32(f.addresses);
  for (let i = 0; i < count && d.remaining > 0; i++) addAddress(d);
}

function addAddress(d: Dissection): void {
  const at = d.pos;
  const protocolLength = d.peek8(1);
  const length = d.peek16(2 + protocolLength);
  const name = d.peekBytes(protocolLength, 2);
  d.needAt(at, 4 + protocolLength + length);
  const value = d.buf.subarray(at + 4 + protocolLength, at + 4 + protocolLength + length);
  const nlpid = d.peek8() === NLPID && protocolLength === 1 ? name[0] : -1;
  const isIpv4 = nlpid === 0xcc && length === 4;
  const isIpv6 = length === 16 && formatHex(name) === SNAP_IPV6;
  const shown = isIpv4
    ? `IP address: ${formatIpv4(d.peek32(4 + protocolLength))}`
    : isIpv6
      ? `IPv6 address: ${formatIpv6(value)}`
      : `Address: ${formatHex(value)}`;
  d.openText(at, 4 + protocolLength + length, shown);
  d.u8(f.protocolType);
  d.u8(f.protocolLength);
  d.bytes(f.protocol, protocolLength);
  const protocolName = isIpv6 ? "IPv6" : NLPID_NAMES[nlpid];
  if (d.labels && protocolName !== undefined) d.relabel(`Protocol: ${protocolName}`);
  d.u16(f.addressLength);
  if (isIpv4) d.ipv4(f.ipAddress);
  else if (isIpv6) d.ipv6(f.ipv6Address);
  else if (length > 0) d.bytes(f.address, length);
  if (d.labels) d.close();
}

/** On-demand routing: a gateway, or the networks behind the sender. */
function addPrefixes(d: Dissection, length: number): void {
  if (length === 4) {
    openTlv(d, length + TLV_HEADER, `ODR Default gateway: ${formatIpv4(d.peek32(TLV_HEADER))}`);
    d.ipv4(f.gateway);
    return;
  }
  openTlv(d, length + TLV_HEADER, `IP Prefixes: ${Math.floor(length / 5)}`);
  while (d.remaining >= 5) {
    d.add(f.prefix, d.pos, 5, d.peek32());
    if (d.labels) d.append(`/${d.peek8(4)}`);
    d.skip(5);
  }
}

const CLUSTER = 0x0112;

function addHello(d: Dissection, whole: number): void {
  const id = d.peek16(TLV_HEADER + 3);
  openTlv(d, whole, `Protocol Hello: ${PROTOCOL_IDS[id] ?? `Unknown (0x${hex(id, 4)})`}`);
  d.u24(f.oui);
  d.u16(f.protocolId);
  if (id !== CLUSTER) {
    if (d.remaining > 0) d.bytes(f.helloUnknown, d.remaining);
    return;
  }
  d.ipv4(f.clusterMaster);
  d.ipv4(f.clusterIp);
  d.u8(f.clusterVersion);
  d.u8(f.clusterSubVersion);
  d.u8(f.clusterStatus);
  d.u8(f.clusterUnknown);
  d.ether(f.clusterCommander);
  d.ether(f.clusterSwitch);
  d.u8(f.clusterUnknown);
  d.u16(f.clusterVlan);
}

function addVoice(d: Dissection, whole: number, title: string): void {
  openTlv(d, whole, title);
  if (d.remaining > 0) d.bytes(f.data, 1);
  if (d.remaining < 2) return;
  const vlan = d.u16(f.voiceVlan);
  if (d.labels) d.appendParent(`: VLAN ${vlan}`);
}

function addPower(d: Dissection, whole: number, title: string, field: Field): void {
  openTlv(d, whole, title);
  d.u16(f.requestId);
  d.u16(f.managementId);
  for (let separator = ":"; d.remaining >= 4; separator = ",") {
    const power = d.u32(field);
    if (d.labels) d.appendParent(`${separator} ${power} mW`);
  }
}
