/** Names of NHRP: packet types, codes. */
export const HDR_OP_TYPE: Readonly<Record<number, string>> = {
  1: "NHRP Resolution Request",
  2: "NHRP Resolution Reply",
  3: "NHRP Registration Request",
  4: "NHRP Registration Reply",
  5: "NHRP Purge Request",
  6: "NHRP Purge Reply",
  7: "NHRP Error Indication",
  8: "NHRP Traffic Indication",
};

export const CODE: Readonly<Record<number, string>> = {
  0: "Success",
  4: "Administratively Prohibited",
  5: "Insufficient Resources",
  12: "No Interworking Layer Address to NBMA Address Binding Exists",
  13: "Binding Exists But Is Not Unique",
  14: "Unique Internetworking Layer Address Already Registered",
};

export const ERR_CODE: Readonly<Record<number, string>> = {
  1: "Unrecognized Extension",
  3: "NHRP Loop Detected",
  6: "Protocol Address Unreachable",
  7: "Protocol Error",
  8: "NHRP SDU Size Exceeded",
  9: "Invalid Extension",
  10: "Invalid NHRP Resolution Reply Received",
  11: "Authentication Failure",
  15: "Hop Count Exceeded",
  16: "VPN Mismatch",
  17: "VPN Unsupported",
};
