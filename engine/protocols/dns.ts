/**
 * Domain Name System, RFC 1035, with what later RFCs added; multicast DNS (RFC 6762) and Link-Local Multicast Name
 * Resolution (RFC 4795), which have its message format.
 */
import { CONVERSATION_TCP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  frameNum,
  i32,
  joined,
  nameOf,
  none,
  relTime,
  SET_NOTSET,
  str,
  u16,
  u32,
} from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { tcpPorts, udpHeuristics, udpPorts } from "../dissect/tables.ts";
import { nameLabels, nameLength, readName } from "./dns-name.ts";
import { dissectRecord, recordExperts, recordFields, typeName } from "./dns-records.ts";
import { CLASSES, DSO_TLVS, OPCODES, RCODES, TYPES } from "./names/dns.ts";
import { dissectPdus } from "./tcp-stream.ts";

const f = {
  length: u16("dns.length", "Length"),
  flags: u16("dns.flags", "Flags", { base: "HEX" }),
  flagsResponse: bool("dns.flags.response", "Response", {
    mask: 0x8000,
    bits: 16,
    tf: ["Message is a response", "Message is a query"],
  }),
  flagsOpcode: u16("dns.flags.opcode", "Opcode", { mask: 0x7800, names: OPCODES }),
  flagsAuthoritative: bool("dns.flags.authoritative", "Authoritative", {
    mask: 0x400,
    bits: 16,
    tf: ["Server is an authority for domain", "Server is not an authority for domain"],
  }),
  flagsConflict: bool("dns.flags.conflict", "Conflict", {
    mask: 0x400,
    bits: 16,
    tf: ["The sender received multiple responses", "None"],
  }),
  flagsConflictResponse: bool("dns.flags.conflict", "Conflict", {
    mask: 0x400,
    bits: 16,
    tf: ["The name is not considered unique", "The name is considered unique"],
  }),
  flagsTruncated: bool("dns.flags.truncated", "Truncated", {
    mask: 0x200,
    bits: 16,
    tf: ["Message is truncated", "Message is not truncated"],
  }),
  flagsRecdesired: bool("dns.flags.recdesired", "Recursion desired", {
    mask: 0x100,
    bits: 16,
    tf: ["Do query recursively", "Don't do query recursively"],
  }),
  flagsTentative: bool("dns.flags.tentative", "Tentative", {
    mask: 0x100,
    bits: 16,
    tf: ["Tentative", "Not tentative"],
  }),
  flagsRecavail: bool("dns.flags.recavail", "Recursion available", {
    mask: 0x80,
    bits: 16,
    tf: ["Server can do recursive queries", "Server can't do recursive queries"],
  }),
  flagsZ: bool("dns.flags.z", "Z", { mask: 0x40, bits: 16, tf: ["reserved - incorrect!", "reserved (0)"] }),
  flagsAuthenticated: bool("dns.flags.authenticated", "Answer authenticated", {
    mask: 0x20,
    bits: 16,
    tf: [
      "Answer/authority portion was authenticated by the server",
      "Answer/authority portion was not authenticated by the server",
    ],
  }),
  flagsAd: bool("dns.flags.authenticated", "AD bit", { mask: 0x20, bits: 16, tf: SET_NOTSET }),
  flagsCheckdisable: bool("dns.flags.checkdisable", "Non-authenticated data", {
    mask: 0x10,
    bits: 16,
    tf: ["Acceptable", "Unacceptable"],
  }),
  flagsRcode: u16("dns.flags.rcode", "Reply code", { mask: 0xf, names: RCODES }),
  id: u16("dns.id", "Transaction ID", { base: "HEX" }),
  qryType: u16("dns.qry.type", "Type", { names: TYPES }),
  qryClass: u16("dns.qry.class", "Class", { base: "HEX", names: CLASSES }),
  qryClassMdns: u16("dns.qry.class", "Class", { base: "HEX", names: CLASSES, mask: 0x7fff }),
  qryQu: bool("dns.qry.qu", '"QU" question', { mask: 0x8000, bits: 16 }),
  qryName: str("dns.qry.name", "Name"),
  qryNameLen: u16("dns.qry.name.len", "Name Length"),
  countLabels: u16("dns.count.labels", "Label Count"),
  countQueries: u16("dns.count.queries", "Questions"),
  countZones: u16("dns.count.zones", "Zones"),
  countAnswers: u16("dns.count.answers", "Answer RRs"),
  countPrerequisites: u16("dns.count.prerequisites", "Prerequisites"),
  countAuthRr: u16("dns.count.auth_rr", "Authority RRs"),
  countUpdates: u16("dns.count.updates", "Updates"),
  responseIn: frameNum("dns.response_in", "Response In"),
  responseTo: frameNum("dns.response_to", "Request In"),
  retransmission: bool("dns.retransmission", "Retransmission"),
  retransmitRequestIn: frameNum("dns.retransmit_request_in", "Retransmitted request. Original request in"),
  retransmitResponseIn: frameNum(
    "dns.retransmit_response_in",
    "Retransmitted response. Original response in",
  ),
  time: relTime("dns.time", "Time"),
  unsolicited: bool("dns.unsolicited", "Unsolicited"),
  countAddRr: u16("dns.count.add_rr", "Additional RRs"),
  extraneousData: bytes("dns.extraneous.data", "Extraneous Data Bytes"),
  extraneousLength: i32("dns.extraneous.length", "Extraneous Data Length"),
  dso: none("dns.dso", "DNS Stateful Operation"),
  dsoTlv: none("dns.dso.tlv", "DSO TLV"),
  dsoTlvType: u16("dns.dso.tlv.type", "Type", { names: DSO_TLVS }),
  dsoTlvLength: u16("dns.dso.tlv.length", "Length"),
  dsoTlvData: bytes("dns.dso.tlv.data", "Data"),
  dsoTlvKeepaliveInactivity: u32("dns.dso.tlv.keepalive.inactivity", "Inactivity Timeout"),
  dsoTlvKeepaliveInterval: u32("dns.dso.tlv.keepalive.interval", "Keepalive Interval"),
  dsoTlvRetrydelayRetrydelay: u32("dns.dso.tlv.retrydelay.retrydelay", "Retry Delay"),
  dsoTlvEncpadPadding: bytes("dns.dso.tlv.encpad.padding", "Padding"),
};

const x = {
  retransmitRequest: expert("dns.retransmit_request", "warning", "Protocol", "DNS query retransmission"),
  retransmitResponse: expert("dns.retransmit_response", "warning", "Protocol", "DNS response retransmission"),
};

const RESPONSE = 0x8000;
const OPCODE_UPDATE = 5;
const OPCODE_DSO = 6;
/** A query with the id of an unanswered one is a new one when that is as old as this, in seconds. */
const RETRANSMISSION_WINDOW = 5;

export const dns = protocol({
  name: "dns",
  title: "Domain Name System",
  short: "DNS",
  fields: joined(f, recordFields),
  experts: { ...x, ...recordExperts },
  on: [
    [udpPorts, 53],
    [tcpPorts, 53, 5353],
  ],
  heuristicOn: [udpHeuristics],
  test: looksLikeMessage,
  dissect: (d) => (d.conversation?.kind === CONVERSATION_TCP ? dissectStream(d) : dissectMessage(d, dns)),
});

export const mdns = protocol({
  name: "mdns",
  title: "Multicast Domain Name System",
  short: "MDNS",
  on: [[udpPorts, 5353]],
  dissect: (d) => dissectMessage(d, mdns),
});

export const llmnr = protocol({
  name: "llmnr",
  title: "Link-local Multicast Name Resolution",
  short: "LLMNR",
  on: [[udpPorts, 5355]],
  dissect: (d) => dissectMessage(d, llmnr),
});

/** True for a standard query with one question, or a response to one, with counts as they occur in practice. */
function looksLikeMessage(d: Dissection): boolean {
  if (d.wireRemaining <= 12) return false;
  const flags = d.peek16(2);
  if ((flags & 0x7800) !== 0) return false;
  const questions = d.peek16(4);
  const answers = d.peek16(6);
  const authorities = d.peek16(8);
  if (d.peek16(10) > 10) return false;
  if (flags & RESPONSE) return questions <= 1 && answers <= 100 && authorities <= 10;
  return questions === 1 && answers === 0 && authorities === 0;
}

function dissectMessage(d: Dissection, own: Protocol, layerStart = d.pos): void {
  const message = d.pos;
  const id = d.peek16();
  const flags = d.peek16(2);
  const response = (flags & RESPONSE) !== 0;
  const opcode = (flags >> 11) & 15;
  if (d.labels) d.relabelLayer(`${own.title} (${response ? "response" : "query"})`);
  if (d.columns) d.setInfo(messageInfo(id, flags));
  const transaction = d.quoted ? undefined : matchTransaction(d, id, response);
  d.u16(f.id);
  if (d.building && transaction !== undefined) addRetransmissionNote(d, transaction, response);
  addFlags(d, own, flags);
  const update = opcode === OPCODE_UPDATE;
  const questions = d.u16(update ? f.countZones : f.countQueries);
  const answers = d.u16(update ? f.countPrerequisites : f.countAnswers);
  const authorities = d.u16(update ? f.countUpdates : f.countAuthRr);
  const additionals = d.u16(f.countAddRr);
  const multicast = own === mdns;
  if (opcode === OPCODE_DSO && questions + answers + authorities + additionals === 0) dissectStateful(d);
  else {
    dissectSection(d, message, update ? "Zone" : "Queries", questions, multicast, dissectQuestion);
    dissectSection(d, message, update ? "Prerequisites" : "Answers", answers, multicast, dissectRecord);
    const third = update ? "Updates" : "Authoritative nameservers";
    dissectSection(d, message, third, authorities, multicast, dissectRecord);
    dissectSection(d, message, "Additional records", additionals, multicast, dissectRecord);
  }
  if (d.building) addTransaction(d, layerStart, transaction, response);
  if (d.remaining > 0) addExtraneous(d);
}

function messageInfo(id: number, flags: number): string {
  const rcode = flags & 15;
  let text = opcodeText(flags);
  if (flags & RESPONSE) text += " response";
  text += ` 0x${id.toString(16).padStart(4, "0")}`;
  return flags & RESPONSE && rcode !== 0 ? `${text} ${rcodeText(rcode)}` : text;
}

const opcodeText = (flags: number): string =>
  nameOf(OPCODES, (flags >> 11) & 15) ?? `Unknown operation (${(flags >> 11) & 15})`;
const rcodeText = (rcode: number): string => nameOf(RCODES, rcode) ?? `Unknown error (${rcode})`;

function addFlags(d: Dissection, own: Protocol, flags: number): void {
  const at = d.pos;
  d.skip(2);
  if (!d.building) return;
  const response = (flags & RESPONSE) !== 0;
  d.open(f.flags, at, 2, flags);
  if (d.labels) {
    d.appendParent(
      ` ${nameOf(OPCODES, (flags >> 11) & 15) ?? "Unknown operation"}${response ? ` response, ${nameOf(RCODES, flags & 15) ?? "Unknown error"}` : ""}`,
    );
  }
  d.bits(f.flagsResponse, at, 2);
  d.bits(f.flagsOpcode, at, 2);
  if (own === llmnr) {
    d.bits(response ? f.flagsConflictResponse : f.flagsConflict, at, 2);
    d.bits(f.flagsTruncated, at, 2);
    d.bits(f.flagsTentative, at, 2);
  } else {
    if (response) d.bits(f.flagsAuthoritative, at, 2);
    d.bits(f.flagsTruncated, at, 2);
    d.bits(f.flagsRecdesired, at, 2);
    if (response) d.bits(f.flagsRecavail, at, 2);
    d.bits(f.flagsZ, at, 2);
    if (response) d.bits(f.flagsAuthenticated, at, 2);
    else if (flags & 0x20) d.bits(f.flagsAd, at, 2);
    d.bits(f.flagsCheckdisable, at, 2);
  }
  if (response) d.bits(f.flagsRcode, at, 2);
  d.close();
}

/** A section of the message: so many questions or records. */
function dissectSection(
  d: Dissection,
  message: number,
  title: string,
  count: number,
  multicast: boolean,
  dissectOne: typeof dissectRecord,
): void {
  if (count === 0) return;
  d.openText(d.pos, d.remaining, title);
  for (let i = 0; i < count; i++) dissectOne(d, message, multicast);
  d.close(d.pos);
}

function dissectQuestion(d: Dissection, message: number, multicast: boolean): void {
  const start = d.pos;
  if (!d.building && !d.columns) {
    readName(d, message, false);
    d.skip(4);
    return;
  }
  const name = readName(d, message, true);
  const length = nameLength;
  const labels = nameLabels;
  const nameSize = d.pos - start;
  const type = d.peek16();
  const wireClass = d.peek16(2);
  let kind = "";
  if (multicast) kind = wireClass & 0x8000 ? ', "QU" question' : ', "QM" question';
  if (d.columns) d.addInfo(`${typeName(type)} ${name}${kind}`, " ");
  if (d.labels) {
    const className = nameOf(CLASSES, multicast ? wireClass & 0x7fff : wireClass) ?? "Unknown";
    d.openText(start, nameSize + 4, `${name}: type ${typeName(type)}, class ${className}${kind}`);
  }
  d.add(f.qryName, start, nameSize, name);
  d.generated(f.qryNameLen, start, nameSize, length);
  d.generated(f.countLabels, start, nameSize, labels);
  d.u16(f.qryType);
  if (multicast) {
    d.bits(f.qryClassMdns, d.pos, 2);
    d.bits(f.qryQu, d.pos, 2);
    d.skip(2);
  } else d.u16(f.qryClass);
  d.close();
}

/** DNS Stateful Operations, RFC 8490 5.4. */
function dissectStateful(d: Dissection): void {
  d.open(f.dso, d.pos, d.remaining);
  while (d.remaining > 0) {
    const type = d.peek16();
    const size = d.peek16(2);
    d.open(f.dsoTlv, d.pos, size + 4);
    if (d.labels) d.appendParent(`: ${nameOf(DSO_TLVS, type) ?? `Unknown (${type})`}`);
    d.u16(f.dsoTlvType);
    d.u16(f.dsoTlvLength);
    const end = d.pos + size;
    if (type === 1 && size === 8) {
      d.u32(f.dsoTlvKeepaliveInactivity);
      d.u32(f.dsoTlvKeepaliveInterval);
    } else if (type === 2 && size === 4) d.u32(f.dsoTlvRetrydelayRetrydelay);
    else if (type === 3) d.bytes(f.dsoTlvEncpadPadding, size);
    else if (size > 0) d.bytes(f.dsoTlvData, size);
    d.pos = end;
    d.close();
  }
  d.close(d.pos);
}

function addExtraneous(d: Dissection): void {
  const length = d.remaining;
  d.openText(d.pos, length, `Extraneous Data (${length} bytes)`);
  d.bytes(f.extraneousData, length);
  d.generated(f.extraneousLength, d.pos - length, length, length);
  d.close();
}

// ---------------------------------------------------------------------- queries and their responses

/** A query and, once it was seen, its response; frame numbers, 0 for none. */
interface Transaction {
  request: number;
  response: number;
  readonly sec: number;
  readonly nsec: number;
}

/** By transaction id, in the order of the frames. */
type Transactions = Map<number, Transaction[]>;
const makeTransactions = (): Transactions => new Map();

/**
 * The transaction of the present message within its conversation: the last query with its id. Learns it when the
 * frame is met for the first time.
 */
function matchTransaction(d: Dissection, id: number, response: boolean): Transaction | undefined {
  if (d.conversation === null) return undefined;
  const known = d.conversation.state(dns, makeTransactions);
  const list = known.get(id);
  let found: Transaction | undefined;
  for (let i = (list?.length ?? 0) - 1; i >= 0 && found === undefined; i--) {
    if (list![i].request <= d.frame) found = list![i];
  }
  if (!d.first) return found;
  if (response) {
    if (found !== undefined && found.response === 0) found.response = d.frame;
    return found;
  }
  if (found !== undefined && found.response === 0 && age(d, found) < RETRANSMISSION_WINDOW * 1e9)
    return found;
  const made: Transaction = { request: d.frame, response: 0, sec: d.sec, nsec: d.nsec };
  if (list === undefined) known.set(id, [made]);
  else list.push(made);
  return made;
}

/** Nanoseconds since the query; exact up to about a hundred days. */
const age = (d: Dissection, query: Transaction): number => (d.sec - query.sec) * 1e9 + (d.nsec - query.nsec);

function addRetransmissionNote(d: Dissection, transaction: Transaction, response: boolean): void {
  if (!response && transaction.request !== d.frame) {
    d.expert(
      x.retransmitRequest,
      `DNS query retransmission. Original request in frame ${transaction.request}`,
    );
  } else if (response && transaction.response !== d.frame) {
    d.expert(
      x.retransmitResponse,
      `DNS response retransmission. Original response in frame ${transaction.response}`,
    );
  }
}

function addTransaction(
  d: Dissection,
  at: number,
  transaction: Transaction | undefined,
  response: boolean,
): void {
  if (!response) {
    if (transaction === undefined) return;
    if (transaction.request !== d.frame) {
      d.generated(f.retransmitRequestIn, at, 0, transaction.request);
      d.generated(f.retransmission, at, 0, 1);
    } else if (transaction.response !== 0) d.generated(f.responseIn, at, 0, transaction.response);
  } else if (transaction === undefined) d.generated(f.unsolicited, at, 0, 1);
  else if (transaction.response !== d.frame) {
    d.generated(f.retransmitResponseIn, at, 0, transaction.response);
    d.generated(f.retransmission, at, 0, 1);
  } else {
    d.generated(f.responseTo, at, 0, transaction.request);
    d.generated(f.time, at, 0, BigInt(age(d, transaction)));
  }
}

// ---------------------------------------------------------------------- over TCP

/** RFC 1035 4.2.2: over TCP each message has its length before it. */
function dissectStream(d: Dissection): void {
  dissectPdus(d, 2, messageLength, dissectStreamMessage);
}

const messageLength = (d: Dissection): number => d.peek16() + 2;

function dissectStreamMessage(d: Dissection): void {
  const start = d.pos;
  d.u16(f.length);
  dissectMessage(d, dns, start);
}
