/** The process that opens mutants, one after another, so that one that never ends or crashes costs this process only. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeHost } from "../../engine/session/host.ts";
import { Session } from "../../engine/session/session.ts";
import { check } from "./check.ts";
import { makeMutant } from "./mutate.ts";

/** What the child is asked for; without a seed the file at `paths[number]` is checked as it is. */
export interface Task {
  readonly paths: readonly string[];
  readonly seed: number | null;
  readonly number: number;
}

export type Told =
  | { readonly type: "ready" }
  /** A step begins that may take so many times the limit. */
  | { readonly type: "step"; readonly name: string; readonly times: number }
  | { readonly type: "end"; readonly number: number; readonly findings: string[]; readonly rss: number };

const folder = mkdtempSync(join(tmpdir(), "tapline-fuzz-"));
process.env.TAPLINE_HOME = join(folder, "state");
const tell = (message: Told): void => void process.send?.(message);

const session = new Session(makeHost("rpc"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.on("disconnect", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));

process.on("message", async ({ paths, seed, number }: Task) => {
  let path = paths[number]!;
  if (seed !== null) {
    const { bytes, format } = makeMutant(paths, seed, number);
    path = join(folder, `mutant.${format}`);
    writeFileSync(path, bytes);
  }
  let findings: string[];
  try {
    findings = await check(session, path, folder, number, (name, times) =>
      tell({ type: "step", name, times }),
    );
  } catch (error) {
    findings = [`threw: ${error instanceof Error ? error.stack : String(error)}`];
  }
  tell({ type: "end", number, findings, rss: process.memoryUsage.rss() });
});

// What is compiled and loaded on first use is not a mutant's time.
const warm = join(import.meta.dirname, "../captures/dns.pcap");
for (let i = 0; i < 3; i++) await check(session, warm, folder, i);
tell({ type: "ready" });
