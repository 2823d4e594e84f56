import { at, count, i64, padded, u16, u32, u64, utf8 } from "./bytes.ts";
import { MAX_BLOCK, maxCapLen } from "./limits.ts";
import type {
  ByteSource,
  CaptureInterface,
  Format,
  FormatNotice,
  InterfaceStatistics,
  RecordReader,
  SecretsBlock,
  SectionInfo,
} from "./types.ts";
import { RECORD_HAS_COMMENT, RECORD_HAS_OPTIONS, RECORD_NO_TIME } from "./types.ts";

// Block types, draft-ietf-opsawg-pcapng section 4 and 11.1.
export const BLOCK_SECTION = 0x0a0d0d0a;
export const BLOCK_INTERFACE = 1;
export const BLOCK_PACKET = 2;
export const BLOCK_SIMPLE_PACKET = 3;
export const BLOCK_NAMES = 4;
export const BLOCK_STATISTICS = 5;
export const BLOCK_ENHANCED_PACKET = 6;
export const BLOCK_SECRETS = 10;
const BLOCK_CUSTOM = 0x00000bad;
const BLOCK_CUSTOM_NO_COPY = 0x40000bad;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const TWO_32 = 4294967296;

/** Names of block types that hold no packet and are passed over with a note. */
const OTHER_BLOCKS: ReadonlyMap<number, string> = new Map([
  [7, "IRIG time stamp"],
  [8, "ARINC 429 in AFDX"],
  [9, "systemd journal"],
  [11, "Hone machine info"],
  [12, "Hone connection event"],
  [0x201, "sysdig machine info"],
  [0x202, "sysdig process info"],
  [0x203, "sysdig file descriptor list"],
  [0x204, "sysdig event"],
  [0x205, "sysdig interface list"],
  [0x206, "sysdig user list"],
  [0x207, "sysdig process info"],
  [0x208, "sysdig event"],
]);

/** Whether these first bytes of a file are those of a pcapng section header. */
export function isPcapng(head: Uint8Array): boolean {
  return head.length >= 4 && u32(head, 0, false) === BLOCK_SECTION;
}

/**
 * Calls `each` for every option in `b[start .. end)` (pcapng 3.5) up to the end-of-options mark.
 * Returns false when an option claims more bytes than there are; those before it have been given out.
 */
export function forEachOption(
  b: Uint8Array,
  start: number,
  end: number,
  le: boolean,
  each: (code: number, offset: number, length: number) => void,
): boolean {
  let p = start;
  while (p + 4 <= end) {
    const code = u16(b, p, le);
    const length = u16(b, p + 2, le);
    if (code === 0) return true;
    if (p + 4 + length > end) return false;
    each(code, p + 4, length);
    p += 4 + padded(length);
  }
  return true;
}

/** How the time stamps of one interface become seconds and nanoseconds. */
interface Clock {
  /** Ticks per second, when a double holds it exactly and the division below stays exact; else 0. */
  readonly divisor: number;
  /** The same, always exact. */
  readonly exact: bigint;
  /** Nanoseconds per tick when that is a whole number, else 0. */
  readonly nanosPerTick: number;
  /** Seconds to add (if_tsoffset). */
  readonly offset: number;
}

function makeClock(tsresol: number, offset: number): Clock {
  const exponent = tsresol & 0x7f;
  const binary = (tsresol & 0x80) !== 0;
  const exact = binary ? 1n << BigInt(exponent) : 10n ** BigInt(exponent);
  // The remainder of a division times 10^9 must stay below 2^53, or be a whole number of nanoseconds.
  const small = exponent <= (binary ? 23 : 9);
  return {
    divisor: small ? Number(exact) : 0,
    exact,
    nanosPerTick: !binary && exponent <= 9 ? 10 ** (9 - exponent) : 0,
    offset,
  };
}

interface MutableStrings {
  hardware: string | undefined;
  os: string | undefined;
  application: string | undefined;
  comments: string[];
}

/**
 * Reads pcapng files (draft-ietf-opsawg-pcapng): any number of sections, each in its own byte order, with
 * interfaces, packets in all three block types, names, statistics and secrets.
 * Blocks that hold none of these are passed over.
 */
export class PcapngReader implements RecordReader {
  readonly format: Format = "pcapng";
  readonly source: ByteSource;
  recordOffset = 0;
  recordLength = 0;
  dataPos = 0;
  dataOffset = 0;
  capLen = 0;
  len = 0;
  sec = 0;
  nsec = 0;
  iface = 0;
  flags = 0;
  readonly interfaces: CaptureInterface[] = [];
  readonly notices: FormatNotice[] = [];
  readonly sections: SectionInfo[] = [];
  /** File offset of each section header block. */
  readonly sectionOffsets: number[] = [];
  readonly names = new Map<string, string[]>();
  readonly statistics: InterfaceStatistics[] = [];
  readonly secretsBlocks: SecretsBlock[] = [];
  /** "pcapng, little-endian"; empty until the first section header has been read. */
  description = "";

  private le = true;
  private firstInterface = 0;
  private readonly clocks: Clock[] = [];
  private readonly limits: number[] = [];
  private readonly noted = new Set<string>();
  private stopped = false;

  /** @param source stands at the start of the file */
  constructor(source: ByteSource) {
    this.source = source;
  }

  next(): boolean {
    const s = this.source;
    for (;;) {
      if (this.stopped || (s.end - s.pos < 12 && !s.ensure(12))) return false;
      const b = s.buf;
      const p = s.pos;
      const type = u32(b, p, this.le);
      if (type === BLOCK_SECTION) {
        if (!this.readSection()) return false;
        continue;
      }
      const total = u32(b, p + 4, this.le);
      if (this.sections.length === 0) {
        return this.stop("The file does not begin with a pcapng section header.");
      }
      if (total < 12 || total % 4 !== 0) {
        return this.stop(
          `The block at ${at(s.base + p)} claims a length of ${count(total, "byte")}, which no block can have: ` +
            "the file is damaged from here on, the packets before are kept.",
        );
      }
      if (type === BLOCK_ENHANCED_PACKET || type === BLOCK_PACKET) return this.readPacket(total, type);
      if (type === BLOCK_SIMPLE_PACKET) return this.readSimplePacket(total);
      if (!this.readOther(type, total)) return false;
    }
  }

  /** Reads the section header the file begins with, as soon as it is there; true when it has been read. */
  readFirstSection(): boolean {
    if (this.sections.length > 0) return true;
    if (this.stopped || !this.source.ensure(28)) return false;
    return this.readSection();
  }

  finish(): void {
    if (this.stopped) return;
    const s = this.source;
    const offset = s.base + s.pos;
    const left = s.size() - offset;
    if (s.error !== undefined) {
      this.stop(`Reading failed at ${at(offset)} (${s.error}); the packets before are kept.`);
    } else if (left < 0) {
      this.stop(
        `The file became shorter while it was read: it ends ${count(-left, "byte")} before ${at(offset)}, ` +
          "where reading had come to. Read it again.",
      );
    } else if (left > 0) {
      this.stop(
        `The file is cut short in the middle of a block: ${count(left, "byte")} at ${at(offset)} ` +
          "are not a whole block. The packets before are complete.",
      );
    }
  }

  /** Enhanced Packet Block (4.3) and the obsolete Packet Block (appendix A): both have 28 bytes of header. */
  private readPacket(total: number, type: number): boolean {
    const s = this.source;
    const le = this.le;
    if (s.end - s.pos < 28 && !s.ensure(28)) return false;
    const b = s.buf;
    const p = s.pos;
    const index = type === BLOCK_PACKET ? u16(b, p + 8, le) : u32(b, p + 8, le);
    const iface = this.firstInterface + index;
    if (iface >= this.interfaces.length) return this.noInterface(index);
    const hi = u32(b, p + 12, le);
    const lo = u32(b, p + 16, le);
    const capLen = u32(b, p + 20, le);
    const len = u32(b, p + 24, le);
    const body = 28 + padded(capLen);
    if (capLen > this.limits[iface]! || total < body + 4 || total > body + MAX_BLOCK) {
      return this.badPacket(capLen, total, this.limits[iface]!);
    }
    if (s.end - p < total && !s.ensure(total)) return false;
    const start = s.pos;
    if (!this.sameLengthAtEnd(total)) return false;

    this.recordOffset = s.base + start;
    this.recordLength = total;
    this.dataPos = start + 28;
    this.dataOffset = this.recordOffset + 28;
    this.capLen = capLen;
    this.len = len;
    this.iface = iface;
    this.setTime(this.clocks[iface]!, hi, lo);
    this.flags = total > body + 4 ? this.optionFlags(start + body, start + total - 4) : 0;
    s.pos = start + total;
    return true;
  }

  /** Simple Packet Block (4.4): no time, interface 0 of the section, cut at its snapshot length. */
  private readSimplePacket(total: number): boolean {
    const s = this.source;
    if (this.firstInterface >= this.interfaces.length) return this.noInterface(0);
    if (total < 16) return this.badPacket(0, total, 0);
    if (!s.ensure(16)) return false;
    const iface = this.firstInterface;
    const { snapLen } = this.interfaces[iface]!;
    const len = u32(s.buf, s.pos + 8, this.le);
    const capLen = Math.min(len, snapLen === 0 ? len : snapLen, total - 16);
    if (capLen > this.limits[iface]!) return this.badPacket(capLen, total, this.limits[iface]!);
    if (total > 16 + MAX_BLOCK + padded(capLen)) return this.badPacket(capLen, total, this.limits[iface]!);
    if (!s.ensure(total)) return false;
    const start = s.pos;
    if (!this.sameLengthAtEnd(total)) return false;

    this.recordOffset = s.base + start;
    this.recordLength = total;
    this.dataPos = start + 12;
    this.dataOffset = this.recordOffset + 12;
    this.capLen = capLen;
    this.len = len;
    this.iface = iface;
    this.sec = 0;
    this.nsec = 0;
    this.flags = RECORD_NO_TIME;
    s.pos = start + total;
    return true;
  }

  private optionFlags(start: number, end: number): number {
    const b = this.source.buf;
    const le = this.le;
    let flags = 0;
    let p = start;
    while (p + 4 <= end) {
      const code = u16(b, p, le);
      if (code === 0) return flags;
      p += 4 + padded(u16(b, p + 2, le));
      flags |= code === 1 ? RECORD_HAS_COMMENT : RECORD_HAS_OPTIONS;
    }
    if (p > end) {
      this.noteOnce(
        "options",
        "warning",
        `The options of the packet at ${at(this.recordOffset)} run beyond its block; ` +
          "they are ignored, the packet itself is whole.",
      );
      return 0;
    }
    return flags;
  }

  /** Turns a 64-bit count of ticks into `sec` and `nsec`, exactly, without a BigInt for the usual clocks. */
  private setTime(clock: Clock, hi: number, lo: number): void {
    const { divisor } = clock;
    if (divisor === 0) {
      const ticks = (BigInt(hi) << 32n) | BigInt(lo);
      const seconds = ticks / clock.exact;
      this.sec = Number(seconds) + clock.offset;
      this.nsec = Number(((ticks - seconds * clock.exact) * 1_000_000_000n) / clock.exact);
      return;
    }
    let sec: number;
    let rest: number;
    if (hi < 0x200000) {
      const ticks = hi * TWO_32 + lo;
      sec = Math.floor(ticks / divisor);
      rest = ticks - sec * divisor;
    } else {
      // Long division in steps of 32, 16 and 16 bits: every intermediate value stays below 2^53.
      const top = Math.floor(hi / divisor);
      const middle = (hi - top * divisor) * 65536 + (lo >>> 16);
      const middleSec = Math.floor(middle / divisor);
      const low = (middle - middleSec * divisor) * 65536 + (lo & 0xffff);
      const lowSec = Math.floor(low / divisor);
      sec = top * TWO_32 + middleSec * 65536 + lowSec;
      rest = low - lowSec * divisor;
    }
    this.sec = sec + clock.offset;
    this.nsec =
      clock.nanosPerTick !== 0 ? rest * clock.nanosPerTick : Math.floor((rest * 1_000_000_000) / divisor);
  }

  /** Section Header Block (4.1). Its section length is not used: writers of live captures leave it open. */
  private readSection(): boolean {
    const s = this.source;
    const offset = s.base + s.pos;
    const magic = u32(s.buf, s.pos + 8, true);
    const le = magic === BYTE_ORDER_MAGIC;
    if (!le && u32(s.buf, s.pos + 8, false) !== BYTE_ORDER_MAGIC) {
      return this.stop(
        `The section header at ${at(offset)} has no valid byte-order magic: ` +
          "the file is damaged from here on, the packets before are kept.",
      );
    }
    const total = u32(s.buf, s.pos + 4, le);
    if (total < 28 || total % 4 !== 0 || total > MAX_BLOCK) {
      return this.stop(
        `The section header at ${at(offset)} claims a length of ${count(total, "byte")}, which it cannot have: ` +
          "the file is damaged from here on, the packets before are kept.",
      );
    }
    if (!s.ensure(total)) return false;
    const b = s.buf;
    const p = s.pos;
    const major = u16(b, p + 12, le);
    if (major !== 1) {
      return this.stop(
        `The section at ${at(offset)} is written in pcapng version ${major}.${u16(b, p + 14, le)}, ` +
          "which is not known; the packets before are kept.",
      );
    }
    this.le = le;
    if (!this.sameLengthAtEnd(total)) return false;
    const section: MutableStrings = {
      hardware: undefined,
      os: undefined,
      application: undefined,
      comments: [],
    };
    this.options(p + 24, p + total - 4, offset, (code, o, length) => {
      const text = () => utf8(b, o, o + length);
      if (code === 1) section.comments.push(text());
      else if (code === 2) section.hardware = text();
      else if (code === 3) section.os = text();
      else if (code === 4) section.application = text();
    });
    if (this.description === "") this.description = `pcapng, ${le ? "little" : "big"}-endian`;
    this.sections.push(section);
    this.sectionOffsets.push(offset);
    this.firstInterface = this.interfaces.length;
    s.pos += total;
    return true;
  }

  /** Every block that is neither a section header nor a packet. False: not whole yet, or stopped. */
  private readOther(type: number, total: number): boolean {
    const s = this.source;
    const offset = s.base + s.pos;
    const read =
      type === BLOCK_INTERFACE || type === BLOCK_NAMES || type === BLOCK_STATISTICS || type === BLOCK_SECRETS;
    if (total > MAX_BLOCK) {
      if (read) {
        return this.stop(
          `The block of type ${type} at ${at(offset)} claims a length of ${count(total, "byte")}: ` +
            "the file is damaged from here on, the packets before are kept.",
        );
      }
      if (s.size() < offset + total) return false;
      this.noteSkipped(type, offset);
      s.skip(total);
      return true;
    }
    if (!s.ensure(total) || !this.sameLengthAtEnd(total)) return false;
    const p = s.pos;
    const end = p + total - 4;
    if (type === BLOCK_INTERFACE) {
      if (!this.readInterface(p, end, offset)) return false;
    } else if (type === BLOCK_NAMES) this.readNames(p + 8, end, offset);
    else if (type === BLOCK_STATISTICS) this.readStatistics(p, end, offset);
    else if (type === BLOCK_SECRETS) {
      const length = total >= 20 ? u32(s.buf, p + 12, this.le) : Number.POSITIVE_INFINITY;
      if (p + 16 + length > end) this.oddBlock("decryption secrets", offset);
      else this.secretsBlocks.push({ type: u32(s.buf, p + 8, this.le), offset: offset + 16, length });
    } else this.noteSkipped(type, offset);
    s.pos += total;
    return true;
  }

  /** Interface Description Block (4.2). */
  private readInterface(p: number, end: number, offset: number): boolean {
    const b = this.source.buf;
    const le = this.le;
    if (end - p < 16) {
      return this.stop(
        `The interface description at ${at(offset)} is too short: packets behind it cannot be told apart, ` +
          "the packets before are kept.",
      );
    }
    const linkType = u16(b, p + 8, le);
    const text: Record<number, string> = {};
    const comments: string[] = [];
    let fcsLen: number | undefined;
    let tsresol = 6;
    let tsoffset = 0;
    this.options(p + 16, end, offset, (code, o, length) => {
      if (code === 1) comments.push(utf8(b, o, o + length));
      else if (code === 2 || code === 3 || code === 12 || code === 15) text[code] = utf8(b, o, o + length);
      else if (code === 9 && length === 1) tsresol = b[o]!;
      else if (code === 11 && length >= 1 && b[o] === 0) text[code] = utf8(b, o + 1, o + length);
      else if (code === 13 && length === 1) fcsLen = b[o]!;
      else if (code === 14 && length === 8) tsoffset = i64(b, o, le);
    });
    this.interfaces.push({
      id: this.interfaces.length,
      section: this.sections.length - 1,
      linkType,
      snapLen: u32(b, p + 12, le),
      fcsLen,
      name: text[2],
      description: text[3],
      filter: text[11],
      os: text[12],
      hardware: text[15],
      tsresol,
      comments,
    });
    this.clocks.push(makeClock(tsresol, tsoffset));
    this.limits.push(maxCapLen(linkType));
    return true;
  }

  /** Name Resolution Block (4.5): records of IPv4 and IPv6 addresses, each with its names. */
  private readNames(start: number, end: number, offset: number): void {
    const b = this.source.buf;
    let p = start;
    while (p + 4 <= end) {
      const type = u16(b, p, this.le);
      const length = u16(b, p + 2, this.le);
      const value = p + 4;
      if (type === 0) return;
      if (value + length > end) {
        this.oddBlock("name resolution", offset);
        return;
      }
      const addressLength = type === 1 ? 4 : type === 2 ? 16 : 0;
      if (addressLength > 0 && length > addressLength) {
        const address = b.subarray(value, value + addressLength);
        const key = type === 1 ? address.join(".") : ipv6Text(address);
        const names = utf8(b, value + addressLength, value + length).split("\0");
        const known = this.names.get(key) ?? [];
        this.names.set(key, [...new Set([...known, ...names.filter((name) => name !== "")])]);
      }
      p = value + padded(length);
    }
  }

  /** Interface Statistics Block (4.6). */
  private readStatistics(p: number, end: number, offset: number): void {
    const b = this.source.buf;
    const le = this.le;
    const iface = this.firstInterface + (end - p >= 20 ? u32(b, p + 8, le) : Number.POSITIVE_INFINITY);
    if (iface >= this.interfaces.length) {
      this.oddBlock("interface statistics", offset);
      return;
    }
    const counters: Record<number, number> = {};
    this.options(p + 20, end, offset, (code, o, length) => {
      if (code >= 4 && code <= 8 && length === 8) counters[code] = u64(b, o, le);
    });
    this.statistics.push({
      iface,
      received: counters[4],
      droppedByInterface: counters[5],
      accepted: counters[6],
      droppedByKernel: counters[7],
      delivered: counters[8],
    });
  }

  private options(
    start: number,
    end: number,
    offset: number,
    each: (code: number, o: number, length: number) => void,
  ): void {
    if (!forEachOption(this.source.buf, start, end, this.le, each)) {
      this.noteOnce(
        `options ${offset}`,
        "warning",
        `An option of the block at ${at(offset)} runs beyond the block; it and those behind it are ignored.`,
      );
    }
  }

  /** Each block repeats its length at its end (3.1). */
  private sameLengthAtEnd(total: number): boolean {
    const s = this.source;
    const again = u32(s.buf, s.pos + total - 4, this.le);
    if (again === total) return true;
    return this.stop(
      `The block at ${at(s.base + s.pos)} gives its length as ${total.toLocaleString("en-US")} bytes at its ` +
        `start and ${again.toLocaleString("en-US")} at its end: the file is damaged from here on, ` +
        "the packets before are kept.",
    );
  }

  private noInterface(index: number): boolean {
    return this.stop(
      `The packet at ${at(this.source.base + this.source.pos)} names interface ${index}, ` +
        `but its section describes only ${this.interfaces.length - this.firstInterface}: ` +
        "the file is damaged from here on, the packets before are kept.",
    );
  }

  private badPacket(capLen: number, total: number, limit: number): boolean {
    const most =
      capLen > limit && limit > 0 ? `, more than the ${count(limit, "byte")} a packet can have` : "";
    return this.stop(
      `The packet at ${at(this.source.base + this.source.pos)} claims ${count(capLen, "byte")} ` +
        `in a block of ${count(total, "byte")}${most}: the file is damaged from here on, ` +
        "the packets before are kept.",
    );
  }

  private oddBlock(what: string, offset: number): void {
    this.noteOnce(
      `block ${offset}`,
      "warning",
      `The ${what} block at ${at(offset)} contradicts itself; what could not be read of it is ignored.`,
    );
  }

  private noteSkipped(type: number, offset: number): void {
    if (type === BLOCK_CUSTOM || type === BLOCK_CUSTOM_NO_COPY) return;
    const name = OTHER_BLOCKS.get(type);
    const which = name
      ? `${name} blocks`
      : `blocks of the unknown type 0x${type.toString(16).padStart(8, "0")}`;
    this.noteOnce(
      `type ${type}`,
      "note",
      `The file holds ${which}, the first at ${at(offset)}; they are no packets and are not shown.`,
    );
  }

  /** Adds a notice unless one with this key is there; a damaged file may give thousands of reasons. */
  private noteOnce(key: string, severity: FormatNotice["severity"], message: string): void {
    if (this.noted.has(key) || this.noted.size >= 100) return;
    this.noted.add(key);
    this.notices.push({ severity, offset: this.source.base + this.source.pos, message });
  }

  private stop(message: string): false {
    this.stopped = true;
    this.notices.push({ severity: "error", offset: this.source.base + this.source.pos, message });
    return false;
  }
}

/** An IPv6 address as RFC 5952 writes it. */
function ipv6Text(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(u16(bytes, i, false));
  let best = 0;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
  }
  const hex = groups.map((g) => g.toString(16));
  if (bestLength < 2) return hex.join(":");
  return `${hex.slice(0, best).join(":")}::${hex.slice(best + bestLength).join(":")}`;
}
