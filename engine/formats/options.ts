import { padded, u16, u32, utf8 } from "./bytes.ts";
import { MAX_BLOCK, maxCapLen } from "./limits.ts";
import { BLOCK_ENHANCED_PACKET, BLOCK_PACKET, forEachOption } from "./pcapng.ts";
import { RandomReader } from "./source.ts";
import type { Format } from "./types.ts";

/** What a packet record says beyond time, lengths and bytes (pcapng 4.3). */
export interface RecordOptions {
  readonly comments: readonly string[];
  /** epb_flags as stored: direction in bits 0-1, reception 2-4, FCS length 5-8, link-layer errors 16-31. */
  readonly flags: number | undefined;
  /** Packets lost between this one and the one before it on the interface. */
  readonly dropCount: number | undefined;
  readonly queue: number | undefined;
  readonly packetId: bigint | undefined;
  /** Algorithm 0 = 2's complement, 1 = XOR, 2 = CRC32, 3 = MD5, 4 = SHA-1, 5 = Toeplitz. */
  readonly hashes: readonly { readonly algorithm: number; readonly value: Uint8Array }[];
  /** Type 0 = hardware, 1 = Linux eBPF TC, 2 = Linux eBPF XDP: those of Linux are 64-bit numbers. */
  readonly verdicts: readonly { readonly type: number; readonly value: Uint8Array | bigint }[];
}

const NONE: RecordOptions = {
  comments: [],
  flags: undefined,
  dropCount: undefined,
  queue: undefined,
  packetId: undefined,
  hashes: [],
  verdicts: [],
};

/**
 * Reads the options of one packet record.
 *
 * @param file the uncompressed capture: a reader of it, a path or an open descriptor
 * @param recordOffset `RecordReader.recordOffset` of the packet
 * @param format of the file; pcap records have no options
 * @returns what is there; nothing is thrown for a record that contradicts itself
 * @throws the file system's error when `file` is a path that cannot be opened
 */
export function readRecordOptions(
  file: RandomReader | string | number,
  recordOffset: number,
  format: Format,
): RecordOptions {
  if (format === "pcap") return NONE;
  if (file instanceof RandomReader) return read(file, recordOffset);
  const reader = new RandomReader(file, 4096, 8);
  try {
    return read(reader, recordOffset);
  } finally {
    reader.close();
  }
}

function read(reader: RandomReader, recordOffset: number): RecordOptions {
  const head = reader.read(recordOffset, 28);
  if (head.length < 28) return NONE;
  // The block type tells the byte order of its section: both that have options are small numbers.
  const le = head[0] !== 0;
  const type = u32(head, 0, le);
  if (type !== BLOCK_ENHANCED_PACKET && type !== BLOCK_PACKET) return NONE;
  const total = u32(head, 4, le);
  const capLen = u32(head, 20, le);
  const start = 28 + padded(capLen);
  const length = total - 4 - start;
  if (capLen > maxCapLen(231) || length < 0 || length > MAX_BLOCK) return NONE;
  const b = reader.read(recordOffset + start, length);

  const comments: string[] = [];
  const hashes: { algorithm: number; value: Uint8Array }[] = [];
  const verdicts: { type: number; value: Uint8Array | bigint }[] = [];
  let flags: number | undefined;
  let dropCount: number | undefined;
  let queue: number | undefined;
  let packetId: bigint | undefined;
  if (type === BLOCK_PACKET) {
    const drops = u16(head, 10, le);
    if (drops !== 0xffff) dropCount = drops;
  }
  const big = (o: number) => (BigInt(u32(b, le ? o + 4 : o, le)) << 32n) | BigInt(u32(b, le ? o : o + 4, le));
  forEachOption(b, 0, b.length, le, (code, o, n) => {
    if (code === 1) comments.push(utf8(b, o, o + n));
    else if (code === 2 && n === 4) flags = u32(b, o, le);
    else if (code === 3 && n >= 1) hashes.push({ algorithm: b[o]!, value: b.slice(o + 1, o + n) });
    else if (type === BLOCK_PACKET) return;
    else if (code === 4 && n === 8) dropCount = Number(big(o));
    else if (code === 5 && n === 8) packetId = big(o);
    else if (code === 6 && n === 4) queue = u32(b, o, le);
    else if (code === 7 && n >= 1) {
      const isNumber = n === 9 && (b[o] === 1 || b[o] === 2);
      const value = isNumber ? BigInt.asIntN(64, big(o + 1)) : b.slice(o + 1, o + n);
      verdicts.push({ type: b[o]!, value });
    }
  });
  return { comments, flags, dropCount, queue, packetId, hashes, verdicts };
}
