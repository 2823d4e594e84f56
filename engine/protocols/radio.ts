/**
 * What the header a receiver puts before an IEEE 802.11 frame says of its reception, handed on to the layers below,
 * and the data rates of IEEE 802.11-2020 and 802.11ax.
 */
import type { Dissection } from "../dissect/dissection.ts";

/** `radio.has`: which of the values without a value of their own for "not known" were given. */
export const HAS_SIGNAL_DBM = 1;
export const HAS_NOISE_DBM = 2;
export const HAS_SIGNAL_DB = 4;
export const HAS_NOISE_DB = 8;
export const HAS_AMPDU = 16;
export const HAS_CHANNEL = 32;

/** Numbers of `wlan_radio.phy`. */
export const PHY_11B = 4;
export const PHY_11A = 5;
export const PHY_11G = 6;
export const PHY_HT = 7;
export const PHY_VHT = 8;
export const PHY_S1G = 10;
export const PHY_HE = 11;

/** The reception of one frame: valid for the dissection with the same serial number. -1 stands for "not known". */
export const radio = {
  serial: -1,
  /** Bytes of the frame check sequence at the frame's end. */
  fcsLength: -1,
  /** True when the frame's header is filled up to a multiple of four bytes. */
  dataPad: false,
  /** True when the PPDU held no frame. */
  zeroLength: false,
  /** 1 for a short preamble, 0 for a long one. */
  preamble: -1,
  phy: 0,
  /** Mb/s; 0 when not known. */
  rate: 0,
  has: 0,
  frequency: 0,
  channelFlags: 0,
  signalDbm: 0,
  noiseDbm: 0,
  signalDb: 0,
  noiseDb: 0,
  ampdu: 0,
  tsf: null as bigint | null,
  ht: { known: 0, mcs: 0, bandwidth: 0, shortGi: 0, greenfield: 0, fec: 0, stbc: 0, ness: 0 },
  /** What radiotap tells of a VHT PPDU; `users` and `coding` hold its bytes for four users. */
  vht: { known: 0, flags: 0, bandwidth: 0, users: 0, coding: 0, group: 0, partialAid: 0 },
  /** The flags of an A-MPDU's subframe: last of the A-MPDU, wrong checksum of the delimiter; -1 for none. */
  ampduFlags: -1,
};

/** Forgets the last frame's reception; called where a header that tells of it begins. */
export function clearRadio(d: Dissection): void {
  radio.serial = d.serial;
  radio.fcsLength = -1;
  radio.dataPad = false;
  radio.zeroLength = false;
  radio.preamble = -1;
  radio.phy = 0;
  radio.rate = 0;
  radio.has = 0;
  radio.frequency = 0;
  radio.channelFlags = 0;
  radio.tsf = null;
  radio.ht.known = 0;
  radio.ampduFlags = -1;
}

const CHANNEL_CCK = 0x0020;
const CHANNEL_OFDM = 0x0040;
const CHANNEL_2GHZ = 0x0080;
const CHANNEL_5GHZ = 0x0100;
const CHANNEL_DYNAMIC = 0x0400;

/** Notes a channel: its frequency in MHz and the flags that radiotap and PPI share. */
export function radioFromChannel(frequency: number, flags: number): void {
  radio.frequency = frequency;
  radio.channelFlags = flags;
  radio.has |= HAS_CHANNEL;
}

/** Notes a rate in Mb/s of a PHY without MCS. */
export function radioFromRate(rate: number): void {
  radio.rate = rate;
}

/** The PHY, from what is known of rate and channel; 0 when it cannot be told. */
export function phyOf(): number {
  if (radio.phy !== 0) return radio.phy;
  const flags = radio.channelFlags;
  if (flags & CHANNEL_5GHZ) return PHY_11A;
  if (isCck(radio.rate)) return PHY_11B;
  if ((flags & CHANNEL_2GHZ) === 0) return 0;
  if (flags & (CHANNEL_OFDM | CHANNEL_DYNAMIC)) return PHY_11G;
  return flags & CHANNEL_CCK ? PHY_11B : 0;
}

/** True for the rates of DSSS, CCK and PBCC. */
function isCck(rate: number): boolean {
  return rate === 1 || rate === 2 || rate === 5.5 || rate === 11 || rate === 22 || rate === 33;
}

/** The number of a channel by its centre frequency in MHz (IEEE 802.11-2020 annex E); 0 when there is none. */
export function channelOf(frequency: number): number {
  if (frequency === 2484) return 14;
  if (frequency >= 2412 && frequency <= 2472 && (frequency - 2407) % 5 === 0) return (frequency - 2407) / 5;
  if (frequency >= 5000 && frequency <= 5900 && frequency % 5 === 0) return (frequency - 5000) / 5;
  if (frequency >= 4910 && frequency <= 4980 && frequency % 5 === 0) return (frequency - 4000) / 5;
  return 0;
}

/** `5.5 Mb/s` */
export function rateText(rate: number): string {
  return `${rate.toFixed(1)} Mb/s`;
}

/** Bits a subcarrier carries, coding taken off, by the MCS of one spatial stream: table 21-29 and 27-111. */
const BITS = [1 / 2, 1, 3 / 2, 2, 3, 4, 9 / 2, 5, 6, 20 / 3, 15 / 2, 25 / 3] as const;
const SYMBOL = 4;
const SHORT_SYMBOL = 3.6;
/** The MCS of 40 MHz channels that sends the same in both halves. */
const HT_DUPLICATE = 32;
const HT_SUBCARRIERS = [52, 108] as const;

/** Bits of data in one symbol of an HT PPDU; 0 for the MCS with unequal modulation. */
export function htBits(mcs: number, wide: boolean): number {
  if (mcs === HT_DUPLICATE) return 24;
  if (mcs > HT_DUPLICATE) return 0;
  return HT_SUBCARRIERS[wide ? 1 : 0] * BITS[mcs & 7] * ((mcs >> 3) + 1);
}

/** The rate of an HT PPDU in Mb/s; 0 when it cannot be told. IEEE 802.11-2020 section 19.5 */
export function htRate(mcs: number, wide: boolean, shortGi: boolean): number {
  return Math.fround(htBits(mcs, wide) / (shortGi ? SHORT_SYMBOL : SYMBOL));
}

/** VHT ends at MCS 9. */
const VHT_BITS = BITS.slice(0, 10);
const VHT_SUBCARRIERS: Readonly<Record<number, number>> = { 20: 52, 40: 108, 80: 234, 160: 468 };

/** The rate of one user of a VHT PPDU in Mb/s; 0 when it cannot be told. IEEE 802.11-2020 section 21.5 */
export function vhtRate(mcs: number, streams: number, mhz: number, shortGi: boolean): number {
  const bits = (VHT_SUBCARRIERS[mhz] ?? 0) * (VHT_BITS[mcs] ?? 0) * streams;
  return Math.fround(bits / (shortGi ? SHORT_SYMBOL : SYMBOL));
}

/** True for the combinations of table 21-30 and following, which leave whole bits for every encoder. */
export function isVhtRate(mcs: number, streams: number, mhz: number): boolean {
  if (mhz === 20) return mcs !== 9 || streams % 3 === 0;
  if (mhz === 80) return !(mcs === 6 && (streams === 3 || streams === 7)) && !(mcs === 9 && streams === 6);
  return mhz !== 160 || mcs !== 9 || streams !== 3;
}

/** Data subcarriers by radiotap's number of the bandwidth or the resource unit. */
const HE_SUBCARRIERS = [234, 468, 980, 1960, 24, 48, 102, 234, 468, 980, 1960] as const;
const HE_SYMBOLS = [13.6, 14.4, 16] as const;

/** The rate of one user of an HE PPDU in Mb/s; 0 when it cannot be told. IEEE 802.11ax-2021 section 27.5 */
export function heRate(mcs: number, streams: number, width: number, gi: number, dual: boolean): number {
  const bits = (HE_SUBCARRIERS[width] ?? 0) * (BITS[mcs] ?? 0) * streams;
  const symbol = HE_SYMBOLS[gi];
  return symbol === undefined ? 0 : rounded(bits / symbol / (dual ? 2 : 1));
}

const rounded = (rate: number): number => Math.fround(Math.round(rate * 10) / 10);
