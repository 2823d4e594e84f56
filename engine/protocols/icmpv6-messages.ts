/**
 * The rarer messages of ICMPv6: router renumbering RFC 2894, node information RFC 4620, Mobile IPv6 RFC 6275, SEND
 * RFC 3971, fast handovers RFC 5568, ILNP RFC 6743, duplicate addresses RFC 6775, MPL RFC 7731.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  eui64,
  expert,
  type Field,
  ipv4,
  ipv6,
  none,
  SET_NOTSET,
  str,
  u8,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { formatHex, formatIpv6 } from "../dissect/text.ts";
import { readName } from "./dns-name.ts";
import { lifetimeText } from "./names/icmpv6.ts";

const f = {
  sendIdentifier: u16("icmpv6.send.identifier", "Identifier"),
  sendAllComponents: u16("icmpv6.send.all_components", "All Components"),
  sendComponent: u16("icmpv6.send.component", "Component"),
  rrSequenceNumber: u32("icmpv6.rr.sequence_number", "Sequence Number"),
  rrSegmentNumber: u8("icmpv6.rr.segment_number", "Segment Number"),
  rrFlag: u8("icmpv6.rr.flag", "Flags", { base: "HEX" }),
  rrFlagT: bool("icmpv6.rr.flag.t", "Test Command", { mask: 0x80, tf: SET_NOTSET }),
  rrFlagR: bool("icmpv6.rr.flag.r", "Result requested", { mask: 0x40, tf: SET_NOTSET }),
  rrFlagA: bool("icmpv6.rr.flag.a", "All Interfaces", { mask: 0x20, tf: SET_NOTSET }),
  rrFlagS: bool("icmpv6.rr.flag.s", "Site-specific", { mask: 0x10, tf: SET_NOTSET }),
  rrFlagP: bool("icmpv6.rr.flag.p", "Processed previously", { mask: 0x8, tf: SET_NOTSET }),
  rrFlagRsv: u8("icmpv6.rr.flag.rsv", "Reserved", { mask: 0x7 }),
  rrMaxdelay: u16("icmpv6.rr.maxdelay", "Max Delay"),
  rrPcoMp: none("icmpv6.rr.pco.mp", "Match-Prefix Part"),
  rrPcoMpOpcode: u8("icmpv6.rr.pco.mp.opcode", "OpCode", {
    names: { 1: "Add", 2: "Change", 3: "Set Global" },
  }),
  rrPcoMpOplength: u8("icmpv6.rr.pco.mp.oplength", "OpLength"),
  rrPcoMpOrdinal: u8("icmpv6.rr.pco.mp.ordinal", "Ordinal", { base: "HEX" }),
  rrPcoMpMatchlen: u8("icmpv6.rr.pco.mp.matchlen", "MatchLen"),
  rrPcoMpMinlen: u8("icmpv6.rr.pco.mp.minlen", "MinLen"),
  rrPcoMpMaxlen: u8("icmpv6.rr.pco.mp.maxlen", "MaxLen"),
  rrPcoMpMatchprefix: ipv6("icmpv6.rr.pco.mp.matchprefix", "MatchPrefix"),
  rrPcoUp: none("icmpv6.rr.pco.up", "Use-Prefix Part"),
  rrPcoUpUselen: u8("icmpv6.rr.pco.up.uselen", "UseLen"),
  rrPcoUpKeeplen: u8("icmpv6.rr.pco.up.keeplen", "KeepLen"),
  rrPcoUpFlagmask: u8("icmpv6.rr.pco.up.flagmask", "FlagMask", { base: "HEX" }),
  rrPcoUpFlagmaskL: bool("icmpv6.rr.pco.up.flagmask.l", "On-link flag(L)", { mask: 0x80, tf: SET_NOTSET }),
  rrPcoUpFlagmaskA: bool("icmpv6.rr.pco.up.flagmask.a", "Autonomous address-configuration flag(A)", {
    mask: 0x40,
    tf: SET_NOTSET,
  }),
  rrPcoUpFlagmaskReserved: u8("icmpv6.rr.pco.up.flagmask.reserved", "Reserved", { mask: 0x3f }),
  rrPcoUpRaflags: u8("icmpv6.rr.pco.up.raflags", "RAFlags", { base: "HEX" }),
  rrPcoUpValidlifetime: u32("icmpv6.rr.pco.up.validlifetime", "Valid Lifetime", {
    base: "CUSTOM",
    text: lifetimeText,
  }),
  rrPcoUpPreferredlifetime: u32("icmpv6.rr.pco.up.preferredlifetime", "Preferred Lifetime", {
    base: "CUSTOM",
    text: lifetimeText,
  }),
  rrPcoUpFlag: u32("icmpv6.rr.pco.up.flag", "Flags", { base: "HEX" }),
  rrPcoUpFlagV: bool("icmpv6.rr.pco.up.flag.v", "Decrement valid lifetime", {
    mask: 0x80000000,
    bits: 32,
    tf: SET_NOTSET,
  }),
  rrPcoUpFlagP: bool("icmpv6.rr.pco.up.flag.p", "Decrement preferred lifetime", {
    mask: 0x40000000,
    bits: 32,
    tf: SET_NOTSET,
  }),
  rrPcoUpFlagReserved: u32("icmpv6.rr.pco.up.flag.reserved", "Reserved", { mask: 0x3fffffff }),
  rrPcoUpUseprefix: ipv6("icmpv6.rr.pco.up.useprefix", "UsePrefix"),
  rrRm: none("icmpv6.rr.rm", "Result Message"),
  rrRmFlag: u16("icmpv6.rr.rm.flag", "Flags", { base: "HEX" }),
  rrRmFlagB: bool("icmpv6.rr.rm.flag.b", "Bounds", { mask: 0x2, bits: 16, tf: SET_NOTSET }),
  rrRmFlagF: bool("icmpv6.rr.rm.flag.f", "Forbidden", { mask: 0x1, bits: 16, tf: SET_NOTSET }),
  rrRmFlagReserved: u16("icmpv6.rr.rm.flag.reserved", "Reserved", { mask: 0xfffc }),
  rrRmOrdinal: u8("icmpv6.rr.rm.ordinal", "Ordinal", { base: "HEX" }),
  rrRmMatchedlen: u8("icmpv6.rr.rm.matchedlen", "MatchedLen"),
  rrRmInterfaceindex: u32("icmpv6.rr.rm.interfaceindex", "InterfaceIndex"),
  rrRmMatchedprefix: ipv6("icmpv6.rr.rm.matchedprefix", "MatchedPrefix"),
  mip6Identifier: u16("icmpv6.mip6.identifier", "Identifier", { base: "DEC_HEX" }),
  mip6HomeAgentAddress: ipv6("icmpv6.mip6.home_agent_address", "Home Agent Address"),
  mip6Flag: u16("icmpv6.mip6.flag", "Flags", { base: "HEX" }),
  mip6FlagM: bool("icmpv6.mip6.flag.m", "Managed address configuration", {
    mask: 0x8000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  mip6FlagO: bool("icmpv6.mip6.flag.o", "Other configuration", { mask: 0x4000, bits: 16, tf: SET_NOTSET }),
  mip6FlagRsv: u16("icmpv6.mip6.flag.rsv", "Reserved", { mask: 0x3fff }),
  fmip6Subtype: u8("icmpv6.fmip6.subtype", "Subtype", {
    names: {
      2: "Router Solicitation for Proxy Advertisement",
      3: "Proxy Router Advertisement",
      4: "Handover Initiate",
      5: "Handover Acknowledge",
    },
  }),
  fmip6HiFlag: u8("icmpv6.fmip6.hi.flag", "Flag", { base: "HEX" }),
  fmip6HiFlagS: bool("icmpv6.fmip6.hi.flag.s", "Assigned address configuration", {
    mask: 0x80,
    tf: SET_NOTSET,
  }),
  fmip6HiFlagA: bool("icmpv6.fmip6.hi.flag.a", "Buffer", { mask: 0x40, tf: SET_NOTSET }),
  fmip6HiFlagReserved: u8("icmpv6.fmip6.hi.flag.reserved", "Reserved", { mask: 0x3f }),
  fmip6Identifier: u16("icmpv6.fmip6.identifier", "Identifier", { base: "DEC_HEX" }),
  niQtype: u16("icmpv6.ni.qtype", "Qtype", {
    names: {
      0: "NOOP",
      1: "Supported query types (Obsolete)",
      2: "Node Name",
      3: "Node addresses",
      4: "IPv4 node addresses",
    },
  }),
  niFlag: u16("icmpv6.ni.flag", "Flags", { base: "HEX" }),
  niFlagG: bool("icmpv6.ni.flag.g", "Global-scope addresses", { mask: 0x20, bits: 16, tf: SET_NOTSET }),
  niFlagS: bool("icmpv6.ni.flag.s", "Site-local addresses", { mask: 0x10, bits: 16, tf: SET_NOTSET }),
  niFlagL: bool("icmpv6.ni.flag.l", "Link-local addresses", { mask: 0x8, bits: 16, tf: SET_NOTSET }),
  niFlagC: bool("icmpv6.ni.flag.c", "Compression", { mask: 0x4, bits: 16, tf: SET_NOTSET }),
  niFlagA: bool("icmpv6.ni.flag.a", "Unicast Addresses", {
    mask: 0x2,
    bits: 16,
    tf: ["All unicast address", "Unicast addresses on the queried interface"],
  }),
  niFlagT: bool("icmpv6.ni.flag.t", "Truncated", { mask: 0x1, bits: 16, tf: SET_NOTSET }),
  niFlagRsv: u16("icmpv6.ni.flag.rsv", "Reserved", { base: "HEX", mask: 0xffc0 }),
  niNonce: u64("icmpv6.ni.nonce", "Nonce", { base: "HEX" }),
  niQuerySubjectIpv6: ipv6("icmpv6.ni.query.subject_ipv6", "IPv6 subject address"),
  niQuerySubjectFqdn: str("icmpv6.ni.query.subject_fqdn", "FQDN subject"),
  niQuerySubjectIpv4: ipv4("icmpv6.ni.query.subject_ipv4", "IPv4 subject address"),
  niReplyNodeTtl: u32("icmpv6.ni.reply.node_ttl", "TTL"),
  niReplyNodeName: str("icmpv6.ni.reply.node_name", "Name Node"),
  niReplyNodeAddress: ipv6("icmpv6.ni.reply.node_address", "IPv6 Node address"),
  niReplyIpv4Address: ipv4("icmpv6.ni.reply.ipv4_address", "IPv4 Node address"),
  ilnpNbLocs: u8("icmpv6.ilnp.nb_locs", "Num of Locs"),
  ilnpNbLocator: u64("icmpv6.ilnp.nb_locator", "Locator", { base: "HEX" }),
  ilnpNbPreference: u32("icmpv6.ilnp.nb_preference", "Preference"),
  ilnpNbLifetime: u32("icmpv6.ilnp.nb_lifetime", "Lifetime"),
  duplicateDaStatus: u8("icmpv6.6lowpannd.da.status", "Status", {
    names: { 0: "Success", 1: "Duplicate Exists", 2: "Neighbor Cache Full" },
  }),
  duplicateDaRsv: u8("icmpv6.6lowpannd.da.rsv", "Reserved"),
  duplicateDaLifetime: u16("icmpv6.6lowpannd.da.lifetime", "Lifetime"),
  duplicateDaEui64: eui64("icmpv6.6lowpannd.da.eui64", "EUI-64"),
  duplicateDaRegAddr: ipv6("icmpv6.6lowpannd.da.reg_addr", "Registered Address"),
  mplSeedInfoMinSequence: u8("icmpv6.mpl.seed_info.min_sequence", "MinSequence"),
  mplSeedInfoBmLen: u8("icmpv6.mpl.seed_info.bm_len", "Buffered Messages Length", { mask: 0xfc }),
  mplSeedInfoS: u8("icmpv6.mpl.seed_info.s", "Seed ID Length", {
    mask: 0x3,
    names: { 0: "0 bit, not included in MPL Seed Info", 1: "16 bits", 2: "64 bits", 3: "128 bits" },
  }),
  mplSeedInfoSeedId: str("icmpv6.mpl.seed_info.seed_id", "Seed ID"),
  mplSeedInfoSequence: u8("icmpv6.mpl.seed_info.sequence", "Sequence"),

  reserved: bytes("icmpv6.reserved", "Reserved"),
};
export const messageFields = f;

const x = {
  matchLength: expert(
    "icmpv6.rr.pco.mp.matchlen.gt128",
    "warning",
    "Protocol",
    "MatchLen is greater than 128",
  ),
  matchedLength: expert(
    "icmpv6.rr.pco.mp.matchedlen.gt128",
    "warning",
    "Protocol",
    "MatchedLen is greater than 128",
  ),
};
export const messageExperts = x;

const namesOf = (field: Field): Readonly<Record<number, string>> =>
  field.names as Readonly<Record<number, string>>;

// -------------------------------------------------------------------- router renumbering

const RR_BITS = [f.rrFlagT, f.rrFlagR, f.rrFlagA, f.rrFlagS, f.rrFlagP, f.rrFlagRsv] as const;
const MASK_BITS = [f.rrPcoUpFlagmaskL, f.rrPcoUpFlagmaskA, f.rrPcoUpFlagmaskReserved] as const;
const LIFETIME_BITS = [f.rrPcoUpFlagV, f.rrPcoUpFlagP, f.rrPcoUpFlagReserved] as const;
const RESULT_BITS = [f.rrRmFlagReserved, f.rrRmFlagB, f.rrRmFlagF] as const;
const COMMAND = 0;
const RESULT = 1;
const LONGEST_PREFIX = 128;

export function dissectRenumbering(d: Dissection, code: number): void {
  d.u32(f.rrSequenceNumber);
  d.u8(f.rrSegmentNumber);
  addFlags(d, f.rrFlag, 1, RR_BITS);
  d.u16(f.rrMaxdelay);
  d.bytes(f.reserved, 4);
  if (code === COMMAND) {
    addMatchPart(d);
    while (d.remaining > 0) addUsePart(d);
  } else if (code === RESULT) while (d.remaining > 0) addResult(d);
}

function addMatchPart(d: Dissection): void {
  d.open(f.rrPcoMp, d.pos, 24);
  const operation = d.u8(f.rrPcoMpOpcode);
  d.u8(f.rrPcoMpOplength);
  d.u8(f.rrPcoMpOrdinal);
  const length = d.u8(f.rrPcoMpMatchlen);
  if (length > LONGEST_PREFIX) d.expert(x.matchLength);
  const least = d.u8(f.rrPcoMpMinlen);
  const most = d.u8(f.rrPcoMpMaxlen);
  d.bytes(f.reserved, 2);
  const prefix = d.peekBytes(16);
  d.ipv6(f.rrPcoMpMatchprefix);
  if (d.labels) {
    const name = namesOf(f.rrPcoMpOpcode)[operation] ?? `Unknown ${operation}`;
    d.appendParent(`: ${name} ${formatIpv6(prefix)}/${length} (${least}-${most})`);
  }
  d.close();
}

function addUsePart(d: Dissection): void {
  d.open(f.rrPcoUp, d.pos, 32);
  const length = d.u8(f.rrPcoUpUselen);
  const keep = d.u8(f.rrPcoUpKeeplen);
  addFlags(d, f.rrPcoUpFlagmask, 1, MASK_BITS);
  addFlags(d, f.rrPcoUpRaflags, 1, MASK_BITS);
  d.u32(f.rrPcoUpValidlifetime);
  d.u32(f.rrPcoUpPreferredlifetime);
  addFlags(d, f.rrPcoUpFlag, 4, LIFETIME_BITS);
  const prefix = d.peekBytes(16);
  d.ipv6(f.rrPcoUpUseprefix);
  if (d.labels) d.appendParent(`: ${formatIpv6(prefix)}/${length} (keep ${keep})`);
  d.close();
}

function addResult(d: Dissection): void {
  d.open(f.rrRm, d.pos, 24);
  addFlags(d, f.rrRmFlag, 2, RESULT_BITS);
  d.u8(f.rrRmOrdinal);
  const length = d.u8(f.rrRmMatchedlen);
  if (length > LONGEST_PREFIX) d.expert(x.matchedLength);
  const port = d.u32(f.rrRmInterfaceindex);
  const prefix = d.peekBytes(16);
  d.ipv6(f.rrRmMatchedprefix);
  if (d.labels) d.appendParent(`: ${formatIpv6(prefix)}/${length} (interface ${port})`);
  d.close();
}

// -------------------------------------------------------------------- node information

const NI_BITS = [f.niFlagG, f.niFlagS, f.niFlagL, f.niFlagC, f.niFlagA, f.niFlagT, f.niFlagRsv] as const;
const NODE_NAME = 2;
const NODE_ADDRESSES = 3;
const NODE_IPV4_ADDRESSES = 4;

function addNodeHeader(d: Dissection): number {
  const type = d.u16(f.niQtype);
  addFlags(d, f.niFlag, 2, NI_BITS);
  d.u64(f.niNonce);
  return type;
}

export function dissectNodeQuery(d: Dissection, start: number, code: number): void {
  addNodeHeader(d);
  if (code === 0) d.ipv6(f.niQuerySubjectIpv6);
  else if (code === 1 && d.remaining > 0) addName(d, f.niQuerySubjectFqdn, start);
  else if (code === 2) d.ipv4(f.niQuerySubjectIpv4);
}

export function dissectNodeReply(d: Dissection, start: number, code: number): void {
  const type = addNodeHeader(d);
  if (code !== 0) return;
  if (type === NODE_NAME) {
    d.u32(f.niReplyNodeTtl);
    addName(d, f.niReplyNodeName, start);
  } else if (type === NODE_ADDRESSES || type === NODE_IPV4_ADDRESSES) {
    while (d.remaining > 0) {
      d.u32(f.niReplyNodeTtl);
      if (type === NODE_ADDRESSES) d.ipv6(f.niReplyNodeAddress);
      else d.ipv4(f.niReplyIpv4Address);
    }
  }
}

function addName(d: Dissection, field: Field, start: number): void {
  const at = d.pos;
  const name = readName(d, start, d.building);
  d.add(field, at, d.pos - at, name);
}

// -------------------------------------------------------------------- Mobile IPv6, fast handovers

const PREFIX_ADVERTISEMENT = 147;
const AGENT_REPLY = 145;

/** Home agent discovery and mobile prefixes: what stands before the options. */
export function dissectMobile(d: Dissection, type: number): void {
  d.u16(f.mip6Identifier);
  if (type === PREFIX_ADVERTISEMENT) {
    addFlags(d, f.mip6Flag, 2, [f.mip6FlagM, f.mip6FlagO, f.mip6FlagRsv]);
    return;
  }
  d.bytes(f.reserved, 2);
  if (type === AGENT_REPLY) while (d.remaining > 0) d.ipv6(f.mip6HomeAgentAddress);
}

const HANDOVER_INITIATE = 4;
/** Texts of the code, by the message's subtype. */
const HANDOVER_CODES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  3: {
    0: "MN should use AP-ID, AR-info tuple",
    1: "Network Initiated Handover trigger",
    2: "No new router information",
    3: "Limited new router information",
    4: "Unsolicited",
  },
  4: { 0: "FBU sent from previous link", 1: "FBU sent from new link" },
  5: {
    0: "Handover Accepted, NCoA valid",
    1: "Handover Accepted, NCoA not valid",
    2: "Handover Accepted, NCoA in use",
    3: "Handover Accepted, NCoA assigned",
    4: "Handover Accepted, NCoA not assigned",
    128: "Handover Not Accepted, reason unspecified",
    129: "Administratively prohibited",
    130: "Insufficient resources",
  },
};

/** What the code of a fast handover's message says, with its blank and parentheses. */
export function handoverCode(subtype: number, code: number): string {
  const codes = HANDOVER_CODES[subtype];
  return codes === undefined ? "" : ` (${codes[code] ?? `Unknown ${code}`})`;
}

export function handoverName(subtype: number): string {
  return namesOf(f.fmip6Subtype)[subtype] ?? `Unknown (${subtype})`;
}

export function dissectHandover(d: Dissection): void {
  const subtype = d.u8(f.fmip6Subtype);
  if (subtype === HANDOVER_INITIATE) {
    addFlags(d, f.fmip6HiFlag, 1, [f.fmip6HiFlagS, f.fmip6HiFlagA, f.fmip6HiFlagReserved]);
  } else if (namesOf(f.fmip6Subtype)[subtype] !== undefined) d.bytes(f.reserved, 1);
  else d.skip(1);
  d.u16(f.fmip6Identifier);
}

// -------------------------------------------------------------------- SEND, ILNP, 6LoWPAN

const PATH_ADVERTISEMENT = 149;

/** Certification paths: what stands before the options. */
export function dissectCertificationPath(d: Dissection, type: number): void {
  d.u16(f.sendIdentifier);
  if (type === PATH_ADVERTISEMENT) d.u16(f.sendAllComponents);
  d.u16(f.sendComponent);
  if (type === PATH_ADVERTISEMENT) d.bytes(f.reserved, 2);
}

export function dissectLocatorUpdate(d: Dissection): void {
  const locators = d.u8(f.ilnpNbLocs);
  d.bytes(f.reserved, 1);
  d.bytes(f.reserved, 2);
  for (let i = 0; i < locators; i++) {
    d.u64(f.ilnpNbLocator);
    d.uint(f.ilnpNbPreference, 2);
    d.uint(f.ilnpNbLifetime, 2);
  }
}

export function dissectDuplicateAddress(d: Dissection): void {
  d.u8(f.duplicateDaStatus);
  d.u8(f.duplicateDaRsv);
  d.u16(f.duplicateDaLifetime);
  d.bytes(f.duplicateDaEui64, 8);
  d.ipv6(f.duplicateDaRegAddr);
}

// -------------------------------------------------------------------- MPL

const SEED_SIZES = [0, 2, 8, 16];

/** RFC 7731 section 6.2. */
export function dissectSeeds(d: Dissection): void {
  if (!d.building) return;
  for (let i = 1; d.remaining > 0; i++) {
    const at = d.pos;
    d.openText(at, 2, `MPL Seed Info: [${i}]`);
    const first = d.u8(f.mplSeedInfoMinSequence);
    const length = d.bits(f.mplSeedInfoBmLen, d.pos, 1);
    const kind = d.bits(f.mplSeedInfoS, d.pos, 1);
    d.skip(1);
    addSeed(d, SEED_SIZES[kind]);
    if (length > 0) addBuffered(d, first, length);
    if (d.labels) d.close(d.pos);
  }
}

function addSeed(d: Dissection, size: number): void {
  const value = size === 0 ? d.memory.addresses.bytes(d.srcId) : d.peekBytes(size);
  const text = value.length === 16 ? formatIpv6(value) : formatHex(value, size === 8 ? ":" : "");
  d.add(f.mplSeedInfoSeedId, d.pos, size, text);
  d.skip(size);
}

function addBuffered(d: Dissection, first: number, length: number): void {
  d.openText(d.pos, length, "Buffered Messages");
  for (let i = 0; i < length; i++) {
    const bits = d.peek8();
    for (let bit = 0; bit < 8; bit++) {
      if (bits & (0x80 >> bit)) d.add(f.mplSeedInfoSequence, d.pos, 1, (first + 8 * i + bit) & 255);
    }
    d.skip(1);
  }
  if (d.labels) d.close();
}
