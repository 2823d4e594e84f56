/**
 * Pass one: walks the records of a capture in order, dissects each without keeping fields, fills the index.
 *
 * Long captures are shared out: this thread reads the records and dissects a share of them, helpers in other threads
 * dissect the rest. Who dissects which packets is settled by their addresses (sharding.ts), so that every
 * conversation has its packets dissected in order by one thread. The shares number conversations each for itself;
 * here they get the numbers of the capture, in order of appearance, so that what comes out is the same for any number
 * of threads. Should a packet turn out to belong to two shares (a tunnel between hosts that also talk without it),
 * sharing ends and this thread does all of it.
 */
import { closeSync, existsSync, openSync } from "node:fs";
import {
  CONVERSATION_FRAGMENTS,
  CONVERSATION_TCP,
  ConversationTable,
  IndexedConversations,
  makeRef,
  ownRef,
  refKind,
  refNumber,
  type StreamRef,
} from "../dissect/conversation.ts";
import { CaptureMemory, type FrameFacts } from "../dissect/dissection.ts";
import { protocols } from "../dissect/protocol.ts";
import { NOTE_WORDS } from "../dissect/stream-notes.ts";
import { isChain } from "../formats/data-file.ts";
import type { OpenCapture } from "../formats/open.ts";
import { RandomReader, WindowReader } from "../formats/source.ts";
import { FLAG_MORE_REFS, FrameIndex } from "../index/frame-index.ts";
import { grown } from "../index/grown.ts";
import { readableLength } from "./lost.ts";
import { type FrameRefs, type Milestone, Shard } from "./shard.ts";
import type { ShardBatch, ShardOpening, ShardReply } from "./shard-messages.ts";
import { BUCKETS, bucketOf, findPlace, NOBODY, type Place, READER } from "./sharding.ts";

/** Cache for single frames: small blocks, because the frames of a conversation lie far apart. */
const BLOCK = 16 * 1024;
const BLOCKS = 256;
const RECENT_BLOCKS = 64;

/** Records between two looks at the clock. */
const STEP = 256;
/** Frames shared out at a time. */
const BATCH = 8192;
/** Batches that helpers may be behind. */
export const BATCHES_AHEAD = 6;
/** Sharing begins behind this many frames when at least this many bytes are left. */
const FRAMES_BEFORE_SHARING = 16_384;
const BYTES_WORTH_SHARING = 16 * 1024 * 1024;
/** As long as helpers have yet to compile what they run, sharing pays only when this much is left. */
const BYTES_WORTH_WARMING = 1024 * 1024 * 1024;
/** The reading thread's frames count this much more than a helper's: it has reading and numbering to do as well. */
const READER_WEIGHT = 1.35;

/** Threads that help in pass one. They are the capture's until `close`. */
export interface ShardHelpers {
  /** How many there are. */
  readonly count: number;
  /** True when they have been at work before. */
  readonly warm: boolean;
  /** Begins a capture; each helper gets its own `owner`. */
  open(
    openings: readonly ShardOpening[],
    onReply: (helper: number, reply: ShardReply) => void,
    onLost: (helper: number) => void,
  ): void;
  post(helper: number, batch: ShardBatch): void;
  close(): void;
}

const NO_NOTES = new Int32Array(0);

export interface IndexerOptions {
  /** False to dissect plain frames like all others, which takes longer. */
  readonly shortWay?: boolean;
  /** Sharing begins behind this many frames, when at least this many bytes are left. */
  readonly shareBehind?: number;
  readonly shareFrom?: number;
  /** Frames shared out at a time. */
  readonly batchFrames?: number;
}

/** Frames that were shared out and are not all back yet. */
interface Pending {
  readonly number: number;
  readonly first: number;
  last: number;
  /** Of each frame: 0 for this thread, else 1 + number of the helper. */
  readonly shares: Uint8Array;
  readonly replies: (ShardReply | undefined)[];
  waiting: number;
  /** Of this thread's frames: those with several conversations, and the notes of its streams. */
  moreRefs: FrameRefs[];
  notes: Int32Array;
  milestones: readonly Milestone[];
}

/** A share's own numbers → those of the capture. */
class Numbers {
  /** By kind of conversation: own number → number in the capture + 1, 0 while it has none. */
  readonly conversations: Uint32Array[] = Array.from({ length: 16 }, () => new Uint32Array(64));
  addresses = new Uint32Array(1024);
  addressCount = 1;
  readonly chains: number[] = [0];
  readonly renewed = new Set<StreamRef>();
  segmentsSent = 0;
}

export class Indexer {
  readonly capture: OpenCapture;
  readonly index = new FrameIndex();
  /** Conversations that took the place of others, by the numbers of the capture. */
  readonly #renewed: Set<StreamRef>;
  readonly memory = new CaptureMemory();
  /** Keeps the very file at hand; -1 for a chain of files. */
  readonly #fd: number;
  /** Where every thread of this process finds the very file that is indexed, whatever its own path leads to now. */
  readonly dataPath: string;
  /** Reads the bytes of single frames. */
  readonly random: RandomReader;
  /** The same for pass one, which copies what it needs. */
  readonly #recent: RandomReader;
  /** Reads frames in file order, for walks over all of them. */
  readonly window: WindowReader;
  readonly #shortWay: boolean;
  readonly #shareBehind: number;
  readonly #worthBytes: number | null;
  readonly #batchFrames: number;
  readonly #facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  #shard: Shard;

  readonly #helpers: ShardHelpers | null;
  #sharing = false;
  /** True once sharing was tried and given up. */
  #alone = false;
  #closed = false;
  readonly #owners = new SharedArrayBuffer(BUCKETS);
  readonly #buckets = new Uint8Array(this.#owners);
  readonly #place: Place = { bucket: -1, simple: false };
  /** Frames given to each share so far, this thread's first, weighed. */
  #loads: number[] = [];
  #numbers: Numbers[] = [];
  /** Conversations of each kind that have a number in the capture. */
  readonly #counts = new Uint32Array(16);
  #batch: Pending | null = null;
  #lists: Uint32Array[] = [];
  #listed: number[] = [];
  readonly #pending: Pending[] = [];
  #batches = 0;
  #crossed = false;
  /** Batches that each helper has not answered yet. */
  #owed: number[] = [];
  /** True when the last look found no further record in the file. */
  #drained = false;
  #wake: (() => void) | null = null;
  /** After sharing was given up: the next frame to dissect again. 0 when there is none. */
  #again = 0;

  /**
   * @param helpers threads to share a long capture with; null for none
   * @param options what gives the same in another way or at another time, for comparisons
   */
  constructor(capture: OpenCapture, helpers: ShardHelpers | null = null, options: IndexerOptions = {}) {
    this.capture = capture;
    this.#helpers = helpers !== null && helpers.count > 0 ? helpers : null;
    this.#shortWay = options.shortWay ?? true;
    this.#shareBehind = options.shareBehind ?? FRAMES_BEFORE_SHARING;
    this.#worthBytes = options.shareFrom ?? null;
    this.#batchFrames = options.batchFrames ?? BATCH;
    const chained = isChain(capture.dataPath);
    this.#fd = chained ? -1 : openSync(capture.dataPath, "r");
    const held = `/dev/fd/${this.#fd}`;
    const reaches = !chained && process.platform !== "win32" && existsSync(held);
    this.dataPath = reaches ? held : capture.dataPath;
    this.random = new RandomReader(this.dataPath, BLOCK, BLOCKS);
    this.#recent = new RandomReader(this.dataPath, BLOCK, RECENT_BLOCKS, true);
    this.window = new WindowReader(this.dataPath);
    this.#shard = this.#newShard(this.memory);
    this.#renewed = this.#shard.table.renewed;
    if (this.#helpers !== null) this.memory.onPair = (src, dst) => this.#claim(src, dst);
  }

  /** The captured bytes of an indexed frame, undefined when there is no such frame. */
  bytes(frame: number): Uint8Array | undefined {
    if (frame < 1 || frame > this.index.added) return undefined;
    const s = this.index.segment(frame);
    const slot = this.index.slot(frame);
    return this.random.read(s.offset[slot], readableLength(s, slot));
  }

  /** The conversations of a later walk over indexed frames: the same numbers, nothing learnt yet. */
  conversations(): IndexedConversations {
    const conversations = new IndexedConversations();
    conversations.renewed = this.#renewed;
    return conversations;
  }

  /** Bytes of the file that have been walked. */
  get position(): number {
    const source = this.capture.reader.source;
    return source.base + source.pos;
  }

  /** Batches that are shared out and not all back yet. */
  get batchesAhead(): number {
    return this.#pending.length;
  }

  /** While all there is to do is to wait for helpers: resolves when one has answered. Else null. */
  get waiting(): Promise<void> | null {
    const idle = this.#crossed ? this.#owes() : this.#pending.length > 0 && (this.#drained || this.#behind());
    if (!idle) return null;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /**
   * Indexes what the file holds, for at most `milliseconds`.
   * @returns true when there is more to do, now or once `waiting` resolves; false at the present end of the file
   */
  run(milliseconds: number): boolean {
    const { reader } = this.capture;
    const stop = performance.now() + milliseconds;
    if (this.#crossed) {
      // A helper that is still at work would write over what is found anew.
      if (this.#owes()) return true;
      this.#giveUpSharing();
    }
    while (this.#again !== 0) {
      for (let i = 0; i < STEP && this.#again !== 0; i++) this.#indexAgain();
      if (performance.now() >= stop) return true;
    }
    if (this.#worthSharing()) this.#share();
    for (;;) {
      for (let i = 0; i < STEP; i++) {
        if (this.#crossed || (this.#batch === null && this.#behind())) return true;
        if (!reader.next()) return this.#atEnd();
        this.#drained = false;
        this.#frame(reader);
      }
      if (performance.now() < stop) continue;
      if (!this.#sharing) this.#takeNotes();
      return true;
    }
  }

  close(): void {
    if (this.#sharing) this.#helpers?.close();
    this.#sharing = false;
    this.#wakeUp();
    this.random.close();
    this.#recent.close();
    this.window.close();
    if (!this.#closed && this.#fd >= 0) closeSync(this.#fd);
    this.#closed = true;
    this.capture.close();
  }

  #newShard(memory: CaptureMemory): Shard {
    return new Shard(memory, this.index.chains, (frame) => this.#recentBytes(frame), this.#shortWay);
  }

  /** The bytes of a frame that was read lately: mostly it still stands in the reader's window. */
  #recentBytes(frame: number): Uint8Array | undefined {
    const s = this.index.segment(frame);
    const slot = this.index.slot(frame);
    return (
      this.capture.reader.source.held(s.offset[slot], s.capLen[slot]) ??
      this.#recent.read(s.offset[slot], readableLength(s, slot))
    );
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
    const { buf } = reader.source;
    const at = reader.dataPos;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    if (!this.#sharing) {
      this.#shard.index(s, slot, buf, at, facts);
      this.#finish(frame, s.ref[slot]);
      return;
    }
    this.#batch ??= this.#newBatch(frame);
    const batch = this.#batch;
    const share = this.#shareOf(buf, at, facts);
    batch.shares[frame - batch.first] = share;
    batch.last = frame;
    if (share === 0) this.#shard.index(s, slot, buf, at, facts);
    else this.#lists[share - 1][this.#listed[share - 1]++] = frame;
    if (frame - batch.first === this.#batchFrames - 1) this.#send();
  }

  /** A frame that this thread dissected is done: links and publishes it. */
  #finish(frame: number, ref: StreamRef): void {
    const { index } = this;
    if (ref !== 0) {
      index.link(frame, ref);
      const shard = this.#shard;
      if (shard.moreRefs.length > 0) {
        for (const { refs } of shard.moreRefs) index.setRefs(frame, refs);
        shard.moreRefs.length = 0;
      }
    }
    index.publish(frame);
  }

  /** The file holds nothing more for now; true when helpers have work to finish. */
  #atEnd(): boolean {
    this.#drained = true;
    if (this.#batch !== null) this.#send();
    if (!this.#sharing) this.#takeNotes();
    return this.#pending.length > 0 || this.#crossed;
  }

  // ------------------------------------------------------------------ sharing

  /** True when helpers have as much before them as they may. */
  #behind(): boolean {
    return this.#pending.length >= BATCHES_AHEAD;
  }

  /** True while a helper has an answer to give. */
  #owes(): boolean {
    return this.#owed.some((batches) => batches > 0);
  }

  #worthSharing(): boolean {
    if (this.#sharing || this.#alone || this.#helpers === null) return false;
    if (this.index.count < this.#shareBehind) return false;
    const worth = this.#worthBytes ?? (this.#helpers.warm ? BYTES_WORTH_SHARING : BYTES_WORTH_WARMING);
    return this.capture.reader.source.size() - this.position >= worth;
  }

  /** Begins to share: what was met so far stays this thread's. */
  #share(): void {
    const helpers = this.#helpers!;
    this.#takeNotes();
    this.#sharing = true;
    // From here on conversations are numbered by share.
    this.memory.onNumbered = () => {
      this.#crossed = true;
    };
    this.#numbers = [];
    const { table } = this.#shard;
    for (let share = 0; share <= helpers.count; share++) this.#numbers.push(new Numbers());
    for (let kind = 0; kind < 16; kind++) {
      const count = table.count(kind);
      this.#counts[kind] = count;
      this.#numbers[0].conversations[kind] = Uint32Array.from({ length: count + 64 }, (_, i) =>
        i < count ? i + 1 : 0,
      );
    }
    table.renewed = new Set();
    this.#loads = this.#numbers.map(() => 0);
    this.#lists = Array.from({ length: helpers.count }, () => new Uint32Array(this.#batchFrames));
    this.#listed = this.#lists.map(() => 0);
    this.#owed = this.#lists.map(() => 0);
    helpers.open(
      this.#lists.map((_, i) => ({
        path: this.dataPath,
        owner: READER + 1 + i,
        protocols: protocols.map(({ name }) => name),
        buckets: this.#owners,
      })),
      (helper, reply) => this.#onReply(helper, reply),
      (helper) => {
        this.#owed[helper] = 0;
        if (this.#sharing) this.#crossed = true;
        this.#wakeUp();
      },
    );
  }

  /** This thread begins to remember something of two addresses' packets: their bucket is its own. */
  #claim(src: number, dst: number): void {
    const { addresses } = this.memory;
    const a = addresses.bytes(src);
    const b = addresses.bytes(dst);
    const bucket = a.length === b.length ? bucketOf(a, 0, b, 0, a.length) : -1;
    if (bucket === -1) return;
    if (this.#buckets[bucket] === NOBODY) this.#buckets[bucket] = READER;
    else if (this.#buckets[bucket] !== READER) this.#crossed = true;
  }

  /** Whose the frame is: 0 for this thread, else 1 + number of the helper. */
  #shareOf(buf: Uint8Array, at: number, facts: FrameFacts): number {
    const place = this.#place;
    findPlace(buf, at, at + facts.capLen, facts.linkType, place);
    let share = 0;
    if (place.bucket !== -1) {
      const owner = this.#buckets[place.bucket];
      if (owner !== NOBODY) share = owner - READER;
      else {
        if (place.simple) share = this.#leastLoaded();
        this.#buckets[place.bucket] = READER + share;
      }
    }
    this.#loads[share] += share === 0 ? READER_WEIGHT : 1;
    return share;
  }

  #leastLoaded(): number {
    const loads = this.#loads;
    let least = loads.length - 1;
    for (let i = least - 1; i >= 0; i--) if (loads[i] < loads[least]) least = i;
    return least;
  }

  #newBatch(first: number): Pending {
    this.#listed.fill(0);
    return {
      number: ++this.#batches,
      first,
      last: first,
      shares: new Uint8Array(this.#batchFrames),
      replies: this.#lists.map(() => undefined),
      waiting: 0,
      moreRefs: [],
      notes: NO_NOTES,
      milestones: [],
    };
  }

  /** Gives the helpers their frames of the present batch. */
  #send(): void {
    const batch = this.#batch!;
    this.#batch = null;
    batch.moreRefs = this.#shard.moreRefs;
    this.#shard.moreRefs = [];
    batch.notes = this.#shard.notes.take().slice();
    batch.milestones = this.#shard.milestones;
    this.#shard.milestones = [];
    this.#pending.push(batch);
    const linkTypes = this.capture.reader.interfaces.map(({ linkType }) => linkType);
    for (const [helper, frames] of this.#lists.entries()) {
      if (this.#listed[helper] === 0) continue;
      batch.waiting++;
      this.#owed[helper]++;
      const numbers = this.#numbers[helper + 1];
      const segments = this.index.segments.slice(numbers.segmentsSent).map(({ buffer }) => buffer);
      numbers.segmentsSent = this.index.segments.length;
      this.#helpers!.post(helper, {
        number: batch.number,
        frames: frames.slice(0, this.#listed[helper]),
        segments,
        linkTypes,
      });
    }
    this.#merge();
  }

  #onReply(helper: number, reply: ShardReply): void {
    if (!this.#sharing) return;
    this.#owed[helper]--;
    const batch = this.#pending.find(({ number }) => number === reply.number);
    if (batch === undefined) return;
    batch.replies[helper] = reply;
    batch.waiting--;
    if (reply.crossed) this.#crossed = true;
    else this.#merge();
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = null;
  }

  /** Numbers and publishes the batches that are complete, in order. */
  #merge(): void {
    while (!this.#crossed && this.#pending.length > 0 && this.#pending[0].waiting === 0) {
      this.#number(this.#pending.shift()!);
    }
  }

  #number(batch: Pending): void {
    const { index } = this;
    for (const [helper, reply] of batch.replies.entries()) {
      if (reply !== undefined) this.#learnNumbers(this.#numbers[helper + 1], reply);
    }
    const moreRefs = new Map<number, Uint32Array>();
    for (const { frame, refs } of batch.moreRefs) moreRefs.set(frame, refs);
    for (const reply of batch.replies) {
      for (const { frame, refs } of reply?.moreRefs ?? []) moreRefs.set(frame, refs);
    }
    for (let frame = batch.first; frame <= batch.last; frame++) {
      const share = batch.shares[frame - batch.first];
      const numbers = this.#numbers[share];
      const s = index.segment(frame);
      const slot = index.slot(frame);
      if (share !== 0) {
        s.src[slot] = numbers.addresses[s.src[slot]];
        s.dst[slot] = numbers.addresses[s.dst[slot]];
        s.chain[slot] = numbers.chains[s.chain[slot]];
      }
      const own = s.ref[slot];
      if (own === 0) continue;
      if (s.flags[slot] & FLAG_MORE_REFS) {
        const refs = moreRefs.get(frame)!.map((ref) => this.#numbered(share, ref));
        index.link(frame, ownRef(refs));
        index.setRefs(frame, refs);
      } else index.link(frame, this.#numbered(share, own));
    }
    for (const [helper, reply] of batch.replies.entries()) {
      if (reply === undefined) continue;
      this.#takePieces(helper + 1, reply);
      this.#setStreams(helper + 1, reply.notes);
      this.#keepMilestones(helper + 1, reply.milestones);
    }
    this.#keepMilestones(0, batch.milestones);
    this.#setStreams(0, batch.notes);
    index.publish(batch.last);
  }

  #learnNumbers(numbers: Numbers, reply: ShardReply): void {
    const { addresses } = this.memory;
    for (const { kind, bytes } of reply.addresses) {
      if (numbers.addressCount === numbers.addresses.length) {
        numbers.addresses = grown(numbers.addresses, 2 * numbers.addressCount);
      }
      numbers.addresses[numbers.addressCount++] = addresses.intern(kind, bytes, 0, bytes.length);
    }
    for (const chain of reply.chains) numbers.chains.push(this.index.chains.intern(chain, chain.length));
    for (const ref of reply.renewed) numbers.renewed.add(ref);
  }

  /** The number in the capture of a share's conversation; given at its first frame. */
  #numbered(share: number, own: StreamRef): StreamRef {
    if (!this.#sharing) return own;
    const kind = refKind(own);
    // Datagrams of this thread's own are in the table of the capture.
    if (kind === CONVERSATION_FRAGMENTS && share === 0) return own;
    const { conversations, renewed } = this.#numbers[share];
    const number = refNumber(own);
    if (number >= conversations[kind].length) {
      conversations[kind] = grown(conversations[kind], 2 * Math.max(number, 64));
    }
    const known = conversations[kind][number];
    if (known !== 0) return makeRef(kind, known - 1);
    const given =
      kind === CONVERSATION_FRAGMENTS ? this.memory.fragments.make().number : this.#counts[kind]++;
    conversations[kind][number] = given + 1;
    const ref = makeRef(kind, given);
    if ((share === 0 ? this.#shard.table.renewed : renewed).has(own)) this.#renewed.add(ref);
    return ref;
  }

  #takePieces(share: number, { pieces }: ShardReply): void {
    for (const { datagram, piece } of pieces) {
      const ref = this.#numbered(share, makeRef(CONVERSATION_FRAGMENTS, datagram));
      this.memory.fragments.get(refNumber(ref))?.add(piece);
    }
  }

  /** What this thread noted of streams while it does all of the work. */
  #takeNotes(): void {
    this.#keepMilestones(0, this.#shard.milestones.splice(0));
    this.#setStreams(0, this.#shard.notes.take());
  }

  #keepMilestones(share: number, milestones: readonly Milestone[]): void {
    for (const { ref, frame, bytes } of milestones) {
      this.index.checkpoints.add(this.#numbered(share, ref), frame, bytes);
    }
  }

  #setStreams(share: number, notes: Int32Array): void {
    for (let at = 0; at < notes.length; at += NOTE_WORDS) {
      if (share !== 0) notes[at + 1] = this.#numbers[share].addresses[notes[at + 1]];
      const ref = this.#numbered(share, makeRef(CONVERSATION_TCP, notes[at]));
      this.index.tcpStreams.set(refNumber(ref), notes, at + 1);
    }
  }

  /** This thread does all of it from here on, beginning with what it has to learn of the frames so far. */
  #giveUpSharing(): void {
    this.#crossed = false;
    this.#helpers?.close();
    this.#sharing = false;
    this.#alone = true;
    this.#batch = null;
    this.#pending.length = 0;
    this.memory.onPair = null;
    this.memory.onNumbered = null;
    this.memory.forgetState();
    this.memory.fragments.reset();
    this.index.unlinkAll(CONVERSATION_FRAGMENTS);
    this.index.checkpoints.clear();
    this.#shard = this.#newShard(new CaptureMemory(new ConversationTable(), this.memory, "again"));
    this.#shard.table.renewed = this.#renewed;
    this.#again = this.index.added === 0 ? 0 : 1;
  }

  #indexAgain(): void {
    const { index } = this;
    const frame = this.#again;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    const facts = this.#facts;
    facts.number = frame;
    facts.len = s.len[slot];
    facts.capLen = this.window.seek(s.offset[slot], s.capLen[slot]);
    facts.sec = s.sec[slot];
    facts.nsec = s.nsec[slot];
    facts.iface = s.iface[slot];
    facts.linkType = this.capture.reader.interfaces[facts.iface].linkType;
    this.#shard.index(s, slot, this.window.buf, this.window.at, facts);
    this.#again = frame === index.added ? 0 : frame + 1;
    if (frame > index.count) this.#finish(frame, s.ref[slot]);
    else this.#linkAgain(frame, s.ref[slot]);
  }

  /** A frame that was published already: only the numbers of datagrams may be others than before. */
  #linkAgain(frame: number, ref: StreamRef): void {
    const { index } = this;
    for (const { refs } of this.#shard.moreRefs) index.setRefs(frame, refs);
    this.#shard.moreRefs.length = 0;
    if (refKind(ref) !== CONVERSATION_FRAGMENTS) return;
    index.segment(frame).next[index.slot(frame)] = 0;
    index.link(frame, ref);
  }
}
