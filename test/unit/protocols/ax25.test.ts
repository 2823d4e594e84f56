/** Amateur packet radio: AX.25, KISS, BPQ, NET/ROM. */
import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

/** A call sign shifted by a bit, and the byte behind it: command bit, reserved bits, station, last. */
function call(sign: string, station: number, { last = false, command = false } = {}): string {
  const bytes = [...sign.padEnd(6)].map((char) => char.charCodeAt(0) << 1);
  bytes.push((command ? 0x80 : 0) | 0x60 | (station << 1) | (last ? 1 : 0));
  return Buffer.from(bytes).toString("hex");
}
const COMMAND = call("CQ", 0, { command: true }) + call("N0CALL", 7, { last: true });
const RESPONSE = call("CQ", 0) + call("N0CALL", 7, { last: true, command: true });
const ax25 = (hex: string) => dissect(hex, { linkType: 3 });

describe("AX.25", () => {
  it("shows addresses, repeaters and text", () => {
    const path =
      call("APRS", 0, { command: true }) +
      call("N0CALL", 7) +
      call("RELAY", 0) +
      call("WIDE", 2, { last: true });
    const { text, chain, info, protocol, fields } = ax25(`${path}03f0 3d486921`);
    expect(chain).toBe("ax25:ax25_nol3:data");
    expect(info).toBe("Text");
    expect(protocol).toBe("AX.25-NoL3");
    expect(text).toContain(`AX.25, Src: N0CALL-7, Dst: APRS, Ver: V2.0+
  Destination: APRS
  Source: N0CALL-7
  Via 1: RELAY
  Via 2: WIDE-2
  Control field: U, func=UI (0x03)
    000. 00.. = Frame type: Unnumbered Information (0x00)
    .... ..11 = Frame type: Unnumbered frame (0x3)
  Protocol ID: No L3 (0xf0)
AX.25 No Layer 3 - (Text)
  Data (4 bytes)`);
    expect(fields.get("ax25.src")).toEqual(["9c:60:86:82:98:98:6e"]);
  });

  it("tells commands from responses by the addresses' bits", () => {
    expect(ax25(`${COMMAND}1f`).info).toBe("U P, func=SARM");
    expect(ax25(`${RESPONSE}1f`).info).toBe("U F, func=DM");
    expect(ax25(`${RESPONSE}1f`).text).toContain(
      "...1 .... = Final: Set\n    000. 11.. = Frame type: Disconnected mode (0x03)",
    );
    expect(ax25(`${COMMAND}3f`).info).toBe("U P, func=SABM");
    const old = ax25(`${call("CQ", 0)}${call("N0CALL", 15, { last: true })}f1`);
    expect(old.text).toContain("AX.25, Src: N0CALL-15, Dst: CQ, Ver: V?.?");
    expect(old.info).toBe("S P, func=RR, N(R)=7");
    expect(old.text).toContain(".... 00.. = Frame type: Receiver ready (0x0)");
  });

  it("hands over what the protocol identifier names", () => {
    const ip = "4500001c 00010000 40110000 01020304 05060708 04d20050 00080000";
    expect(ax25(`${COMMAND}22cc${ip}`).chain).toBe("ax25:ip:udp");
    const segment = ax25(`${COMMAND}2208ffff`);
    expect(segment.chain).toBe("ax25:data");
    expect(segment.info).toBe("I, N(R)=1, N(S)=1, Segment");
    expect(ax25(`${COMMAND}22f0`).info).toBe("Text");
  });

  // tshark 4.0.17 reads no protocol identifier when the poll bit is set.
  it("reads unnumbered information with the poll bit like any other", () => {
    expect(ax25(`${COMMAND}13f041`).chain).toBe("ax25:ax25_nol3:data");
  });

  it("marks what ends early", () => {
    expect(ax25(COMMAND).text).toContain("Malformed Packet: AX.25");
    expect(ax25(COMMAND.slice(0, 20)).text).toContain("Malformed Packet: AX.25");
    expect(ax25("").chain).toBe("ax25");
  });
});

describe("KISS", () => {
  const kiss = (hex: string) => dissect(hex, { linkType: 202 });

  // tshark 4.0.17 shows every port as 0 in the tree.
  it("shows commands and their ports", () => {
    const { text, info } = kiss("1105");
    expect(info).toBe("Tx delay 5, Port 1");
    expect(text).toContain(`KISS: Tx delay 5, Port 1
  .... 0001 = Cmd: Tx delay (1)
  0001 .... = Port: 1
  Tx delay: 5`);
    expect(kiss("07").info).toBe("Unknown (7), Port 0");
    expect(kiss("060102").text).toContain("Set hardware: 0102");
    expect(kiss("ff").info).toBe("Return, Port 15");
  });

  it("carries AX.25, also behind a number to acknowledge", () => {
    expect(kiss(`00${COMMAND}43`).chain).toBe("ax25_kiss:ax25");
    const acknowledged = kiss(`0c1234${COMMAND}43`);
    expect(acknowledged.chain).toBe("ax25_kiss:ax25");
    expect(acknowledged.text).toContain("KISS: Data frame ack 4660, Port 0");
    expect(kiss("0c05").text).toContain("Malformed Packet: AX.25 KISS");
  });
});

describe("BPQ", () => {
  it("carries AX.25 over Ethernet", () => {
    const { chain, text } = dissect(`ffffffffffff 001122334455 08ff 1400 ${COMMAND}43`);
    expect(chain).toBe("eth:ethertype:bpq:ax25");
    expect(text).toContain("BPQ, Len: 20\n  BPQ len: 20");
  });
});

describe("NET/ROM", () => {
  const header = `${COMMAND}03cf${call("NODE", 1)}${call("DEST", 2, { last: true })}10`;

  it("shows circuits being opened and used", () => {
    const request = ax25(`${header} 01020000 81 04 ${call("USER", 3)}${call("HOME", 4)}`);
    expect(request.chain).toBe("ax25:netrom");
    expect(request.info).toBe("Connect request, Choke (0x81)");
    expect(request.text).toContain(`NET/ROM, Src: NODE-1, Dst: DEST-2
  Source: NODE-1
  Destination: DEST-2
  TTL: 0x10
  My circuit index: 0x01
  My circuit ID: 0x02
  Type field: Connect request, Choke (0x81)
    .... 0001 = OP code: CONNREQ (0x1)
    1... .... = Choke: Set
    .0.. .... = NAK: Not set
    ..0. .... = More: Not set
  Window: 4
  User: USER-3
  Node: HOME-4`);
    const data = ax25(`${header} 01020304 05 4142`);
    expect(data.chain).toBe("ax25:netrom:data");
    expect(data.text).toContain("Your circuit ID: 0x02\n  N(s): 3\n  N(r): 4");
    expect(ax25(`${header} 01020304 02 02`).text).toContain("My circuit ID: 0x04");
    expect(ax25(`${header} 00000004 46`).info).toBe("Information acknowledge, NAK (0x46)");
  });

  it("carries IP as an extension", () => {
    expect(ax25(`${header} 0c0c0000 00 4500001400010000 40fd0000 01020304 05060708`).chain).toBe(
      "ax25:netrom:ip",
    );
  });

  it("recognises a routing broadcast", () => {
    const { text, info } = ax25(`${COMMAND}03cf ff 5345414c4c59 00`);
    expect(info).toBe("routing table frame");
    expect(text).toContain("Amateur Radio NET/ROM, routing table frame, Node: SEALLY\n  Node name: SEALLY");
  });

  it("marks what ends early", () => {
    expect(ax25(`${header}0102`).text).toContain("Malformed Packet: NET/ROM");
  });
});
