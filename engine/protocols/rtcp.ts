/** RTP Control Protocol, RFC 3550, with feedback messages (RFC 4585, RFC 5104) and extended reports' block headers (RFC 3611). */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  expert,
  type Field,
  frameNum,
  i24,
  str,
  u8,
  u16,
  u24,
  u32,
} from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { udpHeuristics } from "../dissect/tables.ts";
import { escapeText } from "../dissect/text.ts";
import { data } from "./data.ts";
import {
  EXTENSIONS,
  PACKET_TYPES,
  PAYLOAD_FEEDBACK,
  REPORT_BLOCKS,
  SDES_TYPES,
  TRANSPORT_FEEDBACK,
  VERSIONS,
} from "./names/rtp.ts";

const f = {
  version: u8("rtcp.version", "Version", { mask: 0xc0, names: VERSIONS }),
  padding: bool("rtcp.padding", "Padding", { mask: 0x20, bits: 8 }),
  reportCount: u8("rtcp.rc", "Reception report count", { mask: 0x1f }),
  sourceCount: u8("rtcp.sc", "Source count", { mask: 0x1f }),
  transportFormat: u8("rtcp.rtpfb.fmt", "RTCP Feedback message type (FMT)", {
    mask: 0x1f,
    names: TRANSPORT_FEEDBACK,
  }),
  payloadFormat: u8("rtcp.psfb.fmt", "RTCP Feedback message type (FMT)", {
    mask: 0x1f,
    names: PAYLOAD_FEEDBACK,
  }),
  subtype: u8("rtcp.app.subtype", "Subtype", { mask: 0x1f }),
  type: u8("rtcp.pt", "Packet type", { names: PACKET_TYPES }),
  length: u16("rtcp.length", "Length"),
  sender: u32("rtcp.senderssrc", "Sender SSRC", { base: "HEX_DEC" }),
  mediaSource: u32("rtcp.mediassrc", "Media source SSRC", { base: "HEX_DEC" }),
  ntpHigh: u32("rtcp.timestamp.ntp.msw", "Timestamp, MSW", { base: "DEC_HEX" }),
  ntpLow: u32("rtcp.timestamp.ntp.lsw", "Timestamp, LSW", { base: "DEC_HEX" }),
  ntp: absTime("rtcp.timestamp.ntp", "MSW and LSW as NTP timestamp", { base: "UTC" }),
  rtpTime: u32("rtcp.timestamp.rtp", "RTP timestamp"),
  packetCount: u32("rtcp.sender.packetcount", "Sender's packet count"),
  octetCount: u32("rtcp.sender.octetcount", "Sender's octet count"),
  identifier: u32("rtcp.ssrc.identifier", "Identifier", { base: "HEX_DEC" }),
  fraction: u8("rtcp.ssrc.fraction", "Fraction lost"),
  lost: i24("rtcp.ssrc.cum_nr", "Cumulative number of packets lost"),
  highest: u32("rtcp.ssrc.ext_high", "Extended highest sequence number received"),
  highestNumber: u16("rtcp.ssrc.high_seq", "Highest sequence number received"),
  cycles: u16("rtcp.ssrc.high_cycles", "Sequence number cycles count"),
  jitter: u32("rtcp.ssrc.jitter", "Interarrival jitter"),
  lastReport: u32("rtcp.ssrc.lsr", "Last SR timestamp", { base: "DEC_HEX" }),
  delay: u32("rtcp.ssrc.dlsr", "Delay since last SR timestamp"),
  extensionType: u16("rtcp.profile-specific-extension.type", "Extension Type", { names: EXTENSIONS }),
  extensionLength: u16("rtcp.profile-specific-extension.length", "Extension Length"),
  extension: bytes("rtcp.profile-specific-extension", "Profile-specific extension"),
  itemType: u8("rtcp.sdes.type", "Type", { names: SDES_TYPES }),
  itemLength: u32("rtcp.sdes.length", "Length"),
  itemText: str("rtcp.sdes.text", "Text"),
  prefixLength: u8("rtcp.sdes.prefix.length", "Prefix length"),
  prefix: str("rtcp.sdes.prefix.string", "Prefix string"),
  appName: str("rtcp.app.name", "Name (ASCII)"),
  appData: bytes("rtcp.app.data", "Application specific data"),
  nackFirst: u16("rtcp.nack.fsn", "First sequence number"),
  nackMap: u16("rtcp.nack.blp", "Bitmask of following lost packets"),
  paddingData: bytes("rtcp.padding.data", "Padding data"),
  paddingCount: u8("rtcp.padding.count", "Padding count"),
  setup: str("rtcp.setup", "Stream setup"),
  setupFrame: frameNum("rtcp.setup-frame", "Setup frame"),
  setupMethod: str("rtcp.setup-method", "Setup Method"),
  lengthCheck: bool("rtcp.length_check", "RTCP frame length check"),
  control: bytes("rtcp.fci", "Feedback Control Information (FCI)"),
  nackId: u16("rtcp.rtpfb.nack_pid", "RTCP Transport Feedback NACK PID"),
  nackBits: u16("rtcp.rtpfb.nack_blp", "RTCP Transport Feedback NACK BLP", { base: "HEX" }),
  firSource: u32("rtcp.psfb.fir.fci.ssrc", "SSRC", { base: "HEX_DEC" }),
  firNumber: u8("rtcp.psfb.fir.fci.csn", "Command Sequence Number"),
  firReserved: u24("rtcp.psfb.fir.fci.reserved", "Reserved"),
  sliFirst: u32("rtcp.psfb.fir.sli.first", "First MB", { mask: 0xfff80000 }),
  sliNumber: u32("rtcp.psfb.fir.sli.number", "Number of MBs", { mask: 0x0007ffc0 }),
  sliPicture: u32("rtcp.psfb.fir.sli.picture_id", "Picture ID", { mask: 0x3f }),
  rembName: str("rtcp.psfb.remb.identifier", "Unique Identifier"),
  rembCount: u8("rtcp.psfb.remb.fci.number_ssrcs", "Number of Ssrcs"),
  rembExponent: u8("rtcp.psfb.remb.fci.br_exp", "BR Exp", { mask: 0xfc }),
  rembMantissa: u32("rtcp.psfb.remb.fci.br_mantissa", "Br Mantissa", { mask: 0x3ffff }),
  rembRate: str("rtcp.psfb.remb.fci.bitrate", "Maximum bit rate"),
  rembSource: u32("rtcp.psfb.remb.fci.ssrc", "SSRC", { base: "HEX_DEC" }),
  rateSource: u32("rtcp.rtpfb.tmmbr.fci.ssrc", "SSRC", { base: "HEX_DEC" }),
  rateExponent: u8("rtcp.rtpfb.tmmbr.fci.exp", "MxTBR Exp", { mask: 0xfc }),
  rateMantissa: u24("rtcp.rtpfb.tmmbr.fci.mantissa", "MxTBR Mantissa", { mask: 0x3fffe }),
  rate: str("rtcp.rtpfb.tmmbr.fci.bitrate", "Maximum total media bit rate"),
  rateOverhead: u16("rtcp.rtpfb.tmmbr.fci.measuredoverhead", "Measured Overhead", { mask: 0x1ff }),
  blockType: u8("rtcp.xr.bt", "Type", { names: REPORT_BLOCKS }),
  blockSpecific: u8("rtcp.xr.bs", "Type Specific"),
  blockLength: u16("rtcp.xr.bl", "Length"),
};

const x = {
  length: expert("rtcp.length_check.bad", "warning", "Malformed", "Incorrect RTCP packet length information"),
  notFinal: expert(
    "rtcp.not_final_padding",
    "warning",
    "Protocol",
    "Padding flag set on not final packet (see RFC3550, section 6.4.1)",
  ),
};

export const rtcp: Protocol = protocol({
  name: "rtcp",
  title: "Real-time Transport Control Protocol",
  short: "RTCP",
  fields: f,
  experts: x,
  linked: [f.setup, f.setupFrame, f.setupMethod],
  heuristicOn: [udpHeuristics],
  test: looksLikeRtcp,
  dissect,
});

const SR = 200;
const RR = 201;
const SDES = 202;
const BYE = 203;
const APP = 204;
const RTPFB = 205;
const PSFB = 206;
const XR = 207;

/** Version 2, a type that may come first, and whole words. */
function looksLikeRtcp(d: Dissection): boolean {
  if (d.wireRemaining % 4 !== 0 || d.remaining < 4 || d.peek8() >> 6 !== 2) return false;
  const type = d.peek8(1);
  return type === SR || type === RR || type === BYE || type === APP || type === PSFB;
}

function dissect(d: Dissection): void {
  const start = d.pos;
  // RTCP may share its port with other protocols (RFC 7983), so that each datagram is looked at anew.
  if (d.first && d.conversation !== null && d.conversation.app === rtcp) d.conversation.app = null;
  const version = d.peek8() >> 6;
  if (version !== 2) {
    if (d.columns) d.setInfo(`Unknown RTCP version ${version}`);
    d.bits(f.version, start, 1);
    d.pos = start;
    d.layerEnd(d.end);
    d.call(data);
    return;
  }
  let total = 0;
  if (d.columns) d.setInfo("");
  while (d.pos < d.end) {
    const at = d.pos;
    if (!continues(d, at)) break;
    const size = 4 * (d.peek16(2) + 1);
    total += size;
    const isLast = !continues(d, at + size);
    d.sizedPdu(size, (one) => packet(one, isLast, start, total), at > start);
  }
  d.pos = d.end;
}

/** True when a packet of a known type begins at `at`. */
function continues(d: Dissection, at: number): boolean {
  return d.end - at >= 4 && d.buf[at] >> 6 === 2 && PACKET_TYPES[d.buf[at + 1]] !== undefined;
}

function packet(d: Dissection, isLast: boolean, start: number, total: number): void {
  const at = d.pos;
  const end = d.end;
  const type = d.peek8(1);
  const name = PACKET_TYPES[type] ?? "Unknown";
  if (d.labels) d.relabelLayer(`Real-time Transport Control Protocol (${name})`);
  if (d.columns) d.addInfo(`${name}   `);
  if (!d.building && !d.columns) {
    d.pos = end;
    return;
  }
  if (d.building) addSetup(d);
  d.bits(f.version, at, 1);
  const hasPadding = d.bits(f.padding, at, 1) === 1;
  if (hasPadding && !isLast) d.expert(x.notFinal);
  const count = d.peek8() & 0x1f;
  const counted = COUNTED[type];
  if (counted !== undefined) d.bits(counted, at, 1);
  d.skip(1);
  d.u8(f.type);
  const words = d.u16(f.length);
  if (d.labels) d.append(` (${4 * (words + 1)} bytes)`);
  const padding = hasPadding && isLast && d.end > d.pos && d.end === d.wireEnd ? d.buf[d.end - 1] : 0;
  if (padding > 0 && padding <= d.remaining) {
    d.end -= padding;
    d.wireEnd = d.end;
  }
  contents(d, type, count);
  if (padding > 0 && end - d.pos >= padding) {
    d.pos = d.end;
    d.end = end;
    d.wireEnd = end;
    if (padding > 1) d.bytes(f.paddingData, padding - 1);
    d.u8(f.paddingCount);
  }
  if (isLast) checkLength(d, start, total, d.pos - start);
  d.pos = end;
}

const COUNTED: Readonly<Record<number, Field>> = {
  192: f.reportCount,
  193: f.reportCount,
  [SR]: f.reportCount,
  [RR]: f.reportCount,
  [SDES]: f.sourceCount,
  [BYE]: f.sourceCount,
  [APP]: f.subtype,
  [RTPFB]: f.transportFormat,
  [PSFB]: f.payloadFormat,
  208: f.subtype,
};

function contents(d: Dissection, type: number, count: number): void {
  switch (type) {
    case SR:
      d.u32(f.sender);
      senderInfo(d);
      reports(d, count);
      extensions(d);
      break;
    case RR:
      d.u32(f.sender);
      reports(d, count);
      extensions(d);
      break;
    case SDES:
      for (let i = 1; i <= count && d.remaining > 0; i++) description(d, i);
      break;
    case BYE:
      for (let i = 0; i < count; i++) d.u32(f.identifier);
      if (d.remaining > 0) {
        const length = d.u8(f.itemLength);
        d.str(f.itemText, length);
        // Zeros fill the packet up.
        d.pos = d.end;
      }
      break;
    case APP:
      application(d, count);
      break;
    case RTPFB:
      d.u32(f.sender);
      d.u32(f.mediaSource);
      transportFeedback(d, count);
      break;
    case PSFB:
      d.u32(f.sender);
      d.u32(f.mediaSource);
      if (d.labels) d.append(" ");
      payloadFeedback(d, count);
      break;
    case XR:
      d.u32(f.sender);
      for (let i = 1; d.remaining >= 4; i++) reportBlock(d, i);
      break;
    case 192:
      d.u32(f.identifier);
      break;
    case 193:
      d.u32(f.identifier);
      d.u16(f.nackFirst);
      d.u16(f.nackMap);
      break;
    default:
      if (d.remaining >= 4) d.u32(f.identifier);
      d.pos = d.end;
  }
}

function addSetup(d: Dissection): void {
  const announcement = d.announcement;
  const facts = announcement?.app === rtcp ? announcement.facts : null;
  if (facts === null) return;
  d.open(f.setup, d.pos, 0, "", GENERATED);
  if (d.labels) d.relabelParent(`Stream setup by ${facts.method} (frame ${facts.frame})`);
  d.generated(f.setupFrame, d.pos, 0, Number(facts.frame));
  d.generated(f.setupMethod, d.pos, 0, String(facts.method));
  d.close();
}

function checkLength(d: Dissection, start: number, total: number, there: number): void {
  const isRight = total === there;
  d.generated(f.lengthCheck, start, 0, isRight ? 1 : 0);
  if (isRight) {
    if (d.labels) d.relabel(`RTCP frame length check: OK - ${total} bytes`);
    return;
  }
  const wrong = `(expected ${total} bytes, found ${there})`;
  if (d.labels) d.relabel(`RTCP frame length check: Wrong ${wrong}`);
  if (d.building) d.expert(x.length, `Incorrect RTCP packet length information ${wrong}`);
}

/** Seconds from 1900 to 1970. */
const NTP_EPOCH = 2_208_988_800;

function senderInfo(d: Dissection): void {
  const at = d.pos;
  const high = d.u32(f.ntpHigh);
  const low = d.u32(f.ntpLow);
  // RFC 5905: times with the highest bit clear are after 2036.
  const seconds = BigInt(high) + (high < 0x8000_0000 ? 1n << 32n : 0n) - BigInt(NTP_EPOCH);
  d.generated(f.ntp, at, 8, seconds * 1_000_000_000n + (BigInt(low) * 1_000_000_000n) / 0x1_0000_0000n);
  d.u32(f.rtpTime);
  d.u32(f.packetCount);
  d.u32(f.octetCount);
}

function reports(d: Dissection, count: number): void {
  for (let i = 1; i <= count; i++) {
    const at = d.pos;
    if (d.labels) d.openText(at, 24, `Source ${i}`);
    d.u32(f.identifier);
    if (d.labels) d.openText(d.pos, 20, "SSRC contents");
    const fraction = d.u8(f.fraction);
    if (d.labels) d.relabel(`Fraction lost: ${fraction} / 256`);
    d.int(f.lost, 3);
    if (d.labels) d.close();
    d.open(f.highest, d.pos, 4, d.peek32());
    d.u16(f.cycles);
    d.u16(f.highestNumber);
    d.close();
    d.u32(f.jitter);
    d.u32(f.lastReport);
    const delay = d.u32(f.delay);
    if (d.labels) {
      d.append(` (${Math.trunc((delay * 1000) / 65536)} milliseconds)`);
      d.close();
    }
  }
}

/** Profile-specific extensions, RFC 3550 section 6.4.3, in the form of [MS-RTP] section 2.2.11. */
function extensions(d: Dissection): void {
  while (d.remaining >= 4) {
    const at = d.pos;
    const name = EXTENSIONS[d.peek16()] ?? "Unknown";
    const size = d.peek16(2);
    if (d.labels) d.openText(at, size, `Payload Specific Extension (${name})`);
    d.u16(f.extensionType);
    d.u16(f.extensionLength);
    if (size > 4) d.bytes(f.extension, size - 4);
    if (d.labels) d.close();
  }
}

const SDES_END = 0;
const SDES_PRIVATE = 8;

function description(d: Dissection, number: number): void {
  const at = d.pos;
  const source = d.peek32();
  if (d.labels)
    d.openText(at, d.remaining, `Chunk ${number}, SSRC/CSRC 0x${source.toString(16).toUpperCase()}`);
  d.u32(f.identifier);
  if (d.labels) d.openText(d.pos, d.remaining, "SDES items");
  for (;;) {
    const type = d.u8(f.itemType);
    if (type === SDES_END) break;
    const length = d.u8(f.itemLength);
    if (type === SDES_PRIVATE && length > 0) {
      const prefix = d.u8(f.prefixLength);
      if (prefix + 1 > length) {
        if (d.labels) d.append(` (bogus, must be <= ${length - 1})`);
        continue;
      }
      d.str(f.prefix, prefix);
      d.str(f.itemText, length - prefix - 1);
    } else if (length > 0) d.str(f.itemText, length);
  }
  // A chunk ends at a multiple of four bytes.
  d.pos = Math.min(d.end, at + 4 * Math.ceil((d.pos - at) / 4));
  if (d.labels) {
    d.close(d.pos);
    d.close(d.pos);
  }
}

function application(d: Dissection, subtype: number): void {
  d.u32(f.identifier);
  const name = d.str(f.appName, 4);
  if (d.columns) d.addInfo(`( ${escapeText(name)} ) subtype=${subtype}`);
  if (d.remaining > 0) d.bytes(f.appData, d.remaining);
}

const NACK = 1;
const TMMBR = 3;
const TMMBN = 4;

function transportFeedback(d: Dissection, format: number): void {
  if (format === NACK) {
    while (d.remaining >= 4) nack(d);
  } else if (format === TMMBR || format === TMMBN) {
    for (let i = 1; d.remaining >= 8; i++) {
      if (d.labels) d.openText(d.pos, 8, `${format === TMMBR ? "TMMBR" : "TMMBN"} ${i}`);
      d.u32(f.rateSource);
      const exponent = d.bits(f.rateExponent, d.pos, 1);
      const mantissa = d.bits(f.rateMantissa, d.pos, 3);
      const rate = `${mantissa}*2^${exponent}`;
      d.add(f.rate, d.pos, 3, rate);
      d.bits(f.rateOverhead, d.pos + 2, 2);
      d.skip(4);
      if (d.labels) {
        d.close();
        d.appendLayer(`: TMMBR: ${rate}`);
      }
    }
  } else if (d.remaining > 0) d.bytes(f.control, d.remaining);
}

function nack(d: Dissection): void {
  const first = d.u16(f.nackId);
  const bits = d.peek16();
  d.open(f.nackBits, d.pos, 2, bits);
  if (d.labels) {
    const also: number[] = [];
    for (let i = 0; i < 16; i++) if ((bits >> i) & 1) also.push((first + i + 1) & 0xffff);
    const text = also.length > 0 ? `Frames ${also.join(" ")} lost` : "No additional frames lost";
    d.relabelParent(`RTCP Transport Feedback NACK BLP: 0x${bits.toString(16).padStart(4, "0")} (${text})`);
    for (const number of also) d.text(d.pos, 2, `Frame ${number} also lost`);
    d.appendLayer(`: NACK: ${1 + also.length} frames lost`);
  }
  d.close();
  d.skip(2);
}

const PLI = 1;
const SLI = 2;
const RPSI = 3;
const FIR = 4;
const APPLICATION = 15;
const FEEDBACK_SHORT: Readonly<Record<number, string>> = {
  [PLI]: "PLI",
  [SLI]: "SLI",
  [RPSI]: "RPSI",
  [FIR]: "FIR",
  5: "TSTR",
  6: "TSTN",
  7: "VBCM",
  [APPLICATION]: "ALFB",
};
const REMB = 0x52454d42;

function payloadFeedback(d: Dissection, format: number): void {
  const short = FEEDBACK_SHORT[format];
  if (d.columns && short !== undefined) d.addInfo(`${short}  `);
  if (format === FIR) {
    for (let i = 1; d.remaining >= 8; i++) {
      if (d.labels) d.openText(d.pos, 8, `FIR ${i}`);
      d.u32(f.firSource);
      d.u8(f.firNumber);
      d.u24(f.firReserved);
      if (d.labels) d.close();
    }
  } else if (format === SLI) {
    for (let i = 1; d.remaining >= 4; i++) {
      if (d.labels) d.openText(d.pos, 4, `SLI ${i}`);
      d.bits(f.sliFirst, d.pos, 4);
      d.bits(f.sliNumber, d.pos, 4);
      d.bits(f.sliPicture, d.pos, 4);
      d.skip(4);
      if (d.labels) d.close();
    }
  } else if (format === APPLICATION && d.remaining >= 8 && d.peek32() === REMB) estimate(d);
  if (d.remaining > 0) d.bytes(f.control, d.remaining);
}

/** draft-alvestrand-rmcat-remb */
function estimate(d: Dissection): void {
  if (d.labels) d.openText(d.pos, d.remaining, "REMB 0");
  d.str(f.rembName, 4);
  const count = d.peek8();
  d.add(f.rembCount, d.pos, 1, count);
  if (d.labels) d.relabel(`${bits8(count)} = Number of Ssrcs: ${count}`);
  d.skip(1);
  const exponent = d.bits(f.rembExponent, d.pos, 1);
  const mantissa = d.peek24() & 0x3ffff;
  d.add(f.rembMantissa, d.pos, 3, mantissa);
  if (d.labels) d.relabel(`${mantissaBits(mantissa)} = Br Mantissa: ${mantissa}`);
  const rate = String(BigInt(mantissa) << BigInt(exponent));
  d.add(f.rembRate, d.pos, 3, rate);
  d.skip(3);
  if (d.labels) d.appendLayer(`: REMB: max bitrate=${rate}`);
  for (let i = 0; i < count && d.remaining >= 4; i++) d.u32(f.rembSource);
  if (d.labels) d.close();
}

const bits8 = (value: number): string =>
  value
    .toString(2)
    .padStart(8, "0")
    .replace(/(.{4})/, "$1 ");
const mantissaBits = (value: number): string =>
  `.... .... .... ..${value
    .toString(2)
    .padStart(18, "0")
    .replace(/^(..)(.{4})(.{4})(.{4})(.{4})$/, "$1 $2 $3 $4 $5")}`;

function reportBlock(d: Dissection, number: number): void {
  const at = d.pos;
  const size = 4 * (d.peek16(2) + 1);
  if (d.labels) d.openText(at, size, `Block ${number}`);
  d.u8(f.blockType);
  d.u8(f.blockSpecific);
  d.u16(f.blockLength);
  if (d.labels) {
    d.append(` (${size - 4} bytes)`);
    d.text(d.pos, size - 4, "Contents");
    d.close();
  }
  d.needAt(at, size);
  d.pos = at + size;
}
