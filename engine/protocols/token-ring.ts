/** Token ring, IEEE 802.5, with the routing information of source route bridging. */
import { ADDRESS_ETHER } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bool, ether, str, u8, u16 } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { llc } from "./llc.ts";

const FRAME_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "MAC",
  1: "LLC",
  2: "Reserved",
};
const FRAME_PCF_NAMES: Readonly<Record<number, string>> = {
  0: "Normal buffer",
  1: "Express buffer",
  2: "Purge",
  3: "Claim Token",
  4: "Beacon",
  5: "Active Monitor Present",
  6: "Standby Monitor Present",
};
const BROADCAST_NAMES: Readonly<Record<number, string>> = {
  0: "Non-broadcast",
  32: "Non-broadcast",
  64: "Non-broadcast",
  96: "Non-broadcast",
  128: "All-routes broadcast",
  160: "All-routes broadcast",
  192: "Single-route broadcast",
  224: "Single-route broadcast",
};
const MAX_FRAME_SIZE_NAMES: Readonly<Record<number, string>> = {
  0: "516",
  16: "1500",
  32: "2052",
  48: "4472",
  64: "8144",
  80: "11407",
  96: "17800",
  112: "65535",
};
const DIRECTION_NAMES: Readonly<Record<number, string>> = {
  0: "From originating station (-->)",
  128: "To originating station (<--)",
};

const f = {
  ac: u8("tr.ac", "Access Control", { base: "HEX" }),
  priority: u8("tr.priority", "Priority", { mask: 0xe0 }),
  frame: bool("tr.frame", "Frame", { mask: 0x10, tf: ["Frame", "Token"] }),
  monitorCnt: u8("tr.monitor_cnt", "Monitor Count", { mask: 0x8 }),
  priorityReservation: u8("tr.priority_reservation", "Priority Reservation", { mask: 0x7 }),
  fc: u8("tr.fc", "Frame Control", { base: "HEX" }),
  frameType: u8("tr.frame_type", "Frame Type", { mask: 0xc0, names: FRAME_TYPE_NAMES }),
  framePcf: u8("tr.frame_pcf", "Frame PCF", { mask: 0xf, names: FRAME_PCF_NAMES }),
  dst: ether("tr.dst", "Destination"),
  src: ether("tr.src", "Source"),
  addr: ether("tr.addr", "Source or Destination Address"),
  sr: bool("tr.sr", "Source Routed"),
  rifBytes: u8("tr.rif_bytes", "RIF Bytes"),
  broadcast: u8("tr.broadcast", "Broadcast Type", { names: BROADCAST_NAMES }),
  maxFrameSize: u8("tr.max_frame_size", "Maximum Frame Size", { names: MAX_FRAME_SIZE_NAMES }),
  direction: u8("tr.direction", "Direction", { names: DIRECTION_NAMES }),
  rif: str("tr.rif", "Ring-Bridge Pairs"),
  rifRing: u16("tr.rif.ring", "RIF Ring", { base: "HEX" }),
  rifBridge: u8("tr.rif.bridge", "RIF Bridge", { base: "HEX" }),
};

export const tokenRing = protocol({
  name: "tr",
  title: "Token-Ring",
  short: "TR",
  fields: f,
  on: [[linkTypes, 6]],
  dissect,
});

const ROUTED = 0x80;
const MAC = 0;
const LLC = 1;
const ACCESS = [f.priority, f.frame, f.monitorCnt, f.priorityReservation] as const;

function dissect(d: Dissection): void {
  const start = d.pos;
  d.need(14);
  const access = d.peek8();
  const control = d.peek8(1);
  if (d.columns) d.setInfo(`Token-Ring ${FRAME_TYPE_NAMES[control >> 6] ?? "Unknown"}`);
  d.bitset(f.ac, 1, ACCESS);
  if (d.labels && access & 0x10) d.append(", Frame");
  d.bitset(f.fc, 1, [f.frameType, f.framePcf]);
  if (d.labels) {
    d.append(
      `, Frame Type: ${FRAME_TYPE_NAMES[control >> 6] ?? "Unknown"}, Frame PCF: ${FRAME_PCF_NAMES[control & 15] ?? "Unknown"}`,
    );
  }
  const dst = d.peekBytes(6);
  const src = d.buf.slice(start + 8, start + 14);
  const routed = (src[0] & ROUTED) !== 0;
  // Wireshark leaves the bit in what it shows as the source, and out of the address column.
  const shown = d.peekBytes(6, 6);
  src[0] &= 0x7f;
  d.setSource(ADDRESS_ETHER, src, 0, 6);
  d.setDestination(ADDRESS_ETHER, d.buf, d.pos, 6);
  d.add(f.dst, d.pos, 6, dst);
  d.hidden(f.addr, d.pos, 6, dst);
  d.skip(6);
  d.add(f.src, d.pos, 6, shown);
  d.hidden(f.src, d.pos, 6, src);
  d.hidden(f.addr, d.pos, 6, shown);
  d.add(f.sr, d.pos, 1, routed ? 1 : 0);
  d.skip(6);
  if (routed) addRouting(d);
  const type = control >> 6;
  d.call((type === LLC ? llc : type === MAC ? protocolNamed("trmac") : undefined) ?? data);
}

/** Control of two bytes, then pairs of a ring and the bridge out of it. */
function addRouting(d: Dissection): void {
  const first = d.peek8();
  const second = d.peek8(1);
  const length = first & 0x1f;
  d.needAt(d.pos, Math.max(2, length));
  d.add(f.rifBytes, d.pos, 1, length);
  d.add(f.broadcast, d.pos, 1, first & 0xe0);
  d.add(f.maxFrameSize, d.pos + 1, 1, second & 0x70);
  d.add(f.direction, d.pos + 1, 1, second & 0x80);
  const at = d.pos + 2;
  const pairs = Math.max(0, (length - 2) >> 1);
  let route = "";
  for (let i = 0; i < pairs; i++) {
    const pair = (d.buf[at + 2 * i] << 8) | d.buf[at + 2 * i + 1];
    d.hidden(f.rifRing, at + 2 * i, 2, pair >> 4);
    const ring = (pair >> 4).toString(16).toUpperCase().padStart(3, "0");
    route += i === 0 ? ring : `-${ring}`;
    if (i < pairs - 1) {
      d.hidden(f.rifBridge, at + 2 * i + 1, 1, pair & 15);
      route += `-${(pair & 15).toString(16).toUpperCase()}`;
    }
  }
  if (pairs > 0) d.add(f.rif, at, 2 * pairs, route);
  d.skip(Math.max(2, length));
}
