import { expect, test } from "vitest";
import { dissect } from "./harness.ts";

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
