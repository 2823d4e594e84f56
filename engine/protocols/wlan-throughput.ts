/**
 * Elements of IEEE 802.11 management frames that tell of high throughput (HT, 802.11n) and very high throughput
 * (VHT, 802.11ac), and extended capabilities: IEEE 802.11-2020 sections 9.4.2.26, 9.4.2.55, 9.4.2.56, 9.4.2.157 and
 * 9.4.2.158.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, type Field, none, SUPPORTED, u8, u16, u32 } from "../dissect/field.ts";
import {
  EXTCAP_SERV_INT_GRANULARITY_NAMES,
  HT_AMPDUPARAM_MPDUDENSITY_NAMES,
  SM_POWER_SAVE_NAMES,
  VHT_CAPABILITIES_MAXAMPDU_NAMES,
  VHT_CAPABILITIES_RXSTBC_NAMES,
  VHT_CAPABILITIES_STREAMS_NAMES,
  VHT_CHANNEL_WIDTH_NAMES,
} from "./names/wlan-management.ts";

const MCS_MAP_NAMES = { 0: "MCS 0-7", 1: "MCS 0-8", 2: "MCS 0-9", 3: "Not Supported" } as const;

/** The fields of a map with two bits for each of eight spatial streams. */
function mcsMap(prefix: string, kind: string): Record<string, Field> {
  const map: Record<string, Field> = {};
  for (let stream = 1; stream <= 8; stream++) {
    const name = `${prefix}.ss${stream}`;
    const mask = 3 << (2 * (stream - 1));
    map[name] = u16(name, `${kind} ${stream} SS`, { base: "HEX", mask, names: MCS_MAP_NAMES });
  }
  return map;
}

/** One bit of the extended capabilities, in its octet. */
const capability = (bit: number, title: string, tf?: readonly [string, string]): Field =>
  bool(`wlan.extcap.b${bit}`, title, { mask: 1 << (bit % 8), tf });
const reserved = (bit: number, title = "Reserved"): Field =>
  u8(`wlan.extcap.b${bit}`, title, { base: "HEX", mask: 1 << (bit % 8) });

/** The same in the octets 8 and 9, which begin with bit 56 and are one integer. */
const wideCapability = (bit: number, title: string, tf?: readonly [string, string]): Field =>
  bool(`wlan.extcap.b${bit}`, title, { mask: 1 << (bit - 56), bits: 16, tf });
const wideReserved = (bit: number, title = "Reserved"): Field =>
  u16(`wlan.extcap.b${bit}`, title, { base: "HEX", mask: 1 << (bit - 56) });
/** Feedback of beamforming. */
const FEEDBACK_NAMES: Readonly<Record<number, string>> = {
  0: "not supported",
  1: "delayed feedback capable",
  2: "immediate feedback capable",
  3: "delayed and immediate feedback capable",
};
const SOUNDING_NAMES: Readonly<Record<number, string>> = {
  0: "1 TX antenna sounding",
  1: "2 TX antenna sounding",
  2: "3 TX antenna sounding",
  3: "4 TX antenna sounding",
};

const f = {
  htCapabilities: u16("wlan.ht.capabilities", "HT Capabilities Info", { base: "HEX" }),
  htCapabilitiesLdpccoding: bool("wlan.ht.capabilities.ldpccoding", "HT LDPC coding capability", {
    mask: 0x1,
    bits: 16,
    tf: [
      "Transmitter supports receiving LDPC coded packets",
      "Transmitter does not support receiving LDPC coded packets",
    ],
  }),
  htCapabilitiesWidth: bool("wlan.ht.capabilities.width", "HT Support channel width", {
    mask: 0x2,
    bits: 16,
    tf: ["Transmitter supports 20MHz and 40MHz operation", "Transmitter only supports 20MHz operation"],
  }),
  htCapabilitiesSm: u16("wlan.ht.capabilities.sm", "HT SM Power Save", {
    base: "HEX",
    mask: 0xc,
    names: SM_POWER_SAVE_NAMES,
  }),
  htCapabilitiesGreen: bool("wlan.ht.capabilities.green", "HT Green Field", {
    mask: 0x10,
    bits: 16,
    tf: [
      "Transmitter is able to receive PPDUs with Green Field (GF) preamble",
      "Transmitter is not able to receive PPDUs with Green Field (GF) preamble",
    ],
  }),
  htCapabilitiesShort20: bool("wlan.ht.capabilities.short20", "HT Short GI for 20MHz", {
    mask: 0x20,
    bits: 16,
    tf: SUPPORTED,
  }),
  htCapabilitiesShort40: bool("wlan.ht.capabilities.short40", "HT Short GI for 40MHz", {
    mask: 0x40,
    bits: 16,
    tf: SUPPORTED,
  }),
  htCapabilitiesTxstbc: bool("wlan.ht.capabilities.txstbc", "HT Tx STBC", {
    mask: 0x80,
    bits: 16,
    tf: SUPPORTED,
  }),
  htCapabilitiesRxstbc: u16("wlan.ht.capabilities.rxstbc", "HT Rx STBC", {
    base: "HEX",
    mask: 0x300,
    names: {
      0: "No Rx STBC support",
      1: "Rx support of one spatial stream",
      2: "Rx support of one and two spatial streams",
      3: "Rx support of one, two, and three spatial streams",
    },
  }),
  htCapabilitiesDelayedblockack: bool("wlan.ht.capabilities.delayedblockack", "HT Delayed Block ACK", {
    mask: 0x400,
    bits: 16,
    tf: ["Transmitter supports HT-Delayed BlockAck", "Transmitter does not support HT-Delayed BlockAck"],
  }),
  htCapabilitiesAmsdu: bool("wlan.ht.capabilities.amsdu", "HT Max A-MSDU length", {
    mask: 0x800,
    bits: 16,
    tf: ["7935 bytes", "3839 bytes"],
  }),
  htCapabilitiesDsscck: bool("wlan.ht.capabilities.dsscck", "HT DSSS/CCK mode in 40MHz", {
    mask: 0x1000,
    bits: 16,
    tf: ["Will/Can use DSSS/CCK in 40 MHz", "Won't/Can't use of DSSS/CCK in 40 MHz"],
  }),
  htCapabilitiesPsmp: bool("wlan.ht.capabilities.psmp", "HT PSMP Support", {
    mask: 0x2000,
    bits: 16,
    tf: ["Will/Can support PSMP operation", "Won't/Can't support PSMP operation"],
  }),
  htCapabilities40mhzintolerant: bool("wlan.ht.capabilities.40mhzintolerant", "HT Forty MHz Intolerant", {
    mask: 0x4000,
    bits: 16,
    tf: [
      "Use of 40 MHz transmissions restricted/disallowed",
      "Use of 40 MHz transmissions unrestricted/allowed",
    ],
  }),
  htCapabilitiesLsig: bool("wlan.ht.capabilities.lsig", "HT L-SIG TXOP Protection support", {
    mask: 0x8000,
    bits: 16,
    tf: SUPPORTED,
  }),
  htAmpduparam: u8("wlan.ht.ampduparam", "A-MPDU Parameters", { base: "HEX" }),
  htAmpduparamMaxlength: u8("wlan.ht.ampduparam.maxlength", "Maximum Rx A-MPDU Length", {
    base: "HEX",
    mask: 0x3,
  }),
  htAmpduparamMpdudensity: u8("wlan.ht.ampduparam.mpdudensity", "MPDU Density", {
    base: "HEX",
    mask: 0x1c,
    names: HT_AMPDUPARAM_MPDUDENSITY_NAMES,
  }),
  htAmpduparamReserved: u8("wlan.ht.ampduparam.reserved", "Reserved", { base: "HEX", mask: 0xe0 }),
  htMcsset: none("wlan.ht.mcsset", "Rx Supported Modulation and Coding Scheme Set"),
  htMcssetRxbitmask: none(
    "wlan.ht.mcsset.rxbitmask",
    "Rx Modulation and Coding Scheme (One bit per modulation)",
  ),
  htMcssetRxbitmask0to7: u32("wlan.ht.mcsset.rxbitmask.0to7", "Rx Bitmask Bits 0-7", {
    base: "HEX",
    mask: 0xff,
  }),
  htMcssetRxbitmask8to15: u32("wlan.ht.mcsset.rxbitmask.8to15", "Rx Bitmask Bits 8-15", {
    base: "HEX",
    mask: 0xff00,
  }),
  htMcssetRxbitmask16to23: u32("wlan.ht.mcsset.rxbitmask.16to23", "Rx Bitmask Bits 16-23", {
    base: "HEX",
    mask: 0xff0000,
  }),
  htMcssetRxbitmask24to31: u32("wlan.ht.mcsset.rxbitmask.24to31", "Rx Bitmask Bits 24-31", {
    base: "HEX",
    mask: 0xff000000,
  }),
  htMcssetRxbitmask32: u32("wlan.ht.mcsset.rxbitmask.32", "Rx Bitmask Bit 32", { base: "HEX", mask: 0x1 }),
  htMcssetRxbitmask33to38: u32("wlan.ht.mcsset.rxbitmask.33to38", "Rx Bitmask Bits 33-38", {
    base: "HEX",
    mask: 0x7e,
  }),
  htMcssetRxbitmask39to52: u32("wlan.ht.mcsset.rxbitmask.39to52", "Rx Bitmask Bits 39-52", {
    base: "HEX",
    mask: 0x1fff80,
  }),
  htMcssetRxbitmask53to76: u32("wlan.ht.mcsset.rxbitmask.53to76", "Rx Bitmask Bits 53-76", {
    base: "HEX",
    mask: 0x1fffffe0,
  }),
  htMcssetHighestdatarate: u16("wlan.ht.mcsset.highestdatarate", "Highest Supported Data Rate", {
    base: "HEX",
    mask: 0x3ff,
  }),
  htMcssetTxsetdefined: bool("wlan.ht.mcsset.txsetdefined", "Tx Supported MCS Set", {
    mask: 0x1,
    bits: 16,
    tf: ["Defined", "Not defined"],
  }),
  htMcssetTxrxmcsnotequal: bool("wlan.ht.mcsset.txrxmcsnotequal", "Tx and Rx MCS Set", {
    mask: 0x2,
    bits: 16,
    tf: ["Not Equal", "Equal"],
  }),
  htMcssetTxmaxss: u16("wlan.ht.mcsset.txmaxss", "Maximum Number of Tx Spatial Streams Supported", {
    base: "HEX",
    mask: 0xc,
  }),
  htMcssetTxunequalmod: bool("wlan.ht.mcsset.txunequalmod", "Unequal Modulation", {
    mask: 0x10,
    bits: 16,
    tf: SUPPORTED,
  }),
  htexCapabilities: u16("wlan.htex.capabilities", "HT Extended Capabilities", { base: "HEX" }),
  htexCapabilitiesPco: bool("wlan.htex.capabilities.pco", "Transmitter supports PCO", {
    mask: 0x1,
    bits: 16,
    tf: SUPPORTED,
  }),
  htexCapabilitiesTranstime: u16(
    "wlan.htex.capabilities.transtime",
    "Time needed to transition between 20MHz and 40MHz",
    { base: "HEX", mask: 0x6, names: { 0: "No Transition", 1: "400 usec", 2: "1.5 msec", 3: "5 msec" } },
  ),
  htexCapabilitiesMcs: u16("wlan.htex.capabilities.mcs", "MCS Feedback capability", {
    base: "HEX",
    mask: 0x300,
    names: {
      0: "STA does not provide MCS feedback",
      1: "Reserved",
      2: "STA provides only unsolicited MCS feedback",
      3: "STA can provide MCS feedback in response to MRQ as well as unsolicited MCS feedback",
    },
  }),
  htexCapabilitiesHtc: bool("wlan.htex.capabilities.htc", "High Throughput", {
    mask: 0x400,
    bits: 16,
    tf: SUPPORTED,
  }),
  htexCapabilitiesRdresponder: bool("wlan.htex.capabilities.rdresponder", "Reverse Direction Responder", {
    mask: 0x800,
    bits: 16,
    tf: SUPPORTED,
  }),
  txbf: u32("wlan.txbf", "Transmit Beam Forming (TxBF) Capabilities", { base: "HEX" }),
  txbfTxbf: bool("wlan.txbf.txbf", "Transmit Beamforming", {
    mask: 0x1,
    bits: 32,
    tf: SUPPORTED,
  }),
  txbfRxss: bool("wlan.txbf.rxss", "Receive Staggered Sounding", {
    mask: 0x2,
    bits: 32,
    tf: SUPPORTED,
  }),
  txbfTxss: bool("wlan.txbf.txss", "Transmit Staggered Sounding", {
    mask: 0x4,
    bits: 32,
    tf: SUPPORTED,
  }),
  txbfRxndp: bool("wlan.txbf.rxndp", "Receive Null Data packet (NDP)", {
    mask: 0x8,
    bits: 32,
    tf: SUPPORTED,
  }),
  txbfTxndp: bool("wlan.txbf.txndp", "Transmit Null Data packet (NDP)", {
    mask: 0x10,
    bits: 32,
    tf: SUPPORTED,
  }),
  txbfImpltxbf: bool("wlan.txbf.impltxbf", "Implicit TxBF capable", {
    mask: 0x20,
    bits: 32,
    tf: SUPPORTED,
  }),
  txbfCalibration: u32("wlan.txbf.calibration", "Calibration", {
    base: "HEX",
    mask: 0xc0,
    names: {
      0: "incapable",
      1: "Limited involvement, cannot initiate",
      2: "Limited involvement, can initiate",
      3: "Fully capable",
    },
  }),
  txbfCsi: bool("wlan.txbf.csi", "STA can apply TxBF using CSI explicit feedback", {
    mask: 0x100,
    bits: 32,
    tf: SUPPORTED,
  }),
  txbfFmUncompressedTbf: bool(
    "wlan.txbf.fm.uncompressed.tbf",
    "STA can apply TxBF using uncompressed beamforming feedback matrix",
    { mask: 0x200, bits: 32, tf: SUPPORTED },
  ),
  txbfFmCompressedTbf: bool(
    "wlan.txbf.fm.compressed.tbf",
    "STA can apply TxBF using compressed beamforming feedback matrix",
    { mask: 0x400, bits: 32, tf: SUPPORTED },
  ),
  txbfRcsi: u32("wlan.txbf.rcsi", "Receiver can return explicit CSI feedback", {
    base: "HEX",
    mask: 0x1800,
    names: FEEDBACK_NAMES,
  }),
  txbfFmUncompressedRbf: u32(
    "wlan.txbf.fm.uncompressed.rbf",
    "Receiver can return explicit uncompressed Beamforming Feedback Matrix",
    {
      base: "HEX",
      mask: 0x6000,
      names: FEEDBACK_NAMES,
    },
  ),
  txbfFmCompressedBf: u32(
    "wlan.txbf.fm.compressed.bf",
    "STA can compress and use compressed Beamforming Feedback Matrix",
    {
      base: "HEX",
      mask: 0x18000,
      names: FEEDBACK_NAMES,
    },
  ),
  txbfMingroup: u32("wlan.txbf.mingroup", "Minimal grouping used for explicit feedback reports", {
    base: "HEX",
    mask: 0x60000,
    names: {
      0: "No grouping supported",
      1: "Groups of 1, 2 supported",
      2: "Groups of 1, 4 supported",
      3: "Groups of 1, 2, 4 supported",
    },
  }),
  txbfCsinumant: u32("wlan.txbf.csinumant", "Max antennae STA can support when CSI feedback required", {
    base: "HEX",
    mask: 0x180000,
    names: SOUNDING_NAMES,
  }),
  txbfFmUncompressedMaxant: u32(
    "wlan.txbf.fm.uncompressed.maxant",
    "Max antennae STA can support when uncompressed Beamforming feedback required",
    {
      base: "HEX",
      mask: 0x600000,
      names: SOUNDING_NAMES,
    },
  ),
  txbfFmCompressedMaxant: u32(
    "wlan.txbf.fm.compressed.maxant",
    "Max antennae STA can support when compressed Beamforming feedback required",
    {
      base: "HEX",
      mask: 0x1800000,
      names: SOUNDING_NAMES,
    },
  ),
  txbfCsiMaxrows: u32("wlan.txbf.csi.maxrows", "Maximum number of rows of CSI explicit feedback", {
    base: "HEX",
    mask: 0x6000000,
    names: { 0: "1 row of CSI", 1: "2 rows of CSI", 2: "3 rows of CSI", 3: "4 rows of CSI" },
  }),
  txbfChannelest: u32(
    "wlan.txbf.channelest",
    "Maximum number of space time streams for which channel dimensions can be simultaneously estimated",
    {
      base: "HEX",
      mask: 0x18000000,
      names: {
        0: "1 space time stream",
        1: "2 space time streams",
        2: "3 space time streams",
        3: "4 space time streams",
      },
    },
  ),
  txbfReserved: u32("wlan.txbf.reserved", "Reserved", { base: "HEX", mask: 0xe0000000 }),
  asel: u8("wlan.asel", "Antenna Selection (ASEL) Capabilities", { base: "HEX" }),
  aselCapable: bool("wlan.asel.capable", "Antenna Selection Capable", {
    mask: 0x1,
    tf: SUPPORTED,
  }),
  aselTxcsi: bool("wlan.asel.txcsi", "Explicit CSI Feedback Based Tx ASEL", {
    mask: 0x2,
    tf: SUPPORTED,
  }),
  aselTxif: bool("wlan.asel.txif", "Antenna Indices Feedback Based Tx ASEL", {
    mask: 0x4,
    tf: SUPPORTED,
  }),
  aselCsi: bool("wlan.asel.csi", "Explicit CSI Feedback", { mask: 0x8, tf: SUPPORTED }),
  aselIf: bool("wlan.asel.if", "Antenna Indices Feedback", {
    mask: 0x10,
    tf: SUPPORTED,
  }),
  aselRx: bool("wlan.asel.rx", "Rx ASEL", { mask: 0x20, tf: SUPPORTED }),
  aselSppdu: bool("wlan.asel.sppdu", "Tx Sounding PPDUs", { mask: 0x40, tf: SUPPORTED }),
  aselReserved: u8("wlan.asel.reserved", "Reserved", { base: "HEX", mask: 0x80 }),
  htInfoPrimarychannel: u8("wlan.ht.info.primarychannel", "Primary Channel"),
  htInfoDelim1: u8("wlan.ht.info.delim1", "HT Information Subset (1 of 3)", { base: "HEX" }),
  htInfoDelim2: u16("wlan.ht.info.delim2", "HT Information Subset (2 of 3)", { base: "HEX" }),
  htInfoDelim3: u16("wlan.ht.info.delim3", "HT Information Subset (3 of 3)", { base: "HEX" }),
  htInfoSecchanoffset: u8("wlan.ht.info.secchanoffset", "Secondary channel offset", {
    base: "HEX",
    mask: 0x3,
    names: {
      0: "No secondary channel",
      1: "Secondary channel is above the primary channel",
      2: "Reserved",
      3: "Secondary channel is below the primary channel",
    },
  }),
  htInfoChanwidth: bool("wlan.ht.info.chanwidth", "Supported channel width", {
    mask: 0x4,
    tf: ["Channel of any width supported", "20 MHz channel width only"],
  }),
  htInfoRifs: bool("wlan.ht.info.rifs", "Reduced Interframe Spacing (RIFS)", {
    mask: 0x8,
    tf: ["Permitted", "Prohibited"],
  }),
  htInfoReservedB4B7: u8("wlan.ht.info.reserved_b4_b7", "Reserved", { base: "HEX", mask: 0xf0 }),
  htInfoReservedB11: u16("wlan.ht.info.reserved_b11", "Reserved", { base: "HEX", mask: 0x8 }),
  htInfoReservedB21B23: u16("wlan.ht.info.reserved_b21_b23", "Reserved", { base: "HEX", mask: 0xe000 }),
  htInfoReservedB24B29: u16("wlan.ht.info.reserved_b24_b29", "Reserved", { base: "HEX", mask: 0x3f }),
  htInfoReservedB36B39: u16("wlan.ht.info.reserved_b36_b39", "Reserved", { base: "HEX", mask: 0xf000 }),
  htInfoHtProtection: u16("wlan.ht.info.ht_protection", "HT Protection", {
    base: "HEX",
    mask: 0x3,
    names: {
      0: "No protection mode",
      1: "HT non-member protection mode",
      2: "20 MHz protection mode",
      3: "non-HT mixed mode",
    },
  }),
  htInfoGreenfield: bool("wlan.ht.info.greenfield", "Non-greenfield STAs present", {
    mask: 0x4,
    bits: 16,
    tf: [
      "One or more associated STAs are not greenfield capable",
      "All associated STAs are greenfield capable",
    ],
  }),
  htInfoObssnonht: bool("wlan.ht.info.obssnonht", "OBSS non-HT STAs present", {
    mask: 0x10,
    bits: 16,
    tf: [
      "Use of protection for non-HT STAs by overlapping BSSs is needed",
      "Use of protection for non-HT STAs by overlapping BSSs is not needed",
    ],
  }),
  htInfoChanCenterFreqSeg2: u16("wlan.ht.info.chan_center_freq_seg_2", "Channel Center Frequency Segment 2", {
    mask: 0x1fe0,
  }),
  htInfoDualbeacon: bool("wlan.ht.info.dualbeacon", "Dual beacon", {
    mask: 0x40,
    bits: 16,
    tf: ["AP transmits a secondary beacon", "No second beacon is transmitted"],
  }),
  htInfoDualcts: bool("wlan.ht.info.dualcts", "Dual Clear To Send (CTS) protection", {
    mask: 0x80,
    bits: 16,
    tf: ["Required", "Not required"],
  }),
  htInfoSecondarybeacon: bool("wlan.ht.info.secondarybeacon", "Beacon ID", {
    mask: 0x100,
    bits: 16,
    tf: ["STBC beacon", "Primary beacon"],
  }),
  htInfoLsigprotsupport: bool("wlan.ht.info.lsigprotsupport", "L-SIG TXOP Protection Full Support", {
    mask: 0x200,
    bits: 16,
    tf: [
      "All HT STAs in the BSS support L-SIG TXOP protection",
      "One or more HT STAs in the BSS do not support L-SIG TXOP protection",
    ],
  }),
  htInfoPcoActive: bool("wlan.ht.info.pco.active", "Phased Coexistence Operation (PCO)", {
    mask: 0x400,
    bits: 16,
    tf: ["Active", "Inactive"],
  }),
  htInfoPcoPhase: bool("wlan.ht.info.pco.phase", "Phased Coexistence Operation (PCO) Phase", {
    mask: 0x800,
    bits: 16,
    tf: ["Switch to or continue 40 MHz phase", "Switch to or continue 20 MHz phase"],
  }),
  vhtCapabilities: u32("wlan.vht.capabilities", "VHT Capabilities Info", { base: "HEX" }),
  vhtCapabilitiesMaxmpdulength: u32("wlan.vht.capabilities.maxmpdulength", "Maximum MPDU Length", {
    base: "HEX",
    mask: 0x3,
    names: { 0: "3 895", 1: "7 991", 2: "11 454", 3: "Reserved" },
  }),
  vhtCapabilitiesSupportedchanwidthset: u32(
    "wlan.vht.capabilities.supportedchanwidthset",
    "Supported Channel Width Set",
    {
      base: "HEX",
      mask: 0xc,
      names: {
        0: "Neither 160MHz nor 80+80 supported",
        1: "160MHz supported",
        2: "160MHz and 80+80 Supported",
        3: "Reserved",
      },
    },
  ),
  vhtCapabilitiesRxldpc: bool("wlan.vht.capabilities.rxldpc", "Rx LDPC", {
    mask: 0x10,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesShort80: bool("wlan.vht.capabilities.short80", "Short GI for 80MHz/TVHT_MODE_4C", {
    mask: 0x20,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesShort160: bool("wlan.vht.capabilities.short160", "Short GI for 160MHz and 80+80MHz", {
    mask: 0x40,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesTxstbc: bool("wlan.vht.capabilities.txstbc", "Tx STBC", {
    mask: 0x80,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesRxstbc: u32("wlan.vht.capabilities.rxstbc", "Rx STBC", {
    base: "HEX",
    mask: 0x700,
    names: VHT_CAPABILITIES_RXSTBC_NAMES,
  }),
  vhtCapabilitiesSubeamformer: bool("wlan.vht.capabilities.subeamformer", "SU Beamformer Capable", {
    mask: 0x800,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesSubeamformee: bool("wlan.vht.capabilities.subeamformee", "SU Beamformee Capable", {
    mask: 0x1000,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesBeamformeeStsCap: u32(
    "wlan.vht.capabilities.beamformee_sts_cap",
    "Beamformee STS Capability",
    { base: "HEX", mask: 0xe000, names: VHT_CAPABILITIES_STREAMS_NAMES },
  ),
  vhtCapabilitiesSoundingdimensions: u32(
    "wlan.vht.capabilities.soundingdimensions",
    "Number of Sounding Dimensions",
    { base: "HEX", mask: 0x70000, names: VHT_CAPABILITIES_STREAMS_NAMES },
  ),
  vhtCapabilitiesMubeamformer: bool("wlan.vht.capabilities.mubeamformer", "MU Beamformer Capable", {
    mask: 0x80000,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesMubeamformee: bool("wlan.vht.capabilities.mubeamformee", "MU Beamformee Capable", {
    mask: 0x100000,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesVhttxopps: bool("wlan.vht.capabilities.vhttxopps", "TXOP PS", {
    mask: 0x200000,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesVhthtc: bool("wlan.vht.capabilities.vhthtc", "+HTC-VHT Capable", {
    mask: 0x400000,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesMaxampdu: u32("wlan.vht.capabilities.maxampdu", "Max A-MPDU Length Exponent", {
    base: "HEX",
    mask: 0x3800000,
    names: VHT_CAPABILITIES_MAXAMPDU_NAMES,
  }),
  vhtCapabilitiesLinkadapt: u32("wlan.vht.capabilities.linkadapt", "VHT Link Adaptation", {
    base: "HEX",
    mask: 0xc000000,
    names: {
      0: "No Feedback",
      1: "Reserved (logically only solicited feedback)",
      2: "Unsolicited feedback only",
      3: "Both (can provide unsolicited feedback and respond to VHT MRQ)",
    },
  }),
  vhtCapabilitiesRxpatconsist: bool("wlan.vht.capabilities.rxpatconsist", "Rx Antenna Pattern Consistency", {
    mask: 0x10000000,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesTxpatconsist: bool("wlan.vht.capabilities.txpatconsist", "Tx Antenna Pattern Consistency", {
    mask: 0x20000000,
    bits: 32,
    tf: SUPPORTED,
  }),
  vhtCapabilitiesExtNssBwSupport: u32("wlan.vht.capabilities.ext_nss_bw_support", "Extended NSS BW Support", {
    base: "HEX",
    mask: 0xc0000000,
  }),
  vhtMcsset: none("wlan.vht.mcsset", "VHT Supported MCS Set"),
  vhtMcssetRxmcsmap: u16("wlan.vht.mcsset.rxmcsmap", "Rx MCS Map", { base: "HEX" }),
  ...mcsMap("wlan.vht.mcsset.rxmcsmap", "Rx"),
  vhtMcssetMaxNstsTotal: u16("wlan.vht.mcsset.max_nsts_total", "MaX NSTS Total", { mask: 0xe000 }),
  vhtMcssetRxhighestlonggirate: u16(
    "wlan.vht.mcsset.rxhighestlonggirate",
    "Rx Highest Long GI Data Rate (in Mb/s, 0 = subfield not in use)",
    { base: "HEX", mask: 0x1fff },
  ),
  vhtMcssetTxmcsmap: u16("wlan.vht.mcsset.txmcsmap", "Tx MCS Map", { base: "HEX" }),
  ...mcsMap("wlan.vht.mcsset.txmcsmap", "Tx"),
  vhtMcssetTxhighestlonggirate: u16(
    "wlan.vht.mcsset.txhighestlonggirate",
    "Tx Highest Long GI Data Rate  (in Mb/s, 0 = subfield not in use)",
    { base: "HEX", mask: 0x1fff },
  ),
  vhtNcssetExtNssBwCap: bool("wlan.vht.ncsset.ext_nss_bw_cap", "Extended NSS BW Capable", {
    mask: 0x2000,
    bits: 16,
    tf: ["Capable", "Not capable"],
  }),
  vhtNcssetReserved: u16("wlan.vht.ncsset.reserved", "Reserved", { base: "HEX", mask: 0xc000 }),
  vhtOp: none("wlan.vht.op", "VHT Operation Info"),
  vhtOpChannelwidth: u8("wlan.vht.op.channelwidth", "Channel Width", {
    names: VHT_CHANNEL_WIDTH_NAMES,
  }),
  vhtOpChannelcenter0: u8("wlan.vht.op.channelcenter0", "Channel Center Segment 0"),
  vhtOpChannelcenter1: u8("wlan.vht.op.channelcenter1", "Channel Center Segment 1"),
  vhtOpBasicmcsmap: u16("wlan.vht.op.basicmcsmap", "Basic MCS Map", { base: "HEX" }),
  ...mcsMap("wlan.vht.op.basicmcsmap", "Basic"),
  extcap: u8("wlan.extcap", "Extended Capabilities", { base: "HEX" }),
  extcapB0: capability(0, "20/40 BSS Coexistence Management Support", SUPPORTED),
  extcapB1: reserved(1, "Reserved (was On-demand beacon)"),
  extcapB2: capability(2, "Extended Channel Switching", SUPPORTED),
  extcapB3: reserved(3, "Reserved (was WAVE indication)"),
  extcapB4: capability(4, "PSMP Capability", SUPPORTED),
  extcapB5: reserved(5),
  extcapB6: capability(6, "S-PSMP Support", SUPPORTED),
  extcapB7: capability(7, "Event", SUPPORTED),
  extcapB8: capability(8, "Diagnostics", SUPPORTED),
  extcapB9: capability(9, "Multicast Diagnostics", SUPPORTED),
  extcapB10: capability(10, "Location Tracking", SUPPORTED),
  extcapB11: capability(11, "FMS", SUPPORTED),
  extcapB12: capability(12, "Proxy ARP Service", SUPPORTED),
  extcapB13: capability(13, "Collocated Interference Reporting", SUPPORTED),
  extcapB14: capability(14, "Civic Location", SUPPORTED),
  extcapB15: capability(15, "Geospatial Location", SUPPORTED),
  extcapB16: capability(16, "TFS", SUPPORTED),
  extcapB17: capability(17, "WNM Sleep Mode", SUPPORTED),
  extcapB18: capability(18, "TIM Broadcast", SUPPORTED),
  extcapB19: capability(19, "BSS Transition", SUPPORTED),
  extcapB20: capability(20, "QoS Traffic Capability", SUPPORTED),
  extcapB21: capability(21, "AC Station Count", SUPPORTED),
  extcapB22: capability(22, "Multiple BSSID", SUPPORTED),
  extcapB23: capability(23, "Timing Measurement", SUPPORTED),
  extcapB24: capability(24, "Channel Usage", SUPPORTED),
  extcapB25: capability(25, "SSID List", SUPPORTED),
  extcapB26: capability(26, "DMS", SUPPORTED),
  extcapB27: capability(27, "UTC TSF Offset", SUPPORTED),
  extcapB28: capability(28, "TPU Buffer STA Support", SUPPORTED),
  extcapB29: capability(29, "TDLS Peer PSM Support", SUPPORTED),
  extcapB30: capability(30, "TDLS channel switching", SUPPORTED),
  extcapB31: capability(31, "Interworking", SUPPORTED),
  extcapB32: capability(32, "QoS Map", SUPPORTED),
  extcapB33: capability(33, "EBR", SUPPORTED),
  extcapB34: capability(34, "SSPN Interface", SUPPORTED),
  extcapB35: reserved(35),
  extcapB36: capability(36, "MSGCF Capability", SUPPORTED),
  extcapB37: capability(37, "TDLS Support", SUPPORTED),
  extcapB38: capability(38, "TDLS Prohibited", SUPPORTED),
  extcapB39: capability(39, "TDLS Channel Switching Prohibited", SUPPORTED),
  extcapB40: capability(40, "Reject Unadmitted Frame", SUPPORTED),
  extcapB65: wideCapability(65, "Channel Schedule Management"),
  extcapB66: wideCapability(66, "Geodatabase Inband Enabling Signal"),
  extcapB67: wideCapability(67, "Network Channel Control"),
  extcapB68: wideCapability(68, "White Space Map"),
  extcapB69: wideCapability(69, "Channel Availability Query"),
  extcapB70: wideCapability(70, "Fine Timing Measurement Responder"),
  extcapB71: wideCapability(71, "Fine Timing Measurement Initiator"),
  extcapB72: capability(72, "FILS Capable"),
  extcapB73: capability(73, "Extended Spectrum Management Capable"),
  extcapB74: capability(74, "Future Channel Capable"),
  extcapB75: reserved(75),
  extcapB76: reserved(76),
  extcapB77: capability(77, "TWT Requester Support"),
  extcapB78: capability(78, "TWT Responder Support"),
  extcapB79: capability(79, "OBSS Narrow Bandwidth RU in UL OFDMA Tolerance Support"),
  extcapB80: capability(80, "Complete List of NonTxBSSID Profiles"),
  extcapB81: capability(81, "SAE Password Identifiers In Use"),
  extcapB82: capability(82, "SAE Passwords Used Exclusively"),
  extcapB83: capability(83, "Enhanced Multi-BSSID Advertisement Support"),
  extcapB84: capability(84, "Beacon Protection Enabled"),
  extcapB85: capability(85, "Mirrored SCS"),
  extcapB86: capability(86, "OCT"),
  extcapB87: reserved(87),
  extcapServIntGranularity: u8("wlan.extcap.serv_int_granularity", "Service Interval Granularity", {
    mask: 0xe,
    names: EXTCAP_SERV_INT_GRANULARITY_NAMES,
  }),
  extcapB44: capability(44, "Identifier Location", SUPPORTED),
  extcapB45: capability(45, "U-APSD Coexistence", SUPPORTED),
  extcapB46: capability(46, "WNM Notification", SUPPORTED),
  extcapB47: reserved(47, "QAB Capability"),
  extcapB48: capability(48, "UTF-8 SSID", SUPPORTED),
  extcapB49: capability(49, "QMF Activated"),
  extcapB50: capability(50, "QMF Reconfiguration Activated"),
  extcapB51: capability(51, "Robust AV Streaming"),
  extcapB52: capability(52, "Advanced GCR"),
  extcapB53: capability(53, "Mesh GCR"),
  extcapB54: capability(54, "SCS"),
  extcapB55: capability(55, "QLoad Report"),
  extcapB56: capability(56, "Alternate EDCA"),
  extcapB57: capability(57, "Unprotected TXOP Negotiation"),
  extcapB58: capability(58, "Protected TXOP Negotiation"),
  extcapB59: reserved(59),
  extcapB60: capability(60, "Protected QLoad Report"),
  extcapB61: capability(61, "TDLS Wider Bandwidth", SUPPORTED),
  extcapB62: capability(62, "Operating Mode Notification", SUPPORTED),
};

/** The octets 8 and 9 of the extended capabilities in one. */
const wide = {
  octets: u16("wlan.extcap", "Extended Capabilities", { base: "HEX" }),
  b56: wideCapability(56, "Alternate EDCA"),
  b57: wideCapability(57, "Unprotected TXOP Negotiation"),
  b58: wideCapability(58, "Protected TXOP Negotiation"),
  b59: wideReserved(59),
  b60: wideCapability(60, "Protected QLoad Report"),
  b61: wideCapability(61, "TDLS Wider Bandwidth", SUPPORTED),
  b62: wideCapability(62, "Operating Mode Notification", SUPPORTED),
  b63: u16("wlan.extcap.b63", "Max Number Of MSDUs In A-MSDU", {
    mask: 0x180,
    names: { 0: "No limit", 1: "32", 2: "16", 3: "8" },
  }),
};
const B65_TO_71 = /^wlan\.extcap\.b(6[5-9]|7[01])$/;

/** Fields of the protocol `wlan`. */
export const throughputFields = {
  ...f,
  wideOctets: wide.octets,
  wideB56: wide.b56,
  wideB57: wide.b57,
  wideB58: wide.b58,
  wideB59: wide.b59,
  wideB60: wide.b60,
  wideB61: wide.b61,
  wideB62: wide.b62,
  wideB63: wide.b63,
};

const group = (prefix: string): Field[] =>
  Object.values(f).filter((field) => field.name.startsWith(`wlan.${prefix}.`));

const HT_CAPABILITIES = group("ht.capabilities");
const AMPDU = group("ht.ampduparam");
const RX_LOW = [
  f.htMcssetRxbitmask0to7,
  f.htMcssetRxbitmask8to15,
  f.htMcssetRxbitmask16to23,
  f.htMcssetRxbitmask24to31,
] as const;
const RX_MIDDLE = [f.htMcssetRxbitmask32, f.htMcssetRxbitmask33to38, f.htMcssetRxbitmask39to52] as const;
const HTEX = group("htex.capabilities");
const TXBF = group("txbf");
const ASEL = group("asel");
const INFO_1 = [f.htInfoSecchanoffset, f.htInfoChanwidth, f.htInfoRifs, f.htInfoReservedB4B7] as const;
const INFO_2 = [
  f.htInfoHtProtection,
  f.htInfoGreenfield,
  f.htInfoReservedB11,
  f.htInfoObssnonht,
  f.htInfoChanCenterFreqSeg2,
  f.htInfoReservedB21B23,
] as const;
const INFO_3 = [
  f.htInfoReservedB24B29,
  f.htInfoDualbeacon,
  f.htInfoDualcts,
  f.htInfoSecondarybeacon,
  f.htInfoLsigprotsupport,
  f.htInfoPcoActive,
  f.htInfoPcoPhase,
  f.htInfoReservedB36B39,
] as const;
const VHT_CAPABILITIES = group("vht.capabilities");
const RX_MAP = group("vht.mcsset.rxmcsmap");
const TX_MAP = group("vht.mcsset.txmcsmap");
const BASIC_MAP = group("vht.op.basicmcsmap");

const HT_CAPABILITIES_LENGTH = 26;
const HT_OPERATION_LENGTH = 22;

/** HT capabilities; the element's body stands at the cursor. */
export function addHtCapabilities(d: Dissection): void {
  if (d.remaining < HT_CAPABILITIES_LENGTH) return;
  d.bitsetLe(f.htCapabilities, 2, HT_CAPABILITIES);
  const ampdu = d.pos;
  const value = d.peek8();
  d.open(f.htAmpduparam, ampdu, 1, value);
  d.bits(AMPDU[0], ampdu, 1);
  if (d.labels) d.append(` (${2 ** (13 + (value & 3)) - 1}[Bytes])`);
  for (const field of AMPDU.slice(1)) d.bits(field, ampdu, 1);
  d.close();
  d.skip(1);
  addMcsSet(d, "MCS Set");
  d.bitsetLe(f.htexCapabilities, 2, HTEX);
  d.bitsetLe(f.txbf, 4, TXBF);
  d.bitsetLe(f.asel, 1, ASEL);
}

/** HT operation, which Wireshark calls HT information. */
export function addHtOperation(d: Dissection): void {
  if (d.remaining < HT_OPERATION_LENGTH) return;
  d.u8(f.htInfoPrimarychannel);
  d.bitsetLe(f.htInfoDelim1, 1, INFO_1);
  d.bitsetLe(f.htInfoDelim2, 2, INFO_2);
  d.bitsetLe(f.htInfoDelim3, 2, INFO_3);
  addMcsSet(d, "Basic MCS Set");
}

const MCS_SET_LENGTH = 16;

/** IEEE 802.11-2020 section 9.4.2.55.4 */
function addMcsSet(d: Dissection, kind: string): void {
  const at = d.pos;
  const streams = d.peekBytes(4).filter((one) => one !== 0).length;
  d.open(f.htMcsset, at, MCS_SET_LENGTH);
  if (d.labels) d.append(`: ${kind}`);
  d.open(f.htMcssetRxbitmask, at, 10);
  if (d.labels) d.append(`: ${streamText(streams)}`);
  for (const field of RX_LOW) d.bitsLe(field, at, 4);
  for (const field of RX_MIDDLE) d.bitsLe(field, at + 4, 4);
  d.bitsLe(f.htMcssetRxbitmask53to76, at + 6, 4);
  d.close();
  d.bitsLe(f.htMcssetHighestdatarate, at + 10, 2);
  const tx = at + 12;
  const defined = d.bitsLe(f.htMcssetTxsetdefined, tx, 2);
  const differs = d.bitsLe(f.htMcssetTxrxmcsnotequal, tx, 2);
  const most = d.bitsLe(f.htMcssetTxmaxss, tx, 2);
  if (d.labels) {
    const text = defined === 0 ? "TX MCS Set Not Defined" : streamText(differs === 0 ? streams : most + 1);
    d.append(`, ${text}`);
  }
  d.bitsLe(f.htMcssetTxunequalmod, tx, 2);
  d.close();
  d.pos = at + MCS_SET_LENGTH;
}

/** A set without any rate of its own reads as Wireshark's name for it. */
const streamText = (streams: number): string =>
  streams === 0 ? "Reserved:8" : `${streams} spatial stream${streams === 1 ? "" : "s"}`;

/** VHT capabilities. */
export function addVhtCapabilities(d: Dissection): void {
  d.bitsetLe(f.vhtCapabilities, 4, VHT_CAPABILITIES);
  d.open(f.vhtMcsset, d.pos, 8);
  d.bitsetLe(f.vhtMcssetRxmcsmap, 2, RX_MAP);
  d.bitsLe(f.vhtMcssetRxhighestlonggirate, d.pos, 2);
  d.bitsLe(f.vhtMcssetMaxNstsTotal, d.pos, 2);
  d.skip(2);
  d.bitsetLe(f.vhtMcssetTxmcsmap, 2, TX_MAP);
  d.bitsLe(f.vhtMcssetTxhighestlonggirate, d.pos, 2);
  d.bitsLe(f.vhtNcssetExtNssBwCap, d.pos, 2);
  d.bitsLe(f.vhtNcssetReserved, d.pos, 2);
  d.skip(2);
  d.close();
}

/** VHT operation. */
export function addVhtOperation(d: Dissection): void {
  d.open(f.vhtOp, d.pos, 3);
  d.u8(f.vhtOpChannelwidth);
  d.u8(f.vhtOpChannelcenter0);
  d.u8(f.vhtOpChannelcenter1);
  d.close();
  d.bitsetLe(f.vhtOpBasicmcsmap, 2, BASIC_MAP);
}

/** The bits of each octet of the extended capabilities, as far as they are named here. */
const EXTENDED: readonly (readonly Field[])[] = Array.from({ length: 11 }, () => []);
for (const field of Object.values(f)) {
  const bit = /^wlan\.extcap\.b(\d+)$/.exec(field.name);
  if (bit !== null && !B65_TO_71.test(field.name)) (EXTENDED[Number(bit[1]) >> 3] as Field[]).push(field);
}
(EXTENDED[5] as Field[]).splice(1, 0, f.extcapServIntGranularity);

/** Octets 8 and 9 are one integer, as a field spans them. */
const EXTENDED_8_9 = [
  ...Object.values(wide),
  ...Object.values(f).filter((field) => B65_TO_71.test(field.name)),
];

/** Extended capabilities: octets with their bits; those behind the eleventh as numbers. */
export function addExtendedCapabilities(d: Dissection): void {
  for (let octet = 1; d.remaining > 0; octet++) {
    if (octet === 8 && d.remaining >= 2) {
      d.bitsetLe(wide.octets, 2, EXTENDED_8_9.slice(1));
      if (d.labels) d.append(" (octets 8 & 9)");
      octet++;
      continue;
    }
    d.bitsetLe(f.extcap, 1, EXTENDED[octet - 1] ?? []);
    if (d.labels) d.append(` (octet ${octet})`);
  }
}
