/** Ethernet: DIX Ethernet II and IEEE 802.3. */
import { ADDRESS_ETHER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, type Field, u16 } from "../dissect/field.ts";
import { HIDDEN } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { formatEther } from "../dissect/text.ts";
import { callEthertype, ETHERTYPE_NAMES } from "./ethertype.ts";

const LOCAL_GLOBAL = [
  "Locally administered address (this is NOT the factory default)",
  "Globally unique address (factory default)",
] as const;
const GROUP_INDIVIDUAL = ["Group address (multicast/broadcast)", "Individual address (unicast)"] as const;

const f = {
  dst: ether("eth.dst", "Destination"),
  src: ether("eth.src", "Source"),
  addr: ether("eth.addr", "Address"),
  type: u16("eth.type", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  dstLg: bool("eth.dst.lg", "LG bit", { mask: 0x020000, bits: 24, tf: LOCAL_GLOBAL }),
  dstIg: bool("eth.dst.ig", "IG bit", { mask: 0x010000, bits: 24, tf: GROUP_INDIVIDUAL }),
  srcLg: bool("eth.src.lg", "LG bit", { mask: 0x020000, bits: 24, tf: LOCAL_GLOBAL }),
  srcIg: bool("eth.src.ig", "IG bit", { mask: 0x010000, bits: 24, tf: GROUP_INDIVIDUAL }),
  lg: bool("eth.lg", "LG bit", { mask: 0x020000, bits: 24, tf: LOCAL_GLOBAL }),
  ig: bool("eth.ig", "IG bit", { mask: 0x010000, bits: 24, tf: GROUP_INDIVIDUAL }),
  padding: bytes("eth.padding", "Padding"),
  trailer: bytes("eth.trailer", "Trailer"),
};

export const ethernet = protocol({
  name: "eth",
  title: "Ethernet II",
  short: "Ethernet",
  fields: f,
  on: [[linkTypes, 1]],
  dissect,
});

const HEADER = 14;

function dissect(d: Dissection): void {
  const start = d.pos;
  d.need(HEADER);
  d.setAddresses(ADDRESS_ETHER, start + 6, start, 6);
  if (d.labels) {
    const dst = formatEther(d.peekBytes(6));
    const src = formatEther(d.peekBytes(6, 6));
    d.relabelLayer(`Ethernet II, Src: ${src}, Dst: ${dst}`);
  }
  addAddress(d, f.dst, f.dstLg, f.dstIg);
  addAddress(d, f.src, f.srcLg, f.srcIg);
  const type = d.u16(f.type);
  callEthertype(d, type);
  addTrailer(d);
}

function addAddress(d: Dissection, address: Field, lg: Field, ig: Field): void {
  const at = d.pos;
  if (!d.building) {
    d.pos += 6;
    return;
  }
  const value = d.peekBytes(6);
  d.open(address, at, 6, value);
  d.pos += 6;
  d.add(f.addr, at, 6, value);
  const first = (value[0] << 16) | (value[1] << 8) | value[2];
  const local = first & 0x020000 ? 1 : 0;
  const group = first & 0x010000 ? 1 : 0;
  d.add(lg, at, 3, local);
  d.add(f.lg, at, 3, local, HIDDEN);
  d.add(ig, at, 3, group);
  d.add(f.ig, at, 3, group, HIDDEN);
  d.close();
}

/** Bytes behind the end the network layer declared: padding up to the 60 bytes of a shortest frame. */
function addTrailer(d: Dissection): void {
  if (!d.building || d.payloadEnd < 0 || d.payloadEnd >= d.end) return;
  const padding = d.buf.subarray(d.payloadEnd, d.end);
  d.add(padding.every((byte) => byte === 0) ? f.padding : f.trailer, d.payloadEnd, padding.length, padding);
}
