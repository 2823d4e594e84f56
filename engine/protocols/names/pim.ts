/** Names of the values of Protocol Independent Multicast. */

export const TYPE: Readonly<Record<number, string>> = {
  0: "Hello",
  1: "Register",
  2: "Register-stop",
  3: "Join/Prune",
  4: "Bootstrap",
  5: "Assert",
  6: "Graft",
  7: "Graft-Ack",
  8: "Candidate-RP-Advertisement",
  9: "State-Refresh",
  10: "DF election",
  11: "ECMP redirect",
  12: "PFM source discovery",
};

export const SOURCE_JA_FLAGS_ATTR_TYPE: Readonly<Record<number, string>> = {
  0: "RPF Vector TLV",
  1: "MVPN Join Attribute",
  2: "MT-ID Join Attribute",
  3: "Pop-Count",
  4: "Explicit RPF Vector",
  5: "Transport Attribute",
  6: "Receiver RLOC Attribute",
};

/** Codes of version 1. */
export const CODE: Readonly<Record<number, string>> = {
  0: "Query",
  1: "Register",
  2: "Register-stop",
  3: "Join/Prune",
  4: "RP-Reachable",
  5: "Assert",
  6: "Graft",
  7: "Graft-Ack",
  8: "Mode",
};
