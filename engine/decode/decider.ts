/** A filter's boolean tree over the answers of its tests, 32 frames at a time. */
import type { FilterTree } from "../filter/compile.ts";
import { CHUNK_WORDS } from "../index/bitmap.ts";
import type { AtomAnswers } from "./atom-store.ts";

/** A node of the tree with what is known of the chunk at work. */
interface Branch {
  readonly kind: FilterTree["kind"];
  readonly atom: number;
  readonly operands: readonly Branch[];
  /** Frames for which it is true, and for which it is not. */
  readonly yes: Int32Array;
  readonly no: Int32Array;
  /** Frames for which its answer would matter. */
  readonly open: Int32Array;
}

export class Decider {
  readonly #root: Branch;
  readonly #answers: readonly AtomAnswers[];
  /** By atom: frames of the chunk at work whose answer is missing and matters; see `demand`. */
  readonly wanted: readonly Int32Array[];

  constructor(tree: FilterTree, answers: readonly AtomAnswers[]) {
    this.#answers = answers;
    this.#root = branch(tree);
    this.wanted = answers.map(() => new Int32Array(CHUNK_WORDS));
  }

  /** Frames that match and those that do not, in words of the chunk that `decide` was asked for. */
  get yes(): Int32Array {
    return this.#root.yes;
  }
  get no(): Int32Array {
    return this.#root.no;
  }

  /**
   * Works out `yes` and `no`.
   * @param chunk 0-based index of a frame of the chunk
   * @param from,to words of it, the last excluded
   */
  decide(chunk: number, from: number, to: number): void {
    this.#decide(this.#root, chunk, from, to);
  }

  /** Works out `wanted` for the frames of `decide` that it left open. */
  demand(from: number, to: number): void {
    for (const words of this.wanted) words.fill(0, from, to);
    const { open, yes, no } = this.#root;
    for (let w = from; w < to; w++) open[w] = ~(yes[w] | no[w]);
    this.#demand(this.#root, from, to);
  }

  #decide(node: Branch, chunk: number, from: number, to: number): void {
    const { yes, no, operands } = node;
    switch (node.kind) {
      case "atom": {
        const known = this.#answers[node.atom].known.chunk(chunk);
        const truth = this.#answers[node.atom].truth.chunk(chunk);
        for (let w = from; w < to; w++) {
          yes[w] = known[w] & truth[w];
          no[w] = known[w] & ~truth[w];
        }
        return;
      }
      case "not": {
        const [operand] = operands;
        this.#decide(operand, chunk, from, to);
        for (let w = from; w < to; w++) {
          yes[w] = operand.no[w];
          no[w] = operand.yes[w];
        }
        return;
      }
      case "and":
        yes.fill(-1, from, to);
        no.fill(0, from, to);
        for (const operand of operands) {
          this.#decide(operand, chunk, from, to);
          for (let w = from; w < to; w++) {
            yes[w] &= operand.yes[w];
            no[w] |= operand.no[w];
          }
        }
        return;
      case "or":
        yes.fill(0, from, to);
        no.fill(-1, from, to);
        for (const operand of operands) {
          this.#decide(operand, chunk, from, to);
          for (let w = from; w < to; w++) {
            yes[w] |= operand.yes[w];
            no[w] &= operand.no[w];
          }
        }
        return;
      case "xor":
        yes.fill(0, from, to);
        no.fill(-1, from, to);
        for (const operand of operands) {
          this.#decide(operand, chunk, from, to);
          for (let w = from; w < to; w++) {
            const odd = (yes[w] & operand.no[w]) | (no[w] & operand.yes[w]);
            no[w] = (no[w] & operand.no[w]) | (yes[w] & operand.yes[w]);
            yes[w] = odd;
          }
        }
        return;
    }
  }

  #demand(node: Branch, from: number, to: number): void {
    if (node.kind === "atom") {
      const words = this.wanted[node.atom];
      for (let w = from; w < to; w++) words[w] |= node.open[w];
      return;
    }
    for (const operand of node.operands) {
      const { open, yes, no } = operand;
      for (let w = from; w < to; w++) open[w] = node.open[w] & ~(yes[w] | no[w]);
      this.#demand(operand, from, to);
    }
  }
}

function branch(tree: FilterTree): Branch {
  const operands = tree.kind === "atom" ? [] : tree.kind === "not" ? [tree.operand] : tree.operands;
  return {
    kind: tree.kind,
    atom: tree.kind === "atom" ? tree.atom : -1,
    operands: operands.map(branch),
    yes: new Int32Array(CHUNK_WORDS),
    no: new Int32Array(CHUNK_WORDS),
    open: new Int32Array(CHUNK_WORDS),
  };
}
