/**
 * What is known of the reception of an IEEE 802.11 frame, whichever header told it. Not a layer on the air: it
 * holds no bytes.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, expert, float, i8, i32, u8, u16, u32, u64 } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { HT_BANDWIDTH_NAMES, PHY_NAMES } from "./names/wlan-radio.ts";
import {
  channelOf,
  HAS_AMPDU,
  HAS_CHANNEL,
  HAS_NOISE_DB,
  HAS_NOISE_DBM,
  HAS_SIGNAL_DB,
  HAS_SIGNAL_DBM,
  htBits,
  PHY_11A,
  PHY_11B,
  PHY_11G,
  PHY_HT,
  phyOf,
  radio,
  rateText,
} from "./radio.ts";
import { wlan } from "./wlan.ts";

const f = {
  phy: u32("wlan_radio.phy", "PHY type", { names: PHY_NAMES }),
  channelType: u32("wlan_radio.11a.channel_type", "Channel type", {
    names: { 0: "Normal", 1: "Half-clocked", 2: "Quarter-clocked" },
  }),
  turboType: u32("wlan_radio.11a.turbo_type", "Turbo type", {
    names: { 0: "Non-turbo", 1: "Turbo", 2: "Dynamic turbo", 3: "Static turbo" },
  }),
  mode: u32("wlan_radio.11g.mode", "Proprietary mode", { names: { 0: "None", 1: "Super G" } }),
  mcs: u32("wlan_radio.11n.mcs_index", "MCS index"),
  bandwidth: u32("wlan_radio.11n.bandwidth", "Bandwidth", { names: HT_BANDWIDTH_NAMES }),
  shortGi: bool("wlan_radio.11n.short_gi", "Short GI"),
  greenfield: bool("wlan_radio.11n.greenfield", "Greenfield"),
  fec: u32("wlan_radio.11n.fec", "FEC", { names: { 0: "BEC", 1: "LDPC" } }),
  stbc: u32("wlan_radio.11n.stbc_streams", "Number of STBC streams"),
  ness: u32("wlan_radio.11n.ness", "Number of extension spatial streams"),
  rate: float("wlan_radio.data_rate", "Data rate"),
  channel: u32("wlan_radio.channel", "Channel"),
  frequency: u16("wlan_radio.frequency", "Frequency", { unit: "MHz" }),
  shortPreamble: bool("wlan_radio.short_preamble", "Short preamble"),
  signalDb: u8("wlan_radio.signal_db", "Signal strength (dB)", { unit: " dB" }),
  signalDbm: i8("wlan_radio.signal_dbm", "Signal strength (dBm)", { unit: " dBm" }),
  noiseDb: u8("wlan_radio.noise_db", "Noise level (dB)", { unit: " dB" }),
  noiseDbm: i8("wlan_radio.noise_dbm", "Noise level (dBm)", { unit: " dBm" }),
  ratio: i32("wlan_radio.snr", "Signal/noise ratio (dB)", { unit: " dB" }),
  tsf: u64("wlan_radio.timestamp", "TSF timestamp"),
  ampdu: u32("wlan_radio.a_mpdu_aggregate_id", "A-MPDU aggregate ID"),
  duration: u32("wlan_radio.duration", "Duration", { unit: "µs" }),
  preamble: u32("wlan_radio.preamble", "Preamble", { unit: "µs" }),
  start: u64("wlan_radio.start_tsf", "Start", { unit: "µs" }),
  end: u64("wlan_radio.end_tsf", "End", { unit: "µs" }),
};

const assumed = (name: string, what: string, assumption: string) =>
  expert(
    `wlan_radio.assumed.${name}`,
    "warning",
    "Assumption",
    `No ${what} information was available, assuming ${assumption}.`,
  );

const x = {
  preamble: assumed("short_preamble", "preamble length", "short preamble"),
  greenfield: assumed("non_greenfield", "plcp type", "non greenfield"),
  stbc: assumed("no_stbc", "stbc", "no stbc"),
  ness: assumed("no_extension_streams", "extension stream", "no extension streams"),
  fec: assumed("bcc_fec", "fec type", "bcc fec"),
};

export const wlanRadio = protocol({
  name: "wlan_radio",
  title: "802.11 radio information",
  short: "802.11 Radio",
  quiet: true,
  fields: f,
  experts: x,
  dissect,
});

function dissect(d: Dissection): void {
  if (d.building && radio.serial === d.serial) addFacts(d);
  d.call(wlan);
}

function addFacts(d: Dissection): void {
  const at = d.pos;
  const phy = phyOf();
  if (phy !== 0) d.add(f.phy, at, 0, phy);
  if (phy === PHY_11B || phy === PHY_11G) {
    if (radio.preamble >= 0) d.add(f.shortPreamble, at, 0, radio.preamble);
    if (phy === PHY_11G && radio.has & HAS_CHANNEL) d.add(f.mode, at, 0, 0);
  } else if (phy === PHY_11A && radio.has & HAS_CHANNEL) addChannelType(d);
  else if (phy === PHY_HT) addHt(d);
  if (radio.rate > 0) {
    d.add(f.rate, at, 0, radio.rate);
    if (d.labels) d.relabel(`Data rate: ${rateText(radio.rate)}`);
  }
  if (radio.has & HAS_CHANNEL) {
    const channel = channelOf(radio.frequency);
    if (channel !== 0) d.add(f.channel, at, 0, channel);
    if (radio.frequency !== 0) d.add(f.frequency, at, 0, radio.frequency);
  }
  addLevels(d);
  if (radio.tsf !== null) d.add(f.tsf, at, 0, radio.tsf);
  if (radio.has & HAS_AMPDU) d.add(f.ampdu, at, 0, radio.ampdu);
  if (phy === PHY_11B && radio.rate > 0) addDsssDuration(d);
  else if (phy === PHY_11A && radio.rate > 0) addOfdmDuration(d);
  else if (phy === PHY_HT && radio.rate > 0) addHtDuration(d);
}

const HALF = 0x4000;
const QUARTER = 0x8000;
const TURBO = 0x0010;
const STATIC_TURBO = 0x2000;

function addChannelType(d: Dissection): void {
  const flags = radio.channelFlags;
  if (flags & (HALF | QUARTER)) d.add(f.channelType, d.pos, 0, flags & HALF ? 1 : 2);
  d.add(f.turboType, d.pos, 0, flags & TURBO ? 2 : flags & STATIC_TURBO ? 3 : 0);
}

const HT_BANDWIDTH = 0x01;
const HT_MCS = 0x02;
const HT_GI = 0x04;
const HT_FORMAT = 0x08;
const HT_FEC = 0x10;
const HT_STBC = 0x20;
const HT_NESS = 0x40;

function addHt(d: Dissection): void {
  const { ht } = radio;
  const at = d.pos;
  if (ht.known & HT_MCS) d.add(f.mcs, at, 0, ht.mcs);
  if (ht.known & HT_BANDWIDTH) d.add(f.bandwidth, at, 0, ht.bandwidth);
  if (ht.known & HT_GI) d.add(f.shortGi, at, 0, ht.shortGi);
  if (ht.known & HT_FORMAT) d.add(f.greenfield, at, 0, ht.greenfield);
  if (ht.known & HT_FEC) d.add(f.fec, at, 0, ht.fec);
  if (ht.known & HT_STBC) d.add(f.stbc, at, 0, ht.stbc);
  if (ht.known & HT_NESS) d.add(f.ness, at, 0, ht.ness);
}

function addLevels(d: Dissection): void {
  const { has } = radio;
  const at = d.pos;
  if (has & HAS_SIGNAL_DB) d.add(f.signalDb, at, 0, radio.signalDb);
  if (has & HAS_SIGNAL_DBM) d.add(f.signalDbm, at, 0, radio.signalDbm);
  if (has & HAS_NOISE_DB) d.add(f.noiseDb, at, 0, radio.noiseDb);
  if (has & HAS_NOISE_DBM) d.add(f.noiseDbm, at, 0, radio.noiseDbm);
  if ((has & HAS_SIGNAL_DBM) !== 0 && (has & HAS_NOISE_DBM) !== 0) {
    d.add(f.ratio, at, 0, radio.signalDbm - radio.noiseDbm);
  }
}

/** IEEE 802.11-2020 section 16.3.4: microseconds of the preamble with its header, then the frame at its rate. */
function addDsssDuration(d: Dissection): void {
  const preamble = radio.preamble === 0 ? 192 : 96;
  const duration = preamble + Math.ceil((d.wireRemaining * 8) / radio.rate);
  d.open(f.duration, d.pos, 0, duration, GENERATED);
  if (radio.preamble < 0) d.expert(x.preamble);
  addTimes(d, preamble, duration);
}

const OFDM_PREAMBLE = 20;

/** IEEE 802.11-2020 section 17.4.3: symbols of 4 µs, with 16 bits of service field and 6 of tail. */
function addOfdmDuration(d: Dissection): void {
  const symbols = Math.ceil((d.wireRemaining * 8 + 22) / (radio.rate * 4));
  const duration = OFDM_PREAMBLE + symbols * 4;
  d.open(f.duration, d.pos, 0, duration, GENERATED);
  addTimes(d, OFDM_PREAMBLE, duration);
}

/** IEEE 802.11-2020 section 19.4.3; the number of long training fields is that of the space-time streams. */
function addHtDuration(d: Dissection): void {
  const { ht } = radio;
  const unknown = ~ht.known;
  const stbc = unknown & HT_STBC ? 0 : ht.stbc;
  const streams = (ht.mcs >> 3) + 1 + stbc;
  const training = streams === 3 ? 4 : streams;
  const extension = unknown & HT_NESS ? 0 : ht.ness;
  const fields = training + (extension === 3 ? 4 : extension);
  const preamble = unknown & HT_FORMAT || ht.greenfield === 0 ? 32 + 4 * fields : 20 + 4 * fields;
  const bits = htBits(ht.mcs, ht.bandwidth === 1);
  if (bits === 0) return;
  const blocks = stbc > 0 ? 2 : 1;
  const symbols = blocks * Math.ceil((d.wireRemaining * 8 + 22) / (bits * blocks));
  const duration = preamble + Math.floor(ht.shortGi === 1 ? symbols * 3.6 : symbols * 4);
  d.open(f.duration, d.pos, 0, duration, GENERATED);
  for (const [mask, one] of ASSUMED) if (unknown & mask) d.expert(one);
  addTimes(d, preamble, duration);
}

const ASSUMED = [
  [HT_FORMAT, x.greenfield],
  [HT_STBC, x.stbc],
  [HT_NESS, x.ness],
  [HT_FEC, x.fec],
] as const;

/** The time stamp of a received frame is that of its end. */
function addTimes(d: Dissection, preamble: number, duration: number): void {
  d.generated(f.preamble, d.pos, 0, preamble);
  if (radio.tsf !== null) {
    d.generated(f.start, d.pos, 0, radio.tsf - BigInt(duration));
    d.generated(f.end, d.pos, 0, radio.tsf);
  }
  d.close();
}
