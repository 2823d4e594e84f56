/** Distance Vector Multicast Routing Protocol: version 1 (RFC 1075), version 3 (draft-ietf-idmr-dvmrp-v3). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, expert, ipv4, nameOf, none, u8, u16, u32 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { igmpTypes } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";
import { addSumChecksum, checksumStatusText } from "./checksum.ts";
import { COMMAND, V3_CODE } from "./names/dvmrp.ts";

const f = {
  version: u8("dvmrp.version", "DVMRP Version"),
  type: u8("dvmrp.type", "Type", { base: "HEX", names: { 19: "DVMRP" } }),
  v1Code: u8("dvmrp.v1.code", "Code", {
    base: "HEX",
    names: { 1: "Response", 2: "Request", 3: "Non-membership report", 4: "Non-membership cancellation" },
  }),
  checksum: u16("dvmrp.checksum", "Checksum", { base: "HEX" }),
  reserved: u16("dvmrp.reserved", "Reserved", { base: "HEX" }),
  commands: none("dvmrp.commands", "Commands"),
  command: u8("dvmrp.command", "Command", { base: "HEX", names: COMMAND }),
  afi: u8("dvmrp.afi", "Address Family", { base: "HEX", names: { 2: "IP v4 Family" } }),
  count: u8("dvmrp.count", "Count", { base: "HEX" }),
  netmask: ipv4("dvmrp.netmask", "Netmask"),
  metric: u8("dvmrp.metric", "Metric"),
  destUnreach: bool("dvmrp.dest_unreach", "Destination Unreachable", {
    mask: 0x1,
    tf: ["Destination Unreachable", "NOT Destination Unreachable"],
  }),
  splitHoriz: bool("dvmrp.split_horiz", "Split Horizon", {
    mask: 0x2,
    tf: ["Split Horizon concealed route", "NOT Split Horizon concealed route"],
  }),
  infinity: u8("dvmrp.infinity", "Infinity"),
  daddr: ipv4("dvmrp.daddr", "Dest Addr"),
  maddr: ipv4("dvmrp.maddr", "Multicast Addr"),
  hold: u32("dvmrp.hold", "Hold Time"),
  v3Code: u8("dvmrp.v3.code", "Code", { base: "HEX", names: V3_CODE }),
  capabilities: u8("dvmrp.capabilities", "Capabilities", { base: "HEX" }),
  capLeaf: bool("dvmrp.cap.leaf", "Leaf", { mask: 0x1, tf: ["Leaf", "NOT Leaf"] }),
  capPrune: bool("dvmrp.cap.prune", "Prune", { mask: 0x2, tf: ["Prune capable", "NOT Prune capable"] }),
  capGenid: bool("dvmrp.cap.genid", "Genid", { mask: 0x4, tf: ["Genid capable", "NOT Genid capable"] }),
  capMtrace: bool("dvmrp.cap.mtrace", "Mtrace", {
    mask: 0x8,
    tf: ["Multicast Traceroute capable", "NOT Multicast Traceroute capable"],
  }),
  capSnmp: bool("dvmrp.cap.snmp", "SNMP", { mask: 0x10, tf: ["SNMP capable", "NOT SNMP capable"] }),
  capNetmask: bool("dvmrp.cap.netmask", "Netmask", {
    mask: 0x20,
    tf: ["Netmask capable", "NOT Netmask capable"],
  }),
  minVer: u8("dvmrp.min_ver", "Minor Version", { base: "HEX" }),
  majVer: u8("dvmrp.maj_ver", "Major Version", { base: "HEX" }),
  genid: u32("dvmrp.genid", "Generation ID"),
  route: none("dvmrp.route", "Route"),
  saddr: ipv4("dvmrp.saddr", "Source Addr"),
  lifetime: u32("dvmrp.lifetime", "Prune lifetime"),
  local: ipv4("dvmrp.local", "Local Addr"),
  threshold: u8("dvmrp.threshold", "Threshold"),
  flags: none("dvmrp.flags", "Flags"),
  flagTunnel: bool("dvmrp.flag.tunnel", "Tunnel", { mask: 0x1 }),
  flagSrcroute: bool("dvmrp.flag.srcroute", "Source Route", { mask: 0x2 }),
  flagDown: bool("dvmrp.flag.down", "Down", { mask: 0x10 }),
  flagDisabled: bool("dvmrp.flag.disabled", "Disabled", { mask: 0x20 }),
  flagQuerier: bool("dvmrp.flag.querier", "Querier", { mask: 0x40 }),
  flagLeaf: bool("dvmrp.flag.leaf", "Leaf", { mask: 0x80 }),
  ncount: u8("dvmrp.ncount", "Neighbor Count"),
  neighbor: ipv4("dvmrp.neighbor", "Neighbor Addr"),
  checksumStatus: u8("dvmrp.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    text: checksumStatusText,
  }),
};

const x = {
  checksum: expert("dvmrp.bad_checksum", "error", "Checksum", "Bad checksum"),
};

export const dvmrp = protocol({
  name: "dvmrp",
  title: "Distance Vector Multicast Routing Protocol",
  short: "DVMRP",
  fields: f,
  experts: x,
  on: [[igmpTypes, 0x13]],
  dissect,
});

const VERSION_3_LENGTH = 8;

function dissect(d: Dissection): void {
  const start = d.pos;
  // Version 3 has four bytes more in its header.
  const version = d.wireRemaining >= VERSION_3_LENGTH ? 3 : 1;
  const field = version === 3 ? f.v3Code : f.v1Code;
  const code = d.peek8(1);
  if (d.columns) {
    const name = nameOf(field.names, code) ?? `Unknown Type:0x${code.toString(16).padStart(2, "0")}`;
    d.setInfo(`V${version} ${name}`);
  }
  d.generated(f.version, start, 0, version);
  d.u8(f.type);
  d.u8(field);
  addSumChecksum(d, f.checksum, f.checksumStatus, x.checksum, start);
  if (version === 3) addVersion3(d, code);
  else while (d.remaining > 0) addCommand(d);
}

const PROBE = 1;
const REPORT = 2;
const NEIGHBORS_2 = 6;
/** Length of an interface with one neighbour. */
const INTERFACE = 12;
const PRUNE = 7;
const GRAFT = 8;
const GRAFT_ACK = 9;
const CAPABILITIES = [f.capNetmask, f.capSnmp, f.capMtrace, f.capGenid, f.capPrune, f.capLeaf];

function addVersion3(d: Dissection, code: number): void {
  const flags = d.pos + 1;
  d.u16(f.reserved);
  if (code === PROBE || code === NEIGHBORS_2) {
    const behind = d.pos;
    d.pos = flags;
    addFlags(d, f.capabilities, 1, CAPABILITIES);
    d.pos = behind;
  }
  d.u8(f.minVer);
  d.u8(f.majVer);
  switch (code) {
    case PROBE:
      d.u32(f.genid);
      while (d.remaining >= 4) d.ipv4(f.neighbor);
      break;
    case REPORT:
      while (d.remaining > 0) addRoute(d);
      break;
    case NEIGHBORS_2:
      while (d.remaining >= INTERFACE) addInterface(d);
      break;
    case PRUNE:
    case GRAFT:
    case GRAFT_ACK:
      d.ipv4(f.saddr);
      d.ipv4(f.maddr);
      if (code === PRUNE) d.u32(f.lifetime);
      if (d.remaining >= 4) d.ipv4(f.netmask);
      break;
  }
}

const LAST = 0x80;

/** Sources that share a netmask; neither masks nor addresses have their bytes of zeros. */
function addRoute(d: Dissection): void {
  const start = d.pos;
  d.open(f.route, start, 0);
  const mask = (0xff000000 | (d.peek16() << 8) | d.peek8(2)) >>> 0;
  d.add(f.netmask, start, 3, mask);
  d.skip(3);
  let length = 1;
  if (mask & 0xff) length = 4;
  else if (mask & 0xff00) length = 3;
  else if (mask & 0xff0000) length = 2;
  let metric: number;
  do {
    let source = 0;
    for (let i = 0; i < length; i++) source = (source | (d.peek8(i) << (24 - 8 * i))) >>> 0;
    d.add(f.saddr, d.pos, length, source);
    if (d.labels) {
      const isDefault = source === 0 && length === 1;
      const what = isDefault ? "Default Route" : "Source Network";
      d.relabel(`${what} ${formatIpv4(source)} (netmask ${formatIpv4(isDefault ? 0 : mask)})`);
    }
    d.skip(length);
    metric = d.peek8();
    d.add(f.metric, d.pos, 1, metric & ~LAST);
    d.skip(1);
  } while ((metric & LAST) === 0);
  d.close(d.pos);
}

const FLAGS = [f.flagTunnel, f.flagSrcroute, f.flagDown, f.flagDisabled, f.flagQuerier, f.flagLeaf];

function addInterface(d: Dissection): void {
  d.ipv4(f.local);
  d.u8(f.metric);
  d.u8(f.threshold);
  d.open(f.flags, d.pos, 1);
  for (const flag of FLAGS) d.bits(flag, d.pos, 1);
  d.close();
  d.skip(1);
  const count = d.u8(f.ncount);
  for (let i = 0; i < count; i++) d.ipv4(f.neighbor);
}

const NULL_COMMAND = 0;
const FAMILY = 2;
const SUBNETMASK = 3;
const METRIC = 4;
const FLAGS_0 = 5;
const INFINITY = 6;
const DESTINATION = 7;
const REQUESTED = 8;
const NON_MEMBERSHIP = 9;
const CANCEL = 10;

/** RFC 1075 section 3. */
function addCommand(d: Dissection): void {
  const start = d.pos;
  d.open(f.commands, start, 0);
  const command = d.u8(f.command);
  let text = nameOf(f.command.names, command);
  switch (command) {
    case NULL_COMMAND:
      d.skip(1);
      text = "Command: NULL";
      break;
    case FAMILY: {
      const family = d.u8(f.afi);
      text = `${text}: ${nameOf(f.afi.names, family) ?? `Unknown Family:0x${family.toString(16).padStart(2, "0")}`}`;
      break;
    }
    case SUBNETMASK: {
      const count = d.u8(f.count);
      if (count > 0) text = `${text}: ${formatIpv4(d.ipv4(f.netmask))}`;
      else text = `${text}: No mask supplied`;
      break;
    }
    case METRIC:
      text = `${text}: ${d.u8(f.metric)}`;
      break;
    case FLAGS_0:
      d.bits(f.destUnreach, d.pos, 1);
      d.bits(f.splitHoriz, d.pos, 1);
      d.skip(1);
      break;
    case INFINITY:
      text = `${text}: ${d.u8(f.infinity)}`;
      break;
    case DESTINATION:
    case REQUESTED: {
      const count = d.u8(f.count);
      for (let i = 0; i < count; i++) d.ipv4(f.daddr);
      break;
    }
    case NON_MEMBERSHIP:
    case CANCEL: {
      const count = d.u8(f.count);
      for (let i = 0; i < count; i++) {
        d.ipv4(f.maddr);
        if (command === NON_MEMBERSHIP) d.u32(f.hold);
      }
      break;
    }
  }
  if (d.labels && text !== undefined) d.relabelParent(text);
  d.close(d.pos);
}
