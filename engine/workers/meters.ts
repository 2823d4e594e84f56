/** How a thread does: how busy its event loop is, how late it comes to things, what its heap takes. */
import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import type { ThreadHealth } from "../api.ts";

/** Milliseconds between two looks whether the event loop comes in time. */
const RESOLUTION = 10;
/** Milliseconds after which nobody asks any more: the looks would only wake a thread that has nothing to do. */
const FORGOTTEN = 10_000;

/** What a thread says of itself. */
export type ThreadReading = Pick<ThreadHealth, "delay"> & { heap: NonNullable<ThreadHealth["heap"]> };

/** Share of the time an event loop was at work, from one question to the next. */
export class LoadMeter {
  readonly #utilization: () => EventLoopUtilization;
  #active = 0;
  #idle = 0;

  /** @param utilization the loop's times since its thread was started */
  constructor(utilization: () => EventLoopUtilization) {
    this.#utilization = utilization;
  }

  /** 0 to 1; 0 for a loop that has not begun to run. */
  read(): number {
    const { active, idle } = this.#utilization();
    const work = Math.max(0, active - this.#active);
    const rest = Math.max(0, idle - this.#idle);
    this.#active = active;
    this.#idle = idle;
    return work + rest > 0 ? work / (work + rest) : 0;
  }
}

/** Processors that the process keeps busy, from one question to the next. */
export class ProcessorMeter {
  #used = 0;
  #at = 0;

  read(): number {
    const { user, system } = process.cpuUsage();
    const used = (user + system) / 1e6;
    const at = process.uptime();
    const share = at > this.#at ? Math.max(0, used - this.#used) / (at - this.#at) : 0;
    this.#used = used;
    this.#at = at;
    return share;
  }
}

/** What the thread that makes it says of itself. Its event loop is watched only while it is asked about. */
export class ThreadMeter {
  #histogram: IntervalHistogram | null = null;
  #forget: NodeJS.Timeout | null = null;

  read(): ThreadReading {
    const { used_heap_size, total_heap_size, heap_size_limit } = getHeapStatistics();
    const heap = { used: used_heap_size, total: total_heap_size, limit: heap_size_limit };
    if (this.#forget !== null) clearTimeout(this.#forget);
    this.#forget = setTimeout(() => this.end(), FORGOTTEN).unref();
    const histogram = this.#histogram;
    if (histogram === null) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
      this.#histogram.enable();
      return { heap, delay: null };
    }
    // Where it was never looked, the histogram's numbers mean nothing.
    const delay =
      histogram.max > 0
        ? { mean: late(histogram.mean), p99: late(histogram.percentile(99)), max: late(histogram.max) }
        : null;
    histogram.reset();
    return { heap, delay };
  }

  end(): void {
    if (this.#forget !== null) clearTimeout(this.#forget);
    this.#forget = null;
    this.#histogram?.disable();
    this.#histogram = null;
  }
}

/** Milliseconds beyond the time between two looks, of nanoseconds from one look to the next. */
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
