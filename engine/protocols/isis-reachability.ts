/** Extended reachability in IS-IS link state PDUs: RFC 5120, 5305, 5308, 8570, 8667, 8919 and 9352. */
import type { Dissection } from "../dissect/dissection.ts";
import { type Field, nameOf } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { formatG, formatIpv4, formatIpv6, formatSystemId } from "../dissect/text.ts";
import { f, x } from "./isis-lsp-fields.ts";
import { idLength } from "./isis-tlv.ts";
import { addExpertLine } from "./osi.ts";

/** The topology an option is about, RFC 5120 section 7.2. */
export function addTopology(d: Dissection): void {
  d.bits(f.reserved, d.pos, 2);
  d.bits(f.mtid, d.pos, 2);
  d.skip(2);
}

/** RFC 5305 section 3, code 22; with `topology` RFC 5120 section 7.2, code 222. */
export function addExtendedIs(d: Dissection, length: number, start: number, topology = false): void {
  const end = d.pos + length;
  if (topology) {
    if (length < 2) {
      addExpertLine(d, x.short, d.pos, d.remaining, `short lsp reachability(${length} vs 2)`);
      return;
    }
    addTopology(d);
  }
  const n = idLength(d, start) + 1;
  while (d.pos < end) {
    const at = d.pos;
    if (d.labels) d.openText(at, n + 4, "IS Neighbor");
    d.bytes(f.extIsReachabilityIsNeighborId, n);
    if (d.labels) d.relabelParent(`IS Neighbor: ${formatSystemId(d.peekBytes(n, -n))}`);
    d.u24(f.extIsReachabilityMetric);
    const told = d.u8(f.extIsReachabilitySubclvsLength);
    if (d.labels && told === 0) d.append(" (no sub-TLVs present)");
    const behind = d.pos + told;
    while (d.pos < behind) addLinkSubTlv(d, start);
    if (d.labels) d.close(d.pos);
  }
}

type Add = (d: Dissection, length: number, start: number) => void;

function addLinkSubTlv(d: Dissection, start: number): void {
  const at = d.pos;
  const code = d.peek8();
  const length = d.peek8(1);
  if (d.labels) {
    const name = nameOf(f.extIsReachabilityCode.names, code) ?? "Unknown";
    d.openText(at, length + 2, `subTLV: ${name} (c=${code}, l=${length})`);
  }
  d.u8(f.extIsReachabilityCode);
  d.u8(f.extIsReachabilityLength);
  const add = LINK_SUBTLVS[code];
  if (add !== undefined) add(d, length, start);
  else d.bytes(f.extIsReachabilityValue, length);
  d.pos = at + 2 + length;
  if (d.labels) d.close();
}

/** RFC 5305 section 3.1. */
function addGroups(d: Dissection): void {
  const groups = d.peek32();
  d.openText(d.pos, 4, "Administrative group(s):");
  for (let bit = 0; bit < 32; bit++) {
    const mask = (1 << bit) >>> 0;
    if ((groups & mask) === 0) continue;
    d.add(f.group, d.pos, 4, mask);
    if (d.labels) d.relabel(`group ${bit}`);
  }
  if (d.labels) d.close();
}

/** A bandwidth in bytes a second as a 32-bit float; shown in megabits a second. */
function addBandwidth(d: Dissection, field: Field, title: string): void {
  const at = d.pos;
  d.need(4);
  const bytes = new DataView(d.buf.buffer, d.buf.byteOffset + at, 4).getFloat32(0);
  const megabits = Math.fround((bytes * 8) / 1_000_000);
  d.skip(4);
  d.add(field, at, 4, megabits);
  if (d.labels) {
    const text = Number.isFinite(megabits) ? fixed(megabits) : formatG(megabits, 6);
    d.relabel(`${title}: ${text} Mbps`);
  }
}

/** C's %.2f, beyond what toFixed writes out. */
function fixed(value: number): string {
  return Math.abs(value) < 1e21 ? value.toFixed(2) : `${BigInt(value)}.00`;
}

function addUnreserved(d: Dissection): void {
  d.need(1);
  d.openText(d.pos, 32, "Unreserved bandwidth:");
  for (let i = 0; i < 8; i++) addBandwidth(d, f.unrsvBwPriorityLevel, `priority level ${i}`);
  if (d.labels) d.close();
}

const CONSTRAINTS = [f.bwCt0, f.bwCt1, f.bwCt2, f.bwCt3, f.bwCt4, f.bwCt5, f.bwCt6, f.bwCt7];

/** RFC 4124 section 5.1. */
function addConstraints(d: Dissection, length: number): void {
  d.openText(d.pos, length, "Bandwidth Constraints:");
  d.u8(f.bwCtModel);
  d.u24(f.bwCtRsv);
  const count = Math.min(CONSTRAINTS.length, Math.floor((length - 4) / 4));
  for (let i = 0; i < count; i++) addBandwidth(d, CONSTRAINTS[i], CONSTRAINTS[i].title);
  if (d.labels) d.close();
}

/** RFC 7308. */
export function addExtendedGroups(d: Dissection, length: number): void {
  for (let i = 0; i < Math.floor(length / 4); i++) {
    const value = d.u32(f.extendedAdminGroup);
    if (d.labels) d.relabel(`Extended Admin Group[${i}]: 0x${value.toString(16).padStart(8, "0")}`);
  }
}

/** RFC 8491. */
export function addSegmentDepths(d: Dissection, length: number): void {
  for (let left = length; left >= 2; left -= 2) {
    d.u8(f.igpMsdType);
    d.u8(f.igpMsdValue);
  }
}

const APPLICATIONS = [
  f.applicationSabmBitsR,
  f.applicationSabmBitsS,
  f.applicationSabmBitsF,
  f.applicationSabmBitsX,
];

/** RFC 8919 section 4.2. */
function addApplications(d: Dissection, length: number, start: number): void {
  const end = d.pos + length;
  d.bits(f.applicationSabmLegacy, d.pos, 1);
  const standard = d.bits(f.applicationSabmLength, d.pos, 1);
  d.skip(1);
  d.bits(f.applicationUdabmReserved, d.pos, 1);
  const user = d.bits(f.applicationUdabmLength, d.pos, 1);
  d.skip(1);
  if (standard > 0) {
    addFlags(d, f.applicationSabmBits, 1, APPLICATIONS);
    d.skip(standard - 1);
  }
  if (user > 0) d.bytes(f.applicationUdabmBits, user);
  while (d.pos < end) addLinkSubTlv(d, start);
}

/** RFC 6329 section 12.1. */
function addBridgeMetric(d: Dissection, length: number): void {
  if (length !== 6) {
    addExpertLine(d, x.short, d.pos, length, `Short SPB Link Metric sub-TLV (${length} vs 6)`);
    return;
  }
  d.u24(f.spbLinkMetric);
  d.u8(f.spbPortCount);
  d.u16(f.spbPortId);
}

const ADJACENCY_FLAGS = [f.adjSidFlagsF, f.adjSidFlagsB, f.adjSidFlagsV, f.adjSidFlagsL, f.adjSidFlagsS];

/** RFC 8667 section 2.2. */
function addAdjacencySid(d: Dissection, length: number, start: number, lan: boolean): void {
  const flags = addFlags(d, f.adjSidFlags, 1, ADJACENCY_FLAGS);
  d.u8(f.adjSidWeight);
  const n = lan ? idLength(d, start) : 0;
  if (lan) d.bytes(f.adjSidSystemId, n);
  addSid(d, length - 2 - n, flags & 0x30, 0x30);
}

/** An index, a label or an address of `length` bytes; the two flags say which of index and label it is. */
function addSid(d: Dissection, length: number, flags: number, both: number): void {
  if (length === 4) {
    if (flags !== 0) addExpertLine(d, x.malformed, d.pos, length, "V & L flags must be unset");
    d.u32(f.sidSliIndex);
  } else if (length === 3) {
    if (flags !== both) addExpertLine(d, x.malformed, d.pos, length, "V & L flags must be set");
    d.bits(f.sidSliLabel, d.pos, 3);
  } else if (length === 16) {
    d.ipv6(f.sidSliIpv6);
    if (d.labels) d.append("Globally unique");
  }
}

const DELAY_FLAGS = [f.extIsReachabilityUnidirectionalLinkFlagsA];

/** RFC 8570 sections 4.1 to 4.4: three bytes behind flags. */
function addDelay(d: Dissection, field: Field): void {
  addFlags(d, f.extIsReachabilityUnidirectionalLinkFlags, 1, DELAY_FLAGS);
  d.u24(field);
}

function addDelayRange(d: Dissection): void {
  addDelay(d, f.extIsReachabilityUnidirectionalLinkDelayMin);
  d.u8(f.extIsReachabilityUnidirectionalLinkReserved);
  d.u24(f.extIsReachabilityUnidirectionalLinkDelayMax);
}

function addDelayVariation(d: Dissection): void {
  d.u8(f.extIsReachabilityUnidirectionalLinkReserved);
  d.u24(f.extIsReachabilityUnidirectionalDelayVariation);
}

function addLoss(d: Dissection): void {
  addDelay(d, f.extIsReachabilityUnidirectionalLinkLoss);
  if (!d.labels) return;
  const loss = d.peek24(-3);
  d.append(` (${(loss * 0.000003).toFixed(6)} %)`);
}

const END_FLAGS = [f.srv6EndxSidFlagsB, f.srv6EndxSidFlagsS, f.srv6EndxSidFlagsP];

/** RFC 9352 section 8. */
function addEndX(d: Dissection, start: number, lan: boolean): void {
  if (lan) d.bytes(f.srv6EndxSidSystemId, idLength(d, start));
  addFlags(d, f.srv6EndxSidFlags, 1, END_FLAGS);
  d.u8(f.srv6EndxSidAlgorithm);
  d.u8(f.srv6EndxSidWeight);
  d.u16(f.srv6EndxSidEndpointFunction);
  d.ipv6(f.srv6EndxSidSid);
  d.u8(f.srv6EndxSidSubsubclvsLength);
}

const LINK_SUBTLVS: Readonly<Record<number, Add>> = {
  3: addGroups,
  4: (d) => {
    d.u32(f.extIsReachabilityLinkLocalIdentifier);
    d.u32(f.extIsReachabilityLinkRemoteIdentifier);
  },
  6: (d) => d.ipv4(f.extIsReachabilityIpv4InterfaceAddress),
  8: (d) => d.ipv4(f.extIsReachabilityIpv4NeighborAddress),
  9: (d) => addBandwidth(d, f.maximumLinkBandwidth, "Maximum link bandwidth"),
  10: (d) => addBandwidth(d, f.reservableLinkBandwidth, "Reservable link bandwidth"),
  11: addUnreserved,
  12: (d) => d.ipv6(f.extIsReachabilityIpv6InterfaceAddress),
  13: (d) => d.ipv6(f.extIsReachabilityIpv6NeighborAddress),
  14: addExtendedGroups,
  15: addSegmentDepths,
  16: addApplications,
  18: (d) => d.u24(f.extIsReachabilityTrafficEngineeringDefaultMetric),
  22: addConstraints,
  29: addBridgeMetric,
  31: (d, n, start) => addAdjacencySid(d, n, start, false),
  32: (d, n, start) => addAdjacencySid(d, n, start, true),
  33: (d) => addDelay(d, f.extIsReachabilityUnidirectionalLinkDelay),
  34: addDelayRange,
  35: addDelayVariation,
  36: addLoss,
  37: (d) => d.u32(f.extIsReachabilityUnidirectionalResidualBandwidth),
  38: (d) => d.u32(f.extIsReachabilityUnidirectionalAvailableBandwidth),
  39: (d) => d.u32(f.extIsReachabilityUnidirectionalUtilizedBandwidth),
  43: (d, _, start) => addEndX(d, start, false),
  44: (d, _, start) => addEndX(d, start, true),
};

/** RFC 5305 section 4, code 135; with `topology` RFC 5120 section 7.3, code 235. */
export function addExtendedIp(d: Dissection, length: number, topology: boolean): void {
  const end = d.pos + length;
  if (topology && !addTopologyOf(d, length, "IPv4")) return;
  while (d.pos < end) {
    const at = d.pos;
    const control = d.peek8(4);
    const bits = control & 0x3f;
    if (bits > 32) {
      addExpertLine(d, x.short, at, 5, `IPv4 prefix has an invalid length: ${bits} bits`);
      return;
    }
    const n = (bits + 7) >> 3;
    let prefix = 0;
    for (let i = 0; i < 4; i++) prefix = prefix * 256 + (i < n ? d.peek8(5 + i) : 0);
    if (d.labels) d.openText(at, 5 + n, `Ext. IP Reachability: ${formatIpv4(prefix)}/${bits}`);
    d.u32(f.extIpReachabilityMetric);
    d.bits(f.extIpReachabilityDistribution, d.pos, 1);
    d.bits(f.extIpReachabilitySubtlv, d.pos, 1);
    d.bits(f.extIpReachabilityPrefixLength, d.pos, 1);
    d.skip(1);
    d.add(f.extIpReachabilityIpv4Prefix, d.pos, n, prefix);
    d.skip(n);
    addPrefixSubTlvs(d, (control & 0x40) !== 0, f.extIpReachabilitySubclvsLength);
    if (d.labels) d.close(d.pos);
  }
}

function addTopologyOf(d: Dissection, length: number, version: string): boolean {
  if (length < 2) {
    const text = `short lsp multi-topology reachable ${version} prefixes(${length} vs 2)`;
    addExpertLine(d, x.short, d.pos, d.remaining, text);
    return false;
  }
  addTopology(d);
  return true;
}

/** RFC 5308 section 2, code 236; with `topology` RFC 5120 section 7.4, code 237. */
export function addIpv6(d: Dissection, length: number, topology: boolean): void {
  const end = d.pos + length;
  if (topology && !addTopologyOf(d, length, "IPv6")) return;
  while (d.pos < end) {
    const at = d.pos;
    const control = d.peek8(4);
    const bits = d.peek8(5);
    if (bits > 128) {
      addExpertLine(d, x.short, at, 6, `IPv6 prefix has an invalid length: ${bits} bits`);
      return;
    }
    const n = (bits + 7) >> 3;
    const prefix = new Uint8Array(16);
    prefix.set(d.peekBytes(n, 6));
    if (bits % 8 !== 0) prefix[n - 1] &= 0xff << (8 - (bits % 8));
    if (d.labels) d.openText(at, 6 + n, `IPv6 Reachability: ${formatIpv6(prefix)}/${bits}`);
    d.u32(f.ipv6ReachabilityMetric);
    d.bits(f.ipv6ReachabilityDistribution, d.pos, 1);
    d.bits(f.ipv6ReachabilityDistributionInternal, d.pos, 1);
    d.bits(f.ipv6ReachabilitySubtlv, d.pos, 1);
    if (control & f.ipv6ReachabilityReservedBits.mask) d.bits(f.ipv6ReachabilityReservedBits, d.pos, 1);
    d.skip(1);
    d.u8(f.ipv6ReachabilityPrefixLength);
    d.add(f.ipv6ReachabilityIpv6Prefix, d.pos, n, prefix);
    d.skip(n);
    addPrefixSubTlvs(d, (control & 0x20) !== 0, f.ipv6ReachabilitySubclvsLength);
    if (d.labels) d.close(d.pos);
  }
}

function addPrefixSubTlvs(d: Dissection, present: boolean, field: Field): void {
  if (!present) {
    d.add(f.extIpReachabilitySubclvsLength, d.pos, 0, 0);
    if (d.labels) d.relabel("no sub-TLVs present");
    return;
  }
  const told = d.u8(field);
  const behind = d.pos + told;
  while (d.pos < behind) addPrefixSubTlv(d);
}

function addPrefixSubTlv(d: Dissection): void {
  const at = d.pos;
  const code = d.peek8();
  const length = d.peek8(1);
  if (d.labels) {
    const name = nameOf(f.extIpReachabilityCode.names, code) ?? "Unknown";
    d.openText(at, length + 2, `subTLV: ${name} (c=${code}, l=${length})`);
  }
  d.u8(f.extIpReachabilityCode);
  d.u8(f.extIpReachabilityLength);
  PREFIX_SUBTLVS[code]?.(d, length);
  d.pos = at + 2 + length;
  if (d.labels) d.close();
}

const PREFIX_SID_FLAGS = [
  f.extIpReachabilityPrefixSidFlagsR,
  f.extIpReachabilityPrefixSidFlagsN,
  f.extIpReachabilityPrefixSidFlagsP,
  f.extIpReachabilityPrefixSidFlagsE,
  f.extIpReachabilityPrefixSidFlagsV,
  f.extIpReachabilityPrefixSidFlagsL,
];

/** RFC 8667 section 2.1. */
function addPrefixSid(d: Dissection, length: number): void {
  const flags = addFlags(d, f.extIpReachabilityPrefixSidFlags, 1, PREFIX_SID_FLAGS) & 0x0c;
  d.u8(f.srAlg);
  const n = length - 2;
  if (n === 3 || n === 4) addSid(d, n, flags, 0x0c);
  else addExpertLine(d, x.malformed, d.pos, Math.max(n, 0), "Unknown SID/Index/Label format");
}

const ATTRIBUTES = [f.prefixAttributeFlagsX, f.prefixAttributeFlagsR, f.prefixAttributeFlagsN];

/** RFC 7794 section 2.1. */
function addAttributes(d: Dissection, length: number): void {
  if (d.labels) {
    const flags = length === 0 ? 0 : d.peek8();
    d.appendParent(
      `: Flags:${flags & 0x80 ? "X" : "-"}${flags & 0x40 ? "R" : "-"}${flags & 0x20 ? "N" : "-"}`,
    );
  }
  addFlags(d, f.prefixAttributeFlags, 1, ATTRIBUTES);
}

/** RFC 8401. */
function addBier(d: Dissection, length: number): void {
  const end = d.pos + length;
  d.u8(f.bierAlg);
  d.u8(f.bierIgpAlg);
  d.u8(f.bierSubdomain);
  d.u16(f.bierBfrid);
  while (d.pos + 2 <= end) {
    const at = d.pos;
    const type = d.peek8();
    const n = d.peek8(1);
    if (d.labels) {
      const name = nameOf(f.bierSubsubType.names, type) ?? "Unknown";
      d.openText(at, n + 2, `sub-subTLV: ${name} (t=${type}, l=${n})`);
    }
    d.u8(f.bierSubsubType);
    d.u8(f.bierSubsubLength);
    if (type === 1) {
      d.u8(f.bierSubsubMplsencapMaxsi);
      d.bits(f.bierSubsubMplsencapBslen, d.pos, 1);
      d.bits(f.bierSubsubMplsencapLabel, d.pos, 3);
    }
    d.pos = at + 2 + n;
    if (d.labels) d.close();
  }
}

const PREFIX_SUBTLVS: Readonly<Record<number, (d: Dissection, length: number) => void>> = {
  1: (d, n) => {
    for (let left = n; left >= 4; left -= 4) d.u32(f.n32BitAdministrativeTag);
  },
  2: (d, n) => {
    for (let left = n; left >= 8; left -= 8) d.u64(f.n64BitAdministrativeTag);
  },
  3: addPrefixSid,
  4: addAttributes,
  32: addBier,
};
