import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

/** A control packet over PPP; the length is worked out. */
function ppp(protocol: string, code: string, hex: string): ReturnType<typeof dissect> {
  const digits = hex.replace(/\s/g, "");
  const length = (4 + digits.length / 2).toString(16).padStart(4, "0");
  return dissect(`${protocol} ${code} 01 ${length} ${digits}`, { linkType: 9 });
}

describe("PPP control protocols", () => {
  it("shows what LCP negotiates", () => {
    const { text, info, chain } = ppp("c021", "01", "0104 05dc 0305 c223 05 0506 01020304 0702 110405ea");
    expect([chain, info]).toEqual(["ppp:lcp", "Configuration Request"]);
    expect(text).toContain(
      "Options: (21 bytes), Maximum Receive Unit, Authentication Protocol, Magic Number",
    );
    expect(text).toContain("Authentication Protocol: Challenge Handshake Authentication Protocol (0xc223)");
    expect(text).toContain("Algorithm: CHAP with MD5 (5)");
    expect(text).toContain("Magic Number: 0x01020304");
  });

  it("shows LCP's other packets", () => {
    expect(ppp("c021", "09", "01020304").text).toContain("Magic Number: 0x01020304");
    expect(ppp("c021", "0c", "01020304 4869").text).toContain("Message: Hi");
    const rejected = ppp("c021", "08", "80fd 01010004");
    expect(rejected.chain).toBe("ppp:lcp:ccp");
    expect(rejected.info).toBe("Protocol Reject");
  });

  it("shows addresses of IPCP, the identifier of IPv6CP and MPPE of CCP", () => {
    const { text, info } = ppp("8021", "01", "0306 01020304 0206 002d 0f01 8106 01010101");
    expect(info).toBe("Configuration Request");
    expect(text).toContain("IP Address: 1.2.3.4");
    expect(text).toContain("IP Compression Protocol: VJ compression (0x002d)");
    expect(ppp("8057", "01", "010a 0102030405060708").text).toContain(
      "Interface Identifier: 01:02:03:04:05:06:07:08",
    );
    expect(ppp("80fd", "01", "1206 01000060").text).toContain("Supported Bits: 0x01000060, H, S, L");
    expect(ppp("80fd", "0e", "").info).toBe("Reset Request");
  });

  it("says which options it cannot read", () => {
    expect(ppp("8021", "01", "0304 0102").text).toContain(
      "IP Address (with option length = 4 bytes; should be 6)",
    );
    expect(ppp("8021", "01", "6304 0102").text).toContain("Unknown (0x63) (4 bytes)");
    expect(ppp("8021", "01", "0300").text).toContain("too-short option length");
    expect(ppp("8021", "01", "0309 01").text).toContain("says option goes past end of options");
  });
});

describe("PAP and CHAP", () => {
  it("show who asks", () => {
    expect(ppp("c023", "01", "03 616263 03 646566").info).toBe(
      "Authenticate-Request (Peer-ID='abc', Password='def')",
    );
    expect(ppp("c023", "02", "03 414243").info).toBe("Authenticate-Ack (Message='ABC')");
    const challenge = ppp("c223", "01", "02 abcd 6e616d");
    expect(challenge.info).toBe("Challenge (NAME='nam', VALUE=0xabcd)");
    expect(challenge.text).toContain("Value: abcd");
    expect(ppp("c223", "03", "68656c6c6f").info).toBe("Success (MESSAGE='hello')");
    expect(ppp("c023", "01", "09 61").text).toContain("[Malformed Packet: PPP PAP]");
  });
});
