/** Names of values in radiotap headers. */
import { RangeNames } from "../../dissect/field.ts";

export const VHT_BW_NAMES: Readonly<Record<number, string>> = {
  0: "20 MHz",
  1: "40 MHz",
  2: "20 MHz lower",
  3: "20 MHz upper",
  4: "80 MHz",
  5: "40 MHz lower",
  6: "40 MHz upper",
  7: "20 MHz, channel 1/4",
  8: "20 MHz, channel 2/4",
  9: "20 MHz, channel 3/4",
  10: "20 MHz, channel 4/4",
  11: "160 MHz",
  12: "80 MHz lower",
  13: "80 MHz upper",
  14: "40 MHz, channel 1/4",
  15: "40 MHz, channel 2/4",
  16: "40 MHz, channel 3/4",
  17: "40 MHz, channel 4/4",
  18: "20 MHz, channel 1/8",
  19: "20 MHz, channel 2/8",
  20: "20 MHz, channel 3/8",
  21: "20 MHz, channel 4/8",
  22: "20 MHz, channel 5/8",
  23: "20 MHz, channel 6/8",
  24: "20 MHz, channel 7/8",
  25: "20 MHz, channel 8/8",
};

export const HE_DATA5_DATA_BW_RU_ALLOCATION_NAMES: Readonly<Record<number, string>> = {
  0: "20",
  1: "40",
  2: "80",
  3: "160/80+80",
  4: "26-tone RU",
  5: "52-tone RU",
  6: "106-tone RU",
  7: "242-tone RU",
  8: "484-tone RU",
  9: "996-tone RU",
  10: "2x996-tone RU",
  11: "reserved",
  12: "reserved",
  13: "reserved",
  14: "reserved",
  15: "reserved",
};

export const HE_NUM_LTF_SYMBOLS_NAMES: Readonly<Record<number, string>> = {
  0: "1x",
  1: "2x",
  2: "4x",
  3: "6x",
  4: "8x",
  5: "reserved",
  6: "reserved",
  7: "reserved",
};

export const HE_DATA6_NSTS_NAMES: Readonly<Record<number, string>> = {
  0: "Unknown",
  1: "1 space-time stream",
  2: "2 space-time streams",
  3: "3 space-time streams",
  4: "4 space-time streams",
  5: "5 space-time streams",
  6: "6 space-time streams",
  7: "7 space-time streams",
  8: "8 space-time streams",
  9: "9 space-time streams",
  10: "10 space-time streams",
  11: "11 space-time streams",
  12: "12 space-time streams",
  13: "13 space-time streams",
  14: "14 space-time streams",
  15: "15 space-time streams",
};

export const ZERO_LEN_PSDU_TYPE_NAMES = new RangeNames([
  [0, 0, "sounding PPDU"],
  [1, 1, "reserved"],
  [2, 2, "S1G NDP CMAC frame"],
  [3, 254, "reserved"],
  [255, 255, "vendor-specific"],
]);

export const S1G_FORMAT_NAMES: Readonly<Record<number, string>> = {
  0: "S1G 1M",
  1: "S1G Short",
  2: "S1G Long",
};
export const S1G_RESPONSE_NAMES: Readonly<Record<number, string>> = {
  0: "No response",
  1: "NDP response",
  2: "Normal response",
  3: "Long response",
};
export const S1G_NSS_NAMES: Readonly<Record<number, string>> = { 0: "1", 1: "2", 2: "3", 3: "4" };
export const S1G_BANDWIDTH_NAMES: Readonly<Record<number, string>> = {
  0: "1MHz channel",
  1: "2MHz channel",
  2: "4MHz channel",
  3: "8MHz channel",
  4: "16MHz channel",
};
/** The numbers that are defined for MCS, and for the color, are names of themselves. */
export const S1G_MCS_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Array.from({ length: 11 }, (_, value) => [value, String(value)]),
);
