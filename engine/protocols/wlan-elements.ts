/**
 * Elements of IEEE 802.11 management frames beyond the basic ones: radio measurement and neighbours, channel switching,
 * fast transition, interworking, mesh, TDLS, operation modes (IEEE 802.11-2020 section 9.4.2) and the extended elements
 * of high efficiency (802.11ax-2021 section 9.4.2).
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  expert,
  type Field,
  i8,
  nameOf,
  none,
  str,
  u8,
  u16,
  u24,
  u32,
  u48,
  u64,
  widthOf,
} from "../dissect/field.ts";
import {
  EXTENDED_TAG_NAMES,
  REASON_NAMES,
  SM_POWER_SAVE_NAMES,
  VENUE_GROUP_NAMES,
  VHT_CAPABILITIES_MAXAMPDU_NAMES,
  VHT_CHANNEL_WIDTH_NAMES,
} from "./names/wlan-management.ts";

/** What a station takes or sends in so many spatial streams. */
const HE_MCS_NAMES: Readonly<Record<number, string>> = {
  0: "Support for HE-MCS 0-7",
  1: "Support for HE-MCS 0-9",
  2: "Support for HE-MCS 0-11",
  3: "Not supported for HE PPDUs",
};
const CONSTELLATION_NAMES: Readonly<Record<number, string>> = {
  0: "BPSK",
  1: "QPSK",
  2: "16-QAM",
  3: "64-QAM",
  4: "256-QAM",
  5: "1024-QAM",
  6: "Reserved",
  7: "None",
};

const f = {
  qbssVersion: u8("wlan.qbss.version", "QBSS Version"),
  qbssScount: u16("wlan.qbss.scount", "Station Count"),
  qbssCu: u8("wlan.qbss.cu", "Channel Utilization"),
  qbssAdc: u8("wlan.qbss.adc", "Available Admission Capacity"),
  powerconLocal: u8("wlan.powercon.local", "Local Power Constraint"),
  tcprepTrsmtPow: i8("wlan.tcprep.trsmt_pow", "Transmit Power"),
  tcprepLinkMrg: i8("wlan.tcprep.link_mrg", "Link Margin"),
  supchan: none("wlan.supchan", "Supported Channels Set"),
  supchanFirst: u8("wlan.supchan.first", "First Supported Channel"),
  supchanRange: u8("wlan.supchan.range", "Supported Channel Range"),
  csaChannelSwitchMode: u8("wlan.csa.channel_switch_mode", "Channel Switch Mode"),
  csaNewChannelNumber: u8("wlan.csa.new_channel_number", "New Channel Number"),
  csaChannelSwitchCount: u8("wlan.csa.channel_switch.count", "Channel Switch Count"),
  quietCount: u8("wlan.quiet.count", "Count"),
  quietPeriod: u8("wlan.quiet.period", "Period"),
  quietDuration: u16("wlan.quiet.duration", "Duration"),
  quietOffset: u16("wlan.quiet.offset", "Offset"),
  fixedQosinfoAp: u8("wlan.fixed.qosinfo.ap", "QoS Information (AP)", { base: "HEX" }),
  fixedQosinfoApEdcaupdate: u8("wlan.fixed.qosinfo.ap.edcaupdate", "EDCA Parameter Set Update Count", {
    base: "HEX",
    mask: 0xf,
  }),
  fixedQosinfoApQack: bool("wlan.fixed.qosinfo.ap.qack", "Q-Ack", {
    mask: 0x10,
    tf: [
      "APs MIB attribute dot11QAckOptionImplemented is true",
      "APs MIB attribute dot11QAckOptionImplemented is false",
    ],
  }),
  fixedQosinfoApQueueReq: bool("wlan.fixed.qosinfo.ap.queue_req", "Queue Request", {
    mask: 0x20,
    tf: [
      "AP can process a nonzero Queue Size subfield in the QoS Control field in QoS data frames",
      "AP cannot process a nonzero Queue Size subfield in the QoS Control field in QoS data frames",
    ],
  }),
  fixedQosinfoApTxopreq: bool("wlan.fixed.qosinfo.ap.txopreq", "TXOP Request", {
    mask: 0x40,
    tf: [
      "AP can process a nonzero TXOP Duration Requested subfield in the QoS Control field in QoS data frames",
      "AP cannot process a nonzero TXOP Duration Requested subfield in the QoS Control field in QoS data frames",
    ],
  }),
  fixedQosinfoApMoreDataAck: bool("wlan.fixed.qosinfo.ap.more_data_ack", "More Data Ack", { mask: 0x80 }),
  apChannelReportOperatingClass: u8("wlan.ap_channel_report.operating_class", "Operating Class"),
  apChannelReportChannelList: u8("wlan.ap_channel_report.channel_list", "Channel List"),
  nreportBssidInfoReachability: u32("wlan.nreport.bssid.info.reachability", "AP Reachability", {
    base: "HEX",
    mask: 0x3,
    names: { 0: "Reserved", 1: "Not Reachable", 2: "Unknown", 3: "Reachable" },
  }),
  nreportBssidInfoSecurity: bool("wlan.nreport.bssid.info.security", "Security", { mask: 0x4, bits: 32 }),
  nreportBssidInfoKeyscope: bool("wlan.nreport.bssid.info.keyscope", "Key Scope", { mask: 0x8, bits: 32 }),
  nreportBssidInfoCapabilitySpecmngt: bool(
    "wlan.nreport.bssid.info.capability.specmngt",
    "Spectrum Management",
    { mask: 0x10, bits: 32 },
  ),
  nreportBssidInfoCapabilityQos: bool("wlan.nreport.bssid.info.capability.qos", "QoS", {
    mask: 0x20,
    bits: 32,
  }),
  nreportBssidInfoCapabilityApsd: bool("wlan.nreport.bssid.info.capability.apsd", "APSD", {
    mask: 0x40,
    bits: 32,
  }),
  nreportBssidInfoCapabilityRadiomsnt: bool(
    "wlan.nreport.bssid.info.capability.radiomsnt",
    "Radio Measurement",
    { mask: 0x80, bits: 32 },
  ),
  nreportBssidInfoCapabilityDback: bool("wlan.nreport.bssid.info.capability.dback", "Delayed Block Ack", {
    mask: 0x100,
    bits: 32,
  }),
  nreportBssidInfoCapabilityIback: bool("wlan.nreport.bssid.info.capability.iback", "Immediate Block Ack", {
    mask: 0x200,
    bits: 32,
  }),
  nreportBssidInfoMobilitydomain: bool("wlan.nreport.bssid.info.mobilitydomain", "Mobility Domain", {
    mask: 0x400,
    bits: 32,
  }),
  nreportBssidInfoHthroughput: bool("wlan.nreport.bssid.info.hthroughput", "High Throughput Control (+HTC)", {
    mask: 0x800,
    bits: 32,
  }),
  nreportBssidInfoVht: bool("wlan.nreport.bssid.info.vht", "Very High Throughput (+VHT)", {
    mask: 0x1000,
    bits: 32,
  }),
  nreportBssidInfoFtm: bool("wlan.nreport.bssid.info.ftm", "Fine Timing Measurement (FTM)", {
    mask: 0x2000,
    bits: 32,
  }),
  nreportBssidInfoHe: bool("wlan.nreport.bssid.info.he", "High Efficiency (HE AP)", {
    mask: 0x4000,
    bits: 32,
  }),
  nreportBssidInfoErBss: bool("wlan.nreport.bssid.info.er_bss", "Extended Range BSS", {
    mask: 0x8000,
    bits: 32,
  }),
  nreportBssidInfoReserved: u32("wlan.nreport.bssid.info.reserved", "Reserved", {
    base: "HEX",
    mask: 0xffff0000,
  }),
  nreportBssid: ether("wlan.nreport.bssid", "BSSID"),
  nreportBssidInfo: u32("wlan.nreport.bssid.info", "BSSID Information", { base: "HEX" }),
  nreportBssidInfoCapability: u32("wlan.nreport.bssid.info.capability", "Capability", {
    base: "HEX",
    mask: 0x3f0,
  }),
  nreportOpeclass: u8("wlan.nreport.opeclass", "Operating Class"),
  nreportChannumber: u8("wlan.nreport.channumber", "Channel Number", { base: "CUSTOM" }),
  nreportPhytype: u8("wlan.nreport.phytype", "PHY Type", { base: "HEX" }),
  nreportSubelemId: u8("wlan.nreport.subelem.id", "ID"),
  nreportSubelemLen: u8("wlan.nreport.subelem.len", "Length"),
  nreportSubelemBssTrnCanPref: u8("wlan.nreport.subelem.bss_trn_can_pref", "Preference"),
  nreportSubelemData: bytes("wlan.nreport.subelem.data", "Data"),
  mobilityDomainMdid: u16("wlan.mobility_domain.mdid", "Mobility Domain Identifier", { base: "HEX" }),
  mobilityDomainFtCapab: u8("wlan.mobility_domain.ft_capab", "FT Capability and Policy", { base: "HEX" }),
  mobilityDomainFtCapabFtOverDs: u8(
    "wlan.mobility_domain.ft_capab.ft_over_ds",
    "Fast BSS Transition over DS",
    { base: "HEX", mask: 0x1 },
  ),
  mobilityDomainFtCapabResourceReq: u8(
    "wlan.mobility_domain.ft_capab.resource_req",
    "Resource Request Protocol Capability",
    { base: "HEX", mask: 0x2 },
  ),
  mobilityDomainFtCapabReserved: u8("wlan.mobility_domain.ft_capab.reserved", "Reserved", {
    base: "HEX",
    mask: 0xfc,
  }),
  ftMicControl: u16("wlan.ft.mic_control", "MIC Control", { base: "HEX" }),
  ftMicControlReserved: u16("wlan.ft.mic_control.reserved", "Reserved", { base: "HEX", mask: 0xff }),
  ftMicControlElementCount: u16("wlan.ft.mic_control.element_count", "Element Count", { mask: 0xff00 }),
  ftMic: bytes("wlan.ft.mic", "MIC"),
  ftAnonce: bytes("wlan.ft.anonce", "ANonce"),
  ftSnonce: bytes("wlan.ft.snonce", "SNonce"),
  ftSubelemId: u8("wlan.ft.subelem.id", "Subelement ID", {
    names: {
      0: "Reserved",
      1: "PMK-R1 key holder identifier (R1KH-ID)",
      2: "GTK subelement",
      3: "PMK-R0 key holder identifier (R0KH-ID)",
      4: "IGTK",
    },
  }),
  ftSubelemLen: u8("wlan.ft.subelem.len", "Length"),
  ftSubelemR1khId: bytes("wlan.ft.subelem.r1kh_id", "PMK-R1 key holder identifier (R1KH-ID)"),
  ftSubelemR0khId: bytes("wlan.ft.subelem.r0kh_id", "PMK-R0 key holder identifier (R0KH-ID)"),
  ftSubelemGtkKeyInfo: u16("wlan.ft.subelem.gtk.key_info", "Key Info", { base: "HEX" }),
  ftSubelemGtkKeyId: u16("wlan.ft.subelem.gtk.key_id", "Key ID", { mask: 0x3 }),
  ftSubelemGtkKeyLength: u8("wlan.ft.subelem.gtk.key_length", "Key Length"),
  ftSubelemGtkRsc: bytes("wlan.ft.subelem.gtk.rsc", "RSC"),
  ftSubelemGtkKeyEncrypted: bytes("wlan.ft.subelem.gtk.key_encrypted", "GTK (encrypted)"),
  supopeclassCurrent: u8("wlan.supopeclass.current", "Current Operating Class"),
  supopeclassAlt: none("wlan.supopeclass.alt", "Alternate Operating Classes"),
  fixedExtchanswSwitchmode: u32("wlan.fixed.extchansw.switchmode", "Channel Switch Mode", {
    base: "HEX",
    mask: 0xff,
    names: {
      0: "Frames may be transmitted before the channel switch has been completed",
      1: "No more frames are to be transmitted until the channel switch has been completed",
    },
  }),
  fixedExtchanswNewOpeclass: u32("wlan.fixed.extchansw.new.opeclass", "New Operating Class", {
    base: "HEX",
    mask: 0xff00,
  }),
  fixedExtchanswNewChannumber: u32("wlan.fixed.extchansw.new.channumber", "New Channel Number", {
    base: "HEX",
    mask: 0xff0000,
  }),
  extchanswSwitchcount: u32("wlan.extchansw.switchcount", "Channel Switch Count", {
    base: "HEX",
    mask: 0xff000000,
  }),
  fixedExtchansw: u32("wlan.fixed.extchansw", "Extended Channel Switch Announcement", { base: "HEX" }),
  rmcapB0: bool("wlan.rmcap.b0", "Link Measurement", { mask: 0x1, tf: ["Enabled", "Disabled"] }),
  rmcapB1: bool("wlan.rmcap.b1", "Neighbor Report", { mask: 0x2, tf: ["Enabled", "Disabled"] }),
  rmcapB2: bool("wlan.rmcap.b2", "Parallel Measurements", { mask: 0x4, tf: ["Enabled", "Disabled"] }),
  rmcapB3: bool("wlan.rmcap.b3", "Repeated Measurements", { mask: 0x8, tf: ["Enabled", "Disabled"] }),
  rmcapB4: bool("wlan.rmcap.b4", "Beacon Passive Measurement", { mask: 0x10, tf: ["Enabled", "Disabled"] }),
  rmcapB5: bool("wlan.rmcap.b5", "Beacon Active Measurement", { mask: 0x20, tf: ["Enabled", "Disabled"] }),
  rmcapB6: bool("wlan.rmcap.b6", "Beacon Table Measurement", {
    mask: 0x40,
    tf: ["Supported", "Not supported"],
  }),
  rmcapB7: bool("wlan.rmcap.b7", "Beacon Measurement Reporting Conditions", {
    mask: 0x80,
    tf: ["Enabled", "Disabled"],
  }),
  rmcapB8: bool("wlan.rmcap.b8", "Frame Measurement", { mask: 0x1, tf: ["Enabled", "Disabled"] }),
  rmcapB9: bool("wlan.rmcap.b9", "Channel Load Measurement", { mask: 0x2, tf: ["Enabled", "Disabled"] }),
  rmcapB10: bool("wlan.rmcap.b10", "Noise Histogram Measurement", { mask: 0x4, tf: ["Enabled", "Disabled"] }),
  rmcapB11: bool("wlan.rmcap.b11", "Statistics Measurement", { mask: 0x8, tf: ["Enabled", "Disabled"] }),
  rmcapB12: bool("wlan.rmcap.b12", "LCI Measurement", { mask: 0x10, tf: ["Enabled", "Disabled"] }),
  rmcapB13: bool("wlan.rmcap.b13", "LCI Azimuth capability", { mask: 0x20, tf: ["Enabled", "Disabled"] }),
  rmcapB14: bool("wlan.rmcap.b14", "Transmit Stream/Category Measurement", {
    mask: 0x40,
    tf: ["Supported", "Not supported"],
  }),
  rmcapB15: bool("wlan.rmcap.b15", "Triggered Transmit Stream/Category Measurement", {
    mask: 0x80,
    tf: ["Enabled", "Disabled"],
  }),
  rmcapB16: bool("wlan.rmcap.b16", "AP Channel Report capability", {
    mask: 0x1,
    tf: ["Enabled", "Disabled"],
  }),
  rmcapB17: bool("wlan.rmcap.b17", "RM MIB capability", { mask: 0x2, tf: ["Enabled", "Disabled"] }),
  rmcapB18to20: u8("wlan.rmcap.b18to20", "Operating Channel Max Measurement Duration", { mask: 0x1c }),
  rmcapB21to23: u8("wlan.rmcap.b21to23", "Nonoperating Channel Max Measurement Duration", { mask: 0xe0 }),
  rmcapB24to26: u8("wlan.rmcap.b24to26", "Measurement Pilotcapability", { mask: 0x7 }),
  rmcapB27: bool("wlan.rmcap.b27", "Measurement Pilot Transmission Information", {
    mask: 0x8,
    tf: ["Enabled", "Disabled"],
  }),
  rmcapB28: bool("wlan.rmcap.b28", "Neighbor Report TSF Offset", { mask: 0x10, tf: ["Enabled", "Disabled"] }),
  rmcapB29: bool("wlan.rmcap.b29", "RCPI Measurement capability", {
    mask: 0x20,
    tf: ["Enabled", "Disabled"],
  }),
  rmcapB30: bool("wlan.rmcap.b30", "RSNI Measurement capability", {
    mask: 0x40,
    tf: ["Supported", "Not supported"],
  }),
  rmcapB31: bool("wlan.rmcap.b31", "BSS Average Access Delay capability", {
    mask: 0x80,
    tf: ["Enabled", "Disabled"],
  }),
  rmcapB32: bool("wlan.rmcap.b32", "BSS Available Admission Capacity capability", {
    mask: 0x1,
    tf: ["Enabled", "Disabled"],
  }),
  rmcapB33: bool("wlan.rmcap.b33", "Antenna capability", { mask: 0x2, tf: ["Enabled", "Disabled"] }),
  rmcapB34: bool("wlan.rmcap.b34", "FTM Range Report Capability", { mask: 0x4, tf: ["Enabled", "Disabled"] }),
  rmcapB35: bool("wlan.rmcap.b35", "Civic Location Measurement Capability", {
    mask: 0x8,
    tf: ["Enabled", "Disabled"],
  }),
  rmcapO5: u8("wlan.rmcap.o5", "Reserved", { base: "HEX", mask: 0xf0 }),
  rmcap: u8("wlan.rmcap", "RM Capabilities", { base: "HEX" }),
  measureReqReqmodeParallel: bool("wlan.measure.req.reqmode.parallel", "Parallel", { mask: 0x1 }),
  measureReqReqmodeEnable: bool("wlan.measure.req.reqmode.enable", "Measurement Request Mode Field", {
    mask: 0x2,
    tf: ["Enabled", "Disabled"],
  }),
  measureReqReqmodeRequest: bool("wlan.measure.req.reqmode.request", "Measurement Reports", {
    mask: 0x4,
    tf: ["Accepted", "Not Accepted"],
  }),
  measureReqReqmodeReport: bool("wlan.measure.req.reqmode.report", "Autonomous Measurement Reports", {
    mask: 0x8,
    tf: ["Accepted", "Not Accepted"],
  }),
  measureReqReqmodeDurationMandatory: bool(
    "wlan.measure.req.reqmode.duration_mandatory",
    "Duration Mandatory",
    { mask: 0x10, tf: ["Accepted", "Not Accepted"] },
  ),
  measureReqReqmodeReserved: u8("wlan.measure.req.reqmode.reserved", "Reserved", { base: "HEX", mask: 0xe0 }),
  measureRepRepmodeLate: bool("wlan.measure.rep.repmode.late", "Late", { mask: 0x1, tf: ["Yes", "No"] }),
  measureRepRepmodeIncapable: bool("wlan.measure.rep.repmode.incapable", "Incapable", {
    mask: 0x2,
    tf: ["Yes", "No"],
  }),
  measureRepRepmodeRefused: bool("wlan.measure.rep.repmode.refused", "Refused", {
    mask: 0x4,
    tf: ["Yes", "No"],
  }),
  measureRepRepmodeReserved: u8("wlan.measure.rep.repmode.reserved", "Reserved", { base: "HEX", mask: 0xf8 }),
  measureReqToken: u8("wlan.measure.req.token", "Measurement Token", { base: "HEX" }),
  measureReqMode: u8("wlan.measure.req.mode", "Measurement Request Mode", { base: "HEX" }),
  measureReqReqtype: u8("wlan.measure.req.reqtype", "Measurement Request Type", {
    base: "HEX",
    names: {
      0: "Basic Request",
      1: "Clear Channel Assessment (CCA) Request",
      2: "Receive Power Indication (RPI) Histogram Request",
      3: "Channel Load Request",
      4: "Noise Histogram Request",
      5: "Beacon Request",
      6: "Frame Request",
      7: "STA Statistics Request",
      8: "Location Configuration Indication (LCI) Request",
      9: "Transmit Stream Measurement Request",
      10: "Measurement Pause Request",
    },
  }),
  measureReqChannelnumber: u8("wlan.measure.req.channelnumber", "Measurement Channel Number", {
    base: "CUSTOM",
  }),
  measureReqStarttime: u64("wlan.measure.req.starttime", "Measurement Start Time", { base: "HEX" }),
  measureReqDuration: u16("wlan.measure.req.duration", "Measurement Duration", { base: "HEX" }),
  measureReqOperatingclass: u8("wlan.measure.req.operatingclass", "Operating Class"),
  measureReqRandint: u16("wlan.measure.req.randint", "Randomization Interval", { base: "HEX" }),
  measureReqMeasurementmode: u8("wlan.measure.req.measurementmode", "Measurement Mode", {
    base: "HEX",
    names: { 0: "Passive", 1: "Active", 2: "Beacon Table" },
  }),
  measureReqBssid: ether("wlan.measure.req.bssid", "BSSID"),
  measureReqUnknown: bytes("wlan.measure.req.unknown", "Unknown Data"),
  measureReqBeaconSubId: u8("wlan.measure.req.beacon.sub.id", "SubElement ID", {
    names: {
      0: "SSID",
      1: "Beacon Reporting Information",
      2: "Reporting Detail",
      10: "Request",
      11: "Extended Request",
      51: "AP Channel Report",
      163: "Wide Channel Bandwidth Switch",
      164: "Last Beacon Report Indication Request",
      221: "Vendor Specific",
    },
  }),
  measureReqSubLength: u8("wlan.measure.req.sub.length", "Length"),
  measureReqBeaconSubSsid: str("wlan.measure.req.beacon.sub.ssid", "SSID"),
  measureReqBeaconSubBriRepcond: u8("wlan.measure.req.beacon.sub.bri.repcond", "Reporting Condition", {
    base: "HEX",
    names: {
      0: "Report to be issued after each measurement.",
      1: "The measured RCPI level is greater than an absolute threshold.",
      2: "The measured RCPI level is less than an absolute threshold.",
      3: "The measured RSNI level is greater than an absolute threshold.",
      4: "The measured RSNI level is less than an absolute threshold.",
      5: "The measured RCPI level is greater than a threshold defined by an offset from the serving AP's reference RCPI.",
      6: "The measured RCPI level is less than a threshold defined by an offset from the serving AP's reference RCPI.",
      7: "The measured RSNI level is greater than a threshold defined by an offset from the serving AP's reference RSNI.",
      8: "The measured RSNI level is less than a threshold defined by an offset from the serving AP's reference RSNI.",
      9: "The measured RCPI level is in a range bound by the serving AP's reference RCPI and an offset from the serving AP's reference RCPI.",
      10: "The measured RSNI level is in a range bound by the serving AP's reference RSNI and an offset from the serving AP's reference RSNI.",
      254: "Report not required to be issued",
    },
  }),
  measureReqBeaconSubBriThresholdOffset: u8(
    "wlan.measure.req.beacon.sub.bri.threshold_offset",
    "Threshold/Offset",
    { base: "HEX" },
  ),
  measureReqBeaconSubBriReportingDetail: u8(
    "wlan.measure.req.beacon.sub.bri.reporting_detail",
    "Reporting Detail",
    {
      base: "HEX",
      names: {
        0: "No fixed length fields or elements",
        1: "All fixed length fields and any requested elements in the Request information element if present",
        2: "All fixed length fields and elements (default, used when Reporting Detail subelement is not included in Beacon Request",
      },
    },
  ),
  measureReqBeaconUnknown: bytes("wlan.measure.req.beacon.unknown", "Unknown Data"),
  measureRepReptype: u8("wlan.measure.rep.reptype", "Measurement Report Type", {
    base: "HEX",
    names: {
      0: "Basic Report",
      1: "Clear Channel Assessment (CCA) Report",
      2: "Receive Power Indication (RPI) Histogram Report",
      3: "Channel Load Report",
      4: "Noise Histogram Report",
      5: "Beacon Report",
      6: "Frame Report",
      7: "STA Statistics Report",
      8: "Location Configuration Information (LCI) Report",
      9: "Transmit Stream Measurement Report",
    },
  }),
  measureRepChannelnumber: u8("wlan.measure.rep.channelnumber", "Measurement Channel Number", {
    base: "CUSTOM",
  }),
  measureRepStarttime: u64("wlan.measure.rep.starttime", "Measurement Start Time", { base: "HEX" }),
  measureRepDuration: u16("wlan.measure.rep.duration", "Measurement Duration", { base: "HEX" }),
  measureRepMapfield: u8("wlan.measure.rep.mapfield", "Map Field", { base: "HEX" }),
  measureRepCcabusy: u8("wlan.measure.rep.ccabusy", "CCA Busy Fraction", { base: "HEX" }),
  measureRepUnknown: bytes("wlan.measure.rep.unknown", "Unknown Data"),
  measureRepRepmodeMapfieldBss: bool("wlan.measure.rep.repmode.mapfield.bss", "BSS", {
    mask: 0x1,
    tf: [
      "At least one valid MPDU was received by another BSS or IBSS during the measurement period.",
      "No valid MPDUs were received from another BSS or IBSS during the measurement period.",
    ],
  }),
  measureRepRepmodeMapfieldOfdmPreamble: bool(
    "wlan.measure.rep.repmode.mapfield.ofdm_preamble",
    "Orthogonal Frequency Division Multiplexing (OFDM) Preamble",
    { mask: 0x2, tf: ["Detected", "Not Detected"] },
  ),
  measureRepRepmodeMapfieldUnidentsig: bool(
    "wlan.measure.rep.repmode.mapfield.unidentsig",
    "Unidentified Signal",
    { mask: 0x4, tf: ["Detected", "Not Detected"] },
  ),
  measureRepRepmodeMapfieldRadar: bool("wlan.measure.rep.repmode.mapfield.radar", "Radar", {
    mask: 0x8,
    tf: ["Detected", "Not Detected"],
  }),
  measureRepRepmodeMapfieldUnmeasured: bool("wlan.measure.rep.repmode.mapfield.unmeasured", "Unmeasured", {
    mask: 0x10,
  }),
  measureRepRepmodeMapfieldReserved: u8("wlan.measure.rep.repmode.mapfield.reserved", "Reserved", {
    base: "HEX",
    mask: 0xe0,
  }),
  measureRepOperatingclass: u8("wlan.measure.rep.operatingclass", "Operating Class"),
  measureRepFrameinfo: u8("wlan.measure.rep.frameinfo", "Reported Frame Information", { base: "HEX" }),
  measureRepFrameinfoPhytype: u8("wlan.measure.rep.frameinfo.phytype", "Condensed PHY", {
    base: "HEX",
    mask: 0x7f,
  }),
  measureRepFrameinfoFrametype: bool("wlan.measure.rep.frameinfo.frametype", "Reported Frame Type", {
    mask: 0x80,
    tf: ["Measurement Pilot Frame", "Beacon/Probe Response Frame"],
  }),
  measureRepRcpi: u8("wlan.measure.rep.rcpi", "Received Channel Power Indicator (RCPI)", { base: "CUSTOM" }),
  measureRepRsni: u8("wlan.measure.rep.rsni", "Received Signal to Noise Indicator (RSNI)", {
    base: "CUSTOM",
  }),
  measureRepBssid: ether("wlan.measure.rep.bssid", "BSSID Being Reported"),
  measureRepAntid: u8("wlan.measure.rep.antid", "Antenna ID", { base: "HEX" }),
  measureRepParenttsf: u32("wlan.measure.rep.parenttsf", "Parent Timing Synchronization Function (TSF)", {
    base: "HEX",
  }),
  n2040Bc: u8("wlan.20_40_bc", "20/40 BSS Coexistence Flags", { base: "HEX" }),
  n2040BcInformationRequest: bool("wlan.20_40_bc.information_request", "Information Request", { mask: 0x1 }),
  n2040BcFortyMhzIntolerant: bool("wlan.20_40_bc.forty_mhz_intolerant", "Forty MHz Intolerant", {
    mask: 0x2,
  }),
  n2040Bc20MhzBssWidthRequest: bool("wlan.20_40_bc.20_mhz_bss_width_request", "20 MHz BSS Width Request", {
    mask: 0x4,
  }),
  n2040BcObssScanningExemptionRequest: bool(
    "wlan.20_40_bc.obss_scanning_exemption_request",
    "OBSS Scanning Exemption Request",
    { mask: 0x8 },
  ),
  n2040BcObssScanningExemptionGrant: bool(
    "wlan.20_40_bc.obss_scanning_exemption_grant",
    "OBSS Scanning Exemption Grant",
    { mask: 0x10 },
  ),
  n2040BcReserved: u8("wlan.20_40_bc.reserved", "Reserved", { base: "HEX", mask: 0xe0 }),
  obssSpd: u16("wlan.obss.spd", "Scan Passive Dwell"),
  obssSad: u16("wlan.obss.sad", "Scan Active Dwell"),
  obssCwtsi: u16("wlan.obss.cwtsi", "Channel Width Trigger Scan Interval"),
  obssSptpc: u16("wlan.obss.sptpc", "Scan Passive Total Per Channel"),
  obssSatpc: u16("wlan.obss.satpc", "Scan Active Total Per Channel"),
  obssWctdf: u16("wlan.obss.wctdf", "Width Channel Transition Delay Factor"),
  obssSat: u16("wlan.obss.sat", "Scan Activity Threshold"),
  fixedVenueInfoGroup: u8("wlan.fixed.venue_info.group", "Venue Group", {
    names: VENUE_GROUP_NAMES,
  }),
  fixedVenueInfoType: u8("wlan.fixed.venue_info.type", "Venue Type"),
  interworkingAccessNetworkType: u8("wlan.interworking.access_network_type", "Access Network Type", {
    mask: 0xf,
    names: {
      0: "Private network",
      1: "Private network with guest access",
      2: "Chargeable public network",
      3: "Free public network",
      4: "Personal device network",
      5: "Emergency services only network",
      14: "Test or experimental",
      15: "Wildcard",
    },
  }),
  interworkingInternet: u8("wlan.interworking.internet", "Internet", { mask: 0x10 }),
  interworkingAsra: u8("wlan.interworking.asra", "ASRA", { mask: 0x20 }),
  interworkingEsr: u8("wlan.interworking.esr", "ESR", { mask: 0x40 }),
  interworkingUesa: u8("wlan.interworking.uesa", "UESA", { mask: 0x80 }),
  interworkingHessid: ether("wlan.interworking.hessid", "HESSID"),
  advProtoId: u8("wlan.adv_proto.id", "Advertisement Protocol ID", {
    names: {
      0: "Access Network Query Protocol",
      1: "MIH Information Service",
      2: "MIH Command and Event Services Capability Discovery",
      3: "Emergency Alert System (EAS)",
      4: "Location-to-Service Translation Protocol",
      221: "Vendor Specific",
    },
  }),
  advProtoRespLenLimit: u8("wlan.adv_proto.resp_len_limit", "Query Response Length Limit", { mask: 0x7f }),
  advProtoPameBi: u8("wlan.adv_proto.pame_bi", "PAME-BI", { mask: 0x80 }),
  roamingConsortiumNumAnqpOi: u8("wlan.roaming_consortium.num_anqp_oi", "Number of ANQP OIs"),
  roamingConsortiumOi1Len: u8("wlan.roaming_consortium.oi1_len", "OI #1 Length", { mask: 0xf }),
  roamingConsortiumOi2Len: u8("wlan.roaming_consortium.oi2_len", "OI #2 Length", { mask: 0xf0 }),
  roamingConsortiumOi1: bytes("wlan.roaming_consortium.oi1", "OI #1"),
  roamingConsortiumOi2: bytes("wlan.roaming_consortium.oi2", "OI #2"),
  roamingConsortiumOi3: bytes("wlan.roaming_consortium.oi3", "OI #3"),
  csaMeshChannelSwitchFlagInitiator: bool("wlan.csa.mesh_channel_switch.flag.initiator", "CSA Initiator", {
    mask: 0x2,
    bits: 16,
    tf: ["Initiator", "Non Initiator"],
  }),
  csaMeshChannelSwitchFlagTxrestrict: bool(
    "wlan.csa.mesh_channel_switch.flag.txrestrict",
    "CSA Tx Restrict",
    { mask: 0x1, bits: 16, tf: ["Tx Restrict", "No Tx Restrict"] },
  ),
  csaMeshChannelSwitchTtl: u8("wlan.csa.mesh_channel_switch.ttl", "Mesh Channel Switch TTL"),
  csaMeshChannelSwitchFlag: u8("wlan.csa.mesh_channel_switch.flag", "Mesh Channel Switch Flag", {
    base: "HEX",
  }),
  csaMeshChannelSwitchReasonCode: u16(
    "wlan.csa.mesh_channel_switch.reason_code",
    "Mesh Channel Switch Reason Code",
    { base: "HEX", names: REASON_NAMES },
  ),
  csaMeshChannelSwitchPreValue: u16(
    "wlan.csa.mesh_channel_switch.pre_value",
    "Mesh Channel Switch Precedence Value",
  ),
  rannFlags: u8("wlan.rann.flags", "RANN Flags", { base: "HEX" }),
  hwmpHopcount: u8("wlan.hwmp.hopcount", "HWMP Hop Count"),
  hwmpTtl: u8("wlan.hwmp.ttl", "HWMP TTL"),
  rannRootSta: ether("wlan.rann.root_sta", "Root STA Address"),
  rannRannSn: u32("wlan.rann.rann_sn", "Root STA Sequence Number"),
  rannInterval: u32("wlan.rann.interval", "RANN Interval"),
  hwmpMetric: u32("wlan.hwmp.metric", "HWMP Metric"),
  hwmpToFlag: bool("wlan.hwmp.to_flag", "TO Flag", {
    mask: 0x1,
    tf: ["[TO = 1] Only Target Will Respond", "[TO = 0] Intermediate Nodes May Respond"],
  }),
  hwmpUsnFlag: bool("wlan.hwmp.usn_flag", "USN Flag", {
    mask: 0x4,
    tf: [
      "[USN = 1] Target Sequence Number Unknown at Originator",
      "[USN = 0] Target Sequence Number Known at Originator",
    ],
  }),
  hwmpFlags: u8("wlan.hwmp.flags", "HWMP Flags", { base: "HEX" }),
  hwmpPdid: u32("wlan.hwmp.pdid", "HWMP Path Discovery ID"),
  hwmpOrigSta: ether("wlan.hwmp.orig_sta", "Originator STA Address"),
  hwmpOrigSn: u32("wlan.hwmp.orig_sn", "HWMP Originator Sequence Number"),
  hwmpOrigExt: ether("wlan.hwmp.orig_ext", "Originator External Address"),
  hwmpLifetime: u32("wlan.hwmp.lifetime", "HWMP Lifetime"),
  hwmpTargCount: u8("wlan.hwmp.targ_count", "HWMP Target Count"),
  hwmpTargFlags: u8("wlan.hwmp.targ_flags", "HWMP Per-Target Flags", { base: "HEX" }),
  hwmpTargSta: ether("wlan.hwmp.targ_sta", "Target STA Address"),
  hwmpTargSn: u32("wlan.hwmp.targ_sn", "Target HWMP Sequence Number"),
  hwmpTargExt: ether("wlan.hwmp.targ_ext", "Target External Address"),
  vhtTpePwrConstr20: i8("wlan.vht.tpe.pwr_constr_20", "Local Max Tx Pwr Constraint 20MHz", {
    base: "CUSTOM",
  }),
  vhtTpePwrConstr40: i8("wlan.vht.tpe.pwr_constr_40", "Local Max Tx Pwr Constraint 40MHz", {
    base: "CUSTOM",
  }),
  vhtTpePwrConstr80: i8("wlan.vht.tpe.pwr_constr_80", "Local Max Tx Pwr Constraint 80MHz", {
    base: "CUSTOM",
  }),
  vhtTpePwrConstr160: i8("wlan.vht.tpe.pwr_constr_160", "Local Max Tx Pwr Constraint 160MHz/80+80 MHz", {
    base: "CUSTOM",
  }),
  vhtTpePwrInfo: u8("wlan.vht.tpe.pwr_info", "Tx Pwr Info", { base: "HEX" }),
  vhtTpePwrInfoCount: u8("wlan.vht.tpe.pwr_info.count", "Max Tx Pwr Count", { mask: 0x7 }),
  vhtTpePwrInfoUnit: u8("wlan.vht.tpe.pwr_info.unit", "Max Tx Pwr Unit Interpretation", {
    mask: 0x38,
    names: { 0: "EIRP" },
  }),
  vhtTpePwrInfoReserved: u8("wlan.vht.tpe.pwr_info.reserved", "Reserved", { mask: 0xc0 }),
  operatNotificationMode: u8("wlan.operat_notification_mode", "Operating Mode Notification", { base: "HEX" }),
  operatModeFieldChannelwidth: u8("wlan.operat_mode_field.channelwidth", "Channel Width", {
    base: "HEX",
    mask: 0x3,
    names: { 0: "20MHz", 1: "40MHZ", 2: "80MHz", 3: "160MHz or 80MHz+80MHz" },
  }),
  operatModeFieldReserved: u8("wlan.operat_mode_field.reserved", "Reserved", { base: "HEX", mask: 0xc }),
  operatModeFieldRxnss: u8("wlan.operat_mode_field.rxnss", "Rx NSS", {
    base: "HEX",
    mask: 0x70,
    names: { 0: "1Nss", 1: "2Nss", 2: "3Nss", 3: "4Nss", 4: "5Nss", 5: "6Nss", 6: "7Nss", 7: "8Nss" },
  }),
  operatModeFieldRxnsstype: u8("wlan.operat_mode_field.rxnsstype", "Rx NSS Type", {
    base: "HEX",
    mask: 0x80,
  }),
  rnrTbttInfoBssParametersOctRecommended: bool(
    "wlan.rnr.tbtt_info.bss_parameters.oct_recommended",
    "OCT Recommended",
    { mask: 0x1 },
  ),
  rnrTbttInfoBssParametersSameSsid: bool("wlan.rnr.tbtt_info.bss_parameters.same_ssid", "Same SSID", {
    mask: 0x2,
  }),
  rnrTbttInfoBssParametersMultipleBssid: bool(
    "wlan.rnr.tbtt_info.bss_parameters.multiple_bssid",
    "Multiple BSSID",
    { mask: 0x4 },
  ),
  rnrTbttInfoBssParametersTransmittedBssid: bool(
    "wlan.rnr.tbtt_info.bss_parameters.transmitted_bssid",
    "Transmitted BSSID",
    { mask: 0x8 },
  ),
  rnrTbttInfoBssParametersMemberOfEssWith2p45GhzColocatedAp: bool(
    "wlan.rnr.tbtt_info.bss_parameters.member_of_ess_with_2p4_5_ghz_colocated_ap",
    "Member of ESS with 2.4/5 GHz Co-Located AP",
    { mask: 0x10 },
  ),
  rnrTbttInfoBssParametersUnsolicitedProbeResponses: bool(
    "wlan.rnr.tbtt_info.bss_parameters.unsolicited_probe_responses",
    "Unsolicited Probe Responses",
    { mask: 0x20 },
  ),
  rnrTbttInfoBssParametersColocatedAp: bool(
    "wlan.rnr.tbtt_info.bss_parameters.colocated_ap",
    "Co-Located AP",
    { mask: 0x40 },
  ),
  rnrTbttInfoBssParametersReserved: u8("wlan.rnr.tbtt_info.bss_parameters.reserved", "Reserved", {
    base: "HEX",
    mask: 0x80,
  }),
  rnrTbttInfoMldParametersMldId: u24("wlan.rnr.tbtt_info.mld_parameters.mld_id", "MLD ID", {
    base: "HEX",
    mask: 0xff,
  }),
  rnrTbttInfoMldParametersLinkId: u24("wlan.rnr.tbtt_info.mld_parameters.link_id", "Link ID", {
    base: "HEX",
    mask: 0xf00,
  }),
  rnrTbttInfoMldParametersBssParamsChangeCount: u24(
    "wlan.rnr.tbtt_info.mld_parameters.bss_params_change_count",
    "BSS Parameters Change Count",
    { base: "HEX", mask: 0xff000 },
  ),
  rnrTbttInfoMldParametersReserved: u24("wlan.rnr.tbtt_info.mld_parameters.reserved", "Reserved", {
    base: "HEX",
    mask: 0xf00000,
  }),
  rnrTbttInfo: u16("wlan.rnr.tbtt_info", "TBTT Information Field", { mask: 0x3 }),
  rnrTbttInfoFna: u16("wlan.rnr.tbtt_info.fna", "TBTT Filtered Neighbor AP", { mask: 0x4 }),
  rnrTbttInfoInfoCount: u16("wlan.rnr.tbtt_info.info_count", "TBTT Information Count", { mask: 0xf0 }),
  rnrTbttInfoInfoLen: u16("wlan.rnr.tbtt_info.info_len", "TBTT Information Length", {
    mask: 0xff00,
    names: {
      1: "Neighbor AP TBTT Offset subfield",
      2: "Neighbor AP TBTT Offset subfield and the BSS Parameters subfield",
      5: "Neighbor AP TBTT Offset subfield and the Short-SSID subfield",
      6: "Neighbor AP TBTT offset subfield, the Short SSID subfield and the BSS Parameters subfield",
      7: "Neighbor AP TBTT Offset subfield and the BSSID subfield",
      8: "Neighbor AP TBTT Offset subfield, the BSSID subfield and the BSS Parameters subfield",
      9: "Neighbor AP TBTT Offset subfield, the BSSID subfield, the BSS Parameters subfield and the 20 MHz PSD subfield",
      11: "Neighbor AP TBTT Offset subfield, the BSSID subfield and the Short-SSID subfield",
      12: "Neighbor AP TBTT Offset subfield, the BSSID subfield, the Short SSID subfield and the BSS Parameters subfield",
      13: "Neighbor AP TBTT Offset subfield, the BSSID subfield, the Short SSID subfield, the BSS Parameters subfield and the 20 MHz PSD subfield",
      16: "Neighbor AP TBTT Offset subfield, the BSSID subfield, the Short SSID subfield, the BSS Parameters subfield, the 20 MHz PSD subfield and the MLD Parameters subfield",
    },
  }),
  rnrTbttInfoOperatingClass: u8("wlan.rnr.tbtt_info.operating_class", "Operating Class"),
  rnrTbttInfoChannelNum: u8("wlan.rnr.tbtt_info.channel_num", "Channel Number"),
  rnrTbttInfoTbttOffset: u8("wlan.rnr.tbtt_info.tbtt_offset", "Neighbor AP TBTT Offset"),
  rnrTbttInfoBssid: bytes("wlan.rnr.tbtt_info.bssid", "BSSID"),
  rnrTbttInfoShSsid: u32("wlan.rnr.tbtt_info.sh_ssid", "Short SSID", { base: "HEX" }),
  rnrTbttInfoBssParameters: u8("wlan.rnr.tbtt_info.bss_parameters", "BSS Parameters", { base: "HEX" }),
  rnrTbtInfoPsdSubfield: u8("wlan.rnr.tbt_info.psd_subfield", "PSD Subfield", { base: "CUSTOM" }),
  rnrTbttInfoMldParameters: u24("wlan.rnr.tbtt_info.mld_parameters", "MLD Parameters", { base: "HEX" }),
  rsnxLength: u8("wlan.rsnx.length", "RSNX Length", { mask: 0xf }),
  rsnxProtectedTwtOperationsSupport: u8(
    "wlan.rsnx.protected_twt_operations_support",
    "Protected TWT Operations Support",
    { mask: 0x10 },
  ),
  rsnxSaeHashToElement: u8("wlan.rsnx.sae_hash_to_element", "SAE Hash to element", { mask: 0x20 }),
  rsnxReserved: u8("wlan.rsnx.reserved", "Reserved", { base: "HEX", mask: 0xc0 }),
  rsnxSecureLtfSupport: bool("wlan.rsnx.secure_ltf_support", "Secure LTF Support", { mask: 0x1 }),
  rsnxSecureRttSupported: bool("wlan.rsnx.secure_rtt_supported", "Secure RTT Supported", { mask: 0x2 }),
  rsnxRnmmfp: bool("wlan.rsnx.rnmmfp", "Range Protection Required (RNM-MFP)", { mask: 0x4 }),
  rsnxReservedB11thru15: u8("wlan.rsnx.reserved.b11thru15", "Reserved", { base: "HEX", mask: 0xf8 }),
  rsnx: u8("wlan.rsnx", "RSNX", { base: "HEX" }),
  heMacCapHtcHeSupport: bool("wlan.ext_tag.he_mac_cap.htc_he_support", "+HTC HE Support", {
    mask: 0x1,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapTwtReqSupport: bool("wlan.ext_tag.he_mac_cap.twt_req_support", "TWT Requester Support", {
    mask: 0x2,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapTwtRspSupport: bool("wlan.ext_tag.he_mac_cap.twt_rsp_support", "TWT Responder Support", {
    mask: 0x4,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapDynamicFragmentationSupport: u48(
    "wlan.ext_tag.he_mac_cap.dynamic_fragmentation_support",
    "Dynamic Fragmentation Support",
    {
      mask: 0x18,
      names: {
        0: "No support for dynamic fragmentation",
        1: "Level 1 dynamic fragmentation support",
        2: "Level 2 dynamic fragmentation support",
        3: "Level 3 dynamic fragmentation support",
      },
    },
  ),
  heMacCapTrigFrmMacPaddingDur: u48(
    "wlan.ext_tag.he_mac_cap.trig_frm_mac_padding_dur",
    "Trigger Frame MAC Padding Duration",
    { mask: 0xc00, names: { 0: "0", 1: "8 uS", 2: "16 uS", 3: "Reserved" } },
  ),
  heMacCapMultiTidAggRxSupport: u48(
    "wlan.ext_tag.he_mac_cap.multi_tid_agg_rx_support",
    "Multi-TID Aggregation Rx Support",
    { mask: 0x7000 },
  ),
  heMacCapHeLinkAdaptationSupport: u48(
    "wlan.ext_tag.he_mac_cap.he_link_adaptation_support",
    "HE Link Adaptation Support",
    {
      mask: 0x18000,
      names: {
        0: "No feedback if the STA does not provide HE MFB",
        1: "Reserved",
        2: "Unsolicited if the STA can receive and provide only unsolicited HE MFB",
        3: "Both",
      },
    },
  ),
  heMacCapAllAckSupport: bool("wlan.ext_tag.he_mac_cap.all_ack_support", "All Ack Support", {
    mask: 0x20000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapTrsSupport: bool("wlan.ext_tag.he_mac_cap.Trs_support", "TRS Support", {
    mask: 0x40000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapBsrSupport: bool("wlan.ext_tag.he_mac_cap.bsr_support", "BSR Support", {
    mask: 0x80000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapBroadcastTwtSupport: bool(
    "wlan.ext_tag.he_mac_cap.broadcast_twt_support",
    "Broadcast TWT Support",
    { mask: 0x100000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCap32BitBaBitmapSupport: bool(
    "wlan.ext_tag.he_mac_cap.32_bit_ba_bitmap_support",
    "32-bit BA Bitmap Support",
    { mask: 0x200000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapMuCascadingSupport: bool("wlan.ext_tag.he_mac_cap.mu_cascading_support", "MU Cascading Support", {
    mask: 0x400000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapAckEnabledAggSupport: bool(
    "wlan.ext_tag.he_mac_cap.ack_enabled_agg_support",
    "Ack-Enabled Aggregation Support",
    { mask: 0x800000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapReservedB24: u48("wlan.ext_tag.he_mac_cap.reserved_b24", "Reserved", {
    base: "HEX",
    mask: 0x1000000,
  }),
  heMacCapOmControlSupport: bool("wlan.ext_tag.he_mac_cap.om_control_support", "OM Control Support", {
    mask: 0x2000000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapOfdmaRaSupport: bool("wlan.ext_tag.he_mac_cap.ofdma_ra_support", "OFDMA RA Support", {
    mask: 0x4000000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapMaxAMpduLenExpExt: u48(
    "wlan.ext_tag.he_mac_cap.max_a_mpdu_len_exp_ext",
    "Maximum A-MPDU Length Exponent Extension",
    { mask: 0x18000000 },
  ),
  heMacCapFlexibleTwtSchedSupport: bool(
    "wlan.ext_tag.he_mac_cap.flexible_twt_sched_support",
    "Flexible TWT Schedule Support",
    { mask: 0x40000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapRxCtlFrmMultibss: bool(
    "wlan.ext_tag.he_mac_cap.rx_ctl_frm_multibss",
    "Rx Control Frame to MultiBSS",
    { mask: 0x80000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapBsrpBqrpAMpduAgg: bool(
    "wlan.ext_tag.he_mac_cap.bsrp_bqrp_a_mpdu_agg",
    "BSRP BQRP A-MPDU Aggregation",
    { mask: 0x100000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapQtpSupport: bool("wlan.ext_tag.he_mac_cap.qtp_support", "QTP Support", {
    mask: 0x200000000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapBqrSupport: bool("wlan.ext_tag.he_mac_cap.bqr_support", "BQR Support", {
    mask: 0x400000000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapPsrResponder: bool("wlan.ext_tag.he_mac_cap.psr_responder", "PSR Responder", {
    mask: 0x800000000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapNdpFeedbackReportSupport: bool(
    "wlan.ext_tag.he_mac_cap.ndp_feedback_report_support",
    "NDP Feedback Report Support",
    { mask: 0x1000000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapOpsSupport: bool("wlan.ext_tag.he_mac_cap.ops_support", "OPS Support", {
    mask: 0x2000000000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  heMacCapAMsduInAMpduSupport: bool(
    "wlan.ext_tag.he_mac_cap.a_msdu_in_a_mpdu_support",
    "A-MSDU Not Under BA in Ack-Enabled A-MPDU Support",
    { mask: 0x4000000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapMultiTidAggTxSupport: u48(
    "wlan.ext_tag.he_mac_cap.multi_tid_agg_tx_support",
    "Multi-TID Aggregation Tx Support",
    { mask: 0x38000000000 },
  ),
  heMacCapSubchannelSelectiveXmitSupport: bool(
    "wlan.ext_tag.he_mac_cap.subchannel_selective_xmit_support",
    "HE Subchannel Selective Transmission Support",
    { mask: 0x40000000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapUl2996ToneRuSupport: bool(
    "wlan.ext_tag.he_mac_cap.ul_2_996_tone_ru_support",
    "UL 2x996-tone RU Support",
    { mask: 0x80000000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapOmCntlUlMuDataDisableRxSupport: bool(
    "wlan.ext_tag.he_mac_cap.om_cntl_ul_mu_data_disable_rx_support",
    "OM Control UL MU Data Disable RX Support",
    { mask: 0x100000000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heDynamicSmPowerSave: bool("wlan.ext_tag.he_dynamic_sm_power_save", "HE Dynamic SM Power Save", {
    mask: 0x200000000000,
    bits: 48,
    tf: ["Supported", "Not supported"],
  }),
  hePuncturedSoundingSupport: bool(
    "wlan.ext_tag.he_punctured_sounding_support",
    "Punctured Sounding Support",
    { mask: 0x400000000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heHtAndVhtTriggerFrameRxSupport: bool(
    "wlan.ext_tag.he_ht_and_vht_trigger_frame_rx_support",
    "HT And VHT Trigger Frame RX Support",
    { mask: 0x800000000000, bits: 48, tf: ["Supported", "Not supported"] },
  ),
  heMacCapReservedBits57: u48("wlan.ext_tag.he_mac_cap.reserved_bits_5_7", "Reserved", {
    base: "HEX",
    mask: 0xe0,
  }),
  heMacCapReservedBits89: u48("wlan.ext_tag.he_mac_cap.reserved_bits_8_9", "Reserved", {
    base: "HEX",
    mask: 0x300,
  }),
  heMacCapReservedBit29: u48("wlan.ext_tag.he_mac_cap.reserved_bit_29", "Reserved", {
    base: "HEX",
    mask: 0x20000000,
  }),
  hePhyCapChanWidthSet40mhzIn24ghz: bool(
    "wlan.ext_tag.he_phy_cap.chan_width_set.40mhz_in_2_4ghz",
    "40 MHz in 2.4 GHz band",
    { mask: 0x2, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapChanWidthSet4080In5ghz: bool(
    "wlan.ext_tag.he_phy_cap.chan_width_set.40_80_in_5ghz",
    "40 & 80 MHz in the 5 GHz and 6 GHz bands",
    { mask: 0x4, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapChanWidthSet160In5ghz: bool(
    "wlan.ext_tag.he_phy_cap.chan_width_set.160_in_5ghz",
    "160 MHz in the 5 GHz and 6 GHz bands",
    { mask: 0x8, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapChanWidthSet1608080In5ghz: bool(
    "wlan.ext_tag.he_phy_cap.chan_width_set.160_80_80_in_5ghz",
    "160/80+80 MHz in the 5 GHz and 6 GHz bands",
    { mask: 0x10, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapChanWidthSet242ToneIn24ghz: bool(
    "wlan.ext_tag.he_phy_cap.chan_width_set.242_tone_in_2_4ghz",
    "242 tone RUs in the 2.4 GHz band",
    { mask: 0x20, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapChanWidthSet242ToneIn5ghz: bool(
    "wlan.ext_tag.he_phy_cap.chan_width_set.242_tone_in_5ghz",
    "242 tone RUs in the 5 GHz and 6 GHz bands",
    { mask: 0x40, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapChanWidthSetReserved: u8("wlan.ext_tag.he_phy_cap.chan_width_set.reserved", "Reserved", {
    base: "HEX",
    mask: 0x80,
  }),
  hePhyCapPuncPreambleRx: u16("wlan.ext_tag.he_phy_cap.punc_preamble_rx", "Punctured Preamble Rx", {
    base: "HEX",
    mask: 0xf,
  }),
  hePhyCapDeviceClass: u16("wlan.ext_tag.he_phy_cap.device_class", "Device Class", {
    base: "HEX",
    mask: 0x10,
    names: { 0: "Class B Device", 1: "Class A Device" },
  }),
  hePhyCapLdpcCodingInPayload: bool(
    "wlan.ext_tag.he_phy_cap.ldpc_coding_in_payload",
    "LDPC Coding In Payload",
    { mask: 0x20, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapHeSuPpduWith1xHeLtf08us: bool(
    "wlan.ext_tag.he_phy_cap.he_su_ppdu_with_1x_he_ltf_08us",
    "HE SU PPDU With 1x HE-LTF And 0.8us GI",
    { mask: 0x40, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapMidambleTxRxMaxNsts: u16(
    "wlan.ext_tag.he_phy_cap.midamble_tx_rx_max_nsts",
    "Midamble Tx/Rx Max NSTS",
    {
      base: "HEX",
      mask: 0x180,
      names: {
        0: "1 Space-Time Stream",
        1: "2 Space-Time Streams",
        2: "3 Space-Time Streams",
        3: "4 Space-Time Streams",
      },
    },
  ),
  hePhyCapNdpWith4xHeLtf4x32us: bool(
    "wlan.ext_tag.he_phy_cap.ndp_with_4x_he_ltf_4x_3.2us",
    "NDP With 4x HE-LTF and 3.2us GI",
    { mask: 0x200, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapStbcTxLt80mhz: bool("wlan.ext_tag.he_phy_cap.stbc_tx_lt_80mhz", "STBC Tx <= 80 MHz", {
    mask: 0x400,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapStbcRxLt80mhz: bool("wlan.ext_tag.he_phy_cap.stbc_rx_lt_80mhz", "STBC Rx <= 80 MHz", {
    mask: 0x800,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapDopplerTx: bool("wlan.ext_tag.he_phy_cap.doppler_tx", "Doppler Tx", {
    mask: 0x1000,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapDopplerRx: bool("wlan.ext_tag.he_phy_cap.doppler_rx", "Doppler Rx", {
    mask: 0x2000,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapFullBwUlMuMimo: bool("wlan.ext_tag.he_phy_cap.full_bw_ul_mu_mimo", "Full Bandwidth UL MU-MIMO", {
    mask: 0x4000,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapPartialBwUlMuMimo: bool(
    "wlan.ext_tag.he_phy_cap.partial_bw_ul_mu_mimo",
    "Partial Bandwidth UL MU-MIMO",
    { mask: 0x8000, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapDcmMaxConstTx: u16("wlan.ext_tag.he_phy_cap.dcm_max_const_tx", "DCM Max Constellation Tx", {
    base: "HEX",
    mask: 0x3,
    names: { 0: "DCM is not supported", 1: "BPSK", 2: "QPSK", 3: "16-QAM" },
  }),
  hePhyCapDcmMaxNssTx: u16("wlan.ext_tag.he_phy_cap.dcm_max_nss_tx", "DCM Max NSS Tx", {
    base: "HEX",
    mask: 0x4,
    names: { 0: "1 Spatial Stream", 1: "2 Spatial Streams" },
  }),
  hePhyCapDcmMaxConstRx: u16("wlan.ext_tag.he_phy_cap.dcm_max_const_rx", "DCM Max Constellation Rx", {
    base: "HEX",
    mask: 0x18,
    names: { 0: "DCM is not supported", 1: "BPSK", 2: "QPSK", 3: "16-QAM" },
  }),
  hePhyCapRxPartialBwSu20mhzHeMuPpdu: bool(
    "wlan.ext_tag.he_phy_cap.rx_partial_bw_su_20mhz_he_mu_ppdu",
    "Rx Partial BW SU In 20 MHz HE MU PPDU",
    { mask: 0x40, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapSuBeamformer: bool("wlan.ext_tag.he_phy_cap.su_beamformer", "SU Beamformer", {
    mask: 0x80,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapSuBeamformee: bool("wlan.ext_tag.he_phy_cap.su_beamformee", "SU Beamformee", {
    mask: 0x100,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapMuBeamformer: bool("wlan.ext_tag.he_phy_cap.mu_beamformer", "MU Beamformer", {
    mask: 0x200,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapBeamformeeStsLte80mhz: u16(
    "wlan.ext_tag.he_phy_cap.beamformee_sts_lte_80mhz",
    "Beamformee STS <= 80 MHz",
    { base: "HEX", mask: 0x1c00 },
  ),
  hePhyCapBeamformeeStsGt80mhz: u16(
    "wlan.ext_tag.he_phy_cap.beamformee_sts_gt_80mhz",
    "Beamformee STS > 80 MHz",
    { base: "HEX", mask: 0xe000 },
  ),
  hePhyCapNoSoundingDimsLte80: u16(
    "wlan.ext_tag.he_phy_cap.no_sounding_dims_lte_80",
    "Number Of Sounding Dimensions <= 80 MHz",
    { mask: 0x7 },
  ),
  hePhyCapNoSoundingDimsGt80: u16(
    "wlan.ext_tag.he_phy_cap.no_sounding_dims_gt_80",
    "Number Of Sounding Dimensions > 80 MHz",
    { mask: 0x38 },
  ),
  hePhyCapNgEq16SuFb: bool("wlan.ext_tag.he_phy_cap.ng_eq_16_su_fb", "Ng = 16 SU Feedback", {
    mask: 0x40,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapNgEq16MuFb: bool("wlan.ext_tag.he_phy_cap.ng_eq_16_mu_fb", "Ng = 16 MU Feedback", {
    mask: 0x80,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapCodebookSizeSuFb: bool("wlan.ext_tag.he_phy_cap.codebook_size_su_fb", "Codebook Size SU Feedback", {
    mask: 0x100,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapCodebookSizeMuFb: bool("wlan.ext_tag.he_phy_cap.codebook_size_mu_fb", "Codebook Size MU Feedback", {
    mask: 0x200,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapTrigSuBfFb: bool("wlan.ext_tag.he_phy_cap.trig_su_bf_fb", "Triggered SU Beamforming Feedback", {
    mask: 0x400,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapTrigMuBfFb: bool("wlan.ext_tag.he_phy_cap.trig_mu_bf_fb", "Triggered MU Beamforming Feedback", {
    mask: 0x800,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapTrigCqiFb: bool("wlan.ext_tag.he_phy_cap.trig_cqi_fb", "Triggered CQI Feedback", {
    mask: 0x1000,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapPartialBwEr: bool("wlan.ext_tag.he_phy_cap.partial_bw_er", "Partial Bandwidth Extended Range", {
    mask: 0x2000,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapPartialBwDlMuMimo: bool(
    "wlan.ext_tag.he_phy_cap.partial_bw_dl_mu_mimo",
    "Partial Bandwidth DL MU-MIMO",
    { mask: 0x4000, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapPpeThresPresent: bool("wlan.ext_tag.he_phy_cap.ppe_thres_present", "PPE Thresholds Present", {
    mask: 0x8000,
    bits: 16,
  }),
  hePhyCapPsrBasedSrSup: bool("wlan.ext_tag.he_phy_cap.psr_based_sr_sup", "PSR-based SR Support", {
    mask: 0x1,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapPwrBstFactorArSup: bool(
    "wlan.ext_tag.he_phy_cap.pwr_bst_factor_ar_sup",
    "Power Boost Factor ar Support",
    { mask: 0x2, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapHeSuPpduEtcGi: bool(
    "wlan.ext_tag.he_phy_cap.he_su_ppdu_etc_gi",
    "HE SU PPDU And HE MU PPDU With 4x HE-LTF And 0.8us GI",
    { mask: 0x4, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapMaxNc: bool("wlan.ext_tag.he_phy_cap.max_nc", "Max Nc", {
    mask: 0x38,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapStbcTxGt80Mhz: bool("wlan.ext_tag.he_phy_cap.stbc_tx_gt_80_mhz", "STBC Tx > 80 MHz", {
    mask: 0x40,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapStbcRxGt80Mhz: bool("wlan.ext_tag.he_phy_cap.stbc_rx_gt_80_mhz", "STBC Rx > 80 MHz", {
    mask: 0x80,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  hePhyCapHeErSuPpdu4xxxGi: bool(
    "wlan.ext_tag.he_phy_cap.he_er_su_ppdu_4xxx_gi",
    "HE ER SU PPDU With 4x HE-LTF And 0.8us GI",
    { mask: 0x100, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCap20MhzIn40In24ghz: bool(
    "wlan.ext_tag.he_phy_cap.20_mhz_in_40_in_2_4ghz",
    "20 MHz In 40 MHz HE PPDU In 2.4 GHz Band",
    { mask: 0x200, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCap20MhzIn16080p80Ppdu: bool(
    "wlan.ext_tag.he_phy_cap.20_mhz_in_160_80p80_ppdu",
    "20 MHz In 160/80+80 MHz HE PPDU",
    { mask: 0x400, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCap80MhzIn16080p80Ppdu: bool(
    "wlan.ext_tag.he_phy_cap.80_mhz_in_160_80p80_ppdu",
    "80 MHz In 160/80+80 MHz HE PPDU",
    { mask: 0x800, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapHeErSuPpdu1xxxGi: bool(
    "wlan.ext_tag.he_phy_cap.he_er_su_ppdu_1xxx_gi",
    "HE ER SU PPDU With 1x HE-LTF And 0.8us GI",
    { mask: 0x1000, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapMidambleTxRx2x1xHeLtf: bool(
    "wlan.ext_tag.he_phy_cap.midamble_tx_rx_2x_1x_he_ltf",
    "Midamble Tx/Rx 2x And 1x HE-LTF",
    { mask: 0x2000, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapDcmMaxRu: u16("wlan.ext_tag.he_phy_cap.dcm_max_ru", "DCM Max RU", {
    base: "HEX",
    mask: 0xc000,
    names: { 0: "242-tone RU", 1: "484-tone RU", 2: "996-tone RU", 3: "2x996-tone RU" },
  }),
  hePhyCapLongerThan16HeSigbOfdmSymSupport: bool(
    "wlan.ext_tag.he_phy_cap.longer_than_16_he_sigb_ofdm_sym_support",
    "Longer Than 16 HE SIG-B OFDM Symbols Support",
    { mask: 0x1, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapNonTriggeredFeedback: bool(
    "wlan.ext_tag.he_phy_cap.non_triggered_feedback",
    "Non-Triggered CQI Feedback",
    { mask: 0x2, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapTx1024QamSupportLt242ToneRu: bool(
    "wlan.ext_tag.he_phy_cap.tx_1024_qam_support_lt_242_tone_ru",
    "Tx 1024-QAM Support < 242-tone RU Support",
    { mask: 0x4, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapRx1024QamSupportLt242ToneRu: bool(
    "wlan.ext_tag.he_phy_cap.rx_1024_qam_support_lt_242_tone_ru",
    "Rx 1024-QAM Support < 242-tone RU Support",
    { mask: 0x8, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapRxFullBwSuUsingHeMuPpduWithCompressedSigb: bool(
    "wlan.ext_tag.he_phy_cap.rx_full_bw_su_using_he_mu_ppdu_with_compressed_sigb",
    "Rx Full BW SU Using HE MU PPDU With Compressed HE-SIG-B",
    { mask: 0x10, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapRxFullBwSuUsingHeMuPpduWithNonCompressedSigb: bool(
    "wlan.ext_tag.he_phy_cap.rx_full_bw_su_using_he_mu_ppdu_with_non_compressed_sigb",
    "Rx Full BW SU Using HE MU PPDU With Non-Compressed HE-SIG-B",
    { mask: 0x20, bits: 16, tf: ["Supported", "Not supported"] },
  ),
  hePhyCapNominalPacketPadding: u16(
    "wlan.ext_tag.he_phy_cap.nominal_packet_padding",
    "Nominal Packet Padding",
    {
      mask: 0xc0,
      names: {
        0: "0 µs for all constellations, Nss and RU allocations",
        1: "8 µs for all constellations, Nss and RU allocations",
        2: "16 µs for all constellations, Nss and RU allocations",
        3: "Reserved",
      },
    },
  ),
  hePhyCapHeMuPpduRuRxMax: u16(
    "wlan.ext_tag.he_phy_cap.he_mu_ppdu_ru_rx_max",
    "HE MU PPDU With More Than One RU Rx Max N_HE-LTF",
    { mask: 0x100 },
  ),
  hePhyCapReservedB81B87: u16("wlan.ext_tag.he_phy_cap.reserved_b81_b87", "Reserved", {
    base: "HEX",
    mask: 0xfe00,
  }),
  heMacCaps: u48("wlan.ext_tag.he_mac_caps", "HE MAC Capabilities Information", { base: "HEX" }),
  hePhyCapReservedB0: u8("wlan.ext_tag.he_phy_cap.reserved_b0", "Reserved", { base: "HEX", mask: 0x1 }),
  hePhyCapFbyteReservedB0: u8("wlan.ext_tag.he_phy_cap.fbyte.reserved_b0", "Reserved", {
    base: "HEX",
    mask: 0x1,
  }),
  hePhyCapFbytes: u8("wlan.ext_tag.he_phy_cap.fbytes", "Channel Width Set", { base: "HEX", mask: 0xfe }),
  hePhyCapBits8To23: u16("wlan.ext_tag.he_phy_cap.bits_8_to_23", "Bits 8 to 23", { base: "HEX" }),
  hePhyCapBits24To39: u16("wlan.ext_tag.he_phy_cap.bits_24_to_39", "Bits 24 to 39", { base: "HEX" }),
  hePhyCapBits40To55: u16("wlan.ext_tag.he_phy_cap.bits_40_to_55", "Bits 40 to 55", { base: "HEX" }),
  hePhyCapBits56To71: u16("wlan.ext_tag.he_phy_cap.bits_56_to_71", "Bits 56 to 71", { base: "HEX" }),
  hePhyCapBits72To87: u16("wlan.ext_tag.he_phy_cap.bits_72_to_87", "Bits 72 to 87", { base: "HEX" }),
  heMcsMapRxHeMcsMapLte80: u16("wlan.ext_tag.he_mcs_map.rx_he_mcs_map_lte_80", "Rx HE-MCS Map <= 80 MHz", {
    base: "HEX",
  }),
  heMcsMapTxHeMcsMapLte80: u16("wlan.ext_tag.he_mcs_map.tx_he_mcs_map_lte_80", "Tx HE-MCS Map <= 80 MHz", {
    base: "HEX",
  }),
  heMcsMapRxHeMcsMap160: u16("wlan.ext_tag.he_mcs_map.rx_he_mcs_map_160", "Rx HE-MCS Map 160 MHz", {
    base: "HEX",
  }),
  heMcsMapTxHeMcsMap160: u16("wlan.ext_tag.he_mcs_map.tx_he_mcs_map_160", "Tx HE-MCS Map 160 MHz", {
    base: "HEX",
  }),
  heMcsMapRxHeMcsMap8080: u16("wlan.ext_tag.he_mcs_map.rx_he_mcs_map_80_80", "Rx HE-MCS Map 80+80 MHz", {
    base: "HEX",
  }),
  heMcsMapTxHeMcsMap8080: u16("wlan.ext_tag.he_mcs_map.tx_he_mcs_map_80_80", "Tx HE-MCS Map 80+80 MHz", {
    base: "HEX",
  }),
  heMcsMapMaxHeMcs80Rx1Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_rx_1_ss", "Max HE-MCS for 1 SS", {
    base: "HEX",
    mask: 0x3,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Rx2Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_rx_2_ss", "Max HE-MCS for 2 SS", {
    base: "HEX",
    mask: 0xc,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Rx3Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_rx_3_ss", "Max HE-MCS for 3 SS", {
    base: "HEX",
    mask: 0x30,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Rx4Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_rx_4_ss", "Max HE-MCS for 4 SS", {
    base: "HEX",
    mask: 0xc0,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Rx5Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_rx_5_ss", "Max HE-MCS for 5 SS", {
    base: "HEX",
    mask: 0x300,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Rx6Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_rx_6_ss", "Max HE-MCS for 6 SS", {
    base: "HEX",
    mask: 0xc00,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Rx7Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_rx_7_ss", "Max HE-MCS for 7 SS", {
    base: "HEX",
    mask: 0x3000,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Rx8Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_rx_8_ss", "Max HE-MCS for 8 SS", {
    base: "HEX",
    mask: 0xc000,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Tx1Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_tx_1_ss", "Max HE-MCS for 1 SS", {
    base: "HEX",
    mask: 0x3,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Tx2Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_tx_2_ss", "Max HE-MCS for 2 SS", {
    base: "HEX",
    mask: 0xc,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Tx3Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_tx_3_ss", "Max HE-MCS for 3 SS", {
    base: "HEX",
    mask: 0x30,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Tx4Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_tx_4_ss", "Max HE-MCS for 4 SS", {
    base: "HEX",
    mask: 0xc0,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Tx5Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_tx_5_ss", "Max HE-MCS for 5 SS", {
    base: "HEX",
    mask: 0x300,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Tx6Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_tx_6_ss", "Max HE-MCS for 6 SS", {
    base: "HEX",
    mask: 0xc00,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Tx7Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_tx_7_ss", "Max HE-MCS for 7 SS", {
    base: "HEX",
    mask: 0x3000,
    names: HE_MCS_NAMES,
  }),
  heMcsMapMaxHeMcs80Tx8Ss: u16("wlan.ext_tag.he_mcs_map.max_he_mcs_80_tx_8_ss", "Max HE-MCS for 8 SS", {
    base: "HEX",
    mask: 0xc000,
    names: HE_MCS_NAMES,
  }),
  hePpeThresholdsNss: u8("wlan.ext_tag.he_ppe_thresholds.nss", "NSS", { mask: 0x7 }),
  hePpeThresholdsRuIndexBitmask: u8("wlan.ext_tag.he_ppe_thresholds.ru_index_bitmask", "RU Index Bitmask", {
    base: "HEX",
    mask: 0x78,
  }),
  hePpeThresholdsPpet16: u8("wlan.ext_tag.he_ppe_thresholds.ppet16", "PPET16", {
    base: "HEX",
    names: CONSTELLATION_NAMES,
  }),
  hePpeThresholdsPpet8: u8("wlan.ext_tag.he_ppe_thresholds.ppet8", "PPET8", {
    base: "HEX",
    names: CONSTELLATION_NAMES,
  }),
  heOperationDefaultPeDuration: u24("wlan.ext_tag.he_operation.default_pe_duration", "Default PE Duration", {
    mask: 0x7,
  }),
  heOperationTwtRequired: bool("wlan.ext_tag.he_operation.twt_required", "TWT Required", {
    mask: 0x8,
    bits: 24,
    tf: ["Required", "Not required"],
  }),
  heOperationTxopDurationRtsThresh: u24(
    "wlan.ext_tag.he_operation.txop_duration_rts_thresh",
    "TXOP Duration RTS Threshold",
    { mask: 0x3ff0 },
  ),
  heOperationVhtOpInfoPresent: bool(
    "wlan.ext_tag.he_operation.vht_op_info_present",
    "VHT Operation Information Present",
    { mask: 0x4000, bits: 24 },
  ),
  heOperationCoHostedBss: bool("wlan.ext_tag.he_operation.co_hosted_bss", "Co-Hosted BSS", {
    mask: 0x8000,
    bits: 24,
  }),
  heOperationErSuDisable: bool("wlan.ext_tag.he_operation.er_su_disable", "ER SU Disable", {
    mask: 0x10000,
    bits: 24,
  }),
  heOperation6ghzOperationInformationPresent: bool(
    "wlan.ext_tag.he_operation.6ghz_operation_information_present",
    "6 GHz Operation Information Present",
    { mask: 0x20000, bits: 24 },
  ),
  heOperationReservedB16B32: u24("wlan.ext_tag.he_operation.reserved_b16_b32", "Reserved", {
    base: "HEX",
    mask: 0xfc0000,
  }),
  bssColorInformationBssColor: u8("wlan.ext_tag.bss_color_information.bss_color", "BSS Color", {
    base: "HEX",
    mask: 0x3f,
  }),
  bssColorInformationPartialBssColor: bool(
    "wlan.ext_tag.bss_color_information.partial_bss_color",
    "Partial BSS Color",
    { mask: 0x40 },
  ),
  bssColorInformationBssColorDisabled: bool(
    "wlan.ext_tag.bss_color_information.bss_color_disabled",
    "BSS Color Disabled",
    { mask: 0x80 },
  ),
  heOperationMaxHeMcsFor1Ss: u16("wlan.ext_tag.he_operation.max_he_mcs_for_1_ss", "Max HE-MCS for 1 SS", {
    mask: 0x3,
    names: HE_MCS_NAMES,
  }),
  heOperationMaxHeMcsFor2Ss: u16("wlan.ext_tag.he_operation.max_he_mcs_for_2_ss", "Max HE-MCS for 2 SS", {
    mask: 0xc,
    names: HE_MCS_NAMES,
  }),
  heOperationMaxHeMcsFor3Ss: u16("wlan.ext_tag.he_operation.max_he_mcs_for_3_ss", "Max HE-MCS for 3 SS", {
    mask: 0x30,
    names: HE_MCS_NAMES,
  }),
  heOperationMaxHeMcsFor4Ss: u16("wlan.ext_tag.he_operation.max_he_mcs_for_4_ss", "Max HE-MCS for 4 SS", {
    mask: 0xc0,
    names: HE_MCS_NAMES,
  }),
  heOperationMaxHeMcsFor5Ss: u16("wlan.ext_tag.he_operation.max_he_mcs_for_5_ss", "Max HE-MCS for 5 SS", {
    mask: 0x300,
    names: HE_MCS_NAMES,
  }),
  heOperationMaxHeMcsFor6Ss: u16("wlan.ext_tag.he_operation.max_he_mcs_for_6_ss", "Max HE-MCS for 6 SS", {
    mask: 0xc00,
    names: HE_MCS_NAMES,
  }),
  heOperationMaxHeMcsFor7Ss: u16("wlan.ext_tag.he_operation.max_he_mcs_for_7_ss", "Max HE-MCS for 7 SS", {
    mask: 0x3000,
    names: HE_MCS_NAMES,
  }),
  heOperationMaxHeMcsFor8Ss: u16("wlan.ext_tag.he_operation.max_he_mcs_for_8_ss", "Max HE-MCS for 8 SS", {
    mask: 0xc000,
    names: HE_MCS_NAMES,
  }),
  heOperationParams: u24("wlan.ext_tag.he_operation.params", "HE Operation Parameters", { base: "HEX" }),
  bssColorInformation: u8("wlan.ext_tag.bss_color_information", "BSS Color Information", { base: "HEX" }),
  heOperationBasicHeMcsAndNss: u16(
    "wlan.ext_tag.he_operation.basic_he_mcs_and_nss",
    "Basic HE-MCS and NSS Set",
    { base: "HEX" },
  ),
  heOperationVhtOpInfoChannelWidth: u8(
    "wlan.ext_tag.he_operation.vht_op_info.channel_width",
    "Channel Width",
    {
      names: VHT_CHANNEL_WIDTH_NAMES,
    },
  ),
  heOperationVhtOpInfoChanCenterFreqSeg0: u8(
    "wlan.ext_tag.he_operation.vht_op_info.chan_center_freq_seg_0",
    "Channel Center Frequency Segment 0",
  ),
  heOperationVhtOpInfoChanCenterFreqSeg1: u8(
    "wlan.ext_tag.he_operation.vht_op_info.chan_center_freq_seg_1",
    "Channel Center Frequency Segment 1",
  ),
  heOperationMaxCoHostedBssidIndicator: u8(
    "wlan.ext_tag.he_operation.max_co_hosted_bssid_indicator",
    "Max Co-Hosted BSSID Indicator",
  ),
  heOperation6ghzPrimaryChannel: u8("wlan.ext_tag.he_operation.6ghz.primary_channel", "Primary Channel"),
  heOperation6ghzControl: u8("wlan.ext_tag.he_operation.6ghz.control", "Control", { base: "HEX" }),
  heOperation6ghzControlChannelWidth: u8(
    "wlan.ext_tag.he_operation.6ghz.control.channel_width",
    "Channel Width",
    { mask: 0x3, names: { 0: "20MHz", 1: "40MHZ", 2: "80MHz", 3: "160MHz or 80MHz+80MHz" } },
  ),
  heOperation6ghzControlDuplicateBeacon: bool(
    "wlan.ext_tag.he_operation.6ghz.control.duplicate_beacon",
    "Duplicate Beacon",
    { mask: 0x4 },
  ),
  heOperation6ghzControlRegulatoryInfo: u8(
    "wlan.ext_tag.he_operation.6ghz.control.regulatory_info",
    "Regulatory Info",
    { mask: 0x38 },
  ),
  heOperation6ghzControlReserved: u8("wlan.ext_tag.he_operation.6ghz.control.reserved", "Reserved", {
    mask: 0xc0,
  }),
  heOperation6ghzChanCenterFreqSeg0: u8(
    "wlan.ext_tag.he_operation.6ghz.chan_center_freq_seg_0",
    "Channel Center Frequency Segment 0",
  ),
  heOperation6ghzChanCenterFreqSeg1: u8(
    "wlan.ext_tag.he_operation.6ghz.chan_center_freq_seg_1",
    "Channel Center Frequency Segment 1",
  ),
  heOperation6ghzMinimumRate: u8("wlan.ext_tag.he_operation.6ghz.minimum_rate", "Minimum Rate"),
  muEdcaParameterSetAifsn: u8("wlan.ext_tag.mu_edca_parameter_set.aifsn", "AIFSN", { mask: 0xf }),
  muEdcaParameterSetAcm: bool("wlan.ext_tag.mu_edca_parameter_set.acm", "Admission Control Mandatory", {
    mask: 0x10,
    tf: ["Yes", "No"],
  }),
  muEdcaParameterSetAci: u8("wlan.ext_tag.mu_edca_parameter_set.aci", "ACI", {
    mask: 0x60,
    names: { 0: "Best Effort", 1: "Background", 2: "Video", 3: "Voice" },
  }),
  muEdcaParameterSetReserved: u8("wlan.ext_tag.mu_edca_parameter_set.reserved", "Reserved", { mask: 0x80 }),
  muEdcaParameterSetAicAifsn: u8("wlan.ext_tag.mu_edca_parameter_set.aic_aifsn", "AIC/AIFSN", {
    base: "HEX",
  }),
  muEdcaParameterSetEcwminEcwmax: u8("wlan.ext_tag.mu_edca_parameter_set.ecwmin_ecwmax", "ECWmin/ECWmax", {
    base: "HEX",
  }),
  muEdcaParameterSetMuEdcaTimer: u8("wlan.ext_tag.mu_edca_parameter_set.mu_edca_timer", "MU EDCA Timer", {
    base: "HEX",
  }),
  spatialReuseSrControl: u8("wlan.ext_tag.spatial_reuse.sr_control", "SR Control", { base: "HEX" }),
  spatialReuseSrControlSrpDis: bool("wlan.ext_tag.spatial_reuse.sr_control.srp_dis", "SRP Disallowed", {
    mask: 0x1,
  }),
  spatialReuseSrControlNonSrgObssPdSrDis: bool(
    "wlan.ext_tag.spatial_reuse.sr_control.non_srg_obss_pd_sr_dis",
    "NON-SRG OBSS PD SR Disallowed",
    { mask: 0x2 },
  ),
  spatialReuseSrControlNonSrgOfsPresent: bool(
    "wlan.ext_tag.spatial_reuse.sr_control.non_srg_ofs_present",
    "Non-SRG Offset Present",
    { mask: 0x4 },
  ),
  spatialReuseSrControlSrgInfoPresent: bool(
    "wlan.ext_tag.spatial_reuse.sr_control.srg_info_present",
    "SRG Information Present",
    { mask: 0x8 },
  ),
  spatialReuseSrControlHesigaVal15Allowed: bool(
    "wlan.ext_tag.spatial_reuse.sr_control.hesiga_val_15_allowed",
    "HESIGA Spatial Reuse value 15 allowed",
    { mask: 0x10 },
  ),
  spatialReuseSrControlReserved: u8("wlan.ext_tag.spatial_reuse.sr_control.reserved", "Reserved", {
    base: "HEX",
    mask: 0xe0,
  }),
  spatialReuseNonSrgObssPdMaxOffset: i8(
    "wlan.ext_tag.spatial_reuse.non_srg_obss_pd_max_offset",
    "Non-SRG OBSS PD Max Offset",
  ),
  spatialReuseSrgObssPdMinOffset: i8(
    "wlan.ext_tag.spatial_reuse.srg_obss_pd_min_offset",
    "SRG OBSS PD Min Offset",
  ),
  spatialReuseSrgObssPdMaxOffset: i8(
    "wlan.ext_tag.spatial_reuse.srg_obss_pd_max_offset",
    "SRG OBSS PD Max Offset",
  ),
  spatialReuseSrgBssColorBitmap: bytes(
    "wlan.ext_tag.spatial_reuse.srg_bss_color_bitmap",
    "SRG BSS Color Bitmap",
  ),
  spatialReuseSrgPartialBssidBitmap: bytes(
    "wlan.ext_tag.spatial_reuse.srg_partial_bssid_bitmap",
    "SRG Partial BSSID Bitmap",
  ),
  filsSession: bytes("wlan.ext_tag.fils.session", "FILS Session"),
  oweDhParameterGroup: u32("wlan.ext_tag.owe_dh_parameter.group", "Group", {
    names: {
      0: "None",
      1: "768-bit MODP Group",
      2: "1024-bit MODP Group",
      5: "1536-bit MODP Group",
      14: "2048-bit MODP Group",
      15: "3072-bit MODP Group",
      16: "4096-bit MODP Group",
      17: "6144-bit MODP Group",
      18: "8192-bit MODP Group",
      19: "256-bit random ECP group",
      20: "384-bit random ECP group",
      21: "521-bit random ECP group",
      22: "1024-bit MODP Group with 160-bit Prime Order Subgroup",
      23: "2048-bit MODP Group with 224-bit Prime Order Subgroup",
      24: "2048-bit MODP Group with 256-bit Prime Order Subgroup",
      25: "192-bit Random ECP Group",
      26: "224-bit Random ECP Group",
      27: "brainpoolP224r1",
      28: "brainpoolP256r1",
      29: "brainpoolP384r1",
      30: "brainpoolP512r1",
      31: "Curve25519",
      32: "Curve448",
    },
  }),
  oweDhParameterPublicKey: bytes("wlan.ext_tag.owe_dh_parameter.public_key", "Public Key"),
  saePasswordIdentifier: str("wlan.ext_tag.sae.password_identifier", "Password Identifier"),
  uoraParameterSetField: u8(
    "wlan.ext_tag.uora_parameter_set.field",
    "UL OFDMA-based Random Access Parameter SET",
    { base: "HEX" },
  ),
  uoraParameterSetEocwmin: u8("wlan.ext_tag.uora_parameter_set.eocwmin", "EOCWmin", { mask: 0x7 }),
  uoraParameterSetEocwmax: u8("wlan.ext_tag.uora_parameter_set.eocwmax", "EOCWmax", { mask: 0x38 }),
  uoraParameterSetReserved: u8("wlan.ext_tag.uora_parameter_set.reserved", "Reserved", { mask: 0xc0 }),
  ndpFeedbackResReqBufThreshExp: u8(
    "wlan.ext_tag.ndp_feedback.res_req_buf_thresh_exp",
    "Resource Request Buffer Threshold Exponent",
  ),
  multipleBssidConfigurationBssidCount: u8(
    "wlan.ext_tag.multiple_bssid_configuration.bssid_count",
    "BSSID Count",
  ),
  multipleBssidConfigurationFullSetRxPeriodicity: u8(
    "wlan.ext_tag.multiple_bssid_configuration.full_set_rx_periodicity",
    "Full Set Rx Periodicity",
  ),
  tagHe6ghzCapInf: u16("wlan.tag.he_6ghz.cap_inf", "Capabilities Information", { base: "HEX" }),
  tagHe6ghzCapInfB0B2: u16("wlan.tag.he_6ghz.cap_inf.b0_b2", "Minimum MPDU Start Spacing", {
    base: "HEX",
    mask: 0x7,
    names: {
      0: "No restriction",
      1: "1/4 uS",
      2: "1/2 uS",
      3: "1 uS",
      4: "2 uS",
      5: "4 uS",
      6: "8 uS",
      7: "16 uS",
    },
  }),
  tagHe6ghzCapInfB3B5: u16("wlan.tag.he_6ghz.cap_inf.b3_b5", "Maximum A-MPDU Length Exponent", {
    base: "HEX",
    mask: 0x38,
    names: VHT_CAPABILITIES_MAXAMPDU_NAMES,
  }),
  tagHe6ghzCapInfB6B7: u16("wlan.tag.he_6ghz.cap_inf.b6_b7", "Maximum MPDU Length", {
    base: "HEX",
    mask: 0xc0,
    names: { 0: "3 895", 1: "7 991", 2: "11 454", 3: "Reserved" },
  }),
  tagHe6ghzCapInfB8: u16("wlan.tag.he_6ghz.cap_inf.b8", "Reserved", { base: "HEX", mask: 0x100 }),
  tagHe6ghzCapInfB9bB10: u16("wlan.tag.he_6ghz.cap_inf.b9b_b10", "SM Power Save", {
    base: "HEX",
    mask: 0x600,
    names: SM_POWER_SAVE_NAMES,
  }),
  tagHe6ghzCapInfB11: bool("wlan.tag.he_6ghz.cap_inf.b11", "RD Responder", {
    mask: 0x800,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  tagHe6ghzCapInfB12: bool("wlan.tag.he_6ghz.cap_inf.b12", "Rx Antenna Pattern Consistency", {
    mask: 0x1000,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  tagHe6ghzCapInfB13: bool("wlan.tag.he_6ghz.cap_inf.b13", "Tx Antenna Pattern Consistency", {
    mask: 0x2000,
    bits: 16,
    tf: ["Supported", "Not supported"],
  }),
  tagHe6ghzCapInfB14B15: u16("wlan.tag.he_6ghz.cap_inf.b14_b15", "Reserved", { base: "HEX", mask: 0xc000 }),
  number: u8("wlan.ext_tag.number", "Ext Tag Number", { names: EXTENDED_TAG_NAMES }),
  data: bytes("wlan.ext_tag.data", "Ext Tag Data"),
  extTag: none("wlan.ext_tag", "Ext Tag"),
  length: u32("wlan.ext_tag.length", "Ext Tag length"),
  secchanoffset: u8("wlan.secchanoffset", "Secondary Channel Offset", {
    base: "HEX",
    names: {
      0: "No Secondary Channel",
      1: "Above Primary Channel",
      2: "Reserved",
      3: "Below Primary Channel",
    },
  }),
  mmieKeyid: u16("wlan.mmie.keyid", "KeyID"),
  mmieIpn: bytes("wlan.mmie.ipn", "IPN"),
  mmieMic: bytes("wlan.mmie.mic", "MIC"),
  bssMaxIdlePeriod: u16("wlan.bss_max_idle.period", "BSS Max Idle Period (1000 TUs)"),
  bssMaxIdleOptionsProtected: u8(
    "wlan.bss_max_idle.options.protected",
    "BSS Max Idle Period Options: Protected Keep-Alive Required",
    { mask: 0x1 },
  ),
  linkIdBssid: ether("wlan.link_id.bssid", "BSSID"),
  linkIdInitSta: ether("wlan.link_id.init_sta", "TDLS initiator STA Address"),
  linkIdRespSta: ether("wlan.link_id.resp_sta", "TDLS responder STA Address"),
  channelSwitchTimingSwitchTime: u16("wlan.channel_switch_timing.switch_time", "Switch Time"),
  channelSwitchTimingSwitchTimeout: u16("wlan.channel_switch_timing.switch_timeout", "Switch Timeout"),
  wideBwNewChannelWidth: u8("wlan.wide_bw.new_channel_width", "New Channel Width", {
    base: "HEX",
    names: { 0: "20MHz or 40MHz", 1: "80MHZ", 16: "160MHz", 17: "80MHz+80MHz" },
  }),
  wideBwNewChannelCenterFreqSegment0: u8(
    "wlan.wide_bw.new_channel_center_freq_segment0",
    "New Channel Center Frequency Segment 0",
    { base: "HEX_DEC" },
  ),
  wideBwNewChannelCenterFreqSegment1: u8(
    "wlan.wide_bw.new_channel_center_freq_segment1",
    "New Channel Center Frequency Segment 1",
    { base: "HEX_DEC" },
  ),
  dcmMaxNssRx: u16("wlan.ext_tag.he_phy_cap.dcm_max_nss_tx", "DCM Max NSS Rx", {
    base: "HEX",
    mask: 0x20,
    names: { 0: "1 Spatial Stream", 1: "2 Spatial Streams" },
  }),
};
/** Fields of the protocol `wlan`. */
export const elementFields = f;

const x = {
  undecoded: expert("wlan.tag.data.undecoded", "note", "Undecoded", "802.11 IE Tag is not dissected"),
};

type Step = (d: Dissection) => void;

/** An integer of its field's width, little-endian. */
const num =
  (field: Field): Step =>
  (d) => {
    readNumber(d, field);
  };

function readNumber(d: Dissection, field: Field): number {
  const size = Math.max(1, widthOf(field.type) >> 3);
  if (size === 8) {
    d.u64le(field);
    return 0;
  }
  const value = d.peekUintLe(size);
  if (field.mask === 0) d.add(field, d.pos, size, value);
  else d.bitsLe(field, d.pos, size);
  d.skip(size);
  return value;
}
/** An integer with the fields its bits make. */
const set =
  (field: Field, size: number, members: readonly Field[]): Step =>
  (d) => {
    d.bitsetLe(field, size, members);
  };
/** Bits without a line of their own for the integer. */
const bits =
  (size: number, ...members: Field[]): Step =>
  (d) => {
    for (const field of members) d.bitsLe(field, d.pos, size);
    d.skip(size);
  };
const mac =
  (field: Field): Step =>
  (d) =>
    d.ether(field);
const some =
  (field: Field, length: number): Step =>
  (d) =>
    d.bytes(field, length);
const bytesLeft =
  (field: Field): Step =>
  (d) => {
    if (d.remaining > 0) d.bytes(field, d.remaining);
  };

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** Section 9.4.2.27. */
function bssLoad(d: Dissection): void {
  if (d.remaining !== 5) return;
  if (d.labels) d.appendParent(" 802.11e CCA Version");
  d.add(f.qbssVersion, d.pos, 5, 2);
  readNumber(d, f.qbssScount);
  const used = d.u8(f.qbssCu);
  if (d.labels) d.append(` (${Math.floor((used * 100) / 255)}%)`);
  const free = d.peek16le();
  d.add(f.qbssAdc, d.pos, 2, free);
  d.skip(2);
  if (d.labels) d.append(` (${free * 32} us/s)`);
}

function powerConstraint(d: Dissection): void {
  const value = d.u8(f.powerconLocal);
  if (d.labels) d.appendParent(`: ${value}`);
}

function tpcReport(d: Dissection): void {
  const power = d.int(f.tcprepTrsmtPow, 1);
  const margin = d.int(f.tcprepLinkMrg, 1);
  if (d.labels) d.appendParent(` Transmit Power: ${power}, Link Margin: ${margin}`);
}

function supportedChannels(d: Dissection): void {
  for (let number = 1; d.remaining >= 2; number++) {
    d.open(f.supchan, d.pos, 2);
    const first = d.u8(f.supchanFirst);
    const range = d.u8(f.supchanRange);
    if (d.labels) d.relabelParent(`Supported Channels Set #${number} First: ${first}, Range: ${range} `);
    d.close();
  }
}

function channelSwitch(d: Dissection): void {
  const mode = d.u8(f.csaChannelSwitchMode);
  const channel = d.u8(f.csaNewChannelNumber);
  const count = d.u8(f.csaChannelSwitchCount);
  if (d.labels) d.appendParent(` Mode: ${mode}, Number: ${channel} , Count: ${count} `);
}

function quiet(d: Dissection): void {
  const count = d.u8(f.quietCount);
  const period = d.u8(f.quietPeriod);
  const duration = readNumber(d, f.quietDuration);
  const offset = readNumber(d, f.quietOffset);
  if (d.labels) d.appendParent(` Count: ${count} Period: ${period} Duration: ${duration} Offset: ${offset}`);
}

const qosInformation = set(f.fixedQosinfoAp, 1, [
  f.fixedQosinfoApEdcaupdate,
  f.fixedQosinfoApQack,
  f.fixedQosinfoApQueueReq,
  f.fixedQosinfoApTxopreq,
  f.fixedQosinfoApMoreDataAck,
]);

function apChannels(d: Dissection): void {
  const operating = d.u8(f.apChannelReportOperatingClass);
  let text = "";
  while (d.remaining > 0) {
    const channel = d.u8(f.apChannelReportChannelList);
    if (d.labels) text += ` ${channel},`;
  }
  if (d.labels) d.appendParent(`: Operating Class ${operating}, Channel List :${text}`);
}

const NEIGHBOUR_LOW = [
  f.nreportBssidInfoReachability,
  f.nreportBssidInfoSecurity,
  f.nreportBssidInfoKeyscope,
];
const NEIGHBOUR_CAPABILITY = [
  f.nreportBssidInfoCapabilitySpecmngt,
  f.nreportBssidInfoCapabilityQos,
  f.nreportBssidInfoCapabilityApsd,
  f.nreportBssidInfoCapabilityRadiomsnt,
  f.nreportBssidInfoCapabilityDback,
  f.nreportBssidInfoCapabilityIback,
];
const NEIGHBOUR_HIGH = [
  f.nreportBssidInfoMobilitydomain,
  f.nreportBssidInfoHthroughput,
  f.nreportBssidInfoVht,
  f.nreportBssidInfoFtm,
  f.nreportBssidInfoHe,
  f.nreportBssidInfoErBss,
  f.nreportBssidInfoReserved,
];
const PREFERENCE = 3;

/** Section 9.4.2.36. */
function neighbourReport(d: Dissection): void {
  d.ether(f.nreportBssid);
  const at = d.pos;
  d.open(f.nreportBssidInfo, at, 4, d.peek32le());
  for (const field of NEIGHBOUR_LOW) d.bitsLe(field, at, 4);
  d.bitsLe(f.nreportBssidInfoCapability, at, 4);
  d.openLast();
  for (const field of NEIGHBOUR_CAPABILITY) d.bitsLe(field, at, 4);
  d.close();
  for (const field of NEIGHBOUR_HIGH) d.bitsLe(field, at, 4);
  d.close();
  d.skip(4);
  d.u8(f.nreportOpeclass);
  const channel = d.u8(f.nreportChannumber);
  if (d.labels) d.append(channelScope(channel));
  d.u8(f.nreportPhytype);
  while (d.remaining >= 2) {
    const id = d.peek8();
    const length = d.peek8(1);
    const name = nameOf(f.nreportSubelemId.names, id) ?? "Unknown";
    d.openText(d.pos, 2 + length, `Subelement: ${name}`);
    d.add(f.nreportSubelemId, d.pos, 1, id);
    if (d.labels) d.relabel(`ID: ${id}`);
    d.add(f.nreportSubelemLen, d.pos + 1, 1, length);
    d.skip(2);
    d.need(length);
    const next = d.pos + length;
    if (id === PREFERENCE && length >= 1) d.u8(f.nreportSubelemBssTrnCanPref);
    else if (length > 0) d.bytes(f.nreportSubelemData, length);
    d.pos = next;
    d.close();
  }
}

const channelScope = (channel: number): string =>
  channel === 0
    ? " (iterative measurements on all supported channels in the specified Operating Class)"
    : channel === 255
      ? " (iterative measurements on all supported channels listed in the AP Channel Report)"
      : " (iterative measurements on that Channel Number)";

const mobilityDomain: Step[] = [
  num(f.mobilityDomainMdid),
  set(f.mobilityDomainFtCapab, 1, [
    f.mobilityDomainFtCapabFtOverDs,
    f.mobilityDomainFtCapabResourceReq,
    f.mobilityDomainFtCapabReserved,
  ]),
];

const R1KH = 1;
const GTK = 2;
const R0KH = 3;

/** Section 9.4.2.47; its integrity code is of 16 bytes but for the strongest suites. */
function fastTransition(d: Dissection): void {
  d.bitsetLe(f.ftMicControl, 2, [f.ftMicControlReserved, f.ftMicControlElementCount]);
  d.bytes(f.ftMic, 16);
  d.bytes(f.ftAnonce, 32);
  d.bytes(f.ftSnonce, 32);
  while (d.remaining >= 2) {
    const id = d.peek8();
    const length = d.peek8(1);
    const name = nameOf(f.ftSubelemId.names, id) ?? "Unknown";
    d.openText(d.pos, 2 + length, `Subelement: ${name}`);
    d.u8(f.ftSubelemId);
    d.u8(f.ftSubelemLen);
    d.need(length);
    const next = d.pos + length;
    if (id === R1KH) d.bytes(f.ftSubelemR1khId, length);
    else if (id === R0KH) d.bytes(f.ftSubelemR0khId, length);
    else if (id === GTK && length >= 11) {
      readNumber(d, f.ftSubelemGtkKeyInfo);
      d.bitsLe(f.ftSubelemGtkKeyId, d.pos - 2, 2);
      d.u8(f.ftSubelemGtkKeyLength);
      d.bytes(f.ftSubelemGtkRsc, 8);
      d.bytes(f.ftSubelemGtkKeyEncrypted, next - d.pos);
    }
    d.pos = next;
    d.close();
  }
}

function operatingClasses(d: Dissection): void {
  d.u8(f.supopeclassCurrent);
  const at = d.pos;
  const length = d.remaining;
  if (length === 0) return;
  d.add(f.supopeclassAlt, at, length, d.peekBytes(length));
  if (d.labels) d.relabel(`Alternate Operating Classes: ${[...d.peekBytes(length)].join(", ")}`);
  d.skip(length);
}

const EXTENDED_SWITCH = [
  f.fixedExtchanswSwitchmode,
  f.fixedExtchanswNewOpeclass,
  f.fixedExtchanswNewChannumber,
  f.extchanswSwitchcount,
];

/** Section 9.4.2.52, also the body of the public action of that name. */
export function addExtendedSwitch(d: Dissection): void {
  const mode = d.peek8();
  d.bitsetLe(f.fixedExtchansw, 4, EXTENDED_SWITCH);
  if (d.labels) {
    d.append(`, Channel Switch Mode: ${nameOf(f.fixedExtchanswSwitchmode.names, mode) ?? "Unknown"}`);
  }
}

const RM_OCTETS = [
  [f.rmcapB0, f.rmcapB1, f.rmcapB2, f.rmcapB3, f.rmcapB4, f.rmcapB5, f.rmcapB6, f.rmcapB7],
  [f.rmcapB8, f.rmcapB9, f.rmcapB10, f.rmcapB11, f.rmcapB12, f.rmcapB13, f.rmcapB14, f.rmcapB15],
  [f.rmcapB16, f.rmcapB17, f.rmcapB18to20, f.rmcapB21to23],
  [f.rmcapB24to26, f.rmcapB27, f.rmcapB28, f.rmcapB29, f.rmcapB30, f.rmcapB31],
  [f.rmcapB32, f.rmcapB33, f.rmcapB34, f.rmcapB35, f.rmcapO5],
];

function radioMeasurement(d: Dissection): void {
  const length = d.remaining;
  if (d.labels) d.appendParent(` (${length} octet${length === 1 ? "" : "s"})`);
  for (let octet = 1; d.remaining > 0 && octet <= RM_OCTETS.length; octet++) {
    d.bitsetLe(f.rmcap, 1, RM_OCTETS[octet - 1]);
    if (d.labels) d.append(` (octet ${octet})`);
  }
}

const REQUEST_MODE = [
  f.measureReqReqmodeParallel,
  f.measureReqReqmodeEnable,
  f.measureReqReqmodeRequest,
  f.measureReqReqmodeReport,
  f.measureReqReqmodeDurationMandatory,
  f.measureReqReqmodeReserved,
];
const REPORT_MODE = [
  f.measureRepRepmodeLate,
  f.measureRepRepmodeIncapable,
  f.measureRepRepmodeRefused,
  f.measureRepRepmodeReserved,
];
const BEACON_MEASUREMENT = 5;
const BASIC_MEASUREMENT = 0;
const CCA_MEASUREMENT = 1;
const RPI_MEASUREMENT = 2;

/** Section 9.4.2.20. */
function measurementRequest(d: Dissection): void {
  d.u8(f.measureReqToken);
  d.bitsetLe(f.measureReqMode, 1, REQUEST_MODE);
  const type = d.peek8();
  d.open(f.measureReqReqtype, d.pos, 1, type);
  d.skip(1);
  if (type <= RPI_MEASUREMENT) {
    addChannel(d, f.measureReqChannelnumber);
    d.u64le(f.measureReqStarttime);
    readNumber(d, f.measureReqDuration);
  } else if (type === BEACON_MEASUREMENT) {
    d.u8(f.measureReqOperatingclass);
    addChannel(d, f.measureReqChannelnumber);
    readNumber(d, f.measureReqRandint);
    readNumber(d, f.measureReqDuration);
    d.u8(f.measureReqMeasurementmode);
    d.ether(f.measureReqBssid);
    while (d.remaining >= 2) beaconRequestPart(d);
  }
  if (d.remaining > 0) d.bytes(f.measureReqUnknown, d.remaining);
  d.close();
}

function beaconRequestPart(d: Dissection): void {
  const id = d.peek8();
  const length = d.peek8(1);
  d.open(f.measureReqBeaconSubId, d.pos, 1, id);
  d.skip(1);
  d.u8(f.measureReqSubLength);
  d.need(length);
  const next = d.pos + length;
  if (id === 0) d.str(f.measureReqBeaconSubSsid, length);
  else if (id === 1 && length >= 2) {
    d.u8(f.measureReqBeaconSubBriRepcond);
    d.u8(f.measureReqBeaconSubBriThresholdOffset);
  } else if (id === 2 && length >= 1) d.u8(f.measureReqBeaconSubBriReportingDetail);
  else if (length > 0) d.bytes(f.measureReqBeaconUnknown, length);
  d.pos = next;
  d.close();
}

function addChannel(d: Dissection, field: Field): void {
  const channel = d.u8(field);
  if (d.labels) d.append(channelScope(channel));
}

/** Section 9.4.2.21. */
function measurementReport(d: Dissection): void {
  d.u8(f.measureReqToken);
  const mode = d.bitsetLe(f.measureReqMode, 1, REPORT_MODE);
  if (d.labels) d.relabel(`Measurement Report Mode: 0x${hex(mode, 2)}`);
  const type = d.peek8();
  d.open(f.measureRepReptype, d.pos, 1, type);
  d.skip(1);
  if (d.remaining === 0) {
    d.close();
    return;
  }
  if (type <= RPI_MEASUREMENT) {
    addChannel(d, f.measureRepChannelnumber);
    d.u64le(f.measureRepStarttime);
    readNumber(d, f.measureRepDuration);
    if (type === BASIC_MEASUREMENT) d.bitsetLe(f.measureRepMapfield, 1, BASIC_MAP);
    else if (type === CCA_MEASUREMENT) d.u8(f.measureRepCcabusy);
    else d.bytes(f.measureRepUnknown, d.remaining);
  } else if (type === BEACON_MEASUREMENT) beaconReport(d);
  else d.bytes(f.measureRepUnknown, d.remaining);
  d.close();
}
const BASIC_MAP = [
  f.measureRepRepmodeMapfieldBss,
  f.measureRepRepmodeMapfieldOfdmPreamble,
  f.measureRepRepmodeMapfieldUnidentsig,
  f.measureRepRepmodeMapfieldRadar,
  f.measureRepRepmodeMapfieldUnmeasured,
  f.measureRepRepmodeMapfieldReserved,
];

function beaconReport(d: Dissection): void {
  d.u8(f.measureRepOperatingclass);
  addChannel(d, f.measureRepChannelnumber);
  d.u64le(f.measureRepStarttime);
  readNumber(d, f.measureRepDuration);
  d.bitsetLe(f.measureRepFrameinfo, 1, [f.measureRepFrameinfoPhytype, f.measureRepFrameinfoFrametype]);
  d.u8(f.measureRepRcpi);
  d.u8(f.measureRepRsni);
  d.ether(f.measureRepBssid);
  d.u8(f.measureRepAntid);
  readNumber(d, f.measureRepParenttsf);
  if (d.remaining > 0) d.bytes(f.measureRepUnknown, d.remaining);
}

const coexistence = set(f.n2040Bc, 1, [
  f.n2040BcInformationRequest,
  f.n2040BcFortyMhzIntolerant,
  f.n2040Bc20MhzBssWidthRequest,
  f.n2040BcObssScanningExemptionRequest,
  f.n2040BcObssScanningExemptionGrant,
  f.n2040BcReserved,
]);

const overlapping: Step[] = [
  num(f.obssSpd),
  num(f.obssSad),
  num(f.obssCwtsi),
  num(f.obssSptpc),
  num(f.obssSatpc),
  num(f.obssWctdf),
  num(f.obssSat),
];

const VENUE = [num(f.fixedVenueInfoGroup), num(f.fixedVenueInfoType)];

/** Section 9.4.2.91. */
function interworking(d: Dissection): void {
  bits(
    1,
    f.interworkingAccessNetworkType,
    f.interworkingInternet,
    f.interworkingAsra,
    f.interworkingEsr,
    f.interworkingUesa,
  )(d);
  if (d.remaining === 2 || d.remaining === 8) for (const step of VENUE) step(d);
  if (d.remaining >= 6) d.ether(f.interworkingHessid);
}

const ANQP = 0;

/** Section 9.4.2.92; tells whether the protocol is ANQP. */
export function addAdvertisementProtocol(d: Dissection): boolean {
  const length = d.remaining;
  const first = length >= 2 ? d.peek8(1) : -1;
  const isAnqp = first === ANQP;
  d.openText(d.pos, length, `Advertisement Protocol element${isAnqp ? ": ANQP" : ""}`);
  while (d.remaining >= 2) {
    const id = d.peek8(1);
    const name = nameOf(f.advProtoId.names, id) ?? "Unknown";
    d.openText(d.pos, 2, `Advertisement Protocol Tuple: ${name}`);
    bits(1, f.advProtoRespLenLimit, f.advProtoPameBi)(d);
    d.u8(f.advProtoId);
    d.close();
  }
  d.close();
  return isAnqp;
}

/** Section 9.4.2.95. */
function roamingConsortium(d: Dissection): void {
  d.u8(f.roamingConsortiumNumAnqpOi);
  const lengths = d.peek8();
  bits(1, f.roamingConsortiumOi1Len, f.roamingConsortiumOi2Len)(d);
  const first = lengths & 15;
  const second = lengths >> 4;
  if (first > 0) d.bytes(f.roamingConsortiumOi1, Math.min(first, d.remaining));
  if (second > 0 && d.remaining > 0) d.bytes(f.roamingConsortiumOi2, Math.min(second, d.remaining));
  if (d.remaining > 0) d.bytes(f.roamingConsortiumOi3, d.remaining);
}

const MESH_SWITCH_FLAGS = [f.csaMeshChannelSwitchFlagInitiator, f.csaMeshChannelSwitchFlagTxrestrict];
function meshSwitch(d: Dissection): void {
  const ttl = d.u8(f.csaMeshChannelSwitchTtl);
  if (d.labels) d.appendParent(` TTL: ${ttl}`);
  d.bitsetLe(f.csaMeshChannelSwitchFlag, 1, MESH_SWITCH_FLAGS);
  readNumber(d, f.csaMeshChannelSwitchReasonCode);
  readNumber(d, f.csaMeshChannelSwitchPreValue);
}

const rootAnnouncement: Step[] = [
  num(f.rannFlags),
  num(f.hwmpHopcount),
  num(f.hwmpTtl),
  mac(f.rannRootSta),
  num(f.rannRannSn),
  num(f.rannInterval),
  num(f.hwmpMetric),
];

const EXTERNAL_ADDRESS = 0x40;
const TARGET_FLAGS = [f.hwmpToFlag, f.hwmpUsnFlag];

/** Section 9.4.2.113. */
function pathRequest(d: Dissection): void {
  const flags = d.u8(f.hwmpFlags);
  d.u8(f.hwmpHopcount);
  d.u8(f.hwmpTtl);
  readNumber(d, f.hwmpPdid);
  d.ether(f.hwmpOrigSta);
  readNumber(d, f.hwmpOrigSn);
  if (flags & EXTERNAL_ADDRESS) d.ether(f.hwmpOrigExt);
  readNumber(d, f.hwmpLifetime);
  readNumber(d, f.hwmpMetric);
  const count = d.u8(f.hwmpTargCount);
  for (let i = 0; i < count && d.remaining > 0; i++) {
    d.bitsetLe(f.hwmpTargFlags, 1, TARGET_FLAGS);
    d.ether(f.hwmpTargSta);
    readNumber(d, f.hwmpTargSn);
  }
}

function pathReply(d: Dissection): void {
  const flags = d.u8(f.hwmpFlags);
  d.u8(f.hwmpHopcount);
  d.u8(f.hwmpTtl);
  d.ether(f.hwmpTargSta);
  readNumber(d, f.hwmpTargSn);
  if (flags & EXTERNAL_ADDRESS) d.ether(f.hwmpTargExt);
  readNumber(d, f.hwmpLifetime);
  readNumber(d, f.hwmpMetric);
  d.ether(f.hwmpOrigSta);
  readNumber(d, f.hwmpOrigSn);
}

function pathError(reason: Field): Step {
  return (d) => {
    d.u8(f.hwmpTtl);
    const count = d.u8(f.hwmpTargCount);
    for (let i = 0; i < count && d.remaining > 0; i++) {
      const flags = d.u8(f.hwmpTargFlags);
      d.ether(f.hwmpTargSta);
      readNumber(d, f.hwmpTargSn);
      if (flags & EXTERNAL_ADDRESS) d.ether(f.hwmpTargExt);
      readNumber(d, reason);
    }
  };
}

const powerText = (value: number): string => `${(((value << 24) >> 24) / 2).toFixed(1)} dBm`;
const POWERS = [f.vhtTpePwrConstr20, f.vhtTpePwrConstr40, f.vhtTpePwrConstr80, f.vhtTpePwrConstr160];

/** Section 9.4.2.161. */
function powerEnvelope(d: Dissection): void {
  const count =
    d.bitsetLe(f.vhtTpePwrInfo, 1, [f.vhtTpePwrInfoCount, f.vhtTpePwrInfoUnit, f.vhtTpePwrInfoReserved]) & 7;
  for (const field of POWERS.slice(0, count + 1)) {
    if (d.remaining === 0) return;
    const value = d.int(field, 1);
    if (d.labels) d.relabel(`${field.title}: ${powerText(value)}`);
  }
}

const operatingMode = set(f.operatNotificationMode, 1, [
  f.operatModeFieldChannelwidth,
  f.operatModeFieldReserved,
  f.operatModeFieldRxnss,
  f.operatModeFieldRxnsstype,
]);

const WITH_BSSID = [7, 8, 9, 11, 12, 13, 16];
const BSS_PARAMETERS = [
  f.rnrTbttInfoBssParametersOctRecommended,
  f.rnrTbttInfoBssParametersSameSsid,
  f.rnrTbttInfoBssParametersMultipleBssid,
  f.rnrTbttInfoBssParametersTransmittedBssid,
  f.rnrTbttInfoBssParametersMemberOfEssWith2p45GhzColocatedAp,
  f.rnrTbttInfoBssParametersUnsolicitedProbeResponses,
  f.rnrTbttInfoBssParametersColocatedAp,
  f.rnrTbttInfoBssParametersReserved,
];
const MLD_PARAMETERS = [
  f.rnrTbttInfoMldParametersMldId,
  f.rnrTbttInfoMldParametersLinkId,
  f.rnrTbttInfoMldParametersBssParamsChangeCount,
  f.rnrTbttInfoMldParametersReserved,
];

/** Section 9.4.2.170: neighbours on other channels, each with fields whose presence their length tells. */
function reducedNeighbours(d: Dissection): void {
  while (d.remaining >= 4) {
    const header = d.peek16le();
    const length = header >> 8;
    const count = ((header >> 4) & 15) + 1;
    d.openText(d.pos, 4, "Neighbor AP Information");
    bits(2, f.rnrTbttInfo, f.rnrTbttInfoFna, f.rnrTbttInfoInfoCount, f.rnrTbttInfoInfoLen)(d);
    d.u8(f.rnrTbttInfoOperatingClass);
    d.u8(f.rnrTbttInfoChannelNum);
    for (let i = 0; i < count && d.remaining > 0 && length > 0; i++) {
      d.need(length);
      const next = d.pos + length;
      d.openText(d.pos, length, "TBTT Information");
      if (length <= 16) neighbour(d, length);
      d.pos = next;
      d.close();
    }
    d.close();
  }
}

function neighbour(d: Dissection, length: number): void {
  d.u8(f.rnrTbttInfoTbttOffset);
  if (WITH_BSSID.includes(length)) d.bytes(f.rnrTbttInfoBssid, 6);
  if (length === 5 || length === 6 || length >= 11) readNumber(d, f.rnrTbttInfoShSsid);
  if (length === 2 || length === 6 || length === 8 || length === 9 || length >= 12)
    d.bitsetLe(f.rnrTbttInfoBssParameters, 1, BSS_PARAMETERS);
  if (length === 9 || length >= 13) {
    const power = d.peek8();
    d.u8(f.rnrTbtInfoPsdSubfield);
    if (d.labels)
      d.relabel(`PSD Subfield: ${power === 127 ? "No maximum transmit power" : powerText(power)}`);
  }
  if (length >= 16) d.bitsetLe(f.rnrTbttInfoMldParameters, 3, MLD_PARAMETERS);
}

const RSNX = [
  [f.rsnxLength, f.rsnxProtectedTwtOperationsSupport, f.rsnxSaeHashToElement, f.rsnxReserved],
  [f.rsnxSecureLtfSupport, f.rsnxSecureRttSupported, f.rsnxRnmmfp, f.rsnxReservedB11thru15],
];

function rsnExtension(d: Dissection): void {
  const length = d.remaining;
  if (d.labels) d.appendParent(` (${length} octet${length === 1 ? "" : "s"})`);
  for (let octet = 1; d.remaining > 0; octet++) {
    d.bitsetLe(f.rsnx, 1, RSNX[octet - 1] ?? []);
    if (d.labels) d.append(` (octet ${octet})`);
  }
}

// ---------------------------------------------------------------- high efficiency, IEEE 802.11ax-2021

const HE_MAC = [
  f.heMacCapHtcHeSupport,
  f.heMacCapTwtReqSupport,
  f.heMacCapTwtRspSupport,
  f.heMacCapDynamicFragmentationSupport,
  f.heMacCapTrigFrmMacPaddingDur,
  f.heMacCapMultiTidAggRxSupport,
  f.heMacCapHeLinkAdaptationSupport,
  f.heMacCapAllAckSupport,
  f.heMacCapTrsSupport,
  f.heMacCapBsrSupport,
  f.heMacCapBroadcastTwtSupport,
  f.heMacCap32BitBaBitmapSupport,
  f.heMacCapMuCascadingSupport,
  f.heMacCapAckEnabledAggSupport,
  f.heMacCapReservedB24,
  f.heMacCapOmControlSupport,
  f.heMacCapOfdmaRaSupport,
  f.heMacCapMaxAMpduLenExpExt,
  f.heMacCapFlexibleTwtSchedSupport,
  f.heMacCapRxCtlFrmMultibss,
  f.heMacCapBsrpBqrpAMpduAgg,
  f.heMacCapQtpSupport,
  f.heMacCapBqrSupport,
  f.heMacCapPsrResponder,
  f.heMacCapNdpFeedbackReportSupport,
  f.heMacCapOpsSupport,
  f.heMacCapAMsduInAMpduSupport,
  f.heMacCapMultiTidAggTxSupport,
  f.heMacCapSubchannelSelectiveXmitSupport,
  f.heMacCapUl2996ToneRuSupport,
  f.heMacCapOmCntlUlMuDataDisableRxSupport,
  f.heDynamicSmPowerSave,
  f.hePuncturedSoundingSupport,
  f.heHtAndVhtTriggerFrameRxSupport,
  f.heMacCapReservedBits57,
  f.heMacCapReservedBits89,
  f.heMacCapReservedBit29,
];
const HE_WIDTHS = [
  f.hePhyCapChanWidthSet40mhzIn24ghz,
  f.hePhyCapChanWidthSet4080In5ghz,
  f.hePhyCapChanWidthSet160In5ghz,
  f.hePhyCapChanWidthSet1608080In5ghz,
  f.hePhyCapChanWidthSet242ToneIn24ghz,
  f.hePhyCapChanWidthSet242ToneIn5ghz,
  f.hePhyCapChanWidthSetReserved,
];
const byMask = (one: Field, other: Field): number => one.mask - other.mask;
const PHY_8 = [
  f.hePhyCapPuncPreambleRx,
  f.hePhyCapDeviceClass,
  f.hePhyCapLdpcCodingInPayload,
  f.hePhyCapHeSuPpduWith1xHeLtf08us,
  f.hePhyCapMidambleTxRxMaxNsts,
  f.hePhyCapNdpWith4xHeLtf4x32us,
  f.hePhyCapStbcTxLt80mhz,
  f.hePhyCapStbcRxLt80mhz,
  f.hePhyCapDopplerTx,
  f.hePhyCapDopplerRx,
  f.hePhyCapFullBwUlMuMimo,
  f.hePhyCapPartialBwUlMuMimo,
].sort(byMask);
const PHY_24 = [
  f.hePhyCapDcmMaxConstTx,
  f.hePhyCapDcmMaxNssTx,
  f.hePhyCapDcmMaxConstRx,
  f.hePhyCapRxPartialBwSu20mhzHeMuPpdu,
  f.hePhyCapSuBeamformer,
  f.hePhyCapSuBeamformee,
  f.hePhyCapMuBeamformer,
  f.hePhyCapBeamformeeStsLte80mhz,
  f.hePhyCapBeamformeeStsGt80mhz,
]
  .concat(f.dcmMaxNssRx)
  .sort(byMask);
const PHY_40 = [
  f.hePhyCapNoSoundingDimsLte80,
  f.hePhyCapNoSoundingDimsGt80,
  f.hePhyCapNgEq16SuFb,
  f.hePhyCapNgEq16MuFb,
  f.hePhyCapCodebookSizeSuFb,
  f.hePhyCapCodebookSizeMuFb,
  f.hePhyCapTrigSuBfFb,
  f.hePhyCapTrigMuBfFb,
  f.hePhyCapTrigCqiFb,
  f.hePhyCapPartialBwEr,
  f.hePhyCapPartialBwDlMuMimo,
  f.hePhyCapPpeThresPresent,
].sort(byMask);
const PHY_56 = [
  f.hePhyCapPsrBasedSrSup,
  f.hePhyCapPwrBstFactorArSup,
  f.hePhyCapHeSuPpduEtcGi,
  f.hePhyCapMaxNc,
  f.hePhyCapStbcTxGt80Mhz,
  f.hePhyCapStbcRxGt80Mhz,
  f.hePhyCapHeErSuPpdu4xxxGi,
  f.hePhyCap20MhzIn40In24ghz,
  f.hePhyCap20MhzIn16080p80Ppdu,
  f.hePhyCap80MhzIn16080p80Ppdu,
  f.hePhyCapHeErSuPpdu1xxxGi,
  f.hePhyCapMidambleTxRx2x1xHeLtf,
  f.hePhyCapDcmMaxRu,
].sort(byMask);
const PHY_72 = [
  f.hePhyCapLongerThan16HeSigbOfdmSymSupport,
  f.hePhyCapNonTriggeredFeedback,
  f.hePhyCapTx1024QamSupportLt242ToneRu,
  f.hePhyCapRx1024QamSupportLt242ToneRu,
  f.hePhyCapRxFullBwSuUsingHeMuPpduWithCompressedSigb,
  f.hePhyCapRxFullBwSuUsingHeMuPpduWithNonCompressedSigb,
  f.hePhyCapNominalPacketPadding,
  f.hePhyCapHeMuPpduRuRxMax,
  f.hePhyCapReservedB81B87,
].sort(byMask);
const WIDTH_160 = 0x08;
const WIDTH_80_80 = 0x10;

/** Section 9.4.2.248. */
function heCapabilities(d: Dissection): void {
  const mac = d.pos;
  d.open(f.heMacCaps, mac, 6, BigInt(d.peekUintLe(6)));
  for (const field of HE_MAC) d.bitsLe(field, mac, 6);
  d.close();
  d.skip(6);
  d.openText(d.pos, 11, "HE PHY Capabilities Information");
  const widths = d.peek8();
  d.bits(f.hePhyCapReservedB0, d.pos, 1);
  d.openLast();
  d.bits(f.hePhyCapFbyteReservedB0, d.pos, 1);
  d.close();
  d.bits(f.hePhyCapFbytes, d.pos, 1);
  d.openLast();
  for (const field of HE_WIDTHS) d.bits(field, d.pos, 1);
  d.close();
  d.skip(1);
  d.bitsetLe(f.hePhyCapBits8To23, 2, PHY_8);
  d.bitsetLe(f.hePhyCapBits24To39, 2, PHY_24);
  d.bitsetLe(f.hePhyCapBits40To55, 2, PHY_40);
  d.bitsetLe(f.hePhyCapBits56To71, 2, PHY_56);
  d.bitsetLe(f.hePhyCapBits72To87, 2, PHY_72);
  d.close();
  const start = d.pos;
  d.openText(start, 4, "Supported HE-MCS and NSS Set");
  addMcsMaps(d, "<= 80 MHz", f.heMcsMapRxHeMcsMapLte80, f.heMcsMapTxHeMcsMapLte80);
  if (widths & WIDTH_160) addMcsMaps(d, "160 MHz", f.heMcsMapRxHeMcsMap160, f.heMcsMapTxHeMcsMap160);
  if (widths & WIDTH_80_80) addMcsMaps(d, "80+80 MHz", f.heMcsMapRxHeMcsMap8080, f.heMcsMapTxHeMcsMap8080);
  d.close(d.pos);
  if (d.remaining > 0) packetExtension(d);
}

const RX_STREAMS = [
  f.heMcsMapMaxHeMcs80Rx1Ss,
  f.heMcsMapMaxHeMcs80Rx2Ss,
  f.heMcsMapMaxHeMcs80Rx3Ss,
  f.heMcsMapMaxHeMcs80Rx4Ss,
  f.heMcsMapMaxHeMcs80Rx5Ss,
  f.heMcsMapMaxHeMcs80Rx6Ss,
  f.heMcsMapMaxHeMcs80Rx7Ss,
  f.heMcsMapMaxHeMcs80Rx8Ss,
];
const TX_STREAMS = [
  f.heMcsMapMaxHeMcs80Tx1Ss,
  f.heMcsMapMaxHeMcs80Tx2Ss,
  f.heMcsMapMaxHeMcs80Tx3Ss,
  f.heMcsMapMaxHeMcs80Tx4Ss,
  f.heMcsMapMaxHeMcs80Tx5Ss,
  f.heMcsMapMaxHeMcs80Tx6Ss,
  f.heMcsMapMaxHeMcs80Tx7Ss,
  f.heMcsMapMaxHeMcs80Tx8Ss,
];

function addMcsMaps(d: Dissection, width: string, rx: Field, tx: Field): void {
  d.openText(d.pos, 4, `Rx and Tx MCS Maps ${width}`);
  d.bitsetLe(rx, 2, RX_STREAMS);
  d.bitsetLe(tx, 2, TX_STREAMS);
  d.close();
}

const RESOURCE_UNITS = ["242", "484", "996", "2x996"] as const;

/** Section 9.4.2.248.5: for each stream and resource unit two numbers of three bits. */
function packetExtension(d: Dissection): void {
  const at = d.pos;
  const end = d.end;
  const head = d.peek8();
  const streams = (head & 7) + 1;
  const units = (head >> 3) & 15;
  d.openText(at, d.remaining, "PPE Thresholds");
  d.bits(f.hePpeThresholdsNss, at, 1);
  d.bits(f.hePpeThresholdsRuIndexBitmask, at, 1);
  let bit = 7;
  const three = (field: Field): void => {
    const byte = at + (bit >> 3);
    d.needAt(byte, 1);
    const word = d.buf[byte] | ((byte + 1 < end ? d.buf[byte + 1] : 0) << 8);
    d.add(field, byte, 1, (word >> (bit & 7)) & 7);
    bit += 3;
  };
  for (let stream = 0; stream < streams; stream++) {
    d.openText(at + (bit >> 3), 0, `NSS ${stream}`);
    for (let unit = 0; unit < RESOURCE_UNITS.length; unit++) {
      if (((units >> unit) & 1) === 0) continue;
      d.openText(at + (bit >> 3), 0, `RU allocation: ${RESOURCE_UNITS[unit]}`);
      three(f.hePpeThresholdsPpet16);
      three(f.hePpeThresholdsPpet8);
      d.close();
    }
    d.close();
  }
  d.close();
  d.pos = end;
}

const HE_OPERATION = [
  f.heOperationDefaultPeDuration,
  f.heOperationTwtRequired,
  f.heOperationTxopDurationRtsThresh,
  f.heOperationVhtOpInfoPresent,
  f.heOperationCoHostedBss,
  f.heOperationErSuDisable,
  f.heOperation6ghzOperationInformationPresent,
  f.heOperationReservedB16B32,
].sort(byMask);
const COLOUR = [
  f.bssColorInformationBssColor,
  f.bssColorInformationPartialBssColor,
  f.bssColorInformationBssColorDisabled,
];
const BASIC_STREAMS = [
  f.heOperationMaxHeMcsFor1Ss,
  f.heOperationMaxHeMcsFor2Ss,
  f.heOperationMaxHeMcsFor3Ss,
  f.heOperationMaxHeMcsFor4Ss,
  f.heOperationMaxHeMcsFor5Ss,
  f.heOperationMaxHeMcsFor6Ss,
  f.heOperationMaxHeMcsFor7Ss,
  f.heOperationMaxHeMcsFor8Ss,
];
const VHT_INFORMATION = 0x4000;
const CO_HOSTED = 0x8000;
const SIX_GHZ = 0x020000;

/** Section 9.4.2.249. */
function heOperation(d: Dissection): void {
  const parameters = d.bitsetLe(f.heOperationParams, 3, HE_OPERATION);
  d.bitsetLe(f.bssColorInformation, 1, COLOUR);
  d.bitsetLe(f.heOperationBasicHeMcsAndNss, 2, BASIC_STREAMS);
  if (parameters & VHT_INFORMATION) {
    d.openText(d.pos, 3, "VHT Operation Information");
    d.u8(f.heOperationVhtOpInfoChannelWidth);
    d.u8(f.heOperationVhtOpInfoChanCenterFreqSeg0);
    d.u8(f.heOperationVhtOpInfoChanCenterFreqSeg1);
    d.close();
  }
  if (parameters & CO_HOSTED) d.u8(f.heOperationMaxCoHostedBssidIndicator);
  if (parameters & SIX_GHZ) {
    d.openText(d.pos, 5, "6 GHz Operation Information");
    d.u8(f.heOperation6ghzPrimaryChannel);
    d.bitsetLe(f.heOperation6ghzControl, 1, [
      f.heOperation6ghzControlChannelWidth,
      f.heOperation6ghzControlDuplicateBeacon,
      f.heOperation6ghzControlRegulatoryInfo,
      f.heOperation6ghzControlReserved,
    ]);
    d.u8(f.heOperation6ghzChanCenterFreqSeg0);
    d.u8(f.heOperation6ghzChanCenterFreqSeg1);
    d.u8(f.heOperation6ghzMinimumRate);
    d.close();
  }
}

const EDCA = ["BE", "BK", "VI", "VO"] as const;
const EDCA_BITS = [
  f.muEdcaParameterSetAifsn,
  f.muEdcaParameterSetAcm,
  f.muEdcaParameterSetAci,
  f.muEdcaParameterSetReserved,
];

function multiUserEdca(d: Dissection): void {
  qosInformation(d);
  for (const category of EDCA) {
    d.openText(d.pos, 3, `MUAC_${category} Parameter Record`);
    d.bitsetLe(f.muEdcaParameterSetAicAifsn, 1, EDCA_BITS);
    d.u8(f.muEdcaParameterSetEcwminEcwmax);
    d.u8(f.muEdcaParameterSetMuEdcaTimer);
    d.close();
  }
}

const OFFSET_PRESENT = 0x04;
const GROUP_PRESENT = 0x08;

function spatialReuse(d: Dissection): void {
  const control = d.bitsetLe(f.spatialReuseSrControl, 1, [
    f.spatialReuseSrControlSrpDis,
    f.spatialReuseSrControlNonSrgObssPdSrDis,
    f.spatialReuseSrControlNonSrgOfsPresent,
    f.spatialReuseSrControlSrgInfoPresent,
    f.spatialReuseSrControlHesigaVal15Allowed,
    f.spatialReuseSrControlReserved,
  ]);
  if (control & OFFSET_PRESENT) d.u8(f.spatialReuseNonSrgObssPdMaxOffset);
  if (control & GROUP_PRESENT) {
    d.u8(f.spatialReuseSrgObssPdMinOffset);
    d.u8(f.spatialReuseSrgObssPdMaxOffset);
    d.bytes(f.spatialReuseSrgBssColorBitmap, 8);
    d.bytes(f.spatialReuseSrgPartialBssidBitmap, 8);
  }
}

const EXTENDED: Readonly<Record<number, readonly Step[]>> = {
  4: [bytesLeft(f.filsSession)],
  32: [num(f.oweDhParameterGroup), bytesLeft(f.oweDhParameterPublicKey)],
  33: [(d) => void d.str(f.saePasswordIdentifier, d.remaining)],
  35: [heCapabilities],
  36: [heOperation],
  37: [
    set(f.uoraParameterSetField, 1, [
      f.uoraParameterSetEocwmin,
      f.uoraParameterSetEocwmax,
      f.uoraParameterSetReserved,
    ]),
  ],
  38: [multiUserEdca],
  39: [spatialReuse],
  41: [num(f.ndpFeedbackResReqBufThreshExp)],
  55: [num(f.multipleBssidConfigurationBssidCount), num(f.multipleBssidConfigurationFullSetRxPeriodicity)],
  59: [
    set(f.tagHe6ghzCapInf, 2, [
      f.tagHe6ghzCapInfB0B2,
      f.tagHe6ghzCapInfB3B5,
      f.tagHe6ghzCapInfB6B7,
      f.tagHe6ghzCapInfB8,
      f.tagHe6ghzCapInfB9bB10,
      f.tagHe6ghzCapInfB11,
      f.tagHe6ghzCapInfB12,
      f.tagHe6ghzCapInfB13,
      f.tagHe6ghzCapInfB14B15,
    ]),
  ],
};

/** An element of the extended numbers, from its extension's number on; the line of the element is the last opened. */
export function addExtended(d: Dissection): void {
  const number = d.u8(f.number);
  const steps = EXTENDED[number];
  if (steps !== undefined) {
    for (const step of steps) step(d);
    return;
  }
  const name = EXTENDED_TAG_NAMES[number];
  if (d.labels) d.appendParent(": Undecoded");
  if (d.remaining > 0) d.bytes(f.data, d.remaining);
  d.last = d.parent;
  d.expert(x.undecoded, `802.11 Extension Tag (${name ?? number}) is not dissected`);
}

/** The length of an extended element as its own field. */
export const extendedFields = { tag: f.extTag, length: f.length, number: f.number };

/**
 * What elements hold, by their number.
 * @param reason the field of a reason code
 */
export const elementBodies = (reason: Field): Readonly<Record<number, readonly Step[]>> => ({
  11: [bssLoad],
  32: [powerConstraint],
  34: [],
  35: [tpcReport],
  36: [supportedChannels],
  37: [channelSwitch],
  38: [measurementRequest],
  39: [measurementReport],
  40: [quiet],
  46: [qosInformation],
  51: [apChannels],
  52: [neighbourReport],
  54: mobilityDomain,
  55: [fastTransition],
  59: [operatingClasses],
  60: [addExtendedSwitch],
  62: [num(f.secchanoffset)],
  70: [radioMeasurement],
  72: [coexistence],
  74: overlapping,
  76: [num(f.mmieKeyid), some(f.mmieIpn, 6), (d) => d.bytes(f.mmieMic, d.remaining < 16 ? 8 : 16)],
  90: [num(f.bssMaxIdlePeriod), bits(1, f.bssMaxIdleOptionsProtected)],
  101: [mac(f.linkIdBssid), mac(f.linkIdInitSta), mac(f.linkIdRespSta)],
  104: [num(f.channelSwitchTimingSwitchTime), num(f.channelSwitchTimingSwitchTimeout)],
  107: [interworking],
  108: [(d) => void addAdvertisementProtocol(d)],
  111: [roamingConsortium],
  118: [meshSwitch],
  126: rootAnnouncement,
  130: [pathRequest],
  131: [pathReply],
  132: [pathError(reason)],
  194: [
    num(f.wideBwNewChannelWidth),
    num(f.wideBwNewChannelCenterFreqSegment0),
    num(f.wideBwNewChannelCenterFreqSegment1),
  ],
  195: [powerEnvelope],
  199: [operatingMode],
  201: [reducedNeighbours],
  244: [rsnExtension],
});
export const elementExperts = x;
