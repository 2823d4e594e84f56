import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

describe("USB", () => {
  it("dissects a request for a descriptor", () => {
    const found = dissect(
      "010000000088ffff530280020100003c00f1536500000000960000008dffffff12000000000000008006000100" + "001200",
      { linkType: 189 },
    );
    expect(found.info).toBe("GET DESCRIPTOR Request DEVICE");
    expect(found.text).toContain("URB type: URB_SUBMIT ('S')");
    expect(found.text).toContain("URB status: Operation now in progress (-EINPROGRESS) (-115)");
    expect(found.text).toContain("Setup Data");
    expect(found.text).toContain("bmRequestType: 0x80");
  });

  it("dissects transfer flags of memory-mapped captures", () => {
    const found = dissect(
      "010000000088ffff530280020100003c00f1536500000000960000008dffffff12000000000000008006000100" +
        "00120000000000000000000002000000000000",
      { linkType: 220 },
    );
    expect(found.text).toContain("Copy of Transfer Flags: 0x00000200, Dir IN");
  });

  it("dissects isochronous descriptors", () => {
    const found = dissect(
      "14000000000000004300840601002d0000f15365000000004a2e00000000000008000000280000000100000002" +
        "0000000100000064000000000200000200000000000000000000000400000000000000eeffffff040000000400" +
        "0000000000000102030405060708",
      { linkType: 220 },
    );
    expect(found.text).toContain("USB isodesc 0 [Success] (4 bytes)");
    expect(found.text).toContain("ISO Data: 01020304");
  });

  it("dissects a request of USBPcap", () => {
    const found = dissect("1c000100ffff00000000000000000b000001000300800208000000008006000100001200", {
      linkType: 249,
    });
    expect(found.info).toBe("GET DESCRIPTOR Request DEVICE");
    expect(found.text).toContain("URB Function: URB_FUNCTION_GET_DESCRIPTOR_FROM_DEVICE (0x000b)");
    expect(found.text).toContain("Control transfer stage: Setup (0)");
  });

  it("recognises mass storage commands", () => {
    const found = dissect(
      "07000000000000005303020601002d0000f15365000000002a1200008dffffff1f0000001f0000000000000000" +
        "00000055534243010000002400000080000612000000240000000000000000000000",
      { linkType: 189 },
    );
    expect(found.chain).toBe("usb:usbms");
    expect(found.text).toContain("DataTransferLength: 36");
  });

  it("shows what nobody claims as leftover", () => {
    const found = dissect(
      "0a000000000000005303020601002d0000f1536500000000f22b00008dffffff04000000040000000000000000" +
        "000000deadbeef",
      { linkType: 189 },
    );
    expect(found.text).toContain("Leftover Capture Data: deadbeef");
  });

  it("ends as malformed in a header that is cut off", () => {
    const found = dissect("010000000088ffff530280020100003c00f15365", { linkType: 189 });
    expect(found.text).toContain("[Malformed Packet: USB]");
  });
});
