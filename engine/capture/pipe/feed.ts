/**
 * Turns the bytes of a capture that comes through a pipe, pcap or pcapng, into whole pcapng blocks for a spool.
 *
 * pcapng is handed on as it is, in the byte order of each section; pcap (micro- and nanoseconds, both byte orders,
 * Kuznetzov's longer records) becomes pcapng. Every length is checked before anything is kept: at most one block of
 * LONGEST_BLOCK bytes is held.
 */
import { at, count, padded, u16, u32, utf8 } from "../../formats/bytes.ts";
import { describeOther, identify } from "../../formats/identify.ts";
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_PACKET,
  BLOCK_SECTION,
  BLOCK_SIMPLE_PACKET,
  forEachOption,
} from "../../formats/pcapng.ts";
import { CaptureWriter } from "../../formats/writer.ts";
import { LONGEST_BLOCK } from "../spool.ts";

/** The longest packet that is taken, in bytes: that of the helper, too. */
const LONGEST_PACKET = 262_144;
/** Interfaces that one pipe may describe. */
const MOST_INTERFACES = 10_000;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** What the first four bytes of a pcap file mean; read in the byte order in which they are one of these. */
const PCAP_MAGICS: ReadonlyMap<number, { nano: boolean; recordHeader: number }> = new Map([
  [0xa1b2c3d4, { nano: false, recordHeader: 16 }],
  [0xa1b23c4d, { nano: true, recordHeader: 16 }],
  [0xa1b2cd34, { nano: false, recordHeader: 24 }],
]);
const PCAP_HEADER = 24;

/** What comes is no capture, or damaged; the message is a sentence for the user. */
export class FeedError extends Error {
  override readonly name = "FeedError";
}

/** An interface that the pipe describes. */
export interface FeedInterface {
  readonly name: string;
  /** LINKTYPE_ value. */
  readonly linkType: number;
  /** Bytes, 0 for no limit. */
  readonly snapLen: number;
  readonly precision: "ns" | "us" | "ms";
}

interface PcapLayout {
  readonly le: boolean;
  readonly nano: boolean;
  readonly recordHeader: number;
}

export class CaptureFeed {
  packets = 0;
  /** In the order of the file that is written. */
  readonly interfaces: FeedInterface[] = [];
  /** Blocks that were left out, by what they were. */
  readonly skipped = new Map<string, number>();
  readonly #name: string;
  readonly #title: string;
  #rest: Uint8Array = new Uint8Array(0);
  /** Offset in the stream of the first byte of `#rest`. */
  #offset = 0;
  /** Bytes of a block that is passed over and still to come. */
  #skip = 0;
  #pcap: PcapLayout | null = null;
  #writer: CaptureWriter | null = null;
  /** pcapng: the byte order of the section, and the number of its first interface. */
  #le = true;
  #isPcapng = false;
  #firstInterface = 0;
  #out: Uint8Array[] = [];

  /**
   * @param name what a pcap's only interface is called
   * @param title what the source is called in messages: "Standard input"
   */
  constructor(name: string, title: string) {
    this.#name = name;
    this.#title = title;
  }

  /** Bytes of a packet or block that is not whole yet. */
  get left(): number {
    return this.#rest.length;
  }

  /** Bytes that came in all. */
  get received(): number {
    return this.#offset + this.#rest.length;
  }

  /**
   * Takes the next bytes.
   * @returns whole pcapng blocks to be written, in order; they stay valid
   * @throws FeedError when they are no capture; the blocks before the damage are in `salvaged`
   */
  push(chunk: Uint8Array): Uint8Array[] {
    let bytes = chunk;
    if (this.#skip > 0) {
      const passed = Math.min(this.#skip, bytes.length);
      this.#skip -= passed;
      this.#offset += passed;
      bytes = bytes.subarray(passed);
    }
    const { length } = this.#rest;
    if (length > 0) {
      const joined = new Uint8Array(length + bytes.length);
      joined.set(this.#rest);
      joined.set(bytes, length);
      bytes = joined;
    }
    this.#rest = bytes;
    this.#out = [];
    const used = this.#take(bytes);
    this.#offset += used;
    this.#rest = used === bytes.length ? new Uint8Array(0) : bytes.slice(used);
    return this.salvaged();
  }

  /** The blocks found before `push` threw. */
  salvaged(): Uint8Array[] {
    this.#writer?.flush();
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** How the stream is too short to be a capture; null when it is long enough. */
  tooShort(): string | null {
    if (this.interfaces.length > 0) return null;
    const got = this.received;
    if (got === 0) return `${this.#title} ended before anything came.`;
    if (this.#rest.length >= 4 || this.#pcap !== null || this.#isPcapng)
      return `${this.#title} ended after ${count(got, "byte")}, within the header of a capture.`;
    return `${this.#title} ${describeOther(this.#rest)}`;
  }

  /** Takes whole records from the beginning of `b`; returns how many bytes that were. */
  #take(b: Uint8Array): number {
    if (this.#pcap === null && !this.#isPcapng) {
      if (b.length < 4) return 0;
      if (!this.#begin(b)) return 0;
    }
    return this.#isPcapng ? this.#takeBlocks(b) : this.#takeRecords(b);
  }

  /** Tells by the first bytes what comes; false when they are too few. */
  #begin(b: Uint8Array): boolean {
    const kind = identify(b);
    if (kind === "pcapng") {
      this.#isPcapng = true;
      return true;
    }
    for (const le of [true, false]) {
      const layout = PCAP_MAGICS.get(u32(b, 0, le));
      if (layout !== undefined) this.#pcap = { le, ...layout };
    }
    if (this.#pcap !== null) return true;
    if (kind === "pcap") throw new FeedError(`${this.#title} is a variant of pcap that only files can have.`);
    if (kind === "gzip" || kind === "zstd") {
      const how = kind === "gzip" ? "zcat" : "zstdcat";
      throw new FeedError(
        `${this.#title} is compressed with ${kind}: unpack it on its way in, with "${how} FILE | tapline -i -".`,
      );
    }
    // What it is shows in more than four bytes, if they come.
    throw new FeedError(`${this.#title} ${describeOther(b.subarray(0, 512))}`);
  }

  #damaged(offset: number, what: string): FeedError {
    const kept = this.packets > 0 ? " The packets before are kept." : "";
    return new FeedError(
      `${this.#title} is damaged: the ${this.#isPcapng ? "block" : "record"} at ${at(offset)} ${what}.${kept}`,
    );
  }

  // ------------------------------------------------------------------ pcap

  #takeRecords(b: Uint8Array): number {
    const layout = this.#pcap as PcapLayout;
    let p = 0;
    if (this.#writer === null) {
      if (b.length < PCAP_HEADER) return 0;
      this.#beginPcap(b, layout);
      p = PCAP_HEADER;
    }
    const writer = this.#writer as unknown as CaptureWriter;
    const { le, nano, recordHeader } = layout;
    while (b.length - p >= recordHeader) {
      const capLen = u32(b, p + 8, le);
      const len = u32(b, p + 12, le);
      if (capLen > LONGEST_PACKET) {
        throw this.#damaged(
          this.#offset + p,
          `claims a packet of ${count(capLen, "byte")}, more than the ${count(LONGEST_PACKET, "byte")} one can have`,
        );
      }
      const end = p + recordHeader + capLen;
      if (end > b.length) break;
      const fraction = u32(b, p + 4, le);
      const nsec = nano ? fraction : fraction * 1000;
      writer.writePacket(b.subarray(p + recordHeader, end), u32(b, p, le), nsec, len);
      this.packets++;
      p = end;
    }
    return p;
  }

  /** pcap file header, draft-ietf-opsawg-pcap section 4. */
  #beginPcap(b: Uint8Array, { le, nano }: PcapLayout): void {
    const major = u16(b, 4, le);
    if (major !== 2)
      throw new FeedError(`${this.#title} is pcap of version ${major}.${u16(b, 6, le)}, which is not known.`);
    const snapLen = u32(b, 16, le);
    const type = u32(b, 20, le);
    const linkType = type & 0xffff;
    const fcsLen = (type & 0x0400_0000) === 0 ? undefined : 2 * (type >>> 28);
    const tsresol = nano ? 9 : 6;
    this.#writer = new CaptureWriter((chunk) => this.#out.push(chunk.slice()), {
      format: "pcapng",
      application: "Tapline",
    });
    this.#writer.addInterface({ linkType, snapLen, tsresol, fcsLen, name: this.#name });
    this.#addInterface({ name: this.#name, linkType, snapLen, precision: nano ? "ns" : "us" });
  }

  // ------------------------------------------------------------------ pcapng

  #takeBlocks(b: Uint8Array): number {
    let p = 0;
    let from = 0;
    const handOut = (): void => {
      if (p > from) this.#out.push(b.subarray(from, p));
    };
    try {
      while (b.length - p >= 12) {
        const isSection = u32(b, p, true) === BLOCK_SECTION;
        if (isSection) this.#beginSection(b, p);
        const type = u32(b, p, this.#le);
        const total = u32(b, p + 4, this.#le);
        const offset = this.#offset + p;
        if (total < 12 || total % 4 !== 0)
          throw this.#damaged(offset, `claims a length of ${count(total, "byte")}, which no block can have`);
        if (total > LONGEST_BLOCK) {
          if (isPacket(type) || type === BLOCK_INTERFACE || isSection)
            throw this.#damaged(
              offset,
              `claims a length of ${count(total, "byte")}, more than such a block can have`,
            );
          handOut();
          this.#leaveOut(`blocks of type ${type}, which are too long`);
          const here = Math.min(total, b.length - p);
          this.#skip = total - here;
          p += here;
          from = p;
          continue;
        }
        if (p + total > b.length) break;
        if (u32(b, p + total - 4, this.#le) !== total)
          throw this.#damaged(offset, "ends with another length than it begins with");
        this.#look(b, p, type, total, offset);
        p += total;
      }
    } finally {
      handOut();
    }
    return p;
  }

  #beginSection(b: Uint8Array, p: number): void {
    const le = u32(b, p + 8, true) === BYTE_ORDER_MAGIC;
    if (!le && u32(b, p + 8, false) !== BYTE_ORDER_MAGIC)
      throw this.#damaged(this.#offset + p, "is a section header without a byte-order magic");
    this.#le = le;
  }

  /** Checks a whole block that is handed on, and counts what is in it. */
  #look(b: Uint8Array, p: number, type: number, total: number, offset: number): void {
    const le = this.#le;
    if (type === BLOCK_SECTION) {
      if (total < 28) throw this.#damaged(offset, "is too short for a section header");
      const major = u16(b, p + 12, le);
      if (major !== 1) {
        throw new FeedError(
          `${this.#title} is pcapng of version ${major}.${u16(b, p + 14, le)}, which is not known.`,
        );
      }
      this.#firstInterface = this.interfaces.length;
    } else if (type === BLOCK_INTERFACE) {
      if (total < 20) throw this.#damaged(offset, "is too short for an interface description");
      this.#readInterface(b, p, p + total - 4);
    } else if (type === BLOCK_ENHANCED_PACKET || type === BLOCK_PACKET) {
      if (total < 32) throw this.#damaged(offset, "is too short for a packet");
      const capLen = u32(b, p + 20, le);
      if (capLen > LONGEST_PACKET || 32 + padded(capLen) > total)
        throw this.#damaged(offset, `claims a packet of ${count(capLen, "byte")}, which it cannot hold`);
      this.#countOn(type === BLOCK_PACKET ? u16(b, p + 8, le) : u32(b, p + 8, le), offset);
    } else if (type === BLOCK_SIMPLE_PACKET) {
      if (total < 16) throw this.#damaged(offset, "is too short for a packet");
      this.#countOn(0, offset);
    }
  }

  #readInterface(b: Uint8Array, p: number, end: number): void {
    const le = this.#le;
    let name = "";
    let tsresol = 6;
    forEachOption(b, p + 16, end, le, (code, offset, length) => {
      if (code === 2) name = utf8(b, offset, offset + length);
      if (code === 9 && length > 0) tsresol = b[offset] ?? 6;
    });
    const digits = (tsresol & 0x80) === 0 ? tsresol : (tsresol & 0x7f) * Math.log10(2);
    this.#addInterface({
      name: name || this.#name,
      linkType: u16(b, p + 8, le),
      snapLen: u32(b, p + 12, le),
      precision: digits > 6 ? "ns" : digits > 3 ? "us" : "ms",
    });
  }

  /** Counts a packet of the section's interface of this number. */
  #countOn(index: number, offset: number): void {
    if (this.#firstInterface + index >= this.interfaces.length)
      throw this.#damaged(offset, `names interface ${index}, which has not been described`);
    this.packets++;
  }

  // ------------------------------------------------------------------ both

  #addInterface(iface: FeedInterface): void {
    if (this.interfaces.length >= MOST_INTERFACES)
      throw new FeedError(`${this.#title} describes more than ${count(MOST_INTERFACES, "interface")}.`);
    this.interfaces.push(iface);
  }

  #leaveOut(what: string): void {
    this.skipped.set(what, (this.skipped.get(what) ?? 0) + 1);
  }
}

const isPacket = (type: number): boolean =>
  type === BLOCK_ENHANCED_PACKET || type === BLOCK_PACKET || type === BLOCK_SIMPLE_PACKET;
