/**
 * Dissection of single frames in any order.
 *
 * What a frame shows may depend on earlier frames of its conversation. Before the first look at a frame, its
 * conversation is walked once from its start, in order, so that its dissectors learn; what they learnt of single
 * frames is kept with the conversation, and any of its frames can then be dissected again alone.
 */
import type { IndexedConversations } from "../dissect/conversation.ts";
import {
  CaptureMemory,
  Dissection,
  type FrameContext,
  type FrameFacts,
  MODE_INDEX,
  MODE_TREE,
  type Mode,
  type Time,
} from "../dissect/dissection.ts";
import { fieldsNamed, protocols } from "../dissect/protocol.ts";
import { readRecordOptions } from "../formats/options.ts";
import { RECORD_HAS_COMMENT } from "../formats/types.ts";
import { dissectFrame } from "../protocols/frame.ts";
import type { Indexer } from "./indexer.ts";

/** Frames whose conversations are remembered; beyond it the conversations looked at longest ago are forgotten. */
const REMEMBERED_FRAMES = 2_000_000;

/** Protocols whose rows say the same whatever went before: a long stream of such frames needs no walk for them. */
const WITHOUT_HISTORY = new Set([
  "eth",
  "ethertype",
  "vlan",
  "ieee8021ad",
  "sll",
  "null",
  "raw",
  "ip",
  "ipv6",
  "udp",
  "data",
]);

export class Viewer {
  readonly #indexer: Indexer;
  readonly #conversations: IndexedConversations;
  readonly #learner: Dissection;
  readonly #dissection: Dissection;
  readonly #facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  /** Conversation → last frame walked, least recently used first. */
  readonly #walked = new Map<number, { last: number; frames: number }>();
  #remembered = 0;
  readonly #histories: boolean[] = [];

  constructor(indexer: Indexer) {
    this.#indexer = indexer;
    this.#conversations = indexer.conversations();
    const memory = new CaptureMemory(this.#conversations, indexer.memory);
    const bytes = (frame: number): Uint8Array | undefined => indexer.bytes(frame);
    this.#learner = new Dissection(memory, bytes);
    this.#learner.setMode(MODE_INDEX, false);
    this.#learner.first = true;
    this.#learner.keep = true;
    this.#dissection = new Dissection(memory, bytes);
    this.#dissection.first = false;
  }

  /**
   * Dissects one frame.
   * @param previousDisplayed the frame before it in the displayed list, 0 for none
   * @returns the dissection, good until the next call
   */
  dissect(
    frame: number,
    mode: Mode,
    columns: boolean,
    wanted?: Uint8Array,
    previousDisplayed = 0,
  ): Dissection {
    const index = this.#indexer.index;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    if (mode === MODE_TREE || this.#hasHistory(s.chain[slot]) || wantsTimes(wanted)) this.#walk(s.ref[slot]);
    const d = this.#dissection;
    d.setMode(mode, columns, wanted);
    if (d.building) d.context = frameContext(this.#indexer, frame, previousDisplayed);
    this.#run(d, frame);
    return d;
  }

  /** True when columns and colours of the chain's frames may depend on earlier frames. */
  #hasHistory(chain: number): boolean {
    let known = this.#histories[chain];
    if (known === undefined) {
      const ids = this.#indexer.index.chains.chains[chain];
      known = chain === 0 || ids.some((id) => !WITHOUT_HISTORY.has(protocols[id].name));
      this.#histories[chain] = known;
    }
    return known;
  }

  /** Lets the dissectors learn the conversation up to its present last frame. */
  #walk(ref: number): void {
    if (ref === 0) return;
    const index = this.#indexer.index;
    const known = this.#walked.get(ref);
    const last = index.lastOf(ref);
    if (known !== undefined) {
      this.#walked.delete(ref);
      this.#walked.set(ref, known);
      if (known.last === last) return;
    }
    const entry = known ?? { last: 0, frames: 0 };
    let at = entry.last === 0 ? index.firstOf(ref) : index.segment(entry.last).next[index.slot(entry.last)];
    while (at !== 0) {
      this.#run(this.#learner, at);
      entry.last = at;
      entry.frames++;
      this.#remembered++;
      at = index.segment(at).next[index.slot(at)];
    }
    this.#walked.set(ref, entry);
    for (const [old, { frames }] of this.#walked) {
      if (this.#remembered <= REMEMBERED_FRAMES || old === ref) break;
      this.#walked.delete(old);
      this.#conversations.forget(old);
      this.#remembered -= frames;
    }
  }

  #run(d: Dissection, frame: number): void {
    this.#conversations.refs = this.#indexer.index.refs(frame);
    const bytes = this.#indexer.bytes(frame) ?? NO_BYTES;
    fillFacts(this.#indexer, frame, bytes.length, this.#facts);
    d.begin(bytes, 0, this.#facts);
    dissectFrame(d);
  }
}

/** True when times relative to earlier frames of a UDP stream are wanted. */
function wantsTimes(wanted: Uint8Array | undefined): boolean {
  if (wanted === undefined) return false;
  return UDP_TIMES.some((name) => fieldsNamed(name).some((field) => wanted[field.id] === 1));
}
const UDP_TIMES = ["udp.time_relative", "udp.time_delta"];

const NO_BYTES = new Uint8Array(0);

/**
 * Fills in the facts of an indexed frame.
 * @param length bytes of it that could be read; fewer than captured when the file shrank
 */
export function fillFacts(indexer: Indexer, frame: number, length: number, facts: FrameFacts): void {
  const s = indexer.index.segment(frame);
  const slot = indexer.index.slot(frame);
  facts.number = frame;
  facts.len = s.len[slot];
  facts.capLen = length;
  facts.sec = s.sec[slot];
  facts.nsec = s.nsec[slot];
  facts.iface = s.iface[slot];
  facts.linkType = indexer.capture.reader.interfaces[facts.iface].linkType;
}

/** Time of an indexed frame, null for frame 0. */
export function timeOf(indexer: Indexer, frame: number): Time | null {
  if (frame < 1 || frame > indexer.index.count) return null;
  const s = indexer.index.segment(frame);
  const slot = indexer.index.slot(frame);
  return { sec: s.sec[slot], nsec: s.nsec[slot] };
}

/** What the frame's own layer shows of the capture around it. */
export function frameContext(indexer: Indexer, frame: number, previousDisplayed: number): FrameContext {
  const { capture, index } = indexer;
  const s = index.segment(frame);
  const slot = index.slot(frame);
  const iface = capture.reader.interfaces[s.iface[slot]];
  return {
    first: timeOf(indexer, 1),
    previous: timeOf(indexer, frame - 1),
    previousDisplayed: timeOf(indexer, previousDisplayed),
    interfaceName: capture.format === "pcapng" ? (iface.name ?? "") : null,
    interfaceDescription: iface.description ?? null,
    comments:
      s.flags[slot] & RECORD_HAS_COMMENT
        ? readRecordOptions(indexer.random, s.offset[slot] - s.header[slot], capture.format).comments
        : [],
    fcsLength: iface.fcsLen ?? null,
    section: iface.section,
  };
}
