/**
 * RPL control messages, RFC 6550 section 6, with the metrics of RFC 6551 and route discovery of RFC 6997: what stands
 * behind the header of ICMPv6.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  ipv6,
  none,
  SET_NOTSET,
  u8,
  u16,
  u32,
  YES_NO,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { formatIpv6 } from "../dissect/text.ts";
import { lifetimeText, RPL_METRICS, RPL_OPTIONS } from "./names/icmpv6.ts";

const f = {
  disFlags: u8("icmpv6.rpl.dis.flags", "Flags"),
  dioInstance: u8("icmpv6.rpl.dio.instance", "RPLInstanceID"),
  dioVersion: u8("icmpv6.rpl.dio.version", "Version"),
  dioRank: u16("icmpv6.rpl.dio.rank", "Rank"),
  dioFlag: u8("icmpv6.rpl.dio.flag", "Flags", { base: "HEX" }),
  dioFlagG: bool("icmpv6.rpl.dio.flag.g", "Grounded (G)", { mask: 0x80 }),
  dioFlag0: bool("icmpv6.rpl.dio.flag.0", "Zero", { mask: 0x40 }),
  dioFlagMop: u8("icmpv6.rpl.dio.flag.mop", "Mode of Operation (MOP)", {
    base: "HEX",
    mask: 0x38,
    names: {
      0: "No Downward routes maintained by RPL",
      1: "Non-Storing Mode of Operation",
      2: "Storing Mode of Operation with no multicast support",
      3: "Storing Mode of Operation with multicast support",
      4: "P2P Route Discovery Mode of Operation",
    },
  }),
  dioFlagPreference: u8("icmpv6.rpl.dio.flag.preference", "DODAG Preference", { mask: 0x7 }),
  dioDtsn: u8("icmpv6.rpl.dio.dtsn", "Destination Advertisement Trigger Sequence Number (DTSN)"),
  dioDagid: ipv6("icmpv6.rpl.dio.dagid", "DODAGID"),
  daoInstance: u8("icmpv6.rpl.dao.instance", "RPLInstanceID"),
  daoFlag: u8("icmpv6.rpl.dao.flag", "Flags", { base: "HEX" }),
  daoFlagK: bool("icmpv6.rpl.dao.flag.k", "DAO-ACK Request (K)", { mask: 0x80 }),
  daoFlagD: bool("icmpv6.rpl.dao.flag.d", "DODAGID Present (D)", { mask: 0x40 }),
  daoFlagRsv: u8("icmpv6.rpl.dao.flag.rsv", "Reserved", { mask: 0x3f }),
  daoSequence: u8("icmpv6.rpl.dao.sequence", "DAO Sequence"),
  daoDodagid: ipv6("icmpv6.rpl.dao.dodagid", "DODAGID"),
  daoackInstance: u8("icmpv6.rpl.daoack.instance", "RPLInstanceID"),
  daoackFlag: u8("icmpv6.rpl.daoack.flag", "Flag", { base: "HEX" }),
  daoackFlagD: bool("icmpv6.rpl.daoack.flag.d", "DODAGID Present (D)", { mask: 0x80 }),
  daoackFlagRsv: u8("icmpv6.rpl.daoack.flag.rsv", "Reserved", { mask: 0x7f }),
  daoackSequence: u8("icmpv6.rpl.daoack.sequence", "DAO-ACK Sequence"),
  daoackStatus: u8("icmpv6.rpl.daoack.status", "Status"),
  daoackDodagid: ipv6("icmpv6.rpl.daoack.dodagid", "DODAGID"),
  ccInstance: u8("icmpv6.rpl.cc.instance", "RPLInstanceID"),
  ccFlag: u8("icmpv6.rpl.cc.flag", "Flag", { base: "HEX" }),
  ccFlagR: bool("icmpv6.rpl.cc.flag.r", "Response (R)", { mask: 0x80 }),
  ccFlagRsv: u8("icmpv6.rpl.cc.flag.rsv", "Reserved", { mask: 0x7f }),
  ccNonce: u16("icmpv6.rpl.cc.nonce", "CC Nonce", { base: "HEX" }),
  ccDodagid: ipv6("icmpv6.rpl.cc.dodagid", "DODAGID"),
  ccDestinationCounter: u32("icmpv6.rpl.cc.destination_counter", "Destination Counter"),
  secureFlag: u8("icmpv6.rpl.secure.flag", "Flags", { base: "HEX" }),
  secureFlagT: bool("icmpv6.rpl.secure.flag.t", "Counter is Time (T)", { mask: 0x80 }),
  secureFlagRsv: u8("icmpv6.rpl.secure.flag.rsv", "Reserved", { mask: 0x7f }),
  secureAlgorithm: u8("icmpv6.rpl.secure.algorithm", "Algorithm", {
    names: { 0: "Encryption: CCM with AES-128 / Signature: RSA with SHA-256" },
  }),
  secureKim: u8("icmpv6.rpl.secure.kim", "Key Identifier Mode (KIM)", { mask: 0xc0 }),
  secureLvl: u8("icmpv6.rpl.secure.lvl", "Security Level (LVL)", { mask: 0x7 }),
  secureRsv: u8("icmpv6.rpl.secure.rsv", "Reserved", { mask: 0x38 }),
  secureCounter: u32("icmpv6.rpl.secure.counter", "Counter"),
  secureKeySource: bytes("icmpv6.rpl.secure.key.source", "Key Source"),
  secureKeyIndex: u8("icmpv6.rpl.secure.key.index", "Key Source"),
  optType: u8("icmpv6.rpl.opt.type", "Type", { names: RPL_OPTIONS }),
  optLength: u8("icmpv6.rpl.opt.length", "Length"),
  optReserved: none("icmpv6.rpl.opt.reserved", "Reserved"),
  optPadn: none("icmpv6.rpl.opt.padn", "Paddn"),
  metricType: u8("icmpv6.rpl.opt.metric.type", "Routing Metric/Constraint Type", { names: RPL_METRICS }),
  metricFlags: u16("icmpv6.rpl.opt.metric.flags", "Flags", { base: "HEX" }),
  metricReserved: u16("icmpv6.rpl.opt.metric.reserved", "Reserved Flags", { base: "HEX", mask: 0xf800 }),
  metricFlagP: bool("icmpv6.rpl.opt.metric.flag.p", "Flag P", { mask: 0x400, bits: 16, tf: SET_NOTSET }),
  metricFlagC: bool("icmpv6.rpl.opt.metric.flag.c", "Flag C", { mask: 0x200, bits: 16, tf: SET_NOTSET }),
  metricFlagO: bool("icmpv6.rpl.opt.metric.flag.o", "Flag O", { mask: 0x100, bits: 16, tf: SET_NOTSET }),
  metricFlagR: bool("icmpv6.rpl.opt.metric.flag.r", "Flag R", { mask: 0x80, bits: 16, tf: SET_NOTSET }),
  metricFlagA: u16("icmpv6.rpl.opt.metric.flag.a", "A Field", { base: "HEX", mask: 0x70 }),
  metricPrec: u16("icmpv6.rpl.opt.metric.prec", "Precedence field", { base: "HEX", mask: 0xf }),
  metricLength: u8("icmpv6.rpl.opt.metric.length", "Metric Length"),
  nsa: u16("icmpv6.rpl.opt.metric.nsa.object", "Node State and Attribute Object", { base: "HEX" }),
  nsaReserved: u16("icmpv6.rpl.opt.metric.nsa.object.reserved", "Reserved field", {
    base: "HEX",
    mask: 0xff00,
  }),
  nsaFlags: u16("icmpv6.rpl.opt.metric.nsa.object.flags", "Flags", { base: "HEX", mask: 0xfc }),
  nsaFlagA: bool("icmpv6.rpl.opt.metric.nsa.object.flag.a", "Flag A", {
    mask: 0x2,
    bits: 16,
    tf: SET_NOTSET,
  }),
  nsaFlagO: bool("icmpv6.rpl.opt.metric.nsa.object.flag.o", "Flag O", {
    mask: 0x1,
    bits: 16,
    tf: SET_NOTSET,
  }),
  nsaTlv: u8("icmpv6.rpl.opt.metric.nsa.object.opttlv.object", "Node State and Attribute Optional TLV"),
  nsaTlvType: u8(
    "icmpv6.rpl.opt.metric.nsa.object.opttlv.object.type",
    "Node State and Attribute Optional TLV Type",
  ),
  nsaTlvLength: u8(
    "icmpv6.rpl.opt.metric.nsa.object.opttlv.object.length",
    "Node State and Attribute Optional TLV Length",
  ),
  nsaTlvData: bytes("icmpv6.rpl.opt.metric.nsa.object.opttlv.object.data", "Raw Data"),
  energy: u16("icmpv6.rpl.opt.metric.ne.object", "Node Energy Object", { base: "HEX" }),
  energyFlags: u16("icmpv6.rpl.opt.metric.ne.object.flags", "Flags field", { base: "HEX", mask: 0xf000 }),
  energyFlagI: bool("icmpv6.rpl.opt.metric.ne.object.flag.i", "Flag I", {
    mask: 0x800,
    bits: 16,
    tf: SET_NOTSET,
  }),
  energyType: u16("icmpv6.rpl.opt.metric.ne.object.type", "Type", { base: "HEX", mask: 0x600 }),
  energyFlagE: bool("icmpv6.rpl.opt.metric.ne.object.flag.e", "Flag E", {
    mask: 0x100,
    bits: 16,
    tf: SET_NOTSET,
  }),
  energyEnergy: u16("icmpv6.rpl.opt.metric.ne.object.energy", "Energy", { base: "HEX", mask: 0xff }),
  hops: u16("icmpv6.rpl.opt.metric.hp.object", "Hop Count Object", { base: "HEX" }),
  hopsReserved: u16("icmpv6.rpl.opt.metric.hp.object.reserved", "Reserved field", {
    base: "HEX",
    mask: 0xf000,
  }),
  hopsFlags: u16("icmpv6.rpl.opt.metric.hp.object.flags", "Flags", { base: "HEX", mask: 0xf00 }),
  hopsHp: u16("icmpv6.rpl.opt.metric.hp.object.hp", "Hop Count", { mask: 0xff }),
  throughput: u32("icmpv6.rpl.opt.metric.lt.object.lt", "Link Throughput"),
  latency: u32("icmpv6.rpl.opt.metric.ll.object.ll", "Link Latency"),
  quality: u8("icmpv6.rpl.opt.metric.lql.object", "Link Quality Level Object", { base: "HEX" }),
  qualityRes: u8("icmpv6.rpl.opt.metric.lql.object.res", "Reserved field", { base: "HEX", mask: 0xff }),
  qualityVal: u8("icmpv6.rpl.opt.metric.lql.object.val", "Val(ue)", { base: "HEX", mask: 0xe0 }),
  qualityCounter: u8("icmpv6.rpl.opt.metric.lql.object.counter", "Counter", { mask: 0x1f }),
  etx: u16("icmpv6.rpl.opt.metric.etx.object.etx", "ETX"),
  color: none("icmpv6.rpl.opt.metric.lc.object", "Link Color Object"),
  colorRes: u8("icmpv6.rpl.opt.metric.lc.object.res", "Reserved field", { base: "HEX", mask: 0xff }),
  colorLc: u16("icmpv6.rpl.opt.metric.lc.object.lc", "Link Color", { base: "HEX", mask: 0xffc0 }),
  colorCounter: u16("icmpv6.rpl.opt.metric.lc.object.counter", "Counter", { mask: 0x3f }),
  colorReserved: u16("icmpv6.rpl.opt.metric.lc.object.reserved", "Reserved", { mask: 0x3e }),
  colorFlagI: u16("icmpv6.rpl.opt.metric.lc.object.flag.i", "Flag I", { mask: 0x1 }),
  routePrefixLength: u8("icmpv6.rpl.opt.route.prefix_length", "Prefix Length"),
  routeFlag: u8("icmpv6.rpl.opt.route.flag", "Flag", { base: "HEX" }),
  routePref: u8("icmpv6.rpl.opt.route.pref", "Preference", {
    mask: 0x18,
    names: { 0: "Medium", 1: "High", 2: "Reserved", 3: "Low" },
  }),
  routeReserved: u8("icmpv6.rpl.opt.route.reserved", "Reserved", { mask: 0xe7 }),
  routeLifetime: u32("icmpv6.rpl.opt.route.lifetime", "Route Lifetime", {
    base: "CUSTOM",
    text: lifetimeText,
  }),
  routePrefix: ipv6("icmpv6.rpl.opt.route.prefix", "Prefix"),
  configFlag: u8("icmpv6.rpl.opt.config.flag", "Flag", { base: "HEX" }),
  configReserved: u8("icmpv6.rpl.opt.config.reserved", "Reserved", { mask: 0xf0 }),
  configAuth: bool("icmpv6.rpl.opt.config.auth", "Authentication Enabled", { mask: 0x8, tf: SET_NOTSET }),
  configPcs: u8("icmpv6.rpl.opt.config.pcs", "Path Control Size", { mask: 0x7 }),
  configIntervalDouble: u8("icmpv6.rpl.opt.config.interval_double", "DIOIntervalDoublings"),
  configIntervalMin: u16("icmpv6.rpl.opt.config.interval_min", "DIOIntervalMin"),
  configRedundancy: u8("icmpv6.rpl.opt.config.redundancy", "DIORedundancyConstant"),
  configMaxRankInc: u16("icmpv6.rpl.opt.config.max_rank_inc", "MaxRankInc"),
  configMinHopRankInc: u16("icmpv6.rpl.opt.config.min_hop_rank_inc", "MinHopRankInc"),
  configOcp: u16("icmpv6.rpl.opt.config.ocp", "OCP (Objective Code Point)"),
  configRsv: u8("icmpv6.rpl.opt.config.rsv", "Reserved"),
  configDefLifetime: u8("icmpv6.rpl.opt.config.def_lifetime", "Default Lifetime"),
  configLifetimeUnit: u16("icmpv6.rpl.opt.config.lifetime_unit", "Lifetime Unit"),
  targetFlag: none("icmpv6.rpl.opt.target.flag", "Reserved"),
  targetPrefixLength: u8("icmpv6.rpl.opt.target.prefix_length", "Target Length"),
  targetPrefix: ipv6("icmpv6.rpl.opt.target.prefix", "Target"),
  transitFlag: u8("icmpv6.rpl.opt.transit.flag", "Flags", { base: "HEX" }),
  transitFlagE: bool("icmpv6.rpl.opt.transit.flag.e", "External", { mask: 0x80, tf: SET_NOTSET }),
  transitFlagRsv: u8("icmpv6.rpl.opt.transit.flag.rsv", "Reserved", { mask: 0x7f }),
  transitPathctl: u8("icmpv6.rpl.opt.transit.pathctl", "Path Control"),
  transitPathseq: u8("icmpv6.rpl.opt.transit.pathseq", "Path Sequence"),
  transitPathlifetime: u8("icmpv6.rpl.opt.transit.pathlifetime", "Path Lifetime"),
  transitParent: ipv6("icmpv6.rpl.opt.transit.parent", "Parent Address"),
  solicitedInstance: u8("icmpv6.rpl.opt.solicited.instance", "Instance"),
  solicitedFlag: u8("icmpv6.rpl.opt.solicited.flag", "Flag", { base: "HEX" }),
  solicitedFlagV: bool("icmpv6.rpl.opt.solicited.flag.v", "Version predicate", { mask: 0x80 }),
  solicitedFlagI: bool("icmpv6.rpl.opt.solicited.flag.i", "InstanceID predicate", { mask: 0x40 }),
  solicitedFlagD: bool("icmpv6.rpl.opt.solicited.flag.d", "DODAGID predicate", { mask: 0x20 }),
  solicitedFlagRsv: u8("icmpv6.rpl.opt.solicited.flag.rsv", "Reserved", { mask: 0x1f }),
  solicitedDodagid: ipv6("icmpv6.rpl.opt.solicited.dodagid", "DODAGID"),
  solicitedVersion: u8("icmpv6.rpl.opt.solicited.version", "Version"),
  prefixLength: u8("icmpv6.rpl.opt.prefix.length", "Prefix Length"),
  prefixFlag: u8("icmpv6.rpl.opt.prefix.flag", "Flag", { base: "HEX" }),
  prefixFlagL: bool("icmpv6.rpl.opt.prefix.flag.l", "On Link", { mask: 0x80, tf: SET_NOTSET }),
  configFlagA: bool("icmpv6.rpl.opt.config.flag.a", "Auto Address Config", { mask: 0x40, tf: SET_NOTSET }),
  configFlagR: bool("icmpv6.rpl.opt.config.flag.r", "Router Address", { mask: 0x20, tf: SET_NOTSET }),
  configFlagRsv: u8("icmpv6.rpl.opt.config.flag.rsv", "Reserved", { mask: 0x1f }),
  prefixValidLifetime: u32("icmpv6.rpl.opt.prefix.valid_lifetime", "Valid Lifetime", {
    base: "CUSTOM",
    text: lifetimeText,
  }),
  prefixPreferredLifetime: u32("icmpv6.rpl.opt.prefix.preferred_lifetime", "Preferred Lifetime", {
    base: "CUSTOM",
    text: lifetimeText,
  }),
  prefix: ipv6("icmpv6.rpl.opt.prefix", "Destination Prefix"),
  targetDescriptionDescriptor: u32("icmpv6.rpl.opt.targetdesc.descriptor", "Descriptor", { base: "HEX" }),
  discoveryFlag: none("icmpv6.rpl.opt.routediscovery.flag", "Flags"),
  discoveryFlagReply: bool("icmpv6.rpl.opt.routediscovery.flag.reply", "Reply", { mask: 0x80, tf: YES_NO }),
  discoveryFlagHopbyhop: bool("icmpv6.rpl.opt.routediscovery.flag.hopbyhop", "Hop-by-Hop", {
    mask: 0x40,
    tf: YES_NO,
  }),
  discoveryFlagNumofroutes: u8("icmpv6.rpl.opt.routediscovery.flag.numofroutes", "Number of Routes", {
    mask: 0x30,
  }),
  discoveryFlagCompr: u8("icmpv6.rpl.opt.routediscovery.flag.compr", "Compr", { mask: 0xf }),
  discoveryLifetime: u8("icmpv6.rpl.opt.routediscovery.lifetime", "Lifetime", { mask: 0xc0 }),
  discoveryMaxrank: u8("icmpv6.rpl.opt.routediscovery.maxrank", "MaxRank", { mask: 0x3f }),
  discoveryNh: u8("icmpv6.rpl.opt.routediscovery.nh", "NH", { mask: 0x3f }),
  discoveryTargetaddr: ipv6("icmpv6.rpl.opt.routediscovery.targetaddr", "Target Address"),
  discoveryAddrVec: none("icmpv6.rpl.opt.routediscovery.addr_vec", "Address Vector"),
  discoveryAddrvecAddr: ipv6("icmpv6.rpl.opt.routediscovery.addrvec.addr", "Address"),
  replyInstance: u8("icmpv6.rpl.p2p.dro.instance", "RPLInstanceID"),
  replyVersion: u8("icmpv6.rpl.p2p.dro.version", "Version"),
  replyFlag: u16("icmpv6.rpl.p2p.dro.flag", "Flags", { base: "HEX" }),
  replyFlagStop: bool("icmpv6.rpl.p2p.dro.flag.stop", "Stop", { mask: 0x8000, bits: 16, tf: YES_NO }),
  replyFlagAck: bool("icmpv6.rpl.p2p.dro.flag.ack", "Ack", { mask: 0x4000, bits: 16, tf: YES_NO }),
  replyFlagSeq: u16("icmpv6.rpl.p2p.dro.flag.seq", "Seq", { mask: 0x3000 }),
  replyFlagReserved: u16("icmpv6.rpl.p2p.dro.flag.reserved", "Reserved", { mask: 0xfff }),
  replyDagid: ipv6("icmpv6.rpl.p2p.dro.dagid", "DODAGID"),
  replyAckFlag: u16("icmpv6.rpl.p2p.droack.flag", "Flags", { base: "HEX" }),
  replyAckFlagSeq: u16("icmpv6.rpl.p2p.droack.flag.seq", "Seq", { mask: 0xc000 }),
  replyAckFlagReserved: u16("icmpv6.rpl.p2p.droack.flag.reserved", "Reserved", { mask: 0x3fff }),
};
export const rplFields = f;

const x = {
  metric: expert("icmpv6.rpl.unknown.metric", "note", "Undecoded", "Unknown RPL metric/constraint type"),
  hopByHop: expert(
    "icmpv6.rpl.p2p.hop_by_hop",
    "warning",
    "Protocol",
    "Reply MUST be set to one in order to establish a Hop-by-Hop Route",
  ),
  routes: expert(
    "icmpv6.rpl.p2p.num_of_routes",
    "warning",
    "Protocol",
    "This field MUST be set to zero when Hop-by-Hop Routes are being discovered",
  ),
  inReply: expert(
    "icmpv6.rpl.p2p.dro.rdo.zero",
    "warning",
    "Protocol",
    "This field MUST be set to zero when the P2P-RDO is included in a P2P-DRO",
  ),
  zero: expert("icmpv6.rpl.p2p.dro.zero", "warning", "Protocol", "This field MUST be set to zero"),
  undecodedOption: expert(
    "icmpv6.undecoded.rpl_option",
    "note",
    "Undecoded",
    "The contents of this option are not decoded",
  ),
};
export const rplExperts = x;

/** What the messages share with the rest of ICMPv6. */
export interface RplShared {
  readonly opt: Field;
  readonly reserved: Field;
  readonly data: Field;
  /** Ends the option: adds what is left of it up to `end` as unknown. */
  readonly addUnknown: (d: Dissection, end: number) => void;
  readonly invalidLength: (d: Dissection) => void;
}

const SECURE = 0x80;
const CONSISTENCY_CHECK = 0x8a;
const DISCOVERY_REPLY = 4;
const REPLY_ACKNOWLEDGEMENT = 5;

/** Dissects a control message behind its checksum. */
export function dissectRpl(d: Dissection, code: number, shared: RplShared): void {
  if (code & SECURE) addSecurity(d);
  switch (code & ~SECURE) {
    case 0:
      d.u8(f.disFlags);
      d.bytes(shared.reserved, 1);
      break;
    case 1:
      addInformation(d, shared);
      break;
    case 2:
      addDestination(d, shared);
      break;
    case 3:
      addAcknowledgment(d);
      break;
    case DISCOVERY_REPLY:
    case REPLY_ACKNOWLEDGEMENT:
      addDiscoveryReply(d, code);
      break;
    default:
      if (code !== CONSISTENCY_CHECK) return;
      addConsistency(d);
  }
  if ((code & ~SECURE) !== REPLY_ACKNOWLEDGEMENT) addOptions(d, code, shared);
}

/** RFC 6550 section 6.1; Wireshark takes the key identifier mode from the lowest bits. */
function addSecurity(d: Dissection): void {
  addFlags(d, f.secureFlag, 1, [f.secureFlagT, f.secureFlagRsv]);
  d.u8(f.secureAlgorithm);
  const mode = d.bitset(f.secureFlag, 1, [f.secureKim, f.secureLvl, f.secureRsv]);
  d.u8(f.secureFlag);
  d.u32(f.secureCounter);
  const hasSource = (mode & 3) === 2 || (mode & 7) === 3;
  if (hasSource) d.bytes(f.secureKeySource, 8);
  if (hasSource || (mode & 3) === 0) d.u8(f.secureKeyIndex);
}

const INFORMATION_BITS = [f.dioFlagG, f.dioFlag0, f.dioFlagMop, f.dioFlagPreference] as const;

function addInformation(d: Dissection, shared: RplShared): void {
  d.u8(f.dioInstance);
  d.u8(f.dioVersion);
  d.u16(f.dioRank);
  addFlags(d, f.dioFlag, 1, INFORMATION_BITS);
  d.u8(f.dioDtsn);
  d.u8(f.dioFlag);
  d.bytes(shared.reserved, 1);
  d.ipv6(f.dioDagid);
}

const DODAG_PRESENT = 0x40;

function addDestination(d: Dissection, shared: RplShared): void {
  d.u8(f.daoInstance);
  const flags = addFlags(d, f.daoFlag, 1, [f.daoFlagK, f.daoFlagD, f.daoFlagRsv]);
  d.bytes(shared.reserved, 1);
  d.u8(f.daoSequence);
  if (flags & DODAG_PRESENT) d.ipv6(f.daoDodagid);
}

function addAcknowledgment(d: Dissection): void {
  d.u8(f.daoackInstance);
  const flags = addFlags(d, f.daoackFlag, 1, [f.daoackFlagD, f.daoackFlagRsv]);
  d.u8(f.daoackSequence);
  d.u8(f.daoackStatus);
  if (flags & f.daoackFlagD.mask) d.ipv6(f.daoackDodagid);
}

function addConsistency(d: Dissection): void {
  d.u8(f.ccInstance);
  addFlags(d, f.ccFlag, 1, [f.ccFlagR, f.ccFlagRsv]);
  d.u16(f.ccNonce);
  d.ipv6(f.ccDodagid);
  d.u32(f.ccDestinationCounter);
}

function addDiscoveryReply(d: Dissection, code: number): void {
  d.u8(f.replyInstance);
  if (d.u8(f.replyVersion) !== 0) d.expert(x.zero);
  if ((code & ~SECURE) === DISCOVERY_REPLY) {
    addFlags(d, f.replyFlag, 2, [f.replyFlagStop, f.replyFlagAck, f.replyFlagSeq, f.replyFlagReserved]);
  } else addFlags(d, f.replyAckFlag, 2, [f.replyAckFlagSeq, f.replyAckFlagReserved]);
  d.ipv6(f.replyDagid);
}

// -------------------------------------------------------------------- options

const PAD1 = 0;
const PADN = 1;

/** RFC 6550 section 6.7: type, length in bytes. */
function addOptions(d: Dissection, code: number, shared: RplShared): void {
  if (!d.building) return;
  while (d.remaining > 0) {
    const at = d.pos;
    const type = d.peek8();
    const name = RPL_OPTIONS[type] ?? `Unknown ${type}`;
    d.open(shared.opt, at, 1);
    const line = d.last;
    if (d.labels) d.relabel(`ICMPv6 RPL Option (${name}`);
    d.u8(f.optType);
    let text: string | undefined;
    let end = d.pos;
    if (type !== PAD1) {
      const length = d.u8(f.optLength);
      end = d.pos + length;
      text = addOption(d, type, code, end, shared);
      if (d.pos < end) shared.addUnknown(d, end);
    }
    if (line !== null && d.labels)
      line.label = `ICMPv6 RPL Option (${name}${text === undefined ? "" : ` ${text}`})`;
    d.close(end);
    d.pos = end;
  }
}

/** @returns what the option's line says behind its name */
function addOption(
  d: Dissection,
  type: number,
  code: number,
  end: number,
  shared: RplShared,
): string | undefined {
  const length = end - d.pos;
  switch (type) {
    case PADN:
      d.add(f.optPadn, d.pos, length, null);
      if (d.labels) d.append(` (Length : ${length} bytes)`);
      d.pos = end;
      return undefined;
    case 2:
      while (d.pos < end) if (!addMetric(d)) break;
      return undefined;
    case 3:
      return addRoute(d, length, shared);
    case 4:
      addConfiguration(d);
      return undefined;
    case 5:
      return addTarget(d, length, shared);
    case 6:
      return addTransit(d, length);
    case 7:
      d.u8(f.solicitedInstance);
      addFlags(d, f.solicitedFlag, 1, SOLICITED_BITS);
      d.ipv6(f.solicitedDodagid);
      d.u8(f.solicitedVersion);
      return undefined;
    case 8:
      return addPrefix(d);
    case 9:
      d.u32(f.targetDescriptionDescriptor);
      return undefined;
    case 10:
      addDiscovery(d, code, end);
      return undefined;
    default:
      d.expert(x.undecodedOption);
      d.bytes(shared.data, length);
      return undefined;
  }
}

const SOLICITED_BITS = [f.solicitedFlagV, f.solicitedFlagI, f.solicitedFlagD, f.solicitedFlagRsv] as const;

/**
 * An address of which the first 0, 8 or 16 bytes are there, by what is left of an option.
 * @returns undefined where another number of bytes is left
 */
function addPartialAddress(d: Dissection, field: Field, size: number): string | undefined {
  if (size !== 0 && size !== 8 && size !== 16) return undefined;
  const full = new Uint8Array(16);
  full.set(d.peekBytes(size));
  if (size > 0) d.add(field, d.pos, size, full);
  d.pos += size;
  return formatIpv6(full);
}

function addRoute(d: Dissection, length: number, shared: RplShared): string | undefined {
  const size = length - 6;
  if (size !== 0 && size !== 8 && size !== 16) shared.invalidLength(d);
  const prefixLength = d.u8(f.routePrefixLength);
  addFlags(d, f.routeFlag, 1, [f.routePref, f.routeReserved]);
  d.u32(f.routeLifetime);
  const prefix = addPartialAddress(d, f.routePrefix, size);
  return prefix === undefined ? undefined : `${prefix}/${prefixLength}`;
}

function addConfiguration(d: Dissection): void {
  addFlags(d, f.configFlag, 1, [f.configReserved, f.configAuth, f.configPcs]);
  d.u8(f.configIntervalDouble);
  d.u8(f.configIntervalMin);
  d.u8(f.configRedundancy);
  d.u16(f.configMaxRankInc);
  d.u16(f.configMinHopRankInc);
  d.u16(f.configOcp);
  d.u8(f.configRsv);
  d.u8(f.configDefLifetime);
  d.u16(f.configLifetimeUnit);
}

function addTarget(d: Dissection, length: number, shared: RplShared): string | undefined {
  const size = length - 2;
  if (size !== 0 && size !== 8 && size !== 16) shared.invalidLength(d);
  d.add(f.targetFlag, d.pos, 1, null);
  d.skip(1);
  const prefixLength = d.u8(f.targetPrefixLength);
  const prefix = addPartialAddress(d, f.targetPrefix, size);
  return prefix === undefined ? undefined : `${prefix}/${prefixLength}`;
}

const WITHOUT_PARENT = 4;

function addTransit(d: Dissection, length: number): string | undefined {
  addFlags(d, f.transitFlag, 1, [f.transitFlagE, f.transitFlagRsv]);
  d.u8(f.transitPathctl);
  d.u8(f.transitPathseq);
  d.u8(f.transitPathlifetime);
  if (length <= WITHOUT_PARENT) return undefined;
  const parent = formatIpv6(d.peekBytes(16));
  d.ipv6(f.transitParent);
  return parent;
}

const PREFIX_BITS = [f.prefixFlagL, f.configFlagA, f.configFlagR, f.configFlagRsv] as const;

function addPrefix(d: Dissection): string {
  const length = d.u8(f.prefixLength);
  addFlags(d, f.prefixFlag, 1, PREFIX_BITS);
  d.u32(f.prefixValidLifetime);
  d.u32(f.prefixPreferredLifetime);
  d.add(f.optReserved, d.pos, 4, null);
  d.skip(4);
  const prefix = formatIpv6(d.peekBytes(16));
  d.ipv6(f.prefix);
  return `${prefix}/${length}`;
}

// -------------------------------------------------------------------- metrics, RFC 6551

const METRIC_BITS = [
  f.metricReserved,
  f.metricFlagP,
  f.metricFlagC,
  f.metricFlagO,
  f.metricFlagR,
  f.metricFlagA,
  f.metricPrec,
] as const;
const NSA_BITS = [f.nsaReserved, f.nsaFlags, f.nsaFlagA, f.nsaFlagO] as const;
const ENERGY_BITS = [f.energyFlags, f.energyFlagI, f.energyType, f.energyFlagE, f.energyEnergy] as const;
const HOP_BITS = [f.hopsReserved, f.hopsFlags, f.hopsHp] as const;
const CONSTRAINT = 0x0200;
const OPTIONAL = 0x0100;

/** @returns false when the rest of the option cannot be read */
function addMetric(d: Dissection): boolean {
  const type = d.peek8();
  if (RPL_METRICS[type] === undefined) d.expert(x.metric);
  d.open(f.metricType, d.pos, 1, type);
  d.skip(1);
  const flags = addFlags(d, f.metricFlags, 2, METRIC_BITS);
  const length = d.u8(f.metricLength);
  const end = d.pos + length;
  addMetricObject(d, type, flags, end);
  d.close();
  return RPL_METRICS[type] !== undefined;
}

function addMetricObject(d: Dissection, type: number, flags: number, end: number): void {
  switch (type) {
    case 1:
      addFlags(d, f.nsa, 2, NSA_BITS);
      while (d.pos < end) addNodeTlv(d);
      return;
    case 2:
      while (d.pos < end) addFlags(d, f.energy, 2, ENERGY_BITS);
      return;
    case 3:
      addFlags(d, f.hops, 2, HOP_BITS);
      return;
    case 4:
      while (d.pos < end) d.u32(f.throughput);
      return;
    case 5:
      while (d.pos < end) d.u32(f.latency);
      return;
    case 6:
      d.bits(f.qualityRes, d.pos, 1);
      d.skip(1);
      while (d.pos < end) d.bitset(f.quality, 1, [f.qualityVal, f.qualityCounter]);
      return;
    case 7:
      while (d.pos < end) d.u16(f.etx);
      return;
    case 8:
      d.bits(f.colorRes, d.pos, 1);
      d.skip(1);
      while (d.pos < end) addColor(d, flags);
      return;
  }
}

function addNodeTlv(d: Dissection): void {
  const length = d.peek8(1);
  d.open(f.nsaTlv, d.pos, 2 + length, d.peek8());
  d.u8(f.nsaTlvType);
  d.u8(f.nsaTlvLength);
  d.bytes(f.nsaTlvData, length);
  d.close();
}

/** Counted as a metric, tested as a constraint. */
function addColor(d: Dissection, flags: number): void {
  d.open(f.color, d.pos, 2);
  d.bits(f.colorLc, d.pos, 2);
  if (flags & CONSTRAINT) {
    d.bits(f.colorReserved, d.pos, 2);
    d.bits(f.colorFlagI, d.pos, 2);
  } else if (flags & OPTIONAL) d.bits(f.colorCounter, d.pos, 2);
  else d.expert(x.metric);
  d.skip(2);
  d.close();
}

// -------------------------------------------------------------------- route discovery, RFC 6997

const DISCOVERY_BITS = [
  f.discoveryFlagReply,
  f.discoveryFlagHopbyhop,
  f.discoveryFlagNumofroutes,
  f.discoveryFlagCompr,
] as const;
const LIFETIME_SECONDS = [1, 4, 16, 64];

function addDiscovery(d: Dissection, code: number, end: number): void {
  const isReply = (code & ~SECURE) === DISCOVERY_REPLY;
  const at = d.pos;
  const flags = d.peek8();
  const compressed = flags & 15;
  const routes = (flags >> 4) & 3;
  d.open(f.discoveryFlag, at, 1);
  for (const bit of DISCOVERY_BITS) {
    d.bits(bit, at, 1);
    if (bit === f.discoveryFlagReply && isReply && flags & 0x80) d.expert(x.inReply);
    else if (bit === f.discoveryFlagHopbyhop && !isReply && flags & 0x40 && !(flags & 0x80))
      d.expert(x.hopByHop);
    else if (bit === f.discoveryFlagNumofroutes && routes !== 0) {
      if (isReply) d.expert(x.inReply);
      else if (flags & 0x40) d.expert(x.routes);
    }
  }
  d.close();
  d.skip(1);
  const lifetime = d.bits(f.discoveryLifetime, d.pos, 1);
  if (!isReply) d.append(` (${LIFETIME_SECONDS[lifetime]} sec)`);
  else if (lifetime !== 0) d.expert(x.inReply);
  d.bits(isReply ? f.discoveryNh : f.discoveryMaxrank, d.pos, 1);
  d.skip(1);
  const size = 16 - compressed;
  d.ipv6(f.discoveryTargetaddr);
  const count = Math.max(0, Math.floor((end - d.pos) / size));
  d.open(f.discoveryAddrVec, d.pos, count * size);
  if (d.labels) d.appendParent(` (${count} Address${count === 1 ? "" : "es"})`);
  for (let i = 0; i < count; i++) addCompressed(d, f.discoveryAddrvecAddr, size);
  d.close();
}

/** The last `size` bytes of an address; the first are those of the DODAG. */
function addCompressed(d: Dissection, field: Field, size: number): void {
  const full = new Uint8Array(16);
  full.set(d.peekBytes(size), 16 - size);
  d.add(field, d.pos, size, full);
  d.pos += size;
}
