import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";
import { udpFrame } from "./udp-frames.ts";

const SPIS = "1122334455667788 0000000000000000";
const bytesOf = (hex: string): number => hex.replaceAll(" ", "").length / 2;
const hexOf = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const payload = (next: number, body: string): string =>
  `${hexOf(next, 2)}00${hexOf(4 + bytesOf(body), 4)}${body}`;
const message = (first: number, version: string, exchange: number, flags: string, body: string): string =>
  `${SPIS}${hexOf(first, 2)}${version}${hexOf(exchange, 2)}${flags}00000000${hexOf(28 + bytesOf(body), 8)}${body}`;
const version1 = (first: number, body: string): ReturnType<typeof dissect> =>
  dissect(udpFrame(500, 500, message(first, "10", 2, "00", body)));
const version2 = (first: number, body: string, flags = "08"): ReturnType<typeof dissect> =>
  dissect(udpFrame(500, 500, message(first, "20", 34, flags, body)));

describe("IKE version 1", () => {
  it("shows proposals with their transforms and attributes", () => {
    const transform = payload(0, "01 01 0000 80010007 800e0080 000c0004 00015180");
    const proposal = payload(0, `01 01 00 01 ${transform}`);
    const { info, protocol, text } = version1(1, payload(0, `00000001 00000001 ${proposal}`));
    expect(protocol).toBe("ISAKMP");
    expect(info).toBe("Identity Protection (Main Mode)");
    expect(text).toContain("  Version: 1.0\n    0001 .... = MjVer: 0x1");
    expect(text).toContain(
      "  Payload: Security Association (1)\n    Next payload: NONE / No Next Payload  (0)",
    );
    expect(text).toContain("    Payload: Proposal (2) # 1");
    expect(text).toContain("        Transform ID: KEY_IKE (1)");
    expect(text).toContain("        IKE Attribute (t=1,l=2): Encryption-Algorithm: AES-CBC");
    expect(text).toContain("          Life Duration: 86400");
  });

  it("names vendors and reads identities, notifications and deletions", () => {
    const body =
      payload(5, "12f5f28c457168a9702d9fe274cc0102") +
      payload(11, "01 00 0000 0a000001") +
      payload(12, "00000001 01 00 8d28 00000007") +
      payload(0, "00000001 03 04 0001 01020304");
    const { text } = version1(13, body);
    expect(text).toContain("  Payload: Vendor ID (13) : CISCO-UNITY 1.2");
    expect(text).toContain("    Identification Data:10.0.0.1\n      ID_IPV4_ADDR: 10.0.0.1");
    expect(text).toContain("    DPD ARE-YOU-THERE sequence: 7");
    expect(text).toContain("    Delete SPI: 01020304");
    expect(version1(13, payload(0, "0102")).text).toContain("Vendor ID: Unknown Vendor ID");
  });

  it("leaves what is encrypted alone", () => {
    const { text } = dissect(udpFrame(500, 500, message(5, "10", 2, "01", "00".repeat(16))));
    expect(text).toContain("    .... ...1 = Encryption: Encrypted");
    expect(text).toContain("  Encrypted Data (16 bytes)");
    expect(text).not.toContain("Payload: Identification");
  });
});

describe("IKE version 2", () => {
  it("shows proposals, key exchanges and notifications", () => {
    const transforms = payload(3, "01 00 000c 800e0100") + payload(0, "04 00 000e");
    const proposal = payload(0, `01 01 00 02 ${transforms}`);
    const body =
      payload(34, proposal) + payload(41, "000e 0000 aabb") + payload(0, "00 00 4004 00112233445566778899");
    const { info, text } = version2(33, body);
    expect(info).toBe("IKE_SA_INIT MID=00 Initiator Request");
    expect(text).toContain("  Flags: 0x08 (Initiator, No higher version, Request)");
    expect(text).toContain("    0... .... = Critical Bit: Not critical");
    expect(text).toContain("        Transform Attribute (t=14,l=2): Key Length: 256");
    expect(text).toContain("    DH Group #: 2048 bit MODP group (14)\n    Reserved: 0000");
    expect(text).toContain("  Payload: Notify (41) - NAT_DETECTION_SOURCE_IP");
    expect(version2(40, payload(0, "aabb"), "20").info).toBe("IKE_SA_INIT MID=00 Responder Response");
  });

  it("ends the chain at the encrypted payload and shows what is left over", () => {
    const { text } = version2(46, `${payload(35, "01020304 aabbccdd")}ee`);
    expect(text).toContain("    Initialization Vector: 01020304\n    Encrypted Data");
    expect(text).toContain("  Extra data: ee");
    expect(text).not.toContain("Payload: Identification");
  });

  it("reads traffic selectors", () => {
    const { text } = version2(44, payload(0, "01 000000 07 00 0010 0000 ffff 0a000000 0a0000ff"));
    expect(text).toContain("    Starting Addr: 10.0.0.0\n".replace("    ", "      "));
    expect(text).toContain("      End Port: 65535");
  });

  it("marks headers, payloads and proposals that cannot be", () => {
    expect(dissect(udpFrame(500, 500, SPIS)).text).toContain("[Malformed Packet: ISAKMP]");
    expect(version2(40, "00000000").text).toContain("[Malformed Packet: ISAKMP]");
    expect(version2(33, payload(0, "0000ffff 01010001 00000000")).text).toContain(
      "[Malformed Packet: ISAKMP]",
    );
    const long = message(40, "20", 34, "08", "").replace(/0000001c$/, "ff000000");
    expect(dissect(udpFrame(500, 500, long)).text).toContain(
      "Length: (bogus, length is 4278190080, which is too large)",
    );
  });
});

describe("UDP encapsulation of IPsec", () => {
  it("tells IKE, ESP and keepalives apart", () => {
    const marked = dissect(
      udpFrame(4500, 4500, `00000000${message(40, "20", 34, "08", payload(0, "aabb"))}`),
    );
    expect(marked.chain).toBe("eth:ethertype:ip:udp:udpencap:isakmp");
    expect(marked.text).toContain("  Non-ESP Marker");
    const secured = dissect(udpFrame(4500, 4500, "01020304 00000001 aabbccdd"));
    expect(secured.chain).toBe("eth:ethertype:ip:udp:udpencap:esp");
    const keepalive = dissect(udpFrame(4500, 4500, "ff"));
    expect(keepalive.info).toBe("NAT-keepalive");
    expect(keepalive.protocol).toBe("UDPENCAP");
  });
});
