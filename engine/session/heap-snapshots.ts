/** Where heap snapshots are written, and under what names. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ApiError, type Health } from "../api.ts";

/**
 * What snapshots cost. Heaps of 21 and 88 MB took 3 and 10 to 25 s on two busy processors; half of it is V8's gathering,
 * before the first byte is written.
 */
export const SNAPSHOTS: Health["snapshots"] = { large: 256_000_000, least: 4_000_000, most: 20_000_000 };

/**
 * Refuses what keeps a thread busy for long: V8 takes a snapshot in one go, without a way to stop it.
 * @param heap bytes of the heap
 * @throws ApiError BAD_REQUEST that says for how long
 */
export function refuseLarge(heap: number): void {
  if (heap <= SNAPSHOTS.large) return;
  const seconds = (speed: number): number => Math.round(heap / speed);
  throw new ApiError(
    "BAD_REQUEST",
    `The heap holds ${Math.round(heap / 1e6)} MB: a snapshot keeps its thread busy for ${seconds(SNAPSHOTS.most)} to ` +
      `${seconds(SNAPSHOTS.least)} seconds, and cannot be stopped. Ask for it as a large one if that may be.`,
  );
}

/**
 * A path for a snapshot, with the time in its name; no file is there yet.
 * @param of what it is of
 * @param folder the user's; left out, `usual`, which is made when it is missing
 * @param heap bytes of the heap: the file is never smaller
 * @throws ApiError NOT_FOUND, UNREADABLE or NO_SPACE naming the folder
 */
export async function heapSnapshotPath(
  of: "process" | "decoder",
  folder: string | undefined,
  usual: string,
  heap: number,
  now: Date = new Date(),
): Promise<string> {
  const place = resolve(folder ?? usual);
  try {
    if (folder === undefined) mkdirSync(place, { recursive: true, mode: 0o700 });
    if (!statSync(place).isDirectory())
      throw new ApiError("UNREADABLE", `"${place}" is a file; choose a folder for the heap snapshot.`);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new ApiError("NOT_FOUND", `There is no folder "${place}"; choose one that is there.`);
    throw new ApiError("UNREADABLE", `The folder "${place}" cannot be used (${code ?? error}).`);
  }
  const free = await statfs(place).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
  if (free !== null && free < heap) {
    const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
    throw new ApiError(
      "NO_SPACE",
      `A heap of ${megabytes(heap)} does not fit into the ${megabytes(free)} free in "${place}". Choose another folder.`,
    );
  }
  const time = now.toISOString().slice(0, 19).replaceAll(":", "-");
  for (let count = 1; ; count++) {
    const name = `tapline-${of}-${time}${count > 1 ? `-${count}` : ""}.heapsnapshot`;
    if (!existsSync(join(place, name))) return join(place, name);
  }
}
