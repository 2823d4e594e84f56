/** Ethernet VPN routes: RFC 7432 section 7, RFC 9136 (IP prefixes), RFC 9251 (multicast), RFC 9572 (S-PMSI). */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  expert,
  type Field,
  ipv4,
  ipv6,
  nameOf,
  none,
  SET_NOTSET,
  u8,
  u16,
  u24,
  u32,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { formatHex } from "../dissect/text.ts";
import {
  addFault,
  commonFields,
  distinguisher,
  expertAbove,
  stackLength,
  stackText,
  type UpdateState,
} from "./bgp-common.ts";
import { addGroup } from "./bgp-nlri.ts";
import { EVPN_NLRI_ESI_TYPE, EVPN_NLRI_RT } from "./names/bgp.ts";

export const evpnFields = {
  bgpEvpnNlri: none("bgp.evpn.nlri", "EVPN NLRI"),
  rt: u8("bgp.evpn.nlri.rt", "Route Type", { names: EVPN_NLRI_RT }),
  len: u8("bgp.evpn.nlri.len", "Length"),
  rd: bytes("bgp.evpn.nlri.rd", "Route Distinguisher"),
  esi: bytes("bgp.evpn.nlri.esi", "ESI", { base: "SEP_SPACE" }),
  esiType: u8("bgp.evpn.nlri.esi.type", "ESI Type", { names: EVPN_NLRI_ESI_TYPE }),
  esiLacpMac: ether("bgp.evpn.nlri.esi.lacp_mac", "CE LACP system MAC"),
  esiLacpPortkey: u16("bgp.evpn.nlri.esi.lacp_portkey", "LACP port key", { base: "DEC_HEX" }),
  esiRemaining: bytes("bgp.evpn.nlri.esi.remaining", "Remaining bytes", { base: "SEP_SPACE" }),
  esiReserved: bytes("bgp.evpn.nlri.esi.reserved", "Reserved value all 0xff"),
  esiValue: bytes("bgp.evpn.nlri.esi.value", "ESI Value", { base: "SEP_SPACE" }),
  esiType0: bytes("bgp.evpn.nlri.esi.type0", "ESI 9 bytes value", { base: "SEP_SPACE" }),
  esiRootBridge: ether("bgp.evpn.nlri.esi.root_bridge", "ESI root bridge MAC"),
  esiRbPrio: u16("bgp.evpn.nlri.esi.rb_prio", "ESI root bridge priority", { base: "DEC_HEX" }),
  esiSystemMac: ether("bgp.evpn.nlri.esi.system_mac", "ESI system MAC"),
  esiSystemMacDiscr: bytes("bgp.evpn.nlri.esi.system_mac_discr", "ESI system mac discriminator", {
    base: "SEP_SPACE",
  }),
  esiRouterId: ipv4("bgp.evpn.nlri.esi.router_id", "ESI router ID"),
  esiRouterDiscr: bytes("bgp.evpn.nlri.esi.router_discr", "ESI router discriminator", { base: "SEP_SPACE" }),
  esiAsn: u32("bgp.evpn.nlri.esi.asn", "ESI ASN"),
  esiAsnDiscr: bytes("bgp.evpn.nlri.esi.asn_discr", "ESI ASN discriminator", { base: "SEP_SPACE" }),
  etag: u32("bgp.evpn.nlri.etag", "Ethernet Tag ID"),
  mplsLs1: u24("bgp.evpn.nlri.mpls_ls1", "MPLS Label 1", { mask: 0xfffff0 }),
  mplsLs2: u24("bgp.evpn.nlri.mpls_ls2", "MPLS Label 2", { mask: 0xfffff0 }),
  maclen: u8("bgp.evpn.nlri.maclen", "MAC Address Length"),
  macAddr: ether("bgp.evpn.nlri.mac_addr", "MAC Address"),
  iplen: u8("bgp.evpn.nlri.iplen", "IP Address Length"),
  prefixLen: u8("bgp.evpn.nlri.prefix_len", "IP prefix length"),
  ipAddr: ipv4("bgp.evpn.nlri.ip.addr", "IPv4 address"),
  ipv6Addr: ipv6("bgp.evpn.nlri.ipv6.addr", "IPv6 address"),
  ipv4GtwAddr: ipv4("bgp.evpn.nlri.ipv4.gtw_addr", "IPv4 Gateway address"),
  ipv6GtwAddr: ipv6("bgp.evpn.nlri.ipv6.gtw_addr", "IPv6 Gateway address"),
  orLength: u8("bgp.evpn.nlri.or_length", "Originator Router Length"),
  orAddrIpv4: ipv4("bgp.evpn.nlri.or_addr_ipv4", "Originator Router Address IPv4"),
  orAddrIpv6: ipv6("bgp.evpn.nlri.or_addr_ipv6", "Originator Router Address IPv6"),
  igmpMcFlags: u8("bgp.evpn.nlri.igmp_mc_flags", "Flags", { base: "HEX" }),
  igmpMcFlagsV1: bool("bgp.evpn.nlri.igmp_mc_flags.v1", "IGMP Version 1", { mask: 0x1, tf: SET_NOTSET }),
  igmpMcFlagsV2: bool("bgp.evpn.nlri.igmp_mc_flags.v2", "IGMP Version 2", { mask: 0x2, tf: SET_NOTSET }),
  igmpMcFlagsV3: bool("bgp.evpn.nlri.igmp_mc_flags.v3", "IGMP Version 3", { mask: 0x4, tf: SET_NOTSET }),
  igmpMcFlagsIe: bool("bgp.evpn.nlri.igmp_mc_flags.ie", "Group Type (IE Flag)", {
    mask: 0x8,
    tf: ["Exclude", "Include"],
  }),
  igmpMcFlagsReserved: u8("bgp.evpn.nlri.igmp_mc_flags.reserved", "Reserved", { base: "HEX", mask: 0xf0 }),
};
const f = evpnFields;
const c = commonFields;

export const evpnExperts = {
  type: expert("bgp.evpn.type", "error", "Malformed", "EVPN Route Type is invalid"),
  length: expert("bgp.evpn.len", "error", "Malformed", "EVPN Length is invalid"),
  segmentType: expert("bgp.evpn.esi_type", "error", "Malformed", "EVPN ESI Type is invalid"),
  noAddress: expert("bgp.evpn.no_ip", "note", "Protocol", "IP Address: NOT INCLUDED"),
};
const x = evpnExperts;

const AUTO_DISCOVERY = 1;
const MAC_ADVERTISEMENT = 2;
const INCLUSIVE_MULTICAST = 3;
const ETHERNET_SEGMENT = 4;
const IP_PREFIX = 5;
const SELECTIVE_MULTICAST = 6;
const JOIN_SYNCH = 7;
const LEAVE_SYNCH = 8;
const SELECTIVE_PMSI = 10;

export function addEvpn(d: Dissection, end: number, state: UpdateState): void {
  while (d.pos < end) if (!addRoute(d, state)) return;
}

/** False when the routes behind it cannot be found. */
function addRoute(d: Dissection, state: UpdateState): boolean {
  const type = d.peek8();
  const length = d.peek8(1);
  d.needAt(d.pos, 5);
  const end = d.pos + 2 + length;
  d.open(f.bgpEvpnNlri, d.pos, 2 + length);
  if (d.labels) d.relabelParent(`EVPN NLRI: ${nameOf(f.rt.names, type) ?? `Unknown capability ${type}`}`);
  d.u8(f.rt);
  d.u8(f.len);
  const whole = addBody(d, type, length, state);
  d.close();
  if (nameOf(f.rt.names, type) === undefined) expertAbove(d, x.type, `Invalid EVPN Route Type (${type})`);
  if (type !== JOIN_SYNCH && type !== LEAVE_SYNCH) d.pos = end;
  return whole;
}

function addBody(d: Dissection, type: number, length: number, state: UpdateState): boolean {
  switch (type) {
    case AUTO_DISCOVERY:
      if (length !== 25) return wrongLength(d, type, length, "Ethernet Auto-discovery Route");
      addDistinguisher(d);
      addSegment(d);
      d.u32(f.etag);
      addLabel(d, f.mplsLs1, state);
      return true;
    case MAC_ADVERTISEMENT:
      addDistinguisher(d);
      addSegment(d);
      d.u32(f.etag);
      d.u8(f.maclen);
      d.ether(f.macAddr);
      return addMacLabels(d, length, state);
    case INCLUSIVE_MULTICAST:
      addDistinguisher(d);
      d.u32(f.etag);
      return addRouter(d);
    case ETHERNET_SEGMENT:
      addDistinguisher(d);
      addSegment(d);
      return addRouter(d);
    case IP_PREFIX:
      return addIpPrefix(d, type, length, state);
    case SELECTIVE_MULTICAST:
    case SELECTIVE_PMSI:
      addDistinguisher(d);
      d.u32(f.etag);
      if (!addGroup(d) || !addOriginator(d)) return false;
      if (type === SELECTIVE_MULTICAST) addFlags(d, f.igmpMcFlags, 1, MULTICAST_FLAGS);
      return true;
    case JOIN_SYNCH:
    case LEAVE_SYNCH:
      addDistinguisher(d);
      addSegment(d);
      d.u32(f.etag);
      if (!addGroup(d) || !addOriginator(d)) return false;
      // RFC 9251 section 9.3: reserved bytes and the maximum response time of a leave.
      addFlags(d, f.igmpMcFlags, 1, MULTICAST_FLAGS);
      return true;
    default:
      return false;
  }
}

function wrongLength(d: Dissection, type: number, length: number, name: string): boolean {
  expertAbove(d, x.length, `Invalid length (${length}) of EVPN NLRI Route Type ${type} (${name})`);
  return false;
}

function addDistinguisher(d: Dissection): void {
  d.bytes(f.rd, 8);
  if (d.labels) d.append(` (${distinguisher(d, -8)})`);
}

/** An Ethernet segment identifier, RFC 7432 section 5. */
function addSegment(d: Dissection): void {
  const type = d.peek8();
  const whole = d.peekBytes(10);
  d.open(f.esi, d.pos, 10, whole);
  if (d.labels) d.relabelParent(`ESI: ${formatHex(whole, ":")}`);
  d.u8(f.esiType);
  d.add(f.esiValue, d.pos, 9, whole.subarray(1));
  const end = d.pos + 9;
  let known = true;
  switch (type) {
    case 0:
      d.bytes(f.esiType0, 9);
      break;
    case 1:
      d.ether(f.esiLacpMac);
      d.u16(f.esiLacpPortkey);
      break;
    case 2:
      d.ether(f.esiRootBridge);
      d.u16(f.esiRbPrio);
      break;
    case 3:
      d.ether(f.esiSystemMac);
      d.bytes(f.esiSystemMacDiscr, 2);
      break;
    case 4:
      d.ipv4(f.esiRouterId);
      d.bytes(f.esiRouterDiscr, 4);
      break;
    case 5:
      d.u32(f.esiAsn);
      d.bytes(f.esiAsnDiscr, 4);
      break;
    case 255:
      d.bytes(f.esiReserved, 9);
      break;
    default:
      d.pos = end;
      known = false;
  }
  if (d.pos < end) d.bytes(f.esiRemaining, end - d.pos);
  d.close();
  if (!known) expertAbove(d, x.segmentType, `Invalid EVPN ESI (${type})!`);
}

function addLabel(d: Dissection, field: Field, state: UpdateState): void {
  if (state.virtualNetwork) d.u24(c.evpnNlriVni);
  else {
    d.bits(field, d.pos, 3);
    d.skip(3);
  }
}

function addMacLabels(d: Dissection, length: number, state: UpdateState): boolean {
  const end = d.pos - 8 - 10 - 4 - 7 + length;
  if (!addRouter(d)) return false;
  addLabel(d, f.mplsLs1, state);
  if (d.pos < end) addLabel(d, f.mplsLs2, state);
  return true;
}

/** An address behind its length in bits; false for a length that cannot be. */
function addRouter(d: Dissection): boolean {
  const bits = d.u8(f.iplen);
  if (bits === 32) d.ipv4(f.ipAddr);
  else if (bits === 128) d.ipv6(f.ipv6Addr);
  else if (bits === 0) addFault(d, x.noAddress, d.pos, 1, x.noAddress.message);
  else return false;
  return true;
}

function addOriginator(d: Dissection): boolean {
  const bits = d.u8(f.orLength);
  if (bits === 32) d.ipv4(f.orAddrIpv4);
  else if (bits === 128) d.ipv6(f.orAddrIpv6);
  else return bits === 0;
  return true;
}

/** RFC 9136 section 3.1: the length tells the family. */
function addIpPrefix(d: Dissection, type: number, length: number, state: UpdateState): boolean {
  addDistinguisher(d);
  addSegment(d);
  d.u32(f.etag);
  d.u8(f.prefixLen);
  if (length === 34) {
    d.ipv4(f.ipAddr);
    d.ipv4(f.ipv4GtwAddr);
  } else if (length === 58) {
    d.ipv6(f.ipv6Addr);
    d.ipv6(f.ipv6GtwAddr);
  } else return wrongLength(d, type, length, "IP Prefix Route");
  if (state.virtualNetwork) {
    d.u24(c.evpnNlriVni);
    return true;
  }
  const stack = stackLength(d, 0);
  const text = d.labels ? stackText(d, 0, stack) : "";
  d.open(c.updatePathAttributeMplsLabel, d.pos, 3);
  if (d.labels) d.relabelParent(`MPLS Label Stack: ${text}`);
  d.u24(c.updatePathAttributeMplsLabelValue);
  if (d.labels) d.append(text);
  d.close();
  return true;
}

const MULTICAST_FLAGS = [
  f.igmpMcFlagsV1,
  f.igmpMcFlagsV2,
  f.igmpMcFlagsV3,
  f.igmpMcFlagsIe,
  f.igmpMcFlagsReserved,
];
