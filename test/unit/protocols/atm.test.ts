/** ATM in SunATM captures: LAN emulation, signalling, and what stands alone on its channel. */
import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

const SUN_ATM = 123;
const IP = "4500001c 00010000 40110000 01020304 05060708 04d20050 00080000";
const ETHER = `00a0c9112233 00a0c9445566 0800 ${IP}`;
const sun = (hex: string) => dissect(hex, { linkType: SUN_ATM });

describe("ATM", () => {
  it("says which way, over which channel, and what is multiplexed there", () => {
    const { text, chain, fields } = sun(`82 05 0021 aaaa03 000000 0800 ${IP}`);
    expect(chain).toBe("atm:llc:ip:udp");
    expect(text).toContain(`Asynchronous Transfer Mode
  Channel: DTE->DCE (0)
  AAL: AAL5
  Traffic type: LLC multiplexed (1)
  VPI: 5
  VCI: 33`);
    expect(fields.get("ip.src")).toEqual(["1.2.3.4"]);
  });

  it("tells unknown traffic by its first bytes", () => {
    expect(sun(`00 00 0028 ${IP}`).chain).toBe("atm:ip:udp");
    expect(sun("00000028 6000000000003bff" + "00".repeat(32)).chain).toBe("atm:ip:ipv6");
    expect(sun(`00 00 0028 aaaa03 000000 0800 ${IP}`).chain).toBe("atm:llc:ip:udp");
    const bridged = sun(`00 00 0028 0000 ${ETHER}`);
    expect(bridged.chain).toBe("atm:eth:ethertype:ip:udp");
    expect(bridged.text).toContain("\nPadding: 0000\nEthernet II");
    expect(sun("00000028 0021c02101010004").chain).toContain("atm:ppp");
    const other = sun("00000028 1234567890abcdef");
    expect(other.chain).toBe("atm:data");
    expect(other.info).toBe("AAL5 Unknown traffic type VPI=0, VCI=40");
    expect(sun("00000028 aaaa03000000").chain).toBe("atm:data");
    expect(sun("00000028").chain).toBe("atm");
  });

  it("hands the management interface's messages on", () => {
    const { chain, info, protocol } = sun("05000010 3003020100");
    expect(chain).toBe("atm:ilmi:data");
    expect(info).toBe("AAL5 ILMI VPI=0, VCI=16");
    expect(protocol).toBe("ILMI");
  });

  it("marks a pseudo-header that is cut", () => {
    expect(sun("0000").text).toContain("Malformed Packet: ATM");
  });
});

describe("LAN emulation", () => {
  it("carries Ethernet without a check sequence behind the client's number", () => {
    const { chain, text } = sun(`01000021 0007 ${ETHER}${"00".repeat(18)}`);
    expect(chain).toBe("atm:lane:eth:ethertype:ip:udp");
    expect(text).toContain("ATM LANE\n  LE Client: 0x0007\nEthernet II");
    expect(text).toContain("  LANE traffic type: 802.3 (2)");
    expect(text).not.toContain("Frame check sequence");
  });

  it("shows a join request with its destinations and extensions", () => {
    const { text, info } = sun(
      `01000021 ff00 01 01 0002 0000 00000007 0001 0086 0001000200112233 0002000000001234 39${"01".repeat(19)}
       01 02 01 04 47${"02".repeat(19)} 454c414e${"00".repeat(28)} 00a03e2b 02 beef`,
    );
    expect(info).toBe("LE Control: LE_JOIN_REQUEST");
    expect(text).toContain(`  Opcode: LE_JOIN_REQUEST (0x0002)
  Transaction ID: 0x00000007
  Requester LECID: 0x0001
  Flags: 0x0086
    .... .... .... ..1. = V2 capable: Yes
    .... .... .... .1.. = Selective multicast: Yes
    .... .... 1... .... = Proxy: Yes
    .... ..0. .... .... = Exclude explorer frames: No
  Source LAN destination
    Tag: MAC address (0x0001)
    MAC address: 00:02:00:11:22:33
  Target LAN destination
    Tag: Route descriptor (0x0002)
    Route descriptor: 0x3412
      0011 0100 0001 .... = LAN ID: 833
      .... .... .... 0010 = Bridge number: 2
  Source ATM address: 39${"01".repeat(19)}
  LAN type: Ethernet/802.3 (0x01)
  Maximum frame size: 4544/4556/1580/1592 (0x02)
  Number of TLVs: 1
  ELAN name size: 4
  Target ATM address: 47${"02".repeat(19)}
  ELAN name: 454c414e
  TLV type: LLC-muxed ATM Address
    TLV Type: LLC-muxed ATM Address (0x00a03e2b)
    TLV Length: 2`);
  });

  it("shows the status of answers, and nothing behind the opcode of a ready indication", () => {
    const answer = sun(`01000021 ff00 0101 0107 0016 00000007 0001 0000 ${"00".repeat(92)}`);
    expect(answer.text).toContain("Status: Insufficient information (0x0016)");
    expect(answer.fields.get("atm.reserved")?.length).toBe(2);
    const ready = sun("01000021 ff00 0101 0103 0000 00000007");
    expect(ready.info).toBe("LE Control: READY_IND");
    expect(ready.fields.has("atm.le_control.transaction_id")).toBe(false);
  });

  it("marks a list of extensions that ends early", () => {
    const cut = sun(
      `01000021 ff00 0101 0006 0000 00000007 0001 0000 ${"00".repeat(38)} 02 00 ${"00".repeat(52)} 00a03e01 05 00`,
    );
    expect(cut.text).toContain("Malformed Packet: ATM LANE");
    expect(cut.fields.has("atm.le_control.tlv_type")).toBe(false);
  });
});

describe("signalling over ATM", () => {
  /** A sequenced data PDU with a message whose information elements are `elements`. */
  const message = (type: string, elements: string): ReturnType<typeof dissect> => {
    const body = elements.replace(/\s/g, "");
    const length = (body.length / 2).toString(16).padStart(4, "0");
    const bytes = `09 03 000001 ${type} 80 ${length} ${body}`.replace(/\s/g, "");
    const pad = (4 - ((bytes.length / 2) % 4)) % 4;
    return sun(`06000005${bytes}${"00".repeat(pad)}${((pad << 6) | 8).toString(16).padStart(2, "0")}000002`);
  };

  it("reads a PDU's trailer", () => {
    const begin = sun("06000005 00000011 41000003");
    expect(begin.info).toBe("Begin");
    expect(begin.text).toContain(`SSCOP
  .... 0001 = PDU Type: Begin (0x1)
  N(SQ): 17
  N(MR): 3
  Pad length: 1`);
    expect(sun("06000005 53000000").text).toContain("Source: SSCOP");
    const status = sun("06000005 00000005 00000007 00000001 00000002 0b000003");
    expect(status.text).toContain(`  N(PS): 1
  N(MR): 2
  N(R): 3
  SD List
    N(S): 5
    N(S): 7`);
    expect(sun("06000005 00").text).toContain("Malformed Packet: SSCOP");
  });

  it("finds signalling on its own channel where the pseudo-header does not say", () => {
    expect(sun("00000005 0a000001").chain).toBe("atm:sscop");
    expect(sun("03000005 0a000001").chain).toBe("atm:data");
  });

  it("shows a call being set up", () => {
    const { text, info, chain } = message(
      "05",
      `58 80 0009 05 8c 2328 81 2328 84 00
       59 80 000b 84 0012d6 85 0012d6 be bf 83
       5e 80 0003 10 80 80
       5f 80 0009 6b 40 80 80 00a03e 0001
       70 80 0015 82 47 0005 ${"00".repeat(10)} 010203040506 07
       6c 80 0005 01 83 313233
       5a 80 0005 88 0000 0021
       54 80 0003 00 8005`,
    );
    expect(chain).toBe("atm:sscop:q2931");
    expect(info).toBe("SETUP");
    expect(text).toContain("  Call reference value: 000001\n  Message type: SETUP (0x05)");
    expect(text).toContain(
      "    AAL type: AAL type 5 (0x05)\n    Identifier: 0x8c\n    Forward maximum CPCS-SDU size: 9000",
    );
    expect(text).toContain("    Value: 4822 cells/s");
    expect(text).toContain("    ...1 0000 = Bearer class: BCOB-X (0x10)");
    expect(text).toContain("    Additional layer 3 protocol information: SNAP (0x80)");
    expect(text).toContain(
      "    LANE Protocol ID: LE Configuration Direct/Control Direct/Control Distribute (0x0001)",
    );
    expect(text).toContain("    International Code Designator: 0x0005");
    expect(text).toContain("    Selector: 0x07");
    expect(text).toContain("    Number: 123");
    expect(text).toContain("    VPCI: 0\n    VCI: 33");
    expect(text).toContain("    .000 0000 0000 0101 = Endpoint reference identifier value: 5");
  });

  // tshark 4.0.17 compares these values before they are shifted down, and calls them unknown.
  it("names values that stand in the upper bits of a byte", () => {
    const { text } = message("05", "5a 80 0005 88 0000 0021 78 80 0004 a1 313233");
    expect(text).toContain("...0 1... = VP-associated signalling: No - explicit indication of VPCI (0x1)");
    expect(text).toContain(
      ".010 .... = Type of network identification: National network identification (0x2)",
    );
  });

  it("shows why a call was released", () => {
    const { text, info } = message("5a", "08 80 0004 82 83 82 00 08 80 0004 80 a5 84 85 08 80 0003 82 e1 5a");
    expect(info).toBe("RELEASE COMPLETE");
    expect(text).toContain(`    .... 0010 = Location: Public network serving the local user (LN) (0x2)
    .000 0011 = Cause value: No route to destination (0x03)
    1... .... = Network service: User
    .0.. .... = Network behavior: Normal
    .... ..10 = Condition: Transient (0x2)`);
    expect(text).toContain("Cell rate subfield identifier: Forward peak cell rate (CLP = 0 + 1) (0x84)");
    expect(text).toContain("Message type: RELEASE COMPLETE (0x5a)");
  });

  it("keeps to the length of an element and of the message", () => {
    const { text } = message("7d", "14 80 0001 0a 14 e0 0002 0102 14 80 0009 0b");
    expect(text).toContain("..00 1010 = Call state: Incoming call proceeding (0x0a)");
    expect(text).toContain("Data: 0102");
    expect(text).toContain("Malformed Packet: Q.2931");
  });
});
