/**
 * The files of a capture that writes several, and the lists (see `formats/data-file.ts`) of those that are shown.
 *
 * A window shows what the files hold that are there. When files leave the ring, or the packets become too many, the
 * list of packets begins anew with the newest files, so that memory stays as it is however long the capture runs.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import type { CaptureFileEvent, Compressed, SpoolKeeper } from "../capture/index.ts";
import { chainLine, chainPath } from "../formats/data-file.ts";

/** Packets shown from which on the list begins anew with the newest files, if there are several. */
export const SHOWN_LIMIT = 4_000_000;

interface RingFile {
  readonly path: string;
  /** Number of the file in the capture, from 1. */
  readonly number: number;
  /** As they were told last; final once another file was begun. */
  packets: number;
  bytes: number;
  /** Where it lies now, and bytes there, once it was compressed. */
  compressed?: { readonly path: string; readonly bytes: number };
}

/** Files that follow each other, opened as one capture. */
export interface FileChain {
  /** What a decoder opens. */
  readonly path: string;
  /** Numbers of the first and the last file in it. */
  readonly first: number;
  last: number;
  /** Packets of the capture before the first file. */
  readonly before: number;
  /** Bytes of the files before the last. */
  bytes: number;
}

export class Ring {
  readonly #keeper: SpoolKeeper;
  readonly #nameList: () => string;
  /** Files there are, oldest first. */
  readonly #files: RingFile[] = [];
  /** Chains in use, with their spools' names. */
  readonly #chains = new Map<FileChain, string>();
  #begun = 0;
  /** Packets of files that were removed. */
  #removed = 0;

  /**
   * @param keeper notes down the lists, so that they are cleared away after a crash
   * @param nameList answers a new name for a list's place among the spools
   */
  constructor(keeper: SpoolKeeper, nameList: () => string) {
    this.#keeper = keeper;
    this.#nameList = nameList;
  }

  /** Files begun so far, files there are. */
  get counts(): { written: number; kept: number } {
    return { written: this.#begun, kept: this.#files.length };
  }

  /** The file begun last, and bytes of the files before it; null before the first. */
  get onDisk(): { path: string; before: number } | null {
    const last = this.#files.at(-1);
    if (last === undefined) return null;
    const before = this.#files.slice(0, -1).reduce((sum, file) => sum + (file.compressed ?? file).bytes, 0);
    return { path: (last.compressed ?? last).path, before };
  }

  /** Bytes of packets in the files there are, as they were told last. */
  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** Takes note of what happened to a file; chains in use grow by one that is begun. */
  take({ path, packets, bytes, state }: CaptureFileEvent): void {
    const known = this.#files.findIndex((file) => file.path === path);
    if (state === "begun") {
      if (known >= 0) return;
      const file = { path, number: ++this.#begun, packets, bytes };
      const before = this.#files.at(-1);
      this.#files.push(file);
      for (const chain of this.#chains.keys()) {
        if (before === undefined || chain.last !== before.number) continue;
        chain.bytes += before.bytes;
        appendFileSync(this.#listOf(chain), chainLine(chain.bytes, path));
        chain.last = file.number;
      }
      return;
    }
    const file = this.#files[known];
    if (file === undefined) return;
    file.packets = packets;
    file.bytes = bytes;
    if (state === "removed") {
      this.#files.splice(known, 1);
      this.#removed += packets;
    }
  }

  /** Takes note of a file that was compressed; chains go on with it as before. */
  compressed({ from, path, bytes }: Compressed): void {
    const file = this.#files.find((each) => each.path === from);
    if (file !== undefined) file.compressed = { path, bytes };
  }

  /** True when a file of the chain is gone. */
  hasGaps(chain: FileChain): boolean {
    return (this.#files[0]?.number ?? this.#begun) > chain.first;
  }

  /**
   * Makes a chain of the newest files; of the last one at least.
   * @param leaveOut files at the beginning that do not belong to it
   * @param most packets of it, where that leaves more than one file
   * @throws the system's error when its list cannot be written
   */
  chain(leaveOut = 0, most = Number.POSITIVE_INFINITY): FileChain {
    const files = this.#files;
    let start = Math.min(leaveOut, Math.max(0, files.length - 1));
    let packets = files.slice(start).reduce((sum, file) => sum + file.packets, 0);
    while (start < files.length - 1 && packets > most) packets -= files[start++]?.packets ?? 0;
    let before = this.#removed;
    for (const file of files.slice(0, start)) before += file.packets;
    const chosen = files.slice(start);
    const spool = this.#nameList();
    let bytes = 0;
    const lines = chosen.map((file, i) => {
      bytes += i === 0 ? 0 : (chosen[i - 1]?.bytes ?? 0);
      return chainLine(bytes, file.path);
    });
    this.#keeper.begin(spool, []);
    const list = this.#keeper.listOf(spool);
    writeFileSync(list, lines.join(""), { mode: 0o600, flag: "wx" });
    const chain = {
      path: chainPath(list),
      first: chosen[0]?.number ?? 1,
      last: chosen.at(-1)?.number ?? 1,
      before,
      bytes,
    };
    this.#chains.set(chain, spool);
    return chain;
  }

  /** Lets go of a chain that nothing reads any more. */
  drop(chain: FileChain): void {
    const spool = this.#chains.get(chain);
    if (spool !== undefined) this.#keeper.remove(spool);
    this.#chains.delete(chain);
  }

  /** Lets go of everything; the files themselves stay. */
  end(): void {
    for (const chain of [...this.#chains.keys()]) this.drop(chain);
  }

  #listOf(chain: FileChain): string {
    return this.#keeper.listOf(this.#chains.get(chain) ?? "");
  }
}
