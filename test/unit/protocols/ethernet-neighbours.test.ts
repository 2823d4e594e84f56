/** What shares Ethernet with packets: Realtek's switch protocols, HSR and PRP, TRILL, trailers of taps. */
import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const IP = "4500001c 00010000 40110000 01020304 05060708 04d20050 00080000";
const ethernet = (type: string, hex: string) => dissect(`ffffffffffff 001122334455 ${type} ${hex}`);

describe("an Ethernet length of zero", () => {
  it("is taken for an Ethertype, as tshark 4.0.17 does", () => {
    const { chain, text } = ethernet("0000", "aaaa03000000 0800");
    expect(chain).toBe("eth:ethertype:data");
    expect(text).toContain("Type: Unknown (0x0000)");
  });
});

describe("Realtek", () => {
  it("shows remote control", () => {
    const hello = ethernet("8899", "01 80 2379 02 03 a1a2a3a4a5a6 8389 00000001");
    expect(hello.chain).toBe("eth:ethertype:realtek:rrcp");
    expect(hello.info).toBe("Hello Reply");
    expect(hello.text).toContain(`Realtek Remote Control Protocol
  Protocol: 0x01
  1... .... = Reply: True
  .000 0000 = Opcode: Hello (0x00)
  Authentication key: 0x2379
  Downlink port number: 2
  Uplink port number: 3
  Uplink MAC address: a1:a2:a3:a4:a5:a6
  Chip ID: 0x8389
  Vendor ID: 0x00000001`);
    const get = ethernet("8899", "01 01 2379 0001 0123");
    expect(get.info).toBe("Get Request");
    expect(get.text).toContain("Register address: 0x0001\n  Register data: 0x0123");
    expect(ethernet("8899", "01 7f 2379").info).toBe("Unknown (127) Request");
    expect(ethernet("8899", "01 01 23").text).toContain("Malformed Packet: RRCP");
  });

  it("tells echo, loop detection and others", () => {
    expect(ethernet("8899", "0200").info).toBe("Echo Request");
    expect(ethernet("8899", "2300").info).toBe("Network Loop Detection");
    expect(ethernet("8899", "0401").text).toContain("Unknown packet: 0401");
  });
});

describe("HSR and PRP", () => {
  it("shows the tag in front of a packet", () => {
    const { chain, text } = ethernet("892f", `7022 0009 0800 ${IP}`);
    expect(chain).toBe("eth:ethertype:hsr:ip:udp");
    expect(text).toContain(`  0111 .... .... .... = Path: 7
  011. .... .... .... = Network id: 3
  ...1 .... .... .... = Lane id: Lane B (1)
  .... 0000 0010 0010 = LSDU size: 34 [correct]
  Sequence number: 9
  Type: IPv4 (0x0800)`);
    expect(ethernet("892f", `0035 0009 0800 ${IP}`).text).toContain("LSDU size: 53 [WRONG, should be 34]");
    expect(ethernet("892f", "1034").text).toContain("Malformed Packet: HSR");
  });

  it("shows supervision", () => {
    const node = ethernet("88fb", "1001 0005 17 06 001122334455 1e 06 a1a2a3a4a5a6 0000");
    expect(node.info).toBe("HSR Supervision");
    expect(node.protocol).toBe("HSR/PRP");
    expect(node.text).toContain(`  Sequence number: 5
  TLV type: HSR Node (23)
  TLV length: 6
  Source MAC Address: 00:11:22:33:44:55
  TLV type: Redundancy Box MAC Address (30)
  TLV length: 6
  RedBox MAC Address: a1:a2:a3:a4:a5:a6
  TLV type: End of TLVs (0)`);
    const old = ethernet("88fb", "0000 14 0c 001122334455 a1a2a3a4a5a6 0000");
    expect(old.info).toBe("PRP Supervision");
    expect(old.fields.has("hsr_prp_supervision.supervision_seqno")).toBe(false);
    expect(old.text).toContain("Source MAC Address B: a1:a2:a3:a4:a5:a6");
    expect(ethernet("88fb", "0001 0005 99 bb 00").text).toContain("Malformed Packet: HSR_PRP_SUPERVISION");
    expect(ethernet("892f", "100e 0009 88fb 1001 0005 0000").chain).toBe(
      "eth:ethertype:hsr:hsr_prp_supervision",
    );
  });
});

describe("TRILL", () => {
  it("carries Ethernet between bridges", () => {
    const { chain, text } = ethernet("22f3", `0841 ffc0 1234 aabbccdd 0a0b0c0d0e0f 010203040506 0800 ${IP}`);
    expect(chain).toBe("eth:ethertype:trill:eth:ethertype:ip:udp");
    expect(text).toContain(`TRILL
  00.. .... .... .... = Version: RFC6325 Version (0)
  ..00 .... .... .... = Reserved: Legal Value (0)
  .... 1... .... .... = Multi Destination: Multi-Destination TRILL Frame
  .... .000 01.. .... = Option Length: 1 (0x01)
  .... .... ..00 0001 = Hop Count: 1 (0x01)
  Egress/Root RBridge Nickname: Any RBridge (65472)
  Ingress RBridge Nickname: Valid Nickname (4660)
  Options: aabbccdd`);
    expect(ethernet("22f3", "0041 ffc1 ffff 0102").text).toContain("Malformed Packet: TRILL");
  });
});

describe("VSS Monitoring's trailer", () => {
  /** Frames of tests are captured at the time 0. */
  const stamped = (trailer: string) => ethernet("0800", `${IP} ${"00".repeat(18)} ${trailer}`);

  it("shows the time, the clock and the port", () => {
    const { chain, text, protocol } = stamped("00000010 80000005 07");
    expect(chain).toBe("eth:ethertype:ip:udp:vssmonitoring");
    expect(protocol).toBe("UDP");
    expect(text).toContain(`VSS Monitoring Ethernet trailer, Timestamp: 00:00:16.000000005, Source Port: 7
  Time Stamp: Jan  1, 1970 00:00:16.000000005 UTC
  Clock Source: GPS (2)
  Src Port: 7`);
    expect(text).not.toContain("Trailer:");
    expect(stamped("00000010 00000005 deadbeef").chain).toContain(":vssmonitoring");
  });

  it("is not taken for one with another time or length", () => {
    for (const trailer of [
      "00000000 00000005",
      "00000010 3b9aca00",
      "10000000 00000005",
      "00000010 00000005 0102",
    ]) {
      expect(stamped(trailer).chain).toBe("eth:ethertype:ip:udp");
    }
  });
});
