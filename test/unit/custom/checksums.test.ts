import { describe, expect, it } from "vitest";
import { CHECKSUM_NAMES, type CrcParameters, makeChecksum } from "../../../engine/custom/checksums.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function of(kind: string | CrcParameters, bytes: Uint8Array, cut = 0): number {
  const sum = makeChecksum(kind);
  sum.start();
  sum.add(bytes, 0, cut);
  sum.add(bytes, cut, bytes.length);
  return sum.finish();
}

/** The catalogue's check values: the CRC of "123456789". */
const CHECKS: Readonly<Record<string, number>> = {
  "crc-8": 0xf4,
  "crc-8/smbus": 0xf4,
  "crc-8/autosar": 0xdf,
  "crc-8/bluetooth": 0x26,
  "crc-8/cdma2000": 0xda,
  "crc-8/darc": 0x15,
  "crc-8/dvb-s2": 0xbc,
  "crc-8/i-432-1": 0xa1,
  "crc-8/maxim-dow": 0xa1,
  "crc-8/nrsc-5": 0xf7,
  "crc-8/rohc": 0xd0,
  "crc-8/sae-j1850": 0x4b,
  "crc-8/wcdma": 0x25,
  "crc-16": 0xbb3d,
  "crc-16/arc": 0xbb3d,
  "crc-16/ccitt-false": 0x29b1,
  "crc-16/cdma2000": 0x4c06,
  "crc-16/dds-110": 0x9ecf,
  "crc-16/dnp": 0xea82,
  "crc-16/en-13757": 0xc2b7,
  "crc-16/genibus": 0xd64e,
  "crc-16/ibm-3740": 0x29b1,
  "crc-16/ibm-sdlc": 0x906e,
  "crc-16/kermit": 0x2189,
  "crc-16/maxim-dow": 0x44c2,
  "crc-16/mcrf4xx": 0x6f91,
  "crc-16/modbus": 0x4b37,
  "crc-16/profibus": 0xa819,
  "crc-16/spi-fujitsu": 0xe5cc,
  "crc-16/t10-dif": 0xd0db,
  "crc-16/umts": 0xfee8,
  "crc-16/usb": 0xb4c8,
  "crc-16/x-25": 0x906e,
  "crc-16/xmodem": 0x31c3,
  "crc-24/ble": 0xc25a56,
  "crc-24/openpgp": 0x21cf02,
  "crc-32": 0xcbf43926,
  "crc-32/aixm": 0x3010bf7f,
  "crc-32/autosar": 0x1697d06a,
  "crc-32/bzip2": 0xfc891918,
  "crc-32/cksum": 0x765e7680,
  "crc-32/iscsi": 0xe3069283,
  "crc-32/iso-hdlc": 0xcbf43926,
  "crc-32/jamcrc": 0x340bc6d9,
  "crc-32/mpeg-2": 0x0376e6e7,
  "crc-32/xfer": 0xbd0be338,
  "crc-32c": 0xe3069283,
};

describe("checksums", () => {
  it.each(CHECKSUM_NAMES.filter((name) => name.startsWith("crc")))(
    "%s has the catalogue's check value",
    (name) => {
      expect(CHECKS[name]).toBeDefined();
      expect(of(name, text("123456789"))).toBe(CHECKS[name]);
      expect(of(name, text("123456789"), 5)).toBe(CHECKS[name]);
    },
  );

  it("takes a CRC by its parameters, also where only the output is reflected", () => {
    const crc12 = { width: 12, poly: 0x80f, init: 0, reflectIn: false, reflectOut: true, xorOut: 0 };
    expect(of(crc12, text("123456789"))).toBe(0xdaf);
    const crc5 = { width: 5, poly: 0x05, init: 0x1f, reflectIn: true, reflectOut: true, xorOut: 0x1f };
    expect(of(crc5, text("123456789"))).toBe(0x19);
  });

  it.each([
    ["sum-8", 0xdd],
    ["sum-8/negated", 0x23],
    ["sum-8/inverted", 0x22],
    ["sum-16", 0x01dd],
    ["sum-16/negated", 0xfe23],
    ["sum-16/inverted", 0xfe22],
    ["sum-32", 0x01dd],
    ["xor-8", 0x31],
    ["adler-32", 0x091e01de],
    ["fletcher-16", 0x1ede],
  ])("%s of the same text", (name, value) => {
    expect(of(name, text("123456789"))).toBe(value);
  });

  it("Fletcher-32 and the Internet checksum go by words, wherever the bytes are cut", () => {
    for (const cut of [0, 1, 2, 3]) {
      expect(of("fletcher-32", text("abcde"), cut)).toBe(0xf04fc729);
      expect(of("fletcher-32", text("abcdef"), cut)).toBe(0x56502d2a);
      // The example of RFC 1071 3: the sum is ddf2.
      expect(of("internet", Uint8Array.of(0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7), cut)).toBe(0x220d);
    }
    expect(of("internet", Uint8Array.of(0x12))).toBe(0xedff);
  });
});
