/** Parameters and error causes in SCTP's chunks: RFC 9260 section 3.2 and 3.3.10, RFC 4895, RFC 5061, RFC 6525. */
import type { Dissection } from "../dissect/dissection.ts";
import { type Field, nameOf } from "../dissect/field.ts";
import { decodeText, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { CAUSE_CODE, CHUNK_TYPE, PARAMETER_TYPE } from "./names/sctp.ts";
import { f, x } from "./sctp-fields.ts";

const PARAMETER_BITS = [f.parameterBit1, f.parameterBit2] as const;
const HEADER = 4;
const byteCount = (n: number): string => `${n} byte${n === 1 ? "" : "s"}`;

/**
 * Adds the parameters from the cursor up to `end`.
 * @param isChunkEnd false for those inside a parameter
 */
export function addParameters(d: Dissection, end: number, isChunkEnd = true): void {
  while (d.pos < end) addParameter(d, end, isChunkEnd);
}

/** Adds one parameter; the cursor ends behind its padding. @returns what it says of an address */
function addParameter(d: Dissection, listEnd: number, isChunkEnd = false): string {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  const size = length - HEADER;
  const name = nameOf(PARAMETER_TYPE, type);
  const end = start + length;
  const paddedEnd = Math.min(listEnd, end + ((4 - (length % 4)) % 4));
  d.openText(start, length, `${name ?? "Unknown"} parameter`);
  if (length < HEADER || start + length > listEnd) addBadLength(d, length, listEnd - start);
  // RFC 9260 section 3.2.1: the padding of the last parameter belongs to the chunk.
  if (isChunkEnd && paddedEnd > end && paddedEnd === listEnd) {
    d.last = d.parent;
    d.expert(x.padding);
  }
  d.bitset(f.parameterType, 2, PARAMETER_BITS);
  d.u16(f.parameterLength);
  const text = addValue(d, type, size, end);
  if (name === undefined && d.labels) d.appendParent(` (Type ${type}, value length: ${byteCount(size)})`);
  d.pos = end;
  if (paddedEnd > end) d.bytes(f.parameterPadding, paddedEnd - end);
  if (d.labels) d.close();
  return text;
}

function addBadLength(d: Dissection, length: number, there: number): void {
  d.bitset(f.parameterType, 2, PARAMETER_BITS);
  d.u16(f.parameterLength);
  const text =
    length < HEADER
      ? `Parameter length is invalid (should be >= ${HEADER})`
      : `Parameter length (${length}) is longer than remaining data (${there})`;
  d.expert(x.parameterLength, text);
  d.malformed();
}

function say(d: Dissection, text: string): void {
  if (d.labels) d.appendParent(` (${text})`);
}

/** @returns the address, where the parameter is one */
function addValue(d: Dissection, type: number, size: number, end: number): string {
  switch (type) {
    case 1:
      say(d, `Information: ${byteCount(size)}`);
      if (size > 0) d.bytes(f.parameterHeartbeatInformation, size);
      return "";
    case 5: {
      const address = formatIpv4(d.ipv4(f.parameterIpv4Address));
      say(d, `Address: ${address}`);
      return address;
    }
    case 6: {
      const address = formatIpv6(d.peekBytes(16));
      d.ipv6(f.parameterIpv6Address);
      say(d, `Address: ${address}`);
      return address;
    }
    case 7:
      say(d, `Cookie length: ${byteCount(size)}`);
      if (size > 0) d.bytes(f.parameterStateCookie, size);
      return "";
    case 8:
      addParameters(d, end, false);
      return "";
    case 9:
      say(d, `Increment :${d.u32(f.parameterCookiePreservativeIncr)} msec`);
      return "";
    case 11:
      addHostname(d, size);
      return "";
    case 12:
      addList(d, f.parameterSupportedAddressType, 2, end, "Supported types", ADDRESS_NAMES);
      return "";
    case 0x8002:
      if (size > 0) d.bytes(f.randomNumber, size);
      return "";
    case 0x8003:
      addList(d, f.chunkTypeToAuth, 1, end, "Chunk types to be authenticated", CHUNK_TYPE);
      return "";
    case 0x8004:
      addList(d, f.hmacId, 2, end, "Supported HMACs", f.hmacId.names as Readonly<Record<number, string>>);
      return "";
    case 0x8008:
      addList(d, f.supportedChunkType, 1, end, "Supported types", CHUNK_TYPE);
      return "";
    case 0xc006: {
      const indication = d.u32(f.adaptationLayerIndication);
      say(d, `Indication: ${indication}`);
      return "";
    }
    default:
      return addReconfiguration(d, type, size, end);
  }
}

/** RFC 6525 section 4 and RFC 5061 section 4.2. */
function addReconfiguration(d: Dissection, type: number, size: number, end: number): string {
  switch (type) {
    case 13:
      d.u32(f.parameterReconfigRequestSequenceNumber);
      d.u32(f.parameterReconfigResponseSequenceNumber);
      d.u32(f.parameterSendersLastAssignedTsn);
      while (d.pos < end) d.u16(f.parameterReconfigSid);
      return "";
    case 14:
      d.u32(f.parameterReconfigRequestSequenceNumber);
      while (d.pos < end) d.u16(f.parameterReconfigSid);
      return "";
    case 15:
      d.u32(f.parameterReconfigRequestSequenceNumber);
      return "";
    case 16:
      d.u32(f.parameterReconfigResponseSequenceNumber);
      d.u32(f.parameterReconfigResponseResult);
      if (d.pos < end) d.u32(f.parameterSendersNextTsn);
      if (d.pos < end) d.u32(f.parameterReceiversNextTsn);
      return "";
    case 17:
      d.u32(f.parameterReconfigRequestSequenceNumber);
      d.u16(f.parameterAddOutgoingStreamsNumber);
      d.u16(f.parameterAddOutgoingStreamsReserved);
      return "";
    case 18:
      d.u32(f.parameterReconfigRequestSequenceNumber);
      d.u16(f.parameterAddIncomingStreamsNumber);
      d.u16(f.parameterAddIncomingStreamsReserved);
      return "";
    case 0xc001:
    case 0xc002:
    case 0xc004: {
      const id = d.u32(f.correlationId);
      const address = d.pos < end ? addParameter(d, end) : "";
      say(d, `Address: ${address}, correlation ID: ${id}`);
      return "";
    }
    case 0xc003:
      d.u32(f.correlationId);
      addCauses(d, end);
      return "";
    case 0xc005:
      say(d, `Correlation ID: ${d.u32(f.correlationId)}`);
      return "";
    default:
      if (size > 0) d.bytes(f.parameterValue, size);
      return "";
  }
}

const ADDRESS_NAMES: Readonly<Record<number, string>> = { 5: "IPv4", 6: "IPv6", 11: "hostname" };

function addHostname(d: Dissection, size: number): void {
  const at = d.pos;
  const stop = d.buf.indexOf(0, at);
  const length = stop === -1 || stop >= at + size ? size : stop - at;
  d.needAt(at, size);
  const name = decodeText(d.buf, at, at + length, "utf-8");
  d.add(f.parameterHostname, at, size, name);
  d.pos = at + size;
  say(d, `Hostname: ${name}`);
}

function addList(
  d: Dissection,
  field: Field,
  width: number,
  end: number,
  title: string,
  names: Readonly<Record<number, string>>,
): void {
  const list: string[] = [];
  while (d.pos + width <= end) list.push(names[d.uint(field, width)] ?? "Unknown");
  say(d, `${title}: ${list.join(", ")}`);
}

// -------------------------------------------------------------------- error causes

/** Dissects the chunk that an error quotes; set by the file that dissects chunks. */
let quotedChunk: (d: Dissection, end: number) => void = () => {};
export function onQuotedChunk(dissect: (d: Dissection, end: number) => void): void {
  quotedChunk = dissect;
}

/** Adds the error causes from the cursor up to `end`. */
export function addCauses(d: Dissection, end: number): void {
  while (d.pos < end) {
    const start = d.pos;
    const code = d.peek16();
    const length = d.peek16(2);
    const causeEnd = start + length;
    const name = CAUSE_CODE[code];
    d.openText(start, length, `${name ?? "Unknown"} cause`);
    d.u16(f.causeCode);
    d.u16(f.causeLength);
    if (length < HEADER) d.malformed();
    addCause(d, code, length - HEADER, causeEnd);
    if (name === undefined) say(d, `Code: ${code}, information length: ${byteCount(length - HEADER)}`);
    d.pos = causeEnd;
    const padding = Math.min((4 - (length % 4)) % 4, end - causeEnd);
    if (padding > 0) d.bytes(f.causePadding, padding);
    if (d.labels) d.close();
  }
}

function addCause(d: Dissection, code: number, size: number, end: number): void {
  switch (code) {
    case 1:
      say(d, `SID: ${d.u16(f.causeStreamIdentifier)}`);
      d.u16(f.causeReserved);
      return;
    case 2: {
      const count = d.u32(f.causeNrOfMissingParameters);
      for (let i = 0; i < count && d.pos < end; i++) d.u16(f.causeMissingParameterType);
      return;
    }
    case 3:
      say(d, `Measure: ${d.u32(f.causeMeasureOfStaleness)} usec`);
      return;
    case 5:
      addParameter(d, end);
      return;
    case 6: {
      const type = d.peek8();
      quotedChunk(d, end);
      say(d, `Type: ${type} (${CHUNK_TYPE[type] ?? "unknown"})`);
      return;
    }
    case 8:
      addParameters(d, end);
      return;
    case 9:
      say(d, `TSN: ${d.u32(f.causeTsn)}`);
      return;
    case 11: {
      const list: string[] = [];
      while (d.pos < end) list.push(addParameter(d, end));
      say(d, `New addresses: ${list.join(", ")}`);
      return;
    }
    case 0xa0:
    case 0xa2: {
      const address = addParameter(d, end);
      say(d, `${code === 0xa0 ? "Last" : "Deleted"} address: ${address}`);
      return;
    }
    case 0xa1:
    case 0xa4:
      addParameter(d, end);
      return;
    case 0x105:
      while (d.pos + 2 <= end) d.u16(f.hmacId);
      return;
    default:
      if (size > 0 && !WITHOUT_INFORMATION.includes(code)) d.bytes(f.causeInformation, size);
  }
}

const WITHOUT_INFORMATION: readonly number[] = [7, 10];
