/** Names of IEEE 802.15.4 numbers: IEEE 802.15.4-2015, IEEE 802.15.9. */
export const FRAME_TYPES: Readonly<Record<number, string>> = {
  0: "Beacon",
  1: "Data",
  2: "Ack",
  3: "Command",
  4: "Reserved",
  5: "Multipurpose",
  6: "Fragment or Frak",
  7: "Extended",
};
export const DST_ADDR_MODES: Readonly<Record<number, string>> = {
  0: "None",
  1: "Reserved",
  2: "Short/16-bit",
  3: "Long/64-bit",
};
export const VERSIONS: Readonly<Record<number, string>> = {
  0: "IEEE Std 802.15.4-2003",
  1: "IEEE Std 802.15.4-2006",
  2: "IEEE Std 802.15.4-2015",
  3: "Reserved",
};
export const HEADER_IE_TYPES: Readonly<Record<number, string>> = {
  0: "Header",
  1: "Payload",
};
export const HEADER_IE_IDS: Readonly<Record<number, string>> = {
  0: "Vendor Specific IE",
  26: "CSL IE",
  27: "RIT IE",
  28: "DSME PAN descriptor IE",
  29: "Rendezvous Time IE",
  30: "Time Correction IE",
  33: "Extended DSME PAN descriptor IE",
  34: "Fragment Sequence Context Description (FSCD) IE",
  35: "Simplified Superframe Specification IE",
  36: "Simplified GTS Specification IE",
  37: "LECIM Capabilities IE",
  38: "TRLE Descriptor",
  39: "RCC Capabilities IE",
  40: "RCCN Descriptor IE",
  41: "Global Time IE",
  42: "Wi-SUN IE",
  43: "DA IE",
  126: "Header Termination 1 IE",
  127: "Header Termination 2 IE",
};
export const PAYLOAD_IE_IDS: Readonly<Record<number, string>> = {
  0: "ESDU IE",
  1: "MLME IE",
  2: "Vendor Specific IE",
  3: "MPX IE",
  4: "Wi-SUN IE",
  5: "IETF IE",
  15: "Payload Termination IE",
};
export const MLME_IE_TYPES: Readonly<Record<number, string>> = {
  0: "Short",
  1: "Long",
};
export const MLME_IE_IDS: Readonly<Record<number, string>> = {
  9: "Channel Hopping IE",
  26: "TSCH Synchronization IE",
  27: "TSCH Slotframe and Link IE",
  28: "TSCH Timeslot IE",
  29: "Hopping Timing IE",
  30: "Enhanced Beacon Filter IE",
  31: "MAC Metrics IE",
  32: "All MAC Metrics IE",
  33: "Coexistence Specification IE",
  34: "SUN Device Capabilities IE",
  35: "SUN FSK Generic PHY IE",
  36: "Mode Switch Parameter IE",
  37: "PHY Parameter Change IE",
  38: "O-QPSY PHY Mode IE",
  39: "PCA Allocation IE",
  40: "LECIM DSSS Operating Mode IE",
  41: "LECIM FSK Operating Mode IE",
  43: "TVWS PHY Operating Mode Description IE",
  44: "TVWS Device Capabilities IE",
  45: "TVWS Device Category IE",
  46: "TVWS Device Identification IE",
  47: "TVWS Device Location IE",
  48: "TVWS Channel Information Query IE",
  49: "TVWS Channel Information Source IE",
  50: "CTM IE",
  51: "Timestamp IE",
  52: "Timestamp Difference IE",
  53: "TMCTP Specification IE",
  54: "RCC PHY Operating Mode IE",
  201: "6top IE",
};
export const N_6TOP_TYPES: Readonly<Record<number, string>> = {
  0: "Request",
  1: "Response",
  2: "Confirmation",
};
export const N_6TOP_CELL_OPTIONS: Readonly<Record<number, string>> = {
  0: "ALL",
  1: "TX",
  2: "RX",
  3: "TX|RX",
  4: "SHARED",
  5: "TX|SHARED",
  6: "RX|SHARED",
  7: "TX|RX|SHARED",
};
export const MPX_TRANSFER_TYPES: Readonly<Record<number, string>> = {
  0: "Full Frame",
  1: "Full frame with compressed Multiplex ID",
  2: "Non-last Fragment",
  4: "Last Fragment",
  6: "Abort",
};
export const MPX_MULTIPLEX_IDS: Readonly<Record<number, string>> = {
  1: "KMP",
  2: "Wi-SUN",
};
export const MPX_KMP_IDS: Readonly<Record<number, string>> = {
  1: "IEEE 802.1X/MKA",
  2: "HIP",
  3: "IKEv2",
  4: "PANA",
  5: "Dragonfly",
  6: "IEEE 802.11/4WH",
  7: "IEEE 802.11/GKH",
  8: "ETSI TS 102 887-2",
  255: "Vendor-specific",
};
export const MPX_WISUNS: Readonly<Record<number, string>> = {
  0: "WM-MHDS",
  1: "WM-6LO",
  2: "WM-SEC",
};
export const CMDS: Readonly<Record<number, string>> = {
  1: "Association Request",
  2: "Association Response",
  3: "Disassociation Notification",
  4: "Data Request",
  5: "PAN ID Conflict",
  6: "Orphan Notification",
  7: "Beacon Request",
  8: "Coordinator Realignment",
  9: "GTS Request",
  10: "TRLE Management Request",
  11: "TRLE Management Response",
  19: "DSME Association Request",
  20: "DSME Association Response",
  21: "DSME GTS Request",
  22: "DSME GTS Response",
  23: "DSME GTS Notify",
  24: "DSME Information Request",
  25: "DSME Information Response",
  26: "DSME Beacon Allocation Notification",
  27: "DSME Beacon Collision Notification",
  28: "DSME Link Report",
  32: "RIT Data Request",
  33: "DBS Request",
  34: "DBS Response",
  35: "RIT Data Response",
  36: "Vendor Specific",
};
export const AUX_SEC_SEC_LEVELS: Readonly<Record<number, string>> = {
  0: "No Security",
  1: "32-bit Message Integrity Code",
  2: "64-bit Message Integrity Code",
  3: "128-bit Message Integrity Code",
  4: "Encryption",
  5: "Encryption with 32-bit Message Integrity Code",
  6: "Encryption with 64-bit Message Integrity Code",
  7: "Encryption with 128-bit Message Integrity Code",
};
export const AUX_SEC_KEY_ID_MODES: Readonly<Record<number, string>> = {
  0: "Implicit Key",
  1: "Indexed Key using the Default Key Source",
  2: "Explicit Key with 4-octet Key Source",
  3: "Explicit Key with 8-octet Key Source",
};
