/** Compressing finished capture files with gzip, beside the capture and never in its way. */
import { rmSync } from "node:fs";
import { rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { compressBlocked } from "../formats/blocked-gzip.ts";

/** What became of a file handed over: it is `path` now. */
export interface Compressed {
  readonly from: string;
  readonly path: string;
  /** Its bytes now. */
  readonly bytes: number;
}

/**
 * Compresses files one after the other: NAME becomes NAME.gz, and NAME is removed once that is on the disk, so that at
 * any moment one of the two is there. A file that cannot be compressed, or for which there is not the room, stays as it
 * is. No method throws or rejects.
 */
export class FileCompressor {
  readonly #onDone: (done: Compressed) => void;
  readonly #onProblem: (message: string) => void;
  /** Files that the ring gave up while they were waiting or being compressed. */
  readonly #removed = new Set<string>();
  readonly #waiting = new Set<string>();
  #abort = new AbortController();
  #work: Promise<void> = Promise.resolve();

  /** `onDone` is told of each file that was compressed, `onProblem` of each that could not be, in a sentence. */
  constructor(onDone: (done: Compressed) => void, onProblem: (message: string) => void) {
    this.#onDone = onDone;
    this.#onProblem = onProblem;
  }

  /** Takes a file that nobody writes any more. */
  add(path: string): void {
    this.#waiting.add(path);
    const { signal } = this.#abort;
    this.#work = this.#work.then(() => this.#compress(path, signal));
  }

  /** The file was removed: so is what was made of it. */
  remove(path: string): void {
    if (this.#waiting.has(path)) this.#removed.add(path);
    else {
      try {
        rmSync(`${path}.gz`, { force: true });
      } catch (error) {
        this.#onProblem(`${path}.gz could not be removed: ${(error as Error).message}.`);
      }
    }
  }

  /** Files that are being compressed or wait for it. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Leaves the files that are not compressed yet as they are. */
  cancel(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Resolves when everything handed over so far is done, or left as it is because it took longer than `limit` ms. */
  async finish(limit: number): Promise<void> {
    const timer = setTimeout(() => this.cancel(), limit);
    await this.#work;
    clearTimeout(timer);
  }

  /** Resolves when everything handed over so far is done. */
  settled(): Promise<void> {
    return this.#work;
  }

  async #compress(path: string, signal: AbortSignal): Promise<void> {
    const part = `${path}.gz.part`;
    try {
      if (this.#removed.has(path) || signal.aborted) return;
      const [{ size }, { bavail, bsize }] = await Promise.all([stat(path), statfs(dirname(path))]);
      // What the capture still has to write comes first.
      if (bavail * bsize < size) throw new Error("there is not the room for it");
      const bytes = await compressBlocked(path, part, signal);
      if (this.#removed.has(path)) return;
      await rename(part, `${path}.gz`);
      await rm(path, { force: true });
      if (this.#removed.has(path)) await rm(`${path}.gz`, { force: true });
      else this.#onDone({ from: path, path: `${path}.gz`, bytes });
    } catch (error) {
      if (!this.#removed.has(path) && !signal.aborted) {
        this.#onProblem(`${path} could not be compressed and stays as it is: ${(error as Error).message}.`);
      }
    } finally {
      await rm(part, { force: true }).catch(() => {});
      this.#waiting.delete(path);
      this.#removed.delete(path);
    }
  }
}
