/** `-i -`, `-i FIFO` and `-i PROGRAM`: the program shows what arrives as it arrives. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCapture, until } from "../capture/support.ts";
import { type Run, root, startProgram } from "./process.ts";

const sample = join(root, "test/captures/dns.pcap");

/** The lines that a run prints. */
function spawnTapline(args: readonly string[]): string[] {
  const run = spawnSync(process.execPath, ["--import", "tsx", join(root, "cli/tapline.ts"), ...args], {
    encoding: "utf8",
  });
  return run.stdout.trim().split("\n");
}

describe("captures that come through a pipe", { timeout: 120_000 }, () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tapline-pipe-"));
    mkdirSync(join(folder, "extcap"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (args: readonly string[]): Run =>
    startProgram(args, 60_000, {
      ...process.env,
      TAPLINE_HOME: folder,
      TMPDIR: folder,
      WIRESHARK_EXTCAP_DIR: "",
      TAPLINE_EXTCAP_PATH: "",
    });
  const lines = async (run: Run, count: number): Promise<void> => {
    for (let i = 0; i < 1200 && run.out.split("\n").length <= count; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it("shows packets while more are to come, chosen by a display filter", async () => {
    const bytes = readFileSync(sample);
    const run = start([
      "-i",
      "-",
      "-Y",
      "dns.flags.response == 0",
      "-T",
      "fields",
      "-e",
      "frame.number",
      "-l",
    ]);
    run.child.stdin.write(bytes.subarray(0, 2000));
    await lines(run, 1);
    // Standard input is open yet.
    expect(run.out).toMatch(/^1\n/);
    run.child.stdin.end(bytes.subarray(2000));
    expect(await run.status).toBe(0);
    expect(run.out.trim().split("\n").length).toBeGreaterThan(20);
    expect(run.err).toMatch(/^Capturing on 'Standard input'\n/);
    expect(run.err).toMatch(/Packets captured: 90\n/);
  });

  it("writes what comes, at most as many packets as asked for", async () => {
    const file = join(folder, "out.pcapng");
    const run = start(["-i", "-", "-w", file, "-c", "7"]);
    run.child.stdin.write(readFileSync(sample));
    expect(await run.status).toBe(0);
    expect(readCapture(file)).toMatchObject({ torn: 0, packets: { length: 7 } });
  });

  it.each(["pcapng", "pcap"])(
    "writes what a display filter lets through while more is to come, as %s",
    async (type) => {
      const file = join(folder, `chosen.${type}`);
      const bytes = readFileSync(sample);
      const read = (): string[] =>
        existsSync(file) ? spawnTapline(["-r", file, "-T", "fields", "-e", "dns.id"]) : [];
      const expected = spawnTapline([
        "-r",
        sample,
        "-Y",
        "dns.flags.response == 0",
        "-T",
        "fields",
        "-e",
        "dns.id",
      ]);
      const args = ["-i", "-", "-Y", "dns.flags.response == 0", "-F", type, "-w", file];
      const killed = start([...args, "-P", "-l"]);
      killed.child.stdin.write(bytes.subarray(0, bytes.length - 2000));
      await lines(killed, 20);
      await until(() => read().length >= killed.out.trim().split("\n").length, 60_000);
      killed.child.kill("SIGKILL");
      await killed.status;
      const kept = read();
      expect(kept).toEqual(expected.slice(0, kept.length));
      const run = start(args);
      run.child.stdin.end(bytes);
      expect(await run.status).toBe(0);
      expect(read()).toEqual(expected);
      expect(run.err).toMatch(new RegExp(`Packets captured: 90\nPackets written: ${expected.length}\n`));
    },
  );

  it("says why the chosen packets cannot be written, and what was captured", async () => {
    const run = start(["-i", "-", "-Y", "dns", "-w", join(folder, "no", "such", "folder")]);
    run.child.stdin.end(readFileSync(sample));
    expect(await run.status).toBe(2);
    expect(run.err).toMatch(/Packets captured: \d+\n(.*\n)*tapline: ".*folder" cannot be written/);
  });

  it("hands a pcapng on as it came", async () => {
    const made = start(["-i", "-", "-w", "-"]);
    const chunks: Buffer[] = [];
    made.child.stdout.removeAllListeners("data").setEncoding("latin1");
    made.child.stdout.on("data", (text: string) => chunks.push(Buffer.from(text, "latin1")));
    made.child.stdin.end(readFileSync(sample));
    expect(await made.status).toBe(0);
    const pcapng = Buffer.concat(chunks);
    const file = join(folder, "again.pcapng");
    const run = start(["-i", "-", "-w", file]);
    run.child.stdin.end(pcapng);
    expect(await run.status).toBe(0);
    expect(readFileSync(file).equals(pcapng)).toBe(true);
  });

  it("tells what was captured also when nobody reads the capture any more", async () => {
    const run = start(["-i", "-", "-w", "-"]);
    const bytes = readFileSync(sample);
    run.child.stdin.write(bytes.subarray(0, 2000));
    await until(() => run.out.length > 0, 60_000);
    run.child.stdout.destroy();
    const more = setInterval(() => run.child.stdin.write(bytes.subarray(24, 2000)), 20);
    expect(await run.status).toBe(0);
    clearInterval(more);
    expect(run.err).toMatch(/Capturing on 'Standard input'\nFile: -\n(.*\n)*Packets captured: \d+\n/);
  });

  it("says what is wrong with what is no capture, or no pipe", async () => {
    const text = start(["-i", "-"]);
    text.child.stdin.end("Hello, world\n");
    expect(await text.status).toBe(2);
    expect(text.err).toMatch(/tapline: Standard input is a text file, not a capture/);
    const file = start(["-i", sample]);
    expect(await file.status).not.toBe(0);
    expect(file.err).toMatch(/is a file, not a pipe: open it \(-r\)/);
  });

  it.skipIf(process.platform === "win32")(
    "captures with a program of Tapline's folder",
    async () => {
      const program = join(folder, "extcap", "demo");
      writeFileSync(
        program,
        `#!/bin/sh
case "$*" in
*--extcap-interfaces*) echo "interface {value=demo}{display=Demo of a program}"; exit 0;;
*--extcap-dlts*) echo "dlt {number=1}{name=EN10MB}{display=Ethernet}"; exit 0;;
*--extcap-config*) echo "arg {number=0}{call=--max-size}{display=Size}{type=integer}{required=true}"; exit 0;;
esac
case "$*" in *"--max-size 5"*) ;; *) echo "size 5 please" >&2; exit 1;; esac
while [ "$1" != --fifo ]; do shift; done
cat ${sample} >"$2"
`,
      );
      chmodSync(program, 0o755);
      const list = start(["-D"]);
      await list.status;
      // Where nothing local can be captured from, the list of programs is all there is.
      expect(list.out).toMatch(/\d+\. demo \(Demo of a program\)\n/);
      const types = start(["-L", "-i", "demo"]);
      expect([await types.status, types.out]).toEqual([
        0,
        "Data link types of interface demo (use option -y to set):\n  EN10MB (Ethernet)\n",
      ]);
      const run = start(["-i", "demo", "-o", "extcap.demo.maxsize:5", "-c", "3"]);
      expect(await run.status).toBe(0);
      expect(run.out.trim().split("\n").length).toBe(3);
      for (const [args, message] of [
        [[], /"Size" has to be filled in/],
        [["-o", "extcap.demo.maxsize:6"], /The program demo ended with status 1: size 5 please/],
        [
          ["-o", "extcap.demo.other:6"],
          /No program has the option "extcap.demo.other": there are demo.maxsize/,
        ],
      ] as const) {
        const refused = start(["-i", "demo", ...args]);
        expect(await refused.status).not.toBe(0);
        expect(refused.err).toMatch(message);
      }
    },
    120_000,
  );
});
