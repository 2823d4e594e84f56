import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

describe("CAN", () => {
  it("dissects a frame with an extended identifier", () => {
    const found = dissect("9234567803000000010203", { linkType: 227 });
    expect(found.info).toBe("Ext. ID: 305419896 (0x12345678), Length: 3");
    expect(found.chain).toBe("can:data");
  });

  it("names remote transmission requests", () => {
    const found = dissect("4000012304000000", { linkType: 227 });
    expect(found.info).toBe("ID: 291 (0x123), Length: 4(Remote Transmission Request)");
  });

  it("tells CAN FD by its flag", () => {
    const found = dissect(
      "0000012340050000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324" +
        "25262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
      { linkType: 227 },
    );
    expect(found.protocol).toBe("CANFD");
    expect(found.text).toContain("Bit Rate Setting: True");
  });

  it("spells out error frames", () => {
    const found = dissect("20000008080000000501820700000000", { linkType: 227 });
    expect(found.info).toBe("ERR: Protocol violation");
    expect(found.text).toContain("Protocol error location: ID bits 17-13 (7)");
  });

  it("reads identifiers of cooked captures in the byte order of the host", () => {
    const found = dissect("0004011800000000000000000000000c2301000003000000010203", { linkType: 113 });
    expect(found.chain).toBe("sll:can:data");
    expect(found.info).toBe("ID: 291 (0x123), Length: 3");
  });

  it("ends as malformed in an error frame that is too short", () => {
    const found = dissect("2000000403000000004000", { linkType: 227 });
    expect(found.text).toContain("[Malformed Packet: CAN]");
  });
});
