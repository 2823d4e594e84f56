/**
 * Extensions of multi-part ICMP messages, RFC 4884: MPLS labels RFC 4950, interface information RFC 5837, interface
 * identification RFC 8335. ICMP and ICMPv6 share them.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  ipv4,
  ipv6,
  none,
  SET_NOTSET,
  str,
  u8,
  u16,
  u24,
  u32,
} from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { checksumStatusText, onesSum, rightChecksum } from "./checksum.ts";
import { data } from "./data.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";

const PRESENT = ["Present", "Not Present"] as const;

const f = {
  ext: none("icmp.ext", "ICMP Multi-Part Extensions"),
  extVersion: u8("icmp.ext.version", "Version"),
  extReserved: u16("icmp.ext.res", "Reserved", { base: "HEX", mask: 0x0fff }),
  extChecksum: u16("icmp.ext.checksum", "Checksum", { base: "HEX" }),
  extChecksumStatus: u8("icmp.ext.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    text: checksumStatusText,
  }),
  extLength: u16("icmp.ext.length", "Length"),
  extClass: u8("icmp.ext.class", "Class", {
    names: {
      1: "MPLS Label Stack Class",
      2: "Interface Information Object",
      3: "Interface Identification Object",
    },
  }),
  extCtype: u8("icmp.ext.ctype", "C-Type"),
  extData: bytes("icmp.ext.data", "Data"),
  mplsLabel: u24("icmp.mpls.label", "Label", { mask: 0xfffff0 }),
  mplsExp: u24("icmp.mpls.exp", "Experimental", { mask: 0x00000e }),
  mplsS: bool("icmp.mpls.s", "Stack bit", { mask: 0x000001, bits: 24, tf: SET_NOTSET }),
  mplsTtl: u8("icmp.mpls.ttl", "Time to live"),
  role: u8("icmp.int_info.role", "Interface Role", {
    mask: 0xc0,
    names: {
      0: "IP interface upon which datagram arrived",
      1: "sub-IP component of an IP interface upon which datagram arrived",
      2: "IP interface through which datagram would be forwarded",
      3: "IP next-hop to which datagram would be forwarded",
    },
  }),
  infoReserved: u8("icmp.int_info.reserved", "Reserved", { mask: 0x30 }),
  infoHasIndex: bool("icmp.int_info.ifindex", "ifIndex", { mask: 0x08 }),
  infoHasAddress: bool("icmp.int_info.ipaddr", "IP Address", { mask: 0x04, tf: PRESENT }),
  infoHasName: bool("icmp.int_info.name_present", "Interface Name", { mask: 0x02, tf: PRESENT }),
  infoHasMtu: bool("icmp.int_info.mtu_present", "MTU", { mask: 0x01, tf: PRESENT }),
  infoIndex: u32("icmp.int_info.index", "Interface Index"),
  infoFamily: u16("icmp.int_info.afi", "Address Family Identifier"),
  infoIpv4: ipv4("icmp.int_info.ipv4", "Source"),
  infoIpv6: ipv6("icmp.int_info.ipv6", "Source"),
  infoNameLength: u8("icmp.int_info.name_length", "Name Length"),
  infoName: str("icmp.int_info.name", "Name"),
  infoMtu: u32("icmp.int_info.mtu", "Maximum Transmission Unit"),
  identName: str("icmp.int_ident.name", "Name"),
  identIndex: u32("icmp.int_ident.index", "Interface Index"),
  mplsData: bytes("icmp.mpls.data", "Data"),
  infoReservedBytes: bytes("icmp.reserved", "Reserved"),
  identFamily: u16("icmp.int_ident.afi", "Address Family Identifier", { names: ADDRESS_FAMILIES }),
  identLength: u8("icmp.int_ident.addr_length", "Address Length"),
  identReserved: bytes("icmp.int_ident.reserved", "Reserved"),
  identIpv4: ipv4("icmp.int_ident.ipv4", "Address"),
  identIpv6: ipv6("icmp.int_ident.ipv6", "Address"),
  identAddress: bytes("icmp.int_ident.address", "Address"),
};
export const extensionFields = f;

const x = {
  checksum: expert("icmp.ext.checksum_bad", "warning", "Checksum", "Bad checksum"),
};
export const extensionExperts = x;

const HEADER = 4;
const MPLS = 1;
const INTERFACE_INFORMATION = 2;
const INTERFACE_IDENTIFICATION = 3;
const FAMILY_IPV4 = 1;
const FAMILY_IPV6 = 2;

/** Adds the extension structure from the cursor to the end of the layer. */
export function addExtensions(d: Dissection): void {
  const start = d.pos;
  d.open(f.ext, start, d.remaining);
  if (d.wireRemaining >= HEADER) {
    const version = d.peek8() >> 4;
    // Version 1 is what the first routers sent, before the RFC.
    const isKnown = version === 1 || version === 2;
    if (!isKnown && d.labels) d.appendParent(" (unsupported version)");
    addHeader(d, start, version);
    while (isKnown && d.wireRemaining >= HEADER) {
      const length = d.peek16();
      if (length < HEADER) break;
      addObject(d, Math.min(d.pos + length, d.wireEnd), length);
    }
    d.close();
    if (isKnown) return;
    d.pos = start;
    d.callBelow(data);
  } else d.close();
}

function addHeader(d: Dissection, start: number, version: number): void {
  d.add(f.extVersion, start, 1, version);
  d.bits(f.extReserved, start, 2);
  const found = d.peek16(2);
  const sum = onesSum(d.buf, start, d.end);
  d.add(f.extChecksum, start + 2, 2, found, found === 0 ? GENERATED : 0);
  d.pos = start + HEADER;
  if (found === 0) {
    if (d.labels) d.relabel("Checksum: [missing]");
  } else if (sum === 0xffff) d.append(" [correct]");
  else {
    const right = `0x${rightChecksum(sum, found).toString(16).padStart(4, "0")}`;
    d.append(` incorrect, should be ${right}`);
    d.expert(x.checksum, `Bad checksum [should be ${right}]`);
  }
  d.generated(f.extChecksumStatus, start + 2, 0, found === 0 ? 3 : sum === 0xffff ? 1 : 0);
}

/** @param end of the object, not behind that of the layer though its length says so */
function addObject(d: Dissection, end: number, length: number): void {
  const at = d.pos;
  const kind = d.peek8(2);
  const ctype = d.peek8(3);
  const title = objectTitle(kind, ctype);
  d.openText(at, end - at, end - at < length ? `${title} (truncated)` : title);
  d.u16(f.extLength);
  d.u8(f.extClass);
  if (kind === INTERFACE_INFORMATION) addInterfaceInformation(d, ctype, end);
  else {
    d.u8(f.extCtype);
    if (kind === MPLS && ctype === 1) addLabels(d, end);
    else if (kind === INTERFACE_IDENTIFICATION) addIdentification(d, ctype, end);
    else if (d.pos < end) d.bytes(f.extData, end - d.pos);
  }
  if (d.labels) d.close();
  d.pos = end;
}

function objectTitle(kind: number, ctype: number): string {
  if (kind === MPLS && ctype === 1) return "MPLS Stack Entry";
  if (kind === INTERFACE_INFORMATION) return "Interface Information Object";
  if (kind === INTERFACE_IDENTIFICATION) return "Interface Identification Object";
  return `Unknown object (${kind}/${ctype})`;
}

function addLabels(d: Dissection, end: number): void {
  while (d.pos + 4 <= end) {
    const at = d.pos;
    const word = d.peek32();
    d.openText(
      at,
      4,
      `Label: ${word >>> 12}, Exp: ${(word >>> 9) & 7}, S: ${(word >>> 8) & 1}, TTL: ${word & 255}`,
    );
    d.bits(f.mplsLabel, at, 3);
    d.bits(f.mplsExp, at, 3);
    d.bits(f.mplsS, at, 3);
    d.skip(3);
    d.u8(f.mplsTtl);
    if (d.labels) d.close();
  }
  if (d.pos < end) d.bytes(f.mplsData, end - d.pos);
}

const INFO_BITS = [
  f.role,
  f.infoReserved,
  f.infoHasIndex,
  f.infoHasAddress,
  f.infoHasName,
  f.infoHasMtu,
] as const;

function addInterfaceInformation(d: Dissection, ctype: number, end: number): void {
  d.bitset(f.extCtype, 1, INFO_BITS);
  if (d.labels) {
    const role = (f.role.names as Readonly<Record<number, string>>)[ctype >> 6];
    const has = ["ifIndex", "IP Address", "Interface Name", "MTU"].filter((_, i) => ctype & (8 >> i));
    d.append([`, Interface Role: ${role}`, ...has].join(", "));
  }
  if (ctype & 8 && d.pos + 4 <= end) d.u32(f.infoIndex);
  if (ctype & 4 && d.pos + 4 <= end) {
    const family = d.peek16();
    const size = family === FAMILY_IPV4 ? 4 : family === FAMILY_IPV6 ? 16 : -1;
    if (size === -1) d.malformed();
    d.openText(d.pos, 4 + size, "IP Address Sub-Object");
    d.u16(f.infoFamily);
    d.bytes(f.infoReservedBytes, 2);
    if (d.pos + size <= end) {
      if (family === FAMILY_IPV4) d.ipv4(f.infoIpv4);
      else d.ipv6(f.infoIpv6);
    }
    if (d.labels) d.close();
  }
  if (ctype & 2 && d.pos < end) addName(d, end);
  if (ctype & 1 && d.pos + 4 <= end) d.u32(f.infoMtu);
}

/** The length counts itself; the name is shown when there are that many bytes behind it, as Wireshark has it. */
function addName(d: Dissection, end: number): void {
  const length = d.peek8();
  d.need(length);
  d.openText(d.pos, length, "Interface Name Sub-Object");
  d.u8(f.infoNameLength);
  if (length === 0) d.malformed();
  if (d.pos + length <= end) d.str(f.infoName, length - 1);
  else d.pos = Math.min(end, d.pos + length - 1);
  if (d.labels) d.close();
}

const IDENTIFIED_BY = ["", "Name", "Index", "Address"];

function addIdentification(d: Dissection, ctype: number, end: number): void {
  if (d.labels) {
    const by = IDENTIFIED_BY[ctype];
    d.append(by ? ` (Identifies Interface By ${by})` : ` (Unknown C-Type ${ctype})`);
  }
  if (ctype === 1 && d.pos < end) d.str(f.identName, end - d.pos);
  else if (ctype === 2 && d.pos + 4 <= end) d.u32(f.identIndex);
  else if (ctype === 3 && d.pos + 4 <= end) {
    const family = d.u16(f.identFamily);
    d.u8(f.identLength);
    d.bytes(f.identReserved, 1);
    if (family === FAMILY_IPV4) d.ipv4(f.identIpv4);
    else if (family === FAMILY_IPV6) d.ipv6(f.identIpv6);
    else if (d.pos < end) d.bytes(f.identAddress, end - d.pos);
  }
}
