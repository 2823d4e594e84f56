/** Babel routing, RFC 8966 (and RFC 6126), with authentication of RFC 8967 and RTT of RFC 9616. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, nameOf, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatHex, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { data } from "./data.ts";
import { MESSAGE_TYPE } from "./names/babel.ts";

const f = {
  magic: u8("babel.magic", "Magic"),
  version: u8("babel.version", "Version"),
  bodylen: u16("babel.bodylen", "Body Length"),
  messageType: u8("babel.message.type", "Message Type", { names: MESSAGE_TYPE }),
  messageLength: u8("babel.message.length", "Message Length"),
  messageNonce: u16("babel.message.nonce", "Nonce", { base: "HEX" }),
  messageInterval: u16("babel.message.interval", "Interval"),
  messageSeqno: u16("babel.message.seqno", "Seqno", { base: "HEX" }),
  messageAe: u8("babel.message.ae", "Address Encoding", {
    names: { 0: "Wildcard", 1: "IPv4", 2: "IPv6", 3: "Link-Local IPv6" },
  }),
  messagePrefix: bytes("babel.message.prefix", "Raw Prefix"),
  messageRxcost: u16("babel.message.rxcost", "Rxcost", { base: "HEX" }),
  messageRouterid: bytes("babel.message.routerid", "Router ID"),
  messageFlags: u8("babel.message.flags", "Flags", { base: "HEX" }),
  messagePlen: u8("babel.message.plen", "Prefix Length"),
  messageOmitted: u8("babel.message.omitted", "Omitted Bytes"),
  messageMetric: u16("babel.message.metric", "Metric"),
  messageHopcount: u8("babel.message.hopcount", "Hop Count"),
  messageIndex: u32("babel.message.index", "Index"),
  subtlvType: u8("babel.subtlv.type", "Sub-TLV Type", {
    names: { 0: "sub-pad1", 1: "sub-padn", 2: "diversity", 3: "timestamp" },
  }),
  subtlvLength: u8("babel.subtlv.length", "Sub-TLV Length", {
    names: { 0: "sub-pad1", 1: "sub-padn", 2: "diversity", 3: "timestamp" },
  }),
  subtlvDiversityChannel: u8("babel.subtlv.diversity.channel", "Channel"),
  message: u8("babel.message", "Message", { names: MESSAGE_TYPE }),
  subtlv: u8("babel.subtlv", "Sub-TLV"),
};

export const babel = protocol({
  name: "babel",
  title: "Babel Routing Protocol",
  short: "Babel",
  fields: f,
  on: [[udpPorts, 6696]],
  dissect,
});

const MAGIC = 42;

/** Prefixes that later updates leave bytes out of: RFC 8966 section 4.5. */
interface Defaults {
  v4: Uint8Array;
  v6: Uint8Array;
}

function dissect(d: Dissection): void {
  if (d.peek8() !== MAGIC) {
    d.call(data);
    return;
  }
  const version = d.peek8(1);
  if (d.columns) d.setInfo(version === 2 ? "Babel" : `Babel version ${version}`);
  d.u8(f.magic);
  d.u8(f.version);
  const length = d.u16(f.bodylen);
  const end = d.pos + length;
  if (version !== 2) return;
  const defaults: Defaults = { v4: new Uint8Array(4), v6: new Uint8Array(16) };
  while (d.pos < end) addMessage(d, defaults);
  const left = d.remaining;
  if (left <= 0) return;
  d.openText(d.pos, left, `Packet Trailer (${left})`);
  while (d.remaining > 0) addMessage(d, defaults);
  if (d.labels) d.close();
}

function addMessage(d: Dissection, defaults: Defaults): void {
  const at = d.pos;
  const type = d.peek8();
  const length = type === 0 ? -1 : d.peek8(1);
  const name = nameOf(MESSAGE_TYPE, type) ?? "unknown";
  if (d.columns) d.addInfo(` ${name}`, "");
  d.open(f.message, at, length + 2, type);
  if (d.labels) d.relabelParent(`Message ${name} (${type})`);
  d.u8(f.messageType);
  if (type !== 0) {
    d.u8(f.messageLength);
    addBody(d, type, at + 2, length, defaults);
    d.pos = at + 2;
    d.skip(length);
  }
  d.close();
}

function addBody(d: Dissection, type: number, at: number, length: number, defaults: Defaults): void {
  switch (type) {
    case 2:
      d.pos = at + 2;
      d.u16(f.messageNonce);
      d.u16(f.messageInterval);
      break;
    case 3:
      d.u16(f.messageNonce);
      break;
    case 4: {
      const flags = d.peek16();
      d.text(at, 2, `Unicast : ${flags >> 15}`);
      d.skip(2);
      d.u16(f.messageSeqno);
      d.u16(f.messageInterval);
      if (length > 6) addSubTlvs(d, type, at + length);
      break;
    }
    case 5: {
      const encoding = d.peek8();
      d.pos = at + 2;
      d.u16(f.messageRxcost);
      d.u16(f.messageInterval);
      const n = sizeOf(encoding, 128);
      const address = formatAddress(encoding, d.peekBytes(Math.min(n, Math.max(0, length - 6))));
      d.openText(at, length, `Address: ${address}`);
      d.add(f.messageAe, at, 1, encoding);
      // As Wireshark has it, the bytes before the address with it.
      d.add(f.messagePrefix, at + 2, length - 2, slice(d, at + 2, length - 2));
      if (d.labels) d.close();
      d.pos = at + 6 + n;
      if (length > 6 + n) addSubTlvs(d, type, at + length);
      break;
    }
    case 6:
      d.pos = at + 2;
      d.bytes(f.messageRouterid, 8);
      break;
    case 7: {
      const encoding = d.peek8();
      const n = Math.max(0, length - 2);
      const raw = slice(d, at + 2, n);
      d.openText(at, length, `NH: ${formatAddress(encoding, raw)}`);
      d.u8(f.messageAe);
      d.add(f.messagePrefix, at + 2, n, raw);
      if (d.labels) d.close();
      break;
    }
    case 8:
      addUpdate(d, at, length, defaults);
      break;
    case 9:
      addPrefix(d, at, at + 2, length - 2, defaults);
      break;
    case 10:
      d.pos = at + 2;
      d.u16(f.messageSeqno);
      d.u8(f.messageHopcount);
      d.pos = at + 6;
      d.bytes(f.messageRouterid, 8);
      addPrefix(d, at, at + 14, length - 14, defaults);
      break;
    case 17:
      d.u32(f.messageIndex);
      break;
  }
}

const slice = (d: Dissection, at: number, length: number): Uint8Array => {
  if (length > 0) d.needAt(at, length);
  return d.buf.subarray(at, at + Math.max(0, length));
};

/** Bytes of an address or of a prefix of `bits` in an encoding. */
function sizeOf(encoding: number, bits: number): number {
  const n = Math.ceil(bits / 8);
  if (encoding === 1) return Math.min(n, 4);
  if (encoding === 2) return Math.min(n, 16);
  return encoding === 3 ? 8 : 0;
}

function formatAddress(encoding: number, raw: Uint8Array): string {
  if (encoding === 1 && raw.length >= 4) {
    return formatIpv4(((raw[0] << 24) | (raw[1] << 16) | (raw[2] << 8) | raw[3]) >>> 0);
  }
  if (encoding === 2 && raw.length >= 16) return formatIpv6(raw.subarray(0, 16));
  if (encoding === 3 && raw.length >= 8) {
    const address = new Uint8Array(16);
    address.set([0xfe, 0x80]);
    address.set(raw.subarray(0, 8), 8);
    return formatIpv6(address);
  }
  return encoding === 0 ? "::" : formatHex(raw);
}

function prefixText(
  encoding: number,
  bits: number,
  omitted: number,
  raw: Uint8Array,
  defaults: Defaults,
): string {
  if (encoding === 1 || encoding === 2) {
    const address = new Uint8Array(encoding === 1 ? 4 : 16);
    const kept = Math.min(omitted, address.length);
    address.set((encoding === 1 ? defaults.v4 : defaults.v6).subarray(0, kept));
    const n = Math.min(sizeOf(encoding, bits) - kept, raw.length);
    if (n > 0) address.set(raw.subarray(0, n), kept);
    return `${formatAddress(encoding, address)}/${bits}`;
  }
  return encoding === 0 ? "::/0" : `${formatAddress(encoding, raw)}/${bits}`;
}

/** RFC 8966 section 4.6.9. */
function addUpdate(d: Dissection, at: number, length: number, defaults: Defaults): void {
  const encoding = d.peek8();
  d.pos = at + 1;
  const flags = d.u8(f.messageFlags);
  const bits = d.peek8();
  const omitted = d.peek8(1);
  d.pos = at + 4;
  d.u16(f.messageInterval);
  d.u16(f.messageSeqno);
  d.u16(f.messageMetric);
  const raw = slice(d, at + 10, length - 10);
  if (d.labels) {
    const text = prefixText(encoding, bits, omitted, raw, defaults);
    d.openText(at, length, `Prefix: ${text}`);
  }
  d.add(f.messageAe, at, 1, encoding);
  d.add(f.messagePlen, at + 2, 1, bits);
  d.add(f.messageOmitted, at + 3, 1, omitted);
  d.add(f.messagePrefix, at + 10, Math.max(0, length - 10), raw);
  if (d.labels) d.close();
  if (flags & 0x80 && (encoding === 1 || encoding === 2)) {
    const previous = encoding === 1 ? defaults.v4 : defaults.v6;
    const next = new Uint8Array(previous.length);
    const kept = Math.min(omitted, previous.length);
    next.set(previous.subarray(0, kept));
    const n = Math.min(sizeOf(encoding, bits) - kept, raw.length);
    if (n > 0) next.set(raw.subarray(0, n), kept);
    if (encoding === 1) defaults.v4 = next;
    else defaults.v6 = next;
  }
  const behind = at + 10 + Math.max(0, sizeOf(encoding, bits) - omitted);
  if (behind < at + length) {
    d.pos = behind;
    addSubTlvs(d, 8, at + length);
  }
}

function addPrefix(d: Dissection, at: number, from: number, length: number, defaults: Defaults): void {
  const encoding = d.buf[at];
  const bits = d.buf[at + 1];
  const raw = slice(d, from, length);
  if (d.labels) d.openText(at, length + from - at, `Prefix: ${prefixText(encoding, bits, 0, raw, defaults)}`);
  d.add(f.messageAe, at, 1, encoding);
  d.add(f.messagePlen, at + 1, 1, bits);
  d.add(f.messagePrefix, from, Math.max(0, length), raw);
  if (d.labels) d.close();
}

const seconds = (micros: number): string => `${(micros / 1_000_000).toFixed(6)}s`;

/** RFC 8966 section 4.7. */
function addSubTlvs(d: Dissection, message: number, end: number): void {
  while (d.pos < end) {
    const at = d.pos;
    const type = d.peek8();
    const length = type === 0 ? -1 : d.peek8(1);
    d.open(f.subtlv, at, length + 2, type);
    if (d.labels) d.relabelParent(`Sub TLV ${nameOf(f.subtlvType.names, type) ?? "unknown"} (${type})`);
    d.u8(f.subtlvType);
    if (type !== 0) {
      d.u8(f.subtlvLength);
      if (type === 2) for (let i = 0; i < length; i++) d.u8(f.subtlvDiversityChannel);
      else if (type === 3) addTimestamp(d, message);
      d.pos = at + 2;
      d.skip(length);
    }
    d.close();
  }
}

/** RFC 9616 section 5. */
function addTimestamp(d: Dissection, message: number): void {
  const first = d.peek32();
  if (message === 4) d.text(d.pos, 4, `Timestamp : ${seconds(first)}`);
  else if (message === 5) {
    d.text(d.pos, 4, `Timestamp origin : ${seconds(first)}`);
    const second = d.peek32(4);
    // Wireshark's line begins behind the value: no bytes there, no line.
    d.needAt(d.pos + 8, 1);
    d.text(d.pos + 4, 4, `Timestamp receive: ${seconds(second)}`);
  }
}
