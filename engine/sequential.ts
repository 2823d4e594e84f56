/**
 * One pass over a capture from front to back, dissecting every frame on the way, as tshark does:
 * what a frame shows depends on the frames before it only.
 */
import {
  CaptureMemory,
  Dissection,
  type FrameContext,
  type FrameFacts,
  type Mode,
  type Time,
} from "./dissect/dissection.ts";
import { type OpenCapture, openCapture } from "./formats/open.ts";
import { readRecordOptions } from "./formats/options.ts";
import { RandomReader } from "./formats/source.ts";
import { RECORD_HAS_COMMENT } from "./formats/types.ts";
import { dissectFrame } from "./protocols/frame.ts";
import "./protocols/index.ts";

export interface SequentialOptions {
  mode: Mode;
  /** True when Protocol and Info are wanted. */
  columns: boolean;
  /** MODE_FIELDS: by field id, the fields wanted. */
  wanted?: Uint8Array;
  signal?: AbortSignal;
}

/** A growing list of where frames lie, for reassembly. */
class FramePlaces {
  #offsets = new Float64Array(1024);
  #lengths = new Uint32Array(1024);
  #count = 0;

  add(offset: number, length: number): void {
    if (this.#count === this.#offsets.length) {
      const offsets = new Float64Array(this.#count * 2);
      offsets.set(this.#offsets);
      this.#offsets = offsets;
      const lengths = new Uint32Array(this.#count * 2);
      lengths.set(this.#lengths);
      this.#lengths = lengths;
    }
    this.#offsets[this.#count] = offset;
    this.#lengths[this.#count++] = length;
  }

  read(reader: RandomReader, frame: number): Uint8Array | undefined {
    if (frame < 1 || frame > this.#count) return undefined;
    return reader.read(this.#offsets[frame - 1], this.#lengths[frame - 1]);
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
  const places = new FramePlaces();
  const random = new RandomReader(capture.dataPath);
  const d = new Dissection(new CaptureMemory(), (frame) => places.read(random, frame));
  d.setMode(options.mode, options.columns, options.wanted);
  d.first = true;
  const facts: FrameFacts = { number: 0, len: 0, capLen: 0, sec: 0, nsec: 0, iface: 0, linkType: 0 };
  let first: Time | null = null;
  let previous: Time | null = null;
  let displayed: Time | null = null;
  const reader = capture.reader;
  try {
    for (;;) {
      while (reader.next()) {
        const iface = reader.interfaces[reader.iface];
        facts.number++;
        facts.len = reader.len;
        facts.capLen = reader.capLen;
        facts.sec = reader.sec;
        facts.nsec = reader.nsec;
        facts.iface = reader.iface;
        facts.linkType = iface.linkType;
        places.add(reader.dataOffset, reader.capLen);
        const now: Time = { sec: reader.sec, nsec: reader.nsec };
        first ??= now;
        if (d.building) {
          const pcapng = capture.format === "pcapng";
          const context: FrameContext = {
            first,
            previous,
            previousDisplayed: displayed,
            interfaceName: pcapng ? (iface.name ?? "") : null,
            interfaceDescription: iface.description ?? null,
            comments:
              reader.flags & RECORD_HAS_COMMENT
                ? readRecordOptions(random, reader.recordOffset, capture.format).comments
                : [],
            fcsLength: iface.fcsLen ?? null,
            section: iface.section,
          };
          d.context = context;
        }
        d.begin(reader.source.buf, reader.dataPos, facts);
        dissectFrame(d);
        previous = now;
        const answer = onFrame(d, capture);
        if (answer === false) return capture;
        if (answer === "displayed") displayed = now;
      }
      if (options.signal?.aborted || !(await capture.more())) break;
    }
    reader.finish();
    return capture;
  } finally {
    random.close();
  }
}
