/** Transport parameters of QUIC in TLS's handshake (RFC 9000 section 18), with those of its extensions and vendors. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, type Field, ipv4, ipv6, none, str, u8, u16, u32, u64 } from "../dissect/field.ts";
import { dissectTags } from "./gquic-tags.ts";
import { QUIC_VERSIONS } from "./names/quic.ts";
import { isReserved } from "./quic-crypto.ts";
import { exactVarint, peekVarint, varint, varintLength } from "./varint.ts";

const NAMES: Readonly<Record<number, string>> = {
  0: "original_destination_connection_id",
  1: "max_idle_timeout",
  2: "stateless_reset_token",
  3: "max_udp_payload_size",
  4: "initial_max_data",
  5: "initial_max_stream_data_bidi_local",
  6: "initial_max_stream_data_bidi_remote",
  7: "initial_max_stream_data_uni",
  8: "initial_max_streams_bidi",
  9: "initial_max_streams_uni",
  10: "ack_delay_exponent",
  11: "max_ack_delay",
  12: "disable_active_migration",
  13: "preferred_address",
  14: "active_connection_id_limit",
  15: "initial_source_connection_id",
  16: "retry_source_connection_id",
  17: "version_information",
  32: "max_datagram_frame_size",
  4096: "cibir_encoding",
  4183: "loss_bits",
  10930: "grease_quic_bit",
  12583: "google_initial_rtt",
  12584: "google_connection_options",
  12585: "google_user_agent",
  12586: "google_support_handshake_done",
  12587: "google_key_update_not_yet_supported",
  18257: "google_quic_params",
  18258: "google_quic_version",
  29015: "enable_time_stamp",
  29016: "enable_time_stamp_v2",
  56858: "min_ack_delay",
  65280: "facebook_partial_reliability",
  4278443546: "min_ack_delay",
};

const TIME_STAMPS: Readonly<Record<number, string>> = {
  1: "I would like to receive TIME_STAMP frames",
  2: "I am able to generate TIME_STAMP frames",
  3: "I am able to generate TIME_STAMP frames and I would like to receive them",
};

/** RFC 9000 section 18.1: parameters no one needs to know. */
const isGrease = (type: bigint): boolean => type > 27n && (type - 27n) % 31n === 0n;

const typeName = (type: bigint): string => NAMES[Number(type)] ?? (isGrease(type) ? "GREASE" : "Unknown");
const typeText = (type: bigint): string => `${typeName(type)} (0x${type.toString(16).padStart(2, "0")})`;

/** The fields of the parameters under the names of the protocol, "tls" or "dtls". */
export const parameterFields = (p: string) => ({
  quicLength: u16(`${p}.quic.len`, "Parameters Length"),
  quicParameter: none(`${p}.quic.parameter`, "Parameter"),
  quicType: u64(`${p}.quic.parameter.type`, "Type", {
    base: "CUSTOM",
    text: (type) => typeText(BigInt(type)),
  }),
  quicParameterLength: u64(`${p}.quic.parameter.length`, "Length"),
  quicParameterLengthOld: u16(`${p}.quic.parameter.lengt.old`, "Length"),
  quicValue: bytes(`${p}.quic.parameter.value`, "Value"),
  quicOdcid: bytes(
    `${p}.quic.parameter.original_destination_connection_id`,
    "original_destination_connection_id",
  ),
  quicIdle: u64(`${p}.quic.parameter.max_idle_timeout`, "max_idle_timeout"),
  quicReset: bytes(`${p}.quic.parameter.stateless_reset_token`, "stateless_reset_token"),
  quicUdpSize: u64(`${p}.quic.parameter.max_udp_payload_size`, "max_udp_payload_size"),
  quicMaxData: u64(`${p}.quic.parameter.initial_max_data`, "initial_max_data"),
  quicBidiLocal: u64(
    `${p}.quic.parameter.initial_max_stream_data_bidi_local`,
    "initial_max_stream_data_bidi_local",
  ),
  quicBidiRemote: u64(
    `${p}.quic.parameter.initial_max_stream_data_bidi_remote`,
    "initial_max_stream_data_bidi_remote",
  ),
  quicUni: u64(`${p}.quic.parameter.initial_max_stream_data_uni`, "initial_max_stream_data_uni"),
  quicStreamsBidi: u64(`${p}.quic.parameter.initial_max_streams_bidi`, "initial_max_streams_bidi"),
  quicStreamsUni: u64(`${p}.quic.parameter.initial_max_streams_uni`, "initial_max_streams_uni"),
  quicExponent: u64(`${p}.quic.parameter.ack_delay_exponent`, "ack_delay_exponent"),
  quicAckDelay: u64(`${p}.quic.parameter.max_ack_delay`, "max_ack_delay"),
  quicIpv4: ipv4(`${p}.quic.parameter.preferred_address.ipv4address`, "ipv4Address"),
  quicIpv4Port: u16(`${p}.quic.parameter.preferred_address.ipv4port`, "ipv4Port"),
  quicIpv6: ipv6(`${p}.quic.parameter.preferred_address.ipv6address`, "ipv6Address"),
  quicIpv6Port: u16(`${p}.quic.parameter.preferred_address.ipv6port`, "ipv6Port"),
  quicPreferredLength: u8(`${p}.quic.parameter.preferred_address.connectionid.length`, "Length"),
  quicPreferredId: bytes(`${p}.quic.parameter.preferred_address.connectionid`, "connectionId"),
  quicPreferredReset: bytes(
    `${p}.quic.parameter.preferred_address.statelessresettoken`,
    "statelessResetToken",
  ),
  quicIdLimit: u64(`${p}.quic.parameter.active_connection_id_limit`, "Active Connection ID Limit"),
  quicInitialScid: bytes(`${p}.quic.parameter.initial_source_connection_id`, "Initial Source Connection ID"),
  quicRetryScid: bytes(`${p}.quic.parameter.retry_source_connection_id`, "Retry Source Connection ID"),
  quicDatagram: u64(`${p}.quic.parameter.max_datagram_frame_size`, "max_datagram_frame_size"),
  quicCibirLength: u64(`${p}.quic.parameter.cibir_encoding.length`, "length"),
  quicCibirOffset: u64(`${p}.quic.parameter.cibir_encoding.offset`, "offset"),
  quicLossBits: u64(`${p}.quic.parameter.loss_bits`, "loss_bits"),
  quicTimeStamp: u64(`${p}.quic.parameter.enable_time_stamp_v2`, "Enable TimestampV2", {
    names: TIME_STAMPS,
  }),
  quicMinAckDelay: u64(`${p}.quic.parameter.min_ack_delay`, "min_ack_delay"),
  quicUserAgent: str(`${p}.quic.parameter.google.user_agent`, "Google UserAgent"),
  quicNoKeyUpdate: none(
    `${p}.quic.parameter.google.key_update_not_yet_supported`,
    "Google Key Update not yet supported",
  ),
  quicGoogleVersion: u32(`${p}.quic.parameter.google.quic_version`, "Google QUIC version", {
    base: "HEX",
    names: QUIC_VERSIONS,
  }),
  quicInitialRtt: u64(`${p}.quic.parameter.google.initial_rtt`, "Google Initial RTT"),
  quicHandshakeDone: none(
    `${p}.quic.parameter.google.support_handshake_done`,
    "Google Support Handshake Done",
  ),
  quicGoogle: bytes(`${p}.quic.parameter.google.quic_params`, "Google QUIC parameters"),
  quicGoogleUnknown: bytes(`${p}.quic.parameter.google.quic_params_unknown_field`, "Google Unknown Field"),
  quicConnectionOptions: bytes(`${p}.quic.parameter.google.connection_options`, "Google Connection options"),
  quicGoogleVersionsLength: u8(
    `${p}.quic.parameter.google.supported_versions_length`,
    "Google Supported Versions Length",
  ),
  quicGoogleSupported: u32(`${p}.quic.parameter.google.supported_version`, "Google Supported Version", {
    base: "HEX",
    names: QUIC_VERSIONS,
  }),
  quicReliability: u64(`${p}.quic.parameter.facebook.partial_reliability`, "Facebook Partial Reliability"),
  quicChosen: u32(`${p}.quic.parameter.vi.chosen_version`, "Chosen Version", {
    base: "HEX",
    names: QUIC_VERSIONS,
  }),
  quicOther: u32(`${p}.quic.parameter.vi.other_version`, "Other Version", {
    base: "HEX",
    names: QUIC_VERSIONS,
  }),
});
export type ParameterFields = ReturnType<typeof parameterFields>;

/**
 * The parameters from the cursor to the layer's end.
 * @param draft true for the extension that drafts used, whose first ones had types and lengths of 16 bits
 * @param within type of the handshake message they stand in
 */
export function dissectParameters(d: Dissection, f: ParameterFields, draft: boolean, within: number): void {
  const old = draft && d.remaining >= 2 && d.peek16() === d.remaining - 2;
  if (old) d.u16(f.quicLength);
  while (d.remaining > 0) {
    const start = d.pos;
    const typeLength = old ? 2 : varintLength(d);
    const type = old ? d.peek16() : peekVarint(d);
    const size = old ? d.peek16(2) : peekVarint(d, typeLength);
    const sizeLength = old ? 2 : varintLength(d, typeLength);
    d.openText(start, typeLength + sizeLength + size, "");
    if (d.labels) {
      const exact = old ? BigInt(type) : exactVarint(d, start);
      const name = typeName(exact);
      const shown = name === "Unknown" ? `${name} 0x${exact.toString(16).padStart(4, "0")}` : name;
      d.relabelParent(`Parameter: ${shown} (len=${size})`);
    }
    if (old) {
      d.add(f.quicType, start, 2, BigInt(type));
      d.pos += 2;
      d.u16(f.quicParameterLengthOld);
    } else {
      varint(d, f.quicType);
      if (d.labels) d.relabel(`Type: ${typeText(exactVarint(d, start))}`);
      varint(d, f.quicParameterLength);
    }
    d.need(size);
    d.add(f.quicValue, d.pos, size, d.buf.subarray(d.pos, d.pos + size));
    const { end, wireEnd } = d;
    const next = d.pos + size;
    d.end = next;
    d.wireEnd = next;
    parameter(d, f, type, within);
    d.end = end;
    d.wireEnd = wireEnd;
    d.pos = next;
    d.close();
  }
}

/** A number, repeated on the parameter's line. */
function shown(d: Dissection, field: Field, unit = ""): void {
  const value = varint(d, field);
  if (d.labels) d.appendParent(` ${value}${unit}`);
}

function parameter(d: Dissection, f: ParameterFields, type: number, within: number): void {
  switch (type) {
    case 0:
      d.bytes(f.quicOdcid, d.remaining);
      break;
    case 1:
      shown(d, f.quicIdle, " ms");
      break;
    case 2:
      d.bytes(f.quicReset, 16);
      break;
    case 3:
      shown(d, f.quicUdpSize);
      break;
    case 4:
      shown(d, f.quicMaxData);
      break;
    case 5:
      shown(d, f.quicBidiLocal);
      break;
    case 6:
      shown(d, f.quicBidiRemote);
      break;
    case 7:
      shown(d, f.quicUni);
      break;
    case 8:
      shown(d, f.quicStreamsBidi);
      break;
    case 9:
      shown(d, f.quicStreamsUni);
      break;
    case 10:
      varint(d, f.quicExponent);
      break;
    case 11:
      shown(d, f.quicAckDelay);
      break;
    case 13:
      preferredAddress(d, f);
      break;
    case 14:
      shown(d, f.quicIdLimit);
      break;
    case 15:
      d.bytes(f.quicInitialScid, d.remaining);
      break;
    case 16:
      d.bytes(f.quicRetryScid, d.remaining);
      break;
    case 17:
      version(d, f.quicChosen);
      while (d.remaining > 0) version(d, f.quicOther);
      break;
    case 32:
      shown(d, f.quicDatagram);
      break;
    case 4096: {
      const length = varint(d, f.quicCibirLength);
      const offset = varint(d, f.quicCibirOffset);
      if (d.labels) d.appendParent(` Length: ${length}, Offset: ${offset}`);
      break;
    }
    case 4183:
      varint(d, f.quicLossBits);
      break;
    case 29016:
      varint(d, f.quicTimeStamp);
      break;
    case 56858:
    case 4278443546:
      shown(d, f.quicMinAckDelay);
      break;
    case 65280:
      varint(d, f.quicReliability);
      break;
    default:
      googleParameter(d, f, type, within);
  }
}

function googleParameter(d: Dissection, f: ParameterFields, type: number, within: number): void {
  switch (type) {
    case 12583:
      shown(d, f.quicInitialRtt, " us");
      break;
    case 12584:
      d.bytes(f.quicConnectionOptions, d.remaining);
      break;
    case 12585:
      d.str(f.quicUserAgent, d.remaining, "ascii");
      break;
    case 12586:
      d.add(f.quicHandshakeDone, d.pos, d.remaining, null);
      break;
    case 12587:
      d.add(f.quicNoKeyUpdate, d.pos, d.remaining, null);
      break;
    case 18257:
      d.add(f.quicGoogle, d.pos, d.remaining, d.buf.subarray(d.pos, d.end));
      d.bytes(f.quicGoogleUnknown, 4);
      dissectTags(d);
      break;
    case 18258:
      version(d, f.quicGoogleVersion);
      // A server lists what it speaks.
      if (within === 8) {
        d.u8(f.quicGoogleVersionsLength);
        while (d.remaining > 0) version(d, f.quicGoogleSupported);
      }
      break;
  }
}

function version(d: Dissection, field: Field): void {
  const value = d.u32(field);
  if (d.labels && isReserved(value)) d.append(" (GREASE)");
}

/** RFC 9000 section 18.2. */
function preferredAddress(d: Dissection, f: ParameterFields): void {
  d.ipv4(f.quicIpv4);
  d.u16(f.quicIpv4Port);
  d.ipv6(f.quicIpv6);
  d.u16(f.quicIpv6Port);
  const length = d.u8(f.quicPreferredLength);
  if (length > 0) d.bytes(f.quicPreferredId, length);
  d.bytes(f.quicPreferredReset, 16);
}
