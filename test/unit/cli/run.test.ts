import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import { PROGRAM, root, startProgram } from "./process.ts";
import { folder, makeCapture, noTshark, tapline } from "./support.ts";

const file = makeCapture("four.pcap");
const ng = makeCapture("four.pcapng", "pcapng");
const [node = "", ...program] = PROGRAM;
/** What no test waits for longer, in milliseconds. */
const LIMIT = 60_000;

describe("choosing packets", () => {
  it("reads as many as -c says, displayed or not", async () => {
    const { out } = await tapline(
      "-r",
      file,
      "-c3",
      "-Y",
      "frame.number > 1",
      "-T",
      "fields",
      "-e",
      "frame.number",
    );
    expect(out).toBe("2\n3\n");
  });

  it("measures the time to the displayed packet before", async () => {
    const { out } = await tapline(
      "-r",
      file,
      "-Y",
      "udp",
      "-T",
      "fields",
      "-e",
      "frame.time_delta_displayed",
    );
    expect(out).toBe("0.000000000\n0.500000000\n1.000000000\n");
  });

  it("judges the same with a tree as without", async () => {
    const { out } = await tapline("-r", file, "-Y", "udp.length == 10", "-V");
    expect(out.match(/^Frame \d+/gm)).toEqual(["Frame 2"]);
  });

  it("walks twice with -2 and prints the same", async () => {
    const once = await tapline("-r", file, "-V");
    expect((await tapline("-2", "-r", file, "-V")).out).toBe(once.out);
  });

  it("prints nothing with -q", async () => {
    expect(await tapline("-q", "-r", file)).toMatchObject({ status: 0, out: "", err: "" });
  });
});

describe("writing", () => {
  const written = join(folder, "written.pcapng");

  it("copies a capture byte for byte", async () => {
    expect(await tapline("-r", ng, "-w", written)).toMatchObject({ status: 0, out: "", err: "" });
    expect(readFileSync(written).equals(readFileSync(ng))).toBe(true);
    expect((await tapline("-r", ng, "-w", "-")).bytes.equals(readFileSync(ng))).toBe(true);
  });

  it("writes matching packets only, with interface and comment", async () => {
    await tapline("-r", ng, "-Y", "frame.number == 2", "-w", written);
    const { out } = await tapline(
      "-r",
      written,
      "-T",
      "fields",
      "-e",
      "frame.len",
      "-e",
      "frame.interface_name",
      "-e",
      "frame.comment",
    );
    expect(out).toBe("44\twire0\tthe <answer>\n");
  });

  it("writes the first packets with -c, as the type of -F, and prints them with -P", async () => {
    const pcap = join(folder, "written.pcap");
    const { out } = await tapline("-r", ng, "-c2", "-F", "pcap", "-w", pcap, "-P");
    expect(out.split("\n")).toHaveLength(3);
    const capture = openCaptureSync(pcap);
    let frames = 0;
    while (capture.reader.next()) frames++;
    expect([capture.format, frames]).toEqual(["pcap", 2]);
    capture.close();
  });

  it("says where it cannot write", async () => {
    const { status, err } = await tapline("-r", ng, "-w", join(folder, "none", "x"));
    expect(status).toBe(2);
    expect(err).toMatch(/^tapline: .*its folder does not exist\.\n$/);
  });
});

describe("errors", () => {
  it("tells a usage error with the way to the help, and exits with 1", async () => {
    expect(await tapline("-Z")).toMatchObject({
      status: 1,
      out: "",
      err: "tapline: Unknown option '-Z'.\nTry \"tapline -h\" for help.\n",
    });
    const unknown = await tapline(
      "-r",
      file,
      "-T",
      "fields",
      "-e",
      "no.such",
      "-e",
      "nor.this",
      "-e",
      "ip.src",
    );
    expect(unknown).toMatchObject({ status: 1, out: "" });
    expect(unknown.err).toContain('There are no fields "no.such", "nor.this".');
    expect((await tapline("rpc", "now")).status).toBe(1);
  });

  it.each([
    ["a file that is not there", ["-r", join(folder, "none")], "does not exist"],
    ["a directory", ["-r", folder], "directory"],
    ["a file that is no capture", ["-r", join(root, "package.json")], "not a capture"],
    ["an empty file", ["-r", emptyFile()], "is empty"],
    ["a filter with an unknown name", ["-r", file, "-Y", "ip.sr == 1.2.3.4"], '"ip.sr" (character 1)'],
    ["a filter that ends early", ["-r", file, "-Y", "ip.src =="], "character 10"],
  ])("exits with 2 and one line for %s", async (_, args, told) => {
    const { status, out, err } = await tapline(...args);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toMatch(/^tapline: [^\n]+\n$/);
    expect(err).toContain(told);
  });

  it("prints what is whole of a capture that is cut short, warns and exits with 2", async () => {
    const cut = join(folder, "cut.pcap");
    copyFileSync(file, cut);
    truncateSync(cut, readFileSync(file).length - 10);
    const { status, out, err } = await tapline("-r", cut, "-T", "fields", "-e", "frame.number");
    expect({ status, out }).toEqual({ status: 2, out: "1\n2\n3\n" });
    expect(err).toMatch(/^tapline: [^\n]*cut short[^\n]*\n$/);
  });

  it("says that a file may not be read", async (context) => {
    context.skip(process.getuid?.() === 0, "root may read everything");
    const locked = join(folder, "locked.pcap");
    copyFileSync(file, locked);
    chmodSync(locked, 0);
    expect((await tapline("-r", locked)).err).toContain("may not be read");
  });
});

function emptyFile(): string {
  const path = join(folder, "empty");
  writeFileSync(path, "");
  return path;
}

describe("what is known", () => {
  it("prints help and version", async () => {
    const help = await tapline("-h");
    expect(help.status).toBe(0);
    expect(help.out).toMatch(/^Usage: tapline /);
    for (const flag of ["-r,", "-Y,", "-T <", "-i,", "-a,", "tapline rpc"]) expect(help.out).toContain(flag);
    expect((await tapline("-v")).out).toMatch(/^Tapline \d+\.\d+\.\d+\n$/);
  });

  it("prints fields, protocols and values as tshark does", async () => {
    const fields = (await tapline("-G", "fields")).out.split("\n");
    expect(fields).toContain("P\tUser Datagram Protocol\tudp");
    expect(fields).toContain("F\tSource Port\tudp.srcport\tFT_UINT16\tudp\tBASE_PT_UDP\t0x0\t");
    expect((await tapline("-G", "protocols")).out).toContain("User Datagram Protocol\tUDP\tudp\n");
    expect((await tapline("-G", "values")).out).toContain("V\tarp.opcode\t1\trequest\n");
  });

  it("names types and bases of ARP's fields as tshark does", async (context) => {
    context.skip(noTshark !== null, noTshark ?? "");
    const theirs = new Set(
      execFileSync("tshark", ["-G", "fields"], { encoding: "utf8", maxBuffer: 1 << 27 }).split("\n"),
    );
    const ours = (await tapline("-G", "fields")).out
      .split("\n")
      .filter((line) => line.split("\t")[4] === "arp");
    const facts = (line: string): string => line.split("\t").slice(0, 7).join("\t");
    const known = new Set([...theirs].map(facts));
    expect(ours.length).toBeGreaterThan(5);
    expect(ours.map(facts).filter((line) => !known.has(line))).toEqual([]);
  });
});

describe("as a process", () => {
  it("reads a capture from standard input", () => {
    const args = ["-r", "-", "-c", "1", "-T", "fields", "-e", "udp.srcport"];
    const run = spawnSync(node, [...program, ...args], { input: readFileSync(file), encoding: "utf8" });
    expect([run.status, run.stdout, run.stderr]).toEqual([0, "1000\n", ""]);
  });

  it("ends quietly when nobody reads on", async () => {
    const big = join(folder, "big.pcap");
    const bytes = readFileSync(file);
    writeFileSync(big, Buffer.concat([bytes, ...Array.from({ length: 5000 }, () => bytes.subarray(24))]));
    const run = startProgram(["-r", big, "-V"], LIMIT);
    run.child.stdout.once("data", () => run.child.stdout.destroy());
    expect([await run.status, run.err]).toEqual([0, ""]);
  });

  it("exits with 1 and 2", async () => {
    const status = (...args: string[]): Promise<number | null> => startProgram(args, LIMIT).status;
    expect([await status("--nonsense"), await status("-r", join(folder, "none"))]).toEqual([1, 2]);
    expect(existsSync(join(folder, "none"))).toBe(false);
  });
});
