/** Parameters of HCI commands and events: Bluetooth Core Specification 5.3, volume 4 part E section 7. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  type Field,
  i8,
  none,
  str,
  strz,
  u8,
  u16,
  u24,
  u32,
  u64,
  widthOf,
} from "../dissect/field.ts";
import { addAdvertising, classOfDevice } from "./btle.ts";
import { STATUS, VERSIONS } from "./names/bluetooth.ts";
import { COMPANIES } from "./names/bluetooth-companies.ts";

const PAGE_SCAN_MODES: Readonly<Record<number, string>> = {
  0: "Mandatory Page Scan Mode",
  1: "Optional Page Scan Mode I",
  2: "Optional Page Scan Mode II",
  3: "Optional Page Scan Mode III",
};
const OOB_DATA: Readonly<Record<number, string>> = {
  0: "OOB Authentication Data Not Present",
  1: "OOB Authentication Data From Remote Device Present",
};
const AUTHENTICATION_REQUIREMENTS: Readonly<Record<number, string>> = {
  0: "MITM Protection Not Required - No Bonding. Numeric Comparison, Automatic Accept Allowed, No Secure Connection",
  1: "MITM Protection Required - No Bonding. Use IO Capability To Determine Procedure, No Secure Connection",
  2: "MITM Protection Not Required - Dedicated Bonding. Numeric Comparison, Automatic Accept Allowed, No Secure Connection",
  3: "MITM Protection Required - Dedicated Bonding. Use IO Capability To Determine Procedure, No Secure Connection",
  4: "MITM Protection Not Required - General Bonding. Numeric Comparison, Automatic Accept Allowed, No Secure Connection",
  5: "MITM Protection Required - General Bonding. Use IO Capability To Determine Procedure, No Secure Connection",
  8: "MITM Protection Not Required - No Bonding. Numeric Comparison, Automatic Accept Allowed, Secure Connection",
  9: "MITM Protection Required - No Bonding. Use IO Capability To Determine Procedure, Secure Connection",
  10: "MITM Protection Not Required - Dedicated Bonding. Numeric Comparison, Automatic Accept Allowed,  Secure Connection",
  11: "MITM Protection Required - Dedicated Bonding. Use IO Capability To Determine Procedure, Secure Connection ",
  12: "MITM Protection Not Required - General Bonding. Numeric Comparison, Automatic Accept Allowed, Secure Connection",
  13: "MITM Protection Required - General Bonding. Use IO Capability To Determine Procedure, Secure Connection",
};
const ADDRESS_TYPES: Readonly<Record<number, string>> = {
  0: "Public Device Address",
  1: "Random Device Address",
  2: "Public Identity Address (Corresponds to Resolved Private Address)",
  3: "Random (Static) Identity Address (Corresponds to Resolved Private Address)",
};
const c = {
  lap: u24("bthci_cmd.lap", "LAP", { base: "HEX" }),
  inqLength: u8("bthci_cmd.inq_length", "Inquiry Length"),
  numResponses: u8("bthci_cmd.num_responses", "Num Responses"),
  bdAddr: ether("bthci_cmd.bd_addr", "BD_ADDR"),
  packetType: u16("bthci_cmd.packet_type", "Packet Type", { base: "HEX" }),
  packetTypeDh5: bool("bthci_cmd.packet_type.dh5", "DH5", { mask: 0x8000, bits: 16 }),
  packetTypeDm5: bool("bthci_cmd.packet_type.dm5", "DM5", { mask: 0x4000, bits: 16 }),
  packetType3dh5: bool("bthci_cmd.packet_type.3dh5", "3-DH5", { mask: 0x2000, bits: 16 }),
  packetType2dh5: bool("bthci_cmd.packet_type.2dh5", "2-DH5", { mask: 0x1000, bits: 16 }),
  packetTypeDh3: bool("bthci_cmd.packet_type.dh3", "DH3", { mask: 0x800, bits: 16 }),
  packetTypeDm3: bool("bthci_cmd.packet_type.dm3", "DM3", { mask: 0x400, bits: 16 }),
  packetType3dh3: bool("bthci_cmd.packet_type.3dh3", "3-DH3", { mask: 0x200, bits: 16 }),
  packetType2dh3: bool("bthci_cmd.packet_type.2dh3", "2-DH3", { mask: 0x100, bits: 16 }),
  packetTypeReserved57: u16("bthci_cmd.packet_type.reserved.5_7", "Reserved", { base: "HEX", mask: 0xe0 }),
  packetTypeDh1: bool("bthci_cmd.packet_type.dh1", "DH1", { mask: 0x10, bits: 16 }),
  packetTypeDm1: bool("bthci_cmd.packet_type.dm1", "DM1", { mask: 0x8, bits: 16 }),
  packetType3dh1: bool("bthci_cmd.packet_type.3dh1", "3-DH1", { mask: 0x4, bits: 16 }),
  packetType2dh1: bool("bthci_cmd.packet_type.2dh1", "2-DH1", { mask: 0x2, bits: 16 }),
  packetTypeReserved0: bool("bthci_cmd.packet_type.reserved.0", "Reserved", { mask: 0x1, bits: 16 }),
  pageScanRepetitionMode: u8("bthci_cmd.page_scan_repetition_mode", "Page Scan Repetition Mode", {
    base: "HEX",
    names: { 0: "R0", 1: "R1", 2: "R2" },
  }),
  pageScanMode: u8("bthci_cmd.page_scan_mode", "Page Scan Mode", {
    base: "HEX",
    names: PAGE_SCAN_MODES,
  }),
  clockOffset: u16("bthci_cmd.clock_offset", "Clock Offset", { base: "HEX", mask: 0x7fff }),
  clockOffsetValid: u16("bthci_cmd.clock_offset_valid", "Clock_Offset_Valid_Flag", {
    mask: 0x8000,
    names: { 0: "false", 1: "true" },
  }),
  allowRoleSwitch: u8("bthci_cmd.allow_role_switch", "Allow Role Switch", {
    base: "HEX",
    names: {
      0: "Local device will be master, and will not accept a master-slave switch request.",
      1: "Local device may be master, or may become slave after accepting a master slave switch.",
    },
  }),
  connectionHandle: u16("bthci_cmd.connection_handle", "Connection Handle", { base: "HEX" }),
  reason: u8("bthci_cmd.reason", "Reason", { base: "HEX", names: STATUS }),
  acrRole: u8("bthci_cmd.acr.role", "Role", {
    base: "HEX",
    names: {
      0: "Become the Master for this connection. The LM will perform the role switch.",
      1: "Remain the Slave for this connection. The LM will NOT perform the role switch.",
    },
  }),
  linkKey: bytes("bthci_cmd.link_key", "Link Key"),
  pinCodeLength: u8("bthci_cmd.pin_code_length", "PIN Code Length"),
  pinCode: str("bthci_cmd.pin_code", "PIN Code"),
  encryptionEnable: u8("bthci_cmd.encryption_enable", "Encryption Enable", {
    base: "HEX",
    names: { 0: "Link Level Encryption is OFF", 1: "Link Level Encryption is ON" },
  }),
  ioCapability: u8("bthci_cmd.io_capability", "IO Capability", {
    names: { 0: "Display Only", 1: "Display Yes/No", 2: "Keyboard Only", 3: "No Input, No Output" },
  }),
  oobDataPresent: u8("bthci_cmd.oob_data_present", "OOB Data Present", {
    names: OOB_DATA,
  }),
  authRequirements: u8("bthci_cmd.auth_requirements", "Authentication Requirements", {
    names: AUTHENTICATION_REQUIREMENTS,
  }),
  sniffMaxInt: u16("bthci_cmd.sniff_max_int", "Sniff Max Interval"),
  sniffMinInt: u16("bthci_cmd.sniff_min_int", "Sniff Min Interval"),
  sniffAttempt: u16("bthci_cmd.sniff_attempt", "Sniff Attempt"),
  timeout: u16("bthci_cmd.timeout", "Timeout"),
  role: u8("bthci_cmd.role", "Role", {
    base: "HEX",
    names: {
      0: "Change own Role to Master for this BD_ADDR",
      1: "Change own Role to Slave for this BD_ADDR",
    },
  }),
  linkPolicySwitch: u16("bthci_cmd.link_policy_switch", "Enable Master Slave Switch", {
    mask: 0x1,
    names: { 0: "false", 1: "true" },
  }),
  linkPolicyHold: u16("bthci_cmd.link_policy_hold", "Enable Hold Mode", {
    mask: 0x2,
    names: { 0: "false", 1: "true" },
  }),
  linkPolicySniff: u16("bthci_cmd.link_policy_sniff", "Enable Sniff Mode", {
    mask: 0x4,
    names: { 0: "false", 1: "true" },
  }),
  linkPolicyPark: u16("bthci_cmd.link_policy_park", "Enable Park Mode", {
    mask: 0x8,
    names: { 0: "false", 1: "true" },
  }),
  evtMask00: u8("bthci_cmd.evt_mask_00", "Inquiry Complete", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "false", 1: "true" },
  }),
  evtMask01: u8("bthci_cmd.evt_mask_01", "Inquiry Result", {
    base: "HEX",
    mask: 0x2,
    names: { 0: "false", 1: "true" },
  }),
  evtMask02: u8("bthci_cmd.evt_mask_02", "Connect Complete", {
    base: "HEX",
    mask: 0x4,
    names: { 0: "false", 1: "true" },
  }),
  evtMask03: u8("bthci_cmd.evt_mask_03", "Connect Request", {
    base: "HEX",
    mask: 0x8,
    names: { 0: "false", 1: "true" },
  }),
  evtMask04: u8("bthci_cmd.evt_mask_04", "Disconnect Complete", {
    base: "HEX",
    mask: 0x10,
    names: { 0: "false", 1: "true" },
  }),
  evtMask05: u8("bthci_cmd.evt_mask_05", "Auth Complete", {
    base: "HEX",
    mask: 0x20,
    names: { 0: "false", 1: "true" },
  }),
  evtMask06: u8("bthci_cmd.evt_mask_06", "Remote Name Req Complete", {
    base: "HEX",
    mask: 0x40,
    names: { 0: "false", 1: "true" },
  }),
  evtMask07: u8("bthci_cmd.evt_mask_07", "Encrypt Change", {
    base: "HEX",
    mask: 0x80,
    names: { 0: "false", 1: "true" },
  }),
  evtMask10: u8("bthci_cmd.evt_mask_10", "Change Connection Link Key Complete", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "false", 1: "true" },
  }),
  evtMask11: u8("bthci_cmd.evt_mask_11", "Master Link Key Complete", {
    base: "HEX",
    mask: 0x2,
    names: { 0: "false", 1: "true" },
  }),
  evtMask12: u8("bthci_cmd.evt_mask_12", "Read Remote Supported Features", {
    base: "HEX",
    mask: 0x4,
    names: { 0: "false", 1: "true" },
  }),
  evtMask13: u8("bthci_cmd.evt_mask_13", "Read Remote Ver Info Complete", {
    base: "HEX",
    mask: 0x8,
    names: { 0: "false", 1: "true" },
  }),
  evtMask14: u8("bthci_cmd.evt_mask_14", "QoS Setup Complete", {
    base: "HEX",
    mask: 0x10,
    names: { 0: "false", 1: "true" },
  }),
  evtMask17: u8("bthci_cmd.evt_mask_17", "Hardware Error", {
    base: "HEX",
    mask: 0x80,
    names: { 0: "false", 1: "true" },
  }),
  evtMask20: u8("bthci_cmd.evt_mask_20", "Flush Occurred", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "false", 1: "true" },
  }),
  evtMask21: u8("bthci_cmd.evt_mask_21", "Role Change", {
    base: "HEX",
    mask: 0x2,
    names: { 0: "false", 1: "true" },
  }),
  evtMask23: u8("bthci_cmd.evt_mask_23", "Mode Change", {
    base: "HEX",
    mask: 0x8,
    names: { 0: "false", 1: "true" },
  }),
  evtMask24: u8("bthci_cmd.evt_mask_24", "Return Link Keys", {
    base: "HEX",
    mask: 0x10,
    names: { 0: "false", 1: "true" },
  }),
  evtMask25: u8("bthci_cmd.evt_mask_25", "PIN Code Request", {
    base: "HEX",
    mask: 0x20,
    names: { 0: "false", 1: "true" },
  }),
  evtMask26: u8("bthci_cmd.evt_mask_26", "Link Key Request", {
    base: "HEX",
    mask: 0x40,
    names: { 0: "false", 1: "true" },
  }),
  evtMask27: u8("bthci_cmd.evt_mask_27", "Link Key Notification", {
    base: "HEX",
    mask: 0x80,
    names: { 0: "false", 1: "true" },
  }),
  evtMask30: u8("bthci_cmd.evt_mask_30", "Loopback Command", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "false", 1: "true" },
  }),
  evtMask31: u8("bthci_cmd.evt_mask_31", "Data Buffer Overflow", {
    base: "HEX",
    mask: 0x2,
    names: { 0: "false", 1: "true" },
  }),
  evtMask32: u8("bthci_cmd.evt_mask_32", "Max Slots Change", {
    base: "HEX",
    mask: 0x4,
    names: { 0: "false", 1: "true" },
  }),
  evtMask33: u8("bthci_cmd.evt_mask_33", "Read Clock Offset Complete", {
    base: "HEX",
    mask: 0x8,
    names: { 0: "false", 1: "true" },
  }),
  evtMask34: u8("bthci_cmd.evt_mask_34", "Connection Packet Type Changed", {
    base: "HEX",
    mask: 0x10,
    names: { 0: "false", 1: "true" },
  }),
  evtMask35: u8("bthci_cmd.evt_mask_35", "QoS Violation", {
    base: "HEX",
    mask: 0x20,
    names: { 0: "false", 1: "true" },
  }),
  evtMask36: u8("bthci_cmd.evt_mask_36", "Page Scan Mode Change", {
    base: "HEX",
    mask: 0x40,
    names: { 0: "false", 1: "true" },
  }),
  evtMask37: u8("bthci_cmd.evt_mask_37", "Page Scan Repetition Mode Change", {
    base: "HEX",
    mask: 0x80,
    names: { 0: "false", 1: "true" },
  }),
  evtMask40: u8("bthci_cmd.evt_mask_40", "Flow Specification Complete", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "false", 1: "true" },
  }),
  evtMask41: u8("bthci_cmd.evt_mask_41", "Inquiry Result With RSSI", {
    base: "HEX",
    mask: 0x2,
    names: { 0: "false", 1: "true" },
  }),
  evtMask42: u8("bthci_cmd.evt_mask_42", "Read Remote Ext. Features Complete", {
    base: "HEX",
    mask: 0x4,
    names: { 0: "false", 1: "true" },
  }),
  evtMask53: u8("bthci_cmd.evt_mask_53", "Synchronous Connection Complete", {
    base: "HEX",
    mask: 0x8,
    names: { 0: "false", 1: "true" },
  }),
  evtMask54: u8("bthci_cmd.evt_mask_54", "Synchronous Connection Changed", {
    base: "HEX",
    mask: 0x10,
    names: { 0: "false", 1: "true" },
  }),
  evtMask55: u8("bthci_cmd.evt_mask_55", "Sniff Subrate", {
    base: "HEX",
    mask: 0x20,
    names: { 0: "false", 1: "true" },
  }),
  evtMask56: u8("bthci_cmd.evt_mask_56", "Extended Inquiry Result", {
    base: "HEX",
    mask: 0x40,
    names: { 0: "false", 1: "true" },
  }),
  evtMask57: u8("bthci_cmd.evt_mask_57", "Encryption Key Refresh Complete", {
    base: "HEX",
    mask: 0x80,
    names: { 0: "false", 1: "true" },
  }),
  evtMask60: u8("bthci_cmd.evt_mask_60", "IO Capability Request", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "false", 1: "true" },
  }),
  evtMask61: u8("bthci_cmd.evt_mask_61", "IO Capability Response", {
    base: "HEX",
    mask: 0x2,
    names: { 0: "false", 1: "true" },
  }),
  evtMask62: u8("bthci_cmd.evt_mask_62", "User Confirmation Request", {
    base: "HEX",
    mask: 0x4,
    names: { 0: "false", 1: "true" },
  }),
  evtMask63: u8("bthci_cmd.evt_mask_63", "User Passkey Request", {
    base: "HEX",
    mask: 0x8,
    names: { 0: "false", 1: "true" },
  }),
  evtMask64: u8("bthci_cmd.evt_mask_64", "Remote OOB Data Request", {
    base: "HEX",
    mask: 0x10,
    names: { 0: "false", 1: "true" },
  }),
  evtMask65: u8("bthci_cmd.evt_mask_65", "Simple Pairing Complete", {
    base: "HEX",
    mask: 0x20,
    names: { 0: "false", 1: "true" },
  }),
  evtMask67: u8("bthci_cmd.evt_mask_67", "Link Supervision Timeout Changed", {
    base: "HEX",
    mask: 0x80,
    names: { 0: "false", 1: "true" },
  }),
  evtMask70: u8("bthci_cmd.evt_mask_70", "Enhanced Flush Complete", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "false", 1: "true" },
  }),
  evtMask72: u8("bthci_cmd.evt_mask_72", "User Passkey Notification", {
    base: "HEX",
    mask: 0x4,
    names: { 0: "false", 1: "true" },
  }),
  evtMask73: u8("bthci_cmd.evt_mask_73", "Keypress Notification", {
    base: "HEX",
    mask: 0x8,
    names: { 0: "false", 1: "true" },
  }),
  filterType: u8("bthci_cmd.filter_type", "Filter Type", {
    base: "HEX",
    names: { 0: "Clear all Filters", 1: "Inquiry Result", 2: "Connection Setup" },
  }),
  filterConditionType: u8("bthci_cmd.filter_condition_type", "Filter Condition Type", {
    base: "HEX",
    names: {
      0: "A new device responded",
      1: "A device with the specified Class of Device responded",
      2: "A device with the specified BD_ADDR responded",
    },
  }),
  deviceName: strz("bthci_cmd.device_name", "Device Name"),
  scanEnable: u8("bthci_cmd.scan_enable", "Scan Enable", {
    base: "HEX",
    names: {
      0: "No Scans enabled",
      1: "Inquiry Scan enabled/Page Scan disable",
      2: "Inquiry Scan disabled/Page Scan enabled",
      3: "Inquiry Scan enabled/Page Scan enabled",
    },
  }),
  interval: u16("bthci_cmd.interval", "Interval"),
  window: u16("bthci_cmd.window", "Window"),
  maxDataLengthAcl: u16("bthci_cmd.max_data_length_acl", "Host ACL Data Packet Length (bytes)"),
  maxDataLengthSco: u8("bthci_cmd.max_data_length_sco", "Host SCO Data Packet Length (bytes)"),
  maxDataNumAcl: u16("bthci_cmd.max_data_num_acl", "Host Total Num ACL Data Packets"),
  maxDataNumSco: u16("bthci_cmd.max_data_num_sco", "Host Total Num SCO Data Packets"),
  numHandles: u8("bthci_cmd.num_handles", "Number of Connection Handles"),
  numComplPackets: u16("bthci_cmd.num_compl_packets", "Number of Completed Packets"),
  inqMode: u8("bthci_cmd.inq_mode", "Inquiry Mode", {
    names: { 0: "Standard Results", 1: "Results With RSSI", 2: "Results With RSSI or Extended Results" },
  }),
  fecRequired: u8("bthci_cmd.fec_required", "FEC Required", { names: { 0: "false", 1: "true" } }),
  simplePairingMode: u8("bthci_cmd.simple_pairing_mode", "Simple Pairing Mode", {
    names: { 0: "disabled", 1: "enabled" },
  }),
  leSupportedHost: u8("bthci_cmd.le_supported_host", "LE Supported Host", {
    base: "HEX",
    names: { 0: "false", 1: "true" },
  }),
  leSimultaneousHost: u8("bthci_cmd.le_simultaneous_host", "Simultaneous LE Host", {
    base: "HEX",
    names: { 0: "false", 1: "true" },
  }),
  leEventMask: u64("bthci_cmd.le_event_mask", "LE Event Mask", { base: "HEX" }),
  leEventMaskReserved: u64("bthci_cmd.le_event_mask.reserved", "Reserved", {
    base: "HEX",
    mask: 0xfffffff800000000n,
  }),
  leEventMaskLeSubrateChanged: bool("bthci_cmd.le_event_mask.le_subrate_changed", "LE Subrate Changed", {
    mask: 0x400000000,
    bits: 64,
  }),
  leEventMaskLeBiginfoAdvertisingReport: bool(
    "bthci_cmd.le_event_mask.le_biginfo_advertising_report",
    "LE BIGInfo Advertising Report",
    { mask: 0x200000000, bits: 64 },
  ),
  leEventMaskLeTransmitPowerReporting: bool(
    "bthci_cmd.le_event_mask.le_transmit_power_reporting",
    "LE Transmit Power Reporting",
    { mask: 0x100000000, bits: 64 },
  ),
  leEventMaskLePathLossThreshold: bool(
    "bthci_cmd.le_event_mask.le_path_loss_threshold",
    "LE Path Loss Threshold",
    { mask: 0x80000000, bits: 64 },
  ),
  leEventMaskLeRequestPeerScaComplete: bool(
    "bthci_cmd.le_event_mask.le_request_peer_sca_complete",
    "LE Request Peer SCA Complete",
    { mask: 0x40000000, bits: 64 },
  ),
  leEventMaskLeBigSyncLost: bool("bthci_cmd.le_event_mask.le_big_sync_lost", "LE BIG Sync Lost", {
    mask: 0x20000000,
    bits: 64,
  }),
  leEventMaskLeBigSyncEstablished: bool(
    "bthci_cmd.le_event_mask.le_big_sync_established",
    "LE BIG Sync Established",
    { mask: 0x10000000, bits: 64 },
  ),
  leEventMaskLeTerminateBigComplete: bool(
    "bthci_cmd.le_event_mask.le_terminate_big_complete",
    "LE Terminate BIG Complete",
    { mask: 0x8000000, bits: 64 },
  ),
  leEventMaskLeCreateBigComplete: bool(
    "bthci_cmd.le_event_mask.le_create_big_complete",
    "LE Create BIG Complete",
    { mask: 0x4000000, bits: 64 },
  ),
  leEventMaskLeCisRequest: bool("bthci_cmd.le_event_mask.le_cis_request", "LE CIS Request", {
    mask: 0x2000000,
    bits: 64,
  }),
  leEventMaskLeCisEstablished: bool("bthci_cmd.le_event_mask.le_cis_established", "LE CIS Established", {
    mask: 0x1000000,
    bits: 64,
  }),
  leEventMaskLePeriodicAdvertisingSyncTransferReceived: bool(
    "bthci_cmd.le_event_mask.le_periodic_advertising_sync_transfer_received",
    "LE Periodic Advertising Sync Transfer Received",
    { mask: 0x800000, bits: 64 },
  ),
  leEventMaskLeCteRequestFailed: bool(
    "bthci_cmd.le_event_mask.le_cte_request_failed",
    "LE CTE Request Failed",
    { mask: 0x400000, bits: 64 },
  ),
  leEventMaskLeConnectionIqReport: bool(
    "bthci_cmd.le_event_mask.le_connection_iq_report",
    "LE Connection IQ Report",
    { mask: 0x200000, bits: 64 },
  ),
  leEventMaskLeConnectionlessIqReport: bool(
    "bthci_cmd.le_event_mask.le_connectionless_iq_report",
    "LE Connectionless IQ Report",
    { mask: 0x100000, bits: 64 },
  ),
  leEventMaskLeChannelSelectionAlgorithm: bool(
    "bthci_cmd.le_event_mask.le_channel_selection_algorithm",
    "LE Channel Selection Algorithm",
    { mask: 0x80000, bits: 64 },
  ),
  leEventMaskLeScanRequestReceived: bool(
    "bthci_cmd.le_event_mask.le_scan_request_received",
    "LE Scan Request Received",
    { mask: 0x40000, bits: 64 },
  ),
  leEventMaskLeExtendedAdvertisingSetTerminated: bool(
    "bthci_cmd.le_event_mask.le_extended_advertising_set_terminated",
    "LE Extended Advertising Set Terminated",
    { mask: 0x20000, bits: 64 },
  ),
  leEventMaskLeExtendedScanTimeout: bool(
    "bthci_cmd.le_event_mask.le_extended_scan_timeout",
    "LE Extended Scan Timeout",
    { mask: 0x10000, bits: 64 },
  ),
  leEventMaskLePeriodicAdvertisingSyncLost: bool(
    "bthci_cmd.le_event_mask.le_periodic_advertising_sync_lost",
    "LE Periodic Advertising Sync Lost",
    { mask: 0x8000, bits: 64 },
  ),
  leEventMaskLePeriodicAdvertisingReport: bool(
    "bthci_cmd.le_event_mask.le_periodic_advertising_report",
    "LE Periodic Advertising Report",
    { mask: 0x4000, bits: 64 },
  ),
  leEventMaskLePeriodicAdvertisingSyncEstablished: bool(
    "bthci_cmd.le_event_mask.le_periodic_advertising_sync_established",
    "LE Periodic Advertising Sync Established",
    { mask: 0x2000, bits: 64 },
  ),
  leEventMaskLeExtendedAdvertisingReport: bool(
    "bthci_cmd.le_event_mask.le_extended_advertising_report",
    "LE Extended Advertising Report",
    { mask: 0x1000, bits: 64 },
  ),
  leEventMaskLePhyUpdateComplete: bool(
    "bthci_cmd.le_event_mask.le_phy_update_complete",
    "LE PHY Update Complete",
    { mask: 0x800, bits: 64 },
  ),
  leEventMaskLeDirectAdvertisingReport: bool(
    "bthci_cmd.le_event_mask.le_direct_advertising_report",
    "LE Direct Advertising Report",
    { mask: 0x400, bits: 64 },
  ),
  leEventMaskLeEnhancedConnectionComplete: bool(
    "bthci_cmd.le_event_mask.le_enhanced_connection_complete",
    "LE Enhanced Connection Complete",
    { mask: 0x200, bits: 64 },
  ),
  leEventMaskLeGenerateDhkeyComplete: bool(
    "bthci_cmd.le_event_mask.le_generate_dhkey_complete",
    "LE Generate DHKey Complete",
    { mask: 0x100, bits: 64 },
  ),
  leEventMaskLeReadLocalP256PublicKeyComplete: bool(
    "bthci_cmd.le_event_mask.le_read_local_p256_public_key_complete",
    "LE Read Local P-256 Public Key Complete",
    { mask: 0x80, bits: 64 },
  ),
  leEventMaskLeDataLengthChange: bool(
    "bthci_cmd.le_event_mask.le_data_length_change",
    "LE Data Length Change",
    { mask: 0x40, bits: 64 },
  ),
  leEventMaskLeRemoteConnectionParameterRequest: bool(
    "bthci_cmd.le_event_mask.le_remote_connection_parameter_request",
    "LE Remote Connection Parameter Request",
    { mask: 0x20, bits: 64 },
  ),
  leEventMaskLeLongTermKeyRequest: bool(
    "bthci_cmd.le_event_mask.le_long_term_key_request",
    "LE Long Term Key Request",
    { mask: 0x10, bits: 64 },
  ),
  leEventMaskLeReadRemoteFeaturesComplete: bool(
    "bthci_cmd.le_event_mask.le_read_remote_features_complete",
    "LE Read Remote Features Complete",
    { mask: 0x8, bits: 64 },
  ),
  leEventMaskLeConnectionUpdateComplete: bool(
    "bthci_cmd.le_event_mask.le_connection_update_complete",
    "LE Connection Update Complete",
    { mask: 0x4, bits: 64 },
  ),
  leEventMaskLeAdvertisingReport: bool(
    "bthci_cmd.le_event_mask.le_advertising_report",
    "LE Advertising Report",
    { mask: 0x2, bits: 64 },
  ),
  leEventMaskLeConnectionComplete: bool(
    "bthci_cmd.le_event_mask.le_connection_complete",
    "LE Connection Complete",
    { mask: 0x1, bits: 64 },
  ),
  leAdvtsIntervalMin: u16("bthci_cmd.le_advts_interval_min", "Advertising Interval Min"),
  leAdvtsIntervalMax: u16("bthci_cmd.le_advts_interval_max", "Advertising Interval Max"),
  leAdvtsType: u8("bthci_cmd.le_advts_type", "Advertising Type", {
    base: "HEX",
    names: {
      0: "Connectable Undirected Advertising",
      1: "Connectable Directed Advertising",
      2: "Scannable Undirected Advertising",
      3: "Non-Connectable Undirected Advertising",
    },
  }),
  leOwnAddressType: u8("bthci_cmd.le_own_address_type", "Own Address Type", {
    base: "HEX",
    names: ADDRESS_TYPES,
  }),
  leDirectAddressType: u8("bthci_cmd.le_direct_address_type", "Direct Address Type", {
    base: "HEX",
    names: ADDRESS_TYPES,
  }),
  leAdvtsChMap1: u8("bthci_cmd.le_advts_ch_map_1", "Channel 37", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "false", 1: "true" },
  }),
  leAdvtsChMap2: u8("bthci_cmd.le_advts_ch_map_2", "Channel 38", {
    base: "HEX",
    mask: 0x2,
    names: { 0: "false", 1: "true" },
  }),
  leAdvtsChMap3: u8("bthci_cmd.le_advts_ch_map_3", "Channel 39", {
    base: "HEX",
    mask: 0x4,
    names: { 0: "false", 1: "true" },
  }),
  leAdvtsFilterPolicy: u8("bthci_cmd.le_advts_filter_policy", "Advertising Filter Policy", {
    base: "HEX",
    names: {
      0: "Allow Scan Req from Any, Allow Connect Req from Any",
      1: "Allow Scan Req from White List Only, Allow Connect Req from Any",
      2: "Allow Scan Req from Any, Allow Connect Req from White List Only",
      3: "Allow Scan Req from White List Only, Allow Connect Req from White List Only.",
    },
  }),
  leDataLength: u8("bthci_cmd.le_data_length", "Data Length"),
  leAdvtsEnable: u8("bthci_cmd.le_advts_enable", "Advertising Enable", {
    base: "HEX",
    names: { 0: "false", 1: "true" },
  }),
  leScanType: u8("bthci_cmd.le_scan_type", "Scan Type", {
    base: "HEX",
    names: { 0: "Passive", 1: "Active" },
  }),
  leScanInterval: u16("bthci_cmd.le_scan_interval", "Scan Interval"),
  leScanWindow: u16("bthci_cmd.le_scan_window", "Scan Window"),
  leScanFilterPolicy: u8("bthci_cmd.le_scan_filter_policy", "Scan Filter Policy", {
    base: "HEX",
    names: {
      0: "Accept all advertisements, except directed advertisements not addressed to this device",
      1: "Accept only advertisements from devices in the White List. Ignore directed advertisements not addressed to this device",
      2: "Accept all advertisements, except directed advertisements not addressed to this device (but accept those with resolvable addresses that can not be resolved)",
      3: "Accept only advertisements from devices in the White List. Ignore directed advertisements not addressed to this device (but accept those with resolvable addresses that can not be resolved)",
    },
  }),
  leScanEnable: u8("bthci_cmd.le_scan_enable", "Scan Enable", {
    base: "HEX",
    names: { 0: "false", 1: "true" },
  }),
  leFilterDuplicates: u8("bthci_cmd.le_filter_duplicates", "Filter Duplicates", {
    base: "HEX",
    names: { 0: "false", 1: "true" },
  }),
  leInitiatorFilterPolicy: u8("bthci_cmd.le_initiator_filter_policy", "Initiator Filter Policy", {
    base: "HEX",
    names: { 0: "Use Peer Address", 1: "Use White List. Ignore Peer Address" },
  }),
  lePeerAddressType: u8("bthci_cmd.le_peer_address_type", "Peer Address Type", {
    base: "HEX",
    names: ADDRESS_TYPES,
  }),
  leConIntervalMin: u16("bthci_cmd.le_con_interval_min", "Connection Interval Min"),
  leConIntervalMax: u16("bthci_cmd.le_con_interval_max", "Connection Interval Max"),
  leConLatency: u16("bthci_cmd.le_con_latency", "Max Connection Latency"),
  leSupvTimeout: u16("bthci_cmd.le_supv_timeout", "Supervision Timeout"),
  leMinCeLength: u16("bthci_cmd.le_min_ce_length", "Min CE Length"),
  leMaxCeLength: u16("bthci_cmd.le_max_ce_length", "Max CE Length"),
  leAddressType: u8("bthci_cmd.le_address_type", "Address Type", {
    base: "HEX",
    names: ADDRESS_TYPES,
  }),
  leChannelMap0: bool("btcommon.le_channel_map.0", "RF Channel 1 (2404 MHz - Data - 0)", { mask: 0x1 }),
  leChannelMap1: bool("btcommon.le_channel_map.1", "RF Channel 2 (2406 MHz - Data - 1)", { mask: 0x2 }),
  leChannelMap2: bool("btcommon.le_channel_map.2", "RF Channel 3 (2408 MHz - Data - 2)", { mask: 0x4 }),
  leChannelMap3: bool("btcommon.le_channel_map.3", "RF Channel 4 (2410 MHz - Data - 3)", { mask: 0x8 }),
  leChannelMap4: bool("btcommon.le_channel_map.4", "RF Channel 5 (2412 MHz - Data - 4)", { mask: 0x10 }),
  leChannelMap5: bool("btcommon.le_channel_map.5", "RF Channel 6 (2414 MHz - Data - 5)", { mask: 0x20 }),
  leChannelMap6: bool("btcommon.le_channel_map.6", "RF Channel 7 (2416 MHz - Data - 6)", { mask: 0x40 }),
  leChannelMap7: bool("btcommon.le_channel_map.7", "RF Channel 8 (2418 MHz - Data - 7)", { mask: 0x80 }),
  leChannelMap8: bool("btcommon.le_channel_map.8", "RF Channel 9 (2420 MHz - Data - 8)", { mask: 0x1 }),
  leChannelMap9: bool("btcommon.le_channel_map.9", "RF Channel 10 (2422 MHz - Data - 9)", { mask: 0x2 }),
  leChannelMap10: bool("btcommon.le_channel_map.10", "RF Channel 11 (2424 MHz - Data - 10)", { mask: 0x4 }),
  leChannelMap11: bool("btcommon.le_channel_map.11", "RF Channel 13 (2428 MHz - Data - 11)", { mask: 0x8 }),
  leChannelMap12: bool("btcommon.le_channel_map.12", "RF Channel 14 (2430 MHz - Data - 12)", { mask: 0x10 }),
  leChannelMap13: bool("btcommon.le_channel_map.13", "RF Channel 15 (2432 MHz - Data - 13)", { mask: 0x20 }),
  leChannelMap14: bool("btcommon.le_channel_map.14", "RF Channel 16 (2434 MHz - Data - 14)", { mask: 0x40 }),
  leChannelMap15: bool("btcommon.le_channel_map.15", "RF Channel 17 (2436 MHz - Data - 15)", { mask: 0x80 }),
  leChannelMap16: bool("btcommon.le_channel_map.16", "RF Channel 18 (2438 MHz - Data - 16)", { mask: 0x1 }),
  leChannelMap17: bool("btcommon.le_channel_map.17", "RF Channel 19 (2440 MHz - Data - 17)", { mask: 0x2 }),
  leChannelMap18: bool("btcommon.le_channel_map.18", "RF Channel 20 (2442 MHz - Data - 18)", { mask: 0x4 }),
  leChannelMap19: bool("btcommon.le_channel_map.19", "RF Channel 21 (2444 MHz - Data - 19)", { mask: 0x8 }),
  leChannelMap20: bool("btcommon.le_channel_map.20", "RF Channel 22 (2446 MHz - Data - 20)", { mask: 0x10 }),
  leChannelMap21: bool("btcommon.le_channel_map.21", "RF Channel 23 (2448 MHz - Data - 21)", { mask: 0x20 }),
  leChannelMap22: bool("btcommon.le_channel_map.22", "RF Channel 24 (2450 MHz - Data - 22)", { mask: 0x40 }),
  leChannelMap23: bool("btcommon.le_channel_map.23", "RF Channel 25 (2452 MHz - Data - 23)", { mask: 0x80 }),
  leChannelMap24: bool("btcommon.le_channel_map.24", "RF Channel 26 (2454 MHz - Data - 24)", { mask: 0x1 }),
  leChannelMap25: bool("btcommon.le_channel_map.25", "RF Channel 27 (2456 MHz - Data - 25)", { mask: 0x2 }),
  leChannelMap26: bool("btcommon.le_channel_map.26", "RF Channel 28 (2458 MHz - Data - 26)", { mask: 0x4 }),
  leChannelMap27: bool("btcommon.le_channel_map.27", "RF Channel 29 (2460 MHz - Data - 27)", { mask: 0x8 }),
  leChannelMap28: bool("btcommon.le_channel_map.28", "RF Channel 30 (2462 MHz - Data - 28)", { mask: 0x10 }),
  leChannelMap29: bool("btcommon.le_channel_map.29", "RF Channel 31 (2464 MHz - Data - 29)", { mask: 0x20 }),
  leChannelMap30: bool("btcommon.le_channel_map.30", "RF Channel 32 (2466 MHz - Data - 30)", { mask: 0x40 }),
  leChannelMap31: bool("btcommon.le_channel_map.31", "RF Channel 33 (2468 MHz - Data - 31)", { mask: 0x80 }),
  leChannelMap32: bool("btcommon.le_channel_map.32", "RF Channel 34 (2470 MHz - Data - 32)", { mask: 0x1 }),
  leChannelMap33: bool("btcommon.le_channel_map.33", "RF Channel 35 (2472 MHz - Data - 33)", { mask: 0x2 }),
  leChannelMap34: bool("btcommon.le_channel_map.34", "RF Channel 36 (2474 MHz - Data - 34)", { mask: 0x4 }),
  leChannelMap35: bool("btcommon.le_channel_map.35", "RF Channel 37 (2476 MHz - Data - 35)", { mask: 0x8 }),
  leChannelMap36: bool("btcommon.le_channel_map.36", "RF Channel 38 (2478 MHz - Data - 36)", { mask: 0x10 }),
  leChannelMap37: bool("btcommon.le_channel_map.37", "Reserved", { mask: 0x20 }),
  leChannelMap38: bool("btcommon.le_channel_map.38", "Reserved", { mask: 0x40 }),
  leChannelMap39: bool("btcommon.le_channel_map.39", "Reserved", { mask: 0x80 }),
  leChannelMap: bytes("bthci_cmd.le_channel_map", "Channel Map"),
  leKey: bytes("bthci_cmd.le_key", "Key"),
  lePlaintext: bytes("bthci_cmd.le_plaintext", "Plaintext"),
  leRandomNumber: bytes("bthci_cmd.le_random_number", "Random Number"),
  leEncryptedDiversifier: u16("bthci_cmd.le_encrypted_diversifier", "Encrypted Diversifier", { base: "HEX" }),
  leLongTermKey: bytes("bthci_cmd.le_long_term_key", "Long Term Key"),
  leTxOctets: u16("bthci_cmd.le_tx_octets", "TxOctets"),
  leTxTime: u16("bthci_cmd.le_tx_time", "TxTime", { unit: "µs" }),
  leSuggestedMaxTxOctets: u16("bthci_cmd.le_suggested_max_tx_octets", "SuggestedMaxTxOctets"),
  leSuggestedMaxTxTime: u16("bthci_cmd.le_suggested_max_tx_time", "SuggestedMaxTxTime", { unit: "µs" }),
  lePeerIdentityAddressType: u8("bthci_cmd.le_peer_identity_address_type", "Peer Identity Address Type", {
    base: "HEX",
    names: { 0: "Public Identity Address", 1: "Random (Static) Identity Address" },
  }),
  lePeerIrk: bytes("bthci_cmd.le_peer_irk", "Peer IRK"),
  leLocalIrk: bytes("bthci_cmd.le_local_irk", "Local IRK"),
  leAddressResolutionEnable: u8("bthci_cmd.le_address_resolution_enable", "Address Resolution Enable", {
    base: "HEX",
    names: {
      0: "Address Resolution in controller disabled (default)",
      1: "Address Resolution in controller enabled",
    },
  }),
  leRpaTimeout: u16("bthci_cmd.le_rpa_timeout", "RPA Timeout", { unit: [" second", " seconds"] }),
  allPhys: u8("bthci_cmd.all_phys", "All PHYs", { base: "HEX" }),
  allPhysReserved: u8("bthci_cmd.all_phys.reserved", "Reserved", { base: "HEX", mask: 0xfc }),
  allPhysRxPreference: bool("bthci_cmd.all_phys.rx_preference", "The Host has no Rx PHY preference", {
    mask: 0x2,
  }),
  allPhysTxPreference: bool("bthci_cmd.all_phys.tx_preference", "The Host has no Tx PHY preference", {
    mask: 0x1,
  }),
  txPhys: u8("bthci_cmd.tx_phys", "Tx PHYs", { base: "HEX" }),
  physPrefReserved: u8("bthci_cmd.phys_pref.reserved", "Reserved", { base: "HEX", mask: 0xf8 }),
  physPrefLeCoded: bool("bthci_cmd.phys_pref.le_coded", "The Host prefers LE Coded", { mask: 0x4 }),
  physPrefLe2m: bool("bthci_cmd.phys_pref.le_2m", "The Host prefers LE 2M", { mask: 0x2 }),
  physPrefLe1m: bool("bthci_cmd.phys_pref.le_1m", "The Host prefers LE 1M", { mask: 0x1 }),
  rxPhys: u8("bthci_cmd.rx_phys", "Rx PHYs", { base: "HEX" }),
  phyOptions: u16("bthci_cmd.phy_options", "PHY Options", { base: "HEX" }),
  phyOptionsReserved: u16("bthci_cmd.phy_options.reserved", "Reserved", { base: "HEX", mask: 0xfffc }),
  phyOptionsCoding: u16("bthci_cmd.phy_options.coding", "Coding", {
    base: "HEX",
    mask: 0x3,
    names: {
      0: "The Host has no preferred coding on the LE Coded PHY",
      1: "The Host prefers S=2 coding on the LE Coded PHY",
      2: "The Host prefers S=8 coding on the LE Coded PHY",
    },
  }),
  leScanPhys: u8("bthci_cmd.le_scan_phys", "Scanning PHYs", { base: "HEX" }),
  leScanPhysReserved: u8("bthci_cmd.le_scan_phys.reserved", "Reserved", { base: "HEX", mask: 0xfa }),
  leScanPhysLeCoded: bool("bthci_cmd.le_scan_phys.le_coded", "LE Coded", { mask: 0x4 }),
  leScanPhysLe1m: bool("bthci_cmd.le_scan_phys.le_1m", "LE 1M", { mask: 0x1 }),
  leScanPhyParam: none("bthci_cmd.le_scan_phy_param", "Scanning PHY"),
  scanDuration: u16("bthci_cmd.scan_duration", "Duration"),
  scanPeriod: u16("bthci_cmd.scan_period", "Period"),
  leInitPhys: u8("bthci_cmd.le_init_phys", "Initiating PHYs", { base: "HEX" }),
  lePhysReserved: u8("bthci_cmd.le_phys.reserved", "Reserved", { base: "HEX", mask: 0xf8 }),
  lePhysLeCoded: bool("bthci_cmd.le_phys.le_coded", "LE Coded", { mask: 0x4 }),
  lePhysLe2m: bool("bthci_cmd.le_phys.le_2m", "LE 2M", { mask: 0x2 }),
  lePhysLe1m: bool("bthci_cmd.le_phys.le_1m", "LE 1M", { mask: 0x1 }),
  leInitPhyParam: none("bthci_cmd.le_init_phy_param", "Initiating PHY"),
  advertisingHandle: u8("bthci_cmd.advertising_handle", "Advertising Handle", { base: "HEX" }),
  advertisingProperties: u16("bthci_cmd.advertising_properties", "Advertising Event Properties", {
    base: "HEX",
  }),
  advPropertiesReserved: u16("bthci_cmd.adv_properties.reserved", "Reserved", { base: "HEX", mask: 0xff80 }),
  advPropertiesTxpower: bool("bthci_cmd.adv_properties.txpower", "Include Tx Power", {
    mask: 0x40,
    bits: 16,
  }),
  advPropertiesAnonymousAdv: bool("bthci_cmd.adv_properties.anonymous_adv", "Anonymous Advertisement", {
    mask: 0x20,
    bits: 16,
  }),
  advPropertiesLegacyAdv: bool("bthci_cmd.adv_properties.legacy_adv", "Use Legacy PDUs", {
    mask: 0x10,
    bits: 16,
  }),
  advPropertiesHdcConnectableDirected: bool(
    "bthci_cmd.adv_properties.hdc_connectable_directed",
    "High Duty Cycle Connectable Directed",
    { mask: 0x8, bits: 16 },
  ),
  advPropertiesDirected: bool("bthci_cmd.adv_properties.directed", "Directed", { mask: 0x4, bits: 16 }),
  advPropertiesScannable: bool("bthci_cmd.adv_properties.scannable", "Scannable", { mask: 0x2, bits: 16 }),
  advPropertiesConnectable: bool("bthci_cmd.adv_properties.connectable", "Connectable", {
    mask: 0x1,
    bits: 16,
  }),
  powerLevel: i8("bthci_cmd.power_level", "Power Level (dBm)"),
  primaryAdvertisingPhy: u8("bthci_cmd.primary_advertising_phy", "Primary Advertising PHY", {
    base: "HEX",
    names: { 1: "LE 1M", 2: "LE 2M", 3: "LE Coded" },
  }),
  secondaryAdvertisingMaxSkip: u8(
    "bthci_cmd.secondary_advertising_max_skip",
    "Secondary Advertising Max Skip",
  ),
  secondaryAdvertisingPhy: u8("bthci_cmd.secondary_advertising_phy", "Secondary Advertising PHY", {
    base: "HEX",
    names: { 1: "LE 1M", 2: "LE 2M", 3: "LE Coded" },
  }),
  advertisingSid: u8("bthci_cmd.advertising_sid", "Advertising SID", { base: "HEX" }),
  scanRequestNotificationEnable: u8(
    "bthci_cmd.scan_request_notification_enable",
    "Scan Request Notification Enable",
    { base: "HEX" },
  ),
  advNumSets: u8("bthci_cmd.adv_num_sets", "Number of Sets"),
  advDuration: u16("bthci_cmd.adv_duration", "Duration"),
  maxExtendedAdvertisingEvents: u8("bthci_cmd.max_extended_advertising_events", "Max Extended Events"),
  leAdvSet: none("bthci_cmd.le_adv_set", "Advertising Set"),
  advDataOperation: u8("bthci_cmd.adv_data_operation", "Data Operation", {
    base: "HEX",
    names: {
      0: "Intermediate fragment of fragmented data",
      1: "First fragment of fragmented data",
      2: "Last fragment of fragmented data",
      3: "Complete scan response data",
      4: "Unchanged Data, DID update only",
    },
  }),
  advFragmentPreference: u8("bthci_cmd.adv_fragment_preference", "Fragment Preference", {
    base: "HEX",
    names: {
      0: "The Controller may fragment all Host data",
      1: "The Controller should not fragment or should minimize fragmentation of Host data",
    },
  }),
};
const e = {
  status: u8("bthci_evt.status", "Status", { base: "HEX", names: STATUS }),
  numResponses: u8("bthci_evt.num_responses", "Number of responses"),
  bdAddr: ether("bthci_evt.bd_addr", "BD_ADDR"),
  pageScanRepetitionMode: u8("bthci_evt.page_scan_repetition_mode", "Page Scan Repetition Mode", {
    base: "HEX",
    names: { 0: "R0", 1: "R1", 2: "R2" },
  }),
  pageScanPeriodMode: u8("bthci_evt.page_scan_period_mode", "Page Scan Period Mode", {
    base: "HEX",
    names: { 0: "P0", 1: "P1", 2: "P2" },
  }),
  pageScanMode: u8("bthci_evt.page_scan_mode", "Page Scan Mode", {
    base: "HEX",
    names: PAGE_SCAN_MODES,
  }),
  clockOffset: u16("bthci_evt.clock_offset", "Clock Offset", { base: "HEX", mask: 0x7fff }),
  connectionHandle: u16("bthci_evt.connection_handle", "Connection Handle", { base: "HEX" }),
  linkType: u8("bthci_evt.link_type", "Link Type", {
    base: "HEX",
    names: {
      0: "SCO connection (Voice Channels)",
      1: "ACL connection (Data Channels)",
      2: "eSCO connection (Voice Channels)",
    },
  }),
  encryptionMode: u8("bthci_evt.encryption_mode", "Encryption Mode", {
    base: "HEX",
    names: {
      0: "Encryption Disabled",
      1: "Encryption only for point-to-point packets",
      2: "Encryption for both point-to-point and broadcast packets",
    },
  }),
  reason: u8("bthci_evt.reason", "Reason", { base: "HEX", names: STATUS }),
  remoteName: strz("bthci_evt.remote_name", "Remote Name"),
  encryptionEnable: u8("bthci_evt.encryption_enable", "Encryption Enable", {
    base: "HEX",
    names: { 0: "Link Level Encryption is OFF", 1: "Link Level Encryption is ON" },
  }),
  lmpFeatures3slotPackets: bool("bthci_evt.lmp_features.3slot_packets", "3-slot packets", { mask: 0x1 }),
  lmpFeatures5slotPackets: bool("bthci_evt.lmp_features.5slot_packets", "5-slot packets", { mask: 0x2 }),
  lmpFeaturesEncryption: bool("bthci_evt.lmp_features.encryption", "Encryption", { mask: 0x4 }),
  lmpFeaturesSlotOffset: bool("bthci_evt.lmp_features.slot_offset", "Slot Offset", { mask: 0x8 }),
  lmpFeaturesTimingAccuracy: bool("bthci_evt.lmp_features.timing_accuracy", "Timing Accuracy", {
    mask: 0x10,
  }),
  lmpFeaturesRoleSwitch: bool("bthci_evt.lmp_features.role_switch", "Role Switch", { mask: 0x20 }),
  lmpFeaturesHoldMode: bool("bthci_evt.lmp_features.hold_mode", "Hold Mode", { mask: 0x40 }),
  lmpFeaturesSniffMode: bool("bthci_evt.lmp_features.sniff_mode", "Sniff Mode", { mask: 0x80 }),
  lmpFeaturesParkState: bool("bthci_evt.lmp_features.park_state", "Park Mode", { mask: 0x1 }),
  lmpFeaturesPowerControlRequests: bool(
    "bthci_evt.lmp_features.power_control_requests",
    "Power Control Requests",
    { mask: 0x2 },
  ),
  lmpFeaturesChannelQualityDrivenDataRate: bool(
    "bthci_evt.lmp_features.channel_quality_driven_data_rate",
    "Channel Quality Driven Data Rate",
    { mask: 0x4 },
  ),
  lmpFeaturesScoLink: bool("bthci_evt.lmp_features.sco_link", "SCO Link", { mask: 0x8 }),
  lmpFeaturesHv2Packets: bool("bthci_evt.lmp_features.hv2_packets", "HV2 packets", { mask: 0x10 }),
  lmpFeaturesHv3Packets: bool("bthci_evt.lmp_features.hv3_packets", "HV3 packets", { mask: 0x20 }),
  lmpFeaturesULawLogSynchronousData: bool(
    "bthci_evt.lmp_features.u_law_log_synchronous_data",
    "u-law Log Synchronous Data",
    { mask: 0x40 },
  ),
  lmpFeaturesALawLogSynchronousData: bool(
    "bthci_evt.lmp_features.a_law_log_synchronous_data",
    "A-law Log Synchronous Data",
    { mask: 0x80 },
  ),
  lmpFeaturesCvsdSynchronousData: bool(
    "bthci_evt.lmp_features.cvsd_synchronous_data",
    "CVSD Synchronous Data",
    { mask: 0x1 },
  ),
  lmpFeaturesPagingParameterNegotiation: bool(
    "bthci_evt.lmp_features.paging_parameter_negotiation",
    "Paging Parameter Negotiation",
    { mask: 0x2 },
  ),
  lmpFeaturesPowerControl: bool("bthci_evt.lmp_features.power_control", "Power Control", { mask: 0x4 }),
  lmpFeaturesTransparentSynchronousData: bool(
    "bthci_evt.lmp_features.transparent_synchronous_data",
    "Transparent Synchronous Data",
    { mask: 0x8 },
  ),
  lmpFeaturesFlowControlLag: u8("bthci_evt.lmp_features.flow_control_lag", "Flow Control Lag", {
    mask: 0x70,
  }),
  lmpFeaturesBroadcastEncryption: bool(
    "bthci_evt.lmp_features.broadcast_encryption",
    "Broadband Encryption",
    { mask: 0x80 },
  ),
  lmpFeaturesReserved24: bool("bthci_evt.lmp_features.reserved.24", "Reserved", { mask: 0x1 }),
  lmpFeaturesEdrAcl2mbpsMode: bool("bthci_evt.lmp_features.edr_acl_2mbps_mode", "EDR ACL 2 Mbps Mode", {
    mask: 0x2,
  }),
  lmpFeaturesEdrAcl3mbpsMode: bool("bthci_evt.lmp_features.edr_acl_3mbps_mode", "EDR ACL 3 Mbps Mode", {
    mask: 0x4,
  }),
  lmpFeaturesEnhancedInquiryScan: bool(
    "bthci_evt.lmp_features.enhanced_inquiry_scan",
    "Enhanced Inquiry Scan",
    { mask: 0x8 },
  ),
  lmpFeaturesInterlacedInquiryScan: bool(
    "bthci_evt.lmp_features.interlaced_inquiry_scan",
    "Interlaced Inquiry Scan",
    { mask: 0x10 },
  ),
  lmpFeaturesInterlacedPageScan: bool("bthci_evt.lmp_features.interlaced_page_scan", "Interlaced Page Scan", {
    mask: 0x20,
  }),
  lmpFeaturesRssiWithInquiryResults: bool(
    "bthci_evt.lmp_features.rssi_with_inquiry_results",
    "RSSI with Inquiry Results",
    { mask: 0x40 },
  ),
  lmpFeaturesEv3Packets: bool("bthci_evt.lmp_features.ev3_packets", "EV3 Packets", { mask: 0x80 }),
  lmpFeaturesEv4Packets: bool("bthci_evt.lmp_features.ev4_packets", "EV4 Packets", { mask: 0x1 }),
  lmpFeaturesEv5Packets: bool("bthci_evt.lmp_features.ev5_packets", "EV5 Packets", { mask: 0x2 }),
  lmpFeaturesReserved34: bool("bthci_evt.lmp_features.reserved.34", "Reserved", { mask: 0x4 }),
  lmpFeaturesAfhCapableSlave: bool("bthci_evt.lmp_features.afh_capable_slave", "AFH Capable Slave", {
    mask: 0x8,
  }),
  lmpFeaturesAfhClassificationSlave: bool(
    "bthci_evt.lmp_features.afh_classification_slave",
    "AFH Classification Slave",
    { mask: 0x10 },
  ),
  lmpFeaturesBrEdrNotSupported: bool("bthci_evt.lmp_features.br_edr_not_supported", "BR/EDR Not Supported", {
    mask: 0x20,
  }),
  lmpFeaturesLeSupportedController: bool(
    "bthci_evt.lmp_features.le_supported_controller",
    "LE Supported Controller",
    { mask: 0x40 },
  ),
  lmpFeatures3slotEdrAclPackets: bool(
    "bthci_evt.lmp_features.3slot_edr_acl_packets",
    "3-slot EDR ACL packets",
    { mask: 0x80 },
  ),
  lmpFeatures5slotEdrAclPackets: bool(
    "bthci_evt.lmp_features.5slot_edr_acl_packets",
    "5-slot EDR ACL packets",
    { mask: 0x1 },
  ),
  lmpFeaturesSniffSubrating: bool("bthci_evt.lmp_features.sniff_subrating", "Sniff Subrating", { mask: 0x2 }),
  lmpFeaturesPauseEncryption: bool("bthci_evt.lmp_features.pause_encryption", "Pause Encryption", {
    mask: 0x4,
  }),
  lmpFeaturesAfhCapableMaster: bool("bthci_evt.lmp_features.afh_capable_master", "AFH Capable Master", {
    mask: 0x8,
  }),
  lmpFeaturesAfhClassificationMaster: bool(
    "bthci_evt.lmp_features.afh_classification_master",
    "AFH Classification Master",
    { mask: 0x10 },
  ),
  lmpFeaturesEdrEsco2mbpsMode: bool("bthci_evt.lmp_features.edr_esco_2mbps_mode", "EDR eSCO 2 Mbps Mode", {
    mask: 0x20,
  }),
  lmpFeaturesEdrEsco3mbpsMode: bool("bthci_evt.lmp_features.edr_esco_3mbps_mode", "EDR eSCO 3 Mbps Mode", {
    mask: 0x40,
  }),
  lmpFeatures3slotEdrEscoPackets: bool(
    "bthci_evt.lmp_features.3slot_edr_esco_packets",
    "3-slot EDR eSCO Packets",
    { mask: 0x80 },
  ),
  lmpFeaturesExtendedInquiryResponse: bool(
    "bthci_evt.lmp_features.extended_inquiry_response",
    "Extended Inquiry Response",
    { mask: 0x1 },
  ),
  lmpFeaturesSimultaneousLeAndBrEdrController: bool(
    "bthci_evt.lmp_features.simultaneous_le_and_br_edr.controller",
    "Simultaneous LE and BR/EDR to Same Device Capable Controller",
    { mask: 0x2 },
  ),
  lmpFeaturesReserved50: bool("bthci_evt.lmp_features.reserved.50", "Reserved", { mask: 0x4 }),
  lmpFeaturesSecureSimplePairing: bool(
    "bthci_evt.lmp_features.secure_simple_pairing",
    "Secure Simple Pairing",
    { mask: 0x8 },
  ),
  lmpFeaturesEncapsulatedPdu: bool("bthci_evt.lmp_features.encapsulated_pdu", "Encapsulated PDU", {
    mask: 0x10,
  }),
  lmpFeaturesErroneousDataReporting: bool(
    "bthci_evt.lmp_features.erroneous_data_reporting",
    "Erroneous Data Reporting",
    { mask: 0x20 },
  ),
  lmpFeaturesNonFlushablePacketBoundaryFlag: bool(
    "bthci_evt.lmp_features.non_flushable_packet_boundary_flag",
    "Non-flushable Packet Boundary Flag",
    { mask: 0x40 },
  ),
  lmpFeaturesReserved55: bool("bthci_evt.lmp_features.reserved.55", "Reserved", { mask: 0x80 }),
  lmpFeaturesSupervisionTimeoutChangedEvent: bool(
    "bthci_evt.lmp_features.supervision_timeout_changed_event",
    "Link Supervision Timeout Changed Event",
    { mask: 0x1 },
  ),
  lmpFeaturesInquiryTxPowerLevel: bool(
    "bthci_evt.lmp_features.inquiry_tx_power_level",
    "Inquiry TX Power Level",
    { mask: 0x2 },
  ),
  lmpFeaturesEnhancedPowerControl: bool(
    "bthci_evt.lmp_features.enhanced_power_control",
    "Enhanced Power Control",
    { mask: 0x4 },
  ),
  lmpFeaturesReserved5962: bool("bthci_evt.lmp_features.reserved.59_62", "Reserved", { mask: 0x78 }),
  lmpFeaturesExtendedFeatures: bool("bthci_evt.lmp_features.extended_features", "Extended Features", {
    mask: 0x80,
  }),
  lmpFeatures: none("bthci_evt.lmp_features", "LMP Features"),
  lmpVersNr: u8("bthci_evt.lmp_vers_nr", "LMP Version", {
    base: "HEX",
    names: VERSIONS,
  }),
  compId: u16("bthci_evt.comp_id", "Manufacturer Name", { base: "HEX", names: COMPANIES }),
  lmpSubVersNr: u16("bthci_evt.lmp_sub_vers_nr", "LMP Subversion"),
  role: u8("bthci_evt.role", "Role", {
    base: "HEX",
    names: {
      0: "Currently the Master for specified BD_ADDR",
      1: "Currently the Slave for specified BD_ADDR",
    },
  }),
  currentMode: u8("bthci_evt.current_mode", "Current Mode", {
    base: "HEX",
    names: { 0: "Active Mode", 1: "Hold Mode", 2: "Sniff Mode", 3: "Park Mode" },
  }),
  interval: u16("bthci_evt.interval", "Interval"),
  linkKey: bytes("bthci_evt.link_key", "Link Key"),
  keyType: u8("bthci_evt.key_type", "Key Type", {
    base: "HEX",
    names: {
      0: "Combination Key",
      1: "Local Unit Key",
      2: "Remote Unit Key",
      3: "Debug Combination Key",
      4: "Unauthenticated Combination Key",
      5: "Authenticated Combination Key",
      6: "Changed Combination Key",
    },
  }),
  maxSlots: u8("bthci_evt.max_slots", "Maximum Number of Slots"),
  reserved: u8("bthci_evt.reserved", "Reserved", { base: "HEX" }),
  rssi: i8("bthci_evt.rssi", "RSSI", { unit: " dBm" }),
  pageNumber: u8("bthci_evt.page_number", "Page Number"),
  maxPageNumber: u8("bthci_evt.max_page_number", "Max. Page Number"),
  lmpFeaturesSecureSimplePairingHost: bool(
    "bthci_evt.lmp_features.secure_simple_pairing_host",
    "Secure Simple Pairing Host",
    { mask: 0x1 },
  ),
  lmpFeaturesLeSupportedHost: bool("bthci_evt.lmp_features.le_supported.host", "LE Supported Host", {
    mask: 0x2,
  }),
  lmpFeaturesSimultaneousLeAndBrEdrHost: bool(
    "bthci_evt.lmp_features.simultaneous_le_and_br_edr.host",
    "Simultaneous LE and BR/EDR to Same Device Capable Host",
    { mask: 0x4 },
  ),
  lmpFeaturesSecureConnectionsHost: bool(
    "bthci_evt.lmp_features.secure_connections_host",
    "Secure Connections Host",
    { mask: 0x8 },
  ),
  lmpFeaturesReserved6871: u8("bthci_evt.lmp_features.reserved.68_71", "Reserved", {
    base: "HEX",
    mask: 0xf0,
  }),
  lmpFeaturesReserved: bytes("bthci_evt.lmp_features.reserved", "Reserved"),
  ioCapability: u8("bthci_evt.io_capability", "IO Capability", {
    base: "HEX",
    names: { 0: "Display Only", 1: "Display Yes/No", 2: "Keyboard Only", 3: "No Input, No Output" },
  }),
  oobDataPresent: u8("bthci_evt.oob_data_present", "OOB Data Present", {
    names: OOB_DATA,
  }),
  authRequirements: u8("bthci_evt.auth_requirements", "Authentication Requirements", {
    names: AUTHENTICATION_REQUIREMENTS,
  }),
  numericValue: u32("bthci_evt.numeric_value", "Numeric Value"),
  passkey: u32("bthci_evt.passkey", "Passkey"),
  hciVersNr: u8("bthci_evt.hci_vers_nr", "HCI Version", {
    base: "HEX",
    names: VERSIONS,
  }),
  maxDataLengthAcl: u16("bthci_evt.max_data_length_acl", "Host ACL Data Packet Length (bytes)"),
  maxDataLengthSco: u8("bthci_evt.max_data_length_sco", "Host SCO Data Packet Length (bytes)"),
  maxDataNumAcl: u16("bthci_evt.max_data_num_acl", "Host Total Num ACL Data Packets"),
  maxDataNumSco: u16("bthci_evt.max_data_num_sco", "Host Total Num SCO Data Packets"),
  deviceName: strz("bthci_evt.device_name", "Device Name"),
  leAclDataPktLen: u16("bthci_evt.le_acl_data_pkt_len", "LE ACL Data Packet Length"),
  leTotalNumAclDataPkts: u8("bthci_evt.le_total_num_acl_data_pkts", "Total Number LE ACL Data Packets"),
  leFeatures: u64("bthci_evt.le_features", "Supported LE Features", { base: "HEX" }),
  leFeaturesEncryption: bool("bthci_evt.le_features.encryption", "LE Encryption", { mask: 0x1, bits: 64 }),
  leFeaturesConnectionParametersRequestProcedure: bool(
    "bthci_evt.le_features.connection_parameters_request_procedure",
    "Connection Parameters Request Procedure",
    { mask: 0x2, bits: 64 },
  ),
  leFeaturesExtendedRejectIndication: bool(
    "bthci_evt.le_features.extended_reject_indication",
    "Extended Reject Indication",
    { mask: 0x4, bits: 64 },
  ),
  leFeaturesSlaveInitiatedFeaturesExchange: bool(
    "bthci_evt.le_features.slave_initiated_features_exchange",
    "Slave-Initiated Features Exchange",
    { mask: 0x8, bits: 64 },
  ),
  leFeaturesPing: bool("bthci_evt.le_features.ping", "Ping", { mask: 0x10, bits: 64 }),
  leFeaturesDataPacketLengthExtension: bool(
    "bthci_evt.le_features.data_packet_length_extension",
    "Data Packet Length Extension",
    { mask: 0x20, bits: 64 },
  ),
  leFeaturesLlPrivacy: bool("bthci_evt.le_features.ll_privacy", "LL Privacy", { mask: 0x40, bits: 64 }),
  leFeaturesExtendedScannerFilterPolicies: bool(
    "bthci_evt.le_features.extended_scanner_filter_policies",
    "Extended Scanner Filter Policies",
    { mask: 0x80, bits: 64 },
  ),
  leFeatures2mPhy: bool("bthci_evt.le_features.2m_phy", "LE 2M PHY", { mask: 0x100, bits: 64 }),
  leFeaturesStableModulationIndexTx: bool(
    "bthci_evt.le_features.stable_modulation_index_tx",
    "Stable Modulation Index - Tx",
    { mask: 0x200, bits: 64 },
  ),
  leFeaturesStableModulationIndexRx: bool(
    "bthci_evt.le_features.stable_modulation_index_rx",
    "Stable Modulation Index - Rx",
    { mask: 0x400, bits: 64 },
  ),
  leFeaturesCodedPhy: bool("bthci_evt.le_features.coded_phy", "LE Coded PHY", { mask: 0x800, bits: 64 }),
  leFeaturesExtendedAdvertising: bool(
    "bthci_evt.le_features.extended_advertising",
    "LE Extended Advertising",
    { mask: 0x1000, bits: 64 },
  ),
  leFeaturesPeriodicAdvertising: bool(
    "bthci_evt.le_features.periodic_advertising",
    "LE Periodic Advertising",
    { mask: 0x2000, bits: 64 },
  ),
  leFeaturesChannelSelectionAlgorithm2: bool(
    "bthci_evt.le_features.channel_selection_algorithm_2",
    "Channel Selection Algorithm #2",
    { mask: 0x4000, bits: 64 },
  ),
  leFeaturesPowerClass1: bool("bthci_evt.le_features.power_class_1", "Power Class 1", {
    mask: 0x8000,
    bits: 64,
  }),
  leFeaturesMinimumNumberOfUsedChannelsProcedure: bool(
    "bthci_evt.le_features.minimum_number_of_used_channels_procedure",
    "Minimum Number of Used Channels Procedure",
    { mask: 0x10000, bits: 64 },
  ),
  leFeaturesConnectionCteRequest: bool(
    "bthci_evt.le_features.connection_cte_request",
    "Connection CTE Request",
    { mask: 0x20000, bits: 64 },
  ),
  leFeaturesConnectionCteResponse: bool(
    "bthci_evt.le_features.connection_cte_response",
    "Connection CTE Response",
    { mask: 0x40000, bits: 64 },
  ),
  leFeaturesConnectionlessCteTx: bool(
    "bthci_evt.le_features.connectionless_cte_tx",
    "Connectionless CTE Tx",
    { mask: 0x80000, bits: 64 },
  ),
  leFeaturesConnectionlessCteRx: bool(
    "bthci_evt.le_features.connectionless_cte_rx",
    "Connectionless CTE Rx",
    { mask: 0x100000, bits: 64 },
  ),
  leFeaturesAntennaSwitchingDuringCteTxAod: bool(
    "bthci_evt.le_features.antenna_switching_during_cte_tx_aod",
    "Antenna Switching During CTE Tx (AoD)",
    { mask: 0x200000, bits: 64 },
  ),
  leFeaturesAntennaSwitchingDuringCteRxAoa: bool(
    "bthci_evt.le_features.antenna_switching_during_cte_rx_aoa",
    "Antenna Switching During CTE Rx (AoA)",
    { mask: 0x400000, bits: 64 },
  ),
  leFeaturesReceivingCte: bool("bthci_evt.le_features.receiving_cte", "Receiving CTE", {
    mask: 0x800000,
    bits: 64,
  }),
  leFeaturesPeriodicAdvertisingSyncTransferSender: bool(
    "bthci_evt.le_features.periodic_advertising_sync_transfer_sender",
    "Periodic Advertising Sync Transfer - Sender",
    { mask: 0x1000000, bits: 64 },
  ),
  leFeaturesPeriodicAdvertisingSyncTransferReceiver: bool(
    "bthci_evt.le_features.periodic_advertising_sync_transfer_receiver",
    "Periodic Advertising Sync Transfer - Receiver",
    { mask: 0x2000000, bits: 64 },
  ),
  leFeaturesSleepClockAccuracyUpdates: bool(
    "bthci_evt.le_features.sleep_clock_accuracy_updates",
    "Sleep Clock Accuracy Updates",
    { mask: 0x4000000, bits: 64 },
  ),
  leFeaturesRemotePublicKeyValidation: bool(
    "bthci_evt.le_features.remote_public_key_validation",
    "Remote Public Key Validation",
    { mask: 0x8000000, bits: 64 },
  ),
  leFeaturesCisMaster: bool("bthci_evt.le_features.cis_master", "Connected Isochronous Stream - Master", {
    mask: 0x10000000,
    bits: 64,
  }),
  leFeaturesCisSlave: bool("bthci_evt.le_features.cis_slave", "Connected Isochronous Stream - Slave", {
    mask: 0x20000000,
    bits: 64,
  }),
  leFeaturesIsochronousBroadcaster: bool(
    "bthci_evt.le_features.isochronous_broadcaster",
    "Isochronous Broadcaster",
    { mask: 0x40000000, bits: 64 },
  ),
  leFeaturesSynchronizedReceiver: bool(
    "bthci_evt.le_features.synchronized_receiver",
    "Synchronized Receiver",
    { mask: 0x80000000, bits: 64 },
  ),
  leFeaturesIsochronousChannelsHostSupport: bool(
    "bthci_evt.le_features.isochronous_channels_host_support",
    "Isochronous Channels (Host_support)",
    { mask: 0x100000000, bits: 64 },
  ),
  leFeaturesPowerControlRequest: bool(
    "bthci_evt.le_features.power_control_request",
    "Power Control Request",
    { mask: 0x200000000, bits: 64 },
  ),
  leFeaturesPowerChangeIndication: bool(
    "bthci_evt.le_features.power_change_indication",
    "Power Change Indication",
    { mask: 0x400000000, bits: 64 },
  ),
  leFeaturesPathLossMonitoring: bool("bthci_evt.le_features.path_loss_monitoring", "Path Loss Monitoring", {
    mask: 0x800000000,
    bits: 64,
  }),
  leFeaturesPeriodicAdvertisingAdi: bool(
    "bthci_evt.le_features.periodic_advertising_adi",
    "Periodic Advertising ADI",
    { mask: 0x1000000000, bits: 64 },
  ),
  leFeaturesConnectionSubrating: bool("bthci_evt.le_features.connection_subrating", "Connection Subrating", {
    mask: 0x2000000000,
    bits: 64,
  }),
  leFeaturesConnectionSubratingHostSupport: bool(
    "bthci_evt.le_features.connection_subrating_host_support",
    "Connection Subrating (Host support)",
    { mask: 0x4000000000, bits: 64 },
  ),
  leFeaturesChannelClassification: bool(
    "bthci_evt.le_features.channel_classification",
    "Channel Classification",
    { mask: 0x8000000000, bits: 64 },
  ),
  leFeaturesReserved: u64("bthci_evt.le_features.reserved", "Reserved", {
    base: "HEX",
    mask: 0xffffff0000000000n,
  }),
  transmitPowerLevel: i8("bthci_evt.transmit_power_level", "Transmit Power Level", { unit: " dBm" }),
  leWhiteListSize: u8("bthci_evt.le_white_list_size", "White List Size"),
  leEncryptedData: bytes("bthci_evt.le_encrypted_data", "Plaintext"),
  leRandomNumber: bytes("bthci_evt.le_random_number", "Random Number"),
  leStates00: bool("bthci_evt.le_states_00", "Non-connectable Advertising State", { mask: 0x1 }),
  leStates01: bool("bthci_evt.le_states_01", "Scannable Advertising State", { mask: 0x2 }),
  leStates02: bool("bthci_evt.le_states_02", "Connectable Advertising State", { mask: 0x4 }),
  leStates03: bool("bthci_evt.le_states_03", "Directed Advertising State", { mask: 0x8 }),
  leStates04: bool("bthci_evt.le_states_04", "Passive Scanning State", { mask: 0x10 }),
  leStates05: bool("bthci_evt.le_states_05", "Active Scanning State", { mask: 0x20 }),
  leStates06: bool("bthci_evt.le_states_06", "Initiating State. Connection State in Master Role", {
    mask: 0x40,
  }),
  leStates07: bool("bthci_evt.le_states_07", "Connection State in Slave Role", { mask: 0x80 }),
  leStates10: bool(
    "bthci_evt.le_states_10",
    "Non-connectable Advertising State and Passive Scanning State combination",
    { mask: 0x1 },
  ),
  leStates11: bool(
    "bthci_evt.le_states_11",
    "Scannable Advertising State and Passive Scanning State combination",
    { mask: 0x2 },
  ),
  leStates12: bool(
    "bthci_evt.le_states_12",
    "Connectable Advertising State and Passive Scanning State combination",
    { mask: 0x4 },
  ),
  leStates13: bool(
    "bthci_evt.le_states_13",
    "Directed Advertising State and Passive Scanning State combination",
    { mask: 0x8 },
  ),
  leStates14: bool(
    "bthci_evt.le_states_14",
    "Non-connectable Advertising State and Active Scanning State combination",
    { mask: 0x10 },
  ),
  leStates15: bool(
    "bthci_evt.le_states_15",
    "Scannable Advertising State and Active Scanning State combination",
    { mask: 0x20 },
  ),
  leStates16: bool(
    "bthci_evt.le_states_16",
    "Connectable Advertising State and Active Scanning State combination",
    { mask: 0x40 },
  ),
  leStates17: bool(
    "bthci_evt.le_states_17",
    "Directed Advertising State and Active Scanning State combination",
    { mask: 0x80 },
  ),
  leStates20: bool(
    "bthci_evt.le_states_20",
    "Non-connectable Advertising State and Initiating State combination",
    { mask: 0x1 },
  ),
  leStates21: bool("bthci_evt.le_states_21", "Scannable Advertising State and Initiating State combination", {
    mask: 0x2,
  }),
  leStates22: bool(
    "bthci_evt.le_states_22",
    "Non-connectable Advertising State and Master Role combination",
    { mask: 0x4 },
  ),
  leStates23: bool("bthci_evt.le_states_23", "Scannable Advertising State and Master Role combination", {
    mask: 0x8,
  }),
  leStates24: bool("bthci_evt.le_states_24", "Non-connectable Advertising State and Slave Role combination", {
    mask: 0x10,
  }),
  leStates25: bool("bthci_evt.le_states_25", "Scannable Advertising State and Slave Role combination", {
    mask: 0x20,
  }),
  leStates26: bool("bthci_evt.le_states_26", "Passive Scanning State and Initiating State combination", {
    mask: 0x40,
  }),
  leStates27: bool("bthci_evt.le_states_27", "Active Scanning State and Initiating State combination", {
    mask: 0x80,
  }),
  leStates30: bool("bthci_evt.le_states_30", "Passive Scanning State and Master Role combination", {
    mask: 0x1,
  }),
  leStates31: bool("bthci_evt.le_states_31", "Active Scanning State and Master Role combination", {
    mask: 0x2,
  }),
  leStates32: bool("bthci_evt.le_states_32", "Passive Scanning state and Slave Role combination", {
    mask: 0x4,
  }),
  leStates33: bool("bthci_evt.le_states_33", "Active Scanning state and Slave Role combination", {
    mask: 0x8,
  }),
  leStates34: bool(
    "bthci_evt.le_states_34",
    "Initiating State and Master Role combination. Master Role and Master Role combination",
    { mask: 0x10 },
  ),
  leStates: none("bthci_evt.le_states", "Supported LE States"),
  suggestedMaxTxOctets: u16("bthci_evt.suggested_max_tx_octets", "Suggested Max Tx Octets"),
  suggestedMaxTxTime: u16("bthci_evt.suggested_max_tx_time", "Suggested Max Tx Time", { unit: "µs" }),
  localSupportedCmds: bytes("bthci_evt.local_supported_cmds", "Local Supported Commands"),
  resolvingListSize: u8("bthci_evt.resolving_list_size", "Resolving List Size"),
  suggestedMaxRxOctets: u16("bthci_evt.suggested_max_rx_octets", "Suggested Max Rx Octets"),
  suggestedMaxRxTime: u16("bthci_evt.suggested_max_rx_time", "Suggested Max Rx Time", { unit: "µs" }),
  hardwareCode: u8("bthci_evt.hardware_code", "Hardware Code", { base: "HEX" }),
  lePeerAddressType: u8("bthci_evt.le_peer_address_type", "Peer Address Type", {
    base: "HEX",
    names: ADDRESS_TYPES,
  }),
  leConInterval: u16("bthci_evt.le_con_interval", "Connection Interval"),
  leConLatency: u16("bthci_evt.le_con_latency", "Connection Latency", { unit: " (number events)" }),
  leSupvTimeout: u16("bthci_evt.le_supv_timeout", "Supervision Timeout"),
  leMasterClockAccuracy: u8("bthci_evt.le_master_clock_accuracy", "Master Clock Accuracy", {
    base: "HEX",
    names: {
      0: "251-500 ppm",
      1: "151-250 ppm",
      2: "101-150 ppm",
      3: "76-100 ppm",
      4: "51-75 ppm",
      5: "31-50 ppm",
      6: "21-30 ppm",
      7: "0-20 ppm",
    },
  }),
  leNumReports: u8("bthci_evt.le_num_reports", "Num Reports"),
  leAdvtsEventType: u8("bthci_evt.le_advts_event_type", "Event Type", {
    base: "HEX",
    names: {
      0: "Connectable Undirected Advertising",
      1: "Connectable Directed Advertising",
      2: "Scannable Undirected Advertising",
      3: "Non-Connectable Undirected Advertising",
      4: "Scan Response",
    },
  }),
  dataLength: u8("bthci_evt.data_length", "Data Length"),
  leEncryptedDiversifier: u16("bthci_evt.le_encrypted_diversifier", "Encrypted Diversifier", { base: "HEX" }),
  leMinInterval: u16("bthci_evt.le_min_interval", "Min Connection Interval"),
  leMaxInterval: u16("bthci_evt.le_max_interval", "Min Connection Interval"),
  maxTxOctets: u16("bthci_evt.max_tx_octets", "Max TX Octets"),
  maxTxTime: u16("bthci_evt.max_tx_time", "Max TX Time", { unit: "µs" }),
  maxRxOctets: u16("bthci_evt.max_rx_octets", "Max RX Octets"),
  maxRxTime: u16("bthci_evt.max_rx_time", "Max RX Time", { unit: "µs" }),
  leLocalP256PublicKey: bytes("bthci_evt.le_local_p_256_public_key", "Local-256_Public_Key"),
  dhkey: bytes("bthci_evt.dhkey", "DHKey"),
  leLocalRpa: ether("bthci_evt.le_local_rpa", "Local Resolvable Private Address"),
  lePeerRpa: ether("bthci_evt.le_peer_rpa", "Peer Resolvable Private Address"),
  leTxPhy: u8("bthci_evt.le_tx_phy", "Tx PHY", {
    base: "HEX",
    names: { 1: "LE 1M", 2: "LE 2M", 3: "LE Coded" },
  }),
  leRxPhy: u8("bthci_evt.le_rx_phy", "Rx PHY", {
    base: "HEX",
    names: { 1: "LE 1M", 2: "LE 2M", 3: "LE Coded" },
  }),
  leExtAdvtsEventType: u16("bthci_evt.le_ext_advts_event_type", "Event Type", { base: "HEX" }),
  leExtAdvtsEventTypeConnectable: bool("bthci_evt.le_ext_advts_event_type.connectable", "Connectable", {
    mask: 0x1,
    bits: 16,
  }),
  leExtAdvtsEventTypeScannable: bool("bthci_evt.le_ext_advts_event_type.scannable", "Scannable", {
    mask: 0x2,
    bits: 16,
  }),
  leExtAdvtsEventTypeDirected: bool("bthci_evt.le_ext_advts_event_type.directed", "Directed", {
    mask: 0x4,
    bits: 16,
  }),
  leExtAdvtsEventTypeScanResponse: bool("bthci_evt.le_ext_advts_event_type.scan_response", "Scan Response", {
    mask: 0x8,
    bits: 16,
  }),
  leExtAdvtsEventTypeLegacy: bool("bthci_evt.le_ext_advts_event_type.legacy", "Legacy", {
    mask: 0x10,
    bits: 16,
  }),
  leExtAdvtsEventTypeDataStatus: u16("bthci_evt.le_ext_advts_event_type.data_status", "Data Status", {
    base: "HEX",
    mask: 0x60,
    names: {
      0: "Complete",
      1: "Incomplete, more to come",
      2: "Incomplete, truncated, no more to come",
      3: "Reserved",
    },
  }),
  leExtAdvtsEventTypeReserved: u16("bthci_evt.le_ext_advts_event_type.reserved", "Reserved", {
    base: "HEX",
    mask: 0xff80,
  }),
  primaryPhy: u8("bthci_evt.primary_phy", "Primary PHY", {
    base: "HEX",
    names: { 1: "LE 1M", 3: "LE Coded" },
  }),
  secondaryPhy: u8("bthci_evt.secondary_phy", "Secondary PHY", {
    base: "HEX",
    names: { 0: "No packets on the secondary advertising channel", 1: "LE 1M", 2: "LE 2M", 3: "LE Coded" },
  }),
  advertisingSid: u8("bthci_evt.advertising_sid", "Advertising SID", { base: "HEX" }),
  txPower: i8("bthci_evt.tx_power", "TX Power", { unit: " dBm" }),
  periodicAdvertisingInterval: u16(
    "bthci_evt.periodic_advertising_interval",
    "Periodic Advertising Interval",
    { base: "HEX" },
  ),
  leDirectAddressType: u8("bthci_evt.le_direct_address_type", "Direct Address Type", {
    base: "HEX",
    names: ADDRESS_TYPES,
  }),
  directBdAddr: ether("bthci_evt.direct_bd_addr", "Direct BD_ADDR"),
  advHandle: u8("bthci_evt.adv_handle", "Advertising Handle", { base: "HEX" }),
  numComplExtAdvEvents: u8(
    "bthci_evt.num_compl_ext_adv_events",
    "Number Completed Extended Advertising Events",
  ),
  channelSelectionAlgorithm: u8("bthci_evt.channel_selection_algorithm", "Channel Selection Algorithm", {
    base: "HEX",
    names: { 0: "#1", 1: "#2" },
  }),
};
/** Fields of the protocols `bthci_cmd` and `bthci_evt`. */
export const commandFields = c;
export const eventFields = e;

export type Parameter = (d: Dissection) => void;

/** What a number stands for, by its field: its factor, the unit and what stands before the bracket. */
const SCALES: Readonly<Record<string, readonly [number, string, string?]>> = {
  "bthci_cmd.le_scan_interval": [0.625, "msec"],
  "bthci_cmd.le_scan_window": [0.625, "msec"],
  "bthci_cmd.le_con_interval_min": [1.25, "msec"],
  "bthci_cmd.le_con_interval_max": [1.25, "msec"],
  "bthci_cmd.le_supv_timeout": [0.01, "sec"],
  "bthci_cmd.le_min_ce_length": [0.625, "msec"],
  "bthci_cmd.le_max_ce_length": [0.625, "msec"],
  "bthci_cmd.le_advts_interval_min": [0.625, "msec"],
  "bthci_cmd.le_advts_interval_max": [0.625, "msec"],
  "bthci_cmd.inq_length": [1.28, "sec"],
  "bthci_cmd.interval": [0.625, "msec", " slots"],
  "bthci_cmd.window": [0.625, "msec", " slots"],
  "bthci_cmd.sniff_max_int": [0.625, "msec", " slots"],
  "bthci_cmd.sniff_min_int": [0.625, "msec", " slots"],
  "bthci_evt.le_con_interval": [1.25, "msec"],
  "bthci_evt.le_supv_timeout": [0.01, "sec"],
  "bthci_evt.le_min_interval": [1.25, "msec"],
  "bthci_evt.le_max_interval": [1.25, "msec"],
  "bthci_evt.interval": [0.625, "msec", " slots"],
};
const NUMBER_OF_EVENTS = "bthci_cmd.le_con_latency";

function addScale(d: Dissection, field: Field, value: number): void {
  const scale = SCALES[field.name];
  if (scale !== undefined) {
    const [factor, unit, before] = scale;
    d.append(`${before ?? ""} (${Number((value * factor).toFixed(4))} ${unit})`);
  } else if (field.name === NUMBER_OF_EVENTS) d.append(" (number events)");
}

/** An integer, little-endian. */
const num =
  (field: Field, size: number): Parameter =>
  (d) => {
    if (size === 8) d.u64le(field);
    else {
      const value = d.peekUintLe(size);
      const width = widthOf(field.type);
      d.add(
        field,
        d.pos,
        size,
        field.type.startsWith("FT_INT") ? (value << (32 - width)) >> (32 - width) : value,
      );
      d.skip(size);
      if (d.labels) addScale(d, field, value);
    }
  };
/** Parts of one integer without a line of its own. */
const bits =
  (size: number, fields: readonly Field[]): Parameter =>
  (d) => {
    for (const field of fields) {
      if (field.mask64 === 0n) d.add(field, d.pos, size, d.peekUintLe(size));
      else d.bitsLe(field, d.pos, size);
    }
    d.skip(size);
  };
const wide = (d: Dissection): bigint => BigInt(d.peek32le()) | (BigInt(d.peek32le(4)) << 32n);
const set =
  (field: Field, size: number, fields: readonly Field[]): Parameter =>
  (d) => {
    if (size < 8) {
      const value = d.bitsetLe(field, size, fields);
      if (!d.labels) return;
      for (const one of fields) if (one.type === "FT_BOOLEAN" && value & one.mask) d.append(`, ${one.title}`);
    } else {
      const value = wide(d);
      d.open(field, d.pos, size, value);
      for (const one of fields) {
        d.bitsLe(one, d.pos, size);
        if (d.labels && one.type === "FT_BOOLEAN" && value & one.mask64) d.appendParent(`, ${one.title}`);
      }
      d.close();
      d.skip(size);
    }
  };
/** Bytes of which each, or some together, are flags: their offset, how many, and the flags. */
const mapped =
  (field: Field, size: number, parts: readonly (readonly [number, number, readonly Field[]])[]): Parameter =>
  (d) => {
    d.open(field, d.pos, size, d.peekBytes(size));
    for (const [offset, length, fields] of parts) {
      for (const one of fields) {
        if (one.mask64 === 0n) d.add(one, d.pos + offset, length, d.peekBytes(length, offset));
        else d.bitsLe(one, d.pos + offset, length);
      }
    }
    d.close();
    d.skip(size);
  };
const group =
  (field: Field, size: number, parts: readonly Parameter[]): Parameter =>
  (d) => {
    d.open(field, d.pos, size);
    for (const part of parts) if (d.remaining > 0) part(d);
    d.close();
  };
const raw =
  (field: Field, size: number): Parameter =>
  (d) =>
    d.bytes(field, Math.min(size, d.remaining));
const text =
  (field: Field, size: number): Parameter =>
  (d) => {
    d.str(field, Math.min(size, d.remaining));
  };
/** An address of a device, whose bytes stand the other way round. */
const device =
  (field: Field): Parameter =>
  (d) => {
    d.add(field, d.pos, 6, Uint8Array.from(d.peekBytes(6)).reverse());
    d.skip(6);
  };
/** Advertising data, or of an extended inquiry, to the end. */
const advertisingData =
  (isInquiry: boolean): Parameter =>
  (d) =>
    addAdvertising(d, isInquiry);

/** Advertising reports: their number, then of each a head, data of a length of its own and what stands behind. */
const reports =
  (head: readonly Parameter[], length: Field, behind: readonly Parameter[]): Parameter =>
  (d) => {
    const count = d.u8(e.leNumReports);
    for (let i = 0; i < count && d.remaining > 0; i++) {
      for (const part of head) part(d);
      const size = d.u8(length);
      d.need(size);
      if (size > 0) {
        const { end, wireEnd } = d;
        const next = d.pos + size;
        d.limit(size);
        addAdvertising(d, false);
        d.end = end;
        d.wireEnd = wireEnd;
        d.pos = next;
      }
      for (const part of behind) part(d);
    }
  };

/** The features of low energy, Core specification volume 6 part B section 4.6. */
const leFeatures = set(e.leFeatures, 8, [
  e.leFeaturesEncryption,
  e.leFeaturesConnectionParametersRequestProcedure,
  e.leFeaturesExtendedRejectIndication,
  e.leFeaturesSlaveInitiatedFeaturesExchange,
  e.leFeaturesPing,
  e.leFeaturesDataPacketLengthExtension,
  e.leFeaturesLlPrivacy,
  e.leFeaturesExtendedScannerFilterPolicies,
  e.leFeatures2mPhy,
  e.leFeaturesStableModulationIndexTx,
  e.leFeaturesStableModulationIndexRx,
  e.leFeaturesCodedPhy,
  e.leFeaturesExtendedAdvertising,
  e.leFeaturesPeriodicAdvertising,
  e.leFeaturesChannelSelectionAlgorithm2,
  e.leFeaturesPowerClass1,
  e.leFeaturesMinimumNumberOfUsedChannelsProcedure,
  e.leFeaturesConnectionCteRequest,
  e.leFeaturesConnectionCteResponse,
  e.leFeaturesConnectionlessCteTx,
  e.leFeaturesConnectionlessCteRx,
  e.leFeaturesAntennaSwitchingDuringCteTxAod,
  e.leFeaturesAntennaSwitchingDuringCteRxAoa,
  e.leFeaturesReceivingCte,
  e.leFeaturesPeriodicAdvertisingSyncTransferSender,
  e.leFeaturesPeriodicAdvertisingSyncTransferReceiver,
  e.leFeaturesSleepClockAccuracyUpdates,
  e.leFeaturesRemotePublicKeyValidation,
  e.leFeaturesCisMaster,
  e.leFeaturesCisSlave,
  e.leFeaturesIsochronousBroadcaster,
  e.leFeaturesSynchronizedReceiver,
  e.leFeaturesIsochronousChannelsHostSupport,
  e.leFeaturesPowerControlRequest,
  e.leFeaturesPowerChangeIndication,
  e.leFeaturesPathLossMonitoring,
  e.leFeaturesPeriodicAdvertisingAdi,
  e.leFeaturesConnectionSubrating,
  e.leFeaturesConnectionSubratingHostSupport,
  e.leFeaturesChannelClassification,
  e.leFeaturesReserved,
]);

/** The features of a link manager, Core specification volume 2 part C section 3.3. */
const lmpFeatures = group(e.lmpFeatures, 8, [
  bits(1, [
    e.lmpFeatures3slotPackets,
    e.lmpFeatures5slotPackets,
    e.lmpFeaturesEncryption,
    e.lmpFeaturesSlotOffset,
    e.lmpFeaturesTimingAccuracy,
    e.lmpFeaturesRoleSwitch,
    e.lmpFeaturesHoldMode,
    e.lmpFeaturesSniffMode,
  ]),
  bits(1, [
    e.lmpFeaturesParkState,
    e.lmpFeaturesPowerControlRequests,
    e.lmpFeaturesChannelQualityDrivenDataRate,
    e.lmpFeaturesScoLink,
    e.lmpFeaturesHv2Packets,
    e.lmpFeaturesHv3Packets,
    e.lmpFeaturesULawLogSynchronousData,
    e.lmpFeaturesALawLogSynchronousData,
  ]),
  bits(1, [
    e.lmpFeaturesCvsdSynchronousData,
    e.lmpFeaturesPagingParameterNegotiation,
    e.lmpFeaturesPowerControl,
    e.lmpFeaturesTransparentSynchronousData,
    e.lmpFeaturesFlowControlLag,
    e.lmpFeaturesBroadcastEncryption,
  ]),
  bits(1, [
    e.lmpFeaturesReserved24,
    e.lmpFeaturesEdrAcl2mbpsMode,
    e.lmpFeaturesEdrAcl3mbpsMode,
    e.lmpFeaturesEnhancedInquiryScan,
    e.lmpFeaturesInterlacedInquiryScan,
    e.lmpFeaturesInterlacedPageScan,
    e.lmpFeaturesRssiWithInquiryResults,
    e.lmpFeaturesEv3Packets,
  ]),
  bits(1, [
    e.lmpFeaturesEv4Packets,
    e.lmpFeaturesEv5Packets,
    e.lmpFeaturesReserved34,
    e.lmpFeaturesAfhCapableSlave,
    e.lmpFeaturesAfhClassificationSlave,
    e.lmpFeaturesBrEdrNotSupported,
    e.lmpFeaturesLeSupportedController,
    e.lmpFeatures3slotEdrAclPackets,
  ]),
  bits(1, [
    e.lmpFeatures5slotEdrAclPackets,
    e.lmpFeaturesSniffSubrating,
    e.lmpFeaturesPauseEncryption,
    e.lmpFeaturesAfhCapableMaster,
    e.lmpFeaturesAfhClassificationMaster,
    e.lmpFeaturesEdrEsco2mbpsMode,
    e.lmpFeaturesEdrEsco3mbpsMode,
    e.lmpFeatures3slotEdrEscoPackets,
  ]),
  bits(1, [
    e.lmpFeaturesExtendedInquiryResponse,
    e.lmpFeaturesSimultaneousLeAndBrEdrController,
    e.lmpFeaturesReserved50,
    e.lmpFeaturesSecureSimplePairing,
    e.lmpFeaturesEncapsulatedPdu,
    e.lmpFeaturesErroneousDataReporting,
    e.lmpFeaturesNonFlushablePacketBoundaryFlag,
    e.lmpFeaturesReserved55,
  ]),
  bits(1, [
    e.lmpFeaturesSupervisionTimeoutChangedEvent,
    e.lmpFeaturesInquiryTxPowerLevel,
    e.lmpFeaturesEnhancedPowerControl,
    e.lmpFeaturesReserved5962,
    e.lmpFeaturesExtendedFeatures,
  ]),
]);

/** Parameters of commands by their opcode. */
export const COMMAND_PARAMETERS: Readonly<Record<number, readonly Parameter[]>> = {
  1025: [num(c.lap, 3), num(c.inqLength, 1), num(c.numResponses, 1)],
  1029: [
    device(c.bdAddr),
    set(c.packetType, 2, [
      c.packetTypeDh5,
      c.packetTypeDm5,
      c.packetType3dh5,
      c.packetType2dh5,
      c.packetTypeDh3,
      c.packetTypeDm3,
      c.packetType3dh3,
      c.packetType2dh3,
      c.packetTypeReserved57,
      c.packetTypeDh1,
      c.packetTypeDm1,
      c.packetType3dh1,
      c.packetType2dh1,
      c.packetTypeReserved0,
    ]),
    num(c.pageScanRepetitionMode, 1),
    num(c.pageScanMode, 1),
    bits(2, [c.clockOffset, c.clockOffsetValid]),
    num(c.allowRoleSwitch, 1),
  ],
  1030: [num(c.connectionHandle, 2), num(c.reason, 1)],
  1033: [device(c.bdAddr), num(c.acrRole, 1)],
  1035: [device(c.bdAddr), raw(c.linkKey, 16)],
  1037: [device(c.bdAddr), num(c.pinCodeLength, 1), text(c.pinCode, 16)],
  1039: [
    num(c.connectionHandle, 2),
    set(c.packetType, 2, [
      c.packetTypeDh5,
      c.packetTypeDm5,
      c.packetType3dh5,
      c.packetType2dh5,
      c.packetTypeDh3,
      c.packetTypeDm3,
      c.packetType3dh3,
      c.packetType2dh3,
      c.packetTypeReserved57,
      c.packetTypeDh1,
      c.packetTypeDm1,
      c.packetType3dh1,
      c.packetType2dh1,
      c.packetTypeReserved0,
    ]),
  ],
  1041: [num(c.connectionHandle, 2)],
  1043: [num(c.connectionHandle, 2), num(c.encryptionEnable, 1)],
  1049: [
    device(c.bdAddr),
    num(c.pageScanRepetitionMode, 1),
    num(c.pageScanMode, 1),
    bits(2, [c.clockOffset, c.clockOffsetValid]),
  ],
  1051: [num(c.connectionHandle, 2)],
  1053: [num(c.connectionHandle, 2)],
  1067: [device(c.bdAddr), num(c.ioCapability, 1), num(c.oobDataPresent, 1), num(c.authRequirements, 1)],
  1068: [device(c.bdAddr)],
  2051: [
    num(c.connectionHandle, 2),
    num(c.sniffMaxInt, 2),
    num(c.sniffMinInt, 2),
    num(c.sniffAttempt, 2),
    num(c.timeout, 2),
  ],
  2052: [num(c.connectionHandle, 2)],
  2059: [device(c.bdAddr), num(c.role, 1)],
  2061: [
    num(c.connectionHandle, 2),
    bits(2, [c.linkPolicySwitch, c.linkPolicyHold, c.linkPolicySniff, c.linkPolicyPark]),
  ],
  3073: [
    bits(1, [
      c.evtMask00,
      c.evtMask01,
      c.evtMask02,
      c.evtMask03,
      c.evtMask04,
      c.evtMask05,
      c.evtMask06,
      c.evtMask07,
    ]),
    bits(1, [c.evtMask10, c.evtMask11, c.evtMask12, c.evtMask13, c.evtMask14, c.evtMask17]),
    bits(1, [c.evtMask20, c.evtMask21, c.evtMask23, c.evtMask24, c.evtMask25, c.evtMask26, c.evtMask27]),
    bits(1, [
      c.evtMask30,
      c.evtMask31,
      c.evtMask32,
      c.evtMask33,
      c.evtMask34,
      c.evtMask35,
      c.evtMask36,
      c.evtMask37,
    ]),
    bits(1, [c.evtMask40, c.evtMask41, c.evtMask42]),
    bits(1, [c.evtMask53, c.evtMask54, c.evtMask55, c.evtMask56, c.evtMask57]),
    bits(1, [c.evtMask60, c.evtMask61, c.evtMask62, c.evtMask63, c.evtMask64, c.evtMask65, c.evtMask67]),
    bits(1, [c.evtMask70, c.evtMask72, c.evtMask73]),
  ],
  3077: [num(c.filterType, 1), num(c.filterConditionType, 1)],
  3091: [text(c.deviceName, 248)],
  3094: [num(c.timeout, 2)],
  3096: [num(c.timeout, 2)],
  3098: [num(c.scanEnable, 1)],
  3100: [num(c.interval, 2), num(c.window, 2)],
  3102: [num(c.interval, 2), num(c.window, 2)],
  3108: [classOfDevice],
  3123: [
    num(c.maxDataLengthAcl, 2),
    num(c.maxDataLengthSco, 1),
    num(c.maxDataNumAcl, 2),
    num(c.maxDataNumSco, 2),
  ],
  3125: [num(c.numHandles, 1), num(c.connectionHandle, 2), num(c.numComplPackets, 2)],
  3141: [num(c.inqMode, 1)],
  3154: [num(c.fecRequired, 1), advertisingData(true)],
  3158: [num(c.simplePairingMode, 1)],
  3181: [num(c.leSupportedHost, 1), num(c.leSimultaneousHost, 1)],
  5125: [num(c.connectionHandle, 2)],
  8193: [
    set(c.leEventMask, 8, [
      c.leEventMaskReserved,
      c.leEventMaskLeSubrateChanged,
      c.leEventMaskLeBiginfoAdvertisingReport,
      c.leEventMaskLeTransmitPowerReporting,
      c.leEventMaskLePathLossThreshold,
      c.leEventMaskLeRequestPeerScaComplete,
      c.leEventMaskLeBigSyncLost,
      c.leEventMaskLeBigSyncEstablished,
      c.leEventMaskLeTerminateBigComplete,
      c.leEventMaskLeCreateBigComplete,
      c.leEventMaskLeCisRequest,
      c.leEventMaskLeCisEstablished,
      c.leEventMaskLePeriodicAdvertisingSyncTransferReceived,
      c.leEventMaskLeCteRequestFailed,
      c.leEventMaskLeConnectionIqReport,
      c.leEventMaskLeConnectionlessIqReport,
      c.leEventMaskLeChannelSelectionAlgorithm,
      c.leEventMaskLeScanRequestReceived,
      c.leEventMaskLeExtendedAdvertisingSetTerminated,
      c.leEventMaskLeExtendedScanTimeout,
      c.leEventMaskLePeriodicAdvertisingSyncLost,
      c.leEventMaskLePeriodicAdvertisingReport,
      c.leEventMaskLePeriodicAdvertisingSyncEstablished,
      c.leEventMaskLeExtendedAdvertisingReport,
      c.leEventMaskLePhyUpdateComplete,
      c.leEventMaskLeDirectAdvertisingReport,
      c.leEventMaskLeEnhancedConnectionComplete,
      c.leEventMaskLeGenerateDhkeyComplete,
      c.leEventMaskLeReadLocalP256PublicKeyComplete,
      c.leEventMaskLeDataLengthChange,
      c.leEventMaskLeRemoteConnectionParameterRequest,
      c.leEventMaskLeLongTermKeyRequest,
      c.leEventMaskLeReadRemoteFeaturesComplete,
      c.leEventMaskLeConnectionUpdateComplete,
      c.leEventMaskLeAdvertisingReport,
      c.leEventMaskLeConnectionComplete,
    ]),
  ],
  8197: [device(c.bdAddr)],
  8198: [
    num(c.leAdvtsIntervalMin, 2),
    num(c.leAdvtsIntervalMax, 2),
    num(c.leAdvtsType, 1),
    num(c.leOwnAddressType, 1),
    num(c.leDirectAddressType, 1),
    device(c.bdAddr),
    bits(1, [c.leAdvtsChMap1, c.leAdvtsChMap2, c.leAdvtsChMap3]),
    num(c.leAdvtsFilterPolicy, 1),
  ],
  8200: [num(c.leDataLength, 1), advertisingData(false)],
  8201: [num(c.leDataLength, 1), advertisingData(false)],
  8202: [num(c.leAdvtsEnable, 1)],
  8203: [
    num(c.leScanType, 1),
    num(c.leScanInterval, 2),
    num(c.leScanWindow, 2),
    num(c.leOwnAddressType, 1),
    num(c.leScanFilterPolicy, 1),
  ],
  8204: [num(c.leScanEnable, 1), num(c.leFilterDuplicates, 1)],
  8205: [
    num(c.leScanInterval, 2),
    num(c.leScanWindow, 2),
    num(c.leInitiatorFilterPolicy, 1),
    num(c.lePeerAddressType, 1),
    device(c.bdAddr),
    num(c.leOwnAddressType, 1),
    num(c.leConIntervalMin, 2),
    num(c.leConIntervalMax, 2),
    num(c.leConLatency, 2),
    num(c.leSupvTimeout, 2),
    num(c.leMinCeLength, 2),
    num(c.leMaxCeLength, 2),
  ],
  8209: [num(c.leAddressType, 1), device(c.bdAddr)],
  8211: [
    num(c.connectionHandle, 2),
    num(c.leConIntervalMin, 2),
    num(c.leConIntervalMax, 2),
    num(c.leConLatency, 2),
    num(c.leSupvTimeout, 2),
    num(c.leMinCeLength, 2),
    num(c.leMaxCeLength, 2),
  ],
  8212: [
    mapped(c.leChannelMap, 5, [
      [
        0,
        1,
        [
          c.leChannelMap0,
          c.leChannelMap1,
          c.leChannelMap2,
          c.leChannelMap3,
          c.leChannelMap4,
          c.leChannelMap5,
          c.leChannelMap6,
          c.leChannelMap7,
        ],
      ],
      [
        1,
        1,
        [
          c.leChannelMap8,
          c.leChannelMap9,
          c.leChannelMap10,
          c.leChannelMap11,
          c.leChannelMap12,
          c.leChannelMap13,
          c.leChannelMap14,
          c.leChannelMap15,
        ],
      ],
      [
        2,
        1,
        [
          c.leChannelMap16,
          c.leChannelMap17,
          c.leChannelMap18,
          c.leChannelMap19,
          c.leChannelMap20,
          c.leChannelMap21,
          c.leChannelMap22,
          c.leChannelMap23,
        ],
      ],
      [
        3,
        1,
        [
          c.leChannelMap24,
          c.leChannelMap25,
          c.leChannelMap26,
          c.leChannelMap27,
          c.leChannelMap28,
          c.leChannelMap29,
          c.leChannelMap30,
          c.leChannelMap31,
        ],
      ],
      [
        4,
        1,
        [
          c.leChannelMap32,
          c.leChannelMap33,
          c.leChannelMap34,
          c.leChannelMap35,
          c.leChannelMap36,
          c.leChannelMap37,
          c.leChannelMap38,
          c.leChannelMap39,
        ],
      ],
    ]),
  ],
  8214: [num(c.connectionHandle, 2)],
  8215: [raw(c.leKey, 16), raw(c.lePlaintext, 16)],
  8217: [
    num(c.connectionHandle, 2),
    raw(c.leRandomNumber, 8),
    num(c.leEncryptedDiversifier, 2),
    raw(c.leLongTermKey, 16),
  ],
  8218: [num(c.connectionHandle, 2), raw(c.leLongTermKey, 16)],
  8219: [num(c.connectionHandle, 2)],
  8224: [
    num(c.connectionHandle, 2),
    num(c.leConIntervalMin, 2),
    num(c.leConIntervalMax, 2),
    num(c.leConLatency, 2),
    num(c.leSupvTimeout, 2),
    num(c.leMinCeLength, 2),
    num(c.leMaxCeLength, 2),
  ],
  8226: [num(c.connectionHandle, 2), num(c.leTxOctets, 2), num(c.leTxTime, 2)],
  8228: [num(c.leSuggestedMaxTxOctets, 2), num(c.leSuggestedMaxTxTime, 2)],
  8231: [num(c.lePeerIdentityAddressType, 1), device(c.bdAddr), raw(c.lePeerIrk, 16), raw(c.leLocalIrk, 16)],
  8237: [num(c.leAddressResolutionEnable, 1)],
  8238: [num(c.leRpaTimeout, 2)],
  8241: [
    set(c.allPhys, 1, [c.allPhysReserved, c.allPhysRxPreference, c.allPhysTxPreference]),
    set(c.txPhys, 1, [c.physPrefReserved, c.physPrefLeCoded, c.physPrefLe2m, c.physPrefLe1m]),
    set(c.rxPhys, 1, [c.physPrefReserved, c.physPrefLeCoded, c.physPrefLe2m, c.physPrefLe1m]),
  ],
  8242: [
    num(c.connectionHandle, 2),
    set(c.allPhys, 1, [c.allPhysReserved, c.allPhysRxPreference, c.allPhysTxPreference]),
    set(c.txPhys, 1, [c.physPrefReserved, c.physPrefLeCoded, c.physPrefLe2m, c.physPrefLe1m]),
    set(c.rxPhys, 1, [c.physPrefReserved, c.physPrefLeCoded, c.physPrefLe2m, c.physPrefLe1m]),
    set(c.phyOptions, 2, [c.phyOptionsReserved, c.phyOptionsCoding]),
  ],
  8257: [
    num(c.leOwnAddressType, 1),
    num(c.leScanFilterPolicy, 1),
    set(c.leScanPhys, 1, [c.leScanPhysReserved, c.leScanPhysLeCoded, c.leScanPhysLe1m]),
    group(c.leScanPhyParam, 5, [num(c.leScanType, 1), num(c.leScanInterval, 2), num(c.leScanWindow, 2)]),
  ],
  8258: [num(c.leScanEnable, 1), num(c.leFilterDuplicates, 1), num(c.scanDuration, 2), num(c.scanPeriod, 2)],
  8259: [
    num(c.leInitiatorFilterPolicy, 1),
    num(c.leOwnAddressType, 1),
    num(c.lePeerAddressType, 1),
    device(c.bdAddr),
    set(c.leInitPhys, 1, [c.lePhysReserved, c.lePhysLeCoded, c.lePhysLe2m, c.lePhysLe1m]),
    group(c.leInitPhyParam, 16, [
      num(c.leScanInterval, 2),
      num(c.leScanWindow, 2),
      num(c.leConIntervalMin, 2),
      num(c.leConIntervalMax, 2),
      num(c.leConLatency, 2),
      num(c.leSupvTimeout, 2),
      num(c.leMinCeLength, 2),
      num(c.leMaxCeLength, 2),
    ]),
  ],
  8246: [
    num(c.advertisingHandle, 1),
    set(c.advertisingProperties, 2, [
      c.advPropertiesReserved,
      c.advPropertiesTxpower,
      c.advPropertiesAnonymousAdv,
      c.advPropertiesLegacyAdv,
      c.advPropertiesHdcConnectableDirected,
      c.advPropertiesDirected,
      c.advPropertiesScannable,
      c.advPropertiesConnectable,
    ]),
    num(c.leAdvtsIntervalMin, 3),
    num(c.leAdvtsIntervalMax, 3),
    bits(1, [c.leAdvtsChMap1, c.leAdvtsChMap2, c.leAdvtsChMap3]),
    num(c.leOwnAddressType, 1),
    num(c.lePeerAddressType, 1),
    device(c.bdAddr),
    num(c.leAdvtsFilterPolicy, 1),
    num(c.powerLevel, 1),
    num(c.primaryAdvertisingPhy, 1),
    num(c.secondaryAdvertisingMaxSkip, 1),
    num(c.secondaryAdvertisingPhy, 1),
    num(c.advertisingSid, 1),
    num(c.scanRequestNotificationEnable, 1),
  ],
  8249: [
    num(c.leAdvtsEnable, 1),
    num(c.advNumSets, 1),
    group(c.leAdvSet, 4, [
      num(c.advertisingHandle, 1),
      num(c.advDuration, 2),
      num(c.maxExtendedAdvertisingEvents, 1),
    ]),
  ],
  8247: [
    num(c.advertisingHandle, 1),
    num(c.advDataOperation, 1),
    num(c.advFragmentPreference, 1),
    num(c.leDataLength, 1),
    advertisingData(false),
  ],
};

/** What a completed command returns behind the status, by its opcode. */
export const COMPLETE_PARAMETERS: Readonly<Record<number, readonly Parameter[]>> = {
  4099: [lmpFeatures],
  4097: [
    num(e.hciVersNr, 1),
    num(e.hciVersNr, 2),
    num(e.lmpVersNr, 1),
    num(e.compId, 2),
    num(e.lmpSubVersNr, 2),
  ],
  4101: [
    num(e.maxDataLengthAcl, 2),
    num(e.maxDataLengthSco, 1),
    num(e.maxDataNumAcl, 2),
    num(e.maxDataNumSco, 2),
  ],
  4105: [device(e.bdAddr)],
  5125: [num(e.connectionHandle, 2), num(e.rssi, 1)],
  3092: [text(e.deviceName, 248)],
  8194: [num(e.leAclDataPktLen, 2), num(e.leTotalNumAclDataPkts, 1)],
  8195: [leFeatures],
  8199: [num(e.transmitPowerLevel, 1)],
  8207: [num(e.leWhiteListSize, 1)],
  8215: [raw(e.leEncryptedData, 16)],
  8216: [raw(e.leRandomNumber, 8)],
  8220: [
    group(e.leStates, 8, [
      bits(1, [
        e.leStates00,
        e.leStates01,
        e.leStates02,
        e.leStates03,
        e.leStates04,
        e.leStates05,
        e.leStates06,
        e.leStates07,
      ]),
      bits(1, [
        e.leStates10,
        e.leStates11,
        e.leStates12,
        e.leStates13,
        e.leStates14,
        e.leStates15,
        e.leStates16,
        e.leStates17,
      ]),
      bits(1, [
        e.leStates20,
        e.leStates21,
        e.leStates22,
        e.leStates23,
        e.leStates24,
        e.leStates25,
        e.leStates26,
        e.leStates27,
      ]),
      bits(1, [e.leStates30, e.leStates31, e.leStates32, e.leStates33, e.leStates34]),
    ]),
  ],
  8227: [num(e.suggestedMaxTxOctets, 2), num(e.suggestedMaxTxTime, 2)],
  8218: [num(e.connectionHandle, 2)],
  3107: [classOfDevice],
  4098: [raw(e.localSupportedCmds, 64)],
  8234: [num(e.resolvingListSize, 1)],
  8239: [
    num(e.suggestedMaxTxOctets, 2),
    num(e.suggestedMaxTxTime, 2),
    num(e.suggestedMaxRxOctets, 2),
    num(e.suggestedMaxRxTime, 2),
  ],
};

/** Parameters of events by their code. */
export const EVENT_PARAMETERS: Readonly<Record<number, readonly Parameter[]>> = {
  1: [num(e.status, 1)],
  2: [
    num(e.numResponses, 1),
    device(e.bdAddr),
    num(e.pageScanRepetitionMode, 1),
    num(e.pageScanPeriodMode, 1),
    num(e.pageScanMode, 1),
    classOfDevice,
    bits(2, [e.clockOffset]),
  ],
  3: [
    num(e.status, 1),
    num(e.connectionHandle, 2),
    device(e.bdAddr),
    num(e.linkType, 1),
    num(e.encryptionMode, 1),
  ],
  4: [device(e.bdAddr), classOfDevice, num(e.linkType, 1)],
  5: [num(e.status, 1), num(e.connectionHandle, 2), num(e.reason, 1)],
  6: [num(e.status, 1), num(e.connectionHandle, 2)],
  7: [num(e.status, 1), device(e.bdAddr), text(e.remoteName, 248)],
  8: [num(e.status, 1), num(e.connectionHandle, 2), num(e.encryptionEnable, 1)],
  11: [num(e.status, 1), num(e.connectionHandle, 2), lmpFeatures],
  12: [
    num(e.status, 1),
    num(e.connectionHandle, 2),
    num(e.lmpVersNr, 1),
    num(e.compId, 2),
    num(e.lmpSubVersNr, 2),
  ],
  18: [num(e.status, 1), device(e.bdAddr), num(e.role, 1)],
  20: [num(e.status, 1), num(e.connectionHandle, 2), num(e.currentMode, 1), num(e.interval, 2)],
  22: [device(e.bdAddr)],
  23: [device(e.bdAddr)],
  24: [device(e.bdAddr), raw(e.linkKey, 16), num(e.keyType, 1)],
  27: [num(e.connectionHandle, 2), num(e.maxSlots, 1)],
  32: [device(e.bdAddr), num(e.pageScanRepetitionMode, 1)],
  34: [
    num(e.numResponses, 1),
    device(e.bdAddr),
    num(e.pageScanRepetitionMode, 1),
    num(e.reserved, 1),
    classOfDevice,
    bits(2, [e.clockOffset]),
    num(e.rssi, 1),
  ],
  35: [
    num(e.status, 1),
    num(e.connectionHandle, 2),
    num(e.pageNumber, 1),
    num(e.maxPageNumber, 1),
    group(e.lmpFeatures, 8, [
      bits(1, [
        e.lmpFeaturesSecureSimplePairingHost,
        e.lmpFeaturesLeSupportedHost,
        e.lmpFeaturesSimultaneousLeAndBrEdrHost,
        e.lmpFeaturesSecureConnectionsHost,
        e.lmpFeaturesReserved6871,
      ]),
      raw(e.lmpFeaturesReserved, 7),
    ]),
  ],
  47: [
    num(e.numResponses, 1),
    device(e.bdAddr),
    num(e.pageScanRepetitionMode, 1),
    num(e.reserved, 1),
    classOfDevice,
    bits(2, [e.clockOffset]),
    num(e.rssi, 1),
    advertisingData(true),
  ],
  48: [num(e.status, 1), num(e.connectionHandle, 2)],
  49: [device(e.bdAddr)],
  50: [device(e.bdAddr), num(e.ioCapability, 1), num(e.oobDataPresent, 1), num(e.authRequirements, 1)],
  51: [device(e.bdAddr), num(e.numericValue, 4)],
  54: [num(e.status, 1), device(e.bdAddr)],
  59: [device(e.bdAddr), num(e.passkey, 4)],
  61: [device(e.bdAddr), lmpFeatures],
  26: [num(e.linkType, 1)],
  16: [num(e.hardwareCode, 1)],
};

/** Parameters of the events of low energy by their subevent. */
export const LE_PARAMETERS: Readonly<Record<number, readonly Parameter[]>> = {
  1: [
    num(e.status, 1),
    num(e.connectionHandle, 2),
    num(e.role, 1),
    num(e.lePeerAddressType, 1),
    device(e.bdAddr),
    num(e.leConInterval, 2),
    num(e.leConLatency, 2),
    num(e.leSupvTimeout, 2),
    num(e.leMasterClockAccuracy, 1),
  ],
  2: [
    reports([num(e.leAdvtsEventType, 1), num(e.lePeerAddressType, 1), device(e.bdAddr)], e.dataLength, [
      num(e.rssi, 1),
    ]),
  ],
  3: [
    num(e.status, 1),
    num(e.connectionHandle, 2),
    num(e.leConInterval, 2),
    num(e.leConLatency, 2),
    num(e.leSupvTimeout, 2),
  ],
  4: [num(e.status, 1), num(e.connectionHandle, 2), leFeatures],
  5: [num(e.connectionHandle, 2), raw(e.leRandomNumber, 8), num(e.leEncryptedDiversifier, 2)],
  6: [
    num(e.connectionHandle, 2),
    num(e.leMinInterval, 2),
    num(e.leMaxInterval, 2),
    num(e.leConLatency, 2),
    num(e.leSupvTimeout, 2),
  ],
  7: [
    num(e.connectionHandle, 2),
    num(e.maxTxOctets, 2),
    num(e.maxTxTime, 2),
    num(e.maxRxOctets, 2),
    num(e.maxRxTime, 2),
  ],
  8: [num(e.status, 1), raw(e.leLocalP256PublicKey, 64)],
  9: [num(e.status, 1), raw(e.dhkey, 32)],
  10: [
    num(e.status, 1),
    num(e.connectionHandle, 2),
    num(e.role, 1),
    num(e.lePeerAddressType, 1),
    device(e.bdAddr),
    device(e.leLocalRpa),
    device(e.lePeerRpa),
    num(e.leConInterval, 2),
    num(e.leConLatency, 2),
    num(e.leSupvTimeout, 2),
    num(e.leMasterClockAccuracy, 1),
  ],
  12: [num(e.status, 1), num(e.connectionHandle, 2), num(e.leTxPhy, 1), num(e.leRxPhy, 1)],
  13: [
    reports(
      [
        set(e.leExtAdvtsEventType, 2, [
          e.leExtAdvtsEventTypeConnectable,
          e.leExtAdvtsEventTypeScannable,
          e.leExtAdvtsEventTypeDirected,
          e.leExtAdvtsEventTypeScanResponse,
          e.leExtAdvtsEventTypeLegacy,
          e.leExtAdvtsEventTypeDataStatus,
          e.leExtAdvtsEventTypeReserved,
        ]),
        num(e.lePeerAddressType, 1),
        device(e.bdAddr),
        num(e.primaryPhy, 1),
        num(e.secondaryPhy, 1),
        num(e.advertisingSid, 1),
        num(e.txPower, 1),
        num(e.rssi, 1),
        num(e.periodicAdvertisingInterval, 2),
        num(e.leDirectAddressType, 1),
        device(e.directBdAddr),
      ],
      e.dataLength,
      [],
    ),
  ],
  17: [],
  18: [num(e.status, 1), num(e.advHandle, 1), num(e.connectionHandle, 2), num(e.numComplExtAdvEvents, 1)],
  20: [num(e.connectionHandle, 2), num(e.channelSelectionAlgorithm, 1)],
};
