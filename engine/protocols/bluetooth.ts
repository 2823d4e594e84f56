/**
 * Bluetooth between host and controller: Bluetooth Core Specification 5.3, volume 4 part A (the H4 transport) and
 * part E (commands, events, data packets).
 */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import { CONVERSATION_BLUETOOTH } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { double, type Field, frameNum, joined, nameOf, none, u8, u16 } from "../dissect/field.ts";
import { DissectorTable, protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { bluetoothDirection } from "./bluetooth-link.ts";
import {
  COMMAND_PARAMETERS,
  COMPLETE_PARAMETERS,
  commandFields,
  EVENT_PARAMETERS,
  eventFields,
  LE_PARAMETERS,
  type Parameter,
} from "./bluetooth-parameters.ts";
import { bthciAcl, learnEvent } from "./bthci-acl.ts";
import { btle, btleRf } from "./btle.ts";
import { data } from "./data.ts";
import { COMMAND_GROUPS, COMMANDS, EVENTS, LE_EVENTS, STATUS } from "./names/bluetooth.ts";

const h = {
  direction: u8("hci_h4.direction", "Direction", { base: "HEX", names: { 0: "Sent", 1: "Rcvd" } }),
  type: u8("hci_h4.type", "HCI Packet Type", {
    base: "HEX",
    names: { 1: "HCI Command", 2: "ACL Data", 3: "SCO Data", 4: "HCI Event", 5: "ISO Data" },
  }),
};

/** Other ways of the packets between host and controller into captures, by their link type. */
export const bluetoothTransports = new DissectorTable("bluetooth.encap", "Bluetooth Encapsulation");

/** The layer around all: only the addresses, which are those of host and controller. */
export const bluetooth = protocol({
  name: "bluetooth",
  title: "Bluetooth",
  short: "Bluetooth",
  on: [[linkTypes, 187, 201, 251, 254, 256]],
  dissect: dissectRoot,
});

export const hciH4 = protocol({
  name: "hci_h4",
  title: "Bluetooth HCI H4",
  short: "HCI H4",
  fields: h,
  dissect: dissectH4,
});

const HOST = new TextEncoder().encode("host");
const CONTROLLER = new TextEncoder().encode("controller");
const WITH_DIRECTION = 201;
const MONITOR = 254;

const LOW_ENERGY = 251;
const LOW_ENERGY_RF = 256;

function dissectRoot(d: Dissection): void {
  if (d.linkType === LOW_ENERGY || d.linkType === LOW_ENERGY_RF) {
    d.call(d.linkType === LOW_ENERGY ? btle : btleRf);
    return;
  }
  bluetoothDirection.serial = d.serial;
  bluetoothDirection.sent = true;
  bluetoothDirection.handle = -1;
  if (d.linkType === WITH_DIRECTION) {
    // The four bytes in front are no part of the packet: 0 for sent, 1 for received.
    bluetoothDirection.sent = (d.peek32() & 1) === 0;
    d.pos += 4;
  } else if (d.linkType === MONITOR) {
    // Likewise two numbers, the adapter's and that of what it did; those of the host are even.
    bluetoothDirection.sent = (d.peek32() & 1) === 0;
    d.pos += 4;
  } else bluetoothDirection.sent = d.peek8() === COMMAND;
  const { sent } = bluetoothDirection;
  d.setSource(ADDRESS_TEXT, sent ? HOST : CONTROLLER, 0, (sent ? HOST : CONTROLLER).length);
  d.setDestination(ADDRESS_TEXT, sent ? CONTROLLER : HOST, 0, (sent ? CONTROLLER : HOST).length);
  d.converse(CONVERSATION_BLUETOOTH, 0, 0);
  d.call(bluetoothTransports.get(d.linkType) ?? hciH4);
}

const COMMAND = 1;
const ACL = 2;
const SCO = 3;
const EVENT = 4;
const ISO = 5;

function dissectH4(d: Dissection): void {
  const at = d.pos;
  const type = d.peek8();
  const { sent } = bluetoothDirection;
  d.generated(h.direction, at, 0, sent ? 0 : 1);
  d.u8(h.type);
  if (d.columns) d.setInfo(sent ? "Sent " : "Rcvd ");
  switch (type) {
    case COMMAND:
      d.call(bthciCommand);
      break;
    case ACL:
      d.call(bthciAcl);
      break;
    case SCO:
      d.call(bthciSco);
      break;
    case EVENT:
      d.call(bthciEvent);
      break;
    case ISO:
      d.call(bthciIso);
      break;
    default:
      if (d.columns) d.addInfo(`Unknown HCI packet type 0x${type.toString(16).padStart(2, "0")}`);
      if (d.remaining > 0) d.call(data);
  }
}

// ------------------------------------------------------------------ commands, volume 4 part E section 7

const c = {
  opcode: u16("bthci_cmd.opcode", "Command Opcode", { base: "HEX", names: COMMANDS }),
  group: u16("bthci_cmd.opcode.ogf", "Opcode Group Field", {
    base: "HEX",
    mask: 0xfc00,
    names: COMMAND_GROUPS,
  }),
  command: u16("bthci_cmd.opcode.ocf", "Opcode Command Field", { base: "HEX", mask: 0x3ff }),
  length: u8("bthci_cmd.param_length", "Parameter Total Length"),
  parameter: none("bthci_cmd.parameter", "Command Parameters"),
  response: frameNum("bthci_cmd.response_in_frame", "Response in frame"),
  delta: double("bthci_cmd.command_response_delta", "Command-Response Delta"),
};

const parametersOf = (fields: Readonly<Record<string, Field>>): Record<string, Field> =>
  Object.fromEntries(Object.entries(fields).map(([key, field]) => [`parameter ${key}`, field]));

export const bthciCommand = protocol({
  name: "bthci_cmd",
  title: "Bluetooth HCI Command",
  short: "HCI_CMD",
  fields: joined(c, parametersOf(commandFields)),
  dissect: dissectCommand,
});

/** A command that waits for its completion, kept for its frame and for those of its events. */
interface Command {
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  answer: number;
  delta: number;
  /** The event that said it is being worked on, and milliseconds from the command to it; 0 for none. */
  pending: number;
  pendingDelta: number;
}
const makeOpen = (): Map<number, Command> => new Map();

const commandName = (opcode: number): string =>
  COMMANDS[opcode] ?? `Unknown 0x${opcode.toString(16).padStart(4, "0")}`;

function dissectCommand(d: Dissection): void {
  const at = d.pos;
  const opcode = d.peek16le();
  d.bitsetLe(c.opcode, 2, [c.group, c.command]);
  if (d.labels) {
    d.relabelLayer(`Bluetooth HCI Command - ${commandName(opcode)}`);
    const line = d.last?.children?.[1];
    if (line) line.label = ocfLabel(opcode);
  }
  if (d.columns) d.addInfo(commandName(opcode));
  const length = d.u8(c.length);
  if (length > d.wireRemaining) d.overrun();
  d.limit(length);
  const kept = keepCommand(d, opcode);
  const start = d.pos;
  for (const parameter of COMMAND_PARAMETERS[opcode] ?? []) if (d.remaining > 0) parameter(d);
  if (d.pos === start && d.remaining > 0) d.add(c.parameter, d.pos, d.remaining, null);
  d.pos = d.end;
  if (kept === undefined || kept.answer === 0) return;
  d.generated(c.response, at, 0, kept.answer);
  d.generated(c.delta, at, 0, kept.delta);
}

function ocfLabel(opcode: number): string {
  const bits = (opcode & 0x3ff).toString(2).padStart(10, "0");
  const pattern = `.... ..${bits.slice(0, 2)} ${bits.slice(2, 6)} ${bits.slice(6)}`;
  const name = COMMANDS[opcode] ?? "Unknown";
  return `${pattern} = Opcode Command Field: ${name} (0x${(opcode & 0x3ff).toString(16).padStart(3, "0")})`;
}

const KEY_COMMAND = 0;

function keepCommand(d: Dissection, opcode: number): Command | undefined {
  if (!d.first) return d.recall<Command>(bthciCommand, KEY_COMMAND);
  if (d.conversation === null) return undefined;
  const kept: Command = {
    frame: d.frame,
    sec: d.sec,
    nsec: d.nsec,
    answer: 0,
    delta: 0,
    pending: 0,
    pendingDelta: 0,
  };
  d.conversation.state(bthciCommand, makeOpen).set(opcode, kept);
  d.remember(bthciCommand, KEY_COMMAND, kept);
  return kept;
}

// ------------------------------------------------------------------ events, volume 4 part E section 7.7

const e = {
  code: u8("bthci_evt.code", "Event Code", { base: "HEX", names: EVENTS }),
  length: u8("bthci_evt.param_length", "Parameter Total Length"),
  commands: u8("bthci_evt.num_command_packets", "Number of Allowed Command Packets"),
  opcode: u16("bthci_evt.opcode", "Command Opcode", { base: "HEX", names: COMMANDS }),
  group: u16("bthci_evt.opcode.ogf", "Opcode Group Field", {
    base: "HEX",
    mask: 0xfc00,
    names: COMMAND_GROUPS,
  }),
  command: u16("bthci_evt.opcode.ocf", "Opcode Command Field", { base: "HEX", mask: 0x3ff }),
  status: u8("bthci_evt.status", "Status", { base: "HEX", names: STATUS }),
  statusPending: u8("bthci_evt.status", "Status", { base: "HEX", names: { ...STATUS, 0: "Pending" } }),
  handle: u16("bthci_evt.connection_handle", "Connection Handle", { base: "HEX" }),
  handles: u8("bthci_evt.num_handles", "Number of Connection Handles"),
  completed: u16("bthci_evt.num_compl_packets", "Number of Completed Packets"),
  subevent: u8("bthci_evt.le_meta_subevent", "Sub Event", { base: "HEX", names: LE_EVENTS }),
  commandIn: frameNum("bthci_evt.command_in_frame", "Command in frame"),
  delta: double("bthci_evt.command_response_delta", "Command-Response Delta"),
  pendingIn: frameNum("bthci_evt.pending_in_frame", "Pending in frame"),
  pendingDelta: double("bthci_evt.command_pending_delta", "Command-Pending Delta"),
  pendingResponse: double("bthci_evt.pending_response_delta", "Pending-Response Delta"),
};

export const bthciEvent = protocol({
  name: "bthci_evt",
  title: "Bluetooth HCI Event",
  short: "HCI_EVT",
  fields: joined(e, parametersOf(eventFields)),
  dissect: dissectEvent,
});

const COMMAND_COMPLETE = 0x0e;
const COMMAND_STATUS = 0x0f;
const LE_META = 0x3e;

const COMPLETED_PACKETS = 0x13;

function completedPackets(d: Dissection): void {
  const count = d.u8(e.handles);
  for (let i = 0; i < count && d.remaining >= 4; i++) {
    d.u16le(e.handle);
    d.u16le(e.completed);
  }
}

function dissectEvent(d: Dissection): void {
  const at = d.pos;
  const code = d.u8(e.code);
  const name = nameOf(EVENTS, code) ?? "Unknown";
  if (d.labels) d.relabelLayer(`Bluetooth HCI Event - ${name}`);
  if (d.columns) d.addInfo(name);
  const length = d.u8(e.length);
  if (length > d.wireRemaining) d.overrun();
  d.limit(length);
  learnEvent(d, code);
  if (code === COMMAND_COMPLETE) dissectComplete(d, at);
  else if (code === COMMAND_STATUS) dissectStatus(d, at);
  else if (code === LE_META) {
    const subevent = d.u8(e.subevent);
    if (d.columns) d.addInfo(` (${nameOf(LE_EVENTS, subevent) ?? "Unknown"})`);
    take(d, LE_PARAMETERS[subevent]);
    endCommand(d, at, 256 + subevent);
  } else if (code === COMPLETED_PACKETS) completedPackets(d);
  else {
    take(d, EVENT_PARAMETERS[code]);
    endCommand(d, at, code);
  }
  d.pos = d.end;
}

function take(d: Dissection, parameters: readonly Parameter[] | undefined): void {
  for (const parameter of parameters ?? []) if (d.remaining > 0) parameter(d);
}

/** The opcode of the command an event answers to. */
function addOpcode(d: Dissection): number {
  const opcode = d.bitsetLe(e.opcode, 2, [e.group, e.command]);
  const line = d.labels ? d.last?.children?.[1] : undefined;
  if (line) line.label = ocfLabel(opcode);
  if (d.columns && opcode !== 0) d.addInfo(` (${commandName(opcode)})`);
  return opcode;
}

function dissectComplete(d: Dissection, at: number): void {
  d.u8(e.commands);
  const opcode = addOpcode(d);
  if (d.remaining > 0) {
    d.u8(e.status);
    take(d, COMPLETE_PARAMETERS[opcode]);
  }
  addCommand(d, at, opcode);
}

function dissectStatus(d: Dissection, at: number): void {
  const status = d.u8(e.statusPending);
  d.u8(e.commands);
  const opcode = addOpcode(d);
  if (status !== 0) addCommand(d, at, opcode);
  else addPending(d, at, opcode);
}

const millisecondsSince = (d: Dissection, command: Command): number =>
  ((d.sec - command.sec) * 1e9 + d.nsec - command.nsec) / 1e6;

function addPending(d: Dissection, at: number, opcode: number): void {
  let found: Command | undefined;
  if (d.first) {
    found = d.conversation?.state(bthciCommand, makeOpen).get(opcode);
    if (found === undefined) return;
    found.pending = d.frame;
    found.pendingDelta = millisecondsSince(d, found);
    d.remember(bthciEvent, KEY_COMMAND, found);
  } else found = d.recall<Command>(bthciEvent, KEY_COMMAND);
  if (found === undefined) return;
  d.generated(e.commandIn, at, 0, found.frame);
  d.generated(e.pendingDelta, at, 0, found.pendingDelta);
}

function addCommand(d: Dissection, at: number, opcode: number): void {
  let found: Command | undefined;
  if (d.first) {
    const open = d.conversation?.state(bthciCommand, makeOpen);
    found = open?.get(opcode);
    if (found === undefined || open === undefined) return;
    open.delete(opcode);
    found.answer = d.frame;
    found.delta = millisecondsSince(d, found);
    d.remember(bthciEvent, KEY_COMMAND, found);
  } else found = d.recall<Command>(bthciEvent, KEY_COMMAND);
  if (found === undefined) return;
  d.generated(e.commandIn, at, 0, found.frame);
  if (found.pending > 0) {
    d.generated(e.pendingIn, at, 0, found.pending);
    d.generated(e.pendingResponse, at, 0, found.delta - found.pendingDelta);
  }
  d.generated(e.delta, at, 0, found.delta);
}

/** The commands whose work an event ends; of LE meta events by 256 and the subevent. */
const ENDS: Readonly<Record<number, readonly number[]>> = {
  1: [0x0401],
  3: [0x0405, 0x0409],
  5: [0x0406],
  6: [0x0411],
  7: [0x0419],
  8: [0x0413],
  11: [0x041b],
  12: [0x041d],
  13: [0x0807],
  18: [0x080b],
  20: [0x0801, 0x0803, 0x0804, 0x0805, 0x0806],
  28: [0x041f],
  35: [0x041c],
  257: [0x200d, 0x2043],
  259: [0x2013],
  260: [0x2016],
  266: [0x200d, 0x2043],
};

/** Links an event with the command that it ends, which a status event had announced. */
function endCommand(d: Dissection, at: number, event: number): void {
  const opcodes = ENDS[event];
  if (opcodes === undefined) return;
  const open = d.first ? d.conversation?.state(bthciCommand, makeOpen) : undefined;
  const opcode = opcodes.find((one) => (open?.get(one)?.pending ?? 0) > 0);
  if (!d.first || opcode !== undefined) addCommand(d, at, opcode ?? 0);
}

// ------------------------------------------------------------------ data packets, volume 4 part E section 5.4

const PACKET_STATUS: Readonly<Record<number, string>> = {
  0: "Correctly Received Data",
  1: "Possibly Invalid Data",
  2: "No Data Received",
  3: "Data Partially Lost",
};
const s = {
  reserved: u16("bthci_sco.reserved", "Reserved", { base: "HEX", mask: 0xc000 }),
  status: u16("bthci_sco.packet_status", "Packet Status", {
    base: "HEX",
    mask: 0x3000,
    names: PACKET_STATUS,
  }),
  handle: u16("bthci_sco.chandle", "Connection Handle", { base: "HEX", mask: 0x0fff }),
  length: u8("bthci_sco.length", "Data Total Length"),
  data: none("bthci_sco.data", "Data"),
};

export const bthciSco = protocol({
  name: "bthci_sco",
  title: "Bluetooth HCI SCO Packet",
  short: "HCI_SCO",
  fields: s,
  dissect: (d) => {
    d.bitsLe(s.reserved, d.pos, 2);
    const status = d.bitsLe(s.status, d.pos, 2);
    d.bitsLe(s.handle, d.pos, 2);
    if (d.columns) d.addInfo(`SCO - ${PACKET_STATUS[status]}`);
    d.pos += 2;
    d.u8(s.length);
    if (d.building && d.remaining > 0) d.add(s.data, d.pos, d.remaining, null);
    d.pos = d.end;
  },
});

const i = {
  handle: u16("bthci_iso.chandle", "Connection Handle", { base: "HEX", mask: 0x0fff }),
  pb: u16("bthci_iso.pb_flag", "PB Flag", {
    base: "HEX",
    mask: 0x3000,
    names: {
      0: "First SDU Fragment",
      1: "Continuation SDU Fragment",
      2: "Complete SDU",
      3: "Last SDU Fragment",
    },
  }),
  timestamp: u16("bthci_iso.ts_flag", "Timestamp present", { mask: 0x4000 }),
  length: u16("bthci_iso.length", "Data Length", { mask: 0x3fff }),
};

export const bthciIso = protocol({
  name: "bthci_iso",
  title: "Bluetooth HCI ISO Packet",
  short: "HCI_ISO",
  fields: i,
  dissect: (d) => {
    d.bitsLe(i.handle, d.pos, 2);
    d.bitsLe(i.pb, d.pos, 2);
    const stamped = d.bitsLe(i.timestamp, d.pos, 2);
    if (d.labels)
      d.relabel(`.${stamped}.. .... .... .... = Timestamp present: ${stamped ? "True" : "False"}`);
    d.pos += 2;
    d.bitsLe(i.length, d.pos, 2);
    d.pos = d.end;
  },
});
