import { beforeAll, describe, expect, it } from "vitest";
import { conversation, handshake, type TcpSegment } from "../protocols/builder.ts";
import type { Dissected } from "../protocols/harness.ts";
import { datagram, define, hex, join, RADIO, radio, stream, toHex, values, WIDE, wide } from "./support.ts";

beforeAll(() => {
  define(RADIO);
});

/** The lines of the described protocol. */
const own = ({ text }: Dissected): string[] => {
  const lines = text.split("\n");
  return lines.slice(lines.findIndex((line) => line.startsWith("Radio link")));
};

/** The same numbers for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Some increasing offsets within `length` bytes. */
function cutsOf(next: (below: number) => number, length: number): number[] {
  const cuts = new Set<number>();
  for (let n = next(12); n >= 0; n--) cuts.add(1 + next(length - 1));
  return [...cuts].sort((a, b) => a - b);
}

describe("frames in datagrams", () => {
  it("shows one with its checksum's state", () => {
    const found = datagram(toHex(radio(7, "hello")));
    expect(own(found)).toEqual([
      "Radio link",
      "  Start marker: aa55",
      "  Length: 9",
      "  Number: 7",
      "  Text: hello",
      "  Crc: 0x1f86",
      "  [Crc status: Good]",
    ]);
    expect(found.info).toBe("#7 hello");
    expect(found.protocol).toBe("RADIO");
    expect(found.chain.endsWith("udp:radio")).toBe(true);
  });

  it("withholds the fields of a frame with a bad checksum, and goes on behind it", () => {
    const bad = radio(8, "world");
    bad[6] ^= 1;
    const found = datagram(toHex(join(radio(7, "a"), bad, radio(9, "b"))));
    expect(found.info).toBe("#7 a, Radio link, 12 bytes [Bad checksum], #9 b");
    expect(found.fields.get("radio.number")).toEqual(["7", "9"]);
    expect(found.fields.get("radio.crc.status")).toEqual(["1", "0", "1"]);
    expect(found.fields.get("_ws.expert.message")).toEqual(["Crc is 0x3b31 and should be 0xc730"]);
    expect(found.fields.get("radio.withheld")).toEqual([toHex(bad)]);
    expect(found.fields.get("radio")).toHaveLength(3);
    expect(found.chain.endsWith("udp:radio")).toBe(true);
  });

  it("shows them where the file says so", () => {
    define(RADIO.replace("modbus}", "modbus, bad: show}"));
    const bad = radio(8, "world");
    bad[6] ^= 1;
    const found = datagram(toHex(bad));
    define(RADIO);
    expect(found.info).toBe("#8 wnrld [Bad checksum]");
    expect(found.fields.get("radio.number")).toEqual(["8"]);
    expect(found.fields.get("radio.bad-checksum")).toHaveLength(1);
  });

  it("tells bytes that are no frame, before and behind one", () => {
    const found = datagram(toHex(join(hex("010203"), radio(7, "a"), hex("ff"))));
    expect(found.info).toBe("[3 bytes skipped], #7 a, [1 byte skipped]");
    expect(found.fields.get("radio.skipped")).toEqual(["010203", "ff"]);
    expect(own(found)[0]).toBe("Radio link, 3 bytes skipped");
  });

  it("tells a frame that is longer than its datagram, and finds another in it", () => {
    const found = datagram(toHex(join(hex("aa55 50 0001"), radio(7, "a"))));
    expect(found.fields.get("radio.number")).toEqual(["7"]);
    expect(found.fields.get("_ws.expert.message")).toEqual([
      "5 bytes skipped: the frame that begins here is longer than the packet",
    ]);
  });

  it("shows what was captured of a frame that the snapshot length cut", () => {
    const found = datagram(toHex(radio(7, "hello")), 5);
    expect(own(found)).toEqual([
      "Radio link",
      "  Start marker: aa55",
      "  Length: 9",
      "  Number: 7",
      "[Packet size limited during capture: RADIO truncated]",
    ]);
    for (let snap = 1; snap < 12; snap++) {
      expect(datagram(toHex(radio(7, "hello")), snap).text).not.toMatch(/Malformed|bug|skipped/);
    }
  });
});

describe("frames in a TCP stream", () => {
  it("are put together however the stream is cut", () => {
    const bytes = join(radio(1, "one"), radio(2, "two"), radio(3, "three"), radio(4, ""));
    for (let first = 1; first < bytes.length; first++) {
      const frames = stream(bytes, first + 7 < bytes.length ? [first, first + 7] : [first]).all();
      expect(values(frames, "radio.number")).toEqual(["1", "2", "3", "4"]);
      expect(values(frames, "radio.skipped")).toEqual([]);
    }
  });

  it("say in the info column what they are, put together or not", () => {
    const bytes = join(radio(1, "one"), radio(2, "two"), radio(3, "three"));
    const frames = stream(bytes, [4, 11, 12]).all().slice(3);
    expect(frames[0].info).toContain("[TCP segment of a reassembled PDU]");
    expect(frames[0].protocol).toBe("TCP");
    expect(frames[1].info).toBe("#1 one [TCP segment of a reassembled PDU]");
    expect(frames[3].info).toBe("#2 two, #3 three");
  });

  it("are found again behind a damaged length, with nothing lost and nothing made up", () => {
    const long = radio(2, "two!");
    long[2] = 60;
    const bytes = join(radio(1, "one"), long, radio(3, "three"), radio(4, "four"), radio(5, "x".repeat(60)));
    for (let cut = 1; cut < bytes.length; cut++) {
      const frames = stream(bytes, [cut]).all();
      expect(values(frames, "radio.number")).toEqual(["1", "3", "4", "5"]);
      expect(values(frames, "radio.skipped").join("")).toBe(toHex(long));
    }
  });

  it("are found when the capture begins in the middle of one", () => {
    const bytes = join(radio(1, "one").slice(5), radio(2, "two"));
    const frames = stream(bytes, [3]).all();
    expect(values(frames, "radio.number")).toEqual(["2"]);
    expect(values(frames, "radio.skipped").join("")).toBe(toHex(radio(1, "one").slice(5)));
  });

  it("are all found behind any damage, whatever the cuts: 150 streams", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const next = random(seed);
      const good: string[] = [];
      const parts: Uint8Array[] = [];
      for (let number = 1; number <= 14; number++) {
        // Texts that look like frames are the hardest.
        const text =
          next(3) === 0 ? join(hex("aa55"), Uint8Array.of(next(256)), hex("aa")) : "t".repeat(next(30));
        const frame = radio(number, text);
        const kind = number > 11 ? 9 : next(6);
        if (kind === 0) frame[next(frame.length)] ^= 1 + next(255);
        else if (kind === 1) parts.push(Uint8Array.from({ length: 1 + next(20) }, () => next(256)));
        if (kind !== 0) good.push(String(number));
        parts.push(kind === 0 && next(2) === 0 ? frame.slice(0, next(frame.length)) : frame);
      }
      const bytes = join(...parts);
      const capture = stream(bytes, cutsOf(next, bytes.length));
      const frames = capture.all();
      const shown = values(frames, "radio.number");
      expect(shown, `seed ${seed}`).toEqual(good);
      // Looked at again, in any order, every packet shows the same.
      for (let i = frames.length; i > 0; i--) {
        const again = capture.dissect(i, false);
        expect(own(again), `seed ${seed}, frame ${i}`).toEqual(own(frames[i - 1]));
        expect(again.info).toBe(frames[i - 1].info);
        expect(again.chain).toBe(frames[i - 1].chain);
      }
    }
  });

  it("are found behind a length that was damaged to more than the stream has", () => {
    define(WIDE);
    const bad = wide(2, hex("0102"));
    bad[2] = 0xff;
    const parts = [wide(1, hex("aa")), bad, wide(3, hex("bb")), wide(4, hex("cc"))];
    const cuts = [1, 2, 3].map((n) => join(...parts.slice(0, n)).length);
    for (const shift of [-3, 0, 4]) {
      const frames = stream(
        join(...parts),
        cuts.map((cut) => cut + shift),
      ).all();
      expect(values(frames, "wide.number")).toEqual(["1", "3", "4"]);
      expect(values(frames, "wide.skipped").join("")).toBe(toHex(bad));
    }
    define(RADIO);
  });

  it("are put together from many segments, with every look at what has come so far", () => {
    define(WIDE);
    const next = random(5);
    const large = Uint8Array.from({ length: 40_000 }, () => (next(3) === 0 ? 0xa1 : next(256)));
    const bytes = join(
      wide(1, hex("aa")),
      wide(2, large),
      wide(3, large.subarray(0, 9000)),
      wide(4, hex("bb")),
    );
    for (const step of [100, 1460, 7000]) {
      const cuts = Array.from({ length: Math.ceil(bytes.length / step) - 1 }, (_, i) => (i + 1) * step);
      const capture = stream(bytes, cuts);
      const frames = capture.all();
      expect(values(frames, "wide.number")).toEqual(["1", "2", "3", "4"]);
      expect(values(frames, "wide.skipped")).toEqual([]);
      expect(values(frames, "wide.data")[1]).toBe(toHex(large));
      const again = frames.map((_, i) => capture.dissect(i + 1, false));
      expect(again.map(({ info, chain }) => [info, chain])).toEqual(
        frames.map(({ info, chain }) => [info, chain]),
      );
    }
    define(RADIO);
  });

  it("hold frames of their own where the file says so", () => {
    const inner = join(wide(7, hex("01")), wide(8, hex("02")));
    const bytes = join(wide(1, join(inner, hex("0000000000"))), wide(2, hex("aa")));
    define(WIDE.replace("  max:", "  nested: true\n  max:"));
    for (let cut = 1; cut < bytes.length; cut++)
      expect(values(stream(bytes, [cut]).all(), "wide.number")).toEqual(["1", "2"]);
    define(RADIO);
  });

  it("are found again behind a segment that was not captured, and in segments out of order", () => {
    const parts = [1, 2, 3, 4, 5, 6].map((number) => radio(number, "text"));
    const bytes = join(...parts);
    const size = parts[0].length;
    const segment = (from: number, to: number): TcpSegment => {
      return {
        from: "a",
        flags: "PA",
        seq: 1001 + from,
        ack: 5001,
        data: bytes.slice(from, to),
        portB: 7000,
      };
    };
    const start = handshake().map((s) => ({ ...s, portB: 7000 }));
    const lost = conversation(...start, segment(0, size + 4), segment(3 * size - 2, bytes.length));
    expect(values(lost, "radio.number")).toEqual(["1", "4", "5", "6"]);
    const turned = [
      segment(0, 4),
      segment(8, size),
      segment(4, 8),
      segment(size, bytes.length),
      segment(0, 4),
    ];
    // As in Wireshark, a segment out of order that completes a frame is not dissected.
    const frames = conversation(...start, ...turned);
    expect(values(frames, "radio.number")).toEqual(["2", "3", "4", "5", "6"]);
    expect(values(frames, "radio.skipped")).toEqual([]);
  });

  it("passes over a stream of something else", () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) >> 3);
    const frames = stream(bytes, [1000, 2000, 3000, 4000]).all();
    expect(values(frames, "radio.number")).toEqual([]);
    expect(values(frames, "radio.skipped").join("").length).toBeGreaterThan(9000);
  });
});
