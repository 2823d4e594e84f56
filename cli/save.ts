/** Writing packets to a capture file, or to standard output as one. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { OpenCapture } from "../engine/formats/open.ts";
import { PcapngReader } from "../engine/formats/pcapng.ts";
import { type FrameSelection, SaveError, saveCapture } from "../engine/formats/save.ts";
import { RECORD_HAS_COMMENT } from "../engine/formats/types.ts";
import { CaptureWriter, WriterError } from "../engine/formats/writer.ts";
import { FILE_TYPES, type FileType } from "./arguments.ts";
import { complain, RunError } from "./errors.ts";
import type { Output } from "./output.ts";
import { temporaryFolder } from "./temporary.ts";

const PIECE = 256 * 1024;

/**
 * Saves frames of a capture without loss, as far as the file type can hold them; what it cannot is told on stderr.
 * @param target path, or "-" for standard output
 * @throws RunError when it cannot be saved; nothing is left behind then
 */
export async function saveFrames(
  source: string,
  target: string,
  type: FileType,
  frames: FrameSelection,
  out: Output,
): Promise<void> {
  const folder = target === "-" ? temporaryFolder() : null;
  const output = folder === null ? target : join(folder.path, "out");
  try {
    const { notes } = await saveCapture({ source, output, frames, ...FILE_TYPES[type] });
    for (const note of notes) complain(note);
    if (folder !== null) copyOut(output, out);
  } catch (error) {
    if (error instanceof SaveError) throw new RunError(error.message);
    throw error;
  } finally {
    folder?.remove();
  }
}

function copyOut(path: string, out: Output): void {
  const tail = new Tail(path);
  try {
    tail.copyTo(out, Number.POSITIVE_INFINITY);
  } finally {
    tail.close();
  }
}

/** Copies a file to an output, piece by piece. */
class Tail {
  readonly #fd: number;
  readonly #buffer = new Uint8Array(PIECE);
  #position = 0;

  constructor(path: string) {
    this.#fd = openSync(path, "r");
  }

  /** Copies what the file holds, up to the file offset `end`. */
  copyTo(out: Output, end: number): void {
    while (this.#position < end) {
      const length = Math.min(PIECE, end - this.#position);
      const got = readSync(this.#fd, this.#buffer, 0, length, this.#position);
      if (got === 0) return;
      out.bytes(this.#buffer.subarray(0, got));
      this.#position += got;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Milliseconds that a packet waits at most before it is handed to the system. */
const FLUSH_MS = 200;
/** Packets between two looks at the clock. */
const LOOK_EVERY = 64;

/**
 * Writes packets of a capture that grows into another file as they are judged. pcapng is copied as it is, with all that
 * is no packet; pcap is made of it. What is handed to the system are whole records only, so that a run that is killed
 * leaves a file that is complete to its last packet.
 */
export class LiveSave {
  /** Packets taken. */
  written = 0;
  readonly #spool: number;
  readonly #target: FileHandle | null;
  readonly #name: string;
  readonly #out: Output;
  readonly #writer: CaptureWriter | null;
  readonly #precision: 6 | 9 | undefined;
  #linkType: number | null = null;
  readonly #drops: boolean;
  readonly #buffer = new Uint8Array(PIECE);
  #used = 0;
  /** Offset in the spool behind what was copied or passed over. */
  #from = 0;
  /** Bytes of whole records in the target; null when it is none that could be cut back. */
  #whole: number | null;
  #looked = 0;
  #flushed = performance.now();
  #comments = 0;

  /**
   * @param spool path of the capture that grows
   * @param target path, or "-" for `out`
   * @param drops whether packets may be left out
   * @throws RunError when the target cannot be opened
   */
  static async open(
    spool: string,
    target: string,
    type: FileType,
    drops: boolean,
    out: Output,
  ): Promise<LiveSave> {
    try {
      const file = target === "-" ? null : await open(target, "w", 0o600);
      return new LiveSave(spool, file, target, type, drops, out);
    } catch (error) {
      throw new RunError(`"${target}" cannot be written: ${(error as Error).message}.`);
    }
  }

  private constructor(
    spool: string,
    target: FileHandle | null,
    name: string,
    type: FileType,
    drops: boolean,
    out: Output,
  ) {
    this.#target = target;
    this.#name = name;
    this.#out = out;
    this.#drops = drops;
    const { format, precision } = FILE_TYPES[type];
    this.#precision = precision;
    this.#writer =
      format === "pcap" ? new CaptureWriter((chunk) => this.#append(chunk), { format: "pcap" }) : null;
    this.#whole = target !== null && fstatSync(target.fd).isFile() ? 0 : null;
    this.#spool = openSync(spool, "r");
  }

  /**
   * Writes the packet that the reader stands on, or passes it over.
   * @throws RunError when the target cannot take it
   */
  frame({ reader }: OpenCapture, taken: boolean): void {
    if (taken) this.written++;
    if (this.#writer === null) {
      this.#copyTo(reader.recordOffset, reader);
      this.#from = reader.recordOffset + reader.recordLength;
      if (taken) {
        const start = reader.dataPos - (reader.dataOffset - reader.recordOffset);
        this.#append(reader.source.buf.subarray(start, start + reader.recordLength));
      }
    } else if (taken) this.#convert(this.#writer, reader);
    if (++this.#looked % LOOK_EVERY === 0 && performance.now() - this.#flushed >= FLUSH_MS) this.flush();
  }

  /** Hands all that was taken to the system. */
  flush(): void {
    this.#writer?.flush();
    this.#put();
    this.#flushed = performance.now();
  }

  /** Writes what follows the last packet; the capture is complete and read to its end. */
  finish({ reader }: OpenCapture): void {
    if (this.#writer === null) this.#copyTo(reader.source.base + reader.source.pos, reader);
    else if (this.#linkType === null) this.#begin(this.#writer, reader, 0);
    if (this.#comments > 0)
      complain(`pcap holds no comments: those of ${this.#comments} packets are not in the file.`);
    this.flush();
  }

  async close(): Promise<void> {
    closeSync(this.#spool);
    await this.#target?.close();
  }

  #begin(writer: CaptureWriter, { interfaces }: OpenCapture["reader"], iface: number): void {
    const { linkType = 1, snapLen = 0, fcsLen } = interfaces[iface] ?? {};
    this.#linkType = linkType;
    const limits = interfaces.filter((each) => each.linkType === linkType).map((each) => each.snapLen);
    writer.addInterface({
      linkType,
      snapLen: limits.includes(0) ? 0 : Math.max(snapLen, ...limits),
      tsresol: this.#precision,
      fcsLen,
    });
  }

  #convert(writer: CaptureWriter, reader: OpenCapture["reader"]): void {
    if (this.#linkType === null) this.#begin(writer, reader, reader.iface);
    const { linkType } = reader.interfaces[reader.iface] ?? {};
    if (linkType !== this.#linkType) {
      this.flush();
      throw new RunError(
        `A pcap file holds one link type: "${this.#name}" began with ${this.#linkType}, and then comes ${linkType}. ` +
          "Write pcapng, or capture on one interface. The packets before are kept.",
      );
    }
    if ((reader.flags & RECORD_HAS_COMMENT) !== 0) this.#comments++;
    const packet = reader.source.buf.subarray(reader.dataPos, reader.dataPos + reader.capLen);
    try {
      writer.writePacket(packet, reader.sec, reader.nsec, reader.len);
    } catch (error) {
      if (!(error instanceof WriterError)) throw error;
      this.flush();
      throw new RunError(`${error.message} The packets before are kept.`);
    }
  }

  /** Copies the blocks between the last packet and the file offset `end`. */
  #copyTo(end: number, reader: OpenCapture["reader"]): void {
    while (this.#from < end) {
      const piece = new Uint8Array(Math.min(PIECE, end - this.#from));
      const got = readSync(this.#spool, piece, 0, piece.length, this.#from);
      if (got === 0) return;
      // The length that a section may state is wrong without the packets that are left out: all ones say "not known".
      const sections = this.#drops && reader instanceof PcapngReader ? reader.sectionOffsets : [];
      for (const section of sections) {
        const start = Math.max(0, section + 16 - this.#from);
        const behind = Math.min(got, section + 24 - this.#from);
        if (start < behind) piece.fill(0xff, start, behind);
      }
      this.#append(piece.subarray(0, got));
      this.#from += got;
    }
  }

  #append(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#buffer.length) this.#put();
    if (bytes.length > this.#buffer.length) this.#write(bytes);
    else {
      this.#buffer.set(bytes, this.#used);
      this.#used += bytes.length;
    }
  }

  #put(): void {
    const used = this.#used;
    this.#used = 0;
    if (used > 0) this.#write(this.#buffer.subarray(0, used));
  }

  #write(bytes: Uint8Array): void {
    if (this.#target === null) {
      this.#out.bytes(bytes);
      return;
    }
    const { fd } = this.#target;
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    } catch (error) {
      if (this.#whole !== null) ftruncateSync(fd, this.#whole);
      throw new RunError(
        `"${this.#name}" cannot be written: ${(error as Error).message}. The packets before are kept.`,
      );
    }
    if (this.#whole !== null) this.#whole += bytes.length;
  }
}
