/** Multicast Source Discovery Protocol, RFC 3618, with the notifications of its drafts. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, type Expert, expert, type Field, ipv4, nameOf, u8, u16, u24 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpPorts } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";
import { ip } from "./ipv4.ts";

const f = {
  type: u8("msdp.type", "Type", {
    names: {
      1: "IPv4 Source-Active",
      2: "IPv4 Source-Active Request",
      3: "IPv4 Source-Active Response",
      4: "KeepAlive",
      5: "Notification",
      6: "MSDP traceroute in progress",
      7: "MSDP traceroute reply",
    },
  }),
  length: u16("msdp.length", "Length"),
  saEntryCount: u8("msdp.sa.entry_count", "Entry Count"),
  saRpAddr: ipv4("msdp.sa.rp_addr", "RP Address"),
  saReserved: u24("msdp.sa.reserved", "Reserved", { base: "HEX" }),
  saSprefixLen: u8("msdp.sa.sprefix_len", "Sprefix len"),
  saGroupAddr: ipv4("msdp.sa.group_addr", "Group Address"),
  saSrcAddr: ipv4("msdp.sa.src_addr", "Source Address"),
  requestRes: u8("msdp.sa_req.res", "Reserved", { base: "HEX" }),
  requestGroupAddr: ipv4("msdp.sa_req.group_addr", "Group Address"),
  notOpen: u8("msdp.not.o", "Open-bit", { base: "HEX", mask: 0x80 }),
  notError: u8("msdp.not.error", "Error Code", {
    mask: 0x7f,
    names: {
      1: "Message Header Error",
      2: "SA-Request Error",
      3: "SA-Message/SA-Response Error",
      4: "Hold Timer Expired",
      5: "Finite State Machine Error",
      6: "Notification",
      7: "Cease",
    },
  }),
  notErrorSub: u8("msdp.not.error_sub", "Error subcode"),
  notGroupAddress: ipv4("msdp.not.group_address", "Group address"),
  notRpAddress: ipv4("msdp.not.rp_address", "RP address"),
  notSourceAddress: ipv4("msdp.not.source_address", "Source address"),
  notRes: u24("msdp.not.res", "Reserved", { base: "HEX" }),
  notEntryCount: u24("msdp.not.entry_count", "Entry Count", { base: "HEX" }),
  notSprefixLen: u8("msdp.not.sprefix_len", "Sprefix len"),
  tlvContents: bytes("msdp.tlv_contents", "TLV contents"),
  trailingJunk: bytes("msdp.trailing_junk", "Trailing junk"),
  unknownData: bytes("msdp.unknown_data", "Unknown data"),
};

const x = {
  tooLong: expert("msdp.tlv_len.too_long", "warning", "Protocol", "TLV length too long"),
  tooShort: expert("msdp.tlv_len.too_short", "error", "Malformed", "TLV length too short"),
};

export const msdp = protocol({
  name: "msdp",
  title: "Multicast Source Discovery Protocol",
  short: "MSDP",
  fields: f,
  experts: x,
  on: [[tcpPorts, 639]],
  dissect,
});

const SOURCE_ACTIVE = 1;
const REQUEST = 2;
const RESPONSE = 3;
const KEEPALIVE = 4;
const NOTIFICATION = 5;
const HEADER = 3;

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo(nameOf(f.type.names, d.peek8()) ?? "<Unknown MSDP TLV type>");
  while (d.remaining > 0) {
    const at = d.pos;
    const type = d.u8(f.type);
    const length = d.u16(f.length);
    if (length < HEADER) {
      d.expert(x.tooShort, "TLV length < 3");
      return;
    }
    const n = length - HEADER;
    switch (type) {
      case SOURCE_ACTIVE:
      case RESPONSE:
        addSources(d, n);
        break;
      case REQUEST:
        if (n < 5) d.expert(x.tooShort, "TLV length for IPv4 Source-Active Request < 8");
        else if (n > 5) d.expert(x.tooLong, "TLV length for KeepAlive > 8");
        if (n > 0) d.u8(f.requestRes);
        if (n >= 5) d.ipv4(f.requestGroupAddr);
        break;
      case KEEPALIVE:
        if (n > 0) d.expert(x.tooLong, "TLV length for KeepAlive > 3");
        break;
      case NOTIFICATION:
        addNotification(d, n);
        break;
      default:
        if (n > 0) d.bytes(f.tlvContents, n);
    }
    d.pos = at + length;
  }
}

/** RFC 3618 section 12.2.1: pairs of source and group, and perhaps a packet of the first. */
function addSources(d: Dissection, length: number): void {
  const end = d.pos + length;
  const name = "TLV length for IPv4 Source-Active or Source-Active Response";
  if (length < 5) {
    d.expert(x.tooShort, `${name} < 5`);
    if (length > 0) d.u8(f.saEntryCount);
    return;
  }
  const count = d.peek8();
  if (length < 5 + 12 * count) d.expert(x.tooShort, `${name} too short`);
  d.u8(f.saEntryCount);
  d.ipv4(f.saRpAddr);
  for (let i = 0; i < count && d.pos + 12 <= end; i++) {
    d.need(12);
    if (d.labels) {
      const block = `${formatIpv4(d.peek32(8))}/${d.peek8(3)} -> ${formatIpv4(d.peek32(4))}`;
      d.openText(d.pos, 12, `(S,G) block: ${block}`);
    }
    d.u24(f.saReserved);
    d.u8(f.saSprefixLen);
    d.ipv4(f.saGroupAddr);
    d.ipv4(f.saSrcAddr);
    d.close();
  }
  if (d.pos >= end || length < 5 + 12 * count) return;
  addPacket(d, end);
}

function addPacket(d: Dissection, packetEnd: number): void {
  const { end, wireEnd } = d;
  const n = packetEnd - d.pos;
  d.openText(d.pos, n, `Encapsulated IPv4 packet: ${n} byte${n === 1 ? "" : "s"}`);
  d.end = Math.min(end, packetEnd);
  d.wireEnd = Math.min(wireEnd, packetEnd);
  d.callQuoted(ip);
  d.end = end;
  d.wireEnd = wireEnd;
  d.close();
}

const SUBCODES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: { 2: "Bad Message Length", 3: "Bad Message Type" },
  2: { 1: "Invalid Group" },
  3: {
    1: "Invalid Entry Count",
    2: "Invalid RP Address",
    3: "Invalid Group Address",
    4: "Invalid Source Address",
    5: "Invalid Sprefix Length",
    6: "Looping SA (Self is RP)",
    7: "Unknown Encapsulation",
    8: "Administrative Scope Boundary Violated",
  },
  5: { 1: "Unexpected Message Type FSM Error" },
};
const HEADER_ERROR = 1;
const REQUEST_ERROR = 2;
const SOURCE_ERROR = 3;
const NESTED = 6;
/** The address behind a notification about a source-active message, by subcode. */
const ADDRESSES: Readonly<Record<number, readonly [Field, string]>> = {
  2: [f.notRpAddress, "RP"],
  3: [f.notGroupAddress, "Group"],
  4: [f.notSourceAddress, "Source"],
  8: [f.notGroupAddress, "Group"],
};

function addNotification(d: Dissection, length: number): void {
  const end = d.pos + length;
  const error = d.peek8() & 0x7f;
  const subcode = d.peek8(1);
  const rest = length - 2;
  const fault = faultOf(error, subcode, rest);
  if (fault !== null) d.expert(fault[0], fault[1]);
  d.bits(f.notOpen, d.pos, 1);
  d.bits(f.notError, d.pos, 1);
  d.skip(1);
  d.u8(f.notErrorSub);
  if (d.labels) {
    const name = subcode === 0 ? "Unspecific" : (SUBCODES[error]?.[subcode] ?? "<Unknown Error subcode>");
    d.relabel(`Error subcode: ${name} (${subcode})`);
  }
  if (fault?.[0] === x.tooShort) return;
  if (rest > 0) addNotificationData(d, error, subcode, rest);
  if (d.pos < end) d.bytes(f.trailingJunk, end - d.pos);
}

const quotesMessage = (error: number, subcode: number): boolean =>
  error === HEADER_ERROR || error === NESTED || (error === SOURCE_ERROR && (subcode === 6 || subcode === 7));

/** Bytes an error's data has: null for any number, -1 for what is not known. */
function sizeOf(error: number, subcode: number): number | null {
  if (quotesMessage(error, subcode)) return null;
  if (error === REQUEST_ERROR) return 7;
  if (error !== SOURCE_ERROR) return 0;
  if (subcode === 0) return 0;
  if (subcode === 1 || subcode === 5) return 1;
  return ADDRESSES[subcode] === undefined ? null : 7;
}

function faultOf(error: number, subcode: number, rest: number): readonly [Expert, string] | null {
  const size = sizeOf(error, subcode);
  if (size === null) return null;
  if (rest > size) return [x.tooLong, "TLV length too long"];
  if (rest === size) return null;
  if (error === REQUEST_ERROR) return [x.tooShort, "TLV length for Notification SA-Request Error < 12"];
  const what = ADDRESSES[subcode]?.[1];
  if (what !== undefined) {
    const name = `Invalid ${what} Address Error`;
    return [x.tooShort, `TLV length for Notification SA-Response ${name} < 12`];
  }
  return [x.tooShort, x.tooShort.message];
}

function addNotificationData(d: Dissection, error: number, subcode: number, rest: number): void {
  if (quotesMessage(error, subcode)) {
    d.open(msdp.field, d.pos, rest);
    dissect(d);
    d.close();
    return;
  }
  const [address] = error === REQUEST_ERROR ? [f.notGroupAddress] : (ADDRESSES[subcode] ?? []);
  if (error === REQUEST_ERROR || (error === SOURCE_ERROR && address !== undefined)) {
    d.u24(f.notRes);
    d.ipv4(address!);
  } else if (error === SOURCE_ERROR && subcode === 1) d.uint(f.notEntryCount, 1);
  else if (error === SOURCE_ERROR && subcode === 5) d.u8(f.notSprefixLen);
  else if (sizeOf(error, subcode) === null) d.bytes(f.unknownData, rest);
}
