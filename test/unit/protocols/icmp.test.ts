import { describe, expect, it } from "vitest";
import { onesSum, rightChecksum } from "../../../engine/protocols/checksum.ts";
import { Frames } from "./frames.ts";
import { dissect, fromHex } from "./harness.ts";

const MACS = "0102030405060a0b0c0d0e0f";
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

function withChecksum(message: string, pseudo = 0): string {
  const bytes = fromHex(message);
  const sum = onesSum(bytes, 0, bytes.length, pseudo);
  return message.slice(0, 4) + hex(rightChecksum(sum, 0), 4) + message.slice(8);
}
function ip(message: string, proto: number, reply = false): string {
  const [src, dst] = reply ? ["05060708", "01020304"] : ["01020304", "05060708"];
  return `4500${hex(20 + message.length / 2, 4)}0001000040${hex(proto, 2)}0000${src}${dst}${message}`;
}
const icmp = (message: string, reply = false): string => `${MACS}0800${ip(withChecksum(message), 1, reply)}`;

describe("the Internet checksum", () => {
  it("adds odd bytes at the end and folds", () => {
    expect(onesSum(fromHex("ffff0001"), 0, 4)).toBe(1);
    expect(onesSum(fromHex("0102ff"), 0, 3)).toBe(3);
  });
});

describe("ICMP", () => {
  const request = icmp(`08000000 0007 0001 ${"00".repeat(8)}`.replaceAll(" ", ""));
  const reply = icmp(`00000000 0007 0001 ${"00".repeat(8)}`.replaceAll(" ", ""), true);

  it("matches replies to requests", () => {
    const seen = new Frames([request, reply, reply]).inOrder();
    expect(seen[0].info).toBe("Echo (ping) request  id=0x0007, seq=1/256, ttl=64");
    expect(seen[1].info).toBe("Echo (ping) reply    id=0x0007, seq=1/256, ttl=64 (request in 1)");
    expect(seen[1].text).toContain("[Response time: 1000.000 ms]");
    expect(seen[2].info).not.toContain("request in");
  });

  it("knows the reply of a request once all frames were seen", () => {
    const frames = new Frames([request, request, reply]).index();
    expect(frames.again(2).info).toContain("(reply in 3)");
    expect(frames.again(1).info).toContain("(no response found!)");
    expect(frames.again(3).fields.get("icmp.resp_to")).toEqual(["2"]);
  });

  it("verifies the checksum", () => {
    expect(dissect(request).text).toContain("[correct]");
    const bad = request.replace("0800f7f7", "0800f7f8");
    expect(bad).not.toBe(request);
    expect(dissect(bad).text).toContain("Checksum: 0xf7f8 incorrect, should be 0xf7f7");
  });

  it("quotes the packet an error is about, below its own layer", () => {
    const { text, info, chain } = dissect(
      icmp(`03030000 00000000${ip("0035003600080000", 17)}`.replace(" ", "")),
    );
    expect(info).toBe("Destination unreachable (Port unreachable)");
    expect(chain).toContain("eth:ethertype:ip:icmp:ip:udp");
    expect(text).toContain("\n  Internet Protocol Version 4, Src: 1.2.3.4, Dst: 5.6.7.8");
  });

  it("shows MPLS labels behind the quoted packet", () => {
    const quoted = `${ip("0035003600080000", 17)}${"00".repeat(100)}`;
    const { text } = dissect(
      icmp(`0b000000 00200000${quoted}20000000 00080101 00010140`.replaceAll(" ", "")),
    );
    expect(text).toContain("Length of original datagram: 128");
    expect(text).toContain("Label: 16, Exp: 0, S: 1, TTL: 64");
  });

  it("marks a message that ends too early", () => {
    expect(dissect(`${MACS}0800${ip("080000", 1)}`).text).toContain("[Malformed Packet: ICMP]");
    expect(dissect(request, { snap: 40 }).text).toContain("ICMP truncated]");
  });
});

const SRC = "fe80000000000000020102fffe030405";
const DST = "ff020000000000000000000000000001";
function icmpv6(message: string): string {
  const addresses = fromHex(SRC + DST);
  const pseudo = onesSum(addresses, 0, 32) + message.length / 2 + 58;
  return `${MACS}86dd60000000${hex(message.length / 2, 4)}3aff${SRC}${DST}${withChecksum(message, pseudo)}`;
}

describe("ICMPv6", () => {
  it("solicits neighbours", () => {
    const { info, text } = dissect(icmpv6(`87000000 00000000${SRC}0101001122334455`.replace(" ", "")));
    expect(info).toBe("Neighbor Solicitation for fe80::201:2ff:fe03:405 from 00:11:22:33:44:55");
    expect(text).toContain("[correct]");
    expect(text).toContain("ICMPv6 Option (Source link-layer address : 00:11:22:33:44:55)");
  });

  it("advertises routers with prefix, DNS servers and search list", () => {
    const prefix = `030440c000015180ffffffff00000000${SRC}`;
    const servers = `1903000000000e10${SRC}`;
    const search = "1f03000000000708036c616e04686f6d65000161000000".padEnd(48, "0");
    const { text } = dissect(icmpv6(`8600000040c807080000000100000002${prefix}${servers}${search}`));
    expect(text).toContain(
      "Flags: 0xc8, Managed address configuration, Other configuration, Prf (Default Router Preference): High",
    );
    expect(text).toContain("Preferred Lifetime: Infinity (4294967295)");
    expect(text).toContain("ICMPv6 Option (DNS Search List Option lan.home a)");
  });

  it("reports listeners", () => {
    const { text, info } = dissect(icmpv6(`8f000000 00000001 04000000${DST}`.replaceAll(" ", "")));
    expect(info).toBe("Multicast Listener Report Message v2");
    expect(text).toContain("Multicast Address Record Changed to exclude: ff02::1");
  });

  it("stops at an option without length", () => {
    expect(dissect(icmpv6(`87000000 00000000${SRC}0100001122334455`.replace(" ", ""))).text).toContain(
      "Invalid option length (Zero)",
    );
  });
});

const igmp = (message: string): string => `${MACS}0800${ip(withChecksum(message), 2)}`;

describe("IGMP", () => {
  it("tells the versions of a query apart", () => {
    const seen = [
      igmp("11000000ef010203"),
      igmp("11640000ef010203"),
      igmp("1164000000000000 0a7d0000".replace(" ", "")),
    ];
    expect(seen.map((frame) => dissect(frame).protocol)).toEqual(["IGMPv1", "IGMPv2", "IGMPv3"]);
    expect(dissect(seen[1]).info).toBe("Membership Query, specific for group 239.1.2.3");
    expect(dissect(seen[2]).info).toBe("Membership Query, general");
  });

  it("reads the records of a report", () => {
    const frame = igmp(`22000000 00000002 04000000ef010203 06000001ef01020301020304`.replaceAll(" ", ""));
    const { info, text } = dissect(frame);
    expect(info).toBe(
      "Membership Report / Join group 239.1.2.3 for any sources / Group 239.1.2.3, block source {1.2.3.4}",
    );
    expect(text).toContain("Group Record : 239.1.2.3  Change To Exclude Mode");
  });

  it("marks a report with fewer records than it says", () => {
    expect(dissect(igmp("220000000000000504000000ef010203")).text).toContain("[Malformed Packet: IGMP]");
  });
});
