import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const ETHERNET = "0180c2000002 0a0b0c0d0e0f 8809";
const ACTOR = "01 14 8000 0a0b0c0d0e01 000d 8000 0016 85 000000";
const PARTNER = "02 14 8000 0a0b0c0d0e02 000d 8000 0019 36 000000";
const COLLECTOR = `03 10 8000 ${"00".repeat(12)} 00 00 ${"00".repeat(50)}`;

describe("LACP", () => {
  it("shows both ends of the link with their states", () => {
    const { text, info, chain, protocol } = dissect(`${ETHERNET} 01 01 ${ACTOR} ${PARTNER} ${COLLECTOR}`);
    expect([protocol, chain]).toEqual(["LACP", "eth:ethertype:slow:lacp"]);
    expect(info).toBe(
      "v1 ACTOR 0a:0b:0c:0d:0e:01 P: 22 K: 13 E****G*A PARTNER 0a:0b:0c:0d:0e:02 P: 25 K: 13 **DC*GS*",
    );
    expect(text).toContain("Actor State: 0x85, LACP Activity, Aggregation, Expired");
    expect(text).toContain("[Partner State Flags: **DC*GS*]");
    expect(text).toContain("Collector Max Delay: 32768");
  });

  it("points out TLVs out of place and marks cut PDUs", () => {
    const wrong = dissect(`${ETHERNET} 01 01 ${ACTOR} ${PARTNER} 07 10 8000 ${"00".repeat(64)}`);
    expect(wrong.fields.has("lacp.wrong_tlv_type")).toBe(true);
    const cut = dissect(`${ETHERNET} 01 01 ${ACTOR} 0214`);
    expect(cut.text).toContain("[Malformed Packet: Link Aggregation Control Protocol]");
  });

  it("shows markers", () => {
    const { text, info, protocol } = dissect(
      `${ETHERNET} 02 01 02 10 0005 0a0b0c0d0e01 00000007 0001 00 00 ${"00".repeat(90)}`,
    );
    expect([protocol, info]).toEqual(["Marker", "Response SysId=0a:0b:0c:0d:0e:01, P=5, TId=7"]);
    expect(text).toContain("pad value is not 0");
  });

  it("keeps the bytes of other slow protocols", () => {
    expect(dissect(`${ETHERNET} 07 01`).info).toBe("Subtype = 7");
  });
});
