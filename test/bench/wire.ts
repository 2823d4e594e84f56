/** The measured wire: two network namespaces, a sender in one, those who capture in the other. */
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Method, ParamsIn, Results, Status } from "../../engine/api.ts";
import { installationFolder } from "../../engine/installation.ts";
import { fineProcessorTime } from "../tools/process.ts";
import { noHelper, noLive, Wire } from "../unit/capture/support.ts";
import { Child } from "./child.ts";

/** Why nothing can be measured here; null when it can. */
export function notHere(): string | null {
  if (noLive !== null) return noLive;
  if (noHelper !== null) return noHelper;
  return spawnSync("cc", ["--version"]).status === 0 ? null : "the sender needs a C compiler (cc)";
}

export interface Sent {
  /** Packets sent, and those that arrived at the other end of the wire. */
  readonly sent: number;
  readonly arrived: number;
  readonly seconds: number;
}

export class MeasuredWire {
  readonly folder: string;
  readonly wire: Wire;
  readonly #sender: string;

  /** @throws Error when the sender does not compile or the namespaces cannot be made */
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "tapline-wire-"));
    this.#sender = join(this.folder, "sender");
    execFileSync("cc", ["-O2", "-Wall", "-o", this.#sender, join(import.meta.dirname, "sender.c")]);
    this.wire = new Wire();
  }

  /** Sends `count` frames of `size` bytes, `rate` a second. */
  async send(count: number, rate: number, size: number): Promise<Sent> {
    const before = this.#received();
    const text = await new Promise<string>((resolve, reject) => {
      const args = [
        "netns",
        "exec",
        this.wire.near,
        this.#sender,
        "tlnear",
        ...[count, rate, size].map(String),
      ];
      execFile("ip", args, (error, out) => (error ? reject(error) : resolve(out)));
    });
    const { sent, seconds } = JSON.parse(text) as { sent: number; seconds: number };
    await rest(50);
    return { sent, seconds, arrived: this.#received() - before };
  }

  /** Packets that came in at the captured end since it is there. */
  #received(): number {
    const path = `/sys/class/net/${this.wire.device}/statistics/rx_packets`;
    const args = ["netns", "exec", this.wire.far, "cat", path];
    return Number(execFileSync("ip", args, { encoding: "utf8" }));
  }

  /** A program at the captured end. */
  spawn(program: string, args: readonly string[]): ChildProcess {
    const [command = "ip", ...via] = this.wire.via;
    return spawn(command, [...via, program, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  }

  /** Tapline's engine at the captured end. */
  tapline(): TaplineThere {
    const [command = "ip", ...via] = this.wire.via;
    const program = join(installationFolder(), "dist", "cli", "tapline.js");
    const environment = { TAPLINE_HOME: join(this.folder, "home"), TAPLINE_PRACTICE: "no" };
    return new TaplineThere(new Child(command, [...via, process.execPath, program, "rpc"], environment));
  }

  remove(): void {
    this.wire.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The engine with a live list open: whenever the status comes, the last rows are asked for, as a window does. */
export class TaplineThere {
  readonly #child: Child;
  #asking = false;
  #last: Status | null = null;
  /** When rows up to this frame were there: seconds since 1970. */
  readonly seen: { readonly frames: number; readonly time: number }[] = [];

  constructor(child: Child) {
    this.#child = child;
    child.onEvent = (name, data) => {
      if (name !== "status") return;
      this.#last = data as Status;
      if (!this.#asking) void this.#rows();
    };
  }

  async #rows(): Promise<void> {
    this.#asking = true;
    for (let asked = 0; this.#last !== null && this.#last.displayed > asked; ) {
      const { frames, displayed } = this.#last;
      asked = displayed;
      const rows = await this.call("rows", { start: Math.max(0, displayed - 50), count: 50 }).catch(
        () => null,
      );
      if (rows === null || rows.rows.length === 0) break;
      this.seen.push({ frames, time: (performance.timeOrigin + performance.now()) / 1000 });
    }
    this.#asking = false;
  }

  call<M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M]> {
    return this.#child.call(method, params) as Promise<Results[M]>;
  }

  /** Begins a capture and answers when packets are taken. */
  async start(device: string): Promise<void> {
    this.seen.length = 0;
    this.#last = null;
    await this.call("startCapture", { options: { interfaces: [device] }, discard: true });
  }

  /** Waits until no more packets come in. */
  async settled(): Promise<Status> {
    for (let before = -1; ; ) {
      const status = await this.call("status", {});
      if (status.live.packets === before && status.frames === before) return status;
      before = status.live.packets;
      await rest(300);
    }
  }

  /** Processor time of the capture helper in milliseconds; null where it cannot be told. */
  helperTime(): number | null {
    for (const pid of childrenOf(this.#child.pid)) {
      const line = commandLine(pid);
      if (line.includes("tapline-capture") && line.includes("\0capture\0")) return fineProcessorTime(pid);
    }
    return null;
  }

  processorTime(): number | null {
    return this.#child.processorTime();
  }

  end(): Promise<void> {
    return this.#child.end();
  }
}

function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
  } catch {
    return [];
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

export const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
