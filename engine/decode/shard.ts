/** One thread's share of pass one: the dissection of its frames and the state of their conversations. */
import { type Conversation, ConversationTable, ownRef } from "../dissect/conversation.ts";
import {
  type CaptureMemory,
  Dissection,
  type FrameBytes,
  type FrameFacts,
  MODE_INDEX,
} from "../dissect/dissection.ts";
import { StateWriter } from "../dissect/state-codec.ts";
import { StreamNotes } from "../dissect/stream-notes.ts";
import { type ChainTable, FLAG_MORE_REFS, SEVERITY_SHIFT, type Segment } from "../index/frame-index.ts";
import { dissectFrame } from "../protocols/frame.ts";
import { LINKTYPE_ETHERNET, PlainFrames } from "./plain-frames.ts";
import "../protocols/index.ts";

const SEVERITY = { comment: 1, chat: 2, note: 3, warning: 4, error: 5 } as const;

/** A frame with several conversations, in the order its dissection asked for them. */
export interface FrameRefs {
  readonly frame: number;
  readonly refs: Uint32Array;
}

/** The state of a conversation right behind a frame. */
export interface Milestone {
  /** The conversation, by the shard's own number. */
  readonly ref: number;
  readonly frame: number;
  readonly bytes: Uint8Array;
}

/** Bits of the `flags` column that the reader sets. */
const RECORD_FLAGS = (1 << SEVERITY_SHIFT) - 1;

/** Longest state that is saved, in bytes. */
const LONGEST_STATE = 16 * 1024;
/** A state is saved again behind as many packets as keep its cost at this many bytes a packet. */
const BYTES_A_PACKET = 8;
/** Packets to the next attempt when a state was too long. */
const LATER = 4096;

export class Shard {
  readonly memory: CaptureMemory;
  readonly table: ConversationTable;
  readonly notes = new StreamNotes();
  /** Frames with several conversations since they were last taken. */
  moreRefs: FrameRefs[] = [];
  /** Saved states since they were last taken. */
  milestones: Milestone[] = [];
  readonly #writer = new StateWriter(LONGEST_STATE);
  readonly #chains: ChainTable;
  readonly #dissection: Dissection;
  readonly #plain: PlainFrames;
  readonly #shortWay: boolean;

  /**
   * @param memory with a ConversationTable of its own
   * @param chains where the frames' protocol chains are numbered
   * @param bytes gives the bytes of earlier frames
   * @param shortWay false to dissect plain frames like all others, which gives the same and takes longer
   */
  constructor(memory: CaptureMemory, chains: ChainTable, bytes: FrameBytes, shortWay = true) {
    this.memory = memory;
    if (!(memory.conversations instanceof ConversationTable))
      throw new Error("pass one numbers conversations");
    this.table = memory.conversations;
    this.table.onMade = (src, dst) => memory.onPair?.(src, dst);
    memory.streamNotes = this.notes;
    memory.onMilestone = (conversation, packets) => this.#save(conversation, packets);
    this.#chains = chains;
    this.#shortWay = shortWay;
    this.#dissection = new Dissection(memory, bytes);
    this.#dissection.setMode(MODE_INDEX, false);
    this.#dissection.first = true;
    this.#dissection.keep = false;
    this.#plain = new PlainFrames(this.table);
  }

  #save(conversation: Conversation, packets: number): void {
    if (packets < conversation.nextMilestone) return;
    const bytes = this.#writer.write(conversation.saveStates());
    conversation.nextMilestone =
      packets + (bytes === null ? LATER : Math.ceil(bytes.length / BYTES_A_PACKET));
    if (bytes === null) return;
    this.milestones.push({ ref: conversation.ref, frame: this.#dissection.frame, bytes: bytes.slice() });
  }

  /**
   * Dissects a frame, `buf[at .. at + facts.capLen)`, and fills its row of the index but for the chain of its
   * conversation. The numbers of conversations are this shard's own.
   */
  index(s: Segment, slot: number, buf: Uint8Array, at: number, facts: FrameFacts): void {
    const d = this.#dissection;
    if (!this.#shortWay || facts.linkType !== LINKTYPE_ETHERNET || !this.#plain.index(d, buf, at, facts)) {
      d.begin(buf, at, facts);
      dissectFrame(d);
    }
    s.src[slot] = d.srcId;
    s.dst[slot] = d.dstId;
    s.srcPort[slot] = d.srcPort;
    s.dstPort[slot] = d.dstPort;
    s.chain[slot] = this.#chains.intern(d.chain, d.chainLength);
    s.tcpFlags[slot] = d.tcpFlags;
    s.analysis[slot] = d.analysis;
    const severity = d.worst === null ? 0 : SEVERITY[d.worst] << SEVERITY_SHIFT;
    s.flags[slot] = (s.flags[slot] & RECORD_FLAGS) | severity | d.marks;
    const { refCount } = d;
    if (refCount === 0) return;
    s.ref[slot] = ownRef(d.refs, refCount);
    if (refCount === 1) return;
    s.flags[slot] |= FLAG_MORE_REFS;
    this.moreRefs.push({ frame: facts.number, refs: d.refs.slice(0, refCount) });
  }
}
