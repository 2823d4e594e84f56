/** Names of 6LoWPAN dispatches and compression modes: RFC 4944, RFC 6282, RFC 8931. */
export const PATTERNS: Readonly<Record<number, string>> = {
  0: "Not a LoWPAN frame",
  65: "Uncompressed IPv6",
  66: "Header compression",
  80: "Broadcast",
  3: "IP header compression",
  127: "Escape",
  2: "Mesh",
  24: "First fragment",
  28: "Fragment",
  116: "Recoverable Fragment",
  117: "Recoverable Fragment ACK",
};
export const NHC_PATTERNS: Readonly<Record<number, string>> = {
  14: "IPv6 extension header",
  30: "UDP compression header",
};
export const HC1_NEXTS: Readonly<Record<number, string>> = {
  0: "Inline",
  1: "UDP",
  2: "ICMP",
  3: "TCP",
};
export const IPHC_TFS: Readonly<Record<number, string>> = {
  0: "Traffic class and flow label inline",
  1: "ECN and flow label inline",
  2: "Traffic class inline",
  3: "Version, traffic class, and flow label compressed",
};
export const IPHC_HLIMS: Readonly<Record<number, string>> = {
  0: "Inline",
  1: "1",
  2: "64",
  3: "255",
};
export const IPHC_SAMS: Readonly<Record<number, string>> = {
  0: "Inline",
  1: "64-bits inline",
  2: "16-bits inline",
  3: "Compressed",
};
export const NHC_EXT_EIDS: Readonly<Record<number, string>> = {
  0: "IPv6 hop-by-hop options",
  1: "IPv6 routing",
  2: "IPv6 fragment",
  3: "IPv6 destination options",
  4: "IPv6 mobility header",
  7: "IPv6 header",
};
export const NHC_UDP_PORTS: Readonly<Record<number, string>> = {
  0: "Inline",
  1: "Source port inline, first 8 bits of destination port elided",
  2: "Destination port inline, first 8 bits of source port elided",
  3: "12 bits of both ports elided",
};
