/**
 * Link-state routes and attributes of BGP: RFC 9552, RFC 9085 and RFC 9086 (segment routing), RFC 8571 (performance
 * metrics), RFC 8814 (maximum SID depth), RFC 9294 (application-specific attributes), RFC 9351 (flexible algorithms).
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
  none,
  SET_NOTSET,
  str,
  u8,
  u16,
  u24,
  u32,
  u64,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import {
  addFault,
  addPrefix,
  addressText,
  commonExperts,
  commonFields,
  expertAbove,
  type PrefixKind,
  prefixAddress,
  type UpdateState,
} from "./bgp-common.ts";
import { LS_NLRI_NODE_PROTOCOL_ID, LS_NLRI_OSPF_ROUTE_TYPE, LS_TLV_IGP_MSD_TYPE } from "./names/bgp.ts";

export const linkStateFields = {
  bgpUpdatePathAttributeLinkState: none("bgp.update.path_attribute.link_state", "Link State"),
  type: u16("bgp.ls.type", "Type"),
  length: u16("bgp.ls.length", "Length"),
  nlri: none("bgp.ls.nlri", "BGP-LS NLRI"),
  nlriSafi128: none("bgp.ls.nlri_safi128", "Link State SAFI 128 NLRI"),
  nlriSafi128RouteDistinguisher: none("bgp.ls.nlri_safi128_route_distinguisher", "Route Distinguisher"),
  nlriSafi128RouteDistinguisherType: u16(
    "bgp.ls.nlri_safi128_route_distinguisher_type",
    "Route Distinguisher Type",
  ),
  nlriSafi128RouteDistinguisherAdminAsNum2: u16(
    "bgp.ls.nlri_safi128_route_distinguisher_admin_as_num_2",
    "Administrator Subfield",
  ),
  nlriSafi128RouteDistinguisherAdminIpv4: ipv4(
    "bgp.ls.nlri_safi128_route_distinguisher_admin_ipv4",
    "Administrator Subfield",
  ),
  nlriSafi128RouteDistinguisherAdminAsNum4: u32(
    "bgp.ls.nlri_safi128_route_distinguisher_admin_as_num_4",
    "Administrator Subfield",
    { base: "HEX_DEC" },
  ),
  nlriSafi128RouteDistinguisherAsnum2: u16(
    "bgp.ls.nlri_safi128_route_distinguisher_asnum_2",
    "Assigned Number Subfield",
  ),
  nlriSafi128RouteDistinguisherAsnum4: u32(
    "bgp.ls.nlri_safi128_route_distinguisher_asnum_4",
    "Assigned Number Subfield",
    { base: "HEX_DEC" },
  ),
  nlriType: u16("bgp.ls.nlri_type", "NLRI Type", {
    names: { 2: "Link NLRI", 1: "Node NLRI", 3: "IPv4 Topology Prefix NLRI", 4: "IPv6 Topology Prefix NLRI" },
  }),
  nlriLength: u16("bgp.ls.nlri_length", "NLRI Length"),
  nlriLink: none("bgp.ls.nlri_link", "Link-State NLRI Link NLRI"),
  nlriLinkDescriptorsTlv: none("bgp.ls.nlri_link_descriptors_tlv", "Link Descriptors TLV"),
  nlriPrefixDescriptorsTlv: none("bgp.ls.nlri_prefix_descriptors_tlv", "Prefix Descriptors TLV"),
  nlriLinkLocalIdentifier: u32("bgp.ls.nlri_link_local_identifier", "Link Local Identifier", {
    base: "HEX_DEC",
  }),
  nlriLinkRemoteIdentifier: u32("bgp.ls.nlri_link_remote_identifier", "Link Remote Identifier", {
    base: "HEX_DEC",
  }),
  nlriIpv4InterfaceAddress: ipv4("bgp.ls.nlri_ipv4_interface_address", "IPv4 Interface Address"),
  nlriIpv4NeighborAddress: ipv4("bgp.ls.nlri_ipv4_neighbor_address", "IPv4 Neighbor Address"),
  nlriIpv6InterfaceAddress: ipv6("bgp.ls.nlri_ipv6_interface_address", "IPv6 Interface Address"),
  nlriIpv6NeighborAddress: ipv6("bgp.ls.nlri_ipv6_neighbor_address", "IPv6 Neighbor Address"),
  nlriMultiTopologyId: u16("bgp.ls.nlri_multi_topology_id", "Multi Topology ID", {
    base: "DEC_HEX",
    mask: 0xfff,
  }),
  nlriOspfRouteType: u8("bgp.ls.nlri_ospf_route_type", "OSPF Route Type", { names: LS_NLRI_OSPF_ROUTE_TYPE }),
  nlriIpReachabilityPrefixIp: ipv4("bgp.ls.nlri_ip_reachability_prefix_ip", "Reachability prefix"),
  nlriIpReachabilityPrefixIp6: ipv6("bgp.ls.nlri_ip_reachability_prefix_ip6", "Reachability prefix"),
  nlriNode: none("bgp.ls.nlri_node", "Link-State NLRI Node NLRI"),
  nlriNodeProtocolId: u8("bgp.ls.nlri_node.protocol_id", "Protocol ID", { names: LS_NLRI_NODE_PROTOCOL_ID }),
  nlriNodeIdentifier: u64("bgp.ls.nlri_node.identifier", "Identifier", {
    names: { 0: "L3 packet topology", 1: "L1 optical topology" },
  }),
  ipv4TopologyPrefix: none("bgp.ls.ipv4_topology_prefix", "Link-State NLRI IPv4 Topology Prefix"),
  ipv6TopologyPrefix: none("bgp.ls.ipv6_topology_prefix", "Link-State NLRI IPv6 Topology Prefix"),
  tlvLocalNodeDescriptors: none("bgp.ls.tlv.local_node_descriptors", "Local Node Descriptors TLV"),
  tlvRemoteNodeDescriptors: none("bgp.ls.tlv.remote_node_descriptors", "Remote Node Descriptors TLV"),
  tlvAutonomousSystem: none("bgp.ls.tlv.autonomous_system", "Autonomous System TLV"),
  tlvAutonomousSystemId: u32("bgp.ls.tlv.autonomous_system.id", "AS ID", { base: "DEC_HEX" }),
  tlvBgpLsIdentifier: none("bgp.ls.tlv.bgp_ls_identifier", "BGP-LS Identifier TLV"),
  tlvBgpLsIdentifierId: u32("bgp.ls.tlv.bgp_ls_identifier_id", "BGP-LS ID", { base: "DEC_HEX" }),
  tlvAreaId: none("bgp.ls.tlv.area_id", "Area ID TLV"),
  tlvAreaIdId: u32("bgp.ls.tlv.area_id.id", "Area ID", { base: "DEC_HEX" }),
  tlvIpv4RouterIdOfLocalNode: none(
    "bgp.ls.tlv.ipv4_router_id_of_local_node",
    "IPv4 Router-ID of Local Node TLV",
  ),
  tlvIpv4RouterIdValue: ipv4("bgp.ls.tlv.ipv4_router_id_value", "IPv4 Router-ID"),
  tlvIpv6RouterIdOfLocalNode: none(
    "bgp.ls.tlv.ipv6_router_id_of_local_node",
    "IPv6 Router-ID of Local Node TLV",
  ),
  tlvIpv6RouterIdOfLocalNodeValue: ipv6("bgp.ls.tlv.ipv6_router_id_of_local_node_value", "IPv6 Router-ID"),
  tlvIpv4RouterIdOfRemoteNode: none(
    "bgp.ls.tlv.ipv4_router_id_of_remote_node",
    "IPv4 Router-ID of Remote Node TLV",
  ),
  tlvIpv6RouterIdOfRemoteNode: none(
    "bgp.ls.tlv.ipv6_router_id_of_remote_node",
    "IPv6 Router-ID of Remote Node TLV",
  ),
  tlvLinkLocalRemoteIdentifiers: none(
    "bgp.ls.tlv.link_local_remote_identifiers",
    "Link Local/Remote Identifiers TLV",
  ),
  tlvIpv4InterfaceAddress: none("bgp.ls.tlv.ipv4_interface_address", "IPv4 interface address TLV"),
  tlvIpv4NeighborAddress: none("bgp.ls.tlv.ipv4_neighbor_address", "IPv4 neighbor address TLV"),
  tlvIpv6InterfaceAddress: none("bgp.ls.tlv.ipv6_interface_address", "IPv6 interface address TLV"),
  tlvIpv6NeighborAddress: none("bgp.ls.tlv.ipv6_neighbor_address", "IPv6 neighbor address TLV"),
  tlvNodeMsd: none("bgp.ls.tlv.node_msd", "Node MSD"),
  tlvLinkMsd: none("bgp.ls.tlv.link_msd", "Link MSD"),
  tlvIgpMsdType: u8("bgp.ls.tlv.igp_msd_type", "MSD Type", { names: LS_TLV_IGP_MSD_TYPE }),
  tlvIgpMsdValue: u8("bgp.ls.tlv.igp_msd_value", "MSD Value"),
  tlvMultiTopologyId: none("bgp.ls.tlv.multi_topology_id", "Multi Topology ID TLV"),
  tlvOspfRouteType: none("bgp.ls.tlv.ospf_route_type", "OSPF Route Type TLV"),
  tlvIpReachabilityInformation: none(
    "bgp.ls.tlv.ip_reachability_information",
    "IP Reachability Information TLV",
  ),
  tlvAdministrativeGroupColor: none(
    "bgp.ls.tlv.administrative_group_color",
    "Administrative group (color) TLV",
  ),
  tlvAdministrativeGroupColorValue: u32("bgp.ls.tlv.administrative_group_color_value", "Group Mask", {
    mask: 0xffff,
  }),
  tlvAdministrativeGroup: u32("bgp.ls.tlv.administrative_group", "Group", { mask: 0xffff }),
  tlvMaximumLinkBandwidth: none("bgp.ls.tlv.maximum_link_bandwidth", "Maximum link bandwidth TLV"),
  tlvMaximumReservableLinkBandwidth: none(
    "bgp.ls.tlv.maximum_reservable_link_bandwidth",
    "Maximum reservable link bandwidth TLV",
  ),
  tlvUnreservedBandwidth: none("bgp.ls.tlv.unreserved_bandwidth", "Unreserved bandwidth TLV"),
  bandwidthValue: float("bgp.ls.bandwidth_value", "Bandwidth"),
  tlvTeDefaultMetric: none("bgp.ls.tlv.te_default_metric", "TE Default Metric TLV"),
  tlvTeDefaultMetricValue: u24("bgp.ls.tlv.te_default_metric_value", "TE Default Metric (old format)", {
    base: "HEX_DEC",
  }),
  tlvLinkProtectionType: none("bgp.ls.tlv.link_protection_type", "Link Protection Type TLV"),
  tlvLinkProtectionTypeValue: u8("bgp.ls.tlv.link_protection_type_value", "Protection Capabilities", {
    base: "HEX",
  }),
  tlvMplsProtocolMask: none("bgp.ls.tlv.mpls_protocol_mask", "MPLS Protocol Mask TLV"),
  tlvMetric: none("bgp.ls.tlv.metric", "Metric TLV"),
  tlvMetricValue: u8("bgp.ls.tlv.metric_value", "IGP Metric", { base: "HEX_DEC" }),
  tlvSharedRiskLinkGroup: none("bgp.ls.tlv.shared_risk_link_group", "Shared Risk Link Group TLV"),
  tlvSharedRiskLinkGroupValue: u32(
    "bgp.ls.tlv.shared_risk_link_group_value",
    "Shared Risk Link Group Value",
    { base: "HEX_DEC" },
  ),
  tlvOpaqueLinkAttribute: none("bgp.ls.tlv.opaque_link_attribute", "Opaque Link Attribute TLV"),
  tlvOpaqueLinkAttributeValue: none("bgp.ls.tlv.opaque_link_attribute_value", "Opaque link attributes"),
  tlvLinkNameAttribute: none("bgp.ls.tlv.link_name_attribute", "Opaque Link Attribute TLV"),
  tlvLinkNameAttributeValue: str("bgp.ls.tlv.link_name_attribute_value", "Link Name"),
  tlvIgpFlags: none("bgp.ls.tlv.igp_flags", "IGP Flags TLV"),
  tlvRouteTag: none("bgp.ls.tlv.route_tag", "Route Tag TLV"),
  tlvRouteTagValue: u32("bgp.ls.tlv.route_tag_value", "Route Tag Value", { base: "HEX_DEC" }),
  tlvRouteExtendedTag: none("bgp.ls.tlv.route_extended_tag", "Extended Route Tag TLV"),
  tlvExtendedRouteTagValue: u64("bgp.ls.tlv.extended_route_tag_value", "Extended Route Tag", {
    base: "HEX_DEC",
  }),
  tlvPrefixMetric: none("bgp.ls.tlv.prefix_metric", "Prefix Metric TLV"),
  tlvPrefixMetricValue: u32("bgp.ls.tlv.prefix_metric_value", "Prefix Metric", { base: "HEX_DEC" }),
  tlvOspfForwardingAddress: none("bgp.ls.tlv.ospf_forwarding_address", "OSPF Forwarding Address TLV"),
  tlvOspfForwardingAddressIpv4: ipv4(
    "bgp.ls.tlv.ospf_forwarding_address_ipv4",
    "OSPF forwarding IPv4 address",
  ),
  tlvOspfForwardingAddressIpv6: ipv6(
    "bgp.ls.tlv.ospf_forwarding_address_ipv6",
    "OSPF forwarding IPv6 address",
  ),
  tlvOpaquePrefixAttribute: none("bgp.ls.tlv.opaque_prefix_attribute", "Opaque Prefix Attribute TLV"),
  tlvOpaquePrefixAttributeValue: none("bgp.ls.tlv.opaque_prefix_attribute_value", "Opaque prefix attributes"),
  tlvExtendedAdministrativeGroup: none(
    "bgp.ls.tlv.extended_administrative_group",
    "Extended Administrative Group TLV",
  ),
  tlvExtendedAdministrativeGroupValue: bytes(
    "bgp.ls.tlv.extended_administrative_group_value",
    "Extended Administrative Group",
  ),
  tlvIgpRouter: none("bgp.ls.tlv.igp_router", "IGP Router-ID"),
  tlvIgpRouterId: bytes("bgp.ls.tlv.igp_router_id", "IGP ID"),
  tlvBgpRouterId: none("bgp.ls.tlv.bgp_router_id", "BGP Router-ID TLV"),
  tlvBgpRouterIdId: ipv4("bgp.ls.tlv.bgp_router_id.id", "BGP Router-ID"),
  tlvNodeFlagsBits: none("bgp.ls.tlv.node_flags_bits", "Node Flags Bits TLV"),
  tlvOpaqueNodeProperties: none("bgp.ls.tlv.opaque_node_properties", "Opaque Node Properties TLV"),
  tlvOpaqueNodePropertiesValue: none("bgp.ls.tlv.opaque_node_properties_value", "Opaque Node Properties"),
  tlvNodeName: none("bgp.ls.tlv.node_name", "Node Name TLV"),
  tlvNodeNameValue: str("bgp.ls.tlv.node_name_value", "Node name"),
  tlvIsIsAreaIdentifier: none("bgp.ls.tlv.is_is_area_identifier", "IS-IS Area Identifier TLV"),
  tlvIsIsAreaIdentifierValue: bytes("bgp.ls.tlv.is_is_area_identifier_value", "IS-IS Area Identifier"),
  linkProtectionTypeEnhanced: bool("bgp.ls.link_protection_type.enhanced", "Enhanced", {
    mask: 0x20,
    tf: ["Capable", "Not capable"],
  }),
  linkProtectionTypeDedicated1plus1: bool("bgp.ls.link_protection_type.dedicated_1plus1", "Dedicated 1+1", {
    mask: 0x10,
    tf: ["Capable", "Not capable"],
  }),
  linkProtectionTypeDedicated1colon1: bool("bgp.ls.link_protection_type.dedicated_1colon1", "Dedicated 1:1", {
    mask: 0x8,
    tf: ["Capable", "Not capable"],
  }),
  linkProtectionTypeShared: bool("bgp.ls.link_protection_type.shared", "Shared", {
    mask: 0x4,
    tf: ["Capable", "Not capable"],
  }),
  linkProtectionTypeUnprotected: bool("bgp.ls.link_protection_type.unprotected", "Unprotected", {
    mask: 0x2,
    tf: ["Capable", "Not capable"],
  }),
  linkProtectionTypeExtraTraffic: bool("bgp.ls.link_protection_type.extra_traffic", "Extra Traffic", {
    mask: 0x1,
    tf: ["Capable", "Not capable"],
  }),
  protocolMaskTlvMplsProtocolL: bool(
    "bgp.ls.protocol_mask_tlv.mpls_protocol.l",
    "Label Distribution Protocol (LDP)",
    { mask: 0x80, tf: SET_NOTSET },
  ),
  protocolMaskTlvMplsProtocolR: bool(
    "bgp.ls.protocol_mask_tlv.mpls_protocol.r",
    "Extension to RSVP for LSP Tunnels (RSVP-TE)",
    { mask: 0x40, tf: SET_NOTSET },
  ),
  protocolMaskTlvIgpFlagsFlagDD: bool("bgp.ls.protocol_mask_tlv.igp_flags_flag_d.d", "IS-IS Up/Down Bit", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  nodeFlagBitsOverload: bool("bgp.ls.node_flag_bits.overload", "Overload Bit", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  nodeFlagBitsAttached: bool("bgp.ls.node_flag_bits.attached", "Attached Bit", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  nodeFlagBitsExternal: bool("bgp.ls.node_flag_bits.external", "External Bit", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  nodeFlagBitsAbr: bool("bgp.ls.node_flag_bits.abr", "ABR Bit", { mask: 0x10, tf: SET_NOTSET }),
  srTlvCapabilities: none("bgp.ls.sr.tlv.capabilities", "SR Capabilities"),
  srTlvCapabilitiesFlags: u8("bgp.ls.sr.tlv.capabilities.flags", "Flags", { base: "HEX" }),
  srTlvCapabilitiesFlagsI: bool("bgp.ls.sr.tlv.capabilities.flags.i", "MPLS IPv4 flag (I)", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  srTlvCapabilitiesFlagsV: bool("bgp.ls.sr.tlv.capabilities.flags.v", "MPLS IPv6 flag (V)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  srTlvCapabilitiesFlagsH: bool("bgp.ls.sr.tlv.capabilities.flags.h", "SR-IPv6 flag (H)", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  srTlvCapabilitiesFlagsReserved: u8("bgp.ls.sr.tlv.capabilities.flags.reserved", "Reserved", {
    base: "HEX",
    mask: 0x1f,
  }),
  srTlvCapabilitiesRangeSize: u24("bgp.ls.sr.tlv.capabilities.range_size", "Range Size"),
  srTlvCapabilitiesSidLabel: u24("bgp.ls.sr.tlv.capabilities.sid.label", "From Label", { mask: 0xfffff }),
  srTlvCapabilitiesSidIndex: u32("bgp.ls.sr.tlv.capabilities.sid.index", "From Index"),
  srTlvAlgorithm: none("bgp.ls.sr.tlv.algorithm", "SR Algorithm"),
  srTlvAlgorithmValue: u8("bgp.ls.sr.tlv.algorithm.value", "SR Algorithm"),
  srTlvLocalBlock: none("bgp.ls.sr.tlv.local_block", "SR Local Block"),
  srTlvLocalBlockFlags: u8("bgp.ls.sr.tlv.local_block.flags", "Flags", { base: "HEX" }),
  srTlvLocalBlockRangeSize: u24("bgp.ls.sr.tlv.local_block.range_size", "Range Size"),
  srTlvLocalBlockSidLabel: u24("bgp.ls.sr.tlv.local_block.sid.label", "From Label", { mask: 0xfffff }),
  srTlvLocalBlockSidIndex: u32("bgp.ls.sr.tlv.local_block.sid.index", "From Index"),
  srTlvFlexAlgo: none("bgp.ls.sr.tlv.flex_algo", "Flexible Algorithm Definition TLV"),
  srTlvFlexAlgoFlexAlgorithm: u8("bgp.ls.sr.tlv.flex_algo.flex_algorithm", "Flex-Algorithm"),
  srTlvFlexAlgoMetricType: u8("bgp.ls.sr.tlv.flex_algo.metric_type", "Metric-Type", {
    names: { 0: "IGP Metric", 1: "Min Unidirectional Link Delay", 2: "TE Metric" },
  }),
  srTlvFlexAlgoCalculationType: u8("bgp.ls.sr.tlv.flex_algo.calculation_type", "Calculation-Type", {
    names: { 0: "Shortest Path First (SPF)", 1: "Strict Shortest Path First (Strict SPF)" },
  }),
  srTlvFlexAlgoPriority: u8("bgp.ls.sr.tlv.flex_algo.priority", "Priority"),
  srTlvFlexAlgoExcludeAnyAffinity: none(
    "bgp.ls.sr.tlv.flex_algo.exclude_any_affinity",
    "Flex Algo Exclude Any Affinity TLV",
  ),
  srTlvFlexAlgoIncludeAnyAffinity: none(
    "bgp.ls.sr.tlv.flex_algo.include_any_affinity",
    "Flex Algo Include Any Affinity TLV",
  ),
  srTlvFlexAlgoIncludeAllAffinity: none(
    "bgp.ls.sr.tlv.flex_algo.include_all_affinity",
    "Flex Algo Include All Affinity TLV",
  ),
  srTlvPrefixSid: none("bgp.ls.sr.tlv.prefix.sid", "Prefix SID TLV"),
  srTlvPrefixSidFlags: u8("bgp.ls.sr.tlv.prefix.sid.flags", "Flags", { base: "HEX" }),
  srTlvPrefixSidFlagsR: bool("bgp.ls.sr.tlv.prefix.sid.flags.r", "Re-advertisement (R)", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  srTlvPrefixSidFlagsN: bool("bgp.ls.sr.tlv.prefix.sid.flags.n", "Node-SID (N)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  srTlvPrefixSidFlagsNp: bool("bgp.ls.sr.tlv.prefix.sid.flags.np", "No-PHP (NP)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  srTlvPrefixSidFlagsP: bool("bgp.ls.sr.tlv.prefix.sid.flags.p", "No-PHP (P)", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  srTlvPrefixSidFlagsM: bool("bgp.ls.sr.tlv.prefix.sid.flags.m", "Mapping Server Flag (M)", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  srTlvPrefixSidFlagsE: bool("bgp.ls.sr.tlv.prefix.sid.flags.e", "Explicit-Null (E)", {
    mask: 0x10,
    tf: SET_NOTSET,
  }),
  srTlvPrefixSidFlagsV: bool("bgp.ls.sr.tlv.prefix.sid.flags.v", "Value (V)", { mask: 0x8, tf: SET_NOTSET }),
  srTlvPrefixSidFlagsL: bool("bgp.ls.sr.tlv.prefix.sid.flags.l", "Local (L)", { mask: 0x4, tf: SET_NOTSET }),
  srTlvPrefixSidAlgo: u8("bgp.ls.sr.tlv.prefix.sid.algo", "Algorithm"),
  srTlvPrefixSidLabel: u24("bgp.ls.sr.tlv.prefix.sid.label", "SID/Label", { mask: 0xfffff }),
  srTlvPrefixSidIndex: u32("bgp.ls.sr.tlv.prefix.sid.index", "SID/Index"),
  srTlvPrefixAttributeFlags: none("bgp.ls.sr.tlv.prefix.attribute_flags", "Prefix Attribute Flags TLV"),
  srTlvPrefixAttributeFlagsFlags: u8("bgp.ls.sr.tlv.prefix.attribute_flags.flags", "Flags", { base: "HEX" }),
  srTlvPrefixAttributeFlagsFlagsUnknown: bytes(
    "bgp.ls.sr.tlv_prefix.attribute_flags.flags.unknown",
    "Flags",
    { base: "SEP_SPACE" },
  ),
  srTlvPrefixAttributeFlagsFlagsA: bool("bgp.ls.sr.tlv.prefix.attribute_flags.flags.a", "Attach (A)", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  srTlvPrefixAttributeFlagsFlagsN: bool("bgp.ls.sr.tlv.prefix.attribute_flags.flags.n", "Node (N)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  srTlvPrefixAttributeFlagsFlagsE: bool("bgp.ls.sr.tlv.prefix.attribute_flags.flags.e", "ELC (E)", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  srTlvPrefixAttributeFlagsFlagsX: bool(
    "bgp.ls.sr.tlv.prefix.attribute_flags.flags.x",
    "External Prefix (X)",
    { mask: 0x80, tf: SET_NOTSET },
  ),
  srTlvPrefixAttributeFlagsFlagsR: bool(
    "bgp.ls.sr.tlv.prefix.attribute_flags.flags.r",
    "Re-advertisement (X)",
    { mask: 0x40, tf: SET_NOTSET },
  ),
  srTlvAdjacencySid: none("bgp.ls.sr.tlv.adjacency.sid", "Adjacency SID TLV"),
  srTlvAdjacencySidFlags: u8("bgp.ls.sr.tlv.adjacency.sid.flags", "Flags", { base: "HEX" }),
  srTlvAdjacencySidFlagsF: bool("bgp.ls.sr.tlv.adjacency.sid.flags.f", "Address-Family flag (F)", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  srTlvAdjacencySidFlagsB: bool("bgp.ls.sr.tlv.adjacency.sid.flags.b", "Backup Flag (B)", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  srTlvAdjacencySidFlagsV: bool("bgp.ls.sr.tlv.adjacency.sid.flags.v", "Value Flag (V)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  srTlvAdjacencySidFlagsL: bool("bgp.ls.sr.tlv.adjacency.sid.flags.l", "Local Flag (L)", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  srTlvAdjacencySidFlagsS: bool("bgp.ls.sr.tlv.adjacency.sid.flags.s", "Set Flag (S)", {
    mask: 0x10,
    tf: SET_NOTSET,
  }),
  srTlvAdjacencySidWeight: u8("bgp.ls.sr.tlv.adjacency.sid.weight", "Weight"),
  srTlvAdjacencySidLabel: u24("bgp.ls.sr.tlv.adjacency.sid.label", "SID/Label", { mask: 0xfffff }),
  srTlvAdjacencySidIndex: u32("bgp.ls.sr.tlv.adjacency.sid.index", "SID/Index"),
  srTlvPeerNodeSid: none("bgp.ls.sr.tlv.peer_node.sid", "PeerNode SID TLV"),
  srTlvPeerAdjSid: none("bgp.ls.sr.tlv.peer_adj.sid", "PeerAdj SID TLV"),
  srTlvPeerSetSid: none("bgp.ls.sr.tlv.peer_set.sid", "PeerSet SID TLV"),
  srTlvPeerSidFlags: u8("bgp.ls.sr.tlv.peer.sid.flags", "Flags", { base: "HEX" }),
  srTlvPeerSidFlagsV: bool("bgp.ls.sr.tlv.peer.sid.flags.v", "Value flag (V)", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  srTlvPeerSidFlagsL: bool("bgp.ls.sr.tlv.peer.sid.flags.l", "Local flag (L)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  srTlvPeerSidFlagsB: bool("bgp.ls.sr.tlv.peer.sid.flags.b", "Backup flag (B)", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  srTlvPeerSidFlagsP: bool("bgp.ls.sr.tlv.peer.sid.flags.p", "Persistent flag (P)", {
    mask: 0x10,
    tf: SET_NOTSET,
  }),
  srTlvPeerSidWeight: u8("bgp.ls.sr.tlv.peer.sid.weight", "Weight"),
  srTlvPeerSidLabel: u24("bgp.ls.sr.tlv.peer.sid.label", "SID/Label", { mask: 0xfffff }),
  srTlvPeerSidIndex: u32("bgp.ls.sr.tlv.peer.sid.index", "SID/Index"),
  igpTeMetricFlags: u8("bgp.ls.igp_te_metric.flags", "TE Metric Flags", { base: "HEX" }),
  igpTeMetricFlagsA: bool("bgp.ls.igp_te_metric.flags.a", "Anomalous (A) bit", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  igpTeMetricFlagsReserved: u8("bgp.ls.igp_te_metric.flags.reserved", "Reserved", {
    base: "HEX",
    mask: 0x7f,
  }),
  igpTeMetricDelay: none("bgp.ls.igp_te_metric.delay", "Unidirectional Link Delay TLV"),
  igpTeMetricDelayValue: u24("bgp.ls.igp_te_metric.delay_value", "Delay"),
  igpTeMetricDelayMinMax: none("bgp.ls.igp_te_metric.delay_min_max", "Min/Max Unidirectional Link Delay TLV"),
  igpTeMetricDelayMin: u24("bgp.ls.igp_te_metric.delay_min", "Min Delay"),
  igpTeMetricDelayMax: u24("bgp.ls.igp_te_metric.delay_max", "Max Delay"),
  igpTeMetricDelayVariation: none(
    "bgp.ls.igp_te_metric.delay_variation",
    "Unidirectional Delay Variation TLV",
  ),
  igpTeMetricDelayVariationValue: u24("bgp.ls.igp_te_metric.delay_variation_value", "Delay Variation"),
  igpTeMetricLinkLoss: none("bgp.ls.igp_te_metric.link_loss", "Unidirectional Link Loss TLV"),
  igpTeMetricLinkLossValue: u24("bgp.ls.igp_te_metric.link_loss_value", "Link Loss"),
  igpTeMetricResidualBandwidth: none(
    "bgp.ls.igp_te_metric.residual_bandwidth",
    "Unidirectional Residual Bandwidth TLV",
  ),
  igpTeMetricResidualBandwidthValue: u32(
    "bgp.ls.igp_te_metric.residual_bandwidth_value",
    "Residual Bandwidth",
  ),
  igpTeMetricAvailableBandwidth: none(
    "bgp.ls.igp_te_metric.available_bandwidth",
    "Unidirectional Available Bandwidth TLV",
  ),
  igpTeMetricAvailableBandwidthValue: u32(
    "bgp.ls.igp_te_metric.available_bandwidth_value",
    "Residual Bandwidth",
  ),
  igpTeMetricUtilizedBandwidth: none(
    "bgp.ls.igp_te_metric.utilized_bandwidth",
    "Unidirectional Utilized Bandwidth TLV",
  ),
  igpTeMetricUtilizedBandwidthValue: u32(
    "bgp.ls.igp_te_metric.utilized_bandwidth_value",
    "Utilized Bandwidth",
  ),
  igpTeMetricReserved: u8("bgp.ls.igp_te_metric.reserved", "Reserved", { base: "HEX" }),
  tlvApplicationSpecificLinkAttributes: none(
    "bgp.ls.tlv.application_specific_link_attributes",
    "Application-Specific Link Attributes TLV",
  ),
  tlvApplicationSpecificLinkAttributesSabmLength: u8(
    "bgp.ls.tlv.application_specific_link_attributes.sabm_length",
    "SABM Length",
  ),
  tlvApplicationSpecificLinkAttributesUdabmLength: u8(
    "bgp.ls.tlv.application_specific_link_attributes.udabm_length",
    "UDABM Length",
  ),
  tlvApplicationSpecificLinkAttributesReserved: u16(
    "bgp.ls.tlv.application_specific_link_attributes.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  tlvApplicationSpecificLinkAttributesSabm: u32(
    "bgp.ls.tlv.application_specific_link_attributes.sabm",
    "Standard Application Identifier Bit Mask",
    { base: "HEX" },
  ),
  tlvApplicationSpecificLinkAttributesSabmR: bool(
    "bgp.ls.tlv.application_specific_link_attributes.sabm.r",
    "RSVP-TE (R)",
    { mask: 0x80000000, bits: 32, tf: SET_NOTSET },
  ),
  tlvApplicationSpecificLinkAttributesSabmS: bool(
    "bgp.ls.tlv.application_specific_link_attributes.sabm.s",
    "Segment Routing Policy (S)",
    { mask: 0x40000000, bits: 32, tf: SET_NOTSET },
  ),
  tlvApplicationSpecificLinkAttributesSabmF: bool(
    "bgp.ls.tlv.application_specific_link_attributes.sabm.f",
    "Loop Free Alternate (F)",
    { mask: 0x20000000, bits: 32, tf: SET_NOTSET },
  ),
  tlvApplicationSpecificLinkAttributesSabmX: bool(
    "bgp.ls.tlv.application_specific_link_attributes.sabm.x",
    "Flexible Algorithm (X)",
    { mask: 0x10000000, bits: 32, tf: SET_NOTSET },
  ),
  tlvApplicationSpecificLinkAttributesUdabm: bytes(
    "bgp.ls.tlv.application_specific_link_attributes.udabm",
    "User-Defined Application Identifier Bit Mask",
  ),
  tlvTeDefaultMetricValue2: u32("bgp.ls.tlv.te_default_metric_value", "TE Default Metric", {
    base: "HEX_DEC",
  }),
  tlvMetricValue2: u16("bgp.ls.tlv.metric_value", "IGP Metric", { base: "HEX_DEC" }),
  tlvMetricValue3: u24("bgp.ls.tlv.metric_value", "IGP Metric", { base: "HEX_DEC" }),
  srTlvAdjacencySidIsisB: bool("bgp.ls.sr.tlv.adjacency.sid.flags.b", "Backup Flag (B)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  srTlvAdjacencySidIsisV: bool("bgp.ls.sr.tlv.adjacency.sid.flags.v", "Value Flag (V)", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  srTlvAdjacencySidIsisL: bool("bgp.ls.sr.tlv.adjacency.sid.flags.l", "Local Flag (L)", {
    mask: 0x10,
    tf: SET_NOTSET,
  }),
  srTlvAdjacencySidIsisS: bool("bgp.ls.sr.tlv.adjacency.sid.flags.s", "Set Flag (S)", {
    mask: 0x08,
    tf: SET_NOTSET,
  }),
  srTlvPrefixAttributeFlagsIsisN: bool("bgp.ls.sr.tlv.prefix.attribute_flags.flags.n", "Node (N)", {
    mask: 0x20,
    tf: SET_NOTSET,
  }),
  srTlvPrefixAttributeFlagsIsisE: bool("bgp.ls.sr.tlv.prefix.attribute_flags.flags.e", "ELC (E)", {
    mask: 0x10,
    tf: SET_NOTSET,
  }),
};
const f = linkStateFields;
const c = commonFields;

export const linkStateExperts = {
  error: expert("bgp.ls.error", "error", "Protocol", "Link State error"),
  warning: expert("bgp.ls.warn", "warning", "Protocol", "Link State warning"),
};
const x = { ...linkStateExperts, ...commonExperts };

const NODE = 1;
const LINK = 2;
const IPV4_PREFIX = 3;
const IPV6_PREFIX = 4;
const NLRI_FIELDS: Readonly<Record<number, Field>> = {
  [NODE]: f.nlriNode,
  [LINK]: f.nlriLink,
  [IPV4_PREFIX]: f.ipv4TopologyPrefix,
  [IPV6_PREFIX]: f.ipv6TopologyPrefix,
};
const LOCAL_NODE = 256;
const REMOTE_NODE = 257;
/** Protocol and identifier, the shortest beginning of a descriptor. */
const SHORTEST = 12;
const FAMILY = 16388;

/** @param vpn whether a route distinguisher stands behind the length, RFC 9552 section 5.2 */
export function addLinkState(d: Dissection, end: number, state: UpdateState, vpn: boolean): void {
  while (d.pos < end) {
    const type = d.peek16();
    const length = d.peek16(2) - (vpn ? 8 : 0);
    const after = d.pos + 4 + d.peek16(2);
    d.open(vpn ? f.nlriSafi128 : f.nlri, d.pos, after - d.pos);
    d.u16(f.nlriType);
    d.u16(f.nlriLength);
    if (vpn) addDistinguisher(d);
    const field = NLRI_FIELDS[type];
    if (field === undefined) {
      d.close();
      addFault(d, x.error, d.pos, 0, `Unknown Link-State NLRI type (${FAMILY})`);
      return;
    }
    d.open(field, d.pos, length);
    if (length < SHORTEST) {
      d.expert(x.error, `Link State NLRI length is lower than ${SHORTEST} bytes! (${length})`);
    } else addNlri(d, type, after, state);
    d.close();
    d.close();
    d.pos = after;
  }
}

function addDistinguisher(d: Dissection): void {
  const at = d.pos;
  d.open(f.nlriSafi128RouteDistinguisher, at, 8);
  const type = d.u16(f.nlriSafi128RouteDistinguisherType);
  if (type === 0) {
    d.u16(f.nlriSafi128RouteDistinguisherAdminAsNum2);
    d.u32(f.nlriSafi128RouteDistinguisherAsnum4);
  } else if (type === 1) {
    d.ipv4(f.nlriSafi128RouteDistinguisherAdminIpv4);
    d.u16(f.nlriSafi128RouteDistinguisherAsnum2);
  } else if (type === 2) {
    d.u32(f.nlriSafi128RouteDistinguisherAdminAsNum4);
    d.u16(f.nlriSafi128RouteDistinguisherAsnum2);
  } else expertAbove(d, x.error, `Unknown Route Distinguisher type (${type})`);
  d.close();
  d.pos = at + 8;
}

function addNlri(d: Dissection, type: number, end: number, state: UpdateState): void {
  state.linkStateProtocol = d.u8(f.nlriNodeProtocolId);
  d.u64(f.nlriNodeIdentifier);
  addNode(d, LOCAL_NODE, end);
  if (type === NODE) return;
  if (type === LINK) {
    if (d.pos >= end) return;
    addNode(d, REMOTE_NODE, end);
    if (d.pos >= end) return;
    d.open(f.nlriLinkDescriptorsTlv, d.pos, end - d.pos);
    while (d.pos + 4 <= end) addDescriptor(d, false);
    d.close();
    return;
  }
  if (d.pos >= end) return;
  d.open(f.nlriPrefixDescriptorsTlv, d.pos, end - d.pos);
  while (d.pos + 4 <= end) addDescriptor(d, type === IPV6_PREFIX);
  d.close();
}

/** Opens a TLV of link state with its type and length; what is in it follows, then `closeTlv`. */
function openTlv(d: Dissection, field: Field): number {
  const length = d.peek16(2);
  d.open(field, d.pos, 4 + length);
  d.u16(f.type);
  d.u16(f.length);
  return length;
}

/** Ends what `openTlv` began, behind the TLV. */
function closeTlv(d: Dissection, end: number): void {
  d.close();
  d.pos = end;
}

/** A node descriptor and the TLVs in it, RFC 9552 section 5.2.1. */
function addNode(d: Dissection, expected: number, end: number): void {
  const type = d.peek16();
  if (type !== expected) {
    expertAbove(d, x.error, `Expected/actual tlv mismatch, expected: ${expected}, actual: ${type}`);
  }
  if (type !== LOCAL_NODE && type !== REMOTE_NODE) return;
  const after = d.pos + 4 + d.peek16(2);
  openTlv(d, type === LOCAL_NODE ? f.tlvLocalNodeDescriptors : f.tlvRemoteNodeDescriptors);
  while (d.pos + 4 <= Math.min(after, end)) if (!addNodePart(d)) break;
  closeTlv(d, after);
}

/** False when those behind it cannot be found. */
function addNodePart(d: Dissection): boolean {
  const type = d.peek16();
  const length = d.peek16(2);
  const end = d.pos + 4 + length;
  switch (type) {
    case 512:
      return addNumber(d, f.tlvAutonomousSystem, f.tlvAutonomousSystemId, "Autonomous system TLV");
    case 513:
      return addNumber(d, f.tlvBgpLsIdentifier, f.tlvBgpLsIdentifierId, "BGP-LS TLV");
    case 514:
      return addNumber(d, f.tlvAreaId, f.tlvAreaIdId, "Area ID TLV");
    case 515:
      openTlv(d, f.tlvIgpRouter);
      d.bytes(f.tlvIgpRouterId, length);
      break;
    case 516:
      openTlv(d, f.tlvBgpRouterId);
      d.ipv4(f.tlvBgpRouterIdId);
      break;
    default:
      expertAbove(d, x.warning, `Undefined node Descriptor Sub-TLV type (${type})!`);
      d.pos = end;
      return true;
  }
  closeTlv(d, end);
  return true;
}

/** A TLV that holds one number of four bytes. */
function addNumber(d: Dissection, field: Field, value: Field, name: string): boolean {
  const length = d.peek16(2);
  const end = d.pos + 4 + length;
  openTlv(d, field);
  if (length !== 4) expertAbove(d, x.error, `${name} length should be 4 bytes! (${length})`);
  else d.u32(value);
  closeTlv(d, end);
  return true;
}

const REACHABLE: PrefixKind = {
  field: f.nlriIpReachabilityPrefixIp,
  size: 4,
  title: "Reachability",
  invalid: (bits) => `Reachability length ${bits} invalid (> 32)`,
};

/** Says that a TLV has another length than its only one; true when it has. */
function wrong(d: Dissection, name: string, length: number, expected: number): boolean {
  if (length === expected) return false;
  expertAbove(d, x.error, `Unexpected ${name}'s length (${length}), it must be ${expected} bytes!`);
  return true;
}

/** TLVs of links and prefixes in an NLRI: the TLV, its value and what it is called. */
interface Simple {
  readonly tlv: Field;
  readonly value: Field;
  readonly name: string;
  readonly size: number;
}
const ADDRESSES: Readonly<Record<number, Simple>> = {
  259: {
    tlv: f.tlvIpv4InterfaceAddress,
    value: f.nlriIpv4InterfaceAddress,
    name: "IPv4 Interface Address TLV",
    size: 4,
  },
  260: {
    tlv: f.tlvIpv4NeighborAddress,
    value: f.nlriIpv4NeighborAddress,
    name: "IPv4 Neighbor Address TLV",
    size: 4,
  },
  261: {
    tlv: f.tlvIpv6InterfaceAddress,
    value: f.nlriIpv6InterfaceAddress,
    name: "IPv6 Interface Address TLV",
    size: 16,
  },
  262: {
    tlv: f.tlvIpv6NeighborAddress,
    value: f.nlriIpv6NeighborAddress,
    name: "IPv6 Neighbor Address TLV",
    size: 16,
  },
};

function addDescriptor(d: Dissection, wide: boolean): void {
  const type = d.peek16();
  const length = d.peek16(2);
  const end = d.pos + 4 + length;
  const simple = ADDRESSES[type];
  if (simple !== undefined) {
    openTlv(d, simple.tlv);
    if (!wrong(d, simple.name, length, simple.size)) addOne(d, simple.value);
    closeTlv(d, end);
    return;
  }
  switch (type) {
    case 258:
      addIdentifiers(d, length);
      break;
    case 263:
      openTlv(d, f.tlvMultiTopologyId);
      if (!wrong(d, "Multi Topology ID TLV", length, 2)) {
        d.bits(f.nlriMultiTopologyId, d.pos, 2);
      }
      d.close();
      break;
    case 264:
      openTlv(d, f.tlvOspfRouteType);
      if (!wrong(d, "OSPF Route Type TLV", length, 1)) d.u8(f.nlriOspfRouteType);
      d.close();
      break;
    case 265:
      addReachability(d, wide);
      break;
    default:
      expertAbove(d, x.warning, `Undefined Descriptor TLV type (${type})!`);
  }
  d.pos = end;
}

function addOne(d: Dissection, field: Field): void {
  if (field.type === "FT_IPv6") d.ipv6(field);
  else if (field.type === "FT_UINT8") d.u8(field);
  else d.u32(field);
}

function addIdentifiers(d: Dissection, length: number): void {
  openTlv(d, f.tlvLinkLocalRemoteIdentifiers);
  if (!wrong(d, "Link Local/Remote Identifiers TLV", length, 8)) {
    d.u32(f.nlriLinkLocalIdentifier);
    d.u32(f.nlriLinkRemoteIdentifier);
  }
  d.close();
}

function addReachability(d: Dissection, wide: boolean): void {
  openTlv(d, f.tlvIpReachabilityInformation);
  if (wide) {
    const bits = d.peek8();
    if (bits > 128) addFault(d, x.lengthInvalid, d.pos, 1, `Reachability length ${bits} invalid`);
    else {
      const n = Math.ceil(bits / 8);
      const address = prefixAddress(d, d.pos + 1, bits, 16);
      if (d.labels) d.openText(d.pos, 1 + n, `${addressText(address)}/${bits}`);
      d.u8(c.prefixLength);
      d.relabel(`Reachability prefix length: ${bits}`);
      d.add(f.nlriIpReachabilityPrefixIp6, d.pos, n, address);
      if (d.labels) d.close();
    }
  } else {
    const text = addPrefix(d, REACHABLE);
    if (d.labels && text !== null) d.appendParent(` (${text})`);
  }
  d.close();
}

/** TLVs of the attribute that hold a single value. */
const SIMPLE: Readonly<Record<number, Simple>> = {
  1028: {
    tlv: f.tlvIpv4RouterIdOfLocalNode,
    value: f.tlvIpv4RouterIdValue,
    name: "IPv4 Router-ID TLV",
    size: 4,
  },
  1029: {
    tlv: f.tlvIpv6RouterIdOfLocalNode,
    value: f.tlvIpv6RouterIdOfLocalNodeValue,
    name: "IPv6 Router-ID TLV",
    size: 16,
  },
  1030: {
    tlv: f.tlvIpv4RouterIdOfRemoteNode,
    value: f.tlvIpv4RouterIdValue,
    name: "IPv4 Router-ID TLV",
    size: 4,
  },
  1031: {
    tlv: f.tlvIpv6RouterIdOfRemoteNode,
    value: f.tlvIpv6RouterIdOfLocalNodeValue,
    name: "IPv6 Router-ID TLV",
    size: 16,
  },
  1155: { tlv: f.tlvPrefixMetric, value: f.tlvPrefixMetricValue, name: "Prefix Metric TLV", size: 4 },
};
/** TLVs that are text or bytes from end to end. */
const OPAQUE: Readonly<Record<number, readonly [tlv: Field, value: Field]>> = {
  1025: [f.tlvOpaqueNodeProperties, f.tlvOpaqueNodePropertiesValue],
  1026: [f.tlvNodeName, f.tlvNodeNameValue],
  1027: [f.tlvIsIsAreaIdentifier, f.tlvIsIsAreaIdentifierValue],
  1097: [f.tlvOpaqueLinkAttribute, f.tlvOpaqueLinkAttributeValue],
  1098: [f.tlvLinkNameAttribute, f.tlvLinkNameAttributeValue],
  1157: [f.tlvOpaquePrefixAttribute, f.tlvOpaquePrefixAttributeValue],
};
/** TLVs that hold single bits of a byte. */
const BITS: Readonly<Record<number, { tlv: Field; name: string; bits: readonly Field[]; said?: number }>> = {
  1024: {
    tlv: f.tlvNodeFlagsBits,
    name: "Node Flags Bits TLV",
    bits: [f.nodeFlagBitsOverload, f.nodeFlagBitsAttached, f.nodeFlagBitsExternal, f.nodeFlagBitsAbr],
  },
  1094: {
    tlv: f.tlvMplsProtocolMask,
    name: "MPLS Protocol Mask TLV",
    bits: [f.protocolMaskTlvMplsProtocolL, f.protocolMaskTlvMplsProtocolR],
  },
  1152: { tlv: f.tlvIgpFlags, name: "IGP Flags TLV", bits: [f.protocolMaskTlvIgpFlagsFlagDD], said: 1152 },
};
const BANDWIDTHS: Readonly<Record<number, readonly [tlv: Field, name: string]>> = {
  1089: [f.tlvMaximumLinkBandwidth, "Maximum link bandwidth"],
  1090: [f.tlvMaximumReservableLinkBandwidth, "Maximum reservable link bandwidth"],
};
const PERFORMANCE: Readonly<
  Record<number, readonly [tlv: Field, head: "flags" | "reserved" | null, values: readonly Field[]]>
> = {
  1114: [f.igpTeMetricDelay, "flags", [f.igpTeMetricDelayValue]],
  1115: [f.igpTeMetricDelayMinMax, "flags", [f.igpTeMetricDelayMin, f.igpTeMetricDelayMax]],
  1116: [f.igpTeMetricDelayVariation, "reserved", [f.igpTeMetricDelayVariationValue]],
  1117: [f.igpTeMetricLinkLoss, "flags", [f.igpTeMetricLinkLossValue]],
  1118: [f.igpTeMetricResidualBandwidth, null, [f.igpTeMetricResidualBandwidthValue]],
  1119: [f.igpTeMetricAvailableBandwidth, null, [f.igpTeMetricAvailableBandwidthValue]],
  1120: [f.igpTeMetricUtilizedBandwidth, null, [f.igpTeMetricUtilizedBandwidthValue]],
};
const PEERS: Readonly<Record<number, Field>> = {
  1101: f.srTlvPeerNodeSid,
  1102: f.srTlvPeerAdjSid,
  1103: f.srTlvPeerSetSid,
};
/** TLVs known but not shown. */
const SILENT = [1100, 1159];

/** The link-state attribute, RFC 9552 section 5.3. */
export function addLinkStateAttribute(d: Dissection, end: number, state: UpdateState): void {
  d.open(f.bgpUpdatePathAttributeLinkState, d.pos, end - d.pos);
  while (d.pos < end) addAttribute(d, state);
  d.close();
}

function addAttribute(d: Dissection, state: UpdateState): void {
  const type = d.peek16();
  const length = d.peek16(2);
  const end = d.pos + 4 + length;
  const simple = SIMPLE[type];
  const opaque = OPAQUE[type];
  const bits = BITS[type];
  const bandwidth = BANDWIDTHS[type];
  const performance = PERFORMANCE[type];
  if (simple !== undefined) {
    openTlv(d, simple.tlv);
    if (!wrong(d, simple.name, length, simple.size)) addOne(d, simple.value);
    d.close();
  } else if (opaque !== undefined) {
    const [tlv, value] = opaque;
    openTlv(d, tlv);
    if (value.type === "FT_STRING") d.str(value, length);
    else if (value.type === "FT_BYTES") d.bytes(value, length);
    else d.add(value, d.pos, length, null);
    d.close();
  } else if (bits !== undefined) {
    openTlv(d, bits.tlv);
    if (length !== 1) {
      expertAbove(
        d,
        x.error,
        `Unexpected ${bits.name}'s length (${length}), it must be ${bits.said ?? 1} bytes!`,
      );
    } else for (const bit of bits.bits) d.bits(bit, d.pos, 1);
    d.close();
  } else if (bandwidth !== undefined) {
    openTlv(d, bandwidth[0]);
    if (!wrong(d, `${bandwidth[1]} TLV`, length, 4)) addBandwidth(d, bandwidth[1]);
    d.close();
  } else if (performance !== undefined) addPerformance(d, ...performance);
  else if (PEERS[type] !== undefined) addPeer(d, PEERS[type], length);
  else addOther(d, type, length, state);
  d.pos = end;
}

function addBandwidth(d: Dissection, name: string): void {
  d.need(4);
  const value = (new DataView(d.buf.buffer, d.buf.byteOffset + d.pos, 4).getFloat32(0) * 8) / 1e6;
  d.add(f.bandwidthValue, d.pos, 4, value);
  if (d.labels) d.relabel(`${name}: ${value.toFixed(2)} Mbps`);
  d.skip(4);
}

/** RFC 8571. */
function addPerformance(
  d: Dissection,
  tlv: Field,
  head: "flags" | "reserved" | null,
  values: readonly Field[],
): void {
  openTlv(d, tlv);
  if (head === "flags") d.bitset(f.igpTeMetricFlags, 1, METRIC_FLAGS);
  else if (head === "reserved") d.u8(f.igpTeMetricReserved);
  values.forEach((value, i) => {
    if (i > 0) d.u8(f.igpTeMetricReserved);
    d.uint(value, head === null ? 4 : 3);
  });
  d.close();
}
const METRIC_FLAGS = [f.igpTeMetricFlagsA, f.igpTeMetricFlagsReserved];
const PEER_FLAGS = [f.srTlvPeerSidFlagsV, f.srTlvPeerSidFlagsL, f.srTlvPeerSidFlagsB, f.srTlvPeerSidFlagsP];

/** RFC 9086 section 5. */
function addPeer(d: Dissection, field: Field, length: number): void {
  openTlv(d, field);
  if (length !== 7 && length !== 8) {
    expertAbove(
      d,
      x.error,
      `Unexpected TLV Length (${length}) in BGP-LS Peer SID TLV, it must be either 7 or 8 bytes!`,
    );
  } else {
    addFlags(d, f.srTlvPeerSidFlags, 1, PEER_FLAGS);
    d.u8(f.srTlvPeerSidWeight);
    d.skip(2);
    addSid(d, length === 7, f.srTlvPeerSidLabel, f.srTlvPeerSidIndex);
  }
  d.close();
}

/** A label of 20 bits, or an index. */
function addSid(d: Dissection, isLabel: boolean, label: Field, index: Field): void {
  if (isLabel) {
    d.bits(label, d.pos, 3);
    d.skip(3);
  } else d.u32(index);
}

function addOther(d: Dissection, type: number, length: number, state: UpdateState): void {
  const end = d.pos + 4 + length;
  switch (type) {
    case 258:
      addIdentifiers(d, length);
      return;
    case 263:
      d.open(f.tlvMultiTopologyId, d.pos, 4 + length);
      d.skip(4);
      while (d.pos + 2 <= end) {
        d.bits(f.nlriMultiTopologyId, d.pos, 2);
        d.skip(2);
      }
      break;
    case 266:
    case 267:
      openTlv(d, type === 266 ? f.tlvNodeMsd : f.tlvLinkMsd);
      while (d.pos + 2 <= end) {
        d.u8(f.tlvIgpMsdType);
        d.u8(f.tlvIgpMsdValue);
      }
      break;
    case 1034:
      openTlv(d, f.srTlvCapabilities);
      addFlags(d, f.srTlvCapabilitiesFlags, 1, CAPABILITY_FLAGS);
      d.skip(1);
      addRanges(
        d,
        end,
        f.srTlvCapabilitiesRangeSize,
        f.srTlvCapabilitiesSidLabel,
        f.srTlvCapabilitiesSidIndex,
      );
      break;
    case 1035:
      openTlv(d, f.srTlvAlgorithm);
      while (d.pos < end) d.u8(f.srTlvAlgorithmValue);
      break;
    case 1036:
      openTlv(d, f.srTlvLocalBlock);
      d.u8(f.srTlvLocalBlockFlags);
      d.skip(1);
      addRanges(d, end, f.srTlvLocalBlockRangeSize, f.srTlvLocalBlockSidLabel, f.srTlvLocalBlockSidIndex);
      break;
    case 1039:
      openTlv(d, f.srTlvFlexAlgo);
      d.u8(f.srTlvFlexAlgoFlexAlgorithm);
      d.u8(f.srTlvFlexAlgoMetricType);
      d.u8(f.srTlvFlexAlgoCalculationType);
      d.u8(f.srTlvFlexAlgoPriority);
      while (d.pos < end) addFlexible(d);
      break;
    case 1088:
      openTlv(d, f.tlvAdministrativeGroupColor);
      if (!wrong(d, "Administrative group (color) TLV", length, 4)) addGroups(d);
      break;
    case 1091:
      openTlv(d, f.tlvUnreservedBandwidth);
      if (!wrong(d, "Unreserved bandwidth TLV", length, 32)) {
        for (let i = 0; i < 8; i++) addBandwidth(d, `Priority ${i}, Unreserved Bandwidth`);
      }
      break;
    case 1092:
      openTlv(d, f.tlvTeDefaultMetric);
      addDefaultMetric(d, length);
      break;
    case 1093:
      openTlv(d, f.tlvLinkProtectionType);
      if (!wrong(d, "Link Protection Type TLV", length, 2)) {
        addFlags(d, f.tlvLinkProtectionTypeValue, 1, PROTECTIONS);
      }
      break;
    case 1095:
      openTlv(d, f.tlvMetric);
      if (length < 1 || length > 3) {
        expertAbove(d, x.error, `Unexpected Metric TLV's length (${length}), it must be 1, 2 or 3 bytes!`);
      } else {
        const value = length === 1 ? f.tlvMetricValue : length === 2 ? f.tlvMetricValue2 : f.tlvMetricValue3;
        d.uint(value, length);
      }
      break;
    case 1096:
      openTlv(d, f.tlvSharedRiskLinkGroup);
      if (length % 4 !== 0) {
        expertAbove(d, x.error, `Shared Risk Link Group Value must be 4 bytes long (${length}).`);
      } else while (d.pos < end) d.u32(f.tlvSharedRiskLinkGroupValue);
      break;
    case 1099:
      openTlv(d, f.srTlvAdjacencySid);
      addAdjacency(d, length, state);
      break;
    case 1122:
      openTlv(d, f.tlvApplicationSpecificLinkAttributes);
      addApplications(d, end, state);
      break;
    case 1153:
      openTlv(d, f.tlvRouteTag);
      if (length % 4 !== 0) {
        expertAbove(d, x.error, `Unexpected Route Tag TLV's length (${length} mod 4 != 0) `);
      } else while (d.pos < end) d.u32(f.tlvRouteTagValue);
      break;
    case 1154:
      openTlv(d, f.tlvRouteExtendedTag);
      if (length % 8 !== 0) {
        expertAbove(d, x.error, `Unexpected Route Extended Tag TLV's length (${length} mod 8 != 0) `);
      } else while (d.pos < end) d.u64(f.tlvExtendedRouteTagValue);
      break;
    case 1156:
      openTlv(d, f.tlvOspfForwardingAddress);
      if (length === 4) d.ipv4(f.tlvOspfForwardingAddressIpv4);
      else if (length === 16) d.ipv6(f.tlvOspfForwardingAddressIpv6);
      else {
        expertAbove(
          d,
          x.error,
          `Unexpected Prefix Metric TLV's length (${length}), it must be 4 or 16 bytes!`,
        );
      }
      break;
    case 1158:
      openTlv(d, f.srTlvPrefixSid);
      addFlags(d, f.srTlvPrefixSidFlags, 1, isIsIs(state, true) ? PREFIX_FLAGS_ISIS : PREFIX_FLAGS_OSPF);
      d.u8(f.srTlvPrefixSidAlgo);
      d.skip(2);
      addSid(d, length === 7, f.srTlvPrefixSidLabel, f.srTlvPrefixSidIndex);
      break;
    case 1170:
      openTlv(d, f.srTlvPrefixAttributeFlags);
      addPrefixFlags(d, length, state);
      break;
    case 1173:
      openTlv(d, f.tlvExtendedAdministrativeGroup);
      if (length % 4 !== 0) {
        expertAbove(
          d,
          x.error,
          `Unexpected Extended Administrative Group TLV's length (${length} mod 4 != 0)`,
        );
      } else d.bytes(f.tlvExtendedAdministrativeGroupValue, length);
      break;
    default:
      if (!SILENT.includes(type)) {
        expertAbove(d, x.warning, `Unknown BGP-LS Attribute TLV Code (${type})!`);
      }
      return;
  }
  d.close();
}

const ISIS_LEVEL_1 = 1;
const ISIS_LEVEL_2 = 2;
const OSPF = [3, 6];

/** @param unknown what an update without a link-state NLRI before the attribute counts as */
function isIsIs(state: UpdateState, unknown: boolean): boolean {
  const { linkStateProtocol } = state;
  if (linkStateProtocol === 0) return unknown;
  return linkStateProtocol === ISIS_LEVEL_1 || linkStateProtocol === ISIS_LEVEL_2;
}

const CAPABILITY_FLAGS = [
  f.srTlvCapabilitiesFlagsI,
  f.srTlvCapabilitiesFlagsV,
  f.srTlvCapabilitiesFlagsH,
  f.srTlvCapabilitiesFlagsReserved,
];

/** Ranges of labels or indexes, each begun by a SID/Label TLV, RFC 9085 section 2.1.2. */
function addRanges(d: Dissection, end: number, size: Field, label: Field, index: Field): void {
  while (d.pos < end) {
    d.u24(size);
    d.u16(f.type);
    const length = d.u16(f.length);
    addSid(d, length === 3, label, index);
  }
}

const FLEXIBLE: Readonly<Record<number, Field>> = {
  1040: f.srTlvFlexAlgoExcludeAnyAffinity,
  1041: f.srTlvFlexAlgoIncludeAnyAffinity,
  1042: f.srTlvFlexAlgoIncludeAllAffinity,
};

/** RFC 9351 section 3. */
function addFlexible(d: Dissection): void {
  const type = d.peek16();
  const length = d.peek16(2);
  const end = d.pos + 4 + length;
  const field = FLEXIBLE[type];
  if (field === undefined) {
    expertAbove(d, x.warning, `Unknown BGP-LS Flex-Algo sub-TLV Code (${type})!`);
  } else {
    openTlv(d, field);
    d.bytes(f.tlvExtendedAdministrativeGroupValue, length);
    d.close();
  }
  d.pos = end;
}

/** A mask, and the number of each group in it. */
function addGroups(d: Dissection): void {
  const mask = d.bits(f.tlvAdministrativeGroupColorValue, d.pos, 4);
  d.openLast();
  for (let i = 0; i < 16; i++) {
    if ((mask & (1 << i)) === 0) continue;
    d.add(f.tlvAdministrativeGroup, d.pos, 4, i);
  }
  d.close();
  d.skip(4);
}

function addDefaultMetric(d: Dissection, length: number): void {
  if (length === 3) {
    expertAbove(d, x.warning, `Old TE Default Metric TLV's length (${length}), it should be 4 bytes!`);
    d.u24(f.tlvTeDefaultMetricValue);
  } else if (length === 4) d.u32(f.tlvTeDefaultMetricValue2);
  else wrong(d, "TE Default Metric TLV", length, 4);
}

const PROTECTIONS = [
  f.linkProtectionTypeExtraTraffic,
  f.linkProtectionTypeUnprotected,
  f.linkProtectionTypeShared,
  f.linkProtectionTypeDedicated1colon1,
  f.linkProtectionTypeDedicated1plus1,
  f.linkProtectionTypeEnhanced,
];
const ADJACENCY_FLAGS_ISIS = [
  f.srTlvAdjacencySidFlagsF,
  f.srTlvAdjacencySidIsisB,
  f.srTlvAdjacencySidIsisV,
  f.srTlvAdjacencySidIsisL,
  f.srTlvAdjacencySidIsisS,
];
const ADJACENCY_FLAGS_OSPF = [
  f.srTlvAdjacencySidFlagsB,
  f.srTlvAdjacencySidFlagsV,
  f.srTlvAdjacencySidFlagsL,
  f.srTlvAdjacencySidFlagsS,
];

/** RFC 9085 section 2.2.1. */
function addAdjacency(d: Dissection, length: number, state: UpdateState): void {
  const members = isIsIs(state, true) ? ADJACENCY_FLAGS_ISIS : ADJACENCY_FLAGS_OSPF;
  addFlags(d, f.srTlvAdjacencySidFlags, 1, members);
  d.u8(f.srTlvAdjacencySidWeight);
  d.skip(2);
  addSid(d, length === 7, f.srTlvAdjacencySidLabel, f.srTlvAdjacencySidIndex);
}

const PREFIX_FLAGS_ISIS = [
  f.srTlvPrefixSidFlagsR,
  f.srTlvPrefixSidFlagsN,
  f.srTlvPrefixSidFlagsP,
  f.srTlvPrefixSidFlagsE,
  f.srTlvPrefixSidFlagsV,
  f.srTlvPrefixSidFlagsL,
];
const PREFIX_FLAGS_OSPF = [
  f.srTlvPrefixSidFlagsNp,
  f.srTlvPrefixSidFlagsM,
  f.srTlvPrefixSidFlagsE,
  f.srTlvPrefixSidFlagsV,
  f.srTlvPrefixSidFlagsL,
];
const ATTRIBUTE_FLAGS_OSPF = [
  f.srTlvPrefixAttributeFlagsFlagsA,
  f.srTlvPrefixAttributeFlagsFlagsN,
  f.srTlvPrefixAttributeFlagsFlagsE,
];
const ATTRIBUTE_FLAGS_ISIS = [
  f.srTlvPrefixAttributeFlagsFlagsX,
  f.srTlvPrefixAttributeFlagsFlagsR,
  f.srTlvPrefixAttributeFlagsIsisN,
  f.srTlvPrefixAttributeFlagsIsisE,
];

/** RFC 9085 section 2.3.2: the bits are those of the IGP. */
function addPrefixFlags(d: Dissection, length: number, state: UpdateState): void {
  const { linkStateProtocol } = state;
  const isis = isIsIs(state, false);
  if (isis) addFlags(d, f.srTlvPrefixAttributeFlagsFlags, 1, ATTRIBUTE_FLAGS_ISIS);
  else if (OSPF.includes(linkStateProtocol)) {
    addFlags(d, f.srTlvPrefixAttributeFlagsFlags, 1, ATTRIBUTE_FLAGS_OSPF);
  } else {
    d.bytes(f.srTlvPrefixAttributeFlagsFlagsUnknown, length);
    expertAbove(d, x.warning, `Unknown Protocol-ID (${linkStateProtocol}) for Prefix Attribute Flags TLV`);
  }
}

const APPLICATIONS = [
  f.tlvApplicationSpecificLinkAttributesSabmR,
  f.tlvApplicationSpecificLinkAttributesSabmS,
  f.tlvApplicationSpecificLinkAttributesSabmF,
  f.tlvApplicationSpecificLinkAttributesSabmX,
];

/** RFC 9294 section 2. */
function addApplications(d: Dissection, end: number, state: UpdateState): void {
  const standard = d.u8(f.tlvApplicationSpecificLinkAttributesSabmLength);
  if (standard !== 0 && standard !== 4 && standard !== 8) {
    expertAbove(
      d,
      x.error,
      `Unexpected SABM Length (${standard}) in BGP-LS Application-Specific Link Attributes TLV, it must be 0/4/8 bytes!`,
    );
    return;
  }
  const own = d.u8(f.tlvApplicationSpecificLinkAttributesUdabmLength);
  if (own !== 0 && own !== 4 && own !== 8) {
    expertAbove(
      d,
      x.error,
      `Unexpected UDABM Length (${own}) in BGP-LS Application-Specific Link Attributes TLV, it must be 0/4/8 bytes!`,
    );
    return;
  }
  d.u16(f.tlvApplicationSpecificLinkAttributesReserved);
  if (standard > 0) {
    addFlags(d, f.tlvApplicationSpecificLinkAttributesSabm, 4, APPLICATIONS);
    d.skip(standard - 4);
  }
  if (own > 0) d.bytes(f.tlvApplicationSpecificLinkAttributesUdabm, own);
  while (d.pos < end) addAttribute(d, state);
}
