/** `--follow`: waiting for what another program adds to a file. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { identify } from "../engine/formats/identify.ts";
import { openCaptureSync } from "../engine/formats/open.ts";
import { CaptureFileError } from "../engine/formats/types.ts";
import { complain, RunError } from "./errors.ts";

/** Milliseconds between two looks at the file. */
const LOOK_MS = 100;
/** Bytes within which a file's header ends. */
const HEADER = 64 * 1024;

/** Watches one file until a signal ends it. The first signal is a wish to end in good order. */
export class Follower {
  readonly #path: string;
  #fd = -1;
  #size = 0;
  #stopped = false;
  #wake: (() => void) | null = null;
  readonly #stop = (): void => {
    this.#stopped = true;
    this.#wake?.();
  };

  constructor(path: string) {
    this.#path = path;
    process.on("SIGINT", this.#stop).on("SIGTERM", this.#stop).on("SIGHUP", this.#stop);
  }

  /**
   * Resolves when the file has a header, so that it can be opened.
   * @throws RunError when it is compressed; whatever else is wrong with it is left to who opens it
   */
  async begun(): Promise<void> {
    while (!this.#stopped && this.#isBeginning()) await this.#pause();
    try {
      this.#fd = openSync(this.#path, "r");
    } catch {
      return;
    }
    const head = new Uint8Array(4);
    readSync(this.#fd, head, 0, 4, 0);
    const kind = identify(head);
    if (kind === "gzip" || kind === "zstd")
      throw new RunError(`"${this.#path}" is compressed with ${kind}: such a file cannot be followed.`);
    this.#size = fstatSync(this.#fd).size;
  }

  /**
   * Resolves true when the file has grown, and false when it is to be read no further.
   * @throws RunError when it has become shorter: what was read is no longer in it
   */
  async more(): Promise<boolean> {
    for (;;) {
      if (this.#fd < 0) return false;
      const { size, ino, dev } = fstatSync(this.#fd);
      if (size < this.#size) {
        throw new RunError(
          `"${this.#path}" has become shorter while it was followed: it was cut or written anew. Read it again.`,
        );
      }
      const grown = size > this.#size;
      this.#size = size;
      if (grown) return true;
      if (this.#stopped) return false;
      const named = statSync(this.#path, { throwIfNoEntry: false });
      if (named === undefined || named.ino !== ino || named.dev !== dev) {
        const what = named === undefined ? "deleted or moved" : "replaced by another file";
        complain(`"${this.#path}" was ${what}: following it ends here. What it held is complete.`);
        return false;
      }
      await this.#pause();
    }
  }

  end(): void {
    process.off("SIGINT", this.#stop).off("SIGTERM", this.#stop).off("SIGHUP", this.#stop);
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  /** True for a file that is empty yet, or ends within its header. */
  #isBeginning(): boolean {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.size > HEADER) return false;
    if (stat.size === 0) return true;
    try {
      openCaptureSync(this.#path).close();
      return false;
    } catch (error) {
      return error instanceof CaptureFileError && error.endsInHeader;
    }
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}
