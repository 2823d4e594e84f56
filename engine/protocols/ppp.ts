/** Point-to-Point Protocol framing, RFC 1661 and RFC 1662, and PPP over Ethernet, RFC 2516. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, none, str, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, linkTypes, pppProtocols } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { chdlc, MULTICAST, UNICAST } from "./hdlc.ts";
import { ip } from "./ipv4.ts";
import { ip6 } from "./ipv6.ts";
import { PPP_NAMES } from "./names/ppp.ts";

const f = {
  address: u8("ppp.address", "Address", { base: "HEX" }),
  control: u8("ppp.control", "Control", { base: "HEX" }),
  direction: u8("ppp.direction", "Direction", { names: { 0: "DTE->DCE", 1: "DCE->DTE" } }),
  protocol: u16("ppp.protocol", "Protocol", { base: "HEX", names: PPP_NAMES }),
};

export const ppp = protocol({
  name: "ppp",
  title: "Point-to-Point Protocol",
  short: "PPP",
  fields: f,
  on: [
    [linkTypes, 9, 50, 204],
    [ethertypes, 0x880b],
  ],
  dissect,
});

pppProtocols.add(0x0021, ip);
pppProtocols.add(0x0057, ip6);

const ALL_STATIONS = 0xff;

const LINKTYPE_PPP_DIRECTION = 204;

function dissect(d: Dissection): void {
  // Only the first layer of a frame has the direction in front.
  const isDirected = d.linkType === LINKTYPE_PPP_DIRECTION && d.pos === d.base && d.source === 0;
  const isSent = isDirected ? d.peek8() !== 0 : false;
  if (isDirected) d.skip(1);
  if (d.peek8() === UNICAST || d.peek8() === MULTICAST) {
    d.unlist();
    d.call(chdlc);
    return;
  }
  if (d.peek8() === ALL_STATIONS) {
    d.u8(f.address);
    d.u8(f.control);
  }
  if (isDirected) d.generated(f.direction, d.pos, 0, isSent ? 0 : 1);
  // An odd first byte is a protocol number compressed to one byte: RFC 1661 section 6.5.
  const length = d.peek8() & 1 ? 1 : 2;
  const type = d.uint(f.protocol, length);
  const carried = pppProtocols.get(type);
  if (d.columns) {
    const name = PPP_NAMES[type] ?? "Unknown";
    const number = `0x${type.toString(16).padStart(4, "0")}`;
    if (carried === undefined) d.setProtocol(number);
    d.setInfo(carried === undefined ? `PPP ${name} (${number})` : "");
  }
  d.call(carried ?? data);
}

/** What a negotiated algorithm made of a packet; the algorithm is not known here. RFC 1962 section 2. */
export const compressedData = protocol({
  name: "comp_data",
  title: "PPP Compressed Datagram",
  short: "PPP Comp",
  on: [[pppProtocols, 0x00fd]],
  dissect(d) {
    if (d.columns) d.setInfo("Compressed data");
    d.call(data);
  },
});

const CODES: Readonly<Record<number, string>> = {
  0: "Session Data",
  7: "Active Discovery Offer (PADO)",
  9: "Active Discovery Initiation (PADI)",
  10: "Active Discovery Session-Grant (PADG)",
  11: "Active Discovery Session-Credit Resp.(PADC)",
  12: "Active Discovery Quality (PADQ)",
  25: "Active Discovery Request (PADR)",
  101: "Active Discovery Session-confirmation (PADS)",
  167: "Active Discovery Terminate (PADT)",
  211: "Active Discovery Message (PADM)",
  212: "Active Discovery Network (PADN)",
};

const header = {
  version: u8("pppoe.version", "Version", { mask: 0xf0 }),
  type: u8("pppoe.type", "Type", { mask: 0x0f }),
  code: u8("pppoe.code", "Code", { base: "HEX", names: CODES }),
  session: u16("pppoe.session_id", "Session ID", { base: "HEX" }),
  length: u16("pppoe.payload_length", "Payload Length"),
};
const headerExperts = {
  length: expert("pppoe.payload_length.bad", "warning", "Malformed", "Possible bad payload length"),
};
const tag = {
  tags: none("pppoed.tags", "PPPoE Tags"),
  serviceName: str("pppoed.tags.service_name", "Service-Name"),
  acName: str("pppoed.tags.ac_name", "AC-Name"),
  hostUniq: bytes("pppoed.tags.host_uniq", "Host-Uniq"),
  cookie: bytes("pppoed.tags.ac_cookie", "AC-Cookie"),
  relaySession: bytes("pppoed.tags.relay_session_id", "Relay-Session-Id"),
  maxPayload: bytes("pppoed.tags.max_payload", "PPP-Max-Payload"),
  serviceError: str("pppoed.tags.service_name_error", "Service-Name-Error"),
  systemError: str("pppoed.tags.ac_system_error", "AC-System-Error"),
  genericError: str("pppoed.tags.generic_error", "Generic-Error"),
  unknown: bytes("pppoed.tag.unknown_data", "Unknown Data"),
};

export const pppoeSession = protocol({
  name: "pppoes",
  title: "PPP-over-Ethernet Session",
  short: "PPPoES",
  fields: header,
  experts: headerExperts,
  on: [[ethertypes, 0x8864]],
  dissect(d) {
    dissectHeader(d);
    if (d.remaining > 0) d.call(ppp);
    d.payloadEnd = -1;
  },
});

export const pppoeDiscovery = protocol({
  name: "pppoed",
  title: "PPP-over-Ethernet Discovery",
  short: "PPPoED",
  fields: tag,
  on: [[ethertypes, 0x8863]],
  dissect(d) {
    dissectHeader(d);
    if (d.building && d.remaining > 0) addTags(d);
    d.pos = d.end;
    d.payloadEnd = -1;
  },
});

/** Reads the header, limits the layer to its payload. */
function dissectHeader(d: Dissection): void {
  d.bits(header.version, d.pos, 1);
  d.bits(header.type, d.pos, 1);
  d.skip(1);
  const code = d.u8(header.code);
  if (d.columns) d.setInfo(CODES[code] ?? `Unknown (0x${code.toString(16).padStart(2, "0")})`);
  d.u16(header.session);
  const length = d.u16(header.length);
  const bad = code === SESSION_DATA && badLength(d, length);
  if (bad) {
    const whole = d.wireRemaining;
    if (d.labels) d.append(` [incorrect, should be ${whole}]`);
    d.expert(
      headerExperts.length,
      d.wantsMessages ? `Possible bad payload length ${length} != ${whole}` : undefined,
    );
  }
  d.limit(length);
}

const SESSION_DATA = 0;
/** Bytes behind the header in the shortest Ethernet frame. */
const SHORTEST = 40;

/** A length below what is there is no mistake where the frame had to be padded. */
function badLength(d: Dissection, length: number): boolean {
  return length < d.wireRemaining && d.wireRemaining > SHORTEST;
}

const END_OF_LIST = 0;
const TAGS = {
  257: tag.serviceName,
  258: tag.acName,
  259: tag.hostUniq,
  260: tag.cookie,
  272: tag.relaySession,
  288: tag.maxPayload,
  513: tag.serviceError,
  514: tag.systemError,
  515: tag.genericError,
} as const;

function addTags(d: Dissection): void {
  d.open(tag.tags, d.pos, d.remaining);
  while (d.remaining >= 4) {
    const type = d.peek16();
    const length = d.peek16(2);
    d.skip(4);
    if (type === END_OF_LIST) break;
    if (length === 0) continue;
    const field = (TAGS as Readonly<Record<number, typeof tag.unknown>>)[type] ?? tag.unknown;
    if (field.type === "FT_STRING") d.str(field, length);
    else d.bytes(field, length);
  }
  d.close();
}
