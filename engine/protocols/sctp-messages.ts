/** What SCTP remembers of an association: first TSNs, chunks of user data seen, messages being put together. */
import type { Dissection } from "../dissect/dissection.ts";
import type { Protocol } from "../dissect/protocol.ts";

/** A chunk of user data that holds a piece of a message. */
export interface SctpFragment {
  readonly tsn: number;
  readonly frame: number;
  /** Offset of the piece's first byte in the bytes of its frame. */
  readonly at: number;
  readonly length: number;
  /** The bytes themselves, where they are not in the frame as they are. */
  readonly bytes: Uint8Array | null;
  readonly begins: boolean;
  readonly ends: boolean;
  /** Payload protocol identifier, -1 where the chunk does not tell. */
  readonly kind: number;
}

export interface Message {
  /** In the order of their TSNs. */
  readonly fragments: readonly SctpFragment[];
  readonly length: number;
  readonly kind: number;
  readonly reassembledIn: number;
  /** TSN of the piece that came last. */
  readonly completedBy: number;
}

/** Where and when a TSN was seen first. */
export interface SeenChunk {
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
}

/** TSNs and pieces kept for each direction; older ones are forgotten. */
const KEPT = 1 << 14;
/** Chunks that one message may be made of. */
const MOST_FRAGMENTS = 4096;
/** Keys of findings: a TSN, and what it is about. */
const RESENT = 0;
const MESSAGE = 1;
const keyOf = (tsn: number, what: number): number => tsn * 2 + what;

function keepFew<T>(map: Map<number, T>): void {
  if (map.size <= KEPT) return;
  for (const key of map.keys()) {
    map.delete(key);
    break;
  }
}

export class SctpState {
  /** The first TSN of each direction; -1 before it is known. */
  readonly first: [number, number] = [-1, -1];
  readonly seen: [Map<number, SeenChunk>, Map<number, SeenChunk>] = [new Map(), new Map()];
  readonly pieces: [Map<number, SctpFragment>, Map<number, SctpFragment>] = [new Map(), new Map()];

  /** Where the TSN was seen before this frame; undefined when it is new. */
  notePacket(d: Dissection, protocol: Protocol, tsn: number): SeenChunk | undefined {
    if (!d.first) return d.recall<SeenChunk>(protocol, keyOf(tsn, RESENT));
    const seen = this.seen[d.direction];
    const first = seen.get(tsn);
    if (first !== undefined && first.frame !== d.frame) {
      d.remember(protocol, keyOf(tsn, RESENT), first);
      return first;
    }
    if (first === undefined) {
      seen.set(tsn, { frame: d.frame, sec: d.sec, nsec: d.nsec });
      keepFew(seen);
    }
    return undefined;
  }

  /** The message a piece belongs to, once all of its pieces came. */
  message(d: Dissection, protocol: Protocol, tsn: number, fragment: SctpFragment): Message | undefined {
    if (!d.first) return d.recall<Message>(protocol, keyOf(tsn, MESSAGE));
    const pieces = this.pieces[d.direction];
    pieces.set(tsn, fragment);
    keepFew(pieces);
    const fragments = completeRun(pieces, fragment);
    if (fragments === undefined) return undefined;
    const made: Message = {
      fragments,
      length: fragments.reduce((sum, one) => sum + one.length, 0),
      kind: fragments[0].kind,
      reassembledIn: d.frame,
      completedBy: tsn,
    };
    for (const one of fragments) {
      pieces.delete(one.tsn);
      const key = keyOf(one.tsn, MESSAGE);
      if (one.frame === d.frame) d.remember(protocol, key, made);
      else if (d.keep) d.conversation?.remember(one.frame, protocol, key, made);
    }
    return made;
  }
}

/** The pieces from the one that begins the message to the one that ends it, when none is missing. */
function completeRun(
  pieces: ReadonlyMap<number, SctpFragment>,
  fragment: SctpFragment,
): SctpFragment[] | undefined {
  const run = [fragment];
  for (let at = fragment; !at.begins; ) {
    const before = pieces.get((at.tsn - 1) >>> 0);
    if (before === undefined || before.ends || run.length >= MOST_FRAGMENTS) return undefined;
    run.push(before);
    at = before;
  }
  run.reverse();
  for (let at = fragment; !at.ends; ) {
    const behind = pieces.get((at.tsn + 1) >>> 0);
    if (behind === undefined || behind.begins || run.length >= MOST_FRAGMENTS) return undefined;
    run.push(behind);
    at = behind;
  }
  return run;
}

/** The bytes of a message; undefined when those of an earlier frame are not to be had. */
export function messageBytes(d: Dissection, message: Message): Uint8Array | undefined {
  const whole = new Uint8Array(message.length);
  let filled = 0;
  for (const piece of message.fragments) {
    let from = piece.bytes;
    if (from === null) {
      const frame = d.frameBytes(piece.frame);
      if (frame === undefined || piece.at + piece.length > frame.length) return undefined;
      from = frame.subarray(piece.at, piece.at + piece.length);
    }
    whole.set(from, filled);
    filled += piece.length;
  }
  return whole;
}
