/** Names of values in Prism and AVS headers. */

export const PRISM_NAMES: Readonly<Record<number, string>> = {
  4161: "Host Time",
  8257: "Mac Time",
  12353: "Channel",
  16449: "RSSI",
  20545: "SQ",
  24641: "Signal",
  28737: "Noise",
  32833: "Rate",
  36929: "Is Tx",
  41025: "Frame Length",
  45124: "SIG A1",
  49220: "SIG A2",
  53316: "SIG B",
  65604: "Host Time",
  131140: "Mac Time",
  196676: "Channel",
  262212: "RSSI",
  327748: "SQ",
  393284: "Signal",
  458820: "Noise",
  524356: "Rate",
  589892: "Is Tx",
  655428: "Frame Length",
  720964: "SIG A1",
  786500: "SIG A2",
  852036: "SIG B",
};

export const WLANCAP_PHY_NAMES: Readonly<Record<number, string>> = {
  0: "Unknown",
  1: "FHSS 802.11 '97",
  2: "DSSS 802.11 '97",
  3: "IR Baseband",
  4: "DSSS 802.11b",
  5: "PBCC 802.11b",
  6: "OFDM 802.11g",
  7: "PBCC 802.11g",
  8: "OFDM 802.11a",
};

export const WLANCAP_ENCODING_NAMES: Readonly<Record<number, string>> = {
  0: "Unknown",
  1: "CCK",
  2: "PBCC",
  3: "OFDM",
  4: "DSS-OFDM",
  5: "BPSK",
  6: "QPSK",
  7: "16QAM",
  8: "64QAM",
};
