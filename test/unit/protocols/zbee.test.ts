import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const MAC = "618801621a00003412";

describe("ZigBee", () => {
  it("shows the network layer and its security header", () => {
    const security = "284d000000010203040506070800";
    const found = dissect(`${MAC}4802000034121e06${security}${"bb".repeat(8)}01020304`, { linkType: 230 });
    expect(found.info).toBe("Data, Dst: 0x0000, Src: 0x1234");
    expect(found.chain).toBe("wpan:zbee_nwk:data");
    expect(found.text).toContain("Frame Counter: 77");
    expect(found.text).toContain("Extended Source: 08:07:06:05:04:03:02:01");
    expect(found.text).toContain("Message Integrity Code: 01020304");
    expect(found.text).toContain("Encrypted Payload");
  });

  it("shows the status of links", () => {
    const found = dissect(`${MAC}0910fcff34120107010203040506070808621111132222` + "31", { linkType: 230 });
    expect(found.info).toBe("Link Status");
    expect(found.text).toContain("Link Status Count: 2");
    expect(found.text).toContain("Outgoing Cost: 3");
  });

  it("shows beacons", () => {
    const found = dissect("008005621a3412ffcf00000022840102030405060708ffffff01", { linkType: 230 });
    expect(found.chain).toBe("wpan:zbee_beacon");
    expect(found.text).toContain("ZigBee Beacon, ZigBee PRO, EPID: 08:07:06:05:04:03:02:01");
  });
});
