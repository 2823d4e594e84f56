/**
 * One open capture, decoded: index, displayed list, rows, trees, searches. Lives in a worker thread; long work is
 * done in slices, so that a request for rows never waits longer than a slice.
 */

import type {
  CaptureProperties,
  Column,
  FilterResult,
  FrameDetail,
  Notice,
  Overview,
  Params,
  RowsResult,
  Timeline,
} from "../api.ts";
import { ApiError } from "../api.ts";
import { MODE_TREE } from "../dissect/dissection.ts";
import { compileFilter } from "../filter/compile.ts";
import { FilterError } from "../filter/error.ts";
import { openCapture } from "../formats/open.ts";
import { CaptureFileError } from "../formats/types.ts";
import { SEVERITY_SHIFT } from "../index/frame-index.ts";
import { Displayed } from "./displayed.ts";
import { Filtering, type FilterRun, type ScanHelpers } from "./filter-run.ts";
import { finder } from "./find.ts";
import { Indexer, type ShardHelpers } from "./indexer.ts";
import { captureProperties } from "./properties.ts";
import { RowMaker } from "./rows.ts";
import { sortedOrder } from "./sort.ts";
import { timeline } from "./timeline.ts";
import { frameDetail } from "./tree.ts";
import { timeOf, Viewer } from "./viewer.ts";

/** Milliseconds of work between two looks at the requests that came in. */
const SLICE = 8;
/** Milliseconds between two looks at the tail of a capture that is being written. */
const TAIL_INTERVAL = 40;
/** Milliseconds between two looks at how far helping threads are. */
const IDLE = 2;
/** Milliseconds between two progress reports. */
const REPORT_INTERVAL = 50;

/** How a capture stands; sent whenever it changed. */
export interface DecoderState {
  frames: number;
  displayed: number;
  view: number;
  filter: string;
  sort: { column: Column; descending: boolean } | null;
  /** Bytes of the file walked, and the file's size. */
  position: number;
  bytes: number;
  complete: boolean;
  description: string;
  firstTime: { sec: number; nsec: number } | null;
  /** Share of the frames the running filter, sort or search has judged; null while none runs. */
  working: { what: "filter" | "sort" | "find"; done: number } | null;
  notices: Notice[];
}

type Work = "open" | "filter" | "sort" | "find";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Decoder {
  readonly #report: (state: DecoderState) => void;
  readonly #helpers: (ShardHelpers & ScanHelpers) | null;
  #indexer: Indexer | null = null;
  #viewer: Viewer | null = null;
  #displayed: Displayed | null = null;
  #rows: RowMaker | null = null;
  #filtering: Filtering | null = null;
  #run: FilterRun | null = null;
  /** The filter run still working; it becomes the displayed list at once and fills it. */
  #filterText = "";
  #sort: { column: Column; descending: boolean } | null = null;
  #view = 0;
  #complete = false;
  #live = false;
  #working: DecoderState["working"] = null;
  #lastReport = 0;
  #closed = false;
  /** Rises with every cancel and every newer work of a kind; what holds an older number stops. */
  readonly #generation: Record<Work, number> = { open: 0, filter: 0, sort: 0, find: 0 };

  /**
   * @param report called when the state changed, at most once per REPORT_INTERVAL and at the end of work
   * @param helpers threads to share the work on long captures with
   */
  constructor(report: (state: DecoderState) => void, helpers: (ShardHelpers & ScanHelpers) | null = null) {
    this.#report = report;
    this.#helpers = helpers;
  }

  // ------------------------------------------------------------------ opening

  /**
   * Opens a capture and indexes it to its end; rows can be asked for long before this resolves.
   * @param live true for a file that another process is writing: indexing goes on until `finishLive`
   * @returns true when it was cancelled on the way; what is indexed then stays
   * @throws ApiError UNREADABLE, NOT_A_CAPTURE or NOT_FOUND
   */
  async open(
    path: string,
    live: boolean,
  ): Promise<{ frames: number; format: string; cancelled: boolean; notices: Notice[] }> {
    const generation = ++this.#generation.open;
    const capture = await openCapture(path).catch((error: unknown) => {
      if (error instanceof CaptureFileError) throw new ApiError("NOT_A_CAPTURE", error.message);
      throw error;
    });
    const indexer = new Indexer(capture, this.#helpers);
    this.#indexer = indexer;
    this.#viewer = new Viewer(indexer);
    this.#filtering = new Filtering(indexer, this.#viewer, this.#helpers);
    this.#displayed = new Displayed(indexer.index);
    this.#rows = new RowMaker(indexer, this.#viewer, this.#displayed);
    this.#live = live;
    const cancelled = (): boolean => this.#generation.open !== generation;
    while (!cancelled() && !this.#closed) {
      const more = indexer.run(SLICE);
      this.#advanceFilter();
      if (more) {
        this.#changed();
        await (indexer.waiting ?? nextTurn());
      } else if (this.#live) {
        this.#changed();
        await pause(TAIL_INTERVAL);
      } else if (await capture.more()) {
        this.#changed();
      } else if (!indexer.run(SLICE)) break;
    }
    if (!this.#closed) {
      if (!cancelled()) capture.reader.finish();
      this.#complete = true;
      this.#filtering.complete = true;
      while (this.#run !== null && this.#run.judged < indexer.index.count && !this.#closed) {
        this.#advanceFilter();
        await (this.#run?.idle ? pause(IDLE) : nextTurn());
      }
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

  /** Makes ready for the first filter, as long as nothing else is to be done. */
  async #warmUp(filtering: Filtering): Promise<void> {
    for (const _ of filtering.warmUp()) {
      await nextTurn();
      if (this.#closed || this.#run !== null) return;
    }
  }

  /** The file will not grow any more: indexing ends when its end is reached. */
  finishLive(): void {
    this.#live = false;
  }

  close(): void {
    this.#closed = true;
    for (const work of ["open", "filter", "sort", "find"] as const) this.#generation[work]++;
    this.#filtering?.close();
    this.#indexer?.close();
    this.#indexer = null;
  }

  cancel(what: Work): void {
    this.#generation[what]++;
  }

  // ------------------------------------------------------------------ the displayed list

  /**
   * Applies a display filter to all frames there are; frames that come later are judged as they come.
   * @throws ApiError BAD_FILTER with the place in the text
   */
  async filter(text: string): Promise<FilterResult> {
    const started = performance.now();
    const { indexer, filtering, displayed } = this.#open();
    const filter = text.trim() === "" ? null : compile(text);
    const generation = ++this.#generation.filter;
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
    while (run !== null && this.#generation.filter === generation && run.run(SLICE)) {
      this.#working = { what: "filter", done: run.judged / Math.max(1, indexer.index.count) };
      this.#changed();
      await (run.idle ? pause(IDLE) : nextTurn());
    }
    const cancelled = this.#generation.filter !== generation;
    if (cancelled) run?.callOff();
    if (cancelled && this.#run === run && run !== null && !this.#closed) {
      // Cancelled by the user, not by a newer filter: the old list comes back.
      this.#run = previous.run;
      this.#filterText = previous.text;
      displayed.matches = previous.matches;
      this.#view++;
      this.#advanceFilter();
    }
    if (!cancelled || this.#run === previous.run) this.#working = null;
    this.#changed(true);
    return {
      count: displayed.length,
      frames: indexer.index.count,
      elapsed: performance.now() - started,
      cancelled,
    };
  }

  #advanceFilter(): void {
    if (this.#run !== null && this.#working === null) this.#run.run(SLICE);
  }

  async sort(column: Column | null, descending: boolean): Promise<void> {
    const { indexer, viewer, displayed } = this.#open();
    const generation = ++this.#generation.sort;
    let order: Uint32Array | null = null;
    if (column !== null) {
      const steps = sortedOrder(indexer, viewer, displayed.frames(), column, descending);
      order = await this.#inSlices("sort", generation, steps);
      if (order === null) return;
    }
    displayed.order = order;
    this.#sort = column === null ? null : { column, descending };
    this.#view++;
    this.#changed(true);
  }

  async find(params: Params<"find">): Promise<{ row: number; number: number } | null> {
    const { indexer, viewer, displayed } = this.#open();
    const generation = ++this.#generation.find;
    const matches = finder(indexer, viewer, params, compile);
    const steps = search(displayed, matches, params.from, params.direction === "next" ? 1 : -1);
    return this.#inSlices("find", generation, steps);
  }

  /** Runs a generator that yields its progress; null when it was cancelled. */
  async #inSlices<T>(
    what: "sort" | "find",
    generation: number,
    steps: Generator<number, T>,
  ): Promise<T | null> {
    let stop = performance.now() + SLICE;
    try {
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
        if (performance.now() < stop) continue;
        this.#working = { what, done: step.value };
        this.#changed();
        await nextTurn();
        if (this.#generation[what] !== generation || this.#closed) return null;
        stop = performance.now() + SLICE;
      }
    } finally {
      this.#working = null;
      this.#changed(true);
    }
  }

  locate(frame: number): { row: number; number: number; exact: boolean } | null {
    return this.#open().displayed.locate(frame);
  }

  neighbour(frame: number, direction: "next" | "previous"): { row: number; number: number } | null {
    const { indexer, displayed } = this.#open();
    const { index } = indexer;
    if (frame > index.count) return null;
    let at = frame;
    do {
      at = direction === "next" ? index.segment(at).next[index.slot(at)] : index.previousInStream(at);
    } while (at !== 0 && !displayed.has(at));
    if (at === 0) return null;
    const place = displayed.locate(at);
    return place === null ? null : { row: place.row, number: at };
  }

  /** The displayed frames in capture order. */
  displayedFrames(): Uint32Array {
    return this.#open().displayed.frames();
  }

  // ------------------------------------------------------------------ looking

  rows(params: Params<"rows">): Omit<RowsResult, "capture"> {
    return { view: this.#view, start: params.start, rows: this.#open().rows.rows(params) };
  }

  frame(number: number): FrameDetail {
    const { indexer, viewer, displayed } = this.#open();
    if (number > indexer.index.count) {
      throw new ApiError("NOT_FOUND", `There is no frame ${number}; the capture has ${indexer.index.count}.`);
    }
    return frameDetail(viewer.dissect(number, MODE_TREE, true, undefined, displayed.before(number)));
  }

  timeline(buckets: number): Timeline {
    return timeline(this.#open().indexer, buckets);
  }

  /** For each bucket of the displayed list the most noteworthy colour among a sample of its frames. */
  overview(buckets: number): Overview {
    const { indexer, displayed, rows } = this.#open();
    const total = displayed.length;
    const count = Math.min(buckets, total);
    const colors: number[] = [];
    for (let bucket = 0; bucket < count; bucket++) {
      const from = Math.floor((bucket * total) / count);
      const to = Math.max(from + 1, Math.floor(((bucket + 1) * total) / count));
      colors.push(rows.color(worstOf(indexer, displayed, from, to)));
    }
    return { colors, rows: total };
  }

  properties(): CaptureProperties {
    return captureProperties(this.#open().indexer);
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
      position: indexer.position,
      bytes: indexer.capture.reader.source.size(),
      complete: this.#complete,
      description: indexer.capture.info().description,
      firstTime: time === null ? null : { sec: time.sec, nsec: time.nsec },
      working: this.#working,
      notices: this.#notices(),
    };
  }

  #notices(): Notice[] {
    return (this.#indexer?.capture.notices() ?? []).map(({ severity, message }) => ({ severity, message }));
  }

  #changed(now = false): void {
    if (this.#indexer === null) return;
    const time = performance.now();
    if (!now && time - this.#lastReport < REPORT_INTERVAL) return;
    this.#lastReport = time;
    this.#report(this.state());
  }

  #open(): {
    indexer: Indexer;
    viewer: Viewer;
    filtering: Filtering;
    displayed: Displayed;
    rows: RowMaker;
  } {
    const indexer = this.#indexer;
    const viewer = this.#viewer;
    const filtering = this.#filtering;
    const displayed = this.#displayed;
    const rows = this.#rows;
    if (indexer === null || viewer === null || filtering === null || displayed === null || rows === null) {
      throw new ApiError("NO_CAPTURE", "No capture is open; open a file or start a capture first.");
    }
    return { indexer, viewer, filtering, displayed, rows };
  }
}

function compile(text: string): ReturnType<typeof compileFilter> {
  try {
    return compileFilter(text);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new ApiError("BAD_FILTER", error.message, {
      start: error.start,
      end: error.end,
      hints: [...error.hints],
    });
  }
}

/** Walks the list from behind `from`, around its end, until a frame matches; yields how far it is. */
function* search(
  displayed: Displayed,
  matches: (frame: number) => boolean,
  from: number,
  step: 1 | -1,
): Generator<number, { row: number; number: number } | null> {
  const total = displayed.length;
  const start = step === 1 ? from : from < 0 ? total : from;
  for (let i = 1; i <= total; i++) {
    const row = (((start + step * i) % total) + total) % total;
    const frame = displayed.frameAt(row);
    if (matches(frame)) return { row, number: frame };
    yield i / total;
  }
  return null;
}

/** Frames looked at per bucket of the overview. */
const SAMPLE = 32;

function worstOf(indexer: Indexer, displayed: Displayed, from: number, to: number): number {
  const stride = Math.max(1, Math.floor((to - from) / SAMPLE));
  let worst = displayed.frameAt(from);
  let severity = -1;
  for (let row = from; row < to; row += stride) {
    const frame = displayed.frameAt(row);
    const here = indexer.index.segment(frame).flags[indexer.index.slot(frame)] >> SEVERITY_SHIFT;
    if ((here & 7) > severity) {
      severity = here & 7;
      worst = frame;
    }
  }
  return worst;
}
