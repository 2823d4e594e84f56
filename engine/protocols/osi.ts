/** OSI network layer: the network layer protocol identifier of ISO/IEC TR 9577, and what its protocols share. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Expert, expert, type Field, str, systemId, u8, u16 } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { DissectorTable, protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols, llcSaps, pppProtocols } from "../dissect/tables.ts";
import { formatHex, formatSystemId } from "../dissect/text.ts";
import { data } from "./data.ts";
import { NLPIDS, OPTIONS_RTD_GENERAL, OPTIONS_RTD_PDU_DISCARDED } from "./names/osi.ts";

/** Who gives a quality of service and a security level their meaning. */
const FORMATS: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Source Address Specific",
  2: "Destination Address Specific",
  3: "Globally Unique",
};

const f = {
  nlpid: u8("osi.nlpid", "Network Layer Protocol Identifier", { base: "HEX", names: NLPIDS }),
  optionsQosMaintenance: u8("osi.options.qos.maintenance", "Quality of service maintenance", {
    mask: 0xc0,
    names: FORMATS,
  }),
  optionsQosReserved: bool("osi.options.qos.reserved", "Reserved", { mask: 0x20 }),
  optionsQosSeqVsTrs: bool("osi.options.qos.seq_vs_trs", "Sequencing versus transit delay", { mask: 0x10 }),
  optionsQosCongExped: bool("osi.options.qos.cong_exped", "Congestion experienced", { mask: 0x8 }),
  optionsQosTsdVsCost: bool("osi.options.qos.tsd_vs_cost", "Transit delay versus cost", { mask: 0x4 }),
  optionsQosReserrorTrs: bool(
    "osi.options.qos.reserror_trs",
    "Residual error probability versus transit delay",
    { mask: 0x2 },
  ),
  optionsQosReserrorCost: bool("osi.options.qos.reserror_cost", "Residual error probability versus cost", {
    mask: 0x1,
  }),
  optionsSourceRouting: u8("osi.options.source_routing", "Source Routing"),
  optionsRouteRecording: u8("osi.options.route_recording", "Route Recording"),
  optionsLastHop: u8("osi.options.last_hop", "Last Hop", { base: "HEX" }),
  optionsRoute: str("osi.options.route", "Route"),
  optionsRfdErrorClass: u8("osi.options.rfd.error_class", "Error Class", {
    mask: 0xf0,
    names: {
      0: "General",
      8: "Address",
      9: "Source Routing",
      10: "Lifetime",
      11: "PDU discarded",
      12: "Reassembly",
    },
  }),
  optionsRtdGeneral: u8("osi.options.rtd_general", "Reason for discard {General}", {
    mask: 0xf,
    names: OPTIONS_RTD_GENERAL,
  }),
  optionsRtdAddress: u8("osi.options.rtd_address", "Reason for discard {Address}", {
    mask: 0xf,
    names: { 0: "Destination Address unreachable", 1: "Destination Address unknown" },
  }),
  optionsRtdSourceRouting: u8("osi.options.rtd_source_routing", "Reason for discard {Source Routing}", {
    mask: 0xf,
    names: {
      0: "Unspecified source routing error",
      1: "Syntax error in source routing field",
      2: "Unknown address in source routing field",
      3: "Path not acceptable",
    },
  }),
  optionsRtdLifetime: u8("osi.options.rtd_lifetime", "Reason for discard {Lifetime}", {
    mask: 0xf,
    names: { 0: "Lifetime expired while data unit in transit", 1: "Lifetime expired during reassembly" },
  }),
  optionsRtdPduDiscarded: u8("osi.options.rtd_pdu_discarded", "Reason for discard {PDU discarded}", {
    mask: 0xf,
    names: OPTIONS_RTD_PDU_DISCARDED,
  }),
  optionsRtdReassembly: u8("osi.options.rtd_reassembly", "Reason for discard {Reassembly}", {
    mask: 0xf,
    names: { 0: "Reassembly interference" },
  }),
  optionsRfdField: u8("osi.options.rfd.field", "Field"),
  optionsSecurityType: u8("osi.options.security_type", "Security type", {
    mask: 0xc0,
    names: FORMATS,
  }),
  optionsPriority: u8("osi.options.priority", "Priority"),
  optionsAddressMask: bytes("osi.options.address_mask", "Address Mask"),
  optionsSnpaMask: systemId("osi.options.snpa_mask", "SNPA Mask"),
  optionsEsct: u16("osi.options.esct", "ESCT (seconds)"),
  optionsPadding: bytes("osi.options.padding", "Padding"),
};

const x = {
  none: expert("osi.options.none", "note", "Protocol", "No Options for this PDU"),
  errorClass: expert("osi.options.rfd.error_class.unknown", "warning", "Protocol", "UNKNOWN Error Class"),
};

/** Protocols whose packets begin with their identifier. */
export const osiIncluded = new DissectorTable("osinl.incl", "OSI incl NLPID");

export const osi = protocol({
  name: "osi",
  title: "OSI",
  short: "OSI",
  fields: f,
  experts: x,
  invisible: true,
  on: [
    [llcSaps, 0x14, 0xfe, 0x20, 0x34, 0x54],
    [ipProtocols, 80],
    [pppProtocols, 0x23],
  ],
  dissect,
});

/** Identifiers in front of a packet that is another protocol's as it is. */
const EXCLUDED: Readonly<Record<number, () => ReturnType<typeof protocolNamed>>> = {
  142: () => ethertypes.get(0x86dd),
  204: () => ethertypes.get(0x0800),
  207: () => protocolNamed("ppp"),
};
const SHORT: Readonly<Record<number, string>> = { 133: "IDRP", 138: "ESIS (X.25)" };

function dissect(d: Dissection): void {
  const id = d.peek8();
  const included = osiIncluded.get(id);
  if (included !== undefined) {
    d.call(included);
    return;
  }
  d.u8(f.nlpid);
  const next = EXCLUDED[id]?.();
  if (next !== undefined) {
    d.call(next);
    return;
  }
  d.pos--;
  if (d.columns) {
    d.protocolColumn = SHORT[id] ?? "ISO";
    if (SHORT[id] === undefined) d.setInfo(`Unknown ISO protocol (${id.toString(16).padStart(2, "0")})`);
  }
  d.call(data);
}

/** `IP`: the short name of a network layer protocol identifier. */
export const nlpidName = (id: number): string => NLPIDS[id] ?? "Unknown";

/**
 * Fletcher's checksum of ISO 8473 annex C over `buf[from .. to)`, as it should stand at `at`.
 * @returns the 16 bits that belong there
 */
export function osiChecksum(buf: Uint8Array, from: number, to: number, at: number): number {
  let c0 = 0;
  let c1 = 0;
  for (let i = from; i < to; i++) {
    c0 += i === at || i === at + 1 ? 0 : buf[i];
    if (c0 >= 255) c0 -= 255;
    c1 += c0;
    if (c1 >= 255) c1 -= 255;
  }
  let high = ((to - at - 1) * c0 - c1) % 255;
  if (high <= 0) high += 255;
  let low = 510 - c0 - high;
  if (low > 255) low -= 255;
  return (high << 8) | low;
}

export interface ChecksumFields {
  readonly checksum: Field;
  readonly status: Field;
  readonly bad: Expert;
  /** Digits of the number in hex; 0 for decimal. */
  readonly digits: number;
  /** True when a wrong one is shown without the right one. */
  readonly brief?: boolean;
}

/**
 * A checksum at the cursor over `buf[from .. to)` with its verdict.
 * @param present false when the packet says that it has none
 */
export function addOsiChecksum(
  d: Dissection,
  fields: ChecksumFields,
  from: number,
  to: number,
  present: boolean,
): void {
  const at = d.pos;
  const found = d.peek16();
  d.skip(2);
  if (!d.building) return;
  if (!present) {
    d.add(fields.checksum, at, 2, 0, GENERATED);
    if (d.labels) d.relabel(`${fields.checksum.title}: [missing]`);
    d.generated(fields.status, at, 0, 3);
    return;
  }
  const show = (value: number): string =>
    fields.digits === 0 ? String(value) : `0x${value.toString(16).padStart(4, "0")}`;
  d.add(fields.checksum, at, 2, found);
  if (to > d.end || to < at + 2) {
    if (d.labels) d.relabel(`${fields.checksum.title}: ${show(found)} [unverified]`);
    d.generated(fields.status, at, 0, 2);
    return;
  }
  const right = osiChecksum(d.buf, from, to, at);
  if (right === found) {
    if (d.labels) d.relabel(`${fields.checksum.title}: ${show(found)} [correct]`);
  } else if (fields.brief === true) {
    if (d.labels) d.relabel(`${fields.checksum.title}: ${show(found)} [incorrect]`);
    d.expert(fields.bad);
  } else {
    if (d.labels) d.relabel(`${fields.checksum.title}: ${show(found)} incorrect, should be ${show(right)}`);
    d.expert(fields.bad, `Bad checksum [should be ${show(right)}]`);
  }
  d.generated(fields.status, at, 0, right === found ? 1 : 0);
}

/** `49.0001`: the area part of a network entity title. */
export function formatArea(bytes: Uint8Array): string {
  let text = formatHex(bytes.subarray(0, 1));
  for (let at = 1; at < bytes.length; at += 2) text += `.${formatHex(bytes.subarray(at, at + 2))}`;
  return text;
}

const FULL_AREA = 13;

function formatNetArea(bytes: Uint8Array): string {
  const n = bytes.length;
  const b = formatHex(bytes);
  if ((n === FULL_AREA || n === FULL_AREA + 1) && (bytes[0] === 0x39 || bytes[0] === 0x47)) {
    const part = (at: number, count: number): string => formatHex(bytes.subarray(at, at + count), ":");
    const text = `[${part(0, 1)}|${part(1, 2)}][${part(3, 1)}|${part(4, 3)}|${part(7, 2)}][${part(9, 2)}|${part(11, 2)}]`;
    return n === FULL_AREA ? text : `${text}-[${b.slice(26)}]`;
  }
  if (n === 3) return `${b.slice(0, 2)}.${b.slice(2)}`;
  return n < 5 ? b : `${b.slice(0, 8)}.${b.slice(8)}`;
}

/** A network service access point address or network entity title. */
export function formatNsap(bytes: Uint8Array): string {
  const n = bytes.length;
  if (n === 0 || n > 21) return "<Invalid length of NSAP>";
  if (n < 20) return formatNetArea(bytes);
  const selector = `[${formatHex(bytes.subarray(19, 20))}]`;
  const text =
    formatNetArea(bytes.subarray(0, FULL_AREA)) + formatSystemId(bytes.subarray(13, 19)) + selector;
  return n === 20 ? text : `${text}-${formatHex(bytes.subarray(20))}`;
}

/** A line that is an expert info's text with the info below it. */
export function addExpertLine(
  d: Dissection,
  expert: Expert,
  at: number,
  length: number,
  message?: string,
): void {
  d.text(at, length, message ?? expert.message);
  d.expert(expert, message);
}

const QOS = [
  f.optionsQosReserved,
  f.optionsQosSeqVsTrs,
  f.optionsQosCongExped,
  f.optionsQosTsdVsCost,
  f.optionsQosReserrorTrs,
  f.optionsQosReserrorCost,
];
const REASONS: Readonly<Record<number, Field>> = {
  0: f.optionsRtdGeneral,
  8: f.optionsRtdAddress,
  9: f.optionsRtdSourceRouting,
  10: f.optionsRtdLifetime,
  11: f.optionsRtdPduDiscarded,
  12: f.optionsRtdReassembly,
};

/** The options of CLNP and ES-IS: ISO 8473 section 7.5, ISO 9542 section 7.4, `length` bytes from the cursor on. */
export function addOsiOptions(d: Dissection, length: number): void {
  d.openText(d.pos, length, "### Option Section ###");
  if (length <= 0) {
    d.expert(x.none);
    if (d.labels) d.close();
    return;
  }
  let left = length;
  while (left > 0) {
    const code = d.peek8();
    const size = d.peek8(1);
    d.skip(2);
    left -= 2;
    if (size > left) d.malformed();
    const at = d.pos;
    addOption(d, code, size);
    d.pos = at;
    d.skip(size);
    left -= size;
  }
  if (d.labels) d.close();
}

function addOption(d: Dissection, code: number, size: number): void {
  switch (code) {
    case 0xc3:
      if (d.bits(f.optionsQosMaintenance, d.pos, 1) === 3) {
        d.openLast();
        for (const bit of QOS) d.bits(bit, d.pos, 1);
        if (d.labels) d.close();
      }
      break;
    case 0xc5:
      d.bits(f.optionsSecurityType, d.pos, 1);
      break;
    case 0xcd:
      d.u8(f.optionsPriority);
      break;
    case 0xe1:
      d.bytes(f.optionsAddressMask, size);
      if (d.labels) d.relabel(`Address Mask: ${formatNsap(d.buf.subarray(d.pos - size, d.pos))}`);
      break;
    case 0xe2:
      d.bytes(f.optionsSnpaMask, size);
      break;
    case 0xc6:
      d.u16(f.optionsEsct);
      break;
    case 0xcc:
      d.bytes(f.optionsPadding, size);
      break;
    case 0xc8:
    case 0xcb:
      addRoute(d, code, size);
      break;
    case 0xc1:
      addDiscard(d);
      break;
  }
}

/** Source routing and recording of route. */
function addRoute(d: Dissection, code: number, size: number): void {
  const at = d.pos;
  const kind = d.peek8();
  const next = d.peek8(1);
  if (code === 0xc8) {
    d.u8(f.optionsSourceRouting);
    if (d.labels) {
      const name =
        kind === 1 ? "Complete Source Routing" : kind === 0 ? "Partial Source Routing" : "Source Routing";
      d.relabel(`Source Routing: ${name}   ( Next Hop Highlighted In Data Buffer )`);
    }
  } else {
    if (next === 0xff) {
      d.u8(f.optionsLastHop);
      if (d.labels) d.relabel("Last Hop: 0xff");
    } else if (d.labels) {
      d.openText(at, size, kind === 1 ? "Complete Route Recording" : "Partial Route Recording");
    }
  }
  if (next !== 0xff) {
    d.pos = at + 2;
    for (let hop = 0; d.pos < at + next - 1 && d.pos < at + size; hop++) {
      const n = d.peek8();
      d.skip(1);
      const from = d.pos;
      d.skip(n);
      if (!d.wants(f.optionsRoute)) continue;
      const net = formatNsap(d.buf.subarray(from, from + n));
      d.add(f.optionsRoute, from, n, net);
      if (d.labels) d.relabel(`Hop #${String(hop).padStart(3)} NETL: ${String(n).padStart(2)}, NET: ${net}`);
    }
  }
  if (code === 0xcb) {
    if (next !== 0xff && d.labels) d.close();
    d.add(f.optionsRouteRecording, at, 1, kind);
    if (d.labels) d.relabel(`Route Recording: ${kind === 1 ? "Complete" : "Partial"} Route Recording `);
  }
}

function addDiscard(d: Dissection): void {
  const errorClass = d.bits(f.optionsRfdErrorClass, d.pos, 1);
  const reason = REASONS[errorClass];
  if (reason !== undefined) d.bits(reason, d.pos, 1);
  else d.expert(x.errorClass);
  d.skip(1);
  d.u8(f.optionsRfdField);
}
