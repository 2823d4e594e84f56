/** The Internet checksum, RFC 1071. */
import { ADDRESS_IPV4, ADDRESS_IPV6 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import type { Expert, Field } from "../dissect/field.ts";

/**
 * Ones' complement sum of `buf[from .. to)` as big-endian 16-bit words (an odd byte is padded with zero), folded
 * to 16 bits. 0xffff over data that contains its checksum means that the checksum is right.
 * @param start a sum to go on from: a pseudo header's
 */
export function onesSum(buf: Uint8Array, from: number, to: number, start = 0): number {
  let sum = start;
  let at = from;
  for (; at + 1 < to; at += 2) sum += (buf[at] << 8) | buf[at + 1];
  if (at < to) sum += buf[at] << 8;
  while (sum > 0xffff) sum = (sum % 0x1_0000) + Math.floor(sum / 0x1_0000);
  return sum;
}

/**
 * The checksum that should stand in place of `found`, given the sum over the data with `found` in it. Zero has two
 * signs in ones' complement; a wrong checksum that should be zero should be 0xffff.
 */
export function rightChecksum(sum: number, found: number): number {
  const right = found + (~sum & 0xffff);
  return right > 0xffff ? right - 0xffff : right;
}

/** The CRC of Ethernet and many others over `buf[from .. to)`, IEEE 802.3 section 3.2.9. */
export function crc32(buf: Uint8Array, from: number, to: number): number {
  let crc = -1;
  for (let at = from; at < to; at++) {
    crc ^= buf[at];
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

const hasPseudoHeader = (kind: number): boolean => kind === ADDRESS_IPV4 || kind === ADDRESS_IPV6;

/**
 * Sum over a segment or datagram and the pseudo header of the packet it is in: RFC 9293 section 3.1, RFC 768, over
 * IPv6 RFC 8200 section 8.1. 0xffff when its checksum is right.
 * @param number IANA protocol number
 * @param start its first byte in `d.buf`; `length` bytes are all there
 */
export function transportSum(d: Dissection, number: number, start: number, length: number): number {
  const { addresses } = d.memory;
  let sum = 0;
  if (hasPseudoHeader(addresses.kind(d.srcId))) {
    const src = addresses.bytes(d.srcId);
    const dst = addresses.bytes(d.dstId);
    sum = onesSum(dst, 0, dst.length, onesSum(src, 0, src.length));
    sum += number + (length >>> 16) + (length & 0xffff);
  }
  return onesSum(d.buf, start, start + length, sum);
}

/** `0x1a2b` */
export const hex16 = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;

/** Values of every `*.checksum.status` field. */
export const CHECKSUM_STATUS_NAMES: Readonly<Record<number, string>> = {
  0: "Bad",
  1: "Good",
  2: "Unverified",
  3: "Not present",
  4: "Illegal",
};
export const checksumStatusText = (value: number): string => CHECKSUM_STATUS_NAMES[value] ?? "Unknown";

/**
 * Says behind a checksum, the field added last, whether it is right.
 * @param sum over all that it covers, itself among it
 * @param found the checksum's value
 * @returns its status: 1 for a good one, 0 for a bad one
 */
export function addSumVerdict(d: Dissection, bad: Expert, sum: number, found: number): number {
  if (sum === 0xffff) {
    d.append(" [correct]");
    return 1;
  }
  const right = `0x${rightChecksum(sum, found).toString(16).padStart(4, "0")}`;
  d.append(` incorrect, should be ${right}`);
  d.expert(bad, `Bad checksum [should be ${right}]`);
  return 0;
}

/** Reads the checksum over the bytes from `start` to the end of the layer and says whether it is right. */
export function addSumChecksum(
  d: Dissection,
  field: Field,
  statusField: Field,
  bad: Expert,
  start: number,
): void {
  const at = d.pos;
  const found = d.u16(field);
  if (!d.building) return;
  let status = 2;
  if (d.quoted || d.fragment || d.end < d.wireEnd) d.append(" [unverified]");
  else status = addSumVerdict(d, bad, onesSum(d.buf, start, d.end), found);
  d.generated(statusField, at, 0, status);
}
