/**
 * `npm run conformance -- DIR|FILE … [--protocols a,b] [--worst 20] [--max-bytes N] [--match TEXT] [--files]`
 *
 * Compares Tapline with the installed tshark over captures and prints, for each place, of how many files both read
 * the same number of frames (with `--files`, a line for each file); then, over all, the share of frames with the same
 * `tcp.analysis.*`; for each protocol that Tapline claims recall (share of tshark's field–value pairs that Tapline
 * shows), precision (share of Tapline's that tshark shows) and the share of lines that read the same; how many
 * disagreements the reviewed list excuses; and the worst of the rest with an example each.
 */
import { capturesAt, chooseCaptures } from "./choose.ts";
import { Comparison, compareCapture, type Disagreement, type FileCount, type Score } from "./compare.ts";

const choice = chooseCaptures("npm run conformance", {
  protocols: { type: "string", default: "" },
  worst: { type: "string", default: "20" },
  files: { type: "boolean", default: false },
});
const { places, values } = choice;
const only = new Set(String(values.protocols).split(",").filter(Boolean));
const worst = Number(values.worst);
const everyFile = values.files === true;

const comparison = new Comparison();
for (const place of places) {
  const before = comparison.files.length;
  for (const path of capturesAt(place, choice)) await compareCapture(path, comparison, only);
  printCounts(place, comparison.files.slice(before));
}

function printCounts(place: string, files: readonly FileCount[]): void {
  const differing = files.filter((file) => file.ours !== file.theirs);
  const refused = files.filter((file) => file.ours === null && file.theirs === null).length;
  const count = (frames: number | null): string => (frames === null ? "refused" : `${frames} frames`);
  for (const file of everyFile ? files : differing) {
    const same = file.ours === file.theirs;
    console.log(
      `${same ? "same  " : "differs"} ${file.path}: ${count(file.ours)}, tshark ${count(file.theirs)}`,
    );
  }
  console.log(
    `${place}: ${files.length} files, ${differing.length} with differing packet counts` +
      (refused === 0 ? "" : `, ${refused} that neither reads`),
  );
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? "     –" : `${((100 * part) / whole).toFixed(1).padStart(5)}%`;

console.log(
  `${comparison.packets} packets, same protocol chain: ${percent(comparison.sameChain, comparison.packets)}`,
);
console.log(
  `tcp.analysis.*: ${comparison.sameAnalysis} of ${comparison.analysed} frames that have any are the same: ` +
    percent(comparison.sameAnalysis, comparison.analysed),
);
const line = (name: string, score: Score): string =>
  `${name.padEnd(18)} ${String(score.theirs).padStart(8)} ${String(score.ours).padStart(8)}  ` +
  `${percent(score.both, score.theirs)} ${percent(score.both, score.ours)} ${percent(score.labels, score.both)}`;
console.log("protocol             theirs     ours  recall precis. labels");
const total: Score = { theirs: 0, ours: 0, both: 0, labels: 0 };
for (const [name, score] of [...comparison.scores].sort((a, b) => b[1].theirs - a[1].theirs)) {
  console.log(line(name, score));
  for (const key of Object.keys(total) as (keyof Score)[]) total[key] += score[key];
}
console.log(line("all", total));
let excused = 0;
for (const { count } of comparison.excused.values()) excused += count;
if (excused > 0) console.log(`${excused} disagreements are excused by the reviewed list`);
const top = (from: ReadonlyMap<string, Disagreement>): void => {
  for (const [key, { count, example }] of [...from].sort((a, b) => b[1].count - a[1].count).slice(0, worst)) {
    console.log(`${String(count).padStart(7)}  ${key}   ${example}`);
  }
};
if (worst > 0) {
  console.log("\nexcused");
  top(comparison.excused);
  console.log("\ntcp.analysis");
  top(comparison.analyses);
  console.log("\nworst fields");
  top(comparison.worst);
  console.log("\nchains");
  top(comparison.chains);
}
for (const failure of comparison.failures.slice(0, 50)) console.log(`failure: ${failure}`);
if (comparison.failures.length > 0) process.exitCode = 2;
