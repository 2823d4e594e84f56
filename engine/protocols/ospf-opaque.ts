/**
 * Opaque link-state advertisements of OSPF version 2, RFC 5250: traffic engineering (RFC 3630, RFC 4203, RFC 4124,
 * RFC 7471), graceful restart (RFC 3623), router information (RFC 7770) with segment routing (RFC 8665), MSD
 * (RFC 8476) and flexible algorithms (RFC 9350), extended prefixes and links (RFC 7684, RFC 8920).
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  float,
  ipv4,
  ipv6,
  nameOf,
  none,
  SET_NOTSET,
  SUPPORTED,
  str,
  u8,
  u16,
  u24,
  u32,
  YES_NO,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { formatG, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { LSP_ENCODING_TYPES, SWITCHING_TYPES } from "./names/gmpls.ts";
import { MSD_TYPES } from "./names/igp.ts";
import {
  MPLS_BC_MODEL_ID,
  MPLS_PROTECTION_CAPABILITY,
  TLV_EXTLINK_SUBTLV_TYPE,
  TLV_TYPE_OPAQUE,
} from "./names/ospf-opaque.ts";

export const opaqueFields = {
  mplsRouterid: ipv4("ospf.mpls.routerid", "MPLS/TE Router ID"),
  mplsLinktype: u8("ospf.mpls.linktype", "MPLS/TE Link Type", {
    names: { 1: "Point-to-point", 2: "Multi-access" },
  }),
  mplsLinkid: ipv4("ospf.mpls.linkid", "MPLS/TE Link ID"),
  mplsLocalAddr: ipv4("ospf.mpls.local_addr", "MPLS/TE Local Interface Address"),
  mplsRemoteAddr: ipv4("ospf.mpls.remote_addr", "MPLS/TE Remote Interface Address"),
  mplsTeMetric: u32("ospf.mpls.te_metric", "MPLS/TE Metric"),
  mplsLocalId: u32("ospf.mpls.local_id", "MPLS/TE Local Interface Index"),
  mplsRemoteId: u32("ospf.mpls.remote_id", "MPLS/TE Remote Interface Index"),
  mplsLinkcolor: u32("ospf.mpls.linkcolor", "MPLS/TE Link Resource Class/Color", { base: "HEX" }),
  mplsGroup: u32("ospf.mpls.group", "MPLS/TE Group", { base: "HEX" }),
  mplsLinkMaxBw: float("ospf.mpls.link_max_bw", "Link Max BW"),
  mplsBcModelId: u8("ospf.mpls.bc.model_id", "MPLS/DSTE Bandwidth Constraints Model Id", {
    names: MPLS_BC_MODEL_ID,
  }),
  oifLocalNodeId: ipv4("ospf.oif.local_node_id", "Local Node ID"),
  oifRemoteNodeId: ipv4("ospf.oif.remote_node_id", "Remote Node ID"),
  riOptions: u8("ospf.ri.options", "RI Options", { base: "HEX" }),
  riOptionsGrc: bool("ospf.ri.options.grc", "(GRC) Graceful Restart", {
    mask: 0x80,
    tf: ["Capable", "Not capable"],
  }),
  riOptionsGrh: bool("ospf.ri.options.grh", "(GRH) Graceful Restart Helper", {
    mask: 0x40,
    tf: ["Enabled", "Disabled"],
  }),
  riOptionsSrs: bool("ospf.ri.options.srs", "Stub Router Support", { mask: 0x20, tf: YES_NO }),
  riOptionsTes: bool("ospf.ri.options.tes", "(TES) Traffic Engineering", { mask: 0x10, tf: SUPPORTED }),
  riOptionsP2plan: bool("ospf.ri.options.p2plan", "(P2PLAN) Point-to-point over LAN", {
    mask: 0x8,
    tf: ["Capable", "Not capable"],
  }),
  riOptionsEte: bool("ospf.ri.options.ete", "(ETE) Experimental TE", {
    mask: 0x4,
    tf: ["Capable", "Not capable"],
  }),
  riOptionsHost: bool("ospf.ri.options.host", "Host Router", { mask: 0x1, tf: ["Capable", "Not capable"] }),
  tlvTypeOpaque: u16("ospf.tlv_type.opaque", "TLV Type", { names: TLV_TYPE_OPAQUE }),
  dynhostname: str("ospf.dynhostname", "Dynamic Hostname"),
  lsaSa: u8("ospf.lsa_sa", "SR-Algorithm", {
    names: { 0: "Shortest Path First", 1: "Strict Shortest Path First" },
  }),
  tlvSidlabelRangeType: u16("ospf.tlv.sidlabel_range.type", "TLV Type", {
    names: { 1: "SID/Label", 2: "Prefix SID" },
  }),
  tlvRangeSize: u24("ospf.tlv.range_size", "Range Size"),
  tlvSidLabel: u32("ospf.tlv.sid_label", "SID/Label"),
  tlvPreference: u24("ospf.tlv.preference", "Preference"),
  tlvIgpMsdType: u8("ospf.tlv.igp_msd_type", "MSD Type", { names: MSD_TYPES }),
  tlvIgpMsdValue: u8("ospf.tlv.igp_msd_value", "MSD Value"),
  tlvRemoteIpv4Address: ipv4("ospf.tlv.remote_ipv4_address", "Remote IPv4 Address"),
  tlvLocalInterfaceId: u32("ospf.tlv.local_interface_id", "Local Interface ID"),
  tlvRemoteInterfaceId: u32("ospf.tlv.remote_interface_id", "Remote Interface ID"),
  tlvFadFlexAlgorithm: u8("ospf.tlv.fad.flex_algorithm", "Flex-Algorithm"),
  tlvFadMetricType: u8("ospf.tlv.fad.metric_type", "Metric-Type", {
    names: { 0: "IGP Metric", 1: "Min Unidirectional Link Delay", 2: "Traffic Engineering Metric" },
  }),
  tlvFadCalcType: u8("ospf.tlv.fad.calc_type", "Calc-Type", {
    names: { 0: "Shortest Path First", 1: "Strict Shortest Path First" },
  }),
  tlvFadPriority: u8("ospf.tlv.fad.priority", "Priority"),
  tlvFadSubtlvType: u16("ospf.tlv.fad.subtlv_type", "TLV Type", {
    names: {
      1: "Flexible Algorithm Exclude Admin Group",
      2: "Flexible Algorithm Include-Any Admin Group",
      3: "Flexible Algorithm Include-All Admin Group",
      4: "Flexible Algorithm Definition Flags",
      5: "Flexible Algorithm Exclude SRLG",
    },
  }),
  tlvUnknown: bytes("ospf.tlv.unknown", "Unknown TLV"),
  tlvExtpfxTlvType: u16("ospf.tlv.extpfx.tlv_type", "TLV Type", {
    names: { 1: "OSPFv2 Extended Prefix", 2: "OSPFv2 Extended Prefix Range" },
  }),
  tlvExtpfxSubtlvType: u16("ospf.tlv.extpfx.subtlv_type", "TLV Type", {
    names: { 1: "SID/Label", 2: "Prefix SID" },
  }),
  tlvExtpfxRotuetype: u16("ospf.tlv.extpfx.rotuetype", "Route Type", {
    names: { 0: "Unspecified", 1: "Intra-Area", 3: "Inter-Area", 5: "AS-External", 7: "NSSA-External" },
  }),
  tlvExtpfxAf: u8("ospf.tlv.extpfx.af", "Address Family", { names: { 0: "IPv4 Unicast" } }),
  tlvExtpfxFlags: u8("ospf.tlv.extpfx.flags", "Flags", { base: "HEX" }),
  tlvExtpfxFlagsA: bool("ospf.tlv.extpfx.flags.a", "(A) Attach Flag", { mask: 0x80, tf: SET_NOTSET }),
  tlvExtpfxFlagsN: bool("ospf.tlv.extpfx.flags.n", "(N) Node Flag", { mask: 0x40, tf: SET_NOTSET }),
  tlvExtpfxRangeFlags: u8("ospf.tlv.extpfx_range.flags", "Flags", { base: "HEX" }),
  tlvExtpfxRangeFlagsIa: bool("ospf.tlv.extpfx_range.flags.ia", "(IA) Inter-Area Flag", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  tlvPfxsidFlags: u8("ospf.tlv.pfxsid.flags", "Flags", { base: "HEX" }),
  tlvPfxsidFlagsNp: bool("ospf.tlv.pfxsid.flags.np", "(NP) No-PHP Flag", { mask: 0x40, tf: SET_NOTSET }),
  tlvPfxsidFlagsM: bool("ospf.tlv.pfxsid.flags.m", "(M) Mapping Server Flag", { mask: 0x20, tf: SET_NOTSET }),
  tlvPfxsidFlagsE: bool("ospf.tlv.pfxsid.flags.e", "(E) Explicit-Null Flag", { mask: 0x10, tf: SET_NOTSET }),
  tlvPfxsidFlagsV: bool("ospf.tlv.pfxsid.flags.v", "(V) Value/Index Flag", { mask: 0x8, tf: SET_NOTSET }),
  tlvPfxsidFlagsL: bool("ospf.tlv.pfxsid.flags.l", "(L) Local/Global Flag", { mask: 0x4, tf: SET_NOTSET }),
  tlvExtlinkTlvType: u16("ospf.tlv.extlink.tlv_type", "TLV Type", { names: { 1: "OSPFv2 Extended Link" } }),
  tlvExtlinkSubtlvType: u16("ospf.tlv.extlink.subtlv_type", "TLV Type", { names: TLV_EXTLINK_SUBTLV_TYPE }),
  tlvExtlinkMtId: u8("ospf.tlv.extlink.mt_id", "Multi-Topology ID"),
  tlvExtlinkWeight: u8("ospf.tlv.extlink.weight", "Weight"),
  tlvExtlinkNbr: ipv4("ospf.tlv.extlink.nbr", "Neighbor ID"),
  tlvAdjsidFlags: u8("ospf.tlv.adjsid.flags", "Flags", { base: "HEX" }),
  tlvAdjsidFlagsB: bool("ospf.tlv.adjsid.flags.b", "(B) Backup Flag", { mask: 0x80, tf: SET_NOTSET }),
  tlvAdjsidFlagsV: bool("ospf.tlv.adjsid.flags.v", "(V) Value/Index Flag", { mask: 0x40, tf: SET_NOTSET }),
  tlvAdjsidFlagsL: bool("ospf.tlv.adjsid.flags.b", "(L) Local/Global Flag", { mask: 0x20, tf: SET_NOTSET }),
  tlvAdjsidFlagsG: bool("ospf.tlv.adjsid.flags.g", "(G) Group Flag", { mask: 0x10, tf: SET_NOTSET }),
  tlvAdjsidFlagsP: bool("ospf.tlv.adjsid.flags.p", "(P) Persistent Flag", { mask: 0x8, tf: SET_NOTSET }),
  tlvApplicationSabmLength: u8("ospf.tlv.application.sabm.length", "SABM Length"),
  tlvApplicationUdabmLength: u8("ospf.tlv.application.udabm.length", "UDABM Length"),
  tlvApplicationSabmBits: u8("ospf.tlv.application.sabm.bits", "Standard Application Identifier Bit Mask", {
    base: "HEX",
  }),
  tlvApplicationSabmBitsR: bool("ospf.tlv.application.sabm.bits.r", "(R) RSVP-TE", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  tlvApplicationSabmBitsS: bool("ospf.tlv.application.sabm.bits.s", "(S) Segment Routing Policy", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  tlvApplicationSabmBitsF: bool("ospf.tlv.application.sabm.bits.f", "(F) Loop-Free Alternate (LFA)", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  tlvApplicationSabmBitsX: bool("ospf.tlv.application.sabm.bits.x", "(X) Flexible Algorithm", {
    mask: 0x10,
    tf: SET_NOTSET,
  }),
  tlvApplicationUdabmBits: bytes(
    "ospf.tlv.application.udabm.bits",
    "User-Defined Application Identifier Bit Mask",
    { base: "SEP_SPACE" },
  ),
  tlvApplicationSubtlvType: u16("ospf.tlv.application.subtlv_type", "TLV Type", {
    names: TLV_EXTLINK_SUBTLV_TYPE,
  }),
  tlvUnidirectionalLinkFlags: u8("ospf.tlv.unidirectional_link_flags", "Flags", { base: "HEX" }),
  tlvUnidirectionalLinkFlagsA: bool("ospf.tlv.unidirectional_link_flags.a", "(A) Anomalous", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  tlvUnidirectionalLinkFlagsReserved: u8("ospf.tlv.unidirectional_link_flags.reserved", "Reserved", {
    base: "HEX",
    mask: 0x7f,
  }),
  tlvUnidirectionalLinkReserved: u8("ospf.tlv.unidirectional_link_reserved", "Reserved", { base: "HEX" }),
  tlvUnidirectionalLinkDelay: u24("ospf.tlv.unidirectional_link_delay", "Delay"),
  tlvUnidirectionalLinkDelayMin: u24("ospf.tlv.unidirectional_link_delay_min", "Min Delay"),
  tlvUnidirectionalLinkDelayMax: u24("ospf.tlv.unidirectional_link_delay_max", "Max Delay"),
  tlvUnidirectionalDelayVariation: u24("ospf.tlv.unidirectional_delay_variation", "Delay Variation"),
  tlvAdminGroup: u32("ospf.tlv.admin_group", "Admin Group", { base: "HEX" }),
  tlvExtendedAdminGroup: u32("ospf.tlv.extended_admin_group", "Extended Admin Group", { base: "HEX" }),
  v2Grace: none("ospf.v2.grace", "Grace TLV"),
  v2GracePeriod: u32("ospf.v2.grace.period", "Grace Period"),
  v2GraceReason: u8("ospf.v2.grace.reason", "Restart Reason", {
    names: { 0: "Unknown", 1: "Software Restart", 2: "Software Reload/Upgrade", 3: "Processor Switchover" },
  }),
  v2GraceIp: ipv4("ospf.v2.grace.ip", "Restart IP"),
  mplsSwitchingType: u8("ospf.mpls.switching_type", "Switching Type", { names: SWITCHING_TYPES }),
  mplsEncoding: u8("ospf.mpls.encoding", "Encoding", { names: LSP_ENCODING_TYPES }),
  mplsInterfaceMtu: u16("ospf.mpls.interface_mtu", "Interface MTU"),
  mplsProtectionCapability: u8("ospf.mpls.protection_capability", "Protection Capability", {
    base: "HEX",
    names: MPLS_PROTECTION_CAPABILITY,
  }),
  mplsSharedRiskLinkGroup: u32("ospf.mpls.shared_risk_link_group", "Shared Risk Link Group"),
  oifTnaAddrLength: u8("ospf.oif.tna_addr_length", "Addr Length"),
  oifTnaAddrIpv4: ipv4("ospf.oif.tna_addr.ipv4", "TNA Addr"),
  oifTnaAddrIpv6: ipv6("ospf.oif.tna_addr.ipv6", "TNA Addr"),
  oifTnaAddr: bytes("ospf.oif.tna_addr", "TNA Addr"),
  mplsPri: float("ospf.mpls.pri", "Pri (or TE-Class)"),
  mplsBc: float("ospf.mpls.bc", "BC"),
  mplsMinimumLspBandwidth: float("ospf.mpls.minimum_lsp_bandwidth", "Minimum LSP bandwidth"),
  mplsSonetSdh: bool("ospf.mpls.sonet.sdh", "SONET/SDH", { tf: ["Arbitrary", "Standard"] }),
  tlvType: u16("ospf.tlv_type", "TLV Type"),
  tlvLength: u16("ospf.tlv_length", "TLV Length"),
  reserved: bytes("ospf.reserved", "Reserved"),
  prefixLength: u8("ospf.prefix_length", "PrefixLength"),
  tlvValue: bytes("ospf.tlv_value", "TLV Value"),
  padBytes: bytes("ospf.pad_bytes", "Pad Bytes"),
  addressPrefix: ipv4("ospf.v3.address_prefix.ipv4", "Address Prefix"),
  lsaRouterLinktype: u8("ospf.lsa.router.linktype", "Link Type"),
  lsaRouterLinkid: ipv4("ospf.lsa.router.linkid", "Link ID"),
  lsaRouterLinkdata: ipv4("ospf.lsa.router.linkdata", "Link Data"),
  teMetric: u32("ospf.mpls.te_metric", "Traffic Engineering Metric"),
};
const f = opaqueFields;

export const opaqueExperts = {
  reservedNotZero: expert("ospf.reserved.not_zero", "warning", "Protocol", "incorrect, should be 0"),
  unknownType: expert("ospf.lsa.unknown_type", "warning", "Protocol", "Unknown LSA Type"),
  invalidLength: expert("ospf.lsa.invalid_length", "error", "Malformed", "Invalid length"),
  unknownLink: expert("ospf.unknown_link_subtype", "warning", "Protocol", "Unknown Link sub-TLV"),
};
const x = opaqueExperts;

export interface LinkType {
  readonly short: string;
  readonly title: string;
  readonly id: string;
}
const LINKS: Readonly<Record<number, LinkType>> = {
  1: {
    short: "PTP",
    title: "Point-to-point connection to another router",
    id: "Neighboring router's Router ID",
  },
  2: { short: "Transit", title: "Connection to a transit network", id: "IP address of Designated Router" },
  3: { short: "Stub", title: "Connection to a stub network", id: "IP network/subnet number" },
  4: { short: "Virtual", title: "Virtual link", id: "Neighboring router's Router ID" },
};
const UNKNOWN_LINK: LinkType = { short: "Unknown", title: "Unknown link type", id: "Unknown link ID" };
/** The texts of a link's type. */
export const linkType = (type: number): LinkType => LINKS[type] ?? UNKNOWN_LINK;

export const TRAFFIC_ENGINEERING = 1;
const GRACE = 3;
const ROUTER_INFORMATION = 4;
const EXTENDED_PREFIX = 7;
const EXTENDED_LINK = 8;

/** The body of an opaque LSA, which fills the layer. */
export function addOpaque(d: Dissection, type: number): void {
  switch (type) {
    case TRAFFIC_ENGINEERING:
      d.openText(d.pos, d.remaining, "MPLS Traffic Engineering LSA");
      while (d.remaining > 0) addTraffic(d);
      d.close();
      return;
    case GRACE:
      while (d.remaining > 0) addGrace(d);
      return;
    case ROUTER_INFORMATION:
      d.openText(d.pos, d.remaining, "Opaque Router Information LSA");
      while (d.remaining > 0) addInformation(d);
      d.close();
      return;
    case EXTENDED_PREFIX:
      d.openText(d.pos, d.remaining, "OSPFv2 Extended Prefix Opaque LSA");
      while (d.remaining > 0) addExtendedPrefix(d);
      d.close();
      return;
    case EXTENDED_LINK:
      d.openText(d.pos, d.remaining, "OSPFv2 Extended Link Opaque LSA");
      while (d.remaining > 0) addExtendedLink(d);
      d.close();
      return;
    default:
      d.text(d.pos, d.remaining, `Unknown LSA Type ${type}`);
      d.expert(x.unknownType, `Unknown LSA Type ${type}`);
      d.pos = d.end;
  }
}

/** Bytes a value takes with its padding. */
const padded = (length: number): number => (length + 3) & ~3;

/** Opens a TLV with its type, shown as `field`, and length; returns where its value ends without padding. */
function openTlv(d: Dissection, title: string, field: Field, typeText: string | null = null): number {
  const length = d.peek16(2);
  d.openText(d.pos, 4 + length, title);
  d.u16(field);
  if (d.labels && typeText !== null) d.relabel(typeText);
  d.u16(f.tlvLength);
  return d.pos + length;
}

/** Ends a TLV that begins at `start`. */
function closeTlv(d: Dissection, start: number, length: number): void {
  d.close();
  d.pos = Math.min(start + 4 + padded(length), Math.max(d.end, start + 4 + length));
}

/** Bytes that should be zero. */
export function addReserved(d: Dissection, n: number): void {
  const isZero = d.peekBytes(n).every((one) => one === 0);
  d.bytes(f.reserved, n);
  if (!isZero) d.expert(x.reservedNotZero);
}

/** TLVs of no use yet: what may assign them. */
const assignment = (type: number): string =>
  type >= 32768 && type <= 32777
    ? "For Experimental Use"
    : type > 32777
      ? "Not to be Assigned"
      : "Assigned via Standards Action";

const rate = (value: number): string => `${formatG(value, 10)} bytes/s (${Math.round(value * 8)} bits/s)`;

function addRate(d: Dissection, field: Field, name: string): number {
  d.need(4);
  const value = new DataView(d.buf.buffer, d.buf.byteOffset + d.pos, 4).getFloat32(0);
  d.add(field, d.pos, 4, value);
  if (d.labels) d.relabel(`${name}: ${rate(value)}`);
  d.skip(4);
  return value;
}

const TE_ROUTER = 1;
const TE_LINK = 2;
const TNA = 32768;

/** RFC 3630 section 2.4. */
function addTraffic(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  if (type === TE_ROUTER) {
    openTlv(
      d,
      d.labels && d.remaining >= 8 ? `Router Address: ${formatIpv4(d.peek32(4))}` : "Router Address",
      f.tlvType,
      "TLV Type: 1 - Router Address",
    );
    d.ipv4(f.mplsRouterid);
  } else if (type === TE_LINK) {
    const end = openTlv(d, "Link Information", f.tlvType, "TLV Type: 2 - Link Information");
    while (d.pos < end) addTrafficLink(d);
  } else if (type === TNA) {
    const end = openTlv(d, "TNA Information", f.tlvType, "TLV Type: 32768 - TNA Information");
    while (d.pos < end) addTna(d);
  } else {
    const why = assignment(type);
    openTlv(d, `Unknown LSA: ${type} (${why})`, f.tlvType, `TLV Type: ${type} - Unknown (${why})`);
    d.bytes(f.tlvValue, length);
  }
  closeTlv(d, start, length);
}

function addTna(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  const names: Readonly<Record<number, string>> = {
    32773: "Local Node ID",
    32776: "TNA address (IPv4)",
    32778: "TNA address (IPv6)",
    32779: "TNA address (NSAP)",
  };
  const name = names[type];
  if (name === undefined) {
    d.text(start, 4 + length, `Unknown Link sub-TLV: ${type}`);
    d.expert(x.unknownLink, `Unknown Link sub-TLV: ${type}`);
    d.pos = start + 4 + padded(length);
    return;
  }
  const end = openTlv(d, name, f.tlvType, `TLV Type: ${type}: ${name}`);
  if (type === 32773) {
    const id = d.ipv4(f.oifLocalNodeId);
    if (d.labels) d.appendParent(`: ${formatIpv4(id)}`);
  } else {
    d.u8(f.oifTnaAddrLength);
    d.skip(3);
    if (type === 32776) {
      const address = d.ipv4(f.oifTnaAddrIpv4);
      if (d.labels) d.appendParent(`: ${formatIpv4(address)}`);
    } else if (type === 32778) {
      d.ipv6(f.oifTnaAddrIpv6);
      if (d.labels) d.appendParent(`: ${formatIpv6(d.peekBytes(16, -16))}`);
    } else d.bytes(f.oifTnaAddr, Math.max(0, end - d.pos));
  }
  closeTlv(d, start, length);
}

const TE_NAMES: Readonly<Record<number, string>> = {
  1: "Link Type",
  2: "Link ID",
  3: "Local Interface IP Address",
  4: "Remote Interface IP Address",
  5: "Traffic Engineering Metric",
  6: "Maximum Bandwidth",
  7: "Maximum Reservable Bandwidth",
  8: "Unreserved Bandwidth",
  9: "Resource Class/Color",
  11: "Link Local/Remote Identifier",
  14: "Link Protection Type",
  15: "Interface Switching Capability Descriptor",
  16: "Shared Risk Link Group",
  17: "Bandwidth Constraints",
  26: "Extended Administrative Group",
  27: "Unidirectional Link Delay",
  28: "Min/Max Unidirectional Link Delay",
  29: "Unidirectional Delay Variation",
  32773: "Local Node ID",
  32774: "Remote Node ID",
};

function addTrafficLink(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  const name = TE_NAMES[type];
  const why = assignment(type);
  const end = openTlv(
    d,
    name ?? `Unknown Link sub-TLV: ${type} (${why})`,
    f.tlvType,
    `TLV Type: ${type}: ${name ?? `Unknown sub-TLV (${why})`}`,
  );
  const text = name === undefined ? null : addTrafficValue(d, type, name, end);
  if (name === undefined) d.bytes(f.tlvValue, length);
  if (d.labels && text !== null) d.appendParent(`: ${text}`);
  closeTlv(d, start, length);
}

const LINK_TYPES: Readonly<Record<number, string>> = { 1: "Point-to-point", 2: "Multi-access" };

/** Adds a value; returns what the line of its TLV says of it. */
function addTrafficValue(d: Dissection, type: number, name: string, end: number): string | null {
  switch (type) {
    case 1: {
      const kind = d.u8(f.mplsLinktype);
      return `${kind} - ${LINK_TYPES[kind] ?? "Unknown Link Type"}`;
    }
    case 2:
      return formatIpv4(d.ipv4(f.mplsLinkid));
    case 3:
    case 4: {
      const first = d.peek32();
      while (d.pos < end) d.ipv4(type === 3 ? f.mplsLocalAddr : f.mplsRemoteAddr);
      return formatIpv4(first);
    }
    case 5:
      return String(d.u32(f.teMetric));
    case 6:
    case 7:
      return rate(addRate(d, f.mplsLinkMaxBw, name));
    case 8:
      for (let i = 0; i < 8; i++) addRate(d, f.mplsPri, `Pri (or TE-Class) ${i}`);
      return null;
    case 9: {
      const mask = d.u32(f.mplsLinkcolor);
      if (d.building) addGroups(d, mask);
      return `0x${mask.toString(16).padStart(8, "0")}`;
    }
    case 11: {
      const local = d.u32(f.mplsLocalId);
      const remote = d.u32(f.mplsRemoteId);
      return `${local} (0x${local.toString(16)}) - ${remote} (0x${remote.toString(16)})`;
    }
    case 14:
      d.u8(f.mplsProtectionCapability);
      return null;
    case 15:
      addSwitching(d);
      return null;
    case 16:
      while (d.pos < end) d.u32(f.mplsSharedRiskLinkGroup);
      return null;
    case 17:
      addConstraints(d, end);
      return null;
    case 26:
      addAdminGroups(d, end);
      return null;
    case 27:
      return `${addDelay(d)} usec`;
    case 28:
      return `${addDelays(d)} usec`;
    case 29:
      return `${addVariation(d)} usec`;
    default:
      return formatIpv4(d.ipv4(type === 32773 ? f.oifLocalNodeId : f.oifRemoteNodeId));
  }
}

/** The groups of a mask by number. */
function addGroups(d: Dissection, mask: number): void {
  d.openLast();
  for (let i = 0; i < 32; i++) {
    const bit = (1 << i) >>> 0;
    if ((mask & bit) === 0) continue;
    d.add(f.mplsGroup, d.pos - 4, 4, bit);
    d.relabel(`Group ${i}`);
  }
  d.close();
}

const isPacketSwitch = (type: number): boolean => type >= 1 && type <= 4;
const TDM = 100;

/** RFC 4203 section 1.4. */
function addSwitching(d: Dissection): void {
  const type = d.u8(f.mplsSwitchingType);
  d.u8(f.mplsEncoding);
  d.skip(2);
  for (let i = 0; i < 8; i++) addRate(d, f.mplsPri, `Pri ${i}`);
  if (isPacketSwitch(type)) {
    addRate(d, f.mplsMinimumLspBandwidth, f.mplsMinimumLspBandwidth.title);
    d.u16(f.mplsInterfaceMtu);
  } else if (type === TDM) {
    addRate(d, f.mplsMinimumLspBandwidth, f.mplsMinimumLspBandwidth.title);
    d.u8(f.mplsSonetSdh);
  }
}

/** RFC 4124 section 5.1. */
function addConstraints(d: Dissection, end: number): void {
  const start = d.pos;
  d.u8(f.mplsBcModelId);
  if ((end - start) % 4 !== 0) {
    d.openText(start, end - start, "Malformed Packet: Length must be N x 4 octets");
    d.expert(x.invalidLength, "Malformed Packet: Length must be N x 4 octets");
    d.close();
    return;
  }
  d.skip(3);
  for (let i = 0; d.pos < end; i++) addRate(d, f.mplsBc, `BC ${i}`);
}

function addAdminGroups(d: Dissection, end: number): void {
  for (let i = 0; d.pos < end; i++) {
    const group = d.u32(f.tlvExtendedAdminGroup);
    if (d.labels) d.relabel(`Extended Admin Group[${i}]: 0x${group.toString(16).padStart(8, "0")}`);
  }
}

const DELAY_FLAGS = [f.tlvUnidirectionalLinkFlagsA, f.tlvUnidirectionalLinkFlagsReserved];

function addDelay(d: Dissection): number {
  addFlags(d, f.tlvUnidirectionalLinkFlags, 1, DELAY_FLAGS);
  return d.u24(f.tlvUnidirectionalLinkDelay);
}

function addDelays(d: Dissection): string {
  addFlags(d, f.tlvUnidirectionalLinkFlags, 1, DELAY_FLAGS);
  const least = d.u24(f.tlvUnidirectionalLinkDelayMin);
  d.u8(f.tlvUnidirectionalLinkReserved);
  return `${least}/${d.u24(f.tlvUnidirectionalLinkDelayMax)}`;
}

function addVariation(d: Dissection): number {
  d.u8(f.tlvUnidirectionalLinkReserved);
  return d.u24(f.tlvUnidirectionalDelayVariation);
}

const GRACE_NAMES: Readonly<Record<number, string>> = {
  1: "grace-LSA Grace Period",
  2: "grace-LSA Restart Reason",
  3: "grace-LSA Restart IP",
};

/** RFC 3623 appendix A. */
function addGrace(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  const end = start + 4 + length;
  d.open(f.v2Grace, start, 4 + length);
  d.u16(f.tlvType);
  if (d.labels) d.relabel(`TLV Type: ${GRACE_NAMES[type] ?? "Unknown grace-LSA TLV"} (${type})`);
  d.u16(f.tlvLength);
  let text = "Unknown grace-LSA TLV";
  if (type === 1) {
    const seconds = d.uint(f.v2GracePeriod, Math.min(4, length));
    text = `Grace Period: ${d.labels && start + 8 <= d.end ? d.peek32(-(d.pos - start) + 4) : 0} seconds`;
    if (d.labels) d.relabel(`Grace Period: ${seconds} seconds`);
  } else if (type === 2) {
    const reason = d.u8(f.v2GraceReason);
    text = `Restart Reason: ${nameOf(f.v2GraceReason.names, reason) ?? "Unknown Restart Reason"} (${reason})`;
  } else if (type === 3) text = `Restart IP: ${formatIpv4(d.ipv4(f.v2GraceIp))}`;
  if (d.labels) d.relabelParent(text);
  d.pos = end;
  const pad = padded(length) - length;
  if (pad > 0) d.bytes(f.padBytes, pad);
  d.close();
}

/** RFC 7770 section 2.3. */
function addInformation(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  const name = nameOf(f.tlvTypeOpaque.names, type) ?? "Unknown Opaque RI LSA TLV";
  const end = openTlv(d, name, f.tlvTypeOpaque);
  switch (type) {
    case 1:
      addFlags(d, f.riOptions, 1, RI_OPTIONS);
      break;
    case 7:
      d.str(f.dynhostname, length);
      break;
    case 8:
      while (d.pos < end) d.u8(f.lsaSa);
      break;
    case 9:
    case 14:
      addLabelRange(d);
      break;
    case 12:
      addDepths(d, end);
      break;
    case 15:
      d.uint(f.tlvPreference, 1);
      addReserved(d, 3);
      break;
    case 16:
      addAlgorithm(d, end);
      break;
    default:
      if (d.labels) d.appendParent(`  (t=${type}, l=${length})`);
      d.bytes(f.tlvUnknown, length);
  }
  closeTlv(d, start, length);
}

const RI_OPTIONS = [
  f.riOptionsGrc,
  f.riOptionsGrh,
  f.riOptionsSrs,
  f.riOptionsTes,
  f.riOptionsP2plan,
  f.riOptionsEte,
  f.riOptionsHost,
];

/** RFC 8665 section 3.2. */
function addLabelRange(d: Dissection): void {
  const size = d.u24(f.tlvRangeSize);
  if (d.labels) d.appendParent(`  (Range Size: ${size})`);
  addReserved(d, 1);
  const length = d.peek16(2);
  const start = d.pos;
  openTlv(d, "SID/Label Sub-TLV", f.tlvSidlabelRangeType);
  const label = addSid(d, length);
  if (d.labels) d.appendParent(`  (SID/Label: ${label})`);
  closeTlv(d, start, length);
}

/** A label of three bytes, or an index of four. */
function addSid(d: Dissection, length: number): number {
  return d.uint(f.tlvSidLabel, length === 3 ? 3 : 4);
}

function addDepths(d: Dissection, end: number): void {
  while (d.pos + 2 <= end) {
    d.u8(f.tlvIgpMsdType);
    d.u8(f.tlvIgpMsdValue);
  }
}

/** RFC 9350 section 5.2. */
function addAlgorithm(d: Dissection, end: number): void {
  const algorithm = d.u8(f.tlvFadFlexAlgorithm);
  if (d.labels) d.appendParent(`  (${algorithm})`);
  d.u8(f.tlvFadMetricType);
  d.u8(f.tlvFadCalcType);
  d.u8(f.tlvFadPriority);
  while (d.pos < end) {
    const start = d.pos;
    const type = d.peek16();
    const length = d.peek16(2);
    const stop = openTlv(d, nameOf(f.tlvFadSubtlvType.names, type) ?? "Unknown Sub-TLV", f.tlvFadSubtlvType);
    if (type >= 1 && type <= 3) addAdminGroups(d, stop);
    else d.bytes(f.tlvValue, length);
    closeTlv(d, start, length);
  }
}

const PREFIX_FLAGS = [f.tlvExtpfxFlagsA, f.tlvExtpfxFlagsN];
const RANGE_FLAGS = [f.tlvExtpfxRangeFlagsIa];
const PREFIX_SID_FLAGS = [
  f.tlvPfxsidFlagsNp,
  f.tlvPfxsidFlagsM,
  f.tlvPfxsidFlagsE,
  f.tlvPfxsidFlagsV,
  f.tlvPfxsidFlagsL,
];

/** A TLV of an extended LSA that is not known. */
function addUnknown(d: Dissection, type: number, length: number): void {
  const start = d.pos;
  openTlv(d, `Unknown TLV: ${type} - Unknown`, f.tlvTypeOpaque);
  d.bytes(f.tlvUnknown, length);
  closeTlv(d, start, length);
}

/** RFC 7684 section 2.1, RFC 8665 section 4. */
function addExtendedPrefix(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  if (type !== 1 && type !== 2) {
    addUnknown(d, type, length);
    return;
  }
  const end = openTlv(d, `OSPFv2 Extended Prefix${type === 2 ? " Range" : ""} TLV`, f.tlvExtpfxTlvType);
  let what: string;
  let bits: number;
  if (type === 1) {
    const route = d.u8(f.tlvExtpfxRotuetype);
    bits = d.u8(f.prefixLength);
    d.u8(f.tlvExtpfxAf);
    addFlags(d, f.tlvExtpfxFlags, 1, PREFIX_FLAGS);
    what = `Type: ${(nameOf(f.tlvExtpfxRotuetype.names, route) ?? "Unknown").padEnd(13)} Prefix`;
  } else {
    bits = d.u8(f.prefixLength);
    d.u8(f.tlvExtpfxAf);
    what = `Range Size: ${d.uint(f.tlvRangeSize, 2)}, Prefix`;
    addFlags(d, f.tlvExtpfxRangeFlags, 1, RANGE_FLAGS);
    addReserved(d, 3);
  }
  const prefix = d.ipv4(f.addressPrefix);
  if (d.labels) d.appendParent(`  (${what}: ${formatIpv4(prefix)}/${bits})`);
  while (d.pos < end) addPrefixPart(d);
  closeTlv(d, start, length);
}

function addPrefixPart(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  if (type === 2) {
    openTlv(d, "Prefix SID Sub-TLV", f.tlvExtpfxSubtlvType);
    addFlags(d, f.tlvPfxsidFlags, 1, PREFIX_SID_FLAGS);
    addReserved(d, 1);
    d.u8(f.tlvExtlinkMtId);
    d.u8(f.lsaSa);
    const label = addSid(d, length - 4);
    if (d.labels) d.appendParent(`  (SID/Label: ${label})`);
  } else {
    const name = nameOf(f.tlvExtpfxSubtlvType.names, type);
    openTlv(d, `${name ?? "Unknown"} Sub-TLV: ${type} - Unknown`, f.tlvExtpfxSubtlvType);
    d.bytes(f.tlvValue, length);
  }
  closeTlv(d, start, length);
}

/** RFC 7684 section 3. */
function addExtendedLink(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  if (type !== 1) {
    addUnknown(d, type, length);
    return;
  }
  const end = openTlv(d, "OSPFv2 Extended Link TLV", f.tlvExtlinkTlvType);
  const kind = linkType(d.u8(f.lsaRouterLinktype));
  if (d.labels) d.append(` - ${kind.title}`);
  addReserved(d, 3);
  const id = d.ipv4(f.lsaRouterLinkid);
  const link = d.ipv4(f.lsaRouterLinkdata);
  if (d.labels) {
    const ids = `ID: ${formatIpv4(id).padEnd(15)} Data: ${formatIpv4(link).padEnd(15)}`;
    d.appendParent(`  (Type: ${kind.short.padEnd(8)} ${ids.trimEnd()})`);
  }
  while (d.pos < end) addLinkPart(d);
  closeTlv(d, start, length);
}

const ADJACENCY_FLAGS = [
  f.tlvAdjsidFlagsB,
  f.tlvAdjsidFlagsV,
  f.tlvAdjsidFlagsL,
  f.tlvAdjsidFlagsG,
  f.tlvAdjsidFlagsP,
];

function addLinkPart(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  const name = nameOf(f.tlvExtlinkSubtlvType.names, type) ?? "Unknown";
  const end = openTlv(d, `${name} Sub-TLV`, f.tlvExtlinkSubtlvType);
  let text = "";
  switch (type) {
    case 2:
    case 3: {
      addFlags(d, f.tlvAdjsidFlags, 1, ADJACENCY_FLAGS);
      d.bytes(f.reserved, 1);
      d.u8(f.tlvExtlinkMtId);
      d.u8(f.tlvExtlinkWeight);
      let neighbor = "";
      if (type === 3) neighbor = `, Neighbor: ${formatIpv4(d.ipv4(f.tlvExtlinkNbr))}`;
      text = `SID/Label: ${addSid(d, end - d.pos)}${neighbor}`;
      break;
    }
    case 6:
      addDepths(d, end);
      break;
    case 8:
      text = formatIpv4(d.ipv4(f.tlvRemoteIpv4Address));
      break;
    case 9: {
      const local = d.u32(f.tlvLocalInterfaceId);
      text = `Local: ${local}, Remote: ${d.u32(f.tlvRemoteInterfaceId)}`;
      break;
    }
    case 10:
      addApplications(d, end);
      break;
    default:
      text = `t=${type}, l=${length}`;
      d.bytes(f.tlvValue, length);
  }
  if (d.labels && text !== "") d.appendParent(`  (${text})`);
  closeTlv(d, start, length);
}

const APPLICATIONS = [
  f.tlvApplicationSabmBitsR,
  f.tlvApplicationSabmBitsS,
  f.tlvApplicationSabmBitsF,
  f.tlvApplicationSabmBitsX,
];

/** RFC 8920 section 5. */
function addApplications(d: Dissection, end: number): void {
  const standard = d.u8(f.tlvApplicationSabmLength);
  const own = d.u8(f.tlvApplicationUdabmLength);
  addReserved(d, 2);
  if (![0, 4, 8].includes(standard) || ![0, 4, 8].includes(own)) d.malformed();
  if (standard > 0) {
    addFlags(d, f.tlvApplicationSabmBits, 1, APPLICATIONS);
    d.skip(standard - 1);
  }
  if (own > 0) d.bytes(f.tlvApplicationUdabmBits, own);
  while (d.pos < end) addApplicationPart(d);
}

function addApplicationPart(d: Dissection): void {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  const name = nameOf(f.tlvApplicationSubtlvType.names, type) ?? "Unknown";
  const end = openTlv(d, `${name} Sub-TLV`, f.tlvApplicationSubtlvType);
  let text = "";
  switch (type) {
    case 12:
      text = `Delay: ${addDelay(d)} usec`;
      break;
    case 13:
      text = `Min/Max Delay: ${addDelays(d)} usec`;
      break;
    case 14:
      text = `Variation: ${addVariation(d)} usec`;
      break;
    case 19:
      text = `Admin Group: 0x${d.u32(f.tlvAdminGroup).toString(16).padStart(8, "0")}`;
      break;
    case 20:
      addAdminGroups(d, end);
      break;
    case 22:
      text = `TE Metric: ${d.u32(f.mplsTeMetric)}`;
      break;
    default:
      d.bytes(f.tlvValue, length);
  }
  if (d.labels && text !== "") d.appendParent(`  (${text})`);
  closeTlv(d, start, length);
}
