/** Precision time protocol: IEEE 1588-2008 and 1588-2019 (version 2), 1588-2002 (version 1), profile of 802.1AS. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  double,
  ether,
  type Field,
  i8,
  i16,
  i24,
  i32,
  relTime,
  str,
  u8,
  u16,
  u24,
  u32,
  u64,
} from "../dissect/field.ts";
import { protocol, protocols } from "../dissect/protocol.ts";
import { ethertypes, udpPorts } from "../dissect/tables.ts";
import { decodeText, formatEther } from "../dissect/text.ts";

const MESSAGETYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Event Message",
  2: "General Message",
};
const SOURCECOMMUNICATIONTECHNOLOGY_NAMES: Readonly<Record<number, string>> = {
  0: "Closed system outside the scope of this standard.",
  1: "IEEE 802.3 (Ethernet)",
  4: "FOUNDATION Fieldbus",
  5: "PROFIBUS",
  6: "LonTalk",
  7: "DeviceNet",
  8: "SmartDistributedSystem",
  9: "ControlNet",
  10: "CANopen",
  243: "IEEE 1394",
  244: "IEEE 802.11a",
  245: "IEEE 802.11b",
  246: "InfiniBand",
  247: "Bluetooth wireless",
  248: "IEEE 802.15.1",
  249: "IEEE 1451.3",
  250: "IEEE 1451.5",
  251: "USB bus",
  252: "ISA bus",
  253: "PCI bus",
  254: "VXI bus",
  255: "Default value",
};
const CONTROLFIELD_NAMES: Readonly<Record<number, string>> = {
  0: "Sync Message",
  1: "Delay_Req Message",
  2: "Follow_Up Message",
  3: "Delay_Resp Message",
  4: "Management Message",
  5: "Other Message",
};
const V2_MAJORSDOID_NAMES: Readonly<Record<number, string>> = {
  1: "gPTP Domain",
  2: "CMLDS",
};
const V2_MESSAGETYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Sync Message",
  1: "Delay_Req Message",
  2: "Peer_Delay_Req Message",
  3: "Peer_Delay_Resp Message",
  8: "Follow_Up Message",
  9: "Delay_Resp Message",
  10: "Peer_Delay_Resp_Follow_Up Message",
  11: "Announce Message",
  12: "Signalling Message",
  13: "Management Message",
};
const V2_TIMESOURCE_NAMES: Readonly<Record<number, string>> = {
  16: "ATOMIC_CLOCK",
  32: "GPS",
  48: "TERRESTRIAL_RADIO",
  64: "PTP",
  80: "NTP",
  96: "HAND_SET",
  144: "OTHER",
  160: "INTERNAL_OSCILLATOR",
  255: "reserved",
};
const V2_AN_GRANDMASTERCLOCKACCURACY_NAMES: Readonly<Record<number, string>> = {
  32: "The time is accurate to within 25 ns",
  33: "The time is accurate to within 100 ns",
  34: "The time is accurate to within 250 ns",
  35: "The time is accurate to within 1 us",
  36: "The time is accurate to within 2,5 us",
  37: "The time is accurate to within 10 us",
  38: "The time is accurate to within 25 us",
  39: "The time is accurate to within 100 us",
  40: "The time is accurate to within 250 us",
  41: "The time is accurate to within 1 ms",
  42: "The time is accurate to within 2,5 ms",
  43: "The time is accurate to within 10 ms",
  44: "The time is accurate to within 25 ms",
  45: "The time is accurate to within 100 ms",
  46: "The time is accurate to within 250 ms",
  47: "The time is accurate to within 1 s",
  48: "The time is accurate to within 10 s",
  49: "The time is accurate to >10 s",
  50: "reserved",
  128: "For use by alternate PTP profiles",
  254: "Accuracy Unknown",
  255: "reserved",
};
const V2_AN_TLV_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Management",
  2: "Management error status",
  3: "Organization extension",
  4: "Request unicast transmission",
  5: "Grant unicast transmission",
  6: "Cancel unicast transmission",
  7: "Acknowledge cancel unicast transmission",
  8: "Path trace",
  9: "Alternate time offset indicator",
  8192: "Authentication",
  8193: "Authentication challenge",
  8194: "Security association update",
  8195: "Cum. freq. scale factor offset",
};
const V2_MM_ACTION_NAMES: Readonly<Record<number, string>> = {
  0: "GET",
  1: "SET",
  2: "RESPONSE",
  3: "COMMAND",
  4: "ACKNOWLEDGE",
};
const V2_MM_MANAGEMENT_ID_NAMES: Readonly<Record<number, string>> = {
  0: "NULL_MANAGEMENT",
  1: "CLOCK_DESCRIPTION",
  2: "USER_DESCRIPTION",
  3: "SAVE_IN_NON_VOLATILE_STORAGE",
  4: "RESET_NON_VOLATILE_STORAGE",
  5: "INITIALIZE",
  6: "FAULT_LOG",
  7: "FAULT_LOG_RESET",
  8192: "DEFAULT_DATA_SET",
  8193: "CURRENT_DATA_SET",
  8194: "PARENT_DATA_SET",
  8195: "TIME_PROPERTIES_DATA_SET",
  8196: "PORT_DATA_SET",
  8197: "PRIORITY1",
  8198: "PRIORITY2",
  8199: "DOMAIN",
  8200: "SLAVE_ONLY",
  8201: "LOG_ANNOUNCE_INTERVAL",
  8202: "ANNOUNCE_RECEIPT_TIMEOUT",
  8203: "LOG_SYNC_INTERVAL",
  8204: "VERSION_NUMBER",
  8205: "ENABLE_PORT",
  8206: "DISABLE_PORT",
  8207: "TIME",
  8208: "CLOCK_ACCURACY",
  8209: "UTC_PROPERTIES",
  8210: "TRACEABILITY_PROPERTIES",
  8211: "TIMESCALE_PROPERTIES",
  8212: "UNICAST_NEGOTIATION_ENABLE",
  8213: "PATH_TRACE_LIST",
  8214: "PATH_TRACE_ENABLE",
  8215: "GRANDMASTER_CLUSTER_TABLE",
  8216: "UNICAST_MASTER_TABLE",
  8217: "UNICAST_MASTER_MAX_TABLE_SIZE",
  8218: "ACCEPTABLE_MASTER_TABLE",
  8219: "ACCEPTABLE_MASTER_TABLE_ENABLED",
  8220: "ACCEPTABLE_MASTER_MAX_TABLE_SIZE",
  8221: "ALTERNATE_MASTER",
  8222: "ALTERNATE_TIME_OFFSET_ENABLE",
  8223: "ALTERNATE_TIME_OFFSET_NAME",
  8224: "ALTERNATE_TIME_OFFSET_MAX_KEY",
  8225: "ALTERNATE_TIME_OFFSET_PROPERTIES",
  16384: "TC_DEFAULT_DATA_SET",
  16385: "TC_PORT_DATA_SET",
  16386: "PRIMARY_DOMAIN",
  24576: "DELAY_MECHANISM",
  24577: "LOG_MIN_PDELAY_REQ_INTERVAL",
};
const V2_MM_MANAGEMENT_ERROR_ID_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "RESPONSE_TOO_BIG",
  2: "NO_SUCH_ID",
  3: "WRONG_LENGTH",
  4: "WRONG_VALUE",
  5: "NOT_SETABLE",
  6: "NOT_SUPPORTED",
  7: "Reserved",
  65534: "GENERAL_ERROR",
  65535: "Reserved",
};

const f = {
  versionptp: u16("ptp.versionptp", "versionPTP"),
  versionnetwork: u16("ptp.versionnetwork", "versionNetwork"),
  subdomain: str("ptp.subdomain", "subdomain"),
  messagetype: u8("ptp.messagetype", "messageType", { names: MESSAGETYPE_NAMES }),
  sourcecommunicationtechnology: u8("ptp.sourcecommunicationtechnology", "sourceCommunicationTechnology", {
    names: SOURCECOMMUNICATIONTECHNOLOGY_NAMES,
  }),
  sourceuuid: ether("ptp.sourceuuid", "sourceUuid"),
  sourceportid: u16("ptp.sourceportid", "sourcePortId"),
  sequenceid: u16("ptp.sequenceid", "sequenceId"),
  controlfield: u8("ptp.controlfield", "controlField", { names: CONTROLFIELD_NAMES }),
  flags: u16("ptp.flags", "flags", { base: "HEX" }),
  flagsLi61: bool("ptp.flags.li61", "PTP_LI61", { mask: 0x1, bits: 16 }),
  flagsLi59: bool("ptp.flags.li59", "PTP_LI59", { mask: 0x2, bits: 16 }),
  flagsBoundaryClock: bool("ptp.flags.boundary_clock", "PTP_BOUNDARY_CLOCK", { mask: 0x4, bits: 16 }),
  flagsAssist: bool("ptp.flags.assist", "PTP_ASSIST", { mask: 0x8, bits: 16 }),
  flagsExtSync: bool("ptp.flags.ext_sync", "PTP_EXT_SYNC", { mask: 0x10, bits: 16 }),
  flagsParentStats: bool("ptp.flags.parent_stats", "PTP_PARENT_STATS", { mask: 0x20, bits: 16 }),
  flagsSyncBurst: bool("ptp.flags.sync_burst", "PTP_SYNC_BURST", { mask: 0x40, bits: 16 }),
  sdrOrigintimestamp: relTime("ptp.sdr.origintimestamp", "originTimestamp"),
  sdrOrigintimestampSeconds: u32("ptp.sdr.origintimestamp_seconds", "originTimestamp (seconds)"),
  sdrOrigintimestampNanoseconds: i32("ptp.sdr.origintimestamp_nanoseconds", "originTimestamp (nanoseconds)"),
  sdrEpochnumber: u16("ptp.sdr.epochnumber", "epochNumber"),
  sdrCurrentutcoffset: i16("ptp.sdr.currentutcoffset", "currentUTCOffset"),
  sdrGrandmastercommunicationtechnology: u8(
    "ptp.sdr.grandmastercommunicationtechnology",
    "grandmasterCommunicationTechnology",
    { names: SOURCECOMMUNICATIONTECHNOLOGY_NAMES },
  ),
  sdrGrandmasterclockuuid: ether("ptp.sdr.grandmasterclockuuid", "grandMasterClockUuid"),
  sdrGrandmasterportid: u16("ptp.sdr.grandmasterportid", "grandmasterPortId"),
  sdrGrandmastersequenceid: u16("ptp.sdr.grandmastersequenceid", "grandmasterSequenceId"),
  sdrGrandmasterclockstratum: u8("ptp.sdr.grandmasterclockstratum", "grandmasterClockStratum"),
  sdrGrandmasterclockidentifier: str("ptp.sdr.grandmasterclockidentifier", "grandmasterClockIdentifier"),
  sdrGrandmasterclockvariance: i16("ptp.sdr.grandmasterclockvariance", "grandmasterClockVariance"),
  sdrGrandmasterpreferred: u8("ptp.sdr.grandmasterpreferred", "grandmasterPreferred"),
  sdrGrandmasterisboundaryclock: u8("ptp.sdr.grandmasterisboundaryclock", "grandmasterIsBoundaryClock"),
  sdrSyncinterval: i8("ptp.sdr.syncinterval", "syncInterval"),
  sdrLocalclockvariance: i16("ptp.sdr.localclockvariance", "localClockVariance"),
  sdrLocalstepsremoved: u16("ptp.sdr.localstepsremoved", "localStepsRemoved"),
  sdrLocalclockstratum: u8("ptp.sdr.localclockstratum", "localClockStratum"),
  sdrLocalclockidentifier: str("ptp.sdr.localclockidentifier", "localClockIdentifier"),
  sdrParentcommunicationtechnology: u8(
    "ptp.sdr.parentcommunicationtechnology",
    "parentCommunicationTechnology",
    { names: SOURCECOMMUNICATIONTECHNOLOGY_NAMES },
  ),
  sdrParentuuid: ether("ptp.sdr.parentuuid", "parentUuid"),
  sdrParentportfield: u16("ptp.sdr.parentportfield", "parentPortField"),
  sdrEstimatedmastervariance: i16("ptp.sdr.estimatedmastervariance", "estimatedMasterVariance"),
  sdrEstimatedmasterdrift: i32("ptp.sdr.estimatedmasterdrift", "estimatedMasterDrift"),
  sdrUtcreasonable: bool("ptp.sdr.utcreasonable", "utcReasonable"),
  fuAssociatedsequenceid: u16("ptp.fu.associatedsequenceid", "associatedSequenceId"),
  fuPreciseorigintimestamp: relTime("ptp.fu.preciseorigintimestamp", "preciseOriginTimestamp"),
  fuPreciseorigintimestampSeconds: u32(
    "ptp.fu.preciseorigintimestamp_seconds",
    "preciseOriginTimestamp (seconds)",
  ),
  fuPreciseorigintimestampNanoseconds: i32(
    "ptp.fu.preciseorigintimestamp_nanoseconds",
    "preciseOriginTimestamp (nanoseconds)",
  ),
  drDelayreceipttimestamp: relTime("ptp.dr.delayreceipttimestamp", "delayReceiptTimestamp"),
  drDelayreceipttimestampSeconds: u32(
    "ptp.dr.delayreceipttimestamp_seconds",
    "delayReceiptTimestamp (Seconds)",
  ),
  drDelayreceipttimestampNanoseconds: i32(
    "ptp.dr.delayreceipttimestamp_nanoseconds",
    "delayReceiptTimestamp (nanoseconds)",
  ),
  drRequestingsourcecommunicationtechnology: u8(
    "ptp.dr.requestingsourcecommunicationtechnology",
    "requestingSourceCommunicationTechnology",
    { names: SOURCECOMMUNICATIONTECHNOLOGY_NAMES },
  ),
  drRequestingsourceuuid: ether("ptp.dr.requestingsourceuuid", "requestingSourceUuid"),
  drRequestingsourceportid: u16("ptp.dr.requestingsourceportid", "requestingSourcePortId"),
  drRequestingsourcesequenceid: u16("ptp.dr.requestingsourcesequenceid", "requestingSourceSequenceId"),
  v2Majorsdoid: u8("ptp.v2.majorsdoid", "majorSdoId", {
    base: "HEX",
    mask: 0xf0,
    names: V2_MAJORSDOID_NAMES,
  }),
  v2Messagetype: u8("ptp.v2.messagetype", "messageType", {
    base: "HEX",
    mask: 0xf,
    names: V2_MESSAGETYPE_NAMES,
  }),
  v2Minorversionptp: u8("ptp.v2.minorversionptp", "minorVersionPTP", { mask: 0xf0 }),
  v2Versionptp: u8("ptp.v2.versionptp", "versionPTP", { mask: 0xf }),
  v2Messagelength: u16("ptp.v2.messagelength", "messageLength"),
  v2Minorsdoid: u8("ptp.v2.minorsdoid", "minorSdoId"),
  v2Domainnumber: u8("ptp.v2.domainnumber", "domainNumber"),
  v2Flags: u16("ptp.v2.flags", "flags", { base: "HEX" }),
  v2FlagsAlternatemaster: bool("ptp.v2.flags.alternatemaster", "PTP_ALTERNATE_MASTER", {
    mask: 0x100,
    bits: 16,
  }),
  v2FlagsTwostep: bool("ptp.v2.flags.twostep", "PTP_TWO_STEP", { mask: 0x200, bits: 16 }),
  v2FlagsUnicast: bool("ptp.v2.flags.unicast", "PTP_UNICAST", { mask: 0x400, bits: 16 }),
  v2FlagsSpecific1: bool("ptp.v2.flags.specific1", "PTP profile Specific 1", { mask: 0x2000, bits: 16 }),
  v2FlagsSpecific2: bool("ptp.v2.flags.specific2", "PTP profile Specific 2", { mask: 0x4000, bits: 16 }),
  v2FlagsSecurity: bool("ptp.v2.flags.security", "PTP_SECURITY", { mask: 0x8000, bits: 16 }),
  v2FlagsLi61: bool("ptp.v2.flags.li61", "PTP_LI_61", { mask: 0x1, bits: 16 }),
  v2FlagsLi59: bool("ptp.v2.flags.li59", "PTP_LI_59", { mask: 0x2, bits: 16 }),
  v2FlagsUtcreasonable: bool("ptp.v2.flags.utcreasonable", "PTP_UTC_REASONABLE", { mask: 0x4, bits: 16 }),
  v2FlagsTimescale: bool("ptp.v2.flags.timescale", "PTP_TIMESCALE", { mask: 0x8, bits: 16 }),
  v2FlagsTimetraceable: bool("ptp.v2.flags.timetraceable", "TIME_TRACEABLE", { mask: 0x10, bits: 16 }),
  v2FlagsFrequencytraceable: bool("ptp.v2.flags.frequencytraceable", "FREQUENCY_TRACEABLE", {
    mask: 0x20,
    bits: 16,
  }),
  v2FlagsSynchronizationUncertain: bool(
    "ptp.v2.flags.synchronizationUncertain",
    "SYNCHRONIZATION_UNCERTAIN",
    { mask: 0x40, bits: 16 },
  ),
  v2Messagetypespecific: u32("ptp.v2.messagetypespecific", "messageTypeSpecific"),
  v2CorrectionNs: u64("ptp.v2.correction.ns", "correction"),
  v2CorrectionSubns: double("ptp.v2.correction.subns", "correctionSubNs"),
  v2Clockidentity: u64("ptp.v2.clockidentity", "ClockIdentity", { base: "HEX" }),
  v2ClockidentityManuf: bytes("ptp.v2.clockidentity_manuf", "MAC Vendor"),
  v2Sourceportid: u16("ptp.v2.sourceportid", "SourcePortID"),
  v2Sequenceid: u16("ptp.v2.sequenceid", "sequenceId"),
  v2Controlfield: u8("ptp.v2.controlfield", "controlField", { names: CONTROLFIELD_NAMES }),
  v2Logmessageperiod: i8("ptp.v2.logmessageperiod", "logMessagePeriod"),
  v2AnOrigintimestampSeconds: u64("ptp.v2.an.origintimestamp.seconds", "originTimestamp (seconds)"),
  v2AnOrigintimestampNanoseconds: i32(
    "ptp.v2.an.origintimestamp.nanoseconds",
    "originTimestamp (nanoseconds)",
  ),
  v2AnOrigincurrentutcoffset: i16("ptp.v2.an.origincurrentutcoffset", "originCurrentUTCOffset"),
  v2Timesource: u8("ptp.v2.timesource", "TimeSource", { base: "HEX", names: V2_TIMESOURCE_NAMES }),
  v2AnLocalstepsremoved: u16("ptp.v2.an.localstepsremoved", "localStepsRemoved"),
  v2AnGrandmasterclockidentity: u64("ptp.v2.an.grandmasterclockidentity", "grandmasterClockIdentity", {
    base: "HEX",
  }),
  v2AnGrandmasterclockclass: u8("ptp.v2.an.grandmasterclockclass", "grandmasterClockClass"),
  v2AnGrandmasterclockaccuracy: u8("ptp.v2.an.grandmasterclockaccuracy", "grandmasterClockAccuracy", {
    base: "HEX",
    names: V2_AN_GRANDMASTERCLOCKACCURACY_NAMES,
  }),
  v2AnGrandmasterclockvariance: u16("ptp.v2.an.grandmasterclockvariance", "grandmasterClockVariance"),
  v2AnPriority1: u8("ptp.v2.an.priority1", "priority1"),
  v2AnPriority2: u8("ptp.v2.an.priority2", "priority2"),
  v2AnTlvType: u16("ptp.v2.an.tlvType", "tlvType", { names: V2_AN_TLV_TYPE_NAMES }),
  v2AnLengthField: u16("ptp.v2.an.lengthField", "lengthField"),
  v2AnAtoiKeyField: u8("ptp.v2.an.atoi.keyField", "keyField"),
  v2AnAtoiCurrentOffset: i32("ptp.v2.an.atoi.currentOffset", "currentOffset"),
  v2AnAtoiJumpSeconds: i32("ptp.v2.an.atoi.jumpSeconds", "jumpSeconds"),
  v2AnAtoiTimeOfNextJump: bytes("ptp.v2.an.atoi.timeOfNextJump", "timeOfNextJump"),
  v2AnAtoiDisplayName: str("ptp.v2.an.atoi.displayName", "displayName"),
  v2AnAtoiDisplayNameLength: u8("ptp.v2.an.atoi.displayName.length", "length"),
  v2AnPathsequence: u64("ptp.v2.an.pathsequence", "PathSequence", { base: "HEX" }),
  v2AnTlvData: bytes("ptp.v2.an.tlv.data", "data"),
  v2SdrOrigintimestampSeconds: u64("ptp.v2.sdr.origintimestamp.seconds", "originTimestamp (seconds)"),
  v2SdrOrigintimestampNanoseconds: i32(
    "ptp.v2.sdr.origintimestamp.nanoseconds",
    "originTimestamp (nanoseconds)",
  ),
  v2FuPreciseorigintimestampSeconds: u64(
    "ptp.v2.fu.preciseorigintimestamp.seconds",
    "preciseOriginTimestamp (seconds)",
  ),
  v2FuPreciseorigintimestampNanoseconds: u32(
    "ptp.v2.fu.preciseorigintimestamp.nanoseconds",
    "preciseOriginTimestamp (nanoseconds)",
  ),
  v2FuPreciseorigintimestamp32bit: u32(
    "ptp.v2.fu.preciseorigintimestamp.32bit",
    "preciseOriginTimestamp (32bit)",
  ),
  asFuTlvType: u16("ptp.as.fu.tlvType", "tlvType", { names: V2_AN_TLV_TYPE_NAMES }),
  asFuLengthField: u16("ptp.as.fu.lengthField", "lengthField"),
  asFuOrganizationId: u24("ptp.as.fu.organizationId", "organizationId"),
  asFuOrganizationSubType: i24("ptp.as.fu.organizationSubType", "OrganizationSubType"),
  asFuCumulativeScaledRateOffset: u32("ptp.as.fu.cumulativeScaledRateOffset", "cumulativeScaledRateOffset"),
  asFuGmTimeBaseIndicator: u16("ptp.as.fu.gmTimeBaseIndicator", "gmTimeBaseIndicator"),
  asFuLastGmPhaseChange: bytes("ptp.as.fu.lastGmPhaseChange", "lastGMPhaseChange"),
  asFuScaledLastGmFreqChange: i32("ptp.as.fu.scaledLastGmFreqChange", "scaledLastGmFreqChange"),
  v2DrReceivetimestampSeconds: u64("ptp.v2.dr.receivetimestamp.seconds", "receiveTimestamp (seconds)"),
  v2DrReceivetimestampNanoseconds: i32(
    "ptp.v2.dr.receivetimestamp.nanoseconds",
    "receiveTimestamp (nanoseconds)",
  ),
  v2DrRequestingsourceportidentity: u64(
    "ptp.v2.dr.requestingsourceportidentity",
    "requestingSourcePortIdentity",
    { base: "HEX" },
  ),
  v2DrRequestingsourceportid: u16("ptp.v2.dr.requestingsourceportid", "requestingSourcePortId"),
  v2PdrqOrigintimestampSeconds: u64("ptp.v2.pdrq.origintimestamp.seconds", "originTimestamp (seconds)"),
  v2PdrqOrigintimestampNanoseconds: i32(
    "ptp.v2.pdrq.origintimestamp.nanoseconds",
    "originTimestamp (nanoseconds)",
  ),
  v2PdrsRequestreceipttimestampSeconds: u64(
    "ptp.v2.pdrs.requestreceipttimestamp.seconds",
    "requestreceiptTimestamp (seconds)",
  ),
  v2PdrsRequestreceipttimestampNanoseconds: i32(
    "ptp.v2.pdrs.requestreceipttimestamp.nanoseconds",
    "requestreceiptTimestamp (nanoseconds)",
  ),
  v2PdrsRequestingportidentity: u64("ptp.v2.pdrs.requestingportidentity", "requestingSourcePortIdentity", {
    base: "HEX",
  }),
  v2PdrsRequestingsourceportid: u16("ptp.v2.pdrs.requestingsourceportid", "requestingSourcePortId"),
  v2PdfuResponseorigintimestampSeconds: u64(
    "ptp.v2.pdfu.responseorigintimestamp.seconds",
    "responseOriginTimestamp (seconds)",
  ),
  v2PdfuResponseorigintimestampNanoseconds: i32(
    "ptp.v2.pdfu.responseorigintimestamp.nanoseconds",
    "responseOriginTimestamp (nanoseconds)",
  ),
  v2PdfuRequestingportidentity: u64("ptp.v2.pdfu.requestingportidentity", "requestingSourcePortIdentity", {
    base: "HEX",
  }),
  v2PdfuRequestingsourceportid: u16("ptp.v2.pdfu.requestingsourceportid", "requestingSourcePortId"),
  v2SigTargetportidentity: u64("ptp.v2.sig.targetportidentity", "targetPortIdentity", { base: "HEX" }),
  v2SigTargetportid: u16("ptp.v2.sig.targetportid", "targetPortId"),
  v2SigTlvTlvType: u16("ptp.v2.sig.tlv.tlvType", "tlvType", { names: V2_AN_TLV_TYPE_NAMES }),
  v2SigTlvLengthField: u16("ptp.v2.sig.tlv.lengthField", "lengthField"),
  v2SigTlvData: bytes("ptp.v2.sig.tlv.data", "data"),
  v2SigTlvMessageType: u8("ptp.v2.sig.tlv.messageType", "messageType", {
    base: "HEX",
    mask: 0xf0,
    names: V2_MESSAGETYPE_NAMES,
  }),
  v2SigTlvLogInterMessagePeriod: i8("ptp.v2.sig.tlv.logInterMessagePeriod", "logInterMessagePeriod"),
  v2SigTlvLogInterMessagePeriodPeriod: i8("ptp.v2.sig.tlv.logInterMessagePeriod.period", "period"),
  v2SigTlvLogInterMessagePeriodRate: i8("ptp.v2.sig.tlv.logInterMessagePeriod.rate", "rate"),
  v2SigTlvDurationField: u32("ptp.v2.sig.tlv.durationField", "durationField", { unit: " seconds" }),
  v2SigTlvRenewalInvited: bool("ptp.v2.sig.tlv.renewalInvited", "renewalInvited", { mask: 0x1 }),
  v2MmTargetportidentity: u64("ptp.v2.mm.targetportidentity", "targetPortIdentity", { base: "HEX" }),
  v2MmTargetportid: u16("ptp.v2.mm.targetportid", "targetPortId"),
  v2MmStartingboundaryhops: u8("ptp.v2.mm.startingboundaryhops", "startingBoundaryHops"),
  v2MmBoundaryhops: u8("ptp.v2.mm.boundaryhops", "boundaryHops"),
  v2MmAction: u8("ptp.v2.mm.action", "action", { mask: 0xf, names: V2_MM_ACTION_NAMES }),
  v2MmTlvType: u16("ptp.v2.mm.tlvType", "tlvType", { names: V2_AN_TLV_TYPE_NAMES }),
  v2MmLengthField: u16("ptp.v2.mm.lengthField", "lengthField"),
  v2MmManagementId: u16("ptp.v2.mm.managementId", "managementId", { names: V2_MM_MANAGEMENT_ID_NAMES }),
  v2MmData: bytes("ptp.v2.mm.data", "data"),
  v2MmReserved: bytes("ptp.v2.mm.reserved", "reserved"),
  v2MmClockaccuracy: u8("ptp.v2.mm.clockaccuracy", "Clock accuracy", {
    base: "HEX",
    names: V2_AN_GRANDMASTERCLOCKACCURACY_NAMES,
  }),
  v2MmPriority1: u8("ptp.v2.mm.priority1", "priority1"),
  v2MmPriority2: u8("ptp.v2.mm.priority2", "priority2"),
  v2MmSlavOnly: bool("ptp.v2.mm.SlavOnly", "Slave only", { mask: 0x2 }),
  v2MmTwoStep: bool("ptp.v2.mm.twoStep", "Two step", { mask: 0x1 }),
  v2MmNumberPorts: u16("ptp.v2.mm.numberPorts", "number of ports"),
  v2MmClockclass: u8("ptp.v2.mm.clockclass", "Clock class"),
  v2MmClockvariance: u16("ptp.v2.mm.clockvariance", "Clock variance"),
  v2MmClockidentity: u64("ptp.v2.mm.clockidentity", "Clock identity", { base: "HEX" }),
  v2MmDomainNumber: u8("ptp.v2.mm.domainNumber", "domain number"),
  v2MmManagementErrorId: u16("ptp.v2.mm.managementErrorId", "managementErrorId", {
    names: V2_MM_MANAGEMENT_ERROR_ID_NAMES,
  }),
};

export const ptp = protocol({
  name: "ptp",
  title: "Precision Time Protocol (IEEE1588)",
  short: "PTP",
  fields: f,
  on: [
    [ethertypes, 0x88f7],
    [udpPorts, 319, 320],
  ],
  dissect,
});

function dissect(d: Dissection): void {
  if ((d.peek8(1) & 0x0f) === 1 && d.peek8() === 0) dissectV1(d);
  else dissectV2(d);
}

// ------------------------------------------------------------------ version 2

const SYNC = 0x0;
const DELAY_REQ = 0x1;
const PEER_DELAY_REQ = 0x2;
const PEER_DELAY_RESP = 0x3;
const FOLLOW_UP = 0x8;
const DELAY_RESP = 0x9;
const PEER_DELAY_FOLLOW_UP = 0xa;
const ANNOUNCE = 0xb;
const SIGNALLING = 0xc;
const MANAGEMENT = 0xd;
const FLAGS = [
  f.v2FlagsSecurity,
  f.v2FlagsSpecific2,
  f.v2FlagsSpecific1,
  f.v2FlagsUnicast,
  f.v2FlagsTwostep,
  f.v2FlagsAlternatemaster,
  f.v2FlagsSynchronizationUncertain,
  f.v2FlagsFrequencytraceable,
  f.v2FlagsTimetraceable,
  f.v2FlagsTimescale,
  f.v2FlagsUtcreasonable,
  f.v2FlagsLi59,
  f.v2FlagsLi61,
] as const;

function dissectV2(d: Dissection): void {
  const start = d.pos;
  d.bits(f.v2Majorsdoid, start, 1);
  const type = d.bits(f.v2Messagetype, start, 1);
  d.skip(1);
  d.bits(f.v2Minorversionptp, d.pos, 1);
  d.bits(f.v2Versionptp, d.pos, 1);
  d.skip(1);
  if (d.columns) {
    d.setProtocol("PTPv2");
    d.setInfo(V2_MESSAGETYPE_NAMES[type] ?? `Unknown PTP Message (${type})`);
  }
  const length = d.u16(f.v2Messagelength);
  d.limit(Math.max(0, length - 4));
  if (protocols[d.chain[d.chainLength - 2]].name === "ethertype") d.payloadEnd = start + length;
  d.u8(f.v2Domainnumber);
  d.u8(f.v2Minorsdoid);
  d.bitset(f.v2Flags, 2, FLAGS);
  addCorrection(d);
  d.u32(f.v2Messagetypespecific);
  d.open(f.v2Clockidentity, d.pos, 8, d.building ? d.peek64() : 0n);
  // An identity made of an EUI-48: IEEE 1588-2008 section 7.5.2.2.2.
  if (d.building && d.peek16(3) === 0xfffe) {
    d.add(f.v2ClockidentityManuf, d.pos, 3, d.peekBytes(3));
    if (d.labels) d.relabel(`MAC Vendor: ${formatEther(d.peekBytes(6)).slice(0, 8)}`);
  }
  d.close();
  d.skip(8);
  d.u16(f.v2Sourceportid);
  d.u16(f.v2Sequenceid);
  d.u8(f.v2Controlfield);
  d.int(f.v2Logmessageperiod, 1);
  if (d.building || type === MANAGEMENT) addBody(d, type, d.buf[start] >> 4 === PROFILE_802_1AS);
  d.pos = d.end;
}

/** Nanoseconds with a binary fraction of sixteen bits. */
function addCorrection(d: Dissection): void {
  const whole = d.peekUint(6);
  const ns = whole >= 2 ** 47 ? whole - 2 ** 48 : whole;
  const fraction = d.peek16(6) / 65536;
  d.openText(d.pos, 8, `correctionField: ${(ns + fraction).toFixed(6)} nanoseconds`);
  d.add(f.v2CorrectionNs, d.pos, 6, BigInt.asUintN(64, BigInt(ns)));
  if (d.labels) d.relabel(`correction: Ns: ${ns} nanoseconds`);
  d.add(f.v2CorrectionSubns, d.pos + 6, 2, fraction);
  if (d.labels) d.close();
  d.skip(8);
}

/** Seconds of six bytes, nanoseconds of four. */
function addTime(d: Dissection, seconds: Field, nanoseconds: Field): void {
  d.add(seconds, d.pos, 6, BigInt(d.peekUint(6)));
  d.skip(6);
  d.int(nanoseconds, 4);
}

const PROFILE_802_1AS = 1;

function addBody(d: Dissection, type: number, isProfile: boolean): void {
  switch (type) {
    case SYNC:
    case DELAY_REQ:
      addTime(d, f.v2SdrOrigintimestampSeconds, f.v2SdrOrigintimestampNanoseconds);
      break;
    case PEER_DELAY_REQ:
      addTime(d, f.v2PdrqOrigintimestampSeconds, f.v2PdrqOrigintimestampNanoseconds);
      break;
    case PEER_DELAY_RESP:
      addTime(d, f.v2PdrsRequestreceipttimestampSeconds, f.v2PdrsRequestreceipttimestampNanoseconds);
      d.u64(f.v2PdrsRequestingportidentity);
      d.u16(f.v2PdrsRequestingsourceportid);
      break;
    case FOLLOW_UP:
      addFollowUp(d, isProfile);
      break;
    case DELAY_RESP:
      addTime(d, f.v2DrReceivetimestampSeconds, f.v2DrReceivetimestampNanoseconds);
      d.u64(f.v2DrRequestingsourceportidentity);
      d.u16(f.v2DrRequestingsourceportid);
      break;
    case PEER_DELAY_FOLLOW_UP:
      addTime(d, f.v2PdfuResponseorigintimestampSeconds, f.v2PdfuResponseorigintimestampNanoseconds);
      d.u64(f.v2PdfuRequestingportidentity);
      d.u16(f.v2PdfuRequestingsourceportid);
      break;
    case ANNOUNCE:
      addAnnounce(d);
      break;
    case SIGNALLING:
      addSignalling(d);
      break;
    case MANAGEMENT:
      addManagement(d);
      break;
  }
}

const ORGANISATION_EXTENSION = 3;
const IEEE_802_1 = 0x0080c2;

function addFollowUp(d: Dissection, isProfile: boolean): void {
  const at = d.pos;
  const seconds = d.peek32(2);
  const nanoseconds = d.peek32(6);
  addTime(d, f.v2FuPreciseorigintimestampSeconds, f.v2FuPreciseorigintimestampNanoseconds);
  d.add(
    f.v2FuPreciseorigintimestamp32bit,
    at,
    10,
    Number((BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)) & 0xffff_ffffn),
  );
  while (isProfile && d.remaining >= 4) {
    const length = d.peek16(2);
    if (d.peek16() !== ORGANISATION_EXTENSION || length !== 28 || d.peek24(4) !== IEEE_802_1) return;
    d.openText(d.pos, 4 + length, "Follow Up information TLV");
    d.u16(f.asFuTlvType);
    d.u16(f.asFuLengthField);
    d.u24(f.asFuOrganizationId);
    d.int(f.asFuOrganizationSubType, 3);
    const rate = d.peek32() | 0;
    d.u32(f.asFuCumulativeScaledRateOffset);
    if (d.labels) {
      const ratio = 1 + rate / 2 ** 41;
      d.text(d.pos - 4, 4, `cumulativeRateRatio: ${ratio.toFixed(15)}`);
    }
    d.u16(f.asFuGmTimeBaseIndicator);
    d.bytes(f.asFuLastGmPhaseChange, 12);
    d.int(f.asFuScaledLastGmFreqChange, 4);
    if (d.labels) d.close();
  }
}

const PATH_TRACE = 0x0008;
const ALTERNATE_OFFSET = 0x0009;

function addAnnounce(d: Dissection): void {
  addTime(d, f.v2AnOrigintimestampSeconds, f.v2AnOrigintimestampNanoseconds);
  d.int(f.v2AnOrigincurrentutcoffset, 2);
  d.skip(1);
  d.u8(f.v2AnPriority1);
  d.u8(f.v2AnGrandmasterclockclass);
  d.u8(f.v2AnGrandmasterclockaccuracy);
  d.u16(f.v2AnGrandmasterclockvariance);
  d.u8(f.v2AnPriority2);
  d.u64(f.v2AnGrandmasterclockidentity);
  d.u16(f.v2AnLocalstepsremoved);
  d.u8(f.v2Timesource);
  while (d.remaining >= 4) {
    const type = d.peek16();
    const length = d.peek16(2);
    d.openText(d.pos, 4 + length, `${V2_AN_TLV_TYPE_NAMES[type] ?? "Unknown"} TLV`);
    d.u16(f.v2AnTlvType);
    d.u16(f.v2AnLengthField);
    const end = d.pos + length;
    d.needAt(d.pos, length);
    if (type === PATH_TRACE) while (d.pos + 8 <= end) d.u64(f.v2AnPathsequence);
    else if (type === ALTERNATE_OFFSET) {
      d.u8(f.v2AnAtoiKeyField);
      d.int(f.v2AnAtoiCurrentOffset, 4);
      d.int(f.v2AnAtoiJumpSeconds, 4);
      d.bytes(f.v2AnAtoiTimeOfNextJump, 6);
      const size = d.peek8();
      const name = decodeText(d.buf, d.pos + 1, Math.min(d.end, d.pos + 1 + size), "utf-8");
      d.open(f.v2AnAtoiDisplayName, d.pos, 1 + size, name);
      d.u8(f.v2AnAtoiDisplayNameLength);
      d.str(f.v2AnAtoiDisplayName, size);
      d.close();
    } else if (length > 0) d.bytes(f.v2AnTlvData, length);
    d.pos = end;
    if (d.labels) d.close();
  }
}

const REQUEST_UNICAST = 0x0004;
const GRANT_UNICAST = 0x0005;
const CANCEL_UNICAST = 0x0006;
const ACKNOWLEDGE_CANCEL = 0x0007;

function addSignalling(d: Dissection): void {
  d.u64(f.v2SigTargetportidentity);
  d.u16(f.v2SigTargetportid);
  while (d.remaining >= 4) {
    const type = d.peek16();
    const length = d.peek16(2);
    d.open(f.v2SigTlvTlvType, d.pos, 4 + length, type);
    d.skip(2);
    d.u16(f.v2SigTlvLengthField);
    const end = d.pos + length;
    d.needAt(d.pos, length);
    switch (type) {
      case REQUEST_UNICAST:
      case GRANT_UNICAST:
        d.bits(f.v2SigTlvMessageType, d.pos, 1);
        d.skip(1);
        addInterval(d);
        d.u32(f.v2SigTlvDurationField);
        if (type === GRANT_UNICAST) {
          d.skip(1);
          d.bits(f.v2SigTlvRenewalInvited, d.pos, 1);
        }
        break;
      case CANCEL_UNICAST:
      case ACKNOWLEDGE_CANCEL:
        d.bits(f.v2SigTlvMessageType, d.pos, 1);
        break;
      default:
        if (length > 0) d.bytes(f.v2SigTlvData, length);
    }
    d.pos = end;
    if (d.labels) d.close();
  }
}

/** The base-2 logarithm of the seconds between two messages. */
function addInterval(d: Dissection): void {
  const at = d.pos;
  const log = (d.peek8() << 24) >> 24;
  d.open(f.v2SigTlvLogInterMessagePeriod, at, 1, log);
  d.add(f.v2SigTlvLogInterMessagePeriodPeriod, at, 1, log);
  if (d.labels) d.relabel(`period: every ${2 ** log} seconds`);
  d.add(f.v2SigTlvLogInterMessagePeriodRate, at, 1, log);
  if (d.labels) d.relabel(`rate: ${2 ** -log} packets/sec`);
  d.close();
  d.skip(1);
}

const MANAGEMENT_TLV = 0x0001;
const ERROR_TLV = 0x0002;
const ACTIONS = ["GET", "SET", "RESPONSE", "COMMAND", "ACKNOWLEDGE"] as const;
/** How a management id reads in the Info column where it is not its name in small letters. */
const MANAGEMENT_TEXTS: Readonly<Record<number, string>> = {
  8192: "Default dataset",
  8193: "Current dataset",
  8194: "Parent dataset",
  8195: "Time properties dataset",
  8196: "Port dataset",
  8197: "Priority 1",
  8198: "Priority 2",
  8209: "UTC properties",
  16384: "Transparent clock default dataset",
  16385: "Transparent clock port dataset",
  24577: "Log min pdelay req. interval",
};

function managementText(id: number): string {
  const name = V2_MM_MANAGEMENT_ID_NAMES[id];
  if (name === undefined) return "Unknown";
  return MANAGEMENT_TEXTS[id] ?? name[0] + name.slice(1).toLowerCase().replaceAll("_", " ");
}

function addManagement(d: Dissection): void {
  d.u64(f.v2MmTargetportidentity);
  d.u16(f.v2MmTargetportid);
  d.u8(f.v2MmStartingboundaryhops);
  d.u8(f.v2MmBoundaryhops);
  const action = d.bits(f.v2MmAction, d.pos, 1);
  d.skip(2);
  const type = d.u16(f.v2MmTlvType);
  const length = d.u16(f.v2MmLengthField);
  const end = Math.min(d.end, d.pos + length);
  if (type === ERROR_TLV) {
    const error = d.u16(f.v2MmManagementErrorId);
    if (d.columns) {
      d.setInfo(`Management Error Message (${V2_MM_MANAGEMENT_ERROR_ID_NAMES[error] ?? "Reserved"})`);
    }
    d.u16(f.v2MmManagementId);
    d.bytes(f.v2MmReserved, 4);
  } else if (type === MANAGEMENT_TLV) {
    const id = d.u16(f.v2MmManagementId);
    if (d.columns) {
      d.setInfo(`Management (${managementText(id)}) ${ACTIONS[action] ?? `Unknown Action ${action}`}`);
    }
    if (d.pos < end) addDataSet(d, id, end);
  }
}

/** The data of the management ids that are a data set or one member of it: IEEE 1588-2008 section 15.5.3. */
function addDataSet(d: Dissection, id: number, end: number): void {
  switch (id) {
    case 0x2000:
      d.bits(f.v2MmTwoStep, d.pos, 1);
      d.bits(f.v2MmSlavOnly, d.pos, 1);
      d.skip(1);
      d.bytes(f.v2MmReserved, 1);
      d.u16(f.v2MmNumberPorts);
      d.u8(f.v2MmPriority1);
      d.u8(f.v2MmClockclass);
      d.u8(f.v2MmClockaccuracy);
      d.u16(f.v2MmClockvariance);
      d.u8(f.v2MmPriority2);
      d.u64(f.v2MmClockidentity);
      d.u8(f.v2MmDomainNumber);
      d.bytes(f.v2MmReserved, 1);
      return;
    case 0x2005:
      d.u8(f.v2MmPriority1);
      d.bytes(f.v2MmReserved, 1);
      return;
    case 0x2006:
      d.u8(f.v2MmPriority2);
      d.bytes(f.v2MmReserved, 1);
      return;
    case 0x2007:
      d.u8(f.v2MmDomainNumber);
      d.bytes(f.v2MmReserved, 1);
      return;
    case 0x2008:
      d.bits(f.v2MmSlavOnly, d.pos, 1);
      d.skip(1);
      d.bytes(f.v2MmReserved, 1);
      return;
    default:
      d.bytes(f.v2MmData, end - d.pos);
  }
}

// ------------------------------------------------------------------ version 1

const V1_SYNC = 0;
const V1_DELAY_REQ = 1;
const V1_FOLLOW_UP = 2;
const V1_DELAY_RESP = 3;
const V1_FLAGS = [
  f.flagsLi61,
  f.flagsLi59,
  f.flagsBoundaryClock,
  f.flagsAssist,
  f.flagsExtSync,
  f.flagsParentStats,
  f.flagsSyncBurst,
] as const;

function dissectV1(d: Dissection): void {
  const start = d.pos;
  const control = d.peek8(32);
  if (d.columns) {
    d.setProtocol("PTPv1");
    d.setInfo(CONTROLFIELD_NAMES[control] ?? "Unknown PTP message");
  }
  d.u16(f.versionptp);
  d.u16(f.versionnetwork);
  d.str(f.subdomain, 16);
  d.u8(f.messagetype);
  d.u8(f.sourcecommunicationtechnology);
  d.ether(f.sourceuuid);
  d.u16(f.sourceportid);
  d.u16(f.sequenceid);
  d.u8(f.controlfield);
  d.skip(1);
  d.bitset(f.flags, 2, V1_FLAGS);
  d.skip(4);
  if (!d.building) return;
  if (control === V1_SYNC || control === V1_DELAY_REQ) addSyncV1(d);
  else if (control === V1_FOLLOW_UP) {
    d.skip(2);
    d.u16(f.fuAssociatedsequenceid);
    addTimeV1(
      d,
      f.fuPreciseorigintimestamp,
      f.fuPreciseorigintimestampSeconds,
      f.fuPreciseorigintimestampNanoseconds,
    );
  } else if (control === V1_DELAY_RESP) {
    addTimeV1(
      d,
      f.drDelayreceipttimestamp,
      f.drDelayreceipttimestampSeconds,
      f.drDelayreceipttimestampNanoseconds,
    );
    d.skip(1);
    d.u8(f.drRequestingsourcecommunicationtechnology);
    d.ether(f.drRequestingsourceuuid);
    d.u16(f.drRequestingsourceportid);
    d.skip(2);
    d.u16(f.drRequestingsourcesequenceid);
  }
  d.pos = Math.max(d.pos, start);
}

function addTimeV1(d: Dissection, time: Field, seconds: Field, nanoseconds: Field): void {
  const value = BigInt(d.peek32()) * 1_000_000_000n + BigInt(d.peek32(4) | 0);
  d.open(time, d.pos, 8, value);
  d.u32(seconds);
  d.int(nanoseconds, 4);
  d.close();
}

function addSyncV1(d: Dissection): void {
  addTimeV1(d, f.sdrOrigintimestamp, f.sdrOrigintimestampSeconds, f.sdrOrigintimestampNanoseconds);
  d.u16(f.sdrEpochnumber);
  d.int(f.sdrCurrentutcoffset, 2);
  d.skip(1);
  d.u8(f.sdrGrandmastercommunicationtechnology);
  d.ether(f.sdrGrandmasterclockuuid);
  d.u16(f.sdrGrandmasterportid);
  d.u16(f.sdrGrandmastersequenceid);
  d.skip(3);
  d.u8(f.sdrGrandmasterclockstratum);
  d.str(f.sdrGrandmasterclockidentifier, 4);
  d.skip(2);
  d.int(f.sdrGrandmasterclockvariance, 2);
  d.skip(1);
  d.u8(f.sdrGrandmasterpreferred);
  d.skip(1);
  d.u8(f.sdrGrandmasterisboundaryclock);
  d.skip(3);
  d.int(f.sdrSyncinterval, 1);
  d.skip(2);
  d.int(f.sdrLocalclockvariance, 2);
  d.skip(2);
  d.u16(f.sdrLocalstepsremoved);
  d.skip(3);
  d.u8(f.sdrLocalclockstratum);
  d.str(f.sdrLocalclockidentifier, 4);
  d.skip(1);
  d.u8(f.sdrParentcommunicationtechnology);
  d.skip(2);
  d.ether(f.sdrParentuuid);
  d.skip(2);
  d.u16(f.sdrParentportfield);
  d.skip(2);
  d.int(f.sdrEstimatedmastervariance, 2);
  d.int(f.sdrEstimatedmasterdrift, 4);
  d.u8(f.sdrUtcreasonable);
}
