/** NetBIOS Name Service over UDP, RFC 1002 4.2. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  ether,
  expert,
  type Field,
  ipv4,
  nameOf,
  str,
  u8,
  u16,
  u32,
  YES_NO,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatDuration, formatIpv4 } from "../dissect/text.ts";
import { CLASSES } from "./names/dns.ts";
import { kindText, plainName, readName, withoutKind } from "./netbios-name.ts";

const OPCODES = {
  0: "Name query",
  5: "Registration",
  6: "Release",
  7: "Wait for acknowledgment",
  8: "Refresh",
  9: "Refresh (alternate opcode)",
  15: "Multi-homed registration",
} as const;
const RCODES = {
  0: "No error",
  1: "Request was invalidly formatted",
  2: "Server failure",
  3: "Requested name does not exist",
  4: "Request is not implemented",
  5: "Request was refused",
  6: "Name is owned by another node",
  7: "Name is in conflict",
} as const;
const TYPES = {
  32: "NB",
  33: "NBSTAT",
} as const;

/** As Wireshark 4.0 names the node types, from unshifted values: all but the first are unknown to it. */
const NODE_TYPES = { 0: "B-node" } as const;
const NODES = ["B-node", "P-node", "M-node", "H-node"] as const;

const f = {
  flags: u16("nbns.flags", "Flags", { base: "HEX" }),
  flagsResponse: bool("nbns.flags.response", "Response", {
    mask: 0x8000,
    bits: 16,
    tf: ["Message is a response", "Message is a query"],
  }),
  flagsOpcode: u16("nbns.flags.opcode", "Opcode", { mask: 0x7800, names: OPCODES }),
  flagsAuthoritative: bool("nbns.flags.authoritative", "Authoritative", {
    mask: 0x400,
    bits: 16,
    tf: ["Server is an authority for domain", "Server is not an authority for domain"],
  }),
  flagsTruncated: bool("nbns.flags.truncated", "Truncated", {
    mask: 0x200,
    bits: 16,
    tf: ["Message is truncated", "Message is not truncated"],
  }),
  flagsRecdesired: bool("nbns.flags.recdesired", "Recursion desired", {
    mask: 0x100,
    bits: 16,
    tf: ["Do query recursively", "Don't do query recursively"],
  }),
  flagsRecavail: bool("nbns.flags.recavail", "Recursion available", {
    mask: 0x80,
    bits: 16,
    tf: ["Server can do recursive queries", "Server can't do recursive queries"],
  }),
  flagsBroadcast: bool("nbns.flags.broadcast", "Broadcast", {
    mask: 0x10,
    bits: 16,
    tf: ["Broadcast packet", "Not a broadcast packet"],
  }),
  flagsRcode: u16("nbns.flags.rcode", "Reply code", { mask: 0xf, names: RCODES }),
  id: u16("nbns.id", "Transaction ID", { base: "HEX" }),
  countQueries: u16("nbns.count.queries", "Questions"),
  countAnswers: u16("nbns.count.answers", "Answer RRs"),
  countAuthRr: u16("nbns.count.auth_rr", "Authority RRs"),
  countAddRr: u16("nbns.count.add_rr", "Additional RRs"),
  nameFlags: u16("nbns.name_flags", "Name flags", { base: "HEX" }),
  nameFlagsGroup: bool("nbns.name_flags.group", "Name type", {
    mask: 0x8000,
    bits: 16,
    tf: ["Group name", "Unique name"],
  }),
  nameFlagsOnt: u16("nbns.name_flags.ont", "ONT", { mask: 0x6000, names: NODE_TYPES }),
  nameFlagsDrg: bool("nbns.name_flags.drg", "Name is being deregistered", {
    mask: 0x1000,
    bits: 16,
    tf: YES_NO,
  }),
  nameFlagsCnf: bool("nbns.name_flags.cnf", "Name is in conflict", { mask: 0x800, bits: 16, tf: YES_NO }),
  nameFlagsAct: bool("nbns.name_flags.act", "Name is active", { mask: 0x400, bits: 16, tf: YES_NO }),
  nameFlagsPrm: bool("nbns.name_flags.prm", "Permanent node name", { mask: 0x200, bits: 16, tf: YES_NO }),
  nbFlags: u16("nbns.nb_flags", "Name flags", { base: "HEX" }),
  nbFlagsGroup: bool("nbns.nb_flags.group", "Name type", {
    mask: 0x8000,
    bits: 16,
    tf: ["Group name", "Unique name"],
  }),
  nbFlagsOnt: u16("nbns.nb_flags.ont", "ONT", { mask: 0x6000, names: NODE_TYPES }),
  type: u16("nbns.type", "Type", { names: TYPES }),
  class: u16("nbns.class", "Class", { names: CLASSES }),
  name: str("nbns.name", "Name"),
  addr: ipv4("nbns.addr", "Addr"),
  numberOfNames: u8("nbns.number_of_names", "Number of names"),
  unitId: ether("nbns.unit_id", "Unit ID"),
  jumpers: u8("nbns.jumpers", "Jumpers", { base: "HEX" }),
  testResult: u8("nbns.test_result", "Test result", { base: "HEX" }),
  versionNumber: u16("nbns.version_number", "Version number", { base: "HEX" }),
  periodOfStatistics: u16("nbns.period_of_statistics", "Period of statistics", { base: "HEX" }),
  numCrcs: u16("nbns.num_crcs", "Number of CRCs"),
  numAlignmentErrors: u16("nbns.num_alignment_errors", "Number of alignment errors"),
  numCollisions: u16("nbns.num_collisions", "Number of collisions"),
  numSendAborts: u16("nbns.num_send_aborts", "Number of send aborts"),
  numGoodSends: u32("nbns.num_good_sends", "Number of good sends"),
  numGoodReceives: u32("nbns.num_good_receives", "Number of good receives"),
  numretransmits: u16("nbns.numretransmits", "Number of retransmits"),
  numNoResourceConditions: u16("nbns.num_no_resource_conditions", "Number of no resource conditions"),
  numcommandBlocks: u16("nbns.numcommand_blocks", "Number of command blocks"),
  numpendingSessions: u16("nbns.numpending_sessions", "Number of pending sessions"),
  maxNumPendingSessions: u16("nbns.max_num_pending_sessions", "Max number of pending sessions"),
  maxTotalSessionsPossible: u16("nbns.max_total_sessions_possible", "Max total sessions possible"),
  sessionDataPacketSize: u16("nbns.session_data_packet_size", "Session data packet size"),
  data: bytes("nbns.data", "Data"),
  netbiosName: str("nbns.netbios_name", "Name"),
  ttl: u32("nbns.ttl", "Time to live"),
  dataLength: u16("nbns.data_length", "Data length"),
};

const x = { incomplete: expert("nbns.incomplete_entry", "error", "Malformed", "incomplete entry") };

const NB = 32;
const NBSTAT = 33;
const RESPONSE = 0x8000;
const OPCODE_WACK = 7;

export const nbns = protocol({
  name: "nbns",
  title: "NetBIOS Name Service",
  short: "NBNS",
  fields: f,
  experts: x,
  on: [[udpPorts, 137]],
  dissect,
});

const QUERY_FLAGS = [f.flagsResponse, f.flagsOpcode, f.flagsTruncated, f.flagsRecdesired, f.flagsBroadcast];
const RESPONSE_FLAGS = [
  f.flagsResponse,
  f.flagsOpcode,
  f.flagsAuthoritative,
  f.flagsTruncated,
  f.flagsRecdesired,
  f.flagsRecavail,
  f.flagsBroadcast,
  f.flagsRcode,
];

function dissect(d: Dissection): void {
  const message = d.pos;
  const flags = d.peek16(2);
  if (d.columns) d.setInfo(messageInfo(flags));
  d.u16(f.id);
  dissectFlags(d);
  const questions = d.u16(f.countQueries);
  const answers = d.u16(f.countAnswers);
  const authorities = d.u16(f.countAuthRr);
  const additionals = d.u16(f.countAddRr);
  if (!d.building && !d.columns) return;
  const opcode = (flags >> 11) & 15;
  if (questions > 0) {
    d.openText(d.pos, d.remaining, "Queries");
    for (let i = 0; i < questions; i++) dissectQuestion(d, message);
    d.close(d.pos);
  }
  dissectRecords(d, message, "Answers", answers, opcode, true);
  dissectRecords(d, message, "Authoritative nameservers", authorities, opcode, false);
  dissectRecords(d, message, "Additional records", additionals, opcode, false);
}

function messageInfo(flags: number): string {
  const opcode = (flags >> 11) & 15;
  const text = nameOf(OPCODES, opcode) ?? `Unknown operation (${opcode})`;
  if ((flags & RESPONSE) === 0) return text;
  const rcode = flags & 15;
  return `${text} response${rcode === 0 ? "" : `, ${nameOf(RCODES, rcode) ?? "Unknown error"}`}`;
}

function dissectFlags(d: Dissection): void {
  addFlags(d, f.flags, 2, d.peek16() & RESPONSE ? RESPONSE_FLAGS : QUERY_FLAGS);
}

// ---------------------------------------------------------------------- questions and records

const typeName = (type: number): string => nameOf(TYPES, type) ?? "Unknown";

/** Opens a question, whose name's kind is in the line alone, or a record, which has it in the value, too. */
function openRecord(d: Dissection, start: number, name: string, kind: string, isRecord: boolean): void {
  const nameEnd = d.pos;
  const type = d.peek16();
  const label = `${name}: type ${typeName(type)}, class ${nameOf(CLASSES, d.peek16(2)) ?? "Unknown"}`;
  d.openText(start, nameEnd + 4 - start, label);
  d.add(f.name, start, nameEnd - start, isRecord ? name + kind : name);
  if (!isRecord && d.labels) d.append(kind);
  d.u16(f.type);
  d.u16(f.class);
}

function dissectQuestion(d: Dissection, message: number): void {
  const start = d.pos;
  const name = readName(d, message);
  d.peek32();
  if (d.columns) d.addInfo(`${typeName(d.peek16())} ${name}`, " ");
  openRecord(d, start, name, kindText(), false);
  d.close();
}

function dissectRecords(
  d: Dissection,
  message: number,
  title: string,
  count: number,
  opcode: number,
  shown: boolean,
): void {
  if (count === 0) return;
  d.openText(d.pos, d.remaining, title);
  for (let i = 0; i < count; i++) dissectRecord(d, message, opcode, shown);
  d.close(d.pos);
}

function dissectRecord(d: Dissection, message: number, opcode: number, shown: boolean): void {
  const start = d.pos;
  const name = readName(d, message);
  const type = d.peek16();
  const size = d.peek16(8);
  if (d.columns && shown && !(type === NB && opcode === OPCODE_WACK)) d.addInfo(typeName(type), " ");
  openRecord(d, start, name, type === NB ? kindText() : "", true);
  const ttl = d.u32(f.ttl);
  if (d.labels) d.relabel(`${f.ttl.title}: ${formatDuration(ttl)}`);
  d.u16(f.dataLength);
  const end = d.pos + size;
  if (type === NB) dissectAddresses(d, end, opcode, shown);
  else if (type === NBSTAT) dissectStatus(d, end);
  else d.bytes(f.data, size);
  d.pos = end;
  d.close(end);
}

const NB_FLAGS = [f.nbFlagsGroup, f.nbFlagsOnt];

/** RFC 1002 4.2.13: flags and address, again and again; the header's flags in a wait for acknowledgment. */
function dissectAddresses(d: Dissection, end: number, opcode: number, shown: boolean): void {
  let first = true;
  while (d.pos < end) {
    if (opcode === OPCODE_WACK) {
      if (end - d.pos < 2) {
        incomplete(d, end);
        return;
      }
      dissectFlags(d);
      continue;
    }
    if (end - d.pos < 2) {
      incomplete(d, end);
      return;
    }
    const flags = addFlags(d, f.nbFlags, 2, NB_FLAGS);
    if (d.labels) d.append(` (${NODES[(flags >> 13) & 3]}, ${flags & 0x8000 ? "group" : "unique"})`);
    if (end - d.pos < 4) {
      incomplete(d, end);
      return;
    }
    const address = d.ipv4(f.addr);
    if (d.columns && shown && first) d.addInfo(formatIpv4(address), " ");
    first = false;
  }
}

function incomplete(d: Dissection, end: number): void {
  d.text(d.pos, end - d.pos, "incomplete entry");
  d.expert(x.incomplete);
  d.pos = end;
}

const NAME_FLAGS = [
  f.nameFlagsGroup,
  f.nameFlagsOnt,
  f.nameFlagsDrg,
  f.nameFlagsCnf,
  f.nameFlagsAct,
  f.nameFlagsPrm,
];
const STATISTICS: readonly (readonly [Field, number])[] = [
  [f.unitId, 6],
  [f.jumpers, 1],
  [f.testResult, 1],
  [f.versionNumber, 2],
  [f.periodOfStatistics, 2],
  [f.numCrcs, 2],
  [f.numAlignmentErrors, 2],
  [f.numCollisions, 2],
  [f.numSendAborts, 2],
  [f.numGoodSends, 4],
  [f.numGoodReceives, 4],
  [f.numretransmits, 2],
  [f.numNoResourceConditions, 2],
  [f.numcommandBlocks, 2],
  [f.numpendingSessions, 2],
  [f.maxNumPendingSessions, 2],
  [f.maxTotalSessionsPossible, 2],
  [f.sessionDataPacketSize, 2],
];

/** RFC 1002 4.2.18: the names of a node and what its adapter counted. */
function dissectStatus(d: Dissection, end: number): void {
  if (d.pos >= end) {
    incomplete(d, end);
    return;
  }
  const count = d.u8(f.numberOfNames);
  for (let i = 0; i < count; i++) {
    if (end - d.pos < 18) {
      incomplete(d, end);
      return;
    }
    const at = d.pos;
    const name = plainName(Array.from(d.peekBytes(16)));
    d.add(f.netbiosName, at, 16, withoutKind(name));
    if (d.labels) d.relabel(`${f.netbiosName.title}: ${name}${kindText()}`);
    d.skip(16);
    addFlags(d, f.nameFlags, 2, NAME_FLAGS);
  }
  for (const [field, size] of STATISTICS) {
    if (d.pos >= end) return;
    if (end - d.pos < size) {
      incomplete(d, end);
      return;
    }
    if (field === f.unitId) d.ether(field);
    else d.uint(field, size);
  }
}
