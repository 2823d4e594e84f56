import { describe, expect, it } from "vitest";
import { conversation, handshake, type TcpSegment } from "./builder.ts";

/** The names of `tcp.analysis.*` that are findings, of the last of the segments. */
function findings(...segments: TcpSegment[]): { names: string[]; info: string } {
  const last = conversation(...segments).at(-1)!;
  const values =
    /^(flags|acks_frame|ack_rtt|initial_rtt|bytes_in_flight|push_bytes_sent|rto.*|duplicate_ack_.*)$/;
  const names = [...last.fields.keys()]
    .filter((name) => name.startsWith("tcp.analysis."))
    .map((name) => name.slice("tcp.analysis.".length))
    .filter((name) => !values.test(name));
  return { names, info: last.info };
}

const data = (from: "a" | "b", seq: number, ack: number, text: string, more = {}): TcpSegment => ({
  from,
  flags: "PA",
  seq,
  ack,
  data: text,
  ...more,
});
const ack = (from: "a" | "b", seq: number, number: number, more = {}): TcpSegment => ({
  from,
  flags: "A",
  seq,
  ack: number,
  ...more,
});

describe("TCP analysis", () => {
  it("finds nothing in a clean exchange", () => {
    const { names } = findings(...handshake(), data("a", 1001, 5001, "hello"), ack("b", 5001, 1006));
    expect(names).toEqual([]);
  });

  it("finds a retransmission, what it repeats and how long it waited", () => {
    const frames = conversation(
      ...handshake(),
      data("a", 1001, 5001, "hello"),
      data("a", 1001, 5001, "hello", { at: 500 }),
    );
    const last = frames.at(-1)!;
    expect(last.info.startsWith("[TCP Retransmission] 40000 → 50000 [PSH, ACK] Seq=1 Ack=1")).toBe(true);
    expect(last.fields.get("tcp.analysis.rto_frame")).toEqual(["4"]);
    expect(last.fields.get("tcp.analysis.rto")).toEqual(["0.496000000"]);
    expect(last.chain).not.toContain("data");
  });

  it("finds a fast retransmission behind duplicate ACKs", () => {
    const { names, info } = findings(
      ...handshake(),
      data("a", 1001, 5001, "aa"),
      data("a", 1003, 5001, "bb"),
      data("a", 1005, 5001, "cc"),
      data("a", 1007, 5001, "dd"),
      ack("b", 5001, 1003),
      ack("b", 5001, 1003),
      ack("b", 5001, 1003),
      data("a", 1003, 5001, "bb"),
    );
    expect(names.sort()).toEqual(["fast_retransmission", "retransmission"]);
    expect(info.startsWith("[TCP Fast Retransmission] ")).toBe(true);
  });

  it("finds a spurious retransmission of acknowledged data", () => {
    const { names } = findings(
      ...handshake(),
      data("a", 1001, 5001, "hello"),
      ack("b", 5001, 1006),
      data("a", 1001, 5001, "hello"),
    );
    expect(names.sort()).toEqual(["retransmission", "spurious_retransmission"]);
  });

  it("tells a segment that overtook another from a lost one", () => {
    const early = [...handshake(), data("a", 1003, 5001, "bb")];
    expect(findings(...early)).toMatchObject({ names: ["lost_segment"] });
    expect(findings(...early, data("a", 1001, 5001, "aa")).names).toEqual(["out_of_order"]);
    expect(findings(...early, data("a", 1001, 5001, "aa", { at: 900 })).names).toEqual(["retransmission"]);
  });

  it("does not take a clock that runs backwards for a short wait", () => {
    const early = [...handshake(), data("a", 1003, 5001, "bb", { at: 500 })];
    expect(findings(...early, data("a", 1001, 5001, "aa", { at: 100 })).names).toEqual(["retransmission"]);
  });

  it("finds an ACK of what was not captured, once", () => {
    const first = [...handshake(), ack("b", 5001, 2000)];
    expect(findings(...first).names).toEqual(["ack_lost_segment"]);
    expect(findings(...first, data("b", 5001, 2000, "x")).names).toEqual([]);
  });

  it("numbers duplicate ACKs", () => {
    const { info } = findings(
      ...handshake(),
      data("b", 5001, 1001, "x"),
      ack("a", 1001, 5001),
      ack("a", 1001, 5001),
    );
    expect(info.startsWith("[TCP Dup ACK 3#2] ")).toBe(true);
  });

  it("finds keep-alives and their answers", () => {
    const alive = [...handshake(), data("a", 1001, 5001, "x"), ack("b", 5001, 1002), ack("a", 1001, 5001)];
    expect(findings(...alive).names).toEqual(["keep_alive"]);
    expect(findings(...alive, ack("b", 5001, 1002)).names).toEqual(["keep_alive_ack"]);
  });

  it("finds zero windows, their probes and the answers to these", () => {
    const zero = [...handshake(), data("a", 1001, 5001, "x"), ack("b", 5001, 1002, { window: 0 })];
    expect(findings(...zero).names).toEqual(["zero_window"]);
    const probe = [...zero, data("a", 1002, 5001, "y")];
    expect(findings(...probe).names).toEqual(["zero_window_probe"]);
    const answer = findings(...probe, ack("b", 5001, 1002, { window: 0 }));
    expect(answer.names).toContain("zero_window_probe_ack");
    const opened = findings(...zero, ack("b", 5001, 1002, { window: 500 }));
    expect(opened.names).toEqual(["window_update"]);
  });

  it("finds a full window", () => {
    const { names } = findings(
      ...handshake(),
      ack("b", 5001, 1001, { window: 5 }),
      data("a", 1001, 5001, "hello"),
    );
    expect(names).toEqual(["window_full"]);
  });

  it("begins a new stream when the ports are used again", () => {
    const frames = conversation(...handshake(), { from: "a", flags: "S", seq: 77000, options: "020405b4" });
    const last = frames.at(-1)!;
    expect(last.info.startsWith("[TCP Port numbers reused] ")).toBe(true);
    expect(last.fields.get("tcp.stream")).toEqual(["1"]);
    expect(last.fields.get("tcp.seq")).toEqual(["0"]);
  });

  it("counts bytes in flight and since the last push, and times the acknowledgment", () => {
    const frames = conversation(
      ...handshake(),
      { from: "a", flags: "A", seq: 1001, ack: 5001, data: "hello" },
      data("a", 1006, 5001, "world!"),
      ack("b", 5001, 1012, { at: 55 }),
    );
    expect(frames[4].fields.get("tcp.analysis.bytes_in_flight")).toEqual(["11"]);
    expect(frames[4].fields.get("tcp.analysis.push_bytes_sent")).toEqual(["11"]);
    expect(frames[5].fields.get("tcp.analysis.acks_frame")).toEqual(["5"]);
    expect(frames[5].fields.get("tcp.analysis.ack_rtt")).toEqual(["0.050000000"]);
    expect(frames[2].fields.get("tcp.analysis.initial_rtt")).toEqual(["0.002000000"]);
  });

  it("follows sequence numbers around their end", () => {
    const start = 0xffff_fffd;
    const frames = conversation(
      { from: "a", flags: "S", seq: start, options: "020405b4" },
      { from: "b", flags: "SA", seq: 5000, ack: start + 1, options: "020405b4" },
      ack("a", start + 1, 5001),
      data("a", start + 1, 5001, "hello"),
      ack("b", 5001, 3),
      data("a", 3, 5001, "again"),
    );
    expect(frames[3].fields.get("tcp.nxtseq")).toEqual(["6"]);
    expect(frames[4].fields.get("tcp.analysis.acks_frame")).toEqual(["4"]);
    expect(frames[5].fields.get("tcp.seq")).toEqual(["6"]);
    expect(frames[5].fields.has("tcp.analysis.flags")).toBe(false);
  });

  it("tells how much of the conversation is there", () => {
    const frames = conversation(
      ...handshake(),
      data("a", 1001, 5001, "x"),
      { from: "a", flags: "FA", seq: 1002, ack: 5001 },
      { from: "b", flags: "FA", seq: 5001, ack: 1003 },
    );
    expect(frames.map((frame) => frame.fields.get("tcp.completeness")![0])).toEqual([
      "0",
      "1",
      "3",
      "7",
      "15",
      "31",
    ]);
    expect(frames[5].text).toContain("[Conversation completeness: Complete, WITH_DATA (31)]");
  });

  it("numbers repeated acknowledgments from one on, also after one of what was not captured", () => {
    const bare = (from: "a" | "b"): TcpSegment =>
      from === "a" ? ack("a", 1000, 5000) : ack("b", 5000, 1001);
    const frames = conversation(bare("a"), bare("b"), bare("a"), bare("b"));
    expect(frames[1].info).toContain("[TCP ACKed unseen segment]");
    expect(frames[2].info).toContain("[TCP Dup ACK 1#1]");
    expect(frames[3].info).toMatch(/^\[TCP Dup ACK 2#1\] \d/);
  });

  describe("when the answer to a SYN is followed by another one", () => {
    const frames = conversation(
      { from: "a", flags: "S", seq: 1000, at: 1 },
      { from: "b", flags: "SA", seq: 5000, ack: 1001, at: 10 },
      { from: "b", flags: "SA", seq: 90000, ack: 1001, at: 20 },
      ack("a", 1001, 5001, { at: 30 }),
      data("a", 1001, 5001, "hello", { at: 40 }),
      data("b", 5001, 1006, "world", { at: 50 }),
    );

    it("times the handshake by what acknowledges either", () => {
      expect(frames[4].fields.get("tcp.analysis.initial_rtt")).toEqual(["0.029000000"]);
    });

    it("does not count in flight what lies before the second one", () => {
      expect(frames[4].fields.get("tcp.analysis.bytes_in_flight")).toEqual(["5"]);
      expect(frames[5].fields.has("tcp.analysis.bytes_in_flight")).toBe(false);
    });
  });
});
