import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";
import { udpFrame } from "./udp-frames.ts";

const hex16 = (value: number): string => value.toString(16).padStart(4, "0");
const avp = (type: number, value = "", vendor = 0, flags = 0x8000): string => {
  const digits = value.replaceAll(" ", "");
  return `${hex16(flags | (6 + digits.length / 2))}${hex16(vendor)}${hex16(type)}${digits}`;
};
const control = (...avps: string[]): ReturnType<typeof dissect> => {
  const body = avps.join("");
  const header = `c802${hex16(12 + body.length / 2)}0007000000010002`;
  return dissect(udpFrame(1701, 1701, header + body));
};
const PACKET = "4500001800010000 40fd0000 01020304 05060708 abcdabcd";

describe("L2TP", () => {
  it("lists the attributes of a control message", () => {
    const { info, protocol, text } = control(
      avp(0, "0001"),
      avp(2, "0100"),
      avp(3, "00000003"),
      avp(7, "6c6163"),
      avp(9, "0102"),
      avp(1, "0002 0006 6e6f"),
      avp(39),
    );
    expect(protocol).toBe("L2TP");
    expect(info).toBe("Control Message - SCCRQ (tunnel id=7, session id=0)");
    expect(text).toContain("  Flags: 0xc802, Type: Control Message, Length Bit, Sequence Bit");
    expect(text).toContain("    AVP Type: Control Message (0)\n    Message Type: Start_Control_Request (1)");
    expect(text).toContain("  Protocol Version AVP\n    1... .... .... .... = Mandatory: True");
    expect(text).toContain(".... ..1. = Async Framing Supported: True");
    expect(text).toContain("    Host Name: lac");
    expect(text).toContain("    Assigned Tunnel ID: 258");
    expect(text).toContain("    Error Message: no");
    expect(text).toContain("  Sequencing Required AVP");
  });

  it("names result codes by the message they are in", () => {
    expect(control(avp(0, "0004"), avp(1, "0003")).text).toContain("Control connection already exists (3)");
    expect(control(avp(0, "000e"), avp(1, "0003")).text).toContain(
      "Session disconnected for administrative reasons (3)",
    );
  });

  it("keeps hidden and vendors' attributes apart", () => {
    const { text } = control(
      avp(0, "0010"),
      avp(5, "01", 0, 0xc000),
      avp(1, "414243", 3561),
      avp(300, "01", 128),
    );
    expect(text).toContain("  Tie Breaker AVP");
    expect(text).not.toContain("Tie Breaker: 0x");
    expect(text).toContain("Agent-Circuit-Id AVP");
    expect(text).toContain("    Agent Circuit ID: ABC");
    expect(text).toContain("  Vendor Tektronix, Inc. (128) AVP Type 300");
    expect(text).toContain("    Vendor-Specific AVP data");
  });

  it("says when a control message is empty, cut or impossible", () => {
    expect(control().info).toBe("Control Message - ZLB      (tunnel id=7, session id=0)");
    expect(control(avp(0, "0001"), "c0020000").text).toContain("[Malformed Packet: L2TP]");
    expect(control(avp(0, "0001"), "800300000001").text).toContain("AVP length must be >= 6, got 3");
    expect(control(avp(10, "01")).text).toContain("[Malformed Packet: L2TP]");
    expect(dissect(udpFrame(1701, 1701, "c802 0100 0001 0002")).text).toContain("[Malformed Packet: L2TP]");
  });

  it("hands data messages over to PPP, behind the offset", () => {
    const plain = dissect(udpFrame(1701, 1701, `0002 0001 0002 0021 ${PACKET}`));
    expect(plain.chain).toBe("eth:ethertype:ip:udp:l2tp:ppp:ip:data");
    const full = dissect(udpFrame(1701, 1701, `4b02 002c 0001 0002 0005 0006 0002 0000 ff03 0021 ${PACKET}`));
    expect(full.chain).toBe("eth:ethertype:ip:udp:l2tp:ppp:ip:data");
    expect(full.text).toContain("  Offset: 2\n  Offset Padding");
  });

  it("reads version 3 over UDP and over IP", () => {
    const header = "c803 001c 00000007 0001 0002";
    const { info, protocol, text } = dissect(
      udpFrame(1701, 1701, `${header}${avp(0, "0001")}${avp(68, "0005")}`),
    );
    expect(protocol).toBe("L2TPv3");
    expect(info).toBe("Control Message - SCCRQ (ccid=0x00000007)");
    expect(text).toContain("Layer 2 Tunneling Protocol version 3");
    expect(text).toContain("    Pseudowire Type: Ethernet (5)");
    const ip = `450000240001000040730000${"01020304".repeat(2)}`;
    const overIp = dissect(`010203040506 0a0b0c0d0e0f 0800 ${ip} 11223344 0000000000000000aabbccdd`);
    expect(overIp.info).toBe("D[S:0x11223344]");
    expect(overIp.chain).toBe("eth:ethertype:ip:l2tp:data");
  });
});
