/**
 * Answers a filter's tests as far as single frames can answer them: from the protocol chain and the index's
 * columns, from what pass one noted, from header bytes, from searches through bytes, and, where these do not tell, by
 * dissecting the frame alone. What depends on earlier frames stays open.
 */

import { CaptureMemory, Dissection } from "../dissect/dissection.ts";
import { fields } from "../dissect/protocol.ts";
import type { Atom, CompiledFilter } from "../filter/compile.ts";
import { CHUNK_FRAMES, popcount } from "../index/bitmap.ts";
import { grown } from "../index/grown.ts";
import type { AtomAnswers } from "./atom-store.ts";
import { type BytesTest, bytesTest } from "./byte-tests.ts";
import {
  ASK,
  type ColumnAtom,
  columnAtom,
  FALSE,
  fillByChain,
  fillByMarks,
  type Stretch,
  TRUE,
  UNKNOWN,
} from "./column-atoms.ts";
import { Decider } from "./decider.ts";
import type { FrameWindow } from "./frame-window.ts";
import { ChainLayout, FrameHeaders, type HeaderTest, headerTest } from "./header-fields.ts";
import { isStateless, LoneFrames } from "./lone-frames.ts";
import { readableLength } from "./lost.ts";
import type { ScannedCapture } from "./scanned.ts";

/** Of 32 frames so many that the others are looked into as well: filters to come may ask for them. */
const MANY = 8;

/** One test of the filter, and how it is answered. */
class JudgedAtom {
  readonly atom: Atom;
  readonly answers: AtomAnswers;
  readonly column: ColumnAtom | null;
  readonly header: HeaderTest | null;
  readonly bytes: BytesTest | null;
  /** True when dissecting a frame alone answers it. */
  readonly stateless: boolean;
  /** True when that answers it for frames that are marked so. */
  readonly own: boolean;
  /** The marks one of which a frame has for which the test may be true; 0 when marks say nothing. */
  readonly #marks: number;
  /** By chain id: UNKNOWN, TRUE, FALSE or ASK; filled as far as chains were met. */
  #byChain = new Uint8Array(64);
  #chains = 0;

  constructor(atom: Atom, answers: AtomAnswers, capture: ScannedCapture, blank: Dissection) {
    this.atom = atom;
    this.answers = answers;
    this.column = columnAtom(atom, capture, blank);
    this.header = headerTest(atom, blank);
    this.bytes = this.header === null ? bytesTest(atom, blank) : null;
    this.stateless = atom.fields.every((id) => isStateless(fields[id]));
    this.own = !this.stateless && atom.fields.length > 0 && atom.fields.every((id) => fields[id].own);
    const marks = atom.fields.map((id) => fields[id].mark);
    // Marks tell of fields: a test that may be true without any is not for them.
    const useful = atom.judgeChain([]) === false && !marks.includes(0);
    this.#marks = useful ? marks.reduce((all, mark) => all | mark, 0) : 0;
  }

  fill(stretch: Stretch, chains: readonly Uint16Array[]): void {
    this.#learn(chains);
    if (this.column === null) fillByChain(stretch, this.#byChain);
    else this.column.fill(stretch, this.#byChain);
    if (this.#marks !== 0) fillByMarks(stretch, this.#marks);
  }

  #learn(chains: readonly Uint16Array[]): void {
    if (this.#chains === chains.length) return;
    if (chains.length > this.#byChain.length) {
      this.#byChain = grown(this.#byChain, chains.length * 2);
    }
    for (; this.#chains < chains.length; this.#chains++) {
      const chain = chains[this.#chains];
      const said = this.#chains === 0 ? null : this.atom.judgeChain(chain);
      this.#byChain[this.#chains] =
        said !== null ? (said ? TRUE : FALSE) : this.column?.speaksFor(chain) ? ASK : UNKNOWN;
    }
  }
}

export class FrameJudge {
  readonly decider: Decider;
  readonly #capture: ScannedCapture;
  readonly #atoms: readonly JudgedAtom[];
  /** The atoms that look into frames. */
  readonly #lookers: readonly number[];
  readonly #window: FrameWindow;
  readonly #headers: FrameHeaders;
  readonly #layouts: ChainLayout[] = [];
  /** For the tests that depend on nothing but the frame; for those that do so in marked frames. */
  readonly #stateless: LoneFrames;
  readonly #own: LoneFrames;
  /** True when some test is answered by looking into frames. */
  readonly looks: boolean;
  /** True when frames must be dissected for some test. */
  readonly dissects: boolean;

  constructor(
    capture: ScannedCapture,
    window: FrameWindow,
    filter: CompiledFilter,
    answers: readonly AtomAnswers[],
  ) {
    this.#capture = capture;
    this.#headers = new FrameHeaders(capture.index.tcpStreams);
    this.#window = window;
    const blank = new Dissection(
      new CaptureMemory(capture.conversations(), capture.memory, "afresh"),
      () => undefined,
    );
    blank.keep = false;
    this.#atoms = filter.atoms.map((atom, i) => new JudgedAtom(atom, answers[i], capture, blank));
    this.decider = new Decider(filter.tree, answers);
    const lone = (tests: readonly JudgedAtom[], above: boolean): LoneFrames =>
      new LoneFrames(capture, window, tests, above);
    this.#stateless = lone(
      this.#atoms.filter(({ stateless }) => stateless),
      false,
    );
    this.#own = lone(
      this.#atoms.filter(({ own }) => own),
      true,
    );
    this.#lookers = this.#atoms.flatMap((atom, i) =>
      atom.header !== null || atom.bytes !== null || atom.stateless || atom.own ? [i] : [],
    );
    this.looks = this.#lookers.length > 0;
    this.dissects = this.#atoms.some(({ column, header, bytes }) => (column ?? header ?? bytes) === null);
  }

  /** Answers what chains and columns can of the frames `from + 1` to `to`, all of one segment. */
  fillColumns(from: number, to: number): void {
    const { index } = this.#capture;
    const base = from - (from % CHUNK_FRAMES);
    for (const atom of this.#atoms) {
      const stretch: Stretch = {
        segment: index.segment(from + 1),
        base,
        from: (from - base) & ~31,
        to: to - base,
        known: atom.answers.known.chunk(from),
        truth: atom.answers.truth.chunk(from),
      };
      atom.fill(stretch, index.chains.chains);
    }
  }

  /** Looks into those of the frames `from + 1` to `to`, all of one segment, that are still open. */
  look(from: number, to: number): void {
    const { decider } = this;
    const base = from - (from % CHUNK_FRAMES);
    const firstWord = (from - base) >>> 5;
    const endWord = (to - base + 31) >>> 5;
    decider.decide(from, firstWord, endWord);
    decider.demand(firstWord, endWord);
    this.#finishOwn(base, firstWord, endWord);
    for (let w = firstWord; w < endWord; w++) {
      let open = 0;
      for (const i of this.#lookers) open |= decider.wanted[i][w];
      if (popcount(open) >= MANY) open = this.#widen(base, w);
      for (; open !== 0; open &= open - 1) {
        const slot = (w << 5) + 31 - Math.clz32(open & -open);
        const frame = base + slot;
        if (frame >= from && frame < to) this.#lookInto(frame, w, 1 << (slot & 31));
      }
    }
  }

  /** Where most frames that a test leaves open are dissected alone, the others are, too: filters to come may ask. */
  #finishOwn(base: number, from: number, to: number): void {
    for (const i of this.#lookers) {
      const { own, answers } = this.#atoms[i];
      if (!own) continue;
      const wanted = this.decider.wanted[i];
      const known = answers.known.chunk(base);
      let asked = 0;
      let open = 0;
      for (let w = from; w < to; w++) {
        asked += popcount(wanted[w]);
        open += popcount(~known[w]);
      }
      if (asked === open || 2 * asked < open) continue;
      for (let w = from; w < to; w++) wanted[w] = ~known[w];
    }
  }

  /** Makes all tests that are not answered wanted, for frames that are to be read anyway; which frames these are. */
  #widen(base: number, w: number): number {
    let open = 0;
    for (const i of this.#lookers) {
      const unknown = ~this.#atoms[i].answers.known.chunk(base)[w];
      this.decider.wanted[i][w] = unknown;
      open |= unknown;
    }
    return open;
  }

  #lookInto(i: number, w: number, bit: number): void {
    const { index, capture } = this.#capture;
    const s = index.segment(i + 1);
    const slot = i % CHUNK_FRAMES;
    const chain = s.chain[slot];
    const window = this.#window;
    const captured = window.seek(s.offset[slot], readableLength(s, slot));
    const layout = this.#layouts[chain] ?? this.#makeLayout(chain);
    const h = this.#headers;
    const { linkType } = capture.reader.interfaces[s.iface[slot]];
    h.place(layout, linkType, s, slot, window.view, window.at, captured);
    const { wanted } = this.decider;
    let open = false;
    let own = false;
    for (const a of this.#lookers) {
      if ((wanted[a][w] & bit) === 0) continue;
      const { header, bytes, answers, stateless, own: isOwn } = this.#atoms[a];
      const verdict =
        header !== null
          ? header.judge(h, layout)
          : bytes !== null
            ? bytes.judge(window.view, h, layout)
            : UNKNOWN;
      if (verdict === UNKNOWN) {
        open ||= stateless;
        own ||= isOwn;
        continue;
      }
      answers.known.chunk(i)[w] |= bit;
      if (verdict === TRUE) answers.truth.chunk(i)[w] |= bit;
    }
    if (open) this.#stateless.judge(i, w, bit, chain, captured);
    if (own) this.#own.judge(i, w, bit, chain, captured);
  }

  #makeLayout(chain: number): ChainLayout {
    const layout = new ChainLayout(chain === 0 ? null : this.#capture.index.chains.chains[chain]);
    this.#layouts[chain] = layout;
    return layout;
  }
}
