/**
 * Sequence and acknowledgment analysis of TCP streams: what each segment is in the light of those before it
 * (RFC 9293, RFC 2018, RFC 5681, RFC 7323). The rules and their thresholds are those Wireshark documents for
 * `tcp.analysis.*`.
 */
import type { Conversation } from "../dissect/conversation.ts";
import type { Protocol } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import {
  ACK_LOST_SEGMENT,
  DUPLICATE_ACK,
  FAST_RETRANSMISSION,
  KEEP_ALIVE,
  KEEP_ALIVE_ACK,
  LOST_SEGMENT,
  OUT_OF_ORDER,
  RETRANSMISSION,
  REUSED_PORTS,
  SPURIOUS_RETRANSMISSION,
  WINDOW_FULL,
  WINDOW_UPDATE,
  ZERO_WINDOW,
  ZERO_WINDOW_PROBE,
  ZERO_WINDOW_PROBE_ACK,
} from "./tcp-findings.ts";
import { compareSeq } from "./tcp-sequence.ts";
import { StreamFlow } from "./tcp-stream.ts";

export const FIN = 0x001;
export const SYN = 0x002;
export const RST = 0x004;
export const PSH = 0x008;
export const ACK = 0x010;
export const URG = 0x020;

/** Bits of `tcp.completeness`. */
export const SEEN_SYN = 1;
export const SEEN_SYN_ACK = 2;
export const SEEN_ACK = 4;
export const SEEN_DATA = 8;
export const SEEN_FIN = 16;
export const SEEN_RST = 32;

/** `Flow.scale` while no SYN was seen, and when a SYN did without the option. */
export const SCALE_UNKNOWN = -1;
export const SCALE_NONE = -2;

/** A second copy of the last acknowledged data within this time after duplicate ACKs is a fast retransmission. */
const FAST_RETRANSMISSION_NS = 20_000_000;
/** How late a segment may come and still be out of order, when the stream's round-trip time is not known. */
const OUT_OF_ORDER_NS = 3_000_000;
/** Segments per direction that are kept until they are acknowledged. */
const MAX_UNACKED = 10_000;
const MAX_SACK_BLOCKS = 3;
const NO_WINDOW = -1;

/** A segment's facts, filled in anew for each one. */
export interface Segment {
  frame: number;
  sec: number;
  nsec: number;
  seq: number;
  ack: number;
  flags: number;
  /** The window as it stands in the header. */
  window: number;
  /** Payload bytes, as they were on the wire. */
  length: number;
  /** True when a repeated acknowledgment is none: the connection's operations are news (RFC 8684 section 3.3.2). */
  operationNews: boolean;
}

/** What the analysis has to say about one frame. 0 stands for nothing. */
export class Finding {
  flags = 0;
  /** Frame whose segment this one acknowledges. */
  acksFrame = 0;
  /** Nanoseconds since that frame. */
  ackRtt = 0;
  bytesInFlight = 0;
  pushBytes = 0;
  duplicateNumber = 0;
  duplicateOf = 0;
  rtoFrame = 0;
  rto = 0;
  /** Nanoseconds since the stream's segment before. */
  sinceLast = 0;
  /** Bytes that the header has when they were not all captured, negative when an option is broken; else 0. */
  cut = 0;
  /** True when there are options of Multipath TCP. */
  multipath = false;
  /** True when there is an analysis to show. */
  present = false;

  clear(): void {
    this.flags = 0;
    this.acksFrame = 0;
    this.ackRtt = 0;
    this.bytesInFlight = 0;
    this.pushBytes = 0;
    this.duplicateNumber = 0;
    this.duplicateOf = 0;
    this.rtoFrame = 0;
    this.rto = 0;
    this.sinceLast = 0;
    this.cut = 0;
    this.multipath = false;
    this.present = false;
  }

  copy(): Finding {
    return Object.assign(new Finding(), this);
  }
}

const NO_ROWS = new Int32Array(0);
/** Columns of a row of `Unacked`: frame, first sequence number, the one behind the last, seconds, nanoseconds. */
const ROW = 5;
const SEQ = 1;
const NEXT = 2;
const SEC = 3;
const NSEC = 4;
const FIRST_ROWS = 4;

/** Segments sent and not yet acknowledged, oldest first. Sequence numbers are kept as signed integers. */
class Unacked {
  private rows = NO_ROWS;
  /** Indexes in `#rows` of the first row and behind the last. */
  private head = 0;
  private tail = 0;
  /** True while each segment begins at or behind the end of the one before. */
  private sorted = true;
  /** Lowest first and highest last sequence number, valid unless empty. */
  low = 0;
  high = 0;

  /** The same without room to spare. */
  static trimmed(unacked: Unacked): Unacked {
    const copy = new Unacked();
    copy.rows = unacked.rows.slice(unacked.head, unacked.tail);
    copy.tail = copy.rows.length;
    copy.sorted = unacked.sorted;
    copy.low = unacked.low;
    copy.high = unacked.high;
    return copy;
  }

  get count(): number {
    return (this.tail - this.head) / ROW;
  }

  /** The number of bytes from the lowest to the highest, as numbers count from the first one of the stream on. */
  spanFrom(base: number): number {
    // What lies before the first number counts as very far behind it.
    if (((this.low - base) | 0) >= 0) return (this.high - this.low) >>> 0;
    let low = 0xffff_ffff;
    let high = 0;
    for (let i = this.head; i < this.tail; i += ROW) {
      low = Math.min(low, (this.rows[i + SEQ] - base) >>> 0);
      high = Math.max(high, (this.rows[i + NEXT] - base) >>> 0);
    }
    return high - low;
  }

  add(s: Segment, next: number): void {
    if (this.tail === this.rows.length) this.#makeRoom();
    const rows = this.rows;
    const i = this.tail;
    this.tail += ROW;
    const first = s.seq | 0;
    const last = next | 0;
    if (i === this.head) {
      this.sorted = true;
      this.low = first;
      this.high = last;
    } else {
      if (((first - rows[i - ROW + NEXT]) | 0) < 0) this.sorted = false;
      if (((first - this.low) | 0) < 0) this.low = first;
      if (((last - this.high) | 0) > 0) this.high = last;
    }
    rows[i] = s.frame;
    rows[i + SEQ] = first;
    rows[i + NEXT] = last;
    rows[i + SEC] = s.sec;
    rows[i + NSEC] = s.nsec;
  }

  #makeRoom(): void {
    const rows = this.rows;
    const used = this.tail - this.head;
    if (this.head > rows.length / 2) rows.copyWithin(0, this.head, this.tail);
    else {
      this.rows = new Int32Array(Math.max(FIRST_ROWS * ROW, rows.length * 2));
      this.rows.set(this.head === 0 ? rows : rows.subarray(this.head, this.tail));
    }
    this.head = 0;
    this.tail = used;
  }

  /** Fills in what a retransmission is taken to repeat: the oldest segment, and how long ago it was sent. */
  retransmitted(s: Segment, finding: Finding): void {
    const { rows, head } = this;
    if (head === this.tail) return;
    finding.rtoFrame = rows[head];
    finding.rto = elapsed(s, rows[head + SEC] >>> 0, rows[head + NSEC]);
  }

  /** Forgets what `s.ack` acknowledges; a segment that ends right there is noted in `finding`. */
  acknowledge(s: Segment, finding: Finding): void {
    const ack = s.ack | 0;
    if (this.head === this.tail || ((ack - this.low) | 0) <= 0) return;
    const rows = this.rows;
    if (!this.sorted) {
      this.#acknowledgeUnsorted(s, ack, finding);
      return;
    }
    let head = this.head;
    while (head < this.tail && ((rows[head + NEXT] - ack) | 0) <= 0) {
      if (rows[head + NEXT] === ack) matched(rows, head, s, finding);
      head += ROW;
    }
    this.head = head;
    if (head === this.tail) {
      this.head = 0;
      this.tail = 0;
      return;
    }
    if (((ack - rows[head + SEQ]) | 0) > 0) rows[head + SEQ] = ack;
    this.low = rows[head + SEQ];
  }

  /** Newest first, so that of several copies the one sent first is what is acknowledged. */
  #acknowledgeUnsorted(s: Segment, ack: number, finding: Finding): void {
    const rows = this.rows;
    let kept = this.tail;
    for (let i = this.tail - ROW; i >= this.head; i -= ROW) {
      if (((rows[i + NEXT] - ack) | 0) <= 0) {
        if (rows[i + NEXT] === ack) matched(rows, i, s, finding);
        continue;
      }
      if (((ack - rows[i + SEQ]) | 0) > 0) rows[i + SEQ] = ack;
      kept -= ROW;
      if (kept !== i) rows.copyWithin(kept, i, i + ROW);
    }
    this.head = kept;
    if (kept === this.tail) {
      this.head = 0;
      this.tail = 0;
      return;
    }
    this.low = rows[kept + SEQ];
    this.high = rows[kept + NEXT];
    for (let i = kept + ROW; i < this.tail; i += ROW) {
      if (((rows[i + SEQ] - this.low) | 0) < 0) this.low = rows[i + SEQ];
      if (((rows[i + NEXT] - this.high) | 0) > 0) this.high = rows[i + NEXT];
    }
  }
}

function matched(rows: Int32Array, i: number, s: Segment, finding: Finding): void {
  finding.acksFrame = rows[i];
  finding.ackRtt = elapsed(s, rows[i + SEC] >>> 0, rows[i + NSEC]);
  finding.present = true;
}

/** Nanoseconds from a point in time to the segment. */
function elapsed(s: Segment, sec: number, nsec: number): number {
  return (s.sec - sec) * 1_000_000_000 + (s.nsec - nsec);
}

/**
 * One direction of a stream. Sequence and acknowledgment numbers are kept as signed 32-bit integers, which JavaScript
 * engines store in place.
 */
export class Flow {
  /** Sequence number that is shown as 0; -1 while not known. */
  base = 0;
  hasBase = false;
  /** Shift of the window, SCALE_UNKNOWN or SCALE_NONE. */
  scale: number = SCALE_UNKNOWN;
  sawSyn = false;
  sawSynAck = false;
  nextSeq = 0;
  hasNext = false;
  nextSeqFrame = 0;
  nextSeqSec = 0;
  nextSeqNsec = 0;
  /** Highest sequence number the other side may acknowledge without a gap in the capture. */
  maxToAck = 0;
  hasMaxToAck = false;
  lastAck = 0;
  lastAckSec = 0;
  lastAckNsec = 0;
  window = NO_WINDOW;
  /** Repeated acknowledgments. */
  duplicates = 0;
  /** True once it was said that more of this direction was acknowledged than the capture holds. */
  saidUnseen = false;
  lastOriginalAck = 0;
  lastFlags = 0;
  /** True while the last window came with a SYN, which does not scale it. */
  firstAck = true;
  bytesInFlightValid = true;
  pushBytes = 0;
  pushedLast = false;
  /** Blocks of the last segment's SACK option. */
  sackCount = 0;
  sackBytes = 0;
  /** True once a segment was seen whose window the scale applies to. */
  scaled = false;
  /** Operations of Multipath TCP that its last segment knew of. */
  operations = 0;
  readonly unacked = new Unacked();
  readonly stream = new StreamFlow();
}

/** What TCP remembers of a conversation. */
export class TcpState {
  /** Direction 0 is from the conversation's endpoint A to B. */
  readonly flows: readonly [Flow, Flow] = [new Flow(), new Flow()];
  /** Segments so far. */
  segments = 0;
  completeness = 0;
  /** Port of the side that was asked to connect; 0 while no SYN was seen. */
  serverPort = 0;
  firstSec = 0;
  firstNsec = 0;
  lastSec = 0;
  lastNsec = 0;
  seen = false;
  /** Time of the SYN that began the handshake. */
  synSec = -1;
  synNsec = 0;
  /** Nanoseconds from the SYN to the ACK that ends the handshake; 0 while not known. */
  initialRtt = 0;
  /** Frame of that ACK. */
  initialRttFrame = 0;
  /** Direction that closed first; -1 while none did. */
  closedBy = -1;
  /** False once a base or a window scale changed after segments had been read with it. */
  settled = true;
  /** 1 when the SYN offered Accurate ECN, 2 when the SYN-ACK accepted it. */
  accurateEcn = 0;
  /** True once a segment had an option of Multipath TCP. */
  multipath = false;
  /** Changes of the protocol above: since when, and which. Most streams have one. */
  private app: Protocol | null = null;
  private appFrom = 0;
  private laterApps: { readonly since: number; readonly app: Protocol }[] | null = null;

  /**
   * Keeps which protocol was chosen.
   * @param moment grows from choice to choice
   */
  noteApp(moment: number, app: Protocol): void {
    const later = this.laterApps;
    const last = later === null ? this.app : later[later.length - 1].app;
    if (last === app) return;
    if (this.app === null) {
      this.app = app;
      this.appFrom = moment;
    } else {
      this.laterApps ??= [];
      this.laterApps.push({ since: moment, app });
    }
  }

  /** The protocol chosen at that moment. */
  appAt(moment: number): Protocol | undefined {
    const later = this.laterApps;
    for (let i = later === null ? -1 : later.length - 1; i >= 0; i--) {
      if (later![i].since <= moment) return later![i].app;
    }
    return this.app !== null && this.appFrom <= moment ? this.app : undefined;
  }
}

export const makeTcpState = (): TcpState => new TcpState();

stateClass(makeTcpState);
stateClass(() => new Flow());
stateClass(() => new Unacked(), Unacked.trimmed);

/** True when a SYN begins another connection on the ports of this conversation. */
export function reusesPorts(flow: Flow, s: Segment): boolean {
  return (s.flags & (SYN | ACK)) === SYN && flow.hasBase && (s.seq | 0) !== flow.base;
}

/**
 * Takes one segment into the state of its stream.
 * @param direction of the segment in its conversation
 * @param finding cleared by the caller; filled in
 */
export function analyze(state: TcpState, direction: 0 | 1, s: Segment, finding: Finding): void {
  const fwd = state.flows[direction];
  const rev = state.flows[1 - direction];
  const flags = s.flags;
  const { length, window } = s;
  const seq = s.seq | 0;
  const ack = s.ack | 0;
  const control = flags & (SYN | FIN | RST);
  let found = 0;

  if (fwd.hasBase && flags & SYN) {
    if (flags & ACK) {
      // Another answer to the handshake: its numbers are what the rest of the stream goes by.
      if (seq !== fwd.base) {
        fwd.base = seq;
        found |= REUSED_PORTS;
        if (state.completeness & SEEN_RST) {
          fwd.hasNext = false;
          fwd.hasMaxToAck = false;
        }
      }
    } else {
      state.completeness |= SEEN_SYN;
      if (fwd.hasMaxToAck) {
        fwd.nextSeq = fwd.maxToAck;
        fwd.hasNext = true;
      }
    }
  }
  if (!fwd.hasBase) {
    fwd.hasBase = true;
    if (flags & SYN) {
      fwd.base = seq;
      if (flags & ACK) fwd.sawSynAck = true;
      else fwd.sawSyn = true;
    } else fwd.base = (seq - 1) | 0;
  }
  if (flags & ACK) {
    if (!rev.hasBase) {
      rev.base = (ack - 1) | 0;
      rev.hasBase = true;
    }
    rev.bytesInFlightValid = true;
  }

  const atNext = fwd.hasNext && seq === fwd.nextSeq;
  const repeatsAck = atNext && length === 0 && control === 0 && ack === fwd.lastAck;
  if (length === 1 && atNext && rev.window === 0) {
    found |= ZERO_WINDOW_PROBE;
  } else {
    if (window === 0 && control === 0) found |= ZERO_WINDOW;
    if (fwd.hasNext && (flags & RST) === 0 && compareSeq(seq, fwd.nextSeq) > 0) {
      found |= LOST_SEGMENT;
      fwd.bytesInFlightValid = false;
    }
    if (length <= 1 && control === 0 && fwd.hasNext && seq === ((fwd.nextSeq - 1) | 0)) {
      found |= KEEP_ALIVE;
    }
    if (repeatsAck && window !== 0 && window !== fwd.window) found |= WINDOW_UPDATE;
    if (length > 0 && control === 0 && rev.scale !== SCALE_UNKNOWN && fillsWindow(s, rev)) {
      found |= WINDOW_FULL;
    }
    if (repeatsAck && window !== 0 && window === fwd.window && rev.lastFlags & KEEP_ALIVE) {
      found |= KEEP_ALIVE_ACK;
    } else if (
      atNext &&
      length === 0 &&
      control === 0 &&
      window === 0 &&
      fwd.window === 0 &&
      rev.lastFlags & ZERO_WINDOW_PROBE &&
      (ack === fwd.lastAck || ack === ((fwd.lastAck + 1) | 0))
    ) {
      found |= ZERO_WINDOW_PROBE_ACK;
      // The receiver took the probe's byte in after all.
      if (ack !== fwd.lastAck) {
        rev.nextSeq = ack;
        rev.hasNext = true;
        rev.maxToAck = ack;
        rev.hasMaxToAck = true;
      }
    } else if (repeatsAck && window !== 0 && window === fwd.window && !s.operationNews) {
      found |= DUPLICATE_ACK;
      fwd.duplicates++;
      finding.duplicateNumber = fwd.duplicates;
      finding.duplicateOf = fwd.lastOriginalAck;
    }
  }

  if (ack !== fwd.lastAck) {
    fwd.lastOriginalAck = s.frame;
    fwd.duplicates = 0;
    fwd.saidUnseen = false;
  }
  if (flags & ACK && rev.hasMaxToAck && compareSeq(ack, rev.maxToAck) > 0) {
    finding.present = true;
    if (!rev.hasNext || rev.maxToAck !== rev.nextSeq) {
      found |= ACK_LOST_SEGMENT;
      rev.maxToAck = rev.nextSeq;
      rev.hasMaxToAck = rev.hasNext;
    } else {
      // Once all that was seen is taken into account, it is said once until the other side acknowledges more.
      if (rev.duplicates === 0 && !rev.saidUnseen) found |= ACK_LOST_SEGMENT;
      rev.saidUnseen = true;
    }
  }
  if ((length > 0 || flags & (SYN | FIN)) && (found & KEEP_ALIVE) === 0) {
    found |= repetition(state, fwd, rev, s, finding);
  }

  let next = (seq + length) | 0;
  if ((length > 0 || flags & (SYN | FIN)) && fwd.unacked.count < MAX_UNACKED) {
    if (flags & (SYN | FIN)) next = (next + 1) | 0;
    fwd.unacked.add(s, next);
  }
  if ((found & ZERO_WINDOW_PROBE) === 0) {
    const first = !fwd.hasNext;
    if (first || compareSeq(next, fwd.nextSeq) > 0) {
      fwd.nextSeq = next;
      fwd.hasNext = true;
      fwd.nextSeqFrame = s.frame;
      fwd.nextSeqSec = s.sec;
      fwd.nextSeqNsec = s.nsec;
    }
    if (first || (fwd.hasMaxToAck && seq === fwd.maxToAck)) {
      fwd.maxToAck = fwd.nextSeq;
      fwd.hasMaxToAck = true;
    }
  }
  fwd.window = window;
  fwd.firstAck = (flags & SYN) !== 0;
  fwd.lastAck = ack;
  fwd.lastAckSec = s.sec;
  fwd.lastAckNsec = s.nsec;
  fwd.lastFlags = found;
  if (found !== 0) {
    finding.flags |= found;
    finding.present = true;
  }
  rev.unacked.acknowledge(s, finding);
  if (length > 0 && fwd.unacked.count > 0 && fwd.bytesInFlightValid) countInFlight(fwd, rev, s, finding);
}

/** True when the segment ends at the edge of the window the receiver offered. */
function fillsWindow(s: Segment, rev: Flow): boolean {
  const shift = rev.firstAck || rev.scale === SCALE_NONE ? 0 : rev.scale;
  return ((s.seq + s.length) | 0) === ((rev.lastAck + (rev.window << shift)) | 0);
}

/** What kind of repetition a segment with data, SYN or FIN is; 0 when it is none. */
function repetition(state: TcpState, fwd: Flow, rev: Flow, s: Segment, finding: Finding): number {
  const { length } = s;
  const seq = s.seq | 0;
  if (length > 0 && rev.lastAck !== 0 && compareSeq(seq + length, rev.lastAck) <= 0) {
    return SPURIOUS_RETRANSMISSION;
  }
  if (!fwd.hasNext || compareSeq(seq, fwd.nextSeq) >= 0) return 0;
  // One byte early with more than a byte: new data after a zero window probe.
  if (length > 1 && seq === ((fwd.nextSeq - 1) | 0)) return 0;
  const sinceAck = elapsed(s, rev.lastAckSec, rev.lastAckNsec);
  if (rev.duplicates >= 2 && rev.lastAck === seq && sinceAck >= 0 && sinceAck < FAST_RETRANSMISSION_NS) {
    return FAST_RETRANSMISSION;
  }
  const sinceNext = elapsed(s, fwd.nextSeqSec, fwd.nextSeqNsec);
  const threshold = state.initialRtt === 0 ? OUT_OF_ORDER_NS : state.initialRtt;
  const end = (seq + length + (s.flags & (SYN | FIN) ? 1 : 0)) | 0;
  if (sinceNext >= 0 && sinceNext < threshold && fwd.nextSeq !== end) return OUT_OF_ORDER;
  finding.rto = sinceNext;
  finding.rtoFrame = fwd.nextSeqFrame;
  fwd.unacked.retransmitted(s, finding);
  return RETRANSMISSION;
}

function countInFlight(fwd: Flow, rev: Flow, s: Segment, finding: Finding): void {
  const inFlight = fwd.unacked.spanFrom(fwd.base) - rev.sackBytes - (s.flags & (SYN | FIN) ? 1 : 0);
  fwd.pushBytes = fwd.pushedLast ? s.length : fwd.pushBytes + s.length;
  fwd.pushedLast = (s.flags & PSH) !== 0;
  finding.present = true;
  if (inFlight <= 0 || inFlight >= 2_000_000_000) return;
  finding.bytesInFlight = inFlight;
  finding.pushBytes = fwd.pushBytes;
}

/** Takes in a SACK option of the segment; to be called after `analyze`, once per block. */
export function addSackBlock(flow: Flow, left: number, right: number): void {
  if (flow.sackCount >= MAX_SACK_BLOCKS) return;
  flow.sackCount++;
  flow.sackBytes += (right - left) >>> 0;
}

/** What the segment says of the handshake, of data and of the end; `tcp.completeness`. */
export function completenessBit(s: Segment): number {
  let bits = 0;
  switch (s.flags & (SYN | ACK)) {
    case SYN:
      // With Fast Open it brings data along (RFC 7413).
      bits = s.length > 0 ? SEEN_SYN | SEEN_DATA : SEEN_SYN;
      break;
    case SYN | ACK:
      bits = SEEN_SYN_ACK;
      break;
    case ACK:
      bits = s.length > 0 ? SEEN_DATA : SEEN_ACK;
      break;
  }
  if ((s.flags & (FIN | ACK)) === (FIN | ACK)) bits |= SEEN_FIN;
  if (s.flags & RST) bits |= SEEN_RST;
  return bits;
}

/**
 * Settles the window scale of both directions once a SYN's options are known (RFC 7323 section 2.2).
 * @param shift of the option; -1 when the SYN has none
 */
export function settleScale(fwd: Flow, rev: Flow, synAck: boolean, shift: number): void {
  if (shift >= 0) fwd.scale = Math.min(shift, 14);
  else if (fwd.scale === SCALE_UNKNOWN) {
    fwd.scale = SCALE_NONE;
    if (synAck) rev.scale = SCALE_NONE;
  }
  // Scaling is off unless both sides offer it.
  if (synAck && rev.scale === SCALE_NONE) fwd.scale = SCALE_NONE;
}

/** The window in bytes: the header's value, scaled outside SYN segments. */
export function scaledWindow(flow: Flow, flags: number, window: number): number {
  return flags & SYN || flow.scale < 0 ? window : window << flow.scale;
}

/**
 * Begins the clock of the handshake at a SYN, and stops it at the first segment that acknowledges all the other side
 * sent, or its first number where nothing of it was captured: also a reset's. To be called after `analyze`.
 */
export function timeHandshake(state: TcpState, fwd: Flow, rev: Flow, s: Segment): void {
  if ((s.flags & (SYN | ACK)) === SYN) {
    state.synSec = s.sec;
    state.synNsec = s.nsec;
  } else if (
    (s.flags & (SYN | ACK)) === ACK &&
    state.initialRtt === 0 &&
    state.synSec >= 0 &&
    (rev.hasNext
      ? (s.ack - rev.base) >>> 0 >= (rev.nextSeq - rev.base) >>> 0
      : ((s.seq - fwd.base) | 0) === 1 && ((s.ack - rev.base) | 0) === 1)
  ) {
    state.initialRtt = elapsed(s, state.synSec, state.synNsec);
    state.initialRttFrame = s.frame;
  }
}

/** What TCP remembers of a conversation. */
export function tcpState(tcp: Protocol, conversation: Conversation): TcpState {
  return conversation.state(tcp, makeTcpState);
}
