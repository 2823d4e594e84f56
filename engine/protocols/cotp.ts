/** The connection-oriented transport protocol of OSI: ITU-T X.224, ISO/IEC 8073. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, str, u8, u16, u24, u32, YES_NO } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { checksumStatusText } from "./checksum.ts";
import { data } from "./data.ts";
import { octetsText } from "./dns-name.ts";
import { CAUSES, PARAMETERS, REJECT_CAUSES, TPDU_TYPES } from "./names/cotp.ts";
import { addOsiChecksum } from "./osi.ts";

const USED = ["Used", "Not used"] as const;
const f = {
  li: u8("cotp.li", "Length"),
  type: u8("cotp.type", "PDU Type", { base: "HEX", names: TPDU_TYPES }),
  srcRef: u16("cotp.srcref", "Source reference", { base: "HEX" }),
  dstRef: u16("cotp.destref", "Destination reference", { base: "HEX" }),
  class: u8("cotp.class", "Class", { mask: 0xf0 }),
  extended: bool("cotp.opts.extended_formats", "Extended formats", { mask: 0x02 }),
  noFlowControl: bool("cotp.opts.no_explicit_flow_control", "No explicit flow control", { mask: 0x01 }),
  number: u8("cotp.tpdu-number", "TPDU number", { base: "HEX", mask: 0x7f }),
  number32: u32("cotp.tpdu-number", "TPDU number", { base: "HEX" }),
  next: u8("cotp.next-tpdu-number", "Your TPDU number", { base: "HEX" }),
  next32: u32("cotp.next-tpdu-number", "Your TPDU number", { base: "HEX" }),
  eot: bool("cotp.eot", "Last data unit", { mask: 0x80, tf: YES_NO }),
  eot32: bool("cotp.eot", "Last data unit", { mask: 0x80000000, bits: 32, tf: YES_NO }),
  segmentData: bytes("cotp.segment_data", "COTP segment data"),
  srcTsap: str("cotp.src-tsap", "Source TSAP"),
  srcTsapBytes: bytes("cotp.src-tsap-bytes", "Source TSAP"),
  dstTsap: str("cotp.dst-tsap", "Destination TSAP"),
  dstTsapBytes: bytes("cotp.dst-tsap-bytes", "Destination TSAP"),
  parameter: u8("cotp.parameter_code", "Parameter code", { base: "HEX", names: PARAMETERS }),
  parameterLength: u8("cotp.parameter_length", "Parameter length"),
  parameterValue: bytes("cotp.parameter_value", "Parameter value"),
  ackTime: u16("cotp.ack_time", "Ack time (ms)"),
  errorTarget: u8("cotp.res_error_rate.target_value", "Residual error rate, target value"),
  errorLimit: u8("cotp.res_error_rate.min_accept", "Residual error rate, minimum acceptable"),
  errorSize: u8("cotp.res_error_rate.tdsu", "Residual error rate, TSDU size of interest"),
  priority: u16("cotp.vp_priority", "Priority"),
  delayTarget: u16(
    "cotp.transit_delay.targ_calling_called",
    "Transit delay, target value, calling-called (ms)",
  ),
  delayLimit: u16(
    "cotp.transit_delay.max_accept_calling_called",
    "Transit delay, maximum acceptable, calling-called (ms)",
  ),
  delayTargetBack: u16(
    "cotp.transit_delay.targ_called_calling",
    "Transit delay, target value, called-calling (ms)",
  ),
  delayLimitBack: u16(
    "cotp.transit_delay.max_accept_called_calling",
    "Transit delay, maximum acceptable, called-calling (ms)",
  ),
  maxTarget: u24(
    "cotp.max_throughput.targ_calling_called",
    "Maximum throughput, target value, calling-called (o/s)",
  ),
  maxLimit: u24(
    "cotp.max_throughput.min_accept_calling_called",
    "Maximum throughput, minimum acceptable, calling-called (o/s)",
  ),
  maxTargetBack: u24(
    "cotp.max_throughput.targ_called_calling",
    "Maximum throughput, target value, called-calling (o/s)",
  ),
  maxLimitBack: u24(
    "cotp.max_throughput.min_accept_called_calling",
    "Maximum throughput, minimum acceptable, called-calling (o/s)",
  ),
  meanTarget: u24(
    "cotp.avg_throughput.targ_calling_called",
    "Average throughput, target value, calling-called (o/s)",
  ),
  meanLimit: u24(
    "cotp.avg_throughput.min_accept_calling_called",
    "Average throughput, minimum acceptable, calling-called (o/s)",
  ),
  meanTargetBack: u24(
    "cotp.avg_throughput.targ_called_calling",
    "Average throughput, target value, called-calling (o/s)",
  ),
  meanLimitBack: u24(
    "cotp.avg_throughput.min_accept_called_calling",
    "Average throughput, minimum acceptable, called-calling (o/s)",
  ),
  sequence: u16("cotp.sequence_number", "Sequence number", { base: "HEX" }),
  reassignment: u16("cotp.reassignment_time", "Reassignment time (secs)"),
  lowerEdge: u32("cotp.lower_window_edge", "Lower window edge", { base: "HEX" }),
  credit: u16("cotp.credit", "Credit", { base: "HEX" }),
  creditBits: u8("cotp.credit", "Credit"),
  tpduSize: u8("cotp.tpdu_size", "TPDU size"),
  checksum: u16("cotp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("cotp.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  version: u8("cotp.vp_version_nr", "Version"),
  networkExpedited: bool("cotp.network_expedited_data", "Use of network expedited data", {
    mask: 0x08,
    tf: USED,
  }),
  class1: bool("cotp.vp_opt_sel_class1_use", "Use", {
    mask: 0x04,
    tf: ["Receipt confirmation", "explicit AK variant"],
  }),
  sum16: bool("cotp.use_16_bit_checksum", "16 bit checksum", { mask: 0x02, tf: USED }),
  expedited: bool("cotp.transport_expedited_data_transfer", "Transport expedited data transfer", {
    mask: 0x01,
    tf: USED,
  }),
  preferred: u32("cotp.preferred_maximum_tpdu_size", "Preferred maximum TPDU size"),
  inactivity: u32("cotp.inactivity_timer", "Inactivity timer (ms)"),
  cause: u8("cotp.cause", "Cause", { names: CAUSES }),
  rejectCause: u8("cotp.reject_cause", "Reject cause", { names: REJECT_CAUSES }),
};

const x = {
  disconnect: expert("cotp.disconnect_request", "chat", "Sequence", "Disconnect Request(DR)"),
  confirm: expert("cotp.disconnect_confirm", "chat", "Sequence", "Disconnect Confirm(DC)"),
  reject: expert("cotp.reject", "note", "Sequence", "Reject(RJ)"),
  checksum: expert("cotp.bad_checksum", "error", "Checksum", "Bad checksum"),
  preferred: expert(
    "cotp.preferred_maximum_tpdu_size.invalid",
    "error",
    "Malformed",
    "Preferred maximum TPDU size: bogus length",
  ),
};

const ED = 1;
const EA = 2;
const RJ = 5;
const AK = 6;
const ER = 7;
const DR = 8;
const DC = 12;
const CC = 13;
const CR = 14;
const DT = 15;
const SHORT: Readonly<Record<number, string>> = {
  [ED]: "ED",
  [EA]: "EA",
  [RJ]: "RJ",
  [AK]: "AK",
  [ER]: "ER",
  [DR]: "DR",
  [DC]: "DC",
  [CC]: "CC",
  [CR]: "CR",
  [DT]: "DT",
};

export const cotp = protocol({
  name: "cotp",
  title: "ISO 8073/X.224 COTP Connection-Oriented Transport Protocol",
  short: "COTP",
  fields: f,
  experts: x,
  contained: true,
  refuses: (d) => d.remaining >= 2 && SHORT[d.peek8(1) >> 4] === undefined,
  dissect,
});

const ref = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;

/** Several TPDUs may be in one network service data unit; data ends it (X.224 section 6.4). */
function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("");
  while (d.remaining > 0) {
    if (!dissectTpdu(d)) return;
  }
}

/** @returns false when nothing follows */
function dissectTpdu(d: Dissection): boolean {
  const start = d.pos;
  const headerEnd = start + d.peek8() + 1;
  const code = d.peek8(1);
  const type = code >> 4;
  if (SHORT[type] === undefined || d.peek8() < 2) {
    d.call(data);
    return false;
  }
  d.needAt(start, Math.min(headerEnd, d.wireEnd) - start);
  if (d.columns) d.addInfo(`${SHORT[type]} TPDU `);
  if (type === CR || type === CC) return connection(d, headerEnd);
  d.u8(f.li);
  d.add(f.type, d.pos, 1, type);
  if (type === RJ || type === AK || type === EA) acknowledgement(d, start, headerEnd, type);
  else if (type === DR || type === DC) disconnection(d, start, headerEnd, type);
  else if (type === ER) {
    d.skip(1);
    const to = d.u16(f.dstRef);
    d.u8(f.rejectCause);
    if (d.columns) d.addInfo(`dst-ref: ${ref(to)}`);
    parameters(d, start, headerEnd);
  } else {
    transfer(d, start, headerEnd, type);
    return false;
  }
  if (type === DR && d.remaining > 0) {
    d.call(data);
    return false;
  }
  return true;
}

/** A request for a connection or its confirmation, in whose variable part remote desktops put their negotiation. */
function connection(d: Dissection, headerEnd: number): boolean {
  const start = d.pos;
  d.u8(f.li);
  d.add(f.type, d.pos, 1, d.peek8() >> 4);
  d.skip(1);
  const to = d.u16(f.dstRef);
  const from = d.u16(f.srcRef);
  if (d.columns) d.addInfo(`src-ref: ${ref(from)} dst-ref: ${ref(to)}`);
  d.bits(f.class, d.pos, 1);
  d.bits(f.extended, d.pos, 1);
  d.bits(f.noFlowControl, d.pos, 1);
  d.skip(1);
  if (d.pos < Math.min(headerEnd, d.end) && PARAMETERS[d.peek8()] === undefined && d.peek8() < 0x80) {
    d.call(data);
    return false;
  }
  parameters(d, start, headerEnd);
  return true;
}

function disconnection(d: Dissection, start: number, headerEnd: number, type: number): void {
  const typeNode = d.last;
  d.skip(1);
  const to = d.u16(f.dstRef);
  const from = d.u16(f.srcRef);
  if (d.columns) d.addInfo(`src-ref: ${ref(from)} dst-ref: ${ref(to)}`);
  const way = `0x${from.toString(16)} -> 0x${to.toString(16)}`;
  if (type === DC) {
    if (d.building) {
      d.last = typeNode;
      d.expert(x.confirm, `Disconnect Confirm(DC): ${way}`);
    }
  } else d.u8(f.cause);
  parameters(d, start, headerEnd);
  if (type === DR && d.building) {
    d.last = d.parent;
    d.expert(x.disconnect, `Disconnect Request(DR): ${way}`);
  }
}

/** Acknowledgements of data and of expedited data, and rejection: with long numbers from seven bytes of header on. */
function acknowledgement(d: Dissection, start: number, headerEnd: number, type: number): void {
  const isLong = type === EA ? headerEnd - start - 1 >= 7 : (d.peek8() & 0x0f) === 0 && headerEnd - start > 8;
  if (type === RJ && d.building) {
    d.expert(x.reject, `Reject(RJ): -> 0x${d.peek16(1).toString(16)}`);
  }
  if (!isLong && type !== EA) d.add(f.creditBits, d.pos, 1, d.peek8() & 0x0f);
  d.skip(1);
  const to = d.u16(f.dstRef);
  const next = isLong ? d.u32(f.next32) : d.u8(f.next);
  if (d.columns) d.addInfo(`(${next}) dst-ref: ${ref(to)}`);
  if (isLong && type !== EA) {
    const credit = d.u16(f.credit);
    if (d.columns && type === AK) d.addInfo(` Credit: ${credit}`);
  }
  parameters(d, start, headerEnd);
}

/** Data and expedited data: in classes 0 and 1 without a reference, with long numbers where extended formats are. */
function transfer(d: Dissection, start: number, headerEnd: number, type: number): void {
  d.skip(1);
  const size = headerEnd - start - 1;
  const hasReference = size > 2;
  const to = hasReference ? d.u16(f.dstRef) : 0;
  if (!hasReference) d.generated(f.dstRef, d.pos, 0, 0);
  // The fixed part is 4 bytes with short numbers, 7 with long ones; parameters are of three bytes or more.
  const isLong = size === 7 || size >= 11;
  const first = d.peek8();
  const number = isLong ? d.peek32() & 0x7fffffff : first & 0x7f;
  const isLast = (first & 0x80) !== 0;
  if (isLong) {
    d.add(f.number32, d.pos, 4, number);
    if (type === DT) d.bits(f.eot32, d.pos, 4);
    d.skip(4);
  } else {
    d.bits(f.number, d.pos, 1);
    if (type === DT) d.bits(f.eot, d.pos, 1);
    d.skip(1);
  }
  parameters(d, start, headerEnd);
  const isWhole = type === ED || isLast;
  if (d.columns) {
    d.addInfo(
      `(${number})${hasReference ? ` dst-ref: ${ref(to)}` : ""}${type === DT && isLast ? " EOT" : ""}`,
    );
    if (!isWhole) d.addInfo(` [COTP fragment, ${d.wireRemaining} byte${d.wireRemaining === 1 ? "" : "s"}]`);
  }
  if (d.remaining === 0) return;
  if (isWhole) d.call(data);
  else {
    const n = d.remaining;
    d.bytes(f.segmentData, n);
    if (d.labels) d.relabel(`COTP segment data (${n} byte${n === 1 ? "" : "s"})`);
  }
}

const DELAYS = [f.delayTarget, f.delayLimit, f.delayTargetBack, f.delayLimitBack] as const;
const THROUGHPUTS = [
  f.maxTarget,
  f.maxLimit,
  f.maxTargetBack,
  f.maxLimitBack,
  f.meanTarget,
  f.meanLimit,
  f.meanTargetBack,
  f.meanLimitBack,
] as const;
const OPTIONS = [f.networkExpedited, f.class1, f.sum16, f.expedited] as const;
const CHECKSUM = {
  checksum: f.checksum,
  status: f.checksumStatus,
  bad: x.checksum,
  digits: 4,
  brief: true,
};

/** The variable part, X.224 section 13.2.3; the cursor is behind the header afterwards. */
function parameters(d: Dissection, start: number, headerEnd: number): void {
  while (d.pos + 2 <= headerEnd) {
    const code = d.u8(f.parameter);
    const length = d.u8(f.parameterLength);
    const end = d.pos + length;
    if (end > headerEnd) d.malformed();
    if (length > 0) addParameter(d, code, length, start, headerEnd);
    d.pos = end;
  }
  d.pos = Math.min(headerEnd, d.end);
}

function addParameter(d: Dissection, code: number, length: number, start: number, headerEnd: number): void {
  switch (code) {
    case 0x85:
      d.uint(f.ackTime, Math.min(length, 2));
      return;
    case 0x86:
      if (length >= 3) {
        for (const field of [f.errorTarget, f.errorLimit, f.errorSize]) {
          const value = d.u8(field);
          if (d.labels) d.relabel(`${field.title}: ${field === f.errorSize ? 2 : 10}^${value}`);
        }
      }
      return;
    case 0x87:
      d.uint(f.priority, Math.min(length, 2));
      return;
    case 0x88:
      addList(d, DELAYS, 2, length);
      return;
    case 0x89:
      addList(d, THROUGHPUTS, 3, length);
      return;
    case 0x8a:
      d.uint(f.sequence, Math.min(length, 2));
      return;
    case 0x8b:
      d.uint(f.reassignment, Math.min(length, 2));
      return;
    case 0x8c:
      if (length >= 8) {
        d.u32(f.lowerEdge);
        d.u16(f.sequence);
        d.u16(f.credit);
      }
      return;
    case 0xc0: {
      const exponent = d.peek8();
      const size = exponent < 32 ? 2 ** exponent : 0;
      d.add(f.tpduSize, d.pos, 1, size);
      return;
    }
    case 0xc1:
      addTsap(d, f.srcTsap, f.srcTsapBytes, length);
      return;
    case 0xc2:
      addTsap(d, f.dstTsap, f.dstTsapBytes, length);
      return;
    case 0xc3:
      // It covers the user data, too: X.224 section 6.17.
      if (length === 2) addOsiChecksum(d, CHECKSUM, start, Math.max(d.wireEnd, headerEnd), true);
      return;
    case 0xc4:
      d.u8(f.version);
      return;
    case 0xc6:
      for (const option of OPTIONS) if (option === f.expedited || d.peek8() & 0xf0) d.bits(option, d.pos, 1);
      return;
    case 0xf0:
      if (length > 4) d.expert(x.preferred, `Preferred maximum TPDU size: bogus length ${length}`);
      else d.add(f.preferred, d.pos, length, d.peekUint(length) * 128);
      return;
    case 0xf2:
      if (length === 4) d.u32(f.inactivity);
      return;
    default:
      d.bytes(f.parameterValue, length);
      if (d.labels) d.relabel("Parameter value: <not shown>");
  }
}

function addList(d: Dissection, fields: readonly Field[], width: number, length: number): void {
  const end = d.pos + length;
  for (const field of fields) if (d.pos + width <= end) d.uint(field, width);
}

/** A transport selector is bytes; it is shown as text when all of them are. */
function addTsap(d: Dissection, asText: Field, asBytes: Field, length: number): void {
  const at = d.pos;
  const value = d.peekBytes(length);
  if (!d.building) return;
  const isText = value.every((byte) => byte >= 0x20 && byte < 0x7f);
  if (isText) {
    d.add(asText, at, length, octetsText(d.buf, at, at + length));
    d.hidden(asBytes, at, length, value);
  } else {
    d.hidden(asText, at, length, `0x${Buffer.from(value).toString("hex")}`);
    d.add(asBytes, at, length, value);
  }
}
