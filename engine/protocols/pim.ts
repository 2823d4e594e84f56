/**
 * Protocol Independent Multicast version 2, RFC 7761 (sparse mode), RFC 3973 (dense mode), RFC 5015 (bidirectional),
 * RFC 8364 (source discovery by flooding), and version 1, which travels in IGMP.
 */
import { ADDRESS_IPV6 } from "../dissect/address.ts";
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
import { igmpTypes, ipProtocols } from "../dissect/tables.ts";
import { formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { checksumStatusText, onesSum, rightChecksum } from "./checksum.ts";
import { data } from "./data.ts";
import { ip } from "./ipv4.ts";
import { ip6 } from "./ipv6.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import { CODE, SOURCE_JA_FLAGS_ATTR_TYPE, TYPE } from "./names/pim.ts";

const f = {
  version: u8("pim.version", "Version", { mask: 0xf0 }),
  type: u8("pim.type", "Type", { mask: 0xf, names: TYPE }),
  dfElectSubtype: u8("pim.df_elect.subtype", "DF Subtype", {
    mask: 0xf0,
    names: { 1: "offer", 2: "DF Winner", 3: "DF Backoff", 4: "DF Pass" },
  }),
  dfElectRsvd: u8("pim.df_elect.rsvd", "DF reserved", { mask: 0xf }),
  cksum: u16("pim.cksum", "Checksum", { base: "HEX" }),
  resBytes: bytes("pim.res_bytes", "Reserved byte(s)"),
  optiontype: u16("pim.optiontype", "Type"),
  optiontype2: u16("pim.optiontype", "Type", { mask: 0x7fff }),
  igmpType: str("pim.igmp_type", "Type"),
  code: u8("pim.code", "Code", { names: CODE }),
  mode: u8("pim.mode", "Mode", { mask: 0xf0, names: { 0: "Dense", 1: "Sparse", 2: "Sparse-Dense" } }),
  groupMask: ipv4("pim.group_mask", "Mask"),
  groupAddress: ipv4("pim.group_address", "Group Address"),
  srcFlagsA: u8("pim.src_flags.a", "Annotated", { mask: 0x8 }),
  srcFlagsS: u8("pim.src_flags.s", "Sparse", { mask: 0x4 }),
  srcFlagsW: u8("pim.src_flags.w", "WC", { mask: 0x2 }),
  srcFlagsR: u8("pim.src_flags.r", "RP", { mask: 0x1 }),
  srcFlagsRsv: u8("pim.src_flags.rsv", "Reserved", { mask: 0xf0 }),
  addrLen: u8("pim.addr_len", "Address Len"),
  attributeTransportMode: u8("pim.attribute_transport_mode", "Attribute Transport Mode", {
    names: { 0: "Multicast", 1: "Unicast Replication" },
  }),
  srccount: u16("pim.srccount", "Source Count"),
  srcholdtime: u16("pim.srcholdtime", "Source Holdtime"),
  transitivetype: bool("pim.transitivetype", "Transitive Type", { mask: 0x80 }),
  pfmnoforwardbit: bool("pim.pfmnoforwardbit", "Pfm no forward bit", { mask: 0x80 }),
  optionlength: u16("pim.optionlength", "Length"),
  optionvalue: bytes("pim.optionvalue", "Unknown"),
  registerFlag: u32("pim.register_flag", "Flags", { base: "HEX" }),
  registerFlagBorder: bool("pim.register_flag.border", "Border", { mask: 0x80000000, bits: 32, tf: YES_NO }),
  registerFlagNullRegister: bool("pim.register_flag.null_register", "Null-Register", {
    mask: 0x40000000,
    bits: 32,
    tf: YES_NO,
  }),
  holdtime: u16("pim.holdtime", "Holdtime"),
  numgroups: u16("pim.numgroups", "Num Groups"),
  numjoins: u16("pim.numjoins", "Num Joins"),
  numprunes: u16("pim.numprunes", "Num Prunes"),
  t: bool("pim.t", "T", { mask: 0x80 }),
  propagationDelay: u16("pim.propagation_delay", "Propagation Delay", { mask: 0x7fff }),
  overrideInterval: u16("pim.override_interval", "Override Interval"),
  drPriority: u32("pim.dr_priority", "DR Priority"),
  generationId: u32("pim.generation_id", "Generation ID"),
  stateRefreshVersion: u8("pim.state_refresh_version", "Version"),
  stateRefreshInterval: u8("pim.state_refresh_interval", "Interval"),
  stateRefreshReserved: u16("pim.state_refresh_reserved", "Reserved"),
  rpt: bool("pim.rpt", "RP Tree", { mask: 0x80 }),
  metricPref: u32("pim.metric_pref", "Metric Preference", { mask: 0x7fffffff }),
  metric: u32("pim.metric", "Metric"),
  pruneIndicator: bool("pim.prune_indicator", "Prune indicator", { mask: 0x80, tf: SET_NOTSET }),
  pruneNow: bool("pim.prune_now", "Prune now", { mask: 0x40, tf: SET_NOTSET }),
  assertOverride: bool("pim.assert_override", "Assert override", { mask: 0x20, tf: SET_NOTSET }),
  ipVersion: u8("pim.ip_version", "IP Version", {
    mask: 0xf0,
    names: { 0: "Dummy Header", 4: "IPv4", 6: "IPv6" },
  }),
  source: ipv4("pim.source", "Source"),
  sourceIp6: ipv6("pim.source_ip6", "Source"),
  group: ipv4("pim.group", "Group"),
  groupIp6: ipv6("pim.group_ip6", "Group"),
  upstreamNeighbor: ipv4("pim.upstream_neighbor", "Upstream-neighbor"),
  upstreamNeighborIp6: ipv6("pim.upstream_neighbor_ip6", "Upstream-neighbor"),
  joinIp: ipv4("pim.join_ip", "IP address"),
  joinIp6: ipv6("pim.join_ip6", "IP address"),
  pruneIp: ipv4("pim.prune_ip", "IP address"),
  pruneIp6: ipv6("pim.prune_ip6", "IP address"),
  addressList: ipv4("pim.address_list", "Address"),
  addressListIp6: ipv6("pim.address_list_ip6", "Address"),
  bsr: ipv4("pim.bsr", "BSR"),
  bsrIp6: ipv6("pim.bsr_ip6", "BSR"),
  rp: ipv4("pim.rp", "RP"),
  rpIp6: ipv6("pim.rp_ip6", "RP"),
  originator: ipv4("pim.originator", "Originator"),
  originatorIp6: ipv6("pim.originator_ip6", "Originator"),
  fragmentTag: u16("pim.fragment_tag", "Fragment tag", { base: "HEX" }),
  hashMaskLen: u8("pim.hash_mask_len", "Hash mask len"),
  bsrPriority: u8("pim.bsr_priority", "BSR priority"),
  rpCount: u8("pim.rp_count", "RP count"),
  frpCount: u8("pim.frp_count", "FRP count"),
  priority: u8("pim.priority", "Priority"),
  prefixCount: u8("pim.prefix_count", "Prefix-count"),
  maskLen: u8("pim.mask_len", "Masklen"),
  ttl: u8("pim.ttl", "TTL"),
  interval: u8("pim.interval", "Interval"),
  addrAddressFamily: u8("pim.addr_address_family", "Address Family", { names: ADDRESS_FAMILIES }),
  addrEncodingType: u8("pim.addr_encoding_type", "Encoding Type", {
    names: { 0: "Native", 1: "Native with Join Attribute" },
  }),
  unicast: ipv4("pim.unicast", "Unicast"),
  unicastIpv6: ipv6("pim.unicast_ipv6", "Unicast"),
  groupSet: str("pim.group_set", "Group"),
  groupAddrFlags: u8("pim.group_addr.flags", "Flags", { base: "HEX" }),
  groupAddrFlagsB: bool("pim.group_addr.flags.b", "Bidirectional PIM", { mask: 0x80, tf: SET_NOTSET }),
  groupAddrFlagsReserved: u8("pim.group_addr.flags.reserved", "Reserved", { base: "HEX", mask: 0x7e }),
  groupAddrFlagsZ: bool("pim.group_addr.flags.z", "Admin Scope Zone", { mask: 0x1, tf: SET_NOTSET }),
  sourceAddrFlags: u8("pim.source_addr.flags", "Flags", { base: "HEX" }),
  sourceAddrFlagsReserved: u8("pim.source_addr.flags.reserved", "Reserved", { base: "HEX", mask: 0xf8 }),
  sourceAddrFlagsS: bool("pim.source_addr.flags.s", "Sparse", { mask: 0x4, tf: SET_NOTSET }),
  sourceAddrFlagsW: bool("pim.source_addr.flags.w", "WildCard", { mask: 0x2, tf: SET_NOTSET }),
  sourceAddrFlagsR: bool("pim.source_addr.flags.r", "Rendezvous Point Tree", { mask: 0x1, tf: SET_NOTSET }),
  sourceJa: none("pim.source_ja", "Join Attribute"),
  sourceJaFlags: u8("pim.source_ja.flags", "Flags", { base: "HEX" }),
  sourceJaFlagsF: bool("pim.source_ja.flags.f", "Forward", { mask: 0x80, tf: SET_NOTSET }),
  sourceJaFlagsE: bool("pim.source_ja.flags.e", "End of Attributes", { mask: 0x40, tf: SET_NOTSET }),
  sourceJaFlagsAttrType: u8("pim.source_ja.flags.attr_type", "Attribute Type", {
    mask: 0x3f,
    names: SOURCE_JA_FLAGS_ATTR_TYPE,
  }),
  sourceJaLength: u8("pim.source_ja.length", "Length"),
  sourceJaValue: bytes("pim.source_ja.value", "Value"),
  cksumStatus: u8("pim.cksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  dfMetricPref: u32("pim.metric_pref", "DF Metric Preference"),
  option: none("pim.option", "PIM Options"),
};

const x = { checksum: expert("pim.bad_checksum", "error", "Checksum", "Bad checksum") };

const PIM = 103;
/** The type of IGMP that version 1 has. */
const VERSION_1 = 0x14;

export const pim = protocol({
  name: "pim",
  title: "Protocol Independent Multicast",
  short: "PIM",
  fields: f,
  experts: x,
  on: [
    [ipProtocols, PIM],
    [igmpTypes, VERSION_1],
  ],
  dissect,
});

const REGISTER = 1;
const DF_ELECTION = 10;
const SOURCE_DISCOVERY = 12;

function dissect(d: Dissection): void {
  if (d.peek8() === VERSION_1) {
    dissectVersion1(d);
    return;
  }
  const start = d.pos;
  const version = d.peek8() >> 4;
  const type = d.peek8() & 0x0f;
  if (d.columns) {
    d.setProtocol(`PIMv${version}`);
    d.setInfo(TYPE[type] ?? `Unknown (${type})`);
  }
  d.bits(f.version, start, 1);
  d.bits(f.type, start, 1);
  d.skip(1);
  if (type === DF_ELECTION) {
    d.bits(f.dfElectSubtype, d.pos, 1);
    d.bits(f.dfElectRsvd, d.pos, 1);
    d.skip(1);
  } else if (type === SOURCE_DISCOVERY) {
    d.bits(f.pfmnoforwardbit, d.pos, 1);
    d.bytes(f.resBytes, 1);
  } else d.bytes(f.resBytes, 1);
  addChecksum(d, start, type);
  if (d.remaining === 0) return;
  d.open(f.option, d.pos, d.remaining);
  dissectBody(d, type);
  d.close();
  if (type === REGISTER && d.remaining > 0) dissectRegistered(d, version);
}

function addChecksum(d: Dissection, start: number, type: number): void {
  const at = d.pos;
  const found = d.u16(f.cksum);
  if (!d.building) return;
  // RFC 7761 section 4.9: a register's is over its header only.
  const sixth = d.memory.addresses.kind(d.srcId) === ADDRESS_IPV6;
  let sum = 0;
  let right = false;
  if (d.end === d.wireEnd) {
    const length = type === REGISTER ? Math.min(8, d.end - start) : d.end - start;
    sum = onesSum(d.buf, start, start + length, sixth ? pseudoHeader(d, length) : 0);
    right = sum === 0xffff;
  }
  const whole = d.end === d.wireEnd;
  if (d.labels) {
    const verdict = !whole
      ? "[unverified]"
      : right
        ? "[correct]"
        : `incorrect, should be ${hex(rightChecksum(sum, found))}`;
    d.relabel(`Checksum: ${hex(found)} ${verdict}`);
  }
  if (whole && !right) d.expert(x.checksum, `Bad checksum [should be ${hex(rightChecksum(sum, found))}]`);
  d.generated(f.cksumStatus, at, 0, !whole ? 2 : right ? 1 : 0);
}

const hex = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;

function pseudoHeader(d: Dissection, length: number): number {
  const { addresses } = d.memory;
  return onesSum(addresses.bytes(d.dstId), 0, 16, onesSum(addresses.bytes(d.srcId), 0, 16, PIM + length));
}

function dissectRegistered(d: Dissection, version: number): void {
  const inner = d.peek8() >> 4;
  d.call(inner === 4 ? ip : inner === 6 ? ip6 : data);
  if (!d.columns) return;
  d.setProtocol(`PIMv${version}`);
  d.setInfo(TYPE[REGISTER]);
}

const REGISTER_FLAGS = [f.registerFlagBorder, f.registerFlagNullRegister];

function dissectBody(d: Dissection, type: number): void {
  switch (type) {
    case 0:
      addHello(d);
      break;
    case REGISTER:
      d.bitset(f.registerFlag, 4, REGISTER_FLAGS);
      d.bits(f.ipVersion, d.pos, 1);
      break;
    case 2:
      addGroup(d, "Group");
      addUnicast(d, f.source, f.sourceIp6);
      break;
    case 3:
    case 6:
    case 7:
      addJoins(d);
      break;
    case 4:
      addBootstrap(d);
      break;
    case 5:
      addGroup(d, "Group");
      addUnicast(d, f.source, f.sourceIp6);
      addMetric(d);
      break;
    case 8: {
      const count = d.u8(f.prefixCount);
      d.u8(f.priority);
      addHoldtime(d);
      addUnicast(d, f.rp, f.rpIp6);
      for (let i = 0; i < count; i++) addGroup(d, `Group ${i}`);
      break;
    }
    case 9:
      addGroup(d, "Group");
      addUnicast(d, f.source, f.sourceIp6);
      addUnicast(d, f.originator, f.originatorIp6);
      addMetric(d);
      d.u8(f.maskLen);
      d.u8(f.ttl);
      d.bits(f.pruneIndicator, d.pos, 1);
      d.bits(f.pruneNow, d.pos, 1);
      d.bits(f.assertOverride, d.pos, 1);
      d.skip(1);
      d.u8(f.interval);
      break;
    case DF_ELECTION:
      addUnicast(d, f.rp, f.rpIp6);
      d.u32(f.dfMetricPref);
      d.u32(f.metric);
      break;
    case SOURCE_DISCOVERY:
      addDiscovery(d);
      break;
  }
}

function addMetric(d: Dissection): void {
  d.bits(f.rpt, d.pos, 1);
  d.bits(f.metricPref, d.pos, 4);
  d.skip(4);
  d.u32(f.metric);
}

/** Hello options that are shown as bytes, IANA "PIM-Hello Options". */
const OPTIONS: Readonly<Record<number, string>> = {
  17: "Label Parameters",
  18: "Deprecated",
  22: "Bidirectional Capable",
  23: "VCI Capability",
  24: "Address List",
  25: "Neighbor List TLV",
  26: "Join Attribute",
  27: "PIM-over-TCP-Capable",
  28: "PIM-over-SCTP-Capable",
  29: "Pop-Count",
  30: "PIM MT-ID",
  31: "Interface ID",
  32: "PIM ECMP Redirect Hello Option",
  33: "vPC Peer ID",
  34: "DR Load Balancing Capability",
  35: "DR Load Balancing List",
  36: "Hierarchical Join/Prune Attribute",
  65001: "Address list, old implementation",
  65004: "RPF Proxy Vector (Cisco proprietary)",
};

/** RFC 7761 section 4.9.2. */
function addHello(d: Dissection): void {
  let count = 0;
  while (d.remaining >= 2) {
    const start = d.pos;
    const type = d.peek16();
    const length = d.peek16(2);
    d.need(4 + length);
    count++;
    if (d.labels) d.openText(start, 4 + length, "");
    d.u16(f.optiontype);
    d.u16(f.optionlength);
    const text = addOption(d, type, length);
    if (d.labels) {
      d.relabelParent(`Option ${type}: ${text}`);
      d.close();
    }
    d.pos = start + 4 + length;
  }
  if (d.labels) d.relabelParent(`PIM Options: ${count}`);
}

/** The value of an option, which is read whatever its length says. */
function addOption(d: Dissection, type: number, length: number): string {
  switch (type) {
    case 1: {
      const time = addHoldtime(d);
      if (d.labels && time === 0) d.relabel("Holdtime: goodbye (0)");
      return `Hold Time: ${time}${time === FOREVER ? " (Infinity)" : time === 0 ? " (goodbye)" : ""}`;
    }
    case 2: {
      const t = d.bits(f.t, d.pos, 1);
      const delay = d.bits(f.propagationDelay, d.pos, 2);
      d.skip(2);
      return `LAN Prune Delay: T = ${t}, Propagation Delay = ${delay}ms, Override Interval = ${d.u16(f.overrideInterval)}ms`;
    }
    case 19:
      return `DR Priority: ${d.u32(f.drPriority)}`;
    case 20:
      return `Generation ID: ${d.u32(f.generationId)}`;
    case 21: {
      const version = d.u8(f.stateRefreshVersion);
      const interval = d.u8(f.stateRefreshInterval);
      d.u16(f.stateRefreshReserved);
      return `State-Refresh: Version = ${version}, Interval = ${interval}s`;
    }
    case 24:
    case 65001: {
      const end = d.pos + length;
      if (d.labels)
        d.openText(d.pos, length, type === 24 ? "Address List (24)" : `old Address List (${type})`);
      while (d.pos < end && isFamily(d.peek8())) addUnicast(d, f.addressList, f.addressListIp6);
      d.close();
      break;
    }
    default:
      if (length > 0) d.bytes(f.optionvalue, length);
  }
  return OPTIONS[type] ?? `Unknown: ${type}`;
}

function addJoins(d: Dissection): void {
  addUnicast(d, f.upstreamNeighbor, f.upstreamNeighborIp6);
  d.bytes(f.resBytes, 1);
  const groups = d.u8(f.numgroups);
  addHoldtime(d);
  for (let i = 0; i < groups; i++) {
    const start = d.pos;
    d.open(f.groupSet, start, 0, "");
    d.relabelParent(`Group ${i}`);
    addGroup(d, `Group ${i}`);
    addSources(d);
  }
}

function addSources(d: Dissection): void {
  const joins = d.peek16();
  const prunes = d.peek16(2);
  d.open(f.numjoins, d.pos, 2, joins);
  d.skip(4);
  const behind = d.pos;
  for (let i = 0; i < joins; i++) addSource(d, f.joinIp, f.joinIp6);
  d.close();
  d.open(f.numprunes, behind - 2, 2, prunes);
  for (let i = 0; i < prunes; i++) addSource(d, f.pruneIp, f.pruneIp6);
  d.close();
  d.close(d.pos);
}

const FOREVER = 0xffff;

function addHoldtime(d: Dissection): number {
  const time = d.u16(f.holdtime);
  if (d.labels && time === FOREVER) d.relabel(`Holdtime: Infinity (${time})`);
  return time;
}

/** RFC 7761 section 4.9.5: bootstrap. */
function addBootstrap(d: Dissection): void {
  d.u16(f.fragmentTag);
  d.u8(f.hashMaskLen);
  d.u8(f.bsrPriority);
  addUnicast(d, f.bsr, f.bsrIp6);
  for (let i = 0; d.remaining > 0; i++) {
    addGroup(d, `Group ${i}`);
    d.openLast();
    d.u8(f.rpCount);
    const count = d.u8(f.frpCount);
    d.close();
    const group = d.last;
    d.skip(2);
    for (let j = 0; j < count; j++) {
      addUnicast(d, f.rp, f.rpIp6, `RP ${j}`);
      addHoldtime(d);
      if (d.labels) d.last = group;
      d.openLast();
      d.u8(f.priority);
      d.close();
      d.bytes(f.resBytes, 1);
    }
  }
}

const IPV4 = 1;
const IPV6 = 2;
const JOIN_ATTRIBUTES = 1;

const isFamily = (family: number): boolean => family === IPV4 || family === IPV6;

/** Length of an address of the family at the cursor. */
function addressLength(d: Dissection): number {
  const family = d.peek8();
  if (!isFamily(family)) d.malformed();
  return family === IPV4 ? 4 : 16;
}

function addressText(d: Dissection, ahead: number, n: number): string {
  return n === 4 ? formatIpv4(d.peek32(ahead)) : formatIpv6(d.peekBytes(16, ahead));
}

function addAddress(d: Dissection, fourth: Field, sixth: Field, n: number): void {
  if (n === 4) d.ipv4(fourth);
  else d.ipv6(sixth);
}

/** The line of an encoded address: the address alone, with the family and encoding below it. */
function openAddress(
  d: Dissection,
  fourth: Field,
  sixth: Field,
  ahead: number,
  n: number,
  length: number,
): void {
  const value = n === 4 ? d.peek32(ahead) : d.peekBytes(16, ahead);
  d.open(n === 4 ? fourth : sixth, d.pos, length, value);
}

/** RFC 7761 section 4.9.1: encoded unicast address. */
function addUnicast(d: Dissection, fourth: Field, sixth: Field, title?: string): void {
  const n = addressLength(d);
  openAddress(d, fourth, sixth, 2, n, 2 + n);
  if (d.labels && title !== undefined) d.relabelParent(`${title}: ${addressText(d, 2, n)}`);
  d.u8(f.addrAddressFamily);
  d.u8(f.addrEncodingType);
  addAddress(d, f.unicast, f.unicastIpv6, n);
  d.close();
}

const GROUP_FLAGS = [f.groupAddrFlagsB, f.groupAddrFlagsReserved, f.groupAddrFlagsZ];

function addGroup(d: Dissection, title: string): void {
  const n = addressLength(d);
  openAddress(d, f.group, f.groupIp6, 4, n, 4 + n);
  if (d.labels) d.relabelParent(`${title}: ${addressText(d, 4, n)}/${d.peek8(3)}`);
  d.u8(f.addrAddressFamily);
  d.u8(f.addrEncodingType);
  const flags = d.bitset(f.groupAddrFlags, 1, GROUP_FLAGS);
  appendFlags(d, flags, GROUP_FLAGS);
  d.u8(f.maskLen);
  addAddress(d, f.group, f.groupIp6, n);
  d.close();
}

const SOURCE_FLAGS = [f.sourceAddrFlagsReserved, f.sourceAddrFlagsS, f.sourceAddrFlagsW, f.sourceAddrFlagsR];

function addSource(d: Dissection, fourth: Field, sixth: Field): void {
  const n = addressLength(d);
  const start = d.pos;
  openAddress(d, fourth, sixth, 4, n, 4 + n);
  const flags = d.peek8(2);
  if (d.labels) {
    const letters = `${flags & 4 ? "S" : ""}${flags & 2 ? "W" : ""}${flags & 1 ? "R" : ""}`;
    d.relabelParent(
      `IP address: ${addressText(d, 4, n)}/${d.peek8(3)}${letters === "" ? "" : ` (${letters})`}`,
    );
  }
  d.u8(f.addrAddressFamily);
  const encoding = d.u8(f.addrEncodingType);
  d.bitset(f.sourceAddrFlags, 1, SOURCE_FLAGS);
  appendFlags(d, flags, SOURCE_FLAGS);
  d.u8(f.maskLen);
  addAddress(d, f.source, f.sourceIp6, n);
  if (encoding === JOIN_ATTRIBUTES) addAttributes(d);
  d.close();
  if (d.pos <= start) d.malformed();
}

function appendFlags(d: Dissection, flags: number, members: readonly Field[]): void {
  if (!d.labels) return;
  for (const member of members)
    if (member.type === "FT_BOOLEAN" && flags & member.mask) d.append(`, ${member.title}`);
}

const ATTRIBUTE_FLAGS = [f.sourceJaFlagsF, f.sourceJaFlagsE, f.sourceJaFlagsAttrType];

/** RFC 5384. */
function addAttributes(d: Dissection): void {
  let last = false;
  while (!last && d.remaining > 0) {
    const length = d.peek8(1);
    d.open(f.sourceJa, d.pos, 2 + length);
    const flags = d.bitset(f.sourceJaFlags, 1, ATTRIBUTE_FLAGS);
    last = (flags & f.sourceJaFlagsE.mask) !== 0;
    if (d.labels) {
      const name = nameOf(f.sourceJaFlagsAttrType.names, flags & f.sourceJaFlagsAttrType.mask) ?? "Unknown";
      appendFlags(d, flags, ATTRIBUTE_FLAGS);
      d.append(`, ${f.sourceJaFlagsAttrType.title}: ${name}`);
      d.appendParent(`: ${name}`);
    }
    d.u8(f.sourceJaLength);
    if (length > 0) d.bytes(f.sourceJaValue, length);
    d.close();
  }
}

/** RFC 8364 section 3: groups with their sources, in options whose first bit is a flag. */
function addDiscovery(d: Dissection): void {
  addUnicast(d, f.originator, f.originatorIp6);
  let count = 0;
  while (d.remaining > 0) {
    const start = d.pos;
    const type = d.peek16() & 0x7fff;
    const length = d.peek16(2);
    count++;
    if (d.labels) {
      const name = type === 1 ? "Group Source Holdtime TLV" : `Unknown: ${type}`;
      d.openText(start, 4 + length, `Option ${type}: ${name}`);
    }
    d.bits(f.transitivetype, start, 1);
    d.bits(f.optiontype2, start, 2);
    d.skip(2);
    d.u16(f.optionlength);
    d.close();
    if (type === 1) {
      addGroup(d, "Group");
      const sources = d.u16(f.srccount);
      const time = d.u16(f.srcholdtime);
      if (d.labels && (time === 0 || time === FOREVER)) {
        d.relabel(`Source Holdtime: ${time === 0 ? "goodbye" : "Infinity"} (${time})`);
      }
      for (let i = 0; i < sources; i++) addUnicast(d, f.source, f.sourceIp6);
    } else if (length > 0) d.bytes(f.optionvalue, length);
    d.pos = start + 4 + length;
  }
  if (d.labels) d.relabelParent(`PIM Options: ${count}`);
}

/** A message of version 1: IGMP's type, a code, a checksum, then the version. */
function dissectVersion1(d: Dissection): void {
  const start = d.pos;
  const code = d.peek8(1);
  if (d.columns) {
    d.setProtocol("PIMv1");
    d.setInfo(CODE[code] ?? `Unknown (${code})`);
  }
  d.skip(1);
  d.add(f.igmpType, start, 1, "PIM (0x14)");
  d.u8(f.code);
  addChecksum(d, start, code);
  const version = d.bits(f.version, d.pos, 1);
  if (version !== 1) return;
  d.skip(1);
  d.bytes(f.resBytes, 3);
  if (d.remaining === 0) return;
  d.open(f.option, d.pos, d.remaining);
  switch (code) {
    case 0:
      d.bits(f.mode, d.pos, 1);
      d.skip(2);
      addHoldtime(d);
      break;
    case REGISTER:
      d.bits(f.ipVersion, d.pos, 1);
      break;
    case 2:
      d.ipv4(f.group);
      d.ipv4(f.source);
      break;
    case 3:
    case 6:
    case 7:
      addJoins1(d);
      break;
    case 4:
      d.ipv4(f.groupAddress);
      d.ipv4(f.groupMask);
      d.ipv4(f.rp);
      d.bytes(f.resBytes, 2);
      addHoldtime(d);
      break;
    case 5:
      d.ipv4(f.groupAddress);
      d.ipv4(f.groupMask);
      addMetric(d);
      break;
  }
  d.close();
  if (code === REGISTER && d.remaining > 0) dissectRegistered(d, version);
}

/** Joins and prunes of version 1: addresses of four bytes. */
function addJoins1(d: Dissection): void {
  d.ipv4(f.upstreamNeighbor);
  d.bytes(f.resBytes, 2);
  addHoldtime(d);
  d.bytes(f.resBytes, 1);
  d.u8(f.maskLen);
  d.u8(f.addrLen);
  const groups = d.u8(f.numgroups);
  for (let i = 0; i < groups; i++) {
    const start = d.pos;
    d.open(f.group, start, 4, d.peek32());
    if (d.labels) d.relabelParent(`Group ${i}: ${formatIpv4(d.peek32())}`);
    d.skip(4);
    d.ipv4(f.groupMask);
    if (d.labels) d.relabel(`Group ${i} Mask: ${formatIpv4(d.peek32(-4))}`);
    const joins = d.peek16();
    const prunes = d.peek16(2);
    d.open(f.numjoins, d.pos, 2, joins);
    d.skip(4);
    const behind = d.pos;
    for (let j = 0; j < joins; j++) addSource1(d, f.joinIp);
    d.close();
    d.open(f.numprunes, behind - 2, 2, prunes);
    for (let j = 0; j < prunes; j++) addSource1(d, f.pruneIp);
    d.close();
    d.close(d.pos);
  }
}

function addSource1(d: Dissection, field: Field): void {
  for (const flag of [f.srcFlagsA, f.srcFlagsS, f.srcFlagsW, f.srcFlagsR, f.srcFlagsRsv])
    d.bits(flag, d.pos, 1);
  d.skip(1);
  d.u8(f.maskLen);
  d.ipv4(field);
  if (d.labels) d.relabel(`IP address: ${formatIpv4(d.peek32(-4))}`);
}
