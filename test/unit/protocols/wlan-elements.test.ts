import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const HEADER = "0000 ffffffffffff 020000000001 020000000001 1000";
const beacon = (element: string) =>
  dissect(`8000 ${HEADER} 0000000000000000 6400 2104 ${element}`, { linkType: 105 }).text;
const action = (body: string) => dissect(`d000 ${HEADER} ${body}`, { linkType: 105 }).text;

describe("elements of radio measurement and roaming", () => {
  it("shows the load of a network", () => {
    const text = beacon("0b05 0500 20 1234");
    expect(text).toContain("Tag: QBSS Load Element 802.11e CCA Version");
    expect(text).toContain("Channel Utilization: 32 (12%)");
    expect(text).toContain("Available Admission Capacity: 13330 (426560 us/s)");
  });

  it("shows a neighbour with its capability and a subelement", () => {
    const text = beacon("3410 020000000009 8f0d0000 73 06 07 0301ff");
    expect(text).toContain(".... .... .... .... .... ..01 1000 .... = Capability: 0x18");
    expect(text).toContain("Preference: 255");
  });

  it("says of elements it does not read that they are undecoded", () => {
    expect(beacon("4903 510106")).toContain("Tag: 20/40 BSS Intolerant Channel Report: Undecoded");
  });

  it("marks an element cut short as malformed", () => {
    expect(beacon("3404 02000000")).toContain("[Malformed Packet");
  });
});

describe("elements of high efficiency", () => {
  it("reads operation with the part for 6 GHz", () => {
    const text = beacon("ff0c 24 f43f02 19 fcff 01 01 00 2a 06");
    expect(text).toContain("Ext Tag: HE Operation");
    expect(text).toContain("..01 1001 = BSS Color: 0x19");
    expect(text).toContain(".... ..01 = Channel Width: 40MHZ (1)");
  });

  it("reads thresholds that cross bytes", () => {
    const text = beacon("ff1b 23 017808180000 0000000000000c00000000 faff faff 780000 00000000");
    expect(text).toContain("PPE Thresholds");
    expect(text).toContain("RU allocation: 2x996");
  });
});

describe("elements of the Wi-Fi Alliance", () => {
  it("reads Wi-Fi Protected Setup", () => {
    const text = beacon("dd13 0050f204 104a000110 1044000102 1041000101");
    expect(text).toContain("Tag: Vendor Specific: Microsoft Corp.: WPS");
    expect(text).toContain("Wifi Protected Setup State: Configured (0x02)");
  });

  it("reads Wi-Fi Direct", () => {
    expect(beacon("dd09 506f9a09 02 0200 2500")).toContain("P2P Capability: Device 0x25  Group 0x0");
  });
});

describe("action frames", () => {
  it("reads a request for a transition", () => {
    const text = action("0a 07 05 00 0000 05");
    expect(text).toContain("Action code: BSS Transition Management Request (7)");
    expect(text).toContain("Validity Interval: 5");
  });

  it("reads a query of ANQP", () => {
    const text = action("04 0a 05 6c027f00 0800 0001 0400 0201 0c01");
    expect(text).toContain("Query Request: ANQP Request - ANQP Query list");
    expect(text).toContain("ANQP Query ID: Domain Name list (268)");
  });

  it("marks one cut short as malformed", () => {
    expect(action("06 01 0200")).toContain("[Malformed Packet");
  });
});

describe("HT control", () => {
  const qosNull = (control: string) =>
    dissect(`c880 0000 020000000002 020000000001 020000000001 1000 0000 ${control}`, { linkType: 105 }).text;

  it("reads aggregate control", () => {
    const text = qosNull("47690000");
    expect(text).toContain("Control ID: 1: Operating mode");
    expect(text).toContain("= UL MU Disable: True");
  });

  it("reads the oldest variant", () => {
    expect(qosNull("00000000")).toContain("Calibration Position: Not a calibration frame (0)");
  });
});
