/** Generic Routing Encapsulation, RFC 2784 and RFC 2890; the enhanced form of PPTP, RFC 2637. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, none, u8, u16, u32, YES_NO } from "../dissect/field.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols } from "../dissect/tables.ts";
import { checksumStatusText, onesSum, rightChecksum } from "./checksum.ts";
import { data } from "./data.ts";
import { callErspan } from "./erspan.ts";
import { ethernet } from "./ethernet.ts";
import { GRE_NAMES } from "./names/gre.ts";

const f = {
  type: u16("gre.proto", "Protocol Type", { base: "HEX", names: GRE_NAMES }),
  flags: u16("gre.flags_and_version", "Flags and Version", { base: "HEX" }),
  hasChecksum: bool("gre.flags.checksum", "Checksum Bit", { mask: 0x8000, bits: 16, tf: YES_NO }),
  hasRouting: bool("gre.flags.routing", "Routing Bit", { mask: 0x4000, bits: 16, tf: YES_NO }),
  hasKey: bool("gre.flags.key", "Key Bit", { mask: 0x2000, bits: 16, tf: YES_NO }),
  hasSequence: bool("gre.flags.sequence_number", "Sequence Number Bit", {
    mask: 0x1000,
    bits: 16,
    tf: YES_NO,
  }),
  strictRoute: bool("gre.flags.strict_source_route", "Strict Source Route Bit", {
    mask: 0x0800,
    bits: 16,
    tf: YES_NO,
  }),
  recursion: u16("gre.flags.recursion_control", "Recursion control", { mask: 0x0700 }),
  hasAck: bool("gre.flags.ack", "Acknowledgment", { mask: 0x0080, bits: 16, tf: YES_NO }),
  reserved: u16("gre.flags.reserved", "Flags (Reserved)", { mask: 0x00f8 }),
  reservedEnhanced: u16("gre.flags.reserved", "Flags (Reserved)", { mask: 0x0078 }),
  version: u16("gre.flags.version", "Version", { mask: 0x0007, names: { 0: "GRE", 1: "Enhanced GRE" } }),
  checksum: u16("gre.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("gre.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  offset: u16("gre.offset", "Offset"),
  key: u32("gre.key", "Key", { base: "HEX" }),
  payloadLength: u16("gre.key.payload_length", "Payload Length"),
  callId: u16("gre.key.call_id", "Call ID"),
  sequence: u32("gre.sequence_number", "Sequence Number"),
  ack: u32("gre.ack_number", "Acknowledgment Number"),
  routing: none("gre.routing", "Routing"),
  addressFamily: u16("gre.routing.address_family", "Address Family"),
  routingOffset: u8("gre.routing.sre_offset", "SRE Offset"),
  routingLength: u8("gre.routing.src_length", "SRE Length"),
  routingInformation: bytes("gre.routing.information", "Routing Information"),
  redirect: none("gre.wccp.redirect_header", "Redirect Header"),
  isDynamic: bool("gre.wccp.dynamic_service", "Dynamic Service", {
    mask: 0x01,
    tf: ["Dynamic service", "Well-known service"],
  }),
  isAlternative: bool("gre.wccp.alternative_bucket_used", "Alternative bucket used", {
    mask: 0x02,
    tf: ["Alternative bucket used", "Primary bucket used"],
  }),
  redirectValid: bool("gre.wccp.redirect_header_valid", "WCCP Redirect header is valid", {
    mask: 0x04,
    tf: ["Header is present, but ignore contents", "Header contents are valid"],
  }),
  serviceId: u8("gre.wccp.service_id", "Service ID", { names: { 0: "HTTP" } }),
  alternativeBucket: u8("gre.wccp.alternative_bucket", "Alternative Bucket"),
  primaryBucket: u8("gre.wccp.primary_bucket", "Primary Bucket"),
};

const x = {
  checksum: expert("gre.checksum.incorrect", "warning", "Protocol", "Incorrect GRE Checksum"),
};

export const gre = protocol({
  name: "gre",
  title: "Generic Routing Encapsulation",
  short: "GRE",
  fields: f,
  experts: x,
  on: [[ipProtocols, 47]],
  dissect,
});

const WCCP = 0x883e;
const ERSPAN = 0x88be;
const ERSPAN_3 = 0x22eb;
const COMMON = [f.hasChecksum, f.hasRouting, f.hasKey, f.hasSequence, f.strictRoute, f.recursion] as const;
const PLAIN_BITS = [...COMMON, f.reserved, f.version] as const;
const ENHANCED_BITS = [...COMMON, f.hasAck, f.reservedEnhanced, f.version] as const;

function dissect(d: Dissection): void {
  const start = d.pos;
  const word = d.peek16();
  const type = d.peek16(2);
  const enhanced = (word & 7) === 1;
  const name = GRE_NAMES[type] ?? `0x${type.toString(16).padStart(4, "0")} - unknown`;
  if (d.columns) {
    d.setInfo(`Encapsulated ${GRE_NAMES[type] ?? `0x${type.toString(16).padStart(4, "0")} (unknown)`}`);
  }
  d.bitset(f.flags, 2, enhanced ? ENHANCED_BITS : PLAIN_BITS);
  d.u16(f.type);
  if (d.labels) d.appendLayer(` (${name})`);
  if (word & 0xc000) {
    addChecksum(d, start, (word & 0x8000) !== 0);
    d.u16(f.offset);
  }
  if (word & 0x2000) {
    if (enhanced) {
      d.u16(f.payloadLength);
      d.u16(f.callId);
    } else d.u32(f.key);
  }
  if (word & 0x1000) d.u32(f.sequence);
  if (enhanced && word & 0x0080) d.u32(f.ack);
  if (word & 0x4000) addRouting(d);
  if (type === WCCP && d.peek8() >> 4 !== 4) addRedirect(d);
  // Of an enhanced header without payload: a mere acknowledgement.
  if (d.remaining === 0 && (type === 0 || !(word & 0x1000))) return;
  if (type === ERSPAN || type === ERSPAN_3) callErspan(d, type === ERSPAN_3 || (word & 0x1000) !== 0);
  else d.call(payloadProtocol(type) ?? data);
}

/** @param used false when the field is there for the routing's sake only */
function addChecksum(d: Dissection, start: number, used: boolean): void {
  const found = d.u16(f.checksum);
  if (!d.building) return;
  if (!used || d.end < d.wireEnd || d.fragment) {
    d.append(" [unverified]");
    d.generated(f.checksumStatus, d.pos - 2, 0, 2);
    return;
  }
  const sum = onesSum(d.buf, start, d.end);
  const good = sum === 0xffff;
  if (good) d.append(" [correct]");
  else {
    const right = rightChecksum(sum, found).toString(16).padStart(4, "0");
    d.append(` incorrect, should be 0x${right}`);
    d.expert(x.checksum, `Incorrect GRE Checksum [should be 0x${right}]`);
  }
  d.generated(f.checksumStatus, d.pos - 2, 0, good ? 1 : 0);
}

/** Source route entries, RFC 1701; one of family and length zero ends them. */
function addRouting(d: Dissection): void {
  for (;;) {
    const at = d.pos;
    d.open(f.routing, at, d.remaining);
    const family = d.u16(f.addressFamily);
    d.u8(f.routingOffset);
    const length = d.u8(f.routingLength);
    if (length > 0) d.bytes(f.routingInformation, length);
    d.close(d.pos);
    if (family === 0 && length === 0) return;
  }
}

/** The redirect header of WCCP, draft-wilson-wrec-wccp-v2-01 section 5.12. */
function addRedirect(d: Dissection): void {
  const at = d.pos;
  d.open(f.redirect, at, 4);
  d.bits(f.isDynamic, at, 1);
  d.bits(f.isAlternative, at, 1);
  d.bits(f.redirectValid, at, 1);
  d.skip(1);
  d.u8(f.serviceId);
  d.u8(f.alternativeBucket);
  d.u8(f.primaryBucket);
  d.close();
}

/** GRE has a table of its own: an Ethertype does not mean that GRE may carry it. */
function payloadProtocol(type: number): Protocol | undefined {
  switch (type) {
    case WCCP:
      return ethertypes.get(0x0800);
    case 0x6400:
    case 0x6558:
      return ethernet;
    case 0x880b:
    case 0x8881:
    case 0x88d2:
      return protocolNamed("ppp");
    case 0x6559:
      return protocolNamed("fr");
    case 0x2000:
      return protocolNamed("cdp");
    case 0x2001:
      return protocolNamed("nhrp");
    case 0x00fe:
      return protocolNamed("osi");
    case 0x0800:
    case 0x0806:
    case 0x8137:
    case 0x86dd:
    case 0x8847:
    case 0x8848:
    case 0x8909:
    case 0x894f:
      return ethertypes.get(type);
    default:
      // Tunnels between the controllers and access points of Aruba: one number for each type of traffic.
      return type >= 0x8200 && type <= 0x8370 && (type & 0x0f) === 0 ? protocolNamed("wlan") : undefined;
  }
}
