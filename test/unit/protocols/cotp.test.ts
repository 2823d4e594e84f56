import { describe, expect, it } from "vitest";
import { cotp } from "../../../engine/protocols/cotp.ts";
import { Connections } from "./connections.ts";
import { Frames } from "./frames.ts";
import { dissect } from "./harness.ts";

const A = "0a000001";
const B = "0a000002";
const pdu = (hex: string): ReturnType<typeof dissect> => dissect(hex, { protocol: cotp });

describe("TPKT", () => {
  const packet = (tpdu: string): string => {
    const plain = tpdu.replace(/\s/g, "");
    return `0300${(4 + plain.length / 2).toString(16).padStart(4, "0")}${plain}`;
  };
  const request = packet("06 e0 0000 0778 00");
  const word = packet("02 f0 80 616263");

  it("puts packets together and takes them apart", () => {
    const net = new Connections();
    const seen = new Frames([
      net.send(A, 4000, B, 102, request.slice(0, 10)),
      net.send(A, 4000, B, 102, request.slice(10) + word + word),
      net.send(A, 4000, B, 102, "160301000161"),
    ]).inOrder();
    expect(seen[0].chain).toBe("eth:ethertype:ip:tcp");
    expect(seen[1].chain).toContain("tcp:tpkt:cotp");
    expect(seen[1].text).toContain("TPKT, Version: 3, Length: 11");
    expect(seen[1].fields.get("cotp.type")).toEqual(["0x0e", "0x0f", "0x0f"]);
    expect(seen[2].info).toBe("Continuation");
    expect(seen[2].fields.get("tpkt.continuation_data")).toEqual(["160301000161"]);
  });

  it("is known on any port by the request for a connection", () => {
    const net = new Connections();
    const seen = new Frames([
      net.send(A, 4000, B, 3389, request),
      net.send(A, 4001, B, 3389, word),
    ]).inOrder();
    expect(seen.map((frame) => frame.chain.includes("tpkt"))).toEqual([true, false]);
  });
});

describe("COTP", () => {
  it("reads a connection's parameters", () => {
    const { text, info, fields } = pdu(
      "33 e0 0000 0778 02 c0010d c10441424344 c2020100 c40101 c60101 8702 0005 8808 0001000200030004 8603010203 f0020010 9901ff",
    );
    expect(info).toBe("CR TPDU src-ref: 0x0778 dst-ref: 0x0000");
    for (const line of [
      "PDU Type: CR Connect Request (0x0e)",
      ".... ..1. = Extended formats: True",
      "TPDU size: 8192",
      "Source TSAP: ABCD",
      "Destination TSAP: 0100",
      "Transport expedited data transfer: Used",
      "Transit delay, maximum acceptable, called-calling (ms): 4",
      "Residual error rate, TSDU size of interest: 2^3",
      "Preferred maximum TPDU size: 2048",
      "Parameter code: Unknown (0x99)",
    ])
      expect(text).toContain(line);
    expect(fields.get("cotp.src-tsap-bytes")).toEqual(["41424344"]);
  });

  it("leaves the negotiation of remote desktops to others", () => {
    const { chain, fields } = pdu("0e e0 0000 0000 00 01 00 0800 03000000");
    expect(chain).toBe("cotp:data");
    expect(fields.has("cotp.parameter_code")).toBe(false);
  });

  it("reads data with numbers of both lengths", () => {
    expect(pdu("02 f0 80 616263").info).toBe("DT TPDU (0) EOT");
    expect(pdu("04 f0 0001 85 61").info).toBe("DT TPDU (5) dst-ref: 0x0001 EOT");
    const long = pdu("07 f0 0001 80000009 61");
    expect(long.info).toBe("DT TPDU (9) dst-ref: 0x0001 EOT");
    expect(long.text).toContain("TPDU number: 0x00000009");
    const part = pdu("02 f0 01 6162");
    expect(part.info).toBe("DT TPDU (1) [COTP fragment, 2 bytes]");
    expect(part.text).toContain("COTP segment data (2 bytes)");
    expect(pdu("04 10 0001 83 aa").info).toBe("ED TPDU (3) dst-ref: 0x0001");
  });

  it("reads acknowledgements, rejection, disconnection and errors", () => {
    expect(pdu("04 61 0001 04").text).toContain("Credit: 1");
    expect(pdu("09 60 0001 00000004 0003").info).toBe("AK TPDU (4) dst-ref: 0x0001 Credit: 3");
    expect(pdu("04 20 0001 05").info).toBe("EA TPDU (5) dst-ref: 0x0001");
    expect(pdu("04 51 0001 06").text).toContain("Reject(RJ): -> 0x1");
    expect(pdu("06 80 0001 0002 80").text).toContain("Cause: Normal Disconnect (128)");
    expect(pdu("05 c0 0001 0002").text).toContain("Disconnect Confirm(DC): 0x2 -> 0x1");
    expect(pdu("04 70 0001 02").text).toContain("Reject cause: Invalid TPDU type (2)");
  });

  it("follows TPDUs that share a packet, and stops where one is none", () => {
    expect(pdu("05 c0 0001 0002 04 20 0001 05").info).toBe(
      "DC TPDU src-ref: 0x0002 dst-ref: 0x0001EA TPDU (5) dst-ref: 0x0001",
    );
    expect(pdu("03 30 0000").chain).toBe("cotp:data");
    expect(pdu("06 e0 0000").text).toContain("[Malformed Packet: COTP]");
    expect(pdu("09 e0 0000 0001 00 c10441").text).toContain("[Malformed Packet: COTP]");
  });
});

describe("CLNP", () => {
  const hex2 = (value: number): string => value.toString(16).padStart(4, "0");
  const ADDRESSES = "0a 49000102030405060721 0a 49000102030405ff0721";
  const HEADER = 9 + 22 + 6;
  const segment = (id: number, offset: number, more: boolean, total: number, payload: string): string => {
    const bytes = payload.length / 2;
    const fixed = `81 25 01 40 ${more ? "dc" : "9c"} ${hex2(HEADER + bytes)} 0000`;
    const unit = `${fixed} ${ADDRESSES} ${hex2(id)} ${hex2(offset)} ${hex2(HEADER + total)} ${payload}`;
    return `0180c2000014 020000000001 ${hex2(3 + HEADER + bytes)} fefe03 ${unit}`.replace(/\s/g, "");
  };
  const first = "02f0800001020304";
  const second = "05060708090a0b0c";

  it("puts segments together, in whichever order they come", () => {
    for (const swapped of [false, true]) {
      const list = [segment(7, 0, true, 16, first), segment(7, 8, false, 16, second)];
      const seen = new Frames(swapped ? list.reverse() : list).inOrder();
      expect(seen[0].info).toBe(`Fragmented DT NPDU S ${swapped ? "(off=8)" : "M (off=0)"}`);
      expect(seen[0].chain).toBe("eth:llc:osi:clnp:data");
      expect(seen[1].chain).toBe("eth:llc:osi:clnp:cotp:data");
      expect(seen[1].text).toContain("2 CLNP Segments (16 bytes): #");
      expect(seen[1].fields.get("clnp.reassembled.length")).toEqual(["16"]);
    }
  });

  it("keeps units apart and says which total length cannot be", () => {
    const seen = new Frames([
      segment(7, 0, true, 16, first),
      segment(8, 8, false, 16, second),
      segment(9, 0, false, 4, first),
    ]).inOrder();
    expect(seen[1].chain).toBe("eth:llc:osi:clnp:data");
    expect(seen[2].text).toContain("Total length < segment length 45");
  });
});
