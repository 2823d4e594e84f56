/** IEEE 802.15.4 with what a receiver says of the frame: https://www.tcpdump.org/linktypes/LINKTYPE_IEEE802_15_4_TAP.html */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, double, expert, type Field, float, joined, u8, u16, u32, u64 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import {
  CH_PAGES,
  FCS_TYPES,
  MODE_FSK_AS,
  MODE_FSK_BS,
  MODE_OFDMS,
  MODE_OQPSK_AS,
  MODE_OQPSK_BS,
  MODE_OQPSK_CS,
  SUN_BANDS,
  SUN_TYPES,
  TLV_TYPES,
} from "./names/wpan-tap.ts";
import { dissectWpanPart, type WpanFcs } from "./wpan.ts";

const f = {
  version: u8("wpan-tap.version", "Version"),
  reserved: u8("wpan-tap.reserved", "Reserved"),
  length: u16("wpan-tap.length", "Length"),
  dataLength: u16("wpan-tap.data_length", "Data Length"),
  tlvType: u16("wpan-tap.tlv.type", "TLV Type", { names: TLV_TYPES }),
  tlvLength: u16("wpan-tap.tlv.length", "TLV Length"),
  tlvUnknown: bytes("wpan-tap.tlv.unknown", "Unknown"),
  tlvPadding: bytes("wpan-tap.tlv.padding", "Padding"),
  fcsType: u8("wpan-tap.fcs_type", "FCS Type", { names: FCS_TYPES }),
  rss: float("wpan-tap.rss", "RSS", { unit: " dBm" }),
  chNum: u16("wpan-tap.ch_num", "Channel"),
  chPage: u8("wpan-tap.ch_page", "Page", { names: CH_PAGES }),
  bitRate: u32("wpan-tap.bit_rate", "Bit Rate", { unit: "bits/s" }),
  sunBand: u8("wpan-tap.sun_band", "Band", { names: SUN_BANDS }),
  sunType: u8("wpan-tap.sun_type", "Type", { names: SUN_TYPES }),
  sunMode: u8("wpan-tap.sun_mode", "Mode"),
  modeFskA: u8("wpan-tap.mode.fsk_a", "FSK-A mode", { names: MODE_FSK_AS }),
  modeFskB: u8("wpan-tap.mode.fsk_b", "FSK-B mode", { names: MODE_FSK_BS }),
  modeOqpskA: u8("wpan-tap.mode.oqpsk_a", "O-QPSK-A mode", { names: MODE_OQPSK_AS }),
  modeOqpskB: u8("wpan-tap.mode.oqpsk_b", "O-QPSK-B mode", { names: MODE_OQPSK_BS }),
  modeOqpskC: u8("wpan-tap.mode.oqpsk_c", "O-QPSK-C mode", { names: MODE_OQPSK_CS }),
  modeOfdm: u8("wpan-tap.mode.ofdm", "OFDM mode", { names: MODE_OFDMS }),
  sofTs: u64("wpan-tap.sof_ts", "Start of frame timestamp", { unit: "ns" }),
  eofTs: u64("wpan-tap.eof_ts", "End of frame timestamp", { unit: "ns" }),
  slotStartTs: u64("wpan-tap.slot_start_ts", "Start of slot timestamp", { unit: "ns" }),
  timeslotLength: u32("wpan-tap.timeslot_length", "Timeslot length", { unit: "µs" }),
  lqi: u8("wpan-tap.lqi", "Link Quality Indicator"),
  chplanStart: float("wpan-tap.chplan.start", "Channel0 freq", { unit: "kHz" }),
  chplanSpacing: float("wpan-tap.chplan.spacing", "Spacing", { unit: "kHz" }),
  chplanChannels: u16("wpan-tap.chplan.channels", "Channels"),
  chFreq: float("wpan-tap.ch_freq", "Frequency", { unit: "kHz" }),
  asn: u64("wpan-tap.asn", "ASN"),
};

const t = {
  startOffset: double("wpan.tsch.frame_start_offset", "Frame start offset", { unit: "µs" }),
  duration: double("wpan.tsch.frame_duration", "Frame duration", { unit: "µs" }),
  endOffset: double("wpan.tsch.frame_end_offset", "Frame end offset", { unit: "µs" }),
};

const x = {
  invalidFcs: expert("wpan-tap.tlv.invalid_fcs_type", "error", "Malformed", "Invalid FCS type"),
  invalidType: expert("wpan-tap.tlv.invalid_type", "warning", "Malformed", "Invalid TLV type"),
  invalidLength: expert("wpan-tap.tlv.invalid_length", "error", "Malformed", "Invalid TLV length"),
  padding: expert("wpan-tap.tlv.padding_not_zeros", "warning", "Protocol", "TLV padding not zero"),
};

export const wpanTap = protocol({
  name: "wpan-tap",
  title: "IEEE 802.15.4 TAP",
  short: "IEEE 802.15.4 TAP",
  fields: joined(f, t),
  experts: x,
  on: [[linkTypes, 283]],
  dissect,
});

/** Times of a frame in a slotted network, in nanoseconds. */
interface Times {
  start: bigint | null;
  end: bigint | null;
  slot: bigint | null;
  slotLength: number | null;
}

function dissect(d: Dissection): void {
  const at = d.pos;
  const length = d.peek16le(2);
  d.openText(at, 4, "Header");
  d.u8(f.version);
  d.u8(f.reserved);
  d.u16le(f.length);
  d.close();
  const { end, wireEnd } = d;
  const payload = at + length;
  d.limit(length - 4);
  const times: Times = { start: null, end: null, slot: null, slotLength: null };
  let fcs = 0;
  while (d.wireRemaining > 4) {
    const type = d.peek16le();
    const n = d.peek16le(2);
    if (type === FCS_TYPE) fcs = d.peek8(4);
    dissectTlv(d, type, n, times);
  }
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = payload;
  if (d.building) addOffsets(d, times);
  if (fcs > 2) return;
  d.generated(f.dataLength, at, 0, d.wireEnd - d.pos);
  dissectWpanPart(d, [0, 2, 4][fcs] as WpanFcs);
}

const FCS_TYPE = 0;
const SUN_PHY = 4;

function dissectTlv(d: Dissection, type: number, length: number, times: Times): void {
  const at = d.pos;
  const padding = (4 - (length % 4)) % 4;
  const name = TLV_TYPES[type];
  d.openText(at, 4 + length + padding, name ?? "Unknown");
  d.u16le(f.tlvType);
  d.u16le(f.tlvLength);
  const stop = at + 4 + length;
  const text = dissectValue(d, type, length, times);
  d.appendParent(text);
  if (d.pos < stop) d.pos = stop;
  if (padding > 0) {
    d.bytes(f.tlvPadding, padding);
    if (d.building && d.peekUint(padding, -padding) !== 0) d.expert(x.padding);
  }
  d.close();
}

/** The value of a TLV; returns what its line says of it. */
function dissectValue(d: Dissection, type: number, length: number, times: Times): string {
  switch (type) {
    case FCS_TYPE: {
      const fcs = d.u8(f.fcsType);
      if (fcs > 2 && d.building) d.expert(x.invalidFcs);
      return `: ${FCS_TYPES[fcs] ?? "Unknown"} (${fcs})`;
    }
    case 1:
      return `: ${addFloat(d, f.rss, " dBm", 2)}`;
    case 2: {
      const rate = d.u32le(f.bitRate);
      return `: ${(rate / 1000).toFixed(3)} kbps`;
    }
    case 3: {
      const channel = d.u16le(f.chNum);
      const page = d.u8(f.chPage);
      return `: Page: ${CH_PAGES[page] ?? "Unknown"} (${page}), Number: ${channel}`;
    }
    case SUN_PHY:
      return dissectSunPhy(d);
    case 5:
      times.start = d.u64le(f.sofTs);
      return `: ${seconds(times.start)}`;
    case 6:
      times.end = d.u64le(f.eofTs);
      return `: ${seconds(times.end)}`;
    case 7:
      return `: ${d.u64le(f.asn)}`;
    case 8:
      times.slot = d.u64le(f.slotStartTs);
      return `: ${seconds(times.slot)}`;
    case 9:
      times.slotLength = d.u32le(f.timeslotLength);
      return `: ${times.slotLength} µs`;
    case 10:
      return `: ${d.u8(f.lqi)}`;
    case 11:
      return `: ${addFloat(d, f.chFreq, " kHz", 3)}`;
    case 12: {
      const start = addFloat(d, f.chplanStart, " kHz", 3);
      const spacing = addFloat(d, f.chplanSpacing, " kHz", 3);
      const channels = d.u16le(f.chplanChannels);
      return `: Start ${start}, Spacing ${spacing}, Channels ${channels}`;
    }
    default:
      d.bytes(f.tlvUnknown, length);
      return "Unknown TLV";
  }
}

/** A number of four bytes, shown with this many digits. */
function addFloat(d: Dissection, field: Field, unit: string, digits: number): string {
  d.need(4);
  const view = new DataView(d.buf.buffer, d.buf.byteOffset + d.pos, 4);
  const value = view.getFloat32(0, true);
  const text = value.toFixed(digits) + unit;
  d.add(field, d.pos, 4, value);
  if (d.labels) d.relabel(`${field.title}: ${text}`);
  d.pos += 4;
  return text;
}

const MODES: Readonly<Record<number, Field>> = {
  0: f.modeFskA,
  1: f.modeFskB,
  2: f.modeOqpskA,
  3: f.modeOqpskB,
  4: f.modeOqpskC,
  5: f.modeOfdm,
  6: f.modeOfdm,
  7: f.modeOfdm,
  8: f.modeOfdm,
};

function dissectSunPhy(d: Dissection): string {
  const band = d.u8(f.sunBand);
  const type = d.u8(f.sunType);
  const mode = d.u8(MODES[type] ?? f.sunMode);
  return `: Band: ${SUN_BANDS[band] ?? "Unknown"} (${band}), Type: ${SUN_TYPES[type] ?? "Unknown"} (${type}), Mode: ${mode}`;
}

const BILLION = 1_000_000_000n;

function seconds(ns: bigint): string {
  return `${ns / BILLION}.${String(ns % BILLION).padStart(9, "0")} s`;
}

function addOffsets(d: Dissection, times: Times): void {
  const { start, end, slot, slotLength } = times;
  if (start !== null && slot !== null) addMicroseconds(d, t.startOffset, start - slot);
  if (start !== null && end !== null) addMicroseconds(d, t.duration, end - start);
  if (end !== null && slot !== null && slotLength !== null) {
    addMicroseconds(d, t.endOffset, end - slot - BigInt(slotLength) * 1000n);
  }
}

function addMicroseconds(d: Dissection, field: Field, ns: bigint): void {
  const value = Number(BigInt.asIntN(64, ns)) / 1000;
  d.generated(field, d.pos, 0, value);
  if (d.labels) d.relabel(`${field.title}: ${value.toFixed(3)} µs`);
}
