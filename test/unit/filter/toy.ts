/** A protocol with a field of every type, and packets of it, for tests of the filter language. */
import {
  CaptureMemory,
  Dissection,
  type FrameFacts,
  MODE_FIELDS,
} from "../../../engine/dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  char,
  double,
  ether,
  eui64,
  type Field,
  float,
  frameNum,
  guid,
  i8,
  i32,
  i64,
  ipv4,
  ipv6,
  none,
  oid,
  RangeNames,
  relOid,
  relTime,
  str,
  systemId,
  u8,
  u16,
  u32,
  u64,
  type Value,
} from "../../../engine/dissect/field.ts";
import { fields, protocol } from "../../../engine/dissect/protocol.ts";
import { linkTypes } from "../../../engine/dissect/tables.ts";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { dissectFrame } from "../../../engine/protocols/frame.ts";

export const toyFields = {
  u8: u8("toy.u8", "Small number", { names: { 1: "One", 2: "Two", 6: "TCP" } }),
  u16: u16("toy.u16", "Port", { base: "HEX" }),
  port: u16("toy.port", "Either port"),
  u32: u32("toy.u32", "Large number"),
  u64: u64("toy.u64", "Very large number"),
  i8: i8("toy.i8", "Small signed number"),
  i32: i32("toy.i32", "Signed number"),
  i64: i64("toy.i64", "Large signed number"),
  ranged: u8("toy.ranged", "Class", {
    names: new RangeNames([
      [0, 9, "Low"],
      [10, 10, "Ten"],
    ]),
  }),
  flag: bool("toy.flag", "Flag", { tf: ["Set", "Not set"] }),
  char: char("toy.char", "Letter"),
  float: float("toy.float", "Single"),
  double: double("toy.double", "Double"),
  text: str("toy.text", "Text"),
  bytes: bytes("toy.bytes", "Bytes"),
  ether: ether("toy.ether", "Hardware address"),
  ip: ipv4("toy.ip", "Address"),
  ip6: ipv6("toy.ip6", "IPv6 address"),
  time: absTime("toy.time", "Time", { base: "UTC" }),
  span: relTime("toy.span", "Delta"),
  guid: guid("toy.guid", "GUID"),
  oid: oid("toy.oid", "OID"),
  relOid: relOid("toy.rel_oid", "Relative OID"),
  eui64: eui64("toy.eui64", "EUI-64"),
  system: systemId("toy.system", "System ID"),
  frame: frameNum("toy.frame", "Answer in"),
  label: none("toy.label", "Label"),
  absent: u8("toy.absent", "Never there"),
  mixedNumber: u8("toy.mixed", "Mixed"),
  mixedWide: u64("toy.mixed", "Mixed, wide"),
};

/** What the next packet holds besides its bytes; each field with its values. */
let contents: readonly (readonly [Field, Value])[] = [];

/** Eight bytes of header, then the payload, which is a toy again while it begins with 'T'. */
const HEADER = 8;
const toy = protocol({
  name: "toy",
  title: "Toy Protocol",
  short: "TOY",
  fields: toyFields,
  on: [[linkTypes, 147]],
  dissect: (d) => {
    const at = d.pos;
    for (const [field, value] of contents) d.add(field, at, 2, value);
    d.add(toyFields.u8, at + 1, 1, d.peek8(1));
    d.skip(HEADER);
    if (d.remaining > 0 && d.peek8() === 0x54) d.call(toy);
  },
});

const latin = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** The packet most tests ask about: two toys, one in the other, and a payload "hello". */
export const PACKET = Uint8Array.from([
  0x54,
  1,
  0,
  0,
  0xde,
  0xad,
  0xbe,
  0xef,
  0x54,
  2,
  0,
  0,
  0xca,
  0xfe,
  0xba,
  0xbe,
  ...latin("hello"),
]);

const IP6 = Uint8Array.from([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

/** One value each of what stands in both layers of `PACKET`; ports 53 and 40000. */
export const VALUES: readonly (readonly [Field, Value])[] = [
  [toyFields.u16, 0x800],
  [toyFields.port, 53],
  [toyFields.port, 40000],
  [toyFields.u32, 100_000],
  [toyFields.u64, 0xffff_ffff_ffff_fffen],
  [toyFields.i8, -5],
  [toyFields.i32, -70_000],
  [toyFields.i64, -5_000_000_000n],
  [toyFields.ranged, 10],
  [toyFields.flag, 1],
  [toyFields.char, 0x41],
  [toyFields.float, Math.fround(0.1)],
  [toyFields.double, 2.5e-7],
  [toyFields.text, 'GET /index "x" é'],
  [toyFields.bytes, Uint8Array.from([0, 1, 2, 0xfe, 0xff])],
  [toyFields.ether, Uint8Array.from([0, 0x11, 0x22, 0xaa, 0xbb, 0xcc])],
  [toyFields.ip, 0x0a010203],
  [toyFields.ip6, IP6],
  [toyFields.time, 1_767_323_045_678_000_000n],
  [toyFields.span, 1_500_000_000n],
  [toyFields.guid, Uint8Array.from({ length: 16 }, (_, i) => i * 16 + i)],
  [toyFields.oid, Uint8Array.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d])],
  [toyFields.relOid, Uint8Array.from([0x01, 0x81, 0x00])],
  [toyFields.eui64, Uint8Array.from([0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77])],
  [toyFields.system, Uint8Array.from([0, 0, 0, 0, 0, 1])],
  [toyFields.frame, 7],
  [toyFields.label, null],
  [toyFields.mixedNumber, 9],
  [toyFields.mixedWide, 0x1_0000_0000n],
];

/** Dissects a toy packet with fields wanted. */
export function dissectToy(
  packet: Uint8Array,
  values: readonly (readonly [Field, Value])[],
  wanted: Uint8Array = new Uint8Array(fields.length).fill(1),
): Dissection {
  contents = values;
  const d = new Dissection(new CaptureMemory(), () => undefined);
  d.setMode(MODE_FIELDS, false, wanted);
  const facts: FrameFacts = {
    number: 1,
    len: packet.length,
    capLen: packet.length,
    sec: 0,
    nsec: 0,
    iface: 0,
    linkType: 147,
  };
  d.begin(packet, 0, facts);
  dissectFrame(d);
  return d;
}

/** Whether a filter finds `PACKET`, with nothing wanted but what it asks for. */
export function finds(filter: string): boolean {
  const compiled = compileFilter(filter);
  return compiled.evaluate(dissectToy(PACKET, VALUES, compiled.wanted));
}
