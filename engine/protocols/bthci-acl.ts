/**
 * Data packets of a connection between Bluetooth host and controller, and the connections themselves as events and
 * commands tell of them: Bluetooth Core Specification 5.3, volume 4 part E sections 5.4.2 and 7.
 */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { ether, expert, frameNum, i32, none, str, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { formatHex } from "../dissect/text.ts";
import {
  type BluetoothHost,
  type BluetoothSession,
  bluetoothDirection,
  deviceAddress,
  deviceName,
  gather,
  makeBluetoothHost,
  type OpenPdu,
} from "./bluetooth-link.ts";
import { btl2cap } from "./btl2cap.ts";

const PB_FLAGS: Readonly<Record<number, string>> = {
  0: "First Non-automatically Flushable Packet",
  1: "Continuing Fragment",
  2: "First Automatically Flushable Packet",
};
const BC_FLAGS: Readonly<Record<number, string>> = {
  0: "Point-To-Point",
  1: "Active Broadcast",
  2: "Piconet Broadcast",
};
const ROLES: Readonly<Record<number, string>> = { 0: "Unknown", 1: "Master", 2: "Slave" };

const f = {
  handle: u16("bthci_acl.chandle", "Connection Handle", { base: "HEX", mask: 0x0fff }),
  pb: u16("bthci_acl.pb_flag", "PB Flag", { mask: 0x3000, names: PB_FLAGS }),
  bc: u16("bthci_acl.bc_flag", "BC Flag", { mask: 0xc000, names: BC_FLAGS }),
  length: u16("bthci_acl.length", "Data Total Length"),
  data: none("bthci_acl.data", "Data"),
  continuation: frameNum("bthci_acl.continuation_to", "This is a continuation to the PDU in frame"),
  connectIn: frameNum("bthci_acl.connect_in", "Connect in frame"),
  disconnectIn: frameNum("bthci_acl.disconnect_in", "Disconnect in frame"),
  sourceAddress: ether("bthci_acl.src.bd_addr", "Source BD_ADDR"),
  sourceName: str("bthci_acl.src.name", "Source Device Name"),
  sourceRole: u8("bthci_acl.src.role", "Source Role", { names: ROLES }),
  destinationAddress: ether("bthci_acl.dst.bd_addr", "Destination BD_ADDR"),
  destinationName: str("bthci_acl.dst.name", "Destination Device Name"),
  destinationRole: u8("bthci_acl.dst.role", "Destination Role", { names: ROLES }),
  roleIn: frameNum("bthci_acl.last_change_in_frame.role", "Last Role Change in Frame"),
  mode: i32("bthci_acl.mode", "Current Mode", {
    names: { [-1]: "Unknown", 0: "Active Mode", 1: "Hold Mode", 2: "Sniff Mode", 3: "Park Mode" },
  }),
  modeIn: frameNum("bthci_acl.last_change_in_frame.mode", "Last Mode Change in Frame"),
};
const outside = expert(
  "bthci_acl.invalid_session",
  "error",
  "Protocol",
  'Frame is out of any "connection handle" session',
);

export const bthciAcl = protocol({
  name: "bthci_acl",
  title: "Bluetooth HCI ACL Packet",
  short: "HCI_ACL",
  fields: f,
  experts: { outside },
  dissect,
});

const CONTINUING = 1;
const NOBODY = new Uint8Array(6);
const KEY_PARTIES = 0;
const KEY_PDU = 1;
const HEADER = 4;

const hostOf = (d: Dissection): BluetoothHost | undefined =>
  d.conversation?.state(bthciAcl, makeBluetoothHost);

function dissect(d: Dissection): void {
  const at = d.pos;
  const handle = d.bitsLe(f.handle, at, 2);
  const pb = d.bitsLe(f.pb, at, 2);
  d.bitsLe(f.bc, at, 2);
  d.need(HEADER);
  d.pos = at + 2;
  const length = d.u16le(f.length);
  bluetoothDirection.handle = handle;
  d.limit(length);
  const { sent } = bluetoothDirection;
  const isFirst = pb !== CONTINUING;
  const isPart = !isFirst || d.wireRemaining < 4 || d.peek16le() + 4 > d.wireRemaining;
  const pdu = isPart ? pieceOf(d, (handle << 1) | (sent ? 1 : 0), isFirst) : undefined;
  if (pdu !== undefined && !isFirst) d.generated(f.continuation, at, 0, pdu.frame);
  if (d.building && d.remaining > 0) {
    d.add(f.data, d.pos, d.remaining, null);
    if (d.labels && isPart) d.append(" Fragment");
  }
  addParties(d, at, handle);
  if (!isPart) {
    d.layerEnd(d.end);
    d.call(btl2cap);
    return;
  }
  d.pos = d.end;
  if (isFirst) return;
  const bytes = pdu === undefined ? undefined : wholePdu(d, pdu);
  if (bytes !== undefined) {
    d.callOn(btl2cap, "Reassembled BTHCI ACL", bytes);
    return;
  }
  if (d.columns) d.addInfo(pdu === undefined ? "Continuation Fragment" : ` [Continuation to #${pdu.frame}]`);
}

// ------------------------------------------------------------------ pieces

/** The PDU the packet has a piece of; undefined when its beginning is not there. */
function pieceOf(d: Dissection, key: number, isFirst: boolean): OpenPdu | undefined {
  if (!d.first) return d.recall<OpenPdu>(bthciAcl, KEY_PDU);
  const open = hostOf(d)?.open;
  if (open === undefined) return undefined;
  const piece = { frame: d.frame, at: d.offset(d.pos), length: d.remaining };
  let pdu = open.get(key);
  if (isFirst) {
    if (d.wireRemaining < 4) return undefined;
    pdu = { frame: d.frame, pieces: [piece], missing: d.peek16le() + 4 - d.remaining };
    open.set(key, pdu);
  } else if (pdu !== undefined && pdu.missing > 0) {
    pdu.pieces.push(piece);
    pdu.missing -= d.remaining;
    if (pdu.missing <= 0) open.delete(key);
  } else return undefined;
  d.remember(bthciAcl, KEY_PDU, pdu);
  return pdu;
}

/** The PDU's bytes when the present packet brings the last of them. */
function wholePdu(d: Dissection, pdu: OpenPdu): Uint8Array | undefined {
  const last = pdu.pieces[pdu.pieces.length - 1];
  return pdu.missing > 0 || last.frame !== d.frame ? undefined : gather(d, pdu);
}

// ------------------------------------------------------------------ who speaks with whom

/** The two devices as they were known when the frame came. */
interface Parties {
  readonly session: BluetoothSession;
  readonly ownAddress: Uint8Array;
  readonly ownName: string;
  readonly name: string;
  readonly role: number;
  readonly roleFrame: number;
  readonly mode: number;
  readonly modeFrame: number;
}

function partiesOf(d: Dissection, handle: number): Parties | undefined {
  if (!d.first) return d.recall<Parties>(bthciAcl, KEY_PARTIES);
  const host = hostOf(d);
  const session = host?.sessions.get(handle);
  if (host === undefined || session === undefined) return undefined;
  const { role, roleFrame, mode, modeFrame } = session;
  const name = host.names.get(formatHex(session.address, ":")) ?? "";
  const parties = {
    session,
    ownAddress: host.address,
    ownName: host.name,
    name,
    role,
    roleFrame,
    mode,
    modeFrame,
  };
  d.remember(bthciAcl, KEY_PARTIES, parties);
  return parties;
}

const encoder = new TextEncoder();
const partyText = (address: Uint8Array, name: string): Uint8Array =>
  encoder.encode(`${formatHex(address, ":")} (${name})`);

const otherRole = (role: number): number => (role === 0 ? 0 : 3 - role);

/** The addresses; data of a connection whose beginning the capture does not have says nothing of them. */
function addParties(d: Dissection, at: number, handle: number): void {
  const parties = partiesOf(d, handle);
  if (parties === undefined) {
    if (d.building) addNobody(d, at);
    return;
  }
  const { session, ownAddress, ownName, name, role } = parties;
  const { sent } = bluetoothDirection;
  const source = sent ? ownAddress : session.address;
  const destination = sent ? session.address : ownAddress;
  const from = partyText(source, sent ? ownName : name);
  const to = partyText(destination, sent ? name : ownName);
  d.setSource(ADDRESS_TEXT, from, 0, from.length);
  d.setDestination(ADDRESS_TEXT, to, 0, to.length);
  if (!d.building) return;
  d.generated(f.connectIn, at, 0, session.connected);
  if (session.disconnected > 0) d.generated(f.disconnectIn, at, 0, session.disconnected);
  d.generated(f.sourceAddress, at, 0, source);
  d.generated(f.sourceName, at, 0, sent ? ownName : name);
  d.generated(f.sourceRole, at, 0, sent ? role : otherRole(role));
  d.generated(f.destinationAddress, at, 0, destination);
  d.generated(f.destinationName, at, 0, sent ? name : ownName);
  d.generated(f.destinationRole, at, 0, sent ? otherRole(role) : role);
  if (parties.roleFrame > 0) d.generated(f.roleIn, at, 0, parties.roleFrame);
  d.generated(f.mode, at, 0, parties.mode);
  if (parties.modeFrame > 0) d.generated(f.modeIn, at, 0, parties.modeFrame);
}

function addNobody(d: Dissection, at: number): void {
  d.expert(outside);
  d.generated(f.sourceAddress, at, 0, NOBODY);
  d.generated(f.sourceName, at, 0, "");
  d.generated(f.sourceRole, at, 0, 0);
  d.generated(f.destinationAddress, at, 0, NOBODY);
  d.generated(f.destinationName, at, 0, "");
  d.generated(f.destinationRole, at, 0, 0);
  d.generated(f.mode, at, 0, -1);
}

// ------------------------------------------------------------------ what events and commands tell

const CONNECTION_COMPLETE = 0x03;
const DISCONNECTION_COMPLETE = 0x05;
const REMOTE_NAME = 0x07;
const COMMAND_COMPLETE = 0x0e;
const ROLE_CHANGE = 0x12;
const MODE_CHANGE = 0x14;
const LE_META = 0x3e;
const LE_CONNECTION = 0x01;
const LE_ENHANCED_CONNECTION = 0x0a;
const READ_ADDRESS = 0x1009;
const READ_NAME = 0x0c14;

/** Learns from an event of connections; the cursor stands at its parameters. */
export function learnEvent(d: Dissection, code: number): void {
  if (!d.first || d.remaining < 3) return;
  const host = hostOf(d);
  if (host === undefined) return;
  const isOkay = d.peek8() === 0;
  if (code === COMMAND_COMPLETE) learnComplete(d, host);
  else if (code === LE_META) learnLowEnergy(d, host);
  else if (code === CONNECTION_COMPLETE && isOkay && d.remaining >= 9)
    connect(d, host, d.peek16le(1) & 0xfff, deviceAddress(d, 3), 0);
  else if (code === DISCONNECTION_COMPLETE && isOkay) {
    const session = host.sessions.get(d.peek16le(1) & 0xfff);
    if (session !== undefined) session.disconnected = d.frame;
    host.sessions.delete(d.peek16le(1) & 0xfff);
  } else if (code === REMOTE_NAME && isOkay && d.remaining > 7)
    host.names.set(formatHex(deviceAddress(d, 1), ":"), deviceName(d.peekBytes(d.remaining - 7, 7)));
  else if (code === ROLE_CHANGE && isOkay && d.remaining >= 8) learnRole(d, host);
  else if (code === MODE_CHANGE && isOkay && d.remaining >= 4) {
    const session = host.sessions.get(d.peek16le(1) & 0xfff);
    if (session === undefined) return;
    session.mode = d.peek8(3);
    session.modeFrame = d.frame;
  }
}

function connect(
  d: Dissection,
  host: BluetoothHost,
  handle: number,
  address: Uint8Array,
  role: number,
): void {
  host.sessions.set(handle, {
    handle,
    address,
    connected: d.frame,
    disconnected: 0,
    role,
    roleFrame: role === 0 ? 0 : d.frame,
    mode: 0,
    modeFrame: d.frame,
  });
}

function learnComplete(d: Dissection, host: BluetoothHost): void {
  if (d.remaining < 4 || d.peek8(3) !== 0) return;
  const opcode = d.peek16le(1);
  if (opcode === READ_ADDRESS && d.remaining >= 10) host.address = deviceAddress(d, 4);
  else if (opcode === READ_NAME && d.remaining > 4) host.name = deviceName(d.peekBytes(d.remaining - 4, 4));
}

function learnLowEnergy(d: Dissection, host: BluetoothHost): void {
  const subevent = d.peek8();
  if (subevent !== LE_CONNECTION && subevent !== LE_ENHANCED_CONNECTION) return;
  if (d.remaining < 12 || d.peek8(1) !== 0) return;
  connect(d, host, d.peek16le(2) & 0xfff, deviceAddress(d, 6), d.peek8(4) === 0 ? 1 : 2);
}

function learnRole(d: Dissection, host: BluetoothHost): void {
  const address = formatHex(deviceAddress(d, 1), ":");
  for (const session of host.sessions.values()) {
    if (formatHex(session.address, ":") !== address) continue;
    session.role = d.peek8(7) === 0 ? 1 : 2;
    session.roleFrame = d.frame;
  }
}
