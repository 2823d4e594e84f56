/** Dissects several frames of one capture, in order or again afterwards by what the index would hold. */
import { IndexedConversations, type StreamRef } from "../../../engine/dissect/conversation.ts";
import {
  CaptureMemory,
  Dissection,
  MODE_INDEX,
  MODE_TREE,
  type Mode,
} from "../../../engine/dissect/dissection.ts";
import { dissectFrame } from "../../../engine/protocols/frame.ts";
import { type Dissected, fromHex, readOut } from "./harness.ts";

export class Frames {
  readonly #frames: Uint8Array[];
  readonly #memory = new CaptureMemory();
  readonly #dissection: Dissection;
  readonly #refs: StreamRef[][] = [];
  readonly #linkType: number;

  constructor(frames: readonly string[], linkType = 1) {
    this.#frames = frames.map(fromHex);
    this.#linkType = linkType;
    this.#dissection = new Dissection(this.#memory, (number) => this.#frames[number - 1]);
  }

  #run(number: number, mode: Mode, dissection = this.#dissection): void {
    const bytes = this.#frames[number - 1];
    dissection.setMode(mode, mode === MODE_TREE);
    dissection.begin(bytes, 0, {
      number,
      len: bytes.length,
      capLen: bytes.length,
      sec: number,
      nsec: 0,
      iface: 0,
      linkType: this.#linkType,
    });
    dissectFrame(dissection);
  }

  /** Every frame in order, as tshark shows them. */
  inOrder(): Dissected[] {
    this.#dissection.first = true;
    return this.#frames.map((_, i) => {
      this.#run(i + 1, MODE_TREE);
      return readOut(this.#dissection);
    });
  }

  /** Pass one over all frames; call it once, before `again`. */
  index(): this {
    this.#dissection.first = true;
    this.#frames.forEach((_, i) => {
      this.#run(i + 1, MODE_INDEX);
      this.#refs.push([...this.#dissection.refs.subarray(0, this.#dissection.refCount)]);
    });
    return this;
  }

  /** One frame after pass one, by the numbers the index holds: its streams are replayed, then it is shown. */
  again(number: number): Dissected {
    const conversations = new IndexedConversations();
    const memory = new CaptureMemory(conversations, this.#memory);
    const dissection = new Dissection(memory, (frame) => this.#frames[frame - 1]);
    this.#refs.forEach((refs, i) => {
      conversations.refs = refs;
      this.#run(i + 1, MODE_INDEX, dissection);
    });
    conversations.refs = this.#refs[number - 1];
    dissection.first = false;
    this.#run(number, MODE_TREE, dissection);
    return readOut(dissection);
  }
}
