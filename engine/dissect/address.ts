/** Addresses as small numbers: each address of a capture is kept once and named by its id. */
import { grown } from "../index/grown.ts";
import { formatEther, formatIpv4, formatIpv6 } from "./text.ts";

export const ADDRESS_NONE = 0;
export const ADDRESS_ETHER = 1;
export const ADDRESS_IPV4 = 2;
export const ADDRESS_IPV6 = 3;
/** Anything else a link layer uses, shown as given: "host", "controller" and the like. */
export const ADDRESS_TEXT = 4;
/** IEEE 802.11 control frames have no source and destination: addresses shown with the role they have instead. */
export const ADDRESS_RECEIVER = 5;
export const ADDRESS_TRANSMITTER = 6;
export const ADDRESS_BSSID = 7;
/** A short address of IEEE 802.15.4: two bytes, the high one first. */
export const ADDRESS_WPAN = 8;

const SLOT = 20;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Address bytes ↔ id. Id 0 is "no address". An entry is 20 bytes: kind, length, up to 18 bytes.
 * Lookup is open addressing over a power-of-two table of ids, so that interning allocates nothing.
 */
export class AddressTable {
  #data = new Uint8Array(SLOT * 1024);
  #slots = new Int32Array(4096);
  #count = 1;

  /** Number of ids in use, id 0 included. */
  get count(): number {
    return this.#count;
  }

  /**
   * The id of an address given by its bytes.
   * @param kind an ADDRESS_ constant
   * @param length bytes of the address, at most 18
   */
  intern(kind: number, buf: Uint8Array, offset: number, length: number): number {
    let hash = kind;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ buf[offset + i], 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.#slots[slot];
      if (id === 0) break;
      if (this.#is(id, kind, buf, offset, length)) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.#count++;
    if ((id + 1) * SLOT > this.#data.length) {
      this.#data = grown(this.#data, this.#data.length * 2);
    }
    const at = id * SLOT;
    this.#data[at] = kind;
    this.#data[at + 1] = length;
    for (let i = 0; i < length; i++) this.#data[at + 2 + i] = buf[offset + i];
    this.#slots[slot] = id;
    if (this.#count * 2 > this.#slots.length) this.#grow();
    return id;
  }

  /** The id of an address that is plain text of at most 18 bytes of UTF-8. */
  internText(text: string): number {
    const bytes = encoder.encode(text).subarray(0, 18);
    return this.intern(ADDRESS_TEXT, bytes, 0, bytes.length);
  }

  kind(id: number): number {
    return this.#data[id * SLOT];
  }

  /** The address's bytes; a view that must not be written to. */
  bytes(id: number): Uint8Array {
    const at = id * SLOT;
    return this.#data.subarray(at + 2, at + 2 + this.#data[at + 1]);
  }

  /** The address as the packet list shows it; empty for id 0. */
  text(id: number): string {
    const bytes = this.bytes(id);
    switch (this.kind(id)) {
      case ADDRESS_ETHER:
        return formatEther(bytes);
      case ADDRESS_IPV4:
        return formatIpv4(((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0);
      case ADDRESS_IPV6:
        return formatIpv6(bytes);
      case ADDRESS_RECEIVER:
        return `${formatEther(bytes)} (RA)`;
      case ADDRESS_TRANSMITTER:
        return `${formatEther(bytes)} (TA)`;
      case ADDRESS_BSSID:
        return `${formatEther(bytes)} (BSSID)`;
      case ADDRESS_WPAN: {
        const short = (bytes[0] << 8) | bytes[1];
        return short === 0xffff ? "Broadcast" : `0x${short.toString(16).padStart(4, "0")}`;
      }
      case ADDRESS_TEXT:
        return decoder.decode(bytes);
      default:
        return "";
    }
  }

  #is(id: number, kind: number, buf: Uint8Array, offset: number, length: number): boolean {
    const at = id * SLOT;
    const data = this.#data;
    if (data[at] !== kind || data[at + 1] !== length) return false;
    for (let i = 0; i < length; i++) if (data[at + 2 + i] !== buf[offset + i]) return false;
    return true;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (let id = 1; id < this.#count; id++) {
      const at = id * SLOT;
      let hash = this.#data[at];
      const length = this.#data[at + 1];
      for (let i = 0; i < length; i++) hash = Math.imul(hash ^ this.#data[at + 2 + i], 0x01000193);
      hash ^= hash >>> 15;
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}
