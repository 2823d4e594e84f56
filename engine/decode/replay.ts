/**
 * Step mode: the displayed list ends at a frame that is moved by hand or by a clock. Everything behind it is indexed
 * and judged as ever; only the list does not show it yet.
 */
import type { ReplayStatus } from "../api.ts";
import type { Displayed } from "./displayed.ts";
import type { Indexer } from "./indexer.ts";

/** Milliseconds between two looks at the clock while playing. */
const TICK = 40;
/** Frames that one look may show at most: at a high speed the list must not hold up what else is asked. */
const MOST_AT_ONCE = 100_000;

/** The list grew, lost frames at its end, or has come to its end while playing. */
type Move = "on" | "back" | "ended";

export class Replay {
  readonly #indexer: Indexer;
  readonly #displayed: Displayed;
  /** Frames whose place in the list is known: all, or those the filter has judged. */
  readonly #judged: () => number;
  /** True when no frame can come any more. */
  readonly #isComplete: () => boolean;
  readonly #onMove: (how: Move) => void;
  #timer: NodeJS.Timeout | null = null;
  #speed: number | null = null;
  /** When playing began, by this machine's clock in milliseconds and by the frames' in seconds. */
  #started = 0;
  #from = 0;

  /**
   * @param at the frame to end at; the nearest that there is
   * @param onMove called when the list became another, and while playing at every look
   */
  constructor(
    indexer: Indexer,
    displayed: Displayed,
    at: number,
    judged: () => number,
    isComplete: () => boolean,
    onMove: (how: Move) => void,
  ) {
    this.#indexer = indexer;
    this.#displayed = displayed;
    this.#judged = judged;
    this.#isComplete = isComplete;
    this.#onMove = onMove;
    displayed.endAt(this.#held(at));
  }

  get #position(): number {
    return this.#displayed.limit;
  }

  get status(): ReplayStatus {
    return { position: this.#position, speed: this.#speed, next: this.#speed === null ? null : this.#wait() };
  }

  go(to: number): void {
    this.pause();
    this.#move(to);
  }

  /** Moves by frames that pass the filter; beyond the last of them to the end of what is judged. */
  step(by: number): void {
    this.pause();
    const { matches } = this.#displayed;
    if (matches === null) {
      this.#move(this.#position + by);
      return;
    }
    const row = matches.lowerBound(this.#position + 1) - 1 + by;
    if (row < 0) this.#move(0);
    else if (row < matches.length) this.#move(matches.at(row));
    else this.#move(Math.max(this.#position, this.#judged()));
  }

  /** Goes on at the pace of the frames' times. */
  play(speed: number): void {
    this.pause();
    this.#speed = speed;
    this.#started = performance.now();
    this.#from = this.#timeOf(Math.max(1, this.#position));
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#onMove("on");
  }

  pause(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#speed = null;
  }

  /** Shows all frames again. */
  leave(): void {
    this.pause();
    this.#displayed.endAt(Number.POSITIVE_INFINITY);
  }

  #held(to: number): number {
    const { count } = this.#indexer.index;
    return Math.max(Math.min(1, count), Math.min(count, to));
  }

  #move(to: number): void {
    const before = this.#position;
    this.#displayed.endAt(this.#held(to));
    if (this.#position !== before) this.#onMove(this.#position < before ? "back" : "on");
  }

  /** Where the clock stands, in seconds of the frames' time. */
  get #now(): number {
    return this.#from + ((performance.now() - this.#started) / 1000) * (this.#speed ?? 0);
  }

  /** Seconds to the next frame, at the present speed; null when there is none yet. */
  #wait(): number | null {
    const next = this.#position + 1;
    if (this.#speed === null || next > this.#indexer.index.count) return null;
    return Math.max(0, (this.#timeOf(next) - this.#now) / this.#speed);
  }

  #tick(): void {
    const { count } = this.#indexer.index;
    const now = this.#now;
    let to = this.#position;
    const most = Math.min(count, to + MOST_AT_ONCE);
    while (to < most && this.#timeOf(to + 1) <= now) to++;
    if (to > this.#position) this.#displayed.endAt(to);
    const ends = to === count && this.#isComplete();
    if (ends) this.pause();
    this.#onMove(ends ? "ended" : "on");
  }

  /** Seconds since 1970: exact to less than a microsecond. */
  #timeOf(frame: number): number {
    const { index } = this.#indexer;
    if (frame > index.count) return 0;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    return s.sec[slot] + s.nsec[slot] / 1e9;
  }
}
