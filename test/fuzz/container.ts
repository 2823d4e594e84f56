/** Captures taken apart into records, as far as they can be, and put together again with whatever was done to them. */

/** One record of a pcap file, or one block of a pcapng file. */
export interface Piece {
  bytes: Buffer;
  /** Where the packet's bytes begin in `bytes`; -1 for a block that is no packet. */
  readonly packet: number;
  /** Captured bytes. */
  readonly length: number;
}

export interface Container {
  readonly format: "pcap" | "pcapng";
  readonly bigEndian: boolean;
  /** The file header of a pcap file; empty for pcapng. */
  head: Buffer;
  pieces: Piece[];
}

const PCAP_HEADER = 24;
const RECORD_HEADER = 16;

/** Reads as many whole records as there are; null for what is neither pcap nor pcapng. */
export function takeApart(file: Buffer): Container | null {
  if (file.length < PCAP_HEADER) return null;
  const magic = file.readUInt32BE(0);
  if (magic === 0x0a0d0d0a) return blocksOf(file);
  if (magic === 0xa1b2c3d4 || magic === 0xa1b23c4d) return recordsOf(file, true);
  if (magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1) return recordsOf(file, false);
  return null;
}

function recordsOf(file: Buffer, bigEndian: boolean): Container {
  const pieces: Piece[] = [];
  for (let at = PCAP_HEADER; at + RECORD_HEADER <= file.length; ) {
    const length = read32(file, at + 8, bigEndian);
    if (at + RECORD_HEADER + length > file.length) break;
    const bytes = Buffer.from(file.subarray(at, at + RECORD_HEADER + length));
    pieces.push({ bytes, packet: RECORD_HEADER, length });
    at += RECORD_HEADER + length;
  }
  return { format: "pcap", bigEndian, head: Buffer.from(file.subarray(0, PCAP_HEADER)), pieces };
}

function blocksOf(file: Buffer): Container {
  const bigEndian = file.readUInt32BE(8) === 0x1a2b3c4d;
  const pieces: Piece[] = [];
  for (let at = 0; at + 12 <= file.length; ) {
    const total = read32(file, at + 4, bigEndian);
    if (total < 12 || total % 4 !== 0 || at + total > file.length) break;
    const bytes = Buffer.from(file.subarray(at, at + total));
    const type = read32(bytes, 0, bigEndian);
    const enhanced = type === 6 && total >= 32 ? read32(bytes, 20, bigEndian) : -1;
    const held = enhanced >= 0 && 28 + enhanced + 4 <= total;
    pieces.push({ bytes, packet: held ? 28 : -1, length: held ? enhanced : 0 });
    at += total;
  }
  return { format: "pcapng", bigEndian, head: Buffer.alloc(0), pieces };
}

export function putTogether({ head, pieces }: Container): Buffer {
  return Buffer.concat([head, ...pieces.map(({ bytes }) => bytes)]);
}

export function packetOf({ bytes, packet, length }: Piece): Buffer {
  return bytes.subarray(packet, packet + length);
}

/**
 * The same record with other packet bytes.
 * @param wire bytes the packet had on the wire
 */
export function withPacket(
  { format, bigEndian }: Container,
  piece: Piece,
  packet: Buffer,
  wire: number,
): Piece {
  if (format === "pcap") {
    const bytes = Buffer.concat([piece.bytes.subarray(0, RECORD_HEADER), packet]);
    write32(bytes, 8, packet.length, bigEndian);
    write32(bytes, 12, wire, bigEndian);
    return { bytes, packet: RECORD_HEADER, length: packet.length };
  }
  const padded = (packet.length + 3) & ~3;
  const tail = piece.bytes.subarray(28 + ((piece.length + 3) & ~3), piece.bytes.length - 4);
  const total = 28 + padded + tail.length + 4;
  const bytes = Buffer.alloc(total);
  piece.bytes.copy(bytes, 0, 0, 28);
  packet.copy(bytes, 28);
  tail.copy(bytes, 28 + padded);
  write32(bytes, 4, total, bigEndian);
  write32(bytes, 20, packet.length, bigEndian);
  write32(bytes, 24, wire, bigEndian);
  write32(bytes, total - 4, total, bigEndian);
  return { bytes, packet: 28, length: packet.length };
}

/** Bytes the packet had on the wire. */
export function wireLength({ format, bigEndian }: Container, { bytes }: Piece): number {
  return read32(bytes, format === "pcap" ? 12 : 24, bigEndian);
}

export function read32(bytes: Buffer, at: number, bigEndian: boolean): number {
  return bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
}

export function write32(bytes: Buffer, at: number, value: number, bigEndian: boolean): void {
  if (bigEndian) bytes.writeUInt32BE(value >>> 0, at);
  else bytes.writeUInt32LE(value >>> 0, at);
}

export function write16(bytes: Buffer, at: number, value: number, bigEndian: boolean): void {
  if (bigEndian) bytes.writeUInt16BE(value, at);
  else bytes.writeUInt16LE(value, at);
}
