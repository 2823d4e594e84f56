/** Fibre Channel: frames alone, behind delimiters, over Ethernet, in Boardwalk frames. */
import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

/** A header of R_CTL, type and F_CTL, from 01.02.00 to 01.04.ef. */
const header = (
  rctl: string,
  type: string,
  control: string,
  optional = "00",
  count = "0000",
  parameter = "00000000",
) => `${rctl}0104ef 00 010200 ${type} ${control} 01 ${optional} ${count} 1234 ffff ${parameter}`;
const fc = (hex: string) => dissect(hex, { linkType: 224 });
const ethernet = (type: string, hex: string) => dissect(`0efc00010203 00c0dd112233 ${type} ${hex}`);

describe("Fibre Channel", () => {
  it("shows the header", () => {
    const { text, info, chain, fields } = fc(`${header("22", "01", "290000")} 0400000001020304`);
    expect(chain).toBe("fc:data");
    expect(info).toBe("ELS");
    expect(fields.get("fc.id")).toEqual(["01.04.ef", "01.02.00"]);
    expect(fields.get("fc.ftype")).toEqual(["0x05"]);
    expect(text).toContain(`  R_CTL: 0x22(Extended Link Services/Request)
  Dest Addr: 01.04.ef
  CS_CTL: 0x00
  Src Addr: 01.02.00
  Type: Ext Link Svc (0x01)
  F_CTL: 0x290000, ExgRpd: Exchange Originator, SeqRec: Seq Initiator, ExgFst: Exchg First, ExgLst: NOT exchg last`);
    expect(text).toContain(`    .... .... .... .... .... 0... = RelOff: rel offset NOT set
  SEQ_ID: 0x01
  DF_CTL: 0x00
  SEQ_CNT: 0
  OX_ID: 0x1234
  RX_ID: 0xffff
  Parameter: 0x00000000`);
  });

  it("names information categories", () => {
    expect(fc(header("c1", "00", "c03000")).info).toBe("Link Ctl, ACK0");
    expect(fc(header("cb", "00", "c00000")).info).toBe("Link Ctl, LCTL 0xb");
    expect(fc(header("23", "58", "980000")).text).toContain("R_CTL: 0x23(Extended Link Services/0x3)");
    expect(fc(header("91", "58", "980000")).text).toContain("R_CTL: 0x91(0x90/0x1)");
    expect(fc(header("06", "08", "290000")).info).toBe("FCP");
    expect(fc(`${header("01", "08", "800008")}00`).info).toBe("FCP (Fragmented)");
  });

  it("shows basic link services", () => {
    const abort = fc(header("81", "00", "090000", "00", "0000", "00000001"));
    expect(abort.info).toBe("ABTS");
    expect(abort.protocol).toBe("BLS");
    expect(abort.text).toContain("Parameter: 0x1(Abort Sequence)");
    expect(fc(`${header("84", "00", "990000")} 80050000 12345678 0000ffff`).text).toContain(`Basic Link Svc
  SEQID Valid: Yes (0x80)
  Last Valid SEQID: 0x05
  OXID: 0x1234
  RXID: 0x5678
  Low SEQCNT: 0x0000
  High SEQCNT: 0xffff`);
    expect(fc(`${header("85", "00", "990000")} 00030100`).text).toContain(`  Reason: Logical Error (0x03)
  Reason Explanation: No Details (0x01)`);
  });

  it("reads the virtual fabric's header and the network header", () => {
    const tagged = fc(`50005432 07000000 ${header("22", "01", "290000")}`);
    expect(tagged.text).toContain("VFT Header: VF_ID 2585 Pri 2 Hop Count 7");
    const ip = "4500001c 00010000 40110000 01020304 05060708 04d20050 00080000";
    const { chain, text } = fc(
      `${header("04", "05", "380000", "20")} 1000001122334455 5001122334455667 aaaa030000000800 ${ip}`,
    );
    expect(chain).toBe("fc:llc:ip:udp");
    expect(text).toContain("Network DA: 00:11:22 (10:00:00:11:22:33:44:55)");
    expect(text).toContain("Network SA: 00:11:22 (50:01:12:23:34:45:56:67)");
    expect(dissect(`1000001122334455 6001122334455667 aaaa030000000800 ${ip}`, { linkType: 122 }).chain).toBe(
      "ipfc:llc:ip:udp",
    );
  });

  it("marks a header that ends early", () => {
    expect(fc(header("22", "01", "290000").slice(0, 30)).text).toContain("Malformed Packet: FC");
    expect(fc("").chain).toBe("fc");
  });
});

describe("frames around Fibre Channel", () => {
  const abort = header("81", "00", "090000");

  it("FCoE: delimiters and the check sequence", () => {
    const wrong = ethernet("8906", `${"00".repeat(13)}2e ${abort} deadbeef 42 000000`);
    expect(wrong.chain).toBe("eth:ethertype:fcoe:fc");
    expect(wrong.text).toContain("FCoE (SOFi3/EOFt) 24 bytes [bad FC CRC]");
    const right = /should be 0x([0-9a-f]{8})/.exec(wrong.text)?.[1];
    const good = ethernet("8906", `${"00".repeat(13)}2e ${abort} ${right} 42 000000`);
    expect(good.text).toContain("FCoE (SOFi3/EOFt) 24 bytes\n");
    expect(good.text).toContain("[CRC Status: Good]");
    expect(ethernet("8906", "00".repeat(13)).text).toContain("Malformed Packet: FCoE");
  });

  it("delimiters as transmission words", () => {
    const { text, chain } = dissect(`bcb55656 ${abort} 00000000 bcb57575`, { linkType: 225 });
    expect(chain).toBe("fcsof:fc");
    expect(text).toContain(
      "Fibre Channel Delimiter: SOF: SOFi3 - SOF Initiate Class 3 EOF: EOFt+ - EOF Terminate",
    );
  });

  it("Boardwalk: the fabric in front, counters behind", () => {
    const { text, chain, fields } = ethernet("88ae", `6123 ${abort} 11223344 0000007c 0007 01 03`);
    expect(chain).toBe("eth:ethertype:brdwlk:fc");
    expect(text).toContain("0110 .... = SOF: SOFi3 (0x6)\n  .... 0001 0010 0011 = VSAN: 291");
    expect(text).toContain("Packet Count: 7\n  Error: 0x01");
    expect(text).toContain("Packet Length Present: Packet Length is PRESENT");
    expect(text).toContain("EOF: EOFn (0x3)");
    expect(fields.get("brdwlk.plen")).toEqual(["124"]);
  });
});
