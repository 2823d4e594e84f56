import { realpathSync, renameSync, rmSync, type Stats, statfsSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createGzip, type Gzip } from "node:zlib";
import { count } from "./bytes.ts";
import { type DataFile, isChain, openData } from "./data-file.ts";
import { type OpenCapture, openCapture } from "./open.ts";
import { PcapngReader } from "./pcapng.ts";
import { CaptureFileError, type CaptureInterface, type Format, RECORD_HAS_COMMENT } from "./types.ts";
import { CaptureWriter, WriterError } from "./writer.ts";

/** Which frames are saved: all, those with these numbers (1-based, in any order), or those it is true for. */
export type FrameSelection = "all" | Iterable<number> | ((frame: number) => boolean);

export interface SaveProgress {
  /** Bytes of the source handled, of `total`. */
  readonly done: number;
  readonly total: number;
}

export interface SaveOptions {
  /** Path of the capture to save from, plain or compressed. */
  readonly source: string;
  /** What messages call the source; its path when left out. */
  readonly name?: string | undefined;
  /** Frames the source is known to have; with fewer nothing is saved. */
  readonly least?: number | undefined;
  /** Path to save to; may be the source itself. */
  readonly output: string;
  readonly format: Format;
  readonly frames?: FrameSelection | undefined;
  /**
   * Digits of the second in a pcap output, or in a pcapng output made from pcap. Left out: those of the
   * source, 9 where an interface is finer than microseconds. A pcapng saved as pcapng keeps its own.
   */
  readonly precision?: 6 | 9 | undefined;
  readonly compress?: "none" | "gzip" | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SaveProgress) => void) | undefined;
}

export interface SaveResult {
  /** Frames written. */
  readonly frames: number;
  /** Size of the file written, in bytes. */
  readonly bytes: number;
  /** What the chosen format could not hold, and what is damaged in the source: one sentence each. */
  readonly notes: readonly string[];
}

/** Why a capture was not saved. The target is untouched; the message says what to do. */
export class SaveError extends Error {
  override readonly name = "SaveError";
  readonly code: "cancelled" | "no-space" | "not-representable" | "source" | "target";
  readonly path: string;
  constructor(code: SaveError["code"], path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

/** Records handled between two looks at the clock, and ms after which other work gets its turn. */
const BATCH = 1024;
const SLICE = 10;
const COPY = 1024 * 1024;

/** What is known after the first walk over the source. */
interface Plan {
  readonly keep: (frame: number) => boolean;
  readonly all: boolean;
  frames: number;
  dropped: number;
  comments: number;
  /** Bytes of the kept packets. */
  packetBytes: number;
  lastFrame: number;
  /** Interfaces of the kept frames. */
  used: Set<number>;
  /** End of the last whole record or block. */
  end: number;
}

/**
 * Saves frames of a capture into a new file, all or nothing: it is written beside the target, flushed to the
 * disk and renamed over it at the end. A capture that is open keeps reading its old file.
 *
 * Same format in and out copies the records byte for byte: all frames saved give the very same file, and a
 * pcapng keeps all its other blocks and options. Writing straight into a device or pipe is possible.
 *
 * @throws {SaveError} whatever goes wrong: cancelled, no space, link types that pcap cannot mix, …
 */
export async function saveCapture(options: SaveOptions): Promise<SaveResult> {
  let capture: OpenCapture;
  try {
    capture = await openCapture(options.source, { signal: options.signal });
  } catch (e) {
    if (options.signal?.aborted) throw cancelled(options);
    throw new SaveError("source", options.source, (e as Error).message);
  }
  try {
    return await save(capture, options);
  } finally {
    capture.close();
  }
}

async function save(capture: OpenCapture, options: SaveOptions): Promise<SaveResult> {
  const { reader } = capture;
  const before = stateOf(capture);
  const plan = await survey(capture, options);
  const info = capture.info();
  const precision = options.precision ?? finest(info.interfaces, plan.used);
  const sameFormat = capture.format === options.format;
  const copy =
    sameFormat &&
    (options.format === "pcapng" || precision === (reader.interfaces[0]?.tsresol === 9 ? 9 : 6));
  const notes = capture.notices().map((notice) => notice.message);
  if (options.format === "pcap" && capture.format === "pcapng") {
    checkLinkTypes(info.interfaces, plan.used, options);
    if (plan.comments > 0) {
      notes.push(
        `pcap holds no comments: those of ${count(plan.comments, "packet")} are not in the saved file.`,
      );
    }
  }
  const total = capture.reader.source.size();
  const needed =
    copy && plan.all ? total : copy ? plan.end - plan.dropped : plan.packetBytes + 36 * plan.frames + 512;

  const target = makeTarget(options);
  let sink: Sink | undefined;
  try {
    sink = await Sink.open(target, options.compress === "gzip");
    if (copy) await copyRecords(capture, plan, options, sink);
    else await convertRecords(capture, plan, options, precision, sink);
    if (overwrittenSince(before, stateOf(capture))) {
      throw new SaveError(
        "source",
        options.source,
        `"${options.name ?? options.source}" was changed by another program while it was saved. Reload it and save ` +
          "again; nothing was changed.",
      );
    }
    const bytes = await sink.finish(options);
    if (options.signal?.aborted) throw cancelled(options);
    if (target.temporary) renameSync(target.write, target.final);
    return { frames: plan.frames, bytes, notes };
  } catch (e) {
    await sink?.abort();
    if (target.temporary) rmSync(target.write, { force: true });
    throw asSaveError(e as Error, options, target, needed);
  }
}

/** Walks the source once: counts what is kept and sums up what the output needs. */
async function survey(capture: OpenCapture, options: SaveOptions): Promise<Plan> {
  const { reader } = capture;
  const all = options.frames === undefined || options.frames === "all";
  const plan: Plan = {
    keep: selection(options.frames),
    all,
    frames: 0,
    dropped: 0,
    comments: 0,
    packetBytes: 0,
    lastFrame: 0,
    used: new Set(),
    end: 0,
  };
  const turn = new Turns(options, reader.source.size());
  for (;;) {
    while (reader.next()) {
      const frame = ++plan.lastFrame;
      if (plan.keep(frame)) {
        plan.frames++;
        plan.packetBytes += reader.capLen;
        plan.used.add(reader.iface);
        if ((reader.flags & RECORD_HAS_COMMENT) !== 0) plan.comments++;
      } else plan.dropped += reader.recordLength;
      if (frame % BATCH === 0) await turn.maybe(reader.recordOffset / 2);
    }
    if (!(await capture.more())) break;
    if (options.signal?.aborted) throw cancelled(options);
  }
  if (options.signal?.aborted) throw cancelled(options);
  if (plan.lastFrame < (options.least ?? 0)) throw shorter(options, plan.lastFrame + 1);
  plan.end = reader.source.base + reader.source.pos;
  reader.finish();
  return plan;
}

function selection(frames: FrameSelection | undefined): (frame: number) => boolean {
  if (frames === undefined || frames === "all") return () => true;
  if (typeof frames === "function") return frames;
  let bits = new Uint8Array(1024);
  for (const frame of frames) {
    if (!Number.isInteger(frame) || frame < 1) continue;
    const byte = Math.floor(frame / 8);
    if (byte >= bits.length) {
      const more = new Uint8Array(Math.max(byte + 1, bits.length * 2));
      more.set(bits);
      bits = more;
    }
    bits[byte]! |= 1 << (frame % 8);
  }
  return (frame) => ((bits[Math.floor(frame / 8)] ?? 0) & (1 << (frame % 8))) !== 0;
}

/** 9 when one of the interfaces used has times that are no whole microseconds (10^6 is divisible by 2^6). */
function finest(interfaces: readonly CaptureInterface[], used: ReadonlySet<number>): 6 | 9 {
  const fine = (tsresol: number) => (tsresol & 0x80 ? (tsresol & 0x7f) > 6 : tsresol > 6);
  const relevant = interfaces.filter((iface) => used.size === 0 || used.has(iface.id));
  return relevant.some((iface) => fine(iface.tsresol)) ? 9 : 6;
}

function checkLinkTypes(
  interfaces: readonly CaptureInterface[],
  used: ReadonlySet<number>,
  options: SaveOptions,
): void {
  const types = new Set([...used].map((id) => interfaces[id]!.linkType));
  if (types.size < 2) return;
  throw new SaveError(
    "not-representable",
    options.output,
    `The frames have ${types.size} link types (${[...types].join(", ")}), and a pcap file holds one. ` +
      "Save as pcapng, or save the frames of one interface at a time.",
  );
}

/** Copies the source leaving out the records that are not kept. */
async function copyRecords(
  capture: OpenCapture,
  plan: Plan,
  options: SaveOptions,
  sink: Sink,
): Promise<void> {
  const sections =
    plan.dropped > 0 && capture.reader instanceof PcapngReader ? capture.reader.sectionOffsets : [];
  const total = capture.reader.source.size();
  const copier = new RangeCopier(options, capture.dataPath, sections, sink, total);
  try {
    if (plan.all) {
      await copier.copy(0, total);
      await copier.flush();
      return;
    }
    const { reader } = await openCapture(capture.dataPath);
    try {
      let from = 0;
      for (let frame = 1; frame <= plan.lastFrame && reader.next(); frame++) {
        if (plan.keep(frame)) continue;
        if (reader.recordOffset > from) await copier.copy(from, reader.recordOffset);
        from = reader.recordOffset + reader.recordLength;
      }
      await copier.copy(from, plan.end);
      await copier.flush();
    } finally {
      reader.source.close();
    }
  } finally {
    copier.close();
  }
}

/**
 * Copies ranges of a file in large pieces. Section headers at the offsets `sections` get the section length
 * "not known" (all ones, pcapng 4.1), since records left out make a stated one wrong.
 */
class RangeCopier {
  private readonly options: SaveOptions;
  private readonly file: DataFile;
  private readonly sections: readonly number[];
  private readonly sink: Sink;
  private readonly total: number;
  private readonly buffer = new Uint8Array(COPY);
  private fill = 0;

  constructor(options: SaveOptions, path: string, sections: readonly number[], sink: Sink, total: number) {
    this.options = options;
    this.file = openData(path);
    this.sections = sections;
    this.sink = sink;
    this.total = total;
  }

  /** Appends the file's bytes [from, to). */
  async copy(from: number, to: number): Promise<void> {
    const { buffer } = this;
    let p = from;
    while (p < to) {
      const got = this.file.read(buffer, this.fill, Math.min(buffer.length - this.fill, to - p), p);
      if (got === 0) {
        throw shorter(this.options, null);
      }
      for (const section of this.sections) {
        const start = Math.max(section + 16, p);
        const end = Math.min(section + 24, p + got);
        if (start < end) buffer.fill(0xff, this.fill + start - p, this.fill + end - p);
      }
      p += got;
      this.fill += got;
      if (this.fill < buffer.length) continue;
      await this.flush();
      this.options.onProgress?.({ done: (this.total + p) / 2, total: this.total });
      if (this.options.signal?.aborted) throw cancelled(this.options);
    }
  }

  async flush(): Promise<void> {
    await this.sink.write(this.buffer.subarray(0, this.fill));
    this.fill = 0;
  }

  close(): void {
    this.file.close();
  }
}

/** Reads every kept record and writes it in the other format or resolution. */
async function convertRecords(
  capture: OpenCapture,
  plan: Plan,
  options: SaveOptions,
  precision: 6 | 9,
  sink: Sink,
): Promise<void> {
  const { reader } = await openCapture(capture.dataPath);
  try {
    const pending: Uint8Array[] = [];
    const writer = new CaptureWriter((chunk) => pending.push(chunk.slice()), {
      format: options.format,
      application: "Tapline",
    });
    const { interfaces } = capture.reader;
    const first = plan.used.size > 0 ? Math.min(...plan.used) : 0;
    const iface = interfaces[first];
    const snapLens = interfaces.filter((i) => plan.used.has(i.id)).map((i) => i.snapLen);
    writer.addInterface({
      linkType: iface?.linkType ?? 1,
      snapLen: snapLens.includes(0) ? 0 : Math.max(iface?.snapLen ?? 0, ...snapLens),
      tsresol: precision,
      fcsLen: iface?.fcsLen,
    });
    const turn = new Turns(options, reader.source.size());
    let frame = 0;
    while (frame < plan.lastFrame && reader.next()) {
      frame++;
      if (plan.keep(frame)) {
        const packet = reader.source.buf.subarray(reader.dataPos, reader.dataPos + reader.capLen);
        writer.writePacket(packet, reader.sec, reader.nsec, reader.len);
        while (pending.length > 0) await sink.write(pending.shift()!);
      }
      if (frame % BATCH === 0) await turn.maybe((reader.source.size() + reader.recordOffset) / 2);
    }
    if (frame < plan.lastFrame) throw shorter(options, frame + 1);
    writer.close();
    while (pending.length > 0) await sink.write(pending.shift()!);
  } finally {
    reader.source.close();
  }
}

/** Gives other work its turn, reports progress, notices that it was cancelled. */
class Turns {
  private until = performance.now() + SLICE;
  private readonly options: SaveOptions;
  private readonly total: number;

  constructor(options: SaveOptions, total: number) {
    this.options = options;
    this.total = total;
  }

  async maybe(done: number): Promise<void> {
    if (performance.now() < this.until) return;
    this.options.onProgress?.({ done: Math.min(done, this.total), total: this.total });
    await new Promise((resolve) => setImmediate(resolve));
    if (this.options.signal?.aborted) throw cancelled(this.options);
    this.until = performance.now() + SLICE;
  }
}

interface Target {
  /** What is opened for writing. */
  readonly write: string;
  /** What it is renamed to. */
  readonly final: string;
  readonly temporary: boolean;
  readonly mode: number;
}

/** A device or pipe is written to directly; a link is followed, so that it stays a link. */
function makeTarget(options: SaveOptions): Target {
  let final = options.output;
  let stats: Stats | undefined;
  try {
    final = realpathSync(options.output);
    stats = statSync(final);
  } catch {
    // There is nothing yet; what is wrong with the folder shows when the file is created.
  }
  if (stats?.isDirectory()) {
    throw new SaveError("target", final, `"${options.output}" is a directory: name a file in it.`);
  }
  if (stats && !stats.isFile()) return { write: final, final, temporary: false, mode: 0 };
  const unique = `${process.pid}-${Math.random().toString(36).slice(2, 10)}`;
  const write = join(dirname(final), `.${basename(final).slice(0, 200)}.${unique}.part`);
  return { write, final, temporary: true, mode: stats ? stats.mode & 0o777 : 0o666 };
}

/** The file being written, through gzip if asked. */
class Sink {
  private readonly file: FileHandle;
  private readonly sync: boolean;
  private readonly gzip: Gzip | undefined;
  private readonly compressed: Promise<void> | undefined;
  private failure: Error | undefined;
  private size = 0;
  private open = true;
  private syncing = false;

  static async open(target: Target, gzip: boolean): Promise<Sink> {
    const file = await open(target.write, target.temporary ? "wx" : "w", target.mode);
    return new Sink(file, target.temporary, gzip);
  }

  private constructor(file: FileHandle, sync: boolean, gzip: boolean) {
    this.file = file;
    this.sync = sync;
    if (!gzip) return;
    const stream = createGzip({ chunkSize: 256 * 1024 });
    this.gzip = stream;
    this.compressed = this.drain(stream).catch((e: Error) => {
      this.failure = e;
      stream.destroy();
    });
  }

  /** Writes `chunk`, which may be changed once the promise has resolved. */
  async write(chunk: Uint8Array): Promise<void> {
    const { gzip } = this;
    if (!gzip) return this.put(chunk);
    const written = new Promise<void>((resolve) => gzip.write(chunk, () => resolve()));
    await Promise.race([written, this.compressed]);
    if (this.failure) throw this.failure;
  }

  /** Completes the file and brings it to the disk; returns its size in bytes. */
  async finish(options: SaveOptions): Promise<number> {
    this.gzip?.end();
    await this.compressed;
    if (this.failure) throw this.failure;
    if (this.sync) {
      // Bringing gigabytes to the disk takes its time and cannot be stopped, but need not be waited for.
      this.syncing = true;
      await unlessAborted(this.file.sync(), options);
      this.syncing = false;
    }
    this.open = false;
    await this.file.close();
    return this.size;
  }

  /** Gives up; never throws. */
  async abort(): Promise<void> {
    this.gzip?.destroy();
    await this.compressed;
    if (!this.open) return;
    this.open = false;
    const closed = this.file.close().catch(() => {});
    if (!this.syncing) await closed;
  }

  private async drain(gzip: Gzip): Promise<void> {
    for await (const chunk of gzip) await this.put(chunk as Uint8Array);
  }

  private async put(chunk: Uint8Array): Promise<void> {
    let done = 0;
    while (done < chunk.length) {
      const { bytesWritten } = await this.file.write(chunk, done, chunk.length - done);
      done += bytesWritten;
    }
    this.size += chunk.length;
  }
}

/** Waits for `work`, but not beyond the moment the saving is cancelled. */
async function unlessAborted(work: Promise<void>, options: SaveOptions): Promise<void> {
  const { signal } = options;
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const aborted = new Promise<void>((_, reject) => {
    stop = () => reject(cancelled(options));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
  work.catch(() => {});
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

interface FileState {
  readonly size: number;
  readonly modified: number;
}

/** What tells whether another program wrote to the file; null when that cannot be told. */
function stateOf(capture: OpenCapture): FileState | null {
  const isFile = capture.compression === "none" && !isChain(capture.path);
  const stats = isFile ? statSync(capture.path, { throwIfNoEntry: false }) : undefined;
  return stats === undefined ? null : { size: stats.size, modified: stats.mtimeMs };
}

/** A file that only grew holds what it held. */
function overwrittenSince(before: FileState | null, now: FileState | null): boolean {
  return before !== null && now !== null && now.modified !== before.modified && now.size <= before.size;
}

function shorter(options: SaveOptions, frame: number | null): SaveError {
  const name = options.name ?? options.source;
  const what =
    frame === null
      ? "it became shorter while it was saved"
      : `frame ${frame} cannot be read from it any more`;
  return new SaveError(
    "source",
    options.source,
    `"${name}" is not complete: ${what}. Reload it and save what is left; nothing was changed.`,
  );
}

function cancelled(options: SaveOptions): SaveError {
  return new SaveError(
    "cancelled",
    options.output,
    `Saving "${options.output}" was cancelled; nothing was changed.`,
  );
}

function asSaveError(e: Error, options: SaveOptions, target: Target, needed: number): SaveError {
  if (e instanceof SaveError) return e;
  const { output } = options;
  if (e instanceof CaptureFileError) return new SaveError("source", options.source, e.message);
  if (e instanceof WriterError) return new SaveError("not-representable", output, e.message);
  const code = (e as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    const most = options.compress === "gzip" ? "up to " : "";
    return new SaveError(
      "no-space",
      output,
      `There is not enough space for "${output}": it needs ${most}${count(needed, "byte")}${free(target)}. ` +
        "Free some space or save to another disk; nothing was changed.",
    );
  }
  if (code === "ENOENT") {
    return new SaveError("target", output, `"${output}" cannot be written: its folder does not exist.`);
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new SaveError(
      "target",
      output,
      `"${output}" may not be written by this user: save to another folder.`,
    );
  }
  return new SaveError("target", output, `"${output}" cannot be written: ${e.message}.`);
}

function free(target: Target): string {
  if (!target.temporary) return "";
  try {
    const stats = statfsSync(dirname(target.final));
    return `, and ${count(stats.bavail * stats.bsize, "byte")} are free`;
  } catch {
    return "";
  }
}
