/** PPP multilink, RFC 1990, with the classes of RFC 2686: packets put together from their fragments. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, frameNum, none, u8, u24, u32, YES_NO } from "../dissect/field.ts";
import { protocol, protocolNamed } from "../dissect/protocol.ts";
import { pppProtocols } from "../dissect/tables.ts";
import { data } from "./data.ts";

const f = {
  frag: u8("mp.frag", "Fragment", { base: "HEX", mask: 0xfc }),
  first: bool("mp.first", "First fragment", { mask: 0x80, tf: YES_NO }),
  last: bool("mp.last", "Last fragment", { mask: 0x40, tf: YES_NO }),
  seq: u24("mp.seq", "Sequence number"),
  sequenceNumCls: u8("mp.sequence_num_cls", "Class", { mask: 0x3c }),
  sequenceNumReserved: bool("mp.sequence_num_reserved", "Reserved", { mask: 0x3 }),
  payload: bytes("mp.payload", "Payload"),
  fragments: none("mp.fragments", "Message fragments"),
  fragment: frameNum("mp.fragment", "Message fragment"),
  fragmentCount: u32("mp.fragment.count", "Message fragment count"),
  reassembledLength: u32("mp.reassembled.length", "Reassembled length"),
};

export const mp = protocol({
  name: "mp",
  title: "PPP Multilink Protocol",
  short: "PPP MP",
  fields: f,
  on: [[pppProtocols, 0x003d]],
  dissect,
});

const FIRST = 0x80;
const LAST = 0x40;

/** Fragments met so far, by sequence number, and packets that were put together, by the frame of their last fragment. */
interface Bundle {
  readonly pieces: Map<number, Piece>;
  readonly whole: Map<number, readonly Piece[]>;
}
interface Piece {
  readonly frame: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
}
const MOST_PIECES = 1024;
const makeBundle = (): Bundle => ({ pieces: new Map(), whole: new Map() });

function dissect(d: Dissection): void {
  const at = d.pos;
  if (d.columns) d.setInfo("PPP Multilink");
  const flags = d.peek8();
  d.bits(f.frag, at, 1);
  if (d.labels) {
    if (flags & FIRST) d.append(", First fragment");
    if (flags & LAST) d.append(", Last fragment");
  }
  d.openLast();
  for (const field of [f.first, f.last, f.sequenceNumCls, f.sequenceNumReserved]) d.bits(field, at, 1);
  d.close();
  d.skip(1);
  const sequence = d.u24(f.seq);
  if (d.remaining === 0) return;
  const pieces = learn(d, flags, sequence);
  if (pieces === undefined) {
    if (d.columns) d.addInfo(` (PPP MP Unreassembled fragment ${sequence})`);
    d.bytes(f.payload, d.remaining);
    return;
  }
  putTogether(d, pieces);
}

/** Keeps a fragment; returns the packet's fragments in order once the present one is the last missing. */
function learn(d: Dissection, flags: number, sequence: number): readonly Piece[] | undefined {
  const bundle = d.memory.state(mp, makeBundle);
  const known = bundle.whole.get(d.frame);
  if (known !== undefined || !d.first || d.end < d.wireEnd) return known;
  if (bundle.pieces.size >= MOST_PIECES) bundle.pieces.clear();
  bundle.pieces.set(sequence, { frame: d.frame, flags, bytes: d.buf.slice(d.pos, d.end) });
  let from = sequence;
  while ((bundle.pieces.get(from)!.flags & FIRST) === 0) {
    from = (from - 1) & 0xffffff;
    if (from === sequence || !bundle.pieces.has(from)) return undefined;
  }
  const list: Piece[] = [];
  for (let i = from; ; i = (i + 1) & 0xffffff) {
    const piece = bundle.pieces.get(i);
    if (piece === undefined || list.length > MOST_PIECES) return undefined;
    list.push(piece);
    if (piece.flags & LAST) break;
  }
  for (let i = 0; i < list.length; i++) bundle.pieces.delete((from + i) & 0xffffff);
  bundle.whole.set(d.frame, list);
  return list;
}

function putTogether(d: Dissection, pieces: readonly Piece[]): void {
  const length = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece.bytes, at);
    at += piece.bytes.length;
  }
  if (d.building) {
    d.open(f.fragments, d.pos, 0);
    const plural = pieces.length === 1 ? "fragment" : "fragments";
    if (d.labels)
      d.relabelParent(
        `${pieces.length} Message ${plural} (${length} bytes): ${pieces.map((piece) => `#${piece.frame}(${piece.bytes.length})`).join(", ")}`,
      );
    let offset = 0;
    for (const piece of pieces) {
      const size = piece.bytes.length;
      d.generated(f.fragment, d.pos, 0, piece.frame);
      if (d.labels)
        d.relabel(`Frame: ${piece.frame}, payload: ${offset}-${offset + size - 1} (${size} bytes)`);
      offset += size;
    }
    d.generated(f.fragmentCount, d.pos, 0, pieces.length);
    d.generated(f.reassembledLength, d.pos, 0, length);
    d.close();
  }
  d.callOn(protocolNamed("ppp") ?? data, `Reassembled PPP MP payload (${length} bytes)`, bytes);
}
