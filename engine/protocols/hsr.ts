/** High-availability seamless redundancy and the supervision it shares with PRP (IEC 62439-3 sections 4 and 5). */
import type { Dissection } from "../dissect/dissection.ts";
import { ether, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const f = {
  path: u16("hsr.path", "Path", { mask: 0xf000 }),
  network: u16("hsr.netid", "Network id", { mask: 0xe000 }),
  lane: u16("hsr.laneid", "Lane id", { mask: 0x1000, names: { 0: "Lane A", 1: "Lane B" } }),
  size: u16("hsr.lsdu_size", "LSDU size", { mask: 0x0fff }),
  sequence: u16("hsr.sequence_nr", "Sequence number"),
  type: u16("hsr.type", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
};

export const hsr = protocol({
  name: "hsr",
  title: "High-availability Seamless Redundancy (IEC62439 Part 3 Chapter 5)",
  short: "HSR",
  fields: f,
  contained: true,
  on: [[ethertypes, 0x892f]],
  dissect(d) {
    if (d.columns) d.setInfo("HSR-Data Frame");
    const at = d.pos;
    const right = d.wireRemaining;
    d.bits(f.path, at, 2);
    d.bits(f.network, at, 2);
    d.bits(f.lane, at, 2);
    const size = d.bits(f.size, at, 2);
    if (d.labels) d.append(size === right ? " [correct]" : ` [WRONG, should be ${right}]`);
    d.skip(2);
    d.u16(f.sequence);
    const type = d.u16(f.type);
    if (d.wireRemaining > 0) d.call(ethertypes.get(type) ?? data);
    d.payloadEnd = -1;
  },
});

const TLV_NAMES: Readonly<Record<number, string>> = {
  0: "End of TLVs",
  20: "PRP Node (Duplicate Discard)",
  21: "PRP Node (Duplicate Accept)",
  22: "Obsolete TLV value",
  23: "HSR Node",
  30: "Redundancy Box MAC Address",
  31: "Virtual Dual Attached Node",
};

const s = {
  path: u16("hsr_prp_supervision.path", "Path", { mask: 0xf000 }),
  version: u16("hsr_prp_supervision.version", "Version", { mask: 0x0fff }),
  sequence: u16("hsr_prp_supervision.supervision_seqno", "Sequence number"),
  type: u8("hsr_prp_supervision.tlv.type", "TLV type", { names: TLV_NAMES }),
  length: u8("hsr_prp_supervision.tlv.length", "TLV length"),
  sourceA: ether("hsr_prp_supervision.source_mac_address_A", "Source MAC Address A"),
  sourceB: ether("hsr_prp_supervision.source_mac_address_B", "Source MAC Address B"),
  source: ether("hsr_prp_supervision.source_mac_address", "Source MAC Address"),
  redBox: ether("hsr_prp_supervision.red_box_mac_address", "RedBox MAC Address"),
  vdan: ether("hsr_prp_supervision.vdan_mac_address", "VDAN MAC Address"),
};

export const supervision = protocol({
  name: "hsr_prp_supervision",
  title: "HSR/PRP Supervision (IEC62439 Part 3)",
  short: "HSR_PRP_SUPERVISION",
  fields: s,
  contained: true,
  on: [[ethertypes, 0x88fb]],
  dissect: dissectSupervision,
});

const END = 0;
const PRP_DISCARD = 20;
const PRP_ACCEPT = 21;
const HSR_NODE = 23;
const RED_BOX = 30;
const VIRTUAL_NODE = 31;
const MAC = 6;

function dissectSupervision(d: Dissection): void {
  if (d.columns) {
    d.setProtocol("HSR/PRP");
    d.setInfo("HSR or PRP Supervision");
  }
  d.bits(s.path, d.pos, 2);
  const version = d.bits(s.version, d.pos, 2);
  d.skip(2);
  // Before PRP got the number one, supervision was not counted.
  if (version > 0) d.u16(s.sequence);
  while (d.wireRemaining > 0) {
    const type = d.u8(s.type);
    const length = d.u8(s.length);
    if (type === END) {
      d.skip(Math.min(length, d.remaining));
      break;
    }
    const isNode = type === PRP_DISCARD || type === PRP_ACCEPT || type === HSR_NODE;
    if (isNode && d.columns) d.setInfo(type === HSR_NODE ? "HSR Supervision" : "PRP Supervision");
    if (isNode && length === 2 * MAC) {
      d.ether(s.sourceA);
      d.ether(s.sourceB);
    } else if (isNode && length === MAC) d.ether(s.source);
    else if (type === RED_BOX && length === MAC) d.ether(s.redBox);
    else if (type === VIRTUAL_NODE && length === MAC) d.ether(s.vdan);
    else d.skip(length);
  }
  d.payloadEnd = d.pos;
}
