/** Names of the values of DVMRP. */

export const COMMAND: Readonly<Record<number, string>> = {
  0: "NULL",
  2: "Address Family Indicator",
  3: "Subnetmask",
  4: "Metric",
  5: "Flags0",
  6: "Infinity",
  7: "Destination Address",
  8: "Requested Destination Address",
  9: "Non-Membership Report",
  10: "Non-Membership Report Cancel",
};

export const V3_CODE: Readonly<Record<number, string>> = {
  1: "Probe",
  2: "Report",
  3: "Ask Neighbors",
  4: "Neighbors",
  5: "Ask Neighbors 2",
  6: "Neighbors 2",
  7: "Prune",
  8: "Graft",
  9: "Graft ACK",
};
