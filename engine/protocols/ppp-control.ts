/**
 * PPP's control protocols: LCP (RFC 1661, RFC 1570), IPCP (RFC 1332, RFC 1877), IPv6CP (RFC 5072), CCP (RFC 1962) and
 * CDPCP. All share the packet format of RFC 1661 section 5.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  type Field,
  ipv4,
  joined,
  nameOf,
  str,
  u8,
  u16,
  u32,
  type ValueNames,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { pppProtocols } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { PPP_NAMES } from "./names/ppp.ts";

const CODES: Readonly<Record<number, string>> = {
  0: "Vendor Specific",
  1: "Configuration Request",
  2: "Configuration Ack",
  3: "Configuration Nak",
  4: "Configuration Reject",
  5: "Termination Request",
  6: "Termination Ack",
  7: "Code Reject",
};
const LCP_CODES: Readonly<Record<number, string>> = {
  ...CODES,
  8: "Protocol Reject",
  9: "Echo Request",
  10: "Echo Reply",
  11: "Discard Request",
  12: "Identification",
  13: "Time Remaining",
};
const CCP_CODES: Readonly<Record<number, string>> = { ...CODES, 14: "Reset Request", 15: "Reset Ack" };

/** Fields every control protocol uses. */
const common = {
  code: u8("ppp.code", "Code"),
  identifier: u8("ppp.identifier", "Identifier", { base: "DEC_HEX" }),
  length: u16("ppp.length", "Length"),
  data: bytes("ppp.data", "Data"),
};

/** An option: its name, its length when that is fixed, and what it holds behind type and length. */
interface Option {
  readonly name: string;
  /** The whole option as a field. */
  readonly field: Field;
  readonly length?: number;
  readonly add: (d: Dissection) => void;
}
const nothing = (): void => undefined;

/** A control protocol. */
interface Control {
  readonly codes: Readonly<Record<number, string>>;
  readonly type: Field;
  readonly length: Field;
  readonly options: Readonly<Record<number, Option>>;
}

const ALGORITHMS: ValueNames = {
  5: "CHAP with MD5",
  6: "CHAP with SHA-1",
  128: "MS-CHAP",
  129: "MS-CHAP-2",
};
const DISCRIMINATOR_CLASSES: ValueNames = {
  0: "Null Class",
  1: "Locally Assigned Address",
  2: "Internet Protocol (IP) Address",
  3: "IEEE 802.1 globally assigned MAC address",
  4: "PPP Magic Number Block",
  5: "Public Switched Network Directory Number",
};

/** Control characters a sender asks to have escaped, from bit 0 on (RFC 1662 section 7.1). */
const CONTROL_CHARACTERS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US";
const FLOW_CONTROL: Readonly<Record<string, string>> = { DC1: "DC1 (XON)", DC3: "DC3 (XOFF)" };
const asyncBits = CONTROL_CHARACTERS.split(" ")
  .map((name, bit) =>
    bool(`lcp.opt.asyncmap.${name.toLowerCase()}`, FLOW_CONTROL[name] ?? name, { mask: 2 ** bit, bits: 32 }),
  )
  .reverse();
const OPERATIONS: Readonly<Record<number, string>> = {
  0: "Location is determined by user authentication",
  1: "Message is dialing string",
  2: "Message is location identifier",
  3: "Message is E.164",
  4: "Message is distinguished name",
  5: "unassigned",
  6: "Location is determined during CBCP negotiation",
};

const lcpFields = {
  magic: u32("lcp.magic_number", "Magic Number", { base: "HEX" }),
  data: bytes("lcp.data", "Data"),
  message: str("lcp.message", "Message"),
  seconds: u32("lcp.secs_remaining", "Seconds Remaining"),
  rejected: u16("lcp.rej_proto", "Rejected Protocol", { base: "HEX", names: PPP_NAMES }),
  type: u8("lcp.opt.type", "Type"),
  length: u8("lcp.opt.length", "Length"),
  optionData: bytes("lcp.opt.data", "Data"),
  mru: u16("lcp.opt.mru", "Maximum Receive Unit"),
  asyncMap: u32("lcp.opt.asyncmap", "Async Control Character Map", { base: "HEX" }),
  operation: u8("lcp.opt.operation", "Operation", { names: OPERATIONS }),
  ...Object.fromEntries(asyncBits.map((field) => [field.name, field])),
  authentication: u16("lcp.opt.auth_protocol", "Authentication Protocol", { base: "HEX", names: PPP_NAMES }),
  algorithm: u8("lcp.opt.algorithm", "Algorithm", { names: ALGORITHMS }),
  quality: u16("lcp.opt.quality_protocol", "Quality Protocol", { base: "HEX", names: PPP_NAMES }),
  magicOption: u32("lcp.opt.magic_number", "Magic Number", { base: "HEX" }),
  mrru: u16("lcp.opt.mrru", "MRRU"),
  discriminatorClass: u8("lcp.opt.ep_disc_class", "Class", { names: DISCRIMINATOR_CLASSES }),
};

const addProtocol =
  (field: Field) =>
  (d: Dissection): void => {
    const value = d.u16(field);
    if (d.labels)
      d.appendParent(`: ${nameOf(PPP_NAMES, value) ?? "Unknown"} (0x${value.toString(16).padStart(4, "0")})`);
  };
const rest =
  (field: Field) =>
  (d: Dissection): void => {
    if (d.remaining > 0) d.bytes(field, d.remaining);
  };
const number =
  (field: Field, n: number) =>
  (d: Dissection): void => {
    const value = d.uint(field, n);
    if (d.labels)
      d.appendParent(`: ${field.base === "HEX" ? `0x${value.toString(16).padStart(n * 2, "0")}` : value}`);
  };

function addAsyncMap(d: Dissection): void {
  const map = addFlags(d, lcpFields.asyncMap, 4, asyncBits);
  if (d.labels) d.appendParent(`: 0x${map.toString(16).padStart(8, "0")}`);
}

function addCallback(d: Dissection): void {
  const operation = d.u8(lcpFields.operation);
  if (d.labels) d.appendParent(`: ${OPERATIONS[operation] ?? "Unknown"}`);
  rest(lcpFields.optionData)(d);
}

const LCP: Control = {
  codes: LCP_CODES,
  type: lcpFields.type,
  length: lcpFields.length,
  options: {
    1: {
      name: "Maximum Receive Unit",
      field: bytes("lcp.opt.mtu_bytes", "Maximum Receive Unit"),
      length: 4,
      add: number(lcpFields.mru, 2),
    },
    2: {
      name: "Async Control Character Map",
      field: bytes("lcp.opt.asyncmap_bytes", "Async Control Character Map"),
      length: 6,
      add: addAsyncMap,
    },
    3: {
      name: "Authentication Protocol",
      field: bytes("lcp.opt.auth_protocol_bytes", "Authentication Protocol"),
      add: (d) => {
        addProtocol(lcpFields.authentication)(d);
        if (d.remaining > 0) d.u8(lcpFields.algorithm);
      },
    },
    4: {
      name: "Quality Protocol",
      field: bytes("lcp.opt.quality_protocol_bytes", "Quality Protocol"),
      add: (d) => {
        addProtocol(lcpFields.quality)(d);
        rest(lcpFields.optionData)(d);
      },
    },
    5: {
      name: "Magic Number",
      field: bytes("lcp.opt.magic_number_bytes", "Magic Number"),
      length: 6,
      add: number(lcpFields.magicOption, 4),
    },
    7: {
      name: "Protocol Field Compression",
      field: bytes("lcp.opt.field_compress", "Protocol Field Compression"),
      length: 2,
      add: nothing,
    },
    8: {
      name: "Address and Control Field Compression",
      field: bytes("lcp.opt.addr_field_compress", "Address and Control Field Compression"),
      length: 2,
      add: nothing,
    },
    13: { name: "Callback", field: bytes("lcp.opt.callback", "Callback"), add: addCallback },
    17: {
      name: "Multilink MRRU",
      field: bytes("lcp.opt.multilink_mrru", "Multilink MRRU"),
      length: 4,
      add: number(lcpFields.mrru, 2),
    },
    18: {
      name: "Multilink Short Sequence Number Header",
      field: bytes("lcp.opt.multilink_ssnh", "Multilink Short Sequence Number Header"),
      length: 2,
      add: nothing,
    },
    19: {
      name: "Multilink Endpoint Discriminator",
      field: bytes("lcp.opt.multilink_ep_disc", "Multilink Endpoint Discriminator"),
      add: (d) => {
        d.u8(lcpFields.discriminatorClass);
        rest(lcpFields.optionData)(d);
      },
    },
  },
};

const ipcpFields = {
  type: u8("ipcp.opt.type", "Type"),
  length: u8("ipcp.opt.length", "Length"),
  source: ipv4("ipcp.opt.src_address", "Source IP Address"),
  destination: ipv4("ipcp.opt.dst_address", "Destination IP Address"),
  compression: u16("ipcp.opt.compress_proto", "IP Compression Protocol", {
    base: "HEX",
    names: { 3: "ROHC", 45: "VJ compression", 97: "IPHC compression" },
  }),
  maxSlot: u8("ipcp.opt.max_slot_id", "Max Slot ID"),
  compressedSlot: bool("ipcp.opt.comp_slot_id", "Comp Slot ID", {
    mask: 0x01,
    tf: ["The slot identifier may be compressed", "The slot identifier must not be compressed"],
  }),
  data: bytes("ipcp.data", "Data"),
  address: ipv4("ipcp.opt.ip_address", "IP Address"),
  home: ipv4("ipcp.opt.mobilenodehomeaddress", "Mobile Node's Home Address"),
  primaryDns: ipv4("ipcp.opt.pri_dns_address", "Primary DNS Address"),
  primaryNbns: ipv4("ipcp.opt.pri_nbns_address", "Primary NBNS Address"),
  secondaryDns: ipv4("ipcp.opt.sec_dns_address", "Secondary DNS Address"),
  secondaryNbns: ipv4("ipcp.opt.sec_nbns_address", "Secondary NBNS Address"),
};
const VAN_JACOBSON = 0x002d;
const address = (option: Field, field: Field): Option => ({
  name: option.title,
  field: option,
  length: 6,
  add: (d) => {
    d.ipv4(field);
  },
});

const IPCP: Control = {
  codes: CODES,
  type: ipcpFields.type,
  length: ipcpFields.length,
  options: {
    1: {
      name: "IP Addresses (deprecated)",
      field: bytes("ipcp.opt.addrs", "IP Addresses (deprecated)"),
      length: 10,
      add: (d) => {
        d.ipv4(ipcpFields.source);
        d.ipv4(ipcpFields.destination);
      },
    },
    2: {
      name: "IP Compression Protocol",
      field: bytes("ipcp.opt.compress", "IP Compression Protocol"),
      add: (d) => {
        if (d.u16(ipcpFields.compression) === VAN_JACOBSON && d.remaining >= 2) {
          d.u8(ipcpFields.maxSlot);
          d.bits(ipcpFields.compressedSlot, d.pos, 1);
          d.skip(1);
        } else rest(ipcpFields.data)(d);
      },
    },
    3: address(bytes("ipcp.opt.addr", "IP Address"), ipcpFields.address),
    4: address(bytes("ipcp.opt.mobileipv4", "Mobile Node's Home IP Address"), ipcpFields.home),
    129: address(bytes("ipcp.opt.pri_dns", "Primary DNS Server IP Address"), ipcpFields.primaryDns),
    130: address(bytes("ipcp.opt.pri_nbns", "Primary NBNS Server IP Address"), ipcpFields.primaryNbns),
    131: address(bytes("ipcp.opt.sec_dns", "Secondary DNS Server IP Address"), ipcpFields.secondaryDns),
    132: address(bytes("ipcp.opt.sec_nbns", "Secondary NBNS Server IP Address"), ipcpFields.secondaryNbns),
  },
};

const ipv6cpFields = {
  type: u8("ipv6cp.opt.type", "Type"),
  length: u8("ipv6cp.opt.length", "Length"),
  identifier: bytes("ipv6cp.interface_identifier", "Interface Identifier", { base: "SEP_COLON" }),
};
const IPV6CP: Control = {
  codes: CODES,
  type: ipv6cpFields.type,
  length: ipv6cpFields.length,
  options: {
    1: {
      name: "Interface Identifier",
      field: bytes("ipv6cp.opt.interface_identifier", "Interface Identifier"),
      length: 10,
      add: rest(ipv6cpFields.identifier),
    },
    2: { name: "IPv6 compression", field: bytes("ipv6cp.opt.compress", "IPv6 compression"), add: nothing },
  },
};

const mppe = (name: string, title: string, mask: number, on: string, off: string): Field =>
  bool(`ccp.opt.supported_bits.${name}`, title, { mask, bits: 32, tf: [on, off] });
const ccpFields = {
  type: u8("ccp.opt.type", "Type"),
  length: u8("ccp.opt.length", "Length"),
  data: bytes("ccp.opt.data", "Data"),
  supported: u32("ccp.opt.supported_bits", "Supported Bits", { base: "HEX" }),
  h: mppe("h", "H", 0x0100_0000, "Stateless mode ON", "Stateless mode OFF"),
  m: mppe("m", "M", 0x80, "56-bit encryption ON", "56-bit encryption OFF"),
  s: mppe("s", "S", 0x40, "128-bit encryption ON", "128-bit encryption OFF"),
  l: mppe("l", "L", 0x20, "40-bit encryption ON", "40-bit encryption OFF"),
  d: mppe("d", "D", 0x10, "Obsolete (should NOT be 1)", "Obsolete (should ALWAYS be 0)"),
  c: mppe("c", "C", 0x01, "Desire to negotiate MPPC", "No desire to negotiate MPPC"),
};
const MPPE_BITS = [ccpFields.h, ccpFields.m, ccpFields.s, ccpFields.l, ccpFields.d, ccpFields.c];
const CCP: Control = {
  codes: CCP_CODES,
  type: ccpFields.type,
  length: ccpFields.length,
  options: {
    1: {
      name: "Predictor type 1",
      field: bytes("ccp.opt.predict1", "Predictor type 1"),
      length: 2,
      add: nothing,
    },
    2: {
      name: "Predictor type 2",
      field: bytes("ccp.opt.predict2", "Predictor type 2"),
      length: 2,
      add: nothing,
    },
    17: {
      name: "Stac Electronics LZS",
      field: bytes("ccp.opt.stac", "Stac Electronics LZS"),
      add: rest(ccpFields.data),
    },
    18: {
      name: "Microsoft PPE/PPC",
      field: bytes("ccp.opt.mppe", "Microsoft PPE/PPC"),
      length: 6,
      add: (d) => {
        addFlags(d, ccpFields.supported, 4, MPPE_BITS);
      },
    },
    21: {
      name: "BSD LZW Compress",
      field: bytes("ccp.opt.bsdcomp", "BSD LZW Compress"),
      length: 3,
      add: rest(ccpFields.data),
    },
    26: { name: "Deflate", field: bytes("ccp.opt.deflate", "Deflate"), length: 4, add: rest(ccpFields.data) },
  },
};

const optionFields = (control: Control): Record<string, Field> =>
  Object.fromEntries(Object.values(control.options).map(({ field }) => [field.name, field]));

export const lcp = protocol({
  name: "lcp",
  title: "PPP Link Control Protocol",
  short: "PPP LCP",
  fields: joined(common, lcpFields, optionFields(LCP)),
  on: [[pppProtocols, 0xc021]],
  dissect: (d) => dissectControl(d, LCP, addLcp),
});
export const ipcp = protocol({
  name: "ipcp",
  title: "PPP IP Control Protocol",
  short: "PPP IPCP",
  fields: joined(ipcpFields, optionFields(IPCP)),
  on: [[pppProtocols, 0x8021]],
  dissect: (d) => dissectControl(d, IPCP, addOther),
});
export const ipv6cp = protocol({
  name: "ipv6cp",
  title: "PPP IPv6 Control Protocol",
  short: "PPP IPV6CP",
  fields: joined(ipv6cpFields, optionFields(IPV6CP)),
  on: [[pppProtocols, 0x8057]],
  dissect: (d) => dissectControl(d, IPV6CP, addOther),
});
export const ccp = protocol({
  name: "ccp",
  title: "PPP Compression Control Protocol",
  short: "PPP CCP",
  fields: joined(ccpFields, optionFields(CCP)),
  on: [[pppProtocols, 0x80fd]],
  dissect: (d) => dissectControl(d, CCP, addOther),
});

const HEADER = 4;
const FIRST_OPTIONS = 1;
const LAST_OPTIONS = 4;

function dissectControl(
  d: Dissection,
  control: Control,
  addRest: (d: Dissection, code: number) => void,
): void {
  const code = d.u8(common.code);
  const name = control.codes[code] ?? "Unknown";
  if (d.columns) d.setInfo(name);
  if (d.labels) d.relabel(`Code: ${name} (${code})`);
  d.u8(common.identifier);
  const length = d.u16(common.length);
  if (length < HEADER) return;
  d.limit(length - HEADER);
  if (code >= FIRST_OPTIONS && code <= LAST_OPTIONS) addOptions(d, control);
  else addRest(d, code);
}

/** RFC 1661 section 6: type, length, value. */
function addOptions(d: Dissection, control: Control): void {
  if (d.remaining === 0 || !d.building) return;
  const length = d.wireRemaining;
  d.openText(d.pos, d.remaining, `Options: (${length} byte${length === 1 ? "" : "s"})`);
  while (d.remaining > 0) {
    const at = d.pos;
    const type = d.peek8();
    const size = d.peek8(1);
    const option = control.options[type];
    const name = option?.name ?? `Unknown (0x${type.toString(16).padStart(2, "0")})`;
    if (size < 2) {
      d.text(at, 2, `${name} (with too-short option length = ${size} byte${size === 1 ? "" : "s"})`);
      break;
    }
    if (at + size > d.wireEnd) {
      d.text(at, 2, `${name} (option length = ${size} bytes says option goes past end of options)`);
      break;
    }
    d.needAt(at, size);
    if (option === undefined) d.text(at, size, `${name} (${size} bytes)`);
    else if (option.length !== undefined && option.length !== size) {
      d.text(at, size, `${name} (with option length = ${size} bytes; should be ${option.length})`);
    } else {
      if (d.labels) d.appendParent(`, ${name}`);
      addOption(d, control, option, size);
    }
    d.pos = at + size;
  }
  if (d.labels) d.close();
}

function addOption(d: Dissection, control: Control, option: Option, size: number): void {
  const { end, wireEnd } = d;
  d.end = d.pos + size;
  d.wireEnd = d.end;
  const type = d.peek8();
  d.open(option.field, d.pos, size, d.peekBytes(size));
  if (d.labels) d.relabel(option.name);
  d.u8(control.type);
  if (d.labels) d.relabel(`Type: ${option.name} (${type})`);
  d.u8(control.length);
  option.add(d);
  if (d.labels) d.close();
  d.end = end;
  d.wireEnd = wireEnd;
}

function addOther(d: Dissection, _code: number): void {
  if (d.remaining > 0) d.bytes(common.data, d.remaining);
}

const PROTOCOL_REJECT = 8;
const FIRST_ECHO = 9;
const DISCARD = 11;
const IDENTIFICATION = 12;
const TIME_REMAINING = 13;

/** RFC 1661 sections 5.7 to 5.9, RFC 1570 sections 2.1 and 2.2. */
function addLcp(d: Dissection, code: number): void {
  if (code === PROTOCOL_REJECT) {
    const rejected = pppProtocols.get(d.u16(lcpFields.rejected));
    if (d.remaining > 0) callRejected(d, rejected);
    return;
  }
  if (code >= FIRST_ECHO && code <= TIME_REMAINING) {
    d.u32(lcpFields.magic);
    if (code === TIME_REMAINING) d.u32(lcpFields.seconds);
    if (code >= IDENTIFICATION && d.remaining > 0) d.str(lcpFields.message, d.remaining);
    else if (code <= DISCARD && d.remaining > 0) d.bytes(lcpFields.data, d.remaining);
    return;
  }
  addOther(d, code);
}

/** The packet that was refused, shown inside. */
function callRejected(d: Dissection, rejected: Protocol | undefined): void {
  d.callQuoted(rejected ?? data);
}
