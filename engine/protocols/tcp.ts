/** Transmission Control Protocol, RFC 9293. */
import { ADDRESS_IPV4 } from "../dissect/address.ts";
import { CONVERSATION_TCP, type Conversation } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  type Expert,
  expert,
  type Field,
  frameNum,
  i32,
  none,
  relTime,
  SET_NOTSET,
  str,
  u8,
  u16,
  u32,
} from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { validated } from "../dissect/preferences.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { ipProtocols, tcpHeuristics, tcpPorts } from "../dissect/tables.ts";
import { blankFacts, type TcpStreamFacts } from "../index/tcp-streams.ts";
import { CHECKSUM_STATUS_NAMES, checksumStatusText, hex16, rightChecksum, transportSum } from "./checksum.ts";
import { data } from "./data.ts";
import {
  ACK,
  analyze,
  completenessBit,
  FIN,
  Finding,
  type Flow,
  RST,
  reusesPorts,
  SCALE_NONE,
  SCALE_UNKNOWN,
  SEEN_SYN,
  type Segment,
  SYN,
  scaledWindow,
  settleScale,
  type TcpState,
  tcpState,
  timeHandshake,
  URG,
} from "./tcp-analysis.ts";
import {
  ACK_LOST_SEGMENT,
  ALL_FINDINGS,
  DUPLICATE_ACK,
  FAST_RETRANSMISSION,
  KEEP_ALIVE,
  KEEP_ALIVE_ACK,
  LOST_SEGMENT,
  OUT_OF_ORDER,
  PDU_SEGMENT,
  RETRANSMISSION,
  REUSED_PORTS,
  SPURIOUS_RETRANSMISSION,
  WINDOW_FULL,
  WINDOW_UPDATE,
  ZERO_WINDOW,
  ZERO_WINDOW_PROBE,
  ZERO_WINDOW_PROBE_ACK,
} from "./tcp-findings.ts";
import { addMultipath, earlierOperations, learnMptcp, mptcp, mptcpExperts } from "./tcp-mptcp.ts";
import {
  dissectOptions,
  type OptionContext,
  type OptionFacts,
  optionExperts,
  optionFields,
  scanOptions,
} from "./tcp-options.ts";
import { pieceOnly, StreamDelivery, type StreamSegment, streamFields } from "./tcp-stream.ts";

const COMPLETENESS: Readonly<Record<number, string>> = {
  1: "Incomplete, SYN_SENT",
  3: "Incomplete, CLIENT_ESTABLISHED",
  7: "Incomplete, ESTABLISHED",
  15: "Incomplete, DATA",
  23: "Complete, NO_DATA",
  31: "Complete, WITH_DATA",
  39: "Complete, NO_DATA",
  47: "Complete, WITH_DATA",
  55: "Complete, NO_DATA",
  63: "Complete, WITH_DATA",
};

const flag = (name: string, title: string, mask: number) =>
  bool(`tcp.flags.${name}`, title, { mask, bits: 12, tf: SET_NOTSET });

const f = {
  srcPort: u16("tcp.srcport", "Source Port", { base: "PT_TCP" }),
  dstPort: u16("tcp.dstport", "Destination Port", { base: "PT_TCP" }),
  port: u16("tcp.port", "Source or Destination Port", { base: "PT_TCP" }),
  stream: u32("tcp.stream", "Stream index"),
  completeness: u8("tcp.completeness", "Conversation completeness", {
    base: "CUSTOM",
    text: (value) => `${COMPLETENESS[value] ?? "Incomplete"} (${value})`,
  }),
  len: u32("tcp.len", "TCP Segment Len"),
  seq: u32("tcp.seq", "Sequence Number"),
  seqRaw: u32("tcp.seq_raw", "Sequence Number (raw)"),
  nextSeq: u32("tcp.nxtseq", "Next Sequence Number"),
  ack: u32("tcp.ack", "Acknowledgment Number"),
  ackRaw: u32("tcp.ack_raw", "Acknowledgment number (raw)"),
  headerLength: u8("tcp.hdr_len", "Header Length"),
  flags: u16("tcp.flags", "Flags", { base: "HEX", mask: 0x0fff }),
  reserved: flag("res", "Reserved", 0xe00),
  ae: flag("ae", "Accurate ECN", 0x100),
  cwr: flag("cwr", "Congestion Window Reduced", 0x080),
  ece: flag("ece", "ECN-Echo", 0x040),
  ace: u8("tcp.flags.ace", "ACE"),
  urg: flag("urg", "Urgent", 0x020),
  ackFlag: flag("ack", "Acknowledgment", 0x010),
  push: flag("push", "Push", 0x008),
  reset: flag("reset", "Reset", 0x004),
  syn: flag("syn", "Syn", 0x002),
  fin: flag("fin", "Fin", 0x001),
  flagsText: str("tcp.flags.str", "TCP Flags"),
  window: u16("tcp.window_size_value", "Window"),
  windowScaled: u32("tcp.window_size", "Calculated window size"),
  windowFactor: i32("tcp.window_size_scalefactor", "Window size scaling factor"),
  checksum: u16("tcp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("tcp.checksum.status", "Checksum Status", {
    base: "CUSTOM",
    names: CHECKSUM_STATUS_NAMES,
    text: checksumStatusText,
  }),
  checksumCalculated: u16("tcp.checksum_calculated", "Calculated Checksum", { base: "HEX" }),
  urgent: u16("tcp.urgent_pointer", "Urgent Pointer"),
  ...optionFields,
  timeRelative: relTime("tcp.time_relative", "Time since first frame in this TCP stream"),
  timeDelta: relTime("tcp.time_delta", "Time since previous frame in this TCP stream"),
  analysis: none("tcp.analysis", "SEQ/ACK analysis"),
  analysisFlags: none("tcp.analysis.flags", "TCP Analysis Flags"),
  duplicateNumber: u32("tcp.analysis.duplicate_ack_num", "Duplicate ACK #"),
  duplicateFrame: frameNum("tcp.analysis.duplicate_ack_frame", "Duplicate to the ACK in frame"),
  duplicateAck: none("tcp.analysis.duplicate_ack", "Duplicate ACK"),
  acksFrame: frameNum("tcp.analysis.acks_frame", "This is an ACK to the segment in frame"),
  ackRtt: relTime("tcp.analysis.ack_rtt", "The RTT to ACK the segment was"),
  initialRtt: relTime("tcp.analysis.initial_rtt", "iRTT"),
  bytesInFlight: u32("tcp.analysis.bytes_in_flight", "Bytes in flight"),
  pushBytes: u32("tcp.analysis.push_bytes_sent", "Bytes sent since last PSH flag"),
  rto: relTime("tcp.analysis.rto", "The RTO for this segment was"),
  rtoFrame: frameNum("tcp.analysis.rto_frame", "RTO based on delta from frame"),
  payload: bytes("tcp.payload", "TCP payload"),
  resetCause: str("tcp.reset_cause", "Reset cause"),
  ...streamFields,
};

const x = {
  ...optionExperts,
  ...mptcpExperts,
  retransmission: expert(
    "tcp.analysis.retransmission",
    "note",
    "Sequence",
    "This frame is a (suspected) retransmission",
  ),
  fastRetransmission: expert(
    "tcp.analysis.fast_retransmission",
    "note",
    "Sequence",
    "This frame is a (suspected) fast retransmission",
  ),
  spuriousRetransmission: expert(
    "tcp.analysis.spurious_retransmission",
    "note",
    "Sequence",
    "This frame is a (suspected) spurious retransmission",
  ),
  outOfOrder: expert(
    "tcp.analysis.out_of_order",
    "warning",
    "Sequence",
    "This frame is a (suspected) out-of-order segment",
  ),
  reusedPorts: expert(
    "tcp.analysis.reused_ports",
    "note",
    "Sequence",
    "A new tcp session is started with the same ports as an earlier session in this trace",
  ),
  lostSegment: expert(
    "tcp.analysis.lost_segment",
    "warning",
    "Sequence",
    "Previous segment(s) not captured (common at capture start)",
  ),
  ackLostSegment: expert(
    "tcp.analysis.ack_lost_segment",
    "warning",
    "Sequence",
    "ACKed segment that wasn't captured (common at capture start)",
  ),
  windowUpdate: expert("tcp.analysis.window_update", "chat", "Sequence", "TCP window update"),
  windowFull: expert(
    "tcp.analysis.window_full",
    "warning",
    "Sequence",
    "TCP window specified by the receiver is now completely full",
  ),
  keepAlive: expert("tcp.analysis.keep_alive", "note", "Sequence", "TCP keep-alive segment"),
  keepAliveAck: expert("tcp.analysis.keep_alive_ack", "note", "Sequence", "ACK to a TCP keep-alive segment"),
  fastOpenAccepted: expert("tcp.analysis.tfo_ack", "note", "Sequence", "TCP SYN-ACK accepting TFO data"),
  duplicateAckNote: expert("tcp.analysis.duplicate_ack", "note", "Sequence", "Duplicate ACK"),
  zeroWindowProbe: expert("tcp.analysis.zero_window_probe", "note", "Sequence", "TCP Zero Window Probe"),
  zeroWindow: expert("tcp.analysis.zero_window", "warning", "Sequence", "TCP Zero Window segment"),
  zeroWindowProbeAck: expert(
    "tcp.analysis.zero_window_probe_ack",
    "note",
    "Sequence",
    "ACK to a TCP Zero Window Probe",
  ),
  finActive: expert(
    "tcp.connection.fin_active",
    "note",
    "Sequence",
    "This frame initiates the connection closing",
  ),
  finPassive: expert(
    "tcp.connection.fin_passive",
    "note",
    "Sequence",
    "This frame undergoes the connection closing",
  ),
  shortSegment: expert("tcp.short_segment", "warning", "Malformed", "Short segment"),
  ackNonzero: expert(
    "tcp.ack.nonzero",
    "note",
    "Protocol",
    "The acknowledgment number field is nonzero while the ACK flag is not set",
  ),
  synAck: expert("tcp.connection.synack", "chat", "Sequence", "Connection establish acknowledge (SYN+ACK)"),
  syn: expert("tcp.connection.syn", "chat", "Sequence", "Connection establish request (SYN)"),
  fin: expert("tcp.connection.fin", "chat", "Sequence", "Connection finish (FIN)"),
  rst: expert("tcp.connection.rst", "warning", "Sequence", "Connection reset (RST)"),
  badChecksum: expert("tcp.checksum_bad.expert", "error", "Checksum", "Bad checksum"),
  checksumOnes: expert(
    "tcp.checksum.ffff",
    "warning",
    "Checksum",
    "TCP Checksum 0xffff instead of 0x0000 (see RFC 1624)",
  ),
  urgentNonzero: expert(
    "tcp.urgent_pointer.non_zero",
    "note",
    "Protocol",
    "The urgent pointer field is nonzero while the URG flag is not set",
  ),
  bogusHeaderLength: expert("tcp.bogus_header_length", "error", "Protocol", "Bogus TCP Header length"),
};

export const tcp: Protocol = protocol({
  name: "tcp",
  title: "Transmission Control Protocol",
  short: "TCP",
  fields: f,
  experts: x,
  on: [[ipProtocols, 6]],
  dissect,
});

const HEADER = 20;
/** IANA protocol number. */
const TCP_NUMBER = 6;
const ONES = 0xffff;
/** What `sumOf` answers when the checksum is not validated. */
const UNVERIFIED = -1;
/** Segments of a stream between two occasions to save its state. */
const MILESTONE = 256;
/** Segments that come again are not dissected a second time: their protocol would see its bytes twice. */
const NOT_DISSECTED = RETRANSMISSION | OUT_OF_ORDER | SPURIOUS_RETRANSMISSION;
const KEY_FINDING = 0;
/** `Finding.cut` of a segment with an option that is shorter than it says. */
const BROKEN = -1;
/** The same of one whose header is longer than the segment. */
const TOO_LONG = -2;
const NOTHING_FOUND = new Finding();

// The frame at work: filled in anew by each call, so that pass one allocates nothing.
const segment: Segment = {
  frame: 0,
  sec: 0,
  nsec: 0,
  seq: 0,
  ack: 0,
  flags: 0,
  window: 0,
  length: 0,
  operationNews: false,
};
const streamSegment: StreamSegment = { seq: 0, next: 0, fin: false };
const optionContext: OptionContext = { flags: 0, sackBase: 0, ack: 0 };
const optionFacts: OptionFacts = { scale: -1, mptcp: 0, broken: false };
const working = new Finding();
const delivery = new StreamDelivery(() => tcp, chooseApp);

function dissect(d: Dissection): void {
  const start = d.pos;
  const srcPort = d.u16(f.srcPort);
  const dstPort = d.u16(f.dstPort);
  d.hidden(f.port, start, 2, srcPort);
  d.hidden(f.port, start + 2, 2, dstPort);
  if (d.labels) {
    d.relabelLayer(`Transmission Control Protocol, Src Port: ${srcPort}, Dst Port: ${dstPort}`);
  }
  if (d.columns) d.setInfo(`${srcPort} → ${dstPort}`);
  if (d.quoted && d.remaining < HEADER - 4) {
    // An ICMP error quotes 8 bytes at least: ports and sequence number.
    if (d.remaining >= 4) d.u32(f.seq);
    return;
  }
  d.srcPort = srcPort;
  d.dstPort = dstPort;
  const s = segment;
  s.frame = d.frame;
  s.sec = d.sec;
  s.nsec = d.nsec;
  s.seq = d.peek32();
  s.ack = d.peek32(4);
  s.flags = d.peek16(8) & 0x0fff;
  const headerLength = (d.peek8(8) >> 4) * 4;
  s.window = d.peek16(10);
  const wireLength = d.wireEnd - start;
  checkedSum = sumOf(d, start, wireLength);
  d.converse(CONVERSATION_TCP, srcPort, dstPort);
  const state = enter(d, s, srcPort, dstPort);
  if (headerLength < HEADER || headerLength > wireLength) {
    dissectBogusHeader(d, d.quoted ? null : state, start, headerLength);
    return;
  }
  s.length = wireLength - headerLength;
  let finding = NOTHING_FOUND;
  if (d.quoted) learnTime(d, state);
  else {
    finding = learn(d, state, s, start + HEADER, start + headerLength);
    d.analysis = finding.flags;
    d.tcpFlags = s.flags;
  }
  if (finding.cut !== 0) {
    endInHeader(d, state, finding.cut, start, headerLength);
    return;
  }
  if (d.building || d.columns) addHeader(d, state, start, headerLength);
  d.pos = Math.min(start + headerLength, d.end);
  if (d.building) {
    addTimestamps(d, state, start);
    if (finding.present) addAnalysis(d, state, finding, start);
    if (finding.multipath) addMultipath(d, start);
  }
  if (d.columns && finding.flags !== 0) addPrefixes(d, finding);
  handOver(d, state, finding, start + headerLength);
}

/**
 * Shows what there is of a segment's header and ends the layer.
 * @param state null when the stream does not learn from the segment
 * @param cut why the header has no end: bytes from the segment's start that its options want, BROKEN or TOO_LONG
 */
function endInHeader(
  d: Dissection,
  state: TcpState | null,
  cut: number,
  start: number,
  headerLength: number,
): void {
  const { parent, pos } = d;
  try {
    if (cut !== BROKEN || d.building || d.columns) addHeader(d, state, start, headerLength);
    if (cut === BROKEN) d.protocol = mptcp;
    if (cut < 0) d.malformed();
    d.pos = start;
    d.need(cut);
  } finally {
    d.resume(parent);
    d.pos = pos;
    if (state !== null) {
      if (d.building) addTimestamps(d, state, start);
      settle(d, state);
    }
  }
}

/** The payload at the cursor goes to the protocol above; then the stream is done with the segment. */
function handOver(d: Dissection, state: TcpState | null, finding: Finding, payloadAt: number): void {
  const s = segment;
  // What the payload holds may be packets of other streams.
  const bit = state === null ? 0 : completing(state, s);
  const { conversation } = d;
  if (state !== null && s.flags & SYN && (s.flags & ACK) === 0) state.serverPort = d.dstPort;
  deliver(d, d.quoted ? null : state, finding, payloadAt);
  if (state !== null && d.first) {
    state.completeness |= bit;
    state.lastSec = d.sec;
    state.lastNsec = d.nsec;
    if (++state.segments % MILESTONE === 0) d.memory.onMilestone?.(conversation!, state.segments);
  }
}

/** Of a stream's first segment only a SYN counts, as in Wireshark. */
const completing = (state: TcpState, s: Segment): number =>
  state.segments === 0 && (s.flags & (SYN | ACK)) !== SYN ? 0 : completenessBit(s);

/** The stream is done with a segment whose payload is not looked at. */
function settle(d: Dissection, state: TcpState): void {
  if (segment.flags & SYN && (segment.flags & ACK) === 0) state.serverPort = d.dstPort;
  if (!d.first) return;
  state.completeness |= completing(state, segment);
  state.lastSec = d.sec;
  state.lastNsec = d.nsec;
  if (++state.segments % MILESTONE === 0) d.memory.onMilestone?.(d.conversation!, state.segments);
}

/**
 * Pass one's short way through a segment that is all there, `d.buf[d.pos .. d.end)`, and whose conversation is
 * known to the dissection: what `dissect` does when nothing is kept of fields.
 * @param headerLength what the header says, at least 20 and at most the segment's length
 */
export function indexSegment(d: Dissection, headerLength: number): void {
  const { buf, pos } = d;
  const s = segment;
  s.frame = d.frame;
  s.sec = d.sec;
  s.nsec = d.nsec;
  s.seq = ((buf[pos + 4] << 24) | (buf[pos + 5] << 16) | (buf[pos + 6] << 8) | buf[pos + 7]) >>> 0;
  s.ack = ((buf[pos + 8] << 24) | (buf[pos + 9] << 16) | (buf[pos + 10] << 8) | buf[pos + 11]) >>> 0;
  s.flags = ((buf[pos + 12] << 8) | buf[pos + 13]) & 0x0fff;
  s.window = (buf[pos + 14] << 8) | buf[pos + 15];
  s.length = d.end - pos - headerLength;
  checkedSum = sumOf(d, pos, d.end - pos);
  const state = enter(d, s, d.srcPort, d.dstPort);
  const finding = learn(d, state, s, pos + HEADER, pos + headerLength);
  d.analysis = finding.flags;
  d.tcpFlags = s.flags;
  d.pos = pos + headerLength;
  if (finding.cut !== 0) {
    settle(d, state);
    d.worst = "error";
    return;
  }
  handOver(d, state, finding, d.pos);
}

/** The sum over the segment at work that holds its checksum. */
let checkedSum = UNVERIFIED;

/** The sum over a segment that is all there and its pseudo header; `UNVERIFIED` when nobody wants to know. */
function sumOf(d: Dissection, start: number, length: number): number {
  if (!validated.tcp || d.fragment || d.end < d.wireEnd) return UNVERIFIED;
  return transportSum(d, TCP_NUMBER, start, length);
}

const isBad = (sum: number): boolean => sum !== UNVERIFIED && sum !== ONES;
/** TCP, unlike UDP, has no use for the other zero of ones' complement (RFC 1624 section 3). */
const isOtherZero = (sum: number, checksum: number): boolean => sum === ONES && checksum === ONES;

/** The segment's stream, a new one in place of the present conversation when its ports are used again. */
function enter(d: Dissection, s: Segment, srcPort: number, dstPort: number): TcpState {
  let conversation: Conversation = d.conversation!;
  let state = tcpState(tcp, conversation);
  if (d.first && !d.quoted && reusesPorts(state.flows[d.direction], s)) {
    conversation = d.renewConversation(srcPort, dstPort);
    state = tcpState(tcp, conversation);
    state.completeness = SEEN_SYN;
  }
  if (!state.seen) {
    state.seen = true;
    state.firstSec = d.sec;
    state.firstNsec = d.nsec;
    state.lastSec = d.sec;
    state.lastNsec = d.nsec;
  }
  return state;
}

/**
 * Only the time counts of a quoted segment, which was there before or will not come, and of one that is shorter than
 * its header.
 */
function learnTime(d: Dissection, state: TcpState): void {
  if (!d.first) return;
  working.clear();
  working.sinceLast = sinceLast(d, state);
  if (d.keep) d.remember(tcp, KEY_FINDING, working.copy());
}

const sinceLast = (d: Dissection, state: TcpState): number =>
  (d.sec - state.lastSec) * 1_000_000_000 + (d.nsec - state.lastNsec);

/**
 * Takes the segment into its stream's state, or recalls what was found when that was done.
 * @param optionsAt first byte of the options, which end at `optionsEnd`
 */
function learn(d: Dissection, state: TcpState, s: Segment, optionsAt: number, optionsEnd: number): Finding {
  if (!d.first) return d.recall<Finding>(tcp, KEY_FINDING) ?? NOTHING_FOUND;
  const found = working;
  found.clear();
  const direction = d.direction;
  const fwd = state.flows[direction];
  const rev = state.flows[1 - direction];
  found.sinceLast = sinceLast(d, state);
  if (d.conversation?.renewed && d.conversation.firstFrame === d.frame) {
    found.flags = REUSED_PORTS;
    found.present = true;
  }
  const { streamNotes } = d.memory;
  const news = streamNotes !== null && ((s.flags & SYN) !== 0 || !fwd.hasBase || !rev.hasBase);
  if (news) rememberFacts(fwd, rev);
  s.operationNews = false;
  if (state.multipath) {
    const operations = earlierOperations(d);
    s.operationNews = operations !== fwd.operations;
    fwd.operations = operations;
  }
  analyze(state, direction, s, found);
  fwd.sackCount = 0;
  fwd.sackBytes = 0;
  if (optionsEnd > optionsAt) {
    scanOptions(d.buf, optionsAt, Math.min(optionsEnd, d.end), fwd, optionFacts);
    if (optionFacts.broken) found.cut = BROKEN;
    else if (optionsEnd > d.end) found.cut = optionsEnd - optionsAt + HEADER;
    if (optionFacts.mptcp !== 0) {
      state.multipath = true;
      found.multipath = true;
      if (d.memory.indexing) learnMptcp(d, optionsAt, Math.min(optionsEnd, d.end));
    }
    // Of a header that the packet ends in, `endInHeader` dissects what there is.
    if (!d.building && !d.columns && found.cut <= 0) {
      for (let i = 0; i < optionFacts.mptcp; i++) d.include(mptcp);
    }
  }
  if (found.cut !== 0) {
    if (s.flags & SYN && optionFacts.scale >= 0) fwd.scale = Math.min(optionFacts.scale, 14);
  } else if (s.flags & SYN) {
    settleScale(fwd, rev, (s.flags & ACK) !== 0, optionsEnd > optionsAt ? optionFacts.scale : -1);
    learnAccurateEcn(state, s.flags);
  }
  if (news) noteFacts(d, state, fwd, rev);
  if ((s.flags & SYN) === 0) fwd.scaled = true;
  if (s.flags & FIN && state.closedBy === -1) state.closedBy = direction;
  timeHandshake(state, fwd, rev, s);
  if (d.keep) d.remember(tcp, KEY_FINDING, found.copy());
  return found;
}

// What a segment's header is read with, before the present segment.
let baseBefore = -1;
let reverseBaseBefore = -1;
let scaleBefore = 0;
let reverseScaleBefore = 0;
const facts = blankFacts();

/** The sequence number shown as 0; -1 while not known. */
const knownBase = (flow: Flow): number => (flow.hasBase ? flow.base >>> 0 : -1);

function rememberFacts(fwd: Flow, rev: Flow): void {
  baseBefore = knownBase(fwd);
  reverseBaseBefore = knownBase(rev);
  scaleBefore = fwd.scale;
  reverseScaleBefore = rev.scale;
}

/** Tells the index what the stream's headers are to be read with, when the segment changed it. */
function noteFacts(d: Dissection, state: TcpState, fwd: Flow, rev: Flow): void {
  const base = knownBase(fwd) !== baseBefore;
  const reverseBase = knownBase(rev) !== reverseBaseBefore;
  const scale = fwd.scale !== scaleBefore;
  const reverseScale = rev.scale !== reverseScaleBefore;
  if (!base && !reverseBase && !scale && !reverseScale && state.accurateEcn !== 2) return;
  if (
    (base && baseBefore >= 0) ||
    (reverseBase && reverseBaseBefore >= 0) ||
    (scale && fwd.scaled) ||
    (reverseScale && rev.scaled)
  ) {
    state.settled = false;
  }
  // How its flags read depends on the handshake.
  if (state.accurateEcn === 2) state.settled = false;
  const conversation = d.conversation!;
  const [a, b] = state.flows;
  facts.addressA = conversation.addressA;
  facts.portA = conversation.portA;
  facts.baseA = knownBase(a);
  facts.baseB = knownBase(b);
  facts.scaleA = a.scale;
  facts.scaleB = b.scale;
  facts.settled = state.settled;
  d.memory.streamNotes!.add(conversation.number, facts);
}

/** Accurate ECN is spoken once SYN and SYN-ACK offered it (draft-ietf-tcpm-accurate-ecn section 3.1). */
function learnAccurateEcn(state: TcpState, flags: number): void {
  const bits = flags & 0x1c0;
  if ((flags & ACK) === 0) state.accurateEcn = bits === 0x1c0 ? 1 : 0;
  else if (
    state.accurateEcn === 1 &&
    (bits === 0x080 || bits === 0x0c0 || bits === 0x100 || bits === 0x180)
  ) {
    state.accurateEcn = 2;
  }
}

const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];
const ECN_FLAGS = 0x1c0;

/** `SYN, ACK` */
function flagNames(flags: number, ace: boolean): string {
  const names: string[] = [];
  for (let i = 0; i < FLAG_NAMES.length; i++) {
    if (flags & (1 << i) && !(ace && (1 << i) & ECN_FLAGS)) names.push(FLAG_NAMES[i]);
  }
  if (ace) names.push(`ACE=${(flags & ECN_FLAGS) >> 6}`);
  if (flags & 0xe00) names.push("Reserved");
  return names.length === 0 ? "<None>" : names.join(", ");
}

/** `·······A··S·` */
function flagLetters(flags: number, ace: boolean): string {
  const letters = "RRRACEUAPRSF";
  let text = "";
  for (let i = 0; i < 12; i++) {
    if (ace && i >= 3 && i <= 5) text += i === 4 ? String((flags & ECN_FLAGS) >> 6) : "-";
    else text += flags & (1 << (11 - i)) ? letters[i] : "·";
  }
  return text;
}

const SHORT =
  "Short segment. Segment/fragment does not contain a full TCP header (might be NMAP or someone else deliberately sending unusual packets)";

/** Fields, labels and info of the header; the cursor is behind the ports. */
function addHeader(d: Dissection, state: TcpState | null, start: number, headerLength: number): void {
  const s = segment;
  const fwd = state === null ? null : state.flows[d.direction];
  const rev = state === null ? null : state.flows[1 - d.direction];
  // Of a quoted segment the numbers stay as they are and the length is not known, as in Wireshark.
  const { quoted } = d;
  const whole = s.length >= 0 && !quoted;
  const seq = whole ? relative(s.seq, fwd) : s.seq;
  const hasAck = (s.flags & ACK) !== 0;
  const ack = hasAck && whole ? relative(s.ack, rev) : s.ack;
  const window = fwd === null || !whole ? s.window : scaledWindow(fwd, s.flags, s.window);
  const ace = state !== null && state.accurateEcn === 2 && (s.flags & SYN) === 0;
  let wrong = "";
  if (isBad(checkedSum)) wrong = " [TCP CHECKSUM INCORRECT]";
  else if (isOtherZero(checkedSum, d.peek16(12))) wrong = " [TCP CHECKSUM 0xFFFF]";
  const length = whole ? `${wrong} Len=${s.length}` : wrong;
  const urgentText = s.flags & URG ? ` Urg=${d.peek16(14)}` : "";
  if (d.columns) addInfoText(d, s, seq, ack, window, urgentText + length, ace);
  if (d.labels) {
    d.appendLayer(`, Seq: ${seq}${hasAck ? `, Ack: ${ack}` : ""}${whole ? `, Len: ${s.length}` : ""}`);
  }
  if (d.building) {
    // What an ICMP error quotes over IPv4 may end behind the sequence number, so that it stands first.
    const early = quoted && d.memory.addresses.kind(d.srcId) === ADDRESS_IPV4;
    if (early) d.add(f.seq, d.pos, 4, seq);
    if (state !== null) {
      d.generated(f.stream, start, 0, d.streamNumber);
      d.generated(f.completeness, start, 0, state.completeness);
    }
    if (whole) d.generated(f.len, start, 0, s.length);
    if (!whole && !quoted) {
      d.text(start, headerLength, SHORT);
      d.expert(x.shortSegment, SHORT);
    }
    if (!early) {
      d.add(f.seq, d.pos, 4, seq);
      if (fwd !== null) d.append("    (relative sequence number)");
      d.add(f.seqRaw, d.pos, 4, s.seq);
    }
    if (whole) {
      d.generated(f.nextSeq, start, 0, (seq + s.length + (s.flags & (SYN | FIN) ? 1 : 0)) >>> 0);
      if (fwd !== null) d.append("    (relative sequence number)");
    }
    d.add(f.ack, d.pos + 4, 4, ack);
    if (hasAck) {
      if (rev !== null) d.append("    (relative ack number)");
      if (s.flags & SYN && rev !== null && ack > 1 && !quoted) d.expert(x.fastOpenAccepted);
    } else if (s.ack !== 0) d.expert(x.ackNonzero);
    d.add(f.ackRaw, d.pos + 4, 4, s.ack);
    addHeaderLength(d, d.pos + 8, headerLength);
    addFlags(d, d.pos + 8, s, ace, state);
    addWindow(d, d.pos + 10, s, fwd, window);
    d.pos += 12;
    addChecksum(d);
    const urgent = d.u16(f.urgent);
    if (urgent !== 0 && (s.flags & URG) === 0) d.expert(x.urgentNonzero);
  } else d.pos += 16;
  optionContext.flags = s.flags;
  optionContext.ack = s.ack;
  optionContext.sackBase = rev === null || !rev.hasBase ? 0 : rev.base >>> 0;
  // Options that the packet ends in stay unread: `dissectOptions` checks every byte it takes.
  dissectOptions(d, start + headerLength, optionContext);
}

function addChecksum(d: Dissection): void {
  const at = d.pos;
  const checksum = d.u16(f.checksum);
  const sum = checkedSum;
  if (sum === UNVERIFIED) {
    if (d.labels) d.relabel(`Checksum: ${hex16(checksum)} [unverified]`);
    d.generated(f.checksumStatus, at, 0, 2);
    return;
  }
  if (isOtherZero(sum, checksum)) {
    if (d.labels) d.relabel(`Checksum: ${hex16(checksum)} [should be 0x0000 (see RFC 1624)]`);
    d.openLast();
    d.generated(f.checksumCalculated, at, 2, 0);
    d.generated(f.checksumStatus, at, 0, 0);
    d.expert(x.checksumOnes);
    d.close();
    return;
  }
  const good = sum === ONES;
  const right = rightChecksum(sum, checksum);
  if (d.labels) {
    const offload = '(maybe caused by "TCP checksum offload"?)';
    const verdict = good ? "[correct]" : `incorrect, should be ${hex16(right)}${offload}`;
    d.relabel(`Checksum: ${hex16(checksum)} ${verdict}`);
  }
  if (!good) d.expert(x.badChecksum, `Bad checksum [should be ${hex16(right)}]`);
  d.generated(f.checksumStatus, at, 0, good ? 1 : 0);
  d.generated(f.checksumCalculated, at, 2, right);
}

/** `[SYN, ACK] Seq=0 Ack=1 Win=65535` and what follows. */
function addInfoText(
  d: Dissection,
  s: Segment,
  seq: number,
  ack: number,
  window: number,
  rest: string,
  ace: boolean,
): void {
  const acknowledged = s.flags & ACK ? ` Ack=${ack}` : "";
  d.addInfo(` [${flagNames(s.flags, ace)}] Seq=${seq}${acknowledged} Win=${window}${rest}`);
}

function relative(number: number, flow: Flow | null): number {
  return flow === null || !flow.hasBase ? number : (number - flow.base) >>> 0;
}

function addHeaderLength(d: Dissection, at: number, headerLength: number): void {
  d.add(f.headerLength, at, 1, headerLength);
  if (!d.labels) return;
  const words = headerLength / 4;
  d.relabel(`${words.toString(2).padStart(4, "0")} .... = Header Length: ${headerLength} bytes (${words})`);
}

function addFlags(d: Dissection, at: number, s: Segment, ace: boolean, state: TcpState | null): void {
  d.open(f.flags, at, 2, s.flags);
  if (d.labels) d.relabel(`Flags: 0x${s.flags.toString(16).padStart(3, "0")} (${flagNames(s.flags, ace)})`);
  d.bits(f.reserved, at, 2);
  if (ace) {
    const value = (s.flags & ECN_FLAGS) >> 6;
    d.add(f.ace, at, 2, value);
    if (d.labels) {
      const bits = value.toString(2).padStart(3, "0");
      d.relabel(`...${bits[0]} ${bits.slice(1)}.. .... = ACE: ${value}`);
    }
  } else {
    d.bits(f.ae, at, 2);
    d.bits(f.cwr, at, 2);
    d.bits(f.ece, at, 2);
  }
  d.bits(f.urg, at, 2);
  d.bits(f.ackFlag, at, 2);
  d.bits(f.push, at, 2);
  d.bits(f.reset, at, 2);
  if (s.flags & RST) d.expert(x.rst);
  d.bits(f.syn, at, 2);
  if (s.flags & SYN) {
    if (s.flags & ACK) addConnection(d, x.synAck, d.srcPort);
    else addConnection(d, x.syn, d.dstPort);
  }
  d.bits(f.fin, at, 2);
  if (s.flags & FIN) {
    d.expert(x.fin);
    if (state !== null) {
      d.expert(state.closedBy === d.direction ? x.finActive : x.finPassive);
    }
  }
  d.generated(f.flagsText, at, 2, flagLetters(s.flags, ace));
  d.close();
}

function addConnection(d: Dissection, kind: Expert, serverPort: number): void {
  d.expert(kind, `${kind.message}: server port ${serverPort}`);
}

function addWindow(d: Dissection, at: number, s: Segment, fwd: Flow | null, window: number): void {
  d.add(f.window, at, 2, s.window);
  d.generated(f.windowScaled, at, 2, window);
  if (s.flags & SYN || fwd === null) return;
  const factor = fwd.scale >= 0 ? 2 ** fwd.scale : fwd.scale;
  d.generated(f.windowFactor, at, 2, factor);
  if (fwd.scale === SCALE_UNKNOWN) d.append(" (unknown)");
  else if (fwd.scale === SCALE_NONE) d.append(" (no window scaling used)");
}

/** A header whose length cannot be: there is no telling the payload, so the stream learns nothing from it. */
function dissectBogusHeader(
  d: Dissection,
  state: TcpState | null,
  start: number,
  headerLength: number,
): void {
  const s = segment;
  if (headerLength < HEADER) {
    s.length = d.wireEnd - start - headerLength;
    if (state !== null) learn(d, state, s, start, start);
    const fwd = state === null ? null : state.flows[d.direction];
    const rev = state === null ? null : state.flows[1 - d.direction];
    const ack = s.flags & ACK ? relative(s.ack, rev) : s.ack;
    const problem = `bogus TCP header length (${headerLength}, must be at least ${HEADER})`;
    if (d.columns) addInfoText(d, s, relative(s.seq, fwd), ack, s.window, `, ${problem}`, false);
    if (d.building) {
      addHeaderLength(d, start + 12, headerLength);
      d.expert(x.bogusHeaderLength, `${problem[0].toUpperCase()}${problem.slice(1)}`);
    }
    d.pos = start + 13;
    return;
  }
  s.length = -1;
  if (state !== null) learnTime(d, state);
  endInHeader(d, state, TOO_LONG, start, headerLength);
}

/** Since the stream's first segment and since the one before. */
function addTimestamps(d: Dissection, state: TcpState, start: number): void {
  const sinceFirst = BigInt(d.sec - state.firstSec) * 1_000_000_000n + BigInt(d.nsec - state.firstNsec);
  const sinceLast = d.first ? working.sinceLast : (d.recall<Finding>(tcp, KEY_FINDING)?.sinceLast ?? 0);
  d.openText(start, 0, "Timestamps", GENERATED);
  d.generated(f.timeRelative, start, 0, sinceFirst);
  d.generated(f.timeDelta, start, 0, BigInt(sinceLast));
  d.close();
}

/** The findings that are shown, in the order of the tree: bit, expert, prefix of the info text. */
const FINDINGS: readonly (readonly [bit: number, experts: readonly Expert[], prefix: string])[] = [
  [REUSED_PORTS, [x.reusedPorts], "[TCP Port numbers reused] "],
  [RETRANSMISSION, [x.retransmission], "[TCP Retransmission] "],
  [FAST_RETRANSMISSION, [x.fastRetransmission, x.retransmission], "[TCP Fast Retransmission] "],
  [SPURIOUS_RETRANSMISSION, [x.spuriousRetransmission, x.retransmission], "[TCP Spurious Retransmission] "],
  [OUT_OF_ORDER, [x.outOfOrder], "[TCP Out-Of-Order] "],
  [LOST_SEGMENT, [x.lostSegment], "[TCP Previous segment not captured] "],
  [ACK_LOST_SEGMENT, [x.ackLostSegment], "[TCP ACKed unseen segment] "],
  [WINDOW_UPDATE, [x.windowUpdate], "[TCP Window Update] "],
  [WINDOW_FULL, [x.windowFull], "[TCP Window Full] "],
  [KEEP_ALIVE, [x.keepAlive], "[TCP Keep-Alive] "],
  [KEEP_ALIVE_ACK, [x.keepAliveAck], "[TCP Keep-Alive ACK] "],
  [DUPLICATE_ACK, [], ""],
  [ZERO_WINDOW_PROBE, [x.zeroWindowProbe], "[TCP ZeroWindowProbe] "],
  [ZERO_WINDOW, [x.zeroWindow], "[TCP ZeroWindow] "],
  [ZERO_WINDOW_PROBE_ACK, [x.zeroWindowProbeAck], "[TCP ZeroWindowProbeAck] "],
];

function addAnalysis(d: Dissection, state: TcpState, found: Finding, start: number): void {
  d.open(f.analysis, start, 0, null, GENERATED);
  if (found.acksFrame !== 0) {
    d.generated(f.acksFrame, start, 0, found.acksFrame);
    if (found.ackRtt !== 0) d.generated(f.ackRtt, start, 0, BigInt(found.ackRtt));
  }
  if (state.initialRtt !== 0 && state.initialRttFrame <= d.frame) {
    d.generated(f.initialRtt, start, 0, BigInt(state.initialRtt));
  }
  if (found.bytesInFlight !== 0) d.generated(f.bytesInFlight, start, 0, found.bytesInFlight);
  if (found.pushBytes !== 0) d.generated(f.pushBytes, start, 0, found.pushBytes);
  if (found.flags !== 0) addFindings(d, found, start);
  d.close();
}

function addFindings(d: Dissection, found: Finding, start: number): void {
  d.open(f.analysisFlags, start, 0, null, GENERATED);
  const line = d.last;
  for (const [bit, experts] of FINDINGS) {
    if ((found.flags & bit) === 0) continue;
    if (bit === DUPLICATE_ACK) {
      d.generated(f.duplicateAck, start, 0, null);
      d.relabel("This is a TCP duplicate ack");
      d.close();
      addDuplicate(d, found, start);
      d.last = line;
      d.openLast();
      continue;
    }
    for (const one of experts) {
      d.last = line;
      d.expert(one);
    }
    if (bit === RETRANSMISSION && found.rto !== 0) {
      d.generated(f.rto, start, 0, BigInt(found.rto));
      d.generated(f.rtoFrame, start, 0, found.rtoFrame);
    }
  }
  d.close();
}

/** Bits of `Dissection.analysis` that show as this field (`tcp.analysis.…`); 0 for any other field. */
export function analysisBits(name: string): number {
  if (name === f.analysisFlags.name) return ALL_FINDINGS;
  let bits = 0;
  for (const [bit, experts] of FINDINGS) {
    if (experts.some((one) => one.field.name === name)) bits |= bit;
    if (bit === DUPLICATE_ACK && x.duplicateAckNote.field.name === name) bits |= bit;
  }
  return bits;
}

function addDuplicate(d: Dissection, found: Finding, start: number): void {
  d.generated(f.duplicateNumber, start, 0, found.duplicateNumber);
  d.generated(f.duplicateFrame, start, 0, found.duplicateOf);
  d.expert(x.duplicateAckNote, `Duplicate ACK (#${found.duplicateNumber})`);
}

/** Fields of the TCP layer that follow from its own bytes, the stream's facts and the findings. */
const IN_SUMMARY =
  /^tcp\.(srcport|dstport|port|stream|len|seq|seq_raw|nxtseq|ack|ack_raw|hdr_len|flags(\..+)?|window_size(_value|_scalefactor)?|checksum(\.status)?|urgent_pointer|analysis\.(flags|retransmission|fast_retransmission|spurious_retransmission|out_of_order|lost_segment|ack_lost_segment|window_update|window_full|keep_alive|keep_alive_ack|zero_window|zero_window_probe|zero_window_probe_ack|duplicate_ack))$/;

/** True when `summarizeSegment` is enough for the field. */
export const isInSummary = (field: Field): boolean =>
  (field.protocol !== tcp.name && field.protocol !== "mptcp") ||
  field === tcp.field ||
  IN_SUMMARY.test(field.name);

function setFlow(flow: Flow, base: number, scale: number): void {
  flow.hasBase = base >= 0;
  flow.base = base | 0;
  flow.scale = scale;
}

/**
 * Puts what the index knows of a segment into a conversation made for it alone, so that its row can be shown without
 * the segments before it: for segments whose chain ends with TCP or data.
 * @param facts of the stream, settled
 * @param analysis bits the index holds for the frame
 * @returns false when the index does not know enough
 */
export function summarizeSegment(
  conversation: Conversation,
  frame: number,
  facts: TcpStreamFacts,
  analysis: number,
): boolean {
  // A duplicate is shown with its number; what comes again may be dissected in part.
  if (!facts.settled || analysis & (DUPLICATE_ACK | NOT_DISSECTED)) return false;
  const state = tcpState(tcp, conversation);
  state.seen = true;
  setFlow(state.flows[0], facts.baseA, facts.scaleA);
  setFlow(state.flows[1], facts.baseB, facts.scaleB);
  const finding = new Finding();
  finding.flags = analysis & ALL_FINDINGS;
  finding.present = finding.flags !== 0;
  conversation.remember(frame, tcp, KEY_FINDING, finding);
  if (analysis & PDU_SEGMENT) {
    const { key, value } = pieceOnly();
    conversation.remember(frame, tcp, key, value);
  }
  return true;
}

/** Each finding stands before those put there earlier. */
function addPrefixes(d: Dissection, found: Finding): void {
  for (const [bit, , prefix] of FINDINGS) {
    if ((found.flags & bit) === 0) continue;
    if (bit !== DUPLICATE_ACK) d.prependInfo(prefix);
    else d.prependInfo(`[TCP Dup ACK ${found.duplicateOf}#${found.duplicateNumber}] `);
  }
}

// The segment whose payload is handed over: what `chooseApp` goes by.
let deliveredState: TcpState | null = null;
let deliveredFlags = 0;
let deliveredCalls = 0;

/** Hands the payload at the cursor over. */
function deliver(d: Dissection, state: TcpState | null, finding: Finding, payloadAt: number): void {
  const s = segment;
  const { flags, length } = s;
  if (d.pos >= d.end) {
    if (payloadAt === d.pos && flags & FIN && length === 0) finishStream(d, state);
    return;
  }
  const captured = d.end - d.pos;
  if (d.building) {
    d.add(f.payload, d.pos, captured, d.buf.subarray(d.pos, d.end));
    const sent = d.wireEnd - d.pos;
    if (d.labels) d.relabel(`TCP payload (${sent} byte${sent === 1 ? "" : "s"})`);
  }
  if (flags & RST) {
    d.str(f.resetCause, captured, "ascii");
    return;
  }
  // The payload may hold packets with streams of their own.
  const outerState = deliveredState;
  const outerFlags = deliveredFlags;
  const outerCalls = deliveredCalls;
  deliveredState = state;
  deliveredFlags = finding.flags;
  deliveredCalls = 0;
  // What came with a wrong checksum is no part of the stream.
  if (state === null || d.end < d.wireEnd || d.fragment || isBad(checkedSum)) {
    d.fragment = true;
    // What cannot be put together with other segments is dissected each time it comes.
    deliveredFlags = 0;
    const app = chooseApp(d);
    if (app !== null) d.call(app);
  } else {
    streamSegment.seq = flags & SYN ? (s.seq + 1) >>> 0 : s.seq;
    streamSegment.next = (streamSegment.seq + length) >>> 0;
    streamSegment.fin = (flags & FIN) !== 0;
    delivery.deliver(d, state.flows[d.direction].stream, streamSegment);
  }
  deliveredState = outerState;
  deliveredFlags = outerFlags;
  deliveredCalls = outerCalls;
}

/** A FIN without data may end a PDU that lasts until the sender closes. */
function finishStream(d: Dissection, state: TcpState | null): void {
  if (state === null || d.end < d.wireEnd) return;
  const flow = state.flows[d.direction];
  if (!flow.stream.untilEnd && d.first) return;
  streamSegment.seq = segment.seq;
  streamSegment.next = segment.seq;
  streamSegment.fin = true;
  deliveredState = state;
  deliveredFlags = 0;
  deliveredCalls = 0;
  delivery.deliver(d, flow.stream, streamSegment);
  deliveredState = null;
}

/**
 * The protocol above for the bytes at the cursor: what the user says of its ports; what the conversation is known, or was
 * announced, to carry; the server's port, the lower port, the higher port; what recognises its bytes; data. Null for segments that came before.
 */
function chooseApp(d: Dissection): Protocol | null {
  if (deliveredFlags & NOT_DISSECTED) return null;
  const state = deliveredState;
  if (state === null) return chosenPort(d, 0) ?? byPort(d, 0) ?? data;
  const moment = d.frame * 64 + Math.min(deliveredCalls++, 63);
  if (!d.first) return state.appAt(moment) ?? data;
  const conversation = d.conversation;
  let app = chosenPort(d, state.serverPort) ?? conversation?.app ?? d.expected ?? byPort(d, state.serverPort);
  if (app === undefined || app === null) {
    app = tcpHeuristics.find(d) ?? null;
    if (app !== null && conversation !== null) conversation.app = app;
  }
  state.noteApp(moment, app ?? data);
  return app ?? data;
}

/** What the user says of the server's port, the lower port, or the higher one. */
function chosenPort(d: Dissection, serverPort: number): Protocol | undefined {
  const low = Math.min(d.srcPort, d.dstPort);
  const high = Math.max(d.srcPort, d.dstPort);
  return tcpPorts.chosen(serverPort) ?? tcpPorts.chosen(low) ?? tcpPorts.chosen(high);
}

function byPort(d: Dissection, serverPort: number): Protocol | null {
  const low = Math.min(d.srcPort, d.dstPort);
  const high = Math.max(d.srcPort, d.dstPort);
  return portApp(d, serverPort) ?? portApp(d, low) ?? portApp(d, high);
}

function portApp(d: Dissection, port: number): Protocol | null {
  const app = port === 0 ? undefined : tcpPorts.get(port);
  return app === undefined || app.refuses?.(d) === true ? null : app;
}
