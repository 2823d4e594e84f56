/** The step from an Ethertype to the protocol it names (IANA IEEE 802 numbers), and what follows its payload. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, type Field, u8, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethernetTrailers, ethertypes } from "../dissect/tables.ts";
import { CHECKSUM_STATUS_NAMES, checksumStatusText } from "./checksum.ts";
import { data } from "./data.ts";

export { ETHERTYPE_NAMES } from "./names/ethertype.ts";

/** Fields behind the payload; they belong to Ethernet, VLAN tags and cooked captures use them too. */
export const trailerFields = {
  padding: bytes("eth.padding", "Padding"),
  trailer: bytes("eth.trailer", "Trailer"),
  fcs: u32("eth.fcs", "Frame check sequence", { base: "HEX" }),
  fcsStatus: u8("eth.fcs.status", "FCS Status", {
    base: "CUSTOM",
    names: CHECKSUM_STATUS_NAMES,
    text: checksumStatusText,
  }),
};

export const paddingBad = expert(
  "eth.padding_bad",
  "note",
  "Protocol",
  "Didn't find padding of zeros, and an undecoded trailer exists. There may be padding of non-zeros.",
);

/** Shortest Ethernet frame without its frame check sequence. */
const SHORTEST = 60;

let next = 0;

/** In the protocol chain as Wireshark has it, with no line in the tree. */
export const ethertype = protocol({
  name: "ethertype",
  title: "Ethertype",
  short: "Ethertype",
  invisible: true,
  dissect(d) {
    const type = next;
    const found = ethertypes.get(type);
    if (found === undefined && d.columns) d.setProtocol(`0x${type.toString(16).padStart(4, "0")}`);
    d.call(found ?? data);
    // The bytes that may be padding have to be there to tell.
    const padding = paddingLimit(d, d.payloadEnd);
    if (padding > 0) d.needAt(d.payloadEnd, padding);
  },
});

/**
 * Hands the rest of the layer to the protocol of an Ethertype. Afterwards `d.payloadEnd` is where that protocol
 * says its packet ends, -1 when it says nothing.
 */
export function callEthertype(d: Dissection, type: number): void {
  next = type;
  d.payloadEnd = -1;
  d.call(ethertype);
}

/** Bytes from `at` on that would be padding to the shortest frame; 0 when none can be. */
function paddingLimit(d: Dissection, at: number): number {
  if (at < 0 || d.len - d.lead < SHORTEST || d.source !== 0) return 0;
  return Math.max(0, Math.min(SHORTEST - (d.offset(at) - d.lead), d.wireEnd - at));
}

/**
 * Adds what lies between `at` (-1: nothing) and the end of the layer: padding of zeros up to the shortest frame,
 * the trailer, the frame check sequence.
 * @param trailer the field for bytes that are neither
 * @param fcsLength bytes of the frame check sequence: 0, 4, or -1 for "4 when it looks so"
 */
export function addTrailer(d: Dissection, at: number, trailer: Field, fcsLength: number): void {
  // A trailer that begins behind what was captured is not looked for.
  if (at < 0 || at >= d.wireEnd || at > d.end) return;
  const padding = zeroPadding(d, at);
  if (addKnownTrailer(d, at, padding) || !d.building) return;
  if (padding > 0) d.add(trailerFields.padding, at, padding, d.buf.subarray(at, at + padding));
  const start = at + padding;
  const wire = d.wireEnd - start;
  const hasFcs = wire >= 4 && (fcsLength === 4 || (fcsLength === -1 && d.wireEnd - d.base - d.lead >= 64));
  const end = Math.min(d.end, hasFcs ? d.wireEnd - 4 : d.wireEnd);
  if (end > start) {
    d.add(trailer, start, end - start, d.buf.subarray(start, end));
    if (padding === 0 && paddingLimit(d, at) > 0) d.expert(paddingBad);
  }
  if (!hasFcs) return;
  d.pos = d.wireEnd - 4;
  d.need(4);
  d.u32(trailerFields.fcs);
  d.append(" [unverified]");
  d.generated(trailerFields.fcsStatus, d.pos, 0, 2);
}

/** Hands what is behind the padding to the protocol that recognises it; false when none does. */
function addKnownTrailer(d: Dissection, at: number, padding: number): boolean {
  if (at + padding >= d.wireEnd) return false;
  const { pos } = d;
  d.pos = at + padding;
  const found = ethernetTrailers.find(d);
  if (found !== undefined) {
    if (padding > 0) d.add(trailerFields.padding, at, padding, d.buf.subarray(at, at + padding));
    d.call(found);
  }
  d.pos = pos;
  return found !== undefined;
}

function zeroPadding(d: Dissection, at: number): number {
  const limit = paddingLimit(d, at);
  if (at + limit > d.end) return 0;
  for (let i = 0; i < limit; i++) if (d.buf[at + i] !== 0) return 0;
  return limit;
}
