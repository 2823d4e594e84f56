/** Facts of TCP streams on their way from the dissector that finds them to the index. */
import { grown } from "../index/grown.ts";
import { packStream, STREAM_WORDS, type TcpStreamFacts } from "../index/tcp-streams.ts";

/** A note: the stream's number, then the words of `packStream`. */
export const NOTE_WORDS = STREAM_WORDS + 1;

export class StreamNotes {
  #words = new Int32Array(64 * NOTE_WORDS);
  #used = 0;

  /** Notes that a stream's facts are now these. */
  add(number: number, facts: TcpStreamFacts): void {
    if (this.#used === this.#words.length) {
      this.#words = grown(this.#words, 2 * this.#used);
    }
    this.#words[this.#used] = number;
    packStream(this.#words, this.#used + 1, facts);
    this.#used += NOTE_WORDS;
  }

  /** All notes since the last call, `NOTE_WORDS` integers each; good until the next `add`. */
  take(): Int32Array {
    const taken = this.#words.subarray(0, this.#used);
    this.#used = 0;
    return taken;
  }
}
