/** Internet Protocol version 4, RFC 791. */
import { ADDRESS_IPV4 } from "../dissect/address.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { ipv4, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols, linkTypes } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";
import { data } from "./data.ts";

const f = {
  version: u8("ip.version", "Version", { mask: 0xf0 }),
  headerLength: u8("ip.hdr_len", "Header Length", { mask: 0x0f }),
  length: u16("ip.len", "Total Length"),
  id: u16("ip.id", "Identification", { base: "HEX_DEC" }),
  ttl: u8("ip.ttl", "Time to Live"),
  proto: u8("ip.proto", "Protocol"),
  src: ipv4("ip.src", "Source Address"),
  dst: ipv4("ip.dst", "Destination Address"),
  addr: ipv4("ip.addr", "Source or Destination Address"),
};

export const ip = protocol({
  name: "ip",
  title: "Internet Protocol Version 4",
  short: "IPv4",
  fields: f,
  on: [
    [ethertypes, 0x0800],
    [linkTypes, 228],
    [ipProtocols, 4],
  ],
  dissect,
});

function dissect(d: Dissection): void {
  const start = d.pos;
  d.bits(f.version, start, 1);
  const headerLength = d.bits(f.headerLength, start, 1) * 4;
  if (d.labels)
    d.relabel(
      `.... ${(headerLength / 4).toString(2).padStart(4, "0")} = Header Length: ${headerLength} bytes (${headerLength / 4})`,
    );
  d.skip(2);
  const length = d.u16(f.length);
  d.u16(f.id);
  d.skip(2);
  d.u8(f.ttl);
  const next = d.u8(f.proto);
  d.skip(2);
  const src = d.ipv4(f.src);
  d.hidden(f.addr, d.pos - 4, 4, src);
  const dst = d.ipv4(f.dst);
  d.hidden(f.addr, d.pos - 4, 4, dst);
  d.setAddresses(ADDRESS_IPV4, start + 12, start + 16, 4);
  if (d.labels)
    d.relabelLayer(`Internet Protocol Version 4, Src: ${formatIpv4(src)}, Dst: ${formatIpv4(dst)}`);
  if (headerLength < 20) d.malformed();
  d.pos = start + headerLength;
  d.limit(length - headerLength);
  d.payloadEnd = d.wireEnd;
  d.call(ipProtocols.get(next) ?? data);
}
