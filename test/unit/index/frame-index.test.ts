import { describe, expect, test } from "vitest";
import { makeRef, ownRef } from "../../../engine/dissect/conversation.ts";
import { ChainTable, FLAG_MORE_REFS, FrameIndex, SEGMENT_FRAMES } from "../../../engine/index/frame-index.ts";

describe("the frame index", () => {
  test("keeps frames over the borders of its segments", () => {
    const index = new FrameIndex();
    const total = SEGMENT_FRAMES * 2 + 3;
    for (let i = 0; i < total; i++) index.add(2 ** 40 + i, 16, i % 1000, i % 2000, i, i % 1e9, 0, 0);
    expect(index.added).toBe(total);
    expect(index.segments.length).toBe(3);
    for (const frame of [1, SEGMENT_FRAMES, SEGMENT_FRAMES + 1, total]) {
      const s = index.segment(frame);
      const slot = index.slot(frame);
      expect(s.offset[slot]).toBe(2 ** 40 + frame - 1);
      expect(s.sec[slot]).toBe(frame - 1);
    }
  });

  test("spends 59 bytes a frame", () => {
    const index = new FrameIndex();
    index.add(0, 0, 0, 0, 0, 0, 0, 0);
    expect(index.segments[0].buffer.byteLength / SEGMENT_FRAMES).toBe(59);
  });

  test("links the frames of a conversation", () => {
    const index = new FrameIndex();
    const a = makeRef(1, 0);
    const b = makeRef(1, 700);
    for (const ref of [a, b, a, b, b, a]) index.link(index.add(0, 0, 0, 0, 0, 0, 0, 0), ref);
    const walk = (ref: number): number[] => {
      const frames: number[] = [];
      for (let at = index.firstOf(ref); at !== 0; at = index.segment(at).next[index.slot(at)])
        frames.push(at);
      return frames;
    };
    expect(walk(a)).toEqual([1, 3, 6]);
    expect(walk(b)).toEqual([2, 4, 5]);
    expect(index.previousWith(a, 6)).toBe(3);
    expect(index.previousWith(a, 1)).toBe(0);
    expect(index.lastOf(b)).toBe(5);
  });

  test("remembers every conversation of a tunnelled frame and follows the innermost", () => {
    const index = new FrameIndex();
    const outer = makeRef(2, 0);
    const inner = makeRef(1, 0);
    const frame = index.add(0, 0, 0, 0, 0, 0, 0, 0);
    index.segment(frame).flags[index.slot(frame)] |= FLAG_MORE_REFS;
    index.link(frame, inner);
    index.setRefs(frame, Uint32Array.of(outer, inner));
    expect(index.refs(frame)).toEqual([outer, inner]);
    expect(index.firstOf(inner)).toBe(frame);
    expect(index.firstOf(outer)).toBe(0);
    expect(index.firstWith(outer)).toBe(frame);
  });

  test("links a frame with a conversation rather than with the datagrams it holds pieces of", () => {
    const stream = makeRef(1, 0);
    const datagram = makeRef(6, 3);
    expect(ownRef([stream, datagram, datagram])).toBe(stream);
    expect(ownRef([datagram, stream, makeRef(2, 4), datagram])).toBe(makeRef(2, 4));
    expect(ownRef([makeRef(6, 1), datagram])).toBe(datagram);
    expect(ownRef(Uint32Array.of(stream, 0, 0), 1)).toBe(stream);
  });
});

test("protocol chains are numbered once each", () => {
  const table = new ChainTable();
  const chain = (...ids: number[]): number => table.intern(Uint16Array.from([...ids, 99, 98]), ids.length);
  const first = chain(1, 2, 3);
  expect(chain(1, 2, 3)).toBe(first);
  expect(chain(1, 2)).not.toBe(first);
  expect(chain(3, 2, 1)).not.toBe(first);
  expect(Array.from(table.chains[first])).toEqual([1, 2, 3]);
});
