/** What long conversations' dissectors remembered at some of their frames: where a later walk can begin. */

const CHUNK = 1 << 20;

/** The state of a conversation right behind one of its frames. */
export interface Checkpoint {
  readonly frame: number;
  /** As a StateWriter wrote it. */
  readonly bytes: Uint8Array;
}

interface Row {
  readonly frames: number[];
  readonly bytes: Uint8Array[];
}

export class Checkpoints {
  readonly #byRef = new Map<number, Row>();
  #chunk = new Uint8Array(0);
  #used = 0;
  /** Bytes of the chunks that states are kept in. */
  bytes = 0;

  /**
   * Keeps a conversation's state; frames of a conversation come in order.
   * @param bytes copied
   */
  add(ref: number, frame: number, bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#chunk.length) {
      this.#chunk = new Uint8Array(Math.max(CHUNK, bytes.length));
      this.bytes += this.#chunk.length;
      this.#used = 0;
    }
    this.#chunk.set(bytes, this.#used);
    const kept = this.#chunk.subarray(this.#used, this.#used + bytes.length);
    this.#used += bytes.length;
    const row = this.#byRef.get(ref);
    if (row === undefined) this.#byRef.set(ref, { frames: [frame], bytes: [kept] });
    else {
      row.frames.push(frame);
      row.bytes.push(kept);
    }
  }

  /**
   * The last state kept at a frame before `frame`, or one that was kept earlier still.
   * @param back how many to go back beyond the last
   */
  before(ref: number, frame: number, back = 0): Checkpoint | null {
    const row = this.#byRef.get(ref);
    if (row === undefined) return null;
    let low = 0;
    let high = row.frames.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (row.frames[middle] < frame) low = middle + 1;
      else high = middle;
    }
    const at = low - 1 - back;
    return at < 0 ? null : { frame: row.frames[at], bytes: row.bytes[at] };
  }

  /** Forgets all, for a pass that begins again. */
  clear(): void {
    this.#byRef.clear();
    this.#chunk = new Uint8Array(0);
    this.#used = 0;
    this.bytes = 0;
  }
}
