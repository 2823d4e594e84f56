import { describe, expect, it } from "vitest";
import { ipv4Frame } from "./builder.ts";
import { dissect } from "./harness.ts";

const datagram = (length: number, checksum: number, data: string, protocol = 17): string =>
  Buffer.from(
    ipv4Frame(protocol, "a", [
      0x9c,
      0x40,
      0xc3,
      0x50,
      length >> 8,
      length & 255,
      checksum >> 8,
      checksum & 255,
      ...Buffer.from(data),
    ]),
  ).toString("hex");

describe("UDP", () => {
  it("shows a datagram", () => {
    const { text, info, fields } = dissect(datagram(13, 0x1234, "hello"));
    expect(info).toBe("40000 → 50000 Len=5");
    expect(text).toContain("User Datagram Protocol, Src Port: 40000, Dst Port: 50000");
    expect(text).toContain("Checksum: 0x1234 [unverified]");
    expect(text).toContain("UDP payload (5 bytes)");
    expect(text).toContain("[Time since first frame: 0.000000000 seconds]");
    expect(fields.get("udp.stream")).toEqual(["0"]);
  });

  it("tells a checksum that is not there", () => {
    expect(dissect(datagram(13, 0, "hello")).fields.get("udp.checksum.status")).toEqual(["3"]);
  });

  it("names lengths that cannot be", () => {
    const short = dissect(datagram(3, 1, "hello"));
    expect(short.info).toBe("40000 → 50000 [BAD UDP LENGTH 3 < 8]");
    expect(short.text).toContain("Bad length value 3 < 8");
    const long = dissect(datagram(99, 1, "hello"));
    expect(long.info).toContain("[BAD UDP LENGTH 99 > IP PAYLOAD LENGTH]");
  });

  it("leaves bytes behind the length alone", () => {
    expect(dissect(datagram(10, 1, "hello")).text).toContain("UDP payload (2 bytes)");
  });

  it("shows UDP-Lite", () => {
    const { text, protocol } = dissect(datagram(8, 1, "hello", 136));
    expect(protocol).toBe("UDP-Lite");
    expect(text).toContain("Checksum coverage: 8");
    expect(text).toContain("UDP payload (5 bytes)");
  });
});
