/** Names of the OSI network layer: protocol identifiers and reasons for a discard. */

export const NLPIDS: Readonly<Record<number, string>> = {
  0: "NULL",
  1: "X.29",
  3: "X.633",
  8: "Q.931",
  9: "Q.2931",
  12: "Q.2119",
  128: "SNAP",
  129: "CLNP",
  130: "ESIS",
  131: "ISIS",
  133: "IDRP",
  143: "Avaya SPBM Fabric IPVPN",
  138: "ESIS (X.25)",
  140: "ISO 10030",
  141: "ISO 11577",
  176: "Data compression protocol",
  204: "IP",
  192: "TRILL",
  193: "SubNetwork Dependent Convergence Function",
  142: "IPv6",
  207: "PPP",
};

export const OPTIONS_RTD_GENERAL: Readonly<Record<number, string>> = {
  0: "Reason not specified",
  1: "Protocol procedure error",
  2: "Incorrect checksum",
  3: "PDU discarded due to congestion",
  4: "Header syntax error ( cannot be parsed )",
  5: "Segmentation needed but not permitted",
  6: "Incomplete PDU received",
  7: "Duplicate option",
};

export const OPTIONS_RTD_PDU_DISCARDED: Readonly<Record<number, string>> = {
  0: "Unsupported option not specified",
  1: "Unsupported protocol version",
  2: "Unsupported security option",
  3: "Unsupported source routing option",
  4: "Unsupported recording of route option",
};
