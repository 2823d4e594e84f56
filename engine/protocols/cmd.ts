/** Cisco MetaData: the header of TrustSec that carries a security group tag. */
import { bytes, u8, u16 } from "../dissect/field.ts";
import { protocol, protocols } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { addTrailer, callEthertype } from "./ethertype.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const f = {
  version: u8("cmd.version", "Version"),
  length: u8("cmd.length", "Length"),
  options: u16("cmd.options", "Options", { base: "HEX" }),
  sgt: u16("cmd.sgt", "SGT"),
  type: u16("cmd.type", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  trailer: bytes("cmd.trailer", "Trailer"),
};

export const cmd = protocol({
  name: "cmd",
  title: "Cisco MetaData",
  short: "CMD",
  fields: f,
  on: [[ethertypes, 0x8909]],
  dissect(d) {
    // GRE puts the type in front.
    const isGre = protocols[d.chain[d.chainLength - 2]].name === "gre";
    let type = isGre ? d.u16(f.type) : 0;
    d.u8(f.version);
    d.u8(f.length);
    d.u16(f.options);
    d.u16(f.sgt);
    if (!isGre) type = d.u16(f.type);
    if (d.columns) d.setInfo("");
    callEthertype(d, type);
    addTrailer(d, d.payloadEnd, f.trailer, 0);
    d.payloadEnd = -1;
  },
});
