/** Provider backbone bridges, IEEE 802.1ah: the service tag with the customer's addresses; and the VN-Tag of Cisco. */

import { ADDRESS_ETHER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, expert, u16, u32, YES_NO } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { formatEther } from "../dissect/text.ts";
import { addTrailer, callEthertype } from "./ethertype.ts";
import { llc } from "./llc.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const f = {
  priority: u32("ieee8021ah.priority", "Priority", { mask: 0xe0000000 }),
  drop: u32("ieee8021ah.drop", "DROP", { mask: 0x10000000 }),
  nca: u32("ieee8021ah.nca", "NCA", { mask: 0x8000000 }),
  res1: u32("ieee8021ah.res1", "RES1", { mask: 0x4000000 }),
  res2: u32("ieee8021ah.res2", "RES2", { mask: 0x3000000 }),
  isid: u32("ieee8021ah.isid", "I-SID", { mask: 0xffffff }),
  cdst: ether("ieee8021ah.cdst", "C-Destination"),
  csrc: ether("ieee8021ah.csrc", "C-Source"),
  etype: u16("ieee8021ah.etype", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  trailer: bytes("ieee8021ah.trailer", "Trailer"),
};
const v = {
  etype: u16("vntag.etype", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  dir: bool("vntag.dir", "Direction", { mask: 0x80000000, bits: 32, tf: ["From Bridge", "To Bridge"] }),
  ptr: bool("vntag.ptr", "Pointer", { mask: 0x40000000, bits: 32, tf: ["vif_list_id", "vif_id"] }),
  dst: u32("vntag.dst", "Destination", { mask: 0x3fff0000 }),
  looped: bool("vntag.looped", "Looped", { mask: 0x8000, bits: 32, tf: YES_NO }),
  r: u32("vntag.r", "Reserved", { mask: 0x4000 }),
  version: u32("vntag.version", "Version", { mask: 0x3000 }),
  src: u32("vntag.src", "Source", { mask: 0xfff }),
  len: u16("vntag.len", "Length"),
  trailer: bytes("vntag.trailer", "Trailer"),
};

/** A mere service tag of 802.1ad uses some of them. */
export { f as fields };

export const ieee8021ah = protocol({
  name: "ieee8021ah",
  title: "IEEE 802.1ah",
  short: "IEEE 802.1ah",
  fields: f,
  on: [[ethertypes, 0x88e7]],
  dissect(d) {
    dissectServiceTag(d, -1);
  },
});

/**
 * The instance tag with the customer's addresses, and the payload.
 * @param backbone the backbone VLAN of the tag in front, -1 without one
 */
export function dissectServiceTag(d: Dissection, backbone: number): void {
  const at = d.pos;
  const first = d.peek8();
  const instance = d.peek24(1);
  if (d.columns && backbone < 0) {
    d.setInfo(
      `PRI: ${first >> 5}  Drop: ${(first >> 4) & 1}  NCA: ${(first >> 3) & 1}  Res1: ${(first >> 2) & 1}  Res2: ${first & 3}  I-SID: ${instance}`,
    );
  }
  if (d.building) {
    d.open((backbone < 0 ? ieee8021ah : protocolNamed("ieee8021ad")!).field, at, 4);
    d.relabelParent(`I-Tag, I-SID: ${instance}`);
    for (const field of [f.priority, f.drop, f.nca, f.res1, f.res2]) d.bits(field, at, 4);
    d.bits(f.isid, at, 4);
    d.close();
  }
  d.skip(4);
  d.need(14);
  d.setAddresses(ADDRESS_ETHER, d.pos + 6, d.pos, 6);
  if (d.labels) {
    const vid = backbone < 0 ? "" : `, B-VID: ${backbone}`;
    d.relabelLayer(
      `IEEE 802.1ah${vid}, I-SID: ${instance}, C-Src: ${formatEther(d.peekBytes(6, 6))}, C-Dst: ${formatEther(d.peekBytes(6))}`,
    );
  }
  d.ether(f.cdst);
  d.ether(f.csrc);
  callEthertype(d, d.u16(f.etype));
  addTrailer(d, d.payloadEnd, f.trailer, 0);
  d.payloadEnd = -1;
}

const vx = {
  pastEnd: expert(
    "vntag.len.past_end",
    "error",
    "Malformed",
    "Length field value goes past the end of the payload",
  ),
};

export const vntag = protocol({
  name: "vntag",
  title: "VN-Tag",
  short: "VNTAG",
  fields: v,
  experts: vx,
  on: [[ethertypes, 0x8926]],
  dissect: dissectVnTag,
});

function dissectVnTag(d: Dissection): void {
  const at = d.pos;
  d.need(6);
  if (d.columns) d.setInfo("VN-Tag");
  for (const field of [v.dir, v.ptr, v.dst, v.looped, v.r, v.version, v.src]) d.bits(field, at, 4);
  d.skip(4);
  const type = d.peek16();
  d.pos += 2;
  if (type > 1500) {
    d.add(v.etype, d.pos - 2, 2, type);
    callEthertype(d, type);
    addTrailer(d, d.payloadEnd, v.trailer, 0);
    d.payloadEnd = -1;
    return;
  }
  d.add(v.len, d.pos - 2, 2, type);
  if (type > d.wireRemaining) d.expert(vx.pastEnd);
  d.limit(type);
  d.call(llc);
  d.payloadEnd = -1;
}
