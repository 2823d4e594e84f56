/**
 * Options of IPv4 headers: RFC 791 section 3.1, RFC 1108 (security), FIPS 188 (CIPSO), RFC 1191's predecessor
 * RFC 1063 (MTU), RFC 1393 (traceroute), RFC 2113 (router alert), RFC 4782 (Quick-Start).
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, ipv4, str, u8, u16, u32, YES_NO } from "../dissect/field.ts";
import { GENERATED, HIDDEN } from "../dissect/node.ts";
import { decodeText, formatIpv4 } from "../dissect/text.ts";
import {
  CIPSO_TAGS,
  CLASSIFICATIONS,
  OPTION_CLASSES,
  OPTION_NUMBERS,
  QUICK_START_FUNCTIONS,
  QUICK_START_RATES,
  ROUTER_ALERTS,
  SECURITY_LEVELS,
  TIMESTAMP_FLAGS,
} from "./names/ip-options.ts";

const PROTECTED = [
  "Datagram protected in accordance with its rules",
  "Datagram not protected in accordance with its rules",
] as const;

const f = {
  optType: u8("ip.opt.type", "Type"),
  optCopy: bool("ip.opt.type.copy", "Copy on fragmentation", { mask: 0x80, tf: YES_NO }),
  optClass: u8("ip.opt.type.class", "Class", { mask: 0x60, names: OPTION_CLASSES }),
  optNumber: u8("ip.opt.type.number", "Number", { mask: 0x1f, names: OPTION_NUMBERS }),
  optLength: u8("ip.opt.len", "Length"),
  optPointer: u8("ip.opt.ptr", "Pointer"),
  optStream: u16("ip.opt.sid", "Stream Identifier"),
  optMtu: u16("ip.opt.mtu", "MTU"),
  optTraceId: u16("ip.opt.id_number", "ID Number"),
  optOutbound: u16("ip.opt.ohc", "Outbound Hop Count"),
  optReturn: u16("ip.opt.rhc", "Return Hop Count"),
  optOriginator: ipv4("ip.opt.originator", "Originator IP Address"),
  optRouterAlert: u16("ip.opt.ra", "Router Alert", { names: ROUTER_ALERTS }),
  optAddress: ipv4("ip.opt.addr", "IP Address"),
  optPadding: bytes("ip.opt.padding", "Padding"),
  optQuickFunction: u8("ip.opt.qs_func", "Function", { mask: 0xf0, names: QUICK_START_FUNCTIONS }),
  optQuickRate: u8("ip.opt.qs_rate", "Rate", { mask: 0x0f, names: QUICK_START_RATES }),
  optQuickTtl: u8("ip.opt.qs_ttl", "QS TTL"),
  optQuickTtlDiff: u8("ip.opt.qs_ttl_diff", "TTL Diff"),
  optQuickUnused: u8("ip.opt.qs_unused", "Not Used"),
  optQuickNonce: u32("ip.opt.qs_nonce", "QS Nonce", { base: "HEX", mask: 0xfffffffc }),
  optQuickReserved: u32("ip.opt.qs_reserved", "Reserved", { base: "HEX", mask: 0x00000003 }),
  optSecurity: u16("ip.opt.sec_rfc791_sec", "Security", { base: "HEX", names: SECURITY_LEVELS }),
  optCompartments: u16("ip.opt.sec_rfc791_comp", "Compartments"),
  optHandling: str("ip.opt.sec_rfc791_hr", "Handling Restrictions"),
  optTransmission: str("ip.opt.sec_rfc791_tcc", "Transmission Control Code"),
  optClassification: u8("ip.opt.sec_cl", "Classification Level", { base: "HEX", names: CLASSIFICATIONS }),
  optAuthority: u8("ip.opt.sec_prot_auth_flags", "Protection Authority Flags", { base: "HEX" }),
  optGenser: bool("ip.opt.sec_prot_auth_genser", "GENSER", { mask: 0x80, tf: PROTECTED }),
  optSiopEsi: bool("ip.opt.sec_prot_auth_siop_esi", "SIOP-ESI", { mask: 0x40, tf: PROTECTED }),
  optSci: bool("ip.opt.sec_prot_auth_sci", "SCI", { mask: 0x20, tf: PROTECTED }),
  optNsa: bool("ip.opt.sec_prot_auth_nsa", "NSA", { mask: 0x10, tf: PROTECTED }),
  optDoe: bool("ip.opt.sec_prot_auth_doe", "DOE", { mask: 0x08, tf: PROTECTED }),
  optUnassigned: u8("ip.opt.sec_prot_auth_unassigned", "Unassigned", { base: "HEX", mask: 0x06 }),
  optFieldEnd: bool("ip.opt.sec_prot_auth_fti", "Field Termination Indicator", {
    mask: 0x01,
    tf: ["Additional octet present", "Final octet"],
  }),
  optFormatCode: u8("ip.opt.ext_sec_add_sec_info_format_code", "Additional Security Info Format Code", {
    base: "HEX",
  }),
  optInfo: bytes("ip.opt.ext_sec_add_sec_info", "Additional Security Info"),
  recordedRoute: ipv4("ip.rec_rt", "Recorded Route"),
  recordedRouteHost: str("ip.rec_rt_host", "Recorded Route Host"),
  sourceRoute: ipv4("ip.src_rt", "Source Route"),
  sourceRouteHost: str("ip.src_rt_host", "Source Route Host"),
  emptyRoute: ipv4("ip.empty_rt", "Empty Route"),
  emptyRouteHost: str("ip.empty_rt_host", "Empty Route Host"),
  cipsoDoi: u32("ip.cipso.doi", "DOI"),
  cipsoTag: u8("ip.cipso.tag_type", "Tag Type", { names: CIPSO_TAGS }),
  cipsoSensitivity: u8("ip.cipso.sensitivity_level", "Sensitivity Level"),
  cipsoCategories: str("ip.cipso.categories", "Categories"),
  cipsoData: bytes("ip.cipso.tag_data", "Tag data"),
  optOverflow: u8("ip.opt.overflow", "Overflow", { mask: 0xf0 }),
  optFlag: u8("ip.opt.flag", "Flag", { base: "HEX", mask: 0x0f, names: TIMESTAMP_FLAGS }),
  optTimestamp: u32("ip.opt.time_stamp", "Time stamp"),
  optTimestampAddress: ipv4("ip.opt.time_stamp_addr", "Address"),
  // One line each for the options themselves.
  optionEol: bytes("ip.options.eol", "IP Option - End of Options List (EOL)"),
  optionNop: bytes("ip.options.nop", "IP Option - No-Operation (NOP)"),
  optionSecurity: bytes("ip.options.security", "IP Option - Security"),
  optionLoose: bytes("ip.options.route", "IP Option - Loose Source Route"),
  optionTimestamp: bytes("ip.options.timestamp", "IP Option - Time Stamp"),
  optionExtended: bytes("ip.options.ext_security", "IP Option - Extended Security"),
  optionCipso: bytes("ip.options.cipso", "IP Option - Commercial Security"),
  optionRecord: bytes("ip.options.record_route", "IP Option - Record Route"),
  optionStream: bytes("ip.options.sid", "IP Option - Stream ID"),
  optionStrict: bytes("ip.options.source_route", "IP Option - Strict Source Route"),
  optionMtuProbe: bytes("ip.options.mtu_probe", "IP Option - MTU Probe"),
  optionMtuReply: bytes("ip.options.mtu_reply", "IP Option - MTU Reply"),
  optionTraceroute: bytes("ip.options.traceroute", "IP Option - Traceroute"),
  optionRouterAlert: bytes("ip.options.routeralert", "IP Option - Router Alert"),
  optionBroadcast: bytes("ip.options.sdb", "IP Option - Selective Directed Broadcast"),
  optionQuickStart: bytes("ip.options.qs", "IP Option - Quick-Start"),
};
export const ipOptionFields = f;

const x = {
  optInvalidLength: expert("ip.opt.len.invalid", "warning", "Protocol", "Invalid length for option"),
  optPointerBefore: expert(
    "ip.opt.ptr.before_address",
    "warning",
    "Protocol",
    "Pointer points before first address",
  ),
  optPointerMiddle: expert(
    "ip.opt.ptr.middle_address",
    "warning",
    "Protocol",
    "Pointer points to middle of address",
  ),
  optSubTooLong: expert("ip.subopt_too_long", "warning", "Protocol", "Suboption would go past end of option"),
  optManyNops: expert(
    "ip.nop",
    "warning",
    "Protocol",
    "4 NOP in a row - a router may have removed some options",
  ),
  optCipso: expert("ip.cipso.malformed", "error", "Malformed", "Malformed CIPSO tag"),
};
export const ipOptionExperts = x;

/** The fields of the header's destination, which the last address of a source route is shown as. */
interface Destination {
  readonly dst: Field;
  readonly dstHost: Field;
  readonly addr: Field;
  readonly host: Field;
}

interface Option {
  readonly name: string;
  readonly field: Field;
  /** Whole length with type and length byte: exact, or the least (`variable`). */
  readonly length: number;
  readonly variable?: boolean;
  /** Adds what the option holds, `d.pos` behind its length byte, up to `end`; may return text for its line. */
  readonly add: (d: Dissection, end: number, at: number, to: Destination) => string | undefined;
}

const END = 0;
const NOP = 1;
const LOOSE = 131;
const STRICT = 137;

const OPTIONS: Readonly<Record<number, Option>> = {
  7: { name: "Record Route", field: f.optionRecord, length: 3, variable: true, add: addRecordRoute },
  11: { name: "MTU Probe", field: f.optionMtuProbe, length: 4, add: addMtu },
  12: { name: "MTU Reply", field: f.optionMtuReply, length: 4, add: addMtu },
  25: { name: "Quick-Start", field: f.optionQuickStart, length: 8, add: addQuickStart },
  68: { name: "Time Stamp", field: f.optionTimestamp, length: 4, variable: true, add: addTimestamp },
  82: { name: "Traceroute", field: f.optionTraceroute, length: 12, add: addTraceroute },
  130: { name: "Security", field: f.optionSecurity, length: 3, variable: true, add: addSecurity },
  131: { name: "Loose Source Route", field: f.optionLoose, length: 3, variable: true, add: addSourceRoute },
  133: { name: "Extended Security", field: f.optionExtended, length: 3, variable: true, add: addExtended },
  134: { name: "Commercial Security", field: f.optionCipso, length: 10, variable: true, add: addCipso },
  136: { name: "Stream ID", field: f.optionStream, length: 4, add: addStream },
  137: { name: "Strict Source Route", field: f.optionStrict, length: 3, variable: true, add: addSourceRoute },
  148: { name: "Router Alert", field: f.optionRouterAlert, length: 4, add: addRouterAlert },
  149: {
    name: "Selective Directed Broadcast",
    field: f.optionBroadcast,
    length: 6,
    variable: true,
    add: addBroadcast,
  },
};

/** Where a source route that is still being followed has its last address; undefined without one. */
export function finalDestination(d: Dissection, at: number, end: number): number | undefined {
  let pos = at;
  while (pos < end) {
    const type = d.buf[pos];
    if (type === END) return undefined;
    if (type === NOP) {
      pos++;
      continue;
    }
    if (pos + 2 > end) return undefined;
    const length = d.buf[pos + 1];
    if (length < 2 || pos + length > end) return undefined;
    if (type === LOOSE || type === STRICT) {
      if (length < 7) return undefined;
      const pointer = d.buf[pos + 2];
      const addresses = (length - 3) >> 2;
      return pointer < length ? pos + 3 + 4 * (addresses - 1) : undefined;
    }
    pos += length;
  }
  return undefined;
}

/** Adds the options in `buf[at .. end)`; the cursor ends behind them. */
export function addOptions(
  d: Dissection,
  at: number,
  end: number,
  dst: Field,
  dstHost: Field,
  addr: Field,
  host: Field,
): void {
  const length = end - at;
  const to: Destination = { dst, dstHost, addr, host };
  d.openText(at, length, `Options: (${length} bytes)`);
  d.pos = at;
  let nops = 0;
  while (d.pos < end) {
    const type = d.buf[d.pos];
    nops = type === NOP ? nops + 1 : 0;
    if (type === END || type === NOP) {
      // RFC 791 knows of no use for this many.
      if (nops === 4 && d.parent !== null) {
        d.last = d.parent;
        d.expert(x.optManyNops);
      }
      addSingle(d, type);
      if (type === END) break;
    } else if (!addOption(d, type, end, to)) break;
  }
  d.pos = end;
  if (d.labels) d.close();
}

const TYPE_BITS = [f.optCopy, f.optClass, f.optNumber] as const;

function addSingle(d: Dissection, type: number): void {
  d.open(type === END ? f.optionEol : f.optionNop, d.pos, 1, d.buf.subarray(d.pos, d.pos + 1));
  if (d.labels) d.relabel(type === END ? f.optionEol.title : f.optionNop.title);
  d.bitset(f.optType, 1, TYPE_BITS);
  d.close();
}

const count = (n: number): string => `${n} byte${n === 1 ? "" : "s"}`;

/** Adds one option; false when its length makes the rest unreadable. */
function addOption(d: Dissection, type: number, end: number, to: Destination): boolean {
  const at = d.pos;
  const option = OPTIONS[type];
  const name = option?.name ?? `Unknown (0x${type.toString(16).padStart(2, "0")})`;
  const length = at + 1 < end ? d.buf[at + 1] : 0;
  const problem =
    at + 1 >= end
      ? "length byte past end of options"
      : length < 2
        ? `with too-short option length = ${count(length)}`
        : at + length > end
          ? `option length = ${count(length)} says option goes past end of options`
          : "";
  if (problem !== "") {
    d.text(at, end - at, `${name} (${problem})`);
    d.expert(x.optInvalidLength, `${name} (${problem})`);
    return false;
  }
  const optionEnd = at + length;
  if (option === undefined) {
    d.text(at, length, `${name} (${count(length)})`);
    d.pos = optionEnd;
    return true;
  }
  d.appendParent(`, ${name}`);
  d.open(option.field, at, length, d.buf.subarray(at, optionEnd));
  const line = d.last;
  d.bitset(f.optType, 1, TYPE_BITS);
  d.u8(f.optLength);
  const wrong = option.variable ? length < option.length : length !== option.length;
  if (wrong) {
    const should = option.variable ? `at least ${option.length}` : `${option.length}`;
    d.expert(x.optInvalidLength, `${name} (with option length = ${count(length)}; should be ${should})`);
  }
  const end0 = d.end;
  d.end = Math.min(d.end, optionEnd);
  let text: string | undefined;
  if (length >= option.length) text = option.add(d, optionEnd, at, to);
  d.end = end0;
  if (d.labels && line !== null) {
    line.label = `IP Option - ${name} (${count(length)})${text === undefined ? "" : `: ${text}`}`;
  }
  d.close();
  d.pos = optionEnd;
  return true;
}

function addPointer(d: Dissection): number {
  const pointer = d.u8(f.optPointer);
  if (pointer < 4) d.expert(x.optPointerBefore);
  else if (pointer & 3) d.expert(x.optPointerMiddle);
  else return pointer;
  return -1;
}

function addRoute(d: Dissection, field: Field, hostField: Field, next: boolean): void {
  const address = d.ipv4(field);
  if (next && d.labels) d.append(" <- (next)");
  d.add(hostField, d.pos - 4, 4, formatIpv4(address), HIDDEN);
}

function addRecordRoute(d: Dissection, end: number, at: number): undefined {
  const pointer = addPointer(d);
  if (pointer < 0) return;
  while (d.pos + 4 <= end) {
    const place = d.pos - at + 1;
    if (place < pointer) addRoute(d, f.recordedRoute, f.recordedRouteHost, false);
    else addRoute(d, f.emptyRoute, f.emptyRouteHost, place === pointer);
  }
}

function addSourceRoute(d: Dissection, end: number, at: number, to: Destination): undefined {
  const pointer = addPointer(d);
  if (pointer < 0) return;
  while (d.pos + 4 <= end) {
    const place = d.pos - at + 1;
    const isLast = d.pos + 8 > end;
    if (place < pointer) addRoute(d, f.recordedRoute, f.recordedRouteHost, false);
    else if (isLast) addDestination(d, to);
    else addRoute(d, f.sourceRoute, f.sourceRouteHost, place === pointer);
  }
}

function addDestination(d: Dissection, to: Destination): void {
  const address = d.ipv4(to.dst);
  const text = formatIpv4(address);
  d.add(to.addr, d.pos - 4, 4, address, HIDDEN);
  d.add(to.dstHost, d.pos - 4, 4, text, HIDDEN);
  d.add(to.host, d.pos - 4, 4, text, HIDDEN);
}

function addMtu(d: Dissection): undefined {
  d.u16(f.optMtu);
}

function addStream(d: Dissection): undefined {
  d.u16(f.optStream);
}

function addRouterAlert(d: Dissection): string {
  const value = d.u16(f.optRouterAlert);
  return `${ROUTER_ALERTS.find(value) ?? "Unknown"} (${value})`;
}

function addTraceroute(d: Dissection): undefined {
  d.u16(f.optTraceId);
  d.u16(f.optOutbound);
  d.u16(f.optReturn);
  d.ipv4(f.optOriginator);
}

function addBroadcast(d: Dissection, end: number): undefined {
  while (d.pos + 4 <= end) d.ipv4(f.optAddress);
  if (d.pos < end) d.bytes(f.optPadding, end - d.pos);
}

function addQuickStart(d: Dissection, _end: number, at: number): string {
  const func = d.bits(f.optQuickFunction, d.pos, 1);
  const rate = d.bits(f.optQuickRate, d.pos, 1);
  d.skip(1);
  const funcText = `${QUICK_START_FUNCTIONS[func] ?? "Unknown"} (${func})`;
  const rateText = QUICK_START_RATES[rate] ?? "Unknown";
  let text = funcText;
  if (func === 0) {
    const ttl = d.u8(f.optQuickTtl);
    // The header's own TTL: nine bytes into it.
    const diff = (headerTtl(d, at) - ttl + 256) % 256;
    d.add(f.optQuickTtlDiff, d.pos - 1, 1, diff, GENERATED);
    text += `, ${rateText}, QS TTL ${ttl}, QS TTL diff ${diff}`;
  } else if (func === 8) {
    d.u8(f.optQuickUnused);
    text += `, ${rateText}`;
  } else return text;
  d.bits(f.optQuickNonce, d.pos, 4);
  d.bits(f.optQuickReserved, d.pos, 4);
  d.skip(4);
  return text;
}

/** TTL of the IPv4 header whose options hold the byte at `at`. */
function headerTtl(d: Dissection, at: number): number {
  const options = d.parent?.parent;
  const header = options ? options.offset + d.base - 20 : at - 20;
  return d.buf[header + 8];
}

function addTimestamp(d: Dissection, end: number): undefined {
  d.u8(f.optPointer);
  d.bits(f.optOverflow, d.pos, 1);
  const flag = d.bits(f.optFlag, d.pos, 1);
  d.skip(1);
  const withAddress = flag === 1 || flag === 3;
  while (d.pos + (withAddress ? 8 : 4) <= end) {
    if (withAddress) d.ipv4(f.optTimestampAddress);
    d.u32(f.optTimestamp);
  }
}

function addSecurity(d: Dissection, end: number): undefined {
  if (end - d.pos === 9) {
    d.u16(f.optSecurity);
    d.u16(f.optCompartments);
    d.add(f.optHandling, d.pos, 2, decodeText(d.buf, d.pos, d.pos + 2, "ascii"));
    d.add(f.optTransmission, d.pos + 2, 3, decodeText(d.buf, d.pos + 2, d.pos + 5, "ascii"));
    d.pos = end;
    return;
  }
  d.u8(f.optClassification);
  while (d.pos < end) {
    const flags = d.bitset(f.optAuthority, 1, AUTHORITY_BITS);
    if ((flags & 1) === 0) break;
  }
}
const AUTHORITY_BITS = [
  f.optGenser,
  f.optSiopEsi,
  f.optSci,
  f.optNsa,
  f.optDoe,
  f.optUnassigned,
  f.optFieldEnd,
] as const;

function addExtended(d: Dissection, end: number): undefined {
  d.u8(f.optFormatCode);
  if (d.pos < end) d.bytes(f.optInfo, end - d.pos);
}

/** FIPS 188 section 3.4: a domain of interpretation and tags of sensitivity and categories. */
function addCipso(d: Dissection, end: number): undefined {
  d.u32(f.cipsoDoi);
  while (d.pos + 2 <= end) {
    const at = d.pos;
    const tag = d.buf[at];
    const length = d.buf[at + 1];
    d.add(f.cipsoTag, at, 1, tag);
    if (length < 4 || at + length > end) {
      d.expert(x.optCipso);
      return;
    }
    const tagEnd = at + length;
    if (tag === 1 || tag === 2 || tag === 5) {
      d.add(f.cipsoSensitivity, at + 3, 1, d.buf[at + 3]);
      if (tagEnd > at + 4)
        d.add(f.cipsoCategories, at + 4, tagEnd - at - 4, categories(d.buf, tag, at + 4, tagEnd));
    } else d.add(f.cipsoData, at + 2, length - 2, d.buf.subarray(at + 2, tagEnd));
    d.pos = tagEnd;
  }
}

function categories(buf: Uint8Array, tag: number, from: number, end: number): string {
  const list: string[] = [];
  if (tag === 1) {
    for (let i = from; i < end; i++) {
      for (let bit = 0; bit < 8; bit++) if (buf[i] & (0x80 >> bit)) list.push(String((i - from) * 8 + bit));
    }
  } else if (tag === 2) {
    for (let i = from; i + 2 <= end; i += 2) list.push(String((buf[i] << 8) | buf[i + 1]));
  } else {
    for (let i = from; i + 2 <= end; i += 4) {
      const high = (buf[i] << 8) | buf[i + 1];
      const low = i + 4 <= end ? (buf[i + 2] << 8) | buf[i + 3] : 0;
      list.push(`${high}-${low}`);
    }
  }
  return list.join(",");
}
