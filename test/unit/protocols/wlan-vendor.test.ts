import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const beacon = (element: string) =>
  dissect(`800000 00 ffffffffffff 020000000001 020000000001 1000 0000000000000000 6400 2104 ${element}`, {
    linkType: 105,
  }).text;

describe("elements of Cisco's compatible extensions", () => {
  it("names the version, the power and the protection", () => {
    expect(beacon("dd05 00409603 05")).toContain(
      "Tag: Vendor Specific: Cisco Systems, Inc: Aironet CCX version = 5",
    );
    expect(beacon("dd06 00409600 11 00")).toContain("Aironet IE CCX DTCP: 17 dBm");
    expect(beacon("dd05 00409614 01")).toContain("Aironet Client MFP Enabled");
  });

  it("shows others as data", () => {
    expect(beacon("dd07 0040960b 010203")).toContain("Aironet IE data: 010203");
  });
});

describe("802.11 frames of protocol version 1", () => {
  it("shows the receiver and the transmitter's short identifier", () => {
    const found = dissect("0108 0075000b8524 e890 0002", { linkType: 105 });
    expect(found.info).toBe("PV1 QoS Data - with one SID");
    expect(found.text).toContain("SID: 0xe890, A3 Present, A4 Present, A MSDU");
    expect(found.text).toContain("0000 0010 0000 .... = Sequence number: 32");
  });
});
