/**
 * ATM as SunATM captures hold it (LINKTYPE_SUNATM): a pseudo-header of four bytes, then a PDU of AAL5 without its
 * trailer. What it carries: LLC and VC multiplexing (RFC 2684), LAN emulation, ILMI, signalling.
 */
import { ADDRESS_TEXT } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, u8, u16 } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ethernet } from "./ethernet.ts";
import { callIp } from "./ipv4.ts";
import { lane, laneTraffic } from "./lane.ts";
import { llc } from "./llc.ts";
import { AAL_NAMES, CHANNEL_NAMES, LANE_TRAFFIC_NAMES, TRAFFIC_NAMES } from "./names/atm.ts";
import { ppp } from "./ppp.ts";
import { sscop } from "./sscop.ts";

const f = {
  channel: u16("atm.channel", "Channel", { names: CHANNEL_NAMES }),
  aal: u8("atm.aal", "AAL", { names: AAL_NAMES }),
  traffic: u8("atm.traffic_type", "Traffic type", { names: TRAFFIC_NAMES }),
  lane: u8("atm.traffic.lane", "LANE traffic type", { names: LANE_TRAFFIC_NAMES }),
  vpi: u8("atm.vpi", "VPI"),
  vci: u16("atm.vci", "VCI"),
  padding: bytes("atm.padding", "Padding"),
};

export const atm = protocol({
  name: "atm",
  title: "Asynchronous Transfer Mode",
  short: "ATM",
  fields: f,
  contained: true,
  on: [[linkTypes, 123]],
  dissect,
});

/** The interim local management interface: SNMP without anything around it (af-ilmi-0065). */
export const ilmi = protocol({
  name: "ilmi",
  title: "ILMI",
  short: "ILMI",
  dissect(d) {
    d.call(protocolNamed("snmp") ?? data);
  },
});

const AAL5 = 4;
const AAL_SIGNALLING = 6;

const UNKNOWN = 0;
const LLC = 1;
const LANE = 3;
const ILMI = 4;

/** Traffic by the low four bits of the pseudo-header's first byte. */
const SUN_TRAFFIC: Readonly<Record<number, number>> = { 1: LANE, 2: LLC, 5: ILMI };
const SUN_SIGNALLING = 6;
/** On virtual path 0, the channel of signalling. */
const SIGNALLING_VCI = 5;
/** In the same byte: sent by the capturing host. */
const SUN_SENT = 0x80;

const DTE = new TextEncoder().encode("DTE");
const DCE = new TextEncoder().encode("DCE");

/** Fewer bytes than these are not looked at to tell what is in them. */
const SHORTEST_GUESS = 8;

function dissect(d: Dissection): void {
  d.need(4);
  const sent = (d.buf[d.pos] & SUN_SENT) !== 0;
  const kind = d.buf[d.pos] & 0x0f;
  const vpi = d.buf[d.pos + 1];
  const vci = d.peek16(2);
  // The four bytes in front are no part of the packet.
  d.pos += 4;
  d.lead = 4;
  d.setSource(ADDRESS_TEXT, sent ? DTE : DCE, 0, 3);
  d.setDestination(ADDRESS_TEXT, sent ? DCE : DTE, 0, 3);
  const signalling =
    kind === SUN_SIGNALLING || (vpi === 0 && vci === SIGNALLING_VCI && (kind === 0 || kind > SUN_SIGNALLING));
  const traffic = SUN_TRAFFIC[kind] ?? UNKNOWN;
  const aal = signalling ? AAL_SIGNALLING : AAL5;
  if (d.columns) {
    const what = signalling ? "" : ` ${TRAFFIC_NAMES[traffic]}`;
    d.setInfo(`${AAL_NAMES[aal]}${what} VPI=${vpi}, VCI=${vci}`);
  }
  const at = d.pos;
  d.add(f.channel, at, 0, sent ? 0 : 1);
  d.add(f.aal, at, 0, aal);
  if (d.labels) d.relabel(`AAL: ${AAL_NAMES[aal]}`);
  if (!signalling) d.add(f.traffic, at, 0, traffic);
  if (traffic === LANE) d.add(f.lane, at, 0, laneTraffic(d));
  d.add(f.vpi, at, 0, vpi);
  d.add(f.vci, at, 0, vci);
  if (d.wireRemaining > 0) d.need(1);
  if (signalling) d.call(sscop);
  else if (traffic === LLC) d.call(llc);
  else if (traffic === LANE) d.call(lane);
  else if (traffic === ILMI) d.call(ilmi);
  else guess(d);
}

/** Bytes of unknown traffic: LLC, or a protocol alone on its channel, as their first bytes say (RFC 2684). */
function guess(d: Dissection): void {
  if (d.wireRemaining === 0) return;
  if (d.wireRemaining < SHORTEST_GUESS) {
    d.call(data);
    return;
  }
  const first = d.peek16();
  if (first === 0xaaaa && d.peek8(2) === 0x03) d.call(llc);
  else if (first === 0) {
    // Bridged Ethernet begins with two bytes of padding.
    d.layerEnd(d.pos);
    d.addBehind(f.padding, d.pos, 2, d.peekBytes(2));
    d.skip(2);
    d.call(ethernet);
  } else if ((first & 0xff) === 0x21) d.call(ppp);
  else if (first >> 12 === 4 || first >> 12 === 6) callIp(d);
  else d.call(data);
}
