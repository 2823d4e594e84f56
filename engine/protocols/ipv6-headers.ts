/**
 * IPv6 extension headers: RFC 8200 section 4, options RFC 2711 (router alert), RFC 2675 (jumbo), RFC 2473 (tunnel
 * limit), RFC 6275 (Mobile IPv6), RFC 6553 (RPL), RFC 7731 (MPL), RFC 5570 (CALIPSO), RFC 4782 (Quick-Start);
 * routing headers RFC 5095 (type 0), RFC 6554 (RPL), RFC 8754 (segment routing).
 */
import { ADDRESS_IPV6 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, ipv6, none, u8, u16, u32, YES_NO } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { formatIpv6 } from "../dissect/text.ts";
import { IP_PROTOCOL_NAMES } from "./names/ip.ts";
import { QUICK_START_FUNCTIONS, QUICK_START_RATES } from "./names/ip-options.ts";
import { OPTION_TYPES, ROUTER_ALERTS, ROUTING_TYPES } from "./names/ipv6.ts";

const byteCount = (value: number): string => `${value} byte${value === 1 ? "" : "s"}`;

const option = {
  opt: none("ipv6.opt", "IPv6 Option"),
  type: u8("ipv6.opt.type", "Type", { base: "HEX", names: OPTION_TYPES }),
  action: u8("ipv6.opt.type.action", "Action", {
    mask: 0xc0,
    names: {
      0: "Skip and continue",
      1: "Discard",
      2: "Discard and send ICMP",
      3: "Discard and send ICMP if not multicast",
    },
  }),
  change: bool("ipv6.opt.type.change", "May Change", { mask: 0x20, tf: YES_NO }),
  rest: u8("ipv6.opt.type.rest", "Low-Order Bits", { base: "HEX", mask: 0x1f }),
  optLength: u8("ipv6.opt.length", "Length"),
  pad1: none("ipv6.opt.pad1", "Pad1"),
  padN: bytes("ipv6.opt.padn", "PadN"),
  routerAlert: u16("ipv6.opt.router_alert", "Router Alert", { names: ROUTER_ALERTS }),
  tunnelLimit: u8("ipv6.opt.tel", "Tunnel Encapsulation Limit"),
  jumbo: u32("ipv6.opt.jumbo", "Payload Length"),
  calipsoDoi: u32("ipv6.opt.calipso.doi", "CALIPSO Domain of Interpretation"),
  calipsoLength: u8("ipv6.opt.calipso.cmpt.length", "Compartment Length"),
  calipsoLevel: u8("ipv6.opt.calipso.sens_level", "Sensitivity Level"),
  calipsoChecksum: u16("ipv6.opt.calipso.checksum", "Checksum", { base: "HEX" }),
  calipsoBitmap: bytes("ipv6.opt.calipso.cmpt_bitmap", "Compartment Bitmap"),
  quickFunction: u8("ipv6.opt.qs_func", "Function", { mask: 0xf0, names: QUICK_START_FUNCTIONS }),
  quickRate: u8("ipv6.opt.qs_rate", "Rate", { mask: 0x0f, names: QUICK_START_RATES }),
  quickTtl: u8("ipv6.opt.qs_ttl", "QS TTL"),
  quickNonce: u32("ipv6.opt.qs_nonce", "QS Nonce", { base: "HEX", mask: 0xfffffffc }),
  quickReserved: u32("ipv6.opt.qs_reserved", "Reserved", { base: "HEX", mask: 0x00000003 }),
  homeAddress: ipv6("ipv6.opt.mipv6.home_address", "MIPv6 Home Address"),
  rplFlag: u8("ipv6.opt.rpl.flag", "Flag", { base: "HEX" }),
  rplDown: bool("ipv6.opt.rpl.flag.o", "Down", { mask: 0x80 }),
  rplRank: bool("ipv6.opt.rpl.flag.r", "Rank Error", { mask: 0x40 }),
  rplForward: bool("ipv6.opt.rpl.flag.f", "Forwarding Error", { mask: 0x20 }),
  rplReserved: u8("ipv6.opt.rpl.flag.rsv", "Reserved", { base: "HEX", mask: 0x1f }),
  rplInstance: u8("ipv6.opt.rpl.instance_id", "RPLInstanceID", { base: "HEX" }),
  rplSenderRank: u16("ipv6.opt.rpl.sender_rank", "Sender Rank", { base: "HEX" }),
  ilnpNonce: bytes("ipv6.opt.ilnp_nonce", "ILNP Nonce"),
  mplFlag: u8("ipv6.opt.mpl.flag", "Flag", { base: "HEX" }),
  mplSeedLength: u8("ipv6.opt.mpl.flag.s", "Seed ID Length", {
    mask: 0xc0,
    names: {
      0: "IPv6 source address",
      1: "16-bit unsigned integer",
      2: "64-bit unsigned integer",
      3: "128-bit unsigned integer",
    },
  }),
  mplLargest: bool("ipv6.opt.mpl.flag.m", "Largest Sequence", { mask: 0x20 }),
  mplVersion: bool("ipv6.opt.mpl.flag.v", "Version", { mask: 0x10 }),
  mplReserved: u8("ipv6.opt.mpl.flag.rsv", "Reserved", { base: "HEX", mask: 0x0f }),
  mplSequence: u8("ipv6.opt.mpl.sequence", "Sequence", { base: "HEX" }),
  mplSeed: bytes("ipv6.opt.mpl.seed_id", "Seed ID"),
  experimental: bytes("ipv6.opt.experimental", "Experimental Option"),
  unknownData: bytes("ipv6.opt_unknown_data", "Unknown Data"),
  unknown: bytes("ipv6.opt.unknown", "Unknown Option Payload"),
};

const optionExperts = {
  mismatch: expert(
    "ipv6.opt.header_mismatch",
    "warning",
    "Protocol",
    "Wrong options extension header for type",
  ),
  invalid: expert("ipv6.opt.invalid_len", "error", "Malformed", "Invalid IPv6 option length"),
  unknownData: expert("ipv6.opt.unknown_data.expert", "note", "Undecoded", "Unknown Data (not interpreted)"),
};

const hop = {
  ...option,
  next: u8("ipv6.hopopts.nxt", "Next Header", { names: IP_PROTOCOL_NAMES }),
  length: u8("ipv6.hopopts.len", "Length"),
  octets: u16("ipv6.hopopts.len_oct", "Length", { base: "CUSTOM", text: byteCount }),
};
const hopExperts = {
  notFirst: expert(
    "ipv6.hopopts.not_first",
    "warning",
    "Protocol",
    "IPv6 Hop-by-Hop extension header must appear immediately after IPv6 header",
  ),
  ...optionExperts,
};
const destination = {
  next: u8("ipv6.dstopts.nxt", "Next Header", { names: IP_PROTOCOL_NAMES }),
  length: u8("ipv6.dstopts.len", "Length"),
  octets: u16("ipv6.dstopts.len_oct", "Length", { base: "CUSTOM", text: byteCount }),
};

export const hopByHop = protocol({
  name: "ipv6.hopopts",
  title: "IPv6 Hop-by-Hop Option",
  short: "IPv6 Hop-by-Hop",
  fields: hop,
  experts: hopExperts,
  quiet: true,
  dissect(d) {
    if (d.columns) d.setInfo("IPv6 hop-by-hop options");
    if (d.building && d.chain[d.chainLength - 2] !== d.protocol!.id && !isFirst(d))
      d.expert(hopExperts.notFirst);
    dissectOptions(d, hop.next, hop.length, hop.octets, true);
  },
});

export const destinationOptions = protocol({
  name: "ipv6.dstopts",
  title: "Destination Options for IPv6",
  short: "IPv6 Destination",
  fields: destination,
  quiet: true,
  dissect(d) {
    if (d.columns) d.setInfo("IPv6 destination options");
    dissectOptions(d, destination.next, destination.length, destination.octets, false);
  },
});

/** True right behind the fixed header, whose next header field then is 0. */
function isFirst(d: Dissection): boolean {
  const header = d.pos - 40;
  return header >= d.base && d.buf[header] >> 4 === 6 && d.buf[header + 6] === 0;
}

const JUMBO = 0xc2;
const PAD1 = 0;
const PADN = 1;

/** The payload length that a jumbo payload option in the hop-by-hop header at `d.pos` gives, or 0. */
export function jumboLength(d: Dissection): number {
  const b = d.buf;
  let at = d.pos + 2;
  if (at > d.end) return 0;
  const end = Math.min(d.end, d.pos + (b[d.pos + 1] + 1) * 8);
  while (at + 2 <= end) {
    if (b[at] === PAD1) at++;
    else if (b[at] === JUMBO && b[at + 1] === 4 && at + 6 <= end) {
      return ((b[at + 2] << 24) | (b[at + 3] << 16) | (b[at + 4] << 8) | b[at + 5]) >>> 0;
    } else at += 2 + b[at + 1];
  }
  return 0;
}

function dissectOptions(d: Dissection, next: Field, length: Field, octets: Field, isHop: boolean): void {
  const start = d.pos;
  d.u8(next);
  const units = d.u8(length);
  const total = (units + 1) * 8;
  d.generated(octets, start + 1, 1, total);
  d.layerEnd(Math.min(d.end, start + total));
  const end = start + total;
  d.needAt(start, Math.min(total, Math.max(8, d.end - start)));
  while (d.pos < end) addOption(d, end, isHop);
  d.pos = end;
}

const TYPE_BITS = [option.action, option.change, option.rest] as const;
const HOP_ONLY: readonly number[] = [5, 0xc2, 7, 0x26, 0x63, 0x6d];
const DESTINATION_ONLY: readonly number[] = [4, 0xc9, 0x8b, 15];

function addOption(d: Dissection, end: number, isHop: boolean): void {
  const at = d.pos;
  const type = d.peek8();
  const name = OPTION_TYPES[type] ?? `Unknown IPv6 Option (${type})`;
  const length = type === PAD1 ? 1 : 2 + d.peek8(1);
  d.open(option.opt, at, length);
  if (d.labels) d.relabel(name);
  const line = d.last;
  if (type === PAD1) {
    d.u8(option.type);
    d.add(option.pad1, at, 1, null);
    d.close();
    return;
  }
  d.bitset(option.type, 1, TYPE_BITS);
  if (isHop ? DESTINATION_ONLY.includes(type) : HOP_ONLY.includes(type)) {
    const header = isHop ? "destination" : "hop-by-hop";
    d.expert(optionExperts.mismatch, `${name} must use a ${header} options header`);
  }
  d.u8(option.optLength);
  const optionEnd = at + length;
  d.needAt(at, length);
  if (optionEnd > end) d.malformed();
  addOptionData(d, type, optionEnd, line);
  if (d.pos < optionEnd) {
    d.bytes(option.unknownData, optionEnd - d.pos);
    d.expert(optionExperts.unknownData);
  }
  d.pos = optionEnd;
  d.close();
}

function addOptionData(d: Dissection, type: number, end: number, line: typeof d.last): void {
  const length = end - d.pos;
  const exactly = (wanted: number): boolean => {
    if (length === wanted) return true;
    d.expert(optionExperts.invalid, `${OPTION_TYPES[type]}: Invalid length (${byteCount(length)})`);
    return length > wanted;
  };
  switch (type) {
    case PADN:
      d.add(option.padN, d.pos, length, d.buf.subarray(d.pos, end));
      if (length === 0 && d.labels) d.relabel("PadN: <none>");
      d.pos = end;
      break;
    case 4:
      if (exactly(1)) d.u8(option.tunnelLimit);
      break;
    case 5:
      if (exactly(2)) d.u16(option.routerAlert);
      break;
    case 7:
      if (length >= 8) addCalipso(d);
      break;
    case 0x26:
      if (exactly(6)) addQuickStart(d, line);
      break;
    case 0x63:
      if (length >= 4) addRpl(d);
      break;
    case 0x6d:
      if (length >= 2) addMpl(d, end);
      break;
    case 0x8b:
      d.bytes(option.ilnpNonce, length);
      break;
    case JUMBO:
      if (exactly(4)) d.u32(option.jumbo);
      break;
    case 0xc9:
      if (!exactly(16)) d.malformed();
      // RFC 6275 section 6.3: the packet's source, as what is inside should know it.
      d.setSource(ADDRESS_IPV6, d.buf, d.pos, 16);
      d.ipv6(option.homeAddress);
      break;
    default:
      if ((type & 0x1f) === 0x1e) d.bytes(option.experimental, length);
      else if (OPTION_TYPES[type] === undefined) d.bytes(option.unknown, length);
  }
}

function addCalipso(d: Dissection): void {
  d.u32(option.calipsoDoi);
  const words = d.u8(option.calipsoLength);
  d.u8(option.calipsoLevel);
  d.u16(option.calipsoChecksum);
  d.bytes(option.calipsoBitmap, words * 4);
}

function addQuickStart(d: Dissection, line: typeof d.last): void {
  const func = d.bits(option.quickFunction, d.pos, 1);
  const rate = d.bits(option.quickRate, d.pos, 1);
  d.skip(1);
  const ttl = d.u8(option.quickTtl);
  if (d.labels && line !== null && func === 0) {
    line.suffix = `, ${QUICK_START_RATES[rate] ?? "Unknown"}, QS TTL ${ttl}`;
  }
  d.bits(option.quickNonce, d.pos, 4);
  d.bits(option.quickReserved, d.pos, 4);
  d.skip(4);
}

function addRpl(d: Dissection): void {
  const flags = d.bitset(option.rplFlag, 1, [
    option.rplDown,
    option.rplRank,
    option.rplForward,
    option.rplReserved,
  ]);
  for (const flag of [option.rplDown, option.rplRank, option.rplForward]) {
    if (flags & flag.mask) d.append(`, ${flag.title}`);
  }
  d.u8(option.rplInstance);
  d.u16(option.rplSenderRank);
}

function addMpl(d: Dissection, end: number): void {
  const flags = d.bitset(option.mplFlag, 1, [
    option.mplSeedLength,
    option.mplLargest,
    option.mplVersion,
    option.mplReserved,
  ]);
  d.append(
    `, Seed ID Length: ${(option.mplSeedLength.names as Readonly<Record<number, string>>)[flags >> 6]}`,
  );
  for (const flag of [option.mplLargest, option.mplVersion]) {
    if (flags & flag.mask) d.append(`, ${flag.title}`);
  }
  d.u8(option.mplSequence);
  const seed = [0, 2, 8, 16][flags >> 6];
  if (seed > 0 && d.pos + seed <= end) d.bytes(option.mplSeed, seed);
}

// -------------------------------------------------------------------- routing headers

const routing = {
  next: u8("ipv6.routing.nxt", "Next Header", { names: IP_PROTOCOL_NAMES }),
  length: u8("ipv6.routing.len", "Length"),
  octets: u16("ipv6.routing.len_oct", "Length", { base: "CUSTOM", text: byteCount }),
  type: u8("ipv6.routing.type", "Type", { names: ROUTING_TYPES }),
  left: u8("ipv6.routing.segleft", "Segments Left"),
  unknown: bytes("ipv6.routing.unknown_data", "Type-Specific Data"),
  srcReserved: bytes("ipv6.routing.src.reserved", "Reserved"),
  srcAddress: ipv6("ipv6.routing.src.addr", "Address"),
  mipReserved: bytes("ipv6.routing.mipv6.reserved", "Reserved"),
  mipAddress: ipv6("ipv6.routing.mipv6.home_address", "Home Address"),
  rplInternal: u32("ipv6.routing.rpl.cmprI", "Compressed Internal Octets (CmprI)", { mask: 0xf0000000 }),
  rplFinal: u32("ipv6.routing.rpl.cmprE", "Compressed Final Octets (CmprE)", { mask: 0x0f000000 }),
  rplPad: u32("ipv6.routing.rpl.pad", "Padding Bytes", { mask: 0x00f00000 }),
  rplReserved: u32("ipv6.routing.rpl.reserved", "Reserved", { mask: 0x000fffff }),
  rplCount: u32("ipv6.routing.rpl.addr_count", "Total Address Count"),
  rplAddress: bytes("ipv6.routing.rpl.address", "Address"),
  rplFullAddress: ipv6("ipv6.routing.rpl.full_address", "Full Address"),
  srhLast: u8("ipv6.routing.srh.last_entry", "Last Entry"),
  srhFlags: u8("ipv6.routing.srh.flags", "Flags", { base: "HEX" }),
  srhTag: bytes("ipv6.routing.srh.tag", "Tag"),
  srhAddress: ipv6("ipv6.routing.srh.addr", "Address"),
};
const routingExperts = {
  deprecated: expert("ipv6.routing.deprecated", "note", "Deprecated", "Routing header type is deprecated"),
  segments: expert("ipv6.routing.src.invalid_segleft", "error", "Malformed", "Invalid segments left field"),
  multicast: expert(
    "ipv6.src_route_list.multicast_addr",
    "warning",
    "Protocol",
    "Multicast addresses must not appear in the source route list",
  ),
  undecoded: expert("ipv6.routing.undecoded", "note", "Undecoded", "Undecoded IPv6 routing header field"),
};

export const routingHeader = protocol({
  name: "ipv6.routing",
  title: "Routing Header for IPv6",
  short: "IPv6 Routing",
  fields: routing,
  experts: routingExperts,
  quiet: true,
  dissect: dissectRouting,
});

function dissectRouting(d: Dissection): void {
  const start = d.pos;
  if (d.columns) d.setInfo("IPv6 routing");
  d.u8(routing.next);
  const total = (d.u8(routing.length) + 1) * 8;
  d.generated(routing.octets, start + 1, 1, total);
  d.layerEnd(Math.min(d.end, start + total));
  const type = d.u8(routing.type);
  if (d.labels) d.appendLayer(` (${ROUTING_TYPES[type] ?? `Unknown type ${type}`})`);
  const end = start + total;
  const destination = d.memory.addresses.bytes(d.dstId);
  if (end <= d.end) setFinalDestination(d, type, end);
  if (!d.building) {
    d.pos = start;
    d.skip(total);
    return;
  }
  if (type === 0) d.expert(routingExperts.deprecated);
  const left = d.u8(routing.left);
  const addresses = (total - 8) >> 4;
  if (type === 0) {
    if (left > addresses) {
      d.expert(
        routingExperts.segments,
        `IPv6 Type 0 Routing Header segments left field must not exceed address count (${addresses})`,
      );
    }
    d.bytes(routing.srcReserved, 4);
    for (let i = 1; i <= addresses; i++) addRouteAddress(d, routing.srcAddress, i);
  } else if (type === 2) {
    d.bytes(routing.mipReserved, 4);
    for (let i = 1; i <= addresses; i++) addRouteAddress(d, routing.mipAddress, i);
  } else if (type === 3) addRplRoute(d, end, destination);
  else if (type === 4) {
    const last = d.u8(routing.srhLast);
    d.u8(routing.srhFlags);
    d.bytes(routing.srhTag, 2);
    for (let i = 0; i <= last && d.pos + 16 <= end; i++) addRouteAddress(d, routing.srhAddress, i);
  } else {
    d.bytes(routing.unknown, end - d.pos);
    d.expert(routingExperts.undecoded);
  }
  d.needAt(start, total);
  d.pos = end;
}

const SEGMENTS_LEFT = 0;
const FIXED = 4;
const ADDRESS = 16;

/** While segments are left, the packet's destination is the route's last: the list's last, or with type 4 its first. */
function setFinalDestination(d: Dissection, type: number, end: number): void {
  if (d.peek8(SEGMENTS_LEFT) === 0) return;
  if (type === 3) {
    setRplDestination(d, end);
    return;
  }
  const first = d.pos + 1 + FIXED;
  const count = Math.floor((end - first) / ADDRESS);
  if (count === 0) return;
  if (type === 0) d.setDestination(ADDRESS_IPV6, d.buf, first + (count - 1) * ADDRESS, ADDRESS);
  else if (type === 2 || type === 4) d.setDestination(ADDRESS_IPV6, d.buf, first, ADDRESS);
}

/** RFC 6554 section 3: the last address without the octets it shares with the destination. */
function setRplDestination(d: Dissection, end: number): void {
  const shared = d.peek8(1) & 15;
  const from = end - (d.peek8(2) >> 4) - (ADDRESS - shared);
  if (from < d.pos + 1 + FIXED) return;
  const full = new Uint8Array(ADDRESS);
  full.set(d.memory.addresses.bytes(d.dstId).subarray(0, shared));
  full.set(d.buf.subarray(from, from + ADDRESS - shared), shared);
  d.setDestination(ADDRESS_IPV6, full, 0, ADDRESS);
}

function addRouteAddress(d: Dissection, field: Field, index: number): void {
  const isMulticast = d.peek8() === 0xff;
  d.ipv6(field);
  relabelAddress(d, index);
  if (isMulticast) d.expert(routingExperts.multicast);
}

function relabelAddress(d: Dissection, index: number): void {
  const value = d.last?.value;
  if (d.labels && value instanceof Uint8Array) d.relabel(`Address[${index}]: ${formatIpv6(value)}`);
}

/** RFC 6554 section 3: addresses without the octets they share with the destination. */
function addRplRoute(d: Dissection, end: number, destination: Uint8Array): void {
  const at = d.pos;
  const internal = d.bits(routing.rplInternal, at, 4);
  const final = d.bits(routing.rplFinal, at, 4);
  const pad = d.bits(routing.rplPad, at, 4);
  d.bits(routing.rplReserved, at, 4);
  d.skip(4);
  const room = end - d.pos - pad - (16 - final);
  const count = room < 0 ? 0 : Math.floor(room / (16 - internal)) + 1;
  d.generated(routing.rplCount, at, 2, count);
  for (let i = 1; i <= count; i++) {
    const shared = i === count ? final : internal;
    const full = new Uint8Array(16);
    full.set(destination.subarray(0, shared));
    const place = d.pos;
    d.bytes(routing.rplAddress, 16 - shared);
    full.set(d.buf.subarray(place, d.pos), shared);
    d.add(routing.rplFullAddress, place, 16 - shared, full, GENERATED);
    relabelAddress(d, i);
  }
}

// -------------------------------------------------------------------- fragment header

const fragment = {
  next: u8("ipv6.fraghdr.nxt", "Next header", { names: IP_PROTOCOL_NAMES }),
  reserved: u8("ipv6.fraghdr.reserved_octet", "Reserved octet", { base: "HEX" }),
  offset: u16("ipv6.fraghdr.offset", "Offset", { mask: 0xfff8 }),
  bits: u16("ipv6.fraghdr.reserved_bits", "Reserved bits", { mask: 0x0006 }),
  more: bool("ipv6.fraghdr.more", "More Fragments", { mask: 0x0001, bits: 16, tf: YES_NO }),
  ident: u32("ipv6.fraghdr.ident", "Identification", { base: "HEX" }),
};

/** Only the header: the datagram is the IPv6 layer's matter. */
export const fragmentHeader = protocol({
  name: "ipv6.fraghdr",
  title: "Fragment Header for IPv6",
  short: "IPv6 Fragment",
  fields: fragment,
  quiet: true,
  dissect(d) {
    if (d.columns) d.setInfo("IPv6 fragment");
    d.need(8);
    d.u8(fragment.next);
    d.u8(fragment.reserved);
    const units = d.bits(fragment.offset, d.pos, 2);
    if (d.labels) d.append(` (${units * 8} bytes)`);
    d.bits(fragment.bits, d.pos, 2);
    d.bits(fragment.more, d.pos, 2);
    d.skip(2);
    d.u32(fragment.ident);
  },
});
