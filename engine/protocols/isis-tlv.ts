/** What the PDUs of IS-IS share: the loop over their options (TLVs) and the options that several of them have. */
import type { Dissection } from "../dissect/dissection.ts";
import { type Expert, type Field, u16 } from "../dissect/field.ts";
import { DissectorTable } from "../dissect/protocol.ts";
import { formatHex } from "../dissect/text.ts";
import { addExpertLine, formatArea, nlpidName } from "./osi.ts";

/** PDU type → protocol. */
export const isisTypes = new DissectorTable("isis.type", "ISIS Type");

/** Bytes of the header that all PDUs have. A PDU's own part begins behind them. */
export const ISIS_HEADER = 8;

/** Length of the whole header of the PDU that begins at `start`. */
export const headerLength = (d: Dissection, start: number): number => d.buf[start + 1];
/** Length of its system identifiers: 0 stands for six bytes, 255 for none. */
export function idLength(d: Dissection, start: number): number {
  const told = d.buf[start + 3];
  return told === 0 ? 6 : told === 255 ? 0 : told;
}
export const pduType = (d: Dissection, start: number): number => d.buf[start + 4] & 0x1f;

/**
 * An option: its title and what reads its `length` bytes; the loop goes on behind them wherever that ends. `start`
 * is the place in `buf` where the PDU begins.
 */
export type Tlv = readonly [title: string, add: (d: Dissection, length: number, start: number) => void];

export interface TlvFamily {
  readonly type: Field;
  readonly length: Field;
  readonly short: Expert;
  readonly unknown: Expert;
  readonly tlvs: Readonly<Record<number, Tlv>>;
}

const ignored = (): void => undefined;
export const PADDING: Tlv = ["Padding", ignored];

/** The options in the `left` bytes of the PDU from the cursor on. A last one without value is not shown. */
export function addTlvs(d: Dissection, left: number, family: TlvFamily, start: number): void {
  let rest = left;
  while (rest > 2) {
    const at = d.pos;
    const type = d.peek8();
    const length = d.peek8(1);
    d.skip(2);
    rest -= 2;
    if (length > rest) {
      addExpertLine(d, family.short, d.pos, d.remaining, `Short CLV header (${length} vs ${rest})`);
      return;
    }
    const tlv = family.tlvs[type];
    if (d.labels) d.openText(at, length + 2, `${tlv?.[0] ?? "Unknown code"} (t=${type}, l=${length})`);
    d.add(family.type, at, 1, type);
    d.add(family.length, at + 1, 1, length);
    const value = d.pos;
    if (tlv === undefined) addUnknown(d, family.unknown, type, length);
    else tlv[1](d, length, start);
    d.pos = value + length;
    rest -= length;
    if (d.labels) d.close();
  }
  // The type is read, and the length where there is one: the loop ends for want of more bytes.
  if (rest > 0) d.need(rest);
}

function addUnknown(d: Dissection, expert: Expert, type: number, length: number): void {
  const text = `IS-IS CLV (${type}) is not dissected`;
  addExpertLine(d, expert, d.pos, length, text);
}

/** Area addresses, ISO 10589 sections 9.5 to 9.9, code 1. */
export function addAreas(d: Dissection, length: number, field: Field, short: Expert): void {
  let left = length;
  while (left > 0) {
    const n = d.peek8();
    left--;
    if (left <= 0) {
      addExpertLine(d, short, d.pos + 1, d.remaining - 1, "short address (no length for payload)");
      return;
    }
    if (n > left) {
      addExpertLine(
        d,
        short,
        d.pos + 1,
        d.remaining - 1,
        `short address, packet says ${n}, we have ${left} left`,
      );
      return;
    }
    d.bytes(field, n + 1);
    if (d.labels) d.relabel(`Area address (${n}): ${formatArea(d.buf.subarray(d.pos - n, d.pos))}`);
    left -= n;
  }
}

export const keyId = u16("isis.clv.key_id", "Key ID");
const DIGESTS: Readonly<Record<number, string>> = {
  20: "hmac-sha1",
  28: "hmac-sha224",
  32: "hmac-sha256",
  48: "hmac-sha384",
  64: "hmac-sha512",
};

/** Authentication, code 10: RFC 5304, RFC 5310. */
export function addAuthentication(d: Dissection, length: number, field: Field, unknown: Expert): void {
  if (length <= 0) return;
  const type = d.peek8();
  d.skip(1);
  let n = length - 1;
  if (type === 3) {
    d.u16(keyId);
    n -= 2;
  }
  d.bytes(field, n);
  if (d.labels) d.relabel(authenticationText(type, d.buf.subarray(d.pos - n, d.pos)));
  if (type !== 1 && type !== 3 && type !== 54) addExpertLine(d, unknown, d.pos - n, n);
}

function authenticationText(type: number, value: Uint8Array): string {
  const n = value.length;
  const digest = `message digest (length ${n}) = ${formatHex(value)}`;
  switch (type) {
    case 1:
      return `clear text (1), ${n > 0 ? `password (length ${n}) = ${String.fromCharCode(...value)}` : "no clear-text password found!!!"}`;
    case 54:
      return `hmac-md5 (54), ${n === 16 ? digest : "illegal hmac-md5 digest format (must be 16 bytes)"}`;
    case 3:
      return DIGESTS[n] === undefined
        ? "CRYPTO_AUTH (3) illegal message digest format"
        : `CRYPTO_AUTH ${DIGESTS[n]} (3), ${digest}`;
  }
  return `type 0x${type.toString(16).padStart(2, "0")} (0x${n.toString(16).padStart(2, "0")})`;
}

/** Protocols supported, RFC 1195, code 129. */
export function addProtocols(d: Dissection, length: number, field: Field): void {
  if (length <= 0) {
    d.text(d.pos, 0, "No NLPIDs");
    return;
  }
  if (d.labels) {
    const names = Array.from(
      d.peekBytes(Math.min(length, d.remaining)),
      (id) => `${nlpidName(id)} (0x${id.toString(16).padStart(2, "0")})`,
    );
    d.openText(d.pos, length, `NLPID${length === 1 ? "" : "s"}: ${names.join(", ")}`);
  }
  for (let i = 0; i < length; i++) d.u8(field);
  if (d.labels) d.close();
}

/** Addresses of interfaces, RFC 1195 code 132 and RFC 5308 codes 232 and 233; `size` is 4 or 16 bytes. */
export function addInterfaces(
  d: Dissection,
  length: number,
  field: Field,
  size: number,
  short: Expert,
): void {
  for (let left = length; left > 0; left -= size) {
    if (left < size) {
      const version = size === 4 ? "IP" : "IPv6";
      addExpertLine(d, short, d.pos, d.remaining, `Short ${version} interface address (${left} vs ${size})`);
      return;
    }
    if (size === 4) d.ipv4(field);
    else d.ipv6(field);
  }
}

const TOPOLOGIES = [
  "IPv4 Unicast Topology",
  "IPv4 In-Band Management Topology",
  "IPv6 Unicast Topology",
  "IPv4 Multicast Topology",
  "IPv6 Multicast Topology",
  "IPv6 In-Band Management Topology",
];

/** Topologies the system takes part in, RFC 5120 section 7.1, code 229. */
export function addTopologies(d: Dissection, length: number, field: Field, malformed: Expert): void {
  for (let left = length; left > 0; left -= 2) {
    if (left === 1) {
      addExpertLine(d, malformed, d.pos, 1);
      return;
    }
    const value = d.u16(field);
    const id = value & 0x0fff;
    if (!d.labels) continue;
    const name =
      TOPOLOGIES[id] ??
      (id === 4095 ? "Development, Experimental or Proprietary Topology" : "Unknown Topology");
    const bits = `${value & 0x8000 ? ", Overload bit set" : ""}${value & 0x4000 ? ", ATT bit set" : ""}`;
    d.relabel(`${name} (0x${id.toString(16).padStart(3, "0")})${bits}`);
  }
}

/** Instance identifier, RFC 8202, code 7. */
export function addInstance(d: Dissection, length: number, id: Field, topology: Field, short: Expert): void {
  if (length < 2) {
    addExpertLine(d, short, d.pos, d.remaining, "short address (no length for payload)");
    return;
  }
  d.u16(id);
  for (let left = length - 2; left >= 2; left -= 2) d.u16(topology);
}
