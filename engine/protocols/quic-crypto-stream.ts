/** The stream of bytes that CRYPTO frames of one side carry, put in order. */

/** Bytes put together. */
export interface Whole {
  readonly kind: "complete";
  readonly bytes: Uint8Array;
  /** By offset, which counts from the first of the bytes. */
  readonly pieces: readonly { readonly frame: number; readonly offset: number; readonly length: number }[];
}

/** What becomes of a frame's bytes. */
export type Delivery =
  /** In order, to be handed on as they are. */
  | { readonly kind: "whole" }
  /** All of them came before. */
  | { readonly kind: "again" }
  /** The first `skip` came before. */
  | { readonly kind: "overlap"; readonly skip: number }
  /** Kept until what is missing before them comes; `completedIn` is the frame of that, 0 while it has not come. */
  | { readonly kind: "kept"; completedIn: number }
  /** They fill the last gap: all that was kept is handed on at once. */
  | Whole;

interface Piece {
  readonly frame: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly delivery: Delivery & { kind: "kept" };
}

const WHOLE: Delivery = { kind: "whole" };
const AGAIN: Delivery = { kind: "again" };
/** Bytes and pieces kept at most; more is no handshake. */
const MAX_BYTES = 1 << 18;
const MAX_PIECES = 4096;

export class CryptoStream {
  /** Everything before was handed on. */
  next = 0;
  /** By offset. */
  pieces: Piece[] = [];
  kept = 0;

  /** Takes the bytes of a frame in, in the order of the capture. */
  take(frame: number, offset: number, bytes: Uint8Array): Delivery {
    const end = offset + bytes.length;
    if (end <= this.next) return AGAIN;
    if (offset <= this.next && this.pieces.length === 0) {
      const skip = this.next - offset;
      this.next = end;
      return skip === 0 ? WHOLE : { kind: "overlap", skip };
    }
    const delivery: Delivery & { kind: "kept" } = { kind: "kept", completedIn: 0 };
    if (this.kept + bytes.length > MAX_BYTES || this.pieces.length >= MAX_PIECES) return delivery;
    this.pieces.push({ frame, offset, bytes: bytes.slice(), delivery });
    this.pieces.sort((a, b) => a.offset - b.offset);
    this.kept += bytes.length;
    return this.#complete(frame) ?? delivery;
  }

  /** All that is kept, when there is no gap in it. */
  #complete(frame: number): Delivery | null {
    let end = this.next;
    for (const piece of this.pieces) {
      if (piece.offset > end) return null;
      end = Math.max(end, piece.offset + piece.bytes.length);
    }
    const bytes = new Uint8Array(end - this.next);
    const pieces = this.pieces.map((piece) => {
      piece.delivery.completedIn = frame;
      // What came before what was handed on already is left out.
      const skip = Math.max(0, this.next - piece.offset);
      const fresh = piece.bytes.subarray(skip);
      const offset = piece.offset + skip - this.next;
      bytes.set(fresh, offset);
      return { frame: piece.frame, offset, length: fresh.length };
    });
    this.next = end;
    this.pieces = [];
    this.kept = 0;
    return { kind: "complete", bytes, pieces };
  }
}
