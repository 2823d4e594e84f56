/**
 * DECnet phase IV: routing layer 2.0.0 (AA-X435A-TK), network services protocol 4.0 (AA-X439A-TK) and session
 * control 1.0 (AA-K182A-TK). Numbers are little-endian.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, expert, type Field, none, str, u8, u16, YES_NO } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";

const CONTROL_TYPES: Readonly<Record<number, string>> = {
  0: "Initialization message",
  1: "Verification message",
  2: "Hello and test message",
  3: "Level 1 routing message",
  4: "Level 2 routing message",
  5: "Ethernet router hello message",
  6: "Ethernet endnode hello message",
};
const CONTROL_INFO: Readonly<Record<number, string>> = {
  0: "initialization message",
  1: "verification message",
  2: "hello/test message",
  3: "Level 1 routing message",
  4: "Level 2 routing message",
  5: "Ethernet Router Hello  message",
  6: "Endnode Hello message",
};
const NSP_TYPES: Readonly<Record<number, string>> = {
  0: "Data segment continuation",
  4: "Data acknowledgement message",
  8: "NOP",
  16: "Link service message",
  20: "Other data acknowledgement message",
  24: "Connect initiate",
  32: "Beginning of segment message",
  36: "Connect acknowledgement message",
  40: "Connect confirm",
  48: "Interrupt message",
  56: "Disconnect initiate",
  64: "End of segment message",
  72: "Disconnect confirm",
  96: "Begin of segment / End of segment",
  104: "Retransmitted connect initiate",
};
const DISCONNECT_REASONS: Readonly<Record<number, string>> = {
  0: "no error",
  3: "The node is shutting down",
  4: "The destination end user does not exist",
  5: "A connect message contains an invalid end user name",
  6: "Destination end user has insufficient resources",
  7: "Unspecified error",
  8: "A third party has disconnected the link",
  9: "An end user has aborted the logical link",
  32: "The node has insufficient resources",
  33: "Destination end user has insufficient resources",
  34: "Connect request rejected because incorrect RQSTRID or PASSWORD",
  36: "Connect request rejected because of unacceptable ACCOUNT info",
  38: "End user has timed out, aborted or cancelled a connect request",
  43: "Connect request RQSTRID, PASSWORD, ACCOUNT or USRDATA too long",
};
const NODE_TYPES = { 1: "Level 2 router", 2: "Level 1 router", 3: "End node" } as const;
const ROUTER_INFO = {
  ...NODE_TYPES,
  4: "Routing layer verification required",
  8: "Blocking requested",
} as const;
const FLOW = { 0: "no change", 1: "do not send data", 2: "send data", 3: "reserved" } as const;
/** Keyed by the unshifted bits, as Wireshark 4.0 has them: only the first is ever found. */
const SERVICES = {
  0: "none",
  4: "segment request count",
  8: "Session control message request count",
  12: "reserved",
} as const;
const VERSIONS = { 0: "version 3.2", 1: "version 3.1", 2: "version 4.0", 3: "reserved" } as const;

const flag = (name: string, title: string, mask: number): Field =>
  bool(`dec_dna.${name}`, title, { mask, tf: YES_NO });
const f = {
  flags: u8("dec_dna.flags", "Routing flags", { base: "HEX" }),
  control: flag("flags.control", "Control packet", 0x01),
  format: u8("dec_dna.flags.msglen", "Long data packet format", { base: "HEX", mask: 0x06 }),
  returnRequest: flag("flags.RQR", "Return to Sender Request", 0x08),
  returning: flag("flags.RTS", "Packet on return trip", 0x10),
  intraEthernet: flag("flags.intra_eth", "Intra-ethernet packet", 0x20),
  discard: flag("flags.discard", "Discarded packet", 0x40),
  destination: ether("dec_dna.dst.address", "Destination Address"),
  source: ether("dec_dna.src.addr", "Source Address"),
  nextRouter: u8("dec_dna.nl2", "Next level 2 router", { base: "HEX" }),
  serviceClass: u8("dec_dna.svc_cls", "Service class", { base: "HEX" }),
  protocolType: u8("dec_dna.proto_type", "Protocol type", { base: "HEX" }),
  visits: u8("dec_dna.visit_cnt", "Visit count", { base: "HEX" }),
  flow: u8("dec_dna.nsp.flow_control", "Flow control", { base: "HEX", mask: 0x03, names: FLOW }),
  services: u8("dec_dna.nsp.services", "Requested services", { base: "HEX", mask: 0x0c, names: SERVICES }),
  info: u8("dec_dna.nsp.info", "Version info", { base: "HEX", mask: 0x03, names: VERSIONS }),
  dstNode: u16("dec_dna.dst_node", "Destination node", { base: "HEX" }),
  segmentSize: u16("dec_dna.nsp.segsize", "Maximum data segment size"),
  srcNode: u16("dec_dna.src_node", "Source node", { base: "HEX" }),
  segment: u16("dec_dna.nsp.segnum", "Message number", { mask: 0x0fff }),
  delay: bool("dec_dna.nsp.delay", "Delayed ACK allowed", { mask: 0x1000, bits: 16, tf: YES_NO }),
  visited: u8("dec_dna.vst_node", "Nodes visited ty this package"),
  controlType: u8("dec_dna.rt.msg_type", "Routing control message", {
    base: "HEX",
    mask: 0x0e,
    names: CONTROL_TYPES,
  }),
  nspType: u8("dec_dna.nsp.msg_type", "DNA NSP message", { base: "HEX", names: NSP_TYPES }),
  ack: none("dec_dna.ctl.acknum", "Ack/Nak"),
  flowValue: none("dec_dna.nsp.fc_val", "Flow control"),
  routerInfo: u8("dec_dna.ctl.tiinfo", "Routing information", { base: "HEX", names: ROUTER_INFO }),
  helloInfo: u8("dec_dna.ctl.tiinfo", "Routing information", { base: "HEX" }),
  blockSize: u16("dec_dna.ctl.blk_size", "Block size"),
  reason: u16("dec_dna.nsp.disc_reason", "Reason for disconnect", { base: "HEX", names: DISCONNECT_REASONS }),
  version: none("dec_dna.ctl.version", "Version"),
  timer: u16("dec_dna.ctl.timer", "Hello timer(seconds)"),
  reserved: bytes("dec_dna.ctl.reserved", "Reserved"),
  verification: bytes("dec_dna.ctl.fcnval", "Verification message function value"),
  testData: bytes("dec_dna.ctl.test_data", "Test message data"),
  routes: none("dec_dna.ctl.segment", "Segment"),
  checksum: u16("dec_dna.ctl.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("dec_dna.ctl.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    text: (value) => (value === 1 ? "Good" : "Bad"),
  }),
  id: ether("dec_dna.ctl.id", "Transmitting system ID"),
  nodeType: u8("dec_dna.ctl.iinfo.node_type", "Node type", { base: "HEX", mask: 0x03, names: NODE_TYPES }),
  verify: flag("ctl.iinfo.vrf", "Verification required", 0x04),
  rejected: flag("ctl.iinfo.rej", "Rejected", 0x08),
  failed: flag("ctl.iinfo.verf", "Verification failed", 0x10),
  multicast: flag("ctl.iinfo.mta", "Accepts multicast traffic", 0x20),
  blocking: flag("ctl.iinfo.blkreq", "Blocking requested", 0x40),
  priority: u8("dec_dna.ctl.prio", "Routing priority", { base: "HEX" }),
  neighbor: ether("dec_dna.ctl_neighbor", "Neighbor"),
  seed: bytes("dec_dna.ctl.seed", "Verification seed"),
  routers: none("dec_dna.ctl.elist", "List of router states"),
  ethernetName: bytes("dec_dna.ctl.ename", "Ethernet name"),
  routerId: ether("dec_dna.ctl.router_id", "Router ID"),
  routerState: str("dec_dna.ctl.router_state", "Router state"),
  connect: none("dec_dna.sess.conn", "Session connect data"),
  routerPriority: u8("dec_dna.ctl.router_prio", "Router priority", { base: "HEX", mask: 0x7f }),
  group: u16("dec_dna.sess.grp_code", "Session Group code", { base: "HEX" }),
  user: u16("dec_dna.sess.usr_code", "Session User code", { base: "HEX" }),
  dstName: str("dec_dna.sess.dst_name", "Session Destination end user"),
  srcName: str("dec_dna.sess.src_name", "Session Source end user"),
  object: u8("dec_dna.sess.obj_type", "Session Object type", { base: "HEX" }),
  menu: str("dec_dna.sess.menu_ver", "Session Menu version"),
  requestor: str("dec_dna.sess.rqstr_id", "Session Requestor ID"),
};
const x = { checksum: expert("dec_dna.bad_checksum", "error", "Checksum", "Bad checksum") };

export const decnet = protocol({
  name: "dec_dna",
  title: "DEC DNA Routing Protocol",
  short: "DEC_DNA",
  fields: f,
  experts: x,
  contained: true,
  on: [[ethertypes, 0x6003]],
  dissect,
});

const PADDED = 0x80;
const CONTROL = 0x01;
const LONG_FORMAT = 0x04;

const LONG_FLAGS = [f.format, f.returnRequest, f.returning, f.intraEthernet, f.discard] as const;

function dissect(d: Dissection): void {
  if (d.columns) {
    d.setProtocol("DEC DNA");
    d.setInfo("");
  }
  const { end } = d;
  d.skip(2);
  if (d.peek8() & PADDED) d.skip(d.peek8() & ~PADDED);
  const flags = d.peek8();
  if (flags & CONTROL) addControl(d, (flags >> 1) & 7);
  else if (flags & LONG_FORMAT) {
    d.bitset(f.flags, 1, LONG_FLAGS);
    d.skip(2);
    addNode(d, f.destination);
    d.skip(2);
    addNode(d, f.source);
    d.u8(f.nextRouter);
    d.u8(f.visits);
    d.u8(f.serviceClass);
    d.u8(f.protocolType);
    addNsp(d);
  } else {
    addShortFlags(d);
    d.u16le(f.dstNode);
    d.u16le(f.srcNode);
    d.u8(f.visited);
    addNsp(d);
  }
  d.layerEnd(end);
}

function addShortFlags(d: Dissection): void {
  const at = d.pos;
  d.open(f.flags, at, 1, d.peek8());
  const format = d.bits(f.format, at, 1);
  if (d.labels) d.relabel(`.... .${format >> 1}${format & 1}. = Short data packet format: 0x${format}`);
  d.bits(f.returnRequest, at, 1);
  d.bits(f.returning, at, 1);
  d.close();
  d.skip(1);
}

/** The octets before area and node. */
const NODE_PREFIX = 0xaa00_0400;

/** An Ethernet address whose last two octets are area and node. */
function addNode(d: Dissection, field: Field): void {
  d.ether(field);
  const at = d.pos - 6;
  if (!d.labels || d.peekUint(4, -6) !== NODE_PREFIX) return;
  const address = d.buf[at + 4] | (d.buf[at + 5] << 8);
  d.append(` (${address >> 10}.${address & 0x3ff})`);
}

// ------------------------------------------------------------------ routing control

function addControl(d: Dissection, type: number): void {
  if (d.columns && CONTROL_INFO[type] !== undefined) d.setInfo(`Routing control, ${CONTROL_INFO[type]}`);
  if (!d.building) return;
  const at = d.pos;
  d.bitset(f.flags, 1, [f.control, f.controlType]);
  // The line of the message itself has its type shifted once more.
  d.open(f.controlType, at, 1, type >> 1);
  switch (type) {
    case 0:
      addInitialization(d);
      break;
    case 1:
      d.u16le(f.srcNode);
      if (d.peek8() > 0) d.bytes(f.verification, d.peek8());
      break;
    case 2:
      d.u16le(f.srcNode);
      d.bytes(f.testData, d.remaining);
      break;
    case 3:
    case 4:
      addRoutes(d, type === 3 ? "Id" : "area");
      break;
    case 5:
      addRouterHello(d);
      break;
    case 6:
      addEndnodeHello(d);
      break;
    default:
  }
  d.close();
}

function addVersion(d: Dissection, title: string, tail: string): void {
  const at = d.pos;
  d.skip(3);
  d.add(f.version, at, 3, null);
  if (d.labels) d.relabel(`${title}: ${d.buf[at]}.${d.buf[at + 1]}.${d.buf[at + 2]}${tail}`);
}

function addInitialization(d: Dissection): void {
  d.u16le(f.srcNode);
  const value = d.peek16le();
  d.skip(2);
  d.add(f.routerInfo, d.pos - 2, 2, value & 0xff);
  if (d.labels) {
    const name = (ROUTER_INFO as Readonly<Record<number, string>>)[value] ?? "Unknown";
    d.relabel(`${f.routerInfo.title}: ${name} (0x${value.toString(16).padStart(2, "0")})`);
  }
  d.u16le(f.blockSize);
  addVersion(d, "Routing Layer version", ".");
  d.u16le(f.timer);
  if (d.peek8() > 0) d.bytes(f.reserved, d.peek8());
}

/** Hops and cost to so many nodes, or areas, from one on; behind them a checksum. */
function addRoutes(d: Dissection, what: string): void {
  d.u16le(f.srcNode);
  d.skip(1);
  const start = d.pos;
  while (d.remaining > 6) {
    const count = d.peek16le();
    const first = d.peek16le(2);
    const route = d.peek16le(4);
    d.add(f.routes, d.pos, 6, null);
    if (d.labels) {
      d.relabel(
        `Segment: count:${count}, start ${what}: ${first}, hops:${(route >> 10) & 31}, cost: ${route & 0x3ff}`,
      );
    }
    d.skip(6);
  }
  if (d.remaining < 2) return;
  d.pos = d.end - 2;
  const should = checksum(d, start, d.pos);
  const value = d.u16le(f.checksum);
  const wrong = value !== should;
  const text = `0x${should.toString(16).padStart(4, "0")}`;
  if (d.labels) d.append(wrong ? ` incorrect, should be ${text}` : " [correct]");
  if (wrong) d.expert(x.checksum, `Bad checksum [should be ${text}]`);
  d.generated(f.checksumStatus, d.pos - 2, 0, wrong ? 0 : 1);
}

function checksum(d: Dissection, from: number, to: number): number {
  let sum = 1;
  for (let at = from; at + 1 < to; at += 2) sum += d.buf[at] | (d.buf[at + 1] << 8);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

const HELLO_INFO = [f.nodeType, f.verify, f.rejected, f.failed, f.multicast, f.blocking] as const;

function addRouterHello(d: Dissection): void {
  addVersion(d, "Routing Layer Version", "");
  addNode(d, f.id);
  addFlags(d, f.helloInfo, 1, HELLO_INFO);
  d.u16le(f.blockSize);
  d.u8(f.priority);
  d.skip(1);
  d.u16le(f.timer);
  d.skip(1);
  const length = d.peek8();
  d.skip(1);
  const end = d.pos + length;
  d.open(f.routers, d.pos, length);
  d.bytes(f.ethernetName, 7);
  d.skip(1);
  while (d.pos + 7 <= end) {
    addNode(d, f.routerId);
    const state = d.peek8();
    d.add(f.routerState, d.pos, 1, state & 0x80 ? "known 2-way" : "unknown");
    d.bits(f.routerPriority, d.pos, 1);
    d.skip(1);
  }
  d.close();
}

function addEndnodeHello(d: Dissection): void {
  addVersion(d, "Routing Layer Version", "");
  addNode(d, f.id);
  addFlags(d, f.helloInfo, 1, HELLO_INFO);
  d.u16le(f.blockSize);
  d.skip(1);
  d.bytes(f.seed, 8);
  addNode(d, f.neighbor);
  d.u16le(f.timer);
}

// ------------------------------------------------------------------ network services protocol

const SEGMENTS: Readonly<Record<number, string>> = {
  0: ": continuation segment ,",
  32: ": start of segment,",
  64: ": end of segment,",
  96: " single segment,",
};
const STARTS = 0x20;
const DATA_ACK = 0x04;
const NOP = 0x08;
const LINK_SERVICE = 0x10;
const OTHER_ACK = 0x14;
const CONNECT_INITIATE = 0x18;
const CONNECT_ACK = 0x24;
const CONNECT_CONFIRM = 0x28;
const INTERRUPT = 0x30;
const DISCONNECT_INITIATE = 0x38;
const DISCONNECT_CONFIRM = 0x48;

function addNsp(d: Dissection): void {
  if (d.remaining === 0) return;
  d.beside();
  const start = d.pos;
  const type = d.peek8();
  d.skip(1);
  if (d.building) d.open(f.nspType, start, d.end - start, type);
  if (type !== NOP) d.u16le(f.dstNode);
  if (SEGMENTS[type] !== undefined) addSegment(d, type);
  else if (type === DATA_ACK || type === OTHER_ACK) addAcknowledgement(d, type);
  else if (type === LINK_SERVICE) addLinkService(d);
  else if (type === INTERRUPT) {
    if (d.columns) d.setInfo("NSP interrupt message");
    d.u16le(f.srcNode);
    addAcks(d, OTHER, "data segment msg:");
    addNumber(d);
  } else if (type === CONNECT_ACK) {
    if (d.columns) d.setInfo("NSP connect acknowledgement");
  } else if (type === CONNECT_INITIATE || type === CONNECT_CONFIRM) {
    if (d.columns) d.setInfo("NSP connect confirm/initiate message");
    d.u16le(f.srcNode);
    addConnect(d);
  } else if (type === DISCONNECT_INITIATE || type === DISCONNECT_CONFIRM) {
    if (d.columns) d.setInfo("NSP disconnect initiate/confirm message");
    d.u16le(f.srcNode);
    d.u16le(f.reason);
  } else if (type !== NOP) d.u16le(f.srcNode);
  if (d.building) d.close();
}

const OWN = "data segment";
const OTHER = "interrupt/link service msg";
const ACK_PRESENT = 0x8000;

/** Acknowledgements of this sub-channel and of the other one; how many there are shows in their first bit. */
function addAcks(d: Dissection, own: string, cross: string): void {
  for (let i = 0; i < 2; i++) {
    const ack = d.peek16le();
    if ((ack & ACK_PRESENT) === 0) return;
    addAck(d, own, cross, ack);
  }
}

function addAck(d: Dissection, own: string, cross: string, ack: number): void {
  d.add(f.ack, d.pos, 2, null);
  d.skip(2);
  if (!d.labels) return;
  const number = ack & 0x0fff;
  const negative = (ack & 0x1000) !== 0;
  if ((ack & 0x2000) === 0) {
    d.relabel(`Last ${own} ${negative ? "negatively" : "positively"} acknowledged: ${number}`);
  } else d.relabel(`Cross sub-channel ${negative ? "NAK" : "ACK"} of ${cross} ${number}`);
}

function addNumber(d: Dissection): number {
  const at = d.pos;
  const number = d.bitsLe(f.segment, at, 2);
  d.bitsLe(f.delay, at, 2);
  d.skip(2);
  return number;
}

function addSegment(d: Dissection, type: number): void {
  d.u16le(f.srcNode);
  addAcks(d, OWN, "other data msg");
  const number = addNumber(d);
  if (!d.columns) return;
  const here = d.wireRemaining;
  const total = (type & STARTS) !== 0 ? `, total so far:${here}` : "";
  d.setInfo(`msg nr. ${number}${SEGMENTS[type]} bytes this segment: ${here}${total}`);
}

function addAcknowledgement(d: Dissection, type: number): void {
  d.u16le(f.srcNode);
  const ack = d.peek16le();
  if (d.columns) {
    const kind = (ack & 0x1000) === 0 ? "ACK" : "NAK";
    d.setInfo(
      type === OTHER_ACK ? "NSP other data ACK message" : `NSP data ${kind} message(${ack & 0x0fff})`,
    );
  }
  const isOther = type === OTHER_ACK;
  addAck(d, isOther ? OTHER : OWN, isOther ? "data msg" : "other data msg", ack);
  if (d.remaining < 2) return;
  const second = d.peek16le();
  if (second & ACK_PRESENT) addAck(d, isOther ? OTHER : OWN, isOther ? "data msg" : "other data msg", second);
}

const FLOW_INFO = ["(no change)", "(stop)", "(go)", ""] as const;

function addLinkService(d: Dissection): void {
  d.u16le(f.srcNode);
  const hasAck = (d.peek16le() & ACK_PRESENT) !== 0;
  addAcks(d, OTHER, "data segment msg:");
  addNumber(d);
  if (!hasAck) {
    if (d.columns) d.setInfo("NSP link control message");
    return;
  }
  const flags = d.peek8();
  const value = d.peek8(1);
  const kind = flags & 0x0c;
  if (d.columns) d.setInfo(`NSP link control message${kind === 0 ? FLOW_INFO[flags & 3] : ""}`);
  d.bits(f.flow, d.pos, 1);
  d.add(f.flowValue, d.pos, 2, null);
  if (d.labels) d.relabel(`Request for additional ${value} ${flags & 4 ? "interrupt" : "data"} msgs`);
}

function addConnect(d: Dissection): void {
  d.bits(f.services, d.pos, 1);
  d.skip(1);
  d.bits(f.info, d.pos, 1);
  d.skip(1);
  d.u16le(f.segmentSize);
  d.open(f.connect, d.pos, d.remaining);
  const format = addEndUser(d);
  if (format !== 0) addName(d, f.dstName);
  addEndUser(d);
  // Wireshark looks for the second name where there was a first.
  if (format !== 0) addName(d, f.srcName);
  const menu = d.peek8();
  d.skip(1);
  d.add(f.menu, d.pos - 1, 1, MENUS[menu] ?? "Session control version 1.0");
  if (menu === 1 || menu === 3) {
    for (let i = 0; i < REQUESTOR_PARTS; i++) addName(d, f.requestor);
  }
  d.close();
}

const MENUS: Readonly<Record<number, string>> = {
  1: "Version 1.0: RQSTRID, PASSWRD and ACCOUNT fields included",
  2: "Version 1.0: USRDATA field included",
  3: "Version 1.0: RQSTRID, PASSWRD and ACCOUNT fields included",
};
/** Identifier, password and account. */
const REQUESTOR_PARTS = 3;
const WITH_CODES = 2;

/** The beginning of an end user: format, object and, where the format has them, group and user codes. */
function addEndUser(d: Dissection): number {
  const format = d.peek8();
  d.skip(1);
  d.u8(f.object);
  if (format === WITH_CODES) {
    d.u16le(f.group);
    d.u16le(f.user);
  }
  return format;
}

function addName(d: Dissection, field: Field): void {
  const length = d.peek8();
  d.skip(1);
  if (length > 0) d.str(field, length);
}
