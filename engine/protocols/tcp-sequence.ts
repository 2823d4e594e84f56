/** Sequence numbers, RFC 9293 section 3.4: 32 bits that wrap around. */

/** Difference of two sequence numbers: below 0 when `a` comes before `b`. */
export function compareSeq(a: number, b: number): number {
  return (a - b) | 0;
}
