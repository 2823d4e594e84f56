/** Names of the values of Open Shortest Path First. */
import { RangeNames, type ValueNames } from "../../dissect/field.ts";

export const INSTANCE_ID: ValueNames = new RangeNames([
  [0, 31, "IPv6 unicast AF"],
  [32, 63, "IPv6 multicast AF"],
  [64, 95, "IPv4 unicast AF"],
  [96, 127, "IPv4 multicast AF"],
  [128, 255, "Reserved"],
]);

export const LSA: Readonly<Record<number, string>> = {
  1: "Router-LSA",
  2: "Network-LSA",
  3: "Summary-LSA (IP network)",
  4: "Summary-LSA (ASBR)",
  5: "AS-External-LSA (ASBR)",
  6: "Group Membership LSA",
  7: "NSSA AS-External-LSA",
  8: "External Attributes LSA",
  9: "Opaque LSA, Link-local scope",
  10: "Opaque LSA, Area-local scope",
  11: "Opaque LSA, AS-local scope",
};

export const LSID_OPAQUE_TYPE: Readonly<Record<number, string>> = {
  1: "Traffic Engineering LSA",
  2: "Sycamore Optical Topology Descriptions",
  3: "grace-LSA",
  4: "Router Information (RI)",
  5: "L1VPN LSA",
  6: "Inter-AS-TE-v2 LSA",
  7: "OSPFv2 Extended Prefix Opaque LSA",
  8: "OSPFv2 Extended Link Opaque LSA",
  9: "TTZ LSA",
};

export const V3_LSA_FC: Readonly<Record<number, string>> = {
  1: "Router-LSA",
  2: "Network-LSA",
  3: "Inter-Area-Prefix-LSA",
  4: "Inter-Area-Router-LSA",
  5: "AS-External-LSA",
  6: "Group-Membership-LSA",
  7: "NSSA-LSA",
  8: "Link-LSA",
  9: "Intra-Area-Prefix-LSA",
  12: "Router Information Opaque-LSA",
};
