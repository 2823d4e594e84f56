/**
 * `npm run conformance -- DIR|FILE … [--protocols a,b] [--worst 20] [--max-bytes N] [--match TEXT]`
 *
 * Compares Tapline with the installed tshark over captures and prints, for each protocol, recall (share of
 * tshark's field–value pairs that Tapline shows), precision (share of Tapline's that tshark shows) and the share of
 * lines that read the same; then the worst fields with an example each.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Comparison, compareCapture } from "./compare.ts";

const places: string[] = [];
let only = new Set<string>();
let worst = 20;
let maxBytes = Number.POSITIVE_INFINITY;
let match = "";
const args = process.argv.slice(2);
while (args.length > 0) {
  const arg = args.shift()!;
  if (arg === "--protocols") only = new Set((args.shift() ?? "").split(","));
  else if (arg === "--worst") worst = Number(args.shift());
  else if (arg === "--max-bytes") maxBytes = Number(args.shift());
  else if (arg === "--match") match = args.shift() ?? "";
  else places.push(arg);
}
if (places.length === 0) {
  console.error("usage: npm run conformance -- DIR|FILE … [--protocols a,b] [--worst 20]");
  process.exit(1);
}

function* captures(place: string): Generator<string> {
  if (statSync(place).isDirectory()) {
    for (const name of readdirSync(place).sort()) yield* captures(join(place, name));
  } else if (/\.(pcap|pcapng|cap)(\.gz|\.zst)?$/.test(place) && statSync(place).size <= maxBytes) {
    if (place.includes(match)) yield place;
  }
}

const comparison = new Comparison();
for (const place of places) {
  for (const path of captures(place)) await compareCapture(path, comparison, only);
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? "     –" : `${((100 * part) / whole).toFixed(1).padStart(5)}%`;

console.log(
  `${comparison.packets} packets, same protocol chain: ${percent(comparison.sameChain, comparison.packets)}` +
    (comparison.refused === 0 ? "" : `; ${comparison.refused} files that neither reads`),
);
console.log("protocol             theirs     ours  recall precis. labels");
const total = { theirs: 0, ours: 0, both: 0, labels: 0 };
for (const [name, score] of [...comparison.scores].sort((a, b) => b[1].theirs - a[1].theirs)) {
  console.log(
    `${name.padEnd(18)} ${String(score.theirs).padStart(8)} ${String(score.ours).padStart(8)}  ${percent(score.both, score.theirs)} ${percent(score.both, score.ours)} ${percent(score.labels, score.both)}`,
  );
  total.theirs += score.theirs;
  total.ours += score.ours;
  total.both += score.both;
  total.labels += score.labels;
}
console.log(
  `${"all".padEnd(18)} ${String(total.theirs).padStart(8)} ${String(total.ours).padStart(8)}  ${percent(total.both, total.theirs)} ${percent(total.both, total.ours)} ${percent(total.labels, total.both)}`,
);
const top = (from: ReadonlyMap<string, { count: number; example: string }>): void => {
  for (const [key, { count, example }] of [...from].sort((a, b) => b[1].count - a[1].count).slice(0, worst)) {
    console.log(`${String(count).padStart(7)}  ${key}   ${example}`);
  }
};
if (worst > 0) {
  console.log("\nworst fields");
  top(comparison.worst);
  console.log("\nchains");
  top(comparison.chains);
}
for (const failure of comparison.failures.slice(0, 50)) console.log(`failure: ${failure}`);
if (comparison.failures.length > 0) process.exitCode = 2;
