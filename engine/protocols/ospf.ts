/** Open Shortest Path First version 2, RFC 2328, and version 3, RFC 5340. */
import { ADDRESS_IPV6 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  type Field,
  ipv4,
  ipv6,
  nameOf,
  none,
  SET_NOTSET,
  SUPPORTED,
  str,
  u8,
  u16,
  u24,
  u32,
  u64,
  YES_NO,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";
import { onesSum, rightChecksum } from "./checksum.ts";
import { INSTANCE_ID, LSA, LSID_OPAQUE_TYPE, V3_LSA_FC } from "./names/ospf.ts";
import {
  addOpaque,
  addReserved,
  linkType,
  opaqueExperts,
  opaqueFields,
  TRAFFIC_ENGINEERING,
} from "./ospf-opaque.ts";

const f = {
  ...opaqueFields,
  header: none("ospf.header", "OSPF Header"),
  version: u8("ospf.version", "Version"),
  msg: u8("ospf.msg", "Message Type", {
    names: { 1: "Hello Packet", 2: "DB Description", 3: "LS Request", 4: "LS Update", 5: "LS Acknowledge" },
  }),
  packetLength: u16("ospf.packet_length", "Packet Length"),
  srcrouter: ipv4("ospf.srcrouter", "Source OSPF Router"),
  areaId: ipv4("ospf.area_id", "Area ID"),
  checksum: u16("ospf.checksum", "Checksum", { base: "HEX" }),
  authType: u16("ospf.auth.type", "Auth Type", {
    names: { 0: "Null", 1: "Simple password", 2: "Cryptographic" },
  }),
  authNone: bytes("ospf.auth.none", "Auth Data (none)"),
  authSimple: str("ospf.auth.simple", "Auth Data (Simple)"),
  authCryptKeyId: u8("ospf.auth.crypt.key_id", "Auth Crypt Key id"),
  authCryptDataLength: u8("ospf.auth.crypt.data_length", "Auth Crypt Data Length"),
  authCryptSeqNbr: u32("ospf.auth.crypt.seq_nbr", "Auth Crypt Sequence Number"),
  authCryptData: bytes("ospf.auth.crypt.data", "Auth Crypt Data"),
  authUnknown: bytes("ospf.auth.unknown", "Auth Unknown"),
  instanceId: u8("ospf.instance_id", "Instance ID", { names: INSTANCE_ID }),
  hello: none("ospf.hello", "OSPF Hello Packet"),
  helloNetworkMask: ipv4("ospf.hello.network_mask", "Network Mask"),
  helloInterfaceId: u32("ospf.hello.interface_id", "Interface ID"),
  helloHelloInterval: u32("ospf.hello.hello_interval", "Hello Interval [sec]"),
  helloRouterPriority: u8("ospf.hello.router_priority", "Router Priority"),
  helloRouterDeadInterval: u32("ospf.hello.router_dead_interval", "Router Dead Interval [sec]"),
  helloDesignatedRouter: ipv4("ospf.hello.designated_router", "Designated Router"),
  helloBackupDesignatedRouter: ipv4("ospf.hello.backup_designated_router", "Backup Designated Router"),
  helloActiveNeighbor: ipv4("ospf.hello.active_neighbor", "Active Neighbor"),
  lsa: u8("ospf.lsa", "LS Type", { names: LSA }),
  lsaDonotage: u16("ospf.lsa.donotage", "Do Not Age Flag", { mask: 0x8000 }),
  lsaId: ipv4("ospf.lsa.id", "Link State ID"),
  lsaSeqnum: u32("ospf.lsa.seqnum", "Sequence Number", { base: "HEX" }),
  lsaChksum: u16("ospf.lsa.chksum", "Checksum", { base: "HEX" }),
  lsaLength: u16("ospf.lsa.length", "Length"),
  lsidOpaqueType: u8("ospf.lsid_opaque_type", "Link State ID Opaque Type", { names: LSID_OPAQUE_TYPE }),
  lsaRouterNummetrics: u8("ospf.lsa.router.nummetrics", "Number of Metrics"),
  lsaRouterMetric0: u16("ospf.lsa.router.metric0", "0 Metric"),
  lsaNetworkNetmask: ipv4("ospf.lsa.network.netmask", "Netmask"),
  lsaNetworkAttchrtr: ipv4("ospf.lsa.network.attchrtr", "Attached Router"),
  lsaAsbrNetmask: ipv4("ospf.lsa.asbr.netmask", "Netmask"),
  lsaAsextNetmask: ipv4("ospf.lsa.asext.netmask", "Netmask"),
  lsaAsextFwdaddr: ipv4("ospf.lsa.asext.fwdaddr", "Forwarding Address"),
  lsaAsextExtrttag: u32("ospf.lsa.asext.extrttag", "External Route Tag"),
  v3Lsa: u16("ospf.v3.lsa", "LS Type", { base: "HEX" }),
  v3LsaU: bool("ospf.v3.lsa.u", "LSA Handling", {
    mask: 0x8000,
    bits: 16,
    tf: [
      "Treat the LSA as if it had link-local flooding scope",
      "Store and flood the LSA as if the type is understood",
    ],
  }),
  v3LsaS12: u16("ospf.v3.lsa.s12", "Flooding Scope", {
    base: "HEX",
    mask: 0x6000,
    names: {
      0: "Link-Local Scoping - Flooded only on originating link",
      1: "Area Scoping - Flooded only in originating area",
      2: "AS Scoping - Flooded throughout AS",
      3: "Reserved",
    },
  }),
  v3LsaFc: u16("ospf.v3.lsa.fc", "Function Code", { mask: 0x1fff, names: V3_LSA_FC }),
  advrouter: ipv4("ospf.advrouter", "Advertising Router"),
  v2Options: u8("ospf.v2.options", "Options", { base: "HEX" }),
  v2OptionsMt: bool("ospf.v2.options.mt", "(MT) Multi-Topology Routing", { mask: 0x1, tf: YES_NO }),
  v2OptionsE: bool("ospf.v2.options.e", "(E) External Routing", {
    mask: 0x2,
    tf: ["Capable", "Not capable"],
  }),
  v2OptionsMc: bool("ospf.v2.options.mc", "(MC) Multicast", { mask: 0x4, tf: ["Capable", "Not capable"] }),
  v2OptionsN: bool("ospf.v2.options.n", "(N) NSSA", { mask: 0x8, tf: SUPPORTED }),
  v2OptionsP: bool("ospf.v2.options.p", "(P) Propagate", { mask: 0x8, tf: SET_NOTSET }),
  v2OptionsL: bool("ospf.v2.options.l", "(L) LLS Data block", { mask: 0x10, tf: ["Present", "Not Present"] }),
  v2OptionsDc: bool("ospf.v2.options.dc", "(DC) Demand Circuits", {
    mask: 0x20,
    tf: SUPPORTED,
  }),
  v2OptionsO: bool("ospf.v2.options.o", "O", { mask: 0x40, tf: SET_NOTSET }),
  v2OptionsDn: bool("ospf.v2.options.dn", "DN", { mask: 0x80, tf: SET_NOTSET }),
  v3Options: u24("ospf.v3.options", "Options", { base: "HEX" }),
  v3OptionsV6: bool("ospf.v3.options.v6", "V6", { mask: 0x1, bits: 24, tf: SET_NOTSET }),
  v3OptionsE: bool("ospf.v3.options.e", "E", { mask: 0x2, bits: 24, tf: SET_NOTSET }),
  v3OptionsMc: bool("ospf.v3.options.mc", "MC", { mask: 0x4, bits: 24, tf: SET_NOTSET }),
  v3OptionsN: bool("ospf.v3.options.n", "N", { mask: 0x8, bits: 24, tf: SET_NOTSET }),
  v3OptionsR: bool("ospf.v3.options.r", "R", { mask: 0x10, bits: 24, tf: SET_NOTSET }),
  v3OptionsDc: bool("ospf.v3.options.dc", "DC", { mask: 0x20, bits: 24, tf: SET_NOTSET }),
  v3OptionsAf: bool("ospf.v3.options.af", "AF", { mask: 0x100, bits: 24, tf: SET_NOTSET }),
  v3OptionsL: bool("ospf.v3.options.l", "L", { mask: 0x200, bits: 24, tf: SET_NOTSET }),
  v3OptionsAt: bool("ospf.v3.options.at", "AT", { mask: 0x400, bits: 24, tf: SET_NOTSET }),
  dbd: u8("ospf.dbd", "DB Description", { base: "HEX" }),
  dbdR: bool("ospf.dbd.r", "(R) OOBResync", { mask: 0x8, tf: SET_NOTSET }),
  dbdI: bool("ospf.dbd.i", "(I) Init", { mask: 0x4, tf: SET_NOTSET }),
  dbdM: bool("ospf.dbd.m", "(M) More", { mask: 0x2, tf: SET_NOTSET }),
  dbdMs: bool("ospf.dbd.ms", "(MS) Master", { mask: 0x1, tf: YES_NO }),
  llsExtOptions: u32("ospf.lls.ext.options", "Options", { base: "HEX" }),
  llsExtOptionsLr: bool("ospf.lls.ext.options.lr", "(LR) LSDB Resynchronization", {
    mask: 0x1,
    bits: 32,
    tf: SET_NOTSET,
  }),
  llsExtOptionsRs: bool("ospf.lls.ext.options.rs", "(RS) Restart Signal", {
    mask: 0x2,
    bits: 32,
    tf: SET_NOTSET,
  }),
  v2RouterLsaFlags: u8("ospf.v2.router.lsa.flags", "Flags", { base: "HEX" }),
  v2RouterLsaFlagsB: bool("ospf.v2.router.lsa.flags.b", "(B) Area border router", { mask: 0x1, tf: YES_NO }),
  v2RouterLsaFlagsE: bool("ospf.v2.router.lsa.flags.e", "(E) AS boundary router", { mask: 0x2, tf: YES_NO }),
  v2RouterLsaFlagsV: bool("ospf.v2.router.lsa.flags.v", "(V) Virtual link endpoint", {
    mask: 0x4,
    tf: YES_NO,
  }),
  v2RouterLsaFlagsW: bool("ospf.v2.router.lsa.flags.w", "(W) Wild-card multicast receiver", {
    mask: 0x8,
    tf: YES_NO,
  }),
  v2RouterLsaFlagsN: bool("ospf.v2.router.lsa.flags.n", "(N) flag", { mask: 0x10, tf: YES_NO }),
  v2RouterLsaFlagsH: bool("ospf.v2.router.lsa.flags.h", "(H) flag", { mask: 0x80, tf: YES_NO }),
  v3RouterLsaFlags: u8("ospf.v3.router.lsa.flags", "Flags", { base: "HEX" }),
  v3RouterLsaFlagsB: bool("ospf.v3.router.lsa.flags.b", "(B) Area border router", { mask: 0x1, tf: YES_NO }),
  v3RouterLsaFlagsE: bool("ospf.v3.router.lsa.flags.e", "(E) AS boundary router", { mask: 0x2, tf: YES_NO }),
  v3RouterLsaFlagsV: bool("ospf.v3.router.lsa.flags.v", "(V) Virtual link endpoint", {
    mask: 0x4,
    tf: YES_NO,
  }),
  v3RouterLsaFlagsW: bool("ospf.v3.router.lsa.flags.w", "(W) Wild-card multicast receiver", {
    mask: 0x8,
    tf: YES_NO,
  }),
  v3AsExternalFlags: u8("ospf.v3.as.external.flags", "Flags", { base: "HEX" }),
  v3AsExternalFlagsT: bool("ospf.v3.as.external.flags.t", "(T) External Route Tag", {
    mask: 0x1,
    tf: ["Present", "Not Present"],
  }),
  v3AsExternalFlagsF: bool("ospf.v3.as.external.flags.f", "(F) Forwarding Address", {
    mask: 0x2,
    tf: ["Present", "Absent"],
  }),
  v3AsExternalFlagsE: bool("ospf.v3.as.external.flags.e", "(E) External Metric", {
    mask: 0x4,
    tf: ["Type 2", "Type 1"],
  }),
  v3PrefixOptions: u8("ospf.v3.prefix.options", "PrefixOptions", { base: "HEX" }),
  v3PrefixOptionsNu: bool("ospf.v3.prefix.options.nu", "(NU) NoUnicast", { mask: 0x1, tf: SET_NOTSET }),
  v3PrefixOptionsLa: bool("ospf.v3.prefix.options.la", "(LA) Local Address", { mask: 0x2, tf: SET_NOTSET }),
  v3PrefixOptionsMc: bool("ospf.v3.prefix.options.mc", "(MC) Multicast", { mask: 0x4, tf: SET_NOTSET }),
  v3PrefixOptionsP: bool("ospf.v3.prefix.options.p", "(P) Propagate", { mask: 0x8, tf: SET_NOTSET }),
  v2LlsSequenceNumber: u32("ospf.v2.lls.sequence_number", "Sequence number", { base: "HEX" }),
  v2LlsAuthData: bytes("ospf.v2.lls.auth_data", "Auth Data"),
  llsChecksum: u16("ospf.lls.checksum", "Checksum", { base: "HEX" }),
  llsDataLength: u16("ospf.lls.data_length", "LLS Data Length"),
  dbInterfaceMtu: u16("ospf.db.interface_mtu", "Interface MTU"),
  dbDdSequence: u32("ospf.db.dd_sequence", "DD Sequence"),
  linkStateId: ipv4("ospf.link_state_id", "Link State ID"),
  lsNumberOfLsas: u32("ospf.ls.number_of_lsas", "Number of LSAs"),
  at: none("ospf.at", "OSPF Authentication Trailer"),
  atAuthType: u16("ospf.at.auth_type", "Authentication Type", {
    names: { 0: "Reserved", 1: "HMAC Cryptographic Authentication" },
  }),
  atAuthDataLen: u16("ospf.at.auth_data_len", "Authentication Data Length"),
  atReserved: u16("ospf.at.reserved", "Reserved", { base: "HEX" }),
  atSaId: u16("ospf.at.sa_id", "Security Association Identifier (SA ID)", { base: "HEX" }),
  atCryptoSeqNbr: u64("ospf.at.crypto_seq_nbr", "Cryptographic Sequence Number"),
  atAuthData: bytes("ospf.at.auth_data", "Authentication Data"),
  lsidTeLsaReserved: u8("ospf.lsid_te_lsa.reserved", "Link State ID TE-LSA Reserved"),
  lsidTeLsaInstance: u16("ospf.lsid_te_lsa.instance", "Link State ID TE-LSA Instance"),
  lsaMpls: bool("ospf.lsa.mpls", "MPLS Traffic Engineering LSA"),
  lsidOpaqueId: u24("ospf.lsid.opaque_id", "Link State ID Opaque ID"),
  lsaNumberOfLinks: u16("ospf.lsa.number_of_links", "Number of Links"),
  v3LsaDoNotAge: bool("ospf.v3.lsa.do_not_age", "Do Not Age", { mask: 0x8000, bits: 16 }),
  v3LsaInterfaceId: u32("ospf.v3.lsa.interface_id", "Interface ID"),
  v3LsaNeighborInterfaceId: u32("ospf.v3.lsa.neighbor_interface_id", "Neighbor Interface ID"),
  v3LsaNeighborRouterId: ipv4("ospf.v3.lsa.neighbor_router_id", "Neighbor Router ID"),
  v3LsaAttachedRouter: ipv4("ospf.v3.lsa.attached_router", "Attached Router"),
  v3LsaDestinationRouterId: ipv4("ospf.v3.lsa.destination_router_id", "Destination Router ID"),
  v3LsaReferencedLsType: u16("ospf.v3.lsa.referenced_ls_type", "Referenced LS type", {
    base: "HEX",
    names: V3_LSA_FC,
  }),
  v3LsaForwardingAddressIpv6: ipv6("ospf.v3.lsa.forwarding_address.ipv6", "Forwarding Address"),
  v3LsaExternalRouteTag: u32("ospf.v3.lsa.external_route_tag", "External Route Tag"),
  v3LsaReferencedLinkStateId: ipv4("ospf.v3.lsa.referenced_link_state_id", "Referenced Link State ID"),
  v3LsaRouterPriority: u8("ospf.v3.lsa.router_priority", "Router Priority"),
  v3LsaLinkLocalInterfaceAddressIpv6: ipv6(
    "ospf.v3.lsa.link_local_interface_address.ipv6",
    "Link-local Interface Address",
  ),
  v3LsaReferencedAdvertisingRouter: ipv4(
    "ospf.v3.lsa.referenced_advertising_router",
    "Referenced Advertising Router",
  ),
  lsaAsextType: bool("ospf.lsa.asext.type", "External Type", {
    mask: 0x80,
    tf: [
      "Type 2 (metric is larger than any other link state path)",
      "Type 1 (metric is specified in the same units as interface cost)",
    ],
  }),
  lsaTos: u8("ospf.lsa.tos", "TOS"),
  v3LsaType: u8("ospf.v3.lsa.type", "Type", {
    names: {
      1: "Point-to-point connection to another router",
      2: "Connection to a transit network",
      3: "Connection to a stub network",
      4: "Virtual link",
    },
  }),
  metric: u32("ospf.metric", "Metric"),
  v3LsaNumPrefixes: u32("ospf.v3.lsa.num_prefixes", "# prefixes"),
  v3AddressPrefixIpv6: ipv6("ospf.v3.address_prefix.ipv6", "Address Prefix"),
  lsaAsextTos: u8("ospf.lsa.tos", "TOS", { mask: 0x7f }),
  msgHello: bool("ospf.msg.hello", "Hello"),
  msgDbdesc: bool("ospf.msg.dbdesc", "Database Description"),
  msgLsreq: bool("ospf.msg.lsreq", "Link State Adv Request"),
  msgLsupdate: bool("ospf.msg.lsupdate", "Link State Adv Update"),
  msgLsack: bool("ospf.msg.lsack", "Link State Adv Acknowledgement"),
  lsaRouter: bool("ospf.lsa.router", "Router LSA"),
  lsaNetwork: bool("ospf.lsa.network", "Network LSA"),
  lsaSummary: bool("ospf.lsa.summary", "Summary LSA (IP Network)"),
  lsaAsbr: bool("ospf.lsa.asbr", "Summary LSA (ASBR)"),
  lsaAsext: bool("ospf.lsa.asext", "AS-External LSA (ASBR)"),
  lsaMember: bool("ospf.lsa.member", "Group Membership LSA"),
  lsaNssa: bool("ospf.lsa.nssa", "NSSA AS-External LSA"),
  lsaAttr: bool("ospf.lsa.attr", "External Attributes LSA"),
  lsaOpaque: bool("ospf.lsa.opaque", "Opaque LSA"),
  v3LsaRouter: bool("ospf.v3.lsa.router", "Router-LSA"),
  v3LsaNetwork: bool("ospf.v3.lsa.network", "Network-LSA"),
  v3LsaInterprefix: bool("ospf.v3.lsa.interprefix", "Inter-Area-Prefix-LSA"),
  v3LsaInterrouter: bool("ospf.v3.lsa.interrouter", "Inter-Area-Router-LSA"),
  v3LsaAsext: bool("ospf.v3.lsa.asext", "AS-External-LSA"),
  v3LsaMember: bool("ospf.v3.lsa.member", "Group-Membership-LSA"),
  v3LsaNssa: bool("ospf.v3.lsa.nssa", "NSSA-LSA"),
  v3LsaLink: bool("ospf.v3.lsa.link", "Link-LSA"),
  v3LsaIntraprefix: bool("ospf.v3.lsa.intraprefix", "Intra-Area-Prefix-LSA"),
  v3LsaOpaque: bool("ospf.v3.lsa.opaque", "Router Information Opaque-LSA"),
  lsaAge: u16("ospf.lsa.age", "LS Age (seconds)", { mask: 0x7fff }),
};

const OSPF = 89;

export const ospf = protocol({
  name: "ospf",
  title: "Open Shortest Path First",
  short: "OSPF",
  fields: f,
  experts: opaqueExperts,
  on: [[ipProtocols, OSPF]],
  dissect,
});

const HELLO = 1;
const DESCRIPTION = 2;
const REQUEST = 3;
const UPDATE = 4;
const ACKNOWLEDGE = 5;
const NULL_AUTH = 0;
const SIMPLE_AUTH = 1;
const CRYPTOGRAPHIC = 2;
const LLS = 0x10;
const LSA_HEADER = 20;

const MESSAGES: Readonly<Record<number, Field>> = {
  1: f.msgHello,
  2: f.msgDbdesc,
  3: f.msgLsreq,
  4: f.msgLsupdate,
  5: f.msgLsack,
};
const LSAS: Readonly<Record<number, Field>> = {
  1: f.lsaRouter,
  2: f.lsaNetwork,
  3: f.lsaSummary,
  4: f.lsaAsbr,
  5: f.lsaAsext,
  6: f.lsaMember,
  7: f.lsaNssa,
  8: f.lsaAttr,
  9: f.lsaOpaque,
  10: f.lsaOpaque,
  11: f.lsaOpaque,
};
const LSAS_3: Readonly<Record<number, Field>> = {
  1: f.v3LsaRouter,
  2: f.v3LsaNetwork,
  3: f.v3LsaInterprefix,
  4: f.v3LsaInterrouter,
  5: f.v3LsaAsext,
  6: f.v3LsaMember,
  7: f.v3LsaNssa,
  8: f.v3LsaLink,
  9: f.v3LsaIntraprefix,
  12: f.v3LsaOpaque,
};

function dissect(d: Dissection): void {
  const start = d.pos;
  const version = d.peek8();
  const type = d.peek8(1);
  const length = d.peek16(2);
  if (d.columns) d.setInfo(nameOf(f.msg.names, type) ?? `Unknown (${type})`);
  if (version !== 2 && version !== 3) {
    d.u8(f.version);
    return;
  }
  d.open(f.header, start, version === 2 ? 24 : 16);
  d.u8(f.version);
  d.u8(f.msg);
  const kind = MESSAGES[type];
  if (kind !== undefined) d.hidden(kind, d.pos - 1, 1, 1);
  d.u16(f.packetLength);
  d.ipv4(f.srcrouter);
  const area = d.ipv4(f.areaId);
  if (d.labels && area === 0) d.append(" (Backbone)");
  let trailer = 0;
  if (version === 2) trailer = addAuthentication(d, start, length);
  else {
    addChecksum(d, start, length, false);
    d.u8(f.instanceId);
    addReserved(d, 1);
  }
  d.close();
  const { end, wireEnd } = d;
  d.limit(start + length - d.pos);
  const options = dissectBody(d, version, type);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = start;
  d.skip(Math.min(length, d.remaining));
  if (version === 2 && options & LLS && d.pos + trailer < d.end) {
    d.skip(trailer);
    addLls(d);
  } else if (version === 3 && options & f.v3OptionsAt.mask && (options & f.v3OptionsL.mask) === 0)
    addTrailer(d);
}

/** The authentication trailer of version 3, RFC 7166. */
function addTrailer(d: Dissection): void {
  if (d.remaining === 0) return;
  const length = d.peek16(2);
  d.open(f.at, d.pos, length);
  d.u16(f.atAuthType);
  d.u16(f.atAuthDataLen);
  d.u16(f.atReserved);
  d.u16(f.atSaId);
  d.u64(f.atCryptoSeqNbr);
  d.bytes(f.atAuthData, Math.max(0, length - 16));
  d.close();
}

/** RFC 2328 appendix D. Returns the length of the digest behind the packet. */
function addAuthentication(d: Dissection, start: number, length: number): number {
  const type = d.peek16(2);
  addChecksum(d, start, length, type === CRYPTOGRAPHIC);
  d.u16(f.authType);
  if (type === NULL_AUTH) d.bytes(f.authNone, 8);
  else if (type === SIMPLE_AUTH) d.str(f.authSimple, 8);
  else if (type !== CRYPTOGRAPHIC) d.bytes(f.authUnknown, 8);
  else {
    d.skip(2);
    d.u8(f.authCryptKeyId);
    const digest = d.u8(f.authCryptDataLength);
    d.u32(f.authCryptSeqNbr);
    if (start + length + digest <= d.end) {
      d.add(f.authCryptData, start + length, digest, d.buf.subarray(start + length, start + length + digest));
    }
    return digest;
  }
  return 0;
}

function addChecksum(d: Dissection, start: number, length: number, none: boolean): void {
  const found = d.u16(f.checksum);
  if (!d.labels) return;
  const hex = `0x${found.toString(16).padStart(4, "0")}`;
  if (none || (found === 0 && d.buf[start] === 2)) {
    d.relabel(`Checksum: ${hex} (None)`);
    return;
  }
  if (length < 16 || start + length > d.end) return;
  let sum = 0;
  if (d.buf[start] === 2) sum = onesSum(d.buf, start + 24, start + length, onesSum(d.buf, start, start + 16));
  else {
    const { addresses } = d.memory;
    if (addresses.kind(d.srcId) !== ADDRESS_IPV6) return;
    sum = onesSum(addresses.bytes(d.dstId), 0, 16, onesSum(addresses.bytes(d.srcId), 0, 16, OSPF + length));
    sum = onesSum(d.buf, start, d.end, sum);
  }
  const right = sum === 0xffff;
  const should = `0x${rightChecksum(sum, found).toString(16).padStart(4, "0")}`;
  d.relabel(`Checksum: ${hex} ${right ? "[correct]" : `[incorrect, should be ${should}]`}`);
}

const OPTIONS = [
  f.v2OptionsDn,
  f.v2OptionsO,
  f.v2OptionsDc,
  f.v2OptionsL,
  f.v2OptionsN,
  f.v2OptionsMc,
  f.v2OptionsE,
  f.v2OptionsMt,
];
const NSSA_OPTIONS = [...OPTIONS.slice(0, 4), f.v2OptionsP, ...OPTIONS.slice(5)];
const OPTIONS_3 = [
  f.v3OptionsAt,
  f.v3OptionsL,
  f.v3OptionsAf,
  f.v3OptionsDc,
  f.v3OptionsR,
  f.v3OptionsN,
  f.v3OptionsMc,
  f.v3OptionsE,
  f.v3OptionsV6,
];
const DESCRIPTION_FLAGS = [f.dbdR, f.dbdI, f.dbdM, f.dbdMs];

function addBits(d: Dissection, field: Field, n: number, members: readonly Field[]): number {
  const value = d.bitset(field, n, members);
  if (d.labels) for (const member of members) if (value & member.mask) d.append(`, ${member.title}`);
  return value;
}

/** Returns the options of the packet, as far as they tell of blocks behind it. */
function dissectBody(d: Dissection, version: number, type: number): number {
  switch (type) {
    case HELLO:
      return version === 2 ? addHello(d) : addHello3(d);
    case DESCRIPTION:
      return addDescription(d, version);
    case REQUEST:
      while (d.remaining > 0) addRequest(d, version);
      return 0;
    case UPDATE: {
      d.openText(d.pos, d.remaining, "LS Update Packet");
      const count = d.u32(f.lsNumberOfLsas);
      for (let i = 0; i < count && d.remaining > 0; i++) addLsa(d, version, true);
      if (d.labels) d.close();
      return 0;
    }
    case ACKNOWLEDGE:
      while (d.remaining > 0) addLsa(d, version, false);
      return 0;
  }
  return 0;
}

function addHello(d: Dissection): number {
  d.open(f.hello, d.pos, d.remaining);
  d.ipv4(f.helloNetworkMask);
  d.uint(f.helloHelloInterval, 2);
  const options = addBits(d, f.v2Options, 1, OPTIONS);
  d.u8(f.helloRouterPriority);
  d.u32(f.helloRouterDeadInterval);
  addNeighbours(d);
  return options;
}

function addHello3(d: Dissection): number {
  d.open(f.hello, d.pos, d.remaining);
  d.u32(f.helloInterfaceId);
  d.u8(f.helloRouterPriority);
  const options = addBits(d, f.v3Options, 3, OPTIONS_3);
  d.uint(f.helloHelloInterval, 2);
  d.uint(f.helloRouterDeadInterval, 2);
  addNeighbours(d);
  return options;
}

function addNeighbours(d: Dissection): void {
  d.ipv4(f.helloDesignatedRouter);
  d.ipv4(f.helloBackupDesignatedRouter);
  while (d.remaining > 0) d.ipv4(f.helloActiveNeighbor);
  d.close();
}

function addDescription(d: Dissection, version: number): number {
  let options = 0;
  d.openText(d.pos, version === 2 ? 8 : 12, "OSPF DB Description");
  if (version === 2) {
    d.u16(f.dbInterfaceMtu);
    options = addBits(d, f.v2Options, 1, OPTIONS);
  } else {
    d.bytes(f.reserved, 1);
    options = addBits(d, f.v3Options, 3, OPTIONS_3);
    d.u16(f.dbInterfaceMtu);
    d.bytes(f.reserved, 1);
  }
  addBits(d, f.dbd, 1, DESCRIPTION_FLAGS);
  d.u32(f.dbDdSequence);
  if (d.labels) d.close();
  while (d.remaining > 0) addLsa(d, version, false);
  return options;
}

const TYPE_BITS = [f.v3LsaU, f.v3LsaS12, f.v3LsaFc];

function addRequest(d: Dissection, version: number): void {
  d.openText(d.pos, 12, "Link State Request");
  if (version === 2) {
    d.add(f.lsa, d.pos, 4, d.peek32());
    d.skip(4);
  } else {
    d.bytes(f.reserved, 2);
    d.bitset(f.v3Lsa, 2, TYPE_BITS);
  }
  d.ipv4(f.linkStateId);
  d.ipv4(f.advrouter);
  if (d.labels) d.close();
}

/** RFC 2328 section 12.1 and RFC 5340 section 4.4.2. */
function addLsa(d: Dissection, version: number, body: boolean): void {
  const start = d.pos;
  const length = d.peek16(18);
  const type = version === 2 ? d.peek8(3) : d.peek16(2) & 0x1fff;
  const names = version === 2 ? f.lsa.names : f.v3LsaFc.names;
  if (d.labels) {
    d.openText(
      start,
      body ? length : LSA_HEADER,
      `LSA-type ${type} (${nameOf(names, type) ?? "Unknown"}), len ${length}`,
    );
  }
  d.bits(f.lsaAge, start, 2);
  d.bits(version === 2 ? f.lsaDonotage : f.v3LsaDoNotAge, start, 2);
  d.skip(2);
  if (version === 2) {
    addBits(d, f.v2Options, 1, type === 7 ? NSSA_OPTIONS : OPTIONS);
    d.u8(f.lsa);
  } else d.bitset(f.v3Lsa, 2, TYPE_BITS);
  const kind = (version === 2 ? LSAS : LSAS_3)[type];
  if (kind !== undefined) d.hidden(kind, start + 2, 2, 1);
  let opaque = 0;
  if (version === 2 && type >= 9 && type <= 11) {
    opaque = d.u8(f.lsidOpaqueType);
    if (opaque === TRAFFIC_ENGINEERING) {
      d.u8(f.lsidTeLsaReserved);
      d.u16(f.lsidTeLsaInstance);
    } else d.u24(f.lsidOpaqueId);
  } else d.ipv4(version === 2 ? f.lsaId : f.linkStateId);
  d.ipv4(f.advrouter);
  d.u32(f.lsaSeqnum);
  d.u16(f.lsaChksum);
  d.u16(f.lsaLength);
  if (body && length < LSA_HEADER) d.malformed();
  if (body && length > LSA_HEADER) {
    const { end, wireEnd } = d;
    d.limit(length - LSA_HEADER);
    if (version === 2 && type >= 9 && type <= 11) addOpaque(d, opaque);
    else if (version === 2) addBody2(d, type);
    else addBody3(d, type);
    if (opaque === TRAFFIC_ENGINEERING) d.hidden(f.lsaMpls, start + 4, 4, 1);
    d.end = end;
    d.wireEnd = wireEnd;
    d.need(start + length - d.pos);
    d.pos = start + length;
  }
  if (d.labels) d.close();
}

const ROUTER_FLAGS = [
  f.v2RouterLsaFlagsH,
  f.v2RouterLsaFlagsN,
  f.v2RouterLsaFlagsW,
  f.v2RouterLsaFlagsV,
  f.v2RouterLsaFlagsE,
  f.v2RouterLsaFlagsB,
];

function addBody2(d: Dissection, type: number): void {
  switch (type) {
    case 1: {
      addBits(d, f.v2RouterLsaFlags, 1, ROUTER_FLAGS);
      d.skip(1);
      const count = d.u16(f.lsaNumberOfLinks);
      for (let i = 0; i < count; i++) addLink(d);
      break;
    }
    case 2:
      d.ipv4(f.lsaNetworkNetmask);
      while (d.remaining > 0) d.ipv4(f.lsaNetworkAttchrtr);
      break;
    case 3:
    case 4:
      d.ipv4(f.lsaAsbrNetmask);
      while (d.remaining > 0) {
        d.u8(f.lsaTos);
        d.uint(f.metric, 3);
      }
      break;
    case 5:
    case 7:
      d.ipv4(f.lsaAsextNetmask);
      while (d.remaining > 0) {
        d.bits(f.lsaAsextType, d.pos, 1);
        d.bits(f.lsaAsextTos, d.pos, 1);
        d.skip(1);
        d.uint(f.metric, 3);
        d.ipv4(f.lsaAsextFwdaddr);
        d.u32(f.lsaAsextExtrttag);
      }
      break;
  }
}

function addLink(d: Dissection): void {
  d.need(12);
  const tosCount = d.peek8(9);
  const type = linkType(d.peek8(8));
  if (d.labels) {
    const id = formatIpv4(d.peek32()).padEnd(15);
    const link = formatIpv4(d.peek32(4)).padEnd(15);
    d.openText(
      d.pos,
      12 + 4 * tosCount,
      `Type: ${type.short.padEnd(8)} ID: ${id} Data: ${link} Metric: ${d.peek16(10)}`,
    );
  }
  d.ipv4(f.lsaRouterLinkid);
  if (d.labels) d.append(` - ${type.id}`);
  d.ipv4(f.lsaRouterLinkdata);
  d.u8(f.lsaRouterLinktype);
  if (d.labels) d.append(` - ${type.title}`);
  d.u8(f.lsaRouterNummetrics);
  if (d.labels) d.append(" - TOS");
  d.u16(f.lsaRouterMetric0);
  d.skip(4 * tosCount);
  if (d.labels) d.close();
}

const ROUTER_FLAGS_3 = [f.v3RouterLsaFlagsW, f.v3RouterLsaFlagsV, f.v3RouterLsaFlagsE, f.v3RouterLsaFlagsB];
const PREFIX_OPTIONS = [f.v3PrefixOptionsP, f.v3PrefixOptionsMc, f.v3PrefixOptionsLa, f.v3PrefixOptionsNu];
const EXTERNAL_FLAGS = [f.v3AsExternalFlagsE, f.v3AsExternalFlagsF, f.v3AsExternalFlagsT];

function addBody3(d: Dissection, type: number): void {
  switch (type) {
    case 1:
      addBits(d, f.v3RouterLsaFlags, 1, ROUTER_FLAGS_3);
      addBits(d, f.v3Options, 3, OPTIONS_3);
      if (d.remaining > 0) addInterfaces(d);
      break;
    case 2:
      addReserved(d, 1);
      addBits(d, f.v3Options, 3, OPTIONS_3);
      while (d.remaining > 0) d.ipv4(f.v3LsaAttachedRouter);
      break;
    case 3: {
      addReserved(d, 1);
      d.uint(f.metric, 3);
      const length = addPrefixHead(d);
      addReserved(d, 2);
      addPrefix(d, length);
      break;
    }
    case 4:
      addReserved(d, 1);
      addBits(d, f.v3Options, 3, OPTIONS_3);
      addReserved(d, 1);
      d.uint(f.metric, 3);
      d.ipv4(f.v3LsaDestinationRouterId);
      break;
    case 5:
    case 7:
      addExternal(d);
      break;
    case 8: {
      d.u8(f.v3LsaRouterPriority);
      addBits(d, f.v3Options, 3, OPTIONS_3);
      d.ipv6(f.v3LsaLinkLocalInterfaceAddressIpv6);
      const count = d.u32(f.v3LsaNumPrefixes);
      for (let i = 0; i < count; i++) {
        const length = addPrefixHead(d);
        addReserved(d, 2);
        addPrefix(d, length);
      }
      break;
    }
    case 9: {
      const count = d.uint(f.v3LsaNumPrefixes, 2);
      d.u16(f.v3LsaReferencedLsType);
      d.ipv4(f.v3LsaReferencedLinkStateId);
      d.ipv4(f.v3LsaReferencedAdvertisingRouter);
      for (let i = 0; i < count; i++) {
        const length = addPrefixHead(d);
        d.uint(f.metric, 2);
        addPrefix(d, length);
      }
      break;
    }
  }
}

function addInterfaces(d: Dissection): void {
  d.openText(d.pos, d.remaining, "Router Interfaces");
  for (let entry = 1; d.remaining > 0; entry++) {
    d.openText(d.pos, 16, `Entry #${entry}`);
    d.u8(f.v3LsaType);
    addReserved(d, 1);
    d.uint(f.metric, 2);
    d.u32(f.v3LsaInterfaceId);
    d.u32(f.v3LsaNeighborInterfaceId);
    d.ipv4(f.v3LsaNeighborRouterId);
    if (d.labels) d.close();
  }
  if (d.labels) d.close();
}

function addExternal(d: Dissection): void {
  const flags = addBits(d, f.v3AsExternalFlags, 1, EXTERNAL_FLAGS);
  d.uint(f.metric, 3);
  const length = addPrefixHead(d);
  const referenced = d.u16(f.v3LsaReferencedLsType);
  addPrefix(d, length);
  if (flags & f.v3AsExternalFlagsF.mask) d.ipv6(f.v3LsaForwardingAddressIpv6);
  if (flags & f.v3AsExternalFlagsT.mask) d.u32(f.v3LsaExternalRouteTag);
  if (referenced !== 0) d.ipv4(f.v3LsaReferencedLinkStateId);
}

/** Length and options of a prefix; returns the length in bits. */
function addPrefixHead(d: Dissection): number {
  const length = d.u8(f.prefixLength);
  addBits(d, f.v3PrefixOptions, 1, PREFIX_OPTIONS);
  return length;
}

/** RFC 5340 appendix A.4.1: whole words of four bytes. */
function addPrefix(d: Dissection, length: number): void {
  if (length > 128) d.malformed();
  const n = Math.ceil(length / 32) * 4;
  if (d.wants(f.v3AddressPrefixIpv6)) {
    const address = new Uint8Array(16);
    address.set(d.peekBytes(n));
    d.add(f.v3AddressPrefixIpv6, d.pos, n, address);
  }
  d.skip(n);
}

const LLS_OPTIONS = [f.llsExtOptionsRs, f.llsExtOptionsLr];

/** Link-local signaling, RFC 5613. */
function addLls(d: Dissection): void {
  const words = d.peek16(2);
  const end = d.pos + words * 4;
  d.openText(d.pos, words * 4, "OSPF LLS Data Block");
  d.u16(f.llsChecksum);
  d.add(f.llsDataLength, d.pos, 2, words * 4);
  d.skip(2);
  if (d.labels) d.relabel(`LLS Data Length: ${words * 4} bytes`);
  while (d.pos + 4 <= end && d.remaining >= 4) {
    const type = d.peek16();
    const length = d.peek16(2);
    const names: Readonly<Record<number, string>> = {
      1: "Extended options TLV",
      2: "Crypto Authentication TLV",
    };
    d.openText(d.pos, 4 + length, names[type] ?? "Unknown LLS TLV");
    d.u16(f.tlvType);
    d.u16(f.tlvLength);
    const behind = d.pos + length;
    if (type === 1 && length >= 4) addBits(d, f.llsExtOptions, 4, LLS_OPTIONS);
    else if (type === 2 && length > 4) {
      d.u32(f.v2LlsSequenceNumber);
      d.bytes(f.v2LlsAuthData, length - 4);
    }
    d.need(behind - d.pos);
    d.pos = behind;
    if (d.labels) d.close();
  }
  if (d.labels) d.close();
}
