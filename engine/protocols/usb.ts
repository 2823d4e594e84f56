/**
 * USB as the kernel sees it: requests and their completions of Linux (usbmon) and of Windows (USBPcap), with the
 * standard requests and descriptors of the USB 2.0 specification, chapter 9.
 * https://www.tcpdump.org/linktypes/LINKTYPE_USB_LINUX.html, https://desowin.org/usbpcap/captureformat.html
 */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import { CONVERSATION_USB } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  char,
  expert,
  type Field,
  frameNum,
  i32,
  joined,
  nameOf,
  none,
  relTime,
  str,
  u8,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import { DissectorTable, HeuristicTable, protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import {
  BDESCRIPTORTYPES,
  BDEVICECLASS,
  BINTERFACEPROTOCOLS,
  BINTERFACESUBCLASS,
  BMATTRIBUTES_BEHAVIOURS,
  BMATTRIBUTES_SYNCS,
  BMATTRIBUTES_TRANSFERS,
  BMREQUESTTYPE_RECIPIENTS,
  BMREQUESTTYPE_TYPES,
  CONTROL_STAGES,
  DATA_FLAGS,
  ENDPOINT_ADDRESS_DIRECTIONS,
  FUNCTIONS,
  IRP_INFO_DIRECTIONS,
  LANGUAGEIDS,
  SETUP_BREQUESTS,
  SETUP_FLAGS,
  SETUP_WFEATURESELECTORS,
  TRANSFER_TYPES,
  URB_STATUS,
  URB_TYPES,
  USBD_STATUS,
  WMAXPACKETSIZE_SLOTS,
} from "./names/usb.ts";

const f = {
  interval: u32("usb.interval", "Interval"),
  urbId: u64("usb.urb_id", "URB id", { base: "HEX" }),
  urbType: char("usb.urb_type", "URB type", { base: "HEX", names: URB_TYPES }),
  transferType: u8("usb.transfer_type", "URB transfer type", { base: "HEX", names: TRANSFER_TYPES }),
  endpointAddress: u8("usb.endpoint_address", "Endpoint", { base: "HEX" }),
  endpointAddressDirection: u8("usb.endpoint_address.direction", "Direction", {
    mask: 0x80,
    names: ENDPOINT_ADDRESS_DIRECTIONS,
  }),
  endpointAddressNumber: u8("usb.endpoint_address.number", "Endpoint number", { mask: 0xf }),
  deviceAddress: u8("usb.device_address", "Device"),
  busId: u16("usb.bus_id", "URB bus id"),
  setupFlag: char("usb.setup_flag", "Device setup request", { base: "HEX", names: SETUP_FLAGS }),
  dataFlag: char("usb.data_flag", "Data", { base: "HEX", names: DATA_FLAGS }),
  urbTsSec: u64("usb.urb_ts_sec", "URB sec"),
  urbTsUsec: u32("usb.urb_ts_usec", "URB usec"),
  urbStatus: i32("usb.urb_status", "URB status", { names: URB_STATUS }),
  urbLen: u32("usb.urb_len", "URB length [bytes]"),
  dataLen: u32("usb.data_len", "Data length [bytes]"),
  unusedSetupHeader: none("usb.unused_setup_header", "Unused Setup Header"),
  startFrame: u32("usb.start_frame", "Start frame"),
  copyOfTransferFlags: u32("usb.copy_of_transfer_flags", "Copy of Transfer Flags", { base: "HEX" }),
  transferFlagsShortNotOk: bool("usb.transfer_flags.short_not_ok", "Short not OK", { bits: 32, mask: 0x1 }),
  transferFlagsIsoAsap: bool("usb.transfer_flags.iso_asap", "ISO ASAP", { bits: 32, mask: 0x2 }),
  transferFlagsNoTransferDmaMap: bool("usb.transfer_flags.no_transfer_dma_map", "No transfer DMA map", {
    bits: 32,
    mask: 0x4,
  }),
  transferFlagsNoFsbr: bool("usb.transfer_flags.no_fsbr", "No FSBR", { bits: 32, mask: 0x20 }),
  transferFlagsZeroPacket: bool("usb.transfer_flags.zero_packet", "Zero Packet", { bits: 32, mask: 0x40 }),
  transferFlagsNoInterrupt: bool("usb.transfer_flags.no_interrupt", "No Interrupt", { bits: 32, mask: 0x80 }),
  transferFlagsFreeBuffer: bool("usb.transfer_flags.free_buffer", "Free Buffer", { bits: 32, mask: 0x100 }),
  transferFlagsDirIn: bool("usb.transfer_flags.dir_in", "Dir IN", { bits: 32, mask: 0x200 }),
  transferFlagsDmaMapSingle: bool("usb.transfer_flags.dma_map_single", "DMA Map Single", {
    bits: 32,
    mask: 0x10000,
  }),
  transferFlagsDmaMapPage: bool("usb.transfer_flags.dma_map_page", "DMA Map Page", {
    bits: 32,
    mask: 0x20000,
  }),
  transferFlagsDmaMapSg: bool("usb.transfer_flags.dma_map_sg", "DMA Map SG", { bits: 32, mask: 0x40000 }),
  transferFlagsMapLocal: bool("usb.transfer_flags.map_local", "Map Local", { bits: 32, mask: 0x80000 }),
  transferFlagsSetupMapSingle: bool("usb.transfer_flags.setup_map_single", "Setup Map Single", {
    bits: 32,
    mask: 0x100000,
  }),
  transferFlagsSetupMapLocal: bool("usb.transfer_flags.setup_map_local", "Setup Map Local", {
    bits: 32,
    mask: 0x200000,
  }),
  transferFlagsDmaSgCombined: bool("usb.transfer_flags.dma_sg_combined", "DMA S-G Combined", {
    bits: 32,
    mask: 0x400000,
  }),
  transferFlagsAlignedTempBuffer: bool("usb.transfer_flags.aligned_temp_buffer", "Aligned Temp Buffer", {
    bits: 32,
    mask: 0x800000,
  }),
  usbpcapHeaderLen: u16("usb.usbpcap_header_len", "USBPcap pseudoheader length"),
  irpId: u64("usb.irp_id", "IRP ID", { base: "HEX" }),
  usbdStatus: u32("usb.usbd_status", "IRP USBD_STATUS", { base: "HEX", names: USBD_STATUS }),
  function: u16("usb.function", "URB Function", { base: "HEX", names: FUNCTIONS }),
  irpInfo: u8("usb.irp_info", "IRP information", { base: "HEX" }),
  irpInfoReserved: u8("usb.irp_info.reserved", "Reserved", { base: "HEX", mask: 0xfe }),
  irpInfoDirection: u8("usb.irp_info.direction", "Direction", {
    base: "HEX",
    mask: 0x1,
    names: IRP_INFO_DIRECTIONS,
  }),
  controlStage: u8("usb.control_stage", "Control transfer stage", { names: CONTROL_STAGES }),
  win32IsoFrame: u32("usb.win32.iso_frame", "Isochronous transfer start frame"),
  win32IsoNumPackets: u32("usb.win32.iso_num_packets", "Isochronous transfer number of packets"),
  win32IsoErrorCount: u32("usb.win32.iso_error_count", "Isochronous transfer error count"),
  win32IsoOffset: u32("usb.win32.iso_offset", "ISO Data offset", { base: "HEX" }),
  win32IsoDataLen: u32("usb.win32.iso_data_len", "ISO Data length", { base: "HEX" }),
  win32IsoStatus: u32("usb.win32.iso_status", "ISO USBD status", { base: "HEX", names: USBD_STATUS }),
  bmRequestType: u8("usb.bmRequestType", "bmRequestType", { base: "HEX" }),
  controlResponse: bytes("usb.control.Response", "CONTROL response data"),
  setupBRequest: u8("usb.setup.bRequest", "bRequest", { names: SETUP_BREQUESTS }),
  setupWValue: u16("usb.setup.wValue", "wValue", { base: "HEX" }),
  setupWIndex: u16("usb.setup.wIndex", "wIndex", { base: "DEC_HEX" }),
  setupWLength: u16("usb.setup.wLength", "wLength"),
  setupWFeatureSelector: u16("usb.setup.wFeatureSelector", "wFeatureSelector", {
    names: SETUP_WFEATURESELECTORS,
  }),
  setupWInterface: u16("usb.setup.wInterface", "wInterface"),
  setupWEndpoint: u16("usb.setup.wEndpoint", "wEndpoint"),
  setupWFrameNumber: u16("usb.setup.wFrameNumber", "wFrameNumber"),
  isoErrorCount: u16("usb.iso.error_count", "ISO error count"),
  isoNumdesc: u16("usb.iso.numdesc", "Number of ISO descriptors"),
  isoIsoStatus: i32("usb.iso.iso_status", "Status", { names: URB_STATUS }),
  isoIsoOff: u32("usb.iso.iso_off", "Offset [bytes]"),
  isoIsoLen: u32("usb.iso.iso_len", "Length [bytes]"),
  isoPad: u32("usb.iso.pad", "Padding", { base: "HEX" }),
  isoData: bytes("usb.iso.data", "ISO Data"),
  capdata: bytes("usb.capdata", "Leftover Capture Data"),
  bmRequestTypeDirection: bool("usb.bmRequestType.direction", "Direction", {
    mask: 0x80,
    tf: ["Device-to-host", "Host-to-device"],
  }),
  bmRequestTypeType: u8("usb.bmRequestType.type", "Type", {
    base: "HEX",
    mask: 0x60,
    names: BMREQUESTTYPE_TYPES,
  }),
  bmRequestTypeRecipient: u8("usb.bmRequestType.recipient", "Recipient", {
    base: "HEX",
    mask: 0x1f,
    names: BMREQUESTTYPE_RECIPIENTS,
  }),
  bDescriptorType: u8("usb.bDescriptorType", "bDescriptorType", { base: "HEX", names: BDESCRIPTORTYPES }),
  getDescriptorResponse: bytes("usb.getDescriptor.Response", "GET DESCRIPTOR Response data"),
  descriptorIndex: u8("usb.DescriptorIndex", "Descriptor Index", { base: "HEX" }),
  languageId: u16("usb.LanguageId", "Language Id", { base: "HEX", names: LANGUAGEIDS }),
  bLength: u8("usb.bLength", "bLength"),
  bcdUSB: u16("usb.bcdUSB", "bcdUSB", { base: "HEX" }),
  bDeviceClass: u8("usb.bDeviceClass", "bDeviceClass", { base: "HEX", names: BDEVICECLASS }),
  bDeviceSubClass: u8("usb.bDeviceSubClass", "bDeviceSubClass"),
  bDeviceProtocol: u8("usb.bDeviceProtocol", "bDeviceProtocol"),
  bMaxPacketSize0: u8("usb.bMaxPacketSize0", "bMaxPacketSize0"),
  bcdDevice: u16("usb.bcdDevice", "bcdDevice", { base: "HEX" }),
  iManufacturer: u8("usb.iManufacturer", "iManufacturer"),
  iProduct: u8("usb.iProduct", "iProduct"),
  iSerialNumber: u8("usb.iSerialNumber", "iSerialNumber"),
  bNumConfigurations: u8("usb.bNumConfigurations", "bNumConfigurations"),
  wLANGID: u16("usb.wLANGID", "wLANGID", { base: "HEX", names: LANGUAGEIDS }),
  bString: str("usb.bString", "bString"),
  bInterfaceNumber: u8("usb.bInterfaceNumber", "bInterfaceNumber"),
  bAlternateSetting: u8("usb.bAlternateSetting", "bAlternateSetting"),
  bNumEndpoints: u8("usb.bNumEndpoints", "bNumEndpoints"),
  bInterfaceClass: u8("usb.bInterfaceClass", "bInterfaceClass", { base: "HEX", names: BDEVICECLASS }),
  bInterfaceSubClass: u8("usb.bInterfaceSubClass", "bInterfaceSubClass", {
    base: "HEX",
    names: BINTERFACESUBCLASS,
  }),
  bInterfaceProtocol: u8("usb.bInterfaceProtocol", "bInterfaceProtocol", {
    base: "HEX",
    names: BINTERFACEPROTOCOLS,
  }),
  iInterface: u8("usb.iInterface", "iInterface"),
  bEndpointAddress: u8("usb.bEndpointAddress", "bEndpointAddress", { base: "HEX" }),
  configurationBmAttributes: u8("usb.configuration.bmAttributes", "Configuration bmAttributes", {
    base: "HEX",
  }),
  bmAttributes: u8("usb.bmAttributes", "bmAttributes", { base: "HEX" }),
  bmAttributesTransfer: u8("usb.bmAttributes.transfer", "Transfertype", {
    base: "HEX",
    mask: 0x3,
    names: BMATTRIBUTES_TRANSFERS,
  }),
  bmAttributesSync: u8("usb.bmAttributes.sync", "Synchronisationtype", {
    base: "HEX",
    mask: 0xc,
    names: BMATTRIBUTES_SYNCS,
  }),
  bmAttributesBehaviour: u8("usb.bmAttributes.behaviour", "Behaviourtype", {
    base: "HEX",
    mask: 0x30,
    names: BMATTRIBUTES_BEHAVIOURS,
  }),
  wMaxPacketSize: u16("usb.wMaxPacketSize", "wMaxPacketSize"),
  wMaxPacketSizeSize: u16("usb.wMaxPacketSize.size", "Maximum Packet Size", { mask: 0x3ff }),
  wMaxPacketSizeSlots: u16("usb.wMaxPacketSize.slots", "Transactions per microframe", {
    mask: 0x1800,
    names: WMAXPACKETSIZE_SLOTS,
  }),
  bInterval: u8("usb.bInterval", "bInterval"),
  wTotalLength: u16("usb.wTotalLength", "wTotalLength"),
  bNumInterfaces: u8("usb.bNumInterfaces", "bNumInterfaces"),
  bConfigurationValue: u8("usb.bConfigurationValue", "bConfigurationValue"),
  iConfiguration: u8("usb.iConfiguration", "iConfiguration"),
  bMaxPower: u8("usb.bMaxPower", "bMaxPower"),
  configurationLegacy10buspowered: bool("usb.configuration.legacy10buspowered", "Must be 1", {
    mask: 0x80,
    tf: ["Must be 1 for USB 1.1 and higher", "FIXME: Is this a USB 1.0 device"],
  }),
  configurationSelfpowered: bool("usb.configuration.selfpowered", "Self-Powered", {
    mask: 0x40,
    tf: ["This device is SELF-POWERED", "This device is powered from the USB bus"],
  }),
  configurationRemotewakeup: bool("usb.configuration.remotewakeup", "Remote Wakeup", {
    mask: 0x20,
    tf: ["This device supports REMOTE WAKEUP", "This device does NOT support remote wakeup"],
  }),
  bEndpointAddressNumber: u8("usb.bEndpointAddress.number", "Endpoint Number", { base: "HEX", mask: 0xf }),
  bEndpointAddressDirection: bool("usb.bEndpointAddress.direction", "Direction", {
    mask: 0x80,
    tf: ["IN Endpoint", "OUT Endpoint"],
  }),
  requestIn: frameNum("usb.request_in", "Request in"),
  time: relTime("usb.time", "Time from request"),
  responseIn: frameNum("usb.response_in", "Response in"),
  bFirstInterface: u8("usb.bFirstInterface", "bFirstInterface"),
  bInterfaceCount: u8("usb.bInterfaceCount", "bInterfaceCount"),
  bFunctionClass: u8("usb.bFunctionClass", "bFunctionClass", { base: "HEX", names: BDEVICECLASS }),
  bFunctionSubClass: u8("usb.bFunctionSubClass", "bFunctionSubClass", { base: "HEX" }),
  bFunctionProtocol: u8("usb.bFunctionProtocol", "bFunctionProtocol", { base: "HEX" }),
  iFunction: u8("usb.iFunction", "iFunction"),
  dataFragment: bytes("usb.data_fragment", "Data Fragment"),
  src: str("usb.src", "Source"),
  dst: str("usb.dst", "Destination"),
};

/** Some of the vendors and products the USB Implementers Forum and linux-usb.org list. */
const VENDORS: Readonly<Record<number, string>> = {
  1008: "HP, Inc",
  1027: "Future Technology Devices International, Ltd",
  1033: "NEC Corp.",
  1060: "Microchip Technology, Inc. (formerly SMSC)",
  1118: "Microsoft Corp.",
  1133: "Logitech, Inc.",
  1155: "STMicroelectronics",
  1193: "Canon, Inc.",
  1204: "Cypress Semiconductor Corp.",
  1208: "Seiko Epson Corp.",
  1226: "Lite-On Technology Corp.",
  1256: "Samsung Electronics Co., Ltd",
  1266: "Chicony Electronics Co., Ltd",
  1309: "American Power Conversion",
  1356: "Sony Corp.",
  1386: "Wacom Co., Ltd",
  1423: "Alcor Micro Corp.",
  1439: "LaCie, Ltd",
  1452: "Apple, Inc.",
  1507: "Genesys Logic, Inc.",
  1659: "Prolific Technology, Inc.",
  1921: "SanDisk Corp.",
  2316: "Silicon Motion, Inc. - Taiwan (formerly Feiya Technology Corp.)",
  2352: "Toshiba Corp.",
  2385: "Kingston Technology",
  2389: "NVIDIA Corp.",
  2652: "Broadcom Corp.",
  2965: "ASIX Electronics Corp.",
  3010: "Seagate RSS LLC",
  3034: "Realtek Semiconductor Corp.",
  3315: "Qualcomm Atheros Communications",
  3725: "MediaTek Inc.",
  4152: "SteelSeries ApS",
  4184: "Western Digital Technologies, Inc.",
  4292: "Silicon Labs",
  4817: "Huawei Technologies Co., Ltd.",
  5075: "IMC Networks",
  5118: "Phison Electronics Corp.",
  5421: "JMicron Technology Corp. / JMicron USA Technology Corp.",
  5426: "Razer USA, Ltd",
  5964: "ASMedia Technology Inc.",
  6127: "Lenovo",
  6353: "Google Inc.",
  6790: "QinHeng Electronics",
  7119: "Sunplus Innovation Technology Inc.",
  7531: "Linux Foundation",
  8457: "VIA Labs, Inc.",
  9025: "Arduino SA",
  16700: "Dell Computer Corp.",
  32903: "Intel Corp.",
};
const PRODUCTS: Readonly<Record<number, string>> = {
  493551617: "1.1 root hub",
  493551618: "2.0 root hub",
  493551619: "3.0 root hub",
};

const g = {
  idVendor: u16("usb.idVendor", "idVendor", { base: "HEX", names: VENDORS }),
  idProduct: u16("usb.idProduct", "idProduct", { base: "HEX" }),
  addr: str("usb.addr", "Source or Destination"),
  setAddress: u8("usb.device_address", "Device"),
  pcapDevice: u16("usb.device_address", "Device address"),
};

/** The same names in the headers of memory-mapped captures and of USBPcap. */
const g32 = {
  errorCount: u32("usb.iso.error_count", "ISO error count"),
  descriptors: u32("usb.iso.numdesc", "Number of ISO descriptors"),
};
const w = { length: u32("usb.data_len", "Packet Data Length") };

const x = {
  length: expert("usb.desc_length.invalid", "error", "Malformed", "Invalid descriptor length"),
};

/** Protocols by interface class. */
export const usbClasses = new DissectorTable("usb.interrupt", "USB interface class");
export const usbBulkHeuristics = new HeuristicTable("usb.bulk");

export const usb = protocol({
  name: "usb",
  title: "USB URB",
  short: "USB",
  fields: joined(f, g, g32, w),
  experts: x,
  on: [[linkTypes, 189, 220, 249]],
  dissect,
});

const ISOCHRONOUS = 0;
const INTERRUPT = 1;
const CONTROL = 2;
const BULK = 3;
const IN = 0x80;
const CLASS_UNKNOWN = 0xffff;

/** A request waiting for its completion, kept for both frames. */
interface Transaction {
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  /** Frame of the completion, 0 while it is not known. */
  answer: number;
  /** The setup packet of control transfers; -1 for none. */
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

/** What is known of a device: open requests by their id, its interfaces' classes by endpoint and by number. */
interface Device {
  readonly open: Map<string, Transaction>;
  readonly byEndpoint: Map<number, number>;
  readonly byInterface: Map<number, number>;
}
const makeDevice = (): Device => ({ open: new Map(), byEndpoint: new Map(), byInterface: new Map() });

/** What the header says of the transfer at work. */
interface Transfer {
  isRequest: boolean;
  id: string;
  bus: number;
  device: number;
  endpoint: number;
  type: number;
  /** True when a setup packet follows. */
  hasSetup: boolean;
  /** Bytes of a setup packet within the header. */
  setupAt: number;
}

const KEY_TRANSACTION = 0;
const KEY_CLASS = 1;
const HOST = new TextEncoder().encode("host");
const encoder = new TextEncoder();

function dissect(d: Dissection): void {
  if (d.linkType === 249) dissectWindows(d);
  else dissectLinux(d);
}

function addAddresses(d: Dissection, at: number, t: Transfer): void {
  const name = `${t.bus}.${t.device}.${t.endpoint & 15}`;
  const device = encoder.encode(name.slice(0, 18));
  const whole = encoder.encode(`${t.bus}.${t.device}`.slice(0, 18));
  d.setSource(ADDRESS_TEXT, HOST, 0, HOST.length);
  d.setDestination(ADDRESS_TEXT, whole, 0, whole.length);
  d.converse(CONVERSATION_USB, 0, 0);
  if (t.isRequest) {
    d.setSource(ADDRESS_TEXT, HOST, 0, HOST.length);
    d.setDestination(ADDRESS_TEXT, device, 0, device.length);
  } else {
    d.setSource(ADDRESS_TEXT, device, 0, device.length);
    d.setDestination(ADDRESS_TEXT, HOST, 0, HOST.length);
  }
  if (!d.building) return;
  d.generated(f.src, at, 0, t.isRequest ? "host" : name);
  d.hidden(g.addr, at, 0, t.isRequest ? "host" : name);
  d.generated(f.dst, at, 0, t.isRequest ? name : "host");
  d.hidden(g.addr, at, 0, t.isRequest ? name : "host");
}

function addEndpoint(d: Dissection): void {
  const at = d.pos;
  const endpoint = d.peek8();
  d.open(f.endpointAddress, at, 1, endpoint);
  if (d.labels) d.append(`, Direction: ${endpoint & IN ? "IN" : "OUT"}`);
  d.bits(f.endpointAddressDirection, at, 1);
  d.bits(f.endpointAddressNumber, at, 1);
  d.close();
  d.pos = at + 1;
}

function addFlagByte(d: Dissection, field: Field): number {
  const value = d.u8(field);
  if (d.labels && value === 0) d.relabel(`${field.title}: ${nameOf(field.names, 0)} ('\\0')`);
  return value;
}

const TRANSFER_WORDS: Readonly<Record<number, string>> = {
  [ISOCHRONOUS]: "URB_ISOCHRONOUS",
  [INTERRUPT]: "URB_INTERRUPT",
  [CONTROL]: "URB_CONTROL",
  [BULK]: "URB_BULK",
};

function setTransferInfo(d: Dissection, t: Transfer): void {
  if (!d.columns) return;
  const word = TRANSFER_WORDS[t.type] ?? "URB_UNKNOWN";
  d.setInfo(`${word} ${t.endpoint & IN ? "in" : "out"}`);
}

/** usbmon's header: 48 bytes, 64 with what memory-mapped captures add. */
function dissectLinux(d: Dissection): void {
  const at = d.pos;
  d.need(12);
  const type = d.buf[at + 8];
  const t: Transfer = {
    isRequest: type === 0x53,
    id: `${d.peek32le(4)}:${d.peek32le(0)}`,
    bus: d.peek16le(12),
    device: d.buf[at + 11],
    endpoint: d.buf[at + 10],
    type: d.buf[at + 9],
    hasSetup: false,
    setupAt: 0,
  };
  addAddresses(d, at, t);
  setTransferInfo(d, t);
  d.u64le(f.urbId);
  d.u8(f.urbType);
  d.u8(f.transferType);
  addEndpoint(d);
  d.u8(f.deviceAddress);
  d.u16le(f.busId);
  const setupFlag = addFlagByte(d, f.setupFlag);
  addFlagByte(d, f.dataFlag);
  d.u64le(f.urbTsSec);
  d.u32le(f.urbTsUsec);
  d.add(f.urbStatus, d.pos, 4, d.peek32le() | 0);
  d.pos += 4;
  d.u32le(f.urbLen);
  d.u32le(f.dataLen);
  t.hasSetup = setupFlag === 0;
  t.setupAt = d.pos;
  d.need(8);
  const found = match(d, t);
  addMatch(d, at, t, found);
  if (t.type !== CONTROL) addClass(d, at, classOf(d, t, found));
  if (t.type === CONTROL && t.hasSetup) d.pos += 8;
  else if (t.type === ISOCHRONOUS) {
    d.u32le(g32.errorCount);
    d.u32le(g32.descriptors);
  } else if (d.building) {
    d.add(f.unusedSetupHeader, d.pos, 8, null);
    d.pos += 8;
  } else d.pos += 8;
  let count = 0;
  if (d.linkType === 220) {
    d.u32le(f.interval);
    d.u32le(f.startFrame);
    addTransferFlags(d);
    count = d.u32le(g32.descriptors);
  }
  if (t.type === CONTROL && found !== undefined && namesClass(found)) {
    addClass(d, at, classOf(d, t, found));
  }
  if (t.type === ISOCHRONOUS && d.linkType === 220) {
    dissectIso(d, count);
    return;
  }
  d.layerEnd(d.pos);
  if (t.type === CONTROL) dissectControl(d, t, found);
  else dissectPayload(d, t, found);
}

const TRANSFER_FLAGS = Object.values(f).filter((field) => field.name.startsWith("usb.transfer_flags."));

function addTransferFlags(d: Dissection): void {
  const value = d.bitsetLe(f.copyOfTransferFlags, 4, TRANSFER_FLAGS);
  if (!d.labels) return;
  const set = TRANSFER_FLAGS.filter((field) => (value & field.mask) !== 0).map((field) => field.title);
  d.append(set.length === 0 ? "" : `, ${set.join(", ")}`);
}

const ISO_DESCRIPTOR = 16;

function dissectIso(d: Dissection, count: number): void {
  const start = d.pos;
  const data = start + count * ISO_DESCRIPTOR;
  for (let i = 0; i < count; i++) {
    const at = start + i * ISO_DESCRIPTOR;
    d.pos = at;
    const status = d.peek32le() | 0;
    const offset = d.peek32le(4);
    const length = d.peek32le(8);
    const name = nameOf(URB_STATUS, status) ?? "Unknown";
    d.openText(at, ISO_DESCRIPTOR, `USB isodesc ${i} [${name}]${length > 0 ? ` (${length} bytes)` : ""}`);
    d.add(f.isoIsoStatus, at, 4, status);
    d.pos = at + 4;
    d.u32le(f.isoIsoOff);
    d.u32le(f.isoIsoLen);
    const from = data + offset;
    if (status === 0 && length > 0 && from + length <= d.end && d.building) {
      d.add(f.isoData, from, length, d.buf.subarray(from, from + length));
    }
    d.u32le(f.isoPad);
    d.close();
  }
  d.layerEnd(d.end);
}

const FUNCTION_ISOCH = 0x000a;

/** USBPcap's header, whose length it says. */
function dissectWindows(d: Dissection): void {
  const at = d.pos;
  d.need(27);
  const length = d.peek16le();
  const info = d.buf[at + 16];
  const t: Transfer = {
    isRequest: (info & 1) === 0,
    id: `${d.peek32le(6)}:${d.peek32le(2)}`,
    bus: d.peek16le(17),
    device: d.peek16le(19),
    endpoint: d.buf[at + 21],
    type: d.buf[at + 22],
    hasSetup: false,
    setupAt: 0,
  };
  addAddresses(d, at, t);
  d.u16le(f.usbpcapHeaderLen);
  d.u64le(f.irpId);
  d.u32le(f.usbdStatus);
  const urb = d.u16le(f.function);
  if (t.type <= BULK) setTransferInfo(d, t);
  else if (d.columns) d.setInfo(nameOf(FUNCTIONS, urb) ?? "Unknown");
  d.open(f.irpInfo, d.pos, 1, info);
  if (d.labels) d.append(`, Direction: ${nameOf(IRP_INFO_DIRECTIONS, info & 1)}`);
  d.bits(f.irpInfoReserved, d.pos, 1);
  d.bits(f.irpInfoDirection, d.pos, 1);
  d.close();
  d.pos++;
  d.u16le(f.busId);
  d.u16le(g.pcapDevice);
  addEndpoint(d);
  d.u8(f.transferType);
  d.u32le(w.length);
  const stage = t.type === CONTROL ? d.peek8() : -1;
  t.hasSetup = stage === 0;
  t.setupAt = at + length;
  if (t.hasSetup && t.isRequest) d.needAt(t.setupAt, 8);
  const found = match(d, t);
  addMatch(d, at, t, found);
  if (t.type !== CONTROL) addClass(d, at, classOf(d, t, found));
  if (t.type === CONTROL) d.u8(f.controlStage);
  else if (t.type === ISOCHRONOUS && urb === FUNCTION_ISOCH) {
    dissectWindowsIso(d, at + length);
    return;
  }
  d.pos = at + length;
  if (t.type === CONTROL && found !== undefined && namesClass(found)) {
    addClass(d, at, classOf(d, t, found));
  }
  d.layerEnd(d.pos);
  if (t.hasSetup) d.pos += 8;
  if (t.type === CONTROL) dissectControl(d, t, found);
  else if (t.type <= BULK) dissectPayload(d, t, found);
}

function dissectWindowsIso(d: Dissection, data: number): void {
  d.u32le(f.win32IsoFrame);
  const count = d.u32le(f.win32IsoNumPackets);
  d.u32le(f.win32IsoErrorCount);
  for (let i = 0; i < count && d.pos < data; i++) {
    const at = d.pos;
    d.openText(at, 12, `USB isodesc ${i}`);
    const offset = d.u32le(f.win32IsoOffset);
    const length = d.u32le(f.win32IsoDataLen);
    d.u32le(f.win32IsoStatus);
    const from = data + offset;
    if (length > 0 && from + length <= d.end && d.building) {
      d.add(f.isoData, from, length, d.buf.subarray(from, from + length));
    }
    d.close();
  }
  d.layerEnd(d.end);
}

// ------------------------------------------------------------------ requests and their completions

/** The transaction this frame belongs to: made of a request, found by a completion. */
function match(d: Dissection, t: Transfer): Transaction | undefined {
  if (!d.first) return d.recall<Transaction>(usb, KEY_TRANSACTION);
  const state = d.conversation!.state(usb, makeDevice);
  let found: Transaction | undefined;
  if (t.isRequest) {
    const at = t.setupAt - d.pos;
    found = {
      frame: d.frame,
      sec: d.sec,
      nsec: d.nsec,
      answer: 0,
      requestType: t.hasSetup ? d.peek8(at) : -1,
      request: t.hasSetup ? d.peek8(at + 1) : -1,
      value: t.hasSetup ? d.peek16le(at + 2) : 0,
      index: t.hasSetup ? d.peek16le(at + 4) : 0,
    };
    state.open.set(t.id, found);
  } else {
    found = state.open.get(t.id);
    if (found === undefined) return undefined;
    found.answer = d.frame;
    state.open.delete(t.id);
  }
  d.remember(usb, KEY_TRANSACTION, found);
  return found;
}

function addMatch(d: Dissection, at: number, t: Transfer, found: Transaction | undefined): void {
  if (found === undefined || !d.building) return;
  if (t.isRequest) {
    if (found.answer !== 0) d.generated(f.responseIn, at, 0, found.answer);
    return;
  }
  d.generated(f.requestIn, at, 0, found.frame);
  const time = BigInt(d.sec - found.sec) * 1_000_000_000n + BigInt(d.nsec - found.nsec);
  d.generated(f.time, at, 0, time);
}

/** True for requests that belong to an interface's class. */
const namesClass = (found: Transaction): boolean =>
  (found.requestType & 0x60) !== 0 || isClassDescriptor(found);

/** The descriptors of HID are asked for by standard requests, at the interface. */
const isClassDescriptor = (found: Transaction): boolean =>
  found.requestType === 0x81 && found.request === GET_DESCRIPTOR && found.value >> 8 >= 0x21;

const RECIPIENT_INTERFACE = 1;
const RECIPIENT_ENDPOINT = 2;

/** The class of the interface a transfer goes to, CLASS_UNKNOWN when no descriptor told it. */
function classOf(d: Dissection, t: Transfer, found: Transaction | undefined): number {
  if (!d.first) return d.recall<number>(usb, KEY_CLASS) ?? CLASS_UNKNOWN;
  const state = d.conversation!.state(usb, makeDevice);
  let known: number | undefined;
  if (t.type !== CONTROL) known = state.byEndpoint.get(t.endpoint);
  else if (found !== undefined) {
    const recipient = found.requestType & 31;
    if (recipient === RECIPIENT_INTERFACE) known = state.byInterface.get(found.index & 0xff);
    else if (recipient === RECIPIENT_ENDPOINT) known = state.byEndpoint.get(found.index & 0xff);
  }
  if (known === undefined) return CLASS_UNKNOWN;
  if (d.keep) d.remember(usb, KEY_CLASS, known);
  return known;
}

function addClass(d: Dissection, at: number, number: number): void {
  if (!d.building) return;
  d.generated(f.bInterfaceClass, at, 0, number);
  if (d.labels) {
    const digits = number === CLASS_UNKNOWN ? 4 : 2;
    d.relabel(
      `bInterfaceClass: ${nameOf(BDEVICECLASS, number) ?? "Unknown"} (0x${number.toString(16).padStart(digits, "0")})`,
    );
  }
}

function dissectPayload(d: Dissection, t: Transfer, found: Transaction | undefined): void {
  if (d.remaining <= 0) return;
  const guessed = t.type === BULK ? usbBulkHeuristics.find(d) : undefined;
  const owner = guessed ?? usbClasses.get(classOf(d, t, found));
  if (owner !== undefined) d.call(owner);
  else addLeftover(d);
}

function addLeftover(d: Dissection): void {
  const length = d.remaining;
  if (length <= 0) return;
  d.beside();
  d.bytes(f.capdata, length);
}

// ------------------------------------------------------------------ control transfers

const REQUEST_TYPE_BITS = [f.bmRequestTypeDirection, f.bmRequestTypeType, f.bmRequestTypeRecipient] as const;

const GET_STATUS = 0;
const CLEAR_FEATURE = 1;
const SET_FEATURE = 3;
const SET_ADDRESS = 5;
const GET_DESCRIPTOR = 6;
const GET_CONFIGURATION = 8;
const SET_CONFIGURATION = 9;
const GET_INTERFACE = 10;
const SET_INTERFACE = 11;
const SYNCH_FRAME = 12;

/** The protocol of a class request, by the class of the interface it goes to; its lines go below the setup packet's. */
export const usbControlClasses = new DissectorTable("usb.control", "USB class requests");

/** The setup packet at work, for the protocols of class requests; `isRequest` tells which half of it is dissected. */
export const controlTransfer = {
  /** The dissection at work; another one's when it is of no control transfer. */
  serial: -1,
  isRequest: false,
  request: 0,
  value: 0,
  index: 0,
  requestType: 0,
  /** True for standard requests at an interface that ask for a class's own descriptors. */
  standard: false,
  /** Set by the class protocol's test: what the request is called, and whether it dissects the answer. */
  name: "",
  suffix: "",
  dissectsAnswer: false,
};

function dissectControl(d: Dissection, t: Transfer, found: Transaction | undefined): void {
  if (t.isRequest && t.hasSetup && found !== undefined) dissectSetup(d, t, found);
  else if (!t.isRequest && found !== undefined && found.requestType !== -1) dissectAnswer(d, t, found);
  else addLeftover(d);
}

function classProtocol(d: Dissection, t: Transfer, found: Transaction) {
  const kind = (found.requestType >> 5) & 3;
  const isReport = isClassDescriptor(found);
  if (kind !== 1 && !isReport) return undefined;
  controlTransfer.serial = d.serial;
  controlTransfer.isRequest = t.isRequest;
  controlTransfer.request = found.request;
  controlTransfer.value = found.value;
  controlTransfer.index = found.index;
  controlTransfer.requestType = found.requestType;
  controlTransfer.standard = isReport;
  const owner = usbControlClasses.get(isReport ? HID_CLASS : classOf(d, t, found));
  return owner?.test === undefined || d.probe(owner) ? owner : undefined;
}

function dissectSetup(d: Dissection, t: Transfer, found: Transaction): void {
  const at = t.setupAt;
  const rest = at + 8 > d.pos ? at + 8 : d.pos;
  d.pos = at;
  d.beside();
  d.openText(at, 8, "Setup Data");
  d.bitset(f.bmRequestType, 1, REQUEST_TYPE_BITS);
  const owner = classProtocol(d, t, found);
  const isStandard = (found.requestType & 0x60) === 0;
  if (owner !== undefined) {
    d.callHere(owner);
    d.pos = at + 8;
  } else if (isStandard) dissectStandardSetup(d, found);
  else {
    d.add(f.setupBRequest, d.pos, 1, found.request);
    if (d.labels) d.relabel(`bRequest: ${found.request}`);
    d.pos++;
    d.u16le(f.setupWValue);
    d.u16le(f.setupWIndex);
    relabelIndex(d, found.index);
    d.u16le(f.setupWLength);
  }
  d.pos = rest;
  if (d.remaining > 0) d.bytes(f.dataFragment, d.remaining);
  d.close();
}

function relabelIndex(d: Dissection, index: number): void {
  if (d.labels) d.relabel(`wIndex: ${index} (0x${index.toString(16).padStart(4, "0")})`);
}

function descriptorName(type: number): string {
  return nameOf(BDESCRIPTORTYPES, type) ?? `Unknown type ${type}`;
}

/** What the info line says of a standard request. */
function requestText(found: Transaction, isRequest: boolean): string {
  const name = nameOf(SETUP_BREQUESTS, found.request) ?? `Unknown type ${found.request.toString(16)}`;
  const text = `${name} ${isRequest ? "Request" : "Response"}`;
  return found.request === GET_DESCRIPTOR ? `${text} ${descriptorName(found.value >> 8)}` : text;
}

/** Standard device requests: USB 2.0 section 9.4. */
function dissectStandardSetup(d: Dissection, found: Transaction): void {
  if (d.columns) d.setInfo(requestText(found, true));
  d.u8(f.setupBRequest);
  const at = d.pos;
  switch (found.request) {
    case GET_DESCRIPTOR:
      d.u8(f.descriptorIndex);
      d.u8(f.bDescriptorType);
      d.u16le(f.languageId);
      break;
    case SET_ADDRESS:
      d.add(g.setAddress, at, 1, found.value & 0xff);
      d.pos = at + 2;
      addIndex(d, found);
      break;
    case SET_CONFIGURATION:
      d.add(f.bConfigurationValue, at, 1, found.value & 0xff);
      d.pos = at + 2;
      addIndex(d, found);
      break;
    case CLEAR_FEATURE:
    case SET_FEATURE:
      d.u16le(f.setupWFeatureSelector);
      relabelFeature(d, found);
      if ((found.requestType & 31) === RECIPIENT_INTERFACE) d.u16le(f.setupWInterface);
      else if ((found.requestType & 31) === RECIPIENT_ENDPOINT) d.u16le(f.setupWEndpoint);
      else addIndex(d, found);
      break;
    case GET_INTERFACE:
      d.u16le(f.setupWValue);
      d.u16le(f.setupWInterface);
      break;
    case SET_INTERFACE:
      d.add(f.bAlternateSetting, at, 1, found.value & 0xff);
      d.pos = at + 2;
      d.u16le(f.setupWInterface);
      break;
    case GET_STATUS:
      d.u16le(f.setupWValue);
      if ((found.requestType & 31) === RECIPIENT_INTERFACE) d.u16le(f.setupWInterface);
      else if ((found.requestType & 31) === RECIPIENT_ENDPOINT) d.u16le(f.setupWEndpoint);
      else addIndex(d, found);
      break;
    case SYNCH_FRAME:
      d.u16le(f.setupWValue);
      d.u16le(f.setupWEndpoint);
      break;
    default:
      d.u16le(f.setupWValue);
      addIndex(d, found);
  }
  d.u16le(f.setupWLength);
}

/** Features have other names by what they are of. */
function relabelFeature(d: Dissection, found: Transaction): void {
  if (!d.labels || found.value !== 0 || (found.requestType & 31) !== RECIPIENT_ENDPOINT) return;
  d.relabel("wFeatureSelector: ENDPOINT HALT (0)");
}

function addIndex(d: Dissection, found: Transaction): void {
  d.u16le(f.setupWIndex);
  relabelIndex(d, found.index);
}

/** What a device answers to a request. */
function dissectAnswer(d: Dissection, t: Transfer, found: Transaction): void {
  const owner = classProtocol(d, t, found);
  if (owner !== undefined) {
    // Most answers are not dissected; what was asked names them.
    if (d.remaining > 0 && controlTransfer.dissectsAnswer) d.call(owner);
    else if (d.columns) {
      d.setProtocol(owner.short);
      d.setInfo(`${controlTransfer.name} Response${controlTransfer.suffix}`);
    }
    return;
  }
  const isStandard = (found.requestType & 0x60) === 0;
  d.beside();
  if (!isStandard) {
    if (d.remaining > 0) d.bytes(f.controlResponse, d.remaining);
    return;
  }
  if (d.columns) {
    const text = requestText(found, false);
    d.setInfo(found.request === GET_DESCRIPTOR && d.remaining === 0 ? "GET DESCRIPTOR Response" : text);
  }
  if (d.remaining <= 0) return;
  switch (found.request) {
    case GET_DESCRIPTOR:
      dissectDescriptor(d, found.value >> 8, found.value & 0xff);
      break;
    case GET_CONFIGURATION:
      d.u8(f.bConfigurationValue);
      break;
    case GET_INTERFACE:
      d.u8(f.bAlternateSetting);
      break;
    case GET_STATUS:
      d.u16le(s.status);
      break;
    case SYNCH_FRAME:
      d.u16le(f.setupWFrameNumber);
      break;
    default:
      break;
  }
  if (d.remaining > 0) d.bytes(f.capdata, d.remaining);
}

const s = { status: u16("usb.setup.wStatus", "wStatus", { base: "HEX" }) };

// ------------------------------------------------------------------ descriptors, USB 2.0 section 9.6

const DEVICE = 1;
const CONFIGURATION = 2;
const STRING = 3;
const INTERFACE = 4;
const ENDPOINT = 5;
const QUALIFIER = 6;
const OTHER_SPEED = 7;
const ASSOCIATION = 11;
const HID = 0x21;
const HID_CLASS = 3;

function dissectDescriptor(d: Dissection, type: number, index: number): void {
  switch (type) {
    case DEVICE:
      openDescriptor(d, "DEVICE DESCRIPTOR", d.remaining);
      dissectDevice(d, true);
      d.close();
      break;
    case QUALIFIER:
      openDescriptor(d, "DEVICE QUALIFIER DESCRIPTOR", d.remaining);
      dissectDevice(d, false);
      d.close();
      break;
    case CONFIGURATION:
    case OTHER_SPEED:
      dissectConfiguration(d);
      break;
    case STRING:
      dissectString(d, index);
      break;
    default: {
      const content = d.peekBytes(d.remaining);
      d.bytes(f.getDescriptorResponse, content.length);
      if (d.labels) {
        const hex = Array.from(content.subarray(0, 36), (byte) => byte.toString(16).padStart(2, "0")).join(
          "",
        );
        const text = content.length > 36 ? `${hex}…` : hex;
        d.relabel(`GET DESCRIPTOR Response data (unknown descriptor type ${type}): ${text}`);
      }
    }
  }
}

/** The line of a descriptor with its length and type, which stand first in all of them. */
function openDescriptor(d: Dissection, title: string, length: number): void {
  d.openText(d.pos, length, title);
  d.u8(f.bLength);
  addType(d);
}

function addType(d: Dissection): void {
  const type = d.u8(f.bDescriptorType);
  if (d.labels) {
    const name = nameOf(BDESCRIPTORTYPES, type) ?? "Unknown";
    d.relabel(`bDescriptorType: 0x${type.toString(16).padStart(2, "0")} (${name})`);
  }
}

function dissectDevice(d: Dissection, isDevice: boolean): void {
  d.u16le(f.bcdUSB);
  const number = d.u8(f.bDeviceClass);
  const sub = d.u8(f.bDeviceSubClass);
  const protocolNumber = d.u8(f.bDeviceProtocol);
  if (d.labels) {
    const name = DEVICE_PROTOCOLS[(number << 16) | (sub << 8) | protocolNumber];
    if (name !== undefined) d.append(` (${name})`);
  }
  d.u8(f.bMaxPacketSize0);
  if (isDevice) {
    if (d.remaining === 0) return;
    const vendor = d.u16le(g.idVendor);
    const product = d.u16le(g.idProduct);
    if (d.labels) {
      const name = PRODUCTS[vendor * 0x1_0000 + product] ?? "Unknown";
      d.relabel(`idProduct: ${name} (0x${product.toString(16).padStart(4, "0")})`);
    }
    d.u16le(f.bcdDevice);
    d.u8(f.iManufacturer);
    d.u8(f.iProduct);
    d.u8(f.iSerialNumber);
  }
  d.u8(f.bNumConfigurations);
}

/** Protocols of devices whose class is in the device descriptor. */
const DEVICE_PROTOCOLS: Readonly<Record<number, string>> = {
  589824: "Full speed Hub",
  589825: "Hi-speed hub with single TT",
  589826: "Hi-speed hub with multiple TTs",
  15663617: "Interface Association Descriptor",
  14680321: "Bluetooth Programming Interface",
};

const CONFIGURATION_BITS = [
  f.configurationLegacy10buspowered,
  f.configurationSelfpowered,
  f.configurationRemotewakeup,
] as const;

/** A configuration and what stands behind it: interfaces with their endpoints, and descriptors of classes. */
function dissectConfiguration(d: Dissection): void {
  const length = d.remaining >= 4 ? d.peek16le(2) : 0;
  openDescriptor(d, "CONFIGURATION DESCRIPTOR", 9);
  d.u16le(f.wTotalLength);
  d.u8(f.bNumInterfaces);
  d.u8(f.bConfigurationValue);
  d.u8(f.iConfiguration);
  const attributes = d.bitset(f.configurationBmAttributes, 1, CONFIGURATION_BITS);
  if (d.labels) {
    d.append(attributes & 0x40 ? "  SELF-POWERED" : "  NOT SELF-POWERED");
    d.append(attributes & 0x20 ? "  REMOTE-WAKEUP" : "  NO REMOTE-WAKEUP");
  }
  const power = d.u8(f.bMaxPower);
  if (d.labels) d.append(`  (${power * 2}mA)`);
  d.close();
  const stop = Math.min(d.end, d.pos + Math.max(0, length - 9));
  let interfaceNumber = 0;
  let interfaceClass = 0;
  while (d.pos + 2 <= stop) {
    const size = d.peek8();
    const type = d.peek8(1);
    if (size < 2 || d.pos + size > stop) {
      if (d.building) {
        d.text(d.pos, 1, `Invalid descriptor length: ${size}`);
        d.expert(x.length, `Invalid descriptor length: ${size}`);
      }
      return;
    }
    const next = d.pos + size;
    if (type === INTERFACE && size >= 9) {
      interfaceNumber = d.peek8(2);
      interfaceClass = d.peek8(5);
    }
    if (type === ENDPOINT && size >= 7) learn(d, interfaceNumber, interfaceClass, d.peek8(2));
    else if (type === INTERFACE) learn(d, interfaceNumber, interfaceClass, -1);
    dissectPart(d, type, size, interfaceClass);
    d.pos = next;
  }
}

function learn(d: Dissection, number: number, kind: number, endpoint: number): void {
  if (!d.first) return;
  const state = d.conversation!.state(usb, makeDevice);
  state.byInterface.set(number, kind);
  if (endpoint >= 0) state.byEndpoint.set(endpoint, kind);
}

function dissectPart(d: Dissection, type: number, size: number, kind: number): void {
  switch (type) {
    case INTERFACE:
      dissectInterface(d, size);
      break;
    case ENDPOINT:
      dissectEndpoint(d, size);
      break;
    case ASSOCIATION:
      openDescriptor(d, "INTERFACE ASSOCIATION DESCRIPTOR", size);
      d.u8(f.bFirstInterface);
      d.u8(f.bInterfaceCount);
      d.u8(f.bFunctionClass);
      d.u8(f.bFunctionSubClass);
      d.u8(f.bFunctionProtocol);
      d.u8(f.iFunction);
      d.close();
      break;
    case HID: {
      const owner = kind === HID_CLASS ? usbControlClasses.get(HID_CLASS) : undefined;
      if (owner !== undefined) {
        controlTransfer.serial = d.serial;
        controlTransfer.request = -1;
        const { end, wireEnd } = d;
        d.limit(size);
        d.call(owner);
        d.end = end;
        d.wireEnd = wireEnd;
      } else addUnknown(d, size);
      break;
    }
    default:
      addUnknown(d, size);
  }
}

function addUnknown(d: Dissection, size: number): void {
  openDescriptor(d, "UNKNOWN DESCRIPTOR", size);
  d.close();
}

function dissectInterface(d: Dissection, size: number): void {
  const number = d.peek8(2);
  const alternate = d.peek8(3);
  const kind = d.peek8(5);
  const title = `INTERFACE DESCRIPTOR (${number}.${alternate}): class ${nameOf(BDEVICECLASS, kind) ?? "Unknown"}`;
  openDescriptor(d, title, size);
  d.u8(f.bInterfaceNumber);
  d.u8(f.bAlternateSetting);
  d.u8(f.bNumEndpoints);
  d.u8(f.bInterfaceClass);
  const sub = d.peek8();
  d.u8(f.bInterfaceSubClass);
  if (d.labels) relabelCode(d, f.bInterfaceSubClass, INTERFACE_SUBCLASSES[(kind << 8) | sub], sub);
  const code = d.u8(f.bInterfaceProtocol);
  if (d.labels)
    relabelCode(d, f.bInterfaceProtocol, INTERFACE_PROTOCOLS[(kind << 16) | (sub << 8) | code], code);
  d.u8(f.iInterface);
  d.close();
}

function relabelCode(d: Dissection, field: Field, name: string | undefined, value: number): void {
  const hex = `0x${value.toString(16).padStart(2, "0")}`;
  d.relabel(`${field.title}: ${name === undefined ? hex : `${name} (${hex})`}`);
}

/** By class and subclass. */
const INTERFACE_SUBCLASSES: Readonly<Record<number, string>> = {
  256: "Undefined",
  257: "Audio Control",
  258: "Audio Streaming",
  259: "MIDI Streaming",
  513: "Direct Line Control Model",
  514: "Abstract Control Model",
  515: "Telephone Control Model",
  518: "Ethernet Networking Control Model",
  525: "Network Control Model (NCM)",
  526: "Mobile Broadband Interface Model (MBIM)",
  768: "No Subclass",
  769: "Boot Interface",
  2054: "SCSI transparent command set",
};

/** By class, subclass and protocol. */
const INTERFACE_PROTOCOLS: Readonly<Record<number, string>> = {
  131584: "No class specific protocol required",
  131585: "AT Commands: V.250 etc",
  132608: "No class specific protocol required",
  196864: "None",
  196865: "Keyboard",
  196866: "Mouse",
  525824: "Control/Bulk/Interrupt (CBI) Transport with command completion interrupt",
  525904: "Bulk-Only (BBB) Transport",
  525922: "UAS",
};

const PACKET_SIZE = [f.wMaxPacketSizeSize] as const;
const PACKET_SIZE_SLOTS = [f.wMaxPacketSizeSlots, f.wMaxPacketSizeSize] as const;
const ENDPOINT_BITS = [f.bEndpointAddressDirection, f.bEndpointAddressNumber] as const;

function dissectEndpoint(d: Dissection, size: number): void {
  openDescriptor(d, "ENDPOINT DESCRIPTOR", size);
  const address = d.bitset(f.bEndpointAddress, 1, ENDPOINT_BITS);
  d.append(`  ${address & IN ? "IN" : "OUT"}  Endpoint:${address & 15}`);
  const kind = d.peek8() & 3;
  const members = [f.bmAttributesTransfer];
  if (kind === ISO_TRANSFER) members.push(f.bmAttributesSync, f.bmAttributesBehaviour);
  d.bitset(f.bmAttributes, 1, members);
  const isPeriodic = kind === ISO_TRANSFER || kind === INTERRUPT_TRANSFER;
  d.bitsetLe(f.wMaxPacketSize, 2, isPeriodic ? PACKET_SIZE_SLOTS : PACKET_SIZE);
  d.u8(f.bInterval);
  d.close();
}

/** Transfer types as endpoint descriptors number them. */
const ISO_TRANSFER = 1;
const INTERRUPT_TRANSFER = 3;

function dissectString(d: Dissection, index: number): void {
  const length = d.peek8();
  openDescriptor(d, "STRING DESCRIPTOR", d.remaining);
  const stop = Math.min(d.end, d.pos + length - 2);
  if (index === 0) while (d.pos + 2 <= stop) d.u16le(f.wLANGID);
  else if (stop > d.pos) d.str(f.bString, stop - d.pos, "utf-16le");
  d.close();
}
