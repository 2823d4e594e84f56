/** Pass one: walks the records of a capture in order, dissects each without keeping fields, fills the index. */
import { ConversationTable, IndexedConversations } from "../dissect/conversation.ts";
import { CaptureMemory, Dissection, type FrameFacts, MODE_INDEX } from "../dissect/dissection.ts";
import type { OpenCapture } from "../formats/open.ts";
import { RandomReader, WindowReader } from "../formats/source.ts";
import { FrameIndex, SEVERITY_SHIFT } from "../index/frame-index.ts";
import { dissectFrame } from "../protocols/frame.ts";
import { LINKTYPE_ETHERNET, PlainFrames } from "../protocols/plain.ts";
import "../protocols/index.ts";

const SEVERITY = { comment: 1, chat: 2, note: 3, warning: 4, error: 5 } as const;

/** Cache for single frames: small blocks, because the frames of a conversation lie far apart. */
const BLOCK = 16 * 1024;
const BLOCKS = 1024;

/** Records between two looks at the clock. */
const BATCH = 256;

export class Indexer {
  readonly capture: OpenCapture;
  readonly index = new FrameIndex();
  readonly #table = new ConversationTable();
  readonly memory = new CaptureMemory(this.#table);
  /** Reads the bytes of single frames. */
  readonly random: RandomReader;
  /** Reads frames in file order, for walks over all of them. */
  readonly window: WindowReader;
  readonly #shortWay: boolean;
  readonly #plain = new PlainFrames(this.#table);
  readonly #dissection: Dissection;
  readonly #facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };

  /** @param shortWay false to dissect plain frames like all others, which gives the same and takes longer */
  constructor(capture: OpenCapture, shortWay = true) {
    this.#shortWay = shortWay;
    this.capture = capture;
    this.random = new RandomReader(capture.dataPath, BLOCK, BLOCKS);
    this.window = new WindowReader(capture.dataPath);
    this.#dissection = new Dissection(this.memory, (frame) => this.#recentBytes(frame));
    this.#dissection.setMode(MODE_INDEX, false);
    this.#dissection.first = true;
    this.#dissection.keep = false;
  }

  /** The captured bytes of an indexed frame, undefined when there is no such frame. */
  bytes(frame: number): Uint8Array | undefined {
    if (frame < 1 || frame > this.index.count) return undefined;
    const s = this.index.segment(frame);
    const slot = this.index.slot(frame);
    return this.random.read(s.offset[slot], s.capLen[slot]);
  }

  /** The same for a frame that was read lately: mostly it still stands in the reader's window. */
  #recentBytes(frame: number): Uint8Array | undefined {
    const s = this.index.segment(frame);
    const slot = this.index.slot(frame);
    const { buf, base, end } = this.capture.reader.source;
    const from = s.offset[slot] - base;
    const to = from + s.capLen[slot];
    return from >= 0 && to <= end ? buf.subarray(from, to) : this.bytes(frame);
  }

  /** The conversations of a later walk over indexed frames: the same numbers, nothing learnt yet. */
  conversations(): IndexedConversations {
    const conversations = new IndexedConversations();
    conversations.renewed = this.#table.renewed;
    return conversations;
  }

  /** Bytes of the file that have been walked. */
  get position(): number {
    const source = this.capture.reader.source;
    return source.base + source.pos;
  }

  /**
   * Indexes what the file holds, for at most `milliseconds`.
   * @returns true when there is more to do now, false at the present end of the file
   */
  run(milliseconds: number): boolean {
    const reader = this.capture.reader;
    const stop = performance.now() + milliseconds;
    for (;;) {
      for (let i = 0; i < BATCH; i++) {
        if (!reader.next()) return false;
        this.#frame(reader);
      }
      if (performance.now() >= stop) return true;
    }
  }

  #frame(reader: OpenCapture["reader"]): void {
    const index = this.index;
    const frame = index.add(
      reader.dataOffset,
      reader.dataOffset - reader.recordOffset,
      reader.capLen,
      reader.len,
      reader.sec,
      reader.nsec,
      reader.iface,
      reader.flags,
    );
    const facts = this.#facts;
    facts.number = frame;
    facts.len = reader.len;
    facts.capLen = reader.capLen;
    facts.sec = reader.sec;
    facts.nsec = reader.nsec;
    facts.iface = reader.iface;
    facts.linkType = reader.interfaces[reader.iface].linkType;
    const d = this.#dissection;
    const { buf } = reader.source;
    if (
      !this.#shortWay ||
      facts.linkType !== LINKTYPE_ETHERNET ||
      !this.#plain.index(d, buf, reader.dataPos, facts)
    ) {
      d.begin(buf, reader.dataPos, facts);
      dissectFrame(d);
    }
    const s = index.segment(frame);
    const slot = index.slot(frame);
    s.src[slot] = d.srcId;
    s.dst[slot] = d.dstId;
    s.srcPort[slot] = d.srcPort;
    s.dstPort[slot] = d.dstPort;
    s.chain[slot] = index.chains.intern(d.chain, d.chainLength);
    s.tcpFlags[slot] = d.tcpFlags;
    s.analysis[slot] = d.analysis;
    if (d.worst !== null) s.flags[slot] |= SEVERITY[d.worst] << SEVERITY_SHIFT;
    index.setRefs(frame, d.refs, d.refCount);
  }

  close(): void {
    this.random.close();
    this.window.close();
    this.capture.close();
  }
}
