/** Transparent interconnection of lots of links, RFC 6325 section 3. */
import { bool, bytes, RangeNames, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { callWithoutFcs } from "./ethernet.ts";

const NICKNAMES = new RangeNames([
  [0, 0, "Nickname Not Specified"],
  [1, 65471, "Valid Nickname"],
  [65472, 65472, "Any RBridge"],
  [65473, 65473, "OOMF"],
  [65474, 65534, "Reserved for Future Specification"],
  [65535, 65535, "Permanently Reserved"],
]);

const f = {
  version: u16("trill.version", "Version", {
    mask: 0xc000,
    base: "DEC",
    names: new RangeNames([
      [0, 0, "RFC6325 Version"],
      [1, 3, "Unallocated Version"],
    ]),
  }),
  reserved: u16("trill.reserved", "Reserved", {
    mask: 0x3000,
    names: new RangeNames([
      [0, 0, "Legal Value"],
      [1, 3, "Illegal Value"],
    ]),
  }),
  multi: bool("trill.multi_dst", "Multi Destination", {
    mask: 0x0800,
    bits: 16,
    tf: ["Multi-Destination TRILL Frame", "Known Unicast TRILL Frame"],
  }),
  options: u16("trill.op_len", "Option Length", { mask: 0x07c0, base: "DEC_HEX" }),
  hops: u16("trill.hop_cnt", "Hop Count", { mask: 0x003f, base: "DEC_HEX" }),
  egress: u16("trill.egress_nick", "Egress/Root RBridge Nickname", { names: NICKNAMES }),
  ingress: u16("trill.ingress_nick", "Ingress RBridge Nickname", { names: NICKNAMES }),
  optionBytes: bytes("trill.options", "Options"),
};

export const trill = protocol({
  name: "trill",
  title: "TRILL",
  short: "TRILL",
  fields: f,
  contained: true,
  on: [[ethertypes, 0x22f3]],
  dissect(d) {
    if (d.columns) d.setInfo("TRILL Encapsulated Frame");
    const at = d.pos;
    d.bits(f.version, at, 2);
    d.bits(f.reserved, at, 2);
    d.bits(f.multi, at, 2);
    const options = 4 * d.bits(f.options, at, 2);
    d.bits(f.hops, at, 2);
    d.skip(2);
    d.u16(f.egress);
    d.u16(f.ingress);
    if (options > 0) d.bytes(f.optionBytes, options);
    callWithoutFcs(d);
    d.payloadEnd = -1;
  },
});
