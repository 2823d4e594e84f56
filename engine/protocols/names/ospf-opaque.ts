/** Names of the values of opaque LSAs of OSPF. */

import { RangeNames } from "../../dissect/field.ts";

export const MPLS_BC_MODEL_ID = new RangeNames([
  [0, 0, "(Russian Dolls Model - RDM)"],
  [1, 1, "(Maximum Allocation Model - MAM)"],
  [2, 2, "(Maximum Allocation with Reservation Model - MAR)"],
  [3, 239, "(Unassigned, Specification Required)"],
  [240, 255, "(Reserved, Private Use)"],
]);

export const TLV_TYPE_OPAQUE: Readonly<Record<number, string>> = {
  1: "Router Informational Capabilities",
  2: "Router Functional Capabilities",
  3: "TE-MESH-GROUP TLV (IPv4)",
  4: "TE-MESH-GROUP TLV (IPv6)",
  5: "TE Node Capability Descriptor",
  6: "PCED",
  7: "OSPF Dynamic Hostname",
  8: "SR-Algorithm ",
  9: "SID/Label Range",
  10: "Node Admin Tag ",
  11: "S-BFD Discriminator",
  12: "Node MSD",
  14: "SR Local Block",
  15: "SRMS Preference",
  16: "Flexible Algorithm Definition",
};

export const TLV_IGP_MSD_TYPE: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Base MPLS Imposition",
  41: "Maximum Segments Left",
  42: "Maximum End Pop",
  43: "Maximum T.Insert",
  44: "Maximum T.Encaps",
  45: "Maximum End D",
};

export const TLV_EXTLINK_SUBTLV_TYPE: Readonly<Record<number, string>> = {
  1: "SID/Label",
  2: "Adj-SID",
  3: "LAN Adj-SID",
  6: "Link MSD",
  7: "Graceful Link Shutdown",
  8: "Remote IPv4 Address",
  9: "Local/Remote Interface ID",
  10: "Application-Specific Link Attributes",
  12: "Unidirectional Link Delay",
  13: "Min/Max Unidirectional Link Delay",
  14: "Unidirectional Delay Variation",
  19: "Administrative Group",
  20: "Extended Administrative Group",
  22: "TE Metric",
};

export const MPLS_SWITCHING_TYPE = new RangeNames([
  [1, 1, "Packet-Switch Capable-1 (PSC-1)"],
  [2, 2, "Packet-Switch Capable-2 (PSC-2)"],
  [3, 3, "Packet-Switch Capable-3 (PSC-3)"],
  [4, 4, "Packet-Switch Capable-4 (PSC-4)"],
  [5, 29, "Unassigned"],
  [30, 30, "Ethernet Virtual Private Line (EVPL)"],
  [31, 39, "Unassigned"],
  [40, 40, "802.1 PBB-TE"],
  [41, 50, "Unassigned"],
  [51, 51, "Layer-2 Switch Capable (L2SC)"],
  [52, 99, "Unassigned"],
  [100, 100, "Time-Division-Multiplex Capable (TDM)"],
  [101, 124, "Unassigned"],
  [125, 125, "Data Channel Switching Capable (DCSC)"],
  [126, 149, "Unassigned"],
  [150, 150, "Lambda-Switch Capable (LSC)"],
  [151, 151, "WSON-LSC"],
  [152, 152, "Flexi-Grid-LSC"],
  [153, 169, "Unassigned"],
  [200, 200, "Fiber-Switch Capable (FSC)"],
  [201, 255, "Unassigned"],
]);

export const MPLS_ENCODING = new RangeNames([
  [1, 1, "Packet"],
  [2, 2, "Ethernet"],
  [3, 3, "ANSI/ETSI PDH"],
  [4, 4, "Reserved"],
  [5, 5, "SDH ITU-T G.707 / SONET ANSI T1.105"],
  [6, 6, "Reserved"],
  [7, 7, "Digital Wrapper"],
  [8, 8, "Lambda (photonic)"],
  [9, 9, "Fiber"],
  [10, 10, "Reserved"],
  [11, 11, "FiberChannel"],
  [12, 12, "G.709 ODUk (Digital Path)"],
  [13, 13, "G.709 Optical Channel"],
  [14, 14, "Ethernet Line (EPL Type 2)"],
  [15, 239, "Unassigned"],
  [240, 255, "Experimental Usage/temporarily"],
]);

export const MPLS_PROTECTION_CAPABILITY: Readonly<Record<number, string>> = {
  1: "Extra Traffic",
  2: "Unprotected",
  4: "Shared",
  8: "Dedicated 1:1",
  16: "Dedicated 1+1",
  32: "Enhanced",
  64: "Reserved",
  128: "Reserved",
};
