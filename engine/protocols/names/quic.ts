/** Values of QUIC, as the IANA registries "QUIC" and the drafts of its extensions name them. */
import { RangeNames } from "../../dissect/field.ts";

export const PACKET_TYPES: Readonly<Record<number, string>> = {
  0: "Initial",
  1: "0-RTT",
  2: "Handshake",
  3: "Retry",
};
/** Version 2 numbers them otherwise (RFC 9369 section 3.2). */
export const PACKET_TYPES_2: Readonly<Record<number, string>> = {
  0: "Retry",
  1: "Initial",
  2: "0-RTT",
  3: "Handshake",
};

const FIRST_DRAFT = 0xff00_0004;
const LAST_DRAFT = 0xff00_0022;

function drafts(): [number, number, string][] {
  const list: [number, number, string][] = [];
  for (let version = FIRST_DRAFT; version <= LAST_DRAFT; version++) {
    list.push([version, version, `draft-${String(version & 0xff).padStart(2, "0")}`]);
  }
  return list;
}

export const QUIC_VERSIONS = new RangeNames([
  [0, 0, "Version Negotiation"],
  [1, 1, "1"],
  [0x45474700, 0x454747ff, "Quant"],
  [0x50435130, 0x50435131, "Picoquic internal"],
  [0x50524f58, 0x50524f58, "Proxied QUIC (PROX)"],
  [0x51303433, 0x51303433, "Google Q043"],
  [0x51303434, 0x51303434, "Google Q044"],
  [0x51303436, 0x51303436, "Google Q046"],
  [0x51303530, 0x51303530, "Google Q050"],
  [0x51474f00, 0x51474fff, "QGO (QUIC GO)"],
  [0x54303530, 0x54303530, "Google T050"],
  [0x54303531, 0x54303531, "Google T051"],
  [0x91c17000, 0x91c170ff, "Quicly"],
  [0xabcd0000, 0xabcd000f, "MsQuic"],
  [0xf0f0f0f0, 0xf0f0f0ff, "ETH Zürich (Measurability experiments)"],
  [0xf0f0f1f0, 0xf0f0f1ff, "Telecom Italia (Measurability experiments)"],
  [0xf123f0c0, 0xf123f0cf, "MozQuic"],
  [0xfaceb001, 0xfaceb001, "Facebook mvfst (draft-22)"],
  [0xfaceb002, 0xfaceb002, "Facebook mvfst (draft-27)"],
  [0xfaceb003, 0xfaceb00d, "Facebook mvfst"],
  [0xfaceb00e, 0xfaceb00e, "Facebook mvfst (Experimental)"],
  [0xfaceb00f, 0xfaceb00f, "Facebook mvfst"],
  ...drafts(),
  [0xff020000, 0xff020000, "v2-draft-00"],
  [0x709a50c4, 0x709a50c4, "v2-draft-01"],
  [0x6b3343cf, 0x6b3343cf, "2"],
]);

export const FRAME_TYPES = new RangeNames([
  [0x00, 0x00, "PADDING"],
  [0x01, 0x01, "PING"],
  [0x02, 0x03, "ACK"],
  [0x04, 0x04, "RESET_STREAM"],
  [0x05, 0x05, "STOP_SENDING"],
  [0x06, 0x06, "CRYPTO"],
  [0x07, 0x07, "NEW_TOKEN"],
  [0x08, 0x0f, "STREAM"],
  [0x10, 0x10, "MAX_DATA"],
  [0x11, 0x11, "MAX_STREAM_DATA"],
  [0x12, 0x12, "MAX_STREAMS (BIDI)"],
  [0x13, 0x13, "MAX_STREAMS (UNI)"],
  [0x14, 0x14, "DATA_BLOCKED"],
  [0x15, 0x15, "STREAM_DATA_BLOCKED"],
  [0x16, 0x16, "STREAMS_BLOCKED (BIDI)"],
  [0x17, 0x17, "STREAMS_BLOCKED (UNI)"],
  [0x18, 0x18, "NEW_CONNECTION_ID"],
  [0x19, 0x19, "RETIRE_CONNECTION_ID"],
  [0x1a, 0x1a, "PATH_CHALLENGE"],
  [0x1b, 0x1b, "PATH_RESPONSE"],
  [0x1c, 0x1c, "CONNECTION_CLOSE (Transport)"],
  [0x1d, 0x1d, "CONNECTION_CLOSE (Application)"],
  [0x1e, 0x1e, "HANDSHAKE_DONE"],
  [0x30, 0x31, "DATAGRAM"],
  [0x40, 0x40, "MP_NEW_CONNECTION_ID"],
  [0x41, 0x41, "MP_RETIRE_CONNECTION_ID"],
  [0x42, 0x43, "MP_ACK"],
  [0x44, 0x44, "ADD_ADDRESS"],
  [0x45, 0x45, "REMOVE_ADDRESS"],
  [0x46, 0x46, "UNIFLOWS"],
  [0xac, 0xac, "IMMEDIATE_ACK"],
  [0xaf, 0xaf, "ACK_FREQUENCY"],
  [0x2f5, 0x2f5, "TIME_STAMP"],
]);

export const TRANSPORT_ERRORS = new RangeNames([
  [0, 0, "NO_ERROR"],
  [1, 1, "INTERNAL_ERROR"],
  [2, 2, "CONNECTION_REFUSED"],
  [3, 3, "FLOW_CONTROL_ERROR"],
  [4, 4, "STREAM_ID_ERROR"],
  [5, 5, "STREAM_STATE_ERROR"],
  [6, 6, "FINAL_SIZE_ERROR"],
  [7, 7, "FRAME_ENCODING_ERROR"],
  [8, 8, "TRANSPORT_PARAMETER_ERROR"],
  [9, 9, "CONNECTION_ID_LIMIT_ERROR"],
  [10, 10, "PROTOCOL_VIOLATION"],
  [11, 11, "INVALID_TOKEN"],
  [12, 12, "APPLICATION_ERROR"],
  [13, 13, "CRYPTO_BUFFER_EXCEEDED"],
  [14, 14, "KEY_UPDATE_ERROR"],
  [15, 15, "AEAD_LIMIT_REACHED"],
  [16, 16, "NO_VIABLE_PATH"],
  [17, 17, "VERSION_NEGOTIATION_ERROR"],
  [256, 511, "CRYPTO_ERROR"],
]);
