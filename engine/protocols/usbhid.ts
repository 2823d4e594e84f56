/** Human interface devices on USB: Device Class Definition for HID 1.11. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, joined, nameOf, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { controlTransfer, usbClasses, usbControlClasses } from "./usb.ts";
import { bootFields } from "./usbhid-boot.ts";

const REQUESTS: Readonly<Record<number, string>> = {
  1: "GET_REPORT",
  2: "GET_IDLE",
  3: "GET_PROTOCOL",
  9: "SET_REPORT",
  10: "SET_IDLE",
  11: "SET_PROTOCOL",
};
const REPORT_TYPES: Readonly<Record<number, string>> = { 1: "Input", 2: "Output", 3: "Feature" };
const DESCRIPTOR_TYPES: Readonly<Record<number, string>> = { 33: "HID", 34: "HID Report", 35: "Physical" };
const COUNTRIES: Readonly<Record<number, string>> = {
  0: "Not Supported",
  1: "Arabic",
  2: "Belgian",
  3: "Canadian-Bilingual",
  4: "Canadian-French",
  5: "Czech Republic",
  6: "Danish",
  7: "Finnish",
  8: "French",
  9: "German",
  10: "Greek",
  11: "Hebrew",
  12: "Hungary",
  13: "International (ISO)",
  14: "Italian",
  15: "Japan (Katakana)",
  16: "Korean",
  17: "Latin American",
  18: "Netherlands/Dutch",
  19: "Norwegian",
  20: "Persian (Farsi)",
  21: "Poland",
  22: "Portuguese",
  23: "Russia",
  24: "Slovakia",
  25: "Spanish",
  26: "Swedish",
  27: "Swiss/French",
  28: "Swiss/German",
  29: "Switzerland",
  30: "Taiwan",
  31: "Turkish-Q",
  32: "UK",
  33: "US",
  34: "Yugoslavia",
  35: "Turkish-F",
};

const f = {
  request: u8("usbhid.setup.bRequest", "bRequest", { base: "HEX", names: REQUESTS }),
  value: u16("usbhid.setup.wValue", "wValue", { base: "HEX" }),
  reportId: u8("usbhid.setup.ReportID", "ReportID"),
  reportType: u8("usbhid.setup.ReportType", "ReportType", { names: REPORT_TYPES }),
  duration: u8("usbhid.setup.Duration", "Duration"),
  zero: u8("usbhid.setup.zero", "(zero)"),
  index: u16("usbhid.setup.wIndex", "wIndex"),
  length: u16("usbhid.setup.wLength", "wLength"),
  descriptorIndex: u8("usbhid.descriptor.hid.bDescriptorIndex", "bDescriptorIndex", { base: "HEX" }),
  descriptorType: u8("usbhid.descriptor.hid.bDescriptorType", "bDescriptorType", {
    base: "HEX",
    names: DESCRIPTOR_TYPES,
  }),
  interfaceNumber: u16("usbhid.descriptor.hid.wInterfaceNumber", "wInterfaceNumber"),
  descriptorLength: u16("usbhid.descriptor.hid.wDescriptorLength", "wDescriptorLength"),
  version: u16("usbhid.descriptor.hid.bcdHID", "bcdHID", { base: "HEX" }),
  country: u8("usbhid.descriptor.hid.bCountryCode", "bCountryCode", { base: "HEX", names: COUNTRIES }),
  descriptors: u8("usbhid.descriptor.hid.bNumDescriptors", "bNumDescriptors"),
  data: bytes("usbhid.data", "HID Data"),
  bLength: u8("usb.bLength", "bLength"),
  bDescriptorType: u8("usb.bDescriptorType", "bDescriptorType", { base: "HEX" }),
};

/** Reports on interrupt endpoints. */
export const usbHid = protocol({
  name: "usbhid",
  title: "USB HID",
  short: "USBHID",
  fields: joined(f, bootFields),
  on: [
    [usbClasses, 3],
    [usbControlClasses, 3],
  ],
  test: isKnown,
  invisible: true,
  dissect,
});

/** True for the requests of the class, and for its descriptors. */
function isKnown(): boolean {
  const { request, value, standard } = controlTransfer;
  const type = value >> 8;
  const name = standard ? "GET DESCRIPTOR" : REQUESTS[request];
  controlTransfer.name = name ?? "";
  controlTransfer.suffix = standard ? ` ${DESCRIPTOR_TYPES[type] ?? `Unknown type ${type}`}` : "";
  controlTransfer.dissectsAnswer = standard && type === REPORT_DESCRIPTOR;
  return name !== undefined;
}

const GET_REPORT = 1;
const GET_IDLE = 2;
const SET_REPORT = 9;
const SET_IDLE = 10;
/** What `controlTransfer.request` says while the descriptors of a configuration are dissected. */
const IN_CONFIGURATION = -1;
const REPORT_DESCRIPTOR = 0x22;

function dissect(d: Dissection): void {
  const { serial, request, isRequest, standard } = controlTransfer;
  if (serial !== d.serial) d.bytes(f.data, d.remaining);
  else if (request === IN_CONFIGURATION) dissectDescriptor(d);
  else if (standard) dissectGetDescriptor(d, isRequest);
  else dissectRequest(d);
}

/** Section 6.2.1. */
function dissectDescriptor(d: Dissection): void {
  d.openText(d.pos, d.remaining, "HID DESCRIPTOR");
  d.u8(f.bLength);
  d.u8(f.bDescriptorType);
  d.relabel("bDescriptorType: 0x21 (HID)");
  d.u16le(f.version);
  d.u8(f.country);
  const count = d.u8(f.descriptors);
  for (let i = 0; i < count && d.remaining >= 3; i++) {
    d.u8(f.descriptorType);
    d.u16le(f.descriptorLength);
  }
  d.close();
}

/** Section 7.1.1: the class's own descriptors are asked for at the interface. */
function dissectGetDescriptor(d: Dissection, isRequest: boolean): void {
  const type = controlTransfer.value >> 8;
  if (d.columns) {
    d.setProtocol("USBHID");
    d.setInfo(
      `GET DESCRIPTOR ${isRequest ? "Request" : "Response"} ${DESCRIPTOR_TYPES[type] ?? `Unknown type ${type}`}`,
    );
  }
  if (isRequest) {
    d.pos++;
    d.u8(f.descriptorIndex);
    d.u8(f.descriptorType);
    d.u16le(f.interfaceNumber);
    d.u16le(f.descriptorLength);
  } else d.text(d.pos, d.remaining, "HID Report");
}

/** Section 7.2. */
function dissectRequest(d: Dissection): void {
  const { request } = controlTransfer;
  if (d.columns) {
    d.setProtocol("USBHID");
    d.setInfo(`${nameOf(REQUESTS, request)} Request`);
  }
  d.u8(f.request);
  const at = d.pos;
  d.u16le(f.value);
  d.openLast();
  if (request === GET_REPORT || request === SET_REPORT) {
    d.add(f.reportId, at, 1, d.buf[at]);
    d.add(f.reportType, at + 1, 1, d.buf[at + 1]);
  } else if (request === SET_IDLE) {
    d.add(f.reportId, at, 1, d.buf[at]);
    d.add(f.duration, at + 1, 1, d.buf[at + 1]);
  } else if (request === GET_IDLE) {
    d.add(f.reportId, at, 1, d.buf[at]);
    d.add(f.zero, at + 1, 1, d.buf[at + 1]);
  }
  d.close();
  d.u16le(f.index);
  d.u16le(f.length);
}
