/** Values in IPv4 options (RFC 791 section 3.1, RFC 1108, RFC 4782, FIPS 188; IANA IP option numbers). */
import { RangeNames } from "../../dissect/field.ts";

export const OPTION_CLASSES: Readonly<Record<number, string>> = {
  0: "Control",
  1: "Reserved for future use",
  2: "Debugging and measurement",
  3: "Reserved for future use",
};

export const OPTION_NUMBERS: Readonly<Record<number, string>> = {
  0: "End of Option List (EOL)",
  1: "No-Operation (NOP)",
  2: "Security",
  3: "Loose source route",
  4: "Time stamp",
  5: "Extended security",
  6: "Commercial IP security option",
  7: "Record route",
  8: "Stream identifier",
  9: "Strict source route",
  10: "Experimental Measurement",
  11: "MTU probe",
  12: "MTU Reply",
  13: "Experimental Flow Control",
  14: "Experimental Access Control",
  15: "Ask Estrin",
  16: "IMI Traffic Descriptor",
  17: "Extended Internet Protocol",
  18: "Traceroute",
  19: "Address Extension",
  20: "Router Alert",
  21: "Selective Directed Broadcast",
  22: "Unassigned",
  23: "Dynamic Packet State",
  24: "Upstream Multicast Packet",
  25: "Quick-Start",
  30: "RFC 3692-style experiment",
};

export const ROUTER_ALERTS = new RangeNames([
  [0, 0, "Router shall examine packet"],
  [1, 65535, "Reserved"],
]);

export const QUICK_START_FUNCTIONS: Readonly<Record<number, string>> = {
  0: "Rate request",
  8: "Rate report",
};

export const QUICK_START_RATES: Readonly<Record<number, string>> = {
  0: "0 bit/s",
  1: "80 Kbit/s",
  2: "160 Kbit/s",
  3: "320 Kbit/s",
  4: "640 Kbit/s",
  5: "1.28 Mbit/s",
  6: "2.56 Mbit/s",
  7: "5.12 Mbit/s",
  8: "10.24 Mbit/s",
  9: "20.48 Mbit/s",
  10: "40.96 Mbit/s",
  11: "81.92 Mbit/s",
  12: "163.84 Mbit/s",
  13: "327.68 Mbit/s",
  14: "655.36 Mbit/s",
  15: "1.31072 Gbit/s",
};

export const SECURITY_LEVELS: Readonly<Record<number, string>> = {
  0: "Unclassified",
  4958: "Reserved",
  9405: "Reserved",
  13794: "Reserved",
  19832: "Reserved",
  24102: "PROG",
  27589: "Top secret",
  30874: "EFTO",
  35247: "Reserved",
  39665: "Reserved",
  44819: "Restricted",
  48205: "MMMM",
  50390: "Reserved",
  55176: "Secret",
  57963: "Reserved",
  61749: "Confidential",
};

export const CLASSIFICATIONS: Readonly<Record<number, string>> = {
  1: "Reserved 4",
  61: "Top secret",
  90: "Secret",
  102: "Reserved 3",
  150: "Confidential",
  171: "Unclassified",
  204: "Reserved 2",
  241: "Reserved 1",
};

export const CIPSO_TAGS: Readonly<Record<number, string>> = {
  0: "Padding",
  1: "Restrictive Category Bitmap",
  2: "Enumerated Categories",
  5: "Ranged Categories",
  6: "Permissive Categories",
  7: "Free Form",
};

export const TIMESTAMP_FLAGS: Readonly<Record<number, string>> = {
  0: "Time stamps only",
  1: "Time stamp and address",
  3: "Time stamps for prespecified addresses",
};
