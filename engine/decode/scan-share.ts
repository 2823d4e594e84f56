/** One thread's share of judging all frames of a capture: segments it claims, then conversations that are its own. */
import { CHUNK_FRAMES } from "../index/bitmap.ts";
import type { FrameJudge } from "./frame-judge.ts";
import type { ScanControl } from "./scan-control.ts";
import type { StreamWalk } from "./stream-walk.ts";

/** Frames looked into, and frames dissected, between two looks at the clock. */
export const PAGE = 1024;
export const BATCH = 64;

const NOTHING_BEFORE = (): number => 0;

export class ScanShare {
  readonly #judge: FrameJudge;
  readonly #walk: StreamWalk;
  readonly #control: ScanControl;
  readonly #share: number;
  readonly #count: number;
  /** End of the segment at work, and the next frame of it; equal when there is none. */
  #segment = -1;
  #next = 0;
  #end = 0;
  done = false;

  /** @param count frames to judge */
  constructor(judge: FrameJudge, walk: StreamWalk, control: ScanControl, share: number, count: number) {
    this.#judge = judge;
    this.#walk = walk;
    this.#control = control;
    this.#share = share;
    this.#count = count;
  }

  /**
   * Works until the clock stands at `stop`.
   * @returns false when nothing can be done before others have finished, or `done`
   */
  step(stop: number): boolean {
    const control = this.#control;
    while (!this.done && !control.calledOff) {
      if (this.#segment >= 0 || this.#claim()) this.#look();
      else if (!control.allFinished) return false;
      else this.#walkOn();
      if (performance.now() >= stop) break;
    }
    return !this.done;
  }

  #claim(): boolean {
    const segment = this.#control.claim(this.#share);
    if (segment < 0) return false;
    this.#segment = segment;
    this.#next = segment * CHUNK_FRAMES;
    this.#end = Math.min(this.#count, this.#next + CHUNK_FRAMES);
    this.#judge.fillColumns(this.#next, this.#end);
    return true;
  }

  #look(): void {
    const to = Math.min(this.#end, this.#next + PAGE);
    this.#judge.look(this.#next, to);
    this.#next = to;
    if (to < this.#end) return;
    this.#control.finish(this.#segment);
    this.#segment = -1;
  }

  #walkOn(): void {
    const walk = this.#walk;
    if (!walk.survey(this.#count)) return;
    walk.walk(this.#count, BATCH, NOTHING_BEFORE);
    this.#control.setWalked(this.#share, walk.walked);
    this.done = walk.walked >= this.#count;
  }
}
