import { at, count, u16, u32 } from "./bytes.ts";
import { maxCapLen } from "./limits.ts";
import type { ByteSource, CaptureInterface, Format, FormatNotice, RecordReader } from "./types.ts";

/** What the first four bytes of a pcap file say, read as a big-endian number. */
interface Magic {
  readonly le: boolean;
  readonly nano: boolean;
  readonly family: "standard" | "modified" | "ixia";
  readonly title: string;
}

function magics(value: number, nano: boolean, family: Magic["family"], title: string): [number, Magic][] {
  const swapped = u32(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value), 0, true);
  return [
    [value, { le: false, nano, family, title }],
    [swapped, { le: true, nano, family, title }],
  ];
}

const MAGICS: ReadonlyMap<number, Magic> = new Map([
  ...magics(0xa1b2c3d4, false, "standard", "pcap, microsecond"),
  ...magics(0xa1b23c4d, true, "standard", "pcap, nanosecond"),
  ...magics(0xa1b2cd34, false, "modified", "pcap with Kuznetzov's patches, microsecond"),
  ...magics(0x1c0001ac, true, "ixia", "pcap of IXIA hardware, nanosecond"),
  ...magics(0x1c0001ab, true, "ixia", "pcap of IXIA software, nanosecond"),
]);

/** Bytes of the header before the first record: 24, and four more in IXIA's files. */
function fileHeaderLength(magic: Magic): number {
  return magic.family === "ixia" ? 28 : 24;
}

/** Record header lengths that share a magic, the likeliest first. */
const RECORD_HEADERS = {
  // As documented; Kuznetzov's patch of 1999-04-17 and Nokia's did not change the magic.
  standard: [
    [16, ""],
    [24, ", Kuznetzov's patch of 1999-04-17"],
    [20, ", Nokia"],
  ],
  modified: [
    [24, ""],
    [28, ", patch of 1999-09-15"],
  ],
  ixia: [[16, ""]],
} as const;

/** AIX (version 2.2) writes interface types (RFC 1573) where others write link types. */
const AIX_LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [6, 1],
  [9, 6],
  [15, 10],
  [24, 0],
]);

/** Whether these first bytes of a file are those of a pcap file in any variant. */
export function isPcap(head: Uint8Array): boolean {
  return head.length >= 4 && MAGICS.has(u32(head, 0, false));
}

/**
 * Reads pcap files (draft-ietf-opsawg-pcap): micro- and nanoseconds, both byte orders, and the variants of
 * Kuznetzov, Nokia, AIX and IXIA. The variants that share a magic are told apart by the first records.
 */
export class PcapReader implements RecordReader {
  readonly format: Format = "pcap";
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
  /** "pcap, nanosecond, big-endian"; empty until the header has been read. */
  description = "";
  /** Bytes before the first record. */
  headerLength = 24;
  /** Whether records are laid out as documented: 16-byte headers, lengths in the documented order. */
  standard = true;

  private le = true;
  private nano = false;
  private recordHeader = 0;
  private maxLen = 0;
  private swapLengths: "never" | "always" | "when longer" = "never";
  private magic: Magic | undefined;
  private stopped = false;

  /** @param source stands at the start of the file */
  constructor(source: ByteSource) {
    this.source = source;
  }

  next(): boolean {
    if (this.stopped || (this.recordHeader === 0 && !this.begin())) return false;
    const s = this.source;
    const head = this.recordHeader;
    if (s.end - s.pos < head && !s.ensure(head)) return false;
    const le = this.le;
    const b = s.buf;
    const p = s.pos;
    let capLen = u32(b, p + 8, le);
    let len = u32(b, p + 12, le);
    if (this.swapLengths !== "never" && (this.swapLengths === "always" || capLen > len)) {
      const swap = capLen;
      capLen = len;
      len = swap;
    }
    if (capLen > this.maxLen) {
      this.stop(
        `The record at ${at(s.base + p)} claims ${count(capLen, "byte")}, more than the ` +
          `${count(this.maxLen, "byte")} a packet can have: the file is damaged from here on, ` +
          "the packets before are kept.",
      );
      return false;
    }
    const total = head + capLen;
    const sec = u32(b, p, le);
    const fraction = u32(b, p + 4, le);
    if (s.end - p < total && !s.ensure(total)) return false;

    const start = s.pos;
    this.recordOffset = s.base + start;
    this.recordLength = total;
    this.dataPos = start + head;
    this.dataOffset = this.recordOffset + head;
    this.capLen = capLen;
    this.len = len;
    const second = this.nano ? 1_000_000_000 : 1_000_000;
    const carry = fraction < second ? 0 : Math.floor(fraction / second);
    this.sec = sec + carry;
    this.nsec = (fraction - carry * second) * (this.nano ? 1 : 1000);
    s.pos = start + total;
    return true;
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
      const what = this.recordHeader === 0 && this.interfaces.length === 0 ? "its header" : "a packet";
      this.stop(
        `The file is cut short in the middle of ${what}: ${count(left, "byte")} at ${at(offset)} ` +
          "are not a whole record. The packets before are complete.",
      );
    }
  }

  /** Reads the file header as soon as it is there. */
  readHeader(): boolean {
    if (this.magic) return true;
    const s = this.source;
    if (!s.ensure(4)) return false;
    const magic = MAGICS.get(u32(s.buf, s.pos, false));
    if (!magic) {
      this.stop("The file does not begin as a pcap file does.");
      return false;
    }
    this.headerLength = fileHeaderLength(magic);
    if (!s.ensure(this.headerLength)) return false;
    const b = s.buf;
    const p = s.pos;
    const { le } = magic;
    const major = u16(b, p + 4, le);
    const minor = u16(b, p + 6, le);
    const snapLen = u32(b, p + 16, le);
    const network = u32(b, p + 20, le);
    this.magic = magic;
    this.le = le;
    this.nano = magic.nano;
    // The upper six bits say whether frames end in a check sequence and how many 16-bit words it has.
    let linkType = network & 0x03ffffff;
    const fcsLen = (network & 0x04000000) !== 0 ? (network >>> 28) * 2 : undefined;
    let variant = "";
    if (magic.family === "standard" && major === 2) {
      if (minor === 2 && AIX_LINK_TYPES.has(linkType)) {
        linkType = AIX_LINK_TYPES.get(linkType)!;
        this.nano = true;
        variant = ", AIX";
      } else if (minor < 3 || minor === 543) {
        this.swapLengths = "always";
      } else if (minor === 3) {
        this.swapLengths = "when longer";
      }
    }
    if (major !== 2) {
      this.notices.push({
        severity: "warning",
        offset: 4,
        message: `The file says it is pcap version ${major}.${minor}; it is read as version 2.4.`,
      });
    }
    this.standard = this.swapLengths === "never";
    this.maxLen = maxCapLen(linkType);
    this.description = `${magic.title}${variant}, ${le ? "little" : "big"}-endian`;
    this.interfaces.push({
      id: 0,
      section: 0,
      linkType,
      snapLen,
      fcsLen,
      name: undefined,
      description: undefined,
      filter: undefined,
      os: undefined,
      hardware: undefined,
      tsresol: this.nano ? 9 : 6,
      comments: [],
    });
    s.pos += this.headerLength;
    return true;
  }

  /** Reads the file header and settles the length of record headers once a first record can be seen. */
  private begin(): boolean {
    if (!this.readHeader()) return false;
    const s = this.source;
    if (!s.ensure(16)) return false;
    s.ensure(Math.min(65_536, s.size() - s.base - s.pos));
    const { family } = this.magic!;
    const variants = RECORD_HEADERS[family];
    let best: (typeof variants)[number] = variants[0];
    let fewest = Number.POSITIVE_INFINITY;
    for (const variant of variants) {
      const problems = this.problems(variant[0], variant === variants[0]);
      if (problems < fewest) {
        best = variant;
        fewest = problems;
      }
    }
    this.recordHeader = best[0];
    if (best !== variants[0]) {
      this.description = this.description.replace(/, (little|big)-endian$/, `${best[1]}, $1-endian`);
    }
    if (family === "modified" || best !== variants[0]) this.standard = false;
    return true;
  }

  /**
   * How wrong the records in the window look when each header has `head` bytes. A record cut at the end is
   * what a growing or truncated file has, so it does not count against the `likeliest` layout.
   */
  private problems(head: number, likeliest: boolean): number {
    const { buf, end } = this.source;
    const second = this.nano ? 1_000_000_000 : 1_000_000;
    let p = this.source.pos;
    let problems = 0;
    for (let i = 0; i < 20 && p < end; i++) {
      if (p + 16 > end) return problems + (likeliest ? 0 : 3);
      const capLen = u32(buf, p + 8, this.le);
      const len = u32(buf, p + 12, this.le);
      const stored = this.swapLengths === "always" ? len : capLen;
      if (u32(buf, p + 4, this.le) >= second) problems++;
      if (stored > this.maxLen || len > 0x07ffffff) return problems + 10;
      p += head + stored;
      if (p > end) return problems + (likeliest ? 0 : 3);
    }
    return problems;
  }

  private stop(message: string): void {
    this.stopped = true;
    this.notices.push({ severity: "error", offset: this.source.base + this.source.pos, message });
  }
}
