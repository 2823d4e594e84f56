import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const HDLC = { linkType: 104 };
const FRAME_RELAY = { linkType: 107 };

describe("Cisco HDLC", () => {
  it("shows keepalives", () => {
    const { text, info, chain } = dissect("8f00 8035 00000002 00000005 00000004 ffff", HDLC);
    expect(chain).toBe("chdlc:slarp");
    expect(info).toBe("Line keepalive, outgoing sequence 5, returned sequence 4");
    expect(text).toContain("Address: Multicast (0x8f)");
    expect(
      dissect("8f00 8035 00000002 00000005 00000004 0000", HDLC).fields.has("slarp.reliability.invalid"),
    ).toBe(true);
  });

  it("shows addresses asked for and given", () => {
    expect(dissect("8f00 8035 00000001 0f000001 fffffffc", HDLC).info).toBe(
      "Reply, from 15.0.0.1, mask 255.255.255.252",
    );
  });

  it("hands over to CDP and keeps what it does not know", () => {
    expect(dissect("8f00 2000 02b4 0000", HDLC).chain).toBe("chdlc:cdp");
    expect(dissect("0f00 1234 01", HDLC).chain).toBe("chdlc:data");
    expect(dissect("0f00 80", HDLC).text).toContain("[Malformed Packet: CHDLC]");
  });
});

describe("frame relay", () => {
  it("puts the circuit's number together", () => {
    const { text, info } = dissect("48e9 1234 01", FRAME_RELAY);
    expect(info).toBe("DLCI 302");
    expect(text).toContain("0100 10.. = Upper DLCI: 0x12");
    expect(text).toContain("Second address octet: 0xe9, FECN, EA");
    expect(dissect("000c05 1234 01", FRAME_RELAY).info).toBe("DLCI 1");
  });

  it("reads the encapsulations of RFC 2427", () => {
    expect(dissect("48e1 03 cc 45", FRAME_RELAY).chain).toBe("fr:ip");
    expect(dissect("48e1 03 00 80 000000 1234 01", FRAME_RELAY).chain).toBe("fr:data");
    expect(dissect("48e1 03 00 80 0080c2 0007", FRAME_RELAY).chain).toBe("fr:eth");
    expect(dissect("48", FRAME_RELAY).text).toContain("[Malformed Packet: FR]");
  });

  it("reads frames that are numbered, bridged, or of signalling", () => {
    const numbered = dissect("48e1 2200 cc 45", FRAME_RELAY);
    expect(numbered.chain).toBe("fr:ip");
    expect(numbered.text).toContain("Control field: I, N(R)=0, N(S)=17 (0x0022)");
    expect(dissect(`48e1 1122 3344 ${"55".repeat(8)} 1234 01`, FRAME_RELAY).chain).toBe(
      "fr:eth:ethertype:data",
    );
    expect(dissect("48e1 1122 33", FRAME_RELAY).chain).toBe("fr:data");
    const command = dissect("4ae1 bf cc 45", FRAME_RELAY);
    expect(command.text).toContain("Control field: U F, func=XID (0xBF)");
    expect(command.text).toContain("Response: Exchange identification (0x2b)");
    expect(dissect("48e1 af 82", FRAME_RELAY).text).toContain("Frame relay xid not yet implemented");
    expect(dissect("0001 7f 0501", FRAME_RELAY).text).toContain("Frame relay lapf not yet implemented");
  });

  it("reads addresses of other lengths", () => {
    const core = dissect("0018 07 03 cc 45", FRAME_RELAY);
    expect(core.text).toContain("DL-CORE Control: 0x01");
    expect(core.fields.get("fr.dlci")).toEqual(["1"]);
    const single = dissect("55 03 cc 45", FRAME_RELAY);
    expect(single.text).toContain("Bogus 1-octet address field");
    expect(single.fields.get("fr.dlci")).toEqual(["0"]);
  });
});
