/**
 * IPsec headers in clear: Authentication Header, RFC 4302; Encapsulating Security Payload, RFC 4303; IP Payload
 * Compression, RFC 3173.
 */
import { inflateRawSync } from "node:zlib";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { IP_PROTOCOL_NAMES } from "./names/ip.ts";

/** Well-known compression parameter indexes (IANA). */
const TRANSFORMS: Readonly<Record<number, string>> = { 1: "OUI", 2: "DEFLATE", 3: "LZS" };

const auth = {
  next: u8("ah.next_header", "Next header", { names: IP_PROTOCOL_NAMES }),
  length: u8("ah.length", "Length"),
  reserved: bytes("ah.reserved", "Reserved"),
  spi: u32("ah.spi", "AH SPI", { base: "HEX" }),
  sequence: u32("ah.sequence", "AH Sequence"),
  icv: bytes("ah.icv", "AH ICV"),
};
const security = {
  spi: u32("esp.spi", "ESP SPI", { base: "HEX_DEC" }),
  sequence: u32("esp.sequence", "ESP Sequence"),
};

export const ah = protocol({
  name: "ah",
  title: "Authentication Header",
  short: "AH",
  fields: auth,
  on: [[ipProtocols, 51]],
  dissect: dissectAh,
});

export const esp = protocol({
  name: "esp",
  title: "Encapsulating Security Payload",
  short: "ESP",
  fields: security,
  on: [[ipProtocols, 50]],
  dissect: dissectEsp,
});

const compression = {
  next: u8("ipcomp.next_header", "Next Header", { base: "HEX", names: IP_PROTOCOL_NAMES }),
  flags: u8("ipcomp.flags", "IPComp Flags", { base: "HEX" }),
  cpi: u16("ipcomp.cpi", "IPComp CPI", { base: "HEX", names: TRANSFORMS }),
};

export const ipcomp = protocol({
  name: "ipcomp",
  title: "IP Payload Compression",
  short: "IPComp",
  fields: compression,
  on: [[ipProtocols, 108]],
  dissect: dissectCompressed,
});

const FIXED = 12;

function dissectAh(d: Dissection): void {
  const spi = d.peek32(4);
  if (d.columns) d.setInfo(`AH (SPI=0x${spi.toString(16).padStart(8, "0")})`);
  const next = d.u8(auth.next);
  const length = (d.u8(auth.length) + 2) * 4;
  if (d.labels) d.append(` (${length} bytes)`);
  d.bytes(auth.reserved, 2);
  d.u32(auth.spi);
  d.u32(auth.sequence);
  d.bytes(auth.icv, Math.max(0, length - FIXED));
  if (d.wireRemaining > 0) d.call(ipProtocols.get(next) ?? data);
}

function dissectEsp(d: Dissection): void {
  const spi = d.u32(security.spi);
  d.u32(security.sequence);
  if (d.columns) d.setInfo(`ESP (SPI=0x${spi.toString(16).padStart(8, "0")})`);
  d.layerEnd(d.end);
}

const DEFLATE = 2;
/** Longest packet that is unpacked: what an IP packet may hold. */
const LONGEST = 65_536;

function dissectCompressed(d: Dissection): void {
  const cpi = d.peek16(2);
  if (d.columns) {
    d.setInfo(`IPComp (CPI=${TRANSFORMS[cpi] ?? `0x${cpi.toString(16).padStart(4, "0")}`})`);
  }
  const next = ipProtocols.get(d.u8(compression.next)) ?? data;
  d.u8(compression.flags);
  d.u16(compression.cpi);
  if (d.remaining === 0) return;
  d.callBelow(data);
  const unpacked = cpi === DEFLATE ? inflated(d.buf.subarray(d.pos, d.end)) : null;
  if (unpacked !== null) d.callOn(next, `IPComp inflated data (${unpacked.length} bytes)`, unpacked);
  else d.call(next);
}

function inflated(packed: Uint8Array): Uint8Array | null {
  try {
    return inflateRawSync(packed, { maxOutputLength: LONGEST });
  } catch {
    return null;
  }
}
