/** Router-port Group Management Protocol, RFC 3488. */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, ipv4, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { addSumChecksum, checksumStatusText } from "./checksum.ts";

const f = {
  type: u8("rgmp.type", "Type", {
    base: "HEX",
    names: { 252: "Leave", 253: "Join", 254: "Bye", 255: "Hello" },
  }),
  reserved: u8("rgmp.reserved", "Reserved", { base: "HEX" }),
  checksum: u16("rgmp.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("rgmp.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  maddr: ipv4("rgmp.maddr", "Multicast group address"),
};

const x = {
  checksum: expert("rgmp.bad_checksum", "error", "Checksum", "Bad checksum"),
};

/** Called by IPv4, by type and destination of what is sent as IGMP. */
export const rgmp = protocol({
  name: "rgmp",
  title: "Router-port Group Management Protocol",
  short: "RGMP",
  fields: f,
  experts: x,
  dissect,
});

function dissect(d: Dissection): void {
  const start = d.pos;
  const type = d.u8(f.type);
  if (d.columns) d.setInfo((f.type.names as Readonly<Record<number, string>>)[type] ?? "Unknown Type");
  d.u8(f.reserved);
  addSumChecksum(d, f.checksum, f.checksumStatus, x.checksum, start);
  d.ipv4(f.maddr);
}
