/** Sets of conversations. */

import { RefFrames } from "./ref-frames.ts";

export class RefSet {
  readonly #numbers = new RefFrames();

  has(ref: number): boolean {
    return this.#numbers.get(ref) !== 0;
  }

  add(ref: number): void {
    this.#numbers.set(ref, 1);
  }
}
