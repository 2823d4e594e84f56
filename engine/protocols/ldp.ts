/** Label Distribution Protocol, RFC 5036, with the TLVs of RFC 3212, 3479, 4447, 4762, 6388, 6720 and 7552. */
import { type Dissection, ONE_MORE_SEGMENT } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  double,
  type Expert,
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
} from "../dissect/field.ts";
import { protocol, protocols } from "../dissect/protocol.ts";
import { tcpPorts, udpPorts } from "../dissect/tables.ts";
import { formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import {
  MSG_TLV_FEC_TYPE,
  MSG_TLV_FEC_VC_INTPARAM_ID,
  MSG_TLV_STATUS_DATA,
  MSG_TLV_TYPE,
  MSG_TYPE,
} from "./names/ldp.ts";
import { PSEUDOWIRE_TYPES } from "./names/mpls.ts";

const f = {
  hdrVersion: u16("ldp.hdr.version", "Version"),
  hdrPduLen: u16("ldp.hdr.pdu_len", "PDU Length"),
  hdrLdpidLsr: ipv4("ldp.hdr.ldpid.lsr", "LSR ID"),
  hdrLdpidLsid: u16("ldp.hdr.ldpid.lsid", "Label Space ID"),
  msgUbit: bool("ldp.msg.ubit", "U bit", { mask: 0x80, tf: ["Unknown bit set", "Unknown bit not set"] }),
  msgType: u16("ldp.msg.type", "Message Type", { base: "HEX", mask: 0x7fff, names: MSG_TYPE }),
  msgLen: u16("ldp.msg.len", "Message Length"),
  msgId: u32("ldp.msg.id", "Message ID", { base: "HEX" }),
  msgVendorId: u32("ldp.msg.vendor.id", "Vendor ID", { base: "HEX" }),
  msgExperimentId: u32("ldp.msg.experiment.id", "Experiment ID", { base: "HEX" }),
  msgTlvUnknown: u8("ldp.msg.tlv.unknown", "TLV Unknown bits", {
    base: "HEX",
    mask: 0xc0,
    names: {
      0: "Known TLV, do not Forward",
      1: "Known TLV, do Forward",
      2: "Unknown TLV, do not Forward",
      3: "Unknown TLV, do Forward",
    },
  }),
  msgTlvType: u16("ldp.msg.tlv.type", "TLV Type", { base: "HEX", mask: 0x3fff, names: MSG_TLV_TYPE }),
  msgTlvLen: u16("ldp.msg.tlv.len", "TLV Length"),
  msgTlvValue: bytes("ldp.msg.tlv.value", "TLV Value"),
  msgTlvHelloHold: u16("ldp.msg.tlv.hello.hold", "Hold Time"),
  msgTlvHelloTargeted: bool("ldp.msg.tlv.hello.targeted", "Targeted Hello", {
    mask: 0x8000,
    bits: 16,
    tf: ["Targeted Hello", "Link Hello"],
  }),
  msgTlvHelloRequested: bool("ldp.msg.tlv.hello.requested", "Hello Requested", {
    mask: 0x4000,
    bits: 16,
    tf: ["Source requests periodic hellos", "Source does not request periodic hellos"],
  }),
  msgTlvHelloGtsm: bool("ldp.msg.tlv.hello.gtsm", "GTSM Flag", { mask: 0x2000, bits: 16, tf: SET_NOTSET }),
  msgTlvHelloRes: u16("ldp.msg.tlv.hello.res", "Reserved", { base: "HEX", mask: 0x1fff }),
  msgTlvIpv4Taddr: ipv4("ldp.msg.tlv.ipv4.taddr", "IPv4 Transport Address"),
  msgTlvHelloCnfSeqno: u32("ldp.msg.tlv.hello.cnf_seqno", "Configuration Sequence Number"),
  msgTlvIpv6Taddr: ipv6("ldp.msg.tlv.ipv6.taddr", "IPv6 Transport Address"),
  msgTlvFecType: u8("ldp.msg.tlv.fec.type", "FEC Element Type", { names: MSG_TLV_FEC_TYPE }),
  msgTlvFecAf: u16("ldp.msg.tlv.fec.af", "FEC Element Address Type", { names: ADDRESS_FAMILIES }),
  msgTlvFecLen: u8("ldp.msg.tlv.fec.len", "FEC Element Length"),
  msgTlvFecPfval: str("ldp.msg.tlv.fec.pfval", "FEC Element Prefix Value"),
  msgTlvFecHoval: str("ldp.msg.tlv.fec.hoval", "FEC Element Host Address Value"),
  msgTlvAddrlAddrFamily: u16("ldp.msg.tlv.addrl.addr_family", "Address Family", { names: ADDRESS_FAMILIES }),
  msgTlvAddrlAddr: str("ldp.msg.tlv.addrl.addr", "Address"),
  msgTlvHcValue: u8("ldp.msg.tlv.hc.value", "Hop Count Value"),
  msgTlvPvLsrid: ipv4("ldp.msg.tlv.pv.lsrid", "LSR Id"),
  msgTlvSessVer: u16("ldp.msg.tlv.sess.ver", "Session Protocol Version"),
  msgTlvSessKa: u16("ldp.msg.tlv.sess.ka", "Session KeepAlive Time"),
  msgTlvSessAdvbit: bool("ldp.msg.tlv.sess.advbit", "Session Label Advertisement Discipline", {
    mask: 0x80,
    tf: ["Downstream On Demand proposed", "Downstream Unsolicited proposed"],
  }),
  msgTlvSessLdetbit: bool("ldp.msg.tlv.sess.ldetbit", "Session Loop Detection", {
    mask: 0x40,
    tf: ["Loop Detection Enabled", "Loop Detection Disabled"],
  }),
  msgTlvSessPvlim: u8("ldp.msg.tlv.sess.pvlim", "Session Path Vector Limit"),
  msgTlvSessMxpdu: u16("ldp.msg.tlv.sess.mxpdu", "Session Max PDU Length"),
  msgTlvSessRxlsr: ipv4("ldp.msg.tlv.sess.rxlsr", "Session Receiver LSR Identifier"),
  msgTlvSessRxls: u16("ldp.msg.tlv.sess.rxls", "Session Receiver Label Space Identifier"),
  msgTlvSessAtmMerge: u8("ldp.msg.tlv.sess.atm.merge", "Session ATM Merge Parameter", {
    mask: 0xc0,
    names: {
      0: "Merge not supported",
      1: "VP merge supported",
      2: "VC merge supported",
      3: "VP & VC merge supported",
    },
  }),
  msgTlvSessAtmLr: u8("ldp.msg.tlv.sess.atm.lr", "Number of ATM Label Ranges", { mask: 0x3c }),
  msgTlvSessAtmDir: bool("ldp.msg.tlv.sess.atm.dir", "Directionality", {
    mask: 0x2,
    tf: ["Bidirectional capability", "Unidirectional capability"],
  }),
  msgTlvSessAtmMinvpi: u16("ldp.msg.tlv.sess.atm.minvpi", "Minimum VPI", { mask: 0xfff }),
  msgTlvSessAtmMinvci: u16("ldp.msg.tlv.sess.atm.minvci", "Minimum VCI"),
  msgTlvSessAtmMaxvpi: u16("ldp.msg.tlv.sess.atm.maxvpi", "Maximum VPI", { mask: 0xfff }),
  msgTlvSessAtmMaxvci: u16("ldp.msg.tlv.sess.atm.maxvci", "Maximum VCI"),
  msgTlvSessFrMerge: u8("ldp.msg.tlv.sess.fr.merge", "Session Frame Relay Merge Parameter", {
    mask: 0xc0,
    names: { 0: "Merge not supported", 1: "Merge supported", 2: "Unspecified", 3: "Unspecified" },
  }),
  msgTlvSessFrLr: u8("ldp.msg.tlv.sess.fr.lr", "Number of Frame Relay Label Ranges", { mask: 0x3c }),
  msgTlvSessFrDir: bool("ldp.msg.tlv.sess.fr.dir", "Directionality", {
    mask: 0x2,
    tf: ["Bidirectional capability", "Unidirectional capability"],
  }),
  msgTlvSessFrLen: u16("ldp.msg.tlv.sess.fr.len", "Number of DLCI bits", {
    mask: 0x180,
    names: { 0: "10 bits", 1: "Reserved", 2: "23 bits", 3: "Reserved" },
  }),
  msgTlvSessFrMindlci: u24("ldp.msg.tlv.sess.fr.mindlci", "Minimum DLCI", { mask: 0x7fffff }),
  msgTlvSessFrMaxdlci: u24("ldp.msg.tlv.sess.fr.maxdlci", "Maximum DLCI", { mask: 0x7fffff }),
  msgTlvFtSessFlags: u16("ldp.msg.tlv.ft_sess.flags", "Flags", { base: "HEX" }),
  msgTlvFtSessFlagR: bool("ldp.msg.tlv.ft_sess.flag_r", "R bit", {
    mask: 0x8000,
    bits: 16,
    tf: [
      "LSR has preserved state and resources for all FT-Labels",
      "LSR has not preserved state and resources for all FT-Labels",
    ],
  }),
  msgTlvFtSessFlagRes: u16("ldp.msg.tlv.ft_sess.flag_res", "Reserved", { base: "HEX", mask: 0x7ff0 }),
  msgTlvFtSessFlagS: bool("ldp.msg.tlv.ft_sess.flag_s", "S bit", {
    mask: 0x8,
    bits: 16,
    tf: [
      "FT Protection TLV supported on other than KeepAlive",
      "FT Protection TLV not supported on other than KeepAlive",
    ],
  }),
  msgTlvFtSessFlagA: bool("ldp.msg.tlv.ft_sess.flag_a", "A bit", {
    mask: 0x4,
    bits: 16,
    tf: [
      "Treat all labels as Sequence Numbered FT Labels",
      "May treat some labels as FT and others as non-FT",
    ],
  }),
  msgTlvFtSessFlagC: bool("ldp.msg.tlv.ft_sess.flag_c", "C bit", {
    mask: 0x2,
    bits: 16,
    tf: ["Check-Pointing procedures in use", "Check-Pointing procedures not in use"],
  }),
  msgTlvFtSessFlagL: bool("ldp.msg.tlv.ft_sess.flag_l", "L bit", {
    mask: 0x1,
    bits: 16,
    tf: ["Re-learn the state from the network", "Do not re-learn the state from the network"],
  }),
  msgTlvFtSessRes: u16("ldp.msg.tlv.ft_sess.res", "Reserved", { base: "HEX" }),
  msgTlvFtSessReconnTo: u32("ldp.msg.tlv.ft_sess.reconn_to", "Reconnect Timeout"),
  msgTlvFtSessRecoveryTime: u32("ldp.msg.tlv.ft_sess.recovery_time", "Recovery Time"),
  msgTlvFtAckSequenceNum: u32("ldp.msg.tlv.ft_ack.sequence_num", "FT ACK Sequence Number", { base: "HEX" }),
  msgTlvLblReqMsgId: u32("ldp.msg.tlv.lbl_req_msg_id", "Label Request Message ID", { base: "HEX" }),
  msgTlvVendorId: u32("ldp.msg.tlv.vendor_id", "Vendor ID", { base: "HEX" }),
  msgTlvExperimentId: u32("ldp.msg.tlv.experiment_id", "Experiment ID", { base: "HEX" }),
  msgTlvGenericLabel: u32("ldp.msg.tlv.generic.label", "Generic Label", { base: "DEC_HEX", mask: 0xfffff }),
  msgTlvAtmLabelVbits: u8("ldp.msg.tlv.atm.label.vbits", "V-bits", {
    base: "HEX",
    mask: 0x30,
    names: {
      0: "VPI & VCI Significant",
      1: "Only VPI Significant",
      2: "Only VCI Significant",
      3: "VPI & VCI not Significant, nonsense",
    },
  }),
  msgTlvAtmLabelVpi: u16("ldp.msg.tlv.atm.label.vpi", "VPI", { mask: 0xfff }),
  msgTlvAtmLabelVci: u16("ldp.msg.tlv.atm.label.vci", "VCI"),
  msgTlvFrLabelLen: u16("ldp.msg.tlv.fr.label.len", "Number of DLCI bits", {
    mask: 0x180,
    names: { 0: "10 bits", 1: "Reserved", 2: "23 bits", 3: "Reserved" },
  }),
  msgTlvFrLabelDlci: u24("ldp.msg.tlv.fr.label.dlci", "DLCI", { mask: 0x7fffff }),
  msgTlvFtProtectSequenceNum: u32("ldp.msg.tlv.ft_protect.sequence_num", "FT Sequence Number", {
    base: "HEX",
  }),
  msgTlvStatusEbit: bool("ldp.msg.tlv.status.ebit", "E Bit", {
    mask: 0x80,
    tf: ["Fatal Error Notification", "Advisory Notification"],
  }),
  msgTlvStatusFbit: bool("ldp.msg.tlv.status.fbit", "F Bit", {
    mask: 0x40,
    tf: ["Notification should be Forwarded", "Notification should NOT be Forwarded"],
  }),
  msgTlvStatusData: u32("ldp.msg.tlv.status.data", "Status Data", {
    base: "HEX",
    mask: 0x3fffffff,
    names: MSG_TLV_STATUS_DATA,
  }),
  msgTlvStatusMsgId: u32("ldp.msg.tlv.status.msg.id", "Message ID", { base: "HEX" }),
  msgTlvStatusMsgType: u16("ldp.msg.tlv.status.msg.type", "Message Type", { base: "HEX", names: MSG_TYPE }),
  msgTlvExtstatusData: u32("ldp.msg.tlv.extstatus.data", "Extended Status Data", { base: "HEX" }),
  msgTlvReturnedVersion: u16("ldp.msg.tlv.returned.version", "Returned PDU Version"),
  msgTlvReturnedPduLen: u16("ldp.msg.tlv.returned.pdu_len", "Returned PDU Length"),
  msgTlvReturnedLdpidLsr: ipv4("ldp.msg.tlv.returned.ldpid.lsr", "Returned PDU LSR ID"),
  msgTlvReturnedLdpidLsid: u16("ldp.msg.tlv.returned.ldpid.lsid", "Returned PDU Label Space ID", {
    base: "HEX",
  }),
  msgTlvReturnedMsgUbit: bool("ldp.msg.tlv.returned.msg.ubit", "Returned Message Unknown bit", {
    mask: 0x80,
    tf: ["Unknown bit set", "Unknown bit not set"],
  }),
  msgTlvReturnedMsgType: u16("ldp.msg.tlv.returned.msg.type", "Returned Message Type", {
    base: "HEX",
    mask: 0x7fff,
    names: MSG_TYPE,
  }),
  msgTlvReturnedMsgLen: u16("ldp.msg.tlv.returned.msg.len", "Returned Message Length"),
  msgTlvReturnedMsgId: u32("ldp.msg.tlv.returned.msg.id", "Returned Message ID", { base: "HEX" }),
  msgTlvMac: ether("ldp.msg.tlv.mac", "MAC address"),
  msgTlvFecVcControlword: bool("ldp.msg.tlv.fec.vc.controlword", "C-bit", {
    mask: 0x80,
    tf: ["Control Word Present", "Control Word NOT Present"],
  }),
  msgTlvFecVcVctype: u16("ldp.msg.tlv.fec.vc.vctype", "VC Type", {
    base: "HEX",
    mask: 0x7fff,
    names: PSEUDOWIRE_TYPES,
  }),
  msgTlvFecVcInfolength: u8("ldp.msg.tlv.fec.vc.infolength", "VC Info Length"),
  msgTlvFecVcGroupid: u32("ldp.msg.tlv.fec.vc.groupid", "Group ID"),
  msgTlvFecVcVcid: u32("ldp.msg.tlv.fec.vc.vcid", "VC ID"),
  msgTlvFecVcIntparamLength: u8("ldp.msg.tlv.fec.vc.intparam.length", "Length"),
  msgTlvFecVcIntparamMtu: u16("ldp.msg.tlv.fec.vc.intparam.mtu", "MTU"),
  msgTlvFecVcIntparamTdmbps: u32("ldp.msg.tlv.fec.vc.intparam.tdmbps", "BPS"),
  msgTlvFecVcIntparamId: u8("ldp.msg.tlv.fec.vc.intparam.id", "ID", {
    base: "HEX",
    names: MSG_TLV_FEC_VC_INTPARAM_ID,
  }),
  msgTlvFecVcIntparamMaxatm: u16("ldp.msg.tlv.fec.vc.intparam.maxatm", "Number of Cells"),
  msgTlvFecVcIntparamDesc: str("ldp.msg.tlv.fec.vc.intparam.desc", "Description"),
  msgTlvFecVcIntparamCepbytes: u16("ldp.msg.tlv.fec.vc.intparam.cepbytes", "Payload Bytes"),
  msgTlvFecVcIntparamCepoptAis: bool("ldp.msg.tlv.fec.vc.intparam.cepopt_ais", "AIS", {
    mask: 0x8000,
    bits: 16,
  }),
  msgTlvFecVcIntparamCepoptUne: bool("ldp.msg.tlv.fec.vc.intparam.cepopt_une", "UNE", {
    mask: 0x4000,
    bits: 16,
  }),
  msgTlvFecVcIntparamCepoptRtp: bool("ldp.msg.tlv.fec.vc.intparam.cepopt_rtp", "RTP", {
    mask: 0x2000,
    bits: 16,
  }),
  msgTlvFecVcIntparamCepoptEbm: bool("ldp.msg.tlv.fec.vc.intparam.cepopt_ebm", "EBM", {
    mask: 0x1000,
    bits: 16,
  }),
  msgTlvFecVcIntparamCepoptMah: bool("ldp.msg.tlv.fec.vc.intparam.cepopt_mah", "MAH", {
    mask: 0x800,
    bits: 16,
  }),
  msgTlvFecVcIntparamCepoptRes: u16("ldp.msg.tlv.fec.vc.intparam.cepopt_res", "Reserved", {
    base: "HEX",
    mask: 0x7e0,
  }),
  msgTlvFecVcIntparamCepoptCeptype: u16("ldp.msg.tlv.fec.vc.intparam.cepopt_ceptype", "CEP Type", {
    base: "HEX",
    mask: 0x1c,
    names: {
      0: "SPE mode (STS-1/STS-Mc)",
      1: "VT mode (VT1.5/VT2/VT3/VT6)",
      2: "Fractional SPE (STS-1/VC-3/VC-4)",
    },
  }),
  msgTlvFecVcIntparamCepoptT3: bool("ldp.msg.tlv.fec.vc.intparam.cepopt_t3", "Async T3", {
    mask: 0x2,
    bits: 16,
  }),
  msgTlvFecVcIntparamCepoptE3: bool("ldp.msg.tlv.fec.vc.intparam.cepopt_e3", "Async E3", {
    mask: 0x1,
    bits: 16,
  }),
  msgTlvFecVcIntparamVlanid: u16("ldp.msg.tlv.fec.vc.intparam.vlanid", "VLAN Id"),
  msgTlvFecVcIntparamDlcilen: u16("ldp.msg.tlv.fec.vc.intparam.dlcilen", "DLCI Length"),
  msgTlvFecVcIntparamFcslen: u16("ldp.msg.tlv.fec.vc.intparam.fcslen", "FCS Length"),
  msgTlvFecVcIntparamTdmoptR: bool("ldp.msg.tlv.fec.vc.intparam.tdmopt_r", "R Bit", {
    mask: 0x8000,
    bits: 16,
    tf: ["Expects to receive RTP Header", "Does not expect to receive RTP Header"],
  }),
  msgTlvFecVcIntparamTdmoptD: bool("ldp.msg.tlv.fec.vc.intparam.tdmopt_d", "D Bit", {
    mask: 0x4000,
    bits: 16,
    tf: [
      "Expects the peer to use Differential timestamping",
      "Does not expect the peer to use Differential timestamping",
    ],
  }),
  msgTlvFecVcIntparamTdmoptF: bool("ldp.msg.tlv.fec.vc.intparam.tdmopt_f", "F Bit", {
    mask: 0x2000,
    bits: 16,
    tf: ["Expects TDMoIP encapsulation", "Expects CESoPSN encapsulation"],
  }),
  msgTlvFecVcIntparamTdmoptRes1: u16("ldp.msg.tlv.fec.vc.intparam.tdmopt_res1", "RSVD-1", {
    base: "HEX",
    mask: 0x1fff,
  }),
  msgTlvFecVcIntparamTdmoptPt: u8("ldp.msg.tlv.fec.vc.intparam.tdmopt_pt", "PT", { mask: 0x7f }),
  msgTlvFecVcIntparamTdmoptRes2: u8("ldp.msg.tlv.fec.vc.intparam.tdmopt_res2", "RSVD-2", { base: "HEX" }),
  msgTlvFecVcIntparamTdmoptFreq: u16("ldp.msg.tlv.fec.vc.intparam.tdmopt_freq", "FREQ"),
  msgTlvFecVcIntparamTdmoptSsrc: u32("ldp.msg.tlv.fec.vc.intparam.tdmopt_ssrc", "SSRC", { base: "HEX" }),
  msgTlvFecVcIntparamVccvCctypeCw: bool("ldp.msg.tlv.fec.vc.intparam.vccv.cctype_cw", "PWE3 Control Word", {
    mask: 0x1,
  }),
  msgTlvFecVcIntparamVccvCctypeMplsra: bool(
    "ldp.msg.tlv.fec.vc.intparam.vccv.cctype_mplsra",
    "MPLS Router Alert",
    { mask: 0x2 },
  ),
  msgTlvFecVcIntparamVccvCctypeTtl1: bool(
    "ldp.msg.tlv.fec.vc.intparam.vccv.cctype_ttl1",
    "MPLS Inner Label TTL = 1",
    { mask: 0x4 },
  ),
  msgTlvFecVcIntparamVccvCvtypeIcmpping: bool(
    "ldp.msg.tlv.fec.vc.intparam.vccv.cvtype_icmpping",
    "ICMP Ping",
    { mask: 0x1 },
  ),
  msgTlvFecVcIntparamVccvCvtypeLspping: bool("ldp.msg.tlv.fec.vc.intparam.vccv.cvtype_lspping", "LSP Ping", {
    mask: 0x2,
  }),
  msgTlvFecVcIntparamVccvCvtypeBfd1: bool(
    "ldp.msg.tlv.fec.vc.intparam.vccv.cvtype_bfd1",
    "BFD IP/UDP-encapsulated, for PW Fault Detection only",
    { mask: 0x4 },
  ),
  msgTlvFecVcIntparamVccvCvtypeBfd2: bool(
    "ldp.msg.tlv.fec.vc.intparam.vccv.cvtype_bfd2",
    "BFD IP/UDP-encapsulated, for PW Fault Detection and AC/PW Fault Status Signaling",
    { mask: 0x8 },
  ),
  msgTlvFecVcIntparamVccvCvtypeBfd3: bool(
    "ldp.msg.tlv.fec.vc.intparam.vccv.cvtype_bfd3",
    "BFD BFD PW-ACH-encapsulated, for PW Fault Detection only",
    { mask: 0x10 },
  ),
  msgTlvFecVcIntparamVccvCvtypeBfd4: bool(
    "ldp.msg.tlv.fec.vc.intparam.vccv.cvtype_bfd4",
    "BFD BFD PW-ACH-encapsulated, for PW Fault Detection and AC/PW Fault Status Signaling",
    { mask: 0x20 },
  ),
  msgTlvFecVcIntparamFlowlabelT: u8("ldp.msg.tlv.fec.vc.intparam.flowlabel.t", "Flow Label Transmit bit", {
    mask: 0x80,
  }),
  msgTlvFecVcIntparamFlowlabelR: u8("ldp.msg.tlv.fec.vc.intparam.flowlabel.r", "Flow Label Receive bit", {
    mask: 0x40,
  }),
  msgTlvFecVcIntparamFlowlabelRes: u16("ldp.msg.tlv.fec.vc.intparam.flowlabel.res", "Flow Label Reserved", {
    base: "HEX",
    mask: 0x3fff,
  }),
  msgTlvLspidActflg: u16("ldp.msg.tlv.lspid.actflg", "Action Indicator Flag", {
    base: "HEX",
    mask: 0xf,
    names: { 0: "indicates initial LSP setup", 1: "indicates modify LSP" },
  }),
  msgTlvLspidLocallspid: u16("ldp.msg.tlv.lspid.locallspid", "Local CR-LSP ID", { base: "HEX" }),
  msgTlvLspidLsrid: ipv4("ldp.msg.tlv.lspid.lsrid", "Ingress LSR Router ID"),
  msgTlvErHopLoose: u24("ldp.msg.tlv.er_hop.loose", "Loose route bit", {
    base: "HEX",
    mask: 0x800000,
    names: { 0: "strict hop", 1: "loose hop" },
  }),
  msgTlvErHopPrefixlen: u8("ldp.msg.tlv.er_hop.prefixlen", "Prefix length"),
  msgTlvErHopPrefix4: ipv4("ldp.msg.tlv.er_hop.prefix4", "IPv4 Address"),
  msgTlvErHopPrefix6: ipv6("ldp.msg.tlv.er_hop.prefix6", "IPv6 Address"),
  msgTlvErHopAs: u16("ldp.msg.tlv.er_hop.as", "AS Number"),
  msgTlvErHopLocallspid: u16("ldp.msg.tlv.er_hop.locallspid", "Local CR-LSP ID"),
  msgTlvErHopLsrid: ipv4("ldp.msg.tlv.er_hop.lsrid", "Local CR-LSP ID"),
  msgTlvFlagsReserv: u8("ldp.msg.tlv.flags_reserv", "Reserved", { base: "HEX", mask: 0xc0 }),
  msgTlvFlagsPdr: bool("ldp.msg.tlv.flags_pdr", "PDR", { mask: 0x1, tf: ["Negotiable", "Not negotiable"] }),
  msgTlvFlagsPbs: bool("ldp.msg.tlv.flags_pbs", "PBS", { mask: 0x2, tf: ["Negotiable", "Not negotiable"] }),
  msgTlvFlagsCdr: bool("ldp.msg.tlv.flags_cdr", "CDR", { mask: 0x4, tf: ["Negotiable", "Not negotiable"] }),
  msgTlvFlagsCbs: bool("ldp.msg.tlv.flags_cbs", "CBS", { mask: 0x8, tf: ["Negotiable", "Not negotiable"] }),
  msgTlvFlagsEbs: bool("ldp.msg.tlv.flags_ebs", "EBS", { mask: 0x10, tf: ["Negotiable", "Not negotiable"] }),
  msgTlvFlagsWeight: bool("ldp.msg.tlv.flags_weight", "Weight", {
    mask: 0x20,
    tf: ["Negotiable", "Not negotiable"],
  }),
  msgTlvFrequency: u8("ldp.msg.tlv.frequency", "Frequency", {
    names: { 0: "Unspecified", 1: "Frequent", 2: "VeryFrequent" },
  }),
  msgTlvWeight: u8("ldp.msg.tlv.weight", "Weight"),
  msgTlvPdr: double("ldp.msg.tlv.pdr", "PDR"),
  msgTlvPbs: double("ldp.msg.tlv.pbs", "PBS"),
  msgTlvCdr: double("ldp.msg.tlv.cdr", "CDR"),
  msgTlvCbs: double("ldp.msg.tlv.cbs", "CBS"),
  msgTlvEbs: double("ldp.msg.tlv.ebs", "EBS"),
  msgTlvSetPrio: u8("ldp.msg.tlv.set_prio", "Set Prio"),
  msgTlvHoldPrio: u8("ldp.msg.tlv.hold_prio", "Hold Prio"),
  msgTlvRoutePinning: u32("ldp.msg.tlv.route_pinning", "Route Pinning", {
    mask: 0x80000000,
    names: { 0: "route pinning is not requested", 1: "route pinning is requested" },
  }),
  msgTlvResourceClass: u32("ldp.msg.tlv.resource_class", "Resource Class", { base: "HEX" }),
  msgTlvDiffservType: u8("ldp.msg.tlv.diffserv.type", "LSP Type", {
    mask: 0x80,
    names: { 0: "E-LSP", 1: "L-LSP" },
  }),
  msgTlvDiffservMapnb: u8("ldp.msg.tlv.diffserv.mapnb", "MAPnb"),
  msgTlvDiffservMap: none("ldp.msg.tlv.diffserv.map", "MAP"),
  msgTlvDiffservMapExp: u8("ldp.msg.tlv.diffserv.map.exp", "EXP"),
  msgTlvDiffservPhbid: none("ldp.msg.tlv.diffserv.phbid", "PHBID"),
  msgTlvDiffservPhbidDscp: u16("ldp.msg.tlv.diffserv.phbid.dscp", "DSCP", { mask: 0xfc00 }),
  msgTlvDiffservPhbidCode: u16("ldp.msg.tlv.diffserv.phbid.code", "PHB id code", { mask: 0xfff0 }),
  msgTlvDiffservPhbidBit14: u16("ldp.msg.tlv.diffserv.phbid.bit14", "Bit 14", {
    mask: 0x2,
    names: { 0: "Single PHB", 1: "Set of PHBs" },
  }),
  msgTlvDiffservPhbidBit15: u16("ldp.msg.tlv.diffserv.phbid.bit15", "Bit 15", {
    mask: 0x1,
    names: { 0: "PHBs defined by standards action", 1: "PHBs not defined by standards action" },
  }),
  msgTlvFecGenAgiType: u8("ldp.msg.tlv.fec.gen.agi.type", "AGI Type"),
  msgTlvFecGenAgiLength: u8("ldp.msg.tlv.fec.gen.agi.length", "AGI Length"),
  msgTlvFecGenAgiValue: bytes("ldp.msg.tlv.fec.gen.agi.value", "AGI Value"),
  msgTlvFecGenSaiiType: u8("ldp.msg.tlv.fec.gen.saii.type", "SAII Type"),
  msgTlvFecGenSaiiLength: u8("ldp.msg.tlv.fec.gen.saii.length", "SAII Length"),
  msgTlvFecGenSaiiValue: bytes("ldp.msg.tlv.fec.gen.saii.value", "SAII Value"),
  msgTlvFecGenTaiiType: u8("ldp.msg.tlv.fec.gen.taii.type", "TAII Type"),
  msgTlvFecGenTaiiLength: u8("ldp.msg.tlv.fec.gen.taii.length", "TAII length"),
  msgTlvFecGenTaiiValue: bytes("ldp.msg.tlv.fec.gen.taii.value", "TAII Value"),
  msgTlvFecGenAiiGlobalid: u32("ldp.msg.tlv.fec.gen.aii.globalid", "Global Id"),
  msgTlvFecGenAiiPrefix: u32("ldp.msg.tlv.fec.gen.aii.prefix", "Prefix"),
  msgTlvFecGenAiiAcid: u32("ldp.msg.tlv.fec.gen.aii.acid", "Prefix"),
  msgTlvFecPwControlword: bool("ldp.msg.tlv.fec.pw.controlword", "C-bit", {
    mask: 0x80,
    tf: ["Control Word Present", "Control Word NOT Present"],
  }),
  msgTlvFecPwPwtype: u16("ldp.msg.tlv.fec.pw.pwtype", "PW Type", {
    base: "HEX",
    mask: 0x7fff,
    names: PSEUDOWIRE_TYPES,
  }),
  msgTlvFecPwInfolength: u8("ldp.msg.tlv.fec.pw.infolength", "PW Info Length"),
  msgTlvFecPwGroupid: u32("ldp.msg.tlv.fec.pw.groupid", "Group ID"),
  msgTlvFecPwPwid: u32("ldp.msg.tlv.fec.pw.pwid", "PW ID"),
  msgTlvPwstatusCode: u32("ldp.msg.tlv.pwstatus.code", "PW Status", { base: "HEX" }),
  msgTlvPwstatusCodePwnotforward: bool(
    "ldp.msg.tlv.pwstatus.code.pwnotforward",
    "Pseudowire Not Forwarding",
    { mask: 0x1, bits: 32, tf: SET_NOTSET },
  ),
  msgTlvPwstatusCodePwlacingressrecvfault: bool(
    "ldp.msg.tlv.pwstatus.code.pwlacingressrecvfault",
    "Local Attachment Circuit (ingress) Receive Fault",
    { mask: 0x2, bits: 32, tf: SET_NOTSET },
  ),
  msgTlvPwstatusCodePwlacegresstransfault: bool(
    "ldp.msg.tlv.pwstatus.code.pwlacegresstransfault",
    "Local Attachment Circuit (egress) Transmit Fault",
    { mask: 0x4, bits: 32, tf: SET_NOTSET },
  ),
  msgTlvPwstatusCodePwpsnpwingressrecvfault: bool(
    "ldp.msg.tlv.pwstatus.code.pwpsnpwingressrecvfault",
    "Local PSN-facing PW (ingress) Receive Fault",
    { mask: 0x8, bits: 32, tf: SET_NOTSET },
  ),
  msgTlvPwstatusCodePwpsnpwegresstransfault: bool(
    "ldp.msg.tlv.pwstatus.code.pwpsnpwegresstransfault",
    "Local PSN-facing PW (egress) Transmit Fault",
    { mask: 0x10, bits: 32, tf: SET_NOTSET },
  ),
  msgTlvPwgroupingValue: u32("ldp.msg.tlv.pwgrouping.value", "Value"),
  msgTlvIntparamLength: u8("ldp.msg.tlv.intparam.length", "Length"),
  msgTlvIntparamMtu: u16("ldp.msg.tlv.intparam.mtu", "MTU"),
  msgTlvIntparamTdmbps: u32("ldp.msg.tlv.intparam.tdmbps", "BPS"),
  msgTlvIntparamId: u8("ldp.msg.tlv.intparam.id", "ID", { base: "HEX", names: MSG_TLV_FEC_VC_INTPARAM_ID }),
  msgTlvIntparamMaxatm: u16("ldp.msg.tlv.intparam.maxatm", "Number of Cells"),
  msgTlvIntparamDesc: str("ldp.msg.tlv.intparam.desc", "Description"),
  msgTlvIntparamCepbytes: u16("ldp.msg.tlv.intparam.cepbytes", "Payload Bytes"),
  msgTlvIntparamCepoptAis: bool("ldp.msg.tlv.intparam.cepopt_ais", "AIS", { mask: 0x8000, bits: 16 }),
  msgTlvIntparamCepoptUne: bool("ldp.msg.tlv.intparam.cepopt_une", "UNE", { mask: 0x4000, bits: 16 }),
  msgTlvIntparamCepoptRtp: bool("ldp.msg.tlv.intparam.cepopt_rtp", "RTP", { mask: 0x2000, bits: 16 }),
  msgTlvIntparamCepoptEbm: bool("ldp.msg.tlv.intparam.cepopt_ebm", "EBM", { mask: 0x1000, bits: 16 }),
  msgTlvIntparamCepoptMah: bool("ldp.msg.tlv.intparam.cepopt_mah", "MAH", { mask: 0x800, bits: 16 }),
  msgTlvIntparamCepoptRes: u16("ldp.msg.tlv.intparam.cepopt_res", "Reserved", { base: "HEX", mask: 0x7e0 }),
  msgTlvIntparamCepoptCeptype: u16("ldp.msg.tlv.intparam.cepopt_ceptype", "CEP Type", {
    base: "HEX",
    mask: 0x1c,
    names: {
      0: "SPE mode (STS-1/STS-Mc)",
      1: "VT mode (VT1.5/VT2/VT3/VT6)",
      2: "Fractional SPE (STS-1/VC-3/VC-4)",
    },
  }),
  msgTlvIntparamCepoptT3: bool("ldp.msg.tlv.intparam.cepopt_t3", "Async T3", { mask: 0x2, bits: 16 }),
  msgTlvIntparamCepoptE3: bool("ldp.msg.tlv.intparam.cepopt_e3", "Async E3", { mask: 0x1, bits: 16 }),
  msgTlvIntparamVlanid: u16("ldp.msg.tlv.intparam.vlanid", "VLAN Id"),
  msgTlvIntparamDlcilen: u16("ldp.msg.tlv.intparam.dlcilen", "DLCI Length"),
  msgTlvIntparamFcslen: u16("ldp.msg.tlv.intparam.fcslen", "FCS Length"),
  msgTlvIntparamTdmoptR: bool("ldp.msg.tlv.intparam.tdmopt_r", "R Bit", {
    mask: 0x8000,
    bits: 16,
    tf: ["Expects to receive RTP Header", "Does not expect to receive RTP Header"],
  }),
  msgTlvIntparamTdmoptD: bool("ldp.msg.tlv.intparam.tdmopt_d", "D Bit", {
    mask: 0x4000,
    bits: 16,
    tf: [
      "Expects the peer to use Differential timestamping",
      "Does not expect the peer to use Differential timestamping",
    ],
  }),
  msgTlvIntparamTdmoptF: bool("ldp.msg.tlv.intparam.tdmopt_f", "F Bit", {
    mask: 0x2000,
    bits: 16,
    tf: ["Expects TDMoIP encapsulation", "Expects CESoPSN encapsulation"],
  }),
  msgTlvIntparamTdmoptRes1: u16("ldp.msg.tlv.intparam.tdmopt_res1", "RSVD-1", { base: "HEX", mask: 0x1fff }),
  msgTlvIntparamTdmoptPt: u8("ldp.msg.tlv.intparam.tdmopt_pt", "PT", { mask: 0x7f }),
  msgTlvIntparamTdmoptRes2: u8("ldp.msg.tlv.intparam.tdmopt_res2", "RSVD-2", { base: "HEX" }),
  msgTlvIntparamTdmoptFreq: u16("ldp.msg.tlv.intparam.tdmopt_freq", "FREQ"),
  msgTlvIntparamTdmoptSsrc: u32("ldp.msg.tlv.intparam.tdmopt_ssrc", "SSRC", { base: "HEX" }),
  msgTlvIntparamVccvCctypeCw: bool("ldp.msg.tlv.intparam.vccv.cctype_cw", "PWE3 Control Word", { mask: 0x1 }),
  msgTlvIntparamVccvCctypeMplsra: bool("ldp.msg.tlv.intparam.vccv.cctype_mplsra", "MPLS Router Alert", {
    mask: 0x2,
  }),
  msgTlvIntparamVccvCctypeTtl1: bool("ldp.msg.tlv.intparam.vccv.cctype_ttl1", "MPLS Inner Label TTL = 1", {
    mask: 0x4,
  }),
  msgTlvIntparamVccvCvtypeIcmpping: bool("ldp.msg.tlv.intparam.vccv.cvtype_icmpping", "ICMP Ping", {
    mask: 0x1,
  }),
  msgTlvIntparamVccvCvtypeLspping: bool("ldp.msg.tlv.intparam.vccv.cvtype_lspping", "LSP Ping", {
    mask: 0x2,
  }),
  msgTlvIntparamVccvCvtypeBfd: bool("ldp.msg.tlv.intparam.vccv.cvtype_bfd", "BFD", { mask: 0x4 }),
  msgTlvUpstreamSbit: bool("ldp.msg.tlv.upstream.sbit", "S-Bit", {
    mask: 0x80,
    tf: [
      "LSR is advertising the capability to distribute and receive upstream-assigned label bindings",
      "LSR is withdrawing the capability to distribute and receive upstream-assigned label bindings",
    ],
  }),
  msgTlvUpstreamLabelReqResvbit: u32("ldp.msg.tlv.upstream_label_req.resvbit", "Reserved Bits", {
    base: "HEX",
  }),
  msgTlvUpstreamLabel: u32("ldp.msg.tlv.upstream.label", "Upstream-Assigned Label", { base: "HEX" }),
  msgTlvUpstreamResvbit: u32("ldp.msg.tlv.upstream.resvbit", "Reserved Bits", { base: "HEX" }),
  msgTlvIpv4InterfaceIDHopAddr: ipv4(
    "ldp.msg.tlv.ipv4_interface_ID.hop_addr",
    "IPv4 Next/Previous Hop Address",
  ),
  msgTlvInterfaceIDLogicalIntID: u32("ldp.msg.tlv.interface_ID.logical_intID", "Logical Interface ID", {
    base: "HEX",
  }),
  msgTlvIpMulticastIpv4Srcaddr: ipv4("ldp.msg.tlv.ip_multicast.ipv4_srcaddr", "Source Address"),
  msgTlvIpMulticastIpv4Maddr: ipv4("ldp.msg.tlv.ip_multicast.ipv4_maddr", "Multicast Group Address"),
  msgTlvIpMplsContextIpv4Srcaddr: ipv4("ldp.msg.tlv.ip_mpls_context.ipv4_srcaddr", "Source Address"),
  msgTlvLdpP2mpType: u8("ldp.msg.tlv.ldp_p2mp.type", "P2MP Type", { base: "HEX" }),
  msgTlvLdpP2mpAddrFamily: u16("ldp.msg.tlv.ldp_p2mp.addr_family", "Address Family", { base: "HEX" }),
  msgTlvLdpP2mpAddrLen: u8("ldp.msg.tlv.ldp_p2mp.addr_len", "Address Length", { base: "HEX" }),
  msgTlvLdpP2mpIpv4Rtnodeaddr: ipv4("ldp.msg.tlv.ldp_p2mp.ipv4_rtnodeaddr", "Root Node Address"),
  msgTlvLdpP2mpOplength: u16("ldp.msg.tlv.ldp_p2mp.oplength", "Opaque Length"),
  msgTlvLdpP2mpOpvalue: bytes("ldp.msg.tlv.ldp_p2mp.opvalue", "Opaque Value"),
  msgTlvRsvpTeP2mpId: u32("ldp.msg.tlv.rsvp_te_p2mp.id", "P2MP ID", { base: "HEX" }),
  msgTlvRsvpTeP2mpZero: u16("ldp.msg.tlv.rsvp_te_p2mp.zero", "MUST be zero", { base: "HEX" }),
  msgTlvRsvpTeP2mpTunnelId: u16("ldp.msg.tlv.rsvp_te_p2mp.tunnel_id", "Tunnel ID", { base: "HEX" }),
  msgTlvRsvpTeP2mpIpv4ExtTunnelId: ipv4("ldp.msg.tlv.rsvp_te_p2mp.ipv4_ext_tunnel_id", "Extended Tunnel ID"),
  msgTlvInvalidLength: u16("ldp.msg.tlv.invalid.length", "Invalid length", { base: "HEX" }),
  returnedPduData: bytes("ldp.returned_pdu_data", "Returned PDU Data"),
  returnedMessageParameters: bytes("ldp.returned_message_parameters", "Returned Message Parameters"),
  data: bytes("ldp.data", "Data"),
  unknownData: bytes("ldp.unknown_data", "Unknown Data"),
};

const x = {
  both: expert(
    "ldp.dtsm_and_target",
    "warning",
    "Protocol",
    "ERROR - Both GTSM and Target Flag are enabled.",
  ),
  gtsm: expert("ldp.gtsm_supported", "chat", "Protocol", "GTSM is supported by the source"),
  noBasic: expert(
    "ldp.gtsm_not_supported_basic_discovery",
    "warning",
    "Protocol",
    "GTSM is not supported by the source, since basic discovery is not enabled",
  ),
  noGtsm: expert("ldp.gtsm_not_supported", "chat", "Protocol", "GTSM is not supported by the source"),
  length: expert("ldp.invalid_length", "error", "Malformed", "Length of the packet is malformed"),
  family: expert(
    "ldp.address_family_not_implemented",
    "warning",
    "Undecoded",
    "Support for Address Family not implemented",
  ),
  fec: expert("ldp.msg.tlv.fec.error", "error", "Protocol", "Error in FEC Element %u"),
  tlvLength: expert(
    "ldp.msg.tlv.fec.len.invalid",
    "error",
    "Protocol",
    "Invalid prefix %u length for family %s",
  ),
  vcLength: expert("ldp.msg.tlv.fec.vc.infolength.invalid", "error", "Protocol", "VC FEC size format error"),
  parameter: expert(
    "ldp.malformed_interface_parameter",
    "error",
    "Malformed",
    "Malformed interface parameter",
  ),
  data: expert("ldp.malformed_data", "error", "Malformed", "Malformed data"),
  unknownFec: expert("ldp.msg.tlv.fec.unknown", "warning", "Protocol", "Unknown FEC TLV type"),
};

export const ldp = protocol({
  name: "ldp",
  title: "Label Distribution Protocol",
  short: "LDP",
  fields: f,
  experts: x,
  on: [
    [udpPorts, 646],
    [tcpPorts, 646],
  ],
  dissect,
});

const HEADER = 4;
const SHORTEST_PDU = 6;

/** A segment holds several PDUs, a datagram one; each is tried on its own. */
function dissect(d: Dissection): void {
  const { end, wireEnd, canDesegment } = d;
  if (d.columns) d.setInfo("");
  const first = d.pos;
  d.canDesegment = false;
  while (d.pos < end) {
    const start = d.pos;
    const there = wireEnd - start;
    if (canDesegment && there < HEADER) {
      d.wantMore(start, ONE_MORE_SEGMENT);
      break;
    }
    if (d.peek16() !== 1) break;
    const length = d.peek16(2) + HEADER;
    if (length < SHORTEST_PDU + HEADER) d.malformed();
    if (canDesegment && there < length) {
      d.wantMore(start, length - there);
      break;
    }
    d.sizedPdu(length, dissectPdu, start > first);
    if (d.conversation === null || !isStream(d)) break;
  }
  d.canDesegment = canDesegment;
}

/** True over TCP. */
function isStream(d: Dissection): boolean {
  return d.chainLength >= 2 && protocols[d.chain[d.chainLength - 2]].name === "tcp";
}

function dissectPdu(d: Dissection): void {
  d.u16(f.hdrVersion);
  d.u16(f.hdrPduLen);
  d.ipv4(f.hdrLdpidLsr);
  d.u16(f.hdrLdpidLsid);
  while (d.remaining > 0) if (!addMessage(d)) return;
}

/** A line of an error in the present TLV, over `length` bytes. */
function addError(d: Dissection, expert: Expert, length: number, message: string = expert.message): void {
  d.text(d.pos, length, message);
  d.expert(expert, message);
}

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, "0");

const VENDOR_FIRST = 0x3e00;
const EXPERIMENT_FIRST = 0x3f00;
const EXPERIMENT_LAST = 0x3fff;

/** RFC 5036 section 3.5. */
function addMessage(d: Dissection): boolean {
  const start = d.pos;
  if (d.remaining < 8) {
    if (d.columns) d.addInfo("Bad Message", "");
    addError(d, x.length, d.remaining, `Error processing Message: length is ${d.remaining}, should be >= 8`);
    return false;
  }
  const type = d.peek16() & 0x7fff;
  const length = d.peek16(2);
  const vendor = type >= VENDOR_FIRST && type < EXPERIMENT_FIRST;
  const experiment = type >= EXPERIMENT_FIRST && type <= EXPERIMENT_LAST;
  const least = vendor || experiment ? 8 : 4;
  if (length < least) {
    if (d.columns) d.addInfo("Bad Message Length ", "");
    addError(d, x.length, 4, `Error processing Message Length: length is ${length}, should be >= ${least}`);
    return false;
  }
  const whole = length + 4;
  let title = nameOf(MSG_TYPE, type) ?? `Unknown Message type (0x${hex(type, 4)})`;
  let column = nameOf(MSG_TYPE, type) ?? `Unknown Message (0x${hex(type, 4)})`;
  if (vendor || experiment) {
    title = vendor ? "Vendor-Private Message" : "Experimental Message";
    column = `${title} (0x${hex(type, 4)})`;
  }
  if (d.columns) d.addInfo(`${column} `, "");
  d.openText(start, Math.min(whole, d.remaining), title);
  d.bits(f.msgUbit, d.pos, 1);
  d.add(f.msgType, d.pos, 2, type);
  if (d.labels) {
    const digits = vendor || experiment ? hex(type, 4) : type.toString(16);
    d.relabel(`Message Type: ${title} (0x${digits})`);
  }
  d.skip(2);
  d.u16(f.msgLen);
  d.u32(f.msgId);
  let left = Math.min(length, d.end - start - 4) - 4;
  if (vendor || experiment) {
    d.u32(vendor ? f.msgVendorId : f.msgExperimentId);
    left -= 4;
  }
  while (left > 0) {
    const taken = addTlv(d, left);
    left -= taken;
  }
  if (d.labels) d.close();
  d.pos = start;
  d.skip(Math.min(whole, d.remaining));
  return true;
}

const tlvTitle = (type: number): string => {
  if (type >= VENDOR_FIRST && type < EXPERIMENT_FIRST) return "Vendor Private TLV";
  if (type >= EXPERIMENT_FIRST && type <= EXPERIMENT_LAST) return "Experimental TLV";
  return nameOf(MSG_TLV_TYPE, type) ?? `Unknown TLV type (0x${hex(type, 4)})`;
};

/** RFC 5036 section 3.3. Returns how many of the `left` bytes it took. */
function addTlv(d: Dissection, left: number): number {
  if (left < 4) {
    addError(d, x.tlvLength, left, `Error processing TLV: length is ${left}, should be >= 4`);
    d.skip(left);
    return left;
  }
  const start = d.pos;
  const bits = d.peek8() >> 6;
  const type = d.peek16() & 0x3fff;
  const length = Math.min(d.peek16(2), left - 4);
  if (d.labels) d.openText(start, length + 4, tlvTitle(type));
  d.add(f.msgTlvUnknown, start, 1, bits);
  d.add(f.msgTlvType, start, 2, type);
  if (d.labels) {
    const title = tlvTitle(type);
    d.relabel(
      `TLV Type: ${title}${title.startsWith("Unknown") ? "" : ` (0x${type.toString(16).toUpperCase()})`}`,
    );
  }
  d.skip(2);
  d.add(f.msgTlvLen, d.pos, 2, length);
  d.skip(2);
  addValue(d, type, length);
  d.pos = start + 4;
  d.skip(length);
  if (d.labels) d.close();
  return length + 4;
}

/** TLVs of a fixed length: what they hold, and the name of the TLV for the case that they do not. */
const SINGLE: Readonly<Record<number, readonly [field: Field, length: number, name: string]>> = {
  259: [f.msgTlvHcValue, 1, "Hop Count"],
  515: [f.msgTlvFtProtectSequenceNum, 4, "FT Protection"],
  769: [f.msgTlvExtstatusData, 4, "Extended Status"],
  1025: [f.msgTlvIpv4Taddr, 4, "IPv4 Transport Address"],
  1026: [f.msgTlvHelloCnfSeqno, 4, "Configuration Sequence Number"],
  1027: [f.msgTlvIpv6Taddr, 16, "IPv6 Transport Address"],
  1284: [f.msgTlvFtAckSequenceNum, 4, "FT ACK"],
  1536: [f.msgTlvLblReqMsgId, 4, "Label Request Message ID"],
  2412: [f.msgTlvPwgroupingValue, 4, "PW Grouping"],
};

interface Structure {
  readonly name: string;
  readonly least: number;
  /** True when it may be longer. */
  readonly open?: boolean;
  /** The line its members stand below. */
  readonly title?: string;
  readonly add: (d: Dissection, length: number) => void;
}

const TRAFFIC = [
  f.msgTlvFlagsReserv,
  f.msgTlvFlagsWeight,
  f.msgTlvFlagsEbs,
  f.msgTlvFlagsCbs,
  f.msgTlvFlagsCdr,
  f.msgTlvFlagsPbs,
  f.msgTlvFlagsPdr,
];
const PW_STATUS = [
  f.msgTlvPwstatusCodePwnotforward,
  f.msgTlvPwstatusCodePwlacingressrecvfault,
  f.msgTlvPwstatusCodePwlacegresstransfault,
  f.msgTlvPwstatusCodePwpsnpwingressrecvfault,
  f.msgTlvPwstatusCodePwpsnpwegresstransfault,
];

const STRUCTURES: Readonly<Record<number, Structure>> = {
  260: {
    name: "Path Vector",
    least: 0,
    open: true,
    title: "LSR IDs",
    add: (d, length) => {
      for (let i = 1, left = length; left >= 4; i++, left -= 4) {
        const id = d.ipv4(f.msgTlvPvLsrid);
        if (d.labels) d.relabel(`LSR Id ${i}: ${formatIpv4(id)}`);
      }
    },
  },
  512: {
    name: "Generic Label",
    least: 4,
    add: (d) => {
      d.bits(f.msgTlvGenericLabel, d.pos, 4);
    },
  },
  513: {
    name: "ATM Label",
    least: 4,
    title: "ATM Label",
    add: (d) => {
      d.bits(f.msgTlvAtmLabelVbits, d.pos, 1);
      d.bits(f.msgTlvAtmLabelVpi, d.pos, 2);
      d.skip(2);
      d.u16(f.msgTlvAtmLabelVci);
    },
  },
  514: {
    name: "Frame Relay Label",
    least: 4,
    title: "Frame Relay Label",
    add: (d) => {
      d.bits(f.msgTlvFrLabelLen, d.pos, 2);
      d.skip(1);
      d.bits(f.msgTlvFrLabelDlci, d.pos, 3);
    },
  },
  516: {
    name: "Upstream-Assigned Label",
    least: 8,
    title: "Upstream-Assigned Label",
    add: (d) => {
      d.u32(f.msgTlvUpstreamResvbit);
      d.u32(f.msgTlvUpstreamLabel);
    },
  },
  517: {
    name: "Upstream-Assigned Label Request",
    least: 4,
    add: (d) => {
      d.u32(f.msgTlvUpstreamLabelReqResvbit);
    },
  },
  768: {
    name: "Status",
    least: 10,
    title: "Status",
    add: (d) => {
      d.bits(f.msgTlvStatusEbit, d.pos, 1);
      d.bits(f.msgTlvStatusFbit, d.pos, 1);
      const code = d.bits(f.msgTlvStatusData, d.pos, 4);
      if (d.labels) {
        const name = nameOf(MSG_TLV_STATUS_DATA, code) ?? "Unknown Status Data";
        d.relabel(
          `..${(code >>> 0).toString(2).padStart(30, "0")} = Status Data`.replace(
            /^\.\.(..)(.*) =/,
            (_, a: string, b: string) => `..${a} ${b.replace(/(....)/g, "$1 ").trim()} =`,
          ) + `: ${name} (0x${code.toString(16).toUpperCase()})`,
        );
      }
      d.skip(4);
      d.u32(f.msgTlvStatusMsgId);
      d.u16(f.msgTlvStatusMsgType);
    },
  },
  770: {
    name: "Returned PDU",
    least: 10,
    open: true,
    title: "Returned PDU",
    add: (d, length) => {
      d.u16(f.msgTlvReturnedVersion);
      d.u16(f.msgTlvReturnedPduLen);
      d.ipv4(f.msgTlvReturnedLdpidLsr);
      d.u16(f.msgTlvReturnedLdpidLsid);
      if (length > 10) d.bytes(f.returnedPduData, length - 10);
    },
  },
  771: {
    name: "Returned Message",
    least: 4,
    open: true,
    title: "Returned Message",
    add: (d, length) => {
      d.bits(f.msgTlvReturnedMsgUbit, d.pos, 1);
      const type = d.peek16() & 0x7fff;
      d.add(f.msgTlvReturnedMsgType, d.pos, 2, type);
      if (d.labels)
        d.relabel(
          `Message Type: ${nameOf(MSG_TYPE, type) ?? "Unknown Message type"} (0x${type.toString(16)})`,
        );
      d.skip(2);
      d.u16(f.msgTlvReturnedMsgLen);
      let left = length - 4;
      if (left >= 4) {
        d.u32(f.msgTlvReturnedMsgId);
        left -= 4;
      }
      if (left > 0) d.bytes(f.returnedMessageParameters, left);
    },
  },
  1024: {
    name: "Common Hello Parameters",
    least: 0,
    open: true,
    add: (d) => {
      d.u16(f.msgTlvHelloHold);
      const flags = d.peek16();
      d.bits(f.msgTlvHelloTargeted, d.pos, 2);
      d.bits(f.msgTlvHelloRequested, d.pos, 2);
      d.bits(f.msgTlvHelloGtsm, d.pos, 2);
      const targeted = (flags & 0x8000) !== 0;
      if (flags & 0x2000) d.expert(targeted ? x.both : x.gtsm);
      else d.expert(targeted ? x.noBasic : x.noGtsm);
      d.bits(f.msgTlvHelloRes, d.pos, 2);
    },
  },
  1028: {
    name: "MAC",
    least: 0,
    open: true,
    title: "MAC addresses",
    add: (d, length) => {
      for (let left = length; left >= 6; left -= 6) d.ether(f.msgTlvMac);
    },
  },
  1280: {
    name: "Common Session Parameters",
    least: 14,
    title: "Parameters",
    add: (d) => {
      d.u16(f.msgTlvSessVer);
      d.u16(f.msgTlvSessKa);
      d.bits(f.msgTlvSessAdvbit, d.pos, 1);
      d.bits(f.msgTlvSessLdetbit, d.pos, 1);
      d.skip(1);
      d.u8(f.msgTlvSessPvlim);
      d.u16(f.msgTlvSessMxpdu);
      d.ipv4(f.msgTlvSessRxlsr);
      d.u16(f.msgTlvSessRxls);
    },
  },
  1281: { name: "ATM Parameters", least: 4, open: true, title: "ATM Parameters", add: addAtm },
  1282: {
    name: "Frame Relay Parameters",
    least: 4,
    open: true,
    title: "Frame Relay Parameters",
    add: addFrameRelay,
  },
  1283: {
    name: "FT Session",
    least: 12,
    title: "FT Session Parameters",
    add: (d) => {
      const flags = d.bitset(f.msgTlvFtSessFlags, 2, FT_FLAGS);
      if (d.labels) d.append(` (${flags & 0x8000 ? "R, " : ""}${FT_MODES[flags & 15] ?? "Invalid"})`);
      d.u16(f.msgTlvFtSessRes);
      d.u32(f.msgTlvFtSessReconnTo);
      d.u32(f.msgTlvFtSessRecoveryTime);
    },
  },
  2064: {
    name: "Traffic Parameters",
    least: 24,
    title: "Traffic parameters",
    add: (d) => {
      for (const field of TRAFFIC) d.bits(field, d.pos, 1);
      d.skip(1);
      d.u8(f.msgTlvFrequency);
      d.skip(1);
      d.u8(f.msgTlvWeight);
      addRate(d, f.msgTlvPdr, "Bps");
      addRate(d, f.msgTlvPbs, "Bytes");
      addRate(d, f.msgTlvCdr, "Bps");
      addRate(d, f.msgTlvCbs, "Bytes");
      addRate(d, f.msgTlvEbs, "Bytes");
    },
  },
  2080: {
    name: "Preemption",
    least: 4,
    title: "Preemption",
    add: (d) => {
      d.u8(f.msgTlvSetPrio);
      d.u8(f.msgTlvHoldPrio);
    },
  },
  2081: {
    name: "LSP ID",
    least: 8,
    title: "LSP ID",
    add: (d) => {
      d.bits(f.msgTlvLspidActflg, d.pos, 2);
      d.skip(2);
      d.u16(f.msgTlvLspidLocallspid);
      d.ipv4(f.msgTlvLspidLsrid);
    },
  },
  2082: {
    name: "Resource Class",
    least: 4,
    title: "Resource Class",
    add: (d) => {
      d.u32(f.msgTlvResourceClass);
    },
  },
  2083: {
    name: "Route Pinning",
    least: 4,
    title: "Route Pinning",
    add: (d) => {
      d.bits(f.msgTlvRoutePinning, d.pos, 4);
    },
  },
  2305: { name: "Diff-Serv", least: 4, open: true, add: addDiffServ },
  2410: {
    name: "PW Status",
    least: 4,
    add: (d) => {
      d.bitset(f.msgTlvPwstatusCode, 4, PW_STATUS);
    },
  },
  2411: {
    name: "PW Interface Parameters",
    least: 0,
    open: true,
    add: (d, length) => addParameters(d, length, PW_PARAMETERS),
  },
  256: { name: "FEC", least: 0, open: true, title: "FEC Elements", add: addFecs },
  257: { name: "Address List", least: 2, open: true, add: addAddresses },
};

const FT_FLAGS = [
  f.msgTlvFtSessFlagR,
  f.msgTlvFtSessFlagRes,
  f.msgTlvFtSessFlagS,
  f.msgTlvFtSessFlagA,
  f.msgTlvFtSessFlagC,
  f.msgTlvFtSessFlagL,
];
/** RFC 3479 section 6.1: what the flags S, A, C and L mean together. */
const FT_MODES: Readonly<Record<number, string>> = {
  0: "Invalid",
  1: "Re-Learn State",
  2: "Check-Pointing of all labels",
  8: "Sequence numbered FT Labels",
  10: "Check-Pointing of Sequence numbered FT Labels",
  12: "Sequence numbered All Labels",
};

function addValue(d: Dissection, type: number, length: number): void {
  const single = SINGLE[type];
  const structure = STRUCTURES[type];
  if (single !== undefined) {
    const [field, size, name] = single;
    if (length !== size) {
      const kind = name.endsWith("TLV") ? name : `${name} TLV`;
      addError(d, x.tlvLength, length, `Error processing ${kind}: length is ${length}, should be ${size}`);
    } else if (size === 16) d.ipv6(field);
    else d.uint(field, size);
  } else if (structure !== undefined) {
    const { name, least, open, title } = structure;
    if (length < least || (open !== true && length !== least)) {
      const should = open === true ? `>= ${least}` : String(least);
      addError(
        d,
        x.tlvLength,
        length,
        `Error processing ${name} TLV: length is ${length}, should be ${should}`,
      );
      return;
    }
    if (title !== undefined) d.openText(d.pos, length, title);
    structure.add(d, length);
    if (title !== undefined && d.labels) d.close();
  } else if (type >= VENDOR_FIRST && type <= EXPERIMENT_LAST) addPrivate(d, type < EXPERIMENT_FIRST, length);
  else d.bytes(f.msgTlvValue, length);
}

function addPrivate(d: Dissection, vendor: boolean, length: number): void {
  if (length < 4) {
    const name = vendor ? "Vendor Private Start" : "Experimental Start";
    addError(d, x.tlvLength, length, `Error processing ${name} TLV: length is ${length}, should be >= 4`);
    return;
  }
  d.u32(vendor ? f.msgTlvVendorId : f.msgTlvExperimentId);
  if (length > 4) d.bytes(f.data, length - 4);
}

/** A 32-bit float. */
function addRate(d: Dissection, field: Field, unit: string): void {
  const at = d.pos;
  d.skip(4);
  d.add(field, at, 4, new DataView(d.buf.buffer, d.buf.byteOffset + at, 4).getFloat32(0));
  if (d.labels) d.append(` ${unit}`);
}

function addRanges(d: Dissection, title: string, length: number, count: number, add: () => void): void {
  if (count <= 0 && length <= 0) return;
  d.openText(d.pos, length, `${title} Components`);
  let left = length;
  for (let i = 1; i <= count && left >= 8; i++, left -= 8) {
    d.openText(d.pos, 8, `${title} Component ${i}`);
    add();
    if (d.labels) d.close();
  }
  if (left > 0) addError(d, x.tlvLength, left, "Error processing TLV: Extra data at end of TLV");
  if (d.labels) d.close();
}

/** RFC 5036 section 3.5.3. */
function addAtm(d: Dissection, length: number): void {
  d.bits(f.msgTlvSessAtmMerge, d.pos, 1);
  const count = (d.peek8() >> 2) & 15;
  d.add(f.msgTlvSessAtmLr, d.pos, 1, count);
  if (d.labels) d.relabel(`Number of Label Range components: ${count}`);
  d.bits(f.msgTlvSessAtmDir, d.pos, 1);
  d.skip(4);
  addRanges(d, "ATM Label Range", length - 4, count, () => {
    d.bits(f.msgTlvSessAtmMinvpi, d.pos, 2);
    d.bits(f.msgTlvSessAtmMaxvpi, d.pos + 4, 2);
    d.pos += 2;
    d.u16(f.msgTlvSessAtmMinvci);
    d.pos += 2;
    d.u16(f.msgTlvSessAtmMaxvci);
  });
}

function addFrameRelay(d: Dissection, length: number): void {
  d.bits(f.msgTlvSessFrMerge, d.pos, 1);
  const count = (d.peek8() >> 2) & 15;
  d.add(f.msgTlvSessFrLr, d.pos, 1, count);
  if (d.labels) d.relabel(`Number of Label Range components: ${count}`);
  d.bits(f.msgTlvSessFrDir, d.pos, 1);
  d.skip(4);
  addRanges(d, "Frame Relay Label Range", length - 4, count, () => {
    d.bits(f.msgTlvSessFrLen, d.pos, 2);
    d.bits(f.msgTlvSessFrMindlci, d.pos + 1, 3);
    d.bits(f.msgTlvSessFrMaxdlci, d.pos + 5, 3);
    d.skip(8);
  });
}

/** RFC 3270 section 5.6. */
function addDiffServ(d: Dissection, length: number): void {
  const lsp = d.bits(f.msgTlvDiffservType, d.pos, 1);
  if (lsp === 1) {
    d.skip(2);
    addBehaviour(d, "PSC");
    return;
  }
  d.skip(3);
  const count = d.u8(f.msgTlvDiffservMapnb);
  for (let i = 0, left = length - 4; i < count && left >= 4; i++, left -= 4) {
    d.open(f.msgTlvDiffservMap, d.pos, 4);
    d.skip(1);
    const exp = d.peek8() & 7;
    d.add(f.msgTlvDiffservMapExp, d.pos, 1, exp);
    d.skip(1);
    const text = addBehaviour(d, "PHBID");
    if (d.labels) d.appendParent(`: EXP ${exp}, ${text}`);
    d.close();
  }
}

function addBehaviour(d: Dissection, title: string): string {
  const value = d.peek16();
  const isCode = (value & 1) !== 0;
  const text = isCode ? `PHB id code ${value >> 4}` : `DSCP ${value >> 10}`;
  d.open(f.msgTlvDiffservPhbid, d.pos, 2);
  if (d.labels) d.relabelParent(`${title}: ${text}`);
  d.bits(isCode ? f.msgTlvDiffservPhbidCode : f.msgTlvDiffservPhbidDscp, d.pos, 2);
  d.bits(f.msgTlvDiffservPhbidBit14, d.pos, 2);
  d.bits(f.msgTlvDiffservPhbidBit15, d.pos, 2);
  d.close();
  d.skip(2);
  return text;
}

/** RFC 5036 section 3.4.3. */
function addAddresses(d: Dissection, length: number): void {
  const family = d.u16(f.msgTlvAddrlAddrFamily);
  let left = length - 2;
  const size = family === 1 ? 4 : family === 2 ? 16 : 0;
  if (size === 0) {
    addError(d, x.family, left);
    return;
  }
  d.openText(d.pos, left, "Addresses");
  for (let i = 1; left >= size; i++, left -= size) {
    const at = d.pos;
    d.skip(size);
    if (!d.wants(f.msgTlvAddrlAddr)) continue;
    const text = formatAddress(d.buf.subarray(at, at + size));
    d.add(f.msgTlvAddrlAddr, at, size, text);
    if (d.labels) d.relabel(`Address ${i}: ${text}`);
  }
  if (d.labels) d.close();
  if (left > 0) addError(d, x.tlvLength, left, "Error processing TLV: Extra data at end of address list");
}

function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 16) return formatIpv6(bytes);
  return formatIpv4(((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0);
}

const WILDCARD = 1;
const PREFIX = 2;
const HOST = 3;
const CR_LSP = 4;
const TREES = [6, 7, 8];
const PW = 128;
const GENERALIZED_PW = 129;

/** RFC 5036 section 3.4.1, RFC 4447 section 5, RFC 6388. */
function addFecs(d: Dissection, length: number): void {
  const end = d.pos + length;
  for (let i = 1; d.pos < end; i++) {
    const left = end - d.pos;
    const type = d.peek8();
    if (type === WILDCARD || type === CR_LSP) {
      d.openText(d.pos, type === WILDCARD ? 1 : 4, `FEC Element ${i}`);
      d.u8(f.msgTlvFecType);
      if (type === CR_LSP) d.skip(Math.min(3, left - 1));
      if (d.labels) d.close();
    } else if (type === PREFIX || type === HOST) {
      if (!addAddressFec(d, i, left, type === PREFIX)) return;
    } else if (TREES.includes(type)) {
      addTree(d, i, left);
    } else if (type === PW) {
      if (!addPw(d, i, left)) return;
    } else if (type === GENERALIZED_PW) {
      addGeneralizedPw(d, i, left);
    } else {
      d.openText(d.pos, left, `FEC Element ${i}`);
      addError(d, x.unknownFec, left);
      if (d.labels) d.close();
      return;
    }
  }
}

function addAddressFec(d: Dissection, i: number, left: number, prefix: boolean): boolean {
  if (left < 4) {
    addError(d, x.fec, left, `Error in FEC Element ${i}`);
    return false;
  }
  const family = d.peek16(1);
  if (family !== 1 && family !== 2) {
    addError(d, x.family, left);
    return false;
  }
  const told = d.peek8(3);
  const name = family === 1 ? "IPv4" : "IPv6";
  const size = family === 1 ? 4 : 16;
  const n = prefix ? (told + 7) >> 3 : told;
  const wrong = prefix ? told > size * 8 : told !== size;
  if (!wrong && n > left - 4) {
    addError(d, x.fec, left, `Error in FEC Element ${i}`);
    return false;
  }
  d.openText(d.pos, 4 + n, `FEC Element ${i}`);
  d.u8(f.msgTlvFecType);
  d.u16(f.msgTlvFecAf);
  d.u8(f.msgTlvFecLen);
  if (wrong) {
    const what = prefix ? `Invalid prefix ${told} length` : `Invalid address length ${told} length`;
    d.expert(x.tlvLength, `${what} for family ${name}`);
    d.pos += Math.min(n, left - 4);
  } else {
    const at = d.pos;
    d.skip(n);
    const field = prefix ? f.msgTlvFecPfval : f.msgTlvFecHoval;
    if (d.wants(field)) {
      const bytes = new Uint8Array(size);
      bytes.set(d.buf.subarray(at, at + n));
      if (told % 8 !== 0 && prefix) bytes[n - 1] &= 0xff << (8 - (told % 8));
      const text = formatAddress(bytes);
      d.add(field, at, n, text);
      if (d.labels) d.relabel(`${prefix ? "Prefix" : "Address"}: ${text}`);
    }
  }
  if (d.labels) d.close();
  return true;
}

/** Trees of point to multipoint paths, RFC 6388 section 2.2. */
function addTree(d: Dissection, i: number, left: number): void {
  d.openText(d.pos, left, `FEC Element ${i}`);
  d.u8(f.msgTlvFecType);
  d.u16(f.msgTlvFecAf);
  d.u8(f.msgTlvFecLen);
  d.ipv4(f.msgTlvLdpP2mpIpv4Rtnodeaddr);
  const n = d.u16(f.msgTlvLdpP2mpOplength);
  d.bytes(f.msgTlvLdpP2mpOpvalue, n);
  if (d.labels) d.close();
}

function addPw(d: Dissection, i: number, left: number): boolean {
  if (left < 8) {
    addError(d, x.fec, left, `Error in FEC Element ${i}`);
    return false;
  }
  const told = d.peek8(3);
  if (told + 8 > left) d.malformed();
  const end = d.pos + 8 + told;
  d.openText(d.pos, 8 + told, `FEC Element ${i}`);
  d.u8(f.msgTlvFecType);
  d.bits(f.msgTlvFecPwControlword, d.pos, 1);
  d.bits(f.msgTlvFecPwPwtype, d.pos, 2);
  d.skip(2);
  d.u8(f.msgTlvFecPwInfolength);
  d.u32(f.msgTlvFecPwGroupid);
  if (told >= 4) {
    d.u32(f.msgTlvFecPwPwid);
    addParameters(d, told - 4, VC_PARAMETERS);
  }
  d.pos = end;
  if (d.labels) d.close();
  return true;
}

const AGI = [f.msgTlvFecGenAgiType, f.msgTlvFecGenAgiLength, f.msgTlvFecGenAgiValue];
const SAII = [f.msgTlvFecGenSaiiType, f.msgTlvFecGenSaiiLength, f.msgTlvFecGenSaiiValue];
const TAII = [f.msgTlvFecGenTaiiType, f.msgTlvFecGenTaiiLength, f.msgTlvFecGenTaiiValue];

function addGeneralizedPw(d: Dissection, i: number, left: number): void {
  const told = d.peek8(3);
  const n = Math.min(told, left - 4);
  const end = d.pos + 4 + n;
  d.openText(d.pos, 4 + n, `FEC Element ${i}`);
  d.u8(f.msgTlvFecType);
  d.bits(f.msgTlvFecPwControlword, d.pos, 1);
  d.bits(f.msgTlvFecPwPwtype, d.pos, 2);
  d.skip(2);
  d.u8(f.msgTlvFecPwInfolength);
  for (const fields of [AGI, SAII, TAII]) {
    if (d.pos + 2 > end) break;
    const type = d.u8(fields[0]);
    const size = d.u8(fields[1]);
    const behind = Math.min(d.pos + size, end);
    if (fields !== AGI && type === 2 && size === 12 && behind - d.pos === 12) {
      d.u32(f.msgTlvFecGenAiiGlobalid);
      d.u32(f.msgTlvFecGenAiiPrefix);
      d.u32(f.msgTlvFecGenAiiAcid);
    } else if (behind > d.pos) d.bytes(fields[2], behind - d.pos);
    d.pos = behind;
  }
  d.pos = end;
  if (d.labels) d.close();
}

interface ParameterFields {
  readonly id: Field;
  readonly length: Field;
  readonly mtu: Field;
  readonly cells: Field;
  readonly description: Field;
  readonly payload: Field;
  readonly options: readonly Field[];
  readonly vlan: Field;
  readonly rate: Field;
  readonly dlci: Field;
  readonly fcs: Field;
  readonly tdm: readonly Field[];
  readonly tdmPt: Field;
  readonly tdmReserved: Field;
  readonly tdmFrequency: Field;
  readonly tdmSource: Field;
  readonly channels: readonly Field[];
  readonly verifications: readonly Field[];
}

const VC_PARAMETERS: ParameterFields = {
  id: f.msgTlvFecVcIntparamId,
  length: f.msgTlvFecVcIntparamLength,
  mtu: f.msgTlvFecVcIntparamMtu,
  cells: f.msgTlvFecVcIntparamMaxatm,
  description: f.msgTlvFecVcIntparamDesc,
  payload: f.msgTlvFecVcIntparamCepbytes,
  options: [
    f.msgTlvFecVcIntparamCepoptAis,
    f.msgTlvFecVcIntparamCepoptUne,
    f.msgTlvFecVcIntparamCepoptRtp,
    f.msgTlvFecVcIntparamCepoptEbm,
    f.msgTlvFecVcIntparamCepoptMah,
    f.msgTlvFecVcIntparamCepoptRes,
    f.msgTlvFecVcIntparamCepoptCeptype,
    f.msgTlvFecVcIntparamCepoptT3,
    f.msgTlvFecVcIntparamCepoptE3,
  ],
  vlan: f.msgTlvFecVcIntparamVlanid,
  rate: f.msgTlvFecVcIntparamTdmbps,
  dlci: f.msgTlvFecVcIntparamDlcilen,
  fcs: f.msgTlvFecVcIntparamFcslen,
  tdm: [
    f.msgTlvFecVcIntparamTdmoptR,
    f.msgTlvFecVcIntparamTdmoptD,
    f.msgTlvFecVcIntparamTdmoptF,
    f.msgTlvFecVcIntparamTdmoptRes1,
  ],
  tdmPt: f.msgTlvFecVcIntparamTdmoptPt,
  tdmReserved: f.msgTlvFecVcIntparamTdmoptRes2,
  tdmFrequency: f.msgTlvFecVcIntparamTdmoptFreq,
  tdmSource: f.msgTlvFecVcIntparamTdmoptSsrc,
  channels: [
    f.msgTlvFecVcIntparamVccvCctypeCw,
    f.msgTlvFecVcIntparamVccvCctypeMplsra,
    f.msgTlvFecVcIntparamVccvCctypeTtl1,
  ],
  verifications: [
    f.msgTlvFecVcIntparamVccvCvtypeIcmpping,
    f.msgTlvFecVcIntparamVccvCvtypeLspping,
    f.msgTlvFecVcIntparamVccvCvtypeBfd1,
  ],
};
const PW_PARAMETERS: ParameterFields = {
  id: f.msgTlvIntparamId,
  length: f.msgTlvIntparamLength,
  mtu: f.msgTlvIntparamMtu,
  cells: f.msgTlvIntparamMaxatm,
  description: f.msgTlvIntparamDesc,
  payload: f.msgTlvIntparamCepbytes,
  options: [
    f.msgTlvIntparamCepoptAis,
    f.msgTlvIntparamCepoptUne,
    f.msgTlvIntparamCepoptRtp,
    f.msgTlvIntparamCepoptEbm,
    f.msgTlvIntparamCepoptMah,
    f.msgTlvIntparamCepoptRes,
    f.msgTlvIntparamCepoptCeptype,
    f.msgTlvIntparamCepoptT3,
    f.msgTlvIntparamCepoptE3,
  ],
  vlan: f.msgTlvIntparamVlanid,
  rate: f.msgTlvIntparamTdmbps,
  dlci: f.msgTlvIntparamDlcilen,
  fcs: f.msgTlvIntparamFcslen,
  tdm: [
    f.msgTlvIntparamTdmoptR,
    f.msgTlvIntparamTdmoptD,
    f.msgTlvIntparamTdmoptF,
    f.msgTlvIntparamTdmoptRes1,
  ],
  tdmPt: f.msgTlvIntparamTdmoptPt,
  tdmReserved: f.msgTlvIntparamTdmoptRes2,
  tdmFrequency: f.msgTlvIntparamTdmoptFreq,
  tdmSource: f.msgTlvIntparamTdmoptSsrc,
  channels: [f.msgTlvIntparamVccvCctypeCw, f.msgTlvIntparamVccvCctypeMplsra, f.msgTlvIntparamVccvCctypeTtl1],
  verifications: [
    f.msgTlvIntparamVccvCvtypeIcmpping,
    f.msgTlvIntparamVccvCvtypeLspping,
    f.msgTlvIntparamVccvCvtypeBfd,
  ],
};

/** Interface parameters, RFC 4447 section 5.5. */
function addParameters(d: Dissection, length: number, p: ParameterFields): void {
  const end = d.pos + length;
  while (d.pos + 2 <= end) {
    const at = d.pos;
    const size = d.peek8(1);
    if (size < 2 || at + size > end) {
      addError(d, x.parameter, end - at);
      return;
    }
    d.openText(at, size, "Interface Parameter");
    const id = d.u8(p.id);
    d.u8(p.length);
    addParameter(d, id, size - 2, p);
    d.pos = at + size;
    if (d.labels) d.close();
  }
}

function addParameter(d: Dissection, id: number, length: number, p: ParameterFields): void {
  const name = (text: string): void => {
    if (d.labels) d.appendParent(text);
  };
  switch (id) {
    case 1:
      name(`: MTU ${d.u16(p.mtu)}`);
      break;
    case 2:
      name(`: Max ATM Concat Cells ${d.u16(p.cells)}`);
      break;
    case 3:
      name(": Description");
      d.str(p.description, length);
      break;
    case 4:
      name(`: CEP/TDM Payload Bytes ${d.u16(p.payload)}`);
      break;
    case 5:
      name(": CEP Options");
      d.openText(d.pos, 2, "CEP Options");
      for (const field of p.options) d.bits(field, d.pos, 2);
      if (d.labels) d.close();
      break;
    case 6:
      name(`: VLAN Id ${d.u16(p.vlan)}`);
      break;
    case 7:
      name(`: BPS ${d.u32(p.rate)}`);
      break;
    case 8:
      name(`: DLCI Length ${d.u16(p.dlci)}`);
      break;
    case 9:
      name(": Fragmentation");
      break;
    case 10:
      name(`: FCS retention, FCS Length ${d.u16(p.fcs)} Bytes`);
      break;
    case 11:
      name(": TDM Options");
      for (const field of p.tdm) d.bits(field, d.pos, 2);
      d.skip(2);
      if (length >= 8) {
        d.bits(p.tdmPt, d.pos, 1);
        d.skip(1);
        d.u8(p.tdmReserved);
        d.u16(p.tdmFrequency);
        d.u32(p.tdmSource);
      }
      break;
    case 12:
      name(": VCCV");
      d.openText(d.pos, 1, "CC Type");
      for (const field of p.channels) d.bits(field, d.pos, 1);
      if (d.labels) d.close();
      d.skip(1);
      d.openText(d.pos, 1, "CV Type");
      for (const field of p.verifications) d.bits(field, d.pos, 1);
      if (d.labels) d.close();
      break;
    case 0x17:
      if (p === VC_PARAMETERS) {
        name(": Flow Label for Pseudowire");
        d.bits(f.msgTlvFecVcIntparamFlowlabelT, d.pos, 1);
        d.bits(f.msgTlvFecVcIntparamFlowlabelR, d.pos, 1);
        d.bits(f.msgTlvFecVcIntparamFlowlabelRes, d.pos, 2);
        break;
      }
      name(" unknown");
      d.bytes(f.unknownData, length);
      break;
    default:
      name(" unknown");
      d.bytes(f.unknownData, length);
  }
}
