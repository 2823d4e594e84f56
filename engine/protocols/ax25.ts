/**
 * Amateur packet radio: AX.25 (AX.25 Link Access Protocol for Amateur Packet Radio, version 2.2), alone, behind KISS
 * and in BPQ's Ethernet frames; NET/ROM above it.
 */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { ax25 as ax25Address, bool, bytes, type Field, SET_NOTSET, str, u8, u16 } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { formatAx25 } from "../dissect/text.ts";
import { data } from "./data.ts";
import { isUnnumbered, supervisoryFunction, unnumberedFunction } from "./hdlc-control.ts";
import { callIp } from "./ipv4.ts";
import { COMMAND_NAMES, FRAME_TYPE_NAMES, RESPONSE_NAMES, SUPERVISORY_NAMES } from "./names/llc.ts";

const PID_NAMES: Readonly<Record<number, string>> = {
  1: "Rose",
  6: "RFC1144 (compressed)",
  7: "RFC1144 (uncompressed)",
  8: "Segment",
  195: "Texnet",
  196: "Link Quality protocol",
  202: "AppleTalk",
  203: "AppleTalk ARP",
  204: "IP",
  205: "ARP",
  206: "FlexNet",
  207: "NetRom",
  240: "No L3",
  255: "L3 esc",
};

const f = {
  dst: ax25Address("ax25.dst", "Destination"),
  src: ax25Address("ax25.src", "Source"),
  control: u8("ax25.ctl", "Control", { base: "HEX" }),
  receive: u8("ax25.ctl.n_r", "n(r)", { mask: 0xe0 }),
  send: u8("ax25.ctl.n_s", "n(s)", { mask: 0x0e }),
  poll: bool("ax25.ctl.p", "Poll", { mask: 0x10, tf: SET_NOTSET }),
  final: bool("ax25.ctl.f", "Final", { mask: 0x10, tf: SET_NOTSET }),
  supervisory: u8("ax25.ctl.ftype_s", "Frame type", { base: "HEX", mask: 0x0c, names: SUPERVISORY_NAMES }),
  frameI: u8("ax25.ctl.ftype_i", "Frame type", { base: "HEX", mask: 0x01, names: FRAME_TYPE_NAMES }),
  frameSU: u8("ax25.ctl.ftype_su", "Frame type", { base: "HEX", mask: 0x03, names: FRAME_TYPE_NAMES }),
  command: u8("ax25.ctl.u_cmd", "Frame type", { base: "HEX", mask: 0xec, names: COMMAND_NAMES }),
  response: u8("ax25.ctl.u_resp", "Frame type", { base: "HEX", mask: 0xec, names: RESPONSE_NAMES }),
  pid: u8("ax25.pid", "Protocol ID", { base: "HEX", names: PID_NAMES }),
};
const VIAS = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ax25Address(`ax25.via${n}`, `Via ${n}`));

export const ax25 = protocol({
  name: "ax25",
  title: "Amateur Radio AX.25",
  short: "AX.25",
  fields: { ...f, ...Object.fromEntries(VIAS.map((field) => [field.name, field])) },
  contained: true,
  on: [[linkTypes, 3]],
  dissect,
});

/** A call sign of six characters, and a byte with the station's number and bits of its own. */
const CALL = 7;
/** In an address's last byte: no address follows; and in the first two: command or response. */
const LAST = 0x01;
const COMMAND = 0x80;
const UI = 0x03;
const PID_IP = 0xcc;
/** Protocols above by identifier. */
const ABOVE: Readonly<Record<number, string>> = {
  1: "x25",
  205: "arp",
  207: "netrom",
  240: "ax25_nol3",
};

/** A call sign's bytes as an address; the bits that are not of the address do not count. */
function addressBytes(d: Dissection, at: number): Uint8Array {
  return new TextEncoder().encode(formatAx25(d.buf.subarray(at, at + CALL)));
}
function setSource(d: Dissection, at: number): void {
  const text = addressBytes(d, at);
  d.setSource(ADDRESS_TEXT, text, 0, text.length);
}
function setDestination(d: Dissection, at: number): void {
  const text = addressBytes(d, at);
  d.setDestination(ADDRESS_TEXT, text, 0, text.length);
}

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.columns) d.setInfo("");
  d.need(CALL);
  setDestination(d, start);
  d.needAt(start + CALL, CALL);
  setSource(d, start + CALL);
  const toCommand = (d.buf[start + 6] & COMMAND) !== 0;
  const fromCommand = (d.buf[start + 13] & COMMAND) !== 0;
  if (d.labels) {
    const src = formatAx25(d.peekBytes(CALL, CALL));
    const dst = formatAx25(d.peekBytes(CALL));
    d.relabelLayer(`AX.25, Src: ${src}, Dst: ${dst}, Ver: ${toCommand === fromCommand ? "V?.?" : "V2.0+"}`);
  }
  d.bytes(f.dst, CALL);
  d.bytes(f.src, CALL);
  for (let i = 0; i < VIAS.length && (d.buf[d.pos - 1] & LAST) === 0; i++) d.bytes(VIAS[i], CALL);
  const control = addControl(d, fromCommand && !toCommand);
  const carriesData = (control & 1) === 0 || (control & 0xef) === UI;
  if (!carriesData) return;
  const pid = d.u8(f.pid);
  if (d.columns) d.addInfo(`, ${PID_NAMES[pid] ?? `Unknown (0x${hex2(pid)})`}`);
  if (d.remaining === 0) {
    if (pid === PID_NOTHING && d.columns) {
      d.setProtocol("AX.25-NoL3");
      d.setInfo("Text");
    }
    return;
  }
  if (pid === PID_IP) callIp(d);
  else d.call(protocolNamed(ABOVE[pid] ?? "data") ?? data);
}

const PID_NOTHING = 0xf0;
const hex2 = (value: number): string => value.toString(16).padStart(2, "0");

function addControl(d: Dissection, isResponse: boolean): number {
  const at = d.pos;
  const control = d.peek8();
  d.skip(1);
  if (!d.building && !d.columns) return control;
  const text = controlText(control, isResponse);
  if (d.columns) d.setInfo(text);
  d.open(f.control, at, 1, control);
  if (d.labels) d.relabel(`Control field: ${text} (0x${hex2(control).toUpperCase()})`);
  const poll = isResponse ? f.final : f.poll;
  if (isUnnumbered(control)) {
    if (control & 0x10) d.bits(poll, at, 1);
    // The bits of an unnumbered frame's kind stand around the one for poll and final.
    d.bits(isResponse ? f.response : f.command, at, 1);
    d.bits(f.frameSU, at, 1);
  } else {
    d.bits(f.receive, at, 1);
    if ((control & 1) === 0) d.bits(f.send, at, 1);
    if (control & 0x10) d.bits(poll, at, 1);
    if (control & 1) {
      d.bits(f.supervisory, at, 1);
      d.bits(f.frameSU, at, 1);
    } else d.bits(f.frameI, at, 1);
  }
  d.close();
  return control;
}

/** `S P, func=RR, N(R)=1` */
function controlText(control: number, isResponse: boolean): string {
  const mark = control & 0x10 ? (isResponse ? " F" : " P") : "";
  if (isUnnumbered(control)) return `U${mark}, func=${unnumberedFunction(control, isResponse)}`;
  if (control & 1) return `S${mark}, func=${supervisoryFunction(control)}, N(R)=${control >> 5}`;
  return `I${mark}, N(R)=${control >> 5}, N(S)=${(control >> 1) & 7}`;
}

/** Text between stations, with no protocol around it. */
export const ax25NoLayer3 = protocol({
  name: "ax25_nol3",
  title: "AX.25 no Layer 3",
  short: "AX.25-NoL3",
  dissect(d) {
    if (d.columns) d.setInfo("Text");
    if (d.labels) d.relabelLayer("AX.25 No Layer 3 - (Text)");
    d.layerEnd(d.end);
    d.callBelow(data);
  },
});

const KISS_NAMES: Readonly<Record<number, string>> = {
  0: "Data frame",
  1: "Tx delay",
  2: "Persistence",
  3: "Slot time",
  4: "Tx tail",
  5: "Full duplex",
  6: "Set hardware",
  12: "Data frame ack",
  14: "Poll mode",
  15: "Return",
};

const k = {
  cmd: u8("ax25_kiss.cmd", "Cmd", { mask: 0x0f, names: KISS_NAMES }),
  port: u8("ax25_kiss.port", "Port", { mask: 0xf0 }),
  txDelay: u8("ax25_kiss.txdelay", "Tx delay"),
  persistence: u8("ax25_kiss.persistence", "Persistence"),
  slotTime: u8("ax25_kiss.slottime", "Slot time"),
  txTail: u8("ax25_kiss.txtail", "Tx tail"),
  fullDuplex: u8("ax25_kiss.fullduplex", "Full duplex"),
  setHardware: bytes("ax25_kiss.sethardware", "Set hardware"),
  dataAck: u16("ax25_kiss.data_ack", "Data ack"),
};
const KISS_VALUES: Readonly<Record<number, Field>> = {
  1: k.txDelay,
  2: k.persistence,
  3: k.slotTime,
  4: k.txTail,
  5: k.fullDuplex,
};

/** Between a host and its terminal node controller (The KISS TNC, 1987). */
export const ax25Kiss = protocol({
  name: "ax25_kiss",
  title: "AX.25 KISS",
  short: "AX.25 KISS",
  fields: k,
  contained: true,
  on: [[linkTypes, 202]],
  dissect: dissectKiss,
});

const KISS_DATA = 0;
const KISS_SET_HARDWARE = 6;
const KISS_DATA_ACK = 12;

function dissectKiss(d: Dissection): void {
  const at = d.pos;
  const first = d.peek8();
  d.skip(1);
  const cmd = first & 0x0f;
  let text = KISS_NAMES[cmd] ?? `Unknown (${cmd})`;
  d.bits(k.cmd, at, 1);
  d.bits(k.port, at, 1);
  const value = KISS_VALUES[cmd];
  if (value !== undefined) text += ` ${d.u8(value)}`;
  else if (cmd === KISS_SET_HARDWARE) d.bytes(k.setHardware, d.remaining);
  else if (cmd === KISS_DATA_ACK) text += ` ${d.u16(k.dataAck)}`;
  text += `, Port ${first >> 4}`;
  if (d.columns) d.setInfo(text);
  if (d.labels) d.relabelLayer(`KISS: ${text}`);
  if (cmd === KISS_DATA || cmd === KISS_DATA_ACK) d.call(ax25);
}

const b = {
  len: u16("bpq.len", "BPQ len"),
};

/** AX.25 over Ethernet, as G8BPQ's node has it: a length, little-endian, five more than AX.25's. */
export const bpq = protocol({
  name: "bpq",
  title: "Amateur Radio BPQ",
  short: "BPQ",
  fields: b,
  contained: true,
  on: [[ethertypes, 0x08ff]],
  dissect(d) {
    const length = d.u16le(b.len);
    if (d.columns) d.setInfo(String(length));
    if (d.labels) d.relabelLayer(`BPQ, Len: ${length}`);
    d.call(ax25);
    d.payloadEnd = -1;
  },
});

const NETROM_NAMES: Readonly<Record<number, string>> = {
  0: "PROTOEXT",
  1: "CONNREQ",
  2: "CONNACK",
  3: "DISCREQ",
  4: "DISCACK",
  5: "INFO",
  6: "INFOACK",
};
const NETROM_TEXTS = [
  "Protocol extension",
  "Connect request",
  "Connect acknowledge",
  "Disconnect request",
  "Disconnect acknowledge",
  "Information",
  "Information acknowledge",
] as const;

const n = {
  src: ax25Address("netrom.src", "Source"),
  dst: ax25Address("netrom.dst", "Destination"),
  ttl: u8("netrom.ttl", "TTL", { base: "HEX" }),
  myIndex: u8("netrom.my.cct.index", "My circuit index", { base: "HEX" }),
  myId: u8("netrom.my.cct.id", "My circuit ID", { base: "HEX" }),
  yourIndex: u8("netrom.your.cct.index", "Your circuit index", { base: "HEX" }),
  yourId: u8("netrom.your.cct.id", "Your circuit ID", { base: "HEX" }),
  receive: u8("netrom.n_r", "N(r)"),
  send: u8("netrom.n_s", "N(s)"),
  type: u8("netrom.type", "Type", { base: "HEX" }),
  op: u8("netrom.op", "OP code", { base: "HEX", mask: 0x0f, names: NETROM_NAMES }),
  more: bool("netrom.flag.more", "More", { mask: 0x20, tf: SET_NOTSET }),
  nak: bool("netrom.flag.nak", "NAK", { mask: 0x40, tf: SET_NOTSET }),
  choke: bool("netrom.flag.choke", "Choke", { mask: 0x80, tf: SET_NOTSET }),
  user: ax25Address("netrom.user", "User"),
  node: ax25Address("netrom.node", "Node"),
  proposed: u8("netrom.pwindow", "Window"),
  accepted: u8("netrom.awindow", "Window"),
  name: str("netrom.name", "Node name"),
};

export const netrom = protocol({
  name: "netrom",
  title: "Amateur Radio NET/ROM",
  short: "NET/ROM",
  fields: n,
  contained: true,
  dissect: dissectNetrom,
});

const ROUTING = 0xff;
const PROTOEXT = 0;
const CONNREQ = 1;
const CONNACK = 2;
const INFO = 5;
const INFOACK = 6;
/** An extension's circuit index and id that say IP follows. */
const EXTENSION_IP = 0x0c0c;

function dissectNetrom(d: Dissection): void {
  if (d.peek8() === ROUTING) {
    if (d.columns) d.setInfo("routing table frame");
    d.skip(1);
    const name = d.str(n.name, 6, "ascii");
    if (d.labels) d.relabelLayer(`Amateur Radio NET/ROM, routing table frame, Node: ${name}`);
    d.call(data);
    return;
  }
  d.need(20);
  const start = d.pos;
  setSource(d, start);
  setDestination(d, start + CALL);
  if (d.labels) {
    const src = formatAx25(d.peekBytes(CALL));
    d.relabelLayer(`NET/ROM, Src: ${src}, Dst: ${formatAx25(d.peekBytes(CALL, CALL))}`);
  }
  d.bytes(n.src, CALL);
  d.bytes(n.dst, CALL);
  d.u8(n.ttl);
  const circuit = d.peek16();
  const type = d.peek8(4);
  const op = type & 0x0f;
  if (op === PROTOEXT || op === CONNREQ) addPair(d, n.myIndex, n.myId, 0);
  else if (op <= INFOACK) addPair(d, n.yourIndex, n.yourId, 0);
  if (op === CONNACK) addPair(d, n.myIndex, n.myId, 2);
  else if (op === INFO) addPair(d, n.send, n.receive, 2);
  else if (op === INFOACK) d.add(n.receive, d.pos + 3, 1, d.peek8(3));
  d.skip(4);
  const text = d.columns || d.labels ? typeText(type) : "";
  if (d.columns) d.setInfo(text);
  d.bitset(n.type, 1, [n.op, n.choke, n.nak, n.more]);
  if (d.labels) d.relabel(`Type field: ${text}`);
  if (op === CONNREQ) {
    d.u8(n.proposed);
    d.bytes(n.user, CALL);
    d.bytes(n.node, CALL);
  } else if (op === CONNACK) d.u8(n.accepted);
  if (d.remaining === 0) return;
  if (op === PROTOEXT && circuit === EXTENSION_IP) callIp(d);
  else d.call(data);
}

function addPair(d: Dissection, first: Field, second: Field, ahead: number): void {
  if (!d.building) return;
  d.add(first, d.pos + ahead, 1, d.peek8(ahead));
  d.add(second, d.pos + ahead + 1, 1, d.peek8(ahead + 1));
}

/** `Connect request, Choke (0x81)` */
function typeText(type: number): string {
  const flags = `${type & 0x80 ? ", Choke" : ""}${type & 0x40 ? ", NAK" : ""}${type & 0x20 ? ", More" : ""}`;
  return `${NETROM_TEXTS[type & 0x0f] ?? "Unknown"}${flags} (0x${hex2(type)})`;
}
