import { type Stats, statSync } from "node:fs";
import { type Decompression, type DecompressOptions, decompressToFile } from "./compression.ts";
import { isChain } from "./data-file.ts";
import { describeOther, identify } from "./identify.ts";
import { PcapReader } from "./pcap.ts";
import { PcapngReader } from "./pcapng.ts";
import { FileSource } from "./source.ts";
import { CaptureFileError, type CaptureInfo, type Format, type FormatNotice } from "./types.ts";

/** An open capture file. */
export interface OpenCapture {
  /** The file as the user named it. */
  readonly path: string;
  /**
   * The file that holds the uncompressed bytes, which every offset refers to: `path` itself, or the
   * temporary file a compressed capture is unpacked to.
   */
  readonly dataPath: string;
  readonly format: Format;
  readonly compression: "none" | "gzip" | "zstd";
  readonly reader: PcapReader | PcapngReader;
  /** What is known now; complete once the reader has reached the end. */
  info(): CaptureInfo;
  /** Problems of unpacking and of reading, in the order they were met. */
  notices(): readonly FormatNotice[];
  /** Whether unpacking has ended (always, for a file that is not compressed). */
  readonly unpacked: boolean;
  /**
   * Resolves true when unpacking has added bytes since the last call, so that `reader.next()` may go on,
   * and false when no more will come. Always false for a file that is not compressed.
   */
  more(): Promise<boolean>;
  /** Stops unpacking, closes the file and removes the temporary one. May be called twice. */
  close(): void;
}

/**
 * Opens a pcap or pcapng file that is not compressed, synchronously, for worker threads.
 *
 * @throws {CaptureFileError} when there is no such file, it cannot be read, or it is no capture
 */
export function openCaptureSync(path: string): OpenCapture {
  const { source, kind } = openFile(path);
  if (kind === "gzip" || kind === "zstd") {
    source.close();
    throw new CaptureFileError(
      path,
      `"${path}" is ${kind}-compressed; it must be unpacked before it is read.`,
    );
  }
  return makeCapture(path, source, undefined);
}

/**
 * Opens a capture file: pcap or pcapng, plain or compressed with gzip or zstd.
 * A compressed one is unpacked in the background; the promise resolves as soon as its beginning is there.
 *
 * @throws {CaptureFileError} when there is no such file, it cannot be read, or it is no capture;
 *   an aborted `signal` rejects with the same class
 */
export async function openCapture(path: string, options: DecompressOptions = {}): Promise<OpenCapture> {
  const { source, kind } = openFile(path);
  if (kind !== "gzip" && kind !== "zstd") return makeCapture(path, source, undefined);
  source.close();
  const unpacking = decompressToFile(path, options);
  try {
    while (unpacking.written < 65_536 && (await unpacking.more()));
    if (options.signal?.aborted) throw new CaptureFileError(path, `Opening "${path}" was cancelled.`);
    if (unpacking.written === 0) {
      const why = unpacking.notices[0]?.message ?? "It holds nothing.";
      throw new CaptureFileError(path, `"${path}" cannot be unpacked. ${why}`);
    }
    return makeCapture(path, new FileSource(unpacking.path), unpacking);
  } catch (e) {
    unpacking.close();
    throw e;
  }
}

/** Opens the file and looks at its first bytes; answers everything that is no readable, non-empty file. */
function openFile(path: string): { source: FileSource; kind: ReturnType<typeof identify> } {
  const fail = (message: string) => new CaptureFileError(path, message);
  let source: FileSource;
  try {
    const stats = isChain(path) ? undefined : statSync(path);
    const what = stats === undefined || stats.isFile() ? undefined : notAFile(stats);
    if (what) throw fail(`"${path}" is ${what}`);
    source = new FileSource(path);
  } catch (e) {
    if (e instanceof CaptureFileError) throw e;
    const code = (e as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw fail(`"${path}" does not exist: it may have been moved, renamed or deleted.`);
    }
    if (code === "EACCES" || code === "EPERM") {
      throw fail(`"${path}" may not be read by this user: change its permissions or copy it.`);
    }
    throw fail(`"${path}" cannot be opened: ${(e as Error).message}.`);
  }
  const size = source.size();
  source.ensure(Math.min(size, 512));
  const head = source.buf.subarray(0, Math.min(source.end, 512));
  const problem =
    source.error !== undefined
      ? `cannot be read: ${source.error}.`
      : size === 0
        ? "is empty: it holds not even a file header, so nothing was written to it yet."
        : undefined;
  const kind = identify(head);
  if (problem === undefined && kind !== "other") return { source, kind };
  source.close();
  throw fail(`"${path}" ${problem ?? describeOther(head)}`);
}

function notAFile(stats: Stats): string {
  if (stats.isDirectory()) return "a directory: open one of the capture files in it.";
  if (stats.isFIFO()) return "a named pipe, not a file: write what comes through it to a file and open that.";
  if (stats.isSocket()) return "a socket, not a capture file.";
  return "a device, not a capture file.";
}

function makeCapture(path: string, source: FileSource, unpacking: Decompression | undefined): OpenCapture {
  const fail = (message: string, endsInHeader = false) => {
    source.close();
    return new CaptureFileError(path, `"${path}" ${message}`, endsInHeader);
  };
  source.ensure(Math.min(source.size(), 512));
  const head = source.buf.subarray(0, Math.min(source.end, 512));
  const kind = identify(head);
  if (kind !== "pcap" && kind !== "pcapng") {
    throw fail(`is ${unpacking?.compression}-compressed, and what it holds ${describeOther(head)}`);
  }
  const reader = kind === "pcap" ? new PcapReader(source) : new PcapngReader(source);
  const started = reader instanceof PcapReader ? reader.readHeader() : reader.readFirstSection();
  if (!started) {
    const why = reader.notices[0]?.message;
    throw fail(
      why === undefined
        ? `is a ${kind} file cut short within its header: it holds no packet.`
        : `is a damaged ${kind} file. ${why}`,
      why === undefined,
    );
  }
  let closed = false;
  return {
    path,
    dataPath: unpacking?.path ?? path,
    format: kind,
    compression: unpacking?.compression ?? "none",
    reader,
    info: () => captureInfo(reader, unpacking?.compression ?? "none"),
    notices: () => [...(unpacking?.notices ?? []), ...reader.notices],
    get unpacked() {
      return unpacking?.ended ?? true;
    },
    more: () => (unpacking && !closed ? unpacking.more() : Promise.resolve(false)),
    close() {
      if (closed) return;
      closed = true;
      source.close();
      unpacking?.close();
    },
  };
}

function captureInfo(
  reader: PcapReader | PcapngReader,
  compression: CaptureInfo["compression"],
): CaptureInfo {
  const plain = reader instanceof PcapReader;
  return {
    format: reader.format,
    compression,
    description: reader.description,
    interfaces: [...reader.interfaces],
    sections: plain ? [] : [...reader.sections],
    names: plain ? new Map() : new Map(reader.names),
    statistics: plain ? [] : [...reader.statistics],
    secrets: plain ? 0 : reader.secretsBlocks.length,
    secretsBlocks: plain ? [] : [...reader.secretsBlocks],
  };
}
