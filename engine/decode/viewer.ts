/**
 * Dissection of single frames in any order.
 *
 * What a frame shows may depend on earlier frames of its conversation. Before the first look at a frame, its
 * conversation is walked once, in order, so that its dissectors learn; what they learnt of single frames is kept with
 * the conversation, and any of these frames can then be dissected again alone. A long conversation is not walked from
 * its start but from the last of the states that pass one saved on its way, and not to its end unless what is asked
 * for may be settled there.
 */
import {
  CONVERSATION_TCP,
  Conversation,
  type ConversationTimes,
  type IndexedConversations,
  refKind,
  refNumber,
} from "../dissect/conversation.ts";
import {
  CaptureMemory,
  Dissection,
  type FrameContext,
  type FrameFacts,
  MODE_FIELDS,
  MODE_INDEX,
  MODE_TREE,
  type Mode,
  type Time,
} from "../dissect/dissection.ts";
import { fields, protocols } from "../dissect/protocol.ts";
import { readState } from "../dissect/state-codec.ts";
import { readRecordOptions } from "../formats/options.ts";
import { RECORD_HAS_COMMENT, RECORD_HAS_OPTIONS } from "../formats/types.ts";
import type { Checkpoint } from "../index/checkpoints.ts";
import { FLAG_MORE_REFS, type Segment } from "../index/frame-index.ts";
import { blankFacts } from "../index/tcp-streams.ts";
import { dissectFrame } from "../protocols/frame.ts";
import { isInSummary, summarizeSegment } from "../protocols/tcp.ts";
import type { Indexer } from "./indexer.ts";
import type { ScannedCapture } from "./scanned.ts";

/** Frames whose conversations are remembered; beyond it the conversations looked at longest ago are forgotten. */
const REMEMBERED_FRAMES = 2_000_000;

/** Milliseconds of one slice of a walk, and frames between two looks at the clock. */
const WALK_SLICE = 6;
const WALK_BATCH = 16;

/** Protocols whose rows say the same whatever went before: a long stream of such frames needs no walk for them. */
const WITHOUT_HISTORY = new Set([
  "eth",
  "ethertype",
  "vlan",
  "ieee8021ad",
  "sll",
  "null",
  "raw",
  "ip",
  "ipv6",
  "udp",
  "data",
]);

export class Viewer {
  readonly #indexer: Indexer;
  readonly #conversations: IndexedConversations;
  readonly #learner: Dissection;
  /** For rows made from the index alone. */
  readonly #summaries: IndexedConversations;
  readonly #summary: Dissection;
  readonly #dissection: Dissection;
  readonly #facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  /** Conversation → first and last frame that were walked without a gap, least recently used first. */
  readonly #walked = new Map<number, { first: number; last: number; frames: number }>();
  #remembered = 0;
  readonly #histories: boolean[] = [];

  constructor(indexer: Indexer) {
    this.#indexer = indexer;
    this.#conversations = indexer.conversations();
    const memory = new CaptureMemory(this.#conversations, indexer.memory);
    const bytes = (frame: number): Uint8Array | undefined => indexer.bytes(frame);
    this.#learner = new Dissection(memory, bytes);
    this.#learner.setMode(MODE_INDEX, false);
    this.#learner.first = true;
    this.#learner.keep = true;
    this.#dissection = new Dissection(memory, bytes);
    this.#dissection.first = false;
    this.#summaries = indexer.conversations();
    this.#summary = new Dissection(new CaptureMemory(this.#summaries, indexer.memory), bytes);
    this.#summary.first = false;
    this.#conversations.times = (at) => this.#times(at);
  }

  /** Times of the `at`-th conversation of the frame at work. */
  #times(at: number): ConversationTimes | null {
    const { index } = this.#indexer;
    const frame = this.#facts.number;
    const ref = this.#conversations.refs[at];
    if (ref === undefined) return null;
    const first = timeOf(this.#indexer, index.firstWith(ref) || frame)!;
    const last = timeOf(this.#indexer, index.previousWith(ref, frame) || frame)!;
    return { firstSec: first.sec, firstNsec: first.nsec, lastSec: last.sec, lastNsec: last.nsec };
  }

  /**
   * Dissects one frame.
   * @param previousDisplayed the frame before it in the displayed list, 0 for none
   * @returns the dissection, good until the next call
   */
  dissect(
    frame: number,
    mode: Mode,
    columns: boolean,
    wanted?: Uint8Array,
    previousDisplayed = 0,
  ): Dissection {
    const index = this.#indexer.index;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    const ref = s.ref[slot];
    const learn = mode === MODE_TREE || this.#hasHistory(s.chain[slot]);
    if (mode === MODE_FIELDS && learn && this.#summarize(frame, s, slot, wanted)) {
      const d = this.#show(this.#summary, frame, mode, columns, wanted, previousDisplayed);
      if (this.#hasChain(d, s.chain[slot])) return d;
    }
    const ahead = this.#mustWalkAll(ref, mode, wanted);
    for (let back = 0; ; back = 2 * back + 1) {
      if (ref !== 0 && learn) this.#walk(ref, frame, ahead, back);
      const d = this.#show(this.#dissection, frame, mode, columns, wanted, previousDisplayed);
      // A saved state may leave out what this frame needs: begin at an earlier one.
      if (this.#conversations.get(ref)?.lacking !== true) return d;
      this.#forget(ref);
    }
  }

  #show(
    d: Dissection,
    frame: number,
    mode: Mode,
    columns: boolean,
    wanted: Uint8Array | undefined,
    previousDisplayed: number,
  ): Dissection {
    d.setMode(mode, columns, wanted);
    if (d.building) d.context = frameContext(this.#indexer, frame, previousDisplayed);
    this.#run(d, frame, d === this.#summary ? this.#summaries : this.#conversations);
    return d;
  }

  /** Prepares the row of a segment from what the index knows of it; false when that is not enough. */
  #summarize(frame: number, s: Segment, slot: number, wanted: Uint8Array | undefined): boolean {
    const ref = s.ref[slot];
    if (refKind(ref) !== CONVERSATION_TCP || s.flags[slot] & FLAG_MORE_REFS) return false;
    if (!this.#endsWithTcp(s.chain[slot]) || !this.#inSummary(wanted)) return false;
    const facts = this.#stream;
    if (!this.#indexer.index.tcpStreams.get(refNumber(ref), facts)) return false;
    const made = this.#endpoints(ref, frame);
    if (!summarizeSegment(made, frame, facts, s.analysis[slot])) return false;
    if (this.#summarized !== 0) this.#summaries.forget(this.#summarized);
    this.#summarized = ref;
    this.#summaries.put(made);
    return true;
  }
  #summarized = 0;

  #hasChain(d: Dissection, chain: number): boolean {
    const ids = this.#indexer.index.chains.chains[chain];
    if (d.chainLength !== ids.length) return false;
    return ids.every((id, i) => d.chain[i] === id);
  }

  #endsWithTcp(chain: number): boolean {
    let known = this.#tcpEnds[chain];
    if (known === undefined) {
      const names = Array.from(this.#indexer.index.chains.chains[chain], (id) => protocols[id].name);
      if (names.at(-1) === "data") names.pop();
      known = names.indexOf("tcp") !== -1 && names.indexOf("tcp") === names.length - 1;
      this.#tcpEnds[chain] = known;
    }
    return known;
  }
  readonly #tcpEnds: boolean[] = [];

  /** True when the summary of a segment is enough for the wanted fields. */
  #inSummary(wanted: Uint8Array | undefined): boolean {
    if (wanted === undefined) return true;
    if (wanted !== this.#askedSummary) {
      this.#askedSummary = wanted;
      this.#summaryServes = fields.every((field) => wanted[field.id] !== 1 || isInSummary(field));
    }
    return this.#summaryServes;
  }
  #askedSummary: Uint8Array | undefined;
  #summaryServes = false;

  /**
   * Lets the dissectors learn a frame's conversation for some milliseconds; to be called until it is true before
   * a frame is dissected, where a long conversation must not hold other work up.
   * @param mode of the dissection to come, and the fields it will be asked for
   * @returns true when all of the conversation has been walked that the dissection needs
   */
  ready(frame: number, mode: Mode, wanted?: Uint8Array): boolean {
    const index = this.#indexer.index;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    const ref = s.ref[slot];
    if (ref === 0 || (mode !== MODE_TREE && !this.#hasHistory(s.chain[slot]))) return true;
    if (mode === MODE_FIELDS && this.#summarize(frame, s, slot, wanted)) return true;
    const ahead = this.#mustWalkAll(ref, mode, wanted);
    return this.#walk(ref, frame, ahead, 0, performance.now() + WALK_SLICE);
  }

  /** True when what is asked for may be settled by the conversation's last frames only. */
  #mustWalkAll(ref: number, mode: Mode, wanted: Uint8Array | undefined): boolean {
    return mode === MODE_TREE || this.#looksAhead(wanted) || !this.#canBeginWithin(ref);
  }

  /** True when a walk through part of the conversation gives its frames the rows that a walk through all of it does. */
  #canBeginWithin(ref: number): boolean {
    return (
      refKind(ref) === CONVERSATION_TCP &&
      this.#indexer.index.tcpStreams.get(refNumber(ref), this.#stream) &&
      this.#stream.settled
    );
  }

  /** True when fields are wanted whose values later frames settle. */
  #looksAhead(wanted: Uint8Array | undefined): boolean {
    if (wanted === undefined) return false;
    if (wanted === this.#askedAhead) return this.#ahead;
    this.#askedAhead = wanted;
    this.#ahead = fields.some(
      (field) =>
        wanted[field.id] === 1 && (field.type === "FT_FRAMENUM" || field.name === "tcp.completeness"),
    );
    return this.#ahead;
  }
  #askedAhead: Uint8Array | undefined;
  #ahead = false;

  /** True when columns and colours of the chain's frames may depend on earlier frames. */
  #hasHistory(chain: number): boolean {
    let known = this.#histories[chain];
    if (known === undefined) {
      const ids = this.#indexer.index.chains.chains[chain];
      known = chain === 0 || ids.some((id) => !WITHOUT_HISTORY.has(protocols[id].name));
      this.#histories[chain] = known;
    }
    return known;
  }

  /**
   * Lets the dissectors learn the conversation: from its start, or from the saved state before `frame`, up to
   * `frame`, or with `ahead` up to its present last frame.
   * @param back how many saved states to go back beyond the last
   * @param stop when to stop on the way; another walk goes on there
   * @returns true when it was walked as far as asked
   */
  #walk(ref: number, frame: number, ahead: boolean, back: number, stop = Number.POSITIVE_INFINITY): boolean {
    const { index } = this.#indexer;
    const goal = ahead ? index.lastOf(ref) : frame;
    let known = this.#walked.get(ref);
    if (known !== undefined) {
      this.#walked.delete(ref);
      this.#walked.set(ref, known);
      if (frame >= known.first && goal <= known.last) return true;
    }
    const saved = index.checkpoints.before(ref, frame, back);
    const goOn = known !== undefined && frame >= known.first && (saved === null || known.last >= saved.frame);
    if (!goOn) {
      this.#forget(ref);
      known = { first: index.firstOf(ref), last: 0, frames: 0 };
      if (saved !== null && this.#restore(ref, frame, saved)) {
        known.first = this.#nextOf(saved.frame);
        known.last = saved.frame;
      }
    }
    const entry = known!;
    let at = entry.last === 0 ? entry.first : this.#nextOf(entry.last);
    let walked = 0;
    while (at !== 0 && at <= goal) {
      if (++walked % WALK_BATCH === 0 && performance.now() >= stop) break;
      this.#run(this.#learner, at, this.#conversations);
      entry.last = at;
      entry.frames++;
      this.#remembered++;
      at = this.#nextOf(at);
    }
    this.#walked.set(ref, entry);
    for (const old of this.#walked.keys()) {
      if (this.#remembered <= REMEMBERED_FRAMES || old === ref) break;
      this.#forget(old);
    }
    return at === 0 || at > goal;
  }

  #nextOf(frame: number): number {
    const { index } = this.#indexer;
    return index.segment(frame).next[index.slot(frame)];
  }

  #forget(ref: number): void {
    this.#remembered -= this.#walked.get(ref)?.frames ?? 0;
    this.#walked.delete(ref);
    this.#conversations.forget(ref);
  }

  /** Puts a conversation where a saved state was; false when its endpoints are not known. */
  #restore(ref: number, frame: number, { bytes }: Checkpoint): boolean {
    const { index } = this.#indexer;
    if (refKind(ref) !== CONVERSATION_TCP || !index.tcpStreams.get(refNumber(ref), this.#stream))
      return false;
    const made = this.#endpoints(ref, frame);
    made.restoreStates(readState(bytes));
    this.#conversations.put(made);
    return true;
  }
  /** A new conversation of the stream whose facts were looked up, which `frame` belongs to. */
  #endpoints(ref: number, frame: number): Conversation {
    const { index } = this.#indexer;
    const { addressA, portA } = this.#stream;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    const fromA = s.src[slot] === addressA && s.srcPort[slot] === portA;
    const addressB = fromA ? s.dst[slot] : s.src[slot];
    const portB = fromA ? s.dstPort[slot] : s.srcPort[slot];
    return new Conversation(ref, addressA, portA, addressB, portB, index.firstOf(ref));
  }
  readonly #stream = blankFacts();

  #run(d: Dissection, frame: number, conversations: IndexedConversations): void {
    conversations.refs = this.#indexer.index.refs(frame);
    const bytes = this.#indexer.bytes(frame) ?? NO_BYTES;
    fillFacts(this.#indexer, frame, bytes.length, this.#facts);
    d.begin(bytes, 0, this.#facts);
    dissectFrame(d);
  }
}

const NO_BYTES = new Uint8Array(0);

/** What is asked of a capture about its frames. */
type Indexed = Pick<ScannedCapture, "index" | "capture" | "random">;

/**
 * Fills in the facts of an indexed frame.
 * @param length bytes of it that could be read; fewer than captured when the file shrank
 */
export function fillFacts(indexer: Indexed, frame: number, length: number, facts: FrameFacts): void {
  const s = indexer.index.segment(frame);
  const slot = indexer.index.slot(frame);
  facts.number = frame;
  facts.len = s.len[slot];
  facts.capLen = length;
  facts.sec = s.sec[slot];
  facts.nsec = s.nsec[slot];
  facts.iface = s.iface[slot];
  facts.linkType = indexer.capture.reader.interfaces[facts.iface].linkType;
}

/** Time of an indexed frame, null for frame 0. */
export function timeOf(indexer: Indexed, frame: number): Time | null {
  if (frame < 1 || frame > indexer.index.count) return null;
  const s = indexer.index.segment(frame);
  const slot = indexer.index.slot(frame);
  return { sec: s.sec[slot], nsec: s.nsec[slot] };
}

/** What the frame's own layer shows of the capture around it. */
export function frameContext(indexer: Indexed, frame: number, previousDisplayed: number): FrameContext {
  const { capture, index } = indexer;
  const s = index.segment(frame);
  const slot = index.slot(frame);
  const iface = capture.reader.interfaces[s.iface[slot]];
  const record =
    (s.flags[slot] & (RECORD_HAS_COMMENT | RECORD_HAS_OPTIONS)) === 0
      ? null
      : readRecordOptions(indexer.random, s.offset[slot] - s.header[slot], capture.format);
  return {
    first: timeOf(indexer, 1),
    previous: timeOf(indexer, frame - 1),
    previousDisplayed: timeOf(indexer, previousDisplayed),
    interfaceName: capture.format === "pcapng" ? (iface.name ?? "unknown") : null,
    interfaceDescription: iface.description ?? null,
    comments: record?.comments ?? [],
    record,
    fcsLength: iface.fcsLen ?? null,
    section: iface.section,
  };
}
