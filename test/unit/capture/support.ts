/** What the live capture tests stand on: a private pair of network namespaces, a sender, a small pcapng reader. */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  CaptureCallbacks,
  CaptureEnd,
  CaptureNotice,
  CaptureStarted,
  CaptureStats,
} from "../../../engine/capture/index.ts";
// @ts-expect-error: a plain module without types
import { buildHelper } from "../../../native/build.mjs";

const built = buildHelper() as { status: string; message: string };

/** Why the helper cannot be tested here; null when it can. A helper that does not compile is no reason to skip. */
export const noHelper: string | null = built.status === "skipped" ? built.message : null;
if (built.status === "failed") throw new Error(built.message);

/** Why there can be no live capture here; null when there can. */
export const noLive: string | null = (() => {
  if (process.platform !== "linux") return "network namespaces need Linux";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const name = `tl-probe-${process.pid}`;
  if (spawnSync("ip", ["netns", "add", name]).status !== 0)
    return "network namespaces cannot be made (CAP_SYS_ADMIN)";
  const link = spawnSync("ip", ["-n", name, "link", "add", "p0", "type", "veth", "peer", "name", "p1"]);
  spawnSync("ip", ["netns", "del", name]);
  return link.status === 0 ? null : "veth pairs cannot be made (CAP_NET_ADMIN)";
})();

/** Why the package `cap` cannot be tested here; null when it can. */
export const noCap: string | null = (() => {
  const run = spawnSync(process.execPath, ["-e", "require('cap')"], { cwd: process.cwd(), encoding: "utf8" });
  return run.status === 0 ? null : "the optional package cap is not installed or not built";
})();

export const hasTool = (name: string): boolean => spawnSync(name, ["--version"]).status === 0;

/** A temporary folder and the function that removes it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "tapline-capture-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

let serial = 0;

/** Two namespaces joined by a veth pair, quiet but for what tests send: `near` sends, `far` is captured in. */
export class Wire {
  readonly near: string;
  readonly far: string;
  readonly device = "tlfar";
  readonly via: readonly string[];

  constructor() {
    const id = `${process.pid}-${serial++}`;
    this.near = `tln-${id}`;
    this.far = `tlf-${id}`;
    this.via = ["ip", "netns", "exec", this.far];
    this.ip("netns", "add", this.near);
    this.ip("netns", "add", this.far);
    for (const name of [this.near, this.far]) {
      const command = "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6";
      execFileSync("ip", ["netns", "exec", name, "sh", "-c", command]);
    }
    this.connect();
  }

  /** Makes the veth pair (anew, after `cut`). */
  connect(): void {
    const { near, far } = this;
    this.ip("-n", near, "link", "add", "tlnear", "type", "veth", "peer", "name", "tlfar", "netns", far);
    for (const [name, device, mac, address] of [
      [near, "tlnear", "02:00:00:00:00:01", "10.77.0.1/24"],
      [far, "tlfar", "02:00:00:00:00:02", "10.77.0.2/24"],
    ] as const) {
      this.ip("-n", name, "link", "set", device, "address", mac, "arp", "off", "up");
      this.ip("-n", name, "address", "add", address, "dev", device);
    }
  }

  /** Removes the captured interface. */
  cut(): void {
    this.ip("-n", this.far, "link", "del", "tlfar");
  }

  ip(...args: string[]): void {
    execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
  }

  /**
   * Sends `count` UDP datagrams of `size` bytes to `port` at the far end; each payload begins with its number.
   * Resolves when they have been sent.
   */
  send(count: number, size: number, port = 9999): Promise<void> {
    const script = `
      const s = require("dgram").createSocket("udp4");
      s.bind(4444, "10.77.0.1", async () => {
        for (let i = 0; i < ${count}; i++) {
          const b = Buffer.alloc(${size}, i & 255);
          b.writeUInt32BE(i, 0);
          await new Promise((done) => s.send(b, ${port}, "10.77.0.2", done));
        }
        s.close();
      });`;
    return new Promise((resolve, reject) => {
      const args = ["netns", "exec", this.near, process.execPath, "-e", script];
      execFile("ip", args, (error) => (error ? reject(error) : resolve()));
    });
  }

  remove(): void {
    for (const name of [this.near, this.far]) spawnSync("ip", ["netns", "del", name]);
  }
}

export interface ReadPacket {
  readonly iface: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly len: number;
  readonly bytes: Buffer;
}

export interface ReadCapture {
  readonly packets: readonly ReadPacket[];
  readonly interfaces: readonly { linkType: number; snapLen: number; options: ReadonlyMap<number, Buffer> }[];
  /** Options of the interface statistics blocks. */
  readonly statistics: readonly ReadonlyMap<number, Buffer>[];
  /** Bytes behind the last whole block. */
  readonly torn: number;
}

function readOptions(bytes: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const code = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    if (code === 0) break;
    options.set(code, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return options;
}

/** Reads a little-endian pcapng file as the specification says, apart from the engine's own reader. */
export function readCapture(path: string): ReadCapture {
  const file = readFileSync(path);
  const packets: ReadPacket[] = [];
  const interfaces: { linkType: number; snapLen: number; options: Map<number, Buffer> }[] = [];
  const statistics: Map<number, Buffer>[] = [];
  let at = 0;
  while (at + 12 <= file.length) {
    const type = file.readUInt32LE(at);
    const length = file.readUInt32LE(at + 4);
    if (length < 12 || length % 4 !== 0) throw new Error(`block at ${at} has the length ${length}`);
    if (at + length > file.length) break;
    if (file.readUInt32LE(at + length - 4) !== length)
      throw new Error(`block at ${at} ends with another length`);
    const body = file.subarray(at + 8, at + length - 4);
    if (type === 1) {
      const options = readOptions(body.subarray(8));
      interfaces.push({ linkType: body.readUInt16LE(0), snapLen: body.readUInt32LE(4), options });
    } else if (type === 5) {
      statistics.push(readOptions(body.subarray(12)));
    } else if (type === 6) {
      const iface = body.readUInt32LE(0);
      const ticks = BigInt(body.readUInt32LE(4)) * 4294967296n + BigInt(body.readUInt32LE(8));
      const resolution = interfaces[iface]?.options.get(9)?.[0] ?? 6;
      const time = Number(ticks) / 10 ** resolution;
      packets.push({
        iface,
        time,
        len: body.readUInt32LE(16),
        bytes: body.subarray(20, 20 + body.readUInt32LE(12)),
      });
    }
    at += length;
  }
  return { packets, interfaces, statistics, torn: file.length - at };
}

/** Records what a driver reports, with promises for the two turning points. */
export class Recorder implements CaptureCallbacks {
  readonly notices: CaptureNotice[] = [];
  readonly data: { fileBytes: number; filePackets: number }[] = [];
  readonly stats: CaptureStats[] = [];
  readonly calls: string[] = [];
  readonly started: Promise<CaptureStarted>;
  readonly ended: Promise<CaptureEnd>;
  private resolveStarted: (started: CaptureStarted) => void = () => {};
  private resolveEnded: (end: CaptureEnd) => void = () => {};

  constructor() {
    this.started = new Promise((resolve) => {
      this.resolveStarted = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
  }

  onStarted = (started: CaptureStarted): void => {
    this.calls.push("started");
    this.resolveStarted(started);
  };
  onData = (data: { fileBytes: number; filePackets: number }): void => {
    this.calls.push("data");
    this.data.push(data);
  };
  onStats = (stats: CaptureStats): void => {
    this.calls.push("stats");
    this.stats.push(stats);
  };
  /** Resolves when the file holds that many packets, or after ten seconds. */
  async holds(packets: number): Promise<void> {
    for (let i = 0; i < 200 && (this.data.at(-1)?.filePackets ?? 0) < packets; i++) await sleep(50);
  }
  onNotice = (notice: CaptureNotice): void => {
    this.calls.push("notice");
    this.notices.push(notice);
  };
  onEnd = (end: CaptureEnd): void => {
    this.calls.push("end");
    this.resolveEnded(end);
  };
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `condition` holds; fails after `ms`. */
export async function until(condition: () => boolean, ms = 5_000): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${condition}`);
    await sleep(10);
  }
}
