/** Arista's vendor specific tag: timestamps in front of the Ethertype. */
import { bytes, expert, none, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { addTrailer, callEthertype } from "./ethertype.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const SUB_TYPE_NAMES: Readonly<Record<number, string>> = {
  1: "timestamp",
};
const VER_NAMES: Readonly<Record<number, string>> = {
  16: "Version 1",
  272: "Version 11",
  32: "Version 2",
  288: "Version 12",
};

const f = {
  subType: u16("avsp.sub_type", "Sub Type", { names: SUB_TYPE_NAMES }),
  ver: u16("avsp.ver", "Version", { base: "HEX", names: VER_NAMES }),
  _64ts: none("avsp.64ts", "Timestamp (TAI)"),
  _64sec: u32("avsp.64sec", "Seconds"),
  _64ns: u32("avsp.64ns", "Nanoseconds"),
  _48ts: none("avsp.48ts", "Timestamp (TAI)"),
  _48sec: u16("avsp.48sec", "Seconds"),
  _48ns: u32("avsp.48ns", "Nanoseconds"),
  etype: u16("avsp.etype", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  trailer: bytes("avsp.trailer", "Trailer"),
};

const x = {
  version: expert("avsp.ts.unknown_version", "warning", "Sequence", "Unknown timestamp version"),
};

export const avsp = protocol({
  name: "avsp",
  title: "Arista Vendor Specific Protocol",
  short: "AVSP",
  fields: f,
  experts: x,
  on: [[ethertypes, 0xd28b]],
  dissect(d) {
    const subType = d.u16(f.subType);
    if (d.columns) d.setInfo(SUB_TYPE_NAMES[subType] ?? "Unknown");
    if (subType !== 1) return;
    const version = d.u16(f.ver);
    const scale = version & 0x0100 ? "UTC" : "TAI";
    if ((version & 0xff) === 0x10) {
      d.open(f._64ts, d.pos, 8);
      if (d.labels) d.relabelParent(`Timestamp (${scale})`);
      d.u32(f._64sec);
      d.u32(f._64ns);
    } else if ((version & 0xff) === 0x20) {
      d.open(f._48ts, d.pos, 6);
      if (d.labels) d.relabelParent(`Timestamp (${scale})`);
      d.u16(f._48sec);
      d.u32(f._48ns);
    } else {
      d.expert(
        x.version,
        d.wantsMessages ? `Unknown timestamp version: 0x${version.toString(16)}` : undefined,
      );
      return;
    }
    d.close();
    const type = d.u16(f.etype);
    callEthertype(d, type);
    addTrailer(d, d.payloadEnd, f.trailer, 0);
    d.payloadEnd = -1;
  },
});
