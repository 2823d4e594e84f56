/**
 * The UPDATE message of BGP, RFC 4271 section 4.3, and its path attributes: multiprotocol routes (RFC 4760),
 * four-octet AS numbers (RFC 6793), communities (RFC 1997, RFC 8092), route reflection (RFC 4456), AIGP (RFC 7311),
 * BGPsec (RFC 8205), attribute sets (RFC 6368), domain paths (draft-ietf-bess-evpn-ipvpn-interworking).
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  ipv4,
  ipv6,
  nameOf,
  none,
  SET_NOTSET,
  str,
  u8,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import { formatHex, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import {
  addFault,
  commonExperts,
  distinguisher,
  expertAbove,
  openUpTo,
  plural,
  type UpdateState,
} from "./bgp-common.ts";
import { addExtendedCommunities } from "./bgp-communities.ts";
import { addEvpn } from "./bgp-evpn.ts";
import { addFlowspec } from "./bgp-flowspec.ts";
import { addLinkState, addLinkStateAttribute } from "./bgp-link-state.ts";
import {
  addLabelled,
  addMdt,
  addMulticastVpn,
  addPolicies,
  addPrefixes,
  addTargets,
  addTunnels,
  addUnicast,
  addVpls,
  addVpn,
  type Direction,
  NLRI,
  REACH,
  UNREACH,
  WITHDRAWN_ROUTES,
} from "./bgp-nlri.ts";
import { addEncapsulations, addPmsi, addPrefixSid, addSafiSpecific } from "./bgp-tunnel.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import {
  UPDATE_PATH_ATTRIBUTE_COMMUNITY_WELLKNOWN,
  UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI,
  UPDATE_PATH_ATTRIBUTE_TYPE_CODE,
} from "./names/bgp.ts";

export const updateFields = {
  withdrawnRoutesLength: u16("bgp.update.withdrawn_routes.length", "Withdrawn Routes Length"),
  withdrawnRoutes: none("bgp.update.withdrawn_routes", "Withdrawn Routes"),
  pathAttributeAggregatorAs: u32("bgp.update.path_attribute.aggregator_as", "Aggregator AS"),
  pathAttributes: none("bgp.update.path_attributes", "Path attributes"),
  pathAttributesUnknown: none("bgp.update.path_attributes.unknown", "Unknown Path attributes"),
  pathAttributesLength: u16("bgp.update.path_attributes.length", "Total Path Attribute Length"),
  pathAttributeAggregatorOrigin: ipv4("bgp.update.path_attribute.aggregator_origin", "Aggregator origin"),
  pathAttributeAsPathSegment: none("bgp.update.path_attribute.as_path_segment", "AS Path segment"),
  pathAttributeAsPathSegmentType: u8("bgp.update.path_attribute.as_path_segment.type", "Segment type", {
    names: { 1: "AS_SET", 2: "AS_SEQUENCE", 4: "AS_CONFED_SET", 3: "AS_CONFED_SEQUENCE" },
  }),
  pathAttributeAsPathSegmentLength: u8(
    "bgp.update.path_attribute.as_path_segment.length",
    "Segment length (number of ASN)",
  ),
  pathAttributeAsPathSegmentAs2: u16("bgp.update.path_attribute.as_path_segment.as2", "AS2"),
  pathAttributeAsPathSegmentAs4: u32("bgp.update.path_attribute.as_path_segment.as4", "AS4"),
  pathAttributeCommunities: none("bgp.update.path_attribute.communities", "Communities"),
  pathAttributeCommunity: none("bgp.update.path_attribute.community", "Community"),
  pathAttributeCommunityWellknown: u32(
    "bgp.update.path_attribute.community_wellknown",
    "Community Well-known",
    { base: "HEX", names: UPDATE_PATH_ATTRIBUTE_COMMUNITY_WELLKNOWN },
  ),
  pathAttributeCommunityAs: u16("bgp.update.path_attribute.community_as", "Community AS"),
  pathAttributeCommunityValue: u16("bgp.update.path_attribute.community_value", "Community value"),
  pathAttributeLocalPref: u32("bgp.update.path_attribute.local_pref", "Local preference"),
  pathAttributeAttrSetOriginAs: u32("bgp.update.path_attribute.attr_set.origin_as", "Origin AS"),
  pathAttributeMultiExitDisc: u32("bgp.update.path_attribute.multi_exit_disc", "Multiple exit discriminator"),
  pathAttributeNextHop: ipv4("bgp.update.path_attribute.next_hop", "Next hop"),
  pathAttributeOrigin: u8("bgp.update.path_attribute.origin", "Origin", {
    names: { 0: "IGP", 1: "EGP", 2: "INCOMPLETE" },
  }),
  pathAttribute: none("bgp.update.path_attribute", "Path Attribute"),
  pathAttributeFlags: u8("bgp.update.path_attribute.flags", "Flags", { base: "HEX" }),
  pathAttributeFlagsOptional: bool("bgp.update.path_attribute.flags.optional", "Optional", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  pathAttributeFlagsTransitive: bool("bgp.update.path_attribute.flags.transitive", "Transitive", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  pathAttributeFlagsPartial: bool("bgp.update.path_attribute.flags.partial", "Partial", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  pathAttributeFlagsExtendedLength: bool(
    "bgp.update.path_attribute.flags.extended_length",
    "Extended-Length",
    { mask: 0x10, tf: SET_NOTSET },
  ),
  pathAttributeFlagsUnused: u8("bgp.update.path_attribute.flags.unused", "Unused", {
    base: "HEX",
    mask: 0xf,
  }),
  pathAttributeTypeCode: u8("bgp.update.path_attribute.type_code", "Type Code", {
    names: UPDATE_PATH_ATTRIBUTE_TYPE_CODE,
  }),
  pathAttributeLength: u16("bgp.update.path_attribute.length", "Length"),
  pathAttributeBgpsecSpLength: u16("bgp.update.path_attribute.bgpsec.sp.length", "Length"),
  pathAttributeBgpsecSpsPcount: u8("bgp.update.path_attribute.bgpsec.sps.pcount", "pCount"),
  pathAttributeBgpsecSpsFlags: u8("bgp.update.path_attribute.bgpsec.sps.flags", "Flags"),
  pathAttributeBgpsecSpsAs: u32("bgp.update.path_attribute.bgpsec.sps.as", "AS Number"),
  pathAttributeBgpsecSbLength: u16("bgp.update.path_attribute.bgpsec.sb.length", "Length"),
  pathAttributeBgpsecSbAlgoId: u8("bgp.update.path_attribute.bgpsec.sb.algo_id", "Algo ID"),
  pathAttributeBgpsecSsSki: bytes("bgp.update.path_attribute.bgpsec.ss.ski", "SKI", { base: "SEP_SPACE" }),
  pathAttributeBgpsecSsLength: u16("bgp.update.path_attribute.bgpsec.ss.length", "Length"),
  pathAttributeBgpsecSsSig: bytes("bgp.update.path_attribute.bgpsec.ss.sig", "Signature", {
    base: "SEP_SPACE",
  }),
  pathAttributeMpReachNlriAfi: u16(
    "bgp.update.path_attribute.mp_reach_nlri.afi",
    "Address family identifier (AFI)",
    { names: ADDRESS_FAMILIES },
  ),
  pathAttributeMpReachNlriSafi: u8(
    "bgp.update.path_attribute.mp_reach_nlri.safi",
    "Subsequent address family identifier (SAFI)",
    { names: UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI },
  ),
  pathAttributeMpReachNlriNextHop: bytes("bgp.update.path_attribute.mp_reach_nlri.next_hop", "Next hop"),
  pathAttributeMpReachNlriNextHopRd: str(
    "bgp.update.path_attribute.mp_reach_nlri.next_hop.rd",
    "Route Distinguisher",
  ),
  pathAttributeMpReachNlriNextHopIpv4: ipv4(
    "bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv4",
    "IPv4 Address",
  ),
  pathAttributeMpReachNlriNextHopIpv6: ipv6(
    "bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv6",
    "IPv6 Address",
  ),
  pathAttributeMpReachNlriNextHopIpv6LinkLocal: ipv6(
    "bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv6.link_local",
    "Link-local Address",
  ),
  pathAttributeMpReachNlriNbrSnpa: u8(
    "bgp.update.path_attribute.mp_reach_nlri.nbr_snpa",
    "Number of Subnetwork points of attachment (SNPA)",
  ),
  pathAttributeMpReachNlriSnpaLength: u8(
    "bgp.update.path_attribute.mp_reach_nlri.snpa_length",
    "SNPA Length",
  ),
  pathAttributeMpReachNlriSnpa: bytes("bgp.update.path_attribute.mp_reach_nlri.snpa", "SNPA"),
  pathAttributeMpReachNlri: none(
    "bgp.update.path_attribute.mp_reach_nlri",
    "Network Layer Reachability Information (NLRI)",
  ),
  pathAttributeMpUnreachNlriAfi: u16(
    "bgp.update.path_attribute.mp_unreach_nlri.afi",
    "Address family identifier (AFI)",
    { names: ADDRESS_FAMILIES },
  ),
  pathAttributeMpUnreachNlriSafi: u8(
    "bgp.update.path_attribute.mp_unreach_nlri.safi",
    "Subsequent address family identifier (SAFI)",
    { names: UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI },
  ),
  pathAttributeMpUnreachNlri: none("bgp.update.path_attribute.mp_unreach_nlri", "Withdrawn Routes"),
  pathAttributeDpath: str("bgp.update.path_attribute.dpath", "Domain Path Attribute"),
  attributeDpathLength: u16("bgp.update.attribute.dpath.length", "Domain Path Attribute length"),
  attributeDpathGa: u32("bgp.update.attribute.dpath.ga", "Global Administrator"),
  attributeDpathLa: u16("bgp.update.attribute.dpath.la", "Local Administrator"),
  attributeDpathIsfSafi: u8("bgp.update.attribute.dpath.isf.safi", "Inter-Subnet Forwarding SAFI type"),
  pathAttributeAigp: none("bgp.update.path_attribute.aigp", "AIGP Attribute"),
  attributeAigpType: u8("bgp.update.attribute.aigp.type", "AIGP attribute type", {
    names: { 1: "Type AIGP TLV" },
  }),
  attributeAigpLength: u16("bgp.update.attribute.aigp.length", "AIGP TLV length"),
  attributeAigpAccuIgpMetric: u64("bgp.update.attribute.aigp.accu_igp_metric", "AIGP Accumulated IGP Metric"),
  bgpLargeCommunities: str("bgp.large_communities", "Large Communities"),
  bgpLargeCommunitiesGa: u32("bgp.large_communities.ga", "Global Administrator"),
  bgpLargeCommunitiesLdp1: u32("bgp.large_communities.ldp1", "Local Data Part 1"),
  bgpLargeCommunitiesLdp2: u32("bgp.large_communities.ldp2", "Local Data Part 2"),
  pathAttributeOriginatorId: ipv4("bgp.update.path_attribute.originator_id", "Originator identifier"),
  bgpPathAttributeClusterList: none("bgp.path_attribute.cluster_list", "Cluster List"),
  bgpPathAttributeClusterId: ipv4("bgp.path_attribute.cluster_id", "Cluster ID"),
  nlri: none("bgp.update.nlri", "Network Layer Reachability Information (NLRI)"),
};
const f = updateFields;

export const updateExperts = {
  asLength: expert("bgp.attr.as_path.as_len", "note", "Undecoded", "unable to determine 4 or 2 bytes ASN"),
  aigpType: expert("bgp.attr.aigp.type", "note", "Malformed", "Unknown AIGP attribute type"),
  scope: expert("bgp.next_hop.ipv6.scope", "warning", "Protocol", "Invalid IPv6 address scope"),
  distinguisher: expert(
    "bgp.next_hop.rd.nonzero",
    "warning",
    "Protocol",
    "Route Distinguisher in Next Hop Network Address nonzero",
  ),
};
const x = { ...updateExperts, ...commonExperts };

/** @param end where the message ends */
export function dissectUpdate(d: Dissection): void {
  const withdrawn = d.u16(f.withdrawnRoutesLength);
  if (withdrawn > 0) {
    const end = d.pos + withdrawn;
    openUpTo(d, f.withdrawnRoutes, d.pos, withdrawn);
    const whole = addPrefixes(d, end, WITHDRAWN_ROUTES);
    d.close();
    if (!whole) return;
    d.pos = end;
  }
  const length = d.u16(f.pathAttributesLength);
  // Routes are announced with attributes only.
  if (length === 0) return;
  const end = d.pos + length;
  openUpTo(d, f.pathAttributes, d.pos, length);
  addAttributes(d, end, { virtualNetwork: false, linkStateProtocol: 0 });
  d.close();
  d.pos = end;
  d.need(0);
  if (d.pos >= d.wireEnd) return;
  openUpTo(d, f.nlri, d.pos, d.remaining);
  addPrefixes(d, d.wireEnd, NLRI);
  d.close();
  d.pos = d.end;
}

function addAttributes(d: Dissection, end: number, state: UpdateState): void {
  while (d.pos < end) if (!addAttribute(d, end, state)) return;
}

const ATTRIBUTE_FLAGS = [
  f.pathAttributeFlagsOptional,
  f.pathAttributeFlagsTransitive,
  f.pathAttributeFlagsPartial,
  f.pathAttributeFlagsExtendedLength,
  f.pathAttributeFlagsUnused,
];

function flagsText(flags: number): string {
  const parts: string[] = [];
  if (flags & 0x80) parts.push("Optional");
  if (flags & 0x40) parts.push("Transitive");
  if (flags & 0x20) parts.push("Partial");
  if (flags & 0x10) parts.push("Extended-Length");
  if ((flags & 0x80) === 0) parts.push("Well-known");
  if ((flags & 0x40) === 0) parts.push("Non-transitive");
  if ((flags & 0x20) === 0) parts.push("Complete");
  return parts.map((part) => `, ${part}`).join("");
}

/** RFC 4271 section 4.3; false when the attributes behind it cannot be found. */
function addAttribute(d: Dissection, last: number, state: UpdateState): boolean {
  const flags = d.peek8();
  const type = d.peek8(1);
  const extended = (flags & 0x10) !== 0;
  const length = extended ? d.peek16(2) : d.peek8(2);
  const head = extended ? 4 : 3;
  const end = d.pos + head + length;
  openUpTo(d, f.pathAttribute, d.pos, head + length);
  if (d.labels)
    d.relabelParent(`Path Attribute - ${nameOf(f.pathAttributeTypeCode.names, type) ?? `Unknown (${type})`}`);
  d.bitset(f.pathAttributeFlags, 1, ATTRIBUTE_FLAGS);
  if (d.labels) d.append(flagsText(flags));
  d.u8(f.pathAttributeTypeCode);
  d.uint(f.pathAttributeLength, extended ? 2 : 1);
  if (end > last) {
    addFault(
      d,
      x.lengthInvalid,
      d.pos,
      length,
      `Path attribute length is invalid: ${plural(length, "byte")}`,
    );
    d.close();
    return false;
  }
  const text = addValue(d, type, length, end, state);
  if (d.labels && text !== null) d.appendParent(`: ${text}`);
  d.close();
  d.pos = end;
  return true;
}

const ORIGIN = 1;
const AS_PATH = 2;
const NEXT_HOP = 3;
const MULTI_EXIT_DISC = 4;
const LOCAL_PREF = 5;
const ATOMIC_AGGREGATE = 6;
const AGGREGATOR = 7;
const COMMUNITIES = 8;
const ORIGINATOR_ID = 9;
const CLUSTER_LIST = 10;
const MP_REACH_NLRI = 14;
const MP_UNREACH_NLRI = 15;
const EXTENDED_COMMUNITIES = 16;
const AS4_PATH = 17;
const AS4_AGGREGATOR = 18;
const SAFI_SPECIFIC = 19;
const PMSI_TUNNEL = 22;
const TUNNEL_ENCAPSULATION = 23;
const AIGP = 26;
const LINK_STATE = 29;
const LARGE_COMMUNITY = 32;
const BGPSEC_PATH = 33;
const D_PATH = 36;
const PREFIX_SID = 40;
const OLD_LINK_STATE = 99;
const ATTR_SET = 128;

/** Says that an attribute has a length it cannot have. */
function invalid(d: Dissection, name: string, length: number): null {
  addFault(d, x.lengthInvalid, d.pos, length, `${name} (invalid): ${plural(length, "byte")}`);
  return null;
}

/** Adds the value; returns what the attribute's own line says of it, or null for nothing. */
function addValue(
  d: Dissection,
  type: number,
  length: number,
  end: number,
  state: UpdateState,
): string | null {
  switch (type) {
    case ORIGIN:
      if (length !== 1) return invalid(d, "Origin", length);
      return nameOf(f.pathAttributeOrigin.names, d.u8(f.pathAttributeOrigin)) ?? "Unknown";
    case AS_PATH:
    case AS4_PATH:
      return addPath(d, type, length, end);
    case NEXT_HOP:
      if (length !== 4) return invalid(d, "Next hop", length);
      return `${formatIpv4(d.ipv4(f.pathAttributeNextHop))} `;
    case MULTI_EXIT_DISC:
      if (length !== 4) return invalid(d, "Multiple exit discriminator", length);
      return String(d.u32(f.pathAttributeMultiExitDisc));
    case LOCAL_PREF:
      if (length !== 4) return invalid(d, "Local preference", length);
      return String(d.u32(f.pathAttributeLocalPref));
    case ATOMIC_AGGREGATE:
      return length === 0 ? null : invalid(d, "Atomic aggregate", length);
    case AGGREGATOR:
    case AS4_AGGREGATOR: {
      if (length !== 8 && (length !== 6 || type === AS4_AGGREGATOR)) return invalid(d, "Aggregator", length);
      const as = d.uint(f.pathAttributeAggregatorAs, length - 4);
      return `AS: ${as} origin: ${formatIpv4(d.ipv4(f.pathAttributeAggregatorOrigin))}`;
    }
    case COMMUNITIES:
      if (length % 4 !== 0) return invalid(d, "Communities", length);
      return addCommunities(d, length, end);
    case ORIGINATOR_ID:
      if (length !== 4) return invalid(d, "Originator identifier", length);
      return `${formatIpv4(d.ipv4(f.pathAttributeOriginatorId))} `;
    case CLUSTER_LIST:
      if (length % 4 !== 0) return invalid(d, "Cluster list", length);
      return addClusters(d, length, end);
    case MP_REACH_NLRI:
      addReach(d, end, state);
      return null;
    case MP_UNREACH_NLRI:
      addUnreach(d, end, state);
      return null;
    case EXTENDED_COMMUNITIES:
      addExtendedCommunities(d, length, state);
      return null;
    case SAFI_SPECIFIC:
      addSafiSpecific(d, end);
      return null;
    case PMSI_TUNNEL:
      addPmsi(d, end, state);
      return null;
    case TUNNEL_ENCAPSULATION:
      addEncapsulations(d, end);
      return null;
    case AIGP:
      return addAigp(d, length);
    case LINK_STATE:
    case OLD_LINK_STATE:
      addLinkStateAttribute(d, end, state);
      return null;
    case LARGE_COMMUNITY:
      return length > 0 && length % 12 === 0 ? addLargeCommunities(d, end) : null;
    case BGPSEC_PATH:
      addSecurePath(d);
      return null;
    case D_PATH:
      return addDomains(d, length);
    case PREFIX_SID:
      addPrefixSid(d, end);
      return null;
    case ATTR_SET:
      if (length < 4) return invalid(d, "Attribute set", length);
      d.u32(f.pathAttributeAttrSetOriginAs);
      openUpTo(d, f.pathAttributes, d.pos, end - d.pos);
      addAttributes(d, end, state);
      d.close();
      return null;
    default:
      d.add(f.pathAttributesUnknown, d.pos, length, null);
      return null;
  }
}

/** By type of segment: sets in braces, confederations in parentheses and brackets. */
const SEGMENTS: Readonly<Record<number, readonly [string, string, string]>> = {
  1: ["{", ", ", "}"],
  2: ["", " ", ""],
  3: ["(", " ", ")"],
  4: ["[", ", ", "]"],
};
/** Stands for an AS number of four bytes, RFC 6793. */
export const AS_TRANS = 23456;
const AS_SET = 1;
const AS_CONFED_SET = 4;

/**
 * Nothing in an update says how long AS numbers are. Two bytes each, when the first segment ends before a type of
 * segment and no number is null, or where the attribute ends; else four. Both are to reach the attribute's end.
 * @returns 2 or 4, or 0 when neither does
 */
function asSize(d: Dissection, end: number): 2 | 4 | 0 {
  const count = d.peek8(1);
  let ahead = 2;
  let isNull = false;
  for (let i = 0; i < count; i++, ahead += 2) if (d.peek16(ahead) === 0) isNull = true;
  const next = d.peek8(ahead);
  const two = d.pos + ahead === end || (!isNull && next >= AS_SET && next <= AS_CONFED_SET);
  const size = two ? 2 : 4;
  let at = d.pos;
  while (at < end) at += 2 + d.peek8(at + 1 - d.pos) * size;
  return at === end ? size : 0;
}

function addPath(d: Dissection, type: number, length: number, end: number): string | null {
  if (length === 0) return "empty";
  const size = type === AS4_PATH ? 4 : asSize(d, end);
  if (size === 0) {
    expertAbove(d, x.asLength, "ASN length uncalculated by heuristic : 255");
    return null;
  }
  let text = "";
  while (d.pos < end) {
    const segment = d.peek8();
    const count = d.peek8(1);
    const [before, separator, after] = SEGMENTS[segment] ?? SEGMENTS[2];
    openUpTo(d, f.pathAttributeAsPathSegment, d.pos, 2 + count * size);
    d.u8(f.pathAttributeAsPathSegmentType);
    d.u8(f.pathAttributeAsPathSegmentLength);
    let list = "";
    for (let i = 0; i < count; i++) {
      const as = d.uint(size === 2 ? f.pathAttributeAsPathSegmentAs2 : f.pathAttributeAsPathSegmentAs4, size);
      if (!d.labels) continue;
      list += (i === 0 ? "" : separator) + as;
      if (size === 2 && as === AS_TRANS) d.append(" (AS_TRANS)");
    }
    if (d.labels) {
      d.appendParent(`: ${before}${list}${after}`);
      text += `${before}${list}${after} `;
    }
    d.close();
  }
  return text;
}

/** Communities of these halves have a meaning of their own, RFC 1997. */
const RESERVED_HIGH = 0xffff;

function addCommunities(d: Dissection, length: number, end: number): string {
  let text = "";
  d.open(f.pathAttributeCommunities, d.pos, length);
  while (d.pos < end) {
    const value = d.peek32();
    const high = value >>> 16;
    if (high === 0 || high === RESERVED_HIGH) {
      d.u32(f.pathAttributeCommunityWellknown);
      if (d.labels) text += `${nameOf(f.pathAttributeCommunityWellknown.names, value) ?? "Reserved"} `;
      continue;
    }
    d.open(f.pathAttributeCommunity, d.pos, 4);
    if (d.labels) {
      const pair = `${high}:${value & 0xffff} `;
      d.appendParent(`: ${pair}`);
      text += pair;
    }
    d.u16(f.pathAttributeCommunityAs);
    d.u16(f.pathAttributeCommunityValue);
    d.close();
  }
  if (d.labels) d.appendParent(`: ${text}`);
  d.close();
  return text;
}

function addClusters(d: Dissection, length: number, end: number): string {
  let text = "";
  d.open(f.bgpPathAttributeClusterList, d.pos, length);
  while (d.pos < end) text += ` ${formatIpv4(d.ipv4(f.bgpPathAttributeClusterId))}`;
  if (d.labels) d.appendParent(`:${text}`);
  d.close();
  return text.trimStart();
}

function addLargeCommunities(d: Dissection, end: number): string {
  const list: string[] = [];
  while (d.pos < end) {
    const text = `${d.peek32()}:${d.peek32(4)}:${d.peek32(8)}`;
    d.open(f.bgpLargeCommunities, d.pos, 12, text);
    if (d.labels) d.relabelParent(`Large communities: ${text}`);
    d.u32(f.bgpLargeCommunitiesGa);
    d.u32(f.bgpLargeCommunitiesLdp1);
    d.u32(f.bgpLargeCommunitiesLdp2);
    d.close();
    list.push(text);
  }
  return list.join(" ");
}

const AIGP_TLV = 1;

function addAigp(d: Dissection, length: number): string | null {
  d.open(f.pathAttributeAigp, d.pos, length);
  const type = d.u8(f.attributeAigpType);
  let text: string | null = null;
  if (type === AIGP_TLV) {
    d.u16(f.attributeAigpLength);
    text = String(d.u64(f.attributeAigpAccuIgpMetric));
    if (d.labels) d.appendParent(`: ${text}`);
  } else d.expert(x.aigpType, `AIGP type ${type} unknown`);
  d.close();
  return text;
}

function addDomains(d: Dissection, length: number): string | null {
  if (length === 0) return null;
  const count = d.u8(f.attributeDpathLength);
  const list: string[] = [];
  for (let i = 0; i < count; i++) {
    const text = `${d.peek32()}:${d.peek16(4)}`;
    d.open(f.pathAttributeDpath, d.pos, 6, text);
    if (d.labels) d.relabelParent(`Domain ID: ${text}`);
    d.u32(f.attributeDpathGa);
    d.u16(f.attributeDpathLa);
    d.close();
    list.push(text);
  }
  d.u8(f.attributeDpathIsfSafi);
  return list.join(" ");
}

/** RFC 8205 section 3. */
function addSecurePath(d: Dissection): void {
  const length = d.peek16();
  const end = d.pos + length;
  if (d.labels) d.openText(d.pos, length, `Secure Path (${plural(length, "byte")})`);
  d.u16(f.pathAttributeBgpsecSpLength);
  while (d.pos < end) {
    d.openText(d.pos, 6, "Secure Path Segment (6 bytes)");
    d.u8(f.pathAttributeBgpsecSpsPcount);
    d.u8(f.pathAttributeBgpsecSpsFlags);
    d.u32(f.pathAttributeBgpsecSpsAs);
    d.close();
  }
  d.close();
  addSignatures(d);
}

const KEY_IDENTIFIER = 20;

function addSignatures(d: Dissection): void {
  const length = d.peek16();
  const end = d.pos + length;
  d.needAt(d.pos, length);
  if (d.labels) d.openText(d.pos, length, `Signature Block (${plural(length, "byte")})`);
  d.u16(f.pathAttributeBgpsecSbLength);
  d.u8(f.pathAttributeBgpsecSbAlgoId);
  while (d.pos < end) {
    const size = KEY_IDENTIFIER + 2 + d.peek16(KEY_IDENTIFIER);
    if (d.labels) d.openText(d.pos, size, `Signature Segment (${plural(size, "byte")})`);
    d.bytes(f.pathAttributeBgpsecSsSki, KEY_IDENTIFIER);
    const signature = d.u16(f.pathAttributeBgpsecSsLength);
    d.bytes(f.pathAttributeBgpsecSsSig, signature);
    d.close();
  }
  d.close();
}

const IPV4 = 1;
const IPV6 = 2;
const L2VPN = 25;
const LINK_STATE_FAMILY = 16388;
const L2VPN_OLD = 196;

const UNICAST = 1;
const MULTICAST = 2;
const BOTH = 3;
const LABELLED = 4;
const MULTICAST_VPN = 5;
const TUNNEL = 64;
const VPLS = 65;
const MDT = 66;
const EVPN = 70;
const LINK_STATE_ROUTES = 71;
const LINK_STATE_VPN = 72;
const SR_POLICY = 73;
const VPN = 128;
const VPN_MULTICAST = 129;
const ROUTE_TARGET = 132;
const FLOWSPEC = 133;
const FLOWSPEC_VPN = 134;

function addReach(d: Dissection, end: number, state: UpdateState): void {
  const family = d.u16(f.pathAttributeMpReachNlriAfi);
  const kind = d.u8(f.pathAttributeMpReachNlriSafi);
  const length = d.peek8();
  d.open(f.pathAttributeMpReachNlriNextHop, d.pos, 1 + length, d.peekBytes(1 + length));
  const behind = d.pos + 1 + length;
  addNextHop(d, family, kind, length);
  d.close();
  d.pos = behind;
  const points = d.u8(f.pathAttributeMpReachNlriNbrSnpa);
  for (let i = 0; i < points; i++) {
    const size = d.u8(f.pathAttributeMpReachNlriSnpaLength);
    d.bytes(f.pathAttributeMpReachNlriSnpa, Math.ceil(size / 2));
  }
  openUpTo(d, f.pathAttributeMpReachNlri, d.pos, end - d.pos);
  addRoutes(d, end, family, kind, REACH, state);
  d.close();
}

function addUnreach(d: Dissection, end: number, state: UpdateState): void {
  const family = d.u16(f.pathAttributeMpUnreachNlriAfi);
  const kind = d.u8(f.pathAttributeMpUnreachNlriSafi);
  openUpTo(d, f.pathAttributeMpUnreachNlri, d.pos, end - d.pos);
  addRoutes(d, end, family, kind, UNREACH, state);
  d.close();
}

/** What a family's next hops may be: addresses, such behind a distinguisher, or none. */
type Hops = "v4" | "v6" | "any" | "vpn" | "vpn6" | "none";

function hopsOf(family: number, kind: number): Hops | undefined {
  switch (family) {
    case IPV4:
    case IPV6:
      if (kind === VPN || kind === VPN_MULTICAST) return family === IPV4 ? "vpn" : "vpn6";
      if (kind === FLOWSPEC || kind === FLOWSPEC_VPN) return "none";
      if ([UNICAST, MULTICAST, BOTH, LABELLED, MULTICAST_VPN, TUNNEL].includes(kind))
        return family === IPV4 ? "any" : "v6";
      return kind === ROUTE_TARGET && family === IPV4 ? "any" : undefined;
    case L2VPN:
    case L2VPN_OLD:
      return [VPLS, EVPN, VPN, VPN_MULTICAST].includes(kind) ? "any" : undefined;
    case LINK_STATE_FAMILY:
      if (kind === LINK_STATE_ROUTES) return "any";
      return kind === LINK_STATE_VPN ? "vpn" : undefined;
    default:
      return undefined;
  }
}

const FAMILIES = [IPV4, IPV6, L2VPN, L2VPN_OLD, LINK_STATE_FAMILY];

/** Next hops, RFC 4760 section 3, RFC 2545 section 3, RFC 8950 section 3. */
function addNextHop(d: Dissection, family: number, kind: number, length: number): void {
  const hops = hopsOf(family, kind);
  const { title } = f.pathAttributeMpReachNlriNextHop;
  const whole = d.labels ? d.peekBytes(length, 1) : null;
  d.skip(1);
  let text: string | null = null;
  if (hops === "none") {
    if (length === 0) text = "";
    else d.expert(x.lengthInvalid, `The length (${length}) of Next Hop (FlowSpec) is not zero`);
  } else if (hops === "vpn" || hops === "vpn6") {
    if (length === 12 && hops === "vpn") text = ` ${addVpnHop(d, 4)}`;
    else if (length === 24) text = ` ${addVpnHop(d, 16)}`;
    else if (length === 48) text = ` ${addVpnHop(d, 16)} ${addVpnHop(d, 16, true)}`;
  } else if (hops !== undefined) {
    if (length === 4 && hops === "any") text = formatIpv4(d.ipv4(f.pathAttributeMpReachNlriNextHopIpv4));
    else if (length === 16) text = addHop6(d, f.pathAttributeMpReachNlriNextHopIpv6);
    else if (length === 32) {
      const global = addHop6(d, f.pathAttributeMpReachNlriNextHopIpv6);
      text = `IPv6=${global} Link-local=${addHop6(d, f.pathAttributeMpReachNlriNextHopIpv6LinkLocal)}`;
    }
  } else if (FAMILIES.includes(family)) d.expert(x.unknownSafi, `Unknown SAFI (${kind}) for AFI ${family}`);
  else d.expert(x.unknownAfi);
  if (text === null) d.expert(x.lengthInvalid, `Unknown Next Hop length (${plural(length, "byte")})`);
  if (whole === null) return;
  if (text !== null) d.relabelParent(`${title}: ${text}`);
  else if (length === 0) d.relabelParent(title);
  else d.relabelParent(`${title}: ${bytesText(whole)}`);
}

const SHOWN = 36;
const bytesText = (bytes: Uint8Array): string =>
  bytes.length > SHOWN ? `${formatHex(bytes.subarray(0, SHOWN))}…` : formatHex(bytes);

function addHop6(d: Dissection, field: Field): string {
  d.ipv6(field);
  return d.labels ? formatIpv6(d.peekBytes(16, -16)) : "";
}

function addVpnHop(d: Dissection, size: 4 | 16, isLocal = false): string {
  const rd = distinguisher(d);
  const isZero = d.peek32() === 0 && d.peek32(4) === 0;
  d.add(f.pathAttributeMpReachNlriNextHopRd, d.pos, 8, rd);
  if (!isZero) d.expert(x.distinguisher);
  d.skip(8);
  if (size === 4) return `RD=${rd} IPv4=${formatIpv4(d.ipv4(f.pathAttributeMpReachNlriNextHopIpv4))}`;
  const field = isLocal
    ? f.pathAttributeMpReachNlriNextHopIpv6LinkLocal
    : f.pathAttributeMpReachNlriNextHopIpv6;
  return `RD=${rd} ${isLocal ? "Link-local" : "IPv6"}=${addHop6(d, field)}`;
}

/** The routes of an attribute by their family. */
function addRoutes(
  d: Dissection,
  end: number,
  family: number,
  kind: number,
  direction: Direction,
  state: UpdateState,
): void {
  if (d.pos >= end) return;
  let known = true;
  if (family === IPV4 || family === IPV6)
    known = addIpRoutes(d, end, family === IPV4 ? 4 : 16, kind, direction);
  else if (family === L2VPN) {
    if (kind === EVPN) addEvpn(d, end, state);
    else if (kind === VPLS || kind === VPN || kind === VPN_MULTICAST) addVpls(d, end);
    else known = false;
  } else if (family === LINK_STATE_FAMILY) {
    if (kind === LINK_STATE_ROUTES) addLinkState(d, end, state, false);
    else if (kind === LINK_STATE_VPN || kind === VPN) addLinkState(d, end, state, true);
    else known = false;
  } else {
    addFault(d, x.unknownAfi, d.pos, end - d.pos, x.unknownAfi.message);
    return;
  }
  if (!known) addFault(d, x.unknownSafi, d.pos, 0, `Unknown SAFI (${kind}) for AFI ${family}`);
}

function addIpRoutes(d: Dissection, end: number, size: 4 | 16, kind: number, direction: Direction): boolean {
  switch (kind) {
    case UNICAST:
    case MULTICAST:
    case BOTH:
      addUnicast(d, end, direction, size);
      return true;
    case LABELLED:
      addLabelled(d, end, direction, size);
      return true;
    case MULTICAST_VPN:
      addMulticastVpn(d, end, size);
      return true;
    case TUNNEL:
      addTunnels(d, end, direction, size);
      return true;
    case SR_POLICY:
      addPolicies(d, end, size);
      return true;
    case VPN:
    case VPN_MULTICAST:
      addVpn(d, end, direction, size);
      return true;
    case FLOWSPEC:
    case FLOWSPEC_VPN:
      addFlowspec(d, end, size, kind === FLOWSPEC_VPN);
      return true;
    case MDT:
      if (size === 16) return false;
      addMdt(d, end);
      return true;
    case ROUTE_TARGET:
      if (size === 16) return false;
      addTargets(d, end, direction);
      return true;
    default:
      return false;
  }
}
