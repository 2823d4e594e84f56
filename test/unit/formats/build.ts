import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openCaptureSync } from "../../../engine/formats/open.ts";
import type { RecordReader } from "../../../engine/formats/types.ts";

/** Bytes put together from numbers, texts and other bytes, in one byte order. */
export class Bytes {
  readonly le: boolean;
  private readonly parts: Uint8Array[] = [];

  constructor(le: boolean) {
    this.le = le;
  }

  private number(value: bigint, size: number): this {
    const out = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      out[this.le ? i : size - 1 - i] = Number((value >> BigInt(8 * i)) & 0xffn);
    }
    this.parts.push(out);
    return this;
  }

  u16 = (value: number) => this.number(BigInt(value), 2);
  u32 = (value: number) => this.number(BigInt(value), 4);
  u64 = (value: bigint) => this.number(value, 8);

  raw(bytes: Uint8Array | readonly number[]): this {
    this.parts.push(Uint8Array.from(bytes));
    return this;
  }

  padded(bytes: Uint8Array): this {
    this.raw(bytes);
    return this.raw(new Array((4 - (bytes.length % 4)) % 4).fill(0));
  }

  done(): Uint8Array {
    return join8(...this.parts);
  }
}

export function join8(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** A packet whose bytes tell its number. */
export function payload(n: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (n * 31 + i) & 0xff);
}

export interface PcapHeader {
  magic?: number;
  le?: boolean;
  major?: number;
  minor?: number;
  snapLen?: number;
  network?: number;
}

export function pcapHeader(h: PcapHeader = {}): Uint8Array {
  return new Bytes(h.le ?? true)
    .u32(h.magic ?? 0xa1b2c3d4)
    .u16(h.major ?? 2)
    .u16(h.minor ?? 4)
    .u32(0)
    .u32(0)
    .u32(h.snapLen ?? 65535)
    .u32(h.network ?? 1)
    .done();
}

/** One pcap record; `extra` bytes follow the documented 16 in the header of some variants. */
export function pcapRecord(
  le: boolean,
  sec: number,
  fraction: number,
  data: Uint8Array,
  more: { len?: number; capLen?: number; extra?: number } = {},
): Uint8Array {
  return new Bytes(le)
    .u32(sec)
    .u32(fraction)
    .u32(more.capLen ?? data.length)
    .u32(more.len ?? data.length)
    .raw(new Array(more.extra ?? 0).fill(0x7e))
    .raw(data)
    .done();
}

export function block(le: boolean, type: number, body: Uint8Array): Uint8Array {
  const length = 12 + body.length;
  return new Bytes(le).u32(type).u32(length).raw(body).u32(length).done();
}

export type Opt = readonly [code: number, value: Uint8Array | string];

export function options(le: boolean, list: readonly Opt[]): Uint8Array {
  const out = new Bytes(le);
  for (const [code, value] of list) {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    out.u16(code).u16(bytes.length).padded(bytes);
  }
  return list.length > 0 ? out.u32(0).done() : out.done();
}

export function shb(le: boolean, list: readonly Opt[] = [], sectionLength = -1n, major = 1): Uint8Array {
  const body = new Bytes(le).u32(0x1a2b3c4d).u16(major).u16(0).u64(BigInt.asUintN(64, sectionLength));
  return block(le, 0x0a0d0d0a, body.raw(options(le, list)).done());
}

export function idb(le: boolean, linkType = 1, snapLen = 0, list: readonly Opt[] = []): Uint8Array {
  return block(le, 1, new Bytes(le).u16(linkType).u16(0).u32(snapLen).raw(options(le, list)).done());
}

export interface Packet {
  iface?: number;
  ticks?: bigint;
  capLen?: number;
  len?: number;
  options?: readonly Opt[];
}

export function epb(le: boolean, data: Uint8Array, p: Packet = {}): Uint8Array {
  const ticks = p.ticks ?? 0n;
  const body = new Bytes(le)
    .u32(p.iface ?? 0)
    .u32(Number(ticks >> 32n))
    .u32(Number(ticks & 0xffffffffn))
    .u32(p.capLen ?? data.length)
    .u32(p.len ?? data.length)
    .padded(data);
  return block(le, 6, body.raw(options(le, p.options ?? [])).done());
}

export function spb(le: boolean, data: Uint8Array, len = data.length): Uint8Array {
  return block(le, 3, new Bytes(le).u32(len).padded(data).done());
}

/** What one record of a reader says. */
export interface Seen {
  time: string;
  len: number;
  iface: number;
  data: Uint8Array;
}

/** Reads all records there are now. */
export function readAll(reader: RecordReader): Seen[] {
  const out: Seen[] = [];
  while (reader.next()) {
    out.push({
      time: `${reader.sec}.${String(reader.nsec).padStart(9, "0")}`,
      len: reader.len,
      iface: reader.iface,
      data: reader.source.buf.slice(reader.dataPos, reader.dataPos + reader.capLen),
    });
  }
  return out;
}

const directory = mkdtempSync(join(tmpdir(), "tapline-test-"));
let serial = 0;

/** A fresh path in a folder that is removed after the tests of the file. */
export function path(name = "capture"): string {
  return join(directory, `${serial++}-${name}`);
}

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Writes a file from parts and returns its path. */
export function file(...parts: Uint8Array[]): string {
  const name = path();
  writeFileSync(name, join8(...parts));
  return name;
}

/** Opens, reads to the end and closes a file made from parts. */
export function read(...parts: Uint8Array[]) {
  const capture = openCaptureSync(file(...parts));
  const seen = readAll(capture.reader);
  capture.reader.finish();
  capture.close();
  return { seen, info: capture.info(), notices: capture.notices() };
}
