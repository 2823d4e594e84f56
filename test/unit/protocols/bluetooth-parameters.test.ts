import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const sent = (hex: string) => dissect(`00000000 01 ${hex}`, { linkType: 201 });
const received = (hex: string) => dissect(`00000001 04 ${hex}`, { linkType: 201 });

describe("parameters of commands", () => {
  it("shows times beside their numbers", () => {
    const { text } = sent("0b20 07 01 1000 1000 00 00");
    expect(text).toContain("Scan Interval: 16 (10 msec)");
  });

  it("reads a connection to be made", () => {
    const { text } = sent("0d20 19 6000 3000 00 01 665544332211 00 1800 2800 0000 2a00 0000 0000");
    expect(text).toContain("BD_ADDR: 11:22:33:44:55:66");
    expect(text).toContain("Supervision Timeout: 42 (0.42 sec)");
  });
});

describe("parameters of events", () => {
  it("reads advertising reports with their data", () => {
    const { text } = received("3e 13 02 01 00 01 665544332211 07 020106 03030d18 c8");
    expect(text).toContain("Advertising Data");
    expect(text).toContain("LE General Discoverable Mode: true");
    expect(text).toContain("RSSI: -56");
  });

  it("ends with the bytes there are", () => {
    expect(received("3e 0c 02 01 00 01 665544332211 07 0201").text).toContain("[Malformed Packet");
  });
});

describe("the monitor of Linux", () => {
  it("tells of a new adapter", () => {
    const found = dissect("0000 0000 00 01 665544332211 6863693000000000", { linkType: 254 });
    expect(found.info).toBe("Info Adapter Id: 0, Opcode: New Index");
    expect(found.text).toContain("Adapter Name: hci0");
  });

  it("hands commands over", () => {
    expect(dissect("0000 0002 030c00", { linkType: 254 }).info).toBe("Sent Reset");
  });
});
