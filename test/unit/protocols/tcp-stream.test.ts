import { describe, expect, it } from "vitest";
import { type Dissection, ONE_MORE_SEGMENT, UNTIL_END } from "../../../engine/dissect/dissection.ts";
import { str, u8 } from "../../../engine/dissect/field.ts";
import { protocol } from "../../../engine/dissect/protocol.ts";
import { tcpPorts } from "../../../engine/dissect/tables.ts";
import { dissectPdus } from "../../../engine/protocols/tcp-stream.ts";
import { BuiltCapture, handshake, type TcpSegment } from "./builder.ts";

const f = { length: u8("toy.length", "Length"), text: str("toy.text", "Text") };
/** One byte of length, then as many of text. */
protocol({
  name: "toy",
  title: "Toy",
  short: "TOY",
  fields: f,
  on: [[tcpPorts, 7777]],
  dissect: (d) => {
    if (d.columns) d.setInfo("");
    dissectPdus(d, 1, (at) => at.peek8() + 1, dissectToy);
  },
});
function dissectToy(d: Dissection): void {
  const n = d.u8(f.length);
  const text = d.str(f.text, n, "ascii", true);
  if (d.columns) d.addInfo(`<${text}>`, " ");
}
/** A line of text, as long as it takes. */
protocol({
  name: "toyline",
  title: "Toy line",
  short: "LINE",
  fields: { line: str("toyline.line", "Line") },
  on: [[tcpPorts, 7778]],
  dissect: (d) => {
    if (d.buf[d.end - 1] !== 10 && d.canDesegment) {
      d.wantMore(d.pos, ONE_MORE_SEGMENT);
      return;
    }
    d.text(d.pos, d.remaining, `line of ${d.remaining}`);
    d.pos = d.end;
  },
});
/** Its line is there before its length is known to be missing. */
protocol({
  name: "toyearly",
  title: "Toy early",
  short: "EARLY",
  early: true,
  on: [[tcpPorts, 7780]],
  dissect: (d) => {
    if (d.columns) d.setInfo("");
    while (d.pos < d.end) {
      const missing = d.peek8() + 1 - d.remaining;
      if (missing > 0 && d.canDesegment) {
        d.wantMore(d.pos, missing);
        return;
      }
      if (d.columns) d.addInfo("whole", ", ");
      d.skip(d.peek8() + 1);
    }
  },
});
/** All there is until the sender closes. */
protocol({
  name: "toyall",
  title: "Toy all",
  short: "ALL",
  on: [[tcpPorts, 7779]],
  dissect: (d: Dissection) => {
    if (d.canDesegment) {
      d.wantMore(d.pos, UNTIL_END);
      return;
    }
    d.text(d.pos, d.remaining, `all ${d.remaining}`);
    d.pos = d.end;
  },
});

const pdu = (text: string): string => String.fromCharCode(text.length) + text;

/** Sends the pieces one after the other, or each at the given offset. */
function stream(port: number, pieces: readonly (string | [number, string])[], start = 1000): BuiltCapture {
  const segments: TcpSegment[] = handshake(start).map((s) => ({ ...s, portB: port }));
  let next = 0;
  for (const piece of pieces) {
    const [offset, data] = typeof piece === "string" ? [next, piece] : piece;
    segments.push({
      from: "a",
      flags: "PA",
      seq: (start + 1 + offset) % 2 ** 32,
      ack: 5001,
      data,
      portB: port,
    });
    next = offset + data.length;
  }
  return new BuiltCapture(segments);
}

describe("TCP streams", () => {
  it("hands over several PDUs in one segment", () => {
    const frames = stream(7777, [pdu("one") + pdu("two")]).all();
    expect(frames[3].fields.get("toy.text")).toEqual(["one", "two"]);
    expect(frames[3].info.trim()).toBe("<one> <two>");
    expect(frames[3].fields.get("tcp.pdu.size")).toEqual(["4", "4"]);
  });

  it("puts a PDU together that spans three segments", () => {
    const whole = pdu("hello world!");
    const frames = stream(7777, [whole.slice(0, 4), whole.slice(4, 8), whole.slice(8)]).all();
    expect(frames[3].info.endsWith("[TCP segment of a reassembled PDU]")).toBe(true);
    expect(frames[3].protocol).toBe("TCP");
    expect(frames[3].chain.endsWith("tcp")).toBe(true);
    expect(frames[4].chain.endsWith("tcp")).toBe(true);
    expect(frames[5].fields.get("toy.text")).toEqual(["hello world!"]);
    expect(frames[5].text).toContain("3 Reassembled TCP Segments (13 bytes): #4(4), #5(4), #6(5)");
    expect(frames[5].text).toContain("Frame: 5, payload: 4-7 (4 bytes)");
    expect(frames[5].fields.get("tcp.reassembled.data")).toEqual([
      Buffer.from(whole, "latin1").toString("hex"),
    ]);
  });

  it("goes on behind a PDU that ends in the middle of a segment", () => {
    const frames = stream(7777, ["\x05he", `llo${pdu("ab")}\x03x`, "yz"]).all();
    expect(frames[4].fields.get("toy.text")).toEqual(["hello", "ab"]);
    expect(frames[5].fields.get("toy.text")).toEqual(["xyz"]);
  });

  it("puts together what came out of order, across the end of the sequence numbers", () => {
    const whole = pdu("abcdefgh");
    const frames = stream(
      7777,
      [
        [0, whole.slice(0, 3)],
        [6, whole.slice(6)],
        [3, whole.slice(3, 6)],
      ],
      0xffff_fffc,
    );
    const last = frames.all().at(-1)!;
    // The segment that fills the gap is out of order: it completes the PDU, which Wireshark leaves undissected.
    expect(last.info.startsWith("[TCP Out-Of-Order] ")).toBe(true);
    const inOrder = stream(7777, [whole.slice(0, 3), whole.slice(3, 6), whole.slice(6)], 0xffff_fffc).all();
    expect(inOrder.at(-1)!.fields.get("toy.text")).toEqual(["abcdefgh"]);
  });

  it("does not deliver a retransmitted piece twice", () => {
    const whole = pdu("hello world!");
    const frames = stream(7777, [
      [0, whole.slice(0, 4)],
      [0, whole.slice(0, 4)],
      [4, whole.slice(4)],
    ]).all();
    expect(frames[4].text).toContain("Retransmitted TCP segment data (4 bytes)");
    expect(frames[5].fields.get("toy.text")).toEqual(["hello world!"]);
  });

  it("leaves the line of a protocol that is there early", () => {
    const frames = stream(7780, ["\x05he", "llo\x04a", "bcd"]).all();
    expect(
      frames.slice(3).map(({ chain, protocol, info }) => [chain.split(":tcp")[1], protocol, info]),
    ).toEqual([
      [":toyearly", "TCP", "[TCP segment of a reassembled PDU]"],
      [":toyearly:toyearly", "EARLY", "whole"],
      [":toyearly", "EARLY", "whole"],
    ]);
    expect(frames[3].text).toMatch(/Toy early$/);
  });

  it("waits for one more segment again and again", () => {
    const frames = stream(7778, ["ab", "cd", "e\n"]).all();
    expect(frames[5].text).toContain("line of 6");
    expect(frames[4].chain.endsWith("tcp")).toBe(true);
  });

  it("waits until the sender closes", () => {
    const capture = new BuiltCapture([
      ...handshake().map((s) => ({ ...s, portB: 7779 })),
      { from: "a", flags: "PA", seq: 1001, ack: 5001, data: "abc", portB: 7779 },
      { from: "a", flags: "PA", seq: 1004, ack: 5001, data: "de", portB: 7779 },
      { from: "a", flags: "FA", seq: 1006, ack: 5001, portB: 7779 },
    ]);
    const frames = capture.all();
    expect(frames[5].text).toContain("all 5");
    expect(capture.dissect(6, false).text).toContain("all 5");
  });

  it("gives the same when a frame is dissected again", () => {
    const capture = stream(7777, ["\x05he", `llo${pdu("ab")}\x03x`, "yz", [0, "\x05he"]]);
    const first = capture.all();
    const rest = (text: string): string =>
      text
        .replace(/\[Conversation completeness.*\n/, "")
        .replace(/ *\[Reassembled PDU in frame: \d+\]\n/g, "");
    first.forEach((frame, i) => {
      const again = capture.dissect(i + 1, false);
      expect(rest(again.text)).toBe(rest(frame.text));
      expect(again.info).toBe(frame.info);
      expect(again.chain).toBe(frame.chain);
    });
    expect(capture.dissect(4, false).text).toContain("[Reassembled PDU in frame: 5]");
    expect(first[3].text).not.toContain("[Reassembled PDU in frame");
  });

  it("does not offer to put together what the capture cut", () => {
    const capture = new BuiltCapture([
      { from: "a", flags: "PA", seq: 1, ack: 1, data: pdu("hello"), portB: 7777, snap: 58 },
    ]);
    const [frame] = capture.all();
    expect(frame.text).toContain("[Packet size limited during capture: TOY truncated]");
  });
});
