/** What only someone who watches a capture from its start can tell: rates, what rose meanwhile, jumps of the clock. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaptureStarted, CaptureStats } from "../driver.ts";
import { NO_STATS } from "../driver.ts";

export interface ClockJump {
  /** Milliseconds since the capture began. */
  readonly at: number;
  /** Milliseconds the clock went further than time passed; negative when it went back. */
  readonly by: number;
}

export interface LiveReadings {
  readonly running: boolean;
  readonly stats: CaptureStats;
  /** The highest rate between two reports of the driver, lost packets included. */
  readonly peak: { readonly packetsPerSecond: number; readonly bytesPerSecond: number };
  readonly started: CaptureStarted | null;
  /** The system's counters when the capture began, by path. */
  readonly before: ReadonlyMap<string, string>;
  readonly clockJumps: readonly ClockJump[];
  /** Captured bytes that were not in the file yet: now, and the most there were. */
  readonly behind: { readonly now: number; readonly most: number };
  /** Packets of the shown capture that are shorter than they were on the wire, in bytes; null when not known. */
  readonly cut: { readonly wireBytes: number; readonly capturedBytes: number } | null;
}

/** Counters of the system that are compared with what they were at the start, of some interfaces. */
export function counterFiles(names: readonly string[], root: string): string[] {
  const paths = ["/proc/net/softnet_stat"];
  for (const name of names) {
    const folder = `/sys/class/net/${name}/statistics`;
    try {
      for (const entry of readdirSync(join(root, folder)).sort()) paths.push(`${folder}/${entry}`);
    } catch {
      // Not Linux, or no device of the system ("any"): there is nothing to compare.
    }
  }
  return paths;
}

/** An interval shorter than this says nothing about a rate. */
const SHORTEST_INTERVAL_MS = 200;
/** What the clock may be off between two reports; scheduling and the clock's own steering stay below it. */
const JUMP_MS = 100;
const MOST_JUMPS = 100;

/** Watches one capture; told by its session's events. */
export class LiveWatch {
  readonly #before = new Map<string, string>();
  readonly #clock: () => { readonly wall: number; readonly steady: number };
  readonly #began: number;
  readonly #jumps: ClockJump[] = [];
  #last: { wall: number; steady: number };
  #stats: CaptureStats = NO_STATS;
  #peak = { packetsPerSecond: 0, bytesPerSecond: 0 };
  #most = 0;
  #running = true;
  #started: CaptureStarted | null = null;

  /**
   * @param names the interfaces that are captured from
   * @param clock the time of day and a clock that never jumps, in milliseconds
   */
  constructor(
    names: readonly string[],
    root = "/",
    clock = () => ({ wall: Date.now(), steady: performance.now() }),
  ) {
    this.#clock = clock;
    this.#last = clock();
    this.#began = this.#last.steady;
    const safe = names.filter(isDeviceName);
    for (const path of process.platform === "linux" ? counterFiles(safe, root) : []) {
      try {
        this.#before.set(path, readFileSync(join(root, path), "utf8"));
      } catch {
        // A counter this kernel or this device does not have.
      }
    }
  }

  started(started: CaptureStarted): void {
    this.#started = started;
  }

  /** Takes a report of the driver. */
  report(stats: CaptureStats): void {
    const now = this.#clock();
    const by = now.wall - this.#last.wall - (now.steady - this.#last.steady);
    if (Math.abs(by) >= JUMP_MS && this.#jumps.length < MOST_JUMPS) {
      this.#jumps.push({ at: now.steady - this.#began, by });
    }
    this.#last = now;
    const ms = stats.elapsedMs - this.#stats.elapsedMs;
    if (ms >= SHORTEST_INTERVAL_MS) {
      const packets = stats.packets - this.#stats.packets;
      const lost = lostOf(stats) - lostOf(this.#stats);
      const bytes = stats.bytes - this.#stats.bytes;
      const packetsPerSecond = ((packets + lost) * 1000) / ms;
      // What was lost is taken to be as long as what was not.
      const bytesPerSecond = ((packets > 0 ? bytes * ((packets + lost) / packets) : bytes) * 1000) / ms;
      this.#peak = {
        packetsPerSecond: Math.max(this.#peak.packetsPerSecond, packetsPerSecond),
        bytesPerSecond: Math.max(this.#peak.bytesPerSecond, bytesPerSecond),
      };
    }
    if (ms >= SHORTEST_INTERVAL_MS || this.#stats === NO_STATS) this.#stats = stats;
    this.#most = Math.max(this.#most, behindOf(stats));
  }

  /** Takes the last counters. */
  ended(stats: CaptureStats): void {
    this.#running = false;
    this.#stats = stats;
  }

  readings(cut: LiveReadings["cut"]): LiveReadings {
    return {
      running: this.#running,
      stats: this.#stats,
      peak: this.#peak,
      started: this.#started,
      before: this.#before,
      clockJumps: this.#jumps,
      behind: { now: behindOf(this.#stats), most: this.#most },
      cut,
    };
  }
}

const lostOf = (stats: CaptureStats): number => stats.kernelDropped ?? 0;

/** Captured bytes that are not in the file yet; a block has its head besides, so packets are what is counted. */
function behindOf(stats: CaptureStats): number {
  const packets = stats.packets - stats.filePackets;
  return packets <= 0 ? 0 : Math.round((packets * stats.bytes) / stats.packets);
}

/** Whether a name can be that of a Linux network device, and so a part of a path. */
export function isDeviceName(name: string): boolean {
  return /^[^\s/:\0]{1,15}$/.test(name) && name !== "." && name !== "..";
}
