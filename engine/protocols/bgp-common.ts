/**
 * What the parts of the Border Gateway Protocol share: prefixes, label stacks (RFC 8277), route distinguishers
 * (RFC 4364), and the marks of values that cannot be.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  type Expert,
  expert,
  type Field,
  ipv4,
  ipv6,
  none,
  str,
  u8,
  u16,
  u24,
  u32,
} from "../dissect/field.ts";
import { formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { MCAST_VPN_NLRI_ROUTE_TYPE } from "./names/bgp.ts";

export const commonFields = {
  prefixLength: u8("bgp.prefix_length", "Prefix Length"),
  labelStack: str("bgp.label_stack", "Label Stack"),
  updatePathAttributeMplsLabel: none("bgp.update.path_attribute.mpls_label", "MPLS Label Stack"),
  updatePathAttributeMplsLabelValue20bits: u24(
    "bgp.update.path_attribute.mpls_label_value_20bits",
    "MPLS Label",
    { mask: 0xfffff0 },
  ),
  updatePathAttributeMplsLabelValue: u24("bgp.update.path_attribute.mpls_label_value", "MPLS Label"),
  updatePathAttributeMplsTrafficClass: u24("bgp.update.path_attribute.mpls_traffic_class", "Traffic Class", {
    base: "HEX",
    mask: 0xe,
  }),
  updatePathAttributeMplsBottomStack: bool("bgp.update.path_attribute.mpls_bottom_stack", "Bottom-of-Stack", {
    mask: 0x1,
    bits: 24,
  }),
  nlriPathId: u32("bgp.nlri_path_id", "NLRI path id"),
  mcastVpnNlri: bytes("bgp.mcast_vpn_nlri", "MCAST-VPN nlri"),
  mcastVpnNlriRouteType: u8("bgp.mcast_vpn_nlri_route_type", "Route Type", {
    names: MCAST_VPN_NLRI_ROUTE_TYPE,
  }),
  mcastVpnNlriLength: u8("bgp.mcast_vpn_nlri_length", "Length"),
  mcastVpnNlriRd: bytes("bgp.mcast_vpn_nlri_rd", "Route Distinguisher"),
  mcastVpnNlriOriginRouterIpv4: ipv4("bgp.mcast_vpn_nlri_origin_router_ipv4", "Originating Router"),
  mcastVpnNlriOriginRouterIpv6: ipv6("bgp.mcast_vpn_nlri_origin_router_ipv6", "Originating Router"),
  mcastVpnNlriSourceAs: u16("bgp.mcast_vpn_nlri_source_as", "Source AS"),
  mcastVpnNlriSourceLength: u8("bgp.mcast_vpn_nlri_source_length", "Multicast Source Length"),
  mcastVpnNlriGroupLength: u8("bgp.mcast_vpn_nlri_group_length", "Multicast Group Length"),
  mcastVpnNlriSourceAddrIpv4: ipv4("bgp.mcast_vpn_nlri_source_addr_ipv4", "Multicast Source Address"),
  mcastVpnNlriSourceAddrIpv6: ipv6("bgp.mcast_vpn_nlri_source_addr_ipv6", "Multicast Source Address"),
  mcastVpnNlriGroupAddrIpv4: ipv4("bgp.mcast_vpn_nlri_group_addr_ipv4", "Multicast Group Address"),
  mcastVpnNlriGroupAddrIpv6: ipv6("bgp.mcast_vpn_nlri_group_addr_ipv6", "Group Address"),
  mcastVpnNlriRouteKey: bytes("bgp.mcast_vpn_nlri_route_key", "Route Key"),
  evpnNlriVni: u24("bgp.evpn.nlri.vni", "VNI"),
};
const f = commonFields;

export const commonExperts = {
  lengthInvalid: expert("bgp.length.invalid", "error", "Malformed", "Length is invalid"),
  prefixLengthInvalid: expert("bgp.prefix_length.invalid", "error", "Malformed", "Prefix length is invalid"),
  unknownAfi: expert("bgp.unknown_afi", "error", "Protocol", "Unknown Address Family"),
  unknownSafi: expert("bgp.unknown_safi", "error", "Protocol", "Unknown SAFI"),
};
const x = commonExperts;

/** What one attribute of an update says about the meaning of those behind it. */
export interface UpdateState {
  /** The encapsulation community says that labels are virtual network identifiers. */
  virtualNetwork: boolean;
  /** Protocol ID of the link-state NLRI; 0 before one was met. */
  linkStateProtocol: number;
}

/** Adds a line that is nothing but a fault of `length` bytes at `at`; ends the layer when they are not there. */
export function addFault(d: Dissection, kind: Expert, at: number, length: number, message: string): void {
  d.text(at, Math.max(0, Math.min(length, d.end - at)), message);
  d.expert(kind, message);
  d.needAt(at, length);
}

/** Expert information on the line that was opened last, whatever was added below it. */
export function expertAbove(d: Dissection, kind: Expert, message: string): void {
  const { last } = d;
  d.last = d.parent;
  d.expert(kind, message);
  d.last = last;
}

/** Opens a subtree of at most the bytes that are there. */
export function openUpTo(d: Dissection, field: Field, at: number, length: number): void {
  d.open(field, at, Math.max(0, Math.min(length, d.end - at)));
}

export const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** A route distinguisher of 8 bytes at `ahead`, RFC 4364 section 4.2. */
export function distinguisher(d: Dissection, ahead = 0): string {
  const type = d.peek16(ahead);
  switch (type) {
    case 0:
      return `${d.peek16(ahead + 2)}:${d.peek32(ahead + 4)}`;
    case 1:
      return `${formatIpv4(d.peek32(ahead + 2))}:${d.peek16(ahead + 6)}`;
    case 2:
      return `${d.peek32(ahead + 2)}:${d.peek16(ahead + 6)}`;
    default:
      return `Unknown (0x${type.toString(16).padStart(4, "0")}) RD type`;
  }
}

const LABEL = 3;
/** Labels that stand for none in a withdrawn route, RFC 3107 section 3 and what is seen of it. */
const WITHDRAWN = [0x800000, 0];

/** Bytes of the label stack at `ahead`: up to the bottom, or one that marks a withdrawn route. */
export function stackLength(d: Dissection, ahead: number): number {
  let at = ahead;
  for (;;) {
    const label = d.peek24(at);
    at += LABEL;
    if ((label & 1) === 1 || (at === ahead + LABEL && WITHDRAWN.includes(label))) return at - ahead;
  }
}

/** The labels of a stack as they are listed. */
export function stackText(d: Dissection, ahead: number, length: number): string {
  const labels: string[] = [];
  for (let i = 0; i < length; i += LABEL) {
    const label = d.peek24(ahead + i);
    if (i === 0 && WITHDRAWN.includes(label)) labels.push("0 (withdrawn)");
    else labels.push(`${label >>> 4}${label & 1 ? " (bottom)" : ""}`);
  }
  return labels.join(",");
}

export interface PrefixKind {
  readonly field: Field;
  /** Bytes of an address of the family. */
  readonly size: 4 | 16;
  /** What the length's line begins with. */
  readonly title: string;
  /** What is said of a length that cannot be. */
  readonly invalid: (bits: number) => string;
}

/** The address a prefix of `bits` bits at `at` stands for: a number for IPv4, 16 bytes for IPv6. */
export function prefixAddress(d: Dissection, at: number, bits: number, size: 4 | 16): number | Uint8Array {
  const n = Math.ceil(bits / 8);
  d.needAt(at, n);
  const address = new Uint8Array(size);
  address.set(d.buf.subarray(at, at + Math.min(n, size)));
  if (bits % 8 !== 0 && n <= size) address[n - 1] &= 0xff << (8 - (bits % 8));
  if (size === 16) return address;
  return ((address[0] << 24) | (address[1] << 16) | (address[2] << 8) | address[3]) >>> 0;
}

export const addressText = (address: number | Uint8Array): string =>
  typeof address === "number" ? formatIpv4(address) : formatIpv6(address);

/**
 * A prefix: its length in bits, and as many bytes as it takes, RFC 4271 section 4.3. With `identified` a path
 * identifier stands before it, RFC 7911.
 * @returns the prefix as text when labels are built, or null when its length cannot be
 */
export function addPrefix(d: Dissection, kind: PrefixKind, identified = false): string | null {
  const start = d.pos;
  const at = start + (identified ? 4 : 0);
  const bits = d.peek8(at - start);
  if (bits > 8 * kind.size) {
    addFault(d, x.lengthInvalid, start, 1, kind.invalid(bits));
    return null;
  }
  const n = Math.ceil(bits / 8);
  d.needAt(at + 1, n);
  let text = "";
  if (d.building) {
    const address = prefixAddress(d, at + 1, bits, kind.size);
    if (d.labels) {
      text = `${addressText(address)}/${bits}`;
      d.openText(start, at + 1 + n - start, identified ? `${text} PathId ${d.peek32()} ` : text);
    }
    if (identified) d.u32(f.nlriPathId);
    d.u8(f.prefixLength);
    if (!identified || kind.size === 16) d.relabel(`${kind.title} prefix length: ${bits}`);
    d.add(kind.field, at + 1, n, address);
    if (d.labels) d.close();
  }
  d.pos = at + 1 + n;
  return text;
}

/**
 * Nothing in an update says whether path identifiers stand before its prefixes: they do when the bytes read well
 * that way, and do not without.
 * @param most bits of the longest prefix
 */
export function hasPathIds(d: Dissection, end: number, most: number): boolean {
  return readsWell(d, end, most, 4) && !readsWell(d, end, most, 0);
}

function readsWell(d: Dissection, end: number, most: number, skipped: number): boolean {
  for (let at = d.pos + skipped; at < end; at += skipped) {
    d.needAt(at, 1);
    const bits = d.buf[at];
    if (skipped === 0 && bits === 0 && end - d.pos > 1) return false;
    if (bits > most) return false;
    at += 1 + Math.ceil(bits / 8);
    if (at > end) return false;
    if (bits % 8 !== 0) {
      d.needAt(at - 1, 1);
      const last = d.buf[at - 1];
      if (last & (0xff >> (bits % 8))) return false;
    }
  }
  return true;
}
