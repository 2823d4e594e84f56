/** Bluetooth attribute protocol: Bluetooth Core Specification 5.3, volume 3 part F. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, frameNum, none, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { l2capChannels } from "./btl2cap.ts";
import { ATT_ERRORS, ATT_OPCODES, UUIDS } from "./names/bluetooth.ts";

const f = {
  opcode: u8("btatt.opcode", "Opcode", { base: "HEX", names: ATT_OPCODES }),
  signature: bool("btatt.opcode.authentication_signature", "Authentication Signature", { mask: 0x80 }),
  command: bool("btatt.opcode.command", "Command", { mask: 0x40 }),
  method: u8("btatt.opcode.method", "Method", { base: "HEX", mask: 0x3f, names: ATT_OPCODES }),
  clientMtu: u16("btatt.client_rx_mtu", "Client Rx MTU"),
  serverMtu: u16("btatt.server_rx_mtu", "Server Rx MTU"),
  handle: u16("btatt.handle", "Handle", { base: "HEX" }),
  errorHandle: u16("btatt.handle", "Handle in Error", { base: "HEX" }),
  starting: u16("btatt.starting_handle", "Starting Handle", { base: "HEX" }),
  ending: u16("btatt.ending_handle", "Ending Handle", { base: "HEX" }),
  groupEnd: u16("btatt.group_end_handle", "Group End Handle", { base: "HEX" }),
  uuid16: u16("btatt.uuid16", "UUID", { base: "HEX", names: UUIDS }),
  uuid128: bytes("btatt.uuid128", "UUID"),
  uuidFormat: u8("btatt.uuid_format", "UUID Format", {
    base: "HEX",
    names: { 1: "16-bit UUIDs", 2: "128-bit UUIDs" },
  }),
  length: u8("btatt.length", "Length"),
  offset: u16("btatt.offset", "Offset"),
  value: bytes("btatt.value", "Value"),
  errorOpcode: u8("btatt.req_opcode_in_error", "Request Opcode in Error", {
    base: "HEX",
    names: ATT_OPCODES,
  }),
  error: u8("btatt.error_code", "Error Code", { base: "HEX", names: ATT_ERRORS }),
  attribute: none("btatt.attribute_data", "Attribute Data"),
  information: none("btatt.information_data", "Information Data"),
  requestFrame: frameNum("btatt.request_in_frame", "Request in Frame"),
  writeFlags: u8("btatt.flags", "Flags", {
    base: "HEX",
    names: { 0: "Cancel All", 1: "Immediately Write All" },
  }),
};

export const btatt = protocol({
  name: "btatt",
  title: "Bluetooth Attribute Protocol",
  short: "ATT",
  fields: f,
  on: [[l2capChannels, 4]],
  dissect,
});

const OPCODE_BITS = [f.signature, f.command, f.method] as const;
const hex = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;
const uuidName = (uuid: number): string => UUIDS[uuid] ?? `Unknown`;

function dissect(d: Dissection): void {
  const at = d.pos;
  const opcode = d.bitset(f.opcode, 1, OPCODE_BITS);
  if (d.columns) d.addInfo(ATT_OPCODES[opcode] ?? "<unknown>");
  switch (opcode) {
    case 0x01:
      dissectError(d);
      break;
    case 0x02:
    case 0x03: {
      const field = opcode === 0x02 ? f.clientMtu : f.serverMtu;
      const mtu = d.u16le(field);
      if (d.columns) d.addInfo(`, ${field.title}: ${mtu}`);
      break;
    }
    case 0x04:
      addRange(d, "");
      break;
    case 0x05:
      dissectInformation(d);
      break;
    case 0x06:
    case 0x08:
    case 0x10:
      addRange(d, d.remaining >= 6 ? `, ${uuidName(d.peek16le(4))}` : "");
      if (opcode === 0x06 || d.remaining === 2) d.u16le(f.uuid16);
      else if (d.remaining === 16) d.bytes(f.uuid128, 16);
      if (d.remaining > 0) d.bytes(f.value, d.remaining);
      break;
    case 0x09:
    case 0x11:
      dissectList(d, opcode === 0x11);
      break;
    case 0x0a:
      addHandle(d);
      break;
    case 0x0c:
      addHandle(d);
      addOffset(d);
      break;
    case 0x12:
    case 0x52:
    case 0xd2:
    case 0x1b:
    case 0x1d:
      addHandle(d);
      if (d.remaining > 0) d.bytes(f.value, d.remaining);
      break;
    case 0x16:
    case 0x17:
      addHandle(d);
      addOffset(d);
      if (d.remaining > 0) d.bytes(f.value, d.remaining);
      break;
    case 0x18: {
      const flags = d.u8(f.writeFlags);
      if (d.columns) d.addInfo(`, ${flags === 1 ? "Immediately Write All" : "Cancel All"}`);
      break;
    }
    case 0x0e:
      if (d.columns) d.addInfo(", Handles: ");
      while (d.remaining >= 2) {
        const handle = d.u16le(f.handle);
        if (d.columns) d.addInfo(`${hex(handle)} `);
      }
      break;
    default:
      if (d.remaining > 0) d.bytes(f.value, d.remaining);
  }
  link(d, at, opcode);
}

/** The request that waits for its answer: there is one at a time (section 3.3.2). */
interface Waiting {
  opcode: number;
  frame: number;
}
const makeWaiting = (): Waiting => ({ opcode: 0, frame: 0 });
const KEY_REQUEST = 0;
const ERROR = 0x01;
const LAST_REQUEST = 0x18;

function link(d: Dissection, at: number, opcode: number): void {
  const isRequest = opcode <= LAST_REQUEST && (opcode & 1) === 0;
  const isAnswer = opcode <= LAST_REQUEST + 1 && (opcode & 1) === 1;
  if (!isRequest && !isAnswer) return;
  if (!d.first) {
    const frame = isAnswer ? d.recall<number>(btatt, KEY_REQUEST) : undefined;
    if (frame !== undefined) d.generated(f.requestFrame, at, 0, frame);
    return;
  }
  const waiting = d.conversation?.state(btatt, makeWaiting);
  if (waiting === undefined) return;
  if (isRequest) {
    waiting.opcode = opcode;
    waiting.frame = d.frame;
    return;
  }
  if (waiting.frame === 0 || (opcode !== ERROR && opcode !== waiting.opcode + 1)) return;
  d.remember(btatt, KEY_REQUEST, waiting.frame);
  d.generated(f.requestFrame, at, 0, waiting.frame);
  waiting.frame = 0;
}

function addHandle(d: Dissection): void {
  const handle = d.u16le(f.handle);
  if (d.labels) d.append(" (Unknown)");
  if (d.columns) d.addInfo(`, Handle: ${hex(handle)} (Unknown)`);
}

function addOffset(d: Dissection): void {
  const offset = d.u16le(f.offset);
  if (d.columns) d.addInfo(`, Offset: ${offset}`);
}

function addRange(d: Dissection, what: string): void {
  const from = d.u16le(f.starting);
  const to = d.u16le(f.ending);
  if (d.columns) d.addInfo(`${what}, Handles: ${hex(from)}..${hex(to)}`);
}

function dissectError(d: Dissection): void {
  d.bitset(f.errorOpcode, 1, OPCODE_BITS);
  const handle = d.u16le(f.errorHandle);
  if (d.labels) d.append(" (Unknown)");
  const code = d.u8(f.error);
  if (d.columns) d.addInfo(` - ${ATT_ERRORS[code] ?? "<unknown>"}, Handle: ${hex(handle)} (Unknown)`);
}

function dissectInformation(d: Dissection): void {
  const size = d.u8(f.uuidFormat) === 1 ? 2 : 16;
  while (d.remaining >= 2 + size) {
    const handle = d.peek16le();
    const name = size === 2 ? uuidName(d.peek16le(2)) : "Unknown";
    d.open(f.information, d.pos, 2 + size);
    if (d.labels) d.append(`, Handle: ${hex(handle)}, UUID: ${name}`);
    addHandle(d);
    if (size === 2) d.u16le(f.uuid16);
    else d.bytes(f.uuid128, 16);
    d.close();
  }
}

/** Attributes of one length each: of groups with their last handle. */
function dissectList(d: Dissection, isGroup: boolean): void {
  const size = d.u8(f.length);
  const head = isGroup ? 4 : 2;
  if (size < head) return;
  if (d.columns) d.addInfo(`, Attribute List Length: ${Math.floor(d.remaining / size)}`);
  while (d.remaining >= size) {
    const stop = d.pos + size;
    d.open(f.attribute, d.pos, size);
    if (d.labels) {
      const end = isGroup ? `, Group End Handle: ${hex(d.peek16le(2))}` : "";
      const uuid = isGroup && size === 6 ? `, UUID: ${uuidName(d.peek16le(4))}` : "";
      d.append(`, Handle: ${hex(d.peek16le())}${end}${uuid}`);
    }
    d.u16le(f.handle);
    if (d.labels) d.append(" (Unknown)");
    if (isGroup) d.u16le(f.groupEnd);
    const rest = stop - d.pos;
    if (isGroup && rest === 2) d.u16le(f.uuid16);
    else if (isGroup && rest === 16) d.bytes(f.uuid128, 16);
    else if (rest > 0) d.bytes(f.value, rest);
    d.close();
    d.pos = stop;
  }
}
