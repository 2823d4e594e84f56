/**
 * Checksums of framed protocols: CRCs by their parameters (the Rocksoft model) and by the names of the catalogue at
 * https://reveng.sourceforge.io/crc-catalogue/, sums, XOR, Adler-32 (RFC 1950), Fletcher, the Internet checksum
 * (RFC 1071).
 */

/** A CRC of 3 to 32 bits in the Rocksoft model; the polynomial without its highest bit. */
export interface CrcParameters {
  readonly width: number;
  readonly poly: number;
  readonly init: number;
  readonly reflectIn: boolean;
  readonly reflectOut: boolean;
  readonly xorOut: number;
}

/** One kind of checksum. Bytes go in piece by piece, and `finish` gives the result. */
export interface Checksum {
  /** Bits of the result. */
  readonly width: number;
  start(): void;
  /** Takes in `buf[from .. to)`. */
  add(buf: Uint8Array, from: number, to: number): void;
  /** The checksum of all bytes since `start`, an unsigned integer. */
  finish(): number;
}

class Crc implements Checksum {
  readonly width: number;
  readonly #table = new Uint32Array(256);
  readonly #parameters: CrcParameters;
  readonly #first: number;
  #register = 0;

  constructor(parameters: CrcParameters) {
    const { width, poly, init, reflectIn } = parameters;
    this.width = width;
    this.#parameters = parameters;
    // Not reflected, the register stands at the upper end of 32 bits; reflected, at the lower.
    if (reflectIn) {
      const reversed = reverse(poly, width);
      this.#first = reverse(init, width);
      for (let i = 0; i < 256; i++) {
        let r = i;
        for (let bit = 0; bit < 8; bit++) r = r & 1 ? (r >>> 1) ^ reversed : r >>> 1;
        this.#table[i] = r;
      }
    } else {
      const shifted = (poly << (32 - width)) >>> 0;
      this.#first = (init << (32 - width)) >>> 0;
      for (let i = 0; i < 256; i++) {
        let r = i << 24;
        for (let bit = 0; bit < 8; bit++) r = r < 0 ? (r << 1) ^ shifted : r << 1;
        this.#table[i] = r >>> 0;
      }
    }
  }

  start(): void {
    this.#register = this.#first;
  }

  add(buf: Uint8Array, from: number, to: number): void {
    const table = this.#table;
    let r = this.#register;
    if (this.#parameters.reflectIn) {
      for (let i = from; i < to; i++) r = (r >>> 8) ^ table[(r ^ buf[i]) & 0xff];
    } else {
      for (let i = from; i < to; i++) r = (r << 8) ^ table[((r >>> 24) ^ buf[i]) & 0xff];
    }
    this.#register = r >>> 0;
  }

  finish(): number {
    const { width, reflectIn, reflectOut, xorOut } = this.#parameters;
    let r = reflectIn ? this.#register : this.#register >>> (32 - width);
    if (reflectIn !== reflectOut) r = reverse(r, width);
    return (r ^ xorOut) >>> 0;
  }
}

function reverse(value: number, width: number): number {
  let out = 0;
  for (let i = 0; i < width; i++) if ((value >>> i) & 1) out |= 1 << (width - 1 - i);
  return out >>> 0;
}

/** Sum of the bytes, as it is, negated (two's complement) or inverted (ones' complement). */
class Sum implements Checksum {
  readonly width: number;
  readonly #last: "plain" | "negated" | "inverted";
  #sum = 0;
  constructor(width: 8 | 16 | 32, last: "plain" | "negated" | "inverted") {
    this.width = width;
    this.#last = last;
  }
  start(): void {
    this.#sum = 0;
  }
  add(buf: Uint8Array, from: number, to: number): void {
    let sum = this.#sum;
    for (let i = from; i < to; i++) sum = (sum + buf[i]) >>> 0;
    this.#sum = sum;
  }
  finish(): number {
    const sum = this.#last === "plain" ? this.#sum : this.#last === "negated" ? -this.#sum : ~this.#sum;
    return (this.width === 32 ? sum : sum & (2 ** this.width - 1)) >>> 0;
  }
}

class Xor implements Checksum {
  readonly width = 8;
  #value = 0;
  start(): void {
    this.#value = 0;
  }
  add(buf: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to; i++) this.#value ^= buf[i];
  }
  finish(): number {
    return this.#value;
  }
}

/** Two running sums of bytes: Adler-32 and Fletcher-16. */
class TwoSums implements Checksum {
  readonly width: number;
  readonly #modulus: number;
  readonly #first: number;
  #a = 0;
  #b = 0;
  constructor(width: 16 | 32, modulus: number, first: number) {
    this.width = width;
    this.#modulus = modulus;
    this.#first = first;
  }
  start(): void {
    this.#a = this.#first;
    this.#b = 0;
  }
  add(buf: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.#a = (this.#a + buf[i]) % this.#modulus;
      this.#b = (this.#b + this.#a) % this.#modulus;
    }
  }
  finish(): number {
    return this.#b * 2 ** (this.width / 2) + this.#a;
  }
}

/** Checksums of 16-bit words: a byte left over is a word whose other half is zero. */
abstract class Words implements Checksum {
  abstract readonly width: number;
  #half = -1;
  protected abstract begin(): void;
  protected abstract word(first: number, second: number): void;
  protected abstract result(): number;
  start(): void {
    this.#half = -1;
    this.begin();
  }
  add(buf: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      if (this.#half === -1) this.#half = buf[i];
      else {
        this.word(this.#half, buf[i]);
        this.#half = -1;
      }
    }
  }
  finish(): number {
    if (this.#half !== -1) this.word(this.#half, 0);
    this.#half = -1;
    return this.result();
  }
}

/** Over little-endian words, as it is usually done. */
class Fletcher32 extends Words {
  readonly width = 32;
  #a = 0;
  #b = 0;
  protected begin(): void {
    this.#a = 0;
    this.#b = 0;
  }
  protected word(first: number, second: number): void {
    this.#a = (this.#a + first + second * 256) % 65_535;
    this.#b = (this.#b + this.#a) % 65_535;
  }
  protected result(): number {
    return this.#b * 65_536 + this.#a;
  }
}

class Internet extends Words {
  readonly width = 16;
  #sum = 0;
  protected begin(): void {
    this.#sum = 0;
  }
  protected word(first: number, second: number): void {
    this.#sum += first * 256 + second;
    if (this.#sum > 0xffff) this.#sum -= 0xffff;
  }
  protected result(): number {
    return ~this.#sum & 0xffff;
  }
}

type Row = readonly [width: number, poly: number, init: number, reflected: boolean, xorOut: number];

/** CRCs by name; input and output are both reflected or both not. */
const CRCS: Readonly<Record<string, Row>> = {
  "crc-8": [8, 0x07, 0, false, 0],
  "crc-8/smbus": [8, 0x07, 0, false, 0],
  "crc-8/autosar": [8, 0x2f, 0xff, false, 0xff],
  "crc-8/bluetooth": [8, 0xa7, 0, true, 0],
  "crc-8/cdma2000": [8, 0x9b, 0xff, false, 0],
  "crc-8/darc": [8, 0x39, 0, true, 0],
  "crc-8/dvb-s2": [8, 0xd5, 0, false, 0],
  "crc-8/i-432-1": [8, 0x07, 0, false, 0x55],
  "crc-8/maxim-dow": [8, 0x31, 0, true, 0],
  "crc-8/nrsc-5": [8, 0x31, 0xff, false, 0],
  "crc-8/rohc": [8, 0x07, 0xff, true, 0],
  "crc-8/sae-j1850": [8, 0x1d, 0xff, false, 0xff],
  "crc-8/wcdma": [8, 0x9b, 0, true, 0],
  "crc-16": [16, 0x8005, 0, true, 0],
  "crc-16/arc": [16, 0x8005, 0, true, 0],
  "crc-16/ccitt-false": [16, 0x1021, 0xffff, false, 0],
  "crc-16/cdma2000": [16, 0xc867, 0xffff, false, 0],
  "crc-16/dds-110": [16, 0x8005, 0x800d, false, 0],
  "crc-16/dnp": [16, 0x3d65, 0, true, 0xffff],
  "crc-16/en-13757": [16, 0x3d65, 0, false, 0xffff],
  "crc-16/genibus": [16, 0x1021, 0xffff, false, 0xffff],
  "crc-16/ibm-3740": [16, 0x1021, 0xffff, false, 0],
  "crc-16/ibm-sdlc": [16, 0x1021, 0xffff, true, 0xffff],
  "crc-16/kermit": [16, 0x1021, 0, true, 0],
  "crc-16/maxim-dow": [16, 0x8005, 0, true, 0xffff],
  "crc-16/mcrf4xx": [16, 0x1021, 0xffff, true, 0],
  "crc-16/modbus": [16, 0x8005, 0xffff, true, 0],
  "crc-16/profibus": [16, 0x1dcf, 0xffff, false, 0xffff],
  "crc-16/spi-fujitsu": [16, 0x1021, 0x1d0f, false, 0],
  "crc-16/t10-dif": [16, 0x8bb7, 0, false, 0],
  "crc-16/umts": [16, 0x8005, 0, false, 0],
  "crc-16/usb": [16, 0x8005, 0xffff, true, 0xffff],
  "crc-16/x-25": [16, 0x1021, 0xffff, true, 0xffff],
  "crc-16/xmodem": [16, 0x1021, 0, false, 0],
  "crc-24/ble": [24, 0x00065b, 0x555555, true, 0],
  "crc-24/openpgp": [24, 0x864cfb, 0xb704ce, false, 0],
  "crc-32": [32, 0x04c11db7, 0xffffffff, true, 0xffffffff],
  "crc-32/aixm": [32, 0x814141ab, 0, false, 0],
  "crc-32/autosar": [32, 0xf4acfb13, 0xffffffff, true, 0xffffffff],
  "crc-32/bzip2": [32, 0x04c11db7, 0xffffffff, false, 0xffffffff],
  "crc-32/cksum": [32, 0x04c11db7, 0, false, 0xffffffff],
  "crc-32/iscsi": [32, 0x1edc6f41, 0xffffffff, true, 0xffffffff],
  "crc-32/iso-hdlc": [32, 0x04c11db7, 0xffffffff, true, 0xffffffff],
  "crc-32/jamcrc": [32, 0x04c11db7, 0xffffffff, true, 0],
  "crc-32/mpeg-2": [32, 0x04c11db7, 0xffffffff, false, 0],
  "crc-32/xfer": [32, 0x000000af, 0, false, 0],
  "crc-32c": [32, 0x1edc6f41, 0xffffffff, true, 0xffffffff],
};

const OTHERS: Readonly<Record<string, () => Checksum>> = {
  "sum-8": () => new Sum(8, "plain"),
  "sum-8/negated": () => new Sum(8, "negated"),
  "sum-8/inverted": () => new Sum(8, "inverted"),
  "sum-16": () => new Sum(16, "plain"),
  "sum-16/negated": () => new Sum(16, "negated"),
  "sum-16/inverted": () => new Sum(16, "inverted"),
  "sum-32": () => new Sum(32, "plain"),
  "xor-8": () => new Xor(),
  "adler-32": () => new TwoSums(32, 65_521, 1),
  "fletcher-16": () => new TwoSums(16, 255, 0),
  "fletcher-32": () => new Fletcher32(),
  internet: () => new Internet(),
};

/** The names of all checksums. */
export const CHECKSUM_NAMES: readonly string[] = [...Object.keys(CRCS), ...Object.keys(OTHERS)];

/** A checksum by its name, one of `CHECKSUM_NAMES`, or a CRC by its parameters. */
export function makeChecksum(kind: string | CrcParameters): Checksum {
  if (typeof kind !== "string") return new Crc(kind);
  const row = Object.hasOwn(CRCS, kind) ? CRCS[kind] : undefined;
  if (row === undefined) return OTHERS[kind]();
  const [width, poly, init, reflected, xorOut] = row;
  return new Crc({ width, poly, init, reflectIn: reflected, reflectOut: reflected, xorOut });
}
