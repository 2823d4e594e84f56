import { describe, expect, test } from "vitest";
import { protocolNamed } from "../../../engine/dissect/protocol.ts";
import { readState, StateWriter, stateClass } from "../../../engine/dissect/state-codec.ts";
import "../../../engine/protocols/index.ts";

class Peer {
  name = "";
  other: Peer | null = null;
  seen = 0;
  greet(): string {
    return `I am ${this.name}`;
  }
}
class Long {
  list: number[] = [];
}
stateClass(() => new Peer());
stateClass(
  () => new Long(),
  (long) => Object.assign(new Long(), { list: long.list.slice(-2) }),
);

const copied = (value: unknown): unknown => readState(new StateWriter(4096).write(value)!);

describe("a dissector's state as bytes", () => {
  test("comes back as it was", () => {
    const state = {
      numbers: [0, -1, 2 ** 31, -(2 ** 31), 0.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53],
      words: ["", "é→𝄞"],
      flags: [true, false, null, undefined],
      map: new Map<unknown, unknown>([
        [1, "one"],
        ["two", [2]],
      ]),
      bytes: Uint8Array.of(1, 2, 255),
      wide: Uint32Array.of(1, 0xffff_ffff),
      signed: Int32Array.of(-1, 7),
    };
    expect(copied(state)).toEqual(state);
  });

  test("keeps classes, objects that are met twice and circles", () => {
    const a = Object.assign(new Peer(), { name: "a" });
    const b = Object.assign(new Peer(), { name: "b", other: a });
    a.other = b;
    const [first, second] = copied([a, b]) as [Peer, Peer];
    expect(first.greet()).toBe("I am a");
    expect(first.other).toBe(second);
    expect(second.other).toBe(first);
  });

  test("names protocols instead of copying them", () => {
    const tcp = protocolNamed("tcp")!;
    const [one, again] = copied([tcp, tcp]) as unknown[];
    expect(one).toBe(tcp);
    expect(again).toBe(tcp);
  });

  test("leaves out what a class says is not needed, and keeps the original whole", () => {
    const long = Object.assign(new Long(), { list: [1, 2, 3] });
    expect((copied(long) as Long).list).toEqual([2, 3]);
    expect(long.list).toEqual([1, 2, 3]);
  });

  test("is refused when it is too long or of a class nobody named", () => {
    const writer = new StateWriter(64);
    expect(writer.write("x".repeat(200))).toBeNull();
    expect(writer.write(new Set([1]))).toBeNull();
    expect(writer.write(() => 1)).toBeNull();
    expect(readState(writer.write("fits again")!)).toBe("fits again");
  });
});
