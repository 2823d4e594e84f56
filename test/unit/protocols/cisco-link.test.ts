import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

/** A frame by SNAP with Cisco's OUI. */
function cisco(pid: string, hex: string): ReturnType<typeof dissect> {
  const packet = hex.replace(/\s/g, "");
  const length = (8 + packet.length / 2).toString(16).padStart(4, "0");
  return dissect(`01000ccccccc0a0b0c0d0e0f${length}aaaa0300000c${pid}${packet}`);
}
const DOMAIN = `05 636973636f ${"00".repeat(27)}`;

describe("DTP", () => {
  it("sums the trunk up in its line", () => {
    const { text, info } = cisco(
      "2004",
      "01 0001 0008 4c616200 0002 0005 84 0003 0005 a5 0004 000a 010203040506",
    );
    expect(info).toBe("Dynamic Trunk Protocol");
    expect(text).toContain(
      "Dynamic Trunk Protocol: Lab (Operating/Administrative): Trunk/Auto (0x84) " +
        "(Operating/Administrative): 802.1Q/802.1Q (0xa5): 01:02:03:04:05:06",
    );
  });

  it("points out lengths that cannot be", () => {
    expect(cisco("2004", "01 0001 0003 00").fields.has("dtp.tlv_len.too_short")).toBe(true);
    expect(cisco("2004", "01 0002 0006 8405").fields.has("dtp.tlv_len.invalid")).toBe(true);
    expect(cisco("2004", "01 0002 0009 84").text).toContain("[Malformed Packet: DTP]");
  });
});

describe("UDLD", () => {
  it("shows the device, its port and other TLVs", () => {
    const { text, info } = cisco("0111", "21 03 0000 0001 0006 5331 0002 0006 4531 0004 0005 07");
    expect(info).toBe("Device ID: S1  Port ID: E1  ");
    expect(text).toContain("...0 0001 = Opcode: Probe (1)");
    expect(text).toContain("Type: Message interval, length: 5");
  });

  it("stops at a TLV without room for its header", () => {
    const { text, chain } = cisco("0111", "21 03 0000 0001 0003 5331");
    expect(text).toContain("TLV with invalid length 3 (< 4)");
    expect(chain).toBe("eth:llc:udld:data");
  });
});

describe("VTP", () => {
  it("shows a summary", () => {
    const { text, info } = cisco(
      "2003",
      `01 01 00 ${DOMAIN} 00000007 01020304 393330333031303030393030 ${"ab".repeat(16)}`,
    );
    expect(info).toBe("Summary Advertisement, Revision: 7");
    expect(text).toContain("Update Timestamp: 93-03-01 00:09:00");
    expect(text).toContain("Management Domain: cisco");
  });

  it("shows VLANs of a subset", () => {
    const { text, info } = cisco(
      "2003",
      `02 02 01 ${DOMAIN} 00000002 14 01 01 03 0005 05dc 000186a5 564c3500 0401 0001`,
    );
    expect(info).toBe("Subset Advertisement, Revision: 2, Seq: 1");
    expect(text).toContain("Status: 0x01 (VLAN suspended)");
    expect(text).toContain("VLAN Name: VL5");
    expect(text).toContain("Parent VLAN: 0x0001");
    expect(cisco("2003", `02 02 01 ${DOMAIN} 00000002 14 01 01`).text).toContain("[Malformed Packet: VTP]");
  });

  it("shows requests and which VLANs are joined", () => {
    expect(cisco("2003", `01 03 00 ${DOMAIN} 0001`).info).toBe("Advertisement Request");
    const { fields } = cisco("2003", `01 04 00 ${DOMAIN} 0000 000a 4080`);
    expect(fields.get("vtp.pruning.active")).toEqual(["1", "8"]);
  });
});
