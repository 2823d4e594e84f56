/** LLC service access points and protocol identifiers of SNAP organisations. */

export const SAP_NAMES: Readonly<Record<number, string>> = {
  0: "NULL LSAP",
  1: "NULL LSAP",
  2: "LLC Sub-Layer Management",
  4: "SNA Path Control",
  6: "TCP/IP",
  8: "SNA",
  12: "SNA",
  14: "PROWAY (IEC955) Network Management and Initialization",
  16: "NetWare (unofficial?)",
  20: "ISO Network Layer (OSLAN 1)",
  24: "Texas Instruments",
  32: "ISO Network Layer (unofficial?)",
  52: "ISO Network Layer (unofficial?)",
  66: "Spanning Tree BPDU",
  78: "EIA RS-511 Manufacturing Message Service",
  84: "ISO Network Layer (OSLAN 2)",
  126: "ISO 8208 (X.25 over 802.2)",
  127: "ISO 802.2",
  128: "XNS",
  130: "BACnet",
  134: "Nestar",
  142: "PROWAY (IEC955) Active Station List Maintenance",
  152: "ARP",
  170: "SNAP",
  180: "HP JetDirect Printer",
  186: "Banyan Vines",
  188: "Banyan Vines",
  224: "NetWare",
  240: "NetBIOS",
  244: "IBM Net Management",
  248: "HP Extended LLC",
  250: "Ungermann-Bass",
  252: "Remote Program Load",
  254: "ISO Network Layer",
  255: "Global LSAP",
};

export const COMMAND_NAMES: Readonly<Record<number, string>> = {
  0: "Unnumbered Information",
  1: "Set Initialization Mode",
  3: "Set Asynchronous Response Mode",
  8: "Unnumbered Poll",
  11: "Set Asynchronous Balanced Mode",
  16: "Disconnect",
  19: "Set Asynchronous Response Mode Extended",
  24: "Unnumbered Acknowledge",
  27: "Set Asynchronous Balanced Mode Extended",
  32: "Set Normal Response Mode",
  33: "Frame reject",
  35: "Reset",
  43: "Exchange identification",
  49: "Configure",
  51: "Set Normal Response Mode Extended",
  56: "Test",
  59: "Beacon",
};

export const RESPONSE_NAMES: Readonly<Record<number, string>> = {
  ...COMMAND_NAMES,
  1: "Request Initialization Mode",
  3: "Disconnected mode",
  16: "Request Disconnect",
};

export const SUPERVISORY_NAMES: Readonly<Record<number, string>> = {
  0: "Receiver ready",
  1: "Receiver not ready",
  2: "Reject",
  3: "Selective reject",
};

export const FRAME_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "Information frame",
  1: "Supervisory frame",
  3: "Unnumbered frame",
};

export const EXTREME_NAMES: Readonly<Record<number, string>> = {
  187: "EDP",
};

export const HPTEAM_NAMES: Readonly<Record<number, string>> = {
  2: "HP Teaming heartbeat",
};

export const FOUNDRY_NAMES: Readonly<Record<number, string>> = {
  8192: "FDP",
};

export const CISCO_NAMES: Readonly<Record<number, string>> = {
  258: "DRIP",
  260: "PAgP",
  261: "MLS Hello",
  264: "RLQ BPDUs (request)",
  265: "RLQ BPDUs (response)",
  267: "PVSTP+",
  268: "VLAN Bridge",
  273: "UDLD",
  313: "MCP",
  8192: "CDP",
  8193: "CGMP",
  8195: "VTP",
  8196: "DTP",
  8202: "STP Uplink Fast",
};

export const APPLE_NAMES: Readonly<Record<number, string>> = {
  32923: "AppleTalk",
};

export const BLUETOOTH_NAMES: Readonly<Record<number, string>> = {
  1: "AMP_U L2CAP ACL data",
  2: "AMP-C Activity Report",
  3: "AMP-C Security frames",
  4: "AMP-C Link supervision request",
  5: "AMP-C Link supervision reply",
};

export const IANA_NAMES: Readonly<Record<number, string>> = {
  1: "MARS Data Messages (short form)",
  2: "Reserved for future NHRP use",
  3: "MARS/NHRP Control Messages",
  4: "MARS Data Messages (long form)",
  5: "SCSP",
  6: "VRID",
  7: "L2TP",
  8: "VPN ID",
  9: "MSDP-GRE-Protocol Type",
};

export const NORTEL_NAMES: Readonly<Record<number, string>> = {
  417: "NDP flatnet hello",
  418: "NDP segment hello",
  419: "NDP bridge hello",
};

export const FORCE10_NAMES: Readonly<Record<number, string>> = {
  273: "FEFD",
};

export const APPLE_AWDL_NAMES: Readonly<Record<number, string>> = {
  2048: "AWDL",
};

export const WLCCP_NAMES: Readonly<Record<number, string>> = {
  0: "WLCCP",
};

export const CIMETRICS_NAMES: Readonly<Record<number, string>> = {
  1: "U+4 MS/TP",
};
