/**
 * One open capture, decoded: index, displayed list, rows, trees, searches. Lives in a worker thread; long work is
 * done in slices, so that a request for rows never waits longer than a slice.
 */

import { Coloring } from "../analysis/coloring.ts";
import type {
  ByteRange,
  CaptureProperties,
  ColorRuleSetting,
  Column,
  ExpertSummary,
  FieldTexts,
  FilterExplanation,
  FilterMacro,
  FilterResult,
  FrameDetail,
  IndexHealth,
  MatchCount,
  Notice,
  Overview,
  Params,
  ReplayStatus,
  RowsResult,
  Timeline,
  Work,
} from "../api.ts";
import { ApiError } from "../api.ts";
import { type Dissection, MODE_FIELDS, MODE_TREE } from "../dissect/dissection.ts";
import { type CompiledFilter, type CompileOptions, compileFilter } from "../filter/compile.ts";
import { FilterError } from "../filter/error.ts";
import {
  NOTHING_SELECTED,
  readReferences,
  referenceError,
  referredFields,
  SELECT_FIRST,
} from "../filter/references.ts";
import { noticeText } from "../formats/notice.ts";
import { openCapture } from "../formats/open.ts";
import { CaptureFileError } from "../formats/types.ts";
import { nextTurn, pause } from "../turns.ts";
import { Displayed, type SortedOrder } from "./displayed.ts";
import { countExperts } from "./experts.ts";
import { explainFrame } from "./explain.ts";
import { Filtering, type FilteringOptions, type FilterRun, type ScanHelpers } from "./filter-run.ts";
import { finder, search } from "./find.ts";
import { BATCHES_AHEAD, Indexer, type IndexerOptions, type ShardHelpers } from "./indexer.ts";
import { neighbourOf } from "./neighbour.ts";
import { overview } from "./overview.ts";
import { captureProperties } from "./properties.ts";
import { Replay } from "./replay.ts";
import { RowMaker } from "./rows.ts";
import { sortedOrder } from "./sort.ts";
import { CaptureSums } from "./sums.ts";
import { timeline } from "./timeline.ts";
import { byteRange, fieldTexts, frameDetail, lostDetail } from "./tree.ts";
import { timeOf, Viewer } from "./viewer.ts";
import { CaptureWatch, type OpenFile } from "./watch.ts";

/** Milliseconds of work between two looks at the requests that came in. */
const SLICE = 8;
/** The same for what someone waits for with the list before him: it goes before work that takes its time. */
const URGENT_SLICE = 24;
/** Milliseconds between two looks at the tail of a capture that is being written. */
const TAIL_INTERVAL = 40;
/** Milliseconds between two looks at how far helping threads are. */
const IDLE = 2;
/** Milliseconds that helpers are waited for before requests are looked at. */
const HELPERS_TURN = 20;
/** Milliseconds between two progress reports. */
const REPORT_INTERVAL = 50;
/** Milliseconds between two looks whether the file was changed by another program. */
const WATCH_INTERVAL = 1000;
/** Frames between two looks at the clock where a frame costs next to nothing. */
const STEPS = 8192;

/** Milliseconds of work after which a count of matches is no longer told at once. */
const COUNT_BUDGET = 30;
/** Frames that a growing file is indexed ahead of the one that step mode is at. */
const AHEAD = 200_000;
/** Longest capture whose conversations are walked for it: a walk cannot be left in the middle. */
const WALKED_AT_ONCE = 20_000;

/** How a capture stands; sent whenever it changed. */
export interface DecoderState {
  frames: number;
  displayed: number;
  view: number;
  filter: string;
  sort: { column: Column; descending: boolean } | null;
  replay: ReplayStatus | null;
  /** Bytes of the file walked, and the file's size. */
  position: number;
  bytes: number;
  complete: boolean;
  description: string;
  firstTime: { sec: number; nsec: number } | null;
  /** Share of the frames that running filters, sorts and searches have judged. */
  working: { what: ListWork; done: number }[];
  notices: Notice[];
  /** What happened to the file when frames' bytes are no longer in it; null when all can be read. */
  lost: string | null;
}

/** What an open capture takes in memory, and what of it waits for helpers. */
export interface DecoderHealth extends IndexHealth {
  /** Batches of frames that are shared out, and the most of them. */
  readonly batches: number;
  readonly batchLimit: number;
  /** Helpers that are judging frames for a filter, and how many there are. */
  readonly scanning: number;
  readonly helpers: number;
}

/** Where a capture can be saved from, and how far. */
export interface SaveSource {
  /** The uncompressed file, whatever its path leads to now; null while it is unpacked, and for a chain of files. */
  readonly file: OpenFile | null;
  readonly compressed: boolean;
  /** The first frame whose bytes are gone; 0 when none are. */
  readonly firstLost: number;
}

/** What a filter's text means besides itself. */
export interface FilterContext {
  readonly macros?: readonly FilterMacro[];
  /** The selected frame; undefined for none. */
  readonly reference?: number | undefined;
}

/** Threads that help with everything long. */
export type DecoderHelpers = ShardHelpers & ScanHelpers;

/** When work is shared with helpers; what comes out is the same. */
export interface DecoderOptions {
  readonly indexer?: IndexerOptions;
  readonly filtering?: FilteringOptions;
  /** Colouring rules; null for the built-in ones. */
  readonly colorRules?: readonly ColorRuleSetting[] | null;
  /** Macros that the rules use. */
  readonly macros?: readonly FilterMacro[];
}

/** Work of the decoder that a cancel ends, and what of it is done on the displayed list. */
export type DecoderWork = Exclude<Work, "save" | "compress">;
export type ListWork = Exclude<DecoderWork, "open">;

export class Decoder {
  readonly #report: (state: DecoderState) => void;
  readonly #helpers: DecoderHelpers | null;
  readonly #options: DecoderOptions;
  #coloring: Coloring;
  /** Rises with every change of the colouring rules. */
  #colorings = 0;
  #indexer: Indexer | null = null;
  #viewer: Viewer | null = null;
  #displayed: Displayed | null = null;
  #rows: RowMaker | null = null;
  #filtering: Filtering | null = null;
  #sums: CaptureSums | null = null;
  #watch: CaptureWatch | null = null;
  /** Step mode; null while all frames are shown. */
  #replay: Replay | null = null;
  #watchTimer: NodeJS.Timeout | null = null;
  /** The comparison of a changed file with the index, while it runs. */
  #settling: Promise<void> | null = null;
  /** Why indexing ended before the end of the file; null when it did not. */
  #failure: string | null = null;
  /** Ends the unpacking of a compressed file. */
  #unpacking: AbortController | null = null;
  #run: FilterRun | null = null;
  /** The filter run still working; it becomes the displayed list at once and fills it. */
  #filterText = "";
  #sort: { column: Column; descending: boolean } | null = null;
  #view = 0;
  #complete = false;
  #live = false;
  /** True while a file that grows is not indexed any further, so that its list stays as it is. */
  #paused = false;
  /** Answers being worked on that several requests may share. */
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #working = new Map<ListWork, number>();
  /** True while `filter` itself lets its run judge. */
  #applying = false;
  #lastReport = 0;
  #closed = false;
  /** Rises with every cancel and every newer work of a kind; what holds an older number stops. */
  readonly #generation: Record<DecoderWork, number> = { open: 0, filter: 0, sort: 0, find: 0, experts: 0 };

  /**
   * @param report called when the state changed, at most once per REPORT_INTERVAL and at the end of work
   * @param helpers threads to share the work on long captures with
   * @param options when work is shared
   */
  constructor(
    report: (state: DecoderState) => void,
    helpers: DecoderHelpers | null = null,
    options: DecoderOptions = {},
  ) {
    this.#report = report;
    this.#helpers = helpers;
    this.#options = options;
    this.#coloring = new Coloring(options.colorRules ?? undefined, options.macros);
  }

  // ------------------------------------------------------------------ opening

  /**
   * Opens a capture and indexes it to its end; rows can be asked for long before this resolves.
   * @param live true for a file that is being written: indexing goes on until `finishLive`
   * @param ours false when another program writes it, which may do anything to it
   * @returns true when it was cancelled on the way; what is indexed then stays
   * @throws ApiError UNREADABLE, NOT_A_CAPTURE or NOT_FOUND
   */
  async open(
    path: string,
    live: boolean,
    ours = live,
  ): Promise<{ frames: number; format: string; cancelled: boolean; notices: Notice[] }> {
    const generation = ++this.#generation.open;
    // Before anything is waited for: `finishLive` may come meanwhile.
    this.#live = live;
    const unpacking = new AbortController();
    this.#unpacking = unpacking;
    const capture = await openCapture(path, { signal: unpacking.signal }).catch((error: unknown) => {
      if (unpacking.signal.aborted) throw new ApiError("CANCELLED", `Opening "${path}" was cancelled.`);
      if (error instanceof CaptureFileError) throw new ApiError("NOT_A_CAPTURE", error.message);
      throw error;
    });
    if (this.#closed) {
      capture.close();
      throw new ApiError("CANCELLED", `Opening "${path}" was cancelled.`);
    }
    if (live && capture.compression !== "none") {
      capture.close();
      throw new ApiError(
        "FORMAT",
        `"${path}" is compressed with ${capture.compression}: such a file cannot be followed. Open it as it is.`,
      );
    }
    const indexer = new Indexer(capture, this.#helpers, this.#options.indexer);
    this.#indexer = indexer;
    this.#viewer = new Viewer(indexer);
    this.#filtering = new Filtering(indexer, this.#viewer, this.#helpers, this.#options.filtering);
    this.#displayed = new Displayed(indexer.index);
    this.#sums = new CaptureSums(indexer.index);
    this.#watch = new CaptureWatch(indexer, ours);
    this.#watchTimer = setInterval(() => this.#look(true), WATCH_INTERVAL).unref();
    this.#rows = new RowMaker(indexer, this.#viewer, this.#displayed, this.#watch, this.#coloring);
    const cancelled = (): boolean => this.#generation.open !== generation;
    while (!cancelled() && !this.#closed) {
      const more = this.#live && (this.#paused || this.#isAhead) ? false : this.#index(indexer);
      this.#advanceFilter();
      if (!more) this.#look(true);
      if (await this.#broken()) break;
      if (more) {
        this.#changed();
        // A helper may take its time; a cancel must not wait for it.
        await (indexer.waiting === null ? nextTurn() : Promise.race([indexer.waiting, pause(HELPERS_TURN)]));
      } else if (this.#live) {
        this.#changed();
        await pause(TAIL_INTERVAL);
      } else if (await capture.more()) {
        this.#changed();
      } else if (!this.#index(indexer)) break;
    }
    if (!this.#closed) {
      if (cancelled()) unpacking.abort();
      else if (!(await this.#broken())) {
        capture.reader.finish();
        this.#watch.indexed();
      }
      this.#complete = true;
      this.#filtering.complete = true;
      const judged = this.#judgeRest();
      if (!cancelled()) await judged;
      this.#changed(true);
      void this.#warmUp(this.#filtering);
    }
    return {
      frames: indexer.index.count,
      format: capture.info().description,
      cancelled: cancelled(),
      notices: this.#notices(),
    };
  }

  /** True when a growing file is indexed far enough for step mode: memory must not grow for what nobody sees. */
  get #isAhead(): boolean {
    return this.#replay !== null && (this.#displayed?.behind ?? 0) > AHEAD;
  }

  /** Indexes for a slice. What goes wrong there ends the indexing; what was indexed before stays. */
  #index(indexer: Indexer): boolean {
    try {
      return indexer.run(SLICE);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#failure =
        `Reading stopped behind frame ${indexer.index.count}: ${reason}. The frames before can be used; ` +
        "close other captures and reload this one to try again.";
      return false;
    }
  }

  /** True when indexing must end early: it failed, or the frames indexed are no longer in the file. */
  async #broken(): Promise<boolean> {
    this.#look(false);
    while (this.#settling !== null) await this.#settling;
    return this.#failure !== null || (this.#watch?.firstLost ?? 0) > 0;
  }

  /** Looks whether the file was changed, and compares it with the index when it was. */
  #look(path: boolean): void {
    const watch = this.#watch;
    if (watch === null || !watch.look(path)) return;
    // Threads that judge frames must not take what stands there now for what was there.
    if (watch.checking) this.#run?.callOff();
    if (watch.checking) this.#settling ??= this.#settle(watch, watch.check(SLICE));
    this.#changed(true);
  }

  async #settle(watch: CaptureWatch, more: boolean): Promise<void> {
    // Rows may be readable that were not, and the other way round.
    this.#view++;
    for (let goesOn = more; goesOn && !this.#closed; goesOn = watch.check(SLICE)) await nextTurn();
    // Settled in a later turn than it began, so that whoever waits finds it set.
    await nextTurn();
    this.#settling = null;
    this.#view++;
    this.#changed(true);
  }

  /** Makes ready for the first filter, as long as nothing else is to be done. */
  async #warmUp(filtering: Filtering): Promise<void> {
    for (const _ of filtering.warmUp()) {
      await nextTurn();
      if (this.#closed || this.#run !== null) return;
    }
  }

  /** Lets a file that grows wait, even one still being opened, or goes on with it; its frames so far can be used. */
  pause(on: boolean): void {
    this.#paused = on;
  }

  /** The file will not grow any more: indexing ends when its end is reached. */
  finishLive(): void {
    this.#live = false;
    this.#paused = false;
  }

  /** Begins, moves or leaves step mode; see the contract. */
  replay(params: Params<"replay">): null {
    const { indexer, displayed } = this.#open();
    if (params.action === "begin") {
      this.#replay?.pause();
      const at = params.at ?? (this.#live ? indexer.index.count : 1);
      this.#reordered(null, null);
      this.#replay = new Replay(
        indexer,
        displayed,
        at,
        () => this.#run?.judged ?? indexer.index.count,
        () => this.#complete,
        (how) => (how === "back" ? this.#shrunk() : this.#changed(how === "ended")),
      );
      this.#shrunk();
    } else if (this.#replay === null) {
      throw new ApiError("BAD_REQUEST", "The capture is not shown step by step; begin with that first.");
    } else if (params.action === "step") this.#replay.step(params.by);
    else if (params.action === "go") this.#replay.go(params.to);
    else if (params.action === "play") this.#replay.play(params.speed);
    else if (params.action === "pause") this.#replay.pause();
    else {
      this.#replay.leave();
      this.#replay = null;
      if (this.#sort !== null) this.#reordered(null, null);
    }
    this.#changed(true);
    return null;
  }

  /** The list lost frames at its end: what is done with it is about one that is no longer there. */
  #shrunk(): void {
    this.#generation.sort++;
    this.#generation.find++;
    this.#generation.experts++;
    this.#view++;
    this.#changed(true);
  }

  /** The list stands in another order. */
  #reordered(order: SortedOrder | null, sort: DecoderState["sort"]): void {
    const { displayed } = this.#open();
    displayed.order = order;
    this.#sort = sort;
    this.#view++;
  }

  /** Ends all work; the helpers are free for another capture when this returns. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const work of Object.keys(this.#generation) as DecoderWork[]) this.#generation[work]++;
    if (this.#watchTimer !== null) clearInterval(this.#watchTimer);
    this.#unpacking?.abort();
    this.#replay?.pause();
    this.#watch?.close();
    this.#filtering?.close();
    this.#indexer?.close();
    this.#indexer = null;
  }

  cancel(what: DecoderWork): void {
    this.#generation[what]++;
    // What is being unpacked has no frames yet that could be shown.
    if (what === "open" && this.#indexer === null) this.#unpacking?.abort();
  }

  // ------------------------------------------------------------------ the displayed list

  /**
   * Applies a display filter to all frames there are; frames that come later are judged as they come.
   * @throws ApiError BAD_FILTER with the place in the text
   */
  async filter(text: string, context: FilterContext = {}): Promise<FilterResult> {
    const started = performance.now();
    const { indexer, filtering, displayed } = this.#open();
    const asked = text.trim() === "" ? null : this.#compile(text, context);
    const generation = ++this.#generation.filter;
    const filter = asked?.references.length ? await this.#withValues(text, asked, context) : asked;
    if (this.#generation.filter !== generation) {
      return { count: displayed.length, frames: displayed.last, elapsed: 0, cancelled: true };
    }
    this.#counting++;
    // They are about the list that was.
    this.#generation.sort++;
    this.#generation.find++;
    this.#generation.experts++;
    const previous = { text: this.#filterText, run: this.#run, matches: displayed.matches };
    this.#run?.callOff();
    if (filter === null) {
      this.#run = null;
      displayed.matches = null;
    } else {
      this.#run = filtering.run(filter);
      displayed.matches = this.#run.matches;
    }
    this.#filterText = text.trim();
    this.#sort = null;
    displayed.order = null;
    this.#view++;
    const run = this.#run;
    this.#applying = true;
    while (this.#settling !== null) await this.#settling;
    while (run !== null && this.#generation.filter === generation && run.run(SLICE)) {
      this.#working.set("filter", run.judged / Math.max(1, indexer.index.count));
      this.#changed();
      await (run.idle ? pause(IDLE) : nextTurn());
      this.#look(false);
      while (this.#settling !== null) await this.#settling;
    }
    const cancelled = this.#generation.filter !== generation;
    if (cancelled) run?.callOff();
    let rest = false;
    if (cancelled && this.#run === run && run !== null && !this.#closed) {
      // Cancelled by the user, not by a newer filter: the old list comes back.
      this.#run = previous.run;
      this.#filterText = previous.text;
      displayed.matches = previous.matches;
      this.#view++;
      rest = true;
    }
    if (!cancelled || this.#run === previous.run) {
      this.#applying = false;
      this.#working.delete("filter");
    }
    // The old filter may itself have been cut off by the cancelled one.
    if (rest && this.#complete) void this.#judgeRest();
    this.#changed(true);
    return {
      count: displayed.length,
      frames: displayed.last,
      elapsed: performance.now() - started,
      cancelled,
    };
  }

  /**
   * How many frames a filter would find, where this can be told at once. Gives way to rows and to filters that are
   * applied; what it learnt serves a filter that is applied later.
   * @returns null when it takes longer, when a newer question came, or while there is other work to do
   */
  async countMatches(text: string, context: FilterContext = {}): Promise<MatchCount | null> {
    const generation = ++this.#counting;
    const { indexer, filtering, displayed } = this.#open();
    const free = (): boolean =>
      this.#counting === generation &&
      this.#complete &&
      !this.#applying &&
      this.#settling === null &&
      (this.#run === null || this.#run.judged === indexer.index.count);
    // What else was asked for at the same time goes first.
    await nextTurn();
    if (!free() || this.#closed) return null;
    const frames = indexer.index.count;
    const asked = this.#compile(text, context);
    if (
      text.trim() === this.#filterText &&
      asked.text === this.#run?.filter.text &&
      asked.references.length === 0
    )
      return { count: displayed.length, frames: displayed.last };
    const filter = asked.references.length > 0 ? await this.#withValues(text, asked, context) : asked;
    if (!free() || this.#closed) return null;
    const run = filtering.run(filter);
    const walks = frames <= WALKED_AT_ONCE;
    for (let spent = 0; ; ) {
      const started = performance.now();
      if (!run.runAlone(SLICE, walks)) break;
      spent += performance.now() - started;
      if (spent >= COUNT_BUDGET) return null;
      await nextTurn();
      if (!free() || this.#closed) return null;
    }
    if (run.judged !== frames) return null;
    const shown = displayed.last;
    return { count: run.matches.lowerBound(shown + 1), frames: shown };
  }
  #counting = 0;

  /**
   * Compiles a filter; what it refers to has no values yet.
   * @throws ApiError BAD_FILTER with the place in the text, also where there is no frame that it could refer to
   */
  #compile(text: string, { macros, reference }: FilterContext): CompiledFilter {
    const filter = compile(text, { macros });
    if (filter.references.length === 0) return filter;
    const { indexer, watch } = this.#open();
    const why =
      reference === undefined
        ? NOTHING_SELECTED
        : reference > indexer.index.count
          ? `There is no frame ${reference}`
          : watch.readable(reference)
            ? null
            : watch.reason(reference);
    const refused = why === null ? null : referenceError(filter, why, SELECT_FIRST);
    if (refused !== null) throw badFilter(refused);
    return filter;
  }

  /** The filter with the values that the selected frame has now; they stay as they are. */
  async #withValues(
    text: string,
    filter: CompiledFilter,
    { macros, reference: number = 1 }: FilterContext,
  ): Promise<CompiledFilter> {
    const { viewer, displayed } = this.#open();
    const wanted = referredFields(filter);
    for (let stop = performance.now() + URGENT_SLICE; !viewer.ready(number, MODE_FIELDS, wanted); ) {
      if (performance.now() < stop) continue;
      await nextTurn();
      this.#open();
      stop = performance.now() + URGENT_SLICE;
    }
    const d = viewer.dissect(number, MODE_FIELDS, true, wanted, displayed.before(number));
    return compile(text, { macros, references: readReferences(filter, d) });
  }

  /** Rows asked for from now on are coloured by these rules; null for the built-in ones. */
  color(rules: readonly ColorRuleSetting[] | null, macros: readonly FilterMacro[]): void {
    this.#coloring = new Coloring(rules ?? undefined, macros);
    this.#colorings++;
    if (this.#rows === null) return;
    this.#rows.coloring = this.#coloring;
  }

  #advanceFilter(): void {
    if (this.#run !== null && !this.#applying && this.#settling === null) this.#run.run(SLICE);
  }

  /** Judges what is left once the index is complete; a cancel drops the filter. */
  async #judgeRest(): Promise<void> {
    const { indexer, displayed } = this.#open();
    const generation = this.#generation.filter;
    const run = this.#run;
    while (run !== null && run.judged < indexer.index.count && !this.#applying && !this.#closed) {
      this.#advanceFilter();
      this.#working.set("filter", run.judged / indexer.index.count);
      this.#changed();
      await (run.idle ? pause(IDLE) : nextTurn());
      if (this.#run !== run) return;
      if (this.#generation.filter === generation) continue;
      run.callOff();
      this.#run = null;
      this.#filterText = "";
      displayed.matches = null;
      this.#view++;
      break;
    }
    if (!this.#applying) this.#working.delete("filter");
    this.#changed(true);
  }

  async sort(column: Column | null, descending: boolean): Promise<void> {
    const { indexer, viewer, displayed } = this.#open();
    const generation = ++this.#generation.sort;
    let order: SortedOrder | null = null;
    if (column !== null) {
      const steps = sortedOrder(indexer, viewer, displayed, column, descending);
      order = await this.#work("sort", generation, steps);
      if (order === null) return;
    }
    this.#reordered(order, column === null ? null : { column, descending });
    this.#changed(true);
  }

  async find(
    params: Params<"find">,
    context: FilterContext = {},
  ): Promise<{ row: number; number: number } | null> {
    const { indexer, viewer, displayed } = this.#open();
    const generation = ++this.#generation.find;
    const asked = params.kind === "filter" ? this.#compile(params.text, context) : null;
    const filter = asked?.references.length ? await this.#withValues(params.text, asked, context) : asked;
    const test = finder(indexer, viewer, params, filter);
    const steps = search(viewer, displayed, test, params.from, params.direction === "next" ? 1 : -1);
    return this.#work("find", generation, steps);
  }

  /** Expert infos counted by kind; null when it was cancelled. */
  async experts(displayedOnly: boolean): Promise<ExpertSummary[] | null> {
    const { viewer, displayed } = this.#open();
    const generation = ++this.#generation.experts;
    const frames = displayedOnly ? displayed : null;
    return this.#work("experts", generation, countExperts(viewer, frames, displayed.last));
  }

  /** Runs a generator that yields its progress; null when it was cancelled. */
  async #work<T>(
    what: Exclude<ListWork, "filter">,
    generation: number,
    steps: Generator<number, T>,
  ): Promise<T | null> {
    const tell = (done: number): void => {
      this.#working.set(what, done);
      this.#changed();
    };
    while (this.#settling !== null) await this.#settling;
    try {
      return await this.#inSlices(steps, () => this.#generation[what] === generation, tell);
    } finally {
      if (this.#generation[what] === generation || this.#working.has(what)) this.#working.delete(what);
      this.#changed(true);
    }
  }

  /** Runs a generator to its end, giving requests their turn; null when `goesOn` said no or all was closed. */
  async #inSlices<T>(
    steps: Generator<number, T>,
    goesOn: () => boolean = () => true,
    tell?: (done: number) => void,
    slice = SLICE,
  ): Promise<T | null> {
    let stop = performance.now() + slice;
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (performance.now() < stop) continue;
      tell?.(step.value);
      await nextTurn();
      if (tell !== undefined) while (this.#settling !== null) await this.#settling;
      if (!goesOn() || this.#closed) return null;
      stop = performance.now() + slice;
    }
  }

  /** The same for work that nothing but closing the capture ends. */
  async #whole<T>(steps: Generator<number, T>): Promise<T> {
    const result = await this.#inSlices(steps);
    if (result === null) throw new ApiError("CANCELLED", "The capture was closed.");
    return result;
  }

  locate(frame: number): { row: number; number: number; exact: boolean } | null {
    return this.#open().displayed.locate(frame);
  }

  async neighbour(
    frame: number,
    direction: "next" | "previous",
  ): Promise<{ row: number; number: number } | null> {
    const { indexer, displayed } = this.#open();
    if (frame > indexer.index.count) return null;
    const number = await this.#whole(neighbourOf(indexer, displayed, frame, direction));
    const place = number === 0 ? null : displayed.locate(number);
    return place === null ? null : { row: place.row, number };
  }

  /** The displayed frames: the bit `frame & 7` of the byte `frame >> 3` is set for each. */
  displayedFrames(): Promise<Uint8Array> {
    return this.#whole(displayedBits(this.#open()));
  }

  /** Where the frames' bytes can be read for saving, and the first that cannot. */
  async saveSource(): Promise<SaveSource> {
    const { indexer, watch } = this.#open();
    this.#look(true);
    while (this.#settling !== null) await this.#settling;
    return {
      file: indexer.capture.unpacked && !this.#unpacking?.signal.aborted ? watch.file : null,
      compressed: indexer.capture.compression !== "none",
      firstLost: watch.firstLost,
    };
  }

  // ------------------------------------------------------------------ looking

  async rows(params: Params<"rows">): Promise<Omit<RowsResult, "capture">> {
    this.#look(false);
    for (;;) {
      const view = this.#view;
      const rows = await this.#sameView(this.#open().rows.rows(params), URGENT_SLICE);
      if (rows !== null) return { view, start: params.start, rows };
    }
  }

  frame(number: number): Promise<FrameDetail> {
    return this.#dissected(number, frameDetail, (reason) => lostDetail(number, reason));
  }

  frameBytes({ number, source, offset, length }: Params<"frameBytes">): Promise<ByteRange> {
    return this.#dissected(number, (d) => byteRange(d, source, offset, length), unreadable);
  }

  fieldTexts({ number, path }: Params<"fieldTexts">): Promise<FieldTexts> {
    return this.#dissected(number, (d) => fieldTexts(d, path), unreadable);
  }

  /**
   * Why a frame matches a display filter or does not.
   * @throws ApiError BAD_FILTER with the place in the text, NOT_FOUND when there is no such frame, UNREADABLE
   */
  async explain(
    { expression, number }: Pick<Params<"explainFilter">, "expression" | "number">,
    context: FilterContext = {},
  ): Promise<FilterExplanation> {
    const filter = await this.#explained(expression, context);
    const make = (_: Dissection, viewer: Viewer, before: number): FilterExplanation =>
      explainFrame(viewer, filter, number, before);
    return this.#dissected(number, make, unreadable);
  }

  /** The filter to explain: the one in force with the values it was applied with, another with those of now. */
  async #explained(text: string, context: FilterContext): Promise<CompiledFilter> {
    const run = this.#run?.filter;
    if (run !== undefined && text.trim() === this.#filterText) {
      const { macros } = context;
      const again = compile(text, { macros, references: run.referenceValues });
      if (again.text.trim() === run.text.trim()) return again;
    }
    const asked = this.#compile(text, context);
    return asked.references.length > 0 ? this.#withValues(text, asked, context) : asked;
  }

  /**
   * Dissects a frame in full.
   * @param make what is made of the dissection, at once: it is good until the next
   * @param lost what is made of the reason why its bytes cannot be shown
   * @throws ApiError NOT_FOUND when there is no such frame
   */
  async #dissected<T>(
    number: number,
    make: (d: Dissection, viewer: Viewer, previousDisplayed: number) => T,
    lost: (reason: string) => T,
  ): Promise<T> {
    const { indexer, viewer, displayed, watch } = this.#open();
    if (number > indexer.index.count) {
      throw new ApiError("NOT_FOUND", `There is no frame ${number}; the capture has ${indexer.index.count}.`);
    }
    this.#look(false);
    if (!watch.readable(number)) return lost(watch.reason(number));
    for (let stop = performance.now() + URGENT_SLICE; !viewer.ready(number, MODE_TREE); ) {
      if (performance.now() < stop) continue;
      await nextTurn();
      this.#open();
      stop = performance.now() + URGENT_SLICE;
    }
    const before = displayed.before(number);
    const d = viewer.dissect(number, MODE_TREE, true, undefined, before);
    return watch.cutShort(d) ? lost(watch.reason(number)) : make(d, viewer, before);
  }

  timeline(buckets: number): Promise<Timeline> {
    const { indexer, sums, displayed } = this.#open();
    const { last } = displayed;
    // What is behind the end of the list has not come yet, in step mode.
    const all = this.#replay === null ? sums : new CaptureSums(indexer.index, last);
    const key = `timeline ${buckets} ${this.#replay === null ? "" : last}`;
    return this.#shared(key, () => this.#whole(timeline(indexer, all, buckets)));
  }

  overview(buckets: number): Promise<Overview> {
    return this.#shared(`overview ${buckets} ${this.#view} ${this.#colorings}`, () =>
      this.#overview(buckets),
    );
  }

  /** Work that is asked for again while it goes on is done once: windows ask at a growing list's pace. */
  #shared<T>(key: string, begin: () => Promise<T>): Promise<T> {
    const known = this.#running.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const running = begin();
    this.#running.set(key, running);
    const ended = (): boolean => this.#running.delete(key);
    running.then(ended, ended);
    return running;
  }

  async #overview(buckets: number): Promise<Overview> {
    for (;;) {
      const { indexer, displayed, rows } = this.#open();
      const made = await this.#sameView(overview(indexer, displayed, rows, buckets));
      if (made !== null) return made;
    }
  }

  properties(): Promise<CaptureProperties> {
    const { indexer, sums } = this.#open();
    return this.#whole(captureProperties(indexer, sums));
  }

  /** Runs a generator to its end; null when the displayed list or its colours became others meanwhile. */
  async #sameView<T>(steps: Generator<number, T>, slice = SLICE): Promise<T | null> {
    const view = this.#view;
    const coloring = this.#coloring;
    const same = (): boolean => this.#view === view && this.#coloring === coloring;
    const result = await this.#inSlices(steps, same, undefined, slice);
    this.#open();
    return result;
  }

  // ------------------------------------------------------------------ state

  state(): DecoderState {
    const { indexer, displayed } = this.#open();
    const time = timeOf(indexer, 1);
    return {
      frames: indexer.index.count,
      displayed: displayed.length,
      view: this.#view,
      filter: this.#filterText,
      sort: this.#sort,
      replay: this.#replay?.status ?? null,
      position: indexer.position,
      bytes: indexer.capture.reader.source.size(),
      complete: this.#complete,
      description: indexer.capture.info().description,
      firstTime: time === null ? null : { sec: time.sec, nsec: time.nsec },
      working: Array.from(this.#working, ([what, done]) => ({ what, done })),
      notices: this.#notices(),
      lost: (this.#watch?.firstLost ?? 0) > 0 ? (this.#watch?.notices()[0]?.message ?? null) : null,
    };
  }

  health(): DecoderHealth | null {
    const indexer = this.#indexer;
    const filtering = this.#filtering;
    if (indexer === null || filtering === null) return null;
    return {
      frames: indexer.index.count,
      bytes: indexer.index.bytes,
      answers: filtering.store.bytes,
      batches: indexer.batchesAhead,
      batchLimit: BATCHES_AHEAD,
      scanning: filtering.scanning,
      helpers: this.#helpers?.count ?? 0,
    };
  }

  #notices(): Notice[] {
    if (this.#indexer === null) return [];
    const { capture, index } = this.#indexer;
    const notices: Notice[] = capture.notices().map((notice) => ({
      severity: notice.severity,
      message: noticeText(notice, index.count),
    }));
    if (this.#failure !== null) notices.push({ severity: "error", message: this.#failure });
    for (const { severity, message } of this.#watch?.notices() ?? []) notices.push({ severity, message });
    return notices;
  }

  #changed(now = false): void {
    if (this.#indexer === null) return;
    const time = performance.now();
    if (!now && time - this.#lastReport < REPORT_INTERVAL) return;
    this.#lastReport = time;
    this.#report(this.state());
  }

  #open(): Opened {
    const opened = {
      indexer: this.#indexer,
      viewer: this.#viewer,
      filtering: this.#filtering,
      displayed: this.#displayed,
      rows: this.#rows,
      sums: this.#sums,
      watch: this.#watch,
    };
    if (Object.values(opened).includes(null)) {
      throw new ApiError("NO_CAPTURE", "No capture is open; open a file or start a capture first.");
    }
    return opened as Opened;
  }
}

function unreadable(reason: string): never {
  throw new ApiError("UNREADABLE", reason);
}

/** The parts of an open capture. */
interface Opened {
  readonly indexer: Indexer;
  readonly viewer: Viewer;
  readonly filtering: Filtering;
  readonly displayed: Displayed;
  readonly rows: RowMaker;
  readonly sums: CaptureSums;
  readonly watch: CaptureWatch;
}

function compile(text: string, options: CompileOptions): CompiledFilter {
  try {
    return compileFilter(text, options);
  } catch (error) {
    throw error instanceof FilterError ? badFilter(error) : error;
  }
}

function badFilter({ message, start, end, hints }: FilterError): ApiError {
  return new ApiError("BAD_FILTER", message, { start, end, hints: [...hints] });
}

function* displayedBits({ indexer, displayed }: Opened): Generator<number, Uint8Array> {
  const last = indexer.index.count;
  const bits = new Uint8Array((last >>> 3) + 1);
  for (let frame = 1; frame <= last; frame++) {
    if (displayed.has(frame)) bits[frame >>> 3] |= 1 << (frame & 7);
    if (frame % STEPS === 0) yield frame / last;
  }
  return bits;
}
