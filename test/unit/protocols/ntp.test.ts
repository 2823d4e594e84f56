import { expect, test } from "vitest";
import { ntp } from "../../../engine/protocols/ntp.ts";
import { dissect } from "./harness.ts";
import { udpFrame } from "./udp-frames.ts";

const STAMP = "e5f0a1b280000000";
const server = (first: string, stratum: string, reference: string, tail = ""): string =>
  `${first} ${stratum} 06 ec 00010000 00008000 ${reference} ${STAMP} 0000000000000000 ${STAMP} ${STAMP} ${tail}`;

test("a server's answer", () => {
  const packet = dissect(udpFrame(123, 123, server("24", "02", "c0000201")));
  expect(packet.protocol).toBe("NTP");
  expect(packet.info).toBe("NTP Version 4, server");
  expect(packet.text).toContain(
    "Flags: 0x24, Leap Indicator: no warning, Version number: NTP Version 4, Mode: server",
  );
  expect(packet.text).toContain("Peer Polling Interval: 6 (64 seconds)");
  expect(packet.text).toContain("Peer Clock Precision: 0.000001 seconds");
  expect(packet.text).toContain("Root Delay: 1.000000 seconds");
  expect(packet.text).toContain("Reference ID: 192.0.2.1");
  expect(packet.text).toContain("Transmit Timestamp: Mar 31, 2022 21:54:58.500000000 UTC");
  expect(packet.text).toContain("Origin Timestamp: NULL");
});

test("reference clocks, extension fields and authentication", () => {
  expect(dissect(server("24", "01", "47505300"), { protocol: ntp }).text).toContain(
    "Reference ID: Global Position System",
  );
  const extended = dissect(
    server("23", "00", "00000000", `0104 0024 ${"00".repeat(32)} 00000001 ${"ab".repeat(16)}`),
    { protocol: ntp },
  );
  expect(extended.text).toContain("Field Type: Unique Identifier (0x0104)");
  expect(extended.fields.get("ntp.mac")).toEqual(["ab".repeat(16)]);
});

test("control and private mode", () => {
  const control = dissect(`16 82 0001 0615 0000 0000 000c ${Buffer.from('a=1, b="2,3"').toString("hex")}`, {
    protocol: ntp,
  });
  expect(control.info).toBe("NTP Version 2, control");
  expect(control.text).toContain("System Event Code: clock synchronized (5)");
  expect(control.text).toContain('\n    a=1\n    b="2,3"');
  const request = dissect("17 00 03 2a 0000 0000", { protocol: ntp });
  expect(request.info).toBe("NTP Version 2, private, Request, MON_GETLIST_1");
});

test("a packet that ends early", () => {
  expect(dissect(server("24", "02", "c0000201").slice(0, 40), { protocol: ntp }).info).toBe(
    "NTP Version 4, server[Malformed Packet]",
  );
});

test("items of the private mode", () => {
  const sums = dissect(
    `97 00 03 01 0001 0048 7f000001 7f7f0100 007b 0a 06 0a ff 09 03 00000005 0000000000000007 000007df 00000000
     000000c8 ${"00".repeat(16)} ${"00".repeat(16)}`,
    { protocol: ntp },
  );
  expect(sums.info).toBe("NTP Version 2, private, Response, PEER_LIST_SUM");
  expect(sums.text).toContain("PEER_LIST_SUM Item");
  expect(sums.text).toContain("Source address: 127.127.1.0");
  expect(sums.text).toContain("0000 1001 = Flags: 0x09, Config, Refclock");
  expect(sums.text).toContain("HMode: client (3)");
  expect(sums.fields.get("ntp.priv.mode7.srcaddress6")).toEqual(["::"]);
});

test("a peer's clock filter has eight slots, its statistics flags of two bytes", () => {
  const slots = Array.from({ length: 8 }, (_, i) => `0000000${i}`).join("");
  const offsets = Array.from({ length: 8 }, (_, i) => `ffffffffffffff0${i}`).join("");
  const info = dissect(
    `97 00 03 02 0001 0118 ${"00".repeat(84)} ${slots} ${offsets} 0706050403020100 00000009
     ${"00".repeat(88)}`,
    { protocol: ntp },
  );
  expect(info.fields.get("ntp.priv.mode7.filtdelay")).toHaveLength(8);
  expect(info.fields.get("ntp.priv.mode7.filtoffset")?.[1]).toBe("-255");
  expect(info.fields.get("ntp.priv.mode7.order")).toEqual(["7", "6", "5", "4", "3", "2", "1", "0"]);
  expect(info.fields.get("ntp.priv.mode7.delay")).toEqual(["9"]);
  const statistics = dissect(`97 00 03 03 0001 0010 c0000201 c0000202 007b 0001 0000003c`, { protocol: ntp });
  expect(statistics.text).toContain("0000 0001 = Flags: 0x01, Config");
  expect(statistics.text).toContain("Time reset: 60");
  expect(statistics.chain).not.toContain("malformed");
});

test("restrictions from before and after the limit of peers", () => {
  const fields = (size: string, flags: string): string | undefined =>
    dissect(`17 00 03 11 0001 ${size} c0000200 ffffff00 ${flags}`, { protocol: ntp })
      .fields.get("ntp.priv.mode7.restrict_flags")
      ?.join();
  expect(fields("000c", "0081 0002")).toBe("129");
  expect(fields("0010", "0005 0081 0002 0000")).toBe("129");
});

test("an authenticated request of the private mode", () => {
  const item = `c0000201 ${"00".repeat(172)}`;
  const packet = dissect(`17 80 03 0b 0001 0004 ${item} ${STAMP} 00000007 ${"ab".repeat(16)}`, {
    protocol: ntp,
  });
  expect(packet.text).toContain("UNCONFIG Item");
  expect(packet.fields.get("ntp.priv.tstamp")).toHaveLength(1);
  expect(packet.fields.get("ntp.keyid")).toEqual(["00000007"]);
  expect(packet.fields.get("ntp.mac")).toEqual(["ab".repeat(16)]);
});
