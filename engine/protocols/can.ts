/**
 * Controller Area Network: SocketCAN frames, classic and FD, https://www.tcpdump.org/linktypes/LINKTYPE_CAN_SOCKETCAN.html
 * with the error frames of Linux (linux/can/error.h), and CAN-ETH, which carries them over UDP.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, str, u8, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes, udpHeuristics, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";

const PROTOCOL_LOCATIONS: Readonly<Record<number, string>> = {
  0: "unspecified",
  2: "ID bits 28 - 21 (SFF: 10 - 3)",
  3: "start of frame",
  4: "substitute RTR (SFF: RTR)",
  5: "identifier extension",
  6: "ID bits 20 - 18 (SFF: 2 - 0)",
  7: "ID bits 17-13",
  8: "CRC sequence",
  9: "reserved bit 0",
  10: "data section",
  11: "data length code",
  12: "RTR",
  13: "reserved bit 1",
  14: "ID bits 4-0",
  15: "ID bits 12-5",
  18: "intermission",
  24: "CRC delimiter",
  25: "ACK slot",
  26: "end of frame",
  27: "ACK delimiter",
};
const CANH: Readonly<Record<number, string>> = {
  0: "unspecified",
  4: "no wire",
  5: "short to BAT",
  6: "short to VCC",
  7: "short to GND",
};
const CANL: Readonly<Record<number, string>> = { ...CANH, 8: "short to CANH" };

const flag = (name: string, title: string, mask: number, bits = 8): Field =>
  bool(name, title, { mask, bits });

const f = {
  standardId: u32("can.id", "ID", { base: "DEC_HEX", mask: 0x7ff }),
  extendedId: u32("can.id", "ID", { base: "DEC_HEX", mask: 0x1fffffff }),
  extended: flag("can.flags.xtd", "Extended Flag", 0x80000000, 32),
  remote: flag("can.flags.rtr", "Remote Transmission Request Flag", 0x40000000, 32),
  error: flag("can.flags.err", "Error Message Flag", 0x20000000, 32),
  length: u8("can.len", "Frame-Length"),
  reserved: bytes("can.reserved", "Reserved"),
  padding: bytes("can.padding", "Padding"),
  bitRate: flag("canfd.flags.brs", "Bit Rate Setting", 0x01),
  errorState: flag("canfd.flags.esi", "Error State Indicator", 0x02),
  lostBit: u8("can.err.lostarb.bitnum", "Lost arbitration in bit number"),
  location: u8("can.err.prot.location", "Protocol error location", { names: PROTOCOL_LOCATIONS }),
  canh: u8("can.err.trx.canh", "Transceiver CANH status", { mask: 0x0f, names: CANH }),
  canl: u8("can.err.trx.canl", "Transceiver CANL status", { mask: 0xf0, names: CANL }),
  specific: bytes("can.err.ctrl_specific", "Controller specific data", { base: "SEP_SPACE" }),
  errorReserved: u32("can.err.reserved", "Reserved", { base: "HEX", mask: 0x1ffffe00 }),
};

const errors = {
  txTimeout: flag("can.err.tx_timeout", "Transmit timeout", 0x1, 32),
  lostArbitration: flag("can.err.lostarb", "Lost arbitration", 0x2, 32),
  controller: flag("can.err.ctrl", "Controller problems", 0x4, 32),
  violation: flag("can.err.prot", "Protocol violation", 0x8, 32),
  transceiver: flag("can.err.trx", "Transceiver status", 0x10, 32),
  ack: flag("can.err.ack", "No acknowledgement", 0x20, 32),
  busOff: flag("can.err.busoff", "Bus off", 0x40, 32),
  busError: flag("can.err.buserror", "Bus error", 0x80, 32),
  restarted: flag("can.err.restarted", "Controller restarted", 0x100, 32),
};
const controller = {
  rxOverflow: flag("can.err.ctrl.rx_overflow", "RX buffer overflow", 0x01),
  txOverflow: flag("can.err.ctrl.tx_overflow", "TX buffer overflow", 0x02),
  rxWarning: flag("can.err.ctrl.rx_warning", "Reached warning level for RX errors", 0x04),
  txWarning: flag("can.err.ctrl.tx_warning", "Reached warning level for TX errors", 0x08),
  rxPassive: flag("can.err.ctrl.rx_passive", "Reached error passive status RX", 0x10),
  txPassive: flag("can.err.ctrl.tx_passive", "Reached error passive status TX", 0x20),
  active: flag("can.err.ctrl.active", "Recovered to error active state", 0x40),
};
const violations = {
  bit: flag("can.err.prot.type.bit", "Single bit error", 0x01),
  form: flag("can.err.prot.type.form", "Frame format error", 0x02),
  stuff: flag("can.err.prot.type.stuff", "Bit stuffing error", 0x04),
  bit0: flag("can.err.prot.type.bit0", "Unable to send dominant bit", 0x08),
  bit1: flag("can.err.prot.type.bit1", "Unable to send recessive bit", 0x10),
  overload: flag("can.err.prot.type.overload", "Bus overload", 0x20),
  announcement: flag("can.err.prot.type.active", "Active error announcement", 0x40),
  transmission: flag("can.err.prot.type.tx", "Error occurred on transmission", 0x80),
};
const ERRORS = Object.values(errors);
const CONTROLLER = Object.values(controller);
const VIOLATIONS = Object.values(violations);

const x = {
  mismatch: expert("can.err.dlc_mismatch", "error", "Malformed", "ERROR: DLC mismatch"),
};

const canFields = { ...f, ...errors, ...controller, ...violations };

export const can = protocol({
  name: "can",
  title: "Controller Area Network",
  short: "CAN",
  fields: canFields,
  experts: x,
  on: [[linkTypes, 227]],
  dissect,
});

/** The same in cooked captures that name it CAN FD. */
export const canFd = protocol({
  name: "canfd",
  title: "Controller Area Network FD",
  short: "CANFD",
  dissect,
});

const EXTENDED = 0x8000_0000;
const REMOTE = 0x4000_0000;
const ERROR = 0x2000_0000;
const EXTENDED_MASK = 0x1fff_ffff;
const STANDARD_MASK = 0x7ff;
const FD = 0x04;
const HEADER = 8;

const isCooked = (d: Dissection): boolean => d.linkType === 113 || d.linkType === 276;

/** A field of the identifier; in cooked captures it is in the byte order of the host. */
function idBits(d: Dissection, field: Field, at: number): void {
  if (isCooked(d)) d.bitsLe(field, at, 4);
  else d.bits(field, at, 4);
}

function dissect(d: Dissection): void {
  const id = isCooked(d) ? d.peek32le() : d.peek32();
  d.peek8(5);
  const isFd = (d.buf[d.pos + 5] & FD) !== 0;
  if (!isFd && (id & ERROR) !== 0) {
    dissectError(d, id);
    return;
  }
  const at = d.pos;
  const length = d.peek8(4);
  const isExtended = (id & EXTENDED) !== 0;
  const number = id & (isExtended ? EXTENDED_MASK : STANDARD_MASK);
  const isRemote = !isFd && (id & REMOTE) !== 0;
  if (d.columns || d.labels) {
    const text = `${isExtended ? "Ext. ID" : "ID"}: ${number} (0x${number.toString(16)}), Length: ${length}`;
    if (d.columns) {
      d.setProtocol(isFd ? "CANFD" : "CAN");
      d.setInfo(isRemote ? `${text}(Remote Transmission Request)` : text);
    }
    d.relabelLayer(`${isFd ? "Controller Area Network FD" : can.title}, ${text}`);
  }
  idBits(d, isExtended ? f.extendedId : f.standardId, at);
  idBits(d, f.extended, at);
  if (!isFd) {
    idBits(d, f.remote, at);
    idBits(d, f.error, at);
  }
  d.pos = at + 4;
  d.u8(f.length);
  if (isFd) {
    d.bits(f.bitRate, d.pos, 1);
    d.bits(f.errorState, d.pos, 1);
    d.pos++;
    d.bytes(f.reserved, 2);
  } else d.bytes(f.reserved, 3);
  callData(d, at, length);
}

/** The bytes the length counts, then what fills the frame up. */
function callData(d: Dissection, at: number, length: number): void {
  const { end, wireEnd } = d;
  const start = at + HEADER;
  const stop = start + length;
  if (stop < d.end && d.building) d.add(f.padding, stop, d.end - stop, d.buf.subarray(stop, d.end));
  d.pos = start;
  d.layerEnd(d.end);
  d.limit(length);
  if (d.remaining > 0) d.call(data);
  d.end = end;
  d.wireEnd = wireEnd;
}

/** What the controller reports of the bus: linux/can/error.h. */
function dissectError(d: Dissection, id: number): void {
  const at = d.pos;
  const kinds = id & EXTENDED_MASK;
  const length = d.peek8(4);
  if (d.columns) {
    const names = ERRORS.filter((field) => (kinds & field.mask) !== 0).map((field) => field.title);
    d.setProtocol("CAN");
    d.setInfo(`ERR: ${names.length === 0 ? "Reserved" : names.join(", ")}`);
  }
  const known = ERRORS.reduce((mask, field) => (mask | field.mask) >>> 0, 0);
  if (d.labels)
    d.relabelLayer(
      `${can.title}, ID: ${kinds & known} (0x${(kinds & known).toString(16)}), Length: ${length}`,
    );
  idBits(d, f.error, at);
  for (const field of ERRORS) idBits(d, field, at);
  idBits(d, f.errorReserved, at);
  d.pos = at + 4;
  d.u8(f.length);
  d.bytes(f.reserved, 3);
  const start = d.pos;
  if (kinds & errors.lostArbitration.mask) d.uint(f.lostBit, 1);
  d.pos = start + 1;
  if (kinds & errors.controller.mask) for (const field of CONTROLLER) d.bits(field, start + 1, 1);
  if (kinds & errors.violation.mask) {
    for (const field of VIOLATIONS) d.bits(field, start + 2, 1);
    d.pos = start + 3;
    d.u8(f.location);
  }
  if (kinds & errors.transceiver.mask) {
    d.bits(f.canh, start + 4, 1);
    d.bits(f.canl, start + 4, 1);
  }
  d.pos = start + 5;
  d.bytes(f.specific, 3);
  if (length !== HEADER && d.building) {
    d.last = d.parent;
    d.expert(x.mismatch);
  }
}

const e = {
  magic: str("caneth.magic", "Magic"),
  version: u8("caneth.version", "Version"),
  frames: u8("caneth.frames", "CAN Frames"),
  options: bytes("caneth.options", "Options (Reserved)"),
  padding: bytes("caneth.can.padding", "Padding"),
  id: u32("can.id", "Identifier", { base: "HEX", mask: 0x1fffffff }),
  length: u8("can.len", "Frame-Length"),
  extended: bool("can.flags.xtd", "Extended Flag"),
  remote: bool("can.flags.rtr", "Remote Transmission Request Flag"),
};

export const canEthernet = protocol({
  name: "caneth",
  title: "Controller Area Network over Ethernet",
  short: "CAN-ETH",
  fields: e,
  on: [[udpPorts, 11898]],
  heuristicOn: [udpHeuristics],
  test: isCanEthernet,
  dissect: dissectEthernet,
});

const MAGIC = "ISO11898";
const FRAME = 15;
const OPTIONS = 5;

function isCanEthernet(d: Dissection): boolean {
  for (let i = 0; i < MAGIC.length; i++) if (d.peek8(i) !== MAGIC.charCodeAt(i)) return false;
  return true;
}

/** Packets of BUSMASTER's and others' gateways: a header, frames of fifteen bytes each, five bytes of options. */
function dissectEthernet(d: Dissection): void {
  if (!isCanEthernet(d)) {
    d.call(data);
    return;
  }
  if (d.columns) d.setInfo("");
  d.str(e.magic, MAGIC.length);
  d.u8(e.version);
  const count = d.u8(e.frames);
  const start = d.pos;
  const options = start + count * FRAME;
  if (options + OPTIONS <= d.end)
    d.add(e.options, options, OPTIONS, d.buf.subarray(options, options + OPTIONS));
  d.layerEnd(d.end);
  for (let i = 0; i < count && d.pos < d.end; i++) dissectCarried(d, start + i * FRAME);
}

/** One frame: identifier, length, up to eight bytes, and two bytes that tell its kind. */
function dissectCarried(d: Dissection, at: number): void {
  d.pos = at;
  d.need(FRAME);
  const length = d.buf[at + 4];
  d.openBeside(can);
  d.add(e.id, at, 4, d.peek32le() & EXTENDED_MASK);
  d.pos = at + 4;
  d.u8(e.length);
  d.add(e.extended, at + 13, 1, d.buf[at + 13] === 0 ? 0 : 1);
  d.add(e.remote, at + 14, 1, d.buf[at + 14] === 0 ? 0 : 1);
  const from = at + 5;
  const stop = Math.min(from + length, d.end);
  const padding = at + FRAME - stop;
  if (padding > 0) d.add(e.padding, stop, padding, d.buf.subarray(stop, stop + padding));
  d.close(at + FRAME);
  const { end, wireEnd } = d;
  d.pos = from;
  d.end = stop;
  d.wireEnd = stop;
  if (length > 0) d.call(data);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = at + FRAME;
}
