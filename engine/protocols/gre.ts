/** Generic Routing Encapsulation, RFC 2784 and RFC 2890; the enhanced form of PPTP, RFC 2637. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, u16, u32, YES_NO } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols } from "../dissect/tables.ts";
import { data } from "./data.ts";
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
  offset: u16("gre.offset", "Offset"),
  key: u32("gre.key", "Key", { base: "HEX" }),
  payloadLength: u16("gre.key.payload_length", "Payload Length"),
  callId: u16("gre.key.call_id", "Call ID"),
  sequence: u32("gre.sequence_number", "Sequence Number"),
  ack: u32("gre.ack_number", "Acknowledgment Number"),
};

export const gre = protocol({
  name: "gre",
  title: "Generic Routing Encapsulation",
  short: "GRE",
  fields: f,
  on: [[ipProtocols, 47]],
  dissect,
});

const TRANSPARENT_ETHERNET = 0x6558;
const COMMON = [f.hasChecksum, f.hasRouting, f.hasKey, f.hasSequence, f.strictRoute, f.recursion] as const;
const PLAIN_BITS = [...COMMON, f.reserved, f.version] as const;
const ENHANCED_BITS = [...COMMON, f.hasAck, f.reservedEnhanced, f.version] as const;

function dissect(d: Dissection): void {
  const word = d.peek16();
  const type = d.peek16(2);
  const enhanced = (word & 7) === 1;
  const name = GRE_NAMES[type] ?? `0x${type.toString(16).padStart(4, "0")} - unknown`;
  if (d.columns) d.setInfo(`Encapsulated ${name}`);
  d.bitset(f.flags, 2, enhanced ? ENHANCED_BITS : PLAIN_BITS);
  d.u16(f.type);
  if (d.labels) d.appendLayer(` (${name})`);
  if (word & 0xc000) {
    d.u16(f.checksum);
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
  if (d.remaining === 0) return;
  d.call((type === TRANSPARENT_ETHERNET ? ethernet : ethertypes.get(type)) ?? data);
}
