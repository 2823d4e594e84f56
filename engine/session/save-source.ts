/** From where, and how far, the capture that is shown can be saved. */
import { closeSync, fstatSync, openSync, statSync } from "node:fs";
import { ApiError } from "../api.ts";
import type { SaveSource } from "../decode/decoder.ts";

/**
 * Refuses to save frames behind the first whose bytes are gone: their places and numbers are no longer those of
 * the index.
 * @param total frames of the capture
 * @throws ApiError UNREADABLE naming the first of them
 */
export async function refuseLost(
  frames: "all" | ((frame: number) => boolean),
  firstLost: number,
  total: number,
  name: string,
): Promise<void> {
  if (firstLost === 0) return;
  for (let frame = firstLost; frame <= total; frame++) {
    if (frame % 65_536 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (frames !== "all" && !frames(frame)) continue;
    const advice =
      firstLost > 1 ? `Save the range 1-${firstLost - 1}, or reload the file.` : "Reload the file.";
    throw new ApiError(
      "UNREADABLE",
      `Frame ${frame} cannot be saved: from frame ${firstLost} on, "${name}" no longer holds what it held when it ` +
        `was opened. ${advice} Nothing was written.`,
    );
  }
}

export interface SavePath {
  readonly path: string;
  close(): void;
}

/**
 * Where the very file that is shown can be opened for saving. Its path may lead to another file by now; then it is
 * reached through its descriptor.
 * @throws ApiError UNREADABLE where the system has no way to it
 */
export function savePath(
  { path, name }: { readonly path: string; readonly name: string },
  { file, compressed }: SaveSource,
): SavePath {
  const plain = { path, close: () => undefined };
  if (file === null) return plain;
  const named = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (named?.ino === file.ino && named.dev === file.dev) return plain;
  if (process.platform === "win32") {
    if (compressed && named !== undefined) return plain;
    throw new ApiError("UNREADABLE", `"${name}" was replaced or deleted since it was opened. Reload it.`);
  }
  // A descriptor of our own: the decoder may close its one any time.
  let fd: number;
  try {
    fd = openSync(`/dev/fd/${file.descriptor}`, "r");
  } catch {
    throw new ApiError("CANCELLED", "The capture was closed; nothing was saved.");
  }
  const stat = fstatSync(fd, { bigint: true });
  if (stat.ino !== file.ino || stat.dev !== file.dev) {
    closeSync(fd);
    throw new ApiError("CANCELLED", "The capture was closed; nothing was saved.");
  }
  return { path: `/dev/fd/${fd}`, close: () => closeSync(fd) };
}
