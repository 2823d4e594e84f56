/**
 * Watches the file of an open capture for changes that other programs make: cut short, overwritten, appended to,
 * replaced or deleted. Frames whose bytes are gone are marked in the index, so that nothing shows another file's
 * bytes in their place.
 */
import { type BigIntStats, closeSync, fstatSync, openSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { Dissection } from "../dissect/dissection.ts";
import { isChain } from "../formats/data-file.ts";
import { PcapReader } from "../formats/pcap.ts";
import { PcapngReader } from "../formats/pcapng.ts";
import { FileSource } from "../formats/source.ts";
import type { FormatNotice, RecordReader } from "../formats/types.ts";
import type { Indexer } from "./indexer.ts";
import { FLAG_LOST } from "./lost.ts";

/** Milliseconds between two looks that requests cause. */
const LOOK_INTERVAL = 10;
/** Frames between two yields of a check. */
const STEPS = 1024;
/** Bytes read at a time while records are compared. */
const WINDOW = 1024 * 1024;
/** Frames looked at to tell whether a file that grew holds what it held. */
const SAMPLES = 32;

const count = (n: number): string => n.toLocaleString("en-US");

/** A file that is open in this process, whatever its path leads to now. */
export interface OpenFile {
  readonly descriptor: number;
  readonly dev: bigint;
  readonly ino: bigint;
}

const NO_FILE = { dev: 0n, ino: 0n, size: 0n, mtimeNs: 0n } as const;

export class CaptureWatch {
  readonly #indexer: Indexer;
  /** -1 for a chain of files: Tapline writes them itself, and nothing is looked for. */
  readonly #fd: number;
  /** Quoted, for messages. */
  readonly #name: string;
  /** True when Tapline itself writes the file: growth says nothing then. */
  readonly #ours: boolean;
  readonly #identity: { readonly dev: bigint; readonly ino: bigint };
  readonly #openedSize: number;
  #size: number;
  #modified: bigint;
  /** Size of the file when it had been indexed to its end; null before. */
  #indexedSize: number | null = null;
  #lastLook = 0;
  #check: Generator<number, void> | null = null;
  /** Frames compared by the check under way. */
  #checked = 0;
  #firstLost = 0;
  #inPlace: FormatNotice | null = null;
  #grown: FormatNotice | null = null;
  #elsewhere: FormatNotice | null = null;
  #closed = false;

  /**
   * @param ours true for a file that this program writes, as a live capture's
   * @throws the file system's error when the file cannot be opened
   */
  constructor(indexer: Indexer, ours: boolean) {
    const { capture } = indexer;
    this.#indexer = indexer;
    this.#ours = ours || capture.compression !== "none";
    const chained = isChain(indexer.dataPath);
    this.#name = chained ? "the files of the capture" : `"${basename(capture.path)}"`;
    this.#fd = chained ? -1 : openSync(indexer.dataPath, "r");
    this.#closed = chained;
    const stat = chained ? NO_FILE : fstatSync(this.#fd, { bigint: true });
    this.#identity = { dev: stat.dev, ino: stat.ino };
    this.#openedSize = Number(stat.size);
    this.#size = this.#openedSize;
    this.#modified = stat.mtimeNs;
  }

  /** The file the index is of; null for a chain of files. */
  get file(): OpenFile | null {
    if (this.#fd < 0) return null;
    return { descriptor: this.#fd, ...this.#identity };
  }

  /** True while the file is compared with the index after a change. */
  get checking(): boolean {
    return this.#check !== null;
  }

  /** The first frame whose bytes are gone; 0 when none are. */
  get firstLost(): number {
    return this.#firstLost;
  }

  /** What happened to the file, for the user. */
  notices(): FormatNotice[] {
    return [this.#inPlace, this.#grown, this.#elsewhere].filter((notice) => notice !== null);
  }

  /** Call when the index has reached the end of the file: growth from here on is told. */
  indexed(): void {
    this.#indexedSize = this.#size;
  }

  /** True when the frame's bytes are those that were indexed, as far as its record tells. */
  readable(frame: number): boolean {
    if (this.#check !== null && frame > this.#checked) return false;
    const { index } = this.#indexer;
    return (index.segment(frame).flags[index.slot(frame)] & FLAG_LOST) === 0;
  }

  /** True when fewer bytes of a dissected frame could be read than were indexed, whether a look told why or not. */
  cutShort(d: Dissection): boolean {
    const { index } = this.#indexer;
    return d.capLen < index.segment(d.frame).capLen[index.slot(d.frame)];
  }

  /** Why a frame's bytes cannot be shown, in one sentence. */
  reason(frame: number): string {
    return this.#check !== null && frame > this.#checked
      ? `${this.#name} has changed; whether it still holds frame ${frame} is being checked.`
      : `The bytes of frame ${frame} are no longer in ${this.#name}, which has changed since it was opened.`;
  }

  /**
   * Looks whether the file has changed.
   * @param path true to look whether the path still leads to the file, too
   * @returns true when there is something new: a notice, or a check to run with `check`
   */
  look(path: boolean): boolean {
    const now = performance.now();
    if (this.#closed || (!path && now - this.#lastLook < LOOK_INTERVAL)) return false;
    this.#lastLook = now;
    const moved = path && this.#lookAtPath();
    const stat = statOf(() => fstatSync(this.#fd, { bigint: true }));
    if (stat === undefined || this.#check !== null) return moved;
    const size = Number(stat.size);
    if (size === this.#size && stat.mtimeNs === this.#modified) return moved;
    const before = this.#size;
    this.#size = size;
    this.#modified = stat.mtimeNs;
    if (size >= before && this.#ours) return moved;
    if (size > before && this.#samplesHold()) {
      if (this.#indexedSize === null) return moved;
      const more = count(size - this.#indexedSize);
      this.#grown = notice(
        "note",
        `${this.#name} has grown by ${more} bytes since it was read. Reload it to see what was added.`,
      );
      return true;
    }
    this.#checked = 0;
    this.#check = this.#compare(size);
    return true;
  }

  /**
   * Goes on with a check for at most some milliseconds.
   * @returns true when there is more to check
   */
  check(milliseconds: number): boolean {
    const stop = performance.now() + milliseconds;
    while (this.#check !== null) {
      if (this.#check.next().done) this.#check = null;
      else if (performance.now() >= stop) return true;
    }
    return false;
  }

  close(): void {
    if (!this.#closed) closeSync(this.#fd);
    this.#closed = true;
    this.#check = null;
  }

  #lookAtPath(): boolean {
    const { path, compression } = this.#indexer.capture;
    if (this.#elsewhere !== null || compression !== "none") return false;
    const stat = statOf(() => statSync(path, { bigint: true, throwIfNoEntry: false }));
    if (stat !== undefined && stat.ino === this.#identity.ino && stat.dev === this.#identity.dev)
      return false;
    const what =
      stat === undefined
        ? "was deleted or moved since it was opened. Its packets can be looked at and saved until it is closed."
        : "was replaced by another file since it was opened: the packets shown are the old one's. " +
          "Reload it to see the new one's.";
    this.#elsewhere = notice("warning", `${this.#name} ${what}`);
    return true;
  }

  #reader(window: number): RecordReader {
    const source = new FileSource(this.#fd, window);
    return this.#indexer.capture.format === "pcap" ? new PcapReader(source) : new PcapngReader(source);
  }

  /** True when some frames all over the file are where they were. */
  #samplesHold(): boolean {
    const { index } = this.#indexer;
    if (index.count === 0) return true;
    const reader = this.#reader(64 * 1024);
    if (!reader.next() || !this.#is(1, reader)) return false;
    for (let sample = 1; sample <= SAMPLES; sample++) {
      const frame = Math.floor((index.count * sample) / SAMPLES);
      if (frame < 2) continue;
      const slot = index.slot(frame);
      const s = index.segment(frame);
      const { source } = reader;
      const ahead = s.offset[slot] - s.header[slot] - source.base - source.pos;
      if (ahead < 0) continue;
      source.skip(ahead);
      if (!reader.next() || !this.#is(frame, reader)) return false;
    }
    return true;
  }

  /** File offset behind the bytes of a frame. */
  #endOf(frame: number): number {
    const { index } = this.#indexer;
    const slot = index.slot(frame);
    const s = index.segment(frame);
    return s.offset[slot] + s.capLen[slot];
  }

  /** True when the reader stands on the record the frame was indexed from. */
  #is(frame: number, reader: RecordReader): boolean {
    const { index } = this.#indexer;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    return (
      s.offset[slot] === reader.dataOffset &&
      s.capLen[slot] === reader.capLen &&
      s.len[slot] === reader.len &&
      s.sec[slot] === reader.sec &&
      s.nsec[slot] === reader.nsec
    );
  }

  /** Compares the file's records with the index and marks the frames that are not in the file any more. */
  *#compare(size: number): Generator<number, void> {
    const { index } = this.#indexer;
    const reader = this.#reader(WINDOW);
    let frame = 1;
    let lost = 0;
    let firstLost = 0;
    /** The last frame that is there: what is lost behind it was cut off. */
    let lastKept = 0;
    const mark = (isThere: boolean): void => {
      const s = index.segment(frame);
      const slot = index.slot(frame);
      if (isThere) {
        s.flags[slot] &= ~FLAG_LOST;
        lastKept = frame;
      } else {
        s.flags[slot] |= FLAG_LOST;
        lost++;
        if (firstLost === 0) firstLost = frame;
      }
      this.#checked = frame++;
    };
    for (let records = 1; frame <= index.count && reader.next(); records++) {
      while (frame <= index.count && offsetOf(index, frame) < reader.dataOffset) mark(false);
      if (frame <= index.count && offsetOf(index, frame) === reader.dataOffset) mark(this.#is(frame, reader));
      if (records % STEPS === 0) yield frame / index.count;
    }
    while (frame <= index.count) {
      mark(false);
      if (frame % STEPS === 0) yield frame / index.count;
    }
    this.#firstLost = firstLost;
    this.#grown = null;
    const all = index.count;
    const kept = `${count(all - lost)} of ${count(all)} ${all === 1 ? "frame" : "frames"} can still be read`;
    const cutOff = lost === 0 ? size < this.#openedSize : this.#endOf(firstLost) > size;
    if (cutOff && lost === all - lastKept) {
      this.#inPlace = notice(
        "error",
        `${this.#name} has become shorter since it was opened: ${kept}. Reload it.`,
      );
    } else if (lost > 0) {
      this.#inPlace = notice(
        "error",
        `${this.#name} was overwritten since it was opened: ${kept}. Reload it.`,
      );
    } else {
      this.#inPlace = notice(
        "warning",
        `${this.#name} was written to since it was opened: its ${count(all)} frames are where they were, but may ` +
          "hold other bytes. Reload it.",
      );
    }
  }
}

function offsetOf(index: Indexer["index"], frame: number): number {
  return index.segment(frame).offset[index.slot(frame)];
}

function notice(severity: FormatNotice["severity"], message: string): FormatNotice {
  return { severity, offset: 0, message };
}

/** What the file system says; undefined when it cannot tell. */
function statOf(ask: () => BigIntStats | undefined): BigIntStats | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
