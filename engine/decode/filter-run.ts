/**
 * A display filter being applied: judges the frames of the index in order, as far as there are any, and goes on
 * when there are more.
 *
 * Each test of the filter is answered from what is cheapest: answers kept from earlier filters, the protocol
 * chain, the index's columns. Only frames that these leave open are dissected, no deeper than the test needs.
 */
import type { IndexedConversations } from "../dissect/conversation.ts";
import {
  CaptureMemory,
  Dissection,
  type FrameFacts,
  MAX_LAYERS,
  MODE_FIELDS,
  MODE_INDEX,
  NO_CONTEXT,
} from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";
import { fields } from "../dissect/protocol.ts";
import { holdersOf } from "../filter/chain.ts";
import type { Atom, CompiledFilter, FilterTree } from "../filter/compile.ts";
import type { Segment } from "../index/frame-index.ts";
import { dissectFrame } from "../protocols/frame.ts";
import { type AtomAnswers, AtomStore } from "./atom-store.ts";
import { type ColumnAtom, columnAtom, FALSE, TRUE, UNKNOWN, type Verdict } from "./column-atoms.ts";
import { FrameList } from "./displayed.ts";
import type { Indexer } from "./indexer.ts";
import { fillFacts, frameContext, type Viewer } from "./viewer.ts";
import { FLAG_LOST } from "./watch.ts";

/** Frames judged between two looks at the clock: whole words of the bitmaps. */
const PAGE = 2048;
/** Dissections between two looks at the clock. */
const BATCH = 64;

/** A word of a bitmap with every bit set. */
const ALL = 0xffff_ffff;

/** Protocols whose fields follow from the frame's own bytes, whatever went before in its conversation. */
const STATELESS = new Set(["eth", "llc", "vlan", "sll", "null", "ip", "ipv6"]);
/** Fields of the TCP header that do so too. */
const STATELESS_TCP =
  /^tcp\.(srcport|dstport|port|hdr_len|flags(\..+)?|window_size_value|checksum|urgent_pointer|seq_raw|ack_raw|option_(kind|len)|options\.(mss|mss_val|wscale|wscale\.\w+|timestamp|timestamp\.\w+|sack_perm|nop|eol))$/;

/** Protocols whose fields depend on the frame's surroundings in the file. */
const CONTEXTUAL = new Set(["frame", "pkt_comment", "eth"]);

/** One test of the filter, and how it is answered. */
class JudgedAtom {
  readonly atom: Atom;
  readonly answers: AtomAnswers;
  readonly column: ColumnAtom | null;
  /** By chain id: what the chain says of the test. */
  readonly #byChain: Verdict[] = [];
  /** By chain id: whether the column speaks for frames of the chain. */
  readonly #spoken: boolean[] = [];

  constructor(atom: Atom, answers: AtomAnswers, column: ColumnAtom | null) {
    this.atom = atom;
    this.answers = answers;
    this.column = column;
  }

  /** Answers what chain and columns can of the frames `from + 1` to `to`, all of one segment. */
  judge(s: Segment, chains: readonly Uint16Array[], from: number, to: number): void {
    const known = this.answers.known.chunk(from);
    const truth = this.answers.truth.chunk(from);
    const { column } = this;
    for (let i = from; i < to; i++) {
      const slot = i & 0xffff;
      const word = slot >>> 5;
      const bit = 1 << (i & 31);
      if (known[word] & bit) {
        if (known[word] === ALL) i |= 31;
        continue;
      }
      const chain = s.chain[slot];
      let verdict = this.#byChain[chain] ?? this.#learn(chain, chains);
      if (verdict === UNKNOWN && column !== null && this.#spoken[chain])
        verdict = column.test(s, slot, i + 1);
      if (verdict === UNKNOWN) continue;
      known[word] |= bit;
      if (verdict === TRUE) truth[word] |= bit;
    }
  }

  #learn(chain: number, chains: readonly Uint16Array[]): Verdict {
    // Chain 0 stands for all chains beyond the table's size.
    const said = chain === 0 && chains.length > 0xffff ? null : this.atom.judgeChain(chains[chain]);
    const verdict = said === null ? UNKNOWN : said ? TRUE : FALSE;
    this.#byChain[chain] = verdict;
    this.#spoken[chain] = chain !== 0 && this.column !== null && this.column.speaksFor(chains[chain]);
    return verdict;
  }
}

export class FilterRun {
  readonly filter: CompiledFilter;
  readonly matches = new FrameList();
  /** Frames judged so far. */
  judged = 0;
  readonly #indexer: Indexer;
  readonly #viewer: Viewer;
  readonly #atoms: readonly JudgedAtom[];
  readonly #conversations: IndexedConversations;
  readonly #dissection: Dissection;
  readonly #facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  /** True when a field is asked for that may point at later frames, so that order alone does not do. */
  readonly #ahead: boolean;
  /** True when no wanted field depends on earlier frames: any frame can be judged alone. */
  readonly #alone: boolean;
  /** True when what the capture file says around the frame is asked for. */
  readonly #contextual: boolean;
  /** By protocol id: protocols that hold the wanted fields; null when these can be anywhere. */
  readonly #holders: Uint8Array | null;
  /** Chain id → layers to dissect. */
  readonly #depths: number[] = [];
  /** Conversations with frames to dissect, whose other frames are walked on the way. */
  readonly #needed = new Set<number>();
  /** Frames whose conversations were looked at for `#needed`. */
  #surveyed = 0;
  /** Conversations met too late to have been walked from their start. */
  readonly #late = new Set<number>();

  /** @param store answers kept for the capture; answers that depend on the displayed list are not kept */
  constructor(indexer: Indexer, viewer: Viewer, filter: CompiledFilter, store: AtomStore) {
    this.filter = filter;
    this.#indexer = indexer;
    this.#viewer = viewer;
    this.#conversations = indexer.conversations();
    const memory = new CaptureMemory(this.#conversations, indexer.memory, "afresh");
    this.#dissection = new Dissection(memory, (frame) => indexer.bytes(frame));
    this.#dissection.keep = false;
    const wanted = fields.filter((field) => filter.wanted[field.id] === 1);
    this.#ahead = wanted.some((field) => field.type === "FT_FRAMENUM");
    this.#alone = !filter.needsColumns && wanted.every(isStateless);
    this.#holders = filter.needsColumns
      ? null
      : holdersOf(wanted.filter((field) => field.protocol !== "frame"));
    if (wanted.some((field) => field.name === "frame.protocols")) this.#holders = null;
    this.#contextual = this.#holders === null || wanted.some(({ protocol }) => CONTEXTUAL.has(protocol));
    this.#dissection.first = !this.#alone;
    const kept = !wanted.some((field) => field.name === "frame.time_delta_displayed");
    const own = kept ? store : new AtomStore();
    this.#atoms = filter.atoms.map(
      (atom) => new JudgedAtom(atom, own.get(atom.key), columnAtom(atom, indexer, this.#dissection)),
    );
    store.trim();
  }

  /**
   * Judges frames for at most `milliseconds`.
   * @returns true when there are more to judge now
   */
  run(milliseconds: number): boolean {
    const stop = performance.now() + milliseconds;
    const { index } = this.#indexer;
    while (this.judged < index.count) {
      const from = this.judged;
      const to = Math.min(index.count, from - (from % PAGE) + PAGE);
      const s = index.segment(from + 1);
      for (const atom of this.#atoms) atom.judge(s, index.chains.chains, from, to);
      if (!this.#alone && !this.#ahead) this.#survey();
      const walking = this.#needed.size > 0;
      for (let i = from; i < to; i++) {
        if (!walking && (i & 31) === 0 && i + 32 <= to && this.#decideWord(this.filter.tree, i)) {
          this.#pushWord(i);
          i += 31;
          this.judged = i + 1;
          continue;
        }
        if (this.#matches(s, i)) this.matches.push(i + 1);
        this.judged = i + 1;
        if (this.#dissected >= BATCH) {
          this.#dissected = 0;
          if (performance.now() >= stop) return this.judged < index.count;
        }
      }
      if (performance.now() >= stop) break;
    }
    return this.judged < index.count;
  }

  /** Dissections since the last look at the clock. */
  #dissected = 0;

  #matches(s: Segment, i: number): boolean {
    const decided = this.#decide(this.filter.tree, i);
    const ref = s.ref[i & 0xffff];
    if (decided !== UNKNOWN) {
      if (!this.#alone && !this.#ahead && ref !== 0 && this.#needs(ref)) this.#walk(i + 1);
      return decided === TRUE;
    }
    const d = this.#dissect(s, i + 1, ref);
    for (const { atom, answers } of this.#atoms) {
      if (answers.known.get(i)) continue;
      if (atom.evaluate(d)) answers.truth.set(i);
      answers.known.set(i);
    }
    return this.#decide(this.filter.tree, i) === TRUE;
  }

  /** The tree's verdict from the answers there are. */
  #decide(tree: FilterTree, i: number): Verdict {
    if (tree.kind === "atom") {
      const { known, truth } = this.#atoms[tree.atom].answers;
      return known.get(i) ? (truth.get(i) ? TRUE : FALSE) : UNKNOWN;
    }
    if (tree.kind === "not") {
      const verdict = this.#decide(tree.operand, i);
      return verdict === UNKNOWN ? UNKNOWN : verdict === TRUE ? FALSE : TRUE;
    }
    const deciding = tree.kind === "and" ? FALSE : tree.kind === "or" ? TRUE : null;
    let unknown = false;
    let odd = false;
    for (const operand of tree.operands) {
      const verdict = this.#decide(operand, i);
      if (verdict === UNKNOWN) unknown = true;
      else if (verdict === deciding) return deciding;
      else if (verdict === TRUE) odd = !odd;
    }
    if (unknown) return UNKNOWN;
    if (tree.kind === "xor") return odd ? TRUE : FALSE;
    return deciding === TRUE ? FALSE : TRUE;
  }

  /** Answers of `#decideWord`: bits of the frames that match, and of those that do not. */
  #yes = 0;
  #no = 0;

  /** The tree's verdict for the 32 frames from 0-based `i` on; true when it is known for all of them. */
  #decideWord(tree: FilterTree, i: number): boolean {
    if (tree.kind === "atom") {
      const { known, truth } = this.#atoms[tree.atom].answers;
      const word = (i & 0xffff) >>> 5;
      const k = known.chunk(i)[word];
      const t = truth.chunk(i)[word];
      this.#yes = k & t;
      this.#no = k & ~t;
    } else if (tree.kind === "not") {
      this.#decideWord(tree.operand, i);
      const yes = this.#yes;
      this.#yes = this.#no;
      this.#no = yes;
    } else {
      let yes = tree.kind === "and" ? ALL : 0;
      let no = tree.kind === "and" ? 0 : ALL;
      for (const operand of tree.operands) {
        this.#decideWord(operand, i);
        if (tree.kind === "xor") {
          const both = (yes & this.#no) | (no & this.#yes);
          no = (no & this.#no) | (yes & this.#yes);
          yes = both;
        } else if (tree.kind === "and") {
          yes &= this.#yes;
          no |= this.#no;
        } else {
          yes |= this.#yes;
          no &= this.#no;
        }
      }
      this.#yes = yes;
      this.#no = no;
    }
    return (this.#yes | this.#no) === -1;
  }

  #pushWord(i: number): void {
    for (let bits = this.#yes; bits !== 0; bits &= bits - 1) {
      this.matches.push(i + 32 - Math.clz32(bits & -bits));
    }
  }

  #dissect(s: Segment, frame: number, ref: number): Dissection {
    this.#dissected++;
    const { filter } = this;
    const before = this.matches.length > 0 ? this.matches.at(this.matches.length - 1) : 0;
    if (this.#ahead || (ref !== 0 && !this.#alone && this.#isLate(ref))) {
      return this.#viewer.dissect(frame, MODE_FIELDS, filter.needsColumns, filter.wanted, before);
    }
    const d = this.#dissection;
    d.setMode(MODE_FIELDS, filter.needsColumns, filter.wanted, this.#holders);
    d.context = this.#contextual ? frameContext(this.#indexer, frame, before) : NO_CONTEXT;
    d.maxLayers = this.#depth(s.chain[(frame - 1) & 0xffff]);
    this.#dissectInto(d, frame);
    d.maxLayers = MAX_LAYERS;
    return d;
  }

  /** Lets the dissectors learn from a frame that itself is decided. */
  #walk(frame: number): void {
    this.#dissected++;
    this.#dissection.setMode(MODE_INDEX, false);
    this.#dissectInto(this.#dissection, frame);
  }

  #dissectInto(d: Dissection, frame: number): void {
    const { index, window } = this.#indexer;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    this.#conversations.refs = index.refs(frame);
    const length = s.flags[slot] & FLAG_LOST ? 0 : window.seek(s.offset[slot], s.capLen[slot]);
    fillFacts(this.#indexer, frame, length, this.#facts);
    d.begin(window.buf, window.at, this.#facts);
    dissectFrame(d);
  }

  /** Layers that hold the wanted fields in frames of a chain. */
  #depth(chain: number): number {
    if (this.#holders === null || !this.#alone) return MAX_LAYERS;
    const known = this.#depths[chain];
    if (known !== undefined) return known;
    const ids = this.#indexer.index.chains.chains[chain];
    let depth = 0;
    for (let i = 0; i < ids.length; i++) if (this.#holders[ids[i]] === 1) depth = i + 1;
    if (chain === 0) depth = MAX_LAYERS;
    this.#depths[chain] = depth;
    return depth;
  }

  /**
   * True when the conversation has frames that must be dissected. Looks ahead over all frames there are, so that
   * such a conversation is walked from its first frame on.
   */
  #needs(ref: number): boolean {
    this.#survey();
    return this.#needed.has(ref) && !this.#late.has(ref);
  }

  #isLate(ref: number): boolean {
    this.#survey();
    return this.#late.has(ref);
  }

  #survey(): void {
    const { index } = this.#indexer;
    while (this.#surveyed < index.count) {
      const from = this.#surveyed;
      const to = Math.min(index.count, from - (from % PAGE) + PAGE);
      const s = index.segment(from + 1);
      for (const atom of this.#atoms) atom.judge(s, index.chains.chains, from, to);
      for (let i = from; i < to; i++) {
        if ((i & 31) === 0 && i + 32 <= to && this.#decideWord(this.filter.tree, i)) {
          i += 31;
          continue;
        }
        const ref = s.ref[i & 0xffff];
        if (ref === 0 || this.#needed.has(ref) || this.#decide(this.filter.tree, i) !== UNKNOWN) continue;
        this.#needed.add(ref);
        // Its first frames went by unwalked when they came before this look.
        if (index.firstOf(ref) <= this.judged) this.#late.add(ref);
      }
      this.#surveyed = to;
    }
  }
}

function isStateless(field: Field): boolean {
  if (field.protocol === "frame") return true;
  return STATELESS.has(field.protocol) || STATELESS_TCP.test(field.name);
}
