import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capturesAt } from "../../conformance/choose.ts";
import { putTogether, takeApart } from "../../fuzz/container.ts";
import { fuzz, keepMutant } from "../../fuzz/fuzz.ts";
import { makeMutant } from "../../fuzz/mutate.ts";
import { writeMany } from "../../tools/packets.ts";

const paths = [
  ...capturesAt("test/captures", { places: [], maxBytes: Number.POSITIVE_INFINITY, match: "", values: {} }),
];
const MUTANTS = 500;
const SECONDS = 20;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tapline-fuzz-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("damaged captures", () => {
  it(`are opened without harm, ${MUTANTS} of them or as many as ${SECONDS} s allow`, async () => {
    const result = await fuzz({ paths, seed: 1, from: 0, end: MUTANTS, seconds: SECONDS, jobs: 1 });
    expect(result.findings.map(({ number, lines }) => [`--seed 1 --only ${number}`, ...lines])).toEqual([]);
    expect(result.done).toBeGreaterThan(0);
  }, 120_000);

  it("are the same for the same seed, and others for another", () => {
    const bytes = (seed: number, number: number): string =>
      makeMutant(paths, seed, number).bytes.toString("base64");
    const made = new Set<string>();
    for (let number = 0; number < 50; number++) {
      expect(bytes(7, number)).toBe(bytes(7, number));
      made.add(bytes(7, number)).add(bytes(8, number));
    }
    expect(made.size).toBeGreaterThan(95);
  });

  it("are kept with what was done to them and the command that repeats it", () => {
    const finding = { number: 3, lines: ["what was found"] };
    const path = keepMutant(folder, paths, 1, finding, "npm run fuzz -- --seed 1 --only 3");
    expect(readFileSync(path).equals(makeMutant(paths, 1, 3).bytes)).toBe(true);
    const account = readFileSync(`${path}.txt`, "utf8");
    expect(account).toContain("what was found");
    expect(account).toContain("--seed 1 --only 3");
  });
});

describe("a capture taken apart", () => {
  it.each(["pcap", "pcapng"] as const)("gives the same %s file when put together", (format) => {
    const path = join(folder, `whole.${format}`);
    writeMany(path, 20, { format });
    const file = readFileSync(path);
    const container = takeApart(file);
    expect(container?.pieces.filter(({ packet }) => packet >= 0)).toHaveLength(20);
    expect(container === null ? null : putTogether(container).equals(file)).toBe(true);
  });
});

describe("the process that opens mutants", () => {
  it("is told of when it cannot go on", async () => {
    const absent = join(folder, "absent.pcap");
    expect(existsSync(absent)).toBe(false);
    const options = { paths: [absent], seed: 1, from: 0, end: 1, seconds: 20, jobs: 1 };
    const { done, findings } = await fuzz(options);
    expect(done).toBe(1);
    expect(findings[0]?.lines[0]).toMatch(/^making the mutant: crash or hang: the process ended with /);
  }, 60_000);
});
