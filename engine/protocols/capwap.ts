/** Control and provisioning of wireless access points: RFC 5415, with the binding to IEEE 802.11 of RFC 5416. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  ether,
  eui64,
  expert,
  type Field,
  frameNum,
  i8,
  ipv4,
  ipv6,
  none,
  SET_NOTSET,
  SUPPORTED,
  str,
  u8,
  u16,
  u24,
  u32,
  u64,
  widthOf,
  YES_NO,
} from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { linkTypes, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import {
  AC_DESCRIPTOR_RMAC_FIELDS,
  AC_INFORMATION_TYPES,
  ADD_WLAN_AUTH_TYPES,
  ADD_WLAN_KEY_STATUS,
  ADD_WLAN_MAC_MODES,
  ADD_WLAN_QOS,
  ADD_WLAN_TUNNEL_MODES,
  ANTENNA_COMBINERS,
  ANTENNA_DIVERSITYS,
  ANTENNA_SELECTIONS,
  BINDINGS,
  BOARD_DATA_TYPES,
  CAPWAP_TRANSPORT_PROTOCOLS,
  CISCO_AP_MODE_AND_TYPE_MODES,
  CISCO_ELEMENTS,
  DISCOVERY_TYPES,
  ECN_SUPPORTS,
  ELEMENT_TYPES,
  FORTINET_ELEMENTS,
  MESSAGE_TYPES,
  PREAMBLE_TYPES,
  RADIO_ADMIN_STATES,
  RADIO_OP_STATE_RADIO_CAUSES,
  RADIO_OP_STATE_RADIO_STATES,
  RESULT_CODES,
  SUPPORTED_MAC_PROFILES_PROFILES,
  WTP_DESCRIPTOR_TYPES,
  WTP_MAC_TYPES,
  WTP_REBOOT_STATISTICS_LAST_FAILURE_TYPES,
} from "./names/capwap.ts";
import { ENTERPRISES } from "./names/enterprises.ts";
import { RATE_NAMES } from "./names/wlan-management.ts";
import { callReassembled, type FragmentFieldsWithoutData, pieceHere } from "./reassembly.ts";
import { callCarriedWlan } from "./wlan.ts";
import { addElement } from "./wlan-management.ts";

const f = {
  preamble: none("capwap.preamble", "Preamble"),
  preambleVersion: u8("capwap.preamble.version", "Version", { mask: 0xf0 }),
  preambleType: u8("capwap.preamble.type", "Type", { mask: 0xf, names: PREAMBLE_TYPES }),
  preambleReserved: u24("capwap.preamble.reserved", "Reserved"),
  header: none("capwap.header", "Header"),
  headerLength: u24("capwap.header.length", "Header Length", { mask: 0xf80000 }),
  headerRid: u24("capwap.header.rid", "Radio ID", { mask: 0x7c000 }),
  binding: u24("capwap.header.wbid", "Wireless Binding ID", { mask: 0x3e00, names: BINDINGS }),
  headerFlags: u24("capwap.header.flags", "Header Flags", { base: "HEX", mask: 0x1ff }),
  headerFlagsT: bool("capwap.header.flags.t", "Payload Type", {
    bits: 24,
    mask: 0x100,
    tf: ["Native frame format (see Wireless Binding ID field)", "IEEE 802.3 frame"],
  }),
  headerFlagsF: bool("capwap.header.flags.f", "Fragment", {
    bits: 24,
    mask: 0x80,
    tf: ["Fragmented", "Don't Fragment"],
  }),
  headerFlagsL: bool("capwap.header.flags.l", "Last Fragment", {
    bits: 24,
    mask: 0x40,
    tf: ["This is the last fragment", "More fragments follow"],
  }),
  headerFlagsW: bool("capwap.header.flags.w", "Wireless header", {
    bits: 24,
    mask: 0x20,
    tf: ["Wireless Specific Information is present", "No Wireless Specific Information"],
  }),
  headerFlagsM: bool("capwap.header.flags.m", "Radio MAC header", {
    bits: 24,
    mask: 0x10,
    tf: ["Radio MAC Address is present", "No Radio MAC Address"],
  }),
  headerFlagsK: bool("capwap.header.flags.k", "Keep-Alive", {
    bits: 24,
    mask: 0x8,
    tf: ["Keep-Alive Packet", "No Keep-Alive"],
  }),
  headerFlagsR: u24("capwap.header.flags.r", "Reserved", { base: "HEX", mask: 0x7 }),
  headerFragmentId: u16("capwap.header.fragment.id", "Fragment ID"),
  headerFragmentOffset: u16("capwap.header.fragment.offset", "Fragment Offset", { mask: 0xfff8 }),
  headerFragmentReserved: u16("capwap.header.fragment.reserved", "Reserved", { mask: 0x7 }),
  headerMacLength: u8("capwap.header.mac.length", "MAC length"),
  headerMacEui48: ether("capwap.header.mac.eui48", "MAC address"),
  headerMacEui64: eui64("capwap.header.mac.eui64", "MAC address"),
  headerMacData: bytes("capwap.header.mac.data", "MAC address"),
  headerWirelessLength: u8("capwap.header.wireless.length", "Wireless length"),
  headerWirelessData: bytes("capwap.header.wireless.data", "Wireless data"),
  wirelessFi: bytes("capwap.header.wireless.data.ieee80211.fi", "Wireless data ieee80211 Frame Info"),
  wirelessFiRssi: i8("capwap.header.wireless.data.ieee80211.fi.rssi", "Wireless data ieee80211 RSSI (dBm)"),
  wirelessFiSnr: u8("capwap.header.wireless.data.ieee80211.fi.snr", "Wireless data ieee80211 SNR (dB)"),
  wirelessFiDataRate: u16(
    "capwap.header.wireless.data.ieee80211.fi.data_rate",
    "Wireless data ieee80211 Data Rate (Mbps)",
  ),
  wirelessDw: bytes("capwap.header.wireless.data.ieee80211.dw", "Wireless data ieee80211 Destination WLANs"),
  wirelessDwWlanIdBitmap: u16(
    "capwap.header.wireless.data.ieee80211.dw.wlan_id_bitmap",
    "Wireless data ieee80211 Destination Wlan Id bitmap",
  ),
  wirelessDwReserved: u16(
    "capwap.header.wireless.data.ieee80211.dw.reserved",
    "Wireless data ieee80211 Destination Wlan reserved",
  ),
  headerPadding: bytes("capwap.header.padding", "Padding for 4 Byte Alignment"),
  controlHeader: none("capwap.control.header", "Control Header"),
  controlHeaderMessageType: u32("capwap.control.header.message_type", "Message Type"),
  controlHeaderMessageTypeEnterpriseNumber: u24(
    "capwap.control.header.message_type.enterprise_number",
    "Message Type (Enterprise Number)",
    { base: "CUSTOM" },
  ),
  controlHeaderMessageTypeEnterpriseSpecific: u32(
    "capwap.control.header.message_type.enterprise_specific",
    "Message Type (Enterprise Specific)",
    { names: MESSAGE_TYPES },
  ),
  controlHeaderSequenceNumber: u8("capwap.control.header.sequence_number", "Sequence Number"),
  controlHeaderMessageElementLength: u16(
    "capwap.control.header.message_element_length",
    "Message Element Length",
  ),
  controlHeaderFlags: u8("capwap.control.header.flags", "Flags"),
  messageElement: none("capwap.message_element", "Message Element"),
  messageElementType: u16("capwap.message_element.type", "Type", { names: ELEMENT_TYPES }),
  messageElementLength: u16("capwap.message_element.length", "Length"),
  messageElementValue: bytes("capwap.message_element.value", "Value"),
  acDescriptorStations: u16("capwap.control.message_element.ac_descriptor.stations", "Stations"),
  acDescriptorLimit: u16("capwap.control.message_element.ac_descriptor.limit", "Limit Stations"),
  acDescriptorActiveWtp: u16("capwap.control.message_element.ac_descriptor.active_wtp", "Active WTPs"),
  acDescriptorMaxWtp: u16("capwap.control.message_element.ac_descriptor.max_wtp", "Max WTPs"),
  acDescriptorSecurity: u8("capwap.control.message_element.ac_descriptor.security", "Security Flags", {
    base: "HEX",
  }),
  acDescriptorSecurityS: bool(
    "capwap.control.message_element.ac_descriptor.security.s",
    "AC supports the pre-shared",
    { mask: 0x4 },
  ),
  acDescriptorSecurityX: bool(
    "capwap.control.message_element.ac_descriptor.security.x",
    "AC supports X.509 Certificate",
    { mask: 0x2 },
  ),
  acDescriptorSecurityR: bool("capwap.control.message_element.ac_descriptor.security.r", "Reserved", {
    mask: 0xf9,
    tf: SET_NOTSET,
  }),
  acDescriptorRmacField: u8("capwap.control.message_element.ac_descriptor.rmac_field", "R-MAC Field", {
    names: AC_DESCRIPTOR_RMAC_FIELDS,
  }),
  acDescriptorReserved: u8("capwap.control.message_element.ac_descriptor.reserved", "Reserved"),
  acDescriptorDtlsPolicy: u8(
    "capwap.control.message_element.ac_descriptor.dtls_policy",
    "DTLS Policy Flags",
    { base: "HEX" },
  ),
  acDescriptorDtlsPolicyD: bool(
    "capwap.control.message_element.ac_descriptor.dtls_policy.d",
    "DTLS-Enabled Data Channel Supported",
    { mask: 0x4 },
  ),
  acDescriptorDtlsPolicyC: bool(
    "capwap.control.message_element.ac_descriptor.dtls_policy.c",
    "Clear Text Data Channel Supported",
    { mask: 0x2 },
  ),
  acDescriptorDtlsPolicyR: u8("capwap.control.message_element.ac_descriptor.dtls_policy.r", "Reserved", {
    base: "HEX",
    mask: 0xf9,
  }),
  acInformation: none("capwap.control.message_element.ac_information", "AC Information"),
  acInformationVendor: u32("capwap.control.message_element.ac_information.vendor", "AC Information Vendor", {
    base: "CUSTOM",
  }),
  acInformationType: u16("capwap.control.message_element.ac_information.type", "AC Information Type", {
    names: AC_INFORMATION_TYPES,
  }),
  acInformationLength: u16("capwap.control.message_element.ac_information.length", "AC Information Length"),
  acInformationValue: bytes("capwap.control.message_element.ac_information.value", "AC Information Value"),
  acInformationHardwareVersion: str(
    "capwap.control.message_element.ac_information.hardware_version",
    "AC Hardware Version",
  ),
  acInformationSoftwareVersion: str(
    "capwap.control.message_element.ac_information.software_version",
    "AC Software Version",
  ),
  acIpv4List: ipv4("capwap.control.message_element.message_element.ac_ipv4_list", "AC IPv4 List"),
  acIpv6List: ipv6("capwap.control.message_element.message_element.ac_ipv6_list", "AC IPv6 List"),
  capwapControlIpv4: ipv4(
    "capwap.control.message_element.message_element.capwap_control_ipv4",
    "CAPWAP Control IP Address",
  ),
  capwapControlIpv6: ipv6(
    "capwap.control.message_element.message_element.capwap_control_ipv6",
    "CAPWAP Control IP Address",
  ),
  capwapControlWtpCount: u16(
    "capwap.control.message_element.capwap_control_wtp_count",
    "CAPWAP Control WTP Count",
  ),
  capwapTimersDiscovery: u8(
    "capwap.control.message_element.capwap_timers_discovery",
    "CAPWAP Timers Discovery (Sec)",
  ),
  capwapTimersEchoRequest: u8(
    "capwap.control.message_element.capwap_timers_echo_request",
    "CAPWAP Timers Echo Request (Sec)",
  ),
  decryptionErrorReportPeriodRadioId: u8(
    "capwap.control.message_element.decryption_error_report_period.radio_id",
    "Decryption Error Report Period Radio ID",
  ),
  decryptionErrorReportPeriodInterval: u16(
    "capwap.control.message_element.decryption_error_report_period.interval",
    "Decryption Error Report Period Interval (Sec)",
  ),
  deleteStationRadioId: u8("capwap.control.message_element.delete_station.radio_id", "Radio ID"),
  deleteStationLength: u8("capwap.control.message_element.delete_station.length", "Mac Length"),
  deleteStationMacEui48: ether("capwap.control.message_element.delete_station.mac.eui48", "MAC address"),
  deleteStationMacEui64: eui64("capwap.control.message_element.delete_station.mac.eui64", "MAC address"),
  deleteStationMacData: bytes("capwap.control.message_element.delete_station.mac.data", "MAC address"),
  acName: str("capwap.control.message_element.ac_name", "AC Name"),
  acNameWithPriority: u8("capwap.control.message_element.ac_name_with_priority", "AC Name Priority"),
  acTimestamp: absTime("capwap.control.message_element.ac_timestamp", "AC Timestamp", { base: "LOCAL" }),
  addStationRadioId: u8("capwap.control.message_element.add_station.radio_id", "Radio ID"),
  addStationLength: u8("capwap.control.message_element.add_station.length", "Mac Length"),
  addStationMacEui48: ether("capwap.control.message_element.add_station.mac.eui48", "MAC address"),
  addStationMacEui64: eui64("capwap.control.message_element.add_station.mac.eui64", "MAC address"),
  addStationMacData: bytes("capwap.control.message_element.add_station.mac.data", "MAC address"),
  addStationVlanName: str("capwap.control.message_element.add_station.vlan_name", "Vlan Name"),
  discoveryType: u8("capwap.control.message_element.discovery_type", "Discovery Type", {
    names: DISCOVERY_TYPES,
  }),
  idleTimeout: u32("capwap.control.message_element.idle_timeout", "Idle Timeout (Sec)"),
  locationData: str("capwap.control.message_element.location_data", "Location Data"),
  maximumMessageLength: u16(
    "capwap.control.message_element.maximum_message_length",
    "Maximum Message Length",
  ),
  capwapLocalIpv4Address: ipv4(
    "capwap.control.message_element.capwap_local_ipv4_address",
    "CAPWAP Local IPv4 Address",
  ),
  radioAdminId: u8("capwap.control.message_element.radio_admin.id", "Radio Administrative ID"),
  radioAdminState: u8("capwap.control.message_element.radio_admin.state", "Radio Administrative State", {
    names: RADIO_ADMIN_STATES,
  }),
  radioOpStateRadioId: u8("capwap.control.message_element.radio_op_state.radio_id", "Radio Operational ID"),
  radioOpStateRadioState: u8(
    "capwap.control.message_element.radio_op_state.radio_state",
    "Radio Operational State",
    { names: RADIO_OP_STATE_RADIO_STATES },
  ),
  radioOpStateRadioCause: u8(
    "capwap.control.message_element.radio_op_state.radio_cause",
    "Radio Operational Cause",
    { names: RADIO_OP_STATE_RADIO_CAUSES },
  ),
  resultCode: u32("capwap.control.message_element.result_code", "Result Code", { names: RESULT_CODES }),
  sessionId: bytes("capwap.control.message_element.session_id", "Session ID"),
  statisticsTimer: u16("capwap.control.message_element.statistics_timer", "Statistics Timer (Sec)"),
  vspVendorIdentifier: u32("capwap.control.message_element.vsp.vendor_identifier", "Vendor Identifier", {
    base: "CUSTOM",
  }),
  vspVendorElementId: u16("capwap.control.message_element.vsp.vendor_element_id", "Vendor Element ID"),
  vspVendorData: bytes("capwap.control.message_element.vsp.vendor_data", "Vendor Data"),
  boardData: none("capwap.control.message_element.wtp_board_data", "WTP Board Data"),
  boardDataVendor: u32("capwap.control.message_element.wtp_board_data.vendor", "WTP Board Data Vendor", {
    base: "CUSTOM",
  }),
  boardDataType: u16("capwap.control.message_element.wtp_board_data.type", "Board Data Type", {
    names: BOARD_DATA_TYPES,
  }),
  boardDataLength: u16("capwap.control.message_element.wtp_board_data.length", "Board Data Length"),
  boardDataValue: bytes("capwap.control.message_element.wtp_board_data.value", "Board Data Value"),
  boardDataWtpModelNumber: str(
    "capwap.control.message_element.wtp_board_data.wtp_model_number",
    "WTP Model Number",
  ),
  boardDataWtpSerialNumber: str(
    "capwap.control.message_element.wtp_board_data.wtp_serial_number",
    "WTP Serial Number",
  ),
  boardDataWtpBoardId: str("capwap.control.message_element.wtp_board_data.wtp_board_id", "WTP Board ID"),
  boardDataWtpBoardRevision: str(
    "capwap.control.message_element.wtp_board_data.wtp_board_revision",
    "WTP Board Revision",
  ),
  boardDataBaseMacAddress: ether(
    "capwap.control.message_element.wtp_board_data.base_mac_address",
    "Base Mac Address",
  ),
  wtpDescriptorMaxRadios: u8("capwap.control.message_element.wtp_descriptor.max_radios", "Max Radios"),
  wtpDescriptorRadioInUse: u8("capwap.control.message_element.wtp_descriptor.radio_in_use", "Radio in use"),
  wtpDescriptorNumberEncrypt: u8(
    "capwap.control.message_element.wtp_descriptor.number_encrypt",
    "Encryption Capabilities (Number)",
  ),
  wtpDescriptorEncrypt: none(
    "capwap.control.message_element.wtp_descriptor.encrypt",
    "Encryption Capabilities",
  ),
  wtpDescriptorEncryptReserved: u8(
    "capwap.control.message_element.wtp_descriptor.encrypt_reserved",
    "Reserved (Encrypt)",
    { mask: 0xe0 },
  ),
  wtpDescriptorEncryptWbid: u8("capwap.control.message_element.wtp_descriptor.encrypt_wbid", "Encrypt WBID", {
    mask: 0x1f,
    names: BINDINGS,
  }),
  wtpDescriptorEncryptCapabilities: u16(
    "capwap.control.message_element.wtp_descriptor.encrypt_capabilities",
    "Encryption Capabilities",
  ),
  wtpDescriptor: none("capwap.control.message_element.wtp_descriptor", "WTP Descriptor"),
  wtpDescriptorVendor: u32("capwap.control.message_element.wtp_descriptor.vendor", "WTP Descriptor Vendor", {
    base: "CUSTOM",
  }),
  wtpDescriptorType: u16("capwap.control.message_element.wtp_descriptor.type", "Descriptor Type", {
    names: WTP_DESCRIPTOR_TYPES,
  }),
  wtpDescriptorLength: u16("capwap.control.message_element.wtp_descriptor.length", "Descriptor Length"),
  wtpDescriptorValue: bytes("capwap.control.message_element.wtp_descriptor.value", "Descriptor Value"),
  wtpDescriptorHardwareVersion: str(
    "capwap.control.message_element.wtp_descriptor.hardware_version",
    "WTP Hardware Version",
  ),
  wtpDescriptorActiveSoftwareVersion: str(
    "capwap.control.message_element.wtp_descriptor.active_software_version",
    "WTP Active Software Version",
  ),
  wtpDescriptorBootVersion: str(
    "capwap.control.message_element.wtp_descriptor.boot_version",
    "WTP Boot Version",
  ),
  wtpDescriptorOtherSoftwareVersion: str(
    "capwap.control.message_element.wtp_descriptor.other_software_version",
    "WTP Other Software Version",
  ),
  wtpFallback: u8("capwap.control.message_element.wtp_fallback", "WTP Fallback", {
    names: RADIO_OP_STATE_RADIO_STATES,
  }),
  wtpFrameTunnelMode: u8("capwap.control.message_element.wtp_frame_tunnel_mode", "WTP Frame Tunnel Mode", {
    base: "HEX",
  }),
  wtpFrameTunnelModeN: bool(
    "capwap.control.message_element.wtp_frame_tunnel_mode.n",
    "Native Frame Tunnel Mode",
    { mask: 0x8 },
  ),
  wtpFrameTunnelModeE: bool(
    "capwap.control.message_element.wtp_frame_tunnel_mode.e",
    "802.3 Frame Tunnel Mode",
    { mask: 0x4 },
  ),
  wtpFrameTunnelModeL: bool("capwap.control.message_element.wtp_frame_tunnel_mode.l", "Local Bridging", {
    mask: 0x2,
  }),
  wtpFrameTunnelModeR: u8("capwap.control.message_element.wtp_frame_tunnel_mode.r", "Reserved", {
    base: "HEX",
    mask: 0xf1,
  }),
  wtpMacType: u8("capwap.control.message_element.wtp_mac_type", "WTP MAC Type", { names: WTP_MAC_TYPES }),
  wtpName: str("capwap.control.message_element.wtp_name", "WTP Name"),
  wtpRebootStatisticsRebootCount: u16(
    "capwap.control.message_element.wtp_reboot_statistics.reboot_count",
    "Reboot  Count",
  ),
  wtpRebootStatisticsAcInitiatedCount: u16(
    "capwap.control.message_element.wtp_reboot_statistics.ac_initiated_count",
    "AC Initiated Count",
  ),
  wtpRebootStatisticsLinkFailureCount: u16(
    "capwap.control.message_element.wtp_reboot_statistics.link_failure_count",
    "Link Failure Count",
  ),
  wtpRebootStatisticsSwFailureCount: u16(
    "capwap.control.message_element.wtp_reboot_statistics.sw_failure_count",
    "SW Failure Count",
  ),
  wtpRebootStatisticsHwFailureCount: u16(
    "capwap.control.message_element.wtp_reboot_statistics.hw_failure_count",
    "HW Failure Count",
  ),
  wtpRebootStatisticsOtherFailureCount: u16(
    "capwap.control.message_element.wtp_reboot_statistics.other_failure_count",
    "Other Failure Count",
  ),
  wtpRebootStatisticsUnknownFailureCount: u16(
    "capwap.control.message_element.wtp_reboot_statistics.unknown_failure_count",
    "Unknown Failure Count",
  ),
  wtpRebootStatisticsLastFailureType: u8(
    "capwap.control.message_element.wtp_reboot_statistics.last_failure_type",
    "Last Failure Type",
    { names: WTP_REBOOT_STATISTICS_LAST_FAILURE_TYPES },
  ),
  capwapLocalIpv6Address: ipv6(
    "capwap.control.message_element.capwap_local_ipv6_address",
    "CAPWAP Local IPv6 Address",
  ),
  capwapTransportProtocol: u8(
    "capwap.control.message_element.capwap_transport_protocol",
    "CAPWAP Transport Protocol",
    { names: CAPWAP_TRANSPORT_PROTOCOLS },
  ),
  mtuDiscoveryPadding: bytes("capwap.control.message_element.mtu_discovery_padding", "MTU Discovery Padding"),
  ecnSupport: u8("capwap.control.message_element.ecn_support", "ECN Support", { names: ECN_SUPPORTS }),
  addWlanRadioId: u8("capwap.control.message_element.ieee80211_add_wlan.radio_id", "Radio ID"),
  addWlanWlanId: u8("capwap.control.message_element.ieee80211_add_wlan.wlan_id", "WLAN ID"),
  addWlanCapability: u16("capwap.control.message_element.ieee80211_add_wlan.capability", "Capability", {
    base: "HEX",
  }),
  addWlanCapabilityE: bool("capwap.control.message_element.ieee80211_add_wlan.capability.e", "ESS", {
    bits: 16,
    mask: 0x8000,
    tf: YES_NO,
  }),
  addWlanCapabilityI: bool("capwap.control.message_element.ieee80211_add_wlan.capability.i", "IBSS", {
    bits: 16,
    mask: 0x4000,
    tf: YES_NO,
  }),
  addWlanCapabilityC: bool("capwap.control.message_element.ieee80211_add_wlan.capability.c", "CF-Pollable", {
    bits: 16,
    mask: 0x2000,
    tf: YES_NO,
  }),
  addWlanCapabilityF: bool(
    "capwap.control.message_element.ieee80211_add_wlan.capability.f",
    "CF-Poll Request",
    { bits: 16, mask: 0x1000, tf: YES_NO },
  ),
  addWlanCapabilityP: bool("capwap.control.message_element.ieee80211_add_wlan.capability.p", "Privacy", {
    bits: 16,
    mask: 0x800,
    tf: YES_NO,
  }),
  addWlanCapabilityS: bool(
    "capwap.control.message_element.ieee80211_add_wlan.capability.s",
    "Short Preamble",
    { bits: 16, mask: 0x400, tf: YES_NO },
  ),
  addWlanCapabilityB: bool("capwap.control.message_element.ieee80211_add_wlan.capability.b", "PBCC", {
    bits: 16,
    mask: 0x200,
    tf: YES_NO,
  }),
  addWlanCapabilityA: bool(
    "capwap.control.message_element.ieee80211_add_wlan.capability.a",
    "Channel Agility",
    { bits: 16, mask: 0x100, tf: YES_NO },
  ),
  addWlanCapabilityM: bool(
    "capwap.control.message_element.ieee80211_add_wlan.capability.m",
    "Spectrum Management",
    { bits: 16, mask: 0x80, tf: YES_NO },
  ),
  addWlanCapabilityQ: bool("capwap.control.message_element.ieee80211_add_wlan.capability.q", "QoS", {
    bits: 16,
    mask: 0x40,
    tf: YES_NO,
  }),
  addWlanCapabilityT: bool(
    "capwap.control.message_element.ieee80211_add_wlan.capability.t",
    "Short Slot Time",
    { bits: 16, mask: 0x20, tf: YES_NO },
  ),
  addWlanCapabilityD: bool("capwap.control.message_element.ieee80211_add_wlan.capability.d", "APSD", {
    bits: 16,
    mask: 0x10,
    tf: YES_NO,
  }),
  addWlanCapabilityV: bool("capwap.control.message_element.ieee80211_add_wlan.capability.v", "Reserved", {
    bits: 16,
    mask: 0x8,
    tf: YES_NO,
  }),
  addWlanCapabilityO: bool("capwap.control.message_element.ieee80211_add_wlan.capability.o", "DSSS-OFDM", {
    bits: 16,
    mask: 0x4,
    tf: YES_NO,
  }),
  addWlanCapabilityK: bool(
    "capwap.control.message_element.ieee80211_add_wlan.capability.k",
    "Delayed Block ACK",
    { bits: 16, mask: 0x2, tf: YES_NO },
  ),
  addWlanCapabilityL: bool(
    "capwap.control.message_element.ieee80211_add_wlan.capability.l",
    "Immediate Block ACK",
    { bits: 16, mask: 0x1, tf: YES_NO },
  ),
  addWlanKeyIndex: u8("capwap.control.message_element.ieee80211_add_wlan.key_index", "Key-Index"),
  addWlanKeyStatus: u8("capwap.control.message_element.ieee80211_add_wlan.key_status", "Key Status", {
    names: ADD_WLAN_KEY_STATUS,
  }),
  addWlanKeyLength: u16("capwap.control.message_element.ieee80211_add_wlan.key_length", "Key Length"),
  addWlanKey: bytes("capwap.control.message_element.ieee80211_add_wlan.key", "Key"),
  addWlanGroupTsc: u64("capwap.control.message_element.ieee80211_add_wlan.group_tsc", "Group TSC", {
    mask: 0xffffff,
  }),
  addWlanQos: u8("capwap.control.message_element.ieee80211_add_wlan.qos", "QoS", { names: ADD_WLAN_QOS }),
  addWlanAuthType: u8("capwap.control.message_element.ieee80211_add_wlan.auth_type", "Auth Type", {
    names: ADD_WLAN_AUTH_TYPES,
  }),
  addWlanMacMode: u8("capwap.control.message_element.ieee80211_add_wlan.mac_mode", "MAC Mode", {
    names: ADD_WLAN_MAC_MODES,
  }),
  addWlanTunnelMode: u8("capwap.control.message_element.ieee80211_add_wlan.tunnel_mode", "Tunnel Mode", {
    names: ADD_WLAN_TUNNEL_MODES,
  }),
  addWlanSuppressSsid: bool(
    "capwap.control.message_element.ieee80211_add_wlan.suppress_ssid",
    "Suppress SSID",
    { mask: 0x1, tf: YES_NO },
  ),
  addWlanSsid: str("capwap.control.message_element.ieee80211_add_wlan.ssid", "SSID"),
  antennaRadioId: u8("capwap.control.message_element.ieee80211_antenna.radio_id", "Radio ID"),
  antennaDiversity: u8("capwap.control.message_element.ieee80211_antenna.diversity", "Diversity", {
    names: ANTENNA_DIVERSITYS,
  }),
  antennaCombiner: u8("capwap.control.message_element.ieee80211_antenna.combiner", "Combiner", {
    names: ANTENNA_COMBINERS,
  }),
  antennaCount: u8("capwap.control.message_element.ieee80211_antenna.count", "Antenna Count"),
  antennaSelection: u8("capwap.control.message_element.ieee80211_antenna.selection", "Selection", {
    names: ANTENNA_SELECTIONS,
  }),
  assignedRadioId: u8("capwap.control.message_element.ieee80211_assigned_wtp_bssid.radio_id", "Radio ID"),
  assignedWlanId: u8("capwap.control.message_element.ieee80211_assigned_wtp_bssid.wlan_id", "WLAN ID"),
  assignedBssid: ether("capwap.control.message_element.ieee80211_assigned_wtp_bssid.bssid", "BSSID"),
  deleteWlanRadioId: u8("capwap.control.message_element.ieee80211_delete_wlan.radio_id", "Radio ID"),
  deleteWlanWlanId: u8("capwap.control.message_element.ieee80211_delete_wlan.wlan_id", "WLAN ID"),
  directSequenceControlRadioId: u8(
    "capwap.control.message_element.ieee80211_direct_sequence_control.radio_id",
    "Radio ID",
  ),
  directSequenceControlReserved: u8(
    "capwap.control.message_element.ieee80211_direct_sequence_control.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  directSequenceControlCurrentChannel: u8(
    "capwap.control.message_element.ieee80211_direct_sequence_control.current_channel",
    "Current Channel",
  ),
  directSequenceControlCurrentCca: u8(
    "capwap.control.message_element.ieee80211_direct_sequence_control.current_cca",
    "Current CCA",
  ),
  directSequenceControlEnergyDetectThreshold: u8(
    "capwap.control.message_element.ieee80211_direct_sequence_control.energy_detect_threshold",
    "Energy Detect Threshold",
  ),
  ieRadioId: u8("capwap.control.message_element.ieee80211_ie.radio_id", "Radio ID"),
  ieWlanId: u8("capwap.control.message_element.ieee80211_ie.wlan_id", "WLAN ID"),
  ieFlags: u8("capwap.control.message_element.ieee80211_ie.flags", "Flags", { base: "HEX" }),
  ieFlagsB: bool("capwap.control.message_element.ieee80211_ie.flags.b", "Include IE in Beacons", {
    mask: 0x80,
  }),
  ieFlagsP: bool("capwap.control.message_element.ieee80211_ie.flags.p", "Include IE in  Probe Responses", {
    mask: 0x40,
  }),
  ieFlagsRsv: u8("capwap.control.message_element.ieee80211_ie.flags.rsv", "Reserved", {
    base: "HEX",
    mask: 0x3f,
  }),
  macOperationRadioId: u8("capwap.control.message_element.ieee80211_mac_operation.radio_id", "Radio ID"),
  macOperationReserved: u8("capwap.control.message_element.ieee80211_mac_operation.reserved", "Reserved", {
    base: "HEX",
  }),
  macOperationRtsThreshold: u16(
    "capwap.control.message_element.ieee80211_mac_operation.rts_threshold",
    "RTS Threshold",
  ),
  macOperationShortRetry: u8(
    "capwap.control.message_element.ieee80211_mac_operation.short_retry",
    "Short Retry",
  ),
  macOperationLongRetry: u8(
    "capwap.control.message_element.ieee80211_mac_operation.long_retry",
    "Long Retry",
  ),
  macOperationFragmentationThreshold: u16(
    "capwap.control.message_element.ieee80211_mac_operation.fragmentation_threshold",
    "Fragmentation Threshold",
  ),
  macOperationTxMsduLifetime: u32(
    "capwap.control.message_element.ieee80211_mac_operation.tx_msdu_lifetime",
    "Tx MDSU Lifetime",
  ),
  macOperationRxMsduLifetime: u32(
    "capwap.control.message_element.ieee80211_mac_operation.rx_msdu_lifetime",
    "Rx MDSU Lifetime",
  ),
  micCountermeasuresRadioId: u8(
    "capwap.control.message_element.ieee80211_mic_countermeasures.radio_id",
    "Radio ID",
  ),
  micCountermeasuresWlanId: u8(
    "capwap.control.message_element.ieee80211_mic_countermeasures.wlan_id",
    "WLAN ID",
  ),
  micCountermeasuresMacAddress: ether(
    "capwap.control.message_element.ieee80211_mic_countermeasures.mac_address",
    "MAC Address",
  ),
  multiDomainCapabilityRadioId: u8(
    "capwap.control.message_element.ieee80211_multi_domain_capability.radio_id",
    "Radio ID",
  ),
  multiDomainCapabilityReserved: u8(
    "capwap.control.message_element.ieee80211_multi_domain_capability.reserved",
    "Reserved",
    { base: "HEX" },
  ),
  multiDomainCapabilityFirstChannel: u8(
    "capwap.control.message_element.ieee80211_multi_domain_capability.first_channel",
    "First Channel",
  ),
  multiDomainCapabilityNumberOfChannels: u16(
    "capwap.control.message_element.ieee80211_multi_domain_capability.number_of_channels",
    "Number of  Channels",
  ),
  multiDomainCapabilityMaxTxPowerLevel: u16(
    "capwap.control.message_element.ieee80211_multi_domain_capability.max_tx_power_level",
    "Max TX Power Level",
  ),
  ofdmControlRadioId: u8("capwap.control.message_element.ieee80211_ofdm_control.radio_id", "Radio ID"),
  ofdmControlReserved: u8("capwap.control.message_element.ieee80211_ofdm_control.reserved", "Reserved", {
    base: "HEX",
  }),
  ofdmControlCurrentChannel: u8(
    "capwap.control.message_element.ieee80211_ofdm_control.current_channel",
    "Current Channel",
  ),
  ofdmControlBandSupport: u8(
    "capwap.control.message_element.ieee80211_ofdm_control.band_support",
    "Band Support",
    { base: "HEX" },
  ),
  ofdmControlBandSupportBit0: bool(
    "capwap.control.message_element.ieee80211_ofdm_control.band_support.bit0",
    "Operating in the 5.15-5.25 GHz band",
    { mask: 0x1, tf: YES_NO },
  ),
  ofdmControlBandSupportBit1: bool(
    "capwap.control.message_element.ieee80211_ofdm_control.band_support.bit1",
    "Operating in the 5.25-5.35 GHz band",
    { mask: 0x2, tf: YES_NO },
  ),
  ofdmControlBandSupportBit2: bool(
    "capwap.control.message_element.ieee80211_ofdm_control.band_support.bit2",
    "Operating in the 5.725-5.825 GHz band",
    { mask: 0x4, tf: YES_NO },
  ),
  ofdmControlBandSupportBit3: bool(
    "capwap.control.message_element.ieee80211_ofdm_control.band_support.bit3",
    "Operating in the 5.47-5.725 GHz band",
    { mask: 0x8, tf: YES_NO },
  ),
  ofdmControlBandSupportBit4: bool(
    "capwap.control.message_element.ieee80211_ofdm_control.band_support.bit4",
    "Operating in the lower Japanese 5.25 GHz band",
    { mask: 0x10, tf: YES_NO },
  ),
  ofdmControlBandSupportBit5: bool(
    "capwap.control.message_element.ieee80211_ofdm_control.band_support.bit5",
    "Operating in the l5.03-5.091 GHz band",
    { mask: 0x20, tf: YES_NO },
  ),
  ofdmControlBandSupportBit7: u8(
    "capwap.control.message_element.ieee80211_ofdm_control.band_support.bit7",
    "Reserved",
    { base: "HEX", mask: 0x80 },
  ),
  mofdmControlTiThreshold: u32(
    "capwap.control.message_element.ieee80211_mofdm_control.ti_threshold",
    "TI Threshold",
  ),
  rateSetRadioId: u8("capwap.control.message_element.ieee80211_rate_set.radio_id", "Radio ID"),
  rateSetRateSet: u8("capwap.control.message_element.ieee80211_rate_set.rate_set", "Rate Set", {
    base: "HEX",
    names: RATE_NAMES,
  }),
  stationRadioId: u8("capwap.control.message_element.ieee80211_station.radio_id", "Radio ID"),
  stationAssociationId: u16(
    "capwap.control.message_element.ieee80211_station.association_id",
    "Association ID",
  ),
  stationFlags: u8("capwap.control.message_element.ieee80211_station.flags", "Flags", { base: "HEX" }),
  stationMacAddress: ether("capwap.control.message_element.ieee80211_station.mac_address", "MAC Address"),
  stationCapabilities: u16("capwap.control.message_element.ieee80211_station.capabilities", "Capabilities", {
    base: "HEX",
  }),
  stationCapabilitiesE: bool("capwap.control.message_element.ieee80211_station.capabilities.e", "ESS", {
    bits: 16,
    mask: 0x8000,
    tf: YES_NO,
  }),
  stationCapabilitiesI: bool("capwap.control.message_element.ieee80211_station.capabilities.i", "IBSS", {
    bits: 16,
    mask: 0x4000,
    tf: YES_NO,
  }),
  stationCapabilitiesC: bool(
    "capwap.control.message_element.ieee80211_station.capabilities.c",
    "CF-Pollable",
    { bits: 16, mask: 0x2000, tf: YES_NO },
  ),
  stationCapabilitiesF: bool(
    "capwap.control.message_element.ieee80211_station.capabilities.f",
    "CF-Poll Request",
    { bits: 16, mask: 0x1000, tf: YES_NO },
  ),
  stationCapabilitiesP: bool("capwap.control.message_element.ieee80211_station.capabilities.p", "Privacy", {
    bits: 16,
    mask: 0x800,
    tf: YES_NO,
  }),
  stationCapabilitiesS: bool(
    "capwap.control.message_element.ieee80211_station.capabilities.s",
    "Short Preamble",
    { bits: 16, mask: 0x400, tf: YES_NO },
  ),
  stationCapabilitiesB: bool("capwap.control.message_element.ieee80211_station.capabilities.b", "PBCC", {
    bits: 16,
    mask: 0x200,
    tf: YES_NO,
  }),
  stationCapabilitiesA: bool(
    "capwap.control.message_element.ieee80211_station.capabilities.a",
    "Channel Agility",
    { bits: 16, mask: 0x100, tf: YES_NO },
  ),
  stationCapabilitiesM: bool(
    "capwap.control.message_element.ieee80211_station.capabilities.m",
    "Spectrum Management",
    { bits: 16, mask: 0x80, tf: YES_NO },
  ),
  stationCapabilitiesQ: bool("capwap.control.message_element.ieee80211_station.capabilities.q", "QoS", {
    bits: 16,
    mask: 0x40,
    tf: YES_NO,
  }),
  stationCapabilitiesT: bool(
    "capwap.control.message_element.ieee80211_station.capabilities.t",
    "Short Slot Time",
    { bits: 16, mask: 0x20, tf: YES_NO },
  ),
  stationCapabilitiesD: bool("capwap.control.message_element.ieee80211_station.capabilities.d", "APSD", {
    bits: 16,
    mask: 0x10,
    tf: YES_NO,
  }),
  stationCapabilitiesV: bool("capwap.control.message_element.ieee80211_station.capabilities.v", "Reserved", {
    bits: 16,
    mask: 0x8,
    tf: YES_NO,
  }),
  stationCapabilitiesO: bool("capwap.control.message_element.ieee80211_station.capabilities.o", "DSSS-OFDM", {
    bits: 16,
    mask: 0x4,
    tf: YES_NO,
  }),
  stationCapabilitiesK: bool(
    "capwap.control.message_element.ieee80211_station.capabilities.k",
    "Delayed Block ACK",
    { bits: 16, mask: 0x2, tf: YES_NO },
  ),
  stationCapabilitiesL: bool(
    "capwap.control.message_element.ieee80211_station.capabilities.l",
    "Immediate Block ACK",
    { bits: 16, mask: 0x1, tf: YES_NO },
  ),
  stationWlanId: u8("capwap.control.message_element.ieee80211_station.wlan_id", "WLAN ID"),
  stationSupportedRates: u8(
    "capwap.control.message_element.ieee80211_station.supported_rates",
    "Supported Rates",
    { base: "HEX", names: RATE_NAMES },
  ),
  sessionKeyMac: ether("capwap.control.message_element.ieee80211_station_session_key.mac", "Mac Address"),
  sessionKeyFlags: u16("capwap.control.message_element.ieee80211_station_session_key.flags", "Flags", {
    mask: 0x3fff,
  }),
  sessionKeyFlagsA: bool("capwap.control.message_element.ieee80211_station_session_key.flags_a", "Flag A", {
    bits: 16,
    mask: 0x2000,
  }),
  sessionKeyFlagsC: bool("capwap.control.message_element.ieee80211_station_session_key.flags_c", "Flag C", {
    bits: 16,
    mask: 0x1000,
  }),
  sessionKeyPairwireTsc: bytes(
    "capwap.control.message_element.ieee80211_station_session_key.pairwire_tsc",
    "Pairwise TSC",
  ),
  sessionKeyPairwireRsc: bytes(
    "capwap.control.message_element.ieee80211_station_session_key.pairwire_rsc",
    "Pairwise RSC",
  ),
  sessionKeyKey: bytes("capwap.control.message_element.ieee80211_station_session_key.key", "Key"),
  supportedRatesRadioId: u8("capwap.control.message_element.ieee80211_supported_rates.radio_id", "Radio ID"),
  supportedRatesRate: u8("capwap.control.message_element.ieee80211_supported_rates.rate", "Rates", {
    base: "HEX",
    names: RATE_NAMES,
  }),
  txPowerRadioId: u8("capwap.control.message_element.ieee80211_tx_power.radio_id", "Radio ID"),
  txPowerReserved: u8("capwap.control.message_element.ieee80211_tx_power.reserved", "Reserved", {
    base: "HEX",
  }),
  txPowerCurrentTxPower: u16(
    "capwap.control.message_element.ieee80211_tx_power.current_tx_power",
    "Current Tx Power",
  ),
  txPowerLevelRadioId: u8("capwap.control.message_element.ieee80211_tx_power_level.radio_id", "Radio ID"),
  txPowerLevelNumLevels: u8(
    "capwap.control.message_element.ieee80211_tx_power_level.num_levels",
    "Num Levels",
  ),
  txPowerLevelPowerLevel: u16(
    "capwap.control.message_element.ieee80211_tx_power_level.power_level",
    "Power Level",
  ),
  updateWlanRadioId: u8("capwap.control.message_element.ieee80211_update_wlan.radio_id", "Radio ID"),
  updateWlanWlanId: u8("capwap.control.message_element.ieee80211_update_wlan.wlan_id", "WLAN ID"),
  updateWlanCapability: u16("capwap.control.message_element.ieee80211_update_wlan.capability", "Capability", {
    base: "HEX",
  }),
  updateWlanCapabilityE: bool("capwap.control.message_element.ieee80211_update_wlan.capability.e", "ESS", {
    bits: 16,
    mask: 0x8000,
    tf: YES_NO,
  }),
  updateWlanCapabilityI: bool("capwap.control.message_element.ieee80211_update_wlan.capability.i", "IBSS", {
    bits: 16,
    mask: 0x4000,
    tf: YES_NO,
  }),
  updateWlanCapabilityC: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.c",
    "CF-Pollable",
    { bits: 16, mask: 0x2000, tf: YES_NO },
  ),
  updateWlanCapabilityF: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.f",
    "CF-Poll Request",
    { bits: 16, mask: 0x1000, tf: YES_NO },
  ),
  updateWlanCapabilityP: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.p",
    "Privacy",
    { bits: 16, mask: 0x800, tf: YES_NO },
  ),
  updateWlanCapabilityS: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.s",
    "Short Preamble",
    { bits: 16, mask: 0x400, tf: YES_NO },
  ),
  updateWlanCapabilityB: bool("capwap.control.message_element.ieee80211_update_wlan.capability.b", "PBCC", {
    bits: 16,
    mask: 0x200,
    tf: YES_NO,
  }),
  updateWlanCapabilityA: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.a",
    "Channel Agility",
    { bits: 16, mask: 0x100, tf: YES_NO },
  ),
  updateWlanCapabilityM: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.m",
    "Spectrum Management",
    { bits: 16, mask: 0x80, tf: YES_NO },
  ),
  updateWlanCapabilityQ: bool("capwap.control.message_element.ieee80211_update_wlan.capability.q", "QoS", {
    bits: 16,
    mask: 0x40,
    tf: YES_NO,
  }),
  updateWlanCapabilityT: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.t",
    "Short Slot Time",
    { bits: 16, mask: 0x20, tf: YES_NO },
  ),
  updateWlanCapabilityD: bool("capwap.control.message_element.ieee80211_update_wlan.capability.d", "APSD", {
    bits: 16,
    mask: 0x10,
    tf: YES_NO,
  }),
  updateWlanCapabilityV: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.v",
    "Reserved",
    { bits: 16, mask: 0x8, tf: YES_NO },
  ),
  updateWlanCapabilityO: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.o",
    "DSSS-OFDM",
    { bits: 16, mask: 0x4, tf: YES_NO },
  ),
  updateWlanCapabilityK: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.k",
    "Delayed Block ACK",
    { bits: 16, mask: 0x2, tf: YES_NO },
  ),
  updateWlanCapabilityL: bool(
    "capwap.control.message_element.ieee80211_update_wlan.capability.l",
    "Immediate Block ACK",
    { bits: 16, mask: 0x1, tf: YES_NO },
  ),
  updateWlanKeyIndex: u8("capwap.control.message_element.ieee80211_update_wlan.key_index", "Key-Index"),
  updateWlanKeyStatus: u8("capwap.control.message_element.ieee80211_update_wlan.key_status", "Key Status", {
    names: ADD_WLAN_KEY_STATUS,
  }),
  updateWlanKeyLength: u16("capwap.control.message_element.ieee80211_update_wlan.key_length", "Key Length"),
  updateWlanKey: bytes("capwap.control.message_element.ieee80211_update_wlan.key", "Key"),
  radioCfgId: u8("capwap.control.message_element.ieee80211_wtp_radio_info.cfg_id", "Radio ID"),
  radioCfgShortPreamble: u8(
    "capwap.control.message_element.ieee80211_wtp_radio_info.short_preamble",
    "Short Preamble",
  ),
  radioCfgNumOfBssids: u8(
    "capwap.control.message_element.ieee80211_wtp_radio_info.num_of_bssids",
    "Num of BSSIDs",
  ),
  radioCfgDtimPeriod: u8(
    "capwap.control.message_element.ieee80211_wtp_radio_info.dtim_period",
    "DTIM Period",
  ),
  radioCfgBssid: ether("capwap.control.message_element.ieee80211_wtp_radio_info.bssid", "BSSID"),
  radioCfgBeaconPeriod: u16(
    "capwap.control.message_element.ieee80211_wtp_radio_info.beacon_period",
    "Beacon Period",
  ),
  radioCfgCountryString: str(
    "capwap.control.message_element.ieee80211_wtp_radio_info.country_string",
    "Country String",
  ),
  radioCfgRadioId: u8("capwap.control.message_element.ieee80211_wtp_radio_info.radio_id", "Radio ID"),
  radioInfoReserved: bytes(
    "capwap.control.message_element.ieee80211_wtp_info_radio.radio_type_reserved",
    "Radio Type Reserved",
  ),
  radioInfoN: bool(
    "capwap.control.message_element.ieee80211_wtp_info_radio.radio_type_n",
    "Radio Type 802.11n",
    { bits: 4, mask: 0x8 },
  ),
  radioInfoG: bool(
    "capwap.control.message_element.ieee80211_wtp_info_radio.radio_type_g",
    "Radio Type 802.11g",
    { bits: 4, mask: 0x4 },
  ),
  radioInfoA: bool(
    "capwap.control.message_element.ieee80211_wtp_info_radio.radio_type_a",
    "Radio Type 802.11a",
    { bits: 4, mask: 0x2 },
  ),
  radioInfoB: bool(
    "capwap.control.message_element.ieee80211_wtp_info_radio.radio_type_b",
    "Radio Type 802.11b",
    { bits: 4, mask: 0x1 },
  ),
  supportedMacProfilesNumbers: u8(
    "capwap.control.message_element.ieee80211_supported_mac_profiles.numbers",
    "Numbers Profiles",
  ),
  supportedMacProfilesProfile: u8(
    "capwap.control.message_element.ieee80211_supported_mac_profiles.profile",
    "Profile",
    { names: SUPPORTED_MAC_PROFILES_PROFILES },
  ),
  macProfile: u8("capwap.control.message_element.ieee80211_mac_profile", "Profile", {
    names: SUPPORTED_MAC_PROFILES_PROFILES,
  }),
  keepAlive: none("capwap.keep_alive", "Keep-Alive"),
  keepAliveLength: u16("capwap.keep_alive.length", "Message Element Length"),
  fortinetElementId: u16("capwap.control.fortinet.element_id", "Fortinet Element ID", {
    names: FORTINET_ELEMENTS,
  }),
  fortinetValue: bytes("capwap.control.fortinet.value", "Fortinet Value"),
  fortinetEbptagEbp: u8("capwap.control.fortinet.ebptag.ebp", "EBP"),
  fortinetEbptagTag: ether("capwap.control.fortinet.ebptag.tag", "Tag"),
  fortinetUnknown: bytes("capwap.control.fortinet.unknown", "Unknown Data"),
  ciscoElementId: u16("capwap.control.cisco.element_id", "Cisco Element ID", { names: CISCO_ELEMENTS }),
  ciscoValue: bytes("capwap.control.cisco.value", "Cisco Value"),
  ciscoMwarAddress: ipv4("capwap.control.cisco.mwar.address", "Address"),
  ciscoRadName: str("capwap.control.cisco.rad_name", "RAD (AP) Name"),
  ciscoMwarType: u8("capwap.control.cisco.mwar.type", "Type"),
  ciscoMwarHardware: str("capwap.control.cisco.mwar.hardware", "Hardware version"),
  ciscoMwarSoftware: str("capwap.control.cisco.mwar.software", "Software version"),
  ciscoMwarActiveMs: u16("capwap.control.cisco.mwar.active_ms", "Active MS"),
  ciscoMwarSupportedMs: u16("capwap.control.cisco.mwar.supported_ms", "Supported MS"),
  ciscoMwarActiveRad: u16("capwap.control.cisco.mwar.active_rad", "Active RAD"),
  ciscoMwarSupportedRad: u16("capwap.control.cisco.mwar.supported_rad", "Supported RAD"),
  ciscoApModeAndTypeMode: u8("capwap.control.cisco.ap_mode_and_type.mode", "Mode", {
    names: CISCO_AP_MODE_AND_TYPE_MODES,
  }),
  ciscoApModeAndTypeType: u8("capwap.control.cisco.ap_mode_and_type.type", "Type"),
  ciscoApStaticIpAddr: ipv4("capwap.control.cisco.ap_static_ip.addr", "IP Address"),
  ciscoApStaticIpNetmask: ipv4("capwap.control.cisco.ap_static_ip.netmask", "Netmask"),
  ciscoApStaticIpGateway: ipv4("capwap.control.cisco.ap_static_ip.gateway", "Gateway"),
  ciscoApStaticIpType: u8("capwap.control.cisco.ap_static_ip.type", "Type"),
  ciscoApStaticIpReserved: bytes("capwap.control.cisco.ap_static_ip.reserved", "Reserved"),
  ciscoApUptimeCurrent: u32("capwap.control.cisco.ap_uptime.current", "AP Uptime Current"),
  ciscoApUptimeLast: u32("capwap.control.cisco.ap_uptime.last", "AP Uptime Last"),
  ciscoApGroupName: str("capwap.control.cisco.ap_group_name", "AP Group Name"),
  ciscoApLedState: u16("capwap.control.cisco.ap_led_state", "Led State"),
  ciscoApTimesync: absTime("capwap.control.cisco.ap_timesync", "AP TimeSync", { base: "LOCAL" }),
  ciscoApTimesyncType: u8("capwap.control.cisco.ap_timesync.type", "Type (?)"),
  ciscoBoardDataOptionsAntType: u8("capwap.control.cisco.board_data_options.ant_type", "Antenna Type"),
  ciscoBoardDataOptionsFlexConnect: bool(
    "capwap.control.cisco.board_data_options.flex_connect",
    "Flex Connect",
    { mask: 0x1, tf: SUPPORTED },
  ),
  ciscoBoardDataOptionsApType: u8("capwap.control.cisco.board_data_options.ap_type", "AP Type"),
  ciscoBoardDataOptionsJoinPriority: u8(
    "capwap.control.cisco.board_data_options.join_priority",
    "Join Priority",
  ),
  ciscoUnknown: bytes("capwap.control.cisco.unknown", "Unknown Data"),
  fragments: none("capwap.fragments", "Message fragments"),
  fragment: frameNum("capwap.fragment", "Message fragment"),
  fragmentOverlap: bool("capwap.fragment.overlap", "Message fragment overlap"),
  fragmentOverlapConflicts: bool(
    "capwap.fragment.overlap.conflicts",
    "Message fragment overlapping with conflicting data",
  ),
  fragmentMultipleTails: bool("capwap.fragment.multiple_tails", "Message has multiple tail fragments"),
  fragmentTooLongFragment: bool("capwap.fragment.too_long_fragment", "Message fragment too long"),
  fragmentError: frameNum("capwap.fragment.error", "Message defragmentation error"),
  fragmentCount: u32("capwap.fragment.count", "Message fragment count"),
  reassembledIn: frameNum("capwap.reassembled.in", "Reassembled in"),
  reassembledLength: u32("capwap.reassembled.length", "Reassembled CAPWAP length"),
};

const x = {
  headerLength: expert(
    "capwap.header.length.bad",
    "warning",
    "Malformed",
    "Wrong calculate length =! header length",
  ),
  elementLength: expert(
    "capwap.message_element.length.bad",
    "error",
    "Malformed",
    "Bad Message Element length",
  ),
  undecoded: expert(
    "capwap.message_element.type.undecoded",
    "note",
    "Undecoded",
    "CAPWAP message element type is not dissected",
  ),
  fortinetUndecoded: expert(
    "capwap.message_element.type.fortinet.undecoded",
    "note",
    "Undecoded",
    "Dissector for CAPWAP message element Fortinet Type not implemented",
  ),
};

const fragmentFields: FragmentFieldsWithoutData = {
  fragments: f.fragments,
  fragment: f.fragment,
  overlap: f.fragmentOverlap,
  conflict: f.fragmentOverlapConflicts,
  multipleTails: f.fragmentMultipleTails,
  tooLong: f.fragmentTooLongFragment,
  error: f.fragmentError,
  count: f.fragmentCount,
  reassembledIn: f.reassembledIn,
  reassembledLength: f.reassembledLength,
};

export const capwap = protocol({
  name: "capwap",
  title: "Control And Provisioning of Wireless Access Points - Control",
  short: "CAPWAP-CONTROL",
  fields: f,
  experts: x,
  on: [[udpPorts, 5246]],
  dissect: dissectControl,
});

export const capwapData = protocol({
  name: "capwap.data",
  title: "Control And Provisioning of Wireless Access Points - Data",
  short: "CAPWAP-DATA",
  on: [[udpPorts, 5247]],
  dissect: dissectData,
});

const TYPE_DTLS = 1;
const DATA_PORT = 5247;
const BINDING_80211 = 1;

/** The header's flags. */
const NATIVE = 0x100;
const FRAGMENT = 0x80;
const LAST = 0x40;
const WIRELESS = 0x20;
const RADIO_MAC = 0x10;
const KEEP_ALIVE = 8;

interface Header {
  readonly flags: number;
  readonly binding: number;
  readonly fragmentId: number;
  readonly offset: number;
}

/** The preamble; true when DTLS follows. */
function dissectPreamble(d: Dissection): boolean {
  const at = d.pos;
  const type = d.peek8() & 15;
  d.open(f.preamble, at, type === TYPE_DTLS ? 4 : 1);
  d.bits(f.preambleVersion, at, 1);
  d.bits(f.preambleType, at, 1);
  d.pos = at + 1;
  if (type === TYPE_DTLS) d.u24(f.preambleReserved);
  d.close();
  return type === TYPE_DTLS;
}

function callDtls(d: Dissection): void {
  if (d.remaining > 0) d.call(protocolNamed("dtls") ?? data);
}

const FLAG_BITS = [
  f.headerFlagsT,
  f.headerFlagsF,
  f.headerFlagsL,
  f.headerFlagsW,
  f.headerFlagsM,
  f.headerFlagsK,
  f.headerFlagsR,
] as const;

/** RFC 5415 section 4.3, without the preamble. */
function dissectHeader(d: Dissection): Header {
  const start = d.pos;
  d.open(f.header, start, 7);
  const word = d.peek24();
  const length = word >> 19;
  d.bits(f.headerLength, start, 3);
  if (d.labels) d.append(` (${length * 4})`);
  const lengthNode = d.last;
  d.bits(f.headerRid, start, 3);
  d.bits(f.binding, start, 3);
  d.bits(f.headerFlags, start, 3);
  d.openLast();
  for (const bit of FLAG_BITS) d.bits(bit, start, 3);
  d.close();
  d.pos = start + 3;
  const flags = word & 0x1ff;
  const fragmentId = d.u16(f.headerFragmentId);
  const offset = d.peek16() & 0xfff8;
  d.bits(f.headerFragmentOffset, d.pos, 2);
  d.bits(f.headerFragmentReserved, d.pos, 2);
  d.pos += 2;
  if (flags & RADIO_MAC) {
    const at = d.pos;
    addMac(d, d.u8(f.headerMacLength), f.headerMacEui48, f.headerMacEui64, f.headerMacData);
    addPadding(d, at);
  }
  const binding = (word >> 9) & 31;
  if (flags & WIRELESS) {
    const at = d.pos;
    const size = d.u8(f.headerWirelessLength);
    d.bytes(f.headerWirelessData, size);
    if (binding === BINDING_80211) addWireless(d, at + 1);
    addPadding(d, at);
  }
  const end = start - 1 + length * 4;
  if (d.pos !== end && d.building) {
    const { last } = d;
    d.last = lengthNode;
    d.expert(
      x.headerLength,
      `Wrong calculate length (${d.pos - start}) =! header length (${length * 4 - 1}) ! (May be try to use Cisco Wireless Controller Support Preference ?)`,
    );
    d.last = last;
  }
  d.pos = Math.max(d.pos, end);
  d.close(d.pos);
  return { flags, binding, fragmentId, offset };
}

function addMac(d: Dissection, length: number, eui48: Field, eui64Field: Field, other: Field): void {
  if (length === 6) d.ether(eui48);
  else if (length === 8) d.bytes(eui64Field, 8);
  else d.bytes(other, length);
}

function addPadding(d: Dissection, at: number): void {
  const missing = (4 - ((d.pos - at) % 4)) % 4;
  if (missing > 0) d.bytes(f.headerPadding, missing);
}

/** RFC 5416 section 4: what a radio says of a frame to the controller, or which networks one from there is for. */
function addWireless(d: Dissection, at: number): void {
  if (!d.building) return;
  d.needAt(at, 4);
  const { pos } = d;
  d.pos = at;
  if (d.dstPort === DATA_PORT) {
    d.open(f.wirelessFi, at, 4, d.peekBytes(4));
    d.add(f.wirelessFiRssi, at, 1, (d.buf[at] << 24) >> 24);
    d.add(f.wirelessFiSnr, at + 1, 1, d.buf[at + 1]);
    const rate = d.peek16(2);
    d.add(f.wirelessFiDataRate, at + 2, 2, rate);
    if (d.labels) d.append(` (${(rate / 10).toFixed(1)} Mb/s)`);
  } else {
    d.open(f.wirelessDw, at, 4, d.peekBytes(4));
    d.add(f.wirelessDwWlanIdBitmap, at, 2, d.peek16());
    d.add(f.wirelessDwReserved, at + 2, 2, d.peek16(2));
  }
  d.close();
  d.pos = pos;
}

// ------------------------------------------------------------------ data

function dissectData(d: Dissection): void {
  if (d.columns) {
    d.setProtocol("CAPWAP-Data");
    d.setInfo("CAPWAP-Data");
  }
  if (dissectPreamble(d)) {
    callDtls(d);
    return;
  }
  const header = dissectHeader(d);
  if (header.flags & KEEP_ALIVE) {
    if (d.columns) d.addInfo(" Keep-Alive");
    dissectKeepAlive(d);
    return;
  }
  if ((header.flags & FRAGMENT) === 0) {
    callPayload(d, header);
    return;
  }
  dissectFragment(d, header);
}

/** RFC 5415 section 4.4.1. */
function dissectKeepAlive(d: Dissection): void {
  const at = d.pos;
  d.open(f.keepAlive, at, d.remaining);
  const length = d.u16(f.keepAliveLength);
  const end = Math.min(d.end, at + length);
  while (d.pos < end) dissectElement(d);
  d.close(d.pos);
}

function dissectFragment(d: Dissection, header: Header): void {
  if (d.columns) {
    d.addInfo(` (Fragment ID: ${header.fragmentId}, Fragment Offset: ${header.offset})`);
  }
  const length = d.wireRemaining;
  let reassembledIn = 0;
  if (d.remaining === length && length > 0) {
    const key = `capwap,${d.srcId},${d.dstId},${header.fragmentId}`;
    const datagram = d.datagram(key);
    if (datagram !== undefined) {
      const piece = pieceHere(d, header.offset, length, (header.flags & LAST) === 0);
      if (d.memory.indexing) d.memory.fragments.add(key, datagram, piece);
      if (datagram.reassembledIn === d.frame) {
        if (d.columns) d.setInfo("CAPWAP-Data");
        if (callReassembled(d, fragmentFields, "CAPWAP", datagram, (whole) => callPayload(whole, header)))
          return;
      }
      reassembledIn = datagram.reassembledIn;
    }
  }
  if (reassembledIn !== 0) d.generated(f.reassembledIn, d.pos, 0, reassembledIn);
  if (d.remaining > 0) d.call(data);
}

/** The frame that is carried: of Ethernet, or of the binding's kind. */
function callPayload(d: Dissection, header: Header): void {
  if (d.remaining <= 0) return;
  if ((header.flags & NATIVE) === 0) d.call(linkTypes.get(1) ?? data);
  else if (header.binding === BINDING_80211) callCarriedWlan(d, true);
  else d.call(data);
}

// ------------------------------------------------------------------ control

function dissectControl(d: Dissection): void {
  if (d.columns) {
    d.setProtocol("CAPWAP-Control");
    d.setInfo("CAPWAP-Control");
  }
  if (dissectPreamble(d)) {
    callDtls(d);
    return;
  }
  dissectHeader(d);
  dissectControlHeader(d);
  d.open(f.messageElement, d.pos, d.remaining);
  while (d.wireRemaining > 0) dissectElement(d);
  d.close(d.pos);
}

/** RFC 5415 section 4.5.1. */
function dissectControlHeader(d: Dissection): void {
  const at = d.pos;
  d.open(f.controlHeader, at, 8);
  const type = d.peek32();
  d.open(f.controlHeaderMessageType, at, 4, type);
  const enterprise = type >>> 8;
  d.add(f.controlHeaderMessageTypeEnterpriseNumber, at, 3, enterprise);
  if (d.labels) {
    const name = ENTERPRISES[enterprise] ?? "Unknown";
    d.relabel(`${f.controlHeaderMessageTypeEnterpriseNumber.title}: ${name} (${enterprise})`);
  }
  const specific = enterprise === 0 || enterprise === 13277 ? type : type & 0xff;
  d.add(f.controlHeaderMessageTypeEnterpriseSpecific, at + 3, 1, specific);
  d.close();
  d.pos = at + 4;
  if (d.columns) {
    d.addInfo(
      ` - ${MESSAGE_TYPES[type] ?? `Unknown Message Type (0x${type.toString(16).padStart(2, "0")})`}`,
    );
  }
  d.u8(f.controlHeaderSequenceNumber);
  d.u16(f.controlHeaderMessageElementLength);
  d.u8(f.controlHeaderFlags);
  d.close();
}

/** A step through an element: a field of its type's width, or something more. */
type Step = Field | ((d: Dissection) => void);

interface Element {
  /** Lengths other than this are wrong; with `more`, only smaller ones. */
  readonly length: number;
  readonly more: boolean;
  readonly steps: readonly Step[];
}

const exactly = (length: number, ...steps: Step[]): Element => ({
  length,
  more: false,
  steps,
});
const atLeast = (length: number, ...steps: Step[]): Element => ({
  length,
  more: true,
  steps,
});

const WIDTHS: Readonly<Record<string, number>> = { FT_IPv4: 4, FT_IPv6: 16, FT_ETHER: 6 };

function take(d: Dissection, step: Step): void {
  if (typeof step === "function") {
    step(d);
    return;
  }
  const bits = widthOf(step.type);
  if (step.type === "FT_STRING") d.str(step, d.remaining);
  else if (step.type === "FT_BYTES") d.bytes(step, d.remaining);
  else if (step.type === "FT_IPv4") d.u32(step);
  else if (step.type in WIDTHS) d.bytes(step, WIDTHS[step.type]);
  else d.uint(step, bits / 8);
}

/** The same field until the element ends. */
const each =
  (field: Field): Step =>
  (d) => {
    while (d.remaining > 0) take(d, field);
  };
/** An integer of more bytes than its field's type has. */
const wide =
  (field: Field, size: number): Step =>
  (d) => {
    d.uint(field, size);
  };
/** An integer of flags. */
const flags =
  (field: Field, size: number, members: readonly Field[]): Step =>
  (d) => {
    d.bitset(field, size, members);
  };
const bit =
  (field: Field): Step =>
  (d) => {
    d.bits(field, d.pos, 1);
    d.pos++;
  };
const counted =
  (field: Field, size: number): Step =>
  (d) => {
    d.bytes(field, Math.min(size, d.remaining));
  };

function ntpTime(d: Dissection): void {
  const value = d.peek32();
  // Seconds since 1900, or, without the highest bit, since 2036.
  const since1970 = value >= 0x8000_0000 ? value - 2_208_988_800 : value + 2_085_978_496;
  d.add(f.acTimestamp, d.pos, 4, BigInt(since1970) * 1_000_000_000n);
  d.pos += 4;
}

const capabilityBits = (
  prefix: "addWlanCapability" | "updateWlanCapability" | "stationCapabilities",
): Field[] => [..."EICFPSBAMQTDVOKL"].map((letter) => f[`${prefix}${letter}` as keyof typeof f]);

function dissectInformation(d: Dissection): void {
  const vendor = d.peek32();
  const type = d.peek16(4);
  const length = d.peek16(6);
  d.open(f.acInformation, d.pos, 8 + length);
  if (d.labels) {
    const name = AC_INFORMATION_TYPES[type] ?? `Unknown AC Information Type (${pad2(type)})`;
    d.append(`: (t=${type},l=${length}) ${name}`);
  }
  addVendor(d, f.acInformationVendor, vendor);
  d.u16(f.acInformationType);
  d.u16(f.acInformationLength);
  d.bytes(f.acInformationValue, length);
  addString(
    d,
    type === 4 ? f.acInformationHardwareVersion : type === 5 ? f.acInformationSoftwareVersion : null,
    length,
  );
  d.close();
}

/** The bytes just read once more, as text. */
function addString(d: Dissection, field: Field | null, length: number): void {
  if (field === null) return;
  d.pos -= length;
  d.str(field, length);
}

const pad2 = (value: number): string => String(value).padStart(2, "0");

function addVendor(d: Dissection, field: Field, value: number): void {
  d.u32(field);
  if (d.labels) d.relabel(`${field.title}: ${ENTERPRISES[value] ?? "Unknown"} (${value})`);
}

function dissectBoardData(d: Dissection): void {
  addVendor(d, f.boardDataVendor, d.peek32());
  while (d.remaining > 0) {
    const type = d.peek16();
    const length = d.peek16(2);
    d.open(f.boardData, d.pos, 4 + length);
    if (d.labels)
      d.append(
        `: (t=${type},l=${length}) ${BOARD_DATA_TYPES[type] ?? `Unknown WTP Board Data Type (${pad2(type)})`}`,
      );
    d.u16(f.boardDataType);
    d.u16(f.boardDataLength);
    d.bytes(f.boardDataValue, length);
    if (type === 4 && length === 6) {
      d.pos -= 6;
      d.ether(f.boardDataBaseMacAddress);
    } else addString(d, BOARD_TEXTS[type] ?? null, length);
    d.close();
  }
}

const BOARD_TEXTS: Readonly<Record<number, Field>> = {
  0: f.boardDataWtpModelNumber,
  1: f.boardDataWtpSerialNumber,
  2: f.boardDataWtpBoardId,
  3: f.boardDataWtpBoardRevision,
};
const DESCRIPTOR_TEXTS: Readonly<Record<number, Field>> = {
  0: f.wtpDescriptorHardwareVersion,
  1: f.wtpDescriptorActiveSoftwareVersion,
  2: f.wtpDescriptorBootVersion,
  3: f.wtpDescriptorOtherSoftwareVersion,
};

function dissectEncryption(d: Dissection): void {
  const count = d.u8(f.wtpDescriptorNumberEncrypt);
  d.openLast();
  for (let i = 0; i < count; i++) {
    const at = d.pos;
    const binding = d.peek8() & 31;
    const capabilities = d.peek16(1);
    d.open(f.wtpDescriptorEncrypt, at, 3);
    if (d.labels) d.append(`: (WBID ${binding}) ${capabilities}`);
    d.bits(f.wtpDescriptorEncryptReserved, at, 1);
    d.bits(f.wtpDescriptorEncryptWbid, at, 1);
    d.pos = at + 1;
    d.u16(f.wtpDescriptorEncryptCapabilities);
    d.close();
  }
  d.close();
}

function dissectDescriptors(d: Dissection): void {
  while (d.remaining > 0) {
    const vendor = d.peek32();
    const type = d.peek16(4);
    const length = d.peek16(6);
    d.open(f.wtpDescriptor, d.pos, 8 + length);
    if (d.labels) {
      d.append(
        `: (t=${type},l=${length}) ${WTP_DESCRIPTOR_TYPES[type] ?? `Unknown WTP Descriptor Type (${pad2(type)})`}`,
      );
    }
    addVendor(d, f.wtpDescriptorVendor, vendor);
    d.u16(f.wtpDescriptorType);
    d.u16(f.wtpDescriptorLength);
    // A length may reach beyond the element; only the packet's end stops it.
    d.bytes(f.wtpDescriptorValue, length);
    addString(d, DESCRIPTOR_TEXTS[type] ?? null, length);
    d.close();
  }
}

function stationMac(prefix: "addStation" | "deleteStation"): Step {
  return (d) => {
    const length = d.u8(f[`${prefix}Length`]);
    addMac(d, length, f[`${prefix}MacEui48`], f[`${prefix}MacEui64`], f[`${prefix}MacData`]);
  };
}

/** Radio types are the lowest bits of four bytes. */
function radioTypes(d: Dissection): void {
  d.bytes(f.radioInfoReserved, 3);
  for (const field of [f.radioInfoN, f.radioInfoG, f.radioInfoA, f.radioInfoB]) d.bits(field, d.pos, 1);
  d.need(1);
  d.pos++;
}

const CISCO = 0x409600;
const FORTINET = 12356;

/** Vendor specific payload: what it holds, then, of vendors known, the same again under their names. */
function dissectVendor(d: Dissection): void {
  const vendor = d.peek32();
  addVendor(d, f.vspVendorIdentifier, vendor);
  const id = d.u16(f.vspVendorElementId);
  const at = d.pos;
  d.bytes(f.vspVendorData, d.remaining);
  if (!d.building || (vendor !== CISCO && vendor !== FORTINET)) return;
  const isCisco = vendor === CISCO;
  const name = (isCisco ? CISCO_ELEMENTS : FORTINET_ELEMENTS)[id];
  const who = isCisco ? "Cisco" : "Fortinet";
  if (d.labels) d.appendParent(`: ${who} ${name ?? `Unknown Vendor Specific Element Type (${pad2(id)})`}`);
  d.add(isCisco ? f.ciscoElementId : f.fortinetElementId, at - 2, 2, id);
  d.pos = at;
  d.bytes(isCisco ? f.ciscoValue : f.fortinetValue, d.remaining);
  d.pos = at;
  const steps = isCisco ? CISCO_STEPS[id] : undefined;
  if (steps !== undefined) {
    for (const step of steps) if (d.remaining > 0) take(d, step);
    return;
  }
  d.last = d.parent;
  d.expert(isCisco ? x.undecoded : x.fortinetUndecoded);
  if (d.remaining > 0) d.bytes(isCisco ? f.ciscoUnknown : f.fortinetUnknown, d.remaining);
}

function ciscoTime(d: Dissection): void {
  d.add(f.ciscoApTimesync, d.pos, 4, BigInt(d.peek32()) * 1_000_000_000n);
  d.pos += 4;
}

const CISCO_STEPS: Readonly<Record<number, readonly Step[]>> = {
  5: [f.ciscoRadName],
  54: [f.ciscoApModeAndTypeMode, f.ciscoApModeAndTypeType],
  125: [f.ciscoApLedState],
  151: [ciscoTime, f.ciscoApTimesyncType],
  207: [
    f.ciscoBoardDataOptionsAntType,
    bit(f.ciscoBoardDataOptionsFlexConnect),
    f.ciscoBoardDataOptionsApType,
    f.ciscoBoardDataOptionsJoinPriority,
  ],
  208: [f.ciscoMwarType],
};

const AC_SECURITY = [f.acDescriptorSecurityR, f.acDescriptorSecurityS, f.acDescriptorSecurityX] as const;
const DTLS_POLICY = [
  f.acDescriptorDtlsPolicyR,
  f.acDescriptorDtlsPolicyD,
  f.acDescriptorDtlsPolicyC,
] as const;
const TUNNEL_MODES = [
  f.wtpFrameTunnelModeN,
  f.wtpFrameTunnelModeE,
  f.wtpFrameTunnelModeL,
  f.wtpFrameTunnelModeR,
] as const;
const IE_FLAGS = [f.ieFlagsB, f.ieFlagsP, f.ieFlagsRsv] as const;
const BANDS = [
  f.ofdmControlBandSupportBit0,
  f.ofdmControlBandSupportBit1,
  f.ofdmControlBandSupportBit2,
  f.ofdmControlBandSupportBit3,
  f.ofdmControlBandSupportBit4,
  f.ofdmControlBandSupportBit5,
  f.ofdmControlBandSupportBit7,
] as const;

/** A key of the length that stands before it. */
const key =
  (length: Field, value: Field): Step =>
  (d) => {
    const n = d.u16(length);
    d.bytes(value, n);
  };

function sessionKeyFlags(d: Dissection): void {
  d.bits(f.sessionKeyFlags, d.pos, 2);
  d.openLast();
  d.bits(f.sessionKeyFlagsA, d.pos, 2);
  d.bits(f.sessionKeyFlagsC, d.pos, 2);
  d.close();
  d.pos += 2;
}

/** The message elements with the lengths that their sections give them. */
const ELEMENTS: Readonly<Record<number, Element>> = {
  // RFC 5415 section 4.6.1
  1: atLeast(
    12,
    f.acDescriptorStations,
    f.acDescriptorLimit,
    f.acDescriptorActiveWtp,
    f.acDescriptorMaxWtp,
    flags(f.acDescriptorSecurity, 1, AC_SECURITY),
    f.acDescriptorRmacField,
    f.acDescriptorReserved,
    flags(f.acDescriptorDtlsPolicy, 1, DTLS_POLICY),
    (d) => {
      while (d.remaining > 0) dissectInformation(d);
    },
  ),
  // RFC 5415 section 4.6.2
  2: atLeast(4, each(f.acIpv4List)),
  // RFC 5415 section 4.6.3
  3: atLeast(16, each(f.acIpv6List)),
  // RFC 5415 section 4.6.4
  4: atLeast(1, f.acName),
  // RFC 5415 section 4.6.5
  5: atLeast(2, f.acNameWithPriority, f.acName),
  // RFC 5415 section 4.6.6
  6: exactly(4, ntpTime),
  // RFC 5415 section 4.6.8
  8: atLeast(8, f.addStationRadioId, stationMac("addStation"), (d) => {
    if (d.remaining > 0) d.str(f.addStationVlanName, d.remaining);
  }),
  // RFC 5415 section 4.6.9
  10: exactly(6, f.capwapControlIpv4, f.capwapControlWtpCount),
  // RFC 5415 section 4.6.10
  11: exactly(18, f.capwapControlIpv6, f.capwapControlWtpCount),
  // RFC 5415 section 4.6.13
  12: exactly(2, f.capwapTimersDiscovery, f.capwapTimersEchoRequest),
  // RFC 5415 section 4.6.18
  16: exactly(3, f.decryptionErrorReportPeriodRadioId, f.decryptionErrorReportPeriodInterval),
  // RFC 5415 section 4.6.20
  18: atLeast(8, f.deleteStationRadioId, stationMac("deleteStation")),
  // RFC 5415 section 4.6.21
  20: exactly(1, f.discoveryType),
  // RFC 5415 section 4.6.24
  23: exactly(4, f.idleTimeout),
  // RFC 5415 section 4.6.30
  28: atLeast(1, f.locationData),
  // RFC 5415 section 4.6.31
  29: exactly(2, f.maximumMessageLength),
  // RFC 5415 section 4.6.11
  30: exactly(4, f.capwapLocalIpv4Address),
  // RFC 5415 section 4.6.33
  31: exactly(2, f.radioAdminId, f.radioAdminState),
  // RFC 5415 section 4.6.34
  32: exactly(3, f.radioOpStateRadioId, f.radioOpStateRadioState, f.radioOpStateRadioCause),
  // RFC 5415 section 4.6.35
  33: exactly(4, f.resultCode),
  // RFC 5415 section 4.6.37
  35: exactly(16, f.sessionId),
  // RFC 5415 section 4.6.38
  36: exactly(2, f.statisticsTimer),
  // RFC 5415 section 4.6.39
  37: atLeast(7, dissectVendor),
  // RFC 5415 section 4.6.40
  38: atLeast(14, dissectBoardData),
  // RFC 5415 section 4.6.41
  39: atLeast(33, f.wtpDescriptorMaxRadios, f.wtpDescriptorRadioInUse, dissectEncryption, dissectDescriptors),
  // RFC 5415 section 4.6.42
  40: exactly(1, f.wtpFallback),
  // RFC 5415 section 4.6.43
  41: exactly(1, flags(f.wtpFrameTunnelMode, 1, TUNNEL_MODES)),
  // RFC 5415 section 4.6.44
  44: exactly(1, f.wtpMacType),
  // RFC 5415 section 4.6.45
  45: atLeast(1, f.wtpName),
  // RFC 5415 section 4.6.47
  48: exactly(
    15,
    f.wtpRebootStatisticsRebootCount,
    f.wtpRebootStatisticsAcInitiatedCount,
    f.wtpRebootStatisticsLinkFailureCount,
    f.wtpRebootStatisticsSwFailureCount,
    f.wtpRebootStatisticsHwFailureCount,
    f.wtpRebootStatisticsOtherFailureCount,
    f.wtpRebootStatisticsUnknownFailureCount,
    f.wtpRebootStatisticsLastFailureType,
  ),
  // RFC 5415 section 4.6.12
  50: exactly(16, f.capwapLocalIpv6Address),
  // RFC 5415 section 4.6.14
  51: exactly(1, f.capwapTransportProtocol),
  // RFC 5415 section 4.6.32
  52: atLeast(0, f.mtuDiscoveryPadding),
  // RFC 5415 section 4.6.25
  53: exactly(1, f.ecnSupport),
  // RFC 5416 section 6.1
  1024: atLeast(
    20,
    f.addWlanRadioId,
    f.addWlanWlanId,
    flags(f.addWlanCapability, 2, capabilityBits("addWlanCapability")),
    f.addWlanKeyIndex,
    f.addWlanKeyStatus,
    key(f.addWlanKeyLength, f.addWlanKey),
    (d) => {
      d.add(f.addWlanGroupTsc, d.pos, 6, BigInt(d.peekUint(6)));
      if (d.labels) relabelTsc(d);
      d.pos += 6;
    },
    f.addWlanQos,
    f.addWlanAuthType,
    f.addWlanMacMode,
    f.addWlanTunnelMode,
    bit(f.addWlanSuppressSsid),
    f.addWlanSsid,
  ),
  // RFC 5416 section 6.2
  1025: atLeast(
    5,
    f.antennaRadioId,
    f.antennaDiversity,
    f.antennaCombiner,
    f.antennaCount,
    each(f.antennaSelection),
  ),
  // RFC 5416 section 6.3
  1026: exactly(8, f.assignedRadioId, f.assignedWlanId, f.assignedBssid),
  // RFC 5416 section 6.4
  1027: exactly(2, f.deleteWlanRadioId, f.deleteWlanWlanId),
  // RFC 5416 section 6.5
  1028: exactly(
    8,
    f.directSequenceControlRadioId,
    f.directSequenceControlReserved,
    f.directSequenceControlCurrentChannel,
    f.directSequenceControlCurrentCca,
    wide(f.directSequenceControlEnergyDetectThreshold, 4),
  ),
  // RFC 5416 section 6.6
  1029: atLeast(4, f.ieRadioId, f.ieWlanId, flags(f.ieFlags, 1, IE_FLAGS), (d) => addElement(d)),
  // RFC 5416 section 6.7
  1030: exactly(
    16,
    f.macOperationRadioId,
    f.macOperationReserved,
    f.macOperationRtsThreshold,
    f.macOperationShortRetry,
    f.macOperationLongRetry,
    f.macOperationFragmentationThreshold,
    f.macOperationTxMsduLifetime,
    f.macOperationRxMsduLifetime,
  ),
  // RFC 5416 section 6.8
  1031: exactly(8, f.micCountermeasuresRadioId, f.micCountermeasuresWlanId, f.micCountermeasuresMacAddress),
  // RFC 5416 section 6.9
  1032: exactly(
    8,
    f.multiDomainCapabilityRadioId,
    f.multiDomainCapabilityReserved,
    wide(f.multiDomainCapabilityFirstChannel, 2),
    f.multiDomainCapabilityNumberOfChannels,
    f.multiDomainCapabilityMaxTxPowerLevel,
  ),
  // RFC 5416 section 6.10
  1033: exactly(
    8,
    f.ofdmControlRadioId,
    f.ofdmControlReserved,
    f.ofdmControlCurrentChannel,
    flags(f.ofdmControlBandSupport, 1, BANDS),
    f.mofdmControlTiThreshold,
  ),
  // RFC 5416 section 6.11
  1034: atLeast(3, f.rateSetRadioId, each(f.rateSetRateSet)),
  // RFC 5416 section 6.13
  1036: atLeast(
    14,
    f.stationRadioId,
    f.stationAssociationId,
    f.stationFlags,
    f.stationMacAddress,
    flags(f.stationCapabilities, 2, capabilityBits("stationCapabilities")),
    f.stationWlanId,
    each(f.stationSupportedRates),
  ),
  // RFC 5416 section 6.15
  1038: atLeast(
    25,
    f.sessionKeyMac,
    sessionKeyFlags,
    counted(f.sessionKeyPairwireTsc, 6),
    counted(f.sessionKeyPairwireRsc, 6),
    f.sessionKeyKey,
  ),
  // RFC 5416 section 6.17
  1040: atLeast(3, f.supportedRatesRadioId, each(f.supportedRatesRate)),
  // RFC 5416 section 6.18
  1041: exactly(4, f.txPowerRadioId, f.txPowerReserved, f.txPowerCurrentTxPower),
  // RFC 5416 section 6.19
  1042: atLeast(4, f.txPowerLevelRadioId, f.txPowerLevelNumLevels, each(f.txPowerLevelPowerLevel)),
  // RFC 5416 section 6.21
  1044: atLeast(
    8,
    f.updateWlanRadioId,
    f.updateWlanWlanId,
    flags(f.updateWlanCapability, 2, capabilityBits("updateWlanCapability")),
    f.updateWlanKeyIndex,
    f.updateWlanKeyStatus,
    key(f.updateWlanKeyLength, f.updateWlanKey),
  ),
  // RFC 5416 section 6.23
  1046: exactly(
    16,
    f.radioCfgId,
    f.radioCfgShortPreamble,
    f.radioCfgNumOfBssids,
    f.radioCfgDtimPeriod,
    f.radioCfgBssid,
    f.radioCfgBeaconPeriod,
    f.radioCfgCountryString,
  ),
  // RFC 5416 section 6.25
  1048: exactly(5, f.radioCfgRadioId, radioTypes),
  // RFC 7494
  1060: atLeast(2, f.supportedMacProfilesNumbers, each(f.supportedMacProfilesProfile)),
  // RFC 7494
  1061: exactly(1, f.macProfile),
};

/** The group's counter: 24 of its 48 bits are the number. */
function relabelTsc(d: Dissection): void {
  const value = d.peekUint(6) % 0x100_0000;
  const bits = value
    .toString(2)
    .padStart(24, "0")
    .replace(/(....)(?=.)/g, "$1 ");
  if (d.last !== null) d.last.value = BigInt(value);
  d.relabel(`${".... ".repeat(10)}${bits} = Group TSC: ${value}`);
}

/** RFC 5415 section 4.6: one message element. */
function dissectElement(d: Dissection): void {
  d.need(4);
  const type = d.peek16();
  const length = d.peek16(2);
  const element = ELEMENTS[type];
  const name = ELEMENT_TYPES[type];
  d.open(f.messageElement, d.pos, 4 + length);
  if (d.labels) {
    d.relabelParent(
      `Type: (t=${type},l=${length}) ${name ?? `Unknown Message Element Type (${pad2(type)})`}`,
    );
  }
  d.u16(f.messageElementType);
  if (element === undefined && d.building) d.expert(x.undecoded);
  d.u16(f.messageElementLength);
  const wrong = element !== undefined && (element.more ? length < element.length : length !== element.length);
  if (wrong && d.building) d.expert(x.elementLength);
  const at = d.pos;
  d.bytes(f.messageElementValue, length);
  if (element !== undefined && !wrong && d.building) {
    const { end, wireEnd } = d;
    d.pos = at;
    d.end = Math.min(d.end, at + length);
    // A descriptor's own length may reach beyond its element; then only the packet's end stops it.
    d.wireEnd = d.end;
    for (const step of element.steps) take(d, step);
    d.end = end;
    d.wireEnd = wireEnd;
  }
  d.pos = at + length;
  d.close();
}
