/** Flow specifications: RFC 8955 for IPv4, RFC 8956 for IPv6, both with a route distinguisher for VPNs. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  ipv4,
  ipv6,
  nameOf,
  none,
  SET_NOTSET,
  u8,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import {
  addPrefix,
  addressText,
  commonExperts,
  expertAbove,
  type PrefixKind,
  plural,
  prefixAddress,
} from "./bgp-common.ts";
import { FLOWSPEC_NLRI_FILTER_TYPE } from "./names/bgp.ts";
import { DSCP_NAMES } from "./names/ip.ts";

export const flowspecFields = {
  nlri: bytes("bgp.flowspec_nlri", "FLOW-SPEC nlri"),
  routeDistinguisher: none("bgp.flowspec_route_distinguisher", "Route Distinguisher"),
  routeDistinguisherType: u16("bgp.flowspec_route_distinguisher_type", "Route Distinguisher Type"),
  routeDistinguisherAdminAsNum2: u16(
    "bgp.flowspec_route_distinguisher_admin_as_num_2",
    "Administrator Subfield",
  ),
  routeDistinguisherAdminIpv4: ipv4("bgp.flowspec_route_distinguisher_admin_ipv4", "Administrator Subfield"),
  routeDistinguisherAdminAsNum4: u32(
    "bgp.flowspec_route_distinguisher_admin_as_num_4",
    "Administrator Subfield",
    { base: "HEX_DEC" },
  ),
  routeDistinguisherAsnum2: u16("bgp.flowspec_route_distinguisher_asnum_2", "Assigned Number Subfield"),
  routeDistinguisherAsnum4: u32("bgp.flowspec_route_distinguisher_asnum_4", "Assigned Number Subfield", {
    base: "HEX_DEC",
  }),
  nlriFilter: none("bgp.flowspec_nlri.filter", "Filter"),
  nlriFilterType: u8("bgp.flowspec_nlri.filter_type", "Filter type", { names: FLOWSPEC_NLRI_FILTER_TYPE }),
  nlriLength: u16("bgp.flowspec_nlri.length", "NRLI length"),
  nlriOpflags: u8("bgp.flowspec_nlri.opflags", "Operator flags", { base: "HEX" }),
  nlriDstPrefixFilter: ipv4("bgp.flowspec_nlri.dst_prefix_filter", "Destination IP filter"),
  nlriSrcPrefixFilter: ipv4("bgp.flowspec_nlri.src_prefix_filter", "Source IP filter"),
  nlriOpEol: bool("bgp.flowspec_nlri.op.eol", "end-of-list", { mask: 0x80, tf: SET_NOTSET }),
  nlriOpAnd: bool("bgp.flowspec_nlri.op.and", "and", { mask: 0x40, tf: SET_NOTSET }),
  nlriOpValLen: u8("bgp.flowspec_nlri.op.val_len", "Value length", {
    mask: 0x30,
    names: { 0: "1 byte: 1 <<", 1: "2 bytes: 1 <<", 2: "4 bytes: 1 <<", 3: "8 bytes: 1 <<" },
  }),
  nlriOpUnBit4: bool("bgp.flowspec_nlri.op.un_bit4", "Reserved", { mask: 0x8, tf: SET_NOTSET }),
  nlriOpUnBit5: bool("bgp.flowspec_nlri.op.un_bit5", "Reserved", { mask: 0x4, tf: SET_NOTSET }),
  nlriDecVal8: u8("bgp.flowspec_nlri.dec_val_8", "Decimal value"),
  nlriDecVal16: u16("bgp.flowspec_nlri.dec_val_16", "Decimal value"),
  nlriDecVal32: u32("bgp.flowspec_nlri.dec_val_32", "Decimal value"),
  nlriDecVal64: u64("bgp.flowspec_nlri.dec_val_64", "Decimal value"),
  nlriOpLt: bool("bgp.flowspec_nlri.op.lt", "less than", { mask: 0x4, tf: SET_NOTSET }),
  nlriOpGt: bool("bgp.flowspec_nlri.op.gt", "greater than", { mask: 0x2, tf: SET_NOTSET }),
  nlriOpEqual: bool("bgp.flowspec_nlri.op.equal", "equal", { mask: 0x1, tf: SET_NOTSET }),
  nlriOpFlgNot: bool("bgp.flowspec_nlri.op.flg_not", "logical negation", { mask: 0x2, tf: SET_NOTSET }),
  nlriOpFlgMatch: bool("bgp.flowspec_nlri.op.flg_match", "Match bit", { mask: 0x1, tf: SET_NOTSET }),
  nlriValTcpFlags: u8("bgp.flowspec_nlri.val_tcp.flags", "TCP flags", { base: "HEX" }),
  nlriValTcpFlagsCwr: bool("bgp.flowspec_nlri.val_tcp.flags.cwr", "Congestion Window Reduced (CWR)", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  nlriValTcpFlagsEcn: bool("bgp.flowspec_nlri.val_tcp.flags.ecn", "ECN-Echo", { mask: 0x40, tf: SET_NOTSET }),
  nlriValTcpFlagsUrg: bool("bgp.flowspec_nlri.val_tcp.flags.urg", "Urgent", { mask: 0x20, tf: SET_NOTSET }),
  nlriValTcpFlagsAck: bool("bgp.flowspec_nlri.val_tcp.flags.ack", "Acknowledgment", {
    mask: 0x10,
    tf: SET_NOTSET,
  }),
  nlriValTcpFlagsPush: bool("bgp.flowspec_nlri.val_tcp.flags.push", "Push", { mask: 0x8, tf: SET_NOTSET }),
  nlriValTcpFlagsReset: bool("bgp.flowspec_nlri.val_tcp.flags.reset", "Reset", { mask: 0x4, tf: SET_NOTSET }),
  nlriValTcpFlagsSyn: bool("bgp.flowspec_nlri.val_tcp.flags.syn", "Syn", { mask: 0x2, tf: SET_NOTSET }),
  nlriValTcpFlagsFin: bool("bgp.flowspec_nlri.val_tcp.flags.fin", "Fin", { mask: 0x1, tf: SET_NOTSET }),
  nlriValFrag: u8("bgp.flowspec_nlri.val_frag", "Fragment Flag", { base: "HEX" }),
  nlriValFragLf: bool("bgp.flowspec_nlri.val_frag_lf", "Last fragment", { mask: 0x8, tf: SET_NOTSET }),
  nlriValFragFf: bool("bgp.flowspec_nlri.val_frag_ff", "First fragment", { mask: 0x4, tf: SET_NOTSET }),
  nlriValFragIsf: bool("bgp.flowspec_nlri.val_frag_isf", "Is a fragment", { mask: 0x2, tf: SET_NOTSET }),
  nlriValFragDf: bool("bgp.flowspec_nlri.val_frag_df", "Don't fragment", { mask: 0x1, tf: SET_NOTSET }),
  nlriValDsfield: u8("bgp.flowspec_nlri.val_dsfield", "Differentiated Services Codepoint", {
    base: "HEX",
    mask: 0x3f,
    names: DSCP_NAMES,
  }),
  nlriSrcIpv6Pref: ipv6("bgp.flowspec_nlri.src_ipv6_pref", "Source IPv6 prefix"),
  nlriDstIpv6Pref: ipv6("bgp.flowspec_nlri.dst_ipv6_pref", "Destination IPv6 prefix"),
  nlriIpv6PrefLength: u8("bgp.flowspec_nlri.ipv6_pref_length", "IPv6 prefix length"),
  nlriIpv6PrefOffset: u8("bgp.flowspec_nlri.ipv6_pref_offset", "IPv6 prefix offset"),
};
const f = flowspecFields;

export const flowspecExperts = {
  prefixLength: expert("bgp.prefix.length", "error", "Malformed", "Invalid IPv6 prefix length"),
};
const x = { ...flowspecExperts, ...commonExperts };

const prefixKind = (field: Field): PrefixKind => ({
  field,
  size: 4,
  title: field.title,
  invalid: (bits) => `${field.title} length ${bits} invalid (> 32)`,
});
const DESTINATION = prefixKind(f.nlriDstPrefixFilter);
const SOURCE = prefixKind(f.nlriSrcPrefixFilter);

/** Lengths from which two bytes tell it, the first nibble being 15. */
const LONG_LENGTH = 0xf0;

export function addFlowspec(d: Dissection, end: number, size: 4 | 16, vpn: boolean): void {
  while (d.pos < end) {
    const long = d.peek8() >= LONG_LENGTH;
    const head = long ? 2 : 1;
    const length = long ? d.peek16() & 0xfff : d.peek8();
    if (d.pos + head + length > end) d.malformed();
    const after = d.pos + head + length;
    d.open(f.nlri, d.pos, head + length, d.peekBytes(head + length));
    if (d.labels) d.relabelParent(`FLOW_SPEC_NLRI (${plural(head + length, "byte")})`);
    d.add(f.nlriLength, d.pos, head, length);
    d.skip(head);
    if (vpn) addDistinguisher(d);
    while (d.pos < after && addFilter(d, size));
    d.close();
    d.pos = after;
  }
}

function addDistinguisher(d: Dissection): void {
  const at = d.pos;
  d.open(f.routeDistinguisher, at, 8);
  const type = d.u16(f.routeDistinguisherType);
  if (type === 0) {
    d.u16(f.routeDistinguisherAdminAsNum2);
    d.u32(f.routeDistinguisherAsnum4);
  } else if (type === 1) {
    d.ipv4(f.routeDistinguisherAdminIpv4);
    d.u16(f.routeDistinguisherAsnum2);
  } else if (type === 2) {
    d.u32(f.routeDistinguisherAdminAsNum4);
    d.u16(f.routeDistinguisherAsnum2);
  } else expertAbove(d, x.lengthInvalid, `Unknown Route Distinguisher type (${type})`);
  d.close();
  d.pos = at + 8;
}

/** One filter; false when those behind it cannot be found. */
function addFilter(d: Dissection, size: 4 | 16): boolean {
  const at = d.pos;
  const type = d.peek8();
  const name = nameOf(f.nlriFilterType.names, type);
  d.open(f.nlriFilter, at, 1);
  if (d.labels) d.relabelParent(name === undefined ? `Filter: Unknown filter ${type}` : `Filter: ${name}`);
  d.u8(f.nlriFilterType);
  let known = name !== undefined;
  if (type === 1 || type === 2) {
    const text = size === 4 ? addPrefix(d, type === 1 ? DESTINATION : SOURCE) : addPrefix6(d, type);
    if (d.labels && text !== null) d.appendParent(` (${text})`);
    known = text !== null;
  } else if (known) {
    if (d.labels) d.appendParent(" (");
    addTerms(d, type);
    if (d.labels) d.appendParent(")");
  }
  d.close(d.pos);
  return known;
}

/** RFC 8956 section 3.1: the bits from an offset to a length. */
function addPrefix6(d: Dissection, type: number): string | null {
  const bits = d.peek8();
  const skipped = d.peek8(1);
  if (bits > 128) {
    expertAbove(d, x.prefixLength, `Length is invalid ${bits}`);
    return null;
  }
  const pattern = Math.max(0, bits - skipped);
  const n = Math.ceil(pattern / 8);
  const address = prefixAddress(d, d.pos + 2, pattern, 16);
  const text = d.labels ? `${addressText(address)}/${bits}` : "";
  if (d.labels) d.openText(d.pos, 2 + n, text);
  d.u8(f.nlriIpv6PrefLength);
  d.u8(f.nlriIpv6PrefOffset);
  d.add(type === 1 ? f.nlriDstIpv6Pref : f.nlriSrcIpv6Pref, d.pos, n, address);
  d.skip(n);
  if (d.labels) d.close();
  return text;
}

const TCP_FLAGS_FILTER = 9;
const DSCP_FILTER = 11;
const FRAGMENT_FILTER = 12;

const LIMITS = [
  f.nlriOpEol,
  f.nlriOpAnd,
  f.nlriOpValLen,
  f.nlriOpUnBit4,
  f.nlriOpLt,
  f.nlriOpGt,
  f.nlriOpEqual,
];
const MATCHES = [
  f.nlriOpEol,
  f.nlriOpAnd,
  f.nlriOpValLen,
  f.nlriOpUnBit4,
  f.nlriOpUnBit5,
  f.nlriOpFlgNot,
  f.nlriOpFlgMatch,
];
const TCP_FLAGS = [
  f.nlriValTcpFlagsCwr,
  f.nlriValTcpFlagsEcn,
  f.nlriValTcpFlagsUrg,
  f.nlriValTcpFlagsAck,
  f.nlriValTcpFlagsPush,
  f.nlriValTcpFlagsReset,
  f.nlriValTcpFlagsSyn,
  f.nlriValTcpFlagsFin,
];
/** Letters of the TCP flags in a filter's line, from the highest bit. */
const TCP_LETTERS = "CEUAPRSF";
const FRAGMENT_FLAGS = [f.nlriValFragLf, f.nlriValFragFf, f.nlriValFragIsf, f.nlriValFragDf];
const FRAGMENT_TEXTS: readonly (readonly [number, string])[] = [
  [1, "DF"],
  [2, "IsF"],
  [4, "FF"],
  [8, "LF"],
];

/** Pairs of an operator and a value, RFC 8955 section 4.2.1. */
function addTerms(d: Dissection, type: number): void {
  const matching = type === TCP_FLAGS_FILTER || type === DSCP_FILTER || type === FRAGMENT_FILTER;
  for (let first = true; ; first = false) {
    const operator = d.peek8();
    addFlags(d, f.nlriOpflags, 1, matching ? MATCHES : LIMITS);
    const length = 1 << ((operator >> 4) & 3);
    if (d.labels) {
      if (operator & 0x40) d.appendParent(first ? "&& " : " && ");
      else if (!first) d.appendParent(" || ");
      if (type === TCP_FLAGS_FILTER || type === FRAGMENT_FILTER) {
        d.appendParent(`${operator & 2 ? ">" : ""}${operator & 1 ? "=" : ""} `);
      } else {
        d.appendParent(`${operator & 2 ? ">" : ""}${operator & 4 ? "<" : ""}${operator & 1 ? "=" : ""}`);
      }
    }
    addValue(d, type, length);
    if (operator & 0x80) return;
  }
}

function addValue(d: Dissection, type: number, length: number): void {
  const at = d.pos + length - 1;
  const last = d.peek8(length - 1);
  if (type === TCP_FLAGS_FILTER) {
    d.pos = at;
    addFlags(d, f.nlriValTcpFlags, 1, TCP_FLAGS);
    if (d.labels) d.appendParent([...TCP_LETTERS].filter((_, i) => last & (0x80 >> i)).join(""));
  } else if (type === FRAGMENT_FILTER) {
    d.pos = at;
    addFlags(d, f.nlriValFrag, 1, FRAGMENT_FLAGS);
    if (d.labels)
      d.appendParent(
        FRAGMENT_TEXTS.filter(([bit]) => last & bit)
          .map(([, text]) => text)
          .join(""),
      );
  } else if (type === DSCP_FILTER) {
    d.bits(f.nlriValDsfield, at, 1);
    d.pos = at + 1;
    if (d.labels) d.appendParent(nameOf(DSCP_NAMES, last & 0x3f) ?? "Unknown DSCP");
  } else if (length === 8) {
    const value = d.u64(f.nlriDecVal64);
    if (d.labels) d.appendParent(String(value));
  } else {
    const field = length === 1 ? f.nlriDecVal8 : length === 2 ? f.nlriDecVal16 : f.nlriDecVal32;
    const value = d.uint(field, length);
    if (d.labels) d.appendParent(String(value));
  }
}
