/** Serial ports over Bluetooth: RFCOMM 1.2, after 3GPP TS 07.10. */
import type { Dissection } from "../dissect/dissection.ts";
import { nameOf, none, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { l2capPsms } from "./btl2cap.ts";
import { data } from "./data.ts";

const FRAME_TYPES: Readonly<Record<number, string>> = {
  15: "Disconnected Mode (DM)",
  47: "Set Asynchronous Balanced Mode (SABM)",
  67: "Disconnect (DISC)",
  99: "Unnumbered Acknowledgement (UA)",
  239: "Unnumbered Information with Header check (UIH)",
};
const FRAMES_SHORT: Readonly<Record<number, string>> = {
  15: "DM",
  47: "SABM",
  67: "DISC",
  99: "UA",
  239: "UIH",
};
const COMMANDS: Readonly<Record<number, string>> = {
  4: "Non Supported Command Response (NSC)",
  8: "Test Command (Test)",
  20: "Remote Line Status Command (RLS)",
  24: "Flow Control Off Command (FCoff)",
  32: "DLC Parameter Negotiation (PN)",
  36: "Remote Port Negotiation Command (RPN)",
  40: "Flow Control On Command (FCon)",
  56: "Modem Status Command (MSC)",
};
const CREDIT_FLOW: Readonly<Record<number, string>> = {
  0: "no credit based flow control scheme",
  14: "support of credit based flow control scheme (resp)",
  15: "support of credit based flow control scheme (req)",
};
const LAST_OCTET = { 0: "More field octets following", 1: "Last field octet" };
const COMMAND_RESPONSE = { 0: "Response", 1: "Command" };

const f = {
  address: none("btrfcomm.address", "Address"),
  dlci: u8("btrfcomm.dlci", "DLCI", { base: "HEX", mask: 0xfc }),
  channel: u8("btrfcomm.channel", "Channel", { mask: 0xf8 }),
  direction: u8("btrfcomm.direction", "Direction", { base: "HEX", mask: 0x04 }),
  cr: u8("btrfcomm.cr", "C/R Flag", { base: "HEX", mask: 0x02, names: COMMAND_RESPONSE }),
  ea: u8("btrfcomm.ea", "EA Flag", { base: "HEX", mask: 0x01, names: LAST_OCTET }),
  control: none("btrfcomm.control", "Control"),
  pf: u8("btrfcomm.pf", "P/F flag", { base: "HEX", mask: 0x10 }),
  frameType: u8("btrfcomm.frame_type", "Frame type", { base: "HEX", mask: 0xef, names: FRAME_TYPES }),
  length: u16("btrfcomm.len", "Payload length"),
  credits: u8("btrfcomm.credits", "Credits"),
  fcs: u8("btrfcomm.fcs", "Frame Check Sequence", { base: "HEX" }),
  mcc: none("btrfcomm.mcc", "Multiplexer Control Command"),
  types: none("btrfcomm.mcc.types", "Types"),
  command: u8("btrfcomm.mcc.cmd", "MCC Command Type", { base: "HEX", mask: 0xfc, names: COMMANDS }),
  commandCr: u8("btrfcomm.mcc.cr", "C/R Flag", { base: "HEX", mask: 0x02, names: COMMAND_RESPONSE }),
  commandEa: u8("btrfcomm.mcc.ea", "EA Flag", { base: "HEX", mask: 0x01, names: LAST_OCTET }),
  commandLength: u16("btrfcomm.mcc.len", "MCC Length"),
  pnPadding: u8("btrfcomm.mcc.padding", "Zeros padding", { base: "HEX", mask: 0xc0 }),
  pnDlci: u8("btrfcomm.mcc.dlci", "MCC DLCI", { base: "HEX", mask: 0x3f }),
  pnChannel: u8("btrfcomm.mcc.channel", "MCC Channel", { mask: 0x3e }),
  pnDirection: u8("btrfcomm.mcc.direction", "MCC Direction", { base: "HEX", mask: 0x01 }),
  pnParameters: none("btrfcomm.mcc.pn_parameters", "Parameters"),
  pnLayer: u8("btrfcomm.pn.cl", "Convergence layer", { base: "HEX", mask: 0xf0, names: CREDIT_FLOW }),
  pnFrames: u8("btrfcomm.pn.i", "Type of frame", { base: "HEX", mask: 0x0f, names: { 0: "use UIH Frames" } }),
  priority: u8("btrfcomm.priority", "Priority", { mask: 0x3f }),
  timer: u8("btrfcomm.acknowledgement_timer_t1", "Acknowledgement Timer T1"),
  frameSize: u16("btrfcomm.max_frame_size", "Max Frame Size"),
  retransmissions: u8("btrfcomm.max_retrans", "Maximum number of retransmissions"),
  recovery: u8("btrfcomm.error_recovery_mode", "Error Recovery Mode", { mask: 0x07 }),
  mccDlci: u8("btrfcomm.mcc.dlci", "MCC DLCI", { base: "HEX", mask: 0xfc }),
  mccChannel: u8("btrfcomm.mcc.channel", "MCC Channel", { mask: 0xf8 }),
  mccDirection: u8("btrfcomm.mcc.direction", "MCC Direction", { base: "HEX", mask: 0x04 }),
  mccPadding: u8("btrfcomm.mcc.padding", "Ones padding", { base: "HEX", mask: 0x02 }),
  signals: none("btrfcomm.mcc.msc_parameters", "Parameters"),
  fc: u8("btrfcomm.msc.fc", "Flow Control (FC)", { base: "HEX", mask: 0x02 }),
  rtc: u8("btrfcomm.msc.rtc", "Ready To Communicate (RTC)", { base: "HEX", mask: 0x04 }),
  rtr: u8("btrfcomm.msc.rtr", "Ready To Receive (RTR)", { base: "HEX", mask: 0x08 }),
  ic: u8("btrfcomm.msc.ic", "Incoming Call Indicator (IC)", { base: "HEX", mask: 0x40 }),
  dv: u8("btrfcomm.msc.dv", "Data Valid (DV)", { base: "HEX", mask: 0x80 }),
  breakBits: u8("btrfcomm.msc.break_bits", "Break Bits", { mask: 0xe0 }),
  breakLength: u8("btrfcomm.msc.bl", "Length of break in units of 200ms", { mask: 0xf0 }),
};

export const btrfcomm = protocol({
  name: "btrfcomm",
  title: "Bluetooth RFCOMM Protocol",
  short: "RFCOMM",
  fields: f,
  on: [[l2capPsms, 3]],
  contained: true,
  dissect,
});

const UIH = 0xef;
const SABM = 0x2f;

const hex = (value: number): string => `0x${value.toString(16)}`;

function dissect(d: Dissection): void {
  const dlci = addAddress(d);
  const channel = dlci >> 1;
  const control = d.peek8();
  const type = control & 0xef;
  const poll = (control >> 4) & 1;
  d.open(f.control, d.pos, 1);
  if (d.labels)
    d.relabel(`Control: Frame type: ${FRAME_TYPES[type] ?? "Unknown"} (${hex(type)}), P/F flag: ${poll}`);
  d.bits(f.pf, d.pos, 1);
  d.bits(f.frameType, d.pos, 1);
  if (d.labels) d.relabel(frameTypeLabel(control));
  d.close();
  d.skip(1);
  const isLong = (d.peek8() & 1) === 0;
  const length = isLong ? d.peek16le() >> 1 : d.peek8() >> 1;
  d.add(f.length, d.pos, isLong ? 2 : 1, length);
  d.skip(isLong ? 2 : 1);
  if (d.columns) {
    d.addInfo(`${FRAMES_SHORT[type] ?? "Unknown"} Channel=${channel} `);
    if (type === SABM && dlci !== 0) d.addInfo("(Unknown) ");
    if (type === UIH && poll === 1) d.addInfo("UID ");
  }
  if (type === UIH && poll === 1) d.u8(f.credits);
  const stop = d.pos + length;
  const isControl = dlci === 0 && length > 0;
  if (isControl) {
    const { end, wireEnd } = d;
    d.limit(length);
    while (d.remaining >= 2) dissectMultiplexer(d);
    d.end = end;
    d.wireEnd = wireEnd;
    d.pos = stop;
  }
  const { pos } = d;
  if (stop < d.end) {
    d.pos = stop;
    d.u8(f.fcs);
  }
  if (isControl || length === 0) return;
  d.layerEnd(d.pos);
  d.pos = pos;
  d.limit(length);
  d.call(data);
}

function frameTypeLabel(control: number): string {
  const type = control & 0xef;
  const bits = type.toString(2).padStart(8, "0");
  const pattern = `${bits.slice(0, 3)}. ${bits.slice(4)}`;
  return `${pattern} = Frame type: ${FRAME_TYPES[type] ?? "Unknown"} (0x${type.toString(16).padStart(2, "0")})`;
}

function addAddress(d: Dissection): number {
  const byte = d.peek8();
  const dlci = byte >> 2;
  const direction = dlci & 1;
  d.open(f.address, d.pos, 1);
  if (d.labels) {
    const flags = `E/A flag: ${byte & 1}, C/R flag: ${(byte >> 1) & 1}`;
    d.relabel(`Address: ${flags}, Direction: ${direction}, Channel: ${dlci >> 1}`);
  }
  d.bits(f.dlci, d.pos, 1);
  d.append(` (Direction: ${direction}, Channel: ${dlci >> 1})`);
  d.openLast();
  d.bits(f.channel, d.pos, 1);
  d.bits(f.direction, d.pos, 1);
  d.close();
  d.bits(f.cr, d.pos, 1);
  d.bits(f.ea, d.pos, 1);
  d.close();
  d.skip(1);
  return dlci;
}

const PN = 0x20;
const MSC = 0x38;
const RPN = 0x24;

function dissectMultiplexer(d: Dissection): void {
  const at = d.pos;
  const byte = d.peek8();
  const type = byte >> 2;
  const name = nameOf(COMMANDS, type) ?? "Unknown";
  d.open(f.mcc, at, d.remaining);
  d.open(f.types, at, 1);
  if (d.labels)
    d.relabel(`Type: ${name} (${hex(type)}), C/R flag = ${(byte >> 1) & 1}, E/A flag = ${byte & 1}`);
  d.bits(f.command, at, 1);
  d.bits(f.commandCr, at, 1);
  d.bits(f.commandEa, at, 1);
  d.close();
  d.skip(1);
  const isLong = (d.peek8() & 1) === 0;
  const length = isLong ? d.peek16le() >> 1 : d.peek8() >> 1;
  d.add(f.commandLength, d.pos, isLong ? 2 : 1, length);
  d.skip(isLong ? 2 : 1);
  const stop = Math.min(d.pos + length, d.end);
  let channel = 255;
  if (type === PN && length >= 8) channel = addNegotiation(d);
  else if ((type === MSC || type === RPN) && length >= 2) {
    channel = addMccDlci(d);
    if (type === MSC) addSignals(d, length);
  }
  if (d.columns) d.addInfo(`-> ${channel} MPX_CTRL ${name} `);
  d.pos = stop;
  d.close(stop);
}

/** Section 5.3.1 of TS 07.10: the parameters of a connection. */
function addNegotiation(d: Dissection): number {
  const dlci = d.peek8() & 0x3f;
  d.bits(f.pnPadding, d.pos, 1);
  d.bits(f.pnDlci, d.pos, 1);
  d.append(` (Direction: ${dlci & 1}, Channel: ${dlci >> 1})`);
  d.openLast();
  d.bits(f.pnChannel, d.pos, 1);
  d.bits(f.pnDirection, d.pos, 1);
  d.close();
  d.skip(1);
  const kinds = d.peek8();
  d.open(f.pnParameters, d.pos, 1);
  if (d.labels) d.relabel(`I1-I4: ${hex(kinds & 15)}, C1-C4: ${hex(kinds >> 4)}`);
  d.bits(f.pnLayer, d.pos, 1);
  d.bits(f.pnFrames, d.pos, 1);
  d.close();
  d.skip(1);
  d.bits(f.priority, d.pos, 1);
  d.skip(1);
  const timer = d.u8(f.timer);
  d.append(`(${timer * 100} ms)`);
  d.u16le(f.frameSize);
  d.u8(f.retransmissions);
  d.bits(f.recovery, d.pos, 1);
  d.skip(1);
  return dlci >> 1;
}

function addMccDlci(d: Dissection): number {
  const dlci = d.peek8() >> 2;
  d.bits(f.mccDlci, d.pos, 1);
  d.append(` (Direction: ${dlci & 1}, Channel: ${dlci >> 1})`);
  d.openLast();
  d.bits(f.mccChannel, d.pos, 1);
  d.bits(f.mccDirection, d.pos, 1);
  d.close();
  d.bits(f.mccPadding, d.pos, 1);
  d.bits(f.commandEa, d.pos, 1);
  d.skip(1);
  return dlci >> 1;
}

const SIGNALS = [
  ["FC", f.fc],
  ["RTC", f.rtc],
  ["RTR", f.rtr],
  ["IC", f.ic],
  ["DV", f.dv],
] as const;

/** Section 5.3.7 of TS 07.10: the lines of V.24, and a break. */
function addSignals(d: Dissection, length: number): void {
  const byte = d.peek8();
  d.open(f.signals, d.pos, 1);
  if (d.labels) {
    const list = SIGNALS.map(([name, field]) => `${name} = ${byte & field.mask ? 1 : 0}`);
    d.relabel(`V.24 Signals: ${list.join(", ")}`);
  }
  for (const [, field] of SIGNALS) d.bits(field, d.pos, 1);
  d.close();
  d.skip(1);
  if (length < 3) return;
  d.bits(f.breakBits, d.pos, 1);
  d.bits(f.breakLength, d.pos, 1);
  d.skip(1);
}
