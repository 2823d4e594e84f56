import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

describe("6LoWPAN", () => {
  it("rebuilds a packet from its compressed headers", () => {
    const found = dissect("61dc063412080706050403020118171615141312117e33f312abcd0102030405685d", {
      linkType: 195,
    });
    expect(found.chain).toBe("wpan:6lowpan:ipv6:udp:data");
    expect(found.info).toBe("61617 → 61618 Len=5");
    expect(found.text).toContain("6LoWPAN, Src: fe80::1312:1314:1516:1718, Dest: fe80::302:304:506:708");
    expect(found.text).toContain("011. .... = Pattern: IP header compression (0x03)");
    expect(found.text).toContain("[Source context: fe80::]");
    expect(found.text).toContain("UDP checksum: 0xabcd");
  });

  it("rebuilds multicast addresses", () => {
    const found = dissect(
      "61dc063412080706050403020118171615141312117b393a0200000000018000123400010002aabbf6a1",
      { linkType: 195 },
    );
    expect(found.text).toContain("Destination address mode: 48-bits inline (0x0001)");
    expect(found.text).toContain("Destination: ff02::1");
  });

  it("reads traffic class and flow label from their bits", () => {
    const found = dissect(
      "61dc0634120807060504030201181716151413121168334abcde3a378000123400010002aabb51b4",
      { linkType: 195 },
    );
    expect(found.text).toContain("01.. .... = ECN: 1");
    expect(found.text).toContain("[Traffic class: 0x01]");
    expect(found.text).toContain(".... 1010  1011 1100  1101 1110 = Flow label: 0x0abcde");
  });

  it("rebuilds compressed extension headers", () => {
    const found = dissect(
      "61dc063412080706050403020118171615141312117e33e106630400010002f312abcd0102030405bda4",
      { linkType: 195 },
    );
    expect(found.chain).toBe("wpan:6lowpan:data:ipv6:ipv6.hopopts:udp:data");
  });

  it("takes addresses from a mesh header", () => {
    const found = dissect("61dc06341208070605040302011817161514131211b5000100027e33f312abcd0102030405c2a9", {
      linkType: 195,
    });
    expect(found.text).toContain("Hops left: 5");
    expect(found.text).toContain("6LoWPAN, Src: fe80::ff:fe00:1, Dest: fe80::ff:fe00:2");
  });

  it("shows a fragment alone as data", () => {
    const found = dissect("61dc06341208070605040302011817161514131211e09011121158595a5b5c5d5e5fbac1", {
      linkType: 195,
    });
    expect(found.chain).toBe("wpan:6lowpan:data");
    expect(found.text).toContain("Datagram offset: 136");
  });

  it("says that a destination mode is not allowed", () => {
    const found = dissect("61dc063412080706050403020118171615141312117b343a8000123400010002aabb486c", {
      linkType: 195,
    });
    expect(found.text).toContain("Destination address mode: Reserved (0x0000)");
    expect(found.text).toContain("Illegal destination address mode");
  });

  it("ends as malformed where compressed headers are cut off", () => {
    const found = dissect("61dc063412080706050403020118171615141312117e33f39253", { linkType: 195 });
    expect(found.text).toContain("[Malformed Packet: 6LoWPAN]");
  });
});
