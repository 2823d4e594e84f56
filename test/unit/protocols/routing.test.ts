import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const MACS = "0102030405060a0b0c0d0e0f";
const bytesOf = (hex: string): string => hex.replaceAll(" ", "");
const hex16 = (value: number): string => value.toString(16).padStart(4, "0");
const ip = (protocol: string, payload: string): string => {
  const octets = bytesOf(payload);
  return `${MACS}08004500${hex16(20 + octets.length / 2)}00010000ff${protocol}00000a0000010a000002${octets}`;
};
const udp = (port: number, payload: string): string => {
  const octets = bytesOf(payload);
  return ip("11", `c000${hex16(port)}${hex16(8 + octets.length / 2)}0000${octets}`);
};

describe("VXLAN", () => {
  it("shows the network and goes on with Ethernet", () => {
    const { text, chain } = dissect(udp(4789, `0800 0000 000457 00 ${MACS}0800`));
    expect(text).toContain("  Flags: 0x0800, VXLAN Network ID (VNI)");
    expect(text).toContain("  VXLAN Network Identifier (VNI): 1111");
    expect(chain).toMatch(/^eth:ethertype:ip:udp:vxlan:eth:ethertype/);
    expect(dissect(udp(4789, "0800 00")).text).toContain("[Malformed Packet: VxLAN]");
  });

  it("names what the Generic Protocol Extension carries", () => {
    const { text, chain } = dissect(udp(4790, `0c 0000 03 000005 00 ${MACS}0800`));
    expect(text).toContain("Flags: 0x0c\n");
    expect(text).toContain(".... .1.. = Next Protocol Bit: 1");
    expect(text).toContain("Next Protocol: Ethernet (3)");
    expect(text).toContain("VXLAN Network Identifier (VNI): 5");
    expect(chain).toMatch(/:udp:vxlan:eth/);
    expect(dissect(udp(4790, `0c 0000 02 000005 00 6000000000003b40 ${"00".repeat(32)}`)).chain).toMatch(
      /:vxlan:ipv6/,
    );
    expect(dissect(udp(4790, "0c 0000 07 000005 00 01 02")).chain).toMatch(/:vxlan:data/);
  });
});

describe("Geneve", () => {
  it("shows options known and unknown", () => {
    const { text, chain } = dissect(
      udp(6081, `04 40 6558 00000a 00 0000 80 01 0000000c 0132 03 02 0000000000001234 ${MACS}0800`),
    );
    expect(text).toContain("Encapsulation, VNI: 0x00000a");
    expect(text).toContain("  Flags: 0x40, Critical Options Present");
    expect(text).toContain("    Unknown, Class: Standard (0x0000) Type: 0x80 (Critical)");
    expect(chain).toContain("geneve:eth");
  });

  it("marks an option that is longer than the options", () => {
    expect(dissect(udp(6081, "01 00 0800 00000a 00 0132 01 05 00000000")).text).toContain(
      "Invalid length for option",
    );
  });
});

describe("Teredo", () => {
  it("turns the origin's bits over", () => {
    const { text, chain } = dissect(udp(3544, `0000 32de 46f93f46 6000000000003b40 ${"00".repeat(32)}`));
    expect(text).toContain("    Origin UDP port: 52513\n    Origin IPv4 address: 185.6.192.185");
    expect(chain).toContain("teredo:ipv6");
  });
});

describe("BFD", () => {
  const packet = "20 44 05 21 00000001 00000000 000f4240 000f4240 00000000 01 09 02 736563726574";
  it("shows state, intervals and password", () => {
    const { text, info } = dissect(udp(3784, packet));
    expect(info).toBe("Diag: No Diagnostic, State: Down, Flags: 0x04");
    expect(text).toContain("  Message Flags: 0x44, Authentication Present: Set\n    0... .. = Poll: Not set");
    expect(text).toContain("  Detect Time Multiplier: 5 (= 5000 ms Detection time)");
    expect(text).toContain("  Required Min Echo Interval:    0 ms (0 us)");
    expect(text).toContain("    Password: secret");
  });

  it("says that authentication data is not there", () => {
    expect(dissect(udp(3784, `20 44 05 18 ${"00".repeat(20)}`)).text).toContain(
      "but no authentication data is present",
    );
  });

  it("shows an echo's bytes", () => {
    expect(dissect(udp(3785, "0001")).text).toContain("BFD Echo message\n  Echo: 0001");
  });
});

describe("VRRP", () => {
  it("checks the checksum of both versions", () => {
    const { text, info } = dissect(ip("70", "21 2a bf 01 00 0a 0000 0a04 2a01"));
    expect(info).toBe("Announcement (v2)");
    expect(text).toContain("  Version 2, Packet type 1 (Advertisement)");
    expect(text).toMatch(/Checksum: 0x0000 incorrect, should be 0x[0-9a-f]{4}/);
    const right = /should be 0x([0-9a-f]{4})/.exec(text)![1];
    expect(dissect(ip("70", `21 2a bf 01 00 0a ${right} 0a04 2a01`)).text).toContain(
      `Checksum: 0x${right} [correct]`,
    );
    expect(dissect(ip("70", "31 2a 64 01 03 e8 0000 0a04 2a01")).text).toContain(
      "  .... 0011 1110 1000 = Adver Int: 1000",
    );
  });
});

describe("HSRP", () => {
  it("reads version 1", () => {
    const { text, info } = dissect(udp(1985, "00 00 10 03 0a 5a 0a 00 636973636f000000 0a1ca8fe"));
    expect(info).toBe("Hello (state Active)");
    expect(text).toContain("  Hellotime: Default (3)");
    expect(text).toContain("  Authentication Data: Default (cisco)");
  });

  it("reads the TLVs of version 2", () => {
    const group = `01 28 02 00 06 04 0067 700f6aeff5bf 0000006e 00000bb8 00002711 0a34fd7e ${"00".repeat(12)}`;
    const { text, info, protocol } = dissect(udp(1985, `${group} 03 08 6162630000000000`));
    expect(protocol).toBe("HSRPv2");
    expect(info).toBe("Hello (state Active)");
    expect(text).toContain("    Holdtime: Non-Default (10001)");
    expect(text).toContain("    Authentication Data: Non-Default (abc)");
  });
});

describe("RIP", () => {
  it("shows entries of version 2 behind the password", () => {
    const password = `ffff 0002 ${"61".repeat(16)}`;
    const { text, info, protocol } = dissect(
      udp(520, `02 02 0000 ${password} 0002 0000 0a46b200 ffffff00 00000000 00000001`),
    );
    expect([protocol, info]).toEqual(["RIPv2", "Response"]);
    expect(text).toContain("  Authentication: Simple Password");
    expect(text).toContain(
      "  IP Address: 10.70.178.0, Metric: 1\n    Address Family: IP (2)\n    Route Tag: 0",
    );
  });

  it("names families it does not know and leaves cut ones out", () => {
    expect(dissect(udp(520, `01 01 0000 0007 ${"00".repeat(18)}`)).text).toContain(
      "Unknown address family 7",
    );
    expect(dissect(udp(520, "01 01 0000 0002 0000 0a")).text).not.toContain("IP Address");
  });

  it("reads RIPng", () => {
    const { text, info } = dissect(udp(521, `02 01 0000 2001 0db8 ${"00".repeat(12)} 0001 40 02`));
    expect(info).toBe(" Command Response, Version 1");
    expect(text).toContain("  Route Table Entry: IPv6 Prefix: 2001:db8::/64 Metric: 2");
  });
});

describe("Syslog", () => {
  const ascii = (text: string): string => Buffer.from(text).toString("hex");
  it("splits both formats", () => {
    const old = dissect(udp(514, ascii("<5>Sep 12 19:16:12 host logger: message")));
    expect(old.info).toBe("KERN.NOTICE: Sep 12 19:16:12 host logger: message");
    expect(old.text).toContain("    Syslog process id: logger\n    Syslog message id: : message");
    const modern = dissect(udp(514, ascii("<165>1 2003-10-11T22:14:15.003Z host app - ID47 text")));
    expect(modern.fields.get("syslog.appname")).toEqual(["app"]);
    expect(modern.fields.get("syslog.msgid")).toEqual(["ID47 text"]);
  });
  it("takes a priority that is not closed, or no number, as far as it goes", () => {
    const send = (words: string) => dissect(udp(514, ascii(words)));
    expect(send("<W33>J5l").info).toBe("KERN.EMERG: W33>J5l");
    expect(send("<13 abc").info).toBe("USER.NOTICE:  abc");
    expect(send("<12345>x").info).toBe("CRON.ERR: 45>x");
    expect(send("<13").info).toBe("[Malformed Packet]");
    expect(send("abc").text).toContain("Syslog message: (unknown): abc");
  });

  it("reads a header as far as it goes", () => {
    const { fields } = dissect(udp(514, ascii("<34>1 - host app")));
    expect(fields.get("syslog.hostname")).toEqual(["host"]);
    expect(fields.has("syslog.timestamp")).toBe(false);
    expect(fields.has("syslog.appname")).toBe(false);
  });

  it("shows what has no priority", () => {
    expect(dissect(udp(514, ascii("x> hello"))).info).toBe("x> hello");
  });
});

describe("GTP-U", () => {
  it("walks the extension headers to the packet inside", () => {
    const inner = "4500001400010000 40fd0000 01020304 05060708";
    const { text, chain, protocol } = dissect(
      udp(2152, `34 ff 001c 00000001 0000 00 85 01 10 01 00 ${inner}`),
    );
    expect(text).toContain("  Extension header (PDU Session container)");
    expect(text).toContain("    ..00 0001 = QoS Flow Identifier (QFI): 1");
    expect(chain).toContain("udp:gtp:ip");
    expect(protocol).toMatch(/^GTP <.+>$/);
    expect(dissect(udp(2152, "34 ff 0008 00000001 0000 00 85 00 10 01 00")).text).toContain(
      "[Malformed Packet: GTP]",
    );
  });
});

describe("PIM", () => {
  it("lists the options of a hello", () => {
    const { text, info, protocol } = dissect(
      ip("67", "20 00 0000 0001 0002 0069 0013 0004 00000001 0063 0001 07"),
    );
    expect([protocol, info]).toEqual(["PIMv2", "Hello"]);
    expect(text).toContain("  PIM Options: 3\n    Option 1: Hold Time: 105\n      Type: 1");
    expect(text).toContain("    Option 99: Unknown: 99");
  });

  it("shows joins and prunes by group", () => {
    const group = "01 00 00 20 ef7b7b7b 0001 0001 01 00 07 20 01010101 01 00 00 20 ac10280a";
    const { text } = dissect(ip("67", `23 00 0000 01 00 0a00000d 00 01 00d2 ${group}`));
    expect(text).toContain("      Group 0: 239.123.123.123/32");
    expect(text).toContain("        IP address: 1.1.1.1/32 (SWR)");
    expect(text).toContain("      Num Prunes: 1\n        IP address: 172.16.40.10/32\n");
    expect(dissect(ip("67", "23 00 0000 07 00")).text).toContain("[Malformed Packet: PIM]");
  });
});

describe("OSPF", () => {
  const header = (type: string, length: number): string =>
    `02 ${type} ${hex16(length)} 01010101 00000000 0000 0000 ${"00".repeat(8)}`;
  it("shows a hello", () => {
    const { text, info } = dissect(
      ip("59", `${header("01", 48)} ffffff00 000a 02 01 00000028 00000000 00000000 02020202`),
    );
    expect(info).toBe("Hello Packet");
    expect(text).toContain("    Area ID: 0.0.0.0 (Backbone)\n    Checksum: 0x0000 (None)");
    expect(text).toContain("    Options: 0x02, (E) External Routing");
    expect(text).toContain("    Active Neighbor: 2.2.2.2");
  });

  it("shows the links of a router", () => {
    const link = "c0a8ff0b ffffffff 03 00 0001";
    const lsa = `0176 22 01 c0a8ff0b c0a8ff0b 800002d8 ce1e 0024 02 00 0001 ${link}`;
    const { text, fields } = dissect(ip("59", `${header("04", 64)} 00000001 ${lsa}`));
    expect(text).toContain(
      "    LSA-type 1 (Router-LSA), len 36\n      .000 0001 0111 0110 = LS Age (seconds): 374",
    );
    expect(text).toContain("      Type: Stub     ID: 192.168.255.11  Data: 255.255.255.255 Metric: 1");
    expect(fields.get("ospf.lsa.router")).toEqual(["1"]);
  });

  it("bears advertisements that lie about their length", () => {
    const lsa = "0176 22 01 c0a8ff0b c0a8ff0b 800002d8 ce1e 0004";
    expect(dissect(ip("59", `${header("04", 48)} 00000001 ${lsa}`)).text).toContain(
      "[Malformed Packet: OSPF]",
    );
  });
});

describe("BGP", () => {
  const marker = "ff".repeat(16);
  const message = (type: string, body: string): string =>
    `${marker}${hex16(19 + bytesOf(body).length / 2)}${type}${bytesOf(body)}`;
  const tcp = (payload: string): string =>
    ip("06", `c000 00b3 00000001 00000001 5018 0400 0000 0000 ${payload}`);

  it("shows an OPEN's capabilities", () => {
    const { text, info } = dissect(tcp(message("01", "04 5ba0 00b4 00000101 08 02 06 41 04 a4c4 4612")));
    expect(info).toBe("OPEN Message");
    expect(text).toContain("Border Gateway Protocol - OPEN Message");
    expect(text).toContain("  My AS: 23456 (AS_TRANS)");
    expect(text).toContain("      Capability: Support for 4-octet AS number capability");
  });

  it("shows attributes and prefixes, a line for each message in one step of the chain", () => {
    const attributes = "40 01 01 00 40 02 04 02 01 00c8 40 03 04 01000201";
    const update = message("02", `0000 0012 ${attributes} 18 0a0102`);
    const { text, info, chain } = dissect(tcp(update + message("04", "")));
    expect(info).toBe("UPDATE Message, KEEPALIVE Message");
    expect(chain).toMatch(/tcp:bgp$/);
    expect(text).toContain("Border Gateway Protocol - KEEPALIVE Message\n  Marker");
    expect(text).toContain(
      "    Path Attribute - AS_PATH: 200 \n      Flags: 0x40, Transitive, Well-known, Complete",
    );
    expect(text).toContain("    10.1.2.0/24\n      NLRI prefix length: 24\n      NLRI prefix: 10.1.2.0");
  });

  it("shows multiprotocol prefixes", () => {
    const reach = `80 0e 1a 0002 01 10 ${"20010db8"}${"00".repeat(11)}01 00 20 20010db8`;
    const { text } = dissect(tcp(message("02", `0000 001d ${reach}`)));
    expect(text).toContain("      Next hop: 2001:db8::1\n");
    expect(text).toContain("        2001:db8::/32\n          MP Reach NLRI prefix length: 32");
  });

  it("shows why a session ends and marks attributes that break off", () => {
    expect(dissect(tcp(message("03", "06 02 03 627965"))).text).toContain("  Shutdown Communication: bye");
    const { text, info, fields } = dissect(tcp(message("02", "0000 0003 400101") + message("04", "")));
    expect(text).toMatch(
      /\[Malformed Packet: BGP\][\s\S]+Border Gateway Protocol - KEEPALIVE Message\n {2}Marker/,
    );
    expect(info).toBe("UPDATE Message[Malformed Packet], KEEPALIVE Message");
    // The mark, the expert info about it, and the one about the attribute's length.
    expect(fields.get("_ws.malformed")).toHaveLength(3);
  });
});

describe("STUN", () => {
  const id = "6666415444672f477a306159";
  const message = (type: string, body: string): string => {
    const octets = bytesOf(body);
    return `${type}${hex16(octets.length / 2)}2112a442${id}${octets}`;
  };

  it("is recognised on any port and turns addresses over", () => {
    const { text, info, protocol } = dissect(udp(40000, message("0101", "0020 0008 00 01 e8d1 2b12b04a")));
    expect([protocol, info]).toEqual([
      "STUN",
      "Binding Success Response XOR-MAPPED-ADDRESS: 10.0.20.8:51651",
    ]);
    expect(text).toContain("    .... ...1 ...0 .... = Message Class: 0x10 Success Response (2)");
    expect(text).toContain("      [IP: 10.0.20.8]");
  });

  it("shows names with their padding and checks fingerprints", () => {
    const { text, info } = dissect(udp(3478, message("0001", "0006 0003 61626300 8028 0004 00000000")));
    expect(info).toBe("Binding Request user: abc");
    expect(text).toContain("    USERNAME: abc");
    expect(text).toContain("      Padding: 1");
    expect(text).toMatch(/CRC-32: 0x00000000 incorrect, should be 0x[0-9a-f]{8}/);
  });

  it("shows channel data and marks attributes that are cut", () => {
    expect(dissect(udp(3478, "4000 0002 abcd")).info).toBe("ChannelData TURN Message");
    expect(dissect(udp(3478, message("0001", "0006 0010 61626300"))).text).toContain(
      "[Malformed Packet: STUN]",
    );
  });
});

describe("SCTP", () => {
  const header = "4000 0b80 00016f0a 00000000";
  it("lists chunks and hands whole messages on", () => {
    const { text, info, chain } = dissect(
      ip("84", `${header} 00 03 0013 00000007 0001 0002 00000000 616263 00 04 00 0008 0001 0004`),
    );
    expect(info).toBe("DATA (TSN=0) HEARTBEAT ");
    expect(text).toContain(
      "DATA chunk (ordered, complete segment, TSN: 0, SID: 1, SSN: 2, PPID: 0, payload length: 3 bytes)",
    );
    expect(text).toContain("    Chunk padding: 00");
    expect(chain).toBe("eth:ethertype:ip:sctp:data");
  });

  it("marks chunks that cannot be", () => {
    expect(dissect(ip("84", `${header} 03 00 0000`)).text).toContain("[Malformed Packet: SCTP]");
    expect(dissect(ip("84", `${header} 03 00 0010 00000001 00000001 0001 0000`)).text).toContain(
      "[Malformed Packet: SCTP]",
    );
  });
});
