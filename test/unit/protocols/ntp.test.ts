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
