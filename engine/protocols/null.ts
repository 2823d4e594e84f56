/**
 * BSD null and loopback encapsulation: an address family of four bytes, in the byte order of the capturing host
 * (LINKTYPE_NULL) or of the network (LINKTYPE_LOOP). https://www.tcpdump.org/linktypes.html
 */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { u16, u32 } from "../dissect/field.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ETHERTYPE_NAMES } from "./names/ethertype.ts";

const FAMILIES: Readonly<Record<number, string>> = {
  2: "IP",
  7: "OSI",
  16: "Appletalk",
  23: "Netware IPX/SPX",
  24: "IPv6",
  28: "IPv6",
  30: "IPv6",
};

const f = {
  type: u16("null.type", "Type", { base: "HEX", names: ETHERTYPE_NAMES }),
  family: u32("null.family", "Family", { names: FAMILIES }),
};

export const nullLoopback = protocol({
  name: "null",
  title: "Null/Loopback",
  short: "N/A",
  fields: f,
  on: [[linkTypes, 0, 108]],
  dissect,
});

/** The address columns while no layer above has addresses. */
export const NO_ADDRESS = new TextEncoder().encode("N/A");

const LINKTYPE_LOOP = 108;
const PPP_IN_HDLC = 0xff03;

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("Null/Loopback");
  d.setSource(ADDRESS_TEXT, NO_ADDRESS, 0, NO_ADDRESS.length);
  d.setDestination(ADDRESS_TEXT, NO_ADDRESS, 0, NO_ADDRESS.length);
  d.need(2);
  if (d.peek16() === PPP_IN_HDLC) {
    d.call(linkTypes.get(50) ?? data);
    return;
  }
  const at = d.pos;
  let family = d.peek32();
  d.skip(4);
  if (d.linkType !== LINKTYPE_LOOP) family = hostOrder(family);
  // Some systems write an Ethertype there.
  if (family > 1536 && family <= 0xffff) {
    d.add(f.type, at, 4, family);
    d.call(ethertypes.get(family) ?? data);
    return;
  }
  d.add(f.family, at, 4, family);
  if (d.remaining > 0) d.call(familyProtocol(family) ?? data);
}

/** The family from its four bytes read big-endian: in whichever order the number is small. */
function hostOrder(family: number): number {
  if ((family & 0xffff_0000) === 0) return family;
  const swapped =
    ((family << 24) | ((family & 0xff00) << 8) | ((family >>> 8) & 0xff00) | (family >>> 24)) >>> 0;
  return swapped;
}

function familyProtocol(family: number): Protocol | undefined {
  switch (family) {
    case 2:
      return ethertypes.get(0x0800);
    case 7:
      return protocolNamed("osi");
    case 16:
      return ethertypes.get(0x809b);
    case 23:
      return ethertypes.get(0x8137);
    case 24:
    case 28:
    case 30:
      return ethertypes.get(0x86dd);
    default:
      return undefined;
  }
}
