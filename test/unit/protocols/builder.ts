/** Builds TCP conversations out of objects, as Ethernet frames, and dissects them in order. */
import { CaptureMemory, Dissection, MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { dissectFrame } from "../../../engine/protocols/frame.ts";
import { type Dissected, readOut } from "./harness.ts";

export interface TcpSegment {
  /** "a" sends from 10.0.0.1, "b" from 10.0.0.2. */
  readonly from: "a" | "b";
  /** Letters of SYN, FIN, RST, PSH, ACK, URG: "SA". */
  readonly flags: string;
  readonly seq: number;
  readonly ack?: number;
  readonly window?: number;
  readonly data?: string | Uint8Array;
  /** Hex of the options; filled with NOPs to whole words. */
  readonly options?: string;
  /** Milliseconds since the capture began; one more than the frame before if not given. */
  readonly at?: number;
  readonly portA?: number;
  readonly portB?: number;
  /** Bytes that were captured. */
  readonly snap?: number;
}

const FLAGS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32 };
export const PORT_A = 40000;
export const PORT_B = 50000;

const be = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256);

/** An Ethernet and IPv4 frame around a transport's bytes. */
export function ipv4Frame(protocol: number, from: "a" | "b", transport: readonly number[]): Uint8Array {
  const a = [10, 0, 0, 1];
  const b = [10, 0, 0, 2];
  const addresses = from === "a" ? [...a, ...b] : [...b, ...a];
  const header = [0x45, 0, ...be(20 + transport.length, 2), 0, 0, 0, 0, 64, protocol, 0, 0, ...addresses];
  return Uint8Array.from([...new Array(12).fill(2), 8, 0, ...header, ...transport]);
}

export function tcpFrame(s: TcpSegment): Uint8Array {
  const options = [...Buffer.from(s.options ?? "", "hex")];
  while (options.length % 4 !== 0) options.push(1);
  const data = typeof s.data === "string" ? [...Buffer.from(s.data)] : [...(s.data ?? [])];
  const a = s.portA ?? PORT_A;
  const b = s.portB ?? PORT_B;
  const [src, dst] = s.from === "a" ? [a, b] : [b, a];
  const flags = [...s.flags].reduce((sum, letter) => sum + FLAGS[letter], 0);
  return ipv4Frame(6, s.from, [
    ...be(src, 2),
    ...be(dst, 2),
    ...be(s.seq, 4),
    ...be(s.ack ?? 0, 4),
    (5 + options.length / 4) * 16,
    flags,
    ...be(s.window ?? 1000, 2),
    0,
    0,
    0,
    0,
    ...options,
    ...data,
  ]);
}

/** A capture in memory; its frames are numbered from 1. */
export class BuiltCapture {
  readonly #frames: Uint8Array[];
  readonly #segments: readonly { at?: number; snap?: number }[];
  readonly #times: number[] = [];
  readonly d: Dissection;

  constructor(segments: readonly TcpSegment[]) {
    this.#segments = segments;
    this.#frames = segments.map(tcpFrame);
    let now = 0;
    for (const s of segments) {
      now = s.at ?? now + 1;
      this.#times.push(now);
    }
    this.d = new Dissection(new CaptureMemory(), (frame) => this.#frames[frame - 1]);
    this.d.setMode(MODE_TREE, true);
  }

  /** Dissects one frame; `first` as in the dissection. */
  dissect(frame: number, first: boolean): Dissected {
    const bytes = this.#frames[frame - 1];
    const ms = this.#times[frame - 1];
    this.d.first = first;
    this.d.begin(bytes, 0, {
      number: frame,
      len: bytes.length,
      capLen: Math.min(bytes.length, this.#segments[frame - 1].snap ?? bytes.length),
      sec: Math.floor(ms / 1000),
      nsec: (ms % 1000) * 1_000_000,
      iface: 0,
      linkType: 1,
    });
    dissectFrame(this.d);
    return readOut(this.d);
  }

  /** Dissects all frames in order, for the first time. */
  all(): Dissected[] {
    return this.#frames.map((_, i) => this.dissect(i + 1, true));
  }
}

export const conversation = (...segments: TcpSegment[]): Dissected[] => new BuiltCapture(segments).all();

/** The handshake of a stream whose sequence numbers begin at `a` and `b`. */
export function handshake(a = 1000, b = 5000): TcpSegment[] {
  return [
    { from: "a", flags: "S", seq: a, options: "020405b4" },
    { from: "b", flags: "SA", seq: b, ack: a + 1, options: "020405b4" },
    { from: "a", flags: "A", seq: a + 1, ack: b + 1 },
  ];
}
