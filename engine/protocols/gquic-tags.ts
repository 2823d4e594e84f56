/** The crypto handshake of Google's QUIC: a message's tag, and tags with their values. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bytes,
  expert,
  type Field,
  ipv4,
  ipv6,
  none,
  str,
  u16,
  u24,
  u32,
  u64,
} from "../dissect/field.ts";
import { AEADS, KEY_EXCHANGES, MESSAGES, REJECTIONS, TAGS } from "./names/gquic.ts";

export const tagFields = {
  tag: str("gquic.tag", "Tag"),
  tagNumber: u16("gquic.tag_number", "Tag Number"),
  padding: bytes("gquic.padding", "Padding"),
  tags: none("gquic.tags", "Tag/value"),
  tagType: str("gquic.tag_type", "Tag Type"),
  tagEnd: u32("gquic.tag_offset_end", "Tag offset end"),
  tagLength: u32("gquic.tag_offset_length", "Tag length"),
  tagValue: bytes("gquic.tag_value", "Tag/value"),
  sni: str("gquic.tag.sni", "Server Name Indication"),
  pad: bytes("gquic.tag.pad", "Padding"),
  tagVersion: str("gquic.tag.version", "Version"),
  pdmd: str("gquic.tag.pdmd", "Proof demand"),
  ccs: u64("gquic.tag.ccs", "Common certificate sets", { base: "HEX" }),
  uaid: str("gquic.tag.uaid", "Client's User Agent ID"),
  stk: bytes("gquic.tag.stk", "Source-address token"),
  sno: bytes("gquic.tag.sno", "Server nonce"),
  prof: bytes("gquic.tag.prof", "Proof (Signature)"),
  scfg: str("gquic.tag.scfg", "Server Config Tag"),
  scfgNumber: u32("gquic.tag.scfg.number", "Number Server Config Tag"),
  rrej: u32("gquic.tag.rrej", "Reasons for server sending", { names: REJECTIONS }),
  crt: bytes("gquic.tag.crt", "Certificate chain"),
  aead: str("gquic.tag.aead", "Authenticated encryption algorithms"),
  serverConfigId: bytes("gquic.tag.scid", "Server Config ID"),
  pubs: u24("gquic.tag.pubs", "Public value", { base: "DEC_HEX" }),
  kexs: str("gquic.tag.kexs", "Key exchange algorithms"),
  obit: bytes("gquic.tag.obit", "Server orbit"),
  expy: u64("gquic.tag.expy", "Expiry"),
  nonc: bytes("gquic.tag.nonc", "Client nonce"),
  mspc: u32("gquic.tag.mspc", "Max streams per connection"),
  tcid: u32("gquic.tag.tcid", "Connection ID truncation", { base: "DEC_HEX" }),
  srbf: u32("gquic.tag.srbf", "Socket receive buffer", { base: "DEC_HEX" }),
  icsl: u32("gquic.tag.icsl", "Idle connection state", { base: "DEC_HEX" }),
  scls: u32("gquic.tag.scls", "Silently close on timeout", { base: "DEC_HEX" }),
  copt: str("gquic.tag.copt", "Connection options"),
  ccrt: bytes("gquic.tag.ccrt", "Cached certificates"),
  irtt: u32("gquic.tag.irtt", "Estimated initial RTT"),
  cfcw: u32("gquic.tag.cfcw", "Initial session/connection"),
  sfcw: u32("gquic.tag.sfcw", "Initial stream flow control"),
  cetv: bytes("gquic.tag.cetv", "Client encrypted tag-value"),
  xlct: bytes("gquic.tag.xlct", "Expected leaf certificate"),
  nonp: bytes("gquic.tag.nonp", "Client Proof nonce"),
  csct: bytes("gquic.tag.csct", "Signed cert timestamp"),
  ctim: absTime("gquic.tag.ctim", "Client Timestamp", { base: "UTC" }),
  rnon: u64("gquic.tag.rnon", "Public reset nonce proof"),
  rseq: u64("gquic.tag.rseq", "Rejected Packet Number"),
  addressType: u16("gquic.tag.caddr.addr.type", "Client IP Address Type", {
    names: { 2: "IPv4", 10: "IPv6" },
  }),
  address: ipv4("gquic.tag.caddr.addr.ipv4", "Client IP Address"),
  address6: ipv6("gquic.tag.caddr.addr.ipv6", "Client IP Address"),
  port: u16("gquic.tag.caddr.port", "Client Port (Source)"),
  mids: u32("gquic.tag.mids", "Max incoming dynamic streams"),
  fhol: u32("gquic.tag.fhol", "Force Head Of Line blocking"),
  sttl: u64("gquic.tag.sttl", "Server Config TTL"),
  smhl: u64("gquic.tag.smhl", "Support Max Header List (size)"),
  tbkp: str("gquic.tag.tbkp", "Token Binding Key Params."),
  mad: u32("gquic.tag.mad0", "Max Ack Delay"),
  qlve: bytes("gquic.tag.qlve", "Legacy Version Encapsulation"),
  cgst: bytes("gquic.tag.cgst", "Congestion Control Feedback Type"),
  epid: str("gquic.tag.epid", "Endpoint identifier"),
  srst: bytes("gquic.tag.srst", "Stateless Reset Token"),
  unknownTag: bytes("gquic.tag.unknown", "Unknown tag"),
};
const f = tagFields;
/** A tag's value that says to be longer is none. */
const LONGEST = 0x7fff_ffff;

export const tagExperts = {
  undecoded: expert("gquic.tag.undecoded", "note", "Undecoded", "(Google)QUIC Tag is not dissected"),
  truncated: expert("gquic.tag.length.truncated", "note", "Malformed", "Truncated Tag Length..."),
  unknownData: expert("gquic.tag.unknown.data", "note", "Undecoded", "Unknown Data"),
  invalidLength: expert("gquic.length.invalid", "warning", "Protocol", "Invalid Length"),
};

/** Values that are one field of all their bytes. */
const BYTES: Readonly<Record<string, Field>> = {
  PAD: f.pad,
  STK: f.stk,
  SNO: f.sno,
  PROF: f.prof,
  "CRT\u00ff": f.crt,
  SCID: f.serverConfigId,
  OBIT: f.obit,
  CCRT: f.ccrt,
  CETV: f.cetv,
  CSCT: f.csct,
  QLVE: f.qlve,
  CGST: f.cgst,
  SRST: f.srst,
};
/** Values of a length of their own. */
const SIZED: Readonly<Record<string, readonly [Field, number]>> = {
  NONC: [f.nonc, 32],
  NONP: [f.nonp, 32],
  XLCT: [f.xlct, 8],
};
/** Text, repeated on the tag's line. */
const TEXTS: Readonly<Record<string, Field>> = {
  SNI: f.sni,
  UAID: f.uaid,
  EPID: f.epid,
  PDMD: f.pdmd,
  TBKP: f.tbkp,
  VER: f.tagVersion,
};
/** Little-endian numbers of 32 bits, repeated on the tag's line. */
const NUMBERS: Readonly<Record<string, Field>> = {
  MSPC: f.mspc,
  IRTT: f.irtt,
  CFCW: f.cfcw,
  SFCW: f.sfcw,
  MIDS: f.mids,
  FHOL: f.fhol,
  MAD: f.mad,
};
/** Those that are not. */
const PLAIN_NUMBERS: Readonly<Record<string, Field>> = {
  TCID: f.tcid,
  SRBF: f.srbf,
  ICSL: f.icsl,
  SCLS: f.scls,
};
const LONG_NUMBERS: Readonly<Record<string, Field>> = {
  EXPY: f.expy,
  RNON: f.rnon,
  RSEQ: f.rseq,
  STTL: f.sttl,
};

/** A tag as text, without what fills it up. */
function tagAt(d: Dissection, at: number): string {
  let text = "";
  for (let i = 0; i < 4 && d.buf[at + i] !== 0; i++) text += String.fromCharCode(d.buf[at + i]);
  return text;
}

const shownTag = (tag: string): string => tag.replace(/[\u0080-\u00ff]/g, "\ufffd");

/** Name of the message whose tag stands at the cursor. */
export function messageName(d: Dissection): { tag: string; name: string } {
  d.need(4);
  const tag = tagAt(d, d.pos);
  return { tag: shownTag(tag), name: MESSAGES[tag] ?? "Unknown Tag" };
}

/** A message: its tag, how many tags it has, the tags and their values. */
export function dissectMessage(d: Dissection): void {
  const { tag, name } = messageName(d);
  if (d.columns) d.setInfo(name === "Unknown Tag" ? "Unknown" : name);
  d.add(f.tag, d.pos, 4, tag);
  if (d.labels) d.append(` (${name})`);
  d.pos += 4;
  dissectTags(d);
}

/** The number of tags, the tags, their values. */
export function dissectTags(d: Dissection): void {
  const count = d.u16le(f.tagNumber);
  d.bytes(f.padding, 2);
  if (!d.building) {
    d.pos = d.end;
    return;
  }
  if (count === 0) d.expert(tagExperts.invalidLength, "Invalid total tag length: 0");
  tags(d, count);
}

function tags(d: Dissection, count: number): void {
  const values = d.pos + 8 * count;
  let before = 0;
  for (let i = 0; i < count; i++) {
    d.need(8);
    const at = d.pos;
    const tag = tagAt(d, at);
    const end = d.peek32le(4);
    const told = Math.max(0, end - before);
    const name = TAGS[tag] ?? "Unknown";
    d.open(f.tags, at, 8);
    if (d.labels) d.relabelParent(`Tag/value: ${shownTag(tag)} (${name}) (l=${told})`);
    d.add(f.tagType, at, 4, shownTag(tag));
    if (d.labels) d.append(` (${name})`);
    d.add(f.tagEnd, at + 4, 4, end);
    d.generated(f.tagLength, at + 4, 4, told);
    const from = values + before;
    if (from > d.end || told > LONGEST) d.malformed();
    const length = Math.min(told, d.end - from);
    if (length < told) d.expert(tagExperts.truncated);
    d.add(f.tagValue, from, length, d.buf.subarray(from, from + length));
    const { end: outer, wireEnd } = d;
    d.pos = from;
    value(d, tag, length, from + length);
    d.end = outer;
    d.wireEnd = wireEnd;
    d.close();
    d.pos = at + 8;
    before = Math.max(before, end);
  }
  d.pos = Math.min(d.end, values + before);
}

/** One value, from the cursor to `stop`. */
function value(d: Dissection, tag: string, length: number, stop: number): void {
  const whole = BYTES[tag];
  const text = TEXTS[tag];
  const number = NUMBERS[tag] ?? PLAIN_NUMBERS[tag];
  const long = LONG_NUMBERS[tag];
  const sized = SIZED[tag];
  if (whole !== undefined) d.bytes(whole, length);
  else if (text !== undefined) {
    const shown = d.str(text, length, "utf-8", true);
    if (d.labels) d.appendParent(`: ${shown}`);
  } else if (number !== undefined) {
    const shown = d.u32le(number);
    if (d.labels && NUMBERS[tag] !== undefined) d.appendParent(`: ${shown}`);
  } else if (long !== undefined) d.u64le(long);
  else if (sized !== undefined) {
    const [field, size] = sized;
    d.bytes(field, size);
    if (d.pos > stop) {
      d.text(stop, 0, "Unknown Data");
      d.expert(tagExperts.unknownData);
    }
  } else otherValue(d, tag, length, stop);
}

function otherValue(d: Dissection, tag: string, length: number, stop: number): void {
  switch (tag) {
    case "CCS":
      while (d.pos + 8 <= stop) d.u64(f.ccs);
      break;
    case "RREJ":
      while (d.pos + 4 <= stop) {
        const code = d.u32le(f.rrej);
        if (d.labels) d.appendParent(`, Code ${REJECTIONS[code] ?? "Unknown"}`);
      }
      break;
    case "AEAD":
      algorithms(d, f.aead, AEADS, stop);
      break;
    case "KEXS":
      algorithms(d, f.kexs, KEY_EXCHANGES, stop);
      break;
    case "PUBS":
      for (let size = 2; d.pos + size <= stop; size = 3) {
        d.add(f.pubs, d.pos, size, d.peekUintLe(size));
        d.pos += size;
      }
      break;
    case "COPT":
      while (d.pos + 4 <= stop) d.str(f.copt, 4, "ascii");
      break;
    case "CTIM":
      d.add(f.ctim, d.pos, 8, BigInt(d.peek32le()) * 1_000_000_000n);
      break;
    case "CADR":
      clientAddress(d);
      break;
    case "SMHL":
      d.add(f.smhl, d.pos, length, BigInt(d.peek32le()));
      if (d.labels) d.appendParent(`: ${d.peek32le()}`);
      break;
    case "SCFG":
      if (length < 8) break;
      d.str(f.scfg, 4, "ascii");
      d.end = stop;
      tags(d, d.u32le(f.scfgNumber));
      break;
    default:
      d.bytes(f.unknownTag, length);
      d.last = d.parent;
      d.expert(
        tagExperts.undecoded,
        `(Google) QUIC Tag ${shownTag(tag)} (${TAGS[tag] ?? "Unknown"}) is not dissected`,
      );
  }
}

function algorithms(
  d: Dissection,
  field: Field,
  names: Readonly<Record<string, string>>,
  stop: number,
): void {
  while (d.pos + 4 <= stop) {
    const name = names[tagAt(d, d.pos)] ?? "Unknown";
    d.str(field, 4, "ascii");
    if (d.labels) {
      d.append(` (${name})`);
      d.appendParent(`, ${name}`);
    }
  }
}

function clientAddress(d: Dissection): void {
  const type = d.u16le(f.addressType);
  if (type === 2) d.ipv4(f.address);
  else if (type === 10) d.ipv6(f.address6);
  else return;
  d.u16le(f.port);
}
