/** Tapline against tshark over the project's own captures (test/captures). */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Comparison, compareCapture, type Disagreement, type Score } from "./compare.ts";

const FOLDER = "test/captures";
/** The version whose names and texts Tapline follows; others say some things differently. */
const VERSION = "4.0";
const FLOORS = { recall: 95, precision: 97, analysis: 98, chains: 70 };
/** Protocols that are known to fall short, and of what; the numbers are to rise, not to sink. */
const SHORT: Readonly<Record<string, Partial<typeof FLOORS>>> = {
  // The tokens that tie subflows to one connection are not computed: no mptcp.stream, .master, .analysis.
  mptcp: { recall: 85 },
  // What tshark leaves to a protocol that Tapline does not claim shows as data here.
  data: { precision: 85 },
};
/** Fewer pairs than this, and a single one would decide. */
const FEW = 40;

const version = spawnSync("tshark", ["--version"], { encoding: "utf8" }).stdout ?? "";
const unfit =
  version === ""
    ? "tshark is not installed"
    : !version.startsWith(`TShark (Wireshark) ${VERSION}.`)
      ? `tshark is not of version ${VERSION}`
      : "";

const percent = (part: number, whole: number): number => (whole === 0 ? 100 : (100 * part) / whole);

/** The most frequent disagreements, a line each. */
function worst(from: ReadonlyMap<string, Disagreement>, wanted: (key: string) => boolean): string {
  return [...from]
    .filter(([key]) => wanted(key))
    .sort((a, b) => b[1].count - a[1].count)
    .slice(0, 8)
    .map(([key, { count, example }]) => `  ${count} × ${key}   ${example}`)
    .join("\n");
}

const captures = readdirSync(FOLDER).filter((name) => /\.pcap(ng)?$/.test(name));

describe("the project's own captures", () => {
  it("are small, and each has a line in the index", () => {
    const index = readFileSync(join(FOLDER, "README.md"), "utf8");
    expect(captures.filter((name) => !index.includes(`| ${name} |`))).toEqual([]);
    const sizes = captures.map((name) => statSync(join(FOLDER, name)).size);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(60_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_500_000);
  });

  const comparison = new Comparison();
  beforeAll(async () => {
    if (unfit !== "") return;
    // Two at a time: while tshark starts, the other capture is compared.
    const next = captures.values();
    const work = async (): Promise<void> => {
      for (const name of next) await compareCapture(join(FOLDER, name), comparison, new Set());
    };
    await Promise.all([work(), work()]);
  }, 300_000);

  it("have as many packets as tshark reads", (context) => {
    context.skip(unfit !== "", unfit);
    expect(comparison.files.length).toBeGreaterThan(0);
    expect(comparison.differing).toEqual([]);
    expect(comparison.failures).toEqual([]);
  });

  it(`have tshark's protocol chain in ${FLOORS.chains} % of the packets`, (context) => {
    context.skip(unfit !== "", unfit);
    const share = percent(comparison.sameChain, comparison.packets);
    expect(
      share,
      worst(comparison.chains, () => true),
    ).toBeGreaterThanOrEqual(FLOORS.chains);
  });

  it(`have tshark's tcp.analysis in ${FLOORS.analysis} % of the frames that have any`, (context) => {
    context.skip(unfit !== "", unfit);
    const share = percent(comparison.sameAnalysis, comparison.analysed);
    expect(
      share,
      worst(comparison.analyses, () => true),
    ).toBeGreaterThanOrEqual(FLOORS.analysis);
  });

  it(`have the fields of every protocol: recall ${FLOORS.recall} %, precision ${FLOORS.precision} %`, (context) => {
    context.skip(unfit !== "", unfit);
    const below: string[] = [];
    for (const [name, score] of comparison.scores) {
      const { recall, precision } = shares(score);
      if (Math.max(score.theirs, score.ours) < FEW) continue;
      const floors = { ...FLOORS, ...SHORT[name] };
      if (recall >= floors.recall && precision >= floors.precision) continue;
      const fields = worst(comparison.worst, (key) => key.split(" ")[1].startsWith(name));
      below.push(`${name}: recall ${recall.toFixed(1)} %, precision ${precision.toFixed(1)} %\n${fields}`);
    }
    expect(below.join("\n")).toBe("");
  });
});

const shares = (score: Score): { recall: number; precision: number } => ({
  recall: percent(score.both, score.theirs),
  precision: percent(score.both, score.ours),
});
