/**
 * A display filter being applied: judges the frames of the index in order, as far as there are any, and goes on
 * when there are more.
 *
 * Each test of the filter is answered from what is cheapest: answers kept from earlier filters, the protocol
 * chain, the index's columns, bytes of the frame. Only frames that these leave open are dissected, together with
 * what their conversations need.
 */
import { type Dissection, MODE_FIELDS } from "../dissect/dissection.ts";
import { fields } from "../dissect/protocol.ts";
import type { CompiledFilter } from "../filter/compile.ts";
import { CHUNK_FRAMES } from "../index/bitmap.ts";
import { type AtomAnswers, AtomStore } from "./atom-store.ts";
import { FrameList } from "./displayed.ts";
import { FrameJudge } from "./frame-judge.ts";
import { FrameWindow } from "./frame-window.ts";
import type { Indexer } from "./indexer.ts";
import { StreamWalk } from "./stream-walk.ts";
import type { Viewer } from "./viewer.ts";

/** Frames looked into between two looks at the clock. */
const PAGE = 2048;
/** Dissections between two looks at the clock. */
const BATCH = 64;

/** What the filters of one capture share. */
export class Filtering {
  readonly store = new AtomStore();
  readonly #indexer: Indexer;
  readonly #viewer: Viewer;
  readonly #window: FrameWindow;

  constructor(indexer: Indexer, viewer: Viewer) {
    this.#indexer = indexer;
    this.#viewer = viewer;
    this.#window = new FrameWindow(indexer.capture.dataPath);
  }

  /** Begins to apply a filter; nothing is judged yet. */
  run(filter: CompiledFilter): FilterRun {
    return new FilterRun(this.#indexer, this.#viewer, filter, this.store, this.#window);
  }

  close(): void {
    this.#window.close();
  }
}

export class FilterRun {
  readonly filter: CompiledFilter;
  readonly matches = new FrameList();
  /** Frames judged so far: the list is complete up to here. */
  judged = 0;
  readonly #indexer: Indexer;
  readonly #store: AtomStore;
  readonly #judge: FrameJudge;
  readonly #walk: StreamWalk;
  /** Frames whose tests were answered as far as single frames can answer them; and as far as columns can. */
  #looked = 0;
  #filled = 0;
  /** True when what is displayed is asked about, so that each frame must be judged before the next. */
  readonly #ordered: boolean;
  /** The frame displayed last, for frames whose order counts. */
  readonly #before = (i: number): number => {
    if (!this.#ordered) return 0;
    this.#publish(i);
    return this.matches.length === 0 ? 0 : this.matches.at(this.matches.length - 1);
  };

  /** @param store answers kept for the capture; answers that depend on the displayed list are not kept */
  constructor(
    indexer: Indexer,
    viewer: Viewer,
    filter: CompiledFilter,
    store: AtomStore,
    window: FrameWindow,
  ) {
    this.filter = filter;
    this.#indexer = indexer;
    this.#store = store;
    const wanted = fields.filter((field) => filter.wanted[field.id] === 1);
    this.#ordered = wanted.some((field) => field.name === "frame.time_delta_displayed");
    const own = this.#ordered ? new AtomStore() : store;
    const answers: readonly AtomAnswers[] = filter.atoms.map((atom) => own.get(atom.key));
    this.#judge = new FrameJudge(indexer, window, filter, answers);
    const ahead = wanted.some((field) => field.type === "FT_FRAMENUM");
    const late = (frame: number, before: number): Dissection =>
      viewer.dissect(frame, MODE_FIELDS, filter.needsColumns, filter.wanted, before);
    this.#walk = new StreamWalk(indexer, window, filter, answers, this.#judge.decider, late, ahead);
  }

  /**
   * Judges frames for at most `milliseconds`.
   * @returns true when there are more to judge now
   */
  run(milliseconds: number): boolean {
    const stop = performance.now() + milliseconds;
    const { index } = this.#indexer;
    const count = index.count;
    while (this.#looked < count) {
      this.#look(count);
      if (performance.now() >= stop) return this.judged < index.count;
    }
    const walk = this.#walk;
    while (this.judged < count) {
      if (walk.survey(count)) walk.walk(count, BATCH, this.#before);
      this.#publish(walk.walked);
      if (performance.now() >= stop) break;
    }
    return this.judged < index.count;
  }

  /** Judges the next frames as far as single frames can be. */
  #look(count: number): void {
    const from = this.#looked;
    const end = Math.min(count, from - (from % CHUNK_FRAMES) + CHUNK_FRAMES);
    const judge = this.#judge;
    if (this.#filled < end) {
      judge.fillColumns(this.#filled, end);
      this.#filled = end;
      this.#store.trim();
    }
    const to = judge.looks ? Math.min(end, from - (from % PAGE) + PAGE) : end;
    if (judge.looks) judge.look(from, to);
    this.#looked = to;
    if (this.judged === from) this.#publish(to);
  }

  /** Adds the matches before frame index `to` to the list, up to the first frame that is open still. */
  #publish(to: number): void {
    const { decider } = this.#judge;
    while (this.judged < to) {
      const from = this.judged;
      const base = from - (from % CHUNK_FRAMES);
      const end = Math.min(to, base + CHUNK_FRAMES);
      const firstWord = (from - base) >>> 5;
      const endWord = (end - base + 31) >>> 5;
      decider.decide(from, firstWord, endWord);
      const { yes, no } = decider;
      for (let w = firstWord; w < endWord; w++) {
        const first = base + (w << 5);
        // The word's frames that are meant: from `judged` on, before `end`.
        let mask = -1 << (this.judged - first);
        if (end - first < 32) mask &= (1 << (end - first)) - 1;
        const open = mask & ~(yes[w] | no[w]);
        if (open !== 0) mask &= (open & -open) - 1;
        this.matches.appendWord(first, yes[w] & mask);
        this.judged = open === 0 ? Math.min(end, first + 32) : first + 31 - Math.clz32(open & -open);
        if (open !== 0) return;
      }
    }
  }
}
