import { expect, test } from "vitest";
import { rsvp } from "../../../engine/protocols/rsvp.ts";
import { dissect } from "./harness.ts";
import { udpFrame } from "./udp-frames.ts";

const IP = "0200000000010200000000020800";

test("an LDP hello says whether it is guarded", () => {
  const hello = dissect(
    `${IP}4500003600010000401100000a0000010a0000020286028600220000000100160101010100000100000c0000000704000004002d0000`,
  );
  expect(hello.chain).toBe("eth:ethertype:ip:udp:ldp");
  expect(hello.info).toBe("Hello Message ");
  expect(hello.text).toContain("Message Type: Hello Message (0x100)");
  expect(hello.text).toContain("Targeted Hello: Link Hello");
  expect(hello.text).toContain("GTSM is not supported by the source");
});

test("a label for trees of point to multipoint paths", () => {
  const mapping = dissect(
    `${IP}4500007500010000401100000a0000010a0000020286028600610000000100550101010100000400004b000000070100001106000104010101010007010004616263640100001107000104010101010007010004616263640100001108000104010101010007010004616263640200000400003e84`,
  );
  expect(mapping.info).toBe("Label Mapping Message ");
  expect(mapping.fields.get("ldp.msg.tlv.ldp_p2mp.ipv4_rtnodeaddr")).toEqual([
    "1.1.1.1",
    "1.1.1.1",
    "1.1.1.1",
  ]);
  expect(mapping.text).toContain("Generic Label: 16004 (0x03e84)");
});

test("an LDP message shorter than it can be", () => {
  const bad = dissect(
    `${IP}4500002e00010000401100000a0000010a00000202860286001a00000001000e010101010000040000020000`,
  );
  expect(bad.text).toContain("Error processing Message");
});

test("RSVP hellos, restart capability and integrity", () => {
  const hello = dissect(
    `${IP}4500006400010000402e00000a0000010a0000021014864f40000050000c16010000000100000002000c83010001d4c000007530000c160200000001000000000024040101004b4559494436000000000000000148484848484848484848484848484848`,
  );
  expect(hello.chain).toBe("eth:ethertype:ip:rsvp");
  expect(hello.info).toBe("HELLO Message. ");
  expect(hello.text).toContain("Message Checksum: 0x864f [correct]");
  expect(hello.text).toContain("HELLO Request/Ack: REQUEST. Src Instance: 0x1. Dest Instance: 0x2. ");
  expect(hello.text).toContain("RESTART CAPABILITY: Restart Time: 120000 ms. Recovery Time: 30000 ms.");
  expect(hello.fields.get("rsvp.integrity.key_identifier")).toEqual(["4b4559494436"]);
});

test("an RSVP path names its session, and an object without length ends it", () => {
  const path = dissect(
    `${IP}4500003000010000402e00000a0000010a000002100100004000001c001001070a000009000000050a00000100000701`,
  );
  expect(path.info).toBe(
    "PATH Message. SESSION: IPv4-LSP, Destination 10.0.0.9, Short Call ID 0, Tunnel ID 5, Ext ID a000001. ",
  );
  expect(path.text).toContain("Length: 0 (bogus, must be >= 4)");
});

test("an MPLS echo reply with the ways downstream", () => {
  const reply = dissect(
    `${IP}450000b800010000401100000a0000010a0000020daf0daf00a4000000010000020208000000000700000001e00000008000000000000000000000000002002005dc01030101010102020202080000087f0000017f00000900010103000202030002001005dc02000101010100000009000000000002002c05dc030020010db800000000000000000000000120010db8000000000000000000000001020000047f0000050002001005dc0500000000010000000200000000`,
  );
  expect(reply.protocol).toBe("MPLS ECHO");
  expect(reply.info).toBe("MPLS Echo Reply");
  expect(reply.text).toContain("Downstream Label Element 1, Label: 16, Exp: 0, BOS: 1, Protocol: 3 (LDP)");
  expect(reply.fields.get("mpls_echo.tlv.ds_map.int_ip")).toEqual(["2.2.2.2"]);
});

const echo = (type: string, tail: string): string =>
  udpFrame(3503, 3503, `0001 0000 ${type} 02 00 00 00000001 00000002 ${tail}`);
const NO_TIMES = "00".repeat(16);

test("an MPLS echo request over a tree of RSVP", () => {
  const fec = "0001 0018 0011 0014 00000001 0000 0007 c0000201 c0000202 0000 0009";
  const request = dissect(echo("01", `${NO_TIMES} ${fec}`));
  expect(request.text).toContain("FEC Element 1: RSVP P2MP IPv4 Session Query");
  expect(request.fields.get("mpls_echo.tlv.fec.rsvp_p2mp_ipv4_sender")).toEqual(["192.0.2.2"]);
  expect(request.fields.get("mpls_echo.tlv.fec.rsvp_p2mp_ip_lsp_id")).toEqual(["9"]);
  const six = "0001 003c 0012 0038" + `${"20010db8".padEnd(32, "0")} 0000 0007 ${"00".repeat(32)} 0000 0009`;
  expect(dissect(echo("01", `${NO_TIMES} ${six}`)).fields.get("mpls_echo.tlv.fec.rsvp_p2mp_ipv6_id")).toEqual(
    ["2001:db8::"],
  );
});

test("MPLS echo of other types has no times, and other versions are not its", () => {
  const other = dissect(echo("1f", "1e01 0004 01020304"));
  expect(other.text).toContain("MBZ: 0x0000");
  expect(other.fields.get("mpls_echo.tlv.value")).toEqual(["01020304"]);
  expect(dissect(udpFrame(3503, 3503, "30303030303030303030")).chain).toBe("eth:ethertype:ip:udp:data");
});

test("OLSR packets are as long as they say", () => {
  const message = "01 05 0010 0a000001 01 00 0001 0000 05 03";
  const right = dissect(udpFrame(698, 698, `0014 0001 ${message}`));
  expect(right.chain).toBe("eth:ethertype:ip:udp:olsr");
  expect(dissect(udpFrame(698, 698, `0202 0202 ${message}`)).chain).toBe("eth:ethertype:ip:udp:data");
  expect(dissect(udpFrame(698, 698, "0004 0001")).chain).toBe("eth:ethertype:ip:udp:data");
});

/** An RSVP path with one object. */
const path = (object: string): ReturnType<typeof dissect> =>
  dissect(`10 01 0000 40 00 00ff ${object}`, { protocol: rsvp });

test("RSVP's objects of the user network interface", () => {
  const text = path(
    "0030 e5 01  0008 01 01 c0000201  0008 05 01 07000000  0014 04 01 80000002 00000005 00000006 00000007 0008 06 01 00000000",
  ).text;
  expect(text).toContain("GENERALIZED UNI: Source IPv4 TNA: 192.0.2.1, Service Level 7, Egress Label, \n");
  expect(text).toContain("Class: 1 (Source)");
  expect(text).toContain("Egress Label Subobject: Upstream, Label type 2, Port ID 5, Label 6 7 \n");
  expect(text).toContain("Unknown subobject: 6");
  expect(path("0018 e5 01  0014 02 02 20010db8000000000000000000000001").text).toContain(
    "GENERALIZED UNI: Destination IPv6 TNA: 2001:db8::1",
  );
  expect(path("000c e5 01  0000 01 01 c0000201").text).toContain("[Malformed Packet: RSVP]");
});

test("an ADSPEC's parameter that is longer than its service", () => {
  expect(path("0014 0d 02  0000 0003  01 00 0002  04 00 d201 00000001").text).toContain(
    "[Malformed Packet: RSVP]",
  );
});
