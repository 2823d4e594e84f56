/** NBMA Next Hop Resolution Protocol, RFC 2332, with Cisco's extensions for NAT and traffic indications. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, ipv4, nameOf, u8, u16, u24, u32 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols, snapPids } from "../dissect/tables.ts";
import { formatHex } from "../dissect/text.ts";
import { checksumStatusText, onesSum, rightChecksum } from "./checksum.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import { ENTERPRISES } from "./names/enterprises.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";
import { CODE, ERR_CODE, HDR_OP_TYPE } from "./names/nhrp.ts";

const f = {
  hdrAfn: u16("nhrp.hdr.afn", "Address Family Number", { base: "HEX_DEC", names: ADDRESS_FAMILIES }),
  hdrProType: u16("nhrp.hdr.pro.type", "Protocol Type (short form)", { base: "HEX_DEC" }),
  hdrHopcnt: u8("nhrp.hdr.hopcnt", "Hop Count"),
  hdrPktsz: u16("nhrp.hdr.pktsz", "Packet Length"),
  hdrChksum: u16("nhrp.hdr.chksum", "NHRP Packet Checksum", { base: "HEX" }),
  hdrChksumStatus: u8("nhrp.hdr.chksum.status", "NHRP Packet Checksum Status", {
    base: "CUSTOM",
    text: checksumStatusText,
  }),
  hdrExtoff: u16("nhrp.hdr.extoff", "Extension Offset"),
  hdrVersion: u8("nhrp.hdr.version", "Version"),
  hdrOpType: u8("nhrp.hdr.op.type", "NHRP Packet Type", { names: HDR_OP_TYPE }),
  hdrShtl: u8("nhrp.hdr.shtl", "Source Address Type/Len"),
  hdrShtlType: u8("nhrp.hdr.shtl.type", "Type", {
    mask: 0x40,
    names: { 0: "NSAP format", 1: "Native E.164 format" },
  }),
  hdrShtlLen: u8("nhrp.hdr.shtl.len", "Length", { mask: 0x3f }),
  hdrSstl: u8("nhrp.hdr.sstl", "Source SubAddress Type/Len"),
  hdrSstlType: u8("nhrp.hdr.sstl.type", "Type", {
    mask: 0x40,
    names: { 0: "NSAP format", 1: "Native E.164 format" },
  }),
  hdrSstlLen: u8("nhrp.hdr.sstl.len", "Length", { mask: 0x3f }),
  srcProtLen: u16("nhrp.src.prot.len", "Source Protocol Len"),
  dstProtLen: u16("nhrp.dst.prot.len", "Destination Protocol Len"),
  flags: u16("nhrp.flags", "Flags", { base: "HEX" }),
  flagQ: bool("nhrp.flag.q", "Is Router", { mask: 0x8000, bits: 16 }),
  flagN: bool("nhrp.flag.n", "Expected Purge Reply", { mask: 0x8000, bits: 16 }),
  flagA: bool("nhrp.flag.a", "Authoritative", { mask: 0x4000, bits: 16 }),
  flagD: bool("nhrp.flag.d", "Stable Association", { mask: 0x2000, bits: 16 }),
  flagU: bool("nhrp.flag.u", "Uniqueness Bit", { mask: 0x1000, bits: 16 }),
  flagS: bool("nhrp.flag.s", "Stable Binding", { mask: 0x800, bits: 16 }),
  flagNat: bool("nhrp.flag.nat", "Cisco NAT Supported", { mask: 0x2, bits: 16 }),
  reqid: u32("nhrp.reqid", "Request ID", { base: "HEX_DEC" }),
  srcNbmaAddr: ipv4("nhrp.src.nbma.addr", "Source NBMA Address"),
  srcNbmaSaddr: bytes("nhrp.src.nbma.saddr", "Source NBMA Sub Address"),
  srcProtAddr: ipv4("nhrp.src.prot.addr", "Source Protocol Address"),
  dstProtAddr: ipv4("nhrp.dst.prot.addr", "Destination Protocol Address"),
  code: u8("nhrp.code", "Code", { names: CODE }),
  prefix: u8("nhrp.prefix", "Prefix Length"),
  unused: u16("nhrp.unused", "Unused"),
  mtu: u16("nhrp.mtu", "Max Transmission Unit"),
  htime: u16("nhrp.htime", "Holding Time (s)"),
  cliAddrTl: u8("nhrp.cli.addr_tl", "Client Address Type/Len"),
  cliAddrTlType: u8("nhrp.cli.addr_tl.type", "Type", {
    mask: 0x40,
    names: { 0: "NSAP format", 1: "Native E.164 format" },
  }),
  cliAddrTlLen: u8("nhrp.cli.addr_tl.len", "Length", { mask: 0x3f }),
  cliSaddrTl: u8("nhrp.cli.saddr_tl", "Client Sub Address Type/Len"),
  cliSaddrTlType: u8("nhrp.cli.saddr_tl.type", "Type", {
    mask: 0x40,
    names: { 0: "NSAP format", 1: "Native E.164 format" },
  }),
  cliSaddrTlLen: u8("nhrp.cli.saddr_tl.len", "Length", { mask: 0x3f }),
  protLen: u8("nhrp.prot.len", "Client Protocol Length"),
  pref: u8("nhrp.pref", "CIE Preference Value"),
  clientNbmaAddr: ipv4("nhrp.client.nbma.addr", "Client NBMA Address"),
  clientNbmaSaddr: bytes("nhrp.client.nbma.saddr", "Client NBMA Sub Address"),
  clientProtAddr: ipv4("nhrp.client.prot.addr", "Client Protocol Address"),
  extC: bool("nhrp.ext.c", "Compulsory Flag", { mask: 0x8000, bits: 16 }),
  extType: u16("nhrp.ext.type", "Extension Type", { base: "HEX", mask: 0x3fff }),
  extLen: u16("nhrp.ext.len", "Extension length"),
  errCode: u16("nhrp.err.code", "Error Code", { names: ERR_CODE }),
  errOffset: u16("nhrp.err.offset", "Error Offset"),
  authExtReserved: u16("nhrp.auth_ext.reserved", "Reserved"),
  authExtSpi: u16("nhrp.auth_ext.spi", "SPI"),
  authExtSrcAddr: ipv4("nhrp.auth_ext.src_addr", "Source Address"),
  vendorExtId: u24("nhrp.vendor_ext.id", "Vendor ID"),
  devcapExtSrccap: u32("nhrp.devcap_ext.srccap", "Source Capabilities", { base: "HEX" }),
  devcapExtSrccapV: bool("nhrp.devcap_ext.srccap.V", "VPN-aware", { mask: 0x1, bits: 32 }),
  devcapExtDstcap: u32("nhrp.devcap_ext.dstcap", "Destination Capabilities", { base: "HEX" }),
  devcapExtDstcapV: bool("nhrp.devcap_ext.dstcap.V", "VPN-aware", { mask: 0x1, bits: 32 }),
  unknownExtValue: bytes("nhrp.unknown_ext.value", "Extension Value"),
  protocolType: bytes("nhrp.protocol_type", "Protocol Type (long form)"),
  clientNbmaAddrBytes: bytes("nhrp.client.nbma.addr_bytes", "Client NBMA Address"),
  clientProtAddrBytes: bytes("nhrp.client.prot.addr_bytes", "Client Protocol Address"),
  srcNbmaAddrBytes: bytes("nhrp.src.nbma.addr_bytes", "Source NBMA Address"),
  srcProtAddrBytes: bytes("nhrp.src.prot.addr_bytes", "Source Protocol Address"),
  dstProtAddrByets: bytes("nhrp.dst.prot.addr_byets", "Destination Protocol Address"),
  authExtSrcAddrBytes: bytes("nhrp.auth_ext.src_addr_bytes", "Source Address"),
  authExtData: bytes("nhrp.auth_ext.data", "Data"),
  vendorExtData: bytes("nhrp.vendor_ext.data", "Data"),
  flagURegistration: bool("nhrp.flag.u", "Uniqueness Bit", { mask: 0x8000, bits: 16 }),
};

const x = {
  size: expert(
    "nhrp.hdr.pktsz.invalid",
    "error",
    "Malformed",
    "Packet length is less than the fixed header length",
  ),
  offset: expert(
    "nhrp.hdr.extoff.invalid",
    "error",
    "Malformed",
    "Extension offset is less than the fixed header length or larger than the packet size",
  ),
  checksum: expert("nhrp.hdr.bad_checksum", "error", "Checksum", "Bad checksum"),
  notAllowed: expert(
    "nhrp.ext.not_allowed",
    "error",
    "Malformed",
    "Extensions not allowed per RFC2332 section 5.2.7",
  ),
  incomplete: expert("nhrp.ext.malformed", "error", "Malformed", "Incomplete Authentication Extension"),
  extra: expert("nhrp.ext.extra", "error", "Malformed", "Superfluous data follows End Extension"),
};

export const nhrp = protocol({
  name: "nhrp",
  title: "NBMA Next Hop Resolution Protocol",
  short: "NHRP",
  fields: f,
  experts: x,
  on: [
    [ipProtocols, 54],
    [snapPids, 0x00_005e_0003],
  ],
  dissect,
});

const HEADER = 20;
const ERROR_INDICATION = 7;
const TRAFFIC_INDICATION = 8;
const TYPE_LENGTH = [f.hdrShtlType, f.hdrShtlLen];
const SUB_TYPE_LENGTH = [f.hdrSstlType, f.hdrSstlLen];

/** The fixed header's part that the others need. */
interface Header {
  readonly start: number;
  readonly family: number;
  readonly type: number;
  readonly operation: number;
  readonly addressLength: number;
  readonly subLength: number;
}

const typeName = (operation: number): string =>
  nameOf(HDR_OP_TYPE, operation) ?? `0x${operation.toString(16).toUpperCase().padStart(2, "0")} - unknown`;

function dissect(d: Dissection): void {
  const start = d.pos;
  const operation = d.remaining > 17 ? d.peek8(17) : 0;
  if (d.labels) d.relabelLayer(`Next Hop Resolution Protocol (${typeName(operation)})`);
  if (d.columns) d.setInfo(typeName(operation));
  d.openText(start, HEADER, "NHRP Fixed Header");
  const family = d.u16(f.hdrAfn);
  if (d.labels) {
    d.relabel(
      `Address Family Number: ${nameOf(ADDRESS_FAMILIES, family) ?? "Unknown"} (0x${family.toString(16).padStart(4, "0")})`,
    );
  }
  const type = d.u16(f.hdrProType);
  if (d.labels) {
    const name = type === 0x80 ? "SNAP" : (ETHERTYPE_NAMES[type] ?? "Unknown");
    d.relabel(`Protocol Type (short form): ${name} (0x${type.toString(16).padStart(4, "0")})`);
  }
  d.bytes(f.protocolType, 5);
  d.u8(f.hdrHopcnt);
  const size = d.u16(f.hdrPktsz);
  if (size < HEADER) {
    d.expert(x.size);
    if (d.labels) d.close();
    return;
  }
  addChecksum(d, start, size);
  const offset = d.u16(f.hdrExtoff);
  const wrong = offset !== 0 && (offset < HEADER || offset > size);
  if (wrong) d.expert(x.offset);
  d.u8(f.hdrVersion);
  if (d.labels) d.append(d.peek8(-1) === 1 ? " (NHRP - rfc2332)" : " (Unknown)");
  d.u8(f.hdrOpType);
  const addressLength = addTypeLength(d, f.hdrShtl, TYPE_LENGTH);
  const subLength = addTypeLength(d, f.hdrSstl, SUB_TYPE_LENGTH);
  if (d.labels) d.close();
  if (wrong) return;
  const header: Header = { start, family, type, operation, addressLength, subLength };
  const end = start + size;
  addMandatory(d, header, offset === 0 ? end : start + offset);
  if (offset !== 0) addExtensions(d, header, start + offset, end);
}

function addChecksum(d: Dissection, start: number, size: number): void {
  const at = d.pos;
  const found = d.u16(f.hdrChksum);
  if (!d.building) return;
  const hex = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;
  if (start + size > d.end) {
    if (d.labels) d.append(" [unverified]");
    d.generated(f.hdrChksumStatus, at, 0, 2);
    return;
  }
  const sum = onesSum(d.buf, start, start + size);
  if (sum === 0xffff) d.append(" [correct]");
  else {
    const right = hex(rightChecksum(sum, found));
    d.append(` incorrect, should be ${right}`);
    d.expert(x.checksum, `Bad checksum [should be ${right}]`);
  }
  d.generated(f.hdrChksumStatus, at, 0, sum === 0xffff ? 1 : 0);
}

/** A byte of type and length; returns the length. */
function addTypeLength(d: Dissection, field: Field, members: readonly Field[]): number {
  const value = d.bitset(field, 1, members);
  if (d.labels) {
    const format = value & 0x40 ? "Native E.164 format" : "NSAP format";
    d.relabel(`${field.title}: ${format}/${value & 0x3f}`);
  }
  return value & 0x3f;
}

const RESOLUTION = [f.flagQ, f.flagA, f.flagD, f.flagU, f.flagS, f.flagNat];
const REGISTRATION = [f.flagURegistration, f.flagNat];
const PURGE = [f.flagN, f.flagNat];
const FLAGS: Readonly<Record<number, readonly Field[]>> = {
  1: RESOLUTION,
  2: RESOLUTION,
  3: REGISTRATION,
  4: REGISTRATION,
  5: PURGE,
  6: PURGE,
};
const NO_FLAGS: readonly Field[] = [];

function address(d: Dissection, n: number, field: Field, plain: Field): void {
  if (n === 0) return;
  if (n === 4) d.ipv4(field);
  else d.bytes(plain, n);
}

/** RFC 2332 section 5.2. */
function addMandatory(d: Dissection, header: Header, end: number): void {
  if (end - d.pos < 4) return;
  const { operation } = header;
  d.openText(d.pos, end - d.pos, "NHRP Mandatory Part");
  const source = d.uint(f.srcProtLen, 1);
  const destination = d.uint(f.dstProtLen, 1);
  const quotes = operation === ERROR_INDICATION || operation === TRAFFIC_INDICATION;
  if (quotes) {
    d.skip(2);
    if (operation === ERROR_INDICATION) {
      const code = d.u16(f.errCode);
      if (d.columns) d.addInfo(`, ${nameOf(ERR_CODE, code) ?? `Unknown (${code})`}`, "");
      d.u16(f.errOffset);
    } else d.skip(4);
  } else {
    addFlags(d, f.flags, 2, FLAGS[operation] ?? NO_FLAGS);
    const id = d.u32(f.reqid);
    if (d.columns) d.addInfo(`, ID=${id}`, "");
  }
  const isIpv4 = header.family === 1;
  if (isIpv4) address(d, header.addressLength, f.srcNbmaAddr, f.srcNbmaAddrBytes);
  else if (header.addressLength > 0) d.bytes(f.srcNbmaAddrBytes, header.addressLength);
  if (header.subLength > 0) d.bytes(f.srcNbmaSaddr, header.subLength);
  address(d, source, f.srcProtAddr, f.srcProtAddrBytes);
  address(d, destination, f.dstProtAddr, f.dstProtAddrByets);
  if (!quotes) {
    addClients(d, header, end, operation % 2 === 0);
    if (d.labels) d.close();
    return;
  }
  if (d.labels) d.close();
  if (end <= d.pos) return;
  addQuoted(d, header, end);
}

function addQuoted(d: Dissection, header: Header, end: number): void {
  const at = d.pos;
  if (
    d.columns &&
    header.operation === ERROR_INDICATION &&
    d.remaining >= 28 &&
    d.peek8(17) < ERROR_INDICATION
  ) {
    d.addInfo(`, ID=${d.peek32(24)}`, "");
  }
  const { end: layerEnd, wireEnd } = d;
  d.openText(at, end - at, "Packet Causing Indication");
  d.limit(end - at);
  const inner = header.operation === ERROR_INDICATION ? nhrp : ethertypes.get(header.type);
  if (inner !== undefined) d.callQuoted(inner);
  d.end = layerEnd;
  d.wireEnd = wireEnd;
  d.pos = end;
  if (d.labels) d.close();
}

const CLIENT_TYPE_LENGTH = [f.cliAddrTlType, f.cliAddrTlLen];
const CLIENT_SUB_TYPE_LENGTH = [f.cliSaddrTlType, f.cliSaddrTlLen];
const CLIENT = 12;

/** Client information entries, RFC 2332 section 5.2.0.1; replies show their codes in the info column. */
function addClients(d: Dissection, header: Header, end: number, isReply: boolean): void {
  while (d.pos + CLIENT <= end) {
    const at = d.pos;
    const length = CLIENT + (d.peek8(8) & 0x3f) + (d.peek8(9) & 0x3f) + d.peek8(10);
    d.openText(at, length, "Client Information Entry");
    const code = d.u8(f.code);
    if (isReply && d.columns) d.addInfo(`, Code=${nameOf(CODE, code) ?? `Unknown (${code})`}`, "");
    d.u8(f.prefix);
    d.u16(f.unused);
    d.u16(f.mtu);
    d.u16(f.htime);
    const n = addTypeLength(d, f.cliAddrTl, CLIENT_TYPE_LENGTH);
    const sub = addTypeLength(d, f.cliSaddrTl, CLIENT_SUB_TYPE_LENGTH);
    const protocolLength = d.u8(f.protLen);
    d.u8(f.pref);
    if (header.family === 1) address(d, n, f.clientNbmaAddr, f.clientNbmaAddrBytes);
    else if (n > 0) d.bytes(f.clientNbmaAddrBytes, n);
    if (sub > 0) {
      d.bytes(f.clientNbmaSaddr, sub);
      // Wireshark reads what follows from here again.
      d.pos -= sub;
    }
    address(d, protocolLength, f.clientProtAddr, f.clientProtAddrBytes);
    if (d.labels) d.close();
  }
}

const EXTENSIONS: Readonly<Record<number, string>> = {
  0: "End of Extension",
  1: "NHRP Destination Prefix Length",
  2: "NHRP Destination Prefix Length",
  3: "Responder Address Extension",
  4: "Forward Transit NHS Record Extension",
  5: "Reverse Transit NHS Record Extension",
  7: "NHRP Authentication Extension",
  8: "NHRP Vendor Private Extension",
  9: "Cisco NAT Address Extension",
  10: "Mobile NHC Authentication Extension",
};
const WITH_CLIENTS = [3, 4, 5, 9];

/** RFC 2332 section 5.3. */
function addExtensions(d: Dissection, header: Header, from: number, end: number): void {
  d.pos = from;
  while (d.pos + 4 <= end) {
    const at = d.pos;
    const type = d.peek16() & 0x3fff;
    const length = d.peek16(2);
    d.openText(at, length + 4, EXTENSIONS[type] ?? `Unknown (${type})`);
    d.bits(f.extC, at, 2);
    d.bits(f.extType, at, 2);
    d.skip(2);
    d.u16(f.extLen);
    const behind = d.pos + length;
    if (length > 0 && type !== 0) {
      d.need(length);
      if (WITH_CLIENTS.includes(type)) addClients(d, header, behind, false);
      else if (type === 7 || type === 10) addAuthentication(d, header, length);
      else if (type === 8) addVendor(d, length);
      else d.bytes(f.unknownExtValue, length);
    }
    if (d.labels) d.close();
    if (type === 0) {
      const left = end - (at + 4);
      if (left > 0) {
        const text = `Unknown Data (${left} bytes)`;
        d.text(at + 4, left, text);
        d.expert(x.extra, text);
      }
      d.pos = end;
      return;
    }
    d.pos = behind;
  }
}

function addAuthentication(d: Dissection, header: Header, length: number): void {
  if (length < 4) {
    d.text(d.pos, length, x.incomplete.message);
    d.expert(x.incomplete);
    return;
  }
  const end = d.pos + length;
  d.openText(d.pos, length, `Extension Data: SPI=${d.peek16(2)}`);
  d.u16(f.authExtReserved);
  d.u16(f.authExtSpi);
  const n = Math.min(header.family === 1 ? 4 : header.addressLength, end - d.pos);
  address(d, n, f.authExtSrcAddr, f.authExtSrcAddrBytes);
  if (d.pos < end) {
    const left = end - d.pos;
    d.bytes(f.authExtData, left);
    if (d.labels) d.appendParent(`: Data=${formatHex(d.peekBytes(left, -left))}`);
  }
  if (d.labels) d.close();
}

function addVendor(d: Dissection, length: number): void {
  if (length < 3) {
    d.bytes(f.unknownExtValue, length);
    return;
  }
  const id = d.peek24();
  d.openText(d.pos, length, `Extension Data: Vendor ID=${ENTERPRISES[id] ?? "Unknown"}`);
  d.u24(f.vendorExtId);
  if (length > 3) {
    d.bytes(f.vendorExtData, length - 3);
    if (d.labels) d.appendParent(`, Data=${formatHex(d.peekBytes(length - 3, 3 - length))}`);
  }
  if (d.labels) d.close();
}
