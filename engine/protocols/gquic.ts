/**
 * Google's QUIC, versions Q021 to Q049, before it took on the packets of the IETF's: "QUIC Wire Layout
 * Specification" and "QUIC Crypto". Only the first packets of a connection are in the clear.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, str, u8, u64, YES_NO } from "../dissect/field.ts";
import { MARK_LINKED } from "../dissect/frame-marks.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpHeuristics } from "../dissect/tables.ts";
import { dissectGquicFrames, gquicFrameFields, number } from "./gquic-frames.ts";
import { dissectMessage, tagExperts, tagFields } from "./gquic-tags.ts";

const ID_LENGTHS = { 0: "0 bytes", 5: "8 bytes" };

const f = {
  flags: u8("gquic.puflags", "Public Flags", { base: "HEX" }),
  hasVersion: bool("gquic.puflags.version", "Version", { mask: 0x01, bits: 8, tf: YES_NO }),
  isReset: bool("gquic.puflags.reset", "Reset", { mask: 0x02, bits: 8, tf: YES_NO }),
  hasNonce: bool("gquic.puflags.nonce", "Diversification nonce", { mask: 0x04, bits: 8, tf: YES_NO }),
  cidLength: bool("gquic.puflags.cid", "CID Length", { mask: 0x08, bits: 8, tf: ["8 Bytes", "0 Byte"] }),
  cidLengthOld: u8("gquic.puflags.cid.old", "CID Length", {
    base: "HEX",
    mask: 0x0c,
    names: { 0: "0 Byte", 1: "1 Bytes", 2: "4 Bytes", 3: "8 Bytes" },
  }),
  numberLengthOld: u8("gquic.puflags.pkn", "Packet Number Length", {
    base: "HEX",
    mask: 0x30,
    names: { 0: "1 Byte", 1: "2 Bytes", 2: "4 Bytes", 3: "6 Bytes" },
  }),
  multipath: bool("gquic.puflags.mpth", "Multipath", { mask: 0x40, bits: 8, tf: YES_NO }),
  flagsReserved: u8("gquic.puflags.rsv", "Reserved", { base: "HEX", mask: 0x80 }),
  headerForm: u8("gquic.header_form", "Header Form", {
    mask: 0x80,
    names: { 0: "Short Header", 1: "Long Header" },
  }),
  fixedBit: bool("gquic.fixed_bit", "Fixed Bit", { mask: 0x40, bits: 8 }),
  packetType: u8("gquic.long.packet_type", "Packet Type", {
    mask: 0x30,
    names: { 0: "Initial", 1: "0-RTT", 2: "Handshake" },
  }),
  longReserved: u8("gquic.long.reserved", "Reserved", { mask: 0x0c }),
  numberLength: u8("gquic.packet_number_length", "Packet Number Length", {
    mask: 0x03,
    names: { 0: "1 bytes", 1: "2 bytes", 2: "3 bytes", 3: "4 bytes" },
  }),
  dcil: u8("gquic.dcil", "Destination Connection ID Length", { mask: 0xf0, names: ID_LENGTHS }),
  scil: u8("gquic.scil", "Source Connection ID Length", { mask: 0x0f, names: ID_LENGTHS }),
  cid: u64("gquic.cid", "CID"),
  version: str("gquic.version", "Version"),
  nonce: bytes("gquic.diversification_nonce", "Diversification nonce"),
  number: u64("gquic.packet_number", "Packet Number"),
  privateFlags: u8("gquic.prflags", "Private Flags", { base: "HEX" }),
  entropy: bool("gquic.prflags.entropy", "Entropy", { mask: 0x01, bits: 8, tf: YES_NO }),
  fecGroup: bool("gquic.prflags.fecg", "FEC Group", { mask: 0x02, bits: 8, tf: YES_NO }),
  fec: bool("gquic.prflags.fec", "FEC", { mask: 0x04, bits: 8, tf: YES_NO }),
  privateReserved: u8("gquic.prflags.rsv", "Reserved", { base: "HEX", mask: 0xf8 }),
  hash: bytes("gquic.message_authentication_hash", "Message Authentication Hash"),
  payload: bytes("gquic.payload", "Payload"),
  ...tagFields,
  ...gquicFrameFields,
};

const x = {
  invalidParameter: expert("gquic.invalid.parameter", "error", "Malformed", "Invalid Parameter"),
  ...tagExperts,
};

export const gquic = protocol({
  name: "gquic",
  title: "GQUIC (Google Quick UDP Internet Connections)",
  short: "GQUIC",
  fields: f,
  experts: x,
  heuristicOn: [udpHeuristics],
  test: looksLikeGquic,
  dissect,
});

const MIN_LENGTH = 13;
const HASH = 12;
const LONG_HEADERS = 46;
const BIG_ENDIAN = 39;
/** From this version on there are no private flags. */
const NO_PRIVATE_FLAGS = 34;
/** From this version on the flags tell of a nonce, not of four lengths of connection ids. */
const NONCES = 33;
const SIZES = [1, 2, 4, 6] as const;

const OLD_FLAGS = [
  f.hasVersion,
  f.isReset,
  f.hasNonce,
  f.cidLength,
  f.numberLengthOld,
  f.multipath,
  f.flagsReserved,
];
const OLDEST_FLAGS = [
  f.hasVersion,
  f.isReset,
  f.cidLengthOld,
  f.numberLengthOld,
  f.multipath,
  f.flagsReserved,
];
const LONG_FLAGS = [f.headerForm, f.fixedBit, f.packetType, f.longReserved, f.numberLength];
const SHORT_FLAGS = [f.headerForm, f.fixedBit, f.numberLength];

/** A version from Q020 to Q049 at `ahead`, or -1. */
function versionAt(d: Dissection, ahead: number): number {
  if (d.peek16(ahead) !== 0x5130) return -1;
  const tens = d.peek8(ahead + 2) - 0x30;
  const ones = d.peek8(ahead + 3) - 0x30;
  if (tens < 2 || tens > 4 || ones < 0 || ones > 9) return -1;
  return 10 * tens + ones;
}

/** A first packet: with its version and a whole connection id. */
function looksLikeGquic(d: Dissection): boolean {
  if (d.remaining < MIN_LENGTH) return false;
  const flags = d.peek8();
  if (flags & 0x80) return d.peek32(1) === 0x51303436;
  return (flags & 0x09) === 0x09 && versionAt(d, 9) !== -1;
}

class Version {
  /** 0 while not known. */
  version = 0;
}
const newVersion = (): Version => new Version();
const KEY_VERSION = 0;

/** The version of the conversation: what an earlier packet told, or this one tells. */
function versionOf(d: Dissection): number {
  const { conversation } = d;
  if (conversation === null) return told(d);
  if (!d.first) return d.recall<number>(gquic, KEY_VERSION) ?? told(d);
  const state = conversation.state(gquic, newVersion);
  // What a server offers instead is not yet spoken.
  const offered = (d.peek8() & 0x80) === 0 && fromServer(d);
  const present = told(d);
  if (present !== 0 && !(offered && state.version !== 0)) state.version = present;
  d.remember(gquic, KEY_VERSION, state.version);
  return state.version;
}

function told(d: Dissection): number {
  const flags = d.peek8();
  if (flags & 0x80) return LONG_HEADERS;
  if ((flags & 0x41) !== 0x01) return 0;
  return Math.max(0, versionAt(d, flags & 0x08 ? 9 : 1));
}

const fromServer = (d: Dissection): boolean =>
  d.srcPort === 443 || (d.srcPort < d.dstPort && d.dstPort !== 443);

function dissect(d: Dissection): void {
  d.marks |= MARK_LINKED;
  d.need(1);
  const version = versionOf(d);
  if (d.peek8() & 0x80 || version >= LONG_HEADERS) newHeader(d, version);
  else oldHeader(d, version);
}

/** The public header of versions up to Q043. */
function oldHeader(d: Dissection, version: number): void {
  const at = d.pos;
  const flags = d.peek8();
  const nonces = version === 0 || version >= NONCES;
  d.bitset(f.flags, 1, nonces ? OLD_FLAGS : OLDEST_FLAGS);
  const idSize = flags & 0x08 ? 8 : 0;
  const idAt = d.pos;
  if (idSize > 0) addCid(d, idSize, version === 0 ? BIG_ENDIAN : version);
  const idEnd = d.pos;
  if (flags & 0x02) {
    dissectMessage(d);
    if (d.columns) addId(d, idAt, idEnd, version);
    return;
  }
  if (flags & 0x01) {
    if (fromServer(d)) {
      if (d.columns) d.setInfo("Version Negotiation");
      while (d.pos < d.end) d.str(f.version, 4, "ascii");
      if (d.columns) addId(d, idAt, idEnd, version);
      return;
    }
    d.str(f.version, 4, "ascii");
  } else if (nonces && flags & 0x04 && fromServer(d)) d.bytes(f.nonce, 32);
  const size = SIZES[(flags >> 4) & 3];
  const packet = number(d, f.number, size, version === 0 ? BIG_ENDIAN : version);
  contents(d, version, packet, idAt, idEnd);
  d.layerEnd(Math.max(d.pos, at));
}

/** Headers of Q046, like those of an early draft of the IETF's QUIC. */
function newHeader(d: Dissection, version: number): void {
  const flags = d.peek8();
  // Without the fixed bit nothing but the flags is a long header's.
  const long = (flags & 0xc0) === 0xc0;
  const size = (flags & 3) + 1;
  d.bitset(f.flags, 1, long ? LONG_FLAGS : SHORT_FLAGS);
  let idSize = long || fromServer(d) ? 0 : 8;
  if (long) {
    const lengths = d.peek8(4);
    const wrong = fromServer(d) ? lengths !== 0x05 : lengths !== 0x50;
    if (wrong) {
      d.last = d.parent;
      d.expert(x.invalidParameter);
    }
    d.str(f.version, 4, "ascii");
    d.bits(f.dcil, d.pos, 1);
    d.bits(f.scil, d.pos, 1);
    d.pos++;
    idSize = 8;
  }
  const idAt = d.pos;
  if (idSize > 0) addCid(d, idSize, BIG_ENDIAN);
  const idEnd = d.pos;
  const packet = number(d, f.number, size, BIG_ENDIAN);
  contents(d, version, packet, idAt, idEnd);
}

/** The connection id, of which pass one has no need. */
function addCid(d: Dissection, size: number, version: number): void {
  if (d.building) number(d, f.cid, size, version);
  else d.skip(size);
}

function contents(d: Dissection, version: number, packet: number, idAt: number, idEnd: number): void {
  if (isClear(d, version)) {
    d.bytes(f.hash, HASH);
    if (version !== 0 && version < NO_PRIVATE_FLAGS) {
      d.bitset(f.privateFlags, 1, [f.entropy, f.fecGroup, f.fec, f.privateReserved]);
    }
    dissectGquicFrames(d, version === 0 ? BIG_ENDIAN : version, null);
  } else {
    if (d.columns) d.setInfo("Payload (Encrypted)");
    if (d.remaining > 0) d.bytes(f.payload, d.remaining);
  }
  if (!d.columns) return;
  d.addInfo(`, PKN: ${packet}`);
  addId(d, idAt, idEnd, version);
}

function addId(d: Dissection, from: number, to: number, version: number): void {
  if (to === from) return;
  let id = 0n;
  for (let i = from; i < to; i++) {
    const at = version === 0 || version >= BIG_ENDIAN ? i : to - 1 - (i - from);
    id = (id << 8n) | BigInt(d.buf[at]);
  }
  d.addInfo(`, CID: ${id}`);
}

/** Sizes of the frames that may stand before a handshake message, by type: what follows the type. */
const FRAME_SIZES: Readonly<Record<number, number>> = { 4: 12, 5: 4, 7: 0 };

/**
 * True when the packet's contents, from the cursor on, are in the clear: behind a hash and some frames comes a message
 * of the handshake.
 */
function isClear(d: Dissection, version: number): boolean {
  const { buf, end } = d;
  let at = d.pos + HASH;
  if (end - d.pos <= HASH + 1) return false;
  const old = version !== 0 && version < NO_PRIVATE_FLAGS;
  if (old) at++;
  while (at + 1 < end) {
    const type = buf[at++];
    if (type & 0x80) {
      at += (type & 3) + 1;
      const offset = (type >> 2) & 7;
      if (offset > 0) at += offset + 1;
      if (type & 0x20) at += 2;
      if (at + 4 > end) return false;
      const tag = String.fromCharCode(buf[at], buf[at + 1], buf[at + 2], buf[at + 3]);
      return tag === "CHLO" || tag === "SHLO" || tag === "REJ\0";
    }
    if (type & 0x40) at = afterAck(buf, at, type, old);
    else if (type === 6) at += old ? 2 : 1;
    else if (FRAME_SIZES[type] !== undefined) at += FRAME_SIZES[type];
    else return false;
  }
  return false;
}

function afterAck(buf: Uint8Array, from: number, type: number, old: boolean): number {
  const largest = SIZES[(type >> 2) & 3];
  const missing = SIZES[type & 3];
  let at = from + largest + 2 + (old ? 1 : 0);
  if (!old) {
    const blocks = type & 0x20 ? buf[at++] : 0;
    at += missing + blocks * (1 + missing);
  }
  const stamps = buf[at++];
  if (stamps > 0) at += 5 + (stamps - 1) * 3;
  if (old && type & 0x20) {
    at += 1 + buf[at] * (missing + 1);
    at += 1 + buf[at] * largest;
  }
  return at;
}
