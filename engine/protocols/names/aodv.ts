/** Names of AODV's messages. */
export const TYPE: Readonly<Record<number, string>> = {
  1: "Route Request",
  2: "Route Reply",
  3: "Route Error",
  4: "Route Reply Acknowledgment",
  16: "draft-perkins-manet-aodv6-01 IPv6 Route Request",
  17: "draft-perkins-manet-aodv6-01 IPv6 Route Reply",
  18: "draft-perkins-manet-aodv6-01 IPv6 Route Error",
  19: "draft-perkins-manet-aodv6-01 IPv6 Route Reply Acknowledgment",
};
