/**
 * Network Time Protocol, RFC 5905 (version 4) and RFC 1305 (version 3), with its control messages (RFC 9327) and
 * the private mode of ntpd.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, nameOf, none, SET_NOTSET, str, u8, u16 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { bitPattern } from "../dissect/format.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpPorts, udpPorts } from "../dissect/tables.ts";
import { escapeText, formatIpv4 } from "../dissect/text.ts";
import { octetsText } from "./dns-name.ts";
import {
  CLOCK_SOURCES,
  CLOCK_STATES,
  CONTROL_ERRORS,
  CONTROL_OPCODES,
  EXTENSIONS,
  IMPLEMENTATIONS,
  LEAP,
  MODES,
  PEER_EVENTS,
  PEER_SELECTIONS,
  PRIVATE_ERRORS,
  REFERENCES,
  REQUESTS,
  RESPONSE_BIT,
  SYSTEM_EVENTS,
  VERSIONS,
} from "./names/ntp.ts";
import { addPrivateItem, addTimestamp, privateFields, timeFields } from "./ntp-private.ts";

const f = {
  flags: u8("ntp.flags", "Flags", { base: "HEX" }),
  flagsLi: u8("ntp.flags.li", "Leap Indicator", { mask: 0xc0, names: LEAP }),
  flagsVn: u8("ntp.flags.vn", "Version number", { mask: 0x38, names: VERSIONS }),
  flagsMode: u8("ntp.flags.mode", "Mode", { mask: 0x7, names: MODES }),
  ...timeFields,
  mac: bytes("ntp.mac", "Message Authentication Code"),
  ext: none("ntp.ext", "Extension"),
  extType: u16("ntp.ext.type", "Field Type", { base: "HEX", names: EXTENSIONS }),
  extLength: u16("ntp.ext.length", "Length"),
  extValue: bytes("ntp.ext.value", "Value"),
  ctrlFlags2: u8("ntp.ctrl.flags2", "Flags 2", { base: "HEX" }),
  ctrlFlags2R: u8("ntp.ctrl.flags2.r", "Response bit", { mask: 0x80, names: RESPONSE_BIT }),
  ctrlFlags2Error: u8("ntp.ctrl.flags2.error", "Error bit", { mask: 0x40 }),
  ctrlFlags2More: u8("ntp.ctrl.flags2.more", "More bit", { mask: 0x20 }),
  ctrlFlags2Opcode: u8("ntp.ctrl.flags2.opcode", "Opcode", { mask: 0x1f, names: CONTROL_OPCODES }),
  ctrlSequence: u16("ntp.ctrl.sequence", "Sequence"),
  ctrlStatus: u16("ntp.ctrl.status", "Status", { base: "HEX" }),
  ctrlErrStatus: u16("ntp.ctrl.err_status", "Error Status Word", { mask: 0xff00, names: CONTROL_ERRORS }),
  ctrlSysStatusLi: u16("ntp.ctrl.sys_status.li", "Leap Indicator", { mask: 0xc000, names: LEAP }),
  ctrlSysStatusClksrc: u16("ntp.ctrl.sys_status.clksrc", "Clock Source", {
    mask: 0x3f00,
    names: CLOCK_SOURCES,
  }),
  ctrlSysStatusCount: u16("ntp.ctrl.sys_status.count", "System Event Counter", { mask: 0xf0 }),
  ctrlSysStatusCode: u16("ntp.ctrl.sys_status.code", "System Event Code", {
    mask: 0xf,
    names: SYSTEM_EVENTS,
  }),
  ctrlPeerStatusConfig: bool("ntp.ctrl.peer_status.config", "Peer Status", {
    mask: 0x8000,
    bits: 16,
    tf: ["configured (peer.config)", "not configured (peer.config)"],
  }),
  ctrlPeerStatusAuthenable: bool("ntp.ctrl.peer_status.authenable", "Peer Status", {
    mask: 0x4000,
    bits: 16,
    tf: ["authentication enabled (peer.authenable)", "authentication disabled (peer.authenable)"],
  }),
  ctrlPeerStatusAuthentic: bool("ntp.ctrl.peer_status.authentic", "Peer Status", {
    mask: 0x2000,
    bits: 16,
    tf: ["authentication okay (peer.authentic)", "authentication not okay (peer.authentic)"],
  }),
  ctrlPeerStatusReach: bool("ntp.ctrl.peer_status.reach", "Peer Status", {
    mask: 0x1000,
    bits: 16,
    tf: ["reachability okay (peer.reach != 0)", "reachability not okay (peer.reach != 0)"],
  }),
  ctrlPeerStatusBcast: bool("ntp.ctrl.peer_status.bcast", "Peer Status broadcast association", {
    mask: 0x800,
    bits: 16,
    tf: SET_NOTSET,
  }),
  ctrlPeerStatusSelection: u16("ntp.ctrl.peer_status.selection", "Peer Selection", {
    mask: 0x700,
    names: PEER_SELECTIONS,
  }),
  ctrlPeerStatusCount: u16("ntp.ctrl.peer_status.count", "Peer Event Counter", { mask: 0xf0 }),
  ctrlPeerStatusCode: u16("ntp.ctrl.peer_status.code", "Peer Event Code", { mask: 0xf, names: PEER_EVENTS }),
  ctrlClockStatusStatus: u16("ntp.ctrl.clock_status.status", "Clock Status", {
    mask: 0xff00,
    names: CLOCK_STATES,
  }),
  ctrlClockStatusCode: u16("ntp.ctrl.clock_status.code", "Clock Event Code", { mask: 0xff }),
  ctrlData: none("ntp.ctrl.data", "Data"),
  ctrlItem: none("ntp.ctrl.item", "Item"),
  ctrlAssocid: u16("ntp.ctrl.associd", "AssociationID"),
  ctrlOffset: u16("ntp.ctrl.offset", "Offset"),
  ctrlCount: u16("ntp.ctrl.count", "Count"),
  ctrlTrapmsg: str("ntp.ctrl.trapmsg", "Trap message"),
  ctrlConfiguration: str("ntp.ctrl.configuration", "Configuration"),
  ctrlMru: str("ntp.ctrl.mru", "MRU"),
  ctrlOrdlist: str("ntp.ctrl.ordlist", "Ordered List"),
  ctrlNonce: str("ntp.ctrl.nonce", "Nonce"),
  privFlagsR: u8("ntp.priv.flags.r", "Response bit", { mask: 0x80, names: RESPONSE_BIT }),
  privFlagsMore: u8("ntp.priv.flags.more", "More bit", { mask: 0x40 }),
  privAuthSeq: u8("ntp.priv.auth_seq", "Auth, sequence"),
  privAuth: u8("ntp.priv.auth", "Auth bit", { mask: 0x80 }),
  privSeq: u8("ntp.priv.seq", "Sequence number", { mask: 0x7f }),
  privImpl: u8("ntp.priv.impl", "Implementation", { names: IMPLEMENTATIONS }),
  privReqcode: u8("ntp.priv.reqcode", "Request code", { names: REQUESTS }),
  privErr: u8("ntp.priv.err", "Err", { base: "HEX", mask: 0xf0, names: PRIVATE_ERRORS }),
  privNumitems: u16("ntp.priv.numitems", "Number of data items"),
  privReserved: u8("ntp.priv.reserved", "Reserved", { base: "HEX", mask: 0xf0 }),
  privItemsize: u16("ntp.priv.itemsize", "Size of data item"),
  ...privateFields,
};

const CONTROL = 6;
const PRIVATE = 7;

export const ntp = protocol({
  name: "ntp",
  title: "Network Time Protocol",
  short: "NTP",
  fields: f,
  on: [
    [udpPorts, 123],
    [tcpPorts, 123],
  ],
  dissect,
});

function dissect(d: Dissection): void {
  const first = d.peek8();
  const mode = first & 7;
  if (mode === PRIVATE) d.need(4);
  if (d.columns || d.labels) {
    const kind =
      mode === CONTROL ? "control" : mode === PRIVATE ? "private" : MODES[mode as keyof typeof MODES];
    const what = `${VERSIONS[((first >> 3) & 7) as keyof typeof VERSIONS]}, ${kind}`;
    d.relabelLayer(`${ntp.title} (${what})`);
    d.setInfo(mode === PRIVATE ? what + privateInfo(d, first) : what);
  }
  if (mode === CONTROL) dissectControl(d);
  else if (mode === PRIVATE) dissectPrivate(d);
  else dissectTime(d, (first >> 3) & 7);
}

const FLAGS = [f.flagsLi, f.flagsVn, f.flagsMode];

function dissectTime(d: Dissection, version: number): void {
  d.need(1);
  addFlags(d, f.flags, 1, FLAGS);
  const stratum = d.u8(f.stratum);
  const poll = d.u8(f.ppoll);
  if (d.labels)
    d.relabel(
      `${f.ppoll.title}: ${poll >= 4 && poll <= 17 ? `${poll} (${2 ** poll} seconds)` : `invalid (${poll})`}`,
    );
  const precision = d.u8(f.precision);
  if (d.labels) d.relabel(`${f.precision.title}: ${shownSeconds(2 ** ((precision << 24) >> 24))}`);
  for (const field of [f.rootdelay, f.rootdispersion]) {
    const value = d.u32(field);
    if (d.labels) d.relabel(`${field.title}: ${shownSeconds(value / 65536)}`);
  }
  if (d.labels) {
    const text = referenceText(d.peekBytes(4), stratum);
    d.bytes(f.refid, 4);
    d.relabel(`${f.refid.title}: ${text}`);
  } else d.bytes(f.refid, 4);
  for (const field of [f.reftime, f.org, f.rec, f.xmt]) addTimestamp(d, field);
  if (version === 4) dissectExtensions(d);
  if (d.remaining >= 4) {
    d.bytes(f.keyid, 4);
    if (d.remaining > 0) d.bytes(f.mac, d.remaining);
  }
}

/** `%f seconds`; powers of two are shown digit by digit. */
function shownSeconds(value: number): string {
  return value < 1e21 ? `${value.toFixed(6)} seconds` : `${BigInt(value)}.000000 seconds`;
}

/** RFC 5905 7.3: a code in letters at stratum 0 and 1, the IPv4 address of the source above. */
function referenceText(octets: Uint8Array, stratum: number): string {
  if (stratum > 1)
    return formatIpv4(((octets[0] << 24) | (octets[1] << 16) | (octets[2] << 8) | octets[3]) >>> 0);
  if (octets.every((octet) => octet === 0)) return "NULL";
  const nul = octets.indexOf(0);
  const code = octetsText(octets, 0, nul === -1 ? 4 : nul);
  const letters = /^[\x20-\x7e]*$/.test(code) && !code.includes("\\") ? code : "";
  return REFERENCES[letters] ?? `Unidentified reference source '${letters}'`;
}

/** Extension fields, RFC 7822: what is left and has not the length of a message authentication code. */
function dissectExtensions(d: Dissection): void {
  while (d.remaining >= 16 && d.remaining !== 20 && d.remaining !== 24) {
    const size = d.peek16(2);
    if (size < 4 || size > d.remaining) return;
    d.open(f.ext, d.pos, size);
    d.u16(f.extType);
    d.u16(f.extLength);
    if (size > 4) d.bytes(f.extValue, size - 4);
    d.close();
  }
}

// ---------------------------------------------------------------------- control messages

const FLAGS_2 = [f.ctrlFlags2R, f.ctrlFlags2Error, f.ctrlFlags2More, f.ctrlFlags2Opcode];
const ERROR_STATUS = [f.ctrlErrStatus];
const SYSTEM_STATUS = [f.ctrlSysStatusLi, f.ctrlSysStatusClksrc, f.ctrlSysStatusCount, f.ctrlSysStatusCode];
const PEER_STATUS = [
  f.ctrlPeerStatusConfig,
  f.ctrlPeerStatusAuthenable,
  f.ctrlPeerStatusAuthentic,
  f.ctrlPeerStatusReach,
  f.ctrlPeerStatusBcast,
  f.ctrlPeerStatusSelection,
  f.ctrlPeerStatusCount,
  f.ctrlPeerStatusCode,
];
const CLOCK_STATUS = [f.ctrlClockStatusStatus, f.ctrlClockStatusCode];
const READ_STATUS = 1;

function dissectControl(d: Dissection): void {
  addFlags(d, f.flags, 1, FLAGS);
  const flags = addFlags(d, f.ctrlFlags2, 1, FLAGS_2);
  const opcode = flags & 0x1f;
  d.u16(f.ctrlSequence);
  const association = d.peek16(2);
  if ((flags & 0x80) === 0) d.u16(f.ctrlStatus);
  else addFlags(d, f.ctrlStatus, 2, statusBits(flags, opcode, association));
  d.u16(f.ctrlAssocid);
  d.u16(f.ctrlOffset);
  const count = d.u16(f.ctrlCount);
  if (count === 0) return;
  const end = Math.min(d.end, d.pos + count);
  const text = CONTROL_TEXTS[opcode];
  d.open(f.ctrlData, d.pos, count);
  if (text !== undefined) d.str(text, end - d.pos);
  else if (opcode > READ_STATUS && opcode <= 5) addVariables(d, end);
  else if (opcode === READ_STATUS && flags & 0x80) {
    const start = d.pos;
    while (d.pos + 4 <= end) {
      d.open(f.ctrlItem, d.pos, 4);
      d.u16(f.ctrlAssocid);
      d.skip(2);
      d.close();
    }
    d.close();
    for (d.pos = start; d.pos + 4 <= end; ) {
      d.skip(2);
      addFlags(d, f.ctrlStatus, 2, PEER_STATUS);
    }
    d.pos = end;
    return;
  }
  d.close();
  d.pos = end;
}

/** Operations whose data is one text. */
const CONTROL_TEXTS: Readonly<Record<number, Field>> = {
  7: f.ctrlTrapmsg,
  8: f.ctrlConfiguration,
  9: f.ctrlConfiguration,
  10: f.ctrlMru,
  11: f.ctrlOrdlist,
  12: f.ctrlNonce,
};

/** RFC 9327 3: which status word a response carries. */
function statusBits(flags: number, opcode: number, association: number): readonly Field[] {
  if (flags & 0x40) return ERROR_STATUS;
  switch (opcode) {
    case READ_STATUS:
    case 2:
    case 3:
    case 7:
      return association === 0 ? SYSTEM_STATUS : PEER_STATUS;
    case 4:
    case 5:
      return CLOCK_STATUS;
    default:
      return [];
  }
}

/** Variables in text, `name=value`, with commas between them; a line for each. */
function addVariables(d: Dissection, end: number): void {
  if (!d.labels) return;
  let start = d.pos;
  let quoted = false;
  for (let at = d.pos; at <= end; at++) {
    if (at < end && d.buf[at] === 0x22) quoted = !quoted;
    if (at < end && (quoted || d.buf[at] !== 0x2c)) continue;
    const text = escapeText(
      octetsText(d.buf, start, at)
        .replace(/\\r|\\n/g, "")
        .trim(),
    );
    if (text !== "") d.text(start, at - start, text);
    start = at + 1;
  }
}

// ---------------------------------------------------------------------- private mode

const PRIVATE_FLAGS = [f.privFlagsR, f.privFlagsMore, f.flagsVn, f.flagsMode];
/** Requests without items are filled up to this; what identifies the requester stands behind. */
const REQUEST_SIZE = 184;

function privateInfo(d: Dissection, first: number): string {
  const direction = first & 0x80 ? "Response" : "Request";
  const code = d.peek8(3);
  return `, ${direction}, ${nameOf(REQUESTS, code) ?? `Unknown (${code})`}`;
}

function dissectPrivate(d: Dissection): void {
  const start = d.pos;
  const flags = addFlags(d, f.flags, 1, PRIVATE_FLAGS);
  const authenticated = d.bitset(f.privAuthSeq, 1, [f.privAuth, f.privSeq]) >= 0x80;
  d.u8(f.privImpl);
  const code = d.u8(f.privReqcode);
  twoDigits(d, f.privErr);
  const items = twelveBits(d, f.privNumitems);
  twoDigits(d, f.privReserved);
  const size = twelveBits(d, f.privItemsize);
  for (let i = 0; i < items && size > 0 && d.remaining > 0; i++)
    addPrivateItem(d, code, (flags & 0x80) !== 0, size);
  if (authenticated && (flags & 0x80) === 0) addAuthentication(d, start);
}

/** Time, key and digest of an authenticated request. */
function addAuthentication(d: Dissection, start: number): void {
  d.needAt(start, REQUEST_SIZE);
  d.pos = start + REQUEST_SIZE;
  addTimestamp(d, f.tstamp);
  d.bytes(f.keyid, 4);
  d.bytes(f.mac, d.remaining);
}

/** The upper four bits of an octet, shown as a whole one. */
function twoDigits(d: Dissection, field: Field): void {
  const value = d.bits(field, d.pos, 1);
  if (!d.labels) return;
  const hex = `0x${value.toString(16).padStart(2, "0")}`;
  const text = field.names === undefined ? hex : `${nameOf(field.names, value) ?? "Unknown"} (${hex})`;
  d.relabel(`${bitPattern(field, value)} = ${field.title}: ${text}`);
}

/** The lower twelve bits of two octets; moves on behind them. */
function twelveBits(d: Dissection, field: Field): number {
  const value = d.peek16() & 0xfff;
  d.add(field, d.pos, 2, value);
  d.skip(2);
  if (d.labels) {
    const bits = value.toString(2).padStart(12, "0");
    const pattern = `.... ${bits.slice(0, 4)}  ${bits.slice(4, 8)} ${bits.slice(8)}`;
    d.relabel(`${pattern} = ${field.title}: ${value}`);
  }
  return value;
}
