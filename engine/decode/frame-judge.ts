/**
 * Answers a filter's tests as far as single frames can answer them: from the protocol chain and the index's
 * columns, from header bytes, from searches through bytes, and, where these do not tell, by dissecting the frame
 * alone, no deeper than the tests need. What depends on earlier frames stays open.
 */

import type { IndexedConversations } from "../dissect/conversation.ts";
import { CaptureMemory, Dissection, MAX_LAYERS, MODE_FIELDS, NO_CONTEXT } from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";
import { fields, protocols } from "../dissect/protocol.ts";
import { holdersOf } from "../filter/chain.ts";
import type { Atom, CompiledFilter } from "../filter/compile.ts";
import { CHUNK_FRAMES, popcount } from "../index/bitmap.ts";
import { grown } from "../index/grown.ts";
import { dissectFrame } from "../protocols/frame.ts";
import type { AtomAnswers } from "./atom-store.ts";
import { type BytesTest, bytesTest } from "./byte-tests.ts";
import {
  ASK,
  type ColumnAtom,
  columnAtom,
  FALSE,
  fillByChain,
  type Stretch,
  TRUE,
  UNKNOWN,
} from "./column-atoms.ts";
import { Decider } from "./decider.ts";
import type { FrameWindow } from "./frame-window.ts";
import { ChainLayout, FrameHeaders, type HeaderTest, headerTest, isHeaderField } from "./header-fields.ts";
import { readableLength } from "./lost.ts";
import type { ScannedCapture } from "./scanned.ts";
import { fillFacts, frameContext } from "./viewer.ts";

/** Protocols whose fields follow from the frame's own bytes, whatever went before in its conversation. */
const STATELESS = new Set(["eth", "llc", "vlan", "sll", "null", "ip", "ipv6", "frame", "pkt_comment"]);
/** Fields of theirs that do not: what lies behind a packet whose end another layer tells; the displayed list. */
const NOT_STATELESS = /trailer|padding|\.fcs|frame\.protocols|frame\.time_delta_displayed/;

/** Protocols whose fields depend on the frame's surroundings in the file. */
const CONTEXTUAL = new Set(["frame", "pkt_comment", "eth"]);

/** Layers that hand over what is above them whatever went before in the conversation. */
const PLAIN_LAYERS = new Set(
  ["eth", "ethertype", "vlan", "ieee8021ad", "sll", "null", "raw", "llc", "mpls", "gre", "ip", "ipv6"].concat(
    ["ipv6.hopopts", "ipv6.routing", "ipv6.fraghdr", "ipv6.dstopts", "icmp", "icmpv6"],
  ),
);

/** Of 32 frames so many that the others are looked into as well: filters to come may ask for them. */
const MANY = 8;

export function isStateless(field: Field): boolean {
  if (isHeaderField(field)) return true;
  if (field.type === "FT_PROTOCOL" && (field.name === "tcp" || field.name === "udp")) return true;
  return STATELESS.has(field.protocol) && !NOT_STATELESS.test(field.name);
}

/** What of the frame's surroundings is to be known for these fields. */
export function isContextual(wanted: readonly Field[]): boolean {
  return wanted.some(({ protocol }) => CONTEXTUAL.has(protocol)) || holdersWithin(wanted) === null;
}

/** By protocol id: layers that must be dissected in full for these fields; null for all. */
export function holdersWithin(wanted: readonly Field[]): Uint8Array | null {
  // Where a packet ends, and its trailer begins, only its own layer tells.
  if (wanted.some(({ name }) => NOT_STATELESS.test(name) || name.startsWith("_ws.col."))) return null;
  return holdersOf(wanted.filter(({ protocol }) => protocol !== "frame" && protocol !== "pkt_comment"));
}

/** One test of the filter, and how it is answered. */
class JudgedAtom {
  readonly atom: Atom;
  readonly answers: AtomAnswers;
  readonly column: ColumnAtom | null;
  readonly header: HeaderTest | null;
  readonly bytes: BytesTest | null;
  /** True when dissecting a frame alone answers it. */
  readonly stateless: boolean;
  /** By chain id: UNKNOWN, TRUE, FALSE or ASK; filled as far as chains were met. */
  #byChain = new Uint8Array(64);
  #chains = 0;

  constructor(atom: Atom, answers: AtomAnswers, capture: ScannedCapture, blank: Dissection) {
    this.atom = atom;
    this.answers = answers;
    this.column = columnAtom(atom, capture, blank);
    this.header = headerTest(atom, blank);
    this.bytes = this.header === null ? bytesTest(atom) : null;
    this.stateless = atom.fields.every((id) => isStateless(fields[id]));
  }

  fill(stretch: Stretch, chains: readonly Uint16Array[]): void {
    this.#learn(chains);
    if (this.column === null) fillByChain(stretch, this.#byChain);
    else this.column.fill(stretch, this.#byChain);
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
  readonly #dissection: Dissection;
  readonly #conversations: IndexedConversations;
  readonly #facts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  /** Fields of the stateless tests, and the layers that hold them. */
  readonly #wanted: Uint8Array;
  readonly #holders: Uint8Array | null;
  readonly #contextual: boolean;
  /** By chain: layers to dissect for the stateless tests; 0 when frames of the chain cannot be judged alone. */
  readonly #depths: number[] = [];
  /** True when some test is answered by looking into frames. */
  readonly looks: boolean;

  constructor(
    capture: ScannedCapture,
    window: FrameWindow,
    filter: CompiledFilter,
    answers: readonly AtomAnswers[],
  ) {
    this.#capture = capture;
    this.#headers = new FrameHeaders(capture.index.tcpStreams);
    this.#window = window;
    this.#conversations = capture.conversations();
    const memory = new CaptureMemory(this.#conversations, capture.memory, "afresh");
    this.#dissection = new Dissection(memory, (frame) => capture.bytes(frame));
    this.#dissection.keep = false;
    this.#dissection.first = false;
    this.#atoms = filter.atoms.map((atom, i) => new JudgedAtom(atom, answers[i], capture, this.#dissection));
    this.decider = new Decider(filter.tree, answers);
    this.#wanted = new Uint8Array(fields.length);
    const wanted: Field[] = [];
    for (const { atom, stateless } of this.#atoms) {
      if (!stateless) continue;
      for (const id of atom.fields) {
        if (this.#wanted[id] === 0) wanted.push(fields[id]);
        this.#wanted[id] = 1;
      }
    }
    this.#holders = holdersWithin(wanted);
    this.#contextual = isContextual(wanted);
    this.#lookers = this.#atoms.flatMap((atom, i) =>
      atom.header !== null || atom.bytes !== null || atom.stateless ? [i] : [],
    );
    this.looks = this.#lookers.length > 0;
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
    for (const a of this.#lookers) {
      if ((wanted[a][w] & bit) === 0) continue;
      const { header, bytes, answers, stateless } = this.#atoms[a];
      const verdict =
        header !== null
          ? header.judge(h, layout)
          : bytes !== null
            ? bytes.judge(window.view, h, layout)
            : UNKNOWN;
      if (verdict === UNKNOWN) {
        open ||= stateless;
        continue;
      }
      answers.known.chunk(i)[w] |= bit;
      if (verdict === TRUE) answers.truth.chunk(i)[w] |= bit;
    }
    if (open) this.#dissectAlone(i, w, bit, chain, captured);
  }

  #makeLayout(chain: number): ChainLayout {
    const layout = new ChainLayout(chain === 0 ? null : this.#capture.index.chains.chains[chain]);
    this.#layouts[chain] = layout;
    return layout;
  }

  /** Answers the stateless tests by dissection, where the layers below them are stateless too. */
  #dissectAlone(i: number, w: number, bit: number, chain: number, captured: number): void {
    const depth = this.#depths[chain] ?? this.#learnDepth(chain);
    if (depth === 0) return;
    const frame = i + 1;
    const d = this.#dissection;
    d.setMode(MODE_FIELDS, false, this.#wanted, this.#holders);
    d.context = this.#contextual ? frameContext(this.#capture, frame, 0) : NO_CONTEXT;
    d.maxLayers = depth;
    this.#conversations.refs = this.#capture.index.refs(frame);
    fillFacts(this.#capture, frame, captured, this.#facts);
    d.begin(this.#window.view, this.#window.at, this.#facts);
    dissectFrame(d);
    d.maxLayers = MAX_LAYERS;
    for (const { atom, answers, stateless } of this.#atoms) {
      if (!stateless) continue;
      const known = answers.known.chunk(i);
      if (known[w] & bit) continue;
      known[w] |= bit;
      if (atom.evaluate(d)) answers.truth.chunk(i)[w] |= bit;
    }
  }

  #learnDepth(chain: number): number {
    const ids = this.#capture.index.chains.chains[chain];
    const holders = this.#holders;
    let depth = 0;
    if (chain !== 0 && holders !== null) {
      const name = (i: number): string => protocols[ids[i]].name;
      let deepest = 0;
      for (let i = 0; i < ids.length; i++) {
        if (holders[ids[i]] === 1 || name(i).startsWith("ipv6.")) deepest = i;
      }
      // One more where it is asked for a layer itself, whose line ends where it hands over to the next.
      depth = deepest + (this.#wanted[protocols[ids[deepest]].field.id] === 1 ? 2 : 1);
      for (let i = 0; i < deepest; i++) if (!PLAIN_LAYERS.has(name(i))) depth = 0;
    }
    this.#depths[chain] = depth;
    return depth;
  }
}
