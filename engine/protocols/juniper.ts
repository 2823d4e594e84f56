/** Juniper's link types: a header with a magic number and extensions in front of what was sent on the line. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, type Field, u8, u16, u24, u32, u64 } from "../dissect/field.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";

const DIRECTION_NAMES: Readonly<Record<number, string>> = {
  0: "Out",
  1: "In",
};
const L2HDR_NAMES: Readonly<Record<number, string>> = {
  0: "Present",
  2: "none",
};
const PROTO_NAMES: Readonly<Record<number, string>> = {
  2: "IPv4",
  3: "MPLS->IPv4",
  4: "IPv4->MPLS",
  6: "IPv6",
  7: "MPLS->IPv6",
  8: "IPv6->MPLS",
  200: "PPP",
  10: "CLNP",
  33: "MPLS->CLNP",
  32: "CLNP->MPLS",
  201: "OSI",
  5: "MPLS",
  202: "LLC",
  203: "LLC/SNAP",
  204: "Ethernet",
  205: "ATM OAM Cell",
  206: "Q.933",
  207: "Frame-Relay",
  208: "C-HDLC",
};
const EXT_IFMT_NAMES: Readonly<Record<number, string>> = {
  1: "Ethernet",
  2: "FDDI",
  3: "Token-Ring",
  4: "PPP",
  57: "PPP-Subordinate",
  5: "Frame-Relay",
  6: "Cisco-HDLC",
  7: "SMDS-DXI",
  8: "ATM-PVC",
  9: "PPP-CCC",
  10: "Frame-Relay-CCC",
  48: "Extended FR-CCC",
  11: "IP-over-IP",
  12: "GRE",
  13: "PIM-Encapsulator",
  14: "PIM-Decapsulator",
  15: "Cisco-HDLC-CCC",
  16: "VLAN-CCC",
  32: "Extended-VLAN-CCC",
  17: "Multilink-PPP",
  18: "Multilink-FR",
  39: "Multilink-FR-UNI-NNI",
  19: "Multilink",
  40: "LinkService",
  20: "LSI",
  22: "ATM-CCC-Cell-Relay",
  23: "IPSEC-over-IP",
  24: "GGSN",
  27: "PPP-TCC",
  28: "Frame-Relay-TCC",
  49: "Extended FR-TCC",
  29: "Cisco-HDLC-TCC",
  30: "Ethernet-CCC",
  31: "VPN-Loopback-tunnel",
  33: "Ethernet-over-ATM",
  46: "Ethernet-VPLS-over-ATM",
  34: "Monitor",
  35: "Ethernet-TCC",
  36: "VLAN-TCC",
  37: "Extended-VLAN-TCC",
  38: "Controller",
  41: "VPLS",
  42: "VLAN-VPLS",
  43: "Extended-VLAN-VPLS",
  44: "Logical-tunnel",
  45: "General-Services",
  56: "PPPoE",
  52: "Flexible-Ethernet-Services",
  50: "Flexible-FrameRelay",
  53: "Flow-collection",
  60: "PIC Peer",
  59: "Dynamic-Flow-Capture",
};
const EXT_IFLE_NAMES: Readonly<Record<number, string>> = {
  59: "Aggregator",
  9: "CCC over ATM",
  32: "ATM CCC Cell Relay",
  26: "CISCO compatible NLPID",
  56: "Ethernet over ATM CCC",
  41: "Ethernet over ATM LLC",
  53: "Ethernet VPLS over ATM LLC",
  5: "ATM LLC",
  55: "MLPPP over ATM LLC",
  3: "ATM NLPID",
  61: "PPPoE over ATM LLC",
  8: "PPP over FUNI",
  7: "PPP over ATM LLC",
  6: "PPP over ATM VCMUX",
  2: "ATM SNAP",
  43: "ATM SNAP TCC",
  35: "ATM VCMUX TCC",
  4: "ATM VCMUX",
  18: "C-HDLC",
  25: "C-HDLC CCC",
  65: "C-HDLC via dialer",
  38: "C-HDLC TCC",
  58: "Collector",
  33: "Crypto",
  14: "Ethernet",
  39: "Ethernet CCC",
  51: "Extended VLAN VPLS",
  62: "PPPoE over Ethernet",
  45: "Ethernet TCC",
  50: "VLAN VPLS",
  49: "VPLS",
  42: "Extended VLAN CCC",
  47: "Extended VLAN TCC",
  13: "FR CCC",
  10: "FR NLPID",
  54: "FR CCC",
  12: "FR PPP",
  11: "FR SNAP",
  36: "FR TCC",
  34: "GGSN",
  22: "GRE NULL",
  23: "PPP over GRE",
  20: "IPIP",
  60: "LAPD",
  30: "LSI Null",
  57: "LT VLAN",
  48: "MFR",
  29: "MLFR",
  28: "MLPPP",
  44: "Monitor",
  24: "PIMd",
  21: "PIM Null",
  17: "PPP",
  63: "PPPoE",
  19: "PPP CCC",
  64: "",
  37: "PPP TCC",
  52: "General Services",
  27: "VLAN CCC",
  46: "VLAN TCC",
  40: "VT",
};

const f = {
  magicNumber: u24("juniper.magic-number", "Magic Number", { base: "HEX" }),
  direction: u8("juniper.direction", "Direction", { base: "HEX", mask: 0x1, names: DIRECTION_NAMES }),
  l2hdr: u8("juniper.l2hdr", "L2 header presence", { base: "HEX", mask: 0x2, names: L2HDR_NAMES }),
  extTotalLen: u16("juniper.ext_total_len", "Extension(s) Total length"),
  atm2Cookie: u64("juniper.atm2.cookie", "Cookie", { base: "HEX" }),
  atm1Cookie: u32("juniper.atm1.cookie", "Cookie", { base: "HEX" }),
  mlpicCookie: u16("juniper.mlpic.cookie", "Cookie", { base: "HEX" }),
  proto: u16("juniper.proto", "Protocol", { names: PROTO_NAMES }),
  payloadType: u16("juniper.payload_type", "Payload Type", { names: PROTO_NAMES }),
  extIfd: u32("juniper.ext.ifd", "Device Interface Index"),
  extIfl: u32("juniper.ext.ifl", "Logical Interface Index"),
  extUnit: u32("juniper.ext.unit", "Logical Unit Number"),
  extIfmt: u16("juniper.ext.ifmt", "Device Media Type", { names: EXT_IFMT_NAMES }),
  extIfle: u16("juniper.ext.ifle", "Logical Interface Encapsulation", { names: EXT_IFLE_NAMES }),
  extTtpIfmt: u16("juniper.ext.ttp_ifmt", "TTP derived Device Media Type", { names: EXT_IFMT_NAMES }),
  extTtpIfle: u16("juniper.ext.ttp_ifle", "TTP derived Logical Interface Encapsulation", {
    names: EXT_IFLE_NAMES,
  }),
  unknownData: bytes("juniper.unknown_data", "Unknown data"),
};

const x = {
  magic: expert("juniper.magic-number.none", "warning", "Protocol", "No Magic-Number found!"),
};

export const juniper = protocol({
  name: "juniper",
  title: "Juniper",
  short: "Juniper",
  fields: f,
  experts: x,
  on: [[linkTypes, 130, 131, 133, 135, 137, 167, 178, 179, 180, 181, 183]],
  dissect,
});

/** One link type: its line, the Protocol column, the cookie in front of the payload, and what the payload is. */
interface Kind {
  readonly title: string;
  readonly column: string;
  /** Bytes of the cookie; 0 for none. */
  readonly cookie: number;
  readonly payload: number;
  /** Bytes between the header and the payload. */
  readonly skipped: number;
}
const ETHERNET = 204;
const PPP = 200;
const FRAME_RELAY = 207;
const CHDLC = 208;
const LLC_SNAP = 202;
const KINDS: Readonly<Record<number, Kind>> = {
  130: { title: "Juniper MLPPP", column: "Juniper MLPPP", cookie: 2, payload: PPP, skipped: 0 },
  131: { title: "Juniper MLFR", column: "Juniper MLFR", cookie: 2, payload: FRAME_RELAY, skipped: 0 },
  133: { title: "Juniper GGSN", column: "Juniper GGSN", cookie: 0, payload: 0, skipped: 4 },
  135: { title: "Juniper ATM2 PIC", column: "Juniper ATM2", cookie: 8, payload: LLC_SNAP, skipped: 0 },
  137: { title: "Juniper ATM1 PIC", column: "Juniper ATM1", cookie: 4, payload: LLC_SNAP, skipped: 0 },
  167: { title: "Juniper PPPoE PIC", column: "Juniper PPPoE", cookie: 0, payload: ETHERNET, skipped: 0 },
  178: { title: "Juniper Ethernet", column: "Juniper Ethernet", cookie: 0, payload: ETHERNET, skipped: 0 },
  179: { title: "Juniper PPP", column: "Juniper PPP", cookie: 0, payload: PPP, skipped: 2 },
  180: {
    title: "Juniper Frame-Relay",
    column: "Juniper Frame-Relay",
    cookie: 0,
    payload: FRAME_RELAY,
    skipped: 0,
  },
  181: { title: "Juniper C-HDLC", column: "Juniper C-HDLC", cookie: 0, payload: CHDLC, skipped: 0 },
  183: { title: "Juniper Voice PIC", column: "Juniper Voice PIC", cookie: 0, payload: 0, skipped: 18 },
};

const MAGIC = 0x4d4743;
const NO_LINK_HEADER = 0x02;
const EXTENDED = 0x80;

function dissect(d: Dissection): void {
  const kind = KINDS[d.linkType] ?? KINDS[178];
  // Its line stands for no protocol of its own.
  d.unlist();
  if (d.columns) {
    d.setProtocol(kind.column);
    d.setInfo("");
  }
  const start = d.pos;
  d.openText(start, 0, kind.title);
  const magic = d.u24(f.magicNumber);
  if (magic !== MAGIC) {
    d.expert(x.magic);
    return;
  }
  const flags = d.peek8();
  d.bits(f.direction, d.pos, 1);
  d.bits(f.l2hdr, d.pos, 1);
  d.skip(1);
  if (flags & EXTENDED) addExtensions(d, d.u16(f.extTotalLen));
  if (flags & NO_LINK_HEADER) {
    const number = d.peek32le();
    d.add(f.proto, d.pos, 4, number);
    d.skip(4);
    end(d, start, number);
    return;
  }
  if (kind.cookie > 0) {
    end(d, start, addCookie(d, kind));
    return;
  }
  d.skip(kind.skipped);
  end(d, start, kind.payload);
}

/** Closes the header's line and hands the payload over. */
function end(d: Dissection, start: number, payload: number): void {
  d.add(f.payloadType, d.pos, 0, payload);
  if (d.labels) {
    d.parent!.length = d.pos - start;
    d.close();
  }
  d.call(payloadProtocol(payload) ?? data);
}

function payloadProtocol(number: number): Protocol | undefined {
  switch (number) {
    case 2:
    case 3:
      return protocolNamed("ip");
    case 4:
    case 5:
    case 8:
    case 32:
      return protocolNamed("mpls");
    case 6:
    case 7:
      return protocolNamed("ipv6");
    case 10:
    case 33:
    case 201:
      return protocolNamed("osi");
    case PPP:
      return protocolNamed("ppp");
    case LLC_SNAP:
    case 203:
      return protocolNamed("llc");
    case ETHERNET:
      return protocolNamed("eth");
    case FRAME_RELAY:
      return protocolNamed("fr");
    case CHDLC:
      return protocolNamed("chdlc");
    default:
      return undefined;
  }
}

const EXTENSIONS: Readonly<Record<number, { readonly name: string; readonly field: Field }>> = {
  1: { name: "Device Interface Index", field: f.extIfd },
  3: { name: "Device Media Type", field: f.extIfmt },
  4: { name: "Logical Interface Index", field: f.extIfl },
  5: { name: "Logical Unit Number", field: f.extUnit },
  6: { name: "Logical Interface Encapsulation", field: f.extIfle },
  7: { name: "TTP derived Device Media Type", field: f.extTtpIfmt },
  8: { name: "TTP derived Logical Interface Encapsulation", field: f.extTtpIfle },
};

/** Records of type, length and value; what cannot be one ends them. */
function addExtensions(d: Dissection, total: number): void {
  const stop = d.pos + total;
  d.needAt(d.pos, total);
  while (d.pos + 2 < stop) {
    const type = d.peek8();
    const length = d.peek8(1);
    if (length === 0 || d.pos + 2 + length > stop) break;
    const known = EXTENSIONS[type];
    d.openText(d.pos, 2 + length, `${known?.name ?? "Unknown"} Extension TLV #${type}, length: ${length}`);
    d.skip(2);
    const isNumber = length === 1 || length === 2 || length === 4;
    if (known !== undefined && isNumber) {
      d.add(known.field, d.pos, length, d.peekUint(length));
      d.skip(length);
    } else d.bytes(f.unknownData, length);
    if (d.labels) d.close();
  }
  d.pos = stop;
}

const COOKIES: Readonly<Record<number, Field>> = { 2: f.mlpicCookie, 4: f.atm1Cookie };

/** @returns the number of the payload behind the cookie */
function addCookie(d: Dissection, kind: Kind): number {
  if (kind.cookie === 8) d.u64(f.atm2Cookie);
  else d.uint(COOKIES[kind.cookie], kind.cookie);
  if (kind.payload !== LLC_SNAP) return kind.payload;
  // Behind the cookie comes LLC, or an NLPID, or IP at once.
  const first = d.peek24();
  if (first === 0xaaaa03) return LLC_SNAP;
  if (first === 0xfefe03) return 203;
  return d.peek8() >> 4 === 4 ? 2 : kind.payload;
}
