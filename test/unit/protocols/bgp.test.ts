import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const bytesOf = (hex: string): string => hex.replaceAll(" ", "");
const hex16 = (value: number): string => value.toString(16).padStart(4, "0");
const ip = (protocol: string, payload: string): string => {
  const octets = bytesOf(payload);
  return `0102030405060a0b0c0d0e0f08004500${hex16(20 + octets.length / 2)}00010000ff${protocol}00000a0000010a000002${octets}`;
};
const tcp = (payload: string): string =>
  ip("06", `c000 00b3 00000001 00000001 5018 0400 0000 0000 ${payload}`);
const message = (type: string, body: string): string =>
  `${"ff".repeat(16)}${hex16(19 + bytesOf(body).length / 2)}${type}${bytesOf(body)}`;
const update = (attributes: string): string =>
  message("02", `0000 ${hex16(bytesOf(attributes).length / 2)} ${attributes}`);

describe("BGP's messages", () => {
  it("reads capabilities in one parameter", () => {
    const capabilities = "01040001 0001 4104 0000fde8 4504 0001 01 03 0200";
    const { text } = dissect(tcp(message("01", `04 fde8 00b4 0a000001 16 02 14 ${capabilities}`)));
    expect(text).toContain("      Capability: Support for Additional Paths\n");
    expect(text).toContain("        Send/Receive: Both (3)");
    expect(text).toContain("      Capability: Route refresh capability");
  });

  it("reads outbound route filters", () => {
    const { text, info } = dissect(tcp(message("05", "0001 00 01 01 80 000b 00 00000005 18 18 18 0a0102")));
    expect(info).toBe("ROUTE-REFRESH Message");
    expect(text).toContain("    ORF type: Cisco PrefixList ORF-Type (128)");
    expect(text).toContain("      10.1.2.0/24\n");
  });

  it("looks for the next marker in a segment that begins amid a message", () => {
    const { text, info } = dissect(tcp(`0102${message("04", "")}`));
    expect(info).toBe("KEEPALIVE Message");
    expect(text).toContain("Border Gateway Protocol - KEEPALIVE Message");
    expect(text).toContain("  Continuation\n");
  });

  it("marks a message that is longer than one can be", () => {
    const { fields } = dissect(tcp(`${"ff".repeat(16)}100102${"00".repeat(4078)}`));
    expect(fields.has("bgp.length.invalid")).toBe(true);
  });

  it("goes on behind a message that is broken", () => {
    const { text, info } = dissect(tcp(update("4001 01") + message("04", "")));
    expect(info).toBe("UPDATE Message[Malformed Packet], KEEPALIVE Message");
    expect(text).toMatch(/\[Malformed Packet: BGP\][\s\S]+Border Gateway Protocol - KEEPALIVE Message/);
  });
});

describe("BGP's attributes", () => {
  it("names extended and large communities", () => {
    const extended = "c010 18 0002fde800000064 01020a0000010005 8006fde84b189680";
    const { text } = dissect(tcp(update(`${extended} c020 0c 0000fde80000000100000002`)));
    expect(text).toContain("Route Target: 65000:100 [Transitive 2-Octet AS-Specific]");
    expect(text).toContain("Route Target: 10.0.0.1:5 [Transitive IPv4-Address-Specific]");
    expect(text).toContain("Flow spec traffic-rate: ASN 65000, 80.000 Mbps");
    expect(text).toContain("Path Attribute - LARGE_COMMUNITY: 65000:1:2\n");
  });

  it("reads EVPN routes and their tunnel", () => {
    const mac = `02 21 00010a0000010064 ${"00".repeat(10)} 00000000 30 001122334455 00 000641`;
    const multicast = "03 11 00010a0000010064 00000000 20 0a000001";
    const { text } = dissect(
      tcp(update(`800e 3f 0019 46 04 0a000009 00 ${mac} ${multicast} c016 09 00 06 000641 0a000001`)),
    );
    expect(text).toContain("        EVPN NLRI: MAC Advertisement Route\n");
    expect(text).toContain("Route Distinguisher: 00010a0000010064 (10.0.0.1:100)");
    expect(text).toContain("        EVPN NLRI: Inclusive Multicast Route\n");
    expect(text).toContain("Tunnel ID: tunnel end point -> 10.0.0.1");
  });

  it("reads flow specifications", () => {
    const { text } = dissect(tcp(update("800e 12 0001 85 00 00 0b 01180a0001 038106 05911f90")));
    expect(text).toContain("Filter: Destination prefix filter (10.0.1.0/24)");
    expect(text).toContain("Filter: Protocol / Next Header filter (=6)");
    expect(text).toContain("Filter: Destination port filter (=8080)");
  });

  it("reads labelled prefixes of private networks", () => {
    const { text } = dissect(
      tcp(update("800e 20 0001 80 0c 0000000000000000 0a000009 00 70 000641 0000fde800000064 0a0102")),
    );
    expect(text).toContain("      Next hop:  RD=0:0 IPv4=10.0.0.9\n");
    expect(text).toContain("Label Stack: 100 (bottom)");
    expect(text).toContain("MP Reach NLRI IPv4 prefix: 10.1.2.0");
  });

  it("reads the nodes of BGP-LS and what is said of them", () => {
    const node =
      "0001 0027 03 0000000000000001 0100 001a 0200 0004 0000fde8 0201 0004 00000000 0203 0006 010203040506";
    const { text } = dissect(
      tcp(update(`800e 34 4004 47 04 0a000009 00 ${node} 801d 0e 0402 0002 7231 0404 0004 0a000001`)),
    );
    expect(text).toContain("Link-State NLRI Node NLRI");
    expect(text).toContain("AS ID: 65000 (0x0000fde8)");
    expect(text).toContain("IGP ID: 010203040506");
    expect(text).toContain("Node name: r1");
  });

  it("bears attributes that break off anywhere", () => {
    const whole = bytesOf(
      "800e 34 4004 47 04 0a000009 00 0001 0027 03 0000000000000001 0100 001a 0200 0004 0000fde8 0201 0004 00000000 0203 0006 010203040506",
    );
    for (let n = 2; n < whole.length; n += 2) dissect(tcp(update(whole.slice(0, n))));
  });
});
