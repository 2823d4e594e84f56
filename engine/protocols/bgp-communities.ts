/**
 * Extended communities: RFC 4360, the registry "BGP Extended Communities" of IANA, RFC 5668 (four-octet AS), RFC 7153,
 * RFC 7432 and RFC 8317 (EVPN), RFC 4577 (OSPF), RFC 8955 (flow specifications), RFC 4761 (layer 2), Cisco's cost and
 * EIGRP communities, QoS marking and class of service.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  expert,
  type Field,
  float,
  ipv4,
  nameOf,
  none,
  SET_NOTSET,
  SUPPORTED,
  u8,
  u16,
  u32,
  u48,
  YES_NO,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { formatEther, formatIpv4 } from "../dissect/text.ts";
import { commonFields, type UpdateState } from "./bgp-common.ts";
import {
  EXT_COM_COST_POI,
  EXT_COM_EIGRP,
  EXT_COM_L2_ENCAPS_TYPE,
  EXT_COM_QOS_TECH_TYPE,
  EXT_COM_STYPE_TR_AS2,
  EXT_COM_STYPE_TR_AS4,
  EXT_COM_STYPE_TR_EVPN,
  EXT_COM_STYPE_TR_EXP,
  EXT_COM_STYPE_TR_IP4,
  EXT_COM_TUNNEL_TYPE,
  EXT_COM_TYPE,
} from "./names/bgp.ts";
import { EXTDATA_PROTO } from "./names/eigrp.ts";
import { DSCP_NAMES } from "./names/ip.ts";

export const communityFields = {
  extCommunities: none("bgp.ext_communities", "Carried extended communities"),
  extCommunity: none("bgp.ext_community", "Community"),
  extComType: u8("bgp.ext_com.type", "Type", { base: "HEX", names: EXT_COM_TYPE }),
  extComTypeAuth: bool("bgp.ext_com.type.auth", "IANA Authority", {
    mask: 0x80,
    tf: [
      "Allocated on Standard Action, Early Allocation or Experimental Basis",
      "Allocated on First Come First Serve Basis",
    ],
  }),
  extComTypeTran: bool("bgp.ext_com.type.tran", "Transitive across ASes", {
    mask: 0x40,
    tf: ["Non-transitive", "Transitive"],
  }),
  extComStypeUnknown: u8("bgp.ext_com.stype_unknown", "Subtype", { base: "HEX" }),
  extComStypeTrEvpn: u8("bgp.ext_com.stype_tr_evpn", "Subtype (EVPN)", {
    base: "HEX",
    names: EXT_COM_STYPE_TR_EVPN,
  }),
  extComStypeTrAs2: u8("bgp.ext_com.stype_tr_as2", "Subtype (AS2)", {
    base: "HEX",
    names: EXT_COM_STYPE_TR_AS2,
  }),
  extComStypeNtrAs2: u8("bgp.ext_com.stype_ntr_as2", "Subtype (Non-transitive AS2)", {
    base: "HEX",
    names: { 4: "Link Bandwidth", 128: "Virtual-Network Identifier" },
  }),
  extComStypeTrAs4: u8("bgp.ext_com.stype_tr_as4", "Subtype (AS4)", {
    base: "HEX",
    names: EXT_COM_STYPE_TR_AS4,
  }),
  extComStypeNtrAs4: u8("bgp.ext_com.stype_ntr_as4", "Subtype (Non-transitive AS4)", {
    base: "HEX",
    names: { 4: "Generic" },
  }),
  extComStypeTrIP4: u8("bgp.ext_com.stype_tr_IP4", "Subtype (IPv4)", {
    base: "HEX",
    names: EXT_COM_STYPE_TR_IP4,
  }),
  extComStypeNtrIP4: u8("bgp.ext_com.stype_ntr_IP4", "Subtype (Non-transitive IPv4)", {
    base: "HEX",
    names: {},
  }),
  extComStypeTrOpaque: u8("bgp.ext_com.stype_tr_opaque", "Subtype (Opaque)", {
    base: "HEX",
    names: { 1: "Cost", 6: "OSPF Route Type", 11: "Color", 12: "Encapsulation", 13: "Default Gateway" },
  }),
  extComStypeNtrOpaque: u8("bgp.ext_com.stype_ntr_opaque", "Subtype (Non-transitive Opaque)", {
    base: "HEX",
    names: { 1: "Cost", 0: "BGP Origin Validation state" },
  }),
  extComTunnelType: u16("bgp.ext_com.tunnel_type", "Tunnel type", { names: EXT_COM_TUNNEL_TYPE }),
  extComStypeTrExp: u8("bgp.ext_com.stype_tr_exp", "Subtype (Experimental)", {
    base: "HEX",
    names: EXT_COM_STYPE_TR_EXP,
  }),
  extComStypeTrExp2: u8("bgp.ext_com.stype_tr_exp_2", "Subtype (Experimental Part 2)", {
    base: "HEX",
    names: { 8: "Flow spec redirect IPv4 format" },
  }),
  extComStypeTrExp3: u8("bgp.ext_com.stype_tr_exp_3", "Subtype (Experimental Part 3)", {
    base: "HEX",
    names: {
      4: "Security Group AS4",
      8: "Flow spec redirect AS-4byte format",
      132: "Tag4",
      133: "Origin Sub-Cluster4",
    },
  }),
  extComValueAs2: u16("bgp.ext_com.value_as2", "2-Octet AS"),
  extComValueAs4: u32("bgp.ext_com.value_as4", "4-Octet AS"),
  extComValueIP4: ipv4("bgp.ext_com.value_IP4", "IPv4 address"),
  extComValueAn2: u16("bgp.ext_com.value_an2", "2-Octet AN"),
  extComValueAn4: u32("bgp.ext_com.value_an4", "4-Octet AN"),
  extComValueLinkBw: float("bgp.ext_com.value_link_bw", "Link bandwidth"),
  extComValueOspfRtypeArea: ipv4("bgp.ext_com.value_ospf_rtype.area", "Area ID"),
  extComValueOspfRtypeType: u8("bgp.ext_com.value_ospf_rtype.type", "Route type", {
    names: {
      1: "Router",
      2: "Network",
      3: "Summary",
      5: "External",
      7: "NSSA External",
      129: "MPLS-VPN Sham",
    },
  }),
  extComValueOspfRtypeOptions: u8("bgp.ext_com.value_ospf_rtype.options", "Options", { base: "HEX" }),
  extComValueOspfRtypeOptionsMt: bool("bgp.ext_com.value_ospf_rtype.options.mt", "Metric type", {
    mask: 0x1,
    tf: ["Type-2", "Type-1"],
  }),
  extComValueOspfRid: ipv4("bgp.ext_com.value_ospf_rid", "Router ID"),
  extComValueFsDscp: u8("bgp.ext_com.value_fs_dscp", "Remarking value", {
    base: "HEX",
    mask: 0x3f,
    names: DSCP_NAMES,
  }),
  extComValueRaw: u48("bgp.ext_com.value_raw", "Raw Value", { base: "HEX" }),
  extComFlowSample: bool("bgp.ext_com_flow.sample", "Sample", { mask: 0x2, tf: SET_NOTSET }),
  extComFlowTraffAct: bool("bgp.ext_com_flow.traff_act", "Terminal action", { mask: 0x1, tf: SET_NOTSET }),
  extComFlowRateLimit: float("bgp.ext_com_flow.rate_limit", "Rate shaper"),
  flowspecExtComEmptybytes: bytes("bgp.flowspec_ext_com.emptybytes", "5 Bytes"),
  extComQosFlags: u8("bgp.ext_com_qos.flags", "Flags", { base: "HEX" }),
  extComQosFlagsRemarking: bool("bgp.ext_com_qos.flags.remarking", "Remarking", { mask: 0x10, tf: YES_NO }),
  extComQosFlagsIgnoreRemarking: bool("bgp.ext_com_qos.flags.ignore_remarking", "Ignore remarking", {
    mask: 0x8,
    tf: YES_NO,
  }),
  extComQosFlagsAggMarking: bool("bgp.ext_com_qos.flags.agg_marking", "Aggregation of markins", {
    mask: 0x4,
    tf: YES_NO,
  }),
  extComCosFlags: u8("bgp.ext_com_cos.flags", "Flags byte", { base: "HEX" }),
  extComCosFlagsBe: bool("bgp.ext_com_cos.flags.be", "BE class", { mask: 0x80, tf: SUPPORTED }),
  extComCosFlagsEf: bool("bgp.ext_com_cos.flags.ef", "EF class", { mask: 0x40, tf: SUPPORTED }),
  extComCosFlagsAf: bool("bgp.ext_com_cos.flags.af", "AF class", { mask: 0x20, tf: SUPPORTED }),
  extComCosFlagsLe: bool("bgp.ext_com_cos.flags.le", "LE class", { mask: 0x10, tf: SUPPORTED }),
  extComQosSetNumber: u8("bgp.ext_com_qos.set_number", "QoS Set Number", { base: "HEX" }),
  extComQosTechType: u8("bgp.ext_com_qos.tech_type", "Technology Type", {
    base: "HEX",
    names: EXT_COM_QOS_TECH_TYPE,
  }),
  extComQosMarkingO: u16("bgp.ext_com_qos.marking_o", "QoS Marking O", { base: "HEX" }),
  extComQosMarkingA: u8("bgp.ext_com_qos.marking_a", "QoS Marking A", { base: "HEX_DEC" }),
  extComQosDefaultToZero: u8("bgp.ext_com_qos.default_to_zero", "Defaults to zero", { base: "HEX" }),
  extComL2EncapsType: u8("bgp.ext_com_l2.encaps_type", "Encaps Type", { names: EXT_COM_L2_ENCAPS_TYPE }),
  extComL2CFlags: u8("bgp.ext_com_l2.c_flags", "Control Flags", { base: "HEX" }),
  extComL2FlagD: bool("bgp.ext_com_l2.flag_d", "Down flag", { mask: 0x80, tf: SET_NOTSET }),
  extComL2FlagZ1: u8("bgp.ext_com_l2.flag_z1", "Unassigned", { mask: 0x40 }),
  extComL2FlagF: bool("bgp.ext_com_l2.flag_f", "Flush flag", { mask: 0x20, tf: SET_NOTSET }),
  extComL2FlagZ345: u8("bgp.ext_com_l2.flag_z345", "Unassigned", { mask: 0x1c }),
  extComL2FlagC: bool("bgp.ext_com_l2.flag_c", "C flag", { mask: 0x2, tf: SET_NOTSET }),
  extComL2FlagS: bool("bgp.ext_com_l2.flag_s", "S flag", { mask: 0x1, tf: SET_NOTSET }),
  extComL2L2Mtu: u16("bgp.ext_com_l2.l2_mtu", "Layer-2 MTU"),
  extComL2EsiLabelFlag: bool("bgp.ext_com_l2.esi_label_flag", "Single active bit", {
    mask: 0x1,
    tf: ["Single-Active redundancy", "All-Active redundancy"],
  }),
  extComEtreeRootVlan: u16("bgp.ext_com_etree.root_vlan", "Root VLAN", { mask: 0xfff }),
  extComEtreeLeafVlan: u16("bgp.ext_com_etree.leaf_vlan", "Leaf VLAN", { mask: 0xfff }),
  extComEtreeFlags: u16("bgp.ext_com_etree.flags", "Flags", { base: "HEX" }),
  extComEtreeFlagReserved: u16("bgp.ext_com_etree.flag_reserved", "Reserved", { base: "HEX", mask: 0xfffc }),
  extComEtreeFlagP: bool("bgp.ext_com_etree.flag_p", "P", { mask: 0x2, tf: SET_NOTSET }),
  extComEtreeFlagV: bool("bgp.ext_com_etree.flag_v", "V", { mask: 0x1, tf: SET_NOTSET }),
  extComEvpnMmacFlags: u8("bgp.ext_com_evpn.mmac.flags", "Flags", { base: "HEX" }),
  extComEvpnMmacFlagsSticky: bool("bgp.ext_com_evpn.mmac.flags.sticky", "Sticky/Static MAC", {
    mask: 0x1,
    tf: YES_NO,
  }),
  extComEvpnMmacSeq: u32("bgp.ext_com_evpn.mmac.seq", "Sequence number"),
  extComEvpnEsiRt: ether("bgp.ext_com_evpn.esi.rt", "ES-Import Route Target"),
  extComEvpnEsiRouterMac: ether("bgp.ext_com_evpn.esi.router_mac", "Router's MAC"),
  extComEvpnL2attrFlags: u16("bgp.ext_com_evpn.l2attr.flags", "Flags", { base: "HEX" }),
  extComEvpnL2attrFlagReserved: u16("bgp.ext_com_evpn.l2attr.flag_reserved", "Reserved", {
    base: "HEX",
    mask: 0xffe0,
  }),
  extComEvpnL2attrFlagCi: bool("bgp.ext_com_evpn.l2attr.flag_ci", "CI flag", {
    mask: 0x10,
    bits: 16,
    tf: SET_NOTSET,
  }),
  extComEvpnL2attrFlagF: bool("bgp.ext_com_evpn.l2attr.flag_f", "F flag", {
    mask: 0x8,
    bits: 16,
    tf: SET_NOTSET,
  }),
  extComEvpnL2attrFlagC: bool("bgp.ext_com_evpn.l2attr.flag_c", "C flag", {
    mask: 0x4,
    bits: 16,
    tf: SET_NOTSET,
  }),
  extComEvpnL2attrFlagP: bool("bgp.ext_com_evpn.l2attr.flag_p", "P flag", {
    mask: 0x2,
    bits: 16,
    tf: SET_NOTSET,
  }),
  extComEvpnL2attrFlagB: bool("bgp.ext_com_evpn.l2attr.flag_b", "B flag", {
    mask: 0x1,
    bits: 16,
    tf: SET_NOTSET,
  }),
  extComEvpnL2attrL2Mtu: u16("bgp.ext_com_evpn.l2attr.l2_mtu", "L2 MTU"),
  extComEvpnL2attrReserved: bytes("bgp.ext_com_evpn.l2attr.reserved", "Reserved"),
  extComEvpnEtreeFlags: u8("bgp.ext_com_evpn.etree.flags", "Flags", { base: "HEX" }),
  extComEvpnEtreeFlagReserved: u8("bgp.ext_com_evpn.etree.flag_reserved", "Reserved", {
    base: "HEX",
    mask: 0xfe,
  }),
  extComEvpnEtreeFlagL: bool("bgp.ext_com_evpn.etree.flag_l", "L flag", { mask: 0x1, tf: SET_NOTSET }),
  extComEvpnEtreeReserved: bytes("bgp.ext_com_evpn.etree.reserved", "Reserved"),
  extComCostPoi: u8("bgp.ext_com_cost.poi", "Point of insertion", { names: EXT_COM_COST_POI }),
  extComCostCid: u8("bgp.ext_com_cost.cid", "Community ID"),
  extComCostCost: u32("bgp.ext_com_cost.cost", "Cost"),
  extComCostCidUse: bool("bgp.ext_com_cost.cid.use", "Cost use", {
    mask: 0x80,
    tf: ["Replaces the original attribute value", "Evaluated after the original attribute value"],
  }),
  extComEigrp: u8("bgp.ext_com_eigrp", "Route Attributes", { names: EXT_COM_EIGRP }),
  extComEigrpFlags: u16("bgp.ext_com_eigrp.flags", "Route flags", { base: "HEX" }),
  extComEigrpFlagsRt: bool("bgp.ext_com_eigrp.flags.rt", "Route type", {
    mask: 0x8000,
    bits: 16,
    tf: ["Internal", "External"],
  }),
  extComEigrpRtag: u32("bgp.ext_com_eigrp.rtag", "Route tag"),
  extComEigrpAsn: u16("bgp.ext_com_eigrp.asn", "AS Number"),
  extComEigrpDly: u32("bgp.ext_com_eigrp.dly", "Delay"),
  extComEigrpRly: u8("bgp.ext_com_eigrp.rly", "Reliability"),
  extComEigrpHops: u8("bgp.ext_com_eigrp.hops", "Hop count"),
  extComEigrpBw: u32("bgp.ext_com_eigrp.bw", "Bandwidth"),
  extComEigrpLoad: u8("bgp.ext_com_eigrp.load", "Load"),
  extComEigrpMtu: u32("bgp.ext_com_eigrp.mtu", "MTU"),
  extComEigrpRid: ipv4("bgp.ext_com_eigrp.rid", "Router ID"),
  extComEigrpEAsn: u16("bgp.ext_com_eigrp.e_asn", "External AS Number"),
  extComEigrpERid: ipv4("bgp.ext_com_eigrp.e_rid", "External Router ID"),
  extComEigrpEPid: u16("bgp.ext_com_eigrp.e_pid", "External protocol", { names: EXTDATA_PROTO }),
  extComEigrpEMetric: u32("bgp.ext_com_eigrp.e_metric", "External metric"),
};
const f = communityFields;
const c = commonFields;

export const communityExperts = {
  length: expert("bgp.ext_com.length.bad", "error", "Protocol", "Extended community length is wrong"),
};
const x = communityExperts;

const SIZE = 8;
const TYPE_BITS = [f.extComTypeAuth, f.extComTypeTran];

export function addExtendedCommunities(d: Dissection, length: number, state: UpdateState): void {
  const count = length / SIZE;
  if (length % SIZE !== 0) {
    d.expert(x.length, `Community length ${length} wrong, must be modulo ${SIZE}`);
    return;
  }
  d.open(f.extCommunities, d.pos, length);
  if (d.labels) d.appendParent(`: (${count} communit${count === 1 ? "y" : "ies"})`);
  for (let i = 0; i < count; i++) {
    const at = d.pos;
    d.need(SIZE);
    addCommunity(d, state);
    d.pos = at + SIZE;
  }
  d.close();
}

/** How a type's subtypes are shown. */
interface Kind {
  readonly subtype: Field;
  readonly add: (d: Dissection, subtype: number, state: UpdateState) => string;
}

const AS2 = (subtype: Field): Kind => ({ subtype, add: addAs2 });
const KINDS: Readonly<Record<number, Kind>> = {
  0: AS2(f.extComStypeTrAs2),
  64: { subtype: f.extComStypeNtrAs2, add: (d, subtype) => (subtype === 4 ? addBandwidth(d) : addAs2(d)) },
  1: { subtype: f.extComStypeTrIP4, add: addIp4 },
  65: { subtype: f.extComStypeNtrIP4, add: addIp4 },
  2: { subtype: f.extComStypeTrAs4, add: addAs4 },
  66: { subtype: f.extComStypeNtrAs4, add: addAs4 },
  3: { subtype: f.extComStypeTrOpaque, add: addOpaque },
  67: { subtype: f.extComStypeNtrOpaque, add: (d, subtype) => (subtype === 1 ? addCost(d) : addRaw(d)) },
  6: { subtype: f.extComStypeTrEvpn, add: addEvpn },
  128: { subtype: f.extComStypeTrExp, add: addExperimental },
  129: { subtype: f.extComStypeTrExp2, add: (d, subtype) => (subtype === 8 ? addIp4(d, -1) : addRaw(d)) },
  130: { subtype: f.extComStypeTrExp3, add: (d, subtype) => (subtype === 8 ? addAs4(d, -1) : addRaw(d)) },
};
const QOS_MARKING = [0x04, 0x44];
const COS_CAPABILITY = 0x05;
const EIGRP = 0x88;

function addCommunity(d: Dissection, state: UpdateState): void {
  const type = d.peek8();
  const subtype = d.peek8(1);
  d.open(f.extCommunity, d.pos, SIZE);
  d.bitset(f.extComType, 1, TYPE_BITS);
  const kind = KINDS[type];
  let title: string;
  let text = "";
  if (kind !== undefined) {
    d.u8(kind.subtype);
    const name = nameOf(kind.subtype.names, subtype);
    title = name ?? `Unknown subtype 0x${subtype.toString(16).padStart(2, "0")}`;
    text = kind.add(d, subtype, state);
    // The line of a cost begins with what it says.
    title = text.startsWith("Cost: ") ? "" : `${title}:`;
  } else if (QOS_MARKING.includes(type)) {
    title = "QoS Marking";
    addQosMarking(d);
  } else if (type === COS_CAPABILITY) {
    title = "CoS Capability";
    for (let i = 1; i < SIZE; i++) addFlags(d, f.extComCosFlags, 1, COS_FLAGS);
  } else if (type === EIGRP) {
    d.u8(f.extComEigrp);
    title = `${nameOf(f.extComEigrp.names, subtype) ?? `Unknown subtype 0x${subtype.toString(16).padStart(2, "0")}`}:`;
    text = addEigrp(d, subtype);
  } else {
    d.u8(f.extComStypeUnknown);
    const hex = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`;
    title = `Unknown type ${hex(type)} subtype ${hex(subtype)}:`;
    text = addRaw(d);
  }
  if (d.labels) {
    const name = nameOf(f.extComType.names, type) ?? "Unknown community";
    d.relabelParent(`${[title, text].filter((part) => part !== "").join(" ")} [${name}]`);
  }
  d.close();
}

function addRaw(d: Dissection): string {
  const text = d.labels
    ? [0, 2, 4].map((at) => `0x${d.peek16(at).toString(16).padStart(4, "0")}`).join(" ")
    : "";
  d.add(f.extComValueRaw, d.pos, 6, (BigInt(d.peek16()) << 32n) | BigInt(d.peek32(2)));
  if (d.labels) d.relabel(`${f.extComValueRaw.title}: ${text}`);
  d.skip(6);
  return text;
}

function addAs2(d: Dissection): string {
  return `${d.u16(f.extComValueAs2)}:${d.u32(f.extComValueAn4)}`;
}

/** @param subtype -1 for a line that says nothing of the value */
function addIp4(d: Dissection, subtype: number): string {
  const address = d.ipv4(f.extComValueIP4);
  const number = d.u16(f.extComValueAn2);
  return subtype === -1 || !d.labels ? "" : `${formatIpv4(address)}:${number}`;
}

/** @param subtype -1 for a line that says nothing of the value */
function addAs4(d: Dissection, subtype: number): string {
  const as = d.u32(f.extComValueAs4);
  const number = d.u16(f.extComValueAn2);
  return subtype === -1 || !d.labels ? "" : `${as >>> 16}.${as & 0xffff}(${as}):${number}`;
}

/** An AS, and a rate in bytes a second. */
function addRate(d: Dissection, field: Field): string {
  const as = d.u16(f.extComValueAs2);
  const rate = floatHere(d);
  d.add(field, d.pos, 4, rate);
  d.skip(4);
  return `ASN ${as}, ${((rate * 8) / 1e6).toFixed(3)} Mbps`;
}

function floatHere(d: Dissection): number {
  d.need(4);
  return new DataView(d.buf.buffer, d.buf.byteOffset + d.pos, 4).getFloat32(0);
}

function addBandwidth(d: Dissection): string {
  return addRate(d, f.extComValueLinkBw);
}

/** Encapsulations whose labels are virtual network identifiers. */
const VIRTUAL_NETWORKS = [8, 9, 12];

function addOpaque(d: Dissection, subtype: number, state: UpdateState): string {
  switch (subtype) {
    case 1:
      return addCost(d);
    case 6:
      return addOspfRoute(d);
    case 0x0c: {
      d.skip(4);
      const type = d.u16(f.extComTunnelType);
      if (VIRTUAL_NETWORKS.includes(type)) state.virtualNetwork = true;
      return nameOf(f.extComTunnelType.names, type) ?? "Unknown";
    }
    default:
      return addRaw(d);
  }
}

function addCost(d: Dissection): string {
  const point = d.u8(f.extComCostPoi);
  const id = d.peek8();
  const replaces = (id & 0x80) !== 0;
  d.u8(f.extComCostCid);
  d.openLast();
  d.bits(f.extComCostCidUse, d.pos - 1, 1);
  d.close();
  const cost = d.u32(f.extComCostCost);
  if (!d.labels) return "";
  d.append(` (${f.extComCostCidUse.tf[replaces ? 0 : 1]})`);
  const step =
    nameOf(f.extComCostPoi.names, point) ?? `Unknown subtype 0x${point.toString(16).padStart(2, "0")}`;
  return `Cost: ${cost}, POI: ${step} (${replaces ? "Replaces attribute value" : "Evaluated after"})`;
}

/** RFC 4577 section 4.2.6. */
function addOspfRoute(d: Dissection): string {
  const area = d.ipv4(f.extComValueOspfRtypeArea);
  const type = d.u8(f.extComValueOspfRtypeType);
  const options = d.bitset(f.extComValueOspfRtypeOptions, 1, [f.extComValueOspfRtypeOptionsMt]);
  if (!d.labels) return "";
  d.append(` (Metric: ${f.extComValueOspfRtypeOptionsMt.tf[options & 1 ? 0 : 1]})`);
  return `Area: ${formatIpv4(area)}, Type: ${nameOf(f.extComValueOspfRtypeType.names, type) ?? "Unknown"}`;
}

const MOBILITY_FLAGS = [f.extComEvpnMmacFlagsSticky];
const L2_ATTRIBUTE_FLAGS = [
  f.extComEvpnL2attrFlagReserved,
  f.extComEvpnL2attrFlagCi,
  f.extComEvpnL2attrFlagF,
  f.extComEvpnL2attrFlagC,
  f.extComEvpnL2attrFlagP,
  f.extComEvpnL2attrFlagB,
];
const EVPN_ETREE_FLAGS = [f.extComEvpnEtreeFlagReserved, f.extComEvpnEtreeFlagL];

function addEvpn(d: Dissection, subtype: number): string {
  switch (subtype) {
    case 0: {
      const flags = d.bitset(f.extComEvpnMmacFlags, 1, MOBILITY_FLAGS);
      d.skip(1);
      d.u32(f.extComEvpnMmacSeq);
      return flags & 1 ? "Sticky MAC" : "Movable MAC";
    }
    case 1: {
      const single = d.bits(f.extComL2EsiLabelFlag, d.pos, 1);
      d.skip(3);
      d.u24(c.updatePathAttributeMplsLabelValue);
      d.pos -= 3;
      const label = addLabel(d, true);
      return `${f.extComL2EsiLabelFlag.tf[single === 1 ? 0 : 1]}, Label: ${label}`;
    }
    case 2:
      return `RT: ${addMac(d, f.extComEvpnEsiRt)}`;
    case 3:
      return `Router's MAC: ${addMac(d, f.extComEvpnEsiRouterMac)}`;
    case 4: {
      const flags = addFlags(d, f.extComEvpnL2attrFlags, 2, L2_ATTRIBUTE_FLAGS);
      const mtu = d.u16(f.extComEvpnL2attrL2Mtu);
      d.bytes(f.extComEvpnL2attrReserved, 2);
      return `flags: 0x${flags.toString(16).padStart(4, "0")}, L2 MTU: ${mtu}`;
    }
    case 5:
      addFlags(d, f.extComEvpnEtreeFlags, 1, EVPN_ETREE_FLAGS);
      d.bytes(f.extComEvpnEtreeReserved, 2);
      addLabel(d, true);
      return "";
    default:
      return addRaw(d);
  }
}

function addMac(d: Dissection, field: Field): string {
  d.ether(field);
  return d.labels ? formatEther(d.peekBytes(6, -6)) : "";
}

function addLabel(d: Dissection, whole: boolean): number {
  const label = d.bits(c.updatePathAttributeMplsLabelValue20bits, d.pos, 3);
  if (whole) {
    d.bits(c.updatePathAttributeMplsTrafficClass, d.pos, 3);
    d.bits(c.updatePathAttributeMplsBottomStack, d.pos, 3);
  }
  d.skip(3);
  return label;
}

const CONTROL_FLAGS = [
  f.extComL2FlagD,
  f.extComL2FlagZ1,
  f.extComL2FlagF,
  f.extComL2FlagZ345,
  f.extComL2FlagC,
  f.extComL2FlagS,
];
const ETREE_FLAGS = [f.extComEtreeFlagReserved, f.extComEtreeFlagP, f.extComEtreeFlagV];

function addExperimental(d: Dissection, subtype: number): string {
  switch (subtype) {
    case 0:
      return addOspfRoute(d);
    case 1: {
      const id = d.ipv4(f.extComValueOspfRid);
      return formatIpv4(id);
    }
    case 5:
      d.add(f.extComStypeTrAs2, d.pos - 1, 1, subtype);
      return addAs2(d);
    case 6:
      return addRate(d, f.extComFlowRateLimit);
    case 7: {
      d.bytes(f.flowspecExtComEmptybytes, 5);
      const sample = d.bits(f.extComFlowSample, d.pos, 1);
      const terminal = d.bits(f.extComFlowTraffAct, d.pos, 1);
      return `Sample: ${sample ? "Yes" : "No"}, Terminal: ${terminal ? "Yes" : "No"}`;
    }
    case 8:
      return `RT ${addAs2(d)}`;
    case 9: {
      d.skip(5);
      const codePoint = d.bits(f.extComValueFsDscp, d.pos, 1);
      return nameOf(DSCP_NAMES, codePoint) ?? "Unknown DSCP";
    }
    case 0x0a:
      d.u8(f.extComL2EncapsType);
      addFlags(d, f.extComL2CFlags, 1, CONTROL_FLAGS);
      d.u16(f.extComL2L2Mtu);
      return "";
    case 0x0b:
      d.bits(f.extComEtreeRootVlan, d.pos, 2);
      d.bits(f.extComEtreeLeafVlan, d.pos + 2, 2);
      d.skip(4);
      addFlags(d, f.extComEtreeFlags, 2, ETREE_FLAGS);
      return "";
    default:
      return addRaw(d);
  }
}

const QOS_FLAGS = [f.extComQosFlagsRemarking, f.extComQosFlagsIgnoreRemarking, f.extComQosFlagsAggMarking];
const COS_FLAGS = [f.extComCosFlagsBe, f.extComCosFlagsEf, f.extComCosFlagsAf, f.extComCosFlagsLe];

/** draft-knoll-idr-qos-attribute: flags share a byte with the type. */
function addQosMarking(d: Dissection): void {
  d.pos--;
  addFlags(d, f.extComQosFlags, 1, QOS_FLAGS);
  d.skip(1);
  d.u8(f.extComQosSetNumber);
  d.u8(f.extComQosTechType);
  d.u16(f.extComQosMarkingO);
  d.u8(f.extComQosMarkingA);
  d.u8(f.extComQosDefaultToZero);
}

/** Delay and bandwidth as EIGRP reckons them. */
const DELAY_UNIT = 256;
const BANDWIDTH_BASE = 2_560_000_000;

function addEigrp(d: Dissection, subtype: number): string {
  switch (subtype) {
    case 0: {
      const flags = d.bitset(f.extComEigrpFlags, 2, [f.extComEigrpFlagsRt]);
      const kind = f.extComEigrpFlagsRt.tf[flags & 0x8000 ? 0 : 1];
      if (d.labels) d.append(` (${kind})`);
      return `${kind} route, Tag: ${d.u32(f.extComEigrpRtag)}`;
    }
    case 1: {
      const as = d.u16(f.extComEigrpAsn);
      const delay = d.u32(f.extComEigrpDly);
      if (d.labels) d.append(` (${Math.floor(((delay * 10) % 2 ** 32) / DELAY_UNIT)} usec)`);
      return `ASN: ${as}, D: ${delay}`;
    }
    case 2: {
      const reliability = d.u8(f.extComEigrpRly);
      if (d.labels) d.append(` (${Math.floor((reliability * 100) / 255)}%)`);
      const hops = d.u8(f.extComEigrpHops);
      const bandwidth = d.u32(f.extComEigrpBw);
      if (d.labels) d.append(` (${bandwidth === 0 ? 0 : Math.floor(BANDWIDTH_BASE / bandwidth)} Kbps)`);
      return `R: ${reliability}, H: ${hops}, B: ${bandwidth}`;
    }
    case 3: {
      d.skip(1);
      const load = d.u8(f.extComEigrpLoad);
      if (d.labels) d.append(` (${Math.floor((load * 100) / 255)}%)`);
      return `L: ${load}, M: ${d.u32(f.extComEigrpMtu)}`;
    }
    case 4: {
      const as = d.u16(f.extComEigrpEAsn);
      return `ASN: ${as}, RID: ${formatIpv4(d.ipv4(f.extComEigrpERid))}`;
    }
    case 5: {
      const protocol = d.u16(f.extComEigrpEPid);
      const name = nameOf(f.extComEigrpEPid.names, protocol) ?? `Unknown protocol ${protocol}`;
      return `${name}, Metric: ${d.u32(f.extComEigrpEMetric)}`;
    }
    case 6:
      d.skip(2);
      return formatIpv4(d.ipv4(f.extComEigrpRid));
    default:
      return "";
  }
}
