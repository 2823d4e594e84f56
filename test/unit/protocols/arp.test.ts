import { describe, expect, it } from "vitest";
import { Frames } from "./frames.ts";
import { dissect } from "./harness.ts";

const arp = (opcode: string, sha: string, spa: string, tha: string, tpa: string): string =>
  `ffffffffffff020000000009 0806 0001 0800 06 04 ${opcode} ${sha} ${spa} ${tha} ${tpa}`;
const A = "020000000001";
const B = "020000000002";
const NONE = "000000000000";

describe("ARP", () => {
  it("asks and answers", () => {
    expect(dissect(arp("0001", A, "0a000001", NONE, "0a000002")).info).toBe(
      "Who has 10.0.0.2? Tell 10.0.0.1",
    );
    expect(dissect(arp("0002", B, "0a000002", A, "0a000001")).info).toBe("10.0.0.2 is at 02:00:00:00:00:02");
  });

  it("tells announcement, gratuitous and probe apart", () => {
    const announcement = dissect(arp("0001", A, "0a000001", NONE, "0a000001"));
    expect(announcement.info).toBe("ARP Announcement for 10.0.0.1");
    expect(announcement.text).toContain("Address Resolution Protocol (ARP Announcement)");
    expect(announcement.text).toContain("[Is announcement: True]");
    const gratuitous = dissect(arp("0002", A, "0a000001", A, "0a000001"));
    expect(gratuitous.info).toBe("Gratuitous ARP for 10.0.0.1 (Reply)");
    expect(gratuitous.text).toContain("Address Resolution Protocol (reply/gratuitous ARP)");
    const probe = dissect(arp("0001", A, "00000000", NONE, "0a000003"));
    expect(probe.info).toBe("Who has 10.0.0.3? (ARP Probe)");
  });

  it("names its relatives", () => {
    const reverse = dissect(arp("0003", A, "00000000", B, "00000000"));
    expect([reverse.protocol, reverse.info]).toEqual([
      "RARP",
      "Who is 02:00:00:00:00:02? Tell 02:00:00:00:00:01",
    ]);
  });

  it("finds an address two stations use, later too", () => {
    const list = [arp("0001", A, "0a000001", NONE, "0a000002"), arp("0001", B, "0a000001", NONE, "0a000002")];
    const expected = "Who has 10.0.0.2? Tell 10.0.0.1 (duplicate use of 10.0.0.1 detected!)";
    const seen = new Frames(list).inOrder()[1];
    expect(seen.info).toBe(expected);
    expect(seen.text).toContain("[Frame showing earlier use of IP address: 1]");
    expect(seen.text).toContain("[Seconds since earlier frame seen: 1]");
    expect(new Frames(list).index().again(2).info).toBe(expected);
  });

  it("marks what is cut off", () => {
    const whole = arp("0001", A, "0a000001", NONE, "0a000002");
    expect(dissect(whole, { snap: 30 }).text).toContain("ARP/RARP truncated]");
    expect(dissect(whole.slice(0, 60)).text).toContain("[Malformed Packet: ARP/RARP]");
  });
});
