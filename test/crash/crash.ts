/**
 * Crashes at random moments, and whether every packet is there afterwards that was reported as written before.
 *
 * A real Tapline captures a flood between two network namespaces; then something is killed, full or gone. What counts
 * as reported is what its window was told: the packets of the list, which are read from the spool.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import type { Method, ParamsIn, Results, Status } from "../../engine/api.ts";
import { helperPath } from "../../engine/capture/index.ts";
import { launch, makePlace, type Place, type Running, SERVER } from "../tools/launch.ts";
import { noHelper, noLive, readCapture, sleep, until, Wire } from "../unit/capture/support.ts";

export const CRASHES = ["app", "helper", "disk", "interface"] as const;
export type Crash = (typeof CRASHES)[number];

export const CRASH_TITLES: Readonly<Record<Crash, string>> = {
  app: "kill -9 of the app",
  helper: "kill -9 of the helper",
  disk: "full disk",
  interface: "interface unplugged",
};

/** Why there can be no crashes here; null when there can. */
export const noCrash: string | null =
  noLive ?? noHelper ?? (existsSync(SERVER) ? null : "needs the built program: npm run build");

export interface CrashResult {
  /** Packets the window had been told of before the crash, and those there afterwards. */
  readonly reported: number;
  readonly found: number;
  /** Numbers missing between packets that are there, by why they may be. */
  readonly missing: Missing;
  /** What is wrong; empty when all is well. */
  readonly problem: string;
}

export interface Missing {
  /** The sender says that the system did not take them. */
  readonly unsent: number;
  /** Not more than the captured interface says that it dropped before anybody could capture them. */
  readonly byInterface: number;
  /** Not more than the kernel says that it dropped because its buffer was full. */
  readonly byKernel: number;
  readonly unexplained: number;
}

export const NOTHING_MISSING: Missing = { unsent: 0, byInterface: 0, byKernel: 0, unexplained: 0 };

/** Datagrams sent together. As many may be on their way when counting begins. */
const BURST = 20;

interface Flood {
  readonly process: ChildProcess;
  /** Numbers of the datagrams that the system did not take. */
  readonly unsent: ReadonlySet<number>;
}

/** Datagrams of `size` bytes numbered from 0, `BURST` every `pause` milliseconds, until it is killed. */
function flood(wire: Wire, size: number, pause: number): Flood {
  const script = `
    const s = require("dgram").createSocket("udp4");
    let i = 0;
    s.bind(4444, "10.77.0.1", () => setInterval(() => {
      for (let k = 0; k < ${BURST}; k++) {
        const b = Buffer.alloc(${size});
        b.writeUInt32BE(i++, 0);
        const number = i - 1;
        s.send(b, 9999, "10.77.0.2", (error) => error && process.stdout.write(number + "\\n"));
      }
    }, ${pause}));`;
  const child = spawn("ip", ["netns", "exec", wire.near, process.execPath, "-e", script], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const unsent = new Set<number>();
  createInterface(child.stdout).on("line", (line) => unsent.add(Number(line)));
  return { process: child, unsent };
}

/** Packets that the captured interface dropped since it is there; 0 when it is gone. */
function droppedAt(wire: Wire): number {
  const path = `/sys/class/net/${wire.device}/statistics/rx_dropped`;
  const run = spawnSync("ip", ["netns", "exec", wire.far, "cat", path], { encoding: "utf8" });
  return Number(run.stdout.trim());
}

/** A window without a screen. */
class Window {
  status: Status | null = null;
  /** Packets it was told of while they were being captured. */
  told = 0;
  readonly #ws: WebSocket;
  #lastId = 0;
  readonly #waiting = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on("message", (raw) => {
      const message = JSON.parse(String(raw));
      if (message.event === "status") this.#take(message.data);
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) waiting?.reject(new Error(message.error.message));
      else waiting?.resolve(message.result as never);
    });
    ws.on("error", () => {});
    ws.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the connection closed"));
    });
  }

  static async open(url: string): Promise<Window> {
    const { origin, host } = new URL(url);
    const answer = await fetch(url, { redirect: "manual" });
    const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const headers = { Cookie: cookie, Origin: origin };
    const ws = new WebSocket(`ws://${host}/ws?session=crash-test-${process.pid}`, { headers });
    await once(ws, "open");
    return new Window(ws);
  }

  call<M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M]> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#ws.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Waits until nothing is being captured. */
  async idle(): Promise<void> {
    const end = Date.now() + 20_000;
    while ((await this.call("status", {})).live.phase !== "idle") {
      if (Date.now() > end) throw new Error("the capture does not end");
      await sleep(10);
    }
  }

  #take(status: Status): void {
    this.status = status;
    if (status.live.phase !== "idle") this.told = Math.max(this.told, status.frames);
  }

  close(): void {
    this.#ws.terminate();
  }
}

/** Processes that write spools of this place. */
function helpersOf(place: Place): number[] {
  const own = join(place.state, "spool");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        return words.includes("-w") && words.some((word) => word.startsWith(own));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** What may be missing. */
interface Allowed {
  readonly unsent: ReadonlySet<number>;
  readonly byInterface: number;
  readonly byKernel: number;
}

/**
 * What is wrong with the sequence of numbers. Each number is behind the one before it, and those left out were either
 * not sent or counted as dropped.
 */
export function judge(numbers: readonly number[], allowed: Allowed): { missing: Missing; problem: string } {
  let problem = "";
  let unsent = 0;
  let lost = 0;
  const places: string[] = [];
  numbers.forEach((number, i) => {
    const before = numbers[i - 1];
    if (before === undefined) return;
    if (number <= before) problem = `packet ${i + 1} is not behind the one before it`;
    const without = { from: before + 1, to: number - 1 };
    let count = 0;
    for (let each = without.from; each <= without.to; each++) {
      if (allowed.unsent.has(each)) unsent++;
      else count++;
    }
    lost += count;
    if (count > 0) places.push(`${without.from} to ${without.to} (behind packet ${i} of ${numbers.length})`);
  });
  const byInterface = Math.min(lost, allowed.byInterface);
  const byKernel = Math.min(lost - byInterface, allowed.byKernel);
  const unexplained = lost - byInterface - byKernel;
  if (problem === "" && unexplained > 0) {
    const told =
      byInterface + byKernel > 0 ? `, of which ${byInterface + byKernel} are counted as dropped` : "";
    problem = `numbers are missing${told}: ${places.slice(0, 5).join(", ")}`;
  }
  return { missing: { unsent, byInterface, byKernel, unexplained }, problem };
}

/** Moments up to this are counted from the request to start, in ms, later ones from the first packet told of. */
const STARTING_MS = 500;

/** Lets `delay` milliseconds pass; on a slow machine later ones still come while packets are being shown. */
async function moment(window: Window, delay: number): Promise<void> {
  await sleep(Math.min(delay, STARTING_MS));
  if (delay <= STARTING_MS) return;
  await until(() => window.told > 0, 20_000);
  await sleep(delay - STARTING_MS);
}

/** Crashes one capture. `delay` says when, in milliseconds from the request to start (see `moment`). */
export async function crash(kind: Crash, delay: number): Promise<CrashResult> {
  const wire = new Wire();
  const { place, remove } = makePlace();
  const running: Running[] = [];
  const windows: Window[] = [];
  const { process: sender, unsent } = kind === "disk" ? flood(wire, 1400, 20) : flood(wire, 200, 2);
  let isMounted = false;
  let byInterface = 0;
  try {
    const wrapper = place.file("helper");
    writeFileSync(wrapper, `#!/bin/sh\nexec ip netns exec ${wire.far} "${helperPath()}" "$@"\n`);
    chmodSync(wrapper, 0o755);
    const start = async (): Promise<Window> => {
      const tapline = await launch(place, {
        env: { TAPLINE_CAPTURE_HELPER: wrapper, TAPLINE_PRACTICE: "no" },
      });
      running.push(tapline);
      const window = await Window.open(tapline.url);
      windows.push(window);
      return window;
    };
    if (kind === "disk") {
      mkdirSync(place.state);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", place.state]);
      isMounted = true;
    }
    const window = await start();
    if (kind === "disk") {
      // The moment is where the room ends, not a time.
      const { bavail, bsize } = statfsSync(place.state);
      const room = 300_000 + delay * 1500;
      writeFileSync(join(place.state, "filler"), Buffer.alloc(Math.max(0, bavail * bsize - room)));
    }
    const options = { interfaces: [wire.device], filter: "udp" };
    const begun = window.call("startCapture", { options });
    begun.catch(() => {});
    if (kind !== "disk") await moment(window, delay);

    let after = window;
    if (kind === "app") {
      const [tapline] = running;
      const exit = once(tapline!.process, "exit");
      tapline!.process.kill("SIGKILL");
      await exit;
    } else if (kind === "helper") {
      await Promise.race([begun, sleep(5000)]);
      for (const helper of helpersOf(place)) process.kill(helper, "SIGKILL");
    } else if (kind === "interface") {
      byInterface = droppedAt(wire);
      wire.cut();
    }
    if (kind !== "app") {
      await begun.catch(() => {});
      await window.idle();
    }
    const reported = window.told;
    if (kind !== "interface") byInterface = droppedAt(wire);
    // A killed Tapline does not count on; the helper does, and writes it into the file.
    const { live } = kind === "app" ? (window.status ?? { live: null }) : await window.call("status", {});
    if (kind === "app") {
      await until(() => helpersOf(place).length === 0);
      after = await start();
      const { captures } = await after.call("recoverable", {});
      const [left] = captures;
      if (left === undefined)
        return {
          reported,
          found: 0,
          missing: NOTHING_MISSING,
          problem: reported > 0 ? "nothing is offered" : "",
        };
      const opened = await after.call("recover", { action: "open", id: left.id });
      if (opened?.frames !== left.packets)
        return {
          reported,
          found: opened?.frames ?? 0,
          missing: NOTHING_MISSING,
          problem: `${left.packets} were offered`,
        };
    } else {
      if (live?.error === null)
        return { reported, found: 0, missing: NOTHING_MISSING, problem: "the capture ended without a word" };
      await until(() => helpersOf(place).length === 0);
    }
    if (kind === "disk") truncateSync(join(place.state, "filler"));
    const status = await after.call("status", {});
    if (status.file === null)
      return {
        reported,
        found: 0,
        missing: NOTHING_MISSING,
        problem: reported > 0 ? "the capture is gone" : "",
      };
    for (let i = 0; i < 400 && !(await after.call("status", {})).file?.complete; i++) await sleep(25);
    const last = await after.call("status", {});
    if (last.frames === 0)
      return { reported, found: 0, missing: NOTHING_MISSING, problem: reported > 0 ? "all are lost" : "" };
    const output = place.file("after.pcapng");
    await after.call("save", { path: output });
    const { packets, statistics, torn } = readCapture(output);
    const found = packets.length;
    const counted = statistics.reduce((sum, each) => sum + Number(each.get(7)?.readBigUInt64LE() ?? 0), 0);
    const byKernel = Math.max(counted, live?.droppedByKernel ?? 0);
    const numbers = packets.map(({ bytes }) => bytes.readUInt32BE(42));
    const { missing, problem } = judge(numbers, { unsent, byInterface, byKernel });
    const result = { reported, found, missing, problem };
    if (torn > 0) return { ...result, problem: `${torn} bytes behind the last packet` };
    if (found < reported)
      return { ...result, problem: `${reported - found} of ${reported} packets are lost` };
    if (problem === "" && found !== last.frames)
      return { ...result, problem: `${last.frames} packets were shown` };
    // What the kernel had taken when the interface went is part of the capture.
    const left = (live?.received ?? 0) - byKernel - found;
    if (kind === "interface" && problem === "" && left > BURST)
      return { ...result, problem: `${left} packets were left in the kernel` };
    if (kind === "app" || result.problem !== "") return result;
    // Nothing is wedged: the next capture starts.
    if (kind === "interface") wire.connect();
    await after.call("startCapture", { options, discard: true });
    await after.call("stopCapture", {});
    return result;
  } finally {
    for (const window of windows) window.close();
    for (const tapline of running) await tapline.stop("SIGKILL");
    sender.kill("SIGKILL");
    for (const helper of helpersOf(place)) process.kill(helper, "SIGKILL");
    if (isMounted) execFileSync("umount", ["-l", place.state]);
    wire.remove();
    remove();
  }
}
