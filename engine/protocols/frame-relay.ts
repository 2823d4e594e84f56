/** Frame relay: addresses of ITU-T Q.922 section 3.2, encapsulation of RFC 2427 and Cisco's with an Ethertype. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, type Expert, expert, SET_NOTSET, u8, u16, u24, u32 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, linkTypes, snapPids } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { CHDLC_PROTOCOLS } from "./hdlc.ts";
import { addHdlcControl, isUnnumbered, peekHdlcControl } from "./hdlc-control.ts";
import { ip } from "./ipv4.ts";
import { ip6 } from "./ipv6.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";
import { COMMAND_NAMES, FRAME_TYPE_NAMES, RESPONSE_NAMES, SUPERVISORY_NAMES } from "./names/llc.ts";
import { addExpertLine } from "./osi.ts";

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

const f = {
  first: u8("fr.first_addr_octet", "First address octet", { base: "HEX" }),
  second: u8("fr.second_addr_octet", "Second address octet", { base: "HEX" }),
  third: u8("fr.third_addr_octet", "Third address octet", { base: "HEX" }),
  upper: u8("fr.upper_dlci", "Upper DLCI", { base: "HEX", mask: 0xfc }),
  isCommand: bool("fr.cr", "CR", { mask: 0x02, tf: ["Command", "Response"] }),
  last: bool("fr.ea", "EA", { mask: 0x01, tf: ["Last Octet", "More Follows"] }),
  secondDlci: u8("fr.second_dlci", "Second DLCI", { base: "HEX", mask: 0xf0 }),
  forward: bool("fr.fecn", "FECN", { mask: 0x08 }),
  backward: bool("fr.becn", "BECN", { mask: 0x04 }),
  discard: bool("fr.de", "DE", { mask: 0x02 }),
  thirdDlci: u8("fr.third_dlci", "Third DLCI", { base: "HEX", mask: 0xfe }),
  core: u8("fr.dlcore_control", "DL-CORE Control", { base: "HEX", mask: 0xfc }),
  lower: u8("fr.lower_dlci", "Lower DLCI", { base: "HEX", mask: 0xfc }),
  isCore: bool("fr.dc", "DC", { mask: 0x02, bits: 16, tf: ["DLCI Address", "Control"] }),
  dlci: u32("fr.dlci", "DLCI"),
  nlpid: u8("fr.nlpid", "NLPID", { base: "HEX", names: NLPIDS }),
  oui: u24("fr.snap.oui", "Organization Code", { base: "OUI" }),
  pid: u16("fr.snap.pid", "Protocol ID", { base: "HEX" }),
  snapType: u16("fr.snaptype", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  control: u8("fr.control", "Control Field", { base: "HEX" }),
  receive: u16("fr.control.n_r", "N(R)", { mask: 0xfe00 }),
  send: u16("fr.control.n_s", "N(S)", { mask: 0x00fe }),
  poll: bool("fr.control.p", "Poll", { mask: 0x0100, bits: 16, tf: SET_NOTSET }),
  final: bool("fr.control.f", "Final", { mask: 0x0100, bits: 16, tf: SET_NOTSET }),
  poll8: bool("fr.control.p", "Poll", { mask: 0x10, tf: SET_NOTSET }),
  final8: bool("fr.control.f", "Final", { mask: 0x10, tf: SET_NOTSET }),
  supervisory: u16("fr.control.s_ftype", "Supervisory frame type", {
    base: "HEX",
    mask: 0x000c,
    names: SUPERVISORY_NAMES,
  }),
  command: u8("fr.control.u_modifier_cmd", "Command", { base: "HEX", mask: 0xec, names: COMMAND_NAMES }),
  response: u8("fr.control.u_modifier_resp", "Response", { base: "HEX", mask: 0xec, names: RESPONSE_NAMES }),
  frameI: u16("fr.control.ftype", "Frame type", { base: "HEX", mask: 0x0001, names: FRAME_TYPE_NAMES }),
  frameS: u16("fr.control.ftype", "Frame type", { base: "HEX", mask: 0x0003, names: FRAME_TYPE_NAMES }),
  frameU: u8("fr.control.ftype", "Frame type", { base: "HEX", mask: 0x03, names: FRAME_TYPE_NAMES }),
  type: u16("fr.chdlctype", "Type", { base: "HEX", names: CHDLC_PROTOCOLS }),
};

const x = {
  bogus: expert("fr.bogus_address", "warning", "Protocol", "Bogus extra address octet"),
  lapf: expert("fr.frame_relay.lapf", "warning", "Undecoded", "Frame relay lapf not yet implemented"),
  xid: expert("fr.frame_relay.xid", "warning", "Undecoded", "Frame relay xid not yet implemented"),
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
const COMMAND = 0x02;
const CORE = 0x02;
/** The circuit of signalling. */
const SIGNALLING = 0;
const UNNUMBERED_INFORMATION = 0x03;
const EXCHANGE_IDENTIFICATION = 0xaf;
const ETHERNET_HEADER = 14;
const FIRST_BITS = [f.upper, f.isCommand, f.last] as const;
const SECOND_BITS = [f.secondDlci, f.forward, f.backward, f.discard, f.last] as const;
const THIRD_BITS = [f.thirdDlci, f.last] as const;

function dissect(d: Dissection): void {
  const isResponse = (d.peek8() & LAST_OCTET) === 0 && (d.peek8() & COMMAND) !== 0;
  const dlci = addAddress(d);
  if (d.columns) d.setInfo(`DLCI ${dlci}`);
  const kind = d.peek8();
  if (kind === UNNUMBERED_INFORMATION) {
    addControl(d, isResponse);
    dissectNlpid(d);
  } else if (dlci === SIGNALLING) addUndissected(d, isResponse, x.lapf);
  else if (kind === EXCHANGE_IDENTIFICATION) addUndissected(d, isResponse, x.xid);
  else dissectEncapsulated(d, isResponse);
}

function addControl(d: Dissection, isResponse: boolean): void {
  const control = peekHdlcControl(d);
  addHdlcControl(d, f, control, isResponse, control & 0xff);
}

/** A frame of which only the control field is understood, with that field in the data. */
function addUndissected(d: Dissection, isResponse: boolean, expert: Expert): void {
  const at = d.pos;
  addControl(d, isResponse);
  d.pos = at;
  if (d.building) addExpertLine(d, expert, at, d.remaining);
  d.call(data);
}

/**
 * Without a frame of unnumbered information this is Cisco's encapsulation with an Ethertype, numbered frames with a
 * network layer protocol identifier, or bridged Ethernet with nothing in front: nothing in the frame says which.
 */
function dissectEncapsulated(d: Dissection, isResponse: boolean): void {
  const carried = ethertypes.get(d.peek16());
  if (carried !== undefined) {
    d.u16(f.type);
    d.call(carried);
    return;
  }
  const control = isUnnumbered(d.peek8()) ? 1 : 2;
  if (d.remaining > control && NLPIDS_CARRIED.has(d.peek8(control))) {
    addControl(d, isResponse);
    dissectNlpid(d);
  } else if (d.remaining >= ETHERNET_HEADER) d.call(protocolNamed("eth") ?? data);
  else d.call(data);
}

/** Two to four octets; the last says that it is. */
function addAddress(d: Dissection): number {
  const start = d.pos;
  if (d.peek8() & LAST_OCTET) {
    d.skip(1);
    if (d.building) addExpertLine(d, x.bogus, start, 1, "Bogus 1-octet address field");
    d.add(f.dlci, start, 1, SIGNALLING);
    return SIGNALLING;
  }
  addFlags(d, f.first, 1, FIRST_BITS);
  const octet = addFlags(d, f.second, 1, SECOND_BITS);
  let dlci = (d.buf[start] >> 2) * 16 + (octet >> 4);
  if (!(octet & LAST_OCTET)) {
    if (!(d.peek8() & LAST_OCTET)) dlci = dlci * 128 + (addFlags(d, f.third, 1, THIRD_BITS) >> 1);
    while (!(d.peek8() & LAST_OCTET)) {
      d.text(d.pos, 1, x.bogus.message);
      d.expert(x.bogus);
      d.skip(1);
    }
    const isCore = (d.peek8() & CORE) !== 0;
    if (!isCore) dlci = dlci * 64 + (d.peek8() >> 2);
    d.openText(d.pos, 1, `Final address octet: 0x${d.peek8().toString(16).padStart(2, "0")}`);
    d.bits(isCore ? f.core : f.lower, d.pos, 1);
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

const NLPIDS_CARRIED: ReadonlySet<number> = new Set([
  NLPID_PADDING,
  NLPID_LMI,
  NLPID_PPP,
  NLPID_SNAP,
  NLPID_IPV6,
  NLPID_IPV4,
  0x08,
  0x81,
  0x82,
  0x83,
  0xb0,
]);

/** RFC 2427 section 3. */
function dissectNlpid(d: Dissection): void {
  if (d.peek8() === NLPID_PADDING) {
    d.hidden(f.nlpid, d.pos, 1, NLPID_PADDING);
    if (d.labels) d.relabel("Padding");
    d.skip(1);
  }
  // In the protocols of OSI it is the first byte of the packet.
  const osi = OSI_PROTOCOLS[d.peek8()];
  const inside = osi === undefined ? undefined : protocolNamed(osi);
  if (inside !== undefined) {
    const at = d.pos;
    if (d.call(inside)) d.hidden(f.nlpid, at, 1, d.buf[at]);
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
