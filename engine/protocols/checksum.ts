/** The Internet checksum, RFC 1071. */
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

/** The checksum that should stand in place of `found`, given the sum over the data with `found` in it. */
export function rightChecksum(sum: number, found: number): number {
  let rest = sum - found;
  if (rest < 0) rest += 0xffff;
  const right = ~rest & 0xffff;
  return right === 0xffff && found !== 0xffff ? 0 : right;
}

/** Names of every `*.checksum.status` field. */
export const checksumStatusText = (value: number): string =>
  ["Bad", "Good", "Unverified", "Not present", "Illegal"][value] ?? "Unknown";

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
  else {
    const sum = onesSum(d.buf, start, d.end);
    status = sum === 0xffff ? 1 : 0;
    if (status === 1) d.append(" [correct]");
    else {
      const right = `0x${rightChecksum(sum, found).toString(16).padStart(4, "0")}`;
      d.append(` incorrect, should be ${right}`);
      d.expert(bad, `Bad checksum [should be ${right}]`);
    }
  }
  d.generated(statusField, at, 0, status);
}
