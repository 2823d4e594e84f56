import { describe, expect, it } from "vitest";
import { Frames } from "./frames.ts";
import { dissect } from "./harness.ts";

const ADDRESS = "d49c9aaf";
const CRC = "010203";
/** The header of a packet of data with a valid CRC, to the slave or to the master. */
const rf = (toSlave: boolean): string => `05cea600${ADDRESS}${toSlave ? "130d" : "930d"}`;
const length = (hex: string): string => (hex.length / 2).toString(16).padStart(2, "0");
const data = (toSlave: boolean, first: string, body: string): string =>
  rf(toSlave) + ADDRESS + first + length(body) + body + CRC;
const CONNECT =
  "00cea600d6be898e130cd6be898e" +
  "c522" +
  "665544332211aabbccddeeffd49c9aaf1234560206001800" +
  "00002a00ffffffff1f25" +
  CRC;

describe("the Bluetooth LE link layer", () => {
  it("shows control PDUs", () => {
    const features = dissect(data(true, "03", "08ff01000000000000"), { linkType: 256 });
    expect(features.info).toBe("Control Opcode: LL_FEATURE_REQ");
    expect(features.text).toContain("LE 2M PHY: True");
    const phys = dissect(data(true, "03", "160203"), { linkType: 256 });
    expect(phys.text).toContain("TX PHYs: 0x02, Sender prefers to use the LE 2M PHY");
    const map = dissect(data(true, "03", "01ffffffff1f0700"), { linkType: 256 });
    expect(map.text).toContain("RF Channel 13 (2428 MHz - Data - 11): True");
  });

  it("shows the header of extended advertising", () => {
    const found = dissect(`05cea600d6be898e130cd6be898e0707061834122505200102${"03"}`, { linkType: 256 });
    expect(found.info).toBe("AUX_COMMON");
    expect(found.text).toContain("Advertiser Data Identifier: 0x234");
    expect(found.text).toContain("Channel Index: 37");
    expect(found.text).toContain("Aux PHY: LE 2M (1)");
  });

  it("finds packets that are sent again, and puts others together", () => {
    const start = "1000" + "0400" + "1b1000" + "616161616161";
    const frames = [
      CONNECT,
      data(true, "02", start),
      data(false, "05", ""),
      data(false, "05", ""),
      data(true, "0d", "61".repeat(7)),
    ];
    const found = new Frames(frames, 256).inOrder();
    expect(found[1].info).toBe("L2CAP Fragment Start");
    expect(found[1].text).toContain("Next Expected Sequence Number: 0 [ACK]");
    expect(found[3].text).toContain("Sequence Number: 0 [Retransmit]");
    expect(found[4].info).toContain("Handle Value Notification, Handle: 0x0010");
    expect(found[4].text).toContain("2 L2CAP fragments (20 bytes): #2(13), #5(7)");
    expect(new Frames(frames, 256).index().again(5).text).toBe(found[4].text);
  });
});
