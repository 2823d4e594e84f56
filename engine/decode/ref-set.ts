/** Sets of conversations: a byte for each number of each kind. */

import { refKind, refNumber } from "../dissect/conversation.ts";
import { grown } from "../index/grown.ts";

const KINDS = 16;

export class RefSet {
  readonly #byKind: Uint8Array[] = Array.from({ length: KINDS }, () => new Uint8Array(0));
  size = 0;

  has(ref: number): boolean {
    return this.#byKind[refKind(ref)][refNumber(ref)] === 1;
  }

  add(ref: number): void {
    const number = refNumber(ref);
    const kind = refKind(ref);
    let list = this.#byKind[kind];
    if (number >= list.length) {
      list = grown(list, Math.max(256, (number + 1) * 2));
      this.#byKind[kind] = list;
    }
    if (list[number] === 0) this.size++;
    list[number] = 1;
  }
}
