/** The expert infos of a capture, counted by kind. */
import { ExpertCounts, expertFieldsWanted } from "../analysis/experts.ts";
import type { ExpertSummary } from "../api.ts";
import { MODE_FIELDS } from "../dissect/dissection.ts";
import type { Displayed } from "./displayed.ts";
import type { Viewer } from "./viewer.ts";

/**
 * Dissects the frames that are there when it begins and counts what is noteworthy in them; yields how far it is.
 * @param displayed the list to keep to; null for all frames up to `last`
 */
export function* countExperts(
  viewer: Viewer,
  displayed: Displayed | null,
  last: number,
): Generator<number, ExpertSummary[]> {
  const wanted = expertFieldsWanted();
  const counts = new ExpertCounts();
  const total = displayed?.length ?? last;
  for (let row = 0; row < total; row++) {
    const frame = displayed?.frameAt(row) ?? row + 1;
    while (!viewer.ready(frame, MODE_FIELDS, wanted)) yield row / total;
    counts.add(viewer.dissect(frame, MODE_FIELDS, false, wanted));
    yield row / total;
  }
  return counts.summary();
}
