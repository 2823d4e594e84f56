import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const MACS = "0102030405060a0b0c0d0e0f";
const IP = "4500001800010000 40fd0000 01020304 05060708 abcdabcd".replaceAll(" ", "");
const gre = (message: string): string =>
  `${MACS}08004500${(20 + message.length / 2).toString(16).padStart(4, "0")}00010000402f00000102030405060708${message}`;

describe("PPP", () => {
  it("reads both framings", () => {
    expect(dissect(`0021${IP}`, { linkType: 9 }).chain).toBe("ppp:ip:data");
    const { text, chain } = dissect(`ff0321${IP}`, { linkType: 50 });
    expect(text).toContain("Address: 0xff\n  Control: 0x03");
    expect(chain).toBe("ppp:ip:data");
  });

  it("ends a PPPoE session's payload by its length", () => {
    const { chain, fields } = dissect(`${MACS}8864 1100 3d6d 001a 0021 ${IP}${"00".repeat(14)}`);
    expect(chain).toBe("eth:ethertype:pppoes:ppp:ip:data");
    expect(fields.has("eth.padding")).toBe(false);
  });

  it("lists discovery tags and bears a tag that is too long", () => {
    const { info, text } = dissect(`${MACS}8863 1109 0000 0008 0103 0004 16372c16`);
    expect(info).toBe("Active Discovery Initiation (PADI)");
    expect(text).toContain("    Host-Uniq: 16372c16");
    expect(dissect(`${MACS}8863 1109 0000 0006 0103 0004 1637`).text).toContain("[Malformed Packet: PPPoED]");
  });
});

describe("MPLS", () => {
  it("shows one layer a label", () => {
    const { text, chain } = dissect(`${MACS}8847 00010040 00012cfe ${IP}`.replace("00012cfe", "00012dfe"));
    expect(chain).toBe("eth:ethertype:mpls:mpls:ip:data");
    expect(text).toContain("MultiProtocol Label Switching Header, Label: 18, Exp: 6, S: 1, TTL: 254");
  });
});

describe("GRE", () => {
  it("goes on by its protocol type, optional fields skipped", () => {
    const { text, chain } = dissect(gre(`30000800 0000000a 00000001 ${IP}`.replaceAll(" ", "")));
    expect(chain).toBe("eth:ethertype:ip:gre:ip:data");
    expect(text).toContain("Generic Routing Encapsulation (IP)");
    expect(text).toContain("Key: 0x0000000a\n  Sequence Number: 1");
  });

  it("marks a header that is cut", () => {
    expect(dissect(gre("b0000800 0000".replace(" ", ""))).text).toContain("[Malformed Packet: GRE]");
  });
});
