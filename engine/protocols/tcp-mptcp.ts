/** Multipath TCP, an option of TCP: RFC 8684 (version 1), RFC 6824 (version 0). */
import { createHash } from "node:crypto";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  ipv4,
  ipv6,
  none,
  SET_NOTSET,
  str,
  u8,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import {
  asOf,
  MULTIPATH_BASE,
  MULTIPATH_ECHOED_KEY,
  MULTIPATH_JOIN,
  MULTIPATH_KEY,
  MULTIPATH_MET,
  MULTIPATH_OPERATION,
  type MultipathBinding,
  type MultipathConnection,
} from "../dissect/multipath.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { nextOption } from "./tcp-option-walk.ts";

export const MPTCP_KIND = 30;

const CAPABLE = 0;
const JOIN = 1;
const DATA_SEQUENCE = 2;
/** Operations behind which a repeated acknowledgment says nothing: up to the fast close. */
const LAST_OPERATION = 7;
/** Lengths of a Multipath Capable option with keys. */
const CAPABLE_LENGTHS: ReadonlySet<number> = new Set([12, 20, 22, 24]);
/** Operations that have four bytes at least. */
const SUBTYPES_OF_FOUR: ReadonlySet<number> = new Set([0, 3, 7, 8]);
const ADDRESS4_LENGTHS: ReadonlySet<number> = new Set([8, 10, 16, 18]);
const ADDRESS6_LENGTHS: ReadonlySet<number> = new Set([20, 22, 28, 30]);

type BaseHistory = MultipathConnection["bases"][0];

const SUBTYPES = {
  0: "Multipath Capable",
  1: "Join Connection",
  2: "Data Sequence Signal",
  3: "Add Address",
  4: "Remove Address",
  5: "Change Subflow Priority",
  6: "TCP Fallback",
  7: "Fast Close",
  8: "TCP Reset",
};

const RESET_REASONS = {
  0: "Unspecified error",
  1: "MPTCP-specific error",
  2: "Lack of resources",
  3: "Administratively prohibited",
  4: "Too much outstanding data",
  5: "Unacceptable performance",
  6: "Middlebox interference",
};

const name = (last: string): string => `tcp.options.mptcp.${last}`;

const f = {
  kind: u8("tcp.option_kind", "Kind", { names: { 30: "Multipath TCP" } }),
  length: u8("tcp.option_len", "Length"),
  subtype: u8(name("subtype"), "Multipath TCP subtype", { mask: 0xf0, names: SUBTYPES }),
  version: u8(name("version"), "Multipath TCP version", { mask: 0x0f }),
  reserved: u16(name("reserved"), "Reserved", { base: "HEX", mask: 0x0fff }),
  flags: u8(name("flags"), "Multipath TCP flags", { base: "HEX" }),
  backup: u8(name("backup.flag"), "Backup flag", { mask: 0x01 }),
  checksumRequired: u8(name("checksumreq.flags"), "Checksum required", { mask: 0x80 }),
  extensibility: u8(name("extensibility.flag"), "Extensibility", { mask: 0x40 }),
  noMoreSubflows: u8(
    name("nomoresubflows.flag"),
    "Do not attempt to establish new subflows to this address and port",
    { mask: 0x20 },
  ),
  sha1: u8(name("sha1.flag"), "Use HMAC-SHA1", { mask: 0x01 }),
  sha256: u8(name("sha256.flag"), "Use HMAC-SHA256", { mask: 0x01 }),
  reserved0: u8(name("reserved.flag"), "Reserved", { base: "HEX", mask: 0x3e }),
  reserved1: u8(name("reserved.flag"), "Reserved", { base: "HEX", mask: 0x1e }),
  dataFin: u8(name("datafin.flag"), "DATA_FIN", { mask: 0x10 }),
  sequence8: u8(name("dseqn8.flag"), "Data Sequence Number is 8 octets", { mask: 0x08 }),
  sequencePresent: u8(
    name("dseqnpresent.flag"),
    "Data Sequence Number, Subflow Sequence Number, Data-level Length, Checksum present",
    { mask: 0x04 },
  ),
  ack8: u8(name("dataack8.flag"), "Data ACK is 8 octets", { mask: 0x02 }),
  ackPresent: u8(name("dataackpresent.flag"), "Data ACK is present", { mask: 0x01 }),
  flagU: bool(name("flag_U.flag"), "Flag U", { mask: 0x8, bits: 4, tf: SET_NOTSET }),
  flagV: bool(name("flag_V.flag"), "Flag V", { mask: 0x4, bits: 4, tf: SET_NOTSET }),
  flagW: bool(name("flag_W.flag"), "Flag W", { mask: 0x2, bits: 4, tf: SET_NOTSET }),
  transient: bool(name("flag_T.flag"), "Transient", { mask: 0x1, bits: 4, tf: SET_NOTSET }),
  resetReason: u8(name("rst_reason"), "TCPRST Reason", { base: "HEX", names: RESET_REASONS }),
  addressId: u8(name("addrid"), "Address ID"),
  senderKey: u64(name("sendkey"), "Sender's Key"),
  receiverKey: u64(name("recvkey"), "Receiver's Key"),
  receiverToken: u32(name("recvtok"), "Receiver's Token"),
  senderRandom: u32(name("sendrand"), "Sender's Random Number"),
  senderTruncatedHmac: u64(name("sendtrunchmac"), "Sender's Truncated HMAC"),
  senderHmac: bytes(name("sendhmac"), "Sender's HMAC"),
  addressTruncatedHmac: u64(name("addaddrtrunchmac"), "Truncated HMAC"),
  dataAck: u64(name("rawdataack"), "Original MPTCP Data ACK"),
  dataSequence: u64(name("rawdataseqno"), "Data Sequence Number"),
  subflowSequence: u32(name("subflowseqno"), "Subflow Sequence Number"),
  dataLength: u16(name("datalvllen"), "Data-level Length"),
  checksum: u16(name("checksum"), "Checksum", { base: "HEX" }),
  ipVersion: u8(name("ipver"), "IP version", { mask: 0x0f }),
  echo: u8(name("echo"), "Echo", { mask: 0x01 }),
  ipv4: ipv4(name("ipv4"), "Advertised IPv4 Address"),
  ipv6: ipv6(name("ipv6"), "Advertised IPv6 Address"),
  port: u16(name("port"), "Advertised port"),
  removed: u8("mptcp.rm_addr.count", "Number of removed addresses"),
  expectedToken: u32("mptcp.expected_token", "Subflow token generated from key"),
  expectedIdsn: u64("mptcp.expected_idsn", "Subflow expected IDSN"),
  relativeAck: u64("mptcp.ack", "Multipath TCP Data ACK"),
  relativeSequence: u64("mptcp.dss.dsn", "DSS Data Sequence Number"),
  analysis: none("mptcp.analysis", "MPTCP analysis"),
  master: bool("mptcp.master", "Master flow"),
  stream: u32("mptcp.stream", "Stream index"),
  subflows: str("mptcp.analysis.subflows", "TCP subflow stream id(s)"),
};

export const mptcpExperts = {
  infiniteMapping: expert(
    "mptcp.dss.infinite_mapping",
    "warning",
    "Protocol",
    "Fallback to infinite mapping",
  ),
};
const x = mptcpExperts;

export const mptcp = protocol({
  name: "mptcp",
  title: "Multipath Transmission Control Protocol",
  short: "MPTCP",
  fields: f,
  // Its bytes are an option in TCP's header, which `dissectMptcp` dissects in place.
  dissect: (d) => dissectMptcp(d, d.remaining),
});

/**
 * Dissects the option of `length` bytes at the cursor. One that says more follows than its length allows ends
 * the segment's layer.
 */
export function dissectMptcp(d: Dissection, length: number): void {
  const start = d.pos;
  const end = start + length;
  const outer = d.protocol;
  const segmentEnd = d.end;
  const segmentWireEnd = d.wireEnd;
  d.protocol = mptcp;
  d.end = Math.min(d.end, end);
  d.wireEnd = Math.min(d.wireEnd, end);
  d.include(mptcp);
  d.open(mptcp.field, start, length);
  d.u8(f.kind);
  d.u8(f.length);
  d.need(1);
  const subtype = d.bits(f.subtype, d.pos, 1);
  if (d.labels) {
    d.appendParent(`: ${SUBTYPES[subtype as keyof typeof SUBTYPES] ?? `Unknown (${subtype})`}`);
  }
  dissectSubtype(d, subtype, length);
  d.close();
  d.protocol = outer;
  d.end = segmentEnd;
  d.wireEnd = segmentWireEnd;
  d.pos = end;
}

function dissectSubtype(d: Dissection, subtype: number, length: number): void {
  switch (subtype) {
    case CAPABLE:
      dissectCapable(d, length);
      return;
    case JOIN:
      dissectJoin(d, length);
      return;
    case DATA_SEQUENCE:
      dissectDataSequence(d, length);
      return;
    case 3:
      dissectAddAddress(d, length);
      return;
    case 4:
      dissectRemoveAddress(d, length);
      return;
    case 5:
      addFlags(d, d.pos, [f.backup]);
      d.skip(1);
      if (length === 4) d.u8(f.addressId);
      return;
    case 6:
      addReserved(d);
      d.u64(f.dataSequence);
      return;
    case 7:
      addReserved(d);
      if (length >= 12) d.u64(f.receiverKey);
      return;
    case 8:
      dissectReset(d);
      return;
  }
}

function addReserved(d: Dissection): void {
  d.need(2);
  d.bits(f.reserved, d.pos, 2);
  d.skip(2);
}

/** Flags of one byte at `at` as a subtree. */
function addFlags(d: Dissection, at: number, members: readonly Field[]): number {
  const value = d.peek8(at - d.pos);
  d.open(f.flags, at, 1, value);
  for (const member of members) d.bits(member, at, 1);
  d.close();
  return value;
}

function dissectCapable(d: Dissection, length: number): void {
  const version = d.bits(f.version, d.pos, 1);
  d.skip(1);
  d.need(1);
  addFlags(
    d,
    d.pos,
    version === 1
      ? [f.checksumRequired, f.extensibility, f.noMoreSubflows, f.sha256, f.reserved1]
      : [f.checksumRequired, f.extensibility, f.sha1, f.reserved0],
  );
  d.skip(1);
  if (!CAPABLE_LENGTHS.has(length)) return;
  d.need(8);
  const keyAt = d.pos;
  d.u64(f.senderKey);
  if (d.building) {
    keyFacts(d.buf, keyAt, version);
    d.generated(f.expectedToken, d.pos, 0, keyToken);
    d.generated(f.expectedIdsn, d.pos, 0, keyBase);
    d.append(" (64bits version)");
  }
  if (length >= 20) d.u64(f.receiverKey);
  if (length >= 22) d.u16(f.dataLength);
  if (length >= 24) d.u16(f.checksum);
}

function dissectJoin(d: Dissection, length: number): void {
  if (length === 24) {
    addReserved(d);
    d.bytes(f.senderHmac, 20);
    return;
  }
  if (length !== 12 && length !== 16) return;
  addFlags(d, d.pos, [f.backup]);
  d.skip(1);
  d.u8(f.addressId);
  if (length === 12) d.u32(f.receiverToken);
  else d.u64(f.senderTruncatedHmac);
  d.u32(f.senderRandom);
}

/** A number of 4 or 8 bytes in a 64-bit field. */
function addLong(d: Dissection, field: Field, n: number, suffix: string): void {
  d.need(n);
  if (d.building) {
    d.add(field, d.pos, n, n === 8 ? d.peek64() : BigInt(d.peek32()));
    if (suffix !== "") d.append(suffix);
  }
  d.pos += n;
}

function dissectDataSequence(d: Dissection, length: number): void {
  const start = d.pos - 2;
  d.skip(1);
  d.need(1);
  const flags = addFlags(d, d.pos, [f.dataFin, f.sequence8, f.sequencePresent, f.ack8, f.ackPresent]);
  d.skip(1);
  const multipath = d.building ? bindingOf(d) : undefined;
  const own = multipath === undefined ? 0 : multipath.side ^ d.direction;
  if (flags & 0x01) {
    const at = d.pos;
    const n = flags & 0x02 ? 8 : 4;
    addLong(d, f.dataAck, n, n === 8 ? " (64bits)" : "");
    if (multipath !== undefined) addRelative(d, f.relativeAck, at, n, multipath.connection.bases[1 - own]);
  }
  if (flags & 0x04) {
    const at = d.pos;
    const n = flags & 0x08 ? 8 : 4;
    addLong(d, f.dataSequence, n, n === 8 ? "  (64bits version)" : "  (32bits version)");
    d.u32(f.subflowSequence);
    const covered = d.u16(f.dataLength);
    if (covered === 0) d.expert(x.infiniteMapping);
    if (length >= d.pos - start + 4) d.u16(f.checksum);
    if (multipath !== undefined) {
      addRelative(d, f.relativeSequence, at, n, multipath.connection.bases[own]);
    }
  }
}

/** The number of `n` bytes at `at`, counted from the side's first one. */
function addRelative(d: Dissection, field: Field, at: number, n: number, bases: BaseHistory): void {
  const base = asOf(bases, d.frame);
  if (base === undefined) return;
  const shift = at - d.pos;
  // Of a short number the upper half is the first one's.
  const number = n === 8 ? d.peek64(shift) : (base & 0xffff_ffff_0000_0000n) | BigInt(d.peek32(shift));
  d.generated(field, at, n, BigInt.asUintN(64, number - base));
  d.append(" (Relative)");
}

function dissectAddAddress(d: Dissection, length: number): void {
  // Version 1 has the echo flag where version 0 has the IP version.
  const version = d.peek8() & 0x0f;
  d.bits(version === 4 || version === 6 ? f.ipVersion : f.echo, d.pos, 1);
  d.skip(1);
  d.u8(f.addressId);
  if (ADDRESS4_LENGTHS.has(length)) d.ipv4(f.ipv4);
  else if (ADDRESS6_LENGTHS.has(length)) d.ipv6(f.ipv6);
  else return;
  if (length % 4 === 2) d.u16(f.port);
  if (length === 16 || length === 18 || length >= 28) d.u64(f.addressTruncatedHmac);
}

function dissectRemoveAddress(d: Dissection, length: number): void {
  const end = d.pos + length - 2;
  d.skip(1);
  d.generated(f.removed, d.pos, 0, end - d.pos);
  while (d.pos < end) d.u8(f.addressId);
}

function dissectReset(d: Dissection): void {
  const at = d.pos;
  d.open(f.flags, at, 1, d.buf[at]);
  for (const member of [f.flagU, f.flagV, f.flagW, f.transient]) d.bits(member, at, 1);
  if (d.labels && d.buf[at] & 0x01) d.appendParent(", Transient");
  d.close();
  d.skip(1);
  d.u8(f.resetReason);
}

// What `keyFacts` found.
let keyToken = 0;
let keyBase = 0n;

/** Token and first data sequence number of the key at `at`: RFC 8684 section 3.2, RFC 6824 with SHA-1. */
function keyFacts(buf: Uint8Array, at: number, version: number): void {
  const hash = createHash(version === 0 ? "sha1" : "sha256")
    .update(buf.subarray(at, at + 8))
    .digest();
  keyToken = hash.readUInt32BE(0);
  keyBase = hash.readBigUInt64BE(hash.length - 8);
}

const bindingOf = (d: Dissection): MultipathBinding | undefined =>
  d.quoted ? undefined : d.memory.multipath.binding(d.streamNumber, d.frame);

/** Bits of the operations that the stream's connection saw before the present frame. */
export function earlierOperations(d: Dissection): number {
  const binding = d.memory.multipath.binding(d.streamNumber, d.frame - 1);
  return binding === undefined ? 0 : (asOf(binding.connection.operations, d.frame - 1) ?? 0);
}

const read32 = (buf: Uint8Array, at: number): number =>
  ((buf[at] << 24) | (buf[at + 1] << 16) | (buf[at + 2] << 8) | buf[at + 3]) >>> 0;

/** True when the option of `length` bytes at `at` is shorter than it says. */
export function isMptcpTooShort(buf: Uint8Array, at: number, length: number): boolean {
  if (length < 3) return true;
  const subtype = buf[at + 2] >> 4;
  if (subtype === DATA_SEQUENCE) {
    if (length < 4) return true;
    const flags = buf[at + 3];
    const ack = flags & 0x01 ? (flags & 0x02 ? 8 : 4) : 0;
    return length < 4 + ack + (flags & 0x04 ? (flags & 0x08 ? 14 : 10) : 0);
  }
  if (subtype === 6) return length < 12;
  return length < 4 && SUBTYPES_OF_FOUR.has(subtype);
}

/** Pass one: learns what the options at `buf[at .. end)` say of the segment's connection. */
export function learnMptcp(d: Dissection, at: number, end: number): void {
  const { buf } = d;
  for (let i = nextOption(buf, at, end); i >= 0; i = nextOption(buf, i + buf[i + 1], end)) {
    if (buf[i] === MPTCP_KIND && buf[i + 1] > 2) learnOption(d, i, buf[i + 1]);
  }
}

function learnOption(d: Dissection, at: number, length: number): void {
  const { buf } = d;
  const subtype = buf[at + 2] >> 4;
  if (subtype === CAPABLE) {
    // A SYN of version 1 without a key says nothing yet.
    if (!CAPABLE_LENGTHS.has(length)) return;
    const version = buf[at + 2] & 0x0f;
    keyFacts(buf, at + 4, version);
    d.learnMultipath(MULTIPATH_KEY, keyToken, keyBase);
    if (length >= 20) {
      keyFacts(buf, at + 12, version);
      d.learnMultipath(MULTIPATH_ECHOED_KEY, keyToken, keyBase);
    }
  } else if (subtype === JOIN && length === 12) {
    d.learnMultipath(MULTIPATH_JOIN, read32(buf, at + 4), 0n);
  } else d.learnMultipath(MULTIPATH_MET, 0, 0n);
  if (subtype === DATA_SEQUENCE && length > 3 && (buf[at + 3] & 0x0c) === 0x0c) {
    d.learnMultipath(MULTIPATH_BASE, 0, 0n);
  }
  if (subtype <= LAST_OPERATION) d.learnMultipath(MULTIPATH_OPERATION, subtype, 0n);
}

/** What is known of the connection of a segment with an option. */
export function addMultipath(d: Dissection, start: number): void {
  const binding = bindingOf(d);
  if (binding === undefined) return;
  const { connection } = binding;
  const { frame } = d;
  d.open(f.analysis, start, 0, null, GENERATED);
  const master = asOf(connection.masters, frame);
  d.generated(f.master, start, 0, master === d.streamNumber ? 1 : 0);
  if (d.labels)
    d.relabel(`Master flow: ${master === undefined ? "False" : `Master is tcp stream ${master}`}`);
  d.generated(f.stream, start, 0, connection.number);
  let subflows = "";
  for (const { value, frame: since } of connection.subflows) {
    if (since <= frame) subflows = `${value} ${subflows}`;
  }
  d.generated(f.subflows, start, 0, subflows);
  d.close();
}
