/** A folder for files that live no longer than the run; those of runs that were killed are cleared away by the next. */
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, type Owner, ownerOf, ownerSchema } from "../engine/capture/owner.ts";

const PREFIX = "tapline-";
const MARKER = "owner.json";

interface Marker {
  readonly owner: Owner;
  /** Name of a file in the folder that holds packets which were to be saved; null when nothing is worth keeping. */
  readonly keeps: string | null;
}

/**
 * Makes a folder only this user can read. `remove` may be called more than once.
 * @param keeps name of the file in it whose packets are to be saved, for the case that the run is killed
 */
export function temporaryFolder(keeps: string | null = null): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), PREFIX));
  const owner = ownerOf(process.pid);
  if (owner !== null) writeFileSync(join(path, MARKER), JSON.stringify({ owner, keeps }), { mode: 0o600 });
  return { path, remove: () => removeFolder(path) };
}

/**
 * Removes what runs of this user left behind that were killed.
 * @returns the paths of those files that hold packets which were to be saved: they stay
 */
export function clearLeftovers(): string[] {
  const kept: string[] = [];
  for (const name of namesIn(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(tmpdir(), name);
    const marker = markerOf(path);
    // Of a run on another machine, or in another container, nothing can be told: it counts as alive.
    if (marker === null || isAlive(marker.owner, 0)) continue;
    const file = marker.keeps === null ? null : join(path, marker.keeps);
    if (file !== null && lstatSync(file, { throwIfNoEntry: false })?.isFile()) kept.push(file);
    else removeFolder(path);
  }
  return kept;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function markerOf(path: string): Marker | null {
  try {
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid)) return null;
    const { owner, keeps } = JSON.parse(readFileSync(join(path, MARKER), "utf8"));
    const parsed = ownerSchema.safeParse(owner);
    if (!parsed.success || (keeps !== null && !(typeof keeps === "string" && /^[\w.-]+$/.test(keeps))))
      return null;
    return { owner: parsed.data, keeps };
  } catch {
    return null;
  }
}

function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // A leftover in the folder for temporary files does no harm.
  }
}
