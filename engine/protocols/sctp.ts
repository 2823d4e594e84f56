/** Stream Control Transmission Protocol, RFC 9260: common header and chunks. */
import { CONVERSATION_SCTP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ipv4, ipv6, nameOf, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { checksumStatusText } from "./checksum.ts";
import { data } from "./data.ts";
import { CHUNK_TYPE, DATA_PAYLOAD_PROTO_ID, PARAMETER_TYPE } from "./names/sctp.ts";

const f = {
  srcport: u16("sctp.srcport", "Source port"),
  dstport: u16("sctp.dstport", "Destination port"),
  port: u16("sctp.port", "Port"),
  verificationTag: u32("sctp.verification_tag", "Verification tag", { base: "HEX" }),
  checksum: u32("sctp.checksum", "Checksum", { base: "HEX" }),
  chunkType: u8("sctp.chunk_type", "Chunk type", { names: CHUNK_TYPE }),
  chunkFlags: u8("sctp.chunk_flags", "Chunk flags", { base: "HEX" }),
  chunkBit1: bool("sctp.chunk_bit_1", "Bit", {
    mask: 0x80,
    tf: ["Skip chunk and continue processing of the packet", "Stop processing of the packet"],
  }),
  chunkBit2: bool("sctp.chunk_bit_2", "Bit", { mask: 0x40, tf: ["Do report", "Do not report"] }),
  chunkLength: u16("sctp.chunk_length", "Chunk length"),
  chunkPadding: bytes("sctp.chunk_padding", "Chunk padding"),
  chunkValue: bytes("sctp.chunk_value", "Chunk value"),
  cookie: bytes("sctp.cookie", "Cookie"),
  initInitiateTag: u32("sctp.init_initiate_tag", "Initiate tag", { base: "HEX" }),
  initCredit: u32("sctp.init_credit", "Advertised receiver window credit (a_rwnd)"),
  initNrOutStreams: u16("sctp.init_nr_out_streams", "Number of outbound streams"),
  initNrInStreams: u16("sctp.init_nr_in_streams", "Number of inbound streams"),
  initInitialTsn: u32("sctp.init_initial_tsn", "Initial TSN"),
  initackInitiateTag: u32("sctp.initack_initiate_tag", "Initiate tag", { base: "HEX" }),
  initackCredit: u32("sctp.initack_credit", "Advertised receiver window credit (a_rwnd)"),
  initackNrOutStreams: u16("sctp.initack_nr_out_streams", "Number of outbound streams"),
  initackNrInStreams: u16("sctp.initack_nr_in_streams", "Number of inbound streams"),
  initackInitialTsn: u32("sctp.initack_initial_tsn", "Initial TSN"),
  dataTsn: u32("sctp.data_tsn", "Transmission sequence number (relative)"),
  dataTsnRaw: u32("sctp.data_tsn_raw", "Transmission sequence number (absolute)"),
  dataSid: u16("sctp.data_sid", "Stream identifier", { base: "HEX" }),
  dataSsn: u16("sctp.data_ssn", "Stream sequence number"),
  dataPayloadProtoId: u32("sctp.data_payload_proto_id", "Payload protocol identifier", {
    names: DATA_PAYLOAD_PROTO_ID,
  }),
  dataEBit: bool("sctp.data_e_bit", "E-Bit", { mask: 0x1, tf: ["Last segment", "Not the last segment"] }),
  dataBBit: bool("sctp.data_b_bit", "B-Bit", { mask: 0x2, tf: ["First segment", "Subsequent segment"] }),
  dataUBit: bool("sctp.data_u_bit", "U-Bit", { mask: 0x4, tf: ["Unordered delivery", "Ordered delivery"] }),
  dataIBit: bool("sctp.data_i_bit", "I-Bit", {
    mask: 0x8,
    tf: ["Send SACK immediately", "Possibly delay SACK"],
  }),
  sackNounceSum: u8("sctp.sack_nounce_sum", "Nounce sum", { mask: 0x1 }),
  sackCumulativeTsnAck: u32("sctp.sack_cumulative_tsn_ack", "Cumulative TSN ACK (relative)"),
  sackCumulativeTsnAckRaw: u32("sctp.sack_cumulative_tsn_ack_raw", "Cumulative TSN ACK (absolute)"),
  sackARwnd: u32("sctp.sack_a_rwnd", "Advertised receiver window credit (a_rwnd)"),
  sackNumberOfGapBlocks: u16("sctp.sack_number_of_gap_blocks", "Number of gap acknowledgement blocks"),
  sackNumberOfDuplicatedTsns: u16("sctp.sack_number_of_duplicated_tsns", "Number of duplicated TSNs"),
  sackGapBlockStart: u16("sctp.sack_gap_block_start", "Start"),
  sackGapBlockEnd: u16("sctp.sack_gap_block_end", "End"),
  sackDuplicateTsn: u32("sctp.sack_duplicate_tsn", "Duplicate TSN"),
  shutdownCumulativeTsnAck: u32("sctp.shutdown_cumulative_tsn_ack", "Cumulative TSN Ack"),
  parameterType: u16("sctp.parameter_type", "Parameter type", { base: "HEX", names: PARAMETER_TYPE }),
  parameterLength: u16("sctp.parameter_length", "Parameter length"),
  parameterValue: bytes("sctp.parameter_value", "Parameter value"),
  parameterBit1: bool("sctp.parameter_bit_1", "Bit", {
    mask: 0x8000,
    bits: 16,
    tf: ["Skip parameter and continue processing of the chunk", "Stop processing of chunk"],
  }),
  parameterBit2: bool("sctp.parameter_bit_2", "Bit", {
    mask: 0x4000,
    bits: 16,
    tf: ["Do report", "Do not report"],
  }),
  parameterIpv4Address: ipv4("sctp.parameter_ipv4_address", "IP Version 4 address"),
  parameterIpv6Address: ipv6("sctp.parameter_ipv6_address", "IP Version 6 address"),
  parameterHeartbeatInformation: bytes("sctp.parameter_heartbeat_information", "Heartbeat information"),
  parameterStateCookie: bytes("sctp.parameter_state_cookie", "State cookie"),
  parameterSupportedAddressType: u16("sctp.parameter_supported_address_type", "Supported address type", {
    names: { 5: "IPv4 address", 6: "IPv6 address", 11: "Hostname address" },
  }),
  assocIndex: u16("sctp.assoc_index", "Association index"),
  checksumStatus: u8("sctp.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
};

export const sctp = protocol({
  name: "sctp",
  title: "Stream Control Transmission Protocol",
  short: "SCTP",
  fields: f,
  on: [[ipProtocols, 132]],
  dissect,
});

const UNVERIFIED = 2;

/** The first TSN of each direction; -1 before it is known. */
class SctpState {
  readonly first: [number, number] = [-1, -1];
}
const makeState = (): SctpState => new SctpState();

function dissect(d: Dissection): void {
  const start = d.pos;
  const srcPort = d.u16(f.srcport);
  if (d.labels) d.relabel(`Source port: ${srcPort}`);
  const dstPort = d.u16(f.dstport);
  if (d.labels) {
    d.relabel(`Destination port: ${dstPort}`);
    d.relabelLayer(`${sctp.title}, Src Port: ${srcPort} (${srcPort}), Dst Port: ${dstPort} (${dstPort})`);
  }
  if (d.columns) d.setInfo("");
  d.srcPort = srcPort;
  d.dstPort = dstPort;
  d.u32(f.verificationTag);
  d.hidden(f.port, start, 2, srcPort);
  d.hidden(f.port, start + 2, 2, dstPort);
  d.generated(f.assocIndex, start, 0, 0xffff);
  if (d.labels) d.relabel("Association index: disabled (enable in preferences)");
  const checksum = d.u32(f.checksum);
  if (d.labels) d.relabel(`Checksum: 0x${checksum.toString(16).padStart(8, "0")} [unverified]`);
  d.generated(f.checksumStatus, d.pos - 4, 0, UNVERIFIED);
  const state = d.quoted ? null : d.converse(CONVERSATION_SCTP, srcPort, dstPort).state(sctp, makeState);
  while (d.remaining >= 4) dissectChunk(d, state);
}

const CHUNK_BITS = [f.chunkBit1, f.chunkBit2];
const DATA = 0;
const INIT = 1;
const INIT_ACK = 2;
const SACK = 3;
const HEARTBEAT = 4;
const HEARTBEAT_ACK = 5;
const SHUTDOWN = 7;
const COOKIE_ECHO = 10;

function dissectChunk(d: Dissection, state: SctpState | null): void {
  const start = d.pos;
  const type = d.peek8();
  const flags = d.peek8(1);
  const length = d.peek16(2);
  if (length < 4) d.malformed();
  const name = nameOf(f.chunkType.names, type) ?? "RESERVED";
  const { end, wireEnd } = d;
  if (d.labels) d.openText(start, length, `${name} chunk`);
  d.bitset(f.chunkType, 1, CHUNK_BITS);
  d.limit(length - 1);
  let payload = -1;
  if (type === DATA) payload = addData(d, state, flags, length);
  else {
    if (type === SACK) d.bitset(f.chunkFlags, 1, SACK_BITS);
    else d.u8(f.chunkFlags);
    d.u16(f.chunkLength);
    const text = addBody(d, state, type, length);
    if (d.columns) d.addInfo(`${name}${text} `);
  }
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = start;
  d.skip(length);
  const padding = Math.min((4 - (length % 4)) % 4, d.remaining);
  if (padding > 0) d.bytes(f.chunkPadding, padding);
  if (d.labels) d.close();
  if (payload < 0) return;
  const behind = d.pos;
  d.pos = payload;
  d.limit(start + length - payload);
  d.call(data);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = behind;
}

const DATA_BITS = [f.dataIBit, f.dataUBit, f.dataBBit, f.dataEBit];
const SACK_BITS = [f.sackNounceSum];
const SEGMENTS = ["middle segment", "last segment", "first segment", "complete segment"];
const DATA_HEADER = 16;

/** RFC 9260 section 3.3.1. Returns where the user data begins when it is handed on: pieces of a message are not. */
function addData(d: Dissection, state: SctpState | null, flags: number, length: number): number {
  d.bitset(f.chunkFlags, 1, DATA_BITS);
  d.u16(f.chunkLength);
  const raw = d.peek32();
  const tsn = relative(d, state, raw, d.direction, true);
  d.add(f.dataTsn, d.pos, 4, tsn);
  d.u32(f.dataTsnRaw);
  const stream = d.u16(f.dataSid);
  const sequence = d.u16(f.dataSsn);
  const kind = d.u32(f.dataPayloadProtoId);
  const size = length - DATA_HEADER;
  if (d.columns) d.addInfo(`DATA (TSN=${tsn}) `);
  if (d.labels) {
    const order = flags & 4 ? "unordered" : "ordered";
    d.appendParent(
      `(${order}, ${SEGMENTS[flags & 3]}, TSN: ${tsn}, SID: ${stream}, SSN: ${sequence}, PPID: ${kind}, payload length: ${size} byte${size === 1 ? "" : "s"})`,
    );
    d.relabelParent("DATA chunk ");
  }
  return (flags & 3) === 3 && size > 0 ? d.pos : -1;
}

/** Against the first TSN of its direction; `learn` where the TSN is one that was sent. */
function relative(
  d: Dissection,
  state: SctpState | null,
  raw: number,
  direction: 0 | 1,
  learn: boolean,
): number {
  if (state === null) return raw;
  if (learn && d.first && state.first[direction] === -1) state.first[direction] = raw;
  const first = state.first[direction];
  return first === -1 ? raw : (raw - first) >>> 0;
}

/** Returns what the columns say behind the chunk's name. */
function addBody(d: Dissection, state: SctpState | null, type: number, length: number): string {
  switch (type) {
    case INIT: {
      d.u32(f.initInitiateTag);
      d.u32(f.initCredit);
      const out = d.u16(f.initNrOutStreams);
      const into = d.u16(f.initNrInStreams);
      d.u32(f.initInitialTsn);
      if (d.labels) d.appendParent(` (Outbound streams: ${out}, inbound streams: ${into})`);
      addParameters(d);
      return "";
    }
    case INIT_ACK: {
      d.u32(f.initackInitiateTag);
      d.u32(f.initackCredit);
      const out = d.u16(f.initackNrOutStreams);
      const into = d.u16(f.initackNrInStreams);
      d.u32(f.initackInitialTsn);
      if (d.labels) d.appendParent(` (Outbound streams: ${out}, inbound streams: ${into})`);
      addParameters(d);
      return "";
    }
    case SACK:
      return addSack(d, state);
    case HEARTBEAT:
    case HEARTBEAT_ACK:
      if (d.labels) d.appendParent(` (Information: ${length - 4} byte${length === 5 ? "" : "s"})`);
      addParameters(d);
      return "";
    case SHUTDOWN:
      d.u32(f.shutdownCumulativeTsnAck);
      return "";
    case COOKIE_ECHO:
      if (d.labels) d.appendParent(` (Cookie length: ${length - 4} bytes)`);
      d.bytes(f.cookie, d.remaining);
      return "";
    default:
      if (d.remaining > 0) d.bytes(f.chunkValue, d.remaining);
      return "";
  }
}

function addSack(d: Dissection, state: SctpState | null): string {
  const raw = d.peek32();
  const ack = relative(d, state, raw, d.direction === 0 ? 1 : 0, false);
  d.add(f.sackCumulativeTsnAck, d.pos, 4, ack);
  d.u32(f.sackCumulativeTsnAckRaw);
  const credit = d.u32(f.sackARwnd);
  const gaps = d.u16(f.sackNumberOfGapBlocks);
  const duplicates = d.u16(f.sackNumberOfDuplicatedTsns);
  if (d.labels) {
    d.appendParent(
      ` (Cumulative TSN: ${raw}, a_rwnd: ${credit}, gaps: ${gaps}, duplicate TSNs: ${duplicates})`,
    );
  }
  for (let i = 0; i < gaps; i++) {
    d.u16(f.sackGapBlockStart);
    d.u16(f.sackGapBlockEnd);
  }
  for (let i = 0; i < duplicates; i++) d.u32(f.sackDuplicateTsn);
  return ` (Ack=${ack}, Arwnd=${credit})`;
}

const PARAMETER_BITS = [f.parameterBit1, f.parameterBit2];
const HEARTBEAT_INFO = 1;
const STATE_COOKIE = 7;

function addParameters(d: Dissection): void {
  while (d.remaining >= 4) {
    const start = d.pos;
    const type = d.peek16();
    const length = d.peek16(2);
    if (length < 4) d.malformed();
    const size = length - 4;
    const name = nameOf(f.parameterType.names, type) ?? "Unknown";
    if (d.labels) d.openText(start, length, `${name} parameter`);
    d.bitset(f.parameterType, 2, PARAMETER_BITS);
    d.u16(f.parameterLength);
    if (type === HEARTBEAT_INFO) {
      if (d.labels) d.appendParent(` (Information: ${size} byte${size === 1 ? "" : "s"})`);
      d.bytes(f.parameterHeartbeatInformation, size);
    } else if (type === STATE_COOKIE) {
      if (d.labels) d.appendParent(` (Cookie length: ${size} byte${size === 1 ? "" : "s"})`);
      d.bytes(f.parameterStateCookie, size);
    } else if (type === 5 && size === 4) d.ipv4(f.parameterIpv4Address);
    else if (type === 6 && size === 16) d.ipv6(f.parameterIpv6Address);
    else if (type === 12) while (d.pos + 2 <= start + length) d.u16(f.parameterSupportedAddressType);
    else if (size > 0) d.bytes(f.parameterValue, size);
    d.pos = start;
    d.skip(Math.min(length + ((4 - (length % 4)) % 4), d.remaining));
    if (d.labels) d.close();
  }
}
