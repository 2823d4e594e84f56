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
}

export class Datagram {
  readonly number: number;
  readonly pieces: Piece[] = [];
  /** Frame in which the last missing piece came; 0 while pieces are missing. */
  reassembledIn = 0;
  /** Length in bytes once the last piece is known, else -1. */
  length = -1;
  constructor(number: number) {
    this.number = number;
  }

  /** Takes a piece in; true when it completes the datagram. */
  add(piece: Piece): boolean {
    this.pieces.push(piece);
    if (!piece.more) this.length = Math.max(this.length, piece.offset + piece.length);
    if (this.length < 0 || this.reassembledIn !== 0) return false;
    let covered = 0;
    for (const p of [...this.pieces].sort((a, b) => a.offset - b.offset)) {
      if (p.offset > covered) return false;
      covered = Math.max(covered, p.offset + p.length);
    }
    if (covered < this.length) return false;
    this.reassembledIn = piece.frame;
    return true;
  }
}

/** All datagrams of a capture that came in pieces. */
export class FragmentTable {
  readonly #open = new Map<string, Datagram>();
  readonly #all: Datagram[] = [];

  /** Pass one: the datagram under this key (addresses, protocol, identification), made when there is none. */
  open(key: string): Datagram {
    let found = this.#open.get(key);
    if (found === undefined) {
      found = new Datagram(this.#all.length);
      this.#all.push(found);
      this.#open.set(key, found);
    }
    return found;
  }

  /** Forgets a key: the same identification used again is another datagram. */
  close(key: string): void {
    this.#open.delete(key);
  }

  /** By the number the index holds. */
  get(number: number): Datagram | undefined {
    return this.#all[number];
  }
}
