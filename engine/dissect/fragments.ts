/**
 * Datagrams put together from fragments (IPv4: RFC 791 section 3.2, IPv6: RFC 8200 section 4.5).
 *
 * Only where the pieces lie is kept, never their bytes. Pass one fills the table; afterwards it is read by number,
 * so any frame can show its datagram without the frames before it.
 */
export interface Piece {
  readonly frame: number;
  /** Offset of the piece's first byte in the bytes of its frame. */
  readonly at: number;
  /** Offset of the piece in the datagram. */
  readonly offset: number;
  readonly length: number;
  /** False for the piece that ends the datagram. */
  readonly more: boolean;
  /** The bytes themselves, where they are not in the frame as they are (a fragment inside a fragment). */
  readonly bytes: Uint8Array | null;
}

export class Datagram {
  readonly number: number;
  /** In order of arrival. */
  readonly pieces: Piece[] = [];
  /** Frame in which the last missing piece came; 0 while pieces are missing. */
  reassembledIn = 0;
  /** Length in bytes once a last piece is known, else -1. */
  length = -1;
  /** What is there: first and last + 1 of each range, ascending, ranges apart from each other. */
  #covered: number[] = [];
  constructor(number: number) {
    this.number = number;
  }

  /** Takes a piece in, once, in the order of the frames; true when it completes the datagram. */
  add(piece: Piece): boolean {
    // A stream that is dissected again brings its pieces again.
    const last = this.pieces.at(-1);
    if (last !== undefined && piece.frame <= last.frame) {
      if (piece.frame < last.frame || piece.offset <= last.offset) return false;
    }
    this.pieces.push(piece);
    if (!piece.more && this.length < 0) this.length = piece.offset + piece.length;
    if (this.reassembledIn !== 0) return false;
    this.#cover(piece.offset, piece.offset + piece.length);
    if (this.length < 0 || this.#covered[0] !== 0 || this.#covered[1] < this.length) return false;
    this.reassembledIn = piece.frame;
    this.#covered = [];
    return true;
  }

  /** Pieces by offset, those of one offset in order of arrival. */
  sorted(): Piece[] {
    return [...this.pieces].sort((a, b) => a.offset - b.offset);
  }

  /** Puts the range into the list of what is there, joined with the ranges it touches. */
  #cover(from: number, to: number): void {
    const list = this.#covered;
    let low = 0;
    let high = list.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[2 * middle + 1] < from) low = middle + 1;
      else high = middle;
    }
    let behind = low;
    let start = from;
    let end = to;
    while (2 * behind < list.length && list[2 * behind] <= to) {
      start = Math.min(start, list[2 * behind]);
      end = Math.max(end, list[2 * behind + 1]);
      behind++;
    }
    list.splice(2 * low, 2 * (behind - low), start, end);
  }
}

/** A piece that a datagram was given. */
export interface AddedPiece {
  readonly datagram: number;
  readonly piece: Piece;
}

/** All datagrams of a capture that came in pieces. */
export class FragmentTable {
  readonly #open = new Map<string, Datagram>();
  readonly #all: Datagram[] = [];
  /** What was added, for who keeps a table of its own of it; null when nobody does. */
  log: AddedPiece[] | null = null;

  /** Pass one: the datagram under this key (addresses, protocol, identification), made when there is none. */
  open(key: string): Datagram {
    let found = this.#open.get(key);
    if (found === undefined) {
      found = this.make();
      this.#open.set(key, found);
    }
    return found;
  }

  /** True when pieces under this key go to a datagram that is there already. */
  has(key: string): boolean {
    return this.#open.has(key);
  }

  /** Another datagram, found by its number only. */
  make(): Datagram {
    const made = new Datagram(this.#all.length);
    this.#all.push(made);
    return made;
  }

  /** Pass one: gives the datagram under `key` a piece; once it is complete the key stands for another datagram. */
  add(key: string, datagram: Datagram, piece: Piece): void {
    this.log?.push({ datagram: datagram.number, piece });
    if (datagram.add(piece)) this.#open.delete(key);
  }

  /** Forgets everything, for a pass that begins again. */
  reset(): void {
    this.#open.clear();
    this.#all.length = 0;
  }

  /** By the number the index holds. */
  get(number: number): Datagram | undefined {
    return this.#all[number];
  }
}
