/**
 * The life cycle of capturing in one window: idle → starting → capturing → stopping → idle.
 *
 * - A stop wins wherever it arrives: over a start that is under way and over one that is queued.
 * - A start while stopping is queued and runs when the old capture has ended; a newer one takes its place.
 * - A start while starting or capturing is refused with the error "busy".
 * - A driver that does not answer is killed after a while, so that no state lasts for ever.
 * - A capture may end by itself (its condition reached, interface gone, helper killed, disk full): then the state
 *   goes straight to idle, with the error if there is one, and the file is kept, cut back to whole packets.
 */
import { mkdirSync, rmSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import type {
  CaptureDriver,
  CaptureEnd,
  CaptureError,
  CaptureFileEvent,
  CaptureHandle,
  CaptureMessages,
  CaptureNotice,
  CaptureStarted,
  CaptureStats,
  EndReason,
  StartOptions,
} from "./driver.ts";
import { NO_STATS } from "./driver.ts";
import type { SpoolKeeper } from "./keeper.ts";
import { spoolPath, trimToWholeBlocks } from "./spool.ts";

export type SessionState = "idle" | "starting" | "capturing" | "stopping";

/** From which state which may follow; every change is checked against it. */
const TRANSITIONS: Readonly<Record<SessionState, readonly SessionState[]>> = {
  idle: ["starting"],
  starting: ["capturing", "stopping", "idle"],
  capturing: ["stopping", "idle"],
  stopping: ["idle"],
};

/** What to capture; without `file` a spool file is made. */
export interface SessionOptions extends Omit<StartOptions, "file" | "exclusive"> {
  /** File to write instead of a spool file; it is overwritten. */
  readonly file?: string | undefined;
}

/** Everything the user interface shows of a capture. */
export interface SessionSnapshot {
  readonly state: SessionState;
  /** File of the running or last capture, of several the newest; null when there is none. */
  readonly file: string | null;
  /** How the interfaces were opened; null before that. */
  readonly started: CaptureStarted | null;
  readonly stats: CaptureStats;
  /** Why the last capture ended or could not start; null when all went well. */
  readonly error: CaptureError | null;
  /** How the last capture ended; null while one is under way or before the first. */
  readonly reason: EndReason | null;
}

export type SessionEvent =
  | { readonly type: "state"; readonly previous: SessionState; readonly snapshot: SessionSnapshot }
  | { readonly type: "data"; readonly file: string; readonly fileBytes: number; readonly filePackets: number }
  | { readonly type: "stats"; readonly stats: CaptureStats }
  | { readonly type: "file"; readonly file: CaptureFileEvent }
  | { readonly type: "notice"; readonly notice: CaptureNotice };

/** What became of a start. */
export type StartOutcome =
  | { readonly state: "capturing"; readonly file: string }
  /** A stop won, or a newer start took the place of this queued one. */
  | { readonly state: "stopped" }
  | { readonly state: "failed"; readonly error: CaptureError };

export interface SessionSettings {
  readonly driver: CaptureDriver;
  /** Folder of the spool files; made with mode 0700 when it is missing. */
  readonly spoolDir: string;
  /** Keeps account of the spool files, so that they are found after a crash; without it nobody does. */
  readonly keeper?: SpoolKeeper;
  /** How long opening may take before the driver is killed; default 15,000. */
  readonly startTimeoutMs?: number;
  /** How long an orderly stop may take before the driver is killed; default 5,000. */
  readonly stopTimeoutMs?: number;
  /** How long after a kill the driver is given up; default 2,000. */
  readonly killTimeoutMs?: number;
}

interface Queued {
  readonly options: SessionOptions;
  readonly resolve: (outcome: StartOutcome) => void;
}

/** One capture, from its start to its `onEnd`. */
interface Run {
  /** The file being written. */
  file: string;
  readonly isSpool: boolean;
  handle: CaptureHandle | null;
  started: boolean;
  stopping: boolean;
  timer: NodeJS.Timeout | null;
  resolve: ((outcome: StartOutcome) => void) | null;
}

/** See the head of the file. No method throws or rejects. */
export class CaptureSession {
  private readonly settings: Required<Omit<SessionSettings, "keeper">> & Pick<SessionSettings, "keeper">;
  private readonly listeners = new Set<(event: SessionEvent) => void>();
  private state: SessionState = "idle";
  private run: Run | null = null;
  private queued: Queued | null = null;
  private lastOptions: SessionOptions | null = null;
  private stopWaiters: (() => void)[] = [];
  private file: string | null = null;
  private started: CaptureStarted | null = null;
  private stats: CaptureStats = NO_STATS;
  private error: CaptureError | null = null;
  private reason: EndReason | null = null;

  constructor(settings: SessionSettings) {
    this.settings = { startTimeoutMs: 15_000, stopTimeoutMs: 5_000, killTimeoutMs: 2_000, ...settings };
  }

  /** Calls `listener` for every event from now on; returns the function that ends it. */
  on(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  snapshot(): SessionSnapshot {
    const { state, file, started, stats, error, reason } = this;
    return { state, file, started, stats, error, reason };
  }

  /** The capturing process; null while none runs. */
  process(): { readonly pid: number | null; readonly messages: CaptureMessages | null } | null {
    const handle = this.run?.handle;
    return handle ? { pid: handle.pid ?? null, messages: handle.messages?.() ?? null } : null;
  }

  /** Starts a capture. Answers when packets are being captured, or when it is known that they will not be. */
  start(options: SessionOptions): Promise<StartOutcome> {
    if (this.state === "starting" || this.state === "capturing") {
      const message = "A capture is running already. Stop it first.";
      return Promise.resolve({ state: "failed", error: { code: "busy", message } });
    }
    return new Promise((resolve) => {
      this.dropQueued();
      if (this.state === "idle") this.begin({ options, resolve });
      else this.queued = { options, resolve };
    });
  }

  /** Stops whatever is running or queued. Answers when the capture has ended and its file is complete. */
  stop(): Promise<void> {
    this.dropQueued();
    if (this.run === null) return Promise.resolve();
    return new Promise((resolve) => {
      this.stopWaiters.push(resolve);
      this.stopRun();
    });
  }

  /**
   * Stops, then starts again with a new file; `options` default to those of the last start.
   * Answers as `start` does, for the new capture.
   */
  restart(options: SessionOptions | null = this.lastOptions): Promise<StartOutcome> {
    if (options === null) {
      const message = "Nothing was captured yet that could be started again.";
      return Promise.resolve({ state: "failed", error: { code: "usage", message } });
    }
    if (this.run === null) return this.start(options);
    return new Promise((resolve) => {
      this.dropQueued();
      this.queued = { options, resolve };
      this.stopRun();
    });
  }

  private begin(queued: Queued): void {
    const { options } = queued;
    const names = options.sources.map((source) => source.name);
    const isSpool = options.file === undefined;
    const file = options.file ?? resolvePath(spoolPath(this.settings.spoolDir, names));
    const run: Run = {
      file,
      isSpool,
      handle: null,
      started: false,
      stopping: false,
      timer: null,
      resolve: queued.resolve,
    };
    this.lastOptions = options;
    this.run = run;
    this.file = null;
    this.started = null;
    this.stats = NO_STATS;
    this.error = null;
    this.reason = null;
    this.change("starting");
    // A listener may have stopped it on hearing that.
    if (run.stopping) {
      this.finish(run, { reason: "stopped", error: null, stats: NO_STATS, started: false });
      return;
    }
    try {
      if (isSpool) mkdirSync(this.settings.spoolDir, { recursive: true, mode: 0o700 });
      // Options of programs are no part of it: there may be passwords among them.
      const sources = options.sources.map(({ extcap: _, ...source }) => source);
      if (isSpool) this.settings.keeper?.begin(file, sources, options.stopAfter);
      run.handle = this.settings.driver.start(
        { ...options, file, exclusive: isSpool },
        {
          onStarted: (started) => this.onStarted(run, started),
          onData: (data) => {
            if (this.run !== run) return;
            this.stats = { ...this.stats, ...data };
            this.emit({ type: "data", file: run.file, ...data });
          },
          onFile: (event) => {
            if (this.run === run) this.onFile(run, event);
          },
          onStats: (stats) => {
            if (this.run !== run) return;
            this.stats = stats;
            this.emit({ type: "stats", stats });
          },
          onNotice: (notice) => {
            if (this.run === run) this.emit({ type: "notice", notice });
          },
          onEnd: (end) => this.finish(run, end),
        },
      );
      const { pid } = run.handle;
      if (isSpool && pid !== undefined) this.settings.keeper?.helper(file, pid);
      this.watch(run, this.settings.startTimeoutMs, "The interface could not be opened in time.");
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const stats = NO_STATS;
      this.finish(run, { reason: "error", error: { code: "output", message }, stats, started: false });
    }
  }

  private onStarted(run: Run, started: CaptureStarted): void {
    if (this.run !== run) return;
    // A stop has won: nobody was told of this capture, so its spool goes as if it had never begun.
    if (run.stopping && run.isSpool) return;
    run.started = true;
    run.file = started.file;
    this.started = started;
    this.file = run.file;
    if (run.stopping) return;
    this.unwatch(run);
    this.change("capturing");
    this.settle(run, { state: "capturing", file: run.file });
  }

  private onFile(run: Run, event: CaptureFileEvent): void {
    if (event.state === "begun") {
      run.file = event.path;
      this.file = event.path;
      this.stats = { ...this.stats, fileBytes: event.bytes, filePackets: event.packets };
    }
    this.emit({ type: "file", file: event });
  }

  private stopRun(): void {
    const run = this.run;
    if (run === null || run.stopping) return;
    run.stopping = true;
    this.change("stopping");
    if (run.handle === null || this.run !== run) return;
    this.watch(run, this.settings.stopTimeoutMs, "The capture did not end in time and was cut off.");
    run.handle.stop();
  }

  private finish(run: Run, end: CaptureEnd): void {
    if (this.run !== run) return;
    this.unwatch(run);
    this.run = null;
    this.stats = end.stats;
    this.error = end.error;
    this.reason = end.reason;
    if (!run.started) this.removeSpool(run);
    else if (end.error !== null) this.mend(run);
    this.change("idle");
    if (end.error !== null) this.settle(run, { state: "failed", error: end.error });
    else this.settle(run, { state: "stopped" });
    const waiters = this.stopWaiters;
    this.stopWaiters = [];
    for (const resolve of waiters) resolve();
    const queued = this.queued;
    if (queued !== null && this.run === null) {
      this.queued = null;
      this.begin(queued);
    }
  }

  /** After a death in mid-write the file ends in mid-packet. */
  private mend(run: Run): void {
    try {
      const { bytes, packets } = trimToWholeBlocks(run.file, this.stats.fileBytes);
      const filePackets = this.stats.filePackets + packets;
      this.stats = { ...this.stats, fileBytes: bytes, filePackets };
    } catch {
      // A pipe, or a file that is gone: there is nothing to mend, and the error of the capture is told already.
    }
  }

  private removeSpool(run: Run): void {
    if (!run.isSpool) return;
    this.settings.keeper?.remove(run.file);
    try {
      rmSync(run.file, { force: true });
    } catch {
      // It holds no packet; a leftover does no harm.
    }
  }

  private settle(run: Run, outcome: StartOutcome): void {
    run.resolve?.(outcome);
    run.resolve = null;
  }

  private dropQueued(): void {
    this.queued?.resolve({ state: "stopped" });
    this.queued = null;
  }

  /** Kills the driver when the run has not moved on within `ms`, and gives it up when even that has no effect. */
  private watch(run: Run, ms: number, message: string): void {
    this.unwatch(run);
    if (this.run !== run) return;
    const error: CaptureError = { code: "helper-failed", message };
    run.timer = setTimeout(() => {
      // Somebody else is waited for; a stop ends that.
      if (run.handle?.waits && !run.stopping) return;
      run.timer = setTimeout(
        () => this.finish(run, { reason: "killed", error, stats: this.stats, started: run.started }),
        this.settings.killTimeoutMs,
      );
      run.handle?.kill();
    }, ms);
  }

  private unwatch(run: Run): void {
    if (run.timer) clearTimeout(run.timer);
    run.timer = null;
  }

  private change(next: SessionState): void {
    const previous = this.state;
    if (!TRANSITIONS[previous].includes(next)) {
      throw new Error(`A capture cannot go from ${previous} to ${next}`);
    }
    this.state = next;
    this.emit({ type: "state", previous, snapshot: this.snapshot() });
  }

  /** A listener that throws must not stop the others or the capture; its error surfaces on its own. */
  private emit(event: SessionEvent): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
