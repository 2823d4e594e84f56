/** Names of the values of Session Traversal Utilities for NAT. */

export const ATT_GOOGLE_NETWORK_COST: Readonly<Record<number, string>> = {
  0: "Min",
  10: "Low",
  50: "Unknown",
  250: "Cellular5G",
  500: "Cellular4G",
  900: "Cellular",
  910: "Cellular3G",
  980: "Cellular2G",
  999: "Max",
};
