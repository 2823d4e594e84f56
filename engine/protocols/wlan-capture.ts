/**
 * The headers that older drivers put before IEEE 802.11 frames: Prism monitor mode, and AVS,
 * https://web.archive.org/web/20040803232023/http://www.shaftnet.org/~pizza/software/capturefrm.txt
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ether, i32, none, str, u8, u16, u32, u64 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { PRISM_NAMES, WLANCAP_ENCODING_NAMES, WLANCAP_PHY_NAMES } from "./names/wlan-capture.ts";
import {
  clearRadio,
  HAS_NOISE_DBM,
  HAS_SIGNAL_DBM,
  PHY_11A,
  PHY_11B,
  PHY_11G,
  radio,
  radioFromRate,
  rateText,
} from "./radio.ts";
import { wlanRadio } from "./wlan-radio.ts";

const p = {
  code: u32("prism.msgcode", "Message Code", { base: "HEX" }),
  length: u32("prism.msglen", "Message Length"),
  device: str("prism.devname", "Device Name"),
  item: none("prism.did", "DID"),
  type: u32("prism.did.type", "DID", { base: "HEX", names: PRISM_NAMES }),
  status: u16("prism.did.status", "Status", { names: { 0: "Supplied", 1: "Not Supplied" } }),
  itemLength: u16("prism.did.length", "Length"),
  hostTime: u32("prism.did.hosttime", "Host Time"),
  macTime: u32("prism.did.mactime", "MAC timestamp (lower 32 bits)"),
  channel: u32("prism.did.channel", "Channel"),
  rssi: i32("prism.did.rssi", "RSSI"),
  quality: u32("prism.did.sq", "Signal Quality"),
  signal: i32("prism.did.signal", "Signal"),
  noise: i32("prism.did.noise", "Noise"),
  rate: u32("prism.did.rate", "Data rate (Mb/s)", {
    base: "CUSTOM",
    text: (value) => (value / 2).toFixed(1),
  }),
  isTx: u32("prism.did.istx", "IsTX", { base: "HEX", names: { 0: "Rx Packet", 1: "Tx Packet" } }),
  frameLength: u32("prism.did.frmlen", "Frame Length"),
  unknown: u32("prism.did.unknown", "Unknown DID Field", { base: "HEX_DEC" }),
};

const a = {
  magic: u32("wlancap.magic", "Header magic", { base: "HEX", mask: 0xfffffff0 }),
  version: u32("wlancap.version", "Header revision", { mask: 0xf }),
  length: u32("wlancap.length", "Header length"),
  macTime: u64("wlancap.mactime", "MAC timestamp"),
  hostTime: u64("wlancap.hosttime", "Host timestamp"),
  phy: u32("wlancap.phytype", "PHY type", { names: WLANCAP_PHY_NAMES }),
  hopSet: u8("wlancap.fhss.hop_set", "Hop set", { base: "HEX" }),
  pattern: u8("wlancap.fhss.hop_pattern", "Hop pattern", { base: "HEX" }),
  hopIndex: u8("wlancap.fhss.hop_index", "Hop index", { base: "HEX" }),
  channel: u8("wlancap.channel", "Channel"),
  frequency: u32("wlancap.channel_frequency", "Channel frequency"),
  rate: u64("wlancap.data_rate", "Data Rate"),
  antenna: u32("wlancap.antenna", "Antenna"),
  priority: u32("wlancap.priority", "Priority"),
  signalType: u32("wlancap.ssi_type", "SSI Type", {
    names: { 0: "None", 1: "Normalized RSSI", 2: "dBm", 3: "Raw RSSI" },
  }),
  normalSignal: u32("wlancap.normrssi_antsignal", "Normalized RSSI Signal"),
  dbmSignal: i32("wlancap.dbm_antsignal", "SSI Signal (dBm)"),
  rawSignal: u32("wlancap.rawrssi_antsignal", "Raw RSSI Signal"),
  normalNoise: u32("wlancap.normrssi_antnoise", "Normalized RSSI Noise"),
  dbmNoise: i32("wlancap.dbm_antnoise", "SSI Noise (dBm)"),
  rawNoise: u32("wlancap.rawrssi_antnoise", "Raw RSSI Noise"),
  preamble: u32("wlancap.preamble", "Preamble", { names: { 0: "Unknown", 1: "Short", 2: "Long" } }),
  encoding: u32("wlancap.encoding", "Encoding Type", { names: WLANCAP_ENCODING_NAMES }),
  sequence: u32("wlancap.sequence", "Receive sequence"),
  drops: u32("wlancap.drops", "Known Dropped Frames"),
  receiver: ether("wlancap.receiver_addr", "Receiver Address"),
  padding: bytes("wlancap.padding", "Padding"),
};

export const wlancap = protocol({
  name: "wlancap",
  title: "AVS WLAN Capture header",
  short: "AVS WLANCAP",
  fields: a,
  on: [[linkTypes, 163]],
  dissect: dissectAvs,
});

export const prism = protocol({
  name: "prism",
  title: "Prism capture header",
  short: "Prism",
  fields: p,
  on: [[linkTypes, 119]],
  dissect: dissectPrism,
});

const AVS_MAGIC = 0x80211000;
const AVS_MAGIC_MASK = 0xfffffff0;
const DEVICE_NAME = 16;
const PRISM_LENGTH = 144;
const ITEM_LENGTH = 12;
/** What an item holds, by the upper or lower half of its DID, whichever is not the message's own. */
const ITEMS = [
  p.unknown,
  p.hostTime,
  p.macTime,
  p.channel,
  p.rssi,
  p.quality,
  p.signal,
  p.noise,
  p.rate,
  p.isTx,
  p.frameLength,
] as const;
const ITEM_RATE = 8;
const ITEM_SIGNAL = 6;

/** Items of DID, status, length and value, in the byte order of the machine that captured. */
function dissectPrism(d: Dissection): void {
  const start = d.pos;
  if ((d.peek32() & AVS_MAGIC_MASK) >>> 0 === AVS_MAGIC) {
    dissectAvs(d);
    return;
  }
  clearRadio(d);
  const isLittle = d.peek32le() < 0x10000;
  const length = isLittle ? d.peek32le(4) : d.peek32(4);
  if (length < 8 + DEVICE_NAME || length > PRISM_LENGTH) d.malformed();
  if (isLittle) {
    d.u32le(p.code);
    d.u32le(p.length);
  } else {
    d.u32(p.code);
    d.u32(p.length);
  }
  const device = d.str(p.device, DEVICE_NAME);
  if (d.columns)
    d.setInfo(`Device: ${device}, Message 0x${(isLittle ? d.peek32le(-24) : d.peek32(-24)).toString(16)}`);
  const end = start + length;
  while (d.pos + ITEM_LENGTH <= end) addItem(d, isLittle);
  d.pos = start;
  d.skip(length);
  d.call(wlanRadio);
}

function addItem(d: Dissection, isLittle: boolean): void {
  const at = d.pos;
  d.need(ITEM_LENGTH);
  const did = isLittle ? d.peek32le() : d.peek32();
  const status = isLittle ? d.peek16le(4) : d.peek16(4);
  const length = isLittle ? d.peek16le(6) : d.peek16(6);
  const value = isLittle ? d.peek32le(8) : d.peek32(8);
  const kind = did > 0xffff ? did >>> 16 : did >>> 12;
  const field = ITEMS[kind] ?? p.unknown;
  d.open(p.item, at, ITEM_LENGTH);
  if (d.labels) d.append(`: ${PRISM_NAMES[did] ?? "Unknown"}`);
  d.add(p.type, at, 4, did);
  d.add(p.status, at + 4, 2, status);
  d.add(p.itemLength, at + 6, 2, length);
  if (status === 0) d.add(field, at + 8, 4, field.type === "FT_INT32" ? value | 0 : value);
  d.close();
  if (status === 0 && kind === ITEM_RATE) radioFromRate(value / 2);
  if (status === 0 && kind === ITEM_SIGNAL) {
    radio.signalDbm = value | 0;
    radio.has |= HAS_SIGNAL_DBM;
  }
  d.pos = at + ITEM_LENGTH;
}

const SIGNAL_FIELDS = [null, a.normalSignal, a.dbmSignal, a.rawSignal] as const;
const NOISE_FIELDS = [null, a.normalNoise, a.dbmNoise, a.rawNoise] as const;
const SIGNAL_DBM = 2;
const AVS_LENGTH = 64;
const AVS_2 = 2;
const FREQUENCY_FROM = 256;
/** Numbers of `wlan_radio.phy` by the header's own. */
const PHYS = [0, 1, 3, 2, PHY_11B, PHY_11B, PHY_11G, PHY_11G, PHY_11A] as const;

function dissectAvs(d: Dissection): void {
  const start = d.pos;
  clearRadio(d);
  const version = d.peek32() & 0x0f;
  const length = d.peek32(4);
  if (length < AVS_LENGTH) d.malformed();
  if (d.columns) d.setInfo(`AVS WLAN Capture v${version.toString(16)}, Length ${length}`);
  if (d.labels) d.relabelLayer(`AVS WLAN Monitoring Header, AVS WLAN Capture v${version}, Length ${length}`);
  d.bits(a.magic, d.pos, 4);
  d.bits(a.version, d.pos, 4);
  d.skip(4);
  d.u32(a.length);
  if (d.building) {
    radio.tsf = d.u64(a.macTime);
    d.u64(a.hostTime);
  } else d.skip(16);
  radio.phy = PHYS[d.u32(a.phy)] ?? 0;
  addAvsChannel(d);
  addAvsRate(d);
  d.u32(a.antenna);
  d.u32(a.priority);
  addAvsLevels(d);
  const preamble = d.u32(a.preamble);
  radio.preamble = preamble === 0 ? -1 : preamble === 1 ? 1 : 0;
  d.u32(a.encoding);
  if (version >= AVS_2 && d.pos + 14 <= start + length) {
    d.u32(a.sequence);
    d.u32(a.drops);
    d.ether(a.receiver);
    if (d.pos < start + length) d.bytes(a.padding, start + length - d.pos);
  }
  d.pos = start;
  d.skip(length);
  d.call(wlanRadio);
}

const FHSS = 1;

/** A channel's number or frequency; the hopping sequence of FHSS. */
function addAvsChannel(d: Dissection): void {
  if (radio.phy === FHSS) {
    d.u8(a.hopSet);
    d.u8(a.pattern);
    d.u8(a.hopIndex);
    d.skip(1);
    return;
  }
  const channel = d.peek32();
  if (channel < FREQUENCY_FROM) d.add(a.channel, d.pos, 4, channel);
  else d.add(a.frequency, d.pos, 4, channel);
  d.skip(4);
}

/** In 100 kb/s, but some drivers count 500 kb/s. */
function addAvsRate(d: Dissection): void {
  if (!d.building) {
    d.skip(4);
    return;
  }
  const raw = d.peek32();
  const rate = raw < 100_000 ? raw / 10 : raw / 1_000_000;
  d.add(a.rate, d.pos, 4, BigInt(Math.round(rate * 1_000_000)));
  if (d.labels) d.relabel(`Data Rate: ${rateText(rate)}`);
  d.skip(4);
  radioFromRate(rate);
}

function addAvsLevels(d: Dissection): void {
  const type = d.u32(a.signalType);
  const signal = SIGNAL_FIELDS[type] ?? null;
  const noise = NOISE_FIELDS[type] ?? null;
  if (type === SIGNAL_DBM) {
    radio.signalDbm = d.int(a.dbmSignal, 4);
    radio.noiseDbm = d.int(a.dbmNoise, 4);
    radio.has |= HAS_SIGNAL_DBM | HAS_NOISE_DBM;
    return;
  }
  if (signal === null || noise === null) d.skip(8);
  else {
    d.u32(signal);
    d.u32(noise);
  }
}
