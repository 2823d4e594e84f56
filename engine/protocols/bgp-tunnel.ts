/**
 * Attributes of BGP that describe tunnels and segments: tunnel encapsulation (RFC 9012, RFC 9830 for SR policies),
 * the SAFI-specific attribute, PMSI tunnels (RFC 6514 section 5) and prefix SIDs (RFC 8669, RFC 9252).
 */
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
  str,
  u8,
  u16,
  u24,
  u32,
  type ValueNames,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { addFault, commonExperts, commonFields, plural, type UpdateState } from "./bgp-common.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import {
  PREFIX_SID_SRV6_L3VPN_SRV6_ENDPOINT_BEHAVIOR,
  UPDATE_ENCAPS_TUNNEL_SUBTLV_TYPE,
  UPDATE_ENCAPS_TUNNEL_TLV_SUBTLV_SEGMENT_LIST_SUBTLV_TYPE,
  UPDATE_ENCAPS_TUNNEL_TLV_TYPE,
  UPDATE_PATH_ATTRIBUTE_PMSI_TUNNEL_TYPE,
} from "./names/bgp.ts";
import { MSG_TLV_FEC_TYPE } from "./names/ldp.ts";

/** The fields of an SRv6 service, RFC 9252 section 2: those of layer 2 and layer 3 differ in their names only. */
function serviceFields(kind: "l2" | "l3") {
  const name = `bgp.prefix_sid.srv6_${kind}vpn`;
  return {
    service: none(name, "SRv6 L3 Service"),
    parts: none(`${name}.sub_tlvs`, "SRv6 Service Sub-TLVs"),
    part: none(`${name}.sub_tlv`, "SRv6 Service Sub-TLV"),
    type: u8(`${name}.sub_tlv.type`, "Type", { names: { 1: "SRv6 SID Information" } }),
    length: u16(`${name}.sub_tlv.length`, "Length"),
    value: bytes(`${name}.sub_tlv.value`, "Value"),
    partReserved: bytes(`${name}.sub_tlv.reserved`, "Reserved"),
    sid: ipv6(`${name}.sid_value`, "SRv6 SID Value"),
    flags: u8(`${name}.sid_flags`, "SRv6 SID Flags", { base: "HEX" }),
    behavior: u16(`${name}.srv6_endpoint_behavior`, "SRv6 Endpoint Behavior", {
      base: "HEX",
      names: PREFIX_SID_SRV6_L3VPN_SRV6_ENDPOINT_BEHAVIOR,
    }),
    reserved: bytes(`${name}.reserved`, "Reserved"),
    details: none(`${name}.sub_sub_tlvs`, "SRv6 Service Data Sub-Sub-TLVs"),
    detail: none(`${name}.sub_sub_tlv`, "SRv6 Service Data Sub-Sub-TLV"),
    detailType: u8(`${name}.sub_sub_tlv.type`, "Type", { names: { 1: "SRv6 SID Structure" } }),
    detailLength: u16(`${name}.sub_sub_tlv.length`, "Length"),
    detailValue: bytes(`${name}.sub_sub_tlv.value`, "Value"),
    blockLen: u8(`${name}.sid.locator_block_len`, "Locator Block Length"),
    nodeLen: u8(`${name}.sid.locator_node_len`, "Locator Node Length"),
    funcLen: u8(`${name}.sid.func_len`, "Function Length"),
    argLen: u8(`${name}.sid.arg_len`, "Argument Length"),
    transLen: u8(`${name}.sid.trans_len`, "Transposition Length"),
    transOffset: u8(`${name}.sid.trans_offset`, "Transposition Offset"),
  };
}
type ServiceFields = ReturnType<typeof serviceFields>;
const L2 = serviceFields("l2");
const L3 = serviceFields("l3");

const f = {
  updatePathAttributePmsiTunnelFlags: u8("bgp.update.path_attribute.pmsi.tunnel.flags", "Flags"),
  updatePathAttributePmsiTunnelType: u8("bgp.update.path_attribute.pmsi.tunnel.type", "Tunnel Type", {
    names: UPDATE_PATH_ATTRIBUTE_PMSI_TUNNEL_TYPE,
  }),
  updatePathAttributePmsiTunnelId: none("bgp.update.path_attribute.pmsi.tunnel.id", "Tunnel ID"),
  updatePathAttributePmsiTunnelIdNotPresent: none(
    "bgp.update.path_attribute.pmsi.tunnel_id.not_present",
    "Tunnel ID not present",
  ),
  updatePathAttributePmsiRsvpId: ipv4("bgp.update.path_attribute.pmsi.rsvp.id", "RSVP P2MP id"),
  updatePathAttributePmsiRsvpTunnelId: u16(
    "bgp.update.path_attribute.pmsi.rsvp.tunnel_id",
    "RSVP P2MP tunnel id",
  ),
  updatePathAttributePmsiRsvpExtTunnelIdv4: ipv4(
    "bgp.update.path_attribute.pmsi.rsvp.ext_tunnel_idv4",
    "RSVP P2MP extended tunnel id",
  ),
  updatePathAttributePmsiMldpFecType: u8(
    "bgp.update.path_attribute.pmsi.mldp.fec.type",
    "mLDP P2MP FEC element type",
    { names: MSG_TLV_FEC_TYPE },
  ),
  updatePathAttributePmsiMldpFecAddressFamily: u16(
    "bgp.update.path_attribute.pmsi.mldp.fec.address_family",
    "mLDP P2MP FEC element address family",
    { names: ADDRESS_FAMILIES },
  ),
  updatePathAttributePmsiMldpFecAddressLength: u8(
    "bgp.update.path_attribute.pmsi.mldp.fec.address_length",
    "mLDP P2MP FEC element address length",
  ),
  updatePathAttributePmsiMldpFecRootNodev4: ipv4(
    "bgp.update.path_attribute.pmsi.mldp.fec.root_nodev4",
    "mLDP P2MP FEC element root node address",
  ),
  updatePathAttributePmsiMldpFecRootNodev6: ipv6(
    "bgp.update.path_attribute.pmsi.mldp.fec.root_nodev6",
    "mLDP P2MP FEC element root node address",
  ),
  updatePathAttributePmsiMldpFecOpaqueLength: u16(
    "bgp.update.path_attribute.pmsi.mldp.fec.opaque_length",
    "mLDP P2MP FEC element opaque length",
  ),
  updatePathAttributePmsiMldpFecOpaqueValueType: u8(
    "bgp.update.path_attribute.pmsi.mldp.fec.opaque_value_type",
    "mLDP P2MP FEC element opaque value type",
    {
      names: {
        0: "Reserved",
        1: "Generic LSP Identifier",
        255: "Extended Type field in the following two bytes",
      },
    },
  ),
  updatePathAttributePmsiMldpFecOpaqueValueLength: u16(
    "bgp.update.path_attribute.pmsi.mldp.fec.opaque_value_length",
    "mLDP P2MP FEC element opaque value length",
  ),
  updatePathAttributePmsiMldpFecOpaqueValueUniqueIdRn: u32(
    "bgp.update.path_attribute.pmsi.mldp.fec.opaque_value_unique_id_rn",
    "mLDP P2MP FEC element opaque value unique Id",
  ),
  updatePathAttributePmsiMldpFecOpaqueValueUniqueIdStr: str(
    "bgp.update.path_attribute.pmsi.mldp.fec.opaque_value_unique_id_str",
    "mLDP P2MP FEC element opaque value unique Id",
  ),
  updatePathAttributePmsiMldpFecOpaqueExtValueType: u16(
    "bgp.update.path_attribute.pmsi.mldp.fec.opaque_ext_value_type",
    "mLDP P2MP FEC element opaque extended value type",
    { names: { 0: "Reserved" } },
  ),
  updatePathAttributePmsiMldpFecOpaqueExtLength: u16(
    "bgp.update.path_attribute.pmsi.mldp.fec.opaque_ext_length",
    "mLDP P2MP FEC element opaque extended length",
  ),
  updatePathAttributePmsiPimsmSenderAddress: ipv4(
    "bgp.update.path_attribute.pmsi.pimsm.sender_address",
    "PIM-SM Tree tunnel sender address",
  ),
  updatePathAttributePmsiPimsmPmulticastGroup: ipv4(
    "bgp.update.path_attribute.pmsi.pimsm.pmulticast_group",
    "PIM-SM Tree tunnel P-multicast group",
  ),
  updatePathAttributePmsiPimssmRootNode: ipv4(
    "bgp.update.path_attribute.pmsi.pimssm.root_node",
    "PIM-SSM Tree tunnel Root Node",
  ),
  updatePathAttributePmsiPimssmPmulticastGroup: ipv4(
    "bgp.update.path_attribute.pmsi.pimssm.pmulticast_group",
    "PIM-SSM Tree tunnel P-multicast group",
  ),
  updatePathAttributePmsiBidirPimTreeSender: ipv4(
    "bgp.update.path_attribute.pmsi.bidir_pim_tree.sender",
    "BIDIR-PIM Tree Tunnel sender address",
  ),
  updatePathAttributePmsiBidirPimTreePmulticastGroup: ipv4(
    "bgp.update.path_attribute.pmsi.bidir_pim_tree.pmulticast_group",
    "BIDIR-PIM Tree Tunnel P-multicast group",
  ),
  updatePathAttributePmsiIngressRepIp: ipv4(
    "bgp.update.path_attribute.pmsi.ingress_rep_ip",
    "Tunnel type ingress replication IP end point",
  ),
  prefixSidUnknown: none("bgp.prefix_sid.unknown", "Unknown TLV"),
  prefixSidLabelIndex: none("bgp.prefix_sid.label_index", "Label-Index"),
  prefixSidLabelIndexValue: u32("bgp.prefix_sid.label_index.value", "Label-Index Value"),
  prefixSidLabelIndexFlags: u16("bgp.prefix_sid.label_index.flags", "Label-Index Flags", { base: "HEX" }),
  prefixSidOriginatorSrgbFlags: u16("bgp.prefix_sid.originator_srgb.flags", "Originator SRGB Flags", {
    base: "HEX",
  }),
  prefixSidOriginatorSrgb: none("bgp.prefix_sid.originator_srgb", "Originator SRGB"),
  prefixSidOriginatorSrgbBlocks: none("bgp.prefix_sid.originator_srgb_blocks", "SRGB Blocks"),
  prefixSidOriginatorSrgbBlock: none("bgp.prefix_sid.originator_srgb_block", "SRGB Block"),
  prefixSidOriginatorSrgbBase: u24("bgp.prefix_sid.originator_srgb_base", "SRGB Base"),
  prefixSidOriginatorSrgbRange: u24("bgp.prefix_sid.originator_srgb_range", "SRGB Range"),
  prefixSidType: u8("bgp.prefix_sid.type", "Type", {
    names: {
      1: "Label-Index",
      2: "Deprecated",
      3: "Originator SRGB",
      4: "Deprecated",
      5: "SRv6 L3 Service",
      6: "SRv6 L2 Service",
    },
  }),
  prefixSidLength: u16("bgp.prefix_sid.length", "Length"),
  prefixSidValue: bytes("bgp.prefix_sid.value", "Value"),
  prefixSidReserved: bytes("bgp.prefix_sid.reserved", "Reserved"),
  updateEncapsTunnelTlvLen: u16("bgp.update.encaps_tunnel_tlv_len", "length"),
  updateEncapsTunnelTlvType: u16("bgp.update.encaps_tunnel_tlv_type", "Type code", {
    names: UPDATE_ENCAPS_TUNNEL_TLV_TYPE,
  }),
  updateEncapsTunnelTlvSublen: u16("bgp.update.encaps_tunnel_tlv_sublen", "length"),
  updateEncapsTunnelSubtlvType: u8("bgp.update.encaps_tunnel_subtlv_type", "Type code", {
    names: UPDATE_ENCAPS_TUNNEL_SUBTLV_TYPE,
  }),
  updateEncapsTunnelTlvSubtlvSessionId: u32("bgp.update.encaps_tunnel_tlv_subtlv_session_id", "Session ID"),
  updateEncapsTunnelTlvSubtlvCookie: bytes("bgp.update.encaps_tunnel_tlv_subtlv_cookie", "Cookie"),
  updateEncapsTunnelTlvSubtlvGreKey: u32("bgp.update.encaps_tunnel_tlv_subtlv_gre_key", "GRE Key"),
  updateEncapsTunnelTlvSubtlvColorValue: u32(
    "bgp.update.encaps_tunnel_tlv_subtlv_color_value",
    "Color Value",
  ),
  updateEncapsTunnelTlvSubtlvLbBlockLength: u32(
    "bgp.update.encaps_tunnel_tlv_subtlv_lb_block_length",
    "Load-balancing block length",
  ),
  updateEncapsTunnelTlvSubtlvVxlanFlags: u8("bgp.update.encaps_tunnel_tlv_subtlv.vxlan.flags", "Flags", {
    base: "HEX",
  }),
  updateEncapsTunnelTlvSubtlvVxlanFlagsValidVnid: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan.flags.valid_vnid",
    "Valid VN-ID",
    { mask: 0x80, tf: SET_NOTSET },
  ),
  updateEncapsTunnelTlvSubtlvVxlanFlagsValidMac: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan.flags.valid_mac",
    "Valid MAC address",
    { mask: 0x40, tf: SET_NOTSET },
  ),
  updateEncapsTunnelTlvSubtlvVxlanFlagsReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan.flags.reserved",
    "Reserved",
    { base: "HEX", mask: 0x3f },
  ),
  updateEncapsTunnelTlvSubtlvVxlanVnid: u24("bgp.update.encaps_tunnel_tlv_subtlv.vxlan.vnid", "VN-ID", {
    base: "HEX",
  }),
  updateEncapsTunnelTlvSubtlvVxlanMac: ether("bgp.update.encaps_tunnel_tlv_subtlv.vxlan.mac", "MAC"),
  updateEncapsTunnelTlvSubtlvVxlanReserved: u16(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvVxlanGpeFlags: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan_gpe.flags",
    "Flags",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvVxlanGpeFlagsVersion: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan_gpe.flags.version",
    "Version",
    { mask: 0xc0 },
  ),
  updateEncapsTunnelTlvSubtlvVxlanGpeFlagsValidVnid: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan_gpe.flags.valid_vnid",
    "Valid VN-ID",
    { mask: 0x20, tf: SET_NOTSET },
  ),
  updateEncapsTunnelTlvSubtlvVxlanGpeFlagsReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan_gpe.flags.reserved",
    "Reserved",
    { base: "HEX", mask: 0x1f },
  ),
  updateEncapsTunnelTlvSubtlvVxlanGpeVnid: u24(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan_gpe.vnid",
    "VN-ID",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvVxlanGpeReserved: u16(
    "bgp.update.encaps_tunnel_tlv_subtlv.vxlan_gpe.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvNvgreFlags: u8("bgp.update.encaps_tunnel_tlv_subtlv.nvgre.flags", "Flags", {
    base: "HEX",
  }),
  updateEncapsTunnelTlvSubtlvNvgreFlagsValidVnid: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.nvgre.flags.valid_vnid",
    "Valid VN-ID",
    { mask: 0x80, tf: SET_NOTSET },
  ),
  updateEncapsTunnelTlvSubtlvNvgreFlagsValidMac: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.nvgre.flags.valid_mac",
    "Valid MAC address",
    { mask: 0x40, tf: SET_NOTSET },
  ),
  updateEncapsTunnelTlvSubtlvNvgreFlagsReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.nvgre.flags.reserved",
    "Reserved",
    { base: "HEX", mask: 0x3f },
  ),
  updateEncapsTunnelTlvSubtlvNvgreVnid: u24("bgp.update.encaps_tunnel_tlv_subtlv.nvgre.vnid", "VN-ID", {
    base: "HEX",
  }),
  updateEncapsTunnelTlvSubtlvNvgreMac: ether("bgp.update.encaps_tunnel_tlv_subtlv.nvgre.mac", "MAC"),
  updateEncapsTunnelTlvSubtlvNvgreReserved: u16(
    "bgp.update.encaps_tunnel_tlv_subtlv.nvgre.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvValue: bytes("bgp.update.encaps_tunnel_tlv_subtlv.value", "Value"),
  updateEncapsTunnelTlvSubtlvPrefFlags: u8("bgp.update.encaps_tunnel_tlv_subtlv.pref.flags", "Flags", {
    base: "HEX",
  }),
  updateEncapsTunnelTlvSubtlvPrefReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.pref.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvPrefPreference: bytes(
    "bgp.update.encaps_tunnel_tlv_subtlv.pref.preference",
    "Preference",
  ),
  updateEncapsTunnelTlvSubtlvBindingSidFlags: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.binding_sid.flags",
    "Flags",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvBindingSidFlagsSpecified: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.binding_sid.flags.specified",
    "Specified-BSID-only",
    { mask: 0x80, tf: SET_NOTSET },
  ),
  updateEncapsTunnelTlvSubtlvBindingSidFlagsInvalid: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.binding_sid.flags.invalid",
    "Drop Upon Invalid",
    { mask: 0x40, tf: SET_NOTSET },
  ),
  updateEncapsTunnelTlvSubtlvBindingSidFlagsReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.binding_sid.flags.reserved",
    "Reserved",
    { base: "HEX", mask: 0x3f },
  ),
  updateEncapsTunnelTlvSubtlvBindingSidReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.binding_sid.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvBindingSidSid: bytes(
    "bgp.update.encaps_tunnel_tlv_subtlv.binding_sid.sid",
    "Binding SID",
  ),
  updateEncapsTunnelTlvSubtlvEnlpFlags: u8("bgp.update.encaps_tunnel_tlv_subtlv.enlp.flags", "Flags", {
    base: "HEX",
  }),
  updateEncapsTunnelTlvSubtlvEnlpReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.enlp.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvEnlpPreference: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.enlp.preference",
    "ENLP",
    {
      names: {
        0: "Reserved",
        1: "Push IPv4, do not push IPv6",
        2: "Push IPv6, do not push IPv4",
        3: "Push IPv4, push IPv6",
        4: "Do not push",
      },
    },
  ),
  updateEncapsTunnelTlvSubtlvPriorityPriority: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.priority.priority",
    "Priority",
  ),
  updateEncapsTunnelTlvSubtlvPriorityReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.priority.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlv: bytes(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list.subtlv",
    "sub-TLVs",
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvType: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list.subtlv.type",
    "Type",
    { names: UPDATE_ENCAPS_TUNNEL_TLV_SUBTLV_SEGMENT_LIST_SUBTLV_TYPE },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvLength: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list.subtlv.length",
    "Length",
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvFlags: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.flags",
    "Flags",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvFlagsVerification: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.flags.verification",
    "SID verification",
    { mask: 0x80, tf: SET_NOTSET },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvFlagsAlgorithm: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.flags.algorithm",
    "SR Algorithm id",
    { mask: 0x40, tf: SET_NOTSET },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvFlagsReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.flags.reserved",
    "Reserved",
    { base: "HEX", mask: 0x3f },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvReserved: bytes(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.reserved",
    "Reserved",
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvMplsLabel: u24(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.mpls_label",
    "MPLS Label",
    { base: "HEX", mask: 0xfffff0 },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvTrafficClass: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.traffic_class",
    "Traffic Class",
    { base: "HEX", mask: 0xe },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvBottomStack: bool(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.bottom_stack",
    "Bottom-of-Stack",
    { mask: 0x1 },
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvTtl: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.ttl",
    "TTL",
  ),
  updateEncapsTunnelTlvSubtlvSegmentListSubtlvData: bytes(
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list.subtlv.data",
    "Data",
  ),
  updateEncapsTunnelTlvSubtlvPolicyNameReserved: u8(
    "bgp.update.encaps_tunnel_tlv_subtlv.policy_name.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  updateEncapsTunnelTlvSubtlvPolicyNameName: str(
    "bgp.update.encaps_tunnel_tlv_subtlv.policy_name.name",
    "Policy name",
  ),
  ssaT: bool("bgp.ssa_t", "Transitive bit", { mask: 0x80 }),
  ssaType: u16("bgp.ssa_type", "SSA Type", {
    mask: 0x7fff,
    names: {
      1: "L2TPv3 Tunnel",
      2: "mGRE Tunnel",
      3: "IPSec Tunnel",
      4: "MPLS Tunnel",
      5: "L2TPv3 in IPSec Tunnel",
      6: "mGRE in IPSec Tunnel",
    },
  }),
  ssaLen: u16("bgp.ssa_len", "Length"),
  ssaValue: bytes("bgp.ssa_value", "Value"),
  ssaL2tpv3Pref: u16("bgp.ssa_l2tpv3_pref", "Preference"),
  ssaL2tpv3S: bool("bgp.ssa_l2tpv3_s", "Sequencing bit", { mask: 0x80 }),
  ssaL2tpv3Unused: bool("bgp.ssa_l2tpv3_Unused", "Unused", { mask: 0x7f }),
  ssaL2tpv3CookieLen: u8("bgp.ssa_l2tpv3_cookie_len", "Cookie Length"),
  ssaL2tpv3SessionId: u32("bgp.ssa_l2tpv3_session_id", "Session ID"),
  ssaL2tpv3Cookie: bytes("bgp.ssa_l2tpv3_cookie", "Cookie"),
};
export const tunnelFields: Readonly<Record<string, Field>> = {
  ...f,
  ...Object.fromEntries(Object.entries(L2).map(([key, field]) => [`srv6L2${key}`, field])),
  ...Object.fromEntries(Object.entries(L3).map(([key, field]) => [`srv6L3${key}`, field])),
};
const c = commonFields;

export const tunnelExperts = {
  tunnelType: expert("bgp.attr.pmsi.tunnel_type", "error", "Protocol", "Unknown Tunnel type"),
  opaqueType: expert("bgp.attr.pmsi.opaque_type", "error", "Protocol", "Invalid pmsi opaque type"),
};
const x = { ...tunnelExperts, ...commonExperts };

const SEGMENT_LIST = 128;

/** RFC 9012 section 2. */
export function addEncapsulations(d: Dissection, end: number): void {
  d.openText(d.pos, end - d.pos, "TLV Encodings");
  while (d.pos < end) {
    const type = d.peek16();
    const length = d.peek16(2);
    const after = d.pos + 4 + length;
    d.needAt(d.pos, 4 + length);
    if (d.labels) {
      const name = nameOf(f.updateEncapsTunnelTlvType.names, type) ?? "Unknown";
      d.openText(d.pos, 4 + length, `${name} (${plural(4 + length, "byte")})`);
    }
    d.u16(f.updateEncapsTunnelTlvType);
    d.u16(f.updateEncapsTunnelTlvLen);
    d.openText(d.pos, length, "Sub-TLV Encodings");
    while (d.pos < after) addPart(d, type);
    d.close();
    d.close();
    d.pos = after;
  }
  d.close();
}

function addPart(d: Dissection, tunnel: number): void {
  const type = d.peek8();
  const long = type >= SEGMENT_LIST;
  const length = long ? d.peek16(1) : d.peek8(1);
  const head = long ? 3 : 2;
  const end = d.pos + head + length;
  d.needAt(d.pos, head + length);
  if (d.labels) {
    const name = nameOf(f.updateEncapsTunnelSubtlvType.names, type) ?? "Unknown";
    d.openText(d.pos, head + length, `${name} (${plural(head + length, "byte")})`);
  }
  d.u8(f.updateEncapsTunnelSubtlvType);
  d.uint(f.updateEncapsTunnelTlvSublen, head - 1);
  addPartValue(d, type, tunnel, length, end);
  d.close();
  d.pos = end;
}

function addPartValue(d: Dissection, type: number, tunnel: number, length: number, end: number): void {
  switch (type) {
    case 1:
      addEncapsulation(d, tunnel, end);
      return;
    case 2:
      d.u16(f.updateEncapsTunnelTlvSubtlvGreKey);
      return;
    case 4:
      // An extended community whose last four bytes are the colour, RFC 9012 section 3.4.2.
      if (length >= 8) d.skip(4);
      d.u32(f.updateEncapsTunnelTlvSubtlvColorValue);
      return;
    case 5:
      d.uint(f.updateEncapsTunnelTlvSubtlvLbBlockLength, Math.min(4, length));
      return;
    case 12:
      d.u8(f.updateEncapsTunnelTlvSubtlvPrefFlags);
      d.u8(f.updateEncapsTunnelTlvSubtlvPrefReserved);
      d.bytes(f.updateEncapsTunnelTlvSubtlvPrefPreference, 4);
      return;
    case 13:
      addFlags(d, f.updateEncapsTunnelTlvSubtlvBindingSidFlags, 1, BINDING_FLAGS);
      d.u8(f.updateEncapsTunnelTlvSubtlvBindingSidReserved);
      if (d.pos < end) d.bytes(f.updateEncapsTunnelTlvSubtlvBindingSidSid, end - d.pos);
      return;
    case 14:
      d.u8(f.updateEncapsTunnelTlvSubtlvEnlpFlags);
      d.u8(f.updateEncapsTunnelTlvSubtlvEnlpReserved);
      d.u8(f.updateEncapsTunnelTlvSubtlvEnlpPreference);
      return;
    case 15:
      d.u8(f.updateEncapsTunnelTlvSubtlvPriorityPriority);
      d.u8(f.updateEncapsTunnelTlvSubtlvPriorityReserved);
      return;
    case SEGMENT_LIST:
      d.u8(f.updateEncapsTunnelTlvSubtlvSegmentListReserved);
      d.open(
        f.updateEncapsTunnelTlvSubtlvSegmentListSubtlv,
        d.pos,
        end - d.pos,
        d.peekBytes(Math.max(0, end - d.pos)),
      );
      while (d.pos < end) addSegment(d);
      d.close();
      return;
    case 129:
      d.u8(f.updateEncapsTunnelTlvSubtlvPolicyNameReserved);
      d.str(f.updateEncapsTunnelTlvSubtlvPolicyNameName, Math.max(0, end - d.pos));
      return;
    default:
      d.bytes(f.updateEncapsTunnelTlvSubtlvValue, length);
  }
}

const VXLAN_FLAGS = [
  f.updateEncapsTunnelTlvSubtlvVxlanFlagsValidVnid,
  f.updateEncapsTunnelTlvSubtlvVxlanFlagsValidMac,
  f.updateEncapsTunnelTlvSubtlvVxlanFlagsReserved,
];
const VXLAN_GPE_FLAGS = [
  f.updateEncapsTunnelTlvSubtlvVxlanGpeFlagsVersion,
  f.updateEncapsTunnelTlvSubtlvVxlanGpeFlagsValidVnid,
  f.updateEncapsTunnelTlvSubtlvVxlanGpeFlagsReserved,
];
const NVGRE_FLAGS = [
  f.updateEncapsTunnelTlvSubtlvNvgreFlagsValidVnid,
  f.updateEncapsTunnelTlvSubtlvNvgreFlagsValidMac,
  f.updateEncapsTunnelTlvSubtlvNvgreFlagsReserved,
];
const BINDING_FLAGS = [
  f.updateEncapsTunnelTlvSubtlvBindingSidFlagsSpecified,
  f.updateEncapsTunnelTlvSubtlvBindingSidFlagsInvalid,
  f.updateEncapsTunnelTlvSubtlvBindingSidFlagsReserved,
];
const SEGMENT_FLAGS = [
  f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvFlagsVerification,
  f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvFlagsAlgorithm,
  f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvFlagsReserved,
];

/** RFC 9012 section 3.2: what the tunnel's header needs. */
function addEncapsulation(d: Dissection, tunnel: number, end: number): void {
  switch (tunnel) {
    case 1:
      d.u32(f.updateEncapsTunnelTlvSubtlvSessionId);
      d.bytes(f.updateEncapsTunnelTlvSubtlvCookie, Math.max(0, end - d.pos));
      return;
    case 2:
      d.u32(f.updateEncapsTunnelTlvSubtlvGreKey);
      return;
    case 8:
      addFlags(d, f.updateEncapsTunnelTlvSubtlvVxlanFlags, 1, VXLAN_FLAGS);
      d.u24(f.updateEncapsTunnelTlvSubtlvVxlanVnid);
      d.ether(f.updateEncapsTunnelTlvSubtlvVxlanMac);
      d.u16(f.updateEncapsTunnelTlvSubtlvVxlanReserved);
      return;
    case 9:
      addFlags(d, f.updateEncapsTunnelTlvSubtlvNvgreFlags, 1, NVGRE_FLAGS);
      d.u24(f.updateEncapsTunnelTlvSubtlvNvgreVnid);
      d.ether(f.updateEncapsTunnelTlvSubtlvNvgreMac);
      d.u16(f.updateEncapsTunnelTlvSubtlvNvgreReserved);
      return;
    case 12:
      d.bitset(f.updateEncapsTunnelTlvSubtlvVxlanGpeFlags, 1, VXLAN_GPE_FLAGS);
      if (d.labels && d.peek8(-1) & 0x20) d.append(", Valid VN-ID");
      d.u16(f.updateEncapsTunnelTlvSubtlvVxlanGpeReserved);
      d.u24(f.updateEncapsTunnelTlvSubtlvVxlanGpeVnid);
      d.uint(f.updateEncapsTunnelTlvSubtlvVxlanGpeReserved, 1);
  }
}

/** One segment of an SR policy, RFC 9830 section 2.4.4. */
function addSegment(d: Dissection): void {
  const type = d.peek8();
  const length = d.peek8(1);
  const end = d.pos + 2 + length;
  const names = f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvType.names;
  if (d.labels) d.openText(d.pos, 2 + length, `SubTLV: ${nameOf(names, type) ?? "Unknown"}`);
  d.u8(f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvType);
  d.u8(f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvLength);
  if (type === 1) {
    addFlags(d, f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvFlags, 1, SEGMENT_FLAGS);
    d.bytes(f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvReserved, 1);
    d.bits(f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvMplsLabel, d.pos, 3);
    d.bits(f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvTrafficClass, d.pos + 2, 1);
    d.bits(f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvBottomStack, d.pos + 2, 1);
    d.skip(3);
    d.u8(f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvTtl);
  } else d.bytes(f.updateEncapsTunnelTlvSubtlvSegmentListSubtlvData, length);
  d.close();
  d.pos = end;
}

const L2TPV3 = 1;
const SSA_FLAGS_SIZE = 8;

/** The SAFI-specific attribute, draft-kapoor-nalawade-idr-bgp-ssa. */
export function addSafiSpecific(d: Dissection, end: number): void {
  while (d.pos < end) {
    const type = d.peek16() & 0x7fff;
    const length = d.peek16(2);
    const after = d.pos + 4 + length;
    if (d.labels)
      d.openText(d.pos, 4 + length, `${nameOf(f.ssaType.names, type) ?? "Unknown SSA"} Information`);
    d.bits(f.ssaT, d.pos, 1);
    d.bits(f.ssaType, d.pos, 2);
    d.skip(2);
    d.u16(f.ssaLen);
    if (type === L2TPV3) addL2tp(d, length);
    else d.bytes(f.ssaValue, length);
    d.close();
    d.pos = after;
  }
}

function addL2tp(d: Dissection, length: number): void {
  d.u16(f.ssaL2tpv3Pref);
  d.openText(d.pos, 1, "Flags");
  d.bits(f.ssaL2tpv3S, d.pos, 1);
  d.bits(f.ssaL2tpv3Unused, d.pos, 1);
  d.close();
  d.skip(1);
  const cookie = d.peek8();
  if (length < SSA_FLAGS_SIZE + cookie) {
    addFault(d, x.lengthInvalid, d.pos, 1, `Invalid Cookie Length of ${cookie}`);
    return;
  }
  d.u8(f.ssaL2tpv3CookieLen);
  d.u32(f.ssaL2tpv3SessionId);
  if (cookie > 0) d.bytes(f.ssaL2tpv3Cookie, cookie);
}

const NO_TUNNEL = 0;
const RSVP_TE = 1;
const MLDP_P2MP = 2;
const PIM_SSM = 3;
const PIM_SM = 4;
const BIDIRECTIONAL_PIM = 5;
const INGRESS_REPLICATION = 6;
const MLDP_MP2MP = 7;

/** RFC 6514 section 5. */
export function addPmsi(d: Dissection, end: number, state: UpdateState): void {
  d.u8(f.updatePathAttributePmsiTunnelFlags);
  const type = d.u8(f.updatePathAttributePmsiTunnelType);
  if (type > MLDP_MP2MP) d.expert(x.tunnelType, `Tunnel type ${type} wrong`);
  if (state.virtualNetwork) d.u24(c.evpnNlriVni);
  else {
    d.bits(c.updatePathAttributeMplsLabelValue20bits, d.pos, 3);
    d.skip(3);
  }
  d.open(f.updatePathAttributePmsiTunnelId, d.pos, end - d.pos);
  addTunnel(d, type);
  d.close();
}

const PAIRS: Readonly<Record<number, readonly [Field, Field]>> = {
  [PIM_SSM]: [f.updatePathAttributePmsiPimssmRootNode, f.updatePathAttributePmsiPimssmPmulticastGroup],
  [PIM_SM]: [f.updatePathAttributePmsiPimsmSenderAddress, f.updatePathAttributePmsiPimsmPmulticastGroup],
  [BIDIRECTIONAL_PIM]: [
    f.updatePathAttributePmsiBidirPimTreeSender,
    f.updatePathAttributePmsiBidirPimTreePmulticastGroup,
  ],
};

function addTunnel(d: Dissection, type: number): void {
  switch (type) {
    case NO_TUNNEL:
      d.add(f.updatePathAttributePmsiTunnelIdNotPresent, Math.max(d.base, d.pos - 4), 1, null);
      return;
    case RSVP_TE: {
      d.ipv4(f.updatePathAttributePmsiRsvpId);
      d.skip(2);
      const id = d.u16(f.updatePathAttributePmsiRsvpTunnelId);
      const extended = d.ipv4(f.updatePathAttributePmsiRsvpExtTunnelIdv4);
      if (d.labels) d.appendParent(`: Id ${id}, Ext Id ${formatIpv4(extended)}`);
      return;
    }
    case MLDP_P2MP:
    case MLDP_MP2MP:
      addMldp(d);
      return;
    case INGRESS_REPLICATION: {
      const address = d.ipv4(f.updatePathAttributePmsiIngressRepIp);
      if (d.labels) d.appendParent(`: tunnel end point -> ${formatIpv4(address)}`);
      return;
    }
    default: {
      const pair = PAIRS[type];
      if (pair === undefined) return;
      const source = d.ipv4(pair[0]);
      const group = d.ipv4(pair[1]);
      if (d.labels) d.appendParent(`: < ${formatIpv4(source)}, ${formatIpv4(group)} >`);
    }
  }
}

const IPV6 = 2;
const GENERIC = 1;
const EXTENDED = 255;

/** A FEC element of multipoint LDP, RFC 6388 section 2.2. */
function addMldp(d: Dissection): void {
  const fec = d.u8(f.updatePathAttributePmsiMldpFecType);
  const family = d.u16(f.updatePathAttributePmsiMldpFecAddressFamily);
  d.u8(f.updatePathAttributePmsiMldpFecAddressLength);
  let root = "";
  if (family === IPV6) {
    d.ipv6(f.updatePathAttributePmsiMldpFecRootNodev6);
    if (d.labels) root = formatIpv6(d.peekBytes(16, -16));
  } else root = formatIpv4(d.ipv4(f.updatePathAttributePmsiMldpFecRootNodev4));
  d.u16(f.updatePathAttributePmsiMldpFecOpaqueLength);
  const type = d.u8(f.updatePathAttributePmsiMldpFecOpaqueValueType);
  if (type === GENERIC) {
    d.u16(f.updatePathAttributePmsiMldpFecOpaqueValueLength);
    const id = d.u32(f.updatePathAttributePmsiMldpFecOpaqueValueUniqueIdRn);
    if (d.labels) {
      const name = nameOf(f.updatePathAttributePmsiMldpFecType.names, fec) ?? "Unknown";
      d.appendParent(`: Type: ${name} root node: ${root} Id: ${id}`);
    }
  } else if (type === EXTENDED) {
    d.u16(f.updatePathAttributePmsiMldpFecOpaqueExtValueType);
    const length = d.u16(f.updatePathAttributePmsiMldpFecOpaqueExtLength);
    d.str(f.updatePathAttributePmsiMldpFecOpaqueValueUniqueIdStr, length);
  } else d.expert(x.opaqueType, `Opaque Value type ${type} wrong, must be modulo 1 or 255`);
}

const LABEL_INDEX = 1;
const ORIGINATOR_SRGB = 3;
const L3_SERVICE = 5;
const L2_SERVICE = 6;

/** RFC 8669 section 3. */
export function addPrefixSid(d: Dissection, end: number): void {
  while (d.pos < end) {
    const type = d.peek8();
    const length = d.peek16(1);
    const after = d.pos + 3 + length;
    if (type === LABEL_INDEX) addLabelIndex(d, length);
    else if (type === ORIGINATOR_SRGB) addBlocks(d, length);
    else if (type === L3_SERVICE) addService(d, length, L3);
    else if (type === L2_SERVICE) addService(d, length, L2);
    else {
      d.open(f.prefixSidUnknown, d.pos, 3 + length);
      if (d.labels) d.appendParent(` (${nameOf(f.prefixSidType.names, type) ?? type})`);
      addHead(d);
      d.bytes(f.prefixSidValue, length);
      d.close();
    }
    d.pos = after;
  }
}

function addHead(d: Dissection): void {
  d.u8(f.prefixSidType);
  d.u16(f.prefixSidLength);
}

function addLabelIndex(d: Dissection, length: number): void {
  const start = d.pos;
  d.open(f.prefixSidLabelIndex, start, 3 + length);
  addHead(d);
  if (length === 7) {
    d.bytes(f.prefixSidReserved, 1);
    d.u16(f.prefixSidLabelIndexFlags);
    const index = d.u32(f.prefixSidLabelIndexValue);
    if (d.labels) d.appendParent(`: ${index} `);
    d.close();
    return;
  }
  d.close();
  const text = `Invalid BGP Prefix-SID Label Index length: ${plural(length, "byte")}`;
  addFault(d, x.lengthInvalid, start, 3 + length, text);
}

function addBlocks(d: Dissection, length: number): void {
  const start = d.pos;
  const end = start + 3 + length;
  d.open(f.prefixSidOriginatorSrgb, start, 3 + length);
  addHead(d);
  if (length < 2 || (length - 2) % 6 !== 0) {
    d.close();
    const text = `Invalid BGP Prefix-SID SRGB Originator length: ${plural(length, "byte")}`;
    addFault(d, x.lengthInvalid, start, 3 + length, text);
    return;
  }
  d.u16(f.prefixSidOriginatorSrgbFlags);
  d.open(f.prefixSidOriginatorSrgbBlocks, d.pos, end - d.pos);
  while (d.pos < end) {
    d.open(f.prefixSidOriginatorSrgbBlock, d.pos, 6);
    const base = d.u24(f.prefixSidOriginatorSrgbBase);
    const range = d.u24(f.prefixSidOriginatorSrgbRange);
    if (d.labels) d.appendParent(`(${base}:${range})`);
    d.close();
  }
  d.close();
  d.close();
}

const named = (names: ValueNames | undefined, type: number): string =>
  nameOf(names, type) ?? `Unknown (${type})`;

function addService(d: Dissection, length: number, s: ServiceFields): void {
  const end = d.pos + 3 + length;
  d.open(s.service, d.pos, 3 + length);
  addHead(d);
  d.bytes(f.prefixSidReserved, 1);
  d.open(s.parts, d.pos, end - d.pos);
  while (d.pos < end) addServicePart(d, s);
  d.close();
  d.close();
}

function addServicePart(d: Dissection, s: ServiceFields): void {
  const type = d.peek8();
  const length = d.peek16(1);
  const end = d.pos + 3 + length;
  d.open(s.part, d.pos, 3 + length);
  if (d.labels) d.appendParent(` - ${named(s.type.names, type)}`);
  d.u8(s.type);
  d.u16(s.length);
  if (type === 1) {
    d.bytes(s.partReserved, 1);
    d.ipv6(s.sid);
    d.u8(s.flags);
    d.u16(s.behavior);
    d.bytes(s.reserved, 1);
    d.open(s.details, d.pos, end - d.pos);
    while (d.pos < end) addServiceDetail(d, s);
    d.close();
  } else d.bytes(s.value, length);
  d.close();
  d.pos = end;
}

const STRUCTURE = ["blockLen", "nodeLen", "funcLen", "argLen", "transLen", "transOffset"] as const;

function addServiceDetail(d: Dissection, s: ServiceFields): void {
  const type = d.peek8();
  const length = d.peek16(1);
  const end = d.pos + 3 + length;
  d.open(s.detail, d.pos, 3 + length);
  if (d.labels) d.appendParent(` - ${named(s.detailType.names, type)}`);
  d.u8(s.detailType);
  d.u16(s.detailLength);
  if (type === 1) for (const field of STRUCTURE) d.u8(s[field]);
  else d.bytes(s.detailValue, length);
  d.close();
  d.pos = end;
}
