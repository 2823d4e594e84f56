/** Generic Network Virtualization Encapsulation, RFC 8926. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, nameOf, u8, u16, u24, u32, u64 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ethernet } from "./ethernet.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";
import { OPTION_CLASSES } from "./names/geneve.ts";

const f = {
  version: u8("geneve.version", "Version"),
  flags: u8("geneve.flags", "Flags", { base: "HEX" }),
  flagsOam: bool("geneve.flags.oam", "Operations, Administration and Management Frame", { mask: 0x80 }),
  flagsCritical: bool("geneve.flags.critical", "Critical Options Present", { mask: 0x40 }),
  flagsReserved: bool("geneve.flags.reserved", "Reserved", { mask: 0x3f }),
  vni: u24("geneve.vni", "Virtual Network Identifier (VNI)", { base: "HEX_DEC" }),
  reserved: u8("geneve.reserved", "Reserved", { base: "HEX" }),
  options: bytes("geneve.options", "Geneve Options"),
  optionClass: u16("geneve.option.class", "Class", { base: "HEX", names: OPTION_CLASSES }),
  optionType: u8("geneve.option.type", "Type", { base: "HEX" }),
  optionTypeCritical: bool("geneve.option.type.critical", "Critical Option", { mask: 0x80 }),
  optionFlags: u8("geneve.option.flags", "Flags", { base: "HEX" }),
  optionFlagsReserved: bool("geneve.option.flags.reserved", "Reserved", { mask: 0xe0 }),
  optionLength: u8("geneve.option.length", "Length"),
  option: bytes("geneve.option", "Option"),
  optionGcpVnid: u32("geneve.option.gcp.vnid", "GCP Virtual Network ID"),
  optionGcpReserved: bool("geneve.option.gcp.reserved", "GCP Reserved bits", { mask: 0xe, bits: 32 }),
  optionGcpDirection: bool("geneve.option.gcp.direction", "GCP Traffic Direction", {
    mask: 0x1,
    bits: 32,
    tf: ["Egress", "Ingress"],
  }),
  optionGcpEndpoint: bytes("geneve.option.gcp.endpoint", "GCP Endpoint ID"),
  optionGcpProfile: u64("geneve.option.gcp.profile", "GCP Profile ID"),
  optionUnknownData: bytes("geneve.option.unknown.data", "Unknown Option Data"),
  protoType: u16("geneve.proto_type", "Protocol Type", { base: "HEX", names: ETHERTYPE_NAMES }),
};

const x = {
  version: expert("geneve.version.unknown", "warning", "Protocol", "Unknown version"),
  length: expert("geneve.option.length.invalid", "error", "Malformed", "Invalid length for option"),
};

export const geneve = protocol({
  name: "geneve",
  title: "Generic Network Virtualization Encapsulation",
  short: "Geneve",
  fields: f,
  experts: x,
  on: [[udpPorts, 6081]],
  dissect,
});

const FLAGS = [f.flagsOam, f.flagsCritical, f.flagsReserved];
const ETHERNET = 0x6558;

function dissect(d: Dissection): void {
  const start = d.pos;
  const first = d.peek8();
  d.add(f.version, start, 1, first >> 6);
  if (first >> 6 !== 0) {
    d.expert(x.version);
    return;
  }
  const optionBytes = (first & 0x3f) * 4;
  d.add(f.optionLength, start, 1, optionBytes);
  if (d.labels) d.relabel(`Length: ${optionBytes} bytes`);
  d.skip(1);
  addFlags(d, f.flags, 1, FLAGS);
  const type = d.u16(f.protoType);
  if (d.columns) d.setInfo(`Encapsulated ${ETHERTYPE_NAMES[type] ?? `0x${hex(type, 4)} (unknown)`}`);
  const vni = d.u24(f.vni);
  if (d.labels) d.appendLayer(`, VNI: 0x${hex(vni, 6)}`);
  d.hidden(f.reserved, d.pos, 1, d.peek8());
  d.skip(1);
  const end = d.pos + optionBytes;
  if (d.building && optionBytes > 0) {
    d.need(optionBytes);
    d.open(f.options, d.pos, optionBytes, d.peekBytes(optionBytes));
    if (d.labels) d.relabelParent(`Options: (${optionBytes} bytes)`);
    addOptions(d, end);
    d.close();
  }
  d.pos = start;
  d.skip(8 + optionBytes);
  if (d.remaining > 0) d.call((type === ETHERNET ? ethernet : ethertypes.get(type)) ?? data);
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

const GOOGLE = 0x0132;
const OPTIONS: Readonly<Record<number, string>> = {
  1: "GCP Virtual Network ID",
  2: "GCP Endpoint ID",
  3: "GCP Profile ID",
};

function addOptions(d: Dissection, end: number): void {
  while (d.pos + 4 <= end) {
    const at = d.pos;
    const optionClass = d.peek16();
    const type = d.peek8(2);
    const length = 4 + (d.peek8(3) & 0x1f) * 4;
    const known = optionClass === GOOGLE ? OPTIONS[type] : undefined;
    const className = `Class: ${nameOf(OPTION_CLASSES, optionClass) ?? "Unknown"} (0x${hex(optionClass, 4)})`;
    const typeName = `Type: 0x${hex(type, 2)} (${type & 0x80 ? "Critical" : "Non-critical"})`;
    d.open(f.option, at, length, d.buf.subarray(at, Math.min(end, at + length)));
    d.relabelParent(`${known ?? "Unknown"}, ${className} ${typeName}`);
    d.u16(f.optionClass);
    d.relabel(className);
    d.u8(f.optionType);
    d.relabel(typeName);
    d.hidden(f.optionTypeCritical, at + 2, 1, type >> 7);
    const flags = d.peek8() >> 5;
    d.hidden(f.optionFlags, d.pos, 1, flags);
    d.openLast();
    d.add(f.optionFlagsReserved, d.pos, 1, flags === 0 ? 0 : 1);
    d.close();
    d.add(f.optionLength, d.pos, 1, length);
    d.relabel(`Length: ${length} bytes`);
    d.skip(1);
    if (at + length > end) {
      d.expert(x.length);
      d.close();
      return;
    }
    if (known !== undefined) addGoogle(d, type, length - 4);
    else if (length > 4) d.bytes(f.optionUnknownData, length - 4);
    d.close();
    d.pos = at + length;
  }
}

function addGoogle(d: Dissection, type: number, length: number): void {
  if (type === 1 && length === 4) {
    const word = d.peek32();
    d.add(f.optionGcpVnid, d.pos, 4, word >>> 4);
    const bits = (word >>> 4).toString(2).padStart(28, "0").match(/.{4}/g)!;
    const pattern = `${bits[0]} ${bits[1]}  ${bits[2]} ${bits[3]}  ${bits[4]} ${bits[5]}  ${bits[6]} ....`;
    d.relabel(`${pattern} = ${f.optionGcpVnid.title}: ${word >>> 4}`);
    d.bits(f.optionGcpDirection, d.pos, 4);
    d.bits(f.optionGcpReserved, d.pos, 4);
  } else if (type === 3 && length === 8) d.u64(f.optionGcpProfile);
  else d.bytes(f.optionGcpEndpoint, length);
}
