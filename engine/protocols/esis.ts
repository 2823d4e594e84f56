/** End system to intermediate system routeing exchange, ISO 9542. */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, type Field, nameOf, str, systemId, u8, u16 } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { checksumStatusText } from "./checksum.ts";
import { NLPIDS } from "./names/osi.ts";
import { addOsiChecksum, addOsiOptions, formatNsap, osiIncluded } from "./osi.ts";

const f = {
  nlpi: u8("esis.nlpi", "Network Layer Protocol Identifier", { base: "HEX", names: NLPIDS }),
  length: u8("esis.length", "PDU Length"),
  ver: u8("esis.ver", "Version"),
  res: u8("esis.res", "Reserved(==0)"),
  type: u8("esis.type", "PDU Type", { mask: 0x1f, names: { 2: "ES HELLO", 4: "IS HELLO", 6: "RD REQUEST" } }),
  htime: u16("esis.htime", "Holding Time"),
  chksum: u16("esis.chksum", "Checksum", { base: "HEX" }),
  chksumStatus: u8("esis.chksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  numberOfSourceAddresses: u8(
    "esis.number_of_source_addresses",
    "Number of Source Addresses (SA, Format: NSAP)",
  ),
  sal: u8("esis.sal", "SAL"),
  sa: str("esis.sa", "SA"),
  netl: u8("esis.netl", "NETL"),
  dal: u8("esis.dal", "DAL"),
  bsnpal: u8("esis.bsnpal", "BSNPAL"),
  net: str("esis.net", "NET"),
  da: str("esis.da", "DA"),
  bsnpa: systemId("esis.bsnpa", "BSNPA"),
};

const x = {
  version: expert("esis.ver.unknown", "warning", "Protocol", "Unknown ESIS version"),
  length: expert("esis.length.invalid", "error", "Malformed", "Bogus ESIS length"),
  type: expert("esis.type.unknown", "warning", "Protocol", "Unknown ESIS packet type"),
  checksum: expert("esis.bad_checksum", "error", "Checksum", "Bad checksum"),
};

export const esis = protocol({
  name: "esis",
  title: "ISO 9542 ESIS Routeing Information Exchange Protocol",
  short: "ESIS",
  fields: f,
  experts: x,
  on: [[osiIncluded, 0x82]],
  dissect,
});

const CHECKSUM = { checksum: f.chksum, status: f.chksumStatus, bad: x.checksum, digits: 4, brief: true };
const HEADER = 9;
const END_SYSTEM_HELLO = 2;
const INTERMEDIATE_SYSTEM_HELLO = 4;
const REDIRECT = 6;

function dissect(d: Dissection): void {
  const start = d.pos;
  const end = start + d.peek8(1);
  d.u8(f.nlpi);
  const length = d.u8(f.length);
  if (length < HEADER) d.expert(x.length, `Bogus ESIS length (${length}, must be >= ${HEADER})`);
  const version = d.u8(f.ver);
  if (version !== 1) d.expert(x.version, `Unknown ESIS version (${version} vs 1)`);
  d.u8(f.res);
  const type = d.bits(f.type, d.pos, 1);
  d.skip(1);
  const known = f.type.names !== undefined && type in f.type.names;
  if (!known) d.expert(x.type);
  if (length < HEADER) d.malformed();
  d.u16(f.htime);
  if (d.labels) d.relabel(`Holding Time: ${d.peek16(-2)} seconds`);
  if (d.columns) d.setInfo(nameOf(f.type.names, type) ?? `Unknown (0x${type.toString(16)})`);
  if (d.peek16() === 0) {
    d.add(f.chksum, d.pos, 2, 0, GENERATED);
    if (d.labels) d.relabel("Checksum: [missing]");
    d.skip(2);
  } else addOsiChecksum(d, CHECKSUM, start, end, true);
  if (type === END_SYSTEM_HELLO) addSources(d, end);
  else if (type === INTERMEDIATE_SYSTEM_HELLO) addTitle(d, end);
  else if (type === REDIRECT) addRedirect(d, end);
}

function addLength(d: Dissection, field: Field): number {
  const n = d.u8(field);
  if (d.labels) d.append(n === 1 ? " octet" : " octets");
  return n;
}

function addAddress(d: Dissection, field: Field, n: number): void {
  const at = d.pos;
  d.skip(n);
  if (d.wants(field)) d.add(field, at, n, formatNsap(d.buf.subarray(at, at + n)));
}

function addSources(d: Dissection, end: number): void {
  const count = d.u8(f.numberOfSourceAddresses);
  d.openLast();
  for (let i = 0; i < count; i++) addAddress(d, f.sa, addLength(d, f.sal));
  if (d.labels) d.close();
  addOsiOptions(d, end - d.pos);
}

function addTitle(d: Dissection, end: number): void {
  d.openText(d.pos, end - d.pos, "### Network Entity Title Section ###");
  addAddress(d, f.net, addLength(d, f.netl));
  addOsiOptions(d, end - d.pos);
  if (d.labels) d.close();
}

function addRedirect(d: Dissection, end: number): void {
  d.openText(d.pos, d.remaining, "### Destination Address Section ###");
  addAddress(d, f.da, addLength(d, f.dal));
  if (d.labels) d.close();
  d.openText(d.pos, d.remaining, "###  Subnetwork Address Section ###");
  d.bytes(f.bsnpa, addLength(d, f.bsnpal));
  if (d.labels) d.close();
  if (d.peek8() === 0) {
    d.openText(d.pos, 1, "### No Network Entity Title Section ###");
    d.skip(1);
    addOsiOptions(d, end - d.pos);
    if (d.labels) d.close();
  } else addTitle(d, end);
}
