/** Compressing finished capture files with gzip, beside the capture and never in its way. */
import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";

/** What became of a file handed over: it is `path` now. */
export interface Compressed {
  readonly from: string;
  readonly path: string;
}

/**
 * Compresses files one after the other: NAME becomes NAME.gz, and NAME is removed once that is on the disk. A file
 * that cannot be compressed stays as it is. No method throws or rejects.
 */
export class FileCompressor {
  readonly #onDone: (done: Compressed) => void;
  readonly #onProblem: (message: string) => void;
  /** Files that the ring gave up while they were waiting or being compressed. */
  readonly #removed = new Set<string>();
  readonly #waiting = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  /** `onDone` is told of each file that was compressed, `onProblem` of each that could not be, in a sentence. */
  constructor(onDone: (done: Compressed) => void, onProblem: (message: string) => void) {
    this.#onDone = onDone;
    this.#onProblem = onProblem;
  }

  /** Takes a file that nobody writes any more. */
  add(path: string): void {
    this.#waiting.add(path);
    this.#work = this.#work.then(() => this.#compress(path));
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

  /** Resolves when everything handed over so far is done. */
  settled(): Promise<void> {
    return this.#work;
  }

  async #compress(path: string): Promise<void> {
    const part = `${path}.gz.part`;
    try {
      if (this.#removed.has(path)) return;
      // The fastest level, because a capture is as fast as its disk.
      const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 });
      const source = createReadStream(path, { highWaterMark: 256 * 1024 });
      await pipeline(source, gzip, createWriteStream(part, { mode: 0o600 }));
      const written = await open(part, "r+");
      await written.sync().finally(() => written.close());
      if (this.#removed.has(path)) return;
      await rename(part, `${path}.gz`);
      await rm(path, { force: true });
      if (this.#removed.has(path)) await rm(`${path}.gz`, { force: true });
      else this.#onDone({ from: path, path: `${path}.gz` });
    } catch (error) {
      if (!this.#removed.has(path)) {
        this.#onProblem(`${path} could not be compressed and stays as it is: ${(error as Error).message}.`);
      }
    } finally {
      await rm(part, { force: true }).catch(() => {});
      this.#waiting.delete(path);
      this.#removed.delete(path);
    }
  }
}
