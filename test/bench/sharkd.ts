/** Drives sharkd, Wireshark's engine without its window (`sharkd -`, JSON-RPC on standard input and output). */
import { spawnSync } from "node:child_process";
import { Child, timed } from "./child.ts";
import type { Filtered, Opened, Subject } from "./subject.ts";

/** "TShark (Wireshark) 4.0.17 …" of the tshark that came with sharkd; null when sharkd is not installed. */
export function sharkdVersion(): string | null {
  if (spawnSync("sharkd", ["--version"]).error !== undefined) return null;
  const { stdout } = spawnSync("tshark", ["--version"], { encoding: "utf8" });
  return stdout?.split("\n")[0]?.trim().replace(/\.$/, "") || "sharkd of unknown version";
}

/** Longer than any capture, in milliseconds: one interval holds all. */
const FOREVER = 1_000_000_000;

export class Sharkd implements Subject {
  readonly name = "sharkd";
  readonly #child = new Child("sharkd", ["-"]);

  async open(path: string): Promise<Opened> {
    const started = performance.now();
    await this.#child.call("load", { file: path });
    const ms = performance.now() - started;
    await this.#child.call("frames", { limit: 50 });
    const firstRows = performance.now() - started;
    const { frames } = (await this.#child.call("status")) as { frames: number };
    return { ms, frames, firstRows };
  }

  /** The time is that of the first matching row; the count is then taken from what sharkd keeps of a filter. */
  async filter(expression: string): Promise<Filtered> {
    const { ms } = await timed(() => this.#child.call("frames", { filter: expression, limit: 1 }));
    const counted = await this.#child.call("intervals", { filter: expression, interval: FOREVER });
    return { ms, count: (counted as { frames: number }).frames };
  }

  async matching(expression: string): Promise<number[]> {
    const rows = await this.#child.call("frames", { filter: expression, column0: "frame.number:1" });
    return (rows as { num: number }[]).map(({ num }) => num);
  }

  async middleRows(frames: number): Promise<number> {
    const skip = Math.floor(frames / 2);
    return (await timed(() => this.#child.call("frames", skip === 0 ? { limit: 60 } : { skip, limit: 60 })))
      .ms;
  }

  async frame(number: number): Promise<number> {
    return (await timed(() => this.#child.call("frame", { frame: number, proto: true, bytes: true }))).ms;
  }

  peakMemory(): number | null {
    return this.#child.peakMemory();
  }

  processorTime(): number | null {
    return this.#child.processorTime();
  }

  end(): Promise<void> {
    return this.#child.end();
  }
}
