/** Point-to-point tunnelling protocol, its control connection: RFC 2637. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, type Field, str, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";

const TYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Control Message",
  2: "Management Message",
};
const CONTROL_MESSAGE_TYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Start-Control-Connection-Request",
  2: "Start-Control-Connection-Reply",
  3: "Stop-Control-Connection-Request",
  4: "Stop-Control-Connection-Reply",
  5: "Echo-Request",
  6: "Echo-Reply",
  7: "Outgoing-Call-Request",
  8: "Outgoing-Call-Reply",
  9: "Incoming-Call-Request",
  10: "Incoming-Call-Reply",
  11: "Incoming-Call-Connected",
  12: "Call-Clear-Request",
  13: "Call-Disconnect-Notify",
  14: "WAN-Error-Notify",
  15: "Set-Link-Info",
};
const FRAMING_CAPABILITIES_NAMES: Readonly<Record<number, string>> = {
  1: "Asynchronous Framing supported",
  2: "Synchronous Framing supported",
  3: "Either Framing supported",
};
const BEARER_CAPABILITIES_NAMES: Readonly<Record<number, string>> = {
  1: "Analog access supported",
  2: "Digital access supported",
  3: "Either access supported",
};
const CONTROL_RESULT_NAMES: Readonly<Record<number, string>> = {
  1: "Successful channel establishment",
  2: "General error",
  3: "Command channel already exists",
  4: "Requester not authorized",
  5: "Protocol version not supported",
};
const ERROR_NAMES: Readonly<Record<number, string>> = {
  0: "None",
  1: "Not-Connected",
  2: "Bad-Format",
  3: "Bad-Value",
  4: "No-Resource",
  5: "Bad-Call ID",
  6: "PAC-Error",
};
const REASON_NAMES: Readonly<Record<number, string>> = {
  1: "None",
  2: "Stop-Protocol",
  3: "Stop-Local-Shutdown",
};
const STOP_RESULT_NAMES: Readonly<Record<number, string>> = {
  1: "OK",
  2: "General error",
};
const OUT_RESULT_NAMES: Readonly<Record<number, string>> = {
  1: "Connected",
  2: "General Error",
  3: "No Carrier",
  4: "Busy",
  5: "No Dial Tone",
  6: "Time-out",
  7: "Do Not Accept",
};
const IN_RESULT_NAMES: Readonly<Record<number, string>> = {
  1: "Connect",
  2: "General error",
  3: "Do Not Accept",
};
const DISC_RESULT_NAMES: Readonly<Record<number, string>> = {
  1: "Lost Carrier",
  2: "General Error",
  3: "Admin Shutdown",
  4: "Request",
};

const f = {
  length: u16("pptp.length", "Length"),
  type: u16("pptp.type", "Message type", { names: TYPE_NAMES }),
  magicCookie: u32("pptp.magic_cookie", "Magic Cookie", { base: "HEX" }),
  controlMessageType: u16("pptp.control_message_type", "Control Message Type", {
    names: CONTROL_MESSAGE_TYPE_NAMES,
  }),
  reserved: bytes("pptp.reserved", "Reserved"),
  protocolVersion: u16("pptp.protocol_version", "Protocol version"),
  framingCapabilities: u32("pptp.framing_capabilities", "Framing Capabilities", {
    names: FRAMING_CAPABILITIES_NAMES,
  }),
  bearerCapabilities: u32("pptp.bearer_capabilities", "Bearer Capabilities", {
    names: BEARER_CAPABILITIES_NAMES,
  }),
  maximumChannels: u16("pptp.maximum_channels", "Maximum Channels"),
  firmwareRevision: u16("pptp.firmware_revision", "Firmware Revision"),
  hostName: str("pptp.host_name", "Host Name"),
  vendorName: str("pptp.vendor_name", "Vendor Name"),
  controlResult: u8("pptp.control_result", "Result Code", { names: CONTROL_RESULT_NAMES }),
  error: u8("pptp.error", "Error Code", { names: ERROR_NAMES }),
  reason: u8("pptp.reason", "Reason", { names: REASON_NAMES }),
  stopResult: u8("pptp.stop_result", "Result Code", { names: STOP_RESULT_NAMES }),
  identifier: u32("pptp.identifier", "Identifier"),
  echoResult: u8("pptp.echo_result", "Result Code", { names: STOP_RESULT_NAMES }),
  callId: u16("pptp.call_id", "Call ID"),
  callSerialNumber: u16("pptp.call_serial_number", "Call Serial Number"),
  minimumBps: u32("pptp.minimum_bps", "Minimum BPS"),
  maximumBps: u32("pptp.maximum_bps", "Maximum BPS"),
  framingType: u32("pptp.framing_type", "Framing Type", { names: FRAMING_CAPABILITIES_NAMES }),
  bearerType: u32("pptp.bearer_type", "Bearer Type", { names: BEARER_CAPABILITIES_NAMES }),
  packetReceiveWindowSize: u16("pptp.packet_receive_window_size", "Packet Receive Window Size"),
  packetProcessingDelay: u16("pptp.packet_processing_delay", "Packet Processing Delay"),
  phoneNumberLength: u16("pptp.phone_number_length", "Phone Number Length"),
  phoneNumber: str("pptp.phone_number", "Phone Number"),
  subaddress: str("pptp.subaddress", "Subaddress"),
  peerCallId: u16("pptp.peer_call_id", "Peer Call ID"),
  outResult: u8("pptp.out_result", "Result Code", { names: OUT_RESULT_NAMES }),
  cause: u16("pptp.cause", "Cause Code"),
  connectSpeed: u32("pptp.connect_speed", "Connect Speed"),
  physicalChannelId: u32("pptp.physical_channel_id", "Physical Channel ID"),
  dialedNumberLength: u16("pptp.dialed_number_length", "Dialed Number Length"),
  dialedNumber: str("pptp.dialed_number", "Dialed Number"),
  dialingNumberLength: u16("pptp.dialing_number_length", "Dialing Number Length"),
  dialingNumber: str("pptp.dialing_number", "Dialing Number"),
  inResult: u8("pptp.in_result", "Result Code", { names: IN_RESULT_NAMES }),
  discResult: u8("pptp.disc_result", "Result Code", { names: DISC_RESULT_NAMES }),
  callStatistics: str("pptp.call_Statistics", "Call Statistics"),
  crcErrors: u32("pptp.crc_errors", "CRC Errors"),
  framingErrors: u32("pptp.framing_errors", "Framing Errors"),
  hardwareOverruns: u32("pptp.hardware_overruns", "Hardware overruns"),
  bufferOverruns: u32("pptp.buffer_overruns", "Buffer overruns"),
  timeoutErrors: u32("pptp.timeout_errors", "Time-out Errors"),
  alignmentErrors: u32("pptp.alignment_errors", "Alignment Errors"),
  sendAccm: u32("pptp.send_accm", "Send ACCM", { base: "HEX" }),
  receiveAccm: u32("pptp.receive_accm", "Receive ACCM", { base: "HEX" }),
};

const x = {
  cookie: expert("pptp.magic_cookie.incorrect", "warning", "Protocol", "Incorrect Magic Cookie"),
};

export const pptp = protocol({
  name: "pptp",
  title: "Point-to-Point Tunnelling Protocol",
  short: "PPTP",
  fields: f,
  experts: x,
  on: [[tcpPorts, 1723]],
  dissect,
});

const MAGIC = 0x1a2b3c4d;

/** What a message of a type holds behind its header: fields in order, a number for strings. */
type Part = Field | readonly [Field, number];
const r: Part = [f.reserved, 2];
const CAPABILITIES: readonly Part[] = [
  f.framingCapabilities,
  f.bearerCapabilities,
  f.maximumChannels,
  f.firmwareRevision,
  [f.hostName, 64],
  [f.vendorName, 64],
];
const WINDOW: readonly Part[] = [f.packetReceiveWindowSize, f.packetProcessingDelay];
const MESSAGES: Readonly<Record<number, readonly Part[]>> = {
  1: [f.protocolVersion, r, ...CAPABILITIES],
  2: [f.protocolVersion, f.controlResult, f.error, ...CAPABILITIES],
  3: [f.reason, [f.reserved, 1], r],
  4: [f.stopResult, f.error, r],
  5: [f.identifier],
  6: [f.identifier, f.echoResult, f.error, r],
  7: [
    f.callId,
    f.callSerialNumber,
    f.minimumBps,
    f.maximumBps,
    f.bearerType,
    f.framingType,
    ...WINDOW,
    f.phoneNumberLength,
    r,
    [f.phoneNumber, 64],
    [f.subaddress, 64],
  ],
  8: [f.callId, f.peerCallId, f.outResult, f.error, f.cause, f.connectSpeed, ...WINDOW, f.physicalChannelId],
  9: [
    f.callId,
    f.callSerialNumber,
    f.bearerType,
    f.physicalChannelId,
    f.dialedNumberLength,
    f.dialingNumberLength,
    [f.dialedNumber, 64],
    [f.dialingNumber, 64],
    [f.subaddress, 64],
  ],
  10: [f.callId, f.peerCallId, f.inResult, f.error, ...WINDOW, r],
  11: [f.peerCallId, r, f.connectSpeed, ...WINDOW, f.framingType],
  12: [f.callId, r],
  13: [f.callId, f.discResult, f.error, f.cause, r, [f.callStatistics, 128]],
  14: [
    f.peerCallId,
    r,
    f.crcErrors,
    f.framingErrors,
    f.hardwareOverruns,
    f.bufferOverruns,
    f.timeoutErrors,
    f.alignmentErrors,
  ],
  15: [f.peerCallId, r, f.sendAccm, f.receiveAccm],
};

const LONG: readonly string[] = ["FT_UINT32", "FT_IPv4"];

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("");
  const type = d.peek16(8);
  d.u16(f.length);
  d.u16(f.type);
  const cookie = d.u32(f.magicCookie);
  if (cookie === MAGIC) d.append(" (correct)");
  else {
    d.append(" (incorrect)");
    d.expert(x.cookie);
  }
  const name = CONTROL_MESSAGE_TYPE_NAMES[type] ?? `Unknown control type (${type})`;
  if (d.columns) d.setInfo(name);
  d.u16(f.controlMessageType);
  d.bytes(f.reserved, 2);
  const parts = MESSAGES[type];
  if (parts === undefined) {
    if (d.remaining > 0) d.call(data);
    return;
  }
  if (!d.building) return;
  for (const part of parts) addPart(d, part);
}

function addPart(d: Dissection, part: Part): void {
  if (Array.isArray(part)) {
    const [field, length] = part as readonly [Field, number];
    if (field.type === "FT_BYTES") d.bytes(field, length);
    else d.str(field, length);
    return;
  }
  const field = part as Field;
  if (field === f.protocolVersion) {
    d.u16(field);
    if (d.labels) d.relabel(`Protocol version: ${d.buf[d.pos - 2]}.${d.buf[d.pos - 1]}`);
  } else if (LONG.includes(field.type)) d.u32(field);
  else if (field.type === "FT_UINT16") d.u16(field);
  else d.u8(field);
}
