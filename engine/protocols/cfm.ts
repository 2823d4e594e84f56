/** Connectivity fault management: IEEE 802.1ag (802.1Q clause 21) and the messages ITU-T G.8013/Y.1731 adds. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, type Field, joined, none, str, u8, u16, u24, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";

const OPCODE_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved for IEEE 802.1",
  1: "Continuity Check Message (CCM)",
  2: "Loopback Reply (LBR)",
  3: "Loopback Message (LBM)",
  4: "Linktrace Reply (LTR)",
  5: "Linktrace Message (LTM)",
  32: "Generic Notification Message (GNM)",
  33: "Alarm Indication Signal (AIS)",
  35: "Lock Signal (LCK)",
  37: "Test Signal (TST)",
  39: "Automatic Protection Switching (APS)",
  40: "Ring-Automatic Protection Switching (R-APS)",
  41: "Maintenance Communication Channel (MCC)",
  43: "Loss Measurement Message (LMM)",
  42: "Loss Measurement Reply (LMR)",
  45: "One Way Delay Measurement (1DM)",
  47: "Delay Measurement Message (DMM)",
  46: "Delay Measurement Reply (DMR)",
  49: "Experimental OAM Message (EXM)",
  48: "Experimental OAM Reply (EXR)",
  51: "Vendor Specific Message (VSM)",
  50: "Vendor Specific Reply (VSR)",
  52: "Client Signal Fail (CSF)",
  53: "One Way Synthetic Loss Measurement (1SL)",
  55: "Synthetic Loss Message (SLM)",
  54: "Synthetic Loss Reply (SLR)",
};
const FLAGS_INTERVAL_NAMES: Readonly<Record<number, string>> = {
  0: "invalid",
  1: "Trans Int 3.33ms, max Lifetime 11.66ms, min Lifetime 10.83ms",
  2: "Trans Int 10ms, max Lifetime 35ms, min Lifetime 32.5ms",
  3: "Trans Int 100ms, max Lifetime 350ms, min Lifetime 325ms",
  4: "Trans Int 1s, max Lifetime 3.5s, min Lifetime 3.25s",
  5: "Trans Int 10s, max Lifetime 35s, min Lifetime 32.5s",
  6: "Trans Int 1min, max Lifetime 3.5min, min Lifetime 3.25min",
  7: "Trans Int 10min, max Lifetime 35min, min Lifetime 32.5min",
};
const MAID_MD_NAME_FORMAT_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved for IEEE 802.1",
  1: "No Maintenance Domain Name present",
  2: "RFC1035 DNS Name",
  3: "MAC address + 2-octet integer",
  4: "Character String",
};
const MAID_MA_NAME_FORMAT_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved for IEEE 802.1",
  1: "Primary VID",
  2: "Character String",
  3: "2-octet integer",
  4: "RFC 2685 VPN ID",
  32: "ICC-based Format",
};
const LTR_RELAY_ACTION_NAMES: Readonly<Record<number, string>> = {
  1: "RlyHit",
  2: "RlyFDB",
  3: "RlyMPDB",
};
const FLAGS_AIS_LCK_PERIOD_NAMES: Readonly<Record<number, string>> = {
  0: "Invalid Value for AIS/LCK PDU's",
  1: "Invalid Value for AIS/LCK PDU's",
  2: "Invalid Value for AIS/LCK PDU's",
  3: "Invalid Value for AIS/LCK PDU's",
  4: "1 frame per second",
  5: "Invalid Value for AIS/LCK PDU's",
  6: "1 frame per minute",
  7: "Invalid Value for AIS/LCK PDU's",
};
const RAPS_REQ_ST_NAMES: Readonly<Record<number, string>> = {
  0: "No request",
  1: "Do not revert",
  2: "Reverse request",
  3: "Unknown",
  4: "Exercise",
  5: "Wait to restore",
  6: "Depreciated",
  7: "Manual switch",
  8: "Unknown",
  9: "Signal degrade",
  10: "Unknown",
  11: "Signal fail working",
  12: "Unknown",
  13: "Forced switch",
  14: "Signal fail protection",
  15: "Lockout",
};
const APS_REQ_SGNL_NAMES: Readonly<Record<number, string>> = {
  0: "Null",
  1: "Normal traffic",
};
const APS_BRIDGE_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Selector",
  1: "Broadcast",
};
const RAPS_EVENT_SUBCODE_NAMES: Readonly<Record<number, string>> = {
  0: "Flush Request",
};
const CSF_FLAGS_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "LOS",
  1: "FDI/AIS",
  2: "RDI",
  3: "DCI",
};
const CSF_FLAGS_PERIOD_NAMES: Readonly<Record<number, string>> = {
  0: "Invalid",
  1: "For further study",
  2: "For further study",
  3: "For further study",
  4: "1s",
  5: "For further study",
  6: "1 min",
  7: "For further study",
};
const TLV_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "End TLV",
  1: "Sender ID TLV",
  2: "Port Status TLV",
  3: "Data TLV",
  4: "Interface Status TLV",
  5: "Reply Ingress TLV",
  6: "Reply Egress TLV",
  7: "LTM Egress Identifier TLV",
  8: "LTR Egress Identifier TLV",
  13: "Generic Notification Message TLV",
  31: "Organizational-Specific TLV",
  32: "Test TLV",
};
const TLV_PORT_STATUS_VALUE_NAMES: Readonly<Record<number, string>> = {
  1: "psBlocked",
  2: "psUp",
};
const TLV_PORT_INTERFACE_VALUE_NAMES: Readonly<Record<number, string>> = {
  1: "isUp",
  2: "isDown",
  3: "isTesting",
  4: "isUnknown",
  5: "isDormant",
  6: "isNotPresent",
  7: "isLowerLayerDown",
};
const TLV_REPLY_INGRESS_ACTION_NAMES: Readonly<Record<number, string>> = {
  1: "IngOK",
  2: "IngDown",
  3: "IngBlocked",
  4: "IngVID",
};
const TLV_REPLY_EGRESS_ACTION_NAMES: Readonly<Record<number, string>> = {
  1: "EgrOK",
  2: "EgrDown",
  3: "EgrBlocked",
  4: "EgrVID",
};
const TLV_TST_TEST_PATTERN_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Null signal without CRC-32",
  1: "Null signal with CRC-32",
  2: "PRBS (2.e-31 -1), without CRC-32",
  3: "PRBS (2.e-31 -1), with CRC-32",
};

const f = {
  mdLevel: u8("cfm.md.level", "CFM MD Level", { mask: 0xe0 }),
  version: u8("cfm.version", "CFM Version", { mask: 0x1f }),
  opcode: u8("cfm.opcode", "CFM OpCode", { names: OPCODE_NAMES }),
  ccmPdu: none("cfm.ccm.pdu", "CFM CCM PDU"),
  flags: u8("cfm.flags", "Flags", { base: "HEX" }),
  flagsRdi: u8("cfm.flags.rdi", "RDI", { mask: 0x80 }),
  flagsCcmReserved: u8("cfm.flags.ccm.reserved", "Reserved", { mask: 0x78 }),
  flagsInterval: u8("cfm.flags.interval", "Interval Field", { mask: 0x7, names: FLAGS_INTERVAL_NAMES }),
  firstTlvOffset: u8("cfm.first.tlv.offset", "First TLV Offset"),
  ccmSeqNum: u32("cfm.ccm.seq.num", "Sequence Number"),
  ccmMaEpId: u16("cfm.ccm.ma.ep.id", "Maintenance Association End Point Identifier", { mask: 0x1fff }),
  ccmMaid: none("cfm.ccm.maid", "Maintenance Association Identifier (MEG ID)"),
  maidMdNameFormat: u8("cfm.maid.md.name.format", "MD Name Format", { names: MAID_MD_NAME_FORMAT_NAMES }),
  maidMdNameLength: u8("cfm.maid.md.name.length", "MD Name Length"),
  maidMdNameString: str("cfm.maid.md.name.string", "MD Name (String)"),
  maidMdNameHex: bytes("cfm.maid.md.name.hex", "MD Name"),
  maidMdNameMac: ether("cfm.maid.md.name.mac", "MD Name (MAC)"),
  maidMdNameMacId: bytes("cfm.maid.md.name.mac.id", "MD Name (MAC)"),
  maidMaNameFormat: u8("cfm.maid.ma.name.format", "Short MA Name (MEG ID) Format", {
    names: MAID_MA_NAME_FORMAT_NAMES,
  }),
  maidMaNameLength: u8("cfm.maid.ma.name.length", "Short MA Name (MEG ID) Length"),
  maidMaNameString: str("cfm.maid.ma.name.string", "Short MA Name"),
  maidMaNameHex: bytes("cfm.maid.ma.name.hex", "Short MA Name"),
  ccmMaidPadding: none("cfm.ccm.maid.padding", "Zero-Padding"),
  ccmItuTY1731: none("cfm.ccm.itu.t.y1731", "Defined by ITU-T Y.1731"),
  ituTxfcf: bytes("cfm.itu.txfcf", "TxFCf"),
  ituRxfcb: bytes("cfm.itu.rxfcb", "RxFCb"),
  ituTxfcb: bytes("cfm.itu.txfcb", "TxFCb"),
  ituReserved: bytes("cfm.itu.reserved", "Reserved"),
  lbmPdu: none("cfm.lbm.pdu", "CFM LBM PDU"),
  lbTransactionId: u32("cfm.lb.transaction.id", "Loopback Transaction Identifier"),
  lbrPdu: none("cfm.lbr.pdu", "CFM LBR PDU"),
  ltmPdu: none("cfm.ltm.pdu", "CFM LTM PDU"),
  flagsUsefdbonly: u8("cfm.flags.usefdbonly", "UseFDBonly", { mask: 0x80 }),
  flagsLtmReserved: u8("cfm.flags.ltm.reserved", "Reserved", { mask: 0x7f }),
  ltTransactionId: u32("cfm.lt.transaction.id", "Linktrace Transaction Identifier"),
  ltTtl: u8("cfm.lt.ttl", "Linktrace TTL"),
  ltmOrigAddr: ether("cfm.ltm.orig.addr", "Linktrace Message: Original Address"),
  ltmTargAddr: ether("cfm.ltm.targ.addr", "Linktrace Message:   Target Address"),
  ltrPdu: none("cfm.ltr.pdu", "CFM LTR PDU"),
  flagsFwdyes: u8("cfm.flags.fwdyes", "FwdYes", { mask: 0x40 }),
  flagsLtrTerminalmep: u8("cfm.flags.ltr.terminalmep", "TerminalMEP", { mask: 0x20 }),
  flagsLtrReserved: u8("cfm.flags.ltr.reserved", "Reserved", { mask: 0x1f }),
  ltrRelayAction: u8("cfm.ltr.relay.action", "Linktrace Reply Relay Action", {
    names: LTR_RELAY_ACTION_NAMES,
  }),
  aisPdu: none("cfm.ais.pdu", "CFM AIS PDU"),
  flagsAisLckReserved: u8("cfm.flags.ais_lck_Reserved", "Reserved", { mask: 0xf8 }),
  flagsAisLckPeriod: u8("cfm.flags.ais_lck_Period", "Period", {
    mask: 0x7,
    names: FLAGS_AIS_LCK_PERIOD_NAMES,
  }),
  lckPdu: none("cfm.lck.pdu", "CFM LCK PDU"),
  tstPdu: none("cfm.tst.pdu", "CFM TST PDU"),
  flagsReserved: u8("cfm.flags.reserved", "Reserved"),
  tstSequenceNum: u32("cfm.tst.sequence.num", "Sequence Number"),
  apsPdu: none("cfm.aps.pdu", "CFM APS PDU"),
  rapsReqSt: u8("cfm.raps.req.st", "Request/State", { mask: 0xf0, names: RAPS_REQ_ST_NAMES }),
  apsProtecTypeA: bool("cfm.aps.protec.type.A", "Protection type A", {
    mask: 0x8,
    tf: ["APS channel", "No APS channel"],
  }),
  apsProtecTypeB: bool("cfm.aps.protec.type.B", "Protection type B", {
    mask: 0x4,
    tf: ["1:1 (no permanent bridge)", "1+1 (permanent bridge)"],
  }),
  apsProtecTypeD: bool("cfm.aps.protec.type.D", "Protection type D", {
    mask: 0x2,
    tf: ["Bidirectional switching", "Unidirectional switching"],
  }),
  apsProtecTypeR: bool("cfm.aps.protec.type.R", "Protection type R", {
    mask: 0x1,
    tf: ["Revertive operation", "Non-revertive operation"],
  }),
  apsReqSgnl: u8("cfm.aps.req.sgnl", "Requested signal", { base: "HEX", names: APS_REQ_SGNL_NAMES }),
  apsBrdgdSgnl: u8("cfm.aps.brdgd.sgnl", "Bridged signal", { base: "HEX", names: APS_REQ_SGNL_NAMES }),
  apsBridgeType: u8("cfm.aps.bridge.type", "Bridge type", {
    base: "HEX",
    mask: 0x80,
    names: APS_BRIDGE_TYPE_NAMES,
  }),
  rapsPdu: none("cfm.raps.pdu", "CFM R-APS PDU"),
  rapsEventSubcode: u8("cfm.raps.event.subcode", "Sub-code", {
    base: "HEX",
    mask: 0xf,
    names: RAPS_EVENT_SUBCODE_NAMES,
  }),
  rapsFlags: u8("cfm.raps.flags", "R-APS Flags", { base: "HEX" }),
  rapsFlagsRb: bool("cfm.raps.flags.rb", "RPL Blocked", { mask: 0x80, tf: ["Blocked", "Not Blocked"] }),
  rapsFlagsDnf: bool("cfm.raps.flags.dnf", "Do Not Flush", {
    mask: 0x40,
    tf: ["Do Not Flush DB", "May Flush DB"],
  }),
  rapsFlagsBpr: bool("cfm.raps.flags.bpr", "Blocked Port Reference", {
    mask: 0x20,
    tf: ["Ring link 1", "Ring link 0"],
  }),
  rapsNodeId: ether("cfm.raps.node.id", "R-APS Node ID"),
  rapsReserved: bytes("cfm.raps.reserved", "R-APS Reserved"),
  mccPdu: none("cfm.mcc.pdu", "CFM MCC PDU"),
  mccData: bytes("cfm.mcc.data", "MCC data"),
  lmmPdu: none("cfm.lmm.pdu", "CFM LMM PDU"),
  lmmLmrTxfcf: bytes("cfm.lmm.lmr.txfcf", "TxFCf"),
  lmmLmrRxfcf: bytes("cfm.lmm.lmr.rxfcf", "RxFCf"),
  lmmLmrTxfcb: bytes("cfm.lmm.lmr.txfcb", "TxFCb"),
  lmrPdu: none("cfm.lmr.pdu", "CFM LMR PDU"),
  odmPdu: none("cfm.odm.pdu", "CFM 1DM PDU"),
  odmDmmDmrTxtimestampf: bytes("cfm.odm.dmm.dmr.txtimestampf", "TxTimestampf"),
  odmDmmDmrRxtimestampf: bytes("cfm.odm.dmm.dmr.rxtimestampf", "RxTimestampf"),
  dmmPdu: none("cfm.dmm.pdu", "CFM DMM PDU"),
  dmmDmrTxtimestampb: bytes("cfm.dmm.dmr.txtimestampb", "TxTimestampb"),
  dmmDmrRxtimestampb: bytes("cfm.dmm.dmr.rxtimestampb", "RxTimestampb"),
  dmrPdu: none("cfm.dmr.pdu", "CFM DMR PDU"),
  exmPdu: none("cfm.exm.pdu", "CFM EXM PDU"),
  exmExrData: bytes("cfm.exm_exr.data", "EXM/EXR data"),
  exrPdu: none("cfm.exr.pdu", "CFM EXR PDU"),
  vsmPdu: none("cfm.vsm.pdu", "CFM VSM PDU"),
  vsmVsrData: bytes("cfm.vsm_vsr.data", "VSM/VSR data"),
  vsrPdu: none("cfm.vsr.pdu", "CFM VSR PDU"),
  csfPdu: none("cfm.csf.pdu", "CFM CSF PDU"),
  csfFlagsReserved: u8("cfm.csf.flags.Reserved", "Reserved", { base: "HEX", mask: 0xc0 }),
  csfFlagsType: u8("cfm.csf.flags.Type", "Type", { mask: 0x38, names: CSF_FLAGS_TYPE_NAMES }),
  csfFlagsPeriod: u8("cfm.csf.flags.Period", "Type", { mask: 0x7, names: CSF_FLAGS_PERIOD_NAMES }),
  slmPdu: none("cfm.slm.pdu", "CFM SLM PDU"),
  slrPdu: none("cfm.slr.pdu", "CFM SLR PDU"),
  slmSrcMepId: u16("cfm.slm.src_mep_id", "Source MEP ID", { mask: 0x1fff }),
  slrRspMepId: u16("cfm.slr.rsp_mep_id", "Responder MEP ID", { mask: 0x1fff }),
  slmTestId: bytes("cfm.slm.test_id", "TestID"),
  slmTxfcf: u32("cfm.slm.txfcf", "TxFcF"),
  slrTxfcb: u32("cfm.slr.txfcb", "TxFcB"),
  allTlvs: none("cfm.all.tlvs", "CFM TLVs"),
  tlvType: u8("cfm.tlv.type", "TLV Type", { names: TLV_TYPE_NAMES }),
  tlvLength: u16("cfm.tlv.length", "TLV Length"),
  tlvChassisIdLength: u8("cfm.tlv.chassis.id.length", "Chassis ID Length"),
  tlvChassisIdSubtype: u8("cfm.tlv.chassis.id.subtype", "Chassis ID Sub-type"),
  tlvChassisId: bytes("cfm.tlv.chassis.id", "Chassis ID"),
  tlvMaDomainLength: u8("cfm.tlv.ma.domain.length", "Management Address Domain Length"),
  tlvMaDomain: bytes("cfm.tlv.ma.domain", "Management Address Domain"),
  tlvManagementAddrLength: u8("cfm.tlv.management.addr.length", "Management Address Length"),
  tlvManagementAddr: bytes("cfm.tlv.management.addr", "Management Address"),
  tlvPortStatusValue: u8("cfm.tlv.port.status.value", "Port Status value", {
    names: TLV_PORT_STATUS_VALUE_NAMES,
  }),
  tlvDataValue: bytes("cfm.tlv.data.value", "Data Value"),
  tlvPortInterfaceValue: u8("cfm.tlv.port.interface.value", "Interface Status value", {
    names: TLV_PORT_INTERFACE_VALUE_NAMES,
  }),
  tlvReplyIngressAction: u8("cfm.tlv.reply.ingress.action", "Ingress Action", {
    names: TLV_REPLY_INGRESS_ACTION_NAMES,
  }),
  tlvReplyIngressMacAddress: ether("cfm.tlv.reply.ingress.mac.address", "Ingress MAC address"),
  tlvReplyIngEgrPortidLength: u8("cfm.tlv.reply.ing.egr.portid.length", "Chassis ID Length"),
  tlvReplyIngEgrPortidSubtype: u8("cfm.tlv.reply.ing.egr.portid.subtype", "Chassis ID Sub-type"),
  tlvReplyIngEgrPortid: bytes("cfm.tlv.reply.ing.egr.portid", "Chassis ID"),
  tlvReplyEgressAction: u8("cfm.tlv.reply.egress.action", "Egress Action", {
    names: TLV_REPLY_EGRESS_ACTION_NAMES,
  }),
  tlvReplyEgressMacAddress: ether("cfm.tlv.reply.egress.mac.address", "Egress MAC address"),
  tlvLtmEgressIdMac: ether("cfm.tlv.ltm.egress.id.mac", "Egress Identifier - MAC of LT Initiator/Responder"),
  tlvLtmEgressIdUi: bytes("cfm.tlv.ltm.egress.id.ui", "Egress Identifier - Unique Identifier"),
  tlvLtrEgressLastIdMac: ether("cfm.tlv.ltr.egress.last.id.mac", "Last Egress Identifier - MAC address"),
  tlvLtrEgressLastIdUi: bytes("cfm.tlv.ltr.egress.last.id.ui", "Last Egress Identifier - Unique Identifier"),
  tlvLtrEgressNextIdMac: ether("cfm.tlv.ltr.egress.next.id.mac", "Next Egress Identifier - MAC address"),
  tlvLtrEgressNextIdUi: bytes("cfm.tlv.ltr.egress.next.id.ui", "Next Egress Identifier - Unique Identifier"),
  tlvOrgSpecOui: u24("cfm.tlv.org.spec.oui", "OUI", { base: "OUI" }),
  tlvOrgSpecSubtype: bytes("cfm.tlv.org.spec.subtype", "Sub-Type"),
  tlvOrgSpecValue: bytes("cfm.tlv.org.spec.value", "Value"),
  tlvTstTestPatternType: u8("cfm.tlv.tst.test.pattern.type", "Test Pattern Type", {
    names: TLV_TST_TEST_PATTERN_TYPE_NAMES,
  }),
  tlvTstTestPattern: none("cfm.tlv.tst.test.pattern", "Test Pattern"),
};

/** G.8032 has names of its own for the requests. */
const r = {
  request: u8("cfm.raps.req.st", "Request/State", {
    base: "HEX",
    mask: 0xf0,
    names: {
      0: "No Request",
      7: "Manual Switch",
      11: "Signal Failure",
      13: "Forced Switch",
      14: "Event",
    },
  }),
};

export const cfm = protocol({
  name: "cfm",
  title: "CFM EOAM 802.1ag/ITU Protocol",
  short: "CFM",
  fields: joined(f, r),
  on: [[ethertypes, 0x8902]],
  dissect,
});

/** What follows the flags and the offset of the first TLV in a PDU. */
type Part = Field | readonly [Field, number];
interface Pdu {
  readonly line: Field;
  /** Bit fields of the flags; a single field stands for the whole octet. */
  readonly flags: readonly Field[];
  readonly body: readonly Part[];
}
const plain = [f.flagsReserved] as const;
const period = [f.flagsAisLckReserved, f.flagsAisLckPeriod] as const;
const DELAY: readonly Part[] = [
  [f.odmDmmDmrTxtimestampf, 8],
  [f.odmDmmDmrRxtimestampf, 8],
];
const ROUND_TRIP: readonly Part[] = [...DELAY, [f.dmmDmrTxtimestampb, 8], [f.dmmDmrRxtimestampb, 8]];
const LOSS: readonly Part[] = [
  [f.lmmLmrTxfcf, 4],
  [f.lmmLmrRxfcf, 4],
  [f.lmmLmrTxfcb, 4],
];
/** Messages of an organisation: its number, its own kind of message, and data up to the first TLV. */
const vendor = (rest: Field): readonly Part[] => [f.tlvOrgSpecOui, [f.tlvOrgSpecSubtype, 1], rest];
const PDUS: Readonly<Record<number, Pdu>> = {
  1: { line: f.ccmPdu, flags: [f.flagsRdi, f.flagsCcmReserved, f.flagsInterval], body: [] },
  2: { line: f.lbrPdu, flags: [], body: [f.lbTransactionId] },
  3: { line: f.lbmPdu, flags: [], body: [f.lbTransactionId] },
  4: {
    line: f.ltrPdu,
    flags: [f.flagsUsefdbonly, f.flagsFwdyes, f.flagsLtrTerminalmep, f.flagsLtrReserved],
    body: [f.ltTransactionId, f.ltTtl, f.ltrRelayAction],
  },
  5: {
    line: f.ltmPdu,
    flags: [f.flagsUsefdbonly, f.flagsLtmReserved],
    body: [f.ltTransactionId, f.ltTtl, [f.ltmOrigAddr, 6], [f.ltmTargAddr, 6]],
  },
  33: { line: f.aisPdu, flags: period, body: [] },
  35: { line: f.lckPdu, flags: period, body: [] },
  37: { line: f.tstPdu, flags: plain, body: [f.tstSequenceNum] },
  39: { line: f.apsPdu, flags: plain, body: [] },
  40: { line: f.rapsPdu, flags: plain, body: [] },
  42: { line: f.lmrPdu, flags: plain, body: LOSS },
  43: { line: f.lmmPdu, flags: plain, body: LOSS },
  41: { line: f.mccPdu, flags: plain, body: vendor(f.mccData) },
  48: { line: f.exrPdu, flags: plain, body: vendor(f.exmExrData) },
  49: { line: f.exmPdu, flags: plain, body: vendor(f.exmExrData) },
  50: { line: f.vsrPdu, flags: plain, body: vendor(f.vsmVsrData) },
  51: { line: f.vsmPdu, flags: plain, body: vendor(f.vsmVsrData) },
  45: { line: f.odmPdu, flags: plain, body: DELAY },
  46: { line: f.dmrPdu, flags: plain, body: ROUND_TRIP },
  47: { line: f.dmmPdu, flags: plain, body: ROUND_TRIP },
  52: { line: f.csfPdu, flags: [f.csfFlagsReserved, f.csfFlagsType, f.csfFlagsPeriod], body: [] },
  54: { line: f.slrPdu, flags: plain, body: [] },
  55: { line: f.slmPdu, flags: plain, body: [] },
};
const CONTINUITY = 1;
const PROTECTION = 39;
const RING_PROTECTION = 40;
const SYNTHETIC_LOSS: readonly number[] = [54, 55];

function dissect(d: Dissection): void {
  const start = d.pos;
  d.need(2);
  const opcode = d.peek8(1);
  const name = OPCODE_NAMES[opcode] ?? `Unknown (0x${opcode.toString(16).padStart(2, "0")})`;
  if (d.columns) d.setInfo(`Type ${name}`);
  if (d.labels) d.appendLayer(`, Type ${name}`);
  d.bits(f.mdLevel, start, 1);
  d.bits(f.version, start, 1);
  d.skip(1);
  d.u8(f.opcode);
  const pdu = PDUS[opcode];
  if (pdu !== undefined) {
    d.open(pdu.line, d.pos, 0);
    addFlagsOf(d, pdu.flags);
    d.u8(f.firstTlvOffset);
    const first = start + 4 + d.buf[start + 3];
    for (const part of pdu.body) addPart(d, part, first);
    if (opcode === CONTINUITY) addContinuity(d);
    else if (opcode === PROTECTION) addProtection(d);
    else if (opcode === RING_PROTECTION) addRingProtection(d, d.buf[start] & 0x1f);
    else if (SYNTHETIC_LOSS.includes(opcode)) addSyntheticLoss(d);
    d.close(d.pos);
  }
  // The offset counts from behind itself.
  const first = start + 4 + d.buf[Math.min(start + 3, d.end - 1)];
  if (first >= d.end) return;
  d.pos = first;
  addTlvs(d);
}

function addFlagsOf(d: Dissection, flags: readonly Field[]): void {
  if (flags.length !== 1) {
    d.bitset(f.flags, 1, flags);
    return;
  }
  d.open(f.flags, d.pos, 1, d.peek8());
  d.u8(flags[0]);
  d.close();
}

/** @param first where the TLVs begin */
function addPart(d: Dissection, part: Part, first: number): void {
  if (Array.isArray(part)) {
    const [field, length] = part as readonly [Field, number];
    d.bytes(field, length);
  } else if ((part as Field).type === "FT_BYTES") {
    if (d.pos < first) d.bytes(part as Field, first - d.pos);
  } else if ((part as Field).type === "FT_UINT24") d.u24(part as Field);
  else if ((part as Field).type === "FT_UINT32") d.u32(part as Field);
  else d.u8(part as Field);
}

const MAID = 48;
const NO_DOMAIN = 1;
const CHARACTERS: readonly number[] = [2, 4, 32];

/** A maintenance association's names in 48 bytes, and the counters of Y.1731. */
function addContinuity(d: Dissection): void {
  d.u32(f.ccmSeqNum);
  d.bits(f.ccmMaEpId, d.pos, 2);
  d.skip(2);
  const at = d.pos;
  d.needAt(at, MAID);
  d.open(f.ccmMaid, at, MAID);
  const format = d.u8(f.maidMdNameFormat);
  if (format !== NO_DOMAIN && format !== 0) {
    const length = d.u8(f.maidMdNameLength);
    if (format === 4) d.str(f.maidMdNameString, length, "ascii");
    else if (format === 3 && length === 8) {
      d.ether(f.maidMdNameMac);
      d.bytes(f.maidMdNameMacId, 2);
    } else d.bytes(f.maidMdNameHex, length);
  }
  const kind = d.u8(f.maidMaNameFormat);
  const length = d.u8(f.maidMaNameLength);
  const room = Math.min(length, Math.max(0, at + MAID - d.pos));
  if (CHARACTERS.includes(kind)) d.str(f.maidMaNameString, room, "ascii");
  else if (room > 0) d.bytes(f.maidMaNameHex, room);
  if (d.pos < at + MAID) d.add(f.ccmMaidPadding, d.pos, at + MAID - d.pos, null);
  d.pos = at + MAID;
  d.close();
  d.open(f.ccmItuTY1731, d.pos, 16);
  d.bytes(f.ituTxfcf, 4);
  d.bytes(f.ituRxfcb, 4);
  d.bytes(f.ituTxfcb, 4);
  d.bytes(f.ituReserved, 4);
  d.close();
}

function addProtection(d: Dissection): void {
  const at = d.pos;
  for (const bit of [f.rapsReqSt, f.apsProtecTypeA, f.apsProtecTypeB, f.apsProtecTypeD, f.apsProtecTypeR]) {
    d.bits(bit, at, 1);
  }
  d.skip(1);
  d.u8(f.apsReqSgnl);
  d.u8(f.apsBrdgdSgnl);
  d.bits(f.apsBridgeType, d.pos, 1);
  d.skip(1);
}

const EVENT = 14;

const RING_FLAGS = [f.rapsFlagsRb, f.rapsFlagsDnf] as const;
const RING_FLAGS_1 = [...RING_FLAGS, f.rapsFlagsBpr] as const;

function addRingProtection(d: Dissection, version: number): void {
  const request = d.bits(r.request, d.pos, 1);
  if (request === EVENT) d.bits(f.rapsEventSubcode, d.pos, 1);
  d.skip(1);
  d.bitset(f.rapsFlags, 1, version > 0 ? RING_FLAGS_1 : RING_FLAGS);
  d.ether(f.rapsNodeId);
  d.bytes(f.rapsReserved, 24);
}

function addSyntheticLoss(d: Dissection): void {
  d.bits(f.slmSrcMepId, d.pos, 2);
  d.skip(2);
  d.bits(f.slrRspMepId, d.pos, 2);
  d.skip(2);
  d.bytes(f.slmTestId, 4);
  d.u32(f.slmTxfcf);
  d.u32(f.slrTxfcb);
}

// ------------------------------------------------------------------ TLVs

const END = 0;

function addTlvs(d: Dissection): void {
  d.open(f.allTlvs, d.pos, d.remaining);
  for (let type = 1; type !== END && d.remaining > 0; ) {
    const at = d.pos;
    type = d.peek8();
    const length = type === END ? 0 : d.peek16(1);
    const size = type === END ? 1 : 3 + length;
    d.openText(at, size, `TLV: ${TLV_TYPE_NAMES[type] ?? "Unknown"} (t=${type},l=${length})`);
    d.u8(f.tlvType);
    if (type !== END) d.u16(f.tlvLength);
    const end = d.pos + length;
    d.needAt(d.pos, length);
    if (length > 0) addValue(d, type, end);
    d.pos = end;
    if (d.labels) d.close();
  }
  d.close(d.pos);
}

function addValue(d: Dissection, type: number, end: number): void {
  const length = end - d.pos;
  switch (type) {
    case 1:
      addSender(d, end);
      break;
    case 2:
      d.u8(f.tlvPortStatusValue);
      break;
    case 3:
      d.bytes(f.tlvDataValue, length);
      break;
    case 4:
      d.u8(f.tlvPortInterfaceValue);
      break;
    case 5:
      d.u8(f.tlvReplyIngressAction);
      d.ether(f.tlvReplyIngressMacAddress);
      addReplyPort(d, end);
      break;
    case 6:
      d.u8(f.tlvReplyEgressAction);
      d.ether(f.tlvReplyEgressMacAddress);
      addReplyPort(d, end);
      break;
    case 7:
      d.bytes(f.tlvLtmEgressIdUi, 2);
      d.ether(f.tlvLtmEgressIdMac);
      break;
    case 8:
      d.bytes(f.tlvLtrEgressLastIdUi, 2);
      d.ether(f.tlvLtrEgressLastIdMac);
      d.bytes(f.tlvLtrEgressNextIdUi, 2);
      d.ether(f.tlvLtrEgressNextIdMac);
      break;
    case 31:
      d.u24(f.tlvOrgSpecOui);
      d.bytes(f.tlvOrgSpecSubtype, 1);
      if (d.pos < end) d.bytes(f.tlvOrgSpecValue, end - d.pos);
      break;
    case 32:
      d.u8(f.tlvTstTestPatternType);
      if (d.pos < end) d.add(f.tlvTstTestPattern, d.pos, end - d.pos, null);
      break;
  }
}

/** The chassis and the management address of who sent it. */
function addSender(d: Dissection, end: number): void {
  const chassis = d.u8(f.tlvChassisIdLength);
  if (chassis > 0) {
    d.u8(f.tlvChassisIdSubtype);
    d.bytes(f.tlvChassisId, chassis);
  }
  if (d.pos >= end) return;
  const domain = d.u8(f.tlvMaDomainLength);
  if (domain > 0) d.bytes(f.tlvMaDomain, domain);
  if (d.pos >= end || domain === 0) return;
  const address = d.u8(f.tlvManagementAddrLength);
  if (address > 0) d.bytes(f.tlvManagementAddr, address);
}

function addReplyPort(d: Dissection, end: number): void {
  if (d.pos >= end) return;
  const length = d.u8(f.tlvReplyIngEgrPortidLength);
  if (d.pos >= end) return;
  d.u8(f.tlvReplyIngEgrPortidSubtype);
  d.bytes(f.tlvReplyIngEgrPortid, Math.min(length, end - d.pos));
}
