/** What a user's choices and recent captures are kept in: small JSON files, written whole, never trusted. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { type RecentCapture, type Settings, settingsSchema } from "../api.ts";

export const DEFAULT_SETTINGS: Settings = {
  theme: "system",
  timeFormat: "relative",
  timePrecision: "auto",
  columns: [
    { column: "number", title: "No.", width: 72 },
    { column: "time", title: "Time", width: 112 },
    { column: "source", title: "Source", width: 160 },
    { column: "destination", title: "Destination", width: 160 },
    { column: "protocol", title: "Protocol", width: 84 },
    { column: "length", title: "Length", width: 64 },
    { column: "info", title: "Info", width: 720 },
  ],
  colorize: true,
  autoScroll: true,
  filterHistory: [],
  savedFilters: [],
  filterButtons: [],
  filterMacros: [],
  colorRules: null,
  captureFilterHistory: [],
  savedCaptureFilters: [],
  capture: {},
  expanded: [],
  layout: {},
  decodeAs: [],
  preferences: {},
};

/** Folder for settings and recents: the platform's own, or `TAPLINE_HOME`. */
export function stateFolder(): string {
  const chosen = process.env.TAPLINE_HOME;
  if (chosen) return chosen;
  if (process.platform === "win32") return join(process.env.APPDATA ?? homedir(), "Tapline");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "Tapline");
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), ".config"), "tapline");
}

/** Reads a JSON file; undefined when it is not there or not JSON. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes a JSON file in one step, so that a crash leaves the old or the new one. */
function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The settings file. Each entry is judged by itself: a broken one falls back to its default. */
export class SettingsStore {
  readonly #path: string;
  #settings: Settings;

  constructor(folder: string = stateFolder()) {
    this.#path = join(folder, "settings.json");
    this.#settings = { ...DEFAULT_SETTINGS };
    const stored = readJson(this.#path);
    if (typeof stored !== "object" || stored === null) return;
    for (const [key, schema] of Object.entries(settingsSchema.shape)) {
      const parsed = schema.safeParse((stored as Record<string, unknown>)[key]);
      if (parsed.success && parsed.data !== undefined) Object.assign(this.#settings, { [key]: parsed.data });
    }
  }

  get(): Settings {
    return this.#settings;
  }

  /** Why the last change could not be kept beyond this run; null when it was. */
  problem: string | null = null;

  /** Rises when what packets are dissected by changed. */
  dissection = 0;
  readonly #listeners = new Set<(settings: Settings) => void>();

  /** Calls `listener` when what packets are dissected by changed; returns a function that ends the subscription. */
  onDissection(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly #colorListeners = new Set<(settings: Settings) => void>();

  /** The same for what rows are coloured by: rules, and the macros that they use. */
  onColoring(listener: (settings: Settings) => void): () => void {
    this.#colorListeners.add(listener);
    return () => this.#colorListeners.delete(listener);
  }

  /** Makes a change; it holds for this run even when the file cannot be written (see `problem`). */
  change(change: Partial<Settings>): Settings {
    const before = dissectionOf(this.#settings);
    const colors = coloringOf(this.#settings);
    this.#settings = { ...this.#settings, ...change };
    this.#write();
    if (dissectionOf(this.#settings) !== before) {
      this.dissection++;
      for (const listener of this.#listeners) listener(this.#settings);
    }
    if (coloringOf(this.#settings) !== colors) {
      for (const listener of this.#colorListeners) listener(this.#settings);
    }
    return this.#settings;
  }

  #write(): void {
    try {
      writeJson(this.#path, this.#settings);
      this.problem = null;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.problem = `Settings last only until Tapline ends: "${this.#path}" cannot be written (${reason}).`;
    }
  }
}

const dissectionOf = ({ decodeAs, preferences }: Settings): string => JSON.stringify([decodeAs, preferences]);
const coloringOf = ({ colorRules, filterMacros }: Settings): string =>
  JSON.stringify([colorRules, filterMacros]);

/** What the path of a file begins with that a browser sent: it is gone when the program ends. */
export const UPLOAD_PREFIX = join(tmpdir(), "tapline-upload-");

const RECENT_LIMIT = 20;
const recentSchema = z.array(z.object({ path: z.string(), opened: z.string() })).catch([]);

/** Captures opened lately, newest first. */
export class RecentStore {
  readonly #path: string;
  #entries: { path: string; opened: string }[];

  constructor(folder: string = stateFolder()) {
    this.#path = join(folder, "recent.json");
    this.#entries = recentSchema.parse(readJson(this.#path));
  }

  list(): RecentCapture[] {
    return this.#entries.map(({ path, opened }) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return { path, name: basename(path), exists: stat !== undefined, bytes: stat?.size ?? 0, opened };
    });
  }

  add(path: string): void {
    if (path.startsWith(UPLOAD_PREFIX)) return;
    const others = this.#entries.filter((entry) => entry.path !== path);
    this.#entries = [{ path, opened: new Date().toISOString() }, ...others].slice(0, RECENT_LIMIT);
    this.#write();
  }

  /** Forgets one path, or all. */
  forget(path?: string): void {
    this.#entries = path === undefined ? [] : this.#entries.filter((entry) => entry.path !== path);
    this.#write();
  }

  /** A list that cannot be written is not worth an error: it is only a convenience. */
  #write(): void {
    try {
      writeJson(this.#path, this.#entries);
    } catch {}
  }
}
