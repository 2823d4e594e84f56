/** `-r FILE --follow`: the program shows what another adds to a file. */
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Run, root, startProgram } from "./process.ts";

const sample = readFileSync(join(root, "test/captures/dns.pcap"));

describe("following a file", { timeout: 120_000 }, () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tapline-follow-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (args: readonly string[]): Run => {
    const run = startProgram(args, 100_000);
    run.child.stdin.end();
    return run;
  };
  const numbers = (run: Run) => run.out.trim().split("\n").filter(Boolean).length;
  const shows = async (run: Run, count: number): Promise<void> => {
    for (let i = 0; i < 1000 && numbers(run) < count; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(numbers(run)).toBe(count);
  };
  const list = (path: string) => start(["-r", path, "--follow", "-T", "fields", "-e", "frame.number"]);
  /** The sample up to a whole number of packets. */
  const upTo = (packets: number): number => {
    let at = 24;
    for (let i = 0; i < packets; i++) at += 16 + sample.readUInt32LE(at + 8);
    return at;
  };

  it("begins with an empty file, goes on as it grows, and ends with a signal", async () => {
    const path = join(folder, "grows.pcap");
    writeFileSync(path, "");
    const run = list(path);
    // It may look at the file in any of these states.
    appendFileSync(path, sample.subarray(0, 10));
    appendFileSync(path, sample.subarray(10, upTo(10) + 5));
    await shows(run, 10);
    appendFileSync(path, sample.subarray(upTo(10) + 5));
    await shows(run, 90);
    run.child.kill("SIGINT");
    expect([await run.status, run.err]).toEqual([0, ""]);
  });

  it("ends with the packets asked for", async () => {
    const path = join(folder, "some.pcap");
    writeFileSync(path, sample);
    const run = start(["-r", path, "--follow", "-c", "3"]);
    expect([await run.status, numbers(run)]).toEqual([0, 3]);
  });

  it("says what became of a file that is cut, or replaced", async () => {
    const cut = join(folder, "cut.pcap");
    writeFileSync(cut, sample);
    const shorter = list(cut);
    await shows(shorter, 90);
    truncateSync(cut, 100);
    expect(await shorter.status).toBe(2);
    expect(shorter.err).toMatch(/has become shorter while it was followed/);
    const path = join(folder, "moved.pcap");
    writeFileSync(path, sample);
    const moved = list(path);
    await shows(moved, 90);
    renameSync(path, `${path}.1`);
    expect(await moved.status).toBe(0);
    expect(moved.err).toMatch(/was deleted or moved: following it ends here/);
  });

  it("is refused where there is nothing to follow", async () => {
    for (const [args, message] of [
      [["--follow"], /--follow needs a file/],
      [["-r", "-", "--follow"], /with -i -, not with --follow/],
      [["-r", "x", "--follow", "-2"], /not one to --follow/],
      [["-r", join(folder, "none"), "--follow"], /does not exist/],
    ] as const) {
      const run = start(args);
      expect(await run.status).not.toBe(0);
      expect(run.err).toMatch(message);
    }
  });
});
