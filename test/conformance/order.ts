/**
 * `npm run conformance:order -- DIR|FILE … [--max-bytes N] [--match TEXT]`
 *
 * Dissects the frames of captures front to back and then in a scattered order, and prints the frames that do not look
 * the same both times (tree, columns), those whose protocol chain is not the index's, those of whose fields a filter
 * sees others than the tree shows, and those at which a dissector failed. Ends with 1 when there are any.
 */
import { capturesAt, chooseCaptures } from "./choose.ts";
import { compareOrders } from "./orders.ts";

const choice = chooseCaptures("npm run conformance:order");
const totals = { captures: 0, refused: 0, frames: 0, order: 0, chain: 0, fields: 0, failed: 0 };
for (const path of choice.places.flatMap((place) => [...capturesAt(place, choice)])) {
  try {
    const found = compareOrders(path);
    totals.captures++;
    totals.frames += found.frames;
    totals.order += found.order;
    totals.chain += found.chain;
    totals.fields += found.fields;
    totals.failed += found.failed;
    for (const line of found.lines) console.log(line);
  } catch {
    totals.refused++;
  }
}
console.log(
  `${totals.captures} captures (${totals.refused} refused), ${totals.frames} frames: ${totals.order} look different in ` +
    `another order, ${totals.chain} have another chain than in the index, ` +
    `${totals.fields} have other fields for a filter, ${totals.failed} failed in a dissector`,
);
process.exitCode = totals.order + totals.chain + totals.fields + totals.failed === 0 ? 0 : 1;
