/** What the columns add up to: counts and times, added up once for each frame however often they are asked for. */
import type { Time } from "../dissect/dissection.ts";
import type { FrameIndex } from "../index/frame-index.ts";

/** Frames between two yields. */
const STEPS = 65_536;

export interface Sums {
  /** Frames that were added up. */
  readonly count: number;
  readonly earliest: Time;
  readonly latest: Time;
  /** Frames by interface id. */
  readonly packets: readonly number[];
}

const EPOCH: Time = { sec: 0, nsec: 0 };

/** The sums over the frames of an index, which only grows. */
export class CaptureSums {
  readonly #index: FrameIndex;
  #count = 0;
  #earliest = EPOCH;
  #latest = EPOCH;
  readonly #packets: number[] = [];
  readonly #last: number;

  /** @param last the last frame to add up; without it those that come are added up too */
  constructor(index: FrameIndex, last = Number.POSITIVE_INFINITY) {
    this.#index = index;
    this.#last = last;
  }

  /** Adds up the frames that are new. A generator, to be run in slices; it yields the share that is done. */
  *read(): Generator<number, Sums> {
    for (let end = this.#end; this.#count < end; end = this.#end) {
      this.#add(Math.min(end, this.#count + STEPS));
      if (this.#count < end) yield this.#count / end;
    }
    return {
      count: this.#count,
      earliest: this.#earliest,
      latest: this.#latest,
      packets: this.#packets,
    };
  }

  get #end(): number {
    return Math.min(this.#index.count, this.#last);
  }

  /** Adds the frames up to number `last`, without those of the next segment. */
  #add(last: number): void {
    const index = this.#index;
    const s = index.segment(this.#count + 1);
    const from = index.slot(this.#count + 1);
    const end = Math.min(s.sec.length, from + last - this.#count);
    if (this.#count === 0) {
      this.#earliest = { sec: s.sec[from], nsec: s.nsec[from] };
      this.#latest = this.#earliest;
    }
    let { sec: firstSec, nsec: firstNsec } = this.#earliest;
    let { sec: lastSec, nsec: lastNsec } = this.#latest;
    for (let i = from; i < end; i++) {
      const iface = s.iface[i];
      this.#packets[iface] = (this.#packets[iface] ?? 0) + 1;
      const sec = s.sec[i];
      const nsec = s.nsec[i];
      if (sec < firstSec || (sec === firstSec && nsec < firstNsec)) {
        firstSec = sec;
        firstNsec = nsec;
      }
      if (sec > lastSec || (sec === lastSec && nsec > lastNsec)) {
        lastSec = sec;
        lastNsec = nsec;
      }
    }
    this.#earliest = { sec: firstSec, nsec: firstNsec };
    this.#latest = { sec: lastSec, nsec: lastNsec };
    this.#count += end - from;
  }
}
