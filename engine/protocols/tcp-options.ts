/**
 * TCP options: RFC 9293 section 3.2, RFC 7323 (window scale, timestamps), RFC 2018 and RFC 2883 (SACK),
 * RFC 5482 (user timeout), RFC 2385 (MD5), RFC 5925 (authentication), RFC 7413 (fast open), RFC 4782 (quick
 * start), RFC 6994 (experiments), RFC 1072 (echo), RFC 1644 (CC), draft-ietf-tcpm-accurate-ecn, Riverbed's probes.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  ipv4,
  none,
  SET_NOTSET,
  u8,
  u16,
  u24,
  u32,
} from "../dissect/field.ts";
import { formatIpv4 } from "../dissect/text.ts";
import { QUICK_START_RATES } from "./names/ip-options.ts";
import { ACK, addSackBlock, type Flow, SYN } from "./tcp-analysis.ts";
import { dissectMptcp, isMptcpTooShort, MPTCP_KIND } from "./tcp-mptcp.ts";
import { EOL, NOP, nextOption } from "./tcp-option-walk.ts";

const KIND_NAMES = {
  0: "End of Option List",
  1: "No-Operation",
  2: "Maximum Segment Size",
  3: "Window Scale",
  4: "SACK Permitted",
  5: "SACK",
  6: "Echo",
  7: "Echo Reply",
  8: "Time Stamp Option",
  9: "Partial Order Connection Permitted",
  10: "Partial Order Service Profile",
  11: "CC",
  12: "CC.NEW",
  13: "CC.ECHO",
  14: "TCP Alternate Checksum Request",
  15: "TCP Alternate Checksum Data",
  16: "Skeeter",
  17: "Bubba",
  18: "Trailer Checksum Option",
  19: "MD5 Signature Option",
  20: "SCPS Capabilities",
  21: "Selective Negative Acknowledgements",
  22: "Record Boundaries",
  23: "Corruption experienced",
  24: "SNAP",
  25: "Unassigned",
  26: "TCP Compression Filter",
  27: "Quick-Start Response",
  28: "User Timeout Option",
  29: "The TCP Authentication Option",
  30: "Multipath TCP",
  34: "TCP Fast Open Cookie",
  76: "Riverbed Probe",
  78: "Riverbed Transparency",
  172: "Accurate ECN Order 0",
  174: "Accurate ECN Order 1",
  253: "RFC3692-style Experiment 1",
  254: "RFC3692-style Experiment 2",
};

const EXPERIMENTS: Readonly<Record<number, string>> = {
  172: "TCP ACK Rate Request",
  840: "Host ID",
  2573: "Autonomous System Compensation",
  3232: "Capability Option",
  3792: "Extended Data Offset",
  17742: "Encryption Negotiation",
  21283: "Service Number",
  30188: "Timestamp Interval",
  44224: "Accurate ECN - Order 0",
  44225: "Accurate ECN - Order 1",
  44238: "Accurate ECN",
  58068: "Shared Memory communications over RMDA protocol",
  63881: "Fast Open",
  63888: "Low Latency",
};
const EXPERIMENT_ACC_ECN_0 = 0xacc0;
const EXPERIMENT_ACC_ECN_1 = 0xacc1;
const EXPERIMENT_FAST_OPEN = 0xf989;
const EXPERIMENT_ACK_RATE = 0x00ac;

const option = (name: string, title: string): Field => bytes(`tcp.options.${name}`, `TCP Option - ${title}`);

export const optionFields = {
  options: bytes("tcp.options", "TCP Options"),
  kind: u8("tcp.option_kind", "Kind", { names: KIND_NAMES }),
  length: u8("tcp.option_len", "Length"),
  eol: option("eol", "End of Option List (EOL)"),
  nop: option("nop", "No-Operation (NOP)"),
  mss: option("mss", "Maximum segment size"),
  mssValue: u16("tcp.options.mss_val", "MSS Value"),
  scale: option("wscale", "Window scale"),
  scaleShift: u8("tcp.options.wscale.shift", "Shift count"),
  scaleMultiplier: u16("tcp.options.wscale.multiplier", "Multiplier"),
  sackPermitted: option("sack_perm", "SACK permitted"),
  sack: option("sack", "SACK"),
  sackLeft: u32("tcp.options.sack_le", "TCP SACK Left Edge"),
  sackRight: u32("tcp.options.sack_re", "TCP SACK Right Edge"),
  sackCount: u8("tcp.options.sack.count", "TCP SACK Count"),
  dsackLeft: u32("tcp.options.sack.dsack_le", "TCP D-SACK Left Edge"),
  dsackRight: u32("tcp.options.sack.dsack_re", "TCP D-SACK Right Edge"),
  echo: option("echo", "Echo"),
  echoValue: u32("tcp.options.echo_value", "TCP Echo Option"),
  timestamp: option("timestamp", "Timestamps"),
  timestampValue: u32("tcp.options.timestamp.tsval", "Timestamp value"),
  timestampEcho: u32("tcp.options.timestamp.tsecr", "Timestamp echo reply"),
  cc: option("cc", "CC"),
  ccValue: u32("tcp.options.cc_value", "TCP CC Option"),
  md5: option("md5", "TCP MD5 signature"),
  md5Digest: bytes("tcp.options.md5.digest", "MD5 digest"),
  ao: option("ao", "TCP AO"),
  aoKeyId: u8("tcp.options.ao.keyid", "AO KeyID"),
  aoNextKeyId: u8("tcp.options.ao.rnextkeyid", "AO RNextKeyID"),
  aoMac: bytes("tcp.options.ao.mac", "AO MAC"),
  quickStart: option("qs", "Quick-Start"),
  quickStartRate: u8("tcp.options.qs.rate", "QS Rate", { mask: 0x0f, names: QUICK_START_RATES }),
  quickStartTtl: u8("tcp.options.qs.ttl_diff", "QS Rate"),
  userTimeout: option("user_to", "User Timeout"),
  userTimeoutGranularity: bool("tcp.options.user_to_granularity", "Granularity", {
    mask: 0x8000,
    bits: 16,
    tf: ["Minutes", "Seconds"],
  }),
  userTimeoutValue: u16("tcp.options.user_to_val", "User Timeout", { mask: 0x7fff }),
  fastOpen: option("tfo", "TCP Fast Open"),
  fastOpenRequest: none("tcp.options.tfo.request", "Fast Open Cookie Request"),
  fastOpenCookie: bytes("tcp.options.tfo.cookie", "Fast Open Cookie"),
  accEcn: option("acc_ecn", "Accurate ECN"),
  ee0b: u24("tcp.options.acc_ecn.ee0b", "Accurate ECN Echo ECT(0) Byte Counter"),
  eceb: u24("tcp.options.acc_ecn.eceb", "Accurate ECN Echo CE Byte Counter"),
  ee1b: u24("tcp.options.acc_ecn.ee1b", "Accurate ECN Echo ECT(1) Byte Counter"),
  experimental: option("experimental", "Experimental"),
  experimentalId: u16("tcp.options.experimental.exid", "Experiment Identifier", {
    base: "HEX",
    names: EXPERIMENTS,
  }),
  experimentalData: bytes("tcp.options.experimental.data", "Data"),
  ackRate: u8("tcp.options.tarr.rate", "TARR Rate", { mask: 0xfe }),
  ackRateReserved: u8("tcp.options.tar.reserved", "TARR Reserved", { mask: 0x01 }),
  probe: option("rvbd.probe", "Riverbed Probe"),
  probeType1: u8("tcp.options.rvbd.probe.type1", "Type", { mask: 0xf0 }),
  probeType2: u8("tcp.options.rvbd.probe.type2", "Type", { mask: 0xfe }),
  probeVersion: u8("tcp.options.rvbd.probe.version", "Version", { mask: 0x0f }),
  probeVersionRaw: u8("tcp.options.rvbd.probe.version_raw", "Version", { mask: 0x01 }),
  probeReserved: u8("tcp.options.rvbd.probe.reserved", "Reserved", { base: "HEX" }),
  probeProber: ipv4("tcp.options.rvbd.probe.prober", "CSH IP"),
  probeAppVersion: u16("tcp.options.rvbd.probe.appli_ver", "Application Version"),
  probeProxy: ipv4("tcp.options.rvbd.probe.proxy.ip", "SSH IP"),
  probeProxyPort: u16("tcp.options.rvbd.probe.proxy.port", "SSH Port"),
  probeFlags: u8("tcp.options.rvbd.probe.flags", "Probe Flags", { base: "HEX" }),
  probeNotCfe: bool("tcp.options.rvbd.probe.flags.notcfe", "Not CFE", { mask: 0x04, tf: SET_NOTSET }),
  probeLast: bool("tcp.options.rvbd.probe.flags.last", "Last Notify", { mask: 0x01, tf: SET_NOTSET }),
  transparency: option("rvbd.trpy", "Riverbed Transparency"),
  unknown: option("unknown", "Unknown"),
  unknownPayload: bytes("tcp.options.unknown.payload", "Payload"),
};
const f = optionFields;

export const optionExperts = {
  lengthInvalid: expert("tcp.option.len.invalid", "note", "Sequence", "Invalid length for option"),
  scaleInvalid: expert(
    "tcp.options.wscale.shift.invalid",
    "warning",
    "Protocol",
    "Window scale shift exceeds 14",
  ),
  mssAbsent: expert(
    "tcp.options.mss.absent",
    "note",
    "Protocol",
    "The SYN packet does not contain a MSS option",
  ),
  mssPresent: expert(
    "tcp.options.mss.present",
    "warning",
    "Protocol",
    "The non-SYN packet does contain a MSS option",
  ),
  fastOpenSyn: expert("tcp.analysis.tfo_syn", "note", "Sequence", "TCP SYN with TFO Cookie"),
  dsack: expert("tcp.options.sack.dsack", "warning", "Sequence", "D-SACK Sequence"),
  malformedSub: expert(
    "tcp.suboption_malformed",
    "error",
    "Malformed",
    "suboption would go past end of option",
  ),
  fourNops: expert(
    "tcp.nop",
    "warning",
    "Protocol",
    "4 NOP in a row - a router may have removed some options",
  ),
  afterEol: expert(
    "tcp.non_zero_bytes_after_eol",
    "error",
    "Protocol",
    "Non zero bytes in option space after EOL option",
  ),
};
const x = optionExperts;

const SCALE = 3;
const SACK = 5;

/** What the options of a segment depend on. */
export interface OptionContext {
  flags: number;
  /** Sequence number shown as 0 of the direction the SACK edges speak of. */
  sackBase: number;
  ack: number;
}

/** What pass one needs of a segment's options. */
export interface OptionFacts {
  /** Shift of the window scale option; -1 when there is none. */
  scale: number;
  /** Multipath TCP options. */
  mptcp: number;
  /** True when one of them is shorter than it says; what follows is not read. */
  broken: boolean;
}

/**
 * Looks through the options at `buf[at .. end)` without adding anything: the window scale, whether there is
 * Multipath TCP, and the SACK blocks, which go into `flow`.
 */
export function scanOptions(buf: Uint8Array, at: number, end: number, flow: Flow, facts: OptionFacts): void {
  facts.scale = -1;
  facts.mptcp = 0;
  facts.broken = false;
  for (let i = nextOption(buf, at, end); i >= 0; i = nextOption(buf, i + buf[i + 1], end)) {
    const kind = buf[i];
    const length = buf[i + 1];
    if (kind === SCALE && length === 3) facts.scale = buf[i + 2];
    else if (kind === MPTCP_KIND) {
      facts.mptcp++;
      facts.broken = isMptcpTooShort(buf, i, length);
      if (facts.broken) return;
    } else if (kind === SACK) {
      for (let b = i + 2; b + 8 <= i + length; b += 8) addSackBlock(flow, read32(buf, b), read32(buf, b + 4));
    }
  }
}

/** True when the options at `buf[at .. end)` hold Multipath TCP's: one that is too short ends the segment's dissection. */
export function hasMptcp(buf: Uint8Array, at: number, end: number): boolean {
  for (let i = nextOption(buf, at, end); i >= 0; i = nextOption(buf, i + buf[i + 1], end)) {
    if (buf[i] === MPTCP_KIND) return true;
  }
  return false;
}

function read32(buf: Uint8Array, at: number): number {
  return ((buf[at] << 24) | (buf[at + 1] << 16) | (buf[at + 2] << 8) | buf[at + 3]) >>> 0;
}

/** An option: its line, its name in the summary, the lengths it may have, and how it is dissected. */
interface OptionKind {
  readonly field: Field;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly dissect: ((d: Dissection, end: number, c: OptionContext) => void) | null;
}

const kinds = new Map<number, OptionKind>();
const define = (
  kind: number,
  field: Field,
  min: number,
  max: number,
  dissect: OptionKind["dissect"] = null,
): void => {
  const name = field.title.replace("TCP Option - ", "");
  kinds.set(kind, { field, name, min, max, dissect });
};
define(2, f.mss, 4, 4, dissectMss);
define(3, f.scale, 3, 3, dissectScale);
define(4, f.sackPermitted, 2, 2, (d) => info(d, "SACK_PERM"));
define(5, f.sack, 2, 255, dissectSack);
define(6, f.echo, 6, 6, (d) => dissectNumber(d, f.echoValue, "ECHO"));
define(7, f.echo, 6, 6, (d) => dissectNumber(d, f.echoValue, "ECHO"));
define(8, f.timestamp, 10, 10, dissectTimestamp);
define(11, f.cc, 6, 6, (d) => dissectNumber(d, f.ccValue, "CC"));
define(12, f.cc, 6, 6, (d) => dissectNumber(d, f.ccValue, "CC"));
define(13, f.cc, 6, 6, (d) => dissectNumber(d, f.ccValue, "CC"));
define(19, f.md5, 18, 18, (d, end) => {
  info(d, "MD5");
  d.bytes(f.md5Digest, end - d.pos);
});
define(27, f.quickStart, 8, 8, dissectQuickStart);
define(28, f.userTimeout, 4, 4, dissectUserTimeout);
define(29, f.ao, 4, 255, dissectAo);
define(34, f.fastOpen, 2, 255, dissectFastOpen);
define(76, f.probe, 3, 255, dissectProbe);
define(78, f.transparency, 2, 255);
define(172, f.accEcn, 2, 11, (d, end) => dissectAccEcn(d, end, 0));
define(174, f.accEcn, 2, 11, (d, end) => dissectAccEcn(d, end, 1));
define(253, f.experimental, 2, 255, dissectExperimental);
define(254, f.experimental, 2, 255, dissectExperimental);
const UNKNOWN: OptionKind = {
  field: f.unknown,
  name: "Unknown",
  min: 2,
  max: 255,
  dissect: (d, end) => {
    if (end > d.pos) d.bytes(f.unknownPayload, end - d.pos);
  },
};

/** Dissects the options from `d.pos` to `end`, for the tree, the fields and the info text. */
export function dissectOptions(d: Dissection, end: number, c: OptionContext): void {
  const start = d.pos;
  if (start >= end) return;
  d.need(1);
  const held = Math.min(end, d.end) - start;
  d.open(f.options, start, held, d.building ? d.peekBytes(held) : null);
  let summary = `Options: (${end - start} bytes)`;
  if (d.labels) d.relabel(summary);
  const line = d.parent;
  let nops = 0;
  let ended = false;
  let sawMss = false;
  while (d.pos < end) {
    const at = d.pos;
    const kind = d.peek8();
    if (kind === EOL || (kind === NOP && !ended)) {
      if (kind === EOL) ended = true;
      const field = kind === EOL ? f.eol : f.nop;
      d.open(field, at, 1, d.building ? d.peekBytes(1) : null);
      if (d.labels) d.relabel(field.title);
      d.u8(f.kind);
      d.close();
      // Counted from word to word of the options.
      if (kind === NOP) {
        nops = nops === 0 || (at - start) % 4 !== 0 ? nops + 1 : 0;
        if (nops === 4) d.expert(x.fourNops);
      }
      summary += kind === EOL ? ", End of Option List (EOL)" : ", No-Operation (NOP)";
      if (line !== null) line.label = summary;
      continue;
    }
    if (ended) {
      d.text(at, end - at, "Non-zero header padding");
      d.expert(x.afterEol, "Non-zero header padding");
      break;
    }
    if (kind === 2) sawMss = true;
    const known = kinds.get(kind) ?? UNKNOWN;
    const length = at + 1 < end ? d.peek8(1) : 0;
    if (length < 2 || at + length > end) {
      addBroken(d, kind, known, at, length);
      break;
    }
    if (kind === MPTCP_KIND) {
      dissectMptcp(d, length);
      summary += ", MPTCP";
    } else {
      dissectOne(d, known, at, length, c);
      summary +=
        known === UNKNOWN ? `, Unknown (0x${kind.toString(16).padStart(2, "0")})` : `, ${known.name}`;
    }
    d.pos = at + length;
    if (line !== null) line.label = summary;
  }
  d.close();
  d.pos = end;
  if (d.building && c.flags & SYN && !sawMss) d.expert(x.mssAbsent);
}

function dissectOne(d: Dissection, known: OptionKind, at: number, length: number, c: OptionContext): void {
  const held = Math.min(length, d.end - at);
  d.open(known.field, at, held, d.building ? d.peekBytes(held) : null);
  if (d.labels) d.relabel(known.field.title);
  d.u8(f.kind);
  d.u8(f.length);
  if (length < known.min || length > known.max) {
    if (d.building) d.expert(x.lengthInvalid, lengthProblem(known));
  } else known.dissect?.(d, at + length, c);
  d.close();
}

function lengthProblem(known: OptionKind): string {
  if (known.min === known.max) return `option length should be ${known.min}`;
  return `option length should be >= ${known.min}`;
}

/** An option whose length cannot be; nothing behind it can be told apart. */
function addBroken(d: Dissection, kind: number, known: OptionKind, at: number, length: number): void {
  if (!d.building) return;
  const name = kind === MPTCP_KIND ? "MPTCP" : known === UNKNOWN ? unknownName(kind) : known.name;
  const problem =
    length < 2
      ? `${name} (with too-short option length = ${length} bytes)`
      : `${name} (option length = ${length} bytes says option goes past end of options)`;
  d.text(at, Math.max(1, Math.min(length, d.end - at)), problem);
  d.expert(x.lengthInvalid, problem);
}

function unknownName(kind: number): string {
  return `Unknown (0x${kind.toString(16).padStart(2, "0")})`;
}

function info(d: Dissection, text: string): void {
  if (d.columns) d.addInfo(text, " ");
}

function dissectNumber(d: Dissection, field: Field, name: string): void {
  const value = d.u32(field);
  if (d.columns) info(d, `${name}=${value}`);
  if (d.labels && field === f.echoValue) d.appendParent(`: ${value}`);
}

function dissectMss(d: Dissection, _end: number, c: OptionContext): void {
  const value = d.u16(f.mssValue);
  if (d.labels) d.appendParent(`: ${value} bytes`);
  if (d.columns) info(d, `MSS=${value}`);
  if (d.building && (c.flags & SYN) === 0) d.expert(x.mssPresent);
}

function dissectScale(d: Dissection): void {
  const at = d.pos;
  const value = d.u8(f.scaleShift);
  if (value > 14) d.expert(x.scaleInvalid);
  const shift = Math.min(value, 14);
  const multiplier = 1 << shift;
  d.generated(f.scaleMultiplier, at, 1, multiplier);
  if (d.labels) d.appendParent(`: ${value} (multiply by ${multiplier})`);
  if (d.columns) info(d, `WS=${multiplier}`);
}

function dissectSack(d: Dissection, end: number, c: OptionContext): void {
  const at = d.pos - 2;
  let count = 0;
  let firstLeft = 0;
  let firstRight = 0;
  let isInside = false;
  while (d.pos + 8 <= end) {
    const left = (d.peek32() - c.sackBase) >>> 0;
    const right = (d.peek32(4) - c.sackBase) >>> 0;
    d.add(f.sackLeft, d.pos, 4, left);
    if (d.labels) d.relabel(`left edge = ${left} (relative)`);
    d.add(f.sackRight, d.pos + 4, 4, right);
    if (d.labels) d.relabel(`right edge = ${right} (relative)`);
    if (count === 0) {
      firstLeft = left;
      firstRight = right;
    } else if (count === 1) {
      isInside = ((firstLeft - left) | 0) >= 0 && ((firstRight - right) | 0) <= 0;
    }
    if (d.labels) d.appendParent(` ${left}-${right}`);
    if (d.columns) info(d, `SLE=${left} SRE=${right}`);
    d.pos += 8;
    count++;
  }
  if (d.building && d.pos < end) d.expert(x.malformedSub);
  d.generated(f.sackCount, at, 0, count);
  // RFC 2883: the first block lies before the acknowledged data, or inside the second block.
  const ack = (c.ack - c.sackBase) >>> 0;
  if (count > 0 && d.building && (((firstRight - ack) | 0) <= 0 || isInside)) {
    d.generated(f.dsackLeft, at + 2, 4, firstLeft);
    if (d.labels) d.relabel(`D-SACK Left Edge = ${firstLeft} (relative)`);
    d.generated(f.dsackRight, at + 6, 4, firstRight);
    if (d.labels) d.relabel(`D-SACK Right Edge = ${firstRight} (relative)`);
    d.expert(x.dsack);
  }
}

function dissectTimestamp(d: Dissection): void {
  const value = d.u32(f.timestampValue);
  const echo = d.u32(f.timestampEcho);
  if (d.labels) d.appendParent(`: TSval ${value}, TSecr ${echo}`);
  if (d.columns) info(d, `TSval=${value} TSecr=${echo}`);
}

function dissectQuickStart(d: Dissection): void {
  const rate = d.bits(f.quickStartRate, d.pos, 1);
  if (d.columns) info(d, `QSresp=${QUICK_START_RATES[rate]}`);
  d.skip(1);
  d.u8(f.quickStartTtl);
}

function dissectUserTimeout(d: Dissection): void {
  const at = d.pos;
  d.bits(f.userTimeoutGranularity, at, 2);
  const value = d.bits(f.userTimeoutValue, at, 2);
  if (d.columns) info(d, `USER_TO=${value}`);
}

function dissectAo(d: Dissection, end: number): void {
  if (d.columns) d.addInfo("TCP AO");
  d.u8(f.aoKeyId);
  d.u8(f.aoNextKeyId);
  if (end > d.pos) d.bytes(f.aoMac, end - d.pos);
}

function dissectFastOpen(d: Dissection, end: number, c: OptionContext): void {
  if (d.pos === end) {
    d.add(f.fastOpenRequest, d.pos - 2, 2, null);
    info(d, "TFO=R");
  } else {
    d.bytes(f.fastOpenCookie, end - d.pos);
    if ((c.flags & (SYN | ACK)) === SYN) d.expert(x.fastOpenSyn);
    info(d, "TFO=C");
  }
}

function dissectAccEcn(d: Dissection, end: number, order: 0 | 1): void {
  const fields = order === 0 ? [f.ee0b, f.eceb, f.ee1b] : [f.ee1b, f.eceb, f.ee0b];
  const names = order === 0 ? ["EE0B", "ECEB", "EE1B"] : ["EE1B", "ECEB", "EE0B"];
  const alone = d.parent?.field === f.accEcn;
  if (d.labels) d.appendParent(alone ? ` (Order ${order})` : `: Accurate ECN (Order ${order})`);
  for (let i = 0; i < 3 && d.pos + 3 <= end; i++) {
    const value = d.u24(fields[i]);
    if (d.labels) d.appendParent(`${i === 0 ? ":" : ","} ${names[i]} ${value}`);
    if (d.columns) info(d, `${names[i]}=${value}`);
  }
}

function dissectExperimental(d: Dissection, end: number): void {
  if (d.pos + 2 > end) {
    if (end > d.pos) d.bytes(f.experimentalData, end - d.pos);
    return;
  }
  const id = d.peek16();
  const name = EXPERIMENTS[id];
  if (name === undefined) {
    d.bytes(f.experimentalData, end - d.pos);
    return;
  }
  d.u16(f.experimentalId);
  if (d.labels) d.appendParent(`: ${name}`);
  if (id === EXPERIMENT_ACC_ECN_0) dissectAccEcn(d, end, 0);
  else if (id === EXPERIMENT_ACC_ECN_1) dissectAccEcn(d, end, 1);
  else if (id === EXPERIMENT_FAST_OPEN) {
    if (d.pos === end) {
      d.add(f.fastOpenRequest, d.pos, 0, null);
      info(d, "TFO=R");
    } else {
      d.bytes(f.fastOpenCookie, end - d.pos);
      info(d, "TFO=C");
    }
  } else if (id === EXPERIMENT_ACK_RATE && end > d.pos) {
    d.bits(f.ackRate, d.pos, 1);
    d.bits(f.ackRateReserved, d.pos, 1);
  } else {
    if (d.columns) info(d, `ExID=${id.toString(16)}`);
    if (end > d.pos) d.bytes(f.experimentalData, end - d.pos);
  }
}

const PROBE_TYPES: Readonly<Record<number, string>> = {
  0: "Probe Query",
  1: "Probe Response",
  2: "Internal Probe",
  3: "Probe Trace",
  4: "Probe Query SSH",
  5: "Probe Response SSH",
  6: "Probe Query Info",
  7: "Probe Response Info",
};

/** Riverbed's probes: the lowest bit of the first byte tells where the type stands. */
function dissectProbe(d: Dissection, end: number): void {
  const at = d.pos;
  if (d.peek8() & 0x01) {
    const type = d.bits(f.probeType1, at, 1);
    if (d.labels) d.appendParent(`: ${PROBE_TYPES[type] ?? `Unknown (${type})`}`);
    d.bits(f.probeVersion, at, 1);
    d.skip(1);
    if (type > 1 || d.pos + 5 > end) return;
    d.u8(f.probeReserved);
    const prober = d.ipv4(f.probeProber);
    if (type === 0) {
      if (d.labels) d.appendParent(`, CSH IP: ${formatIpv4(prober)}`);
      if (d.columns) d.prependInfo("S+, ");
      if (d.pos + 2 <= end) d.u16(f.probeAppVersion);
    } else if (d.pos + 6 <= end) {
      const proxy = d.ipv4(f.probeProxy);
      const port = d.u16(f.probeProxyPort);
      if (d.labels) d.appendParent(`, SSH IP: ${formatIpv4(proxy)}:${port}`);
      if (d.columns) d.prependInfo("SA+, ");
    }
    return;
  }
  const type = d.bits(f.probeType2, at, 1);
  if (d.labels) d.appendParent(`: ${PROBE_TYPES[type] ?? `Unknown (${type})`}`);
  d.bits(f.probeVersionRaw, at, 1);
  d.relabel(".... ...0 = Version: 2");
  d.hidden(f.probeVersion, at, 1, 2);
  d.skip(1);
  if (type === 6 && d.pos < end) d.bitset(f.probeFlags, 1, [f.probeNotCfe, f.probeLast]);
}
