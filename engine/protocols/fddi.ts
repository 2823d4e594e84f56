/** FDDI (ANSI X3.139), its addresses in the order of the wire's bits as BSD writes them. */
import { ADDRESS_ETHER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { ether, type Field, u8 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { llc } from "./llc.ts";

const FC_CLF_NAMES: Readonly<Record<number, string>> = {
  0: "Void",
  4: "SMT",
  5: "Async LLC",
  6: "Implementor Async",
  8: "Nonrestricted Token",
  12: "MAC",
  13: "Sync LLC",
  14: "Implementor Sync",
};
const FC_SMT_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  1: "Info",
  15: "Next Station Address",
};
const FC_MAC_SUBTYPE_NAMES: Readonly<Record<number, string>> = {
  2: "Beacon",
  3: "Claim",
};

const f = {
  fc: u8("fddi.fc", "Frame Control", { base: "HEX" }),
  fcClf: u8("fddi.fc.clf", "Class/Length/Format", { base: "HEX", mask: 0xf0, names: FC_CLF_NAMES }),
  fcPrio: u8("fddi.fc.prio", "Priority", { mask: 0x7 }),
  fcSmtSubtype: u8("fddi.fc.smt_subtype", "SMT Subtype", { mask: 0xf, names: FC_SMT_SUBTYPE_NAMES }),
  fcMacSubtype: u8("fddi.fc.mac_subtype", "MAC Subtype", { mask: 0xf, names: FC_MAC_SUBTYPE_NAMES }),
  dst: ether("fddi.dst", "Destination"),
  src: ether("fddi.src", "Source"),
  addr: ether("fddi.addr", "Source or Destination Address"),
};

export const fddi = protocol({
  name: "fddi",
  title: "Fiber Distributed Data Interface",
  short: "FDDI",
  fields: f,
  on: [[linkTypes, 10]],
  dissect,
});

const CLASSES: Readonly<Record<number, string>> = {
  0: "Void",
  4: "SMT",
  8: "Token",
  12: "MAC",
};
const NAMES: Readonly<Record<number, string>> = {
  0: "Void frame",
  65: "SMT Info",
  79: "SMT Next station address",
  128: "Token frame",
  192: "MAC frame",
  194: "MAC Beacon frame",
  195: "MAC Claim frame",
};
const ASYNC_LLC = 0x5;
const SYNC_LLC = 0xd;

function frameName(control: number): string {
  const kind = control >> 4;
  if (kind === ASYNC_LLC) return `Async LLC frame, priority ${control & 7}`;
  if (kind === SYNC_LLC) return "Sync LLC frame";
  if (kind === 0x6 || kind === 0xe) return "Implementer frame";
  return NAMES[control] ?? "Unknown frame type";
}

function dissect(d: Dissection): void {
  const at = d.pos;
  const control = d.peek8();
  const kind = control >> 4;
  const name = frameName(control);
  if (d.columns) d.setInfo(name);
  if (d.labels) d.appendLayer(`, ${name}`);
  d.open(f.fc, at, 1, control);
  if (d.labels) d.relabelParent(`Frame Control: 0x${control.toString(16).padStart(2, "0")} (${name})`);
  d.bits(f.fcClf, at, 1);
  if (kind === ASYNC_LLC) d.bits(f.fcPrio, at, 1);
  else if (CLASSES[kind] === "SMT") d.bits(f.fcSmtSubtype, at, 1);
  else if (CLASSES[kind] === "MAC" && control !== 0xc0) d.bits(f.fcMacSubtype, at, 1);
  d.close();
  d.skip(1);
  d.need(12);
  const dst = swapped(d.peekBytes(6));
  const src = swapped(d.peekBytes(6, 6));
  d.setSource(ADDRESS_ETHER, src, 0, 6);
  d.setDestination(ADDRESS_ETHER, dst, 0, 6);
  addAddress(d, f.dst, dst);
  addAddress(d, f.src, src);
  d.call(kind === ASYNC_LLC || kind === SYNC_LLC ? llc : data);
}

/** As in Wireshark the address can be found twice under its name, once without a line. */
function addAddress(d: Dissection, field: Field, address: Uint8Array): void {
  d.add(field, d.pos, 6, address);
  d.hidden(field, d.pos, 6, address);
  d.hidden(f.addr, d.pos, 6, address);
  d.hidden(f.addr, d.pos, 6, address);
  d.skip(6);
}

/** Each byte with its bits the other way round. */
function swapped(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    let value = bytes[i];
    value = ((value & 0xf0) >> 4) | ((value & 0x0f) << 4);
    value = ((value & 0xcc) >> 2) | ((value & 0x33) << 2);
    out[i] = ((value & 0xaa) >> 1) | ((value & 0x55) << 1);
  }
  return out;
}
