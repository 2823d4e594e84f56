/** Names of the values of PGM. */

export const OPTION: Readonly<Record<number, string>> = {
  0: "Length",
  1: "Fragment",
  2: "NakList",
  3: "Join",
  4: "NakBackOffIvl",
  5: "NakBackOffRng",
  7: "ReDirect",
  8: "ParityPrm",
  9: "ParityGrp",
  10: "CurrTgsiz",
  13: "Syn",
  14: "Fin",
  15: "Rst",
  18: "CcData",
  19: "CcFeedBack",
  128: "End",
};

export const HDR_TYPE: Readonly<Record<number, string>> = {
  0: "SPM",
  5: "RDATA",
  4: "ODATA",
  8: "NAK",
  9: "NNAK",
  10: "NCF",
  1: "POLL",
  2: "POLR",
  13: "ACK",
};
