import { expect, test } from "vitest";
import { conversation } from "./builder.ts";
import { dissect } from "./harness.ts";
import { dissectInTurn, udpFrame } from "./udp-frames.ts";

const SESSION = "1111111111111111";
const REMOTE = "2222222222222222";
const show = (payload: string) => dissect(udpFrame(40000, 1194, payload));

test("a reset and its acknowledgment", () => {
  const reset = show(`38${SESSION}0000000000`);
  expect(reset.info).toBe("MessageType: P_CONTROL_HARD_RESET_CLIENT_V2");
  expect(reset.text).toContain("Type: 0x38 [opcode/key_id]");
  expect(reset.text).toContain("0011 1... = Opcode: P_CONTROL_HARD_RESET_CLIENT_V2 (0x07)");
  expect(reset.fields.get("openvpn.sessionid")).toEqual(["1229782938247303441"]);
  expect(reset.fields.get("openvpn.mpid")).toEqual(["0"]);
  const ack = show(`29${SESSION}020000000100000002${REMOTE}`);
  expect(ack.fields.get("openvpn.mpidarrayelement")).toEqual(["1", "2"]);
  expect(ack.fields.get("openvpn.rsessionid")).toEqual(["2459565876494606882"]);
  expect(ack.fields.get("openvpn.keyid")).toEqual(["1"]);
});

test("an authenticated control channel", () => {
  const { fields } = show(`38${SESSION}${"aa".repeat(20)}000000015f5e10000000000000`);
  expect(fields.get("openvpn.hmac")).toEqual(["aa".repeat(20)]);
  expect(fields.get("openvpn.pid")).toEqual(["1"]);
  expect(fields.get("openvpn.net_time")).toEqual(["Sep 13, 2020 12:26:40.000000000 UTC"]);
  expect(fields.get("openvpn.mpidarraylength")).toEqual(["0"]);
});

test("data, and a client's wrapped key", () => {
  expect(show(`49000007${"ee".repeat(5)}`).fields.get("openvpn.peerid")).toEqual(["7"]);
  expect(show("31aabb").text).toContain("Data (2 bytes)");
  const wrapped = `50${SESSION}000000015f5e1000${"bb".repeat(32)}cccc${"dd".repeat(3)}0005`;
  expect(show(wrapped).fields.get("openvpn.data")).toEqual(["cccc"]);
  expect(show(wrapped).text).toContain("Wrapped client key (5 bytes)");
  expect(show(`${wrapped.slice(0, -4)}00ff`).info).toContain("[Malformed Packet]");
});

const message = (id: string, content: string): string => `20${SESSION}00${id}${content}`;
// A record of 106 bytes.
const RECORD = `1703030065${"00".repeat(101)}`;

test("a message in pieces", () => {
  const pieces = [message("00000001", RECORD.slice(0, 200)), message("00000002", RECORD.slice(200))];
  const frames = pieces.map((hex, sec) => ({ hex: udpFrame(40000, 1194, hex), sec }));
  for (const [first, last] of [dissectInTurn(frames), dissectInTurn(frames, true)]) {
    expect(first.text).toContain("Message fragment (100 bytes)");
    expect(last.text).toContain("2 Message fragments (106 bytes): #1(100), #2(6)");
    expect(last.chain).toBe("eth:ethertype:ip:udp:openvpn:tls");
  }
});

test("packets in a stream, with pieces of one message in one segment", () => {
  const packet = (hex: string): string => `${(hex.length / 2).toString(16).padStart(4, "0")}${hex}`;
  const hex =
    packet(message("00000001", RECORD.slice(0, 200))) + packet(message("00000002", RECORD.slice(200)));
  const [frame] = conversation({
    from: "a",
    flags: "PA",
    seq: 1,
    ack: 1,
    data: Uint8Array.from(Buffer.from(hex, "hex")),
    portB: 1194,
  });
  expect(frame.fields.get("openvpn.plen")).toEqual(["114", "20"]);
  expect(frame.text).toContain("2 Message fragments (106 bytes): #1(100), #1(6)");
});
