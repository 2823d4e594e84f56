/** MPLS echo (LSP ping), RFC 8029, with the FECs of RFC 6424, 6426 and 8287 and the verification of RFC 4379's drafts. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  expert,
  Field,
  ipv4,
  ipv6,
  nameOf,
  none,
  u8,
  u16,
  u24,
  u32,
  u64,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ENTERPRISES } from "./names/enterprises.ts";
import { PSEUDOWIRE_TYPES, SPECIAL_LABELS } from "./names/mpls.ts";
import {
  RETURN_CODE,
  TLV_DS_MAP_ADDR_TYPE,
  TLV_DS_MAP_HASH_TYPE,
  TLV_DS_MAP_MP_PROTO,
  TLV_FEC_TYPE,
  TLV_TYPE,
} from "./names/mpls-echo.ts";

const f = {
  version: u16("mpls_echo.version", "Version"),
  mbz: u16("mpls_echo.mbz", "MBZ", { base: "HEX" }),
  flags: u16("mpls_echo.flags", "Global Flags", { base: "HEX" }),
  flagSbz: u16("mpls_echo.flag_sbz", "Reserved", { base: "HEX", mask: 0xfff8 }),
  flagV: bool("mpls_echo.flag_v", "Validate FEC Stack", { mask: 0x1, bits: 16 }),
  flagT: bool("mpls_echo.flag_t", "Respond only if TTL expired", { mask: 0x2, bits: 16 }),
  flagR: bool("mpls_echo.flag_r", "Validate Reverse Path", { mask: 0x4, bits: 16 }),
  msgType: u8("mpls_echo.msg_type", "Message Type", {
    names: {
      1: "MPLS Echo Request",
      2: "MPLS Echo Reply",
      3: "MPLS Data Plane Verification Request",
      4: "MPLS Data Plane Verification Reply",
    },
  }),
  replyMode: u8("mpls_echo.reply_mode", "Reply Mode", {
    names: {
      1: "Do not reply",
      2: "Reply via an IPv4/IPv6 UDP packet",
      3: "Reply via an IPv4/IPv6 UDP packet with Router Alert",
      4: "Reply via application level control channel",
    },
  }),
  returnCode: u8("mpls_echo.return_code", "Return Code", { names: RETURN_CODE }),
  returnSubcode: u8("mpls_echo.return_subcode", "Return Subcode"),
  senderHandle: u32("mpls_echo.sender_handle", "Sender's Handle", { base: "HEX" }),
  sequence: u32("mpls_echo.sequence", "Sequence Number"),
  timestampSent: absTime("mpls_echo.timestamp_sent", "Timestamp Sent", { base: "UTC" }),
  timestampRec: absTime("mpls_echo.timestamp_rec", "Timestamp Received", { base: "UTC" }),
  tlvType: u16("mpls_echo.tlv.type", "Type", { names: TLV_TYPE }),
  tlvLen: u16("mpls_echo.tlv.len", "Length"),
  tlvValue: bytes("mpls_echo.tlv.value", "Value"),
  tlvFecType: u16("mpls_echo.tlv.fec.type", "Type", { names: TLV_FEC_TYPE }),
  tlvFecLen: u16("mpls_echo.tlv.fec.len", "Length"),
  tlvFecValue: bytes("mpls_echo.tlv.fec.value", "Value"),
  tlvFecLdpIpv4: ipv4("mpls_echo.tlv.fec.ldp_ipv4", "IPv4 Prefix"),
  tlvFecLdpIpv4Mask: u8("mpls_echo.tlv.fec.ldp_ipv4_mask", "Prefix Length"),
  tlvFecLdpIpv6: ipv6("mpls_echo.tlv.fec.ldp_ipv6", "IPv6 Prefix"),
  tlvFecLdpIpv6Mask: u8("mpls_echo.tlv.fec.ldp_ipv6_mask", "Prefix Length"),
  tlvFecRsvpIpv4Ep: ipv4("mpls_echo.tlv.fec.rsvp_ipv4_ep", "IPv4 Tunnel endpoint address"),
  tlvFecRsvpIpv6Ep: ipv6("mpls_echo.tlv.fec.rsvp_ipv6_ep", "IPv6 Tunnel endpoint address"),
  tlvFecRsvpIpMbz1: u16("mpls_echo.tlv.fec.rsvp_ip_mbz1", "Must Be Zero"),
  tlvFecRsvpIpTunId: u16("mpls_echo.tlv.fec.rsvp_ip_tun_id", "Tunnel ID"),
  tlvFecRsvpIpv4ExtTunId: u32("mpls_echo.tlv.fec.rsvp_ipv4_ext_tun_id", "Extended Tunnel ID", {
    base: "HEX",
  }),
  tlvFecRsvpIpv4Sender: ipv4("mpls_echo.tlv.fec.rsvp_ipv4_sender", "IPv4 Tunnel sender address"),
  tlvFecRsvpIpv6ExtTunId: bytes("mpls_echo.tlv.fec.rsvp_ipv6_ext_tun_id", "Extended Tunnel ID"),
  tlvFecRsvpIpv6Sender: ipv6("mpls_echo.tlv.fec.rsvp_ipv6_sender", "IPv6 Tunnel sender address"),
  tlvFecRsvpIpMbz2: u16("mpls_echo.tlv.fec.rsvp_ip_mbz2", "Must Be Zero"),
  tlvFecRsvpIpLspId: u16("mpls_echo.tlv.fec.rsvp_ip_lsp_id", "LSP ID"),
  tlvFecVpnRouteDist: bytes("mpls_echo.tlv.fec.vpn_route_dist", "Route Distinguisher"),
  tlvFecVpnIpv4: ipv4("mpls_echo.tlv.fec.vpn_ipv4", "IPv4 Prefix"),
  tlvFecVpnIpv6: ipv6("mpls_echo.tlv.fec.vpn_ipv6", "IPv6 Prefix"),
  tlvFecVpnLen: u8("mpls_echo.tlv.fec.vpn_len", "Prefix Length"),
  tlvFecL2vpnRouteDist: bytes("mpls_echo.tlv.fec.l2vpn_route_dist", "Route Distinguisher"),
  tlvFecL2vpnSendVeId: u16("mpls_echo.tlv.fec.l2vpn_send_ve_id", "Sender's VE ID", { base: "HEX" }),
  tlvFecL2vpnRecvVeId: u16("mpls_echo.tlv.fec.l2vpn_recv_ve_id", "Receiver's VE ID", { base: "HEX" }),
  tlvFecL2vpnEncapType: u16("mpls_echo.tlv.fec.l2vpn_encap_type", "Encapsulation", {
    names: PSEUDOWIRE_TYPES,
  }),
  tlvFecL2cidSender: ipv4("mpls_echo.tlv.fec.l2cid_sender", "Sender's PE Address"),
  tlvFecL2cidRemote: ipv4("mpls_echo.tlv.fec.l2cid_remote", "Remote PE Address"),
  tlvFecL2cidVcid: u32("mpls_echo.tlv.fec.l2cid_vcid", "VC ID"),
  tlvFecL2cidEncap: u16("mpls_echo.tlv.fec.l2cid_encap", "Encapsulation", {
    names: PSEUDOWIRE_TYPES,
  }),
  tlvFecL2cidMbz: u16("mpls_echo.tlv.fec.l2cid_mbz", "MBZ", { base: "HEX" }),
  tlvFecBgpIpv4: ipv4("mpls_echo.tlv.fec.bgp_ipv4", "IPv4 Prefix"),
  tlvFecBgpIpv6: ipv6("mpls_echo.tlv.fec.bgp_ipv6", "IPv6 Prefix"),
  tlvFecBgpLen: u8("mpls_echo.tlv.fec.bgp_len", "Prefix Length"),
  tlvFecGenIpv4: ipv4("mpls_echo.tlv.fec.gen_ipv4", "IPv4 Prefix"),
  tlvFecGenIpv4Mask: u8("mpls_echo.tlv.fec.gen_ipv4_mask", "Prefix Length"),
  tlvFecGenIpv6: ipv6("mpls_echo.tlv.fec.gen_ipv6", "IPv6 Prefix"),
  tlvFecGenIpv6Mask: u8("mpls_echo.tlv.fec.gen_ipv6_mask", "Prefix Length"),
  p2mpIpv4Id: u32("mpls_echo.tlv.fec.rsvp_p2mp_ipv4_id", "P2MP ID"),
  p2mpMbz1: u16("mpls_echo.tlv.fec.rsvp_p2mp_ip_mbz1", "Must Be Zero"),
  p2mpTunnel: u16("mpls_echo.tlv.fec.rsvp_p2mp_ip_tun_id", "Tunnel ID"),
  p2mpIpv4Extended: ipv4("mpls_echo.tlv.fec.rsvp_p2mp_ipv4_ext_tun_id", "Extended Tunnel ID"),
  p2mpIpv4Sender: ipv4("mpls_echo.tlv.fec.rsvp_p2mp_ipv4_sender", "IPv4 Tunnel sender address"),
  p2mpMbz2: u16("mpls_echo.tlv.fec.rsvp_p2mp_ip_mbz2", "Must Be Zero"),
  p2mpLsp: u16("mpls_echo.tlv.fec.rsvp_p2mp_ip_lsp_id", "LSP ID"),
  p2mpIpv6Id: ipv6("mpls_echo.tlv.fec.rsvp_p2mp_ipv6_id", "P2MP IPv6 Tunnel ID address"),
  p2mpIpv6Extended: ipv6("mpls_echo.tlv.fec.rsvp_p2mp_ipv6_ext_tun_id", "Extended Tunnel ID"),
  p2mpIpv6Sender: ipv6("mpls_echo.tlv.fec.rsvp_p2mp_ipv6_sender", "P2MP IPv6 Tunnel sender address"),
  tlvFecNilLabel: u24("mpls_echo.tlv.fec.nil_label", "Label", { names: SPECIAL_LABELS }),
  tlvFecPwIpv6128Sender: ipv6("mpls_echo.tlv.fec.pw_ipv6_128_sender", "Sender's PE Address"),
  tlvFecPwIpv6128Remote: ipv6("mpls_echo.tlv.fec.pw_ipv6_128_remote", "Remote's PE Address"),
  tlvFecFecPwIpv6128Pwid: u16("mpls_echo.tlv.fec.fec.pw_ipv6_128_pwid", "PW ID"),
  tlvFecFecPwIpv6128PwType: u16("mpls_echo.tlv.fec.fec.pw_ipv6_128_pw_type", "PW TYPE", {
    names: PSEUDOWIRE_TYPES,
  }),
  tlvFecFecPwIpv6128Mbz: u16("mpls_echo.tlv.fec.fec.pw_ipv6_128_mbz", "MBZ", { base: "HEX" }),
  tlvFecIgpIpv4: ipv4("mpls_echo.tlv.fec.igp_ipv4", "IPv4 Prefix"),
  tlvFecIgpIpv6: ipv6("mpls_echo.tlv.fec.igp_ipv6", "IPv6 Prefix"),
  tlvFecIgpMask: u8("mpls_echo.tlv.fec.igp_mask", "Prefix Length"),
  tlvFecIgpProtocol: u8("mpls_echo.tlv.fec.igp_protocol", "Protocol", {
    names: { 0: "Any IGP protocol", 1: "OSPF", 2: "IS-IS" },
  }),
  tlvFecIgpReserved: bytes("mpls_echo.tlv.fec.igp_reserved", "Reserved"),
  tlvFecIgpAdjType: u8("mpls_echo.tlv.fec.igp_adj_type", "Adjacency Type", {
    names: {
      0: "Unnumbered Interface Adjacency",
      1: "Parallel Adjacency",
      4: "IPv4, Non-parallel Adjacency",
      6: "IPv6, Non-parallel Adjacency",
    },
  }),
  tlvFecIgpAdjLocalIdIpv4: ipv4("mpls_echo.tlv.fec.igp_adj_local_id.ipv4", "Local Interface ID"),
  tlvFecIgpAdjLocalIdIpv6: ipv6("mpls_echo.tlv.fec.igp_adj_local_id.ipv6", "Local Interface ID"),
  tlvFecIgpAdjLocalIdIdent: bytes("mpls_echo.tlv.fec.igp_adj_local_id.ident", "Local Interface ID"),
  tlvFecIgpAdjRemoteIdIpv4: ipv4("mpls_echo.tlv.fec.igp_adj_remote_id.ipv4", "Remote Interface ID"),
  tlvFecIgpAdjRemoteIdIpv6: ipv6("mpls_echo.tlv.fec.igp_adj_remote_id.ipv6", "Remote Interface ID"),
  tlvFecIgpAdjRemoteIdIdent: bytes("mpls_echo.tlv.fec.igp_adj_remote_id.ident", "Remote Interface ID"),
  tlvFecIgpAdjAdvNodeIdOspf: bytes(
    "mpls_echo.tlv.fec.igp_adj_adv_node_id.ospf",
    "Advertising Node Identifier Router ID",
  ),
  tlvFecIgpAdjAdvNodeIdIsis: bytes(
    "mpls_echo.tlv.fec.igp_adj_adv_node_id.isis",
    "Advertising Node Identifier System ID",
  ),
  tlvFecIgpAdjAdvNodeIdIdent: bytes(
    "mpls_echo.tlv.fec.igp_adj_adv_node_id.ident",
    "Advertising Node Identifier",
  ),
  tlvFecIgpAdjRecNodeIdOspf: bytes(
    "mpls_echo.tlv.fec.igp_adj_rec_node_id.ospf",
    "Receiving Node Identifier Router ID",
  ),
  tlvFecIgpAdjRecNodeIdIsis: bytes(
    "mpls_echo.tlv.fec.igp_adj_rec_node_id.isis",
    "Receiving Node Identifier System ID",
  ),
  tlvFecIgpAdjRecNodeIdIdent: bytes(
    "mpls_echo.tlv.fec.igp_adj_rec_node_id.ident",
    "Receiving Node Identifier",
  ),
  tlvDsMapMtu: u16("mpls_echo.tlv.ds_map.mtu", "MTU"),
  tlvDsMapAddrType: u8("mpls_echo.tlv.ds_map.addr_type", "Address Type", { names: TLV_DS_MAP_ADDR_TYPE }),
  tlvDsMapRes: u8("mpls_echo.tlv.ds_map.res", "DS Flags", { base: "HEX" }),
  tlvDsMapFlagRes: u8("mpls_echo.tlv.ds_map.flag_res", "MBZ", { base: "HEX", mask: 0xfc }),
  tlvDsMapFlagI: bool("mpls_echo.tlv.ds_map.flag_i", "Interface and Label Stack Request", { mask: 0x2 }),
  tlvDsMapFlagN: bool("mpls_echo.tlv.ds_map.flag_n", "Treat as Non-IP Packet", { mask: 0x1 }),
  tlvDsMapDsIp: ipv4("mpls_echo.tlv.ds_map.ds_ip", "Downstream IP Address"),
  tlvDsMapIntIp: ipv4("mpls_echo.tlv.ds_map.int_ip", "Downstream Interface Address"),
  tlvDsMapIfIndex: u32("mpls_echo.tlv.ds_map.if_index", "Upstream Interface Index"),
  tlvDsMapDsIpv6: ipv6("mpls_echo.tlv.ds_map.ds_ipv6", "Downstream IPv6 Address"),
  tlvDsMapIntIpv6: ipv6("mpls_echo.tlv.ds_map.int_ipv6", "Downstream Interface IPv6 Address"),
  tlvDsMapHashType: u8("mpls_echo.tlv.ds_map.hash_type", "Multipath Type", { names: TLV_DS_MAP_HASH_TYPE }),
  tlvDsMapDepth: u8("mpls_echo.tlv.ds_map.depth", "Depth Limit"),
  tlvDsMapMultiLen: u16("mpls_echo.tlv.ds_map.multi_len", "Multipath Length"),
  tlvDsMapMpIp: ipv4("mpls_echo.tlv.ds_map_mp.ip", "IP Address"),
  tlvDsMapMpMask: bytes("mpls_echo.tlv.ds_map_mp.mask", "Mask"),
  tlvDsMapMpIpLow: ipv4("mpls_echo.tlv.ds_map_mp.ip_low", "IP Address Low"),
  tlvDsMapMpIpHigh: ipv4("mpls_echo.tlv.ds_map_mp.ip_high", "IP Address High"),
  tlvDsMapMpNoMultipathInfo: bytes("mpls_echo.tlv.ds_map_mp.no_multipath_info", "No Multipath Information"),
  tlvDsMapMpValue: bytes("mpls_echo.tlv.ds_map_mp.value", "Multipath Value"),
  tlvDsMapMpLabel: u24("mpls_echo.tlv.ds_map.mp_label", "Downstream Label", { names: SPECIAL_LABELS }),
  tlvDsMapMpExp: u8("mpls_echo.tlv.ds_map.mp_exp", "Downstream Exp"),
  tlvDsMapMpBos: u8("mpls_echo.tlv.ds_map.mp_bos", "Downstream BOS"),
  tlvDsMapMpProto: u8("mpls_echo.tlv.ds_map.mp_proto", "Downstream Protocol", { names: TLV_DS_MAP_MP_PROTO }),
  tlvPadAction: u8("mpls_echo.tlv.pad_action", "Pad Action", {
    names: { 1: "Drop Pad TLV from reply", 2: "Copy Pad TLV to reply" },
  }),
  tlvPadPadding: bytes("mpls_echo.tlv.pad_padding", "Padding"),
  tlvIlsoAddrType: u8("mpls_echo.tlv.ilso.addr_type", "Address Type", { names: TLV_DS_MAP_ADDR_TYPE }),
  tlvIlsoMbz: u24("mpls_echo.tlv.ilso.mbz", "Must Be Zero", { base: "HEX" }),
  tlvIlsoIpv4Addr: ipv4("mpls_echo.tlv.ilso_ipv4.addr", "Downstream IPv4 Address"),
  tlvIlsoIpv4IntAddr: ipv4("mpls_echo.tlv.ilso_ipv4.int_addr", "Downstream Interface Address"),
  tlvIlsoIpv6Addr: ipv6("mpls_echo.tlv.ilso_ipv6.addr", "Downstream IPv6 Address"),
  tlvIlsoIpv6IntAddr: ipv6("mpls_echo.tlv.ilso_ipv6.int_addr", "Downstream Interface Address"),
  tlvIlsoIntIndex: u32("mpls_echo.tlv.ilso.int_index", "Downstream Interface Index", { base: "HEX" }),
  tlvIlsoIpv4Label: u24("mpls_echo.tlv.ilso_ipv4.label", "Label", { names: SPECIAL_LABELS }),
  tlvIlsoIpv4Exp: u8("mpls_echo.tlv.ilso_ipv4.exp", "Exp"),
  tlvIlsoIpv4Bos: u8("mpls_echo.tlv.ilso_ipv4.bos", "BOS"),
  tlvIlsoIpv4Ttl: u8("mpls_echo.tlv.ilso_ipv4.ttl", "TTL"),
  tlvReplyTos: u8("mpls_echo.tlv.reply.tos", "Reply-TOS Byte"),
  tlvReplyTosMbz: u24("mpls_echo.tlv.reply.tos.mbz", "MBZ", { base: "HEX" }),
  tlvErroredType: u16("mpls_echo.tlv.errored.type", "Errored TLV Type", { names: TLV_TYPE }),
  tlvDsMapIngressIfNum: u32("mpls_echo.tlv.ds_map.ingress.if.num", "Ingress Interface Number"),
  tlvDsMapEgressIfNum: u32("mpls_echo.tlv.ds_map.egress.if.num", "Egress Interface Number"),
  lsppingTlvSrcGid: u32("mpls_echo.lspping.tlv.src.gid", "SRC GLOBAL ID"),
  lsppingTlvSrcNid: ipv4("mpls_echo.lspping.tlv.src.nid", "SRC NODE ID"),
  lsppingTlvTunnelNo: u16("mpls_echo.lspping.tlv.tunnel.no", "SRC Tunnel Number"),
  lsppingTlvLspNo: u16("mpls_echo.lspping.tlv.lsp.no", "SRC LSP Number"),
  lsppingTlvDstGid: u32("mpls_echo.lspping.tlv.dst.gid", "DST GLOBAL ID"),
  lsppingTlvDstNid: ipv4("mpls_echo.lspping.tlv.dst.nid", "DST NODE ID"),
  lsppingTlvDstTunnelNo: u16("mpls_echo.lspping.tlv.dst.tunnel.no", "DST Tunnel Number"),
  lsppingTlvResv: u16("mpls_echo.lspping.tlv.resv", "RESERVED"),
  lsppingTlvSrcAddrGid: u32("mpls_echo.lspping.tlv.src.addr.gid", "Global ID"),
  lsppingTlvSrcAddrNid: ipv4("mpls_echo.lspping.tlv.src.addr.nid", "Node ID"),
  lsppingTlvPwServIdentifier: u64("mpls_echo.lspping.tlv.pw.serv.identifier", "Service identifier"),
  lsppingTlvPwSrcAcId: u32("mpls_echo.lspping.tlv.pw.src.ac.id", "SRC AC ID"),
  lsppingTlvPwDstAcId: u32("mpls_echo.lspping.tlv.pw.dst.ac.id", "DST AC ID"),
  padding: bytes("mpls_echo.padding", "Padding"),
  lsppingTlvDdMapMtu: u16("mpls_echo.lspping.tlv.dd_map.mtu", "MTU"),
  tlvDdMapAddrType: u8("mpls_echo.tlv.dd_map.addr_type", "Address Type", { names: TLV_DS_MAP_ADDR_TYPE }),
  tlvDdMapRes: u8("mpls_echo.tlv.dd_map.res", "DS Flags", { base: "HEX" }),
  tlvDdMapFlagRes: u8("mpls_echo.tlv.dd_map.flag_res", "MBZ", { base: "HEX", mask: 0xfc }),
  tlvDdMapFlagI: bool("mpls_echo.tlv.dd_map.flag_i", "Interface and Label Stack Request", { mask: 0x2 }),
  tlvDdMapFlagN: bool("mpls_echo.tlv.dd_map.flag_n", "Treat as Non-IP Packet", { mask: 0x1 }),
  tlvDdMapDsIp: ipv4("mpls_echo.tlv.dd_map.ds_ip", "Downstream IP Address"),
  tlvDdMapIntIp: ipv4("mpls_echo.tlv.dd_map.int_ip", "Downstream Interface Address"),
  tlvDdMapDsIpv6: ipv6("mpls_echo.tlv.dd_map.ds_ipv6", "Downstream IPv6 Address"),
  tlvDdMapIntIpv6: ipv6("mpls_echo.tlv.dd_map.int_ipv6", "Downstream Interface IPv6 Address"),
  tlvDdMapReturnCode: u8("mpls_echo.tlv.dd_map.return_code", "Return Code"),
  tlvDdMapReturnSubcode: u8("mpls_echo.tlv.dd_map.return_subcode", "Return Subcode"),
  tlvDdMapIngressIfNum: u32("mpls_echo.tlv.dd_map.ingress.if.num", "Ingress Interface Number"),
  tlvDdMapEgressIfNum: u32("mpls_echo.tlv.dd_map.egress.if.num", "Egress Interface Number"),
  tlvDdMapSubtlvLen: u16("mpls_echo.tlv.dd_map.subtlv_len", "Subtlv Length"),
  subtlvDdMapMultipathType: u8("mpls_echo.subtlv.dd_map.multipath_type", "Multipath Type"),
  subtlvDdMapMultipathLength: u16("mpls_echo.subtlv.dd_map.multipath_length", "Multipath Length"),
  subtlvDdMapMultipathValue: bytes("mpls_echo.subtlv.dd_map.multipath_value", "Multipath Value"),
  subtlvDdMapReserved: u8("mpls_echo.subtlv.dd_map.reserved", "Reserved"),
  subtlvDdMapMultipathInfo: bytes("mpls_echo.subtlv.dd_map.multipath_info", "Multipath Information"),
  tlvDdstlvMapMpProto: u8("mpls_echo.tlv.ddstlv_map.mp_proto", "Downstream Protocol", {
    names: TLV_DS_MAP_MP_PROTO,
  }),
  tlvDdstlvMapMpIp: ipv4("mpls_echo.tlv.ddstlv_map_mp.ip", "IP Address"),
  tlvDdstlvMapMpIpLow: ipv4("mpls_echo.tlv.ddstlv_map_mp.ip_low", "IP Address Low"),
  tlvDdstlvMapMpIpHigh: ipv4("mpls_echo.tlv.ddstlv_map_mp.ip_high", "IP Address High"),
  tlvDdstlvMapMpMask: bytes("mpls_echo.tlv.ddstlv_map_mp.mask", "Mask"),
  tlvDdstlvMapOpType: u8("mpls_echo.tlv.ddstlv_map.op_type", "Operation Type", {
    names: { 1: "Push", 2: "Pop" },
  }),
  tlvDdstlvMapAddressType: u8("mpls_echo.tlv.ddstlv_map.address_type", "Address Type", {
    names: { 0: "Unspecified", 1: "IPv4", 2: "IPv6" },
  }),
  subtlvDdMapFecTlvType: u8("mpls_echo.subtlv.dd_map.fec_tlv_type", "FEC tlv Length"),
  subtlvLabel: u8("mpls_echo.subtlv.label", "Label"),
  subtlvTrafficClass: u8("mpls_echo.subtlv.traffic_class", "Traffic Class"),
  subtlvSBit: u8("mpls_echo.subtlv.s_bit", "S bit"),
  tlvDdMapUnspecified: none("mpls_echo.tlv.dd_map.unspecified", "Unspecified (Address Length = 0)"),
  tlvDdMapRemoteIp: ipv4("mpls_echo.tlv.dd_map.remote_ip", "Remote Peer IP Address"),
  tlvDdMapRemoteIpv6: ipv6("mpls_echo.tlv.dd_map.remote_ipv6", "Remote Peer IPv6 Address"),
  subtlvDdMapType: u16("mpls_echo.subtlv.dd_map.type", "Sub-TLV Type"),
  subtlvDdMapLength: u16("mpls_echo.subtlv.dd_map.length", "Sub-TLV Length"),
  subtlvDdMapValue: bytes("mpls_echo.subtlv.dd_map.value", "Sub-TLV Value"),
  tlvFecRsvpP2mpIpv4Id: u32("mpls_echo.tlv.fec.rsvp_p2mp_ipv4_id", "P2MP ID"),
  tlvFecRsvpP2mpIpMbz1: u16("mpls_echo.tlv.fec.rsvp_p2mp_ip_mbz1", "Must Be Zero"),
  tlvFecRsvpP2mpIpTunId: u16("mpls_echo.tlv.fec.rsvp_p2mp_ip_tun_id", "Tunnel ID"),
  tlvFecRsvpP2mpIpv4ExtTunId: ipv4("mpls_echo.tlv.fec.rsvp_p2mp_ipv4_ext_tun_id", "Extended Tunnel ID"),
  tlvFecRsvpP2mpIpv4Sender: ipv4("mpls_echo.tlv.fec.rsvp_p2mp_ipv4_sender", "IPv4 Tunnel sender address"),
  tlvFecRsvpP2mpIpMbz2: u16("mpls_echo.tlv.fec.rsvp_p2mp_ip_mbz2", "Must Be Zero"),
  tlvFecRsvpP2mpIpLspId: u16("mpls_echo.tlv.fec.rsvp_p2mp_ip_lsp_id", "LSP ID"),
  tlvFecRsvpP2mpIpv6Id: ipv6("mpls_echo.tlv.fec.rsvp_p2mp_ipv6_id", "P2MP IPv6 Tunnel ID address"),
  tlvFecRsvpP2mpIpv6ExtTunId: ipv6("mpls_echo.tlv.fec.rsvp_p2mp_ipv6_ext_tun_id", "Extended Tunnel ID"),
  tlvFecRsvpP2mpIpv6Sender: ipv6(
    "mpls_echo.tlv.fec.rsvp_p2mp_ipv6_sender",
    "P2MP IPv6 Tunnel sender address",
  ),
  tlvRespIdType: u16("mpls_echo.tlv.resp_id.type", "Target Type", {
    names: {
      1: "IPv4 Egress Address P2MP Responder Identifier",
      2: "IPv6 Egress Address P2MP Responder Identifier",
      3: "IPv4 Node Address P2MP Responder Identifier",
      4: "IPv6 Node Address P2MP Responder Identifier",
    },
  }),
  tlvRespIdLength: u16("mpls_echo.tlv.resp_id.length", "Length"),
  tlvRespIdIpv4: ipv4("mpls_echo.tlv.resp_id.ipv4", "Target IPv4 Address"),
  tlvEchoJitter: u32("mpls_echo.tlv.echo_jitter", "Echo Jitter time"),
  bfdDiscriminator: u32("mpls_echo.bfd_discriminator", "BFD Discriminator", { base: "HEX" }),
  tlvDdMapSubtlvLenInvalid: none("mpls_echo.tlv.dd_map.subtlv_len.invalid", "Invalid Sub-TLV length"),
  addressTypeUnknown: none("mpls_echo.address_type.unknown", "Unknown Address Type"),
  addressTypeIncorrect: none("mpls_echo.address_type.incorrect", "Incorrect address type for TLV?"),
  tlvVendorId: u32("mpls_echo.tlv.vendor_id", "Vendor Id", { names: ENTERPRISES }),
};

const x = {
  tlv: expert("mpls_echo.tlv.len.invalid", "error", "Malformed", "Invalid TLV Length"),
  fec: expert("mpls_echo.tlv.fec.len.invalid", "error", "Malformed", "Invalid FEC Sub-TLV Length"),
};

export const mplsEcho = protocol({
  name: "mpls-echo",
  title: "Multiprotocol Label Switching Echo",
  short: "MPLS ECHO",
  fields: f,
  experts: x,
  on: [[udpPorts, 3503]],
  refuses: isOther,
  dissect,
});

const FLAGS = [f.flagSbz, f.flagV, f.flagT, f.flagR];

/** True for what is no message of version 1. */
function isOther(d: Dissection): boolean {
  return d.remaining < 5 || d.peek16() !== 1;
}

const REQUEST = 1;
const REPLY = 2;

function dissect(d: Dissection): void {
  if (isOther(d)) {
    d.call(data);
    return;
  }
  const type = d.peek8(4);
  if (d.columns)
    d.setInfo(
      nameOf(f.msgType.names, type) ??
        `Unknown Message Type (0x${type.toString(16).toUpperCase().padStart(2, "0")})`,
    );
  const isEcho = type === REQUEST || type === REPLY;
  d.u16(f.version);
  if (isEcho) d.bitset(f.flags, 2, FLAGS);
  else d.u16(f.mbz);
  d.u8(f.msgType);
  d.u8(f.replyMode);
  d.u8(f.returnCode);
  d.u8(f.returnSubcode);
  d.u32(f.senderHandle);
  d.u32(f.sequence);
  if (isEcho) {
    addTime(d, f.timestampSent);
    addTime(d, f.timestampRec);
  }
  while (d.remaining >= 4) {
    if (!addTlv(d)) return;
  }
}

/** Seconds from 1900 to 1970. */
const EPOCH = 2_208_988_800n;
const ERA = 0x1_0000_0000n;

/** An NTP timestamp. */
function addTime(d: Dissection, field: Field): void {
  const seconds = BigInt(d.peek32());
  const fraction = BigInt(d.peek32(4));
  const at = d.pos;
  d.skip(8);
  if (!d.wants(field)) return;
  // The high bit tells the era, RFC 2030; no time at all is 1970.
  const since =
    seconds === 0n && fraction === 0n
      ? 0n
      : seconds >= 0x8000_0000n
        ? seconds - EPOCH
        : seconds + ERA - EPOCH;
  d.add(field, at, 8, since * 1_000_000_000n + (fraction * 1_000_000_000n) / ERA);
}

const tlvName = (type: number): string =>
  nameOf(f.tlvType.names, type) ?? `Unknown TLV type (0x${type.toString(16).toUpperCase().padStart(4, "0")})`;

interface Tlv {
  /** Length it has at least; exactly unless `open`. */
  readonly least: number;
  readonly open: boolean;
  readonly add: (d: Dissection, end: number) => void;
}

const TLVS: Readonly<Record<number, Tlv>> = {
  1: { least: 4, open: true, add: addFecs },
  2: { least: 12, open: true, add: addDownstream },
  3: {
    least: 1,
    open: true,
    add: (d, end) => {
      d.u8(f.tlvPadAction);
      if (d.pos < end) d.bytes(f.tlvPadPadding, end - d.pos);
    },
  },
  5: {
    least: 4,
    open: true,
    add: (d, end) => {
      d.u32(f.tlvVendorId);
      if (d.pos < end) d.bytes(f.tlvValue, end - d.pos);
    },
  },
  7: { least: 12, open: true, add: (d, end) => addStack(d, end, false) },
  8: { least: 24, open: true, add: (d, end) => addStack(d, end, true) },
  9: {
    least: 4,
    open: true,
    add: (d, end) => {
      d.u16(f.tlvErroredType);
      d.u16(f.tlvLen);
      if (d.pos < end) d.bytes(f.tlvValue, end - d.pos);
    },
  },
  10: {
    least: 4,
    open: false,
    add: (d) => {
      d.u8(f.tlvReplyTos);
      d.u24(f.tlvReplyTosMbz);
    },
  },
};

function addTlv(d: Dissection): boolean {
  const at = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  d.openText(at, length + 4, tlvName(type));
  d.u16(f.tlvType);
  if (d.labels && nameOf(f.tlvType.names, type) === undefined) d.relabel(`Type: Unknown TLV type (${type})`);
  d.u16(f.tlvLen);
  const lengthNode = d.last;
  const end = d.pos + length;
  const tlv = TLVS[type];
  if (tlv === undefined) {
    if (length > 0) d.bytes(f.tlvValue, length);
  } else if (length < tlv.least || (!tlv.open && length !== tlv.least)) {
    d.last = lengthNode;
    const should = tlv.open ? `>= ${tlv.least}` : String(tlv.least);
    d.expert(x.tlv, `Invalid TLV Length (claimed ${length}, should be ${should})`);
  } else tlv.add(d, end);
  d.pos = at + 4;
  d.skip(length);
  if (d.labels) d.close();
  return true;
}

/** FECs: the length they have, and their fields in order. */
type Part = Field | readonly [field: Field, length: number];
interface Fec {
  readonly length: number;
  readonly parts: readonly Part[];
}

const RD: Part = [f.tlvFecL2vpnRouteDist, 8];
const FECS: Readonly<Record<number, Fec>> = {
  1: { length: 5, parts: [f.tlvFecLdpIpv4, f.tlvFecLdpIpv4Mask] },
  2: { length: 17, parts: [f.tlvFecLdpIpv6, f.tlvFecLdpIpv6Mask] },
  3: {
    length: 20,
    parts: [
      f.tlvFecRsvpIpv4Ep,
      f.tlvFecRsvpIpMbz1,
      f.tlvFecRsvpIpTunId,
      f.tlvFecRsvpIpv4ExtTunId,
      f.tlvFecRsvpIpv4Sender,
      f.tlvFecRsvpIpMbz2,
      f.tlvFecRsvpIpLspId,
    ],
  },
  4: {
    length: 56,
    parts: [
      f.tlvFecRsvpIpv6Ep,
      f.tlvFecRsvpIpMbz1,
      f.tlvFecRsvpIpTunId,
      [f.tlvFecRsvpIpv6ExtTunId, 16],
      f.tlvFecRsvpIpv6Sender,
      f.tlvFecRsvpIpMbz2,
      f.tlvFecRsvpIpLspId,
    ],
  },
  // RFC 6425 section 3.1.1.
  17: {
    length: 20,
    parts: [
      f.p2mpIpv4Id,
      f.p2mpMbz1,
      f.p2mpTunnel,
      f.p2mpIpv4Extended,
      f.p2mpIpv4Sender,
      f.p2mpMbz2,
      f.p2mpLsp,
    ],
  },
  18: {
    length: 56,
    parts: [
      f.p2mpIpv6Id,
      f.p2mpMbz1,
      f.p2mpTunnel,
      f.p2mpIpv6Extended,
      f.p2mpIpv6Sender,
      f.p2mpMbz2,
      f.p2mpLsp,
    ],
  },
  6: { length: 13, parts: [[f.tlvFecVpnRouteDist, 8], f.tlvFecVpnIpv4, f.tlvFecVpnLen] },
  7: { length: 25, parts: [[f.tlvFecVpnRouteDist, 8], f.tlvFecVpnIpv6, f.tlvFecVpnLen] },
  8: { length: 14, parts: [RD, f.tlvFecL2vpnSendVeId, f.tlvFecL2vpnRecvVeId, f.tlvFecL2vpnEncapType] },
  9: { length: 10, parts: [f.tlvFecL2cidRemote, f.tlvFecL2cidVcid, f.tlvFecL2cidEncap] },
  10: {
    length: 14,
    parts: [f.tlvFecL2cidSender, f.tlvFecL2cidRemote, f.tlvFecL2cidVcid, f.tlvFecL2cidEncap],
  },
  12: { length: 5, parts: [f.tlvFecBgpIpv4, f.tlvFecBgpLen] },
  13: { length: 17, parts: [f.tlvFecBgpIpv6, f.tlvFecBgpLen] },
  14: { length: 5, parts: [f.tlvFecGenIpv4, f.tlvFecGenIpv4Mask] },
  15: { length: 17, parts: [f.tlvFecGenIpv6, f.tlvFecGenIpv6Mask] },
  34: { length: 8, parts: [f.tlvFecIgpIpv4, f.tlvFecIgpMask, f.tlvFecIgpProtocol, [f.tlvFecIgpReserved, 2]] },
  35: {
    length: 20,
    parts: [f.tlvFecIgpIpv6, f.tlvFecIgpMask, f.tlvFecIgpProtocol, [f.tlvFecIgpReserved, 2]],
  },
};
const NIL = 16;
const L2_CIRCUITS = [9, 10];

function addPart(d: Dissection, part: Part): void {
  if (!(part instanceof Field)) {
    d.bytes(part[0], part[1]);
    return;
  }
  switch (part.type) {
    case "FT_IPv6":
      d.ipv6(part);
      break;
    case "FT_UINT8":
      d.u8(part);
      break;
    case "FT_UINT16":
      d.u16(part);
      break;
    default:
      d.u32(part);
  }
}

/** RFC 8029 section 3.2. */
function addFecs(d: Dissection, end: number): void {
  for (let i = 1; d.pos + 4 <= end; i++) {
    const at = d.pos;
    const type = d.peek16();
    const length = d.peek16(2);
    const padding = -length & 3;
    const name = nameOf(f.tlvFecType.names, type) ?? "Unknown";
    d.openText(at, length + 4 + padding, `FEC Element ${i}: ${name}`);
    d.u16(f.tlvFecType);
    d.u16(f.tlvFecLen);
    const lengthNode = d.last;
    const behind = d.pos + length;
    const fec = FECS[type];
    if (fec !== undefined && length < fec.length) {
      d.last = lengthNode;
      d.expert(x.fec, `Invalid FEC Sub-TLV Length (claimed ${length}, should be ${fec.length})`);
    } else if (fec !== undefined) {
      for (const part of fec.parts) addPart(d, part);
      if (L2_CIRCUITS.includes(type)) d.u16(f.tlvFecL2cidMbz);
    } else if (type === NIL) addLabel(d, "Label 1", f.tlvFecNilLabel);
    else if (length > 0) d.bytes(f.tlvFecValue, length);
    d.pos = behind;
    if (padding > 0 && behind + padding <= end) d.bytes(f.padding, padding);
    if (d.labels) d.close();
  }
}

const SPECIAL: Readonly<Record<number, string>> = {
  0: "IPv4 Explicit-Null",
  1: "Router Alert",
  2: "IPv6 Explicit-Null",
  3: "Implicit-Null",
  14: "OAM Alert",
};

/** A label in the high bits of a word; three bytes are read. */
function addLabel(d: Dissection, title: string, field: Field): number {
  const label = d.peek24() >> 4;
  d.add(field, d.pos, 3, label);
  if (d.labels) d.relabel(`${title}: ${label}${SPECIAL[label] === undefined ? "" : ` (${SPECIAL[label]})`}`);
  return label;
}

const DOWNSTREAM_FLAGS = [f.tlvDsMapFlagRes, f.tlvDsMapFlagI, f.tlvDsMapFlagN];

/** RFC 8029 appendix A.2. */
function addDownstream(d: Dissection, end: number): void {
  d.u16(f.tlvDsMapMtu);
  const type = d.u8(f.tlvDsMapAddrType);
  d.bitset(f.tlvDsMapRes, 1, DOWNSTREAM_FLAGS);
  switch (type) {
    case 1:
      d.ipv4(f.tlvDsMapDsIp);
      d.ipv4(f.tlvDsMapIntIp);
      break;
    case 2:
      d.ipv4(f.tlvDsMapDsIp);
      d.u32(f.tlvDsMapIfIndex);
      break;
    case 3:
      d.ipv6(f.tlvDsMapDsIpv6);
      d.ipv6(f.tlvDsMapIntIpv6);
      break;
    case 4:
      d.ipv6(f.tlvDsMapDsIpv6);
      d.u32(f.tlvDsMapIfIndex);
      break;
    case 5:
      d.u32(f.tlvDsMapIngressIfNum);
      d.u32(f.tlvDsMapEgressIfNum);
      break;
    default:
      return;
  }
  const hash = d.u8(f.tlvDsMapHashType);
  d.u8(f.tlvDsMapDepth);
  const length = d.u16(f.tlvDsMapMultiLen);
  const behind = d.pos + length;
  if (length > 0) addMultipath(d, hash, length);
  d.pos = behind;
  for (let i = 1; d.pos + 4 <= end; i++) {
    d.openText(d.pos, 4, "");
    const label = addLabel(d, "Downstream Label", f.tlvDsMapMpLabel);
    const low = d.peek8(2);
    d.add(f.tlvDsMapMpExp, d.pos + 2, 1, (low >> 1) & 7);
    d.add(f.tlvDsMapMpBos, d.pos + 2, 1, low & 1);
    d.skip(3);
    const proto = d.u8(f.tlvDsMapMpProto);
    if (d.labels) {
      const special = SPECIAL[label] === undefined ? "" : ` (${SPECIAL[label]})`;
      const name = nameOf(f.tlvDsMapMpProto.names, proto) ?? "Unknown";
      d.relabelParent(
        `Downstream Label Element ${i}, Label: ${label}${special}, Exp: ${(low >> 1) & 7}, BOS: ${low & 1}, Protocol: ${proto} (${name})`,
      );
      d.close();
    }
  }
}

function addMultipath(d: Dissection, hash: number, length: number): void {
  d.openText(d.pos, length, "Multipath Information");
  const end = d.pos + length;
  if (hash === 0) d.bytes(f.tlvDsMapMpNoMultipathInfo, length);
  else if (hash === 2) while (d.pos + 4 <= end) d.ipv4(f.tlvDsMapMpIp);
  else if (hash === 4) {
    while (d.pos + 8 <= end) {
      d.ipv4(f.tlvDsMapMpIpLow);
      d.ipv4(f.tlvDsMapMpIpHigh);
    }
  } else if (hash === 8) {
    d.ipv4(f.tlvDsMapMpIp);
    if (length > 4) d.bytes(f.tlvDsMapMpMask, length - 4);
  } else d.bytes(f.tlvDsMapMpValue, length);
  if (d.labels) d.close();
}

/** Interface and label stack, RFC 8029 section 3.6. */
function addStack(d: Dissection, end: number, v6: boolean): void {
  const type = d.u8(f.tlvIlsoAddrType);
  d.u24(f.tlvIlsoMbz);
  if (v6) d.ipv6(f.tlvIlsoIpv6Addr);
  else d.ipv4(f.tlvIlsoIpv4Addr);
  const numbered = type === 1 || type === 3;
  if (!numbered) d.u32(f.tlvIlsoIntIndex);
  else if (v6) d.ipv6(f.tlvIlsoIpv6IntAddr);
  else d.ipv4(f.tlvIlsoIpv4IntAddr);
  for (let i = 1; d.pos + 4 <= end; i++) {
    d.openText(d.pos, 4, "");
    const label = addLabel(d, "Label", f.tlvIlsoIpv4Label);
    const low = d.peek8(2);
    const ttl = d.peek8(3);
    d.add(f.tlvIlsoIpv4Exp, d.pos + 2, 1, (low >> 1) & 7);
    d.add(f.tlvIlsoIpv4Bos, d.pos + 2, 1, low & 1);
    d.add(f.tlvIlsoIpv4Ttl, d.pos + 3, 1, ttl);
    d.skip(4);
    if (d.labels) {
      const special = SPECIAL[label] === undefined ? "" : ` (${SPECIAL[label]})`;
      d.relabelParent(
        `Label Stack Element ${i}, Label: ${label}${special}, Exp: ${(low >> 1) & 7}, BOS: ${low & 1}, TTL: ${ttl}`,
      );
      d.close();
    }
  }
}
