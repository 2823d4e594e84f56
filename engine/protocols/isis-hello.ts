/** IS-IS hello PDUs: ISO 10589 sections 9.5 to 9.7, with the options of RFC 5303, 5306, 6329, 7176 and others. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  expert,
  ipv4,
  ipv6,
  SET_NOTSET,
  SUPPORTED,
  str,
  systemId,
  u8,
  u16,
  u24,
  u32,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { formatSystemId } from "../dissect/text.ts";
import { checksumStatusText } from "./checksum.ts";
import {
  addAreas,
  addAuthentication,
  addInstance,
  addInterfaces,
  addProtocols,
  addTlvs,
  addTopologies,
  headerLength,
  ISIS_HEADER,
  idLength,
  isisTypes,
  PADDING,
  pduType,
  type Tlv,
  type TlvFamily,
} from "./isis-tlv.ts";
import { MTID } from "./names/isis.ts";
import { NLPIDS } from "./names/osi.ts";
import { addExpertLine, addOsiChecksum } from "./osi.ts";

const f = {
  priorityReserved: u8("isis.hello.reserved", "Reserved", { mask: 0x80 }),
  circuitType: u8("isis.hello.circuit_type", "Circuit type", {
    base: "HEX",
    mask: 0x3,
    names: { 0: "Reserved 0 (discard PDU)", 1: "Level 1 only", 2: "Level 2 only", 3: "Level 1 and 2" },
  }),
  reserved: u8("isis.hello.reserved", "Reserved", { base: "HEX", mask: 0xfc }),
  sourceId: systemId("isis.hello.source_id", "SystemID {Sender of PDU}"),
  holdingTimer: u16("isis.hello.holding_timer", "Holding timer"),
  pduLength: u16("isis.hello.pdu_length", "PDU length"),
  priority: u8("isis.hello.priority", "Priority", { mask: 0x7f }),
  lanId: systemId("isis.hello.lan_id", "SystemID {Designated IS}"),
  clvType: u8("isis.hello.clv.type", "Type"),
  clvLength: u8("isis.hello.clv.length", "Length"),
  localCircuitId: u8("isis.hello.local_circuit_id", "Local circuit ID"),
  clvIpv4IntAddr: ipv4("isis.hello.clv_ipv4_int_addr", "IPv4 interface address"),
  clvIpv6IntAddr: ipv6("isis.hello.clv_ipv6_int_addr", "IPv6 interface address"),
  clvMt: u16("isis.hello.clv_mt", "MT-ID", { base: "HEX" }),
  clvRestartFlags: u8("isis.hello.clv_restart_flags", "Restart Signaling Flags", { base: "HEX" }),
  clvRestartFlagsRr: bool("isis.hello.clv_restart_flags.rr", "Restart Request", { mask: 0x1 }),
  clvRestartFlagsRa: bool("isis.hello.clv_restart_flags.ra", "Restart Acknowledgment", { mask: 0x2 }),
  clvRestartFlagsSa: bool("isis.hello.clv_restart_flags.sa", "Suppress Adjacency", { mask: 0x4 }),
  clvRestartNeighbor: systemId("isis.hello.clv_restart.neighbor", "Restarting Neighbor ID"),
  mcid: bytes("isis.hello.mcid", "MCID"),
  auxMcid: bytes("isis.hello.aux_mcid", "Aux MCID"),
  digest: bytes("isis.hello.digest", "Digest"),
  digestV: u8("isis.hello.digest.v", "V", { mask: 0x10 }),
  digestA: u8("isis.hello.digest.a", "A", { mask: 0xc }),
  digestD: u8("isis.hello.digest.d", "D", { mask: 0x3 }),
  ect: bytes("isis.hello.ect", "ECT", { base: "SEP_DASH" }),
  bvid: u16("isis.hello.bvid", "BVID", { base: "HEX_DEC", mask: 0xfff0 }),
  bvidU: u16("isis.hello.bvid.u", "U", { base: "HEX_DEC", mask: 0x8 }),
  bvidM: u16("isis.hello.bvid.m", "M", { base: "HEX_DEC", mask: 0x4 }),
  areaAddress: bytes("isis.hello.area_address", "Area address"),
  iid: u16("isis.hello.iid", "Instance Identifier"),
  supportedItid: u16("isis.hello.supported_itid", "Supported ITID"),
  clvNlpidNlpid: u8("isis.hello.clv_nlpid.nlpid", "NLPID", { base: "HEX" }),
  clvIpAuthentication: str("isis.hello.clv_ip_authentication", "NLPID"),
  clvAuthentication: bytes("isis.hello.clv_authentication", "Authentication"),
  mtid: u16("isis.hello.mtid", "Topology ID", { mask: 0xfff, names: MTID }),
  trillNeighborSf: bool("isis.hello.trill_neighbor.sf", "Smallest flag", { mask: 0x80, tf: SET_NOTSET }),
  trillNeighborLf: bool("isis.hello.trill_neighbor.lf", "Largest flag", { mask: 0x40, tf: SET_NOTSET }),
  trillNeighborSize: u8("isis.hello.trill_neighbor.size", "SNPA Size", { mask: 0x1f }),
  trillNeighborFf: bool("isis.hello.trill_neighbor.ff", "Failed flag", { mask: 0x80, tf: SET_NOTSET }),
  trillNeighborOf: bool("isis.hello.trill_neighbor.of", "OOMF flag", { mask: 0x40, tf: SET_NOTSET }),
  trillNeighborReserved: u8("isis.hello.trill_neighbor.reserved", "Reserved", { mask: 0x3f }),
  trillNeighborMtu: u16("isis.hello.trill_neighbor.mtu", "Tested MTU"),
  trillNeighborSnpa: systemId("isis.hello.trill_neighbor.snpa", "SNPA"),
  checksum: u16("isis.hello.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("isis.hello.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    text: checksumStatusText,
  }),
  adjacencyState: u8("isis.hello.adjacency_state", "Adjacency State", {
    names: { 0: "Up", 1: "Initializing", 2: "Down" },
  }),
  extendedLocalCircuitId: u32("isis.hello.extended_local_circuit_id", "Extended Local circuit ID", {
    base: "HEX",
  }),
  neighborSystemid: systemId("isis.hello.neighbor_systemid", "Neighbor SystemID"),
  neighborExtendedLocalCircuitId: u32(
    "isis.hello.neighbor_extended_local_circuit_id",
    "Neighbor Extended Local circuit ID",
    { base: "HEX" },
  ),
  vlanFlagsPortId: u16("isis.hello.vlan_flags.port_id", "Port ID"),
  vlanFlagsNickname: u16("isis.hello.vlan_flags.nickname", "Nickname", { base: "HEX_DEC" }),
  vlanFlagsAf: bool("isis.hello.vlan_flags.af", "Appointed Forwarder", {
    mask: 0x8000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  vlanFlagsAc: bool("isis.hello.vlan_flags.ac", "Access Port", { mask: 0x4000, bits: 16, tf: SET_NOTSET }),
  vlanFlagsVm: bool("isis.hello.vlan_flags.vm", "VLAN Mapping Detected", {
    mask: 0x2000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  vlanFlagsBy: bool("isis.hello.vlan_flags.by", "Bypass Pseudonode", {
    mask: 0x1000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  vlanFlagsOuterVlan: u16("isis.hello.vlan_flags.outer_vlan", "Outer VLAN", { mask: 0xfff }),
  vlanFlagsTr: bool("isis.hello.vlan_flags.tr", "Trunk Port", { mask: 0x8000, bits: 16, tf: SET_NOTSET }),
  vlanFlagsReserved: bool("isis.hello.vlan_flags.reserved", "Reserved", {
    mask: 0x7000,
    bits: 16,
    tf: SET_NOTSET,
  }),
  vlanFlagsDesignatedVlan: u16("isis.hello.vlan_flags.designated_vlan", "Designated VLAN", { mask: 0xfff }),
  enabledVlans: str("isis.hello.enabled_vlans", "Enabled VLANs"),
  appointedVlans: str("isis.hello.appointed_vlans", "Appointed VLANs"),
  afNickname: u16("isis.hello.af.nickname", "Nickname", { base: "HEX_DEC" }),
  afStartVlan: u16("isis.hello.af.start_vlan", "Start VLAN", { mask: 0xfff }),
  afEndVlan: u16("isis.hello.af.end_vlan", "End VLAN", { mask: 0xfff }),
  trillMaximumVersion: u8("isis.hello.trill.maximum_version", "Maximum version"),
  trillHelloReduction: bool("isis.hello.trill.hello_reduction", "Hello Reduction", {
    mask: 0x80000000,
    bits: 32,
    tf: SUPPORTED,
  }),
  trillUnassigned1: bool("isis.hello.trill.unassigned_1", "Unassigned", {
    mask: 0x60000000,
    bits: 32,
    tf: SET_NOTSET,
  }),
  trillHopByHopFlags: bool("isis.hello.trill.hop_by_hop_flags", "Hop-by-hop Extended Header Flags", {
    mask: 0x1ffc0000,
    bits: 32,
    tf: SUPPORTED,
  }),
  trillUnassigned2: bool("isis.hello.trill.unassigned_2", "Unassigned", {
    mask: 0x3ffff,
    bits: 32,
    tf: SET_NOTSET,
  }),
  isNeighbor: ether("isis.hello.is_neighbor", "IS Neighbor"),
  reverseMetricFlags: u8("isis.hello.reverse_metric.flags", "Flags", { base: "HEX" }),
  reverseMetricFlagsReserved: u8("isis.hello.reverse_metric.flags.reserved", "Reserved", {
    base: "HEX",
    mask: 0xfc,
  }),
  reverseMetricFlagsU: bool("isis.hello.reverse_metric.flags.u", "U", { mask: 0x2, tf: SET_NOTSET }),
  reverseMetricFlagsW: bool("isis.hello.reverse_metric.flags.w", "W", { mask: 0x1, tf: SET_NOTSET }),
  reverseMetricMetric: u24("isis.hello.reverse_metric.metric", "Metric"),
  reverseMetricSubLength: u8("isis.hello.reverse_metric.sub_length", "Sub-TLV length"),
  reverseMetricSubData: bytes("isis.hello.reverse_metric.sub_data", "Sub-TLV data"),
  bfdEnabledNlpid: u8("isis.hello.bfd_enabled.nlpid", "NLPID", { base: "HEX", names: NLPIDS }),
  clvIpv6GlbIntAddr: ipv6("isis.hello.clv_ipv6_glb_int_addr", "IPv6 Global interface address"),
  clvRestartRemainTime: u16("isis.hello.clv_restart.remain_time", "Remaining holding time", { unit: "s" }),
};

const x = {
  pdu: expert("isis.lsp.hello_pdu", "error", "Malformed", "PDU length less than header length"),
  checksum: expert("isis.hello.bad_checksum", "error", "Checksum", "Bad checksum"),
  subtlv: expert("isis.hello.subtlv.unknown", "warning", "Protocol", "Unknown Sub-TLV"),
  authentication: expert(
    "isis.hello.authentication.unknown",
    "warning",
    "Protocol",
    "Unknown authentication type",
  ),
  short: expert("isis.hello.short_clv", "error", "Malformed", "Short CLV"),
  topology: expert("isis.hello.clv_mt.malformed", "error", "Malformed", "malformed MT-ID"),
  unknown: expert("isis.hello.clv.unknown", "note", "Undecoded", "Unknown option"),
};

export const isisHello = protocol({
  name: "isis.hello",
  title: "ISIS HELLO",
  short: "ISIS HELLO",
  fields: f,
  experts: x,
  on: [[isisTypes, 15, 16, 17]],
  dissect,
});

const POINT_TO_POINT = 17;
const LEVEL_1 = 15;

function dissect(d: Dissection): void {
  const start = d.pos - ISIS_HEADER;
  const type = pduType(d, start);
  const header = headerLength(d, start);
  const id = idLength(d, start);
  d.bits(f.circuitType, d.pos, 1);
  d.bits(f.reserved, d.pos, 1);
  d.skip(1);
  d.bytes(f.sourceId, id);
  if (d.columns) d.addInfo(`, System-ID: ${formatSystemId(d.buf.subarray(d.pos - id, d.pos))}`);
  d.u16(f.holdingTimer);
  const length = d.u16(f.pduLength);
  const short = length < header;
  if (short) d.expert(x.pdu);
  else if (length > d.wireEnd - start) d.expert(x.pdu, "PDU length greater than packet length");
  if (type === POINT_TO_POINT) d.u8(f.localCircuitId);
  else {
    d.bits(f.priority, d.pos, 1);
    d.bits(f.priorityReserved, d.pos, 1);
    d.skip(1);
    d.bytes(f.lanId, id + 1);
  }
  if (short) return;
  addTlvs(d, length - header, type === POINT_TO_POINT ? POINT : type === LEVEL_1 ? LAN_1 : LAN_2, start);
}

const CHECKSUM = { checksum: f.checksum, status: f.checksumStatus, bad: x.checksum, digits: 4 };

/** RFC 3358. */
function addChecksum(d: Dissection, length: number, start: number): void {
  if (length !== 2) {
    const text = `incorrect checksum length (${length}), should be (2)`;
    addExpertLine(d, x.short, d.pos, length, text);
    return;
  }
  const at = start + ISIS_HEADER + 3 + idLength(d, start);
  const pdu = (d.buf[at] << 8) | d.buf[at + 1];
  addOsiChecksum(d, CHECKSUM, start, start + pdu, d.peek16() !== 0);
}

const RESTART_FLAGS = [f.clvRestartFlagsSa, f.clvRestartFlagsRa, f.clvRestartFlagsRr];
const RESTART_ACKNOWLEDGED = 0x02;

/** RFC 5306 section 3. */
function addRestart(d: Dissection, length: number, start: number): void {
  if (length < 1) return;
  const flags = addFlags(d, f.clvRestartFlags, 1, RESTART_FLAGS);
  if ((flags & RESTART_ACKNOWLEDGED) === 0) return;
  const id = idLength(d, start);
  if (length >= 3) d.u16(f.clvRestartRemainTime);
  if (length >= 3 + id) d.bytes(f.clvRestartNeighbor, id);
}

/** RFC 5303 section 3.1. */
function addAdjacencyState(d: Dissection, length: number, start: number): void {
  if (length !== 1 && length !== 5 && length !== 11 && length !== 15) {
    addExpertLine(d, x.short, d.pos, d.remaining, `malformed TLV (${length} vs 1,5,11,15)`);
    return;
  }
  d.u8(f.adjacencyState);
  if (length > 1) d.u32(f.extendedLocalCircuitId);
  if (length > 5) d.bytes(f.neighborSystemid, idLength(d, start));
  if (length > 11) d.u32(f.neighborExtendedLocalCircuitId);
}

function addNeighbours(d: Dissection, length: number): void {
  for (let left = length; left > 0; left -= 6) {
    if (left < 6) {
      addExpertLine(d, x.short, d.pos, d.remaining, `short is neighbor (${left} vs 6)`);
      return;
    }
    d.ether(f.isNeighbor);
  }
}

/** RFC 6213. */
function addBfdEnabled(d: Dissection, length: number): void {
  for (let left = length; left >= 3; left -= 3) {
    d.bits(f.mtid, d.pos, 2);
    d.skip(2);
    d.u8(f.bfdEnabledNlpid);
  }
}

const REVERSE_FLAGS = [f.reverseMetricFlagsReserved, f.reverseMetricFlagsU, f.reverseMetricFlagsW];

/** RFC 8500. */
function addReverseMetric(d: Dissection): void {
  addFlags(d, f.reverseMetricFlags, 1, REVERSE_FLAGS);
  d.u24(f.reverseMetricMetric);
  const n = d.u8(f.reverseMetricSubLength);
  if (n > 0) d.bytes(f.reverseMetricSubData, n);
}

/** RFC 7176 section 2.5. */
function addTrillNeighbours(d: Dissection, length: number): void {
  const end = d.pos + length;
  d.bits(f.trillNeighborSf, d.pos, 1);
  d.bits(f.trillNeighborLf, d.pos, 1);
  const told = d.bits(f.trillNeighborSize, d.pos, 1);
  const size = told < 1 ? 6 : told;
  d.skip(1);
  while (d.pos < end) {
    d.bits(f.trillNeighborFf, d.pos, 1);
    d.bits(f.trillNeighborOf, d.pos, 1);
    d.bits(f.trillNeighborReserved, d.pos, 1);
    d.skip(1);
    d.u16(f.trillNeighborMtu);
    d.bytes(f.trillNeighborSnpa, size);
  }
}

type SubTlv = (d: Dissection, length: number) => void;

const SUBTLVS: Readonly<Record<number, readonly [title: (length: number) => string, add: SubTlv]>> = {
  1: [(n) => `Special VLANs and Flags (t=1, l=${n})`, addVlanFlags],
  2: [(n) => `Enabled-VLANs (t=2, l=${n})`, addEnabledVlans],
  3: [(n) => `Appointed Forwarders (t=3, l=${n})`, addForwarders],
  4: [(n) => `SPB MCID: Type: 0x04, Length: ${n}`, addMcids],
  5: [(n) => `SPB Digest: Type: 0x05, Length: ${n}`, addDigest],
  6: [(n) => `SPB Base Vlan Identifiers: Type: 0x06, Length: ${n}`, addBaseVlans],
  7: [(n) => `Port TRILL Version (t=7, l=${n})`, addTrillVersion],
};
/** Lengths below which these are not read. */
const SHORTEST: Readonly<Record<number, readonly [length: number, name: string]>> = {
  4: [102, "Short SPB MCID TLV"],
  5: [33, "Short SPB Digest TLV"],
};

/** Ports' capabilities, RFC 6165, with the sub-TLVs of RFC 6329 section 13 and RFC 7176 section 2.2. */
function addPortCapability(d: Dissection, length: number): void {
  if (length < 2) return;
  const end = d.pos + length;
  d.bits(f.mtid, d.pos, 2);
  d.skip(2);
  while (d.pos + 2 <= end) {
    const at = d.pos;
    const type = d.peek8();
    const n = d.peek8(1);
    d.skip(2);
    const behind = d.pos + n;
    if (behind > end) {
      addExpertLine(d, x.short, d.pos, end - d.pos, `Short type ${type} TLV (${n} vs ${end - d.pos})`);
      return;
    }
    const known = SUBTLVS[type];
    const shortest = SHORTEST[type];
    if (known === undefined) {
      addExpertLine(d, x.subtlv, at, n + 2, `Unknown Sub-TLV: Type: ${type}, Length: ${n}`);
    } else if (shortest !== undefined && n < shortest[0]) {
      addExpertLine(d, x.short, d.pos, n, `${shortest[1]} (${n} vs ${shortest[0]})`);
    } else {
      if (d.labels) d.openText(at, n + 2, known[0](n));
      known[1](d, n);
      if (d.labels) d.close();
    }
    d.pos = behind;
  }
}

const OUTER_VLAN = [f.vlanFlagsAf, f.vlanFlagsAc, f.vlanFlagsVm, f.vlanFlagsBy, f.vlanFlagsOuterVlan];
const DESIGNATED_VLAN = [f.vlanFlagsTr, f.vlanFlagsReserved, f.vlanFlagsDesignatedVlan];

function addVlanFlags(d: Dissection): void {
  d.u16(f.vlanFlagsPortId);
  d.u16(f.vlanFlagsNickname);
  for (const field of OUTER_VLAN) d.bits(field, d.pos, 2);
  d.skip(2);
  for (const field of DESIGNATED_VLAN) d.bits(field, d.pos, 2);
  d.skip(2);
}

function addEnabledVlans(d: Dissection, length: number): void {
  const end = d.pos + length;
  let vlan = d.peek16();
  const at = d.pos;
  d.skip(length);
  if (!d.wants(f.enabledVlans)) return;
  const runs: string[] = [];
  for (let i = at + 2; i < end; i++) {
    for (let bit = 0x80; bit > 0; bit >>= 1, vlan++) {
      if ((d.buf[i] & bit) === 0) continue;
      const last = runs.length - 1;
      const [first, to] = last < 0 ? [-2, -2] : runs[last].split("-").map(Number);
      if ((to ?? first) === vlan - 1) runs[last] = `${first}-${vlan}`;
      else runs.push(String(vlan));
    }
  }
  d.add(f.enabledVlans, at, length, "");
  if (d.labels) d.append(runs.join(", "));
}

function addForwarders(d: Dissection, length: number): void {
  for (let left = length; left >= 6; left -= 6) {
    d.u16(f.afNickname);
    d.bits(f.afStartVlan, d.pos, 2);
    d.skip(2);
    d.bits(f.afEndVlan, d.pos, 2);
    d.skip(2);
  }
}

function addMcids(d: Dissection): void {
  d.bytes(f.mcid, 51);
  d.bytes(f.auxMcid, 51);
}

function addDigest(d: Dissection): void {
  d.bits(f.digestV, d.pos, 1);
  d.bits(f.digestA, d.pos, 1);
  d.bits(f.digestD, d.pos, 1);
  d.skip(1);
  d.bytes(f.digest, 32);
}

function addBaseVlans(d: Dissection, length: number): void {
  for (let left = length; left > 0; left -= 6) {
    if (left < 6) {
      addExpertLine(d, x.short, d.pos, left, `Short SPB BVID header entry (${left} vs 6)`);
      return;
    }
    d.bytes(f.ect, 4);
    d.bits(f.bvid, d.pos, 2);
    d.bits(f.bvidU, d.pos, 2);
    d.bits(f.bvidM, d.pos, 2);
    d.skip(2);
  }
}

const TRILL_FLAGS = [f.trillHelloReduction, f.trillUnassigned1, f.trillHopByHopFlags, f.trillUnassigned2];

function addTrillVersion(d: Dissection): void {
  d.u8(f.trillMaximumVersion);
  for (const field of TRILL_FLAGS) d.bits(field, d.pos, 4);
  d.skip(4);
}

const ALL: Readonly<Record<number, Tlv>> = {
  1: ["Area address(es)", (d, n) => addAreas(d, n, f.areaAddress, x.short)],
  7: ["Instance Identifier", (d, n) => addInstance(d, n, f.iid, f.supportedItid, x.short)],
  8: PADDING,
  10: ["Authentication", (d, n) => addAuthentication(d, n, f.clvAuthentication, x.authentication)],
  12: ["Checksum", addChecksum],
  129: ["Protocols Supported", (d, n) => addProtocols(d, n, f.clvNlpidNlpid)],
  132: ["IP Interface address(es)", (d, n) => addInterfaces(d, n, f.clvIpv4IntAddr, 4, x.short)],
  133: ["IP Authentication", addIpAuthentication],
  148: ["BFD Enabled", addBfdEnabled],
  211: ["Restart Signaling", addRestart],
  229: ["Multi Topology", (d, n) => addTopologies(d, n, f.clvMt, x.topology)],
  232: ["IPv6 Interface address(es)", (d, n) => addInterfaces(d, n, f.clvIpv6IntAddr, 16, x.short)],
  233: ["IPv6 Global Interface Address", (d, n) => addInterfaces(d, n, f.clvIpv6GlbIntAddr, 16, x.short)],
};

function addIpAuthentication(d: Dissection, length: number): void {
  if (length > 0) d.str(f.clvIpAuthentication, length, "ascii");
}

const family = (tlvs: Readonly<Record<number, Tlv>>): TlvFamily => ({
  type: f.clvType,
  length: f.clvLength,
  short: x.short,
  unknown: x.unknown,
  tlvs: { ...ALL, ...tlvs },
});
const LAN_2 = family({ 6: ["IS Neighbor(s)", addNeighbours] });
const LAN_1 = family({
  6: ["IS Neighbor(s)", addNeighbours],
  16: ["Reverse Metric", addReverseMetric],
  143: ["MT Port Capability", addPortCapability],
  145: ["TRILL Neighbor", addTrillNeighbours],
});
const POINT = family({
  143: ["MT Port Capability", addPortCapability],
  240: ["Point-to-point Adjacency State", addAdjacencyState],
});
