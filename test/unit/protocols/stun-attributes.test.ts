import { describe, expect, it } from "vitest";
import { CLIENT, dissectInTurn, SERVER, udpFrame } from "./udp-frames.ts";

const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, "0");
const text = (words: string): string => Buffer.from(words, "utf8").toString("hex");

function message(type: number, attributes = "", id = "01"): string {
  return `${hex(type, 2)}${hex(attributes.length / 2, 2)}2112a442${id.repeat(12)}${attributes}`;
}
const attribute = (type: number, value: string): string =>
  `${hex(type, 2)}${hex(value.length / 2, 2)}${value}${"00".repeat((4 - ((value.length / 2) % 4)) % 4)}`;

const request = (payload: string): string => udpFrame(4000, 3478, payload);
const response = (payload: string): string => udpFrame(3478, 4000, payload, SERVER, CLIENT);
const seen = (...frames: string[]) => dissectInTurn(frames.map((frame, i) => ({ hex: frame, sec: i })));

describe("STUN", () => {
  it("shows Microsoft's attributes by their names", () => {
    const [one] = seen(
      request(
        message(
          1,
          attribute(0x8054, text("1")) +
            attribute(0x8008, hex(6, 4)) +
            attribute(0x8055, "00020001") +
            attribute(0x8050, `${"aa".repeat(20)}00000007`) +
            attribute(0x0010, hex(500, 4)),
        ),
      ),
    );
    expect(one.text).toContain("MS-CANDIDATE-IDENTIFIER");
    expect(one.text).toContain("Foundation: 1");
    expect(one.text).toContain("MS-VERSION: MULTIPLEXED TURN over UDP and TCP");
    expect(one.text).toContain("Stream Type: Video (2)");
    expect(one.text).toContain("Service Quality: Reliable delivery (1)");
    expect(one.text).toContain("Sequence Number: 7");
    expect(one.text).toContain("BANDWIDTH 500");
  });

  it("says which attribute it does not know", () => {
    const [one] = seen(request(message(1, attribute(0x4002, "00112233"))));
    expect(one.text).toContain("Unknown attribute 0x4002");
    expect(one.fields.get("stun.unknown_attribute")).toHaveLength(1);
    expect(one.fields.has("stun.attribute")).toBe(false);
    expect(one.fields.get("stun.value")).toHaveLength(1);
  });

  it("tells the version only of messages with attributes", () => {
    const [bare, full] = seen(request(message(1)), request(message(1, attribute(0x0025, ""), "02")));
    expect(bare.fields.has("stun.network_version")).toBe(false);
    expect(full.fields.get("stun.network_version")).toEqual(["3"]);
  });

  it("finds repeated requests and responses, and what answers them", () => {
    const frames = [message(1), message(0x101), message(1), message(0x101)];
    const all = seen(request(frames[0]), response(frames[1]), request(frames[2]), response(frames[3]));
    expect(all[1].fields.get("stun.response-to")).toEqual(["1"]);
    expect(all[1].fields.has("stun.reqduplicate")).toBe(false);
    expect(all[2].fields.get("stun.reqduplicate")).toEqual(["1"]);
    expect(all[2].fields.get("stun.response-in")).toEqual(["2"]);
    expect(all[3].fields.get("stun.reqduplicate")).toEqual(["2"]);
    expect(all[3].fields.get("stun.response-to")).toEqual(["1"]);
  });

  it("leaves methods that belong to nobody alone", () => {
    const [mine, other] = seen(request(message(0x0800)), request(message(0x0012)));
    expect(mine.chain).toBe("eth:ethertype:ip:udp:data");
    expect(other.chain).toBe("eth:ethertype:ip:udp:stun");
  });

  it("warns of a length that is no multiple of four", () => {
    const whole = message(1, `${attribute(0x0024, "00000001")}`);
    const [one] = seen(request(`${whole.slice(0, 4)}000a${whole.slice(8)}0000`));
    expect(one.fields.get("stun.wrong_msglen")).toHaveLength(1);
  });

  it("shows the data of an indication as data", () => {
    const [one] = seen(request(message(0x16, attribute(0x13, "aabbccdd"))));
    expect(one.chain).toBe("eth:ethertype:ip:udp:stun:data");
    expect(one.fields.get("data.data")).toEqual(["aabbccdd"]);
  });
});
