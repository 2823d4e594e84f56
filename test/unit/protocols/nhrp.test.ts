import { expect, test } from "vitest";
import { dissect } from "./harness.ts";

const IP = "0200000000010200000000020800";

test("a registration reply with the code of its client", () => {
  const reply = dissect(
    `${IP}4500004800010000403600000a0000010a0000020001080000000000 00ff0034 4c8f 0000 0104 0400 0404800200000005010101010a0000010a0000020420000005dc012c00000000`,
  );
  expect(reply.chain).toBe("eth:ethertype:ip:nhrp");
  expect(reply.info).toBe("NHRP Registration Reply, ID=5, Code=Administratively Prohibited");
  expect(reply.text).toContain("NHRP Packet Checksum: 0x4c8f [correct]");
  expect(reply.text).toContain("Flags: 0x8002, Uniqueness Bit, Cisco NAT Supported");
  expect(reply.fields.get("nhrp.src.nbma.addr")).toEqual(["1.1.1.1"]);
});

test("a packet that claims to be shorter than its head", () => {
  const short = dissect(
    `${IP}4500002800010000403600000a0000010a000002000108000000000000ff000a000000000101 0400`,
  );
  expect(short.text).toContain("Packet length is less than the fixed header length");
});
