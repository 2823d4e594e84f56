/** The helping end of pass one: dissects the frames it is given, with state and numbers of its own. */
import { CaptureMemory, type FrameFacts } from "../dissect/dissection.ts";
import type { AddedPiece } from "../dissect/fragments.ts";
import { protocols } from "../dissect/protocol.ts";
import { RandomReader, WindowReader } from "../formats/source.ts";
import { ChainTable, SEGMENT_BITS, SEGMENT_FRAMES, Segment } from "../index/frame-index.ts";
import { Shard } from "./shard.ts";
import type { ShardBatch, ShardOpening, ShardReply } from "./shard-messages.ts";
import { bucketOf } from "./sharding.ts";

const BLOCK = 16 * 1024;
const BLOCKS = 64;
const LOW = SEGMENT_FRAMES - 1;

export class ShardHelper {
  readonly #shard: Shard;
  readonly #chains = new ChainTable();
  readonly #segments: Segment[] = [];
  readonly #random: RandomReader;
  readonly #window: WindowReader;
  readonly #facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  #knownAddresses = 1;
  #knownChains = 1;
  #knownRenewed = 0;
  #pieces: AddedPiece[] = [];
  #crossed = false;

  /** @throws the file system's error when the file cannot be opened */
  constructor(opening: ShardOpening) {
    this.#random = new RandomReader(opening.path, BLOCK, BLOCKS, true);
    this.#window = new WindowReader(opening.path);
    const memory = new CaptureMemory();
    const buckets = new Uint8Array(opening.buckets);
    memory.onState = () => {
      this.#crossed = true;
    };
    memory.onNumbered = memory.onState;
    memory.onPair = (src, dst) => {
      const a = memory.addresses.bytes(src);
      const b = memory.addresses.bytes(dst);
      const bucket = a.length === b.length ? bucketOf(a, 0, b, 0, a.length) : -1;
      if (bucket === -1 || buckets[bucket] !== opening.owner) this.#crossed = true;
    };
    memory.fragments.log = this.#pieces;
    this.#crossed = !opening.protocols.every((name, id) => protocols[id]?.name === name);
    this.#shard = new Shard(memory, this.#chains, (frame) => this.#bytes(frame));
  }

  /** Dissects the frames of a batch. */
  batch(batch: ShardBatch): ShardReply {
    for (const buffer of batch.segments) this.#segments.push(new Segment(buffer));
    const facts = this.#facts;
    const window = this.#window;
    for (const frame of batch.frames) {
      const s = this.#segments[(frame - 1) >>> SEGMENT_BITS];
      const slot = (frame - 1) & LOW;
      facts.number = frame;
      facts.len = s.len[slot];
      facts.capLen = window.seek(s.offset[slot], s.capLen[slot]);
      facts.sec = s.sec[slot];
      facts.nsec = s.nsec[slot];
      facts.iface = s.iface[slot];
      facts.linkType = batch.linkTypes[facts.iface];
      this.#shard.index(s, slot, window.buf, window.at, facts);
    }
    return this.#reply(batch.number);
  }

  close(): void {
    this.#random.close();
    this.#window.close();
  }

  #reply(number: number): ShardReply {
    const { memory, moreRefs, notes, table } = this.#shard;
    const addresses: { kind: number; bytes: Uint8Array }[] = [];
    for (; this.#knownAddresses < memory.addresses.count; this.#knownAddresses++) {
      const id = this.#knownAddresses;
      addresses.push({ kind: memory.addresses.kind(id), bytes: memory.addresses.bytes(id).slice() });
    }
    const chains = this.#chains.chains.slice(this.#knownChains);
    this.#knownChains = this.#chains.chains.length;
    const renewed = [...table.renewed].slice(this.#knownRenewed);
    this.#knownRenewed = table.renewed.size;
    const pieces = this.#pieces.splice(0);
    const { milestones } = this.#shard;
    this.#shard.moreRefs = [];
    this.#shard.milestones = [];
    return {
      number,
      addresses,
      chains,
      renewed,
      moreRefs,
      pieces,
      milestones,
      notes: notes.take().slice(),
      crossed: this.#crossed,
    };
  }

  #bytes(frame: number): Uint8Array | undefined {
    const s = this.#segments[(frame - 1) >>> SEGMENT_BITS];
    if (s === undefined) return undefined;
    const slot = (frame - 1) & LOW;
    return (
      this.#window.held(s.offset[slot], s.capLen[slot]) ?? this.#random.read(s.offset[slot], s.capLen[slot])
    );
  }
}
