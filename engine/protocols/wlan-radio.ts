/**
 * What is known of the reception of an IEEE 802.11 frame, whichever header told it. Not a layer on the air: it
 * holds no bytes.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, expert, float, i8, i32, i64, none, u8, u16, u32, u64 } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { HT_BANDWIDTH_NAMES, PHY_NAMES, VHT_MODULATION } from "./names/wlan-radio.ts";
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
  PHY_VHT,
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
  vhtShortGi: bool("wlan_radio.11ac.short_gi", "Short GI"),
  vhtBandwidth: u32("wlan_radio.11ac.bandwidth", "Bandwidth", { names: HT_BANDWIDTH_NAMES }),
  vhtStbc: bool("wlan_radio.11ac.stbc", "STBC", { tf: ["On", "Off"] }),
  vhtTxop: bool("wlan_radio_11ac.txop_ps_not_allowed", "TXOP_PS_NOT_ALLOWED"),
  vhtDisambiguation: bool("wlan_radio.11ac.short_gi_nsym_disambig", "Short GI Nsym disambiguation"),
  vhtExtra: bool("wlan_radio.11ac.ldpc_extra_ofdm_symbol", "LDPC extra OFDM symbol"),
  vhtBeamformed: bool("wlan_radio.11ac.beamformed", "Beamformed"),
  vhtUser: none("wlan_radio.11ac.user", "User"),
  vhtMcs: u32("wlan_radio.11ac.mcs", "MCS index"),
  vhtStreams: u32("wlan_radio.11ac.nss", "Spatial streams"),
  vhtSpaceTime: u32("wlan_radio.11ac.nsts", "Space-time streams"),
  vhtFec: u32("wlan_radio.11ac.fec", "FEC", { names: { 0: "BEC", 1: "LDPC" } }),
  vhtGroup: u32("wlan_radio.11ac.gid", "Group Id"),
  vhtPartialAid: u16("wlan_radio.11ac.paid", "Partial AID"),
  shortPreamble: bool("wlan_radio.short_preamble", "Short preamble"),
  signalDb: u8("wlan_radio.signal_db", "Signal strength (dB)", { unit: " dB" }),
  signalDbm: i8("wlan_radio.signal_dbm", "Signal strength (dBm)", { unit: " dBm" }),
  noiseDb: u8("wlan_radio.noise_db", "Noise level (dB)", { unit: " dB" }),
  noiseDbm: i8("wlan_radio.noise_dbm", "Noise level (dBm)", { unit: " dBm" }),
  ratio: i32("wlan_radio.snr", "Signal/noise ratio (dB)", { unit: " dB" }),
  tsf: u64("wlan_radio.timestamp", "TSF timestamp"),
  ampduLast: bool("wlan_radio.last_part_of_an_ampdu", "Last part of an A-MPDU", { mask: 1, bits: 32 }),
  ampduError: bool("wlan_radio.a_mpdu_delim_crc_error", "A-MPDU delimiter CRC error", { mask: 2, bits: 32 }),
  ampdu: u32("wlan_radio.a_mpdu_aggregate_id", "A-MPDU aggregate ID"),
  duration: u32("wlan_radio.duration", "Duration", { unit: "µs" }),
  preamble: u32("wlan_radio.preamble", "Preamble", { unit: "µs" }),
  aggregate: none("wlan_radio.aggregate", "This MPDU is part of an A-MPDU"),
  aggregateDuration: u32("wlan_radio.aggregate.duration", "Aggregate Duration", { unit: "µs" }),
  ifs: i64("wlan_radio.ifs", "IFS", { unit: "µs" }),
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
  if (radio.serial === d.serial) {
    const air = d.memory.state(wlanRadio, makeAir);
    if (d.first && air.ends[d.frame] === undefined) learn(d, air);
    if (d.building) addFacts(d, air);
  }
  d.call(wlan);
}

/** What frames received one after the other tell of each other, by their numbers. */
interface Air {
  tsf: bigint | null;
  end: number;
  bytes: number;
  /** When the frame before ended, by the receiver's clock; 0 when that is not known, -1 when there was none. */
  readonly ends: number[];
  /** Bytes that came before the frame in the same A-MPDU, filled up as they are there. */
  readonly prior: Map<number, number>;
}
const makeAir = (): Air => ({ tsf: null, end: -1, bytes: 0, ends: [], prior: new Map() });
const DELIMITER = 4;

/** Frames of one PPDU have the same time stamp. */
function learn(d: Dissection, air: Air): void {
  const phy = phyOf();
  const isTimed = radio.rate > 0 && (phy === PHY_HT || phy === PHY_VHT);
  const isNext = isTimed && radio.tsf !== null && radio.tsf === air.tsf;
  air.ends[d.frame] = air.end;
  if (isNext) air.prior.set(d.frame, air.bytes);
  air.bytes = (isNext ? air.bytes : 0) + DELIMITER + ((d.wireRemaining + 3) & ~3);
  air.tsf = radio.tsf;
  air.end = radio.tsf !== null && timingOf(phy, d.wireRemaining) !== null ? Number(radio.tsf) : 0;
}

function addFacts(d: Dissection, air: Air): void {
  const at = d.pos;
  const phy = phyOf();
  if (phy !== 0) d.add(f.phy, at, 0, phy);
  if (phy === PHY_11B || phy === PHY_11G) {
    if (radio.preamble >= 0) d.add(f.shortPreamble, at, 0, radio.preamble);
    if (phy === PHY_11G && radio.has & HAS_CHANNEL) d.add(f.mode, at, 0, 0);
  } else if (phy === PHY_11A && radio.has & HAS_CHANNEL) addChannelType(d);
  else if (phy === PHY_HT) addHt(d);
  else if (phy === PHY_VHT) addVht(d);
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
  if (radio.has & HAS_AMPDU) {
    if (radio.ampduFlags >= 0) addAmpduFlags(d);
    d.add(f.ampdu, at, 0, radio.ampdu);
  }
  const timing = timingOf(phy, d.wireRemaining);
  if (timing !== null) addTimes(d, phy, timing, air);
}

function addAmpduFlags(d: Dissection): void {
  const last = radio.ampduFlags & 1;
  const wrong = radio.ampduFlags >> 1;
  const lead = ".... .... .... .... .... .... ....";
  d.add(f.ampduLast, d.pos, 0, last);
  if (d.labels) d.relabel(`${lead} ...${last} = ${f.ampduLast.title}: ${last === 1 ? "True" : "False"}`);
  d.add(f.ampduError, d.pos, 0, wrong);
  if (d.labels) d.relabel(`${lead} ..${wrong}. = ${f.ampduError.title}: ${wrong === 1 ? "True" : "False"}`);
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

const VHT_FLAGS = [
  [0x40, 0, f.vhtBandwidth],
  [0x01, 0x01, f.vhtStbc],
  [0x02, 0x02, f.vhtTxop],
  [0x08, 0x08, f.vhtDisambiguation],
  [0x10, 0x10, f.vhtExtra],
  [0x20, 0x20, f.vhtBeamformed],
] as const;
const VHT_STBC = 0x01;
const VHT_GI = 0x04;
const VHT_GROUP = 0x80;
const VHT_PARTIAL_AID = 0x100;

function addVht(d: Dissection): void {
  const { vht } = radio;
  const at = d.pos;
  if (vht.known & VHT_GI) d.add(f.vhtShortGi, at, 0, (vht.flags >> 2) & 1);
  for (const [known, mask, field] of VHT_FLAGS) {
    if ((vht.known & known) === 0) continue;
    d.add(field, at, 0, mask === 0 ? vht.bandwidth : vht.flags & mask ? 1 : 0);
  }
  for (let user = 0; user < 4; user++) addVhtUser(d, user, vht.users >>> (24 - 8 * user));
  if (vht.known & VHT_GROUP) d.add(f.vhtGroup, at, 0, vht.group);
  if (vht.known & VHT_PARTIAL_AID) d.add(f.vhtPartialAid, at, 0, vht.partialAid);
}

function addVhtUser(d: Dissection, user: number, byte: number): void {
  const { vht } = radio;
  const at = d.pos;
  const mcs = (byte >> 4) & 15;
  const streams = byte & 15;
  if (streams === 0) return;
  d.open(f.vhtUser, at, 0);
  if (d.labels) d.relabel(`User ${user}: MCS ${mcs}`);
  d.add(f.vhtMcs, at, 0, mcs);
  if (d.labels) d.append(` (${VHT_MODULATION[mcs] ?? "invalid"})`);
  d.add(f.vhtStreams, at, 0, streams);
  if (vht.known & VHT_STBC) d.add(f.vhtSpaceTime, at, 0, vht.flags & 1 ? 2 * streams : streams);
  d.add(f.vhtFec, at, 0, (vht.coding >> user) & 1);
  d.close();
}

interface Timing {
  readonly preamble: number;
  /** Microseconds of this many bytes behind the preamble, as a fraction where symbols do not end the frame. */
  readonly data: (bytes: number) => number;
}

/** How long the frame took, by its PHY and rate; null where that cannot be told. */
function timingOf(phy: number, length: number): Timing | null {
  if (radio.rate <= 0 || length <= 0) return null;
  if (phy === PHY_11B) return { preamble: radio.preamble === 0 ? 192 : 96, data: dsssTime };
  if (phy === PHY_11A || phy === PHY_11G) return { preamble: OFDM_PREAMBLE, data: ofdmTime };
  if (phy === PHY_HT) return htTiming();
  return phy === PHY_VHT ? { preamble: vhtPreamble(), data: vhtTime } : null;
}

/** IEEE 802.11-2020 section 16.3.4: microseconds of the frame at its rate. */
const dsssTime = (bytes: number): number => Math.ceil((bytes * 8) / radio.rate);

const OFDM_PREAMBLE = 20;

/** IEEE 802.11-2020 section 17.4.3: symbols of 4 µs, with 16 bits of service field and 6 of tail. */
const ofdmTime = (bytes: number): number => Math.ceil((bytes * 8 + 22) / (radio.rate * 4)) * 4;

/** IEEE 802.11-2020 section 19.4.3; the number of long training fields is that of the space-time streams. */
function htTiming(): Timing | null {
  const { ht } = radio;
  const unknown = ~ht.known;
  const stbc = unknown & HT_STBC ? 0 : ht.stbc;
  const streams = (ht.mcs >> 3) + 1 + stbc;
  const training = streams === 3 ? 4 : streams;
  const extension = unknown & HT_NESS ? 0 : ht.ness;
  const fields = training + (extension === 3 ? 4 : extension);
  if (htBits(ht.mcs, ht.bandwidth === 1) === 0) return null;
  const preamble = unknown & HT_FORMAT || ht.greenfield === 0 ? 32 + 4 * fields : 24 + 4 * fields;
  return { preamble, data: htTime };
}

function htTime(bytes: number): number {
  const { ht } = radio;
  const bits = htBits(ht.mcs, ht.bandwidth === 1);
  const blocks = ht.known & HT_STBC && ht.stbc > 0 ? 2 : 1;
  const symbols = blocks * Math.ceil((bytes * 8 + 22) / (bits * blocks));
  return ht.shortGi === 1 ? Math.floor((symbols * 36 + 5) / 10) : symbols * 4;
}

/** IEEE 802.11-2020 section 21.3.8: long training fields by the space-time streams of the first user. */
function vhtPreamble(): number {
  const { vht } = radio;
  const streams = (vht.users >>> 24) & 15;
  const stbc = vht.known & VHT_STBC && vht.flags & 1 ? 2 : 1;
  const spaceTime = streams * stbc;
  return 32 + 4 * (spaceTime < 2 ? 1 : (spaceTime + 1) & ~1);
}

const vhtTime = (bytes: number): number => Math.floor((bytes * 8 + 16) / radio.rate);

const ASSUMED = [
  [HT_FORMAT, x.greenfield],
  [HT_STBC, x.stbc],
  [HT_NESS, x.ness],
  [HT_FEC, x.fec],
] as const;

function addAssumptions(d: Dissection, phy: number): void {
  if (phy === PHY_11B && radio.preamble < 0) d.expert(x.preamble);
  if (phy === PHY_VHT && (radio.vht.known & VHT_STBC) === 0) d.expert(x.stbc);
  if (phy === PHY_HT) for (const [mask, one] of ASSUMED) if (~radio.ht.known & mask) d.expert(one);
}

/** The time stamp of a received frame is that of its end. */
function addTimes(d: Dissection, phy: number, timing: Timing, air: Air): void {
  const { preamble, data } = timing;
  const length = d.wireRemaining;
  const prior = air.prior.get(d.frame) ?? -1;
  const before = air.ends[d.frame] ?? -1;
  const whole = data(prior >= 0 ? prior + length : length);
  const duration = prior >= 0 ? whole - data(prior) : preamble + whole;
  d.open(f.duration, d.pos, 0, duration, GENERATED);
  addAssumptions(d, phy);
  if (prior >= 0) {
    d.generated(f.aggregate, d.pos, 0, null);
    d.generated(f.aggregateDuration, d.pos, 0, preamble + whole);
  } else d.generated(f.preamble, d.pos, 0, preamble);
  if (radio.tsf !== null) {
    const start = radio.tsf - BigInt(duration);
    const pause = before < 0 ? 0n : start - BigInt(before);
    if (pause !== 0n) d.generated(f.ifs, d.pos, 0, pause);
    d.generated(f.start, d.pos, 0, start);
    d.generated(f.end, d.pos, 0, radio.tsf);
  }
  d.close();
}
