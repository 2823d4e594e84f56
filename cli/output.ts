/** Standard output, written synchronously in large pieces: the system's own back-pressure slows the run down. */
import { writeSync } from "node:fs";
import { ReaderGone, RunError } from "./errors.ts";

/** Characters collected before they are written. */
const PIECE = 64 * 1024;
const waiter = new Int32Array(new SharedArrayBuffer(4));

export class Output {
  readonly #fd: number;
  #text = "";

  constructor(fd = 1) {
    this.#fd = fd;
  }

  /**
   * @throws ReaderGone when the pipe's reader has ended
   * @throws RunError when the output cannot be written for another reason (a full disk)
   */
  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE) this.flush();
  }

  flush(): void {
    if (this.#text === "") return;
    const bytes = Buffer.from(this.#text, "utf8");
    this.#text = "";
    this.bytes(bytes);
  }

  /** Writes bytes at once, behind what was written before. */
  bytes(bytes: Uint8Array): void {
    this.flush();
    let done = 0;
    while (done < bytes.length) {
      try {
        done += writeSync(this.#fd, bytes, done);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === "EPIPE") throw new ReaderGone("standard output was closed");
        if (code !== "EAGAIN") throw new RunError(`Standard output cannot be written: ${message}.`);
        Atomics.wait(waiter, 0, 0, 5);
      }
    }
  }
}
