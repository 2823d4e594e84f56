/**
 * Address Resolution Protocol, RFC 826, with its relatives: RARP (RFC 903), Inverse ARP (RFC 2390), DRARP
 * (RFC 1931), MAPOS UNARP (RFC 2176), and the uses for detecting address conflicts (RFC 5227).
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, expert, frameNum, ipv4, u8, u16, u32 } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { formatEther, formatHex, formatIpv4 } from "../dissect/text.ts";
import { HARDWARE_NAMES } from "./names/arphrd.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const OPCODES: Readonly<Record<number, string>> = {
  0: "reserved",
  1: "request",
  2: "reply",
  3: "reverse request",
  4: "reverse reply",
  5: "drarp request",
  6: "drarp reply",
  7: "drarp error",
  8: "inverse request",
  9: "inverse reply",
  10: "arp nak",
  11: "mars request",
  12: "mars multi",
  13: "mars mserv",
  14: "mars join",
  15: "mars leave",
  16: "mars nak",
  17: "mars unserv",
  18: "mars sjoin",
  19: "mars sleave",
  20: "mars grouplist request",
  21: "mars grouplist reply",
  22: "mars redirect map",
  23: "mapos unarp",
  24: "experimental 1",
  25: "experimental 2",
  65535: "reserved",
};

const DRARP_ERRORS: Readonly<Record<number, string>> = {
  1: "restricted",
  2: "no address",
  3: "serverdown",
  4: "moved",
  5: "failure",
};

const f = {
  hardware: u16("arp.hw.type", "Hardware type", { names: HARDWARE_NAMES }),
  protocol: u16("arp.proto.type", "Protocol type", { base: "HEX", names: ETHERTYPE_NAMES }),
  hardwareSize: u8("arp.hw.size", "Hardware size"),
  protocolSize: u8("arp.proto.size", "Protocol size"),
  opcode: u16("arp.opcode", "Opcode", { names: OPCODES }),
  isGratuitous: bool("arp.isgratuitous", "Is gratuitous"),
  isProbe: bool("arp.isprobe", "Is probe"),
  isAnnouncement: bool("arp.isannouncement", "Is announcement"),
  srcHardware: bytes("arp.src.hw", "Sender hardware address"),
  srcMac: ether("arp.src.hw_mac", "Sender MAC address"),
  srcProtocol: bytes("arp.src.proto", "Sender protocol address"),
  srcIp: ipv4("arp.src.proto_ipv4", "Sender IP address"),
  dstHardware: bytes("arp.dst.hw", "Target hardware address"),
  dstMac: ether("arp.dst.hw_mac", "Target MAC address"),
  dstProtocol: bytes("arp.dst.proto", "Target protocol address"),
  dstIp: ipv4("arp.dst.proto_ipv4", "Target IP address"),
  drarpError: u16("arp.dst.drarp_error_status", "DRARP error status", { names: DRARP_ERRORS }),
  duplicateFrame: frameNum("arp.duplicate-address-frame", "Frame showing earlier use of IP address"),
  duplicateSeconds: u32("arp.seconds-since-duplicate-address-frame", "Seconds since earlier frame seen"),
};

const x = {
  duplicate: expert(
    "arp.duplicate-address-detected",
    "warning",
    "Sequence",
    "Duplicate IP address configured",
  ),
};

export const arp = protocol({
  name: "arp",
  title: "Address Resolution Protocol",
  short: "ARP/RARP",
  fields: f,
  experts: x,
  on: [[ethertypes, 0x0806, 0x8035]],
  dissect,
});

const HEADER = 8;
const ETHERNET = 1;
const IEEE_802 = 6;
const IPV4 = 0x0800;
const REQUEST = 1;
const REPLY = 2;
const DRARP_ERROR = 7;

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.columns) d.setProtocol("ARP");
  const hardware = d.u16(f.hardware);
  const type = d.u16(f.protocol);
  const hardwareSize = d.u8(f.hardwareSize);
  const protocolSize = d.u8(f.protocolSize);
  const opcode = d.u16(f.opcode);
  const length = HEADER + 2 * (hardwareSize + protocolSize);
  d.layerEnd(d.end);
  d.need(length - HEADER);
  d.layerEnd(start + length);
  if (start + length < d.wireEnd) d.payloadEnd = start + length;

  const isMac = (hardware === ETHERNET || hardware === IEEE_802) && hardwareSize === 6;
  const isIp = type === IPV4 && protocolSize === 4;
  const src = d.pos;
  const srcProtocol = src + hardwareSize;
  const dst = srcProtocol + protocolSize;
  const dstProtocol = dst + hardwareSize;
  const asked = opcode === REQUEST || opcode === REPLY;

  let use = "";
  if (isMac && isIp && asked && (d.building || d.columns)) {
    const sender = address(d, srcProtocol);
    const noTarget = isZero(d, dst, 6);
    if (sender === address(d, dstProtocol)) {
      use = opcode === REQUEST && noTarget ? "announcement" : "gratuitous";
      d.generated(f.isGratuitous, start, 0, 1);
      if (use === "announcement") d.generated(f.isAnnouncement, start, 0, 1);
    } else if (opcode === REQUEST && sender === 0 && noTarget) {
      use = "probe";
      d.generated(f.isProbe, start, 0, 1);
    }
  }
  if (d.labels) d.appendLayer(` (${layerText(opcode, use)})`);
  addAddresses(d, hardwareSize, protocolSize, isMac, isIp, opcode);
  if (d.columns) setInfo(d, opcode, use, src, hardwareSize, protocolSize, isMac, isIp);
  if (isMac && isIp && asked) findDuplicate(d, start, opcode, src, dst);
}

function layerText(opcode: number, use: string): string {
  if (use === "announcement") return "ARP Announcement";
  if (use === "probe") return "ARP Probe";
  const name = OPCODES[opcode] ?? `opcode 0x${opcode.toString(16).padStart(4, "0")}`;
  return use === "gratuitous" ? `${name}/gratuitous ARP` : name;
}

function addAddresses(
  d: Dissection,
  hardwareSize: number,
  protocolSize: number,
  isMac: boolean,
  isIp: boolean,
  opcode: number,
): void {
  if (!d.building) {
    d.skip(2 * (hardwareSize + protocolSize));
    return;
  }
  if (hardwareSize > 0)
    d.add(isMac ? f.srcMac : f.srcHardware, d.pos, hardwareSize, d.peekBytes(hardwareSize));
  d.skip(hardwareSize);
  if (isIp) d.ipv4(f.srcIp);
  else if (protocolSize > 0) d.bytes(f.srcProtocol, protocolSize);
  if (hardwareSize > 0)
    d.add(isMac ? f.dstMac : f.dstHardware, d.pos, hardwareSize, d.peekBytes(hardwareSize));
  d.skip(hardwareSize);
  if (opcode === DRARP_ERROR && protocolSize > 0) {
    d.add(f.drarpError, d.pos, 1, d.peek8());
    d.skip(protocolSize);
  } else if (isIp) d.ipv4(f.dstIp);
  else if (protocolSize > 0) d.bytes(f.dstProtocol, protocolSize);
}

function setInfo(
  d: Dissection,
  opcode: number,
  use: string,
  src: number,
  hardwareSize: number,
  protocolSize: number,
  isMac: boolean,
  isIp: boolean,
): void {
  const hardwareText = (at: number): string =>
    addressText(d, at, hardwareSize, isMac ? formatEther : formatHex);
  const protocolText = (at: number): string =>
    isIp ? formatIpv4(address(d, at)) : addressText(d, at, protocolSize, formatHex);
  const dst = src + hardwareSize + protocolSize;
  const senderMac = hardwareText(src);
  const sender = protocolText(src + hardwareSize);
  const targetMac = hardwareText(dst);
  const target = protocolText(dst + hardwareSize);
  if (use === "announcement") d.setInfo(`ARP Announcement for ${target}`);
  else if (use === "probe") d.setInfo(`Who has ${target}? (ARP Probe)`);
  else if (use === "gratuitous") {
    d.setInfo(`Gratuitous ARP for ${target} (${opcode === REQUEST ? "Request" : "Reply"})`);
  } else d.setInfo(infoText(d, opcode, senderMac, sender, targetMac, target));
}

function infoText(
  d: Dissection,
  opcode: number,
  senderMac: string,
  sender: string,
  targetMac: string,
  target: string,
): string {
  switch (opcode) {
    case 0:
    case 65535:
      return `Reserved opcode ${opcode}`;
    case REQUEST:
    case 11:
      return `Who has ${target}? Tell ${sender}`;
    case REPLY:
      return `${sender} is at ${senderMac}`;
    case 3:
    case 5:
    case 8:
      d.setProtocol(opcode === 3 ? "RARP" : opcode === 5 ? "DRARP" : "Inverse ARP");
      return `Who is ${targetMac}? Tell ${senderMac}`;
    case 4:
    case 6:
      d.setProtocol(opcode === 4 ? "RARP" : "DRARP");
      return `${targetMac} is at ${target}`;
    case DRARP_ERROR:
      d.setProtocol("DRARP");
      return "DRARP Error";
    case 9:
      d.setProtocol("Inverse ARP");
      return `${senderMac} is at ${sender}`;
    case 10:
      return "ARP NAK";
    case 23:
      d.setProtocol("MAPOS");
      return `MAPOS UNARP request from ${senderMac} at ${sender}`;
    case 24:
    case 25:
      return `Experimental opcode ${opcode}`;
    default:
      if (OPCODES[opcode] !== undefined) {
        d.setProtocol("MARS");
        return `MARS opcode ${opcode}`;
      }
      return `Unknown ARP opcode 0x${opcode.toString(16).padStart(4, "0")}`;
  }
}

function addressText(
  d: Dissection,
  at: number,
  length: number,
  format: (bytes: Uint8Array) => string,
): string {
  return length === 0 ? "<No address>" : format(d.buf.subarray(at, at + length));
}

function address(d: Dissection, at: number): number {
  const b = d.buf;
  return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
}

function isZero(d: Dissection, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (d.buf[at + i] !== 0) return false;
  return true;
}

/** Who was last seen to use an IPv4 address. */
interface User {
  mac: number;
  frame: number;
  sec: number;
}
/** A frame in which another station claims an address. */
interface Duplicate {
  readonly ip: number;
  readonly mac: number;
  readonly otherMac: number;
  readonly frame: number;
  readonly seconds: number;
}
interface ArpState {
  readonly users: Map<number, User>;
  readonly duplicates: Map<number, Duplicate>;
}
const makeState = (): ArpState => ({ users: new Map(), duplicates: new Map() });

const BROADCAST = 0xffff_ffff_ffff;

/** RFC 5227 section 2.4, for the observer: an address used by two stations. */
function findDuplicate(d: Dissection, start: number, opcode: number, src: number, dst: number): void {
  if (d.quoted) return;
  const state = d.memory.state(arp, makeState);
  if (d.first) {
    learn(d, state, src);
    if (opcode === REPLY) learn(d, state, dst);
  }
  if (!d.building && !d.columns) return;
  const duplicate = state.duplicates.get(d.frame);
  if (duplicate === undefined) return;
  const ip = formatIpv4(duplicate.ip);
  if (d.columns) d.addInfo(` (duplicate use of ${ip} detected!)`);
  if (!d.building) return;
  d.openText(
    start,
    0,
    `[Duplicate IP address detected for ${ip} (${macText(duplicate.mac)}) - also in use by ${macText(duplicate.otherMac)} (frame ${duplicate.frame})]`,
  );
  d.add(f.duplicateFrame, start, 0, duplicate.frame, GENERATED);
  d.expert(x.duplicate, `Duplicate IP address configured (${ip})`);
  d.add(f.duplicateSeconds, start, 0, duplicate.seconds, GENERATED);
  if (d.labels) d.close();
}

function learn(d: Dissection, state: ArpState, at: number): void {
  const b = d.buf;
  const mac = ((b[at] << 8) | b[at + 1]) * 0x1_0000_0000 + address(d, at + 2);
  const ip = address(d, at + 6);
  if (ip === 0 || mac === 0 || mac === BROADCAST) return;
  const user = state.users.get(ip);
  if (user === undefined) state.users.set(ip, { mac, frame: d.frame, sec: d.sec });
  else if (user.mac === mac) {
    user.frame = d.frame;
    user.sec = d.sec;
  } else {
    const seconds = Math.max(0, d.sec - user.sec);
    state.duplicates.set(d.frame, { ip, mac, otherMac: user.mac, frame: user.frame, seconds });
  }
}

function macText(mac: number): string {
  const hex = mac.toString(16).padStart(12, "0");
  return hex.match(/../g)!.join(":");
}
