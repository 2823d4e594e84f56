/** Drives Tapline's engine in a process of its own: `tapline rpc`, the contract of `engine/api.ts` in lines. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Method, ParamsIn, Results } from "../../engine/api.ts";
import { installationFolder } from "../../engine/installation.ts";
import { Child, timed } from "./child.ts";
import type { Filtered, Opened, Subject } from "./subject.ts";

/** Milliseconds between two requests for the first rows while a capture is being opened. */
const PATIENCE = 2;
const SCREEN = 50;
/** Milliseconds after which a program that has nothing to do is done with its practice. */
const REST = 6000;

export class Tapline implements Subject {
  readonly name = "Tapline";
  readonly #home = mkdtempSync(join(tmpdir(), "tapline-bench-"));
  readonly #child = new Child(
    process.execPath,
    [join(installationFolder(), "dist", "cli", "tapline.js"), "rpc"],
    { TAPLINE_HOME: this.#home },
  );

  /** Leaves the program alone, as it is between its start and the choice of a file. */
  async rest(): Promise<void> {
    await this.#call("hello", {});
    await new Promise((resolve) => setTimeout(resolve, REST));
  }

  async open(path: string): Promise<Opened> {
    await this.#call("hello", {});
    const started = performance.now();
    let done = false;
    const opening = this.#call("open", { path }).finally(() => {
      done = true;
    });
    opening.catch(() => {});
    let firstRows = Number.NaN;
    while (Number.isNaN(firstRows)) {
      const last = done;
      const rows = await this.#call("rows", { start: 0, count: SCREEN }).catch(() => null);
      if (last || rows?.rows.length === SCREEN) firstRows = performance.now() - started;
      else await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    }
    const { frames } = await opening;
    return { ms: performance.now() - started, frames, firstRows };
  }

  async filter(expression: string): Promise<Filtered> {
    const { result, ms } = await timed(() => this.#call("filter", { expression }));
    return { ms, count: result.count };
  }

  async matching(expression: string): Promise<number[]> {
    const { count } = await this.#call("filter", { expression });
    const numbers: number[] = [];
    while (numbers.length < count) {
      const { rows } = await this.#call("rows", { start: numbers.length, count: 1000, columns: ["number"] });
      if (rows.length === 0) break;
      for (const { number } of rows) numbers.push(number);
    }
    return numbers;
  }

  async middleRows(frames: number): Promise<number> {
    await this.#call("filter", { expression: "" });
    return (await timed(() => this.#call("rows", { start: Math.floor(frames / 2), count: 60 }))).ms;
  }

  async frame(number: number): Promise<number> {
    return (await timed(() => this.#call("frame", { number }))).ms;
  }

  /** The most frequent IPv4 source of the first rows, null when there is none. The capture is not opened to its end. */
  async address(path: string): Promise<string | null> {
    let done = false;
    this.#call("open", { path }).then(
      () => {
        done = true;
      },
      () => {
        done = true;
      },
    );
    for (;;) {
      const last = done;
      const { rows } = await this.#call("rows", { start: 0, count: 1000, columns: ["source"] });
      if (rows.length === 1000 || last) return mostFrequent(rows.map(({ cells }) => cells[0]!));
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    }
  }

  peakMemory(): number | null {
    return this.#child.peakMemory();
  }

  processorTime(): number | null {
    return this.#child.processorTime();
  }

  async end(): Promise<void> {
    await this.#child.end();
    rmSync(this.#home, { recursive: true, force: true });
  }

  #call<M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M]> {
    return this.#child.call(method, params) as Promise<Results[M]>;
  }
}

function mostFrequent(sources: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const source of sources) {
    if (/^\d+\.\d+\.\d+\.\d+$/.test(source)) counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
