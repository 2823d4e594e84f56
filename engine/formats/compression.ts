import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { at, count } from "./bytes.ts";
import { identify } from "./identify.ts";
import { CaptureFileError, type FormatNotice } from "./types.ts";
import { ZstdStream } from "./zstd.ts";

/** How far unpacking has come, in bytes. */
export interface UnpackProgress {
  /** Compressed bytes read, of `total`. */
  readonly read: number;
  readonly total: number;
  /** Uncompressed bytes written. */
  readonly written: number;
}

export interface DecompressOptions {
  /** Stops unpacking and removes the temporary file. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every 64 KiB of compressed input. */
  readonly onProgress?: ((progress: UnpackProgress) => void) | undefined;
}

/** A compressed file on its way into a temporary one. */
export interface Decompression {
  readonly compression: "gzip" | "zstd";
  /** The temporary file, there from the start and growing; only this user may read it. */
  readonly path: string;
  /** Bytes written to it so far. */
  readonly written: number;
  /** Whether nothing more will be written. */
  readonly ended: boolean;
  /** How unpacking failed, if it did; what was unpacked before stays. */
  readonly notices: readonly FormatNotice[];
  /** Resolves when nothing more will be written; never rejects. */
  readonly done: Promise<void>;
  /** Resolves true when bytes were added since the last call, false when no more will come. */
  more(): Promise<boolean>;
  /** Stops, and removes the temporary file. May be called twice. */
  close(): void;
}

const CHUNK = 64 * 1024;
/** Longest time in ms that unpacking keeps the thread to itself. */
const SLICE = 8;

const temporary = new Set<string>();

function removeTemporary(): void {
  for (const directory of temporary) {
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // The process ends; nobody could be told.
    }
  }
}

/** Takes compressed bytes, hands out uncompressed ones. */
interface Unpacker {
  /** @throws Error when the data is corrupt */
  push(chunk: Uint8Array): Promise<void>;
  /** @throws Error when the data ends too early */
  finish(): Promise<void>;
  destroy(): void;
}

/**
 * Unpacks a gzip or zstd file into a temporary one, in the background and without blocking the thread.
 *
 * @throws {CaptureFileError} when the file is not compressed or no temporary file can be made;
 *   all later problems become notices
 */
export function decompressToFile(path: string, options: DecompressOptions = {}): Decompression {
  const compression = detect(path);
  let directory: string;
  let out: number;
  try {
    directory = mkdtempSync(join(tmpdir(), "tapline-"));
    if (temporary.size === 0) process.once("exit", removeTemporary);
    temporary.add(directory);
    out = openSync(join(directory, "capture"), "wx", 0o600);
  } catch (e) {
    throw new CaptureFileError(
      path,
      `"${path}" is compressed and must be unpacked, but ${tmpdir()} cannot be written to: ` +
        `${(e as Error).message}. Set TMPDIR to a directory that can.`,
    );
  }
  const notices: FormatNotice[] = [];
  let written = 0;
  let reported = 0;
  let ended = false;
  let cancelled = false;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const all = waiting;
    waiting = [];
    for (const resolve of all) resolve();
  };
  const write = (chunk: Uint8Array) => {
    if (cancelled) return;
    let done = 0;
    while (done < chunk.length) done += writeSync(out, chunk, done);
    written += chunk.length;
    wake();
  };

  const run = async () => {
    let unpacker: Unpacker | undefined;
    let read = 0;
    const file = await open(path, "r");
    try {
      const total = (await file.stat()).size;
      const buffer = new Uint8Array(CHUNK);
      while (!cancelled) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK, read);
        if (bytesRead === 0) break;
        const chunk = buffer.subarray(0, bytesRead);
        unpacker ??= compression === "gzip" ? gunzip(write) : unzstd(write, () => cancelled);
        await unpacker.push(chunk);
        read += bytesRead;
        options.onProgress?.({ read, total, written });
      }
      if (!cancelled) await unpacker?.finish();
    } catch (e) {
      if (!cancelled)
        notices.push({ severity: "error", offset: read, message: reason(e as Error, read, written) });
    } finally {
      unpacker?.destroy();
      await file.close();
    }
  };

  const signal = options.signal;
  const close = () => {
    cancelled = true;
    signal?.removeEventListener("abort", close);
    if (!temporary.has(directory)) return;
    wake();
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // Windows removes no file that is open: it goes when unpacking has ended, or with the process.
      return;
    }
    temporary.delete(directory);
    if (temporary.size === 0) process.removeListener("exit", removeTemporary);
  };
  if (signal?.aborted) close();
  else signal?.addEventListener("abort", close);

  const start = async () => {
    try {
      await run();
    } catch (e) {
      notices.push({ severity: "error", offset: 0, message: `It cannot be read: ${(e as Error).message}.` });
    }
    ended = true;
    closeSync(out);
    signal?.removeEventListener("abort", close);
    if (cancelled) close();
    wake();
  };

  return {
    compression,
    path: join(directory, "capture"),
    done: start(),
    notices,
    get written() {
      return written;
    },
    get ended() {
      return ended;
    },
    async more() {
      while (written === reported && !ended && !cancelled) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      const added = written > reported && !cancelled;
      reported = written;
      return added;
    },
    close,
  };
}

function detect(path: string): "gzip" | "zstd" {
  const head = new Uint8Array(4);
  try {
    const fd = openSync(path, "r");
    try {
      readSync(fd, head, 0, head.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch (e) {
    throw new CaptureFileError(path, `"${path}" cannot be read: ${(e as Error).message}.`);
  }
  const kind = identify(head);
  if (kind === "gzip" || kind === "zstd") return kind;
  throw new CaptureFileError(path, `"${path}" is not compressed with gzip or zstd.`);
}

function reason(e: Error, read: number, written: number): string {
  const code = (e as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return (
      `There is no space left in ${tmpdir()} to unpack the file: ${count(written, "byte")} were unpacked. ` +
      "Free some space or set TMPDIR to a directory that has more."
    );
  }
  const early = code === "Z_BUF_ERROR" || code === "EARLY";
  const what = early ? "ends too early" : `is damaged (${e.message})`;
  return (
    `The compressed data ${what} near ${at(read)}: ${count(written, "byte")} could be unpacked and are kept, ` +
    "what follows is lost."
  );
}

function gunzip(write: (chunk: Uint8Array) => void): Unpacker {
  const stream = createGunzip({ chunkSize: CHUNK });
  let failure: Error | undefined;
  let rejectNow: ((e: Error) => void) | undefined;
  const fail = (e: Error) => {
    failure ??= e;
    rejectNow?.(e);
  };
  stream.on("error", fail);
  stream.on("data", (chunk: Uint8Array) => {
    try {
      if (!failure) write(chunk);
    } catch (e) {
      fail(e as Error);
    }
  });
  const settle = (start: (resolve: () => void) => void) =>
    new Promise<void>((resolve, reject) => {
      if (failure) return reject(failure);
      rejectNow = reject;
      start(resolve);
    });
  return {
    // Small pieces: what a piece holds before the place of damage is lost with it.
    async push(chunk) {
      for (let p = 0; p < chunk.length; p += 4096) {
        const piece = chunk.slice(p, p + 4096);
        await settle((resolve) => stream.write(piece, () => resolve()));
      }
    },
    finish: () =>
      settle((resolve) => {
        stream.once("end", () => resolve());
        stream.end();
      }),
    destroy: () => stream.destroy(),
  };
}

function unzstd(write: (chunk: Uint8Array) => void, cancelled: () => boolean): Unpacker {
  const stream = new ZstdStream(write);
  return {
    async push(chunk) {
      stream.add(chunk);
      let until = performance.now() + SLICE;
      while (!cancelled() && stream.step()) {
        if (performance.now() < until) continue;
        await new Promise((resolve) => setImmediate(resolve));
        until = performance.now() + SLICE;
      }
    },
    async finish() {
      if (!stream.atEnd()) throw Object.assign(new Error("unexpected end"), { code: "EARLY" });
    },
    destroy: () => {},
  };
}
