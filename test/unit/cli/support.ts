/** A small capture made here, and the program run in this process with its output caught. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, vi } from "vitest";
import { main } from "../../../cli/main.ts";
import { Output } from "../../../cli/output.ts";
import { CaptureWriter, type WriterOptions } from "../../../engine/formats/writer.ts";

export const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes written as hex; blanks are for the eye. */
export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ""), "hex"));

/** UDP from 10.0.0.1:1000 to 10.0.0.2:2000 with four bytes nobody claims; and an answer with two. */
export const REQUEST = hex(`
  02 00 00 00 00 02 02 00 00 00 00 01 08 00
  45 00 00 20 00 01 00 00 40 11 66 ca 0a 00 00 01 0a 00 00 02
  03 e8 07 d0 00 0c 00 00 de ad be ef`);
export const ANSWER = hex(`
  02 00 00 00 00 01 02 00 00 00 00 02 08 00
  45 00 00 1e 00 02 00 00 40 11 66 cb 0a 00 00 02 0a 00 00 01
  07 d0 03 e8 00 0a 00 00 41 22`);
/** An ARP request. */
export const ARP = hex(`
  ff ff ff ff ff ff 02 00 00 00 00 01 08 06
  00 01 08 00 06 04 00 01 02 00 00 00 00 01 0a 00 00 01 00 00 00 00 00 00 0a 00 00 02`);

const START = 1_700_000_000;

/** Writes four frames half a second apart: request, answer, ARP, request. Returns the path. */
export function makeCapture(name: string, format: WriterOptions["format"] = "pcap"): string {
  const path = join(folder, name);
  const writer = new CaptureWriter(path, { format });
  writer.addInterface({
    linkType: 1,
    snapLen: 65_535,
    tsresol: 6,
    name: format === "pcapng" ? "wire0" : undefined,
  });
  [REQUEST, ANSWER, ARP, REQUEST].forEach((bytes, i) => {
    const comments = format === "pcapng" && i === 1 ? ["the <answer>"] : [];
    writer.writePacket(bytes, START + Math.floor(i / 2), (i % 2) * 500_000_000, bytes.length, 0, {
      comments,
    });
  });
  writer.close();
  return path;
}

export interface Ran {
  status: number;
  out: string;
  err: string;
  bytes: Buffer;
}

/** Runs the program in this process. */
export async function tapline(...argv: string[]): Promise<Ran> {
  const path = join(folder, "stdout");
  const fd = openSync(path, "w");
  let err = "";
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += String(text);
    return true;
  });
  try {
    const status = await main(argv, new Output(fd));
    const bytes = readFileSync(path);
    return { status, out: bytes.toString("utf8"), err, bytes };
  } finally {
    spy.mockRestore();
    closeSync(fd);
  }
}

/** Two raw IPv4 packets of an experimental protocol: frame, network layer and data, nothing else. */
export function makePlainCapture(name: string): string {
  const path = join(folder, name);
  const writer = new CaptureWriter(path, { format: "pcap" });
  writer.addInterface({ linkType: 101, snapLen: 65_535, tsresol: 9 });
  const packet = hex("45 00 00 18 00 01 40 00 40 fd 25 e6 0a 00 00 01 0a 00 00 02 de ad 3c 22");
  writer.writePacket(packet, START, 1, packet.length);
  writer.writePacket(packet, START + 1, 250_000_000, 1500);
  writer.close();
  return path;
}

/** Why nothing can be compared with tshark here; null when it can. */
export const noTshark: string | null = (() => {
  const run = spawnSync("tshark", ["--version"], { encoding: "utf8" });
  if (run.status !== 0) return "tshark is not installed";
  return run.stdout.includes(" 4.0.") ? null : "tshark is not of version 4.0";
})();

export function tshark(...argv: string[]): string {
  return spawnSync("tshark", ["-n", ...argv], { encoding: "utf8", maxBuffer: 1 << 26 }).stdout;
}
