/**
 * A display filter being applied: judges the frames of the index in order, as far as there are any, and goes on
 * when there are more.
 */
import { IndexedConversations } from "../dissect/conversation.ts";
import {
  CaptureMemory,
  Dissection,
  type FrameFacts,
  MODE_FIELDS,
  MODE_INDEX,
} from "../dissect/dissection.ts";
import { fields } from "../dissect/protocol.ts";
import type { CompiledFilter } from "../filter/compile.ts";
import { dissectFrame } from "../protocols/frame.ts";
import { FrameList } from "./displayed.ts";
import type { Indexer } from "./indexer.ts";
import { fillFacts, frameContext, type Viewer } from "./viewer.ts";

/** Frames between two looks at the clock. */
const BATCH = 64;

export class FilterRun {
  readonly filter: CompiledFilter;
  readonly matches = new FrameList();
  /** Frames judged so far. */
  judged = 0;
  readonly #indexer: Indexer;
  readonly #viewer: Viewer;
  readonly #conversations = new IndexedConversations();
  readonly #dissection: Dissection;
  readonly #facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  /** True when a field is asked for that may point at later frames, so that order alone does not do. */
  readonly #ahead: boolean;
  /** Chain id → 0 not looked at, 1 judged by dissection, 2 no frame of this chain can match, 3 every one does. */
  readonly #verdicts: number[] = [];

  constructor(indexer: Indexer, viewer: Viewer, filter: CompiledFilter) {
    this.filter = filter;
    this.#indexer = indexer;
    this.#viewer = viewer;
    const memory = new CaptureMemory(this.#conversations, indexer.memory, "afresh");
    this.#dissection = new Dissection(memory, (frame) => indexer.bytes(frame));
    this.#dissection.first = true;
    this.#dissection.keep = false;
    this.#ahead = filter.wanted.some((needed, id) => needed === 1 && fields[id].type === "FT_FRAMENUM");
  }

  /**
   * Judges frames for at most `milliseconds`.
   * @returns true when there are more to judge now
   */
  run(milliseconds: number): boolean {
    const stop = performance.now() + milliseconds;
    while (this.judged < this.#indexer.index.count) {
      const end = Math.min(this.judged + BATCH, this.#indexer.index.count);
      while (this.judged < end) {
        const frame = ++this.judged;
        if (this.#matches(frame)) this.matches.push(frame);
      }
      if (performance.now() >= stop) break;
    }
    return this.judged < this.#indexer.index.count;
  }

  #matches(frame: number): boolean {
    const { index } = this.#indexer;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    const verdict = this.#verdictOf(s.chain[slot]);
    // A conversation's frames are all walked, so that those which can match find what went before.
    if (verdict !== 1 && (s.ref[slot] === 0 || this.filter.byChainOnly)) return verdict === 3;
    const before = this.matches.length > 0 ? this.matches.at(this.matches.length - 1) : 0;
    if (this.#ahead) {
      if (verdict !== 1) return verdict === 3;
      return this.filter.evaluate(
        this.#viewer.dissect(frame, MODE_FIELDS, this.filter.needsColumns, this.filter.wanted, before),
      );
    }
    const d = this.#dissection;
    if (verdict === 1) d.setMode(MODE_FIELDS, this.filter.needsColumns, this.filter.wanted);
    else d.setMode(MODE_INDEX, false);
    if (d.building) d.context = frameContext(this.#indexer, frame, before);
    this.#conversations.refs = index.refs(frame);
    d.begin(fillFacts(this.#indexer, frame, this.#facts), 0, this.#facts);
    dissectFrame(d);
    return verdict === 1 ? this.filter.evaluate(d) : verdict === 3;
  }

  #verdictOf(chain: number): number {
    let verdict = this.#verdicts[chain];
    if (verdict === undefined) {
      const judged = this.filter.judgeChain(this.#indexer.index.chains.chains[chain]);
      verdict = judged === null || chain === 0 ? 1 : judged ? 3 : 2;
      this.#verdicts[chain] = verdict;
    }
    return verdict;
  }
}
