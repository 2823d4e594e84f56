/** Intermediate system to intermediate system routeing: the header all its PDUs have, ISO 10589 section 9. */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, nameOf, u8 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { ISIS_HEADER, isisTypes, keyId } from "./isis-tlv.ts";
import { NLPIDS } from "./names/osi.ts";
import { addExpertLine, osiIncluded } from "./osi.ts";

const f = {
  irpd: u8("isis.irpd", "Intradomain Routing Protocol Discriminator", {
    base: "HEX",
    names: NLPIDS,
  }),
  len: u8("isis.len", "Length Indicator"),
  version: u8("isis.version", "Version/Protocol ID Extension"),
  sysidLen: u8("isis.sysid_len", "ID Length"),
  type: u8("isis.type", "PDU Type", {
    mask: 0x1f,
    names: {
      15: "L1 HELLO",
      16: "L2 HELLO",
      17: "P2P HELLO",
      18: "L1 LSP",
      20: "L2 LSP",
      24: "L1 CSNP",
      25: "L2 CSNP",
      26: "L1 PSNP",
      27: "L2 PSNP",
    },
  }),
  typeReserved: u8("isis.type.reserved", "Reserved", { base: "HEX", mask: 0xe0 }),
  version2: u8("isis.version2", "Version"),
  reserved: u8("isis.reserved", "Reserved"),
  maxAreaAdr: u8("isis.max_area_adr", "Maximum Area Addresses"),
  keyId,
};

const x = {
  length: expert(
    "isis.length_indicator_too_small",
    "error",
    "Malformed",
    "ISIS length indicator value smaller than the fixed length header size",
  ),
  version: expert("isis.version.unknown", "warning", "Protocol", "Unknown ISIS version"),
  version2: expert("isis.version2.notone", "warning", "Protocol", "Version must be 1"),
  reserved: expert("isis.reserved.notzero", "warning", "Protocol", "Reserved must be 0"),
  type: expert("isis.type.unknown", "warning", "Protocol", "Unknown ISIS packet type"),
};

export const isis = protocol({
  name: "isis",
  title: "ISO 10589 ISIS InTRA Domain Routeing Information Exchange Protocol",
  short: "ISIS",
  fields: f,
  experts: x,
  on: [
    [osiIncluded, 0x83],
    [ethertypes, 0x22f4],
  ],
  dissect,
});

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("");
  d.u8(f.irpd);
  const length = d.u8(f.len);
  if (length < ISIS_HEADER) {
    d.expert(x.length);
    return;
  }
  if (d.u8(f.version) !== 1) d.expert(x.version);
  d.u8(f.sysidLen);
  d.bits(f.typeReserved, d.pos, 1);
  const type = d.bits(f.type, d.pos, 1);
  d.skip(1);
  if (d.columns) d.setInfo(nameOf(f.type.names, type) ?? `Unknown (0x${type.toString(16)})`);
  if (d.u8(f.version2) !== 1) d.expert(x.version2);
  if (d.u8(f.reserved) !== 0) d.expert(x.reserved);
  d.u8(f.maxAreaAdr);
  const next = isisTypes.get(type);
  if (next !== undefined) d.call(next);
  else addExpertLine(d, x.type, d.pos, d.remaining);
}
