/** Multipath TCP, an option of TCP: RFC 8684 (version 1), RFC 6824 (version 0). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, ipv4, ipv6, SET_NOTSET, u8, u16, u32, u64 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ACK, SYN } from "./tcp-analysis.ts";

export const MPTCP_KIND = 30;

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
};

export const mptcp = protocol({
  name: "mptcp",
  title: "Multipath Transmission Control Protocol",
  short: "MPTCP",
  fields: f,
  // Its bytes are an option in TCP's header, which `dissectMptcp` dissects in place.
  dissect: (d) => dissectMptcp(d, d.remaining, 0),
});

/**
 * Dissects the option of `length` bytes at the cursor.
 * @param tcpFlags of the segment that carries it
 */
export function dissectMptcp(d: Dissection, length: number, tcpFlags: number): void {
  const start = d.pos;
  const end = start + length;
  d.include(mptcp);
  d.open(mptcp.field, start, length);
  d.u8(f.kind);
  d.u8(f.length);
  if (end > d.pos) {
    const subtype = d.bits(f.subtype, d.pos, 1);
    if (d.labels) {
      const title = SUBTYPES[subtype as keyof typeof SUBTYPES];
      if (title !== undefined) d.appendParent(`: ${title}`);
    }
    dissectSubtype(d, subtype, end, tcpFlags);
  }
  d.close();
  d.pos = end;
}

function dissectSubtype(d: Dissection, subtype: number, end: number, tcpFlags: number): void {
  switch (subtype) {
    case 0:
      dissectCapable(d, end);
      return;
    case 1:
      dissectJoin(d, end, tcpFlags);
      return;
    case 2:
      dissectDataSequence(d, end);
      return;
    case 3:
      dissectAddAddress(d, end);
      return;
    case 4:
      dissectRemoveAddress(d, end);
      return;
    case 5:
      dissectPriority(d, end);
      return;
    case 6:
      d.bits(f.reserved, d.pos, 2);
      d.skip(2);
      if (end - d.pos >= 8) addLong(d, f.dataSequence, 8, "");
      return;
    case 7:
      d.bits(f.reserved, d.pos, 2);
      d.skip(2);
      if (end - d.pos >= 8) d.u64(f.receiverKey);
      return;
    case 8:
      dissectReset(d, end);
      return;
  }
}

/** Flags of one byte at `at` as a subtree. */
function addFlags(d: Dissection, at: number, members: readonly Field[]): number {
  const value = d.buf[at];
  d.open(f.flags, at, 1, value);
  for (const member of members) d.bits(member, at, 1);
  d.close();
  return value;
}

function dissectCapable(d: Dissection, end: number): void {
  const version = d.bits(f.version, d.pos, 1);
  d.skip(1);
  if (end <= d.pos) return;
  const flags = addFlags(
    d,
    d.pos,
    version === 0
      ? [f.checksumRequired, f.extensibility, f.sha1, f.reserved0]
      : [f.checksumRequired, f.extensibility, f.noMoreSubflows, f.sha256, f.reserved1],
  );
  d.skip(1);
  if (end - d.pos >= 8) d.u64(f.senderKey);
  if (end - d.pos >= 8) d.u64(f.receiverKey);
  if (end - d.pos >= 2) d.u16(f.dataLength);
  if (end - d.pos >= 2 && flags & 0x80) d.u16(f.checksum);
}

function dissectJoin(d: Dissection, end: number, tcpFlags: number): void {
  const syn = (tcpFlags & SYN) !== 0;
  if (!syn) {
    d.bits(f.reserved, d.pos, 2);
    d.skip(2);
    if (end > d.pos) d.bytes(f.senderHmac, end - d.pos);
    return;
  }
  addFlags(d, d.pos, [f.backup]);
  d.skip(1);
  d.u8(f.addressId);
  if ((tcpFlags & ACK) === 0) {
    if (end - d.pos >= 8) {
      d.u32(f.receiverToken);
      d.u32(f.senderRandom);
    }
  } else if (end - d.pos >= 12) {
    d.u64(f.senderTruncatedHmac);
    d.u32(f.senderRandom);
  }
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

function dissectDataSequence(d: Dissection, end: number): void {
  d.skip(1);
  const flags = addFlags(d, d.pos, [f.dataFin, f.sequence8, f.sequencePresent, f.ack8, f.ackPresent]);
  d.skip(1);
  if (flags & 0x01) {
    const n = flags & 0x02 ? 8 : 4;
    if (end - d.pos < n) return;
    addLong(d, f.dataAck, n, n === 8 ? " (64bits)" : "");
  }
  if (flags & 0x04) {
    const n = flags & 0x08 ? 8 : 4;
    if (end - d.pos < n + 6) return;
    addLong(d, f.dataSequence, n, n === 8 ? "  (64bits version)" : "  (32bits version)");
    d.u32(f.subflowSequence);
    d.u16(f.dataLength);
    if (end - d.pos >= 2) d.u16(f.checksum);
  }
}

function dissectAddAddress(d: Dissection, end: number): void {
  const at = d.pos;
  const version = d.buf[at] & 0x0f;
  // Version 1 has the echo flag where version 0 has the IP version; lengths tell the addresses apart.
  if (version === 4 || version === 6) d.bits(f.ipVersion, at, 1);
  else d.bits(f.echo, at, 1);
  d.skip(1);
  d.u8(f.addressId);
  const left = end - d.pos;
  const long = version === 6 || (version !== 4 && left >= 16 && left !== 12 && left !== 14);
  if (long) {
    if (left >= 16) d.ipv6(f.ipv6);
  } else if (left >= 4) d.ipv4(f.ipv4);
  const rest = end - d.pos;
  if (rest === 2 || rest === 10) d.u16(f.port);
  if (end - d.pos >= 8) d.u64(f.addressTruncatedHmac);
}

function dissectRemoveAddress(d: Dissection, end: number): void {
  d.skip(1);
  d.generated(f.removed, d.pos, 0, end - d.pos);
  while (d.pos < end) d.u8(f.addressId);
}

function dissectPriority(d: Dissection, end: number): void {
  addFlags(d, d.pos, [f.backup]);
  d.skip(1);
  if (end > d.pos) d.u8(f.addressId);
}

function dissectReset(d: Dissection, end: number): void {
  const at = d.pos;
  d.open(f.flags, at, 1, d.buf[at]);
  for (const member of [f.flagU, f.flagV, f.flagW, f.transient]) d.bits(member, at, 1);
  if (d.labels && d.buf[at] & 0x01) d.appendParent(", Transient");
  d.close();
  d.skip(1);
  if (end > d.pos) d.u8(f.resetReason);
}
