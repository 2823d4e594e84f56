/** Writing packets to a capture file, or to standard output as one. */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type FrameSelection, SaveError, saveCapture } from "../engine/formats/save.ts";
import { FILE_TYPES, type FileType } from "./arguments.ts";
import { complain, RunError } from "./errors.ts";
import type { Output } from "./output.ts";
import { temporaryFolder } from "./temporary.ts";

const PIECE = 256 * 1024;

/**
 * Saves frames of a capture without loss, as far as the file type can hold them; what it cannot is told on stderr.
 * @param target path, or "-" for standard output
 * @throws RunError when it cannot be saved; nothing is left behind then
 */
export async function saveFrames(
  source: string,
  target: string,
  type: FileType,
  frames: FrameSelection,
  out: Output,
): Promise<void> {
  const folder = target === "-" ? temporaryFolder() : null;
  const output = folder === null ? target : join(folder.path, "out");
  try {
    const { notes } = await saveCapture({ source, output, frames, ...FILE_TYPES[type] });
    for (const note of notes) complain(note);
    if (folder !== null) copyOut(output, out);
  } catch (error) {
    if (error instanceof SaveError) throw new RunError(error.message);
    throw error;
  } finally {
    folder?.remove();
  }
}

function copyOut(path: string, out: Output): void {
  const tail = new Tail(path);
  try {
    tail.copyTo(out, Number.POSITIVE_INFINITY);
  } finally {
    tail.close();
  }
}

/** Copies a file that may grow to an output, piece by piece. */
export class Tail {
  readonly #fd: number;
  readonly #buffer = new Uint8Array(PIECE);
  #position = 0;

  constructor(path: string) {
    this.#fd = openSync(path, "r");
  }

  /** Copies what the file holds, up to the file offset `end`. */
  copyTo(out: Output, end: number): void {
    while (this.#position < end) {
      const length = Math.min(PIECE, end - this.#position);
      const got = readSync(this.#fd, this.#buffer, 0, length, this.#position);
      if (got === 0) return;
      out.bytes(this.#buffer.subarray(0, got));
      this.#position += got;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
