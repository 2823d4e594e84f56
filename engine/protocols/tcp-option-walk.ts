/** The list of a TCP header's options, RFC 9293 section 3.1: each but the first two kinds has a length. */

/** Ends the list; what follows is padding. */
export const EOL = 0;
export const NOP = 1;

/**
 * The first option with a length at or behind `at`, behind no-operations.
 * @param end index behind the last byte of the list
 * @returns its index in `buf`; -1 when the list is at its end, or goes on with a length that cannot be
 */
export function nextOption(buf: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && buf[i] === NOP) i++;
  if (i + 1 >= end || buf[i] === EOL) return -1;
  return buf[i + 1] < 2 || i + buf[i + 1] > end ? -1 : i;
}
