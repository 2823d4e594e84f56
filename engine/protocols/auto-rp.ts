/** Cisco Auto-RP: which routers are rendezvous points for which groups; versions 1 and 1+. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ipv4, nameOf, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatIpv4 } from "../dissect/text.ts";

const f = {
  version: u8("auto_rp.version", "Protocol version", { mask: 0xf0, names: { 1: "1 or 1+" } }),
  type: u8("auto_rp.type", "Packet type", { mask: 0xf, names: { 1: "RP announcement", 2: "RP mapping" } }),
  count: u8("auto_rp.rp_count", "RP count"),
  groupNum: u8("auto_rp.group_num", "Number of groups this RP maps to"),
  holdtime: u16("auto_rp.holdtime", "Holdtime", { unit: [" second", " seconds"] }),
  pimVer: u8("auto_rp.pim_ver", "Version", {
    mask: 0x3,
    names: { 0: "Version unknown", 1: "Version 1", 2: "Version 2", 3: "Dual version 1 and 2" },
  }),
  rpAddr: ipv4("auto_rp.rp_addr", "RP address"),
  prefixSign: u8("auto_rp.prefix_sign", "Sign", {
    mask: 0x1,
    names: { 0: "Positive group prefix", 1: "Negative group prefix" },
  }),
  maskLen: u8("auto_rp.mask_len", "Mask length"),
  groupPrefix: ipv4("auto_rp.group_prefix", "Prefix"),
  reserved: u32("auto_rp.reserved", "Reserved", { base: "HEX" }),
  trailingJunk: bytes("auto_rp.trailing_junk", "Trailing junk"),
};

export const autoRp = protocol({
  name: "auto_rp",
  title: "Cisco Auto-RP",
  short: "Auto-RP",
  fields: f,
  on: [[udpPorts, 496]],
  dissect,
});

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.columns) d.setInfo("");
  const head = d.peek8();
  const count = d.peek8(1);
  const version = nameOf(f.version.names, head >> 4) ?? "Unknown";
  const type = nameOf(f.type.names, head & 0xf) ?? "Unknown";
  if (d.columns) d.setInfo(`${type} (v${version}) for ${count} RP${count === 1 ? "" : "s"}`);
  if (d.labels) d.openText(start, 1, `Version: ${version}, Packet type: ${type}`);
  d.bits(f.version, start, 1);
  d.bits(f.type, start, 1);
  d.close();
  d.skip(1);
  d.u8(f.count);
  const holdtime = d.u16(f.holdtime);
  if (d.labels) d.relabel(`Holdtime: ${holdtime} second${holdtime === 1 ? "" : "s"}`);
  d.u32(f.reserved);
  for (let i = 0; i < count; i++) addPoint(d);
  if (d.remaining > d.pos - start) d.bytes(f.trailingJunk, d.remaining);
}

function addPoint(d: Dissection): void {
  const groups = d.peek8(5);
  if (d.labels) {
    const address = formatIpv4(d.peek32());
    d.openText(d.pos, 6, `RP ${address}: ${groups} group${groups === 1 ? "" : "s"}`);
  }
  d.ipv4(f.rpAddr);
  d.bits(f.pimVer, d.pos, 1);
  d.skip(1);
  d.u8(f.groupNum);
  for (let i = 0; i < groups; i++) {
    const sign = d.peek8() & 1;
    d.needAt(d.pos, 6);
    if (d.labels) {
      const prefix = `${formatIpv4(d.peek32(2))}/${d.peek8(1)}`;
      d.openText(d.pos, 6, `Group ${prefix} (${nameOf(f.prefixSign.names, sign)})`);
    }
    d.bits(f.prefixSign, d.pos, 1);
    d.skip(1);
    d.u8(f.maskLen);
    d.ipv4(f.groupPrefix);
    d.close();
  }
  d.close();
}
