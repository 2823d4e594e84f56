/**
 * Network layer reachability of BGP beside link state, EVPN and flow specifications: unicast and multicast prefixes
 * (RFC 4760), labelled ones (RFC 8277), VPN-IPv4 and VPN-IPv6 (RFC 4364, RFC 4659), route target constraint
 * (RFC 4684), tunnel endpoints, VPLS (RFC 4761, RFC 6074), multicast VPN (RFC 6514), MDT (RFC 6037) and SR policies
 * (RFC 9830).
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, type Field, ipv4, ipv6, nameOf, str, u8, u16, u32 } from "../dissect/field.ts";
import { formatIpv4 } from "../dissect/text.ts";
import {
  addFault,
  addPrefix,
  addressText,
  commonExperts,
  commonFields,
  distinguisher,
  hasPathIds,
  type PrefixKind,
  plural,
  prefixAddress,
  stackLength,
  stackText,
} from "./bgp-common.ts";

export const nlriFields = {
  rd: str("bgp.rd", "Route Distinguisher"),
  originatingAs: u32("bgp.originating_as", "Originating AS"),
  communityPrefix: str("bgp.community_prefix", "Community Prefix"),
  endpointAddress: ipv4("bgp.endpoint_address", "Endpoint Address"),
  endpointAddressIpv6: ipv6("bgp.endpoint_address_ipv6", "Endpoint Address"),
  vplsadLength: u16("bgp.vplsad.length", "Length"),
  vplsadRd: str("bgp.vplsad.rd", "RD"),
  adPeAddr: ipv4("bgp.ad.pe_addr", "PE Addr"),
  vplsbgpCeId: u16("bgp.vplsbgp.ce_id", "CE-ID"),
  vplsbgpLabelblockOffset: u16("bgp.vplsbgp.labelblock.offset", "Label Block Offset"),
  vplsbgpLabelblockSize: u16("bgp.vplsbgp.labelblock.size", "Label Block Size"),
  vplsbgpLabelblockBase: str("bgp.vplsbgp.labelblock.base", "Label Block Base"),
  wildcardRouteTarget: str("bgp.wildcard_route_target", "Wildcard route target"),
  withdrawnPrefix: ipv4("bgp.withdrawn_prefix", "Withdrawn prefix"),
  mpReachNlriIpv4Prefix: ipv4("bgp.mp_reach_nlri_ipv4_prefix", "MP Reach NLRI IPv4 prefix"),
  mpUnreachNlriIpv4Prefix: ipv4("bgp.mp_unreach_nlri_ipv4_prefix", "MP Unreach NLRI IPv4 prefix"),
  mpReachNlriIpv6Prefix: ipv6("bgp.mp_reach_nlri_ipv6_prefix", "MP Reach NLRI IPv6 prefix"),
  mpUnreachNlriIpv6Prefix: ipv6("bgp.mp_unreach_nlri_ipv6_prefix", "MP Unreach NLRI IPv6 prefix"),
  mpNlriTnlId: u16("bgp.mp_nlri_tnl_id", "MP Reach NLRI Tunnel Identifier", { base: "HEX" }),
  nlriPrefix: ipv4("bgp.nlri_prefix", "NLRI prefix"),
  srPolicyNlriLength: u8("bgp.sr_policy_nlri_length", "NLRI length"),
  srPolicyNlriDistinguisher: bytes("bgp.sr_policy_nlri_distinguisher", "Distinguisher"),
  srPolicyNlriPolicyColor: bytes("bgp.sr_policy_nlri_policy_color", "Policy color"),
  srPolicyNlriEndpointIpv4: ipv4("bgp.sr_policy_nlri_endpoint_ipv4", "Endpoint"),
  srPolicyNlriEndpointIpv6: ipv6("bgp.sr_policy_nlri_endpoint_ipv6", "Endpoint"),
  mdtSafiRd: bytes("bgp.mdt_safi_rd", "Route Distinguisher"),
  mdtSafiIpv4Addr: ipv4("bgp.mdt_safi_ipv4_addr", "IPv4 Address"),
  mdtSafiGroupAddr: ipv4("bgp.mdt_safi_group_addr", "Group Address"),
};
const f = nlriFields;
const c = commonFields;
const x = commonExperts;

/** Whether routes are announced or withdrawn, and what that changes in their lines. */
export interface Direction {
  readonly title: string;
  readonly ipv4: Field;
  readonly ipv6: Field;
}
export const REACH: Direction = {
  title: "MP Reach NLRI",
  ipv4: f.mpReachNlriIpv4Prefix,
  ipv6: f.mpReachNlriIpv6Prefix,
};
export const UNREACH: Direction = {
  title: "MP Unreach NLRI",
  ipv4: f.mpUnreachNlriIpv4Prefix,
  ipv6: f.mpUnreachNlriIpv6Prefix,
};

const plainKind = (field: Field, title: string, invalid: string): PrefixKind => ({
  field,
  size: 4,
  title,
  invalid: (bits) => `${invalid} length ${bits} invalid (> 32)`,
});
/** The routes of an update that stand outside of its attributes. */
export const NLRI = plainKind(f.nlriPrefix, "NLRI", "NLRI");
export const WITHDRAWN_ROUTES = plainKind(f.withdrawnPrefix, "Withdrawn route", "Withdrawn route");

const kindOf = (direction: Direction, size: 4 | 16): PrefixKind => ({
  field: size === 4 ? direction.ipv4 : direction.ipv6,
  size,
  title: direction.title,
  invalid: (bits) => `${direction.title} length ${bits} invalid${size === 4 ? " (> 32)" : ""}`,
});
const KINDS = new Map([REACH, UNREACH].map((one) => [one, { 4: kindOf(one, 4), 16: kindOf(one, 16) }]));

/** Prefixes up to `end`, with path identifiers where there seem to be some; false when one cannot be. */
export function addPrefixes(d: Dissection, end: number, kind: PrefixKind): boolean {
  const identified = hasPathIds(d, end, 8 * kind.size);
  while (d.pos < end) if (addPrefix(d, kind, identified) === null) return false;
  return true;
}

export function addUnicast(d: Dissection, end: number, direction: Direction, size: 4 | 16): void {
  addPrefixes(d, end, KINDS.get(direction)![size]);
}

const fieldOf = (direction: Direction, size: 4 | 16): Field => (size === 4 ? direction.ipv4 : direction.ipv6);
const familyOf = (size: 4 | 16): string => (size === 4 ? "IPv4" : "IPv6");

/** RFC 8277 section 2: a length that counts the labels too, labels, a prefix. */
export function addLabelled(d: Dissection, end: number, direction: Direction, size: 4 | 16): void {
  const identified = hasPathIds(d, end, 255);
  const { title } = direction;
  while (d.pos < end) {
    const start = d.pos;
    const head = identified ? 5 : 1;
    const bits = d.peek8(head - 1);
    const stack = stackLength(d, head);
    const rest = bits - 8 * stack;
    if (rest < 0 || rest > 8 * size) {
      const whole = `${title} Labeled ${familyOf(size)} prefix length ${bits} invalid`;
      addFault(d, x.prefixLengthInvalid, start, 1, whole);
      return;
    }
    const n = Math.ceil(rest / 8);
    d.needAt(start + head + stack, n);
    if (d.building) {
      const address = prefixAddress(d, start + head + stack, rest, size);
      const labels = stackText(d, head, stack);
      if (d.labels) {
        const route = `${familyOf(size)}=${addressText(address)}/${rest}`;
        const path = identified ? ` Path${size === 4 ? "ID" : "Id"} ${d.peek32()}` : "";
        const line = `Label Stack=${labels}${size === 4 ? "" : ","} ${route}${path}`;
        d.openText(start, head + stack + n, line);
      }
      if (identified) d.u32(c.nlriPathId);
      d.u8(c.prefixLength);
      d.relabel(`${title} Prefix length: ${bits}`);
      d.add(c.labelStack, start + head, stack, labels);
      d.relabel(`${title} Label Stack: ${labels}`);
      d.add(fieldOf(direction, size), start + head + stack, n, address);
      if (d.labels) d.close();
    }
    d.pos = start + head + stack + n;
  }
}

/** RFC 4364 section 4.3.4: as labelled prefixes, with a route distinguisher behind the labels. */
export function addVpn(d: Dissection, end: number, direction: Direction, size: 4 | 16): void {
  while (d.pos < end) {
    const start = d.pos;
    const bits = d.peek8();
    const stack = stackLength(d, 1);
    const rest = bits - 8 * stack - 64;
    if (rest < 0 || rest > 8 * size) {
      const whole = `${direction.title} Labeled VPN ${familyOf(size)} prefix length ${bits} invalid`;
      addFault(d, x.prefixLengthInvalid, start, 1, whole);
      return;
    }
    const n = Math.ceil(rest / 8);
    const at = start + 1 + stack + 8;
    d.needAt(at, n);
    if (d.building) {
      const address = prefixAddress(d, at, rest, size);
      const labels = stackText(d, 1, stack);
      const rd = distinguisher(d, 1 + stack);
      if (size === 16) {
        d.add(c.labelStack, start, 1 + stack + 8 + n, labels);
        if (d.labels) d.relabel(`Label Stack=${labels} RD=${rd}, IPv6=${addressText(address)}/${rest}`);
      } else {
        d.openText(start, 1 + stack + 8 + n, "BGP Prefix");
        d.u8(c.prefixLength);
        d.add(c.labelStack, start + 1, stack, labels);
        d.add(f.rd, start + 1 + stack, 8, rd);
        d.add(direction.ipv4, at, n, address);
        d.close();
      }
    }
    d.pos = at + n;
  }
}

/** RFC 4684 section 4: an AS and the beginning of a route target. */
export function addTargets(d: Dissection, end: number, direction: Direction): void {
  while (d.pos < end) {
    const start = d.pos;
    const bits = d.peek8();
    if (bits === 0) {
      d.add(f.wildcardRouteTarget, start, 1, direction.title);
      d.pos++;
      continue;
    }
    if (bits < 32 || bits > 96) {
      addFault(d, x.lengthInvalid, start, 1, `${direction.title} Route target length ${bits} invalid`);
      return;
    }
    const as = d.peek32(1);
    const target = targetText(d, 5);
    if (d.labels) d.openText(start, 1 + Math.ceil(bits / 8), `${direction.title} ${as}:${target}/${bits}`);
    d.u8(c.prefixLength);
    d.u32(f.originatingAs);
    d.add(f.communityPrefix, d.pos, Math.ceil((bits - 32) / 8), target);
    d.close();
    d.pos = start + 1 + Math.ceil(bits / 8);
  }
}

function targetText(d: Dissection, ahead: number): string {
  switch (d.peek16(ahead)) {
    case 0x0002:
      return `${d.peek16(ahead + 2)}:${d.peek32(ahead + 4)}`;
    case 0x0102:
      return `${formatIpv4(d.peek32(ahead + 2))}:${d.peek16(ahead + 6)}`;
    case 0x0202:
      return `${d.peek32(ahead + 2)}:${d.peek16(ahead + 6)}`;
    default:
      return "Invalid RT type";
  }
}

export function addTunnels(d: Dissection, end: number, direction: Direction, size: 4 | 16): void {
  while (d.pos < end) {
    const start = d.pos;
    const bits = d.peek8() - 16;
    if (bits < 0 || bits > 8 * size) {
      const text = `${direction.title} Tunnel ${familyOf(size)} prefix length ${bits} invalid`;
      addFault(d, x.prefixLengthInvalid, start, 1, text);
      return;
    }
    const n = Math.ceil(bits / 8);
    const address = prefixAddress(d, start + 3, bits, size);
    if (d.labels) {
      const id = d.peek16(1).toString(16);
      const route = `${familyOf(size)}=${addressText(address)}/${bits}`;
      d.openText(start, 3 + n, `Tunnel Identifier=0x${id} ${route}`);
    }
    d.u8(c.prefixLength);
    d.u16(f.mpNlriTnlId);
    d.add(fieldOf(direction, size), d.pos, n, address);
    d.close();
    d.pos = start + 3 + n;
  }
}

/** Length of the VPLS NLRI that only says where a provider edge is, RFC 6074 section 3.2.2.1. */
const DISCOVERY = 12;

/** RFC 4761 section 3.2.2. */
export function addVpls(d: Dissection, end: number): void {
  while (d.pos < end) {
    const length = d.u16(f.vplsadLength);
    const start = d.pos;
    if (d.building) d.add(f.vplsadRd, start, 8, distinguisher(d));
    d.skip(8);
    if (length === DISCOVERY) d.ipv4(f.adPeAddr);
    else {
      d.u16(f.vplsbgpCeId);
      d.u16(f.vplsbgpLabelblockOffset);
      d.u16(f.vplsbgpLabelblockSize);
      const stack = stackLength(d, 0);
      if (d.building) d.add(f.vplsbgpLabelblockBase, d.pos, 3, stackText(d, 0, stack));
      d.skip(3);
    }
    d.pos = start + length;
  }
}

const INTRA_AS = 1;
const INTER_AS = 2;
const SELECTIVE = 3;
const LEAF = 4;
const SOURCE_ACTIVE = 5;
const SHARED_JOIN = 6;
const SOURCE_JOIN = 7;

/** RFC 6514 section 4. */
export function addMulticastVpn(d: Dissection, end: number, size: 4 | 16): void {
  while (d.pos < end) {
    const type = d.u8(c.mcastVpnNlriRouteType);
    const length = d.u8(c.mcastVpnNlriLength);
    const at = d.pos;
    d.need(length);
    d.open(c.mcastVpnNlri, at, length, d.peekBytes(length));
    if (d.labels) {
      const name = nameOf(c.mcastVpnNlriRouteType.names, type) ?? "Unknown";
      d.relabelParent(`${name} (${plural(length, "byte")})`);
    }
    addMulticastRoute(d, type, length, size);
    d.close();
    d.pos = at + length;
  }
}

function addMulticastRoute(d: Dissection, type: number, length: number, size: 4 | 16): void {
  const router = size === 4 ? c.mcastVpnNlriOriginRouterIpv4 : c.mcastVpnNlriOriginRouterIpv6;
  if (type === LEAF) {
    const key = length - size;
    if (key < 0) return;
    d.bytes(c.mcastVpnNlriRouteKey, key);
    if (d.labels) d.relabel(`Route Key (${plural(key, "byte")})`);
    addAddress(d, router, size);
    return;
  }
  if (type < INTRA_AS || type > SOURCE_JOIN) return;
  d.bytes(c.mcastVpnNlriRd, 8);
  if (d.labels) d.relabel(`${c.mcastVpnNlriRd.title}: ${distinguisher(d, -8)}`);
  if (type === INTRA_AS) addAddress(d, router, size);
  else if (type === INTER_AS) d.u32(c.mcastVpnNlriSourceAs);
  else if (type === SELECTIVE) {
    if (addGroup(d)) addAddress(d, router, size);
  } else if (type === SOURCE_ACTIVE) addGroup(d);
  else if (type === SHARED_JOIN || type === SOURCE_JOIN) {
    d.u32(c.mcastVpnNlriSourceAs);
    addGroup(d);
  }
}

function addAddress(d: Dissection, field: Field, size: number): void {
  if (size === 4) d.ipv4(field);
  else d.ipv6(field);
}

/** Source and group, each behind its length in bits; false when a length cannot be. */
export function addGroup(d: Dissection): boolean {
  const source = d.u8(c.mcastVpnNlriSourceLength);
  if (source === 32) d.ipv4(c.mcastVpnNlriSourceAddrIpv4);
  else if (source === 128) d.ipv6(c.mcastVpnNlriSourceAddrIpv6);
  else if (source !== 0) return false;
  const group = d.u8(c.mcastVpnNlriGroupLength);
  if (group === 32) d.ipv4(c.mcastVpnNlriGroupAddrIpv4);
  else if (group === 128) d.ipv6(c.mcastVpnNlriGroupAddrIpv6);
  else if (group !== 0) return false;
  return true;
}

const MDT = 128;

/** RFC 6037 section 4.1. */
export function addMdt(d: Dissection, end: number): void {
  while (d.pos < end) {
    const bits = d.peek8();
    if (bits !== MDT) return;
    d.skip(1);
    d.bytes(f.mdtSafiRd, 8);
    if (d.labels) d.relabel(`${f.mdtSafiRd.title}: ${distinguisher(d, -8)}`);
    d.ipv4(f.mdtSafiIpv4Addr);
    d.ipv4(f.mdtSafiGroupAddr);
  }
}

/** RFC 9830 section 2.1. */
export function addPolicies(d: Dissection, end: number, size: 4 | 16): void {
  while (d.pos < end) {
    d.u8(f.srPolicyNlriLength);
    d.bytes(f.srPolicyNlriDistinguisher, 4);
    d.bytes(f.srPolicyNlriPolicyColor, 4);
    if (size === 4) d.ipv4(f.srPolicyNlriEndpointIpv4);
    else d.ipv6(f.srPolicyNlriEndpointIpv6);
  }
}
