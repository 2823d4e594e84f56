import { describe, expect, it } from "vitest";
import { Frames } from "./frames.ts";
import { dissect } from "./harness.ts";

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const MACS = "0102030405060a0b0c0d0e0f";

interface Header {
  payload?: string;
  proto?: number;
  flags?: number;
  offset?: number;
  id?: number;
  ttl?: number;
  dst?: string;
  options?: string;
  length?: number;
}
function ipv4(h: Header): string {
  const payload = h.payload ?? "abcdabcd";
  const options = h.options ?? "";
  const length = h.length ?? 20 + (payload.length + options.length) / 2;
  const word = ((h.flags ?? 0) << 13) | ((h.offset ?? 0) >> 3);
  return `4${hex(5 + options.length / 8, 1)}00${hex(length, 4)}${hex(h.id ?? 1, 4)}${hex(word, 4)}${hex(h.ttl ?? 64, 2)}${hex(h.proto ?? 253, 2)}0000 01020304 ${h.dst ?? "05060708"}${options}${payload}`.replaceAll(
    " ",
    "",
  );
}
const eth4 = (h: Header): string => `${MACS}0800${ipv4(h)}`;
/** A UDP datagram of 72 bytes, as pieces. */
const UDP = `1234567800480000${Array.from({ length: 64 }, (_, i) => hex(i, 2)).join("")}`;
const piece = (from: number, to: number, more: boolean, id = 7): string =>
  eth4({ payload: UDP.slice(from * 2, to * 2), proto: 17, flags: more ? 1 : 0, offset: from, id });

describe("IPv4", () => {
  it("shows the header", () => {
    const { text, fields, info, protocol } = dissect(eth4({ flags: 2 }));
    expect(text).toContain("Internet Protocol Version 4, Src: 1.2.3.4, Dst: 5.6.7.8");
    expect(text).toContain(".... 0101 = Header Length: 20 bytes (5)");
    expect(text).toContain("Differentiated Services Field: 0x00 (DSCP: CS0, ECN: Not-ECT)");
    expect(text).toContain("010. .... = Flags: 0x2, Don't fragment");
    expect(text).toContain(
      "Header Checksum: 0x0000 [validation disabled]\n  [Header checksum status: Unverified]",
    );
    expect(fields.get("ip.host")).toEqual(["1.2.3.4", "5.6.7.8"]);
    expect([protocol, info]).toEqual(["IPv4", "Unknown (253)"]);
  });

  it("notes a time to live that will not do", () => {
    expect(dissect(eth4({ ttl: 1 })).text).toContain('"Time To Live" only 1');
    expect(dissect(eth4({ ttl: 2, dst: "e0000001" })).text).toContain('"Time To Live" != 1 for a packet');
    expect(dissect(eth4({ ttl: 255, dst: "e00000fb" })).text).not.toContain('Time To Live"');
  });

  it("answers lengths that cannot be", () => {
    expect(dissect(eth4({ length: 10 })).info).toBe("Bogus IP length (10, less than header length 20)");
    expect(dissect(eth4({ length: 200 })).text).toContain(
      "IPv4 total length exceeds packet length (24 bytes)",
    );
    expect(dissect(eth4({ length: 0 })).text).toContain(
      'Total Length: 24 bytes (reported as 0, presumed to be because of "TCP segmentation offload" (TSO))',
    );
  });

  it("shows options", () => {
    const { text } = dissect(eth4({ options: "94040000 070b04 01010101 02020202 00".replaceAll(" ", "") }));
    expect(text).toContain("Options: (16 bytes), Router Alert, Record Route");
    expect(text).toContain("IP Option - Router Alert (4 bytes): Router shall examine packet (0)");
    expect(text).toContain("Empty Route: 1.1.1.1 <- (next)");
    expect(text).toContain("IP Option - End of Options List (EOL)");
  });

  it("takes the destination from a source route", () => {
    const { text } = dissect(eth4({ options: "830b04 01010101 02020202 00".replaceAll(" ", "") }));
    expect(text).toContain("Src: 1.2.3.4, Dst: 2.2.2.2, Via: 5.6.7.8");
    expect(text).toContain("Current Route: 5.6.7.8");
  });

  it("ends at an option that reaches too far", () => {
    expect(dissect(eth4({ options: "94280000" })).text).toContain(
      "Router Alert (option length = 40 bytes says option goes past end of options)",
    );
  });

  it("marks a header that is cut", () => {
    expect(dissect(eth4({}), { snap: 29 }).text).toContain(
      "[Packet size limited during capture: IPv4 truncated]",
    );
  });
});

describe("IPv4 fragments", () => {
  const list = [piece(0, 24, true), piece(48, 72, false), piece(24, 48, true)];

  it("puts a datagram together in whatever order it comes", () => {
    const seen = new Frames(list).inOrder();
    expect(seen[0].info).toBe("Fragmented IP protocol (proto=UDP 17, off=0, ID=0007)");
    expect(seen[0].chain).toBe("eth:ethertype:ip:data");
    expect(seen[2].chain).toContain("eth:ethertype:ip:udp");
    expect(seen[2].text).toContain("[3 IPv4 Fragments (72 bytes): #1(24), #3(24), #2(24)]");
    expect(seen[2].text).toContain("[Frame: 3, payload: 24-47 (24 bytes)]");
    expect(seen[2].fields.get("ip.reassembled.data")).toEqual([UDP]);
  });

  it("shows any frame again by the index alone", () => {
    const frames = new Frames(list).index();
    expect(frames.again(3).fields.get("ip.reassembled.data")).toEqual([UDP]);
    const first = frames.again(1);
    expect(first.info).toBe("Fragmented IP protocol (proto=UDP 17, off=0, ID=0007) [Reassembled in #3]");
    expect(first.fields.get("ip.reassembled_in")).toEqual(["3"]);
  });

  it("begins anew when an identification comes back", () => {
    const seen = new Frames([...list, ...list]).inOrder();
    expect(seen[5].text).toContain("#4(24), #6(24), #5(24)");
  });

  it("flags overlap, conflict and pieces that are too long", () => {
    const odd = eth4({ payload: "ff".repeat(16), proto: 17, offset: 64, id: 7 });
    const { text } = new Frames([
      piece(0, 32, true),
      piece(48, 72, false),
      odd,
      piece(24, 48, true),
    ]).inOrder()[3];
    expect(text).toContain("[Fragment overlap: True]");
    expect(text).toContain("[Conflicting data in fragment overlap: True]");
    expect(text).toContain("[Multiple tail fragments found: True]");
    expect(text).toContain("[Fragment too long: True]");
  });

  it("does not wait for a piece that was not captured whole", () => {
    const seen = dissect(piece(0, 24, true), { snap: 50 });
    expect(seen.chain).toContain("ip:udp");
  });
});

const SRC6 = "20010db8000000000000000000000001";
const DST6 = "fe80000000000000020102fffe030405";
const ipv6 = (next: number, payload: string, length = payload.length / 2): string =>
  `60000000${hex(length, 4)}${hex(next, 2)}40${SRC6}${DST6}${payload}`;
const eth6 = (next: number, payload: string, length?: number): string =>
  `${MACS}86dd${ipv6(next, payload, length)}`;

describe("IPv6", () => {
  it("shows the header and the addresses inside addresses", () => {
    const { text, fields } = dissect(eth6(253, "abcd"));
    expect(text).toContain("Internet Protocol Version 6, Src: 2001:db8::1, Dst: fe80::201:2ff:fe03:405");
    expect(text).toContain(
      ".... 0000 0000 .... .... .... .... .... = Traffic Class: 0x00 (DSCP: CS0, ECN: Not-ECT)",
    );
    expect(text).toContain("Destination SLAAC MAC: 00:01:02:03:04:05");
    expect(fields.get("ip.version")).toEqual(["6"]);
  });

  it("follows extension headers", () => {
    const routing = `fd0400 01 00000000${SRC6}${SRC6}`.replaceAll(" ", "");
    const { text, chain, info } = dissect(eth6(0, `2b00050200000100${routing}abcd`));
    expect(chain).toBe("eth:ethertype:ipv6:ipv6.hopopts:ipv6.routing:data");
    expect(text).toContain("Router Alert: MLD (0)");
    expect(text).toContain("Routing Header for IPv6 (Source Route)");
    expect(text).toContain("Address[2]: 2001:db8::1");
    expect(info).toBe("Unknown IP Protocol: Unknown (253)");
  });

  it("shows what is there of a routing header that the capture cuts off", () => {
    const route = `3b03 04 00 00 00 0000 ${SRC6} 0000000000000000`.replaceAll(" ", "");
    const { text } = dissect(eth6(43, route), { snap: 14 + 40 + 24 });
    expect(text).toContain("Routing Header for IPv6 (Segment Routing)");
    expect(text).toContain("Address[0]: ");
    expect(text).toContain("[Packet size limited during capture: IPv6 Routing truncated]");
  });

  it("puts fragments together", () => {
    const fragment = (from: number, to: number, more: boolean): string =>
      eth6(44, `1100${hex(from | (more ? 1 : 0), 4)}00000009${UDP.slice(from * 2, to * 2)}`);
    const list = [fragment(0, 40, true), fragment(40, 72, false)];
    const seen = new Frames(list).inOrder();
    expect(seen[0].info).toBe("IPv6 fragment (off=0 more=y ident=0x00000009 nxt=17)");
    expect(seen[1].chain).toContain("ipv6:ipv6.fraghdr:udp");
    expect(seen[1].fields.get("ipv6.reassembled.data")).toEqual([UDP]);
    expect(new Frames(list).index().again(1).fields.get("ipv6.reassembled_in")).toEqual(["2"]);
  });

  it("answers lengths and ends that cannot be", () => {
    expect(dissect(eth6(253, "abcd", 100)).text).toContain(
      "IPv6 payload length exceeds framing length (2 bytes)",
    );
    expect(dissect(eth6(59, "")).info).toBe("IPv6 no next header");
    expect(dissect(eth6(0, "1130")).text).toContain("[Malformed Packet: IPv6 Hop-by-Hop]");
  });
});
