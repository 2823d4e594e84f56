/** Values while a filter is evaluated: getting them out of nodes, comparing them. */
import type { Dissection } from "../dissect/dissection.ts";
import type { Node } from "../dissect/node.ts";
import { protocols } from "../dissect/protocol.ts";
import { Ipv4Net, Ipv6Net } from "./literals.ts";
import type { Group } from "./types.ts";

/** A value of a field (never null); among the constants also a network, or all values of one name. */
export type Datum = number | bigint | string | Uint8Array | Ipv4Net | Ipv6Net | ValueSet;

/** The integers that one name stands for: a constant that equals each of them and has no order. */
export class ValueSet {
  readonly ranges: readonly (readonly [first: bigint, last: bigint])[];

  constructor(ranges: readonly (readonly [first: bigint, last: bigint])[]) {
    this.ranges = ranges;
  }

  has(value: number | bigint): boolean {
    return this.ranges.some(([first, last]) => value >= first && value <= last);
  }
}

/** Below, at or above 0 as the first is less than, equal to or greater than the second; NaN when neither. */
export type Order = (a: Datum, b: Datum) => number;

/** The bytes that a node covers; undefined when they are not at hand. */
export function nodeBytes(d: Dissection, node: Node): Uint8Array | undefined {
  const source = d.sources[node.source];
  if (source === undefined) return undefined;
  return source.bytes.subarray(node.offset, node.offset + node.length);
}

/**
 * The bytes of a protocol's layer with its payload: what `contains` and `matches` search. The line of the layer
 * covers its header only.
 */
export function layerBytes(d: Dissection, node: Node): Uint8Array | undefined {
  const source = d.sources[node.source];
  if (source === undefined) return undefined;
  const called = protocols[d.chain[node.layer]]?.field === node.field;
  const end = called ? d.layerEnds[node.layer] : node.offset + node.length;
  return source.bytes.subarray(node.offset, Math.max(end, node.offset + node.length));
}

/** Encoded text for slices. */
const encoder = new TextEncoder();

/** A value as the bytes that slices cut; undefined for values that have none. */
export function asBytes(value: Datum): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return encoder.encode(value);
  if (typeof value !== "number") return undefined;
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function numberOrder(a: Datum, b: Datum): number {
  if (b instanceof ValueSet) return b.has(a as number | bigint) ? 0 : Number.NaN;
  const x = a as number | bigint;
  const y = b as number | bigint;
  if (x < y) return -1;
  if (x > y) return 1;
  return Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : 0;
}

function textOrder(a: Datum, b: Datum): number {
  return a === b ? 0 : (a as string) < (b as string) ? -1 : 1;
}

/** Longer ones are greater, as in Wireshark; of one length, those with the first greater byte. */
export function bytesOrder(a: Datum, b: Datum): number {
  const x = a as Uint8Array;
  const y = b as Uint8Array;
  if (x.length !== y.length) return x.length - y.length;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i] - y[i];
  return 0;
}

/** With a network on either side only the bits of its prefix count. */
function ipv4Order(a: Datum, b: Datum): number {
  let mask = 0xffff_ffff;
  let x = a as number;
  let y = b as number;
  if (a instanceof Ipv4Net) {
    mask = a.mask;
    x = a.address;
  }
  if (b instanceof Ipv4Net) {
    mask = (mask & b.mask) >>> 0;
    y = b.address;
  }
  return ((x & mask) >>> 0) - ((y & mask) >>> 0);
}

function ipv6Order(a: Datum, b: Datum): number {
  let bits = 128;
  if (a instanceof Ipv6Net) bits = a.prefix;
  if (b instanceof Ipv6Net) bits = Math.min(bits, b.prefix);
  const x = a instanceof Ipv6Net ? a.address : (a as Uint8Array);
  const y = b instanceof Ipv6Net ? b.address : (b as Uint8Array);
  for (let i = 0; bits > 0; i++, bits -= 8) {
    const mask = bits >= 8 ? 0xff : (0xff << (8 - bits)) & 0xff;
    const difference = (x[i] & mask) - (y[i] & mask);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** How values of a group are ordered. */
export function orderOf(group: Group): Order {
  switch (group) {
    case "string":
      return textOrder;
    case "bytes":
    case "protocol":
    case "eui64":
      return bytesOrder;
    case "ipv4":
      return ipv4Order;
    case "ipv6":
      return ipv6Order;
    default:
      return numberOrder;
  }
}

/** True when `part` stands somewhere in `whole`; nothing contains an empty part. */
export function contains(whole: Datum, part: Datum): boolean {
  if (typeof whole === "string") return typeof part === "string" && part !== "" && whole.includes(part);
  if (!(whole instanceof Uint8Array && part instanceof Uint8Array) || part.length === 0) return false;
  return Buffer.from(whole.buffer, whole.byteOffset, whole.length).indexOf(part) !== -1;
}
