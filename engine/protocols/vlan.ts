/** VLAN tags: IEEE 802.1Q customer tags and IEEE 802.1ad service tags. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { addTrailer, callEthertype, ETHERTYPE_NAMES } from "./ethertype.ts";
import { llc } from "./llc.ts";
import { fields as backboneFields, dissectServiceTag } from "./mac-in-mac.ts";

/** IEEE 802.1Q table I-2, with all eight priorities for traffic and none marked as drop eligible. */
const PRIORITY_NAMES: Readonly<Record<number, string>> = {
  0: "Best Effort (default)",
  1: "Background",
  2: "Excellent Effort",
  3: "Critical Applications",
  4: "Video, < 100ms latency and jitter",
  5: "Voice, < 10ms latency and jitter",
  6: "Internetwork Control",
  7: "Network Control",
};

const f = {
  priority: u16("vlan.priority", "Priority", { mask: 0xe000, names: PRIORITY_NAMES }),
  dei: bool("vlan.dei", "DEI", { mask: 0x1000, bits: 16, tf: ["Eligible", "Ineligible"] }),
  id: u16("vlan.id", "ID", { mask: 0x0fff }),
  type: u16("vlan.etype", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  len: u16("vlan.len", "Length"),
  trailer: bytes("vlan.trailer", "Trailer"),
};

const x = {
  pastEnd: expert(
    "vlan.len.past_end",
    "error",
    "Malformed",
    "Length field value goes past the end of the payload",
  ),
};

const service = {
  priority: u16("ieee8021ad.priority", "Priority", { mask: 0xe000 }),
  dei: u16("ieee8021ad.dei", "DEI", { mask: 0x1000 }),
  id: u16("ieee8021ad.id", "ID", { mask: 0x0fff }),
  svid: u16("ieee8021ad.svid", "ID", { mask: 0x0fff }),
  cvid: u16("ieee8021ad.cvid", "ID", { mask: 0x0fff }),
};

export const vlan = protocol({
  name: "vlan",
  title: "802.1Q Virtual LAN",
  short: "VLAN",
  fields: f,
  experts: x,
  on: [[ethertypes, 0x8100, 0x9100]],
  dissect,
});

export const ieee8021ad = protocol({
  name: "ieee8021ad",
  title: "IEEE 802.1ad",
  short: "IEEE 802.1ad",
  fields: service,
  on: [[ethertypes, 0x88a8]],
  dissect: dissectService,
});

function dissect(d: Dissection): void {
  const at = d.pos;
  const priority = d.bits(f.priority, at, 2);
  const dei = d.bits(f.dei, at, 2);
  const id = d.bits(f.id, at, 2);
  d.skip(2);
  if (d.columns) d.setInfo(`PRI: ${priority}  DEI: ${dei}  ID: ${id}`);
  if (d.labels) d.appendLayer(`, PRI: ${priority}, DEI: ${dei}, ID: ${id}`);
  const type = d.peek16();
  if (type > 1500) {
    d.pos += 2;
    d.add(f.type, d.pos - 2, 2, type);
    callEthertype(d, type);
    addTrailer(d, d.payloadEnd, f.trailer, 0);
    d.payloadEnd = -1;
    return;
  }
  d.pos += 2;
  d.add(f.len, d.pos - 2, 2, type);
  if (type > d.wireRemaining) d.expert(x.pastEnd);
  const { end, wireEnd } = d;
  const payloadEnd = Math.min(d.pos + type, wireEnd);
  d.limit(type);
  d.call(llc);
  d.end = end;
  d.wireEnd = wireEnd;
  addTrailer(d, payloadEnd, f.trailer, 0);
  d.payloadEnd = -1;
}

const BACKBONE_SERVICE = 0x88e7;

/** A service tag, together with a second one that follows it. */
function dissectService(d: Dissection): void {
  if (d.peek16(2) === BACKBONE_SERVICE) {
    const backbone = d.peek16() & 0x0fff;
    if (d.building) {
      d.open(ieee8021ad.field, d.pos, 2);
      d.relabelParent(`B-Tag, B-VID: ${backbone}`);
      addService(d, service.id);
      d.close();
    } else d.skip(2);
    d.skip(2);
    dissectServiceTag(d, backbone);
    return;
  }
  if (d.peek16(2) === 0x88a8) {
    const svid = addService(d, service.svid);
    d.skip(2);
    const cvid = addService(d, service.cvid);
    if (d.labels) d.appendLayer(`, S-VID: ${svid}, C-VID: ${cvid}`);
  } else {
    const id = addService(d, service.id);
    if (d.labels) d.appendLayer(`, ID: ${id}`);
  }
  callEthertype(d, d.u16(backboneFields.etype));
  addTrailer(d, d.payloadEnd, backboneFields.trailer, 0);
  d.payloadEnd = -1;
}

function addService(d: Dissection, id: Field): number {
  const at = d.pos;
  d.bits(service.priority, at, 2);
  d.bits(service.dei, at, 2);
  const value = d.bits(id, at, 2);
  d.skip(2);
  return value;
}
