import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

describe("CAPWAP", () => {
  it("dissects a discovery response", () => {
    const found = dissect(
      "0200000000020200000000010800450000bb00010000401100000a0000010a000002147e147e00a70000001002" +
        "000000000000000002010092000001002300010002000300040601000200000000000400046877313000000000" +
        "00050003737731000200080a0000010a0000020003001020010db8000000000000000000000001000400076163" +
        "2d6e616d650005000401616331000600045f000000000a00060a0000010005000b001220010db8000000000000" +
        "0000000000010006000c00021e1400100003010010",
      { linkType: 1 },
    );
    expect(found.info).toBe("CAPWAP-Control - Discovery Response");
    expect(found.protocol).toBe("CAPWAP-Control");
    expect(found.text).toContain("Type: (t=1,l=35) AC Descriptor");
    expect(found.fields.get("capwap.message_element")).toHaveLength(11);
    expect(found.text).toContain("AC Information: (t=4,l=4) AC Hardware Version");
    expect(found.text).toContain("CAPWAP Control IP Address: 10.0.0.1");
  });

  it("says when an element has the wrong length", () => {
    const found = dissect(
      "02000000000202000000000108004500003000010000401100000a0000010a000002147e147e001c0000001002" +
        "0000000000000000010100070000140000",
      { linkType: 1 },
    );
    expect(found.text).toContain("Bad Message Element length");
  });

  it("names elements of vendors", () => {
    const found = dissect(
      "0200000000020200000000010800450000da00010000401100000a0000010a000002147e147e00c60000001002" +
        "0000000000000000010100b100002500070040960000cf00002500070040960000d0010025000c004096000005" +
        "61706e616d650025000b004096000009010a0000010025000800409600003601020025000900409600005b6772" +
        "700025000800409600007d00010025000b00409600009754c7045f000025000a0040960000a901010002002500" +
        "1600409600002f010101010101010101010101010101010025000e004096000030000000010000000200250007" +
        "0040960003e701",
      { linkType: 1 },
    );
    expect(found.text).toContain("Type: (t=37,l=12) Vendor Specific Payload: Cisco RAD (AP) Name");
    expect(found.text).toContain("RAD (AP) Name: apname");
  });

  it("hands over a frame whose control field has its bytes exchanged", () => {
    const found = dissect(
      "02000000000202000000000108004500004c00010000401100000a0000010a000002147f9c4000380000002043" +
        "2000000000040001000000000000400000ffffffffffff020000000001ffffffffffff10000000010482848b96",
      { linkType: 1 },
    );
    expect(found.chain).toBe("eth:ethertype:ip:udp:capwap.data:wlan");
    expect(found.text).toContain("Frame Control Field: 0x0040(Swapped)");
    expect(found.text).toContain("Wireless data ieee80211 Destination Wlan Id bitmap: 1");
  });

  it("dissects keep-alives", () => {
    const found = dissect(
      "02000000000202000000000108004500003a00010000401100000a0000010a000002147f147f00260000001042" +
        "08000000000016002300100102030405060708090a0b0c0d0e0f10",
      { linkType: 1 },
    );
    expect(found.info).toBe("CAPWAP-Data Keep-Alive");
  });

  it("ends as malformed in a header that is cut off", () => {
    const found = dissect(
      "02000000000202000000000108004500002700010000401100000a0000010a000002147f9c4000130000002043" +
        "200000000004c420",
      { linkType: 1 },
    );
    expect(found.text).toContain("[Malformed Packet: CAPWAP-DATA]");
  });
});
