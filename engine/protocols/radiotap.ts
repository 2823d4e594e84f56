/** The radiotap header, https://www.radiotap.org: what a receiver says of a frame, before the frame. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  float,
  i8,
  i16,
  none,
  u8,
  u16,
  u24,
  u32,
  u64,
  YES_NO,
} from "../dissect/field.ts";
import { addFlagsLe } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { formatHex } from "../dissect/text.ts";
import {
  HE_DATA5_DATA_BW_RU_ALLOCATION_NAMES,
  HE_DATA6_NSTS_NAMES,
  HE_NUM_LTF_SYMBOLS_NAMES,
  S1G_BANDWIDTH_NAMES,
  S1G_FORMAT_NAMES,
  S1G_MCS_NAMES,
  S1G_NSS_NAMES,
  S1G_RESPONSE_NAMES,
  VHT_BW_NAMES,
  ZERO_LEN_PSDU_TYPE_NAMES,
} from "./names/radiotap.ts";
import { VHT_MODULATION } from "./names/wlan-radio.ts";
import {
  channelOf,
  clearRadio,
  HAS_AMPDU,
  HAS_NOISE_DB,
  HAS_NOISE_DBM,
  HAS_SIGNAL_DB,
  HAS_SIGNAL_DBM,
  heRate,
  htRate,
  isVhtRate,
  PHY_11G,
  PHY_HE,
  PHY_HT,
  PHY_S1G,
  PHY_VHT,
  phyOf,
  radio,
  radioFromChannel,
  radioFromRate,
  rateText,
  vhtRate,
} from "./radio.ts";
import { wlanRadio } from "./wlan-radio.ts";

const channelText = (frequency: number): string => {
  const channel = channelOf(frequency);
  if (channel === 0) return `${frequency} [UNKNOWN]`;
  return `${frequency} [${frequency < 3000 ? "BG" : "A"} ${channel}]`;
};

const notCaptured = (): string => "NOT CAPTURED BY CAPTURE SOFTWARE";
const plusOne = (value: number): string => String(value + 1);
const PRESENT = ["Present", "Absent"] as const;
const KNOWN = ["Known", "Unknown"] as const;

const f = {
  version: u8("radiotap.version", "Header revision"),
  pad: u8("radiotap.pad", "Header pad"),
  length: u16("radiotap.length", "Header length"),
  present: none("radiotap.present", "Present flags"),
  presentWord: u32("radiotap.present.word", "Present flags word", { base: "HEX" }),
  presentTsft: bool("radiotap.present.tsft", "TSFT", { mask: 0x1, bits: 32, tf: PRESENT }),
  presentFlags: bool("radiotap.present.flags", "Flags", { mask: 0x2, bits: 32, tf: PRESENT }),
  presentRate: bool("radiotap.present.rate", "Rate", { mask: 0x4, bits: 32, tf: PRESENT }),
  presentChannel: bool("radiotap.present.channel", "Channel", {
    mask: 0x8,
    bits: 32,
    tf: PRESENT,
  }),
  presentFhss: bool("radiotap.present.fhss", "FHSS", { mask: 0x10, bits: 32, tf: PRESENT }),
  presentDbmAntsignal: bool("radiotap.present.dbm_antsignal", "dBm Antenna Signal", {
    mask: 0x20,
    bits: 32,
    tf: PRESENT,
  }),
  presentDbmAntnoise: bool("radiotap.present.dbm_antnoise", "dBm Antenna Noise", {
    mask: 0x40,
    bits: 32,
    tf: PRESENT,
  }),
  presentLockQuality: bool("radiotap.present.lock_quality", "Lock Quality", {
    mask: 0x80,
    bits: 32,
    tf: PRESENT,
  }),
  presentTxAttenuation: bool("radiotap.present.tx_attenuation", "TX Attenuation", {
    mask: 0x100,
    bits: 32,
    tf: PRESENT,
  }),
  presentDbTxAttenuation: bool("radiotap.present.db_tx_attenuation", "dB TX Attenuation", {
    mask: 0x200,
    bits: 32,
    tf: PRESENT,
  }),
  presentDbmTxPower: bool("radiotap.present.dbm_tx_power", "dBm TX Power", {
    mask: 0x400,
    bits: 32,
    tf: PRESENT,
  }),
  presentAntenna: bool("radiotap.present.antenna", "Antenna", {
    mask: 0x800,
    bits: 32,
    tf: PRESENT,
  }),
  presentDbAntsignal: bool("radiotap.present.db_antsignal", "dB Antenna Signal", {
    mask: 0x1000,
    bits: 32,
    tf: PRESENT,
  }),
  presentDbAntnoise: bool("radiotap.present.db_antnoise", "dB Antenna Noise", {
    mask: 0x2000,
    bits: 32,
    tf: PRESENT,
  }),
  presentRxflags: bool("radiotap.present.rxflags", "RX flags", {
    mask: 0x4000,
    bits: 32,
    tf: PRESENT,
  }),
  presentTxflags: bool("radiotap.present.txflags", "TX flags", {
    mask: 0x8000,
    bits: 32,
    tf: PRESENT,
  }),
  presentDataRetries: bool("radiotap.present.data_retries", "data retries", {
    mask: 0x20000,
    bits: 32,
    tf: PRESENT,
  }),
  presentXchannel: bool("radiotap.present.xchannel", "Channel+", {
    mask: 0x40000,
    bits: 32,
    tf: PRESENT,
  }),
  presentMcs: bool("radiotap.present.mcs", "MCS information", {
    mask: 0x80000,
    bits: 32,
    tf: PRESENT,
  }),
  presentAmpdu: bool("radiotap.present.ampdu", "A-MPDU Status", {
    mask: 0x100000,
    bits: 32,
    tf: PRESENT,
  }),
  presentVht: bool("radiotap.present.vht", "VHT information", {
    mask: 0x200000,
    bits: 32,
    tf: PRESENT,
  }),
  presentTimestamp: bool("radiotap.present.timestamp", "frame timestamp", {
    mask: 0x400000,
    bits: 32,
    tf: PRESENT,
  }),
  presentHe: bool("radiotap.present.he", "HE information", {
    mask: 0x800000,
    bits: 32,
    tf: PRESENT,
  }),
  presentHeMu: bool("radiotap.present.he_mu", "HE-MU information", {
    mask: 0x1000000,
    bits: 32,
    tf: PRESENT,
  }),
  present0LengthPsdu: bool("radiotap.present.0_length.psdu", "0 Length PSDU", {
    mask: 0x4000000,
    bits: 32,
    tf: PRESENT,
  }),
  presentLSig: bool("radiotap.present.l_sig", "L-SIG", {
    mask: 0x8000000,
    bits: 32,
    tf: PRESENT,
  }),
  presentTlv: bool("radiotap.present.tlv", "TLVs", { mask: 0x10000000, bits: 32, tf: PRESENT }),
  presentRtapNs: bool("radiotap.present.rtap_ns", "Radiotap NS next", { mask: 0x20000000, bits: 32 }),
  presentVendorNs: bool("radiotap.present.vendor_ns", "Vendor NS next", { mask: 0x40000000, bits: 32 }),
  presentExt: bool("radiotap.present.ext", "Ext", { mask: 0x80000000, bits: 32, tf: PRESENT }),
  flags: u8("radiotap.flags", "Flags", { base: "HEX" }),
  flagsCfp: bool("radiotap.flags.cfp", "CFP", { mask: 0x1 }),
  flagsPreamble: bool("radiotap.flags.preamble", "Preamble", { mask: 0x2, tf: ["Short", "Long"] }),
  flagsWep: bool("radiotap.flags.wep", "WEP", { mask: 0x4 }),
  flagsFrag: bool("radiotap.flags.frag", "Fragmentation", { mask: 0x8 }),
  flagsFcs: bool("radiotap.flags.fcs", "FCS at end", { mask: 0x10 }),
  flagsDatapad: bool("radiotap.flags.datapad", "Data Pad", { mask: 0x20 }),
  flagsBadfcs: bool("radiotap.flags.badfcs", "Bad FCS", { mask: 0x40 }),
  flagsShortgi: bool("radiotap.flags.shortgi", "Short GI", { mask: 0x80 }),
  mactime: u64("radiotap.mactime", "MAC timestamp"),
  quality: u16("radiotap.quality", "Signal Quality"),
  channelFreq: u32("radiotap.channel.freq", "Channel frequency", { base: "CUSTOM", text: channelText }),
  channelFlags: u16("radiotap.channel.flags", "Channel flags", { base: "HEX" }),
  channelFlagsTurbo: bool("radiotap.channel.flags.turbo", "Turbo", { mask: 0x10, bits: 16 }),
  channelFlags700mhz: bool("radiotap.channel.flags.700mhz", "700 MHz spectrum", { mask: 0x1, bits: 16 }),
  channelFlags800mhz: bool("radiotap.channel.flags.800mhz", "800 MHz spectrum", { mask: 0x2, bits: 16 }),
  channelFlags900mhz: bool("radiotap.channel.flags.900mhz", "900 MHz spectrum", { mask: 0x4, bits: 16 }),
  channelFlagsCck: bool("radiotap.channel.flags.cck", "Complementary Code Keying (CCK)", {
    mask: 0x20,
    bits: 16,
  }),
  channelFlagsOfdm: bool("radiotap.channel.flags.ofdm", "Orthogonal Frequency-Division Multiplexing (OFDM)", {
    mask: 0x40,
    bits: 16,
  }),
  channelFlags2ghz: bool("radiotap.channel.flags.2ghz", "2 GHz spectrum", { mask: 0x80, bits: 16 }),
  channelFlags5ghz: bool("radiotap.channel.flags.5ghz", "5 GHz spectrum", { mask: 0x100, bits: 16 }),
  channelFlagsPassive: bool("radiotap.channel.flags.passive", "Passive", { mask: 0x200, bits: 16 }),
  channelFlagsDynamic: bool("radiotap.channel.flags.dynamic", "Dynamic CCK-OFDM", { mask: 0x400, bits: 16 }),
  channelFlagsGfsk: bool("radiotap.channel.flags.gfsk", "Gaussian Frequency Shift Keying (GFSK)", {
    mask: 0x800,
    bits: 16,
  }),
  channelFlagsGsm: bool("radiotap.channel.flags.gsm", "GSM (900MHz)", { mask: 0x1000, bits: 16 }),
  channelFlagsSturbo: bool("radiotap.channel.flags.sturbo", "Static Turbo", { mask: 0x2000, bits: 16 }),
  channelFlagsHalf: bool("radiotap.channel.flags.half", "Half Rate Channel (10MHz Channel Width)", {
    mask: 0x4000,
    bits: 16,
  }),
  channelFlagsQuarter: bool("radiotap.channel.flags.quarter", "Quarter Rate Channel (5MHz Channel Width)", {
    mask: 0x8000,
    bits: 16,
  }),
  rxflags: u16("radiotap.rxflags", "RX flags", { base: "HEX" }),
  rxflagsBadplcp: bool("radiotap.rxflags.badplcp", "Bad PLCP", { mask: 0x2, bits: 24 }),
  txflags: u16("radiotap.txflags", "TX flags", { base: "HEX" }),
  rxflagsFail: bool("radiotap.rxflags.fail", "Fail", { mask: 0x1, bits: 24 }),
  rxflagsCts: bool("radiotap.rxflags.cts", "CTS", { mask: 0x2, bits: 24 }),
  rxflagsRts: bool("radiotap.rxflags.rts", "RTS/CTS", { mask: 0x4, bits: 24 }),
  rxflagsNoack: bool("radiotap.rxflags.noack", "No ACK", { mask: 0x8, bits: 24 }),
  rxflagsNoseqno: bool("radiotap.rxflags.noseqno", "Has Seqnum", { mask: 0x10, bits: 24 }),
  rxflagsOrder: bool("radiotap.rxflags.order", "Order", { mask: 0x20, bits: 24 }),
  xchannelChannel: u32("radiotap.xchannel.channel", "Channel number"),
  xchannelFreq: u32("radiotap.xchannel.freq", "Channel frequency", { base: "CUSTOM", text: channelText }),
  xchannelFlags: u32("radiotap.xchannel.flags", "Channel flags", { base: "HEX" }),
  xchannelFlagsTurbo: bool("radiotap.xchannel.flags.turbo", "Turbo", { mask: 0x10, bits: 24 }),
  xchannelFlagsCck: bool("radiotap.xchannel.flags.cck", "Complementary Code Keying (CCK)", {
    mask: 0x20,
    bits: 24,
  }),
  xchannelFlagsOfdm: bool(
    "radiotap.xchannel.flags.ofdm",
    "Orthogonal Frequency-Division Multiplexing (OFDM)",
    { mask: 0x40, bits: 24 },
  ),
  xchannelFlags2ghz: bool("radiotap.xchannel.flags.2ghz", "2 GHz spectrum", { mask: 0x80, bits: 24 }),
  xchannelFlags5ghz: bool("radiotap.xchannel.flags.5ghz", "5 GHz spectrum", { mask: 0x100, bits: 24 }),
  xchannelFlagsDynamic: bool("radiotap.xchannel.flags.dynamic", "Dynamic CCK-OFDM", {
    mask: 0x400,
    bits: 24,
  }),
  xchannelFlagsGfsk: bool("radiotap.xchannel.flags.gfsk", "Gaussian Frequency Shift Keying (GFSK)", {
    mask: 0x800,
    bits: 24,
  }),
  xchannelFlagsGsm: bool("radiotap.xchannel.flags.gsm", "GSM (900MHz)", { mask: 0x1000, bits: 24 }),
  xchannelFlagsSturbo: bool("radiotap.xchannel.flags.sturbo", "Static Turbo", { mask: 0x2000, bits: 24 }),
  xchannelFlagsHalf: bool("radiotap.xchannel.flags.half", "Half Rate Channel (10MHz Channel Width)", {
    mask: 0x4000,
    bits: 24,
  }),
  xchannelFlagsQuarter: bool("radiotap.xchannel.flags.quarter", "Quarter Rate Channel (5MHz Channel Width)", {
    mask: 0x8000,
    bits: 24,
  }),
  xchannelFlagsHt20: bool("radiotap.xchannel.flags.ht20", "HT Channel (20MHz Channel Width)", {
    mask: 0x10000,
    bits: 24,
  }),
  xchannelFlagsHt40u: bool(
    "radiotap.xchannel.flags.ht40u",
    "HT Channel (40MHz Channel Width with Extension channel above)",
    { mask: 0x20000, bits: 24 },
  ),
  xchannelFlagsHt40d: bool(
    "radiotap.xchannel.flags.ht40d",
    "HT Channel (40MHz Channel Width with Extension channel below)",
    { mask: 0x40000, bits: 24 },
  ),
  channelXtypePassive: bool("radiotap.channel.xtype.passive", "Passive", { mask: 0x200, bits: 24 }),
  fhssHopset: u8("radiotap.fhss.hopset", "FHSS Hop Set"),
  fhssPattern: u8("radiotap.fhss.pattern", "FHSS Pattern"),
  datarate: float("radiotap.datarate", "Data rate (Mb/s)"),
  antenna: u32("radiotap.antenna", "Antenna"),
  dbmAntsignal: i8("radiotap.dbm_antsignal", "Antenna signal", { unit: " dBm" }),
  dbAntsignal: u8("radiotap.db_antsignal", "dB antenna signal", { unit: " dB" }),
  dbmAntnoise: i8("radiotap.dbm_antnoise", "Antenna noise", { unit: " dBm" }),
  dbAntnoise: u8("radiotap.db_antnoise", "dB antenna noise", { unit: " dB" }),
  txattenuation: u16("radiotap.txattenuation", "TX attenuation"),
  dbTxattenuation: u16("radiotap.db_txattenuation", "dB TX attenuation", { unit: " dB" }),
  txpower: i8("radiotap.txpower", "Transmit power", { unit: " dBm" }),
  dataRetries: u8("radiotap.data_retries", "data retries"),
  mcs: none("radiotap.mcs", "MCS information"),
  mcsKnown: u8("radiotap.mcs.known", "Known MCS information", { base: "HEX" }),
  mcsHaveBw: bool("radiotap.mcs.have_bw", "Bandwidth", { mask: 0x1, tf: PRESENT }),
  mcsHaveIndex: bool("radiotap.mcs.have_index", "MCS index", { mask: 0x2, tf: PRESENT }),
  mcsHaveGi: bool("radiotap.mcs.have_gi", "Guard interval", { mask: 0x4, tf: PRESENT }),
  mcsHaveFormat: bool("radiotap.mcs.have_format", "Format", { mask: 0x8, tf: PRESENT }),
  mcsHaveFec: bool("radiotap.mcs.have_fec", "FEC type", { mask: 0x10, tf: PRESENT }),
  mcsHaveStbc: bool("radiotap.mcs.have_stbc", "STBC streams", { mask: 0x20, tf: PRESENT }),
  mcsHaveNess: bool("radiotap.mcs.have_ness", "Number of extension spatial streams", {
    mask: 0x40,
    tf: PRESENT,
  }),
  mcsNessBit1: u8("radiotap.mcs.ness_bit1", "Number of extension spatial streams bit 1", { mask: 0x80 }),
  mcsBw: u8("radiotap.mcs.bw", "Bandwidth", {
    mask: 0x3,
    names: { 0: "20 MHz", 1: "40 MHz", 2: "20 MHz lower", 3: "20 MHz upper" },
  }),
  mcsGi: u8("radiotap.mcs.gi", "Guard interval", { mask: 0x4, names: { 0: "long", 1: "short" } }),
  mcsFormat: u8("radiotap.mcs.format", "Format", { mask: 0x8, names: { 0: "mixed", 1: "greenfield" } }),
  mcsFec: u8("radiotap.mcs.fec", "FEC type", { mask: 0x10, names: { 0: "BCC", 1: "LDPC" } }),
  mcsStbc: u8("radiotap.mcs.stbc", "STBC streams", { mask: 0x60 }),
  mcsNessBit0: u8("radiotap.mcs.ness_bit0", "Number of extension spatial streams bit 0", { mask: 0x80 }),
  mcsIndex: u8("radiotap.mcs.index", "MCS index"),
  vhtHaveBw: bool("radiotap.mcs.have_bw", "Bandwidth", { mask: 0x40, bits: 16, tf: PRESENT }),
  mcsHaveGid: bool("radiotap.mcs.have_gid", "Group ID", { mask: 0x80, bits: 16, tf: PRESENT }),
  mcsHavePaid: bool("radiotap.mcs.have_paid", "Partial AID", {
    mask: 0x100,
    bits: 16,
    tf: PRESENT,
  }),
  ampdu: none("radiotap.ampdu", "A-MPDU status"),
  ampduReference: u32("radiotap.ampdu.reference", "A-MPDU reference number"),
  ampduFlags: u16("radiotap.ampdu.flags", "A-MPDU flags", { base: "HEX" }),
  ampduFlagsReportZerolen: bool(
    "radiotap.ampdu.flags.report_zerolen",
    "Driver reports 0-length subframes in this A-MPDU",
    { mask: 0x1, bits: 16 },
  ),
  ampduFlagsIsZerolen: bool("radiotap.ampdu.flags.is_zerolen", "This is a 0-length subframe", {
    mask: 0x2,
    bits: 16,
  }),
  ampduFlagsLastknown: bool("radiotap.ampdu.flags.lastknown", "Last subframe of this A-MPDU is known", {
    mask: 0x4,
    bits: 16,
  }),
  ampduFlagsLast: bool("radiotap.ampdu.flags.last", "This is the last subframe of this A-MPDU", {
    mask: 0x8,
    bits: 16,
  }),
  ampduFlagsDelimCrcError: bool(
    "radiotap.ampdu.flags.delim_crc_error",
    "Delimiter CRC error on this subframe",
    { mask: 0x10, bits: 16 },
  ),
  ampduFlagsEof: bool("radiotap.ampdu.flags.eof", "EOF on this subframe", { mask: 0x40, bits: 16 }),
  ampduFlagsEofKnown: bool("radiotap.ampdu.flags.eof_known", "EOF of this A-MPDU is known", {
    mask: 0x80,
    bits: 16,
  }),
  ampduDelimCrc: u8("radiotap.ampdu.delim_crc", "A-MPDU subframe delimiter CRC", { base: "HEX" }),
  vht: none("radiotap.vht", "VHT information"),
  vhtKnown: u8("radiotap.vht.known", "Known VHT information", { base: "HEX" }),
  vhtUser: none("radiotap.vht.user", "User"),
  vhtHaveStbc: bool("radiotap.vht.have_stbc", "STBC", { mask: 0x1, bits: 16, tf: PRESENT }),
  vhtHaveTxopPs: bool("radiotap.vht.have_txop_ps", "TXOP_PS_NOT_ALLOWED", {
    mask: 0x2,
    bits: 16,
    tf: PRESENT,
  }),
  vhtHaveGi: bool("radiotap.vht.have_gi", "Guard interval", {
    mask: 0x4,
    bits: 16,
    tf: PRESENT,
  }),
  vhtHaveSgiNsymDa: bool("radiotap.vht.have_sgi_nsym_da", "SGI Nsym disambiguation", {
    mask: 0x8,
    bits: 16,
    tf: PRESENT,
  }),
  vhtLdpcExtra: bool("radiotap.vht.ldpc_extra", "LDPC extra OFDM symbol", {
    mask: 0x10,
    bits: 16,
    tf: PRESENT,
  }),
  vhtHaveBeamformed: bool("radiotap.vht.have_beamformed", "Beamformed", {
    mask: 0x20,
    bits: 16,
    tf: PRESENT,
  }),
  vhtStbc: bool("radiotap.vht.stbc", "STBC", { mask: 0x1, tf: ["On", "Off"] }),
  vhtTxopPs: bool("radiotap.vht.txop_ps", "TXOP_PS_NOT_ALLOWED", { mask: 0x2 }),
  vhtGi: u8("radiotap.vht.gi", "Guard interval", { mask: 0x4, names: { 0: "long", 1: "short" } }),
  vhtSgiNsymDa: bool("radiotap.vht.sgi_nsym_da", "SGI Nsym disambiguation", { mask: 0x8 }),
  vhtBeamformed: bool("radiotap.vht.beamformed", "Beamformed", { mask: 0x20 }),
  vhtExtraSymbol: bool("radiotap.vht.ldpc_extra", "LDPC extra OFDM symbol", { mask: 0x10 }),
  vhtBw: u8("radiotap.vht.bw", "Bandwidth", { names: VHT_BW_NAMES }),
  vhtNsts0: u8("radiotap.vht.nsts.0", "Space-time streams 0"),
  vhtNsts1: u8("radiotap.vht.nsts.1", "Space-time streams 1"),
  vhtNsts2: u8("radiotap.vht.nsts.2", "Space-time streams 2"),
  vhtNsts3: u8("radiotap.vht.nsts.3", "Space-time streams 3"),
  vhtMcs0: u8("radiotap.vht.mcs.0", "MCS index 0", { mask: 0xf0 }),
  vhtMcs1: u8("radiotap.vht.mcs.1", "MCS index 1", { mask: 0xf0 }),
  vhtMcs2: u8("radiotap.vht.mcs.2", "MCS index 2", { mask: 0xf0 }),
  vhtMcs3: u8("radiotap.vht.mcs.3", "MCS index 3", { mask: 0xf0 }),
  vhtNss0: u8("radiotap.vht.nss.0", "Spatial streams 0", { mask: 0xf }),
  vhtNss1: u8("radiotap.vht.nss.1", "Spatial streams 1", { mask: 0xf }),
  vhtNss2: u8("radiotap.vht.nss.2", "Spatial streams 2", { mask: 0xf }),
  vhtNss3: u8("radiotap.vht.nss.3", "Spatial streams 3", { mask: 0xf }),
  vhtCoding0: u8("radiotap.vht.coding.0", "Coding 0", { mask: 0x1, names: { 0: "BCC", 1: "LDPC" } }),
  vhtCoding1: u8("radiotap.vht.coding.1", "Coding 1", { mask: 0x2, names: { 0: "BCC", 1: "LDPC" } }),
  vhtCoding2: u8("radiotap.vht.coding.2", "Coding 2", { mask: 0x4, names: { 0: "BCC", 1: "LDPC" } }),
  vhtCoding3: u8("radiotap.vht.coding.3", "Coding 3", { mask: 0x8, names: { 0: "BCC", 1: "LDPC" } }),
  vhtDatarate0: float("radiotap.vht.datarate.0", "Data rate (Mb/s) 0"),
  vhtDatarate1: float("radiotap.vht.datarate.1", "Data rate (Mb/s) 1"),
  vhtDatarate2: float("radiotap.vht.datarate.2", "Data rate (Mb/s) 2"),
  vhtDatarate3: float("radiotap.vht.datarate.3", "Data rate (Mb/s) 3"),
  vhtGid: u8("radiotap.vht.gid", "Group Id"),
  vhtPaid: u16("radiotap.vht.paid", "Partial AID"),
  timestamp: none("radiotap.timestamp", "timestamp information"),
  timestampTs: u64("radiotap.timestamp.ts", "timestamp"),
  timestampAccuracy: u16("radiotap.timestamp.accuracy", "accuracy"),
  timestampUnit: u8("radiotap.timestamp.unit", "time unit", {
    mask: 0xf,
    names: { 0: "msec", 1: "usec", 2: "nsec" },
  }),
  timestampSamplingpos: u8("radiotap.timestamp.samplingpos", "sampling position", {
    mask: 0xf0,
    names: { 0: "first MPDU bit/symbol", 1: "signal acquisition", 2: "end of frame", 15: "undefined" },
  }),
  timestampFlags32bit: bool("radiotap.timestamp.flags.32bit", "32-bit counter", {
    mask: 0x1,
    tf: YES_NO,
  }),
  timestampFlagsAccuracy: bool("radiotap.timestamp.flags.accuracy", "accuracy field", {
    mask: 0x2,
    tf: PRESENT,
  }),
  vendorNamespace: bytes("radiotap.vendor_namespace", "Vendor namespace"),
  vendorOui: u24("radiotap.vendor_oui", "Vendor OUI", { base: "OUI" }),
  vendorSubns: u8("radiotap.vendor_subns", "Vendor sub namespace"),
  vendorDataLen: u16("radiotap.vendor_data_len", "Vendor data length"),
  vendorData: none("radiotap.vendor_data", "Vendor data"),
  heData1: u16("radiotap.he.data_1", "HE Data 1", { base: "HEX" }),
  heData1PpduFormat: u16("radiotap.he.data_1.ppdu_format", "PPDU Format", {
    base: "HEX",
    mask: 0x3,
    names: { 0: "HE_SU", 1: "HE_EXT_SU", 2: "HE_MU", 3: "HE_TRIG" },
  }),
  heData1BssColorKnown: bool("radiotap.he.data_1.bss_color_known", "BSS Color known", {
    mask: 0x4,
    bits: 16,
    tf: KNOWN,
  }),
  heData1BeamChangeKnown: bool("radiotap.he.data_1.beam_change_known", "Beam Change known", {
    mask: 0x8,
    bits: 16,
    tf: KNOWN,
  }),
  heData1UlDlKnown: bool("radiotap.he.data_1.ul_dl_known", "UL/DL known", {
    mask: 0x10,
    bits: 16,
    tf: KNOWN,
  }),
  heData1DataMcsKnown: bool("radiotap.he.data_1.data_mcs_known", "data MCS known", {
    mask: 0x20,
    bits: 16,
    tf: KNOWN,
  }),
  heData1DataDcmKnown: bool("radiotap.he.data_1.data_dcm_known", "data DCM known", {
    mask: 0x40,
    bits: 16,
    tf: KNOWN,
  }),
  heData1CodingKnown: bool("radiotap.he.data_1.coding_known", "Coding known", {
    mask: 0x80,
    bits: 16,
    tf: KNOWN,
  }),
  heData1LdpcExtraSymbolSegmentKnown: bool(
    "radiotap.he.data_1.ldpc_extra_symbol_segment_known",
    "LDPC extra symbol segment known",
    { mask: 0x100, bits: 16, tf: KNOWN },
  ),
  heData1StbcKnown: bool("radiotap.he.data_1.stbc_known", "STBC known", {
    mask: 0x200,
    bits: 16,
    tf: KNOWN,
  }),
  heData1SpatialReuse1Known: bool("radiotap.he.data_1.spatial_reuse_1_known", "Spatial Reuse 1 known", {
    mask: 0x400,
    bits: 16,
    tf: KNOWN,
  }),
  heData1SpatialReuse2Known: bool("radiotap.he.data_1.spatial_reuse_2_known", "Spatial Reuse 2 known", {
    mask: 0x800,
    bits: 16,
    tf: KNOWN,
  }),
  heData1SpatialReuse3Known: bool("radiotap.he.data_1.spatial_reuse_3_known", "Spatial Reuse 3 known", {
    mask: 0x1000,
    bits: 16,
    tf: KNOWN,
  }),
  heData1SpatialReuse4Known: bool("radiotap.he.data_1.spatial_reuse_4_known", "Spatial Reuse 4 known", {
    mask: 0x2000,
    bits: 16,
    tf: KNOWN,
  }),
  heData1DataBwRuAllocationKnown: bool(
    "radiotap.he.data_1.data_bw_ru_allocation_known",
    "data BW/RU allocation known",
    { mask: 0x4000, bits: 16, tf: KNOWN },
  ),
  heData1DopplerKnown: bool("radiotap.he.data_1.doppler_known", "Doppler known", {
    mask: 0x8000,
    bits: 16,
    tf: KNOWN,
  }),
  heData2: u16("radiotap.he.data_2", "HE Data 2", { base: "HEX" }),
  heData2PriSec80MhzKnown: bool("radiotap.he.data_2.pri_sec_80_mhz_known", "pri/sec 80 MHz known", {
    mask: 0x1,
    bits: 16,
  }),
  heData2GiKnown: bool("radiotap.he.data_2.gi_known", "GI known", {
    mask: 0x2,
    bits: 16,
    tf: KNOWN,
  }),
  heData2NumLtfSymbolsKnown: bool("radiotap.he.data_2.num_ltf_symbols_known", "LTF symbols known", {
    mask: 0x4,
    bits: 16,
    tf: KNOWN,
  }),
  heData2PreFecPaddingFactorKnown: bool(
    "radiotap.he.data_2.pre_fec_padding_factor_known",
    "Pre-FEC Padding Factor known",
    { mask: 0x8, bits: 16, tf: KNOWN },
  ),
  heData2TxbfKnown: bool("radiotap.he.data_2.txbf_known", "TxBF known", {
    mask: 0x10,
    bits: 16,
    tf: KNOWN,
  }),
  heData2PeDisambiguityKnown: bool("radiotap.he.data_2.pe_disambiguity_known", "PE Disambiguity known", {
    mask: 0x20,
    bits: 16,
    tf: KNOWN,
  }),
  heData2TxopKnown: bool("radiotap.he.data_2.txop_known", "TXOP known", {
    mask: 0x40,
    bits: 16,
    tf: KNOWN,
  }),
  heData2MidamblePeriodicityKnown: bool(
    "radiotap.he.data_2.midamble_periodicity_known",
    "midamble periodicity known",
    { mask: 0x80, bits: 16, tf: KNOWN },
  ),
  heData2RuAllocationOffset: u16("radiotap.he.data_2.ru_allocation_offset", "RU allocation offset", {
    base: "HEX",
    mask: 0x3f00,
  }),
  heData2RuAllocationOffsetiKnown: bool(
    "radiotap.he.data_2.ru_allocation_offseti_known",
    "RU allocation offset known",
    { mask: 0x4000, bits: 16, tf: KNOWN },
  ),
  heData2PriSec80Mhz: bool("radiotap.he.data_2.pri_sec_80_mhz", "pri/sec 80 MHz", {
    mask: 0x8000,
    bits: 16,
    tf: ["secondary", "primary"],
  }),
  heData3BssColor: u16("radiotap.he.data_3.bss_color", "BSS Color", { base: "HEX", mask: 0x3f }),
  heData3BssColorUnknown: u16("radiotap.he.data_3.bss_color_unknown", "BSS Color unknown", {
    base: "HEX",
    mask: 0x3f,
  }),
  heData3BeamChange: u16("radiotap.he.data_3.beam_change", "Beam Change", { base: "HEX", mask: 0x40 }),
  heData3BeamChangeUnknown: u16("radiotap.he.data_3.beam_change_unknown", "Beam Change unknown", {
    base: "HEX",
    mask: 0x40,
  }),
  heData3UlDl: u16("radiotap.he.data_3.ul_dl", "UL/DL", { base: "HEX", mask: 0x80 }),
  heData3UlDlUnknown: u16("radiotap.he.data_3.ul_dl_unknown", "UL/DL unknown", { base: "HEX", mask: 0x80 }),
  heData3DataMcs: u16("radiotap.he.data_3.data_mcs", "data MCS", { base: "HEX", mask: 0xf00 }),
  heData3DataMcsUnknown: u16("radiotap.he.data_3.data_mcs_unknown", "data MCS unknown", {
    base: "HEX",
    mask: 0xf00,
  }),
  heData3DataDcm: u16("radiotap.he.data_3.data_dcm", "data DCM", { base: "HEX", mask: 0x1000 }),
  heData3DataDcmUnknown: u16("radiotap.he.data_3.data_dcm_unknown", "data DCM unknown", {
    base: "HEX",
    mask: 0x1000,
  }),
  heData3Coding: u16("radiotap.he.data_3.coding", "Coding", {
    base: "HEX",
    mask: 0x2000,
    names: { 0: "BCC", 1: "LDPC" },
  }),
  heData3CodingUnknown: u16("radiotap.he.data_3.coding_unknown", "Coding unknown", {
    base: "HEX",
    mask: 0x2000,
  }),
  heData3LdpcExtraSymbolSegment: u16(
    "radiotap.he.data_3.ldpc_extra_symbol_segment",
    "LDPC extra symbol segment",
    { base: "HEX", mask: 0x4000 },
  ),
  heData3LdpcExtraSymbolSegmentUnknown: u16(
    "radiotap.he.data_3.ldpc_extra_symbol_segment_unknown",
    "LDPC extra symbol segment unknown",
    { base: "HEX", mask: 0x4000 },
  ),
  heData3Stbc: u16("radiotap.he.data_3.stbc", "STBC", { base: "HEX", mask: 0x8000 }),
  heData3StbcUnknown: u16("radiotap.he.data_3.stbc_unknown", "STBC unknown", { base: "HEX", mask: 0x8000 }),
  heData3: u16("radiotap.he.data_3", "HE Data 3", { base: "HEX" }),
  heData4SpatialReuse: u16("radiotap.he.data_4.spatial_reuse", "Spatial Reuse", { base: "HEX", mask: 0xf }),
  heData4SpatialReuseUnknown: u16("radiotap.he.data_4.spatial_reuse_unknown", "Spatial Reuse unknown", {
    base: "HEX",
    mask: 0xf,
  }),
  heData4ReservedD4Fff0: u16("radiotap.he.data_4.reserved_d4_fff0", "Reserved", {
    base: "HEX",
    mask: 0xfff0,
  }),
  heData4SpatialReuse1: u16("radiotap.he.data_4.spatial_reuse_1", "Spatial Reuse 1", {
    base: "HEX",
    mask: 0xf,
  }),
  heData4SpatialReuse1Unknown: u16("radiotap.he.data_4.spatial_reuse_1_unknown", "Spatial Reuse 1 unknown", {
    base: "HEX",
    mask: 0xf,
  }),
  heData4SpatialReuse2: u16("radiotap.he.data_4.spatial_reuse_2", "Spatial Reuse 2", {
    base: "HEX",
    mask: 0xf0,
  }),
  heData4SpatialReuse2Unknown: u16("radiotap.he.data_4.spatial_reuse_2_unknown", "Spatial Reuse 2 unknown", {
    base: "HEX",
    mask: 0xf0,
  }),
  heData4SpatialReuse3: u16("radiotap.he.data_4.spatial_reuse_3", "Spatial Reuse 3", {
    base: "HEX",
    mask: 0xf00,
  }),
  heData4SpatialReuse3Unknown: u16("radiotap.he.data_4.spatial_reuse_3_unknown", "Spatial Reuse 3 unknown", {
    base: "HEX",
    mask: 0xf00,
  }),
  heData4SpatialReuse4: u16("radiotap.he.data_4.spatial_reuse_4", "Spatial Reuse 4", {
    base: "HEX",
    mask: 0xf000,
  }),
  heData4SpatialReuse4Unknown: u16("radiotap.he.data_4.spatial_reuse_4_unknown", "Spatial Reuse 4 unknown", {
    base: "HEX",
    mask: 0xf000,
  }),
  heData4StaIdUser: u16("radiotap.he.data_4.sta_id_user", "STA-ID of user data captured for", {
    base: "HEX",
    mask: 0x7ff0,
  }),
  heData4ReservedD4B15: u16("radiotap.he.data_4.reserved_d4_b15", "Reserved", { base: "HEX", mask: 0x8000 }),
  heData4: u16("radiotap.he.data_4", "HE Data 4", { base: "HEX" }),
  heData5DataBwRuAllocation: u16("radiotap.he.data_5.data_bw_ru_allocation", "data Bandwidth/RU allocation", {
    base: "HEX",
    mask: 0xf,
    names: HE_DATA5_DATA_BW_RU_ALLOCATION_NAMES,
  }),
  heData5DataBwRuAllocationUnknown: u16(
    "radiotap.he.data_5.data_bw_ru_allocation_unknown",
    "data Bandwidth/RU allocation unknown",
    { base: "HEX", mask: 0xf },
  ),
  heData5Gi: u16("radiotap.he.data_5.gi", "GI", {
    base: "HEX",
    mask: 0x30,
    names: { 0: "0.8us", 1: "1.6us", 2: "3.2us", 3: "reserved" },
  }),
  heData5GiUnknown: u16("radiotap.he.data_5.gi_unknown", "GI unknown", { base: "HEX", mask: 0x30 }),
  heData5LtfSymbolSize: u16("radiotap.he.data_5.ltf_symbol_size", "LTF symbol size", {
    base: "HEX",
    mask: 0xc0,
    names: { 0: "unknown", 1: "1x", 2: "2x", 3: "4x" },
  }),
  heData5LtfSymbolSizeUnknown: u16("radiotap.he.data_5.ltf_symbol_size_unknown", "LTF symbol size unknown", {
    base: "HEX",
    mask: 0xc0,
  }),
  heNumLtfSymbols: u16("radiotap.he.num_ltf_symbols", "LTF symbols", {
    base: "HEX",
    mask: 0x700,
    names: HE_NUM_LTF_SYMBOLS_NAMES,
  }),
  heNumLtfSymbolsUnknown: u16("radiotap.he.num_ltf_symbols_unknown", "LTF symbols unknown", {
    base: "HEX",
    mask: 0x700,
  }),
  heData5ReservedD5B11: u16("radiotap.he.data_5.reserved_d5_b11", "reserved", { base: "HEX", mask: 0x800 }),
  hePreFecPaddingFactor: u16("radiotap.he.pre_fec_padding_factor", "Pre-FEC Padding Factor", {
    base: "HEX",
    mask: 0x3000,
  }),
  hePreFecPaddingFactorUnknown: u16(
    "radiotap.he.pre_fec_padding_factor_unknown",
    "Pre-FEC Padding Factor unknown",
    { base: "HEX", mask: 0x3000 },
  ),
  heTxbf: u16("radiotap.he.txbf", "TxBF", { base: "HEX", mask: 0x4000 }),
  heTxbfUnknown: u16("radiotap.he.txbf_unknown", "TxBF unknown", { base: "HEX", mask: 0x4000 }),
  hePeDisambiguity: u16("radiotap.he.pe_disambiguity", "PE Disambiguity", { base: "HEX", mask: 0x8000 }),
  hePeDisambiguityUnknown: u16("radiotap.he.pe_disambiguity_unknown", "PE Disambiguity unknown", {
    base: "HEX",
    mask: 0x8000,
  }),
  heData5: u16("radiotap.he.data_5", "HE Data 5", { base: "HEX" }),
  heData6Nsts: u16("radiotap.he.data_6.nsts", "NSTS", { base: "HEX", mask: 0xf, names: HE_DATA6_NSTS_NAMES }),
  heData6DopplerValue: u16("radiotap.he.data_6.doppler_value", "Doppler value", { base: "HEX", mask: 0x10 }),
  heData6DopplerValueUnknown: u16("radiotap.he.data_6.doppler_value_unknown", "Doppler value unknown", {
    base: "HEX",
    mask: 0x10,
  }),
  heData6ReservedD600e0: u16("radiotap.he.data_6.reserved_d6_00e0", "Reserved", { base: "HEX", mask: 0xe0 }),
  heData6TxopValue: u16("radiotap.he.data_6.txop_value", "TXOP value", { base: "HEX", mask: 0x7f00 }),
  heData6TxopValueUnknown: u16("radiotap.he.data_6.txop_value_unknown", "TXOP value unknown", {
    base: "HEX",
    mask: 0x7f00,
  }),
  heData6MidamblePeriodicity: u16("radiotap.he.data_6.midamble_periodicity", "midamble periodicity", {
    base: "HEX",
    mask: 0x8000,
    names: { 0: "10", 1: "20" },
  }),
  heData6MidamblePeriodicityUnknown: u16(
    "radiotap.he.data_6.midamble_periodicity_unknown",
    "midamble periodicity unknown",
    { base: "HEX", mask: 0x8000 },
  ),
  heData6: u16("radiotap.he.data_6", "HE Data 6", { base: "HEX" }),
  heMuFlags1: u16("radiotap.he_mu.flags_1", "HE-MU Flags 1", { base: "HEX" }),
  heMuPreamblePuncturingUnknown: u16(
    "radiotap.he_mu.preamble_puncturing",
    "preamble puncturing from Bandwidth field in HE-SIG-A unknown",
    { base: "HEX", mask: 0x300 },
  ),
  heMuFlags2: u16("radiotap.he_mu.flags_2", "HE-MU Flags 2", { base: "HEX" }),
  heMuSigBMcs: u16("radiotap.he_mu.sig_b_mcs", "SIG-B MCS (from SIG-A)", { base: "HEX", mask: 0xf }),
  heMuSigBMcsUnknown: u16("radiotap.he_mu.sig_b_mcs_unknown", "SIG-B MCS (from SIG-A) unknown", {
    base: "HEX",
    mask: 0xf,
  }),
  heMuSigBMcsKnown: bool("radiotap.he_mu.sig_b_mcs_known", "SIG-B MCS known", {
    mask: 0x10,
    bits: 16,
    tf: KNOWN,
  }),
  heMuSigBDcm: u16("radiotap.he_mu.sig_b_dcm", "SIG-B DCM (from SIG-A)", { base: "HEX", mask: 0x20 }),
  heMuSigBDcmUnknown: u16("radiotap.he_mu.sig_b_dcm_unknown", "SIG-B DCM (from SIG-A) unknown", {
    base: "HEX",
    mask: 0x20,
  }),
  heMuSigBDmcKnown: bool("radiotap.he_mu.sig_b_dmc_known", "SIG-B DCM known", {
    mask: 0x40,
    bits: 16,
    tf: KNOWN,
  }),
  heMuChan2Center26ToneRuBitKnown: bool(
    "radiotap.he_mu.chan2_center_26_tone_ru_bit_known",
    "Channel2 center 26-tone RU bit known",
    { mask: 0x80, bits: 16, tf: KNOWN },
  ),
  heMuChan2Center26ToneRuBitUnknown: u16(
    "radiotap.he_mu.chan2_center_26_tone_ru_bit_unknown",
    "Channel2 center 26-tone RU bit known",
    { base: "CUSTOM", text: notCaptured, mask: 0x80 },
  ),
  heMuChan1RusKnown: bool("radiotap.he_mu.chan1_rus_known", "Channel 1 RUs known", {
    mask: 0x100,
    bits: 16,
    tf: KNOWN,
  }),
  heMuChan1RusUnknown: u16("radiotap.he_mu.chan1_rus_unknown", "Channel 1 RUs unknown", {
    base: "CUSTOM",
    text: notCaptured,
    mask: 0x100,
  }),
  heMuChan2RusKnown: bool("radiotap.he_mu.chan2_rus_known", "Channel 2 RUs known", {
    mask: 0x200,
    bits: 16,
    tf: KNOWN,
  }),
  heMuChan2RusUnknown: bool("radiotap.he_mu.chan2_rus_unknown", "Channel 2 RUs unknown", {
    mask: 0x200,
    bits: 16,
    tf: KNOWN,
  }),
  heMuReservedF1B10B11: u16("radiotap.he_mu.reserved_f1_b10_b11", "Reserved", { base: "HEX", mask: 0xc00 }),
  heMuChan1Center26ToneRuBitKnown: bool(
    "radiotap.he_mu.chan1_center_26_tone_ru_bit_known",
    "Channel1 center 26-tone RU bit known",
    { mask: 0x1000, bits: 16, tf: KNOWN },
  ),
  heMuChan1Center26ToneRuBitUnknown: u16(
    "radiotap.he_mu.chan1_center_26_tone_ru_bit_unknown",
    "Channel1 center 26-tone RU bit known",
    { base: "CUSTOM", text: notCaptured, mask: 0x1000 },
  ),
  heMuChan1Center26ToneRuValue: u16(
    "radiotap.he_mu.chan1_center_26_tone_ru_value",
    "Channel1 center 26-tone RU value",
    { base: "HEX", mask: 0x2000 },
  ),
  heMuSymbolCntOrUserCntKnown: bool(
    "radiotap.he_mu.symbol_cnt_or_user_cnt_known",
    "# of HE-SIG-B Symbols/MU-MINO users known",
    { mask: 0x8000, bits: 16, tf: KNOWN },
  ),
  heMuBwFromSigA: u16("radiotap.he_mu.bw_from_sig_a", "bandwidth from Bandwidth field in SIG-A", {
    mask: 0x3,
  }),
  heMuBwFromSigAUnknown: u16(
    "radiotap.he_mu.bw_from_sig_a_unknown",
    "bandwidth from Bandwidth field in SIG-A unknown",
    { mask: 0x3 },
  ),
  heMuBwFromSigAKnown: bool(
    "radiotap.he_mu.bw_from_sig_a_known",
    "bandwidth from Bandwidth field in SIG-A known",
    { mask: 0x4, bits: 16, tf: KNOWN },
  ),
  heMuSigBCompression: bool("radiotap.he_mu.sig_b_compression", "SIG-B compression from SIG-A", {
    mask: 0x8,
    bits: 16,
  }),
  heMuSigBCompressionKnown: bool("radiotap.he_mu.sig_b_compression_known", "SIG-B compression known", {
    mask: 0x4000,
    bits: 16,
    tf: KNOWN,
  }),
  heMuSigBCompressionUnknown: u16("radiotap.he_mu.sig_b_compression_unknown", "SIG-B compression unknown", {
    base: "CUSTOM",
    text: notCaptured,
    mask: 0x8,
  }),
  heMuSigBSymsOrMuMimoUsers: u16(
    "radiotap.he_mu.sig_b_syms_or_mu_mimo_users",
    "# of HE-SIG-B Symbols or # of MU-MIMO Users",
    { base: "CUSTOM", text: plusOne, mask: 0xf0 },
  ),
  heMuSigBSymsOrMuMimoUsersUnknown: u16(
    "radiotap.he_mu.sig_b_syms_or_mu_mimo_users_unknown",
    "# of HE-SIG-B Symbols or # of MU-MIMO Users unknown",
    { mask: 0xf0 },
  ),
  heMuPreamblePuncturing: u16(
    "radiotap.he_mu.preamble_puncturing",
    "preamble puncturing from Bandwidth field in HE-SIG-A",
    { base: "HEX", mask: 0x300 },
  ),
  heMuPreamblePuncturingKnown: bool(
    "radiotap.he_mu.preamble_puncturing_known",
    "preamble puncturing from Bandwidth field in HE-SIG-A known",
    { mask: 0x400, bits: 16, tf: KNOWN },
  ),
  heMuChan2Center26ToneRuValue: u16(
    "radiotap.he_mu.chan2_center_26_tone_ru_value",
    "Chan2 Center 26 Tone RU Value",
    { base: "HEX", mask: 0x800 },
  ),
  heMuReservedF2B12B15: u16("radiotap.he_mu.reserved_f2_b12_b15", "Reserved", { base: "HEX", mask: 0xf000 }),
  heMuChan1Rus0Index: u8("radiotap.he_mu.chan1_rus_0_index", "Chan1 RU[0] index"),
  heMuChan1Rus0IndexUnknown: u8("radiotap.he_mu.chan1_rus_0_index_unknown", "Chan1 RU[0] index unknown", {
    base: "CUSTOM",
    text: notCaptured,
  }),
  heMuChan1Rus1Index: u8("radiotap.he_mu.chan1_rus_1_index", "Chan1 RU[1] index"),
  heMuChan1Rus1IndexUnknown: u8("radiotap.he_mu.chan1_rus_1_index_unknown", "Chan1 RU[1] index unknown", {
    base: "CUSTOM",
    text: notCaptured,
  }),
  heMuChan1Rus2Index: u8("radiotap.he_mu.chan1_rus_2_index", "Chan1 RU[2] index"),
  heMuChan1Rus2IndexUnknown: u8("radiotap.he_mu.chan1_rus_2_index_unknown", "Chan1 RU[2] index unknown", {
    base: "CUSTOM",
    text: notCaptured,
  }),
  heMuChan1Rus3Index: u8("radiotap.he_mu.chan1_rus_3_index", "Chan1 RU[3] index"),
  heMuChan1Rus3IndexUnknown: u8("radiotap.he_mu.chan1_rus_3_index_unknown", "Chan1 RU[3] index unknown", {
    base: "CUSTOM",
    text: notCaptured,
  }),
  heMuChan2Rus0Index: u8("radiotap.he_mu.chan2_rus_0_index", "Chan2 RU[0] index"),
  heMuChan2Rus0IndexUnknown: u8("radiotap.he_mu.chan2_rus_0_index_unknown", "Chan2 RU[0] index unknown", {
    base: "CUSTOM",
    text: notCaptured,
  }),
  heMuChan2Rus1Index: u8("radiotap.he_mu.chan2_rus_1_index", "Chan2 RU[1] index"),
  heMuChan2Rus1IndexUnknown: u8("radiotap.he_mu.chan2_rus_1_index_unknown", "Chan2 RU[1] index unknown", {
    base: "CUSTOM",
    text: notCaptured,
  }),
  heMuChan2Rus2Index: u8("radiotap.he_mu.chan2_rus_2_index", "Chan2 RU[2] index"),
  heMuChan2Rus2IndexUnknown: u8("radiotap.he_mu.chan2_rus_2_index_unknown", "Chan2 RU[2] index unknown", {
    base: "CUSTOM",
    text: notCaptured,
  }),
  heMuChan2Rus3Index: u8("radiotap.he_mu.chan2_rus_3_index", "Chan2 RU[3] index"),
  heMuChan2Rus3IndexUnknown: u8("radiotap.he_mu.chan2_rus_3_index_unknown", "Chan2 RU[3] index unknown", {
    base: "CUSTOM",
    text: notCaptured,
  }),
  s1gKnown: u16("radiotap.s1g.known", "Known", { base: "HEX" }),
  s1gS1gPpduFormatKnown: bool("radiotap.s1g.s1g_ppdu_format_known", "S1G PPDU Format Known", {
    mask: 0x1,
    bits: 16,
  }),
  s1gResponseIndicationKnown: bool("radiotap.s1g.response_indication_known", "Response Indication Known", {
    mask: 0x2,
    bits: 16,
  }),
  s1gGuardIntervalKnown: bool("radiotap.s1g.guard_interval_known", "Guard Interval Known", {
    mask: 0x4,
    bits: 16,
  }),
  s1gNssKnown: bool("radiotap.s1g.nss_known", "NSS Known", { mask: 0x8, bits: 16 }),
  s1gBandwidthKnown: bool("radiotap.s1g.bandwidth_known", "Bandwidth Known", { mask: 0x10, bits: 16 }),
  s1gMcsKnown: bool("radiotap.s1g.mcs_known", "MCS Known", { mask: 0x20, bits: 16 }),
  s1gColorKnown: bool("radiotap.s1g.color_known", "Color Known", { mask: 0x40, bits: 16 }),
  s1gUplinkIndicationKnown: bool("radiotap.s1g.uplink_indication_known", "Uplink Indication Known", {
    mask: 0x80,
    bits: 16,
  }),
  s1gReserved1: u16("radiotap.s1g.reserved_1", "Reserved 1", { base: "HEX", mask: 0xff00 }),
  s1gData1: u16("radiotap.s1g.data_1", "Data1", { base: "HEX" }),
  s1gS1gPpduFormat: u16("radiotap.s1g.s1g_ppdu_format", "S1G PPDU Format", {
    mask: 0x3,
    names: S1G_FORMAT_NAMES,
  }),
  s1gResponseIndication: u16("radiotap.s1g.response_indication", "Response Indication", {
    mask: 0xc,
    names: S1G_RESPONSE_NAMES,
  }),
  s1gReserved2: u16("radiotap.s1g.reserved_2", "Reserved 2", { base: "HEX", mask: 0x10 }),
  s1gGuardInterval: u16("radiotap.s1g.guard_interval", "Guard Interval", {
    mask: 0x20,
    names: { 0: "Long GI", 1: "Short GI" },
  }),
  s1gNss: u16("radiotap.s1g.nss", "NSS", { mask: 0xc0, names: S1G_NSS_NAMES }),
  s1gBandwidth: u16("radiotap.s1g.bandwidth", "Bandwidth", { mask: 0xf00, names: S1G_BANDWIDTH_NAMES }),
  s1gMcs: u16("radiotap.s1g.mcs", "MCS", { mask: 0xf000, names: S1G_MCS_NAMES }),
  s1gData2: u16("radiotap.s1g.data_2", "Data2", { base: "HEX" }),
  s1gColor: u16("radiotap.s1g.color", "Color", { mask: 0x7, names: S1G_MCS_NAMES }),
  s1gUplinkIndication: bool("radiotap.s1g.uplink_indication", "Uplink Indication", { mask: 0x8, bits: 16 }),
  s1gReserved3: u16("radiotap.s1g.reserved_3", "Reserved 3", { base: "HEX", mask: 0xf0 }),
  s1gRssi: i16("radiotap.s1g.rssi", "RSSI", { mask: 0xff00 }),
  tlvType: u32("radiotap.tlv.type", "TLV type"),
  tlvLength: u32("radiotap.tlv.datalen", "TLV datalen"),
  tlvUnknown: bytes("radiotap.tlv.unknown_data", "unknown TLV data"),
  zeroLenPsduType: u8("radiotap.0_len_psdu.type", "Type", { base: "HEX", names: ZERO_LEN_PSDU_TYPE_NAMES }),
  lSigData1: u16("radiotap.l_sig.data1", "Data1", { base: "HEX" }),
  lSigRateKnown: bool("radiotap.l_sig.rate_known", "rate known", { mask: 0x1, bits: 16 }),
  lSigLengthKnown: bool("radiotap.l_sig.length_known", "length known", { mask: 0x2, bits: 16 }),
  lSigReserved: u16("radiotap.l_sig.reserved", "reserved", { base: "HEX", mask: 0xfffc }),
  lSigData2: u16("radiotap.l_sig.data2", "Data2", { base: "HEX" }),
  lSigRate: u16("radiotap.l_sig.rate", "rate", { mask: 0xf }),
  lSigLength: u16("radiotap.l_sig.length", "length", { mask: 0xfff0 }),
};

const x = {
  vhtRate: expert("radiotap.vht.datarate.invalid", "warning", "Protocol", "Data rate invalid"),
  tooShort: expert("radiotap.length.too_short", "error", "Malformed", "Radiotap header length is too short"),
};

export const radiotap = protocol({
  name: "radiotap",
  title: "Radiotap Header",
  short: "Radiotap",
  fields: f,
  experts: x,
  on: [[linkTypes, 127]],
  dissect,
});

const WORD_BITS = [
  f.presentTsft,
  f.presentFlags,
  f.presentRate,
  f.presentChannel,
  f.presentFhss,
  f.presentDbmAntsignal,
  f.presentDbmAntnoise,
  f.presentLockQuality,
  f.presentTxAttenuation,
  f.presentDbTxAttenuation,
  f.presentDbmTxPower,
  f.presentAntenna,
  f.presentDbAntsignal,
  f.presentDbAntnoise,
  f.presentRxflags,
  f.presentTxflags,
  f.presentDataRetries,
  f.presentXchannel,
  f.presentMcs,
  f.presentAmpdu,
  f.presentVht,
  f.presentTimestamp,
  f.presentHe,
  f.presentHeMu,
  f.present0LengthPsdu,
  f.presentLSig,
  f.presentTlv,
  f.presentRtapNs,
  f.presentVendorNs,
  f.presentExt,
] as const;
const NAMESPACE_BITS = [f.presentRtapNs, f.presentVendorNs, f.presentExt] as const;

const RADIOTAP_NEXT = 29;
const VENDOR_NEXT = 30;
const EXT = 31;
const TLVS = 28;
const MIN_LENGTH = 8;

/** Alignment and size of the fields by their bits in the first word; 0 for those that are not defined. */
const ALIGNMENTS = [
  8, 1, 1, 2, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 4, 1, 4, 2, 8, 2, 2, 2, 1, 2,
] as const;
const SIZES = [
  8, 1, 1, 4, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 8, 3, 8, 12, 12, 12, 12, 0, 1, 4,
] as const;

function dissect(d: Dissection): void {
  const start = d.pos;
  const version = d.peek8();
  const length = d.peek16le(2);
  clearRadio(d);
  if (d.columns) d.setInfo(`Radiotap Capture v${version}, Length ${length}`);
  const invalid = version !== 0;
  if (d.labels) d.relabelLayer(`Radiotap Header v${version}, Length ${length}${invalid ? " (invalid)" : ""}`);
  d.u8(f.version);
  d.u8(f.pad);
  d.u16le(f.length);
  if (length < MIN_LENGTH) {
    d.expert(x.tooShort);
    return;
  }
  if (!invalid) dissectHeader(d, start, start + length);
  d.pos = start;
  d.skip(length);
  // A PPDU without a PSDU: what follows is no frame.
  if (radio.zeroLength) return;
  if (phyOf() === PHY_11G) radio.preamble = -1;
  d.call(wlanRadio);
}

/** The words that say which fields are there, and then the fields. */
function dissectHeader(d: Dissection, start: number, headerEnd: number): void {
  const { end, wireEnd } = d;
  if (headerEnd < d.wireEnd) d.wireEnd = headerEnd;
  if (headerEnd < d.end) d.end = headerEnd;
  const words = d.pos;
  let count = 1;
  while (d.peek32le((count - 1) * 4) >>> EXT) count++;
  addWords(d, count);
  let base = 0;
  let vendorEnd = -1;
  for (let word = 0; word < count; word++) {
    const at = words + word * 4;
    const bits = wordAt(d, at);
    if (vendorEnd >= 0) d.pos = vendorEnd;
    else if (!addFields(d, start, bits, base)) break;
    vendorEnd = -1;
    base += 32;
    if ((bits >>> RADIOTAP_NEXT) & 1) base = 0;
    if ((bits >>> VENDOR_NEXT) & 1) {
      vendorEnd = addVendor(d, start);
      // The words of a vendor stand behind the one that announces them; without one the data ends the header.
      if (word + 1 === count) break;
    }
  }
  d.end = end;
  d.wireEnd = wireEnd;
}

const wordAt = (d: Dissection, at: number): number =>
  (d.buf[at] | (d.buf[at + 1] << 8) | (d.buf[at + 2] << 16) | (d.buf[at + 3] << 24)) >>> 0;

function addWords(d: Dissection, count: number): void {
  if (!d.building) {
    d.skip(count * 4);
    return;
  }
  d.open(f.present, d.pos, count * 4);
  let whole = true;
  for (let word = 0; word < count; word++) {
    const bits = d.bitsetLe(f.presentWord, 4, whole ? WORD_BITS : NAMESPACE_BITS);
    whole = ((bits >>> RADIOTAP_NEXT) & 1) === 1;
  }
  d.close();
}

/** Behind the last byte of the vendor's data. */
function addVendor(d: Dissection, start: number): number {
  align(d, start, 2);
  d.need(6);
  const at = d.pos;
  const length = d.peek16le(4);
  if (d.building) {
    const text = formatHex(d.peekBytes(3), ":");
    d.open(f.vendorNamespace, at, 6 + length, d.peekBytes(6 + length));
    if (d.labels) d.relabel(`Vendor namespace: ${text}-${d.peek8(3)}`);
    d.u24(f.vendorOui);
    if (d.labels) d.relabel(`Vendor OUI: ${text}`);
    d.u8(f.vendorSubns);
    d.u16le(f.vendorDataLen);
    if (length > 0) d.add(f.vendorData, d.pos, Math.min(length, d.remaining), null);
    d.close();
  }
  d.pos = at + 6;
  d.skip(length);
  return d.pos;
}

function align(d: Dissection, start: number, to: number): void {
  const over = (d.pos - start) % to;
  if (over !== 0) d.skip(to - over);
}

/** The fields of one word. False when one is not known, whose size is not known either. */
function addFields(d: Dissection, start: number, bits: number, base: number): boolean {
  for (let bit = 0; bit < RADIOTAP_NEXT; bit++) {
    if (((bits >>> bit) & 1) === 0) continue;
    if (bit === TLVS && base === 0) {
      addTlvs(d, start);
      return false;
    }
    const size = base === 0 ? (SIZES[bit] ?? 0) : 0;
    if (size === 0) return false;
    align(d, start, ALIGNMENTS[bit]);
    d.need(size);
    const next = d.pos + size;
    addField(d, bit);
    d.pos = next;
  }
  return true;
}

function addField(d: Dissection, bit: number): void {
  switch (bit) {
    case 0:
      if (d.building || d.first) radio.tsf = d.u64le(f.mactime);
      break;
    case 1:
      addFrameFlags(d);
      break;
    case 2:
      addRate(d);
      break;
    case 3:
      addChannel(d);
      break;
    case 4:
      d.u8(f.fhssHopset);
      d.u8(f.fhssPattern);
      break;
    case 5:
      radio.signalDbm = d.int(f.dbmAntsignal, 1);
      radio.has |= HAS_SIGNAL_DBM;
      break;
    case 6:
      radio.noiseDbm = d.int(f.dbmAntnoise, 1);
      radio.has |= HAS_NOISE_DBM;
      break;
    case 7:
      d.u16le(f.quality);
      break;
    case 8:
      d.u16le(f.txattenuation);
      break;
    case 9:
      d.u16le(f.dbTxattenuation);
      break;
    case 10:
      d.int(f.txpower, 1);
      break;
    case 11:
      d.u8(f.antenna);
      break;
    case 12:
      radio.signalDb = d.u8(f.dbAntsignal);
      radio.has |= HAS_SIGNAL_DB;
      break;
    case 13:
      radio.noiseDb = d.u8(f.dbAntnoise);
      radio.has |= HAS_NOISE_DB;
      break;
    case 14:
      d.bitsetLe(f.rxflags, 2, RX_FLAGS);
      break;
    case 15:
      d.bitsetLe(f.txflags, 2, TX_FLAGS);
      break;
    case 17:
      d.u8(f.dataRetries);
      break;
    case 18:
      addXChannel(d);
      break;
    case 19:
      addMcs(d);
      break;
    case 20:
      addAmpdu(d);
      break;
    case 21:
      addVht(d);
      break;
    case 22:
      addTimestamp(d);
      break;
    case 23:
      addHe(d);
      break;
    case 24:
      addHeMu(d);
      break;
    case 26:
      radio.zeroLength = true;
      d.openText(d.pos, 1, "0-length PSDU");
      d.u8(f.zeroLenPsduType);
      d.close();
      break;
    case 27:
      d.openText(d.pos, 4, "L-SIG");
      addFlagsLe(d, f.lSigData1, 2, L_SIG_1);
      addFlagsLe(d, f.lSigData2, 2, L_SIG_2);
      d.close();
      break;
  }
}

/** Two words, then the resource units of both channels, four each, those of one channel at every other place. */
function addHeMu(d: Dissection): void {
  if (!d.building) return;
  d.openText(d.pos, 12, "HE-MU information");
  const one = d.peek16le();
  const two = d.peek16le(2);
  addFlagsLe(d, f.heMuFlags1, 2, heMuMembers1(one));
  addFlagsLe(d, f.heMuFlags2, 2, heMuMembers2(one, two));
  const at = d.pos;
  addUnits(d, "Channel 1 RUs", one & MU_CHANNEL_1 ? CHANNEL_1_UNITS : CHANNEL_1_UNKNOWN);
  addUnits(d, "Channel 2 RUs", one & MU_CHANNEL_2 ? CHANNEL_2_UNITS : CHANNEL_2_UNKNOWN);
  d.pos = at + 8;
  d.close();
}

function addUnits(d: Dissection, title: string, units: readonly Field[]): void {
  d.openText(d.pos, 4, title);
  for (const unit of units) d.u8(unit);
  d.close();
}

const CHANNEL_1_UNITS = [
  f.heMuChan1Rus0Index,
  f.heMuChan1Rus1Index,
  f.heMuChan1Rus2Index,
  f.heMuChan1Rus3Index,
];
const CHANNEL_1_UNKNOWN = [
  f.heMuChan1Rus0IndexUnknown,
  f.heMuChan1Rus1IndexUnknown,
  f.heMuChan1Rus2IndexUnknown,
  f.heMuChan1Rus3IndexUnknown,
];
const CHANNEL_2_UNITS = [
  f.heMuChan2Rus0Index,
  f.heMuChan2Rus1Index,
  f.heMuChan2Rus2Index,
  f.heMuChan2Rus3Index,
];
const CHANNEL_2_UNKNOWN = [
  f.heMuChan2Rus0IndexUnknown,
  f.heMuChan2Rus1IndexUnknown,
  f.heMuChan2Rus2IndexUnknown,
  f.heMuChan2Rus3IndexUnknown,
];
const MU_MCS = 0x0010;
const MU_DCM = 0x0040;
const MU_CENTER_2 = 0x0080;
const MU_CHANNEL_1 = 0x0100;
const MU_CHANNEL_2 = 0x0200;
const MU_CENTER_1 = 0x1000;
const MU_COMPRESSION = 0x4000;
const MU_USERS = 0x8000;
const MU_BANDWIDTH = 0x0004;
const MU_PUNCTURING = 0x0400;

function heMuMembers1(one: number): Field[] {
  const members: Field[] = [f.heMuSigBMcs];
  members.push(one & MU_MCS ? f.heMuSigBMcsKnown : f.heMuSigBMcsUnknown);
  members.push(f.heMuSigBDcm, one & MU_DCM ? f.heMuSigBDmcKnown : f.heMuSigBDcmUnknown);
  members.push(one & MU_CENTER_2 ? f.heMuChan2Center26ToneRuBitKnown : f.heMuChan2Center26ToneRuBitUnknown);
  members.push(one & MU_CHANNEL_1 ? f.heMuChan1RusKnown : f.heMuChan1RusUnknown);
  members.push(one & MU_CHANNEL_2 ? f.heMuChan2RusKnown : f.heMuChan2RusUnknown);
  members.push(f.heMuReservedF1B10B11);
  if (one & MU_CENTER_1) members.push(f.heMuChan1Center26ToneRuBitKnown, f.heMuChan1Center26ToneRuValue);
  else members.push(f.heMuChan1Center26ToneRuBitUnknown, f.heMuChan1Center26ToneRuBitUnknown);
  members.push(f.heMuSigBCompressionKnown);
  members.push(one & MU_USERS ? f.heMuSymbolCntOrUserCntKnown : f.heMuSigBSymsOrMuMimoUsersUnknown);
  return members;
}

function heMuMembers2(one: number, two: number): Field[] {
  return [
    two & MU_BANDWIDTH ? f.heMuBwFromSigA : f.heMuBwFromSigAUnknown,
    f.heMuBwFromSigAKnown,
    one & MU_COMPRESSION ? f.heMuSigBCompression : f.heMuSigBCompressionUnknown,
    one & MU_USERS ? f.heMuSigBSymsOrMuMimoUsers : f.heMuSigBSymsOrMuMimoUsersUnknown,
    two & MU_PUNCTURING ? f.heMuPreamblePuncturing : f.heMuPreamblePuncturingUnknown,
    f.heMuPreamblePuncturingKnown,
    one & MU_CENTER_2 ? f.heMuChan2Center26ToneRuValue : f.heMuChan2Center26ToneRuBitUnknown,
    f.heMuReservedF2B12B15,
  ];
}

const S1G = 32;

/** Types and lengths of 16 bits each; a value is filled up to a multiple of four bytes. */
function addTlvs(d: Dissection, start: number): void {
  align(d, start, 4);
  while (d.remaining >= 4) {
    const at = d.pos;
    const type = d.peek16le();
    const length = d.peek16le(2);
    const inside = Math.min(length, d.remaining - 4);
    d.openText(at, 4 + inside, type === S1G ? "S1G" : "Unknown TLV");
    d.add(f.tlvType, at, 2, type);
    d.add(f.tlvLength, at + 2, 2, length);
    d.pos = at + 4;
    if (type === S1G && inside >= 6) {
      radio.phy = PHY_S1G;
      addFlagsLe(d, f.s1gKnown, 2, S1G_KNOWN);
      addFlagsLe(d, f.s1gData1, 2, S1G_1);
      addFlagsLe(d, f.s1gData2, 2, S1G_2);
    } else if (inside > 0) d.bytes(f.tlvUnknown, inside);
    d.close();
    d.pos = Math.min(at + 4 + ((length + 3) & ~3), d.end);
  }
}

const S1G_KNOWN = [
  f.s1gS1gPpduFormatKnown,
  f.s1gResponseIndicationKnown,
  f.s1gGuardIntervalKnown,
  f.s1gNssKnown,
  f.s1gBandwidthKnown,
  f.s1gMcsKnown,
  f.s1gColorKnown,
  f.s1gUplinkIndicationKnown,
  f.s1gReserved1,
] as const;
const S1G_1 = [
  f.s1gS1gPpduFormat,
  f.s1gResponseIndication,
  f.s1gReserved2,
  f.s1gGuardInterval,
  f.s1gNss,
  f.s1gBandwidth,
  f.s1gMcs,
] as const;
const S1G_2 = [f.s1gColor, f.s1gUplinkIndication, f.s1gReserved3, f.s1gRssi] as const;

const FRAME_FLAGS = [
  f.flagsCfp,
  f.flagsPreamble,
  f.flagsWep,
  f.flagsFrag,
  f.flagsFcs,
  f.flagsDatapad,
  f.flagsBadfcs,
  f.flagsShortgi,
] as const;
const RX_FLAGS = [f.rxflagsBadplcp] as const;
const TX_FLAGS = [
  f.rxflagsFail,
  f.rxflagsCts,
  f.rxflagsRts,
  f.rxflagsNoack,
  f.rxflagsNoseqno,
  f.rxflagsOrder,
] as const;
const L_SIG_1 = [f.lSigRateKnown, f.lSigLengthKnown, f.lSigReserved] as const;
const L_SIG_2 = [f.lSigRate, f.lSigLength] as const;

const FLAG_SHORT_PREAMBLE = 0x02;
const FLAG_FCS = 0x10;
const FLAG_DATA_PAD = 0x20;

function addFrameFlags(d: Dissection): void {
  const flags = d.bitsetLe(f.flags, 1, FRAME_FLAGS);
  radio.fcsLength = flags & FLAG_FCS ? 4 : 0;
  radio.dataPad = (flags & FLAG_DATA_PAD) !== 0;
  radio.preamble = flags & FLAG_SHORT_PREAMBLE ? 1 : 0;
}

function addRate(d: Dissection): void {
  const rate = d.peek8() / 2;
  d.add(f.datarate, d.pos, 1, rate);
  if (d.labels) d.relabel(`Data Rate: ${rateText(rate)}`);
  radioFromRate(rate);
}

const CHANNEL_FLAGS = [
  f.channelFlags700mhz,
  f.channelFlags800mhz,
  f.channelFlags900mhz,
  f.channelFlagsTurbo,
  f.channelFlagsCck,
  f.channelFlagsOfdm,
  f.channelFlags2ghz,
  f.channelFlags5ghz,
  f.channelFlagsPassive,
  f.channelFlagsDynamic,
  f.channelFlagsGfsk,
  f.channelFlagsGsm,
  f.channelFlagsSturbo,
  f.channelFlagsHalf,
  f.channelFlagsQuarter,
] as const;

function addChannel(d: Dissection): void {
  const frequency = d.u16le(f.channelFreq);
  const flags = addFlagsLe(d, f.channelFlags, 2, CHANNEL_FLAGS);
  radioFromChannel(frequency, flags);
}

const X_CHANNEL_FLAGS = [
  f.xchannelFlagsTurbo,
  f.xchannelFlagsCck,
  f.xchannelFlagsOfdm,
  f.xchannelFlags2ghz,
  f.xchannelFlags5ghz,
  f.channelXtypePassive,
  f.xchannelFlagsDynamic,
  f.xchannelFlagsGfsk,
  f.xchannelFlagsGsm,
  f.xchannelFlagsSturbo,
  f.xchannelFlagsHalf,
  f.xchannelFlagsQuarter,
  f.xchannelFlagsHt20,
  f.xchannelFlagsHt40u,
  f.xchannelFlagsHt40d,
] as const;

function addXChannel(d: Dissection): void {
  const flags = d.bitsetLe(f.xchannelFlags, 4, X_CHANNEL_FLAGS);
  const frequency = d.u16le(f.xchannelFreq);
  d.u8(f.xchannelChannel);
  radioFromChannel(frequency, flags);
}

const MCS_KNOWN = [
  f.mcsHaveBw,
  f.mcsHaveIndex,
  f.mcsHaveGi,
  f.mcsHaveFormat,
  f.mcsHaveFec,
  f.mcsHaveStbc,
  f.mcsHaveNess,
] as const;

function addMcs(d: Dissection): void {
  const at = d.pos;
  d.open(f.mcs, at, 3);
  const known = addFlagsLe(d, f.mcsKnown, 1, MCS_KNOWN);
  const flags = d.pos;
  radio.phy = PHY_HT;
  radio.ht.known = known;
  if (known & 0x01) radio.ht.bandwidth = d.bits(f.mcsBw, flags, 1);
  if (known & 0x04) radio.ht.shortGi = d.bits(f.mcsGi, flags, 1);
  if (known & 0x08) radio.ht.greenfield = d.bits(f.mcsFormat, flags, 1);
  if (known & 0x10) radio.ht.fec = d.bits(f.mcsFec, flags, 1);
  if (known & 0x20) radio.ht.stbc = d.bits(f.mcsStbc, flags, 1);
  if (known & 0x40) {
    const high = d.bits(f.mcsNessBit1, at, 1);
    radio.ht.ness = high * 2 + d.bits(f.mcsNessBit0, flags, 1);
  }
  d.skip(1);
  if (known & 0x02) radio.ht.mcs = d.u8(f.mcsIndex);
  d.close();
  if ((known & 0x07) !== 0x07) return;
  const rate = htRate(radio.ht.mcs, radio.ht.bandwidth === 1, radio.ht.shortGi === 1);
  if (rate === 0) return;
  radio.rate = rate;
  d.generated(f.datarate, at, 3, rate);
  if (d.labels) d.relabel(`Data Rate: ${rateText(rate)}`);
}

const AMPDU_FLAGS = [
  f.ampduFlagsReportZerolen,
  f.ampduFlagsIsZerolen,
  f.ampduFlagsLastknown,
  f.ampduFlagsLast,
  f.ampduFlagsDelimCrcError,
  f.ampduFlagsEof,
  f.ampduFlagsEofKnown,
] as const;
const AMPDU_CRC_KNOWN = 0x20;

function addAmpdu(d: Dissection): void {
  d.open(f.ampdu, d.pos, 8);
  radio.ampdu = d.u32le(f.ampduReference);
  radio.has |= HAS_AMPDU;
  const flags = d.bitsetLe(f.ampduFlags, 2, AMPDU_FLAGS);
  radio.ampduFlags = ((flags >> 3) & 1) | ((flags >> 3) & 2);
  if (flags & AMPDU_CRC_KNOWN) d.u8(f.ampduDelimCrc);
  d.close();
}

const VHT_KNOWN = [
  f.vhtHaveStbc,
  f.vhtHaveTxopPs,
  f.vhtHaveGi,
  f.vhtHaveSgiNsymDa,
  f.vhtLdpcExtra,
  f.vhtHaveBeamformed,
  f.vhtHaveBw,
  f.mcsHaveGid,
  f.mcsHavePaid,
] as const;
const VHT_NSTS = [f.vhtNsts0, f.vhtNsts1, f.vhtNsts2, f.vhtNsts3] as const;
const VHT_MCS = [f.vhtMcs0, f.vhtMcs1, f.vhtMcs2, f.vhtMcs3] as const;
const VHT_NSS = [f.vhtNss0, f.vhtNss1, f.vhtNss2, f.vhtNss3] as const;
const VHT_CODING = [f.vhtCoding0, f.vhtCoding1, f.vhtCoding2, f.vhtCoding3] as const;
const VHT_RATE = [f.vhtDatarate0, f.vhtDatarate1, f.vhtDatarate2, f.vhtDatarate3] as const;
/** Bandwidth in MHz by the number in the header, the partial channels counted by their own width. */
const VHT_MHZ = [20, 40, 20, 20, 80, 40, 40, 20, 20, 20, 20, 160, 80, 80, 40, 40, 40, 40] as const;

function addVht(d: Dissection): void {
  const at = d.pos;
  d.open(f.vht, at, 12);
  const known = d.bitsetLe(f.vhtKnown, 2, VHT_KNOWN);
  const flags = d.peek8();
  if (known & 0x01) d.bits(f.vhtStbc, d.pos, 1);
  if (known & 0x02) d.bits(f.vhtTxopPs, d.pos, 1);
  if (known & 0x04) d.bits(f.vhtGi, d.pos, 1);
  if (known & 0x08) d.bits(f.vhtSgiNsymDa, d.pos, 1);
  if (known & 0x10) d.bits(f.vhtExtraSymbol, d.pos, 1);
  if (known & 0x20) d.bits(f.vhtBeamformed, d.pos, 1);
  d.skip(1);
  const bandwidth = d.peek8() & 0x1f;
  if (known & 0x40) d.add(f.vhtBw, d.pos, 1, bandwidth);
  d.skip(1);
  radio.phy = PHY_VHT;
  radio.vht.known = known;
  radio.vht.flags = flags;
  radio.vht.bandwidth = bandwidth;
  radio.vht.users = d.peek32();
  radio.vht.coding = d.peek8(4);
  radio.vht.group = d.peek8(5);
  radio.vht.partialAid = d.peek16le(6);
  for (let user = 0; user < 4; user++) addVhtUser(d, user, at, known, flags, bandwidth);
  d.pos = at + 9;
  if (known & 0x80) d.u8(f.vhtGid);
  else d.skip(1);
  if (known & 0x100) d.u16le(f.vhtPaid);
  d.close();
}

function addVhtUser(
  d: Dissection,
  user: number,
  start: number,
  known: number,
  flags: number,
  bandwidth: number,
): void {
  const at = start + 4 + user;
  const value = d.buf[at];
  const streams = value & 0x0f;
  if (streams === 0) return;
  const stbc = known & 1 && flags & 1 ? 2 : 1;
  d.open(f.vhtUser, at, 1);
  if (d.labels) d.relabel(`User ${user}: MCS ${value >> 4}`);
  d.bits(VHT_MCS[user], at, 1);
  if (d.labels) d.append(` (${VHT_MODULATION[value >> 4] ?? "invalid"})`);
  d.bits(VHT_NSS[user], at, 1);
  if (known & 0x01) d.generated(VHT_NSTS[user], at, 1, streams * stbc);
  d.bits(VHT_CODING[user], start + 8, 1);
  const mhz = VHT_MHZ[bandwidth] ?? (bandwidth < 26 ? 20 : 0);
  const rate = known & 0x40 ? vhtRate(value >> 4, streams, mhz, (flags & 4) !== 0) : 0;
  if (rate > 0) {
    const shown = (Math.round((rate / streams) * 10) * streams) / 10;
    const valid = isVhtRate(value >> 4, streams, mhz);
    d.generated(VHT_RATE[user], at, 1, Math.fround(shown));
    if (d.labels) d.relabel(`Data Rate: ${rateText(shown)}`);
    if (!valid) d.expert(x.vhtRate);
    else if (user === 0) radio.rate = rate;
  }
  d.close();
}

const TIMESTAMP_UNIT = [f.timestampUnit, f.timestampSamplingpos] as const;

function addTimestamp(d: Dissection): void {
  if (!d.building) return;
  d.open(f.timestamp, d.pos, 12);
  d.u64le(f.timestampTs);
  const flags = d.peek8(3);
  if (flags & 0x02) d.u16le(f.timestampAccuracy);
  else d.skip(2);
  for (const field of TIMESTAMP_UNIT) d.bits(field, d.pos, 1);
  d.bits(f.timestampFlags32bit, d.pos + 1, 1);
  d.bits(f.timestampFlagsAccuracy, d.pos + 1, 1);
  d.close();
}

const HE_1 = [
  f.heData1PpduFormat,
  f.heData1BssColorKnown,
  f.heData1BeamChangeKnown,
  f.heData1UlDlKnown,
  f.heData1DataMcsKnown,
  f.heData1DataDcmKnown,
  f.heData1CodingKnown,
  f.heData1LdpcExtraSymbolSegmentKnown,
  f.heData1StbcKnown,
  f.heData1SpatialReuse1Known,
  f.heData1SpatialReuse2Known,
  f.heData1SpatialReuse3Known,
  f.heData1SpatialReuse4Known,
  f.heData1DataBwRuAllocationKnown,
  f.heData1DopplerKnown,
] as const;
const HE_2 = [
  f.heData2PriSec80MhzKnown,
  f.heData2GiKnown,
  f.heData2NumLtfSymbolsKnown,
  f.heData2PreFecPaddingFactorKnown,
  f.heData2TxbfKnown,
  f.heData2PeDisambiguityKnown,
  f.heData2TxopKnown,
  f.heData2MidamblePeriodicityKnown,
  f.heData2RuAllocationOffset,
  f.heData2RuAllocationOffsetiKnown,
  f.heData2PriSec80Mhz,
] as const;
/** A field of the HE words, the one shown while it is not known, and the bit of HE Data 1 or 2 that tells. */
type Known = readonly [known: Field, unknown: Field, mask: number];
const HE_3: readonly Known[] = [
  [f.heData3BssColor, f.heData3BssColorUnknown, 0x0004],
  [f.heData3BeamChange, f.heData3BeamChangeUnknown, 0x0008],
  [f.heData3UlDl, f.heData3UlDlUnknown, 0x0010],
  [f.heData3DataMcs, f.heData3DataMcsUnknown, 0x0020],
  [f.heData3DataDcm, f.heData3DataDcmUnknown, 0x0040],
  [f.heData3Coding, f.heData3CodingUnknown, 0x0080],
  [f.heData3LdpcExtraSymbolSegment, f.heData3LdpcExtraSymbolSegmentUnknown, 0x0100],
  [f.heData3Stbc, f.heData3StbcUnknown, 0x0200],
];
const HE_4_SINGLE: readonly Known[] = [
  [f.heData4SpatialReuse, f.heData4SpatialReuseUnknown, 0x0400],
  [f.heData4ReservedD4Fff0, f.heData4ReservedD4Fff0, 0],
];
const HE_4_MULTI: readonly Known[] = [
  [f.heData4SpatialReuse, f.heData4SpatialReuseUnknown, 0x0400],
  [f.heData4StaIdUser, f.heData4StaIdUser, 0],
  [f.heData4ReservedD4B15, f.heData4ReservedD4B15, 0],
];
const HE_4_TRIGGERED: readonly Known[] = [
  [f.heData4SpatialReuse1, f.heData4SpatialReuse1Unknown, 0x0400],
  [f.heData4SpatialReuse2, f.heData4SpatialReuse2Unknown, 0x0800],
  [f.heData4SpatialReuse3, f.heData4SpatialReuse3Unknown, 0x1000],
  [f.heData4SpatialReuse4, f.heData4SpatialReuse4Unknown, 0x2000],
];
const HE_4 = [HE_4_SINGLE, HE_4_SINGLE, HE_4_MULTI, HE_4_TRIGGERED] as const;
const HE_5_BANDWIDTH: readonly Known[] = [
  [f.heData5DataBwRuAllocation, f.heData5DataBwRuAllocationUnknown, 0x4000],
];
const HE_5: readonly Known[] = [
  [f.heData5Gi, f.heData5GiUnknown, 0x0002],
  [f.heData5LtfSymbolSize, f.heData5LtfSymbolSizeUnknown, 0],
  [f.heNumLtfSymbols, f.heNumLtfSymbolsUnknown, 0x0004],
  [f.heData5ReservedD5B11, f.heData5ReservedD5B11, 0],
  [f.hePreFecPaddingFactor, f.hePreFecPaddingFactorUnknown, 0x0008],
  [f.heTxbf, f.heTxbfUnknown, 0x0010],
  [f.hePeDisambiguity, f.hePeDisambiguityUnknown, 0x0020],
];
const HE_6_DOPPLER: readonly Known[] = [
  [f.heData6Nsts, f.heData6Nsts, 0],
  [f.heData6DopplerValue, f.heData6DopplerValueUnknown, 0x8000],
  [f.heData6ReservedD600e0, f.heData6ReservedD600e0, 0],
];
const HE_6: readonly Known[] = [
  [f.heData6TxopValue, f.heData6TxopValueUnknown, 0x0040],
  [f.heData6MidamblePeriodicity, f.heData6MidamblePeriodicityUnknown, 0x0080],
];

/** The fields of `list` as far as `word` says that they are known. */
function chosen(list: readonly Known[], word: number): Field[] {
  return list.map(([known, unknown, mask]) => (mask === 0 || word & mask ? known : unknown));
}

function addHe(d: Dissection): void {
  if (!d.building) return;
  const at = d.pos;
  d.openText(at, 12, "HE information");
  const one = addFlagsLe(d, f.heData1, 2, HE_1);
  const two = addFlagsLe(d, f.heData2, 2, HE_2);
  const three = addFlagsLe(d, f.heData3, 2, chosen(HE_3, one));
  addFlagsLe(d, f.heData4, 2, chosen(HE_4[one & 3], one));
  const five = addFlagsLe(d, f.heData5, 2, [...chosen(HE_5_BANDWIDTH, one), ...chosen(HE_5, two)]);
  const six = addFlagsLe(d, f.heData6, 2, [...chosen(HE_6_DOPPLER, one), ...chosen(HE_6, two)]);
  d.close();
  radio.phy = PHY_HE;
  const known = (one & 0x4020) === 0x4020 && (two & 0x0002) !== 0;
  if (known)
    radio.rate = heRate((three >> 8) & 15, six & 15, five & 15, (five >> 4) & 3, (three & 0x1000) !== 0);
}
