/** Names of the values in LLDP: IEEE 802.1AB, 802.1Q annex D, 802.3 section 79, ANSI/TIA-1057. */

export const TLV_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "End of LLDPDU",
  1: "Chassis Id",
  2: "Port Id",
  3: "Time to Live",
  4: "Port Description",
  5: "System Name",
  6: "System Description",
  7: "System Capabilities",
  8: "Management Address",
  127: "Organization Specific",
};

export const CHASSIS_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Chassis component",
  2: "Interface alias",
  3: "Port component",
  4: "MAC address",
  5: "Network address",
  6: "Interface name",
  7: "Locally assigned",
};

export const PORT_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Interface alias",
  2: "Port component",
  3: "MAC address",
  4: "Network address",
  5: "Interface name",
  6: "Agent circuit Id",
  7: "Locally assigned",
};

export const MGN_INTERFACE_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Unknown",
  2: "ifIndex",
  3: "System port number",
};

export const IEEE8021_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Port VLAN ID",
  2: "Port and Protocol VLAN ID",
  3: "VLAN Name",
  4: "Protocol Identity",
  5: "VID Usage Digest",
  6: "Management VID",
  7: "Link Aggregation",
  8: "Congestion Notification",
  9: "ETS Configuration",
  10: "ETS Recommendation",
  11: "Priority Flow Control Configuration",
  12: "Application Protocol",
  13: "EVB",
  14: "CDCP",
  15: "Port extension",
  16: "Application VLAN",
  17: "LRP ECP Discovery",
  18: "LRP TCP Discovery",
  19: "Congestion Isolation",
  20: "Topology Recognition",
};

export const IEEE8021_AGGREGATION_STATUS_PORTTYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Not specified",
  1: "From aggregation port",
  2: "From aggregator",
  3: "From single-port aggregator",
};

export const TRANSMISSION_SELECTION_NAMES: Readonly<Record<number, string>> = {
  0: "Strict Priority",
  1: "Credit-Based Shaper",
  2: "Enhanced Transmission Selection",
  255: "Vendor Specific Algorithm",
};

export const APPLICATION_SELECTOR_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Default or Ethertype",
  2: "Port over TCP/SCTP",
  3: "Port over UDP/DCCP",
  4: "Port over TCP/SCTP/UDP/DCCP",
  5: "Reserved",
  6: "Reserved",
  7: "Reserved",
};

export const IEEE8023_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  1: "MAC/PHY Configuration/Status",
  2: "Power Via MDI",
  3: "Link Aggregation",
  4: "Maximum Frame Size",
  5: "EEE (Energy-Efficient Ethernet)",
  7: "IEEE 802.3br Additional Ethernet capabilities",
};

export const IEEE8023_PMD_MAU_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "other or unknown",
  1: "AUI - no internal MAU, view from AUI",
  2: "10Base5 - thick coax MAU",
  3: "Foirl - FOIRL MAU",
  4: "10Base2 - thin coax MAU",
  5: "10BaseT - UTP MAU",
  6: "10BaseFP - passive fiber MAU",
  7: "10BaseFB - sync fiber MAU",
  8: "10BaseFL - async fiber MAU",
  9: "10Broad36 - broadband DTE MAU",
  10: "10BaseTHD - UTP MAU, half duplex mode",
  11: "10BaseTFD - UTP MAU, full duplex mode",
  12: "10BaseFLHD - async fiber MAU, half duplex mode",
  13: "10BaseFLDF - async fiber MAU, full duplex mode",
  14: "10BaseT4 - 4 pair category 3 UTP",
  15: "100BaseTXHD - 2 pair category 5 UTP, half duplex mode",
  16: "100BaseTXFD - 2 pair category 5 UTP, full duplex mode",
  17: "100BaseFXHD - X fiber over PMT, half duplex mode",
  18: "100BaseFXFD - X fiber over PMT, full duplex mode",
  19: "100BaseT2HD - 2 pair category 3 UTP, half duplex mode",
  20: "100BaseT2DF - 2 pair category 3 UTP, full duplex mode",
  21: "1000BaseXHD - PCS/PMA, unknown PMD, half duplex mode",
  22: "1000BaseXFD - PCS/PMA, unknown PMD, full duplex mode",
  23: "1000BaseLXHD - Fiber over long-wavelength laser, half duplex mode",
  24: "1000BaseLXFD - Fiber over long-wavelength laser, full duplex mode",
  25: "1000BaseSXHD - Fiber over short-wavelength laser, half duplex mode",
  26: "1000BaseSXFD - Fiber over short-wavelength laser, full duplex mode",
  27: "1000BaseCXHD - Copper over 150-Ohm balanced cable, half duplex mode",
  28: "1000BaseCXFD - Copper over 150-Ohm balanced cable, full duplex mode",
  29: "1000BaseTHD - Four-pair Category 5 UTP, half duplex mode",
  30: "1000BaseTFD - Four-pair Category 5 UTP, full duplex mode",
  31: "10GigBaseX - X PCS/PMA, unknown PMD.",
  32: "10GigBaseLX4 - X fiber over WWDM optics",
  33: "10GigBaseR - R PCS/PMA, unknown PMD.",
  34: "10GigBaseER - R fiber over 1550 nm optics",
  35: "10GigBaseLR - R fiber over 1310 nm optics",
  36: "10GigBaseSR - R fiber over 850 nm optics",
  37: "10GigBaseW - W PCS/PMA, unknown PMD.",
  38: "10GigBaseEW - W fiber over 1550 nm optics",
  39: "10GigBaseLW - W fiber over 1310 nm optics",
  40: "10GigBaseSW - W fiber over 850 nm optics",
  41: "10GBASE-CX4 - X copper over 8 pair 100-Ohm balanced cable",
  42: "2BASE-TL - Voice grade UTP copper, up to 2700m, optional PAF",
  43: "10PASS-TS - Voice grade UTP copper, up to 750m, optional PAF",
  44: "100BASE-BX10D - One single-mode fiber OLT, long wavelength, 10km",
  45: "100BASE-BX10U - One single-mode fiber ONU, long wavelength, 10km",
  46: "100BASE-LX10 - One single-mode fiber ONU, long wavelength, 10km",
  47: "1000BASE-BX10D - One single-mode fiber OLT, long wavelength, 10km",
  48: "1000BASE-BX10U - One single-mode fiber ONU, long wavelength, 10km",
  49: "1000BASE-LX10 - Two sigle-mode fiber, long wavelength, 10km",
  50: "1000BASE-PX10D - One single-mode fiber EPON OLT, 10km",
  51: "1000BASE-PX10U - One single-mode fiber EPON ONU, 10km",
  52: "1000BASE-PX20D - One single-mode fiber EPON OLT, 20km",
  53: "1000BASE-PX20U - One single-mode fiber EPON ONU, 20km",
};

export const IEEE8023_MDI_POWER_CLASS_NAMES: Readonly<Record<number, string>> = {
  1: "0",
  2: "1",
  3: "2",
  4: "3",
  5: "4",
};

export const IEEE8023_MDI_POWER_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Type 2 PSE Device",
  1: "Type 2 PD Device",
  2: "Type 1 PSE Device",
  3: "Type 1 PD Device",
};

export const IEEE8023_MDI_POWER_PRIORITY_NAMES: Readonly<Record<number, string>> = {
  0: "Unknown",
  1: "Critical",
  2: "High",
  3: "Low",
};

export const MEDIA_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Media Capabilities",
  2: "Network Policy",
  3: "Location Identification",
  4: "Extended Power-via-MDI",
  5: "Inventory - Hardware Revision",
  6: "Inventory - Firmware Revision",
  7: "Inventory - Software Revision",
  8: "Inventory - Serial Number",
  9: "Inventory - Manufacturer Name",
  10: "Inventory - Model Name",
  11: "Inventory - Asset ID",
};

export const MEDIA_SUBTYPE_CLASS_NAMES: Readonly<Record<number, string>> = {
  0: "Type Not Defined",
  1: "Endpoint Class I",
  2: "Endpoint Class II",
  3: "Endpoint Class III",
  4: "Network Connectivity",
};

export const MEDIA_APP_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Voice",
  2: "Voice Signaling",
  3: "Guest Voice",
  4: "Guest Voice Signaling",
  5: "Softphone Voice",
  6: "Video Conferencing",
  7: "Streaming Video",
  8: "Video Signaling",
};

export const MEDIA_LOC_DATA_FORMAT_NAMES: Readonly<Record<number, string>> = {
  0: "Invalid ",
  1: "Coordinate-based LCI",
  2: "Civic Address LCI",
  3: "ECS ELIN",
};

export const MEDIA_LOC_ALT_TYPE_NAMES: Readonly<Record<number, string>> = { 1: "Meters", 2: "Floors" };

export const MEDIA_CIVIC_WHAT_NAMES: Readonly<Record<number, string>> = {
  0: "Location of the DHCP server",
  1: "Location of the network element believed to be closest to the client",
  2: "Location of the client",
};

export const MEDIA_CIVIC_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Language",
  1: "National subdivisions (province, state, etc)",
  2: "County, parish, district",
  3: "City, township",
  4: "City division, borough, ward",
  5: "Neighborhood, block",
  6: "Street",
  16: "Leading street direction",
  17: "Trailing street suffix",
  18: "Street suffix",
  19: "House number",
  20: "House number suffix",
  21: "Landmark or vanity address",
  22: "Additional location information",
  23: "Name",
  24: "Postal/ZIP code",
  25: "Building",
  26: "Unit",
  27: "Floor",
  28: "Room number",
  29: "Place type",
  128: "Script",
};

export const MEDIA_POWER_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "PSE Device",
  1: "PD Device",
  2: "PSE Device",
  3: "PD Device",
};

export const CISCO_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  1: "4-wire Power-via-MDI (UPOE)",
  201: "ACI Port State",
  202: "ACI Node Role",
  203: "ACI Node ID",
  204: "ACI Spine Level",
  205: "ACI Pod ID",
  206: "ACI Fabric Name",
  207: "ACI Appliance Vector",
  208: "ACI Node IP",
  209: "ACI Port Role",
  210: "ACI Firmware Version",
  211: "ACI Infra VLAN",
  212: "ACI Serial Number",
  214: "ACI Model",
  215: "ACI Node Name",
  216: "ACI Port Mode",
  217: "ACI Authentication Cookie",
  218: "ACI APIC-Mode",
  219: "ACI Fabric ID",
};

export const IANA_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Manufacturer Usage Description URL",
};
