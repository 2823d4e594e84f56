import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const bytesOf = (hex: string): string => hex.replaceAll(" ", "");
const hex16 = (value: number): string => value.toString(16).padStart(4, "0");
const ip = (protocol: string, payload: string): string => {
  const octets = bytesOf(payload);
  return `0102030405060a0b0c0d0e0f08004500${hex16(20 + octets.length / 2)}00010000ff${protocol}00000a0000010a000002${octets}`;
};
const udp = (port: number, payload: string): string => {
  const octets = bytesOf(payload);
  return ip("11", `${hex16(port)}${hex16(port)}${hex16(8 + octets.length / 2)}0000${octets}`);
};
const tcp = (port: number, payload: string): string =>
  ip("06", `c000 ${hex16(port)} 00000001 00000001 5018 0400 0000 0000 ${payload}`);

describe("PGM", () => {
  const header = (type: string, options: string): string =>
    `03e8 07d0 ${type} ${options} 0000 010203040506 0000`;
  it("shows a source path with options", () => {
    const spm = "00000001 00000002 00000003 0001 0000 0a000001";
    const { text, info } = dissect(
      ip("71", `${header("00", "01")} ${spm} 00 04 0010 82 0c 00 00 00000001 00000002`),
    );
    expect(info).toBe("SPM   sqn 0x1 gsi 010203040506");
    expect(text).toContain("  Options: Present (0x1)\n");
    expect(text).toContain("    Path NLA: 10.0.0.1\n    SPM Options (Total Length 16)");
    expect(text).toContain("        List(2): 0x1 0x2 ");
  });

  it("leaves what is too short, or of no known type, alone", () => {
    expect(dissect(ip("71", "03e807d00000")).info).toBe("PGM (113)");
    expect(dissect(ip("71", `${header("ff", "00")} 00000001`)).text).not.toContain("Pragmatic");
    expect(dissect(ip("71", `${header("08", "00")} 00000001 0001`)).text).toContain(
      "[Malformed Packet: PGM]",
    );
  });
});

describe("DVMRP", () => {
  it("shows a probe and a report", () => {
    const probe = dissect(ip("02", "13 01 d9af 003f ff03 00000007 0a000002 0a000003"));
    expect(probe.info).toBe("V3 Probe");
    expect(probe.chain).toMatch(/ip:igmp:dvmrp$/);
    expect(probe.text).toContain("  Checksum: 0xd9af [correct]");
    expect(probe.text).toContain("  Capabilities: 0x3f, Netmask, SNMP, Mtrace, Genid, Prune, Leaf");
    const report = dissect(ip("02", "13 02 0000 000e ff03 ffff00 0a0001 03 0a0002 a0 000000 00 81"));
    expect(report.text).toContain("    Source Network 10.0.2.0 (netmask 255.255.255.0)\n    Metric: 32");
    expect(report.text).toContain("    Default Route 0.0.0.0 (netmask 0.0.0.0)");
  });

  it("knows version 1 by its length", () => {
    const { text, info } = dissect(ip("02", "13 01 ecfb 02 02"));
    expect(info).toBe("V1 Response");
    expect(text).toContain("  Address Family Indicator: IP v4 Family\n");
    expect(dissect(ip("02", "13 01 0000 07 01")).text).toContain("[Malformed Packet: DVMRP]");
  });
});

describe("PIM in IGMP", () => {
  it("shows version 1", () => {
    const { protocol, chain } = dissect(ip("02", "14 00 0000 10000000 00000069"));
    expect(protocol).toBe("PIMv1");
    expect(chain).toMatch(/ip:igmp:pim$/);
  });
});

describe("MSDP", () => {
  it("shows sources and keepalives of one segment", () => {
    const active = "01 0014 01 0a000001 000000 20 e8000001 0a000002";
    const { text, info } = dissect(tcp(639, `${active} 04 0003`));
    expect(info).toBe("IPv4 Source-Active");
    expect(text).toContain("Group Address: 232.0.0.1");
    expect(text).toContain("Type: KeepAlive (4)");
  });
});

describe("Auto-RP", () => {
  it("lists the groups of a rendezvous point", () => {
    const { text, info } = dissect(udp(496, "11 01 00b5 00000000 0a000001 02 01 00 04 e0000000"));
    expect(info).toMatch(/for 1 RP$/);
    expect(text).toContain("Holdtime: 181 seconds");
    expect(text).toContain("224.0.0.0/4");
  });
});

describe("GLBP", () => {
  const hello = "01 1c 00 20 00 64 0000 00000bb8 00002710 0258 3840 0000 01 04 0a000001";
  it("shows the virtual router and its password", () => {
    const { text, info } = dissect(
      udp(3222, `01 00 000a 0000 001122334455 ${hello} 03 0a 01 06 636973636f00`),
    );
    expect(info).toBe("G: 10, Hello, IPv4, Auth");
    expect(text).toContain("  TLV l=28, t=Hello\n");
    expect(text).toContain("    VG state?: Active (32)");
    expect(text).toContain("    Plain pass: cisco");
  });

  it("knows one version", () => {
    expect(dissect(udp(3222, `02 00 000a 0000 001122334455 ${hello}`)).protocol).toBe("UDP");
    expect(dissect(udp(3222, "01 00 000a 0000 001122334455 01 1c 00")).text).toContain(
      "[Malformed Packet: GLBP]",
    );
  });
});

describe("RPKI-Router", () => {
  it("shows prefixes, a line for each PDU", () => {
    const prefix = "01 04 0000 00000014 01 18 18 00 0a010200 0000fde8";
    const { text, info, protocol, chain } = dissect(tcp(323, `01 03 0007 00000008 ${prefix}`));
    expect([protocol, info]).toEqual(["RPKI-RTR", "Cache Response, IPv4 Prefix"]);
    expect(chain).toMatch(/tcp:rpkirtr$/);
    expect(text).toContain("RPKI-Router Protocol (IPv4 Prefix)\n");
    expect(text).toContain("  AS Number: 65000");
  });
});

describe("OSPF's opaque advertisements", () => {
  const lsa = (kind: string, id: string, body: string): string => {
    const octets = bytesOf(body);
    return `0001 42 0a ${kind}${id} 0a000001 80000001 0000 ${hex16(20 + octets.length / 2)} ${octets}`;
  };
  const packet = (advertisement: string): string => {
    const octets = bytesOf(advertisement);
    return ip(
      "59",
      `02 04 ${hex16(28 + octets.length / 2)} 0a000001 00000000 0000 0000 ${"00".repeat(8)} 00000001 ${octets}`,
    );
  };

  it("reads traffic engineering", () => {
    const { text } = dissect(packet(lsa("01", "000008", "0002 0010 0001 0001 01000000 0002 0004 0a000002")));
    expect(text).toContain("      Link Information\n");
    expect(text).toContain("        Link Type: 1 - Point-to-point\n");
    expect(text).toContain("        Link ID: 10.0.0.2\n");
  });

  it("reads router information and extended prefixes", () => {
    const router = dissect(packet(lsa("04", "000000", "0008 0002 00010000 0007 0002 72310000")));
    expect(router.text).toContain("Dynamic Hostname: r1");
    const prefix = "0001 0014 01 20 00 40 0a000001 0002 0008 00 00 00 00 00000064";
    expect(dissect(packet(lsa("07", "000001", prefix))).text).toContain(
      "Prefix SID Sub-TLV  (SID/Label: 100)",
    );
  });

  it("marks what is cut", () => {
    expect(dissect(packet(lsa("01", "000008", "0002 0010 0001 0001"))).text).toContain(
      "[Malformed Packet: OSPF]",
    );
  });
});
