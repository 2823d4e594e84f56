/**
 * Internet Group Management Protocol: version 1 RFC 1112 (and the older RFC 988), version 2 RFC 2236, version 3
 * RFC 3376; multicast traceroute, draft-ietf-idmr-traceroute-ipm.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, ipv4, u8, u16, u24, u32 } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { igmpTypes, ipProtocols } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";
import { addSumChecksum, checksumStatusText } from "./checksum.ts";
import { igap } from "./igap.ts";
import { rgmp } from "./rgmp.ts";

const TYPES: Readonly<Record<number, string>> = {
  1: "Create Group Request",
  2: "Create Group Reply",
  3: "Join Group Request",
  4: "Join Group Reply",
  5: "Leave Group Request",
  6: "Leave Group Reply",
  7: "Confirm Group Request",
  8: "Confirm Group Reply",
  17: "Membership Query",
  18: "Membership Report",
  19: "DVMRP Protocol",
  20: "PIM Routing Message",
  22: "Membership Report",
  23: "Leave Group",
  30: "Traceroute Response",
  31: "Traceroute Query or Request",
  34: "Membership Report",
};

const RECORD_TYPES: Readonly<Record<number, string>> = {
  1: "Mode Is Include",
  2: "Mode Is Exclude",
  3: "Change To Include Mode",
  4: "Change To Exclude Mode",
  5: "Allow New Sources",
  6: "Block Old Sources",
};

const TRACE_ROUTING: Readonly<Record<number, string>> = {
  1: "DVMRP",
  2: "MOSPF",
  3: "PIM",
  4: "CBT",
  5: "PIM using special routing table",
  6: "PIM using a static route",
  7: "DVMRP using a static route",
  8: "PIM using MBGP (aka BGP4+) route",
  9: "CBT using special routing table",
  10: "CBT using a static route",
  11: "PIM using state created by Assert processing",
};

const TRACE_CODES: Readonly<Record<number, string>> = {
  0: "NO_ERROR",
  1: "WRONG_IF",
  2: "PRUNE_SENT",
  3: "PRUNE_RCVD",
  4: "SCOPED",
  5: "NO_ROUTE",
  6: "WRONG_LAST_HOP",
  7: "NOT_FORWARDING",
  8: "REACHED_RP",
  9: "RPF_IF",
  10: "NO_MULTICAST",
  11: "INFO_HIDDEN",
  129: "NO_SPACE",
  130: "OLD_ROUTER",
  131: "ADMIN_PROHIB",
};

const f = {
  type: u8("igmp.type", "Type", { base: "HEX", names: TYPES }),
  reserved: bytes("igmp.reserved", "Reserved"),
  version: u8("igmp.version", "IGMP Version"),
  groupType: u8("igmp.group_type", "Type Of Group", { names: { 0: "Public Group", 1: "Private Group" } }),
  reply: u8("igmp.reply", "Reply", {
    names: {
      0: "Request Granted",
      1: "Request Denied, No Resources",
      2: "Request Denied, Invalid Code",
      3: "Request Denied, Invalid Group",
      4: "Request Denied, Invalid Key",
    },
  }),
  checksum: u16("igmp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("igmp.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  identifier: u32("igmp.identifier", "Identifier"),
  accessKey: bytes("igmp.access_key", "Access Key"),
  maxResponse: u8("igmp.max_resp", "Max Resp Time"),
  exponent: u8("igmp.max_resp.exp", "Exponent", { base: "HEX", mask: 0x70 }),
  mantissa: u8("igmp.max_resp.mant", "Mantissa", { base: "HEX", mask: 0x0f }),
  suppress: bool("igmp.s", "S", {
    mask: 0x08,
    tf: ["SUPPRESS router side processing", "Do not suppress router side processing"],
  }),
  robustness: u8("igmp.qrv", "QRV", { mask: 0x07 }),
  interval: u8("igmp.qqic", "QQIC"),
  sources: u16("igmp.num_src", "Num Src"),
  source: ipv4("igmp.saddr", "Source Address"),
  records: u16("igmp.num_grp_recs", "Num Group Records"),
  recordType: u8("igmp.record_type", "Record Type", { names: RECORD_TYPES }),
  auxLength: u8("igmp.aux_data_len", "Aux Data Len"),
  group: ipv4("igmp.maddr", "Multicast Address"),
  auxData: bytes("igmp.aux_data", "Aux Data"),
  data: bytes("igmp.data", "Data"),
  hops: u8("igmp.mtrace.max_hops", "# hops"),
  traceSource: ipv4("igmp.mtrace.saddr", "Source Address"),
  traceReceiver: ipv4("igmp.mtrace.raddr", "Receiver Address"),
  traceResponse: ipv4("igmp.mtrace.rspaddr", "Response Address"),
  traceTtl: u8("igmp.mtrace.resp_ttl", "Response TTL"),
  traceId: u24("igmp.mtrace.q_id", "Query ID"),
  replyPending: u8("igmp.reply.pending", "Reply Pending"),
  arrival: u32("igmp.mtrace.q_arrival", "Query Arrival"),
  inAddress: ipv4("igmp.mtrace.q_inaddr", "In itf addr"),
  outAddress: ipv4("igmp.mtrace.q_outaddr", "Out itf addr"),
  previousRouter: ipv4("igmp.mtrace.q_prevrtr", "Previous rtr addr"),
  inPackets: u32("igmp.mtrace.q_inpkt", "In pkts"),
  outPackets: u32("igmp.mtrace.q_outpkt", "Out pkts"),
  totalPackets: u32("igmp.mtrace.q_total", "S,G pkt count"),
  routing: u8("igmp.mtrace.q_rtg_proto", "Rtg Protocol", { names: TRACE_ROUTING }),
  forwardTtl: u8("igmp.mtrace.q_fwd_ttl", "FwdTTL"),
  mustBeZero: u8("igmp.mtrace.q_mbz", "MBZ", { base: "HEX", mask: 0x80 }),
  statistics: u8("igmp.mtrace.q_s", "S", { base: "HEX", mask: 0x40 }),
  sourceMask: u8("igmp.mtrace.q_src_mask", "Src Mask", { base: "HEX", mask: 0x3f }),
  forwardCode: u8("igmp.mtrace.q_fwd_code", "Forwarding Code", { base: "HEX", names: TRACE_CODES }),
};

const x = {
  checksum: expert("igmp.bad_checksum", "error", "Checksum", "Bad checksum"),
};

export const igmp = protocol({
  name: "igmp",
  title: "Internet Group Management Protocol",
  short: "IGMP",
  fields: f,
  experts: x,
  on: [[ipProtocols, 2]],
  dissect,
});

const IGAP_FIRST = 0x40;
const IGAP_LAST = 0x42;
const RGMP_FIRST = 0xfc;
const RGMP_GROUP = "224.0.0.25";

/** What is sent as a type of IGMP, told apart by type and group; undefined for what is IGMP itself. */
function carried(d: Dissection): Protocol | undefined {
  const type = d.remaining > 0 ? d.peek8() : 0;
  if (type >= IGAP_FIRST && type <= IGAP_LAST) return igap;
  if (type < RGMP_FIRST) return igmpTypes.get(type);
  const destination = d.memory.addresses.bytes(d.dstId);
  return destination.length === 4 && destination.join(".") === RGMP_GROUP ? rgmp : undefined;
}

const QUERY = 0x11;
const V1_REPORT = 0x12;
const V2_REPORT = 0x16;
const LEAVE = 0x17;
const TRACE_RESPONSE = 0x1e;
const TRACE_QUERY = 0x1f;
const V3_REPORT = 0x22;

function dissect(d: Dissection): void {
  const start = d.pos;
  const type = d.peek8();
  const other = carried(d);
  if (other !== undefined) {
    d.unlist();
    d.call(other);
    return;
  }
  // Types of IGMP's own are a step of the protocol chain, as those of others are.
  if (type in TYPES) d.include(igmp);
  if (type === QUERY) dissectQuery(d, start);
  else if (type === V1_REPORT) dissectVersion1(d, start, type);
  else if (type === V2_REPORT || type === LEAVE) dissectVersion2(d, start, type);
  else if (type === V3_REPORT) dissectReport(d, start);
  else if (type === TRACE_QUERY || type === TRACE_RESPONSE) dissectTrace(d, start, type);
  else if (type >= 1 && type <= 8) dissectVersion0(d, start, type);
  else {
    if (d.columns) d.setInfo(TYPES[type] ?? `Unknown Type:0x${type.toString(16).padStart(2, "0")}`);
    d.u8(f.type);
    if (d.remaining > 0) d.bytes(f.data, d.remaining);
  }
  d.layerEnd(d.end);
}

/** Version, type and columns of a message whose version is known. */
function begin(d: Dissection, start: number, version: number, info: string): void {
  if (d.columns) {
    d.setProtocol(`IGMPv${version}`);
    d.setInfo(info);
  }
  d.add(f.version, start, 0, version, GENERATED);
  d.u8(f.type);
}

function addChecksum(d: Dissection, start: number): void {
  addSumChecksum(d, f.checksum, f.checksumStatus, x.checksum, start);
}

/** Tenths of a second; in version 3 large ones are floating point (RFC 3376 section 4.1.1). */
function addMaxResponse(d: Dissection, version: number): void {
  const code = d.peek8();
  const at = d.pos;
  const isFloat = version === 3 && code >= 0x80;
  const value = isFloat ? ((code & 0x0f) | 0x10) << (((code >> 4) & 7) + 3) : code;
  d.open(f.maxResponse, at, 1, value);
  if (d.labels) {
    d.relabel(`Max Resp Time: ${(value / 10).toFixed(1)} sec (0x${code.toString(16).padStart(2, "0")})`);
  }
  if (isFloat) {
    d.bits(f.exponent, at, 1);
    d.bits(f.mantissa, at, 1);
  }
  d.close();
  d.skip(1);
}

function dissectQuery(d: Dissection, start: number): void {
  const code = d.peek8(1);
  // RFC 3376 section 7.1: the length tells version 3, the response time version 2.
  const version = d.wireRemaining >= 12 ? 3 : code === 0 ? 1 : 2;
  begin(d, start, version, "Membership Query");
  if (version === 1) d.bytes(f.reserved, 1);
  else addMaxResponse(d, version);
  addChecksum(d, start);
  const group = d.ipv4(f.group);
  if (d.columns && version > 1) {
    d.addInfo(group === 0 ? ", general" : `, specific for group ${formatIpv4(group)}`);
  }
  if (version < 3) return;
  d.bits(f.suppress, d.pos, 1);
  d.bits(f.robustness, d.pos, 1);
  d.skip(1);
  d.u8(f.interval);
  const sources = d.u16(f.sources);
  const text = addSources(d, sources);
  if (d.columns && sources > 0) d.addInfo(`, source${sources === 1 ? "" : "s"} {${text}}`);
}

/** Adds `n` source addresses; returns them as text when columns are wanted. */
function addSources(d: Dissection, n: number): string {
  if (!d.building && !d.columns) {
    d.skip(n * 4);
    return "";
  }
  const list: string[] = [];
  for (let i = 0; i < n; i++) list.push(formatIpv4(d.ipv4(f.source)));
  return list.join(", ");
}

function dissectVersion1(d: Dissection, start: number, type: number): void {
  begin(d, start, 1, TYPES[type]);
  d.bytes(f.reserved, 1);
  addChecksum(d, start);
  d.ipv4(f.group);
}

function dissectVersion2(d: Dissection, start: number, type: number): void {
  begin(d, start, 2, TYPES[type]);
  addMaxResponse(d, 2);
  addChecksum(d, start);
  const group = d.ipv4(f.group);
  if (d.columns) d.addInfo(`${type === V2_REPORT ? " group" : ""} ${formatIpv4(group)}`);
}

function dissectReport(d: Dissection, start: number): void {
  begin(d, start, 3, TYPES[V3_REPORT]);
  d.bytes(f.reserved, 1);
  addChecksum(d, start);
  d.bytes(f.reserved, 2);
  const records = d.u16(f.records);
  if (records === 0 && d.columns) d.addInfo(" - General query");
  if (!d.building && !d.columns) return;
  for (let i = 0; i < records; i++) addRecord(d);
}

function addRecord(d: Dissection): void {
  const at = d.pos;
  const type = d.peek8();
  const auxLength = d.peek8(1) * 4;
  const sources = d.peek16(2);
  const group = formatIpv4(d.peek32(4));
  const name = RECORD_TYPES[type] ?? "Unknown";
  d.openText(at, 8 + sources * 4 + auxLength, `Group Record : ${group}  ${name}`);
  d.u8(f.recordType);
  d.u8(f.auxLength);
  d.u16(f.sources);
  d.ipv4(f.group);
  const list = addSources(d, sources);
  if (d.columns) d.addInfo(` / ${recordText(type, group, sources, list)}`);
  if (auxLength > 0) d.bytes(f.auxData, auxLength);
  if (d.labels) d.close();
}

function recordText(type: number, group: string, sources: number, list: string): string {
  switch (type) {
    case 1:
    case 3:
      if (sources === 0) return `Leave group ${group}`;
      return `Join group ${group} for ${sources === 1 ? "source" : "sources in"} {${list}}`;
    case 2:
    case 4:
      return sources === 0
        ? `Join group ${group} for any sources`
        : `Join group ${group}, for source not {${list}}`;
    case 5:
      return `Group ${group}, new source {${list}}`;
    case 6:
      return `Group ${group}, block source {${list}}`;
    default:
      return `Group ${group}, unknown record type (?)`;
  }
}

/** RFC 988: odd types are requests, even ones replies. */
function dissectVersion0(d: Dissection, start: number, type: number): void {
  begin(d, start, 0, TYPES[type]);
  if (type === 1) d.u8(f.groupType);
  else if (type % 2 === 0) d.u8(f.reply);
  else d.skip(1);
  addChecksum(d, start);
  d.u32(f.identifier);
  d.ipv4(f.group);
  d.bytes(f.accessKey, 8);
}

const TRACE_HEADER = 24;
const TRACE_BLOCK = 32;

function dissectTrace(d: Dissection, start: number, type: number): void {
  const blocks = Math.max(0, Math.floor((d.wireRemaining - TRACE_HEADER) / TRACE_BLOCK));
  const isQuery = type === TRACE_QUERY && blocks === 0;
  const name =
    type === TRACE_RESPONSE ? "Traceroute Response" : isQuery ? "Traceroute Query" : "Traceroute Request";
  if (d.columns) {
    // One block is what the router asks the next one for.
    const count = type === TRACE_QUERY ? blocks - 1 : blocks;
    d.setInfo(isQuery || count <= 0 ? name : `${name}, ${count} block${count === 1 ? "" : "s"}`);
  }
  d.u8(f.type);
  if (d.labels) d.relabel(`Type: ${name} (0x${type.toString(16)})`);
  d.u8(f.hops);
  addChecksum(d, start);
  d.ipv4(f.group);
  d.ipv4(f.traceSource);
  d.ipv4(f.traceReceiver);
  d.ipv4(f.traceResponse);
  d.u8(f.traceTtl);
  d.u24(f.traceId);
  if (d.building) for (let i = 0; i < blocks; i++) addTraceBlock(d);
}

function addTraceBlock(d: Dissection): void {
  const [from, to] = [formatIpv4(d.peek32(4)), formatIpv4(d.peek32(8))];
  const routing = TRACE_ROUTING[d.peek8(28)] ?? "Unknown";
  const code = TRACE_CODES[d.peek8(31)] ?? "Unknown";
  d.openText(
    d.pos,
    TRACE_BLOCK,
    `Response data block: ${from} -> ${to},  Proto: ${routing},  Forwarding Code: ${code}`,
  );
  d.u32(f.arrival);
  d.ipv4(f.inAddress);
  d.ipv4(f.outAddress);
  d.ipv4(f.previousRouter);
  d.u32(f.inPackets);
  d.u32(f.outPackets);
  d.u32(f.totalPackets);
  d.u8(f.routing);
  d.u8(f.forwardTtl);
  for (const bit of [f.mustBeZero, f.statistics, f.sourceMask]) d.bits(bit, d.pos, 1);
  d.skip(1);
  d.u8(f.forwardCode);
  if (d.labels) d.close();
}
