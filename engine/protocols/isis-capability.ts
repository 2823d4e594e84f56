/** What routers and bridges can do, in IS-IS link state PDUs: RFC 7981, 6329, 7176, 8667, 9350. */
import type { Dissection } from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { f, x } from "./isis-lsp-fields.ts";
import { addExtendedGroups, addSegmentDepths } from "./isis-reachability.ts";
import { addExpertLine } from "./osi.ts";

type Add = (d: Dissection, length: number) => void;

/** RFC 7981 section 2, code 242. */
export function addCapability(d: Dissection, length: number): void {
  const end = d.pos + length;
  d.u32(f.rtCapableRouterId);
  d.bits(f.rtCapableFlagS, d.pos, 1);
  d.bits(f.rtCapableFlagD, d.pos, 1);
  d.skip(1);
  while (d.pos + 2 <= end) {
    if (d.pos + 2 + d.peek8(1) > end) return;
    addSubTlv(d);
  }
}

/** RFC 6329 section 14, code 144. */
export function addTopologyCapability(d: Dissection, length: number): void {
  if (length < 2) return;
  const end = d.pos + length;
  d.bits(f.mtCapMtid, d.pos, 2);
  d.bits(f.mtCapOverload, d.pos, 2);
  d.skip(2);
  while (d.pos + 2 <= end) {
    const at = d.pos;
    const n = d.peek8(1);
    if (at + 2 + n > end) {
      addExpertLine(d, x.short, at, end - at, `Short type ${d.peek8()} TLV (${n} vs ${end - at - 2})`);
      return;
    }
    const add = BRIDGE_SUBTLVS[d.peek8()];
    if (add === undefined) addSubTlv(d);
    else {
      d.skip(2);
      add(d, n);
    }
    d.pos = at + 2 + n;
  }
}

function addSubTlv(d: Dissection): void {
  const at = d.pos;
  const type = d.peek8();
  const n = d.peek8(1);
  d.skip(2);
  const known = SUBTLVS[type];
  if (known === undefined) {
    addExpertLine(d, x.subtlv, at, n + 2, `Unknown SubTlv: Type: ${type}, Length: ${n}`);
  } else {
    if (d.labels) d.openText(at, n + 2, known[0] + (type === 1 ? "" : ` (t=${type}, l=${n})`));
    known[1](d, n);
    if (d.labels) d.close();
  }
  d.pos = at + 2 + n;
}

const TE_NODE = [f.teNodeCapBBit, f.teNodeCapEBit, f.teNodeCapMBit, f.teNodeCapGBit, f.teNodeCapPBit];

/** RFC 5073 section 2. */
function addTeNode(d: Dissection): void {
  for (const field of TE_NODE) d.bits(field, d.pos, 1);
}

/** RFC 8667 section 3.1. */
function addSegmentRouting(d: Dissection): void {
  d.bits(f.srCapIFlag, d.pos, 1);
  d.bits(f.srCapVFlag, d.pos, 1);
  d.skip(1);
  d.u24(f.srCapRange);
  addSidLabel(d, "SubTlv");
}

/** RFC 8667 section 3.3. */
function addLocalBlock(d: Dissection): void {
  d.u8(f.srLocalBlockFlags);
  d.u24(f.srCapRange);
  addSidLabel(d, "Sub-TLV");
}

/** RFC 8667 section 2.3. */
function addSidLabel(d: Dissection, kind: string): void {
  const at = d.pos;
  const type = d.peek8();
  const n = d.peek8(1);
  d.skip(2);
  if (type !== 1) {
    addExpertLine(d, x.subtlv, at, n + 2, `Unknown ${kind}: Type: ${type}, Length: ${n}`);
    return;
  }
  if (d.labels) d.openText(at, n + 2, `SID/Label (t=${type}, l=${n})`);
  if (n === 4) d.u32(f.srCapSid);
  else if (n === 3) d.u24(f.srCapLabel);
  else addExpertLine(d, x.malformed, d.pos, n, "Unknown SID/Label format");
  if (d.labels) d.close();
}

function addAlgorithms(d: Dissection, length: number): void {
  for (let i = 0; i < length; i++) d.u8(f.srAlg);
}

const SRV6_FLAGS = [f.srv6CapFlagsO, f.srv6CapFlagsUnused];

const DEFINITION_SUBTLVS: Readonly<Record<number, string>> = {
  1: "Flexible Algorithm Exclude Admin Group",
  2: "Flexible Algorithm Include-Any Admin Group",
  3: "Flexible Algorithm Include-All Admin Group",
  4: "Flexible Algorithm Definition Flags",
  5: "Flexible Algorithm Exclude SRLG",
};

/** RFC 9350 section 5.1. */
function addFlexAlgorithm(d: Dissection, length: number): void {
  const end = d.pos + length;
  d.u8(f.flexAlgorithmAlgorithm);
  d.u8(f.flexAlgorithmMetricType);
  d.u8(f.flexAlgorithmCalculationType);
  d.u8(f.flexAlgorithmPriority);
  while (d.pos + 2 <= end) {
    const at = d.pos;
    const type = d.peek8();
    const n = d.peek8(1);
    d.skip(2);
    if (d.labels) d.openText(at, n + 2, `${DEFINITION_SUBTLVS[type] ?? "Unknown"} (t=${type}, l=${n})`);
    if (type >= 1 && type <= 3) addExtendedGroups(d, n);
    d.pos = at + 2 + n;
    if (d.labels) d.close();
  }
}

function addNicknames(d: Dissection, length: number): void {
  for (let left = length; left >= 5; left -= 5) {
    d.u8(f.rtCapableNicknameNicknamePriority);
    d.u16(f.rtCapableNicknameTreeRootPriority);
    d.u16(f.rtCapableNicknameNickname);
  }
}

function addTrees(d: Dissection): void {
  d.u16(f.rtCapableTreesNofTreesToCompute);
  d.u16(f.rtCapableTreesMaximumNofTreesToCompute);
  d.u16(f.rtCapableTreesNofTreesToUse);
}

function addTreeIds(d: Dissection, length: number, starting: Field, nickname: Field): void {
  const first = d.u16(starting);
  for (let i = 0; i < (length - 2) >> 1; i++) {
    const value = d.u16(nickname);
    if (d.labels) {
      d.relabel(`Nickname(${first + i}th root): 0x${value.toString(16).padStart(4, "0")} (${value})`);
    }
  }
}

function addInterestedVlans(d: Dissection, length: number): void {
  d.u16(f.rtCapableInterestedVlansNickname);
  d.bits(f.rtCapableInterestedVlansMulticastIpv4, d.pos, 2);
  d.bits(f.rtCapableInterestedVlansMulticastIpv6, d.pos, 2);
  d.bits(f.rtCapableInterestedVlansVlanStartId, d.pos, 2);
  d.skip(2);
  d.bits(f.rtCapableInterestedVlansVlanEndId, d.pos, 2);
  d.skip(2);
  d.u32(f.rtCapableInterestedVlansAfsLostCounter);
  for (let left = length - 10; left >= 6; left -= 6) d.bytes(f.rootId, 6);
}

function addVlanGroup(d: Dissection, length: number): void {
  d.bits(f.rtCapableVlanGroupPrimaryVlanId, d.pos, 2);
  d.skip(2);
  for (let left = length - 2; left >= 2; left -= 2) {
    d.bits(f.rtCapableVlanGroupSecondaryVlanId, d.pos, 2);
    d.skip(2);
  }
}

const TRILL = [
  f.rtCapableTrillAffinityTlv,
  f.rtCapableTrillFglSafe,
  f.rtCapableTrillCaps,
  f.rtCapableTrillFlags,
];

function addTrillVersion(d: Dissection, length: number): void {
  d.u8(f.rtCapableTrillMaximumVersion);
  if (length === 5) for (const field of TRILL) d.bits(field, d.pos, 4);
}

const SUBTLVS: Readonly<Record<number, readonly [title: string, add: Add]>> = {
  1: ["TE Node Capability Descriptor", addTeNode],
  2: ["Segment Routing - Capability", addSegmentRouting],
  6: ["Nickname", addNicknames],
  7: ["Trees", addTrees],
  8: [
    "Tree root identifiers",
    (d, n) => addTreeIds(d, n, f.rtCapableTreeRootIdStartingTreeNo, f.rtCapableTreeRootIdNickname),
  ],
  9: [
    "Trees used identifiers",
    (d, n) => addTreeIds(d, n, f.rtCapableTreeUsedIdStartingTreeNo, f.rtCapableTreeUsedIdNickname),
  ],
  10: ["Interested VLANs and spanning tree roots", addInterestedVlans],
  13: ["TRILL version", addTrillVersion],
  14: ["VLAN group", addVlanGroup],
  19: ["Segment Routing - Algorithms", addAlgorithms],
  22: ["Segment Routing - Local Block", addLocalBlock],
  23: ["Node Maximum SID Depth", addSegmentDepths],
  25: [
    "SRv6 Capability",
    (d) => {
      addFlags(d, f.srv6CapFlags, 2, SRV6_FLAGS);
    },
  ],
  26: ["Flexible Algorithm Definition", addFlexAlgorithm],
};

const VLAN_TUPLE = [
  f.mtCapSpbInstanceVlanidTupleU,
  f.mtCapSpbInstanceVlanidTupleM,
  f.mtCapSpbInstanceVlanidTupleA,
  f.mtCapSpbInstanceVlanidTupleReserved,
];

/** RFC 6329 section 14.1. */
function addInstance(d: Dissection, length: number): void {
  if (length < 19) {
    addExpertLine(d, x.short, d.pos, length, `Short SPB Digest subTLV (${length} vs 19)`);
    return;
  }
  const at = d.pos;
  if (d.labels) d.openText(at - 2, length + 2, `SPB Instance: Type: 0x01, Length: ${length}`);
  d.bytes(f.mtCapSpbInstanceCistRootIdentifier, 8);
  d.u32(f.mtCapSpbInstanceCistExternalRootPathCost);
  d.u16(f.mtCapSpbInstanceBridgePriority);
  d.bits(f.mtCapSpbInstanceV, d.pos, 4);
  d.bits(f.mtCapSpsourceid, d.pos, 4);
  d.skip(4);
  const trees = d.uint(f.mtCapSpbInstanceNumberOfTrees, 1);
  if (d.labels && trees === 0) d.append(" Invalid subTLV: zero trees");
  for (let i = 0, left = length - 19; i < trees; i++, left -= 8) {
    if (left < 8) {
      addExpertLine(d, x.short, d.pos, left, `Short SPB Instance subTLV (${left} vs 8)`);
      break;
    }
    for (const field of VLAN_TUPLE) d.bits(field, d.pos, 1);
    d.skip(1);
    d.u32(f.mtCapSpbInstanceVlanidTupleEct);
    d.bits(f.mtCapSpbInstanceVlanidTupleBasevid, d.pos, 3);
    d.bits(f.mtCapSpbInstanceVlanidTupleSpvid, d.pos, 3);
    d.skip(3);
  }
  if (d.labels) d.close();
}

function addOpaque(d: Dissection): void {
  d.u32(f.mtCapSpbOpaqueAlgorithm);
  d.bytes(f.mtCapSpbOpaqueInformation, d.remaining);
}

const SERVICE = [
  f.mtCapSpbmServiceIdentifierT,
  f.mtCapSpbmServiceIdentifierR,
  f.mtCapSpbmServiceIdentifierReserved,
];

/** RFC 6329 section 16.1. */
function addService(d: Dissection, length: number): void {
  if (length < 8) {
    const text = `Short SPBM Service Identifier and Unicast Address subTLV (${length} vs 8)`;
    addExpertLine(d, x.short, d.pos, length, text);
    return;
  }
  if (d.labels) {
    d.openText(d.pos - 2, length + 2, `SPB Service ID and Unicast Address: Type: 0x03, Length: ${length}`);
  }
  d.ether(f.mtCapSpbmServiceIdentifierBMac);
  d.u16(f.mtCapSpbmServiceIdentifierBaseVid);
  for (let left = length - 8; left > 0; left -= 4) {
    if (left < 4) {
      addExpertLine(d, x.short, d.pos, left, `Short SPBM Service Identifier (${left} vs 4)`);
      break;
    }
    for (const field of SERVICE) d.bits(field, d.pos, 1);
    d.skip(1);
    d.u24(f.mtCapSpbmServiceIdentifierISid);
  }
  if (d.labels) d.close();
}

const MAC_FLAGS = [f.spbMacAddressT, f.spbMacAddressR, f.spbMacAddressReserved];

/** RFC 6329 section 15.1. */
function addVlanMacs(d: Dissection, length: number): void {
  if (length < 2) {
    addExpertLine(d, x.short, d.pos, length, `Short SPBV Mac Address subTLV (${length} vs 2)`);
    return;
  }
  if (d.labels) d.openText(d.pos - 2, length + 2, `SPBV Mac Address: Type: 0x04, Length: ${length}`);
  d.bits(f.spbReserved, d.pos, 2);
  d.bits(f.spbSrBit, d.pos, 2);
  d.bits(f.spbSpvid, d.pos, 2);
  d.skip(2);
  for (let left = length - 2; left >= 7; left -= 7) {
    for (const field of MAC_FLAGS) d.bits(field, d.pos, 1);
    d.skip(1);
    d.ether(f.spbMacAddress);
  }
  if (d.labels) d.close();
}

const BRIDGE_SUBTLVS: Readonly<Record<number, Add>> = {
  1: addInstance,
  2: addOpaque,
  3: addService,
  4: addVlanMacs,
};
