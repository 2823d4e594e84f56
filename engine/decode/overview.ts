/** Colours along the whole displayed list, for the strip beside it. */
import type { Overview } from "../api.ts";
import { SEVERITY_SHIFT } from "../index/frame-index.ts";
import type { Displayed } from "./displayed.ts";
import type { Indexer } from "./indexer.ts";
import type { RowMaker } from "./rows.ts";

/** Frames looked at per bucket. */
const SAMPLE = 32;

/**
 * For each bucket of the displayed list the most noteworthy colour among a sample of its frames.
 * A generator, to be run in slices; it yields the share that is done. The list must stay the same list meanwhile.
 */
export function* overview(
  indexer: Indexer,
  displayed: Displayed,
  rows: RowMaker,
  buckets: number,
): Generator<number, Overview> {
  const total = displayed.length;
  const count = Math.min(buckets, total);
  const colors: number[] = [];
  for (let bucket = 0; bucket < count; bucket++) {
    const from = Math.floor((bucket * total) / count);
    const to = Math.max(from + 1, Math.floor(((bucket + 1) * total) / count));
    colors.push(yield* rows.color(worstOf(indexer, displayed, from, to)));
    yield bucket / count;
  }
  return { colors, rows: total };
}

function worstOf(indexer: Indexer, displayed: Displayed, from: number, to: number): number {
  const stride = Math.max(1, Math.floor((to - from) / SAMPLE));
  let worst = displayed.frameAt(from);
  let severity = -1;
  for (let row = from; row < to; row += stride) {
    const frame = displayed.frameAt(row);
    const here = indexer.index.segment(frame).flags[indexer.index.slot(frame)] >> SEVERITY_SHIFT;
    if ((here & 7) > severity) {
      severity = here & 7;
      worst = frame;
    }
  }
  return worst;
}
