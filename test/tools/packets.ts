/** Captures that tests write themselves: Ethernet frames with UDP over IPv4 whose contents follow from their number. */
import { CaptureWriter } from "../../engine/formats/writer.ts";

export const ETHERNET = 1;
/** 2023-11-14 22:13:20 UTC, the time of each capture's first packet. */
export const FIRST_SECOND = 1_700_000_000;

export interface Datagram {
  readonly source?: string;
  readonly destination?: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly ttl?: number;
  readonly payload?: Uint8Array;
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < header.length; i += 2) sum += header.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An Ethernet frame with a UDP datagram; the UDP checksum is 0, "not computed" (RFC 768). */
export function udpFrame(datagram: Datagram = {}): Buffer {
  const payload = datagram.payload ?? new Uint8Array(18);
  const frame = Buffer.alloc(14 + 20 + 8 + payload.length);
  frame.set([0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01, 0x08, 0x00]);
  const ip = frame.subarray(14, 34);
  ip[0] = 0x45;
  ip.writeUInt16BE(28 + payload.length, 2);
  ip[8] = datagram.ttl ?? 64;
  ip[9] = 17;
  ip.set((datagram.source ?? "192.0.2.1").split(".").map(Number), 12);
  ip.set((datagram.destination ?? "192.0.2.2").split(".").map(Number), 16);
  ip.writeUInt16BE(checksum(ip), 10);
  frame.writeUInt16BE(datagram.sourcePort ?? 40_000, 34);
  frame.writeUInt16BE(datagram.destinationPort ?? 40_001, 36);
  frame.writeUInt16BE(8 + payload.length, 38);
  frame.set(payload, 42);
  return frame;
}

/** An ARP request (RFC 826), padded to the least length of an Ethernet frame without its check sequence. */
export function arpRequest(): Buffer {
  const frame = Buffer.alloc(60);
  frame.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 0x01, 0x08, 0x06]);
  frame.set([0, 1, 8, 0, 6, 4, 0, 1], 14);
  frame.set([0x02, 0, 0, 0, 0, 0x01, 192, 0, 2, 1], 22);
  frame.set([0, 0, 0, 0, 0, 0, 192, 0, 2, 2], 32);
  return frame;
}

export interface CaptureShape {
  readonly format?: "pcap" | "pcapng";
  readonly linkType?: number;
  readonly tsresol?: 6 | 9;
  readonly comment?: string;
}

/** Writes frames one millisecond apart. */
export function writeFrames(path: string, frames: Iterable<Uint8Array>, shape: CaptureShape = {}): void {
  const writer = new CaptureWriter(path, {
    format: shape.format ?? "pcapng",
    application: "Tapline tests",
    comments: shape.comment === undefined ? undefined : [shape.comment],
  });
  writer.addInterface({
    linkType: shape.linkType ?? ETHERNET,
    snapLen: 262_144,
    tsresol: shape.tsresol ?? 6,
    name: shape.format === "pcap" ? undefined : "test0",
  });
  let number = 0;
  for (const frame of frames) {
    writer.writePacket(
      frame,
      FIRST_SECOND + Math.floor(number / 1000),
      (number % 1000) * 1_000_000,
      frame.length,
    );
    number++;
  }
  writer.close();
}

/**
 * Writes `count` datagrams. The frame with the number n (from 1) goes from port 10000 + n % `ports` to port 20000,
 * has the time to live 1 + n % 200 and carries n as its first four bytes.
 */
export function writeMany(
  path: string,
  count: number,
  { ports = 1000, ...shape }: CaptureShape & { readonly ports?: number } = {},
): void {
  writeFrames(path, datagrams(count, ports), shape);
}

function* datagrams(count: number, ports: number): Generator<Buffer> {
  // One buffer serves all frames: the writer copies it.
  const frame = udpFrame({ destinationPort: 20_000 });
  for (let number = 1; number <= count; number++) {
    frame[22] = 1 + (number % 200);
    frame.writeUInt16BE(0, 24);
    frame.writeUInt16BE(checksum(frame.subarray(14, 34)), 24);
    frame.writeUInt16BE(10_000 + (number % ports), 34);
    frame.writeUInt32BE(number, 42);
    yield frame;
  }
}

/**
 * Six frames that differ where filters, colours and sorting look: 1 ARP; 2 and 3 a datagram and its answer
 * between ports 40000 and 40001; 4 with the time to live 1; 5 longer than the others with the text "needle";
 * 6 to another host.
 */
export function writeFew(path: string, shape: CaptureShape = {}): void {
  const other = {
    source: "192.0.2.2",
    destination: "192.0.2.1",
    sourcePort: 40_001,
    destinationPort: 40_000,
  };
  writeFrames(
    path,
    [
      arpRequest(),
      udpFrame(),
      udpFrame(other),
      udpFrame({ ttl: 1 }),
      udpFrame({ payload: Buffer.from("hay hay needle hay hay hay hay hay hay") }),
      udpFrame({ destination: "198.51.100.7", ttl: 33 }),
    ],
    shape,
  );
}
