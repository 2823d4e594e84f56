/**
 * What every capture-file reader gives the rest of the engine, whatever the format.
 *
 * A reader is a cursor over the records of a file that may still be growing. It allocates nothing per record:
 * `next()` moves to the next packet record and leaves its facts in plain numeric properties.
 */

/** Where the bytes of an uncompressed capture come from: a window over a file that may still grow. */
export interface ByteSource {
  /** The window's bytes. Replaced or moved by `ensure`, so never kept across a call of it. */
  readonly buf: Uint8Array;
  /** Index in `buf` of the next byte that has not been consumed. */
  pos: number;
  /** Index in `buf` behind the last valid byte. */
  readonly end: number;
  /** File offset of `buf[0]`. */
  readonly base: number;
  /**
   * Makes at least `n` bytes available from `pos` on (they then lie at `buf[pos .. pos + n)`).
   * Returns false, leaving `pos` where it is, when the file does not hold that many bytes (yet).
   */
  ensure(n: number): boolean;
  /** Skips `n` bytes, which may lie beyond the window, without reading them. */
  skip(n: number): void;
  /** The `length` bytes at file offset `offset` when they were read lately, good until the next `ensure`. */
  held(offset: number, length: number): Uint8Array | undefined;
  /** Size of the file in bytes now. */
  size(): number;
  /** Why the last read failed, when the disk or the network behind the file answered with an error. */
  readonly error: string | undefined;
  close(): void;
}

export const FORMATS = ["pcap", "pcapng"] as const;
export type Format = (typeof FORMATS)[number];

/** One interface of a capture: a pcap file has one, each Interface Description Block of a pcapng adds one. */
export interface CaptureInterface {
  /** Index over the whole file, all sections counted: what `FrameRecord.iface` holds. */
  readonly id: number;
  /** Number of the section (0-based) it belongs to. */
  readonly section: number;
  /** LINKTYPE_ value, see https://www.tcpdump.org/linktypes.html. */
  readonly linkType: number;
  /** Snapshot length in bytes, 0 for none. */
  readonly snapLen: number;
  /** Length of the frame check sequence at the end of each frame, when the file says so. */
  readonly fcsLen: number | undefined;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** The capture filter as text, when the file holds one. */
  readonly filter: string | undefined;
  readonly os: string | undefined;
  readonly hardware: string | undefined;
  /** Ticks per second are 10^-n or 2^-n; as in if_tsresol (pcapng 4.2). 6 = microseconds, 9 = nanoseconds. */
  readonly tsresol: number;
  readonly comments: readonly string[];
}

/** Bits of `RecordReader.flags`. */
export const RECORD_HAS_COMMENT = 1;
/** The record carries options other than a comment (epb_flags, epb_hash …). */
export const RECORD_HAS_OPTIONS = 2;
/** The record held no time stamp (Simple Packet Block). */
export const RECORD_NO_TIME = 4;

/** A problem found while reading; shown to the user, never thrown past the reader. */
export interface FormatNotice {
  readonly severity: "note" | "warning" | "error";
  /** File offset in bytes at which it was found. */
  readonly offset: number;
  /** One sentence: what happened, where, and what it means for the user. */
  readonly message: string;
}

/**
 * A cursor over the packet records of a capture.
 *
 * `next()` returns true when it stands on a packet record whose bytes are all in the window:
 * the facts are in the properties, the packet's bytes are `source.buf[dataPos .. dataPos + capLen)`.
 * It returns false at the end of what the file holds now. Called again after the file grew, it goes on.
 * A record that is not whole yet is not consumed, so it is delivered once the rest has been written.
 */
export interface RecordReader {
  readonly format: Format;
  readonly source: ByteSource;
  next(): boolean;

  /** File offset of the record (pcap: its 16 or more byte header; pcapng: its block). */
  recordOffset: number;
  /** Bytes of the whole record in the file, its header, padding and options included. */
  recordLength: number;
  /** Index of the packet's first byte in `source.buf`. */
  dataPos: number;
  /** File offset of the packet's first byte. */
  dataOffset: number;
  /** Bytes captured. */
  capLen: number;
  /** Bytes on the wire. */
  len: number;
  /** Seconds since 1970-01-01 UTC, may be negative or absurdly large; integer. */
  sec: number;
  /** Nanoseconds of the second, 0 to 999,999,999. */
  nsec: number;
  /** Index into `interfaces`. */
  iface: number;
  /** RECORD_ bits. */
  flags: number;

  readonly interfaces: readonly CaptureInterface[];
  readonly notices: readonly FormatNotice[];
  /**
   * Call when the file will not grow any more and `next()` has returned false:
   * adds the notice that says how the file ends, when it ends in mid-record.
   */
  finish(): void;
}

/** Facts of a capture file that are not packets, for "Capture file properties" and lossless saving. */
export interface CaptureInfo {
  readonly format: Format;
  readonly compression: "none" | "gzip" | "zstd";
  /** "pcap, nanosecond, big-endian" and the like. */
  readonly description: string;
  readonly interfaces: readonly CaptureInterface[];
  /** Section header options, one entry per section. */
  readonly sections: readonly SectionInfo[];
  /** Name resolution records: address → names. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Interface statistics blocks, in file order. */
  readonly statistics: readonly InterfaceStatistics[];
  /** Number of decryption secrets blocks. */
  readonly secrets: number;
  /** Where the secrets of those blocks lie, in file order. */
  readonly secretsBlocks: readonly SecretsBlock[];
}

/** The secrets of one Decryption Secrets Block (pcapng 4.7). */
export interface SecretsBlock {
  /** 0x544c534b: TLS key log text; others see pcapng 4.7. */
  readonly type: number;
  /** File offset and length in bytes of the secrets themselves. */
  readonly offset: number;
  readonly length: number;
}

export interface SectionInfo {
  readonly hardware: string | undefined;
  readonly os: string | undefined;
  readonly application: string | undefined;
  readonly comments: readonly string[];
}

export interface InterfaceStatistics {
  readonly iface: number;
  readonly received: number | undefined;
  readonly droppedByInterface: number | undefined;
  readonly accepted: number | undefined;
  readonly droppedByKernel: number | undefined;
  readonly delivered: number | undefined;
}

/** A file that cannot be read as a capture at all. The message names the file, the place and what to do. */
export class CaptureFileError extends Error {
  override readonly name = "CaptureFileError";
  readonly path: string;
  /** True when the file ends within its header: it may be read once its writer has gone on. */
  readonly endsInHeader: boolean;
  constructor(path: string, message: string, endsInHeader = false) {
    super(message);
    this.path = path;
    this.endsInHeader = endsInHeader;
  }
}
