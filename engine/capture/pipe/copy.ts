/** Copies a capture that comes through a stream into a spool file, and reports as a driver does. */
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import type {
  CaptureCallbacks,
  CaptureEnd,
  CaptureError,
  CaptureStats,
  EndReason,
  StartOptions,
} from "../driver.ts";
import { NO_STATS } from "../driver.ts";
import { CaptureFeed, FeedError } from "./feed.ts";

/** Milliseconds between two reports of growth, and between two of the counters. */
const DATA_INTERVAL = 40;
const STATS_INTERVAL = 500;

export interface CopyRequest {
  readonly options: StartOptions;
  readonly callbacks: CaptureCallbacks;
  /** What an interface without a name of its own is called. */
  readonly name: string;
  /** What the source is called at the beginning of a message: "Standard input". */
  readonly title: string;
  readonly filter: string;
  readonly caveats: readonly string[];
}

/** How copying ended; the caller tells `onEnd`, as it may know better why. */
export type CopyEnd = CaptureEnd & {
  /** True when nothing of a capture came. */
  readonly empty: boolean;
};

export class SpoolCopy {
  readonly #request: CopyRequest;
  readonly #feed: CaptureFeed;
  #file: FileHandle | null = null;
  #input: Readable | null = null;
  #reason: EndReason | null = null;
  #error: CaptureError | null = null;
  /** When the first interface was known, by `performance.now()`; null before. */
  #began: number | null = null;
  /** Bytes and packets in the file. */
  #fileBytes = 0;
  #filePackets = 0;
  #lastData = 0;
  #dataTimer: NodeJS.Timeout | null = null;
  #statsTimer: NodeJS.Timeout | null = null;
  #endTimer: NodeJS.Timeout | null = null;

  constructor(request: CopyRequest) {
    this.#request = request;
    const { packets, bytes } = request.options.stopAfter ?? {};
    // As the helper counts: kilobytes that were begun.
    const limit = bytes === undefined ? undefined : Math.ceil(bytes / 1000) * 1000;
    this.#feed = new CaptureFeed(request.name, request.title, { packets, bytes: limit });
  }

  /**
   * Reads to the end of the stream, to a condition, to `end` or to an error; the stream is destroyed then. Reads no
   * faster than the disk takes it.
   * @param input null when `end` was called because there is none
   */
  async run(input: Readable | null): Promise<CopyEnd> {
    this.#input = input;
    try {
      if (this.#reason === null && input !== null) await this.#copy(input);
    } catch (error) {
      // Destroying the stream ends the walk over it with an error.
      if (this.#reason === null) this.#fail(error);
    } finally {
      input?.destroy();
      for (const timer of [this.#dataTimer, this.#endTimer]) if (timer !== null) clearTimeout(timer);
      if (this.#statsTimer !== null) clearInterval(this.#statsTimer);
      await this.#close();
    }
    return {
      reason: this.#reason ?? "source-ended",
      error: this.#error,
      stats: this.#began === null ? NO_STATS : this.#stats(),
      started: this.#began !== null,
      empty: this.#feed.received === 0,
    };
  }

  /** Ends it: what has come is kept. */
  end(reason: EndReason, error: CaptureError | null = null): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#error = error;
    this.#input?.destroy();
  }

  async #copy(input: Readable): Promise<void> {
    for await (const chunk of input) {
      if (this.#reason !== null) return;
      let blocks: Uint8Array[];
      try {
        blocks = this.#feed.push(chunk as Buffer);
      } catch (error) {
        await this.#write(this.#feed.salvaged());
        throw error;
      }
      await this.#write(blocks);
      if (this.#feed.full !== null && this.#reason === null) this.#reason = this.#feed.full;
      if (this.#reason !== null) return;
    }
    if (this.#reason !== null) return;
    this.#reason = "source-ended";
    const tooShort = this.#feed.tooShort();
    if (tooShort !== null) this.#error = { code: "source", message: tooShort };
    else if (this.#feed.left > 0) {
      const message = `${this.#request.title} ended in the middle of a packet: its last ${this.#feed.left} bytes are left out.`;
      this.#request.callbacks.onNotice({ code: "cut-short", message });
    }
    if (tooShort !== null) this.#reason = "error";
  }

  async #write(blocks: readonly Uint8Array[]): Promise<void> {
    if (blocks.length > 0) {
      const { file, exclusive } = this.#request.options;
      this.#file ??= await open(file, exclusive ? "wx" : "w", 0o600);
      for (const block of blocks) {
        for (let done = 0; done < block.length; ) {
          const { bytesWritten } = await this.#file.write(block, done);
          done += bytesWritten;
        }
        this.#fileBytes += block.length;
      }
      this.#filePackets = this.#feed.packets;
    }
    if (this.#feed.interfaces.length === 0) return;
    if (this.#began === null) this.#begin();
    else this.#tellData();
  }

  #begin(): void {
    this.#began = performance.now();
    const { options, callbacks, caveats, filter } = this.#request;
    const { file, stopAfter } = options;
    callbacks.onStarted({
      file,
      interfaces: this.#feed.interfaces.map(({ name, linkType, snapLen, precision }, id) => ({
        id,
        name,
        linkType,
        snapLen,
        precision,
        promiscuous: false,
        monitor: false,
        bufferKiB: 0,
        filter,
      })),
      caveats,
    });
    callbacks.onFile?.({ path: file, packets: 0, bytes: this.#fileBytes, state: "begun" });
    this.#statsTimer = setInterval(() => callbacks.onStats(this.#stats()), STATS_INTERVAL);
    if (stopAfter?.seconds !== undefined)
      this.#endTimer = setTimeout(
        () => this.end("duration"),
        Math.min(stopAfter.seconds * 1000, 2 ** 31 - 1),
      );
    this.#tellData();
  }

  #tellData(): void {
    if (this.#dataTimer !== null) return;
    const wait = Math.max(0, this.#lastData + DATA_INTERVAL - performance.now());
    this.#dataTimer = setTimeout(() => {
      this.#dataTimer = null;
      this.#lastData = performance.now();
      this.#request.callbacks.onData({ fileBytes: this.#fileBytes, filePackets: this.#filePackets });
    }, wait);
  }

  #stats(): CaptureStats {
    return {
      elapsedMs: Math.round(performance.now() - (this.#began ?? 0)),
      packets: this.#feed.packets,
      bytes: this.#feed.bytes,
      fileBytes: this.#fileBytes,
      filePackets: this.#filePackets,
      received: null,
      kernelDropped: null,
      interfaceDropped: null,
      interfaces: this.#feed.interfaces.map(({ name, packets, bytes }, id) => ({
        id,
        name,
        packets,
        bytes,
        received: null,
        kernelDropped: null,
        interfaceDropped: null,
      })),
    };
  }

  #fail(error: unknown): void {
    this.#reason = "error";
    const { message, code, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof FeedError) this.#error = { code: "source", message };
    else if (code === "ENOSPC" || code === "EDQUOT") {
      this.#error = { code: "disk-full", message: `The disk is full: ${this.#request.options.file}` };
    } else if (syscall === "read") {
      this.#error = { code: "source", message: `${this.#request.title} cannot be read: ${message}` };
    } else this.#error = { code: "output", message: `The file cannot be written: ${message}` };
  }

  async #close(): Promise<void> {
    const { callbacks, options } = this.#request;
    for (const [what, times] of this.#feed.skipped) {
      callbacks.onNotice({ code: "left-out", message: `Left out of what came: ${times} ${what}.` });
    }
    try {
      await this.#file?.close();
    } catch (error) {
      if (this.#error === null) this.#fail(error);
    }
    if (this.#began === null) return;
    callbacks.onFile?.({
      path: options.file,
      packets: this.#filePackets,
      bytes: this.#fileBytes,
      state: "closed",
    });
  }
}
