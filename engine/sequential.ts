/**
 * One pass over a capture from front to back, dissecting every frame on the way, as tshark does:
 * what a frame shows depends on the frames before it only.
 */
import { IndexedConversations, type StreamRef } from "./dissect/conversation.ts";
import {
  CaptureMemory,
  Dissection,
  type FrameContext,
  type FrameFacts,
  type Mode,
  type Time,
} from "./dissect/dissection.ts";
import { type OpenCapture, openCapture, openCaptureSync } from "./formats/open.ts";
import { readRecordOptions } from "./formats/options.ts";
import { RandomReader } from "./formats/source.ts";
import { RECORD_HAS_COMMENT, RECORD_HAS_OPTIONS } from "./formats/types.ts";
import { dissectFrame } from "./protocols/frame.ts";
import { nextTurn } from "./turns.ts";
import "./protocols/index.ts";

export interface SequentialOptions {
  mode: Mode;
  /** True when Protocol and Info are wanted. */
  columns: boolean;
  /** MODE_FIELDS: by field id, the fields wanted. */
  wanted?: Uint8Array;
  signal?: AbortSignal;
  /**
   * For a file that grows: called when every whole frame in it has been dissected. Resolves true when there may
   * be more, false when the file is complete.
   */
  follow?: () => Promise<boolean>;
  /**
   * Walks the capture twice, so that a frame also shows what later frames tell of it. Not for a file that grows.
   */
  twoPass?: boolean;
}

/** Of a file that grows: frames between two looks at the clock, and ms after which others get their turn. */
const TURN = 256;
const SLICE = 25;

/** Frames of a capture that grows whose places are known: those of pieces are rarely so far from the last one. */
const MOST_PLACES = 2 ** 22;

/** Where frames lie, for reassembly: a list that grows, to the last `most` of them. */
export class FramePlaces {
  readonly #most: number;
  #offsets = new Float64Array(1024);
  #lengths = new Uint32Array(1024);
  #count = 0;

  /** @param most a power of two of at least 1,024; without it, all are kept */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  add(offset: number, length: number): void {
    const size = this.#offsets.length;
    if (this.#count === size && size < this.#most) {
      const offsets = new Float64Array(size * 2);
      offsets.set(this.#offsets);
      this.#offsets = offsets;
      const lengths = new Uint32Array(size * 2);
      lengths.set(this.#lengths);
      this.#lengths = lengths;
    }
    const place = this.#count++ % this.#offsets.length;
    this.#offsets[place] = offset;
    this.#lengths[place] = length;
  }

  /** The bytes of a frame by its number; undefined when it is not known any more, or not yet. */
  read(reader: RandomReader, frame: number): Uint8Array | undefined {
    const size = this.#offsets.length;
    if (frame < 1 || frame > this.#count || frame <= this.#count - size) return undefined;
    const place = (frame - 1) % size;
    return reader.read(this.#offsets[place], this.#lengths[place]);
  }
}

/**
 * Dissects every frame of a capture in order.
 * @param onFrame called after each dissection with the dissection, which is used again for the next frame.
 *   Returns false to stop; returning "displayed" makes the frame the reference of frame.time_delta_displayed.
 * @returns the capture, read to where `onFrame` stopped; the caller closes it
 * @throws CaptureFileError when the file is not there or is no capture
 */
export async function dissectInOrder(
  path: string,
  options: SequentialOptions,
  onFrame: (d: Dissection, capture: OpenCapture) => boolean | "displayed",
): Promise<OpenCapture> {
  const capture = await openCapture(path, options.signal ? { signal: options.signal } : {});
  const walk = new Walk(capture, options);
  try {
    if (options.twoPass) await walk.ahead(capture);
    const again = options.twoPass ? openCaptureSync(capture.dataPath) : capture;
    try {
      await walk.show(again, onFrame);
    } finally {
      if (again !== capture) again.close();
    }
    return capture;
  } catch (error) {
    capture.close();
    throw error;
  } finally {
    walk.close();
  }
}

/** The walks over a capture. */
class Walk {
  readonly #options: SequentialOptions;
  readonly #places: FramePlaces;
  readonly #random: RandomReader;
  readonly #facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  #memory = new CaptureMemory();
  /** Two passes: the conversations of each frame, by its number; null in a single pass. */
  #refs: (readonly StreamRef[])[] | null = null;
  readonly #replayed = new IndexedConversations();
  #first: Time | null = null;
  #previous: Time | null = null;
  #displayed: Time | null = null;

  constructor(capture: OpenCapture, options: SequentialOptions) {
    this.#options = options;
    this.#places = new FramePlaces(options.follow === undefined ? undefined : MOST_PLACES);
    this.#random = new RandomReader(capture.dataPath);
  }

  /** Finds all conversations, then lets the dissectors learn each of them to its end. */
  async ahead(capture: OpenCapture): Promise<void> {
    const refs: (readonly StreamRef[])[] = [];
    const d = this.#dissection(true);
    const whole = await this.#frames(capture, () => {
      this.#places.add(capture.reader.dataOffset, capture.reader.capLen);
      this.#dissect(d, capture);
      refs[d.frame] = [...d.refs.subarray(0, d.refCount)];
      return true;
    });
    if (whole) capture.reader.finish();
    this.#memory = new CaptureMemory(this.#replayed, this.#memory);
    this.#refs = refs;
    const learner = this.#dissection(true);
    const again = openCaptureSync(capture.dataPath);
    try {
      await this.#frames(again, () => {
        this.#dissect(learner, again);
        return true;
      });
    } finally {
      again.close();
    }
  }

  async show(capture: OpenCapture, onFrame: Parameters<typeof dissectInOrder>[2]): Promise<void> {
    const { mode, columns, wanted } = this.#options;
    const { reader } = capture;
    const d = this.#dissection(this.#refs === null);
    d.setMode(mode, columns, wanted);
    const whole = await this.#frames(capture, () => {
      if (this.#refs === null) this.#places.add(reader.dataOffset, reader.capLen);
      const now: Time = { sec: reader.sec, nsec: reader.nsec };
      this.#first ??= now;
      if (d.building) d.context = this.#context(capture);
      this.#dissect(d, capture);
      this.#previous = now;
      const answer = onFrame(d, capture);
      if (answer === "displayed") this.#displayed = now;
      return answer !== false;
    });
    if (whole) reader.finish();
  }

  close(): void {
    this.#random.close();
  }

  /** @param first true when what it meets is new and to be learnt */
  #dissection(first: boolean): Dissection {
    const d = new Dissection(this.#memory, (frame) => this.#places.read(this.#random, frame));
    d.first = first;
    // In a single pass nobody asks for a frame again.
    d.keep = this.#options.twoPass === true;
    return d;
  }

  /** Calls `onRecord` for every record from the first; returns false when it or the signal ended the walk. */
  async #frames(capture: OpenCapture, onRecord: () => boolean): Promise<boolean> {
    const { signal, follow } = this.#options;
    this.#facts.number = 0;
    let turn = performance.now();
    for (let n = 1; ; ) {
      while (capture.reader.next()) {
        if (!onRecord()) return false;
        // Who lets a capture grow has to hear of its end, also while this is behind it.
        if (follow !== undefined && n++ % TURN === 0 && performance.now() - turn > SLICE) {
          await nextTurn();
          turn = performance.now();
        }
      }
      if (signal?.aborted) return false;
      if (!(await capture.more()) && !(await follow?.())) return true;
    }
  }

  #dissect(d: Dissection, { reader }: OpenCapture): void {
    const facts = this.#facts;
    facts.number++;
    facts.len = reader.len;
    facts.capLen = reader.capLen;
    facts.sec = reader.sec;
    facts.nsec = reader.nsec;
    facts.iface = reader.iface;
    facts.linkType = reader.interfaces[reader.iface].linkType;
    if (this.#refs !== null) this.#replayed.refs = this.#refs[facts.number] ?? [];
    d.begin(reader.source.buf, reader.dataPos, facts);
    dissectFrame(d);
  }

  #context({ reader, format }: OpenCapture): FrameContext {
    const iface = reader.interfaces[reader.iface];
    const record =
      (reader.flags & (RECORD_HAS_COMMENT | RECORD_HAS_OPTIONS)) === 0
        ? null
        : readRecordOptions(this.#random, reader.recordOffset, format);
    return {
      first: this.#first,
      previous: this.#previous,
      previousDisplayed: this.#displayed,
      interfaceName: format === "pcapng" ? (iface.name ?? "unknown") : null,
      interfaceDescription: iface.description ?? null,
      comments: record?.comments ?? [],
      record,
      fcsLength: iface.fcsLen ?? null,
      section: iface.section,
    };
  }
}
