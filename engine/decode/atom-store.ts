/** What is known of the tests of display filters, kept per test, so that a filter met again costs nothing. */
import { Bitmap } from "../index/bitmap.ts";

/** Bytes of bitmaps kept; beyond it the tests used longest ago are forgotten. */
export const LIMIT = 64 * 1024 * 1024;

/** A test's answers: for frames whose `known` bit is set, `truth` holds the answer. */
export class AtomAnswers {
  readonly known = new Bitmap();
  readonly truth = new Bitmap();
  get bytes(): number {
    return this.known.bytes + this.truth.bytes;
  }
}

export class AtomStore {
  readonly #byKey = new Map<string, AtomAnswers>();

  /** The answers kept under a test's canonical spelling; empty ones for a new test. */
  get(key: string): AtomAnswers {
    const found = this.#byKey.get(key) ?? new AtomAnswers();
    this.#byKey.delete(key);
    this.#byKey.set(key, found);
    return found;
  }

  /** Bytes of all bitmaps that are kept. */
  get bytes(): number {
    let bytes = 0;
    for (const answers of this.#byKey.values()) bytes += answers.bytes;
    return bytes;
  }

  /** Forgets what is over the limit, least recently used first. */
  trim(): void {
    let { bytes } = this;
    for (const [key, answers] of this.#byKey) {
      if (bytes <= LIMIT) return;
      this.#byKey.delete(key);
      bytes -= answers.bytes;
    }
  }
}
