/** The ZigBee network layer with its security, its commands and its beacons: ZigBee Specification R21, chapters 3 and 4. */
import { ADDRESS_WPAN } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, eui64, expert, type Field, nameOf, u8, u16, u24, u32 } from "../dissect/field.ts";
import { addFlagsLe } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { data } from "./data.ts";
import { wpanAddresses, wpanBeaconHeuristics, wpanHeuristics } from "./wpan.ts";

const FRAME_TYPES: Readonly<Record<number, string>> = { 0: "Data", 1: "Command", 3: "Interpan" };
const DISCOVERY: Readonly<Record<number, string>> = { 0: "Suppress", 1: "Enable", 3: "Force" };
const COMMANDS: Readonly<Record<number, string>> = {
  1: "Route Request",
  2: "Route Reply",
  3: "Network Status",
  4: "Leave",
  5: "Route Record",
  6: "Rejoin Request",
  7: "Rejoin Response",
  8: "Link Status",
  9: "Network Report",
  10: "Network Update",
  11: "End Device Timeout Request",
  12: "End Device Timeout Response",
  13: "Link Power Delta",
};
const KEYS: Readonly<Record<number, string>> = {
  0: "Link Key",
  1: "Network Key",
  2: "Key-Transport Key",
  3: "Key-Load Key",
};
const PROFILES: Readonly<Record<number, string>> = {
  0: "Network Specific",
  1: "ZigBee Home",
  2: "ZigBee PRO",
};

const f = {
  fcf: u16("zbee_nwk.fcf", "Frame Control Field", { base: "HEX" }),
  type: u16("zbee_nwk.frame_type", "Frame Type", { base: "HEX", mask: 0x0003, names: FRAME_TYPES }),
  version: u16("zbee_nwk.proto_version", "Protocol Version", { mask: 0x003c }),
  discovery: u16("zbee_nwk.discovery", "Discover Route", { base: "HEX", mask: 0x00c0, names: DISCOVERY }),
  multicast: bool("zbee_nwk.multicast", "Multicast", { bits: 16, mask: 0x0100 }),
  security: bool("zbee_nwk.security", "Security", { bits: 16, mask: 0x0200 }),
  sourceRoute: bool("zbee_nwk.src_route", "Source Route", { bits: 16, mask: 0x0400 }),
  hasDestination: bool("zbee_nwk.ext_dst", "Destination", { bits: 16, mask: 0x0800 }),
  hasSource: bool("zbee_nwk.ext_src", "Extended Source", { bits: 16, mask: 0x1000 }),
  initiator: bool("zbee_nwk.end_device_initiator", "End Device Initiator", { bits: 16, mask: 0x2000 }),
  destination: u16("zbee_nwk.dst", "Destination", { base: "HEX" }),
  source: u16("zbee_nwk.src", "Source", { base: "HEX" }),
  address: u16("zbee_nwk.addr", "Address", { base: "HEX" }),
  radius: u8("zbee_nwk.radius", "Radius"),
  sequence: u8("zbee_nwk.seqno", "Sequence Number"),
  destination64: eui64("zbee_nwk.dst64", "Destination"),
  source64: eui64("zbee_nwk.src64", "Extended Source"),
  address64: eui64("zbee_nwk.addr64", "Extended Address"),
  multicastControl: u8("zbee_nwk.multicast.cf", "Multicast Control Field", { base: "HEX" }),
  multicastMode: u8("zbee_nwk.multicast.mode", "Multicast Mode", { mask: 0x03 }),
  multicastRadius: u8("zbee_nwk.multicast.radius", "Non-Member Radius", { mask: 0x1c }),
  multicastMax: u8("zbee_nwk.multicast.max_radius", "Max Non-Member Radius", { mask: 0xe0 }),
  relayCount: u8("zbee_nwk.relay.count", "Relay Count"),
  relayIndex: u8("zbee_nwk.relay.index", "Relay Index"),
  relay: u16("zbee_nwk.relay", "Relay"),
  command: u8("zbee_nwk.cmd.id", "Command Identifier", { base: "HEX", names: COMMANDS }),
  last: bool("zbee_nwk.cmd.link.last", "Last Frame", { mask: 0x40 }),
  first: bool("zbee_nwk.cmd.link.first", "First Frame", { mask: 0x20 }),
  count: u8("zbee_nwk.cmd.link.count", "Link Status Count", { mask: 0x1f }),
  linkAddress: u16("zbee_nwk.cmd.link.address", "Address", { base: "HEX" }),
  incoming: u8("zbee_nwk.cmd.link.incoming_cost", "Incoming Cost", { mask: 0x07 }),
  outgoing: u8("zbee_nwk.cmd.link.outgoing_cost", "Outgoing Cost", { mask: 0x70 }),
  secField: u8("zbee.sec.field", "Security Control Field", { base: "HEX" }),
  secKey: u8("zbee.sec.key_id", "Key Id", { base: "HEX", mask: 0x18, names: KEYS }),
  secNonce: bool("zbee.sec.ext_nonce", "Extended Nonce", { mask: 0x20 }),
  secCounter: u32("zbee.sec.counter", "Frame Counter"),
  secSource: eui64("zbee.sec.src64", "Extended Source"),
  secSequence: u8("zbee.sec.key_seqno", "Key Sequence Number"),
  secMic: bytes("zbee.sec.mic", "Message Integrity Code"),
};

const x = {
  encrypted: expert("zbee_sec.encrypted_payload", "warning", "Undecoded", "Encrypted Payload"),
  missing: expert("zbee_nwk.missing_payload", "error", "Malformed", "Missing Payload"),
};

export const zbeeNwk = protocol({
  name: "zbee_nwk",
  title: "ZigBee Network Layer",
  short: "ZigBee",
  fields: f,
  experts: x,
  heuristicOn: [wpanHeuristics],
  test,
  packetwise: true,
  dissect,
});

const b = {
  protocol: u8("zbee_beacon.protocol", "Protocol ID"),
  profile: u16("zbee_beacon.profile", "Stack Profile", { base: "HEX", mask: 0x000f, names: PROFILES }),
  version: u16("zbee_beacon.version", "Protocol Version", { mask: 0x00f0 }),
  router: bool("zbee_beacon.router", "Router Capacity", { bits: 16, mask: 0x0400 }),
  depth: u16("zbee_beacon.depth", "Device Depth", { mask: 0x7800 }),
  endDevice: bool("zbee_beacon.end_dev", "End Device Capacity", { bits: 16, mask: 0x8000 }),
  pan: eui64("zbee_beacon.ext_panid", "Extended PAN ID"),
  offset: u24("zbee_beacon.tx_offset", "Tx Offset"),
  update: u8("zbee_beacon.update_id", "Update ID"),
};

export const zbeeBeacon = protocol({
  name: "zbee_beacon",
  title: "ZigBee Beacon",
  short: "ZigBee",
  fields: b,
  heuristicOn: [wpanBeaconHeuristics],
  test: (d) => d.peek8() === 0 && d.remaining === BEACON_LENGTH,
  packetwise: true,
  dissect: dissectBeacon,
});

const BEACON_LENGTH = 15;
const SHORT = 2;
const DATA = 0;
const COMMAND = 1;
const VERSION_PRO = 2;
const HEADER = 8;
const MULTICAST = 0x0100;
const SECURITY = 0x0200;
const SOURCE_ROUTE = 0x0400;
const DESTINATION_64 = 0x0800;
const SOURCE_64 = 0x1000;
const FIRST_BROADCAST = 0xfff8;

/** Frames between short addresses, of the version that all networks have used since 2006. */
function test(d: Dissection): boolean {
  const { serial, dstMode, srcMode } = wpanAddresses;
  if (serial !== d.serial || dstMode !== SHORT || srcMode !== SHORT || d.remaining < HEADER) return false;
  const fcf = d.peek16le();
  const type = fcf & 3;
  if ((type !== DATA && type !== COMMAND) || ((fcf >> 2) & 15) !== VERSION_PRO) return false;
  return (fcf & 0xc000) === 0 && (fcf & 0x00c0) !== 0x0080;
}

const FCF = [
  f.type,
  f.version,
  f.discovery,
  f.multicast,
  f.security,
  f.sourceRoute,
  f.hasDestination,
  f.hasSource,
  f.initiator,
] as const;
const hex16 = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;

function dissect(d: Dissection): void {
  const fcf = addFlagsLe(d, f.fcf, 2, FCF);
  const type = fcf & 3;
  const name = FRAME_TYPES[type] ?? "Unknown";
  d.append(` ${name}`);
  addAddress(d, f.destination);
  addAddress(d, f.source);
  if (d.labels || d.columns) {
    const to = d.peek16le(-4);
    const ends = `, Dst: ${to >= FIRST_BROADCAST ? "Broadcast" : hex16(to)}, Src: ${hex16(d.peek16le(-2))}`;
    if (d.columns) d.setInfo(`${name}${ends}`);
    if (d.labels) d.relabelLayer(`ZigBee Network Layer ${name}${ends}`);
  }
  d.setSource(ADDRESS_WPAN, swapped(d, -2), 0, 2);
  d.setDestination(ADDRESS_WPAN, swapped(d, -4), 0, 2);
  d.u8(f.radius);
  d.u8(f.sequence);
  if (fcf & DESTINATION_64) addLong(d, f.destination64);
  if (fcf & SOURCE_64) addLong(d, f.source64);
  if (fcf & MULTICAST) d.bitset(f.multicastControl, 1, [f.multicastMode, f.multicastRadius, f.multicastMax]);
  if (fcf & SOURCE_ROUTE) addRoute(d);
  if (fcf & SECURITY) {
    if (addSecurity(d)) d.callBelow(data);
    return;
  }
  if (d.remaining === 0) d.expert(x.missing);
  else if (type === COMMAND) dissectCommand(d);
  else d.call(data);
}

function swapped(d: Dissection, ahead: number): Uint8Array {
  return Uint8Array.of(d.peek8(ahead + 1), d.peek8(ahead));
}

function addAddress(d: Dissection, field: Field): void {
  const address = d.u16le(field);
  d.hidden(f.address, d.pos - 2, 2, address);
}

function longAddress(d: Dissection): Uint8Array {
  return d.peekBytes(8).slice().reverse();
}

function addLong(d: Dissection, field: Field): void {
  const address = longAddress(d);
  d.add(field, d.pos, 8, address);
  d.hidden(f.address64, d.pos, 8, address);
  d.skip(8);
}

function addRoute(d: Dissection): void {
  const count = d.peek8();
  d.openText(d.pos, 2 + 2 * count, `Source Route, Length: ${count}`);
  d.u8(f.relayCount);
  d.u8(f.relayIndex);
  for (let i = 1; i <= count; i++) {
    const relay = d.u16le(f.relay);
    if (d.labels) d.relabel(`Relay ${i}: ${hex16(relay)}`);
  }
  d.close();
}

// ------------------------------------------------------------------ security, section 4.5.1

const NONCE = 0x20;
const NETWORK_KEY = 1;
const MIC = 4;

/** The auxiliary header; true when encrypted bytes are left, which nobody here has a key for. */
function addSecurity(d: Dissection): boolean {
  const start = d.pos;
  d.openText(start, d.remaining, "ZigBee Security Header");
  const field = addFlagsLe(d, f.secField, 1, [f.secKey, f.secNonce]);
  d.u32le(f.secCounter);
  if (field & NONCE) {
    d.add(f.secSource, d.pos, 8, longAddress(d));
    d.skip(8);
  }
  if (((field >> 3) & 3) === NETWORK_KEY) d.u8(f.secSequence);
  d.need(MIC);
  const { pos } = d;
  d.pos = d.end - MIC;
  d.bytes(f.secMic, MIC);
  d.pos = pos;
  d.end -= MIC;
  d.wireEnd -= MIC;
  const hasPayload = d.remaining > 0;
  if (hasPayload && d.building) addEncrypted(d);
  d.close(d.pos);
  return hasPayload;
}

/** The finding stands beside the code, in the header. */
function addEncrypted(d: Dissection): void {
  const { last } = d;
  d.last = d.parent;
  d.expert(x.encrypted);
  d.last = last;
}

// ------------------------------------------------------------------ commands, section 3.4

function dissectCommand(d: Dissection): void {
  const command = d.peek8();
  const name = nameOf(COMMANDS, command) ?? "Unknown";
  if (d.columns) d.setInfo(name);
  d.openText(d.pos, d.remaining, `Command Frame: ${name}`);
  d.u8(f.command);
  if (command === 8) addLinkStatus(d);
  d.close();
  if (d.remaining > 0) d.pos = d.end;
}

function addLinkStatus(d: Dissection): void {
  for (const field of [f.last, f.first]) d.bits(field, d.pos, 1);
  const count = d.bits(f.count, d.pos, 1);
  d.skip(1);
  for (let i = 1; i <= count; i++) {
    d.openText(d.pos, 3, `Link ${i}`);
    d.u16le(f.linkAddress);
    d.bits(f.incoming, d.pos, 1);
    d.bits(f.outgoing, d.pos, 1);
    d.skip(1);
    d.close();
  }
}

// ------------------------------------------------------------------ beacons, section 3.6.7

function dissectBeacon(d: Dissection): void {
  d.u8(b.protocol);
  const word = d.peek16le();
  const pan = d.peekBytes(8, 2).slice().reverse();
  const text = Array.from(pan, (byte) => byte.toString(16).padStart(2, "0")).join(":");
  const profile = nameOf(PROFILES, word & 15) ?? "Unknown Profile";
  if (d.columns) d.addInfo(`, EPID: ${text}`);
  if (d.labels) d.relabelLayer(`ZigBee Beacon, ${profile}, EPID: ${text}`);
  const flags = [word & 0x0400 ? ", Router Capacity" : "", word & 0x8000 ? ", End Device Capacity" : ""];
  d.openText(d.pos, 2, `Beacon: Stack Profile: ${profile}${flags.join("")}`);
  for (const field of [b.profile, b.version, b.router, b.depth, b.endDevice]) d.bitsLe(field, d.pos, 2);
  d.close();
  d.skip(2);
  d.add(b.pan, d.pos, 8, pan);
  d.skip(8);
  d.add(b.offset, d.pos, 3, d.peekUintLe(3));
  d.skip(3);
  d.u8(b.update);
}
