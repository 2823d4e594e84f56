/** Bluetooth logical link control: Bluetooth Core Specification 5.3, volume 3 part A. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  frameNum,
  nameOf,
  none,
  RangeNames,
  u8,
  u16,
  u32,
} from "../dissect/field.ts";
import { DissectorTable, protocol } from "../dissect/protocol.ts";
import { bluetoothDirection } from "./bluetooth-link.ts";
import {
  CHANNELS,
  CONFIGURATION_RESULTS,
  CONNECTION_RESULTS,
  CONNECTION_STATUS,
  INFORMATION_RESULTS,
  INFORMATION_TYPES,
  L2CAP_MODES,
  L2CAP_OPTIONS,
  LE_RESULTS,
  MOVE_RESULTS,
  PSMS,
  REJECT_REASONS,
  SERVICE_TYPES,
  SIGNALS,
} from "./names/bluetooth.ts";

/** Protocols on fixed channels. */
export const l2capChannels = new DissectorTable("btl2cap.cid", "L2CAP CID");
/** Protocols by the PSM their channel was opened for. */
export const l2capPsms = new DissectorTable("btl2cap.psm", "L2CAP PSM");

const CONTROLLERS = { 0: "Bluetooth BR/EDR", 1: "Wifi 802.11" };
const LE_PSMS = new RangeNames([
  [0x01, 0x7f, "Fixed, SIG Assigned"],
  [0x80, 0xff, "Dynamically Allocated"],
  [0x100, 0xffff, "Reserved"],
]);

const f = {
  length: u16("btl2cap.length", "Length"),
  cid: u16("btl2cap.cid", "CID", { base: "HEX", names: CHANNELS }),
  payload: bytes("btl2cap.payload", "Payload"),
  connectIn: frameNum("btl2cap.connect_in", "Connect in frame"),
  disconnectIn: frameNum("btl2cap.disconnect_in", "Disconnect in frame"),
  command: none("btl2cap.command", "Command"),
  code: u8("btl2cap.cmd_code", "Command Code", { base: "HEX", names: SIGNALS }),
  ident: u8("btl2cap.cmd_ident", "Command Identifier", { base: "HEX" }),
  commandLength: u16("btl2cap.cmd_length", "Command Length"),
  commandData: none("btl2cap.cmd_data", "Command Data"),
  data: bytes("btl2cap.data", "Data"),
  psm: u16("btl2cap.psm", "PSM", { base: "HEX", names: PSMS }),
  lePsm: u16("btl2cap.le_psm", "LE PSM", { base: "HEX", names: LE_PSMS }),
  scid: u16("btl2cap.scid", "Source CID", { base: "HEX", names: CHANNELS }),
  dcid: u16("btl2cap.dcid", "Destination CID", { base: "HEX", names: CHANNELS }),
  icid: u16("btl2cap.icid", "Initiator CID", { base: "HEX", names: CHANNELS }),
  controller: u8("btl2cap.ctrl_id", "Controller ID", { names: CONTROLLERS }),
  destinationController: u8("btl2cap.dctrl_id", "Controller ID", { names: CONTROLLERS }),
  result: u16("btl2cap.result", "Result", { base: "HEX", names: CONNECTION_RESULTS }),
  status: u16("btl2cap.status", "Status", { base: "HEX", names: CONNECTION_STATUS }),
  reason: u16("btl2cap.rej_reason", "Reason", { base: "HEX", names: REJECT_REASONS }),
  signalMtu: u16("btl2cap.sig_mtu", "Maximum Signalling MTU"),
  infoType: u16("btl2cap.info_type", "Information Type", { base: "HEX", names: INFORMATION_TYPES }),
  infoResult: u16("btl2cap.info_result", "Result", { base: "HEX", names: INFORMATION_RESULTS }),
  infoMtu: u16("btl2cap.info_mtu", "Remote Entity MTU"),
  features: none("btl2cap.info_extfeatures", "Extended Features"),
  flowControl: u32("btl2cap.info_flowcontrol", "Flow Control Mode", { mask: 0x1 }),
  retransmission: u32("btl2cap.info_retransmission", "Retransmission Mode", { mask: 0x2 }),
  bothWays: u32("btl2cap.info_bidirqos", "Bi-Directional QOS", { mask: 0x4 }),
  enhanced: u32("btl2cap.info_enh_retransmission", "Enhanced Retransmission Mode", { mask: 0x8 }),
  streaming: u32("btl2cap.info_streaming", "Streaming Mode", { mask: 0x10 }),
  infoFcs: u32("btl2cap.info_fcs", "FCS", { mask: 0x20 }),
  flowSpec: u32("btl2cap.info_flow_spec", "Extended Flow Specification for BR/EDR", { mask: 0x40 }),
  fixedChannel: u32("btl2cap.info_fixedchan", "Fixed Channels", { mask: 0x80 }),
  infoWindow: u32("btl2cap.info_window", "Extended Window Size", { mask: 0x100 }),
  unicast: u32("btl2cap.info_unicast", "Unicast Connectionless Data Reception", { mask: 0x200 }),
  fixedChannels: none("btl2cap.info_fixedchans", "Fixed Channels"),
  fixedNull: u32("btl2cap.info_fixedchans_null", "Null identifier", { mask: 0x1 }),
  fixedSignal: u32("btl2cap.info_fixedchans_signal", "L2CAP signaling channel", { mask: 0x2 }),
  fixedConnectionless: u32("btl2cap.info_fixedchans_connless", "Connectionless reception", { mask: 0x4 }),
  fixedManager: u32("btl2cap.info_fixedchans_amp_man", "AMP Manager protocol", { mask: 0x8 }),
  fixedTest: u32("btl2cap.info_fixedchans_amp_test", "AMP Test Manager", { mask: 0x80000000 }),
  flagsReserved: u16("btl2cap.flags.reserved", "Reserved", { base: "HEX", mask: 0xfffe }),
  continuation: bool("btl2cap.flags.continuation", "Continuation Flag", { bits: 16, mask: 0x1 }),
  configResult: u16("btl2cap.conf_result", "Result", { base: "HEX", names: CONFIGURATION_RESULTS }),
  option: none("btl2cap.conf_param_option", "Configuration Parameter Option"),
  optionType: u8("btl2cap.option_type", "Type", { base: "HEX", names: L2CAP_OPTIONS }),
  optionLength: u8("btl2cap.option_length", "Length"),
  mtu: u16("btl2cap.option_mtu", "MTU"),
  flushTimeout: u16("btl2cap.option_flushto", "Flush Timeout (ms)"),
  sduSize: u16("btl2cap.option_sdu_size", "Maximum SDU Size"),
  sduArrival: u32("btl2cap.option_sdu_arrival_time", "SDU Inter-arrival Time (us)"),
  identifier: u8("btl2cap.option_ident", "Identifier", { base: "HEX" }),
  accessLatency: u32("btl2cap.option_access_latency", "Access Latency (us)"),
  optionFlags: u8("btl2cap.option_flags", "Flags", { base: "HEX" }),
  serviceType: u8("btl2cap.option_servicetype", "Service Type", { base: "HEX", names: SERVICE_TYPES }),
  tokenRate: u32("btl2cap.option_tokenrate", "Token Rate (bytes/s)"),
  bucketSize: u32("btl2cap.option_tokenbsize", "Token Bucket Size (bytes)"),
  peakBandwidth: u32("btl2cap.option_peakbandwidth", "Peak Bandwidth (bytes/s)"),
  optionLatency: u32("btl2cap.option_latency", "Latency (microseconds)"),
  delayVariation: u32("btl2cap.option_delayvar", "Delay Variation (microseconds)"),
  mode: u8("btl2cap.retransmissionmode", "Mode", { base: "HEX", names: L2CAP_MODES }),
  window: u8("btl2cap.txwindow", "TxWindow"),
  maxTransmit: u8("btl2cap.maxtransmit", "MaxTransmit"),
  retransmitTimeout: u16("btl2cap.retransmittimeout", "Retransmit timeout (ms)"),
  monitorTimeout: u16("btl2cap.monitortimeout", "Monitor Timeout (ms)"),
  mps: u16("btl2cap.mps", "MPS"),
  optionFcs: u16("btl2cap.option_fcs", "FCS", { base: "HEX", names: { 0: "No FCS", 1: "16-bit FCS" } }),
  extendedWindow: u16("btl2cap.option_window", "Extended Window Size"),
  control: none("btl2cap.control", "Control field"),
  sar: u16("btl2cap.control_sar", "Segmentation and reassembly", {
    base: "HEX",
    mask: 0xc000,
    names: { 0: "Unsegmented", 1: "Start", 2: "End", 3: "Continuation" },
  }),
  reqSeq: u16("btl2cap.control_reqseq", "ReqSeq", { mask: 0x3f00 }),
  txSeq: u16("btl2cap.control_txseq", "TxSeq", { mask: 0x7e }),
  disable: u16("btl2cap.control_retransmissiondisable", "R", { base: "HEX", mask: 0x80 }),
  supervisory: u16("btl2cap.control_supervisory", "S", {
    base: "HEX",
    mask: 0xc,
    names: { 0: "RR", 1: "REJ", 2: "RNR", 3: "SREJ" },
  }),
  frameType: u16("btl2cap.control_type", "Frame Type", {
    base: "HEX",
    mask: 0x1,
    names: { 0: "I-Frame", 1: "S-Frame" },
  }),
  fcs: u16("btl2cap.fcs", "FCS", { base: "HEX" }),
  sduLength: u16("btl2cap.sdulength", "SDU Length"),
  moveResult: u16("btl2cap.move_result", "Move Result", { base: "HEX", names: MOVE_RESULTS }),
  moveConfirmed: u16("btl2cap.move_result", "Move Result", {
    base: "HEX",
    names: { 0: "Success - both sides succeed", 1: "Failure - one or both sides refuse" },
  }),
  updateResult: u16("btl2cap.move_result", "Move Result", {
    base: "HEX",
    names: { 0: "Accepted", 1: "Rejected" },
  }),
  leResult: u16("btl2cap.le_result", "LE Result", { base: "HEX", names: LE_RESULTS }),
  initialCredits: u16("btl2cap.initial_credits", "Initial Credits"),
  credits: u16("btl2cap.credits", "Credits"),
  minInterval: u16("btl2cap.min_interval", "Min. Interval"),
  maxInterval: u16("btl2cap.max_interval", "Max. Interval"),
  latency: u16("btl2cap.slave_latency", "Slave Latency", { unit: " LL Connection Events" }),
  timeout: u16("btl2cap.timeout_multiplier", "Timeout Multiplier"),
};

const x = {
  unknown: expert("btl2cap.unknown_command_code", "warning", "Protocol", "Unknown Command Code"),
};

export const btl2cap = protocol({
  name: "btl2cap",
  title: "Bluetooth L2CAP Protocol",
  short: "L2CAP",
  fields: f,
  experts: x,
  dissect,
});

const SIGNALING = 1;
const LE_SIGNALING = 5;
const FIRST_DYNAMIC = 0x40;

/** The channel of the packet at work, for the protocols above. */
export const l2capChannel = { serial: -1, psm: 0, number: 0 };

/** A channel that was opened, from one end's request on. */
interface Channel {
  readonly psm: number;
  readonly connected: number;
  disconnected: number;
  /** True when the host asked for it. */
  readonly own: boolean;
  readonly scid: number;
  dcid: number;
  /** How packets are retransmitted, see L2CAP_MODES. */
  mode: number;
  /** False when both agreed on no checksum. */
  checked: boolean;
  /** Different for all channels of a capture. */
  readonly number: number;
}
interface Channels {
  /** By handle, direction and the CID of who receives. */
  readonly byCid: Map<number, Channel>;
  count: number;
}
const makeChannels = (): Channels => ({ byCid: new Map(), count: 0 });
const KEY_CHANNEL = 0;

/** Key of the channel whose packets in one direction carry this CID. */
const keyOf = (cid: number, sent: boolean): number =>
  ((bluetoothDirection.handle & 0xfff) * 2 + (sent ? 1 : 0)) * 0x10000 + cid;

const channelsOf = (d: Dissection): Channels | undefined =>
  bluetoothDirection.serial === d.serial ? d.conversation?.state(btl2cap, makeChannels) : undefined;

function dissect(d: Dissection): void {
  const length = d.u16le(f.length);
  const cid = d.u16le(f.cid);
  d.limit(length);
  if (cid === SIGNALING || cid === LE_SIGNALING) {
    while (d.remaining > 0) dissectCommand(d);
    return;
  }
  const next = l2capChannels.get(cid);
  if (next !== undefined) {
    d.call(next);
    return;
  }
  dissectChannel(d, cid);
}

// ------------------------------------------------------------------ data of channels, section 3

const BASIC = 0;

function dissectChannel(d: Dissection, cid: number): void {
  const channel = channelWith(d, cid);
  if (channel !== undefined) addChannel(d, channel);
  const next = channel === undefined ? undefined : l2capPsms.get(channel.psm);
  if (channel !== undefined && channel.mode !== BASIC) {
    if (!addControl(d, channel)) return;
  }
  if (channel !== undefined && next !== undefined && d.remaining > 0) {
    l2capChannel.serial = d.serial;
    l2capChannel.psm = channel.psm;
    l2capChannel.number = channel.number;
    d.call(next);
    return;
  }
  if (d.columns) d.addInfo("Connection oriented channel");
  if (d.remaining > 0) d.bytes(f.payload, d.remaining);
}

function channelWith(d: Dissection, cid: number): Channel | undefined {
  if (!d.first) return d.recall<Channel>(btl2cap, KEY_CHANNEL);
  const channel = channelsOf(d)?.byCid.get(keyOf(cid, bluetoothDirection.sent));
  if (channel !== undefined) d.remember(btl2cap, KEY_CHANNEL, channel);
  return channel;
}

function addChannel(d: Dissection, channel: Channel): void {
  d.generated(f.connectIn, d.pos - 4, 0, channel.connected);
  if (channel.disconnected > 0) d.generated(f.disconnectIn, d.pos - 4, 0, channel.disconnected);
  d.generated(f.psm, d.pos - 4, 0, channel.psm);
}

const I_FRAME = [f.sar, f.reqSeq, f.txSeq, f.frameType] as const;
const S_FRAME = [f.sar, f.reqSeq, f.disable, f.supervisory, f.frameType] as const;
const START = 1;

/** The control field and the checksum of retransmission modes; true when a whole SDU is left to dissect. */
function addControl(d: Dissection, channel: Channel): boolean {
  const isSupervisory = (d.peek8() & 1) === 1;
  const sar = d.peek8(1) >> 6;
  d.open(f.control, d.pos, 2);
  if (d.labels) d.relabel(isSupervisory ? "Control: S-Frame" : "Control: I-Frame");
  for (const member of isSupervisory ? S_FRAME : I_FRAME) d.bitsLe(member, d.pos, 2);
  d.close();
  d.skip(2);
  if (!isSupervisory && sar === START) d.u16le(f.sduLength);
  const tail = channel.checked ? 2 : 0;
  if (d.remaining < tail) return false;
  const { end, wireEnd } = d;
  const stop = d.end - tail;
  if (tail > 0) {
    const { pos } = d;
    d.pos = stop;
    d.u16le(f.fcs);
    d.pos = pos;
  }
  d.end = stop;
  d.wireEnd = Math.min(wireEnd, stop);
  if (!isSupervisory && sar === 0) return d.remaining > 0;
  if (d.columns) d.addInfo(isSupervisory ? "S-frame" : "I-frame");
  if (d.remaining > 0) d.bytes(f.payload, d.remaining);
  d.end = end;
  d.pos = end;
  return false;
}

// ------------------------------------------------------------------ signaling packets, section 4

function dissectCommand(d: Dissection): void {
  const at = d.pos;
  const code = d.peek8();
  const length = d.peek16le(2);
  const name = nameOf(SIGNALS, code) ?? "Unknown command";
  d.open(f.command, at, 4 + length);
  if (d.labels) d.append(`: ${name}`);
  if (d.columns) d.addInfo(name);
  d.u8(f.code);
  d.u8(f.ident);
  d.u16le(f.commandLength);
  const { end, wireEnd } = d;
  const stop = d.pos + length;
  d.limit(length);
  const channel = dissectBody(d, code);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = stop;
  d.close();
  if (channel === undefined) return;
  d.generated(f.psm, at, 0, channel.psm);
  d.generated(f.connectIn, at, 0, channel.connected);
  if (channel.disconnected > 0 && channel.disconnected !== d.frame)
    d.generated(f.disconnectIn, at, 0, channel.disconnected);
}

const hex = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;
const bareHex = (value: number): string => value.toString(16).padStart(4, "0");

function open(d: Dissection, psm: number, scid: number): void {
  const channels = d.first ? channelsOf(d) : undefined;
  if (channels === undefined) return;
  const { sent } = bluetoothDirection;
  channels.byCid.set(keyOf(scid, !sent), {
    psm,
    connected: d.frame,
    disconnected: 0,
    own: sent,
    scid,
    dcid: 0,
    mode: BASIC,
    checked: true,
    number: ++channels.count,
  });
}

/** The other end's answer: from now on its CID leads to the channel, too. */
function answer(d: Dissection, scid: number, dcid: number): void {
  const channels = d.first ? channelsOf(d) : undefined;
  const { sent } = bluetoothDirection;
  const channel = channels?.byCid.get(keyOf(scid, sent));
  if (channels === undefined || channel === undefined || dcid < FIRST_DYNAMIC) return;
  channel.dcid = dcid;
  channels.byCid.set(keyOf(dcid, !sent), channel);
}

/** The channel that ends, by the CID of who receives the request; kept for the answer, which names the same. */
function ending(d: Dissection, dcid: number, scid: number, isAnswer: boolean): Channel | undefined {
  if (!d.first) return d.recall<Channel>(btl2cap, KEY_CHANNEL);
  const channels = channelsOf(d);
  const { sent } = bluetoothDirection;
  const towards = isAnswer ? !sent : sent;
  const channel = channels?.byCid.get(keyOf(dcid, towards));
  if (channels === undefined || channel === undefined) return undefined;
  d.remember(btl2cap, KEY_CHANNEL, channel);
  if (isAnswer) {
    channel.disconnected = d.frame;
    channels.byCid.delete(keyOf(dcid, towards));
    channels.byCid.delete(keyOf(scid, !towards));
  }
  return channel;
}

function dissectBody(d: Dissection, code: number): Channel | undefined {
  switch (code) {
    case 0x01:
      dissectReject(d);
      break;
    case 0x02:
    case 0x0c: {
      const psm = d.u16le(f.psm);
      const scid = d.u16le(f.scid);
      if (code === 0x0c) d.u8(f.controller);
      if (d.columns) d.addInfo(` (${nameOf(PSMS, psm) ?? "Unknown"}, SCID: ${hex(scid)})`);
      open(d, psm, scid);
      break;
    }
    case 0x03:
    case 0x0d: {
      const dcid = d.u16le(f.dcid);
      const scid = d.u16le(f.scid);
      const result = d.u16le(f.result);
      d.u16le(f.status);
      answer(d, scid, dcid);
      if (!d.columns) break;
      const text = result === 0 ? "Success" : (nameOf(CONNECTION_RESULTS, result) ?? "Unknown");
      d.addInfo(` - ${text} (SCID: ${hex(scid)}${result === 0 ? `, DCID: ${hex(dcid)}` : ""})`);
      break;
    }
    case 0x04: {
      const dcid = d.u16le(f.dcid);
      if (d.columns) d.addInfo(` (DCID: ${hex(dcid)})`);
      addFlags(d);
      dissectOptions(d, dcid, true);
      break;
    }
    case 0x05: {
      const scid = d.u16le(f.scid);
      addFlags(d);
      const result = d.u16le(f.configResult);
      if (d.columns)
        d.addInfo(` - ${nameOf(CONFIGURATION_RESULTS, result) ?? "Unknown"} (SCID: ${hex(scid)})`);
      dissectOptions(d, scid, false);
      break;
    }
    case 0x06:
    case 0x07:
      return dissectEnding(d, code === 0x07);
    case 0x08:
    case 0x09:
      if (d.remaining > 0) d.bytes(f.data, d.remaining);
      break;
    case 0x0a: {
      const type = d.u16le(f.infoType);
      if (d.columns) d.addInfo(` (${nameOf(INFORMATION_TYPES, type) ?? "Unknown type"})`);
      break;
    }
    case 0x0b:
      dissectInformation(d);
      break;
    case 0x0e:
    case 0x0f:
    case 0x10:
    case 0x11:
      dissectMove(d, code);
      break;
    case 0x12:
      for (const field of [f.minInterval, f.maxInterval]) {
        const value = d.u16le(field);
        d.append(` (${value * 1.25} msec)`);
      }
      d.u16le(f.latency);
      d.append(` (${d.u16le(f.timeout) / 100} sec)`);
      break;
    case 0x13: {
      const result = d.u16le(f.updateResult);
      if (d.columns) d.addInfo(` (${result === 0 ? "Accepted" : "Rejected"})`);
      break;
    }
    case 0x14:
    case 0x15:
    case 0x16:
      dissectCredits(d, code);
      break;
    default:
      d.expert(x.unknown);
      if (d.remaining > 0) d.add(f.commandData, d.pos, d.remaining, null);
      break;
  }
  return undefined;
}

const addFlags = (d: Dissection): void => {
  d.bitsLe(f.flagsReserved, d.pos, 2);
  d.bitsLe(f.continuation, d.pos, 2);
  d.skip(2);
};

function dissectReject(d: Dissection): void {
  const reason = d.u16le(f.reason);
  if (reason === 1 && d.remaining >= 2) d.u16le(f.signalMtu);
  else if (reason === 2 && d.remaining >= 4) {
    d.u16le(f.scid);
    d.u16le(f.dcid);
  }
}

function dissectEnding(d: Dissection, isAnswer: boolean): Channel | undefined {
  const dcid = d.u16le(f.dcid);
  const scid = d.u16le(f.scid);
  const channel = ending(d, dcid, scid, isAnswer);
  if (!d.columns) return channel;
  d.addInfo(` (SCID: ${hex(scid)}, DCID: ${hex(dcid)}`);
  if (channel === undefined) d.addInfo(")");
  else d.addInfo(`, PSM: ${hex(channel.psm)}, Service: ${nameOf(PSMS, channel.psm) ?? "Unknown"})`);
  return channel;
}

const FEATURES: readonly (readonly [Field, string])[] = [
  [f.flowControl, "FlowControl "],
  [f.retransmission, "Retransmission "],
  [f.bothWays, "BiDirQOS "],
  [f.enhanced, "EnhRetransmission "],
  [f.streaming, "Streaming "],
  [f.infoFcs, "FCS "],
  [f.flowSpec, "FlowSpec "],
  [f.fixedChannel, "FixedChan "],
  [f.infoWindow, "WindowSize "],
  [f.unicast, "Unicast "],
];
const FIXED = [f.fixedNull, f.fixedSignal, f.fixedConnectionless, f.fixedManager, f.fixedTest] as const;

function dissectInformation(d: Dissection): void {
  const type = d.u16le(f.infoType);
  const result = d.u16le(f.infoResult);
  if (d.columns) {
    const names = [nameOf(INFORMATION_TYPES, type), nameOf(INFORMATION_RESULTS, result)];
    d.addInfo(` (${names.map((name) => name ?? "Unknown").join(", ")})`);
  }
  if (result !== 0 || d.remaining === 0) return;
  if (type === 1) d.u16le(f.infoMtu);
  else if (type === 2) {
    d.open(f.features, d.pos, 4);
    if (d.labels) d.relabel("Features: ");
    for (const [field, text] of FEATURES) if (d.bitsLe(field, d.pos, 4) !== 0) d.appendParent(text);
    d.close();
    d.skip(4);
  } else if (type === 3) {
    d.open(f.fixedChannels, d.pos, Math.min(8, d.remaining));
    if (d.labels) d.relabel("Fixed Channels Supported:");
    for (const field of FIXED) d.bitsLe(field, d.pos, 4);
    d.close();
    d.skip(Math.min(8, d.remaining));
  } else d.skip(d.remaining);
}

function dissectMove(d: Dissection, code: number): void {
  const icid = d.u16le(f.icid);
  if (code === 0x0e) {
    const controller = d.u8(f.destinationController);
    if (d.columns)
      d.addInfo(` (ICID: ${hex(icid)}, move to ${nameOf(CONTROLLERS, controller) ?? "Unknown"})`);
  } else if (code === 0x0f) {
    const result = d.u16le(f.moveResult);
    if (d.columns) d.addInfo(` (ICID: ${hex(icid)}, ${nameOf(MOVE_RESULTS, result) ?? "Unknown"})`);
  } else if (code === 0x10) d.u16le(f.moveConfirmed);
}

function dissectCredits(d: Dissection, code: number): void {
  if (code === 0x16) {
    const cid = d.u16le(f.cid);
    const credits = d.u16le(f.credits);
    if (d.columns) d.addInfo(` (CID: ${bareHex(cid)}, Credits: ${credits})`);
    return;
  }
  let cid = 0;
  if (code === 0x14) {
    const psm = d.u16le(f.lePsm);
    d.generated(f.psm, d.pos - 2, 2, psm);
    cid = d.u16le(f.scid);
    open(d, psm, cid);
  } else {
    cid = d.u16le(f.dcid);
  }
  d.u16le(f.mtu);
  d.u16le(f.mps);
  const credits = d.u16le(f.initialCredits);
  if (code === 0x15) d.u16le(f.leResult);
  if (d.columns) d.addInfo(` (CID: ${bareHex(cid)}, Initial Credits: ${credits})`);
}

// ------------------------------------------------------------------ configuration options, section 5

const OPTION_TITLES: readonly string[] = [
  "unknown",
  "MTU",
  "Flush Timeout",
  "QOS",
  "Retransmission and Flow Control",
  "FCS",
  "Extended Flow Specification",
  "Extended Window Size",
];
const RETRANSMISSION_OPTION = 4;
const FCS_OPTION = 5;

function dissectOptions(d: Dissection, cid: number, isRequest: boolean): void {
  while (d.remaining >= 2) {
    const at = d.pos;
    const type = d.peek8() & 0x7f;
    const length = d.peek8(1);
    d.open(f.option, at, 2 + length);
    if (d.labels) d.relabel(`Option: ${OPTION_TITLES[type] ?? "unknown"}`);
    d.u8(f.optionType);
    d.u8(f.optionLength);
    if (length > 0 && length <= d.remaining) dissectOption(d, type, length, cid, isRequest);
    d.close();
    d.pos = Math.min(at + 2 + length, d.end);
  }
}

function dissectOption(d: Dissection, type: number, length: number, cid: number, isRequest: boolean): void {
  switch (type) {
    case 1:
      d.u16le(f.mtu);
      break;
    case 2:
      d.u16le(f.flushTimeout);
      break;
    case 3:
      d.u8(f.optionFlags);
      d.u8(f.serviceType);
      for (const field of [f.tokenRate, f.bucketSize, f.peakBandwidth, f.optionLatency, f.delayVariation])
        d.u32le(field);
      break;
    case RETRANSMISSION_OPTION: {
      const mode = d.u8(f.mode);
      if (isRequest) configure(d, cid, (channel) => (channel.mode = mode));
      if (length < 9) break;
      d.u8(f.window);
      d.u8(f.maxTransmit);
      d.u16le(f.retransmitTimeout);
      d.u16le(f.monitorTimeout);
      d.u16le(f.mps);
      break;
    }
    case FCS_OPTION: {
      const fcs = d.peek8();
      d.add(f.optionFcs, d.pos, 1, fcs);
      if (isRequest && fcs === 0) configure(d, cid, (channel) => (channel.checked = false));
      break;
    }
    case 6:
      d.u8(f.identifier);
      d.u8(f.serviceType);
      d.u16le(f.sduSize);
      d.u32le(f.sduArrival);
      d.u32le(f.accessLatency);
      d.u32le(f.flushTimeout);
      break;
    case 7:
      d.u16le(f.extendedWindow);
      break;
  }
}

/** What one end asks of the channel that leads to it. */
function configure(d: Dissection, cid: number, change: (channel: Channel) => void): void {
  const channel = d.first ? channelsOf(d)?.byCid.get(keyOf(cid, bluetoothDirection.sent)) : undefined;
  if (channel !== undefined) change(channel);
}
