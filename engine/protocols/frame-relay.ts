/** Frame relay: addresses of ITU-T Q.922 section 3.2, encapsulation of RFC 2427 and Cisco's with an Ethertype. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, expert, SET_NOTSET, u8, u16, u24, u32 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, linkTypes, snapPids } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ip } from "./ipv4.ts";
import { ip6 } from "./ipv6.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const NLPIDS: Readonly<Record<number, string>> = {
  0: "NULL",
  1: "T.70",
  3: "X.633",
  8: "Q.933",
  9: "LMI",
  12: "Q.2119",
  128: "SNAP",
  129: "CLNP",
  130: "ESIS",
  131: "ISIS",
  133: "IDRP",
  138: "ESIS (X.25)",
  140: "ISO 10030",
  141: "ISO 11577",
  176: "Data compression protocol",
  204: "IP",
  142: "IPv6",
  207: "PPP",
};

const FRAME_TYPES: Readonly<Record<number, string>> = {
  0: "Information frame",
  1: "Supervisory frame",
  2: "Information frame",
  3: "Unnumbered frame",
};

const f = {
  first: u8("fr.first_addr_octet", "First address octet", { base: "HEX" }),
  second: u8("fr.second_addr_octet", "Second address octet", { base: "HEX" }),
  third: u8("fr.third_addr_octet", "Third address octet", { base: "HEX" }),
  upper: u8("fr.upper_dlci", "Upper DLCI", { base: "HEX", mask: 0xfc }),
  command: bool("fr.cr", "CR", { mask: 0x02, tf: ["Command", "Response"] }),
  last: bool("fr.ea", "EA", { mask: 0x01, tf: ["Last Octet", "More Follows"] }),
  secondDlci: u8("fr.second_dlci", "Second DLCI", { base: "HEX", mask: 0xf0 }),
  forward: bool("fr.fecn", "FECN", { mask: 0x08 }),
  backward: bool("fr.becn", "BECN", { mask: 0x04 }),
  discard: bool("fr.de", "DE", { mask: 0x02 }),
  thirdDlci: u8("fr.third_dlci", "Third DLCI", { base: "HEX", mask: 0xfe }),
  lower: u8("fr.lower_dlci", "Lower DLCI", { base: "HEX", mask: 0xfc }),
  isCore: bool("fr.dc", "DC", { mask: 0x02, bits: 16, tf: ["DLCI Address", "Control"] }),
  dlci: u32("fr.dlci", "DLCI"),
  control: u8("fr.control", "Control Field", { base: "HEX" }),
  frameType: u8("fr.control.ftype", "Frame type", {
    base: "HEX",
    mask: 0x03,
    names: FRAME_TYPES,
  }),
  modifier: u8("fr.control.u_modifier_cmd", "Command", {
    base: "HEX",
    mask: 0xec,
    names: { 0: "Unnumbered Information" },
  }),
  nlpid: u8("fr.nlpid", "NLPID", { base: "HEX", names: NLPIDS }),
  oui: u24("fr.snap.oui", "Organization Code", { base: "OUI" }),
  pid: u16("fr.snap.pid", "Protocol ID", { base: "HEX" }),
  snapType: u16("fr.snaptype", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  receive: u16("fr.control.n_r", "N(R)", { mask: 0xfe00 }),
  send: u16("fr.control.n_s", "N(S)", { mask: 0x00fe }),
  control16: u16("fr.control", "Control Field", { base: "HEX" }),
  frameType16: u16("fr.control.ftype", "Frame type", { base: "HEX", mask: 0x0001, names: FRAME_TYPES }),
  frameTypeS: u16("fr.control.ftype", "Frame type", { base: "HEX", mask: 0x0003, names: FRAME_TYPES }),
  supervisory: u16("fr.control.s_ftype", "Supervisory frame type", {
    base: "HEX",
    mask: 0x000c,
    names: { 0: "Receiver ready", 1: "Receiver not ready", 2: "Reject", 3: "Selective reject" },
  }),
  poll: bool("fr.control.p", "Poll", { mask: 0x0100, bits: 16, tf: SET_NOTSET }),
  final: bool("fr.control.f", "Final", { mask: 0x0100, bits: 16, tf: SET_NOTSET }),
  type: u16("fr.chdlctype", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
};

const x = {
  bogus: expert("fr.bogus_address", "warning", "Protocol", "Bogus extra address octet"),
};

export const frameRelay = protocol({
  name: "fr",
  title: "Frame Relay",
  short: "FR",
  fields: f,
  experts: x,
  on: [[linkTypes, 107]],
  dissect,
});

const LAST_OCTET = 0x01;
const UNNUMBERED_INFORMATION = 0x03;
const FIRST_BITS = [f.upper, f.command, f.last] as const;
const SECOND_BITS = [f.secondDlci, f.forward, f.backward, f.discard, f.last] as const;
const THIRD_BITS = [f.thirdDlci, f.last] as const;

function dissect(d: Dissection): void {
  const dlci = addAddress(d);
  if (d.columns) d.setInfo(`DLCI ${dlci}`);
  if (d.peek8() === UNNUMBERED_INFORMATION) {
    d.bitset(f.control, 1, [f.modifier, f.frameType]);
    if (d.labels) d.append(" (U, func=UI)");
    dissectNlpid(d);
    return;
  }
  const type = d.peek16();
  const carried = ethertypes.get(type);
  if (carried !== undefined) {
    d.u16(f.type);
    d.call(carried);
    return;
  }
  if ((d.peek8() & 3) === 3) {
    d.call(data);
    return;
  }
  addControl(d);
  dissectNlpid(d);
}

const SUPERVISORY_SHORT = ["RR", "RNR", "REJ", "SREJ"] as const;

/** A control field of information or supervision: `I, N(R)=0, N(S)=17`. */
function addControl(d: Dissection): void {
  const at = d.pos;
  const control = d.peek16le();
  d.skip(2);
  if (!d.building) return;
  const set = (control & 0x0100) !== 0 ? " P" : "";
  const supervises = (control & 1) === 1;
  const received = control >> 9;
  const text = supervises
    ? `S${set}, func=${SUPERVISORY_SHORT[(control >> 2) & 3]}, N(R)=${received}`
    : `I${set}, N(R)=${received}, N(S)=${(control >> 1) & 0x7f}`;
  d.open(f.control16, at, 2, control);
  if (d.labels) {
    d.relabel(`Control field: ${text} (0x${control.toString(16).toUpperCase().padStart(4, "0")})`);
  }
  d.bitsLe(f.receive, at, 2);
  if (!supervises) d.bitsLe(f.send, at, 2);
  if (control & 0x0100) d.bitsLe(f.poll, at, 2);
  if (supervises) {
    d.bitsLe(f.supervisory, at, 2);
    d.bitsLe(f.frameTypeS, at, 2);
  } else d.bitsLe(f.frameType16, at, 2);
  d.close();
}

/** Two to four octets; the last says that it is. */
function addAddress(d: Dissection): number {
  const start = d.pos;
  let octet = addFlags(d, f.first, 1, FIRST_BITS);
  let dlci = octet >> 2;
  if (!(octet & LAST_OCTET)) {
    octet = addFlags(d, f.second, 1, SECOND_BITS);
    dlci = dlci * 16 + (octet >> 4);
  }
  if (!(octet & LAST_OCTET)) {
    if (!(d.peek8() & LAST_OCTET)) dlci = dlci * 128 + (addFlags(d, f.third, 1, THIRD_BITS) >> 1);
    while (!(d.peek8() & LAST_OCTET)) {
      d.text(d.pos, 1, x.bogus.message);
      d.expert(x.bogus);
      d.skip(1);
    }
    dlci = dlci * 64 + (d.peek8() >> 2);
    d.openText(d.pos, 1, `Final address octet: 0x${d.peek8().toString(16).padStart(2, "0")}`);
    d.bits(f.lower, d.pos, 1);
    d.bits(f.isCore, d.pos, 1);
    d.bits(f.last, d.pos, 1);
    d.skip(1);
    if (d.labels) d.close();
  }
  d.add(f.dlci, start, d.pos - start, dlci);
  return dlci;
}

const NLPID_PADDING = 0x00;
const NLPID_LMI = 0x09;
const NLPID_PPP = 0xcf;
const OSI_PROTOCOLS: Readonly<Record<number, string>> = {
  8: "q933",
  129: "clnp",
  130: "esis",
  131: "isis",
};
const NLPID_SNAP = 0x80;
const NLPID_IPV6 = 0x8e;
const NLPID_IPV4 = 0xcc;

/** RFC 2427 section 3. */
function dissectNlpid(d: Dissection): void {
  if (d.peek8() === NLPID_PADDING) d.skip(1);
  // In the protocols of OSI it is the first byte of the packet.
  const osi = OSI_PROTOCOLS[d.peek8()];
  const inside = osi === undefined ? undefined : protocolNamed(osi);
  if (inside !== undefined) {
    d.call(inside);
    return;
  }
  const nlpid = d.u8(f.nlpid);
  if (nlpid === NLPID_IPV4) d.call(ip);
  else if (nlpid === NLPID_IPV6) d.call(ip6);
  else if (nlpid === NLPID_SNAP) {
    const oui = d.u24(f.oui);
    if (oui === 0) d.call(ethertypes.get(d.u16(f.snapType)) ?? data);
    else d.call(snapPids.get(oui * 0x1_0000 + d.u16(f.pid)) ?? data);
  } else if (nlpid === NLPID_PPP) d.call(protocolNamed("ppp") ?? data);
  else if (nlpid === NLPID_LMI) d.call(protocolNamed("lmi") ?? data);
  else d.call(data);
}
