/** DOCSIS (ANSI/SCTE 79-1, CM-SP-MULPI): cable modems' MAC header, what it carries, and management's header. */
import { ADDRESS_ETHER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, expert, type Field, u8, u16, u24, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { CHECKSUM_STATUS_NAMES, checksumStatusText } from "./checksum.ts";
import { data } from "./data.ts";
import { ethernet } from "./ethernet.ts";

const EXTENSION_NAMES: Readonly<Record<number, string>> = {
  0: "NULL Configuration Parameter",
  1: "Request",
  2: "Acknowledgement Requested",
  3: "Upstream Privacy Element",
  4: "Downstream  Privacy Element",
  6: "Service Flow EH; PHS Header Upstream",
  5: "Service Flow EH; PHS Header Downstream",
  7: "Upstream Privacy with Multi Channel",
  8: "Downstream Service",
  9: "Path Verify",
  10: "Reserved",
  11: "Reserved",
  12: "Reserved",
  13: "Reserved",
  14: "Reserved",
  15: "Extended",
};
const MESSAGE_NAMES: Readonly<Record<number, string>> = {
  1: "Timing Synchronisation",
  2: "Upstream Channel Descriptor",
  29: "Upstream Channel Descriptor Type 29",
  35: "Upstream Channel Descriptor Type 35",
  3: "Upstream Bandwidth Allocation",
  4: "Ranging Request",
  5: "Ranging Response",
  6: "Registration Request",
  7: "Registration Response",
  8: "Upstream Channel Change Request",
  9: "Upstream Channel Change Response",
  10: "Telephony Channel Descriptor",
  11: "Termination System Information",
  12: "Privacy Key Management Request",
  13: "Privacy Key Management Response",
  14: "Registration Acknowledge",
  15: "Dynamic Service Addition Request",
  16: "Dynamic Service Addition Response",
  17: "Dynamic Service Addition  Acknowledge",
  18: "Dynamic Service Change Request",
  19: "Dynamic Service Change Response",
  20: "Dynamic Service Change Acknowledge",
  21: "Dynamic Service Delete Request",
  22: "Dynamic Service Delete Response",
  23: "Dynamic Channel Change Request",
  24: "Dynamic Channel Change Response",
  25: "Dynamic Channel Change Acknowledge",
  26: "Device Class Identification Request",
  27: "Device Class Identification Response",
  28: "Upstream Channel Disable",
  30: "Initial Ranging Request",
  31: "Test Request Message",
  32: "Downstream Channel Descriptor",
  33: "MAC Domain Descriptor",
  34: "Bonded Initial Ranging Request",
  36: "Dynamic Bonding Change Request",
  37: "Dynamic Bonding Change Response",
  38: "Dynamic Bonding Change Acknowledge",
  39: "DOCSIS Path Verify Request",
  40: "DOCSIS Path Verify Response",
  41: "CM Status Report",
  42: "CM Control Request",
  43: "CM Control Response",
  44: "Multipart Registration Request",
  45: "Multipart Registration Response",
  46: "Energy Management Request",
  47: "Energy Management Response",
  48: "Status Report Acknowledge",
  49: "OFDM Channel Descriptor",
  50: "Downstream Profile Descriptor",
  51: "Upstream Channel Descriptor Type 51",
  52: "ODS-REQ",
  53: "ODS-RSP",
  54: "OFDM Downstream Profile Test Request",
  55: "OFDM Downstream Profile Test Response",
  56: "OFDM Downstream Profile Test Acknowledge",
  57: "DOCSIS Time Protocol Request",
  58: "DOCSIS Time Protocol Response",
  59: "DOCSIS Time Protocol Acknowledge",
  60: "DOCSIS Time Protocol Information",
  61: "DOCSIS Resource Block Assignment",
};
const PRESENT = ["Extended Header Present", "Extended Header Absent"] as const;
const ENABLED = ["Enabled", "Disabled"] as const;
const KEY = ["Odd Key", "Even Key"] as const;

const f = {
  type: u8("docsis.fctype", "FCType", {
    base: "HEX",
    mask: 0xc0,
    names: { 0: "Packet PDU", 1: "Reserved", 2: "Isolation PDU", 3: "MAC Specific" },
  }),
  parm: u8("docsis.fcparm", "FCParm", {
    mask: 0x3e,
    names: { 0: "PDU MAC", 1: "DELAY/DUPLICATE/MULTICAST/BROADCAST" },
  }),
  specific: u8("docsis.fcparm", "FCParm", {
    mask: 0x3e,
    names: {
      0: "Timing Header",
      1: "MAC Management Message",
      2: "Request Frame",
      3: "Fragmentation Header",
      4: "Queue Depth-based Request Frame",
      28: "Concatenation Header",
    },
  }),
  extended: bool("docsis.exthdr", "EXTHDR", { mask: 0x01, tf: PRESENT }),
  macParm: u8("docsis.macparm", "MACParm", { base: "HEX" }),
  frames: u8("docsis.concat_cnt", "Number of Concatenated Frames"),
  extLength: u8("docsis.ehdrlen", "Extended Header Length (bytes)"),
  length: u16("docsis.len", "Length of the MAC frame (bytes)"),
  eType: u8("docsis.ehdr.type", "Type", { mask: 0xf0, names: EXTENSION_NAMES }),
  eLength: u8("docsis.ehdr.len", "Length", { mask: 0x0f }),
  eValue: bytes("docsis.ehdr.value", "Value"),
  sid: u16("docsis.ehdr.sid", "SID", { base: "DEC_HEX", mask: 0x3fff }),
  minislots: u8("docsis.ehdr.minislots", "MiniSlots"),
  requested: u16(
    "docsis.ehdr.reqsize",
    "Requested bytes in units of N bytes, N a parameter of the service flow for which this request is being made",
    { mask: 0xffff },
  ),
  keySequence: u8("docsis.ehdr.keyseq", "Key Sequence", { mask: 0xf0 }),
  version: u8("docsis.ehdr.ver", "Version", { mask: 0x0f }),
  encryption: bool("docsis.bpi_en", "Encryption", { mask: 0x80, tf: ENABLED }),
  toggle: bool("docsis.toggle_bit", "Toggle", { mask: 0x40, tf: KEY }),
  said: u16("docsis.ehdr.said", "SAID", { mask: 0x3fff }),
  reserved: u8("docsis.ehdr.rsvd", "Reserved", { base: "HEX" }),
  phsi: u8("docsis.ehdr.phsi", "Payload Header Suppression Index", {
    names: { 0: "No PHS on current packet" },
  }),
  queue: bool("docsis.ehdr.qind", "Queue Indicator", {
    mask: 0x80,
    tf: ["Rate overrun", "Rate non-overrun"],
  }),
  grants: u8("docsis.ehdr.act_grants", "Active Grants", { mask: 0x7f }),
  keySequence2: u8("docsis.ehdr.bpup2_keyseq", "Key Sequence", { mask: 0xf0 }),
  version2: u8("docsis.ehdr.bpup2_ver", "Version", { mask: 0x0f }),
  encryption2: bool("docsis.ehdr.bpup2_bpi_en", "Encryption", { mask: 0x80, tf: ENABLED }),
  toggle2: bool("docsis.ehdr.bpup2_toggle_bit", "Toggle", { mask: 0x40, tf: KEY }),
  sid2: u16("docsis.ehdr.bpup2_sid", "SID", { mask: 0x3fff }),
  priority: u8("docsis.ehdr.ds_traffic_pri", "DS Traffic Priority", { mask: 0xe0 }),
  change: u8("docsis.ehdr.ds_seq_chg_cnt", "DS Sequence Change Count", { mask: 0x10 }),
  dsid: u24("docsis.ehdr.ds_dsid", "DS DSID", { mask: 0xfffff }),
  packet: u16("docsis.ehdr.ds_pkt_seq_num", "DS Packet Sequence Number"),
  pathReference: u8("docsis.ehdr.pv_start_ref", "Start Reference Point"),
  pathTime: u32("docsis.ehdr.pv_timestamp", "Timestamp"),
  hcs: u16("docsis.hcs", "Header check sequence", { base: "HEX" }),
  hcsStatus: u8("docsis.hcs.status", "HCS Status", {
    base: "CUSTOM",
    names: CHECKSUM_STATUS_NAMES,
    text: checksumStatusText,
  }),
  encrypted: bytes("docsis.encrypted_payload", "Encrypted Payload"),
};

const x = {
  hcs: expert("docsis.hcs_bad", "error", "Checksum", "Bad checksum"),
  length: expert(
    "docsis.len.past_end",
    "error",
    "Malformed",
    "Length field value goes past the end of the payload",
  ),
};

export const docsis = protocol({
  name: "docsis",
  title: "DOCSIS",
  short: "DOCSIS",
  fields: f,
  experts: x,
  contained: true,
  on: [[linkTypes, 143]],
  dissect,
});

const SPECIFIC = 3;
const PACKET = 0;
const RESERVED = 1;
const MANAGEMENT = 1;
const REQUEST = 2;
const FRAGMENT = 3;
const QUEUE_REQUEST = 4;
const CONCATENATION = 28;
const TITLES = ["Packet PDU", "Reserved PDU", "Isolation PDU", "MAC Specific"] as const;
const LINES = ["Packet PDU", "Reserved PDU", "Isolation PDU", "MAC-Specific PDU"] as const;

/** Set by an extended header: what follows the addresses is encrypted. */
let isEncrypted = false;

function dissect(d: Dissection): void {
  const start = d.pos;
  isEncrypted = false;
  const first = d.peek8();
  const type = first >> 6;
  const parm = (first >> 1) & 0x1f;
  const specific = type === SPECIFIC;
  // A request says whom it is from where others have their length.
  const request = specific && (parm === REQUEST || parm === QUEUE_REQUEST);
  d.need(specific && parm === QUEUE_REQUEST ? 7 : 6);
  if (d.columns) d.setInfo(TITLES[type]);
  if (d.labels) {
    const concatenated = specific && parm === CONCATENATION ? " (Concatenated Header)" : "";
    d.relabelLayer(`DOCSIS ${LINES[type]}${concatenated}`);
  }
  d.bits(f.type, start, 1);
  d.bits(specific ? f.specific : f.parm, start, 1);
  d.bits(f.extended, start, 1);
  d.skip(1);
  if (request) {
    dissectRequest(d, parm);
    addHcs(d, start);
    return;
  }
  const extended = (first & 1) !== 0;
  const second = d.u8(extended ? f.extLength : specific && parm === CONCATENATION ? f.frames : f.macParm);
  const length = d.u16(f.length);
  if (length > d.wireRemaining - 2) d.expert(x.length);
  const extension = extended ? second : 0;
  if (extension > 0) addExtension(d, extension);
  const good = addHcs(d, start);
  const payload = length - extension;
  if (payload <= 0 || d.wireRemaining === 0) return;
  d.limit(payload);
  if (isEncrypted && d.columns) d.addInfo(" (Encrypted)");
  if (specific && parm === FRAGMENT && d.columns) d.setInfo("Fragmented Frame");
  if (!good) return;
  if (isEncrypted) {
    if (d.remaining > 12) {
      d.skip(12);
      d.bytes(f.encrypted, d.remaining);
    }
  } else if (type === PACKET) d.callBelow(ethernet);
  else if (type === RESERVED) d.callBelow(data);
  else if (specific && parm === MANAGEMENT) d.callBelow(management);
}

function dissectRequest(d: Dissection, parm: number): void {
  if (parm === REQUEST) {
    const slots = d.u8(f.minislots);
    const sid = d.bits(f.sid, d.pos, 2);
    if (d.columns) d.setInfo(`Request Frame SID=${sid} Mini Slots=${slots}`);
  } else {
    const size = d.bits(f.requested, d.pos, 2);
    d.skip(2);
    const sid = d.bits(f.sid, d.pos, 2);
    if (d.columns) d.setInfo(`Request Frame SID=${sid}, Requested Size=${size}xN bytes`);
  }
  d.skip(2);
}

const GOOD = 1;
const BAD = 0;

/** The header's check sequence, CRC-CCITT over all before it; false when it is wrong. */
function addHcs(d: Dissection, start: number): boolean {
  const at = d.pos;
  let crc = 0xffff;
  d.need(2);
  for (let i = start; i < at; i++) {
    crc ^= d.buf[i];
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  crc ^= 0xffff;
  const right = ((crc & 0xff) << 8) | (crc >> 8);
  const good = d.u16(f.hcs) === right;
  if (good) d.append(" [correct]");
  else {
    const text = `should be 0x${right.toString(16).padStart(4, "0")}`;
    if (d.labels) d.append(` incorrect, ${text}`);
    d.expert(x.hcs, `Bad checksum [${text}]`);
  }
  d.generated(f.hcsStatus, at, 0, good ? GOOD : BAD);
  return good;
}

const EH_REQUEST = 1;
const EH_UPSTREAM_PRIVACY = 3;
const EH_DOWNSTREAM_PRIVACY = 4;
const EH_DOWNSTREAM_FLOW = 5;
const EH_UPSTREAM_FLOW = 6;
const EH_UPSTREAM_PRIVACY2 = 7;
const EH_DOWNSTREAM_SERVICE = 8;
const EH_PATH = 9;
const ENCRYPTED = 0x80;

function addExtension(d: Dissection, length: number): void {
  const at = d.pos;
  d.need(length);
  d.openText(at, length, "Extended Header");
  while (d.pos < at + length) {
    const type = d.peek8() >> 4;
    const size = d.peek8() & 15;
    d.bits(f.eType, d.pos, 1);
    d.bits(f.eLength, d.pos, 1);
    d.skip(1);
    const next = d.pos + size;
    d.need(size);
    if (size > 0) addElement(d, type, size);
    d.pos = next;
  }
  d.close();
  d.pos = at + length;
}

function addElement(d: Dissection, type: number, size: number): void {
  if (type === EH_REQUEST && size === 3) {
    d.u8(f.minislots);
    d.bits(f.sid, d.pos, 2);
  } else if ((type === EH_UPSTREAM_PRIVACY || type === EH_DOWNSTREAM_PRIVACY) && size >= 3) {
    d.bits(f.keySequence, d.pos, 1);
    d.bits(f.version, d.pos, 1);
    d.skip(1);
    isEncrypted = (d.peek8() & ENCRYPTED) !== 0;
    d.bits(f.encryption, d.pos, 1);
    d.bits(f.toggle, d.pos, 1);
    d.bits(type === EH_UPSTREAM_PRIVACY ? f.sid : f.said, d.pos, 2);
    d.skip(2);
    if (size >= 4) d.u8(type === EH_UPSTREAM_PRIVACY ? f.minislots : f.reserved);
  } else if (type === EH_DOWNSTREAM_FLOW || type === EH_UPSTREAM_FLOW) {
    d.u8(f.phsi);
    if (size >= 2) {
      d.bits(f.queue, d.pos, 1);
      d.bits(f.grants, d.pos, 1);
    }
  } else if (type === EH_UPSTREAM_PRIVACY2 && size >= 3) {
    d.bits(f.keySequence2, d.pos, 1);
    d.bits(f.version2, d.pos, 1);
    d.skip(1);
    isEncrypted = (d.peek8() & ENCRYPTED) !== 0;
    d.bits(f.encryption2, d.pos, 1);
    d.bits(f.toggle2, d.pos, 1);
    d.bits(f.sid2, d.pos, 2);
  } else if (type === EH_DOWNSTREAM_SERVICE) {
    d.bits(f.priority, d.pos, 1);
    if (size < 3) return;
    d.bits(f.change, d.pos, 1);
    d.bits(f.dsid, d.pos, 3);
    d.skip(3);
    if (size >= 5) d.u16(f.packet);
  } else if (type === EH_PATH && size >= 5) {
    d.u8(f.pathReference);
    d.u32(f.pathTime);
  } else d.bytes(f.eValue, size);
}

const m = {
  dst: ether("docsis_mgmt.dst", "Destination Address"),
  src: ether("docsis_mgmt.src", "Source Address"),
  length: u16("docsis_mgmt.msglen", "Message Length - DSAP to End (Bytes)"),
  dsap: u8("docsis_mgmt.dsap", "DSAP", { base: "HEX" }),
  ssap: u8("docsis_mgmt.ssap", "SSAP", { base: "HEX" }),
  control: u8("docsis_mgmt.control", "Control", { base: "HEX" }),
  version: u8("docsis_mgmt.version", "Version"),
  type: u8("docsis_mgmt.type", "Type", { names: MESSAGE_NAMES }),
  reserved: u8("docsis_mgmt.rsvd", "Reserved"),
};

/** The cable modem termination system's clock. */
const sy = {
  message: bytes("docsis_sync", "DOCSIS Synchronisation Message"),
  timestamp: u32("docsis_sync.cmts_timestamp", "CMTS Timestamp"),
};

const IUC_NAMES: Readonly<Record<number, string>> = {
  1: "Request",
  2: "REQ/Data",
  3: "Initial Maintenance",
  4: "Station Maintenance",
  5: "Short Data Grant",
  6: "Long Data Grant",
  7: "NULL IE",
  8: "Data Ack",
  9: "Advanced Phy Short Data Grant",
  10: "Advanced Phy Long Data Grant",
  11: "Advanced Phy UGS",
  12: "Data Profile IUC12",
  13: "Data Profile IUC13",
  14: "Reserved",
  15: "Expanded IUC",
};

/** Who may send when, on one upstream channel. */
const a = {
  message: bytes("docsis_map", "DOCSIS Upstream Bandwidth Allocation"),
  channel: u8("docsis_mgmt.upchid", "Upstream Channel ID"),
  ucdCount: u8("docsis_map.ucdcount", "UCD Count"),
  count: u8("docsis_map.numie", "Number of IE's"),
  reserved: u8("docsis_map.rsvd", "Reserved", { base: "HEX" }),
  start: u32("docsis_map.allocstart", "Alloc Start Time (minislots)"),
  acknowledged: u32("docsis_map.acktime", "ACK Time (minislots)"),
  rangingStart: u8("docsis_map.rng_start", "Ranging Backoff Start"),
  rangingEnd: u8("docsis_map.rng_end", "Ranging Backoff End"),
  dataStart: u8("docsis_map.data_start", "Data Backoff Start"),
  dataEnd: u8("docsis_map.data_end", "Data Backoff End"),
  element: u32("docsis_map.ie", "Information Element", { base: "HEX" }),
  sid: u32("docsis_map.sid", "Service Identifier", { mask: 0xfffc0000 }),
  usage: u32("docsis_map.iuc", "Interval Usage Code", { mask: 0x3c000, names: IUC_NAMES }),
  offset: u32("docsis_map.offset", "Offset", { mask: 0x3fff }),
};

function addSynchronisation(d: Dissection): void {
  if (d.columns) d.setInfo("Sync Message");
  openMessage(d, sy.message);
  d.u32(sy.timestamp);
  d.close();
}

/** A message has a line of its own beside the header's. */
function openMessage(d: Dissection, message: Field): void {
  d.layerEnd(d.pos);
  d.beside();
  d.open(message, d.pos, d.remaining, d.buf.subarray(d.pos, d.end));
  if (d.labels) d.relabel(message.title);
}

function addAllocation(d: Dissection): void {
  openMessage(d, a.message);
  if (d.labels) d.relabel("DOCSIS Upstream Bandwidth Allocation - version 1");
  const channel = d.u8(a.channel);
  if (d.labels && channel === 0) d.relabel("Upstream Channel ID: Telephony Return (0)");
  const ucdCount = d.u8(a.ucdCount);
  const count = d.u8(a.count);
  if (d.columns) {
    const name = channel === 0 ? "Telephony Return" : `U${channel - 1}`;
    d.setInfo(
      `Map Message:  Version: 1, Channel ID = ${channel} (${name}), UCD Count = ${ucdCount},  # IE's = ${count}`,
    );
  }
  d.u8(a.reserved);
  d.u32(a.start);
  d.u32(a.acknowledged);
  d.u8(a.rangingStart);
  d.u8(a.rangingEnd);
  d.u8(a.dataStart);
  d.u8(a.dataEnd);
  for (let i = 0; i < count; i++) addInterval(d);
  d.close();
}

function addInterval(d: Dissection): void {
  const word = d.bitset(a.element, 4, [a.sid, a.usage, a.offset]);
  if (!d.labels) return;
  const usage = IUC_NAMES[(word >>> 14) & 15] ?? "Unknown";
  d.append(`, Service Identifier: ${word >>> 18}, Interval Usage Code: ${usage}, Offset: ${word & 0x3fff}`);
}

const SYNC = 1;
const MAP = 3;

/** The header of a management message; one that is not known here is shown as data. */
export const management = protocol({
  name: "docsis_mgmt",
  title: "DOCSIS MAC Management",
  short: "DOCSIS MAC MGMT",
  fields: Object.fromEntries(
    [...Object.values(m), ...Object.values(sy), ...Object.values(a)].map((one) => [one.name, one]),
  ),
  contained: true,
  dissect(d) {
    if (d.columns) {
      d.setProtocol("DOCSIS MGMT");
      d.setInfo("");
    }
    d.need(20);
    d.setAddresses(ADDRESS_ETHER, d.pos + 6, d.pos, 6);
    d.ether(m.dst);
    d.ether(m.src);
    const length = d.u16(m.length);
    d.limit(length);
    d.u8(m.dsap);
    d.u8(m.ssap);
    d.u8(m.control);
    const version = d.u8(m.version);
    const type = d.u8(m.type);
    d.u8(m.reserved);
    if (d.columns) d.setInfo(MESSAGE_NAMES[type] ?? "");
    if (type === SYNC && version === 1) addSynchronisation(d);
    else if (type === MAP && version === 1) addAllocation(d);
    else if (d.remaining > 0) d.callBelow(data);
  },
});
