/** NetBIOS over IPX and its name management, NMPI (Microsoft's NWLink). Layers that stay out of the protocol chain. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ipxNet, u8, u16, YES_NO } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { data } from "./data.ts";
import { addNetbiosName, netbiosNameAt } from "./netbios.ts";

const PACKET_TYPES: Readonly<Record<number, string>> = {
  1: "Find name",
  2: "Name recognized",
  3: "Check name",
  4: "Name in use",
  5: "Deregister name",
  6: "Session data",
  7: "Session end",
  8: "Session end ACK",
  9: "Status query",
  10: "Status response",
  11: "Directed datagram",
};
const OPCODES: Readonly<Record<number, string>> = {
  241: "Claim name",
  242: "Delete name",
  243: "Query name",
  244: "Name found",
  245: "Messenger hangup",
  252: "Mailslot write",
  253: "Find mailslot name",
  254: "Mailslot name found",
};

const n = {
  packetType: u8("nmpi.packettype", "Packet Type", { base: "HEX", names: PACKET_TYPES }),
  nameFlags: u8("nmpi.name_flags", "Name type flag", { base: "HEX" }),
  group: bool("nmpi.name_flags.group", "Name", { mask: 0x80, tf: ["Group name", "Unique name"] }),
  inUse: bool("nmpi.name_flags.in_use", "In use", { mask: 0x40, tf: ["Used", "Not used"] }),
  registered: bool("nmpi.name_flags.registered", "Registered", { mask: 0x04, tf: YES_NO }),
  duplicated: bool("nmpi.name_flags.duplicated", "Duplicated", { mask: 0x02, tf: YES_NO }),
  deregistered: bool("nmpi.name_flags.deregistered", "Deregistered", { mask: 0x01, tf: YES_NO }),
  control: u8("nmpi.conn_control", "Connection control", { base: "HEX" }),
  system: bool("nmpi.conn_control.sys_packet", "Packet", {
    mask: 0x80,
    tf: ["System packet", "Non-system packet"],
  }),
  ack: bool("nmpi.conn_control.ack", "Acknowledgement", { mask: 0x40, tf: ["Required", "Not required"] }),
  attention: bool("nmpi.conn_control.attention", "Attention", { mask: 0x20, tf: YES_NO }),
  endOfMessage: bool("nmpi.conn_control.end_msg", "End of message", { mask: 0x10, tf: YES_NO }),
  resend: bool("nmpi.conn_control.resend", "Resend", { mask: 0x08, tf: YES_NO }),
  source: u16("nmpi.session.src_conn_id", "Source connection ID", { base: "HEX" }),
  destination: u16("nmpi.session.dest_conn_id", "Destination connection ID", { base: "HEX" }),
  sendSequence: u16("nmpi.session.send_seq_number", "Send sequence number"),
  totalLength: u16("nmpi.session.total_data_length", "Total data length"),
  offset: u16("nmpi.session.offset", "Offset"),
  dataLength: u16("nmpi.session.data_length", "Data length"),
  receiveSequence: u16("nmpi.session.recv_seq_number", "Receive sequence number"),
  bytesReceived: u16("nmpi.session.bytes_received", "Bytes received"),
  network: ipxNet("nmpi.ipx_network", "IPX Network"),
  opcode: u8("nmpi.opcode", "Opcode", { base: "HEX", names: OPCODES }),
  nameType: u8("nmpi.name_type", "Name Type", {
    base: "HEX",
    names: { 1: "Machine", 2: "Workgroup", 3: "Browser" },
  }),
  messageId: u16("nmpi.messageid", "Message ID", { base: "HEX" }),
};

export const nbipx = protocol({
  name: "nbipx",
  title: "NetBIOS over IPX",
  short: "NBIPX",
  dissect: (d) => dissectNbipx(d, false),
});

export const nmpi = protocol({
  name: "nmpi",
  title: "Name Management Protocol over IPX",
  short: "NMPI",
  fields: n,
  dissect: dissectNmpi,
});

/** Routers a broadcast has passed, four bytes each. */
const ROUTERS = 8;
const NAME_LENGTH = 16;
const FIND_NAME = 1;
const DEREGISTER_NAME = 5;
const SESSION_DATA = 6;
const SESSION_END_ACK = 8;
const DIRECTED_DATAGRAM = 11;

const NAME_FLAGS = [n.group, n.inUse, n.registered, n.duplicated, n.deregistered] as const;
const CONTROL_BITS = [n.system, n.ack, n.attention, n.endOfMessage, n.resend] as const;

/** Opens the line of a layer that follows IPX without a place in the chain. */
function openLayer(d: Dissection, layer: Protocol): void {
  if (d.columns) {
    d.setProtocol(layer.short);
    d.setInfo("");
  }
  d.openBeside(layer);
}

function closeLayer(d: Dissection, hasPayload: boolean): void {
  if (d.building) d.close(d.pos);
  if (hasPayload && d.remaining > 0) d.call(data);
}

function addRouters(d: Dissection): void {
  for (let i = 0; i < ROUTERS; i++) {
    const network = d.peek32();
    if (network === 0) d.skip(4);
    else {
      d.u32(n.network);
      const text = network.toString(16).padStart(8, "0");
      if (d.labels) d.relabel(`${n.network.title}: ${text.slice(0, 2)} (0x${text.toUpperCase()})`);
    }
  }
}

/** @param broadcast true for IPX's WAN broadcasts, which list the routers they passed */
export function dissectNbipx(d: Dissection, broadcast: boolean): void {
  openLayer(d, nbipx);
  if (broadcast) addRouters(d);
  const type = d.peek8(1);
  const isName = type >= FIND_NAME && type <= DEREGISTER_NAME;
  const isSession = type >= SESSION_DATA && type <= SESSION_END_ACK;
  if (d.columns) d.setInfo(PACKET_TYPES[type] ?? "Unknown");
  if (isName) {
    d.bitset(n.nameFlags, 1, NAME_FLAGS);
    d.u8(n.packetType);
    if (d.columns) d.addInfo(netbiosNameAt(d, d.pos), " ");
    addName(d, "Name");
  } else if (isSession) {
    d.bitset(n.control, 1, CONTROL_BITS);
    d.u8(n.packetType);
    for (const field of SESSION) d.u16le(field);
  } else if (type === DIRECTED_DATAGRAM) {
    d.bitset(n.control, 1, CONTROL_BITS);
    d.u8(n.packetType);
    addName(d, "Receiver's Name");
    addName(d, "Sender's Name");
  } else {
    d.skip(1);
    d.u8(n.packetType);
  }
  closeLayer(d, isSession || type === DIRECTED_DATAGRAM);
}

const SESSION = [
  n.source,
  n.destination,
  n.sendSequence,
  n.totalLength,
  n.offset,
  n.dataLength,
  n.receiveSequence,
  n.bytesReceived,
] as const;

function addName(d: Dissection, title: string): void {
  if (d.building) addNetbiosName(d, d.pos, title);
  d.skip(NAME_LENGTH);
}

const NAME_FOUND = 0xf4;
const HANGUP = 0xf5;
const MAILSLOT_WRITE = 0xfc;
const MAILSLOT_FOUND = 0xfe;

export function dissectNmpi(d: Dissection): void {
  openLayer(d, nmpi);
  addRouters(d);
  const opcode = d.u8(n.opcode);
  d.u8(n.nameType);
  d.u16le(n.messageId);
  if (d.columns) d.setInfo(summary(opcode, netbiosNameAt(d, d.pos)));
  addName(d, "Requested name");
  addName(d, "Source name");
  closeLayer(d, opcode === MAILSLOT_WRITE);
}

function summary(opcode: number, name: string): string {
  switch (opcode) {
    case NAME_FOUND:
      return `Name ${name} found`;
    case HANGUP:
      return `Messenger hangup on ${name}`;
    case MAILSLOT_WRITE:
      return `Mailslot write to ${name}`;
    case MAILSLOT_FOUND:
      return `Mailslot name ${name} found`;
    default:
      return OPCODES[opcode] === undefined
        ? `Unknown NMPI op 0x${opcode.toString(16).padStart(2, "0")}: name ${name}`
        : `${OPCODES[opcode]} ${name}`;
  }
}
