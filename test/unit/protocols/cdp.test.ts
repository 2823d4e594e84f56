import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

/** A CDP frame with these TLVs, each of type and value in hex. */
function cdp(...tlvs: [type: number, value: string][]): ReturnType<typeof dissect> {
  const hex4 = (value: number): string => value.toString(16).padStart(4, "0");
  const body = tlvs
    .map(([type, value]) => {
      const digits = value.replace(/\s/g, "");
      return hex4(type) + hex4(4 + digits.length / 2) + digits;
    })
    .join("");
  return raw(`02b40000${body}`);
}
function raw(packet: string): ReturnType<typeof dissect> {
  const length = (8 + packet.length / 2).toString(16).padStart(4, "0");
  return dissect(`01000ccccccc0a0b0c0d0e0f${length}aaaa0300000c2000${packet}`);
}

describe("CDP", () => {
  it("shows who is there and how", () => {
    const { text, info, chain } = cdp([1, "5331"], [3, "4531"], [4, "00000028"], [11, "01"], [10, "0005"]);
    expect(chain).toBe("eth:llc:cdp");
    expect(info).toBe("Device ID: S1  Port ID: E1  ");
    expect(text).toContain("Capabilities: 0x00000028");
    expect(text).toContain("Switch: Yes");
    expect(text).toContain("Duplex: Full");
    expect(text).toContain("Native VLAN: 5");
  });

  it("shows addresses of both versions and of other protocols", () => {
    const { text } = cdp([
      2,
      "00000003 0101cc000401020304 0208aaaa0300000086dd0010 20010db8000000000000000000000001 0101810003010203",
    ]);
    expect(text).toContain("IP address: 1.2.3.4");
    expect(text).toContain("IPv6 address: 2001:db8::1");
    expect(text).toContain("Protocol: CLNP");
    expect(text).toContain("Address: 010203");
  });

  it("shows power, software lines and what it does not know", () => {
    const { text } = cdp(
      [0x19, "0001000200001388 00000001"],
      [5, "41420a43440a"],
      [7, "0a00000008"],
      [0x77, "0102"],
    );
    expect(text).toContain("Power Request: 5000 mW, 1 mW");
    expect(text).toContain("Power Requested: 5000mW");
    expect(text).toContain("Software version: AB\n");
    expect(text).toContain("IP Prefix: 10.0.0.0/8");
    expect(text).toContain("Type: Unknown (0x0077), length: 6");
  });

  it("checks the checksum, odd lengths too", () => {
    expect(cdp([1, "5331"]).text).toContain("Checksum: 0x0000 incorrect, should be 0xaa13");
    expect(cdp([11, "00"]).text).toContain("incorrect, should be 0xfd3b");
    expect(raw("02b4aa130001000653 31".replace(/\s/g, "")).text).toContain("Checksum: 0xaa13 [correct]");
  });

  it("stops at TLVs that cannot be", () => {
    expect(raw("02b40000000500020000").text).toContain("TLV with invalid length 2 (< 4)");
    expect(raw("02b400000005002041").text).toContain("[Malformed Packet: CDP]");
  });
});
