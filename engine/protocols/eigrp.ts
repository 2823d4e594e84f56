/** Enhanced Interior Gateway Routing Protocol, RFC 7868, with the older TLVs of Cisco's routers. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  expert,
  type Field,
  guid,
  ipv4,
  ipv6,
  ipxNet,
  nameOf,
  SET_NOTSET,
  u8,
  u16,
  u24,
  u32,
  u64,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { checksumStatusText, onesSum, rightChecksum } from "./checksum.ts";
import { data } from "./data.ts";
import { AFI, ATTR_OPCODE, EXTDATA_PROTO, METRIC_COMM_TYPE, OPCODE, TLV_TYPE } from "./names/eigrp.ts";

const release = (value: number): string => `${value >> 8}.${String(value & 255).padStart(2, "0")}`;
const range = (value: number): string => `${value >>> 16}-${value & 0xffff}`;

const f = {
  version: u8("eigrp.version", "Version"),
  opcode: u8("eigrp.opcode", "Opcode", { names: OPCODE }),
  flags: u32("eigrp.flags", "Flags", { base: "HEX" }),
  seq: u32("eigrp.seq", "Sequence"),
  ack: u32("eigrp.ack", "Acknowledge"),
  vrid: u16("eigrp.vrid", "Virtual Router ID"),
  as: u16("eigrp.as", "Autonomous System"),
  flagsInit: bool("eigrp.flags.init", "Init", { mask: 0x1, bits: 32, tf: SET_NOTSET }),
  flagsCondrecv: bool("eigrp.flags.condrecv", "Conditional Receive", { mask: 0x2, bits: 32, tf: SET_NOTSET }),
  flagsRestart: bool("eigrp.flags.restart", "Restart", { mask: 0x4, bits: 32, tf: SET_NOTSET }),
  flagsEot: bool("eigrp.flags.eot", "End Of Table", { mask: 0x8, bits: 32, tf: SET_NOTSET }),
  tlvType: u16("eigrp.tlv_type", "Type", { base: "HEX", names: TLV_TYPE }),
  tlvLen: u16("eigrp.tlv.len", "Length"),
  parK1: u8("eigrp.par.k1", "K1"),
  parK2: u8("eigrp.par.k2", "K2"),
  parK3: u8("eigrp.par.k3", "K3"),
  parK4: u8("eigrp.par.k4", "K4"),
  parK5: u8("eigrp.par.k5", "K5"),
  parK6: u8("eigrp.par.k6", "K6"),
  parHoldtime: u16("eigrp.par.holdtime", "Hold Time"),
  authType: u16("eigrp.auth.type", "Type", { names: { 1: "TEXT", 2: "MD5", 3: "SHA256" } }),
  authLength: u16("eigrp.auth.length", "Length"),
  authKeyid: u32("eigrp.auth.keyid", "Key ID"),
  authKeyseq: u32("eigrp.auth.keyseq", "Key Sequence"),
  authDigest: bytes("eigrp.auth.digest", "Digest"),
  seqAddrlen: u8("eigrp.seq.addrlen", "Address length"),
  seqIpv4addr: ipv4("eigrp.seq.ipv4addr", "IP Address"),
  seqIpv6addr: ipv6("eigrp.seq.ipv6addr", "IPv6 Address"),
  nextMcastSeq: u32("eigrp.next_mcast_seq", "Multicast Sequence"),
  stubOptions: u16("eigrp.stub_options", "Stub Options", { base: "HEX" }),
  stubOptionsConnected: bool("eigrp.stub_options.connected", "Connected", {
    mask: 0x1,
    bits: 16,
    tf: SET_NOTSET,
  }),
  stubOptionsStatic: bool("eigrp.stub_options.static", "Static", { mask: 0x2, bits: 16, tf: SET_NOTSET }),
  stubOptionsSummary: bool("eigrp.stub_options.summary", "Summary", { mask: 0x4, bits: 16, tf: SET_NOTSET }),
  stubOptionsRedist: bool("eigrp.stub_options.redist", "Redistributed", {
    mask: 0x8,
    bits: 16,
    tf: SET_NOTSET,
  }),
  stubOptionsLeakmap: bool("eigrp.stub_options.leakmap", "Leak-Map", {
    mask: 0x10,
    bits: 16,
    tf: SET_NOTSET,
  }),
  stubOptionsRecvonly: bool("eigrp.stub_options.recvonly", "Receive-Only", {
    mask: 0x20,
    bits: 16,
    tf: SET_NOTSET,
  }),
  tid: u16("eigrp.tid", "Topology"),
  afi: u16("eigrp.afi", "AFI", { names: AFI }),
  oldMetricDelay: u32("eigrp.old_metric.delay", "Scaled Delay"),
  oldMetricBw: u32("eigrp.old_metric.bw", "Scaled BW"),
  oldMetricMtu: u24("eigrp.old_metric.mtu", "MTU"),
  oldMetricHopcount: u8("eigrp.old_metric.hopcount", "Hop Count"),
  oldMetricRel: u8("eigrp.old_metric.rel", "Reliability"),
  oldMetricLoad: u8("eigrp.old_metric.load", "Load"),
  oldMetricIntag: u8("eigrp.old_metric.intag", "Route Tag"),
  tidlist: u16("eigrp.tidlist", "TID List"),
  tidlistFlags: u16("eigrp.tidlist.flags", "TID List Flags", { base: "HEX" }),
  tidlistLen: u16("eigrp.tidlist.len", "TID List Size"),
  routerid: ipv4("eigrp.routerid", "RouterID"),
  oldMetricTag: u32("eigrp.old_metric.tag", "Tag"),
  metricFlagsSrcwd: bool("eigrp.metric.flags.srcwd", "Source Withdraw", { mask: 0x1 }),
  metricFlagsCd: bool("eigrp.metric.flags.cd", "Candidate Default", { mask: 0x2 }),
  metricFlagsActive: bool("eigrp.metric.flags.active", "Route is Active", { mask: 0x4 }),
  metricFlagsRepl: bool("eigrp.metric.flags.repl", "Route is Replicated", { mask: 0x8 }),
  extdataOrigrid: ipv4("eigrp.extdata.origrid", "Originating RouterID"),
  extdataAs: u32("eigrp.extdata.as", "Originating A.S."),
  extdataTag: u32("eigrp.extdata.tag", "Administrative Tag"),
  extdataMetric: u32("eigrp.extdata.metric", "External Metric"),
  extdataReserved: u16("eigrp.extdata.reserved", "Reserved"),
  extdataIpxDelay: u16("eigrp.extdata.ipx_delay", "External Delay"),
  extdataIpxMetric: u16("eigrp.extdata.ipx_metric", "External Metric"),
  extdataProto: u8("eigrp.extdata.proto", "External Protocol ID", { names: EXTDATA_PROTO }),
  opaqueFlagExt: bool("eigrp.opaque.flag.ext", "Route is External", { mask: 0x1 }),
  opaqueFlagCd: bool("eigrp.opaque.flag.cd", "Route is Candidate Default", { mask: 0x2 }),
  metricOffset: u8("eigrp.metric.offset", "Offset"),
  metricPriority: u8("eigrp.metric.priority", "Priority"),
  metricReliability: u8("eigrp.metric.reliability", "Reliability"),
  metricLoad: u8("eigrp.metric.load", "Load"),
  metricMtu: u24("eigrp.metric.mtu", "MTU"),
  metricHopcount: u8("eigrp.metric.hopcount", "Hop Count"),
  metricReserved: u16("eigrp.metric.reserved", "Reserved", { base: "HEX" }),
  attrOpcode: u8("eigrp.attr.opcode", "Opcode", { names: ATTR_OPCODE }),
  attrOffset: u8("eigrp.attr.offset", "Offset"),
  attrScaled: u32("eigrp.attr.scaled", "Legacy Metric"),
  attrTag: u32("eigrp.attr.tag", "Tag"),
  attrJitter: u32("eigrp.attr.jitter", "Jitter"),
  attrQenergy: u32("eigrp.attr.qenergy", "Q-Energy"),
  attrEnergy: u32("eigrp.attr.energy", "Energy"),
  ipv4Nexthop: ipv4("eigrp.ipv4.nexthop", "NextHop"),
  ipv4Prefixlen: u8("eigrp.ipv4.prefixlen", "Prefix Length"),
  ipv6Nexthop: ipv6("eigrp.ipv6.nexthop", "NextHop"),
  ipv6Prefixlen: u8("eigrp.ipv6.prefixlen", "Prefix Length"),
  ipxNexthopNet: ipxNet("eigrp.ipx.nexthop_net", "NextHop Net"),
  ipxNexthopHost: ether("eigrp.ipx.nexthop_host", "NextHop Host"),
  ipxRouterid: ether("eigrp.ipx.routerid", "External RouterID"),
  ipxDest: ipxNet("eigrp.ipx.dest", "Destination"),
  atalkRouterid: u32("eigrp.atalk.routerid", "AppleTalk Router ID"),
  safService: u16("eigrp.saf.service", "Service", {
    names: { 100: "Capabilities Manager", 101: "Unified Communications", 102: "Performance Routing" },
  }),
  safSubservice: u16("eigrp.saf.subservice", "Sub-Service"),
  safGuid: guid("eigrp.saf.guid", "GUID"),
  safDataType: u16("eigrp.saf.data.type", "Type", {
    base: "HEX",
    names: { 1: "Attached Service Data", 2: "Trimmed Service Data" },
  }),
  safDataLength: u16("eigrp.saf.data.length", "Length"),
  safDataSequence: u32("eigrp.saf.data.sequence", "Sequence"),
  safDataReachabilityAfi: u16("eigrp.saf.data.reachability.afi", "AFI", { names: AFI }),
  safDataReachabilityPort: u16("eigrp.saf.data.reachability.port", "Port"),
  safDataReachabilityProtocol: u16("eigrp.saf.data.reachability.protocol", "Protocol"),
  safDataReachabilityAddrIpv4: ipv4("eigrp.saf.data.reachability.addr_ipv4", "IPv4 Addr"),
  safDataReachabilityAddrIpv6: ipv6("eigrp.saf.data.reachability.addr_ipv6", "IPv6 Addr"),
  safDataReachabilityAddrHex: bytes("eigrp.saf.data.reachability.addr_hex", "Addr"),
  nullpad: bytes("eigrp.nullpad", "Nullpad"),
  ipxAddress: bytes("eigrp.ipx_address", "IPX Address"),
  ipv4Destination: ipv4("eigrp.ipv4.destination", "Destination"),
  ipv6Destination: ipv6("eigrp.ipv6.destination", "Destination"),
  metricDelay: u64("eigrp.metric.delay", "Delay"),
  metricBandwidth: u64("eigrp.metric.bandwidth", "Bandwidth"),
  checksum: u16("eigrp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("eigrp.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    text: checksumStatusText,
  }),
  metricCommType: u16("eigrp.metric.comm_type", "Type", { names: METRIC_COMM_TYPE }),
  extcommFlag: u16("eigrp.extcomm.flag", "FLAG", { base: "HEX" }),
  extcommTag: u32("eigrp.extcomm.tag", "TAG"),
  extcommRes: u16("eigrp.extcomm.res", "RES", { base: "HEX" }),
  extcommRid: u32("eigrp.extcomm.rid", "RID"),
  extcommAs: u16("eigrp.extcomm.as", "AS"),
  extcommSdly: u32("eigrp.extcomm.sdly", "SDLY"),
  extcommRel: u8("eigrp.extcomm.rel", "RID"),
  extcommHop: u8("eigrp.extcomm.hop", "AS"),
  extcommSbw: u32("eigrp.extcomm.sbw", "SDLY"),
  extcommLoad: u8("eigrp.extcomm.load", "LOAD"),
  extcommMtu: u32("eigrp.extcomm.mtu", "MTU"),
  extcommXas: u16("eigrp.extcomm.xas", "xAS", { base: "HEX" }),
  extcommXrid: u32("eigrp.extcomm.xrid", "xRID"),
  extcommXproto: u16("eigrp.extcomm.xproto", "xProto", { base: "HEX" }),
  extcommXmetric: u32("eigrp.extcomm.xmetric", "xMETRIC"),
  releaseVersion: u16("eigrp.release_version", "EIGRP Release", { base: "CUSTOM", text: release }),
  tlvVersion: u16("eigrp.tlv_version", "EIGRP TLV version", { base: "CUSTOM", text: release }),
  appletalkCableRange: u32("eigrp.appletalk_cable_range", "AppleTalk Cable Range", {
    base: "CUSTOM",
    text: range,
  }),
  nexthopAddress: u32("eigrp.nexthop_address", "NextHop Address", {
    base: "CUSTOM",
    text: (value) => `${value >>> 16}.${value & 0xffff}`,
  }),
  cableRange: u32("eigrp.cable_range", "Cable range", { base: "CUSTOM", text: range }),
};

const x = {
  termination: expert("eigrp.peer_termination", "note", "Response", "Peer Termination"),
  authLength: expert("eigrp.auth.length.invalid", "warning", "Malformed", "Invalid auth len"),
  authType: expert("eigrp.auth.type.invalid", "warning", "Protocol", "Invalid auth type"),
  address: expert("eigrp.seq.addrlen.invalid", "error", "Malformed", "Invalid address length"),
  graceful: expert(
    "eigrp.peer_termination_graceful",
    "note",
    "Response",
    "Peer Termination (Graceful Shutdown)",
  ),
  prefix: expert("eigrp.prefixlen.invalid", "warning", "Malformed", "Invalid prefix length"),
  unreachable: expert("eigrp.unreachable", "note", "Response", "Unreachable"),
  type: expert("eigrp.tlv_type.unknown", "warning", "Protocol", "Unknown TLV"),
  afi: expert("eigrp.afi.unknown", "warning", "Protocol", "Unknown AFI"),
  checksum: expert("eigrp.checksum.bad", "warning", "Checksum", "Bad Checksum"),
  length: expert("eigrp.tlv.len.invalid", "error", "Malformed", "Corrupt TLV (Length field less than 4)"),
  truncated: expert("eigrp.tlv.truncated", "error", "Malformed", "Corrupt TLV (Truncated prematurely)"),
};

export const eigrp = protocol({
  name: "eigrp",
  title: "Enhanced Interior Gateway Routing Protocol",
  short: "EIGRP",
  fields: f,
  experts: x,
  on: [[ipProtocols, 88]],
  dissect,
});

const HELLO = 5;
const SAP = 6;
const FLAGS = [f.flagsInit, f.flagsCondrecv, f.flagsRestart, f.flagsEot];
const ROUTERS: Readonly<Record<number, string>> = {
  0: "(Address-Family)",
  1: "(Multi-Cast)",
  32768: "(Service-Family)",
};

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.labels) d.relabelLayer("Cisco EIGRP");
  const opcode = d.peek8(1);
  if (d.columns) {
    const isAck = opcode === HELLO && d.remaining >= 16 && d.peek32(12) !== 0;
    d.setInfo(
      isAck
        ? "Hello (Ack)"
        : (nameOf(OPCODE, opcode) ?? `Unknown OpCode (0x${opcode.toString(16).padStart(4, "0")})`),
    );
  }
  d.u8(f.version);
  d.u8(f.opcode);
  addChecksum(d, start);
  addFlags(d, f.flags, 4, FLAGS);
  d.u32(f.seq);
  d.u32(f.ack);
  const router = d.u16(f.vrid);
  if (d.labels) d.append(` ${ROUTERS[router] ?? ""}`);
  d.u16(f.as);
  if (opcode === SAP) d.call(protocolNamed("ipxsap") ?? data);
  else while (d.remaining > 0) if (!addTlv(d)) return;
}

function addChecksum(d: Dissection, start: number): void {
  const at = d.pos;
  const found = d.u16(f.checksum);
  if (!d.building) return;
  const sum = onesSum(d.buf, start, d.end);
  const hex = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;
  const right = sum === 0xffff;
  if (right) {
    if (d.labels) d.relabel(`Checksum: ${hex(found)} [correct]`);
  } else {
    const should = hex(rightChecksum(sum, found));
    if (d.labels) d.relabel(`Checksum: ${hex(found)} incorrect, should be ${should}`);
    d.expert(x.checksum, `Bad Checksum [should be ${should}]`);
  }
  d.generated(f.checksumStatus, at, 0, right ? 1 : 0);
}

/** What a range of TLV types is read by. */
const RANGES: Readonly<Record<number, (d: Dissection, type: number) => void>> = {
  0: addGeneral,
  240: addTopologyRoute,
  256: addIpv4Route,
  512: addAppleTalkRoute,
  768: addIpxRoute,
  1024: addIpv6Route,
  1536: addRoute,
};
const EXTERNAL = 3;
const COMMUNITY = 4;

function addTlv(d: Dissection): boolean {
  const start = d.pos;
  const type = d.peek16();
  const length = d.peek16(2);
  if (length < 4) {
    d.text(start, d.remaining, x.length.message);
    d.expert(x.length);
    return false;
  }
  d.need(length);
  if (d.labels) {
    const name = nameOf(TLV_TYPE, type) ?? `Unknown TLV (0x${type.toString(16).padStart(4, "0")})`;
    d.openText(start, length, name);
  }
  d.u16(f.tlvType);
  d.u16(f.tlvLen);
  const { end, wireEnd } = d;
  d.limit(length - 4);
  const add = RANGES[type & 0xfff0];
  if (add !== undefined) add(d, type);
  else addUnknown(d, type, "Family");
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = start + length;
  if (d.labels) d.close();
  return true;
}

function addUnknown(d: Dissection, type: number, kind: string): void {
  if (d.labels) d.last = d.parent;
  d.expert(x.type, `Unknown ${kind} TLV (0x${type.toString(16).padStart(4, "0")})`);
}

const STUB = [
  f.stubOptionsConnected,
  f.stubOptionsStatic,
  f.stubOptionsSummary,
  f.stubOptionsRedist,
  f.stubOptionsLeakmap,
  f.stubOptionsRecvonly,
];

/** RFC 7868 section 6.7.1 to 6.7.8. */
function addGeneral(d: Dissection, type: number): void {
  switch (type) {
    case 1:
      addParameters(d);
      break;
    case 2:
      addAuthentication(d);
      break;
    case 3:
      addSequence(d);
      break;
    case 4: {
      const version = d.u16(f.releaseVersion);
      const tlvs = d.u16(f.tlvVersion);
      if (d.labels) {
        d.appendParent(`: EIGRP=${version >> 8}.${version & 255}, TLV=${tlvs >> 8}.${tlvs & 255}`);
      }
      break;
    }
    case 5: {
      const next = d.u32(f.nextMcastSeq);
      if (d.labels) d.appendParent(`: ${next}`);
      break;
    }
    case 6:
      addFlags(d, f.stubOptions, 2, STUB);
      break;
    case 7:
      if (d.labels) d.last = d.parent;
      d.expert(x.graceful);
      break;
    case 8: {
      d.u16(f.tidlistFlags);
      const count = d.u16(f.tidlistLen) >> 1;
      d.openText(d.pos, d.remaining, `${count} TIDs`);
      for (let i = 0; i < count; i++) d.u16(f.tidlist);
      if (d.labels) d.close();
      break;
    }
    default:
      addUnknown(d, type, "Generic");
  }
}

const COEFFICIENTS = [f.parK1, f.parK2, f.parK3, f.parK4, f.parK5, f.parK6];

function addParameters(d: Dissection): void {
  let ending = true;
  COEFFICIENTS.forEach((field, i) => {
    if (d.u8(field) !== 255 && i < 5) ending = false;
  });
  d.u16(f.parHoldtime);
  if (!ending) return;
  if (d.labels) {
    d.appendParent(": Peer Termination");
    d.last = d.parent;
  }
  d.expert(x.termination);
}

/** Types that have a digest, with its length. */
const DIGESTS: Readonly<Record<number, number>> = { 2: 16, 3: 32 };

function addAuthentication(d: Dissection): void {
  const type = d.u16(f.authType);
  const typeNode = d.last;
  if (d.labels) d.appendParent(` ${nameOf(f.authType.names, type) ?? ""}`);
  const length = d.u16(f.authLength);
  const lengthNode = d.last;
  d.u32(f.authKeyid);
  d.u32(f.authKeyseq);
  d.bytes(f.nullpad, 8);
  const digest = DIGESTS[type];
  if (digest !== undefined && digest === length) d.bytes(f.authDigest, length);
  else if (digest !== undefined) {
    d.last = lengthNode;
    d.expert(x.authLength, `Invalid auth len ${length}`);
  } else {
    d.last = typeNode;
    d.expert(x.authType, `Invalid auth type ${type}`);
  }
}

function addSequence(d: Dissection): void {
  const start = d.pos;
  while (d.remaining > 0) {
    const length = d.u8(f.seqAddrlen);
    if (length === 4) d.ipv4(f.seqIpv4addr);
    else if (length === 16) d.ipv6(f.seqIpv6addr);
    else if (length === 10) {
      d.bytes(f.ipxAddress, 10);
      if (d.labels) {
        // Wireshark takes the digits from the front of the TLV.
        const hex = (at: number, n: number): string =>
          Array.from(d.buf.subarray(start + at, start + at + n), (byte) =>
            byte.toString(16).padStart(2, "0"),
          ).join("");
        d.relabel(`IPX Address: IPX Address: ${hex(1, 4)}.${hex(5, 2)}${hex(7, 4)}`);
      }
    } else {
      d.expert(x.address);
      return;
    }
  }
}

const METRIC_FLAGS = [f.metricFlagsSrcwd, f.metricFlagsCd, f.metricFlagsActive, f.metricFlagsRepl];

function addMetricFlags(d: Dissection): void {
  d.openText(d.pos, 1, "Flags");
  for (const field of METRIC_FLAGS) d.bits(field, d.pos, 1);
  if (d.labels) d.close();
}

/** The metric of all releases before 8: scaled delay and bandwidth. */
function addLegacyMetric(d: Dissection): void {
  d.openText(d.pos, 16, "Legacy Metric");
  d.u32(f.oldMetricDelay);
  d.u32(f.oldMetricBw);
  d.u24(f.oldMetricMtu);
  d.u8(f.oldMetricHopcount);
  d.u8(f.oldMetricRel);
  d.u8(f.oldMetricLoad);
  d.u8(f.oldMetricIntag);
  addMetricFlags(d);
  d.skip(1);
  if (d.labels) d.close();
}

function addExternalFlags(d: Dissection): void {
  d.openText(d.pos, 1, "External Flags");
  d.bits(f.opaqueFlagExt, d.pos, 1);
  d.bits(f.opaqueFlagCd, d.pos, 1);
  d.skip(1);
  if (d.labels) d.close();
}

/** RFC 7868 section 6.6.3. */
function addExternal(d: Dissection): void {
  d.openText(d.pos, 20, "External Data");
  d.ipv4(f.extdataOrigrid);
  d.u32(f.extdataAs);
  d.u32(f.extdataTag);
  d.u32(f.extdataMetric);
  d.u16(f.extdataReserved);
  d.u8(f.extdataProto);
  addExternalFlags(d);
  if (d.labels) d.close();
}

/** Destinations to the end of the TLV; as in Wireshark a byte between two is passed over. */
function addDestinations4(d: Dissection): void {
  for (let first = true; d.remaining > 0; first = false) {
    const length = d.u8(f.ipv4Prefixlen);
    if (length > 32) {
      d.expert(x.prefix, `Invalid prefix length ${length}, must be <= 32`);
      return;
    }
    const n = (length + 7) >> 3;
    let address = 0;
    for (let i = 0; i < 4; i++) address = address * 256 + (i < n ? d.peek8(i) : 0);
    if (length < 32) address = length === 0 ? 0 : ((address >>> (32 - length)) << (32 - length)) >>> 0;
    d.add(f.ipv4Destination, d.pos, n, address);
    if (d.labels) d.appendParent(`  ${first ? "=" : ","}   ${formatIpv4(address)}/${length}`);
    d.pos = Math.min(d.pos + n + 1, d.end);
  }
}

function addDestinations6(d: Dissection): void {
  for (let first = true; d.remaining > 0; first = false) {
    const length = d.u8(f.ipv6Prefixlen);
    if (length > 128) {
      d.expert(x.prefix, `Invalid prefix length ${length}, must be <= 128`);
      return;
    }
    const n = (length + 7) >> 3;
    const address = new Uint8Array(16);
    address.set(d.peekBytes(n));
    if (length % 8 !== 0) address[n - 1] &= 0xff << (8 - (length % 8));
    // Whole bytes have one more behind them, by an oddity of the first releases.
    const taken = length < 128 && length % 8 === 0 ? n + 1 : n;
    d.add(f.ipv6Destination, d.pos, taken, address);
    if (d.labels) d.appendParent(`  ${first ? "=" : ","}   ${formatIpv6(address)}/${length}`);
    d.pos = Math.min(d.pos + taken + 1, d.end);
  }
}

function addIpv4Route(d: Dissection, type: number): void {
  d.ipv4(f.ipv4Nexthop);
  if ((type & 15) === EXTERNAL) addExternal(d);
  addLegacyMetric(d);
  addDestinations4(d);
}

function addIpv6Route(d: Dissection, type: number): void {
  d.ipv6(f.ipv6Nexthop);
  if ((type & 15) === EXTERNAL) addExternal(d);
  addLegacyMetric(d);
  addDestinations6(d);
}

function addAppleTalkRoute(d: Dissection, type: number): void {
  if ((type & 15) === 4) {
    const cables = d.u32(f.appletalkCableRange);
    const router = d.u32(f.atalkRouterid);
    if (d.labels) d.appendParent(`: Cable range= ${range(cables)}, Router ID= ${router}`);
    return;
  }
  d.u32(f.nexthopAddress);
  if ((type & 15) === EXTERNAL) addExternal(d);
  addLegacyMetric(d);
  const cables = d.u32(f.cableRange);
  if (d.labels) d.appendParent(`: ${range(cables)}`);
}

function addIpxRoute(d: Dissection, type: number): void {
  d.u32(f.ipxNexthopNet);
  d.ether(f.ipxNexthopHost);
  if ((type & 15) === EXTERNAL) {
    d.openText(d.pos, 20, "External Data");
    d.ether(f.ipxRouterid);
    d.u32(f.extdataAs);
    d.u32(f.extdataTag);
    d.u8(f.extdataProto);
    addExternalFlags(d);
    d.u16(f.extdataIpxDelay);
    d.u16(f.extdataIpxMetric);
    if (d.labels) d.close();
  }
  addLegacyMetric(d);
  const net = d.u32(f.ipxDest);
  if (d.labels) d.appendParent(`  =   ${net.toString(16).padStart(8, "0")}`);
}

const IPV4 = 1;
const IPV6 = 2;
const SERVICE = 0x4000;
const SERVICE_IPV4 = 0x4001;
const SERVICE_IPV6 = 0x4002;

/** Routes of one of several topologies. */
function addTopologyRoute(d: Dissection, type: number): void {
  d.skip(2);
  d.u16(f.tid);
  const afi = d.u16(f.afi);
  d.ipv4(f.routerid);
  d.u32(f.oldMetricTag);
  if ((type & 15) === EXTERNAL) addExternal(d);
  addLegacyMetric(d);
  if (afi === IPV4) {
    d.ipv4(f.ipv4Nexthop);
    addDestinations4(d);
  } else if (afi === IPV6) {
    d.ipv6(f.ipv6Nexthop);
    addDestinations6(d);
  } else addUnknownFamily(d);
}

function addUnknownFamily(d: Dissection): void {
  d.text(d.pos, d.remaining, x.afi.message);
  d.expert(x.afi);
}

/** RFC 7868 section 6.9: routes of any family with wide metrics. */
function addRoute(d: Dissection, type: number): void {
  d.u16(f.tid);
  const afi = d.u16(f.afi);
  d.ipv4(f.routerid);
  addWideMetric(d);
  const external = (type & 15) === EXTERNAL;
  switch (afi) {
    case IPV4:
    case SERVICE_IPV4:
      d.ipv4(f.ipv4Nexthop);
      break;
    case IPV6:
    case SERVICE_IPV6:
      d.ipv6(f.ipv6Nexthop);
      break;
    case SERVICE:
      break;
    default:
      addUnknownFamily(d);
      return;
  }
  if (external) addExternal(d);
  if ((type & 15) === COMMUNITY) {
    addCommunities(d);
    return;
  }
  if (afi === IPV4) addDestinations4(d);
  else if (afi === IPV6) addDestinations6(d);
  else addServices(d);
}

function addWideMetric(d: Dissection): void {
  const words = d.peek8();
  d.openText(d.pos, 24, "Wide Metric");
  d.u8(f.metricOffset);
  d.u8(f.metricPriority);
  d.u8(f.metricReliability);
  d.u8(f.metricLoad);
  d.u24(f.metricMtu);
  d.u8(f.metricHopcount);
  addWide(d, f.metricDelay);
  addWide(d, f.metricBandwidth);
  d.u16(f.metricReserved);
  addMetricFlags(d);
  d.skip(2);
  if (d.labels) d.close();
  if (words > 0) addAttributes(d, words * 2);
}

/** 48 bits, of a field of 64. */
function addWide(d: Dissection, field: Field): void {
  const at = d.pos;
  const value = d.peekUint(6);
  d.skip(6);
  d.add(field, at, 6, BigInt(value));
}

const ATTRIBUTES: Readonly<Record<number, Field>> = {
  1: f.attrScaled,
  2: f.attrTag,
  4: f.attrJitter,
  5: f.attrQenergy,
  6: f.attrEnergy,
};

function addAttributes(d: Dissection, length: number): void {
  const end = d.pos + length;
  d.openText(d.pos, length, "Attributes");
  while (d.pos < end) {
    const opcode = d.u8(f.attrOpcode);
    const n = d.u8(f.attrOffset) * 2;
    const at = d.pos;
    const field = ATTRIBUTES[opcode];
    if (field !== undefined) d.u32(field);
    else if (opcode === 3) addCommunity(d);
    d.pos = at;
    d.skip(n);
  }
  if (d.labels) d.close();
}

function addCommunities(d: Dissection): void {
  while (d.remaining >= 8) addCommunity(d);
}

/** An extended community, eight bytes: RFC 7868 section 6.6.4. */
function addCommunity(d: Dissection): void {
  const type = d.u16(f.metricCommType);
  const at = d.pos;
  switch (type) {
    case 0x8800:
      d.u16(f.extcommFlag);
      d.u32(f.extcommTag);
      break;
    case 0x8801:
      d.u16(f.extcommAs);
      d.u32(f.extcommSdly);
      break;
    case 0x8802:
      d.u8(f.extcommRel);
      d.u8(f.extcommHop);
      d.u32(f.extcommSbw);
      break;
    case 0x8803:
      d.skip(1);
      d.u8(f.extcommLoad);
      d.u32(f.extcommMtu);
      break;
    case 0x8804:
      d.u16(f.extcommXas);
      d.u32(f.extcommXrid);
      break;
    case 0x8805:
      d.u16(f.extcommXproto);
      d.u32(f.extcommXmetric);
      break;
    case 0x8806:
      d.u16(f.extcommRes);
      d.u32(f.extcommRid);
      break;
  }
  d.pos = at;
  d.skip(6);
}

const GUID = 16;

/** Services, Cisco's Service Advertisement Framework. */
function addServices(d: Dissection): void {
  for (let first = true; d.remaining > 0; first = false) {
    const service = d.peek16();
    const sub = d.peek16(2);
    if (d.labels) {
      d.appendParent(`${first ? "=" : ","} ${service}:${sub}`);
      d.openText(d.pos, d.remaining, `SAF Service = ${nameOf(f.safService.names, service) ?? ""}`);
    }
    d.u16(f.safService);
    d.u16(f.safSubservice);
    d.bytes(f.safGuid, GUID);
    while (d.remaining > 0) addServiceData(d);
    if (d.labels) d.close();
  }
}

function addServiceData(d: Dissection): void {
  d.u16(f.safDataType);
  const length = d.u16(f.safDataLength);
  d.openText(d.pos, 22, "Reachability");
  const afi = d.u16(f.safDataReachabilityAfi);
  d.u16(f.safDataReachabilityPort);
  d.u16(f.safDataReachabilityProtocol);
  const at = d.pos;
  if (afi === IPV4) d.ipv4(f.safDataReachabilityAddrIpv4);
  else if (afi === IPV6) d.ipv6(f.safDataReachabilityAddrIpv6);
  else d.bytes(f.safDataReachabilityAddrHex, 16);
  d.pos = at;
  d.skip(16);
  if (d.labels) d.close();
  d.u32(f.safDataSequence);
  d.skip(length);
}
