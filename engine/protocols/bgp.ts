/**
 * Border Gateway Protocol 4, RFC 4271; capabilities RFC 5492, multiprotocol extensions RFC 4760, four-octet AS
 * numbers RFC 6793, route refresh RFC 2918, communities RFC 1997 and RFC 8092, route reflection RFC 4456.
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
  YES_NO,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpPorts } from "../dissect/tables.ts";
import { formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { data } from "./data.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import {
  CAP_TYPE,
  NOTIFY_MAJOR_ERROR,
  NOTIFY_MINOR_ERROR_CEASE,
  NOTIFY_MINOR_ERROR_OPEN,
  NOTIFY_MINOR_ERROR_UPDATE,
  ROUTE_REFRESH_SAFI,
  TYPE,
  UPDATE_PATH_ATTRIBUTE_COMMUNITY_WELLKNOWN,
  UPDATE_PATH_ATTRIBUTE_TYPE_CODE,
} from "./names/bgp.ts";
import { dissectPdus } from "./tcp-stream.ts";

const f = {
  marker: bytes("bgp.marker", "Marker"),
  length: u16("bgp.length", "Length"),
  prefixLength: u8("bgp.prefix_length", "Prefix Length"),
  type: u8("bgp.type", "Type", { names: TYPE }),
  openVersion: u8("bgp.open.version", "Version"),
  openMyas: u16("bgp.open.myas", "My AS"),
  openHoldtime: u16("bgp.open.holdtime", "Hold Time"),
  openIdentifier: ipv4("bgp.open.identifier", "BGP Identifier"),
  openOptLen: u8("bgp.open.opt.len", "Optional Parameters Length"),
  openOpt: none("bgp.open.opt", "Optional Parameters"),
  openOptParam: none("bgp.open.opt.param", "Optional Parameter"),
  openOptParamType: u8("bgp.open.opt.param.type", "Parameter Type", {
    names: { 1: "Authentication", 2: "Capability" },
  }),
  openOptParamLen: u8("bgp.open.opt.param.len", "Parameter Length"),
  openOptParamAuth: bytes("bgp.open.opt.param.auth", "Authentication Data"),
  openOptParamUnknown: bytes("bgp.open.opt.param.unknown", "Unknown"),
  notifyMajorError: u8("bgp.notify.major_error", "Major error Code", { names: NOTIFY_MAJOR_ERROR }),
  notifyMinorError: u8("bgp.notify.minor_error", "Minor error Code (Message Header)", {
    names: { 1: "Connection Not Synchronized", 2: "Bad Message Length", 3: "Bad Message Type" },
  }),
  notifyMinorErrorOpen: u8("bgp.notify.minor_error_open", "Minor error Code (Open Message)", {
    names: NOTIFY_MINOR_ERROR_OPEN,
  }),
  notifyMinorErrorUpdate: u8("bgp.notify.minor_error_update", "Minor error Code (Update Message)", {
    names: NOTIFY_MINOR_ERROR_UPDATE,
  }),
  notifyMinorErrorExpired: u8("bgp.notify.minor_error_expired", "Minor error Code (Hold Timer Expired)"),
  notifyMinorErrorState: u8("bgp.notify.minor_error_state", "Minor error Code (State Machine)", {
    names: {
      1: "Receive Unexpected Message in OpenSent State",
      2: "Receive Unexpected Message in OpenConfirm State",
      3: "Receive Unexpected Message in Established State",
    },
  }),
  notifyMinorErrorCease: u8("bgp.notify.minor_error_cease", "Minor error Code (Cease)", {
    names: NOTIFY_MINOR_ERROR_CEASE,
  }),
  notifyMinorErrorCapability: u8(
    "bgp.notify.minor_error_capability",
    "Minor error Code (Capability Message)",
    {
      names: {
        1: "Invalid Action Value",
        2: "Invalid Capability Length",
        3: "Malformed Capability Value",
        4: "Unsupported Capability Code",
      },
    },
  ),
  notifyMinorErrorUnknown: u8("bgp.notify.minor_error_unknown", "Minor error Code (Unknown)"),
  notifyMinorData: bytes("bgp.notify.minor_data", "Data"),
  notifyCommunicationLength: u8("bgp.notify.communication_length", "BGP Shutdown Communication Length"),
  notifyCommunication: str("bgp.notify.communication", "Shutdown Communication"),
  routeRefreshAfi: u16("bgp.route_refresh.afi", "Address family identifier (AFI)", {
    names: ADDRESS_FAMILIES,
  }),
  routeRefreshSubtype: u8("bgp.route_refresh.subtype", "Subtype", {
    names: {
      0: "Normal route refresh request [RFC2918] with/without ORF [RFC5291]",
      1: "Demarcation of the beginning of a route refresh",
      2: "Demarcation of the ending of a route refresh",
    },
  }),
  routeRefreshSafi: u8("bgp.route_refresh.safi", "Subsequent address family identifier (SAFI)", {
    names: ROUTE_REFRESH_SAFI,
  }),
  cap: none("bgp.cap", "Capability"),
  capType: u8("bgp.cap.type", "Type", { names: CAP_TYPE }),
  capLength: u8("bgp.cap.length", "Length"),
  capUnknown: bytes("bgp.cap.unknown", "Unknown"),
  capReserved: bytes("bgp.cap.reserved", "Reserved"),
  capMpAfi: u16("bgp.cap.mp.afi", "AFI", { names: ADDRESS_FAMILIES }),
  capMpSafi: u8("bgp.cap.mp.safi", "SAFI", { names: ROUTE_REFRESH_SAFI }),
  capEnhAfi: u16("bgp.cap.enh.afi", "AFI", { names: ADDRESS_FAMILIES }),
  capEnhSafi: u16("bgp.cap.enh.safi", "SAFI", { names: ROUTE_REFRESH_SAFI }),
  capEnhNhafi: u16("bgp.cap.enh.nhafi", "Next hop AFI", { names: ADDRESS_FAMILIES }),
  capGrTimers: u16("bgp.cap.gr.timers", "Restart Timers", { base: "HEX" }),
  capGrTimersRestartFlag: bool("bgp.cap.gr.timers.restart_flag", "Restart state", {
    mask: 0x8000,
    bits: 16,
    tf: YES_NO,
  }),
  capGrTimersNotificationFlag: bool("bgp.cap.gr.timers.notification_flag", "Graceful notification", {
    mask: 0x4000,
    bits: 16,
    tf: YES_NO,
  }),
  capGrTimersRestartTime: u16("bgp.cap.gr.timers.restart_time", "Time", { mask: 0xfff }),
  capGrAfi: u16("bgp.cap.gr.afi", "AFI", { names: ADDRESS_FAMILIES }),
  capGrSafi: u8("bgp.cap.gr.safi", "SAFI", { names: ROUTE_REFRESH_SAFI }),
  capGrFlag: u8("bgp.cap.gr.flag", "Flag", { base: "HEX" }),
  capGrFlagPfs: bool("bgp.cap.gr.flag.pfs", "Preserve forwarding state", { mask: 0x80, tf: YES_NO }),
  cap4as: u32("bgp.cap.4as", "AS Number"),
  capApAfi: u16("bgp.cap.ap.afi", "AFI", { names: ADDRESS_FAMILIES }),
  capApSafi: u8("bgp.cap.ap.safi", "SAFI", { names: ROUTE_REFRESH_SAFI }),
  capApSendreceive: u8("bgp.cap.ap.sendreceive", "Send/Receive", {
    names: { 1: "Receive", 2: "Send", 3: "Both" },
  }),
  updateWithdrawnRoutesLength: u16("bgp.update.withdrawn_routes.length", "Withdrawn Routes Length"),
  updateWithdrawnRoutes: none("bgp.update.withdrawn_routes", "Withdrawn Routes"),
  updatePathAttributeAggregatorAs: u32("bgp.update.path_attribute.aggregator_as", "Aggregator AS"),
  updatePathAttributesUnknown: none("bgp.update.path_attributes.unknown", "Unknown Path attributes"),
  capOrfFqdnHostnameLen: u8("bgp.cap.orf.fqdn.hostname.len", "Hostname Length"),
  capOrfFqdnHostname: str("bgp.cap.orf.fqdn.hostname", "Hostname"),
  capOrfFqdnDomainNameLen: u8("bgp.cap.orf.fqdn.domain_name.len", "Domain Name Length"),
  capOrfFqdnDomainName: str("bgp.cap.orf.fqdn.domain_name", "Domain Name"),
  updatePathAttributes: none("bgp.update.path_attributes", "Path attributes"),
  updatePathAttributesLength: u16("bgp.update.path_attributes.length", "Total Path Attribute Length"),
  updatePathAttributeAggregatorOrigin: ipv4(
    "bgp.update.path_attribute.aggregator_origin",
    "Aggregator origin",
  ),
  updatePathAttributeAsPathSegment: none("bgp.update.path_attribute.as_path_segment", "AS Path segment"),
  updatePathAttributeAsPathSegmentType: u8("bgp.update.path_attribute.as_path_segment.type", "Segment type", {
    names: { 1: "AS_SET", 2: "AS_SEQUENCE", 4: "AS_CONFED_SET", 3: "AS_CONFED_SEQUENCE" },
  }),
  updatePathAttributeAsPathSegmentLength: u8(
    "bgp.update.path_attribute.as_path_segment.length",
    "Segment length (number of ASN)",
  ),
  updatePathAttributeAsPathSegmentAs2: u16("bgp.update.path_attribute.as_path_segment.as2", "AS2"),
  updatePathAttributeAsPathSegmentAs4: u32("bgp.update.path_attribute.as_path_segment.as4", "AS4"),
  updatePathAttributeCommunities: none("bgp.update.path_attribute.communities", "Communities"),
  updatePathAttributeCommunity: none("bgp.update.path_attribute.community", "Community"),
  updatePathAttributeCommunityWellknown: u32(
    "bgp.update.path_attribute.community_wellknown",
    "Community Well-known",
    { base: "HEX", names: UPDATE_PATH_ATTRIBUTE_COMMUNITY_WELLKNOWN },
  ),
  updatePathAttributeCommunityAs: u16("bgp.update.path_attribute.community_as", "Community AS"),
  updatePathAttributeCommunityValue: u16("bgp.update.path_attribute.community_value", "Community value"),
  updatePathAttributeLocalPref: u32("bgp.update.path_attribute.local_pref", "Local preference"),
  updatePathAttributeMultiExitDisc: u32(
    "bgp.update.path_attribute.multi_exit_disc",
    "Multiple exit discriminator",
  ),
  updatePathAttributeNextHop: ipv4("bgp.update.path_attribute.next_hop", "Next hop"),
  updatePathAttributeOrigin: u8("bgp.update.path_attribute.origin", "Origin", {
    names: { 0: "IGP", 1: "EGP", 2: "INCOMPLETE" },
  }),
  updatePathAttribute: none("bgp.update.path_attribute", "Path Attribute"),
  updatePathAttributeFlags: u8("bgp.update.path_attribute.flags", "Flags", { base: "HEX" }),
  updatePathAttributeFlagsOptional: bool("bgp.update.path_attribute.flags.optional", "Optional", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  updatePathAttributeFlagsTransitive: bool("bgp.update.path_attribute.flags.transitive", "Transitive", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  updatePathAttributeFlagsPartial: bool("bgp.update.path_attribute.flags.partial", "Partial", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  updatePathAttributeFlagsExtendedLength: bool(
    "bgp.update.path_attribute.flags.extended_length",
    "Extended-Length",
    { mask: 0x10, tf: SET_NOTSET },
  ),
  updatePathAttributeFlagsUnused: u8("bgp.update.path_attribute.flags.unused", "Unused", {
    base: "HEX",
    mask: 0xf,
  }),
  updatePathAttributeTypeCode: u8("bgp.update.path_attribute.type_code", "Type Code", {
    names: UPDATE_PATH_ATTRIBUTE_TYPE_CODE,
  }),
  updatePathAttributeLength: u16("bgp.update.path_attribute.length", "Length"),
  updatePathAttributeMpReachNlriAfi: u16(
    "bgp.update.path_attribute.mp_reach_nlri.afi",
    "Address family identifier (AFI)",
    { names: ADDRESS_FAMILIES },
  ),
  updatePathAttributeMpReachNlriSafi: u8(
    "bgp.update.path_attribute.mp_reach_nlri.safi",
    "Subsequent address family identifier (SAFI)",
    { names: ROUTE_REFRESH_SAFI },
  ),
  updatePathAttributeMpReachNlriNextHop: bytes(
    "bgp.update.path_attribute.mp_reach_nlri.next_hop",
    "Next hop",
  ),
  updatePathAttributeMpReachNlriNextHopIpv4: ipv4(
    "bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv4",
    "IPv4 Address",
  ),
  updatePathAttributeMpReachNlriNextHopIpv6: ipv6(
    "bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv6",
    "IPv6 Address",
  ),
  updatePathAttributeMpReachNlriNextHopIpv6LinkLocal: ipv6(
    "bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv6.link_local",
    "Link-local Address",
  ),
  updatePathAttributeMpReachNlriNbrSnpa: u8(
    "bgp.update.path_attribute.mp_reach_nlri.nbr_snpa",
    "Number of Subnetwork points of attachment (SNPA)",
  ),
  updatePathAttributeMpReachNlriSnpaLength: u8(
    "bgp.update.path_attribute.mp_reach_nlri.snpa_length",
    "SNPA Length",
  ),
  updatePathAttributeMpReachNlriSnpa: bytes("bgp.update.path_attribute.mp_reach_nlri.snpa", "SNPA"),
  updatePathAttributeMpReachNlri: none(
    "bgp.update.path_attribute.mp_reach_nlri",
    "Network Layer Reachability Information (NLRI)",
  ),
  updatePathAttributeMpUnreachNlriAfi: u16(
    "bgp.update.path_attribute.mp_unreach_nlri.afi",
    "Address family identifier (AFI)",
    { names: ADDRESS_FAMILIES },
  ),
  updatePathAttributeMpUnreachNlriSafi: u8(
    "bgp.update.path_attribute.mp_unreach_nlri.safi",
    "Subsequent address family identifier (SAFI)",
    { names: ROUTE_REFRESH_SAFI },
  ),
  updatePathAttributeMpUnreachNlri: none("bgp.update.path_attribute.mp_unreach_nlri", "Withdrawn Routes"),
  largeCommunities: str("bgp.large_communities", "Large Communities"),
  largeCommunitiesGa: u32("bgp.large_communities.ga", "Global Administrator"),
  largeCommunitiesLdp1: u32("bgp.large_communities.ldp1", "Local Data Part 1"),
  largeCommunitiesLdp2: u32("bgp.large_communities.ldp2", "Local Data Part 2"),
  updatePathAttributeOriginatorId: ipv4("bgp.update.path_attribute.originator_id", "Originator identifier"),
  pathAttributeClusterList: none("bgp.path_attribute.cluster_list", "Cluster List"),
  pathAttributeClusterId: ipv4("bgp.path_attribute.cluster_id", "Cluster ID"),
  withdrawnPrefix: ipv4("bgp.withdrawn_prefix", "Withdrawn prefix"),
  updateNlri: none("bgp.update.nlri", "Network Layer Reachability Information (NLRI)"),
  mpReachNlriIpv4Prefix: ipv4("bgp.mp_reach_nlri_ipv4_prefix", "MP Reach NLRI IPv4 prefix"),
  mpUnreachNlriIpv4Prefix: ipv4("bgp.mp_unreach_nlri_ipv4_prefix", "MP Unreach NLRI IPv4 prefix"),
  mpReachNlriIpv6Prefix: ipv6("bgp.mp_reach_nlri_ipv6_prefix", "MP Reach NLRI IPv6 prefix"),
  mpUnreachNlriIpv6Prefix: ipv6("bgp.mp_unreach_nlri_ipv6_prefix", "MP Unreach NLRI IPv6 prefix"),
  nlriPrefix: ipv4("bgp.nlri_prefix", "NLRI prefix"),
};

const x = {
  helper: expert(
    "bgp.cap.gr.helper_mode_only",
    "chat",
    "Request",
    "Graceful Restart Capability supported in Helper mode only",
  ),
};

export const bgp = protocol({
  name: "bgp",
  title: "Border Gateway Protocol",
  short: "BGP",
  fields: f,
  experts: x,
  on: [[tcpPorts, 179]],
  dissect,
});

const HEADER = 19;
const OPEN = 1;
const UPDATE = 2;
const NOTIFICATION = 3;
const ROUTE_REFRESH = 5;
const CISCO_ROUTE_REFRESH = 128;

function dissect(d: Dissection): void {
  if (!hasMarker(d)) {
    if (d.columns) d.addInfo("Continuation", ", ");
    d.call(data);
    return;
  }
  if (d.columns && d.canDesegment) d.setInfo("");
  dissectPdus(d, HEADER, messageLength, dissectMessage, false);
}

function hasMarker(d: Dissection): boolean {
  const n = Math.min(16, d.remaining);
  for (let i = 0; i < n; i++) if (d.buf[d.pos + i] !== 0xff) return false;
  return n > 0;
}

const messageLength = (d: Dissection): number => d.peek16(16);

function dissectMessage(d: Dissection): void {
  const type = d.peek8(18);
  const name = nameOf(f.type.names, type) ?? "Unknown message";
  if (d.columns) d.addInfo(name, ", ");
  if (d.labels) d.relabelLayer(`${bgp.title} - ${name}`);
  d.bytes(f.marker, 16);
  d.u16(f.length);
  d.u8(f.type);
  if (type === OPEN) dissectOpen(d);
  else if (type === UPDATE) dissectUpdate(d);
  else if (type === NOTIFICATION) dissectNotification(d);
  else if (type === ROUTE_REFRESH || type === CISCO_ROUTE_REFRESH) {
    d.u16(f.routeRefreshAfi);
    d.u8(f.routeRefreshSubtype);
    d.u8(f.routeRefreshSafi);
  }
}

const AS_TRANS = 23456;

function addAs(d: Dissection, field: Field, n: number): number {
  const as = d.uint(field, n);
  if (d.labels && n === 2 && as === AS_TRANS) d.append(" (AS_TRANS)");
  return as;
}

function dissectOpen(d: Dissection): void {
  d.u8(f.openVersion);
  addAs(d, f.openMyas, 2);
  d.u16(f.openHoldtime);
  d.ipv4(f.openIdentifier);
  const length = d.u8(f.openOptLen);
  if (length === 0) return;
  const end = d.pos + length;
  d.need(length);
  d.open(f.openOpt, d.pos, length);
  while (d.pos < end) {
    const parameterEnd = d.pos + 2 + d.peek8(1);
    const type = d.peek8();
    d.open(f.openOptParam, d.pos, parameterEnd - d.pos);
    if (d.labels) d.appendParent(`: ${nameOf(f.openOptParamType.names, type) ?? "Unknown"}`);
    d.u8(f.openOptParamType);
    const size = d.u8(f.openOptParamLen);
    if (type === 2) while (d.pos < parameterEnd) addCapability(d);
    else d.bytes(type === 1 ? f.openOptParamAuth : f.openOptParamUnknown, size);
    d.close();
  }
  d.close();
}

const RESTART_BITS = [f.capGrTimersRestartFlag, f.capGrTimersNotificationFlag, f.capGrTimersRestartTime];
const RESTART_FLAGS = [f.capGrFlagPfs];

function addCapability(d: Dissection): void {
  const type = d.peek8();
  d.open(f.cap, d.pos, 2 + d.peek8(1));
  if (d.labels) d.appendParent(`: ${nameOf(f.capType.names, type) ?? "Unknown"}`);
  d.u8(f.capType);
  const length = d.u8(f.capLength);
  const end = d.pos + length;
  d.need(length);
  if (type === 1 && length === 4) {
    d.u16(f.capMpAfi);
    d.bytes(f.capReserved, 1);
    d.u8(f.capMpSafi);
  } else if (type === 5 && length % 6 === 0) {
    while (d.pos < end) {
      d.u16(f.capEnhAfi);
      d.u16(f.capEnhSafi);
      d.u16(f.capEnhNhafi);
    }
  } else if (type === 64 && length >= 2) {
    const timers = d.bitset(f.capGrTimers, 2, RESTART_BITS);
    if (d.labels)
      for (const bit of RESTART_BITS)
        if (bit.type === "FT_BOOLEAN" && timers & bit.mask) d.append(`, ${bit.title}`);
    if (length === 2) d.expert(x.helper);
    while (d.pos + 4 <= end) {
      d.u16(f.capGrAfi);
      d.u8(f.capGrSafi);
      const flags = d.bitset(f.capGrFlag, 1, RESTART_FLAGS);
      if (d.labels && flags & f.capGrFlagPfs.mask) d.append(`, ${f.capGrFlagPfs.title}`);
    }
  } else if (type === 65 && length === 4) d.u32(f.cap4as);
  else if (type === 69) {
    while (d.pos + 4 <= end) {
      d.u16(f.capApAfi);
      d.u8(f.capApSafi);
      d.u8(f.capApSendreceive);
    }
  } else if (type === 73 && length >= 2) {
    const size = d.u8(f.capOrfFqdnHostnameLen);
    d.str(f.capOrfFqdnHostname, size);
    const domain = d.u8(f.capOrfFqdnDomainNameLen);
    d.str(f.capOrfFqdnDomainName, domain);
  } else if (length > 0) d.bytes(f.capUnknown, length);
  d.pos = end;
  d.close();
}

function dissectNotification(d: Dissection): void {
  const major = d.u8(f.notifyMajorError);
  const minor: Readonly<Record<number, Field>> = {
    1: f.notifyMinorError,
    2: f.notifyMinorErrorOpen,
    3: f.notifyMinorErrorUpdate,
    4: f.notifyMinorErrorExpired,
    5: f.notifyMinorErrorState,
    6: f.notifyMinorErrorCease,
    7: f.notifyMinorErrorCapability,
  };
  const code = d.u8(minor[major] ?? f.notifyMinorErrorUnknown);
  if (d.remaining === 0) return;
  // RFC 9003: what the operator says of a shutdown or reset.
  if (major === 6 && (code === 2 || code === 4) && d.peek8() + 1 === d.remaining) {
    const length = d.u8(f.notifyCommunicationLength);
    if (length > 0) d.str(f.notifyCommunication, length);
  } else d.bytes(f.notifyMinorData, d.remaining);
}

function dissectUpdate(d: Dissection): void {
  const withdrawn = d.u16(f.updateWithdrawnRoutesLength);
  if (withdrawn > 0) {
    d.need(withdrawn);
    d.open(f.updateWithdrawnRoutes, d.pos, withdrawn);
    addPrefixes(d, d.pos + withdrawn, WITHDRAWN);
    d.close();
  }
  const length = d.u16(f.updatePathAttributesLength);
  if (length > 0) {
    const end = d.pos + length;
    d.need(length);
    d.open(f.updatePathAttributes, d.pos, length);
    while (d.pos < end) addAttribute(d);
    d.close();
  }
  if (d.remaining === 0) return;
  d.open(f.updateNlri, d.pos, d.remaining);
  addPrefixes(d, d.end, NLRI);
  d.close();
}

interface PrefixKind {
  readonly field: Field;
  readonly length: string;
  readonly size: 4 | 16;
}
const WITHDRAWN: PrefixKind = { field: f.withdrawnPrefix, length: "Withdrawn route prefix length", size: 4 };
const NLRI: PrefixKind = { field: f.nlriPrefix, length: "NLRI prefix length", size: 4 };
const REACH_4: PrefixKind = {
  field: f.mpReachNlriIpv4Prefix,
  length: "MP Reach NLRI prefix length",
  size: 4,
};
const REACH_6: PrefixKind = {
  field: f.mpReachNlriIpv6Prefix,
  length: "MP Reach NLRI prefix length",
  size: 16,
};
const UNREACH_4: PrefixKind = {
  field: f.mpUnreachNlriIpv4Prefix,
  length: "MP Unreach NLRI prefix length",
  size: 4,
};
const UNREACH_6: PrefixKind = {
  field: f.mpUnreachNlriIpv6Prefix,
  length: "MP Unreach NLRI prefix length",
  size: 16,
};

function addPrefixes(d: Dissection, end: number, kind: PrefixKind): void {
  while (d.pos < end) {
    const bits = d.peek8();
    const n = Math.ceil(bits / 8);
    if (n > kind.size || d.pos + 1 + n > end) d.malformed();
    if (d.building) {
      const address = new Uint8Array(kind.size);
      address.set(d.peekBytes(n, 1));
      const number = ((address[0] << 24) | (address[1] << 16) | (address[2] << 8) | address[3]) >>> 0;
      const text = kind.size === 4 ? formatIpv4(number) : formatIpv6(address);
      d.openText(d.pos, 1 + n, `${text}/${bits}`);
      d.u8(f.prefixLength);
      d.relabel(`${kind.length}: ${bits}`);
      d.add(kind.field, d.pos, n, kind.size === 4 ? number : address);
      d.skip(n);
      if (d.labels) d.close();
    } else d.skip(1 + n);
  }
}

const ATTRIBUTE_FLAGS = [
  f.updatePathAttributeFlagsOptional,
  f.updatePathAttributeFlagsTransitive,
  f.updatePathAttributeFlagsPartial,
  f.updatePathAttributeFlagsExtendedLength,
  f.updatePathAttributeFlagsUnused,
];

function flagsText(flags: number): string {
  const parts: string[] = [];
  if (flags & 0x80) parts.push("Optional");
  if (flags & 0x40) parts.push("Transitive");
  if (flags & 0x20) parts.push("Partial");
  if (flags & 0x10) parts.push("Extended-Length");
  if ((flags & 0x40) === 0) parts.push("Non-transitive");
  if ((flags & 0x80) === 0) parts.push("Well-known");
  if ((flags & 0x20) === 0) parts.push("Complete");
  return parts.map((part) => `, ${part}`).join("");
}

/** RFC 4271 section 4.3. */
function addAttribute(d: Dissection): void {
  const flags = d.peek8();
  const type = d.peek8(1);
  const extended = (flags & 0x10) !== 0;
  const length = extended ? d.peek16(2) : d.peek8(2);
  const head = extended ? 4 : 3;
  d.open(f.updatePathAttribute, d.pos, head + length);
  if (d.labels)
    d.relabelParent(
      `Path Attribute - ${nameOf(f.updatePathAttributeTypeCode.names, type) ?? `Unknown (${type})`}`,
    );
  d.bitset(f.updatePathAttributeFlags, 1, ATTRIBUTE_FLAGS);
  if (d.labels) d.append(flagsText(flags));
  d.u8(f.updatePathAttributeTypeCode);
  d.uint(f.updatePathAttributeLength, extended ? 2 : 1);
  d.need(length);
  const end = d.pos + length;
  const text = length > 0 || type === AS_PATH ? addValue(d, type, length, end) : "";
  if (d.labels && text !== "") d.appendParent(`: ${text}`);
  d.pos = end;
  d.close();
}

const ORIGIN = 1;
const AS_PATH = 2;
const NEXT_HOP = 3;
const MULTI_EXIT_DISC = 4;
const LOCAL_PREF = 5;
const AGGREGATOR = 7;
const COMMUNITIES = 8;
const ORIGINATOR_ID = 9;
const CLUSTER_LIST = 10;
const MP_REACH_NLRI = 14;
const MP_UNREACH_NLRI = 15;
const AS4_PATH = 17;
const AS4_AGGREGATOR = 18;
const LARGE_COMMUNITY = 32;

/** Adds the value; returns what the attribute's own line says of it. */
function addValue(d: Dissection, type: number, length: number, end: number): string {
  switch (type) {
    case ORIGIN:
      return nameOf(f.updatePathAttributeOrigin.names, d.u8(f.updatePathAttributeOrigin)) ?? "Unknown";
    case AS_PATH:
    case AS4_PATH:
      return addPath(d, end, type === AS4_PATH ? 4 : asSize(d, end));
    case NEXT_HOP:
      return length === 4 ? `${formatIpv4(d.ipv4(f.updatePathAttributeNextHop))} ` : "";
    case MULTI_EXIT_DISC:
      return length === 4 ? String(d.u32(f.updatePathAttributeMultiExitDisc)) : "";
    case LOCAL_PREF:
      return length === 4 ? String(d.u32(f.updatePathAttributeLocalPref)) : "";
    case AGGREGATOR:
    case AS4_AGGREGATOR: {
      if (length !== 6 && length !== 8) return "";
      const as = addAs(d, f.updatePathAttributeAggregatorAs, length - 4);
      return `AS: ${as} origin: ${formatIpv4(d.ipv4(f.updatePathAttributeAggregatorOrigin))}`;
    }
    case COMMUNITIES:
      return addCommunities(d, length, end);
    case ORIGINATOR_ID:
      return length === 4 ? formatIpv4(d.ipv4(f.updatePathAttributeOriginatorId)) : "";
    case CLUSTER_LIST: {
      let text = "";
      d.open(f.pathAttributeClusterList, d.pos, length);
      while (d.pos + 4 <= end) text += ` ${formatIpv4(d.ipv4(f.pathAttributeClusterId))}`;
      if (d.labels) d.appendParent(`:${text}`);
      d.close();
      return text.trimStart();
    }
    case MP_REACH_NLRI:
      addReach(d, end);
      return "";
    case MP_UNREACH_NLRI:
      addUnreach(d, end);
      return "";
    case LARGE_COMMUNITY:
      return addLargeCommunities(d, end);
    default:
      if (nameOf(f.updatePathAttributeTypeCode.names, type) === undefined) {
        d.add(f.updatePathAttributesUnknown, d.pos, length, null);
      }
      return "";
  }
}

/** Nothing in an update says how long AS numbers are: two bytes where the segments fit, else four. */
function asSize(d: Dissection, end: number): number {
  for (let at = d.pos; at < end; ) {
    const type = d.buf[at];
    if (type < 1 || type > 4 || at + 2 > end) return 4;
    at += 2 + d.buf[at + 1] * 2;
    if (at > end) return 4;
  }
  return 2;
}

function addPath(d: Dissection, end: number, size: number): string {
  if (d.pos === end) return "empty";
  let text = "";
  while (d.pos + 2 <= end) {
    const type = d.peek8();
    const count = d.peek8(1);
    const [before, separator, after] = SEGMENTS[type] ?? SEGMENTS[2];
    d.open(f.updatePathAttributeAsPathSegment, d.pos, 2 + count * size);
    d.u8(f.updatePathAttributeAsPathSegmentType);
    d.u8(f.updatePathAttributeAsPathSegmentLength);
    let list = "";
    for (let i = 0; i < count; i++) {
      const as = addAs(
        d,
        size === 2 ? f.updatePathAttributeAsPathSegmentAs2 : f.updatePathAttributeAsPathSegmentAs4,
        size,
      );
      if (d.labels) list += (i === 0 ? "" : separator) + as;
    }
    if (d.labels) {
      d.appendParent(`: ${before}${list}${after}`);
      text += `${before}${list}${after} `;
    }
    d.close();
  }
  return text;
}

/** By type of segment: sets in braces, confederations in parentheses and brackets. */
const SEGMENTS: Readonly<Record<number, readonly [string, string, string]>> = {
  1: ["{", ", ", "}"],
  2: ["", " ", ""],
  3: ["(", " ", ")"],
  4: ["[", ", ", "]"],
};

function addCommunities(d: Dissection, length: number, end: number): string {
  let text = "";
  d.open(f.updatePathAttributeCommunities, d.pos, length);
  while (d.pos + 4 <= end) {
    const value = d.peek32();
    const known = nameOf(f.updatePathAttributeCommunityWellknown.names, value);
    if (known !== undefined) {
      d.u32(f.updatePathAttributeCommunityWellknown);
      if (d.labels) text += `${known} `;
      continue;
    }
    d.open(f.updatePathAttributeCommunity, d.pos, 4);
    const pair = `${value >>> 16}:${value & 0xffff}`;
    if (d.labels) d.appendParent(`: ${pair}`);
    d.u16(f.updatePathAttributeCommunityAs);
    d.u16(f.updatePathAttributeCommunityValue);
    d.close();
    if (d.labels) text += `${pair} `;
  }
  if (d.labels) d.appendParent(`: ${text}`);
  d.close();
  return text;
}

function addLargeCommunities(d: Dissection, end: number): string {
  const list: string[] = [];
  while (d.pos + 12 <= end) {
    const text = `${d.peek32()}:${d.peek32(4)}:${d.peek32(8)}`;
    d.open(f.largeCommunities, d.pos, 12, text);
    if (d.labels) d.relabelParent(`Large communities: ${text}`);
    d.u32(f.largeCommunitiesGa);
    d.u32(f.largeCommunitiesLdp1);
    d.u32(f.largeCommunitiesLdp2);
    d.close();
    list.push(text);
  }
  return list.join(" ");
}

const IPV4 = 1;
const IPV6 = 2;
const MULTICAST = 2;

function addReach(d: Dissection, end: number): void {
  const family = d.u16(f.updatePathAttributeMpReachNlriAfi);
  const kind = d.u8(f.updatePathAttributeMpReachNlriSafi);
  const known = kind <= MULTICAST && (family === IPV4 || family === IPV6);
  const length = d.peek8();
  d.open(f.updatePathAttributeMpReachNlriNextHop, d.pos, 1 + length, d.peekBytes(1 + length));
  if (known) addNextHop(d, length);
  else if (d.labels) d.relabelParent(`${f.updatePathAttributeMpReachNlriNextHop.title}: ${length} bytes`);
  d.close();
  d.skip(d.pos < end && !known ? 1 + length : 0);
  const points = d.u8(f.updatePathAttributeMpReachNlriNbrSnpa);
  for (let i = 0; i < points; i++) {
    const size = d.u8(f.updatePathAttributeMpReachNlriSnpaLength);
    d.bytes(f.updatePathAttributeMpReachNlriSnpa, Math.ceil(size / 2));
  }
  if (d.pos >= end) return;
  d.open(f.updatePathAttributeMpReachNlri, d.pos, end - d.pos);
  if (known) addPrefixes(d, end, family === IPV4 ? REACH_4 : REACH_6);
  d.close();
}

function addNextHop(d: Dissection, length: number): void {
  d.skip(1);
  const behind = d.pos + length;
  const title = f.updatePathAttributeMpReachNlriNextHop.title;
  if (length === 4) {
    const text = formatIpv4(d.ipv4(f.updatePathAttributeMpReachNlriNextHopIpv4));
    if (d.labels) d.relabelParent(`${title}: ${text}`);
  } else if (length === 16 || length === 32) {
    const global = formatIpv6(d.peekBytes(16));
    d.ipv6(f.updatePathAttributeMpReachNlriNextHopIpv6);
    let text = global;
    if (length === 32) {
      text = `IPv6=${global} Link-local=${formatIpv6(d.peekBytes(16))}`;
      d.ipv6(f.updatePathAttributeMpReachNlriNextHopIpv6LinkLocal);
    }
    if (d.labels) d.relabelParent(`${title}: ${text}`);
  }
  d.pos = behind;
}

function addUnreach(d: Dissection, end: number): void {
  const family = d.u16(f.updatePathAttributeMpUnreachNlriAfi);
  const kind = d.u8(f.updatePathAttributeMpUnreachNlriSafi);
  if (d.pos >= end) return;
  d.open(f.updatePathAttributeMpUnreachNlri, d.pos, end - d.pos);
  if (kind <= MULTICAST && (family === IPV4 || family === IPV6))
    addPrefixes(d, end, family === IPV4 ? UNREACH_4 : UNREACH_6);
  d.close();
}
