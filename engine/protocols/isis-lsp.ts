/**
 * IS-IS link state PDUs, ISO 10589 sections 9.8 and 9.9, with the options of RFC 1195, 5120, 5305, 5308 and others.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { type Field, nameOf } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { formatHex, formatIpv4, formatSystemId } from "../dissect/text.ts";
import { addCapability, addTopologyCapability } from "./isis-capability.ts";
import { f, x } from "./isis-lsp-fields.ts";
import { addExtendedIp, addExtendedIs, addIpv6, addTopology } from "./isis-reachability.ts";
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
  pduType,
  type Tlv,
  type TlvFamily,
} from "./isis-tlv.ts";
import { addExpertLine, addOsiChecksum } from "./osi.ts";

export const isisLsp = protocol({
  name: "isis.lsp",
  title: "ISO 10589 ISIS Link State Protocol Data Unit",
  short: "ISIS LSP",
  fields: f,
  experts: x,
  on: [[isisTypes, 18, 20]],
  dissect,
});

const LEVEL_1 = 18;
const CHECKSUM = { checksum: f.checksum, status: f.checksumStatus, bad: x.checksum, digits: 4 };

function dissect(d: Dissection): void {
  const start = d.pos - ISIS_HEADER;
  const id = idLength(d, start);
  const header = headerLength(d, start);
  const length = d.u16(f.pduLength);
  if (length < header) d.expert(x.shortPdu);
  else if (length > d.wireEnd - start) d.expert(x.longPdu);
  const life = d.u16(f.remainingLife);
  d.bytes(f.lspId, id + 2);
  if (d.columns) d.addInfo(`, LSP-ID: ${formatSystemId(d.peekBytes(id + 2, -id - 2))}`);
  const sequence = d.u32(f.sequenceNumber);
  if (d.columns) {
    d.addInfo(
      `, Sequence: 0x${sequence.toString(16).padStart(8, "0")}, Lifetime: ${String(life).padStart(5)}s`,
    );
  }
  addOsiChecksum(d, CHECKSUM, start + 12, start + length, life !== 0 && d.peek16() !== 0);
  addTypeBlock(d);
  if (length >= header) addTlvs(d, length - header, pduType(d, start) === LEVEL_1 ? L1 : L2, start);
}

const ATTACHED = [f.errorMetric, f.expenseMetric, f.delayMetric, f.defaultMetric];

function addTypeBlock(d: Dissection): void {
  const block = d.peek8();
  if (d.labels) {
    const attached = (block >> 3) & 15;
    d.openText(
      d.pos,
      1,
      `Type block(0x${block.toString(16).padStart(2, "0")}): Partition Repair:${block >> 7}, Attached bits:${attached}, Overload bit:${(block >> 2) & 1}, IS type:${block & 3}`,
    );
  }
  d.bits(f.partitionRepair, d.pos, 1);
  d.bits(f.att, d.pos, 1);
  d.openLast();
  // As Wireshark reads them: the low bits of the byte, not those of the field.
  for (const field of ATTACHED) d.bits(field, d.pos, 1);
  if (d.labels) d.close();
  d.bits(f.overload, d.pos, 1);
  d.bits(f.isType, d.pos, 1);
  d.skip(1);
  if (d.labels) d.close();
}

const NEIGHBOUR_METRICS: readonly (readonly [metric: Field, supported: Field, external: Field])[] = [
  [f.eisNeighborsDelayMetric, f.eisNeighborsDelayMetricSupported, f.eisNeighborsDelayMetricIe],
  [f.eisNeighborsExpenseMetric, f.eisNeighborsExpenseMetricSupported, f.eisNeighborsExpenseMetricIe],
  [f.eisNeighborsErrorMetric, f.eisNeighborsErrorMetricSupported, f.eisNeighborsErrorMetricIe],
];
const IP_METRICS: readonly (readonly Field[])[] = [
  [f.ipReachabilityDefaultMetric, f.ipReachabilityDefaultMetricIe, f.ipReachabilityDistribution],
  [f.ipReachabilityDelayMetric, f.ipReachabilityDelayMetricSupport, f.ipReachabilityDelayMetricIe],
  [f.ipReachabilityExpenseMetric, f.ipReachabilityExpenseMetricSupport, f.ipReachabilityExpenseMetricIe],
  [f.ipReachabilityErrorMetric, f.ipReachabilityErrorMetricSupport, f.ipReachabilityErrorMetricIe],
];

/** Wireshark takes the value of every metric from the default one's byte. */
function addNeighbourMetrics(d: Dissection): void {
  const at = d.pos;
  d.bits(f.eisNeighborsDefaultMetric, at, 1);
  d.bits(f.eisNeighborsDefaultMetricIe, at, 1);
  NEIGHBOUR_METRICS.forEach(([metric, supported, external], i) => {
    d.bits(metric, at, 1);
    d.bits(supported, at, 1);
    d.bits(external, at + 1 + i, 1);
  });
  d.skip(4);
}

function addMetrics(d: Dissection, metrics: readonly (readonly Field[])[]): void {
  for (const fields of metrics) {
    for (const field of fields) d.bits(field, d.pos, 1);
    d.skip(1);
  }
}

/** Neighbours, codes 2 and 3; `extra` bytes of the identifier are its pseudonode. */
function addNeighbours(
  d: Dissection,
  length: number,
  start: number,
  name: string,
  field: Field,
  extra: number,
): void {
  const n = idLength(d, start) + extra;
  const size = 4 + n;
  for (let left = length; left > 0; left -= size) {
    if (left < size) {
      addExpertLine(d, x.short, d.pos, d.remaining, `short E/IS reachability (${left} vs ${size})`);
      return;
    }
    d.need(size);
    if (d.labels) d.openText(d.pos, size, `${name}: ${formatSystemId(d.peekBytes(n, 4))}`);
    addNeighbourMetrics(d);
    d.bytes(field, n);
    if (d.labels) d.close();
  }
}

function addIsNeighbours(d: Dissection, length: number, start: number): void {
  if (pduType(d, start) === LEVEL_1) d.u8(f.isVirtual);
  else d.u8(f.eisNeighborsClvInnerReserved);
  addNeighbours(d, length - 1, start, "IS Neighbor", f.eisNeighborsIsNeighbor, 1);
}

function addEsNeighbours(d: Dissection, length: number, start: number): void {
  addNeighbours(d, length, start, "ES Neighbor", f.eisNeighborsEsNeighborId, 0);
}

/** RFC 1195 section 3.2, codes 128 and 130. */
function addIp(d: Dissection, length: number): void {
  for (let left = length; left > 0; left -= 12) {
    if (left < 12) {
      addExpertLine(d, x.short, d.pos, d.remaining, `short IP reachability (${left} vs 12)`);
      return;
    }
    const at = d.pos;
    const mask = d.peek32(8);
    d.add(f.ipReachabilityIpv4Prefix, at + 4, 8, d.peek32(4));
    const zeros = Math.clz32(~mask);
    if (d.labels) {
      const isPrefix = mask === (zeros === 0 ? 0 : (0xffff_ffff << (32 - zeros)) >>> 0);
      d.append(isPrefix ? `/${zeros}` : ` mask ${formatIpv4(mask)}`);
    }
    d.openLast();
    addMetrics(d, IP_METRICS);
    if (d.labels) d.close();
    d.pos = at + 12;
  }
}

function addHostname(d: Dissection, length: number): void {
  if (length === 0) {
    d.add(f.hostname, d.pos, 0, "");
    if (d.labels) d.relabel("Hostname: --none--");
    return;
  }
  d.str(f.hostname, length, "ascii");
}

function addRouterId(d: Dissection, length: number): void {
  if (length === 4) d.ipv4(f.clvTeRouterId);
  else {
    const text = `malformed Traffic Engineering Router ID (${length} vs 4)`;
    addExpertLine(d, x.short, d.pos, d.remaining, text);
  }
}

function addBufferSize(d: Dissection, length: number): void {
  if (length === 2) d.u16(f.originatingLspBufferSize);
  else addExpertLine(d, x.short, d.pos, d.remaining, `short lsp partition DIS(${length} vs 6)`);
}

function addPartition(d: Dissection, length: number, start: number): void {
  const n = idLength(d, start);
  if (length < n) {
    addExpertLine(d, x.short, d.pos, d.remaining, `short lsp partition DIS(${length} vs ${n})`);
    return;
  }
  d.bytes(f.partitionDesignatedL2Is, n);
  if (length > n) {
    addExpertLine(d, x.long, d.pos, d.remaining, `Long lsp partition DIS, ${length - n} left over`);
  }
}

const PREFIX_METRICS: readonly (readonly [supported: Field, metric: Field])[] = [
  [f.defaultSupport, f.default],
  [f.delaySupport, f.delay],
  [f.expenseSupport, f.expense],
  [f.errorSupport, f.error],
];

/** Prefix neighbours, ISO 10589 section 9.9, code 5. */
function addPrefixNeighbours(d: Dissection, length: number): void {
  if (length < 4) {
    addExpertLine(d, x.short, d.pos, d.remaining, `Short lsp prefix neighbors (${length} vs 4)`);
    return;
  }
  for (const [supported, metric] of PREFIX_METRICS) {
    const reserved = (d.peek8() & 0x40) !== 0;
    d.bits(supported, d.pos, 1);
    d.bits(metric, d.pos, 1);
    if (reserved && supported !== f.defaultSupport) d.expert(x.reserved);
    d.skip(1);
  }
  let left = length - 4;
  while (left > 0) {
    const digits = d.peek8();
    d.skip(1);
    left--;
    const n = (digits + 1) >> 1;
    if (left <= 0) {
      addExpertLine(d, x.short, d.pos, d.remaining, "Zero payload space after length in prefix neighbor");
      return;
    }
    if (n > left) {
      const text = `Integral length of prefix neighbor too long (${n} vs ${left})`;
      addExpertLine(d, x.short, d.pos, d.remaining, text);
      return;
    }
    const at = d.pos;
    d.skip(n);
    if (d.wants(f.areaAddressStr)) {
      const hex = formatHex(d.buf.subarray(at, at + n)).slice(0, digits);
      const text =
        digits === 0 ? "<Invalid length of AREA>" : digits <= 8 ? hex : `${hex.slice(0, 8)}.${hex.slice(8)}`;
      d.add(f.areaAddressStr, at, n, text);
    }
    left -= n;
  }
}

/** RFC 6232. */
function addPurgeOriginator(d: Dissection, length: number, start: number): void {
  const n = idLength(d, start);
  const count = d.u8(f.purgeOriginatorIdNum);
  if (count !== 1 && count !== 2) {
    const text = `Invalid number of System IDs: ${count} (should be 1 or 2)`;
    addExpertLine(d, x.malformed, d.pos, d.remaining, text);
    return;
  }
  if (length !== 1 + count * n) {
    const text = `Invalid Purge Originator ID TLV length: ${length} `;
    addExpertLine(d, x.malformed, d.pos, d.remaining, text);
    return;
  }
  for (let i = 0; i < count; i++) d.bytes(f.purgeOriginatorIdSystemId, n);
}

/** RFC 5307 section 1.4. */
function addSharedRisk(d: Dissection, length: number, start: number): void {
  const end = d.pos + length;
  d.bytes(f.srlgSystemId, idLength(d, start));
  d.u8(f.srlgPseudoNum);
  d.bits(f.srlgFlagsNumbered, d.pos, 1);
  d.skip(1);
  d.ipv4(f.srlgIpv4Local);
  d.ipv4(f.srlgIpv4Remote);
  do d.u32(f.srlgValue);
  while (d.pos !== end);
}

const BINDING_FLAGS = [
  f.slBindingFlagsF,
  f.slBindingFlagsM,
  f.slBindingFlagsS,
  f.slBindingFlagsD,
  f.slBindingFlagsA,
  f.slBindingFlagsRsv,
];
const SID_FLAGS = [
  f.slSubTlvFlagsR,
  f.slSubTlvFlagsN,
  f.slSubTlvFlagsP,
  f.slSubTlvFlagsE,
  f.slSubTlvFlagsV,
  f.slSubTlvFlagsL,
  f.slSubTlvFlagsRsv,
];
const BINDING_SUBTLVS: Readonly<Record<number, string>> = { 1: "SID/Label", 3: "Prefix SID" };

/** SID/label binding, RFC 8667 section 2.4. */
function addBinding(d: Dissection, length: number): void {
  const end = d.pos + length;
  addFlags(d, f.slBindingFlags, 1, BINDING_FLAGS);
  d.u8(f.slBindingWeight);
  d.u16(f.slBindingRange);
  const bits = d.u8(f.slBindingPrefixLen);
  const n = Math.ceil(bits / 8);
  if (bits === 32) d.ipv4(f.slBindingPrefixIpv4);
  else if (bits === 128) d.ipv6(f.slBindingPrefixIpv6);
  else {
    addExpertLine(d, x.malformed, d.pos, n, `Prefix address format unknown length : ${bits}`);
    d.skip(n);
  }
  while (d.pos < end) {
    const at = d.pos;
    const type = d.peek8();
    const size = d.peek8(1);
    d.open(f.slBindingSubtlv, at, size + 2);
    if (d.labels) d.append(` ${BINDING_SUBTLVS[type] ?? "Unknown capability sub-tlv type"}`);
    d.u8(f.slSubTlvType);
    d.u8(f.slBindingSubTlvLen);
    let left = size;
    if (type === 3) {
      addFlags(d, f.slSubTlvFlags, 1, SID_FLAGS);
      d.u8(f.slSubTlvAlgorithm);
      left -= 2;
    }
    const known = type === 1 || type === 3;
    if (known && left === 3) d.bits(f.slSubTlvLabel20, d.pos, 3);
    else if (known && left === 4) d.u32(f.slSubTlvLabel32);
    d.close();
    if (!known) addExpertLine(d, x.malformed, at, size + 2, `Sub TLV badly formatted, type unknown ${type}`);
    else if (left !== 3 && left !== 4) addExpertLine(d, x.malformed, at, size + 2, "Label badly formatted");
    d.pos = at + 2 + size;
  }
}

const LOCATOR_FLAGS = [f.srv6LocatorFlagsD, f.srv6LocatorFlagsReserved];

/** SRv6 locator, RFC 9352 section 7.1. */
function addLocator(d: Dissection, length: number): void {
  const end = d.pos + length;
  if (length < 13) {
    addExpertLine(d, x.short, d.pos, d.remaining, `Short LSP SRv6 locator (${length} vs 13)`);
    return;
  }
  addTopology(d);
  d.u32(f.srv6LocatorMetric);
  addFlags(d, f.srv6LocatorFlags, 1, LOCATOR_FLAGS);
  d.u8(f.srv6LocatorAlgorithm);
  const bits = d.u8(f.srv6LocatorLocatorSize);
  const n = Math.ceil(bits / 8);
  if (bits > 128) {
    addExpertLine(d, x.malformed, d.pos, d.remaining, `Invalid locator size ${bits}`);
    return;
  }
  const locator = new Uint8Array(16);
  locator.set(d.peekBytes(n));
  d.add(f.srv6LocatorLocator, d.pos, n, locator);
  d.skip(n);
  const told = d.u8(f.srv6LocatorSubclvsLength);
  if (told > end - d.pos) {
    const text = `Invalid Sub-TLV length ${told} (${end - d.pos} bytes left)`;
    addExpertLine(d, x.malformed, d.pos, end - d.pos, text);
    return;
  }
  const behind = d.pos + told;
  while (d.pos < behind) {
    const at = d.pos;
    const type = d.peek8();
    const size = d.peek8(1);
    const name = nameOf(f.srv6LocatorSubTlvType.names, type) ?? "Unknown";
    if (d.labels) d.openText(at, size + 2, `subTLV: ${name} (c=${type}, l=${size})`);
    d.u8(f.srv6LocatorSubTlvType);
    d.u8(f.srv6LocatorSubTlvLength);
    if (type === 5) {
      d.u8(f.srv6EndSidFlags);
      d.u16(f.srv6EndSidEndpointFunction);
      d.ipv6(f.srv6EndSidSid);
      d.u8(f.srv6EndSidSubsubclvsLength);
    } else addExpertLine(d, x.subtlv, at, size + 2, `Unknown Sub-TLV: Type: ${type}, Length: ${size}`);
    d.pos = at + 2 + size;
    if (d.labels) d.close();
  }
}

/** MAC reachability, RFC 6165 section 2.3. */
function addMacReachability(d: Dissection, length: number): void {
  const end = d.pos + length;
  d.bytes(f.macReachabilityTopoidNick, 2);
  d.u8(f.macReachabilityConfidence);
  d.bits(f.macReachabilityReserved, d.pos, 2);
  d.bits(f.macReachabilityVlan, d.pos, 2);
  d.skip(2);
  if (length === 17) {
    d.ether(f.macReachabilityChassismac);
    d.ether(f.macReachabilityFanmcast);
  }
  while (d.pos + 6 <= end) d.ether(f.macReachabilityMac);
}

interface GroupFields {
  readonly title: string;
  readonly length: Field;
  readonly topology: Field;
  readonly vlan: Field;
  readonly records: Field;
  readonly sources: Field;
  readonly group: Field;
  readonly source: Field;
  readonly size: number;
}

const GROUPS: Readonly<Record<number, GroupFields>> = {
  1: {
    title: "Group MAC Address Sub-TLV",
    length: f.grpMacaddrLength,
    topology: f.grpMacaddrMtid,
    vlan: f.grpMacaddrVlanId,
    records: f.grpMacaddrNumberOfRecords,
    sources: f.grpMacaddrNumberOfSources,
    group: f.grpMacaddrGroupAddress,
    source: f.grpMacaddrSourceAddress,
    size: 6,
  },
  2: {
    title: "Group IPv4 Address Sub-TLV",
    length: f.grpIpv4addrLength,
    topology: f.grpIpv4addrMtid,
    vlan: f.grpIpv4addrVlanId,
    records: f.grpIpv4addrNumberOfRecords,
    sources: f.grpIpv4addrNumberOfSources,
    group: f.grpIpv4addrGroupAddress,
    source: f.grpIpv4addrSourceAddress,
    size: 4,
  },
  3: {
    title: "Group IPv6 Address Sub-TLV",
    length: f.grpIpv6addrLength,
    topology: f.grpIpv6addrMtid,
    vlan: f.grpIpv6addrVlanId,
    records: f.grpIpv6addrNumberOfRecords,
    sources: f.grpIpv6addrNumberOfSources,
    group: f.grpIpv6addrGroupAddress,
    source: f.grpIpv6addrSourceAddress,
    size: 16,
  },
};

/** Group addresses, RFC 7176 section 2.1. */
function addGroups(d: Dissection, length: number): void {
  const end = d.pos + length;
  while (d.pos < end) {
    const at = d.pos;
    const fields = GROUPS[d.peek8()];
    const size = d.peek8(1);
    const behind = at + 2 + size;
    if (d.labels) d.openText(at, size + 2, fields?.title ?? "Unknown Sub-TLV");
    d.u8(f.grpType);
    d.u8(fields?.length ?? f.grpUnknownLength);
    if (fields !== undefined && size >= 5) addGroupRecords(d, fields, behind);
    d.need(behind - d.pos);
    d.pos = behind;
    if (d.labels) d.close();
  }
}

function addGroupRecords(d: Dissection, fields: GroupFields, end: number): void {
  d.bits(fields.topology, d.pos, 2);
  d.skip(2);
  d.bits(fields.vlan, d.pos, 2);
  d.skip(2);
  const records = d.u8(fields.records);
  const address = (field: Field): void => {
    if (fields.size === 4) d.ipv4(field);
    else d.bytes(field, fields.size);
  };
  for (let i = 0; i < records && d.pos < end; i++) {
    const sources = d.u8(fields.sources);
    address(fields.group);
    for (let j = 0; j < sources && d.pos < end; j++) address(fields.source);
  }
}

/** Layer 3 virtual networks over shortest path bridging, as Avaya's switches announce them. */
function addAvayaVpn(d: Dissection, length: number): void {
  const end = d.pos + length;
  d.bytes(f.avayaIpvpnUnknown, 4);
  d.bytes(f.avayaIpvpnSystemId, 7);
  d.u24(f.avayaIpvpnVrfsid);
  const told = d.u8(f.avayaIpvpnSubtlvbytes);
  if (length < told + 15) {
    const text = `Inconsistent length of LSP Avaya IPVPN with subtlvs (${length} vs min ${told + 15})`;
    addExpertLine(d, x.wrong, d.pos, end - d.pos, text);
  }
  const behind = Math.min(d.pos + told, d.end);
  while (d.pos + 2 <= behind) {
    const at = d.pos;
    const type = d.u8(f.avayaIpvpnSubtlvtype);
    const size = d.u8(f.avayaIpvpnSubtlvlength);
    if (type === 135) {
      for (let left = size; left >= 16; left -= 16) {
        d.u32(f.avayaIpvpnIpv4Metric);
        d.u32(f.avayaIpvpnIpv4Metrictype);
        d.ipv4(f.avayaIpvpnIpv4Address);
        d.ipv4(f.avayaIpvpnIpv4Mask);
      }
    } else d.bytes(f.avayaIpvpnSubUnknown, size);
    d.pos = at + 2;
    d.skip(size);
  }
}

function addIpAuthentication(d: Dissection, length: number): void {
  if (length > 0) d.str(f.ipAuthentication, length, "ascii");
}

const BOTH: Readonly<Record<number, Tlv>> = {
  1: ["Area address(es)", (d, n) => addAreas(d, n, f.areaAddress, x.short)],
  2: ["IS Reachability", addIsNeighbours],
  7: ["Instance Identifier", (d, n) => addInstance(d, n, f.iid, f.supportedItid, x.short)],
  10: ["Authentication", (d, n) => addAuthentication(d, n, f.authentication, x.authentication)],
  13: ["Purge Originator ID", addPurgeOriginator],
  14: ["Originating neighbor buffer size", addBufferSize],
  22: ["Extended IS reachability", addExtendedIs],
  27: ["SRv6 Locator", addLocator],
  128: ["IP Internal reachability", addIp],
  129: ["Protocols supported", (d, n) => addProtocols(d, n, f.clvNlpidNlpid)],
  130: ["IP External reachability", addIp],
  132: ["IP Interface address(es)", (d, n) => addInterfaces(d, n, f.clvIpv4IntAddr, 4, x.short)],
  133: ["IP Authentication", addIpAuthentication],
  134: ["Traffic Engineering Router ID", addRouterId],
  135: ["Extended IP Reachability", (d, n) => addExtendedIp(d, n, false)],
  137: ["Hostname", addHostname],
  138: ["Shared Risk Link Group", addSharedRisk],
  140: ["IPv6 TE Router ID", (d, n) => addInterfaces(d, n, f.clvIpv6TeRouterId, 16, x.short)],
  144: ["MT-Capability", addTopologyCapability],
  149: ["SID/Label Binding TLV", addBinding],
  222: ["Multi Topology IS Reachability", (d, n, start) => addExtendedIs(d, n, start, true)],
  229: ["Multi Topology supported", (d, n) => addTopologies(d, n, f.clvMt, x.topology)],
  232: ["IPv6 Interface address(es)", (d, n) => addInterfaces(d, n, f.clvIpv6IntAddr, 16, x.short)],
  235: ["Multi Topology Reachable IPv4 Prefixes", (d, n) => addExtendedIp(d, n, true)],
  236: ["IPv6 reachability", (d, n) => addIpv6(d, n, false)],
  237: ["Multi Topology Reachable IPv6 Prefixes", (d, n) => addIpv6(d, n, true)],
  242: ["Router Capability", addCapability],
};

const family = (tlvs: Readonly<Record<number, Tlv>>): TlvFamily => ({
  type: f.clvType,
  length: f.clvLength,
  short: x.short,
  unknown: x.unknown,
  tlvs: { ...BOTH, ...tlvs },
});
const L1 = family({
  3: ["ES Neighbor(s)", addEsNeighbours],
  142: ["Group Address", addGroups],
  147: ["MAC Reachability", addMacReachability],
  184: ["Avaya IPVPN", addAvayaVpn],
  185: ["Avaya IPVPN MCast", (d, n) => d.bytes(f.avaya185Unknown, n)],
  186: ["Avaya IP GRT MCast", (d, n) => d.bytes(f.avaya186Unknown, n)],
});
const L2 = family({
  4: ["Partition Designated Level 2 IS", addPartition],
  5: ["Prefix neighbors", addPrefixNeighbours],
  229: ["Multi Topology", (d, n) => addTopologies(d, n, f.clvMt, x.topology)],
});
