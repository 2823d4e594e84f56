import { describe, expect, it } from "vitest";
import { protocolNamed } from "../../../engine/dissect/protocol.ts";
import { dissect } from "./harness.ts";

const ETHERNET = "020000000001 020000000002";
const UDP_IN_IP = "4500001c000100004011f97c c0000201c0000202 0400 0401 0008 0000";
const INNER = `00000c112233 00000c445566 0800 ${UDP_IN_IP}`;
const hexLength = (hex: string): number => hex.replace(/\s/g, "").length / 2;
const word = (value: number): string => value.toString(16).padStart(4, "0");
/** A packet of IPv4 behind an Ethernet header. */
const overIp = (protocol: string, payload: string): string =>
  `${ETHERNET} 0800 4500 ${word(20 + hexLength(payload))} 0001 0000 40 ${protocol} 0000 c0000201 c0000202 ${payload}`;
const overUdp = (port: number, payload: string): string =>
  overIp("11", `${word(port)} ${word(port)} ${word(8 + hexLength(payload))} 0000 ${payload}`);

describe("GRE", () => {
  it("checks its checksum", () => {
    const { text, fields } = dissect(overIp("2f", `8000 0800 1234 0000 ${UDP_IN_IP}`));
    expect(text).toContain("Checksum: 0x1234 incorrect, should be 0x");
    expect(fields.get("gre.checksum.status")).toEqual(["0"]);
  });
  it("shows source routes and ends at the empty one", () => {
    const { fields, chain } = dissect(
      overIp("2f", `4000 0800 0000 0000 0008 04 04 c0000201 00000000 ${UDP_IN_IP}`),
    );
    expect(fields.get("gre.routing.information")).toEqual(["c0000201"]);
    expect(fields.get("gre.routing.address_family")).toEqual(["8", "0"]);
    expect(chain).toBe("eth:ethertype:ip:gre:ip:udp");
  });
  it("carries only what its own table names", () => {
    expect(dissect(overIp("2f", `0000 8100 0001 0800 ${UDP_IN_IP}`)).chain).toBe("eth:ethertype:ip:gre:data");
  });
  it("carries ERSPAN of all three types", () => {
    expect(dissect(overIp("2f", `0000 88be ${INNER}`)).text).toContain("Switch Packet ANalysis Type I\n");
    const second = dissect(overIp("2f", `1000 88be 000000ab 1156 c29a 00007ff8 ${INNER}`));
    expect(second.text).toContain("Type: II".replace("Type: ", "Type "));
    expect(second.fields.get("erspan.index")).toEqual(["32760"]);
    const third = dissect(
      overIp("2f", `1000 22eb 00000001 2064 4c2a 12345678 0007 800d 0c000123 00000004 ${INNER}`),
    );
    expect(third.fields.get("erspan.pid3.port_index")).toEqual(["291"]);
    expect(third.chain).toBe("eth:ethertype:ip:gre:erspan:eth:ethertype:ip:udp");
  });
});

describe("MPLS", () => {
  const label = (number: string, payload: string): string => `${ETHERNET} 8847 ${number} ${payload}`;
  it("guesses the control word of an Ethernet pseudowire", () => {
    const without = dissect(label("00010140", INNER));
    expect(without.chain).toBe("eth:ethertype:mpls:pwethheuristic:pwethnocw:eth:ethertype:ip:udp");
    const withWord = dissect(label("00010140", `0000 0005 ${INNER}`));
    expect(withWord.chain).toBe("eth:ethertype:mpls:pwethheuristic:pwethcw:eth:ethertype:ip:udp");
    expect(withWord.text).toContain("Sequence Number: 5");
  });
  it("dissects the associated channel", () => {
    const { text, chain } = dissect(label("0000d140", `1000 0021 ${UDP_IN_IP}`));
    expect(chain).toBe("eth:ethertype:mpls:pwach:ip:udp");
    expect(text).toContain("Generic Associated Channel Header");
    expect(text).toContain("MPLS Label: Generic Associated Channel Label (GAL) (13)");
  });
});

describe("tags behind an Ethernet header", () => {
  it("leaves a changed MACsec payload alone and finds the check value", () => {
    const { text, info, chain } = dissect(
      `${ETHERNET} 88e5 2c00 00000048 2eb73f3995c3 0001 aabbccdd 00112233445566778899aabbccddeeff`,
    );
    expect(info).toBe("MACsec frame");
    expect(chain).toBe("eth:ethertype:macsec:data");
    expect(text).toContain("0010 11.. = TCI: 0x0b, VER: 0x0, SC, E, C");
    expect(text).toContain("ICV: 00112233445566778899aabbccddeeff");
  });
  it("dissects 802.1ah with and without a backbone tag", () => {
    expect(dissect(`${ETHERNET} 88e7 30001234 ${INNER}`).text).toContain(
      "IEEE 802.1ah, I-SID: 4660, C-Src: 00:00:0c:44:55:66, C-Dst: 00:00:0c:11:22:33",
    );
    const { text, fields } = dissect(`${ETHERNET} 88a8 0064 88e7 30001234 ${INNER}`);
    expect(text).toContain("IEEE 802.1ah, B-VID: 100, I-SID: 4660");
    expect(fields.get("ieee8021ad.id")).toEqual(["100"]);
  });
  it("dissects a VN-Tag, CiscoMetaData and NSH", () => {
    expect(dissect(`${ETHERNET} 8926 80050007 0800 ${UDP_IN_IP}`).chain).toBe(
      "eth:ethertype:vntag:ethertype:ip:udp",
    );
    expect(dissect(`${ETHERNET} 8909 0101 0001 0005 0800 ${UDP_IN_IP}`).fields.get("cmd.sgt")).toEqual(["5"]);
    const { chain, text } = dissect(`${ETHERNET} 894f 0fc6 0103 00000104 ${"00000000".repeat(4)} ${INNER}`);
    expect(chain).toBe("eth:ethertype:nsh:eth:ethertype:ip:udp");
    expect(text).toContain("Next Protocol: Ethernet (3)");
  });
  it("takes an NSH that is shorter than its own length as cut off", () => {
    expect(dissect(`${ETHERNET} 894f 0fc6 0103 00000104 00000000`).text).toContain("[Malformed Packet: NSH]");
  });
});

describe("layers around Ethernet", () => {
  it("dissects ISL without a line for the outer header", () => {
    const { text, chain } = dissect(`01000c000000 001906eab885 004c aaaa03 00000c 0003 0000 0000 ${INNER}`);
    expect(text.split("\n").filter((line) => /^(ISL|Ethernet)/.test(line))).toHaveLength(2);
    expect(chain).toBe("eth:eth:ethertype:ip:udp");
    expect(text).toContain("VLAN ID: 1");
  });
  it("dissects FabricPath", () => {
    const { text, chain } = dissect(`020abd000000 020abc000000 8903 4020 ${INNER} 01030307`);
    expect(text).toContain("Cisco FabricPath, Src: abc.00.0000, Dst: abd.00.0000");
    expect(text).toContain("0000 00.. 00.. .... .... .... = End Node ID: 0 (0x000)");
    expect(chain).toBe("eth:cfp:eth:ethertype:ip:udp");
  });
});

describe("LISP", () => {
  const nonce = "1122334455667788";
  it("says for which prefix a message is", () => {
    const { info, text } = dissect(overUdp(4342, `10020001 ${nonce} 0000 0001 0a000001 00 20 0001 0a010100`));
    expect(info).toBe("Map-Request for 10.1.1.0/32");
    expect(text).toContain("ITR-RLOC 1: 10.0.0.1");
  });
  it("reads instance ids and locators of a registration", () => {
    const { info, text } = dissect(
      overUdp(
        4342,
        `30000001 ${nonce} 0000 0000 000005a0 01 20 1000 0003 4003 0000 0220 000a 00000abc 0001 0a010203 0164 0263 0005 0001 0a000001`,
      ),
    );
    expect(info).toBe("Map-Register for [2748] 10.1.2.3/32");
    expect(text).toContain("LCAF: Instance ID: 2748, Address: 10.1.2.3");
    expect(text).toContain("Locator Record 1, Local RLOC: 10.0.0.1, Reachable, Priority/Weight: 1/100");
  });
  it("stops where a canonical address claims more than there is", () => {
    const { text } = dissect(
      overUdp(4342, `30000001 ${nonce} 0000 0000 000005a0 01 20 1000 0003 4003 0000 0120 ffff 0001 0a010203`),
    );
    expect(text).toContain("[Malformed Packet: LISP]");
  });
  it("carries data", () => {
    const { chain, fields } = dissect(overUdp(4341, `88112233 00abcd01 ${UDP_IN_IP}`));
    expect(chain).toBe("eth:ethertype:ip:udp:lisp-data:ip:udp");
    expect(fields.get("lisp-data.iid")).toEqual(["43981"]);
  });
  it("dissects the generic extension of VXLAN", () => {
    expect(dissect(overUdp(4790, `0c000001 00000500 ${UDP_IN_IP}`)).chain).toBe(
      "eth:ethertype:ip:udp:vxlan:ip:udp",
    );
  });
});

describe("PTP", () => {
  const message = (type: string, body: string): string =>
    `${ETHERNET} 88f7 ${type}02 ${word(34 + hexLength(body))} 0000 0200 0000000000008000 00000000 001122fffe334455 0001 0007 05 fe ${body}`;
  it("adds a follow-up's time as one number", () => {
    const { info, text, fields } = dissect(message("08", "000000001234 00000056"));
    expect(info).toBe("Follow_Up Message");
    expect(text).toContain("correctionField: 0.500000 nanoseconds");
    expect(fields.get("ptp.v2.fu.preciseorigintimestamp.32bit")).toEqual([
      String((0x1234 * 1e9 + 0x56) % 2 ** 32),
    ]);
  });
  it("says what a management message is about", () => {
    expect(dissect(message("0d", "aabbccfffeddeeff 0002 0101 0200 0001 0002 2002")).info).toBe(
      "Management (Parent dataset) RESPONSE",
    );
  });
  it("shows the tables of an announcement", () => {
    const { text } = dissect(
      message(
        "0b",
        "000000001234 00000056 0025 00 80 06 21 4e5d 81 001122fffe334455 0003 a0 0008 0008 0011223344556677",
      ),
    );
    expect(text).toContain("PathSequence: 0x0011223344556677");
  });
});

describe("other link types", () => {
  it("dissects ARCNET of both framings", () => {
    expect(dissect(`be00 d4 00 0001 ${UDP_IN_IP}`, { linkType: 7 }).chain).toBe("arcnet:ip:udp");
    const { fields } = dissect(`be00 ea08 f0 ${UDP_IN_IP}`, { linkType: 129 });
    expect(fields.get("arcnet.offset")).toEqual(["ea08"]);
    expect(fields.has("arcnet.sequence")).toBe(false);
  });
  it("dissects NFLOG's records and payload", () => {
    const { text, chain } = dissect(`0200 0014 08000100 08000100 08000b00 000003e8 20000900 ${UDP_IN_IP}`, {
      linkType: 239,
    });
    expect(chain).toBe("nflog:ip:udp");
    expect(text).toContain("TLV Type: NFULA_UID (11), Length: 8");
    expect(text).toContain("UID: 1000");
  });
  it("ends NFLOG without payload", () => {
    expect(dissect("0a00 0000 0800040000000002", { linkType: 239 }).text).toContain(
      "[Malformed Packet: NFLOG]",
    );
  });
  it("puts PPP multilink packets together from one fragment", () => {
    expect(dissect(`ff03003d c0000001 0021 ${UDP_IN_IP}`, { linkType: 50 }).chain).toBe("ppp:mp:ppp:ip:udp");
    expect(dissect("ff03003d 80000002 0021", { linkType: 50 }).info).toBe(
      "PPP Multilink (PPP MP Unreassembled fragment 2)",
    );
  });
  it("takes Cisco HDLC for what it is under PPP's link type", () => {
    expect(dissect(`0f000800 ${UDP_IN_IP}`, { linkType: 50 }).chain).toBe("ppp:chdlc:ip:udp");
  });
  it("dissects Juniper's header and its extensions", () => {
    const { text, chain } = dissect(`4d474380 0010 03010106010e01028c0004040000014c ${INNER}`, {
      linkType: 178,
    });
    expect(chain).toBe("juniper:eth:ethertype:ip:udp");
    expect(text).toContain("Logical Interface Index Extension TLV #4, length: 4");
  });
  it("has a line for a link type left to users", () => {
    expect(dissect("01020304", { linkType: 147 }).text).toContain("User encapsulation not handled: DLT=147");
  });
});

describe("networks of other vendors", () => {
  it("dissects IPX with SAP and SPX", () => {
    const ends = (to: string, from: string): string =>
      `00000001 ffffffffffff ${to} 00000001 001122334455 ${from}`;
    expect(dissect(`${ETHERNET} 8137 ffff0022 00 11 ${ends("0452", "0452")} 0003 0004`).info).toBe(
      "Nearest Query",
    );
    const { text, info } = dissect(
      `${ETHERNET} 8137 ffff002a 01 05 ${ends("5000", "5001")} 8000 0001 0002 0003 0004 0005`,
    );
    expect(info).toBe("SPX System Packet");
    expect(text).toContain("Destination Network: 00 (0x00000001)");
  });
  it("dissects AppleTalk address resolution", () => {
    const { info } = dissect(
      `${ETHERNET} 80f3 0001 809b 06 04 0001 001122334455 00ff0102 000000000000 00ff0103`,
    );
    expect(info).toBe("Who has 65281.3?  Tell 65281.2");
  });
  it("dissects ATA over Ethernet", () => {
    const { info, text } = dissect(
      `${ETHERNET} 88a2 10 00 0014 00 00 0001cd4a 40 00 02 24 000000000000 0000`,
    );
    expect(info).toBe("Issue ATA Command Request ATA:Read ext");
    expect(text).toContain("Lba: 0x0000000000000000");
  });
  it("dissects PPTP", () => {
    const pptp = protocolNamed("pptp");
    expect(pptp).toBeDefined();
    const { info, text } = dissect("0018 0001 1a2b3c4d 000f 0000 0007 0000 ffffffff ffffffff", {
      protocol: pptp,
    });
    expect(info).toBe("Set-Link-Info");
    expect(text).toContain("Send ACCM: 0xffffffff");
  });
});

describe("spanning tree of Cisco", () => {
  it("finds the record of the VLAN behind a configuration BPDU", () => {
    const { fields } = dissect(
      `01000ccccccd aabbcc000310 0032 aaaa03 00000c 010b 0000 00 00 00 84bdaabbcc000300 00000000 84bdaabbcc000300 8002 0000 1400 0200 0f00 00 0000 0002 04bd`,
    );
    expect(fields.get("stp.pvst.origvlan")).toEqual(["1213"]);
  });
});

describe("rings, circuits and fabrics", () => {
  const SNAP = `aaaa03 000000 0800 ${UDP_IN_IP}`;
  it("turns the bits of FDDI's addresses", () => {
    const { text, chain } = dissect(`50 010203040506 0a0b0c0d0e0f ${SNAP}`, { linkType: 10 });
    expect(chain).toBe("fddi:llc:ip:udp");
    expect(text).toContain("Fiber Distributed Data Interface, Async LLC frame, priority 0");
    expect(text).toContain("Destination: 80:40:c0:20:a0:60");
  });
  it("reads the route of a token ring frame", () => {
    const { fields, chain } = dissect(`10 40 010203040506 8a0b0c0d0e0f 0890 0011 0022 0030 ${SNAP}`, {
      linkType: 6,
    });
    expect(chain).toBe("tr:llc:ip:udp");
    expect(fields.get("tr.rif")).toEqual(["001-1-002-2-003"]);
  });
  it("dissects IP over InfiniBand", () => {
    const header = "00112233445566778899aabbccddeeff00112233 0011223344556677889900aabbccddeeff112233";
    const received = dissect(`${header} 0800 0000 ${UDP_IN_IP}`, { linkType: 242 });
    expect(received.chain).toBe("ipoib:ip:udp");
    expect(received.text).toContain("Source QPN: 0x556677");
    const address = `00 000550 fe80${"00".repeat(13)}01`;
    const sent = dissect(`${"00".repeat(20)} ${address} 0800 0000 ${UDP_IN_IP}`, { linkType: 242 });
    expect(sent.text).toContain("Destination QPN: 0x000550\n    Destination GID: fe80::1\n");
    expect(sent.text).not.toContain("Global Route Header");
  });
  it("shows which way a PPP packet went", () => {
    expect(dissect(`01 ff03 0021 ${UDP_IN_IP}`, { linkType: 204 }).text).toContain(
      "[Direction: DTE->DCE (0)]",
    );
  });
});

describe("CFM", () => {
  it("reads names and records of a continuity check", () => {
    const names = `04 05 68656c6c6f 02 05 776f726c64 ${"00".repeat(34)}`;
    const { text, info } = dissect(
      `${ETHERNET} 8902 60 01 84 46 00000007 0001 ${names} ${"00".repeat(16)} 02 0001 02 00`,
    );
    expect(info).toBe("Type Continuity Check Message (CCM)");
    expect(text).toContain("MD Name (String): hello");
    expect(text).toContain("TLV: Port Status TLV (t=2,l=1)");
  });
  it("stops at a record that is longer than the packet", () => {
    expect(dissect(`${ETHERNET} 8902 60 03 00 04 00000007 03 ffff 00`).text).toContain(
      "[Malformed Packet: CFM]",
    );
  });
});
