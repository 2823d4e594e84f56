/** Makes damaged and hostile captures out of good ones, the same for the same seed and number. */
import { readFileSync } from "node:fs";
import { random } from "../tools/random.ts";
import {
  type Container,
  type Piece,
  packetOf,
  putTogether,
  takeApart,
  wireLength,
  withPacket,
  write16,
  write32,
} from "./container.ts";

export interface Mutant {
  readonly bytes: Buffer;
  readonly format: "pcap" | "pcapng";
  /** The capture it was made of. */
  readonly from: string;
  /** What was done to it, in order. */
  readonly steps: readonly string[];
}

/** Records a mutant is made of at most: enough for conversations, few enough for all trees within the limit. */
const MOST_PIECES = 120;
const MOST_BYTES = 200_000;

/** LINKTYPE_ values that name something, https://www.tcpdump.org/linktypes.html */
const LINK_TYPES = [
  0, 1, 3, 6, 7, 8, 9, 10, 50, 51, 100, 101, 104, 105, 107, 108, 113, 114, 117, 119, 120, 122, 123, 127, 129,
  130, 138, 143, 147, 149, 161, 163, 165, 166, 169, 177, 187, 189, 190, 192, 195, 196, 197, 201, 203, 209,
  212, 215, 218, 219, 220, 224, 225, 226, 227, 228, 229, 230, 235, 236, 239, 240, 243, 249, 251, 253, 254,
  256, 265, 270, 272, 273, 274, 276, 278, 280, 283, 285, 288, 289, 290, 291, 299, 65_535,
];
const EXTREMES = [
  0, 1, 2, 3, 4, 7, 8, 0x7f, 0x80, 0xfe, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
];

class Chance {
  readonly next: () => number;
  constructor(seed: number) {
    this.next = random(seed);
  }
  /** A whole number from 0 up to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

type Step = (c: Container, chance: Chance, paths: readonly string[]) => string;

/** What is done to packets and records; the file stays one that can be read in part at least. */
const STEPS: readonly (readonly [weight: number, step: Step])[] = [
  [6, flipBits],
  [5, overwriteRun],
  [8, extremeInPacket],
  [5, shower],
  [3, cutSnapshots],
  [4, splice],
  [2, insertOrRemove],
  [2, duplicate],
  [2, swap],
  [2, breakRecordHeader],
  [2, changeLinkType],
  [2, breakOptions],
  [1, nestPacket],
];
const TOTAL = STEPS.reduce((sum, [weight]) => sum + weight, 0);

/**
 * Mutant `number` of the captures at `paths`.
 * @throws Error when none of them is a pcap or pcapng file
 */
export function makeMutant(paths: readonly string[], seed: number, number: number): Mutant {
  const chance = new Chance((Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) | 0);
  // The first numbers of neighbouring seeds are alike.
  for (let i = 0; i < 4; i++) chance.next();
  const { path, container } = pickCapture(paths, chance);
  const steps: string[] = [];
  for (let left = 1 + chance.below(4); left > 0; left--) {
    steps.push(pickStep(chance)(container, chance, paths));
  }
  let bytes = putTogether(container);
  const damage = chance.below(8);
  if (damage === 0) {
    const length = chance.below(bytes.length);
    bytes = bytes.subarray(0, length);
    steps.push(`cut to ${length} bytes`);
  } else if (damage === 1) {
    for (let left = 1 + chance.below(8); left > 0; left--) {
      const at = chance.below(chance.below(2) === 0 ? Math.min(bytes.length, 200) : bytes.length);
      bytes[at] ^= 1 << chance.below(8);
      steps.push(`flipped a bit of the file's byte ${at}`);
    }
  }
  return { bytes, format: container.format, from: path, steps };
}

function pickStep(chance: Chance): Step {
  let left = chance.below(TOTAL);
  for (const [weight, step] of STEPS) {
    if (left < weight) return step;
    left -= weight;
  }
  throw new Error("the weights are wrong.");
}

function pickCapture(paths: readonly string[], chance: Chance): { path: string; container: Container } {
  const first = chance.below(paths.length);
  for (let i = 0; i < paths.length; i++) {
    const path = paths[(first + i) % paths.length]!;
    const container = takeApart(readFileSync(path));
    if (container === null || container.pieces.length === 0) continue;
    const { pieces } = container;
    const packets = pieces.filter(({ packet }) => packet >= 0).length;
    // Mostly the beginning, because conversations begin there.
    const start = packets > MOST_PIECES && chance.below(3) === 0 ? chance.below(packets - MOST_PIECES) : 0;
    let seen = 0;
    let bytes = 0;
    container.pieces = pieces.filter((piece) => {
      if (piece.packet < 0) return seen < start + MOST_PIECES;
      const wanted = seen >= start && seen < start + MOST_PIECES && bytes + piece.length <= MOST_BYTES;
      seen++;
      if (wanted) bytes += piece.length;
      return wanted;
    });
    return { path, container };
  }
  throw new Error("none of the captures is a pcap or pcapng file with packets in it.");
}

/** A record that holds a packet with bytes; null when there is none. */
function pickPacket({ pieces }: Container, chance: Chance): { piece: Piece; at: number } | null {
  if (pieces.length === 0) return null;
  const first = chance.below(pieces.length);
  for (let i = 0; i < pieces.length; i++) {
    const at = (first + i) % pieces.length;
    const piece = pieces[at]!;
    if (piece.packet >= 0 && piece.length > 0) return { piece, at };
  }
  return null;
}

/** A place in a packet; more often in its headers, where most is decided. */
const place = (length: number, chance: Chance): number =>
  chance.below(chance.below(3) > 0 ? Math.min(length, 120) : length);

const NOTHING = "nothing: there is no packet";

function flipBits(c: Container, chance: Chance): string {
  const found = pickPacket(c, chance);
  if (found === null) return NOTHING;
  const packet = packetOf(found.piece);
  const flipped: number[] = [];
  for (let left = 1 + chance.below(8); left > 0; left--) {
    const at = place(packet.length, chance);
    packet[at] ^= 1 << chance.below(8);
    flipped.push(at);
  }
  return `flipped bits of bytes ${flipped.join(", ")} in record ${found.at}`;
}

function overwriteRun(c: Container, chance: Chance): string {
  const found = pickPacket(c, chance);
  if (found === null) return NOTHING;
  const packet = packetOf(found.piece);
  const at = place(packet.length, chance);
  const end = Math.min(packet.length, at + 1 + chance.below(64));
  const fill = chance.pick([0, 0xff, 0x20, 0x80, -1, -2]);
  const first = packet[at]!;
  for (let i = at; i < end; i++) packet[i] = fill === -1 ? chance.below(256) : fill === -2 ? first : fill;
  return `overwrote bytes ${at} to ${end} of record ${found.at} with ${fill < 0 ? "others" : fill}`;
}

function setExtreme(packet: Buffer, at: number, chance: Chance): number {
  const value = chance.pick(EXTREMES);
  const width = chance.pick([1, 2, 2, 4]);
  if (width === 1 || at + width > packet.length) packet[at] = value & 0xff;
  else if (width === 2) write16(packet, at, value & 0xffff, chance.below(4) > 0);
  else write32(packet, at, value, chance.below(4) > 0);
  return value;
}

function extremeInPacket(c: Container, chance: Chance): string {
  const found = pickPacket(c, chance);
  if (found === null) return NOTHING;
  const packet = packetOf(found.piece);
  const at = place(packet.length, chance);
  return `set byte ${at} of record ${found.at} to ${setExtreme(packet, at, chance)}`;
}

/** A byte or a number in every packet: what comes of damage that is everywhere. */
function shower(c: Container, chance: Chance): string {
  const rate = 1 + chance.below(3);
  for (const piece of c.pieces) {
    if (piece.packet < 0 || piece.length === 0) continue;
    const packet = packetOf(piece);
    for (let i = 0; i < rate; i++) {
      const at = Math.min(packet.length - 1, 12 + place(Math.max(1, packet.length - 12), chance));
      if (chance.below(2) === 0) packet[at] ^= 1 << chance.below(8);
      else setExtreme(packet, at, chance);
    }
  }
  return `changed ${rate} places in every packet`;
}

function cutSnapshots(c: Container, chance: Chance): string {
  const all = chance.below(2) === 0;
  const most = 1 + chance.below(200);
  const one = pickPacket(c, chance)?.at;
  c.pieces = c.pieces.map((piece, at) => {
    if (piece.packet < 0 || piece.length <= most || !(all || at === one)) return piece;
    const wire = wireLength(c, piece);
    return withPacket(c, piece, Buffer.from(packetOf(piece).subarray(0, most)), wire);
  });
  return `cut ${all ? "every packet" : `record ${one}`} to ${most} bytes`;
}

/** A packet of another capture, under this one's link type: whole, or behind the first bytes of one that was here. */
function splice(c: Container, chance: Chance, paths: readonly string[]): string {
  const found = pickPacket(c, chance);
  const path = chance.pick(paths);
  const other = takeApart(readFileSync(path));
  const foreign = other === null ? null : pickPacket(other, chance);
  if (found === null || foreign === null) return NOTHING;
  const there = packetOf(foreign.piece);
  const here = packetOf(found.piece);
  const kept = chance.below(2) === 0 ? 0 : place(here.length, chance);
  const packet = Buffer.concat([here.subarray(0, kept), there.subarray(Math.min(kept, there.length - 1))]);
  const piece = withPacket(c, found.piece, packet, packet.length);
  if (chance.below(2) === 0) c.pieces[found.at] = piece;
  else c.pieces.splice(found.at, 0, piece);
  return `spliced record ${foreign.at} of ${path} behind ${kept} bytes of record ${found.at}`;
}

function insertOrRemove(c: Container, chance: Chance): string {
  const found = pickPacket(c, chance);
  if (found === null) return NOTHING;
  const packet = packetOf(found.piece);
  const at = place(packet.length, chance);
  const count = 1 + chance.below(16);
  const inserting = chance.below(2) === 0;
  const middle = inserting
    ? Buffer.from(Array.from({ length: count }, () => chance.below(256)))
    : Buffer.alloc(0);
  const rest = packet.subarray(inserting ? at : Math.min(packet.length, at + count));
  const changed = Buffer.concat([packet.subarray(0, at), middle, rest]);
  c.pieces[found.at] = withPacket(c, found.piece, changed, changed.length);
  return `${inserting ? "inserted" : "removed"} ${count} bytes at ${at} of record ${found.at}`;
}

function duplicate(c: Container, chance: Chance): string {
  const at = chance.below(c.pieces.length);
  const times = 1 + chance.below(4);
  const { pieces } = c;
  const piece = pieces[at]!;
  const to = chance.below(pieces.length + 1);
  const copies = Array.from({ length: times }, () => ({ ...piece, bytes: Buffer.from(piece.bytes) }));
  pieces.splice(to, 0, ...copies);
  return `put record ${at} ${times} times more at ${to}`;
}

function swap({ pieces }: Container, chance: Chance): string {
  const [a, b] = [chance.below(pieces.length), chance.below(pieces.length)];
  [pieces[a], pieces[b]] = [pieces[b]!, pieces[a]!];
  return `swapped records ${a} and ${b}`;
}

function breakRecordHeader(c: Container, chance: Chance): string {
  const at = chance.below(c.pieces.length);
  const { bytes } = c.pieces[at]!;
  const field = 4 * chance.below(Math.min(7, bytes.length >> 2));
  // Never one that claims up to the largest packet, which would take the rest of the file as its bytes too often.
  const value = chance.below(3) === 0 ? chance.below(2000) : chance.pick(EXTREMES);
  write32(bytes, field, value, c.bigEndian);
  return `set the number at ${field} of record ${at} to ${value}`;
}

function changeLinkType(c: Container, chance: Chance): string {
  const linkType = chance.pick(LINK_TYPES);
  if (c.format === "pcap") write32(c.head, 20, linkType, c.bigEndian);
  else {
    const described = c.pieces.filter(({ bytes, packet }) => packet < 0 && bytes.length >= 20);
    if (described.length === 0) return NOTHING;
    for (const { bytes } of described) {
      const type = c.bigEndian ? bytes.readUInt32BE(0) : bytes.readUInt32LE(0);
      if (type === 1) write16(bytes, 8, linkType, c.bigEndian);
    }
  }
  return `changed the link type to ${linkType}`;
}

/** An option's code or length; for pcap a number of the file header. */
function breakOptions(c: Container, chance: Chance): string {
  if (c.format === "pcap") {
    const at = 4 + 2 * chance.below(8);
    const value = chance.pick(EXTREMES);
    write16(c.head, at, value & 0xffff, c.bigEndian);
    return `set the number at ${at} of the file header to ${value & 0xffff}`;
  }
  const withOptions = c.pieces.filter(({ bytes, packet }) => packet < 0 && bytes.length >= 32);
  if (withOptions.length === 0) return NOTHING;
  const { bytes } = chance.pick(withOptions);
  const at = 8 + 2 * chance.below((bytes.length - 12) >> 1);
  const value = chance.pick(EXTREMES) & 0xffff;
  write16(bytes, at, value, c.bigEndian);
  return `set the number at ${at} of a block of ${bytes.length} bytes to ${value}`;
}

/** A packet whose payload is its own beginning, over and over: tunnels in tunnels. */
function nestPacket(c: Container, chance: Chance): string {
  const found = pickPacket(c, chance);
  if (found === null) return NOTHING;
  const packet = packetOf(found.piece);
  const from = chance.below(Math.min(packet.length, 60));
  const end = Math.min(packet.length, from + 1 + chance.below(60));
  const times = 1 + chance.below(200);
  const layers = Array.from({ length: times }, () => packet.subarray(from, end));
  const nested = Buffer.concat([packet.subarray(0, end), ...layers, packet.subarray(end)]);
  c.pieces[found.at] = withPacket(c, found.piece, nested, nested.length);
  return `repeated bytes ${from} to ${end} of record ${found.at} ${times} times`;
}
