/**
 * Resource Reservation Protocol, RFC 2205, with its extensions for traffic engineering and GMPLS: RFC 2210, 2747,
 * 2961, 3209, 3473, 4090, 4872, 4875, 5420.
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
  ipv6,
  nameOf,
  none,
  SET_NOTSET,
  str,
  u8,
  u16,
  u24,
  u32,
  u64,
  YES_NO,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols, udpPorts } from "../dissect/tables.ts";
import { formatG, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { onesSum, rightChecksum } from "./checksum.ts";
import { ENTERPRISES } from "./names/enterprises.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";
import { LSP_ENCODING_TYPES, SWITCHING_TYPES } from "./names/gmpls.ts";
import { DSCP_NAMES } from "./names/ip.ts";
import {
  ADSPEC_TYPE,
  ASSOCIATION_TYPE,
  CALL_ID_ADDRESS_TYPE,
  CTYPE_SESSION,
  CTYPE_TEMPLATE,
  ERROR_ERROR_CODE,
  ETH_TSPEC_EL2CP,
  ETH_TSPEC_IL2CP,
  FLOWSPEC_SERVICE_HEADER,
  JUNIPER_TYPE,
  LABEL_REQUEST_G_PID,
  MSG,
  N3GPP_OBJ_IE_TYPE,
  N3GPP_OBJ_PF_COMP_TYPE_ID,
  N3GPP_OBJ_R_QOS_BLOB_TRAFF_CLS,
  N3GPP_OBJ_TFT_OPCODE,
  OBJECT,
  SESSION_PROTO,
  TSPEC_SERVICE_HEADER,
  TSPEC_SIGNAL_TYPE,
} from "./names/rsvp.ts";
import { ERROR_VALUES } from "./names/rsvp-errors.ts";

const f = {
  msg: u8("rsvp.msg", "Message Type", { names: MSG }),
  path: bool("rsvp.path", "Path Message"),
  resv: bool("rsvp.resv", "Resv Message"),
  perr: bool("rsvp.perr", "Path Error Message"),
  rerr: bool("rsvp.rerr", "Resv Error Message"),
  ptear: bool("rsvp.ptear", "Path Tear Message"),
  rtear: bool("rsvp.rtear", "Resv Tear Message"),
  resvconf: bool("rsvp.resvconf", "Resv Confirm Message"),
  rtearconf: bool("rsvp.rtearconf", "Resv Tear Confirm Message"),
  bundle: bool("rsvp.bundle", "Bundle Message"),
  ack: bool("rsvp.ack", "Ack Message"),
  srefresh: bool("rsvp.srefresh", "Srefresh Message"),
  hello: bool("rsvp.hello", "HELLO Message"),
  object: u8("rsvp.object", "Object class", { names: OBJECT }),
  ctype: u32("rsvp.ctype", "C-type"),
  ctypeSession: u32("rsvp.ctype.session", "C-type", { names: CTYPE_SESSION }),
  ctype3gppObject: u32("rsvp.ctype.3gpp_object", "C-type"),
  ctypeRestartCap: u32("rsvp.ctype.restart_cap", "C-type"),
  ctypeLinkCap: u32("rsvp.ctype.link_cap", "C-type"),
  ctypeProtectionInfo: u32("rsvp.ctype.protection_info", "C-type"),
  ctypeFastReroute: u32("rsvp.ctype.fast_reroute", "C-type"),
  ctypeDetour: u32("rsvp.ctype.detour", "C-type"),
  ctypeDiffserv: u32("rsvp.ctype.diffserv", "C-type", { names: { 1: "E-LSP", 2: "L-LSP" } }),
  ctypeDiffservAwareTe: u32("rsvp.ctype.diffserv_aware_te", "C-type"),
  ctypeVendor: u32("rsvp.ctype.vendor", "C-type"),
  ctypeJuniper: u32("rsvp.ctype.juniper", "C-type"),
  ctypeUnknown: u32("rsvp.ctype.unknown", "C-type"),
  ctypeLabel: u32("rsvp.ctype.label", "C-type", {
    names: { 1: "Packet Label", 2: "Generalized Label", 4: "Generalized Channel_set" },
  }),
  ctypeNotifyRequest: u32("rsvp.ctype.notify_request", "C-type", { names: { 1: "IPv4", 2: "IPv6" } }),
  ctypeGeneralizedUni: u32("rsvp.ctype.generalized_uni", "C-type"),
  parameter: u8("rsvp.parameter", "Parameter", {
    names: {
      126: "Compression Hint",
      127: "Token bucket",
      128: "Null Service",
      130: "Guaranteed-rate RSpec",
    },
  }),
  parameterFlags: u8("rsvp.parameter_flags", "Parameter flags", { base: "HEX" }),
  parameterLength: u16("rsvp.parameter_length", "Parameter length"),
  errorValue: u16("rsvp.error_value", "Error value"),
  class: u16("rsvp.class", "Class"),
  classLength: u16("rsvp.class_length", "Length"),
  ctypeReserved: bytes("rsvp.ctype.reserved", "Reserved"),
  switchingGranularity: u16("rsvp.switching_granularity", "Switching granularity", {
    names: { 0: "Provided in signaling", 1: "Ethernet port", 2: "Ethernet frame" },
  }),
  notify: bool("rsvp.notify", "Notify Message"),
  session: none("rsvp.session", "SESSION"),
  hop: none("rsvp.hop", "HOP"),
  helloObj: none("rsvp.hello_obj", "HELLO Request/Ack"),
  integrity: none("rsvp.integrity", "INTEGRITY"),
  time: none("rsvp.time", "TIME VALUES"),
  error: none("rsvp.error", "ERROR"),
  scope: none("rsvp.scope", "SCOPE"),
  style: none("rsvp.style", "STYLE"),
  flowspec: none("rsvp.flowspec", "FLOWSPEC"),
  filter: none("rsvp.filter", "FILTERSPEC"),
  sender: none("rsvp.sender", "SENDER TEMPLATE"),
  tspec: none("rsvp.tspec", "SENDER TSPEC"),
  adspec: none("rsvp.adspec", "ADSPEC"),
  policy: none("rsvp.policy", "POLICY"),
  confirm: none("rsvp.confirm", "CONFIRM"),
  label: none("rsvp.label", "LABEL"),
  recoveryLabel: none("rsvp.recovery_label", "RECOVERY LABEL"),
  upstreamLabel: none("rsvp.upstream_label", "UPSTREAM LABEL"),
  suggestedLabel: none("rsvp.suggested_label", "SUGGESTED LABEL"),
  labelSet: none("rsvp.label_set", "LABEL SET"),
  acceptableLabelSet: none("rsvp.acceptable_label_set", "ACCEPTABLE LABEL SET"),
  protection: none("rsvp.protection", "PROTECTION"),
  diffserv: none("rsvp.diffserv", "DIFFSERV"),
  dste: none("rsvp.dste", "CLASSTYPE"),
  restart: none("rsvp.restart", "RESTART CAPABILITY"),
  link: none("rsvp.link", "LINK CAPABILITY"),
  labelRequest: none("rsvp.label_request", "LABEL REQUEST"),
  sessionAttribute: none("rsvp.session_attribute", "SESSION ATTRIBUTE"),
  explicitRoute: none("rsvp.explicit_route", "EXPLICIT ROUTE"),
  recordRoute: none("rsvp.record_route", "RECORD ROUTE"),
  msgid: none("rsvp.msgid", "MESSAGE-ID"),
  msgidAck: none("rsvp.msgid_ack", "MESSAGE-ID ACK"),
  msgidList: none("rsvp.msgid_list", "MESSAGE-ID LIST"),
  dclass: none("rsvp.dclass", "DCLASS"),
  lspTunnelIfId: none("rsvp.lsp_tunnel_if_id", "LSP INTERFACE-ID"),
  adminStatus: none("rsvp.admin_status", "ADMIN STATUS"),
  adminStatusReflect: bool("rsvp.admin_status.reflect", "Reflect", { mask: 0x80000000, bits: 32 }),
  adminStatusHandover: bool("rsvp.admin_status.handover", "Handover", { mask: 0x40, bits: 32 }),
  adminStatusLockout: bool("rsvp.admin_status.lockout", "Lockout", { mask: 0x20, bits: 32 }),
  adminStatusInhibit: bool("rsvp.admin_status.inhibit", "Inhibit Alarm Communication", {
    mask: 0x10,
    bits: 32,
  }),
  adminStatusCallmgmt: bool("rsvp.admin_status.callmgmt", "Call Management", { mask: 0x8, bits: 32 }),
  adminStatusTesting: bool("rsvp.admin_status.testing", "Testing", { mask: 0x4, bits: 32 }),
  adminStatusDown: bool("rsvp.admin_status.down", "Administratively down", { mask: 0x2, bits: 32 }),
  adminStatusDelete: bool("rsvp.admin_status.delete", "Delete in progress", { mask: 0x1, bits: 32 }),
  lspAttributes: none("rsvp.lsp_attributes", "LSP ATTRIBUTES"),
  association: none("rsvp.association", "ASSOCIATION"),
  callAttributes: none("rsvp.call_attributes", "CALL ATTRIBUTES"),
  notifyRequest: none("rsvp.notify_request", "NOTIFY REQUEST"),
  generalizedUni: none("rsvp.generalized_uni", "GENERALIZED UNI"),
  callId: none("rsvp.call_id", "CALL ID"),
  n3gpp2Object: none("rsvp.3gpp2_object", "3GPP2 OBJECT"),
  objPrivate: none("rsvp.obj_private", "Private object"),
  objUnknown: none("rsvp.obj_unknown", "Unknown object"),
  sessionIp: ipv4("rsvp.session.ip", "Destination address"),
  sessionShortCallId: u16("rsvp.session.short_call_id", "Short Call ID"),
  sessionPort: u16("rsvp.session.port", "Port number"),
  sessionProto: u8("rsvp.session.proto", "Protocol", { names: SESSION_PROTO }),
  sessionTunnelId: u16("rsvp.session.tunnel_id", "Tunnel ID"),
  sessionExtTunnelId: u32("rsvp.session.ext_tunnel_id", "Extended tunnel ID"),
  sessionExtTunnelIdIpv6: ipv6("rsvp.session.ext_tunnel_id_ipv6", "Extended tunnel ID"),
  juniper: none("rsvp.juniper", "Juniper"),
  senderIp: ipv4("rsvp.sender.ip", "Sender IPv4 address"),
  senderPort: u16("rsvp.sender.port", "Sender port number"),
  senderLspId: u16("rsvp.sender.lsp_id", "LSP ID"),
  senderShortCallId: u16("rsvp.sender.short_call_id", "Short Call ID"),
  diffservMapnb: u8("rsvp.diffserv.mapnb", "MAPnb"),
  diffservMap: none("rsvp.diffserv.map", "MAP"),
  diffservMapExp: u8("rsvp.diffserv.map.exp", "EXP"),
  diffservPhbid: none("rsvp.diffserv.phbid", "PHBID"),
  diffservPhbidDscp: u16("rsvp.diffserv.phbid.dscp", "DSCP", { mask: 0xfc00 }),
  diffservPhbidCode: u16("rsvp.diffserv.phbid.code", "PHB id code", { mask: 0xfff0 }),
  diffservPhbidBit14: u16("rsvp.diffserv.phbid.bit14", "Bit 14", {
    mask: 0x2,
    names: { 0: "Single PHB", 1: "Set of PHBs" },
  }),
  diffservPhbidBit15: u16("rsvp.diffserv.phbid.bit15", "Bit 15", {
    mask: 0x1,
    names: { 0: "PHBs defined by standards action", 1: "PHBs not defined by standards action" },
  }),
  dsteClasstype: u8("rsvp.dste.classtype", "CT"),
  guniSrctnaIpv4: ipv4("rsvp.guni.srctna.ipv4", "Source TNA"),
  guniDsttnaIpv4: ipv4("rsvp.guni.dsttna.ipv4", "Destination TNA"),
  guniSrctnaIpv6: ipv6("rsvp.guni.srctna.ipv6", "Source TNA"),
  guniDsttnaIpv6: ipv6("rsvp.guni.dsttna.ipv6", "Destination TNA"),
  callidSrcaddrIpv4: ipv4("rsvp.callid.srcaddr.ipv4", "Source Transport Network Address"),
  callidSrcaddrIpv6: ipv6("rsvp.callid.srcaddr.ipv6", "Source Transport Network Address"),
  callidSrcaddrEther: ether("rsvp.callid.srcaddr.ether", "Source Transport Network Address"),
  callidSrcaddrBytes: ether("rsvp.callid.srcaddr.bytes", "Source Transport Network Address"),
  errorFlags: u8("rsvp.error_flags", "Flags", { base: "HEX" }),
  errorFlagsPathStateRemoved: bool("rsvp.error_flags.path_state_removed", "Path State Removed", {
    mask: 0x4,
    tf: SET_NOTSET,
  }),
  errorFlagsNotGuilty: bool("rsvp.error_flags.not_guilty", "NotGuilty", { mask: 0x2, tf: SET_NOTSET }),
  errorFlagsInPlace: bool("rsvp.error_flags.in_place", "InPlace", { mask: 0x1, tf: SET_NOTSET }),
  ethTspecTlvColorMode: bool("rsvp.eth_tspec_tlv.color_mode", "Color Mode (CM)", {
    mask: 0x2,
    tf: SET_NOTSET,
  }),
  ethTspecTlvCouplingFlag: bool("rsvp.eth_tspec_tlv.coupling_flag", "Coupling Flag (CF)", {
    mask: 0x1,
    tf: SET_NOTSET,
  }),
  senderTspecStandardContiguousConcatenation: bool(
    "rsvp.sender_tspec.standard_contiguous_concatenation",
    "Standard contiguous concatenation",
    { mask: 0x1, tf: YES_NO },
  ),
  senderTspecArbitraryContiguousConcatenation: bool(
    "rsvp.sender_tspec.arbitrary_contiguous_concatenation",
    "Arbitrary contiguous concatenation",
    { mask: 0x2, tf: YES_NO },
  ),
  senderTspecRegeneratorSection: bool(
    "rsvp.sender_tspec.regenerator_section",
    "Section/Regenerator Section layer transparency",
    { mask: 0x1, bits: 32, tf: YES_NO },
  ),
  senderTspecMultiplexSection: bool(
    "rsvp.sender_tspec.multiplex_section",
    "Line/Multiplex Section layer transparency",
    { mask: 0x2, bits: 32, tf: YES_NO },
  ),
  senderTspecJ0Transparency: bool("rsvp.sender_tspec.J0_transparency", "J0 transparency", {
    mask: 0x4,
    bits: 32,
    tf: YES_NO,
  }),
  senderTspecSOHRSOHDCCTransparency: bool(
    "rsvp.sender_tspec.SOH_RSOH_DCC_transparency",
    "SOH/RSOH DCC transparency",
    { mask: 0x8, bits: 32, tf: YES_NO },
  ),
  senderTspecLOHMSOHDCCTransparency: bool(
    "rsvp.sender_tspec.LOH_MSOH_DCC_transparency",
    "LOH/MSOH DCC transparency",
    { mask: 0x10, bits: 32, tf: YES_NO },
  ),
  senderTspecLOHMSOHExtendedDCCTransparency: bool(
    "rsvp.sender_tspec.LOH_MSOH_extended_DCC_transparency",
    "LOH/MSOH Extended DCC transparency",
    { mask: 0x20, bits: 32, tf: YES_NO },
  ),
  senderTspecK1K2Transparency: bool("rsvp.sender_tspec.K1_K2_transparency", "K1/K2 transparency", {
    mask: 0x40,
    bits: 32,
    tf: YES_NO,
  }),
  senderTspecE1Transparency: bool("rsvp.sender_tspec.E1_transparency", "E1 transparency", {
    mask: 0x80,
    bits: 32,
    tf: YES_NO,
  }),
  senderTspecF1Transparency: bool("rsvp.sender_tspec.F1_transparency", "F1 transparency", {
    mask: 0x100,
    bits: 32,
    tf: YES_NO,
  }),
  senderTspecE2Transparency: bool("rsvp.sender_tspec.E2_transparency", "E2 transparency", {
    mask: 0x200,
    bits: 32,
    tf: YES_NO,
  }),
  senderTspecB1Transparency: bool("rsvp.sender_tspec.B1_transparency", "B1 transparency", {
    mask: 0x400,
    bits: 32,
    tf: YES_NO,
  }),
  senderTspecB2Transparency: bool("rsvp.sender_tspec.B2_transparency", "B2 transparency", {
    mask: 0x800,
    bits: 32,
    tf: YES_NO,
  }),
  senderTspecM0Transparency: bool("rsvp.sender_tspec.M0_transparency", "M0 transparency", {
    mask: 0x1000,
    bits: 32,
    tf: YES_NO,
  }),
  senderTspecM1Transparency: bool("rsvp.sender_tspec.M1_transparency", "M1 transparency", {
    mask: 0x2000,
    bits: 32,
    tf: YES_NO,
  }),
  flowspecStandardContiguousConcatenation: bool(
    "rsvp.flowspec.standard_contiguous_concatenation",
    "Standard contiguous concatenation",
    { mask: 0x1, tf: YES_NO },
  ),
  flowspecArbitraryContiguousConcatenation: bool(
    "rsvp.flowspec.arbitrary_contiguous_concatenation",
    "Arbitrary contiguous concatenation",
    { mask: 0x2, tf: YES_NO },
  ),
  flowspecRegeneratorSection: bool(
    "rsvp.flowspec.regenerator_section",
    "Section/Regenerator Section layer transparency",
    { mask: 0x1, bits: 32, tf: YES_NO },
  ),
  flowspecMultiplexSection: bool(
    "rsvp.flowspec.multiplex_section",
    "Line/Multiplex Section layer transparency",
    { mask: 0x2, bits: 32, tf: YES_NO },
  ),
  flowspecJ0Transparency: bool("rsvp.flowspec.J0_transparency", "J0 transparency", {
    mask: 0x4,
    bits: 32,
    tf: YES_NO,
  }),
  flowspecSOHRSOHDCCTransparency: bool(
    "rsvp.flowspec.SOH_RSOH_DCC_transparency",
    "SOH/RSOH DCC transparency",
    { mask: 0x8, bits: 32, tf: YES_NO },
  ),
  flowspecLOHMSOHDCCTransparency: bool(
    "rsvp.flowspec.LOH_MSOH_DCC_transparency",
    "LOH/MSOH DCC transparency",
    { mask: 0x10, bits: 32, tf: YES_NO },
  ),
  flowspecLOHMSOHExtendedDCCTransparency: bool(
    "rsvp.flowspec.LOH_MSOH_extended_DCC_transparency",
    "LOH/MSOH Extended DCC transparency",
    { mask: 0x20, bits: 32, tf: YES_NO },
  ),
  flowspecK1K2Transparency: bool("rsvp.flowspec.K1_K2_transparency", "K1/K2 transparency", {
    mask: 0x40,
    bits: 32,
    tf: YES_NO,
  }),
  flowspecE1Transparency: bool("rsvp.flowspec.E1_transparency", "E1 transparency", {
    mask: 0x80,
    bits: 32,
    tf: YES_NO,
  }),
  flowspecF1Transparency: bool("rsvp.flowspec.F1_transparency", "F1 transparency", {
    mask: 0x100,
    bits: 32,
    tf: YES_NO,
  }),
  flowspecE2Transparency: bool("rsvp.flowspec.E2_transparency", "E2 transparency", {
    mask: 0x200,
    bits: 32,
    tf: YES_NO,
  }),
  flowspecB1Transparency: bool("rsvp.flowspec.B1_transparency", "B1 transparency", {
    mask: 0x400,
    bits: 32,
    tf: YES_NO,
  }),
  flowspecB2Transparency: bool("rsvp.flowspec.B2_transparency", "B2 transparency", {
    mask: 0x800,
    bits: 32,
    tf: YES_NO,
  }),
  flowspecM0Transparency: bool("rsvp.flowspec.M0_transparency", "M0 transparency", {
    mask: 0x1000,
    bits: 32,
    tf: YES_NO,
  }),
  flowspecM1Transparency: bool("rsvp.flowspec.M1_transparency", "M1 transparency", {
    mask: 0x2000,
    bits: 32,
    tf: YES_NO,
  }),
  integrityFlagsHandshake: bool("rsvp.integrity.flags.handshake", "Handshake", {
    mask: 0x1,
    tf: ["Capable", "Not capable"],
  }),
  saFlagsLocal: bool("rsvp.sa.flags.local", "Local protection", {
    mask: 0x1,
    tf: ["Desired", "Not Desired"],
  }),
  saFlagsLabel: bool("rsvp.sa.flags.label", "Label recording", { mask: 0x2, tf: ["Desired", "Not Desired"] }),
  saFlagsSeStyle: bool("rsvp.sa.flags.se_style", "SE style", { mask: 0x4, tf: ["Desired", "Not Desired"] }),
  saFlagsBandwidth: bool("rsvp.sa.flags.bandwidth", "Bandwidth protection", {
    mask: 0x8,
    tf: ["Desired", "Not Desired"],
  }),
  saFlagsNode: bool("rsvp.sa.flags.node", "Node protection", { mask: 0x10, tf: ["Desired", "Not Desired"] }),
  rroFlagsLocalAvail: bool("rsvp.rro.flags.local_avail", "Local Protection", {
    mask: 0x1,
    tf: ["Available", "Not available"],
  }),
  rroFlagsLocalInUse: bool("rsvp.rro.flags.local_in_use", "Local Protection", {
    mask: 0x2,
    tf: ["Used", "Not used"],
  }),
  rroFlagsBandwidth: bool("rsvp.rro.flags.bandwidth", "Bandwidth Protection", {
    mask: 0x4,
    tf: ["Available", "Not available"],
  }),
  rroFlagsNode: bool("rsvp.rro.flags.node", "Node Protection", {
    mask: 0x8,
    tf: ["Available", "Not available"],
  }),
  rroFlagsNodeAddress: bool("rsvp.rro.flags.node_address", "Address Specifies a Node-id Address", {
    mask: 0x20,
    tf: YES_NO,
  }),
  rroFlagsBackupTunnelBandwidth: bool(
    "rsvp.rro.flags.backup_tunnel_bandwidth",
    "Backup Tunnel Has Bandwidth",
    { mask: 0x4, tf: YES_NO },
  ),
  rroFlagsBackupTunnelHop: bool("rsvp.rro.flags.backup_tunnel_hop", "Backup Tunnel Goes To", {
    mask: 0x8,
    tf: ["Next-Next-Hop", "Next-Hop"],
  }),
  rroFlagsGlobalLabel: bool("rsvp.rro.flags.global_label", "Global label", { mask: 0x1 }),
  lspAttr: u32("rsvp.lsp_attr", "LSP Attributes Flags", { base: "HEX" }),
  lspAttrE2e: bool("rsvp.lsp_attr.e2e", "End-to-end re-routing", {
    mask: 0x80000000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrBoundary: bool("rsvp.lsp_attr.boundary", "Boundary re-routing", {
    mask: 0x40000000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrSegment: bool("rsvp.lsp_attr.segment", "Segment-based re-routing", {
    mask: 0x20000000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrIntegrity: bool("rsvp.lsp_attr.integrity", "LSP Integrity Required", {
    mask: 0x10000000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrContiguous: bool("rsvp.lsp_attr.contiguous", "Contiguous LSP", {
    mask: 0x8000000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrStitching: bool("rsvp.lsp_attr.stitching", "LSP stitching desired", {
    mask: 0x4000000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrPreplanned: bool("rsvp.lsp_attr.preplanned", "Pre-Planned LSP Flag", {
    mask: 0x2000000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrNophp: bool("rsvp.lsp_attr.nophp", "Non-PHP behavior flag", {
    mask: 0x1000000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrOobmap: bool("rsvp.lsp_attr.oobmap", "OOB mapping flag", {
    mask: 0x800000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrEntropy: bool("rsvp.lsp_attr.entropy", "Entropy Label Capability", {
    mask: 0x400000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrOammep: bool("rsvp.lsp_attr.oammep", "OAM MEP entities desired", {
    mask: 0x200000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrOammip: bool("rsvp.lsp_attr.oammip", "OAM MIP entities desired", {
    mask: 0x100000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrSrlgcollect: bool("rsvp.lsp_attr.srlgcollect", "SRLG Collection Flag", {
    mask: 0x80000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrLoopback: bool("rsvp.lsp_attr.Loopback", "Loopback", {
    mask: 0x40000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrP2mp: bool("rsvp.lsp_attr.p2mp", "P2MP-TE Tree Re-evaluation Request", {
    mask: 0x20000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrRtm: bool("rsvp.lsp_attr.rtm", "RTM_SET", {
    mask: 0x10000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrTelinklabel: bool("rsvp.lsp_attr.telinklabel", "TE Link Label", {
    mask: 0x8000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  lspAttrLsi: bool("rsvp.lsp_attr.lsi", "LSI-D", { mask: 0x4000, bits: 32, tf: ["Desired", "Not Desired"] }),
  lspAttrLsids2e: bool("rsvp.lsp_attr.lsids2e", "LSI-D-S2E", {
    mask: 0x2000,
    bits: 32,
    tf: ["Desired", "Not Desired"],
  }),
  genUniDirection: bool("rsvp.gen_uni.direction", "Direction", {
    mask: 0x80,
    tf: ["U: 1 - Upstream label/port ID", "U: 0 - Downstream label/port ID"],
  }),
  piFlagsSecondaryLsp: bool("rsvp.pi.flags.secondary_lsp", "Secondary LSP", { mask: 0x80, tf: YES_NO }),
  piLinkFlagsExtraTraffic: bool("rsvp.pi_link.flags.extra_traffic", "Extra Traffic", {
    mask: 0x1,
    tf: ["Desired", "Not Desired"],
  }),
  piLinkFlagsUnprotected: bool("rsvp.pi_link.flags.unprotected", "Unprotected", {
    mask: 0x2,
    tf: ["Desired", "Not Desired"],
  }),
  piLinkFlagsShared: bool("rsvp.pi_link.flags.shared", "Shared", {
    mask: 0x4,
    tf: ["Desired", "Not Desired"],
  }),
  piLinkFlagsDedicated11: bool("rsvp.pi_link.flags.dedicated1_1", "Dedicated 1:1", {
    mask: 0x8,
    tf: ["Desired", "Not Desired"],
  }),
  piLinkFlagsDedicated1plus1: bool("rsvp.pi_link.flags.dedicated1plus1", "Dedicated 1+1", {
    mask: 0x10,
    tf: ["Desired", "Not Desired"],
  }),
  piLinkFlagsEnhanced: bool("rsvp.pi_link.flags.enhanced", "Enhanced", {
    mask: 0x20,
    tf: ["Desired", "Not Desired"],
  }),
  piLinkFlagsExtra: bool("rsvp.pi_link.flags.extra", "Extra Traffic", {
    mask: 0x1,
    tf: ["Desired", "Not Desired"],
  }),
  piLinkFlagsDedicated112: bool("rsvp.pi_link.flags.dedicated_1_1", "Dedicated 1:1", {
    mask: 0x8,
    tf: ["Desired", "Not Desired"],
  }),
  piLinkFlagsDedicated1plus12: bool("rsvp.pi_link.flags.dedicated_1plus1", "Dedicated 1+1", {
    mask: 0x10,
    tf: ["Desired", "Not Desired"],
  }),
  rfc4872Secondary: bool("rsvp.rfc4872.secondary", "Secondary LSP", { mask: 0x80, tf: YES_NO }),
  rfc4872Protecting: bool("rsvp.rfc4872.protecting", "Protecting LSP", { mask: 0x40, tf: YES_NO }),
  rfc4872NotificationMsg: bool("rsvp.rfc4872.notification_msg", "Protecting LSP", { mask: 0x20, tf: YES_NO }),
  rfc4872Operational: bool("rsvp.rfc4872.operational", "Protecting LSP", { mask: 0x10, tf: YES_NO }),
  piLspFlagsFullRerouting: bool("rsvp.pi_lsp.flags.full_rerouting", "(Full) rerouting", {
    mask: 0x1,
    tf: ["Desired", "Not Desired"],
  }),
  piLspFlagsReroutingExtra: bool("rsvp.pi_lsp.flags.rerouting_extra", "Rerouting without extra-traffic", {
    mask: 0x2,
    tf: ["Desired", "Not Desired"],
  }),
  piLspFlags1NProtection: bool("rsvp.pi_lsp.flags.1_n_protection", "1:N protection with extra-traffic", {
    mask: 0x4,
    tf: ["Desired", "Not Desired"],
  }),
  piLspFlags1plus1Unidirectional: bool(
    "rsvp.pi_lsp.flags.1plus1_unidirectional",
    "1+1 unidirectional protection",
    { mask: 0x8, tf: ["Desired", "Not Desired"] },
  ),
  piLspFlags1plus1Bidirectional: bool(
    "rsvp.pi_lsp.flags.1plus1_bidirectional",
    "1+1 bidirectional protection",
    { mask: 0x10, tf: ["Desired", "Not Desired"] },
  ),
  protectionInfoInPlace: bool("rsvp.protection_info.in_place", "In-Place", { mask: 0x80, tf: YES_NO }),
  protectionInfoRequired: bool("rsvp.protection_info.required", "Required", { mask: 0x40, tf: YES_NO }),
  piSegFlagsFullRerouting: bool("rsvp.pi_seg.flags.full_rerouting", "(Full) rerouting", {
    mask: 0x1,
    tf: ["Desired", "Not Desired"],
  }),
  piSegFlagsReroutingExtra: bool("rsvp.pi_seg.flags.rerouting_extra", "Rerouting without extra-traffic", {
    mask: 0x2,
    tf: ["Desired", "Not Desired"],
  }),
  piSegFlags1NProtection: bool("rsvp.pi_seg.flags.1_n_protection", "1:N protection with extra-traffic", {
    mask: 0x4,
    tf: ["Desired", "Not Desired"],
  }),
  piSegFlags1plus1Unidirectional: bool(
    "rsvp.pi_seg.flags.1plus1_unidirectional",
    "1+1 unidirectional protection",
    { mask: 0x8, tf: ["Desired", "Not Desired"] },
  ),
  piSegFlags1plus1Bidirectional: bool(
    "rsvp.pi_seg.flags.1plus1_bidirectional",
    "1+1 bidirectional protection",
    { mask: 0x10, tf: ["Desired", "Not Desired"] },
  ),
  frrFlagsOne2oneBackup: bool("rsvp.frr.flags.one2one_backup", "One-to-One Backup", {
    mask: 0x1,
    tf: ["Desired", "Not Desired"],
  }),
  frrFlagsFacilityBackup: bool("rsvp.frr.flags.facility_backup", "Facility Backup", {
    mask: 0x2,
    tf: ["Desired", "Not Desired"],
  }),
  type: u16("rsvp.type", "Type"),
  n3gppObjTid: u32("rsvp.3gpp_obj.tid", "Transaction ID"),
  n3gppObjLength: u32("rsvp.3gpp_obj.length", "Length"),
  n3gppObjIeType: u32("rsvp.3gpp_obj.ie_type", "IE Type", { names: N3GPP_OBJ_IE_TYPE }),
  n3gppObjUeIpv4Addr: ipv4("rsvp.3gpp_obj.ue_ipv4_addr", "UE IPv4 address"),
  n3gppObjUeIpv6Addr: ipv6("rsvp.3gpp_obj.ue_ipv6_addr", "UE IPv6 address"),
  n3gppObjTftD: u32("rsvp.3gpp_obj.tft_d", "Direction(D)", {
    mask: 0xc0000000,
    names: { 0: "Forward Direction", 1: "Reverse Direction", 2: "Reserved", 3: "Reserved" },
  }),
  n3gppObjTftNs: u32("rsvp.3gpp_obj.tft_ns", "Non-Specific bit(NS)", { mask: 0x8000000 }),
  n3gppObjTftSrId: u32("rsvp.3gpp_obj.tft_sr_id", "SR_ID", { mask: 0x7000000 }),
  n3gppObjTftP: u32("rsvp.3gpp_obj.tft_p", "Persistency(P)", { mask: 0x10000 }),
  n3gppObjTftOpcode: u32("rsvp.3gpp_obj.tft_opcode", "TFT Operation Code", {
    mask: 0xff00,
    names: N3GPP_OBJ_TFT_OPCODE,
  }),
  n3gppObjTftNPktFlt: u32("rsvp.3gpp_obj.tft_n_pkt_flt", "Number of Packet filters", { mask: 0xff }),
  n3gppObjFlowId: u8("rsvp.3gpp_obj.flow_id", "Flow Identifier"),
  n3gppObjPfEvPrec: u8("rsvp.3gpp_obj.pf_ev_prec", "Packet filter evaluation precedence"),
  n3gppObjPfLen: u16("rsvp.3gpp_obj.pf_len", "Packet filter length"),
  n3gppObjPfType: u8("rsvp.3gpp_obj.pf_type", "PF Type"),
  n3gppObjPfContLen: u8("rsvp.3gpp_obj.pf_cont_len", "Length"),
  n3gppObjPfCompTypeId: u8("rsvp.3gpp_obj.pf_comp_type_id", "PF component identifier", {
    names: N3GPP_OBJ_PF_COMP_TYPE_ID,
  }),
  n3gppObjPfSrcIpv4: ipv4("rsvp.3gpp_obj.pf_src_ipv4", "IPv4 Source Address"),
  n3gppObjPfDstIpv4: ipv4("rsvp.3gpp_obj.pf_dst_ipv4", "IPv4 Destination Address"),
  n3gppObjPfIpv4Mask: u32("rsvp.3gpp_obj.pf_ipv4_mask", "IPv4 Mask", { base: "HEX" }),
  n3gppObjPfSrcIpv6: ipv6("rsvp.3gpp_obj.pf_src_ipv6", "IPv6 Source Address"),
  n3gppObjPfDstIpv6: ipv6("rsvp.3gpp_obj.pf_dst_ipv6", "IPv6 Destination Address"),
  n3gppObjPfIpv6PrefixLength: u8("rsvp.3gpp_obj.pf_ipv6_prefix_length", "IPv6 Prefix length"),
  n3gppObjPfProtNext: u8("rsvp.3gpp_obj.pf_prot_next", "Protocol field(IPv4) or Next Header(IPv6)"),
  n3gppObjPfDstPort: u16("rsvp.3gpp_obj.pf_dst_port", "Single Destination Port"),
  n3gppObjPfSrcPort: u16("rsvp.3gpp_obj.pf_src_port", "Single Source Port"),
  n3gppObjPfIpsecSpi: u32("rsvp.3gpp_obj.pf_ipsec_spi", "IPsec SPI"),
  n3gppObjPfTosTc: u8("rsvp.3gpp_obj.pf_tos_tc", "Type of Service (IPv4)/Traffic Class (IPv6)", {
    base: "HEX",
  }),
  n3gppObjPfFlowLbl: u24("rsvp.3gpp_obj.pf_flow_lbl", "Flow label", { mask: 0xfffff }),
  n3gppObjPfIpv6: ipv6("rsvp.3gpp_obj.pf_ipv6", "IPv6 Address"),
  n3gppObjPfTreatment: u8("rsvp.3gpp_obj.pf_treatment", "PF Treatment", {
    names: { 0: "Header Compression", 1: "Maximum Buffer Timer" },
  }),
  n3gppObjPfHint: u32("rsvp.3gpp_obj.pf_hint", "PF Hint"),
  n3gppObjQosListLen: u16("rsvp.3gpp_obj.qos_list_len", "QoS List Length"),
  n3gppObjRQosBlobLen: u8("rsvp.3gpp_obj.r_qos_blob_len", "R_QOS_SUB_BLOB_LEN"),
  n3gppObjRQosBlobFlowPri: u8("rsvp.3gpp_obj.r_qos_blob.flow_pri", "FLOW_PRIORITY", { mask: 0xf0 }),
  n3gppObjRQosBlobNumQosAttSet: u8("rsvp.3gpp_obj.r_qos_blob.num_qos_att_set", "NUM_QoS_ATTRIBUTE_SETS", {
    mask: 0xe,
  }),
  n3gppObjRQosBlobQosAttSetLen: u8("rsvp.3gpp_obj.r_qos_blob.qos_att_set_len", "QoS_ATTRIBUTE_SET_LEN"),
  n3gppObjRQosBlobQosAttributeSetId: u8(
    "rsvp.3gpp_obj.r_qos_blob.qos_attribute_set_id",
    "QoS_ATTRIBUTE_SET_ID",
  ),
  n3gppObjRQosBlobVerbose: bool("rsvp.3gpp_obj.r_qos_blob.verbose", "VERBOSE"),
  n3gppObjRQosBlobProfId: u8("rsvp.3gpp_obj.r_qos_blob.prof_id", "ProfileID"),
  n3gppObjRQosBlobTraffCls: u8("rsvp.3gpp_obj.r_qos_blob.traff_cls", "Traffic_Class", {
    names: N3GPP_OBJ_R_QOS_BLOB_TRAFF_CLS,
  }),
  n3gppObjRQosBlobPeakRate: u16("rsvp.3gpp_obj.r_qos_blob.peak_rate", "Peak_Rate"),
  n3gppObjRQosBlobBucketSize: u16("rsvp.3gpp_obj.r_qos_blob.bucket_size", "Bucket_Size"),
  n3gppObjRQosBlobTokenRate: u16("rsvp.3gpp_obj.r_qos_blob.token_rate", "Token_Rate"),
  n3gppObjRQosBlobMaxLatency: u8("rsvp.3gpp_obj.r_qos_blob.max_latency", "Max_Latency"),
  n3gppObjRQosBlobMaxLossRte: u8("rsvp.3gpp_obj.r_qos_blob.max_loss_rte", "Max_Loss_Rate"),
  n3gppObjRQosBlobDelayVarSensitive: u8(
    "rsvp.3gpp_obj.r_qos_blob.delay_var_sensitive",
    "Delay_Var_Sensitive",
  ),
  n3gppObjRQosBlobReserved: u8("rsvp.3gpp_obj.r_qos_blob.reserved", "Reserved"),
  n3gppObjRQosBlob: bytes("rsvp.3gpp_obj.r_qos_blob", "R_QOS_SUB_BLOB"),
  n3gppObjQosResultCode: u8("rsvp.3gpp_obj.qos_result_code", "Result Code"),
  xroSobjLbit: u8("rsvp.xro.sobj.lbit", "L(oose) bit", {
    mask: 0x80,
    names: { 1: "Should be avoided", 0: "Must be excluded" },
  }),
  rroSobjDbit: u8("rsvp.rro.sobj.dbit", "D(irection) bit", {
    mask: 0x80,
    names: { 1: "Upstream direction", 0: "Downstream direction" },
  }),
  xroSobjLen: u8("rsvp.xro.sobj.len", "Length"),
  xroSobjIpv4Addr: ipv4("rsvp.xro.sobj.ipv4.addr", "IPv4 prefix"),
  xroSobjIpv4Prefix: u8("rsvp.xro.sobj.ipv4.prefix", "Prefix Length"),
  xroSobjIpv4Attr: u8("rsvp.xro.sobj.ipv4.attr", "Attribute", {
    names: { 0: "Interface", 1: "Node", 2: "SRLG" },
  }),
  xroSobjIpv6Attr: u8("rsvp.xro.sobj.ipv6.attr", "Attribute", {
    names: { 0: "Interface", 1: "Node", 2: "SRLG" },
  }),
  xroSobjSrlgId: u32("rsvp.xro.sobj.srlg.id", "SRLG Id"),
  xroSobjSrlgRes: u16("rsvp.xro.sobj.srlg.res", "Reserved"),
  privateData: bytes("rsvp.private.data", "Data"),
  juniperTlvs: u16("rsvp.juniper.tlvs", "Num TLVs"),
  juniperPadlength: u16("rsvp.juniper.padlength", "Padlength"),
  juniperType: u8("rsvp.juniper.type", "Juniper type", { base: "HEX", names: JUNIPER_TYPE }),
  juniperLength: u8("rsvp.juniper.length", "Juniper length"),
  juniperAttribCos: u16("rsvp.juniper.attrib.cos", "Cos", { base: "HEX" }),
  juniperAttribMetric1: u16("rsvp.juniper.attrib.metric1", "Metric 1", { base: "HEX" }),
  juniperAttribMetric2: u16("rsvp.juniper.attrib.metric2", "Metric 2", { base: "HEX" }),
  juniperAttribCccStatus: u16("rsvp.juniper.attrib.ccc_status", "CCC Status", { base: "HEX" }),
  juniperAttribPath: u16("rsvp.juniper.attrib.path", "Path type", {
    base: "HEX",
    names: { 2: "Primary", 3: "Secondary" },
  }),
  juniperAttribUnknown: bytes("rsvp.juniper.attrib.unknown", "Unknown"),
  juniperPad: bytes("rsvp.juniper.pad", "Pad"),
  juniperUnknown: bytes("rsvp.juniper.unknown", "Unknown"),
  unknownData: bytes("rsvp.unknown.data", "Data"),
  looseHop: bool("rsvp.loose_hop", "Hop", { mask: 0x80, tf: ["Loose Hop", "Strict Hop"] }),
  dataLength: u16("rsvp.data_length", "Data length"),
  ctypeS2lSubLsp: u32("rsvp.ctype.s2l_sub_lsp", "C-Type", { names: { 1: "IPv4", 2: "IPv6" } }),
  s2lSubLspDestinationIpv4Address: ipv4(
    "rsvp.s2l_sub_lsp.destination_ipv4_address",
    "IPv4 S2L Sub-LSP destination address",
  ),
  s2lSubLspDestinationIpv6Address: ipv6(
    "rsvp.s2l_sub_lsp.destination_ipv6_address",
    "IPv6 S2L Sub-LSP destination address",
  ),
  s2lSubLspData: bytes("rsvp.s2l_sub_lsp.data", "Data"),
  sessionFlags: u8("rsvp.session.flags", "Flags", { base: "HEX" }),
  sessionDestinationAddress: ipv6("rsvp.session.destination_address", "Destination address"),
  sessionProtocol: u8("rsvp.session.protocol", "Protocol"),
  sessionDestinationPort: u16("rsvp.session.destination_port", "Destination port"),
  sessionDscp: u8("rsvp.session.dscp", "DSCP", { names: DSCP_NAMES }),
  sessionExtendedIpv4Address: ipv4("rsvp.session.extended_ipv4_address", "Extended IPv4 Address"),
  sessionP2mpId: u32("rsvp.session.p2mp_id", "P2MP ID"),
  sessionData: bytes("rsvp.session.data", "Data"),
  ifidTlvLength: u16("rsvp.ifid_tlv.length", "Length"),
  ifidTlvIpv4Address: ipv4("rsvp.ifid_tlv.ipv4_address", "IPv4 address"),
  ifidTlvIpv6Address: ipv6("rsvp.ifid_tlv.ipv6_address", "IPv6 address"),
  ifidTlvInterfaceId: u32("rsvp.ifid_tlv.interface_id", "Interface-ID", { base: "DEC_HEX" }),
  ifidTlvLabel: u32("rsvp.ifid_tlv.label", "Label"),
  ifidTlvNodeId: ipv4("rsvp.ifid_tlv.node_id", "Node ID"),
  ifidTlvArea: u32("rsvp.ifid_tlv.area", "Area"),
  ifidTlvAutonomousSystem: u32("rsvp.ifid_tlv.autonomous_system", "Autonomous System"),
  ifidTlvErrorString: str("rsvp.ifid_tlv.error_string", "Error String"),
  ifidTlvData: bytes("rsvp.ifid_tlv.data", "Data"),
  ifidTlvPadding: bytes("rsvp.ifid_tlv.padding", "Padding"),
  ctypeHop: u32("rsvp.ctype.hop", "C-Type", {
    names: { 1: "IPv4", 2: "IPv6", 3: "IPv4  IF-ID", 4: "IPv6  IF-ID" },
  }),
  hopNeighborAddressIpv4: ipv4("rsvp.hop.neighbor_address_ipv4", "Neighbor address"),
  hopLogicalInterface: u32("rsvp.hop.logical_interface", "Logical interface"),
  neighborAddressIpv6: ipv6("rsvp.neighbor_address_ipv6", "Neighbor address"),
  hopData: bytes("rsvp.hop.data", "Data"),
  ctypeTimeValues: u32("rsvp.ctype.time_values", "C-Type", { names: { 1: "Time Values" } }),
  timeValuesData: bytes("rsvp.time_values.data", "Data"),
  ctypeError: u32("rsvp.ctype.error", "C-Type", {
    names: { 1: "IPv4", 2: "IPv6", 3: "IPv4  IF-ID", 4: "IPv6  IF-ID" },
  }),
  errorErrorNodeIpv4: ipv4("rsvp.error.error_node_ipv4", "Error node"),
  errorErrorNodeIpv6: ipv6("rsvp.error.error_node_ipv6", "Error node"),
  errorData: bytes("rsvp.error.data", "Data"),
  errorErrorCode: u8("rsvp.error.error_code", "Error code", { names: ERROR_ERROR_CODE }),
  ctypeScope: u32("rsvp.ctype.scope", "C-Type", { names: { 1: "IPv4", 2: "IPv6" } }),
  scopeIpv4Address: ipv4("rsvp.scope.ipv4_address", "IPv4 Address"),
  scopeIpv6Address: ipv6("rsvp.scope.ipv6_address", "IPv6 Address"),
  scopeData: bytes("rsvp.scope.data", "Data"),
  ctypeStyle: u32("rsvp.ctype.style", "C-Type", { names: { 1: "Style" } }),
  styleFlags: u8("rsvp.style.flags", "Flags", { base: "HEX" }),
  styleStyle: u24("rsvp.style.style", "Style", {
    base: "HEX",
    names: { 17: "Wildcard Filter", 10: "Fixed Filter", 18: "Shared-Explicit" },
  }),
  styleData: bytes("rsvp.style.data", "Data"),
  ctypeConfirm: u32("rsvp.ctype.confirm", "C-Type", { names: { 1: "IPv4", 2: "IPv6" } }),
  confirmReceiverAddressIpv4: ipv4("rsvp.confirm.receiver_address_ipv4", "Receiver address"),
  confirmReceiverAddressIpv6: ipv6("rsvp.confirm.receiver_address_ipv6", "Receiver address"),
  confirmData: bytes("rsvp.confirm.data", "Data"),
  ctypeTemplate: u32("rsvp.ctype.template", "C-Type", { names: CTYPE_TEMPLATE }),
  templateFilterSourceAddressIpv6: ipv6("rsvp.template_filter.source_address_ipv6", "Source address"),
  templateFilterSourcePort: u16("rsvp.template_filter.source_port", "Source port"),
  templateFilterIpv4TunnelSenderAddress: ipv4(
    "rsvp.template_filter.ipv4_tunnel_sender_address",
    "IPv4 Tunnel Sender Address",
  ),
  templateFilterIpv6TunnelSenderAddress: ipv6(
    "rsvp.template_filter.ipv6_tunnel_sender_address",
    "IPv6 Tunnel Sender Address",
  ),
  templateFilterSubGroupOriginatorId: bytes(
    "rsvp.template_filter.sub_group_originator_id",
    "Sub-Group Originator ID",
  ),
  templateFilterSubGroupId: u16("rsvp.template_filter.sub_group_id", "Sub-Group ID"),
  templateFilterData: bytes("rsvp.template_filter.data", "Data"),
  ethTspecLength: u16("rsvp.eth_tspec.length", "Length"),
  ethTspecProfile: u8("rsvp.eth_tspec.profile", "Profile", { base: "HEX" }),
  ethTspecIndex: u8("rsvp.eth_tspec.index", "Index", { base: "HEX" }),
  ethTspecReserved: u16("rsvp.eth_tspec.reserved", "Reserved", { base: "HEX" }),
  ethTspecEl2cp: u8("rsvp.eth_tspec.el2cp", "EL2CP", { names: ETH_TSPEC_EL2CP }),
  ethTspecIl2cp: u8("rsvp.eth_tspec.il2cp", "IL2CP", { names: ETH_TSPEC_IL2CP }),
  ethTspecCir: float("rsvp.eth_tspec.cir", "CIR"),
  ethTspecCbs: float("rsvp.eth_tspec.cbs", "CBS"),
  ethTspecEir: float("rsvp.eth_tspec.eir", "EIR"),
  ethTspecEbs: float("rsvp.eth_tspec.ebs", "EBS"),
  ctypeTspec: u32("rsvp.ctype.tspec", "C-Type", {
    names: { 2: "Integrated Services", 4: "SONET/SDH", 5: "G.709", 6: "Ethernet" },
  }),
  tspecMessageFormatVersion: u8("rsvp.tspec.message_format_version", "Message format version", {
    mask: 0xf0,
  }),
  tspecServiceHeader: u8("rsvp.tspec.service_header", "Service header", { names: TSPEC_SERVICE_HEADER }),
  tspecTokenBucketRate: float("rsvp.tspec.token_bucket_rate", "Token bucket rate"),
  tspecTokenBucketSize: float("rsvp.tspec.token_bucket_size", "Token bucket size"),
  tspecPeakDataRate: float("rsvp.tspec.peak_data_rate", "Peak data rate"),
  tspecHint: u32("rsvp.tspec.hint", "Hint"),
  tspecCompressionFactor: u32("rsvp.tspec.compression_factor", "Compression Factor"),
  tspecSignalType: u8("rsvp.tspec.signal_type", "Signal Type", { names: TSPEC_SIGNAL_TYPE }),
  tspecRequestedConcatenation: u8("rsvp.tspec.requested_concatenation", "Requested Concatenation (RCC)"),
  tspecNumberOfContiguousComponents: u16(
    "rsvp.tspec.number_of_contiguous_components",
    "Number of Contiguous Components (NCC)",
  ),
  tspecNumberOfVirtualComponents: u16(
    "rsvp.tspec.number_of_virtual_components",
    "Number of Virtual Components (NVC)",
  ),
  tspecMultiplier: u16("rsvp.tspec.multiplier", "Multiplier (MT)"),
  tspecTransparency: u32("rsvp.tspec.transparency", "Transparency (T)", { base: "HEX" }),
  tspecProfile: u32("rsvp.tspec.profile", "Profile (P)"),
  numberOfMultiplexedComponents: u16(
    "rsvp.number_of_multiplexed_components",
    "Number of Multiplexed Components (NMC)",
  ),
  tspecMtu: u16("rsvp.tspec.mtu", "MTU"),
  tspecData: bytes("rsvp.tspec.data", "Data"),
  ctypeFlowspec: u32("rsvp.ctype.flowspec", "C-Type", {
    names: { 2: "Integrated Services", 4: "SONET/SDH", 5: "G.709", 6: "Ethernet" },
  }),
  flowspecMessageFormatVersion: u8("rsvp.flowspec.message_format_version", "Message format version", {
    mask: 0xf0,
  }),
  flowspecServiceHeader: u8("rsvp.flowspec.service_header", "Service header", {
    names: FLOWSPEC_SERVICE_HEADER,
  }),
  flowspecTokenBucketRate: float("rsvp.flowspec.token_bucket_rate", "Token bucket rate"),
  flowspecTokenBucketSize: float("rsvp.flowspec.token_bucket_size", "Token bucket size"),
  flowspecPeakDataRate: float("rsvp.flowspec.peak_data_rate", "Peak data rate"),
  flowspecRate: float("rsvp.flowspec.rate", "Rate"),
  flowspecSlackTerm: u32("rsvp.flowspec.slack_term", "Slack term"),
  flowspecSignalType: u8("rsvp.flowspec.signal_type", "Signal Type", { names: TSPEC_SIGNAL_TYPE }),
  flowspecRequestedConcatenation: u8(
    "rsvp.flowspec.requested_concatenation",
    "Requested Concatenation (RCC)",
  ),
  flowspecNumberOfContiguousComponents: u16(
    "rsvp.flowspec.number_of_contiguous_components",
    "Number of Contiguous Components (NCC)",
  ),
  flowspecNumberOfVirtualComponents: u16(
    "rsvp.flowspec.number_of_virtual_components",
    "Number of Virtual Components (NVC)",
  ),
  flowspecMultiplier: u16("rsvp.flowspec.multiplier", "Multiplier (MT)"),
  flowspecTransparency: u32("rsvp.flowspec.transparency", "Transparency (T)", { base: "HEX" }),
  flowspecProfile: u32("rsvp.flowspec.profile", "Profile (P)"),
  flowspecNumberOfMultiplexedComponents: u16(
    "rsvp.flowspec.number_of_multiplexed_components",
    "Number of Multiplexed Components (NMC)",
  ),
  flowspecMtu: u16("rsvp.flowspec.mtu", "MTU"),
  flowspecM: u16("rsvp.flowspec.m", "m"),
  ctypeAdspec: u32("rsvp.ctype.adspec", "C-Type"),
  adspecMessageFormatVersion: u8("rsvp.adspec.message_format_version", "Message format version", {
    mask: 0xf0,
  }),
  adspecServiceHeader: u8("rsvp.adspec.service_header", "Service header", { names: FLOWSPEC_SERVICE_HEADER }),
  ctypeIntegrity: u32("rsvp.ctype.integrity", "C-Type"),
  integrityFlags: u8("rsvp.integrity.flags", "Flags", { base: "HEX" }),
  integrityKeyIdentifier: bytes("rsvp.integrity.key_identifier", "Key Identifier"),
  integritySequenceNumber: u64("rsvp.integrity.sequence_number", "Sequence Number"),
  integrityHash: bytes("rsvp.integrity.hash", "Hash"),
  ctypePolicy: u32("rsvp.ctype.policy", "C-Type"),
  policyData: bytes("rsvp.policy.data", "Data"),
  ctypeLabelRequest: u32("rsvp.ctype.label_request", "C-Type", {
    names: {
      2: "Label Request with ATM label Range",
      3: "Label Request with Frame-Relay label Range",
      4: "Generalized Label Request",
      5: "Generalized Channel_set Label Request",
    },
  }),
  labelRequestL3pid: u16("rsvp.label_request.l3pid", "L3PID", { base: "HEX", names: ETHERTYPE_NAMES }),
  labelRequestMinVpi: u16("rsvp.label_request.min_vpi", "Min VPI", { mask: 0x7f }),
  labelRequestMinVci: u16("rsvp.label_request.min_vci", "Min VCI"),
  labelRequestMaxVpi: u16("rsvp.label_request.max_vpi", "Max VPI", { mask: 0x7f }),
  labelRequestMaxVci: u16("rsvp.label_request.max_vci", "Max VCI"),
  labelRequestLspEncodingType: u8("rsvp.label_request.lsp_encoding_type", "LSP Encoding Type", {
    names: LSP_ENCODING_TYPES,
  }),
  labelRequestSwitchingType: u8("rsvp.label_request.switching_type", "Switching Type", {
    names: SWITCHING_TYPES,
  }),
  labelRequestGPid: u16("rsvp.label_request.g_pid", "G-PID", { base: "HEX", names: LABEL_REQUEST_G_PID }),
  labelRequestData: bytes("rsvp.label_request.data", "Data"),
  labelLabel: u32("rsvp.label.label", "Label"),
  labelGeneralizedLabel: u32("rsvp.label.generalized_label", "Generalized Label", { base: "DEC_HEX" }),
  labelGeneralizedLabelEvplVladId: u32("rsvp.label.generalized_label_evpl_vlad_id", "VLAN ID"),
  labelData: bytes("rsvp.label.data", "Data"),
  labelSetAction: u8("rsvp.label_set.action", "Action", {
    names: { 0: "Inclusive list", 1: "Exclusive list", 2: "Inclusive range", 3: "Exclusive range" },
  }),
  ctypeAttribute: u32("rsvp.ctype.attribute", "C-Type", {
    names: { 1: "IPv4 LSP", 7: "IPv4 LSP Resource Affinities" },
  }),
  sessionAttributeExcludeAny: u32("rsvp.session_attribute.exclude_any", "Exclude-Any", { base: "HEX" }),
  sessionAttributeIncludeAny: u32("rsvp.session_attribute.include_any", "Include-Any", { base: "HEX" }),
  sessionAttributeIncludeAll: u32("rsvp.session_attribute.include_all", "Include-All", { base: "HEX" }),
  sessionAttributeSetupPriority: u8("rsvp.session_attribute.setup_priority", "Setup priority"),
  sessionAttributeHoldPriority: u8("rsvp.session_attribute.hold_priority", "Hold priority"),
  sessionAttributeFlags: u8("rsvp.session_attribute.flags", "Flags", { base: "HEX" }),
  sessionAttributeNameLength: u8("rsvp.session_attribute.name_length", "Name length"),
  sessionAttributeName: str("rsvp.session_attribute.name", "Name"),
  sessionAttributeData: bytes("rsvp.session_attribute.data", "Data"),
  eroRroSubobjectsLength: u8("rsvp.ero_rro_subobjects.length", "Length"),
  eroRroSubobjectsIpv4Hop: ipv4("rsvp.ero_rro_subobjects.ipv4_hop", "IPv4 hop"),
  eroRroSubobjectsPrefixLength: u8("rsvp.ero_rro_subobjects.prefix_length", "Prefix length"),
  eroRroSubobjectsFlags: u8("rsvp.ero_rro_subobjects.flags", "Flags", { base: "HEX" }),
  eroRroSubobjectsIpv6Hop: ipv6("rsvp.ero_rro_subobjects.ipv6_hop", "IPv6 hop"),
  eroRroSubobjectsLabel: u32("rsvp.ero_rro_subobjects.label", "Label"),
  eroRroSubobjectsRouterId: ipv4("rsvp.ero_rro_subobjects.router_id", "Router-ID"),
  eroRroSubobjectsInterfaceId: u32("rsvp.ero_rro_subobjects.interface_id", "Interface-ID"),
  eroRroSubobjectsPathKey: u16("rsvp.ero_rro_subobjects.path_key", "Path Key"),
  eroRroSubobjectsPceIdIpv4: ipv4("rsvp.ero_rro_subobjects.pce_id_ipv4", "PCE-ID"),
  eroRroSubobjectsPceIdIpv6: ipv6("rsvp.ero_rro_subobjects.pce_id_ipv6", "PCE-ID"),
  eroRroSubobjectsPrivateLength: u8("rsvp.ero_rro_subobjects.private_length", "Length"),
  eroRroSubobjectsPrivateData: bytes("rsvp.ero_rro_subobjects.private_data", "Data"),
  ctypeExplicitRoute: u32("rsvp.ctype.explicit_route", "C-Type"),
  explicitRouteData: bytes("rsvp.explicit_route.data", "Data"),
  ctypeRecordRoute: u32("rsvp.ctype.record_route", "C-Type"),
  recordRouteData: bytes("rsvp.record_route.data", "Data"),
  ctypeExcludeRoute: u32("rsvp.ctype.exclude_route", "C-Type"),
  excludeRouteData: bytes("rsvp.exclude_route.data", "Data"),
  ctypeMessageId: u32("rsvp.ctype.message_id", "C-Type"),
  messageIdFlags: u8("rsvp.message_id.flags", "Flags"),
  messageIdEpoch: u24("rsvp.message_id.epoch", "Epoch"),
  messageIdMessageId: u32("rsvp.message_id.message_id", "Message-ID"),
  messageIdData: bytes("rsvp.message_id.data", "Data"),
  ctypeMessageIdAck: u32("rsvp.ctype.message_id_ack", "C-Type"),
  messageIdAckFlags: u8("rsvp.message_id_ack.flags", "Flags"),
  messageIdAckEpoch: u24("rsvp.message_id_ack.epoch", "Epoch"),
  messageIdAckMessageId: u32("rsvp.message_id_ack.message_id", "Message-ID"),
  messageIdAckData: bytes("rsvp.message_id_ack.data", "Data"),
  ctypeMessageIdList: u32("rsvp.ctype.message_id_list", "C-Type"),
  messageIdListFlags: u8("rsvp.message_id_list.flags", "Flags"),
  messageIdListEpoch: u24("rsvp.message_id_list.epoch", "Epoch"),
  messageIdListMessageId: u32("rsvp.message_id_list.message_id", "Message-ID"),
  messageIdListData: bytes("rsvp.message_id_list.data", "Data"),
  ctypeHello: u32("rsvp.ctype.hello", "C-Type"),
  helloSourceInstance: u32("rsvp.hello.source_instance", "Source Instance", { base: "HEX" }),
  helloDestinationInstance: u32("rsvp.hello.destination_instance", "Destination Instance", { base: "HEX" }),
  ctypeDclass: u32("rsvp.ctype.dclass", "C-Type"),
  dclassDscp: u8("rsvp.dclass.dscp", "DSCP", { names: DSCP_NAMES }),
  dclassData: bytes("rsvp.dclass.data", "Data"),
  ctypeAdminStatus: u32("rsvp.ctype.admin_status", "C-Type"),
  adminStatusBits: u32("rsvp.admin_status.bits", "Admin Status", { base: "HEX" }),
  adminStatusData: bytes("rsvp.admin_status.data", "Data"),
  ctypeLspAttributes: u32("rsvp.ctype.lsp_attributes", "C-Type"),
  lspAttributesTlv: u32("rsvp.lsp_attributes_tlv", "LSP attributes TLV", { base: "HEX" }),
  lspAttributesTlvData: bytes("rsvp.lsp_attributes_tlv.data", "Data"),
  ctypeAssociation: u32("rsvp.ctype.association", "C-Type", {
    names: { 1: "IPv4", 2: "IPv6", 4: "Routing Area" },
  }),
  associationType: u16("rsvp.association.type", "Association type", { names: ASSOCIATION_TYPE }),
  associationId: u16("rsvp.association.id", "Association ID"),
  associationSourceIpv4: ipv4("rsvp.association.source_ipv4", "Association source"),
  associationSourceIpv6: ipv6("rsvp.association.source_ipv6", "Association source"),
  associationRoutingAreaId: u32("rsvp.association.routing_area_id", "Routing Area ID"),
  associationNodeId: ipv4("rsvp.association.node_id", "Node ID"),
  associationPadding: bytes("rsvp.association.padding", "Padding"),
  associationData: bytes("rsvp.association.data", "Data"),
  ctypeTunnelIfId: u32("rsvp.ctype.tunnel_if_id", "C-Type", {
    names: { 1: "Unnumbered interface", 2: "IPv4", 3: "IPv6", 4: "Unnumbered interface with target" },
  }),
  lspTunnelIfIdLength: u16("rsvp.lsp_tunnel_if_id.length", "Length"),
  lspTunnelIfIdComponentLinkIdentifier: u32(
    "rsvp.lsp_tunnel_if_id.component_link_identifier",
    "Component link identifier",
  ),
  lspTunnelIfIdComponentLinkIdentifierIpv4: ipv4(
    "rsvp.lsp_tunnel_if_id.component_link_identifier_ipv4",
    "Component link identifier",
  ),
  lspTunnelIfIdLspEncodingType: u8("rsvp.lsp_tunnel_if_id.lsp_encoding_type", "LSP Encoding Type", {
    names: LSP_ENCODING_TYPES,
  }),
  lspTunnelIfIdSwitchingType: u8("rsvp.lsp_tunnel_if_id.switching_type", "Switching Type", {
    names: SWITCHING_TYPES,
  }),
  lspTunnelIfIdSignalType: u8("rsvp.lsp_tunnel_if_id.signal_type", "Signal Type", {
    names: TSPEC_SIGNAL_TYPE,
  }),
  lspTunnelIfIdConnectionId: u64("rsvp.lsp_tunnel_if_id.connection_id", "Sub Interface/Connection ID"),
  lspTunnelIfIdScPcId: ipv4("rsvp.lsp_tunnel_if_id.sc_pc_id", "SC PC ID"),
  lspTunnelIfIdScPcScnAddress: ipv4("rsvp.lsp_tunnel_if_id.sc_pc_scn_address", "SC PC SCN Address"),
  lspTunnelIfIdRouterId: ipv4("rsvp.lsp_tunnel_if_id.router_id", "Router ID"),
  lspTunnelIfIdInterfaceId: u32("rsvp.lsp_tunnel_if_id.interface_id", "Interface ID"),
  lspTunnelIfIdIpv4InterfaceAddress: ipv4(
    "rsvp.lsp_tunnel_if_id.ipv4_interface_address",
    "IPv4 interface address",
  ),
  lspTunnelIfIdTargetIgpInstance: ipv4("rsvp.lsp_tunnel_if_id.target_igp_instance", "Target IGP instance"),
  lspTunnelIfIdAction: u8("rsvp.lsp_tunnel_if_id.action", "Action", {
    mask: 0xf0,
    names: {
      0: "LSP is FA (MPLS-TE topology advertisement only)",
      1: "LSP is RA (IP network advertisement only)",
      2: "LSP is RA (both IP and MPLS-TE topology advertisement)",
      3: "LSP is to be used as a virtual local link",
    },
  }),
  lspTunnelIfIdIpv6InterfaceAddress: ipv6(
    "rsvp.lsp_tunnel_if_id.ipv6_interface_address",
    "IPv6 interface address",
  ),
  lspTunnelIfIdData: bytes("rsvp.lsp_tunnel_if_id.data", "Data"),
  notifyRequestNotifyNodeAddressIpv4: ipv4(
    "rsvp.notify_request.notify_node_address_ipv4",
    "Notify node address",
  ),
  notifyRequestNotifyNodeAddressIpv6: ipv6(
    "rsvp.notify_request.notify_node_address_ipv6",
    "Notify node address",
  ),
  notifyRequestData: bytes("rsvp.notify_request.data", "Data"),
  ctypeCallId: u32("rsvp.ctype.call_id", "C-Type", {
    names: { 0: "Empty", 1: "Operator Specific", 2: "Globally Unique" },
  }),
  callIdData: bytes("rsvp.call_id.data", "Data"),
  callIdAddressType: u8("rsvp.call_id.address_type", "Address type", { names: CALL_ID_ADDRESS_TYPE }),
  callIdReserved: u24("rsvp.call_id.reserved", "Reserved"),
  callIdInternationalSegment: str("rsvp.call_id.international_segment", "International Segment"),
  callIdNationalSegment: str("rsvp.call_id.national_segment", "National Segment"),
  callIdLocalIdentifier: bytes("rsvp.call_id.local_identifier", "Local Identifier"),
  restartCapData: bytes("rsvp.restart_cap.data", "Data"),
  protectionInfoLinkFlags: u8("rsvp.protection_info.link_flags", "Link Flags", { base: "HEX" }),
  protectionInfoData: bytes("rsvp.protection_info.data", "Data"),
  fastRerouteSetupPriority: u8("rsvp.fast_reroute.setup_priority", "Setup Priority"),
  fastRerouteHoldPriority: u8("rsvp.fast_reroute.hold_priority", "Hold Priority"),
  fastRerouteHopLimit: u8("rsvp.fast_reroute.hop_limit", "Hop Limit"),
  fastRerouteFlags: u8("rsvp.fast_reroute.flags", "Flags", { base: "HEX" }),
  fastRerouteBandwidth: float("rsvp.fast_reroute.bandwidth", "Bandwidth"),
  fastRerouteIncludeAny: u32("rsvp.fast_reroute.include_any", "Include-Any", { base: "HEX" }),
  fastRerouteExcludeAny: u32("rsvp.fast_reroute.exclude_any", "Exclude-Any", { base: "HEX" }),
  fastRerouteIncludeAll: u32("rsvp.fast_reroute.include_all", "Include-All", { base: "HEX" }),
  fastRerouteData: bytes("rsvp.fast_reroute.data", "Data"),
  detourData: bytes("rsvp.detour.data", "Data"),
  diffservData: bytes("rsvp.diffserv.data", "Data"),
  diffservAwareTeData: bytes("rsvp.diffserv_aware_te.data", "Data"),
  version: u8("rsvp.version", "RSVP Version", { mask: 0xf0 }),
  flags: u8("rsvp.flags", "Flags", { base: "HEX", mask: 0xf }),
  sendingTtl: u8("rsvp.sending_ttl", "Sending TTL"),
  messageLength: u16("rsvp.message_length", "Message length"),
  length: u16("rsvp.length", "Length"),
  extendedTunnelId: u32("rsvp.extended_tunnel_id", "Extended Tunnel ID"),
  extendedTunnelIdIpv6: ipv6("rsvp.extended_tunnel_id_ipv6", "Extended Tunnel ID"),
  extendedTunnel: ipv4("rsvp.extended_tunnel", "Extended Tunnel ID"),
  refreshInterval: u32("rsvp.refresh_interval", "Refresh interval"),
  minimumPolicedUnit: u32("rsvp.minimum_policed_unit", "Minimum policed unit [m]"),
  maximumPacketSize: u32("rsvp.maximum_packet_size", "Maximum packet size [M]"),
  adspecBreakBit: bool("rsvp.adspec.break_bit", "Break bit", { mask: 0x80, tf: SET_NOTSET }),
  labelRequestM: bool("rsvp.label_request.m", "M (Merge in Data Plane)", {
    mask: 0x80,
    tf: ["Can", "Cannot"],
  }),
  labelRequestDlciLength: u16("rsvp.label_request.dlci_length", "DLCI Length"),
  labelRequestMinDlci: u24("rsvp.label_request.min_dlci", "Min DLCI"),
  labelRequestMaxDlci: u16("rsvp.label_request.max_dlci", "Max DLCI"),
  eroRroSubobjectsAutonomousSystem: u16("rsvp.ero_rro_subobjects.autonomous_system", "Autonomous System"),
  nsapLength: u8("rsvp.nsap_length", "NSAP Length"),
  genUniData: bytes("rsvp.gen_uni.data", "Data"),
  genUniLogicalPortId: u32("rsvp.gen_uni.logical_port_id", "Logical Port ID"),
  genUniServiceLevel: u8("rsvp.gen_uni.service_level", "Service Level"),
  restartCapRestartTime: u32("rsvp.restart_cap.restart_time", "Restart Time"),
  restartCapRecoveryTime: u32("rsvp.restart_cap.recovery_time", "Recovery Time"),
  detourPlrId: ipv4("rsvp.detour.plr_id", "PLR ID"),
  detourAvoidNodeId: ipv4("rsvp.detour.avoid_node_id", "Avoid Node ID"),
  messageChecksum: u16("rsvp.message_checksum", "Message Checksum", { base: "HEX" }),
  callAttributesEndpointId: str("rsvp.call_attributes.endpoint_id", "Endpoint ID"),
  isisAreaId: str("rsvp.isis_area_id", "IS-IS Area Identifier"),
  adspecType: u8("rsvp.adspec.type", "Adspec Type", { names: ADSPEC_TYPE }),
  adspecLen: u16("rsvp.adspec.len", "Length"),
  adspecUint: u32("rsvp.adspec.uint", "Adspec uint"),
  adspecFloat: float("rsvp.adspec.float", "Adspec float"),
  adspecBytes: bytes("rsvp.adspec.bytes", "Adspec bytes"),
  wavelengthFreq: float("rsvp.wavelength.freq", "Freq"),
  wavelengthGrid: u8("rsvp.wavelength.grid", "Grid", {
    mask: 0xe0,
    names: { 1: "DWDM", 2: "CWDM", 3: "Flexi" },
  }),
  wavelengthCs1: u8("rsvp.wavelength.cs1", "Channel Spacing", {
    mask: 0x1e,
    names: { 1: "100GHz", 2: "50GHz", 3: "25GHz", 4: "12.5GHz" },
  }),
  wavelengthCs2: u8("rsvp.wavelength.cs2", "Channel Spacing", { mask: 0x1e, names: { 1: "20nm" } }),
  wavelengthCs3: u8("rsvp.wavelength.cs3", "Channel Spacing", { mask: 0x1e, names: { 5: "6.25GHz" } }),
  wavelengthChannelSpacing: u8("rsvp.wavelength.channel_spacing", "Channel Spacing", { mask: 0x1e }),
  wavelengthN: u16("rsvp.wavelength.n", "Central Frequency"),
  wavelengthM: float("rsvp.wavelength.m", "Channel Width (m)"),
  wavelengthWavelength: u32("rsvp.wavelength.wavelength", "Wavelength"),
  sonetS: u16("rsvp.sonet.s", "S"),
  sonetU: u8("rsvp.sonet.u", "U", { mask: 0xf0 }),
  sonetK: u8("rsvp.sonet.k", "K", { mask: 0xf }),
  sonetL: u8("rsvp.sonet.l", "L", { mask: 0xf0 }),
  sonetM: u8("rsvp.sonet.m", "M", { mask: 0xf }),
  g709T3: u16("rsvp.g709.t3", "t3", { mask: 0x3f0 }),
  g709T2: u8("rsvp.g709.t2", "t2", { mask: 0xe }),
  g709T1: u8("rsvp.g709.t1", "t1", { mask: 0x1 }),
  ctypeLabelSet: u32("rsvp.ctype.label_set", "C-Type"),
  labelSetType: u8("rsvp.label_set.type", "Label type"),
  labelSetSubchannel: u32("rsvp.label_set.subchannel", "Subchannel", { base: "DEC_HEX" }),
  nsapAddress: str("rsvp.nsap_address", "NSAP address"),
  classDiversity: u8("rsvp.class_diversity", "Diversity", {
    mask: 0xf0,
    names: { 1: "Node Diverse", 2: "Link Diverse", 3: "Shared-Risk Link Group Diverse", 4: "Shared Path" },
  }),
  egressLabelType: u8("rsvp.egress.label_type", "Label type"),
  egressLabel: u32("rsvp.egress.label", "Label"),
  sourceTransportNetworkAddr: str("rsvp.source_transport_network_addr", "Source Transport Network addr"),
  ieData: bytes("rsvp.ie_data", "IE Data"),
  n3gppObjPfDstPortRange: u16("rsvp.3gpp_obj.pf_dst_port_range", "Destination Port range"),
  n3gppObjPfSrcPortRange: u16("rsvp.3gpp_obj.pf_src_port_range", "Source Port range"),
  objPrivateEnterprise: u32("rsvp.obj_private.enterprise", "Enterprise Code", {
    base: "CUSTOM",
    text: (value) => `${ENTERPRISES[value] ?? "Unknown"} (${value})`,
  }),
};

const x = {
  length: expert("rsvp.invalid_length", "error", "Malformed", "Invalid length"),
  filter: expert(
    "rsvp.packet_filter_component",
    "note",
    "Undecoded",
    "Not dissected Packet filter component",
  ),
  bundle: expert("rsvp.bundle_component_msg", "note", "Undecoded", "Bundle Component Messages Not Dissected"),
  parameter: expert("rsvp.parameter.unknown", "warning", "Protocol", "Unknown parameter"),
  adspec: expert("rsvp.adspec.type.unknown", "warning", "Protocol", "Unknown type"),
  address: expert(
    "rsvp.call_id.address_type.unknown",
    "warning",
    "Protocol",
    "Unknown Transport Network type",
  ),
  session: expert("rsvp.session_type.unknown", "warning", "Protocol", "Unknown session type"),
};

export const rsvp = protocol({
  name: "rsvp",
  title: "Resource ReserVation Protocol (RSVP)",
  short: "RSVP",
  fields: f,
  experts: x,
  on: [
    [ipProtocols, 46],
    [udpPorts, 3455],
  ],
  dissect,
});

const HEADER = 8;
const BUNDLE = 12;
const KINDS: Readonly<Record<number, Field>> = {
  1: f.path,
  2: f.resv,
  3: f.perr,
  4: f.rerr,
  5: f.ptear,
  6: f.rtear,
  7: f.resvconf,
  10: f.rtearconf,
  12: f.bundle,
  13: f.ack,
  15: f.srefresh,
  20: f.hello,
  21: f.notify,
};

function dissect(d: Dissection): void {
  const type = d.peek8(1);
  const name = nameOf(MSG, type) ?? `Unknown (${type}). `;
  if (d.columns) d.setInfo(name);
  if (d.labels || d.columns) {
    const summary = summarise(d);
    if (d.columns) d.setInfo(type === BUNDLE ? "Component Messages Dissected" : name + summary);
    if (d.labels) d.relabelLayer(`${rsvp.title}: ${name}${summary}`);
  }
  const start = d.pos;
  const length = d.peek16(6);
  d.openText(start, HEADER, `RSVP Header. ${name}`);
  d.bits(f.version, start, 1);
  d.bits(f.flags, start, 1);
  d.skip(1);
  d.u8(f.msg);
  const kind = KINDS[type];
  if (kind !== undefined) d.hidden(kind, start + 1, 1, 1);
  const found = d.u16(f.messageChecksum);
  const line = d.last;
  d.u8(f.sendingTtl);
  d.skip(1);
  d.u16(f.messageLength);
  if (d.labels) d.close();
  const end = start + length;
  if (type === BUNDLE) {
    while (d.pos < end && d.remaining > 0) {
      const at = d.pos;
      const n = d.peek16(6);
      if (n < HEADER) d.malformed();
      d.openText(at, n, nameOf(MSG, d.peek8(1)) ?? "Unknown");
      addMessage(d, at + n);
      if (d.labels) d.close();
      d.pos = at + n;
    }
    return;
  }
  let whole = true;
  while (whole && d.pos < end) whole = addObject(d);
  if (d.labels && line !== null && end <= d.end && length >= HEADER)
    line.suffix += verdict(d, start, end, found);
  if (!WITHOUT_SESSION.includes(type) && !hasSession(d, start, end)) {
    d.text(d.pos, 0, x.session.message);
    d.expert(x.session);
  }
}

/** Messages that need none: acknowledgements, refreshes, hellos. */
const WITHOUT_SESSION = [13, 15, 20];

function hasSession(d: Dissection, start: number, end: number): boolean {
  for (let at = start + HEADER; at + 4 <= Math.min(end, d.end); ) {
    const length = half(d, at);
    if (d.buf[at + 2] === SESSION) return true;
    if (length < 4) return false;
    at += length;
  }
  return false;
}

/** A message of a bundle, RFC 2961 section 3.3. */
function addMessage(d: Dissection, end: number): void {
  d.bits(f.version, d.pos, 1);
  d.bits(f.flags, d.pos, 1);
  d.skip(1);
  d.u8(f.msg);
  d.u16(f.messageChecksum);
  d.u8(f.sendingTtl);
  d.skip(1);
  d.u16(f.messageLength);
  while (d.pos < end) if (!addObject(d)) return;
}

function verdict(d: Dissection, start: number, end: number, found: number): string {
  const sum = onesSum(d.buf, start, end);
  if (sum === 0xffff) return " [correct]";
  return ` [incorrect, should be 0x${rightChecksum(sum, found).toString(16).padStart(4, "0")}]`;
}

const SESSION = 1;
const FILTER_SPEC = 10;
const SENDER_TEMPLATE = 11;

/** What the message is about: its last session and its last filter or sender. */
function summarise(d: Dissection): string {
  const end = Math.min(d.end, d.pos + d.peek16(6));
  let session = "";
  let sender = "";
  for (let at = d.pos + HEADER; at + 4 <= end; ) {
    const length = (d.buf[at] << 8) | d.buf[at + 1];
    const object = d.buf[at + 2];
    if (length < 4 || at + length > end) break;
    if (object === SESSION) session = sessionText(d, at, length);
    else if (object === FILTER_SPEC || object === SENDER_TEMPLATE) {
      sender = `${object === FILTER_SPEC ? "FILTERSPEC" : "SENDER TEMPLATE"}: ${templateText(d, at, length)}`;
    }
    at += length;
  }
  return session + sender;
}

const word = (d: Dissection, at: number): number =>
  ((d.buf[at] << 24) | (d.buf[at + 1] << 16) | (d.buf[at + 2] << 8) | d.buf[at + 3]) >>> 0;
const half = (d: Dissection, at: number): number => (d.buf[at] << 8) | d.buf[at + 1];
const address6 = (d: Dissection, at: number): string => formatIpv6(d.buf.subarray(at, at + 16));

/** `SESSION: IPv4-LSP, Destination 10.0.0.9, …` of the object at `at`. */
function sessionText(d: Dissection, at: number, length: number): string {
  const type = d.buf[at + 3];
  const least = type === 8 ? 40 : type === 1 ? 12 : 16;
  if (length < least && type !== 9) return `SESSION: Type ${type}. `;
  const ip = formatIpv4(word(d, at + 4));
  switch (type) {
    case 1:
      return `SESSION: IPv4, Destination ${ip}, Protocol ${d.buf[at + 8]}, Port ${half(d, at + 10)}. `;
    case 7:
      return `SESSION: IPv4-LSP, Destination ${ip}, Short Call ID ${half(d, at + 8)}, Tunnel ID ${half(d, at + 10)}, Ext ID ${word(d, at + 12).toString(16)}. `;
    case 8:
      return `SESSION: IPv6-LSP, Destination ${address6(d, at + 4)}, Short Call ID ${half(d, at + 20)}, Tunnel ID ${half(d, at + 22)}, Ext ID ${address6(d, at + 24)}. `;
    case 9:
      return `SESSION: IPv4-Aggregate, Destination ${ip}, DSCP ${d.buf[at + 11]}. `;
    case 11:
      return `SESSION: IPv4-UNI, Destination ${ip}, Tunnel ID ${half(d, at + 10)}, Ext Address ${formatIpv4(word(d, at + 12))}. `;
    case 13:
      return `SESSION: IPv4-P2MP LSP TUNNEL, P2MP ID ${word(d, at + 4)}, Tunnel ID ${half(d, at + 10)}, Ext Tunnel ${formatIpv4(word(d, at + 12))}. `;
    case 15:
      return `SESSION: IPv4-E-NNI, Destination ${ip}, Tunnel ID ${half(d, at + 10)}, Ext Address ${formatIpv4(word(d, at + 12))}. `;
  }
  return `SESSION: Type ${type}. `;
}

function templateText(d: Dissection, at: number, length: number): string {
  const type = d.buf[at + 3];
  const ip = formatIpv4(word(d, at + 4));
  if (type === 1 && length >= 12) return `IPv4, Sender ${ip}, Port ${half(d, at + 10)}. `;
  if (type === 7 && length >= 12) {
    return `IPv4-LSP, Tunnel Source: ${ip}, Short Call ID: ${half(d, at + 8)}, LSP ID: ${half(d, at + 10)}. `;
  }
  if (type === 8 && length >= 24) {
    return `IPv6-LSP, Tunnel Source: ${address6(d, at + 4)}, Short Call ID: ${half(d, at + 20)}, LSP ID: ${half(d, at + 22)}. `;
  }
  if (type === 9 && length >= 8) return `IPv4-Aggregate, Aggregator ${ip}. `;
  if (type === 12 && length >= 20) {
    return `P2MP_LSP_TUNNEL_IPv4, IPv4 tunnel sender address ${ip}, LSP ID: ${half(d, at + 10)}, Sub-Group ID ${half(d, at + 18)}. `;
  }
  return `Type ${type}. `;
}

type Add = (d: Dissection, ctype: number, end: number) => void;

interface ObjectKind {
  readonly field: Field;
  readonly add: Add;
  /** The line of the object, when it is not the field's title. */
  readonly title?: string;
  /** True when the object's field is there once more, hidden. */
  readonly twice?: boolean;
}

/** RFC 2205 section 3.1.2. */
function addObject(d: Dissection): boolean {
  const at = d.pos;
  const length = d.peek16();
  const object = d.peek8(2);
  const kind = objectKind(object);
  d.open(kind.field, at, length);
  if (d.labels && kind.title !== undefined) d.relabelParent(kind.title);
  d.u16(f.length);
  if (length < 4) {
    const text = `Length: ${length} (bogus, must be >= 4)`;
    d.text(at, 2, text);
    d.expert(x.length, text);
    d.close();
    return false;
  }
  d.u8(f.object);
  if (kind.twice === true) d.hidden(kind.field, at, length, null);
  const ctype = d.peek8();
  d.hidden(f.ctype, d.pos, 1, ctype);
  const end = at + length;
  if (object === SESSION && d.labels) d.appendParent(sessionText(d, at, length).slice("SESSION".length));
  if ((object === FILTER_SPEC || object === SENDER_TEMPLATE) && d.labels) {
    d.appendParent(`: ${templateText(d, at, length)}`);
  }
  kind.add(d, ctype, end);
  d.close();
  d.pos = at + length;
  if (d.pos > d.end) d.needAt(d.end, 1);
  return true;
}

/** Classes for vendors' own use: RFC 3936 section 2.1. */
const isPrivate = (object: number): boolean =>
  (object >= 124 && object <= 127) || (object >= 188 && object <= 191) || object >= 252;

function objectKind(object: number): ObjectKind {
  return OBJECTS[object] ?? (isPrivate(object) ? PRIVATE : UNKNOWN);
}

/** The type of an object, under the name of its class. */
const type = (d: Dissection, field: Field): void => {
  d.u8(field);
};
const rest = (d: Dissection, field: Field, end: number): void => {
  if (end > d.pos || d.building) d.bytes(field, Math.max(0, end - d.pos));
};
const title = (d: Dissection, text: string): void => {
  if (d.labels) d.appendParent(text);
};

function addSession(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeSession);
  switch (ctype) {
    case 1: {
      d.ipv4(f.sessionIp);
      d.u8(f.sessionProto);
      d.u8(f.sessionFlags);
      d.u16(f.sessionPort);
      break;
    }
    case 2:
      d.ipv6(f.sessionDestinationAddress);
      d.u8(f.sessionProtocol);
      d.u8(f.sessionFlags);
      d.u16(f.sessionDestinationPort);
      break;
    case 7:
    case 15: {
      d.ipv4(f.sessionIp);
      if (ctype === 7) d.u16(f.sessionShortCallId);
      else d.skip(2);
      d.u16(f.sessionTunnelId);
      if (ctype === 15) {
        const id = d.peek32();
        d.ipv4(f.sessionExtendedIpv4Address);
        d.hidden(f.sessionExtTunnelId, d.pos - 4, 4, id);
        break;
      }
      const id = d.u32(f.extendedTunnelId);
      if (d.labels) d.append(` (${formatIpv4(id)})`);
      d.hidden(f.sessionExtTunnelId, d.pos - 4, 4, id);
      break;
    }
    case 8:
      d.ipv4(f.sessionIp);
      d.pos += 12;
      d.u16(f.sessionShortCallId);
      d.u16(f.sessionTunnelId);
      d.ipv6(f.extendedTunnelIdIpv6);
      d.hidden(f.sessionExtTunnelIdIpv6, d.pos - 16, 16, d.peekBytes(16, -16));
      break;
    case 9:
      d.ipv4(f.sessionIp);
      d.skip(3);
      d.u8(f.sessionDscp);
      break;
    case 11:
      d.ipv4(f.sessionIp);
      d.skip(2);
      d.u16(f.sessionTunnelId);
      d.ipv4(f.sessionExtendedIpv4Address);
      d.hidden(f.sessionExtTunnelId, d.pos - 4, 4, d.peek32(-4));
      break;
    case 13:
      d.u32(f.sessionP2mpId);
      d.skip(2);
      d.u16(f.sessionTunnelId);
      d.ipv4(f.extendedTunnel);
      d.hidden(f.sessionExtTunnelId, d.pos - 4, 4, d.peek32(-4));
      break;
    default:
      rest(d, f.sessionData, end);
  }
}

function addTemplate(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeTemplate);
  switch (ctype) {
    case 1:
      d.ipv4(f.senderIp);
      d.skip(2);
      d.u16(f.senderPort);
      break;
    case 2:
      d.ipv6(f.templateFilterSourceAddressIpv6);
      d.skip(2);
      d.u16(f.templateFilterSourcePort);
      break;
    case 7:
      d.ipv4(f.senderIp);
      d.u16(f.senderShortCallId);
      d.u16(f.senderLspId);
      break;
    case 8:
      d.ipv4(f.senderIp);
      d.skip(12);
      d.u16(f.senderShortCallId);
      d.u16(f.senderLspId);
      break;
    case 9:
      d.ipv4(f.senderIp);
      break;
    case 12:
      d.ipv4(f.templateFilterIpv4TunnelSenderAddress);
      d.bytes(f.ctypeReserved, 2);
      d.u16(f.senderLspId);
      d.bytes(f.templateFilterSubGroupOriginatorId, 4);
      d.bytes(f.ctypeReserved, 2);
      d.u16(f.templateFilterSubGroupId);
      break;
    default:
      rest(d, f.templateFilterData, end);
  }
}

function addHop(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeHop);
  if (ctype === 1 || ctype === 3) {
    const address = d.ipv4(f.hopNeighborAddressIpv4);
    d.u32(f.hopLogicalInterface);
    title(
      d,
      ctype === 1 ? `: IPv4, ${formatIpv4(address)}` : `: IPv4 IF-ID. Control IPv4: ${formatIpv4(address)}. `,
    );
    if (ctype === 3) addInterfaceIds(d, end);
  } else if (ctype === 2) {
    d.ipv6(f.neighborAddressIpv6);
    d.u32(f.hopLogicalInterface);
  } else rest(d, f.hopData, end);
}

/** TLVs of interfaces, RFC 3471 section 9.1, passed over. */
function addInterfaceIds(d: Dissection, end: number): void {
  if (end > d.pos) d.skip(end - d.pos);
}

function addTime(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeTimeValues);
  if (ctype !== 1) {
    rest(d, f.timeValuesData, end);
    return;
  }
  const refresh = d.u32(f.refreshInterval);
  if (d.labels) d.append(` ms (${Math.floor(refresh / 1000)} seconds)`);
  title(d, `: ${refresh} ms`);
}

const ERROR_FLAGS = [f.errorFlagsPathStateRemoved, f.errorFlagsNotGuilty, f.errorFlagsInPlace];

function addError(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeError);
  if (ctype === 2) d.ipv6(f.errorErrorNodeIpv6);
  else if (ctype === 1 || ctype === 3) d.ipv4(f.errorErrorNodeIpv4);
  else {
    rest(d, f.errorData, end);
    return;
  }
  const node = ctype === 2 ? "" : formatIpv4(d.peek32(-4));
  const flags = d.bitset(f.errorFlags, 1, ERROR_FLAGS);
  if (d.labels) {
    d.append(
      ` ${flags & 4 ? "Path-State-Removed" : ""} ${flags & 2 ? "NotGuilty" : ""} ${flags & 1 ? "InPlace" : ""}`,
    );
  }
  const code = d.u8(f.errorErrorCode);
  const value = d.u16(f.errorValue);
  if (d.labels) {
    const values = ERROR_VALUES[code];
    if (values !== undefined) d.relabel(`Error value: ${values[value] ?? `Unknown (${value})`} (${value})`);
  }
  const name = nameOf(ERROR_ERROR_CODE, code) ?? `Unknown (${code})`;
  if (ctype === 1) title(d, `: IPv4, Error code: ${name}, Value: ${value}, Error Node: ${node}`);
  if (ctype === 3) {
    title(d, `: IPv4 IF-ID, Error code: ${name}, Value: ${value}, Control Node: ${node}. `);
    addInterfaceIds(d, end);
  }
}

function addStyle(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeStyle);
  if (ctype !== 1) {
    rest(d, f.styleData, end);
    return;
  }
  d.u8(f.styleFlags);
  const style = d.u24(f.styleStyle);
  const name = nameOf(f.styleStyle.names, style) ?? "Unknown";
  if (d.labels) d.relabel(`Style: ${name} (0x${style.toString(16).padStart(6, "0")})`);
  title(d, `: ${name} (${style})`);
}

/** A 32-bit float at the cursor. */
function float32(d: Dissection, field: Field): number {
  const at = d.pos;
  d.skip(4);
  const value = new DataView(d.buf.buffer, d.buf.byteOffset + at, 4).getFloat32(0);
  d.add(field, at, 4, value);
  return value;
}

const words = (d: Dissection): void => {
  if (d.labels) d.append(" words, not including header");
};

interface SpecFields {
  readonly ctype: Field;
  readonly version: Field;
  readonly service: Field;
  readonly rate: Field;
  readonly size: Field;
  readonly peak: Field;
}
const TSPEC: SpecFields = {
  ctype: f.ctypeTspec,
  version: f.tspecMessageFormatVersion,
  service: f.tspecServiceHeader,
  rate: f.tspecTokenBucketRate,
  size: f.tspecTokenBucketSize,
  peak: f.tspecPeakDataRate,
};
const FLOW: SpecFields = {
  ctype: f.ctypeFlowspec,
  version: f.flowspecMessageFormatVersion,
  service: f.flowspecServiceHeader,
  rate: f.flowspecTokenBucketRate,
  size: f.flowspecTokenBucketSize,
  peak: f.flowspecPeakDataRate,
};
const QUALITATIVE = 128;

/** RFC 2210 sections 3.1 and 3.2. */
function addIntegratedServices(d: Dissection, fields: SpecFields, end: number): void {
  const isTspec = fields === TSPEC;
  d.bits(fields.version, d.pos, 1);
  d.skip(2);
  d.u16(f.dataLength);
  words(d);
  title(d, isTspec ? ": IntServ, " : ": ");
  while (d.pos < end) {
    const service = d.u8(fields.service);
    if (!isTspec) title(d, `${nameOf(fields.service.names, service) ?? "Unknown"}: `);
    if (service === 0 || ![1, 2, 5, 6].includes(service)) break;
    d.skip(1);
    d.u16(f.dataLength);
    words(d);
    while (d.pos < end) if (!addParameter(d, fields)) return;
  }
}

function addParameter(d: Dissection, fields: SpecFields): boolean {
  const at = d.pos;
  const parameter = d.peek8();
  const n = d.peek16(2);
  d.open(f.parameter, at, 4 + 4 * n, parameter);
  d.skip(1);
  if (parameter === 127 || parameter === QUALITATIVE) {
    d.u8(f.parameterFlags);
    d.u16(f.parameterLength);
    words(d);
    if (parameter === 127) {
      const rate = float32(d, fields.rate);
      const size = float32(d, fields.size);
      const peak = float32(d, fields.peak);
      const least = d.u32(f.minimumPolicedUnit);
      const most = d.u32(f.maximumPacketSize);
      if (d.labels) {
        const g = (value: number): string => formatG(value, 10);
        d.appendParent(`Rate=${g(rate)} Burst=${g(size)} Peak=${g(peak)} m=${least} M=${most}`);
      }
      d.close();
      if (d.labels) title(d, `Token Bucket, ${formatG(rate, 10)} bytes/sec. `);
    } else {
      d.u32(f.maximumPacketSize);
      d.close();
      title(d, "Null Service. ");
    }
    return true;
  }
  if (parameter === 130) {
    d.u8(f.parameterFlags);
    d.u16(f.parameterLength);
    words(d);
    const rate = float32(d, f.flowspecRate);
    const slack = d.u32(f.flowspecSlackTerm);
    if (d.labels) d.appendParent(`R=${formatG(rate, 10)}, s=${slack}`);
    d.close();
    if (d.labels) title(d, `RSpec, ${formatG(rate, 10)} bytes/sec. `);
    return true;
  }
  d.last = d.parent;
  d.expert(x.parameter, `Unknown parameter ${parameter}, ${n} words`);
  d.close();
  d.pos = at;
  d.skip(4 + 4 * n);
  return true;
}

/** Fields of SONET/SDH and of G.709 traffic, RFC 4606 and RFC 4328. */
function addTspec(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeTspec);
  if (ctype === 2) addIntegratedServices(d, TSPEC, end);
  else rest(d, f.tspecData, end);
}

function addFlowspec(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeFlowspec);
  if (ctype === 2) addIntegratedServices(d, FLOW, end);
  else if (end > d.pos) d.skip(end - d.pos);
}

const ADSPEC_FLOATS = [6];
const ADSPEC_INTEGERS = [4, 8, 10, 133, 134, 135, 136];

/** RFC 2210 section 3.3. */
function addAdspec(d: Dissection, _ctype: number, end: number): void {
  type(d, f.ctypeAdspec);
  d.bits(f.adspecMessageFormatVersion, d.pos, 1);
  d.skip(2);
  d.u16(f.dataLength);
  words(d);
  while (d.pos < end) {
    const service = d.peek8();
    const n = d.peek16(2);
    const behind = d.pos + 4 + 4 * n;
    d.openText(d.pos, 4 + 4 * n, nameOf(f.adspecServiceHeader.names, service) ?? "Unknown");
    d.u8(f.adspecServiceHeader);
    d.bits(f.adspecBreakBit, d.pos, 1);
    d.skip(1);
    d.u16(f.dataLength);
    words(d);
    while (d.pos < behind) addGeneralParameter(d);
    // RFC 2210 section 3.1: the parameters fill the service's words.
    if (d.pos > behind) d.malformed();
    if (d.labels) d.close();
  }
}

function addGeneralParameter(d: Dissection): void {
  const at = d.pos;
  const kind = d.peek8();
  const n = d.peek16(2);
  const name = nameOf(ADSPEC_TYPE, kind);
  d.open(f.adspecType, at, 4 + 4 * n, kind);
  d.skip(2);
  d.u16(f.adspecLen);
  if (ADSPEC_FLOATS.includes(kind)) {
    const value = float32(d, f.adspecFloat);
    if (d.labels) d.relabel(`${name}: ${formatG(value, 10)}`);
  } else if (ADSPEC_INTEGERS.includes(kind)) {
    const value = d.u32(f.adspecUint);
    if (d.labels) d.relabel(`${name}: ${value}`);
  } else d.expert(x.adspec);
  d.close();
  d.pos = at + 4 + 4 * n;
}

function addConfirm(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeConfirm);
  if (ctype === 1) {
    const address = d.ipv4(f.confirmReceiverAddressIpv4);
    title(d, `: Receiver ${formatIpv4(address)}`);
  } else if (ctype === 2) d.ipv6(f.confirmReceiverAddressIpv6);
  else rest(d, f.confirmData, end);
}

function addScope(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeScope);
  if (ctype === 1) while (d.pos < end) d.ipv4(f.scopeIpv4Address);
  else if (ctype === 2) while (d.pos < end) d.ipv6(f.scopeIpv6Address);
  else rest(d, f.scopeData, end);
}

const INTEGRITY_FLAGS = [f.integrityFlagsHandshake];

/** RFC 2747 section 2. */
function addIntegrity(d: Dissection, _ctype: number, end: number): void {
  type(d, f.ctypeIntegrity);
  d.bitset(f.integrityFlags, 1, INTEGRITY_FLAGS);
  d.skip(1);
  d.bytes(f.integrityKeyIdentifier, 6);
  d.u64(f.integritySequenceNumber);
  rest(d, f.integrityHash, end);
}

function addLabel(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeLabel);
  if (ctype === 1) {
    const label = d.u32(f.labelLabel);
    title(d, `: ${label}`);
  } else if (ctype === 2) {
    const label = d.u32(f.labelGeneralizedLabel);
    title(d, `: Generalized: 0x${label.toString(16)}`);
  } else if (ctype === 4) {
    const label = d.u32(f.labelGeneralizedLabelEvplVladId);
    title(d, `: Generalized: EVPL VLAN ID ${label}`);
  } else rest(d, f.labelData, end);
}

function addLabelRequest(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeLabelRequest);
  if (ctype === 1) {
    d.skip(2);
    const l3 = d.u16(f.labelRequestL3pid);
    const name = nameOf(ETHERTYPE_NAMES, l3) ?? "Unknown";
    if (d.labels) d.relabel(`L3PID: ${name} (0x${l3.toString(16).padStart(4, "0")})`);
    title(d, `: Basic: L3PID: ${name} (0x${l3.toString(16).padStart(4, "0")})`);
  } else if (ctype === 4) {
    const encoding = d.u8(f.labelRequestLspEncodingType);
    const switching = d.u8(f.labelRequestSwitchingType);
    const payload = d.u16(f.labelRequestGPid);
    if (!d.labels) return;
    title(
      d,
      `: Generalized: LSP Encoding=${nameOf(f.labelRequestLspEncodingType.names, encoding) ?? "Unknown"}, ` +
        `Switching Type=${nameOf(f.labelRequestSwitchingType.names, switching) ?? "Unknown"}, ` +
        `G-PID=${nameOf(f.labelRequestGPid.names, payload) ?? "Unknown"} `,
    );
  } else rest(d, f.labelRequestData, end);
}

/** RFC 3471 section 3.5. */
function addLabelSet(d: Dissection, _ctype: number, end: number): void {
  type(d, f.ctypeLabelSet);
  const action = d.u8(f.labelSetAction);
  d.skip(2);
  const kind = d.u8(f.labelSetType);
  const name = kind === 1 ? "Packet Label" : kind === 2 ? "Generalized Label" : "Unknown";
  if (d.labels) d.relabel(`Label type: ${name}`);
  const labels: number[] = [];
  for (let i = 1; d.pos < end; i++) {
    const label = d.u32(f.labelSetSubchannel);
    if (i <= 5) labels.push(label);
    if (d.labels) d.relabel(`Subchannel: Subchannel ${i}: ${label} (0x${label.toString(16)})`);
  }
  title(d, `: ${nameOf(f.labelSetAction.names, action) ?? "Unknown"}, ${name}: ${labels.join(", ")}`);
}

const SESSION_FLAGS = [f.saFlagsLocal, f.saFlagsLabel, f.saFlagsSeStyle, f.saFlagsBandwidth, f.saFlagsNode];
const SESSION_WORDS = [
  "Local Protection, ",
  "Label Recording, ",
  "SE Style, ",
  "Bandwidth Protection, ",
  "Node Protection, ",
];

/** RFC 3209 section 4.7. */
function addSessionAttribute(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeAttribute);
  if (ctype !== 1 && ctype !== 7) {
    rest(d, f.sessionAttributeData, end);
    return;
  }
  if (ctype === 1) {
    d.u32(f.sessionAttributeExcludeAny);
    d.u32(f.sessionAttributeIncludeAny);
    d.u32(f.sessionAttributeIncludeAll);
  }
  const setup = d.u8(f.sessionAttributeSetupPriority);
  const hold = d.u8(f.sessionAttributeHoldPriority);
  const flags = d.bitset(f.sessionAttributeFlags, 1, SESSION_FLAGS);
  const length = d.u8(f.sessionAttributeNameLength);
  const name = d.str(f.sessionAttributeName, length);
  if (d.labels) {
    const words = SESSION_WORDS.filter((_, i) => flags & (1 << i)).join("");
    title(d, `: SetupPrio ${setup}, HoldPrio ${hold}, ${words} [${name}]`);
  }
}

const INTERFACE_FLAGS = [f.rroFlagsLocalAvail, f.rroFlagsLocalInUse];
const RRO_FLAGS = [...INTERFACE_FLAGS, f.rroFlagsBandwidth, f.rroFlagsNode, f.rroFlagsNodeAddress];
const RRO_FLAGS_6 = [
  ...INTERFACE_FLAGS,
  f.rroFlagsBackupTunnelBandwidth,
  f.rroFlagsBackupTunnelHop,
  f.rroFlagsNodeAddress,
];
const RRO_WORDS = [
  ", Local Protection Available",
  ", Local Protection In Use",
  ", Backup BW Avail",
  ", Backup is Next-Next-Hop",
];
const GLOBAL_LABEL = [f.rroFlagsGlobalLabel];

/** How many hops a route's own line names. */
const NAMED_HOPS = 3;

/** Explicit and recorded routes, RFC 3209 sections 4.3 and 4.4. */
function addRoute(d: Dissection, end: number, recorded: boolean): void {
  const route = d.parent;
  const hop = (i: number, text: string, last: boolean): void => {
    if (!d.labels || route === null) return;
    if (i < NAMED_HOPS) route.suffix += text + (last ? "" : ", ");
    else if (i === NAMED_HOPS && text.startsWith("Label")) route.suffix += "...";
  };
  if (d.labels) d.appendParent(": ");
  for (let i = 0; d.pos < end; i++) {
    const at = d.pos;
    const kind = d.peek8();
    const isLoose = !recorded && (kind & 0x80) !== 0;
    const length = d.peek8(1);
    const strict = recorded ? "" : isLoose ? ", Loose" : ", Strict";
    const text = addHopOf(d, recorded ? kind : kind & 0x7f, length, end, recorded, isLoose, strict);
    if (d.labels) hop(i, text, length < 1 || at + length >= end);
    if (length < 1) {
      const message = `Invalid length: ${length}`;
      d.text(at, 1, message);
      d.expert(x.length, message);
      return;
    }
    d.pos = at + length;
  }
}

const HOP_TYPES: Readonly<Record<number, string>> = {
  1: "IPv4",
  2: "IPv6",
  3: "Label",
  4: "Unnumbered Interface-ID",
  32: "Autonomous System Number",
  64: "IPv4 Path Key",
  65: "IPv6 Path Key",
  127: "Private",
};

/** Returns what the route's line says of the hop. */
function addHopOf(
  d: Dissection,
  kind: number,
  length: number,
  end: number,
  recorded: boolean,
  isLoose: boolean,
  strict: string,
): string {
  const at = d.pos;
  d.openText(at, length, "");
  const typed = (): void => {
    d.add(f.type, at, 1, kind);
    if (d.labels) d.relabel(`Type: ${kind} (${HOP_TYPES[kind] ?? "Unknown"})`);
    d.pos = at + 1;
    d.u8(f.eroRroSubobjectsLength);
  };
  const loose = (): void => {
    if (!recorded) {
      d.add(f.looseHop, at, 1, isLoose ? 1 : 0);
    }
  };
  const label = (text: string): void => {
    if (d.labels) d.relabelParent(text);
  };
  const mark = isLoose ? " [L]" : "";
  let text = "";
  switch (kind) {
    case 1: {
      const address = formatIpv4(d.peek32(2));
      loose();
      typed();
      d.ipv4(f.eroRroSubobjectsIpv4Hop);
      d.u8(f.eroRroSubobjectsPrefixLength);
      let words = "";
      let node = "";
      if (recorded) {
        const flags = d.bitset(f.eroRroSubobjectsFlags, 1, RRO_FLAGS);
        words = RRO_WORDS.filter((_, i) => flags & (1 << i)).join("");
        if (flags & 0x20) node = " (Node-id)";
      }
      label(`IPv4 Subobject - ${address}${node}${recorded ? words : strict}`);
      text = `IPv4 ${address}${node}${mark}`;
      break;
    }
    case 2: {
      loose();
      d.bits(f.xroSobjLbit, at, 1);
      typed();
      d.ipv6(f.eroRroSubobjectsIpv6Hop);
      d.u8(f.eroRroSubobjectsPrefixLength);
      let words = "";
      let node = "";
      if (recorded) {
        const flags = d.bitset(f.eroRroSubobjectsFlags, 1, RRO_FLAGS_6);
        words = RRO_WORDS.filter((_, i) => flags & (1 << i)).join("");
        if (flags & 0x20) node = " (Node-id)";
      }
      label(`IPv6 Subobject${node}${words}`);
      text = `IPv6 [...]${node}${mark}`;
      break;
    }
    case 3: {
      loose();
      typed();
      let words = strict;
      if (recorded) {
        const flags = d.bitset(f.eroRroSubobjectsFlags, 1, GLOBAL_LABEL);
        words = flags & 1 ? ", The label will be understood if received on any interface" : "";
      } else d.skip(1);
      d.u8(f.ctype);
      const value = d.u32(f.eroRroSubobjectsLabel);
      label(`Label Subobject - ${value}${words}`);
      text = `Label ${value}`;
      break;
    }
    case 4: {
      loose();
      typed();
      if (recorded) d.bitset(f.eroRroSubobjectsFlags, 1, INTERFACE_FLAGS);
      else d.skip(1);
      d.skip(1);
      const router = d.ipv4(f.eroRroSubobjectsRouterId);
      const id = d.u32(f.eroRroSubobjectsInterfaceId);
      label(`Unnumbered Interface-ID - ${formatIpv4(router)}, ${id}, ${strict.slice(2)}`);
      text = `Unnum ${formatIpv4(router)}/${id}${mark}`;
      break;
    }
    case 32: {
      typed();
      const system = d.u16(f.eroRroSubobjectsAutonomousSystem);
      label(`Autonomous System ${system}`);
      text = `AS ${system}`;
      break;
    }
    case 127:
      loose();
      d.add(f.type, at, 1, kind);
      if (d.labels) d.relabel("Type: 127 (Private)");
      d.pos = at + 1;
      d.u8(f.eroRroSubobjectsPrivateLength);
      if (length >= 6) d.u32(f.objPrivateEnterprise);
      if (length > 6) d.bytes(f.eroRroSubobjectsPrivateData, length - 6);
      label(`Private Subobject: ${kind}`);
      text = `Private Subobject: ${kind}`;
      break;
    default:
      loose();
      typed();
      if (length > 2) d.bytes(recorded ? f.recordRouteData : f.explicitRouteData, length - 2);
      label(`Unknown subobject: ${kind}`);
      text = `Unknown subobject: ${kind}`;
  }
  if (d.labels) d.close();
  return end > at ? text : "";
}

function addExplicitRoute(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeExplicitRoute);
  if (ctype === 1) addRoute(d, end, false);
  else rest(d, f.explicitRouteData, end);
}

function addRecordRoute(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeRecordRoute);
  if (ctype === 1) addRoute(d, end, true);
  else rest(d, f.recordRouteData, end);
}

/** RFC 3209 section 5. */
function addHello(d: Dissection, ctype: number): void {
  type(d, f.ctypeHello);
  const source = d.u32(f.helloSourceInstance);
  const destination = d.u32(f.helloDestinationInstance);
  const name = ctype === 1 ? "REQUEST" : "ACK";
  title(
    d,
    `: ${name}. Src Instance: 0x${source.toString(16)}. Dest Instance: 0x${destination.toString(16)}. `,
  );
}

/** RFC 2961 section 4. */
function addMessageId(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeMessageId);
  if (ctype !== 1) {
    rest(d, f.messageIdData, end);
    return;
  }
  const flags = d.u8(f.messageIdFlags);
  d.u24(f.messageIdEpoch);
  const id = d.u32(f.messageIdMessageId);
  title(d, `: ${id} ${flags & 1 ? "(Ack Desired)" : ""}`);
}

function addMessageIdAck(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeMessageIdAck);
  if (ctype !== 1 && ctype !== 2) {
    rest(d, f.messageIdAckData, end);
    return;
  }
  d.u8(f.messageIdAckFlags);
  d.u24(f.messageIdAckEpoch);
  const id = d.u32(f.messageIdAckMessageId);
  if (d.labels) d.relabelParent(`MESSAGE-ID ${ctype === 1 ? "ACK" : "NACK"}: ${id}`);
}

function addMessageIdList(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeMessageIdList);
  if (ctype !== 1) {
    rest(d, f.messageIdListData, end);
    return;
  }
  d.u8(f.messageIdListFlags);
  d.u24(f.messageIdListEpoch);
  let count = 0;
  for (; d.pos < end; count++) d.u32(f.messageIdListMessageId);
  title(d, `: ${count} IDs`);
}

const ADMINISTRATION = [
  f.adminStatusReflect,
  f.adminStatusHandover,
  f.adminStatusLockout,
  f.adminStatusInhibit,
  f.adminStatusCallmgmt,
  f.adminStatusTesting,
  f.adminStatusDown,
  f.adminStatusDelete,
];

/** RFC 3473 section 7. */
function addAdminStatus(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeAdminStatus);
  if (ctype !== 1) {
    rest(d, f.adminStatusData, end);
    return;
  }
  const status = addFlags(d, f.adminStatusBits, 4, ADMINISTRATION);
  if (!d.labels) return;
  const words = [
    [0x80000000, "Reflect"],
    [4, "Testing"],
    [2, "Admin-Down"],
    [1, "Deleting"],
  ] as const;
  const text = words.filter(([mask]) => status & mask).map(([, name]) => `${name} `);
  d.relabelParent(`ADMIN-STATUS: ${text.join("")}`);
}

const ATTRIBUTES = [
  f.lspAttrE2e,
  f.lspAttrBoundary,
  f.lspAttrSegment,
  f.lspAttrIntegrity,
  f.lspAttrContiguous,
  f.lspAttrStitching,
  f.lspAttrPreplanned,
  f.lspAttrNophp,
  f.lspAttrOobmap,
  f.lspAttrEntropy,
  f.lspAttrOammep,
  f.lspAttrOammip,
  f.lspAttrSrlgcollect,
  f.lspAttrLoopback,
  f.lspAttrP2mp,
  f.lspAttrRtm,
  f.lspAttrTelinklabel,
  f.lspAttrLsi,
  f.lspAttrLsids2e,
];

/** RFC 5420 section 3. */
function addLspAttributes(d: Dissection, _ctype: number, end: number): void {
  type(d, f.ctypeLspAttributes);
  if (d.labels) d.appendParent(": LSP Attribute");
  while (d.pos < end) {
    const at = d.pos;
    const length = d.peek16(2);
    d.u32(f.lspAttributesTlv);
    d.openLast();
    if (d.peek16(-4) === 1) {
      const bits = addFlags(d, f.lspAttr, 4, ATTRIBUTES);
      if (d.labels) d.close();
      if (d.labels) {
        const names = ATTRIBUTES.filter((field) => bits & field.mask).map((field) => field.title);
        d.appendParent(`: ${names.join(", ")}`);
      }
    } else {
      if (length > 4) d.bytes(f.lspAttributesTlvData, length - 4);
      if (d.labels) d.close();
    }
    if (length < 4) return;
    d.pos = at + length;
  }
}

function addAssociation(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeAssociation);
  if (ctype !== 1 && ctype !== 2) {
    rest(d, f.associationData, end);
    return;
  }
  const kind = d.u16(f.associationType);
  const id = d.u16(f.associationId);
  if (ctype === 1) d.ipv4(f.associationSourceIpv4);
  else d.ipv6(f.associationSourceIpv6);
  if (!d.labels) return;
  const source = ctype === 1 ? formatIpv4(d.peek32(-4)) : formatIpv6(d.peekBytes(16, -16));
  const name = nameOf(ASSOCIATION_TYPE, kind) ?? "Unknown";
  title(d, `(${ctype === 1 ? "IPv4" : "IPv6"}): ${name}. ID: ${id}. Src: ${source}`);
}

function addNotifyRequest(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeNotifyRequest);
  if (ctype === 1) {
    const address = d.ipv4(f.notifyRequestNotifyNodeAddressIpv4);
    title(d, `: Notify node: ${formatIpv4(address)}`);
  } else if (ctype === 2) d.ipv6(f.notifyRequestNotifyNodeAddressIpv6);
  else rest(d, f.notifyRequestData, end);
}

/** RFC 3473 section 9. */
function addRestart(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeRestartCap);
  if (ctype !== 1) {
    rest(d, f.restartCapData, end);
    return;
  }
  const restart = d.u32(f.restartCapRestartTime);
  if (d.labels) d.append("ms");
  const recovery = d.u32(f.restartCapRecoveryTime);
  if (d.labels) d.append("ms");
  title(d, `: Restart Time: ${restart} ms. Recovery Time: ${recovery} ms.`);
}

const FAST_FLAGS = [f.frrFlagsOne2oneBackup, f.frrFlagsFacilityBackup];

/** RFC 4090 section 4.1. */
function addFastReroute(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeFastReroute);
  if (ctype !== 1 && ctype !== 7) {
    rest(d, f.fastRerouteData, end);
    return;
  }
  d.u8(f.fastRerouteSetupPriority);
  d.u8(f.fastRerouteHoldPriority);
  d.u8(f.fastRerouteHopLimit);
  const flags = d.bitset(f.fastRerouteFlags, 1, FAST_FLAGS);
  float32(d, f.fastRerouteBandwidth);
  d.u32(f.fastRerouteIncludeAny);
  d.u32(f.fastRerouteExcludeAny);
  if (ctype === 1) d.u32(f.fastRerouteIncludeAll);
  title(d, `${flags & 1 ? "One-to-One Backup, " : ""}${flags & 2 ? "Facility Backup" : ""}`);
}

/** RFC 4090 section 4.2. */
function addDetour(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeDetour);
  if (ctype !== 7) {
    rest(d, f.detourData, end);
    return;
  }
  for (let i = 1; d.pos < end; i++) {
    const plr = d.ipv4(f.detourPlrId);
    if (d.labels) d.relabel(`PLR ID ${i}: ${formatIpv4(plr)}`);
    const avoid = d.ipv4(f.detourAvoidNodeId);
    if (d.labels) d.relabel(`Avoid Node ID ${i}: ${formatIpv4(avoid)}`);
  }
}

function addSubLsp(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeS2lSubLsp);
  if (ctype === 1) d.ipv4(f.s2lSubLspDestinationIpv4Address);
  else if (ctype === 2) d.ipv6(f.s2lSubLspDestinationIpv6Address);
  else rest(d, f.s2lSubLspData, end);
}

function addInterfaceId(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeTunnelIfId);
  if (ctype === 1) {
    const router = d.ipv4(f.lspTunnelIfIdRouterId);
    const id = d.u32(f.lspTunnelIfIdInterfaceId);
    title(d, `: Unnumbered, Router-ID ${formatIpv4(router)}, Interface-ID ${id}`);
  } else rest(d, f.lspTunnelIfIdData, end);
}

function addClassType(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeDiffservAwareTe);
  if (ctype !== 1) {
    rest(d, f.diffservAwareTeData, end);
    return;
  }
  d.skip(3);
  const value = d.u8(f.dsteClasstype);
  title(d, `: CT ${value & 7}`);
}

const LINK_FLAGS = [
  f.piLinkFlagsExtraTraffic,
  f.piLinkFlagsUnprotected,
  f.piLinkFlagsShared,
  f.piLinkFlagsDedicated11,
  f.piLinkFlagsDedicated1plus1,
  f.piLinkFlagsEnhanced,
];
const LINK_WORDS = [
  "ExtraTraffic ",
  "Unprotected ",
  "Shared ",
  "Dedicated1:1 ",
  "Dedicated1+1 ",
  "Enhanced ",
];

/** RFC 3473 section 8. */
function addProtection(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeProtectionInfo);
  if (ctype !== 1) {
    rest(d, f.protectionInfoData, end);
    return;
  }
  const secondary = d.bits(f.piFlagsSecondaryLsp, d.pos, 1);
  d.skip(3);
  const flags = d.bitset(f.protectionInfoLinkFlags, 1, LINK_FLAGS);
  if (!d.labels) return;
  const words = LINK_WORDS.filter((_, i) => flags & (1 << i)).join("");
  d.relabelParent(`PROTECTION_INFO: ${secondary ? "SecondaryLSP " : ""}${words}.`);
}

function addPolicy(d: Dissection, _ctype: number, end: number): void {
  type(d, f.ctypePolicy);
  rest(d, f.policyData, end);
}

/** User network interface, OIF-UNI-01.0: its subobjects by class. */
function addUni(d: Dissection, ctype: number, end: number): void {
  type(d, f.ctypeGeneralizedUni);
  title(d, ": ");
  if (ctype !== 1) {
    rest(d, f.genUniData, end);
    return;
  }
  while (d.pos < end) {
    const at = d.pos;
    const length = d.peek16();
    if (length < 4 && d.peek8(2) <= SERVICE_LEVEL && d.peek8(2) > 0) d.malformed();
    d.needAt(at, length);
    const text = addUniSubobject(d, at, length);
    if (d.labels) d.parent!.suffix += text + (at + length < end ? ", " : "");
    if (length < 1) return;
    d.pos = at + length;
  }
}

const DIVERSITY = 3;
const LABEL = 4;
const SERVICE_LEVEL = 5;
const UNI_CLASSES = ["", "Source", "Destination", "Diversity", "Egress/SPC Label", "Service Level"] as const;
const TNA_KINDS: Readonly<Record<number, string>> = { 1: "IPv4", 2: "IPv6", 3: "NSAP" };

/** A subobject of the user network interface, whose length is known to be there; returns what the object's line says. */
function addUniSubobject(d: Dissection, at: number, length: number): string {
  const kind = d.peek8(2);
  const sub = length > 3 ? d.peek8(3) : 0;
  const end = at + length;
  if (kind === 0 || kind > SERVICE_LEVEL) {
    d.openText(at, length, `Unknown subobject: ${kind}`);
    d.add(f.type, at + 2, 1, kind);
    if (d.labels) d.relabel(`Type: ${kind} (Unknown)`);
    d.add(f.classLength, at, 2, length);
    if (length < 1) {
      const text = `Invalid length: ${length}`;
      d.text(at, 2, text);
      d.expert(x.length, text);
    }
    if (d.labels) d.close();
    return "";
  }
  const isTna = kind < DIVERSITY;
  const tna = `${UNI_CLASSES[kind]} ${TNA_KINDS[sub] ?? "UNKNOWN"}`;
  let text = "";
  d.openText(at, length, isTna ? `${tna} TNA` : `${UNI_CLASSES[kind]} Subobject`);
  d.add(f.class, at + 2, 1, kind);
  if (d.labels) d.relabel(`Class: ${kind} (${UNI_CLASSES[kind]})`);
  d.add(f.type, at + 3, 1, sub);
  if (d.labels) d.relabel(isTna ? `Type: ${sub} (${TNA_KINDS[sub] ?? "UNKNOWN"})` : `Type: ${sub}`);
  d.add(f.classLength, at, 2, length);
  d.pos = at + 4;
  if (isTna) text = addTna(d, kind, sub, end, tna);
  else if (kind === DIVERSITY) {
    d.bits(f.classDiversity, d.pos, 1);
    d.pos = Math.min(end, d.pos + 4);
    if (d.pos < end) d.bytes(f.genUniData, end - d.pos);
  } else if (kind === LABEL) {
    const name = sub === 1 ? "Egress" : "SPC";
    const upstream = d.bits(f.genUniDirection, d.pos, 1);
    d.skip(3);
    const label = d.u8(f.egressLabelType);
    const port = d.u32(f.genUniLogicalPortId);
    let labels = "";
    while (d.pos + 4 <= end) {
      const value = d.u32(f.egressLabel);
      if (d.labels) labels += `${value} `;
    }
    if (d.labels) {
      const way = upstream === 1 ? "Upstream" : "Downstream";
      d.relabelParent(
        `${name} Label Subobject: ${way}, Label type ${label}, Port ID ${port}, Label ${labels}`,
      );
    }
    text = `${name} Label`;
  } else {
    const level = d.u8(f.genUniServiceLevel);
    if (d.labels) d.relabelParent(`Service Level Subobject: ${level}`);
    text = `Service Level ${level}`;
  }
  if (d.labels) d.close();
  return text;
}

/** A transport network address. */
function addTna(d: Dissection, kind: number, sub: number, end: number, name: string): string {
  const at = d.pos;
  if (sub === 1) {
    d.ipv4(kind === 1 ? f.guniSrctnaIpv4 : f.guniDsttnaIpv4);
    const text = `${name} TNA: ${formatIpv4(word(d, at))}`;
    if (d.labels) d.relabelParent(text);
    return text;
  }
  if (sub === 2) {
    d.ipv6(kind === 1 ? f.guniSrctnaIpv6 : f.guniDsttnaIpv6);
    if (d.labels) d.relabelParent(`${name} TNA:`);
    return d.labels ? `${name} TNA: ${formatIpv6(d.buf.subarray(at, at + 16))}` : "";
  }
  if (sub === 3) {
    if (d.labels) d.relabelParent(`${name} TNA: `);
    const length = d.u8(f.nsapLength);
    d.bytes(f.genUniData, Math.min(length, end - d.pos));
    return "";
  }
  d.bytes(f.genUniData, end - d.pos);
  return name;
}

function addPrivate(d: Dissection, _ctype: number, end: number): void {
  type(d, f.ctypeVendor);
  if (end - d.pos < 4) return;
  d.u32(f.objPrivateEnterprise);
  rest(d, f.privateData, end);
}

function addUnknown(d: Dissection, _ctype: number, end: number): void {
  type(d, f.ctypeUnknown);
  rest(d, f.unknownData, end);
}

const UNKNOWN: ObjectKind = { field: f.objUnknown, add: addUnknown };
const PRIVATE: ObjectKind = { field: f.objPrivate, add: addPrivate, twice: true };

const OBJECTS: Readonly<Record<number, ObjectKind>> = {
  1: { field: f.session, add: addSession },
  3: { field: f.hop, add: addHop },
  4: { field: f.integrity, add: addIntegrity },
  5: { field: f.time, add: addTime },
  6: { field: f.error, add: addError },
  7: { field: f.scope, add: addScope },
  8: { field: f.style, add: addStyle },
  9: { field: f.flowspec, add: addFlowspec },
  10: { field: f.filter, add: addTemplate },
  11: { field: f.sender, add: addTemplate },
  12: { field: f.tspec, add: addTspec },
  13: { field: f.adspec, add: addAdspec },
  14: { field: f.policy, add: addPolicy },
  15: { field: f.confirm, add: addConfirm },
  16: { field: f.label, add: addLabel },
  19: { field: f.labelRequest, add: addLabelRequest },
  20: { field: f.explicitRoute, add: addExplicitRoute },
  21: { field: f.recordRoute, add: addRecordRoute },
  22: { field: f.helloObj, add: addHello },
  23: { field: f.msgid, add: addMessageId },
  24: { field: f.msgidAck, add: addMessageIdAck },
  25: { field: f.msgidList, add: addMessageIdList },
  34: { field: f.recoveryLabel, add: addLabel },
  35: { field: f.upstreamLabel, add: addLabel },
  36: { field: f.labelSet, add: addLabelSet },
  37: { field: f.protection, add: addProtection },
  50: { field: f.objUnknown, add: addSubLsp, title: "S2L SUB LSP: " },
  63: { field: f.objUnknown, add: addDetour, title: "DETOUR: " },
  66: { field: f.dste, add: addClassType, twice: true },
  129: { field: f.suggestedLabel, add: addLabel },
  130: { field: f.acceptableLabelSet, add: addUnknown },
  131: { field: f.restart, add: addRestart },
  193: { field: f.lspTunnelIfId, add: addInterfaceId },
  195: { field: f.notifyRequest, add: addNotifyRequest },
  196: { field: f.adminStatus, add: addAdminStatus },
  197: { field: f.lspAttributes, add: addLspAttributes },
  199: { field: f.association, add: addAssociation },
  205: { field: f.objUnknown, add: addFastReroute, title: "FAST_REROUTE: " },
  207: { field: f.sessionAttribute, add: addSessionAttribute },
  229: { field: f.generalizedUni, add: addUni },
};
