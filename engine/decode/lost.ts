/** Frames whose bytes another program took out of the file: marked in the index, for all threads that share it. */
import type { Segment } from "../index/frame-index.ts";

/** Bit of the index's `flags` column: the frame's bytes are no longer in the file. */
export const FLAG_LOST = 1 << 15;

/** Bytes of a frame to read from the file: as many as were captured, none when they are gone. */
export function readableLength(s: Segment, slot: number): number {
  return s.flags[slot] & FLAG_LOST ? 0 : s.capLen[slot];
}
