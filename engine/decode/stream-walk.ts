/**
 * Answers the tests that single frames leave open: walks the conversations that hold such frames from their first
 * frame on, in the order of the capture, so that the dissectors know what went before.
 */
import type { IndexedConversations } from "../dissect/conversation.ts";
import { makeRef } from "../dissect/conversation.ts";
import {
  CaptureMemory,
  Dissection,
  type FrameFacts,
  MODE_FIELDS,
  MODE_INDEX,
  NO_CONTEXT,
} from "../dissect/dissection.ts";
import { fields, protocolNamed, protocols } from "../dissect/protocol.ts";
import type { CompiledFilter } from "../filter/compile.ts";
import { CHUNK_FRAMES } from "../index/bitmap.ts";
import { FLAG_MORE_REFS } from "../index/frame-index.ts";
import { dissectFrame } from "../protocols/frame.ts";
import { FIN, RST, SYN } from "../protocols/tcp-analysis.ts";
import { HARMLESS } from "../protocols/tcp-findings.ts";
import type { AtomAnswers } from "./atom-store.ts";
import type { Decider } from "./decider.ts";
import type { FrameWindow } from "./frame-window.ts";
import { ChainLayout, FrameHeaders } from "./header-fields.ts";
import { holdersWithin, isContextual } from "./lone-frames.ts";
import { readableLength } from "./lost.ts";
import { RefFrames } from "./ref-frames.ts";
import { RefSet } from "./ref-set.ts";
import { bytesAtHand, moreRefsOf, type ScannedCapture } from "./scanned.ts";
import { fillFacts, frameContext } from "./viewer.ts";

/** Stands for all frames of ARP, which remembers who has which address in no conversation. */
const ARP_REF = makeRef(15, 0);
/** Frames passed at most in one go, though none is dissected. */
const MOST_FRAMES = 16_384;

/**
 * Dissects a frame of a conversation that was met too late to be walked; in any order.
 * @param before the frame displayed before it, 0 for none
 */
export type LateDissection = (frame: number, before: number) => Dissection;

/**
 * Frames of which only later ones settle what is asked for: none; those that may ask for an echo, whose expert info
 * may be that no response came; all.
 */
export type Ahead = "none" | "echoes" | "all";

/** Protocols that match responses with requests of echoes. */
const ECHOING = new Set(["icmp", "icmpv6"]);

/** True when the chain has a protocol with echoes. */
export function mayEcho(chain: Uint16Array): boolean {
  return chain.some((id) => ECHOING.has(protocols[id].name));
}

/** Which conversations a walk is to take, of `count` walks that share them. */
export interface WalkShare {
  readonly index: number;
  readonly count: number;
}

export class StreamWalk {
  /** Frames before this one are answered. */
  walked = 0;
  /** Dissections so far: what the time goes into. */
  dissections = 0;
  readonly #capture: ScannedCapture;
  readonly #window: FrameWindow;
  readonly #filter: CompiledFilter;
  readonly #answers: readonly AtomAnswers[];
  readonly #decider: Decider;
  readonly #late: LateDissection | null;
  readonly #ahead: Ahead;
  readonly #share: WalkShare;
  /** Conversations of frames that have several: they cannot be told apart, so the first share has them all. */
  readonly #entangled = new RefSet();
  readonly #conversations: IndexedConversations;
  readonly #dissection: Dissection;
  readonly #facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  readonly #holders: Uint8Array | null;
  readonly #contextual: boolean;
  /** True when TCP's own fields are not asked for, so that segments without payload teach nothing. */
  readonly #aboveTcp: boolean;
  readonly #headers: FrameHeaders;
  readonly #layouts: ChainLayout[] = [];
  readonly #hasArp: (boolean | undefined)[] = [];
  readonly #mayEcho: (boolean | undefined)[] = [];
  /** Conversations with open frames, and the last of these: the others before it are walked on the way. */
  readonly #needed = new RefFrames();
  readonly #complete: boolean;
  /** Those that were met, or turned out to need all their frames, too late to be walked from their start. */
  readonly #missed = new RefSet();
  /** TCP streams with findings that change what is handed to the protocol above. */
  readonly #troubled = new RefSet();
  /** Frames looked at for these sets. */
  #surveyed = 0;

  /**
   * @param decider over `answers`; used between calls by others too
   * @param late null where frames are never added to those surveyed first
   * @param ahead frames whose fields may depend on later frames, so that no walk in order can know them
   * @param complete true when no frames will be added, so that nothing need be learnt behind the last open frame
   */
  constructor(
    capture: ScannedCapture,
    window: FrameWindow,
    filter: CompiledFilter,
    answers: readonly AtomAnswers[],
    decider: Decider,
    late: LateDissection | null,
    share: WalkShare,
    ahead: Ahead = "none",
    complete = late === null,
  ) {
    this.#capture = capture;
    this.#headers = new FrameHeaders(capture.index.tcpStreams);
    this.#window = window;
    this.#filter = filter;
    this.#answers = answers;
    this.#decider = decider;
    this.#late = late;
    this.#ahead = ahead;
    this.#complete = complete;
    this.#share = share;
    if (share.count > 1) {
      for (const { refs } of moreRefsOf(capture.index)) for (const ref of refs) this.#entangled.add(ref);
    }
    this.#conversations = capture.conversations();
    const memory = new CaptureMemory(this.#conversations, capture.memory, "afresh");
    this.#dissection = new Dissection(memory, (frame) => bytesAtHand(capture, window, frame));
    this.#dissection.keep = false;
    this.#dissection.first = true;
    const wanted = fields.filter((field) => filter.wanted[field.id] === 1);
    this.#holders = filter.needsColumns ? null : holdersWithin(wanted);
    this.#contextual = isContextual(wanted);
    this.#aboveTcp = this.#holders !== null && this.#holders[protocolNamed("tcp")?.id ?? 0] === 0;
  }

  /** True when frames of the conversation, or those of none for 0, belong to this walk. */
  #isMine(ref: number): boolean {
    const { index, count } = this.#share;
    if (count === 1) return true;
    if (ref === 0 || ref === ARP_REF || this.#entangled.has(ref)) return index === 0;
    return (Math.imul(ref, 0x9e3779b1) >>> 16) % count === index;
  }

  /**
   * Takes some of the frames before `to` into account, which must have been judged as far as single frames can
   * be. All must be before any is walked.
   * @returns true when they are
   */
  survey(to: number): boolean {
    const { index } = this.#capture;
    if (this.#surveyed < to) {
      const from = this.#surveyed;
      const base = from - (from % CHUNK_FRAMES);
      const end = Math.min(to, base + CHUNK_FRAMES);
      const s = index.segment(from + 1);
      const firstWord = (from - base) >>> 5;
      const endWord = (end - base + 31) >>> 5;
      this.#decider.decide(from, firstWord, endWord);
      const { yes, no } = this.#decider;
      for (let w = firstWord; w < endWord; w++) {
        const open = ~(yes[w] | no[w]);
        const last = Math.min(end - base, (w + 1) << 5);
        for (let slot = Math.max(from - base, w << 5); slot < last; slot++) {
          const ref = s.ref[slot];
          if (s.analysis[slot] & ~HARMLESS && ref !== 0 && !this.#troubled.has(ref)) {
            this.#troubled.add(ref);
            if (this.#aboveTcp && this.#hasBegun(ref)) this.#missed.add(ref);
          }
          if ((open & (1 << (slot & 31))) !== 0) {
            if (!this.#looksAhead(s.chain[slot]))
              this.#need(ref === 0 ? this.#pseudo(s.chain[slot]) : ref, base + slot + 1);
          }
        }
      }
      this.#surveyed = end;
    }
    return this.#surveyed >= to;
  }

  #need(ref: number, frame: number): void {
    if (ref === 0 || !this.#isMine(ref)) return;
    if (this.#needed.get(ref) === 0 && this.#hasBegun(ref)) this.#missed.add(ref);
    this.#needed.set(ref, frame);
  }

  /** True when the conversation's dissectors have to see what comes before its frame `i + 1`, and that frame. */
  #isNeeded(ref: number, i: number): boolean {
    const last = this.#needed.get(ref);
    return last !== 0 && (last > i || !this.#complete) && !this.#missed.has(ref);
  }

  /** True when frames of the conversation went by already. */
  #hasBegun(ref: number): boolean {
    if (this.walked === 0) return false;
    return ref === ARP_REF || this.#capture.index.firstOf(ref) <= this.walked;
  }

  /** True for frames of a chain whose fields may depend on later ones. */
  #looksAhead(chain: number): boolean {
    if (this.#ahead !== "echoes") return this.#ahead === "all";
    this.#mayEcho[chain] ??= mayEcho(this.#capture.index.chains.chains[chain]);
    return this.#mayEcho[chain] === true;
  }

  #pseudo(chain: number): number {
    let has = this.#hasArp[chain];
    if (has === undefined) {
      const arp = protocolNamed("arp")?.id ?? -1;
      has = this.#capture.index.chains.chains[chain].includes(arp);
      this.#hasArp[chain] = has;
    }
    return has ? ARP_REF : 0;
  }

  /**
   * Walks frames before `to`, which must have been surveyed, for about `dissections` dissections.
   * @param before the frame displayed last, for what is told of it; asked for before each dissection
   */
  walk(to: number, dissections: number, before: (i: number) => number): void {
    const { index } = this.#capture;
    const stop = this.dissections + dissections;
    const last = Math.min(to, this.walked + MOST_FRAMES);
    while (this.walked < last && this.dissections < stop) {
      const from = this.walked;
      const base = from - (from % CHUNK_FRAMES);
      const w = (from - base) >>> 5;
      const end = Math.min(last, base + ((w + 1) << 5));
      this.#decider.decide(from, w, w + 1);
      const open = ~(this.#decider.yes[w] | this.#decider.no[w]);
      if (open === 0 && this.#needed.size === 0) {
        this.walked = end;
        continue;
      }
      const s = index.segment(from + 1);
      for (let i = from; i < end; i++) {
        const slot = i - base;
        const ref = s.ref[slot] === 0 ? this.#pseudo(s.chain[slot]) : s.ref[slot];
        if (open & (1 << (slot & 31))) {
          if (this.#isMine(ref)) this.#answer(i, ref, s.chain[slot], before(i));
        } else if (ref !== 0 && this.#isNeeded(ref, i)) {
          // What is dissected anyway answers all tests: filters to come may ask for them.
          if (this.#isAnswered(i)) this.#learn(i, ref);
          else this.#answer(i, ref, s.chain[slot], before(i));
        }
        this.walked = i + 1;
      }
    }
  }

  #isAnswered(i: number): boolean {
    for (const { known } of this.#answers) if (!known.get(i)) return false;
    return true;
  }

  #answer(i: number, ref: number, chain: number, before: number): void {
    const filter = this.#filter;
    this.dissections++;
    let d = this.#dissection;
    if (this.#late !== null && (this.#looksAhead(chain) || (ref !== 0 && this.#missed.has(ref)))) {
      d = this.#late(i + 1, before);
    } else {
      d.setMode(MODE_FIELDS, filter.needsColumns, filter.wanted, this.#holders);
      d.context = this.#contextual ? frameContext(this.#capture, i + 1, before) : NO_CONTEXT;
      this.#dissectInto(d, i + 1);
    }
    filter.atoms.forEach((atom, a) => {
      const { known, truth } = this.#answers[a];
      if (known.get(i)) return;
      if (atom.evaluate(d)) truth.setShared(i);
      known.setShared(i);
    });
  }

  /** Lets the dissectors learn from a frame that itself is decided. */
  #learn(i: number, ref: number): void {
    if (this.#aboveTcp && !this.#troubled.has(ref) && this.#isEmptySegment(i)) return;
    this.dissections++;
    this.#dissection.setMode(MODE_INDEX, false);
    this.#dissectInto(this.#dissection, i + 1);
  }

  /** A TCP segment without payload that neither opens nor closes. */
  #isEmptySegment(i: number): boolean {
    const { index, capture } = this.#capture;
    const s = index.segment(i + 1);
    const slot = index.slot(i + 1);
    if (s.flags[slot] & FLAG_MORE_REFS || s.tcpFlags[slot] & (SYN | FIN | RST)) return false;
    let layout = this.#layouts[s.chain[slot]];
    if (layout === undefined) {
      layout = new ChainLayout(s.chain[slot] === 0 ? null : index.chains.chains[s.chain[slot]]);
      this.#layouts[s.chain[slot]] = layout;
    }
    if (!layout.isPlain("tcp")) return false;
    const captured = this.#window.seek(s.offset[slot], readableLength(s, slot));
    const h = this.#headers;
    const { linkType } = capture.reader.interfaces[s.iface[slot]];
    h.place(layout, linkType, s, slot, this.#window.view, this.#window.at, captured);
    return h.transport >= 0 && h.packetWireEnd === h.transport + h.transportLength;
  }

  #dissectInto(d: Dissection, frame: number): void {
    const { index } = this.#capture;
    const window = this.#window;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    this.#conversations.refs = index.refs(frame);
    const length = window.seek(s.offset[slot], readableLength(s, slot));
    fillFacts(this.#capture, frame, length, this.#facts);
    d.begin(window.view, window.at, this.#facts);
    dissectFrame(d);
  }
}
