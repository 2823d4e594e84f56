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
