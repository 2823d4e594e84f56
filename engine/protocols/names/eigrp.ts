/** Names of EIGRP: opcodes, TLVs, address families, protocols routes come from. */
export const OPCODE: Readonly<Record<number, string>> = {
  1: "Update",
  2: "Request",
  3: "Query",
  4: "Reply",
  5: "Hello",
  6: "IPX/SAP Update",
  7: "Route Probe",
  8: "Hello (Ack)",
  9: "Stub-Info",
  10: "SIA-Query",
  11: "SIA-Reply",
};

export const TLV_TYPE: Readonly<Record<number, string>> = {
  1: "Parameters",
  2: "Authentication",
  3: "Sequence",
  4: "Software Version",
  5: "Next multicast sequence",
  6: "Peer Stub Information",
  7: "Peer Termination",
  8: "Peer Topology ID List",
  258: "Internal Route(IPv4)",
  259: "External Route(IPv4)",
  260: "Ext-Community(IPv4)",
  1026: "Internal Route(IPv6)",
  1027: "External Route(IPv6)",
  1028: "Ext-Community(IPv6)",
  770: "IPX Internal Route(IPX)",
  771: "IPX External Route(IPX)",
  514: "Internal Route(ATALK)",
  515: "External Route(ATALK)",
  516: "Cable Configuration(ATALK)",
  241: "Request(MTR)",
  242: "Internal Route(MTR)",
  243: "External Route(MTR)",
  244: "Ext-Community(MTR)",
  245: "TopologyID List",
  1537: "Request",
  1538: "Internal Route",
  1539: "External Route",
  1540: "Ext-Community",
};

export const AFI: Readonly<Record<number, string>> = {
  1: "IPv4",
  2: "IPv6",
  11: "IPX",
  12: "Appletalk",
  16384: "Service Family",
  16385: "IPv4 Service Family",
  16386: "IPv6 Service Family",
};

export const EXTDATA_PROTO: Readonly<Record<number, string>> = {
  1: "IGRP",
  2: "EIGRP",
  3: "Static Route",
  4: "RIP",
  5: "Hello",
  6: "OSPF",
  7: "IS-IS",
  8: "EGP",
  9: "BGP",
  10: "IDRP",
  11: "Connected Route",
};

export const ATTR_OPCODE: Readonly<Record<number, string>> = {
  0: "NO-OP for padding",
  1: "Scaled Metric",
  2: "Admin Tag",
  3: "Community",
  4: "Jitter",
  5: "Non-Active energy",
  6: "Active energy",
};

export const METRIC_COMM_TYPE: Readonly<Record<number, string>> = {
  34816: "EIGRP_EXTCOMM_EIGRP",
  34822: "EIGRP_EXTCOMM_VRR",
  34817: "EIGRP_EXTCOMM_DAD",
  34818: "EIGRP_EXTCOMM_VRHB",
  34819: "EIGRP_EXTCOMM_SRLM",
  34820: "EIGRP_EXTCOMM_SAR",
  34821: "EIGRP_EXTCOMM_RPM",
  3: "EIGRP_EXTCOMM_SOO",
  259: "EIGRP_EXTCOMM_SOO",
};
