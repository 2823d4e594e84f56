import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";
import { udpFrame } from "./udp-frames.ts";

const ADDRESS = "20010db8000000000000000000000001";
const NAME = "0377777707 6578616d706c65 03636f6d 00".replaceAll(" ", "");

const hex16 = (value: number): string => value.toString(16).padStart(4, "0");
const option = (code: number, value = ""): string => {
  const digits = value.replaceAll(" ", "");
  return `${hex16(code)}${hex16(digits.length / 2)}${digits}`;
};
const message = (type: string, ...options: string[]): ReturnType<typeof dissect> =>
  dissect(udpFrame(546, 547, `${type}0a0b0c${options.join("")}`));

describe("DHCPv6", () => {
  it("shows a message with its identifiers, addresses and status codes", () => {
    const duid = "0001 0001 00000001 001122334455";
    const lease = option(5, `${ADDRESS} 00000e10 ffffffff ${option(13, "0002 6e6f")}`);
    const { info, protocol, text } = message(
      "07",
      option(1, duid),
      option(3, `01020304 00000e10 ffffffff ${lease}`),
    );
    expect(protocol).toBe("DHCPv6");
    expect(info).toBe("Reply XID: 0x0a0b0c CID: 0001000100000001001122334455 IAA: 2001:db8::1 ");
    expect(text).toContain("  Client Identifier\n    Option: Client Identifier (1)\n    Length: 14");
    expect(text).toContain("    DUID Time: Jan  1, 2000 00:00:01.000000000 UTC");
    expect(text).toContain("    Link-layer address: 00:11:22:33:44:55");
    expect(text).toContain("    IAID: 01020304\n    T1: 3600\n    T2: infinity\n    IA Address");
    expect(text).toContain("      Valid lifetime: infinity\n      Status code");
    expect(text).toContain("        Status Code: NoAddrAvail (2)\n        Status Message: no");
  });

  it("reads the other identifiers", () => {
    const { text } = message(
      "01",
      option(1, "0002 00000009 0102"),
      option(2, `0004 ${ADDRESS}`),
      option(2, "0003"),
    );
    expect(text).toContain("Enterprise ID: ciscoSystems (9)\n    Identifier: 0102");
    expect(text).toContain(`UUID: ${ADDRESS}`);
    expect(text).toContain("DUID: malformed option");
  });

  it("follows messages through relays and looks at their hop counts", () => {
    const inner = option(9, `0c01 ${ADDRESS} ${ADDRESS} ${option(9, `010a0b0c${option(14)}`)}`);
    const { info, text } = dissect(udpFrame(547, 547, `0d02 ${ADDRESS} ${ADDRESS} ${inner}`));
    expect(info).toBe("Relay-reply L: 2001:db8::1 Relay-forw L: 2001:db8::1 Solicit XID: 0x0a0b0c ");
    expect(text).toContain("        DHCPv6\n          Message type: Solicit (1)");
    expect(text).toContain("Hopcount of most inner message has to equal 0 instead of 1");
    expect(text).not.toContain("hopcount is not correctly incremented");
  });

  it("reads prefixes, names, servers and classes", () => {
    const { text } = message(
      "07",
      option(25, `00000001 00000001 00000002 ${option(26, `0000000a 0000000b 38 ${ADDRESS}`)}`),
      option(6, "0017 ffff"),
      option(8, "0060"),
      option(15, "0002 4142"),
      option(16, "00000137 0002 4d53"),
      option(17, "0000ffff 0001 0002 4141"),
      option(23, ADDRESS + ADDRESS),
      option(24, NAME),
      option(39, `01${NAME}`),
      option(56, `0001 0010 ${ADDRESS} 0003 ${hex16(NAME.length / 2)} ${NAME}`),
      option(2000, "00"),
    );
    expect(text).toContain("      Prefix length: 56\n      Prefix address: 2001:db8::1");
    expect(text).toContain("DNS recursive name server (23)\n    Requested Option code: Unknown (65535)");
    expect(text).toContain("Elapsed time: 960ms");
    expect(text).toContain("    User Class suboption\n      Length: 2\n      Suboption: 4142");
    expect(text).toContain("Enterprise ID: Microsoft (311)\n    vendor-class-data: MS");
    expect(text).toContain(
      "    option\n      Option code: 1\n      Option length: 2\n      Option data: 4141",
    );
    expect(text).toContain("     2 DNS server address: 2001:db8::1");
    expect(text).toContain("    Domain name suffix search list\n      List entry: www.example.com.");
    expect(text).toContain("Flags: 0x01  [SERVER SHALL update both AAAA and PTR RRs]");
    expect(text).toContain("      NTP Server FQDN: www.example.com.");
    expect(text).toContain("  DHCP option 2000\n    Option: Unknown (2000)");
  });

  it("tells partial and impossible names apart", () => {
    const { text } = message(
      "01",
      option(39, "00 03777777"),
      option(24, "00"),
      option(24, "0577"),
      option(64),
    );
    expect(text).toContain("Partial domain name: www");
    expect(text).toContain("A root-only domain name cannot be resolved.");
    expect(text).toContain("FQDN exceeds length of the domain name field");
    expect(text).toContain("Empty domain field");
  });

  it("stops at options that lack bytes", () => {
    expect(message("01", option(7)).text).toContain("PREFERENCE: malformed option");
    const cut = message("01", option(14), "0001 0010 0001");
    expect(cut.text).toContain("Rapid Commit");
    expect(cut.text).not.toContain("Client Identifier");
    expect(message("01", option(3, `01020304 00000000 00000000 0005 0018 ${ADDRESS}`)).text).not.toContain(
      "IA Address",
    );
    const snapped = dissect(udpFrame(546, 547, `010a0b0c${option(1, `00030001${"00".repeat(40)}`)}`), {
      snap: 60,
    });
    expect(snapped.text).toContain("[Packet size limited during capture: DHCPv6 truncated]");
  });
});
