import { describe, expect, test } from "vitest";
import { dissect } from "./harness.ts";
import { CLIENT, dissectInTurn, SERVER, udpFrame } from "./udp-frames.ts";

const ID = "6162636465666768696a6b6c";
const hex16 = (value: number): string => value.toString(16).padStart(4, "0");

/** A message with these attributes: type and value in hex, padded here. */
function message(type: number, ...attributes: readonly (readonly [number, string])[]): string {
  const body = attributes.map(([kind, value]) => {
    const bytes = value.length / 2;
    return `${hex16(kind)}${hex16(bytes)}${value}${"00".repeat((4 - (bytes % 4)) % 4)}`;
  });
  return `${hex16(type)}${hex16(body.join("").length / 2)}2112a442${ID}${body.join("")}`;
}

const show = (payload: string, port = 3478) => dissect(udpFrame(40000, port, payload));

describe("STUN", () => {
  test("an attribute nobody knows is named by its number", () => {
    const { text, fields } = show(message(3, [0x4000, "0102"]));
    expect(text).toContain("    Unknown attribute 0x4000\n");
    expect(text).toContain("Expert Info (Warning/Undecoded): Unknown attribute 0x4000");
    expect(fields.get("stun.value")).toEqual(["0102"]);
    expect(fields.has("stun.attribute")).toBe(false);
  });

  test("what shares the port is left to others", () => {
    for (const payload of [
      "80c70001000000000000000000100000",
      "6865616c7468",
      "0001",
      `${message(1)}00`,
      message(0x400),
      "400000044142434445464748",
    ]) {
      expect(show(payload).chain).toBe("eth:ethertype:ip:udp:data");
    }
    expect(show(message(1), 5555).info).toBe("Binding Request");
    expect(show("4000000341424300").info).toBe("ChannelData TURN Message");
    expect(show("40000000").chain).toBe("eth:ethertype:ip:udp:stun");
  });

  test("a length that is no multiple of four", () => {
    const { text, info } = show(`000100062112a442${ID}000600024142`);
    expect(text).toContain("Expert Info (Error/Malformed): Packet length is not multiple of 4 bytes");
    expect(info).toBe("Binding Request user: AB");
  });

  test("addresses, as they are and turned over", () => {
    const plain = show(message(0x101, [1, "00011f90c0000201"], [5, "00011f90c0000201"]));
    expect(plain.info).toBe("Binding Success Response MAPPED-ADDRESS: 192.0.2.1:8080");
    expect(plain.text).toContain("CHANGED_ADDRESS (Deprecated): 192.0.2.1:8080\n");
    const turned = show(message(0x101, [0x27, "00013e82e112a643"]));
    expect(turned.info).toBe("Binding Success Response XOR-RESPONSE-TARGET: 192.0.2.1:8080");
    const six = show(message(0x101, [0x8023, "00021f90" + "20010db8".padEnd(30, "0") + "01"]));
    expect(six.text).toContain("ALTERNATE-SERVER: 2001:db8::1:8080\n");
    expect(show(message(0x101, [1, "0007"])).fields.has("stun.att.port")).toBe(false);
  });

  test("values of every kind", () => {
    const seen = show(
      message(
        3,
        [3, "00000006"],
        [0xa, "00190024"],
        [0xd, "00000258"],
        [0x10, "00000040"],
        [0x18, "80"],
        [0x19, "11000000"],
        [0x19, "02000000"],
        [0x1d, "00020000"],
        [0x26, "0000"],
        [0x8004, "00000301"],
        [0x8008, "00000006"],
        [0x8055, "00010000"],
        [0x805d, "c00000000000000100000002"],
        [0x8068, "01020100"],
        [0x8070, "00000002"],
        [0xc057, "0001000a"],
      ),
    );
    expect(seen.info).toBe("Allocate Request lifetime: 600 bandwidth: 64 UDP Unknown (0x       2)");
    for (const line of [
      ".... .... .... .1.. = Change IP: Set",
      "Unknown Attribute: 0x0024",
      "1... .... = Reserve next: Reserve next port number (1)",
      "REQUESTED-TRANSPORT: UDP",
      "Password Algorithm: SHA-256 (2)",
      "MS-VERSION: MULTIPLEXED TURN over UDP and TCP",
      "Service Quality: Best effort delivery (0)",
      ".1.. .... .... .... .... .... .... .... = PSTN: Yes",
      "Self Location: Intranet (2)",
      "MS ICE Version: Supports only RFC3489bis-02 message formats (2)",
      "Google Network Cost: Low (10)",
    ]) {
      expect(seen.text).toContain(`${line}\n`.trimEnd());
    }
    expect(seen.fields.get("stun.att.padding")).toContain("2");
  });

  test("an error, with and without words", () => {
    const [bare, spoken] = ["0000040e", "0000040e4e6f"].map((value) => show(message(0x113, [9, value])));
    expect(bare.text).toContain("ERROR-CODE 414 (*Unknown error code*)\n");
    expect(spoken.info).toBe("Allocate Error Response error-code: 414 (*Unknown error code*) No");
    expect(spoken.text).toContain("ERROR-CODE 414 (*Unknown error code*): No\n");
  });

  test("data for a peer", () => {
    const { fields, chain } = show(message(0x16, [0x13, "616263"]));
    expect(fields.get("stun.value")).toEqual(["616263"]);
    expect(fields.get("data.data")).toEqual(["616263"]);
    expect(chain).toBe("eth:ethertype:ip:udp:stun:data");
  });

  test("requests and responses find each other", () => {
    const request = udpFrame(40000, 3478, message(1));
    const response = udpFrame(3478, 40000, message(0x101), SERVER, CLIENT);
    const frames = [request, response, request, response].map((hex, i) => ({ hex, sec: i }));
    const [, first, again, second] = dissectInTurn(frames);
    expect(first.fields.get("stun.response-to")).toEqual(["1"]);
    expect(first.text).toContain("Time: 1.000000000 seconds");
    expect(again.fields.get("stun.reqduplicate")).toEqual(["1"]);
    expect(again.fields.get("stun.response-in")).toEqual(["2"]);
    expect(second.fields.get("stun.reqduplicate")).toEqual(["2"]);
    const [later] = dissectInTurn(frames, true);
    expect(later.fields.get("stun.response-in")).toEqual(["2"]);
  });
});
