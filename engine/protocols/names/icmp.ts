/** Names that ICMP and ICMPv6 share: the extended echo of RFC 8335. */

/** State of the interface that is asked about. */
export const INTERFACE_STATES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Incomplete",
  2: "Reachable",
  3: "Stale",
  4: "Delay",
  5: "Probe",
  6: "Failed",
};

/** Codes of replies. */
export const EXTENDED_REPLY_CODES: Readonly<Record<number, string>> = {
  0: "No error",
  1: "Malformed Query",
  2: "No Such Interface",
  3: "No Such Table Entry",
  4: "Multiple Interfaces Satisfy Query",
};
