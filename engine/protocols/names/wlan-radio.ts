/** Names of values in the radio information of IEEE 802.11 frames. */
import { VHT_BW_NAMES } from "./radiotap.ts";

export const PHY_NAMES: Readonly<Record<number, string>> = {
  1: "802.11 FHSS",
  2: "802.11 IR",
  3: "802.11 DSSS",
  4: "802.11b (HR/DSSS)",
  5: "802.11a (OFDM)",
  6: "802.11g (ERP)",
  7: "802.11n (HT)",
  8: "802.11ac (VHT)",
  9: "802.11ad (DMG)",
  10: "802.11ah (S1G)",
  11: "802.11ax (HE)",
};

/** As radiotap's, but for the channels that are told of as two. */
export const HT_BANDWIDTH_NAMES: Readonly<Record<number, string>> = {
  ...VHT_BW_NAMES,
  2: "20 MHz + 20 MHz lower",
  3: "20 MHz + 20 MHz upper",
  5: "40 MHz + 40 MHz lower",
  6: "40 MHz + 40 MHz upper",
  12: "80 MHz + 80 MHz lower",
  13: "80 MHz + 80 MHz upper",
};

/** Modulation and coding by the MCS of VHT. */
export const VHT_MODULATION = [
  "BPSK 1/2",
  "QPSK 1/2",
  "QPSK 3/4",
  "16-QAM 1/2",
  "16-QAM 3/4",
  "64-QAM 2/3",
  "64-QAM 3/4",
  "64-QAM 5/6",
  "256-QAM 3/4",
  "256-QAM 5/6",
] as const;
