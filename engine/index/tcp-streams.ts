/**
 * What the header of a TCP segment must be read with: where relative sequence numbers begin and how windows scale,
 * of every TCP stream, in typed arrays that other threads can read.
 */

/** 32-bit integers a stream takes. */
export const STREAM_WORDS = 8;
const STREAMS = 1 << 14;

const KNOWN = 1;
const SETTLED = 2;
const BASE_A = 4;
const BASE_B = 8;

/** A stream's facts; direction 0 is from endpoint A to endpoint B. */
export interface TcpStreamFacts {
  /** Address id and port of endpoint A. */
  addressA: number;
  portA: number;
  /** Sequence number shown as 0, of both directions; -1 while not known. */
  baseA: number;
  baseB: number;
  /** Shift of the window; -1 while unknown, -2 without scaling. */
  scaleA: number;
  scaleB: number;
  /** True while nothing of this ever changed once a segment had been read with it. */
  settled: boolean;
}

/** Facts to be filled in. */
export const blankFacts = (): TcpStreamFacts => ({
  addressA: 0,
  portA: 0,
  baseA: 0,
  baseB: 0,
  scaleA: 0,
  scaleB: 0,
  settled: false,
});

/**
 * Writes a stream's facts as `STREAM_WORDS` integers into `words[at ..]`.
 */
export function packStream(words: Int32Array, at: number, facts: TcpStreamFacts): void {
  words[at] = facts.addressA;
  words[at + 1] = facts.portA;
  words[at + 2] = facts.baseA | 0;
  words[at + 3] = facts.baseB | 0;
  words[at + 4] = facts.scaleA;
  words[at + 5] = facts.scaleB;
  words[at + 6] =
    KNOWN | (facts.settled ? SETTLED : 0) | (facts.baseA >= 0 ? BASE_A : 0) | (facts.baseB >= 0 ? BASE_B : 0);
}

export class TcpStreams {
  /** Segments of 16,384 streams over SharedArrayBuffers. */
  readonly segments: Int32Array[] = [];

  /** @param segments those of another thread, to read from */
  constructor(segments: readonly Int32Array[] = []) {
    this.segments.push(...segments);
  }

  /** Bytes it holds. */
  get bytes(): number {
    return this.segments.length * STREAMS * STREAM_WORDS * 4;
  }

  /** Takes in facts as `packStream` wrote them. */
  set(number: number, words: Int32Array, at: number): void {
    const segment = Math.floor(number / STREAMS);
    while (this.segments.length <= segment) {
      this.segments.push(new Int32Array(new SharedArrayBuffer(STREAMS * STREAM_WORDS * 4)));
    }
    const to = (number % STREAMS) * STREAM_WORDS;
    for (let i = 0; i < STREAM_WORDS; i++) this.segments[segment][to + i] = words[at + i];
  }

  /**
   * Reads a stream's facts into `facts`.
   * @param number as in `tcp.stream`
   * @returns false when nothing is known of it
   */
  get(number: number, facts: TcpStreamFacts): boolean {
    const words = this.segments[Math.floor(number / STREAMS)];
    const at = (number % STREAMS) * STREAM_WORDS;
    if (words === undefined || (words[at + 6] & KNOWN) === 0) return false;
    facts.addressA = words[at] >>> 0;
    facts.portA = words[at + 1];
    facts.baseA = words[at + 6] & BASE_A ? words[at + 2] >>> 0 : -1;
    facts.baseB = words[at + 6] & BASE_B ? words[at + 3] >>> 0 : -1;
    facts.scaleA = words[at + 4];
    facts.scaleB = words[at + 5];
    facts.settled = (words[at + 6] & SETTLED) !== 0;
    return true;
  }
}
