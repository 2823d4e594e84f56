/** The times of the Time column, frame by frame. */

import type { TimeFormat } from "../engine/api.ts";
import { formatTime } from "../engine/decode/times.ts";
import type { Dissection, Time } from "../engine/dissect/dissection.ts";

/** Of the engine's formats, and the time of day in UTC. */
export type TimeColumn = TimeFormat | "utc-clock";

/** tshark's names of time formats. */
export const TIME_FLAGS: Readonly<Record<string, TimeColumn>> = {
  a: "absolute",
  ad: "date",
  d: "delta",
  dd: "delta-displayed",
  e: "epoch",
  r: "relative",
  u: "utc-clock",
  ud: "utc",
};

/** Digits behind the second that an interface's time stamps have: those of its unit, as tshark counts them. */
export function digitsOf(tsresol: number): number {
  const perSecond = tsresol & 0x80 ? 2 ** (tsresol & 0x7f) : 10 ** tsresol;
  if (perSecond >= 1e9) return 9;
  if (perSecond >= 1e6) return 6;
  if (perSecond >= 1e3) return 3;
  return perSecond >= 100 ? 2 : perSecond >= 10 ? 1 : 0;
}

/** Remembers what a frame's time is relative to. */
export class Clock {
  readonly #format: TimeColumn;
  #first: Time | null = null;
  #previous: Time | null = null;
  #displayed: Time | null = null;
  #now: Time = { sec: 0, nsec: 0 };

  constructor(format: TimeColumn) {
    this.#format = format;
  }

  /** To be called for every frame, before its time is asked for. */
  enter(d: Dissection): void {
    this.#now = { sec: d.sec, nsec: d.nsec };
    this.#first ??= this.#now;
  }

  /** The Time column of the present frame. */
  text(digits: number): string {
    const format = this.#format === "utc-clock" ? "utc" : this.#format;
    const text = formatTime(format, digits, this.#now, this.#first, this.#previous, this.#displayed);
    return this.#format === "utc-clock" ? text.slice(text.indexOf(" ") + 1) : text;
  }

  /** To be called for every frame, after it was shown or passed over. */
  leave(displayed: boolean): void {
    this.#previous = this.#now;
    if (displayed) this.#displayed = this.#now;
  }
}
