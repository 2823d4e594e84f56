/** User Datagram Protocol, RFC 768; UDP-Lite, RFC 3828. */

import { ADDRESS_IPV6 } from "../dissect/address.ts";
import { CONVERSATION_UDP, type Conversation } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, relTime, u8, u16, u32 } from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { validated } from "../dissect/preferences.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ipProtocols, udpHeuristics, udpPorts } from "../dissect/tables.ts";
import { CHECKSUM_STATUS_NAMES, checksumStatusText, hex16, rightChecksum, transportSum } from "./checksum.ts";
import { data } from "./data.ts";

const BAD = 0;
const GOOD = 1;
const UNVERIFIED = 2;
const NOT_PRESENT = 3;
const ILLEGAL = 4;
const STATUS_TEXTS = ["", "correct", "unverified", "zero-value ignored", "zero-value illegal"];

const f = {
  srcPort: u16("udp.srcport", "Source Port", { base: "PT_UDP" }),
  dstPort: u16("udp.dstport", "Destination Port", { base: "PT_UDP" }),
  port: u16("udp.port", "Source or Destination Port", { base: "PT_UDP" }),
  length: u16("udp.length", "Length"),
  checksum: u16("udp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("udp.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    names: CHECKSUM_STATUS_NAMES,
    text: checksumStatusText,
  }),
  checksumCalculated: u16("udp.checksum_calculated", "Calculated Checksum", { base: "HEX" }),
  stream: u32("udp.stream", "Stream index"),
  timeRelative: relTime("udp.time_relative", "Time since first frame"),
  timeDelta: relTime("udp.time_delta", "Time since previous frame"),
  payload: bytes("udp.payload", "Payload"),
};

const x = {
  badLength: expert("udp.length.bad", "error", "Malformed", "Bad length value"),
  zeroChecksum: expert("udp.checksum.zero", "error", "Checksum", "Illegal checksum value (0)"),
  badChecksum: expert("udp.checksum.bad", "error", "Checksum", "Bad checksum"),
  traceroute: expert("udp.possible_traceroute", "chat", "Sequence", "Possible traceroute"),
  badLengthZero: expert("udp.length.bad_zero", "error", "Protocol", "Length is zero but payload < 65536"),
};

export const udp: Protocol = protocol({
  name: "udp",
  title: "User Datagram Protocol",
  short: "UDP",
  fields: f,
  experts: x,
  on: [[ipProtocols, 17]],
  dissect: (d) => dissect(d, udp, false),
});

const lite = {
  coverage: u16("udp.checksum_coverage", "Checksum coverage"),
};

const liteExperts = {
  badCoverage: expert(
    "udplite.checksum_coverage.bad",
    "error",
    "Malformed",
    "Bad checksum coverage length value",
  ),
};

export const udpLite: Protocol = protocol({
  name: "udplite",
  title: "Lightweight User Datagram Protocol",
  short: "UDP-Lite",
  fields: lite,
  experts: liteExperts,
  on: [[ipProtocols, 136]],
  dissect: (d) => dissect(d, udpLite, true),
});

const HEADER = 8;
/** IANA protocol number. */
const UDP_NUMBER = 17;
const KEY_TIME = 0;
const KEY_APP = 1;

/** What UDP remembers of a conversation. */
class UdpState {
  seen = false;
  firstSec = 0;
  firstNsec = 0;
  lastSec = 0;
  lastNsec = 0;
}
const makeState = (): UdpState => new UdpState();

/** The port before those of traceroute's first probe, of which there are three a hop. */
const TRACEROUTE_PORT = 33_434;

function dissect(d: Dissection, self: Protocol, isLite: boolean): void {
  const start = d.pos;
  const srcPort = d.u16(f.srcPort);
  const dstPort = d.u16(f.dstPort);
  if (dstPort > TRACEROUTE_PORT && dstPort <= TRACEROUTE_PORT + 30) {
    const probe = dstPort - TRACEROUTE_PORT - 1;
    const hop = Math.floor(probe / 3) + 1;
    d.expert(x.traceroute, `Possible traceroute: hop #${hop}, attempt #${(probe % 3) + 1}`);
  }
  d.hidden(f.port, start, 2, srcPort);
  d.hidden(f.port, start + 2, 2, dstPort);
  d.srcPort = srcPort;
  d.dstPort = dstPort;
  if (d.labels) d.relabelLayer(`${self.title}, Src Port: ${srcPort}, Dst Port: ${dstPort}`);
  if (d.columns) d.setInfo(`${srcPort} → ${dstPort}`);
  const wire = d.wireEnd - start;
  const declared = d.peek16();
  let length = declared;
  if (isLite) length = dissectCoverage(d, wire);
  else length = dissectLength(d, length, wire);
  if (length < 0) return;
  if (!d.quoted) d.limit(start + length - d.pos);
  if (d.columns) d.addInfo(` Len=${length - HEADER}${declared === 0 && !isLite ? " [Jumbogram]" : ""}`);
  dissectChecksum(d, isLite, start, length);
  const conversation = d.converse(CONVERSATION_UDP, srcPort, dstPort);
  d.generated(f.stream, start, 0, d.streamNumber);
  if (!d.quoted) keepTime(d, udp, conversation, start);
  if (d.pos >= d.end && length === HEADER) return;
  if (d.building && d.end > d.pos) {
    const n = d.remaining;
    d.add(f.payload, d.pos, n, d.buf.subarray(d.pos, d.end));
    if (d.labels) d.relabel(`UDP payload (${n} byte${n === 1 ? "" : "s"})`);
  }
  if (d.quoted && d.pos >= d.end) return;
  d.callAtTop(chooseApp(d, conversation, srcPort, dstPort));
}

/**
 * Pass one's short way through a datagram that is all there, `d.buf[d.pos .. d.end)`, and whose conversation is
 * known to the dissection: what `dissect` does when nothing is kept of fields or frames.
 */
export function indexDatagram(d: Dissection): void {
  d.pos += HEADER;
  if (d.pos < d.end) d.call(chooseApp(d, d.conversation, d.srcPort, d.dstPort));
}

/** The length field; returns the datagram's length with its header, or -1 when it cannot be. */
function dissectLength(d: Dissection, declared: number, wire: number): number {
  d.u16(f.length);
  // RFC 2675: a jumbogram's length is 0.
  if (declared === 0 && d.memory.addresses.kind(d.srcId) === ADDRESS_IPV6) {
    if (wire < 65536) d.expert(x.badLengthZero);
    return wire;
  }
  if (declared < HEADER) {
    if (d.columns) d.addInfo(` [BAD UDP LENGTH ${declared} < ${HEADER}]`);
    if (d.labels) d.append(` (bogus, must be >= ${HEADER})`);
    if (d.building) d.expert(x.badLength, `Bad length value ${declared} < ${HEADER}`);
    return -1;
  }
  if (declared > wire && !d.fragment && !d.quoted) {
    if (d.columns) d.addInfo(` [BAD UDP LENGTH ${declared} > IP PAYLOAD LENGTH]`);
    if (d.labels) d.append(` (bogus, payload length ${wire})`);
    if (d.building) d.expert(x.badLength, `Bad length value ${declared} > IP payload length`);
  }
  return declared;
}

/** UDP-Lite: how many bytes the checksum is over, 0 for all; the length is that of the packet. */
function dissectCoverage(d: Dissection, wire: number): number {
  const coverage = d.u16(lite.coverage);
  if ((coverage !== 0 && coverage < HEADER) || coverage > wire) {
    const bounds = `${coverage} < ${HEADER} or > ${wire}`;
    if (d.columns) d.addInfo(` [BAD LIGHTWEIGHT UDP CHECKSUM COVERAGE LENGTH ${bounds}]`);
    if (d.labels) d.append(` (bogus, must be >= ${HEADER} and <= ${wire})`);
    if (d.building) d.expert(liteExperts.badCoverage, `Bad checksum coverage length value ${bounds}`);
  }
  d.generated(f.length, d.pos - 2, 0, wire);
  return wire;
}

/** @param length of the datagram that begins at `start`, its header included */
function dissectChecksum(d: Dissection, isLite: boolean, start: number, length: number): void {
  const at = d.pos;
  const checksum = d.u16(f.checksum);
  if (!d.building && !d.columns) return;
  // RFC 8200 section 8.1: over IPv6 the checksum is a must; so it is for UDP-Lite.
  const isIllegal =
    checksum === 0 && !d.quoted && (isLite || d.memory.addresses.kind(d.srcId) === ADDRESS_IPV6);
  if (isIllegal && d.columns) d.addInfo(" [ILLEGAL CHECKSUM (0)]");
  let status = checksum === 0 ? (isIllegal ? ILLEGAL : NOT_PRESENT) : UNVERIFIED;
  let sum = 0;
  if (status === UNVERIFIED && validated.udp && !isLite && !d.fragment && start + length <= d.end) {
    sum = transportSum(d, UDP_NUMBER, start, length);
    status = sum === 0xffff ? GOOD : BAD;
    if (status === BAD && d.columns) d.addInfo(" [UDP CHECKSUM INCORRECT]");
  }
  if (!d.building) return;
  const right = status <= GOOD ? rightChecksum(sum, checksum) : 0;
  if (d.labels) {
    const verdict =
      status === BAD
        ? `incorrect, should be ${hex16(right)} (maybe caused by "UDP checksum offload"?)`
        : `[${STATUS_TEXTS[status]}]`;
    d.relabel(`Checksum: ${hex16(checksum)} ${verdict}`);
  }
  if (status === ILLEGAL) d.expert(x.zeroChecksum);
  if (status <= GOOD) {
    if (status === BAD) d.expert(x.badChecksum, `Bad checksum [should be ${hex16(right)}]`);
    d.openLast();
    d.generated(f.checksumCalculated, at, 2, right);
    d.close();
  }
  const without = status === ILLEGAL || status === NOT_PRESENT;
  if (without) d.openLast();
  d.generated(f.checksumStatus, at, 0, status);
  if (without) d.close();
}

/** Since the conversation's first datagram and since the one before. */
function keepTime(d: Dissection, self: Protocol, conversation: Conversation, start: number): void {
  if (!d.building && !d.keep && d.first) return;
  const state = conversation.state(self, makeState);
  if (d.first && !state.seen) {
    state.seen = true;
    state.firstSec = d.sec;
    state.firstNsec = d.nsec;
    state.lastSec = d.sec;
    state.lastNsec = d.nsec;
  }
  if (d.building) {
    const known = d.first ? null : (d.memory.conversations.times?.(d.refCount - 1) ?? null);
    const sinceFirst = known
      ? nanoseconds(d, known.firstSec, known.firstNsec)
      : nanoseconds(d, state.firstSec, state.firstNsec);
    let sinceLast: bigint;
    if (known) sinceLast = nanoseconds(d, known.lastSec, known.lastNsec);
    else sinceLast = d.first ? nanoseconds(d, state.lastSec, state.lastNsec) : recallTime(d, self);
    d.openText(start, 0, "Timestamps", GENERATED);
    d.generated(f.timeRelative, start, 0, sinceFirst);
    d.generated(f.timeDelta, start, 0, sinceLast);
    d.close();
  }
  if (!d.first) return;
  if (d.keep) d.remember(self, KEY_TIME, nanoseconds(d, state.lastSec, state.lastNsec));
  state.lastSec = d.sec;
  state.lastNsec = d.nsec;
}

function recallTime(d: Dissection, self: Protocol): bigint {
  return d.recall<bigint>(self, KEY_TIME) ?? 0n;
}

function nanoseconds(d: Dissection, sec: number, nsec: number): bigint {
  return BigInt(d.sec - sec) * 1_000_000_000n + BigInt(d.nsec - nsec);
}

/**
 * The protocol above: what the user says of its ports; what the conversation is known, or was announced, to carry; the
 * lower port, the higher port; what recognises its bytes; data.
 */
function chooseApp(
  d: Dissection,
  conversation: Conversation | null,
  srcPort: number,
  dstPort: number,
): Protocol {
  const byUser = chosenPort(srcPort, dstPort);
  if (byUser !== undefined && byUser.refuses?.(d) !== true) return byUser;
  // What was chosen when the frame was met first stays: later frames may have taught the conversation otherwise.
  if (!d.first) {
    const chosen = d.recall<Protocol>(udp, KEY_APP);
    if (chosen !== undefined) return chosen;
  } else if (conversation !== null && conversation.app !== null && conversation.app.refuses?.(d) !== true) {
    return remembered(d, conversation.app);
  }
  const expected = d.expected;
  if (expected !== null) return expected;
  const low = Math.min(srcPort, dstPort);
  const high = Math.max(srcPort, dstPort);
  const byPort = (low !== 0 ? udpPorts.get(low) : undefined) ?? (high !== 0 ? udpPorts.get(high) : undefined);
  if (byPort !== undefined && byPort.refuses?.(d) !== true) return byPort;
  const guessed = udpHeuristics.find(d);
  if (guessed === undefined) return data;
  if (!d.first) return guessed;
  if (conversation !== null && !d.quoted && !guessed.packetwise) conversation.app = guessed;
  return remembered(d, guessed);
}

/** What the user says of the lower port, or of the higher one. */
function chosenPort(srcPort: number, dstPort: number): Protocol | undefined {
  return udpPorts.chosen(Math.min(srcPort, dstPort)) ?? udpPorts.chosen(Math.max(srcPort, dstPort));
}

function remembered(d: Dissection, app: Protocol): Protocol {
  if (d.keep) d.remember(udp, KEY_APP, app);
  return app;
}
