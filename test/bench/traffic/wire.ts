/** Frames on an Ethernet: headers, lengths and checksums; written to a capture in order of time. */
import type { CaptureWriter } from "../../../engine/formats/writer.ts";

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;

/** Where in its header a protocol keeps its checksum. */
const CHECKSUM_AT: Record<number, number> = { [ICMP]: 2, [TCP]: 16, [UDP]: 6, [ICMPV6]: 2 };

/** One address of a machine. */
export interface Host {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  /** The machine's, or the gateway's for one that is far away. */
  readonly mac: Uint8Array;
  /** Hops left when its packets are captured. */
  readonly hops: number;
  /** Beyond the gateway: its short frames arrive padded. */
  readonly far: boolean;
  /** Identification of its last IPv4 packet. */
  id: number;
}

const ETHERNET = 14;
const START_SECONDS = 1_700_000_000;

export class Wire {
  /** The frame being built. */
  readonly frame = new Uint8Array(70_000);
  readonly view = new DataView(this.frame.buffer);
  /** Microseconds since the capture's beginning. */
  now = 0;
  readonly #writer: CaptureWriter;
  readonly #limit: number;
  #protocol = 0;
  #v6 = false;
  #pad = false;

  /** @param limit number of packets after which nothing more is written */
  constructor(writer: CaptureWriter, limit: number) {
    this.#writer = writer;
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#writer.packets >= this.#limit;
  }

  /**
   * Begins a packet: writes Ethernet and IP headers.
   * @returns index in `frame` at which the payload of IP goes
   */
  begin(from: Host, to: Host, protocol: number, tos = 0): number {
    const { frame, view } = this;
    this.#protocol = protocol;
    this.#v6 = from.address.length === 16;
    this.#pad = from.far;
    frame.set(to.mac, 0);
    frame.set(from.mac, 6);
    if (this.#v6) {
      view.setUint16(12, 0x86dd);
      view.setUint32(14, 0x60000000 | (tos << 20));
      frame[20] = protocol;
      frame[21] = from.hops;
      frame.set(from.address, 22);
      frame.set(to.address, 38);
      return 54;
    }
    view.setUint16(12, 0x0800);
    frame[14] = 0x45;
    frame[15] = tos;
    from.id = (from.id + 1) & 0xffff;
    view.setUint16(18, from.id);
    view.setUint16(20, 0x4000);
    frame[22] = from.hops;
    frame[23] = protocol;
    frame.set(from.address, 26);
    frame.set(to.address, 30);
    return 34;
  }

  /** Ends the packet begun, whose IP payload is `length` bytes: fills in lengths and checksums, and writes it. */
  end(length: number): void {
    const start = this.#v6 ? 54 : 34;
    this.#checksum(start, length);
    if (this.#v6) this.view.setUint16(18, length);
    else this.#ipv4(20 + length);
    this.#emit(start + length);
  }

  /**
   * Ends the packet begun as IPv4 fragments of at most 1480 bytes each.
   * @param lost index of a fragment that is not captured, -1 for none
   */
  *endInFragments(length: number, lost: number): Generator<number, void> {
    this.#checksum(34, length);
    const head = this.frame.slice(0, 34);
    const datagram = this.frame.slice(34, 34 + length);
    for (let offset = 0, i = 0; offset < length; offset += 1480, i++) {
      if (i === lost) continue;
      const part = datagram.subarray(offset, offset + 1480);
      this.frame.set(head, 0);
      this.frame.set(part, 34);
      this.#pad = false;
      this.view.setUint16(20, (offset + part.length < length ? 0x2000 : 0) | (offset / 8));
      this.#ipv4(20 + part.length);
      this.#emit(34 + part.length);
      yield 15;
    }
  }

  /** Writes a UDP packet. */
  udp(from: Host, to: Host, sourcePort: number, destinationPort: number, payload: Uint8Array): void {
    this.end(this.udpBody(from, to, sourcePort, destinationPort, payload));
  }

  /** Begins a UDP packet and fills it; returns the length to end it with. */
  udpBody(from: Host, to: Host, sourcePort: number, destinationPort: number, payload: Uint8Array): number {
    const at = this.begin(from, to, UDP);
    this.view.setUint16(at, sourcePort);
    this.view.setUint16(at + 2, destinationPort);
    this.view.setUint16(at + 4, 8 + payload.length);
    this.frame.set(payload, at + 8);
    return 8 + payload.length;
  }

  /** Writes a frame that is not IP; padded to the Ethernet minimum when it comes from `far`. */
  raw(destination: Uint8Array, source: Uint8Array, type: number, payload: Uint8Array, far: boolean): void {
    this.frame.set(destination, 0);
    this.frame.set(source, 6);
    this.view.setUint16(12, type);
    this.frame.set(payload, ETHERNET);
    this.#pad = far;
    this.#emit(ETHERNET + payload.length);
  }

  #ipv4(total: number): void {
    this.view.setUint16(16, total);
    this.view.setUint16(24, 0);
    this.view.setUint16(24, fold(sum(this.frame, 14, 34)));
  }

  /** Fills in the checksum of the IP payload, with the pseudo header where the protocol wants it. */
  #checksum(at: number, length: number): void {
    const place = at + CHECKSUM_AT[this.#protocol]!;
    this.view.setUint16(place, 0);
    let total = sum(this.frame, at, at + length);
    if (this.#protocol !== ICMP) {
      total += this.#v6 ? sum(this.frame, 22, 54) : sum(this.frame, 26, 34);
      total += this.#protocol + length;
    }
    const value = fold(total);
    this.view.setUint16(place, value === 0 && this.#protocol === UDP ? 0xffff : value);
  }

  #emit(length: number): void {
    if (this.full) return;
    let end = length;
    if (this.#pad && end < 60) {
      this.frame.fill(0, end, 60);
      end = 60;
    }
    const sec = Math.floor(this.now / 1e6);
    const nsec = (this.now - sec * 1e6) * 1000;
    this.#writer.writePacket(this.frame.subarray(0, end), START_SECONDS + sec, nsec, end);
  }
}

/** Sum of big-endian 16-bit words; 70,000 bytes stay far below 2^53. */
function sum(bytes: Uint8Array, from: number, to: number): number {
  let high = 0;
  let low = 0;
  let i = from;
  for (; i + 1 < to; i += 2) {
    high += bytes[i]!;
    low += bytes[i + 1]!;
  }
  if (i < to) high += bytes[i]!;
  return high * 256 + low;
}

function fold(total: number): number {
  let value = total;
  while (value > 0xffff) value = (value % 65536) + Math.floor(value / 65536);
  return ~value & 0xffff;
}
