/** Steps along a conversation, from one displayed frame to the next. */
import type { Displayed } from "./displayed.ts";
import type { Indexer } from "./indexer.ts";

/** Frames between two yields: along the chain of a conversation, and along a column. */
const HOPS = 1024;
const STEPS = 65_536;

/**
 * The nearest displayed frame of the same conversation, 0 for none. The index chains frames forward only; backward
 * its column of conversations is looked through.
 * A generator, to be run in slices.
 */
export function* neighbourOf(
  { index }: Indexer,
  displayed: Displayed,
  frame: number,
  direction: "next" | "previous",
): Generator<number, number> {
  const ref = index.segment(frame).ref[index.slot(frame)];
  if (ref === 0) return 0;
  if (direction === "next") {
    let at = frame;
    for (let hops = 1; ; hops++) {
      at = index.segment(at).next[index.slot(at)];
      if (at === 0 || displayed.has(at)) return at;
      if (hops % HOPS === 0) yield 0;
    }
  }
  const first = index.firstOf(ref);
  for (let at = frame - 1; at >= first; at--) {
    if (index.segment(at).ref[index.slot(at)] === ref && displayed.has(at)) return at;
    if (at % STEPS === 0) yield 0;
  }
  return 0;
}
