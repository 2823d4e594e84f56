import { expect, test } from "vitest";
import { dns } from "../../../engine/protocols/dns.ts";
import { dissect } from "./harness.ts";
import { CLIENT, dissectInTurn, SERVER, udpFrame } from "./udp-frames.ts";

const EXAMPLE = "076578616d706c6503636f6d00";
const QUERY = `1234 0100 0001 0000 0000 0000 ${EXAMPLE} 0001 0001`;
const ANSWER = `1234 8180 0001 0001 0000 0000 ${EXAMPLE} 0001 0001 c00c 0001 0001 0000003c 0004 c0000201`;

const query = (sec: number) => ({ sec, hex: udpFrame(40000, 53, QUERY) });
const answer = (sec: number) => ({ sec, hex: udpFrame(53, 40000, ANSWER, SERVER, CLIENT) });

test("a query and its response", () => {
  const [first, second] = dissectInTurn([query(10), answer(12)]);
  expect(first.protocol).toBe("DNS");
  expect(first.info).toBe("Standard query 0x1234 A example.com");
  expect(first.text).toContain("Domain Name System (query)");
  expect(first.text).toContain("      Name: example.com\n      [Name Length: 11]\n      [Label Count: 2]");
  expect(second.info).toBe("Standard query response 0x1234 A example.com A 192.0.2.1");
  expect(second.text).toContain("example.com: type A, class IN, addr 192.0.2.1");
  expect(second.text).toContain("Time to live: 60 (1 minute)");
  expect(second.text).toContain("[Request In: 1]\n  [Time: 2.000000000 seconds]");
});

test("after pass one the query knows its response", () => {
  const [first, second] = dissectInTurn([query(10), answer(12)], true);
  expect(first.fields.get("dns.response_in")).toEqual(["2"]);
  expect(second.fields.get("dns.response_to")).toEqual(["1"]);
});

test("retransmissions within five seconds, a new transaction after them", () => {
  const [, again, , twice, later] = dissectInTurn([query(0), query(2), answer(3), answer(4), query(20)]);
  expect(again.text).toContain("DNS query retransmission. Original request in frame 1");
  expect(again.fields.get("dns.retransmit_request_in")).toEqual(["1"]);
  expect(twice.fields.get("dns.retransmit_response_in")).toEqual(["3"]);
  expect(later.fields.has("dns.retransmission")).toBe(false);
});

test("a response without its query is unsolicited", () => {
  const [only] = dissectInTurn([answer(1)]);
  expect(only.fields.get("dns.unsolicited")).toEqual(["1"]);
});

test("names: a pointer loop, a pointer outside, unprintable octets, the root", () => {
  const withName = (name: string) =>
    dissect(`0001 0100 0001 0000 0000 0000 ${name} 0001 0001`, { protocol: dns });
  expect(withName("0161c00c").info).toBe("Standard query 0x0001 A <Name contains a pointer that loops>");
  expect(withName("c0ff").info).toBe("Standard query 0x0001[Malformed Packet]");
  expect(withName("0401ff5c22 00").info).toBe('Standard query 0x0001 A \\001\ufffd\\"');
  expect(withName("00").text).toContain("Name: <Root>");
  const long = `3f${"61".repeat(63)}`.repeat(4);
  expect(withName(`${long}00`).info).toBe("Standard query 0x0001 A <Name too long>");
});

const record = (type: string, data: string): ReturnType<typeof dissect> => {
  const size = (data.replace(/ /g, "").length / 2).toString(16).padStart(4, "0");
  return dissect(`0001 8180 0000 0001 0000 0000 00 ${type} 0001 00000001 ${size} ${data}`, { protocol: dns });
};

test("record data", () => {
  expect(record("000f", "000a 026d7800").info).toContain("MX 10 mx");
  expect(record("0021", "0001 0002 0050 017400").text).toContain("priority 1, weight 2, port 80, target t");
  expect(record("0030", "0101 03 05 03010001").text).toContain("[Key id: 1800]");
  expect(record("001d", "00 12 16 13 89172dd0 70be15f0 0098968e").text).toContain(
    "Latitude: 2299997648 (42 deg 21 min 54.000 sec N)",
  );
  expect(record("002f", "00 0006 400000080003").text.match(/RR type in bit map/g)).toHaveLength(4);
  expect(record("0041", "0001 00 0001 0003 026832 0004 0004 c0000201").text).toContain(
    "SvcParam: ipv4hint=192.0.2.1",
  );
  expect(record("0101", "00 05 6973737565 63612e6f7267").text).toContain("Issue: ca.org");
  expect(record("1122", "0102").text).toContain("DNS Type (4386) is not dissected");
});

test("EDNS client subnet and cookie", () => {
  const data = "0008 0007 0001 18 00 c00002 000a 0008 0102030405060708";
  const packet = dissect(`0001 0100 0000 0000 0000 0001 00 0029 04d0 00008000 0017 ${data}`, {
    protocol: dns,
  });
  expect(packet.text).toContain("UDP payload size: 1232");
  expect(packet.text).toContain("1... .... .... .... = DO bit: Accepts DNSSEC security RRs");
  expect(packet.text).toContain("Client Subnet: 192.0.2.0");
  expect(packet.text).toContain("Client Cookie: 0102030405060708");
});

test("record data beyond the packet is malformed, behind the snapshot length cut short", () => {
  expect(dissect(ANSWER.slice(0, -4), { protocol: dns }).info).toBe(
    "Standard query response 0x1234 A example.com A[Malformed Packet]",
  );
  const cut = dissect(ANSWER, { protocol: dns, snap: 20 });
  expect(cut.info).toBe("Standard query response 0x1234[Packet size limited during capture]");
});

test("multicast DNS: unicast-response and cache-flush bits", () => {
  const packet = dissect(
    udpFrame(
      5353,
      5353,
      `0000 0000 0001 0001 0000 0000 ${EXAMPLE} 001c 8001 c00c 0001 8001 00000078 0004 c0000201`,
    ),
  );
  expect(packet.protocol).toBe("MDNS");
  expect(packet.info).toBe('Standard query 0x0000 AAAA example.com, "QU" question A, cache flush 192.0.2.1');
  expect(packet.text).toContain("1... .... .... .... = Cache flush: True");
});

test("DNS on another port is recognised by its header", () => {
  expect(dissect(udpFrame(40000, 9999, QUERY)).protocol).toBe("DNS");
  expect(dissect(udpFrame(40000, 9999, "00".repeat(40))).protocol).toBe("UDP");
});
