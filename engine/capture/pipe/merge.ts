/**
 * Gives the blocks of one of several sources the numbers and the byte order of the file that they go into together:
 * one section, whose interfaces are those of all the sources.
 */
import { endianness } from "node:os";
import { padded, u16, u32 } from "../../formats/bytes.ts";
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_NAMES,
  BLOCK_PACKET,
  BLOCK_SECRETS,
  BLOCK_SECTION,
  BLOCK_SIMPLE_PACKET,
  BLOCK_STATISTICS,
} from "../../formats/pcapng.ts";

const LITTLE = endianness() === "LE";
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/**
 * What has to be turned round in a block of the other byte order, by its type: the sizes of the numbers behind its
 * head, and those within its options, by their codes (pcapng, section 4).
 */
const NUMBERS: ReadonlyMap<
  number,
  { fixed: readonly number[]; options: ReadonlyMap<number, readonly number[]> }
> = new Map([
  [
    BLOCK_INTERFACE,
    {
      fixed: [2, 2, 4],
      options: new Map([
        [8, [8]],
        [10, [4]],
        [14, [8]],
        [16, [8]],
        [17, [8]],
      ]),
    },
  ],
  [
    BLOCK_ENHANCED_PACKET,
    {
      fixed: [4, 4, 4, 4, 4],
      options: new Map([
        [2, [4]],
        [4, [8]],
        [5, [8]],
        [6, [4]],
      ]),
    },
  ],
  [BLOCK_PACKET, { fixed: [2, 2, 4, 4, 4, 4], options: new Map([[2, [4]]]) }],
  [BLOCK_SIMPLE_PACKET, { fixed: [4], options: new Map() }],
  [
    BLOCK_STATISTICS,
    {
      fixed: [4, 4, 4],
      options: new Map([
        [2, [4, 4]],
        [3, [4, 4]],
        ...[4, 5, 6, 7, 8].map((code): [number, number[]] => [code, [8]]),
      ]),
    },
  ],
  [BLOCK_SECRETS, { fixed: [4, 4], options: new Map() }],
]);

/** The blocks of one source on their way into the common section. */
export class Renumbering {
  /** Blocks that were left out because what is in them cannot be turned round, by their types. */
  readonly leftOut = new Map<number, number>();
  /** The section's interfaces: their numbers in the file, and their snapshot lengths. */
  #interfaces: { readonly number: number; readonly snapLen: number }[] = [];
  #isLittle = true;
  readonly #next: () => number;

  /** @param next gives a new interface its number in the file */
  constructor(next: () => number) {
    this.#next = next;
  }

  /**
   * @param blocks whole blocks, as a `CaptureFeed` hands them out
   * @returns those that go into the file, each by itself
   */
  take(blocks: readonly Uint8Array[]): Uint8Array[] {
    const out: Uint8Array[] = [];
    for (const bytes of blocks) {
      for (let at = 0; at < bytes.length; ) {
        if (u32(bytes, at, true) === BLOCK_SECTION) {
          this.#isLittle = u32(bytes, at + 8, true) === BYTE_ORDER_MAGIC;
          this.#interfaces = [];
        }
        const total = u32(bytes, at + 4, this.#isLittle);
        const block = this.#one(bytes.slice(at, at + total));
        if (block !== null) out.push(block);
        at += total;
      }
    }
    return out;
  }

  #one(block: Uint8Array): Uint8Array | null {
    const type = u32(block, 0, this.#isLittle);
    if (type === BLOCK_SECTION) return null;
    if (this.#isLittle !== LITTLE && !turnRound(block, this.#isLittle)) {
      this.leftOut.set(type, (this.leftOut.get(type) ?? 0) + 1);
      return null;
    }
    const view = new DataView(block.buffer, block.byteOffset, block.length);
    if (type === BLOCK_INTERFACE) {
      this.#interfaces.push({ number: this.#next(), snapLen: view.getUint32(12, LITTLE) });
      return block;
    }
    const isOld = type === BLOCK_PACKET;
    if (type !== BLOCK_ENHANCED_PACKET && type !== BLOCK_STATISTICS && !isOld && type !== BLOCK_SIMPLE_PACKET)
      return block;
    if (block.length < 16) return null;
    const place =
      type === BLOCK_SIMPLE_PACKET ? 0 : isOld ? view.getUint16(8, LITTLE) : view.getUint32(8, LITTLE);
    const iface = this.#interfaces[place];
    // Packets have been looked at; statistics may be of an interface that is not there.
    if (iface === undefined) return null;
    if (type === BLOCK_SIMPLE_PACKET) return enhanced(view, iface.number, iface.snapLen);
    if (isOld) view.setUint16(8, iface.number, LITTLE);
    else view.setUint32(8, iface.number, LITTLE);
    return block;
  }
}

/** A packet block that names its interface of one that does not; its time is 0, as it has none. */
function enhanced(simple: DataView, iface: number, snapLen: number): Uint8Array {
  const len = simple.getUint32(8, LITTLE);
  const capLen = Math.min(len, snapLen || len, simple.byteLength - 16);
  const block = new Uint8Array(32 + padded(capLen));
  const view = new DataView(block.buffer);
  [BLOCK_ENHANCED_PACKET, block.length, iface, 0, 0, capLen, len].forEach((word, i) => {
    view.setUint32(i * 4, word, LITTLE);
  });
  block.set(new Uint8Array(simple.buffer, simple.byteOffset + 12, capLen), 28);
  view.setUint32(block.length - 4, block.length, LITTLE);
  return block;
}

/** Turns the numbers of a whole block round; false when it is of a type in which they are not known. */
function turnRound(block: Uint8Array, isLittle: boolean): boolean {
  const type = u32(block, 0, isLittle);
  const numbers = NUMBERS.get(type);
  if (numbers === undefined && type !== BLOCK_NAMES) return false;
  const end = block.length - 4;
  const turn = (at: number, size: number): number => {
    if (at + size <= block.length) block.subarray(at, at + size).reverse();
    return at + size;
  };
  const turnOptions = (start: number, sizes: ReadonlyMap<number, readonly number[]>): void => {
    for (let at = start; at + 4 <= end; ) {
      const code = u16(block, at, isLittle);
      const length = u16(block, at + 2, isLittle);
      turn(turn(at, 2), 2);
      at += 4;
      if (length > end - at) return;
      let number = at;
      const known = sizes.get(code) ?? [];
      if (known.reduce((sum, size) => sum + size, 0) === length)
        for (const size of known) number = turn(number, size);
      at += padded(length);
    }
  };
  let options = 8;
  for (const size of numbers?.fixed ?? []) options += size;
  if (type === BLOCK_ENHANCED_PACKET || type === BLOCK_PACKET) options += padded(u32(block, 20, isLittle));
  else if (type === BLOCK_SECRETS) options += block.length >= 20 ? padded(u32(block, 12, isLittle)) : 0;
  const hasOptions = type !== BLOCK_SIMPLE_PACKET;
  if (hasOptions) turnOptions(options, numbers?.options ?? new Map());
  let at = 8;
  for (const size of numbers?.fixed ?? []) at = turn(at, size);
  turn(0, 4);
  turn(4, 4);
  turn(end, 4);
  return true;
}
