/**
 * Answers tests by dissecting a frame alone, no deeper than they need. Where layers above TCP are asked for, that is
 * right for frames that begin with a PDU (`MARK_BEGINS`) and depend on no other (`MARK_LINKED`); a frame that goes on
 * with one is dissected together with those of the same sender back to its beginning. Where the chain that comes out
 * is not what pass one found, nothing is answered.
 */
import { CONVERSATION_TCP, type IndexedConversations, refKind } from "../dissect/conversation.ts";
import {
  CaptureMemory,
  Dissection,
  MAX_LAYERS,
  MODE_FIELDS,
  MODE_INDEX,
  NO_CONTEXT,
} from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";
import { MARK_BEGINS, MARK_LINKED } from "../dissect/frame-marks.ts";
import { fields, protocols } from "../dissect/protocol.ts";
import { holdersOf } from "../filter/chain.ts";
import type { Atom } from "../filter/compile.ts";
import { FLAG_MORE_REFS } from "../index/frame-index.ts";
import { dissectFrame } from "../protocols/frame.ts";
import { HARMLESS } from "../protocols/tcp-findings.ts";
import type { AtomAnswers } from "./atom-store.ts";
import type { FrameWindow } from "./frame-window.ts";
import { isHeaderField } from "./header-fields.ts";
import { bytesAtHand, type ScannedCapture } from "./scanned.ts";
import { fillFacts, frameContext } from "./viewer.ts";

/** Protocols whose fields depend on the frame's surroundings in the file. */
const CONTEXTUAL = new Set(["frame", "pkt_comment", "eth"]);

/** Layers that hand over what is above them whatever went before in the conversation. */
const PLAIN_LAYERS = new Set(
  ["eth", "ethertype", "vlan", "ieee8021ad", "sll", "null", "raw", "llc", "mpls", "gre", "ip", "ipv6"].concat(
    ["ipv6.hopopts", "ipv6.routing", "ipv6.fraghdr", "ipv6.dstopts", "icmp", "icmpv6"],
  ),
);

/** Most frames of a stream that are dissected before the one that is asked for, and that are passed to find them. */
const LONGEST_RUN = 256;
const FARTHEST = 1 << 15;

/** Protocols whose fields follow from the frame's own bytes, whatever went before in its conversation. */
const STATELESS = new Set(["eth", "llc", "vlan", "sll", "null", "ip", "ipv6", "frame", "pkt_comment"]);
/** Fields of theirs that do not: what lies behind a packet whose end another layer tells; the displayed list. */
const NOT_STATELESS = /trailer|padding|\.fcs|frame\.protocols|frame\.time_delta_displayed/;

export function isStateless(field: Field): boolean {
  if (isHeaderField(field)) return true;
  if (field.type === "FT_PROTOCOL" && (field.name === "tcp" || field.name === "udp")) return true;
  return STATELESS.has(field.protocol) && !NOT_STATELESS.test(field.name);
}

/** What of the frame's surroundings is to be known for these fields. */
export function isContextual(wanted: readonly Field[]): boolean {
  return wanted.some(({ protocol }) => CONTEXTUAL.has(protocol)) || holdersWithin(wanted) === null;
}

/** By protocol id: layers that must be dissected in full for these fields; null for all. */
export function holdersWithin(wanted: readonly Field[]): Uint8Array | null {
  // Where a packet ends, and its trailer begins, only its own layer tells.
  if (wanted.some(({ name }) => NOT_STATELESS.test(name) || name.startsWith("_ws.col."))) return null;
  return holdersOf(wanted.filter(({ protocol }) => protocol !== "frame" && protocol !== "pkt_comment"));
}

/** A test and where its answers go. */
export interface LoneTest {
  readonly atom: Atom;
  readonly answers: AtomAnswers;
}

/** Dissections of single frames, for those of a filter's tests that these answer. */
export class LoneFrames {
  readonly #tests: readonly LoneTest[];
  readonly #capture: ScannedCapture;
  readonly #window: FrameWindow;
  /** True when layers above TCP are asked for. */
  readonly #above: boolean;
  readonly #dissection: Dissection;
  readonly #conversations: IndexedConversations;
  readonly #facts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  /** Fields of the tests, and the layers that hold them. */
  readonly #wanted = new Uint8Array(fields.length);
  readonly #holders: Uint8Array | null;
  readonly #contextual: boolean;
  /** By chain: layers to dissect; 0 when frames of the chain cannot be judged alone. */
  readonly #depths: number[] = [];
  /** Frames to be dissected first, the last of them at the beginning. */
  readonly #run: number[] = [];

  /**
   * @param window with the frame that is asked for
   * @param above true for tests of fields above TCP that follow from their own PDU (`Field.own`)
   */
  constructor(capture: ScannedCapture, window: FrameWindow, tests: readonly LoneTest[], above: boolean) {
    this.#tests = tests;
    this.#capture = capture;
    this.#window = window;
    this.#above = above;
    this.#conversations = capture.conversations();
    const memory = new CaptureMemory(this.#conversations, capture.memory, "afresh");
    this.#dissection = new Dissection(memory, (frame) => bytesAtHand(capture, window, frame));
    this.#dissection.keep = false;
    this.#dissection.first = above;
    const wanted: Field[] = [];
    for (const id of tests.flatMap(({ atom }) => atom.fields)) {
      if (this.#wanted[id] === 0) wanted.push(fields[id]);
      this.#wanted[id] = 1;
    }
    this.#holders = holdersWithin(wanted);
    this.#contextual = isContextual(wanted);
  }

  /**
   * Dissects frame `i + 1`, which stands in the window, and answers the tests if it can.
   * @param w,bit place of the frame in the answers
   * @param chain of the frame
   * @param captured bytes of the frame
   */
  judge(i: number, w: number, bit: number, chain: number, captured: number): void {
    const depth = this.#depths[chain] ?? this.#learnDepth(chain);
    if (depth === 0) return;
    const { index } = this.#capture;
    const frame = i + 1;
    const d = this.#dissection;
    if (this.#above) {
      if (!this.#findRun(frame)) return;
      this.#conversations.forgetAll();
      for (let n = this.#run.length - 1; n >= 0; n--) if (!this.#learn(this.#run[n])) return;
    }
    d.setMode(MODE_FIELDS, false, this.#wanted, this.#holders);
    d.context = this.#contextual ? frameContext(this.#capture, frame, 0) : NO_CONTEXT;
    d.maxLayers = depth;
    this.#dissect(frame, this.#window.view, this.#window.at, captured);
    d.maxLayers = MAX_LAYERS;
    if (this.#above && !this.#agrees(d, index.chains.chains[chain], depth)) return;
    for (const { atom, answers } of this.#tests) {
      const known = answers.known.chunk(i);
      if (known[w] & bit) continue;
      known[w] |= bit;
      if (atom.evaluate(d)) answers.truth.chunk(i)[w] |= bit;
    }
  }

  /**
   * Finds the frames that must be dissected before one: none when it begins with a PDU; else those of its stream and
   * direction from the last that does.
   * @returns false when the frame is not for this
   */
  #findRun(frame: number): boolean {
    const { index } = this.#capture;
    const run = this.#run;
    run.length = 0;
    const own = index.segment(frame);
    const slot = index.slot(frame);
    const ref = own.ref[slot];
    if (own.flags[slot] & (FLAG_MORE_REFS | MARK_LINKED) || refKind(ref) !== CONVERSATION_TCP) return false;
    if (own.flags[slot] & MARK_BEGINS) return true;
    if (own.analysis[slot] & ~HARMLESS) return false;
    const src = own.src[slot];
    const port = own.srcPort[slot];
    const first = Math.max(1, frame - FARTHEST);
    for (let f = frame - 1; f >= first; f--) {
      const s = index.segment(f);
      const at = index.slot(f);
      if (s.ref[at] !== ref || s.srcPort[at] !== port || s.src[at] !== src) continue;
      if (s.flags[at] & (FLAG_MORE_REFS | MARK_LINKED) || s.analysis[at] & ~HARMLESS) return false;
      run.push(f);
      if (s.flags[at] & MARK_BEGINS) return true;
      if (run.length === LONGEST_RUN) return false;
    }
    return false;
  }

  /** Lets the dissectors learn from a frame; false when its bytes are not there. */
  #learn(frame: number): boolean {
    const bytes = bytesAtHand(this.#capture, this.#window, frame);
    if (bytes === undefined) return false;
    this.#dissection.setMode(MODE_INDEX, false);
    this.#dissect(frame, bytes, 0, bytes.length);
    return true;
  }

  #dissect(frame: number, buf: Uint8Array, at: number, length: number): void {
    this.#conversations.refs = this.#capture.index.refs(frame);
    fillFacts(this.#capture, frame, length, this.#facts);
    this.#dissection.begin(buf, at, this.#facts);
    dissectFrame(this.#dissection);
  }

  #agrees(d: Dissection, chain: Uint16Array, depth: number): boolean {
    if (d.chainLength !== Math.min(depth, chain.length)) return false;
    for (let i = 0; i < d.chainLength; i++) if (d.chain[i] !== chain[i]) return false;
    return true;
  }

  #learnDepth(chain: number): number {
    const ids = this.#capture.index.chains.chains[chain];
    const holders = this.#holders;
    let depth = 0;
    if (chain !== 0 && holders !== null) {
      const name = (i: number): string => protocols[ids[i]].name;
      let deepest = 0;
      for (let i = 0; i < ids.length; i++) {
        if (holders[ids[i]] === 1 || name(i).startsWith("ipv6.")) deepest = i;
      }
      // One more where it is asked for a layer itself, whose line ends where it hands over to the next.
      depth = deepest + (this.#wanted[protocols[ids[deepest]].field.id] === 1 ? 2 : 1);
      for (let i = 0; i < deepest; i++) {
        const passes =
          PLAIN_LAYERS.has(name(i)) || (this.#above && (name(i) === "tcp" || holders[ids[i]] === 1));
        if (!passes) depth = 0;
      }
    }
    this.#depths[chain] = depth;
    return depth;
  }
}
