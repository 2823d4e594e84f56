/**
 * Traffic per interface for the sparklines: the system's own counters, sampled while someone listens.
 * On Linux they are in /proc/net/dev; elsewhere the capture helper reports them (`tapline-capture stats`).
 */
import { readFileSync } from "node:fs";
import { type Program, startChild } from "./child.ts";
import { helperPath } from "./helper.ts";
import { lineParser, trafficMessage } from "./protocol.ts";

/** Totals of one interface, both directions. */
export interface Counters {
  readonly packets: number;
  readonly bytes: number;
}

export interface TrafficRate {
  readonly name: string;
  readonly packetsPerSecond: number;
  readonly bytesPerSecond: number;
}

export interface TrafficSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly rates: readonly TrafficRate[];
}

/**
 * Parses the text of /proc/net/dev. A loopback counts each packet as sent and as received, but a capture shows it
 * once, so only what is received counts there.
 */
export function parseProcNetDev(text: string): Map<string, Counters> {
  const counters = new Map<string, Counters>();
  for (const line of text.split("\n")) {
    const match = /^\s*(\S+):\s*(.*)$/.exec(line);
    if (!match?.[1] || match[2] === undefined) continue;
    const fields = match[2].trim().split(/\s+/).map(Number);
    const [rxBytes = 0, rxPackets = 0] = fields;
    const [txBytes = 0, txPackets = 0] = match[1] === "lo" ? [] : fields.slice(8);
    counters.set(match[1], { packets: rxPackets + txPackets, bytes: rxBytes + txBytes });
  }
  return counters;
}

/** The system's counters now; null where it has no /proc/net/dev. */
export function readCounters(): Map<string, Counters> | null {
  try {
    return parseProcNetDev(readFileSync("/proc/net/dev", "utf8"));
  } catch {
    return null;
  }
}

/**
 * What flowed between two readings `ms` milliseconds apart. An interface that is new, or whose counters went back
 * (it was made anew), has no rate yet and is left out.
 */
export function ratesBetween(
  before: ReadonlyMap<string, Counters>,
  after: ReadonlyMap<string, Counters>,
  ms: number,
): TrafficRate[] {
  const rates: TrafficRate[] = [];
  for (const [name, now] of after) {
    const then = before.get(name);
    if (!then || now.packets < then.packets || now.bytes < then.bytes || ms <= 0) continue;
    rates.push({
      name,
      packetsPerSecond: ((now.packets - then.packets) * 1000) / ms,
      bytesPerSecond: ((now.bytes - then.bytes) * 1000) / ms,
    });
  }
  return rates;
}

export interface TrafficOptions {
  /** Milliseconds between samples, default 1,000. */
  readonly intervalMs?: number;
  /** Reads the counters; null where that is not possible and the helper must do it. For tests. */
  readonly read?: () => ReadonlyMap<string, Counters> | null;
}

/** Samples all interfaces' counters at an interval, and only while there are listeners. */
export class TrafficMonitor {
  private readonly intervalMs: number;
  private readonly read: () => ReadonlyMap<string, Counters> | null;
  private readonly listeners = new Set<(sample: TrafficSample) => void>();
  private last: { at: number; counters: ReadonlyMap<string, Counters> } | null = null;
  private end: (() => void) | null = null;

  constructor(options: TrafficOptions = {}) {
    this.intervalMs = options.intervalMs ?? 1_000;
    this.read = options.read ?? readCounters;
  }

  /** Calls `listener` with each sample; the first comes after one interval. Returns the function that ends it. */
  on(listener: (sample: TrafficSample) => void): () => void {
    this.listeners.add(listener);
    if (this.end === null) this.begin();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.end?.();
      this.end = null;
      this.last = null;
    };
  }

  /** Whether counters are being read now. */
  get running(): boolean {
    return this.end !== null;
  }

  private begin(): void {
    const first = this.read();
    if (first === null) {
      this.end = this.followHelper();
      return;
    }
    this.take(first);
    const timer = setInterval(() => {
      const counters = this.read();
      if (counters) this.take(counters);
    }, this.intervalMs);
    this.end = () => clearInterval(timer);
  }

  /** Without the helper there are no samples, and sparklines stay empty. */
  private followHelper(): () => void {
    const command = helperPath();
    if (command === null) return () => {};
    const program: Program = { title: "The capture helper", command, args: [] };
    const spawned = startChild(program, ["stats", "--interval", String(this.intervalMs)]);
    if (!spawned.ok) return () => {};
    const { child } = spawned.value;
    child.on("error", () => {});
    child.stdout.on(
      "data",
      lineParser(
        trafficMessage,
        (message) => {
          if (message.type !== "traffic") return;
          this.take(new Map(message.interfaces.map(({ name, ...counters }) => [name, counters])));
        },
        () => child.kill(),
      ),
    );
    return () => child.stdin.end();
  }

  private take(counters: ReadonlyMap<string, Counters>): void {
    const now = performance.now();
    const last = this.last;
    this.last = { at: now, counters };
    if (!last) return;
    const sample = { at: Date.now(), rates: ratesBetween(last.counters, counters, now - last.at) };
    for (const listener of [...this.listeners]) listener(sample);
  }
}
