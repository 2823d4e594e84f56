import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

describe("Bluetooth", () => {
  it("dissects a command", () => {
    const found = dissect("00000000010b200701100010000000", { linkType: 201 });
    expect(found.info).toBe("Sent LE Set Scan Parameters");
    expect(found.chain).toBe("bluetooth:hci_h4:bthci_cmd");
    expect(found.text).toContain("Command Opcode: LE Set Scan Parameters (0x200b)");
    expect(found.text).toContain("Scan Interval: 16 (10 msec)");
  });

  it("dissects a command's completion", () => {
    const found = dissect("00000001040e0a01091000665544332211", { linkType: 201 });
    expect(found.info).toBe("Rcvd Command Complete (Read BD ADDR)");
    expect(found.text).toContain("BD_ADDR: 11:22:33:44:55:66");
  });

  it("dissects attribute requests", () => {
    const found = dissect("000000000240200b0007000400100100ffff0028", { linkType: 201 });
    expect(found.info).toBe("Sent Read By Group Type Request, Primary Service, Handles: 0x0001..0xffff");
  });

  it("dissects pairing", () => {
    const found = dissect("000000000240200b00070006000103000d100101", { linkType: 201 });
    expect(found.info).toBe(
      "Sent Pairing Request: AuthReq: Bonding, MITM, SecureConnection | Initiator Key(s): LTK | Responder Key(s): LTK",
    );
  });

  it("dissects signaling", () => {
    const found = dissect("000000000241200c00080001000202040001004000", { linkType: 201 });
    expect(found.info).toBe("Sent Connection Request (SDP, SCID: 0x0040)");
  });

  it("dissects an advertising packet with its data", () => {
    const found = dissect(
      "d6be898e402066554433221102010605ff4c00010203030f18090953656e736f723132020a045d7adf",
      { linkType: 251 },
    );
    expect(found.info).toBe("ADV_IND");
    expect(found.chain).toBe("bluetooth:btle:btcommon");
    expect(found.text).toContain("Device Name: Sensor12");
    expect(found.text).toContain("UUID 16: Battery (0x180f)");
    expect(found.text).toContain("Power Level (dBm): 4");
    expect(found.text).toContain("CRC: 0xba5efb");
  });

  it("dissects the request that makes a connection", () => {
    const found = dissect(
      "d6be898e05220c0b0a09080766554433221178563412563412010200180000004800ffffffff1fa5a5304d",
      { linkType: 251 },
    );
    expect(found.info).toBe("CONNECT_IND");
    expect(found.text).toContain("Interval: 24 (30 msec)");
    expect(found.text).toContain("Sleep Clock Accuracy: 31 ppm to 50 ppm (5)");
  });

  it("shows what the receiver says of a packet", () => {
    const found = dissect(
      "25c48000d6be898e130cd6be898e402066554433221102010605ff4c00010203030f18090953656e736f723132" +
        "020a045d7adf",
      { linkType: 256 },
    );
    expect(found.text).toContain("RF Channel: 37, 2476 MHz, Data channel 35");
    expect(found.text).toContain("Signal dBm: -60");
  });

  it("ends as malformed where a packet is cut off", () => {
    const found = dissect("0000000001030c", { linkType: 201 });
    expect(found.text).toContain("[Malformed Packet: HCI_CMD]");
  });
});
