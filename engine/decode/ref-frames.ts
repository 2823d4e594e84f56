/** A frame number for each of some conversations: a list of numbers for each kind. */

import { refKind, refNumber } from "../dissect/conversation.ts";
import { grown } from "../index/grown.ts";

const KINDS = 16;

export class RefFrames {
  readonly #byKind: Uint32Array[] = Array.from({ length: KINDS }, () => new Uint32Array(0));
  size = 0;

  /** The conversation's frame number, 0 when it has none. */
  get(ref: number): number {
    // Behind the end of the list there is undefined.
    return this.#byKind[refKind(ref)][refNumber(ref)] ?? 0;
  }

  /** @param frame a frame number, from 1 on */
  set(ref: number, frame: number): void {
    const number = refNumber(ref);
    const kind = refKind(ref);
    let list = this.#byKind[kind];
    if (number >= list.length) {
      list = grown(list, Math.max(256, (number + 1) * 2));
      this.#byKind[kind] = list;
    }
    if (list[number] === 0) this.size++;
    list[number] = frame;
  }
}
