import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";
import { CLIENT, dissectInTurn, SERVER, udpFrame } from "./udp-frames.ts";

const INITIATOR = "78563412";
const RESPONDER = "efcdab90";
const initiation = (sender = INITIATOR): string => `01000000 ${sender} ${"11".repeat(140)}`;
const response = `02000000 ${RESPONDER} ${INITIATOR} ${"22".repeat(80)}`;
const transport = (receiver: string, payload: number): string =>
  `04000000 ${receiver} 0700000000000000 ${"33".repeat(payload + 16)}`;
const there = (payload: string): { hex: string; sec: number } => ({
  hex: udpFrame(40000, 51820, payload),
  sec: 0,
});
const back = (payload: string): { hex: string; sec: number } => ({
  hex: udpFrame(51820, 40000, payload, SERVER, CLIENT),
  sec: 0,
});

describe("WireGuard", () => {
  it("recognises an initiation by its length and zero bytes", () => {
    const { info, protocol, text } = dissect(udpFrame(40000, 51820, initiation()));
    expect(protocol).toBe("WireGuard");
    expect(info).toBe("Handshake Initiation, sender=0x12345678");
    expect(text).toContain("  Type: Handshake Initiation (1)\n  Reserved: 000000\n  Sender: 0x12345678");
    expect(text).toContain("  Ephemeral: ERERERERERERERERERERERERERERERERERERERERERE=");
    expect(text).toContain("    [Has Private Key: False]");
    expect(dissect(udpFrame(40000, 51820, `${initiation()}00`)).chain).toBe("eth:ethertype:ip:udp:data");
    expect(dissect(udpFrame(40000, 51820, `0100000178${"11".repeat(143)}`)).chain).toBe(
      "eth:ethertype:ip:udp:data",
    );
  });

  it("shows what transport messages carry, and which carry nothing", () => {
    const full = dissect(udpFrame(40000, 51820, transport(RESPONDER, 48)));
    expect(full.info).toBe("Transport Data, receiver=0x90ABCDEF, counter=7, datalen=48");
    expect(full.fields.has("wg.stream")).toBe(false);
    const empty = dissect(udpFrame(40000, 51820, transport(RESPONDER, 0)));
    expect(empty.info).toBe("Keepalive, receiver=0x90ABCDEF, counter=7");
    expect(empty.text).toContain("This is a Keepalive message");
  });

  it("reads a cookie reply", () => {
    const { info, fields } = dissect(udpFrame(51820, 40000, `03000000 ${INITIATOR} ${"44".repeat(56)}`));
    expect(info).toBe("Cookie Reply, receiver=0x12345678");
    expect(fields.get("wg.nonce")).toEqual(["44".repeat(24)]);
  });

  it("numbers sessions by their handshakes", () => {
    const frames = [
      there(transport(RESPONDER, 16)),
      there(initiation()),
      back(response),
      there(transport(RESPONDER, 16)),
      back(transport(INITIATOR, 16)),
      there(transport("01010101", 16)),
      there(initiation("44332211")),
    ];
    const shown = dissectInTurn(frames);
    const streams = shown.map((frame) => frame.fields.get("wg.stream")?.[0]);
    expect(streams).toEqual([undefined, "0", "0", "0", "0", undefined, "1"]);
    expect(shown[2].fields.get("wg.response_to")).toEqual(["2"]);
  });

  it("leaves what else comes in the conversation to others", () => {
    const shown = dissectInTurn([there(initiation()), there("5453f09f92ac0001"), back(response)]);
    expect(shown.map((frame) => frame.chain.split(":").pop())).toEqual(["wg", "data", "wg"]);
  });
});
