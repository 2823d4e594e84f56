/** Management frames of IEEE 802.11-2020: section 9.3.3, their fixed fields (9.4.1) and elements (9.4.2). */
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
  SET_NOTSET,
  SUPPORTED,
  str,
  u8,
  u16,
  u24,
  u32,
  u64,
  type ValueNames,
  YES_NO,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { data } from "./data.ts";
import {
  AUTHENTICATION_NAMES,
  CATEGORY_NAMES,
  CIPHER_NAMES,
  ENVIRONMENT_NAMES,
  EXTENDED_TAG_NAMES,
  KEY_MANAGEMENT_NAMES,
  ORGANISATION_NAMES,
  RATE_NAMES,
  REASON_NAMES,
  STATUS_NAMES,
  TAG_NAMES,
  WPA_CIPHER_NAMES,
} from "./names/wlan-management.ts";
import { actionFields, addAction, isKnown, type Shared } from "./wlan-action.ts";
import {
  addExtended,
  elementBodies,
  elementExperts,
  elementFields,
  extendedFields,
} from "./wlan-elements.ts";
import { addKeyData, keyDataFields } from "./wlan-key-data.ts";
import {
  addExtendedCapabilities,
  addHtCapabilities,
  addHtOperation,
  addVhtCapabilities,
  addVhtOperation,
  throughputFields,
} from "./wlan-throughput.ts";
import { addTrafficSpecification, addWfa, addWps, vendorFields } from "./wlan-vendor.ts";

const AIRONET_TYPES: Readonly<Record<number, string>> = {
  0: "DTPC",
  1: "Unknown (1)",
  3: "CCX version",
  4: "Qos",
  11: "Unknown (11)",
  14: "QBSS V2 - CCA",
  20: "Client MFP",
};
const REPLAY_COUNTER_NAMES: Readonly<Record<number, string>> = {
  0: "1 replay counter per PTKSA/GTKSA/STAKeySA",
  1: "2 replay counters per PTKSA/GTKSA/STAKeySA",
  2: "4 replay counters per PTKSA/GTKSA/STAKeySA",
  3: "16 replay counters per PTKSA/GTKSA/STAKeySA",
};

const f = {
  fixedAll: none("wlan.fixed.all", "Fixed parameters"),
  fixedTimestamp: u64("wlan.fixed.timestamp", "Timestamp"),
  fixedBeacon: u32("wlan.fixed.beacon", "Beacon Interval", {
    base: "CUSTOM",
    text: (value) => `${((value * 1024) / 1e6).toFixed(6)} [Seconds]`,
  }),
  fixedCapabilities: u16("wlan.fixed.capabilities", "Capabilities Information", { base: "HEX" }),
  fixedCapabilitiesEss: bool("wlan.fixed.capabilities.ess", "ESS capabilities", {
    mask: 0x1,
    bits: 16,
    tf: ["Transmitter is an AP", "Transmitter is a STA"],
  }),
  fixedCapabilitiesIbss: bool("wlan.fixed.capabilities.ibss", "IBSS status", {
    mask: 0x2,
    bits: 16,
    tf: ["Transmitter belongs to an IBSS", "Transmitter belongs to a BSS"],
  }),
  fixedCapabilitiesReserved1: u16("wlan.fixed.capabilities.reserved1", "Reserved", { mask: 0x4 }),
  fixedCapabilitiesReserved2: u16("wlan.fixed.capabilities.reserved2", "Reserved", { mask: 0x8 }),
  fixedCapabilitiesPrivacy: bool("wlan.fixed.capabilities.privacy", "Privacy", {
    mask: 0x10,
    bits: 16,
    tf: ["Data confidentiality required", "Data confidentiality not required"],
  }),
  fixedCapabilitiesShortPreamble: bool("wlan.fixed.capabilities.short_preamble", "Short Preamble", {
    mask: 0x20,
    bits: 16,
    tf: ["Allowed", "Not Allowed"],
  }),
  fixedCapabilitiesReserved3: u16("wlan.fixed.capabilities.reserved3", "Reserved", { mask: 0x40 }),
  fixedCapabilitiesReserved4: u16("wlan.fixed.capabilities.reserved4", "Reserved", { mask: 0x80 }),
  fixedCapabilitiesSpecMan: bool("wlan.fixed.capabilities.spec_man", "Spectrum Management", {
    mask: 0x100,
    bits: 16,
    tf: ["Implemented", "Not Implemented"],
  }),
  fixedCapabilitiesQos: bool("wlan.fixed.capabilities.qos", "QoS", {
    mask: 0x200,
    bits: 16,
    tf: ["Implemented", "Not Implemented"],
  }),
  fixedCapabilitiesShortSlotTime: bool("wlan.fixed.capabilities.short_slot_time", "Short Slot Time", {
    mask: 0x400,
    bits: 16,
    tf: ["In use", "Not in use"],
  }),
  fixedCapabilitiesApsd: bool("wlan.fixed.capabilities.apsd", "Automatic Power Save Delivery", {
    mask: 0x800,
    bits: 16,
    tf: ["Implemented", "Not Implemented"],
  }),
  fixedCapabilitiesRadioMeasurement: bool("wlan.fixed.capabilities.radio_measurement", "Radio Measurement", {
    mask: 0x1000,
    bits: 16,
    tf: ["Implemented", "Not Implemented"],
  }),
  fixedCapabilitiesEpd: bool("wlan.fixed.capabilities.epd", "EPD", {
    mask: 0x2000,
    bits: 16,
    tf: ["Implemented", "Not Implemented"],
  }),
  fixedCapabilitiesReserved5: u16("wlan.fixed.capabilities.reserved5", "Reserved", { mask: 0x4000 }),
  fixedCapabilitiesReserved6: u16("wlan.fixed.capabilities.reserved6", "Reserved", { mask: 0x8000 }),
  fixedListenIval: u16("wlan.fixed.listen_ival", "Listen Interval", { base: "HEX" }),
  fixedCurrentAp: ether("wlan.fixed.current_ap", "Current AP"),
  fixedStatusCode: u16("wlan.fixed.status_code", "Status code", { base: "HEX", names: STATUS_NAMES }),
  fixedReasonCode: u16("wlan.fixed.reason_code", "Reason code", { base: "HEX", names: REASON_NAMES }),
  fixedAid: u16("wlan.fixed.aid", "Association ID", { base: "HEX", mask: 0x3fff }),
  fixedAuthAlg: u16("wlan.fixed.auth.alg", "Authentication Algorithm", { names: AUTHENTICATION_NAMES }),
  fixedAuthSeq: u16("wlan.fixed.auth_seq", "Authentication SEQ", { base: "HEX" }),
  fixedCategoryCode: u16("wlan.fixed.category_code", "Category code", { names: CATEGORY_NAMES }),
  fixedActionCode: u8("wlan.fixed.action_code", "Action code"),
  fixedActionCodeWide: u16("wlan.fixed.action_code", "Action code", { base: "HEX" }),
  fixedDialogToken: u8("wlan.fixed.dialog_token", "Dialog token", { base: "HEX" }),
  fixedBaparams: u16("wlan.fixed.baparams", "Block Ack Parameters", { base: "HEX" }),
  fixedBaparamsAmsdu: bool("wlan.fixed.baparams.amsdu", "A-MSDUs", {
    mask: 0x1,
    bits: 16,
    tf: ["Permitted in QoS Data MPDUs", "Not Permitted"],
  }),
  fixedBaparamsPolicy: bool("wlan.fixed.baparams.policy", "Block Ack Policy", {
    mask: 0x2,
    bits: 16,
    tf: ["Immediate Block Ack", "Delayed Block Ack"],
  }),
  fixedBaparamsTid: u16("wlan.fixed.baparams.tid", "Traffic Identifier", { base: "HEX", mask: 0x3c }),
  fixedBaparamsBuffersize: u16(
    "wlan.fixed.baparams.buffersize",
    "Number of Buffers (1 Buffer = 2304 Bytes)",
    { mask: 0xffc0 },
  ),
  fixedBatimeout: u16("wlan.fixed.batimeout", "Block Ack Timeout", { base: "HEX" }),
  fixedDelbaParam: u16("wlan.fixed.delba.param", "Delete Block Ack (DELBA) Parameter Set", { base: "HEX" }),
  fixedDelbaParamReserved: u16("wlan.fixed.delba.param.reserved", "Reserved", { base: "HEX", mask: 0x7ff }),
  fixedDelbaParamInitiator: bool("wlan.fixed.delba.param.initiator", "Initiator", { mask: 0x800, bits: 16 }),
  fixedDelbaParamTid: u16("wlan.fixed.delba.param.tid", "TID", { base: "HEX", mask: 0xf000 }),
  taggedAll: none("wlan.tagged.all", "Tagged parameters"),
  tag: none("wlan.tag", "Tag"),
  tagNumber: u8("wlan.tag.number", "Tag Number", { names: TAG_NAMES }),
  tagLength: u32("wlan.tag.length", "Tag length"),
  tagData: bytes("wlan.tag.data", "Tag Data"),
  aironetType: u8("wlan.aironet.type", "Aironet IE type", { names: AIRONET_TYPES }),
  aironetDtpc: i8("wlan.aironet.dtpc", "Aironet IE CCX DTCP"),
  aironetDtpcUnknown: bytes("wlan.aironet.dtpc_unknown", "Aironet IE CCX DTCP Unknown"),
  aironetVersion: u8("wlan.aironet.version", "Aironet IE CCX version"),
  aironetData: bytes("wlan.aironet.data", "Aironet IE data"),
  aironetClientMfp: bool("wlan.aironet.clientmfp", "Aironet IE Client MFP", {
    mask: 0x01,
    tf: ["Enabled", "Disabled"],
  }),
  tagOui: u24("wlan.tag.oui", "OUI", { base: "OUI" }),
  tagVendorOuiType: u8("wlan.tag.vendor.oui.type", "Vendor Specific OUI Type"),
  tagVendorData: bytes("wlan.tag.vendor.data", "Vendor Specific Data"),
  ssid: bytes("wlan.ssid", "SSID"),
  supportedRates: u8("wlan.supported_rates", "Supported Rates", { base: "HEX", names: RATE_NAMES }),
  extendedSupportedRates: u8("wlan.extended_supported_rates", "Extended Supported Rates", {
    base: "HEX",
    names: RATE_NAMES,
  }),
  dsCurrentChannel: u8("wlan.ds.current_channel", "Current Channel"),
  timDtimCount: u8("wlan.tim.dtim_count", "DTIM count"),
  timDtimPeriod: u8("wlan.tim.dtim_period", "DTIM period"),
  timBmapctl: u8("wlan.tim.bmapctl", "Bitmap control", { base: "HEX" }),
  timBmapctlMulticast: bool("wlan.tim.bmapctl.multicast", "Multicast", { mask: 0x1 }),
  timBmapctlOffset: u8("wlan.tim.bmapctl.offset", "Bitmap Offset", { base: "HEX", mask: 0xfe }),
  timPartialVirtualBitmap: bytes("wlan.tim.partial_virtual_bitmap", "Partial Virtual Bitmap"),
  timAid: u8("wlan.tim.aid", "Association ID", { base: "HEX" }),
  countryInfoCode: str("wlan.country_info.code", "Code"),
  countryInfoEnvironment: u8("wlan.country_info.environment", "Environment", { names: ENVIRONMENT_NAMES }),
  countryInfoFnm: none("wlan.country_info.fnm", "Country Info"),
  countryInfoFnmFcn: u8("wlan.country_info.fnm.fcn", "First Channel Number"),
  countryInfoFnmNc: u8("wlan.country_info.fnm.nc", "Number of Channels"),
  countryInfoFnmMtpl: i8("wlan.country_info.fnm.mtpl", "Maximum Transmit Power Level"),
  countryInfoPadding: bytes("wlan.country_info.padding", "Padding"),
  powercapMin: i8("wlan.powercap.min", "Minimum Transmit Power"),
  powercapMax: i8("wlan.powercap.max", "Maximum Transmit Power"),
  erpInfo: u8("wlan.erp_info", "ERP Information", { base: "HEX" }),
  erpInfoErpPresent: bool("wlan.erp_info.erp_present", "Non ERP Present", {
    mask: 0x1,
    tf: SET_NOTSET,
  }),
  erpInfoUseProtection: bool("wlan.erp_info.use_protection", "Use Protection", {
    mask: 0x2,
    tf: SET_NOTSET,
  }),
  erpInfoBarkerPreambleMode: bool("wlan.erp_info.barker_preamble_mode", "Barker Preamble Mode", {
    mask: 0x4,
    tf: SET_NOTSET,
  }),
  erpInfoReserved: u8("wlan.erp_info.reserved", "Reserved", { base: "HEX", mask: 0xf8 }),
  rsnVersion: u16("wlan.rsn.version", "RSN Version"),
  rsnGcs: u32("wlan.rsn.gcs", "Group Cipher Suite", { base: "CUSTOM" }),
  rsnGcsOui: u24("wlan.rsn.gcs.oui", "Group Cipher Suite OUI", { base: "OUI" }),
  rsnGcsType: u8("wlan.rsn.gcs.type", "Group Cipher Suite type", { names: CIPHER_NAMES }),
  rsnPcsCount: u16("wlan.rsn.pcs.count", "Pairwise Cipher Suite Count"),
  rsnPcsList: none("wlan.rsn.pcs.list", "Pairwise Cipher Suite List"),
  rsnPcs: u32("wlan.rsn.pcs", "Pairwise Cipher Suite", { base: "CUSTOM" }),
  rsnPcsOui: u24("wlan.rsn.pcs.oui", "Pairwise Cipher Suite OUI", { base: "OUI" }),
  rsnPcsType: u8("wlan.rsn.pcs.type", "Pairwise Cipher Suite type", { names: CIPHER_NAMES }),
  rsnAkmsCount: u16("wlan.rsn.akms.count", "Auth Key Management (AKM) Suite Count"),
  rsnAkmsList: none("wlan.rsn.akms.list", "Auth Key Management (AKM) List"),
  rsnAkms: u32("wlan.rsn.akms", "Auth Key Management (AKM) Suite", { base: "CUSTOM" }),
  rsnAkmsOui: u24("wlan.rsn.akms.oui", "Auth Key Management (AKM) OUI", { base: "OUI" }),
  rsnAkmsType: u8("wlan.rsn.akms.type", "Auth Key Management (AKM) type", { names: KEY_MANAGEMENT_NAMES }),
  rsnCapabilities: u16("wlan.rsn.capabilities", "RSN Capabilities", { base: "HEX" }),
  rsnCapabilitiesPreauth: bool("wlan.rsn.capabilities.preauth", "RSN Pre-Auth capabilities", {
    mask: 0x1,
    bits: 16,
    tf: ["Transmitter supports pre-authentication", "Transmitter does not support pre-authentication"],
  }),
  rsnCapabilitiesNoPairwise: bool("wlan.rsn.capabilities.no_pairwise", "RSN No Pairwise capabilities", {
    mask: 0x2,
    bits: 16,
    tf: [
      "Transmitter cannot support WEP default key 0 simultaneously with Pairwise key",
      "Transmitter can support WEP default key 0 simultaneously with Pairwise key",
    ],
  }),
  rsnCapabilitiesPtksaReplayCounter: u16(
    "wlan.rsn.capabilities.ptksa_replay_counter",
    "RSN PTKSA Replay Counter capabilities",
    {
      base: "HEX",
      mask: 0xc,
      names: REPLAY_COUNTER_NAMES,
    },
  ),
  rsnCapabilitiesGtksaReplayCounter: u16(
    "wlan.rsn.capabilities.gtksa_replay_counter",
    "RSN GTKSA Replay Counter capabilities",
    {
      base: "HEX",
      mask: 0x30,
      names: REPLAY_COUNTER_NAMES,
    },
  ),
  rsnCapabilitiesMfpr: bool("wlan.rsn.capabilities.mfpr", "Management Frame Protection Required", {
    mask: 0x40,
    bits: 16,
  }),
  rsnCapabilitiesMfpc: bool("wlan.rsn.capabilities.mfpc", "Management Frame Protection Capable", {
    mask: 0x80,
    bits: 16,
  }),
  rsnCapabilitiesJmr: bool("wlan.rsn.capabilities.jmr", "Joint Multi-band RSNA", { mask: 0x100, bits: 16 }),
  rsnCapabilitiesPeerkey: bool("wlan.rsn.capabilities.peerkey", "PeerKey Enabled", { mask: 0x200, bits: 16 }),
  rsnCapabilitiesExtendedKeyIdIaf: bool(
    "wlan.rsn.capabilities.extended_key_id_iaf",
    "Extended Key ID for Individually Addressed Frames",
    { mask: 0x2000, bits: 16, tf: SUPPORTED },
  ),
  rsnPmkidCount: u16("wlan.rsn.pmkid.count", "PMKID Count"),
  rsnPmkidList: none("wlan.rsn.pmkid.list", "PMKID List"),
  pmkidAkms: bytes("wlan.pmkid.akms", "PMKID"),
  rsnGmcs: u32("wlan.rsn.gmcs", "Group Management Cipher Suite", { base: "CUSTOM" }),
  rsnGmcsOui: u24("wlan.rsn.gmcs.oui", "Group Management Cipher Suite OUI", { base: "OUI" }),
  rsnGmcsType: u8("wlan.rsn.gmcs.type", "Group Management Cipher Suite type", { names: CIPHER_NAMES }),
  meshId: str("wlan.mesh.id", "Mesh ID"),
  meshConfigPsProtocol: u8("wlan.mesh.config.ps_protocol", "Path Selection Protocol", { base: "HEX" }),
  meshConfigPsMetric: u8("wlan.mesh.config.ps_metric", "Path Selection Metric", { base: "HEX" }),
  meshConfigCongCtl: u8("wlan.mesh.config.cong_ctl", "Congestion Control", { base: "HEX" }),
  meshConfigSyncMethod: u8("wlan.mesh.config.sync_method", "Synchronization Method", { base: "HEX" }),
  meshConfigAuthProtocol: u8("wlan.mesh.config.auth_protocol", "Authentication Protocol", { base: "HEX" }),
  meshConfigFormationInfo: u8("wlan.mesh.config.formation_info", "Formation Info", { base: "HEX" }),
  meshConfigFormationInfoNumPeers: u8("wlan.mesh.config.formation_info.num_peers", "Number of Peerings", {
    mask: 0x7e,
  }),
  meshConfigCap: u8("wlan.mesh.config.cap", "Capability", { base: "HEX" }),
  meshConfigCapAccept: bool("wlan.mesh.config.cap.accept", "Accepting Additional Mesh Peerings", {
    mask: 0x1,
    tf: YES_NO,
  }),
  meshConfigCapMccaSupport: bool("wlan.mesh.config.cap.mcca_support", "MCCA Support", {
    mask: 0x2,
    tf: YES_NO,
  }),
  meshConfigCapMccaEnabled: bool("wlan.mesh.config.cap.mcca_enabled", "MCCA Enabled", {
    mask: 0x4,
    tf: YES_NO,
  }),
  meshConfigCapForwarding: bool("wlan.mesh.config.cap.forwarding", "Mesh Forwarding", {
    mask: 0x8,
    tf: YES_NO,
  }),
  meshConfigCapMbcaEnabled: bool("wlan.mesh.config.cap.mbca_enabled", "MBCA Enabled", {
    mask: 0x10,
    tf: YES_NO,
  }),
  meshConfigCapTbttAdjusting: bool("wlan.mesh.config.cap.tbtt_adjusting", "TBTT Adjustment", {
    mask: 0x20,
    tf: YES_NO,
  }),
  meshConfigCapPowerSaveLevel: bool("wlan.mesh.config.cap.power_save_level", "Power Save", {
    mask: 0x40,
    tf: [
      "At least one of the peer-specific mesh power modes is deep sleep mode",
      "None of the peer-specific mesh power modes is deep sleep mode",
    ],
  }),
  meshConfigCapReserved: u8("wlan.mesh.config.cap.reserved", "Reserved", { base: "HEX", mask: 0x80 }),
  meshFormationInfoConnectToMeshGate: bool(
    "wlan.mesh.formation_info.connect_to_mesh_gate",
    "Connected to Mesh Gate",
    { mask: 0x1, tf: YES_NO },
  ),
  meshFormationInfoConnectToAs: bool("wlan.mesh.formation_info.connect_to_as", "Connected to AS", {
    mask: 0x80,
    tf: YES_NO,
  }),
  wfaIeType: u8("wlan.wfa.ie.type", "Type", {
    base: "HEX",
    names: { 1: "WPA Information Element", 2: "WMM/WME", 4: "WPS" },
  }),
  wfaIeWmeSubtype: u8("wlan.wfa.ie.wme.subtype", "WME Subtype", {
    names: { 0: "Information Element", 1: "Parameter Element", 2: "TSPEC Element" },
  }),
  wfaIeWmeVersion: u8("wlan.wfa.ie.wme.version", "WME Version"),
  wfaIeWmeQosInfo: u8("wlan.wfa.ie.wme.qos_info", "WME QoS Info", { base: "HEX" }),
  wfaIeWpaVersion: u16("wlan.wfa.ie.wpa.version", "WPA Version"),
  wfaIeWpaMcs: u32("wlan.wfa.ie.wpa.mcs", "Multicast Cipher Suite", { base: "CUSTOM" }),
  wfaIeWpaMcsOui: u24("wlan.wfa.ie.wpa.mcs.oui", "Multicast Cipher Suite OUI", { base: "OUI" }),
  wfaIeWpaMcsType: u8("wlan.wfa.ie.wpa.mcs.type", "Multicast Cipher Suite type", { names: WPA_CIPHER_NAMES }),
  wfaIeWpaUcsCount: u16("wlan.wfa.ie.wpa.ucs.count", "Unicast Cipher Suite Count"),
  wfaIeWpaUcsList: none("wlan.wfa.ie.wpa.ucs.list", "Unicast Cipher Suite List"),
  wfaIeWpaUcs: u32("wlan.wfa.ie.wpa.ucs", "Unicast Cipher Suite", { base: "CUSTOM" }),
  wfaIeWpaUcsOui: u24("wlan.wfa.ie.wpa.ucs.oui", "Unicast Cipher Suite OUI", { base: "OUI" }),
  wfaIeWpaUcsType: u8("wlan.wfa.ie.wpa.ucs.type", "Unicast Cipher Suite type", { names: WPA_CIPHER_NAMES }),
  wfaIeWpaAkmsCount: u16("wlan.wfa.ie.wpa.akms.count", "Auth Key Management (AKM) Suite Count"),
  wfaIeWpaAkmsList: none("wlan.wfa.ie.wpa.akms.list", "Auth Key Management (AKM) List"),
  wfaIeWpaAkms: u32("wlan.wfa.ie.wpa.akms", "Auth Key Management (AKM) Suite", { base: "CUSTOM" }),
  wfaIeWpaAkmsOui: u24("wlan.wfa.ie.wpa.akms.oui", "Auth Key Management (AKM) OUI", { base: "OUI" }),
  wfaIeWpaAkmsType: u8("wlan.wfa.ie.wpa.type", "Auth Key Management (AKM) type", {
    names: KEY_MANAGEMENT_NAMES,
  }),
  fixedSsc: u16("wlan.fixed.ssc", "Block Ack Starting Sequence Control (SSC)", { base: "HEX" }),
  fixedSscFragment: u16("wlan.fixed.ssc.fragment", "Fragment", { mask: 0xf }),
  fixedSscSequence: u16("wlan.fixed.ssc.sequence", "Starting Sequence Number", { mask: 0xfff0 }),
  wfaIeWmeQosInfoStaMaxSpLength: u8("wlan.wfa.ie.wme.qos_info.sta.max_sp_length", "Max SP Length", {
    base: "HEX",
    mask: 0x60,
    names: {
      0: "WMM AP may deliver all buffered frames (MSDUs and MMPDUs)",
      1: "WMM AP may deliver a maximum of 2 buffered frames (MSDUs and MMPDUs) per USP",
      2: "WMM AP may deliver a maximum of 4 buffered frames (MSDUs and MMPDUs) per USP",
      3: "WMM AP may deliver a maximum of 6 buffered frames (MSDUs and MMPDUs) per USP",
    },
  }),
  wfaIeWmeQosInfoStaAcBe: bool("wlan.wfa.ie.wme.qos_info.sta.ac_be", "AC_BE", {
    mask: 0x8,
    tf: ["WMM delivery and trigger enabled", "non-WMM PS"],
  }),
  wfaIeWmeQosInfoStaAcBk: bool("wlan.wfa.ie.wme.qos_info.sta.ac_bk", "AC_BK", {
    mask: 0x4,
    tf: ["WMM delivery and trigger enabled", "non-WMM PS"],
  }),
  wfaIeWmeQosInfoStaAcVi: bool("wlan.wfa.ie.wme.qos_info.sta.ac_vi", "AC_VI", {
    mask: 0x2,
    tf: ["WMM delivery and trigger enabled", "non-WMM PS"],
  }),
  wfaIeWmeQosInfoStaAcVo: bool("wlan.wfa.ie.wme.qos_info.sta.ac_vo", "AC_VO", {
    mask: 0x1,
    tf: ["WMM delivery and trigger enabled", "non-WMM PS"],
  }),
  wfaIeWmeQosInfoStaReserved: u8("wlan.wfa.ie.wme.qos_info.sta.reserved", "Reserved", {
    base: "HEX",
    mask: 0x90,
  }),
  wfaIeWmeQosInfoApUApsd: bool("wlan.wfa.ie.wme.qos_info.ap.u_apsd", "U-APSD", {
    mask: 0x80,
    tf: ["Enabled", "Disabled"],
  }),
  wfaIeWmeQosInfoApParameterSetCount: u8(
    "wlan.wfa.ie.wme.qos_info.ap.parameter_set_count",
    "Parameter Set Count",
    { base: "HEX", mask: 0xf },
  ),
  wfaIeWmeQosInfoApReserved: u8("wlan.wfa.ie.wme.qos_info.ap.reserved", "Reserved", {
    base: "HEX",
    mask: 0x70,
  }),
  wfaIeWmeReserved: bytes("wlan.wfa.ie.wme.reserved", "Reserved"),
  wfaIeWmeAcp: none("wlan.wfa.ie.wme.acp", "Ac Parameters"),
  wfaIeWmeAcpAciAifsn: u8("wlan.wfa.ie.wme.acp.aci_aifsn", "ACI / AIFSN Field", { base: "HEX" }),
  wfaIeWmeAcpAci: u8("wlan.wfa.ie.wme.acp.aci", "ACI", {
    mask: 0x60,
    names: { 0: "Best Effort", 1: "Background", 2: "Video", 3: "Voice" },
  }),
  wfaIeWmeAcpAcm: bool("wlan.wfa.ie.wme.acp.acm", "Admission Control Mandatory", {
    mask: 0x10,
    tf: YES_NO,
  }),
  wfaIeWmeAcpAifsn: u8("wlan.wfa.ie.wme.acp.aifsn", "AIFSN", { mask: 0xf }),
  wfaIeWmeAcpReserved: u8("wlan.wfa.ie.wme.acp.reserved", "Reserved", { mask: 0x80 }),
  wfaIeWmeAcpEcw: u8("wlan.wfa.ie.wme.acp.ecw", "ECW", { base: "HEX" }),
  wfaIeWmeAcpEcwMax: u8("wlan.wfa.ie.wme.acp.ecw.max", "ECW Max", { mask: 0xf0 }),
  wfaIeWmeAcpEcwMin: u8("wlan.wfa.ie.wme.acp.ecw.min", "ECW Min", { mask: 0xf }),
  wfaIeWmeAcpCwMax: u8("wlan.wfa.ie.wme.acp.cw.max", "CW Max"),
  wfaIeWmeAcpCwMin: u8("wlan.wfa.ie.wme.acp.cw.min", "CW Min"),
  wfaIeWmeAcpTxopLimit: u16("wlan.wfa.ie.wme.acp.txop_limit", "TXOP Limit"),
};
/** Fields of the protocol `wlan`, whose frames these are. */
export const managementFields = {
  ...f,
  ...throughputFields,
  ...vendorFields,
  ...keyDataFields,
  ...actionFields,
  ...Object.fromEntries(Object.entries(elementFields).map(([key, field]) => [`element ${key}`, field])),
};

const x = {
  pairwise: expert(
    "wlan.rsn.pcs.count.invalid",
    "error",
    "Malformed",
    "Pairwise Cipher Suite Count too large",
  ),
  keys: expert(
    "wlan.rsn.akms.count.invalid",
    "error",
    "Malformed",
    "Auth Key Management (AKM) Suite Count too large",
  ),
  length: expert("wlan.tag.length.bad", "error", "Malformed", "Bad tag length"),
};
export const managementExperts = { ...x, ...elementExperts };

/** The line of a management frame's body; no step of the protocol chain. */
const management = protocol({
  name: "wlan.mgt",
  title: "IEEE 802.11 Wireless Management",
  short: "802.11",
  dissect: () => undefined,
});

/** Who sent the frame at work: elements of stations and access points differ. */
const sender = { isStation: false };

const ASSOCIATION_REQUEST = 0;
const ASSOCIATION_RESPONSE = 1;
const REASSOCIATION_REQUEST = 2;
const REASSOCIATION_RESPONSE = 3;
const PROBE_REQUEST = 4;
const PROBE_RESPONSE = 5;
const BEACON = 8;
const DISASSOCIATION = 10;
const AUTHENTICATION = 11;
const DEAUTHENTICATION = 12;
const ACTION = 13;
const ACTION_NO_ACK = 14;

const STATION_FRAMES: readonly number[] = [ASSOCIATION_REQUEST, REASSOCIATION_REQUEST, PROBE_REQUEST];

/** Bytes of the fixed fields by subtype; 0 where the body is elements only. */
const FIXED_LENGTHS = [4, 6, 10, 6, 0, 12, 0, 0, 12, 0, 2, 6, 2] as const;

/**
 * Dissects the body of a management frame, from the cursor to the layer's end, and completes the info text.
 * @param subtype the frame's subtype, 0 to 15
 */
export function dissectManagement(d: Dissection, subtype: number): void {
  // What follows an action is a step of the protocol chain.
  const action = subtype === ACTION || subtype === ACTION_NO_ACK;
  if (!d.building && !d.columns && !action) return;
  sender.isStation = STATION_FRAMES.includes(subtype);
  d.openBeside(management);
  if (action) {
    dissectAction(d);
    return;
  }
  const length = FIXED_LENGTHS[subtype] ?? 0;
  if (length > 0) {
    openBytes(d, f.fixedAll, "Fixed parameters", length);
    addFixed(d, subtype);
    d.close();
  }
  addElements(d);
}

/** A line that says how many bytes stand below it. */
function openBytes(d: Dissection, field: Field, title: string, length: number): void {
  d.open(field, d.pos, length);
  if (d.labels) d.relabelParent(`${title} (${length} bytes)`);
}

const CAPABILITY_BITS = Object.values(f).filter((field) => field.name.startsWith("wlan.fixed.capabilities."));

function addFixed(d: Dissection, subtype: number): void {
  switch (subtype) {
    case ASSOCIATION_REQUEST:
    case REASSOCIATION_REQUEST:
      d.bitsetLe(f.fixedCapabilities, 2, CAPABILITY_BITS);
      d.u16le(f.fixedListenIval);
      if (subtype === REASSOCIATION_REQUEST) d.ether(f.fixedCurrentAp);
      break;
    case ASSOCIATION_RESPONSE:
    case REASSOCIATION_RESPONSE:
      d.bitsetLe(f.fixedCapabilities, 2, CAPABILITY_BITS);
      d.u16le(f.fixedStatusCode);
      d.bitsLe(f.fixedAid, d.pos, 2);
      d.skip(2);
      break;
    case PROBE_RESPONSE:
    case BEACON:
      addBeacon(d);
      break;
    case DISASSOCIATION:
    case DEAUTHENTICATION:
      d.u16le(f.fixedReasonCode);
      break;
    case AUTHENTICATION:
      d.u16le(f.fixedAuthAlg);
      d.u16le(f.fixedAuthSeq);
      d.u16le(f.fixedStatusCode);
      break;
  }
}

function addBeacon(d: Dissection): void {
  d.u64le(f.fixedTimestamp);
  const interval = d.u16le(f.fixedBeacon);
  if (d.columns) d.addInfo(`, BI=${interval}`);
  d.bitsetLe(f.fixedCapabilities, 2, CAPABILITY_BITS);
}

const CATEGORY_BLOCK_ACK = 3;
const BLOCK_ACK_ACTIONS = {
  0: "Add Block Ack Request",
  1: "Add Block Ack Response",
  2: "Delete Block Ack",
} as const;
const ADD_REQUEST = 0;
const ADD_RESPONSE = 1;
const DELETE = 2;
const INITIATOR = 0x800;
const BLOCK_ACK_BITS = [
  f.fixedBaparamsAmsdu,
  f.fixedBaparamsPolicy,
  f.fixedBaparamsTid,
  f.fixedBaparamsBuffersize,
] as const;
const DELETE_BITS = [f.fixedDelbaParamReserved, f.fixedDelbaParamInitiator, f.fixedDelbaParamTid] as const;
const SEQUENCE_BITS = [f.fixedSscFragment, f.fixedSscSequence] as const;

/** An action frame, IEEE 802.11-2020 section 9.6. */
function dissectAction(d: Dissection): void {
  d.openText(d.pos, d.remaining, "Fixed parameters");
  const category = d.u8(f.fixedCategoryCode);
  let hasElements = true;
  if (category === CATEGORY_BLOCK_ACK) {
    const action = d.u8(f.fixedActionCode);
    const name = nameOf(BLOCK_ACK_ACTIONS, action);
    if (d.labels && name !== undefined) d.relabel(`Action code: ${name} (0x${hex(action, 2)})`);
    addBlockAck(d, action);
  } else if (isKnown(category)) hasElements = addAction(d, category, SHARED);
  else hasElements = false;
  if (d.labels) d.relabelParent("Fixed parameters");
  d.close(d.pos);
  if (hasElements) addElements(d);
  else if (d.remaining > 0) d.call(data);
}

const SHARED: Shared = {
  action: f.fixedActionCode,
  wideAction: f.fixedActionCodeWide,
  token: f.fixedDialogToken,
  status: f.fixedStatusCode,
  reason: f.fixedReasonCode,
  capabilities: (d) => {
    d.bitsetLe(f.fixedCapabilities, 2, CAPABILITY_BITS);
  },
  association: (d) => {
    d.bitsLe(f.fixedAid, d.pos, 2);
    d.skip(2);
  },
  organisation: (d) => {
    const oui = d.u24(f.tagOui);
    if (d.labels) d.relabel(`OUI: ${ouiText(oui)}`);
    return oui;
  },
};

function addBlockAck(d: Dissection, action: number): void {
  if (action === ADD_REQUEST || action === ADD_RESPONSE) {
    d.u8(f.fixedDialogToken);
    if (action === ADD_RESPONSE) d.u16le(f.fixedStatusCode);
    const parameters = d.bitsetLe(f.fixedBaparams, 2, BLOCK_ACK_BITS);
    if (d.labels)
      d.append(`${parameters & 1 ? ", A-MSDUs" : ""}${parameters & 2 ? ", Block Ack Policy" : ""}`);
    d.u16le(f.fixedBatimeout);
    if (action === ADD_REQUEST) d.bitsetLe(f.fixedSsc, 2, SEQUENCE_BITS);
  } else if (action === DELETE) {
    const parameters = d.bitsetLe(f.fixedDelbaParam, 2, DELETE_BITS);
    if (d.labels && parameters & INITIATOR) d.append(", Initiator");
    d.u16le(f.fixedReasonCode);
  }
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

function addElements(d: Dissection): void {
  if (d.wireRemaining <= 0) return;
  openBytes(d, f.taggedAll, "Tagged parameters", d.wireRemaining);
  while (d.wireRemaining > 0) addElement(d);
  d.close();
}

const EXTENSION = 255;

/** Elements up to the layer's end, without a line around them. */
export function addElementsHere(d: Dissection): void {
  while (d.remaining >= 2) addElement(d);
}

/** One element: its number, its length, and what it holds. */
export function addElement(d: Dissection): void {
  const at = d.pos;
  const number = d.peek8();
  const isExtended = number === EXTENSION;
  // The number behind the length is a part of the tag's own.
  if (isExtended) d.need(3);
  d.open(isExtended ? extendedFields.tag : f.tag, at, 2);
  if (d.labels) {
    const name = isExtended ? extendedName(d) : (TAG_NAMES[number] ?? `Unknown (${number})`);
    d.relabelParent(`${isExtended ? "Ext Tag" : "Tag"}: ${name}`);
  }
  d.u8(f.tagNumber);
  const length = d.peek8();
  if (isExtended) d.add(extendedFields.length, d.pos, 1, length - 1);
  else d.add(f.tagLength, d.pos, 1, length);
  d.skip(1);
  if (length > d.wireRemaining) {
    d.expert(x.length, "Tag Length is longer than remaining payload");
    d.close(d.end);
    d.pos = d.end;
    d.need(d.wireEnd - d.pos);
    return;
  }
  d.need(length);
  const next = d.pos + length;
  const { end, wireEnd } = d;
  d.limit(length);
  if (isExtended) addExtended(d);
  else addBody(d, number, length);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = next;
  d.close(next);
}

function extendedName(d: Dissection): string {
  const number = d.peek8(2);
  return EXTENDED_TAG_NAMES[number] ?? `Unknown (${number})`;
}

const BODIES = elementBodies(f.fixedReasonCode);

function addBody(d: Dissection, number: number, length: number): void {
  switch (number) {
    case 0:
      addSsid(d, length);
      break;
    case 1:
      addRates(d, f.supportedRates);
      break;
    case 3:
      addChannel(d);
      break;
    case 5:
      addTim(d);
      break;
    case 7:
      addCountry(d);
      break;
    case 33:
      d.int(f.powercapMin, 1);
      d.int(f.powercapMax, 1);
      break;
    case 42:
      d.bitsetLe(f.erpInfo, 1, ERP_BITS);
      break;
    case 45:
      addHtCapabilities(d);
      break;
    case 48:
      addRsn(d);
      break;
    case 50:
      addRates(d, f.extendedSupportedRates);
      break;
    case 61:
      addHtOperation(d);
      break;
    case 113:
      addMeshConfiguration(d);
      break;
    case 114:
      addMeshId(d, length);
      break;
    case 127:
      if (d.labels) d.appendParent(` (${length} octet${length === 1 ? "" : "s"})`);
      addExtendedCapabilities(d);
      break;
    case 191:
      addVhtCapabilities(d);
      break;
    case 192:
      addVhtOperation(d);
      break;
    case 221:
      addVendor(d);
      break;
    default:
      addOther(d, number, length);
  }
}

function addOther(d: Dissection, number: number, length: number): void {
  const steps = BODIES[number];
  if (steps !== undefined) {
    for (const step of steps) step(d);
    return;
  }
  if (d.labels) d.appendParent(": Undecoded");
  d.bytes(f.tagData, length);
  d.expert(
    elementExperts.undecoded,
    `802.11 IE Tag (${TAG_NAMES[number] ?? `(${number})`}) is not dissected`,
  );
}

/** An SSID is 0 to 32 bytes, of no declared encoding: shown as UTF-8. */
function addSsid(d: Dissection, length: number): void {
  const value = d.peekBytes(length);
  const text = d.labels || d.columns ? Buffer.from(value).toString() : "";
  d.bytes(f.ssid, length);
  const isWildcard = length === 0;
  if (d.labels && !isWildcard) d.relabel(`SSID: "${text}"`);
  if (d.labels) d.appendParent(isWildcard ? ": Wildcard SSID" : `: "${text}"`);
  if (d.columns) d.addInfo(isWildcard ? ", SSID=Wildcard (Broadcast)" : `, SSID="${text}"`);
}

function addRates(d: Dissection, field: Field): void {
  let text = "";
  while (d.remaining > 0) {
    const rate = d.u8(field);
    if (d.labels) text += ` ${RATE_NAMES[rate] ?? "Unknown Rate"},`;
  }
  if (d.labels) d.appendParent(`${text} [Mbit/sec]`);
}

function addChannel(d: Dissection): void {
  const channel = d.u8(f.dsCurrentChannel);
  if (d.labels) d.appendParent(`: Current Channel: ${channel}`);
}

/** Traffic indication map, IEEE 802.11-2020 section 9.4.2.5. */
function addTim(d: Dissection): void {
  const count = d.u8(f.timDtimCount);
  const period = d.u8(f.timDtimPeriod);
  if (d.labels) d.appendParent(`: DTIM ${count} of ${period} bitmap`);
  const control = d.bitsetLe(f.timBmapctl, 1, TIM_BITS);
  const at = d.pos;
  const length = d.remaining;
  if (length === 0) return;
  d.open(f.timPartialVirtualBitmap, at, length, d.peekBytes(length));
  const first = (control >> 1) * 16;
  for (let bit = 0; bit < length * 8; bit++) {
    const one = at + (bit >> 3);
    // Bit 0 of the map stands for group traffic, no station.
    if (((d.buf[one] >> (bit & 7)) & 1) === 0 || first + bit === 0) continue;
    // The field has eight bits; the line tells the whole number.
    d.add(f.timAid, one, 1, (first + bit) & 0xff);
    if (d.labels) d.relabel(`Association ID: 0x${hex(first + bit, 2)}`);
  }
  d.close();
}

const TIM_BITS = [f.timBmapctlMulticast, f.timBmapctlOffset] as const;
const ERP_BITS = [
  f.erpInfoErpPresent,
  f.erpInfoUseProtection,
  f.erpInfoBarkerPreambleMode,
  f.erpInfoReserved,
] as const;

function addCountry(d: Dissection): void {
  const code = d.str(f.countryInfoCode, 2);
  const environment = d.u8(f.countryInfoEnvironment);
  if (d.labels) {
    const place = nameOf(ENVIRONMENT_NAMES, environment) ?? `Unknown (0x${hex(environment, 2)})`;
    d.appendParent(`: Country Code ${code}, Environment ${place}`);
  }
  while (d.remaining >= 3) {
    const at = d.pos;
    d.open(f.countryInfoFnm, at, 3);
    const first = d.u8(f.countryInfoFnmFcn);
    const count = d.u8(f.countryInfoFnmNc);
    const power = d.int(f.countryInfoFnmMtpl, 1);
    if (d.labels) {
      d.append(" dBm");
      d.appendParent(
        `: First Channel Number: ${first}, Number of Channels: ${count}, Maximum Transmit Power Level: ${power} dBm`,
      );
    }
    d.close();
  }
  if (d.remaining > 0) d.bytes(f.countryInfoPadding, d.remaining);
}

const RSN_OUI = 0x000fac;
const MICROSOFT_OUI = 0x0050f2;
const CISCO_OUI = 0x004096;

const OUI_ROOM = 31;

/** `00:0f:ac (Ieee 802.11)` */
function ouiText(oui: number): string {
  const text = `${hex(oui >> 16, 2)}:${hex((oui >> 8) & 255, 2)}:${hex(oui & 255, 2)}`;
  const name = ORGANISATION_NAMES[oui];
  // A line of this kind has room for 31 characters.
  return name === undefined ? text : `${text} (${name})`.slice(0, OUI_ROOM);
}

interface Suite {
  readonly suite: Field;
  readonly oui: Field;
  readonly type: Field;
  readonly names: ValueNames;
}
const GROUP: Suite = { suite: f.rsnGcs, oui: f.rsnGcsOui, type: f.rsnGcsType, names: CIPHER_NAMES };
const PAIRWISE: Suite = { suite: f.rsnPcs, oui: f.rsnPcsOui, type: f.rsnPcsType, names: CIPHER_NAMES };
const KEYS: Suite = { suite: f.rsnAkms, oui: f.rsnAkmsOui, type: f.rsnAkmsType, names: KEY_MANAGEMENT_NAMES };
const GROUP_MANAGEMENT: Suite = {
  suite: f.rsnGmcs,
  oui: f.rsnGmcsOui,
  type: f.rsnGmcsType,
  names: CIPHER_NAMES,
};
const WPA_MULTICAST: Suite = {
  suite: f.wfaIeWpaMcs,
  oui: f.wfaIeWpaMcsOui,
  type: f.wfaIeWpaMcsType,
  names: WPA_CIPHER_NAMES,
};
const WPA_UNICAST: Suite = {
  suite: f.wfaIeWpaUcs,
  oui: f.wfaIeWpaUcsOui,
  type: f.wfaIeWpaUcsType,
  names: WPA_CIPHER_NAMES,
};
const WPA_KEYS: Suite = {
  suite: f.wfaIeWpaAkms,
  oui: f.wfaIeWpaAkmsOui,
  type: f.wfaIeWpaAkmsType,
  names: f.wfaIeWpaAkmsType.names ?? {},
};

/** One suite selector, with its text. */
function addSuite(d: Dissection, { suite, oui, type, names }: Suite): string {
  const organisation = d.peek24();
  const number = d.peek8(3);
  const known = organisation === RSN_OUI || organisation === MICROSOFT_OUI;
  const name = known ? nameOf(names, number) : undefined;
  const text = d.labels ? `${ouiText(organisation)} ${name ?? `Unknown ${number}`}` : "";
  d.open(suite, d.pos, 4, d.peek32());
  if (d.labels) d.relabelParent(`${suite.title}: ${text}`);
  d.u24(oui);
  if (d.labels) d.relabel(`${oui.title}: ${ouiText(organisation)}`);
  d.u8(type);
  if (d.labels && !known) d.relabel(`${type.title}: ${number}`);
  d.close();
  return known ? text : "";
}

/** A count and as many suites; what the element has no room for is left out. */
function addSuites(d: Dissection, count: Field, list: Field, suite: Suite): void {
  const told = d.u16le(count);
  const room = d.remaining;
  if (told * 4 > room)
    d.expert(
      suite === KEYS || suite === WPA_KEYS ? x.keys : x.pairwise,
      `${count.title} too large, 4*${told} > ${room}`,
    );
  const number = Math.min(told, room >> 2);
  d.open(list, d.pos, number * 4);
  for (let i = 0; i < number; i++) {
    const text = addSuite(d, suite);
    if (text !== "") d.appendParent(` ${text}`);
  }
  d.close();
}

const RSN_BITS = Object.values(f).filter((field) => field.name.startsWith("wlan.rsn.capabilities."));
const PMKID_LENGTH = 16;

/** RSN element, IEEE 802.11-2020 section 9.4.2.24: each part may be the last. */
function addRsn(d: Dissection): void {
  d.u16le(f.rsnVersion);
  if (d.remaining === 0) return;
  addSuite(d, GROUP);
  if (d.remaining === 0) return;
  addSuites(d, f.rsnPcsCount, f.rsnPcsList, PAIRWISE);
  if (d.remaining === 0) return;
  addSuites(d, f.rsnAkmsCount, f.rsnAkmsList, KEYS);
  if (d.remaining === 0) return;
  d.bitsetLe(f.rsnCapabilities, 2, RSN_BITS);
  if (d.remaining === 0) return;
  const told = d.u16le(f.rsnPmkidCount);
  const number = Math.min(told, Math.floor(d.remaining / PMKID_LENGTH));
  d.open(f.rsnPmkidList, d.pos, number * PMKID_LENGTH);
  for (let i = 0; i < number; i++) d.bytes(f.pmkidAkms, PMKID_LENGTH);
  d.close();
  if (d.remaining > 0) addSuite(d, GROUP_MANAGEMENT);
}

const FORMATION_BITS = [
  f.meshFormationInfoConnectToMeshGate,
  f.meshConfigFormationInfoNumPeers,
  f.meshFormationInfoConnectToAs,
] as const;
const MESH_BITS = [
  f.meshConfigCapAccept,
  f.meshConfigCapMccaSupport,
  f.meshConfigCapMccaEnabled,
  f.meshConfigCapForwarding,
  f.meshConfigCapMbcaEnabled,
  f.meshConfigCapTbttAdjusting,
  f.meshConfigCapPowerSaveLevel,
  f.meshConfigCapReserved,
] as const;

function addMeshConfiguration(d: Dissection): void {
  d.u8(f.meshConfigPsProtocol);
  d.u8(f.meshConfigPsMetric);
  d.u8(f.meshConfigCongCtl);
  d.u8(f.meshConfigSyncMethod);
  d.u8(f.meshConfigAuthProtocol);
  d.bitsetLe(f.meshConfigFormationInfo, 1, FORMATION_BITS);
  d.bitsetLe(f.meshConfigCap, 1, MESH_BITS);
}

function addMeshId(d: Dissection, length: number): void {
  const id = d.str(f.meshId, length);
  if (length === 0) return;
  if (d.labels) d.appendParent(`: ${id}`);
  if (d.columns) d.addInfo(`, MESHID=${id}`);
}

const TYPE_WPA = 1;
const TYPE_WME = 2;
const TYPE_WPS = 4;
const WFA_OUI = 0x506f9a;

const DTPC = 0;
const CCX_VERSION = 3;
const CLIENT_MFP = 20;

/** The elements of Cisco's compatible extensions. */
function addAironet(d: Dissection, type: number): void {
  d.add(f.aironetType, d.pos - 1, 1, type);
  const name = AIRONET_TYPES[type];
  let text = ` ${name === undefined ? "Unknown" : name} (${type})`;
  if (type === DTPC && d.remaining > 0) {
    const power = (d.peek8() << 24) >> 24;
    d.add(f.aironetDtpc, d.pos, 1, power);
    d.append(" dBm");
    d.pos++;
    if (d.remaining > 0) d.bytes(f.aironetDtpcUnknown, d.remaining);
    text = ` DTPC Powerlevel ${power}dBm`;
  } else if (type === CCX_VERSION && d.remaining > 0) {
    text = ` CCX version = ${d.u8(f.aironetVersion)}`;
  } else if (type === CLIENT_MFP && d.remaining > 0) {
    const enabled = d.bits(f.aironetClientMfp, d.pos, 1);
    d.pos++;
    text = ` Client MFP ${enabled ? "Enabled" : "Disabled"}`;
  } else if (d.remaining > 0) d.bytes(f.aironetData, d.remaining);
  if (d.labels) d.appendParent(`: Aironet${text}`);
}

function addVendor(d: Dissection): void {
  if (d.remaining < 3) return;
  const oui = d.u24(f.tagOui);
  if (d.labels) {
    d.relabel(`OUI: ${ouiText(oui)}`);
    d.appendParent(`: ${ORGANISATION_NAMES[oui] ?? ouiText(oui)}`);
  }
  if (d.remaining === 0) return;
  const type = d.u8(f.tagVendorOuiType);
  if (oui === CISCO_OUI) {
    addAironet(d, type);
    return;
  }
  if (oui === RSN_OUI) {
    d.pos--;
    addKeyData(d);
    return;
  }
  if (oui === WFA_OUI) {
    addWfa(d, type);
    return;
  }
  if (oui !== MICROSOFT_OUI) {
    d.pos--;
    d.bytes(f.tagVendorData, d.remaining);
    return;
  }
  d.add(f.wfaIeType, d.pos - 1, 1, type);
  if (type === TYPE_WPA) addWpa(d);
  else if (type === TYPE_WME) addWme(d);
  else if (type === TYPE_WPS) {
    if (d.labels) d.appendParent(": WPS");
    addWps(d);
  } else if (d.labels) d.appendParent(`: Unknown ${type}`);
}

function addWpa(d: Dissection): void {
  if (d.labels) d.appendParent(": WPA Information Element");
  d.u16le(f.wfaIeWpaVersion);
  if (d.remaining === 0) return;
  addSuite(d, WPA_MULTICAST);
  if (d.remaining === 0) return;
  addSuites(d, f.wfaIeWpaUcsCount, f.wfaIeWpaUcsList, WPA_UNICAST);
  if (d.remaining === 0) return;
  addSuites(d, f.wfaIeWpaAkmsCount, f.wfaIeWpaAkmsList, WPA_KEYS);
}

const WME_PARAMETER = 1;
const WME_TRAFFIC = 2;
const AP_BITS = [
  f.wfaIeWmeQosInfoApUApsd,
  f.wfaIeWmeQosInfoApParameterSetCount,
  f.wfaIeWmeQosInfoApReserved,
] as const;
const STATION_BITS = [
  f.wfaIeWmeQosInfoStaMaxSpLength,
  f.wfaIeWmeQosInfoStaAcBe,
  f.wfaIeWmeQosInfoStaAcBk,
  f.wfaIeWmeQosInfoStaAcVi,
  f.wfaIeWmeQosInfoStaAcVo,
  f.wfaIeWmeQosInfoStaReserved,
] as const;
const ACI_BITS = [f.wfaIeWmeAcpAifsn, f.wfaIeWmeAcpAcm, f.wfaIeWmeAcpAci, f.wfaIeWmeAcpReserved] as const;
const ACCESS_CATEGORIES = ["Best Effort", "Background", "Video", "Voice"] as const;
const PARAMETERS_LENGTH = 4;

function addWme(d: Dissection): void {
  if (d.labels) d.appendParent(": WMM/WME");
  const subtype = d.u8(f.wfaIeWmeSubtype);
  if (d.labels) d.appendParent(`: ${nameOf(f.wfaIeWmeSubtype.names, subtype) ?? `Unknown (${subtype})`}`);
  d.u8(f.wfaIeWmeVersion);
  if (subtype > WME_PARAMETER) {
    if (subtype === WME_TRAFFIC) addTrafficSpecification(d);
    return;
  }
  // A station tells of its own queues.
  d.bitsetLe(f.wfaIeWmeQosInfo, 1, sender.isStation ? STATION_BITS : AP_BITS);
  if (subtype !== WME_PARAMETER) return;
  d.bytes(f.wfaIeWmeReserved, 1);
  while (d.remaining >= PARAMETERS_LENGTH) addAccessParameters(d);
}

function addAccessParameters(d: Dissection): void {
  const at = d.pos;
  d.open(f.wfaIeWmeAcp, at, PARAMETERS_LENGTH);
  const aci = d.bitsetLe(f.wfaIeWmeAcpAciAifsn, 1, ACI_BITS);
  const windows = d.peek8();
  const most = 2 ** (windows >> 4) - 1;
  const least = 2 ** (windows & 15) - 1;
  d.open(f.wfaIeWmeAcpEcw, d.pos, 1, windows);
  d.bits(f.wfaIeWmeAcpEcwMax, d.pos, 1);
  d.bits(f.wfaIeWmeAcpEcwMin, d.pos, 1);
  d.add(f.wfaIeWmeAcpCwMax, d.pos, 1, most);
  d.add(f.wfaIeWmeAcpCwMin, d.pos, 1, least);
  d.close();
  d.skip(1);
  const limit = d.u16le(f.wfaIeWmeAcpTxopLimit);
  if (d.labels) {
    const category = (aci >> 5) & 3;
    d.appendParent(
      ` ACI ${category} (${ACCESS_CATEGORIES[category]}), ACM ${aci & 0x10 ? "yes" : "no"}, AIFSN ${aci & 15}, ECWmin/max ${windows & 15}/${windows >> 4} (CWmin/max ${least}/${most}), TXOP ${limit}`,
    );
  }
  d.close();
}
