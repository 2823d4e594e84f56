/**
 * IEEE 802.15.4-2015: low-rate wireless personal area networks, with the frame formats of 2003 and 2006, the
 * multiplexed payloads of IEEE 802.15.9 and the 6top protocol of RFC 8480.
 * Link types: https://www.tcpdump.org/linktypes.html (195, 215, 230) and
 * https://www.tcpdump.org/linktypes/LINKTYPE_IEEE802_15_4_TAP.html (283, in wpan-tap.ts).
 */
import { ADDRESS_ETHER, ADDRESS_WPAN } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  eui64,
  expert,
  type Field,
  i16,
  joined,
  nameOf,
  none,
  u8,
  u16,
  u24,
  u32,
  u40,
  u64,
} from "../dissect/field.ts";
import { addFlags, addFlagsLe } from "../dissect/flags.ts";
import { HeuristicTable, protocol } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import {
  AUX_SEC_KEY_ID_MODES,
  AUX_SEC_SEC_LEVELS,
  CMDS,
  DST_ADDR_MODES,
  FRAME_TYPES,
  HEADER_IE_IDS,
  HEADER_IE_TYPES,
  MLME_IE_IDS,
  MLME_IE_TYPES,
  MPX_KMP_IDS,
  MPX_MULTIPLEX_IDS,
  MPX_TRANSFER_TYPES,
  MPX_WISUNS,
  N_6TOP_CELL_OPTIONS,
  N_6TOP_TYPES,
  PAYLOAD_IE_IDS,
  VERSIONS,
} from "./names/wpan.ts";

const f = {
  fcf: u16("wpan.fcf", "Frame Control Field", { base: "HEX" }),
  frameType: u16("wpan.frame_type", "Frame Type", { base: "HEX", mask: 0x7, names: FRAME_TYPES }),
  security: bool("wpan.security", "Security Enabled", { bits: 16, mask: 0x8 }),
  pending: bool("wpan.pending", "Frame Pending", { bits: 16, mask: 0x10 }),
  ackRequest: bool("wpan.ack_request", "Acknowledge Request", { bits: 16, mask: 0x20 }),
  panIdCompression: bool("wpan.pan_id_compression", "PAN ID Compression", { bits: 16, mask: 0x40 }),
  fcfReserved: bool("wpan.fcf.reserved", "Reserved", { bits: 16, mask: 0x80 }),
  seqnoSuppression: bool("wpan.seqno_suppression", "Sequence Number Suppression", { bits: 16, mask: 0x100 }),
  iePresent: bool("wpan.ie_present", "Information Elements Present", { bits: 16, mask: 0x200 }),
  dstAddrMode: u16("wpan.dst_addr_mode", "Destination Addressing Mode", {
    base: "HEX",
    mask: 0xc00,
    names: DST_ADDR_MODES,
  }),
  version: u16("wpan.version", "Frame Version", { mask: 0x3000, names: VERSIONS }),
  srcAddrMode: u16("wpan.src_addr_mode", "Source Addressing Mode", {
    base: "HEX",
    mask: 0xc000,
    names: DST_ADDR_MODES,
  }),
  longFrameControl: bool("wpan.long_frame_control", "Long Frame Control", { bits: 16, mask: 0x8 }),
  panIdPresent: bool("wpan.pan_id_present", "PAN ID Present", { bits: 16, mask: 0x100 }),
  mpfVersion: u16("wpan.mpf_version", "Multipurpose Frame Version", { mask: 0x3000 }),
  seqNo: u8("wpan.seq_no", "Sequence Number"),
  dstPan: u16("wpan.dst_pan", "Destination PAN", { base: "HEX" }),
  dst16: u16("wpan.dst16", "Destination", { base: "HEX" }),
  dst64: eui64("wpan.dst64", "Destination"),
  srcPan: u16("wpan.src_pan", "Source PAN", { base: "HEX" }),
  src16: u16("wpan.src16", "Source", { base: "HEX" }),
  src64: eui64("wpan.src64", "Extended Source"),
  addr16: u16("wpan.addr16", "Address", { base: "HEX" }),
  addr64: eui64("wpan.addr64", "Extended Address"),
  fcs: u16("wpan.fcs", "FCS", { base: "HEX" }),
  fcs32: u32("wpan.fcs32", "FCS", { base: "HEX" }),
  ieUnknownContent: bytes("wpan.ie.unknown_content", "Unknown Content", { base: "SEP_SPACE" }),
  headerIe: none("wpan.header_ie", "Header IEs"),
  headerIeTlv: u16("wpan.header_ie_tlv", "IE Header", { base: "HEX" }),
  headerIeType: u16("wpan.header_ie.type", "Type", { mask: 0x8000, names: HEADER_IE_TYPES }),
  headerIeId: u16("wpan.header_ie.id", "Id", { base: "HEX", mask: 0x7f80, names: HEADER_IE_IDS }),
  headerIeLength: u16("wpan.header_ie.length", "Length", { mask: 0x7f }),
  headerIeUnsupported: none("wpan.header_ie.unsupported", "Unsupported Header IE"),
  headerIeHt1: none("wpan.header_ie.ht1", "Header Termination 1 IE (Payload IEs follow)"),
  headerIeHt2: none("wpan.header_ie.ht2", "Header Termination 2 IE (Payload follows)"),
  headerIeTimeCorrection: none("wpan.header_ie.time_correction", "Time Correction IE"),
  headerIeTimeCorrectionTimeSyncInfo: u16("wpan.header_ie.time_correction.time_sync_info", "Time Sync Info", {
    base: "HEX",
  }),
  nack: bool("wpan.nack", "Nack", {
    bits: 16,
    mask: 0x8000,
    tf: ["Negative Acknowledgement", "Acknowledgement"],
  }),
  headerIeTimeCorrectionValue: i16("wpan.header_ie.time_correction.value", "Time Correction", {
    mask: 0xfff,
    unit: "µs",
  }),
  headerIeCsl: none("wpan.header_ie.csl", "CSL IE"),
  headerIeCslPhase: i16("wpan.header_ie.csl.phase", "Phase"),
  headerIeCslPeriod: i16("wpan.header_ie.csl.period", "Period"),
  headerIeCslRendezvousTime: i16("wpan.header_ie.csl.rendezvous_time", "Rendezvous Time"),
  headerIeRdv: none("wpan.header_ie.rdv", "Rendezvous Time IE"),
  headerIeCslWakeupInterval: i16("wpan.header_ie.csl.wakeup_interval", "Wake-up Interval"),
  headerIeGlobalTime: none("wpan.header_ie.global_time", "Global Time IE"),
  headerIeGlobalTimeValue: absTime("wpan.header_ie.global_time.value", "Global Time", { base: "LOCAL" }),
  headerIeVendorSpecific: none("wpan.header_ie.vendor_specific", "Vendor Specific IE"),
  headerIeVendorSpecificVendorOui: u24("wpan.header_ie.vendor_specific.vendor_oui", "Vendor OUI", {
    base: "OUI",
  }),
  headerIeVendorSpecificContent: bytes("wpan.header_ie.vendor_specific.content", "Vendor Content", {
    base: "SEP_SPACE",
  }),
  payloadIe: none("wpan.payload_ie", "Payload IEs"),
  payloadIeTlv: u16("wpan.payload_ie_tlv", "IE Header", { base: "HEX" }),
  payloadIeType: u16("wpan.payload_ie.type", "Type", { mask: 0x8000, names: HEADER_IE_TYPES }),
  payloadIeId: u16("wpan.payload_ie.id", "Id", { base: "HEX", mask: 0x7800, names: PAYLOAD_IE_IDS }),
  payloadIeLength: u16("wpan.payload_ie.length", "Length", { mask: 0x7ff }),
  payloadIeUnknown: none("wpan.payload_ie.unknown", "Unknown Payload IE"),
  payloadIeTermination: none("wpan.payload_ie.termination", "Payload Termination IE"),
  payloadIeVendor: none("wpan.payload_ie.vendor", "Vendor Specific IE"),
  payloadIeVendorOui: u24("wpan.payload_ie.vendor.oui", "Vendor OUI", { base: "OUI" }),
  mlme: none("wpan.mlme", "MLME IE"),
  mlmeIeType: u16("wpan.mlme.ie.type", "Type", { mask: 0x8000, names: MLME_IE_TYPES }),
  mlmeIe: u16("wpan.mlme.ie", "MLME Sub IE", { base: "HEX" }),
  mlmeIeId: u16("wpan.mlme.ie.id", "Sub ID", { base: "HEX", mask: 0x7f00, names: MLME_IE_IDS }),
  mlmeIeLength: u16("wpan.mlme.ie.length", "Length", { mask: 0xff }),
  mlmeUnsupported: none("wpan.mlme.unsupported", "Unsupported Sub IE"),
  mlmeData: bytes("wpan.mlme.data", "Data"),
  ebFilter: u8("wpan.eb_filter", "Enhanced Beacon Filter", { base: "HEX" }),
  ebFilterPjoin: bool("wpan.eb_filter.pjoin", "Permit Join Filter", {
    mask: 0x1,
    tf: ["Enabled", "Disabled"],
  }),
  ebFilterLqi: bool("wpan.eb_filter.lqi", "LQI Filter", { mask: 0x2, tf: ["Enabled", "Disabled"] }),
  ebFilterLqiMinimum: u8("wpan.eb_filter.lqi_minimum", "Minimum LQI"),
  ebFilterContainsProb: bool("wpan.eb_filter.contains_prob", "Probability to Respond", {
    mask: 0x4,
    tf: ["Enabled", "Disabled"],
  }),
  ebFilterProb: u8("wpan.eb_filter.prob", "Response Probability Percentage"),
  ebFilterAttrId: u8("wpan.eb_filter.attr_id", "Requested Attribute Length", { mask: 0x18 }),
  ebFilterAttrIdBits: u24("wpan.eb_filter.attr_id_bits", "Attribute ID Bitmap", { base: "HEX" }),
  tschTimeSync: none("wpan.tsch.time_sync", "TSCH Synchronization IE"),
  tschAsn: u40("wpan.tsch.asn", "Absolute Slot Number"),
  tschJoinMetric: u8("wpan.tsch.join_metric", "Join Metric"),
  tschTimeslot: none("wpan.tsch.timeslot", "TSCH Timeslot IE"),
  tschTimeslotId: u8("wpan.tsch.timeslot.id", "Timeslot ID", { base: "HEX" }),
  tschTimeslotCcaOffset: u16("wpan.tsch.timeslot.cca_offset", "CCA Offset"),
  tschTimeslotCca: u16("wpan.tsch.timeslot.cca", "CCA"),
  tschTimeslotTxOffset: u16("wpan.tsch.timeslot.tx_offset", "TX Offset"),
  tschTimeslotRxOffset: u16("wpan.tsch.timeslot.rx_offset", "RX Offset"),
  tschTimeslotRxAckDelay: u16("wpan.tsch.timeslot.rx_ack_delay", "RX Ack Delay"),
  tschTimeslotTxAckDelay: u16("wpan.tsch.timeslot.tx_ack_delay", "TX Ack Delay"),
  tschTimeslotRxWait: u16("wpan.tsch.timeslot.rx_wait", "RX Wait"),
  tschTimeslotAckWait: u16("wpan.tsch.timeslot.ack_wait", "Ack Wait"),
  tschTimeslotTurnaround: u16("wpan.tsch.timeslot.turnaround", "Turn Around"),
  tschTimeslotMaxAck: u16("wpan.tsch.timeslot.max_ack", "Max Ack"),
  tschTimeslotMaxTx: u24("wpan.tsch.timeslot.max_tx", "Max TX"),
  tschTimeslotLength: u24("wpan.tsch.timeslot.length", "Timeslot Length"),
  channelHopping: none("wpan.channel_hopping", "Channel Hopping IE"),
  tschSlotframe: none("wpan.tsch.slotframe", "Slotframe IE"),
  tschLinkInfo: none("wpan.tsch.link_info", "Link Information"),
  tschSlotframeNum: u8("wpan.tsch.slotframe_num", "Number of Slotframes"),
  tschSlotframeHandle: u8("wpan.tsch.slotframe_handle", "Slotframe handle"),
  tschSlotframeSize: u16("wpan.tsch.slotframe_size", "Slotframe size"),
  tschNbLinks: u8("wpan.tsch.nb_links", "Number of Links"),
  tschLinkTimeslot: u16("wpan.tsch.link_timeslot", "Timeslot"),
  tschChannelOffset: u16("wpan.tsch.channel_offset", "Channel Offset"),
  tschLinkOptions: u8("wpan.tsch.link_options", "Link Options", { base: "HEX" }),
  tschLinkOptionsTx: bool("wpan.tsch.link_options.tx", "TX Link", { mask: 0x1 }),
  tschLinkOptionsRx: bool("wpan.tsch.link_options.rx", "RX Link", { mask: 0x2 }),
  tschLinkOptionsShared: bool("wpan.tsch.link_options.shared", "Shared Link", { mask: 0x4 }),
  tschLinkOptionsTimekeeping: bool("wpan.tsch.link_options.timekeeping", "Timekeeping", { mask: 0x8 }),
  tschLinkOptionsPriority: bool("wpan.tsch.link_options.priority", "Priority", { mask: 0x10 }),
  tschHoppingSequenceId: u8("wpan.tsch.hopping_sequence_id", "Hopping Sequence ID", { base: "HEX" }),
  payloadIeIetf: none("wpan.payload_ie.ietf", "IETF Payload IE"),
  ietfIeSubId: u8("wpan.ietf_ie.sub_id", "Sub-ID"),
  n6top: none("wpan.6top", "6top IE"),
  n6topVersion: u8("wpan.6top_version", "6P Version", { mask: 0xf }),
  n6topType: u8("wpan.6top_type", "Type", { base: "HEX", mask: 0x30, names: N_6TOP_TYPES }),
  n6topFlagsReserved: u8("wpan.6top_flags_reserved", "Reserved", { base: "HEX", mask: 0xc0 }),
  n6topCode: u8("wpan.6top_code", "Code", { base: "HEX" }),
  n6topSfid: u8("wpan.6top_sfid", "SFID (6top Scheduling Function ID)", { base: "HEX" }),
  n6topSeqnum: u8("wpan.6top_seqnum", "SeqNum", { mask: 0xff }),
  n6topMetadata: u16("wpan.6top_metadata", "Metadata", { base: "HEX" }),
  n6topCellOptions: u8("wpan.6top_cell_options", "Cell Options", { base: "HEX", names: N_6TOP_CELL_OPTIONS }),
  n6topCellOptionTx: u8("wpan.6top_cell_option_tx", "Transmit (TX) Cell", { base: "HEX", mask: 0x1 }),
  n6topCellOptionRx: u8("wpan.6top_cell_option_rx", "Receive (RX) Cell", { base: "HEX", mask: 0x2 }),
  n6topCellOptionShared: u8("wpan.6top_cell_option_shared", "SHARED Cell", { base: "HEX", mask: 0x4 }),
  n6topCellOptionReserved: u8("wpan.6top_cell_option_reserved", "Reserved", { base: "HEX", mask: 0xf8 }),
  n6topNumCells: u8("wpan.6top_num_cells", "Number of Cells"),
  n6topCellList: none("wpan.6top_cell_list", "CellList"),
  n6topRelCellList: none("wpan.6top_rel_cell_list", "Rel. CellList"),
  n6topCandCellList: none("wpan.6top_cand_cell_list", "Cand. CellList"),
  n6topCell: bytes("wpan.6top_cell", "Cell"),
  n6topReserved: u8("wpan.6top_reserved", "Reserved", { base: "HEX" }),
  n6topOffset: u16("wpan.6top_offset", "Offset"),
  n6topMaxNumCells: u16("wpan.6top_max_num_cells", "Maximum Number of Requested Cells"),
  n6topCellSlotOffset: u16("wpan.6top_cell_slot_offset", "Slot Offset", { base: "HEX" }),
  n6topChannelOffset: u16("wpan.6top_channel_offset", "Channel Offset", { base: "HEX" }),
  n6topTotalNumCells: u16("wpan.6top_total_num_cells", "Total Number of Cells"),
  n6topPayload: bytes("wpan.6top_payload", "Payload"),
  mpx: none("wpan.mpx", "MPX IE"),
  mpxTransactionControl: u8("wpan.mpx.transaction_control", "Transaction Control", { base: "HEX" }),
  mpxTransferType: u8("wpan.mpx.transfer_type", "Transfer Type", {
    base: "HEX",
    mask: 0x7,
    names: MPX_TRANSFER_TYPES,
  }),
  mpxTransactionId: u8("wpan.mpx.transaction_id", "Transaction ID", { base: "HEX", mask: 0xf8 }),
  mpxMultiplexId: u8("wpan.mpx.multiplex_id", "Multiplex ID", {
    base: "HEX",
    mask: 0xf8,
    names: MPX_MULTIPLEX_IDS,
  }),
  mpxFragmentNumber: u8("wpan.mpx.fragment_number", "Fragment Number"),
  mpxTotalFrameSize: u16("wpan.mpx.total_frame_size", "Total Frame Size"),
  mpxKmpId: u8("wpan.mpx.kmp.id", "KMP ID", { names: MPX_KMP_IDS }),
  mpxKmpVendorOui: u24("wpan.mpx.kmp.vendor_oui", "Vendor OUI", { base: "OUI" }),
  mpxFragment: bytes("wpan.mpx.fragment", "Upper-Layer Frame Fragment", { base: "SEP_SPACE" }),
  mpxWisun: u8("wpan.mpx.wisun", "Wi-SUN Multiplex Sub ID", { base: "HEX", names: MPX_WISUNS }),
  cmd: u8("wpan.cmd", "Command Identifier", { base: "HEX", names: CMDS }),
  cmdVendorOui: u24("wpan.cmd.vendor_oui", "Vendor OUI", { base: "OUI" }),
  cinfoAltCoord: bool("wpan.cinfo.alt_coord", "Alternate PAN Coordinator", { mask: 0x1 }),
  cinfoDeviceType: bool("wpan.cinfo.device_type", "Device Type", { mask: 0x2, tf: ["FFD", "RFD"] }),
  cinfoPowerSrc: bool("wpan.cinfo.power_src", "Power Source", {
    mask: 0x4,
    tf: ["AC/Mains Power", "Battery"],
  }),
  cinfoIdleRx: bool("wpan.cinfo.idle_rx", "Receive On When Idle", { mask: 0x8 }),
  cinfoSecCapable: bool("wpan.cinfo.sec_capable", "Security Capability", { mask: 0x40 }),
  cinfoAllocAddr: bool("wpan.cinfo.alloc_addr", "Allocate Address", { mask: 0x80 }),
  asocAddr: u16("wpan.asoc.addr", "Short Address", { base: "HEX" }),
  assocStatus: u8("wpan.assoc.status", "Association Status", { base: "HEX" }),
  disassocReason: u8("wpan.disassoc.reason", "Disassociation Reason", { base: "HEX" }),
  realignPan: u16("wpan.realign.pan", "PAN ID", { base: "HEX" }),
  realignAddr: u16("wpan.realign.addr", "Coordinator Short Address", { base: "HEX" }),
  realignChannel: u8("wpan.realign.channel", "Logical Channel"),
  realignChannelPage: u8("wpan.realign.channel_page", "Channel Page"),
  gtsreqLength: u8("wpan.gtsreq.length", "GTS Length", { mask: 0xf }),
  gtsreqDirection: bool("wpan.gtsreq.direction", "GTS Direction", {
    mask: 0x10,
    tf: ["Receive", "Transmit"],
  }),
  gtsreqType: bool("wpan.gtsreq.type", "Characteristic Type", {
    mask: 0x20,
    tf: ["Allocate GTS", "Deallocate GTS"],
  }),
  beaconOrder: u16("wpan.beacon_order", "Beacon Interval", { mask: 0xf }),
  superframeOrder: u16("wpan.superframe_order", "Superframe Interval", { mask: 0xf0 }),
  cap: u16("wpan.cap", "Final CAP Slot", { mask: 0xf00 }),
  batteryExt: bool("wpan.battery_ext", "Battery Extension", { bits: 16, mask: 0x1000 }),
  bcnCoord: bool("wpan.bcn_coord", "PAN Coordinator", { bits: 16, mask: 0x4000 }),
  assocPermit: bool("wpan.assoc_permit", "Association Permit", { bits: 16, mask: 0x8000 }),
  gtsCount: u8("wpan.gts.count", "GTS Descriptor Count"),
  gtsPermit: bool("wpan.gts.permit", "GTS Permit"),
  gtsDirection: bool("wpan.gts.direction", "Direction", { tf: ["Receive Only", "Transmit Only"] }),
  gtsAddress: u16("wpan.gts.address", "Address", { base: "HEX" }),
  pending16: u16("wpan.pending16", "Address", { base: "HEX" }),
  pending64: eui64("wpan.pending64", "Address"),
  auxSecHdr: none("wpan.aux_sec.hdr", "Auxiliary Security Header"),
  auxSecSecLevel: u8("wpan.aux_sec.sec_level", "Security Level", {
    base: "HEX",
    mask: 0x7,
    names: AUX_SEC_SEC_LEVELS,
  }),
  auxSecSecurityControlField: u8("wpan.aux_sec.security_control_field", "Security Control Field", {
    base: "HEX",
  }),
  auxSecKeyIdMode: u8("wpan.aux_sec.key_id_mode", "Key Identifier Mode", {
    base: "HEX",
    mask: 0x18,
    names: AUX_SEC_KEY_ID_MODES,
  }),
  auxSecFrameCounterSuppression: bool("wpan.aux_sec.frame_counter_suppression", "Frame Counter Suppression", {
    mask: 0x20,
  }),
  auxSecAsnInNonce: bool("wpan.aux_sec.asn_in_nonce", "ASN in Nonce", { mask: 0x40 }),
  auxSecReserved: u8("wpan.aux_sec.reserved", "Reserved", { base: "HEX", mask: 0x80 }),
  auxSecFrameCounter: u32("wpan.aux_sec.frame_counter", "Frame Counter"),
  auxSecKeySource: u64("wpan.aux_sec.key_source", "Key Source", { base: "HEX" }),
  auxSecKeySourceBytes: bytes("wpan.aux_sec.key_source.bytes", "Key Source"),
  auxSecKeyIndex: u8("wpan.aux_sec.key_index", "Key Index", { base: "HEX" }),
  mic: bytes("wpan.mic", "MIC"),
  secFrameCounter: u32("wpan.sec_frame_counter", "Frame Counter", { base: "HEX" }),
  secKeySequenceCounter: u8("wpan.sec_key_sequence_counter", "Key Sequence Counter", { base: "HEX" }),
};

/** The frame control field of multipurpose frames has some of the same fields in other places. */
const mp = {
  mpDstMode: u16("wpan.dst_addr_mode", "Destination Addressing Mode", {
    base: "HEX",
    mask: 0x30,
    names: DST_ADDR_MODES,
  }),
  mpSrcMode: u16("wpan.src_addr_mode", "Source Addressing Mode", {
    base: "HEX",
    mask: 0xc0,
    names: DST_ADDR_MODES,
  }),
  mpSecurity: bool("wpan.security", "Security Enabled", { bits: 16, mask: 0x200 }),
  mpSuppression: bool("wpan.seqno_suppression", "Sequence Number Suppression", { bits: 16, mask: 0x400 }),
  mpPending: bool("wpan.pending", "Frame Pending", { bits: 16, mask: 0x800 }),
  mpAckRequest: bool("wpan.ack_request", "Acknowledge Request", { bits: 16, mask: 0x4000 }),
  mpIePresent: bool("wpan.ie_present", "Information Elements Present", { bits: 16, mask: 0x8000 }),
};

const h = {
  frameLength: u8("wpan.frame_length", "Frame Length"),
  fcsOk: bool("wpan.fcs_ok", "FCS Valid"),
};

const MLME_LONG_IDS: Readonly<Record<number, string>> = { 9: "Channel Hopping IE" };

const g = {
  mlmeLongId: u16("wpan.mlme.ie.id", "Sub ID", { base: "HEX", mask: 0x7800, names: MLME_LONG_IDS }),
  mlmeLongLength: u16("wpan.mlme.ie.length", "Length", { mask: 0x7ff }),
  realignShort: u16("wpan.realign.addr", "Short Address", { base: "HEX" }),
  multiplexWhole: u16("wpan.mpx.multiplex_id", "Multiplex ID", { base: "HEX", names: MPX_MULTIPLEX_IDS }),
};

const SIX_TOP_COMMANDS: Readonly<Record<number, string>> = {
  1: "ADD",
  2: "DELETE",
  3: "RELOCATE",
  4: "COUNT",
  5: "LIST",
  6: "SIGNAL",
  7: "CLEAR",
};
const SIX_TOP_CODES: Readonly<Record<number, string>> = {
  0: "SUCCESS",
  1: "RC_EOL",
  2: "RC_ERR",
  3: "RC_RESET",
  4: "RC_ERR_VERSION",
  5: "RC_ERR_SFID",
  6: "RC_ERR_SEQNUM",
  7: "RC_ERR_CELLLIST",
  8: "RC_ERR_BUSY",
  9: "RC_ERR_LOCKED",
};

const x = {
  invalidAddressing: expert("wpan.invalid_addressing", "warning", "Malformed", "Invalid Addressing"),
  dstInvalid: expert("wpan.dst_invalid", "error", "Malformed", "Invalid Destination Address Mode"),
  srcInvalid: expert("wpan.src_invalid", "error", "Malformed", "Invalid Source Address Mode"),
  versionUnknown: expert(
    "wpan.frame_version_unknown",
    "error",
    "Malformed",
    "Frame Version Unknown Cannot Dissect",
  ),
  decrypt: expert("wpan.decrypt_error", "warning", "Undecoded", "Decryption error"),
  badFcs: expert("wpan.fcs.bad", "warning", "Checksum", "Bad FCS"),
  suppression: expert(
    "wpan.seqno_suppression_invalid",
    "warning",
    "Malformed",
    "Sequence Number Suppression invalid for 802.15.4-2003 and 2006",
  ),
  sixTopType: expert("wpan.6top_unsupported_type", "warning", "Protocol", "Unsupported Type of Message"),
  sixTopCommand: expert("wpan.6top_unsupported_command", "warning", "Protocol", "Unsupported 6top command"),
  sixTopCode: expert("wpan.6top_unsupported_code", "warning", "Protocol", "Unsupported 6top return code"),
  unsupportedIe: expert("wpan.ie_unsupported_id", "warning", "Protocol", "Unsupported IE ID"),
  extraContent: expert(
    "wpan.ie_unknown_extra_content",
    "warning",
    "Protocol",
    "Unexpected extra content for IE",
  ),
  transferType: expert(
    "wpan.payload_ie.mpx.invalid_transfer_type",
    "warning",
    "Protocol",
    "Invalid transfer type (cf. IEEE 802.15.9 Table 19)",
  ),
  unsupportedKmp: expert("wpan.mpx.unsupported_kmp", "warning", "Protocol", "Unsupported KMP ID"),
  unknownKmp: expert(
    "wpan.mpx.unknown_kmp",
    "warning",
    "Protocol",
    "Unknown KMP ID (cf. IEEE 802.15.9 Table 21)",
  ),
  payloadIeInHeader: expert("wpan.payload_ie.in_header", "warning", "Malformed", "Payload IE in header"),
  unsupportedCommand: expert("wpan.cmd.unsupported_cmd", "warning", "Protocol", "Unsupported Command ID"),
  unknownCommand: expert(
    "wpan.cmd.unknown_cmd",
    "warning",
    "Protocol",
    "Unknown Command Id (cf. IEEE 802.15.4-2015 Table 7-49)",
  ),
};

/** Protocols that recognise the payload of a data frame, in the order they are asked. */
export const wpanHeuristics = new HeuristicTable("wpan");
export const wpanBeaconHeuristics = new HeuristicTable("wpan.beacon");

/** Frame check sequence by how the receiver gives it: none, ITU-T CRC-16, CRC-32. */
export type WpanFcs = 0 | 2 | 4;

export const wpan = protocol({
  name: "wpan",
  title: "IEEE 802.15.4",
  short: "IEEE 802.15.4",
  fields: joined(f, g, h, mp),
  experts: x,
  on: [
    [linkTypes, 195, 230],
    [ethertypes, 0x809a, 0xa0ed],
  ],
  dissect: (d) => {
    dissectFrame(d, d.linkType === 230 ? 0 : 2);
  },
});

/** Dissects an 802.15.4 frame as a further part of the layer around it, which says how long its check sequence is. */
export function dissectWpanPart(d: Dissection, fcs: WpanFcs): void {
  d.openBeside(wpan);
  inner.serial = d.serial;
  if (d.columns) d.setProtocol(wpan.short);
  dissectFrame(d, fcs);
  d.close();
}

const p = {
  preamble: u32("wpan-nonask-phy.preamble", "Preamble", { base: "HEX" }),
  sfd: u8("wpan-nonask-phy.sfd", "Start of Frame Delimiter", { base: "HEX" }),
  frameLength: u8("wpan-nonask-phy.frame_length", "Frame Length", { base: "HEX", mask: 0x7f }),
  phr: u8("wpan-nonask-phy.phr", "PHR", { base: "HEX" }),
};

export const wpanPhy = protocol({
  name: "wpan-nonask-phy",
  title: "IEEE 802.15.4 non-ASK PHY",
  short: "IEEE 802.15.4 non-ASK PHY",
  fields: p,
  on: [[linkTypes, 215]],
  dissect: dissectPhy,
});

/** The physical layer's preamble, start delimiter and length, then the frame, which has no layer of its own here. */
function dissectPhy(d: Dissection): void {
  d.u32le(p.preamble);
  d.u8(p.sfd);
  const length = d.bitset(p.phr, 1, [p.frameLength]) & 0x7f;
  d.limit(length);
  const end = d.end;
  d.open(wpan.field, d.pos, d.remaining);
  if (d.columns) d.setProtocol("IEEE 802.15.4");
  inner.serial = d.serial;
  dissectFrame(d, 2);
  d.close(end);
}

/** The dissection whose frame is shown below another layer's line. */
const inner = { serial: -1 };

const BEACON = 0;
const DATA = 1;
const ACK = 2;
const COMMAND = 3;
const MULTIPURPOSE = 5;
const NONE = 0;
const RESERVED = 1;
const SHORT = 2;
const LONG = 3;
const V2003 = 0;
const V2015 = 2;

/** Addresses of the frame at work, for the layers above. */
export interface WpanAddresses {
  serial: number;
  dstPan: number;
  srcPan: number;
  /** Addressing modes: 0 none, 2 short, 3 extended. */
  dstMode: number;
  srcMode: number;
  /** In network byte order, two or eight bytes. */
  dst: Uint8Array;
  src: Uint8Array;
}

const EMPTY = new Uint8Array(0);
export const wpanAddresses: WpanAddresses = {
  serial: -1,
  dstPan: 0,
  srcPan: 0,
  dstMode: NONE,
  srcMode: NONE,
  dst: EMPTY,
  src: EMPTY,
};

const MAC_FIELDS = [
  f.frameType,
  f.security,
  f.pending,
  f.ackRequest,
  f.panIdCompression,
  f.fcfReserved,
  f.seqnoSuppression,
  f.iePresent,
  f.dstAddrMode,
  f.version,
  f.srcAddrMode,
] as const;
const MULTIPURPOSE_LONG = [
  f.frameType,
  f.longFrameControl,
  mp.mpDstMode,
  mp.mpSrcMode,
  f.panIdPresent,
  mp.mpSecurity,
  mp.mpSuppression,
  mp.mpPending,
  f.mpfVersion,
  mp.mpAckRequest,
  mp.mpIePresent,
] as const;
const MULTIPURPOSE_SHORT = [f.frameType, f.longFrameControl, mp.mpDstMode, mp.mpSrcMode] as const;

/** What the frame control field says. */
interface Control {
  type: number;
  security: boolean;
  suppressed: boolean;
  elements: boolean;
  compressed: boolean;
  version: number;
  dstMode: number;
  srcMode: number;
}
const control: Control = {
  type: 0,
  security: false,
  suppressed: false,
  elements: false,
  compressed: false,
  version: 0,
  dstMode: 0,
  srcMode: 0,
};

const TITLE = "IEEE 802.15.4";

function relabel(d: Dissection, text: string): void {
  if (inner.serial === d.serial) d.relabelParent(text);
  else d.relabelLayer(text);
}

/** @param fcs bytes of the frame check sequence at the end */
function dissectFrame(d: Dissection, fcs: WpanFcs): void {
  const start = d.pos;
  const frameEnd = d.end;
  const good = fcs === 0 || hasGoodFcs(d, start, fcs);
  const hasFcs = fcs > 0 && d.wireEnd === d.end && d.end - start >= fcs;
  if (fcs > 0) {
    d.wireEnd = Math.max(start, d.wireEnd - fcs);
    if (d.end > d.wireEnd) d.end = d.wireEnd;
  }
  d.hidden(h.frameLength, start, 1, d.wireRemaining);
  readControl(d);
  const { type, version } = control;
  const enhanced = type === BEACON && version === V2015;
  const name = enhanced ? "Enhanced Beacon" : (FRAME_TYPES[type] ?? "Reserved");
  let title = `${TITLE} ${name}`;
  let info: string = name;
  const show = (): void => {
    if (d.labels) relabel(d, title);
    if (d.columns) d.setInfo(info);
  };
  show();
  const compatible = type === MULTIPURPOSE || version === V2015;
  if (!control.suppressed || !compatible) {
    if (control.suppressed && d.building) layerExpert(d, x.suppression);
    if (!control.suppressed) {
      const sequence = d.u8(f.seqNo);
      if (type === ACK) title += `, Sequence Number: ${sequence}`;
      show();
    }
  }
  if (!addressingIsValid(d)) return;
  const to = dissectAddresses(d);
  if (to !== "") {
    title += to;
    info += to;
  }
  show();
  const level = control.security ? dissectSecurity(d) : -1;
  const mic = dissectContents(d, level, good);
  if (mic !== null && d.building) addMic(d, mic);
  if (hasFcs) addFcs(d, start, frameEnd, fcs, good);
  else if (fcs > 0 && d.building) {
    d.hidden(h.fcsOk, d.pos, 0, 1);
    d.relabel("FCS Valid: Unknown");
  }
  if (rest.kind !== "none") callRest(d);
}

/** What follows the header and is to be shown behind the layer. */
const rest: { kind: "none" | "data" | "payload" | "beacon"; at: number; end: number } = {
  kind: "none",
  at: 0,
  end: 0,
};

function callRest(d: Dissection): void {
  const { end, wireEnd } = d;
  const at = d.pos;
  d.pos = rest.at;
  if (rest.end < d.end) d.end = rest.end;
  if (rest.end < d.wireEnd) d.wireEnd = rest.end;
  const { kind } = rest;
  rest.kind = "none";
  if (kind === "payload") d.call(wpanHeuristics.find(d) ?? data);
  else if (kind === "beacon") d.call(wpanBeaconHeuristics.find(d) ?? data);
  else d.call(data);
  d.pos = at;
  d.end = end;
  d.wireEnd = wireEnd;
}

function readControl(d: Dissection): void {
  const first = d.peek8();
  const c = control;
  c.type = first & 7;
  if (c.type === MULTIPURPOSE) {
    const isLong = (first & 8) !== 0;
    const value = isLong ? d.peek16le() : first;
    c.dstMode = (value >> 4) & 3;
    c.srcMode = (value >> 6) & 3;
    c.security = (value & 0x200) !== 0;
    c.suppressed = (value & 0x400) !== 0;
    c.elements = (value & 0x8000) !== 0;
    c.compressed = (value & 0x100) === 0;
    c.version = V2015;
    if (isLong) addFlagsLe(d, f.fcf, 2, MULTIPURPOSE_LONG);
    else addFlagsLe(d, f.fcf, 1, MULTIPURPOSE_SHORT);
    return;
  }
  const value = d.peek16le();
  c.security = (value & 8) !== 0;
  c.compressed = (value & 0x40) !== 0;
  c.suppressed = (value & 0x100) !== 0;
  c.elements = (value & 0x200) !== 0;
  c.dstMode = (value >> 10) & 3;
  c.version = (value >> 12) & 3;
  c.srcMode = value >> 14;
  addFlagsLe(d, f.fcf, 2, MAC_FIELDS);
}

function addressingIsValid(d: Dissection): boolean {
  if (control.dstMode === RESERVED) {
    if (d.building) layerExpert(d, x.dstInvalid);
    return false;
  }
  if (control.srcMode === RESERVED) {
    if (d.building) layerExpert(d, x.srcInvalid);
    return false;
  }
  if (control.version > V2015) {
    if (d.building) layerExpert(d, x.versionUnknown);
    return false;
  }
  return true;
}

/** Expert information below the layer's own line. */
function layerExpert(d: Dissection, what: (typeof x)[keyof typeof x], message?: string): void {
  d.last = d.parent;
  d.expert(what, message);
}

/** Which PAN identifiers stand in the header: IEEE 802.15.4-2015 table 7-2, and 7.2.1.5 of the 2006 edition. */
function pansPresent(): { dst: boolean; src: boolean } {
  const { dstMode, srcMode, compressed, version, type } = control;
  const hasDst = dstMode !== NONE;
  const hasSrc = srcMode !== NONE;
  if (type === MULTIPURPOSE) return { dst: !compressed, src: false };
  if (version < V2015) {
    return { dst: hasDst, src: hasSrc && !(hasDst && compressed) };
  }
  if (!hasDst && !hasSrc) return { dst: compressed, src: false };
  if (hasDst && !hasSrc) return { dst: !compressed, src: false };
  if (!hasDst) return { dst: false, src: !compressed };
  if (dstMode === LONG && srcMode === LONG) return { dst: !compressed, src: false };
  return { dst: true, src: !compressed };
}

/** The addressing fields; returns `, Dst: 0x0002, Src: 0x0001`. */
function dissectAddresses(d: Dissection): string {
  const { dst, src } = pansPresent();
  const a = wpanAddresses;
  a.serial = d.serial;
  a.dstMode = control.dstMode;
  a.srcMode = control.srcMode;
  let text = "";
  if (dst) a.dstPan = d.u16le(f.dstPan);
  if (control.dstMode === SHORT) {
    const value = d.u16le(f.dst16);
    if (d.building) d.hidden(f.addr16, d.pos - 2, 2, value);
    a.dst = shortAddress(value);
    d.setDestination(ADDRESS_WPAN, a.dst, 0, 2);
    text += `, Dst: ${value === 0xffff ? "Broadcast" : hex16(value)}`;
  } else if (control.dstMode === LONG) {
    a.dst = extended(d, f.dst64);
    d.setDestination(ADDRESS_ETHER, a.dst, 0, 8);
    if (d.labels || d.columns) text += `, Dst: ${colons(a.dst)}`;
  }
  if (src) a.srcPan = d.u16le(f.srcPan);
  else a.srcPan = a.dstPan;
  if (!dst && src) a.dstPan = a.srcPan;
  if (control.srcMode === SHORT) {
    const value = d.u16le(f.src16);
    if (d.building) d.hidden(f.addr16, d.pos - 2, 2, value);
    a.src = shortAddress(value);
    d.setSource(ADDRESS_WPAN, a.src, 0, 2);
    text += `, Src: ${value === 0xffff ? "Broadcast" : hex16(value)}`;
  } else if (control.srcMode === LONG) {
    a.src = extended(d, f.src64);
    d.setSource(ADDRESS_ETHER, a.src, 0, 8);
    if (d.labels || d.columns) text += `, Src: ${colons(a.src)}`;
  }
  return text;
}

function extended(d: Dissection, field: Field): Uint8Array {
  const value = reversed(d.peekBytes(8));
  d.pos += 8;
  if (d.building) {
    d.add(field, d.pos - 8, 8, value);
    d.hidden(f.addr64, d.pos - 8, 8, value);
  }
  return value;
}

const shortAddress = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);
const reversed = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes).reverse();
const hex16 = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;
const colons = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");

const SECURITY_BITS = [
  f.auxSecSecLevel,
  f.auxSecKeyIdMode,
  f.auxSecFrameCounterSuppression,
  f.auxSecAsnInNonce,
  f.auxSecReserved,
] as const;

/** Security level of frames of 2003, whose suite is not in the frame: AES-CCM-64. */
const LEVEL_2003 = 6;

/** The auxiliary security header, IEEE 802.15.4-2015 section 9.4; returns the security level. */
function dissectSecurity(d: Dissection): number {
  if (control.version === V2003) {
    d.u32le(f.secFrameCounter);
    d.u8(f.secKeySequenceCounter);
    return LEVEL_2003;
  }
  const at = d.pos;
  d.open(f.auxSecHdr, at, d.remaining);
  const value = d.peek8();
  addSecurityControl(d);
  const isSuppressed = control.version === V2015 && (value & 0x20) !== 0;
  if (!isSuppressed) d.u32le(f.auxSecFrameCounter);
  const mode = (value >> 3) & 3;
  if (mode > 0) {
    d.openText(d.pos, [0, 1, 5, 9][mode], "Key Identifier Field");
    if (mode === 2) {
      d.add(f.auxSecKeySource, d.pos, 4, BigInt(d.peek32()));
      if (d.building) d.hidden(f.auxSecKeySourceBytes, d.pos, 4, d.peekBytes(4));
      d.skip(4);
    } else if (mode === 3) {
      d.add(f.auxSecKeySource, d.pos, 8, d.peek64());
      if (d.building) d.hidden(f.auxSecKeySourceBytes, d.pos, 8, d.peekBytes(8));
      d.skip(8);
    }
    d.u8(f.auxSecKeyIndex);
    d.close();
  }
  d.close(d.pos);
  return value & 7;
}

function addSecurityControl(d: Dissection): void {
  const value = d.bitset(f.auxSecSecurityControlField, 1, SECURITY_BITS);
  if (!d.labels) return;
  d.append(`, Security Level: ${nameOf(AUX_SEC_SEC_LEVELS, value & 7) ?? "Unknown"}`);
  d.append(`, Key Identifier Mode: ${nameOf(AUX_SEC_KEY_ID_MODES, (value >> 3) & 3) ?? "Unknown"}`);
  if (value & 0x20) d.append(", Frame Counter Suppression");
  if (value & 0x40) d.append(", ASN in Nonce");
}

const BAD_FCS = ", Bad FCS";
const MIC_LENGTHS = [0, 4, 8, 16] as const;

/** A message integrity code to be shown: where, and its length. */
interface Mic {
  readonly at: number;
  readonly length: number;
}

function addMic(d: Dissection, mic: Mic): void {
  if (mic.length > 0) d.add(f.mic, mic.at, mic.length, d.buf.subarray(mic.at, mic.at + mic.length));
  layerExpert(d, x.decrypt, "No encryption key set - can't decrypt");
}

/**
 * What follows the addresses: information elements, then the contents by the frame's type.
 * @param level security level, -1 without security
 * @returns the message integrity code when the frame is secured
 */
function dissectContents(d: Dissection, level: number, good: boolean): Mic | null {
  rest.kind = "none";
  const { type } = control;
  let payloadElements = false;
  if (control.elements) payloadElements = dissectHeaderElements(d);
  if (!good) {
    if (d.labels) inner.serial === d.serial ? d.appendParent(BAD_FCS) : d.appendLayer(BAD_FCS);
    if (d.columns) d.addInfo(BAD_FCS);
  }
  if (type === BEACON && control.version < V2015) {
    dissectSuperframe(d);
    dissectGts(d);
    dissectPending(d);
  }
  let command = -1;
  if (type === COMMAND && control.version < V2015) command = dissectCommandId(d);
  if (level >= 0) {
    const length = MIC_LENGTHS[level & 3];
    const end = Math.max(d.pos, d.end - length);
    const mic = { at: end, length: d.end - end === length && d.end === d.wireEnd ? length : 0 };
    if (end > d.pos) setRest("data", d.pos, end);
    d.pos = d.end;
    return mic;
  }
  if (payloadElements) dissectPayloadElements(d);
  if (!good) {
    if (d.remaining > 0) setRest("data", d.pos, d.end);
    return null;
  }
  if (type === COMMAND) {
    if (command === -1) command = dissectCommandId(d);
    dissectCommand(d, command);
    return null;
  }
  if (d.wireRemaining <= 0) return null;
  if (type === BEACON) setRest("beacon", d.pos, d.end);
  else if (type === DATA) setRest("payload", d.pos, d.end);
  else setRest("data", d.pos, d.end);
  return null;
}

function setRest(kind: "data" | "payload" | "beacon", at: number, end: number): void {
  rest.kind = kind;
  rest.at = at;
  rest.end = end;
}

// ------------------------------------------------------------------ frame check sequence

/** True when the check sequence is right or is not there to be checked. */
function hasGoodFcs(d: Dissection, start: number, length: WpanFcs): boolean {
  if (d.end !== d.wireEnd || d.end - start < length) return true;
  const end = d.end - length;
  return fcsAt(d, end, length) === (length === 2 ? crc16(d.buf, start, end) : crc32(d.buf, start, end));
}

function fcsAt(d: Dissection, at: number, length: WpanFcs): number {
  return d.peekUintLe(length, at - d.pos);
}

/** ITU-T CRC-16, bits reflected, no initial value: IEEE 802.15.4-2015 section 7.2.10. */
function crc16(buf: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) {
    crc ^= buf[i];
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  return crc;
}

/** The CRC-32 of IEEE 802.3. */
function crc32(buf: Uint8Array, from: number, to: number): number {
  let crc = 0xffff_ffff;
  for (let i = from; i < to; i++) {
    crc ^= buf[i];
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

function addFcs(d: Dissection, start: number, end: number, length: WpanFcs, good: boolean): void {
  if (!d.building) return;
  const at = end - length;
  const wireEnd = d.wireEnd;
  const layerEnd = d.end;
  d.end = end;
  d.wireEnd = end;
  const value = fcsAt(d, at, length);
  d.end = layerEnd;
  d.wireEnd = wireEnd;
  d.add(length === 2 ? f.fcs : f.fcs32, at, length, value);
  if (good) {
    d.append(" (Correct)");
    d.hidden(h.fcsOk, at, length, 1);
    return;
  }
  if (d.labels) {
    const expected = length === 2 ? crc16(d.buf, start, at) : crc32(d.buf, start, at);
    d.append(` (Incorrect, expected FCS=0x${expected.toString(16).padStart(2 * length, "0")})`);
  }
  d.hidden(h.fcsOk, at, length, 0);
  layerExpert(d, x.badFcs);
}

// ------------------------------------------------------------------ beacons

const SUPERFRAME = [
  f.beaconOrder,
  f.superframeOrder,
  f.cap,
  f.batteryExt,
  f.bcnCoord,
  f.assocPermit,
] as const;

function dissectSuperframe(d: Dissection): void {
  const at = d.pos;
  const value = d.peek16le();
  if (d.building) {
    let text = "Superframe Specification";
    if (d.labels) {
      let separator = ": ";
      for (const [bit, name] of [
        [0x1000, "Battery Extension"],
        [0x4000, "PAN Coordinator"],
        [0x8000, "Association Permit"],
      ] as const) {
        if ((value & bit) === 0) continue;
        text += separator + name;
        separator = ", ";
      }
    }
    d.openText(at, 2, text);
    for (const field of SUPERFRAME) d.bitsLe(field, at, 2);
    d.close();
  }
  d.pos = at + 2;
}

/** Guaranteed time slots: IEEE 802.15.4-2006 section 7.2.2.1.3. */
function dissectGts(d: Dissection): void {
  const at = d.pos;
  const value = d.peek8();
  const count = value & 7;
  d.openText(at, count > 0 ? 2 + 3 * count : 1, "GTS");
  d.add(f.gtsCount, at, 1, count);
  d.add(f.gtsPermit, at, 1, value >> 7);
  d.pos = at + 1;
  if (count > 0) {
    const directions = d.peek8();
    if (d.building) {
      let receive = 0;
      for (let i = 0; i < count; i++) if (directions & (1 << i)) receive++;
      d.openText(d.pos, 1, `GTS Directions: ${receive} Receive & ${count - receive} Transmit`);
      for (let i = 0; i < count; i++) {
        const isReceive = (directions & (1 << i)) !== 0;
        d.add(f.gtsDirection, d.pos, 1, isReceive ? 1 : 0);
        if (d.labels) d.relabel(`GTS Slot ${i + 1}: ${isReceive ? "Receive Only" : "Transmit Only"}`);
      }
      d.close();
    }
    d.pos++;
    d.openText(d.pos, 3 * count, "GTS Descriptors");
    for (let i = 0; i < count; i++) {
      d.need(3);
      const slot = d.buf[d.pos + 2];
      d.add(f.gtsAddress, d.pos, 3, d.peek16le());
      if (d.labels) d.append(`, Slot: ${slot & 15}, Length: ${slot >> 4}`);
      d.pos += 3;
    }
    d.close();
  }
  d.close();
}

function dissectPending(d: Dissection): void {
  const at = d.pos;
  const value = d.peek8();
  const short = value & 7;
  const long = (value >> 4) & 7;
  d.pos++;
  d.need(2 * short + 8 * long);
  d.openText(at, 1 + 2 * short + 8 * long, `Pending Addresses: ${short} Short and ${long} Long`);
  for (let i = 0; i < short; i++) d.u16le(f.pending16);
  for (let i = 0; i < long; i++) {
    const address = reversed(d.peekBytes(8));
    d.add(f.pending64, d.pos, 8, address);
    d.pos += 8;
  }
  d.close();
}

// ------------------------------------------------------------------ commands

function dissectCommandId(d: Dissection): number {
  const id = d.u8(f.cmd);
  if (d.columns) d.setInfo(CMDS[id] ?? "Unknown Command");
  return id;
}

const CAPABILITIES = [
  f.cinfoAltCoord,
  f.cinfoDeviceType,
  f.cinfoPowerSrc,
  f.cinfoIdleRx,
  f.cinfoSecCapable,
  f.cinfoAllocAddr,
] as const;
const GTS_REQUEST = [f.gtsreqLength, f.gtsreqDirection, f.gtsreqType] as const;

/** MAC commands: IEEE 802.15.4-2015 section 7.5. */
function dissectCommand(d: Dissection, id: number): void {
  const at = d.pos;
  const name = CMDS[id];
  switch (id) {
    case 0x01:
      d.openText(at, 1, name);
      for (const field of CAPABILITIES) d.bits(field, at, 1);
      d.close();
      if (d.columns) d.addInfo((d.peek8() & 2) !== 0 ? ", FFD" : ", RFD");
      d.pos++;
      break;
    case 0x02: {
      d.openText(at, 3, name);
      const address = d.u16le(f.asocAddr);
      const status = d.u8(f.assocStatus);
      if (d.labels)
        d.relabel(
          `Association Status: 0x${status.toString(16).padStart(2, "0")} (${associationText(status)})`,
        );
      d.close(d.pos);
      if (d.columns) {
        if (status === 0) d.addInfo(`, PAN: ${hex16(wpanAddresses.dstPan)} Addr: ${hex16(address)}`);
        else d.addInfo(", Unsuccessful");
      }
      break;
    }
    case 0x03: {
      d.openText(at, 1, name);
      const reason = d.u8(f.disassocReason);
      if (d.labels) d.append(` (${DISASSOCIATION[reason] ?? "Reserved"})`);
      d.close();
      break;
    }
    case 0x04:
    case 0x05:
    case 0x06:
    case 0x07:
      break;
    case 0x08:
      dissectRealignment(d, name);
      break;
    case 0x09:
      d.openText(at, 1, name);
      for (const field of GTS_REQUEST) d.bits(field, at, 1);
      d.close();
      d.pos++;
      break;
    case 0x24:
      d.u24(f.cmdVendorOui);
      break;
    default:
      if (d.building) layerExpert(d, CMDS[id] === undefined ? x.unknownCommand : x.unsupportedCommand);
  }
  if (d.remaining > 0) d.callBelow(data);
}

const DISASSOCIATION: Readonly<Record<number, string>> = {
  1: "Coordinator requests device to leave",
  2: "Device wishes to leave",
};

function associationText(status: number): string {
  if (status === 0) return "Association Successful";
  if (status === 1) return "PAN At Capacity";
  return status === 2 ? "PAN Access Denied" : "Reserved";
}

function dissectRealignment(d: Dissection, name: string): void {
  d.openText(d.pos, d.remaining, name);
  const pan = d.u16le(f.realignPan);
  if (d.columns) d.addInfo(`, PAN: ${hex16(pan)}`);
  const coordinator = d.u16le(f.realignAddr);
  if (d.columns) d.addInfo(`, Coordinator: ${hex16(coordinator)}`);
  const channel = d.u8(f.realignChannel);
  if (d.columns) d.addInfo(`, Channel: ${channel}`);
  d.u16le(g.realignShort);
  if (d.remaining > 0) d.u8(f.realignChannelPage);
  d.close(d.pos);
}

// ------------------------------------------------------------------ header information elements

const HEADER_TLV = [f.headerIeType, f.headerIeId, f.headerIeLength] as const;
const PAYLOAD_TLV = [f.payloadIeType, f.payloadIeId, f.payloadIeLength] as const;
const SYNC_BITS = [f.headerIeTimeCorrectionValue, f.nack] as const;

const HEADER_ELEMENTS: Readonly<Record<number, Field>> = {
  0: f.headerIeVendorSpecific,
  26: f.headerIeCsl,
  29: f.headerIeRdv,
  30: f.headerIeTimeCorrection,
  41: f.headerIeGlobalTime,
  126: f.headerIeHt1,
  127: f.headerIeHt2,
};
const TERMINATION_1 = 0x7e;
const TERMINATION_2 = 0x7f;

/** Header IEs, section 7.4.2, up to a termination; true when payload IEs follow. */
function dissectHeaderElements(d: Dissection): boolean {
  const start = d.pos;
  let names = "";
  let after = false;
  d.open(f.headerIe, start, d.remaining);
  while (d.wireRemaining > 1) {
    const at = d.pos;
    const header = d.peek16le();
    const isPayload = (header & 0x8000) !== 0;
    const id = (header >> 7) & 0xff;
    const length = header & 0x7f;
    const field = (isPayload ? undefined : HEADER_ELEMENTS[id]) ?? f.headerIeUnsupported;
    names += `, ${field.title}`;
    if (d.labels) d.relabelParent(`Header IEs${names}`);
    d.open(field, at, 2 + length);
    addElementHeader(d, f.headerIeTlv, HEADER_TLV);
    if (length > d.wireRemaining) d.overrun();
    const { end, wireEnd } = d;
    d.limit(length);
    const stop = d.pos + length;
    const suffix = dissectHeaderElement(d, field);
    if (suffix !== "" && d.labels) {
      names += suffix;
      const all = d.parent?.parent;
      if (all) all.label = `Header IEs${names}`;
    }
    if (field !== f.headerIeUnsupported && d.remaining > 0) addUnknownContent(d);
    d.end = end;
    d.wireEnd = wireEnd;
    d.pos = stop;
    d.close();
    if (isPayload) {
      if (d.building) underParent(d, x.payloadIeInHeader);
    } else if (field === f.headerIeUnsupported && d.building) underParent(d, x.unsupportedIe);
    if (isPayload) continue;
    if (id === TERMINATION_1 || id === TERMINATION_2) {
      after = id === TERMINATION_1;
      break;
    }
  }
  d.close(d.pos);
  return after;
}

function underParent(d: Dissection, what: (typeof x)[keyof typeof x]): void {
  d.last = d.parent;
  d.expert(what);
}

/** `IE Header: 0x3f00, Type: Header, Id: …, Length: 0` with its bits below. */
function addElementHeader(d: Dissection, field: Field, members: readonly Field[]): void {
  const value = d.bitsetLe(field, 2, members);
  if (!d.labels) return;
  for (const member of members) {
    const bits = (value & member.mask) >>> member.shift;
    const text = member.names === undefined ? String(bits) : (nameOf(member.names, bits) ?? "Unknown");
    d.append(`, ${member.title}: ${text}`);
  }
}

function addUnknownContent(d: Dissection): void {
  d.bytes(f.ieUnknownContent, d.remaining);
  if (d.building) d.expert(x.extraContent);
}

/** The contents of one header IE; returns what the line of all of them says of it. */
function dissectHeaderElement(d: Dissection, field: Field): string {
  switch (field) {
    case f.headerIeTimeCorrection: {
      const value = d.bitsetLe(f.headerIeTimeCorrectionTimeSyncInfo, 2, SYNC_BITS);
      const isNack = (value & 0x8000) !== 0;
      if (d.building) correctSign(d, value);
      return isNack ? ": NACK" : "";
    }
    case f.headerIeCsl:
      addSigned16(d, f.headerIeCslPhase);
      addSigned16(d, f.headerIeCslPeriod);
      if (d.remaining >= 2) addRendezvous(d);
      return "";
    case f.headerIeRdv:
      addRendezvous(d);
      addSigned16(d, f.headerIeCslWakeupInterval);
      return "";
    case f.headerIeGlobalTime: {
      const seconds = d.peek32le();
      d.add(f.headerIeGlobalTimeValue, d.pos, 4, BigInt(seconds) * 1_000_000_000n);
      d.pos += 4;
      return "";
    }
    case f.headerIeVendorSpecific:
      d.add(f.headerIeVendorSpecificVendorOui, d.pos, 3, d.peekUintLe(3));
      d.pos += 3;
      d.bytes(f.headerIeVendorSpecificContent, d.remaining);
      return "";
    case f.headerIeUnsupported:
      d.bytes(f.ieUnknownContent, d.remaining);
      return "";
    default:
      return "";
  }
}

/** Time correction is a number of twelve bits with a sign. */
function correctSign(d: Dissection, value: number): void {
  const correction = ((value & 0xfff) << 20) >> 20;
  const top = d.last;
  const node = top?.children?.[0];
  if (node !== undefined) {
    node.value = correction;
    const bits = (value & 0xfff).toString(2).padStart(12, "0");
    node.label = `.... ${bits.slice(0, 4)} ${bits.slice(4, 8)} ${bits.slice(8)} = Time Correction: ${correction}µs`;
  } else {
    const kept = d.found.findLast(({ field }) => field === f.headerIeTimeCorrectionValue);
    if (kept !== undefined) kept.value = correction;
  }
  if (d.labels) {
    const nack = value & 0x8000 ? "Negative Acknowledgement" : "Acknowledgement";
    d.append(`, Time Correction: ${correction}µs, Nack: ${nack}`);
  }
}

function addSigned16(d: Dissection, field: Field): number {
  const raw = d.peek16le();
  const value = (raw << 16) >> 16;
  d.add(field, d.pos, 2, value);
  d.pos += 2;
  return value;
}

function addRendezvous(d: Dissection): void {
  const raw = d.peek16le();
  addSigned16(d, f.headerIeCslRendezvousTime);
  if (d.columns) d.setInfo(`CSL Wake-up Frame, Rendez-Vous Time: ${raw}`);
}

// ------------------------------------------------------------------ payload information elements

const MLME = 1;
const VENDOR = 2;
const MPX = 3;
const IETF = 5;
const TERMINATION = 15;

const PAYLOAD_ELEMENTS: Readonly<Record<number, Field>> = {
  [MLME]: f.mlme,
  [VENDOR]: f.payloadIeVendor,
  [MPX]: f.mpx,
  [IETF]: f.payloadIeIetf,
  [TERMINATION]: f.payloadIeTermination,
};

/** Payload IEs, section 7.4.3, up to their termination. */
function dissectPayloadElements(d: Dissection): void {
  const start = d.pos;
  let names = "";
  d.open(f.payloadIe, start, d.remaining);
  while (d.wireRemaining > 1) {
    const at = d.pos;
    const header = d.peek16le();
    if ((header & 0x8000) === 0) break;
    const id = (header >> 11) & 15;
    const length = header & 0x7ff;
    const field = PAYLOAD_ELEMENTS[id] ?? f.payloadIeUnknown;
    names += `, ${field.title}`;
    if (d.labels) d.relabelParent(`Payload IEs${names}`);
    d.open(field, at, 2 + length);
    addElementHeader(d, f.payloadIeTlv, PAYLOAD_TLV);
    if (length > d.wireRemaining) d.overrun();
    const { end, wireEnd } = d;
    d.limit(length);
    const stop = d.pos + length;
    dissectPayloadElement(d, id);
    d.end = end;
    d.wireEnd = wireEnd;
    d.pos = stop;
    d.close();
    if (id === TERMINATION) break;
  }
  d.close(d.pos);
}

function dissectPayloadElement(d: Dissection, id: number): void {
  switch (id) {
    case MLME:
      dissectMlme(d);
      break;
    case VENDOR:
      d.add(f.payloadIeVendorOui, d.pos, 3, d.peekUintLe(3));
      d.pos += 3;
      if (d.remaining > 0) callInside(d);
      break;
    case MPX:
      dissectMpx(d);
      break;
    case IETF: {
      const sub = d.u8(f.ietfIeSubId);
      if (sub === 201) dissectSixTop(d);
      else if (d.remaining > 0) callInside(d);
      break;
    }
    case TERMINATION:
      break;
    default:
      d.bytes(f.ieUnknownContent, d.remaining);
      if (d.building) underParent(d, x.unsupportedIe);
  }
}

/** Bytes shown as data below the line that is open. */
function callInside(d: Dissection): void {
  const length = d.remaining;
  d.include(data);
  if (d.building) {
    d.open(data.field, d.pos, length);
    if (d.labels) d.relabel(`Data (${length} byte${length === 1 ? "" : "s"})`);
    const [bytesField, lengthField] = data.fields;
    d.add(bytesField, d.pos, length, d.peekBytes(length));
    d.generated(lengthField, d.pos, 0, length);
    d.close();
  }
  d.pos += length;
}

const MLME_LONG = [f.mlmeIeType, g.mlmeLongId, g.mlmeLongLength] as const;
const MLME_SHORT = [f.mlmeIeType, f.mlmeIeId, f.mlmeIeLength] as const;

/** Nested IEs, section 7.4.4; their names go to the line of the MLME IE. */
function dissectMlme(d: Dissection): void {
  while (d.wireRemaining > 1) {
    const at = d.pos;
    const header = d.peek16le();
    const isLong = (header & 0x8000) !== 0;
    const id = isLong ? (header >> 11) & 15 : (header >> 8) & 0x7f;
    const length = isLong ? header & 0x7ff : header & 0xff;
    const field = mlmeField(id, isLong);
    if (d.labels) d.appendParent(`, ${field.title}`);
    if (length + 2 > d.wireRemaining) d.overrun();
    if (field === f.ebFilter) d.open(field, at, 2 + length, d.peekUint(Math.min(4, 2 + length)));
    else d.open(field, at, 2 + length);
    addSubHeader(d, isLong);
    const { end, wireEnd } = d;
    d.limit(length);
    const stop = d.pos + length;
    dissectSubElement(d, field);
    if (field !== f.mlmeUnsupported && d.remaining > 0) addUnknownContent(d);
    d.end = end;
    d.wireEnd = wireEnd;
    d.pos = stop;
    d.close();
  }
}

function addSubHeader(d: Dissection, isLong: boolean): void {
  const value = d.bitsetLe(f.mlmeIe, 2, isLong ? MLME_LONG : MLME_SHORT);
  if (!d.labels) return;
  const id = isLong ? (value >> 11) & 15 : (value >> 8) & 0x7f;
  const names = isLong ? MLME_LONG_IDS : MLME_IE_IDS;
  d.append(`, Type: ${isLong ? "Long" : "Short"}, Sub ID: ${names[id] ?? "Unknown"}`);
}

function mlmeField(id: number, isLong: boolean): Field {
  if (isLong) return id === 9 ? f.channelHopping : f.mlmeUnsupported;
  switch (id) {
    case 0x1a:
      return f.tschTimeSync;
    case 0x1b:
      return f.tschSlotframe;
    case 0x1c:
      return f.tschTimeslot;
    case 0x1e:
      return f.ebFilter;
    default:
      return f.mlmeUnsupported;
  }
}

const EB_FILTER = [f.ebFilterPjoin, f.ebFilterLqi, f.ebFilterContainsProb, f.ebFilterAttrId] as const;
const TIMESLOT = [
  f.tschTimeslotCcaOffset,
  f.tschTimeslotCca,
  f.tschTimeslotTxOffset,
  f.tschTimeslotRxOffset,
  f.tschTimeslotRxAckDelay,
  f.tschTimeslotTxAckDelay,
  f.tschTimeslotRxWait,
  f.tschTimeslotAckWait,
  f.tschTimeslotTurnaround,
  f.tschTimeslotMaxAck,
] as const;
const LINK_OPTIONS = [
  f.tschLinkOptionsTx,
  f.tschLinkOptionsRx,
  f.tschLinkOptionsShared,
  f.tschLinkOptionsTimekeeping,
  f.tschLinkOptionsPriority,
] as const;

function dissectSubElement(d: Dissection, field: Field): void {
  switch (field) {
    case f.tschTimeSync:
      d.add(f.tschAsn, d.pos, 5, BigInt(d.peekUintLe(5)));
      d.pos += 5;
      d.u8(f.tschJoinMetric);
      break;
    case f.tschTimeslot:
      dissectTimeslot(d);
      break;
    case f.tschSlotframe:
      dissectSlotframes(d);
      break;
    case f.channelHopping:
      d.u8(f.tschHoppingSequenceId);
      break;
    case f.ebFilter: {
      const value = addFlags(d, f.ebFilter, 1, EB_FILTER);
      if (value & 2) d.u8(f.ebFilterLqiMinimum);
      if (value & 4) d.u8(f.ebFilterProb);
      const length = (value >> 3) & 3;
      if (length > 0) {
        d.add(f.ebFilterAttrIdBits, d.pos, length, d.peekUintLe(length));
        d.pos += length;
      }
      break;
    }
    default:
      if (d.remaining > 0) d.bytes(f.mlmeData, d.remaining);
      if (d.building) underParent(d, x.unsupportedIe);
  }
}

function dissectTimeslot(d: Dissection): void {
  d.u8(f.tschTimeslotId);
  if (d.wireRemaining === 0) return;
  for (const field of TIMESLOT) d.u16le(field);
  const wide = d.wireRemaining > 4 ? 3 : 2;
  for (const field of [f.tschTimeslotMaxTx, f.tschTimeslotLength]) {
    d.add(field, d.pos, wide, d.peekUintLe(wide));
    d.pos += wide;
  }
}

function dissectSlotframes(d: Dissection): void {
  const count = d.u8(f.tschSlotframeNum);
  for (let i = 1; i <= count; i++) {
    const links = d.peek8(3);
    d.openText(d.pos, 4 + 5 * links, `Slotframes [${i}]`);
    d.u8(f.tschSlotframeHandle);
    d.u16le(f.tschSlotframeSize);
    d.u8(f.tschNbLinks);
    for (let j = 0; j < links; j++) {
      d.open(f.tschLinkInfo, d.pos, 5);
      d.u16le(f.tschLinkTimeslot);
      d.u16le(f.tschChannelOffset);
      addFlags(d, f.tschLinkOptions, 1, LINK_OPTIONS);
      d.close();
    }
    d.close();
  }
}

const TRANSACTION = [f.mpxTransactionId, f.mpxTransferType] as const;
const TRANSACTION_MULTIPLEX = [f.mpxMultiplexId, f.mpxTransferType] as const;

/** Multiplexed data of upper layers: IEEE 802.15.9 section 3. */
function dissectMpx(d: Dissection): void {
  const value = d.peek8();
  const type = value & 7;
  const isNamed = type === 1;
  const at = d.pos;
  d.bitset(f.mpxTransactionControl, 1, isNamed ? TRANSACTION_MULTIPLEX : TRANSACTION);
  if (d.labels) {
    const id = value >> 3;
    const name = isNamed
      ? `Multiplex ID: ${MPX_MULTIPLEX_IDS[id] ?? "Unknown"}`
      : `Transaction ID: 0x${id.toString(16).padStart(2, "0")}`;
    d.append(`, ${name}, Transfer Type: ${MPX_TRANSFER_TYPES[type] ?? "Unknown"}`);
  }
  switch (type) {
    case 0:
    case 1:
      dissectMultiplex(d, type === 1 ? value >> 3 : -1);
      break;
    case 2:
      d.u8(f.mpxFragmentNumber);
      if (d.buf[d.pos - 1] === 0) {
        d.u16le(f.mpxTotalFrameSize);
        const id = addMultiplexId(d);
        if (d.labels) d.relabel(`Multiplex ID: ${hex16(id)}`);
        if (id === KMP) addKmpId(d);
      }
      d.bytes(f.mpxFragment, d.remaining);
      break;
    case 4:
      d.u8(f.mpxFragmentNumber);
      d.bytes(f.mpxFragment, d.remaining);
      break;
    case 6:
      if (d.remaining > 0) d.u16le(f.mpxTotalFrameSize);
      break;
    default:
      if (d.building) {
        d.last = d.parent;
        d.expert(x.transferType);
      }
  }
  if (d.pos === at) d.pos++;
}

function addMultiplexId(d: Dissection): number {
  const id = d.peek16le();
  d.add(g.multiplexWhole, d.pos, 2, id);
  d.pos += 2;
  return id;
}

const KMP = 1;
const KMP_VENDOR = 255;

/** Key management protocols, none of which is dissected in this place. */
function addKmpId(d: Dissection): void {
  const kmp = d.u8(f.mpxKmpId);
  if (kmp === KMP_VENDOR) d.u24(f.mpxKmpVendorOui);
  else if (d.building) underParent(d, MPX_KMP_IDS[kmp] === undefined ? x.unknownKmp : x.unsupportedKmp);
}

function dissectMultiplex(d: Dissection, known: number): void {
  const id = known === -1 ? addMultiplexId(d) : known;
  if (id === KMP) addKmpId(d);
  const ethertype = id > 1500 ? ethertypes.get(id) : undefined;
  if (d.remaining === 0) return;
  if (ethertype !== undefined) {
    d.call(ethertype);
    d.pos = d.end;
  } else d.call(data);
}

// ------------------------------------------------------------------ 6top, RFC 8480

const CELL_OPTIONS = [
  f.n6topCellOptionTx,
  f.n6topCellOptionRx,
  f.n6topCellOptionShared,
  f.n6topCellOptionReserved,
] as const;
const SIX_TOP_TYPE_NAMES = ["Request", "Response", "Confirmation"] as const;
const SIX_TOP_REQUEST = 0;
const ADD = 1;
const DELETE = 2;
const RELOCATE = 3;
const COUNT = 4;
const LIST = 5;
const SIGNAL = 6;
const CLEAR = 7;

function dissectSixTop(d: Dissection): void {
  const at = d.pos;
  d.open(f.n6top, at, d.remaining);
  d.bits(f.n6topVersion, at, 1);
  const type = d.bits(f.n6topType, at, 1);
  d.bits(f.n6topFlagsReserved, at, 1);
  const code = d.peek8(1);
  const names = type === SIX_TOP_REQUEST ? SIX_TOP_COMMANDS : SIX_TOP_CODES;
  d.add(f.n6topCode, at + 1, 1, code);
  if (d.labels) d.append(` (${names[code] ?? "Unknown"})`);
  d.pos = at + 2;
  d.u8(f.n6topSfid);
  d.bits(f.n6topSeqnum, d.pos, 1);
  d.pos++;
  if (d.columns) {
    d.setProtocol("6top");
    const what = type === SIX_TOP_REQUEST ? ` ${names[code] ?? "Unknown"}` : "";
    d.setInfo(`6P${what} ${SIX_TOP_TYPE_NAMES[type] ?? "Unknown"}`);
    if (type !== SIX_TOP_REQUEST) d.addInfo(` (${names[code] ?? "Unknown"})`);
  }
  if (type === SIX_TOP_REQUEST) dissectSixTopRequest(d, code);
  else if (type <= 2) dissectSixTopAnswer(d, code);
  else if (d.building) underParent(d, x.sixTopType);
  d.close();
}

function dissectSixTopRequest(d: Dissection, code: number): void {
  if (code < ADD || code > CLEAR) {
    if (d.building) underParent(d, x.sixTopCommand);
    return;
  }
  d.u16le(f.n6topMetadata);
  if (code === CLEAR) return;
  if (code === SIGNAL) {
    if (d.remaining > 0) d.bytes(f.n6topPayload, d.remaining);
    return;
  }
  d.bitset(f.n6topCellOptions, 1, CELL_OPTIONS);
  if (code === COUNT) return;
  if (code === LIST) {
    d.u8(f.n6topReserved);
    d.u16le(f.n6topOffset);
    d.u16le(f.n6topMaxNumCells);
    return;
  }
  const count = d.u8(f.n6topNumCells);
  if (code === ADD || code === DELETE) {
    if (d.remaining > 0) addCells(d, f.n6topCellList, d.remaining);
  } else if (code === RELOCATE) {
    addCells(d, f.n6topRelCellList, Math.min(4 * count, d.remaining));
    addCells(d, f.n6topCandCellList, d.remaining);
  }
}

function dissectSixTopAnswer(d: Dissection, code: number): void {
  if (code > 1) {
    if (SIX_TOP_CODES[code] === undefined && d.building) underParent(d, x.sixTopCode);
    return;
  }
  if (d.remaining === 2) d.u16le(f.n6topTotalNumCells);
  else if (d.remaining >= 4) addCells(d, f.n6topCellList, d.remaining);
}

function addCells(d: Dissection, field: Field, length: number): void {
  d.open(field, d.pos, length);
  const stop = d.pos + length;
  while (d.pos + 4 <= stop) {
    d.open(f.n6topCell, d.pos, 4, d.peekBytes(4));
    d.u16le(f.n6topCellSlotOffset);
    d.u16le(f.n6topChannelOffset);
    d.close();
  }
  d.close();
}
