import { closeSync, openSync, writeSync } from "node:fs";
import { padded } from "./bytes.ts";
import { BLOCK_ENHANCED_PACKET, BLOCK_INTERFACE, BLOCK_SECTION } from "./pcapng.ts";
import type { Format } from "./types.ts";

const BUFFER = 1024 * 1024;
const encoder = new TextEncoder();

/** One interface to be written; `tsresol` is 6 or 9, the resolution packets are stored in. */
export interface WriterInterface {
  readonly linkType: number;
  /** Snapshot length in bytes, 0 for none. */
  readonly snapLen?: number | undefined;
  readonly tsresol?: 6 | 9 | undefined;
  /** Bytes of frame check sequence at the end of each frame. */
  readonly fcsLen?: number | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly filter?: string | undefined;
  readonly os?: string | undefined;
  readonly hardware?: string | undefined;
  readonly comments?: readonly string[] | undefined;
}

export interface WriterOptions {
  readonly format: Format;
  /** Section header texts (pcapng only). */
  readonly hardware?: string | undefined;
  readonly os?: string | undefined;
  readonly application?: string | undefined;
  readonly comments?: readonly string[] | undefined;
}

/** Options of one packet (pcapng only). */
export interface PacketOptions {
  readonly comments?: readonly string[] | undefined;
  /** epb_flags. */
  readonly flags?: number | undefined;
}

/** A packet or interface that the format cannot hold; the message says why and what to do. */
export class WriterError extends Error {
  override readonly name = "WriterError";
}

/** Little-endian output through one large buffer, so that the system is called once per MiB. */
class Output {
  buf = new Uint8Array(BUFFER);
  pos = 0;
  private view = new DataView(this.buf.buffer);
  private readonly emit: (chunk: Uint8Array) => void;

  constructor(emit: (chunk: Uint8Array) => void) {
    this.emit = emit;
  }

  /** Makes room for `n` bytes in one piece. */
  room(n: number): void {
    if (this.buf.length - this.pos >= n) return;
    this.flush();
    if (this.buf.length < n) {
      this.buf = new Uint8Array(n);
      this.view = new DataView(this.buf.buffer);
    }
  }

  u16(value: number): void {
    this.view.setUint16(this.pos, value, true);
    this.pos += 2;
  }

  u32(value: number): void {
    this.view.setUint32(this.pos, value, true);
    this.pos += 4;
  }

  bytes(bytes: Uint8Array): void {
    this.buf.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  /** Zero bytes up to `n` bytes padded to four. */
  pad(n: number): void {
    for (let i = padded(n) - n; i > 0; i--) this.buf[this.pos++] = 0;
  }

  flush(): void {
    if (this.pos === 0) return;
    this.emit(this.buf.subarray(0, this.pos));
    this.pos = 0;
  }
}

type Option = readonly [code: number, value: Uint8Array];

function optionsLength(options: readonly Option[]): number {
  if (options.length === 0) return 0;
  return options.reduce((sum, [, value]) => sum + 4 + padded(value.length), 4);
}

/** A text as option values hold it: at most 65,535 bytes, cut between characters. */
function text(value: string): Uint8Array {
  const bytes = encoder.encode(value);
  if (bytes.length <= 0xffff) return bytes;
  let end = 0xffff;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** Writes to a descriptor until all is out; a pipe whose reader is slow (EAGAIN) is waited for. */
function writeAll(fd: number, chunk: Uint8Array): void {
  let done = 0;
  while (done < chunk.length) {
    try {
      done += writeSync(fd, chunk, done);
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== "EAGAIN") throw e;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/**
 * Writes a pcap (version 2.4) or pcapng (version 1.0) file, little-endian, packet by packet and synchronously.
 * The header of a pcap file is written with its first interface.
 */
export class CaptureWriter {
  /** Packets written so far. */
  packets = 0;
  /** Bytes written so far, those still in the buffer included. */
  bytes = 0;
  private readonly format: Format;
  private readonly out: Output;
  private readonly fd: number;
  private readonly owned: boolean;
  private readonly interfaces: { linkType: number; nano: boolean }[] = [];
  private closed = false;

  /**
   * @param target a path, created or emptied now (fs errors are thrown) and closed by `close()`; an open
   *   descriptor, which stays the caller's; or a function that receives chunks valid during its call only
   */
  constructor(target: string | number | ((chunk: Uint8Array) => void), options: WriterOptions) {
    this.format = options.format;
    this.owned = typeof target === "string";
    this.fd = typeof target === "string" ? openSync(target, "w") : typeof target === "number" ? target : -1;
    this.out = new Output(typeof target === "function" ? target : (chunk) => writeAll(this.fd, chunk));
    if (options.format === "pcapng") this.writeSection(options);
  }

  /**
   * Adds an interface and returns its index, which `writePacket` wants.
   * @throws {WriterError} for a pcap file when it differs from the first in link type or resolution
   */
  addInterface(iface: WriterInterface): number {
    const { linkType } = iface;
    const nano = iface.tsresol !== 6;
    const first = this.interfaces[0];
    this.interfaces.push({ linkType, nano });
    if (this.format === "pcapng") this.writeInterface(iface);
    else if (first === undefined) this.writeFileHeader(iface);
    else if (first.linkType !== linkType) {
      throw new WriterError(
        `A pcap file holds one link type: it began with ${first.linkType}, this packet has ${linkType}. ` +
          "Write pcapng instead.",
      );
    } else if (first.nano !== nano) {
      throw new WriterError("A pcap file holds one time resolution. Write pcapng instead.");
    }
    return this.interfaces.length - 1;
  }

  /**
   * Writes one packet.
   *
   * @param bytes the captured bytes
   * @param sec seconds since 1970-01-01 UTC, an integer
   * @param nsec nanoseconds of the second; cut to microseconds where the interface has that resolution
   * @param len bytes on the wire
   * @param iface index from `addInterface`
   * @param options pcapng only; pcap has no place for them
   * @throws {WriterError} when the format cannot hold the time; fs errors when the disk refuses
   */
  writePacket(
    bytes: Uint8Array,
    sec: number,
    nsec: number,
    len: number,
    iface: number = 0,
    options?: PacketOptions,
  ): void {
    const { nano } = this.interfaces[iface]!;
    const { out } = this;
    const capLen = bytes.length;
    if (this.format === "pcap") {
      if (sec < 0 || sec > 0xffffffff) throw new WriterError(badTime(sec, "1970 to 2106", "pcap"));
      out.room(16 + capLen);
      const start = out.pos;
      out.u32(sec);
      out.u32(nano ? nsec : Math.floor(nsec / 1000));
      out.u32(capLen);
      out.u32(len);
      out.bytes(bytes);
      this.bytes += out.pos - start;
      this.packets++;
      return;
    }
    if (sec < 0 || sec > MAX_SECONDS) throw new WriterError(badTime(sec, "1970 to 2554", "pcapng"));
    const list: Option[] = [];
    for (const comment of options?.comments ?? []) list.push([1, text(comment)]);
    if (options?.flags !== undefined) list.push([2, le32(options.flags)]);
    const total = 32 + padded(capLen) + optionsLength(list);
    out.room(total);
    out.u32(BLOCK_ENHANCED_PACKET);
    out.u32(total);
    out.u32(iface);
    // Ticks are counted in units of 2^16 and a rest, so that no intermediate value passes 2^53.
    const perSecond = nano ? 1_000_000_000 : 1_000_000;
    const high = Math.floor(sec / 65536) * perSecond;
    const low = (sec % 65536) * perSecond + (nano ? nsec : Math.floor(nsec / 1000));
    const rest = (high % 65536) * 65536 + low;
    out.u32(Math.floor(high / 65536) + Math.floor(rest / 4294967296));
    out.u32(rest % 4294967296);
    out.u32(capLen);
    out.u32(len);
    out.bytes(bytes);
    out.pad(capLen);
    this.writeOptions(list);
    out.u32(total);
    this.bytes += total;
    this.packets++;
  }

  /** Hands everything written so far to the system, so that a reader of the file sees it. */
  flush(): void {
    this.out.flush();
  }

  /** Flushes, and closes the file when it was opened here. May be called twice. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.out.flush();
    } finally {
      if (this.owned) closeSync(this.fd);
    }
  }

  private writeFileHeader(iface: WriterInterface): void {
    const { out } = this;
    out.room(24);
    out.u32(iface.tsresol !== 6 ? 0xa1b23c4d : 0xa1b2c3d4);
    out.u16(2);
    out.u16(4);
    out.u32(0);
    out.u32(0);
    out.u32(iface.snapLen || 262_144);
    // The check sequence is counted in 16-bit words, in the upper four bits (draft-ietf-opsawg-pcap, 4).
    const fcs = iface.fcsLen === undefined ? 0 : (((iface.fcsLen >> 1) << 28) | 0x04000000) >>> 0;
    out.u32(fcs + iface.linkType);
    this.bytes += 24;
  }

  private writeSection(options: WriterOptions): void {
    const list: Option[] = [];
    for (const comment of options.comments ?? []) list.push([1, text(comment)]);
    if (options.hardware !== undefined) list.push([2, text(options.hardware)]);
    if (options.os !== undefined) list.push([3, text(options.os)]);
    if (options.application !== undefined) list.push([4, text(options.application)]);
    const total = 28 + optionsLength(list);
    const { out } = this;
    out.room(total);
    out.u32(BLOCK_SECTION);
    out.u32(total);
    out.u32(0x1a2b3c4d);
    out.u16(1);
    out.u16(0);
    out.u32(0xffffffff);
    out.u32(0xffffffff);
    this.writeOptions(list);
    out.u32(total);
    this.bytes += total;
  }

  private writeInterface(iface: WriterInterface): void {
    const list: Option[] = [];
    for (const comment of iface.comments ?? []) list.push([1, text(comment)]);
    if (iface.name !== undefined) list.push([2, text(iface.name)]);
    if (iface.description !== undefined) list.push([3, text(iface.description)]);
    list.push([9, Uint8Array.of(iface.tsresol ?? 9)]);
    if (iface.filter !== undefined) list.push([11, text(`\0${iface.filter}`)]);
    if (iface.os !== undefined) list.push([12, text(iface.os)]);
    if (iface.fcsLen !== undefined) list.push([13, Uint8Array.of(iface.fcsLen)]);
    if (iface.hardware !== undefined) list.push([15, text(iface.hardware)]);
    const total = 20 + optionsLength(list);
    const { out } = this;
    out.room(total);
    out.u32(BLOCK_INTERFACE);
    out.u32(total);
    out.u16(iface.linkType);
    out.u16(0);
    out.u32(iface.snapLen ?? 0);
    this.writeOptions(list);
    out.u32(total);
    this.bytes += total;
  }

  private writeOptions(options: readonly Option[]): void {
    if (options.length === 0) return;
    const { out } = this;
    for (const [code, value] of options) {
      out.u16(code);
      out.u16(value.length);
      out.bytes(value);
      out.pad(value.length);
    }
    out.u32(0);
  }
}

/** 2^64 nanoseconds. */
const MAX_SECONDS = 18_446_744_072;

function badTime(sec: number, range: string, format: Format): string {
  return (
    `A packet's time, ${sec} seconds from 1970, is outside what ${format} can hold (${range}). ` +
    (format === "pcap" ? "Write pcapng, or shift the times." : "Shift the times.")
  );
}

function le32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}
