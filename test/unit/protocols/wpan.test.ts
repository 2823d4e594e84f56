import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

describe("IEEE 802.15.4", () => {
  it("shows a data frame and checks its check sequence", () => {
    const found = dissect("618805341202000100deadbeef0102ce80", { linkType: 195 });
    expect(found.info).toBe("Data, Dst: 0x0002, Src: 0x0001");
    expect(found.chain).toBe("wpan:data");
    expect(found.text).toContain("IEEE 802.15.4 Data, Dst: 0x0002, Src: 0x0001");
    expect(found.text).toContain(
      "Frame Control Field: 0x8861, Frame Type: Data, Acknowledge Request, PAN ID Compression",
    );
    expect(found.text).toContain("FCS: 0x80ce (Correct)");
  });

  it("says what the check sequence should be, and leaves the payload alone", () => {
    const found = dissect("618805341202000100deadbeef01020001", { linkType: 195 });
    expect(found.info).toBe("Data, Dst: 0x0002, Src: 0x0001, Bad FCS");
    expect(found.text).toContain("FCS: 0x0100 (Incorrect, expected FCS=0x80ce)");
  });

  it("dissects commands", () => {
    const found = dissect("23c80a34120000ffff0807060504030201018e364c", { linkType: 195 });
    expect(found.info).toBe("Association Request, FFD");
    expect(found.text).toContain("..1. = Device Type: FFD");
  });

  it("shows the security header and the integrity code of what it cannot decrypt", () => {
    const found = dissect("4998153412020001000e020000000100112233445566778899aabbccddeeff0011cc7c", {
      linkType: 195,
    });
    expect(found.text).toContain("Security Level: Encryption with 64-bit Message Integrity Code");
    expect(found.text).toContain("Key Index: 0x01");
    expect(found.text).toContain("MIC: aabbccddeeff0011");
    expect(found.text).toContain("No encryption key set - can't decrypt");
    expect(found.chain).toBe("wpan:data");
  });

  it("dissects the information elements of an enhanced beacon", () => {
    const found = dissect(
      "40ebcdabffff0807060504030201003f1a88061a010000000003011c000a1b0100110001000000000f01c80000" +
        "f8aabbf6ac",
      { linkType: 195 },
    );
    expect(found.info).toBe("Enhanced Beacon, Dst: Broadcast, Src: 01:02:03:04:05:06:07:08");
    expect(found.text).toContain(
      "MLME IE, TSCH Synchronization IE, TSCH Timeslot IE, Slotframe IE, Channel Hopping IE",
    );
    expect(found.text).toContain("Absolute Slot Number: 1");
    expect(found.text).toContain("Link Options: 0x0f, TX Link, RX Link, Shared Link, Timekeeping");
  });

  it("shows a negative time correction", () => {
    const found = dissect("022a21cdab0100020fff0f4b7b", { linkType: 195 });
    expect(found.text).toContain("Time Sync Info: 0x0fff, Time Correction: -1µs, Nack: Acknowledgement");
  });

  it("dissects 6top requests", () => {
    const found = dissect(
      "01ee23cdab08070605040302011817161514131211003f05900050c2aabb11a8c9000100050100020101000200" +
        "0300040006980001aabbccdd01b80100f8997ae5",
      { linkType: 195 },
    );
    expect(found.text).toContain("Code: 0x01 (ADD)");
    expect(found.text).toContain("Slot Offset: 0x0003");
  });

  it("marks an element that reaches beyond the frame", () => {
    const found = dissect("40ebcdabffff0807060504030201203f1188061a064fe5", { linkType: 195 });
    expect(found.text).toContain(
      "[Malformed Packet: IEEE 802.15.4: length of contained item exceeds length of containing item]",
    );
  });

  it("dissects the TLVs of a TAP header", () => {
    const found = dissect(
      "00002400000001000100000001000400000093c2030003000b0000000a000100ff000000618805341202000100" +
        "deadbeef0102ce80",
      { linkType: 283 },
    );
    expect(found.chain).toBe("wpan-tap:data");
    expect(found.text).toContain("RSS: -73.50 dBm");
    expect(found.text).toContain("Channel assignment: Page: Default (0), Number: 11");
  });
});
