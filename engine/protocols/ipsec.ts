/** IPsec headers in clear: Authentication Header, RFC 4302; Encapsulating Security Payload, RFC 4303. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, u8, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { IP_PROTOCOL_NAMES } from "./names/ip.ts";

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
  if (length > FIXED) d.bytes(auth.icv, length - FIXED);
  if (d.wireRemaining > 0) d.call(ipProtocols.get(next) ?? data);
}

function dissectEsp(d: Dissection): void {
  const spi = d.u32(security.spi);
  d.u32(security.sequence);
  if (d.columns) d.setInfo(`ESP (SPI=0x${spi.toString(16).padStart(8, "0")})`);
  d.layerEnd(d.end);
}
