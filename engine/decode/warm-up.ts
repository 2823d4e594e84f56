/**
 * Practice before the first capture: JavaScript engines compile what runs often, which takes a second of processor
 * time for pass one. Done while nobody waits, it is not missing when a capture is opened.
 */
import { CaptureMemory, type FrameFacts } from "../dissect/dissection.ts";
import { openCaptureSync } from "../formats/open.ts";
import { ChainTable, SEGMENT_FRAMES, Segment } from "../index/frame-index.ts";
import { Shard } from "./shard.ts";

/** Frames after which what is needed is compiled. */
const FRAMES = 60_000;
/** Frames between two places where the practice can be ended. */
const STEP = 64;

interface Practiced {
  readonly bytes: Uint8Array;
  readonly facts: FrameFacts;
}

/**
 * Indexes the frames of a small capture again and again, to no end but practice; ends where it yields when the
 * caller stops asking.
 * @param path a capture of a few hundred frames
 * @throws CaptureFileError when it cannot be read
 */
export function* warmUp(path: string): Generator<void, void> {
  const frames = framesOf(path);
  if (frames.length === 0) return;
  const segment = new Segment();
  for (let done = 0; done < FRAMES; ) {
    const shard = new Shard(new CaptureMemory(), new ChainTable(), (frame) => frames[frame - 1]?.bytes);
    for (const [slot, { bytes, facts }] of frames.entries()) {
      segment.flags[slot] = 0;
      shard.index(segment, slot, bytes, 0, facts);
      if (++done % STEP === 0) yield;
    }
  }
}

function framesOf(path: string): Practiced[] {
  const capture = openCaptureSync(path);
  const frames: Practiced[] = [];
  const { reader } = capture;
  while (reader.next() && frames.length < SEGMENT_FRAMES) {
    const facts: FrameFacts = {
      number: frames.length + 1,
      len: reader.len,
      capLen: reader.capLen,
      sec: reader.sec,
      nsec: reader.nsec,
      iface: reader.iface,
      linkType: reader.interfaces[reader.iface].linkType,
    };
    frames.push({ bytes: reader.source.buf.slice(reader.dataPos, reader.dataPos + reader.capLen), facts });
  }
  capture.close();
  return frames;
}

/**
 * Runs a practice in slices between which messages are answered, until it is done or `ended` says so.
 * @param milliseconds a slice's length
 */
export async function practise(
  practice: Generator<void, void>,
  milliseconds: number,
  ended: () => boolean,
): Promise<void> {
  for (;;) {
    const stop = performance.now() + milliseconds;
    while (performance.now() < stop) if (practice.next().done === true) return;
    await new Promise((resolve) => setImmediate(resolve));
    if (ended()) return;
  }
}
