/** MAC security, IEEE 802.1AE-2018 clause 9: the security tag and the integrity check value behind the payload. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, SET_NOTSET, u8, u16, u32 } from "../dissect/field.ts";

import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { addTrailer, callEthertype } from "./ethertype.ts";

const f = {
  tci: u8("macsec.TCI", "TCI", { base: "HEX", mask: 0xfc }),
  tciV: u8("macsec.TCI.V", "VER", { base: "HEX", mask: 0x80 }),
  tciEs: bool("macsec.TCI.ES", "ES", { mask: 0x40, tf: SET_NOTSET }),
  tciSc: bool("macsec.TCI.SC", "SC", { mask: 0x20, tf: SET_NOTSET }),
  tciScb: bool("macsec.TCI.SCB", "SCB", { mask: 0x10, tf: SET_NOTSET }),
  tciE: bool("macsec.TCI.E", "E", { mask: 0x8, tf: SET_NOTSET }),
  tciC: bool("macsec.TCI.C", "C", { mask: 0x4, tf: SET_NOTSET }),
  an: u8("macsec.AN", "AN", { base: "HEX", mask: 0x3 }),
  sl: u8("macsec.SL", "Short length"),
  pn: u32("macsec.PN", "Packet number"),
  sciSystemIdentifier: ether("macsec.SCI.system_identifier", "System Identifier"),
  sciPortIdentifier: u16("macsec.SCI.port_identifier", "Port Identifier"),
  etype: u16("macsec.etype", "Ethertype", { base: "HEX" }),
  icv: bytes("macsec.ICV", "ICV"),
};

export const macsec = protocol({
  name: "macsec",
  title: "802.1AE Security tag",
  short: "MACSEC",
  fields: f,
  on: [[ethertypes, 0x88e5]],
  dissect,
});

const CHANGED = 0x04;
const ENCRYPTED = 0x08;
const HAS_SCI = 0x20;
const ICV = 16;
const FLAGS = [f.tciEs, f.tciSc, f.tciScb, f.tciE, f.tciC] as const;

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.columns) d.setInfo("MACsec frame");
  const flags = d.peek8();
  addTag(d, flags);
  d.bits(f.an, start, 1);
  d.u8(f.sl);
  d.u32(f.pn);
  if (flags & HAS_SCI) {
    d.ether(f.sciSystemIdentifier);
    d.u16(f.sciPortIdentifier);
  }
  if ((flags & (CHANGED | ENCRYPTED)) === 0) {
    callEthertype(d, d.u16(f.etype));
    addTrailer(d, d.payloadEnd, f.icv, 0);
    d.payloadEnd = -1;
    return;
  }
  const icv = d.wireEnd - ICV;
  if (icv >= d.pos && icv + ICV <= d.end) d.add(f.icv, icv, ICV, d.buf.subarray(icv, icv + ICV));
  d.limit(Math.max(0, icv - d.pos));
  d.call(data);
}

/** `TCI: 0x0b, VER: 0x0, SC, E, C` */
function addTag(d: Dissection, flags: number): void {
  if (d.building) {
    d.bits(f.tci, d.pos, 1);
    if (d.labels) {
      d.append(`, VER: 0x${flags >> 7}`);
      for (const flag of FLAGS) if (flags & flag.mask) d.append(`, ${flag.title}`);
    }
    d.openLast();
    d.bits(f.tciV, d.pos, 1);
    for (const flag of FLAGS) d.bits(flag, d.pos, 1);
    d.close();
  }
  d.skip(1);
}
