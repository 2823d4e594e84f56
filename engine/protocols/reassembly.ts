/** What IPv4 and IPv6 share of reassembly: the fields that show it, and putting the bytes together. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, frameNum, none, u32 } from "../dissect/field.ts";
import type { Datagram, Piece } from "../dissect/fragments.ts";
import { GENERATED } from "../dissect/node.ts";
import type { Protocol } from "../dissect/protocol.ts";

export interface FragmentFields {
  readonly fragments: Field;
  readonly fragment: Field;
  readonly overlap: Field;
  readonly conflict: Field;
  readonly multipleTails: Field;
  readonly tooLong: Field;
  readonly error: Field;
  readonly count: Field;
  readonly reassembledIn: Field;
  readonly reassembledLength: Field;
  readonly reassembledData: Field;
}

/** Fields of a protocol that leaves the bytes to the layer above, and may have none for where they are put together. */
export type FragmentFieldsWithoutData = Omit<FragmentFields, "reassembledData" | "reassembledIn"> & {
  readonly reassembledIn?: Field;
  readonly reassembledData?: Field;
};

/**
 * @param prefix "ip" or "ipv6"
 * @param name "IPv4" or "IPv6"
 */
export function fragmentFields(prefix: string, name: string): FragmentFields {
  return {
    overlap: bool(`${prefix}.fragment.overlap`, "Fragment overlap"),
    conflict: bool(`${prefix}.fragment.overlap.conflict`, "Conflicting data in fragment overlap"),
    multipleTails: bool(`${prefix}.fragment.multipletails`, "Multiple tail fragments found"),
    tooLong: bool(`${prefix}.fragment.toolongfragment`, "Fragment too long"),
    error: frameNum(`${prefix}.fragment.error`, "Defragmentation error"),
    count: u32(`${prefix}.fragment.count`, "Fragment count"),
    fragment: frameNum(`${prefix}.fragment`, `${name} Fragment`),
    fragments: (prefix === "ip" ? bytes : none)(`${prefix}.fragments`, `${name} Fragments`),
    reassembledIn: frameNum(`${prefix}.reassembled_in`, `Reassembled ${name} in frame`),
    reassembledLength: u32(`${prefix}.reassembled.length`, `Reassembled ${name} length`),
    reassembledData: bytes(`${prefix}.reassembled.data`, `Reassembled ${name} data`),
  };
}

/** The piece that lies at `d.pos` and is `length` bytes long. */
export function pieceHere(d: Dissection, offset: number, length: number, more: boolean): Piece {
  const inFrame = d.source === 0;
  return {
    frame: d.frame,
    at: d.offset(d.pos),
    offset,
    length,
    more,
    bytes: inFrame ? null : d.buf.slice(d.pos, d.pos + length),
  };
}

/**
 * True for a datagram that came in one piece, which is dissected as if it were none: where only the datagrams before
 * tell whether a piece without more to come ends one of them.
 */
export const isWhole = (datagram: Datagram): boolean =>
  datagram.reassembledIn !== 0 && datagram.pieces.length === 1;

/** What is wrong with one piece of a datagram. */
interface Flaws {
  overlap: boolean;
  conflict: boolean;
  multipleTails: boolean;
  tooLong: boolean;
}

interface Assembled {
  readonly bytes: Uint8Array;
  readonly pieces: readonly Piece[];
  readonly flaws: readonly Flaws[];
}

/** Puts a datagram together; where pieces overlap the one with the lower offset wins, then the earlier one. */
function assemble(d: Dissection, datagram: Datagram): Assembled | undefined {
  const bytes = new Uint8Array(datagram.length);
  const pieces = datagram.sorted();
  const flaws: Flaws[] = [];
  const firstTail = datagram.pieces.find((piece) => !piece.more);
  let filled = 0;
  for (const piece of pieces) {
    const from = pieceBytes(d, piece);
    if (from === undefined) return undefined;
    const end = piece.offset + piece.length;
    const stop = Math.min(end, datagram.length);
    const shared = Math.min(filled, stop);
    let conflict = false;
    for (let i = piece.offset; i < shared && !conflict; i++) conflict = bytes[i] !== from[i - piece.offset];
    if (stop > filled) bytes.set(from.subarray(filled - piece.offset, stop - piece.offset), filled);
    flaws.push({
      overlap: piece.offset < filled,
      conflict,
      multipleTails: !piece.more && piece !== firstTail && end !== datagram.length,
      tooLong: end > datagram.length,
    });
    filled = Math.max(filled, stop);
  }
  return { bytes, pieces, flaws };
}

function pieceBytes(d: Dissection, piece: Piece): Uint8Array | undefined {
  if (piece.bytes !== null) return piece.bytes;
  const frame = d.frameBytes(piece.frame);
  if (frame === undefined || piece.at + piece.length > frame.length) return undefined;
  return frame.subarray(piece.at, piece.at + piece.length);
}

/**
 * Shows the datagram that is complete with this frame and hands its bytes on: to a protocol, or to who finds one.
 * @returns false when the bytes of an earlier frame are not to be had
 */
export function callReassembled(
  d: Dissection,
  f: FragmentFieldsWithoutData,
  name: string,
  datagram: Datagram,
  next: Protocol | ((d: Dissection) => void),
): boolean {
  const whole = assemble(d, datagram);
  if (whole === undefined) return false;
  d.within(`Reassembled ${name} (${whole.bytes.length} bytes)`, whole.bytes, () => {
    if (d.building) addFragments(d, f, whole);
    const { fragment } = d;
    d.fragment = false;
    d.pos = 0;
    if (d.remaining > 0) {
      if (typeof next === "function") next(d);
      else d.call(next);
    }
    d.fragment = fragment;
  });
  return true;
}

function addFragments(d: Dissection, f: FragmentFieldsWithoutData, whole: Assembled): void {
  const length = whole.bytes.length;
  const count = whole.pieces.length;
  d.open(f.fragments, 0, length, f.fragments.type === "FT_NONE" ? null : whole.bytes);
  if (d.labels) {
    const list = whole.pieces.map((piece) => `#${piece.frame}(${piece.length})`).join(", ");
    d.parent!.label = `${count} ${(count === 1 ? f.fragment : f.fragments).title} (${length} byte${length === 1 ? "" : "s"}): ${list}`;
    d.parent!.flags |= GENERATED;
  }
  whole.pieces.forEach((piece, i) => {
    const flaw = whole.flaws[i];
    const bad = flaw.conflict || flaw.multipleTails || flaw.tooLong;
    d.open(bad ? f.error : f.fragment, piece.offset, piece.length, piece.frame);
    if (d.labels) {
      d.parent!.flags |= GENERATED;
      d.parent!.label = `Frame: ${piece.frame}, payload: ${piece.offset}-${piece.offset + piece.length - 1} (${piece.length} byte${piece.length === 1 ? "" : "s"})`;
    }
    if (flaw.overlap) d.generated(f.overlap, piece.offset, 0, 1);
    if (flaw.conflict) d.generated(f.conflict, piece.offset, 0, 1);
    if (flaw.multipleTails) d.generated(f.multipleTails, piece.offset, 0, 1);
    if (flaw.tooLong) d.generated(f.tooLong, piece.offset, 0, 1);
    d.close();
  });
  d.generated(f.count, 0, 0, count);
  d.generated(f.reassembledLength, 0, 0, length);
  if (f.reassembledData !== undefined) d.generated(f.reassembledData, 0, length, whole.bytes);
  d.close();
}
