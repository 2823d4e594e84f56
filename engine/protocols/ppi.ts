/** Per-packet information, http://www.cacetech.com/documents/PPI_Header_format_1.0.1.pdf: typed fields before a frame. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, i8, u8, u16, u32, u64 } from "../dissect/field.ts";
import { addFlagsLe } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { PPI_FIELD_NAMES } from "./names/ppi.ts";
import {
  clearRadio,
  HAS_NOISE_DBM,
  HAS_SIGNAL_DBM,
  radio,
  radioFromChannel,
  radioFromRate,
} from "./radio.ts";
import { wlanRadio } from "./wlan-radio.ts";

const f = {
  version: u8("ppi.version", "Version"),
  flags: u8("ppi.flags", "Flags", { base: "HEX" }),
  alignment: bool("ppi.flags.alignment", "Alignment", { mask: 0x01, tf: ["32-bit aligned", "Not aligned"] }),
  flagsReserved: u8("ppi.flags.reserved", "Reserved", { base: "HEX", mask: 0xfe }),
  length: u16("ppi.length", "Header length"),
  dlt: u32("ppi.dlt", "DLT"),
  fieldType: u16("ppi.field_type", "Field type", { names: PPI_FIELD_NAMES }),
  fieldLength: u16("ppi.field_len", "Field length"),
  tsft: u64("ppi.80211-common.tsft", "TSFT"),
  commonFlags: u16("ppi.80211-common.flags", "Flags", { base: "HEX" }),
  fcs: bool("ppi.80211-common.flags.fcs", "FCS present flag", {
    mask: 0x1,
    bits: 16,
    tf: ["Present", "Absent"],
  }),
  tsftUnit: bool("ppi.80211-common.flags.tsft", "TSFT flag", {
    mask: 0x2,
    bits: 16,
    tf: ["milliseconds", "microseconds"],
  }),
  fcsInvalid: bool("ppi.80211-common.flags.fcs-invalid", "FCS validity", {
    mask: 0x4,
    bits: 16,
    tf: ["Invalid", "Valid"],
  }),
  phyError: bool("ppi.80211-common.flags.phy-err", "PHY error flag", {
    mask: 0x8,
    bits: 16,
    tf: ["PHY error", "No errors"],
  }),
  rate: u16("ppi.80211-common.rate", "Data rate"),
  frequency: u16("ppi.80211-common.chan.freq", "Channel frequency"),
  channelFlags: u16("ppi.80211-common.chan.flags", "Channel flags", { base: "HEX" }),
  turbo: bool("ppi.80211-common.chan.flags.turbo", "Turbo", { mask: 0x10, bits: 16 }),
  cck: bool("ppi.80211-common.chan.flags.cck", "Complementary Code Keying (CCK)", { mask: 0x20, bits: 16 }),
  ofdm: bool("ppi.80211-common.chan.flags.ofdm", "Orthogonal Frequency-Division Multiplexing (OFDM)", {
    mask: 0x40,
    bits: 16,
  }),
  ghz2: bool("ppi.80211-common.chan.flags.2ghz", "2 GHz spectrum", { mask: 0x80, bits: 16 }),
  ghz5: bool("ppi.80211-common.chan.flags.5ghz", "5 GHz spectrum", { mask: 0x100, bits: 16 }),
  passive: bool("ppi.80211-common.chan.flags.passive", "Passive", { mask: 0x200, bits: 16 }),
  dynamic: bool("ppi.80211-common.chan.flags.dynamic", "Dynamic CCK-OFDM", { mask: 0x400, bits: 16 }),
  gfsk: bool("ppi.80211-common.chan.flags.gfsk", "Gaussian Frequency Shift Keying (GFSK)", {
    mask: 0x800,
    bits: 16,
  }),
  hopSet: u8("ppi.80211-common.fhss.hopset", "FHSS hopset", { base: "HEX" }),
  pattern: u8("ppi.80211-common.fhss.pattern", "FHSS pattern", { base: "HEX" }),
  signal: i8("ppi.80211-common.dbm.antsignal", "dBm antenna signal"),
  noise: i8("ppi.80211-common.dbm.antnoise", "dBm antenna noise"),
  spectrum: bytes("ppi.spectrum-map", "Radio spectrum map"),
  process: bytes("ppi.proc-info", "Process information"),
  capture: bytes("ppi.cap-info", "Capture information"),
  gps: bytes("ppi.gps", "GPS"),
  reserved: bytes("ppi.reserved", "Reserved"),
  interface: u32("ppi.aggregation_extension.interface_id", "Interface ID"),
};

export const ppi = protocol({
  name: "ppi",
  title: "PPI Packet Header",
  short: "PPI",
  fields: f,
  on: [[linkTypes, 192]],
  dissect,
});

/** A step of the protocol chain: the frame is handed on by its link type. */
const packetData = protocol({
  name: "pcap_pktdata",
  title: "pcap/pcapng packet data",
  short: "pcap_pktdata",
  invisible: true,
  dissect: dissectFrame,
});

const HEADER = 8;
const FIELD_HEADER = 4;
const WLAN = 105;
const COMMON = 2;
const SPECTRUM = 5;
const PROCESS = 6;
const CAPTURE = 7;
const AGGREGATION = 8;
const GPS = 30002;
const COMMON_LENGTH = 20;

const FLAG_BITS = [f.alignment, f.flagsReserved] as const;
const FLAG_ALIGNED = 1;

/** Link type of the frame behind the header, for `dissectFrame`. */
let dlt = 0;

function dissect(d: Dissection): void {
  const start = d.pos;
  d.need(HEADER);
  const length = d.peek16le(2);
  const isAligned = (d.peek8(1) & FLAG_ALIGNED) !== 0;
  clearRadio(d);
  if (d.columns) d.setInfo(`PPI version ${d.peek8()}, ${length} bytes`);
  if (d.labels) d.relabelLayer(`PPI version ${d.peek8()}, ${length} bytes`);
  d.u8(f.version);
  d.bitset(f.flags, 1, FLAG_BITS);
  d.u16le(f.length);
  dlt = d.u32le(f.dlt);
  const end = start + Math.max(length, HEADER);
  while (d.pos + FIELD_HEADER <= end) {
    addField(d);
    if (isAligned) d.pos = start + ((d.pos - start + 3) & ~3);
  }
  d.pos = start;
  d.skip(end - start);
  d.call(dlt === WLAN ? wlanRadio : packetData);
}

function dissectFrame(d: Dissection): void {
  const link = linkTypes.get(dlt);
  // A header of its own kind inside is no frame: it could nest without end.
  d.call(link === undefined || link === ppi ? data : link);
}

function addField(d: Dissection): void {
  const at = d.pos;
  const type = d.peek16le();
  const length = d.peek16le(2);
  d.openText(at, FIELD_HEADER + length, PPI_FIELD_NAMES[type] ?? `Unknown (${type})`);
  d.u16le(f.fieldType);
  d.u16le(f.fieldLength);
  d.need(length);
  if (type === COMMON && length >= COMMON_LENGTH) addCommon(d);
  else if (type === AGGREGATION && length >= 4) d.u32le(f.interface);
  else if (length > 0) d.bytes(OTHERS[type] ?? f.reserved, length);
  d.pos = at + FIELD_HEADER + length;
  d.close();
}

const OTHERS: Readonly<Record<number, Field>> = {
  [SPECTRUM]: f.spectrum,
  [PROCESS]: f.process,
  [CAPTURE]: f.capture,
  [GPS]: f.gps,
};

const COMMON_BITS = [f.fcs, f.tsftUnit, f.fcsInvalid, f.phyError] as const;
const CHANNEL_BITS = [f.turbo, f.cck, f.ofdm, f.ghz2, f.ghz5, f.passive, f.dynamic, f.gfsk] as const;
const FCS_PRESENT = 1;
const MILLISECONDS = 2;

/** IEEE 802.11 common field: section 4.1.2. */
function addCommon(d: Dissection): void {
  if (!d.building) {
    radio.fcsLength = d.peek16le(8) & FCS_PRESENT ? 4 : 0;
    return;
  }
  const isMilliseconds = (d.peek16le(8) & MILLISECONDS) !== 0;
  const tsft = d.u64le(f.tsft);
  if (d.labels) d.append(isMilliseconds ? " [ms]" : " [µs]");
  if (tsft !== 0n) radio.tsf = isMilliseconds ? tsft * 1000n : tsft;
  radio.fcsLength = d.bitsetLe(f.commonFlags, 2, COMMON_BITS) & FCS_PRESENT ? 4 : 0;
  const rate = d.u16le(f.rate) / 2;
  if (d.labels) d.relabel(`Data rate: ${rate.toFixed(1)} Mb/s`);
  radioFromRate(rate);
  const frequency = d.u16le(f.frequency);
  radioFromChannel(frequency, addFlagsLe(d, f.channelFlags, 2, CHANNEL_BITS));
  d.u8(f.hopSet);
  d.u8(f.pattern);
  radio.signalDbm = d.int(f.signal, 1);
  radio.noiseDbm = d.int(f.noise, 1);
  if (radio.signalDbm !== 0) radio.has |= HAS_SIGNAL_DBM;
  if (radio.noiseDbm !== 0) radio.has |= HAS_NOISE_DBM;
}
