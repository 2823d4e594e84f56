/** DOCSIS: the MAC header, what it carries, management. */
import { describe, expect, it } from "vitest";
import { dissect } from "./harness.ts";

/** A header with its check sequence, which is over all of it, and what follows. */
function mac(header: string, payload = ""): ReturnType<typeof dissect> {
  const bytes = Buffer.from(header.replace(/\s/g, ""), "hex");
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  crc ^= 0xffff;
  const hcs = Buffer.from([crc & 255, crc >> 8]).toString("hex");
  return dissect(`${bytes.toString("hex")}${hcs}${payload}`, { linkType: 143 });
}
const ETHER = "00a0c9112233 00a0c9445566 0800 4500001c 00010000 40110000 01020304 05060708 04d20050 00080000";

describe("DOCSIS", () => {
  it("carries Ethernet, its lines below", () => {
    const { chain, text } = mac("00 00 002a", ETHER);
    expect(chain).toBe("docsis:eth:ethertype:ip:udp");
    expect(text).toContain(`DOCSIS Packet PDU
  00.. .... = FCType: Packet PDU (0x0)
  ..00 000. = FCParm: PDU MAC (0)
  .... ...0 = EXTHDR: Extended Header Absent
  MACParm: 0x00
  Length of the MAC frame (bytes): 42
  Header check sequence: 0x8672 [correct]
  [HCS Status: Good]
  Ethernet II`);
  });

  it("reads no payload behind a header that is wrong", () => {
    const { chain, text } = dissect(`0000002a 1234 ${ETHER}`, { linkType: 143 });
    expect(chain).toBe("docsis");
    expect(text).toContain("Header check sequence: 0x1234 incorrect, should be 0x8672");
  });

  it("reads extended headers, and nothing that is encrypted", () => {
    const privacy = mac("01 05 002f 33 10 5001 00", ETHER);
    expect(privacy.chain).toContain("docsis:eth");
    expect(privacy.text).toContain(`  Extended Header
    0011 .... = Type: Upstream Privacy Element (3)
    .... 0011 = Length: 3
    0001 .... = Key Sequence: 1
    .... 0000 = Version: 0
    0... .... = Encryption: Disabled
    .1.. .... = Toggle: Odd Key
    ..01 0000 0000 0001 = SID: 4097 (0x1001)`);
    const encrypted = mac("01 04 002e 43 10 8001", ETHER);
    expect(encrypted.chain).toBe("docsis");
    expect(encrypted.info).toBe("Packet PDU (Encrypted)");
    expect(encrypted.fields.has("docsis.encrypted_payload")).toBe(true);
    expect(mac("01 06 0030 85 21 1234 0007", ETHER).text).toContain(
      "DS DSID: 70196\n    DS Packet Sequence Number: 7",
    );
  });

  it("shows requests", () => {
    expect(mac("c4 02 0123").info).toBe("Request Frame SID=291 Mini Slots=2");
    expect(mac("c8 0800 0512").info).toBe("Request Frame SID=1298, Requested Size=2048xN bytes");
    expect(mac("80 00 0002", "aabb").info).toBe("Isolation PDU");
    expect(dissect("c0", { linkType: 143 }).text).toContain("Malformed Packet: DOCSIS");
  });

  it("says when the length is more than what is there", () => {
    expect(mac("00 00 00c8", ETHER).text).toContain("Length field value goes past the end of the payload");
  });
});

describe("DOCSIS management", () => {
  const manage = (version: string, type: string, body: string): ReturnType<typeof dissect> => {
    const bytes = body.replace(/\s/g, "");
    const length = (bytes.length / 2 + 6).toString(16).padStart(4, "0");
    const total = (bytes.length / 2 + 20).toString(16).padStart(4, "0");
    return mac(`c2 00 ${total}`, `01e02f000001 00a0c9445566 ${length} 000003 ${version} ${type} 00 ${bytes}`);
  };

  it("shows the clock and allocations", () => {
    const sync = manage("01", "01", "00000009");
    expect(sync.chain).toBe("docsis:docsis_mgmt");
    expect(sync.info).toBe("Sync Message");
    expect(sync.text).toContain(`    Type: Timing Synchronisation (1)
    Reserved: 0
  DOCSIS Synchronisation Message
    CMTS Timestamp: 9`);
    const map = manage("01", "03", "01 05 01 00 00001000 00000900 02 03 04 05 fffc4000");
    expect(map.info).toBe("Map Message:  Version: 1, Channel ID = 1 (U0), UCD Count = 5,  # IE's = 1");
    expect(map.text).toContain(
      "Information Element: 0xfffc4000, Service Identifier: 16383, Interval Usage Code: Request, Offset: 0",
    );
  });

  it("shows other messages as data", () => {
    expect(manage("03", "03", "aabb").chain).toBe("docsis:docsis_mgmt:data");
    expect(mac("c2 00 0004", "01e02f00").text).toContain("Malformed Packet: DOCSIS MAC MGMT");
  });
});
