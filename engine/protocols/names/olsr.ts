/** Names of OLSR: messages, types of links. */
export const MESSAGE_TYPE: Readonly<Record<number, string>> = {
  1: "HELLO",
  2: "TC",
  3: "MID",
  4: "HNA",
  201: "HELLO (LQ, olsr.org)",
  202: "TC (LQ, olsr.org)",
  130: "Nameservice (olsr.org)",
  241: "TC (LQ, nrlolsr)",
};

export const LINK_TYPE: Readonly<Record<number, string>> = {
  0: "Unspecified Link",
  1: "Asymmetric Link",
  3: "Lost Link",
  5: "Pending Link",
  6: "Symmetric Link",
  10: "MPR Link",
};
