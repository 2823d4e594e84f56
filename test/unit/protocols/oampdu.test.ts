import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const frame = (body: string): string => `0180c20000020050563377898809${body}`;

describe("Ethernet OAM", () => {
  it("shows what the ends of a link say of themselves", () => {
    const { text, info, protocol, chain } = dissect(
      frame("0300500001100100030 51f05dc00aabb1234567800".replace(" ", "")),
    );
    expect(chain).toBe("eth:ethertype:slow:oampdu");
    expect(protocol).toBe("OAM");
    expect(info).toBe("OAMPDU: Information");
    expect(text).toContain("Flags: 0x0050, Local Stable, Remote Stable");
    expect(text).toContain("Parser Action: Loopback non-OAMPDUs to the lower sublayer (0x1)");
    expect(text).toContain("Max OAMPDU Size: 1500 bytes");
    expect(text).toContain("Organizationally Unique Identifier: 00:aa:bb");
  });

  it("shows an event", () => {
    const { text, info } = dissect(
      frame("0300500100070412000900640005000300000 04d0000000200".replace(" ", "")),
    );
    expect(info).toBe("OAMPDU: Event Notification");
    expect(text).toContain("Event Type: Errored Frame Seconds Summary Event (0x04)");
    expect(text).toContain("Errored Frames: 3");
    expect(text).toContain("Error Running Total: 77");
  });

  it("shows the value of a variable and why there is none", () => {
    const { text } = dissect(frame("0300500307000604000000070700078800"));
    expect(text).toContain("Leaf: aFrameCheckSequenceErrors (0x0006)");
    expect(text).toContain("Variable Value: 00000007");
    expect(text).toContain("Variable indication: Unknown (0x08)");
  });

  it("is malformed when a variable is not there", () => {
    expect(dissect(frame("03005003070006040000")).text).toContain("[Malformed Packet: Ethernet OAM PDU]");
  });
});
