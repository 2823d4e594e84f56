import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const MACS = "0102030405060a0b0c0d0e0f";
/** IPv4 header of a packet of `length` bytes with the experimental protocol 253, and its payload. */
const packet = (length: number): string =>
  `4500${length.toString(16).padStart(4, "0")}0001000040fd00000102030405060708${"ab".repeat(length - 20)}`;

describe("Ethernet", () => {
  it("shows addresses with their bits", () => {
    const { text } = dissect(`${MACS}1234${"ab".repeat(50)}`);
    expect(text).toContain("Ethernet II, Src: 0a:0b:0c:0d:0e:0f, Dst: 01:02:03:04:05:06");
    expect(text).toContain(".... ...1 .... .... .... .... = IG bit: Group address (multicast/broadcast)");
    expect(text).toContain("  Type: Unknown (0x1234)");
  });

  it("names an unknown Ethertype in the protocol column", () => {
    const { info, protocol, chain } = dissect(`${MACS}1234${"ab".repeat(50)}`);
    expect([protocol, info, chain]).toEqual(["0x1234", "Ethernet II", "eth:ethertype:data"]);
  });

  it("tells padding, trailer and frame check sequence apart", () => {
    const padded = dissect(`${MACS}0800${packet(40)}${"00".repeat(6)}`);
    expect(padded.fields.get("eth.padding")).toEqual(["000000000000"]);
    expect(padded.fields.has("eth.fcs")).toBe(false);
    const withFcs = dissect(`${MACS}0800${packet(40)}${"00".repeat(6)}11223344`);
    expect(withFcs.text).toContain("Frame check sequence: 0x11223344 [unverified]");
    expect(withFcs.fields.has("eth.trailer")).toBe(false);
    const trailer = dissect(`${MACS}0800${packet(40)}01020304`);
    expect(trailer.fields.get("eth.trailer")).toEqual(["01020304"]);
    expect(trailer.fields.has("eth.padding")).toBe(false);
    const oddPadding = dissect(`${MACS}0800${packet(40)}010203040506`);
    expect(oddPadding.fields.has("eth.padding_bad")).toBe(true);
  });

  it("reads the length form and ends the payload there", () => {
    const { text, fields } = dissect(`${MACS}0006 0000af8101 02${"00".repeat(40)}`);
    expect(text).toContain("IEEE 802.3 Ethernet ");
    expect(fields.get("eth.len")).toEqual(["6"]);
    expect(fields.get("eth.padding")?.[0]).toHaveLength(80);
    expect(text).toContain("Control field: U, func=XID (0xAF)");
  });

  it("warns of a length that is neither", () => {
    const { info, text } = dissect(`${MACS}05dd${"ab".repeat(50)}`);
    expect(info).toBe("Ethernet Unknown: Invalid length/type: 0x05dd (1501)");
    expect(text).toContain("Ethernet Unknown, Src: 0a:0b:0c:0d:0e:0f, Dst: 01:02:03:04:05:06");
  });

  it("marks a frame cut inside its header", () => {
    expect(dissect(`${MACS}08`).text).toContain("[Malformed Packet: Ethernet]");
    expect(dissect(`${MACS}0800${packet(40)}`, { snap: 13 }).text).toContain(
      "[Packet size limited during capture: Ethernet truncated]",
    );
  });
});

describe("LLC and SNAP", () => {
  it("shows supervisory frames in both directions", () => {
    const { info, text } = dissect(`${MACS}0004 f0f1 0103`);
    expect(info).toBe("S F, func=RR, N(R)=1; DSAP NetBIOS Individual, SSAP NetBIOS Response");
    expect(text).toContain("\n  Control field: S F, func=RR, N(R)=1 (0x0301)");
    expect(text).toContain("0000 001. .... .... = N(R): 1");
  });

  it("goes on by Ethertype and by organisation", () => {
    const ip = dissect(`${MACS}0022 aaaa03 000000 0800 ${packet(26)}`);
    expect(ip.chain).toBe("eth:llc:ip:data");
    const cisco = dissect(`${MACS}000a aaaa03 00000c 9999 0102`);
    expect(cisco.info).toBe("U, func=UI; SNAP, OUI 0x00000C (Cisco Systems, Inc), PID 0x9999");
    expect(cisco.text).toContain("PID: Unknown (0x9999)");
  });
});

describe("VLAN tags", () => {
  it("nests customer tags and keeps the trailer with the innermost", () => {
    const { text, chain } = dissect(`${MACS}8100 6658 8100 7005 0800 ${packet(40)}${"00".repeat(14)}`);
    expect(chain).toBe("eth:ethertype:vlan:ethertype:vlan:ethertype:ip:data");
    expect(text).toContain("802.1Q Virtual LAN, PRI: 3, DEI: 0, ID: 1624");
    expect(text).toContain("802.1Q Virtual LAN, PRI: 3, DEI: 1, ID: 5");
    expect(text).toContain("  Trailer: 00000000000000000000000000");
  });

  it("joins two service tags", () => {
    const { text } = dissect(`${MACS}88a8 3005 88a8 2006 0800 ${packet(40)}`);
    expect(text).toContain("IEEE 802.1ad, S-VID: 5, C-VID: 6");
  });

  it("reads a length in place of the type", () => {
    expect(dissect(`${MACS}8100 0005 0003 424203`).fields.get("vlan.len")).toEqual(["3"]);
  });
});

describe("cooked captures", () => {
  it("reads version 1", () => {
    const { text, chain, protocol, info } = dissect(`0004 0001 0006 001122334455 0000 1234 0102`, {
      linkType: 113,
    });
    expect(chain).toBe("sll:ethertype:data");
    expect(text).toContain("Linux cooked capture v1\n  Packet type: Sent by us (4)");
    expect(text).toContain("  Source: 00:11:22:33:44:55\n  Unused: 0000");
    expect([protocol, info]).toEqual(["0x1234", "Sent by us"]);
  });

  it("reads version 2", () => {
    const { text, chain } = dissect(`0800 0000 00000005 0304 01 04 0a0b0c0d 00000000 ${packet(24)}`, {
      linkType: 276,
    });
    expect(text).toContain("Interface index: 5");
    expect(text).toContain("Link-layer address type: Loopback (772)");
    expect(text).toContain("Source: 10.11.12.13");
    expect(chain).toBe("sll:ethertype:ip:data");
  });
});

describe("loopback and raw IP", () => {
  it("takes the family in both byte orders", () => {
    for (const family of ["02000000", "00000002"]) {
      const { text, chain } = dissect(family + packet(24), { linkType: 0 });
      expect(text).toContain("Family: IP (2)");
      expect(chain).toBe("null:ip:data");
    }
  });

  it("takes the family of a loop device in network order only", () => {
    expect(dissect(`02000000${packet(24)}`, { linkType: 108 }).text).toContain("Family: Unknown (33554432)");
  });

  it("takes raw packets by their version", () => {
    expect(dissect(packet(24), { linkType: 101 }).chain).toBe("raw:ip:data");
    expect(dissect(packet(24), { linkType: 12 }).chain).toBe("raw:ip:data");
    expect(dissect(packet(24), { linkType: 228 }).chain).toBe("ip:data");
    expect(dissect("10112233", { linkType: 101 }).chain).toBe("raw:data");
    expect(dissect("", { linkType: 101 }).text).toContain("[Malformed Packet: N/A]");
  });
});
