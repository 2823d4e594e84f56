import { expect, test } from "vitest";
import { nbns } from "../../../engine/protocols/nbns.ts";
import { dissect } from "./harness.ts";
import { udpFrame } from "./udp-frames.ts";

/** First-level encoding of a name of up to fifteen letters and its kind. */
function encode(name: string, kind: number): string {
  const octets = [...Buffer.from(name.padEnd(15)), kind];
  const letters = octets.flatMap((octet) => [0x41 + (octet >> 4), 0x41 + (octet & 15)]);
  return `20${Buffer.from(letters).toString("hex")}00`;
}

test("a registration", () => {
  const name = encode("HOST", 0x20);
  const packet = dissect(
    udpFrame(
      137,
      137,
      `0001 2910 0001 0000 0000 0001 ${name} 0020 0001 c00c 0020 0001 000493e0 0006 6000 c0000201`,
    ),
  );
  expect(packet.protocol).toBe("NBNS");
  expect(packet.info).toBe("Registration NB HOST<20>");
  expect(packet.text).toContain("Flags: 0x2910, Opcode: Registration, Recursion desired, Broadcast");
  expect(packet.text).toContain("\n    HOST<20>: type NB, class IN\n");
  expect(packet.text.match(/Name: HOST<20> \(Server service\)/g)).toHaveLength(2);
  expect(packet.fields.get("nbns.name")).toEqual(["HOST<20>", "HOST<20> (Server service)"]);
  expect(packet.text).toContain("Time to live: 3 days, 11 hours, 20 minutes");
  expect(packet.text).toContain("(H-node, unique)");
  expect(packet.fields.get("nbns.addr")).toEqual(["192.0.2.1"]);
});

test("a node status response", () => {
  const entry = `${Buffer.from("HOST".padEnd(15)).toString("hex")}00 0400`;
  const packet = dissect(
    `0001 8400 0000 0001 0000 0000 ${encode("*", 0)} 0021 0001 00000000 0019 01 ${entry} 020000000001`,
    { protocol: nbns },
  );
  expect(packet.info).toBe("Name query response NBSTAT");
  expect(packet.fields.get("nbns.netbios_name")).toEqual(["HOST"]);
  expect(packet.text).toContain("Name: HOST<00> (Workstation/Redirector)");
  expect(packet.text).toContain("Unit ID: 02:00:00:00:00:01");
});

test("names that are none, pointers that loop, an entry that ends early", () => {
  const ask = (name: string) =>
    dissect(`0001 0110 0001 0000 0000 0000 ${name} 0020 0001`, { protocol: nbns });
  expect(ask("03414243 00").info).toContain("Illegal NetBIOS name (odd number of bytes)");
  expect(ask("c00c").info).toContain("[Malformed Packet]");
  const short = dissect(`0001 8500 0000 0001 0000 0000 ${encode("A", 0)} 0020 0001 00000000 0003 000001`, {
    protocol: nbns,
  });
  expect(short.text).toContain("incomplete entry");
});
