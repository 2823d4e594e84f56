/** Network service header, RFC 8300. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, u8, u16, u24 } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ethernet } from "./ethernet.ts";

const NEXTPROTO_NAMES: Readonly<Record<number, string>> = {
  0: "None",
  1: "IPv4",
  2: "IPv6",
  3: "Ethernet",
  4: "NSH",
  5: "MPLS",
  254: "Experiment 1",
  255: "Experiment 2",
};

const f = {
  version: u16("nsh.version", "Version", { base: "DEC_HEX", mask: 0xc000 }),
  obit: u16("nsh.Obit", "O Bit", { mask: 0x2000 }),
  cBit: u16("nsh.CBit", "C Bit", { mask: 0x1000 }),
  ttl: u16("nsh.ttl", "Time to live", { base: "HEX", mask: 0xfc0 }),
  length: u16("nsh.length", "Length", { base: "DEC_HEX", mask: 0x3f }),
  mdtype: u8("nsh.mdtype", "MD Type", { base: "DEC_HEX" }),
  nextproto: u8("nsh.nextproto", "Next Protocol", { names: NEXTPROTO_NAMES }),
  spi: u24("nsh.spi", "SPI", { base: "DEC_HEX" }),
  si: u8("nsh.si", "SI", { base: "DEC_HEX" }),
  contextheader: bytes("nsh.contextheader", "Context Header"),
  metadataclass: u16("nsh.metadataclass", "TLV Class", { base: "DEC_HEX" }),
  metadatatype: u8("nsh.metadatatype", "Type", { base: "DEC_HEX" }),
  metadataunassignedbit: u8("nsh.metadataunassignedbit", "Unassigned Bit", { base: "HEX", mask: 0x80 }),
  metadatalen: u8("nsh.metadatalen", "Length", { base: "HEX", mask: 0x7f }),
  metadata: bytes("nsh.metadata", "Variable Metadata"),
};

const x = {
  length: expert("nsh.length.invalid", "warning", "Malformed", "Invalid total length"),
};

export const nsh = protocol({
  name: "nsh",
  title: "Network Service Header",
  short: "NSH",
  fields: f,
  experts: x,
  on: [[ethertypes, 0x894f]],
  dissect,
});

const FIXED_CONTEXT = 1;
const VARIABLE_CONTEXT = 2;
const BASE = 8;

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.columns) d.setInfo("Network Service Header");
  for (const field of [f.version, f.obit, f.cBit, f.ttl]) d.bits(field, start, 2);
  const length = d.bits(f.length, start, 2) * 4;
  d.skip(2);
  const kind = d.u8(f.mdtype);
  const next = d.u8(f.nextproto);
  d.u24(f.spi);
  d.u8(f.si);
  if (kind === FIXED_CONTEXT) for (let i = 0; i < 4; i++) d.bytes(f.contextheader, 4);
  else if (kind === VARIABLE_CONTEXT) {
    while (d.pos < start + length) {
      d.u16(f.metadataclass);
      d.u8(f.metadatatype);
      d.bits(f.metadataunassignedbit, d.pos, 1);
      const size = d.bits(f.metadatalen, d.pos, 1);
      d.skip(1);
      if (size > 0) {
        d.bytes(f.metadata, size);
        d.skip((4 - (size & 3)) & 3);
      }
    }
  }
  if (length < BASE || d.pos !== start + length) {
    d.expert(x.length);
    if (length < BASE) return;
  }
  d.pos = start + length;
  d.need(0);
  d.call(nextProtocol(next) ?? data);
}

function nextProtocol(next: number): Protocol | undefined {
  switch (next) {
    case 1:
      return ethertypes.get(0x0800);
    case 2:
      return ethertypes.get(0x86dd);
    case 3:
      return ethernet;
    case 4:
      return nsh;
    case 5:
      return ethertypes.get(0x8847);
    default:
      return undefined;
  }
}
