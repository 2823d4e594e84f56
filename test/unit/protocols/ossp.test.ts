import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const frame = (body: string): string => `0180c2000002005056337789 8809${body}`;

describe("organization specific slow protocols", () => {
  it("shows the quality level of a synchronization message", () => {
    const { text, info, protocol, chain } = dissect(frame("0a0019a70001100000000100040400000000"));
    expect(protocol).toBe("ESMC");
    expect(chain).toBe("eth:ethertype:slow:ossp:data");
    expect(info).toBe("Event:Information, QL-SSU-A");
    expect(text).toContain("ITU-T OSSP Subtype: 0x0001: ESMC, Event:Information");
    expect(text).toContain("ESMC TLV, Quality Level");
    expect(text).toContain("Quality Level: QL-SSU-A, Type I or V SSU clock (G.812), 'transit node clock'");
    expect(text).toContain("Padding: 00000000, 4 octets");
  });

  it("shows an extended quality level", () => {
    const { text, info } = dissect(
      frame("0a0019a700011800000001000402020014200011223344556677030102 0000000000"),
    );
    expect(info).toBe("Event:Time-critical, QL-PRTC");
    expect(text).toContain("SyncE clockID: 0x0011223344556677");
    expect(text).toContain("Partial chain: Yes");
    expect(text).toContain("Cascaded EECs: 2");
  });

  it("reports a level that does not exist", () => {
    const { text } = dissect(frame("0a0019a700011000000001000401"));
    expect(text).toContain("Quality Level: Unknown Quality Level");
    expect(text).toContain("Invalid SSM message, unknown QL code");
  });

  it("is malformed without the level", () => {
    expect(dissect(frame("0a0019a7000110000000")).text).toContain("[Malformed Packet: OSSP]");
  });
});
