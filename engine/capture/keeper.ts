/**
 * Keeps account of the spools in a folder, so that those of a process that was killed are found again.
 *
 * Beside each spool lies its manifest, `<spool>.json`: who owns it, what was captured with which options. It is written
 * before the spool and goes with it. A spool whose owner is gone is an orphan: it can be claimed by one process, and
 * is deleted only when that is asked for, or when there is nothing in it.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { pause } from "../turns.ts";
import type { CaptureSource, StopConditions } from "./driver.ts";
import { isAlive, ownerOf, ownerSchema, STALE_MS } from "./owner.ts";
import { inspectSpool, LONGEST_BLOCK, SPOOL_PATTERN, type SpoolContent, trimToWholeBlocks } from "./spool.ts";

const manifestSchema = z.object({
  version: z.literal(1),
  /** The process whose spool it is; null when it was let go of. */
  owner: ownerSchema.nullable(),
  /** The capturing process, which may outlive its owner by moments. */
  helper: ownerSchema.nullable(),
  sources: z.array(z.looseObject({ name: z.string(), filter: z.string().optional() })),
  stopAfter: z.looseObject({}),
  /** ISO 8601 time of the start. */
  started: z.iso.datetime(),
  /** Where the packets were saved to; null while they are in the spool only. */
  saved: z.string().nullable(),
});
type Manifest = z.infer<typeof manifestSchema>;

/** An orphan. */
export interface Orphan extends SpoolContent {
  /** Name of the spool's file. */
  readonly id: string;
  /** ISO 8601 time of the start; of the file's last change where that is not known. */
  readonly started: string;
  /** The capture filter; empty for none. */
  readonly filter: string;
  readonly saved: string | null;
}

/** Why an orphan cannot be had: `gone` when there is no such spool any more, `owned` when another has it. */
export class ClaimError extends Error {
  override readonly name = "ClaimError";
  readonly code: "gone" | "owned";
  constructor(code: "gone" | "owned", message: string) {
    super(message);
    this.code = code;
  }
}

/** Milliseconds between two signs of life. */
const BEAT_MS = STALE_MS / 5;
/** How long the end of a helper is waited for whose starter is gone, in milliseconds. */
const HELPER_MS = 3000;

const manifestOf = (path: string): string => `${path}.json`;
const listOf = (path: string): string => `${path}.list`;
const claimOf = (path: string): string => `${path}.claim`;

export class SpoolKeeper {
  readonly folder: string;
  /** The spools of this process, by their paths. */
  readonly #held = new Map<string, Manifest>();
  /** What orphans hold, by their names; valid for a file of that size and time. */
  readonly #contents = new Map<string, { size: number; changed: number; content: SpoolContent }>();
  #beat: NodeJS.Timeout | null = null;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Notes down a spool that is about to be made.
   * Throws the system's error when that cannot be written.
   */
  begin(path: string, sources: readonly CaptureSource[], stopAfter: StopConditions = {}): void {
    const started = new Date().toISOString();
    this.#hold(path, {
      version: 1,
      owner: ownerOf(process.pid),
      helper: null,
      sources: sources.map((source) => ({ ...source })),
      stopAfter: { ...stopAfter },
      started,
      saved: null,
    });
  }

  /** Notes down which process writes a spool. */
  helper(path: string, process_: number): void {
    this.#change(path, { helper: ownerOf(process_) });
  }

  /** Notes down where a spool's packets were saved to. */
  saved(path: string, output: string): void {
    this.#change(path, { saved: output });
  }

  /** Where a list of files lies that is there in place of a spool; it goes with the spool. */
  listOf(path: string): string {
    return listOf(path);
  }

  /** Leaves a spool of this process to whoever claims it. */
  release(path: string): void {
    this.#change(path, { owner: null });
    this.#forget(path);
  }

  /** Deletes a spool of this process, whose packets are saved or not wanted. */
  remove(path: string): void {
    this.#forget(path);
    removeQuietly(path);
    removeQuietly(listOf(path));
    removeQuietly(manifestOf(path));
  }

  /** The spools that processes left behind, oldest first. What has nothing in it is cleared away. */
  async orphans(): Promise<Orphan[]> {
    const found: Orphan[] = [];
    for (const id of this.#names()) {
      const path = join(this.folder, id);
      if (!isPlainFile(path) || !this.#isOrphan(path)) continue;
      await this.#helperEnded(path);
      const orphan = await this.#look(id, path);
      if (orphan !== null && this.#isOrphan(path)) found.push(orphan);
    }
    return found.sort((a, b) => a.started.localeCompare(b.started));
  }

  /**
   * Makes an orphan this process's own. The beginning of a packet at its end is cut off.
   * @returns its path, how many packets it holds, and where they were saved to
   * @throws ClaimError when it is gone or another process's, and the system's error when it cannot be written
   */
  async claim(
    id: string,
  ): Promise<{ path: string; packets: number; interfaces: string[]; saved: string | null }> {
    const path = this.#pathOf(id);
    const unlock = this.#lock(path);
    try {
      if (!isPlainFile(path)) throw gone(id);
      if (!this.#isOrphan(path)) throw owned(id);
      await this.#helperEnded(path);
      const before = readManifest(path);
      const content = await inspectSpool(path);
      const { started } = this.#beginning(path, before);
      const names = before?.sources.map(({ name }) => name) ?? [...content.interfaces];
      this.#hold(path, {
        version: 1,
        helper: null,
        stopAfter: {},
        saved: null,
        ...before,
        sources: before?.sources ?? names.map((name) => ({ name })),
        started,
        owner: ownerOf(process.pid),
      });
      // More than a block is no packet that was being written: nobody knows what it is, so it stays.
      if (content.torn > 0 && content.torn < LONGEST_BLOCK) trimToWholeBlocks(path, content.bytes);
      return { path, packets: content.packets, interfaces: names, saved: before?.saved ?? null };
    } finally {
      unlock();
    }
  }

  /**
   * Deletes an orphan.
   * @throws ClaimError as `claim`, and the system's error when it cannot be deleted
   */
  discard(id: string): void {
    const path = this.#pathOf(id);
    const unlock = this.#lock(path);
    try {
      if (!isPlainFile(path)) throw gone(id);
      if (!this.#isOrphan(path)) throw owned(id);
      rmSync(path);
      rmSync(manifestOf(path), { force: true });
      this.#contents.delete(id);
    } finally {
      unlock();
    }
  }

  // ------------------------------------------------------------------ one spool

  #names(): string[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return [];
    }
    const spools = names.filter((name) => SPOOL_PATTERN.test(name));
    // A manifest, a list or a claim whose spool and process are gone says nothing any more.
    for (const name of names) {
      const spool = name.replace(/\.(json|list|claim)$/, "");
      if (spool === name || !SPOOL_PATTERN.test(spool) || spools.includes(spool)) continue;
      const path = join(this.folder, spool);
      if (name.endsWith(".claim")) this.#clearClaim(path);
      else if (this.#isOrphan(path)) removeQuietly(join(this.folder, name));
    }
    return spools;
  }

  #pathOf(id: string): string {
    if (!SPOOL_PATTERN.test(id) || basename(id) !== id) throw gone(id);
    return join(this.folder, id);
  }

  #isOrphan(path: string): boolean {
    if (this.#held.has(path)) return false;
    const manifest = readManifest(path);
    if (manifest === null) return silenceOf(path) >= STALE_MS;
    return manifest.owner === null || !isAlive(manifest.owner, silenceOf(manifestOf(path)));
  }

  /** The helper writes what it still has when its starter is gone; that takes moments. */
  async #helperEnded(path: string): Promise<void> {
    const helper = readManifest(path)?.helper ?? null;
    const end = Date.now() + HELPER_MS;
    while (helper !== null && Date.now() < end && isAlive(helper, STALE_MS)) await pause(25);
  }

  async #look(id: string, path: string): Promise<Orphan | null> {
    try {
      const { size, mtimeMs: changed } = lstatSync(path);
      const known = this.#contents.get(id);
      const isKnown = known?.size === size && known.changed === changed;
      const content = isKnown ? known.content : await inspectSpool(path);
      if (content.packets === 0 && content.torn === 0) {
        this.discard(id);
        return null;
      }
      this.#contents.set(id, { size, changed, content });
      const manifest = readManifest(path);
      const interfaces = manifest?.sources.map(({ name }) => name) ?? content.interfaces;
      return { ...content, interfaces, id, ...this.#beginning(path, manifest) };
    } catch {
      // Discarded or claimed by another process meanwhile, or not readable: then it cannot be offered.
      return null;
    }
  }

  #beginning(path: string, manifest: Manifest | null): Pick<Orphan, "started" | "filter" | "saved"> {
    const started = manifest?.started ?? new Date(lstatSync(path).mtimeMs).toISOString();
    return { started, filter: manifest?.sources[0]?.filter ?? "", saved: manifest?.saved ?? null };
  }

  #hold(path: string, manifest: Manifest): void {
    writeManifest(path, manifest);
    this.#held.set(path, manifest);
    this.#beat ??= setInterval(() => this.#giveSigns(), BEAT_MS).unref();
  }

  /** What is noted down later is a help; the spool is safe without it. */
  #change(path: string, change: Partial<Manifest>): void {
    const manifest = this.#held.get(path);
    if (manifest === undefined) return;
    const changed = { ...manifest, ...change };
    this.#held.set(path, changed);
    try {
      writeManifest(path, changed);
    } catch {}
  }

  #forget(path: string): void {
    this.#held.delete(path);
    if (this.#held.size > 0 || this.#beat === null) return;
    clearInterval(this.#beat);
    this.#beat = null;
  }

  #giveSigns(): void {
    const now = new Date();
    for (const path of this.#held.keys()) {
      try {
        utimesSync(manifestOf(path), now, now);
      } catch {}
    }
  }

  // ------------------------------------------------------------------ one claimer at a time

  /** Keeps other processes from claiming the same spool; answers the function that ends that. */
  #lock(path: string): () => void {
    this.#clearClaim(path);
    let fd: number;
    try {
      fd = openSync(claimOf(path), "wx", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw owned(basename(path));
      throw error;
    }
    writeSync(fd, JSON.stringify(ownerOf(process.pid)));
    closeSync(fd);
    return () => removeQuietly(claimOf(path));
  }

  /** Removes a claim whose process was killed in the middle of it. */
  #clearClaim(path: string): void {
    const silence = silenceOf(claimOf(path));
    if (silence === Number.POSITIVE_INFINITY) return;
    const owner = parseJson(claimOf(path), ownerSchema);
    if (owner === null ? silence >= STALE_MS : !isAlive(owner, silence)) removeQuietly(claimOf(path));
  }
}

const gone = (id: string): ClaimError => new ClaimError("gone", `The capture "${id}" is not there any more.`);
const owned = (id: string): ClaimError =>
  new ClaimError("owned", `The capture "${id}" is in use by another window or another Tapline.`);

function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Milliseconds since a file changed; infinite when there is none. */
function silenceOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined ? Number.POSITIVE_INFINITY : Date.now() - stat.mtimeMs;
}

function parseJson<T>(path: string, schema: z.ZodType<T>): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

const readManifest = (path: string): Manifest | null => parseJson(manifestOf(path), manifestSchema);

/** Written whole or not at all, and on the disk when this returns. */
function writeManifest(path: string, manifest: Manifest): void {
  const temporary = `${manifestOf(path)}.${randomBytes(4).toString("hex")}`;
  try {
    const fd = openSync(temporary, "wx", 0o600);
    try {
      writeSync(fd, `${JSON.stringify(manifest)}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, manifestOf(path));
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}
