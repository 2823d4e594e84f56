import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { BuiltCapture, conversation, type TcpSegment } from "./builder.ts";
import type { Dissected } from "./harness.ts";

const KEY_A = "0102030405060708";
const KEY_B = "1112131415161718";

/** Token and first data sequence number of a key: RFC 8684 section 3.2. */
function facts(key: string, version: 0 | 1): { token: string; idsn: bigint } {
  const hash = createHash(version === 0 ? "sha1" : "sha256")
    .update(Buffer.from(key, "hex"))
    .digest();
  return { token: hash.toString("hex", 0, 4), idsn: hash.readBigUInt64BE(hash.length - 8) };
}

const hex64 = (value: bigint): string => value.toString(16).padStart(16, "0");
const hex32 = (value: bigint): string => (value & 0xffff_ffffn).toString(16).padStart(8, "0");

const a = facts(KEY_A, 1);
const b = facts(KEY_B, 1);
/** A data sequence signal with both numbers long, for one byte. */
const signal = (ack: bigint, sequence: bigint): string =>
  `1e1a200f${hex64(ack)}${hex64(sequence)}000000010001`;

const master: TcpSegment[] = [
  { from: "a", flags: "S", seq: 100, options: "1e040101" },
  { from: "b", flags: "SA", seq: 500, ack: 101, options: `1e0c0101${KEY_B}` },
  { from: "a", flags: "A", seq: 101, ack: 501, options: `1e140101${KEY_A}${KEY_B}` },
  { from: "a", flags: "PA", seq: 101, ack: 501, options: signal(b.idsn + 1n, a.idsn + 1n), data: "x" },
];
const ports = { portA: 40001 };
const join: TcpSegment[] = [
  { from: "a", flags: "S", seq: 10, options: `1e0c1101${b.token}00000007`, ...ports },
  { from: "b", flags: "SA", seq: 20, ack: 11, options: "1e101000000000000000000500000008", ...ports },
  { from: "a", flags: "A", seq: 11, ack: 21, options: `1e181000${"11".repeat(20)}`, ...ports },
  {
    from: "b",
    flags: "A",
    seq: 21,
    ack: 11,
    options: `1e122005${hex32(a.idsn + 3n)}${hex32(b.idsn + 1n)}000000010001`,
    data: "y",
    ...ports,
  },
];

const multipath = (frame: Dissected): string[] =>
  [...frame.fields]
    .filter(([name]) => name.startsWith("mptcp."))
    .map(([name, values]) => `${name} ${values}`);

describe("Multipath TCP", () => {
  it("derives token and first data sequence number from the keys", () => {
    const frames = conversation(...master);
    expect(frames[0].chain).toMatch(/tcp:mptcp$/);
    expect(frames[0].text).not.toContain("MPTCP analysis");
    expect(frames[1].text).toContain(`Subflow token generated from key: ${Number.parseInt(b.token, 16)}`);
    expect(frames[2].text).toContain(`Subflow expected IDSN: ${a.idsn} (64bits version)`);
    expect(frames[3].text).toContain("Multipath TCP Data ACK: 1 (Relative)");
    expect(frames[3].text).toContain("DSS Data Sequence Number: 1 (Relative)");
    const old = facts(KEY_A, 0);
    const [syn] = conversation({ from: "a", flags: "S", seq: 1, options: `1e0c0001${KEY_A}` });
    expect(syn.text).toContain(`Subflow token generated from key: ${Number.parseInt(old.token, 16)}`);
    expect(syn.text).toContain("Use HMAC-SHA1: 1");
  });

  it("links subflows by token, in any order of looking", () => {
    const capture = new BuiltCapture([...master, ...join]);
    const frames = capture.all();
    expect(frames[3].fields.get("mptcp.analysis.subflows")).toEqual(["0 "]);
    for (const frame of frames.slice(4)) {
      expect(frame.text).toContain("Master flow: Master is tcp stream 0");
      expect(frame.fields.get("mptcp.stream")).toEqual(["0"]);
      expect(frame.fields.get("mptcp.analysis.subflows")).toEqual(["1 0 "]);
    }
    expect(frames[7].fields.get("mptcp.ack")).toEqual(["3"]);
    expect(frames[7].fields.get("mptcp.dss.dsn")).toEqual(["1"]);
    for (const frame of [8, 2, 4, 7, 1]) {
      expect(multipath(capture.dissect(frame, false))).toEqual(multipath(frames[frame - 1]));
    }
  });

  it("shows what is known of a subflow whose master was not captured", () => {
    const frames = conversation(...join);
    expect(frames[0].text).toContain("Master flow: False");
    expect(frames[0].fields.get("mptcp.analysis.subflows")).toEqual(["0 "]);
    expect(frames[3].fields.has("mptcp.ack")).toBe(false);
  });

  it("does not count repeated acknowledgments that bring news of the connection", () => {
    const again: TcpSegment = { from: "b", flags: "A", seq: 501, ack: 102 };
    const frames = conversation(
      ...master,
      again,
      { ...again, options: "1e083101c0000201" },
      { ...again, options: "1e083101c0000201" },
      { ...again, options: "1e083101c0000201" },
    );
    const numbers = frames.map((frame) => frame.fields.get("tcp.analysis.duplicate_ack_num")?.[0]);
    expect(numbers.slice(4)).toEqual([undefined, "1", undefined, "2"]);
  });

  it("reads addresses, resets and fallbacks", () => {
    const segment = (options: string): string => {
      const [{ text }] = conversation({ from: "a", flags: "A", seq: 1, ack: 1, options });
      return text;
    };
    const added = segment("1e123002c00002010050000000000000000a");
    expect(added).toContain("Advertised IPv4 Address: 192.0.2.1");
    expect(added).toContain("Advertised port: 80");
    expect(added).toContain("Truncated HMAC: 10");
    expect(segment("1e163602" + "20010db8".padEnd(32, "0") + "01bb")).toContain("IP version: 6");
    expect(segment("1e05400102")).toContain("Number of removed addresses: 2");
    expect(segment("1e048103")).toContain("TCPRST Reason: Administratively prohibited (0x03)");
    expect(segment(`1e0c7000${KEY_A}`)).toContain("Receiver's Key: 72623859790382856");
    expect(segment("1e0c60000000000000000009")).toContain("Data Sequence Number: 9");
    expect(segment("1e049000")).toContain("Multipath Transmission Control Protocol: Unknown (9)");
  });

  it("ends a segment at an option that is shorter than it says", () => {
    const [broken] = conversation({ from: "a", flags: "A", seq: 1, ack: 1, options: "1e042005", data: "x" });
    expect(broken.text).toContain("[Malformed Packet: MPTCP]");
    expect(broken.text).not.toContain("TCP payload");
    expect(broken.text).toContain("Time since first frame in this TCP stream");
  });
});
