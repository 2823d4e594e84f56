/** NetBIOS frames over LLC (NetBEUI): IBM LAN Technical Reference SC30-3587, "NetBIOS frames". */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ether, expert, type Field, str, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { llcSaps } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { kindText, NAME_KINDS, plainName } from "./netbios-name.ts";

const COMMANDS: Readonly<Record<number, string>> = {
  0: "Add Group Name Query",
  1: "Add Name Query",
  2: "Name In Conflict",
  3: "Status Query",
  7: "Terminate Trace",
  8: "Datagram",
  9: "Broadcast Datagram",
  10: "Name Query",
  13: "Add Name Response",
  14: "Name Recognized",
  15: "Status Response",
  19: "Terminate Trace",
  20: "Data Ack",
  21: "Data First Middle",
  22: "Data Only Last",
  23: "Session Confirm",
  24: "Session End",
  25: "Session Initialize",
  26: "No Receive",
  27: "Receive Outstanding",
  28: "Receive Continue",
  31: "Session Alive",
};
const UNIQUE_GROUP = { 0: "Unique name", 1: "Group name" } as const;
const LARGEST_FRAMES = {
  0: "516",
  1: "1500",
  2: "2052",
  3: "4472",
  4: "8144",
  5: "11407",
  6: "17800",
  7: "65535",
} as const;
const YES = ["Yes", "No"] as const;

const f = {
  length: u16("netbios.hdr_len", "Length"),
  delimiter: u16("netbios.delimiter", "Delimiter", { base: "HEX" }),
  command: u8("netbios.command", "Command", { base: "HEX", names: COMMANDS }),
  transmit: u16("netbios.xmit_corrl", "Transmit Correlator", { base: "HEX" }),
  response: u16("netbios.resp_corrl", "Response Correlator", { base: "HEX" }),
  callerType: u8("netbios.call_name_type", "Caller's Name Type", { base: "HEX", names: UNIQUE_GROUP }),
  nameKind: u8("netbios.nb_name_type", "NetBIOS Name Type", { base: "HEX", names: NAME_KINDS }),
  name: str("netbios.nb_name", "NetBIOS Name"),
  version: bool("netbios.version", "NetBIOS Version", { mask: 0x01, tf: ["2.00 or higher", "1.xx"] }),
  noReceiveFlags: u8("netbios.no_receive_flags", "Flags", { base: "HEX" }),
  noReceiveNoAck: bool("netbios.no_receive_flags.send_no_ack", "SEND.NO.ACK data received", {
    mask: 0x02,
    tf: ["No", "Yes"],
  }),
  largestFrame: u8("netbios.largest_frame", "Largest Frame", { mask: 0x0e, names: LARGEST_FRAMES }),
  statusBuffer: u16("netbios.status_buffer_len", "Length of status buffer"),
  status: u8("netbios.status", "Status", {
    names: { 0: "Add name not in process", 1: "Add name in process" },
  }),
  nameType: u16("netbios.name_type", "Name type", { names: UNIQUE_GROUP }),
  maxData: u16("netbios.max_data_recv_size", "Maximum data receive size"),
  termination: u16("netbios.termination_indicator", "Termination indicator", {
    base: "HEX",
    names: { 0: "Normal session end", 1: "Abnormal session end" },
  }),
  accepted: u16("netbios.num_data_bytes_accepted", "Number of data bytes accepted"),
  local: u8("netbios.local_session", "Local Session No.", { base: "HEX" }),
  remote: u8("netbios.remote_session", "Remote Session No.", { base: "HEX" }),
  flags: u8("netbios.flags", "Flags", { base: "HEX" }),
  noAck: bool("netbios.flags.send_no_ack", "Handle SEND.NO.ACK", { mask: 0x80, tf: YES }),
  ack: bool("netbios.flags.ack", "Acknowledge", { mask: 0x08, tf: ["Set", "Not set"] }),
  ackWithData: bool("netbios.flags.ack_with_data", "Acknowledge with data", {
    mask: 0x04,
    tf: ["Allowed", "Not Allowed"],
  }),
  ackExpected: bool("netbios.flags.ack_expected", "Acknowledge expected", { mask: 0x02, tf: YES }),
  receiveContinue: bool("netbios.flags.recv_cont_req", "RECEIVE_CONTINUE requested", { mask: 0x01, tf: YES }),
  data2: u16("netbios.data2", "DATA2 value", { base: "HEX" }),
  data2Frame: bool("netbios.data2.frame", "Data length exceeds maximum frame size", {
    mask: 0x8000,
    bits: 16,
    tf: YES,
  }),
  data2User: bool("netbios.data2.user", "Data length exceeds user's buffer", {
    mask: 0x4000,
    bits: 16,
    tf: YES,
  }),
  data2Status: u16("netbios.data2.status", "Status data length", { mask: 0x3fff }),
  senderMac: ether("netbios.datagram_mac", "Sender's MAC Address"),
  broadcastMac: ether("netbios.datagram_bcast_mac", "Sender's Node Address"),
  resync: u16("netbios.resync_indicator", "Re-sync indicator", { base: "HEX" }),
  statusRequest: u8("netbios.status_request", "Status request"),
  localNumber: u8("netbios.local_session_no", "Local Session No.", { base: "HEX" }),
  nameState: u8("netbios.state_of_name", "State of name", { base: "HEX" }),
  statusResponse: u8("netbios.status_response", "Status response"),
};
const x = {
  unknown: expert("netbios.unknown_command_data", "warning", "Undecoded", "Unknown NetBIOS command data"),
};

export const netbios = protocol({
  name: "netbios",
  title: "NetBIOS",
  short: "NetBIOS",
  fields: f,
  experts: x,
  on: [[llcSaps, 0xf0]],
  dissect,
});

const ADD_GROUP_NAME = 0x00;
const ADD_NAME = 0x01;
const NAME_IN_CONFLICT = 0x02;
const STATUS_QUERY = 0x03;
const DATAGRAM = 0x08;
const BROADCAST = 0x09;
const NAME_QUERY = 0x0a;
const ADD_NAME_RESPONSE = 0x0d;
const NAME_RECOGNIZED = 0x0e;
const STATUS_RESPONSE = 0x0f;
const DATA_ACK = 0x14;
const DATA_FIRST_MIDDLE = 0x15;
const DATA_ONLY_LAST = 0x16;
const SESSION_CONFIRM = 0x17;
const SESSION_END = 0x18;
const SESSION_INITIALIZE = 0x19;
const NO_RECEIVE = 0x1a;
const RECEIVE_OUTSTANDING = 0x1b;
const RECEIVE_CONTINUE = 0x1c;
const SESSION_ALIVE = 0x1f;
/** Stands for all commands beyond the known ones. */
const FIRST_UNASSIGNED = 0x21;

// Where the parts of a frame are.
const COMMAND = 4;
const DATA1 = 5;
const DATA2 = 6;
const TRANSMIT = 8;
const RESPONSE = 10;
const REMOTE = 12;
const LOCAL = 13;
const RECEIVER = 12;
const SENDER = 28;
const NAME_LENGTH = 16;

function dissect(d: Dissection): void {
  const start = d.pos;
  const length = d.peek16le();
  const command = Math.min(d.peek8(COMMAND), FIRST_UNASSIGNED);
  const info = summary(d, start, command);
  if (d.columns) d.setInfo(info);
  d.layerEnd(start + length);
  if (d.building) {
    d.u16le(f.length);
    d.append(" bytes");
    d.u16le(f.delimiter);
    if (d.labels) d.relabel("Delimiter: EFFF (NetBIOS)");
    d.skip(1);
    d.add(f.command, d.pos - 1, 1, command);
    addCommand(d, start, command);
  }
  d.pos = start;
  const carries =
    command === DATAGRAM ||
    command === BROADCAST ||
    command === DATA_FIRST_MIDDLE ||
    command === DATA_ONLY_LAST;
  if (!carries) return;
  d.skip(length);
  if (d.remaining > 0) d.call(data);
}

function summary(d: Dissection, start: number, command: number): string {
  const name = COMMANDS[command] ?? "Unknown";
  switch (command) {
    case NAME_QUERY:
      return `${name} for ${netbiosNameAt(d, start + RECEIVER)}`;
    case NAME_RECOGNIZED:
    case ADD_NAME:
    case ADD_GROUP_NAME:
      return `${name} - ${netbiosNameAt(d, start + SENDER)}`;
    default:
      return COMMANDS[command] === undefined ? `Unknown (0x${command.toString(16).padStart(2, "0")})` : name;
  }
}

/** The name of sixteen octets at `at`: `HOST<20>`. */
export function netbiosNameAt(d: Dissection, at: number): string {
  d.needAt(at, NAME_LENGTH);
  return plainName(Array.from(d.buf.subarray(at, at + NAME_LENGTH)));
}

/** Adds a name under a title of its own: the text and, below, its parts. Names below other protocols look the same. */
export function addNetbiosName(d: Dissection, at: number, title: string): void {
  const name = netbiosNameAt(d, at);
  d.openText(at, NAME_LENGTH, `${title}: ${name}${kindText()}`);
  const kind = d.buf[at + NAME_LENGTH - 1];
  const text = name.slice(0, name.lastIndexOf("<"));
  d.add(f.name, at, NAME_LENGTH - 1, text);
  if (d.labels) d.relabel(text);
  d.add(f.nameKind, at + NAME_LENGTH - 1, 1, kind);
  if (d.labels) d.relabel(`0x${kind.toString(16).padStart(2, "0")} (${NAME_KINDS[kind] ?? "Unknown"})`);
  d.close();
}

function at8(d: Dissection, field: Field, at: number): number {
  d.pos = at;
  return d.u8(field);
}
function at16(d: Dissection, field: Field, at: number): number {
  d.pos = at;
  return d.u16le(field);
}

function addCommand(d: Dissection, start: number, command: number): void {
  switch (command) {
    case ADD_GROUP_NAME:
      at16(d, f.response, start + RESPONSE);
      addNetbiosName(d, start + SENDER, "Group name to add");
      return;
    case ADD_NAME:
      at16(d, f.response, start + RESPONSE);
      addNetbiosName(d, start + SENDER, "Name to add");
      return;
    case NAME_IN_CONFLICT:
      addNetbiosName(d, start + RECEIVER, "Name In Conflict");
      addNetbiosName(d, start + SENDER, "Sender's Name");
      return;
    case STATUS_QUERY:
      addStatusQuery(d, start);
      return;
    case DATAGRAM:
      addNetbiosName(d, start + RECEIVER, "Receiver's Name");
      addSender(d, start + SENDER, f.senderMac);
      return;
    case BROADCAST:
      addSender(d, start + SENDER, f.broadcastMac);
      return;
    case NAME_QUERY:
      addNameQuery(d, start);
      return;
    case ADD_NAME_RESPONSE:
      at8(d, f.status, start + DATA1);
      at16(d, f.nameType, start + DATA2);
      at16(d, f.transmit, start + TRANSMIT);
      addNetbiosName(d, start + RECEIVER, "Name to be added");
      addNetbiosName(d, start + SENDER, "Name to be added");
      return;
    case NAME_RECOGNIZED:
      addNameRecognized(d, start);
      return;
    case STATUS_RESPONSE:
      addStatusResponse(d, start);
      return;
    case DATA_ACK:
      at16(d, f.transmit, start + TRANSMIT);
      addSessions(d, start);
      return;
    case DATA_FIRST_MIDDLE:
      addData(d, start, FIRST_MIDDLE_FLAGS, "DATA FIRST MIDDLE");
      return;
    case DATA_ONLY_LAST:
      addData(d, start, ONLY_LAST_FLAGS, "DATA ONLY LAST");
      return;
    case SESSION_CONFIRM:
      addSessionStart(d, start, CONFIRM_FLAGS);
      return;
    case SESSION_INITIALIZE:
      addSessionStart(d, start, INITIALIZE_FLAGS);
      return;
    case SESSION_END:
      at16(d, f.termination, start + DATA2);
      addSessions(d, start);
      return;
    case NO_RECEIVE:
      d.pos = start + DATA1;
      d.bitset(f.noReceiveFlags, 1, NO_RECEIVE_FLAGS);
      at16(d, f.accepted, start + DATA2);
      addSessions(d, start);
      return;
    case RECEIVE_OUTSTANDING:
      at16(d, f.accepted, start + DATA2);
      addSessions(d, start);
      return;
    case RECEIVE_CONTINUE:
      at16(d, f.transmit, start + TRANSMIT);
      addSessions(d, start);
      return;
    case SESSION_ALIVE:
      addSessions(d, start);
      return;
    default:
      if (COMMANDS[command] !== undefined) return;
      d.text(d.pos, d.remaining, "Unknown NetBIOS command data");
      d.expert(x.unknown);
  }
}

const FIRST_MIDDLE_FLAGS = [f.ack, f.ackExpected, f.receiveContinue] as const;
const ONLY_LAST_FLAGS = [f.ack, f.ackWithData, f.ackExpected] as const;
const CONFIRM_FLAGS = [f.noAck, f.version] as const;
const INITIALIZE_FLAGS = [f.noAck, f.largestFrame, f.version] as const;
const NO_RECEIVE_FLAGS = [f.noReceiveNoAck] as const;
const DATA2_BITS = [f.data2Frame, f.data2User, f.data2Status] as const;

function addSessions(d: Dissection, start: number): void {
  at8(d, f.remote, start + REMOTE);
  at8(d, f.local, start + LOCAL);
}

function addData(d: Dissection, start: number, flags: readonly Field[], title: string): void {
  d.pos = start + DATA1;
  d.bitset(f.flags, 1, flags);
  const resync = at16(d, f.resync, start + DATA2);
  if (d.labels && resync === 0) d.relabel("Re-sync indicator: No re-sync");
  else if (d.labels && resync === 1)
    d.relabel(`Re-sync indicator: First '${title}' following 'Receive Outstanding'`);
  at16(d, f.transmit, start + TRANSMIT);
  at16(d, f.response, start + RESPONSE);
  addSessions(d, start);
}

function addSessionStart(d: Dissection, start: number, flags: readonly Field[]): void {
  d.pos = start + DATA1;
  d.bitset(f.flags, 1, flags);
  at16(d, f.maxData, start + DATA2);
  at16(d, f.transmit, start + TRANSMIT);
  at16(d, f.response, start + RESPONSE);
  addSessions(d, start);
}

/** A sender without a name has ten zeros and its address in place of it. */
function addSender(d: Dissection, at: number, mac: Field): void {
  d.needAt(at, NAME_LENGTH);
  for (let i = 0; i < 10; i++) {
    if (d.buf[at + i] !== 0) {
      addNetbiosName(d, at, "Sender's Name");
      return;
    }
  }
  d.pos = at + 10;
  d.ether(mac);
}

function addNameQuery(d: Dissection, start: number): void {
  const session = at8(d, f.localNumber, start + DATA2);
  if (session === 0 && d.labels) d.relabel("Local Session No.: 0 (FIND.NAME request)");
  at8(d, f.callerType, start + DATA2 + 1);
  at16(d, f.response, start + RESPONSE);
  addNetbiosName(d, start + RECEIVER, "Query Name");
  if (session !== 0) addNetbiosName(d, start + SENDER, "Sender's Name");
}

function addNameRecognized(d: Dissection, start: number): void {
  const session = d.buf[start + DATA2];
  if (session === 0 || session === 0xff) {
    at8(d, f.nameState, start + DATA2);
    if (d.labels) d.relabel(`State of name: ${session === 0 ? NO_LISTEN : NO_RESOURCES}`);
  } else at8(d, f.localNumber, start + DATA2);
  at8(d, f.callerType, start + DATA2 + 1);
  at16(d, f.transmit, start + TRANSMIT);
  if (session !== 0 && session !== 0xff) at16(d, f.response, start + RESPONSE);
  addNetbiosName(d, start + RECEIVER, "Receiver's Name");
  if (session !== 0 && session !== 0xff) addNetbiosName(d, start + SENDER, "Sender's Name");
}
const NO_LISTEN = "No LISTEN pending, or FIND.NAME response";
const NO_RESOURCES = "LISTEN pending, but insufficient resources to establish session";

const RECEIVED = "names received so far";

/** `NetBIOS 2.1`: what a status frame says in its first octet. */
function statusText(value: number, names: string): string {
  if (value === 0) return "NetBIOS 1.x or 2.0";
  return value === 1 && names === RECEIVED
    ? "NetBIOS 2.1, initial status request"
    : `NetBIOS 2.1, ${value} ${names}`;
}

function addStatusQuery(d: Dissection, start: number): void {
  const request = at8(d, f.statusRequest, start + DATA1);
  if (d.labels) d.relabel(`Status request: ${statusText(request, RECEIVED)}`);
  at16(d, f.statusBuffer, start + DATA2);
  at16(d, f.response, start + RESPONSE);
  addNetbiosName(d, start + RECEIVER, "Receiver's Name");
  addNetbiosName(d, start + SENDER, "Sender's Name");
}

function addStatusResponse(d: Dissection, start: number): void {
  at8(d, f.callerType, start + DATA2 + 1);
  const response = at8(d, f.statusResponse, start + DATA1);
  if (d.labels) d.relabel(`Status response: ${statusText(response, "names sent so far")}`);
  d.pos = start + DATA2;
  d.bitsetLe(f.data2, 2, DATA2_BITS);
  at16(d, f.transmit, start + TRANSMIT);
  addNetbiosName(d, start + RECEIVER, "Receiver's Name");
  addNetbiosName(d, start + SENDER, "Sender's Name");
}
