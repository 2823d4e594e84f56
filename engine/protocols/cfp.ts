/** Cisco FabricPath: hierarchical addresses and a tag in front of an Ethernet frame. */
import { ADDRESS_ETHER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ether, type Field, none, u8, u16, u24, u32 } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { formatEther } from "../dissect/text.ts";
import { checksumStatusText } from "./checksum.ts";
import { data } from "./data.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const f = {
  sHmac: none("cfp.s_hmac", "Source HMAC"),
  dHmac: none("cfp.d_hmac", "Destination HMAC"),
  dHmacMc: ether("cfp.d_hmac_mc", "MC Destination"),
  etype: u16("cfp.etype", "FP Ethertype", { base: "HEX", names: ETHERTYPE_NAMES }),
  _1adEtype: u16("cfp.1ad.etype", "IEEE 802.1ad Ethertype", { base: "HEX", names: ETHERTYPE_NAMES }),
  _1adPriority: u16("cfp.1ad.priority", "Priority", { mask: 0xe000 }),
  _1adDei: u16("cfp.1ad.dei", "DEI", { mask: 0x1000 }),
  _1adId: u16("cfp.1ad.id", "ID", { mask: 0xfff }),
  fcs: u32("cfp.fcs", "Frame check sequence", { base: "HEX" }),
  fcsStatus: u8("cfp.fcs.status", "FCS status", { base: "CUSTOM", text: checksumStatusText }),
  ftag: u16("cfp.ftag", "FTAG", { mask: 0xffc0 }),
  ttl: u16("cfp.ttl", "TTL", { mask: 0x3f }),
  swid: u24("cfp.swid", "switch-id", { base: "DEC_HEX", mask: 0xfff }),
  sswid: u8("cfp.sswid", "sub-switch-id", { base: "DEC_HEX" }),
  eid: u24("cfp.eid", "End Node ID", { base: "DEC_HEX", mask: 0xfcc000 }),
  lid: u16("cfp.lid", "Source LID", { base: "DEC_HEX" }),
  ul: bool("cfp.ul", "U/L bit", {
    mask: 0x20000,
    bits: 24,
    tf: [
      "Locally administered address (this is NOT the factory default)",
      "Globally unique address (factory default)",
    ],
  }),
  ig: bool("cfp.ig", "I/G bit", {
    mask: 0x10000,
    bits: 24,
    tf: ["Group address (multicast/broadcast)", "Individual address (unicast)"],
  }),
  ooodl: bool("cfp.ooodl", "OOO/DL Bit", {
    mask: 0x1000,
    bits: 24,
    tf: [
      "Out of order delivery (If DA) or Do not learn (If SA)",
      "Deliver in order (If DA) or Learn (If SA)",
    ],
  }),
};

export const cfp = protocol({
  name: "cfp",
  title: "Cisco FabricPath",
  short: "CFP",
  fields: f,
  dissect,
});

const FABRIC_PATH = 0x8903;
const SERVICE_TAG = 0x88a8;
const HEADER = 16;

/** True when the Ethernet header at the cursor is one of FabricPath, with or without a service tag. */
export function isFabricPath(d: Dissection): boolean {
  if (d.remaining < HEADER + 14) return false;
  const type = d.peek16(12);
  return (
    type === FABRIC_PATH ||
    (type === SERVICE_TAG && d.remaining > HEADER + 18 && d.peek16(16) === FABRIC_PATH)
  );
}

function dissect(d: Dissection): void {
  const at = d.pos;
  d.setAddresses(ADDRESS_ETHER, at + 6, at, 6);
  if (d.labels)
    d.relabelLayer(
      `Cisco FabricPath, Src: ${addressText(d.peekBytes(6, 6))}, Dst: ${addressText(d.peekBytes(6))}`,
    );
  if (d.columns) d.setInfo("");
  if (d.peek8() & 1) d.ether(f.dHmacMc);
  else addAddress(d, f.dHmac);
  addAddress(d, f.sHmac);
  if (d.peek16() === SERVICE_TAG) {
    d.u16(f._1adEtype);
    d.bits(f._1adPriority, d.pos, 2);
    d.bits(f._1adDei, d.pos, 2);
    d.bits(f._1adId, d.pos, 2);
    d.skip(2);
  }
  d.u16(f.etype);
  d.bits(f.ftag, d.pos, 2);
  d.bits(f.ttl, d.pos, 2);
  d.skip(2);
  const { end, wireEnd } = d;
  d.limit(Math.max(0, d.wireRemaining - 4));
  d.layerEnd(d.pos);
  d.call(protocolNamed("eth") ?? data);
  d.end = end;
  d.pos = wireEnd - 4;
  d.wireEnd = wireEnd;
  if (d.pos + 4 > end) return;
  d.u32(f.fcs);
  if (d.labels) d.append(" [unverified]");
  d.generated(f.fcsStatus, d.pos, 0, 2);
}

/** `abd.00.0000`: switch, sub-switch and local id; a group address as it is. */
function addressText(address: Uint8Array): string {
  if (address[0] & 1) return formatEther(address);
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  const switchId = ((address[1] & 0x0f) << 8) | address[2];
  return `${hex(switchId, 3)}.${hex(address[3], 2)}.${hex((address[4] << 8) | address[5], 4)}`;
}

function addAddress(d: Dissection, field: Field): void {
  const at = d.pos;
  const address = d.peekBytes(6);
  d.open(field, at, 6);
  if (d.labels)
    d.relabelParent(`${field.title === "Source HMAC" ? "Source" : "Destination"}: ${addressText(address)}`);
  const word = (address[0] << 16) | (address[1] << 8) | address[2];
  d.add(f.eid, at, 3, ((word >> 18) << 2) | ((word >> 14) & 3));
  if (d.labels) d.relabel(endNodeText(word));
  for (const bit of [f.ul, f.ig, f.ooodl, f.swid]) d.bits(bit, at, 3);
  d.skip(3);
  d.u8(f.sswid);
  d.u16(f.lid);
  d.close();
}

/** The end node id stands in two places: `0000 00.. 00.. .... .... .... = End Node ID: 0 (0x000)`. */
function endNodeText(word: number): string {
  const id = ((word >> 18) << 2) | ((word >> 14) & 3);
  let bits = "";
  for (let i = 23; i >= 0; i--) {
    bits += (0xfcc000 >> i) & 1 ? (word >> i) & 1 : ".";
    if (i % 4 === 0 && i > 0) bits += " ";
  }
  return `${bits} = End Node ID: ${id} (0x${id.toString(16).padStart(3, "0")})`;
}
