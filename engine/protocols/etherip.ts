/** EtherIP: Ethernet frames in IP datagrams, RFC 3378. */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import { ethernet } from "./ethernet.ts";

const f = {
  version: u16("etherip.ver", "Version", { mask: 0xf000 }),
  reserved: u16("etherip.reserved", "Reserved", { base: "HEX", mask: 0x0fff }),
};

const x = {
  version: expert("etherip.ver.not3", "warning", "Protocol", "Version must be 3"),
  reserved: expert("etherip.reserved.not0", "warning", "Protocol", "Reserved field must be 0"),
};

export const etherip = protocol({
  name: "etherip",
  title: "Ethernet over IP",
  short: "ETHERIP",
  fields: f,
  experts: x,
  on: [[ipProtocols, 97]],
  dissect,
});

/** Frames without a header of their own, RFC 8986 section 4.9. */
const ETHERNET = 143;
ipProtocols.add(ETHERNET, ethernet);

const VERSION = 3;

function dissect(d: Dissection): void {
  const version = d.bits(f.version, d.pos, 2);
  if (version !== VERSION) d.expert(x.version);
  if (d.labels) d.relabelLayer(`EtherIP, Version ${version}`);
  if (d.columns) d.setInfo("EtherIP");
  if (d.bits(f.reserved, d.pos, 2) !== 0) d.expert(x.reserved);
  d.skip(2);
  d.call(ethernet);
}
