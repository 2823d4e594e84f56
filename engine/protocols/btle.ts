/**
 * Bluetooth Low Energy link layer: Bluetooth Core Specification 5.3, volume 6 part B, with the header of
 * https://www.tcpdump.org/linktypes/LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR.html
 */
import { ADDRESS_ETHER, ADDRESS_TEXT } from "../dissect/address.ts";
import { CONVERSATION_BLUETOOTH } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  type Expert,
  ether,
  expert,
  type Field,
  frameNum,
  i8,
  joined,
  nameOf,
  none,
  str,
  u8,
  u16,
  u24,
  u32,
} from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { gather, type OpenPdu } from "./bluetooth-link.ts";
import { btl2cap } from "./btl2cap.ts";
import { addChannelMap, channelMapFields } from "./btle-channels.ts";
import { controlExperts, controlFields, dissectControl } from "./btle-control.ts";
import { AD_TYPES, LL_CONTROL_OPCODES, UUIDS } from "./names/bluetooth.ts";
import { COMPANIES } from "./names/bluetooth-companies.ts";

// ------------------------------------------------------------------ advertising data, Core Supplement part A

const TRUE_FALSE: Readonly<Record<number, string>> = { 0: "false", 1: "true" };
const adFlag = (name: string, title: string, mask: number): Field =>
  u8(`btcommon.eir_ad.entry.flags.${name}`, title, { base: "HEX", mask, names: TRUE_FALSE });

const ad = {
  all: none("btcommon.eir_ad.advertising_data", "Advertising Data"),
  inquiry: none("btcommon.eir_ad.extended_inquiry_response_data", "Extended Inquiry Response Data"),
  unused: none("btcommon.eir_ad.unused", "Unused"),
  entry: none("btcommon.eir_ad.entry", "Entry"),
  length: u8("btcommon.eir_ad.entry.length", "Length"),
  type: u8("btcommon.eir_ad.entry.type", "Type", { base: "HEX", names: AD_TYPES }),
  reserved: u8("btcommon.eir_ad.entry.flags.reserved", "Reserved", { base: "HEX", mask: 0xe0 }),
  bothHost: adFlag("le_bredr_support_host", "Simultaneous LE and BR/EDR to Same Device Capable (Host)", 0x10),
  bothController: adFlag(
    "le_bredr_support_controller",
    "Simultaneous LE and BR/EDR to Same Device Capable (Controller)",
    0x08,
  ),
  notSupported: adFlag("bredr_not_supported", "BR/EDR Not Supported", 0x04),
  general: adFlag("le_general_discoverable_mode", "LE General Discoverable Mode", 0x02),
  limited: adFlag("le_limited_discoverable_mode", "LE Limited Discoverable Mode", 0x01),
  company: u16("btcommon.eir_ad.entry.company_id", "Company ID", { base: "HEX", names: COMPANIES }),
  data: bytes("btcommon.eir_ad.entry.data", "Data"),
  serviceData: bytes("btcommon.eir_ad.entry.service_data", "Service Data"),
  uuid16: u16("btcommon.eir_ad.entry.uuid_16", "UUID 16", { base: "HEX", names: UUIDS }),
  uuid128: bytes("btcommon.eir_ad.entry.uuid_128", "Custom UUID"),
  name: str("btcommon.eir_ad.entry.device_name", "Device Name"),
  power: i8("btcommon.eir_ad.entry.power_level", "Power Level (dBm)"),
  appearance: u16("btcommon.eir_ad.entry.appearance", "Appearance", { base: "HEX" }),
};

const cod = {
  classOfDevice: u24("btcommon.cod.class_of_device", "Class of Device", { base: "HEX" }),
  information: bool("btcommon.cod.major_service_classes.information", "Major Service Classes: Information", {
    mask: 0x8000,
    bits: 16,
  }),
  telephony: bool("btcommon.cod.major_service_classes.telephony", "Major Service Classes: Telephony", {
    mask: 0x4000,
    bits: 16,
  }),
  audio: bool("btcommon.cod.major_service_classes.audio", "Major Service Classes: Audio", {
    mask: 0x2000,
    bits: 16,
  }),
  objectTransfer: bool(
    "btcommon.cod.major_service_classes.object_transfer",
    "Major Service Classes: Object Transfer",
    { mask: 0x1000, bits: 16 },
  ),
  capturing: bool("btcommon.cod.major_service_classes.capturing", "Major Service Classes: Capturing", {
    mask: 0x800,
    bits: 16,
  }),
  rendering: bool("btcommon.cod.major_service_classes.rendering", "Major Service Classes: Rendering", {
    mask: 0x400,
    bits: 16,
  }),
  networking: bool("btcommon.cod.major_service_classes.networking", "Major Service Classes: Networking", {
    mask: 0x200,
    bits: 16,
  }),
  positioning: bool("btcommon.cod.major_service_classes.positioning", "Major Service Classes: Positioning", {
    mask: 0x100,
    bits: 16,
  }),
  reserved: u16("btcommon.cod.major_service_classes.reserved", "Major Service Classes: Reserved", {
    base: "HEX",
    mask: 0x80,
  }),
  leAudio: u16("btcommon.cod.major_service_classes.le_audio", "Major Service Classes: LE Audio", {
    base: "HEX",
    mask: 0x40,
  }),
  limitedDiscoverableMode: bool(
    "btcommon.cod.major_service_classes.limited_discoverable_mode",
    "Major Service Classes: Limited Discoverable Mode",
    { mask: 0x20, bits: 16 },
  ),
  majorDeviceClass: u16("btcommon.cod.major_device_class", "Major Device Class", {
    base: "HEX",
    mask: 0x1f,
    names: {
      0: "Miscellaneous",
      1: "Computer",
      2: "Phone",
      3: "LAN/Network Access Point",
      4: "Audio/Video",
      5: "Peripheral (HID)",
      6: "Imaging",
      7: "Wearable",
      8: "Toy",
      9: "Health",
      31: "Uncategorized: device code not specified",
    },
  }),
  formatType: u8("btcommon.cod.format_type", "Format Type", { base: "HEX", mask: 0x3 }),
  minor: u8("btcommon.cod.minor_device_class", "Minor Device Class", { base: "HEX", mask: 0xfc }),
};
const SERVICE_BITS = [
  cod.information,
  cod.telephony,
  cod.audio,
  cod.objectTransfer,
  cod.capturing,
  cod.rendering,
  cod.networking,
  cod.positioning,
  cod.reserved,
  cod.leAudio,
  cod.limitedDiscoverableMode,
  cod.majorDeviceClass,
] as const;

/** Class of device: Bluetooth Assigned Numbers section 2.8. */
export function classOfDevice(d: Dissection): void {
  const value = d.peekUintLe(3);
  const at = d.pos;
  d.open(cod.classOfDevice, at, 3, value);
  if (d.labels) {
    const kind = nameOf(cod.majorDeviceClass.names, (value >> 8) & 31) ?? "Unknown";
    const services = SERVICE_NAMES.filter((_, index) => (value >> (23 - index)) & 1).join(" ");
    d.relabelParent(
      `Class of Device: 0x${value.toString(16).padStart(6, "0")} (${kind} - services:${services === "" ? "" : ` ${services}`})`,
    );
  }
  d.bits(cod.minor, at, 1);
  d.bits(cod.formatType, at, 1);
  for (const field of SERVICE_BITS) d.bitsLe(field, at + 1, 2);
  d.close();
  d.skip(3);
}
const SERVICE_NAMES = [
  "Information",
  "Telephony",
  "Audio",
  "Object Transfer",
  "Capturing",
  "Rendering",
  "Networking",
  "Positioning",
] as const;

/** Which frame's data at work is of an extended inquiry. */
const inquiry = { serial: -1 };

/** Advertising data to the layer's end, or that of an extended inquiry. */
export function addAdvertising(d: Dissection, isInquiry: boolean): void {
  if (isInquiry) inquiry.serial = d.serial;
  d.call(btcommon);
  inquiry.serial = -1;
}

export const btcommon = protocol({
  name: "btcommon",
  title: "Bluetooth Common",
  short: "BT Common",
  fields: {
    ...ad,
    ...Object.fromEntries(Object.entries(cod).map(([key, field]) => [`class ${key}`, field])),
  },
  invisible: true,
  dissect: dissectAdvertisingData,
});

const AD_FLAGS = [
  ad.reserved,
  ad.bothHost,
  ad.bothController,
  ad.notSupported,
  ad.general,
  ad.limited,
] as const;

function dissectAdvertisingData(d: Dissection): void {
  d.open(inquiry.serial === d.serial ? ad.inquiry : ad.all, d.pos, d.remaining);
  while (d.remaining > 0) {
    const length = d.peek8();
    if (length === 0) {
      d.add(ad.unused, d.pos, d.remaining, null);
      break;
    }
    const at = d.pos;
    const type = d.peek8(1);
    d.open(ad.entry, at, 1 + length);
    if (d.labels) d.relabelParent(nameOf(AD_TYPES, type) ?? "Unknown");
    d.u8(ad.length);
    d.u8(ad.type);
    const { end, wireEnd } = d;
    const stop = at + 1 + length;
    d.limit(length - 1);
    dissectEntry(d, type);
    d.end = end;
    d.wireEnd = wireEnd;
    d.close();
    if (stop > d.end) break;
    d.pos = stop;
  }
  d.close();
}

function dissectEntry(d: Dissection, type: number): void {
  switch (type) {
    case 0x01:
      for (const flag of AD_FLAGS) d.bits(flag, d.pos, 1);
      break;
    case 0x02:
    case 0x03:
    case 0x14:
      while (d.remaining >= 2) d.u16le(ad.uuid16);
      break;
    case 0x06:
    case 0x07:
    case 0x15:
      while (d.remaining >= 16) d.bytes(ad.uuid128, 16);
      break;
    case 0x08:
    case 0x09: {
      const name = d.str(ad.name, d.remaining, "utf-8");
      if (d.labels) d.appendParent(`: ${name}`);
      break;
    }
    case 0x0a:
      d.add(ad.power, d.pos, 1, (d.peek8() << 24) >> 24);
      break;
    case 0x16:
      d.u16le(ad.uuid16);
      if (d.remaining > 0) d.bytes(ad.serviceData, d.remaining);
      break;
    case 0x19:
      d.u16le(ad.appearance);
      break;
    case 0xff:
      d.u16le(ad.company);
      if (d.remaining > 0) d.bytes(ad.data, d.remaining);
      break;
    default:
      if (d.remaining > 0) d.bytes(ad.data, d.remaining);
  }
}

// ------------------------------------------------------------------ what a receiver says of a packet

const rfFlag = (name: string, title: string, mask: number): Field =>
  bool(`btle_rf.flags.${name}`, title, { bits: 16, mask });
const PDU_KINDS: Readonly<Record<number, string>> = {
  0: "Advertising or Data (Unspecified Direction)",
  1: "Auxiliary Advertising",
  2: "Data, Master to Slave",
  3: "Data, Slave to Master",
  4: "Connected Isochronous PDU, Master to Slave",
  5: "Connected Isochronous PDU, Slave to Master",
  6: "Broadcast Isochronous PDU",
};
const PHYS: Readonly<Record<number, string>> = { 0: "LE 1M", 1: "LE 2M", 2: "LE Coded", 3: "Reserved" };

const rf = {
  channel: u8("btle_rf.channel", "RF Channel"),
  signal: i8("btle_rf.signal_dbm", "Signal dBm"),
  noise: i8("btle_rf.noise_dbm", "Noise dBm"),
  unusedSigned: i8("btle_rf.signed_byte_unused", "Unused signed byte"),
  offenses: u8("btle_rf.access_address_offenses", "Access Address Offenses"),
  unusedByte: u8("btle_rf.unsigned_byte_unused", "Unused unsigned byte"),
  reference: u32("btle_rf.reference_access_address", "Reference Access Address", { base: "HEX" }),
  unusedWord: u32("btle_rf.word_unused", "Unused word", { base: "HEX" }),
  flags: u16("btle_rf.flags", "Flags", { base: "HEX" }),
  dewhitened: rfFlag("dewhitened", "Dewhitened", 0x1),
  signalValid: rfFlag("signal_dbm_valid", "Signal Power Valid", 0x2),
  noiseValid: rfFlag("noise_dbm_valid", "Noise Power Valid", 0x4),
  decrypted: rfFlag("decrypted", "Decrypted", 0x8),
  referenceValid: rfFlag("reference_access_address_valid", "Reference Access Address Valid", 0x10),
  offensesValid: rfFlag("access_address_offenses_valid", "Access Address Offenses Valid", 0x20),
  aliased: rfFlag("channel_aliased", "Channel Aliased", 0x40),
  pduType: u16("btle_rf.pdu_type", "PDU Type", { mask: 0x380, names: PDU_KINDS }),
  crcChecked: rfFlag("crc_checked", "CRC Checked", 0x400),
  crcValid: rfFlag("crc_valid", "CRC Valid", 0x800),
  micChecked: rfFlag("mic_checked", "MIC Checked", 0x1000),
  micValid: rfFlag("mic_valid", "MIC Valid", 0x2000),
  phy: u16("btle_rf.phy", "PHY", { mask: 0xc000, names: PHYS }),
};

/** What the header in front says of the packet at work. */
const rfInfo = { serial: -1, flags: 0, channel: 0 };
const CRC_CHECKED = 0x0400;
const CRC_VALID = 0x0800;
/** Numbers of the kinds of PDUs, see PDU_KINDS. */
const TO_SLAVE = 2;
const TO_MASTER = 3;
const kindOf = (d: Dissection): number => (rfInfo.serial === d.serial ? (rfInfo.flags >> 7) & 7 : 0);

export const btleRf = protocol({
  name: "btle_rf",
  title: "Bluetooth Low Energy RF Info",
  short: "LE RF",
  fields: rf,
  dissect: dissectRf,
});

const RF_FLAGS = [
  rf.dewhitened,
  rf.signalValid,
  rf.noiseValid,
  rf.decrypted,
  rf.referenceValid,
  rf.offensesValid,
  rf.aliased,
  rf.pduType,
  rf.crcChecked,
  rf.crcValid,
  rf.micChecked,
  rf.micValid,
  rf.phy,
] as const;

/** The three advertising channels are the first, the twelfth and the last of the band. */
function channelText(channel: number): string {
  const mhz = 2402 + 2 * channel;
  if (channel === 0) return `${mhz} MHz, Advertising channel 37`;
  if (channel === 12) return `${mhz} MHz, Advertising channel 38`;
  if (channel === 39) return `${mhz} MHz, Advertising channel 39`;
  return `${mhz} MHz, Data channel ${channel < 12 ? channel - 1 : channel - 2}`;
}

function dissectRf(d: Dissection): void {
  const flags = d.peek16le(8);
  const channel = d.u8(rf.channel);
  rfInfo.serial = d.serial;
  rfInfo.flags = flags;
  rfInfo.channel = channel;
  if (d.labels && channel < 40) d.append(`, ${channelText(channel)}`);
  addSigned(d, rf.signal);
  addSigned(d, flags & rf.noiseValid.mask ? rf.noise : rf.unusedSigned);
  d.u8(flags & rf.offensesValid.mask ? rf.offenses : rf.unusedByte);
  d.u32le(flags & rf.referenceValid.mask ? rf.reference : rf.unusedWord);
  d.bitsetLe(rf.flags, 2, RF_FLAGS);
  d.call(btle);
}

function addSigned(d: Dissection, field: Field): void {
  d.add(field, d.pos, 1, (d.peek8() << 24) >> 24);
  d.pos++;
}

// ------------------------------------------------------------------ the link layer

const PDU_TYPES: Readonly<Record<number, string>> = {
  0: "ADV_IND",
  1: "ADV_DIRECT_IND",
  2: "ADV_NONCONN_IND",
  3: "SCAN_REQ",
  4: "SCAN_RSP",
  5: "CONNECT_IND",
  6: "ADV_SCAN_IND",
  7: "ADV_EXT_IND",
  8: "AUX_CONNECT_RSP",
};
const LLIDS: Readonly<Record<number, string>> = {
  1: "Continuation fragment of an L2CAP message, or an Empty PDU",
  2: "Start of an L2CAP message or a complete L2CAP message with no fragmentation",
  3: "Control PDU",
};
const ACCURACIES: Readonly<Record<number, string>> = {
  0: "251 ppm to 500 ppm",
  1: "151 ppm to 250 ppm",
  2: "101 ppm to 150 ppm",
  3: "76 ppm to 100 ppm",
  4: "51 ppm to 75 ppm",
  5: "31 ppm to 50 ppm",
  6: "21 ppm to 30 ppm",
  7: "0 ppm to 20 ppm",
};

const ADVERTISING_MODES: Readonly<Record<number, string>> = {
  0: "Non-connectable Non-scannable",
  1: "Connectable Non-scannable",
  2: "Non-connectable Scannable",
  3: "Reserved",
};
const CTE_TYPES: Readonly<Record<number, string>> = {
  0: "AoA Constant Tone Extension",
  1: "AoD Constant Tone Extension with 1 usec slots",
  2: "AoD Constant Tone Extension with 2 usec slots",
};
const OFFSET_UNITS = ["300 usec", "30 usec"] as const;
const extendedFlag = (name: string, title: string, mask: number): Field =>
  bool(`btle.extended_advertising_header.${name}`, title, { mask, tf: ["Present", "Not Present"] });

const f = {
  accessAddress: u32("btle.access_address", "Access Address", { base: "HEX" }),
  header: u16("btle.advertising_header", "Packet Header", { base: "HEX" }),
  pduType: u8("btle.advertising_header.pdu_type", "PDU Type", { base: "HEX", mask: 0x0f, names: PDU_TYPES }),
  rfu1: u8("btle.advertising_header.rfu.1", "Reserved", { mask: 0x10 }),
  rfu2: u8("btle.advertising_header.rfu.2", "Reserved", { mask: 0x20 }),
  rfu4: u8("btle.advertising_header.rfu.4", "Reserved", { mask: 0x80 }),
  channelSelection: bool("btle.advertising_header.ch_sel", "Channel Selection Algorithm", {
    mask: 0x20,
    tf: ["#2", "#1"],
  }),
  randomTx: bool("btle.advertising_header.randomized_tx", "Tx Address", {
    mask: 0x40,
    tf: ["Random", "Public"],
  }),
  randomRx: bool("btle.advertising_header.randomized_rx", "Rx Address", {
    mask: 0x80,
    tf: ["Random", "Public"],
  }),
  headerLength: u8("btle.advertising_header.length", "Length"),
  advertiser: ether("btle.advertising_address", "Advertising Address"),
  target: ether("btle.target_address", "Target Address"),
  scanner: ether("btle.scanning_address", "Scanning Address"),
  initiator: ether("btle.initiator_address", "Initiator Address"),
  scanResponse: bytes("btle.scan_responce_data", "Scan Response Data"),
  linkData: none("btle.link_layer_data", "Link Layer Data"),
  linkAddress: u32("btle.link_layer_data.access_address", "Access Address", { base: "HEX" }),
  crcInit: u24("btle.link_layer_data.crc_init", "CRC Init", { base: "HEX" }),
  windowSize: u8("btle.link_layer_data.window_size", "Window Size"),
  windowOffset: u16("btle.link_layer_data.window_offset", "Window Offset"),
  interval: u16("btle.link_layer_data.interval", "Interval"),
  latency: u16("btle.link_layer_data.latency", "Latency"),
  timeout: u16("btle.link_layer_data.timeout", "Timeout"),
  channelMap: bytes("btle.link_layer_data.channel_map", "Channel Map"),
  hop: u8("btle.link_layer_data.hop", "Hop", { mask: 0x1f }),
  accuracy: u8("btle.link_layer_data.sleep_clock_accuracy", "Sleep Clock Accuracy", {
    mask: 0xe0,
    names: ACCURACIES,
  }),
  dataHeader: none("btle.data_header", "Data Header"),
  llid: u8("btle.data_header.llid", "LLID", { base: "HEX", mask: 0x03, names: LLIDS }),
  expected: u8("btle.data_header.next_expected_sequence_number", "Next Expected Sequence Number", {
    mask: 0x04,
  }),
  sequence: u8("btle.data_header.sequence_number", "Sequence Number", { mask: 0x08 }),
  moreData: bool("btle.data_header.more_data", "More Data", { mask: 0x10 }),
  cte: bool("btle.data_header.cte_info_present", "CTE Info", { mask: 0x20, tf: ["Present", "Not Present"] }),
  dataRfu: u8("btle.data_header.rfu", "RFU", { mask: 0xc0 }),
  dataLength: u8("btle.data_header.length", "Length"),
  opcode: u8("btle.control_opcode", "Control Opcode", { base: "HEX", names: LL_CONTROL_OPCODES }),
  extended: none("btle.extended_advertising_header", "Extended Advertising Header"),
  extendedLength: u8("btle.extended_advertising_header.length", "Extended Header Length", { mask: 0x3f }),
  extendedMode: u8("btle.extended_advertising_header.mode", "Advertising Mode", {
    base: "HEX",
    mask: 0xc0,
    names: ADVERTISING_MODES,
  }),
  extendedFlags: u8("btle.extended_advertising_header.flags", "Extended Header Flags", { base: "HEX" }),
  hasAdvertiser: extendedFlag("flags.advertiser_address", "Advertiser Address", 0x01),
  hasTarget: extendedFlag("flags.target_address", "Target Address", 0x02),
  hasCte: extendedFlag("flags.cte_info", "CTE Info", 0x04),
  hasDataInfo: extendedFlag("advertiser_data_info", "Advertiser Data Info", 0x08),
  hasAux: extendedFlag("flags.aux_pointer", "Aux pointer", 0x10),
  hasSync: extendedFlag("flags.sync_info", "Sync Info", 0x20),
  hasPower: extendedFlag("flags.tx_power", "TX Power", 0x40),
  extendedReserved: extendedFlag("flags.reserved", "Reserved", 0x80),
  cteInfo: u8("btle.extended_advertising_header.cte_info", "CTE Info", { base: "HEX" }),
  cteTime: u8("btle.extended_advertising_header.cte_info.time", "CTE Time", { base: "HEX", mask: 0x1f }),
  cteRfu: u8("btle.extended_advertising_header.cte_info.rfu", "RFU", { base: "HEX", mask: 0x20 }),
  cteType: u8("btle.extended_advertising_header.cte_info.type", "CTE Type", {
    base: "HEX",
    mask: 0xc0,
    names: CTE_TYPES,
  }),
  dataInfo: u16("btle.extended_advertising.advertising_data_info", "Advertiser Data Info", { base: "HEX" }),
  dataId: u16("btle.extended_advertising.advertising_data_info.did", "Advertiser Data Identifier", {
    base: "HEX",
    mask: 0x0fff,
  }),
  setId: u16("btle.extended_advertising.advertising_data_info.sid", "Advertiser Set Identifier", {
    base: "HEX",
    mask: 0xf000,
  }),
  aux: none("btle.extended_advertising.aux_pointer", "Advertiser Aux Pointer"),
  auxChannel: u8("btle.extended_advertising_header.aux_pointer.channel", "Channel Index", { mask: 0x3f }),
  auxAccuracy: bool("btle.extended_advertising_header.aux_pointer.ca", "Clock Accuracy", {
    mask: 0x40,
    tf: ["0 ppm to 50 ppm", "51 ppm to 500 ppm"],
  }),
  auxUnits: bool("btle.extended_advertising_header.aux_pointer.offset_units", "Offset units", {
    mask: 0x80,
    tf: OFFSET_UNITS,
  }),
  auxOffset: u16("btle.extended_advertising_header.aux_pointer.aux_offset", "Aux Offset", {
    base: "HEX",
    mask: 0x1fff,
  }),
  auxPhy: u16("btle.extended_advertising_header.aux_pointer.aux_phy", "Aux PHY", {
    mask: 0xe000,
    names: PHYS,
  }),
  sync: none("btle.extended_advertising.sync_info", "Advertiser Sync Info"),
  syncOffset: u16("btle.extended_advertising_header.sync_info.sync_offset", "Sync Offset", {
    base: "HEX",
    mask: 0x1fff,
  }),
  syncUnits: bool("btle.extended_advertising_header.sync_info.offset_units", "Offset Units", {
    bits: 16,
    mask: 0x2000,
    tf: OFFSET_UNITS,
  }),
  syncAdjust: bool("btle.extended_advertising_header.sync_info.offset_adjust", "Offset Adjust", {
    bits: 16,
    mask: 0x4000,
    tf: ["Adjusted 2.4576 seconds", "No adjust"],
  }),
  syncReserved: bool("btle.extended_advertising_header.sync_info.reserved", "Reserved", {
    bits: 16,
    mask: 0x8000,
  }),
  syncInterval: u16("btle.extended_advertising_header.sync_info.interval", "Interval", { base: "HEX" }),
  syncMap: bytes("btle.extended_advertising_header.sync_info.channel_map", "Channel Map"),
  syncAccuracy: u8(
    "btle.extended_advertising_header.sync_info.sleep_clock_accuracy",
    "Sleep Clock Accuracy",
    {
      mask: 0xe0,
      names: ACCURACIES,
    },
  ),
  syncAddress: u32("btle.extended_advertising_header.sync_info.access_address", "Access Address", {
    base: "HEX",
  }),
  syncCrc: u24("btle.extended_advertising_header.sync_info.crc_init", "CRC Init", { base: "HEX" }),
  syncCounter: u16("btle.extended_advertising_header.sync_info.event_counter", "Event counter"),
  power: i8("btle.extended_advertising_header.tx_power", "TX Power", { unit: " dBm" }),
  controllerData: none("btle.extended_advertising_header.acad", "Additional Controller Advertising Data"),
  l2capIndex: u32("btle.l2cap_index", "L2CAP Index"),
  fragments: none("btle.l2cap.fragments", "L2CAP fragments"),
  fragment: frameNum("btle.l2cap.fragment", "L2CAP fragment"),
  fragmentCount: u32("btle.l2cap.fragment.count", "L2CAP fragment count"),
  reassembledLength: u32("btle.l2cap.reassembled.length", "Reassembled L2CAP length"),
  l2capFragment: none("btle.l2cap_data", "L2CAP Fragment"),
  length: u8("btle.length", "Length"),
  master: ether("btle.master_bd_addr", "Master Address"),
  slave: ether("btle.slave_bd_addr", "Slave Address"),
  connectionIn: frameNum("btle.connection_parameters_in", "Connection Parameters in"),
  crc: u24("btle.crc", "CRC", { base: "HEX" }),
};

const x = {
  retransmission: expert("btle.retransmit", "note", "Sequence", "Retransmission"),
  notAcknowledged: expert("btle.nack", "note", "Sequence", "Not acknowledged"),
  incorrect: expert("btle.crc.incorrect", "warning", "Checksum", "Incorrect CRC"),
  indeterminate: expert(
    "btle.crc.indeterminate",
    "note",
    "Checksum",
    "CRC unchecked, not all data available",
  ),
};

export const btle = protocol({
  name: "btle",
  title: "Bluetooth Low Energy Link Layer",
  short: "LE LL",
  fields: joined(f, controlFields, channelMapFields),
  experts: { ...x, ...controlExperts },
  dissect,
});

const ADVERTISING = 0x8e89bed6;
const CRC = 3;
const BROADCAST = new Uint8Array(6).fill(0xff);

function dissect(d: Dissection): void {
  const address = d.u32le(f.accessAddress);
  if (address === ADVERTISING) {
    dissectAdvertising(d);
    return;
  }
  const connection = connectionOf(d, address);
  if (connection.frame > 0 && connection.frame < d.frame) {
    d.generated(f.master, d.pos, 0, connection.master);
    d.generated(f.slave, d.pos, 0, connection.slave);
  }
  nameEnds(d, address);
  dissectData(d, connection);
}

const encoder = new TextEncoder();

/** The ends of a connection by their roles and its access address, when the direction is known. */
function nameEnds(d: Dissection, address: number): void {
  const kind = kindOf(d);
  if (kind !== TO_SLAVE && kind !== TO_MASTER) return;
  const hex = `0x${address.toString(16).padStart(8, "0")}`;
  const master = encoder.encode(`Master_${hex}`);
  const slave = encoder.encode(`Slave_${hex}`);
  const isFromMaster = kind === TO_SLAVE;
  d.setSource(ADDRESS_TEXT, isFromMaster ? master : slave, 0, (isFromMaster ? master : slave).length);
  d.setDestination(ADDRESS_TEXT, isFromMaster ? slave : master, 0, (isFromMaster ? slave : master).length);
}

/** A connection, as the packet that made it tells. */
interface Connection {
  frame: number;
  master: Uint8Array;
  slave: Uint8Array;
}
const makeConnection = (): Connection => ({ frame: 0, master: BROADCAST, slave: BROADCAST });

/** What is known of the connection with this access address. */
function connectionOf(d: Dissection, address: number): Connection {
  const key = new TextEncoder().encode(address.toString(16));
  d.setSource(ADDRESS_TEXT, key, 0, key.length);
  d.setDestination(ADDRESS_TEXT, key, 0, key.length);
  return d.converse(CONVERSATION_BLUETOOTH, 0, 0).state(btle, makeConnection);
}

function reverseBits(byte: number): number {
  let value = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) value |= 0x80 >> bit;
  return value;
}

function address(d: Dissection, field: Field): Uint8Array {
  const value = Uint8Array.from(d.peekBytes(6)).reverse();
  d.add(field, d.pos, 6, value);
  d.pos += 6;
  return value;
}

/** Names of PDUs that are another thing on the channels of data. */
const AUX_TYPES: Readonly<Record<number, string>> = {
  3: "AUX_SCAN_REQ",
  5: "AUX_CONNECT_REQ",
  7: "AUX_COMMON",
  8: "AUX_CONNECT_RSP",
};
const isSecondary = (d: Dissection): boolean =>
  rfInfo.serial === d.serial && rfInfo.channel !== 0 && rfInfo.channel !== 12 && rfInfo.channel !== 39;

const SCAN_REQUEST = 3;
const SCAN_RESPONSE = 4;
const CONNECT = 5;
const DIRECTED = 1;
const EXTENDED = 7;

/** Sections 2.3.1 to 2.3.3. */
function dissectAdvertising(d: Dissection): void {
  const at = d.pos;
  const first = d.peek8();
  const length = d.peek8(1);
  const type = first & 15;
  const hasTarget = type === DIRECTED || type === SCAN_REQUEST || type === CONNECT;
  const name = (isSecondary(d) ? AUX_TYPES[type] : PDU_TYPES[type]) ?? "Unknown";
  if (d.columns) d.setInfo(name);
  d.open(f.header, at, 2, d.peek16le());
  if (d.labels) {
    const channel = type === 0 ? `, ChSel: ${first & 0x20 ? "#2" : "#1"}` : "";
    const target = hasTarget ? `, RxAdd: ${first & 0x80 ? "Random" : "Public"}` : "";
    d.appendParent(` (PDU Type: ${name}${channel}, TxAdd: ${first & 0x40 ? "Random" : "Public"}${target})`);
  }
  d.bits(f.pduType, at, 1);
  if (d.labels) {
    d.relabel(`.... ${type.toString(2).padStart(4, "0")} = PDU Type: 0x${type.toString(16)} ${name}`);
  }
  d.bits(f.rfu1, at, 1);
  d.bits(type === 0 ? f.channelSelection : f.rfu2, at, 1);
  d.bits(f.randomTx, at, 1);
  d.bits(hasTarget ? f.randomRx : f.rfu4, at, 1);
  d.pos = at + 1;
  d.u8(f.headerLength);
  d.hidden(f.length, at + 1, 1, length);
  d.close();
  const crcAt = d.pos + length;
  const { end, wireEnd } = d;
  d.limit(length);
  dissectPdu(d, type);
  d.end = end;
  d.wireEnd = wireEnd;
  if (crcAt + CRC <= end) {
    d.pos = crcAt;
    addCrc(d);
  }
}

/** The CRC, whose bits stand in the order of the air. */
function addCrc(d: Dissection): void {
  d.need(CRC);
  let value = 0;
  for (let i = 0; i < CRC; i++) value = value * 256 + reverseBits(d.buf[d.pos + i]);
  d.add(f.crc, d.pos, CRC, value);
  d.pos += CRC;
}

function dissectPdu(d: Dissection, type: number): void {
  if (type >= EXTENDED) {
    if (type === EXTENDED) dissectExtended(d);
    return;
  }
  if (type === SCAN_REQUEST || type === CONNECT) {
    const from = address(d, type === CONNECT ? f.initiator : f.scanner);
    const to = address(d, f.advertiser);
    if (type === CONNECT) {
      const connection = connectionOf(d, d.peek32le());
      if (d.first) {
        connection.frame = d.frame;
        connection.master = from;
        connection.slave = to;
      }
    }
    d.setSource(ADDRESS_ETHER, from, 0, 6);
    d.setDestination(ADDRESS_ETHER, to, 0, 6);
    if (type === CONNECT) dissectConnect(d);
    return;
  }
  const advertiser = address(d, f.advertiser);
  d.setSource(ADDRESS_ETHER, advertiser, 0, 6);
  if (type === DIRECTED) {
    const target = address(d, f.target);
    d.setDestination(ADDRESS_ETHER, target, 0, 6);
    return;
  }
  d.setDestination(ADDRESS_ETHER, BROADCAST, 0, 6);
  if (d.remaining === 0) return;
  if (type === SCAN_RESPONSE) {
    d.open(f.scanResponse, d.pos, d.remaining, d.peekBytes(d.remaining));
    d.callHere(btcommon);
    d.close();
  } else {
    d.callBelow(btcommon);
  }
}

const EXTENDED_FLAGS = [
  f.hasAdvertiser,
  f.hasTarget,
  f.hasCte,
  f.hasDataInfo,
  f.hasAux,
  f.hasSync,
  f.hasPower,
  f.extendedReserved,
] as const;
const ANONYMOUS = new TextEncoder().encode("Anonymous");

/** Section 2.3.4: the header that extended advertising PDUs share, and their data. */
function dissectExtended(d: Dissection): void {
  d.setSource(ADDRESS_TEXT, ANONYMOUS, 0, ANONYMOUS.length);
  d.setDestination(ADDRESS_ETHER, BROADCAST, 0, 6);
  const start = d.pos;
  const length = d.peek8() & 0x3f;
  d.open(f.extended, start, 1 + length);
  d.bits(f.extendedLength, start, 1);
  d.bits(f.extendedMode, start, 1);
  d.skip(1);
  const stop = d.pos + length;
  if (length > 0) {
    const flags = d.bitset(f.extendedFlags, 1, EXTENDED_FLAGS);
    addExtendedFields(d, flags);
    if (d.pos < stop) d.add(f.controllerData, d.pos, Math.min(stop, d.end) - d.pos, null);
  }
  d.close();
  d.pos = stop;
  if (d.remaining > 0) d.callBelow(btcommon);
}

function addExtendedFields(d: Dissection, flags: number): void {
  if (flags & 0x01) {
    const advertiser = address(d, f.advertiser);
    d.setSource(ADDRESS_ETHER, advertiser, 0, 6);
  }
  if (flags & 0x02) {
    const target = address(d, f.target);
    d.setDestination(ADDRESS_ETHER, target, 0, 6);
  }
  if (flags & 0x04) {
    const time = d.peek8() & 0x1f;
    d.open(f.cteInfo, d.pos, 1, d.peek8());
    d.bits(f.cteTime, d.pos, 1);
    if (d.labels) d.append(` (${time * 8} usec)`);
    d.bits(f.cteRfu, d.pos, 1);
    d.bits(f.cteType, d.pos, 1);
    d.close();
    d.skip(1);
  }
  if (flags & 0x08) d.bitsetLe(f.dataInfo, 2, [f.dataId, f.setId]);
  if (flags & 0x10) addAuxPointer(d);
  if (flags & 0x20) addSyncInfo(d);
  if (flags & 0x40) addSigned(d, f.power);
}

function addAuxPointer(d: Dissection): void {
  d.need(3);
  d.open(f.aux, d.pos, 3);
  for (const field of [f.auxChannel, f.auxAccuracy, f.auxUnits]) d.bits(field, d.pos, 1);
  const unit = d.peek8() & 0x80 ? 300 : 30;
  const offset = d.bitsLe(f.auxOffset, d.pos + 1, 2);
  if (d.labels) d.append(offset === 0 ? " Cannot be represented" : ` (${offset * unit} usec)`);
  d.bitsLe(f.auxPhy, d.pos + 1, 2);
  d.skip(3);
  d.close();
}

function addSyncInfo(d: Dissection): void {
  d.need(18);
  d.open(f.sync, d.pos, 18);
  const word = d.peek16le();
  const offset = d.bitsLe(f.syncOffset, d.pos, 2);
  if (d.labels) {
    const unit = word & 0x2000 ? 300 : 30;
    d.append(
      offset === 0 ? " Cannot be represented" : ` (${offset * unit + (word & 0x4000 ? 2_457_600 : 0)} usec)`,
    );
  }
  for (const field of [f.syncUnits, f.syncAdjust, f.syncReserved]) d.bitsLe(field, d.pos, 2);
  d.skip(2);
  const interval = d.u16le(f.syncInterval);
  if (d.labels) d.append(` (${interval * 1.25} msec)`);
  addChannelMap(d, f.syncMap);
  d.bits(f.syncAccuracy, d.pos - 1, 1);
  d.u32le(f.syncAddress);
  d.add(f.syncCrc, d.pos, 3, d.peekUintLe(3));
  d.skip(3);
  d.u16le(f.syncCounter);
  d.close();
}

/** Section 2.3.3.1. */
function dissectConnect(d: Dissection): void {
  d.open(f.linkData, d.pos, d.remaining);
  d.u32le(f.linkAddress);
  d.add(f.crcInit, d.pos, 3, d.peekUintLe(3));
  d.skip(3);
  let value = d.u8(f.windowSize);
  d.append(` (${value * 1.25} msec)`);
  value = d.u16le(f.windowOffset);
  d.append(` (${value * 1.25} msec)`);
  value = d.u16le(f.interval);
  d.append(` (${value * 1.25} msec)`);
  d.u16le(f.latency);
  value = d.u16le(f.timeout);
  d.append(` (${value * 10} msec)`);
  addChannelMap(d, f.channelMap);
  d.bits(f.hop, d.pos, 1);
  d.bits(f.accuracy, d.pos, 1);
  d.need(1);
  d.pos++;
  d.close();
}

const DATA_BITS = [f.llid, f.expected, f.sequence, f.moreData, f.cte, f.dataRfu] as const;
const L2CAP_START = 2;
const CONTROL = 3;
const CONTINUATION = 1;

/** Section 2.4. */
function dissectData(d: Dissection, connection: Connection): void {
  const at = d.pos;
  const llid = d.peek8() & 3;
  const length = d.peek8(1);
  const order = orderOf(d);
  d.open(f.dataHeader, at, 2);
  for (const bit of DATA_BITS) {
    d.bits(bit, at, 1);
    if (order < 0 || !d.building) continue;
    if (bit === f.expected)
      addOrder(d, order & NOT_ACKNOWLEDGED, "Request retransmit", "ACK", x.notAcknowledged);
    if (bit === f.sequence) addOrder(d, order & RETRANSMISSION, "Retransmit", "OK", x.retransmission);
  }
  d.pos = at + 1;
  d.u8(f.dataLength);
  d.hidden(f.length, at + 1, 1, length);
  d.close();
  const { end, wireEnd } = d;
  const start = d.pos;
  const crcAt = start + length;
  d.end = Math.min(crcAt, end);
  const fragment =
    llid === L2CAP_START || (llid === CONTINUATION && length > 0)
      ? pieceOf(d, llid === L2CAP_START, length)
      : undefined;
  if (llid === CONTROL) {
    const opcode = d.u8(f.opcode);
    if (d.columns) d.setInfo(`Control Opcode: ${nameOf(LL_CONTROL_OPCODES, opcode) ?? "Unknown"}`);
    dissectControl(d, opcode);
  } else if (length === 0) {
    if (d.columns) d.setInfo("Empty PDU");
  } else if (fragment === undefined) {
    if (d.columns) d.setInfo("L2CAP Data");
  } else if (fragment.pieces.length > 1 || fragment.missing > 0) {
    const isLast = fragment.missing <= 0 && fragment.pieces[fragment.pieces.length - 1].frame === d.frame;
    if (d.columns) d.setInfo(llid === L2CAP_START ? "L2CAP Fragment Start" : "L2CAP Fragment");
    if (d.building && d.remaining > 0 && !isLast) d.add(f.l2capFragment, d.pos, d.remaining, null);
  }
  const whole = fragment === undefined ? undefined : wholePdu(d, fragment);
  if (fragment !== undefined && whole !== undefined && d.building) addFragments(d, fragment, whole.length);
  if (fragment !== undefined && kindOf(d) >= TO_SLAVE) d.generated(f.l2capIndex, d.pos, 0, fragment.index);
  d.end = end;
  if (connection.frame > 0 && connection.frame < d.frame)
    d.generated(f.connectionIn, d.pos, 0, connection.frame);
  if (crcAt + CRC <= end) {
    d.pos = crcAt;
    addCrc(d);
    if (d.building) addCrcFinding(d);
  }
  if (fragment === undefined || crcAt > end) return;
  const kind = kindOf(d);
  const direction = kind === TO_SLAVE ? "Sent " : kind === TO_MASTER ? "Rcvd " : "UnknownDirection ";
  const isWhole = fragment.missing <= 0 && fragment.pieces[fragment.pieces.length - 1].frame === d.frame;
  if (!isWhole) return;
  if (d.columns) d.setInfo(direction);
  d.layerEnd(d.pos);
  d.pos = start;
  d.end = crcAt;
  d.wireEnd = crcAt;
  if (fragment.pieces.length === 1) d.call(btl2cap);
  else if (whole !== undefined) d.callOn(btl2cap, "Reassembled L2CAP", whole);
  d.end = end;
  d.wireEnd = wireEnd;
}

function addCrcFinding(d: Dissection): void {
  const flags = rfInfo.serial === d.serial ? rfInfo.flags : 0;
  if ((flags & CRC_CHECKED) === 0) d.expert(x.indeterminate);
  else if ((flags & CRC_VALID) === 0) d.expert(x.incorrect);
}

// ------------------------------------------------------------------ sequence numbers, section 4.5.9

/** The last sequence number of each direction; -1 for none. */
interface Sequence {
  readonly last: number[];
}
const makeSequence = (): Sequence => ({ last: [-1, -1] });
const KEY_ORDER = 1;
const NOT_ACKNOWLEDGED = 1;
const RETRANSMISSION = 2;

/** What is remarkable of the packet's place in its direction, as bits; -1 when its direction is not known. */
function orderOf(d: Dissection): number {
  const kind = kindOf(d);
  if (kind !== TO_SLAVE && kind !== TO_MASTER) return -1;
  if (!d.first) return d.recall<number>(btle, KEY_ORDER) ?? -1;
  const sequence = d.conversation?.state(btcommon, makeSequence);
  if (sequence === undefined) return -1;
  const header = d.peek8();
  const number = (header >> 3) & 1;
  const expected = (header >> 2) & 1;
  const own = kind - TO_SLAVE;
  let order = expected === sequence.last[1 - own] ? NOT_ACKNOWLEDGED : 0;
  if (number === sequence.last[own]) order |= RETRANSMISSION;
  sequence.last[own] = number;
  d.remember(btle, KEY_ORDER, order);
  return order;
}

function addOrder(d: Dissection, found: number, bad: string, good: string, finding: Expert): void {
  if (d.labels) d.append(` [${found === 0 ? good : bad}]`);
  if (found !== 0) d.expert(finding);
}

// ------------------------------------------------------------------ pieces of L2CAP packets

const KEY_PDU = 0;
interface Pdu extends OpenPdu {
  /** Number among the packets of the connection. */
  readonly index: number;
}
interface Pdus {
  /** By direction. */
  readonly open: Map<number, Pdu>;
  count: number;
}
const makePdus = (): Pdus => ({ open: new Map(), count: 0 });

/** The packet put together, when the PDU is the last of several with pieces of it. */
function wholePdu(d: Dissection, pdu: Pdu): Uint8Array | undefined {
  if (pdu.missing > 0 || pdu.pieces.length < 2) return undefined;
  return pdu.pieces[pdu.pieces.length - 1].frame === d.frame ? gather(d, pdu) : undefined;
}

function addFragments(d: Dissection, pdu: Pdu, length: number): void {
  d.open(f.fragments, d.pos, 0, null, GENERATED);
  const list = pdu.pieces.map((piece) => `#${piece.frame}(${piece.length})`).join(", ");
  if (d.labels) d.relabel(`${pdu.pieces.length} L2CAP fragments (${length} bytes): ${list}`);
  let from = 0;
  for (const piece of pdu.pieces) {
    d.generated(f.fragment, d.pos, 0, piece.frame);
    const range = `${from}-${from + piece.length - 1} (${piece.length} bytes)`;
    if (d.labels) d.relabel(`Frame: ${piece.frame}, payload: ${range}`);
    from += piece.length;
  }
  d.generated(f.fragmentCount, d.pos, 0, pdu.pieces.length);
  d.generated(f.reassembledLength, d.pos, 0, length);
  d.close();
}

/** The packet that the PDU begins, or has a piece of; undefined when its beginning is not there. */
function pieceOf(d: Dissection, isStart: boolean, length: number): Pdu | undefined {
  if (!d.first) return d.recall<Pdu>(btle, KEY_PDU);
  const pdus = d.conversation?.state(btleRf, makePdus);
  if (pdus === undefined) return undefined;
  const { open } = pdus;
  const kind = kindOf(d);
  const piece = { frame: d.frame, at: d.offset(d.pos), length };
  let pdu = open.get(kind);
  if (isStart) {
    if (d.remaining < 4) return undefined;
    pdu = { frame: d.frame, pieces: [piece], missing: d.peek16le() + 4 - length, index: pdus.count++ };
    open.set(kind, pdu);
  } else if (pdu !== undefined && pdu.missing > 0) {
    pdu.pieces.push(piece);
    pdu.missing -= length;
  } else return undefined;
  d.remember(btle, KEY_PDU, pdu);
  return pdu;
}
