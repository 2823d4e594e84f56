/**
 * Vendor specific elements of the Wi-Fi Alliance: Wi-Fi Protected Setup (Wi-Fi Simple Configuration 2.0.7 section 12),
 * Wi-Fi Direct (Wi-Fi Peer-to-Peer 1.7 section 4.1), Hotspot 2.0 indication and the traffic specification of WMM.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  type Field,
  isInteger,
  nameOf,
  str,
  u8,
  u16,
  u24,
  u32,
  u64,
  widthOf,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";

const f = {
  apChannel: u16("wps.ap_channel", "AP Channel"),
  associationState: u16("wps.association_state", "Association State", {
    base: "HEX",
    names: {
      0: "Not associated",
      1: "Connection success",
      2: "Configuration Failure",
      3: "Association Failure",
      4: "IP Failure",
    },
  }),
  authenticationType: u16("wps.authentication_type", "Authentication Type", {
    base: "HEX",
    names: { 1: "Open", 2: "WPA PSK", 4: "Shared", 8: "WPA", 16: "WPA2", 32: "WPA2 PSK" },
  }),
  authenticationTypeFlags: u16("wps.authentication_type_flags", "Authentication Type Flags", { base: "HEX" }),
  authenticator: bytes("wps.authenticator", "Authenticator"),
  configMethods: u16("wps.config_methods", "Configuration Methods", { base: "HEX" }),
  configurationError: u16("wps.configuration_error", "Configuration Error", {
    base: "HEX",
    names: {
      0: "No Error",
      1: "OOB Interface Read Error",
      2: "Decryption CRC Failure",
      3: "2.4 channel not supported",
      4: "5.0 channel not supported",
      5: "Signal too weak",
      6: "Network auth failure",
      7: "Network association failure",
      8: "No DHCP response",
      9: "failed DHCP config",
      10: "IP address conflict",
      11: "Couldn't connect to Registrar",
      12: "Multiple PBC sessions detected",
      13: "Rogue activity suspected",
      14: "Device busy",
      15: "Setup locked",
      16: "Message Timeout",
      17: "Registration Session Timeout",
      18: "Device Password Auth Failure",
    },
  }),
  confirmationUrl4: str("wps.confirmation_url4", "Confirmation URL4"),
  confirmationUrl6: str("wps.confirmation_url6", "Confirmation URL6"),
  connectionType: u8("wps.connection_type", "Connection Type", { base: "HEX" }),
  connectionTypeFlags: u8("wps.connection_type_flags", "Connection Types", {
    base: "HEX",
    names: { 1: "ESS", 2: "IBSS" },
  }),
  credential: bytes("wps.credential", "Credential"),
  encryptionType: u16("wps.encryption_type", "Encryption Type", {
    base: "HEX",
    names: { 1: "none", 2: "WEP", 4: "TKIP", 8: "AES" },
  }),
  encryptionTypeFlags: u16("wps.encryption_type_flags", "Encryption Type Flags", { base: "HEX" }),
  deviceName: str("wps.device_name", "Device Name"),
  devicePasswordId: u16("wps.device_password_id", "Device Password ID", {
    base: "HEX",
    names: {
      0: "PIN (default)",
      1: "User specified",
      2: "Machine specified",
      3: "Rekey",
      4: "PushButton",
      5: "Registrar specified",
    },
  }),
  eHash1: bytes("wps.e_hash1", "Enrollee Hash 1"),
  eHash2: bytes("wps.e_hash2", "Enrollee Hash 2"),
  eSnonce1: bytes("wps.e_snonce1", "Enrollee SNounce 1"),
  eSnonce2: bytes("wps.e_snonce2", "Enrollee SNounce 2"),
  encryptedSettings: bytes("wps.encrypted_settings", "Encrypted Settings"),
  enrolleeNonce: bytes("wps.enrollee_nonce", "Enrollee Nonce"),
  featureId: u32("wps.feature_id", "Feature ID", { base: "HEX" }),
  identity: str("wps.identity", "Identity"),
  identityProof: bytes("wps.identity_proof", "Identity Proof"),
  keyWrapAuthenticator: bytes("wps.key_wrap_authenticator", "Key Wrap Authenticator"),
  keyIdentifier: bytes("wps.key_identifier", "Key Identifier"),
  macAddress: ether("wps.mac_address", "MAC"),
  manufacturer: str("wps.manufacturer", "Manufacturer"),
  messageType: u8("wps.message_type", "Message Type", {
    base: "HEX",
    names: {
      1: "Beacon",
      2: "Probe Request",
      3: "Probe Response",
      4: "M1",
      5: "M2",
      6: "M2D",
      7: "M3",
      8: "M4",
      9: "M5",
      10: "M6",
      11: "M7",
      12: "M8",
      13: "WSC_ACK",
      14: "WSC_NACK",
      15: "WSC_DONE",
    },
  }),
  modelName: str("wps.model_name", "Model Name"),
  modelNumber: str("wps.model_number", "Model Number"),
  networkIndex: u8("wps.network_index", "Network Index", { base: "HEX" }),
  networkKey: bytes("wps.network_key", "Network Key"),
  networkKeyIndex: u8("wps.network_key_index", "Network Key Index", { base: "HEX" }),
  newDeviceName: bytes("wps.new_device_name", "New Device Name"),
  newPassword: bytes("wps.new_password", "New Password"),
  oobDevicePassword: bytes("wps.oob_device_password", "OOB Device Password"),
  osVersion: u32("wps.os_version", "OS Version", { base: "HEX" }),
  powerLevel: u8("wps.power_level", "Power Level", { base: "HEX" }),
  pskCurrent: u8("wps.psk_current", "PSK Current", { base: "HEX" }),
  pskMax: u8("wps.psk_max", "PSK Max", { base: "HEX" }),
  publicKey: bytes("wps.public_key", "Public Key"),
  radioEnabled: u8("wps.radio_enabled", "Radio Enabled", { base: "HEX" }),
  reboot: u8("wps.reboot", "Reboot", { base: "HEX" }),
  registrarCurrent: u8("wps.registrar_current", "Registrar current", { base: "HEX" }),
  registrarEstablished: u8("wps.registrar_established", "Registrar established", { base: "HEX" }),
  registrarList: bytes("wps.registrar_list", "Registrar list"),
  registrarMax: u8("wps.registrar_max", "Registrar max", { base: "HEX" }),
  registrarNonce: bytes("wps.registrar_nonce", "Registrar Nonce"),
  requestType: u8("wps.request_type", "Request Type", {
    base: "HEX",
    names: {
      0: "Enrollee, Info only",
      1: "Enrollee, open 802.1X",
      2: "Registrar",
      3: "WLAN Manager Registrar",
    },
  }),
  responseType: u8("wps.response_type", "Response Type", {
    base: "HEX",
    names: { 0: "Enrollee, Info only", 1: "Enrollee, open 802.1X", 2: "Registrar", 3: "AP" },
  }),
  rfBands: u8("wps.rf_bands", "RF Bands", {
    base: "HEX",
    names: { 1: "2.4 GHz", 2: "5 GHz", 3: "2.4 and 5 GHz" },
  }),
  rHash1: bytes("wps.r_hash1", "Registrar Hash 1"),
  rHash2: bytes("wps.r_hash2", "Registrar Hash 2"),
  rSnonce1: bytes("wps.r_snonce1", "Registrar Snonce1"),
  rSnonce2: bytes("wps.r_snonce2", "Registrar Snonce 2"),
  selectedRegistrar: u8("wps.selected_registrar", "Selected Registrar", { base: "HEX" }),
  serialNumber: str("wps.serial_number", "Serial Number"),
  wifiProtectedSetupState: u8("wps.wifi_protected_setup_state", "Wifi Protected Setup State", {
    base: "HEX",
    names: { 0: "Reserved", 1: "Not configured", 2: "Configured" },
  }),
  ssid: str("wps.ssid", "SSID"),
  totalNetworks: u8("wps.total_networks", "Total Networks", { base: "HEX" }),
  uuidE: bytes("wps.uuid_e", "UUID Enrollee"),
  uuidR: bytes("wps.uuid_r", "UUID Registrar"),
  vendorExtension: bytes("wps.vendor_extension", "Vendor Extension"),
  version: u8("wps.version", "Version", { base: "HEX" }),
  x509CertificateRequest: bytes("wps.x509_certificate_request", "X509 Certificate Request"),
  x509Certificate: bytes("wps.x509_certificate", "X509 Certificate"),
  eapIdentity: bytes("wps.eap_identity", "EAP Identity"),
  messageCounter: u64("wps.message_counter", "Message Counter", { base: "HEX" }),
  publicKeyHash: bytes("wps.public_key_hash", "Public Key Hash"),
  rekeyKey: bytes("wps.rekey_key", "Rekey Key"),
  keyLifetime: u32("wps.key_lifetime", "Key Lifetime", { base: "HEX" }),
  permittedConfigMethods: u16("wps.permitted_config_methods", "Permitted COnfig Methods", { base: "HEX" }),
  selectedRegistrarConfigMethods: u16(
    "wps.selected_registrar_config_methods",
    "Selected Registrar Config Methods",
    { base: "HEX" },
  ),
  primaryDeviceType: bytes("wps.primary_device_type", "Primary Device Type"),
  secondaryDeviceTypeList: bytes("wps.secondary_device_type_list", "Secondary Device Type List"),
  portableDevice: u8("wps.portable_device", "Portable Device", { base: "HEX" }),
  apSetupLocked: u8("wps.ap_setup_locked", "AP Setup Locked", { base: "HEX" }),
  applicationExtension: bytes("wps.application_extension", "Application Extension"),
  eapType: bytes("wps.eap_type", "EAP Type"),
  initializationVector: bytes("wps.initialization_vector", "Initialization Vector"),
  keyProvidedAutomatically: u8("wps.key_provided_automatically", "Key Provided Automatically", {
    base: "HEX",
  }),
  n8021xEnabled: u8("wps.8021x_enabled", "8021x Enabled", { base: "HEX" }),
  appsessionkey: bytes("wps.appsessionkey", "AppSessionKey"),
  weptransmitkey: u8("wps.weptransmitkey", "WEP Transmit Key", { base: "HEX" }),
  requestedDevType: bytes("wps.requested_dev_type", "Requested Device Type"),
  authenticationTypeOpen: u16("wps.authentication_type.open", "Open", { base: "HEX", mask: 0x1 }),
  authenticationTypeWpapsk: u16("wps.authentication_type.wpapsk", "WPA PSK", { base: "HEX", mask: 0x2 }),
  authenticationTypeShared: u16("wps.authentication_type.shared", "Shared", { base: "HEX", mask: 0x4 }),
  authenticationTypeWpa: u16("wps.authentication_type.wpa", "WPA", { base: "HEX", mask: 0x8 }),
  authenticationTypeWpa2: u16("wps.authentication_type.wpa2", "WPA2", { base: "HEX", mask: 0x10 }),
  authenticationTypeWpa2psk: u16("wps.authentication_type.wpa2psk", "WPA2PSK", { base: "HEX", mask: 0x20 }),
  configMethodsUsba: u16("wps.config_methods.usba", "USB", { base: "HEX", mask: 0x1 }),
  configMethodsEthernet: u16("wps.config_methods.ethernet", "Ethernet", { base: "HEX", mask: 0x2 }),
  configMethodsLabel: u16("wps.config_methods.label", "Label", { base: "HEX", mask: 0x4 }),
  configMethodsDisplay: u16("wps.config_methods.display", "Display", { base: "HEX", mask: 0x8 }),
  configMethodsVirtDisplay: u16("wps.config_methods.virt_display", "Virtual Display", {
    base: "HEX",
    mask: 0x2000,
  }),
  configMethodsPhyDisplay: u16("wps.config_methods.phy_display", "Physical Display", {
    base: "HEX",
    mask: 0x4000,
  }),
  configMethodsNfcext: u16("wps.config_methods.nfcext", "External NFC", { base: "HEX", mask: 0x10 }),
  configMethodsNfcint: u16("wps.config_methods.nfcint", "Internal NFC", { base: "HEX", mask: 0x20 }),
  configMethodsNfcinf: u16("wps.config_methods.nfcinf", "NFC Interface", { base: "HEX", mask: 0x40 }),
  configMethodsPushbutton: u16("wps.config_methods.pushbutton", "Push Button", { base: "HEX", mask: 0x80 }),
  configMethodsVirtPushbutton: u16("wps.config_methods.virt_pushbutton", "Virtual Push Button", {
    base: "HEX",
    mask: 0x200,
  }),
  configMethodsPhyPushbutton: u16("wps.config_methods.phy_pushbutton", "Physical Push Button", {
    base: "HEX",
    mask: 0x400,
  }),
  configMethodsKeypad: u16("wps.config_methods.keypad", "Keypad", { base: "HEX", mask: 0x100 }),
  connectionTypeFlagsEss: u8("wps.connection_type_flags.ess", "ESS", { base: "HEX", mask: 0x1 }),
  connectionTypeFlagsIbss: u8("wps.connection_type_flags.ibss", "IBSS", { base: "HEX", mask: 0x2 }),
  encryptionTypeFlagsNone: u16("wps.encryption_type_flags.none", "None", { base: "HEX", mask: 0x1 }),
  encryptionTypeFlagsWep: u16("wps.encryption_type_flags.wep", "WEP", { base: "HEX", mask: 0x2 }),
  encryptionTypeFlagsTkip: u16("wps.encryption_type_flags.tkip", "TKIP", { base: "HEX", mask: 0x4 }),
  encryptionTypeFlagsAes: u16("wps.encryption_type_flags.aes", "AES", { base: "HEX", mask: 0x8 }),
  permittedConfigMethodsUsba: u16("wps.permitted_config_methods.usba", "USB", { base: "HEX", mask: 0x1 }),
  permittedConfigMethodsEthernet: u16("wps.permitted_config_methods.ethernet", "Ethernet", {
    base: "HEX",
    mask: 0x2,
  }),
  permittedConfigMethodsLabel: u16("wps.permitted_config_methods.label", "Label", { base: "HEX", mask: 0x4 }),
  permittedConfigMethodsDisplay: u16("wps.permitted_config_methods.display", "Display", {
    base: "HEX",
    mask: 0x8,
  }),
  permittedConfigMethodsVirtDisplay: u16("wps.permitted_config_methods.virt_display", "Virtual Display", {
    base: "HEX",
    mask: 0x2000,
  }),
  permittedConfigMethodsPhyDisplay: u16("wps.permitted_config_methods.phy_display", "Physical Display", {
    base: "HEX",
    mask: 0x4000,
  }),
  permittedConfigMethodsNfcext: u16("wps.permitted_config_methods.nfcext", "External NFC", {
    base: "HEX",
    mask: 0x10,
  }),
  permittedConfigMethodsNfcint: u16("wps.permitted_config_methods.nfcint", "Internal NFC", {
    base: "HEX",
    mask: 0x20,
  }),
  permittedConfigMethodsNfcinf: u16("wps.permitted_config_methods.nfcinf", "NFC Interface", {
    base: "HEX",
    mask: 0x40,
  }),
  permittedConfigMethodsPushbutton: u16("wps.permitted_config_methods.pushbutton", "Push Button", {
    base: "HEX",
    mask: 0x80,
  }),
  permittedConfigMethodsVirtPushbutton: u16(
    "wps.permitted_config_methods.virt_pushbutton",
    "Virtual Push Button",
    { base: "HEX", mask: 0x200 },
  ),
  permittedConfigMethodsPhyPushbutton: u16(
    "wps.permitted_config_methods.phy_pushbutton",
    "Physical Push Button",
    { base: "HEX", mask: 0x400 },
  ),
  permittedConfigMethodsKeypad: u16("wps.permitted_config_methods.keypad", "Keypad", {
    base: "HEX",
    mask: 0x100,
  }),
  selectedRegistrarConfigMethodsUsba: u16("wps.selected_registrar_config_methods.usba", "USB", {
    base: "HEX",
    mask: 0x1,
  }),
  selectedRegistrarConfigMethodsEthernet: u16("wps.selected_registrar_config_methods.ethernet", "Ethernet", {
    base: "HEX",
    mask: 0x2,
  }),
  selectedRegistrarConfigMethodsLabel: u16("wps.selected_registrar_config_methods.label", "Label", {
    base: "HEX",
    mask: 0x4,
  }),
  selectedRegistrarConfigMethodsDisplay: u16("wps.selected_registrar_config_methods.display", "Display", {
    base: "HEX",
    mask: 0x8,
  }),
  selectedRegistrarConfigMethodsVirtDisplay: u16(
    "wps.selected_registrar_config_methods.virt_display",
    "Virtual Display",
    { base: "HEX", mask: 0x2000 },
  ),
  selectedRegistrarConfigMethodsPhyDisplay: u16(
    "wps.selected_registrar_config_methods.phy_display",
    "Physical Display",
    { base: "HEX", mask: 0x4000 },
  ),
  selectedRegistrarConfigMethodsNfcext: u16("wps.selected_registrar_config_methods.nfcext", "External NFC", {
    base: "HEX",
    mask: 0x10,
  }),
  selectedRegistrarConfigMethodsNfcint: u16("wps.selected_registrar_config_methods.nfcint", "Internal NFC", {
    base: "HEX",
    mask: 0x20,
  }),
  selectedRegistrarConfigMethodsNfcinf: u16("wps.selected_registrar_config_methods.nfcinf", "NFC Interface", {
    base: "HEX",
    mask: 0x40,
  }),
  selectedRegistrarConfigMethodsPushbutton: u16(
    "wps.selected_registrar_config_methods.pushbutton",
    "Push Button",
    { base: "HEX", mask: 0x80 },
  ),
  selectedRegistrarConfigMethodsVirtPushbutton: u16(
    "wps.selected_registrar_config_methods.virt_pushbutton",
    "Virtual Push Button",
    { base: "HEX", mask: 0x200 },
  ),
  selectedRegistrarConfigMethodsPhyPushbutton: u16(
    "wps.selected_registrar_config_methods.phy_pushbutton",
    "Physical Push Button",
    { base: "HEX", mask: 0x400 },
  ),
  selectedRegistrarConfigMethodsKeypad: u16("wps.selected_registrar_config_methods.keypad", "Keypad", {
    base: "HEX",
    mask: 0x100,
  }),
  primaryDeviceTypeSubcategoryComputer: u16("wps.primary_device_type.subcategory_computer", "Subcategory", {
    base: "HEX",
    names: {
      1: "PC",
      2: "Server",
      3: "Media Center",
      4: "Ultra-mobile PC",
      5: "Notebook",
      6: "Desktop",
      7: "MID (Mobile Internet Device)",
      8: "Netbook",
    },
  }),
  primaryDeviceTypeSubcategoryInputDevice: u16(
    "wps.primary_device_type.subcategory_input_device",
    "Subcategory",
    {
      base: "HEX",
      names: {
        1: "Keyboard",
        2: "Mouse",
        3: "Joystick",
        4: "Trackball",
        5: "Gaming controller",
        6: "Remote",
        7: "Touchscreen",
        8: "Biometric reader",
        9: "Barcode reader",
      },
    },
  ),
  primaryDeviceTypeSubcategoryPrintersScannersFaxesCopiers: u16(
    "wps.primary_device_type.subcategory_printers_scanners_faxes_copiers",
    "Subcategory",
    {
      base: "HEX",
      names: {
        1: "Printer or Print Server",
        2: "Scanner",
        3: "Fax",
        4: "Copier",
        5: "All-in-one (Printer, Scanner, Fax, Copier)",
      },
    },
  ),
  primaryDeviceTypeSubcategoryCamera: u16("wps.primary_device_type.subcategory_camera", "Subcategory", {
    base: "HEX",
    names: { 1: "Digital Still Camera", 2: "Video Camera", 3: "Web Camera", 4: "Security Camera" },
  }),
  primaryDeviceTypeSubcategoryStorage: u16("wps.primary_device_type.subcategory_storage", "Subcategory", {
    base: "HEX",
    names: { 1: "NAS" },
  }),
  primaryDeviceTypeSubcategoryNetworkInfrastructure: u16(
    "wps.primary_device_type.subcategory_network_infrastructure",
    "Subcategory",
    { base: "HEX", names: { 1: "AP", 2: "Router", 3: "Switch", 4: "Gateway", 5: "Bridge" } },
  ),
  primaryDeviceTypeSubcategoryDisplays: u16("wps.primary_device_type.subcategory_displays", "Subcategory", {
    base: "HEX",
    names: { 1: "Television", 2: "Electronic Picture Frame", 3: "Projector", 4: "Monitor" },
  }),
  primaryDeviceTypeSubcategoryMultimediaDevices: u16(
    "wps.primary_device_type.subcategory_multimedia_devices",
    "Subcategory",
    {
      base: "HEX",
      names: {
        1: "DAR",
        2: "PVR",
        3: "MCX",
        4: "Set-top box",
        5: "Media Server/Media Adapter/Media Extender",
        6: "Portable Video Player",
      },
    },
  ),
  primaryDeviceTypeSubcategoryGamingDevices: u16(
    "wps.primary_device_type.subcategory_gaming_devices",
    "Subcategory",
    {
      base: "HEX",
      names: {
        1: "Xbox",
        2: "Xbox360",
        3: "Playstation",
        4: "Game Console/Game Console Adapter",
        5: "Portable Gaming Device",
      },
    },
  ),
  primaryDeviceTypeSubcategoryTelephone: u16("wps.primary_device_type.subcategory_telephone", "Subcategory", {
    base: "HEX",
    names: {
      1: "Windows Mobile",
      2: "Phone - single mode",
      3: "Phone - dual mode",
      4: "Smartphone - single mode",
      5: "Smartphone - dual mode",
    },
  }),
  primaryDeviceTypeSubcategoryAudioDevices: u16(
    "wps.primary_device_type.subcategory_audio_devices",
    "Subcategory",
    {
      base: "HEX",
      names: {
        1: "Audio tuner/receiver",
        2: "Speakers",
        3: "Portable Music Player (PMP)",
        4: "Headset (headphones + microphone)",
        5: "Headphones",
        6: "Microphone",
        7: "Home Theater Systems",
      },
    },
  ),
  type: u16("wps.type", "Data Element Type", {
    base: "HEX",
    names: {
      4097: "AP Channel",
      4098: "Association State",
      4099: "Authentication Type",
      4100: "Authentication Type Flags",
      4101: "Authenticator",
      4104: "Config Methods",
      4105: "Configuration Error",
      4106: "Confirmation URL4",
      4107: "Confirmation URL6",
      4108: "Connection Type",
      4109: "Connection Type Flags",
      4110: "Credential",
      4111: "Encryption Type",
      4112: "Encryption Type Flags",
      4113: "Device Name",
      4114: "Device Password ID",
      4116: "E Hash1",
      4117: "E Hash2",
      4118: "E SNonce1",
      4119: "E SNonce2",
      4120: "Encrypted Settings",
      4122: "Enrollee Nonce",
      4123: "Feature Id",
      4124: "Identity",
      4125: "Identity Proof",
      4126: "Key Wrap Authenticator",
      4127: "Key Identifier",
      4128: "MAC Address",
      4129: "Manufacturer",
      4130: "Message Type",
      4131: "Model Name",
      4132: "Model Number",
      4134: "Network Index",
      4135: "Network Key",
      4136: "Network Key Index",
      4137: "New Device Name",
      4138: "New Password",
      4140: "OOB Device Password",
      4141: "OS Version",
      4143: "Power Level",
      4144: "PSK Current",
      4145: "PSK Max",
      4146: "Public Key",
      4147: "Radio Enabled",
      4148: "Reboot",
      4149: "Registrar Current",
      4150: "Registrar Established",
      4151: "Registrar List",
      4152: "registrar_max",
      4153: "Registrar Nonce",
      4154: "Request Type",
      4155: "Response Type",
      4156: "RF Bands",
      4157: "R Hash1",
      4158: "R Hash2",
      4159: "R Snonce1",
      4160: "R Snonce2",
      4161: "Selected Registrar",
      4162: "Serial Number",
      4164: "Wifi Protected Setup State",
      4165: "SSID",
      4166: "Total Networks",
      4167: "UUID E",
      4168: "UUID R",
      4169: "Vendor Extension",
      4170: "Version",
      4171: "X509 Certificate Request",
      4172: "X509 Certificate",
      4173: "EAP Identity",
      4174: "Message Counter",
      4175: "Public Key Hash",
      4176: "Rekey Key",
      4177: "Key Lifetime",
      4178: "Permitted Config Methods",
      4179: "Selected Registrar Config Methods",
      4180: "Primary Device Type",
      4181: "Secondary Device Type List",
      4182: "Portable Device",
      4183: "Ap Setup Locked",
      4184: "Application Extension",
      4185: "EAP Type",
      4192: "Initialization Vector",
      4193: "Key Provided Automatically",
      4194: "8021x Enabled",
      4195: "AppSessionKey",
      4196: "WEPTransmitKey",
      4202: "Requested Device Type",
    },
  }),
  length: u16("wps.length", "Data Element Length"),
  primaryDeviceTypeCategory: u16("wps.primary_device_type.category", "Category", {
    base: "HEX",
    names: {
      1: "Computer",
      2: "Input Device",
      3: "Printers, Scanners, Faxes and Copiers",
      4: "Camera",
      5: "Storage",
      6: "Network Infrastructure",
      7: "Displays",
      8: "Multimedia Devices",
      9: "Gaming Devices",
      10: "Telephone",
      11: "Audio Devices",
    },
  }),
  extVersion2: u8("wps.ext.version2", "Version2", { base: "HEX" }),
  extAuthorizedmacs: bytes("wps.ext.authorizedmacs", "AuthorizedMACs"),
  extNetworkKeyShareable: u8("wps.ext.network_key_shareable", "Network Key Shareable", { base: "HEX" }),
  extRequestToEnroll: u8("wps.ext.request_to_enroll", "Request to Enroll", { base: "HEX" }),
  extSettingsDelayTime: u8("wps.ext.settings_delay_time", "Settings Delay Time", { base: "HEX" }),
  extMultiApBackhaulSta: bool("wps.ext.multi_ap.backhaul_sta", "Backhaul STA", {
    mask: 0x80,
    tf: ["Present", "Not Present"],
  }),
  extMultiApBackhaulBss: bool("wps.ext.multi_ap.backhaul_bss", "Backhaul BSS", {
    mask: 0x40,
    tf: ["Present", "Not Present"],
  }),
  extMultiApFronthaulBss: bool("wps.ext.multi_ap.fronthaul_bss", "Fronthaul BSS", {
    mask: 0x20,
    tf: ["Present", "Not Present"],
  }),
  extMultiApTeardown: bool("wps.ext.multi_ap.teardown", "Teardown", {
    mask: 0x10,
    tf: ["Required", "Not required"],
  }),
  extMultiApReserved: u8("wps.ext.multi_ap.reserved", "Reserved", { base: "HEX", mask: 0xf }),
  vendorId: u24("wps.vendor_id", "Vendor ID"),
  extId: u8("wps.ext.id", "WFA Extension Subelement ID", {
    names: {
      0: "Version2",
      1: "AuthorizedMACs",
      2: "Network Key Shareable",
      3: "Request to Enroll",
      4: "Settings Delay Time",
      6: "Multi-AP Extension",
    },
  }),
  extLen: u8("wps.ext.len", "WFA Extension Subelement Length"),
  extMultiApFlags: u8("wps.ext.multi_ap_flags", "Multi-AP Flags", { base: "HEX" }),
  p2pCapabilityDeviceCapabilityServiceDiscovery: u8(
    "wifi_p2p.p2p_capability.device_capability.service_discovery",
    "Service Discovery",
    { base: "HEX", mask: 0x1 },
  ),
  p2pCapabilityDeviceCapabilityClientDiscoverability: u8(
    "wifi_p2p.p2p_capability.device_capability.client_discoverability",
    "P2P Client Discoverability",
    { base: "HEX", mask: 0x2 },
  ),
  p2pCapabilityDeviceCapabilityConcurrentOperation: u8(
    "wifi_p2p.p2p_capability.device_capability.concurrent_operation",
    "Concurrent Operation",
    { base: "HEX", mask: 0x4 },
  ),
  p2pCapabilityDeviceCapabilityInfrastructureManaged: u8(
    "wifi_p2p.p2p_capability.device_capability.infrastructure_managed",
    "P2P Infrastructure Managed",
    { base: "HEX", mask: 0x8 },
  ),
  p2pCapabilityDeviceCapabilityDeviceLimit: u8(
    "wifi_p2p.p2p_capability.device_capability.device_limit",
    "P2P Device Limit",
    { base: "HEX", mask: 0x10 },
  ),
  p2pCapabilityDeviceCapabilityInvitationProcedure: u8(
    "wifi_p2p.p2p_capability.device_capability.invitation_procedure",
    "P2P Invitation Procedure",
    { base: "HEX", mask: 0x20 },
  ),
  p2pCapabilityGroupCapabilityGroupOwner: u8(
    "wifi_p2p.p2p_capability.group_capability.group_owner",
    "P2P Group Owner",
    { base: "HEX", mask: 0x1 },
  ),
  p2pCapabilityGroupCapabilityPersistentGroup: u8(
    "wifi_p2p.p2p_capability.group_capability.persistent_group",
    "Persistent P2P Group",
    { base: "HEX", mask: 0x2 },
  ),
  p2pCapabilityGroupCapabilityGroupLimit: u8(
    "wifi_p2p.p2p_capability.group_capability.group_limit",
    "P2P Group Limit",
    { base: "HEX", mask: 0x4 },
  ),
  p2pCapabilityGroupCapabilityIntraBssDistribution: u8(
    "wifi_p2p.p2p_capability.group_capability.intra_bss_distribution",
    "Intra-BSS Distribution",
    { base: "HEX", mask: 0x8 },
  ),
  p2pCapabilityGroupCapabilityCrossConnection: u8(
    "wifi_p2p.p2p_capability.group_capability.cross_connection",
    "Cross Connection",
    { base: "HEX", mask: 0x10 },
  ),
  p2pCapabilityGroupCapabilityPersistentReconnect: u8(
    "wifi_p2p.p2p_capability.group_capability.persistent_reconnect",
    "Persistent Reconnect",
    { base: "HEX", mask: 0x20 },
  ),
  p2pCapabilityGroupCapabilityGroupFormation: u8(
    "wifi_p2p.p2p_capability.group_capability.group_formation",
    "Group Formation",
    { base: "HEX", mask: 0x40 },
  ),
  p2pCapabilityGroupCapabilityIpAddressAllocation: u8(
    "wifi_p2p.p2p_capability.group_capability.ip_address_allocation",
    "IP Address Allocation",
    { base: "HEX", mask: 0x40 },
  ),
  devInfoConfigMethodsUsba: u16("wifi_p2p.dev_info.config_methods.usba", "USBA (Flash Drive)", {
    base: "HEX",
    mask: 0x1,
  }),
  devInfoConfigMethodsEthernet: u16("wifi_p2p.dev_info.config_methods.ethernet", "Ethernet", {
    base: "HEX",
    mask: 0x2,
  }),
  devInfoConfigMethodsLabel: u16("wifi_p2p.dev_info.config_methods.label", "Label", {
    base: "HEX",
    mask: 0x4,
  }),
  devInfoConfigMethodsDisplay: u16("wifi_p2p.dev_info.config_methods.display", "Display", {
    base: "HEX",
    mask: 0x8,
  }),
  devInfoConfigMethodsExtNfcToken: u16(
    "wifi_p2p.dev_info.config_methods.ext_nfc_token",
    "External NFC Token",
    { base: "HEX", mask: 0x10 },
  ),
  devInfoConfigMethodsIntNfcToken: u16(
    "wifi_p2p.dev_info.config_methods.int_nfc_token",
    "Integrated NFC Token",
    { base: "HEX", mask: 0x20 },
  ),
  devInfoConfigMethodsNfcInterface: u16("wifi_p2p.dev_info.config_methods.nfc_interface", "NFC Interface", {
    base: "HEX",
    mask: 0x40,
  }),
  devInfoConfigMethodsPushbutton: u16("wifi_p2p.dev_info.config_methods.pushbutton", "PushButton", {
    base: "HEX",
    mask: 0x80,
  }),
  devInfoConfigMethodsKeypad: u16("wifi_p2p.dev_info.config_methods.keypad", "Keypad", {
    base: "HEX",
    mask: 0x100,
  }),
  p2pCapabilityDeviceCapability: u8("wifi_p2p.p2p_capability.device_capability", "Device Capability Bitmap", {
    base: "HEX",
  }),
  p2pCapabilityGroupCapability: u8("wifi_p2p.p2p_capability.group_capability", "Group Capability Bitmap", {
    base: "HEX",
  }),
  devInfoP2pDevAddr: ether("wifi_p2p.dev_info.p2p_dev_addr", "P2P Device address"),
  devInfoConfigMethods: u16("wifi_p2p.dev_info.config_methods", "Config Methods", { base: "HEX" }),
  devInfoPriDevType: bytes("wifi_p2p.dev_info.pri_dev_type", "Primary Device Type"),
  devInfoPriDevTypeCategory: u16("wifi_p2p.dev_info.pri_dev_type.category", "Primary Device Type: Category"),
  devInfoPriDevTypeOui: bytes("wifi_p2p.dev_info.pri_dev_type.oui", "Primary Device Type: OUI"),
  devInfoPriDevTypeSubcategory: u16(
    "wifi_p2p.dev_info.pri_dev_type.subcategory",
    "Primary Device Type: Subcategory",
  ),
  devInfoNumSec: u8("wifi_p2p.dev_info.num_sec", "Number of Secondary Device Types"),
  devInfoSecDevType: bytes("wifi_p2p.dev_info.sec_dev_type", "Secondary Device Type"),
  devInfoDevNameType: u16("wifi_p2p.dev_info.dev_name_type", "Device Name attribute type", { base: "HEX" }),
  devInfoDevNameLen: u16("wifi_p2p.dev_info.dev_name_len", "Device Name attribute length"),
  devInfoDevName: str("wifi_p2p.dev_info.dev_name", "Device Name"),
  channelListCountryString: str("wifi_p2p.channel_list.country_string", "Country String"),
  channelListOperatingClass: u8("wifi_p2p.channel_list.operating_class", "Operating Class"),
  channelListNumChan: u8("wifi_p2p.channel_list.num_chan", "Number of Channels"),
  channelListChannelList: bytes("wifi_p2p.channel_list.channel_list", "Channel List"),
  noaIndex: u8("wifi_p2p.noa.index", "Index"),
  noaParams: u8("wifi_p2p.noa.params", "CTWindow and OppPS Parameters", { base: "HEX" }),
  noaParamsOppPs: u8("wifi_p2p.noa.params.opp_ps", "OppPS", { mask: 0x80 }),
  noaParamsCtwindow: u8("wifi_p2p.noa.params.ctwindow", "CTWindow", { mask: 0x7f }),
  noaCountType: u8("wifi_p2p.noa.count_type", "Count/Type"),
  noaDuration: u32("wifi_p2p.noa.duration", "Duration"),
  noaInterval: u32("wifi_p2p.noa.interval", "Interval"),
  noaStartTime: u32("wifi_p2p.noa.start_time", "Start Time"),
  status: u8("wifi_p2p.status", "Status Code", {
    names: {
      0: "Success",
      1: "Fail; information is currently unavailable",
      2: "Fail; incompatible parameters",
      3: "Fail; limit reached",
      4: "Fail; invalid parameters",
      5: "Fail; unable to accommodate request",
      6: "Fail; previous protocol error, or disruptive behavior",
      7: "Fail; no common channels",
      8: "Fail; unknown P2P Group",
      9: "Fail; both P2P Devices indicated an Intent of 15 in Group Owner Negotiation",
      10: "Fail; incompatible provisioning method",
      11: "Fail; rejected by user",
      12: "Success; Accepted by user",
    },
  }),
  minorReasonCode: u8("wifi_p2p.minor_reason_code", "Minor Reason Code", {
    names: {
      0: "Reserved",
      1: "Disconnected because Cross Connection capability is not allow",
      2: "Disconnected because P2P Infrastructure Managed not supported",
      3: "Disconnected because concurrent device is not setting coexistence parameters",
      4: "Disconnected because P2P operation is outside the IT defined policy",
    },
  }),
  deviceId: ether("wifi_p2p.device_id", "Device ID"),
  goIntent: u8("wifi_p2p.go_intent", "Group Owner Intent", { mask: 0x1e }),
  goIntentTieBreaker: u8("wifi_p2p.go_intent_tie_breaker", "Group Owner Intent Tie Breaker", { mask: 0x1 }),
  configTimeoutGo: u8("wifi_p2p.config_timeout.go", "GO Configuration Timeout"),
  configTimeoutClient: u8("wifi_p2p.config_timeout.client", "Client Configuration Timeout"),
  listenChannelCountryString: str("wifi_p2p.listen_channel.country_string", "Country String"),
  listenChannelOperatingClass: u8("wifi_p2p.listen_channel.operating_class", "Operating Class"),
  listenChannelChannelNumber: u8("wifi_p2p.listen_channel.channel_number", "Channel Number"),
  p2pGroupBssid: ether("wifi_p2p.p2p_group_bssid", "BSSID"),
  extendedListenTimingPeriod: u16("wifi_p2p.extended_listen_timing.period", "Availability Period"),
  extendedListenTimingInterval: u16("wifi_p2p.extended_listen_timing.interval", "Availability Interval"),
  intendedInterfaceAddr: ether("wifi_p2p.intended_interface_addr", "P2P Interface Address"),
  manageabilityBitmap: u8("wifi_p2p.manageability.bitmap", "Manageability Bitmap field", { base: "HEX" }),
  manageabilityBitmapDevMgmt: u8("wifi_p2p.manageability.bitmap.dev_mgmt", "P2P Device Management", {
    base: "HEX",
    mask: 0x1,
  }),
  manageabilityBitmapCrossConnect: u8(
    "wifi_p2p.manageability.bitmap.cross_connect",
    "Cross Connection Permitted",
    { base: "HEX", mask: 0x2 },
  ),
  manageabilityBitmapCoexOpt: u8("wifi_p2p.manageability.bitmap.coex_opt", "Coexistence Optional", {
    base: "HEX",
    mask: 0x4,
  }),
  p2pGroupIdP2pDevAddr: ether("wifi_p2p.p2p_group_id.p2p_dev_addr", "P2P Device address"),
  p2pGroupIdSsid: str("wifi_p2p.p2p_group_id.ssid", "SSID"),
  operatingChannelCountryString: str("wifi_p2p.operating_channel.country_string", "Country String"),
  operatingChannelOperatingClass: u8("wifi_p2p.operating_channel.operating_class", "Operating Class"),
  operatingChannelChannelNumber: u8("wifi_p2p.operating_channel.channel_number", "Channel Number"),
  invitationFlags: u8("wifi_p2p.invitation_flags", "Invitation Flags", { base: "HEX" }),
  invitationFlagsType: u8("wifi_p2p.invitation_flags.type", "Invitation Type", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "Join active P2P Group", 1: "Reinvoke Persistent Group" },
  }),
  publicActionSubtype: u8("wifi_p2p.public_action.subtype", "P2P Public Action Subtype", {
    names: {
      0: "GO Negotiation Request",
      1: "GO Negotiation Response",
      2: "GO Negotiation Confirmation",
      3: "P2P Invitation Request",
      4: "P2P Invitation Response",
      5: "Device Discoverability Request",
      6: "Device Discoverability Response",
      7: "Provision Discovery Request",
      8: "Provision Discovery Response",
    },
  }),
  publicActionDialogToken: u8("wifi_p2p.public_action.dialog_token", "P2P Public Action Dialog Token"),
  actionSubtype: u8("wifi_p2p.action.subtype", "P2P Action Subtype", {
    names: {
      0: "Notice of Absence",
      1: "P2P Presence Request",
      2: "P2P Presence Response",
      3: "GO Discoverability Request",
    },
  }),
  actionDialogToken: u8("wifi_p2p.action.dialog_token", "P2P Action Dialog Token"),
  wifiP2pType: u8("wifi_p2p.type", "Attribute Type", {
    names: {
      0: "Status",
      1: "Minor Reason Code",
      2: "P2P Capability",
      3: "P2P Device ID",
      4: "Group Owner Intent",
      5: "Configuration Timeout",
      6: "Listen Channel",
      7: "P2P Group BSSID",
      8: "Extended Listen Timing",
      9: "Intended P2P Interface Address",
      10: "P2P Manageability",
      11: "Channel List",
      12: "Notice of Absence",
      13: "P2P Device Info",
      14: "P2P Group Info",
      15: "P2P Group ID",
      16: "P2P Interface",
      17: "Operating Channel",
      18: "Invitation Flags",
      19: "Out-of-Band Group Owner Negotiation Channel",
      20: "Unused",
      21: "Service Hash",
      22: "Session Information Data Info",
      23: "Connection Capability Info",
      24: "Advertisement ID Info",
      25: "Advertised Service Info",
      26: "Session ID Info",
      27: "Feature Capability",
      28: "Persistent Group Info",
      221: "Vendor specific attribute",
    },
  }),
  wifiP2pLength: u16("wifi_p2p.length", "Attribute Length"),
  hs20IndicationDgafDisabled: u8("wlan.hs20.indication.dgaf_disabled", "DGAF Disabled", { mask: 0x1 }),
  hs20IndicationPpsMoIdPresent: bool("wlan.hs20.indication.pps_mo_id_present", "PPS MO ID Present", {
    mask: 0x2,
    tf: ["Present", "Not Present"],
  }),
  hs20IndicationAnqpDomainIdPresent: bool(
    "wlan.hs20.indication.anqp_domain_id_present",
    "ANQP Domain ID Present",
    { mask: 0x4, tf: ["Present", "Not Present"] },
  ),
  hs20IndicationReserved: bool("wlan.hs20.indication.reserved", "Reserved", {
    mask: 0x8,
    tf: ["Set", "Not set"],
  }),
  hs20IndicationVersionNumber: u8("wlan.hs20.indication.version_number", "Version Number", {
    mask: 0xf0,
    names: { 0: "1.x", 1: "2.x", 2: "3.x" },
  }),
  hs20IndicationPpsMoId: u16("wlan.hs20.indication.pps_mo_id", "PPS MO ID"),
  hs20IndicationDomainId: u16("wlan.hs20.indication.domain_id", "ANQP Domain ID"),
  wfaIeOweBssid: ether("wlan.wfa.ie.owe.bssid", "BSSID"),
  wfaIeOweSsidLength: u16("wlan.wfa.ie.owe.ssid_length", "SSID length"),
  wfaIeOweSsid: str("wlan.wfa.ie.owe.ssid", "SSID"),
  wfaIeOweBandInfo: u16("wlan.wfa.ie.owe.band_info", "Band info"),
  wfaIeOweChannelInfo: u16("wlan.wfa.ie.owe.channel_info", "Channel info"),
  wfaIeWmeTspecTsInfoTid: u24("wlan.wfa.ie.wme.tspec.ts_info.tid", "TID", { mask: 0x1e }),
  wfaIeWmeTspecTsInfoDir: u24("wlan.wfa.ie.wme.tspec.ts_info.dir", "Direction", {
    mask: 0x60,
    names: { 0: "Uplink", 1: "Downlink", 2: "Direct link", 3: "Bidirectional link" },
  }),
  wfaIeWmeTspecTsInfoPsb: u24("wlan.wfa.ie.wme.tspec.ts_info.psb", "PSB", {
    mask: 0x400,
    names: { 0: "Legacy", 1: "U-APSD" },
  }),
  wfaIeWmeTspecTsInfoUp: u24("wlan.wfa.ie.wme.tspec.ts_info.up", "UP", {
    mask: 0x3800,
    names: {
      0: "Best Effort",
      1: "Background",
      2: "Spare",
      3: "Excellent Effort",
      4: "Controlled Load",
      5: "Video",
      6: "Voice",
      7: "Network Control",
    },
  }),
  wfaIeWmeTspecTsInfoReserved: u24("wlan.wfa.ie.wme.tspec.ts_info.reserved", "Reserved", {
    base: "HEX",
    mask: 0xffc381,
  }),
  wfaIeWmeTspecNorMsdu: u16("wlan.wfa.ie.wme.tspec.nor_msdu", "Normal MSDU Size"),
  wfaIeWmeTspecMaxMsdu: u16("wlan.wfa.ie.wme.tspec.max_msdu", "Maximum MSDU Size"),
  wfaIeWmeTspecMinSrv: u32("wlan.wfa.ie.wme.tspec.min_srv", "Minimum Service Interval"),
  wfaIeWmeTspecMaxSrv: u32("wlan.wfa.ie.wme.tspec.max_srv", "Maximum Service Interval"),
  wfaIeWmeTspecInactInt: u32("wlan.wfa.ie.wme.tspec.inact_int", "Inactivity Interval"),
  wfaIeWmeTspecSuspInt: u32("wlan.wfa.ie.wme.tspec.susp_int", "Suspension Interval"),
  wfaIeWmeTspecSrvStart: u32("wlan.wfa.ie.wme.tspec.srv_start", "Service Start Time"),
  wfaIeWmeTspecMinData: u32("wlan.wfa.ie.wme.tspec.min_data", "Minimum Data Rate"),
  wfaIeWmeTspecMeanData: u32("wlan.wfa.ie.wme.tspec.mean_data", "Mean Data Rate"),
  wfaIeWmeTspecPeakData: u32("wlan.wfa.ie.wme.tspec.peak_data", "Peak Data Rate"),
  wfaIeWmeTspecBurstSize: u32("wlan.wfa.ie.wme.tspec.burst_size", "Burst Size"),
  wfaIeWmeTspecDelayBound: u32("wlan.wfa.ie.wme.tspec.delay_bound", "Delay Bound"),
  wfaIeWmeTspecMinPhy: u32("wlan.wfa.ie.wme.tspec.min_phy", "Minimum PHY Rate"),
  wfaIeWmeTspecSurplus: u16("wlan.wfa.ie.wme.tspec.surplus", "Surplus Bandwidth Allowance"),
  wfaIeWmeTspecMedium: u16("wlan.wfa.ie.wme.tspec.medium", "Medium Time"),
  wfaIeWmeTspecTsInfo: u24("wlan.wfa.ie.wme.tspec.ts_info", "TS Info", { base: "HEX" }),
};

const own = (prefix: string): Record<string, Field> =>
  Object.fromEntries(Object.entries(f).filter(([, field]) => field.name.startsWith(prefix)));

/** Only the fields' owner: the attributes stand in the element of an 802.11 frame or in an EAP packet. */
export const wps = protocol({
  name: "wps",
  title: "Wifi Protected Setup",
  short: "WPS",
  fields: own("wps."),
  dissect: () => undefined,
});
export const wifiP2p = protocol({
  name: "wifi_p2p",
  title: "Wi-Fi Peer-to-Peer",
  short: "Wi-Fi P2P",
  fields: own("wifi_p2p."),
  dissect: () => undefined,
});
/** Fields of the protocol `wlan`. */
export const vendorFields = own("wlan.");

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;

// ------------------------------------------------------------------ Wi-Fi Protected Setup

const ATTRIBUTES: Readonly<Record<number, Field>> = {
  4097: f.apChannel,
  4098: f.associationState,
  4099: f.authenticationType,
  4100: f.authenticationTypeFlags,
  4101: f.authenticator,
  4104: f.configMethods,
  4105: f.configurationError,
  4106: f.confirmationUrl4,
  4107: f.confirmationUrl6,
  4108: f.connectionType,
  4109: f.connectionTypeFlags,
  4110: f.credential,
  4111: f.encryptionType,
  4112: f.encryptionTypeFlags,
  4113: f.deviceName,
  4114: f.devicePasswordId,
  4116: f.eHash1,
  4117: f.eHash2,
  4118: f.eSnonce1,
  4119: f.eSnonce2,
  4120: f.encryptedSettings,
  4122: f.enrolleeNonce,
  4123: f.featureId,
  4124: f.identity,
  4125: f.identityProof,
  4126: f.keyWrapAuthenticator,
  4127: f.keyIdentifier,
  4128: f.macAddress,
  4129: f.manufacturer,
  4130: f.messageType,
  4131: f.modelName,
  4132: f.modelNumber,
  4134: f.networkIndex,
  4135: f.networkKey,
  4136: f.networkKeyIndex,
  4137: f.newDeviceName,
  4138: f.newPassword,
  4140: f.oobDevicePassword,
  4141: f.osVersion,
  4143: f.powerLevel,
  4144: f.pskCurrent,
  4145: f.pskMax,
  4146: f.publicKey,
  4147: f.radioEnabled,
  4148: f.reboot,
  4149: f.registrarCurrent,
  4150: f.registrarEstablished,
  4151: f.registrarList,
  4152: f.registrarMax,
  4153: f.registrarNonce,
  4154: f.requestType,
  4155: f.responseType,
  4156: f.rfBands,
  4157: f.rHash1,
  4158: f.rHash2,
  4159: f.rSnonce1,
  4160: f.rSnonce2,
  4161: f.selectedRegistrar,
  4162: f.serialNumber,
  4164: f.wifiProtectedSetupState,
  4165: f.ssid,
  4166: f.totalNetworks,
  4167: f.uuidE,
  4168: f.uuidR,
  4169: f.vendorExtension,
  4170: f.version,
  4171: f.x509CertificateRequest,
  4172: f.x509Certificate,
  4173: f.eapIdentity,
  4174: f.messageCounter,
  4175: f.publicKeyHash,
  4176: f.rekeyKey,
  4177: f.keyLifetime,
  4178: f.permittedConfigMethods,
  4179: f.selectedRegistrarConfigMethods,
  4180: f.primaryDeviceType,
  4181: f.secondaryDeviceTypeList,
  4182: f.portableDevice,
  4183: f.apSetupLocked,
  4184: f.applicationExtension,
  4185: f.eapType,
  4192: f.initializationVector,
  4193: f.keyProvidedAutomatically,
  4194: f.n8021xEnabled,
  4195: f.appsessionkey,
  4196: f.weptransmitkey,
  4202: f.requestedDevType,
};

const METHODS: Readonly<Record<number, readonly Field[]>> = {
  4100: [
    f.authenticationTypeOpen,
    f.authenticationTypeWpapsk,
    f.authenticationTypeShared,
    f.authenticationTypeWpa,
    f.authenticationTypeWpa2,
    f.authenticationTypeWpa2psk,
  ],
  4104: [
    f.configMethodsUsba,
    f.configMethodsEthernet,
    f.configMethodsLabel,
    f.configMethodsDisplay,
    f.configMethodsVirtDisplay,
    f.configMethodsPhyDisplay,
    f.configMethodsNfcext,
    f.configMethodsNfcint,
    f.configMethodsNfcinf,
    f.configMethodsPushbutton,
    f.configMethodsVirtPushbutton,
    f.configMethodsPhyPushbutton,
    f.configMethodsKeypad,
  ],
  4109: [f.connectionTypeFlagsEss, f.connectionTypeFlagsIbss],
  4112: [
    f.encryptionTypeFlagsNone,
    f.encryptionTypeFlagsWep,
    f.encryptionTypeFlagsTkip,
    f.encryptionTypeFlagsAes,
  ],
  4178: [
    f.permittedConfigMethodsUsba,
    f.permittedConfigMethodsEthernet,
    f.permittedConfigMethodsLabel,
    f.permittedConfigMethodsDisplay,
    f.permittedConfigMethodsVirtDisplay,
    f.permittedConfigMethodsPhyDisplay,
    f.permittedConfigMethodsNfcext,
    f.permittedConfigMethodsNfcint,
    f.permittedConfigMethodsNfcinf,
    f.permittedConfigMethodsPushbutton,
    f.permittedConfigMethodsVirtPushbutton,
    f.permittedConfigMethodsPhyPushbutton,
    f.permittedConfigMethodsKeypad,
  ],
  4179: [
    f.selectedRegistrarConfigMethodsUsba,
    f.selectedRegistrarConfigMethodsEthernet,
    f.selectedRegistrarConfigMethodsLabel,
    f.selectedRegistrarConfigMethodsDisplay,
    f.selectedRegistrarConfigMethodsVirtDisplay,
    f.selectedRegistrarConfigMethodsPhyDisplay,
    f.selectedRegistrarConfigMethodsNfcext,
    f.selectedRegistrarConfigMethodsNfcint,
    f.selectedRegistrarConfigMethodsNfcinf,
    f.selectedRegistrarConfigMethodsPushbutton,
    f.selectedRegistrarConfigMethodsVirtPushbutton,
    f.selectedRegistrarConfigMethodsPhyPushbutton,
    f.selectedRegistrarConfigMethodsKeypad,
  ],
};
const SUBCATEGORIES = [
  f.primaryDeviceTypeSubcategoryComputer,
  f.primaryDeviceTypeSubcategoryInputDevice,
  f.primaryDeviceTypeSubcategoryPrintersScannersFaxesCopiers,
  f.primaryDeviceTypeSubcategoryCamera,
  f.primaryDeviceTypeSubcategoryStorage,
  f.primaryDeviceTypeSubcategoryNetworkInfrastructure,
  f.primaryDeviceTypeSubcategoryDisplays,
  f.primaryDeviceTypeSubcategoryMultimediaDevices,
  f.primaryDeviceTypeSubcategoryGamingDevices,
  f.primaryDeviceTypeSubcategoryTelephone,
  f.primaryDeviceTypeSubcategoryAudioDevices,
];
const PRIMARY_DEVICE = 0x1054;
const VENDOR_EXTENSION = 0x1049;
const WFA = 14122;

/** The attributes of Wi-Fi Protected Setup, up to the layer's end. */
export function addWps(d: Dissection): void {
  while (d.remaining >= 4) {
    const type = d.peek16();
    const length = d.peek16(2);
    const field = ATTRIBUTES[type];
    const name = nameOf(f.type.names, type) ?? "Unknown";
    d.openText(d.pos, 4 + length, `${name}`);
    d.u16(f.type);
    d.u16(f.length);
    d.need(length);
    const next = d.pos + length;
    if (field !== undefined && length > 0) addAttribute(d, type, length, field);
    d.pos = next;
    d.close();
  }
}

function addAttribute(d: Dissection, type: number, length: number, field: Field): void {
  const at = d.pos;
  if (isInteger(field.type)) {
    const size = widthOf(field.type) >> 3;
    if (length < size || size > 4) return;
    const value = d.uint(field, size);
    if (d.labels) {
      const text = hex(value, size * 2);
      const name = field.names === undefined ? undefined : (nameOf(field.names, value) ?? "Unknown");
      d.appendParent(`: ${name === undefined ? text : `${name} (${text})`}`);
    }
    for (const bit of METHODS[type] ?? []) d.bits(bit, at, size);
  } else if (field.type === "FT_STRING") {
    const text = d.str(field, length);
    if (d.labels) d.appendParent(`: ${text}`);
  } else if (field.type === "FT_ETHER") {
    if (length === 6) d.ether(field);
  } else {
    d.bytes(field, length);
    if (type === PRIMARY_DEVICE && length >= 8) addDeviceType(d, at);
    if (type === VENDOR_EXTENSION && length >= 3) addExtension(d, at, length);
  }
}

function addDeviceType(d: Dissection, at: number): void {
  d.pos = at;
  const category = d.u16(f.primaryDeviceTypeCategory);
  const subcategory = SUBCATEGORIES[category - 1];
  d.pos = at + 6;
  if (subcategory !== undefined) d.u16(subcategory);
}

const EXTENSIONS: Readonly<Record<number, Field>> = {
  0: f.extVersion2,
  1: f.extAuthorizedmacs,
  2: f.extNetworkKeyShareable,
  3: f.extRequestToEnroll,
  4: f.extSettingsDelayTime,
};
const MULTI_AP = 6;
const MULTI_AP_BITS = [
  f.extMultiApBackhaulSta,
  f.extMultiApBackhaulBss,
  f.extMultiApFronthaulBss,
  f.extMultiApTeardown,
  f.extMultiApReserved,
];

/** Subelements of the Wi-Fi Alliance's own extension. */
function addExtension(d: Dissection, at: number, length: number): void {
  d.pos = at;
  const vendor = d.u24(f.vendorId);
  const end = at + length;
  if (vendor !== WFA) return;
  while (d.pos + 2 <= end) {
    const id = d.peek8();
    const size = d.peek8(1);
    const name = nameOf(f.extId.names, id) ?? "Unknown";
    d.openText(d.pos, 2 + size, name);
    d.u8(f.extId);
    d.u8(f.extLen);
    d.need(size);
    const next = d.pos + size;
    const field = EXTENSIONS[id];
    if (field !== undefined && size > 0) {
      if (field.type === "FT_BYTES") d.bytes(field, size);
      else {
        const value = d.u8(field);
        if (d.labels && id === 0) d.appendParent(`: ${value >> 4}.${value & 15}`);
      }
    } else if (id === MULTI_AP && size > 0) d.bitset(f.extMultiApFlags, 1, MULTI_AP_BITS);
    d.pos = next;
    d.close();
  }
}

// ------------------------------------------------------------------ Wi-Fi Direct

type Attribute = (d: Dissection, length: number) => void;

/** A number under the attribute's line; its value goes to the line too. */
const DEVICE_BITS = [
  f.p2pCapabilityDeviceCapabilityServiceDiscovery,
  f.p2pCapabilityDeviceCapabilityClientDiscoverability,
  f.p2pCapabilityDeviceCapabilityConcurrentOperation,
  f.p2pCapabilityDeviceCapabilityInfrastructureManaged,
  f.p2pCapabilityDeviceCapabilityDeviceLimit,
  f.p2pCapabilityDeviceCapabilityInvitationProcedure,
];
const GROUP_BITS = [
  f.p2pCapabilityGroupCapabilityGroupOwner,
  f.p2pCapabilityGroupCapabilityPersistentGroup,
  f.p2pCapabilityGroupCapabilityGroupLimit,
  f.p2pCapabilityGroupCapabilityIntraBssDistribution,
  f.p2pCapabilityGroupCapabilityCrossConnection,
  f.p2pCapabilityGroupCapabilityPersistentReconnect,
  f.p2pCapabilityGroupCapabilityGroupFormation,
  f.p2pCapabilityGroupCapabilityIpAddressAllocation,
];
const METHOD_BITS = [
  f.devInfoConfigMethodsUsba,
  f.devInfoConfigMethodsEthernet,
  f.devInfoConfigMethodsLabel,
  f.devInfoConfigMethodsDisplay,
  f.devInfoConfigMethodsExtNfcToken,
  f.devInfoConfigMethodsIntNfcToken,
  f.devInfoConfigMethodsNfcInterface,
  f.devInfoConfigMethodsPushbutton,
  f.devInfoConfigMethodsKeypad,
];

function capability(d: Dissection): void {
  const device = d.u8(f.p2pCapabilityDeviceCapability);
  for (const bit of DEVICE_BITS) d.bits(bit, d.pos - 1, 1);
  const group = d.u8(f.p2pCapabilityGroupCapability);
  for (const bit of GROUP_BITS) d.bits(bit, d.pos - 1, 1);
  if (d.labels) d.appendParent(`: Device 0x${device.toString(16)}  Group 0x${group.toString(16)}`);
}

const DEVICE_NAME = 0x1011;

function deviceInfo(d: Dissection): void {
  d.ether(f.devInfoP2pDevAddr);
  d.u16(f.devInfoConfigMethods);
  for (const bit of METHOD_BITS) d.bits(bit, d.pos - 2, 2);
  const at = d.pos;
  d.bytes(f.devInfoPriDevType, 8);
  d.pos = at;
  d.u16(f.devInfoPriDevTypeCategory);
  d.bytes(f.devInfoPriDevTypeOui, 4);
  d.u16(f.devInfoPriDevTypeSubcategory);
  const count = d.u8(f.devInfoNumSec);
  for (let i = 0; i < count && d.remaining >= 8; i++) d.bytes(f.devInfoSecDevType, 8);
  const type = d.u16(f.devInfoDevNameType);
  const length = d.u16(f.devInfoDevNameLen);
  if (type === DEVICE_NAME && length <= d.remaining) d.str(f.devInfoDevName, length);
}

const channel =
  (country: Field, operating: Field, number: Field): Attribute =>
  (d) => {
    d.str(country, 3);
    const group = d.u8(operating);
    const value = d.u8(number);
    if (d.labels) d.appendParent(`: Operating Class ${group}  Channel Number ${value}`);
  };

function channelList(d: Dissection): void {
  d.str(f.channelListCountryString, 3);
  while (d.remaining >= 2) {
    d.u8(f.channelListOperatingClass);
    const count = d.u8(f.channelListNumChan);
    d.bytes(f.channelListChannelList, count);
  }
}

function absence(d: Dissection): void {
  const index = d.u8(f.noaIndex);
  const parameters = d.u8(f.noaParams);
  d.bits(f.noaParamsOppPs, d.pos - 1, 1);
  d.bits(f.noaParamsCtwindow, d.pos - 1, 1);
  if (d.labels) d.appendParent(`: Index ${index}  OppPS ${parameters >> 7}  CTWindow ${parameters & 127}`);
  while (d.remaining >= 13) {
    d.u8(f.noaCountType);
    for (const field of [f.noaDuration, f.noaInterval, f.noaStartTime]) d.u32le(field);
  }
}

const address =
  (field: Field): Attribute =>
  (d) => {
    d.ether(field);
    if (!d.labels) return;
    const text = [...d.buf.subarray(d.pos - 6, d.pos)]
      .map((one) => one.toString(16).padStart(2, "0"))
      .join(":");
    d.appendParent(`: ${text}`);
  };

const P2P: Readonly<Record<number, Attribute>> = {
  0: (d) => {
    const value = d.u8(f.status);
    if (d.labels)
      d.appendParent(`: ${value} (${nameOf(f.status.names, value) ?? `Unknown Status Code (${value})`})`);
  },
  1: (d) => {
    const value = d.u8(f.minorReasonCode);
    const name = nameOf(f.minorReasonCode.names, value) ?? `Unknown Minor Reason Code (${value})`;
    if (d.labels) d.appendParent(`: ${value} (${name})`);
  },
  2: capability,
  3: address(f.deviceId),
  4: (d) => {
    const value = d.peek8();
    d.bits(f.goIntent, d.pos, 1);
    d.bits(f.goIntentTieBreaker, d.pos, 1);
    if (d.labels) d.appendParent(`: Intent ${value >> 1}  Tie breaker ${value & 1}`);
    d.pos++;
  },
  5: (d) => {
    const owner = d.u8(f.configTimeoutGo);
    const client = d.u8(f.configTimeoutClient);
    if (d.labels) d.appendParent(`: GO ${owner * 10} msec, client ${client * 10} msec`);
  },
  6: channel(f.listenChannelCountryString, f.listenChannelOperatingClass, f.listenChannelChannelNumber),
  7: address(f.p2pGroupBssid),
  8: (d) => {
    const period = d.u16le(f.extendedListenTimingPeriod);
    const interval = d.u16le(f.extendedListenTimingInterval);
    if (d.labels)
      d.appendParent(`: Availability Period ${period} msec, Availability Interval ${interval} msec`);
  },
  9: address(f.intendedInterfaceAddr),
  10: (d) => {
    d.bitset(f.manageabilityBitmap, 1, [
      f.manageabilityBitmapDevMgmt,
      f.manageabilityBitmapCrossConnect,
      f.manageabilityBitmapCoexOpt,
    ]);
  },
  11: channelList,
  12: absence,
  13: deviceInfo,
  15: (d) => {
    d.ether(f.p2pGroupIdP2pDevAddr);
    d.str(f.p2pGroupIdSsid, d.remaining);
  },
  17: channel(
    f.operatingChannelCountryString,
    f.operatingChannelOperatingClass,
    f.operatingChannelChannelNumber,
  ),
  18: (d) => {
    d.bitset(f.invitationFlags, 1, [f.invitationFlagsType]);
  },
};

/** Fields of action frames, which tell what is asked for in front of the attributes. */
export const p2pAction = {
  publicSubtype: f.publicActionSubtype,
  publicToken: f.publicActionDialogToken,
  subtype: f.actionSubtype,
  token: f.actionDialogToken,
};

/** Attributes of Wi-Fi Direct, up to the layer's end: a type, a length of two bytes, a value. */
export function addP2p(d: Dissection): void {
  while (d.remaining >= 3) {
    const type = d.peek8();
    const length = d.peek16le(1);
    const name = nameOf(f.wifiP2pType.names, type) ?? `Unknown attribute type (${type})`;
    d.openText(d.pos, 3 + length, name);
    d.u8(f.wifiP2pType);
    d.u16le(f.wifiP2pLength);
    d.need(length);
    const next = d.pos + length;
    const { end, wireEnd } = d;
    d.limit(length);
    P2P[type]?.(d, length);
    d.end = end;
    d.wireEnd = wireEnd;
    d.pos = next;
    d.close();
  }
}

// ------------------------------------------------------------------ others of the Wi-Fi Alliance

const HOTSPOT = [
  f.hs20IndicationDgafDisabled,
  f.hs20IndicationPpsMoIdPresent,
  f.hs20IndicationAnqpDomainIdPresent,
  f.hs20IndicationReserved,
  f.hs20IndicationVersionNumber,
];

function hotspot(d: Dissection): void {
  const flags = d.peek8();
  for (const field of HOTSPOT) d.bits(field, d.pos, 1);
  d.pos++;
  if (flags & 2 && d.remaining >= 2) d.u16le(f.hs20IndicationPpsMoId);
  if (flags & 4 && d.remaining >= 2) d.u16le(f.hs20IndicationDomainId);
}

/** Opportunistic wireless encryption: the network's other half. */
function transition(d: Dissection): void {
  d.ether(f.wfaIeOweBssid);
  const length = d.u8(f.wfaIeOweSsidLength);
  if (length > 0) d.str(f.wfaIeOweSsid, Math.min(length, d.remaining));
  if (d.remaining >= 2) {
    d.u8(f.wfaIeOweBandInfo);
    d.u8(f.wfaIeOweChannelInfo);
  }
}

const WFA_NAMES: Readonly<Record<number, string>> = {
  9: "P2P",
  16: "Hotspot 2.0 Indication",
  18: "OSU Server-only l2 Encryption Network",
  22: "Multi Band Operation - Optimized Connectivity Experience",
  27: "IEEE1905 Multi-AP",
  28: "OWE Transition Mode",
};
const WFA_BODIES: Readonly<Record<number, (d: Dissection) => void>> = {
  9: addP2p,
  16: hotspot,
  28: transition,
};

/** What stands behind the organisation's number and type of a Wi-Fi Alliance element; its line is the last opened. */
export function addWfa(d: Dissection, type: number): void {
  if (d.labels) d.appendParent(`: ${WFA_NAMES[type] ?? "Unknown"}`);
  WFA_BODIES[type]?.(d);
}

const TRAFFIC_BITS = [
  f.wfaIeWmeTspecTsInfoTid,
  f.wfaIeWmeTspecTsInfoDir,
  f.wfaIeWmeTspecTsInfoPsb,
  f.wfaIeWmeTspecTsInfoUp,
  f.wfaIeWmeTspecTsInfoReserved,
];
const TRAFFIC_SHORT = [f.wfaIeWmeTspecNorMsdu, f.wfaIeWmeTspecMaxMsdu];
const TRAFFIC = [
  f.wfaIeWmeTspecMinSrv,
  f.wfaIeWmeTspecMaxSrv,
  f.wfaIeWmeTspecInactInt,
  f.wfaIeWmeTspecSuspInt,
  f.wfaIeWmeTspecSrvStart,
  f.wfaIeWmeTspecMinData,
  f.wfaIeWmeTspecMeanData,
  f.wfaIeWmeTspecPeakData,
  f.wfaIeWmeTspecBurstSize,
  f.wfaIeWmeTspecDelayBound,
  f.wfaIeWmeTspecMinPhy,
];
const TRAFFIC_LAST = [f.wfaIeWmeTspecSurplus, f.wfaIeWmeTspecMedium];

/** Traffic specification of WMM 1.2, section 2.2.11. */
export function addTrafficSpecification(d: Dissection): void {
  d.bitsetLe(f.wfaIeWmeTspecTsInfo, 3, TRAFFIC_BITS);
  for (const field of TRAFFIC_SHORT) d.u16le(field);
  for (const field of TRAFFIC) d.u32le(field);
  for (const field of TRAFFIC_LAST) d.u16le(field);
}
