import { describe, expect, it } from "vitest";
import { CaptureMemory, Dissection, MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { dissectFrame } from "../../../engine/protocols/frame.ts";
import { Frames } from "./frames.ts";
import { dissect, fromHex } from "./harness.ts";

const MACS = "0102030405060a0b0c0d0e0f";
const SRC6 = "20010db8000000000000000000000001";
const DST6 = "20010db8000000000000000000000002";
const ONE6 = "20010db8000100000000000000000010";
const TWO6 = "20010db8000200000000000000000020";
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const squeeze = (text: string): string => text.replace(/\s/g, "");
const octets = (text: string): number => squeeze(text).length / 2;

/** An IPv6 packet in Ethernet. */
function ipv6(next: number, payload: string, length = octets(payload)): string {
  return `${MACS}86dd60000000${hex(length, 4)}${hex(next, 2)}40${SRC6}${DST6}${squeeze(payload)}`;
}
/** An IPv4 packet in Ethernet. */
function ipv4(proto: number, payload: string, dst = "05060708"): string {
  const length = hex(20 + octets(payload), 4);
  return `${MACS}08004500${length}0001000040${hex(proto, 2)}000001020304${dst}${squeeze(payload)}`;
}
const icmpv6 = (type: number, code: number, body: string): string =>
  ipv6(58, `${hex(type, 2)}${hex(code, 2)}0000${squeeze(body)}`);
/** An option of neighbour discovery, filled to units of eight bytes. */
function option(type: number, body: string): string {
  const units = Math.ceil((2 + octets(body)) / 8);
  return `${hex(type, 2)}${hex(units, 2)}${squeeze(body).padEnd((units * 8 - 2) * 2, "0")}`;
}
const UDP = "1234 4321 000a 1111 6162";

describe("ICMPv6", () => {
  it("reads router renumbering with its prefixes", () => {
    const match = `01 07 03 30 00 80 0000 ${ONE6}`;
    const use = `30 10 c0 40 00278d00 ffffffff c0000000 ${TWO6}`;
    const { text, info } = dissect(icmpv6(138, 0, `00000005 01 f8 0010 00000000 ${match} ${use}`));
    expect(info).toBe("Router Renumbering (Command)");
    expect(text).toContain("Match-Prefix Part: Add 2001:db8:1::10/48 (0-128)");
    expect(text).toContain("Use-Prefix Part: 2001:db8:2::20/48 (keep 16)");
    expect(text).toContain("Preferred Lifetime: Infinity (4294967295)");
    expect(text).toContain("Flags: 0xc0000000, Decrement valid lifetime, Decrement preferred lifetime");
  });

  it("reads node information, names among it", () => {
    const query = dissect(icmpv6(139, 1, "0002 0000 0102030405060708 03666f6f03626172 00 00"));
    expect(query.info).toBe("Node Information Query (Query subject = DNS name or empty)");
    expect(query.fields.get("icmpv6.ni.query.subject_fqdn")).toEqual(["foo.bar"]);
    const reply = dissect(icmpv6(140, 0, `0003 003e 0102030405060708 00000e10 ${ONE6} 00000001 ${TWO6}`));
    expect(reply.fields.get("icmpv6.ni.reply.node_ttl")).toEqual(["3600", "1"]);
    expect(reply.fields.get("icmpv6.ni.reply.node_address")).toEqual(["2001:db8:1::10", "2001:db8:2::20"]);
  });

  it("reads RPL with its options", () => {
    const metric = "02 06 03 0300 02 0105";
    const target = `05 12 00 80 ${ONE6}`;
    const transit = `06 14 80 40 05 ff ${TWO6}`;
    const { text, info } = dissect(
      icmpv6(155, 2, `2a c0 00 07 ${ONE6} ${metric} 00 01 02 0000 ${target} ${transit} 0b 01 aa`),
    );
    expect(info).toBe("RPL Control (Destination Advertisement Object)");
    expect(text).toContain("Flags: 0xc0, DAO-ACK Request (K), DODAGID Present (D)");
    expect(text).toContain("Routing Metric/Constraint Type: Hop Count (3)");
    expect(text).toContain("Paddn (Length : 2 bytes)");
    expect(text).toContain("ICMPv6 RPL Option (RPL Target 2001:db8:1::10/128)");
    expect(text).toContain("ICMPv6 RPL Option (Transit Information 2001:db8:2::20)");
    expect(text).toContain("ICMPv6 RPL Option (Unknown 11)");
  });

  it("reads the rarer options of neighbour discovery", () => {
    const options = [
      option(14, "112233445566"),
      option(17, `02 40 00000000 ${ONE6}`),
      option(23, `15 80 00000e10 ${ONE6}`),
      option(33, "01 000000 0010 0102030405060708"),
      option(34, "40 13 0000 0100 20010db800010000"),
      option(38, "070d 20010db8 0001000000000000"),
      option(1, "0102030405060708 000000000000"),
    ].join("");
    const { text, fields } = dissect(icmpv6(134, 0, `40 00 0000 00000000 00000000 ${options}`));
    expect(text).toContain("ICMPv6 Option (IP Address/Prefix Option 2001:db8:1::10/64)");
    expect(text).toContain("Option-code: New Care-of Address (2)");
    expect(text).toContain("ICMPv6 Option (MAP)");
    expect(text).toContain("Register 01:02:03:04:05:06:07:08 Duplicate Exists)");
    expect(text).toContain("ICMPv6 Option (6LoWPAN Context Option 2001:db8:1::/64)");
    expect(fields.get("icmpv6.opt.pref64.prefix")).toEqual(["2001:db8::"]);
    expect(text).toContain("ICMPv6 Option (Source link-layer address : 01:02:03:04:05:06:07:08)");
  });

  it("ends at an option without length", () => {
    const { text, info } = dissect(icmpv6(135, 0, `00000000 ${ONE6} 0100aabbccdd`));
    expect(text).toContain("Invalid option length (Zero)");
    expect(info).not.toContain("Malformed");
  });

  it("reads fast handovers, locator updates and MPL", () => {
    expect(dissect(icmpv6(154, 3, "05 00 1234")).text).toContain(
      "Code: 3 (Handover Accepted, NCoA assigned)",
    );
    expect(dissect(icmpv6(154, 3, "05 00 1234")).info).toBe("FMIPv6 (Handover Acknowledge)");
    const update = dissect(icmpv6(156, 0, "01 02 0000 0102030405060708 0001 0002"));
    expect(update.fields.get("icmpv6.ilnp.nb_preference")).toEqual(["1"]);
    const seeds = dissect(icmpv6(159, 0, "05 05 1234 a0"));
    expect(seeds.fields.get("icmpv6.mpl.seed_info.sequence")).toEqual(["5", "7"]);
  });

  it("reads extended echo with what it asks for", () => {
    const { text } = dissect(icmpv6(160, 0, "1234 05 01 2000 0000 000c 0303 0001 0400 01020304"));
    expect(text).toContain("C-Type: 3 (Identifies Interface By Address)");
    expect(text).toContain("Address: 1.2.3.4");
    expect(dissect(icmpv6(161, 0, "1234 05 47")).text).toContain("State: Reachable (2)");
  });
});

describe("extensions of ICMP errors", () => {
  const quoted = `4500001c0001000040110000 01020304 05060708 ${"0035 0036 0008 0000"}`;
  const labels = "2000 0000 0008 0101 00064140";
  const error = (length: string, padding: number): string =>
    ipv4(1, `0b00 0000 00${length}0000 ${quoted}${"00".repeat(padding)}${labels}`);

  it("stand behind 128 bytes, told or not", () => {
    for (const length of ["20", "00"]) {
      const { text } = dissect(error(length, 100));
      expect(text).toContain("ICMP Multi-Part Extensions");
      expect(text).toContain("Label: 100, Exp: 0, S: 1, TTL: 64");
      expect(text).toContain("[Checksum: [missing]]");
    }
  });

  it("are not there in a short message", () => {
    expect(dissect(error("07", 0)).text).not.toContain("Multi-Part");
  });

  it("does not call a quoted packet malformed that ends early", () => {
    const { info, chain } = dissect(ipv4(1, `0303 0000 00000000 ${squeeze(quoted).slice(0, -8)}`));
    expect(info).toBe("Destination unreachable (Port unreachable)");
    expect(chain).toContain("icmp:ip:udp");
  });
});

describe("Mobile IPv6", () => {
  it("reads a binding update and its options", () => {
    const options = `03 10 ${TWO6} 08 0d 01 757365724065 78616d706c65 01 02 0000 2b 01 aa`;
    const body = `3b 05 05 00 0000 0005 c000 0010 ${options}`;
    const { text, protocol, info, chain } = dissect(ipv6(135, body.padEnd(body.length + 4, "0")));
    expect(protocol).toBe("NEMO");
    expect(info.startsWith("Binding Update")).toBe(true);
    expect(chain).toContain("ipv6:mipv6");
    expect(text).toContain("Lifetime: 16 (64 seconds)");
    expect(text).toContain("Alternate care-of address: 2001:db8:2::20");
    expect(text).toContain("MIPv6 Option - Mobile Node Identifier: user@example");
  });

  it("says when an option goes past the end", () => {
    const { text } = dissect(ipv6(135, "3b 01 05 00 0000 0005 0000 0010 0320 aabb"));
    expect(text).toContain("(option length = 32 bytes says option goes past end of options)");
  });
});

describe("IPv6", () => {
  it("takes a route's last address for the destination while segments are left", () => {
    const left = (n: number): string => ipv6(43, `11 04 00 0${n} 00000000 ${ONE6} ${TWO6} ${UDP}`);
    const frames = [left(0), left(1), ipv6(17, UDP)];
    const seen = new Frames(frames).inOrder();
    expect(seen[1].fields.get("udp.stream")).toEqual(["1"]);
    expect(seen[2].fields.get("udp.stream")).toEqual(["0"]);
  });

  it("has nothing inside a payload of length 0", () => {
    const { info, text } = dissect(ipv6(17, UDP, 0));
    expect(info).toBe("[Malformed Packet]");
    expect(text).toContain("IPv6 payload length equals 0");
  });

  it("wants a checksum of UDP", () => {
    const { info, text } = dissect(ipv6(17, "1234 4321 000a 0000 6162"));
    expect(info).toBe("4660 → 17185 Len=2 [ILLEGAL CHECKSUM (0)]");
    expect(text).toContain("Checksum: 0x0000 [zero-value illegal]");
  });
});

describe("what else stands in IP", () => {
  it("reads EtherIP", () => {
    const inner = ipv4(17, UDP);
    const { chain, text } = dissect(ipv4(97, `4001${inner}`));
    expect(chain).toContain("ip:etherip:eth:ethertype:ip:udp");
    expect(text).toContain("Version must be 3");
  });

  it("unpacks IPComp", () => {
    // A stored block of DEFLATE.
    const packed = `01 0a00 f5ff ${UDP}`;
    const { chain, fields } = dissect(ipv4(108, `11 00 0002 ${packed}`));
    expect(chain).toContain("ip:ipcomp:data:udp");
    expect(fields.get("udp.srcport")).toEqual(["4660"]);
    expect(dissect(ipv4(108, "11 00 0002 ffffffff")).info).toContain("[Malformed Packet]");
  });

  it("reads the lengths of UDP-Lite", () => {
    expect(dissect(ipv4(136, "1234 4321 0003 abcd 6162")).info).toContain(
      "[BAD LIGHTWEIGHT UDP CHECKSUM COVERAGE LENGTH 3 < 8 or > 10]",
    );
    expect(dissect(ipv4(136, "1234 4321 0008 abcd 6162")).text).toContain("[Length: 10]");
  });

  it("tells the protocols under IGMP's number apart", () => {
    const account = `75736572${"00".repeat(12)}707764${"00".repeat(61)}`;
    const login = `40 64 0000 e0000105 10 02 00 00 04 03 0000 ${account}`;
    expect(dissect(ipv4(2, login)).fields.get("igap.user_password")).toEqual(["pwd"]);
    const join = "fd00 0000 e0000105";
    expect(dissect(ipv4(2, join, "e0000019")).chain).toMatch(/ip:igmp:rgmp$/);
    expect(dissect(ipv4(2, join, "e0000001")).chain).toMatch(/ip:igmp$/);
    expect(dissect(ipv4(2, login)).chain).toMatch(/ip:igmp:igap$/);
    expect(dissect(ipv4(2, "16000000 e0000105")).chain).toMatch(/ip:igmp:igmp$/);
  });

  it("reads the blocks of a traceroute", () => {
    const block = "00000001 0a000005 0a000006 0a000007 00000001 00000002 00000003 02 40 18 07";
    const head = "1e 20 0000 e0000105 0a000001 0a000002 0a000003 40 123456";
    const { text } = dissect(ipv4(2, `${head} ${block}`));
    expect(text).toContain(
      "Response data block: 10.0.0.5 -> 10.0.0.6,  Proto: MOSPF,  Forwarding Code: NOT_FORWARDING",
    );
  });
});

describe("DCCP", () => {
  /** @param kind type << 1 | 1: with long sequence numbers */
  const packet = (kind: string, sequence: number, rest: string, words: number, back = false): string => {
    const ports = back ? "1389 1388" : "1388 1389";
    const body = `${ports} ${hex(words, 2)} 00 0000 ${kind} 00 ${hex(sequence, 12)} ${rest}`;
    const frame = ipv4(33, body);
    return back ? frame.replace("0102030405060708", "0506070801020304") : frame;
  };
  const request = packet("01", 1000, "52545056 2506010203042005010203 00", 8);
  const response = packet("03", 2000, `0000 ${hex(1000, 12)} 52545056`, 7, true);
  const data = packet("09", 1001, `0000 ${hex(2000, 12)} 6869`, 6);

  it("counts from the handshake on", () => {
    const [first, second, third] = new Frames([request, response, data]).inOrder();
    expect(first.info).toBe(
      "5000 → 5001 [Request] Seq=1000 (service=RTPV: RTP session conveying video data (and associated RTCP))",
    );
    expect(first.fields.get("dccp.ndp_count")).toEqual(["16909060"]);
    expect(first.text).toContain("Feature Number: Congestion Control ID (CCID) (1)");
    expect(second.info).toContain("[Response] Seq=2000 (Ack=0)");
    expect(third.info).toBe("5000 → 5001 [DataAck] Seq=1 (Ack=0)");
    expect(third.text).toContain("Sequence Number: 1    (relative sequence number)");
  });

  it("gives up where the header is too short or the type unknown", () => {
    expect(dissect(packet("05", 5, "", 2)).text).toContain(
      "Advertised header length (8) is smaller than the minimum (16)",
    );
    expect(dissect(packet("17", 5, "", 4)).text).toContain("Reserved packet type");
    expect(dissect(packet("07", 5, `0000 ${hex(1, 12)} 26200000`, 7)).info).toContain("[Malformed Packet]");
  });
});

describe("SCTP", () => {
  const packet = (...chunks: string[]): string => ipv4(132, `03e8 07d0 11223344 00000000 ${chunks.join("")}`);
  const chunk = (type: number, flags: number, body: string): string => {
    const size = 4 + octets(body);
    return `${hex(type, 2)}${hex(flags, 2)}${hex(size, 4)}${squeeze(body)}${"00".repeat((4 - (size % 4)) % 4)}`;
  };
  const data = (flags: number, tsn: number, text: string): string =>
    chunk(0, flags, `${hex(tsn, 8)} 0001 0005 00000000 ${Buffer.from(text).toString("hex")}`);

  it("puts a message together, whatever the order of its pieces", () => {
    const frames = [
      packet(data(2, 100, "part1")),
      packet(data(1, 102, "part3")),
      packet(data(0, 101, "part2")),
    ];
    const seen = new Frames(frames).inOrder();
    expect(seen[0].info).toBe("DATA (TSN=0) (Message Fragment) ");
    expect(seen[2].info).toBe("DATA (TSN=1) ");
    expect(seen[2].fields.get("sctp.fragment")).toEqual(["1", "3", "2"]);
    expect(seen[2].fields.get("data.data")).toEqual([Buffer.from("part1part2part3").toString("hex")]);
  });

  it("shows the message again once all frames were seen", () => {
    const frames = [packet(data(2, 100, "part1")), packet(data(1, 101, "part2"))];
    const indexed = new Frames(frames).index();
    expect(indexed.again(1).fields.get("sctp.reassembled_in")).toEqual(["2"]);
    expect(indexed.again(2).fields.get("data.data")).toEqual([Buffer.from("part1part2").toString("hex")]);
  });

  it("marks what was sent before", () => {
    const [, again] = new Frames([packet(data(3, 100, "x")), packet(data(3, 100, "x"))]).inOrder();
    expect(again.info).toBe("DATA (TSN=0) (retransmission) ");
    expect(again.fields.get("sctp.retransmission")).toEqual(["1"]);
  });

  it("reads parameters, causes and gaps", () => {
    const init = chunk(1, 0, "00000001 00010000 000a 0800 00000064 000c000600050000 8008000682c00000");
    expect(dissect(packet(init)).text).toContain("(Supported types: RE_CONFIG, FORWARD_TSN)");
    const error = dissect(packet(chunk(9, 0, "000b000c 0005000801020304"))).text;
    expect(error).toContain("Restart of an association with new addresses cause (New addresses: 1.2.3.4)");
    const sack = dissect(packet(chunk(3, 0, "00000064 00000000 0001 0000 0002 0003")));
    expect(sack.info).toBe("SACK (Ack=100+3, Arwnd=0) ");
    expect(sack.text).toContain("Gap Acknowledgement for TSN 102 to 103");
  });

  it("says which length is wrong", () => {
    expect(dissect(packet("00030004")).text).toContain("bogus chunk length 4 < 16)");
    expect(dissect(packet("0003004000000069000100000000000061626364")).text).toContain(
      "Chunk length (64) is longer than remaining data (20) in the packet.",
    );
  });
});

describe("damaged packets", () => {
  const packets = [
    icmpv6(138, 0, `00000005 01 f8 0010 00000000 01 07 03 30 00 80 0000 ${ONE6} 3010c040${"00".repeat(28)}`),
    icmpv6(155, 1, `2a 01 0100 8a 05 00 00 ${ONE6} 02 06 01 0000 02 0003 0a 12 c345 ${TWO6}`),
    icmpv6(
      134,
      0,
      `40000000${"00".repeat(8)}${option(11, "0500".padEnd(120, "1"))}${option(15, "0104300a")}`,
    ),
    ipv6(135, `3b 04 05 00 0000 0005 c000 0010 34 0a 01 08 80 03 666f6f 02 6170 13 06 000028af 03 0a 01 04`),
    ipv4(33, `1388 1389 09 00 0000 01 00 ${hex(5, 12)} 00000005 2006010203042a0800000006 0007`),
    ipv4(
      132,
      "03e8 07d0 11223344 00000000 01000028 00000001 00010000 000a0800 00000064 000b0006 7800 0000 c0010008 00000001",
    ),
    ipv4(2, `41 64 0000 e0000105 10 03 00 00 04 01 0000 ${"00".repeat(80)}`),
    ipv4(108, "11 00 0002 0102030405060708"),
  ];

  it("are survived", () => {
    let seen = 0;
    for (const packet of packets) {
      const bytes = fromHex(packet);
      for (let at = 14; at < bytes.length; at++) {
        for (const value of [0, 0xff, bytes[at] ^ 0x10]) {
          const damaged = bytes.slice();
          damaged[at] = value;
          for (const size of [bytes.length, at]) {
            const d = new Dissection(new CaptureMemory(), () => damaged);
            d.setMode(MODE_TREE, true);
            d.begin(damaged, 0, {
              number: 1,
              len: bytes.length,
              capLen: size,
              sec: 0,
              nsec: 0,
              iface: 0,
              linkType: 1,
            });
            dissectFrame(d);
            expect(d.info).not.toContain("Dissector bug");
            seen++;
          }
        }
      }
    }
    expect(seen).toBeGreaterThan(1000);
  });
});
