import { expect, test } from "vitest";
import { dhcp } from "../../../engine/protocols/dhcp.ts";
import { dissect } from "./harness.ts";
import { udpFrame } from "./udp-frames.ts";

const HEADER = `01 01 06 00 12345678 0001 8000 ${"00".repeat(16)} 020000000001 ${"00".repeat(10)} ${"00".repeat(192)}`;
const message = (options: string): string => `${HEADER} 63825363 ${options}`;

test("a discover message", () => {
  const packet = dissect(
    udpFrame(68, 67, message("35 01 01 32 04 c0000207 37 02 01 03 33 04 00015180 ff 0000")),
  );
  expect(packet.protocol).toBe("DHCP");
  expect(packet.info).toBe("DHCP Discover - Transaction ID 0x12345678");
  expect(packet.text).toContain("Dynamic Host Configuration Protocol (Discover)");
  expect(packet.text).toContain("Bootp flags: 0x8000, Broadcast flag (Broadcast)");
  expect(packet.text).toContain("Client MAC address: 02:00:00:00:00:01");
  expect(packet.text).toContain("Option: (50) Requested IP Address (192.0.2.7)");
  expect(packet.text).toContain("Parameter Request List Item: (3) Router");
  expect(packet.text).toContain("IP Address Lease Time: (86400s) 1 day");
  expect(packet.text).toContain("Option End: 255");
  expect(packet.fields.get("dhcp.option.padding")).toEqual(["0000"]);
});

test("options with a form of their own", () => {
  const { text } = dissect(
    message(
      "35 01 05 79 08 18 c00002 0a000001 3d 07 01 020000000001 51 06 01 00 00 616263 52 06 01 04 63697263 77 05 03636f6d00 ff",
    ),
    { protocol: dhcp },
  );
  expect(text).toContain(" 192.0.2.0/24-10.0.0.1");
  expect(text).toContain("Hardware type: Ethernet (0x01)");
  expect(text).toContain("Flags: 0x01, Server");
  expect(text).toContain("Client name: abc");
  expect(text).toContain("Option 82 Suboption: (1) Agent Circuit ID");
  expect(text).toContain("FQDN: com");
});

test("a length that does not fit is said, not read", () => {
  const { text, fields } = dissect(message("35 01 01 01 03 ffffff ff"), { protocol: dhcp });
  expect(text).toContain("length isn't 4");
  expect(fields.has("dhcp.option.subnet_mask")).toBe(false);
});

test("without a message type it is BOOTP", () => {
  const packet = dissect(message("ff"), { protocol: dhcp });
  expect(packet.protocol).toBe("BOOTP");
  expect(packet.info).toBe("Boot Request from 02:00:00:00:00:01 (02:00:00:00:00:01)");
});

test("an option that goes beyond the message is malformed", () => {
  const packet = dissect(message("35 01 01 0c 20 6162"), { protocol: dhcp });
  expect(packet.info).toBe("DHCP Discover - Transaction ID 0x12345678[Malformed Packet]");
  expect(packet.text).toContain("Option: (12) Host Name");
});

test("options in the boot file field", () => {
  const file = `0c 02 6162 ff ${"00".repeat(123)}`;
  const head = HEADER.replace(/ /g, "").slice(0, 108 * 2);
  const packet = dissect(`${head}${file} 63825363 35 01 01 34 01 01 ff`, { protocol: dhcp });
  expect(packet.text).toContain("Boot file name option overload");
  expect(packet.fields.get("dhcp.option.hostname")).toEqual(["ab"]);
});
