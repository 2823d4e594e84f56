/**
 * Border Gateway Protocol 4, RFC 4271; capabilities RFC 5492 and those of the registry, dynamic capabilities, route
 * refresh RFC 2918 and RFC 7313 with outbound route filters RFC 5291, shutdown communication RFC 9003.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  ipv4,
  nameOf,
  none,
  str,
  u8,
  u16,
  u32,
  YES_NO,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpPorts } from "../dissect/tables.ts";
import { addPrefix, commonExperts, commonFields, openUpTo, type PrefixKind } from "./bgp-common.ts";
import { communityExperts, communityFields } from "./bgp-communities.ts";
import { evpnExperts, evpnFields } from "./bgp-evpn.ts";
import { flowspecExperts, flowspecFields } from "./bgp-flowspec.ts";
import { linkStateExperts, linkStateFields } from "./bgp-link-state.ts";
import { nlriFields } from "./bgp-nlri.ts";
import { tunnelExperts, tunnelFields } from "./bgp-tunnel.ts";
import { AS_TRANS, dissectUpdate, updateExperts, updateFields } from "./bgp-update.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import {
  CAP_TYPE,
  NOTIFY_MAJOR_ERROR,
  NOTIFY_MINOR_ERROR_CEASE,
  NOTIFY_MINOR_ERROR_OPEN,
  NOTIFY_MINOR_ERROR_UPDATE,
  TYPE,
  UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI,
} from "./names/bgp.ts";
import { dissectPdus } from "./tcp-stream.ts";

/** Kinds of outbound route filters. */
const ORF_TYPES: Readonly<Record<number, string>> = {
  2: "Communities ORF-Type",
  3: "Extended Communities ORF-Type",
  128: "Cisco PrefixList ORF-Type",
  129: "Cisco CommunityList ORF-Type",
  130: "Cisco Extended CommunityList ORF-Type",
  131: "Cisco AsPathList ORF-Type",
};

const f = {
  marker: bytes("bgp.marker", "Marker"),
  length: u16("bgp.length", "Length"),
  continuation: none("bgp.continuation", "Continuation"),
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
  notifyErrorOpenBadPeerAs: u32("bgp.notify.error_open.bad_peer_as", "Bad Peer AS"),
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
    names: UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI,
  }),
  routeRefreshOrf: none("bgp.route_refresh.orf", "ORF information"),
  routeRefreshOrfFlag: u8("bgp.route_refresh.orf.flag", "ORF flag", {
    names: { 1: "Immediate", 2: "Defer" },
  }),
  routeRefreshOrfType: u8("bgp.route_refresh.orf.type", "ORF type", {
    names: ORF_TYPES,
  }),
  routeRefreshOrfLength: u8("bgp.route_refresh.orf.length", "ORF length"),
  routeRefreshOrfEntry: none("bgp.route_refresh.orf.entry", "ORFEntry PrefixList"),
  routeRefreshOrfEntryAction: u8("bgp.route_refresh.orf.entry.action", "ORFEntry Action", {
    mask: 0xc0,
    names: { 0: "Add", 1: "Remove", 2: "RemoveAll" },
  }),
  routeRefreshOrfEntryMatch: u8("bgp.route_refresh.orf.entry.match", "ORFEntry Match", {
    mask: 0x20,
    names: { 0: "Permit", 1: "Deny" },
  }),
  routeRefreshOrfEntrySequence: u32("bgp.route_refresh.orf.entry.sequence", "ORFEntry Sequence"),
  routeRefreshOrfEntryPrefixmaskLower: u8(
    "bgp.route_refresh.orf.entry.prefixmask_lower",
    "ORFEntry PrefixMask length lower bound",
  ),
  routeRefreshOrfEntryPrefixmaskUpper: u8(
    "bgp.route_refresh.orf.entry.prefixmask_upper",
    "ORFEntry PrefixMask length upper bound",
  ),
  routeRefreshOrfEntryIp: ipv4("bgp.route_refresh.orf.entry.ip", "ORFEntry IP address"),
  cap: none("bgp.cap", "Capability"),
  capType: u8("bgp.cap.type", "Type", { names: CAP_TYPE }),
  capLength: u8("bgp.cap.length", "Length"),
  capAction: u8("bgp.cap.action", "Action", {
    names: { 0: "advertising a capability", 1: "removing a capability" },
  }),
  capUnknown: bytes("bgp.cap.unknown", "Unknown"),
  capReserved: bytes("bgp.cap.reserved", "Reserved"),
  capMpAfi: u16("bgp.cap.mp.afi", "AFI", { names: ADDRESS_FAMILIES }),
  capMpSafi: u8("bgp.cap.mp.safi", "SAFI", { names: UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI }),
  capEnhAfi: u16("bgp.cap.enh.afi", "AFI", { names: ADDRESS_FAMILIES }),
  capEnhSafi: u16("bgp.cap.enh.safi", "SAFI", { names: UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI }),
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
  capGrSafi: u8("bgp.cap.gr.safi", "SAFI", { names: UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI }),
  capGrFlag: u8("bgp.cap.gr.flag", "Flag", { base: "HEX" }),
  capGrFlagPfs: bool("bgp.cap.gr.flag.pfs", "Preserve forwarding state", { mask: 0x80, tf: YES_NO }),
  cap4as: u32("bgp.cap.4as", "AS Number"),
  capDc: u8("bgp.cap.dc", "Capability Dynamic", { names: CAP_TYPE }),
  capApAfi: u16("bgp.cap.ap.afi", "AFI", { names: ADDRESS_FAMILIES }),
  capApSafi: u8("bgp.cap.ap.safi", "SAFI", { names: UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI }),
  capApSendreceive: u8("bgp.cap.ap.sendreceive", "Send/Receive", {
    names: { 1: "Receive", 2: "Send", 3: "Both" },
  }),
  capOrfAfi: u16("bgp.cap.orf.afi", "AFI", { names: ADDRESS_FAMILIES }),
  capOrfSafi: u8("bgp.cap.orf.safi", "SAFI", { names: UPDATE_PATH_ATTRIBUTE_MP_REACH_NLRI_SAFI }),
  capOrfNumber: u8("bgp.cap.orf.number", "Number"),
  capOrfType: u8("bgp.cap.orf.type", "Type", {
    names: ORF_TYPES,
  }),
  capOrfSendreceive: u8("bgp.cap.orf.sendreceive", "Send Receive", {
    names: { 1: "Receive", 2: "Send", 3: "Both" },
  }),
  capOrfFqdnHostnameLen: u8("bgp.cap.orf.fqdn.hostname.len", "Hostname Length"),
  capOrfFqdnHostname: str("bgp.cap.orf.fqdn.hostname", "Hostname"),
  capOrfFqdnDomainNameLen: u8("bgp.cap.orf.fqdn.domain_name.len", "Domain Name Length"),
  capOrfFqdnDomainName: str("bgp.cap.orf.fqdn.domain_name", "Domain Name"),
  capMultisessionFlags: u8("bgp.cap.multisession.flags", "Flag", { base: "HEX" }),
  capBgpsecFlags: u8("bgp.cap.bgpsec.flags", "Flag", { base: "HEX" }),
  capBgpsecVersion: u8("bgp.cap.bgpsec.version", "Version", { mask: 0xf0 }),
  capBgpsecSendreceive: u8("bgp.cap.bgpsec.sendreceive", "Send/Receive", {
    mask: 0x8,
    names: { 0: "Receive", 1: "Send" },
  }),
  capBgpsecReserved: u8("bgp.cap.bgpsec.reserved", "Reserved", { base: "HEX", mask: 0x7 }),
  capBgpsecAfi: u16("bgp.cap.bgpsec.afi", "AFI", { names: ADDRESS_FAMILIES }),
};

const x = {
  marker: expert("bgp.marker_invalid", "error", "Malformed", "Marker is not all ones"),
  capabilityLength: expert("bgp.cap.length.bad", "error", "Malformed", "Capability length is wrong"),
  helper: expert(
    "bgp.cap.gr.helper_mode_only",
    "chat",
    "Request",
    "Graceful Restart Capability supported in Helper mode only",
  ),
  minorError: expert("bgp.notify.minor_error.unknown", "note", "Undecoded", "Unknown notification error"),
  filterType: expert("bgp.route_refresh.orf.type.unknown", "error", "Malformed", "ORFEntry-Unknown"),
};

/** The parts of the protocol share names for their keys, never fields. */
const numbered = (tables: readonly Readonly<Record<string, Field>>[]): Record<string, Field> =>
  Object.fromEntries(
    tables.flatMap((table, i) => Object.entries(table).map(([key, one]) => [`${key}${i}`, one])),
  );

export const bgp = protocol({
  name: "bgp",
  title: "Border Gateway Protocol",
  short: "BGP",
  fields: {
    ...f,
    ...numbered([
      commonFields,
      updateFields,
      nlriFields,
      communityFields,
      evpnFields,
      flowspecFields,
      linkStateFields,
      tunnelFields,
    ]),
  },
  experts: {
    ...x,
    ...commonExperts,
    ...updateExperts,
    communityLength: communityExperts.length,
    evpnType: evpnExperts.type,
    evpnLength: evpnExperts.length,
    evpnSegmentType: evpnExperts.segmentType,
    evpnNoAddress: evpnExperts.noAddress,
    ...flowspecExperts,
    linkStateError: linkStateExperts.error,
    linkStateWarning: linkStateExperts.warning,
    ...tunnelExperts,
  },
  on: [[tcpPorts, 179]],
  dissect,
});

const HEADER = 19;
const MARKER = 16;
const OPEN = 1;
const UPDATE = 2;
const NOTIFICATION = 3;
const ROUTE_REFRESH = 5;
const CAPABILITY = 6;
const CISCO_ROUTE_REFRESH = 128;

function dissect(d: Dissection): void {
  const first = d.pos;
  const start = findMarker(d);
  if (d.columns) d.setInfo("");
  if (start > first) {
    d.add(f.continuation, first, start - first, null);
    d.pos = start;
  }
  dissectPdus(d, HEADER, messageLength, dissectMessage, false);
}

/** Where the first marker begins, or the piece of one at the end; the end when there is none. */
function findMarker(d: Dissection): number {
  let at = d.pos;
  for (let i = d.pos; i < d.end; i++) {
    if (d.buf[i] !== 0xff) at = i + 1;
    else if (i - at === MARKER - 1) return at;
  }
  return at;
}

const messageLength = (d: Dissection): number => d.peek16(MARKER);

/** Longest message but for extended ones, RFC 4271 section 4.1. */
const LONGEST = 4096;

function dissectMessage(d: Dissection): void {
  const type = d.peek8(MARKER + 2);
  const name = nameOf(f.type.names, type) ?? `Unknown message type (0x${type.toString(16).padStart(2, "0")})`;
  if (d.columns) d.addInfo(name, ", ");
  if (d.labels) d.relabelParent(`${bgp.title} - ${name}`);
  const marked = d.peekBytes(MARKER).every((one) => one === 0xff);
  d.bytes(f.marker, MARKER);
  if (!marked) d.expert(x.marker);
  const length = d.u16(f.length);
  if (length > LONGEST) {
    d.expert(commonExperts.lengthInvalid, `Length is invalid ${length}`);
    return;
  }
  d.u8(f.type);
  if (type === OPEN) dissectOpen(d);
  else if (type === UPDATE) dissectUpdate(d);
  else if (type === NOTIFICATION) dissectNotification(d);
  else if (type === ROUTE_REFRESH || type === CISCO_ROUTE_REFRESH) dissectRouteRefresh(d);
  else if (type === CAPABILITY) while (d.wireRemaining > 0) addCapability(d, true);
}

function dissectOpen(d: Dissection): void {
  d.u8(f.openVersion);
  const as = d.u16(f.openMyas);
  if (d.labels && as === AS_TRANS) d.append(" (AS_TRANS)");
  d.u16(f.openHoldtime);
  d.ipv4(f.openIdentifier);
  const length = d.u8(f.openOptLen);
  if (length === 0) return;
  const end = d.pos + length;
  openUpTo(d, f.openOpt, d.pos, length);
  while (d.pos < end) addParameter(d);
  d.close();
}

const AUTHENTICATION = 1;
const CAPABILITIES = 2;

function addParameter(d: Dissection): void {
  const type = d.peek8();
  const size = d.peek8(1);
  const end = d.pos + 2 + size;
  openUpTo(d, f.openOptParam, d.pos, 2 + size);
  if (d.labels) d.appendParent(`: ${nameOf(f.openOptParamType.names, type) ?? `Unknown Parameter ${type}`}`);
  d.u8(f.openOptParamType);
  d.u8(f.openOptParamLen);
  if (type === CAPABILITIES) while (d.pos < end) addCapability(d, false);
  else if (type === AUTHENTICATION) d.bytes(f.openOptParamAuth, size);
  d.close();
  if (type === AUTHENTICATION || type === CAPABILITIES) return;
  // What cannot be known may hold parameters: the next is looked for at its beginning.
  d.bytes(f.openOptParamUnknown, size);
  d.pos = end - size;
}

const RESTART_BITS = [f.capGrTimersRestartFlag, f.capGrTimersNotificationFlag, f.capGrTimersRestartTime];
const RESTART_FLAGS = [f.capGrFlagPfs];
const SECURE_BITS = [f.capBgpsecVersion, f.capBgpsecSendreceive, f.capBgpsecReserved];

/** Capabilities that are a type and nothing else. */
const EMPTY = [0, 2, 70, 72, 128];
const MULTIPROTOCOL = 1;
const ROUTE_FILTER = 3;
const EXTENDED_NEXT_HOP = 5;
const BGPSEC = 7;
const GRACEFUL_RESTART = 64;
const AS4 = 65;
const DYNAMIC = 67;
const ADDITIONAL_PATHS = 69;
const FQDN = 73;
const CISCO_ROUTE_FILTER = 130;
const MULTISESSION = 131;

/** @param withAction in a CAPABILITY message an action stands behind the length */
function addCapability(d: Dissection, withAction: boolean): void {
  const start = d.pos;
  const type = d.peek8();
  openUpTo(d, f.cap, start, (withAction ? 3 : 2) + (d.remaining > 1 ? d.peek8(1) : 0));
  if (d.labels) d.appendParent(`: ${nameOf(f.capType.names, type) ?? `Unknown capability ${type}`}`);
  d.u8(f.capType);
  const length = d.u8(f.capLength);
  const fault = lengthFault(type, length);
  if (fault !== null) d.expert(x.capabilityLength, fault);
  if (withAction) d.u8(f.capAction);
  const end = d.pos + length;
  if (type === FQDN) addFqdn(d);
  else if (fault !== null && type !== EXTENDED_NEXT_HOP) d.bytes(f.capUnknown, length);
  else {
    addCapabilityValue(d, type, length, end);
    d.pos = end;
  }
  d.close();
}

/** What is wrong with a capability's length, or null. */
function lengthFault(type: number, length: number): string | null {
  const said = `Capability length ${length}`;
  if (EMPTY.includes(type)) return length === 0 ? null : `${said} wrong, must be = 0`;
  switch (type) {
    case MULTIPROTOCOL:
    case AS4:
      return length === 4 ? null : `${said} is wrong, must be = 4`;
    case BGPSEC:
      return length === 3 ? null : `${said} is wrong, must be = 3`;
    case EXTENDED_NEXT_HOP:
      return length % 6 === 0 ? null : `${said} is wrong, must be multiple of 6`;
    case ADDITIONAL_PATHS:
      return length % 4 === 0 ? null : `${said} is wrong, must be multiple of  4`;
    case GRACEFUL_RESTART:
      return length >= 6 || length === 2 ? null : `${said} too short, must be greater than 6`;
    case ROUTE_FILTER:
    case CISCO_ROUTE_FILTER:
      return length >= 6 ? null : `${said} too short, must be greater than 6`;
    case MULTISESSION:
      return length >= 1 ? null : `${said} too short, must be greater than 1`;
    default:
      return null;
  }
}

function addCapabilityValue(d: Dissection, type: number, length: number, end: number): void {
  switch (type) {
    case MULTIPROTOCOL:
      d.u16(f.capMpAfi);
      d.bytes(f.capReserved, 1);
      d.u8(f.capMpSafi);
      return;
    case EXTENDED_NEXT_HOP:
      while (d.pos + 6 <= end) {
        d.u16(f.capEnhAfi);
        d.u16(f.capEnhSafi);
        d.u16(f.capEnhNhafi);
      }
      if (d.pos < end) d.bytes(f.capUnknown, end - d.pos);
      return;
    case BGPSEC: {
      const flags = d.bitset(f.capBgpsecFlags, 1, SECURE_BITS);
      if (d.labels) {
        const bit = (flags & f.capBgpsecSendreceive.mask) >>> f.capBgpsecSendreceive.shift;
        d.append(`, ${f.capBgpsecSendreceive.title}: ${nameOf(f.capBgpsecSendreceive.names, bit)}`);
      }
      d.u16(f.capBgpsecAfi);
      return;
    }
    case GRACEFUL_RESTART:
      addGracefulRestart(d, length, end);
      return;
    case AS4:
      d.u32(f.cap4as);
      return;
    case DYNAMIC:
      while (d.pos < end) d.u8(f.capDc);
      return;
    case ADDITIONAL_PATHS:
      while (d.pos < end) {
        d.u16(f.capApAfi);
        d.u8(f.capApSafi);
        d.u8(f.capApSendreceive);
      }
      return;
    case ROUTE_FILTER:
    case CISCO_ROUTE_FILTER:
      while (d.pos + 5 <= end) {
        d.u16(f.capOrfAfi);
        d.bytes(f.capReserved, 1);
        d.u8(f.capOrfSafi);
        const count = d.u8(f.capOrfNumber);
        for (let i = 0; i < count; i++) {
          d.u8(f.capOrfType);
          d.u8(f.capOrfSendreceive);
        }
      }
      return;
    case MULTISESSION:
      d.u8(f.capMultisessionFlags);
      return;
    default:
      if (length > 0 && !EMPTY.includes(type)) d.bytes(f.capUnknown, length);
  }
}

/** RFC 4724 section 3, RFC 8538. */
function addGracefulRestart(d: Dissection, length: number, end: number): void {
  if (length === 2) d.expert(x.helper);
  const timers = d.bitset(f.capGrTimers, 2, RESTART_BITS);
  if (d.labels)
    for (const bit of RESTART_BITS)
      if (bit.type === "FT_BOOLEAN" && timers & bit.mask) d.append(`, ${bit.title}`);
  while (d.pos < end) {
    d.u16(f.capGrAfi);
    d.u8(f.capGrSafi);
    const flags = d.bitset(f.capGrFlag, 1, RESTART_FLAGS);
    if (d.labels && flags & f.capGrFlagPfs.mask) d.append(`, ${f.capGrFlagPfs.title}`);
  }
}

function addFqdn(d: Dissection): void {
  const host = d.u8(f.capOrfFqdnHostnameLen);
  d.str(f.capOrfFqdnHostname, host);
  const domain = d.u8(f.capOrfFqdnDomainNameLen);
  d.str(f.capOrfFqdnDomainName, domain);
}

const MINOR: Readonly<Record<number, Field>> = {
  1: f.notifyMinorError,
  2: f.notifyMinorErrorOpen,
  3: f.notifyMinorErrorUpdate,
  4: f.notifyMinorErrorExpired,
  5: f.notifyMinorErrorState,
  6: f.notifyMinorErrorCease,
  7: f.notifyMinorErrorCapability,
};
const OPEN_ERROR = 2;
const BAD_PEER_AS = 2;
const UNSUPPORTED_CAPABILITY = 7;
const CEASE = 6;
const SHUTDOWN = 2;
const RESET = 4;

function dissectNotification(d: Dissection): void {
  const major = d.u8(f.notifyMajorError);
  const code = d.u8(MINOR[major] ?? f.notifyMinorErrorUnknown);
  if (MINOR[major] === undefined) d.expert(x.minorError, `Unknown notification error (${major})`);
  const rest = d.wireRemaining;
  if (rest === 0) return;
  if (major === OPEN_ERROR && code === BAD_PEER_AS && rest <= 4) d.uint(f.notifyErrorOpenBadPeerAs, rest);
  else if (major === OPEN_ERROR && code === UNSUPPORTED_CAPABILITY) {
    while (d.wireRemaining > 0) addCapability(d, false);
  } else if (major === CEASE && (code === SHUTDOWN || code === RESET) && d.peek8() + 1 === rest) {
    // RFC 9003: what the operator says of it.
    const length = d.u8(f.notifyCommunicationLength);
    d.str(f.notifyCommunication, length);
  } else d.bytes(f.notifyMinorData, rest);
}

const CISCO_PREFIX_LIST = 128;

/** RFC 2918, RFC 5291 section 4, RFC 7313. */
function dissectRouteRefresh(d: Dissection): void {
  d.u16(f.routeRefreshAfi);
  d.u8(f.routeRefreshSubtype);
  d.u8(f.routeRefreshSafi);
  while (d.wireRemaining > 0) {
    const start = d.pos;
    const length = d.remaining >= 4 ? d.peek16(2) : 0;
    openUpTo(d, f.routeRefreshOrf, start, 4 + length);
    d.u8(f.routeRefreshOrfFlag);
    const type = d.u8(f.routeRefreshOrfType);
    if (type !== CISCO_PREFIX_LIST) d.expert(x.filterType, `ORFEntry-Unknown (type ${type})`);
    d.u16(f.routeRefreshOrfLength);
    const end = d.pos + length;
    if (type === CISCO_PREFIX_LIST) while (d.pos < end) addFilterEntry(d);
    d.close();
    d.pos = end;
  }
}

const FILTER_PREFIX: PrefixKind = {
  field: f.routeRefreshOrfEntryIp,
  size: 4,
  title: "ORF",
  invalid: (bits) => `ORF length ${bits} invalid (> 32)`,
};
const REMOVE_ALL = 2;

function addFilterEntry(d: Dissection): void {
  const start = d.pos;
  openUpTo(d, f.routeRefreshOrfEntry, start, d.remaining);
  const action = d.bits(f.routeRefreshOrfEntryAction, d.pos, 1);
  if (action === REMOVE_ALL) d.skip(1);
  else {
    d.bits(f.routeRefreshOrfEntryMatch, d.pos, 1);
    d.skip(1);
    d.u32(f.routeRefreshOrfEntrySequence);
    d.u8(f.routeRefreshOrfEntryPrefixmaskLower);
    d.u8(f.routeRefreshOrfEntryPrefixmaskUpper);
    if (addPrefix(d, FILTER_PREFIX) === null) d.malformed();
  }
  d.close(d.pos);
}
