/**
 * One session: at most one capture, from a file or live, and everything a window does with it.
 * Implements the contract of `api.ts`; faces only carry messages to it and back.
 */
import { rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { getHeapStatistics } from "node:v8";
import { shownRules } from "../analysis/coloring.ts";
import { readFilterFile, writeFilterFile } from "../analysis/filter-files.ts";
import type {
  Api,
  CaptureOptions,
  DoctorReport,
  EventName,
  Events,
  Health,
  HeapSnapshotFile,
  Hello,
  LiveStatus,
  Method,
  OpenResult,
  Params,
  ParamsIn,
  Progress,
  QueueHealth,
  Results,
  Settings,
  Status,
} from "../api.ts";
import { ApiError, isMethod, parseParams } from "../api.ts";
import { LiveWatch } from "../capture/doctor/index.ts";
import {
  type CaptureDriver,
  type CaptureError,
  type CaptureFileEvent,
  CaptureSession,
  type CaptureStats,
  FileCompressor,
  NO_STATS,
  type SessionEvent,
  type SpoolKeeper,
  spoolPath,
} from "../capture/index.ts";
import type { DecoderState, DecoderWork, FilterContext, ListWork } from "../decode/decoder.ts";
import { completeFilter, describeFilter, searchFields } from "../filter/complete.ts";
import { countedFields } from "../filter/counted.ts";
import { checkFilter, checkMacros } from "../filter/verdict.ts";
import { saveCapture } from "../formats/save.ts";
import "../protocols/index.ts";
import { nextTurn, pause } from "../turns.ts";
import { DecodeWorker } from "../workers/client.ts";
import { writeHeap } from "../workers/heap-file.ts";
import type { DecoderMethod, DecoderMethods, DecoderResult } from "../workers/messages.ts";
import { browse } from "./browse.ts";
import { type CaptureDesk, checkPipes } from "./capture-desk.ts";
import { checkDecodeAs, decodeChoicesOf } from "./decode-as.ts";
import { asApiError, checkReadable, exists } from "./errors.ts";
import { HealthMeter } from "./health.ts";
import { heapSnapshotPath, refuseLarge } from "./heap-snapshots.ts";
import {
  dropsOf,
  keptOptions,
  NO_LIVE,
  noticeOf,
  ratesOf,
  startOf,
  startProblem,
  tightest,
  whyEnded,
} from "./live-status.ts";
import type { ProtocolFiles } from "./protocol-files.ts";
import { frameRange } from "./range.ts";
import { type ListKeeper, type NewList, RingList, type Versions } from "./ring-list.ts";
import { refuseLost, type SavePath, savePath } from "./save-source.ts";
import type { RecentStore, SettingsStore } from "./stores.ts";

/** Milliseconds between two status events. */
const STATUS_INTERVAL = 50;
/** Milliseconds after which cancelled work that has not answered is answered for. */
const CANCEL_GRACE = 80;
/** Milliseconds after which a worker that does not even answer a cancel is ended. */
const STUCK = 3000;
/** Milliseconds that a worker has for its last answers when another has taken its place. */
const LAST_ANSWERS = 5000;
/** Milliseconds after a recovery in which another death means that one more would not help. */
const HOPELESS = 10_000;
/** Milliseconds that compressing files may take at the end of a session. */
const LAST_COMPRESSION = 3000;
/** Bytes of captures left behind from which on it is said that they take much room. */
const LEFT_BEHIND_LIMIT = 1_000_000_000;

/** What a face tells a session about itself. */
export interface SessionHost {
  readonly face: Hello["face"];
  readonly version: string;
  /** Path of the bundled sample capture, null when there is none. */
  readonly sample: string | null;
  /** The spool files of live captures. */
  readonly spools: SpoolKeeper;
  /** Folder that heap snapshots are written to unless another is named; made when it is needed. */
  readonly heaps: string;
  readonly settings: SettingsStore;
  readonly recent: RecentStore;
  /** Interfaces and drivers, shared by all sessions of a process. */
  readonly desk: CaptureDesk;
  /** Described protocols, shared too. */
  readonly protocols: ProtocolFiles;
}

/** Opened captures and their origin. */
interface OpenFile {
  /** File, or chain of files, that the decoder reads. */
  path: string;
  /** What the user calls it; a saved live capture takes the name it was saved under. */
  shown: string;
  name: string;
  readonly live: boolean;
  /** True for a spool, which goes when the capture is closed. */
  readonly spool: boolean;
  /** Packets that exist only in the spool, as far as the user is concerned. */
  saved: boolean;
  /** Packets known to be in it before it is read; 0 where that is not known. */
  readonly packets: number;
  /** True while another program writes it, and it is read as it grows. */
  follows?: boolean;
}

/** Absolute path of the file that a capture is asked to write; compressed files get their ending by themselves. */
function outputFile({ file, several }: NonNullable<CaptureOptions["output"]>): string {
  return resolve(several?.compress === "gzip" ? file.replace(/(?<=.)\.gz$/i, "") : file);
}

/** What a filter means in a list that begins later: a frame that it refers to has another number there, or none. */
function shifted(context: FilterContext, shift: number): FilterContext {
  const reference = (context.reference ?? 0) - shift;
  return { ...context, reference: reference > 0 ? reference : undefined };
}

type Handlers = { [M in Method]: (params: Params<M>) => Results[M] | Promise<Results[M]> };

/** What the contract says a capture's buffer is by default. */
const DEFAULT_BUFFER_MIB = 16;

export class Session implements Api {
  readonly #host: SessionHost;
  readonly #listeners = new Map<EventName, Set<(data: never) => void>>();
  #worker: DecodeWorker;
  #file: OpenFile | null = null;
  #decoder: DecoderState | null = null;
  /** The running `open`'s share done; null when nothing is being opened. */
  #opening = false;
  #capture: CaptureSession | null = null;
  #driver: CaptureDriver["name"] = "helper";
  readonly #health = new HealthMeter();
  /** What tells of the queues of a window, for each that is connected. */
  readonly #windows = new Set<() => QueueHealth[]>();
  #heap: { of: "process" | "decoder"; path: string } | null = null;
  /** Rises with whatever takes the place of a start that is under way: a stop, another capture, the end. */
  #turn = 0;
  #live: LiveStatus = NO_LIVE;
  /** What the last capture was started with; what is shown of it leaves passwords out. */
  #asked: CaptureOptions | null = null;
  /** The counters told before the last ones, for rates. */
  #counted: CaptureStats = NO_STATS;
  /** What the doctor knows of the capture that is running or shown; null without one. */
  #watch: LiveWatch | null = null;
  #saving: { done: number; abort: AbortController } | null = null;
  /** The capture being opened again in a fresh worker; null when the worker has it. */
  #recovery: Promise<void> | null = null;
  /** How the capture being opened again stands. */
  #rebuilt: DecoderState | null = null;
  #onRebuilt: (() => void) | null = null;
  /** Called with the first state of a file that is read as it grows. */
  #onFirst: (() => void) | null = null;
  #recovered = Number.NEGATIVE_INFINITY;
  /** Why the capture can only be loaded anew; null when it is there. */
  #gone: ApiError | null = null;
  /** What those were told last who waited for a worker that died. */
  #deathMessage = "";
  /** Added to the decoder's view numbers, which begin anew with a worker. */
  #viewBase = 0;
  #lostTold: string | null = null;
  /** Called when work of a kind is cancelled. */
  readonly #stops: Record<ListWork, Set<() => void>> = {
    filter: new Set(),
    sort: new Set(),
    find: new Set(),
    experts: new Set(),
  };
  #stopTraffic: (() => void) | null = null;
  readonly #stopProtocols: () => void;
  /** What the worker was told. */
  #versions: Versions;
  readonly #stopSettings: () => void;
  readonly #stopColoring: () => void;
  /** The filter applied last, and what it meant: applied again, it is to mean the same. */
  #applied: { expression: string; context: FilterContext } = { expression: "", context: {} };
  /** The filter of which was told that what it asks for is counted anew. */
  #countedTold = "";
  /** The list of a capture that writes several files; null for others. */
  #ring: RingList | null = null;
  /** Compresses files of captures that want it; it goes on when they are closed. */
  readonly #compressor: FileCompressor;
  /** Most files that waited to be compressed, for how far that is. */
  #toCompress = 0;
  #statusTimer: NodeJS.Timeout | null = null;
  #lastStatus = 0;
  #ended = false;

  constructor(host: SessionHost) {
    this.#host = host;
    this.#worker = this.#makeWorker(0);
    this.#compressor = new FileCompressor(
      (done) => this.#ring?.onCompressed(done),
      (message) => this.#emit("notice", { severity: "warning", message }),
    );
    this.#versions = this.#presentVersions;
    this.#stopSettings = host.settings.onDissection((settings) => {
      this.#emit("settings", settings);
      this.#takeProtocols();
    });
    this.#stopColoring = host.settings.onColoring((settings) => this.#takeColoring(settings));
    this.#stopProtocols = host.protocols.onChange((list) => {
      this.#emit("protocols", list);
      this.#takeProtocols();
    });
    this.#worker.prepare();
  }

  // ------------------------------------------------------------------ the contract

  async call<M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M]> {
    if (this.#ended) throw new ApiError("CANCELLED", "The session has ended.");
    if (!isMethod(method)) throw new ApiError("BAD_REQUEST", `There is no request "${String(method)}".`);
    const checked = parseParams(method, params);
    const handler = this.#handlers[method] as (params: Params<M>) => Results[M] | Promise<Results[M]>;
    try {
      return await handler(checked);
    } catch (error) {
      throw asApiError(error);
    }
  }

  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void {
    let listeners = this.#listeners.get(event);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(event, listeners);
    }
    listeners.add(listener as (data: never) => void);
    return () => listeners.delete(listener as (data: never) => void);
  }

  /**
   * Tells of what waits for a window, as part of how the session does.
   * @returns a function that ends it, when the window is gone
   */
  addWindow(queues: () => QueueHealth[]): () => void {
    this.#windows.add(queues);
    return () => this.#windows.delete(queues);
  }

  /** True when ending the session would lose captured packets. */
  get unsaved(): boolean {
    return this.#file?.live === true && !this.#file.saved && this.#captured > 0;
  }

  /** Packets of a live capture: those indexed, or those written when the index is behind. */
  get #captured(): number {
    return Math.max(this.#decoder?.frames ?? 0, this.#live.packets, this.#file?.packets ?? 0);
  }

  /** True while packets are being captured or about to be. */
  get capturing(): boolean {
    return this.#live.phase !== "idle";
  }

  /**
   * Ends the session: stops capturing, closes the capture.
   * @param keepSpool true to leave unsaved packets in their spool file
   * @returns the spool file when it was left, else null
   */
  async end(keepSpool: boolean): Promise<string | null> {
    this.#ended = true;
    this.#turn++;
    this.#stopTraffic?.();
    this.#health.end();
    this.#stopProtocols();
    this.#stopSettings();
    this.#stopColoring();
    this.#saving?.abort.abort();
    await this.#capture?.stop();
    await this.#compressor.finish(LAST_COMPRESSION);
    if (this.#statusTimer !== null) clearTimeout(this.#statusTimer);
    const file = this.#file;
    const kept = keepSpool && this.unsaved;
    await Promise.all([this.#worker.terminate(), this.#ring?.stop()]);
    this.#ring?.end();
    if (!file?.spool) return null;
    if (!kept) {
      this.#host.spools.remove(file.path);
      return null;
    }
    this.#host.spools.release(file.path);
    return file.path;
  }

  /** Opens the capture the program was started with; what goes wrong is told as a notice. */
  async openAtStart(path: string): Promise<void> {
    try {
      await this.#openFile(path, false, false);
    } catch (error) {
      this.#emit("notice", { severity: "error", message: asApiError(error).message });
    }
  }

  readonly #handlers: Handlers = {
    hello: () => ({
      version: this.#host.version,
      face: this.#host.face,
      platform: process.platform,
      hostname: hostname(),
      sample: this.#host.sample,
      status: this.#status(),
    }),
    status: () => this.#status(),
    open: ({ path, discard, follow }) => this.#openFile(path, discard, follow),
    stopFollowing: () => {
      if (this.#file?.follows) this.#tellWorker("finishLive");
      return null;
    },
    close: async ({ discard }) => {
      this.#guardUnsaved(discard);
      await this.#closeFile();
      return null;
    },
    reload: () => {
      const file = this.#file;
      if (file === null) throw new ApiError("NO_CAPTURE", "No capture is open that could be reloaded.");
      if (file.live) return this.#load(file);
      return this.#openFile(file.path, false, file.follows ?? false);
    },
    cancel: ({ what }) => {
      if (what === "save") this.#saving?.abort.abort();
      else if (what === "compress") this.#compressor.cancel();
      else this.#cancel(what);
      return null;
    },
    captureInfo: () => this.#ask("properties"),

    filter: ({ expression, reference }) => {
      const started = performance.now();
      return this.#stoppable("filter", this.#filter(expression, reference), () => ({
        count: this.#decoder?.displayed ?? 0,
        frames: this.#decoder?.frames ?? 0,
        elapsed: performance.now() - started,
        cancelled: true,
      }));
    },
    checkFilter: ({ expression, reference }) =>
      checkFilter(expression, { macros: this.#macros, selected: reference !== undefined }),
    explainFilter: ({ expression, number, reference }) =>
      this.#ask("explain", { expression, number }, { macros: this.#macros, reference }),
    countMatches: async ({ expression, reference }) => {
      const macros = this.#macros;
      if (this.#file === null) return null;
      if (checkFilter(expression, { macros, selected: reference !== undefined }).verdict === "error")
        return null;
      return this.#ask("countMatches", expression, { macros, reference });
    },
    checkFilters: ({ expressions, macros = this.#macros }) =>
      expressions.map((expression) => checkFilter(expression, { macros })),
    checkMacros: ({ macros }) => checkMacros(macros),
    readFilterFile: ({ kind, text, macros = this.#macros }) => readFilterFile(kind, text, macros),
    writeFilterFile: ({ file }) => ({ text: writeFilterFile(file) }),
    completeFilter: ({ expression, position }) => {
      const { filterHistory: history, savedFilters: saved } = this.#host.settings.get();
      return completeFilter(expression, position, { history, saved, macros: this.#macros });
    },
    describeFilter: ({ expression, position }) => describeFilter(expression, position),
    searchFields: ({ text, limit }) => searchFields(text, limit),

    rows: async (params) => {
      if (this.#file === null)
        return { capture: this.#worker.capture, view: 0, start: params.start, rows: [] };
      const capture = this.#worker.capture;
      const { view, ...rows } = await this.#ask("rows", params);
      return { capture, view: view + this.#viewBase, ...rows };
    },
    frame: ({ number }) => this.#ask("frame", number),
    frameBytes: (params) => this.#ask("frameBytes", params),
    fieldTexts: (params) => this.#ask("fieldTexts", params),
    locate: ({ number }) => this.#ask("locate", number),
    neighbour: ({ number, direction }) => this.#ask("neighbour", number, direction),
    sort: async ({ column, descending }) => {
      await this.#stoppable("sort", this.#ask("sort", column, descending), () => undefined);
      return null;
    },
    find: (params) => {
      const { reference } = params;
      return this.#stoppable(
        "find",
        this.#ask("find", params, { macros: this.#macros, reference }),
        () => null,
      );
    },
    experts: ({ displayed }) => this.#stoppable("experts", this.#ask("experts", displayed), () => null),
    timeline: ({ buckets }) => this.#ask("timeline", buckets),
    overview: ({ buckets }) => this.#ask("overview", buckets),
    save: (params) => this.#save(params),

    interfaces: () => this.#host.desk.interfaces(),
    extcapOptions: ({ interface: name }) => this.#host.desk.extcapOptions(name),
    extcapReload: ({ interface: name, option, values }) => this.#host.desk.extcapReload(name, option, values),
    watchTraffic: ({ on }) => {
      this.#stopTraffic?.();
      this.#stopTraffic = on ? this.#host.desk.onTraffic((sample) => this.#emit("traffic", sample)) : null;
      return null;
    },
    checkCaptureFilter: (params) => this.#host.desk.checkFilter(params),
    doctor: (params) => this.#doctor(params),
    startCapture: async ({ options, discard }) => {
      await this.#startCapture(options, discard);
      return null;
    },
    stopCapture: async () => {
      this.#turn++;
      await this.#capture?.stop();
      return null;
    },
    restartCapture: async ({ discard }) => {
      const options = this.#asked;
      if (options === null)
        throw new ApiError("CAPTURE_FAILED", "Nothing was captured yet that could be restarted.");
      this.#guardUnsaved(discard);
      await this.#startCapture(options, true);
      return null;
    },

    replay: (params) => this.#replay(params),
    pauseView: ({ on }) => {
      if (on && this.#decoder?.replay)
        throw new ApiError("BAD_REQUEST", "The list is shown step by step; leave step mode to pause it.");
      if (on && this.#live.phase !== "capturing")
        throw new ApiError("BAD_REQUEST", "Only the packet list of a running capture can be paused.");
      this.#live = { ...this.#live, paused: on };
      this.#tellWorker("pause", on);
      if (!on) void this.#ring?.renew();
      this.#changed();
      return null;
    },
    health: () => this.#readHealth(),
    heapSnapshot: (params) => this.#heapSnapshot(params),

    recoverable: async () => {
      const orphans = await this.#host.spools.orphans();
      const captures = orphans.map(({ first, last, interfaces, ...orphan }) => ({
        ...orphan,
        interfaces: [...interfaces],
        firstTime: first === null ? null : new Date(first).toISOString(),
        lastTime: last === null ? null : new Date(last).toISOString(),
        bytes: orphan.bytes + orphan.torn,
      }));
      const bytes = captures.reduce((sum, capture) => sum + capture.bytes, 0);
      return { captures, bytes, limit: LEFT_BEHIND_LIMIT };
    },
    recover: async (params) => {
      if (params.action === "open") return this.#openOrphan(params.id, params.discard);
      this.#host.spools.discard(params.id);
      return null;
    },

    recent: () => this.#host.recent.list(),
    forgetRecent: ({ path }) => {
      this.#host.recent.forget(path);
      return null;
    },
    browse: ({ folder }) => browse(folder),
    settings: () => this.#host.settings.get(),
    changeSettings: ({ change }) => {
      return this.#changeSettings(change as Partial<Settings>);
    },
    colorRules: ({ rules, macros }) => {
      const settings = this.#host.settings.get();
      return shownRules(rules === undefined ? settings.colorRules : rules, macros ?? settings.filterMacros);
    },
    decodeChoices: ({ values }) => decodeChoicesOf(values),
    protocolFiles: () => this.#host.protocols.list(),
    reloadProtocolFiles: () => this.#host.protocols.reload(),
  };

  get #presentVersions(): Versions {
    return { protocols: this.#host.protocols.version, dissection: this.#host.settings.dissection };
  }

  #changeSettings(change: Partial<Settings>): Settings {
    if (change.decodeAs !== undefined) checkDecodeAs(change.decodeAs, this.#host.settings.get().decodeAs);
    const before = this.#host.settings.problem;
    const settings = this.#host.settings.change(change);
    const { problem } = this.#host.settings;
    if (problem !== null && problem !== before)
      this.#emit("notice", { severity: "warning", message: problem });
    this.#emit("settings", settings);
    return settings;
  }

  get #macros(): Settings["filterMacros"] {
    return this.#host.settings.get().filterMacros;
  }

  async #filter(expression: string, reference: number | undefined): Promise<Results["filter"]> {
    const context = { macros: this.#macros, reference };
    const result = await this.#ask("filter", expression, context);
    if (!result.cancelled) this.#applied = { expression: expression.trim(), context };
    return result;
  }

  /** The rules are told first: rows say by their numbers which of them they are drawn by. */
  #takeColoring({ colorRules, filterMacros }: Settings): void {
    this.#emit("colorRules", shownRules(colorRules, filterMacros));
    this.#emit("settings", this.#host.settings.get());
    for (const worker of [this.#worker, this.#ring?.renewing])
      worker?.call("color", colorRules, filterMacros).catch(() => {});
  }

  async #replay(params: Params<"replay">): Promise<null> {
    if (this.#file === null && params.action === "begin")
      throw new ApiError("NO_CAPTURE", "No capture is open that could be shown step by step.");
    if (params.action === "begin" && this.#live.paused) {
      // Frames go on being indexed behind the one that the list ends at.
      this.#live = { ...this.#live, paused: false };
      this.#tellWorker("pause", false);
    }
    await this.#ask("replay", params);
    // The list may have been kept from beginning anew.
    if (params.action === "leave") void this.#ring?.renew();
    return null;
  }

  async #readHealth(): Promise<Health> {
    const renewing = this.#ring?.renewing ?? null;
    const [worker, second] = await Promise.all([this.#worker.health(), renewing?.health() ?? null]);
    const file = this.#file;
    // It may be the one that is shown by now.
    const isSecond = renewing !== null && this.#ring?.renewing === renewing;
    return this.#health.read({
      worker,
      second: isSecond ? second : null,
      renewal: isSecond ? (this.#ring?.progress ?? null) : null,
      capture:
        this.#capture === null || !this.capturing ? null : { session: this.#capture, driver: this.#driver },
      live: this.#live,
      frames: this.#decoder?.frames ?? 0,
      spoolFolder: this.#host.spools.folder,
      spool: this.#ring?.onDisk ?? (file?.live ? { path: file.path, before: 0 } : null),
      compressing: this.#compressor.pending,
      windows: [...this.#windows].flatMap((queues) => queues()),
      snapshot: this.#heap,
    });
  }

  async #heapSnapshot({ of, folder, large }: Params<"heapSnapshot">): Promise<HeapSnapshotFile> {
    if (this.#heap !== null) throw new ApiError("BAD_REQUEST", "A heap snapshot is being written already.");
    const heap =
      of === "process" ? getHeapStatistics().used_heap_size : (await this.#ask("health")).heap.used;
    if (!large) refuseLarge(heap);
    const path = await heapSnapshotPath(of, folder, this.#host.heaps, heap);
    if (this.#heap !== null) throw new ApiError("BAD_REQUEST", "A heap snapshot is being written already.");
    this.#heap = { of, path };
    const started = performance.now();
    try {
      if (of === "process") {
        // What is on its way to the window is sent before the thread stands still.
        await nextTurn();
        writeHeap(path);
      } else await this.#ask("heapSnapshot", path);
      return { path, bytes: statSync(path).size, elapsed: performance.now() - started };
    } catch (error) {
      // A thread that ended in the middle leaves a part.
      rmSync(path, { force: true });
      throw error;
    } finally {
      this.#heap = null;
    }
  }

  // ------------------------------------------------------------------ the worker

  /** @param capture number of the last capture before those that it opens */
  #makeWorker(capture: number): DecodeWorker {
    const host = this.#host;
    const worker: DecodeWorker = new DecodeWorker(
      (number, state) => {
        if (number !== worker.capture) return;
        if (worker === this.#worker) this.#onState(state);
        else this.#ring?.onState(worker, state);
      },
      (reason) => (worker === this.#worker ? this.#onDeath(reason) : reason),
      () => {
        const { decodeAs, preferences, colorRules, filterMacros: macros } = host.settings.get();
        return { protocols: host.protocols.descriptions, decodeAs, preferences, colorRules, macros };
      },
      capture,
    );
    return worker;
  }

  /** Asks the decoder; waits while the capture is being opened again after its worker died. */
  async #ask<M extends DecoderMethod>(
    method: M,
    ...args: Parameters<DecoderMethods[M]>
  ): Promise<DecoderResult<M>> {
    while (this.#recovery !== null) await this.#recovery;
    if (this.#gone !== null) throw this.#gone;
    return this.#worker.call(method, ...args);
  }

  /** Cancels work; a worker that does not take note of it is ended, and what it had is opened again. */
  #cancel(what: DecoderWork): void {
    const timer = setTimeout(() => {
      this.#worker.kill(`it did not answer for ${STUCK / 1000} seconds and was ended`);
    }, STUCK);
    this.#worker
      .call("cancel", what)
      .catch(() => {})
      .finally(() => clearTimeout(timer));
    if (what !== "open") for (const stop of this.#stops[what]) stop();
  }

  /**
   * The answer of work that a cancel ends; when the worker is too busy to give it, it is given here.
   * @param cancelled the answer of cancelled work
   */
  #stoppable<T>(what: ListWork, answer: Promise<T>, cancelled: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const stop = (): void => {
        timer ??= setTimeout(() => resolve(cancelled()), CANCEL_GRACE);
      };
      this.#stops[what].add(stop);
      answer.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        this.#stops[what].delete(stop);
      });
    });
  }

  #onState(state: DecoderState): void {
    if (this.#recovery !== null) {
      this.#rebuilt = state;
      this.#onRebuilt?.();
    } else {
      this.#decoder = state;
      this.#onFirst?.();
      this.#onFirst = null;
      this.#tellLost(state.lost);
      this.#takeProtocols();
    }
    this.#changed();
  }

  /** Tells once that bytes are gone from the file; what else happens to it stands in the status. */
  #tellLost(lost: string | null): void {
    if (lost !== null && lost !== this.#lostTold) this.#emit("notice", { severity: "error", message: lost });
    this.#lostTold = lost;
  }

  /** The worker died: what it had is opened again, once. Answers what those are told who waited for it. */
  #onDeath(reason: string): string {
    const file = this.#file;
    const stopped = `The decode worker stopped: ${reason}.`;
    const hopeless = this.#recovery !== null || performance.now() - this.#recovered < HOPELESS;
    if (file === null) this.#deathMessage = `${stopped} A new one has taken its place; ask again.`;
    else if (this.#opening) {
      // Told by the request that opens it.
      this.#deathMessage =
        `${stopped} "${file.name}" could not be read to its end and was closed. ` +
        "Open it again, or split it and open a part.";
      return this.#deathMessage;
    } else if (hopeless || this.#decoder === null) {
      this.#deathMessage = `${stopped} "${file.name}" is no longer in memory. Reload it to go on; the file itself is safe.`;
      this.#gone = new ApiError("INTERNAL", this.#deathMessage);
    } else {
      this.#deathMessage = `${stopped} "${file.name}" is being read again; filter, order and selection stay.`;
      this.#startRecovery(file, this.#decoder);
    }
    this.#emit("notice", { severity: "error", message: this.#deathMessage });
    this.#changed();
    return this.#deathMessage;
  }

  /**
   * Gives the worker the present protocols and settings: a fresh one opens the same capture again, with its filter and order.
   * What is being opened is opened to its end first.
   */
  #takeProtocols(): void {
    const versions = this.#presentVersions;
    const { protocols, dissection } = this.#versions;
    const isPresent = protocols === versions.protocols && dissection === versions.dissection;
    if (isPresent || this.#opening || this.#recovery !== null || this.#ended) return;
    const file = this.#file;
    const shown = file === null || this.#gone !== null ? null : this.#decoder;
    // A capture that begins just now says soon how it stands.
    if (file !== null && this.#gone === null && shown === null) return;
    const changed = protocols === versions.protocols ? "The settings of dissection" : "The protocol files";
    this.#versions = versions;
    this.#deathMessage = `${changed} changed; the capture is being read again.`;
    void this.#worker.terminate(this.#deathMessage);
    if (file === null || shown === null) this.#worker.prepare();
    else this.#startRecovery(file, shown);
  }

  #startRecovery(file: OpenFile, before: DecoderState): void {
    const recovery = this.#recover(file, before).finally(() => {
      if (this.#recovery === recovery) this.#recovery = null;
      this.#changed();
      this.#takeProtocols();
    });
    this.#recovery = recovery;
    this.#changed();
  }

  /** Applies the filter that was in force before; one that the protocols no longer know is let go of. */
  async #filterAgain(expression: string): Promise<void> {
    const { expression: applied, context } = this.#applied;
    try {
      const again = applied === expression ? context : { macros: this.#macros };
      await this.#worker.call("filter", expression, again);
    } catch (error) {
      this.#tellLetGo(expression, error);
    }
  }

  /** Tells that a filter cannot be applied again; throws what else went wrong. */
  #tellLetGo(expression: string, error: unknown): void {
    if (!(error instanceof ApiError) || error.info.code !== "BAD_FILTER") throw error;
    const message = `The display filter "${expression}" is no longer in force: ${error.message}.`;
    this.#emit("notice", { severity: "warning", message });
  }

  /** Opens a capture again and brings it to where it was; until then its old state is shown. */
  async #recover(file: OpenFile, before: DecoderState): Promise<void> {
    this.#rebuilt = null;
    // After the dead worker's callers have their answer.
    await Promise.resolve();
    try {
      const follows = file.follows ?? false;
      const growing = follows || (file.live && this.capturing);
      const opened = this.#worker.reopen(file.path, growing, file.live);
      if (follows) this.#untilFollowed(file, opened);
      const caughtUp = new Promise<void>((resolve) => {
        this.#onRebuilt = () => {
          if ((this.#rebuilt?.frames ?? 0) >= before.frames) resolve();
        };
      });
      // What still grows is never opened to its end.
      await (growing ? Promise.race([opened, caughtUp]) : opened);
      opened.catch(() => {});
      if (this.#file === file && before.filter !== "") await this.#filterAgain(before.filter);
      if (this.#file === file && before.replay !== null)
        await this.#worker.call("replay", { action: "begin", at: Math.max(1, before.replay.position) });
      if (this.#file === file && before.sort !== null) {
        await this.#worker.call("sort", before.sort.column, before.sort.descending);
      }
      if (this.#file !== file) return;
      if (this.#live.paused) this.#tellWorker("pause", true);
      this.#viewBase += before.view + 1;
      this.#decoder = this.#rebuilt ?? before;
      this.#recovered = performance.now();
    } catch (error) {
      if (this.#file !== file || this.#gone !== null) return;
      this.#gone = asApiError(error);
      this.#emit("notice", { severity: "error", message: this.#gone.message });
    } finally {
      this.#onRebuilt = null;
    }
  }

  /** Forgets what was wrong with the worker's copy of a capture that is closed. */
  #forgetWorker(): void {
    this.#recovery = null;
    this.#rebuilt = null;
    this.#gone = null;
    this.#viewBase = 0;
    this.#lostTold = null;
  }

  // ------------------------------------------------------------------ files

  async #openFile(given: string, discard: boolean, follows: boolean): Promise<OpenResult> {
    this.#guardUnsaved(discard);
    const path = resolve(given);
    checkReadable(path);
    await this.#closeFile();
    const file: OpenFile = {
      path,
      shown: path,
      name: basename(path),
      live: false,
      spool: false,
      saved: true,
      packets: 0,
      follows,
    };
    const result = await this.#load(file);
    this.#host.recent.add(path);
    return result;
  }

  async #load(file: OpenFile): Promise<OpenResult> {
    const started = performance.now();
    this.#file = file;
    this.#decoder = null;
    this.#forgetWorker();
    this.#opening = true;
    const capture = this.#worker.capture + 1;
    try {
      const follows = file.follows ?? false;
      const loading = this.#worker.call("open", file.path, follows, false);
      this.#changed();
      if (follows) return await this.#startFollowing(file, loading, started);
      const { frames, format, cancelled, notices } = await loading;
      return { frames, path: file.path, format, elapsed: performance.now() - started, cancelled, notices };
    } catch (error) {
      if (this.#worker.capture === capture) this.#file = null;
      throw error;
    } finally {
      if (this.#worker.capture === capture) this.#opening = false;
      this.#changed();
      this.#takeProtocols();
    }
  }

  /** Answers when the first is known of a file that is read as it grows, or when it is read no more. */
  async #startFollowing(
    file: OpenFile,
    loading: Promise<DecoderResult<"open">>,
    started: number,
  ): Promise<OpenResult> {
    const known = new Promise<void>((resolve) => {
      this.#onFirst = resolve;
    });
    await Promise.race([known, loading]);
    this.#untilFollowed(file, loading);
    const { frames = 0, description: format = "", notices = [] } = this.#decoder ?? {};
    const elapsed = performance.now() - started;
    return { frames, path: file.path, format, elapsed, cancelled: false, notices };
  }

  /** Notes down when a file is not read as it grows any more. */
  #untilFollowed(file: OpenFile, reading: Promise<unknown>): void {
    const ended = (): void => {
      // A worker that died has another in its place.
      if (this.#file === file && this.#recovery === null) file.follows = false;
      this.#changed();
    };
    reading.then(ended, ended);
  }

  /** Opens a capture that another process left behind; it is this session's from then on. */
  async #openOrphan(id: string, discard: boolean): Promise<OpenResult> {
    this.#guardUnsaved(discard);
    const { path, packets, interfaces, saved } = await this.#host.spools.claim(id);
    try {
      // A capture may have been started meanwhile.
      this.#guardUnsaved(discard);
      await this.#closeFile();
      const name = saved === null ? interfaces.join(", ") || id : basename(saved);
      return await this.#load({
        path,
        shown: saved ?? path,
        name,
        live: true,
        spool: true,
        saved: saved !== null,
        packets,
      });
    } catch (error) {
      this.#host.spools.release(path);
      throw error;
    }
  }

  #guardUnsaved(discard: boolean): void {
    if (discard || !this.unsaved) return;
    throw new ApiError(
      "UNSAVED",
      `${this.#captured} captured packets have not been saved. Save them first, or discard them.`,
    );
  }

  async #closeFile(): Promise<void> {
    this.#turn++;
    await this.#capture?.stop();
    this.#saving?.abort.abort();
    const file = this.#file;
    this.#file = null;
    this.#decoder = null;
    this.#opening = false;
    this.#forgetWorker();
    this.#live = { ...NO_LIVE, options: this.#live.options };
    this.#watch = null;
    const ring = this.#ring;
    this.#ring = null;
    void ring?.stop();
    if (file !== null) await this.#worker.call("close");
    ring?.end();
    if (file?.spool) this.#host.spools.remove(file.path);
    this.#changed();
  }

  async #save(params: Params<"save">): Promise<Results["save"]> {
    // Files of the list that was are gone already.
    while (this.#ring?.renewing && !this.capturing && !this.#ended) await pause(STATUS_INTERVAL);
    const file = this.#file;
    if (file === null) throw new ApiError("NO_CAPTURE", "No capture is open that could be saved.");
    if (this.capturing) throw new ApiError("BAD_REQUEST", "Stop the capture before you save it.");
    if (this.#saving !== null) throw new ApiError("BAD_REQUEST", "The capture is being saved already.");
    const output = resolve(params.path);
    if (!params.overwrite && exists(output)) {
      throw new ApiError("EXISTS", `"${output}" exists already. Choose another name, or overwrite it.`);
    }
    const least = this.#decoder?.frames ?? 0;
    const abort = new AbortController();
    this.#saving = { done: 0, abort };
    this.#changed();
    const { which } = params;
    let source: SavePath | null = null;
    try {
      const frames = await this.#selection(which, least);
      const from = await this.#ask("saveSource");
      if (abort.signal.aborted) throw new ApiError("CANCELLED", "Saving was cancelled; nothing was changed.");
      await refuseLost(frames, from.firstLost, least, file.name);
      source = savePath(file, from);
      const saved = await saveCapture({
        source: source.path,
        name: file.path,
        least: from.firstLost === 0 ? least : from.firstLost - 1,
        output,
        format: params.format,
        frames,
        compress: params.compress,
        signal: abort.signal,
        onProgress: ({ done, total: bytes }) => {
          if (this.#saving !== null) this.#saving.done = bytes === 0 ? 1 : done / bytes;
          this.#changed();
        },
      });
      for (const note of saved.notes) this.#emit("notice", { severity: "note", message: note });
      if (which === "all" && this.#file === file) {
        if (file.spool) this.#host.spools.saved(file.path, output);
        file.saved = true;
        file.shown = output;
        file.name = basename(output);
      }
      this.#host.recent.add(output);
      return { path: output, frames: saved.frames, bytes: saved.bytes };
    } finally {
      source?.close();
      this.#saving = null;
      // Told before the answer: what a window does next depends on whether packets are unsaved.
      this.#tellStatus();
    }
  }

  async #selection(
    which: Params<"save">["which"],
    total: number,
  ): Promise<"all" | ((frame: number) => boolean)> {
    if (which === "all") return "all";
    if (which === "displayed") {
      const bits = await this.#ask("displayedFrames");
      return (frame) => (bits[frame >>> 3] & (1 << (frame & 7))) !== 0;
    }
    if ("range" in which) return frameRange(which.range, total);
    const frames = new Set(which.frames);
    return (frame) => frames.has(frame);
  }

  // ------------------------------------------------------------------ live

  async #startCapture(options: CaptureOptions, discard: boolean): Promise<void> {
    this.#guardUnsaved(discard);
    checkPipes(options.interfaces);
    const output = options.output === null ? null : { ...options.output, file: outputFile(options.output) };
    if (output !== null && output.several === null && !output.overwrite && exists(output.file)) {
      throw new ApiError("EXISTS", `"${output.file}" exists already. Choose another name, or overwrite it.`);
    }
    const closing = this.#closeFile();
    const turn = this.#turn;
    await closing;
    const driver = await this.#host.desk.driver();
    const hasValues = Object.keys(options.extcap).length > 0;
    const shown = hasValues ? await this.#host.desk.withoutPasswords(options) : options;
    if (turn !== this.#turn)
      throw new ApiError("CANCELLED", "The capture was not started: a newer request took its place.");
    this.#changeSettings({ capture: keptOptions(this.#host.settings.get().capture, shown) });
    const capture = new CaptureSession({
      driver,
      spoolDir: this.#host.spools.folder,
      keeper: this.#host.spools,
    });
    this.#capture = capture;
    this.#driver = driver.name;
    if (output?.several) {
      const { spools } = this.#host;
      const nameSpool = (): string => spoolPath(spools.folder, options.interfaces);
      this.#ring = new RingList(spools, nameSpool, this.#listKeeper());
    }
    this.#watch = new LiveWatch(options.interfaces);
    this.#live = { ...NO_LIVE, phase: "starting", interfaces: options.interfaces, options: shown };
    this.#asked = options;
    this.#counted = NO_STATS;
    this.#changed();
    capture.on((event) => {
      if (this.#capture === capture) this.#onCapture(capture, event);
    });
    const outcome = await capture.start(startOf(options, output?.file));
    if (outcome.state === "failed") {
      throw new ApiError(
        outcome.error.code === "permission" ? "PERMISSION" : "CAPTURE_FAILED",
        startProblem(outcome.error),
      );
    }
  }

  #onCapture(capture: CaptureSession, event: SessionEvent): void {
    const { state, started, stats, error } = capture.snapshot();
    if (started !== null) this.#watch?.started(started);
    if (event.type === "stats") this.#watch?.report(event.stats);
    if (event.type === "state" && state === "idle") this.#watch?.ended(stats);
    if (event.type === "file") {
      this.#ring?.onFile(event.file);
      this.#compress(event.file);
    }
    this.#live = {
      ...this.#live,
      ...(event.type === "stats" ? ratesOf(stats, this.#counted, this.#live.rates) : {}),
      drops: dropsOf(stats, this.#live.drops),
      paused: this.#live.paused && state === "capturing",
      phase: state,
      packets: stats.packets,
      received: stats.received,
      droppedByKernel: stats.kernelDropped,
      droppedByInterface: stats.interfaceDropped,
      bytes: stats.bytes,
      elapsed: stats.elapsedMs,
      files: this.#ring?.status ?? null,
      error: error === null ? null : { code: "CAPTURE_FAILED", message: this.#whyEnded(error) },
      caveats: [...(started?.caveats ?? [])],
    };
    if (event.type === "stats") this.#counted = stats;
    if (event.type === "state" && state === "capturing") this.#follow(event.snapshot.file);
    if (event.type === "state" && state === "idle" && this.#file?.live) {
      this.#tellWorker("finishLive");
      if (!this.#file.spool && this.#ring === null) this.#host.recent.add(this.#file.path);
      this.#ring?.finish();
    }
    if (event.type === "notice") this.#emit("notice", noticeOf(event.notice));
    this.#changed();
  }

  /** Has a complete file compressed where that is wanted, and lets go of one that was removed. */
  #compress({ state, path }: CaptureFileEvent): void {
    if (this.#asked?.output?.several?.compress !== "gzip") return;
    if (state === "removed") this.#compressor.remove(path);
    if (state !== "closed") return;
    this.#compressor.add(path);
    this.#toCompress++;
    void this.#compressor.settled().then(() => {
      if (this.#compressor.pending === 0) this.#toCompress = 0;
      this.#changed();
    });
  }

  /** Examines how capturing does; what was not asked for is that of the capture shown, else that used last. */
  async #doctor({ interfaces, host, options }: Params<"doctor">): Promise<DoctorReport> {
    const last = this.#host.settings.get().capture;
    const used = this.#live.options ?? last;
    const shown = this.#watch !== null && this.#live.interfaces.length > 0;
    const output = shown ? used.output : null;
    const examined = interfaces ?? (shown ? this.#live.interfaces : (last.interfaces ?? []));
    const tight = tightest(used, examined);
    return this.#host.desk.doctor({
      interfaces: examined,
      host,
      options: {
        bufferMiB: options.bufferMiB ?? tight.bufferMiB ?? DEFAULT_BUFFER_MIB,
        snapLen: options.snapLen ?? tight.snapLen ?? 0,
      },
      folder: output
        ? { path: dirname(resolve(output.file)), chosen: true }
        : { path: this.#host.spools.folder, chosen: false },
      live: this.#watch?.readings(await this.#cutBytes()) ?? null,
    });
  }

  /** Bytes on the wire and captured of the live capture that is shown; null when there is none to ask about. */
  async #cutBytes(): Promise<{ wireBytes: number; capturedBytes: number } | null> {
    if (this.#watch === null || !this.#file?.live || (this.#decoder?.frames ?? 0) === 0) return null;
    try {
      const { wireBytes, capturedBytes } = await this.#ask("properties");
      return { wireBytes, capturedBytes };
    } catch {
      // The decoder is starting or gone; what it would add is one finding.
      return null;
    }
  }

  /** Why a capture that ran ended by itself; before that the driver's own words say it all. */
  #whyEnded(error: CaptureError): string {
    if (this.#live.phase === "starting") return startProblem(error);
    return whyEnded(error.message, this.#live.interfaces);
  }

  /** Sends the worker something no one waits for; when it has ended meanwhile, there is nothing left to do. */
  #tellWorker<M extends "finishLive" | "pause" | "cancel">(
    method: M,
    ...args: Parameters<DecoderMethods[M]>
  ): void {
    this.#worker.call(method, ...args).catch(() => {});
  }

  /** Shows what is being written, as it grows. */
  #follow(written: string | null): void {
    if (written === null) return;
    const output = this.#live.options?.output ?? null;
    const name = output === null ? this.#live.interfaces.join(", ") : basename(output.file);
    const shown = output === null ? written : outputFile(output);
    const file = { path: written, shown, name, live: true, spool: output === null, saved: output !== null };
    try {
      if (this.#ring !== null) file.path = this.#ring.begin(written, this.#worker.capture + 1);
    } catch (error) {
      this.#emit("notice", { severity: "error", message: asApiError(error).message });
      return;
    }
    this.#file = { ...file, packets: 0 };
    const worker = this.#worker;
    worker.call("open", file.path, true).catch((error: unknown) => {
      if (worker !== this.#worker) return;
      if (error instanceof ApiError && error.message === this.#deathMessage) return;
      this.#emit("notice", { severity: "error", message: asApiError(error).message });
    });
  }

  // ------------------------------------------------------------------ several files

  #listKeeper(): ListKeeper {
    const session = this;
    return {
      get capturing() {
        return session.capturing;
      },
      get isHeld() {
        return session.#live.paused || (session.#decoder?.replay ?? null) !== null;
      },
      get isBusy() {
        const { filter, sort } = session.#stops;
        return session.#saving !== null || session.#recovery !== null || filter.size + sort.size > 0;
      },
      get arrangement() {
        const { filter, sort } = session.#decoder ?? {};
        return JSON.stringify([filter, session.#applied, sort]);
      },
      get versions() {
        return session.#presentVersions;
      },
      get frames() {
        return session.#decoder?.frames ?? 0;
      },
      makeWorker: () => session.#makeWorker(session.#worker.capture),
      arrange: (worker, shift) => session.#arrange(worker, shift),
      take: (list) => session.#takeList(list),
      tell: (severity, error) => session.#emit("notice", { severity, message: asApiError(error).message }),
    };
  }

  /** Gives the decoder of a new list the filter and order of the one that is shown; its frames' numbers are less. */
  async #arrange(worker: DecodeWorker, shift: number): Promise<void> {
    const { filter, sort } = this.#decoder ?? { filter: "", sort: null };
    const { expression, context } = this.#applied;
    if (filter === "") await worker.call("filter", "");
    else {
      await worker
        .call("filter", expression, shifted(context, shift))
        .catch((error: unknown) => this.#tellLetGo(expression, error));
    }
    await worker.call("sort", sort?.column ?? null, sort?.descending ?? false);
  }

  #takeList({ worker, versions, state, path, shift }: NewList): void {
    void this.#worker.retire(LAST_ANSWERS);
    this.#applied = { ...this.#applied, context: shifted(this.#applied.context, shift) };
    this.#worker = worker;
    this.#versions = versions;
    if (this.#file !== null) this.#file.path = path;
    this.#forgetWorker();
    this.#decoder = state;
    this.#live = { ...this.#live, files: this.#ring?.status ?? null };
    if ((state?.filter ?? "") !== "") this.#tellCounted();
    this.#changed();
  }

  /** Tells once of a filter that what it asks for is counted anew. */
  #tellCounted(): void {
    const { expression } = this.#applied;
    if (this.#countedTold === expression) return;
    const names = countedFields(expression, this.#macros);
    if (names.length === 0) return;
    this.#countedTold = expression;
    const message =
      `The packet list began anew with newer files of the ring, and ${names.join(", ")} with it: ` +
      `the display filter "${expression}" may show other packets than before.`;
    this.#emit("notice", { severity: "warning", message });
  }

  // ------------------------------------------------------------------ status

  #status(): Status {
    const file = this.#file;
    const state = file === null ? null : this.#decoder;
    return {
      capture: this.#worker.capture,
      view: (state?.view ?? 0) + this.#viewBase,
      file:
        file === null
          ? null
          : {
              path: file.shown,
              name: file.name,
              temporary: file.live && !file.saved,
              bytes: state?.bytes ?? 0,
              description: state?.description ?? "",
              complete: state?.complete ?? false,
              following: file.follows ?? false,
              firstTime: state?.firstTime ?? null,
            },
      frames: state?.frames ?? 0,
      displayed: state?.displayed ?? 0,
      filter: state?.filter ?? "",
      sort: state?.sort ?? null,
      replay: state?.replay ?? null,
      progress: this.#progress(state),
      live: this.#live,
      unsaved: this.unsaved,
      notices: state?.notices ?? [],
    };
  }

  #progress(state: DecoderState | null): Progress[] {
    const list: Progress[] = [];
    const name = this.#file?.name ?? "";
    if (this.#opening) {
      const done = state === null || state.bytes === 0 ? 0 : state.position / state.bytes;
      list.push({ what: "open", done, label: `Reading ${name}` });
    }
    if (this.#recovery !== null) {
      const { position, bytes } = this.#rebuilt ?? { position: 0, bytes: 0 };
      list.push({ what: "open", done: bytes === 0 ? 0 : position / bytes, label: `Reading ${name} again` });
    }
    const labels: Record<ListWork, string> = {
      filter: "Filtering",
      sort: "Sorting",
      find: "Searching",
      experts: "Counting expert infos",
    };
    for (const { what, done } of state?.working ?? []) list.push({ what, done, label: labels[what] });
    const { pending } = this.#compressor;
    // While packets are captured it is part of that, and the health panel tells of it.
    if (pending > 0 && !this.capturing) {
      const done = Math.max(0, 1 - pending / Math.max(1, this.#toCompress));
      list.push({
        what: "compress",
        done,
        label: `Compressing ${pending} ${pending === 1 ? "file" : "files"}`,
      });
    }
    if (this.#saving !== null) list.push({ what: "save", done: this.#saving.done, label: `Saving ${name}` });
    return list;
  }

  /** Sends the status soon: at once after a quiet time, else when the interval has passed. */
  #changed(): void {
    if (this.#statusTimer !== null || this.#ended) return;
    const wait = Math.max(0, this.#lastStatus + STATUS_INTERVAL - performance.now());
    this.#statusTimer = setTimeout(() => this.#tellStatus(), wait);
  }

  #tellStatus(): void {
    if (this.#statusTimer !== null) clearTimeout(this.#statusTimer);
    this.#statusTimer = null;
    this.#lastStatus = performance.now();
    this.#emit("status", this.#status());
  }

  #emit<E extends EventName>(event: E, data: Events[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(data as never);
  }
}
