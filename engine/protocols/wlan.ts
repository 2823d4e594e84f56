/** Wireless LAN frames: IEEE 802.11-2020 clause 9. */
import { ADDRESS_BSSID, ADDRESS_ETHER, ADDRESS_RECEIVER, ADDRESS_TRANSMITTER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  type Field,
  joined,
  none,
  str,
  u8,
  u16,
  u24,
  u32,
  YES_NO,
} from "../dissect/field.ts";
import type { Datagram } from "../dissect/fragments.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { llc } from "./llc.ts";
import { BLOCK_ACK_NAMES, PRIORITY_NAMES, TYPE_SUBTYPE_NAMES } from "./names/wlan.ts";
import { radio } from "./radio.ts";
import { callReassembled, fragmentFields, isWhole, pieceHere } from "./reassembly.ts";
import { addHtControl, htControlExperts, htControlFields } from "./wlan-ht-control.ts";
import { dissectManagement, managementExperts, managementFields } from "./wlan-management.ts";

const TYPE_NAMES = {
  0: "Management frame",
  1: "Control frame",
  2: "Data frame",
  3: "Extension frame",
} as const;

/** Octets waiting, in the units of 256 that IEEE 802.11-2020 section 9.2.4.5.6 gives. */
function queueText(size: number): string {
  if (size === 254) return "254 (more than 64 768 octets)";
  if (size === 255) return "255 (unspecified or unknown)";
  return `${size} (${size * 256} bytes)`;
}

const FCS_UNVERIFIED = 2;
const fcsText = (status: number): string => (status === FCS_UNVERIFIED ? "Unverified" : String(status));

const { reassembledData: _, ...reassembly } = fragmentFields("wlan", "802.11");

const f = {
  fcTypeSubtype: u16("wlan.fc.type_subtype", "Type/Subtype", { base: "HEX", names: TYPE_SUBTYPE_NAMES }),
  fc: u16("wlan.fc", "Frame Control Field", { base: "HEX" }),
  fcVersion: u8("wlan.fc.version", "Version", { mask: 0x3 }),
  fcType: u8("wlan.fc.type", "Type", { mask: 0xc, names: TYPE_NAMES }),
  fcSubtype: u8("wlan.fc.subtype", "Subtype", { mask: 0xf0 }),
  flags: u8("wlan.flags", "Flags", { base: "HEX" }),
  fcDs: u8("wlan.fc.ds", "DS status", {
    base: "HEX",
    mask: 0x3,
    names: {
      0: "Not leaving DS or network is operating in AD-HOC mode (To DS: 0 From DS: 0)",
      1: "Frame from STA to DS via an AP (To DS: 1 From DS: 0)",
      2: "Frame from DS to a STA via AP(To DS: 0 From DS: 1)",
      3: "WDS (AP to AP) or Mesh (MP to MP) Frame (To DS: 1 From DS: 1)",
    },
  }),
  fcTods: bool("wlan.fc.tods", "To DS", {
    mask: 0x1,
    tf: ["Frame is entering DS", "Frame is not entering DS"],
  }),
  fcFromds: bool("wlan.fc.fromds", "From DS", {
    mask: 0x2,
    tf: ["Frame is exiting DS", "Frame is not exiting DS"],
  }),
  fcFrag: bool("wlan.fc.frag", "More Fragments", {
    mask: 0x4,
    tf: ["More fragments follow", "This is the last fragment"],
  }),
  fcRetry: bool("wlan.fc.retry", "Retry", {
    mask: 0x8,
    tf: ["Frame is being retransmitted", "Frame is not being retransmitted"],
  }),
  fcPwrmgt: bool("wlan.fc.pwrmgt", "PWR MGT", {
    mask: 0x10,
    tf: ["STA will go to sleep", "STA will stay up"],
  }),
  fcMoredata: bool("wlan.fc.moredata", "More Data", {
    mask: 0x20,
    tf: ["Data is buffered for STA at AP", "No data buffered"],
  }),
  fcProtected: bool("wlan.fc.protected", "Protected flag", {
    mask: 0x40,
    tf: ["Data is protected", "Data is not protected"],
  }),
  fcOrder: bool("wlan.fc.order", "+HTC/Order flag", {
    mask: 0x80,
    tf: ["Strictly ordered", "Not strictly ordered"],
  }),
  duration: u16("wlan.duration", "Duration", { mask: 0x7fff, unit: " microseconds" }),
  ra: ether("wlan.ra", "Receiver address"),
  da: ether("wlan.da", "Destination address"),
  ta: ether("wlan.ta", "Transmitter address"),
  sa: ether("wlan.sa", "Source address"),
  bssid: ether("wlan.bssid", "BSS Id"),
  staa: ether("wlan.staa", "STA address"),
  addr: ether("wlan.addr", "Hardware address"),
  frag: u16("wlan.frag", "Fragment number", { mask: 0xf }),
  seq: u16("wlan.seq", "Sequence number", { mask: 0xfff0 }),
  qos: u16("wlan.qos", "Qos Control", { base: "HEX" }),
  qosTid: u16("wlan.qos.tid", "TID", { mask: 0xf }),
  qosPriority: u16("wlan.qos.priority", "Priority", { mask: 0x7, names: PRIORITY_NAMES }),
  qosEosp: bool("wlan.qos.eosp", "EOSP", {
    mask: 0x10,
    bits: 16,
    tf: ["End of service period", "Service period"],
  }),
  qosBit4: bool("wlan.qos.bit4", "QoS bit 4", {
    mask: 0x10,
    bits: 16,
    tf: [
      "Bits 8-15 of QoS Control field are Queue Size",
      "Bits 8-15 of QoS Control field are TXOP Duration Requested",
    ],
  }),
  qosAck: u16("wlan.qos.ack", "Ack Policy", {
    base: "HEX",
    mask: 0x60,
    names: { 0: "Normal Ack", 1: "No Ack", 2: "No explicit acknowledgment", 3: "Block Ack" },
  }),
  qosAmsdupresent: bool("wlan.qos.amsdupresent", "Payload Type", {
    mask: 0x80,
    bits: 16,
    tf: ["A-MSDU", "MSDU"],
  }),
  qosTxopLimit: u16("wlan.qos.txop_limit", "TXOP Limit", { mask: 0xff00 }),
  qosPsBufState: u16("wlan.qos.ps_buf_state", "QAP PS Buffer State", { base: "HEX", mask: 0xff00 }),
  qosBufStateIndicated: bool("wlan.qos.buf_state_indicated", "Buffer State Indicated", {
    mask: 0x200,
    bits: 16,
    tf: YES_NO,
  }),
  qosHighestPriBufAc: u16("wlan.qos.highest_pri_buf_ac", "Highest-Priority Buffered AC", {
    mask: 0xc00,
    names: { 0: "Best Effort", 1: "Background", 2: "Video", 3: "Voice" },
  }),
  qosQapBufLoad: u16("wlan.qos.qap_buf_load", "QAP Buffered Load", { mask: 0xf000 }),
  qosTxopDurReq: u16("wlan.qos.txop_dur_req", "TXOP Duration Requested", { mask: 0xff00 }),
  qosQueueSize: u16("wlan.qos.queue_size", "Queue Size", { base: "CUSTOM", mask: 0xff00, text: queueText }),
  fcs: u32("wlan.fcs", "Frame check sequence", { base: "HEX" }),
  fcsStatus: u8("wlan.fcs.status", "FCS Status", { base: "CUSTOM", text: fcsText }),
  wepIv: u24("wlan.wep.iv", "Initialization Vector", { base: "HEX" }),
  wepWeakiv: bool("wlan.wep.weakiv", "Weak IV"),
  wepKey: u8("wlan.wep.key", "Key Index"),
  wepIcv: u32("wlan.wep.icv", "WEP ICV", { base: "HEX" }),
  tkipExtiv: str("wlan.tkip.extiv", "TKIP Ext. Initialization Vector"),
  ccmpExtiv: str("wlan.ccmp.extiv", "CCMP Ext. Initialization Vector"),
  baControl: u16("wlan.ba.control", "Block Ack Control", { base: "HEX" }),
  baControlAckpolicy: bool("wlan.ba.control.ackpolicy", "BA Ack Policy", {
    mask: 0x1,
    bits: 16,
    tf: ["Sender Does Not Require Immediate Acknowledgement", "Immediate Acknowledgement Required"],
  }),
  baControlBaType: u16("wlan.ba.control.ba_type", "BA Type", {
    base: "HEX",
    mask: 0x1e,
    names: BLOCK_ACK_NAMES,
  }),
  baControlReserved: u16("wlan.ba.control.reserved", "Reserved", { base: "HEX", mask: 0xfe0 }),
  baBasicTidinfo: u16("wlan.ba.basic.tidinfo", "TID for which a Basic BlockAck frame is requested", {
    base: "HEX",
    mask: 0xf000,
  }),
  baBm: bytes("wlan.ba.bm", "Block Ack Bitmap"),
  baBmMissingFrame: u32("wlan.ba.bm.missing_frame", "Missing frame"),
  baGcrGroupAddr: ether("wlan.ba.gcr_group_addr", "GCR Group Address"),
  qosMesh: u16("wlan.qos.mesh_ctl_present", "Mesh Control Present", { mask: 0x100 }),
  qosMeshLevel: u16("wlan.qos.mesh_ps.reserved", "Mesh Power Save Level (reserved)", { mask: 0x200 }),
  qosMeshRspi: u16("wlan.qos.mesh_rspi", "Receiver Service Period Initiated (RSPI)", { mask: 0x400 }),
  meshControl: none("wlan.mesh.control_field", "Mesh Control Field"),
  meshFlags: u8("wlan.fixed.mesh_flags", "Mesh Flags", { base: "HEX" }),
  meshTtl: u8("wlan.fixed.mesh_ttl", "Mesh TTL", { base: "HEX" }),
  meshSequence: u32("wlan.fixed.mesh_sequence", "Sequence Number", { base: "HEX" }),
  meshAddress4: ether("wlan.fixed.mesh_addr4", "Mesh Extended Address 4"),
  meshAddress5: ether("wlan.fixed.mesh_addr5", "Mesh Extended Address 5"),
  meshAddress6: ether("wlan.fixed.mesh_addr6", "Mesh Extended Address 6"),
  aid: u16("wlan.aid", "Association ID", { mask: 0x3fff }),
  ...reassembly,
  ...managementFields,
  ...Object.fromEntries(Object.entries(htControlFields).map(([key, field]) => [`htc ${key}`, field])),
};

const PV1_TYPES: Readonly<Record<number, string>> = {
  0: "PV1 QoS Data - with one SID",
  1: "PV1 Management",
  2: "PV1 Control",
  3: "PV1 QoS Data - with two addresses",
};
const pv1Flag = (name: string, title: string, mask: number): Field =>
  bool(`wlan.fc.${name}`, title, { bits: 16, mask });

/** Frames of protocol version 1, for sub-1 GHz networks: IEEE 802.11-2020 section 9.8. */
const pv1 = {
  version: u16("wlan.fc.version", "Version", { base: "HEX", mask: 0x0003 }),
  type: u16("wlan.fc.type", "Type", { base: "HEX", mask: 0x001c, names: PV1_TYPES }),
  ptid: u16("wlan.fc.ptid", "PTID", { base: "HEX", mask: 0x00e0 }),
  fromDs: pv1Flag("from_ds", "From DS", 0x0100),
  moreFragments: pv1Flag("more_fragments", "More Fragments", 0x0200),
  power: pv1Flag("power_management", "Power Management", 0x0400),
  moreData: pv1Flag("more_data", "More Data", 0x0800),
  protected: pv1Flag("protected_frame", "Protected Frame", 0x1000),
  endOfService: pv1Flag("end_of_service_period", "End of Service Period", 0x2000),
  relayed: pv1Flag("relayed_frame", "Relayed Frame", 0x4000),
  ackPolicy: pv1Flag("ack_policy", "Ack Policy", 0x8000),
  sid: u16("wlan.fc.sid", "SID", { base: "HEX" }),
  sidAssociation: u16("wlan.fc.sid.association_id", "Association ID", { base: "HEX", mask: 0x1fff }),
  sidA3: pv1Flag("sid.a3_present", "A3 Present", 0x2000),
  sidA4: pv1Flag("sid.a4_present", "A4 Present", 0x4000),
  sidAmsdu: pv1Flag("sid.a_msdu", "A MSDU", 0x8000),
};
const pv1Fields = Object.fromEntries(Object.entries(pv1).map(([key, field]) => [`pv1${key}`, field]));

export const wlan = protocol({
  name: "wlan",
  title: "IEEE 802.11 wireless LAN",
  short: "802.11",
  fields: joined(f, pv1Fields),
  experts: { ...managementExperts, ...htControlExperts },
  on: [[linkTypes, 105]],
  dissect,
});

const aggregate = {
  subframe: none("wlan_aggregate.a_mdsu.subframe", "A-MSDU Subframe"),
  length: u16("wlan_aggregate.a_mdsu.length", "A-MSDU Length"),
};
const wlanAggregate = protocol({
  name: "wlan_aggregate",
  title: "IEEE 802.11 Aggregate MSDU",
  short: "802.11 A-MSDU",
  quiet: true,
  fields: aggregate,
  dissect: dissectAggregate,
});

const MANAGEMENT = 0;
const CONTROL = 1;
const DATA = 2;

/** Bits of the frame control field's second byte. */
const TO_DS = 0x01;
const FROM_DS = 0x02;
const MORE_FRAGMENTS = 0x04;
const PROTECTED = 0x40;
const ORDER = 0x80;
/** Bits of the subtype of data frames. */
const SUBTYPE_NULL = 0x04;
const SUBTYPE_CF_POLL = 0x02;
const SUBTYPE_QOS = 0x08;

/** Subtypes of control frames. */
const BLOCK_ACK_REQUEST = 8;
const BLOCK_ACK = 9;
const PS_POLL = 10;
const CTS = 12;
const ACK = 13;
const CF_END = 14;
const CF_END_ACK = 15;

/** What the layer around the frame says of it: it has no frame check sequence. */
const carried = { serial: -1, swapped: false };

/**
 * Hands over an 802.11 frame as access points send it to their controllers (RFC 5412, RFC 5416 section 2.2).
 * @param swapped true when the two bytes of the frame control field are exchanged
 */
export function callCarriedWlan(d: Dissection, swapped: boolean): void {
  carried.serial = d.serial;
  carried.swapped = swapped;
  d.call(wlan);
  carried.serial = -1;
}

function dissect(d: Dissection): void {
  const isCarried = carried.serial === d.serial;
  const swapped = isCarried && carried.swapped;
  carried.serial = -1;
  d.setInfo("");
  const control = d.peek8(swapped ? 1 : 0);
  const version = control & 3;
  if (version !== 0) {
    dissectOther(d, version);
    return;
  }
  const type = (control >> 2) & 3;
  const subtype = control >> 4;
  const number = type * 16 + subtype;
  if (d.columns) d.setInfo(nameOf(number));
  if (d.labels) d.relabelLayer(`IEEE 802.11 ${nameOf(number)}`);
  const flags = addFrameControl(d, number, swapped);
  const fcs = isCarried ? 0 : fcsLength(d);
  if (type === MANAGEMENT) dissectManagementFrame(d, subtype, flags, fcs);
  else if (type === CONTROL) dissectControl(d, subtype, flags, fcs);
  else if (type === DATA) dissectData(d, subtype, flags, fcs);
  else d.call(data);
}

const nameOf = (number: number): string =>
  TYPE_SUBTYPE_NAMES[number] ?? `Unrecognized (Reserved frame), Type/Subtype: 0x${number.toString(16)}`;

const PV1_CONTROL = [
  pv1.version,
  pv1.type,
  pv1.ptid,
  pv1.fromDs,
  pv1.moreFragments,
  pv1.power,
  pv1.moreData,
  pv1.protected,
  pv1.endOfService,
  pv1.relayed,
  pv1.ackPolicy,
] as const;
const SID_BITS = [pv1.sidAssociation, pv1.sidA3, pv1.sidA4, pv1.sidAmsdu] as const;
const PV1_FROM_DS = 0x0100;

function dissectVersion1(d: Dissection): void {
  const control = d.peek16le();
  const type = (control >> 2) & 7;
  const name = PV1_TYPES[type] ?? "PV1 Reserved";
  if (d.columns) d.setInfo(name);
  if (d.labels) d.relabelLayer(`IEEE 802.11 ${name}`);
  d.bitsetLe(f.fc, 2, PV1_CONTROL);
  if (type !== 0) {
    if (d.remaining > 0) d.call(data);
    return;
  }
  const isFromAp = (control & PV1_FROM_DS) !== 0;
  if (isFromAp) addSid(d, "Receiver SID");
  const at = d.pos;
  d.need(6);
  if (isFromAp) d.setSource(ADDRESS_ETHER, d.buf, at, 6);
  else d.setDestination(ADDRESS_ETHER, d.buf, at, 6);
  addAddress(d, isFromAp ? f.ta : f.ra, at);
  addHiddenAddress(d, at);
  d.pos = at + 6;
  if (!isFromAp) addSid(d, "Transmitter SID");
  d.need(2);
  d.openText(d.pos, 2, "Sequence Control");
  addSequence(d, d.pos);
  d.close();
  d.pos = d.end;
}

/** The short identifier of a station. */
function addSid(d: Dissection, title: string): void {
  d.openText(d.pos, 2, title);
  const value = d.bitset(pv1.sid, 2, SID_BITS);
  if (d.labels)
    for (const bit of SID_BITS) if (bit.type === "FT_BOOLEAN" && value & bit.mask) d.append(`, ${bit.title}`);
  d.close();
}

/** Protocol versions beyond 1 are not dissected. */
function dissectOther(d: Dissection, version: number): void {
  if (version === 1) {
    dissectVersion1(d);
    return;
  }
  if (d.columns) d.setInfo(`Unknown protocol version: ${version}`);
  if (d.labels) d.relabelLayer(`IEEE 802.11 Unknown Protocol Version:${version}`);
  d.bits(f.fcVersion, d.pos, 1);
  d.call(data);
}

const FLAG_BITS = [f.fcFrag, f.fcRetry, f.fcPwrmgt, f.fcMoredata, f.fcProtected, f.fcOrder] as const;

/** The frame control field; its second byte. */
function addFrameControl(d: Dissection, number: number, swapped: boolean): number {
  const at = d.pos;
  const typeAt = swapped ? at + 1 : at;
  const flagsAt = swapped ? at : at + 1;
  d.need(1);
  d.add(f.fcTypeSubtype, at, 1, number);
  const value = d.peek16();
  const flags = d.buf[flagsAt];
  if (!d.building) {
    d.pos += 2;
    return flags;
  }
  d.open(f.fc, at, 2, value);
  if (swapped) d.append("(Swapped)");
  d.bits(f.fcVersion, typeAt, 1);
  d.bits(f.fcType, typeAt, 1);
  d.bits(f.fcSubtype, typeAt, 1);
  d.open(f.flags, flagsAt, 1, flags);
  d.bits(f.fcDs, flagsAt, 1);
  d.hidden(f.fcTods, flagsAt, 1, flags & TO_DS ? 1 : 0);
  d.hidden(f.fcFromds, flagsAt, 1, flags & FROM_DS ? 1 : 0);
  for (const field of FLAG_BITS) d.bits(field, flagsAt, 1);
  d.close();
  d.close();
  d.pos += 2;
  return flags;
}

/** Bytes of the frame check sequence: what the receiver's header says, else the capture file. */
function fcsLength(d: Dissection): number {
  if (radio.serial === d.serial) return Math.max(0, radio.fcsLength);
  return d.building ? (d.context.fcsLength ?? 0) : 0;
}

const FLAG_LETTERS = "opmPRMFT";

/** `.p....F.C`: a letter for each bit of the flags, C for a frame check sequence. */
function flagText(flags: number, fcs: number): string {
  let text = "";
  for (let i = 0; i < 8; i++) text += (flags >> (7 - i)) & 1 ? FLAG_LETTERS[i] : ".";
  return fcs > 0 ? `${text}C` : text;
}

/** Title and info text once the header is known to be there; `sequence` is -1 for frames that have no number. */
function describe(d: Dissection, number: number, flags: number, fcs: number, sequence: number): void {
  if (!d.labels && !d.columns) return;
  const text = flagText(flags, fcs);
  if (d.labels) d.relabelLayer(`IEEE 802.11 ${nameOf(number)}, Flags: ${text}`);
  if (!d.columns) return;
  const numbers = sequence < 0 ? "" : `, SN=${sequence >> 4}, FN=${sequence & 15}`;
  d.setInfo(`${nameOf(number)}${numbers}, Flags=${text}`);
}

function addDuration(d: Dissection): void {
  d.bitsLe(f.duration, d.pos, 2);
  d.pos += 2;
}

function addAddress(d: Dissection, field: Field, at: number): void {
  if (!d.building) return;
  d.needAt(at, 6);
  d.add(field, at, 6, d.buf.subarray(at, at + 6));
}

function addHiddenAddress(d: Dissection, at: number): void {
  if (!d.building) return;
  d.needAt(at, 6);
  d.hidden(f.addr, at, 6, d.buf.subarray(at, at + 6));
}

function addSequence(d: Dissection, at: number): void {
  if (!d.building) return;
  d.bitsLe(f.frag, at, 2);
  d.bitsLe(f.seq, at, 2);
}

/** The frame check sequence, which then is no part of the rest of the frame. */
function takeFcs(d: Dissection, length: number): void {
  if (length < 4) return;
  const at = d.wireEnd - 4;
  if (at < d.pos) return;
  if (d.building && at + 4 <= d.end) {
    const { buf } = d;
    const value = (buf[at] | (buf[at + 1] << 8) | (buf[at + 2] << 16) | (buf[at + 3] << 24)) >>> 0;
    d.add(f.fcs, at, 4, value);
    d.append(" [unverified]");
  }
  if (d.building) d.generated(f.fcsStatus, at, 0, FCS_UNVERIFIED);
  d.wireEnd = at;
  if (d.end > at) d.end = at;
}

const HEADER = 24;
const ADDRESS_1 = 4;
const ADDRESS_2 = 10;
const ADDRESS_3 = 16;
const SEQUENCE = 22;

function dissectManagementFrame(d: Dissection, subtype: number, flags: number, fcs: number): void {
  const start = d.pos - 2;
  addDuration(d);
  addAddress(d, f.ra, start + ADDRESS_1);
  d.pos = start;
  d.need(HEADER);
  d.setAddresses(ADDRESS_ETHER, start + ADDRESS_2, start + ADDRESS_1, 6);
  const sequence = d.peek16le(SEQUENCE);
  describe(d, subtype, flags, fcs, sequence);
  addHiddenAddress(d, start + ADDRESS_1);
  addAddress(d, f.da, start + ADDRESS_1);
  addAddress(d, f.ta, start + ADDRESS_2);
  addAddress(d, f.sa, start + ADDRESS_2);
  addAddress(d, f.bssid, start + ADDRESS_3);
  addHiddenAddress(d, start + ADDRESS_2);
  addHiddenAddress(d, start + ADDRESS_3);
  addSequence(d, start + SEQUENCE);
  d.pos = start + HEADER;
  takeFcs(d, fcs);
  if (flags & ORDER) addHtControl(d);
  if (flags & PROTECTED) {
    dissectProtected(d);
    return;
  }
  if (d.remaining > 0 || d.wireRemaining > 0) dissectManagement(d, subtype);
}

function dissectControl(d: Dissection, subtype: number, flags: number, fcs: number): void {
  const start = d.pos - 2;
  const number = CONTROL * 16 + subtype;
  const length = subtype === CTS || subtype === ACK ? 10 : 16;
  if (subtype < BLOCK_ACK_REQUEST) {
    describe(d, number, flags, fcs, -1);
    addDuration(d);
    takeFcs(d, fcs);
    if (d.remaining > 0) d.call(data);
    return;
  }
  if (subtype === PS_POLL) {
    d.bitsLe(f.aid, d.pos, 2);
    d.pos += 2;
  } else addDuration(d);
  d.pos = start;
  d.need(length);
  describe(d, number, flags, fcs, -1);
  d.setDestination(ADDRESS_RECEIVER, d.buf, start + ADDRESS_1, 6);
  if (subtype === PS_POLL) d.setDestination(ADDRESS_BSSID, d.buf, start + ADDRESS_1, 6);
  if (length > 10) d.setSource(ADDRESS_TRANSMITTER, d.buf, start + ADDRESS_2, 6);
  if (subtype === CF_END || subtype === CF_END_ACK) d.setSource(ADDRESS_BSSID, d.buf, start + ADDRESS_2, 6);
  addControlAddresses(d, subtype, start);
  d.pos = start + length;
  takeFcs(d, fcs);
  if (subtype === BLOCK_ACK_REQUEST || subtype === BLOCK_ACK) dissectBlockAck(d, subtype === BLOCK_ACK);
}

/** The addresses of a control frame with their roles: IEEE 802.11-2020 section 9.3.1. */
function addControlAddresses(d: Dissection, subtype: number, start: number): void {
  if (!d.building) return;
  if (subtype === PS_POLL) addAddress(d, f.bssid, start + ADDRESS_1);
  else addAddress(d, f.ra, start + ADDRESS_1);
  addHiddenAddress(d, start + ADDRESS_1);
  if (subtype === CTS || subtype === ACK) return;
  const isEnd = subtype === CF_END || subtype === CF_END_ACK;
  addAddress(d, isEnd ? f.bssid : f.ta, start + ADDRESS_2);
  addHiddenAddress(d, start + ADDRESS_2);
}

const BLOCK_ACK_CONTROL = [
  f.baControlAckpolicy,
  f.baControlBaType,
  f.baControlReserved,
  f.baBasicTidinfo,
] as const;
const SSC_BITS = [f.fixedSscFragment, f.fixedSscSequence] as const;
const BASIC = 0;
const COMPRESSED = 2;

/** IEEE 802.11-2020 sections 9.3.1.7 and 9.3.1.8: the basic and compressed variants. */
function dissectBlockAck(d: Dissection, isAck: boolean): void {
  const control = d.bitsetLe(f.baControl, 2, BLOCK_ACK_CONTROL);
  const variant = (control >> 1) & 15;
  if (variant !== BASIC && variant !== COMPRESSED) {
    if (d.remaining > 0) d.call(data);
    return;
  }
  const start = d.bitsetLe(f.fixedSsc, 2, SSC_BITS);
  if (!isAck) return;
  const length = variant === BASIC ? 128 : start & 0x0f ? Math.min(32, d.wireRemaining) : 8;
  const at = d.pos;
  d.need(length);
  if (d.building) {
    d.open(f.baBm, at, length, d.peekBytes(length));
    if (variant === COMPRESSED) addMissing(d, at, length, start >> 4);
    d.close();
  }
  d.pos = at + length;
}

/** The numbers of the frames that a bitmap does not acknowledge. */
function addMissing(d: Dissection, at: number, length: number, first: number): void {
  for (let i = 0; i < length * 8; i++) {
    const one = at + (i >> 3);
    if (((d.buf[one] >> (i & 7)) & 1) === 0) d.add(f.baBmMissingFrame, one, 1, (first + i) & 0xfff);
  }
}

function dissectData(d: Dissection, subtype: number, flags: number, fcs: number): void {
  const start = d.pos - 2;
  const number = DATA * 16 + subtype;
  const ds = flags & (TO_DS | FROM_DS);
  const relayed = ds === (TO_DS | FROM_DS);
  const isQos = (subtype & SUBTYPE_QOS) !== 0;
  addDuration(d);
  const header = HEADER + (relayed ? 6 : 0);
  d.pos = start;
  d.need(header);
  const destination = start + (flags & TO_DS ? ADDRESS_3 : ADDRESS_1);
  const source = start + (relayed ? HEADER : flags & FROM_DS ? ADDRESS_3 : ADDRESS_2);
  d.setAddresses(ADDRESS_ETHER, source, destination, 6);
  const sequence = d.peek16le(SEQUENCE);
  describe(d, number, flags, fcs, sequence);
  if (d.building) addDataAddresses(d, start, ds, source, destination);
  d.pos = start + header;
  takeFcs(d, fcs);
  const qos = isQos ? addQos(d, subtype, flags) : 0;
  if (isQos && (flags & ORDER) !== 0) addHtControl(d);
  const hasMesh =
    relayed && (qos & MESH) !== 0 && (flags & PROTECTED) === 0 && (subtype & SUBTYPE_NULL) === 0;
  if (hasMesh) addMeshControl(d);
  if (radio.serial === d.serial && radio.dataPad) d.pos = start + ((d.pos - start + 3) & ~3);
  if (subtype & SUBTYPE_NULL) return;
  if (flags & PROTECTED) dissectProtected(d);
  else if (d.remaining <= 0) return;
  else if (flags & MORE_FRAGMENTS || sequence & 15) dissectFragment(d, flags, sequence, qos);
  else callBody(d, qos);
}

function callBody(d: Dissection, qos: number): void {
  if (qos & AMSDU) d.call(wlanAggregate);
  else dissectPayload(d);
}

/** Offset of a fragment by its number, from the lengths of those before it; -1 when one of them is missing. */
function fragmentOffset(datagram: Datagram, number: number): number {
  let known = 0;
  let end = 0;
  for (const piece of datagram.sorted()) {
    if (piece.offset < end) continue;
    if (known === number) return piece.offset;
    known++;
    end = piece.offset + piece.length;
  }
  return known === number ? end : -1;
}

/** One of the fragments of a frame's body (IEEE 802.11-2020 section 10.4), which are numbered from 0. */
function dissectFragment(d: Dissection, flags: number, sequence: number, qos: number): void {
  const number = sequence & 15;
  const more = (flags & MORE_FRAGMENTS) !== 0;
  const length = d.wireRemaining;
  let reassembledIn = 0;
  if (d.remaining === length && length > 0 && !d.quoted) {
    const key = `wlan,${d.srcId},${d.dstId},${sequence >> 4}`;
    const { fragments, indexing } = d.memory;
    // A last fragment with none before it is taken for a whole body.
    const isAlone = indexing && !more && !fragments.has(key);
    const datagram = d.datagram(key);
    if (datagram !== undefined) {
      if (indexing) {
        const offset = isAlone ? 0 : fragmentOffset(datagram, number);
        if (offset !== -1) fragments.add(key, datagram, pieceHere(d, offset, length, more));
      }
      if (isWhole(datagram)) {
        callBody(d, qos);
        return;
      }
      const found = datagram.reassembledIn === d.frame;
      if (found && callReassembled(d, f, "802.11", datagram, (whole) => callBody(whole, qos))) return;
      reassembledIn = datagram.reassembledIn;
    }
  }
  if (reassembledIn !== 0) d.generated(f.reassembledIn, d.pos, 0, reassembledIn);
  if (d.columns) d.setInfo("Fragmented IEEE 802.11 frame");
  d.call(data);
}

function addDataAddresses(
  d: Dissection,
  start: number,
  ds: number,
  source: number,
  destination: number,
): void {
  addAddress(d, f.ra, start + ADDRESS_1);
  addHiddenAddress(d, start + ADDRESS_1);
  addAddress(d, f.ta, start + ADDRESS_2);
  addHiddenAddress(d, start + ADDRESS_2);
  addAddress(d, f.da, destination);
  addAddress(d, f.sa, source);
  if (ds === 0) addAddress(d, f.bssid, start + ADDRESS_3);
  else if (ds !== (TO_DS | FROM_DS)) {
    addAddress(d, f.bssid, start + (ds === TO_DS ? ADDRESS_1 : ADDRESS_2));
    addAddress(d, f.staa, start + (ds === TO_DS ? ADDRESS_2 : ADDRESS_1));
  }
  addSequence(d, start + SEQUENCE);
  addHiddenAddress(d, start + ADDRESS_3);
  if (ds === (TO_DS | FROM_DS)) addHiddenAddress(d, start + HEADER);
}

const AMSDU = 0x80;
const QOS_BIT_4 = 0x10;
const BUFFER_STATE = 0x0200;

/** QoS control, IEEE 802.11-2020 section 9.2.4.5: the field. */
function addQos(d: Dissection, subtype: number, flags: number): number {
  const at = d.pos;
  const value = d.peek16le();
  d.pos += 2;
  if (!d.building) return value;
  d.open(f.qos, at, 2, value);
  d.bitsLe(f.qosTid, at, 2);
  d.generated(f.qosPriority, at, 2, value & 7);
  const fromAp = (flags & FROM_DS) !== 0;
  d.bitsLe(fromAp ? f.qosEosp : f.qosBit4, at, 2);
  d.bitsLe(f.qosAck, at, 2);
  if ((subtype & SUBTYPE_NULL) === 0) d.bitsLe(f.qosAmsdupresent, at, 2);
  if ((flags & (TO_DS | FROM_DS)) === (TO_DS | FROM_DS) && value & MESH) {
    for (const field of MESH_BITS) d.bitsLe(field, at, 2);
  } else if (!fromAp) {
    d.bitsLe(value & QOS_BIT_4 ? f.qosQueueSize : f.qosTxopDurReq, at, 2);
    if ((value & QOS_BIT_4) === 0 && value >> 8 === 0) d.append(" (no TXOP requested)");
  } else if (subtype & SUBTYPE_CF_POLL) d.bitsLe(f.qosTxopLimit, at, 2);
  else addBufferState(d, at, value);
  d.close();
  return value;
}

function addBufferState(d: Dissection, at: number, value: number): void {
  d.bitsLe(f.qosPsBufState, at, 2);
  d.openLast();
  d.bitsLe(f.qosBufStateIndicated, at, 2);
  if (value & BUFFER_STATE) {
    d.bitsLe(f.qosHighestPriBufAc, at, 2);
    d.bitsLe(f.qosQapBufLoad, at, 2);
  }
  d.close();
}

const MESH = 0x0100;
const MESH_BITS = [f.qosMesh, f.qosMeshLevel, f.qosMeshRspi] as const;

/** Mesh control, IEEE 802.11-2020 section 9.2.4.7.3. */
function addMeshControl(d: Dissection): void {
  const extended = (d.peek8() & 3) * 6;
  d.need(6 + extended);
  const at = d.pos;
  d.pos += 6 + extended;
  if (!d.building) return;
  d.open(f.meshControl, at, 6 + extended);
  d.add(f.meshFlags, at, 1, d.buf[at]);
  d.add(f.meshTtl, at + 1, 1, d.buf[at + 1]);
  d.add(f.meshSequence, at + 2, 4, d.peek32le(at + 2 - d.pos));
  if (extended === 6) addAddress(d, f.meshAddress4, at + 6);
  if (extended >= 12) {
    addAddress(d, f.meshAddress5, at + 6);
    addAddress(d, f.meshAddress6, at + 12);
  }
  d.close();
}

const EXTENDED_IV = 0x20;

/** WEP, TKIP and CCMP parameters, IEEE 802.11-2020 sections 12.3 and 12.5; what they protect stays data. */
function dissectProtected(d: Dissection): void {
  const at = d.pos;
  const key = d.peek8(3);
  if ((key & EXTENDED_IV) === 0) {
    dissectWep(d, at, key);
    return;
  }
  const first = d.peek8();
  const second = d.peek8(1);
  const high = d.peek32le(4);
  // TKIP repeats its first byte in the second, made no weak key of RC4.
  const isTkip = second === ((first | 0x20) & 0x7f);
  const low = isTkip ? (first << 8) | d.peek8(2) : (second << 8) | first;
  if (d.building) {
    const iv = `0x${high.toString(16).padStart(8, "0")}${low.toString(16).padStart(4, "0")}`.toUpperCase();
    d.openText(at, 8, `${isTkip ? "TKIP" : "CCMP"} parameters`);
    d.add(isTkip ? f.tkipExtiv : f.ccmpExtiv, at, 8, iv.replace("0X", "0x"));
    d.add(f.wepKey, at + 3, 1, key >> 6);
    d.close();
  }
  d.pos = at + 8;
  if (d.remaining > 0) d.call(data);
}

const ICV = 4;

function dissectWep(d: Dissection, at: number, key: number): void {
  const icv = d.wireEnd - ICV;
  const hasIcv = icv >= at + 4;
  if (d.building) {
    d.openText(at, 4, "WEP parameters");
    d.add(f.wepIv, at, 3, d.peek24());
    d.add(f.wepKey, at + 3, 1, key >> 6);
    if (hasIcv && d.end === d.wireEnd) {
      d.add(f.wepIcv, icv, ICV, d.peek32(icv - d.pos));
      d.append(" (not verified)");
    }
    d.close();
  }
  d.pos = at + 4;
  if (hasIcv) {
    d.wireEnd = icv;
    if (d.end > icv) d.end = icv;
  }
  if (d.remaining > 0) d.call(data);
}

const SNAP_PAIR = 0xaaaa;
const RAW_IPX = 0xffff;

/** A data frame holds an LLC PDU; some senders put a whole Ethernet frame there, which repeats its addresses. */
function dissectPayload(d: Dissection): void {
  if (d.remaining >= 2) {
    const first = d.peek16();
    if (first === RAW_IPX) {
      d.call(data);
      return;
    }
    const ethernet = linkTypes.get(1);
    if (first !== SNAP_PAIR && ethernet !== undefined && d.remaining >= 14 && repeatsAddresses(d)) {
      d.call(ethernet);
      return;
    }
  }
  d.call(llc);
}

function repeatsAddresses(d: Dissection): boolean {
  const { addresses } = d.memory;
  const source = addresses.bytes(d.srcId);
  const destination = addresses.bytes(d.dstId);
  for (let i = 0; i < 6; i++) {
    if (d.buf[d.pos + i] !== destination[i] || d.buf[d.pos + 6 + i] !== source[i]) return false;
  }
  return true;
}

const SUBFRAME_HEADER = 14;

/** An A-MSDU, IEEE 802.11-2020 section 9.3.2.2.2: subframes with addresses and a length, each padded to four bytes. */
function dissectAggregate(d: Dissection): void {
  const { end, wireEnd } = d;
  const start = d.pos;
  d.layerEnd(end);
  for (let number = 1; d.pos < end; number++) {
    const at = d.pos;
    d.need(SUBFRAME_HEADER);
    const length = d.peek16(12);
    d.open(aggregate.subframe, at, Math.min(SUBFRAME_HEADER + length, end - at));
    if (d.labels) d.relabel(`A-MSDU Subframe #${number}`);
    addAddress(d, f.da, at);
    addAddress(d, f.sa, at + 6);
    d.add(aggregate.length, at + 12, 2, length);
    d.close();
    d.pos = at + SUBFRAME_HEADER;
    d.limit(length);
    if (d.remaining > 0) d.call(llc);
    d.end = end;
    d.wireEnd = wireEnd;
    d.pos = start + ((at - start + SUBFRAME_HEADER + length + 3) & ~3);
    if (d.pos > d.wireEnd) return;
  }
}
