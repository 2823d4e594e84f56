/** What judging frames needs of a capture that is indexed, as far as it is. */
import { IndexedConversations } from "../dissect/conversation.ts";
import { CaptureMemory } from "../dissect/dissection.ts";
import { protocolNamed, protocols } from "../dissect/protocol.ts";
import { RandomReader } from "../formats/source.ts";
import type { CaptureInterface, Format } from "../formats/types.ts";
import { FLAG_MORE_REFS, FrameIndex, SEGMENT_BITS, SEGMENT_FRAMES, Segment } from "../index/frame-index.ts";
import type { FrameWindow } from "./frame-window.ts";
import { readableLength } from "./lost.ts";
import type { CaptureSnapshot } from "./scan-messages.ts";
import type { FrameRefs } from "./shard.ts";

export interface ScannedCapture {
  readonly index: FrameIndex;
  /** Where threads of this process find the file. */
  readonly dataPath: string;
  readonly capture: {
    readonly format: Format;
    readonly reader: { readonly interfaces: readonly CaptureInterface[] };
  };
  /** Reads the bytes of single frames. */
  readonly random: RandomReader;
  readonly memory: CaptureMemory;
  /** The captured bytes of an indexed frame, undefined when there is no such frame. */
  bytes(frame: number): Uint8Array | undefined;
  /** The capture's conversations for one walk: the same numbers, nothing learnt yet. */
  conversations(): IndexedConversations;
}

/**
 * The bytes of a frame, for reassembly: mostly it was read just now.
 * @param window what was read last; the result is good until its next `seek`
 * @returns undefined when there is no such frame
 */
export function bytesAtHand(
  capture: ScannedCapture,
  window: FrameWindow,
  frame: number,
): Uint8Array | undefined {
  const { index } = capture;
  if (frame < 1 || frame > index.count) return undefined;
  const s = index.segment(frame);
  const slot = index.slot(frame);
  return window.held(s.offset[slot], readableLength(s, slot)) ?? capture.bytes(frame);
}

/** The frames that have several conversations, with all of them. */
export function moreRefsOf(index: FrameIndex): FrameRefs[] {
  const list: FrameRefs[] = [];
  index.segments.forEach((segment, n) => {
    const base = n << SEGMENT_BITS;
    const end = Math.min(SEGMENT_FRAMES, index.count - base);
    for (let slot = 0; slot < end; slot++) {
      if ((segment.flags[slot] & FLAG_MORE_REFS) === 0) continue;
      const frame = base + slot + 1;
      list.push({ frame, refs: Uint32Array.from(index.refs(frame)) });
    }
  });
  return list;
}

/** What another thread needs to look at a capture; of the index only where its memory is. */
export function snapshotOf(capture: ScannedCapture): CaptureSnapshot {
  const { index, memory } = capture;
  const addresses: { kind: number; bytes: Uint8Array }[] = [];
  for (let id = 1; id < memory.addresses.count; id++) {
    addresses.push({ kind: memory.addresses.kind(id), bytes: memory.addresses.bytes(id).slice() });
  }
  const datagrams: CaptureSnapshot["datagrams"][number][] = [];
  for (let number = 0; ; number++) {
    const datagram = memory.fragments.get(number);
    if (datagram === undefined) break;
    datagrams.push(datagram.pieces);
  }
  return {
    path: capture.dataPath,
    format: capture.capture.format,
    interfaces: [...capture.capture.reader.interfaces],
    count: index.count,
    segments: index.segments.map((segment) => segment.buffer),
    chains: index.chains.chains,
    protocols: protocols.map(({ name }) => name),
    streams: index.tcpStreams.segments,
    moreRefs: moreRefsOf(index),
    renewed: new Set(capture.conversations().renewed),
    addresses,
    announced: memory.expectations.list.map((made) => ({ ...made, app: made.app.id })),
    datagrams,
  };
}

const BLOCK = 16 * 1024;
const BLOCKS = 512;

/** A capture that another thread has indexed. */
export class SharedCapture implements ScannedCapture {
  readonly index = new FrameIndex();
  readonly capture: ScannedCapture["capture"];
  readonly dataPath: string;
  readonly random: RandomReader;
  readonly memory = new CaptureMemory();
  readonly #renewed: ReadonlySet<number>;

  /** @throws the file system's error when the file cannot be opened */
  constructor(snapshot: CaptureSnapshot) {
    const { path, format, interfaces } = snapshot;
    this.dataPath = path;
    this.capture = { format, reader: { interfaces } };
    this.random = new RandomReader(path, BLOCK, BLOCKS);
    this.#renewed = snapshot.renewed;
    const { index, memory } = this;
    for (const buffer of snapshot.segments) index.segments.push(new Segment(buffer));
    // Which id a protocol has follows from the order in which a thread loaded its modules.
    const ids = snapshot.protocols.map((name) => protocolNamed(name)?.id ?? 0);
    for (const chain of snapshot.chains.slice(1)) index.chains.chains.push(chain.map((id) => ids[id]));
    index.tcpStreams.segments.push(...snapshot.streams);
    for (const { frame, refs } of snapshot.moreRefs) index.setRefs(frame, refs);
    index.publish(snapshot.count);
    for (const { kind, bytes } of snapshot.addresses) memory.addresses.intern(kind, bytes, 0, bytes.length);
    for (const { app, ...made } of snapshot.announced) {
      const protocol = protocols[ids[app]];
      if (protocol !== undefined) memory.expectations.add({ ...made, app: protocol });
    }
    for (const pieces of snapshot.datagrams) {
      const datagram = memory.fragments.make();
      for (const piece of pieces) datagram.add(piece);
    }
  }

  bytes(frame: number): Uint8Array | undefined {
    if (frame < 1 || frame > this.index.count) return undefined;
    const s = this.index.segment(frame);
    const slot = this.index.slot(frame);
    return this.random.read(s.offset[slot], readableLength(s, slot));
  }

  conversations(): IndexedConversations {
    const conversations = new IndexedConversations();
    conversations.renewed = this.#renewed;
    return conversations;
  }

  close(): void {
    this.random.close();
  }
}
