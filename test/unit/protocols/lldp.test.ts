import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const ETHERNET = "0180c200000e 0a0b0c0d0e0f 88cc";
const MANDATORY = "0207040102030405060403074142 0602003c";
const END = "0000";
/** An organisation's TLV. */
const organisation = (hex: string): string => {
  const digits = hex.replace(/\s/g, "");
  return (0xfe00 + digits.length / 2).toString(16) + digits;
};
const lldp = (tlvs: string): ReturnType<typeof dissect> => dissect(`${ETHERNET} ${MANDATORY} ${tlvs} ${END}`);

describe("LLDP", () => {
  it("shows the mandatory TLVs", () => {
    const { text, info, chain } = lldp("");
    expect(chain).toBe("eth:ethertype:lldp");
    expect(info).toBe("MA/01:02:03:04:05:06 LA/AB 60 ");
    expect(text).toContain("Chassis Subtype = MAC address, Id: 01:02:03:04:05:06");
    expect(text).toContain("Port Subtype = Locally assigned, Id: AB");
    expect(text).toContain("Time To Live = 60 sec");
    expect(text).toContain("End of LLDPDU");
  });

  it("shows names, capabilities and the management address", () => {
    const { text, info } = lldp("0a03 532e31 0e04 0014 0004 100e 05 01 01020304 03 00000005 02 2b06");
    expect(info).toContain("SysN=S.1 ");
    expect(text).toContain("System Name = S.1");
    expect(text).toContain(".... .... ...1 .... = Router: Capable");
    expect(text).toContain("Management Address: 1.2.3.4");
    expect(text).toContain("Object Identifier: 1.3.6");
  });

  it("shows TLVs of IEEE 802.1", () => {
    const { text } = lldp(
      organisation("0080c2 01 0005") +
        organisation("0080c2 03 0007 02 4142") +
        organisation(`0080c2 09 00 01230123 ${"0c".repeat(8)} ${"02".repeat(8)}`) +
        organisation("0080c2 0c 00 640cbc 848906"),
    );
    expect(text).toContain("IEEE - Port VLAN ID");
    expect(text).toContain("Port VLAN Identifier: 5 (0x0005)");
    expect(text).toContain("VLAN Name: AB");
    expect(text).toContain("Maximum Number of Traffic Classes: 8 (0x0)");
    expect(text).toContain("TSA for Traffic Class 7: Enhanced Transmission Selection (2)");
    expect(text).toContain("iSCSI Application");
    expect(text).toContain("FCoE Application");
  });

  it("shows TLVs of IEEE 802.3 and of LLDP-MED", () => {
    const { text } = lldp(
      organisation("00120f 02 0f 01 05 52 0082 0096") +
        organisation("00120f 04 05f2ff") +
        organisation("0012bb 02 01 406f6e") +
        organisation("0012bb 03 02 09 02 4445 03 04 4265726c") +
        organisation("0012bb 04 53 0082"),
    );
    expect(text).toContain("PD Requested Power Value: 13.0. Watt");
    expect(text).toContain("Maximum Frame Size: 1522");
    expect(text).toContain("Invalid length, greater than expected");
    expect(text).toContain("...0 0000 0110 111. .... .... = VLAN Id: 55");
    expect(text).toContain("CA Value: Berl");
    expect(text).toContain("Power Value: 13000 mW");
  });

  it("keeps the bytes of organisations it does not know", () => {
    expect(lldp(organisation("0026e1 04 0102")).text).toContain("Unknown Subtype Content: 0102");
  });

  it("says what is wrong with the mandatory TLVs", () => {
    const noChassis = dissect(`${ETHERNET} fe04 00120f 01`);
    expect(noChassis.info).toBe("Invalid Chassis ID TLV");
    expect(noChassis.text).toContain("Invalid Chassis ID (0x7F), expected (0x01)");
    const short = dissect(`${ETHERNET} 0202 0405 ${END}`);
    expect(short.text).toContain("Invalid Chassis ID Length (2) for Type (MAC address), expected (7)");
    expect(dissect(`${ETHERNET} 0207040102030405060403074142 0000`).info).toContain(
      "Invalid Time-to-Live TLV",
    );
  });

  it("marks TLVs longer than the packet", () => {
    expect(dissect(`${ETHERNET} ${MANDATORY} 0a0a 4142`).text).toContain("[Malformed Packet: LLDP]");
    expect(lldp(organisation("0080c2 01 05")).text).toContain("[Malformed Packet: LLDP]");
  });
});
