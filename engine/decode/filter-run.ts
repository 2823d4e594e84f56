/**
 * A display filter being applied: judges the frames of the index in order, as far as there are any, and goes on
 * when there are more.
 *
 * Each test of the filter is answered from what is cheapest: answers kept from earlier filters, the protocol
 * chain, the index's columns, bytes of the frame. Only frames that these leave open are dissected, together with
 * what their conversations need.
 */
import { MODE_FIELDS } from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";
import { fields } from "../dissect/protocol.ts";
import { type CompiledFilter, compileFilter } from "../filter/compile.ts";
import { CHUNK_FRAMES, popcount } from "../index/bitmap.ts";
import { AtomAnswers, AtomStore } from "./atom-store.ts";
import { FrameList } from "./displayed.ts";
import { FrameJudge } from "./frame-judge.ts";
import { FrameWindow } from "./frame-window.ts";
import type { Indexer } from "./indexer.ts";
import { ScanControl } from "./scan-control.ts";
import type { FromScanHelper, ToScanHelper } from "./scan-messages.ts";
import { BATCH, PAGE, ScanShare } from "./scan-share.ts";
import { snapshotOf } from "./scanned.ts";
import { type Ahead, type LateDissection, mayEcho, StreamWalk } from "./stream-walk.ts";
import type { Viewer } from "./viewer.ts";

/** Fields of frame numbers that point at earlier frames only. */
const BACKWARD = /\.(acks_frame|duplicate_ack_frame|rto_frame|response_to|resp_to|setup-frame)$/;

/** Findings that no answer came: only who knows the later frames can tell. */
const UNANSWERED = /\.(no_resp|resp_not_found)$/;
/** What may be any finding. */
const EXPERT = /^_ws\.expert/;

/** Open frames, after the columns were asked, from which on assistants are worth their while. */
const WORTH_SHARING = 20_000;
/** A dissection costs as much as this many looks at header bytes. */
const DISSECTION = 8;

/** One filter for every kind of column, and for every way to look into frames. */
export const USUAL_FILTERS = [
  "tcp",
  "udp && !dns",
  "ip.addr == 0.0.0.0",
  "ip.src == 0.0.0.0/8",
  "tcp.port == 1",
  "tcp.stream == 1",
  "tcp.flags.syn == 1",
  "tcp.analysis.flags",
  "frame.number < 1",
  "frame.len < 1",
  "frame.time_relative < 0",
  "ip.ttl < 1",
  "tcp.options.timestamp.tsval == 0",
  "tcp.window_size == 1",
  'frame contains "GET /"',
];
const WARM_ROUNDS = 4;

/** Threads that judge frames together with this one. */
export interface ScanHelpers {
  /** How many there are. */
  readonly count: number;
  scan(helper: number, message: ToScanHelper): void;
  /** Called with what a helper says, null when it was lost. */
  onScan: ((helper: number, message: FromScanHelper | null) => void) | null;
}

export interface FilteringOptions {
  /** Open frames from which on work is shared. */
  readonly worthSharing?: number;
}

/** What the filters of one capture share. */
export class Filtering {
  readonly store = new AtomStore();
  /** True once the capture will not grow any more. */
  complete = false;
  readonly #indexer: Indexer;
  readonly #viewer: Viewer;
  readonly #window: FrameWindow;
  readonly #helpers: ScanHelpers | null;
  readonly #worthSharing: number;
  /** Helpers that know the capture. */
  readonly #informed = new Set<number>();
  /** The job that helpers work on, and those that do still. */
  #job = 0;
  readonly #busy = new Set<number>();
  #control: ScanControl | null = null;
  #lost: ((helper: number) => void) | null = null;

  /** @param helpers threads to share large scans with, once the capture is complete; null for none */
  constructor(
    indexer: Indexer,
    viewer: Viewer,
    helpers: ScanHelpers | null = null,
    { worthSharing = WORTH_SHARING }: FilteringOptions = {},
  ) {
    this.#indexer = indexer;
    this.#viewer = viewer;
    this.#window = new FrameWindow(indexer.dataPath);
    this.#helpers = helpers !== null && helpers.count > 0 ? helpers : null;
    this.#worthSharing = worthSharing;
  }

  /** Begins to apply a filter; nothing is judged yet. */
  run(filter: CompiledFilter): FilterRun {
    return new FilterRun(this.#indexer, this.#viewer, filter, this.store, this.#window, this);
  }

  /**
   * Exercises what filters are judged with on the first frames of a long capture, so that the first filter a user
   * types finds compiled loops. A generator, to be run while nobody waits.
   */
  *warmUp(): Generator<void, void> {
    const frames = Math.min(this.#indexer.index.count, CHUNK_FRAMES);
    if (frames < CHUNK_FRAMES) return;
    for (let round = 0; round < WARM_ROUNDS; round++) {
      for (const text of USUAL_FILTERS) {
        const filter = compileFilter(text);
        const answers = filter.atoms.map(() => new AtomAnswers());
        const judge = new FrameJudge(this.#indexer, this.#window, filter, answers);
        judge.fillColumns(0, frames);
        judge.decider.decide(0, 0, frames >>> 5);
        if (judge.looks) judge.look(0, PAGE);
        yield;
      }
    }
  }

  /** True while helpers still write answers of a job that was called off. */
  get windingUp(): boolean {
    return this.#busy.size > 0 && this.#control?.calledOff !== false;
  }

  /** Helpers that are at work. */
  get scanning(): number {
    return this.#busy.size;
  }

  /** Open frames from which on a run is to be shared; null when it cannot be. */
  get sharedFrom(): number | null {
    return this.complete && this.#helpers !== null ? this.#worthSharing : null;
  }

  /**
   * Sets the helpers to work on a filter.
   * @param onLost called with the share of a helper that ended before it was done
   * @returns what all shares work with; share 0 is the caller's
   */
  share(
    filter: CompiledFilter,
    answers: readonly AtomAnswers[],
    onLost: (share: number) => void,
  ): { control: ScanControl; shares: number } {
    const helpers = this.#helpers!;
    const { count } = this.#indexer.index;
    const shares = helpers.count + 1;
    const control = new ScanControl(shares, count);
    const number = ++this.#job;
    this.#control = control;
    this.#lost = (helper) => onLost(helper + 1);
    helpers.onScan = (helper, message) => this.#onScan(helper, message);
    const bitmaps = answers.map(({ known, truth }) => ({
      known: known.buffers(count),
      truth: truth.buffers(count),
    }));
    for (let helper = 0; helper < helpers.count; helper++) {
      if (!this.#informed.has(helper)) {
        helpers.scan(helper, { kind: "scan-capture", snapshot: snapshotOf(this.#indexer) });
        this.#informed.add(helper);
      }
      this.#busy.add(helper);
      const { text, referenceValues: references } = filter;
      const job = { number, filter: text, references, answers: bitmaps, control: control.buffer };
      helpers.scan(helper, { kind: "scan-job", job: { ...job, share: helper + 1, shares } });
    }
    return { control, shares };
  }

  #onScan(helper: number, message: FromScanHelper | null): void {
    if (message !== null && message.number !== this.#job) return;
    const busy = this.#busy.delete(helper);
    if (message !== null) return;
    this.#informed.delete(helper);
    if (busy) this.#lost?.(helper);
  }

  /** Ends what helpers are doing. */
  callOff(): void {
    this.#control?.callOff();
    this.#lost = null;
  }

  close(): void {
    this.callOff();
    if (this.#helpers !== null && this.#informed.size > 0) {
      this.#helpers.onScan = null;
      for (const helper of this.#informed) this.#helpers.scan(helper, { kind: "scan-close" });
    }
    this.#window.close();
  }
}

export class FilterRun {
  readonly filter: CompiledFilter;
  readonly matches = new FrameList();
  /** Frames judged so far: the list is complete up to here. */
  judged = 0;
  /** True when all there is to do now is to wait for helpers. */
  idle = false;
  readonly #indexer: Indexer;
  readonly #window: FrameWindow;
  readonly #store: AtomStore;
  readonly #filtering: Filtering;
  readonly #answers: readonly AtomAnswers[];
  readonly #judge: FrameJudge;
  #walk: StreamWalk;
  readonly #late: LateDissection;
  /** Frames whose tests were answered as far as single frames can answer them; and as far as columns can. */
  #looked = 0;
  #filled = 0;
  /** True when what is displayed is asked about, so that each frame must be judged before the next. */
  readonly #ordered: boolean;
  /** Frames of which something may be asked that later frames settle, so that order alone does not do. */
  readonly #ahead: Ahead;
  /** True as long as columns left little open of the frames so far, all of which are judged. */
  #light = true;
  /** Whether the work is shared; null while that is not settled. */
  #shared: boolean | null = null;
  #control: ScanControl | null = null;
  #shares: ScanShare[] = [];
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
    filtering: Filtering,
  ) {
    this.filter = filter;
    this.#indexer = indexer;
    this.#window = window;
    this.#store = store;
    this.#filtering = filtering;
    const wanted = fields.filter((field) => filter.wanted[field.id] === 1);
    this.#ordered = wanted.some((field) => field.name === "frame.time_delta_displayed");
    const ahead = ({ type, name }: Field): boolean =>
      (type === "FT_FRAMENUM" && !BACKWARD.test(name)) || UNANSWERED.test(name);
    if (wanted.some(ahead)) this.#ahead = "all";
    else this.#ahead = wanted.some(({ name }) => EXPERT.test(name)) ? "echoes" : "none";
    const own = this.#ordered ? new AtomStore() : store;
    this.#answers = filter.atoms.map((atom) => own.get(atom.key));
    this.#judge = new FrameJudge(indexer, window, filter, this.#answers);
    if (this.#ordered || this.#ahead === "all") this.#shared = false;
    this.#late = (frame, before) =>
      viewer.dissect(frame, MODE_FIELDS, filter.needsColumns, filter.wanted, before);
    this.#walk = this.#newWalk(0, 1);
  }

  #newWalk(index: number, count: number): StreamWalk {
    const { decider } = this.#judge;
    const share = { index, count };
    return new StreamWalk(
      this.#indexer,
      this.#window,
      this.filter,
      this.#answers,
      decider,
      this.#late,
      share,
      this.#ahead,
      this.#filtering.complete,
    );
  }

  /**
   * Judges frames for at most `milliseconds`.
   * @returns true when there are more to judge
   */
  run(milliseconds: number): boolean {
    const stop = performance.now() + milliseconds;
    const { index } = this.#indexer;
    const count = index.count;
    // Two threads must not write the same words of the bitmaps.
    this.idle = this.#filtering.windingUp;
    if (this.idle) return this.judged < count;
    const enough = this.#filtering.sharedFrom;
    if (this.#ahead === "echoes" && index.chains.chains.some(mayEcho)) this.#shared = false;
    if (this.#shared === null && enough !== null) {
      while (this.#light && this.judged < count) {
        this.#light = this.#runLight(count, enough);
        if (performance.now() >= stop) return this.judged < count;
      }
      if (this.judged < count) {
        if (this.#filled < count) this.#fillAll(count, stop);
        if (this.#filled < count) return true;
        this.#settleSharing(count, enough);
      }
    }
    if (this.#shared === true) this.#runShared(stop);
    else {
      this.#runAlone(count, stop);
      // What this thread has begun alone, while the capture grew, it ends alone.
      if (this.judged > 0) this.#shared = false;
    }
    if (this.judged >= count) this.#store.trim();
    return this.judged < index.count;
  }

  /**
   * The same on this thread alone.
   * @param walks false to leave frames out that only their conversations tell of, and all behind the first of them
   * @returns true when there are more to judge that can be judged so
   */
  runAlone(milliseconds: number, walks: boolean): boolean {
    const stop = performance.now() + milliseconds;
    const { count } = this.#indexer.index;
    this.#shared = false;
    if (this.#filtering.windingUp) return this.judged < count;
    if (walks || this.#looked < count) this.#runAlone(count, stop, walks);
    if (this.judged >= count) this.#store.trim();
    return walks ? this.judged < count : this.#looked < count;
  }

  /** Ends the work of helpers; the run can go on without them. */
  callOff(): void {
    if (this.#control === null) return;
    this.#filtering.callOff();
    this.#control = null;
    this.#shares = [];
    this.#shared = false;
    this.#looked = this.judged;
    this.#walk = this.#newWalk(0, 1);
  }

  #runAlone(count: number, stop: number, walks = true): void {
    while (this.#looked < count) {
      this.#look(count);
      if (performance.now() >= stop) return;
    }
    if (!walks) return;
    const walk = this.#walk;
    while (this.judged < count) {
      if (walk.survey(count)) walk.walk(count, BATCH, this.#before);
      this.#publish(walk.walked);
      if (performance.now() >= stop) break;
    }
  }

  // ------------------------------------------------------------------ sharing

  /** What judging a frame costs that columns leave open. */
  get #cost(): number {
    return this.#judge.dissects ? DISSECTION : 1;
  }

  /** Frames of a chunk that the answers so far leave open; `from` is its first frame's index. */
  #openIn(from: number, count: number): number {
    const { decider } = this.#judge;
    const words = (Math.min(count - from, CHUNK_FRAMES) + 31) >>> 5;
    decider.decide(from, 0, words);
    let open = 0;
    for (let w = 0; w < words; w++) open += popcount(~(decider.yes[w] | decider.no[w]));
    return open;
  }

  /**
   * Judges the next chunk where columns leave little open: its matches are there before the others are looked at.
   * @returns false when there is more to do than that: all that is left may be worth sharing
   */
  #runLight(count: number, enough: number): boolean {
    const from = this.#filled;
    const end = this.#fillNext(count);
    const chunks = Math.ceil((count - from) / CHUNK_FRAMES);
    if (this.#openIn(from - (from % CHUNK_FRAMES), count) * this.#cost * chunks >= enough) return false;
    if (this.#judge.looks) this.#judge.look(from, end);
    this.#looked = end;
    this.#publish(end);
    return this.judged === end;
  }

  #fillAll(count: number, stop: number): void {
    // However short the turn is, it comes further.
    do this.#fillNext(count);
    while (this.#filled < count && performance.now() < stop);
  }

  /** Answers what columns can up to the end of a chunk; returns that end. */
  #fillNext(count: number): number {
    const from = this.#filled;
    const end = Math.min(count, from - (from % CHUNK_FRAMES) + CHUNK_FRAMES);
    this.#judge.fillColumns(from, end);
    this.#filled = end;
    return end;
  }

  /** Shares the work when the columns left enough of it. */
  #settleSharing(count: number, enough: number): void {
    let open = 0;
    for (let from = 0; from < count && open < enough; from += CHUNK_FRAMES) {
      open += this.#openIn(from, count) * this.#cost;
    }
    this.#shared = open >= enough;
    if (!this.#shared) return;
    const { control, shares } = this.#filtering.share(this.filter, this.#answers, (share) => {
      // What it had claimed is for others, its conversations are this thread's from now on.
      control.release(share);
      if (this.#control === control) this.#shares.push(this.#newShare(control, share, shares, count));
    });
    this.#control = control;
    this.#shares = [this.#newShare(control, 0, shares, count)];
  }

  #newShare(control: ScanControl, share: number, shares: number, count: number): ScanShare {
    return new ScanShare(this.#judge, this.#newWalk(share, shares), control, share, count);
  }

  #runShared(stop: number): void {
    const control = this.#control!;
    let waiting = true;
    for (const share of this.#shares) {
      if (performance.now() < stop && share.step(stop)) waiting = false;
    }
    const { count } = this.#indexer.index;
    if (control.allFinished) this.#publish(Math.min(count, control.walked));
    else this.#publish(Math.min(count, control.finishedAhead() * CHUNK_FRAMES));
    this.idle = waiting;
    if (this.judged < count) return;
    this.#looked = count;
    this.#control = null;
    this.#shares = [];
    this.#shared = false;
  }

  // ------------------------------------------------------------------ alone

  /** Judges the next frames as far as single frames can be. */
  #look(count: number): void {
    const from = this.#looked;
    const end = Math.min(count, from - (from % CHUNK_FRAMES) + CHUNK_FRAMES);
    const judge = this.#judge;
    if (this.#filled < end) {
      this.#fillNext(count);
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
