/**
 * `npx tsx test/bench/generate.ts [100k|1m|10m|N] … [--pcapng] [--to PATH]`
 *
 * Makes captures of realistic mixed traffic, the same bytes on every machine: web, DNS, TLS, bulk TCP with losses,
 * small UDP, fragments, IPv4 and IPv6. They are kept below `.cache/bench` and made only once.
 */
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Format } from "../../engine/formats/types.ts";
import { CaptureWriter } from "../../engine/formats/writer.ts";
import { installationFolder } from "../../engine/installation.ts";
import { writeTraffic } from "./traffic/office.ts";

/** Rises with every change of what is generated, so that no older capture is taken for a new one. */
const VERSION = 1;

/** Writes a capture of `packets` packets to `path`. Throws what the file system answers. */
export function generate(path: string, packets: number, format: Format): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.part`;
  const writer = new CaptureWriter(partial, { format, application: "Tapline bench" });
  writer.addInterface({ linkType: 1, snapLen: 262_144, tsresol: 6, name: "office0" });
  writeTraffic(writer, packets);
  writer.close();
  renameSync(partial, path);
}

/** Path of the kept capture of `packets` packets, which is made when it is not there yet. */
export function generated(packets: number, format: Format = "pcap"): string {
  const name = `mixed-${sizeName(packets)}-v${VERSION}.${format}`;
  const path = join(installationFolder(), ".cache", "bench", name);
  if (!existsSync(path)) generate(path, packets, format);
  return path;
}

/**
 * Reads "100k", "1m" or "5000".
 * @throws Error when it is no number of packets
 */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d+)([km]?)$/i.exec(text) ?? [];
  const size = Number(digits) * (unit === undefined || unit === "" ? 1 : /k/i.test(unit) ? 1000 : 1_000_000);
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new Error(`"${text}" is no number of packets: write 100k, 1m or 5000.`);
  }
  return size;
}

/** 100000 → "100k". */
export function sizeName(packets: number): string {
  if (packets % 1_000_000 === 0) return `${packets / 1_000_000}m`;
  return packets % 1000 === 0 ? `${packets / 1000}k` : String(packets);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const args = process.argv.slice(2);
  const format: Format = args.includes("--pcapng") ? "pcapng" : "pcap";
  const to = args.includes("--to") ? args[args.indexOf("--to") + 1] : undefined;
  const sizes = args.filter((arg) => !arg.startsWith("--") && arg !== to).map(parseSize);
  for (const size of sizes.length === 0 ? [100_000, 1_000_000] : sizes) {
    const started = performance.now();
    let path = to;
    if (path === undefined) path = generated(size, format);
    else generate(path, size, format);
    const { size: bytes } = statSync(path);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${path}: ${size} packets, ${bytes} bytes, ${(bytes / size).toFixed(0)} a packet, ${seconds.toFixed(1)} s`,
    );
  }
}
