/** Writes the heap of the thread that calls it. */
import { rmSync } from "node:fs";
import { writeHeapSnapshot } from "node:v8";
import { ApiError } from "../api.ts";

/**
 * Writes the calling thread's heap to a file, which only its owner may read; the thread does nothing else meanwhile.
 * @param path of a file that is not there yet; after a failure it is not there either
 * @throws ApiError NO_SPACE or UNREADABLE when it cannot be written
 */
export function writeHeap(path: string): void {
  try {
    writeHeapSnapshot(path);
  } catch (error) {
    rmSync(path, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC")
      throw new ApiError("NO_SPACE", `There is no space left for "${path}"; nothing was kept of it.`);
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError("UNREADABLE", `The heap snapshot "${path}" could not be written: ${reason}.`);
  }
}
