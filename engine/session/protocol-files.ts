/**
 * The protocol files of a program: those in the folder `protocols` beside the settings, and those named on the
 * command line. They are read at the start and again when they change; a broken one is told of and leaves the others
 * alone.
 */
import { type FSWatcher, mkdirSync, readFileSync, statSync, watch } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { ProtocolFile, ProtocolFileList } from "../api.ts";
import { LONGEST_FILE, readDescription } from "../custom/read.ts";
import { setDescribedProtocols } from "../custom/registry.ts";
import type { Description } from "../custom/schema.ts";
import { protocolFilesIn } from "./protocol-folder.ts";

/** Milliseconds from a change to reading it: editors write a file in several steps. */
const CALM = 150;

export class ProtocolFiles {
  readonly folder: string;
  readonly #named: readonly string[];
  readonly #listeners = new Set<(list: ProtocolFileList) => void>();
  #files: ProtocolFile[] = [];
  #descriptions: Description[] = [];
  /** All that was read last, to know a change. */
  #known = "";
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | null = null;

  /**
   * Reads the files, and sets this thread's described protocols to what they say.
   * @param folder where protocol files lie
   * @param named paths of further ones
   */
  constructor(folder: string, named: readonly string[] = []) {
    this.folder = folder;
    this.#named = named.map((path) => resolve(path));
    this.#read();
    setDescribedProtocols(this.#descriptions);
  }

  /** The descriptions of the files that are right, for the threads that dissect. */
  get descriptions(): readonly Description[] {
    return this.#descriptions;
  }

  list(): ProtocolFileList {
    return { folder: this.folder, files: this.#files };
  }

  /** Reads the files again. Listeners are told when any of them changed. */
  reload(): ProtocolFileList {
    const before = JSON.stringify(this.#descriptions);
    if (!this.#read()) return this.list();
    if (JSON.stringify(this.#descriptions) !== before) {
      setDescribedProtocols(this.#descriptions);
      this.version++;
    }
    for (const listener of this.#listeners) listener(this.list());
    return this.list();
  }

  /** Rises when the descriptions changed. */
  version = 0;

  /** Returns a function that ends the subscription. */
  onChange(listener: (list: ProtocolFileList) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads files again as soon as they change, until `close`. Keeps no program running. */
  watch(): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    } catch {
      // What cannot be made holds no files either.
    }
    for (const folder of new Set([this.folder, ...this.#named.map((path) => dirname(path))])) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#soon());
        watcher.on("error", () => watcher.close());
        this.#watchers.push(watcher);
      } catch {
        // Where a folder cannot be watched, "Reload" reads it.
      }
    }
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #soon(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.reload();
    }, CALM);
    this.#timer.unref();
  }

  /** Reads all files; returns whether anything is different. */
  #read(): boolean {
    const paths = [...this.#named, ...protocolFilesIn(this.folder).map((name) => join(this.folder, name))];
    const texts = [...new Set(paths)].map((path) => ({ path, ...readText(path) }));
    const known = JSON.stringify(texts);
    if (known === this.#known) return false;
    this.#known = known;
    this.#files = [];
    this.#descriptions = [];
    const owners = new Map<string, string>();
    for (const { path, text, trouble } of texts) {
      const { description, problems } =
        text === null
          ? { description: null, problems: [{ line: 1, path: "", message: trouble }] }
          : readDescription(text);
      const file: ProtocolFile = { path, name: basename(path), protocol: null, problems: [...problems] };
      const owner = description === null ? undefined : owners.get(description.protocol);
      if (description !== null && owner !== undefined) {
        const message = `"${owner}" describes the protocol "${description.protocol}" already; choose another name.`;
        file.problems.push({ line: 1, path: "protocol", message });
      } else if (description !== null) {
        owners.set(description.protocol, path);
        this.#descriptions.push(description);
        file.protocol = { name: description.protocol, title: description.title, on: placesOf(description) };
      }
      this.#files.push(file);
    }
    return true;
  }
}

function readText(path: string): { text: string | null; trouble: string } {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { text: null, trouble: "This is no file." };
    if (stat.size > LONGEST_FILE) return { text: null, trouble: "The file is larger than 1 MiB." };
    return { text: readFileSync(path, "utf8"), trouble: "" };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const trouble = code === "ENOENT" ? "There is no such file." : `The file cannot be read (${code}).`;
    return { text: null, trouble };
  }
}

/** "tcp.port 9100, udp.port 9100": what the protocol is called for. */
function placesOf({ on }: Description): string {
  return Object.entries(on)
    .flatMap(([table, values]) => {
      const hex = table === "ethertype";
      return (values ?? []).map(
        (value) => `${table} ${hex ? `0x${value.toString(16).padStart(4, "0")}` : value}`,
      );
    })
    .join(", ");
}

/** One problem of a file as a line: `meter.yaml:7: frame.length.counts: The length must count the payload.` */
export function problemLine(
  file: ProtocolFile,
  { line, path, message }: ProtocolFile["problems"][number],
): string {
  return `${file.path}:${line}: ${path === "" ? "" : `${path}: `}${message}`;
}
