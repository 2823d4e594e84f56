/** Human interface devices on Bluetooth: Human Interface Device Profile 1.1.1, chapter 3. */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, nameOf, none, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { l2capPsms } from "./btl2cap.ts";
import { usbHid } from "./usbhid.ts";
import { addKeyboardReport, addLedReport, addMouseReport } from "./usbhid-boot.ts";

const TRANSACTIONS: Readonly<Record<number, string>> = {
  0: "HANDSHAKE",
  1: "HID_CONTROL",
  2: "reserved",
  3: "reserved",
  4: "GET_REPORT",
  5: "SET_REPORT",
  6: "GET_PROTOCOL",
  7: "SET_PROTOCOL",
  8: "GET_IDLE",
  9: "SET_IDLE",
  10: "DATA",
  11: "DATC",
  12: "reserved",
  13: "reserved",
  14: "reserved",
  15: "reserved",
};
const REPORT_TYPES: Readonly<Record<number, string>> = { 0: "Other", 1: "Input", 2: "Output", 3: "Feature" };
const RESULTS: Readonly<Record<number, string>> = {
  0: "Successful",
  1: "Not Ready",
  2: "Error, Invalid Report ID",
  3: "Error, Unsupported Request",
  4: "Error, Invalid Parameters",
  14: "Error, Unknown ",
  15: "Error, Fatal ",
};
const OPERATIONS: Readonly<Record<number, string>> = {
  0: "NOP",
  1: "Hard Reset",
  2: "Soft Reset",
  3: "Suspend",
  4: "Exit Suspend",
  5: "Virtual Cable Unplug",
};
const KINDS: Readonly<Record<number, string>> = { 0: "None", 1: "Keyboard", 2: "Mouse" };
const PROTOCOLS = { 0: "Report", 1: "Boot" };

const f = {
  type: u8("bthid.transaction_type", "Transaction Type", { base: "HEX", mask: 0xf0, names: TRANSACTIONS }),
  reserved: u8("bthid.parameter.reserved", "Parameter reserved", { base: "HEX", mask: 0x0f }),
  reserved32: u8("bthid.parameter.reserved_32", "Parameter reserved", { base: "HEX", mask: 0x0c }),
  reserved31: u8("bthid.parameter.reserved_31", "Parameter reserved", { base: "HEX", mask: 0x0e }),
  reserved2: u8("bthid.parameter.reserved_2", "Parameter reserved", { base: "HEX", mask: 0x04 }),
  reportType: u8("bthid.parameter.report_type", "Report Type", {
    base: "HEX",
    mask: 0x03,
    names: REPORT_TYPES,
  }),
  size: u8("bthid.parameter.size", "Size", {
    base: "HEX",
    mask: 0x08,
    names: { 0: "Buffer equal to report size", 1: "BufferSize field follows the Report ID" },
  }),
  result: u8("bthid.result_code", "Result Code", { base: "HEX", mask: 0x0f, names: RESULTS }),
  operation: u8("bthid.control_operation", "Control Operation", {
    base: "HEX",
    mask: 0x0f,
    names: OPERATIONS,
  }),
  protocol: u8("bthid.protocol", "Protocol", { base: "HEX", mask: 0x01, names: PROTOCOLS }),
  idleRate: u8("bthid.idle_rate", "Idle Rate"),
  reportId: u8("bthid.report_id", "Report Id", { base: "HEX", names: KINDS }),
  bufferSize: u16("bthid.buffer_size", "Buffer Size", { base: "HEX" }),
  code: u8("bthid.data.protocol_code", "Protocol Code", { base: "HEX", names: KINDS }),
  data: none("bthid.data", "Data"),
};

const x = {
  operation: expert(
    "bthid.control_operation.deprecated",
    "warning",
    "Protocol",
    "This value of Control Operation is deprecated by HID 1.1",
  ),
  type: expert(
    "bthid.transaction_type.deprecated",
    "warning",
    "Protocol",
    "This Transaction Type is deprecated by HID 1.1",
  ),
};

export const bthid = protocol({
  name: "bthid",
  title: "Bluetooth HID Profile",
  short: "HID",
  fields: f,
  experts: x,
  on: [[l2capPsms, 17, 19]],
  dissect,
});

const HANDSHAKE = 0;
const HID_CONTROL = 1;
const GET_REPORT = 4;
const SET_REPORT = 5;
const GET_PROTOCOL = 6;
const SET_PROTOCOL = 7;
const GET_IDLE = 8;
const SET_IDLE = 9;
const DATA = 10;
const DATC = 11;

function dissect(d: Dissection): void {
  const at = d.pos;
  const type = d.bits(f.type, at, 1);
  const parameter = d.peek8() & 15;
  if (d.columns) d.addInfo(TRANSACTIONS[type]);
  if (type === DATC || type === GET_IDLE || type === SET_IDLE) d.expert(x.type);
  switch (type) {
    case HANDSHAKE:
      d.bits(f.result, at, 1);
      d.skip(1);
      if (d.columns) d.addInfo(` - Result Code: ${nameOf(RESULTS, parameter) ?? "reserved"}`);
      break;
    case HID_CONTROL:
      d.bits(f.operation, at, 1);
      if (parameter < 3) d.expert(x.operation);
      d.skip(1);
      if (d.columns) d.addInfo(` - Control Operation: ${nameOf(OPERATIONS, parameter) ?? "reserved"}`);
      break;
    case GET_REPORT:
      dissectGetReport(d, parameter);
      break;
    case SET_PROTOCOL:
      d.bits(f.reserved31, at, 1);
      d.bits(f.protocol, at, 1);
      d.skip(1);
      if (d.columns) d.addInfo(` - Protocol: ${parameter & 1 ? "Boot" : "Report"}`);
      break;
    case SET_REPORT:
    case DATA:
    case DATC:
      d.bits(f.reserved32, at, 1);
      d.bits(f.reportType, at, 1);
      d.skip(1);
      if (d.columns) d.addInfo(` - ${REPORT_TYPES[parameter & 3]}`);
      if (d.remaining > 0) dissectReport(d, parameter & 3);
      break;
    case SET_IDLE:
      d.bits(f.reserved, at, 1);
      d.skip(1);
      d.u8(f.idleRate);
      break;
    case GET_PROTOCOL:
    case GET_IDLE:
      d.bits(f.reserved, at, 1);
      d.skip(1);
      break;
    default:
      d.skip(1);
  }
  if (d.remaining > 0) {
    d.add(f.data, d.pos, d.remaining, null);
    d.skip(d.remaining);
  }
}

function dissectGetReport(d: Dissection, parameter: number): void {
  const at = d.pos;
  d.bits(f.size, at, 1);
  d.bits(f.reserved2, at, 1);
  d.bits(f.reportType, at, 1);
  d.skip(1);
  if (d.columns) d.addInfo(` - ${REPORT_TYPES[parameter & 3]}`);
  if (d.remaining > (parameter & 8 ? 2 : 0)) d.u8(f.reportId);
  if (parameter & 8) d.u16le(f.bufferSize);
}

const INPUT = 1;
const OUTPUT = 2;
const KEYBOARD = 1;
const MOUSE = 2;

/** Reports of the boot protocol; what others hold the device's own descriptor says. */
function dissectReport(d: Dissection, type: number): void {
  const code = d.u8(f.code);
  const isKeyboard = code === KEYBOARD;
  if (isKeyboard && type === OUTPUT && d.remaining >= 1) {
    const lights = addLedReport(d);
    if (d.columns) d.addInfo(` - Keyboard - LEDs: ${lights}`);
  } else if (isKeyboard && type === INPUT && d.remaining >= 8) {
    const keys = addKeyboardReport(d);
    if (d.columns) d.addInfo(` - Keyboard - ${keys}`);
  } else if (code === MOUSE && type === INPUT && d.remaining >= 3) {
    addMouseReport(d);
    if (d.columns) d.addInfo(" - Mouse");
  } else return;
  d.include(usbHid);
}
