/**
 * Datagram Congestion Control Protocol, RFC 4340: header, options and features; short sequence numbers section 5.1,
 * options of CCID 3 RFC 4342; listening RFC 5596.
 */
import { ADDRESS_IPV4 } from "../dissect/address.ts";
import { CONVERSATION_DCCP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, nameOf, none, u8, u16, u32, u64 } from "../dissect/field.ts";
import { HIDDEN } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { addSumVerdict, checksumStatusText, onesSum } from "./checksum.ts";
import { data } from "./data.ts";
import { FEATURE_NUMBERS, OPTION_TYPES, RESET_CODES, SERVICE_CODES, TYPE_NAMES } from "./names/dccp.ts";

const f = {
  srcport: u16("dccp.srcport", "Source Port", { base: "PT_DCCP" }),
  dstport: u16("dccp.dstport", "Destination Port", { base: "PT_DCCP" }),
  port: u16("dccp.port", "Source or Destination Port", { base: "PT_DCCP" }),
  stream: u32("dccp.stream", "Stream index"),
  dataOffset: u8("dccp.data_offset", "Data Offset"),
  ccval: u8("dccp.ccval", "CCVal"),
  cscov: u8("dccp.cscov", "Checksum Coverage"),
  checksumStatus: u8("dccp.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  checksum: u16("dccp.checksum", "Checksum", { base: "HEX" }),
  res1: u8("dccp.res1", "Reserved", { base: "HEX" }),
  res2: u8("dccp.res2", "Reserved", { base: "HEX" }),
  type: u8("dccp.type", "Type", { names: TYPE_NAMES }),
  x: bool("dccp.x", "Extended Sequence Numbers"),
  seq: u64("dccp.seq", "Sequence Number"),
  seqRaw: u64("dccp.seq_raw", "Sequence Number (raw)"),
  ackRes: u16("dccp.ack_res", "Reserved", { base: "HEX" }),
  ack: u64("dccp.ack", "Acknowledgement Number"),
  ackRaw: u64("dccp.ack_raw", "Acknowledgement Number (raw)"),
  serviceCode: u32("dccp.service_code", "Service Code", { names: SERVICE_CODES }),
  resetCode: u8("dccp.reset_code", "Reset Code", { names: RESET_CODES }),
  data1: u8("dccp.data1", "Data 1"),
  data2: u8("dccp.data2", "Data 2"),
  data3: u8("dccp.data3", "Data 3"),
  optionType: u8("dccp.option_type", "Option Type", { names: OPTION_TYPES }),
  featureNumber: u8("dccp.feature_number", "Feature Number", { names: FEATURE_NUMBERS }),
  ndpCount: u64("dccp.ndp_count", "NDP Count"),
  timestamp: u32("dccp.timestamp", "Timestamp"),
  timestampEcho: u32("dccp.timestamp_echo", "Timestamp Echo"),
  elapsedTime: u32("dccp.elapsed_time", "Elapsed Time"),
  checksumData: u32("dccp.checksum_data", "Data Checksum", { base: "HEX" }),
  options: none("dccp.options", "Options"),
  padding: bytes("dccp.padding", "Padding"),
  mandatory: bytes("dccp.mandatory", "Mandatory"),
  slowReceiver: bytes("dccp.slow_receiver", "Slow Receiver"),
  initCookie: bytes("dccp.init_cookie", "Init Cookie"),
  ackVectorNonce0: bytes("dccp.ack_vector.nonce_0", "Ack Vector [Nonce 0]"),
  ackVectorNonce1: bytes("dccp.ack_vector.nonce_1", "Ack Vector [Nonce 1]"),
  dataDropped: bytes("dccp.data_dropped", "Data Dropped"),
  ccid3LossEventRate: u32("dccp.ccid3_loss_event_rate", "CCID3 Loss Event Rate"),
  ccid3LossIntervals: bytes("dccp.ccid3_loss_intervals", "CCID3 Loss Intervals"),
  ccid3ReceiveRate: u32("dccp.ccid3_receive_rate", "CCID3 Receive Rate", { unit: " bytes/sec" }),
  optionReserved: bytes("dccp.option_reserved", "Reserved"),
  ccidOptionData: bytes("dccp.ccid_option_data", "CCID option"),
  optionUnknown: bytes("dccp.option_unknown", "Unknown"),
};

const x = {
  optionLength: expert("dccp.option.len.bad", "warning", "Protocol", "Bad option length"),
  headerLength: expert(
    "dccp.advertised_header_length.bad",
    "error",
    "Malformed",
    "Advertised header length bad",
  ),
  reservedType: expert(
    "dccp.packet_type.reserved",
    "warning",
    "Protocol",
    "Reserved packet type: unable to dissect further",
  ),
  checksum: expert("dccp.bad_checksum", "error", "Checksum", "Bad checksum"),
};

export const dccp = protocol({
  name: "dccp",
  title: "Datagram Congestion Control Protocol",
  short: "DCCP",
  fields: f,
  experts: x,
  on: [[ipProtocols, 33]],
  dissect,
});

/** First sequence number of each direction, as the handshake tells it; -1 before. */
class DccpState {
  readonly base: [number, number] = [-1, -1];
}
const makeState = (): DccpState => new DccpState();

const REQUEST = 0;
const RESPONSE = 1;
const DATA = 2;
const RESET = 7;
const LISTEN = 10;
const FIRST_RESERVED = 11;
/** Bytes up to the extended sequence number bit. */
const GENERIC = 9;
const SHORT_HEADER = 12;
const LONG_HEADER = 16;

function dissect(d: Dissection): void {
  const start = d.pos;
  const { end } = d;
  const srcPort = d.u16(f.srcport);
  d.hidden(f.port, start, 2, srcPort);
  const dstPort = d.u16(f.dstport);
  d.hidden(f.port, start + 2, 2, dstPort);
  d.srcPort = srcPort;
  d.dstPort = dstPort;
  if (d.labels) d.relabelLayer(`${dccp.title}, Src Port: ${srcPort}, Dst Port: ${dstPort}`);
  if (d.columns) d.setInfo(`${srcPort} → ${dstPort}`);
  const state = d.converse(CONVERSATION_DCCP, srcPort, dstPort).state(dccp, makeState);
  d.generated(f.stream, start, 0, d.streamNumber);
  const offset = d.u8(f.dataOffset) * 4;
  const offsetLine = d.last;
  const coverage = d.peek8() & 15;
  d.add(f.ccval, d.pos, 1, d.peek8() >> 4);
  d.add(f.cscov, d.pos, 1, coverage);
  d.skip(1);
  addChecksum(d, start, offset, coverage);
  if (d.quoted && d.wireEnd - start < GENERIC) return;
  const first = d.peek8();
  const type = (first >> 1) & 15;
  const extended = (first & 1) === 1;
  d.add(f.res1, d.pos, 1, first >> 5, HIDDEN);
  d.add(f.type, d.pos, 1, type);
  d.add(f.x, d.pos, 1, first & 1);
  d.skip(1);
  const name = TYPE_NAMES[type];
  if (d.columns) d.addInfo(` [${name}]`);
  if (d.labels) d.appendLayer(` [${name}]`);
  const least = extended ? LONG_HEADER : SHORT_HEADER;
  if (offset < least) {
    const { last } = d;
    d.last = offsetLine;
    d.expert(x.headerLength, `Advertised header length (${offset}) is smaller than the minimum (${least})`);
    d.last = last;
    return;
  }
  addSequence(d, state, type, extended);
  if (type >= FIRST_RESERVED) {
    d.last = d.parent;
    d.expert(x.reservedType);
    return;
  }
  if (type !== REQUEST && type !== DATA && type !== LISTEN) addAcknowledgement(d, state, type, extended);
  if (type === REQUEST || type === RESPONSE || type === LISTEN) {
    const service = d.u32(f.serviceCode);
    if (d.columns) d.addInfo(` (service=${SERVICE_CODES[service] ?? `Unknown (${service})`})`);
  } else if (type === RESET) addReset(d);
  const headerEnd = start + offset;
  if (d.pos < headerEnd) addOptions(d, headerEnd);
  d.pos = headerEnd;
  d.need(0);
  d.layerEnd(Math.min(end, headerEnd));
  if (d.wireRemaining > 0) d.call(data);
}

/** Over header, options and as many words of the data as the coverage says; RFC 4340 section 9.2. */
function addChecksum(d: Dissection, start: number, offset: number, coverage: number): void {
  const at = d.pos;
  const found = d.u16(f.checksum);
  if (!d.building) return;
  const wire = d.wireEnd - start;
  const covered = coverage === 0 ? wire : Math.min(wire, offset + (coverage - 1) * 4);
  let status = 2;
  if (d.end - start < covered || d.fragment) d.append(" [unverified]");
  else {
    const sum = onesSum(d.buf, start, start + covered, pseudoHeader(d, wire));
    status = addSumVerdict(d, x.checksum, sum, found);
  }
  d.generated(f.checksumStatus, at, 0, status);
}

const PROTOCOL = 33;

function pseudoHeader(d: Dissection, length: number): number {
  const { addresses } = d.memory;
  const size = addresses.kind(d.srcId) === ADDRESS_IPV4 ? 4 : 16;
  const src = onesSum(addresses.bytes(d.srcId), 0, size);
  return src + onesSum(addresses.bytes(d.dstId), 0, size) + length + PROTOCOL;
}

const UINT24 = 0x1_00_00_00;

/** A number of the stream counted from its first one: 24 bits of it where the numbers are short. */
function relative(raw: number, base: number, extended: boolean): bigint {
  if (extended) return BigInt.asUintN(64, BigInt(raw) - BigInt(base));
  return BigInt((((raw - base) % UINT24) + UINT24) % UINT24);
}

function addSequence(d: Dissection, state: DccpState, type: number, extended: boolean): void {
  if (extended) {
    d.add(f.res2, d.pos, 1, d.peek8(), HIDDEN);
    d.skip(1);
  }
  const at = d.pos;
  const size = extended ? 6 : 3;
  const raw = d.peekUint(size);
  d.skip(size);
  const isFirst = type === REQUEST || type === RESPONSE;
  if (d.first && !d.quoted && isFirst) state.base[d.direction] = raw;
  const base = isFirst ? -1 : state.base[d.direction];
  const shown = base === -1 ? BigInt(raw) : relative(raw, base, extended);
  if (d.labels) d.appendLayer(` Seq=${shown}`);
  if (d.columns) d.addInfo(` Seq=${shown}`);
  if (!d.building) return;
  if (!extended) d.add(f.seq, at, size, BigInt(raw));
  if (base !== -1) {
    d.add(f.seq, at, size, shown);
    d.append("    (relative sequence number)");
  }
  if (extended) d.add(f.seqRaw, at, size, BigInt(raw));
}

function addAcknowledgement(d: Dissection, state: DccpState, type: number, extended: boolean): void {
  const reserved = extended ? 2 : 1;
  d.add(f.ackRes, d.pos, reserved, d.peekUint(reserved), HIDDEN);
  d.skip(reserved);
  const at = d.pos;
  const size = extended ? 6 : 3;
  const raw = d.peekUint(size);
  d.skip(size);
  const base = state.base[d.direction === 0 ? 1 : 0];
  const shown = base === -1 ? BigInt(raw) : relative(raw, base, extended);
  if (d.columns) d.addInfo(` (Ack=${shown})`);
  if (!d.building) return;
  if (base !== -1) {
    d.add(f.ack, at, size, shown);
    if (type !== RESPONSE) d.append("    (relative acknowledgement number)");
  }
  d.add(f.ackRaw, at, size, BigInt(raw));
}

function addReset(d: Dissection): void {
  const code = d.u8(f.resetCode);
  d.u8(f.data1);
  d.u8(f.data2);
  d.u8(f.data3);
  if (d.columns) d.addInfo(` (code=${RESET_CODES[code] ?? `Unknown (${code})`})`);
}

// -------------------------------------------------------------------- options

/** Types below it are a single byte. */
const FIRST_WITH_LENGTH = 32;

function addOptions(d: Dissection, end: number): void {
  d.open(f.options, d.pos, end - d.pos);
  if (d.labels) d.relabel(`Options: (${end - d.pos} bytes)`);
  while (d.pos < end) if (!addOption(d)) break;
  d.close();
}

/** @returns false when its length makes the rest unreadable */
function addOption(d: Dissection): boolean {
  const at = d.pos;
  const type = d.peek8();
  d.open(f.optionType, at, 1, type);
  if (type < FIRST_WITH_LENGTH) {
    d.bytes(SINGLE[type] ?? f.optionReserved, 1);
    d.close();
    return true;
  }
  const length = d.peek8(1);
  if (length < 2) {
    d.last = d.parent;
    d.expert(x.optionLength, "Option length incorrect, must be >= 2");
    d.close();
    return false;
  }
  d.needAt(at, length);
  d.skip(2);
  const end = at + length;
  addOptionData(d, type, end);
  d.pos = end;
  d.close(end);
  return true;
}

const SINGLE: Readonly<Record<number, Field>> = { 0: f.padding, 1: f.mandatory, 2: f.slowReceiver };
const PLAIN: Readonly<Record<number, Field>> = {
  36: f.initCookie,
  38: f.ackVectorNonce0,
  39: f.ackVectorNonce1,
  40: f.dataDropped,
  193: f.ccid3LossIntervals,
};

function addOptionData(d: Dissection, type: number, end: number): void {
  const size = end - d.pos;
  if (PLAIN[type] !== undefined) {
    d.bytes(PLAIN[type], size);
    return;
  }
  switch (type) {
    case 32:
    case 33:
    case 34:
    case 35:
      addFeature(d, end);
      return;
    case 37:
      if (size > 6) warnLength(d, "NDP Count too long (max 6 bytes)");
      else d.add(f.ndpCount, d.pos, size, BigInt(d.peekUint(size)));
      return;
    case 41:
      addWord(d, f.timestamp, "Timestamp", size);
      return;
    case 42:
      addEcho(d, size);
      return;
    case 43:
      if (size === 2 || size === 4) d.uint(f.elapsedTime, size);
      else warnLength(d, "Wrong Elapsed Time length");
      return;
    case 44:
      addWord(d, f.checksumData, "Data checksum", size);
      return;
    case 192:
      addWord(d, f.ccid3LossEventRate, "CCID3 Loss Event Rate", size);
      return;
    case 194:
      addWord(d, f.ccid3ReceiveRate, "CCID3 Receive Rate", size);
      return;
    default:
      if (type >= 128) {
        d.bytes(f.ccidOptionData, size);
        if (d.labels) d.relabel(`CCID option ${type}`);
      } else d.bytes(f.optionReserved, size);
  }
}

function warnLength(d: Dissection, text: string): void {
  d.last = d.parent;
  d.expert(x.optionLength, text);
}

function addWord(d: Dissection, field: Field, name: string, size: number): void {
  if (size === 4) d.u32(field);
  else warnLength(d, `${name} too long [${size} != 4]`);
}

/** RFC 4340 section 13.3: the elapsed time may be missing, or two or four bytes. */
function addEcho(d: Dissection, size: number): void {
  if (size !== 4 && size !== 6 && size !== 8) {
    warnLength(d, "Wrong Timestamp Echo length");
    return;
  }
  d.u32(f.timestampEcho);
  if (size > 4) d.uint(f.elapsedTime, size - 4);
}

const CCID = 1;
const ACK_RATIO_LAST = 10;
const SEQUENCE_WINDOW = 3;
const ACK_RATIO = 5;

/** A feature's number and what is proposed for it: a list of preference or one number. */
function addFeature(d: Dissection, end: number): void {
  const feature = d.peek8();
  const from = d.pos + 1;
  const values: string[] = [];
  if (feature === SEQUENCE_WINDOW || feature === ACK_RATIO) {
    if (from < end && end - from <= 6) values.push(` ${d.peekUint(end - from, 1)}`);
  } else if (feature >= CCID && feature < ACK_RATIO_LAST) {
    for (let at = from; at < end; at++) values.push(` ${d.buf[at]}`);
  }
  d.openText(d.pos, end - d.pos, `${nameOf(FEATURE_NUMBERS, feature)}(${values.join(",")})`);
  d.u8(f.featureNumber);
  if (d.labels) d.close();
}
