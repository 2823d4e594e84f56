/** Set-up of audio and video streams over Bluetooth: Audio/Video Distribution Transport Protocol 1.3, chapter 8. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, nameOf, none, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { l2capChannel, l2capPsms } from "./btl2cap.ts";
import { data } from "./data.ts";
import {
  AUDIO_CODECS,
  AVDTP_ERRORS,
  AVDTP_MESSAGES,
  AVDTP_SIGNALS,
  MEDIA_TYPES,
  PROTECTIONS,
  SERVICE_CATEGORIES,
  VIDEO_CODECS,
} from "./names/btavdtp.ts";

const PACKETS = { 0: "Single", 1: "Start", 2: "Continue", 3: "End" };
const sbcFlag = (name: string, title: string, mask: number): Field =>
  bool(`btavdtp.codec.sbc.${name}`, title, { mask });

const f = {
  signal: none("btavdtp.signal", "Signal"),
  transaction: u8("btavdtp.transaction", "Transaction", { base: "HEX", mask: 0xf0 }),
  packetType: u8("btavdtp.packet_type", "Packet Type", { base: "HEX", mask: 0x0c, names: PACKETS }),
  messageType: u8("btavdtp.message_type", "Message Type", { base: "HEX", mask: 0x03, names: AVDTP_MESSAGES }),
  packets: u8("btavdtp.num_signal_packets", "Number of signal packets"),
  rfa: u8("btavdtp.rfa0", "RFA", { base: "HEX", mask: 0xc0 }),
  signalId: u8("btavdtp.signal_id", "Signal", { base: "HEX", mask: 0x3f, names: AVDTP_SIGNALS }),
  endpoint: none("btavdtp.acp_sep", "ACP SEP"),
  seid: u8("btavdtp.sep_seid", "SEID", { mask: 0xfc }),
  inUse: u8("btavdtp.sep_inuse", "In Use", { base: "HEX", mask: 0x02, names: { 0: "False", 1: "True" } }),
  endpointRfa0: u8("btavdtp.sep_rfa0", "RFA0", { base: "HEX", mask: 0x01 }),
  endpointMedia: u8("btavdtp.sep_media_type", "Media Type", { base: "HEX", mask: 0xf0, names: MEDIA_TYPES }),
  endpointType: u8("btavdtp.sep_type", "Type", {
    base: "HEX",
    mask: 0x08,
    names: { 0: "Source", 1: "Sink" },
  }),
  endpointRfa1: u8("btavdtp.sep_rfa1", "RFA1", { base: "HEX", mask: 0x07 }),
  acceptorItem: none("btavdtp.acp_seid_item", "ACP SEID"),
  acceptor: u8("btavdtp.acp_seid", "ACP SEID", { mask: 0xfc }),
  initiatorItem: none("btavdtp.int_seid_item", "INT SEID"),
  initiator: u8("btavdtp.int_seid", "INT SEID", { mask: 0xfc }),
  seidRfa: u8("btavdtp.rfa_seid", "RFA", { base: "HEX", mask: 0x03 }),
  error: u8("btavdtp.error_code", "Error Code", { base: "HEX", names: AVDTP_ERRORS }),
  delay: u16("btavdtp.delay", "Delay"),
  capabilities: none("btavdtp.capabilities", "Capabilities"),
  service: none("btavdtp.service", "Service"),
  category: u8("btavdtp.service_category", "Service Category", { base: "HEX", names: SERVICE_CATEGORIES }),
  categoryLength: u8("btavdtp.length_of_service_category", "Length of Service Category", { base: "HEX" }),
  protection: u16("btavdtp.content_protection_type", "Type", { base: "HEX", names: PROTECTIONS }),
  codecMedia: u8("btavdtp.media_codec_media_type", "Media Type", {
    base: "HEX",
    mask: 0xf0,
    names: MEDIA_TYPES,
  }),
  codecRfa: u8("btavdtp.media_codec_rfa", "RFA", { base: "HEX", mask: 0x0f }),
  audioCodec: u8("btavdtp.media_codec_audio_type", "Media Codec Audio Type", {
    base: "HEX",
    names: AUDIO_CODECS,
  }),
  videoCodec: u8("btavdtp.media_codec_video_type", "Media Codec Video Type", {
    base: "HEX",
    names: VIDEO_CODECS,
  }),
  unknownCodec: u8("btavdtp.media_codec_unknown_type", "Media Codec Unknown Type", { base: "HEX" }),
  data: bytes("btavdtp.data", "Data"),
  f16: sbcFlag("sampling_frequency.16000", "Sampling Frequency 16000 Hz", 0x80),
  f32: sbcFlag("sampling_frequency.32000", "Sampling Frequency 32000 Hz", 0x40),
  f44: sbcFlag("sampling_frequency.44100", "Sampling Frequency 44100 Hz", 0x20),
  f48: sbcFlag("sampling_frequency.48000", "Sampling Frequency 48000 Hz", 0x10),
  mono: sbcFlag("channel_mode.mono", "Channel Mode Mono", 0x08),
  dual: sbcFlag("channel_mode.dual_channel", "Channel Mode Dual Channel", 0x04),
  stereo: sbcFlag("channel_mode.stereo", "Channel Mode Stereo", 0x02),
  joint: sbcFlag("channel_mode.joint_stereo", "Channel Mode Joint Stereo", 0x01),
  block4: sbcFlag("block.4", "Block Length 4", 0x80),
  block8: sbcFlag("block.8", "Block Length 8", 0x40),
  block12: sbcFlag("block.12", "Block Length 12", 0x20),
  block16: sbcFlag("block.16", "Block Length 16", 0x10),
  bands4: sbcFlag("subbands.4", "Subbands 4", 0x08),
  bands8: sbcFlag("subbands.8", "Subbands 8", 0x04),
  snr: sbcFlag("allocation_method.snr", "Allocation Method SNR", 0x02),
  loudness: sbcFlag("allocation_method.loudness", "Allocation Method Loudness", 0x01),
  minimum: u8("btavdtp.codec.sbc.minimum_bitpool", "Minimum Bitpool"),
  maximum: u8("btavdtp.codec.sbc.maximum_bitpool", "Maximum Bitpool"),
};

export const btavdtp = protocol({
  name: "btavdtp",
  title: "Bluetooth AVDTP Protocol",
  short: "AVDTP",
  fields: f,
  on: [[l2capPsms, 25]],
  dissect,
});

const START = 1;
const COMMAND = 0;
const GENERAL_REJECT = 1;
const ACCEPT = 2;
const DISCOVER = 1;
const SET_CONFIGURATION = 3;
const RECONFIGURE = 5;
const START_STREAM = 7;
const SUSPEND = 9;
const DELAY_REPORT = 13;
/** Signals whose acceptance brings capabilities. */
const GETS = [2, 4, 12] as const;

interface Streams {
  /** Number of the channel for signals: the first that is opened. */
  signaling: number;
  /** Stream endpoints by their numbers, as "Audio Sink". */
  readonly endpoints: Map<number, string>;
}
const makeStreams = (): Streams => ({ signaling: 0, endpoints: new Map() });
const KEY_IS_MEDIA = 0;
const KEY_NAMES = 1;

/** True for the channels of the streams themselves. */
function isMedia(d: Dissection): boolean {
  if (!d.first) return d.recall<boolean>(btavdtp, KEY_IS_MEDIA) ?? false;
  const streams = d.conversation?.state(btavdtp, makeStreams);
  if (streams === undefined || l2capChannel.serial !== d.serial) return false;
  const { number } = l2capChannel;
  if (number === streams.signaling) return false;
  const opens = (d.peek8() & 0x0f) === COMMAND && d.remaining >= 2 && d.peek8(1) <= DELAY_REPORT;
  if (streams.signaling === 0 || opens) {
    streams.signaling = number;
    return false;
  }
  d.remember(btavdtp, KEY_IS_MEDIA, true);
  return true;
}

function dissect(d: Dissection): void {
  if (isMedia(d)) {
    if (d.columns) d.addInfo("Media stream");
    d.call(data);
    return;
  }
  const at = d.pos;
  const type = d.peek8() & 3;
  const packet = (d.peek8() >> 2) & 3;
  const head = packet === START ? 2 : 1;
  const signal = packet <= START ? d.peek8(head) & 0x3f : 0;
  const name = nameOf(AVDTP_SIGNALS, signal) ?? "Unknown";
  d.open(f.signal, at, 1);
  if (d.labels) d.append(`: ${name} (${AVDTP_MESSAGES[type]})`);
  for (const field of [f.transaction, f.packetType, f.messageType]) d.bits(field, at, 1);
  d.skip(1);
  if (packet === START) d.u8(f.packets);
  if (packet <= START) {
    d.bits(f.rfa, d.pos, 1);
    d.bits(f.signalId, d.pos, 1);
    d.skip(1);
  }
  d.close(d.pos);
  if (d.columns) d.addInfo(`${AVDTP_MESSAGES[type]} - ${packet <= START ? name : "Fragment"}`);
  if (packet > START) d.bytes(f.data, d.remaining);
  else if (type === COMMAND) dissectCommand(d, signal);
  else if (type === ACCEPT) dissectAccept(d, signal);
  else if (type !== GENERAL_REJECT) dissectReject(d, signal);
}

function dissectCommand(d: Dissection, signal: number): void {
  if (signal === DISCOVER || d.remaining === 0) return;
  const isDelay = signal === DELAY_REPORT;
  if (isDelay && d.columns && d.remaining >= 3) d.addInfo(`(${(d.peek16(1) / 10).toFixed(1)} ms)`);
  do addEndpointId(d, f.acceptorItem, f.acceptor, true);
  while ((signal === START_STREAM || signal === SUSPEND) && d.remaining > 0);
  if (signal === SET_CONFIGURATION) {
    addEndpointId(d, f.initiatorItem, f.initiator, false);
    addCapabilities(d);
  } else if (signal === RECONFIGURE) addCapabilities(d);
  else if (isDelay) {
    d.u16(f.delay);
    d.append(" (1/10 ms)");
  } else if (d.remaining > 0) d.bytes(f.data, d.remaining);
}

function dissectAccept(d: Dissection, signal: number): void {
  if (signal === DISCOVER) addEndpoints(d);
  else if (GETS.some((one) => one === signal)) addCapabilities(d);
  else if (d.remaining > 0) d.bytes(f.data, d.remaining);
}

function dissectReject(d: Dissection, signal: number): void {
  if (signal === START_STREAM || signal === SUSPEND) addEndpointId(d, f.acceptorItem, f.acceptor, true);
  if (signal === SET_CONFIGURATION || signal === RECONFIGURE) d.u8(f.category);
  if (d.remaining > 0) d.u8(f.error);
}

/** The endpoints' kinds as they are known when the frame comes. */
function endpointNames(d: Dissection): ReadonlyMap<number, string> | undefined {
  if (!d.first) return d.recall<ReadonlyMap<number, string>>(btavdtp, KEY_NAMES);
  const names = d.conversation?.state(btavdtp, makeStreams).endpoints;
  if (names !== undefined) d.remember(btavdtp, KEY_NAMES, names);
  return names;
}

function addEndpointId(d: Dissection, item: Field, field: Field, isKnown: boolean): void {
  const seid = d.peek8() >> 2;
  const names = isKnown ? endpointNames(d) : undefined;
  const text = `[${seid} - ${names?.get(seid) ?? "unknown unknown"}]`;
  d.open(item, d.pos, 1);
  if (d.labels) d.append(` ${text}`);
  d.bits(field, d.pos, 1);
  d.bits(f.seidRfa, d.pos, 1);
  d.close();
  d.skip(1);
  if (d.columns) d.addInfo(` - ${item.title} ${text}`);
}

function addEndpoints(d: Dissection): void {
  const count = d.remaining >> 1;
  const endpoints = d.first ? d.conversation?.state(btavdtp, makeStreams).endpoints : undefined;
  if (d.columns) d.addInfo(` - items: ${count}`);
  for (let i = 1; d.remaining >= 2; i++) {
    const seid = d.peek8() >> 2;
    const second = d.peek8(1);
    const name = `${nameOf(MEDIA_TYPES, second >> 4) ?? "unknown"} ${second & 8 ? "Sink" : "Source"}`;
    endpoints?.set(seid, name);
    d.open(f.endpoint, d.pos, 2);
    if (d.labels) d.append(` [${seid} - ${name}] item ${i}/${count}`);
    for (const field of [f.seid, f.inUse, f.endpointRfa0]) d.bits(field, d.pos, 1);
    d.skip(1);
    for (const field of [f.endpointMedia, f.endpointType, f.endpointRfa1]) d.bits(field, d.pos, 1);
    d.skip(1);
    d.close();
  }
}

// ------------------------------------------------------------------ capabilities, section 8.21

const CONTENT_PROTECTION = 4;
const MEDIA_CODEC = 7;

function addCapabilities(d: Dissection): void {
  d.open(f.capabilities, d.pos, d.remaining);
  while (d.remaining >= 2) {
    const at = d.pos;
    const category = d.peek8();
    const length = d.peek8(1);
    const stop = Math.min(at + 2 + length, d.end);
    d.open(f.service, at, stop - at);
    if (d.labels) d.append(`: ${nameOf(SERVICE_CATEGORIES, category) ?? "Unknown"}`);
    const node = d.parent;
    d.u8(f.category);
    d.u8(f.categoryLength);
    let text = "";
    if (category === CONTENT_PROTECTION && length >= 2) {
      const kind = d.u16le(f.protection);
      text = nameOf(PROTECTIONS, kind) ?? "Unknown";
    } else if (category === MEDIA_CODEC && length >= 2) {
      text = addCodec(d, stop);
      if (d.columns) d.addInfo(` - ${text}`);
    }
    if (d.pos < stop) d.bytes(f.data, stop - d.pos);
    d.close();
    if (d.labels && node !== null && text !== "") node.label = `${node.label} - ${text}`;
    d.pos = stop;
  }
  d.close();
}

const SBC = 0;
const AUDIO = 0;
const VIDEO = 1;

function addCodec(d: Dissection, stop: number): string {
  const media = d.bits(f.codecMedia, d.pos, 1);
  d.bits(f.codecRfa, d.pos, 1);
  d.skip(1);
  const field = media === AUDIO ? f.audioCodec : media === VIDEO ? f.videoCodec : f.unknownCodec;
  const codec = d.u8(field);
  const kind = nameOf(MEDIA_TYPES, media) ?? "unknown";
  const name = nameOf(media === VIDEO ? VIDEO_CODECS : AUDIO_CODECS, codec) ?? "unknown";
  if (media !== AUDIO || codec !== SBC || stop - d.pos < 4) return `${kind} ${name}`;
  return `${kind} SBC (${addSbc(d)})`;
}

type Flags = readonly (readonly [Field, string])[];
const FREQUENCIES: Flags = [
  [f.f16, "16000"],
  [f.f32, "32000"],
  [f.f44, "44100"],
  [f.f48, "48000"],
];
const MODES: Flags = [
  [f.mono, "Mono"],
  [f.dual, "DualChannel"],
  [f.stereo, "Stereo"],
  [f.joint, "JointStereo"],
];
const BLOCKS: Flags = [
  [f.block4, "4"],
  [f.block8, "8"],
  [f.block12, "12"],
  [f.block16, "16"],
];
const BANDS: Flags = [
  [f.bands4, "4"],
  [f.bands8, "8"],
];
const METHODS: Flags = [
  [f.snr, "SNR"],
  [f.loudness, "Loudness"],
];

function addSet(d: Dissection, flags: Flags): string {
  const set: string[] = [];
  for (const [field, name] of flags) if (d.bits(field, d.pos, 1) !== 0) set.push(name);
  return set.join(" ");
}

/** Advanced Audio Distribution Profile 1.3, section 4.3.2. */
function addSbc(d: Dissection): string {
  const frequencies = addSet(d, FREQUENCIES);
  const modes = addSet(d, MODES);
  d.skip(1);
  const blocks = addSet(d, BLOCKS);
  const bands = addSet(d, BANDS);
  const methods = addSet(d, METHODS);
  d.skip(1);
  const pool = `${d.u8(f.minimum)}..${d.u8(f.maximum)}`;
  const rest = `block: ${blocks} | subbands: ${bands} | allocation: ${methods} | bitpool: ${pool}`;
  return `${frequencies} | ${modes} | ${rest}`;
}
