/** Raw IP: packets with no link layer, LINKTYPE_RAW, of either IP version. https://www.tcpdump.org/linktypes.html */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ethertypes, linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { NO_ADDRESS } from "./null.ts";

export const raw = protocol({
  name: "raw",
  title: "Raw packet data",
  short: "N/A",
  on: [[linkTypes, 12, 14, 101]],
  dissect,
});

const PPP_IN_HDLC = 0xff03;

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("Raw packet data");
  d.setSource(ADDRESS_TEXT, NO_ADDRESS, 0, NO_ADDRESS.length);
  d.setDestination(ADDRESS_TEXT, NO_ADDRESS, 0, NO_ADDRESS.length);
  d.layerEnd(d.end);
  const start = d.pos;
  // Headers that modem drivers leave before the packet.
  if (d.peek16() === PPP_IN_HDLC) callAt(d, start, linkTypes.get(50));
  else if (d.remaining > 2 && d.peek16(1) === PPP_IN_HDLC) callAt(d, start + 1, linkTypes.get(50));
  else if (beginsWithZeros(d, 10)) callAt(d, start + 10, ethertypes.get(0x0800));
  else {
    const version = d.peek8() >> 4;
    callAt(
      d,
      start,
      version === 4 ? ethertypes.get(0x0800) : version === 6 ? ethertypes.get(0x86dd) : undefined,
    );
  }
}

function callAt(d: Dissection, at: number, protocol: Protocol | undefined): void {
  d.pos = at;
  d.call(protocol ?? data);
}

function beginsWithZeros(d: Dissection, n: number): boolean {
  if (d.remaining < n) return false;
  for (let i = 0; i < n; i++) if (d.buf[d.pos + i] !== 0) return false;
  return true;
}
