import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const ACK = "d4 00 00 00 02 00 00 00 00 01";

function line(text: string, start: string): string | undefined {
  return text
    .split("\n")
    .map((one) => one.trim())
    .find((one) => one.startsWith(start));
}

describe("PPI", () => {
  const common = "02 00 14 00 00 01 00 00 00 00 00 00 01 00 0b 00 85 09 a0 00 00 00 d8 a0";

  it("shows the common field of IEEE 802.11 and hands on that the frame ends with its check sequence", () => {
    const seen = dissect(`00 00 20 00 69 00 00 00 ${common} ${ACK} 01 02 03 04`, { linkType: 192 });
    expect(seen.chain).toBe("ppi:wlan_radio:wlan");
    expect(seen.text.split("\n")).toContain("PPI version 0, 32 bytes");
    expect(line(seen.text, "Channel flags")).toBe(
      "Channel flags: 0x00a0, Complementary Code Keying (CCK), 2 GHz spectrum",
    );
    expect(line(seen.text, "PHY type")).toBe("PHY type: 802.11b (HR/DSSS) (4)");
    expect(line(seen.text, "Signal/noise")).toBe("Signal/noise ratio (dB): 56 dB");
    expect(seen.info).toBe("Acknowledgement, Flags=........C");
  });

  it("hands other link types over, steps over fields it does not know, and not to itself", () => {
    const ethernet = `02 00 00 00 00 01 02 00 00 00 00 02 08 06 ${"00 ".repeat(28)}`;
    const seen = dissect(`00 00 0e 00 01 00 00 00 ff 7f 02 00 aa bb ${ethernet}`, { linkType: 192 });
    expect(seen.chain).toBe("ppi:pcap_pktdata:eth:ethertype:arp");
    expect(line(seen.text, "Reserved: aa")).toBe("Reserved: aabb");
    const nested = dissect(`00 00 08 00 c0 00 00 00 ${"00 00 08 00 c0 00 00 00 ".repeat(9)}`, {
      linkType: 192,
    });
    expect(nested.chain).toBe("ppi:pcap_pktdata:data");
  });

  it("marks a field that is longer than the packet", () => {
    const seen = dissect("00 00 10 00 69 00 00 00 02 00 ff 00 00 00 00 00", { linkType: 192 });
    expect(seen.text).toContain("[Malformed Packet: PPI]");
  });
});

describe("AVS", () => {
  const header = (length: string) =>
    `80 21 10 01 00 00 00 ${length} 00 00 00 00 00 00 10 00 00 00 00 00 00 00 00 00 00 00 00 04 00 00 00 06
     00 00 00 6e 00 00 00 01 00 00 00 00 00 00 00 02 ff ff ff d8 ff ff ff a0 00 00 00 02 00 00 00 01`;

  it("shows rate, channel and levels", () => {
    const seen = dissect(`${header("40")} ${ACK}`, { linkType: 163 });
    expect(seen.chain).toBe("wlancap:wlan_radio:wlan");
    expect(line(seen.text, "Data Rate")).toBe("Data Rate: 11.0 Mb/s");
    expect(line(seen.text, "SSI Signal")).toBe("SSI Signal (dBm): -40");
    expect(line(seen.text, "MAC timestamp")).toBe("MAC timestamp: 4096");
    expect(line(seen.text, "Signal/noise")).toBe("Signal/noise ratio (dB): 56 dB");
    expect(seen.info).toBe("Acknowledgement, Flags=........");
  });

  it("is recognised where Prism headers are, and refused when it cannot hold its fields", () => {
    expect(dissect(`${header("40")} ${ACK}`, { linkType: 119 }).info).toBe("Acknowledgement, Flags=........");
    expect(dissect(`${header("10")} ${ACK}`, { linkType: 163 }).text).toContain("[Malformed Packet");
  });
});

describe("Prism", () => {
  it("shows its items in either byte order", () => {
    const name = `77 6c 61 6e 30 ${"00 ".repeat(11)}`;
    const little = dissect(`44 00 00 00 24 00 00 00 ${name} 44 00 08 00 00 00 04 00 16 00 00 00 ${ACK}`, {
      linkType: 119,
    });
    expect(little.chain).toBe("prism:wlan_radio:wlan");
    expect(line(little.text, "Device Name")).toBe("Device Name: wlan0");
    expect(line(little.text, "Data rate (Mb/s)")).toBe("Data rate (Mb/s): 11.0");
    const big = dissect(`00 00 00 41 00 00 00 24 ${name} 00 00 60 41 00 00 00 04 ff ff ff d8 ${ACK}`, {
      linkType: 119,
    });
    expect(line(big.text, "Signal: ")).toBe("Signal: -40");
    expect(line(big.text, "Signal strength")).toBe("Signal strength (dBm): -40 dBm");
  });

  it("is refused when its length is none", () => {
    expect(dissect("44 00 00 00 ff ff 00 00 00 00 00 00", { linkType: 119 }).text).toContain(
      "[Malformed Packet",
    );
  });
});
