/**
 * Options of neighbour discovery, RFC 4861 section 4.6, with RFC 4191 (routes), RFC 8106 (DNS), RFC 6275 (Mobile IPv6),
 * RFC 5568 (fast handovers), RFC 5269 (handover keys), RFC 3971 and RFC 6496 (SEND), RFC 5175 (flags), RFC 6775
 * (6LoWPAN), RFC 8781 (PREF64), RFC 8910 (captive portal).
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  eui64,
  expert,
  type Field,
  ipv6,
  none,
  SET_NOTSET,
  str,
  u8,
  u16,
  u32,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { HIDDEN } from "../dissect/node.ts";
import { ethertypes } from "../dissect/tables.ts";
import { decodeText, formatEther, formatHex, formatIpv6 } from "../dissect/text.ts";
import { data } from "./data.ts";
import { lifetimeText, OPTION_NAMES, PREFERENCES, PREFIX_LENGTHS } from "./names/icmpv6.ts";
import { dissectCertificate, dissectDistinguishedName } from "./x509.ts";

const f = {
  opt: none("icmpv6.opt", "ICMPv6 Option"),
  optType: u8("icmpv6.opt.type", "Type", { names: OPTION_NAMES }),
  optLength: u8("icmpv6.opt.length", "Length"),
  optReserved: none("icmpv6.opt.reserved", "Reserved"),
  optPadding: none("icmpv6.opt.padding", "Padding"),
  linkAddress: bytes("icmpv6.opt.linkaddr", "Link-layer address", { base: "SEP_COLON" }),
  srcLinkAddress: bytes("icmpv6.opt.src_linkaddr", "Source Link-layer address", { base: "SEP_COLON" }),
  targetLinkAddress: bytes("icmpv6.opt.target_linkaddr", "Target Link-layer address", {
    base: "SEP_COLON",
  }),
  prefixLength: u8("icmpv6.opt.prefix.length", "Prefix Length"),
  prefixFlags: u8("icmpv6.opt.prefix.flag", "Flag", { base: "HEX" }),
  prefixOnLink: bool("icmpv6.opt.prefix.flag.l", "On-link flag(L)", { mask: 0x80, tf: SET_NOTSET }),
  prefixAutonomous: bool("icmpv6.opt.prefix.flag.a", "Autonomous address-configuration flag(A)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  prefixRouter: bool("icmpv6.opt.prefix.flag.r", "Router address flag(R)", { mask: 0x20, tf: SET_NOTSET }),
  prefixReserved: u8("icmpv6.opt.prefix.flag.reserved", "Reserved", { mask: 0x1f }),
  validLifetime: u32("icmpv6.opt.prefix.valid_lifetime", "Valid Lifetime", {
    base: "CUSTOM",
    text: lifetimeText,
  }),
  preferredLifetime: u32("icmpv6.opt.prefix.preferred_lifetime", "Preferred Lifetime", {
    base: "CUSTOM",
    text: lifetimeText,
  }),
  prefix: ipv6("icmpv6.opt.prefix", "Prefix"),
  redirected: none("icmpv6.opt.redirected_packet", "Redirected Packet"),
  optMtu: u32("icmpv6.opt.mtu", "MTU"),
  interval: u32("icmpv6.opt.advertisement_interval", "Advertisement Interval"),
  agentPreference: u16("icmpv6.opt.home_agent_preference", "Home Agent Preference"),
  agentLifetime: u16("icmpv6.opt.home_agent_lifetime", "Home Agent Preference"),
  optNonce: bytes("icmpv6.opt.nonce", "Nonce"),
  routeFlags: u8("icmpv6.opt.route_info.flag", "Flag", { base: "HEX" }),
  routePreference: u8("icmpv6.opt.route_info.flag.route_preference", "Route Preference", {
    mask: 0x18,
    names: PREFERENCES,
  }),
  routeReserved: u8("icmpv6.opt.route_info.flag.reserved", "Reserved", { mask: 0xe7 }),
  routeLifetime: u32("icmpv6.opt.route_lifetime", "Route Lifetime", { base: "CUSTOM", text: lifetimeText }),
  rdnssLifetime: u32("icmpv6.opt.rdnss.lifetime", "Lifetime", { base: "CUSTOM", text: lifetimeText }),
  rdnss: ipv6("icmpv6.opt.rdnss", "Recursive DNS Servers"),
  dnsslLifetime: u32("icmpv6.opt.dnssl.lifetime", "Lifetime", { base: "CUSTOM", text: lifetimeText }),
  dnssl: str("icmpv6.opt.dnssl", "Domain Names"),
  flagsExtension: u16("icmpv6.opt.efo", "Flags Expansion Option", { base: "HEX" }),
  efoManaged: bool("icmpv6.opt.efo.m", "Managed address configuration", {
    mask: 0x8000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  efoOther: bool("icmpv6.opt.efo.o", "Other configuration", { mask: 0x4000, bits: 16, tf: SET_NOTSET }),
  efoHomeAgent: bool("icmpv6.opt.efo.h", "Home Agent", { mask: 0x2000, bits: 16, tf: SET_NOTSET }),
  efoPreference: u16("icmpv6.opt.efo.prf", "Prf (Default Router Preference)", {
    mask: 0x1800,
    names: PREFERENCES,
  }),
  efoProxy: bool("icmpv6.opt.efo.p", "Proxy", { mask: 0x0400, bits: 16, tf: SET_NOTSET }),
  efoReserved: u16("icmpv6.opt.efo.rsv", "Reserved", { mask: 0x02ff }),
  captivePortal: str("icmpv6.opt.captive_portal", "Captive Portal"),
  pref64Lifetime: u16("icmpv6.opt.pref64.scaled_lifetime", "Scaled Lifetime", { mask: 0xfff8 }),
  pref64Length: u16("icmpv6.opt.pref64.plc", "PLC (Prefix Length Code)", {
    base: "HEX",
    mask: 0x0007,
    names: PREFIX_LENGTHS,
  }),
  pref64: ipv6("icmpv6.opt.pref64.prefix", "Prefix"),
  linkaddrEui64: eui64("icmpv6.opt.linkaddr_eui64", "Link-layer address"),
  srcLinkaddrEui64: eui64("icmpv6.opt.src_linkaddr_eui64", "Source Link-layer address"),
  targetLinkaddrEui64: eui64("icmpv6.opt.target_linkaddr_eui64", "Target Link-layer address"),
  cgaPadLength: u8("icmpv6.opt.cga.pad_length", "Pad Length"),
  cga: bytes("icmpv6.opt.cga", "CGA"),
  cgaModifier: bytes("icmpv6.opt.cga.modifier", "Modifier"),
  cgaSubnetPrefix: bytes("icmpv6.opt.cga.subnet_prefix", "Subnet Prefix"),
  cgaCount: bytes("icmpv6.opt.cga.count", "Count"),
  cgaSubjectPublicKeyInfo: none("icmpv6.opt.cga.subject_public_key_info", "Subject Public Key Info"),
  cgaExtType: u16("icmpv6.opt.cga.ext_type", "Ext Type"),
  cgaExtLength: u16("icmpv6.opt.cga.ext_length", "Ext Length"),
  cgaExtData: bytes("icmpv6.opt.cga.ext_data", "Ext Data"),
  rsaKeyHash: bytes("icmpv6.opt.rsa.key_hash", "Key Hash"),
  digitalSignaturePadding: none("icmpv6.opt.digital_signature_padding", "Digital Signature and Padding"),
  psKeyHash: bytes("icmpv6.opt.ps.key_hash", "Key Hash"),
  timestamp: absTime("icmpv6.opt.timestamp", "Timestamp", { base: "UTC" }),
  certificatePadding: none("icmpv6.opt.certificate_padding", "Certificate and Padding"),
  ipaOptionCode: u8("icmpv6.opt.ipa.option_code", "Option-code", {
    names: {
      1: "Old Care-of Address",
      2: "New Care-of Address",
      3: "NAR's IP address",
      4: "NAR's Prefix (sent in PrRtAdv)",
    },
  }),
  ipaPrefixLen: u8("icmpv6.opt.ipa.prefix_len", "Prefix Length"),
  ipaIpv6Address: ipv6("icmpv6.opt.ipa.ipv6_address", "IPv6 Address"),
  nrpiOptionCode: u8("icmpv6.opt.nrpi.option_code", "Option-code"),
  nrpiPrefixLen: u8("icmpv6.opt.nrpi.prefix_len", "Prefix Length"),
  nrpiPrefix: ipv6("icmpv6.opt.nrpi.prefix", "Prefix"),
  llaOptionCode: u8("icmpv6.opt.lla.option_code", "Option-code", {
    names: {
      0: "Wildcard",
      1: "Link-layer Address of the New Access Point",
      2: "Link-layer Address of the MN",
      3: "Link-layer Address of the NAR",
      4: "Link-layer Address of the source",
      5: "The AP belongs to the current interface of the router",
      6: "No prefix information available",
      7: "No fast handovers support available",
    },
  }),
  llaBytes: bytes("icmpv6.opt.lla.bytes", "Link-Layer Address"),
  naackOptionCode: u8("icmpv6.opt.naack.option_code", "Option-Code"),
  naackStatus: u8("icmpv6.opt.naack.status", "Status", {
    names: {
      1: "New CoA is invalid, perform address configuration",
      2: "New CoA is invalid, use the supplied CoA",
      3: "NCoA is invalid, use NAR's IP address as NCoA in FBU",
      4: "PCoA supplied, do not send FBU",
      128: "LLA is unrecognized",
    },
  }),
  naackSuppliedNcoa: ipv6("icmpv6.opt.naack.supplied_ncoa", "Supplied NCoA"),
  mapDistance: u8("icmpv6.opt.map.distance", "Distance", { mask: 0xf0 }),
  mapPreference: u8("icmpv6.opt.map.preference", "Preference", { mask: 0xf }),
  mapFlag: u8("icmpv6.opt.map.flag", "Flag", { base: "HEX" }),
  mapFlagR: bool("icmpv6.opt.map.flag.r", "RCoA Flag", { mask: 0x80 }),
  mapFlagReserved: u8("icmpv6.opt.map.flag.reserved", "Reserved", { mask: 0x7f }),
  mapValidLifetime: u32("icmpv6.opt.map.valid_lifetime", "Valid Lifetime"),
  mapGlobalAddress: ipv6("icmpv6.opt.map.global_address", "Global Address"),
  nameType: u8("icmpv6.opt.name_type", "Name Type", {
    names: {
      1: "DER Encoded X.501 Name",
      2: "FQDN",
      3: "SHA-1 Subject Key Identifier (SKI)",
      4: "SHA-224 Subject Key Identifier (SKI)",
      5: "SHA-256 Subject Key Identifier (SKI)",
      6: "SHA-384 Subject Key Identifier (SKI)",
      7: "SHA-512 Subject Key Identifier (SKI)",
      253: "Reserved for Experimental Use",
      254: "Reserved for Experimental Use",
      255: "Reserved",
    },
  }),
  nameX501: bytes("icmpv6.opt.name_x501", "DER Encoded X.501 Name"),
  nameTypeFqdn: str("icmpv6.opt.name_type.fqdn", "FQDN"),
  x509Name: u32("icmpv6.x509_Name", "Name", { names: { 0: "rdnSequence" } }),
  x509Certificate: none("icmpv6.x509_Certificate", "Certificate"),
  nbmaShortcutLimit: u8("icmpv6.opt.nbma.shortcut_limit", "Shortcut Limit"),
  ipv6Address: ipv6("icmpv6.opt.ipv6_address", "IPv6 Address"),
  hkrPadLength: u8("icmpv6.opt.hkr.pad_length", "Pad Length"),
  hkrAt: u8("icmpv6.opt.hkr.at", "AT", { mask: 0xf0 }),
  hkrReserved: u8("icmpv6.opt.hkr.reserved", "Reserved", { mask: 0xf }),
  hkrEncryptionPublicKey: bytes("icmpv6.opt.hkr.encryption_public_key", "Handover Key Encryption Public Key"),
  hkrPadding: bytes("icmpv6.opt.hkr.padding", "Padding"),
  hkrLifetime: u16("icmpv6.opt.hkr.lifetime", "Padding"),
  hkrEncryptedHandoverKey: bytes("icmpv6.opt.hkr.encrypted_handover_key", "Encrypted Handover Key"),
  haiOptionCode: u8("icmpv6.opt.hai.option_code", "Option-Code", {
    names: { 1: "Access Network Identifier (AN ID)", 2: "Sector ID" },
  }),
  haiLength: u8("icmpv6.opt.hai.length", "HAI-Length"),
  haiValue: bytes("icmpv6.opt.hai.value", "HAI-Value"),
  mnOptionCode: u8("icmpv6.opt.mn.option_code", "Option-Code", { names: { 1: "NAI", 2: "IMSI" } }),
  mnLength: u8("icmpv6.opt.mn.length", "MN-Length"),
  mnValue: bytes("icmpv6.opt.mn.value", "MN-Value"),
  aroStatus: u8("icmpv6.opt.aro.status", "Status", {
    names: { 0: "Success", 1: "Duplicate Exists", 2: "Neighbor Cache Full" },
  }),
  aroRegistrationLifetime: u16("icmpv6.opt.aro.registration_lifetime", "Registration  Lifetime"),
  aroEui64: eui64("icmpv6.opt.aro.eui64", "EUI-64"),
  contextLength: u8("icmpv6.opt.6co.context_length", "Context Length"),
  contextFlag: u8("icmpv6.opt.6co.flag", "Flag", { base: "HEX" }),
  contextFlagC: bool("icmpv6.opt.6co.flag.c", "Compression Flag", { mask: 0x10, tf: SET_NOTSET }),
  contextFlagCid: u8("icmpv6.opt.6co.flag.cid", "CID", { mask: 0xf }),
  contextFlagReserved: u8("icmpv6.opt.6co.flag.reserved", "Reserved", { mask: 0xe0 }),
  contextLifetime: u16("icmpv6.opt.6co.valid_lifetime", "Lifetime"),
  contextPrefix: ipv6("icmpv6.opt.6co.context_prefix", "Context Prefix"),
  abroVersionLow: u16("icmpv6.opt.abro.version_low", "Version Low"),
  abroVersionHigh: u16("icmpv6.opt.abro.version_high", "Version"),
  abroValidLifetime: u16("icmpv6.opt.abro.valid_lifetime", "Valid Lifetime"),
  abro6lbrAddress: ipv6("icmpv6.opt.abro.6lbr_address", "6LBR Address"),
  capabilityUnassigned: u16("icmpv6.opt.6cio.unassigned1", "Unassigned", { base: "HEX", mask: 0xfffe }),
  capabilityG: u16("icmpv6.opt.6cio.flag_g", "G", { base: "HEX", mask: 0x1 }),
  capabilityRest: u32("icmpv6.opt.6cio.unassigned2", "Unassigned", { base: "HEX" }),
  certificateType: u8("icmpv6.opt.name_type", "Cert Type", { names: { 1: "X.509v3 Certificate" } }),
  unknownData: bytes("icmpv6.unknown_data", "Unknown Data"),
  data: bytes("icmpv6.data", "Data"),
};
export const optionFields = f;

const x = {
  length: expert("icmpv6.invalid_option_length", "error", "Malformed", "Invalid option length (Zero)"),
  undecoded: expert(
    "icmpv6.undecoded.option",
    "note",
    "Undecoded",
    "The contents of this option are not decoded",
  ),
  unknownData: expert("icmpv6.unknown_data.expert", "error", "Malformed", "Unknown Data (not interpreted)"),
};
export const optionExperts = x;

const NEIGHBOR_ADVERTISEMENT = 136;

/** Ends an option: adds what is left of it up to `end` as unknown. */
export function addUnknown(d: Dissection, end: number): void {
  d.bytes(f.unknownData, end - d.pos);
  d.expert(x.unknownData);
}

/** A length that no such option has. */
export function addInvalidLength(d: Dissection): void {
  d.expert(x.length, "Invalid Option Length");
}

/**
 * Adds the options from the cursor to the end of the layer: type, length in units of eight bytes.
 * @param start where the message begins
 * @param message its type
 */
export function dissectOptions(d: Dissection, start: number, message: number): void {
  if (!d.building && !d.columns && !holdPacket(d)) {
    d.pos = d.end;
    return;
  }
  while (d.remaining > 0) {
    const at = d.pos;
    const type = d.peek8();
    const size = d.peek8(1) * 8;
    const name = OPTION_NAMES[type] ?? `Unknown ${type}`;
    const end = at + size;
    d.open(f.opt, at, size);
    const line = d.last;
    if (d.labels) d.relabel(`ICMPv6 Option (${name}`);
    d.u8(f.optType);
    d.u8(f.optLength);
    if (d.labels) d.append(` (${size} bytes)`);
    if (size === 0) {
      d.expert(x.length);
      d.close();
      return;
    }
    const outer = d.end;
    const text = addOption(d, type, start, end, message);
    if (d.pos < end) addUnknown(d, end);
    if (d.labels && line !== null) line.label = `ICMPv6 Option (${name}${text ?? ""})`;
    d.close();
    d.end = outer;
    d.pos = end;
  }
}

const REDIRECTED_HEADER = 4;

/** True when one of the options from the cursor on is of the kind that holds a packet, wherever it does not belong. */
function holdPacket(d: Dissection): boolean {
  for (let at = d.pos; at + 1 < d.end && d.buf[at + 1] > 0; at += d.buf[at + 1] * 8) {
    if (d.buf[at] === REDIRECTED_HEADER) return true;
  }
  return false;
}

/** @returns what the option's line says behind its name */
function addOption(
  d: Dissection,
  type: number,
  start: number,
  end: number,
  message: number,
): string | undefined {
  const at = d.pos;
  const size = end - at;
  switch (type) {
    case 1:
    case 2:
      return addLinkAddress(d, type, size, message);
    case 3:
      return addPrefix(d);
    case REDIRECTED_HEADER:
      addRedirected(d, end);
      return undefined;
    case 5:
      addReserved(d, 2);
      return ` : ${d.u32(f.optMtu)}`;
    case 6: {
      const limit = d.u8(f.nbmaShortcutLimit);
      addReserved(d, 1);
      addReserved(d, 3);
      return ` : ${limit}`;
    }
    case 7:
      addReserved(d, 2);
      return ` : ${d.u32(f.interval)}`;
    case 8:
      addReserved(d, 2);
      d.u16(f.agentPreference);
      d.u16(f.agentLifetime);
      return undefined;
    case 9:
    case 10:
      addReserved(d, 6);
      return addAddresses(d, f.ipv6Address, end);
    case 11:
      addCga(d, end);
      return undefined;
    case 12:
    case 32:
      addReserved(d, 2);
      d.bytes(type === 12 ? f.rsaKeyHash : f.psKeyHash, 16);
      addRest(d, f.digitalSignaturePadding, end);
      return undefined;
    case 13:
      addReserved(d, 6);
      addTimestamp(d);
      return undefined;
    case 14:
      d.bytes(f.optNonce, size);
      return undefined;
    case 15:
      addTrustAnchor(d, end);
      return undefined;
    case 16:
      addCertificate(d, end);
      return undefined;
    case 17:
      return addRouterPrefix(d, f.ipaOptionCode, f.ipaPrefixLen, f.ipaIpv6Address);
    case 18:
      return addRouterPrefix(d, f.nrpiOptionCode, f.nrpiPrefixLen, f.nrpiPrefix);
    case 19:
      d.u8(f.llaOptionCode);
      d.bytes(f.llaBytes, end - d.pos);
      return undefined;
    case 20:
      d.u8(f.naackOptionCode);
      d.u8(f.naackStatus);
      d.ipv6(f.naackSuppliedNcoa);
      return undefined;
    case 23:
      addAnchorPoint(d);
      return undefined;
    case 24:
      return addRoute(d, end);
    case 25:
      addReserved(d, 2);
      d.u32(f.rdnssLifetime);
      return addAddresses(d, f.rdnss, end);
    case 26:
      addFlags(d, f.flagsExtension, 2, EFO_BITS);
      addRest(d, f.optReserved, end);
      return undefined;
    case 27:
    case 28:
      addHandoverKey(d, type, end);
      return undefined;
    case 29:
      addAssist(d, f.haiOptionCode, f.haiLength, f.haiValue, start, size, end);
      return undefined;
    case 30:
      addAssist(d, f.mnOptionCode, f.mnLength, f.mnValue, start, size, end);
      return undefined;
    case 31:
      return addSearchList(d, end);
    case 33:
      return addRegistration(d);
    case 34:
      return addContext(d, end);
    case 35:
      return addBorderRouter(d);
    case 36:
      d.bits(f.capabilityUnassigned, at, 2);
      d.bits(f.capabilityG, at, 2);
      d.skip(2);
      d.u32(f.capabilityRest);
      return undefined;
    case 37:
      d.str(f.captivePortal, size);
      return undefined;
    case 38:
      d.bits(f.pref64Lifetime, at, 2);
      d.bits(f.pref64Length, at, 2);
      d.skip(2);
      addNat64Prefix(d);
      return undefined;
    default:
      d.expert(x.undecoded);
      d.bytes(f.data, size);
      return undefined;
  }
}

function addReserved(d: Dissection, n: number): void {
  d.add(f.optReserved, d.pos, n, null);
  d.skip(n);
}

/** A line for what is left of the option, its contents unread. */
function addRest(d: Dissection, field: Field, end: number): void {
  if (d.pos < end) d.add(field, d.pos, end - d.pos, null);
  d.pos = end;
}

const EUI64 = 8;

/** Sixteen bytes are an option of 802.15.4: a long address and padding. */
function addLinkAddress(d: Dissection, type: number, size: number, message: number): string {
  const at = d.pos;
  const isLong = size === 14;
  const length = isLong ? EUI64 : size;
  const value = d.peekBytes(length);
  const text = length === 6 ? formatEther(value) : formatHex(value, ":");
  const isSource = type === 1;
  d.add(isLong ? f.linkaddrEui64 : f.linkAddress, at, length, value);
  if (isLong) {
    d.add(isSource ? f.srcLinkaddrEui64 : f.targetLinkaddrEui64, at, length, value, HIDDEN);
    d.add(f.linkAddress, at, length, value, HIDDEN);
  }
  d.add(isSource ? f.srcLinkAddress : f.targetLinkAddress, at, length, value, HIDDEN);
  d.pos += length;
  if (isLong) addRest(d, f.optPadding, at + size);
  if (d.columns)
    d.addInfo(`${!isSource || message === NEIGHBOR_ADVERTISEMENT ? " is at " : " from "}${text}`);
  return ` : ${text}`;
}

const IPV6_HEADER = 40;

/** The rest behind the packet is left for unknown. */
function addRedirected(d: Dissection, end: number): void {
  addReserved(d, 6);
  d.add(f.redirected, d.pos, end - d.pos, null);
  const { wireEnd } = d;
  const outer = d.end;
  d.limit(end - d.pos);
  const length = d.remaining >= IPV6_HEADER ? IPV6_HEADER + d.peek16(4) : d.remaining;
  if (d.remaining > 0) d.callQuoted(ethertypes.get(0x86dd) ?? data);
  d.end = outer;
  d.wireEnd = wireEnd;
  d.pos = Math.min(end, d.pos + length);
}

const PREFIX_BITS = [f.prefixOnLink, f.prefixAutonomous, f.prefixRouter, f.prefixReserved] as const;

function addPrefix(d: Dissection): string {
  const length = d.u8(f.prefixLength);
  addFlags(d, f.prefixFlags, 1, PREFIX_BITS);
  d.u32(f.validLifetime);
  d.u32(f.preferredLifetime);
  addReserved(d, 4);
  const value = d.peekBytes(16);
  d.ipv6(f.prefix);
  return ` : ${formatIpv6(value)}/${length}`;
}

/** An address of which only the first `size` bytes are there. */
function addShortAddress(d: Dissection, field: Field, size: number): Uint8Array {
  const full = new Uint8Array(16);
  full.set(d.peekBytes(size));
  d.add(field, d.pos, size, full);
  d.pos += size;
  return full;
}

function addRoute(d: Dissection, end: number): string {
  const length = d.u8(f.prefixLength);
  const flags = addFlags(d, f.routeFlags, 1, [f.routePreference, f.routeReserved]);
  const preference = PREFERENCES[(flags >> 3) & 3];
  d.u32(f.routeLifetime);
  const size = Math.min(16, end - d.pos);
  const value = size > 0 ? addShortAddress(d, f.prefix, size) : new Uint8Array(16);
  return ` : ${preference} ${formatIpv6(value)}/${length}`;
}

/** Addresses up to the option's end; returns them for its line. */
function addAddresses(d: Dissection, field: Field, end: number): string {
  let text = "";
  while (d.pos < end) {
    text += ` ${formatIpv6(d.peekBytes(16))}`;
    d.ipv6(field);
  }
  return text;
}

const EFO_BITS = [
  f.efoManaged,
  f.efoOther,
  f.efoHomeAgent,
  f.efoPreference,
  f.efoProxy,
  f.efoReserved,
] as const;

function addSearchList(d: Dissection, end: number): string {
  d.add(f.optReserved, d.pos, 2, null);
  d.skip(2);
  d.u32(f.dnsslLifetime);
  d.needAt(d.pos, end - d.pos);
  let text = "";
  while (d.pos < end) {
    if (d.buf[d.pos] === 0) {
      addRest(d, f.optPadding, end);
      break;
    }
    const at = d.pos;
    const labels: string[] = [];
    while (d.pos < end && d.buf[d.pos] !== 0) {
      const length = d.buf[d.pos];
      const stop = Math.min(end, d.pos + 1 + length);
      labels.push(decodeText(d.buf, d.pos + 1, stop, "utf-8"));
      d.pos = stop;
    }
    d.pos = Math.min(end, d.pos + 1);
    const name = labels.join(".");
    d.add(f.dnssl, at, d.pos - at, name);
    text += ` ${name}`;
  }
  return text;
}

/** RFC 8781 section 4: twelve bytes, of which the prefix length code says how many count. */
function addNat64Prefix(d: Dissection): void {
  const size = NAT64_SIZES[d.buf[d.pos - 1] & 7] ?? 12;
  const full = new Uint8Array(16);
  full.set(d.peekBytes(size));
  d.add(f.pref64, d.pos, size, full);
  d.skip(12);
}
const NAT64_SIZES = [12, 8, 7, 6, 5, 4];

// -------------------------------------------------------------------- SEND

/** RFC 3971 section 5.1: the parameters of RFC 3972 section 3, padded. */
function addCga(d: Dissection, end: number): void {
  const pad = d.u8(f.cgaPadLength);
  addReserved(d, 1);
  const size = Math.max(0, end - d.pos - pad);
  const parametersEnd = d.pos + size;
  d.open(f.cga, d.pos, size, d.peekBytes(size));
  d.bytes(f.cgaModifier, 16);
  d.bytes(f.cgaSubnetPrefix, 8);
  d.bytes(f.cgaCount, 1);
  const keySize = elementSize(d);
  d.add(f.cgaSubjectPublicKeyInfo, d.pos, keySize, null);
  d.skip(keySize);
  while (d.pos < parametersEnd) {
    d.u16(f.cgaExtType);
    const length = d.u16(f.cgaExtLength);
    d.bytes(f.cgaExtData, length);
  }
  d.close();
  d.pos = parametersEnd;
  addRest(d, f.optPadding, end);
}

/** Bytes of the DER element at the cursor. */
function elementSize(d: Dissection): number {
  const first = d.peek8(1);
  if (first < 0x80) return 2 + first;
  const n = first & 0x7f;
  return n === 0 || n > 4 ? d.remaining : 2 + n + d.peekUint(n, 2);
}

/** 48 bits of seconds, 16 bits of their fraction. */
function addTimestamp(d: Dissection): void {
  const value = d.peek64();
  const ns = (value >> 16n) * 1_000_000_000n + (((value & 0xffffn) * 1_000_000_000n) >> 16n);
  d.add(f.timestamp, d.pos, 8, ns);
  d.skip(8);
}

const NAME_X501 = 1;
const NAME_FQDN = 2;

function addTrustAnchor(d: Dissection, end: number): void {
  const type = d.u8(f.nameType);
  const pad = d.u8(f.cgaPadLength);
  const size = end - d.pos - pad;
  if (type === NAME_X501) {
    d.open(f.nameX501, d.pos, size, d.peekBytes(size));
    d.open(f.x509Name, d.pos, size, 0);
    dissectDistinguishedName(d, d.pos, d.pos + size);
    d.close();
    d.close();
  } else if (type === NAME_FQDN) d.str(f.nameTypeFqdn, size);
  else {
    addRest(d, f.optPadding, end);
    return;
  }
  d.pos = end - pad;
  addRest(d, f.optPadding, end);
}

const X509_CERTIFICATE = 1;

function addCertificate(d: Dissection, end: number): void {
  const type = d.u8(f.certificateType);
  addReserved(d, 1);
  if (type !== X509_CERTIFICATE) {
    addRest(d, f.certificatePadding, end);
    return;
  }
  const size = Math.min(end - d.pos, elementSize(d));
  d.open(f.x509Certificate, d.pos, size);
  dissectCertificate(d, d.pos, d.pos + size);
  d.close();
  d.pos += size;
  addRest(d, f.optPadding, end);
}

// -------------------------------------------------------------------- handovers

function addRouterPrefix(d: Dissection, code: Field, lengthField: Field, field: Field): string {
  d.u8(code);
  const length = d.u8(lengthField);
  addReserved(d, 4);
  const text = ` ${formatIpv6(d.peekBytes(16))}/${length}`;
  d.ipv6(field);
  return text;
}

/** RFC 5380 section 4. */
function addAnchorPoint(d: Dissection): void {
  d.bits(f.mapDistance, d.pos, 1);
  d.bits(f.mapPreference, d.pos, 1);
  d.skip(1);
  addFlags(d, f.mapFlag, 1, [f.mapFlagR, f.mapFlagReserved]);
  d.u32(f.mapValidLifetime);
  d.ipv6(f.mapGlobalAddress);
}

/** RFC 5269 section 3.2; Wireshark steps one byte beyond the key, whatever the padding. */
function addHandoverKey(d: Dissection, type: number, end: number): void {
  const pad = d.u8(f.hkrPadLength);
  d.bits(f.hkrAt, d.pos, 1);
  d.bits(f.hkrReserved, d.pos, 1);
  d.skip(1);
  if (type === 28) d.u16(f.hkrLifetime);
  d.bytes(type === 27 ? f.hkrEncryptionPublicKey : f.hkrEncryptedHandoverKey, Math.max(0, end - d.pos - pad));
  if (pad === 0) return;
  d.add(f.hkrPadding, d.pos, pad, d.peekBytes(pad));
  d.skip(1);
}

/**
 * RFC 5271 section 4.1. What Wireshark shows as unknown behind the value begins as many bytes into the message as the
 * option is long.
 */
function addAssist(
  d: Dissection,
  code: Field,
  lengthField: Field,
  valueField: Field,
  start: number,
  size: number,
  end: number,
): void {
  d.u8(code);
  const length = d.u8(lengthField);
  d.bytes(valueField, length);
  d.add(f.optPadding, d.pos, Math.max(0, end - d.pos), null);
  d.pos = Math.min(end, start + size + 2);
}

// -------------------------------------------------------------------- 6LoWPAN

function addRegistration(d: Dissection): string {
  const status = d.u8(f.aroStatus);
  addReserved(d, 3);
  d.u16(f.aroRegistrationLifetime);
  const text = formatHex(d.peekBytes(8), ":");
  d.bytes(f.aroEui64, 8);
  return ` : Register ${text} ${(f.aroStatus.names as Readonly<Record<number, string>>)[status] ?? "Unknown"}`;
}

function addContext(d: Dissection, end: number): string {
  const length = d.u8(f.contextLength);
  addFlags(d, f.contextFlag, 1, [f.contextFlagC, f.contextFlagCid, f.contextFlagReserved]);
  addReserved(d, 2);
  d.u16(f.contextLifetime);
  const prefix = addShortAddress(d, f.contextPrefix, end - d.pos >= 16 ? 16 : 8);
  return ` ${formatIpv6(prefix)}/${length}`;
}

function addBorderRouter(d: Dissection): string {
  const low = d.u16(f.abroVersionLow);
  const high = d.u16(f.abroVersionHigh);
  const lifetime = d.u16(f.abroValidLifetime);
  const text = formatIpv6(d.peekBytes(16));
  d.ipv6(f.abro6lbrAddress);
  return ` : Version ${high}.${low}, Valid Lifetime : ${lifetime}, 6LBR : ${text}`;
}
